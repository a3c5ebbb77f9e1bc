//! Which lists of an archive are too long for one page, and what their rows weigh.
//!
//! In: the archive and the site. Out: a [`Split`] for each list that needs one. Lengths
//! are reckoned from those of titles and names, and rather too high: to render a row only
//! to measure it would cost more than the page. Absent on purpose: views.

use std::sync::Arc;

use super::{
    address::Permalink,
    parts::{self, Cut, Limits, NumberedList, Row, Split, by_number, in_time},
};
use crate::{
    archive::{ActorId, Archive, Backlink, EntryId, KeywordId, KeywordShelf, Origin, PersonId, Tie},
    collate::Collation,
    entry::{Variable, passage_length},
    parallel,
    site::{Collection, Site, Track},
};

/// What a card has beside the words of its work, and the heading of a year above it.
const CARD: usize = 500;
/// A badge of a track beside its title, which stands there twice.
const BADGE: usize = 90;
/// A bar of a picture, of which each lane has so many in its two drawings.
const BAR: usize = 300;
const BARS: usize = 100;
/// A passage of a work beside its author, its heading and its work's address.
const PASSAGE: usize = 270;
/// A term, a person or an actor beside its name.
const TERM: usize = 130;
/// The same once more in an index, for programs, beside its name and the site's address.
const NAMED: usize = 110;
/// A passage that cites, or a relation, beside its words.
const CITATION: usize = 380;
/// A number of the concordance beside the citation and the title.
const NUMBER: usize = 330;

/// The sections, narrower terms and other terms that a split index shows of one term at
/// the most, of each kind: the term's own page has all.
pub const OF_A_TERM: usize = 24;

/// Which rows of a keyword's parts are narrower terms, and of an actor's its bodies; works
/// have 0.
pub const NAMES: usize = 1;

/// Which rows of an entry's parts are passages that cite it, and which its relations.
pub const BACKLINKS: usize = 0;
pub const TIES: usize = 1;

pub struct Cutting<'a> {
    archive: &'a Archive,
    site: &'a Site,
    limits: Limits,
    /// By entry, for what is looked up once for each of its keywords, people and tracks.
    rows: Vec<InList>,
}

/// What lists need to know of an entry, side by side: asked of the archive row by row, it
/// would be fetched from three places each time.
#[derive(Clone, Copy)]
struct InList {
    /// Of its card.
    card: usize,
    /// Of what programs read of its work.
    listed: usize,
    /// Of all that a keyword's page has of it, beside passages: a card under each of its tracks.
    under_keyword: usize,
    /// Of one passage.
    passage: usize,
    year: Option<i16>,
}

/// How long the rows of an archive are.
struct Rows<'a> {
    archive: &'a Archive,
    /// What a card has for each track of the site.
    badges: Vec<usize>,
    /// The part of an absolute address that is the site's.
    address: usize,
}

impl<'a> Rows<'a> {
    fn new(archive: &'a Archive, site: &Site) -> Self {
        let badge = |track: &Track| BADGE + 2 * track.title.len() + track.id.as_str().len();
        let badges = site.tracks.iter().map(badge).collect();
        Rows { archive, badges, address: site.base_url.as_ref().map_or(0, String::len) }
    }

    fn of(&self, id: EntryId) -> InList {
        let Rows { archive, badges, address } = self;
        let tracks: usize = archive.track_indexes(id).map(|index| badges[index]).sum();
        let actors = &archive.entry_actors[id.0];
        let actors: usize = actors.iter().map(|(actor, _)| archive.actor(*actor).name.len() + 1).sum();
        let (card, listed) = (CARD + archive.card_length(id) + tracks + actors, archive.listed_length(id) + address);
        InList {
            card,
            listed,
            under_keyword: archive.track_indexes(id).count().max(1) * card + listed,
            passage: PASSAGE + archive.card_length(id),
            year: archive.year(id),
        }
    }
}

fn limits(site: &Site) -> Limits {
    Limits { bytes: parts::BYTES, rows: site.lists.most_rows }
}

