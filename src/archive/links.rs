//! Where links lead, and who links here.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use super::{ActorId, EntryId, KeywordId, Known, Locus, Origin, Records, TextId, ledger::Head, lists::Lists};
use crate::{
    diagnostic::{Diagnostic, did_you_mean, nearest},
    entry::{Outgoing, Record, Shows, Spot, Target, TextRecord},
    fingerprint::{Fingerprint, FingerprintMap},
    leaves::Leaves,
    site::{Site, Slug},
};

type Told<'a> = &'a mut Vec<Diagnostic<Locus>>;

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Goal {
    Entry {
        id: EntryId,
        section: Option<String>,
    },
    Text {
        id: TextId,
        section: Option<String>,
    },
    Keyword(KeywordId),
    Actor(ActorId),
    /// A heading of the page itself.
    Here(String),
    /// A relative address; the plan knows whether it exists.
    Address(String),
    /// A draft: the link is shown as plain words.
    Withheld,
}

/// That a text links to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backlink {
    pub from: Origin,
    /// Index of the citing text's links.
    pub link: usize,
}

/// A relation as one of its two works reads it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tie {
    /// Index of the site's relations.
    pub kind: usize,
    pub other: EntryId,
    /// Whether the other work states it.
    pub inverse: bool,
    pub because: Option<String>,
}

/// What exists without a page.
#[derive(Debug, Default, PartialEq)]
pub struct Withheld {
    /// Ids of entries that cannot be read.
    pub unreadable: HashSet<Slug>,
    /// Ids of entries that are drafts.
    pub drafts: HashSet<Slug>,
    /// Paths of pages that are drafts.
    pub draft_texts: Vec<String>,
}

/// Everything that a link can name.
pub struct Names<'a> {
    pub by_slug: &'a FingerprintMap<EntryId>,
    entries: &'a Records,
    texts: &'a [Arc<TextRecord>],
    withheld: &'a Withheld,
    /// Found out for the first link that names a file: most are by id.
    by_path: OnceLock<HashMap<&'a str, Origin>>,
}

impl<'a> Names<'a> {
    pub fn new(
        entries: &'a Records,
        texts: &'a [Arc<TextRecord>],
        by_slug: &'a FingerprintMap<EntryId>,
        withheld: &'a Withheld,
    ) -> Self {
        Names { by_slug, entries, texts, withheld, by_path: OnceLock::new() }
    }

