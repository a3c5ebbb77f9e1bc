//! Home, search, and the pages of the author's own.

use std::cmp::Reverse;

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    entry_view::{ContentsView, NoteView, contents, notes},
    html::Html,
    plan::Page,
    timeline::{Picture, gathered_picture},
    track_views::TermCount,
    view::{Frame, LinkView, entry_link, link},
    world::World,
};
use crate::{
    archive::{Origin, TextId},
    entry::TextRecord,
};

/// What `home.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct HomeView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub counts: Counts,
    /// For each track of the site how many works it has.
    pub track_counts: Vec<usize>,
    /// Always gathered: marks would be too small to touch without the list beside them.
    pub picture: Option<Picture>,
    /// The terms that most works have.
    pub terms: Vec<TermCount>,
    /// The works that most texts link to, in time: somewhere to begin.
    pub texts: Vec<StartView>,
    /// Where the site and its sources are to be had as one file. Absolute where it can be: a
    /// copy of the site has no pack beside it.
    pub pack: Option<String>,
}

/// A work to begin with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct StartView {
    pub entry: LinkView,
    /// `Krasner 1982`
    pub work: String,
}

/// How much the archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Counts {
    pub entries: usize,
    pub works: usize,
    /// Works of no track.
    pub common: usize,
    pub keywords: usize,
    pub actors: usize,
    pub people: usize,
    pub corrections: usize,
    /// The entries of each collection of the site.
    pub collections: Vec<usize>,
    pub first_year: Option<i16>,
    pub last_year: Option<i16>,
}

/// What an author wrote for a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct WrittenView {
    pub title: String,
    pub body: Html,
    pub notes: Vec<NoteView>,
    /// A list of the works that the text cites, as the first style has them.
    pub works_cited: Option<Html>,
    pub contents: Vec<ContentsView>,
}

/// What `text.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TextView {
    pub page: Frame,
    pub text: WrittenView,
}

/// What `search.html` shows before anything is asked for; scripts do the rest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SearchView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub works: usize,
}

pub fn counts(world: &World<'_>) -> Counts {
    let archive = world.archive;
    let years = || archive.works.iter().filter_map(|&id| archive.year(id));
    Counts {
        entries: archive.entries.len(),
        works: archive.works.len(),
        common: archive.common.len(),
        keywords: archive.keywords.len(),
        actors: archive.actors.len(),
        people: archive.people.len(),
        corrections: archive.entries.iter().map(|record| record.own.corrections.len()).sum(),
        collections: archive.lists.iter().map(Vec::len).collect(),
        first_year: years().min(),
        last_year: years().max(),
    }
}

pub fn home_view(world: &World<'_>, page: &Page) -> HomeView {
    let at = &page.permalink;
    let text = world.text_at("index");
    let record = text.and_then(|origin| text_record(world, origin));
    let description = record.and_then(|record| record.summary.as_deref()).or(world.site.description.as_deref());
    let mut frame = world.frame(at, &world.site.title, None, description);
    frame.feed = Some(Permalink::new("feed.xml"));
    HomeView {
        page: frame,
        text: text.and_then(|origin| written(world, origin, at)),
        counts: counts(world),
        track_counts: world.archive.tracks.iter().map(|works| works.len()).collect(),
        picture: gathered_picture(world, &world.archive.works, page),
        terms: common_terms(world, at),
        texts: most_cited(world, at),
        pack: world.site.pack_address(),
    }
}

const HOME_TERMS: usize = 12;
const HOME_TEXTS: usize = 4;

fn common_terms(world: &World<'_>, at: &Permalink) -> Vec<TermCount> {
    let mut shelves: Vec<usize> = (0..world.archive.keywords.len()).collect();
    shelves.sort_by_key(|&index| (Reverse(world.archive.keywords[index].works.len()), index));
    shelves.truncate(HOME_TERMS);
    // The most frequent are chosen; the alphabet orders them.
    shelves.sort_unstable();
    let term = |index: usize| {
        let shelf = &world.archive.keywords[index];
        let works = shelf.works.len();
        TermCount { term: link(&shelf.label, Address::keyword(&shelf.id), at), works, of: works }
    };
    shelves.into_iter().map(term).collect()
}

fn most_cited(world: &World<'_>, at: &Permalink) -> Vec<StartView> {
    let archive = world.archive;
    let mut works = archive.works.to_vec();
    works.sort_by_key(|id| (Reverse(archive.backlinks[id.0].len()), archive.time_rank[id.0]));
    works.truncate(HOME_TEXTS);
    works.sort_by_key(|id| archive.time_rank[id.0]);
    works
        .into_iter()
        .map(|id| StartView { entry: entry_link(world, id, at), work: archive.entry(id).citation.author_year() })
        .collect()
}

pub fn text_view(world: &World<'_>, at: &Permalink, id: TextId) -> TextView {
    let record = world.archive.text(id);
    let page = world.frame(at, &record.title, None, record.summary.as_deref());
    TextView { page, text: written_view(world, Origin::Text(id), record, at) }
}

pub fn search_view(world: &World<'_>, at: &Permalink) -> SearchView {
    let (text, summary) = introduction(world, at);
    let page = world.frame(at, "Search", None, summary.as_deref());
    SearchView { page, text, works: world.archive.works.len() }
}

fn text_record<'a>(world: &World<'a>, origin: Origin) -> Option<&'a TextRecord> {
    match origin {
        Origin::Text(id) => Some(world.archive.text(id)),
        Origin::Entry(_) => None,
    }
}

/// The author's text for a page that the archive makes.
pub fn written(world: &World<'_>, origin: Origin, at: &Permalink) -> Option<WrittenView> {
    Some(written_view(world, origin, text_record(world, origin)?, at))
}

fn written_view(world: &World<'_>, origin: Origin, record: &TextRecord, at: &Permalink) -> WrittenView {
    let citing = world.citing(origin);
    WrittenView {
        title: record.title.clone(),
        body: world.fill(&world.body(origin).text, origin, at, citing.as_ref()),
        notes: notes(world, origin, at, citing.as_ref()),
        works_cited: citing.map(|citing| citing.list(world, at)),
        contents: contents(world, origin),
    }
}

/// The author's text, title and summary for the page at `at`, where there is one.
pub fn introduction(world: &World<'_>, at: &Permalink) -> (Option<WrittenView>, Option<String>) {
    let path = at.as_str().strip_suffix(".html").unwrap_or(at.as_str());
    let origin = world.text_at(path);
    let summary = origin.and_then(|origin| text_record(world, origin)).and_then(|record| record.summary.clone());
    (origin.and_then(|origin| written(world, origin, at)), summary)
}
