//! Files into a ZIP: the same files in any order, from any thread, give the same bytes.

use std::{
    collections::HashMap,
    io::{self, Seek, Write},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};
use zip::{
    CompressionMethod, DateTime, System, ZipWriter,
    write::{PreparedZipFile, SimpleFileOptions},
};

use super::{BOOK_CHECKSUMS, MIMETYPE, texts};
use crate::{
    book::BookFile,
    diagnostic::{Diagnostic, Place},
    export::{CHECKSUMS, hexadecimal},
    parallel, portable,
    site::{Site, Slug},
};

/// In characters, with the folders of the pack: Windows takes 260 with all folders above.
const LONGEST_NAME: usize = 120;

/// In characters, of the folder that everything lies in: names below it need the room.
const LONGEST_FOLDER: usize = 24;

/// In characters, of the pack's own name.
const LONGEST_TITLE: usize = 60;

/// A pack that is being filled. Files are held as they will be written, compressed.
pub struct Pack<'site> {
    site: &'site Site,
    files: Mutex<Vec<Packed>>,
    fault: Mutex<Option<io::Error>>,
}

struct Packed {
    /// Below the pack's own folder.
    path: String,
    digest: String,
    zipped: PreparedZipFile,
}

/// A pack with its checksums, ready to be written.
pub struct Sealed {
    files: Vec<Packed>,
}

impl<'site> Pack<'site> {
    pub fn begin(site: &'site Site) -> Self {
        Pack { site, files: Mutex::default(), fault: Mutex::default() }
    }

    /// A file of the site.
    pub fn add_page(&self, path: &str, bytes: &[u8]) {
        self.add(format!("site/{path}"), bytes);
    }

    /// A file that the site is made from.
    pub fn add_source(&self, path: &str, bytes: &[u8]) {
        self.add(format!("source/{path}"), bytes);
    }

    fn add(&self, path: String, bytes: &[u8]) {
        match PreparedZipFile::from_data(format!("{}/{path}", folder(self.site)), options(), bytes) {
            Ok(zipped) => {
                let digest = hexadecimal(&Sha256::digest(bytes));
                self.files.lock().unwrap_or_else(PoisonError::into_inner).push(Packed { path, digest, zipped });
            }
            Err(fault) => {
                self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault.into());
            }
        }
    }

    /// Adds what a reader needs to open, check and cite it. The outer error is one of
    /// compression.
    ///
    /// # Errors
    /// `unfit-name`, `double-address`.
    pub fn seal(self) -> io::Result<Result<Sealed, Vec<Diagnostic>>> {
        let checksums = self.checksums();
        let release = hexadecimal(&Sha256::digest(checksums.as_bytes()));
        self.add("README.txt".to_string(), texts::readme(self.site, &release).as_bytes());
        self.add("CITATION.cff".to_string(), texts::citation(self.site).as_bytes());
        self.add(CHECKSUMS.to_string(), self.checksums().as_bytes());
        let Pack { site, files, fault } = self;
        if let Some(fault) = fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(fault);
        }
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let faults = faults(&files, &folder(site));
        Ok(if faults.is_empty() { Ok(Sealed { files }) } else { Err(faults) })
    }

    /// One line a file, by path.
    fn checksums(&self) -> String {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        listed(files.iter().map(|file| (file.path.as_str(), file.digest.as_str())).collect())
    }
}

/// Paths and digests as lines, by path.
fn listed(mut lines: Vec<(&str, &str)>) -> String {
    lines.sort_unstable();
    lines.into_iter().map(|(path, digest)| [digest, "  ", path, "\n"].concat()).collect()
}

/// A book as the one file that reading systems open (EPUB 3.3, section 4): its files, and their
/// checksums beside them.
///
/// # Errors
/// Those of compression.
pub fn seal_book(files: &[BookFile]) -> io::Result<Sealed> {
    let packed = |path: &str, bytes: &[u8]| -> io::Result<Packed> {
        // It tells the kind of the file by its bytes, so it is the first and not compressed.
        let stored = options().compression_method(CompressionMethod::Stored).compression_level(None);
        let options = if path == MIMETYPE { stored } else { options() };
        let zipped = PreparedZipFile::from_data(path, options, bytes)?;
        Ok(Packed { path: path.to_string(), digest: hexadecimal(&Sha256::digest(bytes)), zipped })
    };
    let made: io::Result<Vec<Packed>> =
        parallel::map::<_, _, Vec<io::Result<Packed>>>(files, |file| packed(&file.path, &file.bytes))
            .into_iter()
            .collect();
    let mut files = made?;
    files.sort_by(|one, other| (one.path != MIMETYPE, &one.path).cmp(&(other.path != MIMETYPE, &other.path)));
    let lines: Vec<(&str, &str)> = files.iter().map(|file| (file.path.as_str(), file.digest.as_str())).collect();
    let list = packed(BOOK_CHECKSUMS, listed(lines).as_bytes())?;
    files.push(list);
    Ok(Sealed { files })
}

impl Sealed {
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// # Errors
    /// Those of what is written to.
    pub fn write(self, to: impl Write + Seek) -> io::Result<()> {
        let mut zip = ZipWriter::new(to);
        zip.add_prepared_files(self.files.into_iter().map(|file| file.zipped))?;
        zip.finish()?.flush()
    }
}

/// The folder that everything lies in, so that nothing is strewn where it is unpacked.
fn folder(site: &Site) -> String {
    title(site, LONGEST_FOLDER)
}

/// What a pack is called where nobody says otherwise; `ending` is `zip` or `epub`.
pub fn file_name(site: &Site, ending: &str) -> String {
    format!("{}.{ending}", title(site, LONGEST_TITLE))
}

/// The title's first words as an id, or a word that is no title.
fn title(site: &Site, longest: usize) -> String {
    let words = Slug::from_words(&site.title);
    let mut name = String::new();
    for word in words.as_ref().map_or("archive", Slug::as_str).split('-') {
        if name.len() + word.len() >= longest {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    if name.is_empty() { "archive".to_string() } else { name }
}

/// Nothing of the machine and the moment: no time, no owner, no extra fields.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644)
}

fn faults(files: &[Packed], folder: &str) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut first: HashMap<String, &str> = HashMap::new();
    for Packed { path, .. } in files {
        let length = folder.len() + 1 + path.chars().count();
        if length > LONGEST_NAME {
            let said = format!("with `{folder}/` before it this name has {length} characters");
            told.push(Diagnostic::error("unfit-name", Place::file(path.as_str()), said).help(format!(
                "{LONGEST_NAME} are allowed in a pack: shorten the file's name or those of its folders"
            )));
        }
        if let Some(said) = portable::fault(path) {
            let fault = Diagnostic::error("unfit-name", Place::file(path.as_str()), said);
            told.push(fault.help("rename the file, or what its name is made of".to_string()));
        }
        if let Some(other) = first.insert(path.to_lowercase(), path) {
            let said = "this name differs from another in the case of letters alone";
            told.push(
                Diagnostic::error("double-address", Place::file(path.as_str()), said)
                    .also(Place::file(other), "the other one is here")
                    .help("rename one of the two".to_string()),
            );
        }
    }
    told
}
