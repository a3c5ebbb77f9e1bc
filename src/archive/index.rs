//! Shelves: the entries of each keyword, actor, person, track and list, in order.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use super::{ActorId, ActorShelf, EntryId, KeywordId, KeywordShelf, Person, PersonId};
use crate::{
    collate::Collation,
    entry::{ActorRole, NamedPerson, Record, Role},
    fingerprint::Fingerprint,
    site::{Site, Slug},
    vocabulary::{Actor, Keyword, Vocabulary},
};

/// All entries by earliest possible day, then latest, then title; the undated last.
pub fn in_time(entries: &[Arc<Record>]) -> Vec<EntryId> {
    // Titles that begin alike are looked up where they lie.
    let place = |(id, record): (usize, &Arc<Record>)| (record.filing.moment, record.filing.title.start, EntryId(id));
    let mut order: Vec<_> = entries.iter().enumerate().map(place).collect();
    order.sort_by(|one, other| {
        let whole = |id: EntryId| (&entries[id.0].filing.title, &entries[id.0].slug);
        (one.0, one.1).cmp(&(other.0, other.1)).then_with(|| whole(one.2).cmp(&whole(other.2)))
    });
    order.into_iter().map(|(.., id)| id).collect()
}

pub fn lists(entries: &[Arc<Record>], site: &Site) -> Vec<Vec<EntryId>> {
    site.collections
        .iter()
        .map(|collection| {
            let own = |(_, record): &(usize, &Arc<Record>)| record.collection == collection.id;
            let number = |(id, record): (usize, &Arc<Record>)| (record.number.unwrap_or(u32::MAX), EntryId(id));
            let mut list: Vec<(u32, EntryId)> = entries.iter().enumerate().filter(own).map(number).collect();
            list.sort_by(|one, other| {
                one.0.cmp(&other.0).then_with(|| entries[one.1.0].slug.cmp(&entries[other.1.0].slug))
            });
            list.into_iter().map(|(_, id)| id).collect()
        })
        .collect()
}

pub fn tracks(works: &[EntryId], uses: &[Uses], site: &Site) -> Vec<Vec<EntryId>> {
    let mut tracks = vec![Vec::new(); site.tracks.len()];
    for &work in works {
        for &track in &uses[work.0].tracks {
            tracks[track].push(work);
        }
    }
    tracks
}

/// Keywords and actors by their labels, and which id stands for which.
pub struct Shelves {
    pub keywords: Vec<KeywordShelf>,
    pub keyword_ids: HashMap<Slug, KeywordId>,
    pub actors: Vec<ActorShelf>,
    pub actor_ids: HashMap<Slug, ActorId>,
}

/// What the ids of one record lead to.
#[derive(Debug, Default)]
pub struct Uses {
    /// As they are written.
    pub keywords: Vec<KeywordId>,
    pub actors: Vec<(ActorId, Option<ActorRole>)>,
    /// Keywords of sections, each with the index of its section.
    sections: Vec<(KeywordId, usize)>,
    /// Indexes of the site's tracks.
    pub tracks: Vec<usize>,
}

impl Shelves {
    /// Every shelf, with nothing on it.
    pub fn of(
        entries: &[Arc<Record>],
        keywords: &Vocabulary<Keyword>,
        actors: &Vocabulary<Actor>,
        collation: &Collation,
    ) -> Self {
        let keywords = keyword_shelves(entries, keywords, collation);
        let actors = actor_shelves(entries, actors, collation);
        Shelves {
            keyword_ids: numbered(keywords.iter().map(|shelf| shelf.id.clone()), KeywordId),
            keywords,
            actor_ids: numbered(actors.iter().map(|shelf| shelf.id.clone()), ActorId),
            actors,
        }
    }

    pub fn uses(&self, record: &Record, site: &Site) -> Uses {
        let keyword = |id: &String| self.keyword_ids.get(id.as_str()).copied();
        let sections = record.outgoing.sections.iter().enumerate();
        let annotated = sections.filter_map(|(index, section)| Some((index, section.annotation.as_ref()?)));
        let claimed = |index: &usize| {
            let id = site.tracks[*index].id.as_str();
            record.own.tracks.iter().any(|claim| claim.track == id)
        };
        Uses {
            keywords: record.own.keywords.iter().filter_map(keyword).collect(),
            sections: annotated
                .flat_map(|(index, annotation)| {
                    annotation.keywords.iter().filter_map(keyword).map(move |id| (id, index))
                })
                .collect(),
            actors: record
                .own
                .actors
                .iter()
                .filter_map(|part| Some((*self.actor_ids.get(part.actor.as_str())?, part.role)))
                .collect(),
            tracks: (0..site.tracks.len()).filter(claimed).collect(),
        }
    }

