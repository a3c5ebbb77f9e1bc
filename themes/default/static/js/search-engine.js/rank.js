/* Which documents answer a query best. */
(function () {
  "use strict";
  var search = window.regesta.search, lists = search.lists;
  var NEAR = 60;

  function idf(index, documents) {
    return Math.log(1 + (index.documents - documents + 0.5) / (documents + 0.5));
  }

  /* Documents by how well they answer: all words, then exact ones, then their weight. */
  search.ranked = function (index, states, allowed) {
    var required = states.filter(function (state) { return !state.optional; });
    if (!required.length) required = states;
    var candidates = new Map();
    states.forEach(function (state) {
      var weight = idf(index, state.matches.size);
      state.matches.forEach(function (match, document) {
        if (allowed && !allowed(document)) return;
        var known = candidates.get(document);
        if (!known) candidates.set(document, (known = { document: document, words: 0, level: 0, score: 0 }));
        if (required.indexOf(state) >= 0) { known.words += 1; known.level += match.level > 0 ? 1 : 0; }
        known.score += weight * match.score;
      });
    });
    var all = Array.from(candidates.values()).filter(function (one) { return one.words > 0; });
    var whole = all.filter(function (one) { return one.words === required.length; });
    var list = whole.length ? whole : all;
    list.sort(order);
    return { list: list, whole: whole.length > 0 };
  };

  function order(one, other) {
    return other.words - one.words || one.level - other.level || other.score - one.score || one.document - other.document;
  }

  /* In an index of one file positions cost nothing: the first documents are ordered by how
     near the words stand to each other as well. */
  search.nearness = function (index, ranked, states) {
    var words = states.filter(function (state) { return state.terms.length && !state.group.phrase; });
    if (index.t.length > 1 || words.length < 2) return Promise.resolve(ranked);
    return Promise.all(words.map(function (state) {
      return Promise.all(state.terms.map(function (one) { return lists.positions(index, one.term); }));
    })).then(function (places) {
      ranked.list.slice(0, NEAR).forEach(function (one) {
        var at = places.map(function (terms) {
          return [].concat.apply([], terms.filter(Boolean).map(function (term) { return term.get(one.document) || []; }));
        });
        for (var i = 1; i < at.length; i++) {
          var least = 50;
          at[i - 1].forEach(function (a) { at[i].forEach(function (b) { if (a !== b) least = Math.min(least, b > a ? b - a : (a - b) * 1.5); }); });
          one.score *= 1 + 0.4 / least;
        }
      });
      ranked.list.sort(order);
      return ranked;
    });
  };

  /* All words; where no document has them all, words like them; else as many as there are. */
  search.ranking = function (index, states, allowed, resolve, asked) {
    if (!states.length) {
      var every = [];
      for (var i = 0; i < index.documents; i++) if (allowed(i)) every.push({ document: i });
      return Promise.resolve({ states: states, ranked: { list: every, whole: true } });
    }
    var ranked = search.ranked(index, states, allowed);
    if (ranked.whole) return search.nearness(index, ranked, states).then(function (ranked) { return { states: states, ranked: ranked }; });
    return resolve(asked.groups.filter(function (group) { return !group.phrase; }), { near: true }).then(function (near) {
      var wider = states.map(function (state) {
        return near.find(function (one) { return one.group === state.group && one.matches.size > state.matches.size; }) || state;
      });
      var again = search.ranked(index, wider, allowed);
      if (again.whole) return { states: wider.map(function (state) { return Object.assign({}, state, { guessed: state.guessed || states.indexOf(state) < 0 }); }), ranked: again };
      return { states: states, ranked: ranked };
    });
  };

  /* The query with its misspelt words as they are in the index; null where there are none. */
  search.suggestion = function (asked, states) {
    var guessed = states.filter(function (state) { return state.guessed && state.terms.length && !state.group.phrase; });
    if (!guessed.length) return null;
    var text = asked.text;
    guessed.sort(function (one, other) { return other.group.start - one.group.start; }).forEach(function (state) {
      var best = state.terms.filter(function (one) { return one.level > 1; })[0] || state.terms[0];
      text = text.slice(0, state.group.start) + best.term.key.replace(/^@/, "") + text.slice(state.group.end);
    });
    return text;
  };
})();
