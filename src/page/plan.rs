//! One page for each address.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{
    address::Permalink,
    cutting::Cutting,
    pages::Pages,
    parts::{Piece, Split},
    previews, print_view, share,
};
use crate::{
    archive::{ActorId, Archive, EntryId, Goal, KeywordId, KeywordShelf, Locus, Origin, Person, PersonId, TextId},
    cite::Format,
    collate,
    diagnostic::{Checked, Diagnostic, Place, nearest},
    entry::{Record, Spot, TextRecord, links},
    export::Export,
    leaves::LEAF,
    parallel, portable,
    site::{Site, Slug},
};

/// What an address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub permalink: Permalink,
    pub subject: Subject,
    /// Which page of its list it is, where the list is too long for one.
    pub piece: Option<Piece>,
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
    /// Those of the works that cite an entry, or have a relation to it, that its own page
    /// has no room for.
    Cited(EntryId),
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
    /// One of the sitemaps of an archive that is too large for one, counted from 0.
    SitemapPart(usize),
    /// A volume of the print edition, counted from 0.
    Print(usize),
    /// Says how many files of previews there are.
    PreviewIndex,
    /// One of those files.
    Previews(usize),
    Robots,
    /// `CNAME`, by which GitHub Pages knows whose domain a site has.
    Domain,
    NoJekyll,
    TrackColors,
    /// What stands for the site where it is shared.
    SitePicture,
    EntryPicture(EntryId),
    /// The work of an entry for programs.
    Citation(EntryId, Format),
    /// Explains the files of the whole archive for programs.
    Data,
    Export(Export),
    Checksums,
}

impl Page {
    fn whole(permalink: Permalink, subject: Subject) -> Self {
        Page { permalink, subject, piece: None }
    }

    /// Whether it is a page behind the first of a list that is too long for one.
    pub fn is_part(&self) -> bool {
        self.piece.as_ref().is_some_and(|piece| piece.part.is_some())
    }

    /// How many works its list has, or how many of them are its own.
    pub fn count(&self, of_list: usize) -> usize {
        self.piece.as_ref().and_then(Piece::part).map_or(of_list, |part| part.count)
    }

