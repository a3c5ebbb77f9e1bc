/* Which documents have words that follow each other. */
(function () {
  "use strict";
  var search = window.regesta.search, lists = search.lists, union = search.matches.union, intersection = search.matches.intersection;

  /* Documents in which the words of a phrase follow each other. */
  search.phrase = function (index, group) {
    var keys = [];
    group.phrase.forEach(function (one) { one.parts.forEach(function (part) { keys.push(part); }); });
    return Promise.all(keys.map(function (part) {
      return Promise.all([lists.exact(index, part.key), part.other && lists.exact(index, part.other)]).then(function (terms) { return terms.filter(Boolean); });
    })).then(function (terms) {
      var state = { group: group, matches: new Map(), terms: [].concat.apply([], terms).map(function (term) { return { term: term, level: 0 }; }) };
      if (!keys.length || terms.some(function (some) { return !some.length; })) return state;
      return Promise.all(terms.map(function (some) {
        return Promise.all([union(some.map(function (term) { return { term: term, level: 0 }; }), index, true), Promise.all(some.map(function (term) { return lists.positions(index, term); }))]);
      })).then(function (parts) {
        intersection(parts.map(function (part) { return part[0]; })).forEach(function (match, document) {
          var starts = null;
          parts.forEach(function (part, i) {
            var places = part[1].filter(Boolean).map(function (places) { return places.get(document) || []; });
            /* Very frequent words have no positions: any word may stand there. */
            if (!places.length) return;
            var here = new Set([].concat.apply([], places).map(function (place) { return place - i; }));
            starts = starts ? starts.filter(function (start) { return here.has(start); }) : Array.from(here);
          });
          if (!starts || starts.length) state.matches.set(document, { score: match.score * 1.3, level: 0 });
        });
        return state;
      });
    });
  };
})();
