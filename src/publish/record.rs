//! What the last build into a folder was made from, and the files that it left: where
//! both are as they were, there is nothing to do.
//!
//! Files of the site are known by length and time of change, as version control knows
//! them; what they are made from is known by its content.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use super::{kept, manifest};
use crate::{
    build::{Built, Grounds},
    diagnostic::{Diagnostic, Place, Severity},
    fingerprint::Fingerprint,
    parallel,
};

/// Where records lie below the site's root; safe to delete.
const FOLDER: &str = ".regesta/builds";

/// So many folders of one archive are known.
const MOST: usize = 8;

/// One build.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// The output folder, as the system names it.
    out: PathBuf,
    /// Of the program's own file: another one may make another site.
    program: String,
    /// Of all that was read.
    inputs: String,
    /// What was said of the archive: warnings.
    told: Vec<Told>,
    grounds: Grounds,
    /// By path.
    files: Vec<Stamp>,
}

/// A diagnostic.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    severity: Severity,
    code: String,
    message: String,
    place: Place,
    also: Vec<(Place, String)>,
    help: Option<String>,
}

impl Told {
    fn of(diagnostic: Diagnostic) -> Self {
        let Diagnostic { severity, code, message, place, also, help } = diagnostic;
        Told { severity, code: code.to_string(), message, place, also, help }
    }

    fn again(self) -> Diagnostic {
        let Told { severity, code, message, place, also, help } = self;
        // There are few codes, and each lives as long as the program anyway.
        Diagnostic { severity, code: code.leak(), message, place, also, help }
    }
}

/// A file of the site as it was left: path, length, and nanoseconds since 1970.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(String, u64, u64);

impl Record {
    /// Of what was published at `paths` below `out`, from what has this fingerprint.
    pub fn of(out: &Path, inputs: Fingerprint, built: Built, mut paths: Vec<String>) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        paths.push(manifest::FILE.to_string());
        paths.sort_unstable();
        let files: Vec<Option<Stamp>> = parallel::map(&paths, |path| stamp(&out, path));
        let files = files.into_iter().collect::<Option<Vec<Stamp>>>()?;
        let Built { diagnostics, grounds, .. } = built;
        let told = diagnostics.into_iter().map(Told::of).collect();
        Some(Record { out, program: program()?, inputs: inputs.to_string(), told, grounds, files })
    }

    /// Of the last build of the archive below `root` into `out`, where this program made it.
    /// A spoilt record is none.
    pub fn read(root: &Path, out: &Path) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        let text = fs::read_to_string(place(root, &out)).ok()?;
        let (seal, text) = text.split_once('\n')?;
        if seal != Fingerprint::of_bytes(text.as_bytes()).to_string() {
            return None;
        }
        let record: Record = serde_json::from_str(text).ok()?;
        (record.out == out && record.program == program()?).then_some(record)
    }

    /// Whether a build would change nothing: it would have these inputs, and every file is as
    /// it was left.
    pub fn stands(&self, inputs: Fingerprint) -> bool {
        let stand = || -> Vec<bool> { parallel::map(&self.files, |file| self.is_as_it_was(file)) };
        self.inputs == inputs.to_string() && stand().into_iter().all(|stands| stands)
    }

    /// What the pages were made from, and how long a file is that is as it was left.
    pub fn grounds(&self) -> (&Grounds, impl Fn(&str) -> Option<u64> + Sync) {
        (&self.grounds, |path| self.standing(path))
    }

    /// The length of a file that is as it was left.
    pub fn standing(&self, path: &str) -> Option<u64> {
        let index = self.files.binary_search_by(|file| file.0.as_str().cmp(path)).ok()?;
        let file = &self.files[index];
        self.is_as_it_was(file).then_some(file.1)
    }

    fn is_as_it_was(&self, file: &Stamp) -> bool {
        stamp(&self.out, &file.0).is_some_and(|now| now == *file)
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.told.into_iter().map(Told::again).collect()
    }

    /// How many files the site has.
    pub fn files(&self) -> usize {
        // The manifest is none of them.
        self.files.len() - 1
    }

    /// Keeps it for the next build, and of others the newest.
    pub fn keep(&self, root: &Path) {
        let path = place(root, &self.out);
        let Ok(text) = serde_json::to_string(self) else { return };
        let sealed = format!("{}\n{text}", Fingerprint::of_bytes(text.as_bytes()));
        let folder = root.join(FOLDER);
        let _ = kept::make(&folder).and_then(|()| kept::write(&path, sealed.as_bytes()));
        let mut known: Vec<(SystemTime, PathBuf)> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
            .filter(|(_, path)| path.extension().is_some_and(|kind| kind == "json"))
            .collect();
        known.sort_unstable();
        for (_, old) in known.iter().rev().skip(MOST) {
            let _ = fs::remove_file(old);
        }
    }
}

fn place(root: &Path, out: &Path) -> PathBuf {
    root.join(FOLDER).join(format!("{}.json", Fingerprint::of(out)))
}

fn program() -> Option<String> {
    let file = std::env::current_exe().ok()?.metadata().ok()?;
    let changed = nanoseconds(file.modified().ok()?)?;
    Some(Fingerprint::of(&(env!("CARGO_PKG_VERSION"), file.len(), changed)).to_string())
}

fn stamp(out: &Path, path: &str) -> Option<Stamp> {
    let file = fs::symlink_metadata(out.join(path)).ok().filter(fs::Metadata::is_file)?;
    Some(Stamp(path.to_string(), file.len(), nanoseconds(file.modified().ok()?)?))
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}
