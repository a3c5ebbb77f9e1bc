//! Keys by number, each once.
//!
//! In: keys as they come. Out: for each its number, counted from 0 in the order in which
//! they first came. Absent on purpose: what a key stands for.

use ahash::RandomState;
use hashbrown::HashTable;

/// Where a key is looked for. Nothing that is written depends on it.
pub fn hash(key: &str) -> u32 {
    const STATE: RandomState = RandomState::with_seeds(1, 2, 3, 4);
    (STATE.hash_one(key.as_bytes()) >> 32) as u32
}

/// Spread over 64 bits, as the table wants it: it takes the highest and the lowest.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// All of them, one behind the other: a string for each would take most of the time.
    text: String,
    /// Where each ends, and its hash.
    ends: Vec<(u32, u32)>,
    table: HashTable<u32>,
}

impl Keys {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of `key`, which is the next one where it is new.
    pub fn number(&mut self, key: &str) -> u32 {
        self.number_of(key, hash(key))
    }

    /// As [`number`](Self::number), where the hash is known.
    pub fn number_of(&mut self, key: &str, hash: u32) -> u32 {
        let Keys { text, ends, table } = self;
        let same = |&number: &u32| at(text, ends, number) == key;
        *table
            .entry(spread(hash), same, |&number| spread(ends[number as usize].1))
            .or_insert_with(|| {
                let number = short(ends.len());
                text.push_str(key);
                ends.push((short(text.len()), hash));
                number
            })
            .get()
    }

    pub fn key(&self, number: usize) -> &str {
        at(&self.text, &self.ends, short(number))
    }

    /// By number.
    pub fn hashes(&self) -> impl Iterator<Item = u32> {
        self.ends.iter().map(|(_, hash)| *hash)
    }

    /// By number, each with its hash.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..).zip(&self.ends).map(|(number, (_, hash))| (at(&self.text, &self.ends, number), *hash))
    }
}

fn at<'text>(text: &'text str, ends: &[(u32, u32)], number: u32) -> &'text str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before].0);
    &text[start as usize..ends[number].0 as usize]
}

/// An index of 4 GB of different words is made by no archive.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