/// Whether one page has room for the marks of works in a picture as well as for their
/// cards, or for the marks alone where the cards stand elsewhere.
pub fn has_room_for_marks(archive: &Archive, site: &Site, works: &[EntryId], cards_too: bool) -> bool {
    let rows = Rows::new(archive, site);
    let bytes = |id: EntryId| {
        let mark = 2 * (230 + 3 * archive.card_length(id));
        let (card, listed) = if cards_too {
            let InList { card, listed, .. } = rows.of(id);
            (card, listed)
        } else {
            (0, 0)
        };
        archive.track_indexes(id).count().max(1) * (mark + card) + listed
    };
    limits(site).hold_bytes(works.iter().map(|&id| bytes(id)))
}

impl<'a> Cutting<'a> {
    pub fn new(archive: &'a Archive, site: &'a Site) -> Self {
        let rows = Rows::new(archive, site);
        let ids: Vec<EntryId> = (0..archive.entries.len()).map(EntryId).collect();
        let rows = parallel::map(&ids, |id| rows.of(*id));
        Cutting { archive, site, limits: limits(site), rows }
    }

    pub fn timeline(&self) -> Option<Arc<Split>> {
        self.works("timeline.html", "timeline/", &self.archive.works)
    }

    /// Its parts lie beside it: cards for folders deeper than that would be one more kind.
    pub fn track_timeline(&self, index: usize) -> Option<Arc<Split>> {
        let id = &self.site.tracks[index].id;
        self.works(&format!("tracks/{id}/timeline.html"), &format!("tracks/{id}/"), &self.archive.tracks[index])
    }

    /// Works that more than one track claims.
    pub fn contested(&self) -> Option<Arc<Split>> {
        let works: Vec<EntryId> = contested(self.archive);
        self.works("tracks/index.html", "tracks/index/", &works)
    }

    pub fn collection(&self, index: usize) -> Option<Arc<Split>> {
        let collection = &self.site.collections[index];
        let list = &self.archive.lists[index];
        let row = |at: usize| (Row(at, 0), self.year(list[at]), self.row(list[at]));
        if self.limits.hold((0..list.len()).map(|at| row(at).2)) {
            return None;
        }
        let order = in_order_of_time(self.archive, list);
        let home = Permalink::collection(collection);
        in_time(&home, &format!("{}/index/", collection.id), self.limits, 0, order.iter().map(|&at| row(at)))
    }

    /// By the works; their passages stand with them.
    pub fn keyword(&self, id: KeywordId) -> Option<Arc<Split>> {
        let shelf = self.archive.keyword(id);
        let row = |id: EntryId| &self.rows[id.0];
        let label = |id: &KeywordId| self.archive.keyword(*id).label.as_str();
        let others = shelf.broader.iter().chain(&shelf.related).map(|id| TERM + label(id).len()).sum();
        let names = shelf.narrower.iter().map(label);
        let whole = shelf.works.iter().map(|id| row(*id).under_keyword);
        let whole = whole.chain(shelf.sections.iter().map(|(id, _)| row(*id).passage));
        if self.has_room_for_names(whole, shelf.works.len(), others, names.clone()) {
            return None;
        }
        let mut sections = shelf.sections.iter().map(|(id, _)| *id).peekable();
        let works = shelf.works.iter().enumerate().map(|(at, &work)| {
            let passages = std::iter::from_fn(|| sections.next_if_eq(&work)).count();
            let InList { under_keyword, passage, year, .. } = *row(work);
            (Row(at, 0), year, under_keyword + passages * passage)
        });
        let works = works.collect();
        let home = Permalink::keyword(&shelf.id);
        let folder = format!("keywords/{}/", shelf.id);
        Some(self.with_names((&home, &folder), works, (("narrower-", "Narrower terms, "), names)))
    }

    pub fn actor(&self, id: ActorId) -> Option<Arc<Split>> {
        let shelf = self.archive.actor(id);
        let names = shelf.parts.iter().map(|id| self.archive.actor(*id).name.as_str());
        let whole = shelf.works.iter().map(|(work, _)| self.row(*work));
        if self.has_room_for_names(whole, shelf.works.len(), 0, names.clone()) {
            return None;
        }
        let works = shelf.works.iter().enumerate();
        let works = works.map(|(at, &(work, _))| (Row(at, 0), self.year(work), self.row(work))).collect();
        let home = Permalink::actor(&shelf.id);
        let folder = format!("actors/{}/", shelf.id);
        Some(self.with_names((&home, &folder), works, (("bodies-", "Bodies, "), names)))
    }

