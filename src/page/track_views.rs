//! The tracks, apart and side by side.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    cutting::contested,
    html::Html,
    list_views::{Letter, index_letters},
    plan::Page,
    text_view::{WrittenView, introduction},
    timeline::{Decade, Picture, by_decade, decade_label, decade_of, picture},
    view::{Frame, LinkView, TrackBadge, link, track_badge},
    world::World,
};
use crate::archive::{EntryId, KeywordId};

/// What `track.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackView {
    pub page: Frame,
    pub track: TrackBadge,
    pub summary: Option<String>,
    pub text: Option<WrittenView>,
    pub picture: Option<Picture>,
    pub timeline: LinkView,
    pub keywords: LinkView,
    pub feed: LinkView,
    pub decades: Vec<Decade>,
    pub undated: Vec<Html>,
    pub works: usize,
    /// Terms that this track uses more than the rest of the archive does.
    pub distinctive: Vec<TermCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TermCount {
    pub term: LinkView,
    /// Works of the track.
    pub works: usize,
    /// Works of the whole archive.
    pub of: usize,
}

/// What `track-keywords.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackKeywordsView {
    pub page: Frame,
    pub track: TrackBadge,
    pub text: Option<WrittenView>,
    pub letters: Vec<Letter>,
}

/// What `tracks.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TracksView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub columns: Vec<TrackColumn>,
    pub decades: Vec<DecadeCounts>,
    /// The largest count in a decade: the length of the longest bar.
    pub most: usize,
    /// Terms that works of more than one track have.
    pub shared: Vec<SharedTerm>,
    /// Works that more than one track claims, in time.
    pub contested: Vec<Html>,
    pub contested_works: usize,
    /// How many works no track claims.
    pub common: usize,
    pub picture: Option<Picture>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackColumn {
    pub track: TrackBadge,
    pub summary: Option<String>,
    pub works: usize,
    pub distinctive: Vec<TermCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DecadeCounts {
    pub label: String,
    /// For each track; then for works of none.
    pub counts: Vec<usize>,
    /// The lengths of their bars in hundredths of the longest.
    pub bars: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SharedTerm {
    pub term: LinkView,
    /// For each track.
    pub counts: Vec<usize>,
}

/// More terms than these say little.
const MOST_TERMS: usize = 12;

pub fn track_view(world: &World<'_>, page: &Page, index: usize) -> TrackView {
    let at = &page.permalink;
    let track = &world.site.tracks[index];
    let works = &world.archive.tracks[index];
    let (text, summary) = introduction(world, at);
    let description = summary.as_deref().or(track.summary.as_deref());
    let mut frame = world.list_frame(page, &track.title, Some("track"), description);
    frame.feed = Some(Permalink::track(track, "feed.xml"));
    // It leads to the pages of the track's timeline, and is none of them.
    if let Some(parts) = &mut frame.parts {
        parts.next = None;
    }
    let (decades, undated) = by_decade(world, &page.pick(works), at);
    let own = |title: &str, file: &str| link(title, &Permalink::track(track, file), at);
    TrackView {
        page: frame,
        track: track_badge(world, index, at),
        summary: track.summary.clone(),
        text,
        picture: picture(world, works, page),
        timeline: own("Timeline", "timeline.html"),
        keywords: own("Keyword index", "keywords.html"),
        feed: own("Feed", "feed.xml"),
        decades,
        undated,
        works: works.len(),
        distinctive: distinctive(world, index, at),
    }
}

pub fn track_keywords_view(world: &World<'_>, page: &Page, index: usize) -> TrackKeywordsView {
    let at = &page.permalink;
    let track = &world.site.tracks[index];
    let (text, summary) = introduction(world, at);
    TrackKeywordsView {
        page: world.list_frame(page, &format!("Keyword index: {}", track.title), None, summary.as_deref()),
        track: track_badge(world, index, at),
        text,
        letters: index_letters(world, page, Some(index)),
    }
}

pub fn tracks_view(world: &World<'_>, page: &Page) -> TracksView {
    let at = &page.permalink;
    let first = !page.is_part();
    let archive = world.archive;
    let (text, summary) = introduction(world, at);
    let titled = |text: &WrittenView| text.title.clone();
    let title = if first {
        text.as_ref().map(titled)
    } else {
        introduction(world, &Permalink::new("tracks/index.html")).0.as_ref().map(titled)
    };
    let title = title.unwrap_or_else(|| "Tracks compared".to_string());
    let columns = world.site.tracks.iter().enumerate().filter(|_| first).map(|(index, track)| TrackColumn {
        track: track_badge(world, index, at),
        summary: track.summary.clone(),
        works: archive.tracks[index].len(),
        distinctive: distinctive(world, index, at),
    });
    let contested = contested(archive);
    let decades = if first { decade_counts(world) } else { Vec::new() };
    TracksView {
        page: world.list_frame(page, &title, None, summary.as_deref()),
        text,
        columns: columns.collect(),
        most: decades.iter().flat_map(|decade| decade.counts.iter().copied()).max().unwrap_or(0),
        decades,
        shared: if first { shared(world, at) } else { Vec::new() },
        contested: world.cards(page.pick(&contested).iter().copied(), at),
        contested_works: page.count(contested.len()),
        common: archive.common.len(),
        picture: picture(world, &archive.works, page),
    }
}

fn decade_counts(world: &World<'_>) -> Vec<DecadeCounts> {
    let archive = world.archive;
    let shelves: Vec<&[EntryId]> =
        archive.tracks.iter().chain([&archive.common]).map(|works| works.as_slice()).collect();
    let mut decades: BTreeMap<i16, Vec<usize>> = BTreeMap::new();
    for (shelf, works) in shelves.iter().enumerate() {
        for &id in *works {
            if let Some(year) = archive.year(id) {
                decades.entry(decade_of(year)).or_insert_with(|| vec![0; shelves.len()])[shelf] += 1;
            }
        }
    }
    let (Some(&first), Some(&last)) = (decades.keys().next(), decades.keys().next_back()) else {
        return Vec::new();
    };
    // A decade without works is a gap that a reader should see.
    let most = decades.values().flatten().copied().max().unwrap_or(1).max(1);
    (first..=last)
        .map(|decade| {
            let counts = decades.get(&decade).cloned().unwrap_or_else(|| vec![0; shelves.len()]);
            let bars = counts.iter().map(|count| count * 100 / most).collect();
            DecadeCounts { label: decade_label(decade), counts, bars }
        })
        .collect()
}

/// How many works of each track have each keyword.
fn counts_by_track(world: &World<'_>) -> Vec<Vec<usize>> {
    let archive = world.archive;
    archive
        .keywords
        .iter()
        .map(|shelf| {
            let mut counts = vec![0; world.site.tracks.len()];
            for &work in &shelf.works {
                for index in archive.track_indexes(work) {
                    counts[index] += 1;
                }
            }
            counts
        })
        .collect()
}

/// Terms by how surprising their share in the track is: the log-likelihood ratio of
/// Dunning ("Accurate Methods for the Statistics of Surprise and Coincidence", 1993).
fn distinctive(world: &World<'_>, track: usize, at: &Permalink) -> Vec<TermCount> {
    let archive = world.archive;
    let inside = archive.tracks[track].len();
    let outside = archive.works.len() - inside;
    let counts = counts_by_track(world);
    let mut terms: Vec<(f64, KeywordId)> = archive
        .keywords
        .iter()
        .enumerate()
        .filter_map(|(index, shelf)| {
            let here = counts[index][track];
            let elsewhere = shelf.works.len() - here;
            // Once is an accident.
            let over = here > 1 && here * outside > elsewhere * inside;
            over.then(|| (surprise(here, inside, elsewhere, outside), KeywordId(index)))
        })
        .collect();
    terms.sort_by(|(one, a), (other, b)| other.partial_cmp(one).unwrap_or(Ordering::Equal).then(a.cmp(b)));
    terms
        .into_iter()
        .take(MOST_TERMS)
        .map(|(_, id)| TermCount {
            term: term(world, id, at),
            works: counts[id.0][track],
            of: archive.keyword(id).works.len(),
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of works")]
fn surprise(here: usize, inside: usize, elsewhere: usize, outside: usize) -> f64 {
    let share = (here + elsewhere) as f64 / (inside + outside) as f64;
    let part = |seen: usize, of: usize| {
        let likely = of as f64 * share;
        if seen == 0 { 0.0 } else { seen as f64 * (seen as f64 / likely).ln() }
    };
    2.0 * (part(here, inside) + part(elsewhere, outside))
}

fn shared(world: &World<'_>, at: &Permalink) -> Vec<SharedTerm> {
    let mut terms: Vec<(usize, KeywordId, Vec<usize>)> = counts_by_track(world)
        .into_iter()
        .enumerate()
        .filter(|(_, counts)| counts.iter().filter(|&&count| count > 0).count() > 1)
        .map(|(index, counts)| {
            (counts.iter().copied().filter(|&count| count > 0).min().unwrap_or(0), KeywordId(index), counts)
        })
        .collect();
    terms.sort_by_key(|(least, id, _)| (std::cmp::Reverse(*least), *id));
    terms.into_iter().take(MOST_TERMS).map(|(_, id, counts)| SharedTerm { term: term(world, id, at), counts }).collect()
}

fn term(world: &World<'_>, id: KeywordId, at: &Permalink) -> LinkView {
    let shelf = world.archive.keyword(id);
    link(&shelf.label, Address::keyword(&shelf.id), at)
}
