// What the scripts add does what it says, over http and from a folder, and says nothing in the console.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, newPage } from "./browser.mjs";
import { HEIGHT, show } from "./pages.mjs";
import { publish } from "./site.mjs";

const ENTRY = "references/krasner-1982-structural-causes.html";
const NOTED = "references/adler-2011-international-practices.html";
const LIST = "references/index.html";
const WIDE = { width: 1440, height: HEIGHT };
const NARROW = { width: 360, height: HEIGHT };
const BOTH = ["http", "file"];

let site, browser;
before(async () => {
  site = await publish();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.close();
});

/** A test over each protocol, with a store and a clipboard of its own, that also fails when the console has something to say. */
function over(protocols, name, work, options = {}) {
  for (const protocol of protocols)
    test(`${name} (${protocol})`, async () => {
      const context = await browser.newContext({ reducedMotion: "reduce", viewport: WIDE, colorScheme: "light", ...options });
      try {
        context.setDefaultTimeout(15_000);
        const page = await newPage(context);
        await work(page, (address) => page.visit(site[protocol], show(address)), protocol);
        // What a page was still loading when the reader left it is no fault.
        assert.deepEqual(page.faults.filter((fault) => !fault.includes("net::ERR_ABORTED")), []);
      } finally {
        await context.close();
      }
    });
}

const cards = (page) => page.locator(".preview");
const cardOf = (page, file) => cards(page).filter({ has: page.locator(`.preview-title a[href$="/${file}"]`) });
const linkTo = (page, file) => page.locator(`#annotation a.entry[href$="/${file}"]`).first();
const focused = (link) => link.evaluate((element) => element === document.activeElement);
/** Waits until everything that is due has been drawn. */
const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/** Waits until `test` holds; fails with what `said` tells after five seconds. */
async function until(test, said = () => String(test)) {
  for (const end = Date.now() + 5000; !(await test()); await new Promise((done) => setTimeout(done, 50))) if (Date.now() > end) assert.fail(await said());
}
/** Focus as by Tab: a first press makes the browser show where the focus is. */
async function tabTo(page, link) {
  await page.keyboard.press("Tab");
  await link.focus();
}
async function leave(page) {
  await page.mouse.move(1, 1);
}
/** The parts of a link, which may be broken over lines, that a card lies upon. */
const covered = (link) =>
  link.evaluate((element) => {
    const card = [...document.querySelectorAll(".preview")].find((one) => one.link === element).getBoundingClientRect();
    return [...element.getClientRects()].filter((box) => box.left < card.right && box.right > card.left && box.top < card.bottom && box.bottom > card.top).length;
  });

