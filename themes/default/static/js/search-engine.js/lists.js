/* Terms of the index: one, those with a beginning; and where each stands. */
(function () {
  "use strict";
  var search = window.regesta.search;
  var PREFIXES = 24, FILES = 3;
  var parsed = new WeakMap();

  /* Which file a key is in: the last whose first key is not behind it. */
  function fileOf(firsts, key) {
    var low = 0, high = firsts.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (search.compare(firsts[middle], key) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  function terms(index, number) {
    return search.keyed("t", index.t.slice(number, number + 2)).then(function (bytes) {
      if (!parsed.has(bytes)) {
        var all = [];
        search.keys(bytes, function (key, reader) {
          var term = { key: key, documents: reader.number(), file: number, place: all.length }, list = reader.number();
          if (list % 2) {
            term.long = true;
            term.bytes = reader.take(reader.number());
          } else {
            term.bytes = reader.take(list / 2);
          }
          all.push(term);
        });
        parsed.set(bytes, all);
      }
      return parsed.get(bytes);
    });
  }

  /* All terms of the files that keys with this beginning are in, as far as those are few. */
  function range(index, start) {
    if (!index.t.length) return Promise.resolve([]);
    var first = fileOf(index.t, start), last = first;
    while (last + 1 < index.t.length && last - first + 1 < FILES && index.t[last + 1].startsWith(start)) last++;
    var wanted = [];
    for (var i = first; i <= last; i++) wanted.push(terms(index, i));
    return Promise.all(wanted).then(function (files) { return [].concat.apply([], files); });
  }

  function exact(index, key) {
    if (!index.t.length) return Promise.resolve(null);
    return terms(index, fileOf(index.t, key)).then(function (all) {
      var low = 0, high = all.length;
      while (low < high) {
        var middle = (low + high) >> 1, order = search.compare(all[middle].key, key);
        if (!order) return all[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return null;
    });
  }

  function beginning(index, start) {
    return range(index, start).then(function (all) {
      return all.filter(function (term) { return term.key !== start && term.key.startsWith(start); })
        .sort(function (one, other) { return other.documents - one.documents; })
        .slice(0, PREFIXES);
    });
  }

  /* Documents and impacts; of a long list the best, or all. */
  function postings(term, all) {
    var bytes = all && term.long ? search.keyed("l", [term.key]) : Promise.resolve(term.bytes);
    return bytes.then(function (bytes) {
      var reader = new search.Reader(bytes), document = 0, list = [];
      while (reader.at < bytes.length) {
        var number = reader.number();
        document += Math.floor(number / 16);
        list.push([document, number % 16]);
      }
      if (all && list.length !== term.documents) throw search.fault(term.key, true);
      return list;
    });
  }

  /* By document the positions of a term; null where it has none. */
  function positions(index, term) {
    var file = 0, before = 0;
    while (before + index.p[file] <= term.file) before += index.p[file++];
    return Promise.all([postings(term, true), search.keyed("p", index.t.slice(before, before + index.p[file] + 1))]).then(function (parts) {
      var reader = new search.Reader(parts[1]), length = reader.number();
      while (before++ < term.file) {
        reader.take(length);
        length = reader.number();
      }
      for (var i = 0; i <= term.place; i++) {
        length = reader.number();
        if (i < term.place && length % 2 === 0) reader.take(length / 2);
      }
      var bytes = length % 2 ? search.keyed("q", [term.key]) : Promise.resolve(reader.take(length / 2));
      return bytes.then(function (bytes) {
        var places = new search.Reader(bytes), counts = parts[0].map(function () { return places.number(); });
        var found = new Map(parts[0].map(function (posting, index) {
          var at = 0, all = [];
          for (var i = 0; i < counts[index]; i++) all.push(at += places.number());
          return [posting[0], all];
        }));
        if (!bytes.length && reader.at <= parts[1].length) return null;
        /* Those of other documents. */
        if (places.at !== bytes.length) throw search.fault(term.key, true);
        return found;
      });
    });
  }

  /* What results show of the documents of a file. */
  search.documents = function (index, number) {
    return search.file("d/" + index.starts[number] + "-" + index.d[number]).then(function (bytes) {
      if (!parsed.has(bytes)) parsed.set(bytes, JSON.parse(new TextDecoder().decode(bytes)));
      return parsed.get(bytes);
    });
  };

  function fileOfDocument(index, document) {
    var file = index.starts.length - 1;
    while (file > 0 && index.starts[file] > document) file--;
    return file;
  }

  search.lists = { fileOfDocument: fileOfDocument, fileOf: fileOf, terms: terms, range: range, exact: exact, beginning: beginning, postings: postings, positions: positions };
})();
