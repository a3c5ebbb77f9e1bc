//! What one build keeps for the next, below `.regesta/` beside `site.toml`. All of it is
//! safe to delete; a folder that cannot be written to costs time and nothing else, so
//! nothing is said of it.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::{
    cite::{self, KeptStyles},
    render::{self, Key, Output},
};

/// Share pictures, each as soon as it is drawn.
#[derive(Debug)]
pub struct Pictures {
    folder: PathBuf,
    /// Names of files.
    used: Mutex<BTreeSet<String>>,
}

impl Pictures {
    /// Those below the site's root.
    pub fn of(root: &Path) -> Self {
        Pictures { folder: root.join(render::PICTURES), used: Mutex::default() }
    }

    /// Keeps an output where it is a picture.
    pub fn keep(&self, output: &Output) {
        let Some(key) = &output.kept_as else { return };
        let (name, bytes) = (key.file_name(), render::sealed(key, &output.bytes));
        if !self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone()) {
            return;
        }
        let path = self.folder.join(name);
        if !fs::read(&path).is_ok_and(|old| old == bytes) {
            let _ = make(&self.folder).and_then(|()| write(&path, &bytes));
        }
    }

    /// Removes those that this build had no use for.
    pub fn sweep(self) {
        let used = self.used.into_inner().unwrap_or_else(PoisonError::into_inner);
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            // Only what a build wrote: the folder may be a link to another.
            if file.file_name().to_str().is_some_and(|name| Key::names(name) && !used.contains(name)) {
                let _ = fs::remove_file(file.path());
            }
        }
    }
}

/// Keeps what was formatted, and nothing else of the kind.
pub fn keep_citations(root: &Path, kept: &KeptStyles) {
    let folder = root.join(cite::FOLDER);
    for (name, bytes) in kept.iter().filter_map(|(name, bytes)| Some((name, bytes.as_ref()?))) {
        let _ = make(&folder).and_then(|()| write(&folder.join(name), bytes));
    }
    for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
        // As above.
        if file.file_name().to_str().is_some_and(|name| cite::is_kept(name) && !kept.contains_key(name)) {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Makes a folder below `.regesta/`, whose files are nobody's sources.
pub fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let ignored = folder.with_file_name(".gitignore");
    if ignored.exists() { Ok(()) } else { fs::write(ignored, "*\n") }
}

/// Writes a file whole or not at all; another build may do so at the same time.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.draft", std::process::id()));
    let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(draft);
    }
    written
}
