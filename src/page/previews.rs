//! What a link's preview shows, in files that a script loads when one is asked for.
//!
//! A script file works where `fetch` does not: over `file://`. Previews lie in as many
//! files as keeps each small; a page names none of them, so that it does not change
//! when the archive grows.

use std::sync::OnceLock;

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    html::Html,
    view::{LinkView, TrackBadge, entry_link, kind_label, track_badges},
    world::World,
};
use crate::{
    archive::{ActorId, Archive, EntryId, KeywordId, Origin},
    vocabulary::ActorKind,
};

/// How many previews a file is to hold, about.
const SHARE: usize = 16;

/// What `preview.html` shows. Addresses are relative to the site's root: the script
/// puts what leads there before them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PreviewView {
    /// `Reference 24`, `Keyword`
    pub eyebrow: String,
    pub kind: Option<String>,
    pub target: LinkView,
    pub creators: Vec<String>,
    /// A `time` element.
    pub date: Option<Html>,
    pub summary: Option<String>,
    pub tracks: Vec<TrackBadge>,
    /// The first paragraph of the annotation.
    pub lead: Option<Html>,
    /// Works that a keyword or an actor has.
    pub works: Option<usize>,
}

/// One file of previews.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PreviewsView {
    /// By address.
    pub previews: Vec<(Permalink, PreviewView)>,
}

/// What previews can be of.
#[derive(Clone, Copy, Debug)]
enum Previewed {
    Entry(EntryId),
    Keyword(KeywordId),
    Actor(ActorId),
}

/// What each file of previews holds, by address; found out when one is first made.
#[derive(Debug, Default)]
pub struct PreviewFiles(OnceLock<Vec<Vec<(Permalink, Previewed)>>>);

impl PreviewFiles {
    fn of(&self, archive: &Archive) -> &[Vec<(Permalink, Previewed)>] {
        self.0.get_or_init(|| Self::deal(archive))
    }

    fn deal(archive: &Archive) -> Vec<Vec<(Permalink, Previewed)>> {
        let count = preview_file_count(archive);
        let mut files = vec![Vec::new(); count];
        for (address, previewed) in all(archive) {
            files[file_of(&address, count)].push((address, previewed));
        }
        for file in &mut files {
            file.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        files
    }
}

fn all(archive: &Archive) -> impl Iterator<Item = (Permalink, Previewed)> + '_ {
    let entries = archive.entries.iter().enumerate().map(|(index, record)| {
        (Permalink::entry(&record.collection, record.slug.as_str()), Previewed::Entry(EntryId(index)))
    });
    let keywords = archive
        .keywords
        .iter()
        .enumerate()
        .map(|(index, shelf)| (Permalink::keyword(&shelf.id), Previewed::Keyword(KeywordId(index))));
    let actors = archive
        .actors
        .iter()
        .enumerate()
        .map(|(index, shelf)| (Permalink::actor(&shelf.id), Previewed::Actor(ActorId(index))));
    entries.chain(keywords).chain(actors)
}

/// A power of two, so that a growing archive seldom changes it.
pub fn preview_file_count(archive: &Archive) -> usize {
    let all = archive.entries.len() + archive.keywords.len() + archive.actors.len();
    (all / SHARE).next_power_of_two()
}

/// The file that a preview lies in: FNV-1a of the address (Fowler, Noll and Vo,
/// draft-eastlake-fnv, 32 bits), which `previews.js` computes as well.
fn file_of(address: &Permalink, count: usize) -> usize {
    let hash =
        address.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % count
}

pub fn previews_view(world: &World<'_>, file: usize) -> PreviewsView {
    let previews = world.previews.of(world.archive)[file].iter().map(|(address, previewed)| {
        let view = match *previewed {
            Previewed::Entry(id) => entry(world, id),
            Previewed::Keyword(id) => keyword(world, id),
            Previewed::Actor(id) => actor(world, id),
        };
        (address.clone(), view)
    });
    PreviewsView { previews: previews.collect() }
}

fn entry(world: &World<'_>, id: EntryId) -> PreviewView {
    let root = Permalink::new("");
    let record = world.archive.entry(id);
    let origin = Origin::Entry(id);
    let lead = &world.body(origin).lead;
    PreviewView {
        eyebrow: world.entry_label(id),
        kind: Some(kind_label(record)),
        target: entry_link(world, id, &root),
        creators: record.citation.creators().iter().map(crate::entry::Name::in_order).collect(),
        date: record.citation.issued().map(|date| world.time(date)),
        summary: record.own.summary.clone(),
        tracks: track_badges(world, id, &root),
        lead: (!lead.html.is_empty()).then(|| world.fill(lead, origin, &root, None)),
        works: None,
    }
}

fn keyword(world: &World<'_>, id: KeywordId) -> PreviewView {
    let shelf = world.archive.keyword(id);
    let target = super::view::link(&shelf.label, Address::keyword(&shelf.id), &Permalink::new(""));
    plain("Keyword", None, target, shelf.definition.clone(), shelf.works.len())
}

fn actor(world: &World<'_>, id: ActorId) -> PreviewView {
    let shelf = world.archive.actor(id);
    let target = super::view::link(&shelf.name, Address::actor(&shelf.id), &Permalink::new(""));
    let kind = shelf.kind.map(|kind| ActorKind::name(kind).to_string());
    plain("Actor", kind, target, shelf.description.clone(), shelf.works.len())
}

fn plain(eyebrow: &str, kind: Option<String>, target: LinkView, summary: Option<String>, works: usize) -> PreviewView {
    PreviewView {
        eyebrow: eyebrow.to_string(),
        kind,
        target,
        creators: Vec::new(),
        date: None,
        summary,
        tracks: Vec::new(),
        lead: None,
        works: Some(works),
    }
}