    /// What it shows of its list.
    pub fn pick<'a, T: Clone>(&self, list: &'a [T]) -> Cow<'a, [T]> {
        self.piece.as_ref().map_or(Cow::Borrowed(list), |piece| Cow::Owned(piece.pick(list)))
    }

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
pub fn plan(archive: &Archive, site: &Site, files: &[Arc<str>]) -> Checked<Pages, Locus> {
    let mut told = Vec::new();
    let mut pages = made_by_archive(archive, site);
    // A picture of the author's own takes the place of one that would be drawn.
    let drawn_by_author: HashSet<&str> =
        files.iter().map(|file| &**file).filter(|file| file.ends_with(".png")).collect();
    pages.retain(|page| !page.is_picture() || !drawn_by_author.contains(page.permalink.as_str()));
    let mut pages = by_address(pages);
    let own_page = |(index, text): (usize, &Arc<TextRecord>)| {
        let permalink = Permalink::text(&text.path);
        // An author's text for a page that the archive makes is shown on that page.
        let free = find(&pages, permalink.as_str()).is_none();
        free.then(|| Page::whole(permalink, Subject::Text(TextId(index))))
    };
    let texts: Vec<Page> = archive.texts.iter().enumerate().filter_map(own_page).collect();
    if !texts.is_empty() {
        pages.extend(texts);
        pages = by_address(pages);
    }
    let maps = sitemaps(pages.iter().filter(|page| is_in_sitemap(page)).count());
    if maps > 1 {
        pages.extend((0..maps).map(|number| Page::whole(sitemap_permalink(number), Subject::SitemapPart(number))));
        pages = by_address(pages);
    }
    // Addresses are made of slugs and of words of ours, which have no capital letters.
    for pair in pages.windows(2) {
        let [other, page] = pair else { continue };
        if other.permalink == page.permalink {
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
    let pages = Pages::of(pages);
    check_addresses(archive, &pages, files, &mut told);
    Checked { value: pages, diagnostics: told }
}

/// Pages in the order of their addresses; those of one address as they come.
fn by_address(pages: Vec<Page>) -> Vec<Page> {
    let mut folders: BTreeMap<&str, Vec<(u128, usize)>> = BTreeMap::new();
    let mut first = 0;
    for run in pages.chunk_by(|one, other| in_folder(one).0 == in_folder(other).0) {
        // Addresses of one folder begin alike, so the rest is what is compared first.
        let starts = run.iter().map(|page| collate::start(in_folder(page).1.as_bytes()));
        folders.entry(in_folder(&run[0]).0).or_default().extend(starts.zip(first..));
        first += run.len();
    }
    let mut order = Vec::with_capacity(pages.len());
    for mut places in folders.into_values() {
        places.sort_unstable_by(|one, other| {
            let whole = |index: usize| (&pages[index].permalink, index);
            one.0.cmp(&other.0).then_with(|| whole(one.1).cmp(&whole(other.1)))
        });
        order.extend(places.into_iter().map(|(_, index)| index));
    }
    let mut pages: Vec<Option<Page>> = pages.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| pages[index].take()).collect()
}

/// The folder of a page with its slash, and the rest of the address. A page in the root has
/// the place of a folder of its own.
fn in_folder(page: &Page) -> (&str, &str) {
    let address = page.permalink.as_str();
    address.split_at(address.find('/').map_or(address.len(), |at| at + 1))
}

const DOMAIN: &str = "CNAME";

/// Whether a page has an address that is told in lower case. Two addresses have capitals.
fn is_taken(pages: &Pages, address: &str) -> bool {
    let checksums = Permalink::checksums();
    let capital = [DOMAIN, checksums.as_str()].into_iter().find(|capital| capital.eq_ignore_ascii_case(address));
    pages.find(capital.unwrap_or(address)).is_some()
}

/// Files that would be copied to the address of a page, over a file of the theme, among
/// those of the search index or over one another; and those whose names not every system
/// takes.
///
/// # Errors
/// `double-address`, `unfit-name`.
pub fn clashes(pages: &Pages, content: &[Arc<str>], theme: &[Arc<str>]) -> Vec<Diagnostic> {
    let of_theme: HashSet<String> = theme.iter().map(|file| file.to_lowercase()).collect();
    let mut first: HashMap<String, &Arc<str>> = HashMap::new();
    let clash = |file: &Arc<str>| {
        let address = file.to_lowercase();
        let other = if of_theme.contains(&address) {
            "a file of the theme"
        } else if is_taken(pages, &address) {
            "a page of the archive"
        } else if address.starts_with("search/") && address.ends_with(".js") {
            "the search index"
        } else {
            return None;
        };
        let place = Place::file(format!("content/{file}"));
        let fault = Diagnostic::error("double-address", place, format!("the address `{file}` belongs to {other}"));
        Some(fault.help("rename the file; letters of either case count as one".to_string()))
    };
    let double = content.iter().filter_map(clash);
    let unfit = content.iter().filter_map(|file| {
        let fault = portable::fault(file)?;
        let place = Place::file(format!("content/{file}"));
        Some(Diagnostic::error("unfit-name", place, fault).help("rename the file".to_string()))
    });
    let double: Vec<Diagnostic> = double.collect();
    let differing = content.iter().filter_map(|file| {
        let other = first.insert(file.to_lowercase(), file)?;
        let place = |file: &str| Place::file(format!("content/{file}"));
        let said = format!("the address `{file}` differs from another in the case of letters alone");
        let fault = Diagnostic::error("double-address", place(file), said).also(place(other), "the other one is here");
        Some(fault.help("rename one of the two; letters of either case count as one".to_string()))
    });
    let differing: Vec<Diagnostic> = differing.collect();
    double.into_iter().chain(unfit).chain(differing).collect()
}

/// The page of an address, among pages in the order of addresses.
fn find<'a>(pages: &'a [Page], address: &str) -> Option<&'a Page> {
    pages.binary_search_by(|page| page.permalink.as_str().cmp(address)).ok().map(|index| &pages[index])
}

