#!/usr/bin/env node
// The search of a generated archive beside Pagefind's: the index, what a query loads and takes, and what it finds.
//
//     node benches/search/run.mjs [--entries 1000,10000] [--questions 100] [--first 30] [--work FOLDER]
//
// It needs Rust, Node, what scripts/test installs, and Pagefind: `npm ci --prefix benches/search`. Pagefind reads the
// entries' pages of the site that Regesta builds, and no others; which parts of them, copied() says. Hits on pages that
// are not entries are passed over. From 60,000 entries on Pagefind is left out. Times are of one run on one machine:
// compare them within it. With --work what was made is kept, and used again by the next run but for Regesta's index.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { launch } from "../../tests/browser/browser.mjs";
import { generate, languageOf, questions } from "./archive.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const { values: options } = parseArgs({
  options: {
    entries: { type: "string", default: "1000,10000" },
    questions: { type: "string", default: "100" },
    first: { type: "string", default: "30" },
    work: { type: "string" },
  },
});
const MOST_FOR_PAGEFIND = 60_000;
const LANGUAGES = ["en", "ru", "zh"];

/** Runs a program and gives its output, the processor's seconds with those of what it starts, and its peak in megabytes. */
async function run(command, args, settings = {}) {
  // bash counts the time of its children; a process that is over can be asked for nothing.
  const child = spawn("bash", ["-c", '"$@" & echo $! >&3; wait $!; status=$?; times >&3; exit $status', "bash", command, ...args], { cwd: root, stdio: ["ignore", "pipe", "inherit", "pipe"], ...settings });
  let said = "", told = "", peak = 0;
  child.stdout.on("data", (part) => (said += part));
  child.stdio[3].on("data", (part) => (told += part));
  const watch = setInterval(() => {
    const file = `/proc/${told.split("\n")[0]}/status`;
    const high = existsSync(file) && readFileSync(file, "utf8").match(/VmHWM:\s+(\d+)/);
    if (high) peak = Math.max(peak, high[1] / 1024);
  }, 20);
  const status = await new Promise((done) => child.on("close", done));
  clearInterval(watch);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  const cpu = told.trim().split("\n").pop().split(/\s+/).map((time) => time.match(/(\d+)m([\d.]+)s/)).reduce((sum, [, minutes, seconds]) => sum + minutes * 60 + Number(seconds), 0);
  return { said, cpu, peak };
}

/** The benchmark of the index and the program, in release builds. */
async function built() {
  const { said } = await run("cargo", ["build", "--release", "--quiet", "--message-format=json", "--bin", "regesta", "--bench", "search"], { stdio: ["ignore", "pipe", "inherit", "pipe"] });
  const made = said.trim().split("\n").map((line) => JSON.parse(line)).filter((line) => line.executable);
  const find = (name, kind) => made.find((line) => line.target.name === name && line.target.kind.includes(kind)).executable;
  return { regesta: find("regesta", "bin"), index: find("search", "bench") };
}

/** How many files there are below a folder, and their bytes. */
function measured(folder, wanted = () => true) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && wanted(join(file.parentPath ?? file.path, file.name)));
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(join(file.parentPath ?? file.path, file.name)).size, 0) };
}

/**
 * The page of an entry for Pagefind: its language, its article without the lists of other entries and of its own
 * sections, creators and keywords with a weight of 3. The title is a heading, which Pagefind gives a weight of 7.
 */
function copied(html, language) {
  const without = ["nav id=\"contents\"", "section id=\"relations\"", "section id=\"backlinks\"", "section id=\"related\""];
  return without
    .reduce((html, part) => html.replaceAll(`<${part}`, `<${part} data-pagefind-ignore="all"`), html)
    .replace(/<html lang="[^"]*"/, `<html lang="${language}"`)
    .replace('<article class="entry"', '<article class="entry" data-pagefind-body')
    .replace('<p class="creators"', '<p class="creators" data-pagefind-meta="author" data-pagefind-weight="3"')
    .replace('<div id="keywords"', '<div id="keywords" data-pagefind-weight="3"')
    .replace('<p class="date"', '<p class="date" data-pagefind-meta="date"');
}

