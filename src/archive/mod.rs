//! All entries as one linked whole: ids, backlinks, keywords, actors, people,
//! tracks, time.
//!
//! In: the records of all entries and pages, and the two vocabularies. Out:
//! [`Archive`]: ids as small integers in flat lists, each list in the order in which
//! readers see it. Absent on purpose: Markdown bodies, HTML, addresses, templates.
//!
//! Entries that are listed twice (`same-as`) are one *work*. The entry without
//! `same-as` is its principal; indexes, tracks and timelines hold principals alone.

mod check;
mod index;
mod ledger;
mod links;
mod lists;
mod related;
mod relink;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use jiff::civil::Date as Day;

use crate::{
    collate::Collation,
    diagnostic::{Checked, Diagnostic},
    entry::{ActorRole, NamedPerson, Record, Role, Spelling, Spot, TextRecord},
    fingerprint::{Fingerprint, FingerprintMap},
    leaves::{LEAF, Leaves},
    parallel,
    site::{Site, Slug},
    vocabulary::{Actor, ActorKind, Keyword, Vocabulary},
};

use index::Shelves;
use ledger::{Head, Ledger};
use links::{Goals, Names, Withheld};
use lists::Lists;

pub use links::{Backlink, Goal, Tie};
pub use related::Related;
pub use relink::{Words, relink};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub usize);
        )+
    };
}

ids! {
    /// Index of [`Archive::entries`].
    EntryId,
    /// Index of [`Archive::texts`].
    TextId,
    /// Index of [`Archive::keywords`].
    KeywordId,
    /// Index of [`Archive::actors`].
    ActorId,
    /// Index of [`Archive::people`].
    PersonId,
}

/// The records of all entries.
pub type Records = Leaves<Arc<Record>>;

/// The text that a link stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    Entry(EntryId),
    Text(TextId),
}

/// Part of a file, as far as the archive knows files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locus {
    pub origin: Origin,
    pub spot: Spot,
}

/// What is linked.
pub struct Material<'a> {
    /// In the order of their paths.
    pub entries: Vec<Arc<Record>>,
    pub texts: Vec<Arc<TextRecord>>,
    /// Ids that exist without a page: unreadable entries.
    pub unreadable: Vec<Slug>,
    /// Ids of entries that are held back.
    pub drafts: Vec<Slug>,
    /// Paths of pages that are held back.
    pub draft_texts: Vec<String>,
    pub keywords: &'a Vocabulary<Keyword>,
    pub actors: &'a Vocabulary<Actor>,
}

/// An archive shares with the one that it was made from whatever is the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    pub entries: Records,
    pub texts: Arc<Vec<Arc<TextRecord>>>,
    /// For each entry the principal of its work; itself for most.
    pub principals: Arc<Vec<EntryId>>,
    /// For each principal the other entries of its work.
    pub doubles: Arc<Vec<Vec<EntryId>>>,
    /// Principals in time, the undated last.
    pub works: Arc<Vec<EntryId>>,
    /// Where in `works` each principal stands; a double has its principal's place.
    pub time_rank: Arc<Vec<usize>>,
    /// For each collection of the site its entries in the list's order.
    pub lists: Arc<Vec<Vec<EntryId>>>,
    /// Goals of each entry's links, and of each text's; `None` where there was a fault.
    pub entry_links: Lists<Option<Goal>>,
    pub text_links: Lists<Option<Goal>>,
    /// For each entry, by the rank of the citing text.
    pub backlinks: Lists<Backlink>,
    /// For each entry the ties that it or the other work states.
    pub ties: Arc<Vec<Vec<Tie>>>,
    /// By label, in the site's language.
    pub keywords: Vec<Arc<KeywordShelf>>,
    /// By name.
    pub actors: Arc<Vec<ActorShelf>>,
    /// By name.
    pub people: Arc<Vec<Person>>,
    /// For each person their works, in time.
    pub person_works: Lists<(EntryId, Role)>,
    /// For each entry its keywords, as they are written.
    pub entry_keywords: Lists<KeywordId>,
    pub entry_actors: Lists<(ActorId, Option<ActorRole>)>,
    /// For each track of the site its works, in time.
    pub tracks: Vec<Arc<Vec<EntryId>>>,
    /// For each entry the tracks that it claims, as indexes of the site's.
    entry_tracks: Lists<usize>,
    /// For each entry the keywords of its sections, each with the index of its section.
    entry_sections: Lists<(usize, KeywordId)>,
    /// Works of no track, in time.
    pub common: Arc<Vec<EntryId>>,
    holders: related::Holders,
    ledger: Ledger,
    actor_names: Arc<HashMap<String, ActorId>>,
    person_of: Arc<FingerprintMap<PersonId>>,
    by_slug: Arc<FingerprintMap<EntryId>>,
    keyword_ids: Arc<FingerprintMap<KeywordId>>,
    actor_ids: Arc<FingerprintMap<ActorId>>,
    withheld: Arc<Withheld>,
}

