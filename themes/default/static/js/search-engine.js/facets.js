/* What results can be narrowed by, and how many there are of each. */
(function () {
  "use strict";
  var regesta = window.regesta, search = regesta.search;
  var FIELDS = ["track", "kind", "decade", "actor", "keyword"];
  var parsed = new WeakMap();

  function decade(year) { return year > 0 ? Math.floor(year / 10) : -1 - Math.floor((1 - year) / 10); }

  function label(decade) { return decade >= 0 ? decade * 10 + "s" : -10 * (decade + 1) + "s BCE"; }

  /* By field {values: [[value, label]], of: [[index]]}; fields that the archive leaves out are absent. */
  search.columns = function () {
    return search.file("f").then(function (bytes) {
      if (!parsed.has(bytes)) {
        var columns = JSON.parse(new TextDecoder().decode(bytes));
        if (columns.kind) columns.kind.values = columns.kind.values.map(function (kind) { return [kind, kind]; });
        if (columns.year) {
          var decades = columns.year.map(function (year) { return year === null ? null : decade(year); });
          var values = Array.from(new Set(decades)).filter(function (one) { return one !== null; }).sort(function (one, other) { return one - other; });
          columns.decade = {
            values: values.map(function (one) { return [label(one), label(one)]; }),
            of: decades.map(function (one) { return one === null ? [] : [values.indexOf(one)]; })
          };
        }
        parsed.set(bytes, columns);
      }
      return parsed.get(bytes);
    });
  };

  /* The values that a word in the query means: the one of that name, or all that have it in theirs. */
  function meant(column, word) {
    var wanted = regesta.words.of(word).map(function (one) { return one.key; }), whole = wanted.join(" ");
    var keys = column.values.map(function (value) {
      return value.map(function (text) { return regesta.words.of(text).map(function (one) { return one.key; }); });
    });
    var exact = new Set(), some = new Set();
    keys.forEach(function (names, index) {
      names.forEach(function (name) {
        if (name.join(" ") === whole) exact.add(index);
        if (wanted.length && wanted.every(function (key) { return name.some(function (own) { return own.startsWith(key); }); })) some.add(index);
      });
    });
    return exact.size ? exact : some;
  }

  /* By field the sets of indexes of which a document must have one in each. */
  search.wanted = function (columns, asked, filters) {
    var wanted = {};
    FIELDS.forEach(function (field) {
      var column = columns[field], sets = [];
      if (!column) return;
      (asked.filters[field] || []).forEach(function (word) { sets.push(meant(column, word)); });
      var chosen = filters && filters[field] || [];
      if (chosen.length) {
        sets.push(new Set(chosen.map(function (value) {
          return column.values.findIndex(function (known) { return known[0] === String(value); });
        })));
      }
      if (sets.length) wanted[field] = sets;
    });
    if (asked.years.length && columns.year) wanted.year = asked.years;
    return wanted;
  };

  /* Whether a document has what is wanted, in all fields but one. */
  search.fits = function (columns, wanted, document, but) {
    return Object.keys(wanted).every(function (field) {
      if (field === but) return true;
      if (field === "year") {
        var year = columns.year[document];
        return year !== null && wanted.year.every(function (range) { return range[0] <= year && year <= range[1]; });
      }
      return wanted[field].every(function (set) { return columns[field].of[document].some(function (index) { return set.has(index); }); });
    });
  };

  /* By field [[value, label, count]]: of documents that fit in all other fields. */
  search.counted = function (columns, wanted, documents) {
    var facets = {};
    FIELDS.forEach(function (field) {
      var column = columns[field], counts = new Map();
      if (!column) return;
      documents.forEach(function (document) {
        if (!search.fits(columns, wanted, document, field)) return;
        column.of[document].forEach(function (index) { counts.set(index, (counts.get(index) || 0) + 1); });
      });
      var rows = Array.from(counts, function (count) { return [column.values[count[0]][0], column.values[count[0]][1], count[1], count[0]]; });
      rows.sort(function (one, other) { return field === "decade" || field === "track" ? one[3] - other[3] : other[2] - one[2] || one[3] - other[3]; });
      facets[field] = rows.map(function (row) { return row.slice(0, 3); });
    });
    return facets;
  };
})();
