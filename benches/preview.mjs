#!/usr/bin/env node
// How long after a file is written its page shows the change: as served, and as Chromium has it.
//
//     cargo build --release && node benches/preview.mjs [--entries 67,1000,10000] [--edits 30] [--browser] [--hugo] [--zola]
//
// Before each edit the server is let come to rest, and then a random pause passes, so that no edit
// keeps step with a clock of the server's. Times are of one run on one machine: compare them within it.
// `--browser` needs what `scripts/test` installs, `--hugo` what `scripts/bench` does, `--zola` a `zola` on the PATH.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { EDITS, editTemplate, hugo, present, regesta, root, zola } from "./generators.mjs";

const milliseconds = (since) => Number(process.hrtime.bigint() - since) / 1e6;
const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const pause = (time) => new Promise((done) => setTimeout(done, time));

/** The page at an address; empty where there is none yet. */
function fetch(agent, address) {
  return new Promise((done) => {
    get(address, { agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done(response.statusCode === 200 ? Buffer.concat(parts).toString() : ""));
      response.on("error", () => done(""));
    }).on("error", () => done(""));
  });
}

/** Asks until the page has `token`, with pauses that leave the processor to the server; `end` is what it said if it ended. */
async function waitFor(agent, address, token, end) {
  while (!(await fetch(agent, address)).includes(token)) {
    const said = end();
    if (said !== null) throw new Error(`the server has ended before ${address} had ${token}\n${said}`);
    await pause(1);
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** An archive with `entries` entries, and the entry that is edited. */
function archive(generator, entries, below) {
  const folder = mkdtempSync(join(below, "regesta-preview-"));
  const ids = generator.make(folder, entries);
  const id = ids[ids.length >> 1];
  const file = join(folder, generator.source(id));
  const text = readFileSync(file, "utf8");
  return {
    folder,
    page: generator.page(id),
    write(kind, token) {
      if (kind === "template") editTemplate(generator, folder, token);
      else writeFileSync(file, EDITS[kind](text, token));
    },
    restore() {
      writeFileSync(file, text);
      if (generator === regesta) rmSync(join(folder, "themes"), { recursive: true, force: true });
      else writeFileSync(join(folder, generator.template), generator.originalTemplate());
    },
  };
}

async function serve(generator, folder, page) {
  const port = await freePort();
  const home = `http://127.0.0.1:${port}/`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [program, ...rest] = generator.serve(folder, port);
  const started = process.hrtime.bigint();
  const child = spawn(program, rest, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (part) => (said += part));
  const end = () => (child.exitCode === null && child.signalCode === null ? null : said);
  await waitFor(agent, home + page, "</html>", end);
  const first = milliseconds(started);
  const ticks = () => readFileSync(`/proc/${child.pid}/stat`, "utf8").replace(/.*\) /, "").split(" ").slice(11, 13).map(Number);
  const worked = () => ticks().reduce((one, other) => one + other);
  return {
    home,
    first,
    shows: (page, token) => waitFor(agent, home + page, token, end),
    /** Megabytes, at the most so far. */
    memory: () => Number(readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1024,
    /** Until the server has done nothing for a third of a second, beside the time for which it lets an edit lie. */
    async rest() {
      const enough = 3 + Math.ceil((generator.waits ?? 0) / 110);
      for (let still = 0, last = worked(); still < enough; ) {
        await pause(110);
        const now = worked();
        still = now - last <= 1 ? still + 1 : 0;
        last = now;
      }
      await pause(Math.random() * 100);
    },
    async stop() {
      agent.destroy();
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function browser(address) {
  const { chromium } = await import(join(root, "tests/browser/node_modules/playwright-core/index.mjs"));
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  const chrome = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await chrome.newPage();
  let seen = () => {};
  await page.exposeFunction("benchSeen", (token) => seen(token));
  await page.addInitScript(() => {
    let token = null;
    window.benchWait = (wanted) => (token = wanted);
    const look = () => {
      if (!token || !document.body || !document.body.textContent.includes(token)) return;
      window.benchSeen(token);
      token = null;
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(address);
  return {
    async wait(token) {
      const shown = new Promise((done) => (seen = done));
      await page.evaluate((token) => window.benchWait(token), token);
      return { shown };
    },
    close: () => chrome.close(),
  };
}

/** Times that a server is started, of which the median counts. */
const STARTS = 5;

/** Start to first page, and for each kind of edit all times in milliseconds. */
export async function preview(generator, entries, { edits, below = tmpdir(), inBrowser = false }) {
  const made = archive(generator, entries, below);
  const starts = [];
  for (let start = 1; start < STARTS; start++) {
    const server = await serve(generator, made.folder, made.page);
    starts.push(server.first);
    await server.stop();
  }
  const server = await serve(generator, made.folder, made.page);
  starts.push(server.first);
  const kinds = {};
  let number = 0;
  try {
    for (const kind of ["prose", "title", "keyword", "template"]) {
      const times = { served: [], browser: [] };
      for (let edit = 0; edit < edits; edit++) {
        await server.rest();
        const token = `token-${process.pid}-${number++}`;
        const since = process.hrtime.bigint();
        made.write(kind, token);
        await server.shows(made.page, token);
        times.served.push(milliseconds(since));
      }
      if (inBrowser) {
        const tab = await browser(server.home + made.page);
        for (let edit = 0; edit < edits; edit++) {
          await server.rest();
          const token = `token-${process.pid}-${number++}`;
          // A keyword without a vocabulary is shown as words.
          const { shown } = await tab.wait(kind === "keyword" ? token.replaceAll("-", " ").replace("t", "T") : token);
          const since = process.hrtime.bigint();
          made.write(kind, token);
          await shown;
          times.browser.push(milliseconds(since));
        }
        await tab.close();
      }
      kinds[kind] = times;
      made.restore();
    }
    return { first: median(starts), kinds, memory: server.memory() };
  } finally {
    await server.stop();
    rmSync(made.folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({
    options: {
      entries: { type: "string", default: "67,1000,10000" },
      edits: { type: "string", default: "30" },
      browser: { type: "boolean", default: false },
      hugo: { type: "boolean", default: false },
      zola: { type: "boolean", default: false },
    },
  });
  const generators = [regesta, ...(options.hugo ? [hugo] : []), ...(options.zola ? [zola] : [])];
  for (const generator of generators) {
    if (present(generator)) continue;
    console.error(`${generator.name} is not there: ${generator.remedy}`);
    process.exit(2);
  }
  for (const entries of options.entries.split(",")) {
    for (const generator of generators) {
      const { first, kinds, memory } = await preview(generator, Number(entries), { edits: Number(options.edits), inBrowser: options.browser });
      console.log(`${generator.name}, ${entries} entries: first page after ${first.toFixed(0)} ms`);
      for (const [kind, times] of Object.entries(kinds)) {
        const line = Object.entries(times).filter(([, all]) => all.length).map(([where, all]) => `${where} ${median(all).toFixed(1)} / ${Math.max(...all).toFixed(1)} ms`);
        console.log(`  ${kind.padEnd(8)} ${line.join("   ")}   (median / worst of ${options.edits})`);
      }
      console.log(`  memory   ${memory.toFixed(0)} MB at the most`);
    }
  }
}
