#!/usr/bin/env node
// Builds of generated archives by Regesta, by Hugo and by Zola, turn by turn, beside the floor; previews; and archives of
// hard shapes.
// `scripts/bench` gets everything ready and runs this. Prints Markdown, and puts it into docs/content/explanation/performance.md.
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, statfsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem, type } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { SHAPES } from "./archive.mjs";
import { EDITS, editTemplate, others, present, regesta, root, target } from "./generators.mjs";
import { preview } from "./preview.mjs";

const { values: options } = parseArgs({
  options: {
    entries: { type: "string", default: "67,1000,10000" },
    // Meant for 100,000, for which Hugo needs some 17 GB and Zola more yet, so that Regesta is measured alone.
    alone: { type: "string", default: "" },
    // Of archives beyond 1,000 entries.
    runs: { type: "string", default: "" },
    edits: { type: "string", default: "20" },
    shapes: { type: "string", default: "1000,10000" },
    without: { type: "string", default: "" },
    print: { type: "boolean", default: false },
  },
});
const numbers = (list) => list.split(",").filter(Boolean).map(Number);
const left = new Set(options.without.split(",").filter(Boolean));
const JOBS = ["cold", "unchanged", "prose", "title", "keyword", "template"];
/** Builds of each kind: few entries are built quickly, and a quick build is easily disturbed. */
const runs = (entries, { onceFrom = Infinity } = {}) =>
  entries >= onceFrom ? 1 : entries <= 100 ? 15 : entries <= 1000 ? 7 : Number(options.runs) || 3;

const median = (list) => {
  const sorted = list.toSorted((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const medians = (measured) => Object.fromEntries(["wall", "cpu", "memory"].map((what) => [what, median(measured.map((one) => one[what]))]));

/** A memory file system where there is one: how long a disk takes depends on what it did before. */
function place() {
  const memory = 0x01021994;
  try {
    accessSync("/dev/shm", constants.W_OK);
    const { type: kind, bavail, bsize } = statfsSync("/dev/shm");
    if (kind === memory && bavail * bsize > 2 ** 32) return { folder: "/dev/shm", name: "a memory file system" };
  } catch {
    // There is none here.
  }
  const inMemory = statfsSync(tmpdir()).type === memory;
  return { folder: tmpdir(), name: inMemory ? "a memory file system" : "the disk of temporary files, whose times vary" };
}

function fail(text) {
  console.error(`benches/builds.mjs: ${text}`);
  process.exit(1);
}

function measure(command) {
  const { stdout, stderr, status } = spawnSync("python3", [join(root, "benches/measure.py"), ...command], { encoding: "utf8" });
  if (status !== 0) fail(`measure.py ended with ${status}: ${stderr}`);
  const measured = JSON.parse(stdout);
  if (measured.code !== 0) fail(`${command.join(" ")} ended with ${measured.code}: ${stderr}`);
  return measured;
}

/** Of all files below `folder`: size and path. */
function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name))
    .map((path) => ({ size: statSync(path).size, path: relative(folder, path) }));
}

