// What may be asked: whatever is typed is answered, and each part of a query does what it says.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { engine } from "./engine.mjs";
import { own, site } from "./site.mjs";

const { find, open, search } = engine(site());
const many = engine(join(own(), "many"));
const addresses = async (query, options) => (await find(query, { limit: 300, ...options })).results.map((result) => result.address);

const PIECES = [
  "regime", "krasner", "cyber-security", "безопасности", "安全", "A/66/359", "\"", "“", "”", "«", "»", "-", "--", ":", "::", "author:", "year:", "year:1990..2005", "year:..", "year:x",
  "track:", "track:sovereignty", "kind:", "kind:book", "keyword:", "actor:", "decade:1990s", "decade:", "AUTHOR:", "-author:x", "-\"", "author:\"", "*", "?", "(", ")", "[", "]", "\\", "/", ".", "..", "'", "`", "<", ">", "&", "%", "%zz", "+",
  "\u0000", "\u0301", "\u200d", "\u202e", "\u2028", "\ud800", "\udc00", "\u{1f600}", "\uffff", "\ufeff", "constructor", "__proto__", "toString", "hasOwnProperty", "@", "@krasner", "0", "1", "a", "x".repeat(300), " ", "\t", "\n",
];

/** Numbers that are the same in each run. */
function numbers(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

test("any query has an answer", async () => {
  const number = numbers(5);
  for (let count = 0; count < 2000; count += 1) {
    let query = "";
    for (let pieces = 1 + number(6); pieces > 0; pieces -= 1) query += number(3) ? PIECES[number(PIECES.length)] : String.fromCodePoint(number(0x3000));
    if (number(4) === 0) query = query.slice(0, number(query.length + 1));
    const filters = number(5) ? undefined : { kind: ["Book"], decade: [PIECES[number(PIECES.length)]] };
    const side = number(10) ? find : many.find;
    const answer = await side(query, { limit: 5, filters, from: number(3) }).catch((fault) => assert.fail(`${JSON.stringify(query)}: ${fault.stack}`));
    assert.deepEqual(answer.faults, [], JSON.stringify(query));
    assert.ok(answer.results.length <= Math.min(5, answer.total), JSON.stringify(query));
  }
});

test("an older query ends where a newer one has come", async () => {
  await open();
  const ended = new AbortController();
  ended.abort();
  await assert.rejects(search.find("regime", { signal: ended.signal }), { name: "AbortError" });
  const later = new AbortController(), answer = search.find("sovereignty", { signal: later.signal });
  later.abort();
  await assert.rejects(answer, { name: "AbortError" });
});

test("a page of results goes on where the one before ended", async () => {
  const all = await addresses("regime"), parts = [];
  for (let from = 0; from < all.length; from += 7) parts.push(...(await addresses("regime", { from, limit: 7 })));
  assert.deepEqual(parts, all);
});

test("each field holds back what it does not mean", async () => {
  for (const [query, fits] of [
    ["kind:book regime", (result) => result.kind === "Book"],
    ["year:1990..1999 cyberspace", (result) => result.year >= 1990 && result.year <= 1999],
    ["year:2010.. regime", (result) => result.year >= 2010],
    ["decade:1980s regimes", (result) => result.year >= 1980 && result.year <= 1989],
    ["track:sovereignty russia", (result) => result.tracks.some((track) => track.id === "sovereignty")],
    ["author:krasner regimes", (result) => /Krasner/.test(result.creators)],
    ["-regime internet", (result) => !result.matched.some((word) => /^regimes?$/i.test(word))],
  ]) {
    const { results, total } = await find(query, { limit: 100 });
    assert.ok(total > 0, query);
    for (const result of results) assert.ok(fits(result), `${query}: ${result.address}`);
  }
});

test("facets count what each choice would leave", async () => {
  const { facets, total } = await find("information security");
  for (const field of ["track", "kind", "decade", "actor", "keyword"]) {
    for (const [value, label, count] of facets[field].slice(0, 6)) {
      const narrowed = await find("information security", { filters: { [field]: [value] } });
      assert.equal(narrowed.total, count, `${field}: ${label}`);
      assert.ok(count <= total);
    }
  }
  const both = await find("information security", { filters: { track: ["sovereignty", "multistakeholder"] } });
  const [one, other] = await Promise.all(["sovereignty", "multistakeholder"].map((track) => addresses("information security", { filters: { track: [track] } })));
  assert.equal(both.total, new Set([...one, ...other]).size);
  assert.equal((await find("", { filters: { kind: ["Treaty"] } })).total > 0, true, "a choice without words finds nothing");
});

test("phrases are found as they stand, and nowhere else", async () => {
  assert.deepEqual(await addresses("\"mass instruction of weapons\""), []);
  const found = await addresses("\"code of conduct\"");
  assert.ok(found.length > 2);
  for (const address of found) assert.ok((await addresses("code conduct")).includes(address));
  assert.deepEqual(await many.find("\"code of conduct\"", { limit: 300 }).then(({ results }) => results.map((result) => result.address).sort()), [...found].sort());
});

test("notes, tables, code and texts of pictures are found; what links show of others is not", async () => {
  const first = async (query) => (await addresses(query))[0];
  assert.equal(await first("Giraudoux's play"), "references/rid-2013-cyber-war-will-not-take-place.html");
  assert.equal(await first("\"Conformity\" \"esteem\""), "references/finnemore-1998-norm-dynamics.html");
  assert.equal(await first("krasner1982structural"), "references/krasner-1982-structural-causes.html");
});