describe("previews", { concurrency: 2 }, () => {
  over(BOTH, "open by hover after a while, and close when the mouse leaves", async (page, visit) => {
    await visit(ENTRY);
    const link = linkTo(page, "krasner-1983-international-regimes.html");
    await link.evaluate((element) => {
      element.addEventListener("pointerover", () => (window.over = performance.now()), { once: true });
      new MutationObserver(() => (window.shown ??= document.querySelector(".preview") && performance.now())).observe(document.body, { childList: true });
    });
    await link.hover();
    const card = cardOf(page, "krasner-1983-international-regimes.html");
    await card.waitFor();
    const delay = await page.evaluate(() => window.shown - window.over);
    assert.ok(delay >= 200, `the card is there after ${delay} ms`);
    assert.match(await card.innerText(), /collective volume that established regime theory/);
    assert.equal(await link.getAttribute("aria-describedby"), await card.getAttribute("id"));
    assert.equal(await covered(link), 0);
    // Into the card, where it stays, and out of it.
    await card.hover();
    await settle(page);
    assert.equal(await card.count(), 1);
    await leave(page);
    await card.waitFor({ state: "detached" });
    assert.equal(await link.getAttribute("aria-describedby"), null);
  });

  over(BOTH, "open by keyboard; ArrowDown leads in, Escape back", async (page, visit) => {
    await visit(ENTRY);
    const link = linkTo(page, "keohane-1984-after-hegemony.html");
    await tabTo(page, link);
    const card = cardOf(page, "keohane-1984-after-hegemony.html");
    await card.waitFor();
    await page.keyboard.press("ArrowDown");
    assert.ok(await card.evaluate((element) => element.contains(document.activeElement)), "the focus is not in the card");
    await settle(page);
    assert.equal(await cards(page).count(), 1, "the title of a card opens the same card again");
    await page.keyboard.press("Escape");
    await settle(page);
    assert.equal(await cards(page).count(), 0, "the card opens again when the focus returns");
    assert.ok(await focused(link), "the focus is not back on the link");
    // From the link itself as well, which keeps the focus.
    await page.locator(".site-name a").focus();
    await link.focus();
    await card.waitFor();
    await page.keyboard.press("Escape");
    await card.waitFor({ state: "detached" });
    assert.ok(await focused(link));
    // Without a card ArrowDown only scrolls.
    await page.keyboard.press("ArrowDown");
    assert.ok(await focused(link));
  });

  over(BOTH, "nest, and Escape closes one at a time", async (page, visit) => {
    await visit("references/haggard-1987-theories-of-international-regimes.html");
    await linkTo(page, "krasner-1982-structural-causes.html").hover();
    const outer = cardOf(page, "krasner-1982-structural-causes.html");
    const link = outer.locator('a.entry[href$="/krasner-1983-international-regimes.html"]');
    await link.hover();
    const inner = cardOf(page, "krasner-1983-international-regimes.html");
    await inner.waitFor();
    assert.equal(await outer.count(), 1);
    assert.equal(await covered(link), 0);
    assert.equal(await link.getAttribute("aria-describedby"), await inner.getAttribute("id"));
    await page.keyboard.press("Escape");
    await inner.waitFor({ state: "detached" });
    assert.equal(await outer.count(), 1);
    await page.keyboard.press("Escape");
    await outer.waitFor({ state: "detached" });
  });

  over(["http"], "nest by keyboard, and Escape leads back level by level", async (page, visit) => {
    await visit("references/haggard-1987-theories-of-international-regimes.html");
    const first = linkTo(page, "krasner-1982-structural-causes.html");
    await tabTo(page, first);
    const outer = cardOf(page, "krasner-1982-structural-causes.html");
    await outer.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    const link = outer.locator('a.entry[href$="/krasner-1983-international-regimes.html"]');
    assert.ok(await focused(link), "Tab does not lead on within the card");
    const inner = cardOf(page, "krasner-1983-international-regimes.html");
    await inner.waitFor();
    await page.keyboard.press("ArrowDown");
    assert.ok(await inner.evaluate((card) => card.contains(document.activeElement)));
    await page.keyboard.press("Escape");
    await inner.waitFor({ state: "detached" });
    assert.ok(await focused(link));
    await page.keyboard.press("Escape");
    await outer.waitFor({ state: "detached" });
    assert.ok(await focused(first));
    await settle(page);
    assert.equal(await cards(page).count(), 0);
  });

  over(["http"], "pinned ones stay, each until it is closed itself", async (page, visit) => {
    await visit(ENTRY);
    const pinned = [];
    for (const file of ["krasner-1983-international-regimes.html", "unga-2015-gge-report.html"]) {
      await linkTo(page, file).hover();
      const card = cardOf(page, file);
      const pin = card.getByRole("button", { name: "Pin this preview" });
      await pin.click();
      assert.equal(await pin.getAttribute("aria-pressed"), "true");
      await leave(page);
      pinned.push(card);
    }
    // A third comes and goes, and they are still there.
    await linkTo(page, "waltz-1979-theory-of-international-politics.html").hover();
    const third = cardOf(page, "waltz-1979-theory-of-international-politics.html");
    await third.waitFor();
    await leave(page);
    await third.waitFor({ state: "detached" });
    for (const card of pinned) assert.equal(await card.count(), 1);
    await pinned[0].getByRole("button", { name: "Close this preview" }).click();
    await pinned[0].waitFor({ state: "detached" });
    assert.equal(await pinned[1].count(), 1, "the one pinned later went too");
    await page.keyboard.press("Escape");
    await pinned[1].waitFor({ state: "detached" });
  });

  over(["http"], "a pinned one within another outlasts the next preview", async (page, visit) => {
    await visit("references/haggard-1987-theories-of-international-regimes.html");
    await linkTo(page, "krasner-1982-structural-causes.html").hover();
    await cardOf(page, "krasner-1982-structural-causes.html").locator('a.entry[href$="/krasner-1983-international-regimes.html"]').hover();
    const inner = cardOf(page, "krasner-1983-international-regimes.html");
    await inner.getByRole("button", { name: "Pin this preview" }).click();
    await leave(page);
    await page.locator('.neighbours a[rel="next"]').hover();
    await cards(page).nth(2).waitFor();
    assert.equal(await inner.count(), 1);
  });

  for (const viewport of [WIDE, NARROW])
    over(["http"], `never cover their link, ${viewport.width} px`, async (page, visit) => {
      await visit(ENTRY);
      await page.keyboard.press("Tab");
      const { seen, faults } = await page.evaluate(async () => {
        const links = [...document.querySelectorAll("main a[href]")].filter((link) => window.regesta.previewAddress(link));
        const faults = [];
        for (const block of ["start", "center", "end"])
          for (const link of links) {
            link.scrollIntoView({ block, behavior: "instant" });
            const shown = new Promise((done) => {
              const watch = new MutationObserver(() => {
                const card = [...document.querySelectorAll(".preview")].find((one) => one.link === link);
                if (!card) return;
                watch.disconnect();
                done(card);
              });
              watch.observe(document.body, { childList: true });
            });
            link.focus({ preventScroll: true });
            const card = (await shown).getBoundingClientRect();
            const upon = [...link.getClientRects()].some((box) => box.left < card.right && box.right > card.left && box.top < card.bottom && box.bottom > card.top);
            if (upon) faults.push(`${block}: upon ${link.textContent}`);
            if (card.left < 0 || card.right > document.documentElement.clientWidth) faults.push(`${block}: beyond the edge: ${link.textContent}`);
            if (card.top < 0 || card.bottom > innerHeight) faults.push(`${block}: out of sight: ${link.textContent}: ${card.top} to ${card.bottom}`);
          }
        return { seen: links.length, faults };
      });
      assert.ok(seen > 20, `only ${seen} links`);
      assert.deepEqual(faults.slice(0, 8), [], `${faults.length} faults`);
    }, { viewport });

  over(BOTH, "open by a long press, which follows no link; a tap follows it", async (page, visit) => {
    await visit(ENTRY);
    const link = linkTo(page, "haggard-1987-theories-of-international-regimes.html");
    await link.scrollIntoViewIfNeeded();
    const finger = await page.context().newCDPSession(page);
    const touch = async (x, y) => finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    const lift = async () => finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    const { x, y } = await link.evaluate((element) => element.getClientRects()[0]);
    await link.evaluate((element) => element.addEventListener("click", () => (window.followed = true)));
    const card = cardOf(page, "haggard-1987-theories-of-international-regimes.html");
    await touch(x + 5, y + 5);
    await card.waitFor();
    await lift();
    await settle(page);
    assert.equal(await page.evaluate(() => window.followed), undefined, "the press also followed the link");
    assert.equal(await card.count(), 1, "the card went when the finger was lifted");
    assert.equal(await covered(link), 0);
    // A touch elsewhere closes it.
    await touch(2, HEIGHT / 2);
    await card.waitFor({ state: "detached" });
    await lift();
    await link.tap();
    await page.waitForURL(/haggard-1987/);
  }, { hasTouch: true, viewport: NARROW });

  over(BOTH, "show a note where there is no margin for it", async (page, visit) => {
    await visit(NOTED);
    const note = page.locator(".sidenote").first();
    assert.ok(!(await note.isVisible()));
    const reference = page.locator('a[href="#note-1"]').first();
    await reference.hover();
    await cards(page).waitFor();
    assert.match(await cards(page).innerText(), /International Practices, which the two authors edited/);
    assert.equal(await covered(reference), 0);
    assert.equal(await cards(page).locator(".back, [id]").count(), 0);
    await page.keyboard.press("Escape");
    await cards(page).waitFor({ state: "detached" });
  }, { viewport: NARROW });

  over(["http"], "a note stands beside its reference where there is a margin", async (page, visit) => {
    await visit(NOTED);
    const note = page.locator(".sidenote").first();
    assert.ok(await note.isVisible());
    const [side, text] = [await note.boundingBox(), await page.locator("#annotation > p").first().boundingBox()];
    assert.ok(side.x >= text.x + text.width, "the note is not in the margin");
  });
});

