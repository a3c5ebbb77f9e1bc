//! Shelves: the entries of each keyword, actor, person, track and list, in order.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{ActorId, ActorShelf, Collation, EntryId, KeywordId, KeywordShelf, Person, PersonId};
use crate::{
    entry::{ActorRole, Name, Record, Role},
    site::{Site, Slug},
    vocabulary::{Actor, Keyword, Vocabulary},
};

/// Principals by earliest possible day, then latest, then title; the undated last.
pub fn in_time(entries: &[Arc<Record>], principals: &[EntryId], collation: &Collation) -> Vec<EntryId> {
    let mut works: Vec<EntryId> = (0..entries.len()).map(EntryId).filter(|id| principals[id.0] == *id).collect();
    works.sort_by(|one, other| {
        let (one, other) = (&entries[one.0], &entries[other.0]);
        let day = |record: &Record| {
            let issued = record.citation.issued();
            (issued.is_none(), issued.map(|date| (date.earliest, date.latest)))
        };
        day(one)
            .cmp(&day(other))
            .then_with(|| collation.compare(&one.citation.title, &other.citation.title))
            .then_with(|| one.slug.cmp(&other.slug))
    });
    works
}

pub fn lists(entries: &[Arc<Record>], site: &Site) -> Vec<Vec<EntryId>> {
    site.collections
        .iter()
        .map(|collection| {
            let mut list: Vec<EntryId> =
                (0..entries.len()).map(EntryId).filter(|id| entries[id.0].collection == collection.id).collect();
            list.sort_by_key(|id| {
                let record = &entries[id.0];
                (record.number.unwrap_or(u32::MAX), record.slug.as_str())
            });
            list
        })
        .collect()
}

pub fn tracks(entries: &[Arc<Record>], works: &[EntryId], site: &Site) -> Vec<Vec<EntryId>> {
    site.tracks
        .iter()
        .map(|track| {
            let claimed = |id: &&EntryId| entries[id.0].own.tracks.iter().any(|claim| claim.track == track.id.as_str());
            works.iter().filter(claimed).copied().collect()
        })
        .collect()
}

pub struct Shelves {
    pub keywords: Vec<KeywordShelf>,
    pub keyword_ids: HashMap<Slug, KeywordId>,
    pub entry_keywords: Vec<Vec<KeywordId>>,
    pub actors: Vec<ActorShelf>,
    pub actor_ids: HashMap<Slug, ActorId>,
    pub actor_names: HashMap<String, ActorId>,
    pub entry_actors: Vec<Vec<(ActorId, Option<ActorRole>)>>,
    pub people: Vec<Person>,
    pub person_of: HashMap<PersonName, PersonId>,
}

pub fn shelves(
    entries: &[Arc<Record>],
    works: &[EntryId],
    keywords: &Vocabulary<Keyword>,
    actors: &Vocabulary<Actor>,
    collation: &Collation,
) -> Shelves {
    let (keywords, keyword_ids, entry_keywords) = keyword_shelves(entries, works, keywords, collation);
    let (actors, actor_ids, entry_actors) = actor_shelves(entries, works, actors, collation);
    let mut actor_names = HashMap::new();
    for (index, actor) in actors.iter().enumerate() {
        for name in std::iter::once(&actor.name).chain(&actor.aliases) {
            actor_names.insert(name.to_lowercase(), ActorId(index));
        }
    }
    let (people, person_of) = people(entries, works, collation);
    Shelves { keywords, keyword_ids, entry_keywords, actors, actor_ids, actor_names, entry_actors, people, person_of }
}

type KeywordShelves = (Vec<KeywordShelf>, HashMap<Slug, KeywordId>, Vec<Vec<KeywordId>>);

fn keyword_shelves(
    entries: &[Arc<Record>],
    works: &[EntryId],
    vocabulary: &Vocabulary<Keyword>,
    collation: &Collation,
) -> KeywordShelves {
    let used = entries.iter().flat_map(|record| {
        let sections = record.outgoing.sections.iter().filter_map(|section| section.annotation.as_ref());
        record.own.keywords.iter().chain(sections.flat_map(|annotation| &annotation.keywords))
    });
    let ids = ids_of(vocabulary.terms.as_ref().map(BTreeMap::keys), used);
    let mut shelves: Vec<KeywordShelf> = ids
        .into_iter()
        .map(|id| {
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
        })
        .collect();
    shelves.sort_by(|one, other| collation.compare(&one.label, &other.label).then_with(|| one.id.cmp(&other.id)));
    let by_id: HashMap<Slug, KeywordId> =
        shelves.iter().enumerate().map(|(index, shelf)| (shelf.id.clone(), KeywordId(index))).collect();
    for index in 0..shelves.len() {
        let Some(term) = vocabulary.get(shelves[index].id.as_str()) else { continue };
        let known = |ids: &[String]| -> Vec<KeywordId> {
            ids.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect()
        };
        let (broader, related) = (known(&term.broader.0), known(&term.related.0));
        for wider in broader {
            shelves[index].broader.push(wider);
            shelves[wider.0].narrower.push(KeywordId(index));
        }
        // SKOS Reference, section 8.1: `related` is symmetric.
        for other in related {
            shelves[index].related.push(other);
            shelves[other.0].related.push(KeywordId(index));
        }
    }
    for &work in works {
        let record = &entries[work.0];
        let mut here: HashSet<KeywordId> = HashSet::new();
        for id in &record.own.keywords {
            here.extend(by_id.get(id.as_str()));
        }
        for (section, annotation) in record
            .outgoing
            .sections
            .iter()
            .enumerate()
            .filter_map(|(index, section)| Some((index, section.annotation.as_ref()?)))
        {
            for keyword in annotation.keywords.iter().filter_map(|id| by_id.get(id.as_str())) {
                here.insert(*keyword);
                shelves[keyword.0].sections.push((work, section));
            }
        }
        for keyword in here {
            shelves[keyword.0].works.push(work);
        }
    }
    for shelf in &mut shelves {
        // Ids are in the order of labels, so sorting them sorts by label.
        for list in [&mut shelf.broader, &mut shelf.narrower, &mut shelf.related] {
            list.sort_unstable();
            list.dedup();
        }
    }
    let entry_keywords = entries
        .iter()
        .map(|record| record.own.keywords.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect())
        .collect();
    (shelves, by_id, entry_keywords)
}