/// The file that a page is written in.
fn written(page: &Page) -> Option<Origin> {
    match page.subject {
        Subject::Entry(id) | Subject::Redirect(id) => Some(Origin::Entry(id)),
        Subject::Text(id) => Some(Origin::Text(id)),
        _ => None,
    }
}

/// How many addresses a sitemap may have (sitemaps protocol 0.9).
const SITEMAP: usize = 50_000;

/// Whether sitemaps name a page. Those that lead elsewhere or nowhere are not among them, nor is
/// the one for search, which has nothing of its own to be found.
pub fn is_in_sitemap(page: &Page) -> bool {
    !matches!(page.subject, Subject::NotFound | Subject::Redirect(_) | Subject::Search | Subject::Citation(..))
        && page.permalink.as_str().ends_with(".html")
}

/// The pages that sitemaps name, by address.
pub fn in_sitemap(pages: &Pages) -> impl Iterator<Item = &Page> {
    pages.iter().filter(|page| is_in_sitemap(page))
}

/// The pages of one of several sitemaps.
pub fn in_sitemap_part(pages: &Pages, number: usize) -> impl Iterator<Item = &Page> {
    in_sitemap(pages).skip(number * SITEMAP).take(SITEMAP)
}

/// How many sitemaps so many pages need.
pub fn sitemaps(pages: usize) -> usize {
    pages.div_ceil(SITEMAP)
}

/// In the root: a sitemap may name what lies below its own folder.
pub fn sitemap_permalink(number: usize) -> Permalink {
    Permalink::new(format!("sitemap-{}.xml", number + 1))
}

fn made_by_archive(archive: &Archive, site: &Site) -> Vec<Page> {
    let cutting = &Cutting::new(archive, site);
    let mut pages = Vec::new();
    let mut page = |permalink: Permalink, subject: Subject| pages.push(Page::whole(permalink, subject));
    let at = Permalink::new;
    page(at("index.html"), Subject::Home);
    if site.search.enabled {
        page(at("search.html"), Subject::Search);
    }
    page(at("404.html"), Subject::NotFound);
    page(at("feed.xml"), Subject::Feed);
    page(at("sitemap.xml"), Subject::Sitemap);
    page(at("robots.txt"), Subject::Robots);
    page(at(".nojekyll"), Subject::NoJekyll);
    if site.domain_to_claim().is_some() {
        page(at(DOMAIN), Subject::Domain);
    }
    page(at("static/tracks.css"), Subject::TrackColors);
    if site.exports.archive {
        page(at("data.html"), Subject::Data);
        for export in Export::ALL {
            page(Permalink::export(export), Subject::Export(export));
        }
        page(Permalink::checksums(), Subject::Checksums);
    }
    if share::site_has_picture(site) {
        page(Permalink::site_picture(), Subject::SitePicture);
    }
    for (index, track) in site.tracks.iter().enumerate() {
        page(Permalink::track(track, "feed.xml"), Subject::TrackFeed(index));
    }
    for number in 0..print_view::volume_count(archive) {
        page(print_view::volume_permalink(number), Subject::Print(number));
    }
    page(at("previews/index.js"), Subject::PreviewIndex);
    for file in 0..previews::preview_file_count(archive) {
        page(Permalink::new(format!("previews/{file}.js")), Subject::Previews(file));
    }
    let of_keywords = || {
        parallel::map_parts(&archive.keywords, |start, shelves| -> Vec<Page> {
            let pages = |(shelf, id): (&Arc<KeywordShelf>, usize)| {
                let id = KeywordId(id);
                list(Permalink::keyword(&shelf.id), Subject::Keyword(id), cutting.keyword(id))
            };
            shelves.iter().zip(start..).flat_map(pages).collect()
        })
    };
    let of_entries = || {
        let leaves: Vec<usize> = (0..archive.entries.leaves().len()).collect();
        parallel::map::<_, _, Vec<_>>(&leaves, |&leaf| -> Vec<Page> {
            let records = archive.entries.leaves()[leaf].iter();
            records.zip(leaf * LEAF..).flat_map(|(record, id)| of_entry(record, EntryId(id), cutting, site)).collect()
        })
    };
    let of_people = || {
        parallel::map_parts(&archive.people, |start, people| -> Vec<Page> {
            let pages = |(person, id): (&Person, usize)| {
                let id = PersonId(id);
                list(Permalink::person(&person.id), Subject::Person(id), cutting.person(id))
            };
            people.iter().zip(start..).flat_map(pages).collect()
        })
    };
    let (lists, (of_keywords, of_entries, of_people)) =
        parallel::both(|| lists(cutting, archive, site), || (of_keywords(), of_entries(), of_people()));
    pages.extend(lists);
    pages.extend(of_keywords.into_iter().chain(of_entries).chain(of_people).flatten());
    pages
}

