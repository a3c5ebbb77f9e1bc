//! The value that a template gets.

use std::sync::Arc;

use serde::Serialize;

use super::{
    address::{Address, Permalink, absolute},
    book_view::{BookView, CoverView},
    data_view::{DataView, data_view},
    entry_view::{CitedView, EntryView, cited_view, entry_view},
    feed::{FeedView, feed_view},
    html::Html,
    list_views::{
        self, ActorView, ActorsView, CollectionView, ConcordanceView, KeywordView, KeywordsView, PeopleView, PersonView,
    },
    metadata,
    parts::{PartsView, Split},
    plan::{self, Page, Subject},
    previews::{self, PreviewsView},
    print_view::{PrintView, print_view},
    share::{self, ShareLink, ShareView},
    text_view::{self, HomeView, SearchView, TextView},
    timeline::{TimelineView, decade_label, decade_of, timeline_view, year_label},
    track_views::{self, TrackKeywordsView, TrackView, TracksView},
    world::World,
};
use crate::{
    archive::EntryId,
    cite::{PlainText, Reference},
    entry::Date,
    site::{Indexing, Site},
};

/// One kind of view for each template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum View {
    Home(Box<HomeView>),
    Text(Box<TextView>),
    Collection(Box<CollectionView>),
    Entry(Box<EntryView>),
    Cited(Box<CitedView>),
    Tracks(Box<TracksView>),
    Track(Box<TrackView>),
    TrackKeywords(Box<TrackKeywordsView>),
    Timeline(Box<TimelineView>),
    Keywords(Box<KeywordsView>),
    Keyword(Box<KeywordView>),
    Actors(Box<ActorsView>),
    Actor(Box<ActorView>),
    People(Box<PeopleView>),
    Person(Box<PersonView>),
    Concordance(Box<ConcordanceView>),
    DataFiles(Box<DataView>),
    Search(Box<SearchView>),
    Redirect(Box<RedirectView>),
    NotFound(Box<NotFoundView>),
    Feed(Box<FeedView>),
    Sitemap(SitemapView),
    SitemapIndex(SitemapIndexView),
    Previews(Box<PreviewsView>),
    /// How many files of previews there are.
    PreviewIndex(usize),
    Robots(RobotsView),
    /// What `CNAME` says.
    Domain(String),
    Print(Box<PrintView>),
    Share(Box<ShareView>),
    Book(Box<BookView>),
    Cover(Box<CoverView>),
    /// A file for other programs, as it is.
    Data(Arc<str>),
    TrackColors,
    Empty,
}

impl View {
    /// The template that shows it; `None` for files that no template makes.
    pub fn template(&self) -> Option<&'static str> {
        Some(match self {
            View::Home(_) => "home.html",
            View::Text(_) => "text.html",
            View::Collection(_) => "collection.html",
            View::Entry(_) => "entry.html",
            View::Cited(_) => "cited.html",
            View::Tracks(_) => "tracks.html",
            View::Track(_) => "track.html",
            View::TrackKeywords(_) => "track-keywords.html",
            View::Timeline(_) => "timeline.html",
            View::Keywords(_) => "keywords.html",
            View::Keyword(_) => "keyword.html",
            View::Actors(_) => "actors.html",
            View::Actor(_) => "actor.html",
            View::People(_) => "people.html",
            View::Person(_) => "person.html",
            View::Concordance(_) => "concordance.html",
            View::DataFiles(_) => "data.html",
            View::Search(_) => "search.html",
            View::Redirect(_) => "redirect.html",
            View::NotFound(_) => "404.html",
            View::Print(_) => "print.html",
            View::Share(_) => "share.svg",
            View::Book(_) => "book.html",
            View::Cover(_) => "cover.svg",
            View::Feed(_)
            | View::Sitemap(_)
            | View::SitemapIndex(_)
            | View::Previews(_)
            | View::PreviewIndex(_)
            | View::Robots(_)
            | View::Domain(_)
            | View::Data(_)
            | View::TrackColors
            | View::Empty => return None,
        })
    }
}

