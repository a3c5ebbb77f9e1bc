/* The form for search, in a dialog or on its own page; what answers is loaded on use. */
(function () {
  "use strict";
  var own = document.currentScript.src, address = new URL("../../search.html", own).href;
  var seek = ((window.regesta = window.regesta || {}).seek = { open: open }), form, dialog, script, again = "";

  function add(name, more, to) {
    var one = Object.assign(document.createElement(name), more);
    one.dataset.added = "";
    (to || document.head).append(one);
    return one;
  }

  /* Without what this loads, the form leads to the page. */
  function start() {
    if (seek.begin) seek.begin();
    else script = script || add("script", { src: own.replace(".js", "-start.js") + again, onerror: function () { script = null; again = "?t=" + Date.now(); } });
  }

  function open(event) {
    if (event) event.preventDefault();
    if (!form) {
      add("link", { rel: "stylesheet", href: own.replace(/js.search.js/, "css/search.css") });
      dialog = add("dialog", { className: "keys search-dialog", ariaLabel: "Search" }, document.body);
      form = add("form", { action: address, innerHTML: '<input type="search" name="q" aria-label="Search" autocomplete="off">' }, dialog);
    }
    if (dialog && !dialog.open) dialog.showModal();
    form.q.select();
    start();
  }

  function page() {
    form = document.getElementById("search") || form;
    if (!form) return;
    form.hidden = false;
    form.q.onfocus = start;
  }

  addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (link && link.href === address && !event.ctrlKey && !event.metaKey && !event.shiftKey) open(event);
  });
  addEventListener("keydown", function (event) {
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) open(event);
  });
  document.addEventListener("regesta:change", page);
  page();
  if (/[?&](q|marks)=/.test(location.search) || /search|marks/.test(Object.keys(history.state || {}))) start();
})();
