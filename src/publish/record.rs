//! What the last build into a folder was made from, and the files that it left: where
//! both are as they were, there is nothing to do.
//!
//! Files of the site are known by length and time of change, as version control knows
//! them; what they are made from is known by its content.

use std::{
    fs,
    path::{Path, PathBuf},
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
    parallel, sealed,
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
    /// Of the files that were published below `out`, from what has this fingerprint.
    pub fn of(out: &Path, inputs: Fingerprint, built: Built, left: Vec<Left>) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        let mut left = left;
        left.push(Left { path: manifest::FILE.to_string(), stamp: None });
        left.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let looked_at = |one: &Left| {
            let stamp = one.stamp.or_else(|| Stamp::at(&out.join(&one.path)))?;
            Some((one.path.clone(), stamp))
        };
        let files: Option<Vec<(String, Stamp)>> = parallel::map(&left, looked_at);
        let files = files?;
        let Built { diagnostics, grounds, .. } = built;
        let told = diagnostics.into_iter().map(Told::of).collect();
        Some(Record { out, kept: Kept { inputs, told, grounds, files } })
    }

    /// Of the last build of the archive below `root` into `out`, where this program made it.
    /// A spoilt record is none.
    pub fn read(root: &Path, out: &Path) -> Option<Self> {
        let out = out.canonicalize().ok()?;
        let bytes = fs::read(place(root, &out)).ok()?;
        let parts = sealed::open(key(&out)?, &bytes);
        let [Some(part)] = parts.as_slice() else { return None };
        Some(Record { kept: borsh::from_slice(part).ok()?, out })
    }

    /// Whether a build would change nothing: it would have these inputs, and every file is as
    /// it was left.
    pub fn stands(&self, inputs: Fingerprint) -> bool {
        let stand = || -> Vec<bool> { parallel::map(&self.kept.files, |file| self.is_as_it_was(file)) };
        self.kept.inputs == inputs && stand().into_iter().all(|stands| stands)
    }

    /// What the pages were made from.
    pub fn grounds(&self) -> &Grounds {
        &self.kept.grounds
    }

    /// The length of a file of the site that is as it was left.
    pub fn standing(&self, path: &str) -> Option<u64> {
        let files = &self.kept.files;
        let index = files.binary_search_by(|file| file.0.as_str().cmp(path)).ok()?;
        let (_, stamp) = &files[index];
        self.is_as_it_was(&files[index]).then_some(stamp.length())
    }

    /// A file of the site, where it is as it was left.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.standing(path).is_some().then(|| fs::read(self.out.join(path)).ok()).flatten()
    }

    fn is_as_it_was(&self, (path, stamp): &(String, Stamp)) -> bool {
        Stamp::at(&self.out.join(path)) == Some(*stamp)
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
        let part = |kept: &Kept| borsh::to_vec(kept).unwrap_or_default();
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
