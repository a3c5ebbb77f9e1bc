//! Shelves: the entries of each keyword, actor, person, track and list, in order.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    ActorId, ActorShelf, EntryId, KeywordId, KeywordShelf, Leads, Person, PersonId, Records,
    ledger::{Head, Ledger},
    lists::Lists,
};
use crate::{
    collate::{Collation, SortKey},
    entry::{NamedPerson, Role},
    fingerprint::{Fingerprint, FingerprintMap, FingerprintSet},
    leaves::Leaves,
    site::{Site, Slug},
    vocabulary::{Actor, Keyword, Vocabulary},
};

/// All entries by earliest possible day, then latest, then title; the undated last.
pub fn in_time(entries: &Records, heads: &Leaves<Head>) -> Vec<EntryId> {
    let mut order: Vec<_> = heads.iter().zip(0..).map(|(head, id)| (head.moment, head.title, EntryId(id))).collect();
    order.sort_by(|one, other| {
        // Titles that begin alike are looked up where they lie.
        (one.0, one.1).cmp(&(other.0, other.1)).then_with(|| by_whole_title(entries, one.2, other.2))
    });
    order.into_iter().map(|(.., id)| id).collect()
}

/// Which of two entries comes first in that order.
pub fn compare_in_time(entries: &Records, heads: &Leaves<Head>, one: EntryId, other: EntryId) -> Ordering {
    let start = |id: EntryId| (heads[id.0].moment, heads[id.0].title);
    start(one).cmp(&start(other)).then_with(|| by_whole_title(entries, one, other))
}

fn by_whole_title(entries: &Records, one: EntryId, other: EntryId) -> Ordering {
    let whole = |id: EntryId| (&entries[id.0].filing.title, &entries[id.0].slug);
    whole(one).cmp(&whole(other))
}

pub fn lists(entries: &Records, heads: &Leaves<Head>, site: &Site) -> Vec<Vec<EntryId>> {
    site.collections
        .iter()
        .map(|collection| {
            let collection = Fingerprint::of_bytes(collection.id.as_str().as_bytes());
            let own = heads.iter().zip(0..).filter(|(head, _)| head.collection == collection);
            let mut list: Vec<(u32, EntryId)> =
                own.map(|(head, id)| (head.number.unwrap_or(u32::MAX), EntryId(id))).collect();
            let slug = |id: EntryId| &entries[id.0].slug;
            list.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| slug(one.1).cmp(slug(other.1))));
            list.into_iter().map(|(_, id)| id).collect()
        })
        .collect()
}

pub fn tracks(works: &[EntryId], leads: &Leads, site: &Site) -> Vec<Vec<EntryId>> {
    let mut tracks = vec![Vec::new(); site.tracks.len()];
    for &work in works {
        for &track in &leads.tracks[work.0] {
            tracks[track].push(work);
        }
    }
    tracks
}

/// Keywords and actors by their labels, and which id stands for which.
pub struct Shelves {
    pub keywords: Vec<KeywordShelf>,
    pub keyword_ids: FingerprintMap<KeywordId>,
    pub actors: Vec<ActorShelf>,
    pub actor_ids: FingerprintMap<ActorId>,
}

impl Shelves {
    /// Every shelf, with nothing on it.
    pub fn of(
        entries: &Records,
        ledger: &Ledger,
        keywords: &Vocabulary<Keyword>,
        actors: &Vocabulary<Actor>,
        collation: &Collation,
    ) -> Self {
        let used = || used_keywords(entries, ledger);
        let (keywords, keyword_ids) = keyword_shelves(ids_of(keywords, used), keywords, collation);
        let used = || used_actors(entries, ledger);
        let (actors, actor_ids) = actor_shelves(ids_of(actors, used), actors, collation);
        Shelves { keywords, keyword_ids, actors, actor_ids }
    }

