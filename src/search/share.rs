//! What one document gives to the index: its words, how much each counts, and where.
//!
//! In: texts and the field that each stands in. Out: a [`Share`]. Weights are whole
//! numbers that depend on the document alone, so that an edit elsewhere changes none of
//! them and the order of sums does not matter. Lengths are compared with those that a
//! field usually has, not with the archive's average, for the same reason.

use std::collections::HashMap;

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
#[derive(Debug, Default)]
pub struct Gathering {
    terms: HashMap<String, (u32, Vec<u32>)>,
    end: u32,
}

impl Gathering {
    /// Goes on where another share ends.
    pub fn behind(share: &Share) -> Self {
        let terms = share.terms().map(|(key, weight, at)| (key.to_string(), (weight, at.to_vec()))).collect();
        Gathering { terms, end: share.end }
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
        let mut found = Vec::new();
        let mut length = 0;
        for text in texts {
            let words = words::words(text);
            let parts = words.last().map_or(0, |word| size(word.position + word.parts));
            for word in words {
                let position = self.end + size(word.position);
                if romanized && let Some(key) = fold::romanization(&text[word.range.clone()]) {
                    found.push((key, position));
                }
                found.push((word.key, position));
            }
            length += parts;
            self.end += if parts == 0 { 0 } else { parts + GAP };
        }
        let share = (100 - field.length) + field.length * length / field.usual;
        let weight = (field.weight * 100 / share.max(1)).max(1);
        for (key, position) in found {
            let (sum, positions) = self.terms.entry(key).or_default();
            *sum = (*sum + weight).min(1 << 20);
            // A whole of one part with that part's key stands there once.
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }

    /// What has been gathered counts half.
    pub fn halve(&mut self) {
        for (weight, _) in self.terms.values_mut() {
            *weight = (*weight / 2).max(1);
        }
    }

    /// Words that are found only where this kind of name is asked for.
    pub fn add_names<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        for word in texts.into_iter().flat_map(words::words) {
            self.terms.entry(format!("@{}", word.key)).or_insert((1, Vec::new()));
        }
    }

    pub fn finish(self) -> Share {
        let mut terms: Vec<_> = self.terms.into_iter().collect();
        terms.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut share = Share { end: self.end, ..Share::default() };
        for (key, (weight, positions)) in terms {
            share.keys.push_str(&key);
            share.positions.extend(positions);
            let (key, positions) = (size(share.keys.len()), size(share.positions.len()));
            share.terms.push(Term { key, positions, weight });
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
