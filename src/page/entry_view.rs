//! An entry's own page.

use std::cmp::Ordering;

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    cite_view::{CiteView, cite_view},
    citing::Citing,
    cutting::{BACKLINKS, TIES},
    html::{self, Html},
    parts::{PartsView, Piece},
    plan::Page,
    record_view::{CreatorsView, FactView, IdentifierView, TitleView, creators, facts, identifiers, titles},
    view::{Frame, LinkView, TrackBadge, entry_link, kind_label, link, track_badge},
    world::{Margin, World},
};
use crate::{
    archive::{Backlink, EntryId, Origin, Related, Tie},
    entry::{Fill, Record},
};

/// What `entry.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct EntryView {
    pub page: Frame,
    /// `Reference 24`
    pub label: String,
    pub collection: LinkView,
    pub kind: String,
    /// The title in other languages and scripts.
    pub titles: Vec<TitleView>,
    pub summary: Option<String>,
    /// Authors, editors and the like, in this order.
    pub creators: Vec<CreatorsView>,
    /// A `time` element.
    pub date: Option<Html>,
    /// Rows of the bibliographic record.
    pub facts: Vec<FactView>,
    pub identifiers: Vec<IdentifierView>,
    pub tracks: Vec<ClaimView>,
    pub keywords: Vec<LinkView>,
    pub actors: Vec<ActorRow>,
    /// Each place where the source lists the work, this entry's own first.
    pub listed: Vec<ListedView>,
    pub corrections: Vec<CorrectionView>,
    /// `None` where the archive offers no style of citations.
    pub cite: Option<CiteView>,
    /// `1982`, `2006–2020`: this work's own place among its relations.
    pub year: Option<String>,
    /// In time: works of an earlier year, then of the same or none, then of a later one.
    pub relations: Vec<RelationView>,
    pub basis: Option<&'static str>,
    pub draft: bool,
    pub body: Html,
    pub notes: Vec<NoteView>,
    /// A list of the works that the text cites, as the first style has them.
    pub works_cited: Option<Html>,
    pub contents: Vec<ContentsView>,
    /// The entry that stands for the work, on the page of another listing.
    pub principal: Option<LinkView>,
    pub backlinks: Vec<BacklinkView>,
    pub related: Vec<RelatedView>,
    pub previous_in_list: Option<LinkView>,
    pub next_in_list: Option<LinkView>,
    pub previous_in_time: Option<LinkView>,
    pub next_in_time: Option<LinkView>,
    /// Where the works stand that cite this one or have a relation to it, if they are too many
    /// for this page.
    pub cited: Option<CitedParts>,
}

/// The way to the works that cite another or have a relation to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CitedParts {
    /// How many passages cite the work and how many relations it has, if they stand on those
    /// pages; else 0.
    pub backlinks: usize,
    pub relations: usize,
    pub parts: PartsView,
}

impl CitedParts {
    fn of(piece: &Piece, world: &World<'_>, id: EntryId, at: &Permalink) -> Self {
        let counted = |kind| piece.split.parts.iter().flat_map(|part| &part.rows).filter(|row| row.1 == kind).count();
        let title = &world.archive.entry(id).citation.title;
        let mut parts = PartsView { next: None, ..PartsView::of(piece, title, at) };
        // The entry's text may have any ids.
        for group in &mut parts.groups {
            group.id = None;
        }
        CitedParts { backlinks: counted(BACKLINKS), relations: counted(TIES), parts }
    }

    fn has(&self, kind: usize) -> bool {
        if kind == TIES { self.relations > 0 } else { self.backlinks > 0 }
    }
}

/// What `cited.html` shows: some of the works that cite another, or have a relation to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CitedView {
    pub page: Frame,
    /// The work that is cited.
    pub entry: LinkView,
    /// `Reference 24`
    pub label: String,
    pub year: Option<String>,
    pub relations: Vec<RelationView>,
    pub backlinks: Vec<BacklinkView>,
    /// How many of both.
    pub works: usize,
}

