//! Lists and indexes: collections, keywords, actors, people, the concordance.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    cutting::{Lines, NAMES, OF_A_TERM},
    html::{self, Html},
    parts::{Piece, Row, initial},
    plan::Page,
    record_view::role_label,
    text_view::{WrittenView, introduction},
    timeline::{Decade, Picture, by_decade, picture},
    view::{Frame, LinkView, TrackBadge, entry_link, link, track_badge},
    world::World,
};
use crate::{
    archive::{ActorId, ActorShelf, EntryId, KeywordId, Origin, PersonId},
    entry::ActorRole,
    vocabulary::ActorKind,
};

/// What `collection.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CollectionView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub numbered: bool,
    pub entries: usize,
    /// In time; the concordance has the list's own order.
    pub decades: Vec<Decade>,
    pub undated: Vec<Html>,
}

/// Works of a list page, grouped by track; a work of two tracks stands under both.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackGroup {
    /// Absent for works of no track.
    pub track: Option<TrackBadge>,
    pub decades: Vec<Decade>,
    pub undated: Vec<Html>,
    pub works: usize,
}

/// What `keywords.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct KeywordsView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub letters: Vec<Letter>,
    pub keywords: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Letter {
    /// `A`; `#` for what begins with none.
    pub letter: String,
    /// The fragment that leads here.
    pub id: String,
    pub items: Vec<IndexItem>,
}

/// A line of the index, as at the back of a book.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct IndexItem {
    pub label: String,
    /// Where a reader of this word is led instead (*see*): it has no other fields then.
    pub see: Option<LinkView>,
    pub href: String,
    pub works: usize,
    /// Sections that treat it.
    pub locators: Vec<Locator>,
    pub see_also: Vec<LinkView>,
    /// Narrower terms, indented below it.
    pub narrower: Vec<NarrowerItem>,
    /// How many sections and terms are left to its own page, in an index of several pages.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NarrowerItem {
    pub term: LinkView,
    pub works: usize,
}

/// A section of an entry, as an index names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Locator {
    /// `Krasner 1982`
    pub work: String,
    pub section: String,
    /// The passage of the work: `p. 186`.
    pub at: Option<String>,
    pub href: String,
}

/// What `keyword.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct KeywordView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub definition: Option<String>,
    pub labels: Vec<(String, String)>,
    pub aliases: Vec<String>,
    pub broader: Vec<LinkView>,
    pub narrower: Vec<LinkView>,
    pub related: Vec<LinkView>,
    pub picture: Option<Picture>,
    pub groups: Vec<TrackGroup>,
    pub works: usize,
    pub sections: Vec<Locator>,
}

