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
pub struct Word<'key> {
    pub key: &'key str,
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
    if c.is_ascii() {
        return KINDS[c as usize] == JOINS;
    }
    HYPHENS.contains(c) || APOSTROPHES.contains(c)
}

/// Hands over every word of `text`, by position, a whole before its parts; and says how
/// many parts there are.
///
/// Most words are Latin letters with blanks around them, and archives have millions: each
/// byte of these is looked at once, and one in lower case is its own key.
pub fn each(text: &str, mut take: impl FnMut(Word<'_>)) -> usize {
    let bytes = text.as_bytes();
    let mut scratch = String::new();
    let (mut at, mut position) = (0, 0);
    loop {
        at += bytes[at..].iter().take_while(|&&byte| KINDS[usize::from(byte)] & (BETWEEN | JOINS) != 0).count();
        let (end, seen, next) = run(bytes, at);
        if end > at && (next & BETWEEN != 0 || ends_chunk(text, end)) {
            let range = at..end;
            let key = if seen & UPPER == 0 && range.len() <= fold::LONGEST {
                &text[range.clone()]
            } else {
                fold::fold_ascii(&text[range.clone()], &mut scratch);
                &scratch
            };
            take(Word { key, range, position, parts: 1 });
            position += 1;
            at = end;
            continue;
        }
        let Some(c) = first_char(text, at) else { return position };
        if !fold::is_word(c) {
            at += c.len_utf8();
            continue;
        }
        let (chunk, end) = chunk(text, at);
        at = end;
        let parts = parts(text, chunk);
        if let Some((key, range)) = whole(text, &parts) {
            take(Word { key: &key, range, position, parts: parts.len() });
        }
        for Part { key, range } in parts {
            take(Word { key: &key, range, position, parts: 1 });
            position += 1;
        }
    }
}

/// What a byte of UTF-8 is part of, told by itself: a letter in lower case or digit of
/// ASCII,
const LOWER: u8 = 1;
/// one in upper case,
const UPPER: u8 = 2;
/// another character of ASCII,
const BETWEEN: u8 = 4;
/// one that joins words,
const JOINS: u8 = 8;
/// or a character of several bytes.
const OTHER: u8 = 16;

const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte: u8 = 0;
    while byte.is_ascii() {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'-' | b'\'' | b'`' => JOINS,
            _ => BETWEEN,
        };
        byte += 1;
    }
    let mut index = 0;
    while index < OTHERS.len() {
        kinds[OTHERS.as_bytes()[index] as usize] = JOINS;
        index += 1;
    }
    kinds
};

/// The letters and digits of ASCII from `at` on: where they end, which kinds there are, and
/// the kind of what comes next.
fn run(bytes: &[u8], at: usize) -> (usize, u8, u8) {
    let mut seen = 0;
    for (end, &byte) in (at..).zip(&bytes[at..]) {
        let kind = KINDS[usize::from(byte)];
        if kind & (LOWER | UPPER) == 0 {
            return (end, seen, kind);
        }
        seen |= kind;
    }
    (bytes.len(), seen, BETWEEN)
}

fn first_char(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text[at..].chars().next(),
    }
}

/// Whether nothing at `at` belongs to a word that ends there.
fn ends_chunk(text: &str, at: usize) -> bool {
    match first_char(text, at) {
        None => true,
        Some(c) if fold::is_word(c) => false,
        Some(c) => !joins(c) || !first_char(text, at + c.len_utf8()).is_some_and(fold::is_word),
    }
}

struct Part {
    key: String,
    range: Range<usize>,
}

/// The stretch that begins at `at`: word characters, and one joining character between two
/// of them. Its parts, and where it ends.
fn chunk(text: &str, at: usize) -> (Vec<Range<usize>>, usize) {
    let mut parts = Vec::new();
    let mut start = at;
    loop {
        let end = text[start..].find(|c| !fold::is_word(c)).map_or(text.len(), |length| start + length);
        parts.push(start..end);
        if ends_chunk(text, end) {
            return (parts, end);
        }
        start = end + first_char(text, end).map_or(0, char::len_utf8);
    }
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
