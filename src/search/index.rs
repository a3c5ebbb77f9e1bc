//! All shares as one index: for each key the documents that have it, and where in them.
//!
//! In: [`Share`]s in the order of the documents. Out: [`Index`], its keys sorted by
//! their bytes.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{
    keys::Keys,
    pack::number,
    share::{Share, impact},
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
    /// How many there will be.
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
    /// That it has no positions is known by now.
    common: bool,
    documents: u32,
    last: u32,
    postings: Vec<u8>,
    counts: Vec<u8>,
    positions: Vec<u8>,
}

impl Gathered {
    /// None of so many documents.
    pub fn of(documents: u32) -> Self {
        Gathered { documents, parts: (0..PARTS).map(|number| Part { number, ..Part::default() }).collect() }
    }

    /// Adds the next documents.
    pub fn add(&mut self, shares: &[Share]) {
        let documents = self.documents;
        parallel::change(&mut self.parts, |part| {
            for share in shares {
                part.add(share, documents);
            }
        });
    }

    pub fn finish(self) -> Index {
        let Gathered { mut parts, .. } = self;
        let terms = parallel::change(&mut parts, Part::finish);
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
    /// `documents` is how many there are in all.
    fn add(&mut self, share: &Share, documents: u32) {
        for (key, hash, uses) in share.terms_of(PARTS, self.number) {
            let index = self.keys.number_of(key, hash) as usize;
            if index == self.lists.len() {
                self.lists.push(List::default());
            }
            let list = &mut self.lists[index];
            for one in uses {
                number(&mut list.postings, (one.document - list.last) << 4 | impact(one.weight));
                list.last = one.document;
                list.documents += 1;
                if !list.common {
                    let (mut count, mut last) = (0_u32, 0);
                    for position in one.positions() {
                        number(&mut list.positions, position - last);
                        last = position;
                        count += 1;
                    }
                    number(&mut list.counts, count);
                }
            }
            if !list.common && is_common(list.documents, documents) {
                *list = List { common: true, counts: Vec::new(), positions: Vec::new(), ..std::mem::take(list) };
            }
        }
    }

    fn finish(&mut self) -> Vec<Term> {
        let Part { keys, lists, .. } = std::mem::take(self);
        let terms = keys.iter().zip(lists).map(|((key, _), list)| {
            let List { documents, postings, mut counts, positions, .. } = list;
            let positions = if positions.is_empty() {
                Vec::new()
            } else {
                counts.extend(positions);
                counts
            };
            Term { key: key.into(), documents, postings, positions }
        });
        terms.collect()
    }
}
