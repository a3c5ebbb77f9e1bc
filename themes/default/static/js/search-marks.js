/* Marks the words that a search found where it led to: `?marks=…`, which then leaves the
   address, so that it can be sent on. Escape takes the marks away. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make, NAME = "search";
  var url = new URL(location.href), state = Object.assign({}, history.state);
  if (url.searchParams.has("marks")) {
    state.marks = url.searchParams.get("marks");
    url.searchParams.delete("marks");
    history.replaceState(state, "", url.href);
  }
  var words = (state.marks || "").split("|").map(function (word) { return fold(word).text.trim(); }).filter(Boolean);
  /* `of` in a title is no help, unless it is all there is. */
  var telling = words.filter(function (word) { return word.length > 2 || !/^[a-z]+$/.test(word); });
  if (telling.length) words = telling;
  if (!words.length || !window.Highlight || !CSS.highlights) return;

  /* Letters without marks, in lower case, and where in the text each one comes from. */
  function fold(text) {
    var LETTERS = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "’": "'", "ʼ": "'", "‘": "'", "–": "-", "‑": "-" };
    var folded = "", from = [], at = 0;
    Array.from(text).forEach(function (letter) {
      var plain = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      plain = LETTERS[plain] || plain;
      folded += plain;
      for (var i = 0; i < plain.length; i += 1) from.push(at);
      at += letter.length;
    });
    from.push(at);
    return { text: folded, from: from };
  }

  /* Whole words; in scripts that set no blanks, wherever they stand. */
  function pattern() {
    var parts = words.sort(function (one, other) { return other.length - one.length; }).map(function (word) {
      var plain = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
      return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(word) ? plain : "(?<![\\p{L}\\p{N}])" + plain + "(?![\\p{L}\\p{N}])";
    });
    return new RegExp(parts.join("|"), "gu");
  }

  function mark() {
    var main = document.getElementById("main"), found = new window.Highlight(), wanted = pattern();
    var texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), node;
    while ((node = texts.nextNode())) {
      if (!node.data.trim() || node.parentNode.closest("[data-added], nav, script, style, svg, form")) continue;
      var folded = fold(node.data), hit;
      wanted.lastIndex = 0;
      while ((hit = wanted.exec(folded.text))) {
        var range = document.createRange();
        range.setStart(node, folded.from[hit.index]);
        range.setEnd(node, folded.from[hit.index + hit[0].length]);
        found.add(range);
      }
    }
    CSS.highlights.set(NAME, found);
    count.textContent = found.size + (found.size === 1 ? " place" : " places") + " marked ";
    return found.size;
  }

  function clear() {
    CSS.highlights.delete(NAME);
    note.remove();
    document.removeEventListener("regesta:change", mark);
    document.removeEventListener("keydown", escape);
    state = Object.assign({}, history.state);
    delete state.marks;
    history.replaceState(state, "");
  }
  function escape(event) {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) clear();
  }

  var count = make("span", {}), link = make("link", { rel: "stylesheet", href: seek.root + "static/css/search.css", "data-added": "" });
  var note = make("p", { "class": "search-marks", role: "status", "data-added": "" });
  document.head.append(link);
  document.body.append(note);
  link.onload = function () {
    if (!mark()) {
      /* A phrase may run through several elements. */
      words = words.join(" ").split(/\s+/);
      if (!mark()) return clear();
    }
    var button = make("button", { type: "button", "aria-keyshortcuts": "Escape" }, "Clear");
    button.onclick = clear;
    note.append(count, " ", button);
  };
  document.addEventListener("regesta:change", mark);
  document.addEventListener("keydown", escape);
})();
