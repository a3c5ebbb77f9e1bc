//! Whether a pack is as it was packed. It may come from anywhere: nothing of it is written
//! to the disk, and what it claims is believed of nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read, Seek},
};

use sha2::{Digest, Sha256};
use zip::{ZipArchive, read::ZipFile};

use super::{BOOK_CHECKSUMS, MIMETYPE};
use crate::{
    diagnostic::{Diagnostic, Place},
    export::{CHECKSUMS, hexadecimal},
    portable,
};

/// In bytes: no archive of texts unpacks to more.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// In bytes, of the list of checksums.
const LARGEST_LIST: u64 = 64 * 1024 * 1024;

/// A pack in which all is as it was packed.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    pub files: usize,
    pub bytes: u64,
}

/// Reads a pack. `name` stands for it where the pack as a whole is at fault.
///
/// # Errors
/// `refused-pack`, after which nothing more is looked at; `spoilt-file`, `missing-file`,
/// `surplus-file`.
pub fn verify(name: &str, pack: impl Read + Seek) -> Result<Verified, Vec<Diagnostic>> {
    let refused = |said: String| vec![Diagnostic::error("refused-pack", Place::file(name), said)];
    let mut zip = ZipArchive::new(pack).map_err(|fault| refused(format!("this cannot be read as a ZIP: {fault}")))?;
    let names = names(&mut zip).map_err(refused)?;
    let is_book = names.contains(MIMETYPE) && names.contains(BOOK_CHECKSUMS);
    let list = if is_book { BOOK_CHECKSUMS } else { CHECKSUMS };
    let Some(folder) = names.iter().find_map(|name| name.strip_suffix(list)).map(str::to_string) else {
        return Err(refused(format!("there is no `{CHECKSUMS}` in it: it was not made by `regesta pack`")));
    };
    let in_one = folder.matches('/').count() == 1 && names.iter().all(|name| name.starts_with(&folder));
    if !(in_one || is_book && folder.is_empty()) {
        return Err(refused("its files do not lie in one folder, as those of a pack do".to_string()));
    }
    let checksums = match checksums(&mut zip, &format!("{folder}{list}")) {
        Ok(checksums) => checksums,
        Err(said) => return Err(vec![Diagnostic::error("spoilt-file", Place::file(list), said)]),
    };
    let mut told = Vec::new();
    let mut verified = Verified { files: 0, bytes: 0 };
    for (path, expected) in &checksums {
        let name = format!("{folder}{path}");
        if !names.contains(&name) {
            told.push(Diagnostic::error(
                "missing-file",
                Place::file(path.as_str()),
                "this file is listed and not there",
            ));
            continue;
        }
        match zip.by_name(&name).map_err(Into::into).and_then(digest) {
            Ok((digest, bytes)) if digest == *expected => {
                verified.files += 1;
                verified.bytes += bytes;
            }
            Ok(_) => told.push(spoilt(path, "this file is not the one that was packed")),
            Err(fault) => told.push(spoilt(path, &format!("this file cannot be unpacked: {fault}"))),
        }
    }
    for name in &names {
        let path = &name[folder.len()..];
        if path != list && !checksums.contains_key(path) {
            told.push(Diagnostic::error(
                "surplus-file",
                Place::file(path),
                "this file was not packed: it is not listed",
            ));
        }
    }
    if told.is_empty() { Ok(verified) } else { Err(told) }
}

fn spoilt(path: &str, said: &str) -> Diagnostic {
    Diagnostic::error("spoilt-file", Place::file(path), said)
        .help("get the pack again from where it was published".to_string())
}

/// The names of all files; or why the pack is refused as a whole. What would be unpacked
/// differently by different programs is refused as well.
fn names<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<BTreeSet<String>, String> {
    if zip.has_duplicate_names() {
        return Err("two of its files have one name".to_string());
    }
    let mut names = BTreeSet::new();
    let mut folded = BTreeSet::new();
    let mut bytes = 0_u64;
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(|fault| format!("its file {index} cannot be read: {fault}"))?;
        let name = file.name().map_err(|_| format!("the name of its file {index} is not UTF-8"))?.into_owned();
        if file.encrypted() || !file.is_file() {
            return Err(format!("`{}` is no plain file", name.escape_debug()));
        }
        let inside = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !inside {
            return Err(format!("the name `{}` leads out of the folder that it is unpacked in", name.escape_debug()));
        }
        if let Some(said) = portable::fault(&name) {
            return Err(said);
        }
        bytes = bytes.saturating_add(file.size());
        if bytes > LARGEST {
            return Err(format!("its files claim to have more than {LARGEST} bytes"));
        }
        if !folded.insert(name.to_lowercase()) {
            return Err(format!("the name `{name}` differs from another in the case of letters alone"));
        }
        names.insert(name);
    }
    let consistent = zip.validate_header_consistency();
    consistent.map_err(|fault| format!("its parts contradict one another: {fault}"))?;
    Ok(names)
}

/// What is listed, by path; or why the list cannot be read.
fn checksums<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<BTreeMap<String, String>, String> {
    let file = zip.by_name(name).map_err(|fault| format!("this list cannot be unpacked: {fault}"))?;
    if file.size() > LARGEST_LIST {
        return Err(format!("this list claims to have more than {LARGEST_LIST} bytes"));
    }
    let mut text = String::new();
    let read = file.take(LARGEST_LIST).read_to_string(&mut text);
    read.map_err(|fault| format!("this list cannot be unpacked: {fault}"))?;
    let mut checksums = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let sound = line.split_once("  ").filter(|(digest, path)| {
            digest.len() == 64
                && digest.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
                && !path.is_empty()
        });
        let Some((digest, path)) = sound else {
            return Err(format!("line {} of this list is no checksum", index + 1));
        };
        if checksums.insert(path.to_string(), digest.to_string()).is_some() {
            return Err(format!("line {} of this list names a file again", index + 1));
        }
    }
    Ok(checksums)
}

/// Of a file's bytes, and how many they are: no more than it claims.
fn digest<R: Read + Seek>(file: ZipFile<'_, R>) -> io::Result<(String, u64)> {
    let claimed = file.size();
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let mut bytes = 0_u64;
    // One more, so that a file that goes on is known by it.
    let mut limited = file.take(claimed.saturating_add(1));
    loop {
        let length = limited.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hasher.update(&piece[..length]);
        bytes += length as u64;
    }
    if bytes != claimed {
        return Err(io::Error::other(format!("it claims to have {claimed} bytes and has others")));
    }
    Ok((hexadecimal(&hasher.finalize()), bytes))
}