    /// Puts each work on its shelves. `uses` are those of each entry.
    pub fn fill(&mut self, works: &[EntryId], uses: &[Uses]) {
        let mut here: Vec<KeywordId> = Vec::new();
        for &work in works {
            let uses = &uses[work.0];
            here.clear();
            here.extend_from_slice(&uses.keywords);
            for &(keyword, section) in &uses.sections {
                here.push(keyword);
                self.keywords[keyword.0].sections.push((work, section));
            }
            here.sort_unstable();
            here.dedup();
            for keyword in &here {
                self.keywords[keyword.0].works.push(work);
            }
            for &(actor, role) in &uses.actors {
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

fn numbered<K: Hash + Eq, I>(keys: impl Iterator<Item = K>, id: impl Fn(usize) -> I) -> HashMap<K, I> {
    keys.enumerate().map(|(index, key)| (key, id(index))).collect()
}

fn keyword_shelves(
    entries: &[Arc<Record>],
    vocabulary: &Vocabulary<Keyword>,
    collation: &Collation,
) -> Vec<KeywordShelf> {
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
    shelves.sort_by_cached_key(|shelf| (collation.key(&shelf.label), shelf.id.clone()));
    let by_id = numbered(shelves.iter().map(|shelf| shelf.id.clone()), KeywordId);
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
    for shelf in &mut shelves {
        // Ids are in the order of labels, so sorting them sorts by label.
        for list in [&mut shelf.broader, &mut shelf.narrower, &mut shelf.related] {
            list.sort_unstable();
            list.dedup();
        }
    }
    shelves
}

fn actor_shelves(entries: &[Arc<Record>], vocabulary: &Vocabulary<Actor>, collation: &Collation) -> Vec<ActorShelf> {
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
    shelves.sort_by_cached_key(|shelf| (collation.key(&shelf.name), shelf.id.clone()));
    let by_id = numbered(shelves.iter().map(|shelf| shelf.id.clone()), ActorId);
    for index in 0..shelves.len() {
        let whole = vocabulary.get(shelves[index].id.as_str()).and_then(|actor| actor.part_of.as_deref());
        if let Some(&whole) = whole.and_then(|whole| by_id.get(whole)) {
            shelves[index].part_of = Some(whole);
            shelves[whole.0].parts.push(ActorId(index));
        }
    }
    shelves
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

/// Everyone whom works name, by name; and whom a spelling stands for.
pub struct People {
    pub all: Vec<Person>,
    pub by_spelling: HashMap<Fingerprint, PersonId>,
}

/// Someone as a work first names them, and their works.
struct Found<'a> {
    spelling: Fingerprint,
    named: &'a Arc<NamedPerson>,
    works: Vec<(EntryId, Role)>,
}

pub fn people(entries: &[Arc<Record>], works: &[EntryId]) -> People {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut by_spelling: HashMap<Fingerprint, usize> = HashMap::new();
    for &work in works {
        for named in &entries[work.0].filing.people {
            let at = *by_spelling.entry(named.spelling).or_insert(found.len());
            if at == found.len() {
                found.push(Found { spelling: named.spelling, named: &named.person, works: Vec::new() });
            }
            found[at].works.push((work, named.role));
        }
    }
    let ids = person_ids(&found);
    let mut order: Vec<(u128, usize)> = found.iter().map(|one| one.named.key.start).zip(0..).collect();
    order.sort_unstable_by(|one, other| {
        let whole = |at: usize| (&found[at].named.key, &ids[at]);
        one.0.cmp(&other.0).then_with(|| whole(one.1).cmp(&whole(other.1)))
    });
    let mut people = People { all: Vec::with_capacity(found.len()), by_spelling: HashMap::with_capacity(found.len()) };
    for (_, at) in order {
        let Found { spelling, named, works } = &mut found[at];
        people.by_spelling.insert(*spelling, PersonId(people.all.len()));
        let (named, works) = (Arc::clone(named), std::mem::take(works));
        people.all.push(Person { id: ids[at].clone(), named, works });
    }
    people
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
