//! One page for each address.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{address::Permalink, previews, print_view, share};
use crate::{
    archive::{ActorId, Archive, EntryId, Goal, KeywordId, Locus, Origin, PersonId, TextId},
    diagnostic::{Checked, Diagnostic, Place, nearest},
    entry::{Spot, links},
    site::{Site, Slug},
};

/// What an address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub permalink: Permalink,
    pub subject: Subject,
}

/// What a page is about; a template for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Home,
    /// A page of the author's own.
    Text(TextId),
    /// Index of the site's collections.
    Collection(usize),
    Entry(EntryId),
    /// All tracks side by side.
    Tracks,
    /// The following four: index of the site's tracks.
    Track(usize),
    TrackTimeline(usize),
    TrackKeywords(usize),
    TrackFeed(usize),
    Timeline,
    Keywords,
    Keyword(KeywordId),
    Actors,
    Actor(ActorId),
    People,
    Person(PersonId),
    Concordance,
    Search,
    /// An address that the entry had before.
    Redirect(EntryId),
    NotFound,
    Feed,
    Sitemap,
    /// A volume of the print edition, counted from 0.
    Print(usize),
    /// Says how many files of previews there are.
    PreviewIndex,
    /// One of those files.
    Previews(usize),
    Robots,
    NoJekyll,
    TrackColors,
    /// What stands for the site where it is shared.
    SitePicture,
    EntryPicture(EntryId),
}

impl Page {
    /// Whether it is drawn, which takes long.
    pub fn is_picture(&self) -> bool {
        matches!(self.subject, Subject::SitePicture | Subject::EntryPicture(_))
    }
}

/// Lists every page, in the order of addresses. `files` are the addresses of what is
/// copied as it is.
///
/// # Errors
/// `double-address`: two files or pages for one address, or two that differ only in
/// the case of letters; `unknown-address`: a relative link that leads to no page.
pub fn plan(archive: &Archive, site: &Site, files: &[Arc<str>]) -> Checked<Vec<Page>, Locus> {
    let mut told = Vec::new();
    let mut pages = made_by_archive(archive, site);
    // A picture of the author's own takes the place of one that would be drawn.
    pages.retain(|page| !page.is_picture() || !files.iter().any(|file| **file == *page.permalink.as_str()));
    let mut taken: HashMap<String, &Page> = HashMap::with_capacity(pages.len() * 2);
    let own: HashSet<String> = pages.iter().map(|page| page.permalink.as_str().to_string()).collect();
    for (index, text) in archive.texts.iter().enumerate() {
        let permalink = Permalink::text(&text.path);
        // An author's text for a page that the archive makes is shown on that page.
        if !own.contains(permalink.as_str()) {
            pages.push(Page { permalink, subject: Subject::Text(TextId(index)) });
        }
    }
    pages.sort_by(|one, other| one.permalink.cmp(&other.permalink));
    for page in &pages {
        if let Some(other) = taken.insert(page.permalink.as_str().to_lowercase(), page) {
            // Of a page that the archive makes and one of the author's, the latter is told of.
            let (origin, first, other) = match (written(page), written(other)) {
                // Two entries with one id: that has been told.
                (Some(Origin::Entry(_)), Some(Origin::Entry(_))) | (None, None) => continue,
                (Some(origin), first) => (origin, first, other),
                (None, Some(origin)) => (origin, None, page),
            };
            let locus = |origin| Locus { origin, spot: Spot::Field(Vec::new()) };
            let said = format!("the address `{}` has another page", other.permalink.as_str());
            let mut fault = Diagnostic::error("double-address", locus(origin), said);
            if let Some(first) = first {
                fault = fault.also(locus(first), "the other one is here");
            }
            told.push(fault.help("rename one of the two; letters of either case count as one".to_string()));
        }
    }
    check_addresses(archive, &pages, files, &mut told);
    Checked { value: pages, diagnostics: told }
}

/// Files that would be copied to the address of a page, or over a file of the theme.
///
/// # Errors
/// `double-address`.
pub fn clashes(pages: &[Page], content: &[Arc<str>], theme: &[Arc<str>]) -> Vec<Diagnostic> {
    let mut taken: HashMap<String, &str> =
        pages.iter().map(|page| (page.permalink.as_str().to_lowercase(), "a page of the archive")).collect();
    taken.extend(theme.iter().map(|file| (file.to_lowercase(), "a file of the theme")));
    let clash = |file: &Arc<str>| {
        let other = taken.get(&file.to_lowercase())?;
        let place = Place::file(format!("content/{file}"));
        let fault = Diagnostic::error("double-address", place, format!("the address `{file}` belongs to {other}"));
        Some(fault.help("rename the file; letters of either case count as one".to_string()))
    };
    content.iter().filter_map(clash).collect()
}

/// The file that a page is written in.
fn written(page: &Page) -> Option<Origin> {
    match page.subject {
        Subject::Entry(id) | Subject::Redirect(id) => Some(Origin::Entry(id)),
        Subject::Text(id) => Some(Origin::Text(id)),
        _ => None,
    }
}

