//! New files of a site before they take their places.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// A hidden folder in the output folder, so that a draft takes its place by being renamed.
/// It goes when this value does.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    written: AtomicUsize,
    /// Locked as long as this run has need of the folder.
    lock: Option<File>,
}

const PREFIX: &str = ".regesta-drafts.";
const LOCK: &str = "lock";

impl Drafts {
    /// # Errors
    /// Those of the disk.
    pub fn begin(out: &Path) -> io::Result<Self> {
        sweep(out);
        let folder = out.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        // Where files cannot be locked, a folder that is left over stays.
        let lock = lock.try_lock().is_ok().then_some(lock);
        Ok(Drafts { folder, written: AtomicUsize::new(0), lock })
    }

    /// Writes one, and gives its number.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        fs::write(self.path(number), bytes)?;
        Ok(number)
    }

    /// Puts one in its place.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn take(&self, number: usize, place: &Path) -> io::Result<()> {
        fs::rename(self.path(number), place)
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(number.to_string())
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