/** How many files of a site have `token`, so that a build that leaves a page as it was cannot look fast. */
function shownIn(out, token) {
  const { stdout } = spawnSync("grep", ["-rlF", "--include=*.html", token, out], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return stdout.split("\n").filter(Boolean).length;
}

function check(archive, job, token) {
  const { generator, entries, out } = archive;
  const pages = generator.entryPages(out);
  if (pages !== entries) fail(`${generator.name} made ${pages} pages for ${entries} entries`);
  if (!token) return;
  // A title stands in lists as well, a keyword has a page of its own.
  const least = { prose: 1, title: 2, keyword: 2, template: entries }[job];
  const shown = shownIn(out, token);
  if (shown < least) fail(`${generator.name} shows the edit of a ${job} on ${shown} pages instead of ${least} or more`);
}

function prepare(generator, folder, entries, shape = "plain") {
  const ids = generator.make(folder, entries, shape);
  return choose({ generator, folder, entries, ids, out: join(folder, "public") }, ids[0]);
}

/** Has another entry be the one that is edited. */
function choose(archive, id) {
  const file = join(archive.folder, archive.generator.source(id));
  return Object.assign(archive, { file, text: readFileSync(file, "utf8") });
}

function restore({ generator, folder, file, text }) {
  writeFileSync(file, text);
  if (generator === regesta) rmSync(join(folder, "themes"), { recursive: true, force: true });
  else writeFileSync(join(folder, generator.template), generator.originalTemplate());
}

let edit = 0;
let busiest = 0;

/** Edits add up until the next cold build, so that each build meets one of them. */
function perform(archive, job) {
  const { generator, folder, file } = archive;
  let token = null;
  if (job === "cold") {
    restore(archive);
    for (const kept of generator.kept) rmSync(join(folder, kept), { recursive: true, force: true });
  } else if (job !== "unchanged") {
    token = `edited-${edit++}-${job}`;
    if (job === "template") editTemplate(generator, folder, token);
    else writeFileSync(file, EDITS[job](readFileSync(file, "utf8"), token));
  }
  const measured = measure(generator.build(folder));
  busiest = Math.max(busiest, loadavg()[0]);
  check(archive, job, token);
  return measured;
}

function floor(archive, scratch) {
  const plan = join(scratch, "plan");
  writeFileSync(plan, archive.output.map(({ size, path }) => `${size}\t${path}\n`).join(""));
  const out = join(scratch, "floor");
  rmSync(out, { recursive: true, force: true });
  const measured = measure([join(target, "bench/floor"), join(archive.folder, "content"), plan, out]);
  if (files(out).length !== archive.output.length) fail("the floor wrote fewer files than the build");
  rmSync(out, { recursive: true, force: true });
  return measured;
}

/** All builds of archives of one size, turn by turn. */
function builds(scratch, entries, generators) {
  const archives = generators.map((generator) => prepare(generator, join(scratch, generator.name), entries));
  const told = new Map(archives.map(({ generator }) => [generator, Object.fromEntries(JOBS.map((job) => [job, []]))]));
  const floors = [];
  const jobs = JOBS.filter((job) => !left.has(job));
  for (let run = 0; run < runs(entries); run++) {
    // Some edits happen to move what follows in an index: entries of all parts of the archive take their turns.
    for (const archive of archives) {
      restore(archive);
      choose(archive, archive.ids[Math.floor((entries * (run + 0.5)) / runs(entries))]);
    }
    for (const job of jobs) {
      for (const archive of archives) {
        if (run >= runs(entries, archive.generator)) continue;
        told.get(archive.generator)[job].push(perform(archive, job));
        if (job !== "cold") continue;
        archive.output ??= files(archive.out);
        if (archive.generator === regesta) floors.push(floor(archive, scratch));
      }
    }
    console.error(`${entries} entries: ${run + 1} of ${runs(entries)}`);
  }
  const result = { entries, runs: runs(entries), floor: medians(floors), generators: {} };
  for (const { generator, output } of archives) {
    const done = Object.fromEntries(jobs.map((job) => [job, medians(told.get(generator)[job])]));
    const bytes = output.reduce((sum, { size }) => sum + size, 0);
    result.generators[generator.name] = { jobs: done, files: output.length, bytes };
  }
  for (const { folder } of archives) rmSync(folder, { recursive: true, force: true });
  return result;
}

/** Cold builds of each shape and builds after the first entry's title changed: all others may have to do with it. */
function shapes(scratch, entries) {
  const archives = SHAPES.map((shape) => {
    return { ...prepare(regesta, join(scratch, shape), entries, shape), shape, cold: [], title: [] };
  });
  for (let run = 0; run < Math.min(5, runs(entries)); run++) {
    for (const archive of archives) {
      archive.cold.push(perform(archive, "cold"));
      archive.title.push(perform(archive, "title"));
    }
  }
  for (const { folder } of archives) rmSync(folder, { recursive: true, force: true });
  return archives.map(({ shape, cold, title }) => ({ entries, shape, cold: medians(cold), title: medians(title) }));
}

const number = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));
const seconds = (time) => (time < 1e-3 ? `${number(time * 1e6)} µs` : time < 1 ? `${number(time * 1e3)} ms` : `${number(time)} s`);
const ratio = (one, other) => (other ? (one / other).toPrecision(2) : "–");
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, " ");
const table = (head, rows) =>
  [head, head.map((_, column) => (column < 2 ? "---" : "--:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Names of those that Regesta was measured beside, in any of the results. */
const besides = (results) => others.map(({ name }) => name).filter((name) => results.some(({ generators }) => generators[name]));
/** For each name two columns: what was measured, as `show` writes it, and how Regesta's `value` compares. */
const comparison = (names, generators, show, value) =>
  names.flatMap((name) => {
    const theirs = generators[name];
    return theirs ? [show(theirs), `**${ratio(value(generators.Regesta), value(theirs))}**`] : ["–", "–"];
  });

function coldTable(results) {
  const rows = [];
  for (const { entries, floor, generators } of results) {
    const ours = generators.Regesta;
    for (const [name, { jobs, files, bytes }] of Object.entries(generators)) {
      const { wall, cpu, memory } = jobs.cold;
      rows.push([grouped(entries), name, seconds(wall), seconds(cpu), memory.toFixed(0), grouped(files), megabytes(bytes), seconds(wall / entries)]);
    }
    rows.push([grouped(entries), "floor", seconds(floor.wall), seconds(floor.cpu), "", grouped(ours.files), megabytes(ours.bytes), seconds(floor.wall / entries)]);
    const against = (name, other) => {
      const compared = ["wall", "cpu", "memory"].map((what) => (other[what] ? `**${ratio(ours.jobs.cold[what], other[what])}**` : ""));
      rows.push([grouped(entries), `Regesta / ${name}`, ...compared, "", "", ""]);
    };
    for (const name of besides([{ generators }])) against(name, generators[name].jobs.cold);
    // It holds no archive in memory.
    against("floor", { ...floor, memory: null });
  }
  return table(["entries", "", "wall", "CPU", "peak MB", "files", "output MB", "wall per entry"], rows);
}

function againTable(results) {
  const names = besides(results);
  const rows = results.flatMap(({ entries, generators }) => {
    const ours = generators.Regesta.jobs;
    return JOBS.slice(1).filter((job) => ours[job]).map((job) => {
      const wall = ({ jobs }) => jobs[job].wall;
      return [
        grouped(entries),
        { unchanged: "nothing", prose: "prose", title: "a title", keyword: "a keyword", template: "a template" }[job],
        seconds(ours[job].wall),
        seconds(ours[job].cpu),
        ratio(ours[job].wall, ours.cold.wall),
        ...comparison(names, generators, (one) => seconds(wall(one)), wall),
      ];
    });
  });
  return table(["entries", "changed", "Regesta, wall", "CPU", "of cold", ...names.flatMap((name) => [`${name}, wall`, `Regesta / ${name}`])], rows);
}

function previewTable(results) {
  const names = besides(results);
  const rows = results.flatMap(({ entries, generators }) => {
    const line = (what, show, value) => [grouped(entries), what, show(generators.Regesta), ...comparison(names, generators, show, value)];
    const kinds = Object.keys(generators.Regesta.kinds).map((kind) => {
      const served = (one) => one.kinds[kind].served;
      const show = (one) => `${number(median(served(one)))} / ${number(Math.max(...served(one)))} ms`;
      return line(`${kind}, edit to served`, show, (one) => median(served(one)));
    });
    return [
      line("start to first page", ({ first }) => `${number(first)} ms`, ({ first }) => first),
      ...kinds,
      line("peak memory", ({ memory }) => `${memory.toFixed(0)} MB`, ({ memory }) => memory),
    ];
  });
  return table(["entries", "preview: median / worst", "Regesta", ...names.flatMap((name) => [name, `Regesta / ${name}`])], rows);
}

function shapeTable(results) {
  const rows = results.map(({ entries, shape, cold, title }) => {
    const plain = results.find((other) => other.entries === entries && other.shape === "plain");
    return [
      grouped(entries),
      { plain: "plain", keyword: "a keyword on every entry", cited: "an entry cited by all", chain: "a chain of relations through all" }[shape],
      seconds(cold.wall),
      seconds(cold.cpu),
      cold.memory.toFixed(0),
      ratio(cold.wall, plain.cold.wall),
      seconds(title.wall),
    ];
  });
  return table(["entries", "shape", "cold, wall", "CPU", "peak MB", "of plain", "title edit, wall"], rows);
}

/** What is between the markers of this bench gives way; what is around them stays. */
function write(text) {
  const [begin, end] = ["<!-- builds: written by scripts/bench -->", "<!-- builds: end -->"];
  const file = join(root, "docs/content/explanation/performance.md");
  const page = readFileSync(file, "utf8");
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start < 0 || stop < start) fail(`docs/content/explanation/performance.md has no \`${begin}\` with \`${end}\` below it`);
  writeFileSync(file, `${page.slice(0, start + begin.length)}\n\n${text}\n\n${page.slice(stop)}`);
}

const { folder: where, name: medium } = place();
if (!present(regesta)) fail(`there is no ${regesta.program}: ${regesta.remedy}`);
const all = [regesta, ...others.filter(present)];
const scratch = mkdtempSync(join(where, "regesta-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const load = loadavg()[0];
console.error(`archives are in ${where}, ${medium}; load ${load.toFixed(1)}`);
const those = (entries) => all.filter(({ most = Infinity }) => entries <= most);
const sizes = [...numbers(options.entries).map((entries) => [entries, those(entries)]), ...numbers(options.alone).map((entries) => [entries, [regesta]])];
const built = sizes.map(([entries, generators]) => builds(scratch, entries, generators));
const previews = [];
for (const [entries, generators] of left.has("preview") ? [] : sizes) {
  const times = {};
  for (const generator of generators) {
    const edits = Math.min(Number(options.edits), entries <= 1000 ? Infinity : entries <= 10_000 ? generator.edits : 3);
    times[generator.name] = await preview(generator, entries, { edits, below: scratch });
    console.error(`${entries} entries: preview by ${generator.name}`);
  }
  previews.push({ entries, generators: times });
}
const hard = left.has("shapes") ? [] : numbers(options.shapes).flatMap((entries) => shapes(scratch, entries));

const taken = ([entries, generators]) => {
  const fewer = generators.filter((generator) => runs(entries, generator) < runs(entries));
  return `${runs(entries)} for ${grouped(entries)} entries${fewer.map((generator) => ` (${generator.name} ${runs(entries, generator)})`).join("")}`;
};
const versions = all.map((generator) => `${generator.name} ${generator.version()}`).join(", ");
const commit = spawnSync("git", ["-C", root, "describe", "--always", "--dirty"], { encoding: "utf8" }).stdout.trim();
const text = `${new Date().toISOString().slice(0, 10)}, ${versions} (commit ${commit}), Node ${process.versions.node}; ${cpus().length} cores (${cpus()[0].model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()}, on ${medium}; load before the run ${load.toFixed(1)}, during it at most ${busiest.toFixed(1)}, of which the run itself is about 2. Medians of runs that take turns: ${sizes.map(taken).join(", ")}. CPU is user and system, MB of memory are 2²⁰ bytes, MB of output 10⁶.

### From nothing

${coldTable(built)}

### Again, after a change

${againTable(built)}${previews.length ? `\n\n### Preview\n\n${previewTable(previews)}` : ""}${hard.length ? `\n\n### Hard shapes\n\n${shapeTable(hard)}` : ""}`;
console.log(text);
if (!options.print) write(text);
