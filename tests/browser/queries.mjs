// A question of each kind, with what answers it in the archive: the same for every browser.
import assert from "node:assert/strict";

const KRASNER = "references/krasner-1982-structural-causes.html";
const KEOHANE = "references/keohane-1984-after-hegemony.html";

/**
 * `first` is the address of the first row, `among` are addresses that rows have, `never` such that none has,
 * `every` holds for the text of each row, and `other` is what the page asks whether it was meant.
 */
export const QUERIES = [
  { kind: "words", query: "structural causes", first: KRASNER },
  { kind: "a name and a year", query: "keohane 1984", first: KEOHANE },
  { kind: "a word as it is typed", query: "hegemon", among: [KEOHANE, "references/snidal-1985-hegemonic-stability.html"] },
  { kind: "marks that are none of the word", query: "réctitude", first: KRASNER, every: /rectitude/i },
  { kind: "Russian in Latin letters", query: "bezopasnosti", among: ["documents/russian-president-2016-information-security-doctrine.html"] },
  { kind: "Russian", query: "безопасности", among: ["documents/russian-president-2016-information-security-doctrine.html"] },
  { kind: "Chinese", query: "信息安全", among: ["documents/informatization-leading-group-2003-document-27.html"] },
  { kind: "a symbol", query: "A/70/174", first: "references/unga-2015-gge-report.html" },
  { kind: "a misspelt word", query: "multistakeholderizm", among: ["references/drake-2011-multistakeholderism.html"], other: /^multistakeholderism$/ },
  { kind: "a phrase", query: '"relative gains"', among: [KEOHANE, "references/axelrod-1986-cooperation-under-anarchy.html"], every: /relative gains/i },
  { kind: "a phrase that nobody wrote", query: '"gains relative"', none: true },
  { kind: "without a word", query: "regime -krasner", among: ["references/martin-1998-theories-and-empirical-studies.html"], never: [KRASNER, "people/krasner-s.html"] },
  { kind: "an author", query: "author:krasner", among: [KRASNER, "references/krasner-1983-international-regimes.html"], every: /Krasner, S/ },
  { kind: "years", query: "year:1990..1998", among: ["references/barlow-1996-declaration-of-independence.html"], never: [KRASNER], every: /^199[0-8]\b/ },
  { kind: "a track", query: "track:sovereignty internet", among: ["references/goldsmith-1998-territorial-sovereignty.html"], every: /■\s*Sovereignty/ },
  { kind: "a kind", query: "kind:book regime", among: [KEOHANE], never: [KRASNER], every: /\bBook\b/ },
  { kind: "a keyword", query: "keyword:regimes", among: [KRASNER, KEOHANE], never: ["references/clausewitz-1989-on-war.html"] },
  { kind: "an actor", query: "actor:itu", first: "references/itu-2012-wcit-final-acts.html" },
  { kind: "all at once", query: 'kind:"journal article" year:..1990 track:multistakeholder author:krasner -waltz "regime"', none: true },
];

/** Whether rows, of an address and a text each, answer a question. */
export function check(asked, rows) {
  const addresses = rows.map((row) => row.address);
  if (asked.none) return assert.deepEqual(addresses, []);
  assert.ok(rows.length > 0, "no row");
  if (asked.first) assert.equal(addresses[0], asked.first);
  for (const address of asked.among ?? []) assert.ok(addresses.includes(address), `${address} is not among ${addresses.join(", ")}`);
  for (const address of asked.never ?? []) assert.ok(!addresses.includes(address), `${address} is among them`);
  if (asked.every) for (const row of rows) assert.match(row.text, asked.every);
}