    /// Puts each work on its shelves.
    pub fn fill(&mut self, works: &[EntryId], leads: &Leads) {
        let mut here: Vec<KeywordId> = Vec::new();
        for &work in works {
            here.clear();
            here.extend_from_slice(&leads.keywords[work.0]);
            for &(section, keyword) in &leads.sections[work.0] {
                here.push(keyword);
                self.keywords[keyword.0].sections.push((work, section));
            }
            here.sort_unstable();
            here.dedup();
            for keyword in &here {
                self.keywords[keyword.0].works.push(work);
            }
            for &(actor, role) in &leads.actors[work.0] {
                self.actors[actor.0].works.push((work, role));
            }
        }
    }

    /// Actors by their names and aliases, in lower case.
    pub fn actor_names(&self) -> HashMap<String, ActorId> {
        let named = |(index, actor): (usize, &ActorShelf)| {
            let names = std::iter::once(&actor.name).chain(&actor.aliases);
            names.map(|name| (name.to_lowercase(), ActorId(index))).collect::<Vec<_>>()
        };
        self.actors.iter().enumerate().flat_map(named).collect()
    }
}

/// The ids of a file, or where there is none those that are in use; sound ones alone.
fn ids_of<'a, T>(vocabulary: &Vocabulary<T>, used: impl FnOnce() -> Vec<&'a String>) -> Vec<Slug> {
    if let Some(terms) = &vocabulary.terms {
        return terms.keys().cloned().collect();
    }
    let mut ids: Vec<Slug> = used().into_iter().filter_map(|id| Slug::new(id)).collect();
    ids.sort();
    ids
}

/// Each once.
fn used_keywords<'a>(entries: &'a Records, ledger: &Ledger) -> Vec<&'a String> {
    let mut seen = FingerprintSet::default();
    let mut used = Vec::new();
    for (entry, record) in entries.iter().enumerate() {
        let own = ledger.keywords[entry].iter().enumerate().filter(|(_, id)| seen.insert(**id));
        used.extend(own.map(|(at, _)| &record.own.keywords[at]));
        for (section, id) in &ledger.sections[entry] {
            if seen.contains(id) {
                continue;
            }
            let annotation = record.outgoing.sections[*section].annotation.as_ref();
            let written = annotation.into_iter().flat_map(|annotation| &annotation.keywords);
            used.extend(written.filter(|id| seen.insert(Fingerprint::of_bytes(id.as_bytes()))));
        }
    }
    used
}

/// Each once.
fn used_actors<'a>(entries: &'a Records, ledger: &Ledger) -> Vec<&'a String> {
    let mut seen = FingerprintSet::default();
    let mut used = Vec::new();
    for (entry, record) in entries.iter().enumerate() {
        let own = ledger.actors[entry].iter().enumerate().filter(|(_, (id, _))| seen.insert(*id));
        used.extend(own.map(|(at, _)| &record.own.actors[at].actor));
    }
    used
}

fn numbered<'a, I>(ids: impl Iterator<Item = &'a Slug>, number: impl Fn(usize) -> I) -> FingerprintMap<I> {
    ids.enumerate().map(|(index, id)| (Fingerprint::of_bytes(id.as_str().as_bytes()), number(index))).collect()
}

fn keyword_shelves(
    ids: Vec<Slug>,
    vocabulary: &Vocabulary<Keyword>,
    collation: &Collation,
) -> (Vec<KeywordShelf>, FingerprintMap<KeywordId>) {
    let mut shelves: Vec<KeywordShelf> = ids.into_iter().map(|id| keyword_shelf(id, vocabulary)).collect();
    shelves.sort_by_cached_key(|shelf| keyword_key(shelf, collation));
    let by_id = numbered(shelves.iter().map(|shelf| &shelf.id), KeywordId);
    let known = |id: &String| by_id.get(&Fingerprint::of_bytes(id.as_bytes())).copied();
    for index in 0..shelves.len() {
        let Some(term) = vocabulary.get(shelves[index].id.as_str()) else { continue };
        for wider in term.broader.0.iter().filter_map(known) {
            shelves[index].broader.push(wider);
            shelves[wider.0].narrower.push(KeywordId(index));
        }
        // SKOS Reference, section 8.1: `related` is symmetric.
        for other in term.related.0.iter().filter_map(known) {
            shelves[index].related.push(other);
            shelves[other.0].related.push(KeywordId(index));
        }
    }
    for shelf in &mut shelves {
        // Ids are in the order of labels, so sorting them sorts by label.
        for list in [&mut shelf.broader, &mut shelf.narrower, &mut shelf.related] {
            list.sort_unstable();
            list.dedup();
        }
    }
    (shelves, by_id)
}

