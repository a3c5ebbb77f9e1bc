// No page type breaks a rule of WCAG 2.2 A and AA that axe can check, nor its best practices (landmarks, headings in order).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import axe from "axe-core";
import { opened } from "./browser.mjs";
import { HEIGHT, SHOWN } from "./pages.mjs";

const OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
  rules: {
    "target-size": { enabled: true }, // WCAG 2.2, which axe leaves off unless asked
  },
  resultTypes: ["violations"],
  preload: false, // it would fetch the styles, which a folder does not allow
};
const COLORS = { ...OPTIONS, runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, rules: {} };
// Every rule at both widths and in both schemes; what depends on colour, at each of the four.
const SETTINGS = [
  [360, "light", OPTIONS],
  [360, "dark", COLORS],
  [1440, "dark", OPTIONS],
  [1440, "light", COLORS],
];

const tested = opened({ reducedMotion: "reduce" });

describe("axe", { concurrency: 2 }, () => {
  for (const shown of SHOWN)
    test(shown.address, () =>
      tested.lend(async (page) => {
        const faults = [];
        await page.visit(tested.site.http, shown);
        await page.evaluate(axe.source);
        for (const [width, scheme, options] of SETTINGS) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: HEIGHT });
          const { violations } = await page.evaluate((options) => window.axe.run(document, options), options);
          for (const { id, help, nodes } of violations)
            for (const node of nodes.slice(0, 3)) faults.push(`${scheme}, ${width} px: ${id}: ${help}: ${node.target.join(" ")} (${node.any[0]?.message ?? ""})`);
          }
        assert.deepEqual(faults, []);
      }),
    );
});