type ActorShelves = (Vec<ActorShelf>, HashMap<Slug, ActorId>, Vec<Vec<(ActorId, Option<ActorRole>)>>);

fn actor_shelves(
    entries: &[Arc<Record>],
    works: &[EntryId],
    vocabulary: &Vocabulary<Actor>,
    collation: &Collation,
) -> ActorShelves {
    let used = entries.iter().flat_map(|record| record.own.actors.iter().map(|part| &part.actor));
    let ids = ids_of(vocabulary.terms.as_ref().map(BTreeMap::keys), used);
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
    shelves.sort_by(|one, other| collation.compare(&one.name, &other.name).then_with(|| one.id.cmp(&other.id)));
    let by_id: HashMap<Slug, ActorId> =
        shelves.iter().enumerate().map(|(index, shelf)| (shelf.id.clone(), ActorId(index))).collect();
    for index in 0..shelves.len() {
        let whole = vocabulary.get(shelves[index].id.as_str()).and_then(|actor| actor.part_of.as_deref());
        if let Some(&whole) = whole.and_then(|whole| by_id.get(whole)) {
            shelves[index].part_of = Some(whole);
            shelves[whole.0].parts.push(ActorId(index));
        }
    }
    let entry_actors: Vec<Vec<(ActorId, Option<ActorRole>)>> = entries
        .iter()
        .map(|record| {
            record.own.actors.iter().filter_map(|part| Some((*by_id.get(part.actor.as_str())?, part.role))).collect()
        })
        .collect();
    for &work in works {
        for &(actor, role) in &entry_actors[work.0] {
            shelves[actor.0].works.push((work, role));
        }
    }
    (shelves, by_id, entry_actors)
}

/// The ids of a file, or where there is none those that are in use; sound ones alone.
fn ids_of<'a>(listed: Option<impl Iterator<Item = &'a Slug>>, used: impl Iterator<Item = &'a String>) -> Vec<Slug> {
    if let Some(ids) = listed {
        ids.cloned().collect()
    } else {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut ids: Vec<Slug> = used.filter(|id| seen.insert(id.as_str())).filter_map(|id| Slug::new(id)).collect();
        ids.sort();
        ids
    }
}

/// `international-regimes` as `International regimes`.
fn in_words(id: &Slug) -> String {
    let mut words = id.as_str().replace('-', " ");
    words[..1].make_ascii_uppercase();
    words
}

/// Family name with its particle, and given name.
pub type PersonName = (String, Option<String>);

/// Two spellings of a person are two people: initials alone do not tell.
pub fn person_key(name: &Name) -> Option<PersonName> {
    match name {
        Name::Person { given, .. } => Some((name.short(), given.clone())),
        Name::Literal(_) => None,
    }
}

type People = (Vec<Person>, HashMap<PersonName, PersonId>);

/// A name as it is first written, and its works.
type Found = (Name, Vec<(EntryId, Role)>);

fn people(entries: &[Arc<Record>], works: &[EntryId], collation: &Collation) -> People {
    let mut found: BTreeMap<PersonName, Found> = BTreeMap::new();
    for &work in works {
        for (role, names) in &entries[work.0].citation.names {
            for name in names {
                let Some(key) = person_key(name) else { continue };
                found.entry(key).or_insert_with(|| (name.clone(), Vec::new())).1.push((work, *role));
            }
        }
    }
    let mut taken: HashSet<Slug> = HashSet::new();
    let mut people: Vec<(PersonName, Person)> = found
        .into_iter()
        .map(|(key, (name, works))| {
            let id = free_slug(&name.inverted(), &mut taken);
            let person = Person { id, inverted: name.inverted(), in_order: name.in_order(), works };
            (key, person)
        })
        .collect();
    people.sort_by(|(_, one), (_, other)| {
        collation.compare(&one.inverted, &other.inverted).then_with(|| one.id.cmp(&other.id))
    });
    let by_name = people.iter().enumerate().map(|(index, (key, _))| (key.clone(), PersonId(index))).collect();
    (people.into_iter().map(|(_, person)| person).collect(), by_name)
}

fn free_slug(words: &str, taken: &mut HashSet<Slug>) -> Slug {
    let base = Slug::from_words(words).unwrap_or_else(|| Slug::new("person").expect("a sound slug"));
    let mut slug = base.clone();
    let mut count = 2;
    while !taken.insert(slug.clone()) {
        slug = Slug::new(&format!("{base}-{count}")).expect("a sound slug with a number is one");
        count += 1;
    }
    slug
}
