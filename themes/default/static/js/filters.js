/* Narrows a list of works by kind, track, actor and decade. The state stays in the
   address, so that a narrowed list can be sent on. */
(function () {
  "use strict";
  var rows = [], selects = {};
  var fields = [
    ["kind", "Kind"],
    ["tracks", "Track"],
    ["actors", "Actor"],
    ["decade", "Decade"]
  ];

  function values(row, field) {
    return (row.dataset[field] || "").split("|").filter(Boolean);
  }

  /* Decades in time, `40s BCE` before `990s`; everything else by its letters. */
  function inOrder(one, other) {
    var year = function (value) { return (parseInt(value, 10) || 0) * (/BCE$/.test(value) ? -1 : 1); };
    return year(one) - year(other) || (one < other ? -1 : 1);
  }

  var bar = document.createElement("form");
  bar.className = "filters";
  bar.dataset.added = "";
  bar.setAttribute("aria-label", "Narrow the list");
  bar.addEventListener("submit", function (event) { event.preventDefault(); });
  fields.forEach(function (field) {
    var label = document.createElement("label");
    var select = selects[field[0]] = document.createElement("select");
    label.append(field[1] + " ", select);
    select.addEventListener("change", function () { apply(true); });
    bar.append(label);
  });
  var clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "Show all";
  clear.addEventListener("click", function () {
    Object.keys(selects).forEach(function (field) { selects[field].value = ""; });
    apply(true);
  });
  var count = document.createElement("p");
  count.className = "filter-count";
  count.setAttribute("role", "status");
  bar.append(clear, count);

  /* Takes the list as it stands, which may be another than before. */
  function offer() {
    rows = Array.prototype.slice.call(document.querySelectorAll("main [data-kind]"));
    var first = document.querySelector("main .decade") || rows[0] && rows[0].closest("section");
    if (rows.length < 6 || !first) {
      rows = [];
      bar.remove();
    } else if (!bar.isConnected) {
      first.before(bar);
    }
    fields.forEach(function (field) {
      var counts = new Map();
      rows.forEach(function (row) {
        values(row, field[0]).forEach(function (value) { counts.set(value, (counts.get(value) || 0) + 1); });
      });
      if (counts.size < 2) counts.clear();
      var options = Array.from(counts.keys()).sort(inOrder).map(function (value) { return new Option(value + " (" + counts.get(value) + ")", value); });
      options.unshift(new Option("all", ""));
      selects[field[0]].replaceChildren.apply(selects[field[0]], options);
      selects[field[0]].parentNode.hidden = !counts.size;
    });
    read();
    apply(false);
  }

  /* `#kind=Book&decade=1980s`; another fragment is the address of a place and left alone. */
  function read() {
    var wanted = new URLSearchParams(location.hash.slice(1));
    Object.keys(selects).forEach(function (field) {
      var value = wanted.get(field) || "";
      var known = Array.prototype.some.call(selects[field].options, function (option) { return option.value === value; });
      selects[field].value = known ? value : "";
    });
  }

  function apply(changed) {
    var wanted = Object.keys(selects).filter(function (field) { return selects[field].value; });
    var shown = new Set();
    rows.forEach(function (row) {
      var fits = wanted.every(function (field) { return values(row, field).indexOf(selects[field].value) >= 0; });
      (row.closest("li") || row).hidden = !fits;
      if (fits) {
        shown.add((row.querySelector("a[href]") || row).href);
      }
    });
    /* Innermost groups first: a group is empty when everything in it is. */
    Array.prototype.slice.call(document.querySelectorAll("main .decade, main .year, main section")).reverse().forEach(function (group) {
      if (!group.querySelector("[data-kind]")) return;
      group.hidden = !Array.prototype.some.call(group.querySelectorAll("[data-kind]"), function (row) { return !(row.closest("li") || row).hidden; });
    });
    clear.hidden = !wanted.length;
    count.textContent = wanted.length ? shown.size + (shown.size === 1 ? " work" : " works") + " shown" : "";
    if (changed) {
      var state = new URLSearchParams(wanted.map(function (field) { return [field, selects[field].value]; })).toString();
      history.replaceState(history.state, "", state ? "#" + state : location.href.split("#")[0]);
    }
  }

  addEventListener("hashchange", function () { read(); apply(false); });
  document.addEventListener("regesta:change", offer);
  offer();
})();
