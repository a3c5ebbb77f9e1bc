//! What each stage costs by itself, with the archive of `benches/archive.mjs`.
//!
//!     cargo bench --bench stages                all of them
//!     cargo bench --bench stages -- link        one
//!     cargo bench --bench stages -- --sort location    in the order of a build
//!
//! An item is an entry. All threads work, as in a build; `RAYON_NUM_THREADS=1` has one.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use assert_fs::TempDir;
use divan::{Bencher, counter::ItemsCount};
use regesta::Pipeline;

/// Entries of an archive.
const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    divan::main();
    made().clear();
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn read(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    bencher.counter(ItemsCount::new(entries)).bench(|| pipeline.read());
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn parse(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    bencher.counter(ItemsCount::new(entries)).bench(|| pipeline.parse());
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn link(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    bencher.counter(ItemsCount::new(entries)).bench(|| pipeline.link());
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn plan(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    let archive = pipeline.link();
    bencher.counter(ItemsCount::new(entries)).bench(|| pipeline.plan(&archive));
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn render(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    // Cards are kept once a page has shown them, so each round has an archive without any.
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| pipeline.linked())
        .bench_refs(|ready| pipeline.render(ready));
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn search(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| pipeline.linked())
        .bench_refs(|ready| pipeline.search(ready));
}

/// Into an empty folder: on a memory file system where there is one, since a disk's times say little.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn publish(bencher: Bencher, entries: usize) {
    let pipeline = pipeline(entries);
    let outputs = pipeline.render(&pipeline.linked()).value;
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(folder)
        .bench_refs(|out| pipeline.publish(out.path(), &outputs).expect("nothing is in the way"));
}

fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.expect("a folder can be made")
}

/// Archives by their number of entries, each made when a bench first asks for it.
static MADE: Mutex<BTreeMap<usize, (TempDir, &'static Pipeline)>> = Mutex::new(BTreeMap::new());

fn made() -> MutexGuard<'static, BTreeMap<usize, (TempDir, &'static Pipeline)>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pipeline(entries: usize) -> &'static Pipeline {
    made().entry(entries).or_insert_with(|| make_up(entries)).1
}

fn make_up(entries: usize) -> (TempDir, &'static Pipeline) {
    let folder = folder();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/archive.mjs");
    let written =
        Command::new("node").arg(script).arg(folder.path()).args(["--entries", &entries.to_string()]).status();
    assert!(written.is_ok_and(|status| status.success()), "node writes the archive: is it installed?");
    let pipeline = Pipeline::of(folder.path()).expect("the archive is sound");
    (folder, Box::leak(Box::new(pipeline)))
}
