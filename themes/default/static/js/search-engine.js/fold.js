/* Words as they are looked for: the rules of src/search/fold.rs and words.rs. */
(function () {
  "use strict";
  var LONGEST = 40, MOST_PARTS = 8;
  var MARKS = "\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f";
  var IGNORED = "\\u00ad\\u02b9-\\u02bf\\u200b-\\u200d\\u2060\\ufeff";
  var WORD = new RegExp("[\\p{Alphabetic}\\p{N}" + MARKS + IGNORED + "\\u0900-\\u0963\\u0966-\\u109f\\u1780-\\u17ff]", "u"), RUN = new RegExp(WORD.source + "+", "gu");
  var UNSPACED = /[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}]/u;
  var STRIPPED = new RegExp("[" + MARKS + IGNORED + "]", "gu");
  var HYPHENS = "-\u2010\u2011\u2012\u2013\u2212";
  var APOSTROPHES = "'\u2018\u2019\u2032`\u00b4";
  var JOINING = HYPHENS + APOSTROPHES + "/._:&+@#";
  var SPECIAL = { "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŋ": "n", "ŧ": "t", "ı": "i", "ə": "e", "ς": "σ" };
  var SOUNDS = [["s\u030c", "sh"], ["c\u030c", "ch"], ["z\u030c", "zh"], ["s\u0302", "shch"], ["u\u0302", "yu"], ["a\u0302", "ya"], ["u\u0306", "u"], ["i\u0306", "i"]];
  var CYRILLIC = {};
  ("а=a б=b в=v г=g ґ=g ѓ=g д=d е=e ё=e э=e є=e ж=zh з=z и=i й=i ы=i і=i ї=i ј=i к=k ќ=k л=l љ=li м=m н=n њ=ni о=o п=p р=r с=s т=t у=u ў=u " +
   "ф=f х=h ц=c ч=ch ћ=ch ш=sh щ=shch ъ= ь= ю=yu я=ya ђ=d џ=d ѕ=z ѣ=e ѳ=f ѵ=i").split(" ").forEach(function (pair) {
    CYRILLIC[pair[0]] = pair.slice(2);
  });
  var SYSTEMS = [[/shch/g, "\u0001"], [/shh/g, "\u0001"], [/sch/g, "\u0001"], [/tch/g, "ch"], [/kh/g, "h"],
    [/ts/g, "c"], [/tz/g, "c"], [/cz/g, "c"], [/x/g, "h"], [/w/g, "v"], [/[jy]/g, "i"]];

  function short(key) { return Array.from(key).slice(0, LONGEST).join(""); }

  function plain(word, spelt) {
    var lower = word.normalize("NFKD").toLowerCase();
    if (spelt) SOUNDS.forEach(function (sound) { lower = lower.split(sound[0]).join(sound[1]); });
    return Array.from(lower.replace(STRIPPED, ""), function (c) { return SPECIAL[c] || (WORD.test(c) ? c : ""); }).join("").normalize("NFC");
  }

  function romanized(latin) {
    SYSTEMS.forEach(function (system) { latin = latin.replace(system[0], system[1]); });
    return latin.replace(/i+(?=[aeou])/g, "").replace(/(\P{N})\1+/gu, "$1").replace(/\u0001/g, "shch");
  }

  function fold(word) {
    /* Most words are so, and results hold thousands of words. */
    if (/^[0-9a-z]*$/i.test(word)) return word.toLowerCase().slice(0, LONGEST);
    var key = plain(word, false);
    if (/[\u0400-\u052f]/.test(key)) {
      key = romanized(Array.from(key, function (c) { return c in CYRILLIC ? CYRILLIC[c] : c; }).join(""));
    }
    return short(key);
  }

  /* The key of the Cyrillic word that a Latin one may stand for; null where that is its own. */
  function romanization(word) {
    var key = plain(word, true);
    if (!/^[a-z]+$/.test(key)) return null;
    key = short(romanized(key));
    return key && key !== fold(word) ? key : null;
  }

  /* Stretches of word characters, with one joining character between two of them. */
  function chunks(text) {
    var all = [], end = -2, run;
    RUN.lastIndex = 0;
    while ((run = RUN.exec(text))) {
      if (run.index !== end + 1 || !JOINING.includes(text[end])) all.push([]);
      end = run.index + run[0].length;
      all[all.length - 1].push([run.index, end]);
    }
    return all;
  }

  function mixed(text, range, add) {
    var letters = Array.from(text.slice(range[0], range[1])), at = range[0];
    for (var i = 0; i < letters.length;) {
      var kind = UNSPACED.test(letters[i]), end = i;
      while (end < letters.length && UNSPACED.test(letters[end]) === kind) end++;
      for (var j = i; j < end; j += kind ? 1 : end - i) {
        var part = letters.slice(j, kind ? Math.min(j + 2, end) : end).join("");
        add(at, at + part.length);
        at += kind ? letters[j].length : part.length;
      }
      i = end;
    }
  }

  function whole(text, parts) {
    if (parts.length < 2 || parts.length > MOST_PARTS) return null;
    var start = parts[0].start, end = parts[parts.length - 1].end;
    if (UNSPACED.test(text.slice(start, end))) return null;
    var digits = parts.some(function (part) { return /[0-9]/.test(part.key); });
    var letters = parts.every(function (part) { return Array.from(part.key).length < 2; });
    var key = parts.map(function (part, index) {
      var next = parts[index + 1], c = next ? text.slice(part.end, next.start)[0] : "";
      var apart = c && !APOSTROPHES.includes(c) && (digits || !HYPHENS.includes(c)) && !(c === "." && letters);
      return part.key + (apart ? HYPHENS.includes(c) ? "-" : c : "");
    }).join("");
    return { key: short(key), start: start, end: end };
  }

  /* Every word of a text: {key, start, end, position, parts}; a whole stands before its parts. */
  function words(text) {
    var found = [], position = 0;
    chunks(text).forEach(function (chunk) {
      var parts = [];
      function add(start, end) {
        var key = fold(text.slice(start, end));
        if (key) parts.push({ key: key, start: start, end: end });
      }
      chunk.forEach(function (range) {
        if (UNSPACED.test(text.slice(range[0], range[1]))) mixed(text, range, add);
        else add(range[0], range[1]);
      });
      var one = whole(text, parts);
      if (one) found.push(Object.assign(one, { position: position, parts: parts.length }));
      parts.forEach(function (part) { found.push(Object.assign(part, { position: position++, parts: 1 })); });
    });
    return found;
  }

  var regesta = (window.regesta = window.regesta || {});
  regesta.words = { fold: fold, romanization: romanization, of: words };
})();
