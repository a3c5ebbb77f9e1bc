// A book's files as a reading system shows them: in a narrow window and a wider one, light and dark, without a fault.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { launch, newPage, pool } from "./browser.mjs";
import { SCHEMES } from "./pages.mjs";
import { packed } from "./packed.mjs";

const CHAPTERS = [
  "title.xhtml",
  "nav.xhtml",
  "pages/index.xhtml",
  "pages/references/krasner-1982-structural-causes.xhtml",
  "pages/documents/sco-2009-information-security-agreement.xhtml",
  "pages/timeline.xhtml",
  "pages/tracks/index.xhtml",
  "pages/keywords/index.xhtml",
  "pages/keywords/regimes.xhtml",
  "pages/concordance.xhtml",
];
const WINDOWS = [{ width: 360, height: 740 }, { width: 820, height: 1180 }];

let book, browser, lend;
before(async () => {
  book = packed("epub");
  browser = await launch();
  lend = pool(await browser.newContext(), 2);
});
after(async () => {
  await browser?.close();
  book?.close();
});

describe("a book", { concurrency: 2 }, () => {
  for (const chapter of CHAPTERS)
    test(chapter, () =>
      lend(async (page) => {
        const base = book.address("EPUB/");
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme });
          await page.visit(base, { path: chapter, status: 200 });
          await page.evaluate(axe.source);
          for (const window of WINDOWS) {
            await page.setViewportSize(window);
            const [inner, outer] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]);
            assert.ok(inner <= outer, `${inner} px on ${outer} px in a window of ${window.width}`);
            const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], preload: false }));
            assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
          }
        }
        assert.deepEqual(page.faults, []);
      }),
    );
});

test("a link of the contents leads to an entry, and one of the entry to a term of the index", () =>
  lend(async (page) => {
    await page.visit(book.address("EPUB/"), { path: "nav.xhtml", status: 200 });
    await page.getByRole("link", { name: /Structural Causes and Regime Consequences/ }).click();
    await page.locator("#keywords a").first().click();
    await page.waitForURL(/\/keywords\//);
    assert.deepEqual(page.faults, []);
  }));
