//! Atom feeds of the archive and of each track (RFC 4287).

use jiff::civil::Date as Day;
use serde::Serialize;

use super::{
    address::{Permalink, absolute},
    world::World,
};
use crate::{archive::EntryId, entry::DateVariable};

/// A feed, as far as templates are not needed to write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FeedView {
    pub title: String,
    pub subtitle: Option<String>,
    pub language: String,
    /// Absolute addresses of the feed and of the page that it belongs to.
    pub own: String,
    pub home: String,
    pub author: String,
    pub rights: Option<String>,
    /// RFC 3339.
    pub updated: String,
    /// The latest first.
    pub items: Vec<FeedItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FeedItem {
    pub title: String,
    pub address: String,
    pub updated: String,
    pub published: Option<String>,
    pub summary: Option<String>,
    pub authors: Vec<String>,
    pub terms: Vec<(String, String)>,
}

/// The entries that were added or changed last; among those of one day, the latest
/// works first.
pub fn feed_view(world: &World<'_>, at: &Permalink, track: Option<usize>) -> FeedView {
    let archive = world.archive;
    let works = track.map_or(&archive.works, |index| &archive.tracks[index]);
    let edition = edition(world);
    let mut dated: Vec<(Day, usize, EntryId)> =
        works.iter().enumerate().map(|(rank, &id)| (changed(world, id).unwrap_or(edition), rank, id)).collect();
    dated.sort_by(|one, other| other.cmp(one));
    let items: Vec<FeedItem> =
        dated.into_iter().take(world.site.feed.entries).map(|(day, _, id)| item(world, id, day)).collect();
    let track = track.map(|index| &world.site.tracks[index]);
    let home = track.map_or_else(|| Permalink::new("index.html"), |track| Permalink::track(track, "index.html"));
    FeedView {
        title: track
            .map_or_else(|| world.site.title.clone(), |track| format!("{} · {}", track.title, world.site.title)),
        subtitle: track.map_or(&world.site.subtitle, |track| &track.summary).clone(),
        language: world.site.language.clone(),
        own: absolute(world.site, at),
        home: absolute(world.site, &home),
        author: world.site.editor.clone().unwrap_or_else(|| world.site.title.clone()),
        rights: world.site.license.as_ref().map(|license| license.title.clone()),
        updated: items.first().map_or_else(|| moment(edition), |item| item.updated.clone()),
        items,
    }
}

fn item(world: &World<'_>, id: EntryId, day: Day) -> FeedItem {
    let record = world.archive.entry(id);
    let citation = &record.citation;
    let tracks = world.archive.track_indexes(id).map(|index| {
        let track = &world.site.tracks[index];
        (track.id.to_string(), track.title.clone())
    });
    let keywords = world.archive.entry_keywords[id.0].iter().map(|&keyword| {
        let keyword = world.archive.keyword(keyword);
        (keyword.id.to_string(), keyword.label.clone())
    });
    FeedItem {
        title: format!("{}: {}", citation.author_year(), citation.title),
        address: absolute(world.site, &world.entry_permalink(id)),
        updated: moment(day),
        published: record.own.added.as_ref().map(|date| moment(date.earliest)),
        summary: record.own.summary.clone(),
        authors: citation.creators().iter().map(crate::entry::Name::in_order).collect(),
        terms: tracks.chain(keywords).collect(),
    }
}

/// When an entry says that it was changed or added.
fn changed(world: &World<'_>, id: EntryId) -> Option<Day> {
    let own = &world.archive.entry(id).own;
    own.updated.as_ref().or(own.added.as_ref()).map(|date| date.earliest)
}

/// The day of this edition: it comes from the archive, so that two builds of it are equal.
pub fn edition(world: &World<'_>) -> Day {
    let named = |id: EntryId| {
        let record = world.archive.entry(id);
        let accessed = record.citation.date(DateVariable::Accessed).map(|date| date.earliest);
        changed(world, id).into_iter().chain(accessed).max()
    };
    world
        .site
        .date
        .or_else(|| world.archive.works.iter().filter_map(|&id| named(id)).max())
        .unwrap_or_else(|| Day::constant(1970, 1, 1))
}

fn moment(day: Day) -> String {
    format!("{day}T00:00:00Z")
}
