//! The only reader of the disk: settings, content and themes as bytes and text.
//!
//! In: a site's root folder. Out: [`Sources`] in the order of their paths. Absent
//! on purpose: any syntax. A file that is not UTF-8 is still a [`Source`]; the
//! parser says so at the place, and the entry keeps its id.

use std::{
    io,
    ops::Range,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use walkdir::WalkDir;

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    parallel,
};

/// A text file below the site's root.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Path under the site's root, with `/` between its parts.
    pub path: Arc<str>,
    /// The whole text without a byte order mark; every stretch that is not UTF-8
    /// is one U+FFFD.
    pub text: String,
    /// Where in `text` the first byte stood that is not UTF-8.
    pub spoilt_at: Option<usize>,
    /// Byte offsets at which lines start.
    line_starts: Vec<usize>,
}

impl Source {
    pub fn new(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (mut text, mut spoilt_at) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(fault) => {
                (String::from_utf8_lossy(fault.as_bytes()).into_owned(), Some(fault.utf8_error().valid_up_to()))
            }
        };
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
            spoilt_at = spoilt_at.map(|at| at - '\u{feff}'.len_utf8());
        }
        let line_starts = std::iter::once(0).chain(starts_of_lines(&text)).collect();
        Source { path: path.into(), text, spoilt_at, line_starts }
    }

    /// The place of a byte range of `text`, cut at the end of its first line.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = self.floor(range.start);
        let line = self.line_starts.partition_point(|&at| at <= start);
        let line_start = self.line_starts[line - 1];
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

    /// The byte offset of a line and column that count from 1; the text's end
    /// where there is no such place. Columns count characters.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(&start) = self.line_starts.get(line.saturating_sub(1)) else {
            return self.text.len();
        };
        let text = self.text[start..].split('\n').next().unwrap_or_default();
        let within = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        start + within
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

fn starts_of_lines(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)
}

/// A file that is published as it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path below the folder that it was found in, with `/` between its parts.
    pub path: Arc<str>,
    pub bytes: Vec<u8>,
}

/// All that the archive is made from.
#[derive(Debug, Default)]
pub struct Sources {
    /// The Markdown files below `content/`, by path.
    pub texts: Vec<Arc<Source>>,
    pub keywords: Option<Source>,
    pub actors: Option<Source>,
    /// Everything else below `content/`: pictures and the like, by path.
    pub assets: Vec<Asset>,
}

/// Reads `content/` below `root`. Hidden files and the traces that editors leave
/// are passed over. A link is followed as long as it stays inside the root.
///
/// # Errors
/// `missing-content`, `unreadable-file`, `outside-root`.
pub fn read_content(root: &Path) -> Checked<Sources> {
    let mut told = Vec::new();
    let folder = root.join("content");
    if !folder.is_dir() {
        told.push(
            Diagnostic::error("missing-content", Place::file("content"), "there is no folder `content`")
                .help("make it, with a folder below it for each collection of `site.toml`".to_string()),
        );
        return Checked { value: Sources::default(), diagnostics: told };
    }
    let paths = files(root, &folder).keep(&mut told);
    let files: Vec<Checked<Option<File>>> = parallel::map(&paths, |path| read_file(root, path));
    let mut sources = Sources::default();
    for file in files {
        match file.keep(&mut told) {
            Some(File::Text(source)) => match &*source.path {
                "content/keywords.yaml" => sources.keywords = Some(source),
                "content/actors.yaml" => sources.actors = Some(source),
                _ => sources.texts.push(Arc::new(source)),
            },
            Some(File::Other(asset)) => sources.assets.push(asset),
            None => {}
        }
    }
    Checked { value: sources, diagnostics: told }
}

enum File {
    Text(Source),
    Other(Asset),
}

fn read_file(root: &Path, path: &Path) -> Checked<Option<File>> {
    let name = below(root, path);
    match std::fs::read(path) {
        Err(fault) => Checked { value: None, diagnostics: vec![unreadable(name, &fault)] },
        Ok(bytes) if name.ends_with(".md") || matches!(&*name, "content/keywords.yaml" | "content/actors.yaml") => {
            Checked::sound(Some(File::Text(Source::new(name, bytes))))
        }
        Ok(bytes) => {
            let path = name.strip_prefix("content/").map_or_else(|| Arc::clone(&name), Arc::from);
            Checked::sound(Some(File::Other(Asset { path, bytes })))
        }
    }
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
                } else if leads_out(&entry, &real_root) {
                    told.push(
                        Diagnostic::error(
                            "outside-root",
                            Place::file(below(root, entry.path())),
                            "this link leads out of the site's folder",
                        )
                        .help(
                            "copy what it leads to, so that nothing from elsewhere is published by accident"
                                .to_string(),
                        ),
                    );
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
            Err(fault) => {
                let path = fault.path().map_or_else(|| "content".into(), |path| below(root, path));
                told.push(
                    Diagnostic::error("unreadable-file", Place::file(path), fault.to_string())
                        .help("check its permissions, and that no link leads back to its own folder".to_string()),
                );
            }
        }
    }
    found.sort();
    Checked { value: found, diagnostics: told }
}

/// Whether an entry below the folder is a link to something outside the root.
fn leads_out(entry: &walkdir::DirEntry, real_root: &Path) -> bool {
    entry.depth() > 0
        && entry.path_is_symlink()
        && !entry.path().canonicalize().is_ok_and(|real| real.starts_with(real_root))
}

/// Hidden files, and what vim, emacs and office programs leave beside a file.
fn passed_over(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('#') || name.starts_with("~$") || name.ends_with('~')
}

fn below(root: &Path, path: &Path) -> Arc<str> {
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