    /// Whether one page has room for all works, of which there are so many, for the names that
    /// stand above them, and for the `rest` of its bytes.
    fn has_room_for_names<'b>(
        &self,
        works: impl Iterator<Item = usize>,
        count: usize,
        rest: usize,
        names: impl Iterator<Item = &'b str> + Clone,
    ) -> bool {
        let all = works.chain(names.clone().map(length_of_name)).chain([rest, self.picture(count)]);
        self.limits.hold_bytes(all) && count.max(names.count()) <= self.limits.rows
    }

    /// Works, and names that stand above them: these have pages of their own only where they
    /// are too many for the first.
    fn with_names<'b>(
        &self,
        (home, folder): (&Permalink, &str),
        works: Vec<(Row, Option<i16>, usize)>,
        (start, names): ((&str, &str), impl Iterator<Item = &'b str> + Clone),
    ) -> Arc<Split> {
        let mut cut = Cut::new(home, folder, self.limits);
        cut.in_time(works.into_iter());
        if !(Limits { bytes: self.limits.bytes / 3, ..self.limits }).hold(names.clone().map(length_of_name)) {
            let rows = names.zip(0..).map(|(name, at)| (Row(at, NAMES), name, length_of_name(name)));
            cut.by_letter(start, rows);
        }
        cut.finish()
    }

    pub fn person(&self, id: PersonId) -> Option<Arc<Split>> {
        let works = &self.archive.person_works[id.0];
        let person = self.archive.person(id);
        let rows = works.iter().enumerate();
        let rows = rows.map(|(at, &(work, _))| (Row(at, 0), self.year(work), self.row(work)));
        in_time(&Permalink::person(&person.id), &format!("people/{}/", person.id), self.limits, 0, rows)
    }

    /// Passages that cite the entry, and its relations, where either are too many for the
    /// entry's own page, which has a text to show.
    pub fn entry(&self, id: EntryId) -> Option<Arc<Split>> {
        let (backlinks, ties) = (&self.archive.backlinks[id.0], &self.archive.ties[id.0]);
        let limits = Limits { bytes: self.limits.bytes / 3, ..self.limits };
        let backlink = |(at, backlink): (usize, &Backlink)| {
            let (year, own, passage) = match backlink.from {
                Origin::Entry(id) => {
                    let passage = self.archive.entry(id).filing.passages[backlink.link];
                    (self.year(id), self.archive.card_length(id) + self.listed(id), passage)
                }
                Origin::Text(id) => (None, 0, passage_length(&self.archive.text(id).outgoing.links[backlink.link])),
            };
            (Row(at, BACKLINKS), year, CITATION + own + passage as usize)
        };
        let tie = |(at, tie): (usize, &Tie)| {
            let because = tie.because.as_ref().map_or(0, String::len);
            let own = self.archive.card_length(tie.other) + self.listed(tie.other);
            (Row(at, TIES), self.year(tie.other), CITATION + own + because)
        };
        let few = 20;
        let mut rows = Vec::new();
        if backlinks.len() > few.min(limits.rows) {
            let cited: Vec<_> = backlinks.iter().enumerate().map(backlink).collect();
            if !limits.hold(cited.iter().map(|row| row.2)) {
                rows.extend(cited);
            }
        }
        if ties.len() > few.min(limits.rows) {
            let tied: Vec<_> = ties.iter().enumerate().map(tie).collect();
            if !limits.hold(tied.iter().map(|row| row.2)) {
                rows.extend(tied);
            }
        }
        if rows.is_empty() {
            return None;
        }
        let record = self.archive.entry(id);
        let home = Permalink::entry(&record.collection, record.slug.as_str());
        in_time(&home, &format!("{}/{}/", record.collection, record.slug), limits, 0, rows.iter().copied())
    }

    /// The index of all terms, or of a track's.
    pub fn index(&self, track: Option<usize>) -> Option<Arc<Split>> {
        let archive = self.archive;
        let shelves = &archive.keywords;
        let alias =
            |shelf: &KeywordShelf, label: &str| TERM + label.len() + shelf.label.len() + shelf.id.as_str().len();
        let terms = (0..shelves.len()).map(|at| self.term(KeywordId(at), usize::MAX));
        let aliases = shelves.iter().flat_map(|shelf| shelf.aliases.iter().map(move |label| alias(shelf, label)));
        if self.limits.hold(terms.chain(aliases)) {
            return None;
        }
        let items = Lines { archive, track }.sorted(&self.site.language);
        let bytes = |row: Row, label: &str, most: usize| match row.1 {
            0 => self.term(KeywordId(row.0), most),
            _ => alias(&shelves[row.0], label),
        };
        if track.is_some() && self.limits.hold(items.iter().map(|&(row, label)| bytes(row, label, usize::MAX))) {
            return None;
        }
        let rows = items.iter().map(|&(row, label)| (row, label, bytes(row, label, OF_A_TERM)));
        let (home, folder) = match track {
            None => (Permalink::new("keywords/index.html"), "keywords/index/".to_string()),
            Some(index) => {
                let track = &self.site.tracks[index];
                (Permalink::track(track, "keywords.html"), format!("tracks/{}/keywords/", track.id))
            }
        };
        Some(in_letters(&home, &folder, self.limits, rows))
    }

    pub fn actors(&self) -> Option<Arc<Split>> {
        let actors = &self.archive.actors;
        let rows = actors.iter().enumerate().map(|(at, actor)| {
            let whole = actor.part_of.map_or(0, |whole| TERM + self.archive.actor(whole).name.len());
            (Row(at, 0), actor.name.as_str(), TERM + 2 * actor.name.len() + whole + self.named(&actor.name))
        });
        let short = self.limits.hold(rows.clone().map(|(.., bytes)| bytes));
        (!short).then(|| in_letters(&Permalink::new("actors/index.html"), "actors/index/", self.limits, rows))
    }

    pub fn people(&self) -> Option<Arc<Split>> {
        let people = &self.archive.people;
        if people.len() < 500.min(self.limits.rows) {
            return None;
        }
        let rows = people.iter().enumerate().map(|(at, person)| {
            let name = person.named.inverted.as_str();
            (Row(at, 0), name, TERM + 2 * name.len() + self.named(name))
        });
        let short = self.limits.hold(rows.clone().map(|(.., bytes)| bytes));
        (!short).then(|| in_letters(&Permalink::new("people/index.html"), "people/index/", self.limits, rows))
    }

    pub fn concordance(&self) -> Option<Arc<Split>> {
        let archive = self.archive;
        let empty = |collection: &'a Collection| NumberedList {
            id: collection.id.as_str(),
            title: &collection.title,
            rows: Vec::new(),
        };
        let mut lists: Vec<NumberedList<'_>> = self.site.collections.iter().map(empty).collect();
        for id in archive.listed() {
            let record = archive.entry(id);
            let Some(listed) = &record.own.listed else { continue };
            let Some(list) = lists.iter_mut().find(|list| list.id == listed.list) else { continue };
            let link = record.citation.get(Variable::Url).map_or(0, str::len);
            let doubles = archive.other_listings(id).len() * PASSAGE;
            let bytes = NUMBER + 2 * archive.card_length(id) + listed.printed.len() + 3 * link + doubles;
            let bytes = bytes + self.listed(id);
            list.rows.push((Row(id.0, 0), listed.number, bytes));
        }
        for list in &mut lists {
            list.rows.sort_by_key(|row| row.1);
        }
        let all = lists.iter().flat_map(|list| &list.rows);
        if self.limits.hold(all.map(|row| row.2)) {
            return None;
        }
        Some(by_number(&Permalink::new("concordance.html"), "concordance/", self.limits, &lists))
    }

    fn works(&self, home: &str, folder: &str, works: &[EntryId]) -> Option<Arc<Split>> {
        let rows = works.iter().enumerate().map(|(at, &id)| (Row(at, 0), self.year(id), self.row(id)));
        in_time(&Permalink::new(home), folder, self.limits, self.picture(works.len()), rows)
    }

    /// A picture of so many works, where its marks are gathered into bars.
    fn picture(&self, works: usize) -> usize {
        (self.site.tracks.len() + 1) * works.min(BARS) * BAR
    }

    /// A card, and what programs read of its work.
    fn row(&self, id: EntryId) -> usize {
        self.card(id) + self.listed(id)
    }

    fn listed(&self, id: EntryId) -> usize {
        self.rows[id.0].listed
    }

    /// A term, an actor or a person, as the linked data of an index names it.
    fn named(&self, name: &str) -> usize {
        NAMED + self.site.base_url.as_ref().map_or(0, String::len) + 2 * name.len()
    }

    fn card(&self, id: EntryId) -> usize {
        self.rows[id.0].card
    }

    fn year(&self, id: EntryId) -> Option<i16> {
        self.rows[id.0].year
    }

    /// A term in an index with at most so many of each kind of what stands below it.
    fn term(&self, id: KeywordId, most: usize) -> usize {
        let shelf = self.archive.keyword(id);
        let terms = |ids: &[KeywordId]| -> usize {
            ids.iter().take(most).map(|id| 2 * self.archive.keyword(*id).label.len() + TERM).sum()
        };
        let passages = shelf.sections.iter().take(most).map(|(work, _)| PASSAGE + self.archive.card_length(*work));
        let below = passages.sum::<usize>() + terms(&shelf.narrower) + terms(&shelf.related) + terms(&shelf.broader);
        TERM + 2 * shelf.label.len() + self.named(&shelf.label) + below
    }
}

