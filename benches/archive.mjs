#!/usr/bin/env node
// An archive of any size, the same for the same number on every machine, as Regesta reads it, as Hugo does and as Zola does.
//
//     node benches/archive.mjs FOLDER [--entries 1000] [--for regesta|hugo|zola] [--shape plain]
//
// An entry has 150 to 500 words below two to four headings, a note, up to six links, three to eight keywords of which few
// are common and most rare, one to three authors and a date as precise as it may be. Some have code, a table, a quotation.
// Other shapes than `plain` are hard on whatever grows with the square of something:
// `keyword`: one keyword is on every entry; `cited`: one entry is cited by all others; `chain`: each entry builds on the
// one before it, which Hugo and Zola have no word for.
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { ASPECTS, FAMILIES, GIVEN, JOINTS, SUBJECTS, WORDS } from "./words.mjs";

const SEED = 20261122;
export const SHAPES = ["plain", "keyword", "cited", "chain"];

/** The types of works, Regesta's names for them, and how common they are. */
const KINDS = [
  ["article", "article-journal", 26],
  ["report", "report", 16],
  ["book", "book", 14],
  ["chapter", "chapter", 8],
  ["resolution", "legislation", 8],
  ["strategy", "document", 7],
  ["statement", "speech", 7],
  ["page", "webpage", 6],
  ["doctrine", "regulation", 4],
  ["treaty", "treaty", 4],
];
const TRACKS = [
  [[], 30],
  [["sovereignty"], 30],
  [["multistakeholder"], 25],
  [["sovereignty", "multistakeholder"], 15],
];
const LEADS = ["Compare", "See", "Against this stands", "The answer is", "More is in", "It goes back to"];

/** Numbers from 0 to 1 for one part of one entry, so that no part depends on how long another is (splitmix32). */
function dice(...seeds) {
  let state = SEED;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  for (const seed of seeds) state = (Math.floor(next() * 2 ** 32) ^ seed) | 0;
  const between = (least, most) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    one: (list) => list[between(0, list.length - 1)],
    /** Of items with their weights behind them. */
    weighed(items) {
      let left = next() * items.reduce((sum, item) => sum + item.at(-1), 0);
      return items.find((item) => (left -= item.at(-1)) < 0) ?? items.at(-1);
    },
  };
}

/** Draws from a list whose n-th item is as common as 1/(n + 2): Zipf's law, with its head made flatter. */
function byRank(list) {
  let sum = 0;
  const sums = list.map((_, rank) => (sum += 1 / (rank + 2)));
  return ({ next }) => {
    const wanted = next() * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return list[low];
  };
}

const joint = byRank(JOINTS);
const word = byRank(WORDS);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const words = (die, count) => times(count, () => capital(word(die))).join(" ");

function sentence(die, length) {
  const parts = times(length, (index) => (index % 5 === 1 || index % 5 === 3 ? joint(die) : word(die)));
  if (length > 14) parts[length >> 1] += ",";
  return `${capital(parts.join(" "))}.`;
}

/** About four times the root of the number of entries. */
function vocabulary(entries) {
  const size = Math.max(12, Math.round(4 * Math.sqrt(entries)));
  const pairs = SUBJECTS.flatMap((subject, row) => ASPECTS.map((_, column) => `${ASPECTS[(row + column) % ASPECTS.length]}-${subject}`));
  const die = dice(0);
  for (let last = pairs.length - 1; last > 0; last--) {
    const other = die.between(0, last);
    [pairs[last], pairs[other]] = [pairs[other], pairs[last]];
  }
  const broad = SUBJECTS.slice(0, Math.min(SUBJECTS.length, Math.ceil(size / 3)));
  const narrow = ["in-theory", "in-practice", "reform"].flatMap((end) => pairs.map((pair) => `${pair}-${end}`));
  return [...broad, ...pairs, ...narrow].slice(0, size);
}

function date(die) {
  // Half of all works are of the last twenty years.
  const year = 2026 - Math.floor(76 * die.next() ** 2);
  const [month, day] = [die.between(1, year === 2026 ? 6 : 12), die.between(1, 28)].map((part) => String(part).padStart(2, "0"));
  const [, precision] = die.weighed([[0, 1, 45], [0, 2, 15], [0, 3, 40]]);
  return [year, month, day].slice(0, precision).join("-");
}

