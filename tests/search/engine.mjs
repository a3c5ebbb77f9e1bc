// The search engine of the default theme without a browser: its scripts run in a context
// with as much of a page as they use, and load the files of a site from a folder.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { createInflateRaw } from "node:zlib";

/** As browsers have it; Node knows `deflate-raw` since 20.12 only. */
class DecompressionStream {
  constructor() {
    return Duplex.toWeb(createInflateRaw());
  }
}

const scripts = fileURLToPath(new URL("../../themes/default/static/js/", import.meta.url));
const BASE = "https://example.org/archive/";

/**
 * The engine over the site in `folder`; `files` maps addresses to other texts, or to null where one is missing.
 * `loaded` lists what was asked for, in order.
 */
export function engine(folder, files = {}) {
  const loaded = [];
  const read = (address) => {
    if (address in files) return files[address];
    const path = address.startsWith("static/js/") ? join(scripts, address.slice("static/js/".length)) : join(folder, address);
    if (!existsSync(path)) return null;
    // The files of such a folder are published as one.
    const paths = statSync(path).isDirectory() ? readdirSync(path).sort().map((name) => join(path, name)) : [path];
    return paths.map((one) => readFileSync(one, "utf8")).join("");
  };
  const document = {
    currentScript: null,
    head: { append: (element) => setImmediate(run, element) },
    createElement: () => ({ dataset: {}, remove() {} }),
    addEventListener() {},
  };
  const context = vm.createContext({
    document, Blob, DecompressionStream, DOMException, Error, Response, TextDecoder, TextEncoder, URL, clearTimeout, console, setTimeout,
  });
  context.window = context;
  function run(element) {
    const address = element.src.slice(BASE.length).split("?")[0];
    loaded.push(element.src.slice(BASE.length));
    const text = read(address);
    if (text === null) return element.onerror();
    document.currentScript = element;
    try {
      vm.runInContext(text, context, { filename: address });
    } catch {
      // As in a browser: what is not a script has loaded all the same.
    }
    document.currentScript = null;
    element.onload?.();
  }
  run({ src: BASE + "static/js/search-engine.js" });
  const search = context.regesta.search;
  return {
    context, files, loaded, search,
    open: () => search.open(BASE),
    find: async (query, options) => {
      await search.open(BASE);
      return JSON.parse(JSON.stringify(await search.find(query, options)));
    },
  };
}