/// A shelf with nothing on it, and no others beside it.
pub fn keyword_shelf(id: Slug, vocabulary: &Vocabulary<Keyword>) -> KeywordShelf {
    let term = vocabulary.get(id.as_str()).cloned();
    let label = term.as_ref().map_or_else(|| in_words(&id), |term| term.label.clone());
    let term = term.unwrap_or_default();
    KeywordShelf {
        label,
        definition: term.definition,
        labels: term.labels,
        aliases: term.aliases.0,
        broader: Vec::new(),
        narrower: Vec::new(),
        related: Vec::new(),
        works: Vec::new(),
        sections: Vec::new(),
        id,
    }
}

/// Shelves of keywords stand in the order of these.
pub fn keyword_key(shelf: &KeywordShelf, collation: &Collation) -> (SortKey, Slug) {
    (collation.key(&shelf.label), shelf.id.clone())
}

fn actor_shelves(
    ids: Vec<Slug>,
    vocabulary: &Vocabulary<Actor>,
    collation: &Collation,
) -> (Vec<ActorShelf>, FingerprintMap<ActorId>) {
    let mut shelves: Vec<ActorShelf> = ids
        .into_iter()
        .map(|id| {
            let term = vocabulary.get(id.as_str());
            ActorShelf {
                name: term.map_or_else(|| in_words(&id), |actor| actor.name.clone()),
                kind: term.and_then(|actor| actor.kind),
                description: term.and_then(|actor| actor.description.clone()),
                aliases: term.map_or_else(Vec::new, |actor| actor.aliases.0.clone()),
                part_of: None,
                parts: Vec::new(),
                works: Vec::new(),
                id,
            }
        })
        .collect();
    shelves.sort_by_cached_key(|shelf| (collation.key(&shelf.name), shelf.id.clone()));
    let by_id = numbered(shelves.iter().map(|shelf| &shelf.id), ActorId);
    let known = |id: &String| by_id.get(&Fingerprint::of_bytes(id.as_bytes())).copied();
    for index in 0..shelves.len() {
        let whole = vocabulary.get(shelves[index].id.as_str()).and_then(|actor| actor.part_of.as_ref());
        if let Some(whole) = whole.and_then(known) {
            shelves[index].part_of = Some(whole);
            shelves[whole.0].parts.push(ActorId(index));
        }
    }
    (shelves, by_id)
}

/// `international-regimes` as `International regimes`.
fn in_words(id: &Slug) -> String {
    let mut words = id.as_str().replace('-', " ");
    words[..1].make_ascii_uppercase();
    words
}

/// Everyone whom works name, by name.
pub struct People {
    pub all: Vec<Person>,
    /// For each their works, in time.
    pub works: Lists<(EntryId, Role)>,
    pub by_spelling: FingerprintMap<PersonId>,
}

/// Someone as a work first names them.
struct Found<'a> {
    spelling: Fingerprint,
    named: &'a Arc<NamedPerson>,
}

