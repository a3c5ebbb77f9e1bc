//! The search index: what a reader's words are looked up in, without a server.
//!
//! In: the archive and its texts. Out: scripts below `search/`, which the scripts
//! `search-*.js` of a theme load as they need them. What some documents give depends on
//! these alone ([`share`]); the rest is merging. Absent on purpose: HTML, templates, the
//! disk, and any word of how a query is answered.

mod documents;
mod fold;
mod index;
mod keys;
mod pack;
mod patch;
mod shards;
mod share;
mod spared;
mod standing;
mod words;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use crate::{
    archive::EntryId,
    page::{Permalink, World},
    parallel,
    render::Output,
};
use documents::Found;
use index::{Gathered, Index};
use shards::{SHARDS, SMALL, WHOLE};
use share::{Gathering, Share};
pub use spared::{Before, Layout, Spared};
use written::{Divided, Division, written};

/// The address of the file that says what the others are.
pub const MANIFEST: &str = "search/index.js";

/// Grows when files are written in another way.
const FORMAT: u32 = 3;

/// An index of fewer bytes is one file.
const ONE_FILE: usize = 300_000;

/// An archive with more text than this is not tried in one file.
const MAYBE_ONE_FILE: usize = 1_500_000;

/// Documents with so many bytes of text are gathered as one: half of the keys that they
/// have, others have as well, and what that takes stays near the processor.
const TEXT: usize = 256 << 10;

/// So many of them at the same time.
const BATCH: usize = 16;

/// The files of one state of the archive.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    files: Arc<OnceLock<BTreeMap<String, Vec<u8>>>>,
}

impl Kept {
    /// The file at an address below `search/`, made with all others when one is first
    /// asked for.
    pub fn file(&self, address: &str, world: &World<'_>) -> Option<&[u8]> {
        if !world.site.search.enabled || !address.starts_with("search/") {
            return None;
        }
        let make = || {
            let outputs = make(world, &Spared::default()).files.into_iter().filter_map(File::into_output);
            outputs.map(|output| (output.path, output.bytes)).collect()
        };
        self.files.get_or_init(make).get(address).map(Vec::as_slice)
    }
}

/// A file of the index.
#[derive(Debug)]
pub enum File {
    New(Output),
    /// The one at this path, of so many bytes, is as it would be.
    Same(String, u64),
}

impl File {
    pub fn into_output(self) -> Option<Output> {
        match self {
            File::New(output) => Some(output),
            File::Same(..) => None,
        }
    }
}

/// The index, and what was done for it.
#[derive(Debug, Default)]
pub struct Files {
    pub files: Vec<File>,
    /// For the next build; `None` of an index that is one file.
    pub layout: Option<Layout>,
    /// Documents whose words were looked for.
    pub indexed: usize,
    /// Files that were packed.
    pub packed: usize,
}

/// All files of the index; none where the archive has no search.
pub fn files(world: &World<'_>, spared: &Spared<'_>) -> Files {
    if !world.site.search.enabled {
        return Files::default();
    }
    make(world, spared)
}

fn make(world: &World<'_>, spared: &Spared<'_>) -> Files {
    let (found, kept) = parallel::both(|| documents::all(world), || spared.kept());
    let known = kept.and_then(|kept| patched(world, &found, spared, kept));
    let Patched { index, lengths, indexed, changed } = known.unwrap_or_else(|| {
        let lengths = (0..world.entries.len()).map(|id| documents::length(world, Found::Entry(EntryId(id))));
        Patched { index: gathered(world, &found), lengths: lengths.collect(), indexed: found.len(), changed: None }
    });
    if lengths.iter().sum::<usize>() < MAYBE_ONE_FILE {
        let bytes = whole(world, &found, &index, WHOLE).into_iter().flat_map(|output| output.bytes);
        let bytes = bytes.collect::<Vec<u8>>();
        if bytes.len() < ONE_FILE {
            let file = File::New(Output { path: MANIFEST.to_string(), bytes, kept_as: None });
            return Files { files: vec![file], layout: None, indexed, packed: 1 };
        }
    }
    let before = spared.before.as_ref();
    let keep = || {
        if indexed > 0 {
            spared.keep(lengths, &index);
        }
    };
    let ((), divided) =
        parallel::both(keep, || Divided::of(&index, Division { sizes: SHARDS, changed: changed.as_ref(), before }));
    // At 100,000 entries it has some hundred megabytes.
    drop(index);
    let (files, layout, packed) = written(world, &found, divided, before).unwrap_or_else(|| {
        // A file that stood is gone: somebody is at work in the folder.
        let anew = Divided::of(&gathered(world, &found), Division::anew(SHARDS));
        written(world, &found, anew, None).unwrap_or_default()
    });
    Files { files, layout: Some(layout), indexed, packed }
}

/// All files, with nothing known of the last build's.
fn whole(world: &World<'_>, found: &[(Permalink, Found)], index: &Index, sizes: shards::Sizes) -> Vec<Output> {
    let (files, ..) = written(world, found, Divided::of(index, Division::anew(sizes)), None).unwrap_or_default();
    files.into_iter().filter_map(File::into_output).collect()
}

/// All documents as one index.
fn gathered(world: &World<'_>, found: &[(Permalink, Found)]) -> Index {
    let numbered: Vec<(u32, Found)> = (0..).zip(found).map(|(number, (_, one))| (number, *one)).collect();
    let mut gathered = Gathered::of(u32::try_from(found.len()).unwrap_or(u32::MAX));
    for batch in parts(world, &numbered).chunks(BATCH) {
        gathered.add(&shares(world, batch));
    }
    gathered.finish()
}

