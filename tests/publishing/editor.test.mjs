// What `init` writes for Visual Studio Code: its task finds each fault at its place, in front matter too, for which no schema is used.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, run, scratch, succeed } from "./scratch.mjs";

test("the task of a new archive puts each fault where it stands", (t) => {
  const folder = join(scratch(t), "letters");
  succeed(binary, ["init", folder]);
  const { tasks } = JSON.parse(readFileSync(join(folder, ".vscode/tasks.json"), "utf8"));
  assert.equal(tasks.length, 1);
  const [{ command, args, problemMatcher }] = tasks;
  assert.equal(command, "regesta");
  const entry = "content/works/22-johnson-1996-law-and-borders.md";
  const text = readFileSync(join(folder, entry), "utf8");
  writeFileSync(join(folder, entry), text.replace(/^type: .*$/m, "type: pamphet").replace(/$/, "\nSee [[nobody]].\n"));

  const { status, both } = run(binary, args, { cwd: folder });
  assert.equal(status, 1);
  const [said, where] = problemMatcher.pattern.map(({ regexp }) => new RegExp(regexp));
  const lines = both.split("\n");
  const found = lines.flatMap((line, at) => {
    const [what, place] = [said.exec(line), where.exec(lines[at + 1] ?? "")];
    return what && place ? [{ code: what[2], file: place[1], line: Number(place[2]) }] : [];
  });
  const line = text.split("\n").findIndex((line) => line.startsWith("type: ")) + 1;
  assert.ok(found.some((fault) => fault.file === entry && fault.line === line), both);
  assert.equal(found.length, lines.filter((line) => /^(error|warning)\[/.test(line)).length, both);
});