describe("filters", { concurrency: 2 }, () => {
  const visible = (page) => page.locator("main [data-kind]:visible");
  const select = (page, label) => page.locator(".filters").getByLabel(label);

  over(BOTH, "narrow the list, say how many, and are in the address", async (page, visit) => {
    await visit(LIST);
    const all = await page.locator("main [data-kind]").count();
    assert.equal(await visible(page).count(), all);
    const status = page.locator(".filters").getByRole("status");
    const expected = (test) => page.locator("main [data-kind]").evaluateAll((rows, test) => rows.filter((row) => Object.entries(test).every(([field, value]) => row.dataset[field].split("|").includes(value))).length, test);

    await select(page, "Kind").selectOption("Journal article");
    const articles = await expected({ kind: "Journal article" });
    assert.ok(articles > 1 && articles < all);
    assert.equal(await visible(page).count(), articles);
    assert.equal(await status.innerText(), `${articles} works shown`);
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("kind"), "Journal article");

    await select(page, "Decade").selectOption("1990s");
    const both = await expected({ kind: "Journal article", decade: "1990s" });
    assert.ok(both > 0 && both < articles);
    assert.equal(await visible(page).count(), both);
    assert.equal(await status.innerText(), `${both} works shown`);
    // No heading stands over nothing.
    assert.equal(await page.locator("main .decade:visible").count(), await page.locator("main .decade:has([data-kind]:visible)").count());

    // The same address opens the same list.
    await page.reload();
    assert.equal(await select(page, "Kind").inputValue(), "Journal article");
    assert.equal(await select(page, "Decade").inputValue(), "1990s");
    assert.equal(await visible(page).count(), both);
    assert.equal(await status.innerText(), `${both} works shown`);

    await page.getByRole("button", { name: "Show all" }).click();
    assert.equal(await visible(page).count(), all);
    assert.equal(await status.innerText(), "");
    assert.equal(new URL(page.url()).hash, "");
  });

  over(["http"], "leave an address of a place alone, and single keys to their menus", async (page, visit) => {
    await visit(LIST);
    const all = await page.locator("main [data-kind]").count();
    await page.evaluate(() => (location.hash = "main"));
    await settle(page);
    assert.equal(await visible(page).count(), all);
    await page.evaluate(() => (location.hash = "kind=Nothing&decade=1990s"));
    await page.waitForFunction(() => document.querySelector(".filter-count").textContent);
    assert.equal(await select(page, "Kind").inputValue(), "");
    assert.equal(await select(page, "Decade").inputValue(), "1990s");
    await select(page, "Kind").focus();
    await page.keyboard.press("h");
    await settle(page);
    assert.match(page.url(), /references\/index\.html/);
  });

  over(BOTH, "are not there without scripts, nor is any other dead control", async (page, visit) => {
    await visit(LIST + "#kind=Book");
    assert.ok((await visible(page).count()) > 40);
    assert.equal(await page.locator("form, select, button, .theme-switch").count(), 0);
  }, { javaScriptEnabled: false });
});

