// The scripts that the workflows and the action run.
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, copy, root, run, scratch, standIns, succeed, target, write } from "./scratch.mjs";

const version = /^version = "(.*)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];

const ARCHIVE = {
  "site.toml": 'title = "Letters"\n\n[[collections]]\nid = "letters"\ntitle = "Letters"\n',
  "content/letters/first.md": "---\ntype: personal_communication\ntitle: The first letter\nissued: 1821\n---\nTo the mill.\n",
  "content/letters/second.md": "---\ntype: personal_communication\ntitle: The second letter\nissued: 1822\n---\nAn answer.\n",
};

test("the toolchain is the one that Cargo.toml names, with a target where one is asked for", (t) => {
  const folder = scratch(t);
  const env = { PATH: standIns(folder, "rustup", "sudo") };
  const rust = /^rust-version = "(.*)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
  succeed("scripts/actions/toolchain", [], { env });
  succeed("scripts/actions/toolchain", ["aarch64-unknown-linux-musl"], { env });
  assert.deepEqual(readFileSync(join(folder, "calls"), "utf8").trim().split("\n"), [
    `rustup toolchain install ${rust} --profile minimal --component rustfmt,clippy --no-self-update`,
    `rustup default ${rust}`,
    `rustup toolchain install ${rust} --profile minimal --target aarch64-unknown-linux-musl --component llvm-tools --no-self-update`,
    "sudo apt-get -qq update",
    "sudo apt-get install -qq --yes --no-install-recommends musl-tools",
    `rustup default ${rust}`,
  ]);
});

/** A folder of releases with the binary at hand, packed as a release is. */
function released(t) {
  const folder = scratch(t);
  const out = join(folder, `v${version}`);
  succeed("scripts/release/build", ["x86_64-unknown-linux-musl", out], { env: { REGESTA: binary } });
  const repository = withChangelog(join(folder, "repository"));
  succeed("scripts/release/publish", [`v${version}`, out, "--sums-only"], { cwd: repository });
  return { releases: `file://${folder}`, out, name: `regesta-${version}-x86_64-unknown-linux-musl.tar.gz` };
}

function withChangelog(folder) {
  mkdirSync(folder, { recursive: true });
  copy(folder, "scripts/release", "Cargo.toml");
  const changelog = `# Changelog\n\n## [Unreleased]\n\n## [${version}] - 2026-12-01\n\n### Added\n\n- All of it.\n\n## [0.0.1] - 2026-01-01\n\n- A start.\n`;
  return write(folder, { "CHANGELOG.md": changelog });
}

test("a released binary is installed where its checksum is right, and then it runs", (t) => {
  const { releases } = released(t);
  const runner = scratch(t);
  const env = { REGESTA_RELEASES: releases, RUNNER_TEMP: runner, GITHUB_PATH: join(runner, "path") };
  const installed = succeed("scripts/pages/install", ["release"], { env }).stdout.trim();
  isThisVersion(installed);
  assert.equal(readFileSync(env.GITHUB_PATH, "utf8"), `${join(runner, "regesta-bin")}\n`);
});

test("a binary that is not what the list of checksums says is not installed", (t) => {
  const { releases, out, name } = released(t);
  const runner = scratch(t);
  const env = { REGESTA_RELEASES: releases, RUNNER_TEMP: runner };
  const sums = readFileSync(join(out, "SHA256SUMS"), "utf8");

  appendFileSync(join(out, name), "more");
  const other = run("scripts/pages/install", ["release"], { env });
  assert.equal(other.status, 1);
  assert.match(other.stderr, /is not what SHA256SUMS says/);

  writeFileSync(join(out, "SHA256SUMS"), sums.replaceAll(name, "another.tar.gz"));
  const unlisted = run("scripts/pages/install", ["release"], { env });
  assert.equal(unlisted.status, 1);
  assert.match(unlisted.stderr, /has no line for/);

  rmSync(join(out, name));
  assert.notEqual(run("scripts/pages/install", ["release"], { env }).status, 0);
  assert.deepEqual(readdirSync(join(runner, "regesta-bin")), []);
});

