// The data files of this repository's archive, read back by programs that others have written. What they must find is
// what stands in content/, read without Regesta.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import { Ajv } from "ajv";
import { parse as parseYaml } from "yaml";
import { SCHEMA } from "./csl.mjs";
import { ENTRIES, ROOT, WORKS, inverted } from "./works.mjs";

const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const DATA = join(target, "search-site", "data");
const PYTHON = join(target, "interchange", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const text = (name) => readFileSync(join(DATA, name), "utf8");
const json = (name) => JSON.parse(text(name));

/** What a library for Python finds in a file. */
function python(form, name, ...more) {
  const arguments_ = [here("read.py"), form, join(DATA, name), ...more];
  return JSON.parse(execFileSync(PYTHON, arguments_, { encoding: "utf8", maxBuffer: 2 ** 26 }));
}

/** `found` has `id`, `title`, `authors` and `year` for each work. */
function assertSame(found) {
  assert.equal(found.length, WORKS.size);
  for (const { id, title, authors, year } of found) {
    const work = WORKS.get(id);
    assert.ok(work, `there is no work ${id}`);
    assert.deepEqual({ title, authors, year: year ?? undefined }, { title: work.title, authors: work.authors, year: work.year }, id);
  }
  assert.equal(new Set(found.map(({ id }) => id)).size, WORKS.size);
}

const ofCsl = (item) => ({
  id: item.id,
  title: item.title,
  authors: (item.author ?? []).map(inverted),
  year: item.issued?.["date-parts"]?.[0]?.[0]?.toString(),
});

test("the archive has 64 works in 67 entries", () => {
  assert.ok(existsSync(DATA), "build the archive into target/search-site first");
  assert.equal(ENTRIES, 67);
  assert.equal(WORKS.size, 64);
  assert.ok([...WORKS.values()].filter((work) => work.institutions.length > 0).length > 20);
});

test("CSL-JSON is as CSL 1.0.2 has it, beside pages as well", () => {
  const sound = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(SCHEMA);
  assert.ok(sound(json("archive.csl.json")), JSON.stringify(sound.errors));
  assert.ok(sound(JSON.parse(readFileSync(join(DATA, "../references/krasner-1982-structural-causes.csl.json"), "utf8"))));
  assert.ok(!sound([{ id: "a", type: "essay" }]) && !sound([{ id: "a", type: "book", publisher_place: "Paris" }]));
});

test("citation.js reads CSL-JSON", () => {
  assertSame(new Cite(json("archive.csl.json"), { forceType: "@csl/list+object" }).data.map(ofCsl));
});

test("CSL-YAML says what CSL-JSON does", () => {
  assert.deepEqual(parseYaml(text("archive.csl.yaml")), { references: json("archive.csl.json") });
});

test("citation.js reads BibLaTeX", () => {
  plugins.config.get("@bibtex").parse.sentenceCase = "never";
  const items = new Cite(text("archive.bib"), { forceType: "@biblatex/text" }).data;
  assertSame(items.map((item) => ofCsl({ ...item, id: item["citation-key"] ?? item.id, title: plain(item.title) })));
  const institutions = items.flatMap((item) => (item.author ?? []).map((name) => name.literal ?? (name.given ? undefined : name.family)));
  const expected = [...WORKS.values()].flatMap((work) => work.institutions);
  assert.deepEqual(institutions.filter(Boolean).sort(), expected.sort());
});

/** Rich text of citation.js, which keeps capitals that are in braces. */
const plain = (title) => title.replace(/<\/?span[^>]*>/g, "").replace(/&amp;/g, "&");

test("bibtexparser reads BibLaTeX", () => assertSame(python("bibtex", "archive.bib")));

test("bibtexparser reads the BibTeX of a work", () => {
  for (const id of ["krasner-1982-structural-causes", "white-house-2011-international-strategy"]) {
    const [found] = python("bibtex", `../references/${id}.bib`);
    assert.deepEqual([found.id, found.title, found.authors], [id, WORKS.get(id).title, WORKS.get(id).authors]);
  }
});

test("rispy reads RIS", () => assertSame(python("ris", "archive.ris")));

test("the table has a row for each work, and columns that the manual names", () => {
  const [head, ...rows] = rowsOf(text("archive.csv"));
  const column = (name) => head.indexOf(name);
  assertSame(
    rows.map((row) => ({
      id: row[column("id")],
      title: row[column("title")],
      authors: row[column("authors")].split("; ").filter(Boolean),
      year: row[column("year")] || undefined,
    })),
  );
  const manual = readFileSync(join(ROOT, "docs/content/reference/data.md"), "utf8").split("### archive.csv")[1].split("###")[0];
  for (const name of head) assert.ok(manual.includes(`\`${name}\``), `the manual does not name the column ${name}`);
  assert.ok(rows.every((row) => row.length === head.length));
});

/** RFC 4180. */
function rowsOf(table) {
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows = [[]];
  let end = 0;
  for (const [whole, quoted, plain_, after] of table.matchAll(cells)) {
    end += whole.length;
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain_);
    if (after === "\r\n") rows.push([]);
  }
  assert.equal(end, table.length, "the table is not one of RFC 4180");
  return rows.slice(0, -1);
}

const TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
const SKOS = "http://www.w3.org/2004/02/skos/core#";

/** Everything of which something is stated has a type, but for the cells of lists. */
function assertTyped(triples) {
  const typed = new Set(triples.filter(([, predicate]) => predicate === TYPE).map(([subject]) => subject));
  const cells = new Set(triples.filter(([, predicate]) => predicate === FIRST).map(([subject]) => subject));
  for (const [subject, predicate, object] of triples) {
    assert.ok(typed.has(subject) || cells.has(subject), `${subject} has no type: ${predicate} ${object}`);
  }
}

