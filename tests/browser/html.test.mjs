// Every built page is valid HTML, and what it points at within the site is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAGE_TYPES } from "./pages.mjs";
import { publish } from "./site.mjs";
import { invalid } from "./validity.mjs";

let site;
before(async () => (site = await publish()));
after(() => site?.close());

for (const type of PAGE_TYPES)
  test(`${type.name}: valid HTML`, () => {
    const faults = invalid(site, site.files.filter((file) => type.is.test(file)));
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