    fn by_path(&self) -> &HashMap<&'a str, Origin> {
        self.by_path.get_or_init(|| {
            let entry = |(index, entry): (usize, &'a Arc<Record>)| (&*entry.path, Origin::Entry(EntryId(index)));
            let text = |(index, text): (usize, &'a Arc<TextRecord>)| (&*text.path, Origin::Text(TextId(index)));
            self.entries.iter().enumerate().map(entry).chain(self.texts.iter().enumerate().map(text)).collect()
        })
    }

    /// `Ok(None)` where the entry exists but has no page.
    fn entry(&self, slug: &str, place: impl Fn() -> Locus) -> Result<Option<EntryId>, Diagnostic<Locus>> {
        if let Some(&id) = self.by_slug.get(&Fingerprint::of_bytes(slug.as_bytes())) {
            return Ok(Some(id));
        }
        if self.withheld.unreadable.contains(slug) {
            return Ok(None);
        }
        if self.withheld.drafts.contains(slug) {
            return Err(draft_entry(place(), slug));
        }
        let aliases = |record: &'a Record| record.own.aliases.iter().filter(|alias| Slug::new(alias).is_some());
        let known = self
            .entries
            .iter()
            .flat_map(|record| std::iter::once(record.slug.as_str()).chain(aliases(record).map(String::as_str)));
        Err(Diagnostic::error("unknown-entry", place(), format!("there is no entry `{slug}`")).help(
            did_you_mean(slug, known).unwrap_or_else(|| {
                "an entry's id is its file's name, less a number before it and `.md` behind it".to_string()
            }),
        ))
    }
}

fn draft_entry(place: Locus, name: &str) -> Diagnostic<Locus> {
    Diagnostic::warning("draft-entry", place, format!("`{name}` is a draft: the link leads nowhere"))
        .help("publish it, or build with `--drafts`".to_string())
}

/// Each entry's principal: where its `same-as` leads, step by step.
pub fn principals(entries: &Records, heads: &Leaves<Head>, names: &Names<'_>, told: Told<'_>) -> Vec<EntryId> {
    let place = |index: usize| Locus { origin: Origin::Entry(EntryId(index)), spot: Spot::field("same-as") };
    let next: Vec<Option<EntryId>> = entries
        .iter()
        .enumerate()
        .map(|(index, record)| {
            if heads[index].plain {
                return None;
            }
            let slug = record.own.same_as.as_ref()?;
            names.entry(slug, || place(index)).unwrap_or_else(|fault| {
                told.push(fault);
                None
            })
        })
        .collect();
    let mut reported = HashSet::new();
    (0..entries.len())
        .map(|index| {
            if next[index].is_none() {
                return EntryId(index);
            }
            let mut trail = vec![index];
            let mut at = index;
            while let Some(EntryId(step)) = next[at] {
                if let Some(start) = trail.iter().position(|&seen| seen == step) {
                    let cycle = &trail[start..];
                    if cycle.iter().all(|member| reported.insert(*member)) {
                        let path: Vec<&str> =
                            cycle.iter().chain([&step]).map(|&member| entries[member].slug.as_str()).collect();
                        let mut fault = Diagnostic::error(
                            "same-as-cycle",
                            place(cycle[0]),
                            format!("these entries are each the same as the next: `{}`", path.join("` → `")),
                        )
                        .help("take `same-as` out of the entry that is to stand for the work".to_string());
                        for &member in &cycle[1..] {
                            fault = fault.also(place(member), "and here");
                        }
                        told.push(fault);
                    }
                    return EntryId(index);
                }
                trail.push(step);
                at = step;
            }
            EntryId(at)
        })
        .collect()
}

/// The goals of every text's links.
pub struct Goals {
    pub entries: Lists<Option<Goal>>,
    pub texts: Lists<Option<Goal>>,
}

impl Known<'_> {
    /// What a link of a text leads to.
    pub fn goal(&self, origin: Origin, outgoing: &Outgoing, index: usize, told: Told<'_>) -> Option<Goal> {
        let link = &outgoing.links[index];
        match self.find(&link.target, outgoing, || Locus { origin, spot: Spot::Link(index) }) {
            Ok(goal) => goal,
            Err(mut fault) => {
                let draft = fault.code == "draft-entry";
                if link.shows == Shows::InSentence && fault.code == "unknown-entry" {
                    let meant = fault.help.take().filter(|help| help.starts_with("did you mean"));
                    let other = "write `\\@` for an at sign that cites nothing";
                    fault.help = Some(meant.map_or_else(|| other.to_string(), |meant| format!("{meant} Or {other}")));
                }
                // The keywords of headings were looked at with the record.
                let of_heading = matches!(link.target, Target::Keyword(_)) && link.context.is_empty();
                if !of_heading || matches!(origin, Origin::Text(_)) {
                    told.push(fault);
                }
                draft.then_some(Goal::Withheld)
            }
        }
    }

