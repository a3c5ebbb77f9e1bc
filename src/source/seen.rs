//! Which files are known to be what they were, without being read.
//!
//! In: what the system says of a file. Out: [`Mark`], and [`Seen`], which can be written down.
//! Absent on purpose: where it is kept.
//!
//! A file is known as version control knows it. Two states of one file have different marks,
//! unless the second was written in the same tick of the disk's clock as the first; so one is
//! known only if its last change was some time ago when it was read. Where the system does
//! not tell when a file was changed, whoever changed it, none is known.

use std::{
    fs::{self, Metadata},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ahash::AHashMap;
use borsh::{BorshDeserialize, BorshSerialize};

use crate::fingerprint::Fingerprint;

/// What a file was when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Mark {
    length: u64,
    /// Nanoseconds since 1970: the last change of what is in it, which its owner may set, and
    /// of anything about it, which nobody may.
    modified: i128,
    changed: i128,
    /// Its number on the disk, which another file has that takes its place.
    number: u64,
}

/// The clocks of disks tick every two seconds at the least (FAT), and may be a second away
/// from ours where anything is kept at all.
const SETTLED: Duration = Duration::from_secs(3);

impl Mark {
    #[cfg(unix)]
    pub fn of(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;

        let time = |seconds: i64, nanoseconds: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
        found.is_file().then(|| Mark {
            length: found.len(),
            modified: time(found.mtime(), found.mtime_nsec()),
            changed: time(found.ctime(), found.ctime_nsec()),
            number: found.ino(),
        })
    }

    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Of the file at a path, or the one that a link there leads to.
    pub fn at(path: &Path) -> Option<Self> {
        Mark::of(&fs::metadata(path).ok()?)
    }

    /// Whether a change that came after a look at `now` has another mark.
    pub fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(SETTLED);
        i128::try_from(now.as_nanos()).is_ok_and(|now| self.modified.max(self.changed) < now)
    }
}

/// A file that was read: its path under the site's root, its mark, and its text's fingerprint.
pub type Sight = (Arc<str>, Mark, Fingerprint);

/// Files that were read, by path.
#[derive(Debug, Default)]
pub struct Seen(AHashMap<Arc<str>, (Mark, Fingerprint)>);

impl Seen {
    pub fn of(sights: impl Iterator<Item = Sight>) -> Self {
        Seen(sights.map(|(path, mark, fingerprint)| (path, (mark, fingerprint))).collect())
    }

    /// A file as if it had been read with this text, for tests.
    #[cfg(all(test, unix))]
    pub fn sight(root: &Path, path: &str, text: &str) -> Option<Sight> {
        Some((path.into(), Mark::at(&root.join(path))?, Fingerprint::of_bytes(text.as_bytes())))
    }

    pub fn find(&self, path: &str) -> Option<(Mark, Fingerprint)> {
        self.0.get(path).copied()
    }

    /// Whether both know the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// In the order of paths.
    pub fn sights(&self) -> Vec<Sight> {
        let sight =
            |(path, (mark, fingerprint)): (&Arc<str>, &(Mark, Fingerprint))| (Arc::clone(path), *mark, *fingerprint);
        let mut sights: Vec<Sight> = self.0.iter().map(sight).collect();
        sights.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        sights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_settles() {
        let mark = |modified, changed| Mark { length: 1, modified, changed, number: 1 };
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let second = 1_000_000_000;
        assert!(mark(10 * second, 10 * second).is_settled(at(14)));
        assert!(!mark(10 * second, 10 * second).is_settled(at(13)), "it may be the same tick");
        assert!(!mark(0, 10 * second).is_settled(at(12)), "its owner has set it back");
        assert!(!mark(99 * second, 10 * second).is_settled(at(14)), "it comes from the future");
        assert!(!mark(0, 0).is_settled(at(1)));
    }
    /// What is known of a file is forged, so that it shows whether the file is read.
    #[cfg(unix)]
    #[test]
    fn a_file_is_read_where_its_mark_is_another() {
        use std::fs::File;

        use assert_fs::{TempDir, prelude::*};

        use crate::source::{self, Sources};

        const PATH: &str = "content/a.md";
        let folder = TempDir::new().expect("there is room");
        let file = folder.child(PATH);
        file.write_str("One").expect("it can be written");
        let mark = Mark::at(file.path()).expect("it is there");
        let forged = Seen::of(std::iter::once((PATH.into(), mark, Fingerprint::of_bytes(b"Two"))));
        let known = || {
            let (sources, _) = Sources::read_knowing(folder.path(), &forged);
            let source::File::Text(source) = sources.file(PATH).expect("it was found").clone() else {
                panic!("it is a text")
            };
            source.fingerprint == Fingerprint::of_bytes(b"Two")
        };
        assert!(known());
        // As long, and of the same time: written over, until the disk's clock has ticked.
        let time = file.path().metadata().and_then(|found| found.modified()).expect("disks know it");
        while Mark::at(file.path()) == Some(mark) {
            file.write_str("Six").expect("it can be written");
            let set = File::options().append(true).open(file.path()).and_then(|file| file.set_modified(time));
            set.expect("it is ours");
        }
        assert!(!known());
        // Put in its place.
        let forged_again = Mark::at(file.path()).expect("it is there");
        let other = folder.child("other");
        other.write_str("Ten").expect("it can be written");
        fs::rename(other.path(), file.path()).expect("it can be moved");
        assert!(Mark::at(file.path()) != Some(forged_again));
    }
}