pub fn people(entries: &Records, ledger: &Ledger, works: &[EntryId]) -> People {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut by_spelling: FingerprintMap<usize> = FingerprintMap::default();
    let mut parts: Vec<(usize, (EntryId, Role))> = Vec::new();
    for &work in works {
        for (position, mention) in ledger.people[work.0].iter().enumerate() {
            let at = *by_spelling.entry(mention.spelling).or_insert(found.len());
            if at == found.len() {
                let named = &entries[work.0].filing.people[position].person;
                found.push(Found { spelling: mention.spelling, named });
            }
            parts.push((at, (work, mention.role)));
        }
    }
    let ids = person_ids(&found);
    let mut order: Vec<(u128, usize)> = found.iter().map(|one| one.named.key.start).zip(0..).collect();
    order.sort_unstable_by(|one, other| {
        let whole = |at: usize| (&found[at].named.key, &ids[at]);
        one.0.cmp(&other.0).then_with(|| whole(one.1).cmp(&whole(other.1)))
    });
    let mut rank = vec![0; found.len()];
    for (position, (_, at)) in order.iter().enumerate() {
        rank[*at] = position;
        if let Some(id) = by_spelling.get_mut(&found[*at].spelling) {
            *id = position;
        }
    }
    for (person, _) in &mut parts {
        *person = rank[*person];
    }
    let person = |(_, at): &(u128, usize)| Person { id: ids[*at].clone(), named: Arc::clone(found[*at].named) };
    People {
        all: order.iter().map(person).collect(),
        works: Lists::deal(found.len(), &parts),
        by_spelling: by_spelling.into_iter().map(|(spelling, id)| (spelling, PersonId(id))).collect(),
    }
}

/// An id for each: the slug of the name, with a number where others have it too, who are
/// counted in the order of their spellings.
fn person_ids(found: &[Found<'_>]) -> Vec<Slug> {
    let mut ids: Vec<Slug> = found.iter().map(|one| one.named.slug.clone()).collect();
    let mut seen: HashSet<&str> = HashSet::with_capacity(ids.len());
    let shared: HashSet<&str> = ids.iter().map(Slug::as_str).filter(|id| !seen.insert(id)).collect();
    if shared.is_empty() {
        return ids;
    }
    // A slug that ends in a number may be what one of the others gets.
    let unnumbered = |slug: &str| slug.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit()).to_string();
    let shared: HashSet<String> = shared.into_iter().map(unnumbered).collect();
    let mut rivals: Vec<usize> = (0..ids.len()).filter(|&at| shared.contains(&unnumbered(ids[at].as_str()))).collect();
    rivals.sort_unstable_by_key(|&at| &found[at].named.spelling);
    let mut taken: HashSet<Slug> = HashSet::with_capacity(rivals.len());
    for at in rivals {
        ids[at] = free_slug(&ids[at], &mut taken);
    }
    ids
}

fn free_slug(base: &Slug, taken: &mut HashSet<Slug>) -> Slug {
    let mut slug = base.clone();
    let mut count = 2;
    while !taken.insert(slug.clone()) {
        slug = Slug::new(&format!("{base}-{count}")).expect("a sound slug with a number is one");
        count += 1;
    }
    slug
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::entry::{Name, Spelling};

    proptest! {
        #[test]
        fn ids_are_those_of_giving_out_slugs_one_spelling_after_the_other(
            names in prop::collection::vec(("[aAä]{1,2}(-[12]){0,2}|[ -]", prop::option::of("[bB1-2]{1,2}")), 0..12),
        ) {
            let collation = Collation::new("en");
            let people: BTreeMap<Spelling, Arc<NamedPerson>> = names
                .into_iter()
                .map(|(family, given)| Name::Person { family, given, particle: None, suffix: None })
                .filter_map(|name| NamedPerson::of(&name, &collation))
                .map(|named| (named.spelling.clone(), Arc::new(named)))
                .collect();
            let mut taken = HashSet::new();
            let expected: Vec<Slug> = people.values().map(|named| free_slug(&named.slug, &mut taken)).collect();
            let found: Vec<Found<'_>> =
                people.values().map(|named| Found { spelling: named.spelling.fingerprint(), named }).collect();
            prop_assert_eq!(&person_ids(&found), &expected);
            let backwards: Vec<Found<'_>> = found.into_iter().rev().collect();
            let ids: Vec<Slug> = person_ids(&backwards).into_iter().rev().collect();
            prop_assert_eq!(ids, expected);
        }
    }
}
