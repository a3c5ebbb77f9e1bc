// Search in an archive whose index has many files: what is missing, cut, of another build, or looks like markup.
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe } from "node:test";
import { generate } from "../../benches/archive.mjs";
import { launch } from "./browser.mjs";
import { BOTH, field, focused, hits, links, over as overEach, said } from "./search.mjs";
import { publish, root } from "./site.mjs";

const MARKUP = `</script><img src=x onerror='window.broken=1'> <!-- <script>window.broken=1`;

let site, browser, edited;
before(async () => {
  site = await publish((source) => {
    const ids = generate(source, 1000);
    cpSync(join(root, "themes"), join(source, "themes"), { recursive: true });
    edited = join(source, "content/references", `${ids[150]}.md`);
    writeFileSync(edited, readFileSync(edited, "utf8").replace(/^title: .*$/m, () => `title: ${JSON.stringify(`Wombat ${MARKUP}`)}`).replace("\n## ", () => `\nThe \`wombat ${MARKUP}\` is code.\n\n## `));
  });
  assert.ok(readdirSync(join(site.folder, "search/t")).length > 3, "the index is too small to prove anything");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.close();
});
const over = (...given) => overEach(() => ({ browser, site }), ...given);

/** The files of the index that a page asks for, each once. */
function watch(page) {
  const asked = [];
  page.on("request", (request) => {
    const file = request.url().match(/\/search\/(.+\.js)/)?.[1];
    if (file) asked.push(file);
  });
  return asked;
}

// A file that another test took away would be missed here too, so they run one after the other.
describe("an index of many files", { concurrency: 1 }, () => {
  over(BOTH, "a word loads few of them", async (page, visit) => {
    const asked = watch(page);
    await visit("search.html?q=treaty");
    await said(page, /results/);
    const all = readdirSync(join(site.folder, "search"), { recursive: true }).filter((name) => name.endsWith(".js"));
    assert.ok(asked.length < 30 && all.length > 100, `${asked.length} of ${all.length}`);
    assert.ok(asked.filter((file) => file.startsWith("t/")).length < 4, asked.join());
  });

  for (const [fault, spoil] of [["missing", (path) => renameSync(path, `${path}.away`)], ["cut", (path) => (renameSync(path, `${path}.away`), writeFileSync(path, readFileSync(`${path}.away`).subarray(0, 40)))]])
    for (const kind of ["t", "d"])
      over(BOTH, `${kind === "t" ? "a file of words" : "a file of works"} is ${fault}: the rest is shown, and it is asked for again`, async (page, visit) => {
        // The files of one of two words, or of what is shown.
        const asked = watch(page);
        await visit("search.html?q=treaty");
        await said(page, /results/);
        await hits(page).nth(19).waitFor();
        const path = join(site.folder, "search", asked.filter((file) => file.startsWith(`${kind}/`)).at(-1));
        asked.length = 0;
        await visit("search.html?q=cyber");
        await said(page, /results/);
        if (kind === "t") assert.ok(!asked.some((file) => path.endsWith(file)), "both words are in one file");

        // What the browser has kept of the sound file would hide the fault.
        const session = await page.context().newCDPSession(page);
        await session.send("Network.clearBrowserCache");
        spoil(path);
        try {
          await visit(`search.html?q=${kind === "t" ? "cyber+treaty" : "treaty"}`);
          const alert = page.getByRole("alert");
          await alert.filter({ hasText: "1 part of the index did not load" }).waitFor();
          const some = await hits(page).count();
          assert.ok(some > 0, "the other results are gone");
          renameSync(`${path}.away`, path);
          await alert.getByRole("button", { name: "Try again" }).click();
          await page.waitForFunction(() => !document.querySelector(".search-fault").textContent);
          await hits(page).nth(kind === "d" ? 19 : 0).waitFor();
          if (kind === "d") assert.ok(some < 20);
          assert.ok(await focused(field(page)));
          page.faults = page.faults.filter((one) => !/404|ERR_FILE_NOT_FOUND|SyntaxError/.test(one));
        } finally {
          if (existsSync(`${path}.away`)) renameSync(`${path}.away`, path);
        }
      });

  over(BOTH, "an entry's text is never markup", async (page, visit) => {
    await visit("search.html?q=wombat");
    await said(page, /^1 result$/);
    assert.ok((await links(page).first().innerText()).includes(MARKUP));
    await field(page).fill(`wombat ${MARKUP}`);
    await said(page, /^1 result$/);
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.equal(await page.evaluate(() => window.broken), undefined);
  });

  over(BOTH, "the index of another build is noticed, and read", async (page, visit) => {
    const asked = watch(page);
    const before = readFileSync(edited, "utf8");
    await visit("search.html?q=treaty");
    await said(page, /results/);
    const added = join(dirname(edited), "quokka-2020.md");
    writeFileSync(added, before.replace("\n## ", () => "\nQuokkas are smaller.\n\n## "));
    site.build();
    asked.length = 0;
    try {
      await field(page).fill("quokka");
      await said(page, /^1 result$/);
      assert.equal(await page.locator(".search-hits mark").innerText(), "Quokkas");
      assert.ok(asked.includes("index.js"), asked.join());
      assert.equal(await page.locator(".search-fault").innerText(), "");
    } finally {
      rmSync(added);
      site.build();
    }
  });
});