test("a release has the program, its licences and those of all that is in it", (t) => {
  const { out, name } = released(t);
  const folder = name.replace(".tar.gz", "");
  const listed = succeed("tar", ["-tzf", join(out, name)]).stdout.trim().split("\n");
  const files = ["CHANGELOG.md", "LICENCES.txt", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "completions/", "man/", "regesta"];
  assert.deepEqual(listed.filter((path) => /^[^/]+\/[^/]+\/?$/.test(path)), files.map((file) => `${folder}/${file}`));
  for (const file of ["completions/regesta.bash", "completions/regesta.zsh", "man/regesta.1", "man/regesta-build.1"]) {
    assert.ok(succeed("tar", ["-xzOf", join(out, name), `${folder}/${file}`]).stdout.length > 100, file);
  }
  const licences = succeed("tar", ["-xzOf", join(out, name), `${folder}/LICENCES.txt`]).stdout;
  for (const crate of ["tera ", "pulldown-cmark ", "cssparser "]) assert.ok(licences.includes(`\n${crate}`), crate);
  assert.ok(!licences.includes("\nproptest "), "what only tests use is not handed on");
});

test("packing the same twice gives the same bytes", (t) => {
  const folder = scratch(t);
  for (const out of ["a", "b"]) succeed("scripts/release/build", ["x86_64-unknown-linux-musl", join(folder, out)], { env: { REGESTA: binary } });
  const [name] = readdirSync(join(folder, "a"));
  assert.deepEqual(readFileSync(join(folder, "a", name)), readFileSync(join(folder, "b", name)));
});

test("a tag is released that is the version and has a section in the changelog, with that section as its notes", (t) => {
  const repository = withChangelog(scratch(t));
  assert.equal(succeed("scripts/release/check", [`v${version}`], { cwd: repository }).stdout.trim(), "### Added\n\n- All of it.");
  const other = run("scripts/release/check", ["v99.0.0"], { cwd: repository });
  assert.equal(other.status, 1);
  assert.match(other.stderr, /Cargo.toml has version/);
  write(repository, { "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- Not yet.\n" });
  const undated = run("scripts/release/check", [`v${version}`], { cwd: repository });
  assert.equal(undated.status, 1);
  assert.match(undated.stderr, /has no section/);
});

test("a release is published with all its files and their checksums", (t) => {
  const repository = withChangelog(scratch(t));
  const files = write(join(repository, "files"), { "a.tar.gz": "a", "b.cdx.json": "{}" });
  const env = { PATH: standIns(repository, "gh"), GITHUB_REPOSITORY: "owner/name", GITHUB_SHA: "c0ffee" };
  succeed("scripts/release/publish", [`v${version}`, files], { cwd: repository, env });
  const calls = readFileSync(join(repository, "calls"), "utf8");
  assert.match(calls, new RegExp(`^gh release create v${version} --verify-tag --title v${version} --notes \n### Added`));
  assert.match(calls, /-- SHA256SUMS a\.tar\.gz b\.cdx\.json$/m);
  const first = version.split(".")[0];
  assert.ok(calls.endsWith(`gh api --silent --method PATCH repos/owner/name/git/refs/tags/v${first} --raw-field sha=c0ffee --field force=true\n`));
  succeed("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: files });
});

test("the action builds a site with the address that it is given, and shows a fault at its line", (t) => {
  const folder = write(scratch(t), ARCHIVE);
  const env = { REGESTA: binary, REGESTA_BASE_URL: "https://example.org/letters/", GITHUB_OUTPUT: join(folder, "output") };
  const site = join(folder, "public");
  succeed("scripts/pages/build", [folder, site], { env });
  const page = readFileSync(join(site, "letters/first.html"), "utf8");
  assert.ok(page.includes('<link rel="canonical" href="https://example.org/letters/letters/first.html">'));
  assert.equal(readFileSync(env.GITHUB_OUTPUT, "utf8"), `site=${site}\n`);

  // No pack is asked for, and then one that the home page leads to.
  assert.ok(!existsSync(join(site, "letters.zip")));
  const settings = readFileSync(join(folder, "site.toml"), "utf8");
  write(folder, { "site.toml": `${settings}\n[pack]\naddress = "letters.zip"\n` });
  succeed("scripts/pages/build", [folder, site], { env });
  succeed(binary, ["verify", join(site, "letters.zip")]);
  assert.ok(readFileSync(join(site, "index.html"), "utf8").includes('href="https://example.org/letters/letters.zip"'));
  write(folder, { "site.toml": settings });

  write(folder, { "content/letters/third.md": "---\ntype: personal_communication\ntitle: The third\nkeyword-list: [mills]\n---\n" });
  const failed = run("scripts/pages/build", [folder, site], { env });
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /^::error file=.*content\/letters\/third\.md,line=4/m);
  assert.ok(!existsSync(join(site, "letters/third.html")));
});

