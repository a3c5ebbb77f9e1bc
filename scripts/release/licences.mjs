// The licences of every crate that is part of the binary for a target, with their texts: each text once, below the names of
// those that have it. `node scripts/release/licences.mjs TARGET`
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const [target] = process.argv.slice(2);
if (!target) {
  console.error("usage: node scripts/release/licences.mjs TARGET");
  process.exit(2);
}
const read = ["metadata", "--format-version", "1", "--locked", "--filter-platform", target];
const metadata = JSON.parse(execFileSync("cargo", read, { maxBuffer: 1 << 28, encoding: "utf8" }));
const packages = new Map(metadata.packages.map((entry) => [entry.id, entry]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));

// What the program itself needs, from its root on: neither what builds it nor what only tests use.
const used = new Set();
const waiting = [metadata.resolve.root];
while (waiting.length > 0) {
  const id = waiting.pop();
  if (used.has(id)) continue;
  used.add(id);
  for (const { pkg, dep_kinds } of nodes.get(id).deps) {
    if (dep_kinds.some(({ kind }) => kind === null)) waiting.push(pkg);
  }
}
used.delete(metadata.resolve.root);

const byText = new Map();
const untold = [];
for (const { name, version, license, manifest_path } of [...used].map((id) => packages.get(id)).sort(byName)) {
  const folder = dirname(manifest_path);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(file)).sort();
  const label = `${name} ${version} (${license ?? "see below"})`;
  let told = false;
  for (const file of files) {
    let text;
    try {
      text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
    } catch {
      continue; // a folder
    }
    told = true;
    byText.set(text, [...(byText.get(text) ?? []), label]);
  }
  if (!told) untold.push(label);
}
console.log("Regesta is made with the works below, under these licences.\n");
for (const [text, labels] of byText) console.log(`${"=".repeat(80)}\n${labels.join("\n")}\n${"-".repeat(80)}\n${text}\n`);
if (untold.length > 0) console.log(`${"=".repeat(80)}\nWithout a text of their own:\n${untold.join("\n")}`);

function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1;
}
