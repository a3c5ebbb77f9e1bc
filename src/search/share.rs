//! What one document gives to the index: its words, how much each counts, and where.
//!
//! In: texts and the field that each stands in. Out: a [`Share`]. Weights are whole
//! numbers that depend on the document alone, so that an edit elsewhere changes none of
//! them and the order of sums does not matter. Lengths are compared with those that a
//! field usually has, not with the archive's average, for the same reason.

use super::{fold, words};

/// A part of a document that words are found in.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// How much a word counts in one of the usual length.
    weight: u32,
    /// In words.
    usual: u32,
    /// How far the length counts, in percent: `b` of BM25.
    length: u32,
}

const fn field(weight: u32, usual: u32, length: u32) -> Field {
    Field { weight, usual, length }
}

/// BM25F with these weights (Robertson, Zaragoza and Taylor 2004), in 64ths.
pub const TITLE: Field = field(8 * 64, 8, 40);
/// In other languages and scripts.
pub const OTHER_TITLE: Field = field(6 * 64, 8, 40);
pub const CREATOR: Field = field(7 * 64, 4, 40);
pub const NUMBER: Field = field(8 * 64, 3, 20);
pub const YEAR: Field = field(3 * 64, 1, 0);
pub const KEYWORD: Field = field(3 * 64, 8, 40);
pub const ACTOR: Field = field(2 * 64, 4, 40);
pub const ALIAS: Field = field(64, 10, 20);
pub const SUMMARY: Field = field(2 * 64, 25, 40);
pub const CONTAINER: Field = field(2 * 64, 5, 40);
pub const HEADING: Field = field(3 * 64, 6, 40);
pub const TEXT: Field = field(64, 300, 60);
pub const PRINTED: Field = field(32, 40, 40);
/// The name of a page that leads to entries, and is seldom what is looked for.
pub const SHELF: Field = field(5 * 64, 3, 20);

/// Between texts that are not read on from one to the next, in words.
const GAP: u32 = 8;

/// Steps of [`impact`].
pub const STEPS: u32 = 15;

/// How much a word says of a document, from 1 to [`STEPS`]: BM25's saturation of a
/// weight, with `k1` = 3.
pub fn impact(weight: u32) -> u32 {
    const K1: u32 = 3 * 64;
    (weight * STEPS).div_ceil(weight + K1).clamp(1, STEPS)
}

/// The words of one document, sorted by their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// All keys, one behind the other.
    keys: String,
    terms: Vec<Term>,
    positions: Vec<u32>,
    /// Where the next text would begin.
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Term {
    /// Where its key, and where its positions end.
    key: u32,
    positions: u32,
    weight: u32,
}

impl Share {
    /// Adds the next key.
    fn push(&mut self, key: &str, weight: u32, positions: &[u32]) {
        self.keys.push_str(key);
        self.positions.extend_from_slice(positions);
        let (key, positions) = (size(self.keys.len()), size(self.positions.len()));
        self.terms.push(Term { key, positions, weight });
    }

    /// Each key with its weight and its positions, which are in order.
    pub fn terms(&self) -> impl Iterator<Item = (&str, u32, &[u32])> {
        let (mut key, mut position) = (0, 0);
        self.terms.iter().map(move |term| {
            let (from, first) = (key, position);
            (key, position) = (term.key as usize, term.positions as usize);
            (&self.keys[from..key], term.weight, &self.positions[first..position])
        })
    }
}

/// A [`Share`] that is being gathered.
///
/// Words are put down as they come and sorted at the end: a map from key to positions
/// takes a list and a string for each of them.
#[derive(Debug, Default)]
pub struct Gathering<'before> {
    before: Option<&'before Share>,
    /// All keys, one behind the other.
    keys: String,
    found: Vec<Found>,
    end: u32,
    halved: bool,
}

/// A word where it stands.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// The first eight bytes of the key as a number, which settles most comparisons.
    head: u64,
    /// Where the key begins and ends.
    key: (u32, u32),
    /// [`NOWHERE`] for one that is only known to be there.
    position: u32,
    weight: u32,
}