/// Documents in parts with about the same length of text.
fn parts<'a>(world: &World<'_>, documents: &'a [(u32, Found)]) -> Vec<&'a [(u32, Found)]> {
    // A document without a text has some words as well.
    const LEAST: usize = 512;
    let mut length = 0;
    let in_one = |(_, one): &(u32, Found), _: &(u32, Found)| {
        length += documents::length(world, *one) + LEAST;
        let fits = length < TEXT;
        length = if fits { length } else { 0 };
        fits
    };
    documents.chunk_by(in_one).collect()
}

/// What each part gives.
fn shares(world: &World<'_>, parts: &[&[(u32, Found)]]) -> Vec<Share> {
    parallel::map(parts, |part| {
        let mut gathering = Gathering::default();
        for (number, one) in *part {
            gathering.begin(*number);
            documents::words(world, *one, &mut gathering);
        }
        gathering.finish()
    })
}

/// An index as it is now.
struct Patched {
    index: Index,
    /// How many bytes of text each entry has.
    lengths: Vec<usize>,
    /// How many documents were looked at.
    indexed: usize,
    /// The keys around which it differs from that of the last build, where that is known.
    changed: Option<BTreeSet<Box<str>>>,
}

/// The same, where an index is kept of an archive that has had few other texts.
fn patched(
    world: &World<'_>,
    found: &[(Permalink, Found)],
    spared: &Spared<'_>,
    (merged, index): (spared::Merged, Index),
) -> Option<Patched> {
    let is_of_before = spared.before.as_ref().is_some_and(|before| *before.bodies == *merged.bodies);
    let moved: Vec<bool> = spared.bodies.iter().zip(&merged.bodies).map(|(one, other)| one != other).collect();
    let mut lengths = merged.lengths;
    for (id, _) in moved.iter().enumerate().take(world.entries.len()).filter(|(_, moved)| **moved) {
        *lengths.get_mut(id)? = documents::length(world, Found::Entry(EntryId(id)));
    }
    let changed: Vec<(u32, Found)> = (0..)
        .zip(found)
        .filter(|(_, (_, one))| has_moved(world, *one, &moved))
        .map(|(number, (_, one))| (number, *one))
        .collect();
    // So many are gathered as quickly.
    if changed.len() * 8 > found.len() {
        return None;
    }
    let numbers: Vec<u32> = changed.iter().map(|(number, _)| *number).collect();
    let shares = shares(world, &parts(world, &changed));
    let (index, keys) = patch::patched(index, u32::try_from(found.len()).ok()?, &numbers, &shares)?;
    Some(Patched { index, lengths, indexed: changed.len(), changed: is_of_before.then_some(keys) })
}

/// Whether a document has another text; `moved` has bodies, of entries and then of texts.
fn has_moved(world: &World<'_>, found: Found, moved: &[bool]) -> bool {
    let body = match found {
        Found::Entry(id) => id.0,
        Found::Text(id) => world.entries.len() + id.0,
        Found::Keyword(_) | Found::Actor(_) | Found::Person(_) | Found::Track(_) | Found::Collection(_) => {
            return false;
        }
    };
    moved.get(body).copied().unwrap_or(true)
}

/// An index and what it holds, for tests that read the one and compare it with the other.
#[derive(Debug)]
pub struct Trial {
    /// As one file.
    pub one: Vec<Output>,
    /// In files of the usual size.
    pub usual: Vec<Output>,
    /// In as many as there can be.
    pub many: Vec<Output>,
    /// JSON: `terms` has for each key its documents, each with its impact and its
    /// positions there; `shown` has what results show.
    pub held: String,
}

/// What is held comes from the shares, and so from before anything is merged or packed.
pub fn trial(world: &World<'_>) -> Trial {
    let found = documents::all(world);
    let numbered: Vec<(u32, Found)> = (0..).zip(&found).map(|(number, (_, one))| (number, *one)).collect();
    let shares = shares(world, &parts(world, &numbered));
    let mut terms: BTreeMap<String, Vec<(u32, u32, Vec<u32>)>> = BTreeMap::new();
    for (key, _, uses) in shares.iter().flat_map(Share::terms) {
        let uses = uses.map(|one| (one.document, share::impact(one.weight), one.positions().collect()));
        terms.entry(key.to_string()).or_default().extend(uses);
    }
    let index = gathered(world, &found);
    let shown: Vec<_> = found.iter().map(|(permalink, one)| documents::shown(world, permalink, *one)).collect();
    let outputs = |sizes| whole(world, &found, &index, sizes);
    Trial {
        one: outputs(WHOLE),
        usual: outputs(SHARDS),
        many: outputs(SMALL),
        held: serde_json::json!({ "terms": terms, "shown": shown }).to_string(),
    }
}

/// The words of a text as they are looked for: key, position, parts, and the key of the
/// Cyrillic word that it may stand for.
pub fn words_of(text: &str) -> Vec<(String, usize, usize, Option<String>)> {
    let mut found = Vec::new();
    words::each(text, |word| {
        let romanization = fold::romanization(&text[word.range]);
        found.push((word.key.to_string(), word.position, word.parts, romanization));
    });
    found
}
