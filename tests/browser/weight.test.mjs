// What a reader must load for an entry, uncompressed, stays within the budget.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage } from "./browser.mjs";
import { isEntry, show } from "./pages.mjs";
import { publish } from "./site.mjs";

const KB = 1000;
const BUDGET = { html: 60 * KB, css: 40 * KB, script: 25 * KB };

let site;
before(async () => (site = await publish()));
after(() => site?.close());

/** The bytes of an entry page, of all styles that it names and of all scripts that it names or holds. */
function weigh(address) {
  const html = site.text(address);
  const at = (href, from = address) => decodeURIComponent(new URL(href, `http://site/${from}`).pathname.slice(1));
  const attribute = (tag, name) => tag.match(new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i"))?.slice(1).find(Boolean);
  const tags = (name) => html.match(new RegExp(`<${name}\\b[^>]*>`, "gi")) ?? [];
  const styles = new Set();
  const addStyle = (sheet) => {
    if (styles.has(sheet)) return;
    styles.add(sheet);
    for (const [, imported] of site.text(sheet).matchAll(/@import\s+(?:url\()?["']?([^"')\s;]+)/g)) addStyle(at(imported, sheet));
  };
  for (const link of tags("link")) if (/\bstylesheet\b/i.test(attribute(link, "rel") ?? "")) addStyle(at(attribute(link, "href")));
  const scripts = new Set(tags("script").map((script) => attribute(script, "src")).filter(Boolean).map((src) => at(src)));
  // A block of data is no script: it counts as HTML.
  const inline = (name) => [...html.matchAll(new RegExp(`<${name}\\b(?![^>]*ld\\+json)[^>]*>([^]*?)</${name}>`, "gi"))].reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  const total = (files) => [...files].reduce((sum, file) => sum + site.size(file), 0);
  return { address, html: Buffer.byteLength(html), css: total(styles) + inline("style"), script: total(scripts) + inline("script") };
}

for (const part of Object.keys(BUDGET))
  test(`${part} of every entry is under ${BUDGET[part] / KB} kB`, (t) => {
    const entries = site.files.filter(isEntry).map(weigh).sort((a, b) => b[part] - a[part]);
    assert.ok(entries.length >= 67, `only ${entries.length} entries`);
    t.diagnostic(`largest ${part}: ${(entries[0][part] / KB).toFixed(1)} kB, ${entries[0].address}`);
    assert.deepEqual(entries.filter((entry) => entry[part] >= BUDGET[part]).map((entry) => `${entry.address}: ${entry[part]} bytes`), []);
  });

// A script may load another one, which the page itself does not name.
test("nor does the largest entry load more than that in a browser", async (t) => {
  const largest = site.files.filter(isEntry).map(weigh).sort((a, b) => b.html - a.html)[0].address;
  const browser = await launch();
  try {
    const page = await newPage(await browser.newContext());
    const bodies = [];
    const weighs = (response) => bodies.push(response.body().then((body) => [response.request().resourceType(), body.length]));
    page.on("response", weighs);
    await page.visit(site.http, show(largest));
    // What comes later (the browser's own look for an icon) is no part of the page.
    page.off("response", weighs);
    const loaded = {};
    for (const [kind, bytes] of await Promise.all(bodies)) loaded[kind] = (loaded[kind] ?? 0) + bytes;
    t.diagnostic(`${largest} loads ${JSON.stringify(loaded)}`);
    assert.ok(loaded.document < BUDGET.html && (loaded.stylesheet ?? 0) < BUDGET.css && (loaded.script ?? 0) < BUDGET.script, JSON.stringify(loaded));
    assert.ok((loaded.font ?? 0) < 250 * KB, `${loaded.font} bytes of fonts`);
  } finally {
    await browser.close();
  }
});
