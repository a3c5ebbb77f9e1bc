//! What the last build into a folder was made from, and the files that it left: where
//! both are as they were, there is nothing to do.
//!
//! Files of the site are known by length and time of change, as version control knows
//! them; what they are made from is known by its content.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use borsh::{BorshDeserialize, BorshSerialize};

use super::{
    Left,
    kept::{self, KIND, program},
    manifest,
    stamp::Stamp,
};
use crate::{
    build::{Built, Grounds},
    diagnostic::{Diagnostic, Told},
    fingerprint::Fingerprint,
    parallel,
    sealed::{self, Part},
};

/// Where records lie below the site's root; safe to delete.
const FOLDER: &str = ".regesta/builds";

/// So many folders of one archive are known.
const MOST: usize = 8;

/// One build.
#[derive(Debug)]
pub struct Record {
    /// The output folder, as the system names it.
    out: PathBuf,
    kept: Kept,
    /// For each of its files whether it is as it was left: all are looked at when the first is
    /// asked for.
    standing: OnceLock<Vec<bool>>,
}

/// What is written of it.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct Kept {
    /// Of all that was read.
    inputs: Fingerprint,
    /// What was said of the archive: warnings.
    told: Vec<Told>,
    grounds: Grounds,
    /// The files of the site as they were left, by path.
    files: Vec<(String, Stamp)>,
}

impl Record {
    /// Of the files that were published below `out`, from what has this fingerprint. `last` is
    /// the record by which some of them were kept.
    pub fn of(out: &Path, inputs: Fingerprint, built: Built, left: Vec<Left>, last: Option<&Record>) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        let mut left = left;
        left.push(Left { path: manifest::FILE.to_string(), stamp: None });
        left.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let known = |path: &str| last.filter(|_| path != manifest::FILE)?.as_it_was(path);
        let looked_at = |one: Left| {
            let stamp = one.stamp.or_else(|| known(&one.path)).or_else(|| Stamp::at(&out.join(&one.path)))?;
            Some((one.path, stamp))
        };
        let files = parallel::turn(left, looked_at).into_iter().collect::<Option<_>>()?;
        let Built { diagnostics, grounds, .. } = built;
        let told = diagnostics.into_iter().map(Told::of).collect();
        Some(Record { out, kept: Kept { inputs, told, grounds, files }, standing: OnceLock::new() })
    }

    /// Of the last build of the archive below `root` into `out`, where this program made it.
    /// A spoilt record is none.
    pub fn read(root: &Path, out: &Path) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        let bytes = fs::read(place(root, &out)).ok()?;
        let parts = sealed::open(key(&out)?, &bytes);
        let [Some(part)] = parts.as_slice() else { return None };
        Some(Record { kept: borsh::from_slice(part.bytes()).ok()?, out, standing: OnceLock::new() })
    }

    /// Whether a build would change nothing: it would have these inputs, and every file is as
    /// it was left.
    pub fn stands(&self, inputs: Fingerprint) -> bool {
        self.kept.inputs == inputs && self.standing_files().iter().all(|stands| *stands)
    }

    /// Looks at every file of the site, which else is done when the first is asked for, and then
    /// other threads wait for it.
    pub fn look(&self) {
        self.standing_files();
    }

    /// What the pages were made from.
    pub fn grounds(&self) -> &Grounds {
        &self.kept.grounds
    }

    /// The length of a file of the site that is as it was left.
    pub fn standing(&self, path: &str) -> Option<u64> {
        self.as_it_was(path).map(Stamp::length)
    }

    /// A file of the site, where it is as it was left.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.standing(path).is_some().then(|| fs::read(self.out.join(path)).ok()).flatten()
    }

    fn as_it_was(&self, path: &str) -> Option<Stamp> {
        let files = &self.kept.files;
        let index = files.binary_search_by(|file| file.0.as_str().cmp(path)).ok()?;
        self.standing_files()[index].then(|| files[index].1)
    }

    fn standing_files(&self) -> &[bool] {
        self.standing.get_or_init(|| {
            let files = &self.kept.files;
            let now = Stamp::of_all(&self.out, files.iter().map(|(path, _)| path.as_str()));
            now.into_iter().zip(files).map(|(now, (_, left))| now == Some(*left)).collect()
        })
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.kept.told.into_iter().map(Told::again).collect()
    }

    /// How many files the site has.
    pub fn files(&self) -> usize {
        // The manifest is none of them.
        self.kept.files.len() - 1
    }

    /// Keeps it for the next build, and of others the newest.
    pub fn keep(&self, root: &Path) {
        let Some(key) = key(&self.out) else { return };
        let mut bytes = Vec::new();
        let part = |kept: &Kept| Part::New(borsh::to_vec(kept).unwrap_or_default());
        if sealed::seal(key, std::slice::from_ref(&self.kept), part, &mut bytes).is_err() {
            return;
        }
        let folder = root.join(FOLDER);
        let _ = kept::make(&folder).and_then(|()| kept::write(&place(root, &self.out), &bytes));
        kept::newest(&folder, KIND, MOST);
    }
}

/// Whose record it is.
fn key(out: &Path) -> Option<Fingerprint> {
    Some(Fingerprint::of(&(program()?, out)))
}

fn place(root: &Path, out: &Path) -> PathBuf {
    root.join(FOLDER).join(format!("{}.{KIND}", Fingerprint::of(out)))
}
