//! The only reader of the disk: settings, content and themes as bytes and text.
//!
//! In: a site's root folder. Out: [`Sources`] in the order of their paths, and what
//! has changed since ([`Difference`]). Absent on purpose: any syntax. A file that is not
//! UTF-8 is still a [`Source`]; the parser says so at the place, and the entry keeps its id.

mod seen;
mod text;

use std::{
    collections::{BTreeMap, HashSet},
    ffi::OsStr,
    fs::File as OpenFile,
    io::{self, Read},
    ops::{Bound, Range},
    path::{Component, Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::SystemTime,
};

use include_dir::Dir;
use walkdir::WalkDir;

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    fingerprint::Fingerprint,
    parallel,
};
use seen::Mark;
pub use seen::{Seen, Sight};
use text::LateText;

/// A text file below the site's root.
#[derive(Debug)]
pub struct Source {
    /// Path under the site's root, with `/` between its parts.
    pub path: Arc<str>,
    /// The whole text without a byte order mark; every stretch that is not UTF-8
    /// is one U+FFFD.
    pub text: LateText,
    /// Where in `text` the first byte stood that is not UTF-8.
    pub spoilt_at: Option<usize>,
    /// Of the text, and of where it is spoilt.
    pub fingerprint: Fingerprint,
}

/// The byte offset in a text of a line and column that count from 1; the text's end
/// where there is no such place. Columns count characters.
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let line = text[start..].split('\n').next().unwrap_or_default();
    start + line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

impl Source {
    pub fn new(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (text, spoilt_at, fingerprint) = text::decoded(bytes);
        Source { path: path.into(), text: LateText::of(text), spoilt_at, fingerprint }
    }

    /// The place of a byte range of `text`, cut at the end of its first line.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = self.floor(range.start);
        // Lines are counted anew for each place: most files have none to tell of.
        let before = &self.text[..start];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let text = self.text[line_start..].lines().next().unwrap_or_default();
        let end = self.floor(range.end).clamp(start, (line_start + text.len()).max(start));
        Place {
            path: Arc::clone(&self.path),
            line,
            column: self.text[line_start..start].chars().count() + 1,
            width: self.text[start..end].chars().count(),
            text: text.into(),
        }
    }

    /// The file's name without its folders and its last extension.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        let alike = self.fingerprint == other.fingerprint && self.spoilt_at == other.spoilt_at;
        alike && self.path == other.path && *self.text == *other.text
    }
}

impl Eq for Source {}

/// A file that is published as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path below the folder that it was found in, with `/` between its parts.
    pub path: Arc<str>,
    pub bytes: Vec<u8>,
}

/// A file below `content/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// Markdown, or one of the two vocabularies.
    Text(Arc<Source>),
    /// Pictures and the like.
    Other(Arc<Asset>),
}

/// All that the archive is made from, but for settings and theme.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// By path under the site's root.
    files: BTreeMap<Arc<str>, File>,
    /// What could not be read, in the order of places.
    faults: Vec<Diagnostic>,
    /// Whether a file that was known to be what it was turned out to be another.
    moved: Arc<AtomicBool>,
}

/// How the disk differs from what is known of a file or folder.
#[derive(Debug, Default)]
pub struct Difference {
    /// The path that was looked at, with all below it.
    at: String,
    /// New files, and files with other bytes than before.
    pub put: Vec<(Arc<str>, File)>,
    /// Paths of files that are not there any more. One that cannot be read is not gone.
    pub gone: Vec<Arc<str>>,
    faults: Vec<Diagnostic>,
}

/// The folder that everything but settings and theme lies in.
const CONTENT: &str = "content";

impl Sources {
    /// Reads `content/` below `root`. Hidden files and the traces that editors leave
    /// are passed over. A link is followed as long as it stays inside the root.
    pub fn read(root: &Path) -> Self {
        Self::read_knowing(root, &Seen::default()).0
    }

    /// The same, but for the texts of those files that are known to be what they were: each is
    /// read when somebody asks for it. Gives what the next process knows of them as well.
    pub fn read_knowing(root: &Path, seen: &Seen) -> (Self, Seen) {
        let mut sources = Sources::default();
        let began = SystemTime::now();
        let (difference, marks) = sources.look(root, CONTENT, seen);
        let settled = marks.into_iter().filter(|(_, mark)| mark.is_settled(began));
        let now_seen = Seen::of(settled.filter_map(|(at, mark)| match &difference.put[at] {
            (path, File::Text(source)) if source.spoilt_at.is_none() => {
                Some((Arc::clone(path), mark, source.fingerprint))
            }
            _ => None,
        }));
        sources.apply(difference);
        (sources, now_seen)
    }