/// A keyword and all that it leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct KeywordShelf {
    pub id: Slug,
    pub label: String,
    pub definition: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub aliases: Vec<String>,
    /// Each of the three by label.
    pub broader: Vec<KeywordId>,
    pub narrower: Vec<KeywordId>,
    pub related: Vec<KeywordId>,
    /// In time.
    pub works: Vec<EntryId>,
    /// Sections that treat it: entry and index of its section, in time.
    pub sections: Vec<(EntryId, usize)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ActorShelf {
    pub id: Slug,
    pub name: String,
    pub kind: Option<ActorKind>,
    pub description: Option<String>,
    pub aliases: Vec<String>,
    pub part_of: Option<ActorId>,
    pub parts: Vec<ActorId>,
    /// In time, each with what the actor has to do with it.
    pub works: Vec<(EntryId, Option<ActorRole>)>,
}

/// Someone who wrote, edited or translated a work.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: Slug,
    /// As the first of their works names them.
    pub named: Arc<NamedPerson>,
}

impl Archive {
    pub fn entry(&self, id: EntryId) -> &Record {
        &self.entries[id.0]
    }

    pub fn text(&self, id: TextId) -> &TextRecord {
        &self.texts[id.0]
    }

    pub fn keyword(&self, id: KeywordId) -> &KeywordShelf {
        &self.keywords[id.0]
    }

    pub fn actor(&self, id: ActorId) -> &ActorShelf {
        &self.actors[id.0]
    }

    pub fn person(&self, id: PersonId) -> &Person {
        &self.people[id.0]
    }

    pub fn principal(&self, id: EntryId) -> EntryId {
        self.principals[id.0]
    }

    /// The other entries of the same work.
    pub fn other_listings(&self, id: EntryId) -> Vec<EntryId> {
        let principal = self.principal(id);
        std::iter::once(principal)
            .chain(self.doubles[principal.0].iter().copied())
            .filter(|&other| other != id)
            .collect()
    }

    /// The actor that a citation's institution is, by its name or an alias.
    pub fn actor_named(&self, name: &str) -> Option<ActorId> {
        self.actor_names.get(&name.to_lowercase()).copied()
    }

    pub fn person_named(&self, name: &crate::entry::Name) -> Option<PersonId> {
        self.person_of.get(&Spelling::fingerprint_of(name)?).copied()
    }

    /// The works before and after in time, among those that are dated.
    pub fn time_neighbours(&self, id: EntryId) -> (Option<EntryId>, Option<EntryId>) {
        let rank = self.time_rank[id.0];
        let dated = |id: &EntryId| self.year(*id).is_some();
        if !dated(&self.works[rank]) {
            return (None, None);
        }
        let before = rank.checked_sub(1).map(|rank| self.works[rank]);
        let after = self.works.get(rank + 1).copied().filter(dated);
        (before, after)
    }

    /// The entries before and after in their list.
    pub fn list_neighbours(&self, id: EntryId, site: &Site) -> (Option<EntryId>, Option<EntryId>) {
        let record = self.entry(id);
        let Some(list) = site.collections.iter().position(|collection| collection.id == record.collection) else {
            return (None, None);
        };
        let list = &self.lists[list];
        let rank = |other: &EntryId| self.list_rank(*other).cmp(&self.list_rank(id));
        let Ok(at) = list.binary_search_by(rank) else {
            return (None, None);
        };
        (at.checked_sub(1).map(|at| list[at]), list.get(at + 1).copied())
    }

    fn list_rank(&self, id: EntryId) -> (u32, &str) {
        let record = self.entry(id);
        (record.number.unwrap_or(u32::MAX), record.slug.as_str())
    }

