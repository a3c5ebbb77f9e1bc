//! The plan of a site after an edit of few records, made of the one before.
//!
//! In: the plan of an archive, that archive, and the one after the edit. Out: what
//! [`plan`](super::plan::plan) makes of the latter, with all pages shared that are the same;
//! or nothing, where other pages may have come or gone than those of lists. An entry's row
//! weighs as much as its title has letters, and that decides which rows share a page: so
//! the lists that an entry stands on are cut again, and no others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    address::Permalink,
    cutting::Cutting,
    pages::Pages,
    plan::{self, Page, Subject},
    previews, share,
};
use crate::{
    archive::{Archive, EntryId, Goal, KeywordId, KeywordShelf, Locus, Origin, PersonId},
    diagnostic::Diagnostic,
    parallel,
    site::{Site, Slug},
};

/// `changed` are the entries whose records are others. In the archive before there was no fault
/// of addresses, and there is none in the plan: where there is one, this gives nothing.
pub fn replan(
    (before, pages): (&Archive, &Pages),
    archive: &Archive,
    changed: &[EntryId],
    site: &Site,
    files: &[Arc<str>],
) -> Option<Pages> {
    let pictures = |archive: &Archive, id: EntryId| share::entry_has_picture(site, archive.entry(id));
    if previews::preview_file_count(before) != previews::preview_file_count(archive)
        || pages.doubled()
        || changed.iter().any(|&id| pictures(before, id) != pictures(archive, id))
    {
        return None;
    }
    let mut lists = EntryLists::default();
    for &id in changed {
        // Its other entries have its tracks, and its place in time.
        for other in std::iter::once(id).chain(archive.other_listings(id)) {
            lists.extend((before, archive), other, site);
        }
    }
    let same = |(one, other): (&Arc<KeywordShelf>, &Arc<KeywordShelf>)| Arc::ptr_eq(one, other) || one.id == other.id;
    let same_keywords =
        before.keywords.len() == archive.keywords.len() && before.keywords.iter().zip(&archive.keywords).all(same);
    let mut known = pages.clone();
    if !same_keywords {
        lists.all_terms = true;
        renumber(&mut known, before, archive);
    }
    let mut changes: BTreeMap<Permalink, Option<Page>> = BTreeMap::new();
    for home in lists.homes(before, site) {
        let Some(page) = known.find(home.as_str()) else { continue };
        let split = page.piece.iter().flat_map(|piece| &piece.split.parts);
        changes.extend(split.map(|part| (part.permalink.clone(), None)));
        changes.insert(home, None);
    }
    let gone: BTreeSet<Permalink> = changes.keys().cloned().collect();
    for page in lists.pages(archive, site) {
        let is_own = gone.contains(&page.permalink) || pages.find(page.permalink.as_str()).is_none();
        // Two pages of one address are told of by a plan of all.
        if !is_own || changes.insert(page.permalink.clone(), Some(page)).flatten().is_some() {
            return None;
        }
    }
    let come = changes.keys().any(|permalink| !gone.contains(permalink));
    let left = changes.values().any(Option::is_none);
    // A text may stand at an address of its own that was a list's, or become a list's.
    let is_of_text = |text: &Permalink| changes.contains_key(text);
    if (come || left) && archive.texts.iter().any(|text| is_of_text(&Permalink::text(&text.path))) {
        return None;
    }
    let new = known.changed(changes);
    let maps = |pages: &Pages| plan::sitemaps(pages.in_sitemap());
    if maps(&new) != maps(pages) {
        return None;
    }
    let mut faults: Vec<Diagnostic<Locus>> = Vec::new();
    if come || left {
        plan::check_addresses(archive, &new, files, &mut faults);
    } else {
        let own = changed.iter().map(|&id| (Origin::Entry(id), &archive.entry_links[id.0]));
        plan::check_addresses_of(own, archive, &new, files, &mut faults);
    }
    faults.is_empty().then_some(new)
}

/// Has pages of keywords say which keyword they are about by its number of now. Those of one that
/// is gone are no more when the plan is made.
fn renumber(pages: &mut Pages, before: &Archive, archive: &Archive) {
    let now: BTreeMap<&str, KeywordId> =
        archive.keywords.iter().zip(0..).map(|(shelf, at)| (shelf.id.as_str(), KeywordId(at))).collect();
    let numbers: Vec<Option<KeywordId>> =
        before.keywords.iter().map(|shelf| now.get(shelf.id.as_str()).copied()).collect();
    pages.about("keywords/", |subject| {
        if let Subject::Keyword(id) = subject {
            *id = numbers[id.0].unwrap_or(*id);
        }
    });
}

/// Lists that an entry stands on.
#[derive(Default)]
struct EntryLists {
    /// By id, since their numbers may be others before and after.
    keywords: BTreeSet<Slug>,
    tracks: BTreeSet<usize>,
    contested: bool,
    collections: BTreeSet<usize>,
    actors: BTreeSet<Slug>,
    people: BTreeSet<PersonId>,
    cited: BTreeSet<EntryId>,
    /// The indexes of keywords.
    all_terms: bool,
    concordance: bool,
}

