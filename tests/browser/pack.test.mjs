// A pack, unpacked elsewhere and opened from the disk, is the whole site: search, previews and the timeline work in it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, newPage } from "./browser.mjs";
import { packed, regesta } from "./packed.mjs";
import { show } from "./pages.mjs";
import { WIDE, hits, links, open } from "./search.mjs";

let pack, browser, page;
before(async () => {
  pack = packed("zip");
  browser = await launch();
  const context = await browser.newContext({ reducedMotion: "reduce", viewport: WIDE });
  context.setDefaultTimeout(20_000);
  page = await newPage(context);
});
after(async () => {
  await browser?.close();
  pack?.close();
});

const home = () => pack.names.find((name) => name.endsWith("/site/index.html"));
const visit = (address) => page.visit(pack.address(home()).replace(/index\.html$/, ""), show(address));

test("packed twice it is the same bytes, and it is verified", () => {
  assert.ok(pack.bytes.equals(pack.again()));
  assert.equal(regesta("verify", pack.file).status, 0);
});

test("a flipped bit is found, and its file is named", () => {
  for (const ending of ["/site/index.html", "/source/site.toml"]) {
    const { name, start, size } = pack.files.find(({ name }) => name.endsWith(ending));
    const spoilt = Buffer.from(pack.bytes);
    spoilt[start + (size >> 1)] ^= 1;
    writeFileSync(join(pack.scratch, "spoilt.zip"), spoilt);
    const run = regesta("verify", join(pack.scratch, "spoilt.zip"));
    assert.equal(run.status, 1);
    assert.ok(run.stderr.includes(`--> ${name.slice(name.indexOf("/") + 1)}:`), run.stderr);
  }
});

test("search answers, and a result leads to its entry", async () => {
  await visit("index.html");
  await open(page, "structural causes and regime consequences");
  await links(page).first().click();
  await page.waitForURL(/krasner-1982-structural-causes\.html/);
  assert.match(await page.locator("h1").textContent(), /Structural Causes/);
  await visit("search.html");
  await page.locator("input[name=q]").fill("sovereignty");
  await hits(page).first().waitFor();
  assert.deepEqual(page.faults, []);
});

test("a preview shows what its link leads to", async () => {
  await visit("references/krasner-1982-structural-causes.html");
  await page.locator("#annotation a.entry").first().hover();
  await page.locator(".preview .preview-title a").first().waitFor();
  assert.deepEqual(page.faults, []);
});

test("the timeline leads to works", async () => {
  await visit("timeline.html");
  const mark = page.locator("svg.across a").first();
  const href = await mark.getAttribute("href");
  await mark.click();
  await page.waitForURL(`**/${href}`);
  assert.equal(await page.locator("article.entry").count(), 1);
  assert.deepEqual(page.faults, []);
});
