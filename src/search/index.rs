//! All shares as one index: for each key the documents that have it, and where in them.
//!
//! In: [`Share`]s in the order of the documents. Out: [`Index`], its keys sorted by
//! their bytes.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{
    keys::Keys,
    pack::number,
    share::{Share, Use, impact},
};
use crate::parallel;

/// In an archive of more documents than this, words that stand in more than a fifth of
/// them have no positions: a phrase takes any word in their place.
const MANY_DOCUMENTS: u32 = 1000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
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
///
/// Keys are dealt out by their hash, so that several threads gather at the same time,
/// each the documents of its own keys.
pub struct Gathered {
    documents: u32,
    parts: Vec<Part>,
}

/// So many parts are there on any machine: more than threads, so that none waits long.
const PARTS: u32 = 16;

#[derive(Default)]
struct Part {
    number: u32,
    keys: Keys,
    /// By the numbers of the keys.
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

impl Default for Gathered {
    fn default() -> Self {
        Gathered { documents: 0, parts: (0..PARTS).map(|number| Part { number, ..Part::default() }).collect() }
    }
}

impl Gathered {
    /// Adds the next documents.
    pub fn add(&mut self, shares: &[Share]) {
        let first = self.documents;
        parallel::change(&mut self.parts, |part| {
            for (document, share) in (first..).zip(shares) {
                part.add(document, share);
            }
        });
        self.documents += u32::try_from(shares.len()).unwrap_or(u32::MAX);
    }

    pub fn finish(self) -> Index {
        let Gathered { documents, mut parts } = self;
        let terms = parallel::change(&mut parts, |part| part.finish(documents));
        let mut terms: Vec<Term> = terms.into_iter().flatten().collect();
        parallel::sort(&mut terms, |one, other| one.key.cmp(&other.key));
        Index { terms }
    }
}

/// Whether a word stands in so many documents that it has no positions.
pub fn is_common(with_it: u32, documents: u32) -> bool {
    documents > MANY_DOCUMENTS && with_it > documents / 5
}

impl Part {
    fn add(&mut self, document: u32, share: &Share) {
        for Use { key, hash, weight, positions } in share.uses_of(PARTS, self.number) {
            let index = self.keys.number_of(key, hash) as usize;
            if index == self.lists.len() {
                self.lists.push(List::default());
            }
            let list = &mut self.lists[index];
            number(&mut list.postings, (document - list.last) << 4 | impact(weight));
            list.last = document;
            list.documents += 1;
            number(&mut list.counts, u32::try_from(positions.len()).unwrap_or(u32::MAX));
            let mut last = 0;
            for position in positions {
                number(&mut list.positions, position - last);
                last = *position;
            }
        }
    }

    /// `documents` is how many there are in all.
    fn finish(&mut self, documents: u32) -> Vec<Term> {
        let Part { keys, lists, .. } = std::mem::take(self);
        let terms = keys.iter().zip(lists).map(|((key, _), list)| {
            let List { documents: with_it, postings, mut counts, positions, .. } = list;
            let common = is_common(with_it, documents);
            let positions = if common || positions.is_empty() {
                Vec::new()
            } else {
                counts.extend(positions);
                counts
            };
            Term { key: key.into(), documents: with_it, postings, positions }
        });
        terms.collect()
    }
}
