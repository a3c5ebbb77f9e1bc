// A file that `regesta pack` makes, and what is in it, below a temporary folder.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateRawSync } from "node:zlib";
import { binary, root } from "./site.mjs";

export const regesta = (...args) => spawnSync(binary, args, { encoding: "utf8" });

/** Packs the archive of this repository and unpacks it again. `file` is the pack, `names` are the files in it. */
export function packed(format, unpackAs = "unpacked elsewhere, ünd so") {
  const scratch = mkdtempSync(join(tmpdir(), "regesta-packed-"));
  const file = join(scratch, `archive.${format}`);
  const pack = (out) => {
    const done = regesta("pack", "-q", "--root", root, "--format", format, "--out", out);
    if (done.status !== 0) throw new Error(`the archive is not packed:\n${done.stdout}${done.stderr}`);
    return readFileSync(out);
  };
  const bytes = pack(file);
  const folder = join(scratch, unpackAs);
  const files = unzip(bytes);
  for (const { name, content } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return {
    scratch,
    file,
    bytes,
    folder,
    files,
    names: files.map(({ name }) => name),
    again: () => pack(join(scratch, `again.${format}`)),
    address: (path) => pathToFileURL(join(folder, path)).href,
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** The files of a ZIP, by its list at the end (APPNOTE.TXT 6.3.10, section 4.3). `start` is where the content begins. */
function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const files = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size, length] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const held = bytes.subarray(start, start + size);
    files.push({ name: bytes.toString("utf8", at + 46, at + 46 + length), content: method === 0 ? held : inflateRawSync(held), start, size });
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}
