/* What results can be narrowed by, with how many there are of each. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make;
  var LABELS = { track: "Track", kind: "Kind", decade: "Decade", actor: "Actor", keyword: "Keyword" };
  var FIELDS = Object.keys(LABELS), MOST = 40;

  /* What an address asks for, `?q=…&track=…`. */
  seek.read = function (search) {
    var given = new URLSearchParams(search), asked = { q: given.get("q") || "", filters: {} };
    FIELDS.forEach(function (field) { asked.filters[field] = given.getAll(field); });
    return asked;
  };

  /* The same as an address, without the question mark. */
  seek.written = function (asked) {
    var given = new URLSearchParams();
    if (asked.q.trim()) given.append("q", asked.q);
    FIELDS.forEach(function (field) {
      asked.filters[field].forEach(function (value) { given.append(field, value); });
    });
    return given.toString();
  };

  seek.narrowed = function (asked) {
    return FIELDS.some(function (field) { return asked.filters[field].length; });
  };

  /* `changed` is told of the field and all values that are chosen then. */
  seek.facets = function (changed) {
    var box = make("div", { "class": "search-facets", role: "group", "aria-label": "Narrow the results" }), parts = {};
    box.hidden = true;
    FIELDS.forEach(function (field) {
      var name = make("span", { "class": "facet-chosen" }), list = make("ul", {});
      var part = make("details", { "class": "facet" }, make("summary", {}, LABELS[field], name), list);
      parts[field] = { box: part, list: list, name: name, rows: new Map() };
      box.append(part);
      list.addEventListener("change", function () {
        changed(field, Array.prototype.map.call(list.querySelectorAll(":checked"), function (input) { return input.value; }));
      });
    });

    function row(field, value, label) {
      var rows = parts[field].rows, known = rows.get(value);
      if (!known) {
        var input = make("input", { type: "checkbox", value: value }), count = make("span", { "class": "count" });
        var text = make("label", {}, input, " ");
        if (field === "track" && seek.glyphs.has(value)) text.append(make("span", { "class": "track-" + value }, seek.glyph(value)), " ");
        text.append(label, " ", count);
        known = { item: make("li", {}, text), input: input, count: count, label: label };
        rows.set(value, known);
      }
      return known;
    }

    /* Rows stay the elements they were, so that the focus stays where it is. */
    box.update = function (facets, filters) {
      var focus = document.activeElement;
      FIELDS.forEach(function (field) {
        var part = parts[field], chosen = filters[field], values = (facets && facets[field] || []).slice(0, MOST);
        /* What was chosen can be undone, though nothing may be left of it. */
        chosen.forEach(function (value) {
          if (!values.some(function (one) { return one[0] === value; })) values.push([value, part.rows.has(value) ? part.rows.get(value).label : value, 0]);
        });
        var names = [];
        part.list.replaceChildren.apply(part.list, values.map(function (one) {
          var made = row(field, one[0], one[1]);
          made.count.textContent = one[2];
          made.input.checked = chosen.indexOf(one[0]) >= 0;
          if (made.input.checked) names.push(made.label);
          return made.item;
        }));
        part.name.textContent = names.length ? ": " + names.join(", ") : "";
        part.box.hidden = values.length < 2 && !chosen.length;
      });
      box.hidden = FIELDS.every(function (field) { return parts[field].box.hidden; });
      if (box.contains(focus)) focus.focus({ preventScroll: true });
    };
    return box;
  };
})();