/** Makes what is asked of `count` entries. */
async function prepared(count, folder, programs) {
  const source = join(folder, "source"), site = join(folder, "site"), pages = join(folder, "pages");
  rmSync(source, { recursive: true, force: true });
  const archive = generate(source, count);
  const withPagefind = count < MOST_FOR_PAGEFIND;
  if (withPagefind && !existsSync(pages)) {
    await run(programs.regesta, ["build", "-q", "--root", source, "--out", site]);
    for (const name of readdirSync(join(source, "content/references"))) {
      const address = `references/${name.replace(/\.md$/, ".html")}`, language = languageOf(Number(name.match(/(\d+)\.md$/)[1]));
      mkdirSync(join(pages, "references"), { recursive: true });
      writeFileSync(join(pages, address), copied(readFileSync(join(site, address), "utf8"), language));
    }
  }
  rmSync(join(site, "search"), { recursive: true, force: true });
  const engine = join(root, "themes/default/static/js/search-engine.js");
  mkdirSync(join(site, "static/js"), { recursive: true });
  writeFileSync(join(site, "static/js/search-engine.js"), readdirSync(engine).sort().map((name) => readFileSync(join(engine, name))).join(""));
  const { said, peak } = await run(programs.index, [source, site]);
  const ours = { ...JSON.parse(said), ...measured(join(site, "search")), process: peak };
  const kept = join(folder, "pagefind.json");
  if (withPagefind && !existsSync(kept)) {
    const binary = readdirSync(join(root, "benches/search/node_modules/@pagefind")).find((name) => name.startsWith(process.platform));
    const { cpu, peak } = await run(join(root, "benches/search/node_modules/@pagefind", binary, "bin/pagefind_extended"), ["--quiet", "--site", pages, "--output-path", join(site, "pagefind")]);
    // Not its programs and its interface: those are left out of ours as well.
    const index = (file) => /\.pf_(fragment|index|meta|filter|sort)$|pagefind-entry\.json$/.test(file);
    writeFileSync(kept, JSON.stringify({ cpu, peak, ...measured(join(site, "pagefind"), index) }));
  }
  for (const language of LANGUAGES) writeFileSync(join(site, `bench-${language}.html`), `<!DOCTYPE html>\n<html lang="${language}"><meta charset="utf-8"><title>Bench</title><body></body></html>\n`);
  return { site, ours, pagefind: withPagefind ? JSON.parse(readFileSync(kept, "utf8")) : null, asked: questions(archive, Number(options.questions)) };
}

