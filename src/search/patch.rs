//! An index of which some documents have changed.
//!
//! In: the index as it was, and what some documents give now. Out: the index that gathering
//! all documents would make. Absent on purpose: what these documents gave before, which
//! is found by looking at all lists of documents: it takes a hundredth of the time that
//! gathering them takes.

use std::collections::{BTreeSet, HashMap};

use super::{
    index::{Index, Term, is_common},
    pack::number,
    share::{Share, Use, impact},
};
use crate::parallel;

/// That a word stands in a document.
#[derive(Clone, Debug)]
struct Posting {
    document: u32,
    impact: u32,
    /// Distances, as they are written.
    positions: Vec<u8>,
    count: u32,
}

/// `numbers` are those of the documents that have changed, in order, and `shares` has what
/// these give; `documents` is how many there are in all. Gives the keys as well that have come or
/// whose terms have changed, and those on both sides of one that has gone. `None` where the
/// index does not tell: a word that stood in too many documents to have positions stands in
/// fewer now.
pub fn patched(index: Index, documents: u32, numbers: &[u32], shares: &[Share]) -> Option<(Index, BTreeSet<Box<str>>)> {
    let mut new: HashMap<&str, Vec<Posting>> = HashMap::new();
    for (key, _, uses) in shares.iter().flat_map(Share::terms) {
        new.entry(key).or_default().extend(uses.map(Posting::of));
    }
    let Index { mut terms } = index;
    let told: Vec<Option<bool>> = parallel::change(&mut terms, |term| {
        let own = new.get(&*term.key).map(Vec::as_slice).unwrap_or_default();
        let touched = !own.is_empty() || stands_in(&term.postings, numbers);
        if !touched || term.has(documents, numbers, own) {
            return Some(false);
        }
        term.patch(documents, numbers, own).then_some(true)
    });
    let told: Vec<bool> = told.into_iter().collect::<Option<_>>()?;
    let mut keys: BTreeSet<Box<str>> =
        terms.iter().zip(&told).filter(|(_, changed)| **changed).map(|(term, _)| term.key.clone()).collect();
    for (at, _) in terms.iter().enumerate().filter(|(_, term)| term.documents == 0) {
        let around = at.checked_sub(1).into_iter().chain([at + 1]);
        keys.extend(around.filter_map(|at| terms.get(at)).map(|term| term.key.clone()));
    }
    let known = |key: &str| terms.binary_search_by(|term| (*term.key).cmp(key)).is_ok();
    let mut more: Vec<Term> =
        new.into_iter().filter(|(key, _)| !known(key)).map(|(key, own)| Term::of(key, documents, &own)).collect();
    let moves = !more.is_empty();
    keys.extend(more.iter().map(|term| term.key.clone()));
    terms.retain(|term| term.documents > 0);
    terms.append(&mut more);
    if moves {
        parallel::sort(&mut terms, |one, other| one.key.cmp(&other.key));
    }
    Some((Index { terms }, keys))
}

impl Posting {
    fn of(one: Use<'_>) -> Self {
        let (mut positions, mut last, mut count) = (Vec::new(), 0, 0);
        for position in one.positions() {
            number(&mut positions, position - last);
            last = position;
            count += 1;
        }
        Posting { document: one.document, impact: impact(one.weight), positions, count }
    }
}

impl Term {
    /// `postings` by document.
    fn of(key: &str, documents: u32, postings: &[Posting]) -> Self {
        let mut list = List::default();
        for Posting { document, impact, positions, count } in postings {
            list.push(*document, *impact, *count, positions);
        }
        list.finish(key.into(), documents)
    }

    /// Whether it has these postings in the documents `numbers`, and no others there.
    fn has(&self, documents: u32, numbers: &[u32], own: &[Posting]) -> bool {
        let mut counts = Numbers(&self.positions);
        let unplaced = self.positions.is_empty();
        if unplaced && !is_common(self.documents, documents) && own.iter().any(|one| one.count > 0) {
            return false;
        }
        let (mut document, mut before) = (0, 0);
        // Each with how many positions stand before its own.
        let mut same: Vec<(u32, &Posting)> = Vec::with_capacity(own.len());
        for value in Numbers(&self.postings) {
            document += value >> 4;
            let count = counts.next().unwrap_or_default();
            if numbers.binary_search(&document).is_ok() {
                match own.get(same.len()) {
                    Some(one)
                        if one.document == document && one.impact == value & 15 && (unplaced || one.count == count) =>
                    {
                        same.push((before, one));
                    }
                    _ => return false,
                }
            }
            before += count;
        }
        if same.len() < own.len() {
            return false;
        }
        // Behind the counts.
        let mut positions = Numbers(&self.positions);
        positions.take_bytes(self.documents);
        let mut at = 0;
        unplaced
            || same.into_iter().all(|(before, one)| {
                positions.take_bytes(before - at);
                at = before + one.count;
                positions.take_bytes(one.count) == one.positions
            })
    }

    /// Puts the postings `own` in the place of those of the documents `numbers`; `false`
    /// where there are positions to write that are not known.
    fn patch(&mut self, documents: u32, numbers: &[u32], own: &[Posting]) -> bool {
        let common = is_common(self.documents, documents);
        let (mut counts, mut positions) = (Numbers(&self.positions), Numbers(&self.positions));
        positions.take_bytes(self.documents);
        let mut list = List::default();
        let mut own = own.iter().peekable();
        let mut document = 0;
        for value in Numbers(&self.postings) {
            document += value >> 4;
            let count = counts.next().unwrap_or_default();
            let bytes = positions.take_bytes(count);
            while let Some(one) = own.next_if(|one| one.document < document) {
                list.push(one.document, one.impact, one.count, &one.positions);
            }
            if numbers.binary_search(&document).is_err() {
                list.push(document, value & 15, count, bytes);
            }
        }
        for one in own {
            list.push(one.document, one.impact, one.count, &one.positions);
        }
        *self = list.finish(std::mem::take(&mut self.key), documents);
        !common || is_common(self.documents, documents)
    }
}

