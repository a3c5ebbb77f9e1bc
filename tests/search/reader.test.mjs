// The browser's reader gives back what the program put into an index: every term, posting, position and document.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { engine } from "./engine.mjs";
import { cases } from "./site.mjs";

const plain = (value) => JSON.parse(JSON.stringify(value));

for (const layout of ["one", "usual", "many"]) {
  test(`indexes of any text are read as they were written (${layout})`, async () => {
    let files = 0;
    for (const name of readdirSync(cases())) {
      const held = JSON.parse(readFileSync(join(cases(), name, "held.json"), "utf8"));
      const { open, search } = engine(join(cases(), name, layout));
      await open();
      const index = await search.manifest();
      const message = `case ${name}, ${layout}`;
      files += index.t.length;
      const keys = [], backwards = [];
      for (let number = 0; number < index.t.length; number += 1) {
        assert.ok(search.compare(keys.at(-1) ?? "", index.t[number]) < 0, message);
        for (const term of await search.lists.terms(index, number)) {
          keys.push(term.key);
          const documents = held.terms[term.key] ?? [];
          assert.equal(term.documents, documents.length, `${message}: ${term.key}`);
          const postings = await search.lists.postings(term, true), positions = await search.lists.positions(index, term);
          assert.deepEqual(plain(postings), documents.map(([document, impact]) => [document, impact]), `${message}: ${term.key}`);
          const places = documents.map(([document]) => plain(positions?.get(document) ?? []));
          assert.deepEqual(places, documents.map(([, , places]) => places), `${message}: ${term.key}`);
        }
      }
      assert.deepEqual([...keys].sort(search.compare), keys, message);
      assert.deepEqual([...keys].sort(), Object.keys(held.terms).sort(), message);
      for (const key of keys) assert.equal((await search.lists.exact(index, key))?.key, key, message);
      for (let number = 0; number < index.r.length; number += 1) search.keys(await search.keyed("r", index.r.slice(number, number + 2)), (key) => backwards.push(Array.from(key).reverse().join("")));
      assert.deepEqual(backwards.filter((key) => !(key in held.terms)), [], message);
      const shown = [];
      for (let number = 0; number < index.d.length; number += 1) shown.push(...plain(await search.documents(index, number)));
      assert.deepEqual(shown, held.shown, message);
      assert.equal(index.documents, shown.length);
    }
    if (layout === "many") assert.ok(files > 5 * readdirSync(cases()).length, `only ${files} files of terms`);
  });
}
