//! All shares as one index: for each key the documents that have it, and where in them.
//!
//! In: [`Share`]s in the order of the documents. Out: [`Index`], its keys sorted by
//! their bytes.

use ahash::AHashMap;

use super::{
    pack::number,
    share::{Share, impact},
};

/// In an archive of more documents than this, words that stand in more than a fifth of
/// them have no positions: a phrase takes any word in their place.
const MANY_DOCUMENTS: u32 = 1000;

#[derive(Clone, Debug, Default)]
pub struct Index {
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug)]
pub struct Term {
    pub key: Box<str>,
    /// In how many documents it stands.
    pub documents: u32,
    /// For each document its distance from the one before and its impact, in one number.
    pub postings: Vec<u8>,
    /// How often it stands in each of the documents, then the distances between its
    /// positions in each; empty where there are none.
    pub positions: Vec<u8>,
}

/// An index that is being gathered.
#[derive(Default)]
pub struct Gathered {
    documents: u32,
    numbers: AHashMap<Box<str>, usize>,
    lists: Vec<List>,
}

#[derive(Default)]
struct List {
    documents: u32,
    last: u32,
    postings: Vec<u8>,
    counts: Vec<u8>,
    positions: Vec<u8>,
}

impl Gathered {
    /// Adds the next document.
    pub fn add(&mut self, share: &Share) {
        for (key, weight, positions) in share.terms() {
            let index = if let Some(index) = self.numbers.get(key) {
                *index
            } else {
                self.numbers.insert(key.into(), self.lists.len());
                self.lists.push(List::default());
                self.lists.len() - 1
            };
            let list = &mut self.lists[index];
            number(&mut list.postings, (self.documents - list.last) << 4 | impact(weight));
            list.last = self.documents;
            list.documents += 1;
            number(&mut list.counts, u32::try_from(positions.len()).unwrap_or(u32::MAX));
            let mut last = 0;
            for position in positions {
                number(&mut list.positions, position - last);
                last = *position;
            }
        }
        self.documents += 1;
    }

    pub fn finish(self) -> Index {
        let Gathered { documents, numbers, mut lists } = self;
        let mut keys: Vec<(Box<str>, usize)> = numbers.into_iter().collect();
        keys.sort_unstable();
        let terms = keys.into_iter().map(|(key, index)| {
            let List { documents: with_it, postings, mut counts, positions, .. } = std::mem::take(&mut lists[index]);
            let common = documents > MANY_DOCUMENTS && with_it > documents / 5;
            let positions = if common || positions.is_empty() {
                Vec::new()
            } else {
                counts.extend(positions);
                counts
            };
            Term { key, documents: with_it, postings, positions }
        });
        Index { terms: terms.collect() }
    }
}
