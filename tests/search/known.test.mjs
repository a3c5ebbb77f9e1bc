// What somebody looks for in the real archive stands first: known.json has queries with the address of each answer.
// The answers come from reading content/, not from a search; where a query means one of several works, any of them may be first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { engine } from "./engine.mjs";
import { own, site } from "./site.mjs";

const known = JSON.parse(readFileSync(new URL("known.json", import.meta.url), "utf8"));
const { find } = engine(site());
const addresses = async (query, options, search = find) => (await search(query, options)).results.map((result) => result.address);

/** The queries that have no such answer among the first `most`. */
async function wrong(queries, search, most) {
  const wrong = [];
  for (const [query, expected] of queries) {
    const found = (await addresses(query, {}, search)).slice(0, most);
    if (![expected].flat().some((address) => found.includes(address))) wrong.push(`${query}: ${found.join(", ") || "nothing"} instead of ${expected}`);
  }
  return wrong;
}

describe("the entry that is looked for stands first", () => {
  for (const [kind, queries] of Object.entries(known)) test(kind, async () => assert.deepEqual(await wrong(queries, find, 1), []));
});

test("in an index of many files, where nearness does not order, it is among the first three", async () => {
  assert.deepEqual(await wrong(Object.values(known).flat(), engine(join(own(), "usual")).find, 3), []);
});

test("there is something of every kind of query", () => {
  assert.ok(Object.values(known).flat().length >= 70);
});

test("pages that lead to entries do not stand before a work of that name", async () => {
  for (const [query, pages] of [["krasner", ["people/krasner-s.html"]], ["international regimes", ["keywords/regimes.html"]], ["international practices", ["keywords/practice-theory.html"]], ["cooperation under anarchy", ["keywords/cooperation-under-anarchy.html"]]]) {
    const found = await addresses(query);
    for (const page of pages) assert.ok(found.indexOf(page) !== 0, `${query}: ${found}`);
  }
  const krasner = await addresses("krasner");
  assert.equal(krasner[2], "people/krasner-s.html");
});

test("a word that is not there is not taken for others", async () => {
  assert.deepEqual(await addresses("Nye"), []);
  assert.deepEqual(await addresses("zzzz"), []);
  const { results } = await find("world summit");
  for (const result of results) assert.ok(result.matched.some((word) => /summit/i.test(word)), result.address);
});

test("exact words come before beginnings, and these before misspellings", async () => {
  for (const word of ["regime", "norm", "state", "keohane", "cyber", "strategy"]) {
    // A phrase is found as it is written, and not by what it begins.
    const exact = new Set(await addresses(`"${word}"`, { limit: 300 }));
    const found = (await addresses(word, { limit: 300 })).map((address) => exact.has(address));
    assert.equal(found.filter(Boolean).length, exact.size, word);
    assert.equal(found.lastIndexOf(true), exact.size - 1, word);
  }
});

test("the words of a query are completed or mended, and it says how", async () => {
  assert.equal((await find("internet souvereignty")).suggestion, "internet sovereignty");
  assert.equal((await find("krasner")).suggestion, null);
});

test("results open at the heading that they were found under", async () => {
  let sections = 0;
  const queries = Object.values(known).flat().map(([query]) => query).concat("rectitude", "sabotage", "tipping point", "spam", "non-intervention", "Measure 14", "wrongful acts proxies");
  for (const query of queries) {
    for (const { address, section, snippet } of (await find(query)).results) {
      if (!section) continue;
      sections += 1;
      const page = readFileSync(join(site(), address), "utf8");
      const [, rest] = page.split(new RegExp(`<h[2-6] id="${section.id}"`));
      assert.ok(rest, `${query}: ${address} has no heading ${section.id}`);
      const text = words(rest.split(/<h[2-6] id="|<section/)[0]);
      for (const { text: marked } of snippet.filter((piece) => piece.mark)) assert.ok(text.includes(marked), `${query}: ${marked} is not in ${address}#${section.id}`);
      assert.ok(text.includes(section.title), `${section.title} is not the heading of ${section.id}`);
    }
  }
  assert.ok(sections > 100, `only ${sections} results lead to a heading`);
});

/** What is read of a piece of HTML. */
function words(html) {
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
  return html.replace(/<[^>]*>/g, "").replace(/&(\w+|#\w+);/g, (all, name) => entities[name] ?? all);
}
