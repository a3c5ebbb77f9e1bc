//! The search index: what a reader's words are looked up in, without a server.
//!
//! In: the archive and its texts. Out: scripts below `search/`, which the scripts
//! `search-*.js` of a theme load as they need them. Each entry's part depends on that
//! entry alone ([`documents::own_share`]); the rest is merging. Absent on purpose:
//! HTML, templates, the disk, and any word of how a query is answered.

mod documents;
mod fold;
mod index;
mod keys;
mod pack;
mod shards;
mod share;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use serde::Serialize;

use crate::{
    archive::EntryId,
    entry::Entry,
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
use share::Share;

/// The address of the file that says what the others are.
pub const MANIFEST: &str = "search/index.js";

/// Grows when files are written in another way.
const FORMAT: u32 = 2;

/// An index of fewer bytes is one file.
const ONE_FILE: usize = 300_000;

/// An archive with more text than this is not tried in one file.
const MAYBE_ONE_FILE: usize = 1_500_000;

/// An index of more documents is packed with less effort.
const MANY: usize = 4000;

/// So many documents are gathered at once.
const BATCH: usize = 1024;

/// Files of documents end where one of so many begins.
const RUN: usize = 64;

/// By path what an entry gave, with the entry that gave it.
type Shares = HashMap<Arc<str>, (Arc<Entry>, Arc<Share>)>;

/// What is kept from one state of the archive to the next: an entry that stays gives
/// what it gave.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    shares: Arc<Mutex<Shares>>,
    files: Arc<OnceLock<BTreeMap<String, Vec<u8>>>>,
}

impl Kept {
    /// For the state after this one.
    #[must_use]
    pub fn next(&self) -> Self {
        Kept { shares: Arc::clone(&self.shares), files: Arc::default() }
    }

    /// The file at an address below `search/`, made with all others when one is first
    /// asked for.
    pub fn file(&self, address: &str, world: &World<'_>) -> Option<&[u8]> {
        if !world.site.search.enabled || !address.starts_with("search/") {
            return None;
        }
        self.files.get_or_init(|| self.make(world)).get(address).map(Vec::as_slice)
    }

    fn make(&self, world: &World<'_>) -> BTreeMap<String, Vec<u8>> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let known = std::mem::take(&mut *shares);
        let own: Vec<Arc<Share>> = parallel::map(world.entries, |entry| match known.get(entry.places.path()) {
            Some((old, share)) if Arc::ptr_eq(old, entry) => Arc::clone(share),
            _ => Arc::new(documents::own_share(entry)),
        });
        let kept = world.entries.iter().zip(&own);
        shares.extend(kept.map(|(entry, share)| (entry.places.path().into(), (Arc::clone(entry), Arc::clone(share)))));
        make(world, |id| Arc::clone(&own[id.0])).into_iter().map(|output| (output.path, output.bytes)).collect()
    }
}

/// All files of the index; none where the archive has no search.
pub fn files(world: &World<'_>) -> Vec<Output> {
    if !world.site.search.enabled {
        return Vec::new();
    }
    make(world, |id| Arc::new(documents::own_share(&world.entries[id.0])))
}