/// Lists of the archive as a whole, of tracks, of collections and of actors.
fn lists(cutting: &Cutting<'_>, archive: &Archive, site: &Site) -> Vec<Page> {
    let at = Permalink::new;
    let mut pages = Vec::new();
    pages.extend(list(at("timeline.html"), Subject::Timeline, cutting.timeline()));
    pages.extend(list(at("keywords/index.html"), Subject::Keywords, cutting.index(None)));
    pages.extend(list(at("actors/index.html"), Subject::Actors, cutting.actors()));
    pages.extend(list(at("people/index.html"), Subject::People, cutting.people()));
    pages.extend(list(at("concordance.html"), Subject::Concordance, cutting.concordance()));
    if !site.tracks.is_empty() {
        pages.extend(list(at("tracks/index.html"), Subject::Tracks, cutting.contested()));
    }
    for index in 0..site.tracks.len() {
        pages.extend(of_track(cutting, site, index));
        pages.extend(terms_of_track(cutting, site, index));
    }
    for (index, collection) in site.collections.iter().enumerate() {
        let permalink = Permalink::collection(collection);
        pages.extend(list(permalink, Subject::Collection(index), cutting.collection(index)));
    }
    for (index, actor) in archive.actors.iter().enumerate() {
        let id = ActorId(index);
        pages.extend(list(Permalink::actor(&actor.id), Subject::Actor(id), cutting.actor(id)));
    }
    pages
}

/// A track's own page, and its timeline.
pub fn of_track(cutting: &Cutting<'_>, site: &Site, index: usize) -> impl Iterator<Item = Page> {
    let track = &site.tracks[index];
    let timeline = cutting.track_timeline(index);
    // The track's own page leads to the parts of its timeline: they have the same works.
    let piece = timeline.as_ref().map(|split| Piece { split: Arc::clone(split), part: None });
    let own = Page { permalink: Permalink::track(track, "index.html"), subject: Subject::Track(index), piece };
    let timeline = list(Permalink::track(track, "timeline.html"), Subject::TrackTimeline(index), timeline);
    std::iter::once(own).chain(timeline)
}

/// The index of a track's keywords.
pub fn terms_of_track(cutting: &Cutting<'_>, site: &Site, index: usize) -> impl Iterator<Item = Page> {
    let permalink = Permalink::track(&site.tracks[index], "keywords.html");
    list(permalink, Subject::TrackKeywords(index), cutting.index(Some(index)))
}