describe("theme", { concurrency: 2 }, () => {
  over(BOTH, "is remembered, and applied before the first paint", async (page, visit) => {
    await page.addInitScript(() => {
      document.addEventListener("DOMContentLoaded", () => (window.atLoaded = document.documentElement.dataset.theme ?? "auto"));
      const frame = () => {
        if (!document.body) return requestAnimationFrame(frame);
        window.firstFrame = [document.documentElement.dataset.theme ?? "auto", getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color].join();
      };
      requestAnimationFrame(frame);
    });
    const look = async () => {
      await page.waitForFunction(() => window.firstFrame);
      return page.evaluate(() => ({
        theme: document.documentElement.dataset.theme ?? "auto",
        atLoaded: window.atLoaded,
        firstFrame: window.firstFrame,
        now: [document.documentElement.dataset.theme ?? "auto", getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color].join(),
        ink: getComputedStyle(document.body).color,
        checked: document.querySelector(".theme-switch input:checked").value,
      }));
    };
    const choose = (choice) => page.getByRole("group", { name: "Colours" }).getByText(choice, { exact: true }).click();
    await visit(ENTRY);
    const light = await look();
    assert.equal(light.theme, "auto");
    assert.equal(light.checked, "auto");

    await choose("dark");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.reload();
    const dark = await look();
    assert.notEqual(dark.ink, light.ink);
    for (const address of [ENTRY, "timeline.html", "index.html"]) {
      await visit(address);
      const seen = await look();
      assert.deepEqual([seen.theme, seen.atLoaded, seen.checked, seen.ink], ["dark", "dark", "dark", dark.ink], address);
      assert.equal(seen.firstFrame, seen.now, `${address} flashes`);
    }

    // A choice stands against the system's.
    await page.emulateMedia({ colorScheme: "dark" });
    await choose("light");
    await page.reload();
    const chosen = await look();
    assert.deepEqual([chosen.theme, chosen.atLoaded, chosen.checked, chosen.ink, chosen.firstFrame], ["light", "light", "light", light.ink, chosen.now]);

    await choose("auto");
    await page.reload();
    const auto = await look();
    assert.deepEqual([auto.theme, auto.atLoaded, auto.checked, auto.ink], ["auto", "auto", "auto", dark.ink]);
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal((await look()).ink, light.ink);
  });

  over(["http"], "chosen by arrow keys, also in the other tab", async (page, visit) => {
    await visit(ENTRY);
    const other = await newPage(page.context());
    await other.visit(site.http, show("index.html"));
    await page.locator(".theme-switch input:checked").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await other.locator('html[data-theme="dark"]').waitFor();
    assert.equal(await other.locator(".theme-switch input:checked").inputValue(), "dark");
    assert.deepEqual(other.faults, []);
  });
});

