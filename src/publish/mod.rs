//! Outputs as files: only what changed is written, and only what an earlier build
//! wrote is removed.
//!
//! In: outputs, one by one in any order, and a folder. Out: what was done. Absent on
//! purpose: how outputs are made. A reader of the folder sees every file whole, the old
//! or the new one: all drafts are on the disk before the first takes its place. No
//! output is held in memory: an archive's site is much larger than the archive.

mod drafts;
mod kept;
mod manifest;
mod record;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::{parallel, render::Output};
use drafts::Drafts;
pub use kept::{Pictures, keep_citations};
use manifest::Manifest;
pub use record::Record;

/// What publishing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub written: usize,
    pub unchanged: usize,
    pub removed: usize,
}

/// A site that is on its way into a folder. Unless it is [finished](Self::finish), the
/// folder stays as it was.
pub struct Publication<'out> {
    out: &'out Path,
    foreign: Foreign,
    old: Manifest,
    drafts: Drafts,
    offered: Mutex<Vec<Offered>>,
    fault: Mutex<Option<Refused>>,
}

/// An output that was made.
struct Offered {
    path: String,
    state: State,
    /// Its number, where it has to be written.
    draft: Option<usize>,
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

impl<'out> Publication<'out> {
    /// # Errors
    /// Where the folder cannot be made or written to.
    pub fn begin(out: &'out Path, foreign: Foreign) -> Result<Self, Refused> {
        let drafts = fs::create_dir_all(out).and_then(|()| Drafts::begin(out)).map_err(disk(out))?;
        Ok(Publication {
            out,
            foreign,
            old: Manifest::read(out),
            drafts,
            offered: Mutex::default(),
            fault: Mutex::default(),
        })
    }

    /// Compares an output with the file that is there, and drafts it where they differ. Any
    /// number of threads may do so; what the disk refuses is told at the end.
    pub fn offer(&self, output: &Output) {
        let state = state(self.out, output);
        let draft = match state {
            State::Same => None,
            State::Missing | State::Other => match self.drafts.write(&output.bytes) {
                Ok(number) => Some(number),
                Err(fault) => {
                    let refused = disk(&self.out.join(&output.path))(fault);
                    self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(refused);
                    None
                }
            },
        };
        let offered = Offered { path: output.path.clone(), state, draft };
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).push(offered);
    }

    /// The file at a path is as this build would make it.
    pub fn keep(&self, path: String) {
        let offered = Offered { path, state: State::Same, draft: None };
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).push(offered);
    }

    /// Puts all drafts into their places, and takes away what an earlier build wrote and this
    /// one did not.
    ///
    /// # Errors
    /// [`Refused`]; up to the moment when drafts take their places nothing has changed.
    pub fn finish(self) -> Result<(Published, Vec<String>), Refused> {
        let Publication { out, foreign, old, drafts, offered, fault } = self;
        if let Some(refused) = fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(refused);
        }
        let mut offered = offered.into_inner().unwrap_or_else(PoisonError::into_inner);
        offered.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let foreigners = offered.iter().filter(|one| one.state == State::Other && !old.has(&one.path));
        let in_the_way: Vec<String> = foreigners.map(|one| one.path.clone()).collect();
        if foreign == Foreign::Keep && !in_the_way.is_empty() {
            return Err(Refused::Foreign(in_the_way));
        }
        make_folders(out, offered.iter().map(|one| one.path.as_str()))?;
        let new = Manifest::of(offered.iter().map(|one| one.path.clone()));
        let stale: Vec<(usize, &str)> =
            offered.iter().filter_map(|one| Some((one.draft?, one.path.as_str()))).collect();
        if !stale.is_empty() || new != old {
            // Should the run end early, the next one knows of both generations.
            new.and(&old).write(out).map_err(disk(out))?;
        }
        let moved: Vec<Result<(), Refused>> = parallel::map(&stale, |(draft, path)| {
            let path = out.join(path);
            drafts.take(*draft, &path).map_err(disk(&path))
        });
        moved.into_iter().collect::<Result<(), Refused>>()?;
        let removed = remove(out, &old, &new);
        if !stale.is_empty() || new != old {
            new.write(out).map_err(disk(out))?;
        }
        let published = Published { written: stale.len(), unchanged: offered.len() - stale.len(), removed };
        Ok((published, offered.into_iter().map(|one| one.path).collect()))
    }
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> Refused {
    let path = path.to_path_buf();
    move |fault| Refused::Disk { path, fault }
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

fn make_folders<'a>(out: &Path, paths: impl Iterator<Item = &'a str>) -> Result<(), Refused> {
    let folders: BTreeSet<&str> = paths.filter_map(|path| path.rsplit_once('/').map(|(folder, _)| folder)).collect();
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