/** The objects of a predicate, by subject. */
function stated(triples, predicate) {
  const found = new Map();
  for (const [subject, , object] of triples.filter((triple) => triple[1] === `<${predicate}>`)) {
    found.set(subject, [...(found.get(subject) ?? []), object]);
  }
  return found;
}

const idOf = (iri) => iri.match(/\/([^/]+)\.html#work>$/)?.[1];

test("rdflib reads the graph of all works, in which everything has a type", () => {
  const triples = python("rdf", "archive.jsonld");
  assertTyped(triples);
  const named = stated(triples, "http://schema.org/name");
  const published = stated(triples, "http://schema.org/datePublished");
  const authors = stated(triples, "http://schema.org/author");
  const works = [...named.keys()].filter(idOf);
  assert.equal(works.length, WORKS.size);
  for (const iri of works) {
    const { title, year, authors: names } = WORKS.get(idOf(iri));
    // A relation names the other work as well: by the same title.
    const titles = named.get(iri).map((name) => JSON.parse(name.replace(/"@[\w-]+$/, '"')));
    assert.ok(titles.every((name) => name === title), `${iri}: ${titles}`);
    assert.ok(!published.has(iri) || published.get(iri)[0].includes(year), `${iri}: ${published.get(iri)}`);
    assert.equal((authors.get(iri) ?? []).length, names.length, iri);
  }
  const addresses = stated(triples, "http://schema.org/url");
  assert.ok(addresses.size > 20 && [...addresses.values()].flat().every((url) => url.startsWith("<http")));
});

test("rdflib reads the thesaurus, the same in both forms", () => {
  const triples = python("rdf", "keywords.skos.ttl");
  assert.deepEqual(python("rdf", "keywords.skos.jsonld"), triples);
  assertTyped(triples);
  const keywords = parseYaml(readFileSync(join(ROOT, "content/keywords.yaml"), "utf8"));
  const labels = stated(triples, `${SKOS}prefLabel`);
  assert.equal(labels.size, Object.keys(keywords).length);
  const broader = stated(triples, `${SKOS}broader`);
  for (const [id, { label, labels: others = {}, broader: wider = [], aliases = [] }] of Object.entries(keywords)) {
    const iri = [...labels.keys()].find((iri) => iri.endsWith(`/keywords/${id}.html#term>`));
    const expected = [[label, "en"], ...Object.entries(others).map(([language, text]) => [text, language])];
    assert.deepEqual(labels.get(iri).sort(), expected.map(([text, language]) => `${JSON.stringify(text)}@${language}`).sort());
    assert.equal((broader.get(iri) ?? []).length, [wider].flat().length, id);
    assert.equal((stated(triples, `${SKOS}altLabel`).get(iri) ?? []).length, [aliases].flat().length, id);
  }
  // No label twice in one language, and no concept above itself (SKOS, S13, S14, S27).
  assert.ok([...labels.values()].every((all) => new Set(all.map((one) => one.split('"@')[1])).size === all.length));
  assert.equal(stated(triples, `${SKOS}narrower`).size, 0);
});

test("rdflib reads the annotations, whose targets are works and whose bodies are there", () => {
  const triples = python("rdf", "annotations.jsonld", here("anno.context.json"));
  assertTyped(triples);
  const motivations = stated(triples, "http://www.w3.org/ns/oa#motivatedBy");
  const count = (motivation) => [...motivations.values()].filter(([it]) => it.endsWith(`#${motivation}>`)).length;
  const { total, first } = json("annotations.jsonld");
  assert.equal(motivations.size, total);
  assert.equal(count("commenting") + count("classifying"), total);
  const sections = first.items.filter((item) => item.motivation === "commenting").map((item) => item.body[0].id);
  assert.ok(sections.length > 30);
  for (const address of sections) {
    const [page, id] = address.replace(/^https:\/\/[^/]+\/[^/]+\//, "").split("#");
    assert.match(readFileSync(join(DATA, "..", page), "utf8"), new RegExp(`<h\\d[^>]* id="${id}"`), address);
  }
  for (const { target } of first.items) assert.ok(WORKS.has(idOf(`<${target.source ?? target}>`)), JSON.stringify(target));
  const claims = first.items.filter((item) => item.id.includes(".track."));
  assert.ok(claims.length > 20 && claims.every((claim) => claim.body[1].value.length > 10), "each claim has its reason");
});

test("works in time and the links between them name works alone", () => {
  const timeline = json("timeline.json");
  assertSame(timeline.map(({ id, title, date }) => ({ id, title, year: date?.match(/\d{4}/)?.[0], authors: WORKS.get(id).authors })));
  const dated = timeline.filter((work) => work.earliest);
  assert.deepEqual(dated.map((work) => work.earliest), dated.map((work) => work.earliest).sort());
  const [head, ...rows] = rowsOf(text("links.csv"));
  assert.deepEqual(head, ["source", "target", "relation", "because"]);
  assert.ok(rows.length > 100 && rows.every(([source, other]) => WORKS.has(source) && WORKS.has(other) && source !== other));
});

test("no file has a record on the line of another, and each ends its last line", () => {
  const names = text("SHA256SUMS").trim().split("\n").map((line) => line.split("  ")[1]);
  assert.deepEqual(names, [...names].sort());
  for (const name of [...names, "SHA256SUMS"]) assert.ok(text(name).endsWith("\n"), name);
  for (const name of ["archive.jsonld", "timeline.json"]) {
    assert.ok(text(name).split("\n").filter((line) => line.startsWith("  ".repeat(name === "timeline.json" ? 1 : 2) + "{")).length === 64, name);
  }
});
