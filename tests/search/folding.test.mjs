// The browser folds words and cuts texts as the program does: tests/search.rs has the other side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { engine } from "./engine.mjs";

test("words of the shared table are as the program has them", async () => {
  const { context, open } = engine("no site");
  await assert.rejects(open());
  const { words } = context.regesta;
  const table = JSON.parse(readFileSync(new URL("folding.json", import.meta.url), "utf8"));
  assert.ok(table.length >= 3000, `it has only ${table.length} cases`);
  const different = table.flatMap(([text, expected]) => {
    const found = words.of(text).map((word) => [word.key, word.position, word.parts, words.romanization(text.slice(word.start, word.end))]);
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ text, expected, found }];
  });
  assert.deepEqual(different, []);
});
