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
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::{
    archive::EntryId,
    fingerprint::Fingerprint,
    page::{Permalink, World},
    parallel,
    render::Output,
    site::Facet,
};
use documents::{Found, Sorts};
use index::Gathered;
use pack::{Effort, Packer};
use shards::{SHARDS, SMALL, Shard, Sizes, WHOLE};
use share::{Gathering, Share};
use spared::DocumentsFile;
pub use spared::{Before, Layout, Spared};

/// The address of the file that says what the others are.
pub const MANIFEST: &str = "search/index.js";

/// Grows when files are written in another way.
const FORMAT: u32 = 3;

/// An index of fewer bytes is one file.
const ONE_FILE: usize = 300_000;

/// An archive with more text than this is not tried in one file.
const MAYBE_ONE_FILE: usize = 1_500_000;

/// An index of more documents is packed with less effort.
const MANY: usize = 4000;

/// Documents with so many bytes of text are gathered as one: half of the keys that they
/// have, others have as well, and what that takes stays near the processor.
const TEXT: usize = 256 << 10;

/// So many of them at the same time.
const BATCH: usize = 16;

/// Files of documents end where one of so many begins.
const RUN: usize = 64;

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
    let found = documents::all(world);
    let (index, lengths, indexed) = patched(world, &found, spared).unwrap_or_else(|| {
        let lengths = (0..world.entries.len()).map(|id| documents::length(world, Found::Entry(EntryId(id))));
        (gathered(world, &found), lengths.collect(), found.len())
    });
    if lengths.iter().sum::<usize>() < MAYBE_ONE_FILE {
        let (one, ..) = written(world, &found, index.clone(), WHOLE, None);
        let outputs = one.into_iter().filter_map(File::into_output);
        let bytes = outputs.flat_map(|output| output.bytes).collect::<Vec<u8>>();
        if bytes.len() < ONE_FILE {
            let file = File::New(Output { path: MANIFEST.to_string(), bytes, kept_as: None });
            return Files { files: vec![file], layout: None, indexed, packed: 1 };
        }
    }
    if indexed > 0 {
        spared.keep(lengths, &index);
    }
    let (files, layout, packed) = written(world, &found, index, SHARDS, spared.before.as_ref());
    Files { files, layout: Some(layout), indexed, packed }
}

