/* A result as a row of the list, its address, and the way to it by keys. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make;
  /* The glyph of each track that a result had; facets show it too. */
  seek.glyphs = new Map();

  /* Where the words that were found will be marked: a text fragment (`:~:text=`) would
     lead past the section, to wherever the word comes first. */
  function address(result) {
    var url = new URL(result.address, seek.root), words = [];
    var found = (result.matched || []).concat((result.snippet || []).filter(function (part) { return part.mark; }).map(function (part) { return part.text; }));
    found.forEach(function (word) {
      word = word.trim().toLowerCase();
      if (word && words.indexOf(word) < 0 && words.length < 12) words.push(word);
    });
    if (words.length) url.searchParams.set("marks", words.join("|"));
    if (result.section) url.hash = result.section.id;
    return url.href;
  }

  function titled(result) {
    var title = make("span", { "class": "card-title" }, result.title);
    if (result.titleLang) title.lang = result.titleLang;
    var link = make("a", { href: address(result) }, title);
    if (result.section) link.append(" ", make("span", { "class": "hit-section" }, "in: " + result.section.title));
    return link;
  }

  function snippet(parts) {
    var line = make("p", { "class": "hit-snippet" });
    parts.forEach(function (part) { line.append(part.mark ? make("mark", {}, part.text) : part.text); });
    return line;
  }

  function tracks(list) {
    var row = make("ul", { "class": "card-tracks", "aria-label": "Tracks" });
    list.forEach(function (track) {
      seek.glyphs.set(track.id, track.glyph);
      row.append(make("li", { "class": "track-" + track.id }, seek.glyph(track.id), " ", track.title));
    });
    return row;
  }

  seek.glyph = function (id) {
    return make("span", { "class": "glyph", "aria-hidden": "true" }, seek.glyphs.get(id) || "");
  };

  seek.row = function (result) {
    var main = make("div", { "class": "card-main" }), meta = make("span", { "class": "card-meta" });
    var creators = [].concat(result.creators || []).join("; ");
    if (creators) main.append(make("span", { "class": "card-creators" }, creators.replace(/\.?$/, ".")), " ");
    [["date", String(result.date || "") === String(result.year || "") ? "" : result.date], ["kind", result.kind], ["label", result.label]].forEach(function (part) {
      if (part[1]) meta.append(make("span", { "class": "card-" + part[0] }, part[1]), " ");
    });
    main.append(titled(result), " ", meta);
    if (result.snippet && result.snippet.length) main.append(snippet(result.snippet));
    var card = make("article", { "class": "card" }, make("span", { "class": "card-year" }, String(result.year || (result.label ? "n.d." : ""))), " ", main);
    if (result.tracks && result.tracks.length) card.append(" ", tracks(result.tracks));
    return make("li", { "class": "hit" }, card);
  };

  /* Arrows lead from the field into the list, through it, and back. */
  seek.arrows = function (form, field, list) {
    function step(event) {
      var by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      var links = Array.from(list.querySelectorAll(".card-main > a")), at = links.indexOf(event.target);
      if (!by || event.altKey || event.ctrlKey || event.metaKey || at < 0 && (event.target !== field || by < 0)) return;
      event.preventDefault();
      var to = at + by < 0 ? field : links[at + by];
      if (to) to.focus();
    }
    form.addEventListener("keydown", step);
    list.addEventListener("keydown", step);
    /* No preview opens upon the rows when arrows lead through them. */
    list.addEventListener("focusin", function (event) { event.stopPropagation(); });
  };
})();