const NOWHERE: u32 = u32::MAX;

/// A word that stands in every line of a long text counts no more than this.
const MOST: u32 = 1 << 20;

impl<'before> Gathering<'before> {
    /// Goes on where another share ends.
    pub fn behind(before: &'before Share) -> Self {
        Gathering { before: Some(before), end: before.end, ..Gathering::default() }
    }

    /// Texts that are one field: its length is that of all of them.
    pub fn add<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) {
        self.gather(field, texts, false);
    }

    /// As [`add`](Self::add), for text of another script in Latin letters: its words are
    /// found in that script as well.
    pub fn add_romanized<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) {
        self.gather(field, texts, true);
    }

    fn gather<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>, romanized: bool) {
        let first = self.found.len();
        let mut length = 0;
        for text in texts {
            let words = words::words(text);
            let parts = words.last().map_or(0, |word| size(word.position + word.parts));
            for word in words {
                let position = self.end + size(word.position);
                if romanized && let Some(key) = fold::romanization(&text[word.range.clone()]) {
                    self.put("", &key, position);
                }
                self.put("", &word.key, position);
            }
            length += parts;
            self.end += if parts == 0 { 0 } else { parts + GAP };
        }
        let share = (100 - field.length) + field.length * length / field.usual;
        let weight = (field.weight * 100 / share.max(1)).max(1);
        for found in &mut self.found[first..] {
            found.weight = weight;
        }
    }

    fn put(&mut self, prefix: &str, key: &str, position: u32) {
        let from = self.keys.len();
        self.keys.push_str(prefix);
        self.keys.push_str(key);
        let mut head = [0; 8];
        let written = &self.keys.as_bytes()[from..];
        let length = written.len().min(8);
        head[..length].copy_from_slice(&written[..length]);
        let key = (size(from), size(self.keys.len()));
        self.found.push(Found { head: u64::from_be_bytes(head), key, position, weight: 0 });
    }

    /// What has been gathered counts half.
    pub fn halve(&mut self) {
        self.halved = true;
    }

    /// Words that are found only where this kind of name is asked for.
    pub fn add_names<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        for word in texts.into_iter().flat_map(words::words) {
            self.put("@", &word.key, NOWHERE);
        }
    }

    pub fn finish(self) -> Share {
        let Gathering { before, keys, mut found, end, halved } = self;
        let key = |found: &Found| &keys[found.key.0 as usize..found.key.1 as usize];
        found.sort_unstable_by(|one, other| {
            one.head.cmp(&other.head).then_with(|| key(one).cmp(key(other))).then(one.position.cmp(&other.position))
        });
        let mut share = Share { end, ..Share::default() };
        let mut positions = Vec::new();
        let mut earlier = before.into_iter().flat_map(Share::terms).peekable();
        for same in found.chunk_by(|one, other| one.head == other.head && key(one) == key(other)) {
            let key = key(&same[0]);
            while let Some((key, weight, positions)) = earlier.next_if(|(before, ..)| *before < key) {
                share.push(key, weight, positions);
            }
            let (known, known_at) =
                earlier.next_if(|(before, ..)| *before == key).map_or((0, &[][..]), |(_, weight, at)| (weight, at));
            positions.clear();
            positions.extend_from_slice(known_at);
            positions.extend(same.iter().map(|found| found.position).filter(|position| *position != NOWHERE));
            // A whole of one part with that part's key stands there once.
            positions.dedup();
            let sum = same.iter().fold(known, |sum, found| (sum + found.weight).min(MOST)).max(1);
            share.push(key, if halved { (sum / 2).max(1) } else { sum }, &positions);
        }
        for (key, weight, positions) in earlier {
            share.push(key, weight, positions);
        }
        share.keys.shrink_to_fit();
        share.terms.shrink_to_fit();
        share.positions.shrink_to_fit();
        share
    }
}

/// A document's text is cut long before it has so many bytes.
fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
