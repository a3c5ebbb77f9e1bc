//! Outputs as files: only what changed is written, and only what an earlier build
//! wrote is removed.
//!
//! In: all outputs and a folder. Out: what was done. Absent on purpose: how outputs
//! are made. A reader of the folder sees every file whole, the old or the new one:
//! all drafts are on the disk before the first takes its place.

mod manifest;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::{
    parallel,
    render::{self, Key, Output},
};
use manifest::Manifest;

/// What publishing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub written: usize,
    pub unchanged: usize,
    pub removed: usize,
}

/// What to do with files in the way that no earlier build wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    Keep,
    Overwrite,
}

/// Why nothing was published.
#[derive(Debug)]
pub enum Refused {
    /// Files that someone else put where the site has pages, by path.
    Foreign(Vec<String>),
    /// A folder of the output leads elsewhere by a link.
    LeadsOut(PathBuf),
    Disk {
        path: PathBuf,
        fault: io::Error,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Foreign(paths) => write!(
                formatter,
                "these files stand in the way and were not written by an earlier build: {}",
                paths.join(", ")
            ),
            Refused::LeadsOut(path) => write!(formatter, "`{}` leads out of the output folder", path.display()),
            Refused::Disk { path, fault } => write!(formatter, "`{}`: {fault}", path.display()),
        }
    }
}

impl std::error::Error for Refused {}

/// Brings the folder `out` to hold `outputs`.
///
/// # Errors
/// [`Refused`]; up to the moment when drafts take their places nothing has changed.
pub fn publish(out: &Path, outputs: &[Output], foreign: Foreign) -> Result<Published, Refused> {
    let disk = |path: &Path| {
        let path = path.to_path_buf();
        move |fault| Refused::Disk { path, fault }
    };
    fs::create_dir_all(out).map_err(disk(out))?;
    let old = Manifest::read(out);
    make_folders(out, outputs)?;
    let states: Vec<State> = parallel::map(outputs, |output| state(out, output));
    let mut in_the_way: Vec<String> = outputs
        .iter()
        .zip(&states)
        .filter(|(output, state)| **state == State::Other && !old.has(&output.path))
        .map(|(output, _)| output.path.clone())
        .collect();
    if foreign == Foreign::Keep && !in_the_way.is_empty() {
        in_the_way.sort();
        return Err(Refused::Foreign(in_the_way));
    }
    let stale: Vec<&Output> =
        outputs.iter().zip(&states).filter(|(_, state)| **state != State::Same).map(|(output, _)| output).collect();
    let new = Manifest::of(outputs.iter().map(|output| output.path.clone()));
    if !stale.is_empty() || new != old {
        // Should the run end early, the next one knows of both generations.
        new.and(&old).write(out).map_err(disk(out))?;
    }
    replace(out, &stale)?;
    let removed = remove(out, &old, &new);
    if !stale.is_empty() || new != old {
        new.write(out).map_err(disk(out))?;
    }
    Ok(Published { written: stale.len(), unchanged: outputs.len() - stale.len(), removed })
}

/// Keeps the pictures among `outputs` below `root` for the next build, and removes
/// those that this one had no use for. A folder that cannot be written to costs time
/// and nothing else, so nothing is said of it.
pub fn keep_pictures(root: &Path, outputs: &[Output]) {
    let folder = root.join(render::PICTURES);
    let used: BTreeMap<String, Vec<u8>> = outputs
        .iter()
        .filter_map(|output| {
            let key = output.kept_as.as_ref()?;
            Some((key.file_name(), render::sealed(key, &output.bytes)))
        })
        .collect();
    for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
        // Only what a build wrote: the folder may be a link to another.
        if file.file_name().to_str().is_some_and(|name| Key::names(name) && !used.contains_key(name)) {
            let _ = fs::remove_file(file.path());
        }
    }
    if used.is_empty() || fs::create_dir_all(&folder).is_err() {
        return;
    }
    let ignored = folder.with_file_name(".gitignore");
    if !ignored.exists() {
        let _ = fs::write(ignored, "*\n");
    }
    for (name, bytes) in used {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        let draft = draft(&path);
        if fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path)).is_err() {
            let _ = fs::remove_file(draft);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Missing,
    Same,
    Other,
}

fn state(out: &Path, output: &Output) -> State {
    let path = out.join(&output.path);
    match fs::symlink_metadata(&path) {
        Err(_) => State::Missing,
        // Of another length or kind: there is no need to read it.
        Ok(found) if !found.is_file() || found.len() != output.bytes.len() as u64 => State::Other,
        Ok(_) => match fs::read(&path) {
            Ok(bytes) if bytes == output.bytes => State::Same,
            _ => State::Other,
        },
    }
}

fn make_folders(out: &Path, outputs: &[Output]) -> Result<(), Refused> {
    let folders: BTreeSet<&str> =
        outputs.iter().filter_map(|output| output.path.rsplit_once('/').map(|(folder, _)| folder)).collect();
    let real = out.canonicalize().map_err(|fault| Refused::Disk { path: out.to_path_buf(), fault })?;
    for folder in folders {
        let path = out.join(folder);
        fs::create_dir_all(&path).map_err(|fault| Refused::Disk { path: path.clone(), fault })?;
        if !path.canonicalize().is_ok_and(|path| path.starts_with(&real)) {
            return Err(Refused::LeadsOut(path));
        }
    }
    Ok(())
}

/// Writes all drafts, and then puts each in its place.
fn replace(out: &Path, stale: &[&Output]) -> Result<(), Refused> {
    let places: Vec<(PathBuf, PathBuf, &[u8])> = stale
        .iter()
        .map(|output| {
            let path = out.join(&output.path);
            (draft(&path), path, output.bytes.as_slice())
        })
        .collect();
    let written: Vec<Result<(), Refused>> = parallel::map(&places, |(draft, path, bytes)| {
        fs::write(draft, bytes).map_err(|fault| Refused::Disk { path: path.clone(), fault })
    });
    if let Some(fault) = written.into_iter().find_map(Result::err) {
        for (draft, ..) in &places {
            let _ = fs::remove_file(draft);
        }
        return Err(fault);
    }
    let moved: Vec<Result<(), Refused>> = parallel::map(&places, |(draft, path, _)| {
        fs::rename(draft, path).map_err(|fault| Refused::Disk { path: path.clone(), fault })
    });
    let fault = moved.into_iter().find_map(Result::err);
    if fault.is_some() {
        for (draft, ..) in &places {
            let _ = fs::remove_file(draft);
        }
    }
    fault.map_or(Ok(()), Err)
}

/// Hidden and named after the process, so that two builds do not share one.
fn draft(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.draft", std::process::id()))
}

/// Removes what the old manifest has and the new has not, and folders that are empty then.
fn remove(out: &Path, old: &Manifest, new: &Manifest) -> usize {
    let mut removed = 0;
    let mut folders: BTreeMap<usize, HashSet<PathBuf>> = BTreeMap::new();
    for path in old.without(new) {
        let file = out.join(path);
        let own = fs::symlink_metadata(&file).is_ok_and(|found| found.is_file());
        if own && fs::remove_file(&file).is_ok() {
            removed += 1;
        }
        for folder in Path::new(path).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            folders.entry(folder.components().count()).or_default().insert(out.join(folder));
        }
    }
    for folder in folders.into_values().rev().flatten() {
        // Fails where something else is in it, as it should.
        let _ = fs::remove_dir(folder);
    }
    removed
}
