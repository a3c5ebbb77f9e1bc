/* Search in a dialog, on any page. Its state is kept with the page, so that the way back
   from a result leads to the list; the page for search has all results. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make, SHOWN = 8;

  seek.dialog = function (form) {
    var dialog = form.parentNode, field = form.elements.q;
    var close = make("button", { type: "button", "class": "search-close" }, "Close");
    close.onclick = function () { dialog.close(); };
    form.setAttribute("role", "search");
    Object.entries({ placeholder: "Title, name, words", autocapitalize: "none", spellcheck: "false", enterkeyhint: "search", maxlength: "200", "aria-describedby": "search-keys" })
      .forEach(function (pair) { field.setAttribute(pair[0], pair[1]); });
    form.append(close);
    var place = make("div", { "class": "search-view" });
    dialog.append(place, make("p", { "class": "search-keys", id: "search-keys" },
      make("kbd", {}, "↓"), " ", make("kbd", {}, "↑"), " choose, ", make("kbd", {}, "Enter"), " opens it, or in the field shows all, ", make("kbd", {}, "Esc"), " closes"));

    function address() {
      var given = seek.written(view.asked());
      return seek.address + (given ? "?" + given : "");
    }

    function foot(found) {
      if (found && found.total > found.results.length) return [make("p", {}, make("a", { href: address() }, "All " + found.total + " results"))];
      if (found && found.total) return [make("p", {}, make("a", { href: address() }, "These results on a page"))];
      return [make("p", {}, "The ", make("a", { href: seek.root + "keywords/index.html" }, "keyword index"), ", the ", make("a", { href: seek.root + "timeline.html" }, "timeline"), " and the ", make("a", { href: seek.root + "concordance.html" }, "concordance"), " lead to every work.")];
    }
    var view = seek.view(form, place, { limit: SHOWN, changed: function () {}, foot: foot });

    /* There is room for one facet at a time. */
    place.querySelectorAll("details").forEach(function (facet) { facet.name = "search-facet"; });

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      keep();
      location.assign(address());
    });

    /* The way back opens the dialog again as it was. */
    function keep() {
      history.replaceState(Object.assign({}, history.state, { search: seek.written(view.asked()) }), "");
    }
    place.addEventListener("click", function (event) {
      if (event.target.closest("a[href]") && !event.defaultPrevented) keep();
    });
    dialog.addEventListener("close", function () {
      var state = Object.assign({}, history.state);
      delete state.search;
      history.replaceState(state, "");
    });

    dialog.addEventListener("keydown", function (event) {
      /* In a field for search the browser would only empty it. */
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog) dialog.close();
    });
    /* Previews would open behind the dialog. */
    ["pointerover", "focusin", "touchstart"].forEach(function (name) {
      dialog.addEventListener(name, function (event) { event.stopPropagation(); }, { passive: true });
    });

    var before = (history.state || {}).search;
    view.read(before && !field.value ? seek.read(before) : { q: field.value, filters: seek.read("").filters });
  };
})();