    /// Set as soon as the text of a file turns out to be another than was known: what has been
    /// made then is of no use.
    pub fn moved(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.moved)
    }

    /// Looks at one file or folder again. `path` is under the root, with `/` between its
    /// parts; one that lies outside `content/` differs in nothing.
    pub fn differing(&self, root: &Path, path: &str) -> Difference {
        self.look(root, path, &Seen::default()).0
    }

    /// As [`differing`](Self::differing), with the marks of the new files by their indexes.
    fn look(&self, root: &Path, path: &str, seen: &Seen) -> (Difference, Vec<(usize, Mark)>) {
        let inside = path == CONTENT || path.starts_with("content/");
        if !inside {
            return Default::default();
        }
        let mut faults = Vec::new();
        let found = read_below(root, path, seen, &self.moved).keep(&mut faults);
        if !root.join(CONTENT).is_dir() {
            faults = vec![
                Diagnostic::error("missing-content", Place::file(CONTENT), "there is no folder `content`")
                    .help("make it, with a folder below it for each collection of `site.toml`".to_string()),
            ];
        }
        let gone = if self.files.is_empty() {
            Vec::new()
        } else {
            let there: HashSet<&str> = found.iter().map(|found| &*found.path).collect();
            let lost = |known: &str| faults.iter().any(|fault| is_at_or_below(known, &fault.place.path));
            self.below(path).filter(|known| !there.contains(&***known) && !lost(known)).cloned().collect()
        };
        let (mut put, mut marks) = (Vec::with_capacity(found.len()), Vec::new());
        for Found { path, file, mark } in found {
            if self.files.get(&path) != Some(&file) {
                marks.extend(mark.map(|mark| (put.len(), mark)));
                put.push((path, file));
            }
        }
        (Difference { at: path.to_string(), put, gone, faults }, marks)
    }

    pub fn apply(&mut self, difference: Difference) {
        for path in &difference.gone {
            self.files.remove(path);
        }
        self.files.extend(difference.put);
        self.faults.retain(|fault| !is_at_or_below(&fault.place.path, &difference.at) && *fault.place.path != *CONTENT);
        self.faults.extend(difference.faults);
    }

    /// Of the files that are wanted, with their paths.
    pub fn fingerprint(&self, wanted: impl Fn(&str) -> bool) -> Fingerprint {
        let files: Vec<(&Arc<str>, &File)> = self.files.iter().filter(|(path, _)| wanted(path)).collect();
        let each: Vec<(&str, Fingerprint)> = parallel::map(&files, |(path, file)| match file {
            File::Text(source) => (&***path, source.fingerprint),
            File::Other(asset) => (&***path, Fingerprint::of_bytes(&asset.bytes)),
        });
        Fingerprint::of(&each)
    }

    /// What could not be read.
    ///
    /// # Errors
    /// `missing-content`, `unreadable-file`, `outside-root`.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The Markdown files, by path.
    pub fn texts(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.files.values().filter_map(|file| match file {
            File::Text(source) if is_markdown(&source.path) => Some(source),
            _ => None,
        })
    }

    /// `content/keywords.yaml`
    pub fn keywords(&self) -> Option<&Arc<Source>> {
        self.text(KEYWORDS)
    }

    /// `content/actors.yaml`
    pub fn actors(&self) -> Option<&Arc<Source>> {
        self.text(ACTORS)
    }

    /// Everything that is neither, by path.
    pub fn assets(&self) -> impl Iterator<Item = &Arc<Asset>> {
        self.files.values().filter_map(|file| match file {
            File::Other(asset) => Some(asset),
            File::Text(_) => None,
        })
    }

    fn text(&self, path: &str) -> Option<&Arc<Source>> {
        match self.files.get(path)? {
            File::Text(source) => Some(source),
            File::Other(_) => None,
        }
    }

    /// Known files at a path and below it.
    fn below<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Arc<str>> {
        let folder = format!("{path}/");
        let below = self.files.range::<str, _>((Bound::Excluded(path), Bound::Unbounded));
        let own = self.files.get_key_value(path).map(|(path, _)| path);
        // A name such as `a-b` stands between `a` and `a/b`.
        let below = below.map(|(path, _)| path).take_while(move |known| known.starts_with(path));
        own.into_iter().chain(below.filter(move |known| known.starts_with(&folder)))
    }
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub const KEYWORDS: &str = "content/keywords.yaml";
const ACTORS: &str = "content/actors.yaml";

/// Whether a file below `content/` is an entry or a page.
pub fn is_markdown(path: &str) -> bool {
    path.ends_with(".md")
}

/// A file as it was found.
struct Found {
    /// Under the site's root.
    path: Arc<str>,
    file: File,
    /// Of a text, where the system tells enough of a file.
    mark: Option<Mark>,
}