/// The frame of a view: the same for reading and for writing.
macro_rules! frame_of {
    ($view:expr $(, $mutable:tt)?) => {
        Some(match $view {
            View::Home(view) => &$($mutable)? view.page,
            View::Text(view) => &$($mutable)? view.page,
            View::Collection(view) => &$($mutable)? view.page,
            View::Entry(view) => &$($mutable)? view.page,
            View::Cited(view) => &$($mutable)? view.page,
            View::Tracks(view) => &$($mutable)? view.page,
            View::Track(view) => &$($mutable)? view.page,
            View::TrackKeywords(view) => &$($mutable)? view.page,
            View::Timeline(view) => &$($mutable)? view.page,
            View::Keywords(view) => &$($mutable)? view.page,
            View::Keyword(view) => &$($mutable)? view.page,
            View::Actors(view) => &$($mutable)? view.page,
            View::Actor(view) => &$($mutable)? view.page,
            View::People(view) => &$($mutable)? view.page,
            View::Person(view) => &$($mutable)? view.page,
            View::Concordance(view) => &$($mutable)? view.page,
            View::DataFiles(view) => &$($mutable)? view.page,
            View::Search(view) => &$($mutable)? view.page,
            View::NotFound(view) => &$($mutable)? view.page,
            View::Print(view) => &$($mutable)? view.page,
            View::Redirect(_)
            | View::Share(_)
            | View::Book(_)
            | View::Cover(_)
            | View::Feed(_)
            | View::Sitemap(_)
            | View::SitemapIndex(_)
            | View::Previews(_)
            | View::PreviewIndex(_)
            | View::Robots(_)
            | View::Domain(_)
            | View::Data(_)
            | View::TrackColors
            | View::Empty => return None,
        })
    };
}

impl View {
    /// What it has as a page for readers; `None` for files for machines, and for a page
    /// that only leads to another.
    pub fn frame(&self) -> Option<&Frame> {
        frame_of!(self)
    }

    fn frame_mut(&mut self) -> Option<&mut Frame> {
        frame_of!(self, mut)
    }
}

/// What every page has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Frame {
    /// The page's own heading.
    pub title: String,
    /// The `title` element: no two pages have the same.
    pub head_title: String,
    /// BCP 47, where the heading is not in the site's language.
    pub title_lang: Option<String>,
    /// At most 300 characters.
    pub description: String,
    pub permalink: Permalink,
    /// What leads from the page's folder to the site's root.
    pub root: &'static str,
    /// The absolute address, where the site has one.
    pub canonical: Option<String>,
    /// What stands for the page where it is shared; `None` where no absolute address
    /// can be told.
    pub picture: Option<ShareLink>,
    /// The address of a feed that belongs to the page, from the root.
    pub feed: Option<Permalink>,
    /// Where the page stands among those of a list that is too long for one.
    pub parts: Option<PartsView>,
    /// What programs read in its head.
    pub metadata: Html,
    /// The works that the page lists, for reference managers; empty where it is no list.
    pub coins: Html,
}

impl World<'_> {
    /// `what` sets apart pages of one heading: the actor *China* and the keyword.
    pub fn frame(&self, permalink: &Permalink, title: &str, what: Option<&str>, description: Option<&str>) -> Frame {
        let of_site = &self.site.title;
        let length = title.len() + what.map_or(0, str::len) + of_site.len();
        let mut head_title = String::with_capacity(length + " () · ".len());
        head_title.push_str(title);
        if let Some(what) = what {
            head_title.extend([" (", what, ")"]);
        }
        if head_title != *of_site {
            head_title.extend([" · ", of_site]);
        }
        Frame {
            title: title.to_string(),
            head_title,
            title_lang: None,
            description: match description {
                Some(description) => shortened(description, 300),
                None => shortened(&self.described(title, what), 300),
            },
            canonical: self.site.base_url.as_ref().map(|_| absolute(self.site, permalink)),
            picture: self.site_picture.cloned(),
            root: permalink.root(),
            permalink: permalink.clone(),
            feed: None,
            parts: None,
            metadata: Html::default(),
            coins: Html::default(),
        }
    }

    /// Of a page that shows a list, or part of one. What is said of the list stands on its
    /// first page.
    pub fn list_frame(&self, page: &Page, title: &str, what: Option<&str>, description: Option<&str>) -> Frame {
        let at = &page.permalink;
        let Some(piece) = &page.piece else { return self.frame(at, title, what, description) };
        let mut frame = match piece.part() {
            None => self.frame(at, title, what, description),
            Some(part) => self.frame(at, &format!("{title}, {}", part.label), what, None),
        };
        frame.parts = Some(PartsView::of(piece, title, at));
        frame
    }

    /// How the list of a page is cut; `None` where there is no such page, or the list is whole.
    pub fn split_at(&self, address: &str) -> Option<&Arc<Split>> {
        self.pages.find(address)?.piece.as_ref().map(|piece| &piece.split)
    }
}

