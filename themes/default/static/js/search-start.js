/* Loads what a search needs, and joins it to the form that search.js shows. */
(function () {
  "use strict";
  var folder = document.currentScript.src.replace(/[^/]*$/, ""), root = new URL("../../", folder).href;
  var seek = window.regesta.seek, files = {}, again = {}, opened;

  /* Runs scripts in order, each once; one that did not load may be tried again, past all caches. */
  function load(names) {
    return Promise.all(names.map(function (name) {
      return (files[name] = files[name] || new Promise(function (done, failed) {
        var script = seek.make("script", { src: folder + name + ".js" + (again[name] ? "?t=" + Date.now() : ""), "data-added": "" });
        script.async = false;
        script.onload = done;
        script.onerror = function () {
          files[name] = null;
          again[name] = true;
          script.remove();
          failed(new Error(name + ".js did not load"));
        };
        document.head.append(script);
      }));
    }));
  }

  /* An element. What is put into it is elements and text, never markup. */
  seek.make = function (name, attributes) {
    var one = document.createElement(name);
    Object.keys(attributes).forEach(function (key) { one.setAttribute(key, attributes[key]); });
    one.append.apply(one, Array.prototype.slice.call(arguments, 2));
    return one;
  };
  seek.root = root;
  seek.address = root + "search.html";

  /* A promise of what answers: `find(query, options)`. */
  seek.engine = function () {
    opened = opened || load(["search-engine"]).then(function () {
      var search = window.regesta.search;
      return search.open(root).then(function () { return search; });
    });
    opened.catch(function () { opened = null; });
    return opened;
  };
  document.addEventListener("regesta:change", function () { opened = null; });

  /* Joins the form to what answers, once there is one. */
  seek.begin = function () {
    var form = document.getElementById("search") || document.querySelector(".search-dialog form");
    if (!form || form.begun) return;
    form.begun = true;
    /* The engine asks for this once it is there. */
    document.head.append(seek.make("link", { rel: "preload", as: "script", href: root + "search/index.js", "data-added": "" }));
    seek.engine().catch(function () { /* The view tells of it. */ });
    var shell = form.id ? "page" : "dialog";
    load(["search-form"]).then(
      function () { seek[shell](form); },
      function () {
        form.begun = false;
        form.append(seek.make("p", { role: "alert" }, "Search did not load. Enter tries again."));
      }
    );
  };

  var state = history.state || {};
  if (state.marks || /[?&]marks=/.test(location.search)) load(["search-marks"]).catch(function () { /* Then nothing is marked. */ });
  if (state.search) seek.open();
  else seek.begin();
})();
