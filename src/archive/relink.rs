//! An archive after an edit of few records, made of the one before.
//!
//! In: an archive, what was said of it, and other records in the place of some of its own.
//! Out: what [`link`](super::link) makes of all records, letter for letter, with all that
//! is the same shared; or nothing, where an edit reaches so far that to link everything is
//! as quick. Absent on purpose: entries that come or go, texts, and whatever follows from
//! `aliases`, `same-as` and `relations`.

use std::{cmp::Ordering, sync::Arc};

use super::{
    Archive, Backlink, EntryId, Goal, KeywordId, KeywordShelf, Known, Leads, Locus, Origin, index,
    ledger::Ledger,
    links::{self, Names},
    track_ids,
};
use crate::{
    collate::Collation,
    diagnostic::{Checked, Diagnostic, Severity},
    entry::Record,
    fingerprint::Fingerprint,
    site::{Site, Slug},
    vocabulary::{Actor, Keyword, Vocabulary},
};

/// The words that records are indexed by: those that the archive before was linked with.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub keywords: &'a Vocabulary<Keyword>,
    pub actors: &'a Vocabulary<Actor>,
}

/// `told` is what was said of the archive before, in which there is no error.
pub fn relink(
    before: &Archive,
    told: &[Diagnostic<Locus>],
    changed: &[(EntryId, Arc<Record>)],
    words: Words<'_>,
    site: &Site,
) -> Option<Checked<Archive, Locus>> {
    let mut checked = Checked { value: before.clone(), diagnostics: told.to_vec() };
    for (id, record) in changed {
        checked = relink_one(&checked, *id, record, words, site)?;
    }
    Some(checked)
}

fn relink_one(
    before: &Checked<Archive, Locus>,
    id: EntryId,
    record: &Arc<Record>,
    words: Words<'_>,
    site: &Site,
) -> Option<Checked<Archive, Locus>> {
    let old = &before.value;
    let own = |fault: &Diagnostic<Locus>| fault.place.origin == Origin::Entry(id);
    // Of fields that few have something was said that would have to be found again.
    let few_told = !record.filing.plain && before.diagnostics.iter().any(own);
    if few_told || !stands_where_it_stood(old.entry(id), record) || loses_a_cited_section(old, id, record) {
        return None;
    }
    let mut new = old.clone();
    new.entries.set(id.0, Arc::clone(record));
    new.ledger.set(id.0, record);
    let same_people = old.ledger.people[id.0] == new.ledger.people[id.0];
    if !same_people || (words.actors.terms.is_none() && !same_actors(&old.ledger, &new.ledger, id)) {
        return None;
    }
    let mut leavings = Leavings::of(old, id);
    if words.keywords.terms.is_none() {
        new.renumber_keywords(old, id, words.keywords, site, &mut leavings)?;
    }
    let mut leads = Leads::default();
    {
        let names = Names::new(&new.entries, &new.texts, &new.by_slug, &new.withheld);
        let known = Known {
            entries: &new.entries,
            texts: &new.texts,
            names: &names,
            keyword_ids: &new.keyword_ids,
            actor_ids: &new.actor_ids,
            keywords: words.keywords,
            actors: words.actors,
        };
        leads.push(id.0, &new.ledger, &known, &track_ids(site), site);
    }
    let mut told: Vec<_> = before.diagnostics.iter().filter(|fault| !own(fault)).cloned().collect();
    told.append(&mut leads.of_records);
    told.append(&mut leads.of_links);
    if told.iter().any(|fault| fault.severity == Severity::Error) {
        return None;
    }
    new.entry_links.set(id.0, leads.goals[0].iter().cloned());
    new.entry_keywords.set(id.0, leads.keywords[0].iter().copied());
    new.entry_sections.set(id.0, leads.sections[0].iter().copied());
    new.entry_actors.set(id.0, leads.actors[0].iter().copied());
    new.entry_tracks.set(id.0, leads.tracks[0].iter().copied());
    let moved = new.principal(id) == id && new.take_place_in_time(id);
    if new.principal(id) == id {
        new.file(id, &leavings, moved);
        new.file_people(id, moved)?;
    }
    new.file_citations(old, id, moved);
    Some(Checked { value: new, diagnostics: told })
}

/// Whether nothing has changed but what [`relink`] follows.
fn stands_where_it_stood(old: &Record, new: &Record) -> bool {
    (&old.slug, &old.path, &old.collection, old.number) == (&new.slug, &new.path, &new.collection, new.number)
        && old.own.draft == new.own.draft
        && old.own.aliases == new.own.aliases
        && old.own.same_as == new.own.same_as
        && old.own.relations == new.own.relations
        && old.own.listed == new.own.listed
}