impl World<'_> {
    /// What a page is, where nobody has said it.
    fn described(&self, title: &str, what: Option<&str>) -> String {
        let mut words = title.to_string();
        if let Some(what) = what {
            words.extend([" (", what, ")"]);
        }
        words.extend([" in ", &self.site.title]);
        if let Some(description) = &self.site.description {
            words.extend([". ", description]);
        }
        words
    }
}

/// At most `most` characters, cut between words.
fn shortened(text: &str, most: usize) -> String {
    // So many bytes are no more characters.
    if text.len() <= most || text.chars().count() <= most {
        return text.to_string();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// A link on a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct LinkView {
    pub title: String,
    /// BCP 47, where it is not the page's.
    pub lang: Option<String>,
    pub href: String,
}

/// A track as pages name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackBadge {
    pub id: String,
    pub title: String,
    pub glyph: String,
    /// Relative to the page.
    pub href: String,
}

/// What other pages show of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CardView {
    /// As seen from the site's root.
    pub href: String,
    pub title: String,
    pub title_lang: Option<String>,
    /// `Krasner, S.; Keohane, R.`
    pub creators: String,
    /// A `time` element.
    pub date: Option<Html>,
    /// `1982`, `44 BCE`: the year by which lists are grouped.
    pub year: Option<String>,
    /// Whether the date says no more than its year.
    pub year_alone: bool,
    /// `1980s`
    pub decade: Option<String>,
    pub kind: String,
    /// Names of the actors of the work, each once.
    pub actors: Vec<String>,
    /// `Reference 24`
    pub label: String,
    pub tracks: Vec<TrackBadge>,
    pub summary: Option<String>,
}

/// The card of an entry as a page in the site's root shows it.
pub fn card_view(world: &World<'_>, id: EntryId) -> CardView {
    let record = world.archive.entry(id);
    let root = Permalink::new("");
    let creators: Vec<String> = record.citation.creators().iter().map(crate::entry::Name::inverted).collect();
    let issued = record.citation.issued();
    let year = issued.map(|date| year_label(date.year()));
    CardView {
        href: world.entry_address(id).parts().concat(),
        title: record.citation.title.clone(),
        title_lang: record.own.title_lang.clone(),
        creators: creators.join("; "),
        date: issued.map(|date| world.time(date)),
        year_alone: issued.map(Date::written).is_some_and(|written| year.as_deref() == Some(written)),
        year,
        decade: issued.map(|date| decade_label(decade_of(date.year()))),
        kind: kind_label(record),
        actors: actor_names(world, id),
        label: world.entry_label(id),
        tracks: track_badges(world, id, &root),
        summary: record.own.summary.clone(),
    }
}

/// Each actor once, however many parts it has in the work.
fn actor_names(world: &World<'_>, id: EntryId) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (actor, _) in &world.archive.entry_actors[id.0] {
        let name = &world.archive.actor(*actor).name;
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The genre that the citation gives, or its type in words.
pub fn kind_label(record: &crate::entry::Record) -> String {
    record.citation.get(crate::entry::Variable::Genre).map_or_else(|| record.citation.kind.label(), ToString::to_string)
}

pub fn track_badges(world: &World<'_>, id: EntryId, from: &Permalink) -> Vec<TrackBadge> {
    world.archive.track_indexes(id).map(|index| track_badge(world, index, from)).collect()
}

pub fn track_badge(world: &World<'_>, index: usize, from: &Permalink) -> TrackBadge {
    let track = &world.site.tracks[index];
    TrackBadge {
        id: track.id.to_string(),
        title: track.title.clone(),
        glyph: track.glyph.clone(),
        href: [from.root(), "tracks/", track.id.as_str(), "/index.html"].concat(),
    }
}

pub fn entry_link(world: &World<'_>, id: EntryId, from: &Permalink) -> LinkView {
    let record = world.archive.entry(id);
    LinkView {
        title: record.citation.title.clone(),
        lang: record.own.title_lang.clone(),
        href: world.entry_href(id, None, from),
    }
}

pub fn link<'a>(title: &str, to: impl Into<Address<'a>>, from: &Permalink) -> LinkView {
    LinkView { title: title.to_string(), lang: None, href: to.into().seen_from(from) }
}

