/* Keys for readers who would rather not reach for the mouse; `?` lists them. */
(function () {
  "use strict";
  function follow(selector) {
    return function () {
      var link = document.querySelector(selector);
      if (link) link.click();
      return !!link;
    };
  }
  function jump(selector) {
    return function () {
      var target = document.querySelector(selector);
      if (!target) return false;
      target.scrollIntoView();
      if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
      target.focus({ preventScroll: true });
      return true;
    };
  }
  var keys = [
    ["n", "Next entry in the list", follow("a[rel=next]")],
    ["p", "Previous entry in the list", follow("a[rel=prev]")],
    ["b", "Passages that cite this entry", jump("#backlinks")],
    ["c", "Citation as printed", jump("#citation")],
    ["h", "Home", follow(".site-name a")],
    ["?", "This list", help]
  ];
  var also = [
    ["↓", "From a link into its preview"],
    ["Esc", "Close the preview"]
  ];
  var seek = window.regesta && window.regesta.seek;
  if (seek) {
    keys.splice(-1, 0, ["/", "Search", function () { seek.open(); return true; }]);
    also.unshift(["Ctrl K", "Search, also from a field; ⌘ K on a Mac"]);
  }
  var dialog;
  var switchName = "regesta-single-keys";

  /* WCAG 2.2, 2.1.4: keys without a modifier can be turned off. */
  function single(on) {
    try {
      if (on === undefined) return localStorage.getItem(switchName) !== "off";
      localStorage.setItem(switchName, on ? "on" : "off");
    } catch (refused) { /* Then they stay on. */ }
    return true;
  }

  function help() {
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "keys";
      dialog.dataset.added = "";
      dialog.setAttribute("aria-labelledby", "keys-heading");
      var heading = document.createElement("h2");
      heading.id = "keys-heading";
      heading.textContent = "Keys";
      var list = document.createElement("dl");
      keys.concat(also).forEach(function (key) {
        var row = document.createElement("div");
        var term = document.createElement("dt");
        var name = document.createElement("kbd");
        var said = document.createElement("dd");
        name.textContent = key[0];
        said.textContent = key[1];
        term.append(name);
        row.append(term, said);
        list.append(row);
      });
      var close = document.createElement("button");
      close.type = "button";
      close.textContent = "Close";
      close.addEventListener("click", function () { dialog.close(); });
      var label = document.createElement("label");
      var box = document.createElement("input");
      box.type = "checkbox";
      box.checked = single();
      box.addEventListener("change", function () { single(box.checked); });
      label.append(box, " Use these keys");
      dialog.append(heading, list, label, close);
      document.body.append(dialog);
    }
    dialog.showModal();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    if (!single()) return;
    var key = keys.find(function (one) { return one[0] === event.key; });
    if (key && key[2]()) event.preventDefault();
  });

  function offer() {
    var foot = document.querySelector(".site-foot p:last-child");
    if (!foot || foot.querySelector(".quiet")) return;
    var open = document.createElement("button");
    open.type = "button";
    open.className = "quiet";
    open.textContent = "Keys";
    open.setAttribute("aria-keyshortcuts", "?");
    open.addEventListener("click", help);
    var part = document.createElement("span");
    part.dataset.added = "";
    part.append(" · ", open);
    foot.append(part);
  }
  offer();
  document.addEventListener("regesta:change", offer);
})();