/// What `actors.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ActorsView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    /// In the order states, organisations, bodies, persons, others.
    pub kinds: Vec<ActorKindGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ActorKindGroup {
    pub title: &'static str,
    pub id: &'static str,
    pub actors: Vec<ActorItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ActorItem {
    pub actor: LinkView,
    pub works: usize,
    pub part_of: Option<LinkView>,
}

/// What `actor.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ActorView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub kind: Option<&'static str>,
    pub description: Option<String>,
    pub aliases: Vec<String>,
    pub part_of: Option<LinkView>,
    pub parts: Vec<LinkView>,
    pub picture: Option<Picture>,
    /// By what the actor has to do with the works.
    pub roles: Vec<RoleGroup>,
    pub works: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RoleGroup {
    /// `Issuer`, `Author`; absent where it is not said.
    pub role: Option<String>,
    pub decades: Vec<Decade>,
    pub undated: Vec<Html>,
    pub works: usize,
}

/// What `people.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PeopleView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub letters: Vec<PeopleLetter>,
    pub people: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PeopleLetter {
    pub letter: String,
    pub id: String,
    pub people: Vec<PersonItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PersonItem {
    pub person: LinkView,
    pub works: usize,
}

/// What `person.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PersonView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub roles: Vec<RoleGroup>,
    pub works: usize,
}

/// What `concordance.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ConcordanceView {
    pub page: Frame,
    pub text: Option<WrittenView>,
    pub lists: Vec<ConcordanceList>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ConcordanceList {
    pub id: String,
    pub title: String,
    /// By number.
    pub items: Vec<ConcordanceItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ConcordanceItem {
    pub number: u32,
    /// The fragment that leads here: `references-24`.
    pub id: String,
    pub entry: LinkView,
    pub printed: Html,
    /// Other numbers under which the same work stands.
    pub doubles: Vec<LinkView>,
}

pub fn collection_view(world: &World<'_>, page: &Page, index: usize) -> CollectionView {
    let at = &page.permalink;
    let collection = &world.site.collections[index];
    let (text, summary) = introduction(world, at);
    let list = &world.archive.lists[index];
    let mut entries = page.pick(list).into_owned();
    entries.sort_by_key(|id| world.archive.time_rank[id.0]);
    let (decades, undated) = by_decade(world, &entries, at);
    CollectionView {
        page: world.list_frame(page, &collection.title, None, summary.as_deref()),
        text,
        numbered: collection.numbered,
        entries: page.count(list.len()),
        decades,
        undated,
    }
}

/// Works under each of their tracks, then those of none.
pub fn by_track(world: &World<'_>, works: &[EntryId], at: &Permalink) -> Vec<TrackGroup> {
    let group = |track: Option<usize>, works: Vec<EntryId>| {
        let (decades, undated) = by_decade(world, &works, at);
        TrackGroup { track: track.map(|index| track_badge(world, index, at)), decades, undated, works: works.len() }
    };
    let common = world.site.tracks.len();
    let mut shelves: Vec<Vec<EntryId>> = vec![Vec::new(); common + 1];
    for &work in works {
        let mut tracks = world.archive.track_indexes(work).peekable();
        if tracks.peek().is_none() {
            shelves[common].push(work);
        }
        tracks.for_each(|track| shelves[track].push(work));
    }
    let shelves = shelves.into_iter().enumerate().filter(|(_, works)| !works.is_empty());
    shelves.map(|(index, works)| group(Some(index).filter(|&index| index < common), works)).collect()
}

pub fn keywords_view(world: &World<'_>, page: &Page) -> KeywordsView {
    let (text, summary) = introduction(world, &page.permalink);
    KeywordsView {
        page: world.list_frame(page, "Keyword index", None, summary.as_deref()),
        text,
        letters: index_letters(world, page, None),
        keywords: page.count(world.archive.keywords.len()),
    }
}

/// The index of all works, or of a track's, or a part of one of the two. A term is listed
/// where it or a narrower one has a work.
pub fn index_letters(world: &World<'_>, page: &Page, track: Option<usize>) -> Vec<Letter> {
    let rows = match &page.piece {
        Some(Piece { part: None, .. }) => return Vec::new(),
        Some(piece) => piece.part().map(|part| part.rows.clone()),
        None => None,
    };
    let archive = world.archive;
    let at = &page.permalink;
    let lines = Lines { archive, track };
    let most = if rows.is_some() { OF_A_TERM } else { usize::MAX };
    let term = |id: KeywordId| {
        let shelf = archive.keyword(id);
        link(&shelf.label, Address::keyword(&shelf.id), at)
    };
    let item = |Row(index, alias): Row| {
        let shelf = &archive.keywords[index];
        if let Some(alias) = alias.checked_sub(1) {
            return IndexItem {
                label: shelf.aliases[alias].clone(),
                see: Some(term(KeywordId(index))),
                href: String::new(),
                works: 0,
                locators: Vec::new(),
                see_also: Vec::new(),
                narrower: Vec::new(),
                more: 0,
            };
        }
        let sections = || shelf.sections.iter().filter(|(id, _)| lines.has(*id));
        let others = || shelf.related.iter().chain(&shelf.broader).copied().filter(|&id| lines.lists(id));
        let narrower = || shelf.narrower.iter().copied().filter(|&id| lines.lists(id));
        let left = |count: usize| count.saturating_sub(most);
        IndexItem {
            label: shelf.label.clone(),
            see: None,
            href: Address::keyword(&shelf.id).seen_from(at),
            works: lines.works(KeywordId(index)),
            locators: sections().take(most).map(|&(id, section)| locator(world, id, section, at)).collect(),
            see_also: others().take(most).map(term).collect(),
            narrower: narrower().take(most).map(|id| NarrowerItem { term: term(id), works: lines.works(id) }).collect(),
            more: left(sections().count()) + left(others().count()) + left(narrower().count()),
        }
    };
    let rows = rows.unwrap_or_else(|| lines.sorted(&world.site.language).into_iter().map(|(row, _)| row).collect());
    let mut letters: Vec<Letter> = Vec::new();
    for item in rows.into_iter().map(item) {
        let letter = initial(&item.label);
        match letters.last_mut().filter(|last| last.letter == letter) {
            Some(last) => last.items.push(item),
            None => letters.push(Letter { id: letter_id(&letter, letters.len()), letter, items: vec![item] }),
        }
    }
    letters
}

fn letter_id(letter: &str, index: usize) -> String {
    if letter.len() == 1 && letter.as_bytes()[0].is_ascii_alphabetic() {
        format!("letter-{}", letter.to_ascii_lowercase())
    } else {
        format!("letter-{index}")
    }
}

fn locator(world: &World<'_>, id: EntryId, section: usize, at: &Permalink) -> Locator {
    let record = world.archive.entry(id);
    let heading = &record.outgoing.sections[section];
    Locator {
        work: record.citation.author_year(),
        section: world.heading(Origin::Entry(id), heading),
        at: heading.annotation.as_ref().and_then(|annotation| annotation.at.clone()),
        href: [&world.entry_href(id, None, at), "#", &heading.id].concat(),
    }
}

pub fn keyword_view(world: &World<'_>, page: &Page, id: KeywordId) -> KeywordView {
    let at = &page.permalink;
    let first = !page.is_part();
    let archive = world.archive;
    let shelf = archive.keyword(id);
    let terms = |ids: &[KeywordId]| -> Vec<LinkView> {
        ids.iter()
            .map(|&id| {
                let shelf = archive.keyword(id);
                link(&shelf.label, Address::keyword(&shelf.id), at)
            })
            .collect()
    };
    let narrower = names_above(page, &shelf.narrower);
    let terms_above = |ids: &[KeywordId]| if first { terms(ids) } else { Vec::new() };
    let works = page.pick(&shelf.works);
    let passages = |&(id, section): &(EntryId, usize)| locator(world, id, section, at);
    let rank = |id: EntryId| archive.time_rank[id.0];
    let passages_of = |&work: &EntryId| {
        let start = shelf.sections.partition_point(|(other, _)| rank(*other) < rank(work));
        shelf.sections[start..].iter().take_while(move |(other, _)| *other == work)
    };
    KeywordView {
        page: world.list_frame(page, &shelf.label, Some("keyword"), shelf.definition.as_deref()),
        text: introduction(world, at).0,
        definition: shelf.definition.clone().filter(|_| first),
        labels: shelf.labels.iter().filter(|_| first).map(|(lang, label)| (lang.clone(), label.clone())).collect(),
        aliases: if first { shelf.aliases.clone() } else { Vec::new() },
        broader: terms_above(&shelf.broader),
        narrower: terms(&narrower),
        related: terms_above(&shelf.related),
        picture: picture(world, &shelf.works, page),
        groups: by_track(world, &works, at),
        works: works_of(page, shelf.works.len()),
        sections: if page.piece.is_some() {
            works.iter().flat_map(passages_of).map(passages).collect()
        } else {
            shelf.sections.iter().map(passages).collect()
        },
    }
}

pub fn actors_view(world: &World<'_>, page: &Page) -> ActorsView {
    let at = &page.permalink;
    let archive = world.archive;
    let (text, summary) = introduction(world, at);
    let shown = page.pick(&archive.actors);
    let item = |shelf: &ActorShelf| ActorItem {
        actor: link(&shelf.name, Address::actor(&shelf.id), at),
        works: shelf.works.len(),
        part_of: shelf.part_of.map(|id| link(&archive.actor(id).name, Address::actor(&archive.actor(id).id), at)),
    };
    let kinds = [
        (Some(ActorKind::State), "States", "states"),
        (Some(ActorKind::Organisation), "Organisations", "organisations"),
        (Some(ActorKind::Body), "Bodies", "bodies"),
        (Some(ActorKind::Person), "Persons", "persons"),
        (None, "Others", "others"),
    ];
    let kinds = kinds.into_iter().map(|(kind, title, id)| ActorKindGroup {
        title,
        id,
        actors: shown.iter().filter(|shelf| shelf.kind == kind).map(item).collect(),
    });
    ActorsView {
        page: world.list_frame(page, "Actors", None, summary.as_deref()),
        text,
        kinds: kinds.filter(|group| !group.actors.is_empty()).collect(),
    }
}

pub fn actor_view(world: &World<'_>, page: &Page, id: ActorId) -> ActorView {
    let at = &page.permalink;
    let first = !page.is_part();
    let archive = world.archive;
    let shelf = archive.actor(id);
    let other = |id: ActorId| link(&archive.actor(id).name, Address::actor(&archive.actor(id).id), at);
    let works: Vec<EntryId> = shelf.works.iter().map(|(work, _)| *work).collect();
    let shown = page.pick(&shelf.works);
    let roles = shown.iter().map(|&(work, role)| (role.map(ActorRole::name).map(capitalised), work));
    ActorView {
        page: world.list_frame(page, &shelf.name, Some("actor"), shelf.description.as_deref()),
        text: introduction(world, at).0,
        kind: shelf.kind.map(ActorKind::name),
        description: shelf.description.clone().filter(|_| first),
        aliases: if first { shelf.aliases.clone() } else { Vec::new() },
        part_of: shelf.part_of.filter(|_| first).map(other),
        parts: names_above(page, &shelf.parts).iter().copied().map(other).collect(),
        picture: picture(world, &works, page),
        roles: by_role(world, roles, at),
        works: works_of(page, works.len()),
    }
}

/// The names that stand above the works of a page: all of them on the first, unless they
/// have pages of their own.
fn names_above<T: Copy>(page: &Page, names: &[T]) -> Vec<T> {
    match &page.piece {
        None => names.to_vec(),
        Some(piece) if piece.part.is_none() => {
            if piece.has(NAMES) {
                Vec::new()
            } else {
                names.to_vec()
            }
        }
        Some(piece) => piece.rows(NAMES).map(|index| names[index]).collect(),
    }
}

/// How many works a page leads to; one that has names is of all.
fn works_of(page: &Page, all: usize) -> usize {
    if page.piece.as_ref().is_some_and(|piece| piece.rows(NAMES).next().is_some()) { all } else { page.count(all) }
}

fn by_role(
    world: &World<'_>,
    works: impl Iterator<Item = (Option<String>, EntryId)>,
    at: &Permalink,
) -> Vec<RoleGroup> {
    let mut groups: Vec<(Option<String>, Vec<EntryId>)> = Vec::new();
    let mut known: HashMap<Option<String>, usize> = HashMap::new();
    for (role, work) in works {
        let index = *known.entry(role.clone()).or_insert_with(|| {
            groups.push((role, Vec::new()));
            groups.len() - 1
        });
        groups[index].1.push(work);
    }
    let group = |(role, works): (Option<String>, Vec<EntryId>)| {
        let (decades, undated) = by_decade(world, &works, at);
        RoleGroup { role, decades, undated, works: works.len() }
    };
    groups.into_iter().map(group).collect()
}

fn capitalised(word: &str) -> String {
    let mut word = word.to_string();
    word[..1].make_ascii_uppercase();
    word
}

pub fn people_view(world: &World<'_>, page: &Page) -> PeopleView {
    let at = &page.permalink;
    let (text, summary) = introduction(world, at);
    let mut letters: Vec<PeopleLetter> = Vec::new();
    let all: Vec<usize> = match &page.piece {
        None => (0..world.archive.people.len()).collect(),
        Some(piece) => piece.part().into_iter().flat_map(|part| &part.rows).map(|row| row.0).collect(),
    };
    for index in all {
        let person = &world.archive.people[index];
        let works = world.archive.person_works[index].len();
        let item = PersonItem { person: link(&person.named.inverted, Address::person(&person.id), at), works };
        let letter = initial(&person.named.inverted);
        match letters.last_mut().filter(|last| last.letter == letter) {
            Some(last) => last.people.push(item),
            None => letters.push(PeopleLetter { id: letter_id(&letter, letters.len()), letter, people: vec![item] }),
        }
    }
    PeopleView {
        page: world.list_frame(page, "People", None, summary.as_deref()),
        text,
        letters,
        people: page.count(world.archive.people.len()),
    }
}

pub fn person_view(world: &World<'_>, page: &Page, id: PersonId) -> PersonView {
    let at = &page.permalink;
    let person = world.archive.person(id);
    let works = &world.archive.person_works[id.0];
    let shown = page.pick(works);
    let roles = shown.iter().map(|&(work, role)| (Some(role_label(role)), work));
    PersonView {
        page: world.list_frame(page, &person.named.in_order, Some("person"), None),
        text: introduction(world, at).0,
        roles: by_role(world, roles, at),
        works: page.count(works.len()),
    }
}

pub fn concordance_view(world: &World<'_>, page: &Page) -> ConcordanceView {
    let at = &page.permalink;
    let archive = world.archive;
    let (text, summary) = introduction(world, at);
    let shown: Vec<EntryId> = match &page.piece {
        None => archive.listed().collect(),
        Some(piece) => piece.part().into_iter().flat_map(|part| &part.rows).map(|row| EntryId(row.0)).collect(),
    };
    let lists = world.site.collections.iter().map(|collection| {
        let item = |&id: &EntryId| {
            let record = archive.entry(id);
            let listed = record.own.listed.as_ref().filter(|listed| listed.list == collection.id.as_str())?;
            Some(ConcordanceItem {
                number: listed.number,
                id: format!("{}-{}", collection.id, listed.number),
                entry: entry_link(world, id, at),
                printed: html::printed(&listed.printed, &record.citation),
                doubles: archive.other_listings(id).into_iter().map(|other| double(world, other, at)).collect(),
            })
        };
        let mut items: Vec<ConcordanceItem> = shown.iter().filter_map(item).collect();
        items.sort_by_key(|item| item.number);
        ConcordanceList { id: collection.id.to_string(), title: collection.title.clone(), items }
    });
    ConcordanceView {
        page: world.list_frame(page, "Concordance", None, summary.as_deref()),
        text,
        lists: lists.filter(|list| !list.items.is_empty()).collect(),
    }
}

fn double(world: &World<'_>, other: EntryId, at: &Permalink) -> LinkView {
    LinkView {
        title: world.entry_label(other),
        lang: world.archive.entry(other).own.title_lang.clone(),
        href: world.entry_href(other, None, at),
    }
}