/// Whether a section is gone that another text names.
fn loses_a_cited_section(old: &Archive, id: EntryId, new: &Record) -> bool {
    let there = |section: &str| new.outgoing.sections.iter().any(|known| known.id == section);
    let sections = &old.entry(id).outgoing.sections;
    let names_lost = |goal: &Option<Goal>| matches!(goal, Some(Goal::Entry { id: other, section: Some(section) }) if *other == id && !there(section));
    !sections.iter().all(|section| there(&section.id))
        && old.entry_links.iter().chain(old.text_links.iter()).flatten().any(names_lost)
}

fn same_actors(old: &Ledger, new: &Ledger, id: EntryId) -> bool {
    let ids = |ledger: &Ledger| -> Vec<Fingerprint> { ledger.actors[id.0].iter().map(|(actor, _)| *actor).collect() };
    ids(old) == ids(new)
}

/// The shelves that an entry stood on, by their numbers of now.
struct Leavings {
    keywords: Vec<KeywordId>,
    sections: Vec<(usize, KeywordId)>,
    actors: Vec<super::ActorId>,
    tracks: Vec<usize>,
}

impl Leavings {
    fn of(old: &Archive, id: EntryId) -> Self {
        Leavings {
            keywords: old.entry_keywords[id.0].to_vec(),
            sections: old.entry_sections[id.0].to_vec(),
            actors: old.entry_actors[id.0].iter().map(|(actor, _)| *actor).collect(),
            tracks: old.entry_tracks[id.0].to_vec(),
        }
    }

