// What is measured, each with the same handles: how it gets its archive, where an entry and its page are, how it builds and
// serves. Programs are looked for where `scripts/bench` puts them, Zola on the PATH; REGESTA, HUGO and ZOLA name others.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./archive.mjs";

export const root = fileURLToPath(new URL("../", import.meta.url));
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

const inFolders = (folder) => readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).length;
const onPath = (name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)).find(existsSync);

export const regesta = {
  name: "Regesta",
  program: process.env.REGESTA ?? join(target, "release", "regesta"),
  remedy: "cargo build --release",
  version() {
    return said(this.program, "--version").replace(/^regesta /, "");
  },
  make: (folder, entries, shape) => generate(folder, entries, { shape }),
  source: (id) => `content/references/${id}.md`,
  page: (id) => `references/${id}.html`,
  /** Pages of entries below an output folder; the list of them is a page as well. */
  entryPages: (out) => readdirSync(join(out, "references")).filter((name) => name.endsWith(".html") && name !== "index.html").length,
  build(folder) {
    return [this.program, "build", "--quiet", "--root", folder, "--out", join(folder, "public")];
  },
  /** What one build keeps for the next, below the archive's folder. */
  kept: ["public", ".regesta"],
  template: "themes/default/templates/entry.html",
  originalTemplate: () => readFileSync(join(root, "themes/default/templates/entry.html"), "utf8"),
  templateStart: "{% block main %}",
  serve(folder, port) {
    return [this.program, "serve", "--quiet", "--root", folder, "--port", String(port)];
  },
  /** Edits of each kind in the preview of an archive of more than 1,000 entries. */
  edits: 10,
};

/** What others have in common: all entries in one section, settings and templates in a folder of `benches`. */
const other = (form) => ({
  make(folder, entries, shape) {
    const ids = generate(folder, entries, { form, shape });
    cpSync(join(root, "benches", form), folder, { recursive: true });
    return ids;
  },
  source: (id) => `content/entries/${id}.md`,
  page: (id) => `entries/${id}/`,
  entryPages: (out) => inFolders(join(out, "entries")),
  originalTemplate() {
    return readFileSync(join(root, "benches", form, this.template), "utf8");
  },
});

export const hugo = {
  ...other("hugo"),
  name: "Hugo",
  program: process.env.HUGO ?? join(target, "bench/python/hugo/binaries/hugo"),
  remedy: "scripts/bench",
  version() {
    return said(this.program, "version").match(/v([\d.]+)/)?.[1] ?? "?";
  },
  build(folder) {
    return [this.program, "build", "--quiet", "--noBuildLock", "--source", folder, "--destination", join(folder, "public")];
  },
  kept: ["public", "resources"],
  template: "layouts/page.html",
  templateStart: '{{ define "main" }}',
  serve(folder, port) {
    return [this.program, "server", "--quiet", "--noBuildLock", "--source", folder, "--bind", "127.0.0.1", "--port", String(port)];
  },
  // It takes seconds for an edit of a large archive, and before each edit what the last one caused is waited for.
  edits: 5,
};

export const zola = {
  ...other("zola"),
  name: "Zola",
  program: process.env.ZOLA ?? onPath("zola") ?? "",
  remedy: "put zola on the PATH",
  version() {
    return said(this.program, "--version").replace(/^zola /, "");
  },
  build(folder) {
    return [this.program, "--root", folder, "--config", "zola.toml", "build"];
  },
  kept: ["public"],
  template: "templates/page.html",
  templateStart: "{% block main %}",
  serve(folder, port) {
    return [this.program, "--root", folder, "--config", "zola.toml", "serve", "--interface", "127.0.0.1", "--port", String(port)];
  },
  edits: 2,
  /** Milliseconds for which its preview lets an edit lie before it does anything. */
  waits: 1000,
  // 10,000 entries take it half a minute of the processor and 5 GB, and its memory grows with their number.
  /** Entries that it is measured with at the most. */
  most: 10_000,
  /** Entries from which on each kind of build is measured once. */
  onceFrom: 10_000,
};

/** What Regesta is measured beside, where it is there. */
export const others = [hugo, zola];

const said = (program, argument) => (spawnSync(program, [argument], { encoding: "utf8" }).stdout ?? "").trim();

export const present = (generator) => existsSync(generator.program);

/** Kinds of edit, by what they do to an entry's file; an edit of the template is `editTemplate`. */
export const EDITS = {
  prose: (text, token) => `${text}\nEdited ${token} now.\n`,
  title: (text, token) => text.replace(/^title: .*$/m, `title: "Edited ${token} now"`),
  keyword: (text, token) => text.replace(/^( *keywords): \[(.*)\]$/m, `$1: [$2, ${token}]`),
};

/** Has every entry's page show `token`. */
export function editTemplate(generator, folder, token) {
  const file = join(folder, generator.template);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, generator.originalTemplate().replace(generator.templateStart, (start) => `${start}<p>${token}</p>`));
}
