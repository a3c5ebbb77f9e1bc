/* What a query asks for: words, "phrases", -words, and field:values. */
(function () {
  "use strict";
  var regesta = window.regesta;
  var FIELDS = ["author", "year", "track", "kind", "keyword", "actor", "decade"];

  /* Each word with what it may be found by: as a whole, or by all of its parts. */
  function groups(text, at) {
    var all = [], words = regesta.words.of(text);
    for (var i = 0; i < words.length; i++) {
      var word = words[i], one = { start: at + word.start, end: at + word.end, text: text.slice(word.start, word.end) };
      if (word.parts > 1) {
        one.whole = word.key;
        one.parts = words.slice(i + 1, i + 1 + word.parts).map(part);
        i += word.parts;
      } else if (i && word.start < words[i - 1].end && Array.from(word.key).length === 1) {
        /* The last character of a pair that is there already. */
        continue;
      } else {
        one.parts = [part(word)];
      }
      all.push(one);
    }
    return all;

    function part(word) {
      /* `wcit12` is looked for as `WCIT-12` too. */
      var other = regesta.words.romanization(text.slice(word.start, word.end)) || word.key.replace(/^(\p{L}+)(\d+)$/u, "$1-$2");
      return { key: word.key, other: other === word.key ? null : other };
    }
  }

  function years(value) {
    var match = /^(-?\d{1,4})?(\.\.|[\u2013-])?(-?\d{1,4})?$/.exec(value);
    if (!match || match[1] === undefined && match[3] === undefined) return null;
    var first = match[1] === undefined ? -Infinity : +match[1];
    return [first, match[3] !== undefined ? +match[3] : match[2] ? Infinity : first];
  }

  /* {groups, not, authors, years, filters, empty}: `filters` by field, as they are written. */
  regesta.search.parse = function (query) {
    var asked = { groups: [], not: [], authors: [], years: [], filters: {}, text: query };
    var token = /(-)?(?:([a-z]+):)?(?:["\u201c\u201e\u00ab]([^"\u201c\u201d\u00bb]*)["\u201c\u201d\u00bb]?|(\S+))/gi, match;
    while ((match = token.exec(query))) {
      var not = match[1] && (match.index === 0 || /\s/.test(query[match.index - 1]));
      var field = (match[2] || "").toLowerCase(), quoted = match[3] !== undefined;
      var value = quoted ? match[3] : match[4], at = match.index + match[0].indexOf(value, match[2] ? match[2].length + 1 : 0);
      if (match[2] && FIELDS.indexOf(field) < 0) {
        value = match[2] + ":" + value;
        at = match.index + (match[1] ? 1 : 0);
        field = "";
      }
      if (field === "year") {
        var range = years(value);
        if (range) asked.years.push(range);
      } else if (field === "author") {
        groups(value, at).forEach(function (group) { asked.authors.push(group); });
      } else if (field) {
        if (value) (asked.filters[field] = asked.filters[field] || []).push(value);
      } else if (quoted) {
        var words = groups(value, at);
        if (words.length) (not ? asked.not : asked.groups).push({ phrase: words, start: match.index, end: token.lastIndex, text: value });
      } else {
        groups(value, at).forEach(function (group) { (not ? asked.not : asked.groups).push(group); });
      }
    }
    var last = asked.groups[asked.groups.length - 1];
    if (last && !last.phrase && last.end === query.length) last.open = true;
    asked.empty = !asked.groups.length && !asked.authors.length && !asked.years.length && !Object.keys(asked.filters).length;
    return asked;
  };
})();
