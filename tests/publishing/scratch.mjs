// What the tests of publishing share: the repository, the binary, folders that go away, and commands that stand in for others.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
export const binary = process.env.REGESTA ?? join(target, "release", "regesta");

/** A folder that is gone when the test is. */
export function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), "regesta-publishing-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, given as a map from path to text. */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Copies files of the repository, by their paths in it. */
export function copy(folder, ...paths) {
  for (const path of paths) cpSync(join(root, path), join(folder, path), { recursive: true });
  return folder;
}

/** Runs a command without a shell; what is in `env` is added to the environment. */
export function run(command, args, { cwd = root, env = {}, input } = {}) {
  const ran = spawnSync(command, args, { cwd, input, encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  if (ran.error) throw ran.error;
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr, both: ran.stdout + ran.stderr };
}

/** The same, where anything but 0 is a fault of the test. */
export function succeed(command, args, options) {
  const ran = run(command, args, options);
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")} left with ${ran.status}:\n${ran.both}`);
  return ran;
}

/** A path on which `commands` come first. Each only notes its arguments, a line for each call, in `folder/calls`. */
export function standIns(folder, ...commands) {
  const bin = join(folder, "stand-ins");
  mkdirSync(bin, { recursive: true });
  for (const command of commands) {
    const script = `#!/bin/sh\necho "${command} $*" >> '${join(folder, "calls")}'\n`;
    writeFileSync(join(bin, command), script);
    chmodSync(join(bin, command), 0o755);
  }
  return bin + delimiter + process.env.PATH;
}
