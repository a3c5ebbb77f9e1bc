// Search in a dialog and on its page, over http below a base path and from a folder.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { launch } from "./browser.mjs";
import { HEIGHT, SCHEMES, SHOWN, WIDTHS, show } from "./pages.mjs";
import { QUERIES, check } from "./queries.mjs";
import { BOTH, dialog, field, focused, hits, links, open, over as overEach, parameters, said, status } from "./search.mjs";
import { publish } from "./site.mjs";

const ENTRY = "references/krasner-1982-structural-causes.html";
const OTHER = "references/barlow-1996-declaration-of-independence.html";

let site, browser;
before(async () => {
  site = await publish();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site?.close();
});

const over = (...given) => overEach(() => ({ browser, site }), ...given);

describe("the dialog", { concurrency: 2 }, () => {
  over(BOTH, "opens by `/`, Ctrl-K and the link in the head, and gives the focus back", async (page, visit) => {
    await visit(ENTRY);
    const link = page.locator(".site-head").getByRole("link", { name: "Search" });
    for (const opening of [() => page.keyboard.press("/"), () => page.keyboard.press("Control+k"), () => link.click()]) {
      await link.focus();
      await opening();
      await dialog(page).waitFor();
      assert.ok(await focused(field(page)), "the field has no focus");
      assert.equal(await field(page).inputValue(), "", "the key that opens the dialog is typed into it");
      await page.locator(".search-keys").waitFor();
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "hidden" });
      assert.ok(await focused(link), "the focus is not where it was");
    }
    assert.ok(page.url().endsWith(ENTRY));
    // Also from a field, and with a question in it: Escape closes, and what was asked is there again.
    await page.keyboard.press("Control+k");
    await page.keyboard.type("regime");
    await hits(page).first().waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    await page.keyboard.press("/");
    assert.equal(await field(page).inputValue(), "regime");
    await dialog(page).getByRole("button", { name: "Close" }).click();
    await dialog(page).waitFor({ state: "hidden" });
  });

  over(["http"], "is in the list of keys, and `/` is off with the others", async (page, visit) => {
    await visit(ENTRY);
    const keys = page.getByRole("dialog", { name: "Keys" });
    await page.keyboard.press("?");
    await keys.waitFor();
    assert.equal(await keys.locator("div", { has: page.locator("kbd", { hasText: /^\/$/ }) }).locator("dd").innerText(), "Search");
    await keys.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "hidden" });
    await page.keyboard.press("/");
    assert.ok(!(await dialog(page).isVisible()));
    await page.keyboard.press("Control+k");
    await dialog(page).waitFor();
  });

  over(BOTH, "shows kind, date, tracks, passage and section of a result, which opens there", async (page, visit) => {
    await visit(OTHER);
    await open(page, "internet sovereignty");
    const marked = hits(page).filter({ has: page.locator("mark") });
    assert.ok((await marked.count()) > 0, "no word is marked");
    const row = hits(page).filter({ hasText: "The Internet and the Abiding Significance of Territorial Sovereignty" }).first();
    assert.match(await row.innerText(), /1998/);
    assert.match(await row.innerText(), /Journal article/);
    assert.match(await row.locator(".card-tracks").innerText(), /■\s*Sovereignty/);
    assert.equal(await status(page).getAttribute("role"), "status");

    await field(page).fill("krasner rectitude");
    await said(page, /results?/);
    const section = links(page).filter({ hasText: "in: The definition" }).first();
    assert.match(await section.getAttribute("href"), /krasner-1982-structural-causes\.html.*#definition$/);
    await section.click();
    await page.waitForURL(/krasner-1982-structural-causes\.html.*#definition$/);
  });

  over(BOTH, "is led through by arrows; Enter opens, and the way back opens it again", async (page, visit) => {
    await visit(OTHER);
    await open(page, "regime");
    const many = await links(page).count();
    assert.ok(many > 2);
    await page.keyboard.press("ArrowUp");
    assert.ok(await focused(field(page)));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.ok(await focused(links(page).nth(1)));
    assert.equal(await page.locator(".preview").count(), 0, "a preview opens behind the dialog");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.ok(await focused(field(page)), "the arrows do not lead back into the field");
    for (let at = 0; at <= many; at += 1) await page.keyboard.press("ArrowDown");
    assert.ok(await focused(links(page).last()), "the arrows lead past the last result");
    await links(page).nth(1).focus();
    const target = (await links(page).nth(1).getAttribute("href")).split(/[?#]/)[0];
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href.startsWith(target));
    await page.goBack();
    await page.waitForURL(site_(OTHER));
    await dialog(page).waitFor();
    assert.equal(await field(page).inputValue(), "regime");
    await hits(page).nth(many - 1).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    await page.reload();
    await page.locator(".site-foot button").waitFor();
    assert.ok(!(await dialog(page).isVisible()), "a closed dialog opens again");
  });

  over(BOTH, "Enter in the field leads to all results", async (page, visit) => {
    await visit(ENTRY);
    await open(page, "internet");
    await page.locator(".facet", { hasText: "Kind" }).locator("summary").click();
    await page.getByRole("checkbox", { name: /^Journal article/ }).check();
    await said(page, /results?/);
    const all = await page.locator(".search-foot a").getAttribute("href");
    assert.match(all, /search\.html\?q=internet&kind=Journal\+article$/);
    await field(page).press("Enter");
    await page.waitForURL(all);
    await hits(page).first().waitFor();
    assert.equal(await field(page).inputValue(), "internet");
  });

  over(["http"], "shows what is typed last, whatever answers last", async (page, visit) => {
    await visit(ENTRY);
    await open(page, "regime");
    await page.evaluate(() => {
      const find = window.regesta.search.find;
      window.regesta.search.find = async (query, options) => {
        const found = await find(query, { ...options, signal: undefined });
        if (query === "inter") await new Promise((done) => (window.answerLate = done));
        return found;
      };
    });
    await field(page).fill("inter");
    await page.waitForFunction(() => window.answerLate);
    await field(page).fill("krasner");
    await links(page).filter({ hasText: "International Regimes" }).first().waitFor();
    const before = await page.locator(".search-hits").innerText();
    await page.evaluate(() => {
      window.answerLate();
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
    assert.equal(await page.locator(".search-hits").innerText(), before, "an older answer took the place of the newer");
  });

  over(["http"], "takes no markup from an entry or from the address", async (page, visit) => {
    await visit(ENTRY);
    await open(page, "regime");
    await page.evaluate(() => {
      const evil = "<img src=x onerror='window.broken=1'><mark>";
      window.regesta.search.find = async (query) => ({
        query, total: 1, faults: [], suggestion: evil, facets: { kind: [[evil, evil, 1], ["b", "b", 1]] },
        results: [{ address: "references/index.html", section: { id: "a b", title: evil }, title: evil, titleLang: null, creators: evil, date: evil, year: "1", kind: evil, label: evil, tracks: [{ id: "x", title: evil, glyph: evil }], snippet: [{ text: evil, mark: false }, { text: evil, mark: true }], matched: [evil] }],
      });
    });
    await field(page).fill("anything");
    await links(page).filter({ hasText: "<img" }).waitFor();
    assert.equal(await page.locator("dialog img").count(), 0);
    assert.equal(await page.evaluate(() => window.broken), undefined);
  });

  /** The address of a page in either protocol. */
  function site_(address) {
    return (url) => url.href.split(/[?#]/)[0].endsWith(address);
  }
});

describe("every page", { concurrency: 2 }, () => {
  for (const shown of SHOWN.filter(({ type }) => type !== "search"))
    over(shown.over, `${shown.address} opens the dialog, which finds`, async (page, _, protocol) => {
      await page.visit(site[protocol], shown);
      await page.keyboard.press("Control+k");
      await page.keyboard.type("krasner 1982");
      await said(page, /results?/);
      assert.equal((await links(page).first().getAttribute("href")).split("?")[0], site[protocol] + ENTRY);
      await page.keyboard.press("Escape");
      // Of a dialog that has just closed, a field may keep the focus until the next frame.
      await page.waitForFunction(() => document.activeElement === document.body);
      await page.keyboard.press("/");
      await dialog(page).waitFor();
    });
});

describe("questions", { concurrency: 2 }, () => {
  over(BOTH, "of each kind are answered by their address", async (page, visit, protocol) => {
    for (const asked of QUERIES) {
      await visit(`search.html?q=${encodeURIComponent(asked.query)}`);
      await said(page, asked.none ? /^Nothing found/ : /^\d+ results?$/);
      const rows = await hits(page).evaluateAll((rows) => rows.map((row) => ({ text: row.innerText, href: row.querySelector("a").href })));
      check(asked, rows.map(({ text, href }) => ({ text, address: href.slice(site[protocol].length).split(/[?#]/)[0] })));
      if (asked.other) assert.match(await page.locator(".search-hint a").innerText(), asked.other);
    }
  });
});

describe("the page", { concurrency: 2 }, () => {
  over(BOTH, "answers its address, narrows by facets, and is in the history", async (page, visit) => {
    await visit("search.html");
    assert.equal(await hits(page).count(), 0);
    await field(page).focus();
    await page.keyboard.type("internet");
    await hits(page).first().waitFor();
    await said(page, /\d+ results/);
    assert.deepEqual(parameters(page), { q: "internet" });
    const all = Number.parseInt(await status(page).innerText(), 10);

    const kind = page.locator(".facet", { hasText: "Kind" });
    const article = kind.getByRole("checkbox", { name: /^Journal article/ });
    const count = Number.parseInt((await kind.locator("label", { hasText: "Journal article" }).locator(".count").innerText()), 10);
    assert.ok(count > 0 && count < all);
    await article.check();
    await said(page, new RegExp(`^${count} results?$`));
    assert.deepEqual(parameters(page), { q: "internet", kind: "Journal article" });
    assert.ok(await focused(article), "the focus left what was chosen");
    for (const row of await hits(page).allInnerTexts()) assert.match(row, /Journal article/);

    // The same address opens the same list, and the way back leads to the one before.
    await page.reload();
    await said(page, new RegExp(`^${count} results?$`));
    assert.ok(await article.isChecked());
    await page.goBack();
    await said(page, new RegExp(`^${all} results$`));
    assert.ok(!(await article.isChecked()));
    assert.deepEqual(parameters(page), { q: "internet" });
    await page.goForward();
    await said(page, new RegExp(`^${count} results?$`));

    // A question that was put stays in the history; the letters of the next do not.
    await article.uncheck();
    await said(page, new RegExp(`^${all} results$`));
    await field(page).press("Enter");
    await field(page).press("ControlOrMeta+a");
    await page.keyboard.type("norms");
    await page.waitForURL(/q=norms$/);
    await said(page, /results/);
    await page.goBack();
    await page.waitForURL(/q=internet$/);
    await said(page, new RegExp(`^${all} results$`));
    assert.equal(await field(page).inputValue(), "internet");
  });

  over(BOTH, "shows more, and the way back from a result leads to its row", async (page, visit) => {
    await visit("search.html?q=international");
    await said(page, /results/);
    assert.equal(await hits(page).count(), 20);
    await page.getByRole("button", { name: "Show more" }).click();
    await hits(page).nth(30).waitFor();
    assert.ok(await focused(links(page).nth(20)), "the focus is not on the first of the further rows");
    const row = links(page).nth(28);
    const title = await row.innerText();
    await row.scrollIntoViewIfNeeded();
    const place = await page.evaluate(() => scrollY);
    assert.ok(place > 1000);
    const loaded = page.waitForEvent("load");
    await row.click();
    await loaded;
    await page.goBack();
    await links(page).nth(28).waitFor();
    assert.equal(await links(page).nth(28).innerText(), title);
    await page.waitForFunction((place) => Math.abs(scrollY - place) < 40, place);
  });

  over(["http"], "a single key and a link to it lead to its field", async (page, visit) => {
    await visit("search.html");
    await page.keyboard.press("/");
    assert.ok(await focused(field(page)));
    await page.locator(".site-head").getByRole("link", { name: "Search" }).click();
    assert.ok(await focused(field(page)));
    assert.equal(await page.locator("dialog").count(), 0);
  });

  over(BOTH, "without scripts says so, and leads on", async (page, visit) => {
    await visit("search.html?q=regime");
    assert.match(await page.locator("main").innerText(), /scripts/);
    assert.equal(await page.locator("form:visible, input:visible, button:visible").count(), 0);
    for (const address of ["keywords/index.html", "timeline.html", "references/index.html", "documents/index.html", "concordance.html"])
      assert.ok(await page.locator(`main a[href="${address}"]`).isVisible(), address);
    await visit(ENTRY);
    await page.locator(".site-head").getByRole("link", { name: "Search" }).click();
    await page.waitForURL(/search\.html$/);
  }, { javaScriptEnabled: false });
});

describe("what goes wrong", { concurrency: 2 }, () => {
  over(["http"], "nothing found: the ways on; a word misspelt: a suggestion", async (page, visit) => {
    await visit(ENTRY);
    await open(page);
    await page.keyboard.type("xqzjwkv");
    await said(page, /Nothing found for “xqzjwkv”/);
    for (const name of ["keyword index", "timeline", "concordance"]) assert.ok(await page.locator(".search-foot").getByRole("link", { name }).isVisible(), name);
    await field(page).fill("regimse");
    const other = page.locator(".search-hint a");
    await other.waitFor();
    const words = await other.innerText();
    assert.match(words, /^regimes?$/);
    assert.ok((await other.getAttribute("href")).endsWith(`search.html?q=${words}`));
    await other.click();
    await hits(page).first().waitFor();
    assert.equal(await field(page).inputValue(), words);
    assert.ok(await focused(field(page)));
    await page.waitForFunction(() => !document.querySelector(".search-hint").textContent);
  });

  over(["http"], "filters that leave nothing can be taken away", async (page, visit) => {
    await visit("search.html?q=krasner&kind=Doctrine");
    await said(page, /Nothing found/);
    await page.getByRole("button", { name: "Search without filters" }).click();
    await said(page, /results/);
    assert.deepEqual(parameters(page), { q: "krasner" });
  });

  over(["http"], "a part of the index that does not load: the rest is shown, and it is asked for again", async (page, visit) => {
    await visit(ENTRY);
    await open(page, "regime");
    await page.evaluate(() => {
      const find = window.regesta.search.find;
      let times = 0;
      window.regesta.search.find = async (query, options) => {
        const found = await find(query, options);
        return (times += 1) === 1 ? { ...found, faults: ["t/3"] } : found;
      };
    });
    await field(page).fill("norms");
    const fault = page.getByRole("alert");
    await fault.filter({ hasText: "1 part of the index did not load" }).waitFor();
    assert.ok((await hits(page).count()) > 0, "the other results are gone");
    await fault.getByRole("button", { name: "Try again" }).click();
    await page.waitForFunction(() => !document.querySelector(".search-fault").textContent);
    assert.ok((await hits(page).count()) > 0);
    assert.ok(await focused(field(page)));
  });

  for (const [what, pattern] of [["the index", /\/search\/[^/]+\.js(\?|$)/], ["the engine", /\/static\/js\/search-engine\.js/]])
    over(BOTH, `${what} does not load at all, and then does`, async (page, visit) => {
      // Of a folder's files no request can be refused from without; so the page asks for one that is not there.
      await page.addInitScript((pattern) => {
        window.missing = new RegExp(pattern);
        const { get, set } = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
        const wrong = (src) => (window.missing?.test(src) ? src.replace(/[^/]+$/, "missing.js") : src);
        Object.defineProperty(HTMLScriptElement.prototype, "src", { get, set(src) { set.call(this, wrong(src)); } });
        const { setAttribute } = Element.prototype;
        HTMLScriptElement.prototype.setAttribute = function (name, value) { setAttribute.call(this, name, name === "src" ? wrong(value) : value); };
      }, pattern.source);
      await visit(ENTRY);
      await page.keyboard.press("/");
      await page.keyboard.type("regime");
      const fault = page.getByRole("alert").filter({ hasText: "did not load" });
      await fault.waitFor();
      await page.evaluate(() => (window.missing = null));
      page.faults = page.faults.filter((one) => !/missing\.js|ERR_FILE_NOT_FOUND|404/.test(one));
      await fault.getByRole("button", { name: "Try again" }).click();
      await hits(page).first().waitFor();
      await page.waitForFunction(() => !document.querySelector(".search-fault").textContent);
    });

  over(["http"], "without its other files the form leads to the page", async (page, visit) => {
    await visit(ENTRY);
    await page.route(/search-start\.js/, (route) => route.abort());
    await page.keyboard.press("/");
    await page.keyboard.type("regime");
    await page.unroute(/search-start\.js/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/search\.html\?q=regime$/);
    await hits(page).first().waitFor();
    page.faults = page.faults.filter((one) => !/ERR_FAILED/.test(one));
  });
});

describe("marks", { concurrency: 2 }, () => {
  const marked = (page) => page.evaluate(() => [...(CSS.highlights.get("search") ?? [])].map((range) => range.toString()));

  over(BOTH, "are at the place that a result leads to, and leave the address", async (page, visit, protocol) => {
    await visit(OTHER);
    await open(page, "krasner rectitude");
    await links(page).filter({ hasText: "in: The definition" }).first().click();
    await page.waitForURL(site[protocol] + ENTRY + "#definition");
    await page.locator(".search-marks button").waitFor();
    const words = await marked(page);
    assert.ok(words.length > 0 && words.every((word) => /^(krasner|rectitude)/i.test(word)), words.join());
    assert.ok(words.some((word) => /rectitude/i.test(word)));
    // The section is where it would be without marks.
    assert.equal(await page.locator(":target").getAttribute("id"), "definition");
    const top = await page.locator("#definition").evaluate((heading) => heading.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 100, `the section is at ${top} px`);
    // Again after a reload; and away by Escape, for good.
    await page.reload();
    await page.locator(".search-marks button").waitFor();
    assert.deepEqual(await marked(page), words);
    await page.keyboard.press("Escape");
    await page.locator(".search-marks").waitFor({ state: "detached" });
    assert.deepEqual(await marked(page), []);
    await page.reload();
    await page.locator(".site-foot button").waitFor();
    assert.deepEqual(await marked(page), []);
  });

  over(["http"], "know words by their letters", async (page, visit) => {
    await visit(ENTRY + "?marks=" + encodeURIComponent("NORMS|réctitude|a|decision-making"));
    await page.locator(".search-marks button").waitFor();
    assert.deepEqual([...new Set((await marked(page)).map((word) => word.toLowerCase()))].sort(), ["decision-making", "norms", "rectitude"]);
    await page.locator(".search-marks button").click();
    assert.deepEqual(await marked(page), []);
  });

  over(["http"], "find Chinese within a run of it", async (page, visit) => {
    const address = "documents/informatization-leading-group-2003-document-27.html";
    await visit(address + "?marks=" + encodeURIComponent("信息"));
    await page.locator(".search-marks button").waitFor();
    assert.ok((await marked(page)).every((word) => word === "信息"));
  });
});

describe("what a reader loads", () => {
  over(BOTH, "is one small script before search is asked for", async (page, visit) => {
    assert.ok(site.size("static/js/search.js") < 2000, `search.js has ${site.size("static/js/search.js")} bytes`);
    for (const [file, most] of [["search-start.js", 1500], ["search-form.js", 8000], ["search-engine.js", 16000]]) {
      const packed = gzipSync(readFileSync(join(site.folder, "static/js", file))).length;
      assert.ok(packed < most, `${file} has ${packed} bytes on the way`);
    }
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const loaded = () => asked.filter((url) => /search/.test(url.split("/repo/").pop().split("/site/").pop())).map((url) => url.split("/").pop());
    await visit(ENTRY);
    assert.deepEqual(loaded(), ["search.js"]);
    await page.keyboard.press("n");
    await page.waitForURL(/krasner-1983/);
    assert.ok(loaded().every((name) => name === "search.js"), loaded().join());
    asked.length = 0;
    await visit("search.html");
    assert.deepEqual(loaded().sort(), ["search.css", "search.html", "search.js"]);
    await field(page).focus();
    await page.waitForFunction(() => window.regesta.search?.find);
  });
});

describe("how it looks", { concurrency: 2 }, () => {
  const OPTIONS = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"], rules: { "target-size": { enabled: true } }, resultTypes: ["violations"], preload: false };
  const states = {
    "a dialog with results": async (page) => {
      await page.visit(site.http, show(OTHER));
      await open(page, "internet sovereignty");
      await page.locator(".facet summary").nth(1).click();
    },
    "a dialog with nothing": async (page) => {
      await page.visit(site.http, show(OTHER));
      await open(page);
      await page.keyboard.type("xqzjwkv");
      await said(page, /Nothing/);
    },
    "a page with results": async (page) => {
      await page.visit(site.http, show("search.html?q=internet"));
      await said(page, /results/);
      await page.getByText("How to search").click();
      await page.locator(".facet:not([open]) summary").first().click();
    },
    "marks": async (page) => {
      await page.visit(site.http, show(ENTRY + "?marks=norms#definition"));
      await page.locator(".search-marks button").waitFor();
    },
  };
  for (const [name, prepare] of Object.entries(states))
    over(["http"], `${name}: nothing for axe, nothing too wide`, async (page) => {
      await prepare(page);
      // Where the mouse was, a preview may open in another layout.
      await page.mouse.move(0, 0);
      await page.evaluate(axe.source);
      const faults = [];
      for (const scheme of SCHEMES)
        for (const width of [320, ...WIDTHS]) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: HEIGHT });
          const wide = await page.evaluate(() => [document.scrollingElement, ...document.querySelectorAll("dialog, .search-view")].filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => `${box.localName}.${box.className} is too wide`));
          faults.push(...wide.map((fault) => `${scheme}, ${width} px: ${fault}`));
          if (width === 768) continue;
          const { violations } = await page.evaluate((options) => window.axe.run(document, options), OPTIONS);
          for (const { id, nodes } of violations) for (const node of nodes.slice(0, 3)) faults.push(`${scheme}, ${width} px: ${id}: ${node.target.join(" ")} (${node.any[0]?.message ?? ""})`);
        }
      assert.deepEqual(faults, []);
    });
});