fn made_by_archive(archive: &Archive, site: &Site) -> Vec<Page> {
    let mut pages = Vec::with_capacity(archive.entries.len() + archive.keywords.len() + 64);
    let mut page = |permalink: Permalink, subject: Subject| pages.push(Page { permalink, subject });
    let at = Permalink::new;
    page(at("index.html"), Subject::Home);
    page(at("timeline.html"), Subject::Timeline);
    page(at("keywords/index.html"), Subject::Keywords);
    page(at("actors/index.html"), Subject::Actors);
    page(at("people/index.html"), Subject::People);
    page(at("concordance.html"), Subject::Concordance);
    if site.search.enabled {
        page(at("search.html"), Subject::Search);
    }
    page(at("404.html"), Subject::NotFound);
    page(at("feed.xml"), Subject::Feed);
    page(at("sitemap.xml"), Subject::Sitemap);
    page(at("robots.txt"), Subject::Robots);
    page(at(".nojekyll"), Subject::NoJekyll);
    page(at("static/tracks.css"), Subject::TrackColors);
    if share::site_has_picture(site) {
        page(Permalink::site_picture(), Subject::SitePicture);
    }
    if !site.tracks.is_empty() {
        page(at("tracks/index.html"), Subject::Tracks);
    }
    for (index, track) in site.tracks.iter().enumerate() {
        page(Permalink::track(track, "index.html"), Subject::Track(index));
        page(Permalink::track(track, "timeline.html"), Subject::TrackTimeline(index));
        page(Permalink::track(track, "keywords.html"), Subject::TrackKeywords(index));
        page(Permalink::track(track, "feed.xml"), Subject::TrackFeed(index));
    }
    for (index, collection) in site.collections.iter().enumerate() {
        page(Permalink::collection(collection), Subject::Collection(index));
    }
    for (index, record) in archive.entries.iter().enumerate() {
        page(Permalink::entry(&record.collection, record.slug.as_str()), Subject::Entry(EntryId(index)));
        if share::entry_has_picture(site, record) {
            page(
                Permalink::entry_picture(&record.collection, record.slug.as_str()),
                Subject::EntryPicture(EntryId(index)),
            );
        }
        // An alias that is no id has been told of.
        for alias in record.own.aliases.iter().filter(|alias| Slug::new(alias).is_some()) {
            page(Permalink::entry(&record.collection, alias), Subject::Redirect(EntryId(index)));
        }
    }
    for number in 0..print_view::volume_count(archive) {
        page(print_view::volume_permalink(number), Subject::Print(number));
    }
    page(at("previews/index.js"), Subject::PreviewIndex);
    for file in 0..previews::preview_file_count(archive) {
        page(Permalink::new(format!("previews/{file}.js")), Subject::Previews(file));
    }
    for (index, keyword) in archive.keywords.iter().enumerate() {
        page(Permalink::keyword(&keyword.id), Subject::Keyword(KeywordId(index)));
    }
    for (index, actor) in archive.actors.iter().enumerate() {
        page(Permalink::actor(&actor.id), Subject::Actor(ActorId(index)));
    }
    for (index, person) in archive.people.iter().enumerate() {
        page(Permalink::person(&person.id), Subject::Person(PersonId(index)));
    }
    pages
}

/// Every relative address that a text links to is a page or a file.
fn check_addresses(archive: &Archive, pages: &[Page], files: &[Arc<str>], told: &mut Vec<Diagnostic<Locus>>) {
    let known: HashSet<&str> =
        pages.iter().map(|page| page.permalink.as_str()).chain(files.iter().map(|file| &**file)).collect();
    let entries = archive.entries.iter().enumerate().map(|(index, record)| {
        (
            Origin::Entry(EntryId(index)),
            Permalink::entry(&record.collection, record.slug.as_str()),
            &archive.entry_links[index],
        )
    });
    let texts =
        archive.texts.iter().enumerate().map(|(index, text)| {
            (Origin::Text(TextId(index)), Permalink::text(&text.path), &archive.text_links[index])
        });
    for (origin, permalink, goals) in entries.chain(texts) {
        let folder = permalink.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, goal) in goals.iter().enumerate() {
            let Some(Goal::Address(address)) = goal else { continue };
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
            let meant = links::join(folder, &decoded);
            if known.contains(meant.as_str()) {
                continue;
            }
            let below = format!("{meant}/index.html");
            let near = known.get(below.as_str()).copied().or_else(|| nearest(&meant, known.iter().copied()));
            let help = near.map_or_else(
                || format!("addresses are relative to `{}` and end in a file's name", permalink.as_str()),
                |near| format!("did you mean `{}{near}`?", permalink.root()),
            );
            told.push(
                Diagnostic::error(
                    "unknown-address",
                    Locus { origin, spot: Spot::Link(index) },
                    format!("no page has the address `{meant}`"),
                )
                .help(help),
            );
        }
    }
}
