// Search in Firefox, whose policy for files is the strictest: over http below a base path, and from a folder.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import puppeteer from "puppeteer-core";
import { firefoxPath } from "./browser.mjs";
import { QUERIES, check } from "./queries.mjs";
import { publish } from "./site.mjs";

const ENTRY = "references/krasner-1982-structural-causes.html";
const OTHER = "references/barlow-1996-declaration-of-independence.html";
/** What Firefox says of a page that reads a file, as the first test makes one do. */
const REFUSED = /timeline\.html.*CORS request not http/;

let site, browser;
before(async () => {
  site = await publish();
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath(),
    // Firefox's own default; puppeteer's profile would let a page read the files beside it.
    extraPrefsFirefox: { "security.fileuri.strict_origin_policy": true },
  });
});
after(async () => {
  await browser?.close();
  site?.close();
});

for (const protocol of ["http", "file"])
  describe(protocol, () => {
    let page, faults;
    before(async () => {
      page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      await page.setViewport({ width: 1280, height: 900 });
      const note = (text) => REFUSED.test(text) || faults.push(text);
      page.on("console", (message) => ["error", "warn"].includes(message.type()) && note(message.text()));
      page.on("pageerror", (error) => note(String(error)));
    });
    after(() => page?.close());
    const visit = (address) => page.goto(site[protocol] + address, { waitUntil: "load" });
    const over = (name, work) =>
      test(name, async () => {
        faults = [];
        await work();
        assert.deepEqual(faults, []);
      });

    over("a page cannot read the files beside it, so search does without", async () => {
      await visit("index.html");
      const read = await page.evaluate(() => fetch("timeline.html").then((answer) => answer.ok, () => false));
      // The page's own policy allows what comes from the same origin; here no file is of another's.
      assert.equal(read, protocol === "http");
    });

    for (const asked of QUERIES)
      over(`${asked.kind}: ${asked.query}`, async () => {
        await visit(`search.html?q=${encodeURIComponent(asked.query)}`);
        await said(page, asked.none ? /^Nothing found/ : /^\d+ results?$/);
        const rows = await page.$$eval(".search-hits > li", (rows) => rows.map((row) => ({ text: row.innerText, href: row.querySelector("a").href })));
        check(asked, rows.map(({ text, href }) => ({ text, address: href.slice(site[protocol].length).split(/[?#]/)[0] })));
        if (asked.other) assert.match(await page.$eval(".search-hint a", (link) => link.textContent), asked.other);
      });

    over("facets narrow, stand in the address, and are undone by the way back", async () => {
      await visit("search.html");
      await page.focus("#search-field");
      await page.keyboard.type("internet");
      const all = await said(page, /^\d+ results$/);
      const box = ".facet input[value='Journal article']";
      await page.$eval(box, (box) => (box.closest("details").open = true));
      await page.click(box);
      const some = await said(page, /^\d+ results?$/, all);
      assert.ok(Number.parseInt(some, 10) < Number.parseInt(all, 10));
      assert.match(page.url(), /\?q=internet&kind=Journal\+article$/);
      for (const text of await page.$$eval(".search-hits > li", (rows) => rows.map((row) => row.innerText))) assert.match(text, /Journal article/);
      await page.evaluate(() => history.back());
      await said(page, new RegExp(`^${all}$`));
      assert.match(page.url(), /\?q=internet$/);
    });

    // The last, since puppeteer loses sight of a page that comes back out of the browser's memory.
    over("the dialog: keys, a section, marks, and the way back", async () => {
      await visit(OTHER);
      for (const key of ["/", "Control+k"]) {
        await press(page, key);
        await page.waitForSelector("dialog[open] input:focus");
        await press(page, "Escape");
        await page.waitForSelector("dialog", { hidden: true });
      }
      await press(page, "/");
      await page.waitForSelector("dialog[open] input:focus");
      await page.keyboard.type("krasner rectitude");
      await said(page, /^1 result$/);
      assert.match(await page.$eval(".search-hits mark", (mark) => mark.textContent), /rectitude|krasner/i);
      await press(page, "ArrowDown");
      assert.equal(await page.$eval(":focus .hit-section", (section) => section.textContent), "in: The definition");
      await press(page, "Enter");
      await page.waitForFunction((address) => location.href === address, {}, `${site[protocol]}${ENTRY}#definition`);
      await page.waitForSelector(".search-marks button");
      const marked = await page.evaluate(() => [...CSS.highlights.get("search")].map(String));
      assert.ok(marked.some((word) => /rectitude/i.test(word)), marked.join());
      const top = await page.$eval("#definition", (heading) => heading.getBoundingClientRect().top);
      assert.ok(top >= 0 && top < 100, `the section is at ${top} px`);
      await page.evaluate(() => history.back());
      await page.waitForSelector("dialog[open] .search-hits > li");
      assert.equal(await page.$eval("dialog input", (field) => field.value), "krasner rectitude");
    });
  });

/** Waits until the page says something that is not `before`, and gives it. */
async function said(page, words, before = "") {
  const text = await page.waitForFunction(
    (source, before) => {
      const text = document.querySelector(".search-count")?.textContent;
      return text && text !== before && new RegExp(source).test(text) && text;
    },
    {},
    words.source,
    before,
  );
  return text.jsonValue();
}

async function press(page, keys) {
  const [key, ...held] = keys.split("+").reverse();
  for (const one of held) await page.keyboard.down(one);
  await page.keyboard.press(key);
  for (const one of held) await page.keyboard.up(one);
}