/// The indexes of a list in the order in which its works stand in time; entries of one work as
/// they stand in the list. (Most entries are in one list: to sort them would take longest of all
/// that is done here.)
fn in_order_of_time(archive: &Archive, list: &[EntryId]) -> Vec<usize> {
    const ABSENT: usize = usize::MAX;
    let mut place = vec![ABSENT; archive.entries.len()];
    for (at, id) in list.iter().enumerate() {
        place[id.0] = at;
    }
    let mut order = Vec::with_capacity(list.len());
    for work in archive.works.iter() {
        let start = order.len();
        let entries = std::iter::once(work).chain(&archive.doubles[work.0]);
        order.extend(entries.map(|id| place[id.0]).filter(|at| *at != ABSENT));
        order[start..].sort_unstable();
    }
    order
}

fn length_of_name(name: &str) -> usize {
    TERM + 2 * name.len()
}

fn in_letters<'a>(
    home: &Permalink,
    folder: &str,
    limits: Limits,
    rows: impl Iterator<Item = (Row, &'a str, usize)>,
) -> Arc<Split> {
    let mut cut = Cut::new(home, folder, limits);
    cut.by_letter(("", ""), rows);
    cut.finish()
}

/// Works that more than one track claims, in time.
pub fn contested(archive: &Archive) -> Vec<EntryId> {
    archive.works.iter().copied().filter(|&id| archive.track_indexes(id).nth(1).is_some()).collect()
}

