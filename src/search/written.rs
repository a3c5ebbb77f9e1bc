//! The index as files: scripts that are packed, or that stand packed in the site.
//!
//! In: the index in parts, what results show, and what the last build left. Out: [`File`]s and
//! their [`Layout`]. Absent on purpose: where the index ends one file and begins another
//! ([`shards`]), and how bytes become the text of a script ([`pack`](super::pack)).

use std::collections::{BTreeSet, HashMap};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{
    Before, FORMAT, File, Layout, MANIFEST,
    documents::{self, Found, Sorts},
    has_moved,
    index::Index,
    pack::{Effort, Packer},
    shards::{self, Content, Shard, Shards, Sizes, Unchanged},
    spared::DocumentsFile,
    standing::StandingDocuments,
};
use crate::{
    fingerprint::Fingerprint,
    page::{Permalink, World},
    parallel,
    render::Output,
    site::Facet,
};

/// An index of more documents is packed with less effort.
const MANY: usize = 4000;

/// Files of documents end where one of so many begins.
const RUN: usize = 64;

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

    /// That of a file.
    pub fn of_file(&self, name: &str) -> &str {
        if name.starts_with("d/") { &self.documents } else { &self.plain }
    }
}

/// A file that is packed, or that stands packed in the site.
enum Packed {
    New(Vec<u8>),
    Stands,
}

/// How an index is divided.
pub struct Division<'a> {
    pub sizes: Sizes,
    /// The keys around which the index differs from that of the last build, where that is known;
    pub changed: Option<&'a BTreeSet<Box<str>>>,
    /// and the files that it left.
    pub before: Option<&'a Before<'a>>,
}

impl Division<'_> {
    /// With nothing known of a last build.
    pub fn anew(sizes: Sizes) -> Self {
        Division { sizes, changed: None, before: None }
    }
}

/// The index in parts.
pub struct Divided {
    sizes: Sizes,
    terms: Shards,
    /// As [`shards::terms`] has them.
    groups: Vec<usize>,
    backwards: Shards,
}

impl Divided {
    pub fn of(index: &Index, Division { sizes, changed, before }: Division<'_>) -> Self {
        let standing = before.map(Before::plain).unwrap_or_default();
        let held = |name: &str| standing.get(name).copied().filter(|_| before.is_some_and(|before| before.has(name)));
        let unchanged = changed.map(|changed| Unchanged { changed, held: &held });
        let ((terms, groups), backwards) =
            parallel::both(|| shards::terms(index, sizes, unchanged.as_ref()), || shards::backwards(index, sizes));
        Divided { sizes, terms, groups, backwards }
    }
}

/// Files, how they are divided, and how many of them were packed.
pub type Written = (Vec<File>, Layout, usize);

/// The index as files. `None` where a file that stood is gone.
pub fn written(
    world: &World<'_>,
    found: &[(Permalink, Found)],
    Divided { sizes, terms, groups, backwards }: Divided,
    before: Option<&Before<'_>>,
) -> Option<Written> {
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
    let standing = before_behind.map(|before| StandingDocuments::of(before, behind)).unwrap_or_default();
    let documents: Vec<Vec<(DocumentsFile, Packed)>> = parallel::map(&runs, |&(number, run)| {
        let old = standing.run(number);
        let moved = moved.as_ref().and_then(|moved| moved.chunks(run_length).nth(number));
        if !old.is_empty() && moved.is_some_and(|moved| moved.iter().all(|moved| !moved)) {
            return old.iter().map(|file| (*file, Packed::Stands)).collect();
        }
        // A file that begins elsewhere has other documents.
        let pack = |(count, bytes): (usize, Vec<u8>)| {
            let file = (count, Fingerprint::of_bytes(&bytes));
            (file, if old.contains(&file) { Packed::Stands } else { Packed::New(behind.pack(&bytes)) })
        };
        let known = moved.and_then(|moved| standing.shown(number, moved)).unwrap_or_default();
        documents_of(world, run, &known, sizes).into_iter().map(pack).collect()
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
    let standing = before.map(Before::plain).unwrap_or_default();
    // What results can be narrowed by is in no body.
    let sorted = standing.get(SORTS).copied().filter(|_| moved.is_some() && before.is_some_and(|it| it.has(SORTS)));
    if sorted.is_none() {
        files.push(Shard { name: SORTS.to_string(), content: Content::New(sorts(world, found)) });
    }
    let stands = |file: &str, held| standing.get(file) == Some(&held) && before.is_some_and(|before| before.has(file));
    let mut packed: Vec<(String, Fingerprint, Packed)> = parallel::turn(files, |file| {
        let bytes = match file.content {
            Content::Known(held) => return (file.name, held, Packed::Stands),
            Content::New(bytes) => bytes,
        };
        let held = Fingerprint::of_bytes(&bytes);
        let packed = if stands(&file.name, held) { Packed::Stands } else { Packed::New(plain.pack(&bytes)) };
        (file.name, held, packed)
    });
    packed.extend(sorted.map(|held| (SORTS.to_string(), held, Packed::Stands)));
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
    let mut outputs: Vec<File> = outputs.into_iter().collect::<Option<_>>()?;
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
    Some((outputs, layout, new))
}

/// The file of what results can be narrowed by.
const SORTS: &str = "f";

/// The address of a file.
pub fn path_of(name: &str) -> String {
    format!("search/{name}.js")
}

/// The name of the file that has some documents.
pub fn documents_name(first: usize, count: usize) -> String {
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
            text(packed_in(&file, old, name)?)
        }
    };
    Some(File::New(Output { path, bytes, kept_as: None }))
}

/// What stands in a file before its packed bytes, and behind them.
fn start_of(mark: &str, name: &str) -> String {
    format!("regesta.search.shard(\"{mark}\",\"{name}\",\"")
}

const END: &str = "\");\n";

/// What is packed in a file.
pub fn packed_in<'a>(file: &'a [u8], mark: &str, name: &str) -> Option<&'a [u8]> {
    file.strip_prefix(start_of(mark, name).as_bytes())?.strip_suffix(END.as_bytes())
}

/// What results show of a run of documents, in files of about one size: how many
/// documents each has, and what it holds. Of some of them it may be known.
fn documents_of(
    world: &World<'_>,
    run: &[(Permalink, Found)],
    known: &[Option<Vec<u8>>],
    sizes: Sizes,
) -> Vec<(usize, Vec<u8>)> {
    let mut files = Vec::new();
    let (mut count, mut open) = (0, Vec::new());
    for (at, (permalink, found)) in run.iter().enumerate() {
        open.push(if count == 0 { b'[' } else { b',' });
        match known.get(at) {
            Some(Some(shown)) => open.extend_from_slice(shown),
            _ => push_json(&mut open, &documents::shown(world, permalink, *found)),
        }
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
