//! The least that a build can take: reads every source and writes as many bytes in as
//! many files as a build wrote, on two threads, and does nothing in between.
//!
//!     rustc --edition 2024 -O benches/floor.rs -o target/bench/floor
//!     target/bench/floor SOURCES PLAN OUT
//!
//! `PLAN` has a line `size<TAB>path` for each file to be written below `OUT`, which
//! must not exist. `scripts/bench` makes it from a site that was built.

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

const THREADS: usize = 2;

fn main() -> io::Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [sources, plan, out] = arguments.as_slice() else {
        // `cargo bench` runs every bench, and this one has nothing to do then.
        eprintln!("floor SOURCES PLAN OUT");
        return Ok(());
    };
    let mut files = Vec::new();
    list(sources, &mut files)?;
    spread(&files, |file| fs::read(file).map(|bytes| bytes.len()))?;

    let plan = fs::read_to_string(plan)?;
    let files: Vec<(usize, PathBuf)> = plan.lines().filter_map(|line| planned(line, out)).collect();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(_, path)| path.parent()).collect();
    for folder in folders {
        fs::create_dir_all(folder)?;
    }
    let filler = vec![b'x'; files.iter().map(|(size, _)| *size).max().unwrap_or(0)];
    spread(&files, |(size, path)| fs::write(path, &filler[..*size]).map(|()| *size))?;
    Ok(())
}

fn planned(line: &str, out: &Path) -> Option<(usize, PathBuf)> {
    let (size, path) = line.split_once('\t')?;
    Some((size.parse().ok()?, out.join(path)))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_type()?.is_dir() {
            list(&file.path(), files)?;
        } else {
            files.push(file.path());
        }
    }
    Ok(())
}

/// Does `work` with every item on all threads, and adds up what it gives.
fn spread<T: Sync>(items: &[T], work: impl Fn(&T) -> io::Result<usize> + Sync) -> io::Result<usize> {
    let next = AtomicUsize::new(0);
    let one = || {
        let mut sum = 0;
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            sum += work(item)?;
        }
        Ok(sum)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    })
}
