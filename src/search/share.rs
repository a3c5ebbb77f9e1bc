//! What one document gives to the index: its words, how much each counts, and where.
//!
//! In: texts and the field that each stands in. Out: a [`Share`]. Weights are whole
//! numbers that depend on the document alone, so that an edit elsewhere changes none of
//! them and the order of sums does not matter. Lengths are compared with those that a
//! field usually has, not with the archive's average, for the same reason.

use super::{fold, keys::Keys, words};

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

/// The words of one document, in the order in which each comes first.
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
    /// Of the key: it is looked up more than once.
    hash: u32,
}

/// What a document says of one key.
#[derive(Clone, Copy, Debug)]
pub struct Use<'share> {
    pub key: &'share str,
    /// [`keys::hash`](super::keys::hash) of it.
    pub hash: u32,
    pub weight: u32,
    /// In order.
    pub positions: &'share [u32],
}

impl Share {
    fn push(&mut self, key: &str, hash: u32, weight: u32) {
        self.keys.push_str(key);
        let (key, positions) = (size(self.keys.len()), size(self.positions.len()));
        self.terms.push(Term { key, positions, weight, hash });
    }

    /// Each key once.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        (0..self.terms.len()).map(|index| self.use_at(index))
    }

    /// Those whose hash leaves `rest` when it is divided by `parts`.
    pub fn uses_of(&self, parts: u32, rest: u32) -> impl Iterator<Item = Use<'_>> {
        let of = move |term: &Term| term.hash % parts == rest;
        self.terms.iter().enumerate().filter(move |(_, term)| of(term)).map(|(index, _)| self.use_at(index))
    }

    fn use_at(&self, index: usize) -> Use<'_> {
        let Term { key, positions, weight, hash } = self.terms[index];
        let (from, first) = index.checked_sub(1).map_or((0, 0), |before| {
            let Term { key, positions, .. } = self.terms[before];
            (key as usize, positions as usize)
        });
        let (key, positions) = (&self.keys[from..key as usize], &self.positions[first..positions as usize]);
        Use { key, hash, weight, positions }
    }
}

/// A [`Share`] that is being gathered.
#[derive(Debug, Default)]
pub struct Gathering<'before> {
    before: Option<&'before Share>,
    keys: Keys,
    /// As they come.
    found: Vec<Found>,
    /// Where each field ends in `found`, and what a word of it counts.
    fields: Vec<(usize, u32)>,
    /// That a key is put together in.
    scratch: String,
    end: u32,
    halved: bool,
}

/// A word where it stands.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// The number of its key.
    key: u32,
    /// [`NOWHERE`] for one that is only known to be there.
    position: u32,
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
        let mut length = 0;
        for text in texts {
            let parts = words::each(text, |word| {
                let position = self.end + size(word.position);
                if romanized && let Some(key) = fold::romanization(&text[word.range]) {
                    self.found.push(Found { key: self.keys.number(&key), position });
                }
                self.found.push(Found { key: self.keys.number(word.key), position });
            });
            let parts = size(parts);
            length += parts;
            self.end += if parts == 0 { 0 } else { parts + GAP };
        }
        let share = (100 - field.length) + field.length * length / field.usual;
        self.fields.push((self.found.len(), (field.weight * 100 / share.max(1)).max(1)));
    }

    /// What has been gathered counts half.
    pub fn halve(&mut self) {
        self.halved = true;
    }

    /// Words that are found only where this kind of name is asked for.
    pub fn add_names<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        for text in texts {
            words::each(text, |word| {
                self.scratch.clear();
                self.scratch.push('@');
                self.scratch.push_str(word.key);
                self.found.push(Found { key: self.keys.number(&self.scratch), position: NOWHERE });
            });
        }
        self.fields.push((self.found.len(), 0));
    }

    pub fn finish(self) -> Share {
        let Gathering { before, keys, found, fields, end, halved, .. } = self;
        let mut sums = vec![0_u32; keys.len()];
        let mut counts = vec![0_usize; keys.len()];
        let mut first = 0;
        for (last, weight) in fields {
            for found in &found[first..last] {
                let sum = &mut sums[found.key as usize];
                *sum = (*sum + weight).min(MOST);
                counts[found.key as usize] += usize::from(found.position != NOWHERE);
            }
            first = last;
        }
        // The positions of each key behind those of the one before.
        let mut ends = counts;
        let mut placed = 0;
        for end in &mut ends {
            placed += std::mem::replace(end, placed);
        }
        let mut positions = vec![0; placed];
        for found in found.iter().filter(|found| found.position != NOWHERE) {
            let end = &mut ends[found.key as usize];
            positions[*end] = found.position;
            *end += 1;
        }
        let own = |key: usize| &positions[key.checked_sub(1).map_or(0, |before| ends[before])..ends[key]];
        let counted = |sum: u32| if halved { (sum / 2).max(1) } else { sum.max(1) };

        let length = before.map_or(0, |before| before.keys.len());
        let mut share = Share { end, keys: String::with_capacity(length + keys.text().len()), ..Share::default() };
        share.terms.reserve_exact(before.map_or(0, |before| before.terms.len()) + keys.len());
        share.positions.reserve_exact(before.map_or(0, |before| before.positions.len()) + positions.len());
        let mut merged = vec![false; keys.len()];
        for earlier in before.into_iter().flat_map(Share::uses) {
            share.positions.extend_from_slice(earlier.positions);
            let mut weight = earlier.weight;
            if let Some(key) = keys.find(earlier.key, earlier.hash) {
                merged[key] = true;
                share.positions.extend_from_slice(own(key));
                weight = counted((weight + sums[key]).min(MOST));
            }
            share.push(earlier.key, earlier.hash, weight);
        }
        for (key, (text, hash)) in keys.iter().enumerate().filter(|(key, _)| !merged[*key]) {
            // A whole of one part with that part's key stands there once.
            let mut last = None;
            share
                .positions
                .extend(own(key).iter().copied().filter(|position| last.replace(*position) != Some(*position)));
            share.push(text, hash, counted(sums[key]));
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
