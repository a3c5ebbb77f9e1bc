//! Lists and indexes: collections, keywords, actors, people, the concordance.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    address::Permalink,
    entry_view::role_label,
    html::{self, Html},
    text_view::{WrittenView, introduction},
    timeline::{Decade, Picture, by_decade, picture},
    view::{Frame, LinkView, TrackBadge, entry_link, link, track_badge},
    world::World,
};
use crate::{
    archive::{ActorId, EntryId, KeywordId, Origin, PersonId},
    entry::{ActorRole, Variable},
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

pub fn collection_view(world: &World<'_>, at: &Permalink, index: usize) -> CollectionView {
    let collection = &world.site.collections[index];
    let (text, summary) = introduction(world, at);
    let mut entries = world.archive.lists[index].clone();
    entries.sort_by_key(|id| world.archive.time_rank[id.0]);
    let (decades, undated) = by_decade(world, &entries, at);
    CollectionView {
        page: world.frame(at, &collection.title, None, summary.as_deref()),
        text,
        numbered: collection.numbered,
        entries: entries.len(),
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
    let claims =
        |id: EntryId, index: usize| world.archive.track_indexes(id, world.site).any(|claimed| claimed == index);
    let mut groups: Vec<TrackGroup> = (0..world.site.tracks.len())
        .map(|index| group(Some(index), works.iter().copied().filter(|&id| claims(id, index)).collect()))
        .collect();
    let common = works.iter().copied().filter(|&id| world.archive.track_indexes(id, world.site).next().is_none());
    groups.push(group(None, common.collect()));
    groups.retain(|group| group.works > 0);
    groups
}

pub fn keywords_view(world: &World<'_>, at: &Permalink) -> KeywordsView {
    let (text, summary) = introduction(world, at);
    KeywordsView {
        page: world.frame(at, "Keyword index", None, summary.as_deref()),
        text,
        letters: index_letters(world, at, |_| true),
        keywords: world.archive.keywords.len(),
    }
}

/// The index of all works, or of those for which `counts` holds. A term is listed where
/// it or a narrower one has a work.
pub fn index_letters(world: &World<'_>, at: &Permalink, counts: impl Fn(EntryId) -> bool) -> Vec<Letter> {
    let archive = world.archive;
    let works: Vec<usize> =
        archive.keywords.iter().map(|shelf| shelf.works.iter().filter(|&&id| counts(id)).count()).collect();
    let listed =
        |id: KeywordId| works[id.0] > 0 || archive.keyword(id).narrower.iter().any(|narrower| works[narrower.0] > 0);
    let term = |id: KeywordId| {
        let shelf = archive.keyword(id);
        link(&shelf.label, &Permalink::keyword(&shelf.id), at)
    };
    let mut items: Vec<IndexItem> = Vec::new();
    for (index, shelf) in archive.keywords.iter().enumerate().filter(|(index, _)| listed(KeywordId(*index))) {
        items.push(IndexItem {
            label: shelf.label.clone(),
            see: None,
            href: term(KeywordId(index)).href,
            works: works[index],
            locators: shelf
                .sections
                .iter()
                .filter(|(id, _)| counts(*id))
                .map(|&(id, section)| locator(world, id, section, at))
                .collect(),
            see_also: shelf.related.iter().chain(&shelf.broader).copied().filter(|&id| listed(id)).map(term).collect(),
            narrower: shelf
                .narrower
                .iter()
                .copied()
                .filter(|&id| listed(id))
                .map(|id| NarrowerItem { term: term(id), works: works[id.0] })
                .collect(),
        });
        items.extend(shelf.aliases.iter().map(|alias| IndexItem {
            label: alias.clone(),
            see: Some(term(KeywordId(index))),
            href: String::new(),
            works: 0,
            locators: Vec::new(),
            see_also: Vec::new(),
            narrower: Vec::new(),
        }));
    }
    let collation = crate::collate::Collation::new(&world.site.language);
    items.sort_by(|one, other| collation.compare(&one.label, &other.label));
    let mut letters: Vec<Letter> = Vec::new();
    for item in items {
        let letter = initial(&item.label);
        match letters.last_mut().filter(|last| last.letter == letter) {
            Some(last) => last.items.push(item),
            None => letters.push(Letter { id: letter_id(&letter, letters.len()), letter, items: vec![item] }),
        }
    }
    letters
}

/// The base letter that a word stands under: `É` under `E`.
fn initial(word: &str) -> String {
    let first = word.chars().find(|c| c.is_alphanumeric());
    let latin = first.and_then(deunicode::deunicode_char).and_then(|text| text.chars().next());
    match (first, latin) {
        (Some(first), _) if first.is_alphabetic() && !is_latin(first) => first.to_uppercase().collect(),
        (_, Some(letter)) if letter.is_ascii_alphabetic() => letter.to_ascii_uppercase().to_string(),
        _ => "#".to_string(),
    }
}

/// Basic Latin, Latin-1, Latin Extended-A and -B, and Latin Extended Additional.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{41}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
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
        href: format!("{}#{}", entry_link(world, id, at).href, heading.id),
    }
}