    /// The claims of the work: those of its principal, in the order of the site's tracks.
    pub fn track_indexes(&self, id: EntryId) -> impl Iterator<Item = usize> + '_ {
        self.entry_tracks[self.principal(id).0].iter().copied()
    }

    /// The keywords of an entry's sections, one after the other.
    pub fn section_keywords(&self, id: EntryId) -> impl Iterator<Item = &KeywordId> + Clone {
        self.entry_sections[id.0].iter().map(|(_, keyword)| keyword)
    }

    /// Everyone whom an entry names and who has a page.
    pub fn people_of(&self, id: EntryId) -> impl Iterator<Item = PersonId> + '_ {
        self.ledger.people[id.0].iter().filter_map(|mention| self.person_of.get(&mention.spelling).copied())
    }

    pub fn keyword_with_id(&self, id: &str) -> Option<KeywordId> {
        self.keyword_ids.get(&Fingerprint::of_bytes(id.as_bytes())).copied()
    }

    pub fn actor_with_id(&self, id: &str) -> Option<ActorId> {
        self.actor_ids.get(&Fingerprint::of_bytes(id.as_bytes())).copied()
    }

    /// Entries that say where the source lists them.
    pub fn listed(&self) -> impl Iterator<Item = EntryId> + '_ {
        let heads = self.ledger.heads.iter().zip(0..).filter(|(head, _)| !head.plain);
        heads.map(|(_, id)| EntryId(id)).filter(|id| self.entry(*id).own.listed.is_some())
    }

    /// As [`Filing::length`](crate::entry::Filing::length).
    pub fn card_length(&self, id: EntryId) -> usize {
        usize::try_from(self.ledger.heads[id.0].length).unwrap_or(usize::MAX)
    }

    /// As [`Filing::listed`](crate::entry::Filing::listed).
    pub fn listed_length(&self, id: EntryId) -> usize {
        usize::try_from(self.ledger.heads[id.0].listed).unwrap_or(usize::MAX)
    }

    /// The first and the last day that an entry's date may mean: as
    /// [`Date`](crate::entry::Date) has them. `None` for an undated entry.
    pub fn days(&self, id: EntryId) -> Option<(Day, Day)> {
        self.ledger.heads[id.0].moment.days()
    }

    /// Whether an entry's date is no more than likely, or not wholly known.
    pub fn is_doubtful(&self, id: EntryId) -> bool {
        self.ledger.heads[id.0].doubtful
    }

    /// As [`Date::year`](crate::entry::Date::year); `None` for an undated entry.
    pub fn year(&self, id: EntryId) -> Option<i16> {
        self.ledger.heads[id.0].moment.year()
    }
}

