/* What a result shows of a document, and where in it the words stand. */
(function () {
  "use strict";
  var regesta = window.regesta;
  var WIDTH = 240, BEFORE = 60, MOST = 60000;

  /* What is looked for in texts: single words by their keys, phrases as runs of them. */
  function wanted(states) {
    var keys = new Map(), phrases = [];
    states.forEach(function (state, group) {
      if (!state.group.phrase) {
        state.terms.forEach(function (one) { keys.set(one.term.key.replace(/^@/, ""), group); });
        return;
      }
      phrases.push({ group: group, run: [].concat.apply([], state.group.phrase.map(function (word) { return word.parts; })) });
    });
    return { keys: keys, phrases: phrases };
  }

  /* Where a text has what is asked for: {start, end, group}. */
  function hits(text, wanted) {
    var words = regesta.words.of(text), parts = wanted.phrases.length ? words.filter(function (word) { return word.parts === 1; }) : [];
    var found = words.filter(function (word) { return wanted.keys.has(word.key); }).map(function (word) {
      return { start: word.start, end: word.end, group: wanted.keys.get(word.key) };
    });
    wanted.phrases.forEach(function (phrase) {
      parts.forEach(function (first, i) {
        var whole = phrase.run.every(function (part, j) { return parts[i + j] && (parts[i + j].key === part.key || parts[i + j].key === part.other); });
        if (whole) found.push({ start: first.start, end: parts[i + phrase.run.length - 1].end, group: phrase.group });
      });
    });
    return parts.length ? found.sort(function (one, other) { return one.start - other.start; }) : found;
  }

  function kinds(hits) { return new Set(hits.map(function (hit) { return hit.group; })).size; }

  /* The stretch with most different words, then with most words. */
  function best(hits) {
    var found = null;
    hits.forEach(function (hit, i) {
      var within = hits.slice(i, i + 40).filter(function (other) { return other.end <= hit.start + WIDTH - BEFORE; });
      var score = kinds(within) * 1000 + within.length;
      if (!found || score > found.score) found = { score: score, start: hit.start, kinds: kinds(within) };
    });
    return found;
  }

  function cut(text, hits, from) {
    var start = Math.max(0, from - BEFORE), end = Math.min(text.length, start + WIDTH);
    if (start > 0) start += /^\S*\s*/.exec(text.slice(start, from))[0].length;
    if (end < text.length) end -= /\S*$/.exec(text.slice(from, end))[0].length;
    if (end <= from) end = Math.min(text.length, start + WIDTH);
    var pieces = [], at = start;
    function push(to, mark) {
      var words = text.slice(at, to).replace(/\s+/g, " ");
      if (words) pieces.push({ text: words, mark: mark });
      at = Math.max(at, to);
    }
    if (start > 0) pieces.push({ text: "…", mark: false });
    hits.forEach(function (hit) {
      if (hit.start < at || hit.end > end) return;
      push(hit.start, false);
      push(hit.end, true);
    });
    push(end, false);
    if (end < text.length) pieces.push({ text: "…", mark: false });
    return pieces;
  }

  /* `states` are the words of the query with the terms that they stand for. */
  regesta.search.shown = function (index, shown, states) {
    var asked = wanted(states);
    var head = [shown.title, shown.creators, shown.label, shown.date].join("\n"), headHits = hits(head, asked);
    var chosen = null;
    shown.texts.forEach(function (passage) {
      var text = passage.text.slice(0, MOST), found = hits(text, asked), stretch = best(found);
      var named = passage.title ? hits(passage.title, asked) : [];
      var score = (stretch ? stretch.score : 0) + (named.length ? kinds(named) * 500 : 0);
      if (score && (!chosen || score > chosen.score)) chosen = { score: score, passage: passage, text: text, hits: found, start: stretch ? stretch.start : 0 };
    });
    var first = shown.texts.find(function (passage) { return passage.text; }) || { text: "" };
    var quoted = chosen || { passage: first, text: first.text.slice(0, MOST), hits: [], start: 0 };
    var section = chosen && chosen.passage.id && kinds(headHits) < states.length ? { id: chosen.passage.id, title: chosen.passage.title } : null;
    var matched = [];
    function note(text, hits) {
      hits.forEach(function (hit) {
        var word = text.slice(hit.start, hit.end);
        if (matched.length < 12 && matched.indexOf(word) < 0) matched.push(word);
      });
    }
    note(quoted.text, quoted.hits);
    note(head, headHits);
    return {
      address: shown.address,
      section: section,
      title: shown.title,
      titleLang: shown.title_lang,
      creators: shown.creators,
      date: shown.date,
      year: shown.year,
      kind: shown.kind,
      label: shown.label,
      tracks: shown.tracks.map(function (track) { return { id: index.tracks[track][0], title: index.tracks[track][1], glyph: index.tracks[track][2] }; }),
      snippet: quoted.text ? cut(quoted.text, quoted.hits, quoted.start) : [],
      matched: matched
    };
  };
})();
