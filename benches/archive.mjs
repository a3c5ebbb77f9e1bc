// An archive of any size, the same for the same number on every machine: entries of about 340 words with authors,
// dates, tracks, keywords (few of them common, most rare), links to other entries, a note and here and there code.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WORDS = `state security international cyber law information policy governance internet norm sovereignty digital
national government data technology network actor infrastructure rule power conflict cooperation agreement operation
attack force global authority control access system strategy defence treaty resolution assembly council committee report
group expert consensus charter article obligation responsibility attribution evidence deterrence escalation stability
peace threat risk capability weapon vulnerability disclosure incident response service energy finance health election
interference espionage intelligence privacy right freedom expression content platform company civil society process forum
dialogue summit declaration principle practice custom jurisdiction border domain registry root protocol standard body
institution regime order theory analysis argument claim view interpretation concept definition draft annex section review
survey study history origin decade century verification compliance sanction necessity proportionality neutrality target
effect damage supply software market economy trade regulation statute parliament ministry agency office`.split(/\s+/);
const JOINTS = "the of and to in that is for on as with by are which from or an it not its has was but may between than under".split(" ");
const FAMILIES = `Adler Bates Chen Dimov Eriksen Fofana Garcia Hansen Ivanova Jonsson Keita Lindqvist Moreau Novak Okafor
Petrov Quist Rossi Schmitt Tanaka Usman Vogel Weiss Yilmaz Zhang`.split(/\s+/);
const GIVEN = "Anna Boris Clara Daniel Elena Farid Grace Hugo Irina Jonas Keiko Lars Maria Nadia Oscar Paula Rosa Simon Tara Yusuf".split(" ");

/** Numbers from 0 to 1 (Marsaglia 2003, "Xorshift RNGs"). */
function random(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Writes the archive below `folder`, and gives the ids of its entries. */
export function generate(folder, entries) {
  const next = random(20261122);
  const below = (limit) => Math.floor(next() * limit);
  const one = (list) => list[below(list.length)];
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const keywords = Array.from({ length: Math.ceil(4 * Math.sqrt(entries)) }, (_, index) => `${WORDS[index % WORDS.length]}-${one(WORDS)}-${index}`);
  // The square of an even number leans to the small ones: a few keywords are on most entries.
  const keyword = () => keywords[Math.floor(next() ** 2 * keywords.length)];
  const sentence = () => {
    const words = Array.from({ length: 8 + below(12) }, (_, index) => one(index % 2 ? JOINTS : WORDS));
    return `${capital(words.join(" "))}.`;
  };

  mkdirSync(join(folder, "content/references"), { recursive: true });
  writeFileSync(join(folder, "site.toml"), `title = "A generated archive"
base-url = "https://archive.example/"

[[collections]]
id = "references"
title = "References"

[[tracks]]
id = "sovereignty"
title = "Sovereignty"

[[tracks]]
id = "multistakeholder"
title = "Multistakeholder"
`);
  const ids = [];
  for (let index = 0; index < entries; index++) {
    const family = one(FAMILIES), year = 1950 + below(76);
    const title = Array.from({ length: 4 + below(5) }, () => capital(one(WORDS))).join(" ");
    const id = `${family.toLowerCase()}-${year}-${index}`;
    const link = () => (ids.length && next() < 0.18 ? ` Compare [[${one(ids)}]] again.` : "");
    const paragraph = () => Array.from({ length: 3 + below(4) }, () => sentence() + link()).join(" ");
    const tracks = ["sovereignty", "multistakeholder"].filter(() => next() < 0.42);
    const code = next() < 0.1 ? "\n```json\n{ \"norm\": 1, \"binding\": false }\n```\n" : "";
    writeFileSync(join(folder, `content/references/${id}.md`), `---
type: article-journal
title: "${title}"
author:
  - { family: ${family}, given: ${one(GIVEN)} }
issued: ${year}
container-title: "Journal of ${capital(one(WORDS))}"
tracks: [${tracks.join(", ")}]
keywords: [${[...new Set(Array.from({ length: 3 + below(5) }, keyword))].join(", ")}]
---

## ${capital(one(WORDS))} and ${one(WORDS)}

${paragraph()}

${paragraph()}[^1]
${code}
## ${capital(one(WORDS))} of ${one(WORDS)}

${paragraph()}

> ${sentence()}

${paragraph()}

[^1]: ${sentence()}
`);
    ids.push(id);
  }
  return ids;
}
