//! What must hold of the records before they can be linked.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::BuildHasherDefault,
};

use super::{EntryId, Known, Locus, Origin, Records, ledger::Head};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    entry::{Record, Spot, front_matter::correction_fields},
    fingerprint::{Fingerprint, FingerprintMap},
    leaves::Leaves,
    site::{Site, Slug},
    vocabulary::{Term, Vocabulary},
};

type Told<'a> = &'a mut Vec<Diagnostic<Locus>>;

fn at(entry: usize, spot: Spot) -> Locus {
    Locus { origin: Origin::Entry(EntryId(entry)), spot }
}

/// Ids, former ids and list numbers stand for one entry each. Where two claim one,
/// the first has it.
pub fn unique(entries: &Records, heads: &Leaves<Head>, told: Told<'_>) -> FingerprintMap<EntryId> {
    let mut by_slug = FingerprintMap::with_capacity_and_hasher(entries.len(), BuildHasherDefault::default());
    let start = || Spot::Field(Vec::new());
    for (index, head) in heads.iter().enumerate() {
        match by_slug.entry(head.id) {
            Entry::Vacant(place) => {
                place.insert(EntryId(index));
            }
            Entry::Occupied(first) => {
                let slug = &entries[index].slug;
                let first: &EntryId = first.get();
                told.push(
                    Diagnostic::error("double-id", at(index, start()), format!("two files have the id `{slug}`"))
                        .also(at(first.0, start()), "the other one is here")
                        .help("rename one of the two files".to_string()),
                );
            }
        }
    }
    let mut numbers: HashMap<(&str, u32), usize> = HashMap::new();
    for (index, record) in entries.iter().enumerate().filter(|(index, _)| !heads[*index].plain) {
        for (position, alias) in record.own.aliases.iter().enumerate() {
            let place = at(index, Spot::item("aliases", position, None));
            let id = Fingerprint::of_bytes(alias.as_bytes());
            match by_slug.get(&id) {
                _ if Slug::new(alias).is_none() => told.push(
                    Diagnostic::error("invalid-id", place, format!("`{alias}` is not an id"))
                        .help(Slug::from_words(alias).map(|slug| format!("write `{slug}`"))),
                ),
                Some(other) => told.push(
                    Diagnostic::error("double-id", place, format!("`{alias}` is the id of another entry"))
                        .also(at(other.0, start()), "it stands here")
                        .help("an alias is an id that is no longer in use".to_string()),
                ),
                None => {
                    by_slug.insert(id, EntryId(index));
                }
            }
        }
        if let Some(listed) = &record.own.listed
            && let Some(first) = numbers.insert((&listed.list, listed.number), index)
        {
            let spot = || {
                Spot::Field(vec![crate::strict::Step::Key("listed".into()), crate::strict::Step::Key("number".into())])
            };
            told.push(
                Diagnostic::error(
                    "double-number",
                    at(index, spot()),
                    format!("two entries have the number {} in `{}`", listed.number, listed.list),
                )
                .also(at(first, spot()), "the other one is here")
                .help("a list has each number once".to_string()),
            );
        }
    }
    by_slug
}

