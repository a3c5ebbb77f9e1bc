/* The text of previews. It comes from script files, since pages over file:// cannot
   fetch; an address's FNV-1a hash (32 bits) says which file it is in. */
(function () {
  "use strict";
  var script = document.currentScript.src;
  var root = script.slice(0, script.lastIndexOf("static/js/"));
  var known = new Map();
  var loading = new Map();
  var files = 0;
  var regesta = (window.regesta = window.regesta || {});
  regesta.root = root;
  regesta.previewFiles = function (count) { files = count; };
  regesta.previews = function (previews) {
    Object.keys(previews).forEach(function (address) { known.set(address, previews[address]); });
  };

  document.addEventListener("regesta:change", function () {
    known.clear();
    loading.clear();
  });

  function load(file) {
    if (!loading.has(file)) {
      loading.set(file, new Promise(function (done, failed) {
        var element = document.createElement("script");
        element.src = root + "previews/" + file + ".js";
        element.dataset.added = "";
        element.onload = done;
        element.onerror = function () { loading.delete(file); failed(); };
        document.head.append(element);
      }));
    }
    return loading.get(file);
  }

  function fileOf(address) {
    var hash = 0x811c9dc5;
    for (var i = 0; i < address.length; i++) {
      hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193) >>> 0;
    }
    return hash % files;
  }

  function html(address) {
    if (known.has(address)) return Promise.resolve(known.get(address));
    return load("index")
      .then(function () { return load(fileOf(address)); })
      .then(function () { return known.get(address); });
  }

  /* What a link leads to, from the site's root; nothing where that has no card. */
  regesta.previewAddress = function (link) {
    var href = link.getAttribute("href");
    if (!href) return null;
    if (/^#note-\d+$/.test(href)) return link.closest(".preview") ? null : href;
    var url = new URL(href, link.baseURI).href.split(/[?#]/)[0];
    if (!url.startsWith(root)) return null;
    var address = decodeURI(url.slice(root.length));
    var own = location.href.split(/[?#]/)[0] === url;
    return !own && /^[^/]+\/(?!index\.html$)[^/]+\.html$/.test(address) && !/^(people|tracks)\//.test(address) ? address : null;
  };

  /* A promise of the preview's HTML. */
  regesta.previewText = function (address) {
    if (address[0] === "#") {
      var note = document.getElementById(address.slice(1));
      return Promise.resolve(note && note.innerHTML);
    }
    return html(address);
  };

  /* The HTML as an element, its addresses as seen from this page. */
  regesta.previewBody = function (text, address) {
    var parsed = new DOMParser().parseFromString(text, "text/html").body;
    parsed.querySelectorAll(".note-reference, .back").forEach(function (one) { one.remove(); });
    parsed.querySelectorAll("[id]").forEach(function (one) { one.removeAttribute("id"); });
    if (address[0] !== "#") {
      parsed.querySelectorAll("a[href]").forEach(function (one) {
        var href = one.getAttribute("href");
        if (!/^[a-z][a-z0-9+.-]*:/i.test(href)) one.setAttribute("href", root + (href[0] === "#" ? address + href : href));
      });
    }
    var body = document.createElement("div");
    body.className = "preview-body";
    body.append.apply(body, parsed.childNodes);
    return body;
  };
})();
