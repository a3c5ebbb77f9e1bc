//! The words of a text, as they are looked for.
//!
//! In: any text. Out: [`Word`]s with their places in it and their positions. What is
//! joined by a hyphen, an apostrophe, a point or a stroke counts in its parts and as a
//! whole, so that `A/66/359`, `cyber-security` and `Pravitel'stvo` are found by either.
//! `search-fold.js` cuts texts in the same way.

use std::ops::Range;

use super::fold;

/// One word, or a whole of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub key: String,
    /// In bytes.
    pub range: Range<usize>,
    /// Counted in parts from 0; a whole has the position of its first part.
    pub position: usize,
    /// How many parts it takes up.
    pub parts: usize,
}

/// What may stand between the parts of a whole. Dashes and apostrophes are joined over.
const HYPHENS: &str = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2212}";
const APOSTROPHES: &str = "'\u{2018}\u{2019}\u{2032}`\u{b4}";
const OTHERS: &str = "/._:&+@#";

/// A whole of more parts, such as a long address, counts in its parts alone.
const MOST_PARTS: usize = 8;

fn joins(c: char) -> bool {
    HYPHENS.contains(c) || APOSTROPHES.contains(c) || OTHERS.contains(c)
}

/// Every word of `text`, by position; a whole stands before its parts.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut position = 0;
    for chunk in chunks(text) {
        let parts = parts(text, chunk);
        let whole = whole(text, &parts);
        let count = parts.len();
        found.extend(whole.map(|(key, range)| Word { key, range, position, parts: count }));
        for Part { key, range } in parts {
            found.push(Word { key, range, position, parts: 1 });
            position += 1;
        }
    }
    found
}

struct Part {
    key: String,
    range: Range<usize>,
}

/// Stretches of word characters, and of one joining character between two of them.
fn chunks(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut chunks: Vec<Vec<Range<usize>>> = Vec::new();
    let mut open: Option<usize> = None;
    // Where a joining character stands behind a part, and the text that may follow begins.
    let mut joined_at: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if fold::is_word(c) {
            if open.is_none() {
                open = Some(at);
                if joined_at.take() != Some(at) {
                    chunks.push(Vec::new());
                }
            }
            continue;
        }
        if let Some(start) = open.take() {
            if let Some(chunk) = chunks.last_mut() {
                chunk.push(start..at);
            }
            joined_at = joins(c).then(|| at + c.len_utf8());
        } else {
            joined_at = None;
        }
    }
    if let (Some(start), Some(chunk)) = (open, chunks.last_mut()) {
        chunk.push(start..text.len());
    }
    chunks
}

/// The parts of a chunk with their keys. What is written without blanks becomes pairs
/// of characters, and its last character.
fn parts(text: &str, chunk: Vec<Range<usize>>) -> Vec<Part> {
    let mut parts = Vec::with_capacity(chunk.len());
    for range in chunk {
        if text[range.clone()].chars().any(fold::is_unspaced) {
            mixed(text, range, &mut parts);
        } else {
            let key = fold::fold(&text[range.clone()]);
            if !key.is_empty() {
                parts.push(Part { key, range });
            }
        }
    }
    parts
}

fn mixed(text: &str, range: Range<usize>, parts: &mut Vec<Part>) {
    let letters: Vec<(usize, char)> = text[range.clone()].char_indices().map(|(at, c)| (range.start + at, c)).collect();
    let end = |index: usize| letters.get(index).map_or(range.end, |(at, _)| *at);
    let mut index = 0;
    while index < letters.len() {
        let kind = fold::is_unspaced(letters[index].1);
        let length = letters[index..].iter().take_while(|(_, c)| fold::is_unspaced(*c) == kind).count();
        let step = if kind { 1 } else { length };
        for from in (index..index + length).step_by(step) {
            let to = if kind { (from + 2).min(index + length) } else { from + length };
            let range = letters[from].0..end(to);
            let key = fold::fold(&text[range.clone()]);
            if !key.is_empty() {
                parts.push(Part { key, range });
            }
        }
        index += length;
    }
}

/// The key of several parts in one: joined where hyphens, apostrophes, or the points of
/// an abbreviation stand between them; else with what stands between them.
fn whole(text: &str, parts: &[Part]) -> Option<(String, Range<usize>)> {
    let (first, last) = (parts.first()?, parts.last()?);
    if !(2..=MOST_PARTS).contains(&parts.len()) {
        return None;
    }
    let range = first.range.start..last.range.end;
    if text[range.clone()].chars().any(fold::is_unspaced) {
        return None;
    }
    let between: Vec<char> =
        parts.windows(2).filter_map(|pair| text[pair[0].range.end..pair[1].range.start].chars().next()).collect();
    let digits = parts.iter().any(|part| part.key.bytes().any(|byte| byte.is_ascii_digit()));
    let letters = parts.iter().all(|part| part.key.chars().nth(1).is_none());
    let joined = |c: char| match c {
        '.' => letters,
        c if HYPHENS.contains(c) => !digits,
        c => APOSTROPHES.contains(c),
    };
    let mut key = String::new();
    for (index, part) in parts.iter().enumerate() {
        key.push_str(&part.key);
        match between.get(index) {
            Some(c) if joined(*c) => {}
            Some(c) => key.push(if HYPHENS.contains(*c) { '-' } else { *c }),
            None => {}
        }
    }
    Some((key.chars().take(fold::LONGEST).collect(), range))
}