/// Makes one archive of all records. One that was made before of almost the same records
/// makes it quicker, and no other.
///
/// # Errors
/// `double-id`, `double-number`, `unknown-entry`, `unknown-keyword`, `unknown-actor`,
/// `unknown-track`, `unknown-relation`, `unknown-list`, `unknown-section`,
/// `unknown-file`, `same-as-cycle`, `self-relation`, `not-printed`,
/// `unknown-correction-field`; the warning `draft-entry`.
pub fn link(material: Material<'_>, site: &Site, before: Option<&Archive>) -> Checked<Archive, Locus> {
    let mut told: Vec<Diagnostic<Locus>> = Vec::new();
    let Material { entries, texts, unreadable, drafts, draft_texts, keywords, actors } = material;
    let entries: Records = entries.into();
    let unreadable = unreadable.into_iter().collect();
    let withheld = Withheld { unreadable, drafts: drafts.into_iter().collect(), draft_texts };
    let ledger = Ledger::of(&entries, before.map(|archive| (&archive.entries, &archive.ledger)));
    let heads = &ledger.heads;
    let ((by_slug, in_time), mut shelves) = parallel::both(
        || (check::unique(&entries, heads, &mut told), index::in_time(&entries, heads)),
        || Shelves::of(&entries, &ledger, keywords, actors, &Collation::new(&site.language)),
    );
    let names = Names::new(&entries, &texts, &by_slug, &withheld);
    let mut of_works = Vec::new();
    let Works { principals, doubles, works, time_rank } = Works::of(&entries, heads, in_time, &names, &mut of_works);
    let (keyword_ids, actor_ids) = (&shelves.keyword_ids, &shelves.actor_ids);
    let known = Known { entries: &entries, texts: &texts, names: &names, keyword_ids, actor_ids, keywords, actors };
    let (people, leads) =
        parallel::both(|| index::people(&entries, &ledger, &works), || Leads::of(&ledger, &known, site));
    // What is wrong with works is told of behind what is wrong with records, and before links.
    let mut leads = leads;
    told.append(&mut leads.of_records);
    told.append(&mut of_works);
    told.append(&mut leads.of_links);
    let mut text_goals = Lists::default();
    for (index, text) in texts.iter().enumerate() {
        let goal = |link| known.goal(Origin::Text(TextId(index)), &text.outgoing, link, &mut told);
        text_goals.push((0..text.outgoing.links.len()).map(goal));
    }
    let goals = Goals { entries: std::mem::take(&mut leads.goals), texts: text_goals };
    let ties = links::ties(&entries, heads, &names, &principals, site, &mut told);
    let (backlinks, (tracks, lists)) = parallel::both(
        || links::backlinks(&entries, &texts, &goals, &principals, (&works, &doubles)),
        || {
            shelves.fill(&works, &leads);
            (index::tracks(&works, &leads, site), index::lists(&entries, heads, site))
        },
    );
    let common = works.iter().copied().filter(|work| leads.tracks[work.0].is_empty()).collect();
    let archive = Archive {
        holders: related::Holders::of(&works, &principals, &leads.keywords, &backlinks, shelves.keywords.len()),
        principals: Arc::new(principals),
        doubles: Arc::new(doubles),
        works: Arc::new(works),
        time_rank: Arc::new(time_rank),
        lists: Arc::new(lists),
        entry_links: goals.entries,
        text_links: goals.texts,
        backlinks,
        ties: Arc::new(ties),
        actor_names: Arc::new(shelves.actor_names()),
        keywords: shelves.keywords.into_iter().map(Arc::new).collect(),
        actors: Arc::new(shelves.actors),
        people: Arc::new(people.all),
        person_works: people.works,
        entry_keywords: leads.keywords,
        entry_actors: leads.actors,
        tracks: tracks.into_iter().map(Arc::new).collect(),
        entry_tracks: leads.tracks,
        entry_sections: leads.sections,
        common: Arc::new(common),
        person_of: Arc::new(people.by_spelling),
        by_slug: Arc::new(by_slug),
        keyword_ids: Arc::new(shelves.keyword_ids),
        actor_ids: Arc::new(shelves.actor_ids),
        withheld: Arc::new(withheld),
        ledger,
        texts: Arc::new(texts),
        entries,
    };
    Checked { value: archive, diagnostics: told }
}

/// Which entries are one work, and the works in time.
struct Works {
    principals: Vec<EntryId>,
    doubles: Vec<Vec<EntryId>>,
    works: Vec<EntryId>,
    time_rank: Vec<usize>,
}

impl Works {
    /// `in_time` has all entries.
    fn of(
        entries: &Records,
        heads: &Leaves<Head>,
        in_time: Vec<EntryId>,
        names: &Names<'_>,
        told: &mut Vec<Diagnostic<Locus>>,
    ) -> Self {
        let principals = links::principals(entries, heads, names, told);
        let mut doubles = vec![Vec::new(); entries.len()];
        for (index, principal) in principals.iter().enumerate() {
            if principal.0 != index {
                doubles[principal.0].push(EntryId(index));
            }
        }
        let mut works = in_time;
        works.retain(|id| principals[id.0] == *id);
        let mut time_rank = vec![0; entries.len()];
        for (rank, work) in works.iter().enumerate() {
            time_rank[work.0] = rank;
        }
        for (index, principal) in principals.iter().enumerate() {
            time_rank[index] = time_rank[principal.0];
        }
        Works { principals, doubles, works, time_rank }
    }
}

/// All that the ids and links of a record can name.
struct Known<'a> {
    entries: &'a Records,
    texts: &'a [Arc<TextRecord>],
    names: &'a Names<'a>,
    keyword_ids: &'a FingerprintMap<KeywordId>,
    actor_ids: &'a FingerprintMap<ActorId>,
    keywords: &'a Vocabulary<Keyword>,
    actors: &'a Vocabulary<Actor>,
}