function title(die) {
  const head = words(die, die.between(2, 4));
  const [form] = die.weighed([["bare", 50], ["where", 30], ["pair", 15], ["quoted", 5]]);
  switch (form) {
    case "where":
      return `${head}: ${words(die, 2)} in ${words(die, 1)}`;
    case "pair":
      return `${head} and the ${words(die, 1)}`;
    case "quoted":
      return `"${words(die, 1)}" and ${head}`;
    default:
      return head;
  }
}

/** What entries know of each other; their texts are made one at a time. */
function heads(entries, shape) {
  const keywords = vocabulary(entries);
  const keyword = byRank(keywords);
  return times(entries, (index) => {
    const die = dice(1, index);
    const [, people] = die.weighed([[0, 1, 60], [0, 2, 28], [0, 3, 12]]);
    const authors = [...new Map(times(people, () => [die.one(FAMILIES), die.one(GIVEN)])).entries()];
    const own = new Set(shape === "keyword" ? ["on-every-entry"] : []);
    for (const wanted = Math.min(die.between(3, 8), keywords.length); own.size < wanted; ) own.add(keyword(die));
    const issued = date(die);
    const [kind, type] = die.weighed(KINDS);
    return {
      index,
      id: `${authors[0][0].toLowerCase()}-${issued.slice(0, 4)}-${index}`,
      title: title(die),
      authors,
      issued,
      kind,
      type,
      tracks: die.weighed(TRACKS)[0],
      keywords: [...own],
      url: `https://works.example/${index}`,
      accessed: `${die.between(2019, 2025)}-0${die.between(1, 9)}-${die.between(10, 28)}`,
    };
  });
}

function targets(die, entry, all, shape) {
  const chosen = new Set(shape === "cited" ? [all[0]] : []);
  for (let left = die.between(0, 6); left > 0; left--) {
    // Every other link is to one of the well-known: those at the front.
    const place = die.chance(0.5) ? die.next() ** 2 : die.next();
    chosen.add(all[(Math.floor(place * all.length) * 7919) % all.length]);
  }
  chosen.delete(entry);
  return [...chosen];
}

function code(die, entry) {
  const [first, second, third] = times(3, () => word(die).replace(/[^a-z]/g, "_"));
  const limit = die.between(2, 900);
  switch (die.one(["json", "bibtex", "rust", "python"])) {
    case "json":
      return ["json", JSON.stringify({ entry: entry.id, issued: entry.issued, [first]: { [second]: limit, open: true, [third]: ["a", null] } }, null, 2)];
    case "bibtex":
      return ["bibtex", `@${entry.kind}{${entry.id},\n  author = {${entry.authors.map((name) => name.join(", ")).join(" and ")}},\n  title = {{${entry.title}}},\n  year = {${entry.issued.slice(0, 4)}},\n  note = {On ${first} and ${second}},\n}`];
    case "rust":
      return ["rust", `/// The first ${limit} that have a ${first}.\nfn with_${first}(all: &[${capital(second)}]) -> Vec<&str> {\n    let mut found = Vec::new();\n    for one in all.iter().take(${limit}) {\n        if one.${third}() != "${first}" {\n            found.push(one.name.as_str());\n        }\n    }\n    found\n}`];
    default:
      return ["python", `def ${first}_of(entries, most=${limit}):\n    """Whatever has a ${second}, at most ${limit} of them."""\n    found = [entry for entry in entries if entry.get("${second}")]\n    # The ${third} come last.\n    return sorted(found, key=lambda entry: entry["${third}"])[:most]`];
  }
}