/// All documents as one index.
fn gathered(world: &World<'_>, found: &[(Permalink, Found)]) -> index::Index {
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

/// The same, where an index is kept of an archive that has had few other texts; with how
/// many bytes of text each entry has, and how many documents were looked at.
fn patched(
    world: &World<'_>,
    found: &[(Permalink, Found)],
    spared: &Spared<'_>,
) -> Option<(index::Index, Vec<usize>, usize)> {
    let (merged, index) = spared.kept()?;
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
    let index = patch::patched(index, u32::try_from(found.len()).ok()?, &numbers, &shares)?;
    Some((index, lengths, changed.len()))
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
    let outputs = |index, sizes| -> Vec<Output> {
        written(world, &found, index, sizes, None).0.into_iter().filter_map(File::into_output).collect()
    };
    Trial {
        one: outputs(index.clone(), WHOLE),
        usual: outputs(index.clone(), SHARDS),
        many: outputs(index, SMALL),
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

/// The first of all files: `regesta.search.index({…})`.
#[derive(Serialize)]
struct Manifest<'a> {
    /// [`Marks`], one behind the other.
    layout: &'a str,
    /// Of all that the index holds.
    hash: &'a str,
    documents: usize,
    /// Id, title, glyph.
    tracks: Vec<[&'a str; 3]>,
    facets: &'a [Facet],
    /// [`Contents`], packed.
    contents: String,
    /// What the files `d` begin behind, packed.
    dictionary: String,
}

/// Which files there are.
#[derive(Serialize)]
struct Contents<'a> {
    /// The first key of each file of terms, as far as it sets it apart.
    t: &'a [String],
    r: &'a [String],
    /// Of how many files of terms each file has the positions.
    p: &'a [usize],
    /// How many documents each file has.
    d: Vec<usize>,
}

/// What stands in files that may belong together: those of one index have the same. What else
/// they have to have alike is in their names.
#[derive(Clone, Debug, Default, Hash, BorshSerialize, BorshDeserialize)]
pub struct Marks {
    /// Of the addresses of all documents, which are known by their numbers elsewhere.
    plain: String,
    /// Of the same and the dictionary, in files of what results show.
    documents: String,
}

impl Marks {
    fn of(addresses: &[&str], dictionary: &str) -> Self {
        let mark = |fingerprint: Fingerprint| fingerprint.to_string()[..8].to_string();
        let plain = Fingerprint::of(&(FORMAT, addresses));
        Marks { plain: mark(plain), documents: mark(Fingerprint::of(&(plain, dictionary))) }
    }

    fn of_file(&self, name: &str) -> &str {
        if name.starts_with("d/") { &self.documents } else { &self.plain }
    }
}

/// A file that is packed, or that stands packed in the site.
enum Packed {
    New(Vec<u8>),
    Stands,
}

/// The index as files, how it is divided, and how many of them were packed.
fn written(
    world: &World<'_>,
    found: &[(Permalink, Found)],
    index: index::Index,
    sizes: Sizes,
    before: Option<&Before<'_>>,
) -> (Vec<File>, Layout, usize) {
    let (terms, groups) = shards::terms(&index, sizes);
    let backwards = shards::backwards(&index, sizes);
    // At 100,000 entries it has some hundred megabytes.
    drop(index);
    let quick = found.len() > MANY;
    let effort = if quick { Effort::Quick } else { Effort::Thorough };
    // What was packed otherwise is of no use.
    let before = before.filter(|before| before.layout.quick == quick);
    let moved: Option<Vec<bool>> = before
        .and_then(|before| before.moved.as_ref())
        .map(|moved| found.iter().map(|(_, one)| has_moved(world, *one, moved)).collect());
    let dictionary = match (before, &moved) {
        _ if sizes.documents == usize::MAX => String::new(),
        (Some(before), Some(moved)) if sample(moved).all(|moved| !moved) => before.layout.dictionary.clone(),
        _ => dictionary(world, found),
    };
    let plain = Packer::new(&[], effort);
    let behind = Packer::new(dictionary.as_bytes(), effort);
    let before_behind = before.filter(|before| before.layout.dictionary == dictionary);
    let run_length = if sizes.documents == usize::MAX { found.len().max(1) } else { RUN };
    let runs: Vec<(usize, &[(Permalink, Found)])> = found.chunks(run_length).enumerate().collect();
    let standing_runs = before_behind.map(Before::standing_runs).unwrap_or_default();
    let documents: Vec<Vec<(DocumentsFile, Packed)>> = parallel::map(&runs, |&(number, run)| {
        let old = standing_runs.get(number).copied().flatten().unwrap_or_default();
        let unmoved = || moved.as_ref()?.chunks(run_length).nth(number)?.iter().all(|moved| !moved).then_some(());
        if !old.is_empty() && unmoved().is_some() {
            return old.iter().map(|file| (*file, Packed::Stands)).collect();
        }
        // A file that begins elsewhere has other documents.
        let pack = |(count, bytes): (usize, Vec<u8>)| {
            let file = (count, Fingerprint::of_bytes(&bytes));
            (file, if old.contains(&file) { Packed::Stands } else { Packed::New(behind.pack(&bytes)) })
        };
        documents_of(world, run, sizes).into_iter().map(pack).collect()
    });
    let contents = Contents {
        t: &terms.firsts,
        r: &backwards.firsts,
        p: &groups,
        d: documents.iter().flatten().map(|((count, _), _)| *count).collect(),
    };
    let addresses: Vec<&str> = found.iter().map(|(permalink, _)| permalink.as_str()).collect();
    let marks = Marks::of(&addresses, &dictionary);
    let in_manifest = |bytes: &[u8]| String::from_utf8(plain.pack(bytes)).expect("what is packed is a text");
    let contents = in_manifest(&json(&contents));

    let mut files: Vec<Shard> = terms.files;
    files.extend(backwards.files);
    files.push(Shard { name: "f".to_string(), bytes: sorts(world, found) });
    let standing = before.map(Before::plain).unwrap_or_default();
    let stands = |file: &str, held| standing.get(file) == Some(&held) && before.is_some_and(|before| before.has(file));
    let packed: Vec<(String, Fingerprint, Packed)> = parallel::turn(files, |file| {
        let held = Fingerprint::of_bytes(&file.bytes);
        let packed = if stands(&file.name, held) { Packed::Stands } else { Packed::New(plain.pack(&file.bytes)) };
        (file.name, held, packed)
    });
    let layout = Layout {
        marks: marks.clone(),
        quick,
        dictionary: dictionary.clone(),
        plain: packed.iter().map(|(name, held, _)| (name.clone(), *held)).collect(),
        runs: documents.iter().map(|run| run.iter().map(|(file, _)| *file).collect()).collect(),
    };
    let documents: Vec<(DocumentsFile, Packed)> = documents.into_iter().flatten().collect();
    let all_held: Vec<Fingerprint> =
        packed.iter().map(|file| file.1).chain(documents.iter().map(|((_, held), _)| *held)).collect();
    let mut first = 0;
    let named = documents.into_iter().map(|((count, _), packed)| {
        let name = documents_name(first, count);
        first += count;
        (name, packed)
    });
    let named: Vec<(String, Packed)> =
        packed.into_iter().map(|(name, _, packed)| (name, packed)).chain(named).collect();
    let new = named.iter().filter(|(_, packed)| matches!(packed, Packed::New(_))).count();
    let outputs: Vec<Option<File>> = parallel::turn(named, |(file, packed)| file_of(&file, packed, &marks, before));
    let Some(mut outputs) = outputs.into_iter().collect::<Option<Vec<File>>>() else {
        // A file that stood is gone: somebody is at work in the folder.
        return written_anew(world, found, sizes);
    };
    let tracks = world.site.tracks.iter().map(|track| [track.id.as_str(), track.title.as_str(), track.glyph.as_str()]);
    let manifest = Manifest {
        layout: &format!("{}{}", marks.plain, marks.documents),
        hash: &short(Fingerprint::of(&(&marks, all_held))),
        documents: found.len(),
        tracks: tracks.collect(),
        facets: &world.site.search.facets,
        contents,
        dictionary: in_manifest(dictionary.as_bytes()),
    };
    let manifest = format!("regesta.search.index({});\n", script(&manifest));
    outputs.insert(0, File::New(Output { path: MANIFEST.to_string(), bytes: manifest.into_bytes(), kept_as: None }));
    (outputs, layout, new)
}

/// All files, of an archive of which nothing is known.
fn written_anew(world: &World<'_>, found: &[(Permalink, Found)], sizes: Sizes) -> (Vec<File>, Layout, usize) {
    let index = gathered(world, found);
    written(world, found, index, sizes, None)
}

/// The address of a file.
fn path_of(name: &str) -> String {
    format!("search/{name}.js")
}

/// The name of the file that has some documents.
fn documents_name(first: usize, count: usize) -> String {
    format!("d/{first}-{count}")
}

/// `None` where a file that stood is gone.
fn file_of(name: &str, packed: Packed, marks: &Marks, before: Option<&Before<'_>>) -> Option<File> {
    let path = path_of(name);
    let text = |packed: &[u8]| [start_of(marks.of_file(name), name).as_bytes(), packed, END.as_bytes()].concat();
    let bytes = match packed {
        Packed::New(packed) => text(&packed),
        Packed::Stands => {
            let before = before?;
            let old = before.layout.marks.of_file(name);
            if old == marks.of_file(name) {
                return (before.stands)(&path).map(|bytes| File::Same(path, bytes));
            }
            let file = (before.file)(&path)?;
            text(file.strip_prefix(start_of(old, name).as_bytes())?.strip_suffix(END.as_bytes())?)
        }
    };
    Some(File::New(Output { path, bytes, kept_as: None }))
}

/// What stands in a file before its packed bytes, and behind them.
fn start_of(mark: &str, name: &str) -> String {
    format!("regesta.search.shard(\"{mark}\",\"{name}\",\"")
}

const END: &str = "\");\n";

/// What results show of a run of documents, in files of about one size: how many
/// documents each has, and what it holds.
fn documents_of(world: &World<'_>, run: &[(Permalink, Found)], sizes: Sizes) -> Vec<(usize, Vec<u8>)> {
    let mut files = Vec::new();
    let (mut count, mut open) = (0, Vec::new());
    for (at, (permalink, found)) in run.iter().enumerate() {
        open.push(if count == 0 { b'[' } else { b',' });
        push_json(&mut open, &documents::shown(world, permalink, *found));
        count += 1;
        // Without what stands between them.
        if open.len() - count >= sizes.documents || at + 1 == run.len() {
            open.push(b']');
            let room = open.len();
            files.push((std::mem::take(&mut count), std::mem::replace(&mut open, Vec::with_capacity(room))));
        }
    }
    files
}

/// Some documents, evenly spread.
fn sample<T>(found: &[T]) -> impl Iterator<Item = &T> {
    const SAMPLE: usize = 400;
    found.iter().step_by(found.len().div_ceil(SAMPLE).max(1))
}

/// Words that are frequent and long in some of the documents, the most useful last: what
/// is nearest is cheapest to refer to.
fn dictionary(world: &World<'_>, found: &[(Permalink, Found)]) -> String {
    // Every first query loads it: with 12 kB the documents were a thirtieth shorter, and the
    // first query 3 kB longer.
    const SIZE: usize = 4 << 10;
    let sample: Vec<&(Permalink, Found)> = sample(found).collect();
    let texts: Vec<Vec<u8>> =
        parallel::map(&sample, |(permalink, found)| json(&documents::shown(world, permalink, *found)));
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let texts: Vec<String> = texts.into_iter().filter_map(|text| String::from_utf8(text).ok()).collect();
    for word in texts.iter().flat_map(|text| text.split_inclusive(' ')) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<(usize, &str)> = counts
        .into_iter()
        .filter(|(word, count)| *count > 3 && (4..60).contains(&word.len()))
        .map(|(word, count)| (count * (word.len() - 2), word))
        .collect();
    words.sort_unstable_by(|one, other| other.cmp(one));
    let mut room = SIZE;
    let fitting = words.into_iter().take_while(|(_, word)| {
        room = room.saturating_sub(word.len());
        room > 0
    });
    let mut chosen: Vec<&str> = fitting.map(|(_, word)| word).collect();
    chosen.reverse();
    chosen.concat()
}

/// What results can be narrowed by, column by column.
#[derive(Serialize)]
struct Columns<'a> {
    year: Option<Vec<Option<i16>>>,
    kind: Option<Column<String>>,
    track: Option<Column<[&'a str; 2]>>,
    actor: Option<Column<[&'a str; 2]>>,
    keyword: Option<Column<[&'a str; 2]>>,
}

/// Values, each with its label where it has one, and for each document the indexes of its own.
#[derive(Serialize)]
struct Column<V> {
    values: Vec<V>,
    of: Vec<Vec<usize>>,
}

fn sorts(world: &World<'_>, found: &[(Permalink, Found)]) -> Vec<u8> {
    let sorts: Vec<Sorts> = parallel::map(found, |(_, found)| documents::sorts(world, *found));
    let wanted = |facet: Facet| world.site.search.facets.contains(&facet);
    let column = |facet, values: Vec<[_; 2]>, of: fn(&Sorts) -> &Vec<usize>| {
        wanted(facet).then(|| Column { values, of: sorts.iter().map(|sorts| of(sorts).clone()).collect() })
    };
    let archive = world.archive;
    let tracks = world.site.tracks.iter().map(|track| [track.id.as_str(), track.title.as_str()]).collect();
    let actors = archive.actors.iter().map(|actor| [actor.id.as_str(), actor.name.as_str()]).collect();
    let keywords = archive.keywords.iter().map(|keyword| [keyword.id.as_str(), keyword.label.as_str()]).collect();
    json(&Columns {
        year: wanted(Facet::Decade).then(|| sorts.iter().map(|sorts| sorts.year).collect()),
        kind: wanted(Facet::Kind).then(|| kinds(&sorts)),
        track: column(Facet::Track, tracks, |sorts| &sorts.tracks),
        actor: column(Facet::Actor, actors, |sorts| &sorts.actors),
        keyword: column(Facet::Keyword, keywords, |sorts| &sorts.keywords),
    })
}

fn kinds(sorts: &[Sorts]) -> Column<String> {
    let mut values: Vec<String> = sorts.iter().map(|sorts| sorts.kind.clone()).collect();
    values.sort_unstable();
    values.dedup();
    let of = sorts.iter().filter_map(|sorts| values.binary_search(&sorts.kind).ok()).map(|kind| vec![kind]).collect();
    Column { values, of }
}

/// 12 hexadecimal digits.
fn short(fingerprint: Fingerprint) -> String {
    fingerprint.to_string()[..12].to_string()
}

/// Strings, numbers and lists alone: there is nothing in them that JSON cannot hold.
fn json(value: &impl Serialize) -> Vec<u8> {
    let mut json = Vec::new();
    push_json(&mut json, value);
    json
}

fn push_json(json: &mut Vec<u8>, value: &impl Serialize) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(json, value);
}

/// JSON is a part of JavaScript (ECMA-262, "JSON superset"); `<` is written as an escape,
/// so that no text ends a script.
fn script(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}