/// What all pages share; templates see it as `site`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SiteView {
    pub title: String,
    pub subtitle: Option<String>,
    pub description: Option<String>,
    pub language: String,
    pub editor: Option<String>,
    pub license: Option<crate::site::License>,
    /// The day of this edition.
    pub date: Option<String>,
    /// Whether there is a `search.html`.
    pub search: bool,
    /// Whether there is a `data.html`, with files for other programs.
    pub data: bool,
    /// Whether search engines are asked not to list the pages.
    pub noindex: bool,
    pub navigation: Vec<NavigationView>,
    pub tracks: Vec<TrackInSite>,
    pub collections: Vec<CollectionInSite>,
    pub generator: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NavigationView {
    pub title: String,
    /// From the root.
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackInSite {
    pub id: String,
    pub title: String,
    pub summary: Option<String>,
    pub glyph: String,
    /// From the root.
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CollectionInSite {
    pub id: String,
    pub title: String,
    pub singular: String,
    /// From the root.
    pub address: String,
}

pub fn site_view(site: &Site) -> SiteView {
    SiteView {
        title: site.title.clone(),
        subtitle: site.subtitle.clone(),
        description: site.description.clone(),
        language: site.language.clone(),
        editor: site.editor.clone(),
        license: site.license.clone(),
        date: site.date.map(|day| day.to_string()),
        search: site.search.enabled,
        data: site.exports.archive,
        noindex: site.indexing == Indexing::Refused,
        navigation: site
            .navigation
            .iter()
            .map(|item| NavigationView { title: item.title.clone(), address: item.address.clone() })
            .collect(),
        tracks: site
            .tracks
            .iter()
            .map(|track| TrackInSite {
                id: track.id.to_string(),
                title: track.title.clone(),
                summary: track.summary.clone(),
                glyph: track.glyph.clone(),
                address: Permalink::track(track, "index.html").as_str().to_string(),
            })
            .collect(),
        collections: site
            .collections
            .iter()
            .map(|collection| CollectionInSite {
                id: collection.id.to_string(),
                title: collection.title.clone(),
                singular: collection.singular.clone(),
                address: Permalink::collection(collection).as_str().to_string(),
            })
            .collect(),
        generator: concat!("Regesta ", env!("CARGO_PKG_VERSION")),
    }
}

/// Leads from an address that an entry had to the one it has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RedirectView {
    pub page: Frame,
    pub to: LinkView,
}

/// `404.html`: it is shown at any address, so its links are absolute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NotFoundView {
    pub page: Frame,
    /// The site's root as every page of the host can reach it.
    pub base: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SitemapView {
    /// Absolute addresses and the day of their last change, by address.
    pub pages: Vec<(String, Option<String>)>,
}

/// Leads to the sitemaps of an archive that is too large for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SitemapIndexView {
    /// Absolute addresses.
    pub sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RobotsView {
    pub sitemap: Option<String>,
    /// Whether search engines are asked to keep away.
    pub closed: bool,
}

/// What the page at an address shows, and says to programs.
pub fn view(world: &World<'_>, page: &Page) -> View {
    let mut view = shown(world, page);
    if let Some(frame) = view.frame_mut() {
        let metadata = metadata::of(world, page, frame);
        (frame.metadata, frame.coins) = (metadata.head, metadata.coins);
    }
    view
}

fn shown(world: &World<'_>, page: &Page) -> View {
    let at = &page.permalink;
    match page.subject {
        Subject::Home => View::Home(text_view::home_view(world, page).into()),
        Subject::Text(id) => View::Text(text_view::text_view(world, at, id).into()),
        Subject::Collection(index) => View::Collection(list_views::collection_view(world, page, index).into()),
        Subject::Entry(id) => View::Entry(entry_view(world, page, id).into()),
        Subject::Cited(id) => View::Cited(cited_view(world, page, id).into()),
        Subject::Tracks => View::Tracks(track_views::tracks_view(world, page).into()),
        Subject::Track(index) => View::Track(track_views::track_view(world, page, index).into()),
        Subject::TrackTimeline(index) => View::Timeline(timeline_view(world, page, Some(index)).into()),
        Subject::TrackKeywords(index) => {
            View::TrackKeywords(track_views::track_keywords_view(world, page, index).into())
        }
        Subject::TrackFeed(index) => View::Feed(feed_view(world, at, Some(index)).into()),
        Subject::Timeline => View::Timeline(timeline_view(world, page, None).into()),
        Subject::Keywords => View::Keywords(list_views::keywords_view(world, page).into()),
        Subject::Keyword(id) => View::Keyword(list_views::keyword_view(world, page, id).into()),
        Subject::Actors => View::Actors(list_views::actors_view(world, page).into()),
        Subject::Actor(id) => View::Actor(list_views::actor_view(world, page, id).into()),
        Subject::People => View::People(list_views::people_view(world, page).into()),
        Subject::Person(id) => View::Person(list_views::person_view(world, page, id).into()),
        Subject::Concordance => View::Concordance(list_views::concordance_view(world, page).into()),
        Subject::Search => View::Search(text_view::search_view(world, at).into()),
        Subject::Redirect(id) => {
            let to = entry_link(world, id, at);
            View::Redirect(RedirectView { page: world.frame(at, &to.title, Some(at.as_str()), None), to }.into())
        }
        Subject::NotFound => View::NotFound(not_found_view(world, at).into()),
        Subject::Feed => View::Feed(feed_view(world, at, None).into()),
        Subject::Print(number) => View::Print(print_view(world, at, number).into()),
        Subject::PreviewIndex => View::PreviewIndex(previews::preview_file_count(world.archive)),
        Subject::Previews(file) => View::Previews(previews::previews_view(world, file).into()),
        Subject::Sitemap => match plan::sitemaps(world.pages.in_sitemap()) {
            0 | 1 => View::Sitemap(sitemap_view(world, plan::in_sitemap(world.pages))),
            several => View::SitemapIndex(sitemap_index_view(world, several)),
        },
        Subject::SitemapPart(number) => View::Sitemap(sitemap_view(world, plan::in_sitemap_part(world.pages, number))),
        Subject::Robots => View::Robots(RobotsView {
            sitemap: world.site.base_url.as_ref().map(|_| world.site.absolute("sitemap.xml")),
            closed: world.site.indexing == Indexing::Refused,
        }),
        Subject::Domain => View::Domain(world.site.domain_to_claim().unwrap_or_default().to_string()),
        Subject::SitePicture => View::Share(share::site_share_view(world).into()),
        Subject::EntryPicture(id) => View::Share(share::entry_share_view(world, id).into()),
        Subject::Citation(id, format) => {
            let record = world.archive.entry(id);
            let PlainText(text) = format.write(&Reference::of(record), record.slug.as_str());
            View::Data(text.into())
        }
        Subject::Data => View::DataFiles(data_view(world, at).into()),
        Subject::Export(export) => View::Data(Arc::clone(world.export(export))),
        Subject::Checksums => View::Data(world.checksums().into()),
        Subject::TrackColors => View::TrackColors,
        Subject::NoJekyll => View::Empty,
    }
}

/// GitHub Pages serves `404.html` at whatever depth was asked for.
fn not_found_view(world: &World<'_>, at: &Permalink) -> NotFoundView {
    // The path alone: a preview on another host finds its own files.
    let base = format!("/{}", world.site.base_path());
    let frame = world.frame(at, "Page not found", None, None);
    NotFoundView { page: Frame { canonical: None, picture: None, ..frame }, base }
}

/// Sitemaps protocol 0.9.
fn sitemap_view<'a>(world: &World<'_>, pages: impl Iterator<Item = &'a Page>) -> SitemapView {
    let changed = |page: &Page| match page.subject {
        Subject::Entry(id) => {
            let own = &world.archive.entry(id).own;
            own.updated.as_ref().or(own.added.as_ref()).map(|date| date.earliest.to_string())
        }
        _ => None,
    };
    SitemapView { pages: pages.map(|page| (absolute(world.site, &page.permalink), changed(page))).collect() }
}

fn sitemap_index_view(world: &World<'_>, several: usize) -> SitemapIndexView {
    let address = |number| absolute(world.site, &plan::sitemap_permalink(number));
    SitemapIndexView { sitemaps: (0..several).map(address).collect() }
}