/** Serves a folder as GitHub Pages would, and counts what it sends. */
function serve(folder) {
  const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", json: "application/json" };
  const packed = new Map(), sent = { bytes: 0, requests: 0 };
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname, kind = types[path.split(".").pop()];
    if (!packed.has(path)) {
      const file = join(folder, path);
      const body = existsSync(file) ? readFileSync(file) : null;
      packed.set(path, body && kind ? gzipSync(body) : body);
    }
    const body = packed.get(path);
    if (!body) return response.writeHead(404).end();
    sent.bytes += body.length;
    sent.requests += 1;
    response.writeHead(200, { "content-type": kind ?? "application/octet-stream", "content-length": body.length, "cache-control": "max-age=600", ...(kind ? { "content-encoding": "gzip" } : {}) });
    response.end(body);
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done({ sent, address: `http://127.0.0.1:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) })));
}

/** In the page: answers a query and gives the addresses of the first ten hits, and the milliseconds that took. */
const ENGINES = {
  ours: async ([query, facets]) => {
    const started = performance.now();
    if (!window.regesta?.search) {
      // As search-start.js does.
      const link = Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: "search/index.js" });
      const script = Object.assign(document.createElement("script"), { src: "static/js/search-engine.js" });
      document.head.append(link, script);
      await new Promise((done, failed) => Object.assign(script, { onload: done, onerror: failed }));
    }
    await regesta.search.open(new URL("./", location.href).href);
    const found = await regesta.search.find(query, facets ? { limit: 10 } : { limit: 10, facets: false });
    return { time: performance.now() - started, addresses: found.results.map((result) => result.address), faults: found.faults };
  },
  pagefind: async ([query]) => {
    const started = performance.now();
    if (!window.pagefind) {
      window.pagefind = await import(new URL("pagefind/pagefind.js", location.href).href);
      await window.pagefind.init();
    }
    const found = await window.pagefind.search(query);
    const data = await Promise.all(found.results.slice(0, 10).map((result) => result.data()));
    return { time: performance.now() - started, addresses: data.map((one) => one.raw_url ?? one.url), faults: [] };
  },
};

const sorted = (numbers) => numbers.toSorted((one, other) => one - other);
const part = (numbers, share) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const median = (numbers) => part(numbers, 0.5);

/** Each query in a browser that has nothing yet. */
async function first(browser, address, names, queries, sent) {
  const figures = Object.fromEntries(names.map((name) => [name, { times: [], bytes: [], requests: [] }]));
  for (const { query, language } of queries) {
    for (const name of names) {
      const context = await browser.newContext(), page = await context.newPage();
      await page.goto(`${address}bench-${language}.html`);
      const before = { ...sent };
      const { time, faults } = await page.evaluate(ENGINES[name.split(" ")[0]], [query, name.endsWith("facets")]);
      if (faults.length) throw new Error(`${name}: ${query}: ${faults}`);
      figures[name].times.push(time);
      figures[name].bytes.push(sent.bytes - before.bytes);
      figures[name].requests.push(sent.requests - before.requests);
      await context.close();
    }
  }
  return figures;
}

/** All questions, one after the other in one page; each engine has its own. Entries that are found first, and within ten. */
async function known(browser, address, names, asked) {
  const pages = {}, figures = Object.fromEntries(names.map((name) => [name, { times: [], sets: {} }]));
  for (const name of names) {
    const context = await browser.newContext();
    for (const language of LANGUAGES) {
      pages[name + language] = await context.newPage();
      await pages[name + language].goto(`${address}bench-${language}.html`);
      await pages[name + language].evaluate(ENGINES[name], ["warm up", false]);
    }
  }
  for (const [set, all] of Object.entries(asked)) {
    for (const name of names) figures[name].sets[set] = { first: 0, ten: 0, missed: [] };
    for (const { query, id, language } of all) {
      for (const name of names) {
        const { time, addresses, faults } = await pages[name + language].evaluate(ENGINES[name], [query, false]);
        if (faults.length) throw new Error(`${name}: ${query}: ${faults}`);
        const entries = addresses.filter((address) => /references\/entry-/.test(address));
        const at = entries.findIndex((address) => address.endsWith(`references/${id}.html`)), own = figures[name].sets[set];
        figures[name].times.push(time);
        if (at === 0) own.first += 1;
        if (at >= 0) own.ten += 1;
        if (at !== 0) own.missed.push({ query, id, at, instead: entries[0] });
      }
    }
  }
  return figures;
}

const programs = await built();
const browser = await launch();
console.log(`Chromium ${browser.version()}, Node ${process.version}, Pagefind ${JSON.parse(readFileSync(join(root, "benches/search/package.json"), "utf8")).dependencies.pagefind}, ${cpus().length} × ${cpus()[0].model}`);
for (const count of options.entries.split(",").map(Number)) {
  const folder = options.work ? join(options.work, String(count)) : mkdtempSync(join(tmpdir(), "regesta-bench-"));
  const { site, ours, pagefind, asked } = await prepared(count, folder, programs);
  const row = (name, own, other, ratio = own / other) => console.log(`| ${name} | ${own} |${other == null ? "" : ` ${other} | ${ratio.toFixed(2)} |`}`);
  console.log(`\n| ${count} entries | Regesta |${pagefind ? " Pagefind | ratio |\n|---|---|---|---|" : "\n|---|---|"}`);
  row("index, kB", Math.round(ours.bytes / 1000), pagefind && Math.round(pagefind.bytes / 1000));
  row("files", ours.files, pagefind?.files);
  row("indexing, processor's seconds", ours.cpu.toFixed(1), pagefind?.cpu.toFixed(1));
  row("indexing, MB at most, beside the archive", ours.peak - ours.before, pagefind && Math.round(pagefind.peak));
  row("the whole process, MB at most", ours.peak, pagefind && Math.round(pagefind.peak));
  const server = await serve(site);
  const names = pagefind ? ["ours", "pagefind"] : ["ours"];
  const some = ["rare3", "mid3", "title+author"].flatMap((set) => asked[set].slice(0, Math.ceil(options.first / 3)));
  const firsts = await first(browser, server.address, [...names, "ours with facets"], some, server.sent);
  const kb = (all) => (median(all) / 1000).toFixed(1), ms = (all) => median(all).toFixed(0);
  row("first query, kB over http", kb(firsts.ours.bytes), pagefind && kb(firsts.pagefind.bytes));
  row("first query, requests", median(firsts.ours.requests), pagefind && median(firsts.pagefind.requests));
  row("first query over http, ms (median)", ms(firsts.ours.times), pagefind && ms(firsts.pagefind.times));
  row("first query with facets, kB", kb(firsts["ours with facets"].bytes));
  row("first query with facets, ms", ms(firsts["ours with facets"].times));
  const found = await known(browser, server.address, names, asked);
  row("next query over http, ms (median)", median(found.ours.times).toFixed(1), pagefind && median(found.pagefind.times).toFixed(1));
  const local = await first(browser, `${pathToFileURL(site).href}/`, ["ours"], some, server.sent);
  row("first query from the disk, ms (median)", ms(local.ours.times));
  const onDisk = await known(browser, `${pathToFileURL(site).href}/`, ["ours"], asked);
  row("next query from the disk, ms (median)", median(onDisk.ours.times).toFixed(1));
  console.log(`\n| found first / among ten, % | Regesta |${pagefind ? " Pagefind |\n|---|---|---|" : "\n|---|---|"}`);
  for (const [set, all] of Object.entries(asked)) {
    if (!all.length) continue;
    const percent = (name) => { const { first, ten } = found[name].sets[set]; return `${((first / all.length) * 100).toFixed(0)} / ${((ten / all.length) * 100).toFixed(0)}`; };
    console.log(`| ${set} (${all.length}) | ${names.map(percent).join(" | ")} |`);
  }
  if (options.work) writeFileSync(join(folder, "found.json"), JSON.stringify(found, null, 1));
  server.close();
  if (!options.work) rmSync(folder, { recursive: true, force: true });
}
await browser.close();