/// A file, or all files of a folder.
fn read_below(root: &Path, path: &str, seen: &Seen, moved: &Arc<AtomicBool>) -> Checked<Vec<Found>> {
    let mut told = Vec::new();
    let start = root.join(path);
    // A folder above may be hidden, or lead out of the root.
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut above = root.join(CONTENT);
    for name in path.split('/').skip(1) {
        above.push(name);
        if passed_over(name) {
            return Checked::sound(Vec::new());
        }
        if above.is_symlink() && leads_out(&above, &real_root) {
            told.push(outside_root(root, &above));
            return Checked { value: Vec::new(), diagnostics: told };
        }
    }
    if start.symlink_metadata().is_err() {
        return Checked::sound(Vec::new());
    }
    let paths = files(root, &start).keep(&mut told);
    let files: Checked<Vec<Option<Found>>> = parallel::map(&paths, |path| read_file(root, path, seen, moved));
    let files = files.keep(&mut told).into_iter().flatten().collect();
    Checked { value: files, diagnostics: told }
}

/// `None` where it cannot be read, or is gone since it was listed.
fn read_file(root: &Path, path: &Path, seen: &Seen, moved: &Arc<AtomicBool>) -> Checked<Option<Found>> {
    let name = below(root, path);
    if let Some((mark, fingerprint)) = seen.find(&name)
        && Mark::at(path) == Some(mark)
    {
        let text = LateText::later(path, fingerprint, moved);
        let source = Source { path: Arc::clone(&name), text, spoilt_at: None, fingerprint };
        return Checked::sound(Some(Found { path: name, file: File::Text(Arc::new(source)), mark: Some(mark) }));
    }
    match read_marked(path) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound && !path.is_symlink() => Checked::sound(None),
        Err(fault) => Checked { value: None, diagnostics: vec![unreadable(name, &fault)] },
        Ok((bytes, mark)) if is_markdown(&name) || matches!(&*name, KEYWORDS | ACTORS) => {
            let source = Arc::new(Source::new(Arc::clone(&name), bytes));
            Checked::sound(Some(Found { path: name, file: File::Text(source), mark }))
        }
        Ok((bytes, _)) => {
            let path = name.strip_prefix("content/").map_or_else(|| Arc::clone(&name), Arc::from);
            let file = File::Other(Arc::new(Asset { path, bytes }));
            Checked::sound(Some(Found { path: name, file, mark: None }))
        }
    }
}

/// What is in a file, and the mark that it had before it was read.
fn read_marked(path: &Path) -> io::Result<(Vec<u8>, Option<Mark>)> {
    let file = OpenFile::open(path)?;
    let found = file.metadata()?;
    let mut bytes = Vec::new();
    // One more, to come upon the end without more room.
    bytes.try_reserve_exact(usize::try_from(found.len()).unwrap_or(usize::MAX).saturating_add(1))?;
    // The file itself would ask the system again how long it is.
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok((bytes, Mark::of(&found)))
}

/// Reads one file that is no part of an archive, or as it is byte for byte.
///
/// # Errors
/// Those of the disk.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// Reads one file below `root`; `None` where there is none.
///
/// # Errors
/// `unreadable-file`.
pub fn read_text(root: &Path, name: &str) -> Result<Option<Source>, Box<Diagnostic>> {
    match std::fs::read(root.join(name)) {
        Ok(bytes) => Ok(Some(Source::new(name, bytes))),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(Box::new(unreadable(name.into(), &fault))),
    }
}

/// Reads one file that the settings name by its path below `root`; `None` where there is
/// none.
///
/// # Errors
/// `outside-root`, `unreadable-file`.
pub fn read_named(root: &Path, path: &str) -> Result<Option<Source>, Box<Diagnostic>> {
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let file = root.join(path);
    if !inside || file.canonicalize().is_ok_and(|real| !real.starts_with(&real_root)) {
        return Err(Box::new(
            Diagnostic::error("outside-root", Place::file(path), "this path leads out of the site's folder")
                .help("copy the file into the site's folder, and name it by its path below".to_string()),
        ));
    }
    read_text(root, path)
}

/// Whether there is a file at a path below `root`, and whether anything is in it; `None`
/// where there is nothing.
#[cfg(feature = "serve")]
pub fn has_text(root: &Path, path: &str) -> Option<bool> {
    root.join(path).metadata().ok().map(|file| file.is_dir() || file.len() > 0)
}

/// Reads a folder below `root` (a theme's), by path; empty where there is none.
///
/// # Errors
/// `unreadable-file`, `outside-root`.
pub fn read_folder(root: &Path, folder: &str) -> Checked<Vec<Asset>> {
    let mut told = Vec::new();
    let base = root.join(folder);
    if !base.is_dir() {
        return Checked::sound(Vec::new());
    }
    let paths = files(root, &base).keep(&mut told);
    let mut assets = Vec::with_capacity(paths.len());
    for path in paths {
        match std::fs::read(&path) {
            Ok(bytes) => assets.push(Asset { path: below(&base, &path), bytes }),
            Err(fault) => told.push(unreadable(below(root, &path), &fault)),
        }
    }
    Checked { value: assets, diagnostics: told }
}

