// The live preview in a browser: an open page follows its source, and nothing of its reader's is lost.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { launch, newPage } from "./browser.mjs";
import { HEIGHT, SCHEMES, show } from "./pages.mjs";
import { open as openDialog } from "./search.mjs";
import { binary, root } from "./site.mjs";

const KRASNER = "references/krasner-1982-structural-causes.html";
const SOURCE = "content/references/24-krasner-1982-structural-causes.md";
const LONELY = "references/nrc-1999-c4i.html"; // nothing links to it
const NOTED = "references/adler-2011-international-practices.html";
const LIST = "references/index.html";
const WIDE = { width: 1440, height: HEIGHT };

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A copy of the archive and the real binary at work on it. */
async function serve({ options = [], editor = true, prepare = () => {} } = {}) {
  const scratch = mkdtempSync(join(tmpdir(), "regesta-preview-"));
  const source = join(scratch, "source");
  for (const part of ["site.toml", "content", "themes"]) cpSync(join(root, part), join(source, part), { recursive: true });
  const log = join(scratch, "opened");
  const script = join(scratch, "editor");
  writeFileSync(script, `#!/bin/sh\necho "$1" >> ${log}\n`);
  chmodSync(script, 0o755);
  const port = await freePort();
  const http = `http://127.0.0.1:${port}/`;
  const read = (path) => readFileSync(join(source, path), "utf8");
  const write = (path, text) => writeFileSync(join(source, path), text);
  prepare({ read, write });
  let child;
  const it = {
    http,
    read,
    write,
    /** Replaces what stands in a file once. */
    edit(path, from, to) {
      const text = read(path);
      assert.equal(text.split(from).length, 2, `${path} has not one \`${from}\``);
      write(path, text.replace(from, () => to));
    },
    remove: (path) => rmSync(join(source, path)),
    rename: (from, to) => renameSync(join(source, from), join(source, to)),
    file: (ending) => `content/references/${readdirSync(join(source, "content/references")).find((name) => name.endsWith(ending))}`,
    line: (path, text) => read(path).split("\n").findIndex((line) => line.includes(text)) + 1,
    /** What the editor was started with, each time. */
    opened: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
    async start() {
      child = spawn(binary, ["serve", "--root", source, "--port", String(port), "--message-format", "json", ...options], {
        env: { ...process.env, REGESTA_EDITOR: editor ? `${script} {file}:{line}:{column}` : "", VISUAL: "", EDITOR: "" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const told = new Set();
      const ended = new Promise((_, failed) => child.once("exit", (code) => failed(new Error(`the server ended with ${code}`))));
      ended.catch(() => {});
      const ready = new Promise((done) =>
        createInterface({ input: child.stdout }).on("line", (line) => {
          told.add(JSON.parse(line).event);
          if (["listening", "watching", "ready"].every((event) => told.has(event))) done();
        }),
      );
      await Promise.race([ready, ended]);
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await gone;
    },
    async close() {
      await it.kill();
      rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  await it.start();
  return it;
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A test with a server and a browser context of its own, that also fails when the console has something to say. */
function previewed(name, work, { context: wished = {}, faults = [], ...served } = {}) {
  test(name, async () => {
    const site = await serve(served);
    const context = await browser.newContext({ reducedMotion: "reduce", viewport: WIDE, colorScheme: "light", ...wished });
    context.setDefaultTimeout(15_000);
    const pages = [];
    const open = async (address, status = 200) => {
      const page = await newPage(context);
      pages.push(page);
      await page.visit(site.http, { ...show(address), path: address, status });
      await listening(page);
      await page.evaluate(() => (window.marker = "still here"));
      return page;
    };
    try {
      await work(site, open, context);
      for (const page of pages) assert.deepEqual(page.faults.filter((fault) => !faults.some((allowed) => allowed.test(fault))), []);
    } finally {
      await context.close();
      await site.close();
    }
  });
}

const dock = (page) => page.locator("regesta-preview");
const overlay = (page) => dock(page).locator("#faults");
const badge = (page) => dock(page).locator(".badge");
const editLink = (page) => dock(page).getByRole("button", { name: "Edit" });
/** Waits until the stream of a page is open: only then is the page told what changes. */
const listening = (page) => page.waitForFunction(() => document.querySelector("regesta-preview")?.dataset.stream === "open");
const stayed = async (page) => assert.equal(await page.evaluate(() => window.marker), "still here", "the page was loaded anew");
/** As a pattern: a string would match in any case. */
const exactly = (words) => (words instanceof RegExp ? words : new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
const text = (page, words) => page.locator("#annotation").getByText(exactly(words)).first();
const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/** Waits for a condition on this side. */
async function until(holds) {
  const end = Date.now() + 15_000;
  while (!holds()) {
    assert.ok(Date.now() < end, `in vain: ${holds}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe("an edit", { concurrency: 2 }, () => {
  previewed("is found by search at once, from the page itself and from another", async (site, open) => {
    for (const address of [KRASNER, LONELY]) {
      const page = await open(address);
      await openDialog(page, "regime");
      await page.keyboard.press("Escape");
      const word = address === KRASNER ? "quokka" : "wombat";
      site.edit(SOURCE, "The four elements are", `A ${word} stands here.\n\nThe four elements are`);
      if (address === KRASNER) await text(page, word).waitFor();
      else await dock(page).getByRole("button", { name: /other pages? changed/ }).waitFor();
      await openDialog(page);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(word);
      await page.locator(".search-hits mark", { hasText: word }).waitFor();
      assert.ok((await page.locator(".search-hits .card-main > a").first().getAttribute("href")).startsWith(site.http + KRASNER));
      await stayed(page);
    }
  });

  previewed("changes the page in place; focus, selection, scroll and open details stay", async (site, open) => {
    const page = await open(KRASNER);
    await page.evaluate(() => {
      const details = document.querySelector("#annotation details");
      details.open = true;
      const paragraph = [...document.querySelectorAll("#annotation p")].find((one) => one.textContent.startsWith("The four elements"));
      paragraph.scrollIntoView({ block: "center" });
      const words = paragraph.firstChild;
      getSelection().setBaseAndExtent(words, 4, words, 17);
      document.querySelector('#annotation a[href$="haggard-1987-theories-of-international-regimes.html"]').focus({ preventScroll: true });
      Object.assign(window, { kept: [details, paragraph, document.activeElement], above: paragraph.getBoundingClientRect().top });
    });
    const state = () =>
      page.evaluate(() => ({
        selection: String(getSelection()),
        connected: window.kept.every((one) => one.isConnected),
        open: window.kept[0].open,
        focus: document.activeElement === window.kept[2],
        moved: Math.abs(window.kept[1].getBoundingClientRect().top - window.above) > 1,
        body: [...document.body.children].filter((one) => !("added" in one.dataset)).map((one) => one.localName),
      }));
    const before = await state();
    assert.equal(before.selection, "four elements");

    // In another paragraph, in the same one behind the selection, and a new one above both.
    site.edit(SOURCE, "The definition asks for convergence", "The definition asks for CONVERGENCE");
    await text(page, "CONVERGENCE").waitFor();
    assert.deepEqual(await state(), before);
    site.edit(SOURCE, "are not of one rank", "are NOT of one rank");
    await text(page, "are NOT of one rank").waitFor();
    assert.deepEqual(await state(), before);
    site.edit(SOURCE, "The four elements are", "A new paragraph stands here.\n\nThe four elements are");
    await text(page, "A new paragraph").waitFor();
    assert.deepEqual({ ...(await state()), moved: false }, before);
    site.edit(SOURCE, "A new paragraph stands here.\n\n", "");
    await text(page, "A new paragraph").waitFor({ state: "detached" });
    assert.deepEqual({ ...(await state()), moved: false }, before);
    site.edit(SOURCE, 'title: "Structural Causes and Regime Consequences', 'title: "Structural Causes and Consequences');
    await page.waitForFunction(() => document.title.startsWith("Structural Causes and Consequences"));
    assert.equal(await page.locator('meta[property="og:title"]').getAttribute("content"), "Structural Causes and Consequences: Regimes as Intervening Variables");
    assert.equal((await state()).selection, "four elements");
    await stayed(page);
    // What is shown now is what a page that is loaded shows.
    const shown = await page.evaluate(served);
    await page.reload();
    const fresh = await page.evaluate(served);
    assert.deepEqual(shown.filter((line, index) => line !== fresh[index]), []);
    assert.equal(shown.length, fresh.length);
  }, {
    prepare: ({ read, write }) => write(SOURCE, read(SOURCE).replace("The list reverses", "<details><summary>More</summary>Much more.</details>\n\nThe list reverses")),
  });

  previewed("is shown whichever way it is saved, and many at once end with the last", async (site, open) => {
    const page = await open(KRASNER);
    for (let round = 1; round <= 12; round += 1) {
      site.write(SOURCE, site.read(SOURCE).replace(/Power and interest( \d+)?/, `Power and interest ${round}`));
      // Some of them while the page is asked for.
      if (round % 3 === 0) await text(page, /Power and interest \d+/).waitFor();
    }
    await text(page, "Power and interest 12").waitFor();
    await stayed(page);
  });

  previewed("that comes while an older one is fetched is not lost, nor undone by it", async (site, open) => {
    const page = await open(KRASNER);
    let release, asked = 0, answered = false;
    const held = new Promise((done) => (release = done));
    await page.route(site.http + KRASNER, async (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      const response = await route.fetch();
      answered = true;
      await held;
      await route.fulfill({ response });
    });
    site.edit(SOURCE, "Power and interest", "FIRST and interest");
    await until(() => answered);
    site.edit(SOURCE, "FIRST and interest", "SECOND and interest");
    // A page that is not held is told and shows the second: so this one was told as well.
    const other = await open(KRASNER);
    await text(other, "SECOND and interest").waitFor();
    release();
    await text(page, "SECOND and interest").waitFor();
    assert.ok(asked >= 2);
    await settle(page);
    assert.equal(await text(page, "FIRST and interest").count(), 0);
    await stayed(page);
  });

  previewed("of what scripts work on: buttons, previews, the choice of colours, keys", async (site, open) => {
    const page = await open(KRASNER);
    await page.getByRole("group", { name: "Colours" }).getByText("dark", { exact: true }).click();
    const link = page.locator('#annotation a[href$="krasner-1983-international-regimes.html"]').first();
    await link.hover();
    await page.getByRole("button", { name: "Pin this preview" }).click();
    await page.mouse.move(1, 1);
    await page.keyboard.press("Escape").catch(() => {});
    await link.hover();
    await page.getByRole("button", { name: "Pin this preview" }).click();
    site.edit(SOURCE, "## Change of a regime and change within it {#change ", "## A new section {#new-section}\n\nWith words.\n\n## Change, and change within {#change ");
    await page.locator("h2#new-section").waitFor();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    for (const [selector, count] of [[".theme-switch", 1], [".theme-switch input:checked", 1], ["#new-section .permalink", 1], ["#change .permalink", 1], ["#citation figcaption .copy", 1], [".site-foot .quiet", 1], [".preview", 1], ["[id^=regesta-]", 0]])
      assert.equal(await page.locator(selector).count(), count, selector);
    assert.equal(await page.locator(".theme-switch input:checked").inputValue(), "dark");
    assert.equal(await link.getAttribute("aria-describedby"), await page.locator(".preview").getAttribute("id"));
    assert.equal(await page.locator("#change").evaluate((heading) => heading.firstChild.data.trim()), "Change, and change within");
    // The card stands at its link, wherever that is now.
    site.edit(SOURCE, "Krasner's article introduced", "One.\n\nTwo.\n\nThree.\n\nKrasner's article introduced");
    await text(page, "Three.").waitFor();
    const gap = await page.evaluate(() => {
      const card = document.querySelector(".preview"), box = card.getBoundingClientRect(), at = card.link.getBoundingClientRect();
      return Math.min(Math.abs(box.top - at.bottom), Math.abs(at.top - box.bottom));
    });
    assert.ok(gap < 12, `${gap} px between the card and its link`);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await stayed(page);
  });

  previewed("of a narrowed list keeps it narrow", async (site, open) => {
    const page = await open(LIST);
    const kind = page.locator(".filters").getByLabel("Kind");
    await kind.selectOption("Book");
    await kind.focus();
    const visible = page.locator("main [data-kind]:visible");
    const shown = await visible.count();
    assert.ok(shown > 3);
    site.edit(site.file("-waltz-1979-theory-of-international-politics.md"), "title: \"Theory of international politics\"", "title: \"A theory of international politics\"");
    await visible.getByText(/A theory of international politics/).waitFor();
    assert.equal(await visible.count(), shown);
    assert.equal(await kind.inputValue(), "Book");
    assert.ok(await kind.evaluate((element) => element === document.activeElement));
    assert.equal(await page.locator(".filters").count(), 1);
    assert.match(page.url(), /#kind=Book$/);
    // A work that becomes something else goes from the list, and is counted elsewhere.
    site.edit(site.file("-waltz-1979-theory-of-international-politics.md"), "type: book", "type: report");
    await visible.getByText(/A theory of international politics/).waitFor({ state: "hidden" });
    assert.equal(await visible.count(), shown - 1);
    assert.match(await kind.innerText(), new RegExp(`Book \\(${shown - 1}\\)`));
    await stayed(page);
  });

  previewed("is followed: its block comes into view and is marked for a while", async (site, open) => {
    const page = await open(KRASNER);
    assert.equal(await page.evaluate(() => scrollY), 0);
    const focus = await page.evaluate(() => document.activeElement === document.body);
    site.edit(SOURCE, "The two tracks of this archive differ over both", "The two tracks of this archive DIFFER over both");
    const paragraph = text(page, "DIFFER over both");
    await paragraph.waitFor();
    await page.waitForFunction(() => {
      const box = document.querySelector(".regesta-changed")?.getBoundingClientRect();
      return box && box.top >= 0 && box.bottom <= innerHeight;
    });
    assert.equal(await page.locator(".regesta-changed").count(), 1);
    assert.match(await page.locator(".regesta-changed").innerText(), /DIFFER/);
    assert.equal(await page.evaluate(() => document.activeElement === document.body), focus);
    assert.notEqual(await page.locator(".regesta-changed").evaluate((one) => getComputedStyle(one).backgroundColor), "rgba(0, 0, 0, 0)");
    await page.locator(".regesta-changed").waitFor({ state: "detached" });
    assert.equal(await paragraph.getAttribute("class"), null);
    // A heading, not the list of contents that repeats it.
    site.edit(SOURCE, "## The definition {", "## Its definition {");
    await page.locator("h2#definition.regesta-changed").waitFor();
    // A fact about the page that nobody sees marks nothing.
    await page.locator(".regesta-changed").waitFor({ state: "detached" });
    const place = await page.evaluate(() => scrollY);
    // Whoever holds the mouse is not led away.
    await page.mouse.move(400, 400);
    await page.mouse.down();
    site.edit(SOURCE, "The list reverses volume and issue", "The list REVERSES volume and issue");
    await text(page, "REVERSES").waitFor();
    await settle(page);
    assert.equal(await page.evaluate(() => scrollY), place);
    assert.equal(await page.locator(".regesta-changed").count(), 1);
    await page.mouse.up();
    await stayed(page);
  });

  previewed("to a style swaps it, and the page is never bare", async (site, open) => {
    const page = await open(KRASNER);
    await page.evaluate(() => {
      window.papers = new Set();
      window.changes = 0;
      new MutationObserver((records) => (window.changes += records.length)).observe(document.body, { subtree: true, childList: true, characterData: true });
      const look = () => {
        window.papers.add(getComputedStyle(document.body).color + getComputedStyle(document.querySelector("h1")).fontSize + getComputedStyle(document.querySelector(".theme-switch")).display);
        requestAnimationFrame(look);
      };
      look();
    });
    const count = await page.locator("link[rel=stylesheet]").count();
    site.edit("themes/default/static/css/tokens.css", "--ink: light-dark(#1f1c17,", "--ink: light-dark(#102030,");
    await page.waitForFunction(() => getComputedStyle(document.body).color === "rgb(16, 32, 48)");
    await settle(page);
    assert.equal(await page.locator("link[rel=stylesheet]").count(), count);
    const seen = await page.evaluate(() => ({ papers: [...window.papers], changes: window.changes, order: [...document.querySelectorAll("link[rel=stylesheet]")].map((one) => new URL(one.href).pathname).slice(0, 2) }));
    assert.equal(seen.papers.length, 2, `the page was seen as ${seen.papers.join("; ")}`);
    assert.equal(seen.changes, 0);
    assert.deepEqual(seen.order, ["/static/css/tokens.css", "/static/css/type.css"]);
    await stayed(page);
    // And the next edit of the text leaves the new style where it is.
    site.edit(SOURCE, "Power and interest", "POWER and interest");
    await text(page, "POWER and interest").waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(16, 32, 48)");
    await stayed(page);
  });

  previewed("to a script loads the page again, at the same place", async (site, open) => {
    const page = await open(KRASNER);
    await page.evaluate(() => scrollTo(0, 700));
    await Promise.all([
      page.waitForFunction(() => window.anew === 1),
      site.write("themes/default/static/js/copy.js", `${site.read("themes/default/static/js/copy.js")}\nwindow.anew = 1;\n`),
    ]);
    assert.equal(await page.evaluate(() => window.marker), undefined);
    await page.waitForFunction(() => Math.abs(scrollY - 700) < 2);
  });

  previewed("to a picture shows it anew", async (site, open) => {
    const page = await open(KRASNER);
    await page.locator("#annotation img").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("#annotation img").naturalWidth === 40);
    site.write("content/square.svg", square(60));
    await page.waitForFunction(() => document.querySelector("#annotation img").naturalWidth === 60);
    site.edit(SOURCE, "Power and interest", "POWER and interest");
    await text(page, "POWER and interest").waitFor();
    assert.equal(await page.evaluate(() => document.querySelector("#annotation img").naturalWidth), 60);
    await stayed(page);
  }, {
    prepare({ read, write }) {
      write("content/square.svg", square(40));
      write(SOURCE, read(SOURCE).replace("The list reverses", "![A square](../square.svg)\n\nThe list reverses"));
    },
  });

  previewed("to a template takes effect in place", async (site, open) => {
    const page = await open(KRASNER);
    site.edit("themes/default/templates/base.html", '<main id="main">', '<p class="banner">A banner</p>\n<main id="main" class="with-banner">');
    await page.locator(".banner").waitFor();
    assert.equal(await page.locator("main.with-banner").count(), 1);
    assert.equal(await page.locator(".theme-switch").count(), 1);
    await stayed(page);
  });
});

/** The lines of the page, without what its reader and the preview set. */
function served() {
  const copy = document.documentElement.cloneNode(true);
  for (const one of copy.querySelectorAll("regesta-preview, [data-added], script")) one.remove();
  for (const one of copy.querySelectorAll(".regesta-changed")) one.removeAttribute("class");
  for (const name of ["open", "aria-describedby"]) for (const one of copy.querySelectorAll(`[${name}]`)) one.removeAttribute(name);
  const head = [...copy.querySelector("head").children].map((one) => one.outerHTML).sort();
  return [...head, ...copy.querySelector("body").innerHTML.split("\n")];
}

const square = (size) => `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}" fill="#1d4a75"/></svg>\n`;

describe("faults", { concurrency: 2 }, () => {
  const CALM = "A regime consists of four elements";
  const BROKEN = "A regime, see [[no-such-entry]], consists of four elements";

  previewed("leave the page as it is, are shown above it, and go when they are mended", async (site, open) => {
    const page = await open(KRASNER);
    const link = page.locator(".site-name a");
    await link.focus();
    site.edit(SOURCE, CALM, BROKEN);
    await overlay(page).waitFor();
    assert.match(await overlay(page).innerText(), /1 error/);
    assert.match(await overlay(page).innerText(), /unknown-entry/);
    assert.equal(await overlay(page).locator("mark").innerText(), "[[no-such-entry]]");
    assert.match(await dock(page).getByRole("alert").innerText(), /^1 error\. .*no-such-entry/);
    assert.ok(await text(page, CALM).isVisible());
    assert.ok(await link.evaluate((element) => element === document.activeElement), "the focus was taken away");

    // A click opens the editor at the place, and so does Enter.
    const line = site.line(SOURCE, BROKEN);
    const place = overlay(page).getByRole("button", { name: new RegExp(`${SOURCE}:${line}`) });
    assert.match(await place.innerText(), new RegExp(`:${line}:15$`));
    await overlay(page).locator(".line").click();
    await until(() => site.opened().length === 1);
    await place.focus();
    await page.keyboard.press("Enter");
    await until(() => site.opened().length === 2);
    for (const opened of site.opened()) assert.ok(opened.endsWith(`${SOURCE}:${line}:15`), opened);

    // Escape puts it away, and it stays away on the next page as well.
    await page.keyboard.press("Escape");
    await overlay(page).waitFor({ state: "hidden" });
    assert.equal(await badge(page).innerText(), "1 error");
    assert.equal(await badge(page).getAttribute("aria-expanded"), "false");
    assert.ok(await badge(page).evaluate((element) => element.getRootNode().activeElement === element), "the focus is lost");
    await page.goto(site.http + LIST);
    await badge(page).waitFor();
    assert.ok(!(await overlay(page).isVisible()));
    await badge(page).click();
    await overlay(page).waitFor();

    site.edit(SOURCE, BROKEN, CALM);
    await overlay(page).waitFor({ state: "hidden" });
    assert.ok(!(await badge(page).isVisible()));
    // The next fault is shown again.
    site.edit(SOURCE, CALM, BROKEN);
    await overlay(page).waitFor();
  });

  previewed("that are no more than warnings are a badge", async (site, open) => {
    const page = await open(KRASNER);
    site.edit(SOURCE, CALM, `${CALM}\n\n# A heading of the first level\n\nIt`);
    await badge(page).waitFor();
    assert.equal(await badge(page).innerText(), "1 warning");
    assert.ok(!(await overlay(page).isVisible()));
    await badge(page).click();
    assert.match(await overlay(page).innerText(), /top-heading/);
    await badge(page).click();
    await overlay(page).waitFor({ state: "hidden" });
    site.edit(SOURCE, "\n\n# A heading of the first level\n\nIt", "");
    await badge(page).waitFor({ state: "hidden" });
    await stayed(page);
  });

  previewed("are there when the page is opened", async (site, open) => {
    const page = await open(KRASNER, 404);
    await overlay(page).waitFor();
    site.edit(SOURCE, BROKEN, CALM);
    await page.locator("#annotation").waitFor();
    await listening(page);
    await overlay(page).waitFor({ state: "hidden" });
  }, { prepare: ({ read, write }) => write(SOURCE, read(SOURCE).replace(CALM, BROKEN)), faults: [/404/] });
});

describe("beyond the page", { concurrency: 2 }, () => {
  previewed("two tabs on two pages: each shows its own, and the other lists it", async (site, open) => {
    const [mine, other] = [await open(KRASNER), await open(LONELY)];
    await other.evaluate(() => {
      window.changes = 0;
      new MutationObserver((records) => (window.changes += records.length)).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    site.edit(SOURCE, "title: \"Structural Causes and Regime Consequences", "title: \"Structural Causes and CONSEQUENCES");
    await mine.locator("h1").getByText(/CONSEQUENCES/).waitFor();
    const line = dock(other).getByRole("button", { name: /other pages? changed/ });
    await line.waitFor();
    assert.equal(await line.getAttribute("aria-expanded"), "false");
    await line.focus();
    await other.keyboard.press("Enter");
    const panel = dock(other).locator("#ripple");
    await panel.waitFor();
    const links = await panel.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.ok(links.includes(`/${LIST}`), links.join(" "));
    assert.equal(await other.evaluate(() => window.changes), 0);
    await stayed(other);
    await stayed(mine);
    await other.keyboard.press("Tab");
    assert.ok(await panel.evaluate((element) => element.contains(element.getRootNode().activeElement)), "Tab does not lead into the list");
    await other.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
    assert.ok(await line.evaluate((element) => element.getRootNode().activeElement === element), "the focus is lost");
    await line.click();
    await panel.locator(`a[href="/${LIST}"]`).click();
    await other.waitForURL(site.http + LIST);
  });

  previewed("what else changed is told for a while, and stays while it is looked at", async (site, open, context) => {
    await context.clock.install();
    const page = await open(LONELY);
    site.edit(SOURCE, "title: \"Structural Causes and Regime Consequences", "title: \"Structural Causes and CONSEQUENCES");
    const line = dock(page).getByRole("button", { name: /other pages? changed/ });
    await line.waitFor();
    await line.hover();
    await page.clock.fastForward(20_000);
    assert.ok(await line.isVisible());
    await page.mouse.move(1, 1);
    await page.clock.fastForward(20_000);
    await line.waitFor({ state: "hidden" });
  });

  previewed("a server that was killed and started again is found, and the page catches up", async (site, open) => {
    const page = await open(KRASNER);
    await site.kill();
    await dock(page).getByText("reconnecting…").waitFor();
    site.edit(SOURCE, "Power and interest", "POWER and interest");
    site.edit("themes/default/static/css/tokens.css", "--ink: light-dark(#1f1c17,", "--ink: light-dark(#102030,");
    await site.start();
    await text(page, "POWER and interest").waitFor();
    await dock(page).getByText("reconnecting…").waitFor({ state: "hidden" });
    await page.waitForFunction(() => getComputedStyle(document.body).color === "rgb(16, 32, 48)");
    await stayed(page);
    // The editor opens for the page although the server is another.
    await page.locator("#change").evaluate((heading) => heading.scrollIntoView());
    await editLink(page).click();
    await until(() => new RegExp(`${SOURCE}:${site.line(SOURCE, "{#change ")}:`).test(site.opened().at(-1)));
  }, { faults: [/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK|ERR_ABORTED/] });

  previewed("a tab that is hidden holds no connection, and catches up when it is shown", async (site, open) => {
    const page = await open(KRASNER);
    const turn = (state) =>
      page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await turn("hidden");
    await page.waitForFunction(() => document.querySelector("regesta-preview").dataset.stream === "closed");
    const other = await open(KRASNER);
    site.edit(SOURCE, "Power and interest", "POWER and interest");
    await text(other, "POWER and interest").waitFor();
    assert.equal(await text(page, "POWER and interest").count(), 0);
    await turn("visible");
    await text(page, "POWER and interest").waitFor();
    await stayed(page);
  });

  previewed("a page whose file is renamed leads to where it went", async (site, open) => {
    const page = await open(LONELY);
    site.rename(site.file("-nrc-1999-c4i.md"), "content/references/30-nrc-1999-realizing-c4i.md");
    await page.waitForURL(`${site.http}references/nrc-1999-realizing-c4i.html`);
    await dock(page).getByText(`${LONELY} is gone`).waitFor();
    await page.locator("h1").waitFor();
  });

  previewed("a page that comes into being takes the place of the page that said that there is none", async (site, open) => {
    const page = await open("references/new-2020-entry.html", 404);
    assert.equal(await page.locator("h1").innerText(), "Page not found");
    site.write("content/references/99-new-2020-entry.md", '---\ntype: book\ntitle: A New Entry\nauthor:\n  - { family: New, given: A. }\nissued: 2020\nkeywords: [regimes]\nlisted:\n  list: references\n  number: 99\n  printed: "New, A. (2020) A New Entry."\n---\n\nWords.\n');
    await page.locator("h1").getByText("A New Entry").waitFor();
  });

  previewed("with --follow the browser goes to the page of the file that was saved", async (site, open) => {
    const page = await open(LIST);
    site.edit(SOURCE, "Power and interest", "POWER and interest");
    await page.waitForURL(site.http + KRASNER);
    await text(page, "POWER and interest").waitFor();
  }, { options: ["--follow"] });

  previewed("without an editor the page says what to set", async (site, open) => {
    const page = await open(KRASNER);
    await editLink(page).click();
    await dock(page).getByText("REGESTA_EDITOR").waitFor();
    await dock(page).getByRole("button", { name: "Dismiss" }).click();
    await dock(page).getByText("REGESTA_EDITOR").waitFor({ state: "hidden" });
  }, { editor: false, faults: [/409/] });
});

describe("the dock", () => {
  const screens = join(root, "target", "screens");
  before(() => mkdirSync(screens, { recursive: true }));

  previewed("is readable, reachable and within the window, light and dark, narrow and wide", async (site, open) => {
    const page = await open(NOTED);
    // A title that other pages show, a fault far into a long line, one in the front matter, and a warning.
    site.edit(SOURCE, "title: \"Structural Causes and Regime Consequences", "title: \"Structural Causes and CONSEQUENCES");
    const line = dock(page).getByRole("button", { name: /other pages? changed/ });
    await line.click();
    const list = dock(page).locator("#ripple");
    const look = async (name, within) => {
      const faults = [];
      for (const width of [360, 1440])
        for (const scheme of SCHEMES) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: HEIGHT });
          await settle(page);
          await page.screenshot({ path: join(screens, `preview-${name}-${width}-${scheme}.png`) });
          const box = await within.boundingBox();
          if (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > HEIGHT) faults.push(`${width} px: ${JSON.stringify(box)}`);
          const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], preload: false, rules: { "target-size": { enabled: true } } }));
          for (const { id, help, nodes } of violations)
            for (const node of nodes.slice(0, 3)) faults.push(`${name}, ${width} px, ${scheme}: ${id}: ${help}: ${node.target.join(" ")} (${node.any[0]?.message ?? ""})`);
        }
      assert.deepEqual(faults, []);
    };
    // The style sheet of the preview is the page's as well, for the mark alone.
    const met = await page.evaluate(() => {
      const sheet = [...document.styleSheets].find((one) => one.href.endsWith("/.regesta/preview.css"));
      return [...sheet.cssRules].map((rule) => rule.selectorText).filter((selector) => selector && document.querySelector(selector));
    });
    assert.deepEqual(met.filter((selector) => !selector.includes("regesta-changed")), []);
    await page.evaluate(axe.source);
    await look("ripple", list);
    await page.keyboard.press("Escape");
    site.write(SOURCE, site.read(SOURCE).replace("Its width has been criticized", "Its width has been criticized by [[kranser-1983-international-regimes]]").replace("keywords: [regimes,", "keywords: [regimse,").replace("The list reverses", "# A title in the text\n\nThe list reverses"));
    await overlay(page).waitFor();
    await look("faults", overlay(page));
    await page.keyboard.press("Escape");
    await overlay(page).waitFor({ state: "hidden" });
    await look("badge", dock(page).locator(".bar"));
  });
});