    fn find(
        &self,
        target: &Target,
        own: &Outgoing,
        place: impl Fn() -> Locus,
    ) -> Result<Option<Goal>, Diagnostic<Locus>> {
        Ok(Some(match target {
            Target::Entry { slug, section } => {
                let Some(id) = self.names.entry(slug, &place)? else { return Ok(None) };
                section_exists(section.as_deref(), &self.entries[id.0].outgoing, &place)?;
                Goal::Entry { id, section: section.clone() }
            }
            Target::Keyword(id) => match self.keyword_ids.get(&Fingerprint::of_bytes(id.as_bytes())) {
                Some(&id) => Goal::Keyword(id),
                None if self.keywords.allows(id) => return Ok(None),
                None => return Err(self.keywords.unknown(id, place())),
            },
            Target::Actor(id) => match self.actor_ids.get(&Fingerprint::of_bytes(id.as_bytes())) {
                Some(&id) => Goal::Actor(id),
                None if self.actors.allows(id) => return Ok(None),
                None => return Err(self.actors.unknown(id, place())),
            },
            Target::Section(section) => {
                section_exists(Some(section), own, &place)?;
                Goal::Here(section.clone())
            }
            Target::File { path, section } => {
                match self.names.by_path().get(path.strip_suffix(".md").unwrap_or(path)) {
                    Some(&Origin::Entry(id)) => {
                        section_exists(section.as_deref(), &self.entries[id.0].outgoing, &place)?;
                        Goal::Entry { id, section: section.clone() }
                    }
                    Some(&Origin::Text(id)) => {
                        section_exists(section.as_deref(), &self.texts[id.0].outgoing, &place)?;
                        Goal::Text { id, section: section.clone() }
                    }
                    None if self
                        .names
                        .withheld
                        .draft_texts
                        .iter()
                        .any(|draft| Some(draft.as_str()) == path.strip_suffix(".md")) =>
                    {
                        return Err(draft_entry(place(), path));
                    }
                    None => {
                        return Err(Diagnostic::error(
                            "unknown-file",
                            place(),
                            format!("there is no file `content/{path}`"),
                        )
                        .help(
                            nearest(path.strip_suffix(".md").unwrap_or(path), self.names.by_path().keys().copied())
                                .map_or_else(
                                    || "write the path as seen from the folder of this file".to_string(),
                                    |near| format!("did you mean `content/{near}.md`?"),
                                ),
                        ));
                    }
                }
            }
            Target::Address(address) => Goal::Address(address.clone()),
        }))
    }
}

fn section_exists(
    section: Option<&str>,
    outgoing: &Outgoing,
    place: &impl Fn() -> Locus,
) -> Result<(), Diagnostic<Locus>> {
    let Some(section) = section else { return Ok(()) };
    if outgoing.sections.iter().any(|known| known.id == section) {
        return Ok(());
    }
    let known: Vec<&str> = outgoing.sections.iter().map(|known| known.id.as_str()).collect();
    let help = did_you_mean(section, known.iter().copied()).unwrap_or_else(|| {
        if known.is_empty() {
            "there are no headings; link to the page as a whole".to_string()
        } else {
            format!("the sections are `{}`", known.join("`, `"))
        }
    });
    Err(Diagnostic::error("unknown-section", place(), format!("there is no section `{section}` there")).help(help))
}

/// For each entry the links that lead to it from other works and from pages, in time,
/// pages last. A work is cited, whichever of its entries a link names; a sentence that
/// names it several times cites it once.
pub fn backlinks(
    entries: &Records,
    texts: &[Arc<TextRecord>],
    goals: &Goals,
    principals: &[EntryId],
    (works, doubles): (&[EntryId], &[Vec<EntryId>]),
) -> Lists<Backlink> {
    let order = works.iter().flat_map(|work| std::iter::once(work).chain(&doubles[work.0]));
    let from_entries = order.map(|&id| (Origin::Entry(id), &goals.entries[id.0]));
    let from_texts = goals.texts.iter().enumerate().map(|(index, goals)| (Origin::Text(TextId(index)), goals));
    let mut all: Vec<(usize, Backlink)> = Vec::new();
    for (from, goals) in from_entries.chain(from_texts) {
        let outgoing = match from {
            Origin::Entry(id) => &entries[id.0].outgoing,
            Origin::Text(id) => &texts[id.0].outgoing,
        };
        cited(from, outgoing, goals, principals, &mut all);
    }
    Lists::deal(entries.len(), &all)
}