    /// Each keyword once, of the entry and of its sections.
    fn all_keywords(&self) -> Vec<KeywordId> {
        sorted(self.keywords.iter().copied().chain(self.sections.iter().map(|(_, keyword)| *keyword)))
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Takes what belongs to an entry out of a list in time, and puts other items in at its place.
fn refile<T>(
    list: &mut Vec<T>,
    is_own: impl Fn(&T) -> bool,
    comes_before: impl Fn(&T) -> bool,
    own: impl IntoIterator<Item = T>,
) {
    list.retain(|item| !is_own(item));
    let at = list.partition_point(comes_before);
    list.splice(at..at, own);
}

impl Archive {
    /// Without a vocabulary the ids that are in use are the keywords: one may come or go with a
    /// record, and all behind it have another number then. `None` where a link depends on it.
    fn renumber_keywords(
        &mut self,
        old: &Archive,
        id: EntryId,
        vocabulary: &Vocabulary<Keyword>,
        site: &Site,
        leavings: &mut Leavings,
    ) -> Option<()> {
        let [before, after] = [&old.ledger, &self.ledger].map(|ledger| {
            let of_sections = ledger.sections[id.0].iter().map(|(_, keyword)| *keyword);
            ledger.keywords[id.0].iter().copied().chain(of_sections).collect::<Vec<_>>()
        });
        let shelf_of = |keyword: &Fingerprint| old.keyword_ids.get(keyword).copied();
        let gone: Vec<(Fingerprint, KeywordId)> = before
            .iter()
            .filter(|keyword| !after.contains(keyword))
            .filter_map(|keyword| Some((*keyword, shelf_of(keyword)?)))
            .filter(|(keyword, shelf)| !old.is_used_beside(id, *keyword, *shelf))
            .collect();
        let come: Vec<Slug> = new_keywords(self.entry(id), |keyword| shelf_of(keyword).is_none());
        if gone.is_empty() && come.is_empty() {
            return Some(());
        }
        // Links may name a keyword that nobody uses, and then lead nowhere.
        let is_gone = |keyword: KeywordId| gone.iter().any(|(_, gone)| *gone == keyword);
        self.entry_links.set(id.0, []);
        let unsettled = |goal: &Option<Goal>| match goal {
            None => true,
            Some(Goal::Keyword(keyword)) => is_gone(*keyword),
            Some(_) => false,
        };
        if self.entry_links.iter().chain(self.text_links.iter()).flatten().any(unsettled) {
            return None;
        }
        let collation = Collation::new(&site.language);
        let mut shelves: Vec<(Option<KeywordId>, Arc<KeywordShelf>)> = (0..)
            .map(KeywordId)
            .zip(&old.keywords)
            .filter(|(keyword, _)| !is_gone(*keyword))
            .map(|(keyword, shelf)| (Some(keyword), Arc::clone(shelf)))
            .collect();
        for slug in come {
            let shelf = index::keyword_shelf(slug, vocabulary);
            let key = index::keyword_key(&shelf, &collation);
            let at = shelves.partition_point(|(_, other)| index::keyword_key(other, &collation) < key);
            shelves.insert(at, (None, Arc::new(shelf)));
        }
        let mut numbers: Vec<Option<KeywordId>> = vec![None; old.keywords.len()];
        for (now, (before, _)) in shelves.iter().enumerate() {
            if let Some(before) = before {
                numbers[before.0] = Some(KeywordId(now));
            }
        }
        let number = |keyword: &mut KeywordId| *keyword = numbers[keyword.0].unwrap_or(*keyword);
        let ids = shelves.iter().map(|(_, shelf)| Fingerprint::of_bytes(shelf.id.as_str().as_bytes()));
        self.keyword_ids = Arc::new(ids.zip((0..).map(KeywordId)).collect());
        self.holders.renumber(shelves.iter().map(|(before, _)| *before));
        self.keywords = shelves.into_iter().map(|(_, shelf)| shelf).collect();
        leavings.keywords.retain(|keyword| !is_gone(*keyword));
        leavings.sections.retain(|(_, keyword)| !is_gone(*keyword));
        leavings.keywords.iter_mut().for_each(number);
        leavings.sections.iter_mut().for_each(|(_, keyword)| number(keyword));
        self.entry_keywords.map(number);
        self.entry_sections.map(|(_, keyword)| number(keyword));
        let moves =
            |goal: &Option<Goal>| matches!(goal, Some(Goal::Keyword(keyword)) if numbers[keyword.0] != Some(*keyword));
        let renumber = |goal: &mut Option<Goal>| {
            if let Some(Goal::Keyword(keyword)) = goal {
                number(keyword);
            }
        };
        self.entry_links.map_some(moves, renumber);
        self.text_links.map_some(moves, renumber);
        Some(())
    }

    /// Whether any entry but one has a keyword.
    fn is_used_beside(&self, id: EntryId, keyword: Fingerprint, shelf: KeywordId) -> bool {
        let doubles = || self.doubles.iter().flatten().filter(|double| **double != id);
        let has = |double: &EntryId| {
            self.ledger.keywords[double.0].contains(&keyword)
                || self.ledger.sections[double.0].iter().any(|(_, other)| *other == keyword)
        };
        self.keyword(shelf).works.iter().any(|work| *work != id) || doubles().any(has)
    }

    /// Puts a work where its date and title have it; whether that is elsewhere.
    fn take_place_in_time(&mut self, id: EntryId) -> bool {
        let rank = self.time_rank[id.0];
        let compare = |other: &EntryId| index::compare_in_time(&self.entries, &self.ledger.heads, *other, id);
        let before = rank.checked_sub(1).and_then(|rank| self.works.get(rank));
        let after = self.works.get(rank + 1);
        if before.is_none_or(|before| compare(before) == Ordering::Less)
            && after.is_none_or(|after| compare(after) == Ordering::Greater)
        {
            return false;
        }
        let mut works = self.works.to_vec();
        works.remove(rank);
        let now = works.partition_point(|work| compare(work) == Ordering::Less);
        works.insert(now, id);
        let ranks = Arc::make_mut(&mut self.time_rank);
        for (at, work) in works.iter().enumerate().take(rank.max(now) + 1).skip(rank.min(now)) {
            for entry in std::iter::once(work).chain(&self.doubles[work.0]) {
                ranks[entry.0] = at;
            }
        }
        self.works = Arc::new(works);
        true
    }

    /// Puts a work on its shelves and tracks, where they are others than before or it has moved.
    fn file(&mut self, id: EntryId, before: &Leavings, moved: bool) {
        let (rank, ranks) = (self.time_rank[id.0], Arc::clone(&self.time_rank));
        let after = Leavings::of(self, id);
        if moved || before.keywords != after.keywords || before.sections != after.sections {
            let here = after.all_keywords();
            for keyword in sorted(before.all_keywords().into_iter().chain(here.iter().copied())) {
                let shelf = Arc::make_mut(&mut self.keywords[keyword.0]);
                let own = here.contains(&keyword).then_some(id);
                refile(&mut shelf.works, |work| *work == id, |work| ranks[work.0] < rank, own);
                let of_keyword = after.sections.iter().filter(|(_, other)| *other == keyword);
                let own = of_keyword.map(|(section, _)| (id, *section));
                refile(&mut shelf.sections, |(work, _)| *work == id, |(work, _)| ranks[work.0] < rank, own);
                let count = after.keywords.iter().filter(|other| **other == keyword).count();
                self.holders.file(keyword, id, count, |work| ranks[work] < rank);
            }
        }
        let actors = self.entry_actors[id.0].to_vec();
        // Roles may differ where actors do not.
        for actor in sorted(before.actors.iter().chain(&after.actors).copied()) {
            let own: Vec<_> = actors.iter().filter(|(other, _)| *other == actor).map(|(_, role)| (id, *role)).collect();
            let works = &self.actors[actor.0].works;
            if moved || !works.iter().filter(|(work, _)| *work == id).eq(&own) {
                let works = &mut Arc::make_mut(&mut self.actors)[actor.0].works;
                refile(works, |(work, _)| *work == id, |(work, _)| ranks[work.0] < rank, own);
            }
        }
        if moved || before.tracks != after.tracks {
            for track in sorted(before.tracks.iter().chain(&after.tracks).copied()) {
                let own = after.tracks.contains(&track).then_some(id);
                let works = Arc::make_mut(&mut self.tracks[track]);
                refile(works, |work| *work == id, |work| ranks[work.0] < rank, own);
            }
            if before.tracks.is_empty() || after.tracks.is_empty() {
                let own = after.tracks.is_empty().then_some(id);
                refile(Arc::make_mut(&mut self.common), |work| *work == id, |work| ranks[work.0] < rank, own);
            }
        }
    }

    /// Puts a work among those of its people. `None` where one of them is named otherwise now: by
    /// another first work, or by the same.
    fn file_people(&mut self, id: EntryId, moved: bool) -> Option<()> {
        let rank = self.time_rank[id.0];
        let mentions = self.ledger.people[id.0].to_vec();
        for (at, mention) in mentions.iter().enumerate() {
            if mentions[..at].iter().any(|other| other.spelling == mention.spelling) {
                continue;
            }
            let person = *self.person_of.get(&mention.spelling)?;
            if moved {
                let mut works = self.person_works[person.0].to_vec();
                let own = mentions.iter().filter(|other| other.spelling == mention.spelling);
                let own = own.map(|other| (id, other.role));
                refile(&mut works, |(work, _)| *work == id, |(work, _)| self.time_rank[work.0] < rank, own);
                self.person_works.set(person.0, works);
            }
            let (first, _) = *self.person_works[person.0].first()?;
            let position = self.ledger.people[first.0].iter().position(|other| other.spelling == mention.spelling)?;
            if *self.entry(first).filing.people[position].person != *self.person(person).named {
                return None;
            }
        }
        Some(())
    }

    /// Puts the citations of an entry where they belong, and where it has moved those of all
    /// entries of its work.
    fn file_citations(&mut self, old: &Archive, id: EntryId, moved: bool) {
        let others = self.doubles[id.0].iter().copied().filter(|_| moved);
        let entries: Vec<EntryId> = std::iter::once(id).chain(others).collect();
        let mut changed: Vec<usize> = Vec::new();
        let mut now: Vec<(EntryId, Vec<(usize, Backlink)>)> = Vec::new();
        for entry in entries {
            let [cited_before, cited_now] = [old, &*self].map(|archive| archive.cited(entry));
            if moved || cited_before != cited_now {
                changed.extend(cited_before.iter().chain(&cited_now).map(|(cited, _)| *cited));
                now.push((entry, cited_now));
            }
        }
        for cited in sorted(changed.into_iter()) {
            let mut backlinks = self.backlinks[cited].to_vec();
            let is_own = |backlink: &Backlink| now.iter().any(|(entry, _)| backlink.from == Origin::Entry(*entry));
            backlinks.retain(|backlink| !is_own(backlink));
            for (entry, citations) in &now {
                let place = self.place_of_citing(Origin::Entry(*entry));
                let own = citations.iter().filter(|(other, _)| *other == cited).map(|(_, backlink)| *backlink);
                refile(&mut backlinks, |_| false, |other| self.place_of_citing(other.from) < place, own);
            }
            self.backlinks.set(cited, backlinks);
            self.holders.count(EntryId(cited), &self.backlinks[cited], &self.principals);
        }
    }

    fn cited(&self, entry: EntryId) -> Vec<(usize, Backlink)> {
        let mut cited = Vec::new();
        let (outgoing, goals) = (&self.entry(entry).outgoing, &self.entry_links[entry.0]);
        links::cited(Origin::Entry(entry), outgoing, goals, &self.principals, &mut cited);
        cited
    }

    /// Where a citing text comes among others: works in time, each before its doubles, and texts.
    fn place_of_citing(&self, origin: Origin) -> (bool, usize, bool, usize) {
        match origin {
            Origin::Entry(id) => (false, self.time_rank[id.0], self.principal(id) != id, id.0),
            Origin::Text(id) => (true, id.0, false, 0),
        }
    }
}

/// The ids of an entry, and of its sections, for which `is_new` holds; each once.
fn new_keywords(record: &Record, is_new: impl Fn(&Fingerprint) -> bool) -> Vec<Slug> {
    let annotations = record.outgoing.sections.iter().filter_map(|section| section.annotation.as_ref());
    let written = record.own.keywords.iter().chain(annotations.flat_map(|annotation| &annotation.keywords));
    let new = written.filter(|id| is_new(&Fingerprint::of_bytes(id.as_bytes())));
    sorted(new.filter_map(|id| Slug::new(id)))
}
