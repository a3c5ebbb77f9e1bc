/* The search index, file by file: src/search/shards.rs says what is in each, and how it is named. Files are
   scripts, since pages over file:// cannot fetch; each is loaded when it is first needed. */
(function () {
  "use strict";
  var regesta = (window.regesta = window.regesta || {});
  var search = (regesta.search = regesta.search || {});
  var UNFIT = [0, 10, 13, 26, 34, 60, 92];
  var root = "", manifest = null, opened = null, dictionary = null, given = {}, read = {}, old = false, coming = null, taken = null;
  /* What failed is asked for at an address that no cache has. */
  var failed = {};

  search.index = function (index) {
    if (manifest && index.hash !== manifest.hash) given = {};
    manifest = index;
  };
  search.shard = function (mark, name, packed) {
    if (manifest && !manifest.layout.includes(mark)) old = true;
    else given[name] = packed;
  };

  /* Seven bits to a character; what may not stand in a script shares two bytes with the next. */
  function bytes(text) {
    var all = new Uint8Array(text.length * 7 / 4 + 1), length = 0, held = 0, bits = 0;
    function put(seven) {
      held = (held << 7 | seven) & 0x3fff;
      bits += 7;
      if (bits >= 8) all[length++] = held >> (bits -= 8);
    }
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i), high = code >> 7;
      if (!high) put(code);
      else if (high > 7) put(UNFIT[high - 8]);
      else { put(UNFIT[high - 1]); put(code & 127); }
    }
    return all.subarray(0, length);
  }

  /* What is packed behind a dictionary is read behind that dictionary, stored as it is. */
  function unpack(packed, dictionary) {
    var before = dictionary ? dictionary.length : 0;
    var head = before ? [new Uint8Array([0, before & 255, before >> 8, ~before & 255, ~before >> 8 & 255]), dictionary] : [];
    /* Not by a Blob: its bytes would go through another process. */
    var stream = new DecompressionStream("deflate-raw"), writer = stream.writable.getWriter();
    /* What is wrong with the bytes is said where they are read. */
    head.concat(bytes(packed)).forEach(function (part) { writer.write(part).catch(function () {}); });
    writer.close().catch(function () {});
    return new Response(stream.readable).arrayBuffer().then(function (buffer) { return new Uint8Array(buffer, before); });
  }

  function load(path) {
    return new Promise(function (done, failed) {
      var element = document.createElement("script");
      element.src = root + "search/" + path;
      element.dataset.added = "";
      element.onload = function () { element.remove(); done(); };
      element.onerror = function () { element.remove(); failed(new Error(path)); };
      document.head.append(element);
    });
  }

  /* A promise of the bytes of the file that has these keys: a name of another index leads to none. */
  search.keyed = function (folder, keys) {
    return search.file(folder + "/" + new TextEncoder().encode(keys.join("\n")).reduce(function (sum, byte) { return (sum * 257 + byte) % 17592186044399; }, 1).toString(16));
  };

  function text(bytes) { return new TextDecoder().decode(bytes); }

  function first(again) {
    function come() { coming = null; }
    if (!coming) (coming = load("index.js" + (again ? "?t=" + Date.now() : ""))).then(come, come);
    return coming;
  }

  /* The manifest; where files turn out to be of another index than it is, the new one. */
  search.manifest = function (at, again) {
    if (at !== undefined) root = at;
    if (!opened || again) {
      read = {}; old = false;
      opened = (manifest && manifest.hash !== taken ? Promise.resolve() : first(again || failed.index)).then(function () {
        taken = manifest.hash;
        return Promise.all([unpack(manifest.contents), unpack(manifest.dictionary)]);
      }).then(function (parts) {
        var index = Object.assign({ starts: [] }, manifest, JSON.parse(text(parts[0])));
        dictionary = parts[1];
        index.d.reduce(function (sum, count) { index.starts.push(sum); return sum + count; }, 0);
        return index;
      });
      opened.catch(function () { opened = null; failed.index = true; });
    }
    return opened;
  };

  /* A promise of a file's bytes. One that fails is asked for again the next time, and the manifest with one
     that is missing. */
  search.file = function (name) {
    if (!read[name]) {
      var hash = manifest.hash, got = name in given ? Promise.resolve() : load(name + ".js?v=" + hash + (failed[name] ? "&t=" + Date.now() : ""));
      read[name] = got.catch(function () { return hash === manifest.hash && first(true).catch(function () {}); }).then(function () {
        var packed = given[name];
        delete given[name];
        return unpack(packed, name[0] === "d" ? dictionary : null);
      }).catch(function () {
        throw search.fault(name, old || hash !== manifest.hash);
      });
      read[name].catch(function () { delete read[name]; failed[name] = true; });
    }
    return read[name];
  };

  search.fault = function (name, old) { return Object.assign(new Error(name), { old: old }); };

  /* In the preview the index changes while a page is open. */
  document.addEventListener("regesta:change", function () { opened = null; });

  function Reader(bytes) { this.bytes = bytes; this.at = 0; }
  Reader.prototype.number = function () {
    var number = 0, shift = 1, byte;
    do {
      byte = this.bytes[this.at++];
      number += (byte & 127) * shift;
      shift *= 128;
    } while (byte & 128);
    return number;
  };
  Reader.prototype.take = function (length) {
    return this.bytes.subarray(this.at, this.at += length);
  };
  search.Reader = Reader;

  /* Keys compare as their bytes do, which differs from JavaScript's order beyond U+D7FF. */
  search.compare = function (one, other) {
    var length = Math.min(one.length, other.length);
    for (var i = 0; i < length; i++) {
      var a = one.charCodeAt(i), b = other.charCodeAt(i);
      if (a !== b) return (a >= 0xe000 ? a - 0x2000 : a >= 0xd800 ? a + 0x2000 : a) - (b >= 0xe000 ? b - 0x2000 : b >= 0xd800 ? b + 0x2000 : b);
    }
    return one.length - other.length;
  };

  /* Calls with each key of a file of terms, and leaves the reader behind the key. */
  search.keys = function (bytes, each) {
    var reader = new Reader(bytes), key = new Uint8Array(512);
    while (reader.at < bytes.length) {
      var shared = bytes[reader.at++], length = bytes[reader.at++];
      key.set(reader.take(length), shared);
      each(text(key.subarray(0, shared + length)), reader);
    }
  };
})();
