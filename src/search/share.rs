//! What documents give to the index: their words, how much each counts, and where.
//!
//! In: texts and the field that each stands in. Out: a [`Share`] of several documents:
//! most of their words are the same, and a key costs more than the places where it stands.
//! Weights are whole numbers that depend on the document alone, so that an edit elsewhere
//! changes none of them and the order of sums does not matter. Lengths are compared with
//! those that a field usually has, not with the archive's average, for the same reason.

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

/// The words of some documents: for each key where it stands.
#[derive(Clone, Debug, Default)]
pub struct Share {
    keys: Keys,
    /// By the numbers of the keys: where the places of each end.
    ends: Vec<u32>,
    /// By key, then in the order of the documents and of their words.
    places: Vec<Place>,
    stretches: Vec<Stretch>,
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Index among the stretches.
    stretch: u32,
    /// [`NOWHERE`] for one that is only known to be there.
    position: u32,
}

/// One field of one document.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Its number.
    document: u32,
    /// What a word of it counts.
    weight: u32,
    halved: bool,
}

/// What a document says of one key.
#[derive(Clone, Copy, Debug)]
pub struct Use<'share> {
    pub document: u32,
    pub weight: u32,
    places: &'share [Place],
}

const NOWHERE: u32 = u32::MAX;

/// A word that stands in every line of a long text counts no more than this.
const MOST: u32 = 1 << 20;

impl Share {
    /// Each key with its hash and a way to its uses.
    pub fn terms(&self) -> impl Iterator<Item = (&str, u32, Uses<'_>)> {
        self.keys.iter().enumerate().map(|(number, (key, hash))| (key, hash, self.uses_of(number)))
    }

    /// Those whose hash leaves `rest` when it is divided by `parts`.
    pub fn terms_of(&self, parts: u32, rest: u32) -> impl Iterator<Item = (&str, u32, Uses<'_>)> {
        let of = move |(_, hash): (usize, u32)| hash % parts == rest;
        let numbers = self.keys.hashes().enumerate().filter(move |term| of(*term));
        numbers.map(|(number, hash)| (self.keys.key(number), hash, self.uses_of(number)))
    }

    fn uses_of(&self, key: usize) -> Uses<'_> {
        let first = key.checked_sub(1).map_or(0, |before| self.ends[before]);
        Uses { places: &self.places[first as usize..self.ends[key] as usize], stretches: &self.stretches }
    }
}

/// What documents say of one key, by document.
#[derive(Clone, Debug)]
pub struct Uses<'share> {
    places: &'share [Place],
    stretches: &'share [Stretch],
}

impl<'share> Iterator for Uses<'share> {
    type Item = Use<'share>;

    fn next(&mut self) -> Option<Use<'share>> {
        let document = self.stretches[self.places.first()?.stretch as usize].document;
        let (mut halved, mut whole, mut length) = (0, 0, 0);
        for place in self.places {
            let stretch = self.stretches[place.stretch as usize];
            if stretch.document != document {
                break;
            }
            let sum = if stretch.halved { &mut halved } else { &mut whole };
            *sum = (*sum + stretch.weight).min(MOST);
            length += 1;
        }
        let halved = if halved > 0 { (halved / 2).max(1) } else { 0 };
        let (places, rest) = self.places.split_at(length);
        self.places = rest;
        Some(Use { document, weight: (halved + whole).clamp(1, MOST), places })
    }
}

impl Use<'_> {
    /// In order, each once: a whole may have the key of its first part.
    pub fn positions(&self) -> impl Iterator<Item = u32> {
        let mut last = NOWHERE;
        let new = move |position: &u32| std::mem::replace(&mut last, *position) != *position;
        self.places.iter().map(|place| place.position).filter(|position| *position != NOWHERE).filter(new)
    }
}

/// A [`Share`] that is being gathered.
#[derive(Debug, Default)]
pub struct Gathering {
    keys: Keys,
    /// The numbers of keys, and their positions, as they come.
    found: Vec<(u32, u32)>,
    /// With where each ends in `found`.
    stretches: Vec<(usize, Stretch)>,
    /// That a key is put together in.
    scratch: String,
    document: u32,
    /// Where the document's stretches begin.
    first: usize,
    /// Where the next text would begin.
    end: u32,
}

impl Gathering {
    /// What is added from here on is of the document of this number, which is greater than
    /// those before.
    pub fn begin(&mut self, document: u32) {
        (self.document, self.first, self.end) = (document, self.stretches.len(), 0);
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
                    self.found.push((self.keys.number(&key), position));
                }
                self.found.push((self.keys.number(word.key), position));
            });
            let parts = size(parts);
            length += parts;
            self.end += if parts == 0 { 0 } else { parts + GAP };
        }
        let share = (100 - field.length) + field.length * length / field.usual;
        self.close((field.weight * 100 / share.max(1)).max(1));
    }

    fn close(&mut self, weight: u32) {
        let before = self.stretches.last().map_or(0, |(end, _)| *end);
        if self.found.len() > before {
            self.stretches.push((self.found.len(), Stretch { document: self.document, weight, halved: false }));
        }
    }

    /// What has been gathered of this document counts half.
    pub fn halve(&mut self) {
        for (_, stretch) in &mut self.stretches[self.first..] {
            stretch.halved = true;
        }
    }

    /// Words that are found only where this kind of name is asked for.
    pub fn add_names<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        for text in texts {
            words::each(text, |word| {
                self.scratch.clear();
                self.scratch.push('@');
                self.scratch.push_str(word.key);
                self.found.push((self.keys.number(&self.scratch), NOWHERE));
            });
        }
        self.close(0);
    }

    pub fn finish(self) -> Share {
        let Gathering { keys, found, stretches, .. } = self;
        let mut ends = vec![0_u32; keys.len()];
        for (key, _) in &found {
            ends[*key as usize] += 1;
        }
        // The places of each key behind those of the one before.
        let mut placed = 0;
        for end in &mut ends {
            placed += std::mem::replace(end, placed);
        }
        let mut places = vec![Place::default(); found.len()];
        let mut first = 0;
        for (stretch, (last, _)) in (0..).zip(&stretches) {
            for (key, position) in &found[first..*last] {
                let end = &mut ends[*key as usize];
                places[*end as usize] = Place { stretch, position: *position };
                *end += 1;
            }
            first = *last;
        }
        Share { keys, ends, places, stretches: stretches.into_iter().map(|(_, stretch)| stretch).collect() }
    }
}

/// A document's text is cut long before it has so many bytes.
fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
