// The manual: its commands are run as they stand, its links hold here and where the repository is read, and it is an archive
// without a fault.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import GithubSlugger from "github-slugger";
import { crawl } from "./crawl.mjs";
import { nginx } from "./nginx.mjs";
import { binary, root, run, scratch, succeed } from "./scratch.mjs";

const content = join(root, "docs/content");
const pages = readdirSync(content, { recursive: true }).filter((path) => path.endsWith(".md")).sort();
const text = (page) => readFileSync(join(content, page), "utf8");

/** Fenced blocks, each with its language, its text, and the sentence that it follows. */
function blocks(markdown) {
  const found = [];
  for (const match of markdown.matchAll(/^(`{3,})(\w*)\n([\s\S]*?)^\1$/gm)) {
    const before = markdown.slice(0, match.index).trimEnd();
    found.push({ language: match[2], text: match[3], before: before.slice(before.lastIndexOf("\n\n") + 2) });
  }
  return found;
}

/**
 * A reader who follows a page: a folder, and what a shell keeps from one block of commands to the next.
 *
 * - A block `sh` is run. If a block `text` follows, its lines are printed, and it has an error where the command failed.
 * - A block with `regesta serve` is started on a free port without a browser, asked for the home page, and ended.
 * - A block behind "let `path` hold this:" is written to that file; one behind "at the end of `path`:", "at the beginning of
 *   `path`:" or "into the front matter of `path`:" is added there.
 * - `console`, with a `$` before each line, is what no test can run.
 */
async function follow(t, page, folder) {
  const bin = join(folder, ".bin");
  mkdirSync(bin);
  symlinkSync(binary, join(bin, "regesta"));
  const env = {
    PATH: bin + delimiter + process.env.PATH,
    HOME: folder,
    GIT_AUTHOR_NAME: "A Reader",
    GIT_AUTHOR_EMAIL: "reader@example.org",
    GIT_COMMITTER_NAME: "A Reader",
    GIT_COMMITTER_EMAIL: "reader@example.org",
  };
  let cwd = folder;
  let ran = 0;
  const all = blocks(text(page));
  for (const [index, { language, text: block, before }] of all.entries()) {
    edit(cwd, before, block);
    if (language === "console") assert.match(block, /^(\$ .*\n)+$/, `${page}: each line of \`console\` begins with a $`);
    if (language !== "sh") continue;
    if (/\bregesta serve\b/.test(block)) {
      for (const line of block.trim().split("\n")) await serves(t, line, cwd, env);
    } else {
      const left = join(folder, ".left");
      const done = run("bash", ["-euo", "pipefail", "-c", `${block}\npwd > '${left}'`], { cwd, env });
      const expected = all[index + 1]?.language === "text" ? all[index + 1].text.trimEnd().split("\n") : [];
      const fails = expected.some((line) => line.startsWith("error"));
      assert.equal(done.status !== 0, fails, `${page}:\n${block}\n${done.both}`);
      for (const line of expected) assert.ok(done.both.split("\n").some((printed) => printed.trim() === line.trim()), `${page}: no line\n${line}\nin\n${done.both}`);
      if (!fails) cwd = readFileSync(left, "utf8").trimEnd();
    }
    ran += 1;
  }
  return { cwd, env, ran };
}

function edit(cwd, before, block) {
  const [, where, name] = /(let|at the end of|at the beginning of|into the front matter of) `([^`]+)`(?: hold this)?:$/i.exec(before) ?? [];
  if (!where) return;
  const path = join(cwd, name);
  const old = existsSync(path) ? readFileSync(path, "utf8") : "";
  const edited = { let: block, "at the end of": `${old}\n${block}`, "at the beginning of": block + old, "into the front matter of": old.replace("---\n", `---\n${block}`) };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, edited[where.toLowerCase()]);
}

async function serves(t, line, cwd, env) {
  const command = `exec env ${line.replace(" --open", "")} --port 0`;
  const server = spawn("bash", ["-c", command], { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "exit");
  t.after(() => server.kill("SIGKILL"));
  let said = "";
  const address = await new Promise((found, failed) => {
    const hear = (chunk) => {
      said += chunk;
      const url = /http:\/\/[\w.:]+\//.exec(said);
      if (url) found(url[0]);
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    ended.then(() => failed(new Error(`regesta serve ended:\n${said}`)));
  });
  const answer = await fetch(address);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /<title>/);
  server.kill("SIGTERM");
  await ended;
}

test("the tutorial leads from an empty folder to a site that is served below a path without a fault", async (t) => {
  const folder = scratch(t);
  const { cwd, env, ran } = await follow(t, "tutorial/first-archive.md", folder);
  assert.ok(ran >= 6);
  assert.equal(relative(folder, cwd), "borders");

  const served = scratch(t);
  succeed("regesta", ["build", "--quiet", "--out", join(served, "repo"), "--base-url", "https://example.org/repo/"], { cwd, env });
  const host = await nginx(t, served, "/repo/404.html");
  const { seen, faults } = await crawl(`${host}/repo/index.html`);
  assert.deepEqual(faults, []);
  assert.ok(seen.has(`${host}/repo/works/keohane-1984-after-hegemony.html`));
  assert.equal((await fetch(`${host}/repo/nobody.html`)).status, 404);

  const archive = readFileSync(join(served, "repo/works/johnson-1996-law-and-borders.html"), "utf8");
  assert.match(archive, /keohane-1984-after-hegemony\.html/, "the entry that is linked to names the new one");
  assert.match(readFileSync(join(served, "repo/keywords/cooperation.html"), "utf8"), /keohane-1984-after-hegemony\.html#functional-argument/);
});

const guides = pages.filter((page) => page.startsWith("guides/") && blocks(text(page)).some(({ language }) => language === "sh"));

for (const page of guides) {
  test(`what ${page} says to do can be done in a new archive`, async (t) => {
    const folder = join(scratch(t), "archive");
    succeed(binary, ["init", folder]);
    const { ran } = await follow(t, page, folder);
    assert.ok(ran > 0);
  });
}

test("every link to a section leads to one where the repository is read", () => {
  const headings = new Map(pages.map((page) => [page, slugs(text(page))]));
  let seen = 0;
  for (const page of pages) {
    const plain = text(page).replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, "").replace(/`[^`\n]*`/g, "");
    for (const [, target] of plain.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, section] = target.split("#");
      const file = path === "" ? page : relative(content, resolve(content, dirname(page), path));
      assert.ok(existsSync(join(content, file)), `${page} links to ${target}`);
      if (section === undefined) continue;
      assert.ok(headings.get(file)?.has(section), `${page} links to ${target}`);
      seen += 1;
    }
  }
  assert.ok(seen > 20);
});

