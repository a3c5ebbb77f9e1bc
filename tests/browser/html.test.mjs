// Every built page is valid HTML, and what it points at within the site is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { PAGE_TYPES } from "./pages.mjs";
import { publish } from "./site.mjs";

let site;
before(async () => (site = await publish()));
after(() => site?.close());

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Of the two spellings that the standard allows, the one that its own examples use.
    "doctype-style": ["error", { style: "lowercase" }],
    // A title holds the title of a work, which is as long as its author made it.
    "long-title": "off",
    // An id is any text without blanks: the print edition's are an entry's and a section's with a full stop between.
    "valid-id": ["error", { relaxed: true }],
    // ARIA lets an author name any element but those whose role forbids it: a list of tracks, for one.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // A box around a wide table or picture, which scrolls by keyboard, has a name but is no section of the text.
    "prefer-native-element": ["error", { exclude: ["region", "group"] }],
  },
});

for (const type of PAGE_TYPES)
  test(`${type.name}: valid HTML`, () => {
    const faults = [];
    for (const address of site.files.filter((file) => type.is.test(file))) {
      const report = validator.validateStringSync(site.text(address), address);
      for (const { messages } of report.results)
        for (const { line, column, ruleId, message } of messages) faults.push(`${address}:${line}:${column}: ${message} (${ruleId})`);
    }
    assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
  });

test("every page names its icon, which is there", () => {
  for (const address of site.files.filter((file) => file.endsWith(".html") && !file.includes("krasner-1982-old-name"))) {
    const href = site.text(address).match(/<link rel="icon"[^>]* href="([^"]+)"/)?.[1];
    assert.ok(href, `${address} names no icon`);
    const icon = new URL(href, site.http + address).href;
    assert.ok(icon.startsWith(site.http) || href.startsWith("/some/repo/"), `${address}: the icon is at ${href}`);
    assert.ok(site.has(icon.slice(site.http.length)), `${address}: there is no ${href}`);
  }
});
