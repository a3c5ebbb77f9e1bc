//! What a file was when it was last looked at, as version control knows files: it is read
//! again where this differs.

use std::{
    fs::{self, Metadata},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use borsh::{BorshDeserialize, BorshSerialize};

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
}

pub fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}