/** The ids that GitHub gives to the headings of a file. */
function slugs(markdown) {
  const slugger = new GithubSlugger();
  const plain = markdown.replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, "");
  return new Set([...plain.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slugger.slug(heading.replaceAll("`", ""))));
}

test("the manual is an archive without a fault, and every link of it is answered", async (t) => {
  const folder = scratch(t);
  succeed(binary, ["check", "--strict", "--root", join(root, "docs")]);
  succeed(binary, ["build", "--quiet", "--root", join(root, "docs"), "--out", join(folder, "manual"), "--base-url", "https://example.org/manual/"]);
  const host = await nginx(t, folder, "/manual/404.html");
  const { seen, faults } = await crawl(`${host}/manual/index.html`);
  assert.deepEqual(faults, []);
  const entries = pages.filter((page) => page.includes("/") && !page.endsWith("index.md"));
  for (const entry of entries) {
    const address = entry.replace(/\/\d+-/, "/").replace(/\.md$/, ".html");
    assert.ok(seen.has(`${host}/manual/${address}`), address);
  }
});

test("each kind of page lists all its pages", () => {
  for (const folder of ["tutorial", "guides", "reference", "explanation"]) {
    const listed = text(join(folder, "index.md"));
    for (const page of pages.filter((page) => dirname(page) === folder && !page.endsWith("/index.md"))) {
      assert.ok(listed.includes(`](${page.slice(folder.length + 1)})`), page);
    }
  }
});
