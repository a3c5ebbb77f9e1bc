// What the tests of search look at, and the way to a question.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newPage } from "./browser.mjs";
import { HEIGHT, show } from "./pages.mjs";

export const BOTH = ["http", "file"];
export const WIDE = { width: 1440, height: HEIGHT };

/** One test for each protocol, in a context of its own; `opened` gives the browser and the site. */
export function over(opened, protocols, name, work, options = {}) {
  for (const protocol of protocols)
    test(`${name} (${protocol})`, async () => {
      const { browser, site } = opened();
      const context = await browser.newContext({ reducedMotion: "reduce", viewport: WIDE, colorScheme: "light", ...options });
      try {
        context.setDefaultTimeout(20_000);
        const page = await newPage(context);
        await work(page, (address) => page.visit(site[protocol], show(address)), protocol);
        assert.deepEqual(page.faults, []);
      } finally {
        await context.close();
      }
    });
}

export const dialog = (page) => page.getByRole("dialog", { name: "Search" });
export const field = (page) => page.locator("input[name=q]");
export const hits = (page) => page.locator(".search-hits > li");
export const links = (page) => page.locator(".search-hits .card-main > a");
export const status = (page) => page.locator(".search-count");
export const focused = (locator) => locator.evaluate((element) => element === document.activeElement);
/** Waits until the page says how many results there are. */
export const said = (page, words) => status(page).filter({ hasText: words }).waitFor();
export const parameters = (page) => Object.fromEntries(new URL(page.url()).searchParams);
/** Opens the dialog, and asks for words. */
export async function open(page, words) {
  await page.keyboard.press("/");
  await dialog(page).waitFor();
  if (words) {
    await page.keyboard.type(words);
    await hits(page).first().waitFor();
    await said(page, /\d+ results?/);
  }
}
