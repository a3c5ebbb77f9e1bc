//! What making the index may spare itself, and how it is kept.
//!
//! In: what earlier builds kept. Out: the merged index, where only some texts have changed
//! since it was kept, and the layout of the files that the last build left. Absent on
//! purpose: what the files hold.

use ahash::AHashMap;
use borsh::{BorshDeserialize, BorshSerialize};

use super::{
    FORMAT,
    index::{Index, Term},
    written::{Marks, documents_name, path_of},
};
use crate::{
    fingerprint::Fingerprint,
    parallel,
    publish::{Store, program},
    sealed::{self, Sound},
};

/// What such an index is called among what is kept.
const KIND: &str = "words";

/// So many terms are a part.
const PART: usize = 2048;

/// All that the index depends on, and what is known of it.
#[derive(Clone, Default)]
pub struct Spared<'a> {
    /// Of everything but the bodies.
    pub shared: Fingerprint,
    /// Of the bodies: entries, then texts.
    pub bodies: &'a [Fingerprint],
    pub store: Option<&'a Store>,
    pub before: Option<Before<'a>>,
}

/// The files that the build before this one left.
#[derive(Clone)]
pub struct Before<'a> {
    pub layout: &'a Layout,
    /// What the bodies were.
    pub bodies: &'a [Fingerprint],
    /// Which bodies have changed since, where nothing else has.
    pub moved: Option<Vec<bool>>,
    /// Whether a file of the site stands as it was left.
    pub stands: &'a (dyn Fn(&str) -> Option<u64> + Sync),
    /// What is in such a file.
    pub file: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
}

/// How an index of many files was divided.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Layout {
    pub marks: Marks,
    /// Whether it was packed with less effort, as that of many documents is.
    pub quick: bool,
    pub dictionary: String,
    /// Names of files with fingerprints of what they held before it was packed.
    pub plain: Vec<(String, Fingerprint)>,
    /// For each run of documents its files.
    pub runs: Vec<Vec<DocumentsFile>>,
}

/// How many documents a file has, and the fingerprint of what it holds.
pub type DocumentsFile = (usize, Fingerprint);

/// An index that is kept, without its terms.
#[derive(Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Merged {
    pub bodies: Vec<Fingerprint>,
    /// Of each entry: how many bytes of text it has.
    pub lengths: Vec<usize>,
    /// How many there are.
    terms: usize,
}

enum Part<'a> {
    Head(&'a Merged),
    Terms(&'a [Term]),
}

impl<'a> Before<'a> {
    /// Whether a file stands as it was left.
    pub fn has(&self, name: &str) -> bool {
        (self.stands)(&path_of(name)).is_some()
    }

    /// What the files held that are packed by themselves, by name.
    pub fn plain(&self) -> AHashMap<&'a str, Fingerprint> {
        self.layout.plain.iter().map(|(name, held)| (name.as_str(), *held)).collect()
    }

    /// For each run of documents the number of its first, and its files where all of them stand.
    pub fn standing_runs(&self) -> Vec<(usize, Option<&'a [DocumentsFile]>)> {
        let mut end = 0;
        let runs = self.layout.runs.iter().map(|run| {
            let first = end;
            end += run.iter().map(|(count, _)| count).sum::<usize>();
            (first, run.as_slice())
        });
        let runs: Vec<(usize, &[DocumentsFile])> = runs.collect();
        parallel::map(&runs, |&(first, run)| {
            let mut next = first;
            let stands = |(count, _): &DocumentsFile| {
                let name = documents_name(next, *count);
                next += count;
                self.has(&name)
            };
            (first, run.iter().all(stands).then_some(run))
        })
    }
}

impl Spared<'_> {
    fn key(&self) -> Option<Fingerprint> {
        Some(Fingerprint::of(&(program()?, FORMAT, self.shared)))
    }

    /// The index of an archive in which all but some bodies were what they are.
    pub fn kept(&self) -> Option<(Merged, Index)> {
        let key = self.key()?;
        let bytes = self.store?.read(KIND, key)?;
        let parts: Option<Vec<Sound<'_>>> = sealed::open(key, &bytes).into_iter().collect();
        let (head, terms) = parts.as_deref()?.split_first()?;
        let merged: Merged = borsh::from_slice(head.bytes()).ok()?;
        let terms: Option<Vec<Vec<Term>>> = parallel::map(terms, |part| borsh::from_slice(part.bytes()).ok());
        // A file that was cut between two parts is no shorter in any of them.
        let terms: Vec<Term> = terms?.into_iter().flatten().collect();
        (merged.bodies.len() == self.bodies.len() && merged.terms == terms.len()).then_some((merged, Index { terms }))
    }

    pub fn keep(&self, lengths: Vec<usize>, index: &Index) {
        let Some((key, store)) = self.key().zip(self.store) else { return };
        let merged = Merged { bodies: self.bodies.to_vec(), lengths, terms: index.terms.len() };
        let mut parts = vec![Part::Head(&merged)];
        parts.extend(index.terms.chunks(PART).map(Part::Terms));
        store.keep(KIND, key, &parts, |part| {
            sealed::Part::New(match part {
                Part::Head(merged) => borsh::to_vec(merged).unwrap_or_default(),
                Part::Terms(terms) => borsh::to_vec(terms).unwrap_or_default(),
            })
        });
    }
}