describe("copying", () => {
  over(BOTH, "puts the printed citation and a section's address on the clipboard", async (page, visit, protocol) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], protocol === "http" ? { origin: new URL(site.http).origin } : undefined);
    await visit(ENTRY);
    const button = page.getByRole("button", { name: "Copy the printed citation" });
    const status = page.locator("body > [role=status]");
    const printed = await page.locator("figure.printed blockquote").innerText();
    assert.match(printed, /^Krasner, S\. \(1982\)/);
    await button.click();
    await status.filter({ hasText: "Copied." }).waitFor();
    assert.equal(await button.innerText(), "Copied");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), printed.trim());
    await leave(page);
    await page.locator("figure.printed .copy", { hasText: /^Copy$/ }).waitFor();

    const section = page.locator("#change .permalink");
    await section.focus();
    await page.keyboard.press("Enter");
    await section.filter({ hasText: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), site[protocol] + ENTRY + "#change");
  });
});

describe("keys", { concurrency: 2 }, () => {
  over(BOTH, "`?` lists them, `n` and `p` lead on and back", async (page, visit) => {
    await visit(ENTRY);
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await page.keyboard.press("?");
    await dialog.waitFor();
    for (const key of ["n", "p", "b", "c", "h", "?", "Esc"]) assert.equal(await dialog.locator("kbd").filter({ hasText: new RegExp(`^${key.replace("?", "\\?")}$`) }).count(), 1, key);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });

    await page.keyboard.press("c");
    assert.ok(await focused(page.locator("#citation")));
    await page.keyboard.press("b");
    assert.ok(await focused(page.locator("#backlinks")));
    await page.keyboard.press("n");
    await page.waitForURL(/krasner-1983-international-regimes\.html$/);
    await page.keyboard.press("p");
    await page.waitForURL(/krasner-1982-structural-causes\.html$/);
    await page.keyboard.press("p");
    await page.waitForURL(/keohane-1984-after-hegemony\.html$/);
    await page.keyboard.press("h");
    await page.waitForURL(/\/index\.html$/);
  });

  over(BOTH, "can be turned off, and stay so, and turned on again", async (page, visit) => {
    await visit(ENTRY);
    const dialog = page.getByRole("dialog", { name: "Keys" });
    const open = page.locator(".site-foot").getByRole("button", { name: "Keys" });
    const box = dialog.getByRole("checkbox");
    await page.keyboard.press("?");
    await box.uncheck();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "hidden" });
    const silent = async () => {
      await page.evaluate(() => {
        window.followed = 0;
        document.addEventListener("click", () => (window.followed += 1));
      });
      for (const key of ["n", "p", "h", "c", "?"]) await page.keyboard.press(key);
      await settle(page);
      assert.equal(await page.evaluate(() => window.followed), 0, "a key still follows a link");
      assert.ok(!(await dialog.isVisible()), "`?` still opens the list");
      assert.ok(!(await page.locator("#citation").evaluate((element) => element === document.activeElement)));
    };
    await silent();
    await page.reload();
    await silent();
    await open.click();
    assert.ok(!(await box.isChecked()));
    await box.check();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("n");
    await page.waitForURL(/krasner-1983-international-regimes\.html$/);
  });

  over(["http"], "with a modifier are the browser's", async (page, visit) => {
    await visit(ENTRY);
    await page.evaluate(() => document.addEventListener("click", () => (window.followed = true)));
    await page.keyboard.press("Alt+n");
    await page.keyboard.press("Control+c");
    await settle(page);
    assert.equal(await page.evaluate(() => window.followed), undefined);
    assert.ok(!(await focused(page.locator("#citation"))));
  });
});

