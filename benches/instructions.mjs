// Counts the instructions of a build under callgrind. `scripts/instructions` runs this; it is the one figure about speed that
// may fail a run, since it is the same on a busy machine.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { regesta, root } from "./generators.mjs";

const ENTRIES = 1000;
const TOLERANCE = 0.05;
const file = join(root, "benches/instructions.json");

function run(program, ...rest) {
  // One thread, since it is left to chance which of two takes what; no cores are waited for either.
  const environment = { ...process.env, RAYON_NUM_THREADS: "1" };
  const { status, stdout, stderr, error } = spawnSync(program, rest, { encoding: "utf8", env: environment, maxBuffer: 2 ** 26 });
  if (status === 0) return { stdout, stderr };
  console.error(`${program} ${rest[0]} ended with ${status ?? error}:\n${stderr}`);
  process.exit(2);
}

/** What a count depends on beside the program: code is chosen for the compiler, the target, and at run time the processor. */
function circumstances() {
  const compiler = run("rustc", "-vV").stdout;
  const line = (name) => compiler.match(new RegExp(`^${name}: (.*)$`, "m"))[1];
  const processor = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  return { rustc: line("release"), target: line("host"), avx2: /\bavx2\b/.test(processor) };
}

function count() {
  const folder = mkdtempSync(join(tmpdir(), "regesta-instructions-"));
  try {
    regesta.make(folder, ENTRIES);
    const { stderr } = run("valgrind", "--tool=callgrind", `--callgrind-out-file=${join(folder, "callgrind")}`, ...regesta.build(folder));
    const pages = regesta.entryPages(join(folder, "public"));
    if (pages !== ENTRIES) throw new Error(`${pages} pages were made for ${ENTRIES} entries`);
    return Number(stderr.match(/Collected\s*:\s*(\d+)/)[1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const millions = (instructions) => `${(instructions / 1e6).toFixed(0)} million instructions`;
const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
const here = circumstances();
const instructions = count();
if (process.argv.includes("--record")) {
  writeFileSync(file, `${JSON.stringify({ entries: ENTRIES, instructions, ...here }, null, 2)}\n`);
  console.log(`${millions(instructions)} are the record now: commit benches/instructions.json by itself, with the reason`);
} else if (!known || Object.entries(here).some(([name, value]) => known[name] !== value)) {
  const other = known ? `the record (${millions(known.instructions)}) is of rustc ${known.rustc} on ${known.target}, ${known.avx2 ? "with" : "without"} AVX2` : "there is no record";
  console.log(`${millions(instructions)}, compared with nothing: ${other}`);
} else {
  const change = instructions / known.instructions - 1;
  const told = `${millions(instructions)}, ${Math.abs(100 * change).toFixed(1)} % ${change < 0 ? "fewer" : "more"} than the record's ${(known.instructions / 1e6).toFixed(0)}`;
  if (Math.abs(change) <= TOLERANCE) {
    console.log(told);
  } else {
    console.error(`error: ${told}`);
    console.error(
      change > 0
        ? "  = help: `cargo bench --bench stages` shows which stage it is; where it is meant, scripts/instructions --record, in a commit of its own with the reason"
        : "  = help: keep the gain with scripts/instructions --record, in a commit of its own with the reason",
    );
    process.exit(1);
  }
}