/// The postings of a term as they are put together.
#[derive(Default)]
struct List {
    documents: u32,
    /// The document that came last.
    last: u32,
    postings: Vec<u8>,
    counts: Vec<u8>,
    positions: Vec<u8>,
}

impl List {
    /// `positions` as they are written, and how many they are.
    fn push(&mut self, document: u32, impact: u32, count: u32, positions: &[u8]) {
        number(&mut self.postings, (document - self.last) << 4 | impact);
        number(&mut self.counts, count);
        self.positions.extend_from_slice(positions);
        self.documents += 1;
        self.last = document;
    }

    fn finish(self, key: Box<str>, documents: u32) -> Term {
        let List { documents: with_it, postings, mut counts, positions, .. } = self;
        if is_common(with_it, documents) || positions.is_empty() {
            counts.clear();
        } else {
            counts.extend(positions);
        }
        Term { key, documents: with_it, postings, positions: counts }
    }
}

fn stands_in(postings: &[u8], numbers: &[u32]) -> bool {
    let mut numbers = numbers;
    let mut document = 0;
    for value in Numbers(postings) {
        document += value >> 4;
        while let [first, rest @ ..] = numbers
            && *first < document
        {
            numbers = rest;
        }
        match numbers.first() {
            None => return false,
            Some(first) if *first == document => return true,
            Some(_) => {}
        }
    }
    false
}

/// Numbers as [`number`] writes them.
struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    /// The bytes of the next numbers.
    fn take_bytes(&mut self, count: u32) -> &'a [u8] {
        let mut end = 0;
        for _ in 0..count {
            end += self.0[end..].iter().position(|byte| byte & 128 == 0).map_or(self.0.len() - end, |at| at + 1);
        }
        let (bytes, rest) = self.0.split_at(end);
        self.0 = rest;
        bytes
    }
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0, 0);
        let mut bytes = self.0.iter();
        loop {
            let byte = *bytes.next()?;
            value |= u32::from(byte & 127).checked_shl(shift).unwrap_or_default();
            shift += 7;
            if byte & 128 == 0 {
                self.0 = bytes.as_slice();
                return Some(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{index::Gathered, share},
        *,
    };

    /// Of documents in parts of some.
    fn shares<'a>(documents: impl IntoIterator<Item = (usize, &'a String)>) -> Vec<Share> {
        let documents: Vec<(usize, &String)> = documents.into_iter().collect();
        let share = |part: &[(usize, &String)]| {
            let mut gathering = share::Gathering::default();
            for (document, words) in part {
                gathering.begin(u32::try_from(*document).expect("it is small"));
                gathering.add(share::TEXT, [words.as_str()]);
                gathering.add_names(words.split(' ').take(1));
            }
            gathering.finish()
        };
        documents.chunks(3).map(share).collect()
    }

    fn gathered(texts: &[String]) -> Index {
        let mut gathered = Gathered::of(u32::try_from(texts.len()).expect("they are few"));
        gathered.add(&shares(texts.iter().enumerate()));
        gathered.finish()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_patched_index_is_that_of_all_documents(
            texts in prop::collection::vec("([a-e]{1,2} ){0,6}", 1..40),
            more in prop_oneof![Just(0_usize), Just(1200)],
            changed in prop::collection::btree_map(0..40_usize, "([a-f]{1,2} ){0,6}", 0..6),
        ) {
            // With many documents some words are common, so that they have no positions.
            let mut texts: Vec<String> = texts;
            texts.extend((0..more).map(|number| if number % 4 == 0 { "ab c ab".to_string() } else { "d".to_string() }));
            let index = gathered(&texts);
            let changed: Vec<(usize, String)> =
                changed.into_iter().filter(|(document, _)| *document < texts.len()).collect();
            let numbers: Vec<u32> =
                changed.iter().map(|(document, _)| u32::try_from(*document).expect("it is small")).collect();
            let shares = shares(changed.iter().map(|(document, text)| (*document, text)));
            for (document, text) in &changed {
                texts[*document].clone_from(text);
            }
            let documents = u32::try_from(texts.len()).expect("they are few");
            let old = index.clone();
            if let Some((patched, keys)) = patched(index, documents, &numbers, &shares) {
                // Between two of these keys nothing differs.
                let stretches = |index: &Index| -> Vec<Vec<Term>> {
                    index.terms.split(|term| keys.contains(&term.key)).map(<[Term]>::to_vec).collect()
                };
                let has = |term: &&Term| old.terms.binary_search_by(|old| old.key.cmp(&term.key)).is_ok();
                prop_assert!(patched.terms.iter().filter(|term| !has(term)).all(|term| keys.contains(&term.key)));
                let new = patched.terms.iter().filter(has).cloned().collect();
                let gone = |term: &&Term| patched.terms.binary_search_by(|new| new.key.cmp(&term.key)).is_ok();
                let kept = old.terms.iter().filter(gone).cloned().collect();
                prop_assert_eq!(stretches(&Index { terms: new }), stretches(&Index { terms: kept }));
                prop_assert_eq!(patched, gathered(&texts));
            } else {
                prop_assert!(more > 0);
            }
        }
    }
}
