// The archive, built by the real binary into a temporary folder, and a server for it.
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const binary = process.env.REGESTA ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release", "regesta");

/** The base path under which a project page of GitHub is served. */
const BASE_PATH = "/some/repo/";

/** The address that an entry "had before", so that the built archive has a redirect. */
export const OLD_ID = "krasner-1982-old-name";
const RENAMED = "content/references/24-krasner-1982-structural-causes.md";

/**
 * Builds the archive, or what `write` puts into a folder, and serves it. `build` does so again, after changes to `source`.
 * `prefetched` grows by each address that a browser asks for ahead of need.
 * `folder` holds the files, `http` and `file` are the two addresses that a reader may open it at, both with a last slash.
 */
export async function publish(write = copyArchive) {
  if (!existsSync(binary)) throw new Error(`there is no ${binary}: run cargo build --release first`);
  const scratch = mkdtempSync(join(tmpdir(), "regesta-browser-"));
  const folder = join(scratch, "site");
  const prefetched = [];
  const server = serve(folder, prefetched);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const http = `http://127.0.0.1:${server.address().port}${BASE_PATH}`;

  const source = join(scratch, "source");
  const build = () => {
    const built = spawnSync(binary, ["build", "-q", "--root", source, "--out", folder, "--base-url", http], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`the archive does not build:\n${built.stdout}${built.stderr}`);
  };
  write(source);
  build();
  return {
    prefetched,
    source,
    build,
    folder,
    http,
    file: pathToFileURL(folder).href + "/",
    files: listFiles(folder),
    text: (address) => readFileSync(join(folder, address), "utf8"),
    size: (address) => statSync(join(folder, address)).size,
    has: (address) => existsSync(join(folder, address)),
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** This archive, with an entry that has an older address. */
function copyArchive(source) {
  for (const part of ["site.toml", "content", "themes"]) cpSync(join(root, part), join(source, part), { recursive: true });
  const entry = readFileSync(join(source, RENAMED), "utf8").replace("\n---\n", `\naliases: [${OLD_ID}]\n---\n`);
  rmSync(join(source, RENAMED));
  appendFileSync(join(source, RENAMED), entry);
}

/** All files of the site, as addresses. */
function listFiles(folder, below = "") {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((item) => {
      const address = below + item.name;
      return item.isDirectory() ? listFiles(folder, address + "/") : [address];
    })
    .sort();
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
  ".txt": "text/plain; charset=utf-8",
};
const COMPRESSED = new Set([".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"]);

/** Serves the folder as GitHub Pages would: below one path, compressed, with 404.html for what is not there. */
function serve(folder, prefetched) {
  return createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    let file = null;
    if (/\bprefetch\b/.test(request.headers["sec-purpose"] ?? request.headers.purpose ?? "")) prefetched.push(path.slice(BASE_PATH.length));
    if (path.startsWith(BASE_PATH)) {
      file = join(folder, normalize("/" + path.slice(BASE_PATH.length)));
      if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    }
    let status = 200;
    if (!file || !existsSync(file)) {
      status = 404;
      file = path.startsWith(BASE_PATH) ? join(folder, "404.html") : null;
    }
    const kind = file ? extname(file) : ".txt";
    let body = file ? readFileSync(file) : Buffer.from("nothing is served outside the base path\n");
    const headers = { "content-type": TYPES[kind] ?? "application/octet-stream", "cache-control": "max-age=600" };
    if (COMPRESSED.has(kind) && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
      body = gzipSync(body);
      headers["content-encoding"] = "gzip";
    }
    response.writeHead(status, { ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}