/// Which terms an index lists: those that have a work, or a narrower one has. It is of all
/// works, or of a track's.
#[derive(Clone, Copy)]
pub struct Lines<'a> {
    pub archive: &'a Archive,
    pub track: Option<usize>,
}

impl<'a> Lines<'a> {
    pub fn has(self, id: EntryId) -> bool {
        self.track.is_none_or(|track| self.archive.track_indexes(id).any(|claimed| claimed == track))
    }

    pub fn works(self, id: KeywordId) -> usize {
        let works = &self.archive.keyword(id).works;
        if self.track.is_none() { works.len() } else { works.iter().filter(|&&id| self.has(id)).count() }
    }

    pub fn lists(self, id: KeywordId) -> bool {
        let any = |id: KeywordId| self.archive.keyword(id).works.iter().any(|&id| self.has(id));
        any(id) || self.archive.keyword(id).narrower.iter().any(|&narrower| any(narrower))
    }

    /// The terms that are listed, and their aliases from 1, by their words. Terms come in
    /// the order of their labels.
    pub fn sorted(self, language: &str) -> Vec<(Row, &'a str)> {
        let mut items = Vec::new();
        for (at, shelf) in self.archive.keywords.iter().enumerate().filter(|(at, _)| self.lists(KeywordId(*at))) {
            items.push((Row(at, 0), shelf.label.as_str()));
            items.extend((1..).zip(&shelf.aliases).map(|(alias, label)| (Row(at, alias), label.as_str())));
        }
        // Where no term has an alias they are in order.
        if items.iter().any(|(row, _)| row.1 > 0) {
            let collation = Collation::new(language);
            items.sort_by_cached_key(|(_, label)| collation.key(label));
        }
        items
    }
}
