//! What a file was when it was last looked at, as version control knows files: it is read
//! again where this differs.

use std::{
    fs::{self, DirEntry, Metadata},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use ahash::AHashMap;
use borsh::{BorshDeserialize, BorshSerialize};

use crate::parallel;

/// Length, and nanoseconds since 1970 of the last change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Stamp(u64, u64);

impl Stamp {
    /// `None` of what is no file.
    pub fn of(found: &Metadata) -> Option<Self> {
        found.is_file().then_some(())?;
        Some(Stamp(found.len(), nanoseconds(found.modified().ok()?)?))
    }

    /// In bytes.
    pub fn length(self) -> u64 {
        self.0
    }

    /// Of the file at a path, where there is one.
    pub fn at(path: &Path) -> Option<Self> {
        Stamp::of(&fs::symlink_metadata(path).ok()?)
    }

    /// Of many files below a folder, by their paths in order. Each folder is listed, and a file
    /// looked at in it: by its whole path that takes twice as long.
    pub fn of_all<'a>(folder: &Path, paths: impl Iterator<Item = &'a str>) -> Vec<Option<Self>> {
        let mut folders: AHashMap<&str, Vec<(&str, usize)>> = AHashMap::new();
        let mut count = 0;
        for (index, path) in paths.enumerate() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            folders.entry(folder).or_default().push((name, index));
            count = index + 1;
        }
        let folders: Vec<(&str, Vec<(&str, usize)>)> = folders.into_iter().collect();
        let listed: Vec<Vec<(usize, DirEntry)>> = parallel::map(&folders, |(below, wanted)| {
            let found = fs::read_dir(folder.join(below)).into_iter().flatten().flatten();
            let wanted = |found: DirEntry| {
                let at = wanted.binary_search_by(|(name, _)| Some(*name).cmp(&found.file_name().to_str())).ok()?;
                Some((wanted[at].1, found))
            };
            found.filter_map(wanted).collect()
        });
        let listed: Vec<(usize, DirEntry)> = listed.into_iter().flatten().collect();
        let looked_at: Vec<Option<Self>> =
            parallel::map(&listed, |(_, found)| found.metadata().ok().as_ref().and_then(Stamp::of));
        let mut stamps = vec![None; count];
        for ((index, _), stamp) in listed.iter().zip(looked_at) {
            stamps[*index] = stamp;
        }
        stamps
    }
}

pub fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}
