/* Terms that a misspelt word may be meant for. */
(function () {
  "use strict";
  var search = window.regesta.search, lists = search.lists;
  var FILES = 3, NEAR = 6, MOST = 40;

  /* Edits between two words; neighbours that change places are one. Above `most`: more than that. */
  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    var before, row = [], next = [];
    for (var j = 0; j <= other.length; j++) row.push(j);
    for (var i = 1; i <= one.length; i++) {
      var least = next[0] = i;
      for (j = 1; j <= other.length; j++) {
        var same = one[i - 1] === other[j - 1];
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
        if (before && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
        least = Math.min(least, next[j]);
      }
      if (least > most) return most + 1;
      before = row;
      row = next;
      next = [];
    }
    return row[other.length];
  }

  function turned(word) { return Array.from(word).reverse().join(""); }

  /* Words that end as a misspelt one does. */
  function endings(index, end) {
    if (!index.r.length) return Promise.resolve([]);
    var first = lists.fileOf(index.r, end), wanted = [];
    for (var i = first; i < index.r.length && i < first + FILES && (i === first || index.r[i].startsWith(end)); i++) wanted.push(search.keyed("r", index.r.slice(i, i + 2)));
    return Promise.all(wanted).then(function (files) {
      var found = [];
      files.forEach(function (bytes) {
        search.keys(bytes, function (key) { if (key.startsWith(end)) found.push(turned(key)); });
      });
      return found;
    });
  }

  /* Terms within so many edits: where there is one, one half of the word has no fault, also where two letters in its
     middle have changed places; where there are two, mostly a third of it. The most frequent first. */
  function within(index, key, most) {
    var letters = Array.from(key), from = key[0] === "@" ? 1 : 0, length = letters.length - from;
    var head = letters.slice(0, from + Math.floor(length / (most + 1))).join("");
    var tail = turned(key).slice(0, Math.floor((most === 1 ? length - 1 : length) / (most + 1)));
    return Promise.all([lists.range(index, head), from ? [] : endings(index, tail)]).then(function (found) {
      var known = new Map();
      function weigh(word, term) {
        if (!(known.get(word) || {}).term && distance(key, word, most) === most) known.set(word, { key: word, term: term });
      }
      found[0].forEach(function (term) { if (term.key.startsWith(head)) weigh(term.key, term); });
      found[1].forEach(function (word) { weigh(word, null); });
      return Promise.all(Array.from(known.values()).slice(0, MOST).map(function (one) { return one.term || lists.exact(index, one.key); }));
    }).then(function (terms) {
      return terms.filter(Boolean)
        .map(function (term) { return Object.assign({ far: most }, term); })
        .sort(function (one, other) { return other.documents - one.documents; })
        .slice(0, NEAR);
    });
  }

  /* Within one edit; where there are none, within two from eight letters on. */
  lists.near = function (index, key) {
    var length = Array.from(key).length;
    if (length < 4 || /[0-9]/.test(key)) return Promise.resolve([]);
    return within(index, key, 1).then(function (found) {
      return found.length || length < 8 ? found : within(index, key, 2);
    });
  };
})();
