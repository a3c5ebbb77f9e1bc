// Every page type, over http and from a folder, with scripts and without, light and dark, at every width.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, newPage, pool } from "./browser.mjs";
import { HEIGHT, PAGE_TYPES, SCHEMES, SHOWN, WIDTHS, show } from "./pages.mjs";
import { OLD_ID, publish } from "./site.mjs";

const AT_ONCE = 3;
let site, browser;
const lend = new Map();
before(async () => {
  site = await publish();
  browser = await launch();
  for (const scripts of [true, false])
    lend.set(scripts, pool(await browser.newContext({ javaScriptEnabled: scripts, viewport: { width: WIDTHS[0], height: HEIGHT } }), AT_ONCE));
});
after(async () => {
  await browser?.close();
  site?.close();
});

test("every built page belongs to one page type, and every example is built", () => {
  const built = site.files.filter((file) => file.endsWith(".html"));
  for (const address of built)
    assert.equal(PAGE_TYPES.filter((type) => type.is.test(address)).length, 1, `${address} needs one row in pages.mjs`);
  for (const { address } of SHOWN) assert.ok(site.has(address), `${address} is in pages.mjs but was not built`);
  for (const type of PAGE_TYPES) assert.ok(built.some((address) => type.is.test(address)), `no page is a ${type.name}`);
});

test("the settings of the browser reach the page", () =>
  lend.get(true)(async (page) => {
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.visit(site.http, show("index.html"));
      const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g).slice(0, 3).map(Number));
      assert.equal(Math.max(...paper) < 128, scheme === "dark", `the page is ${paper} in ${scheme}`);
    }
  }));

test("what a page says to programs breaks no policy, is run by nobody and shown to nobody", () =>
  lend.get(true)(async (page) => {
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
    });
    for (const address of ["references/krasner-1982-structural-causes.html", "references/index.html"]) {
      await page.visit(site.http, show(address));
      const found = await page.evaluate(() => ({
        violations: window.violations,
        types: [...document.querySelectorAll('script[type="application/ld+json"]')].map((block) => JSON.parse(block.textContent)["@type"]),
        spans: document.querySelectorAll("span.Z3988[title]").length,
        shown: [...document.querySelectorAll("span.Z3988")].filter((span) => span.checkVisibility()).length,
      }));
      const list = address.endsWith("index.html");
      assert.deepEqual(found, { violations: [], types: [list ? "CollectionPage" : "WebPage"], spans: list ? 45 : 0, shown: 0 });
      const tree = await page.locator("main").ariaSnapshot();
      assert.ok(!/Z39\.88|schema\.org/.test(tree), "a screen reader would read it");
      assert.deepEqual(page.faults, []);
    }
  }));

describe("page", { concurrency: AT_ONCE }, () => {
  for (const shown of SHOWN)
    for (const over of shown.over)
      test(`${shown.address} over ${over}`, async () => {
        const faults = new Set();
        const links = {};
        for (const scripts of [true, false])
          await lend.get(scripts)(async (page) => {
            // Half of the pages start light and half dark; each is looked at in both.
            const schemes = scripts === (over === "http") ? SCHEMES : [...SCHEMES].reverse();
            const setting = `scripts ${scripts ? "on" : "off"}`;
            await page.emulateMedia({ colorScheme: schemes[0] });
            await page.visit(site[over], shown);
            links[scripts] = new Set(await page.evaluate(visibleLinks));
            for (const scheme of schemes) {
              await page.emulateMedia({ colorScheme: scheme });
              // 320 px is the narrowest window that WCAG 2.2 asks for (1.4.10).
              for (const width of scheme === schemes[0] ? [320, ...WIDTHS] : WIDTHS) {
                await page.setViewportSize({ width, height: HEIGHT });
                for (const fault of await page.evaluate(tooWide)) faults.add(`${setting}, ${scheme}, ${width} px: ${fault}`);
              }
            }
            for (const fault of page.faults) faults.add(`${setting}: ${fault}`);
          });
        for (const link of links[true]) if (!links[false].has(link)) faults.add(`without scripts there is no link to ${link}`);
        assert.deepEqual([...faults], []);
      });
});

for (const over of ["http", "file"])
  for (const scripts of [true, false])
    test(`an old address leads to the new one over ${over}, scripts ${scripts ? "on" : "off"}`, () =>
      lend.get(scripts)(async (page) => {
        await page.visit(site[over], show("index.html"));
        const arrived = page.waitForURL(`${site[over]}references/krasner-1982-structural-causes.html`);
        await page.goto(`${site[over]}references/${OLD_ID}.html`, { waitUntil: "commit" });
        await arrived;
        assert.match(await page.title(), /Structural Causes/);
      }));

/** Whether the document scrolls sideways, and what sticks out. */
function tooWide() {
  const view = document.scrollingElement;
  if (view.scrollWidth <= view.clientWidth) return [];
  const scrolls = (element) => element && element !== view && element !== document.body && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const out = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > view.clientWidth + 0.5 && !scrolls(element.parentElement))
    .map((element) => `<${element.localName} class="${element.getAttribute("class") ?? ""}"> ${element.textContent.trim().slice(0, 30)}`);
  return [`the document is ${view.scrollWidth} px wide: ${out.slice(0, 3).join("; ") || "found no element that sticks out"}`];
}

/** The addresses of all links that can be seen. */
function visibleLinks() {
  return [...document.querySelectorAll("a[href]")].filter((link) => link.checkVisibility({ visibilityProperty: true })).map((link) => new URL(link.getAttribute("href"), document.baseURI).href);
}
