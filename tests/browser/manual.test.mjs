// The manual as a site: valid, within the rules of WCAG that axe can check, and without a fault in the browser.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { launch, newPage } from "./browser.mjs";
import { publish, root } from "./site.mjs";
import { invalid } from "./validity.mjs";

let site, browser;
before(async () => {
  site = await publish((source) => cpSync(join(root, "docs"), source, { recursive: true, filter: (path) => !/\/docs\/(public|\.regesta)$/.test(path) }));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.close();
});

test("every page of the manual is valid HTML", () => {
  const pages = site.files.filter((file) => file.endsWith(".html"));
  assert.ok(pages.length > 40);
  const faults = invalid(site, pages);
  assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
});

// Those that its theme or its text make other than an archive's.
const SHOWN = ["index.html", "guides/index.html", "tutorial/first-archive.html", "guides/publish.html", "reference/settings.html", "reference/commands.html", "reference/diagnostics.html", "tracks/index.html", "keywords/index.html", "404.html"];

for (const [width, colorScheme] of [[360, "light"], [1440, "dark"]])
  test(`pages of the manual at ${width} px, ${colorScheme}`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
    const page = await newPage(context);
    const faults = [];
    for (const path of SHOWN) {
      await page.visit(site.http, { path, status: 200 });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], preload: false }));
      for (const { id, help, nodes } of violations) faults.push(`${path}: ${id}: ${help}: ${nodes[0].target.join(" ")}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways > 0) faults.push(`${path} scrolls sideways by ${sideways} px`);
      faults.push(...page.faults.map((fault) => `${path}: ${fault}`));
    }
    await context.close();
    assert.deepEqual(faults, []);
  });
