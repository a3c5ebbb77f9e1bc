//! A file that is imported, as text, and where things stand in it.
//!
//! In: bytes. Out: [`Script`], whose places are found without reading it again. Absent on
//! purpose: any syntax.

use std::ops::Range;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    source::Source,
};

/// The text of a file, with the beginnings of its lines.
#[derive(Debug)]
pub struct Script {
    source: Source,
    /// Byte offsets, the first of which is 0.
    lines: Vec<usize>,
    /// How many characters begin before each stretch of [`STRETCH`] bytes.
    counts: Vec<usize>,
}

impl Script {
    /// Reads UTF-8, UTF-16 with a byte order mark, and what is neither as Windows-1252, of
    /// which Latin-1 is a part. Control characters other than tabs and line ends become
    /// blanks.
    ///
    /// # Errors
    /// The warning `assumed-encoding`.
    pub fn read(name: &str, bytes: &[u8]) -> Checked<Self> {
        let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        let assumed = marked.is_none() && str::from_utf8(bytes).is_err();
        let (text, ..) = marked.unwrap_or(if assumed { WINDOWS_1252 } else { encoding_rs::UTF_8 }).decode(bytes);
        let text: String = if text.contains(is_stray) { text.replace(is_stray, " ") } else { text.into_owned() };
        let source = Source::new(name, text.into_bytes());
        let ends = source.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let counts = source.text.as_bytes().chunks(STRETCH).scan(0, |count, stretch| {
            let before = *count;
            *count += begins(stretch);
            Some(before)
        });
        let mut counts: Vec<usize> = counts.collect();
        // A file may end where a stretch does.
        counts.push(begins(source.text.as_bytes()));
        let script = Script { lines: std::iter::once(0).chain(ends).collect(), counts, source };
        let mut diagnostics = Vec::new();
        if assumed {
            let valid = str::from_utf8(bytes).err().map_or(0, |fault| fault.valid_up_to());
            // Up to there each byte is the same text in both encodings only where it is ASCII.
            let at = WINDOWS_1252.decode_without_bom_handling(&bytes[..valid]).0.len();
            let said = "this file is not UTF-8; it was read as Windows-1252";
            diagnostics.push(
                Diagnostic::warning("assumed-encoding", script.place(at..at + 1), said)
                    .help("look at the letters with accents; if they are wrong, export the file as UTF-8".to_string()),
            );
        }
        Checked { value: script, diagnostics }
    }

    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The place of a byte range, cut at the end of its first line. It takes as long wherever
    /// that is, since a file of JSON may be one line.
    pub fn place(&self, range: Range<usize>) -> Place {
        let text = &self.source.text;
        let start = floor(text, range.start);
        let index = self.lines.partition_point(|line| *line <= start).saturating_sub(1);
        let line = self.lines.get(index).copied().unwrap_or(0);
        let end_of_line = self.lines.get(index + 1).map_or(text.len(), |next| next - 1);
        let end = floor(text, range.end).clamp(start, end_of_line.max(start));
        let (column, width) = (self.signs(line, start), self.signs(start, end));
        // What is far behind the fault is not shown, and nothing where as much stands before it.
        let shown = if column > LONGEST { "" } else { text[line..end_of_line].trim_end_matches('\r') };
        let shown = shown.char_indices().nth(column + width + LONGEST).map_or(shown, |(at, _)| &shown[..at]);
        let width = if shown.is_empty() { 0 } else { width };
        Place { path: self.source.path.clone(), line: index + 1, column: column + 1, width, text: shown.into() }
    }

    /// How many characters begin in a range.
    fn signs(&self, start: usize, end: usize) -> usize {
        let before = |offset: usize| {
            let index = offset / STRETCH;
            let counted = self.counts.get(index).copied().unwrap_or(0);
            counted + begins(&self.source.text.as_bytes()[index * STRETCH..offset])
        };
        before(end) - before(start)
    }
}

/// Characters are counted once for so many bytes.
const STRETCH: usize = 4096;

/// How many characters begin in a stretch of UTF-8 (RFC 3629, section 3).
fn begins(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// So many characters of a line are shown around what is marked.
const LONGEST: usize = 300;

fn is_stray(sign: char) -> bool {
    sign.is_control() && !matches!(sign, '\t' | '\n' | '\r')
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