describe("going back", { concurrency: 2 }, () => {
  const place = (page) => page.evaluate(() => Math.round(scrollY));
  /** Follows a link far down the page, goes back, and waits until the same line is where it was. */
  async function thereAndBack(page, link) {
    await link.hover();
    const [was, address] = [await place(page), await link.evaluate((element) => element.href)];
    assert.ok(was > 300, "the page is too short to prove anything");
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForURL(address);
    await page.goBack();
    await until(async () => Math.abs((await place(page)) - was) < 10, async () => `at ${await place(page)} px instead of ${was}`);
  }

  for (const [address, selector] of [[ENTRY, "#backlinks .from a"], [LIST, ".card-title"], ["keywords/index.html", ".locators a"]])
    over(BOTH, `to ${address} leads to where the reader was`, async (page, visit) => {
      await visit(address);
      await thereAndBack(page, page.locator(selector).last());
    });

  over(BOTH, "leads to the narrowed list, and to the same row", async (page, visit) => {
    await visit(LIST);
    await page.locator(".filters").getByLabel("Kind").selectOption("Journal article");
    const rows = await page.locator("main [data-kind]:visible").count();
    await thereAndBack(page, page.locator(".card-title:visible").last());
    assert.equal(await page.locator("main [data-kind]:visible").count(), rows);
  });
});

describe("prefetching", () => {
  over(BOTH, "of a hovered link, over http only", async (page, visit, protocol) => {
    await visit(ENTRY);
    const link = linkTo(page, "krasner-1983-international-regimes.html");
    for (let time = 0; time < 2; time += 1) {
      await link.hover();
      await cards(page).waitFor(); // By then every script has heard of the mouse.
      await leave(page);
      await cards(page).waitFor({ state: "detached" });
    }
    const hints = await page.locator('head link[rel="prefetch"]').evaluateAll((links) => links.map((one) => one.href));
    const wanted = site[protocol] + "references/krasner-1983-international-regimes.html";
    assert.deepEqual(hints.filter((href) => href === wanted), protocol === "http" ? [wanted] : []);
    if (protocol === "file") assert.deepEqual(hints, []);
    // The hint is not only there, it is followed: the page's Content-Security-Policy lets it pass.
    else await until(() => site.prefetched.includes("references/krasner-1983-international-regimes.html"));
    // A place on this page and a page elsewhere are never fetched.
    await page.locator('#contents a[href="#definition"]').hover();
    await page.locator('#record a[rel="external"]').hover();
    await settle(page);
    assert.ok((await page.locator('head link[rel="prefetch"]').evaluateAll((links) => links.map((one) => one.href))).every((href) => href.startsWith(site.http) && !href.endsWith(ENTRY)));
  });
});