/** The text of an entry, its links written by `link`. */
function text(entry, all, shape, link) {
  const die = dice(2, entry.index);
  const sentences = [];
  for (let left = die.between(150, 500); left > 0; ) {
    const length = Math.max(6, Math.min(left, die.between(8, 22)));
    sentences.push(sentence(die, length));
    left -= length;
  }
  const add = (more) => (sentences[die.between(0, sentences.length - 1)] += more);
  for (const target of targets(die, entry, all, shape)) add(` ${die.one(LEADS)} ${link(target)}.`);
  if (die.chance(0.5)) add(` *${words(die, 2)}* is the word for it.`);
  add("[^1]");
  const blocks = [];
  while (sentences.length) blocks.push(sentences.splice(0, die.between(2, 5)).join(" "));
  const insert = (block) => blocks.splice(die.between(1, blocks.length), 0, block);
  if (die.chance(0.3)) insert(`> ${sentence(die, die.between(10, 30))}`);
  if (die.chance(0.15)) {
    const rows = times(die.between(2, 5), () => [words(die, 1), die.between(1950, 2026), words(die, 2)]);
    insert([[words(die, 1), "Year", words(die, 1)], ["---", "---", "---"], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n"));
  }
  if (die.chance(0.1)) {
    const [language, lines] = code(die, entry);
    insert(`\`\`\`${language}\n${lines}\n\`\`\``);
  }
  const headings = die.between(2, 4);
  for (let heading = headings - 1; heading >= 0; heading--) {
    const place = Math.round((heading * blocks.length) / headings);
    blocks.splice(place, 0, `${heading % 3 === 2 ? "###" : "##"} ${words(die, die.between(1, 4))}`);
  }
  blocks.push(`[^1]: ${sentence(die, die.between(6, 16))}`);
  return blocks.join("\n\n");
}

/** Hugo and Zola want a whole day; what is shown is `issued`. */
const day = (entry) => [entry.issued, "01", "01"].join("-").slice(0, 10);
const authors = (entry) => entry.authors.map((name) => JSON.stringify(name.join(", "))).join(", ");

/** For each generator where an entry stands, how it links and what is above its text. */
const FORMS = {
  regesta: {
    folder: "content/references",
    link: (entry) => `[[${entry.id}]]`,
    front: (entry, all, shape) => `type: ${entry.type}
title: ${JSON.stringify(entry.title)}
author:
${entry.authors.map(([family, given]) => `  - { family: ${family}, given: ${given} }`).join("\n")}
issued: ${entry.issued}
URL: ${entry.url}
accessed: ${entry.accessed}
tracks: [${entry.tracks.join(", ")}]
keywords: [${entry.keywords.join(", ")}]${shape === "chain" && entry.index > 0 ? `\nrelations:\n  - { type: builds-on, to: ${all[entry.index - 1].id} }` : ""}`,
  },
  hugo: {
    folder: "content/entries",
    link: (entry) => `[${entry.title}]({{< relref "/entries/${entry.id}.md" >}})`,
    front: (entry) => `title: ${JSON.stringify(entry.title)}
date: ${day(entry)}
authors: [${authors(entry)}]
issued: ${JSON.stringify(entry.issued)}
work: ${entry.kind}
source: ${entry.url}
accessed: ${JSON.stringify(entry.accessed)}
tracks: [${entry.tracks.join(", ")}]
keywords: [${entry.keywords.join(", ")}]`,
  },
  zola: {
    folder: "content/entries",
    link: (entry) => `[${entry.title}](@/entries/${entry.id}.md)`,
    front: (entry) => `title: ${JSON.stringify(entry.title)}
date: ${day(entry)}
authors: [${authors(entry)}]
extra:
  issued: ${JSON.stringify(entry.issued)}
  work: ${entry.kind}
  source: ${entry.url}
  accessed: ${JSON.stringify(entry.accessed)}
taxonomies:
  tracks: [${entry.tracks.join(", ")}]
  keywords: [${entry.keywords.join(", ")}]`,
  },
};

/** What site.toml says, in Regesta's form. */
export const SETTINGS = `title = "A generated archive"
description = "Entries that nobody wrote."
base-url = "https://archive.example/"

[exports]
archive = false
entries = false

[[collections]]
id = "references"
title = "References"

[[tracks]]
id = "sovereignty"
title = "Sovereignty"

[[tracks]]
id = "multistakeholder"
title = "Multistakeholder"
`;

/** Writes the archive below `folder`, and gives the ids of its entries. Settings and templates of Hugo's are in `benches/hugo`, of Zola's in `benches/zola`. */
export function generate(folder, entries, { form = "regesta", shape = "plain" } = {}) {
  const { folder: place, link, front } = FORMS[form];
  mkdirSync(join(folder, place), { recursive: true });
  if (form === "regesta") writeFileSync(join(folder, "site.toml"), SETTINGS);
  const all = heads(entries, shape);
  for (const entry of all) {
    writeFileSync(join(folder, place, `${entry.id}.md`), `---\n${front(entry, all, shape)}\n---\n\n${text(entry, all, shape, link)}\n`);
  }
  return all.map((entry) => entry.id);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      entries: { type: "string", default: "1000" },
      for: { type: "string", default: "regesta" },
      shape: { type: "string", default: "plain" },
    },
  });
  if (positionals.length !== 1 || !(values.for in FORMS) || !SHAPES.includes(values.shape)) {
    console.error(`node benches/archive.mjs FOLDER [--entries 1000] [--for ${Object.keys(FORMS).join("|")}] [--shape ${SHAPES.join("|")}]`);
    process.exit(2);
  }
  generate(positionals[0], Number(values.entries), { form: values.for, shape: values.shape });
}
