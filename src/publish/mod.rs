//! Outputs as files: only what changed is written, and only what an earlier build
//! wrote is removed.
//!
//! In: outputs, one by one in any order, and a folder. Out: what was done. Absent on
//! purpose: how outputs are made. A reader of the folder sees every file whole, the old
//! or the new one: all drafts are on the disk before the first takes its place. No
//! output is held in memory: an archive's site is much larger than the archive.

mod copies;
mod drafts;
mod fresh;
mod kept;
mod manifest;
mod record;
mod stamp;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::{parallel, render::Output};
pub use copies::Copies;
use drafts::Drafts;
pub use fresh::{Unmade, lay_out, put_new, put_together, put_whole};
pub use kept::{Pictures, Store, keep_citations, program};
use manifest::Manifest;
pub use record::Record;
use stamp::Stamp;

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
    /// The manifest that was there.
    old: String,
    /// Whether there was nothing in it but hidden files: a site's own are not hidden.
    bare: bool,
    drafts: Drafts,
    offered: Mutex<Vec<Offered>>,
    fault: Mutex<Option<Refused>>,
}

/// An output that was made.
struct Offered {
    path: String,
    state: State,
    /// Of its draft, or of the file that stands, where that has been looked at.
    stamp: Option<Stamp>,
}

/// A file of the site as it was left.
#[derive(Debug)]
pub struct Left {
    path: String,
    /// Where it has been looked at.
    stamp: Option<Stamp>,
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
        fs::create_dir_all(out).map_err(disk(out))?;
        let is_hidden = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        let bare = fs::read_dir(out).map_err(disk(out))?.all(|entry| entry.is_ok_and(is_hidden));
        let drafts = Drafts::begin(out).map_err(disk(out))?;
        Ok(Publication {
            out,
            foreign,
            bare,
            old: Manifest::read(out),
            drafts,
            offered: Mutex::default(),
            fault: Mutex::default(),
        })
    }

    /// Compares an output with the file that is there, and drafts it where they differ. Any
    /// number of threads may do so; what the disk refuses is told at the end.
    pub fn offer(&self, output: &Output) {
        let may_stand = !self.bare || output.path.starts_with('.');
        let (state, stamp) = if may_stand { state(self.out, output) } else { (State::Missing, None) };
        let stamp = match state {
            State::Same => stamp,
            State::Missing | State::Other => self.drafts.write(&output.path, &output.bytes).unwrap_or_else(|fault| {
                let refused = disk(&self.out.join(&output.path))(fault);
                self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(refused);
                None
            }),
        };
        let offered = Offered { path: output.path.clone(), state, stamp };
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).push(offered);
    }

    /// The file at a path is as this build would make it.
    pub fn keep(&self, path: String) {
        let offered = Offered { path, state: State::Same, stamp: None };
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).push(offered);
    }

    /// Puts all drafts into their places, and takes away what an earlier build wrote and this
    /// one did not.
    ///
    /// # Errors
    /// [`Refused`]; up to the moment when drafts take their places nothing has changed.
    pub fn finish(self) -> Result<(Published, Vec<Left>), Refused> {
        let Publication { out, foreign, old, drafts, offered, fault, .. } = self;
        if let Some(refused) = fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(refused);
        }
        let mut offered = offered.into_inner().unwrap_or_else(PoisonError::into_inner);
        parallel::sort(&mut offered, |one, other| one.path.cmp(&other.path));
        let new = Manifest::of(offered.iter().map(|one| one.path.clone()));
        // Of the same files the manifest that is there tells: then there is none but the new one.
        let old = (new.text() != old).then(|| Manifest::parse(&old));
        let was_there = |path: &str| old.as_ref().is_none_or(|old| old.has(path));
        let foreigners = offered.iter().filter(|one| one.state == State::Other && !was_there(&one.path));
        let in_the_way: Vec<String> = foreigners.map(|one| one.path.clone()).collect();
        if foreign == Foreign::Keep && !in_the_way.is_empty() {
            return Err(Refused::Foreign(in_the_way));
        }
        let moves: Vec<&str> = moves(out, &offered)?.into_iter().collect();
        let written = offered.iter().filter(|one| one.state != State::Same).count();
        if let Some(old) = &old {
            // Should the run end early, the next one knows of both generations.
            new.and(old).write(out).map_err(disk(out))?;
        }
        let moved: Vec<Result<(), Refused>> = parallel::map(&moves, |path| {
            let place = out.join(path);
            drafts.take(path, &place).map_err(disk(&place))
        });
        moved.into_iter().collect::<Result<(), Refused>>()?;
        let removed = old.as_ref().map_or(0, |old| remove(out, old, &new));
        if old.is_some() {
            new.write(out).map_err(disk(out))?;
        }
        let published = Published { written, unchanged: offered.len() - written, removed };
        Ok((published, offered.into_iter().map(|one| Left { path: one.path, stamp: one.stamp }).collect()))
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

fn state(out: &Path, output: &Output) -> (State, Option<Stamp>) {
    let path = out.join(&output.path);
    match fs::symlink_metadata(&path) {
        Err(_) => (State::Missing, None),
        // Of another length or kind: there is no need to read it.
        Ok(found) if !found.is_file() || found.len() != output.bytes.len() as u64 => (State::Other, None),
        Ok(found) => match fs::read(&path) {
            Ok(bytes) if bytes == output.bytes => (State::Same, Stamp::of(&found)),
            _ => (State::Other, None),
        },
    }
}

/// What is moved so that each of the drafts takes its place: those that belong into folders
/// which are there, and whole folders which are not.
fn moves<'a>(out: &Path, offered: &'a [Offered]) -> Result<BTreeSet<&'a str>, Refused> {
    let real = out.canonicalize().map_err(disk(out))?;
    let mut known: HashMap<&str, bool> = HashMap::new();
    let mut moves = BTreeSet::new();
    // The folder of the path before, and the first of its folders that is not there.
    let mut last: Option<(&str, Option<&str>)> = None;
    for Offered { path, state, .. } in offered {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let missing = match last {
            Some((other, missing)) if other == folder => missing,
            _ => {
                let mut missing = None;
                for folder in path.match_indices('/').map(|(at, _)| &path[..at]) {
                    let there = match known.get(folder) {
                        Some(there) => *there,
                        None => *known.entry(folder).or_insert(is_there(&out.join(folder), &real)?),
                    };
                    if !there {
                        missing = Some(folder);
                        break;
                    }
                }
                missing
            }
        };
        last = Some((folder, missing));
        let moved = missing.unwrap_or(path);
        if *state != State::Same {
            moves.insert(moved);
        }
    }
    Ok(moves)
}

/// Whether a folder is there, below the output folder as the system names it.
fn is_there(folder: &Path, out: &Path) -> Result<bool, Refused> {
    match folder.canonicalize() {
        Ok(real) if real.starts_with(out) => Ok(true),
        Ok(_) => Err(Refused::LeadsOut(folder.to_path_buf())),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(folder).is_err() => Ok(false),
        Err(fault) => Err(disk(folder)(fault)),
    }
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
