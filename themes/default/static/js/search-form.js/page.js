/* The page for search: what is asked stands in its address. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make, SHOWN = 20, PAUSE = 1500;

  seek.page = function (form) {
    var field = form.elements.q, place = make("div", { "class": "search-view hung", "data-added": "" });
    var title = document.title, settled, pausing;
    form.after(place);

    /* What stands in the history: how many rows, and where the reader was. */
    function remember() {
      history.replaceState(Object.assign({}, history.state, { rows: view.rows(), y: scrollY }), "");
    }

    /* A step of the history is a question that was put, not each letter of it. */
    function changed(asked, how) {
      var given = seek.written(asked), path = location.href.split(/[?#]/)[0];
      document.title = (asked.q.trim() ? asked.q.trim() + " · " : "") + title;
      if (how === "read" || given === seek.written(seek.read(location.search))) return;
      if (how === "chosen" || settled) {
        remember();
        history.pushState(null, "", path + (given ? "?" + given : ""));
      } else {
        history.replaceState(null, "", path + (given ? "?" + given : ""));
      }
      settled = false;
      clearTimeout(pausing);
      pausing = setTimeout(settle, PAUSE);
    }
    function settle() {
      settled = field.value.trim() !== "";
    }

    var view = seek.view(form, place, {
      limit: SHOWN,
      changed: changed,
      foot: function (found, asked, rows) {
        if (!found || found.total <= rows) return [];
        var more = make("button", { type: "button" }, "Show more");
        more.onclick = view.more;
        return [make("p", {}, more, " ", make("span", { "class": "count" }, rows + " of " + found.total))];
      }
    });

    function read() {
      var state = history.state || {};
      view.read(seek.read(location.search), state.rows, function () { if (state.y) scrollTo(0, state.y); });
      settle();
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      settle();
      view.read(view.asked(), view.rows());
    });
    field.addEventListener("change", settle);
    view.list.addEventListener("click", function (event) { if (event.target.closest("a[href]")) remember(); });
    addEventListener("popstate", function () {
      if (seek.written(seek.read(location.search)) !== seek.written(view.asked())) read();
    });

    /* Beside the results there is room for several facets, above them for one at a time. */
    var beside = matchMedia("(min-width: 76em)");
    function arrange() {
      place.querySelectorAll(".facet").forEach(function (facet, index) {
        facet.name = beside.matches ? "" : "search-facet";
        facet.open = beside.matches && index < 3;
      });
    }
    beside.addEventListener("change", arrange);
    arrange();

    /* What was typed while this loaded counts; without that, the address does. */
    if (field.value && field.value !== seek.read(location.search).q) field.dispatchEvent(new Event("input"));
    else read();
  };
})();