pub fn cited_view(world: &World<'_>, page: &Page, id: EntryId) -> CitedView {
    let at = &page.permalink;
    let archive = world.archive;
    let record = archive.entry(id);
    let what = format!("cited, {}, {}", record.citation.author_year(), world.entry_label(id));
    let mut frame = world.list_frame(page, &format!("Cited: {}", record.citation.title), Some(&what), None);
    if let Some(parts) = &mut frame.parts {
        parts.list = entry_link(world, id, at);
        // The entry's own page has neighbours of another kind.
        if page.piece.as_ref().is_some_and(|piece| piece.part == Some(0)) {
            parts.previous = None;
        }
    }
    let of = |kind| page.piece.iter().flat_map(move |piece| piece.rows(kind));
    let mut near: Vec<&Tie> = of(TIES).map(|at| &archive.ties[id.0][at]).collect();
    near.sort_by_key(|tie| archive.time_rank[tie.other.0]);
    CitedView {
        page: frame,
        entry: entry_link(world, id, at),
        label: world.entry_label(id),
        year: record.citation.year(),
        relations: relations(world, id, &near, at),
        backlinks: of(BACKLINKS).map(|link| backlink_view(world, archive.backlinks[id.0][link], at)).collect(),
        works: page.count(0),
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ClaimView {
    pub track: TrackBadge,
    pub because: Option<String>,
    pub confidence: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ActorRow {
    pub actor: LinkView,
    pub role: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ListedView {
    /// `Reference 24`
    pub label: String,
    pub list: LinkView,
    pub number: u32,
    /// The printed citation, its addresses as links.
    pub printed: Html,
    /// The page of that listing, where it is not this one.
    pub href: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CorrectionView {
    pub field: String,
    pub printed: String,
    /// Absent where a doubtful passage is shown as printed.
    pub shown: Option<String>,
    pub why: String,
    pub confidence: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RelationView {
    /// `builds on`, `built on by`
    pub label: String,
    pub inverse: bool,
    pub other: LinkView,
    /// `Krasner`, `Hansen and Nissenbaum`; empty where nobody is named.
    pub who: String,
    pub year: Option<String>,
    /// Where the other work stands in time: `earlier`, `same` or `later`; works
    /// without a date are `same`.
    pub when: &'static str,
    pub because: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NoteView {
    pub number: usize,
    /// Numbers of the references in the text, from 1.
    pub references: Vec<usize>,
    pub text: Html,
    /// Whether the text shows it beside the reference as well, with the id `note-1`.
    /// This one's id is `endnote-1` then.
    pub beside: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ContentsView {
    pub id: String,
    pub level: u8,
    pub title: String,
    pub annotation: bool,
}

/// A passage elsewhere that links here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BacklinkView {
    pub from: LinkView,
    /// The heading above the passage.
    pub section: Option<String>,
    pub year: Option<String>,
    /// The sentence, with the link's words in `mark`.
    pub context: Html,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RelatedView {
    pub card: Html,
    /// `Norms`, `Regimes`: keywords that both have, as links with commas between them.
    pub keywords: Html,
    /// Works that both link to, likewise, as `Krasner 1982`: titles would be longer than the card.
    pub links: Html,
}

pub fn entry_view(world: &World<'_>, page_of: &Page, id: EntryId) -> EntryView {
    let at = &page_of.permalink;
    let cited = page_of.piece.as_ref().map(|piece| CitedParts::of(piece, world, id, at));
    let elsewhere = |kind| cited.as_ref().is_some_and(|cited| cited.has(kind));
    let archive = world.archive;
    let record = archive.entry(id);
    let label = world.entry_label(id);
    let what = [&record.citation.author_year(), ", ", &label].concat();
    let mut page = world.frame(at, &record.citation.title, Some(&what), record.own.summary.as_deref());
    page.title_lang.clone_from(&record.own.title_lang);
    page.picture = world.entry_picture(id);
    let collection = world.site.collection(record.collection.as_str());
    let origin = Origin::Entry(id);
    let citing = world.citing(origin);
    let (previous_in_list, next_in_list) = archive.list_neighbours(id, world.site);
    let (previous_in_time, next_in_time) = archive.time_neighbours(id);
    let neighbour = |other: Option<EntryId>| other.map(|other| entry_link(world, other, at));
    let principal = archive.principal(id);
    EntryView {
        cite: cite_view(world, id, &page, &what),
        page,
        label,
        collection: collection.map_or_else(
            || link("", at, at),
            |collection| link(&collection.title, &Permalink::collection(collection), at),
        ),
        kind: kind_label(record),
        titles: titles(record),
        summary: record.own.summary.clone(),
        creators: creators(world, &record.citation, at),
        date: record.citation.issued().map(|date| world.time(date)),
        facts: facts(world, record),
        identifiers: identifiers(world, &record.citation),
        tracks: claims(world, principal, at),
        keywords: archive.entry_keywords[id.0]
            .iter()
            .map(|&keyword| {
                let keyword = archive.keyword(keyword);
                link(&keyword.label, Address::keyword(&keyword.id), at)
            })
            .collect(),
        actors: archive.entry_actors[id.0]
            .iter()
            .map(|&(actor, role)| {
                let actor = archive.actor(actor);
                ActorRow {
                    actor: link(&actor.name, Address::actor(&actor.id), at),
                    role: role.map(crate::entry::ActorRole::name),
                }
            })
            .collect(),
        listed: listings(world, id, at),
        corrections: corrections(record),
        year: record.citation.year(),
        relations: if elsewhere(TIES) { Vec::new() } else { relations(world, id, &ties(world, id), at) },
        basis: record.own.basis.map(crate::entry::Basis::name),
        draft: record.own.draft,
        body: world.fill(&world.body(origin).text, origin, at, citing.as_ref()),
        notes: notes(world, origin, at, citing.as_ref()),
        works_cited: citing.map(|citing| citing.list(world, at)),
        contents: contents(world, Origin::Entry(id)),
        principal: (principal != id).then(|| entry_link(world, principal, at)),
        backlinks: if elsewhere(BACKLINKS) {
            Vec::new()
        } else {
            archive.backlinks[id.0].iter().map(|&backlink| backlink_view(world, backlink, at)).collect()
        },
        related: archive.related(id).iter().map(|related| related_view(world, related, at)).collect(),
        previous_in_list: neighbour(previous_in_list),
        next_in_list: neighbour(next_in_list),
        previous_in_time: neighbour(previous_in_time),
        next_in_time: neighbour(next_in_time),
        cited,
    }
}

fn claims(world: &World<'_>, principal: EntryId, at: &Permalink) -> Vec<ClaimView> {
    let claims = &world.archive.entry(principal).own.tracks;
    world
        .site
        .tracks
        .iter()
        .enumerate()
        .filter_map(|(index, track)| {
            let claim = claims.iter().find(|claim| claim.track == track.id.as_str())?;
            Some(ClaimView {
                track: track_badge(world, index, at),
                because: claim.because.clone(),
                confidence: claim.confidence.map(crate::entry::Confidence::name),
            })
        })
        .collect()
}

pub fn listings(world: &World<'_>, id: EntryId, at: &Permalink) -> Vec<ListedView> {
    std::iter::once(id)
        .chain(world.archive.other_listings(id))
        .filter_map(|entry| {
            let record = world.archive.entry(entry);
            let listed = record.own.listed.as_ref()?;
            let collection = world.site.collection(&listed.list)?;
            Some(ListedView {
                label: format!("{} {}", collection.singular, listed.number),
                list: link(&collection.title, &Permalink::collection(collection), at),
                number: listed.number,
                printed: html::printed(&listed.printed, &record.citation),
                href: (entry != id).then(|| entry_link(world, entry, at).href),
            })
        })
        .collect()
}

pub fn corrections(record: &Record) -> Vec<CorrectionView> {
    record
        .own
        .corrections
        .iter()
        .map(|correction| CorrectionView {
            field: correction.field.clone(),
            printed: correction.printed.clone(),
            shown: correction.shown.clone(),
            why: correction.why.clone(),
            confidence: correction.confidence.map(crate::entry::Confidence::name),
        })
        .collect()
}

/// In time, those of an earlier year first.
fn ties<'a>(world: &World<'a>, id: EntryId) -> Vec<&'a Tie> {
    let archive = world.archive;
    let mut ties: Vec<&Tie> = archive.ties[id.0].iter().collect();
    ties.sort_by_key(|tie| (when(world, tie.other, id), archive.time_rank[tie.other.0]));
    ties
}

/// Where a work stands in time, seen from another.
fn when(world: &World<'_>, other: EntryId, own: EntryId) -> Ordering {
    match (world.archive.year(other), world.archive.year(own)) {
        (Some(other), Some(own)) => other.cmp(&own),
        _ => Ordering::Equal,
    }
}

fn relations(world: &World<'_>, id: EntryId, ties: &[&Tie], at: &Permalink) -> Vec<RelationView> {
    let archive = world.archive;
    ties.iter()
        .map(|tie| {
            let kind = &world.site.relations[tie.kind];
            let citation = &archive.entry(tie.other).citation;
            RelationView {
                label: if tie.inverse { kind.inverse.clone() } else { kind.label.clone() },
                inverse: tie.inverse,
                other: entry_link(world, tie.other, at),
                who: citation.creators_short(),
                year: citation.year(),
                when: match when(world, tie.other, id) {
                    Ordering::Less => "earlier",
                    Ordering::Equal => "same",
                    Ordering::Greater => "later",
                },
                because: tie.because.clone(),
            }
        })
        .collect()
}

pub fn notes(world: &World<'_>, origin: Origin, at: &Permalink, citing: Option<&Citing<'_>>) -> Vec<NoteView> {
    let body = world.body(origin);
    body.notes
        .iter()
        .map(|note| NoteView {
            number: note.number,
            references: (1..=note.references).collect(),
            text: world.fill(&note.text, origin, at, citing),
            beside: world.margin == Margin::There
                && note.plain
                && body.text.gaps.iter().any(|gap| gap.fill == Fill::Note(note.number)),
        })
        .collect()
}

pub fn contents(world: &World<'_>, origin: Origin) -> Vec<ContentsView> {
    let outgoing = match origin {
        Origin::Entry(id) => &world.archive.entry(id).outgoing,
        Origin::Text(id) => &world.archive.text(id).outgoing,
    };
    outgoing
        .sections
        .iter()
        .map(|section| ContentsView {
            id: section.id.clone(),
            level: section.level,
            title: world.heading(origin, section),
            annotation: section.annotation.is_some(),
        })
        .collect()
}

pub fn backlink_view(world: &World<'_>, backlink: Backlink, at: &Permalink) -> BacklinkView {
    let (outgoing, mut from, year) = match backlink.from {
        Origin::Entry(id) => {
            let record = world.archive.entry(id);
            (&*record.outgoing, entry_link(world, id, at), record.citation.year())
        }
        Origin::Text(id) => {
            let text = world.archive.text(id);
            (&text.outgoing, link(&text.title, Address::text(&text.path), at), None)
        }
    };
    let section = outgoing.links[backlink.link].section.map(|section| &outgoing.sections[section]);
    if let Some(section) = section {
        from.href.extend(["#", &section.id]);
    }
    BacklinkView {
        from,
        section: section.map(|section| world.heading(backlink.from, section)),
        year,
        context: world.context(backlink.from, backlink.link),
    }
}

fn related_view(world: &World<'_>, related: &Related, at: &Permalink) -> RelatedView {
    let keywords = related.keywords.iter().map(|&keyword| {
        let keyword = world.archive.keyword(keyword);
        link(&keyword.label, Address::keyword(&keyword.id), at)
    });
    RelatedView {
        card: world.card(related.entry, at),
        keywords: html::links(keywords),
        links: html::links(related.links.iter().map(|&entry| LinkView {
            title: world.archive.entry(entry).citation.author_year(),
            lang: None,
            href: world.entry_href(entry, None, at),
        })),
    }
}
