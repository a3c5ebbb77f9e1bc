#!/usr/bin/env node
// How long after a file is written its page shows the change: as served, and as Chromium has it.
//
//     cargo build --release && node benches/preview.mjs [--entries 67,1000,10000] [--edits 30] [--browser]
//
// Before each edit the server is let come to rest, and then a random pause passes, so that no edit
// keeps step with a clock of the server's. Times are of one run on one machine: compare them within it.
// `--browser` needs what `scripts/test` installs.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { generate } from "./archive.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const binary = process.env.REGESTA ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release", "regesta");
const { values: options } = parseArgs({
  options: {
    entries: { type: "string", default: "67,1000,10000" },
    edits: { type: "string", default: "30" },
    browser: { type: "boolean", default: false },
  },
});
if (!existsSync(binary)) {
  console.error(`there is no ${binary}: run cargo build --release`);
  process.exit(2);
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const milliseconds = (since) => Number(process.hrtime.bigint() - since) / 1e6;
const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const pause = (time) => new Promise((done) => setTimeout(done, time));

function fetch(address) {
  return new Promise((done, failed) => {
    get(address, { agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done(Buffer.concat(parts).toString()));
    }).on("error", failed);
  });
}

/** An archive with `entries` entries, and the entry that is edited. */
function archive(entries) {
  const folder = mkdtempSync(join(tmpdir(), "regesta-bench-"));
  const ids = generate(folder, entries);
  const id = ids[ids.length >> 1];
  const file = join(folder, `content/references/${id}.md`);
  return { folder, file, text: readFileSync(file, "utf8"), page: `references/${id}.html` };
}

/** Kinds of edit: each writes `token` somewhere that the entry's page shows. */
function edits({ folder, file, text }) {
  const template = join(folder, "themes/default/templates/entry.html");
  const original = readFileSync(join(root, "themes/default/templates/entry.html"), "utf8");
  const vocabulary = text.match(/^keywords: \[(.*)\]$/m);
  return {
    prose: (token) => writeFileSync(file, `${text}\nEdited ${token} now.\n`),
    title: (token) => writeFileSync(file, text.replace(/^title: .*$/m, `title: "Edited ${token} now"`)),
    keyword: (token) => writeFileSync(file, text.replace(vocabulary[0], `keywords: [${vocabulary[1]}, ${token}]`)),
    template: (token) => {
      mkdirSync(join(template, ".."), { recursive: true });
      writeFileSync(template, original.replace("{% block main %}", `{% block main %}<p>${token}</p>`));
    },
    restore: () => {
      writeFileSync(file, text);
      rmSync(join(folder, "themes"), { recursive: true, force: true });
    },
  };
}

async function serve(folder, page) {
  const started = process.hrtime.bigint();
  const child = spawn(binary, ["serve", "--root", folder, "--port", "0", "--message-format", "json"], { stdio: ["ignore", "pipe", "inherit"] });
  let told;
  const address = new Promise((done) => {
    createInterface(child.stdout).on("line", (line) => {
      told = JSON.parse(line);
      if (told.event === "listening") done(told.address);
    });
  });
  const home = await address;
  await fetch(home + page);
  const first = milliseconds(started);
  const ticks = () => readFileSync(`/proc/${child.pid}/stat`, "utf8").replace(/.*\) /, "").split(" ").slice(11, 13).map(Number);
  const worked = () => ticks().reduce((one, other) => one + other);
  return {
    home,
    first,
    /** Megabytes, at the most so far. */
    memory: () => Number(readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1024,
    /** Until the server has done nothing for a third of a second. */
    async rest() {
      for (let still = 0, last = worked(); still < 3; ) {
        await pause(110);
        const now = worked();
        still = now - last <= 1 ? still + 1 : 0;
        last = now;
      }
      await pause(Math.random() * 100);
    },
    stop: () => child.kill("SIGTERM"),
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

for (const entries of options.entries.split(",")) {
  const made = archive(Number(entries));
  const server = await serve(made.folder, made.page);
  const write = edits(made);
  console.log(`${entries} entries: first page after ${server.first.toFixed(0)} ms`);
  let number = 0;
  for (const kind of ["prose", "title", "keyword", "template"]) {
    const times = { served: [], browser: [] };
    for (let edit = 0; edit < Number(options.edits); edit++) {
      await server.rest();
      const token = `token-${process.pid}-${number++}`;
      const since = process.hrtime.bigint();
      write[kind](token);
      while (!(await fetch(server.home + made.page)).includes(token));
      times.served.push(milliseconds(since));
    }
    if (options.browser) {
      const tab = await browser(server.home + made.page);
      for (let edit = 0; edit < Number(options.edits); edit++) {
        await server.rest();
        const token = `token-${process.pid}-${number++}`;
        // A keyword without a vocabulary is shown as words.
        const { shown } = await tab.wait(kind === "keyword" ? token.replaceAll("-", " ").replace("t", "T") : token);
        const since = process.hrtime.bigint();
        write[kind](token);
        await shown;
        times.browser.push(milliseconds(since));
      }
      await tab.close();
    }
    const line = Object.entries(times).filter(([, all]) => all.length).map(([where, all]) => `${where} ${median(all).toFixed(1)} / ${Math.max(...all).toFixed(1)} ms`);
    console.log(`  ${kind.padEnd(8)} ${line.join("   ")}   (median / worst of ${options.edits})`);
    write.restore();
  }
  console.log(`  memory   ${server.memory().toFixed(0)} MB at the most`);
  server.stop();
  rmSync(made.folder, { recursive: true, force: true });
}
agent.destroy();