/// The entries that a text cites, each with the link, behind what there is of `all`.
pub fn cited(
    from: Origin,
    outgoing: &Outgoing,
    goals: &[Option<Goal>],
    principals: &[EntryId],
    all: &mut Vec<(usize, Backlink)>,
) {
    let sentence = |link: usize| outgoing.links[link].sentence;
    let start = all.len();
    for (link, goal) in goals.iter().enumerate() {
        let Some(Goal::Entry { id, .. }) = goal else { continue };
        let principal = principals[id.0];
        let own = matches!(from, Origin::Entry(origin) if principals[origin.0] == principal);
        if own {
            continue;
        }
        for cited in std::iter::once(principal.0).chain((id.0 != principal.0).then_some(id.0)) {
            let quoted = |(known, backlink): &(usize, Backlink)| {
                let within = || sentence(link);
                *known == cited && within().is_some() && sentence(backlink.link) == within()
            };
            if !all[start..].iter().any(quoted) {
                all.push((cited, Backlink { from, link }));
            }
        }
    }
}

/// For each entry its relations, stated and inverse, in the order of the site's kinds.
pub fn ties(
    entries: &Records,
    heads: &Leaves<Head>,
    names: &Names<'_>,
    principals: &[EntryId],
    site: &Site,
    told: Told<'_>,
) -> Vec<Vec<Tie>> {
    let mut ties: Vec<Vec<Tie>> = vec![Vec::new(); entries.len()];
    for (index, record) in entries.iter().enumerate().filter(|(index, _)| !heads[*index].plain) {
        for (position, relation) in record.own.relations.iter().enumerate() {
            let at = |field: &'static str| {
                move || Locus {
                    origin: Origin::Entry(EntryId(index)),
                    spot: Spot::item("relations", position, Some(field)),
                }
            };
            let kind = site.relations.iter().position(|kind| kind.id.as_str() == relation.kind);
            if kind.is_none() {
                let known: Vec<&str> = site.relations.iter().map(|kind| kind.id.as_str()).collect();
                told.push(
                    Diagnostic::error(
                        "unknown-relation",
                        at("type")(),
                        format!("there is no relation `{}`", relation.kind),
                    )
                    .help(
                        did_you_mean(&relation.kind, known.iter().copied())
                            .unwrap_or_else(|| format!("known here: {}", known.join(", "))),
                    ),
                );
            }
            let other = match names.entry(&relation.to, at("to")) {
                Ok(other) => other,
                Err(fault) => {
                    told.push(fault);
                    None
                }
            };
            let (Some(kind), Some(other)) = (kind, other) else { continue };
            if principals[other.0] == principals[index] {
                told.push(
                    Diagnostic::error("self-relation", at("to")(), format!("`{}` is the same work", relation.to))
                        .help("a relation ties two works; one that is listed twice has `same-as`".to_string()),
                );
                continue;
            }
            let because = &relation.because;
            let stated = Tie { kind, other, inverse: false, because: because.clone() };
            let inverse = Tie { kind, other: EntryId(index), inverse: true, because: because.clone() };
            ties[index].push(stated);
            ties[other.0].push(inverse);
        }
    }
    // A work has the ties of all its entries.
    for index in 0..entries.len() {
        let principal = principals[index].0;
        if principal != index {
            let own = std::mem::take(&mut ties[index]);
            for tie in own {
                if !ties[principal].contains(&tie) {
                    ties[principal].push(tie);
                }
            }
        }
    }
    for list in &mut ties {
        list.sort_by_key(|tie| (tie.kind, tie.inverse, tie.other));
    }
    let of_works = ties.clone();
    for (index, principal) in principals.iter().enumerate() {
        if principal.0 != index {
            ties[index].clone_from(&of_works[principal.0]);
        }
    }
    ties
}
