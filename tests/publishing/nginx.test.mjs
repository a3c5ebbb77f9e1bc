// The site behind nginx, with the configuration that the manual gives.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { crawl } from "./crawl.mjs";
import { nginx } from "./nginx.mjs";
import { binary, root, scratch, succeed } from "./scratch.mjs";

/** The archive of this repository, built once for each path; the folder is what has that path in it. */
const folders = new Map();
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function built(path = "") {
  if (!folders.has(path)) folders.set(path, mkdtempSync(join(tmpdir(), "regesta-publishing-")));
  const folder = folders.get(path);
  const site = join(folder, path);
  // The second time nothing is written.
  succeed(binary, ["build", "-q", "--root", root, "--out", site, "--base-url", `https://example.org${path}/`]);
  return { folder, site };
}

/** One request as it stands: no redirect is followed, nothing is unpacked. */
function ask(address, headers = {}, method = "GET") {
  return new Promise((done, failed) => {
    const asked = request(address, { method, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    asked.on("error", failed);
    asked.end();
  });
}

const PAGE = "references/krasner-1982-structural-causes.html";

test("every link of the site is answered, at a domain's root and below a path", async (t) => {
  for (const path of ["", "/repo"]) {
    const { folder } = built(path);
    const host = await nginx(t, folder, `${path}/404.html`);
    const { seen, faults } = await crawl(`${host}${path}/index.html`);
    assert.deepEqual(faults, []);
    assert.ok(seen.size > 250, `${seen.size} addresses`);
    const missing = await ask(`${host}${path}/references/nobody.html`);
    assert.equal(missing.status, 404);
    assert.match(missing.body.toString(), /<title>Page not found/);
  }
});

test("a page is at its address without .html as well, and a folder gets its last slash", async (t) => {
  const { folder, site } = built();
  const host = await nginx(t, folder);
  const plain = await ask(`${host}/${PAGE.replace(".html", "")}`);
  assert.equal(plain.status, 200);
  assert.deepEqual(plain.body, readFileSync(join(site, PAGE)));
  const slashed = await ask(`${host}/references`);
  assert.deepEqual([slashed.status, slashed.headers.location], [301, "/references/"]);
  assert.equal((await ask(`${host}/references/`)).status, 200);
  assert.equal((await ask(`${host}/`)).status, 200);
  assert.equal((await ask(`${host}/.regesta-manifest`)).status, 404);
});

test("every answer, also of what is not there, has the headers that keep a page to itself", async (t) => {
  const { folder } = built();
  const host = await nginx(t, folder);
  for (const address of [PAGE, "static/js/theme.js", "nobody.html"]) {
    const { headers } = await ask(`${host}/${address}`);
    assert.match(headers["content-security-policy"], /^default-src 'none'; .*; frame-ancestors 'none'$/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.doesNotMatch(headers.server, /\d/);
  }
  const types = { [PAGE]: "text/html; charset=utf-8", "feed.xml": "application/atom+xml; charset=utf-8", "sitemap.xml": "text/xml; charset=utf-8" };
  for (const [address, type] of Object.entries(types)) assert.equal((await ask(`${host}/${address}`)).headers["content-type"], type);
});

test("the policy in the header is the page's own and more", (t) => {
  const { site } = built();
  const own = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(join(site, PAGE), "utf8"))[1];
  assert.ok(readFileSync(join(root, "docs/content/hosts/nginx.conf"), "utf8").includes(`"${own}; frame-ancestors 'none'"`));
});

test("what a browser has is asked for again and not sent again, also after another build; type is kept for a week", async (t) => {
  const { folder, site } = built();
  const host = await nginx(t, folder);
  const first = await ask(`${host}/${PAGE}`);
  assert.equal(first.headers["cache-control"], "no-cache");
  succeed(binary, ["build", "-q", "--root", root, "--out", site, "--base-url", "https://example.org/"]);
  const again = await ask(`${host}/${PAGE}`, { "If-None-Match": first.headers.etag });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const face = await ask(`${host}/static/fonts/source-serif-4-latin-400-normal.woff2`);
  assert.deepEqual([face.headers["content-type"], face.headers["cache-control"]], ["font/woff2", "public, max-age=604800"]);
});

test("compressed copies are sent to whoever takes them", async (t) => {
  const folder = scratch(t);
  const source = join(folder, "source");
  succeed(binary, ["init", "-q", source]);
  succeed(binary, ["build", "-q", "--root", source, "--out", join(folder, "site"), "--precompress"]);
  const page = "works/johnson-1996-law-and-borders.html";
  const file = join(folder, "site", page);
  const host = await nginx(t, join(folder, "site"));
  for (const [encoding, end] of [["gzip", ".gz"], ["br", ".br"]]) {
    const packed = await ask(`${host}/${page}`, { "Accept-Encoding": encoding });
    assert.deepEqual([packed.status, packed.headers["content-encoding"], packed.headers["content-type"]], [200, encoding, "text/html; charset=utf-8"]);
    assert.equal(packed.body.length, statSync(file + end).size);
    assert.match(packed.headers.vary, /Accept-Encoding/);
  }
  assert.equal((await ask(`${host}/${page}`)).headers["content-encoding"], undefined);
});