pub fn keyword_view(world: &World<'_>, at: &Permalink, id: KeywordId) -> KeywordView {
    let archive = world.archive;
    let shelf = archive.keyword(id);
    let terms = |ids: &[KeywordId]| -> Vec<LinkView> {
        ids.iter()
            .map(|&id| {
                let shelf = archive.keyword(id);
                link(&shelf.label, &Permalink::keyword(&shelf.id), at)
            })
            .collect()
    };
    KeywordView {
        page: world.frame(at, &shelf.label, Some("keyword"), shelf.definition.as_deref()),
        text: introduction(world, at).0,
        definition: shelf.definition.clone(),
        labels: shelf.labels.iter().map(|(lang, label)| (lang.clone(), label.clone())).collect(),
        aliases: shelf.aliases.clone(),
        broader: terms(&shelf.broader),
        narrower: terms(&shelf.narrower),
        related: terms(&shelf.related),
        picture: picture(world, &shelf.works, at),
        groups: by_track(world, &shelf.works, at),
        works: shelf.works.len(),
        sections: shelf.sections.iter().map(|&(id, section)| locator(world, id, section, at)).collect(),
    }
}

pub fn actors_view(world: &World<'_>, at: &Permalink) -> ActorsView {
    let archive = world.archive;
    let (text, summary) = introduction(world, at);
    let item = |index: usize| {
        let shelf = &archive.actors[index];
        ActorItem {
            actor: link(&shelf.name, &Permalink::actor(&shelf.id), at),
            works: shelf.works.len(),
            part_of: shelf
                .part_of
                .map(|id| link(&archive.actor(id).name, &Permalink::actor(&archive.actor(id).id), at)),
        }
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
        actors: (0..archive.actors.len()).filter(|&index| archive.actors[index].kind == kind).map(item).collect(),
    });
    ActorsView {
        page: world.frame(at, "Actors", None, summary.as_deref()),
        text,
        kinds: kinds.filter(|group| !group.actors.is_empty()).collect(),
    }
}

pub fn actor_view(world: &World<'_>, at: &Permalink, id: ActorId) -> ActorView {
    let archive = world.archive;
    let shelf = archive.actor(id);
    let other = |id: ActorId| link(&archive.actor(id).name, &Permalink::actor(&archive.actor(id).id), at);
    let works: Vec<EntryId> = shelf.works.iter().map(|(work, _)| *work).collect();
    let roles = shelf.works.iter().map(|&(work, role)| (role.map(ActorRole::name).map(capitalised), work));
    ActorView {
        page: world.frame(at, &shelf.name, Some("actor"), shelf.description.as_deref()),
        text: introduction(world, at).0,
        kind: shelf.kind.map(ActorKind::name),
        description: shelf.description.clone(),
        aliases: shelf.aliases.clone(),
        part_of: shelf.part_of.map(other),
        parts: shelf.parts.iter().copied().map(other).collect(),
        picture: picture(world, &works, at),
        roles: by_role(world, roles, at),
        works: works.len(),
    }
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

pub fn people_view(world: &World<'_>, at: &Permalink) -> PeopleView {
    let (text, summary) = introduction(world, at);
    let mut letters: Vec<PeopleLetter> = Vec::new();
    for (person, works) in world.archive.people.iter().zip(world.archive.person_works.iter()) {
        let item =
            PersonItem { person: link(&person.named.inverted, &Permalink::person(&person.id), at), works: works.len() };
        let letter = initial(&person.named.inverted);
        match letters.last_mut().filter(|last| last.letter == letter) {
            Some(last) => last.people.push(item),
            None => letters.push(PeopleLetter { id: letter_id(&letter, letters.len()), letter, people: vec![item] }),
        }
    }
    PeopleView {
        page: world.frame(at, "People", None, summary.as_deref()),
        text,
        letters,
        people: world.archive.people.len(),
    }
}

pub fn person_view(world: &World<'_>, at: &Permalink, id: PersonId) -> PersonView {
    let person = world.archive.person(id);
    let works = &world.archive.person_works[id.0];
    let roles = works.iter().map(|&(work, role)| (Some(role_label(role)), work));
    PersonView {
        page: world.frame(at, &person.named.in_order, Some("person"), None),
        text: introduction(world, at).0,
        roles: by_role(world, roles, at),
        works: works.len(),
    }
}

pub fn concordance_view(world: &World<'_>, at: &Permalink) -> ConcordanceView {
    let archive = world.archive;
    let (text, summary) = introduction(world, at);
    let lists = world.site.collections.iter().map(|collection| {
        let mut items: Vec<ConcordanceItem> = (0..archive.entries.len())
            .map(EntryId)
            .filter_map(|id| {
                let listed =
                    archive.entry(id).own.listed.as_ref().filter(|listed| listed.list == collection.id.as_str())?;
                Some(ConcordanceItem {
                    number: listed.number,
                    id: format!("{}-{}", collection.id, listed.number),
                    entry: entry_link(world, id, at),
                    printed: html::printed(&listed.printed, archive.entry(id).citation.get(Variable::Url)),
                    doubles: archive.other_listings(id).into_iter().map(|other| double(world, other, at)).collect(),
                })
            })
            .collect();
        items.sort_by_key(|item| item.number);
        ConcordanceList { id: collection.id.to_string(), title: collection.title.clone(), items }
    });
    ConcordanceView {
        page: world.frame(at, "Concordance", None, summary.as_deref()),
        text,
        lists: lists.filter(|list| !list.items.is_empty()).collect(),
    }
}

fn double(world: &World<'_>, other: EntryId, at: &Permalink) -> LinkView {
    LinkView { title: world.entry_label(other), ..entry_link(world, other, at) }
}
