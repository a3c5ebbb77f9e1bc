// What the archive says of its works, read from content/ without Regesta: front matter is CSL-YAML.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** `Krasner, S.`; an institution as it is. */
export const inverted = ({ literal, family, given, "non-dropping-particle": particle }) =>
  literal ?? [[particle, family].filter(Boolean).join(" "), given].filter(Boolean).join(", ");

function read(file) {
  const [, matter] = readFileSync(file, "utf8").split(/^---$/m, 2);
  return parse(matter, { schema: "failsafe" });
}

const entries = ["references", "documents"].flatMap((collection) =>
  readdirSync(join(ROOT, "content", collection))
    .filter((name) => /^\d+-.*\.md$/.test(name))
    .map((name) => ({ id: name.replace(/^\d+-|\.md$/g, ""), ...read(join(ROOT, "content", collection, name)) })),
);

/** Each work once: `id`, `title`, `authors`, `institutions` among them, and `year`, by id. */
export const WORKS = new Map(
  entries
    .filter((entry) => !("same-as" in entry))
    .map(({ id, title, author = [], issued }) => [
      id,
      {
        title,
        authors: author.map(inverted),
        institutions: author.map((name) => name.literal).filter(Boolean),
        year: issued?.match(/\d{4}/)?.[0],
      },
    ]),
);
export const ENTRIES = entries.length;