/// Every id that a record's own fields name exists, and a correction corrects
/// something that is printed.
pub fn record(index: usize, record: &Record, known: &Known<'_>, site: &Site, told: Told<'_>) {
    let &Known { keywords, actors, keyword_ids, actor_ids, .. } = known;
    for (position, claim) in record.own.tracks.iter().enumerate() {
        let place = || at(index, Spot::item("tracks", position, Some("track")));
        if !site.tracks.iter().any(|track| track.id.as_str() == claim.track) {
            let known: Vec<&str> = site.tracks.iter().map(|track| track.id.as_str()).collect();
            told.push(
                Diagnostic::error("unknown-track", place(), format!("there is no track `{}`", claim.track)).help(
                    did_you_mean(&claim.track, known.iter().copied())
                        .unwrap_or_else(|| format!("site.toml has {}", one_of(&known))),
                ),
            );
        } else if record.own.tracks[..position].iter().any(|earlier| earlier.track == claim.track) {
            told.push(
                Diagnostic::error("double-claim", place(), format!("the track `{}` is claimed twice", claim.track))
                    .help("keep one of the two claims".to_string()),
            );
        }
    }
    for (position, id) in record.own.keywords.iter().enumerate() {
        let place = || at(index, Spot::item("keywords", position, None));
        if !allowed(id, keyword_ids, keywords) {
            told.push(keywords.unknown(id, place()));
        } else if record.own.keywords[..position].contains(id) {
            told.push(
                Diagnostic::warning("double-keyword", place(), format!("the keyword `{id}` stands here twice"))
                    .help("keep one of the two".to_string()),
            );
        }
    }
    for (position, part) in record.own.actors.iter().enumerate() {
        if !allowed(&part.actor, actor_ids, actors) {
            told.push(actors.unknown(&part.actor, at(index, Spot::item("actors", position, Some("actor")))));
        }
    }
    for (position, section) in record.outgoing.sections.iter().enumerate() {
        for keyword in section.annotation.iter().flat_map(|annotation| &annotation.keywords) {
            if !allowed(keyword, keyword_ids, keywords) {
                told.push(keywords.unknown(keyword, at(index, Spot::InSection(position, keyword.clone()))));
            }
        }
    }
    listed(index, record, site, told);
    corrections(index, record, told);
}

/// As [`Vocabulary::allows`]; most ids have a shelf, and it is quickest to look there.
fn allowed<T: Term, I>(id: &str, shelves: &FingerprintMap<I>, vocabulary: &Vocabulary<T>) -> bool {
    (vocabulary.is_readable() && shelves.contains_key(&Fingerprint::of_bytes(id.as_bytes()))) || vocabulary.allows(id)
}

fn listed(index: usize, record: &Record, site: &Site, told: Told<'_>) {
    let Some(listed) = &record.own.listed else { return };
    let spot = |field: &str| {
        Spot::Field(vec![crate::strict::Step::Key("listed".into()), crate::strict::Step::Key(field.into())])
    };
    if site.collection(&listed.list).is_none() {
        let known: Vec<&str> = site.collections.iter().map(|collection| collection.id.as_str()).collect();
        told.push(
            Diagnostic::error(
                "unknown-list",
                at(index, spot("list")),
                format!("there is no collection `{}`", listed.list),
            )
            .help(
                did_you_mean(&listed.list, known.iter().copied())
                    .unwrap_or_else(|| format!("site.toml has {}", one_of(&known))),
            ),
        );
    } else if listed.list == record.collection.as_str()
        && let Some(number) = record.number
        && number != listed.number
    {
        told.push(
            Diagnostic::error(
                "double-number",
                at(index, spot("number")),
                format!("the file's name gives the number {number}, this field {}", listed.number),
            )
            .help("make the two equal".to_string()),
        );
    }
}

fn corrections(index: usize, record: &Record, told: Told<'_>) {
    let printed = record.own.listed.as_ref().map(|listed| listed.printed.as_str());
    for (position, correction) in record.own.corrections.iter().enumerate() {
        let place = |field: &str| at(index, Spot::item("corrections", position, Some(field)));
        let name = correction.field.as_str();
        if !correction_fields().any(|field| field == name) {
            let names = correction_fields();
            told.push(
                Diagnostic::error(
                    "unknown-correction-field",
                    place("field"),
                    format!("there is no CSL field `{name}`"),
                )
                .help(
                    did_you_mean(name, names)
                        .unwrap_or_else(|| "write a CSL field, or `citation` for what touches none".to_string()),
                ),
            );
        }
        match printed {
            Some(text) if !text.contains(&correction.printed) => told.push(
                Diagnostic::error(
                    "not-printed",
                    place("printed"),
                    format!("`{}` does not stand in the printed citation", correction.printed),
                )
                .help("copy it from `listed.printed`, letter for letter".to_string()),
            ),
            None => told.push(
                Diagnostic::error("not-printed", place("printed"), "a correction needs the citation that it corrects")
                    .help("add `listed` with its `printed`".to_string()),
            ),
            Some(_) => {}
        }
    }
}

fn one_of(known: &[&str]) -> String {
    if known.is_empty() { "none".to_string() } else { format!("`{}`", known.join("`, `")) }
}