/// What the ids and links of entries lead to, and what is wrong with them; lists are by
/// entry.
#[derive(Default)]
struct Leads {
    /// As they are written.
    keywords: Lists<KeywordId>,
    actors: Lists<(ActorId, Option<ActorRole>)>,
    /// Indexes of the site's tracks.
    tracks: Lists<usize>,
    /// Keywords of sections, each with the index of its section.
    sections: Lists<(usize, KeywordId)>,
    goals: Lists<Option<Goal>>,
    of_records: Vec<Diagnostic<Locus>>,
    of_links: Vec<Diagnostic<Locus>>,
}

impl Leads {
    fn of(ledger: &Ledger, known: &Known<'_>, site: &Site) -> Self {
        let tracks = track_ids(site);
        let leaves: Vec<usize> = (0..known.entries.leaves().len()).collect();
        let parts: Vec<Leads> = parallel::map(&leaves, |leaf| {
            let start = leaf * LEAF;
            let entries = start..start + known.entries.leaves()[*leaf].len();
            let mut part = Leads::with_room(ledger, entries.clone());
            for index in entries {
                part.push(index, ledger, known, &tracks, site);
            }
            part
        });
        let mut all = Leads::default();
        for part in parts {
            all.append(part);
        }
        all
    }

    /// Empty, with room for what the entries of a leaf lead to: lists that grow are copied again
    /// and again.
    fn with_room(ledger: &Ledger, entries: Range<usize>) -> Self {
        let of = |length: &dyn Fn(usize) -> usize| entries.clone().map(length).sum();
        Leads {
            keywords: Lists::with_room(of(&|entry| ledger.keywords[entry].len())),
            actors: Lists::with_room(of(&|entry| ledger.actors[entry].len())),
            tracks: Lists::with_room(of(&|entry| ledger.tracks[entry].len())),
            sections: Lists::with_room(of(&|entry| ledger.sections[entry].len())),
            goals: Lists::with_room(of(&|entry| ledger.links[entry].len())),
            of_records: Vec::new(),
            of_links: Vec::new(),
        }
    }

    fn push(&mut self, index: usize, ledger: &Ledger, known: &Known<'_>, tracks: &[Fingerprint], site: &Site) {
        let Known { entries, names, keyword_ids, actor_ids, keywords, actors, .. } = known;
        let claims = &ledger.tracks[index];
        let keyword = |id: &Fingerprint| keyword_ids.get(id).copied();
        self.tracks.push((0..tracks.len()).filter(|track| claims.contains(&tracks[*track])));
        self.keywords.push(ledger.keywords[index].iter().filter_map(keyword));
        self.sections.push(ledger.sections[index].iter().filter_map(|(section, id)| Some((*section, keyword(id)?))));
        self.actors.push(ledger.actors[index].iter().filter_map(|(id, role)| Some((*actor_ids.get(id)?, *role))));
        // Where each id is known, and stands once, nothing is wrong.
        let sound = ledger.heads[index].plain
            && keywords.is_readable()
            && actors.is_readable()
            && claims.len() == self.tracks.last().len()
            && ledger.keywords[index].len() == self.keywords.last().len()
            && all_differ(self.keywords.last())
            && ledger.sections[index].len() == self.sections.last().len()
            && ledger.actors[index].len() == self.actors.last().len();
        if !sound {
            check::record(index, &entries[index], known, site, &mut self.of_records);
        }
        let goal = |(link, id): (usize, &Option<Fingerprint>)| match id.and_then(|id| names.by_slug.get(&id)) {
            Some(&id) => Some(Goal::Entry { id, section: None }),
            None => known.goal(Origin::Entry(EntryId(index)), &entries[index].outgoing, link, &mut self.of_links),
        };
        self.goals.push(ledger.links[index].iter().enumerate().map(goal));
    }

    fn append(&mut self, other: Self) {
        let Leads { keywords, actors, tracks, sections, goals, mut of_records, mut of_links } = other;
        self.keywords.append(keywords);
        self.actors.append(actors);
        self.tracks.append(tracks);
        self.sections.append(sections);
        self.goals.append(goals);
        self.of_records.append(&mut of_records);
        self.of_links.append(&mut of_links);
    }
}

fn track_ids(site: &Site) -> Vec<Fingerprint> {
    site.tracks.iter().map(|track| Fingerprint::of_bytes(track.id.as_str().as_bytes())).collect()
}

fn all_differ<T: PartialEq>(few: &[T]) -> bool {
    few.iter().enumerate().all(|(index, one)| !few[..index].contains(one))
}