fn make(world: &World<'_>, own: impl Fn(EntryId) -> Arc<Share> + Sync + Send) -> Vec<Output> {
    let found = documents::all(world);
    let mut gathered = Gathered::default();
    for batch in found.chunks(BATCH) {
        let shares: Vec<Share> = parallel::map(batch, |(_, found)| documents::share(world, *found, &own));
        gathered.add(&shares);
    }
    let index = gathered.finish();
    let texts: usize = world.entries.iter().flat_map(|entry| &entry.body.lines).map(|line| line.text.len()).sum();
    let one = (texts < MAYBE_ONE_FILE).then(|| written(world, &found, index.clone(), WHOLE));
    if let Some(files) = one {
        let bytes = files.iter().flat_map(|output| &output.bytes).copied().collect::<Vec<u8>>();
        if bytes.len() < ONE_FILE {
            return vec![Output { path: MANIFEST.to_string(), bytes, kept_as: None }];
        }
    }
    written(world, &found, index, SHARDS)
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
    let mut gathered = Gathered::default();
    let mut terms: BTreeMap<String, Vec<(usize, u32, Vec<u32>)>> = BTreeMap::new();
    for (document, (_, one)) in found.iter().enumerate() {
        let share = documents::share(world, *one, |id| Arc::new(documents::own_share(&world.entries[id.0])));
        for share::Use { key, weight, positions, .. } in share.uses() {
            terms.entry(key.to_string()).or_default().push((document, share::impact(weight), positions.to_vec()));
        }
        gathered.add(&[share]);
    }
    let index = gathered.finish();
    let shown: Vec<_> = found.iter().map(|(permalink, one)| documents::shown(world, permalink, *one)).collect();
    Trial {
        one: written(world, &found, index.clone(), WHOLE),
        usual: written(world, &found, index.clone(), SHARDS),
        many: written(world, &found, index, SMALL),
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
    /// Files belong together where this is the same: it stands in each of them.
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
#[derive(Hash, Serialize)]
struct Contents<'a> {
    /// The first key of each file of terms, as far as it sets it apart.
    t: &'a [String],
    r: &'a [String],
    /// Of how many files of terms each file has the positions.
    p: &'a [usize],
    /// How many documents each file has.
    d: Vec<usize>,
}

fn written(world: &World<'_>, found: &[(Permalink, Found)], index: index::Index, sizes: Sizes) -> Vec<Output> {
    let (terms, groups) = shards::terms(&index, sizes);
    let backwards = shards::backwards(&index, sizes);
    // At 100,000 entries it has some hundred megabytes.
    drop(index);
    let dictionary = if sizes.documents == usize::MAX { String::new() } else { dictionary(world, found) };
    let effort = if found.len() > MANY { Effort::Quick } else { Effort::Thorough };
    let behind = Packer::new(dictionary.as_bytes(), effort);
    let plain = Packer::new(&[], effort);
    let runs: Vec<&[(Permalink, Found)]> =
        if sizes.documents == usize::MAX { vec![found] } else { found.chunks(RUN).collect() };
    let documents: Vec<Vec<(usize, String)>> = parallel::map(&runs, |run| documents_of(world, run, sizes, behind));
    let documents: Vec<(usize, String)> = documents.into_iter().flatten().collect();
    let contents = Contents {
        t: &terms.firsts,
        r: &backwards.firsts,
        p: &groups,
        d: documents.iter().map(|(count, _)| *count).collect(),
    };
    let addresses: Vec<&str> = found.iter().map(|(permalink, _)| permalink.as_str()).collect();
    let layout = short(Fingerprint::of(&(FORMAT, &contents, addresses, &dictionary, &terms.long)));

    let mut files: Vec<Shard> = terms.files;
    files.extend(backwards.files);
    files.push(Shard { name: "f".to_string(), bytes: sorts(world, found) });
    let packed: Vec<(String, String)> = parallel::map(&files, |file| (file.name.clone(), plain.pack(&file.bytes)));
    let documents = (0..).zip(documents).map(|(number, (_, packed))| (format!("d/{number}"), packed));
    let mut outputs: Vec<Output> = packed
        .into_iter()
        .chain(documents)
        .map(|(name, packed)| Output {
            path: format!("search/{name}.js"),
            bytes: format!("regesta.search.shard(\"{layout}\",\"{name}\",\"{packed}\");\n").into_bytes(),
            kept_as: None,
        })
        .collect();
    let tracks = world.site.tracks.iter().map(|track| [track.id.as_str(), track.title.as_str(), track.glyph.as_str()]);
    let manifest = Manifest {
        layout: &layout,
        hash: &short(Fingerprint::of(&outputs.iter().map(|file| &file.bytes).collect::<Vec<_>>())),
        documents: found.len(),
        tracks: tracks.collect(),
        facets: &world.site.search.facets,
        contents: plain.pack(&json(&contents)),
        dictionary: plain.pack(dictionary.as_bytes()),
    };
    let manifest = format!("regesta.search.index({});\n", script(&manifest));
    outputs.insert(0, Output { path: MANIFEST.to_string(), bytes: manifest.into_bytes(), kept_as: None });
    outputs
}

/// What results show of a run of documents, in files of about one size: how many
/// documents each has, and its packed bytes.
fn documents_of(
    world: &World<'_>,
    run: &[(Permalink, Found)],
    sizes: Sizes,
    packer: Packer<'_>,
) -> Vec<(usize, String)> {
    let mut files = Vec::new();
    let mut open: Vec<Vec<u8>> = Vec::new();
    for (permalink, found) in run {
        open.push(json(&documents::shown(world, permalink, *found)));
        if open.iter().map(Vec::len).sum::<usize>() >= sizes.documents {
            files.push(std::mem::take(&mut open));
        }
    }
    files.push(open);
    let pack = |file: Vec<Vec<u8>>| (file.len(), packer.pack(&[&b"["[..], &file.join(&b","[..]), b"]"].concat()));
    files.into_iter().filter(|file| !file.is_empty()).map(pack).collect()
}

/// Words that are frequent and long in some of the documents, the most useful last: what
/// is nearest is cheapest to refer to.
fn dictionary(world: &World<'_>, found: &[(Permalink, Found)]) -> String {
    const SAMPLE: usize = 400;
    // Every first query loads it: with 12 kB the documents were a thirtieth shorter, and the
    // first query 3 kB longer.
    const SIZE: usize = 4 << 10;
    let step = found.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&(Permalink, Found)> = found.iter().step_by(step).collect();
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
    serde_json::to_vec(value).unwrap_or_default()
}

/// JSON is a part of JavaScript (ECMA-262, "JSON superset"); `<` is written as an escape,
/// so that no text ends a script.
fn script(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}
