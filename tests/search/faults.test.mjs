// An index that comes in part, or from another build: what is missing is named, the rest stays, and a new try finds all.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { engine } from "./engine.mjs";
import { cases, own } from "./site.mjs";

const folder = join(own(), "usual");
const read = (address, from = folder) => readFileSync(join(from, address), "utf8");
const whole = await engine(folder).find("regimes institutions", { limit: 100 });

/** The files that a query needs, below `search/`. */
async function needed(query) {
  const { find, loaded } = engine(folder);
  await find(query);
  return loaded.filter((file) => /^search\/[a-z]\//.test(file)).map((file) => file.split("?")[0]);
}

/** Ways in which a file can be bad. */
const BAD = {
  missing: () => null,
  empty: () => "",
  cut: (text) => text.slice(0, text.length / 2),
  "another text": () => "<!doctype html><title>Not found</title>",
  "of broken bytes": (text) => text.replace(/,"([^"]*)"\);\s*$/, (all, packed) => `,"${packed.slice(0, packed.length / 2)}");`),
};

for (const [kind, spoil] of Object.entries(BAD)) {
  test(`a file that is ${kind} is named, and asked for again`, async () => {
    for (const address of [...new Set(await needed("regimes institutions"))]) {
      const name = address.slice("search/".length, -".js".length), files = { [address]: spoil(read(address)) };
      const { find, loaded } = engine(folder, files);
      const found = await find("regimes institutions", { limit: 100 });
      assert.equal(found.faults.length, 1, `${name}: ${found.faults}`);
      assert.match(found.faults[0], new RegExp(`\\b${name}\\b`));
      // What does not need the file stays.
      if (/^[dt]/.test(name)) assert.ok(found.total > 0, name);
      if (name.startsWith("d")) assert.equal(found.total, whole.total);
      if (name === "f") assert.deepEqual(found.results, whole.results);
      const before = loaded.length;
      delete files[address];
      assert.deepEqual(await find("regimes institutions", { limit: 100 }), whole, name);
      assert.ok(loaded.slice(before).some((file) => file.startsWith(address)), `${name} is not asked for again`);
    }
  });

  test(`a first file that is ${kind} is asked for again, and not from a cache`, async () => {
    const first = read("search/index.js"), spoilt = kind === "of broken bytes" ? first.replace(/"contents":"[^"]{40}/, '"contents":"') : spoil(first);
    const files = { "search/index.js": spoilt }, { find, loaded } = engine(folder, files);
    await assert.rejects(find("regimes institutions"));
    delete files["search/index.js"];
    assert.deepEqual(await find("regimes institutions", { limit: 100 }), whole);
    assert.match(loaded.filter((file) => file.startsWith("search/index.js")).at(-1), /\?t=\d/);
  });
}

const scratch = mkdtempSync(join(tmpdir(), "regesta-search-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

test("a first file from an older build gives way to the new one", async () => {
  const other = join(cases(), "0", "many");
  let asked = 0;
  const files = { get "search/index.js"() { return read("search/index.js", (asked += 1) === 1 ? other : folder); } };
  const { find, loaded } = engine(folder, files);
  assert.deepEqual(await find("regimes institutions", { limit: 100 }), whole);
  assert.equal(asked, 2);
  assert.match(loaded.filter((file) => file.startsWith("search/index.js")).at(-1), /\?t=\d/, "the new one is taken from a cache");
});

/** A copy of the index's folder in which files of terms are what `other` makes of them. */
function mixed(name, other) {
  const copy = join(scratch, name);
  cpSync(folder, copy, { recursive: true });
  for (const file of readdirSync(join(copy, "search", "t"))) other(join(copy, "search", "t", file), `t/${file.slice(0, -".js".length)}`);
  return copy;
}

test("files of two builds are not taken for one index, and each try begins anew", async () => {
  // One that has the same keys, and other documents.
  const text = readFileSync(join(cases(), "0", "many", "search", "t", readdirSync(join(cases(), "0", "many", "search", "t"))[0]), "utf8");
  const copy = mixed("documents", (path, name) => writeFileSync(path, text.replace(/"t\/\w+"/, `"${name}"`)));
  const files = {}, { find } = engine(copy, files);
  await assert.rejects(find("armed"));
  for (const file of readdirSync(join(folder, "search", "t"))) files[`search/t/${file}`] = read(`search/t/${file}`);
  const found = await find("armed");
  assert.ok(found.total > 0 && !found.faults.length);
});

test("files that are named otherwise are of a newer build, which is read", async () => {
  const copy = mixed("names", (path) => rmSync(path));
  const newer = read("search/index.js").replace(/"hash":"\w+"/, '"hash":"newer"');
  const files = Object.fromEntries(readdirSync(join(folder, "search", "t")).map((file) => [`search/t/${file}`, read(`search/t/${file}`)]));
  let asked = 0;
  const of = { get "search/index.js"() { return (asked += 1) === 1 ? read("search/index.js") : (Object.assign(of, files), newer); } };
  const { find } = engine(copy, of);
  assert.deepEqual(await find("regimes institutions", { limit: 100 }), whole);
  assert.ok(asked > 1);
});

test("positions of other documents than those of a word are of another build", async () => {
  const [first, second] = await Promise.all([folder, folder].map(async (from) => engine(from)));
  const place = (await needed('"international law"')).find((file) => file.startsWith("search/p/")), own = read(place);
  const other = readdirSync(join(folder, "search", "p")).map((file) => `search/p/${file}`).find((file) => file !== place);
  assert.ok((await first.find('"international law"')).total > 0);
  if (!other) return;
  second.files[place] = read(other).replace(/"p\/\w+"/, own.match(/"p\/\w+"/)[0]);
  await assert.rejects(second.find('"international law"'));
  delete second.files[place];
  assert.ok((await second.find('"international law"')).total > 0);
});
