//! New files of a site before they take their places.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::stamp::Stamp;

/// A hidden folder in the output folder, so that a draft takes its place by being renamed.
/// It goes when this value does.
#[derive(Debug)]
pub struct Drafts {
    /// Has the drafts at their addresses, so that a folder of the site that is not there yet
    /// is put in its place as a whole.
    folder: PathBuf,
    /// Those that have been made below it.
    folders: Mutex<HashSet<String>>,
    /// Locked as long as this run has need of the folder.
    lock: Option<File>,
}

const PREFIX: &str = ".regesta-drafts.";
const LOCK: &str = "lock";
const SITE: &str = "site";

impl Drafts {
    /// # Errors
    /// Those of the disk.
    pub fn begin(out: &Path) -> io::Result<Self> {
        sweep(out);
        let folder = out.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir_all(folder.join(SITE))?;
        let lock = File::create(folder.join(LOCK))?;
        // Where files cannot be locked, a folder that is left over stays.
        let lock = lock.try_lock().is_ok().then_some(lock);
        Ok(Drafts { folder, folders: Mutex::default(), lock })
    }

    /// Writes the draft of what is to stand at `path`.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<Option<Stamp>> {
        if let Some((folder, _)) = path.rsplit_once('/') {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            if !folders.contains(folder) {
                fs::create_dir_all(self.at(folder))?;
                folders.insert(folder.to_string());
            }
        }
        let mut file = File::create(self.at(path))?;
        file.write_all(bytes)?;
        Ok(Stamp::of(&file.metadata()?))
    }

    /// Puts one, or a folder of them, in its place.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn take(&self, path: &str, place: &Path) -> io::Result<()> {
        fs::rename(self.at(path), place)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.join(SITE).join(path)
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        // Some systems remove no file that is open.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes what runs have left that were ended halfway: nobody holds the lock any more.
fn sweep(out: &Path) {
    for folder in fs::read_dir(out).into_iter().flatten().flatten() {
        let own = folder.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // A link would lead elsewhere.
        if !own || !folder.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let lock = File::open(folder.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}
