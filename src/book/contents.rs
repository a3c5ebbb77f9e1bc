//! Which pages of the site are in the book, and in which order.
//!
//! In: every page. Out: [`Contents`]. Absent on purpose: what the pages show.

use std::collections::BTreeMap;

use crate::page::{Page, Permalink, Subject, World};

/// What a file of the book is within it (EPUB Structural Semantics Vocabulary 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Title,
    Introduction,
    /// Opens the entries of a collection.
    Division,
    Chapter,
    Index,
    Appendix,
}

impl Kind {
    pub fn semantics(self) -> &'static str {
        match self {
            Kind::Title => "titlepage",
            Kind::Introduction => "introduction",
            Kind::Division => "part",
            Kind::Chapter => "chapter",
            Kind::Index => "index",
            Kind::Appendix => "appendix",
        }
    }

    /// Of Digital Publishing WAI-ARIA 1.1; the title page has none.
    pub fn role(self) -> Option<&'static str> {
        Some(match self {
            Kind::Title => return None,
            Kind::Introduction => "doc-introduction",
            Kind::Division => "doc-part",
            Kind::Chapter => "doc-chapter",
            Kind::Index => "doc-index",
            Kind::Appendix => "doc-appendix",
        })
    }
}

/// A page, and those that stand below it in the table of contents.
pub struct Node<'a> {
    pub page: &'a Page,
    pub kind: Kind,
    /// In the table of contents, counted from 0.
    pub depth: usize,
    pub below: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    fn new(page: &'a Page, kind: Kind) -> Self {
        Node { page, kind, depth: 0, below: Vec::new() }
    }

    pub fn address(&self) -> &str {
        self.page.permalink.as_str()
    }

    fn sunk(mut self, depth: usize) -> Self {
        self.depth = depth;
        self.below = self.below.into_iter().map(|node| node.sunk(depth + 1)).collect();
        self
    }
}

/// The pages of the book.
pub struct Contents<'a> {
    nodes: Vec<Node<'a>>,
    /// Addresses of pages that are not in it, and where the same is to be found in the book.
    pub instead: BTreeMap<String, Permalink>,
}

/// The pages of the plan by what they are about, each list in the order of addresses.
#[derive(Default)]
struct Shelves<'a> {
    home: Option<&'a Page>,
    texts: Vec<&'a Page>,
    tracks: Vec<&'a Page>,
    track: BTreeMap<usize, Vec<&'a Page>>,
    collection: BTreeMap<usize, Vec<&'a Page>>,
    entry: BTreeMap<usize, Vec<&'a Page>>,
    timeline: Vec<&'a Page>,
    keywords: Vec<&'a Page>,
    keyword: BTreeMap<usize, Vec<&'a Page>>,
    actors: Vec<&'a Page>,
    actor: BTreeMap<usize, Vec<&'a Page>>,
    people: Vec<&'a Page>,
    person: BTreeMap<usize, Vec<&'a Page>>,
    concordance: Vec<&'a Page>,
}

impl<'a> Contents<'a> {
    pub fn of(world: &World<'a>) -> Self {
        let archive = world.archive;
        let mut shelves = Shelves::default();
        let mut instead = BTreeMap::new();
        for page in world.pages.iter() {
            match page.subject {
                Subject::Home => shelves.home = Some(page),
                Subject::Text(_) => shelves.texts.push(page),
                Subject::Tracks => shelves.tracks.push(page),
                Subject::Track(index) => shelves.track.entry(index).or_default().push(page),
                // A track's page has its works in time, unless they are too many.
                Subject::TrackTimeline(index) if page.is_part() => shelves.track.entry(index).or_default().push(page),
                Subject::TrackTimeline(index) => {
                    instead.insert(
                        page.permalink.as_str().to_string(),
                        Permalink::track(&world.site.tracks[index], "index.html"),
                    );
                }
                Subject::TrackKeywords(_) => {
                    instead.insert(page.permalink.as_str().to_string(), Permalink::new("keywords/index.html"));
                }
                Subject::Collection(index) => shelves.collection.entry(index).or_default().push(page),
                Subject::Entry(id) | Subject::Cited(id) => shelves.entry.entry(id.0).or_default().push(page),
                Subject::Redirect(id) => {
                    instead.insert(page.permalink.as_str().to_string(), world.entry_permalink(id));
                }
                Subject::Timeline => shelves.timeline.push(page),
                Subject::Keywords => shelves.keywords.push(page),
                Subject::Keyword(id) => shelves.keyword.entry(id.0).or_default().push(page),
                Subject::Actors => shelves.actors.push(page),
                Subject::Actor(id) => shelves.actor.entry(id.0).or_default().push(page),
                Subject::People => shelves.people.push(page),
                Subject::Person(id) => shelves.person.entry(id.0).or_default().push(page),
                Subject::Concordance => shelves.concordance.push(page),
                _ => {}
            }
        }
        let mut nodes = Vec::new();
        nodes.extend(shelves.home.map(|page| Node::new(page, Kind::Introduction)));
        nodes.extend(shelves.texts.iter().map(|page| Node::new(page, Kind::Chapter)));
        nodes.extend(headed(&shelves.tracks, Kind::Chapter, groups(&shelves.track, Kind::Chapter)));
        for (index, list) in archive.lists.iter().enumerate().filter(|(_, list)| !list.is_empty()) {
            let entries = list.iter().filter_map(|id| headed(shelves.entry.get(&id.0)?, Kind::Chapter, Vec::new()));
            let pages = shelves.collection.get(&index).map(Vec::as_slice).unwrap_or_default();
            nodes.extend(headed(pages, Kind::Division, entries.collect()));
        }
        if !archive.works.is_empty() {
            nodes.extend(headed(&shelves.timeline, Kind::Chapter, Vec::new()));
        }
        let indexes = [
            (&shelves.keywords, &shelves.keyword),
            (&shelves.actors, &shelves.actor),
            (&shelves.people, &shelves.person),
        ];
        for (pages, terms) in indexes.into_iter().filter(|(_, terms)| !terms.is_empty()) {
            nodes.extend(headed(pages, Kind::Index, groups(terms, Kind::Index)));
        }
        if archive.listed().next().is_some() {
            nodes.extend(headed(&shelves.concordance, Kind::Appendix, Vec::new()));
        }
        Contents { nodes: nodes.into_iter().map(|node| node.sunk(0)).collect(), instead }
    }

    /// Every page, in the order of reading.
    pub fn in_order(&self) -> Vec<&Node<'a>> {
        let mut order = Vec::new();
        let mut rest: Vec<&Node<'a>> = self.nodes.iter().rev().collect();
        while let Some(node) = rest.pop() {
            order.push(node);
            rest.extend(node.below.iter().rev());
        }
        order
    }
}

/// The first of a list's pages, with its parts and then `others` below it.
fn headed<'a>(pages: &[&'a Page], kind: Kind, others: Vec<Node<'a>>) -> Option<Node<'a>> {
    let first = pages.iter().position(|page| !page.is_part())?;
    let parts = pages.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, page)| Node::new(page, kind));
    Some(Node { below: parts.chain(others).collect(), ..Node::new(pages[first], kind) })
}

fn groups<'a>(pages: &BTreeMap<usize, Vec<&'a Page>>, kind: Kind) -> Vec<Node<'a>> {
    pages.values().filter_map(|pages| headed(pages, kind, Vec::new())).collect()
}