/// One page, or the first and those behind it.
pub fn list(permalink: Permalink, subject: Subject, split: Option<Arc<Split>>) -> impl Iterator<Item = Page> {
    let piece = split.as_ref().map(|split| Piece { split: Arc::clone(split), part: None });
    std::iter::once(Page { permalink, subject, piece }).chain(parts_of(split, subject))
}

fn parts_of(split: Option<Arc<Split>>, subject: Subject) -> impl Iterator<Item = Page> {
    let pieces = split.into_iter().flat_map(|split| split.pieces().collect::<Vec<_>>());
    pieces.map(move |(permalink, piece)| Page { permalink, subject, piece: Some(piece) })
}

fn of_entry(record: &Record, id: EntryId, cutting: &Cutting<'_>, site: &Site) -> impl Iterator<Item = Page> {
    let Record { collection, slug, filing, .. } = record;
    let picture = share::entry_has_picture(site, record)
        .then(|| Page::whole(Permalink::entry_picture(collection, slug.as_str()), Subject::EntryPicture(id)));
    let files = site.exports.entries.then_some(Format::ALL).into_iter().flatten().map(move |format| {
        Page::whole(Permalink::citation(collection, slug.as_str(), format), Subject::Citation(id, format))
    });
    // An alias that is no id has been told of.
    let aliases = if filing.plain { &[][..] } else { &record.own.aliases };
    let aliases = aliases.iter().filter(|alias| Slug::new(alias).is_some());
    let former = aliases.map(move |alias| Page::whole(Permalink::entry(collection, alias), Subject::Redirect(id)));
    of_own_page(record, id, cutting).chain(picture).chain(files).chain(former)
}

/// An entry's own page, and those of what cites it.
pub fn of_own_page(record: &Record, id: EntryId, cutting: &Cutting<'_>) -> impl Iterator<Item = Page> {
    let cited = cutting.entry(id);
    let piece = cited.as_ref().map(|split| Piece { split: Arc::clone(split), part: None });
    let permalink = Permalink::entry(&record.collection, record.slug.as_str());
    std::iter::once(Page { permalink, subject: Subject::Entry(id), piece }).chain(parts_of(cited, Subject::Cited(id)))
}

/// Every relative address that a text links to is a page or a file.
pub fn check_addresses(archive: &Archive, pages: &Pages, files: &[Arc<str>], told: &mut Vec<Diagnostic<Locus>>) {
    let entries = archive.entry_links.iter().enumerate().map(|(index, goals)| (Origin::Entry(EntryId(index)), goals));
    let texts = archive.text_links.iter().enumerate().map(|(index, goals)| (Origin::Text(TextId(index)), goals));
    check_addresses_of(entries.chain(texts), archive, pages, files, told);
}

/// The same of some texts, with the goals of their links.
pub fn check_addresses_of<'a>(
    texts: impl Iterator<Item = (Origin, &'a [Option<Goal>])>,
    archive: &Archive,
    pages: &Pages,
    files: &[Arc<str>],
    told: &mut Vec<Diagnostic<Locus>>,
) {
    let copied: HashSet<&str> = files.iter().map(|file| &**file).collect();
    let known = || pages.iter().map(|page| page.permalink.as_str()).chain(copied.iter().copied());
    let is_known = |address: &str| copied.contains(address) || pages.find(address).is_some();
    for (origin, goals) in texts {
        for (index, goal) in goals.iter().enumerate() {
            let Some(Goal::Address(address)) = goal else { continue };
            let permalink = match origin {
                Origin::Entry(id) => {
                    let record = archive.entry(id);
                    Permalink::entry(&record.collection, record.slug.as_str())
                }
                Origin::Text(id) => Permalink::text(&archive.text(id).path),
            };
            let folder = permalink.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
            let meant = links::join(folder, &decoded);
            if is_known(&meant) {
                continue;
            }
            let below = format!("{meant}/index.html");
            let near = if is_known(&below) { Some(below.as_str()) } else { nearest(&meant, known()) };
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
