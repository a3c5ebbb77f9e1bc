//! The text of a file, or where it is known to be what it was, the way to it.
//!
//! In: bytes, or a file and the fingerprint that its text had. Out: the text. Absent on
//! purpose: how a file is known to be what it was.

use std::{
    fmt, fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::fingerprint::Fingerprint;

/// A text that is read when somebody first asks for it.
pub struct LateText {
    read: OnceLock<String>,
    /// Beside it: most texts are read at once, and there is one for each file.
    late: Option<Box<Late>>,
}

struct Late {
    file: PathBuf,
    fingerprint: Fingerprint,
    /// Set where the text is another than the one that was known.
    moved: Arc<AtomicBool>,
}

impl LateText {
    pub fn of(text: String) -> Self {
        LateText { read: OnceLock::from(text), late: None }
    }

    /// The text of `file`, which had this fingerprint. Should it turn out to have another, the
    /// text is empty and `moved` is set.
    pub fn later(file: &Path, fingerprint: Fingerprint, moved: &Arc<AtomicBool>) -> Self {
        let late = Late { file: file.to_path_buf(), fingerprint, moved: Arc::clone(moved) };
        LateText { read: OnceLock::new(), late: Some(Box::new(late)) }
    }

    /// Whether it has been read.
    pub fn is_read(&self) -> bool {
        self.read.get().is_some()
    }
}

impl Deref for LateText {
    type Target = str;

    fn deref(&self) -> &str {
        self.read.get_or_init(|| self.late.as_ref().map(|late| late.read()).unwrap_or_default())
    }
}

impl fmt::Debug for LateText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

impl Late {
    fn read(&self) -> String {
        let read = fs::read(&self.file).ok().map(decoded);
        let same = read.filter(|(_, _, fingerprint)| *fingerprint == self.fingerprint);
        same.map_or_else(
            || {
                self.moved.store(true, Ordering::Relaxed);
                String::new()
            },
            |(text, ..)| text,
        )
    }
}

/// Bytes as text without a byte order mark, in which every stretch that is not UTF-8 is one
/// U+FFFD; where the first of them stood; and the fingerprint of both.
pub fn decoded(bytes: Vec<u8>) -> (String, Option<usize>, Fingerprint) {
    let (mut text, mut spoilt_at) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(fault) => (String::from_utf8_lossy(fault.as_bytes()).into_owned(), Some(fault.utf8_error().valid_up_to())),
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
        spoilt_at = spoilt_at.map(|at| at - '\u{feff}'.len_utf8());
    }
    let fingerprint = match spoilt_at {
        None => Fingerprint::of_bytes(text.as_bytes()),
        // Another file may have the sign that stands for what is spoilt.
        Some(at) => Fingerprint::of(&(&text, at)),
    };
    (text, spoilt_at, fingerprint)
}

#[cfg(test)]
mod tests {
    use assert_fs::{NamedTempFile, prelude::*};

    use super::*;

    #[test]
    fn a_text_that_is_another_is_told_of() {
        let file = NamedTempFile::new("a.md").expect("there is room");
        let fingerprint = Fingerprint::of_bytes(b"As it was.");
        let read = || {
            let moved = Arc::default();
            let text = LateText::later(file.path(), fingerprint, &moved).to_string();
            (text, moved.load(Ordering::Relaxed))
        };
        assert_eq!(read(), (String::new(), true), "it is gone");
        file.write_str("As it was.").expect("it can be written");
        assert_eq!(read(), ("As it was.".to_string(), false));
        file.write_str("As it is..").expect("it can be written");
        assert_eq!(read(), (String::new(), true));
        file.write_binary(b"\xefAs it was").expect("it can be written");
        assert_eq!(read(), (String::new(), true));
    }
}
