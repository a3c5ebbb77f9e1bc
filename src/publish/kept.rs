//! What one build keeps for the next, below `.regesta/` beside `site.toml`. All of it is
//! safe to delete; a folder that cannot be written to costs time and nothing else, so
//! nothing is said of it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use super::stamp::nanoseconds;
use crate::{
    cite::{self, KeptStyles},
    fingerprint::Fingerprint,
    parallel,
    render::{self, Key, Output},
    sealed::{self, Part, Sealed},
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

/// What builds find out and need not find out again, by the fingerprint of all that it
/// depends on.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    /// Where it is set nothing is kept.
    void: Arc<AtomicBool>,
}

/// So many of one kind are kept: the newest.
const MOST: usize = 2;

/// How far a disk's clock may be from ours.
const CLOCK: Duration = Duration::from_secs(1);

impl Store {
    /// That below the site's root.
    pub fn of(root: &Path) -> Self {
        Store { root: root.join(".regesta"), void: Arc::default() }
    }

    /// The same, which keeps nothing as soon as `void` is set.
    #[must_use]
    pub fn unless(self, void: Arc<AtomicBool>) -> Self {
        Store { void, ..self }
    }

    /// What was kept as `kind` under `key`, if anything: it may be spoilt.
    pub fn read(&self, kind: &str, key: Fingerprint) -> Option<Vec<u8>> {
        fs::read(self.place(kind, key)).ok()
    }

    /// What some threads make of the parts that were kept as `kind` under `key`, in their order;
    /// each is read by itself. A spoilt one is `None`.
    pub fn parts<T: Send>(
        &self,
        kind: &str,
        key: Fingerprint,
        make: impl Fn(Option<Sealed>) -> T + Sync + Send,
    ) -> Vec<T> {
        let place = self.place(kind, key);
        let stretches = stretches(&place).unwrap_or_default();
        // Should another build put a file in its place meanwhile, parts are no parts there, or sound.
        let read = |(start, length): (u64, usize)| -> io::Result<Vec<u8>> {
            let mut file = File::open(&place)?;
            file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::with_capacity(length);
            file.take(length as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        parallel::map(&stretches, |stretch| make(read(*stretch).ok().and_then(|whole| Sealed::of(key, whole))))
    }

    /// Keeps the parts that items make, [sealed](sealed::seal).
    pub fn keep<'a, T: Sync>(
        &self,
        kind: &str,
        key: Fingerprint,
        items: &[T],
        part: impl Fn(&T) -> Part<'a> + Sync + Send,
    ) {
        if self.void.load(Ordering::Relaxed) {
            return;
        }
        let folder = self.root.join(kind);
        let written = |file: &mut File| sealed::seal(key, items, part, file);
        let _ = make(&folder).and_then(|()| write_by(&self.place(kind, key), written));
        newest(&folder, KIND, MOST);
    }

    /// Removes what has just been kept where the disk has the time of another clock than ours:
    /// it is not to be held against times that files have.
    pub fn forget_of_another_clock(&self, kind: &str, key: Fingerprint) {
        let place = self.place(kind, key);
        let (now, kept) = (SystemTime::now(), fs::metadata(&place).and_then(|file| file.modified()));
        let apart = kept.map(|kept| now.duration_since(kept).unwrap_or_else(|fault| fault.duration()));
        if !apart.is_ok_and(|apart| apart < CLOCK) {
            let _ = fs::remove_file(place);
        }
    }

    fn place(&self, kind: &str, key: Fingerprint) -> PathBuf {
        self.root.join(kind).join(format!("{key}.{KIND}"))
    }
}

/// Where the parts of a file begin, and how long they are with what stands before them; where the
/// last is cut, what there is of it.
fn stretches(place: &Path) -> io::Result<Vec<(u64, usize)>> {
    let mut file = File::open(place)?;
    let end = file.metadata()?.len();
    let (mut stretches, mut start) = (Vec::new(), 0);
    while start < end {
        let mut first = [0; 8];
        file.seek(SeekFrom::Start(start))?;
        let length = file.read_exact(&mut first).ok().and_then(|()| sealed::length_of(first));
        let length = length.filter(|length| *length <= end - start).unwrap_or(end - start);
        stretches.push((start, usize::try_from(length).map_err(io::Error::other)?));
        start += length;
    }
    Ok(stretches)
}

/// How the names of the program's own files end.
pub const KIND: &str = "kept";

/// Removes all but the newest files that builds wrote into a folder.
pub fn newest(folder: &Path, kind: &str, most: usize) {
    let mut known: Vec<(SystemTime, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
        .filter(|(_, path)| path.extension().is_some_and(|extension| extension == kind))
        .collect();
    known.sort_unstable();
    for (_, old) in known.iter().rev().skip(most) {
        let _ = fs::remove_file(old);
    }
}

/// Of the program's own file: another one may make another site.
pub fn program() -> Option<Fingerprint> {
    let file = std::env::current_exe().ok()?.metadata().ok()?;
    let changed = nanoseconds(file.modified().ok()?)?;
    Some(Fingerprint::of(&(env!("CARGO_PKG_VERSION"), file.len(), changed)))
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
    write_by(path, |file| file.write_all(bytes))
}

fn write_by(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.draft", std::process::id()));
    let written = File::create(&draft).and_then(|mut file| write(&mut file)).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(draft);
    }
    written
}
