// An entry, and the print edition, print to a PDF that holds its text, and whose links lead somewhere.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { getDocument, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import { opened } from "./browser.mjs";
import { SHOWN, show } from "./pages.mjs";

const tested = opened();

describe("print", { concurrency: 2 }, () => {
  for (const shown of SHOWN.filter(({ type }) => ["entry", "print"].includes(type)))
    for (const over of ["http", "file"])
      test(`${shown.address} over ${over}`, () =>
        tested.lend(async (page) => {
          await page.visit(tested.site[over], shown);
          await page.emulateMedia({ media: "print" });
          const on = await page.evaluate(readPage);
          await page.emulateMedia({ media: null });
          const pdf = await readPdf(await page.pdf({ preferCSSPageSize: true, tagged: true, outline: true }));
          assert.deepEqual(page.faults, []);

          const text = squeeze(pdf.text);
          for (const part of on.parts) assert.ok(text.includes(squeeze(part)), `the PDF lacks: ${part}`);

          // Bookmarks are what a reader of a long document finds a way by.
          assert.ok(pdf.pages.length > 0 && pdf.bookmarks.length > 0, "the PDF has no pages or no bookmarks");
          // Chromium writes the words of a heading twice where a forced break stands before it.
          for (const title of on.headings) assert.ok(pdf.bookmarks.some((known) => squeeze(known).replace(/^(.+)\1$/, "$1") === squeeze(title)), `no bookmark leads to ${title}`);

          for (const { target, title } of on.contents) {
            const leads = pdf.inner.filter(({ dest }) => dest === target).map(({ page }) => page);
            assert.ok(leads.length > 0, `nothing leads to ${target}`);
            for (const number of leads) assert.ok(squeeze(pdf.pages[number]).includes(squeeze(title)), `${target} leads to page ${number + 1}, where ${title} is not`);
          }

          const broken = pdf.inner.filter(({ page }) => page === null).map(({ dest }) => dest);
          assert.deepEqual(broken, [], "links into the document that lead nowhere");
          assert.ok(pdf.inner.length >= on.targets.length, `${on.targets.length} inner links on the page, ${pdf.inner.length} in the PDF`);

          for (const url of pdf.outer) {
            if (!url.startsWith(tested.site[over])) {
              assert.ok(on.external.includes(url), `the PDF links to ${url}, the page does not`);
              continue;
            }
            const [address, fragment] = decodeURI(url.slice(tested.site[over].length)).split("#");
            assert.ok(tested.site.has(address), `the PDF links to ${address}, which is not there`);
            if (fragment) assert.ok(tested.site.text(address).includes(`id="${fragment}"`), `${address} has no #${fragment}`);
          }
        }),
      );
});

for (const { address } of [show("timeline.html"), show("keywords/index.html"), show("concordance.html")])
  test(`${address} fits the printed page`, () =>
    tested.lend(async (page) => {
      await page.visit(tested.site.http, show(address));
      // A sheet of A4 between margins of 1 cm, at 96 px to the inch.
      await page.setViewportSize({ width: 718, height: 1046 });
      await page.emulateMedia({ media: "print" });
      const [inner, outer] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]);
      await page.emulateMedia({ media: null });
      assert.ok(inner <= outer + 1, `${inner} px on ${outer} px`);
    }));

/** Without blanks, hyphenation and ligatures, which a PDF sets as it likes; a font may draw two signs, such as an apostrophe and a letter like it, as one. */
const squeeze = (text) => text.normalize("NFKC").replaceAll("\u02bb", "\u2018").replaceAll("\u02bc", "\u2019").replace(/[\s\u00ad\u200b-]/gu, "").toLowerCase();

/**
 * What a print of the page must hold: its texts, and targets of links within the page; and the links that it may hold.
 * Texts are taken piece by piece, since a print may put the address of a link behind it.
 */
function readPage() {
  const parts = [];
  for (const element of document.querySelectorAll("h1, .print-entry :is(h3, h4), #annotation h2, #annotation > p:not([class]), .notes li p, #citation blockquote p")) {
    const pieces = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (pieces.nextNode()) {
      // Signs that only serve a screen, such as the way back from a note, may go; words may not.
      if (/\p{L}/u.test(pieces.currentNode.data) && !pieces.currentNode.parentElement.closest("button, .sidenote")) parts.push(pieces.currentNode.data);
    }
  }
  const links = [...document.querySelectorAll("a[href]")];
  return {
    parts,
    // What the contents of the print edition promise.
    contents: [...document.querySelectorAll(".print-contents a")].map((link) => ({ target: link.hash.slice(1), title: document.getElementById(link.hash.slice(1)).textContent.split(" ").slice(0, 3).join(" ") })),
    targets: links.filter((link) => link.getAttribute("href").startsWith("#") && link.checkVisibility({ visibilityProperty: true })).map((link) => link.hash.slice(1)),
    external: links.map((link) => link.href),
    headings: [...document.querySelectorAll("main :is(h1, h2.part, .print-entry h3)")].filter((heading) => heading.checkVisibility()).map((heading) => heading.textContent),
  };
}

async function readPdf(bytes) {
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS, isEvalSupported: false, disableFontFace: true, useSystemFonts: false }).promise;
  const read = { pages: [], text: "", inner: [], outer: [] };
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    read.pages.push((await page.getTextContent()).items.map((item) => item.str).join(""));
    for (const annotation of await page.getAnnotations()) {
      if (annotation.subtype !== "Link") continue;
      if (annotation.url) read.outer.push(annotation.url);
      else if (annotation.dest) read.inner.push({ dest: String(annotation.dest), page: await pageOf(pdf, annotation.dest) });
    }
  }
  read.text = read.pages.join("");
  const named = (items) => (items ?? []).flatMap(({ title, items }) => [title, ...named(items)]);
  read.bookmarks = named(await pdf.getOutline());
  await pdf.destroy();
  return read;
}

/** The page that a destination is on, or nothing. */
async function pageOf(pdf, dest) {
  const explicit = typeof dest === "string" ? await pdf.getDestination(dest) : dest;
  return explicit ? pdf.getPageIndex(explicit[0]).catch(() => null) : null;
}
