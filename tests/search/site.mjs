// What the tests of search read: the built archive, and the archives that `cargo test --test search` writes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

function there(folder, remedy) {
  if (!existsSync(folder)) throw new Error(`there is no ${folder}: run ${remedy} first`);
  return folder;
}

/** The folder of the built archive. */
export const site = () => {
  const folder = process.env.REGESTA_SITE ?? join(target, "search-site");
  return there(folder, `regesta build --out ${folder}`);
};

/** A folder with a folder for each archive: `one`, `usual` and `many` have the layouts of its index, `held.json` what it holds. */
export const cases = () => there(join(target, "tmp", "search-cases"), "cargo test --test search");

/** The same of the repository's own archive. */
export const own = () => there(join(target, "tmp", "search-own"), "cargo test --test search");