test("a change is told as the pages that are new, other or gone", (t) => {
  const repository = scratch(t);
  const git = (...args) => succeed("git", ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-C", repository, ...args]).stdout.trim();
  write(join(repository, "archive"), ARCHIVE);
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "Begin");
  const commit = git("rev-parse", "HEAD");

  const archive = join(repository, "archive");
  const site = join(repository, "site");
  const summary = join(repository, "summary");
  const env = { REGESTA: binary, GITHUB_STEP_SUMMARY: summary };
  const changes = () => {
    succeed("scripts/pages/build", [archive, site], { env });
    return succeed("scripts/pages/changes", [archive, commit, site], { env }).stdout;
  };
  assert.match(changes(), /^No page changes\.$/m);

  renameSync(join(archive, "content/letters/second.md"), join(archive, "content/letters/third.md"));
  appendFileSync(join(archive, "content/letters/first.md"), "\nSee [[third]].\n");
  const told = changes();
  for (const line of ["- new: `letters/third.html`", "- changed: `letters/first.html`", "- gone: `letters/second.html`"]) {
    assert.ok(told.split("\n").includes(line), `${line}\n${told}`);
  }
  assert.doesNotMatch(told, /`search\.html`/, "a page that is the same is not in the list");
  assert.ok(readFileSync(summary, "utf8").endsWith(told));

  git("commit", "--quiet", "--all", "--message", "Go on");
  write(archive, { "site.toml": "title = 1\n" });
  git("commit", "--quiet", "--all", "--message", "Spoil");
  const spoilt = succeed("scripts/pages/changes", [archive, git("rev-parse", "HEAD"), site], { env }).stdout;
  assert.match(spoilt, /cannot be built/);
});

test("what the program is made of is listed", (t) => {
  const out = scratch(t);
  const file = succeed("scripts/release/sbom", [out]).stdout.trim();
  const list = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(list.bomFormat, "CycloneDX");
  assert.equal(list.metadata.component.version, version);
  assert.ok(list.components.some(({ name, licenses }) => name === "tera" && licenses.length > 0));
});

test("from source the binary is built in the action's folder", (t) => {
  const runner = scratch(t);
  const env = { RUNNER_TEMP: runner, PATH: standIns(runner, "cargo"), CARGO_TARGET_DIR: join(runner, "target") };
  mkdirSync(join(env.CARGO_TARGET_DIR, "release"), { recursive: true });
  copyBinary(env.CARGO_TARGET_DIR);
  const installed = succeed("scripts/pages/install", ["source"], { env }).stdout.trim();
  assert.equal(readFileSync(join(runner, "calls"), "utf8"), `cargo build --release --locked --manifest-path ${join(root, "Cargo.toml")}\n`);
  isThisVersion(installed);
});

/** A release build says its commit behind the version. */
function isThisVersion(installed) {
  const [line] = succeed(installed, ["--version"]).stdout.split(" (", 1);
  assert.equal(line.trim(), `regesta ${version}`);
}

function copyBinary(folder) {
  writeFileSync(join(folder, "release/regesta"), readFileSync(binary), { mode: 0o755 });
}