impl EntryLists {
    /// With those that an entry stands on before or afterwards.
    fn extend(&mut self, (before, after): (&Archive, &Archive), id: EntryId, site: &Site) {
        for archive in [before, after] {
            let record = archive.entry(id);
            let own = archive.entry_keywords[id.0].iter().chain(archive.section_keywords(id));
            self.keywords.extend(own.map(|keyword| archive.keyword(*keyword).id.clone()));
            let tracks: Vec<usize> = archive.track_indexes(id).collect();
            self.contested |= tracks.len() > 1;
            self.tracks.extend(tracks);
            self.actors.extend(archive.entry_actors[id.0].iter().map(|(actor, _)| archive.actor(*actor).id.clone()));
            let named = archive.people_of(id);
            self.people.extend(named);
            self.cited.insert(id);
            self.cited.extend(archive.ties[id.0].iter().map(|tie| tie.other));
            self.cited.extend(archive.entry_links[id.0].iter().flatten().flat_map(|goal| match goal {
                Goal::Entry { id, .. } => vec![*id, archive.principal(*id)],
                _ => Vec::new(),
            }));
            self.concordance |= record.own.listed.is_some();
            self.all_terms |= archive.section_keywords(id).next().is_some();
        }
        let collection = &after.entry(id).collection;
        self.collections.extend(site.collections.iter().position(|known| known.id == *collection));
        let keywords = |archive: &Archive| archive.entry_keywords[id.0].to_vec();
        // An index lists terms that have a work at all, or one of a track.
        self.all_terms |= keywords(before) != keywords(after) || !before.track_indexes(id).eq(after.track_indexes(id));
    }

    /// The first page of each.
    fn homes(&self, before: &Archive, site: &Site) -> Vec<Permalink> {
        let at = Permalink::new;
        let mut homes = vec![at("timeline.html")];
        homes.extend(self.all_terms.then(|| at("keywords/index.html")));
        homes.extend(self.concordance.then(|| at("concordance.html")));
        homes.extend((self.contested && !site.tracks.is_empty()).then(|| at("tracks/index.html")));
        for (index, track) in site.tracks.iter().enumerate() {
            if self.tracks.contains(&index) {
                homes.push(Permalink::track(track, "index.html"));
                homes.push(Permalink::track(track, "timeline.html"));
            }
            homes.extend(self.all_terms.then(|| Permalink::track(track, "keywords.html")));
        }
        homes.extend(self.collections.iter().map(|index| Permalink::collection(&site.collections[*index])));
        homes.extend(self.keywords.iter().map(Permalink::keyword));
        homes.extend(self.actors.iter().map(Permalink::actor));
        homes.extend(self.people.iter().map(|id| Permalink::person(&before.person(*id).id)));
        homes.extend(self.cited.iter().map(|id| {
            let record = before.entry(*id);
            Permalink::entry(&record.collection, record.slug.as_str())
        }));
        homes
    }

    /// All pages of each.
    fn pages(&self, archive: &Archive, site: &Site) -> Vec<Page> {
        let cutting = &Cutting::new(archive, site);
        let at = Permalink::new;
        let in_time = || plan::list(at("timeline.html"), Subject::Timeline, cutting.timeline()).collect::<Vec<_>>();
        let of_tracks = || {
            let mut pages = Vec::new();
            for &index in &self.tracks {
                pages.extend(plan::of_track(cutting, site, index));
            }
            pages
        };
        let of_collections = || {
            let of = |index: &usize| {
                let permalink = Permalink::collection(&site.collections[*index]);
                plan::list(permalink, Subject::Collection(*index), cutting.collection(*index))
            };
            self.collections.iter().flat_map(of).collect::<Vec<_>>()
        };
        let ((in_time, of_tracks), (of_collections, others)) = parallel::both(
            || (in_time(), of_tracks()),
            || (of_collections(), self.short_lists(cutting, archive, site)),
        );
        [in_time, of_tracks, of_collections, others].concat()
    }

    fn short_lists(&self, cutting: &Cutting<'_>, archive: &Archive, site: &Site) -> Vec<Page> {
        let at = Permalink::new;
        let mut pages = Vec::new();
        if self.all_terms {
            pages.extend(plan::list(at("keywords/index.html"), Subject::Keywords, cutting.index(None)));
            for index in 0..site.tracks.len() {
                pages.extend(plan::terms_of_track(cutting, site, index));
            }
        }
        if self.concordance {
            pages.extend(plan::list(at("concordance.html"), Subject::Concordance, cutting.concordance()));
        }
        if self.contested && !site.tracks.is_empty() {
            pages.extend(plan::list(at("tracks/index.html"), Subject::Tracks, cutting.contested()));
        }
        for id in self.keywords.iter().filter_map(|id| archive.keyword_with_id(id.as_str())) {
            let permalink = Permalink::keyword(&archive.keyword(id).id);
            pages.extend(plan::list(permalink, Subject::Keyword(id), cutting.keyword(id)));
        }
        for id in self.actors.iter().filter_map(|id| archive.actor_with_id(id.as_str())) {
            pages.extend(plan::list(Permalink::actor(&archive.actor(id).id), Subject::Actor(id), cutting.actor(id)));
        }
        for &id in &self.people {
            pages.extend(plan::list(
                Permalink::person(&archive.person(id).id),
                Subject::Person(id),
                cutting.person(id),
            ));
        }
        for &id in &self.cited {
            pages.extend(plan::of_own_page(archive.entry(id), id, cutting));
        }
        pages
    }
}
