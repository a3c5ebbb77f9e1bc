/* Which documents have a word, or one that it may be meant for. */
(function () {
  "use strict";
  var search = window.regesta.search, lists = search.lists;
  /* What a match counts: exact, the beginning of a word, one edit, two edits. */
  var WORTH = [1, 0.7, 0.5, 0.35];
  var MANY = 1000, COMMON = 0.2;

  function common(index, term) {
    return index.documents >= MANY && term.documents > index.documents * COMMON;
  }

  /* One list of the postings of several terms: by document the best match and its level. */
  function union(found, index, all) {
    return Promise.all(found.map(function (one) { return lists.postings(one.term, all || !common(index, one.term)); })).then(function (postings) {
      var matches = new Map();
      postings.forEach(function (list, i) {
        var level = found[i].level;
        list.forEach(function (posting) {
          var score = posting[1] / 15 * WORTH[level], known = matches.get(posting[0]);
          if (!known) matches.set(posting[0], { score: score, level: level });
          else if (level < known.level || level === known.level && score > known.score) {
            known.level = Math.min(level, known.level);
            known.score = Math.max(score, known.score);
          }
        });
      });
      return matches;
    });
  }

  function intersection(all) {
    var sorted = all.slice().sort(function (one, other) { return one.size - other.size; });
    var matches = new Map();
    if (!sorted.length) return matches;
    sorted[0].forEach(function (match, document) {
      var score = match.score, level = match.level;
      for (var i = 1; i < sorted.length; i++) {
        var other = sorted[i].get(document);
        if (!other) return;
        score += other.score;
        level = Math.max(level, other.level);
      }
      matches.set(document, { score: score / sorted.length, level: level });
    });
    return matches;
  }

  /* The terms that one word stands for. */
  function meant(index, part, how) {
    /* What a short word would be in Cyrillic begins too many others. */
    var short = part.other && part.other.length < 4;
    var own = how.prefix + part.key, other = part.other && how.prefix + part.other, keys = other && !short ? [own, other] : [own];
    return Promise.all([lists.exact(index, own), other && lists.exact(index, other)]).then(function (terms) {
      var found = terms[0] ? [{ term: terms[0], level: 0 }] : [];
      if (terms[1] && !(terms[0] && short)) found.push({ term: terms[1], level: terms[0] || short ? 1 : 0 });
      var open = how.open || how.prefix;
      if (found.length && !open && !how.near) return found;
      var more = Promise.all(keys.map(function (key) { return lists.beginning(index, key); })).then(function (lists) {
        return [].concat.apply([], lists).map(function (term) { return { term: term, level: 1 }; });
      });
      return more.then(function (more) {
        if (open || !found.length) found = found.concat(more);
        if (found.length && !how.near) return found;
        return lists.near(index, own).then(function (near) {
          return found.concat(near.map(function (term) { return { term: term, level: 1 + term.far }; }));
        });
      });
    });
  }

  function word(index, group, how) {
    var terms = [];
    var parts = Promise.all(group.parts.map(function (part, i) {
      var open = how.open && i === group.parts.length - 1;
      return meant(index, part, { open: open, near: how.near, prefix: how.prefix || "" }).then(function (found) {
        terms.push.apply(terms, found);
        return union(found, index, how.all);
      });
    })).then(intersection);
    var whole = group.whole && (how.prefix || "") + group.whole;
    var wholes = !whole ? [] : [lists.exact(index, whole), how.open ? lists.beginning(index, whole) : []];
    return Promise.all([parts].concat(wholes)).then(function (found) {
      var matches = found[0];
      var levels = terms.map(function (one) { return one.level; });
      var state = { group: group, terms: terms, optional: terms.length > 0 && !how.all && terms.every(function (one) { return common(index, one.term); }) };
      state.guessed = terms.length > 0 && Math.min.apply(null, levels) > 1;
      var whole = (found[1] ? [{ term: found[1], level: 0 }] : []).concat((found[2] || []).map(function (term) { return { term: term, level: 1 }; }));
      if (!whole.length) return Object.assign(state, { matches: matches });
      state.terms = terms.concat(whole);
      return union(whole, index, true).then(function (exact) {
        /* Where the whole stands as it is asked for, it counts more than its parts. */
        matches.forEach(function (match, document) { if (!exact.has(document)) exact.set(document, { score: match.score * 0.5, level: Math.max(match.level, 1) }); });
        return Object.assign(state, { matches: exact, guessed: false });
      });
    });
  }

  search.matches = { union: union, intersection: intersection };

  search.resolve = function (index, group, how) {
    return group.phrase ? search.phrase(index, group) : word(index, group, Object.assign({ open: group.open }, how));
  };
})();
