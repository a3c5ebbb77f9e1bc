//! What was formatted, from one build to the next: one file for each style.
//!
//! A file has a line for each reference: the fingerprint of what was formatted, that of
//! the whole line, and the HTML. A line that is spoilt, cut off or another style's is
//! passed over.

use std::{collections::BTreeMap, sync::Arc};

use crate::fingerprint::{Fingerprint, FingerprintMap};

/// Where the files lie below the site's root; safe to delete.
pub const FOLDER: &str = ".regesta/citations";

/// The files of [`FOLDER`] by name, each as it has to be; without bytes where it is.
pub type KeptStyles = BTreeMap<String, Option<Vec<u8>>>;

/// Whether a file in [`FOLDER`] is of [`KeptStyles`], or the draft of one.
pub fn is_kept(file_name: &str) -> bool {
    let name = file_name.strip_prefix('.').unwrap_or(file_name);
    name.split_once(".txt")
        .is_some_and(|(style, _)| style.len() == DIGITS && style.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Of a fingerprint in hexadecimal.
const DIGITS: usize = 32;

/// The name of a style's file. The fingerprint is of all that the style and the program
/// contribute to what is formatted.
pub fn file_name(style: Fingerprint) -> String {
    format!("{style}.txt")
}

/// What one style formatted, by the fingerprint of the reference.
#[derive(Debug, Default)]
pub struct Memory {
    formatted: FingerprintMap<Formatted>,
    /// Whether the file is not what this has.
    differs: bool,
}

#[derive(Debug)]
struct Formatted {
    html: Arc<str>,
    used: bool,
}

impl Memory {
    /// What a file has.
    pub fn read(style: Fingerprint, bytes: &[u8]) -> Self {
        let mut memory = Memory::default();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match parse(style, line) {
                Some((reference, html)) => {
                    memory.formatted.insert(reference, Formatted { html: html.into(), used: false });
                }
                None => memory.differs = true,
            }
        }
        memory
    }

    pub fn get(&mut self, reference: Fingerprint) -> Option<Arc<str>> {
        let formatted = self.formatted.get_mut(&reference)?;
        formatted.used = true;
        Some(Arc::clone(&formatted.html))
    }

    pub fn put(&mut self, reference: Fingerprint, html: &Arc<str>) {
        self.formatted.insert(reference, Formatted { html: Arc::clone(html), used: true });
        self.differs = true;
    }

    /// The file for the next build; `None` where the one that was read will do.
    pub fn write(&self, style: Fingerprint, unused: Unused) -> Option<Vec<u8>> {
        let stays = |formatted: &Formatted| formatted.used || unused == Unused::Keep;
        if !self.differs && self.formatted.values().all(stays) {
            return None;
        }
        let stays = self.formatted.iter().filter(|(_, formatted)| stays(formatted));
        let mut lines: Vec<String> =
            stays.map(|(reference, formatted)| line(style, *reference, &formatted.html)).collect();
        lines.sort_unstable();
        Some(lines.concat().into_bytes())
    }
}

/// What becomes of that for which nobody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    Keep,
    Drop,
}

fn line(style: Fingerprint, reference: Fingerprint, html: &str) -> String {
    let reference = reference.to_string();
    format!("{reference}{}{html}\n", seal(style, &reference, html))
}

/// Ties the parts of a line to each other and to their file.
fn seal(style: Fingerprint, reference: &str, html: &str) -> Fingerprint {
    Fingerprint::of(&(style, reference, html))
}

fn parse(style: Fingerprint, line: &[u8]) -> Option<(Fingerprint, &str)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (reference, rest) = line.split_at_checked(DIGITS)?;
    let (told, html) = rest.split_at_checked(DIGITS)?;
    let sound = told == seal(style, reference, html).to_string();
    sound.then_some((Fingerprint::from_digits(reference)?, html))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u8) -> Fingerprint {
        Fingerprint::of_bytes(&[number])
    }

    #[test]
    fn what_was_written_is_read_and_spoilt_lines_are_not() {
        let style = number(0);
        let mut memory = Memory::default();
        memory.put(number(1), &"one".into());
        memory.put(number(2), &"two — <em>zwei</em>".into());
        let bytes = memory.write(style, Unused::Drop).unwrap();
        let mut again = Memory::read(style, &bytes);
        assert_eq!(again.get(number(2)).as_deref(), Some("two — <em>zwei</em>"));
        assert_eq!(again.write(style, Unused::Keep), None);
        let with_one_dropped = again.write(style, Unused::Drop).unwrap();
        assert_eq!(Memory::read(style, &with_one_dropped).get(number(1)), None);
        for at in 0..bytes.len() {
            let mut spoilt = bytes.clone();
            spoilt[at] ^= 1;
            let mut memory = Memory::read(style, &spoilt);
            let both = [(number(1), "one"), (number(2), "two — <em>zwei</em>")];
            for (reference, html) in both {
                assert!(memory.get(reference).is_none_or(|read| *read == *html), "byte {at}");
            }
            assert!(memory.write(style, Unused::Keep).is_some(), "byte {at}");
            Memory::read(style, &bytes[..at]);
        }
        assert_eq!(Memory::read(number(9), &bytes).get(number(1)), None);
    }
}