/// Settings, content and themes as they lie on the disk, with their paths under the site's
/// root, by path.
///
/// # Errors
/// `unreadable-file`, `outside-root`.
pub fn read_all(root: &Path) -> Checked<Vec<Asset>> {
    let mut told = Vec::new();
    let mut files = Vec::new();
    for folder in [CONTENT, "themes"] {
        let below = read_folder(root, folder).keep(&mut told);
        files.extend(below.into_iter().map(|file| Asset { path: format!("{folder}/{}", file.path).into(), ..file }));
    }
    match std::fs::read(root.join("site.toml")) {
        Ok(bytes) => files.push(Asset { path: "site.toml".into(), bytes }),
        Err(fault) => told.push(unreadable("site.toml".into(), &fault)),
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Checked { value: files, diagnostics: told }
}

/// The files of a folder that is part of the program, by their paths below it; in no order.
pub fn embedded(folder: &'static Dir<'static>) -> Vec<(String, &'static [u8])> {
    let file =
        |file: &'static include_dir::File<'static>| Some((file.path().to_str()?.replace('\\', "/"), file.contents()));
    let mut files: Vec<_> = folder.files().filter_map(file).collect();
    files.extend(folder.dirs().flat_map(embedded));
    files
}

fn files(root: &Path, folder: &Path) -> Checked<Vec<PathBuf>> {
    let mut told = Vec::new();
    let mut found = Vec::new();
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut walk = WalkDir::new(folder).follow_links(true).into_iter();
    while let Some(step) = walk.next() {
        match step {
            Ok(entry) => {
                let hidden = entry.file_name().to_str().is_some_and(passed_over);
                let folder = entry.file_type().is_dir();
                if entry.depth() > 0 && hidden {
                    if folder {
                        walk.skip_current_dir();
                    }
                } else if entry.depth() > 0 && entry.path_is_symlink() && leads_out(entry.path(), &real_root) {
                    told.push(outside_root(root, entry.path()));
                    if folder {
                        walk.skip_current_dir();
                    }
                } else if !folder && entry.path().to_str().is_none() {
                    told.push(
                        Diagnostic::error(
                            "unreadable-file",
                            Place::file(below(root, entry.path())),
                            "the name of this file is not UTF-8",
                        )
                        .help("rename it".to_string()),
                    );
                } else if !folder {
                    found.push(entry.into_path());
                }
            }
            // Emacs marks a file that is edited with a link that leads nowhere.
            Err(fault) if fault.path().and_then(Path::file_name).and_then(OsStr::to_str).is_some_and(passed_over) => {}
            Err(fault) => {
                let path = fault.path().map_or_else(|| "content".into(), |path| below(root, path));
                told.push(
                    Diagnostic::error("unreadable-file", Place::file(path), fault.to_string())
                        .help("check its permissions, and that no link leads back to its own folder".to_string()),
                );
            }
        }
    }
    // Compared name by name they would take four times as long.
    parallel::sort(&mut found, |one: &PathBuf, other| one.as_os_str().cmp(other.as_os_str()));
    Checked { value: found, diagnostics: told }
}

/// Whether a link leads to something outside the root, or to nothing.
fn leads_out(link: &Path, real_root: &Path) -> bool {
    !link.canonicalize().is_ok_and(|real| real.starts_with(real_root))
}

fn outside_root(root: &Path, link: &Path) -> Diagnostic {
    Diagnostic::error("outside-root", Place::file(below(root, link)), "this link leads out of the site's folder")
        .help("copy what it leads to, so that nothing from elsewhere is published by accident".to_string())
}

/// Hidden files, and what vim, emacs, office programs and `IntelliJ` leave beside
/// a file, if only for a moment.
pub fn passed_over(name: &str) -> bool {
    const BEGINNINGS: [&str; 3] = [".", "#", "~$"];
    const ENDS: [&str; 3] = ["~", "___jb_tmp___", "___jb_old___"];
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) || ENDS.iter().any(|end| name.ends_with(end))
}

pub fn below(root: &Path, path: &Path) -> Arc<str> {
    let parts: Vec<_> = path
        .strip_prefix(root)
        .unwrap_or(path)
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts.join("/").into()
}

fn unreadable(path: Arc<str>, fault: &io::Error) -> Diagnostic {
    Diagnostic::error("unreadable-file", Place::file(path), format!("this file cannot be read: {fault}"))
}
