// Our citations against those of citeproc-js, letter for letter: every work of the archive in every style of
// `site.toml`, a page that cites works, and its list of them. What differs stands in `differences.json` with its
// reason, and nothing else does.
//
// `cargo test --test citeproc` leaves what is compared in `target/citeproc/`. REGESTA_EXPECT=rewrite writes the list
// anew; a difference that is new in it wants a reason.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import CSL from "citeproc";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const target = process.env.CARGO_TARGET_DIR ?? join(here, "..", "..", "target");
const { items, styles, locales } = read(join(target, "citeproc", "ours.json"));
const citations = read(join(here, "citations.json"));
const list = join(here, "differences.json");

const byId = new Map(items.map((item) => [item.id, item]));
const retrieveLocale = (language) => locales[language] ?? locales["en-US"];

/** The words of HTML, without the number that a list has beside them. */
const words = (html) =>
  html
    .replace(/<div class="csl-left-margin">.*?<\/div>/gs, "")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&#60;", "<").replaceAll("&#62;", ">").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&#38;", "&").replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();

/** Each work by itself. */
const worksOf = (engine) =>
  items.map(({ id }) => {
    engine.updateItems([id]);
    return [id, words(engine.makeBibliography()[1][0])];
  });

/** The citations of one page, and its list of works with their ids. */
function pageOf(engine, ofNotes) {
  const cited = [...new Set(citations.flat().map(({ id }) => id))];
  // Of a style of notes our texts have the form that a work has once it was cited.
  const before = ofNotes ? cited.map((id) => [{ id }]) : [];
  const clusters = [...before, ...citations].map((cites, index) => ({
    citationID: `c${index}`,
    citationItems: cites.map(({ id, prefix, suffix, label, locator, form }) => ({
      id, prefix, suffix, label, locator,
      ...(form === "without-author" ? { "suppress-author": true } : {}),
    })),
    properties: { noteIndex: ofNotes ? index + 1 : 0, ...(cites[0].form === "in-sentence" ? { mode: "composite" } : {}) },
  }));
  engine.updateItems([]);
  const texts = engine.rebuildProcessorState(clusters).map(([, , text]) => words(text));
  // And it stands in brackets, without the full stop of a note.
  const inBrackets = (text) => (ofNotes ? `(${text.replace(/\.(”?)$/, "$1")})` : text);
  const [{ entry_ids }, entries] = engine.makeBibliography();
  return { citations: texts.slice(before.length).map(inBrackets), list: entries.map((entry, at) => [entry_ids[at][0], words(entry)]) };
}

function compare() {
  const found = [];
  let compared = 0;
  const differ = (style, what, ours, theirs) => {
    compared += 1;
    if (ours !== theirs) found.push({ style, what, ours, theirs });
  };
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  for (const { style, xml, works, citations: cited, list: listed } of styles) {
    const ofNotes = /<style [^>]*class="note"/.test(xml);
    // As our texts do: the shortened form of a note has no subtitle.
    const short = (item) => ({ "title-short": item.title.split(": ")[0], ...item });
    const retrieveItem = (id) => (ofNotes ? short(byId.get(id)) : byId.get(id));
    const engine = new CSL.Engine({ retrieveLocale, retrieveItem }, xml, "en-US");
    engine.setOutputFormat("html");
    const ours = new Map(works);
    for (const [id, theirs] of worksOf(engine)) differ(style, id, plain(ours.get(id)), theirs);
    const page = pageOf(engine, ofNotes);
    citations.forEach((cites, index) => {
      const what = `citation ${index + 1}: ${cites.map(({ id }) => id).join(", ")}`;
      differ(style, what, plain(cited[index]), page.citations[index]);
    });
    const order = (list) => list.map(([id]) => id).join(" ");
    differ(style, "the order of the list", order(listed), order(page.list));
    const entries = new Map(listed);
    for (const [id, theirs] of page.list) differ(style, `${id} in the list`, plain(entries.get(id) ?? ""), theirs);
  }
  return { found, compared };
}

test("citations are those of citeproc-js, but for the differences that are listed", () => {
  const { found, compared } = compare();
  assert.ok(items.length >= 64 && styles.length >= 8, "the archive and its styles are there");
  const known = read(list);
  const key = ({ style, what }) => `${style}: ${what}`;
  const reasons = new Map(known.differences.map((one) => [key(one), one.reason]));
  if (process.env.REGESTA_EXPECT === "rewrite") {
    const differences = found.map((one) => ({ ...one, reason: reasons.get(key(one)) ?? "" }));
    writeFileSync(list, `${JSON.stringify({ reasons: known.reasons, differences }, null, 2)}\n`);
    return;
  }
  const listed = new Map(known.differences.map((one) => [key(one), one]));
  for (const one of found) {
    const other = listed.get(key(one));
    assert.ok(other, `a difference that is not listed: ${JSON.stringify(one, null, 2)}`);
    assert.deepEqual({ ours: one.ours, theirs: one.theirs }, { ours: other.ours, theirs: other.theirs }, key(one));
    listed.delete(key(one));
  }
  assert.deepEqual([...listed.keys()], [], "these differ no longer");
  for (const { reason, ...one } of known.differences)
    assert.ok(reason && reason in known.reasons, `a difference wants a reason: ${key(one)}`);
  console.log(`${compared - found.length} of ${compared} are alike`);
});
