//! What can be found: entries, and pages that lead to them.
//!
//! In: the archive and its texts. Out: the [`Found`]s with their addresses, and for each
//! its words ([`words`]) and what a result shows of it ([`Shown`]).

use std::borrow::Cow;

use serde::Serialize;

use super::share::{self, Gathering};
use crate::{
    archive::{ActorId, EntryId, KeywordId, Origin, PersonId, TextId},
    entry::{Entry, Line, Name, Piece, Record, Role, SEARCHED, Section, Variable},
    page::{Permalink, World, kind_label},
    site::SearchText,
    vocabulary::ActorKind,
};

/// So many bytes of it are shown where the archive asks for excerpts.
const EXCERPT: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Entry(EntryId),
    Keyword(KeywordId),
    Actor(ActorId),
    Person(PersonId),
    Text(TextId),
    /// Index of the site's tracks.
    Track(usize),
    /// Index of the site's collections.
    Collection(usize),
}

/// Everything that can be found, with its address: entries first.
pub fn all(world: &World<'_>) -> Vec<(Permalink, Found)> {
    let (archive, site) = (world.archive, world.site);
    let mut found: Vec<(Permalink, Found)> = Vec::with_capacity(archive.entries.len() + archive.keywords.len());
    for (index, record) in archive.entries.iter().enumerate() {
        if site.search.covers(&record.collection) {
            found.push((world.entry_permalink(EntryId(index)), Found::Entry(EntryId(index))));
        }
    }
    let mut add = |permalink: Permalink, one: Found| found.push((permalink, one));
    for (index, keyword) in archive.keywords.iter().enumerate() {
        add(Permalink::keyword(&keyword.id), Found::Keyword(KeywordId(index)));
    }
    for (index, actor) in archive.actors.iter().enumerate() {
        add(Permalink::actor(&actor.id), Found::Actor(ActorId(index)));
    }
    for (index, person) in archive.people.iter().enumerate() {
        add(Permalink::person(&person.id), Found::Person(PersonId(index)));
    }
    for (index, text) in archive.texts.iter().enumerate() {
        add(Permalink::text(&text.path), Found::Text(TextId(index)));
    }
    let written = |permalink: &Permalink| archive.texts.iter().any(|text| Permalink::text(&text.path) == *permalink);
    for (index, track) in site.tracks.iter().enumerate() {
        let permalink = Permalink::track(track, "index.html");
        if !written(&permalink) {
            add(permalink, Found::Track(index));
        }
    }
    for (index, collection) in site.collections.iter().enumerate() {
        let permalink = Permalink::collection(collection);
        if !written(&permalink) {
            add(permalink, Found::Collection(index));
        }
    }
    found
}

/// What an entry gives by itself, whatever the rest of the archive says.
fn own_words(share: &mut Gathering, entry: &Entry) {
    let (citation, own) = (&entry.record.citation, &entry.record.own);
    let latin = own.title_lang.as_ref().is_some_and(|tag| tag.split('-').any(|part| part.eq_ignore_ascii_case("latn")));
    let title = [citation.title.as_str()];
    if latin {
        share.add_romanized(share::TITLE, title);
    } else {
        share.add(share::TITLE, title);
    }
    for title in own.title_in.values() {
        share.add(share::OTHER_TITLE, [title.as_str()]);
    }
    let names: Vec<String> = citation.names.values().flatten().map(Name::in_order).collect();
    share.add(share::CREATOR, names.iter().map(String::as_str));
    share.add_names(names.iter().map(String::as_str));
    if let Some(date) = citation.issued() {
        let (words, year) = (date.year_in_words(), date.year().to_string());
        let plain = (words != year).then_some(year.as_str());
        share.add(share::YEAR, [words.as_str()].into_iter().chain(plain));
    }
    let variable = |name: &Variable| citation.get(*name);
    share.add(share::NUMBER, [Variable::Number].iter().filter_map(variable));
    share.add(share::NUMBER, citation.doi());
    share.add(share::CONTAINER, CONTAINERS.iter().filter_map(variable));
    share.add(share::SUMMARY, own.summary.as_deref());
    share.add(share::SUMMARY, citation.get(Variable::Abstract));
    text_words(share, &entry.record.outgoing.sections, &entry.body.lines);
    share.add(share::PRINTED, own.listed.as_ref().map(|listed| listed.printed.as_str()));
    if own.same_as.is_some() {
        // The other entry stands for the work, and comes first.
        share.halve();
    }
}

const CONTAINERS: [Variable; 7] = [
    Variable::ContainerTitle,
    Variable::ContainerTitleShort,
    Variable::CollectionTitle,
    Variable::Publisher,
    Variable::Authority,
    Variable::Genre,
    Variable::EventTitle,
];

/// What links show of their targets is left out: that is found at the target.
fn text_words(share: &mut Gathering, sections: &[Section], lines: &[Line]) {
    for section in sections {
        let words = section.title.iter().filter_map(|piece| match piece {
            Piece::Text(text) | Piece::Words(text) => Some(text.as_str()),
            Piece::Shown(_) => None,
        });
        share.add(share::HEADING, words);
    }
    share.add(share::TEXT, within(lines).map(|(line, end)| &line.text[..end]));
}

/// Lines as far as they are searched, each with where that ends.
fn within(lines: &[Line]) -> impl Iterator<Item = (&Line, usize)> {
    let mut room = SEARCHED;
    lines.iter().map_while(move |line| {
        let end = line.text.floor_char_boundary(room);
        room -= end;
        (end > 0 || line.text.is_empty()).then_some((line, end))
    })
}

/// Adds all words of a document.
pub fn words(world: &World<'_>, found: Found, share: &mut Gathering) {
    let archive = world.archive;
    match found {
        Found::Entry(id) => entry_words(world, id, share),
        Found::Keyword(id) => {
            let shelf = archive.keyword(id);
            share.add(share::SHELF, [shelf.label.as_str()]);
            share.add(share::KEYWORD, shelf.labels.values().map(String::as_str));
            share.add(share::KEYWORD, shelf.aliases.iter().map(String::as_str));
            share.add(share::TEXT, shelf.definition.as_deref());
        }
        Found::Actor(id) => {
            let shelf = archive.actor(id);
            share.add(share::SHELF, [shelf.name.as_str()]);
            share.add(share::KEYWORD, shelf.aliases.iter().map(String::as_str));
            share.add(share::TEXT, shelf.description.as_deref());
        }
        Found::Person(id) => share.add(share::SHELF, [archive.person(id).named.in_order.as_str()]),
        Found::Text(id) => {
            let record = archive.text(id);
            share.add(share::TITLE, [record.title.as_str()]);
            share.add(share::SUMMARY, record.summary.as_deref());
            text_words(share, &record.outgoing.sections, &world.texts[id.0].body.lines);
        }
        Found::Track(index) => {
            let track = &world.site.tracks[index];
            share.add(share::SHELF, [track.title.as_str()]);
            share.add(share::SUMMARY, track.summary.as_deref());
        }
        Found::Collection(index) => share.add(share::SHELF, [world.site.collections[index].title.as_str()]),
    }
}

/// An entry's own words, and what the vocabularies say of it.
fn entry_words(world: &World<'_>, id: EntryId, share: &mut Gathering) {
    let archive = world.archive;
    own_words(share, &world.entries[id.0]);
    let label = world.entry_label(id);
    let short =
        archive.entry(id).number.zip(label.chars().next()).map(|(number, initial)| format!("{initial}{number}"));
    share.add(share::ALIAS, [label.as_str()].into_iter().chain(short.as_deref()));
    let keywords = || archive.entry_keywords[id.0].iter().map(|keyword| archive.keyword(*keyword));
    share.add(share::KEYWORD, keywords().map(|shelf| shelf.label.as_str()));
    share.add(
        share::ALIAS,
        keywords().flat_map(|shelf| shelf.labels.values().chain(&shelf.aliases)).map(String::as_str),
    );
    let actors = || actors_of(world, id).into_iter().map(|actor| archive.actor(actor));
    share.add(share::ACTOR, actors().map(|shelf| shelf.name.as_str()));
    share.add(share::ALIAS, actors().flat_map(|shelf| &shelf.aliases).map(String::as_str));
}

/// How many bytes of text it has.
pub fn length(world: &World<'_>, found: Found) -> usize {
    let lines = match found {
        Found::Entry(id) => &world.entries[id.0].body.lines,
        Found::Text(id) => &world.texts[id.0].body.lines,
        Found::Keyword(_) | Found::Actor(_) | Found::Person(_) | Found::Track(_) | Found::Collection(_) => return 0,
    };
    lines.iter().map(|line| line.text.len()).sum()
}

/// Each once, however many parts it has in the work.
fn actors_of(world: &World<'_>, id: EntryId) -> Vec<ActorId> {
    let mut actors: Vec<ActorId> = Vec::new();
    for (actor, _) in &world.archive.entry_actors[id.0] {
        if !actors.contains(actor) {
            actors.push(*actor);
        }
    }
    actors
}

/// What a result shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shown<'a> {
    pub address: &'a str,
    pub title: Cow<'a, str>,
    pub title_lang: Option<&'a str>,
    pub creators: String,
    /// In words.
    pub date: String,
    pub year: Option<i16>,
    pub kind: Cow<'a, str>,
    /// `Reference 24`
    pub label: Cow<'a, str>,
    /// Indexes of the site's tracks.
    pub tracks: Vec<usize>,
    pub texts: Vec<Passage<'a>>,
}

/// A text that is quoted from: one under a heading has that heading's id and words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Passage<'a> {
    pub id: &'a str,
    pub title: String,
    pub text: Cow<'a, str>,
}

/// What a result can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorts {
    pub year: Option<i16>,
    pub kind: String,
    pub tracks: Vec<usize>,
    pub actors: Vec<usize>,
    pub keywords: Vec<usize>,
}

pub fn sorts(world: &World<'_>, found: Found) -> Sorts {
    let plain = |kind: &str| Sorts { kind: kind.to_string(), ..Sorts::default() };
    match found {
        Found::Entry(id) => {
            let record = world.archive.entry(id);
            Sorts {
                year: record.citation.issued().map(crate::entry::Date::year),
                kind: kind_label(record),
                tracks: world.archive.track_indexes(id).collect(),
                actors: actors_of(world, id).into_iter().map(|actor| actor.0).collect(),
                keywords: world.archive.entry_keywords[id.0].iter().map(|keyword| keyword.0).collect(),
            }
        }
        Found::Keyword(_) => plain("Keyword"),
        Found::Actor(_) => plain("Actor"),
        Found::Person(_) => plain("Person"),
        Found::Text(_) | Found::Collection(_) => plain("Page"),
        Found::Track(index) => Sorts { tracks: vec![index], ..plain("Page") },
    }
}

/// What results show of a document.
pub fn shown<'a>(world: &World<'a>, permalink: &'a Permalink, found: Found) -> Shown<'a> {
    let archive = world.archive;
    let address = permalink.as_str();
    let named = |kind: &'static str, title: &'a str, texts: Vec<Passage<'a>>| Shown {
        address,
        title: title.into(),
        kind: kind.into(),
        texts,
        ..Shown::default()
    };
    let passages = |texts: [Option<Cow<'a, str>>; 2]| texts.into_iter().flatten().map(unnamed).collect();
    let mut shown = match found {
        Found::Entry(id) => entry_shown(world, id, address),
        Found::Keyword(id) => {
            let shelf = archive.keyword(id);
            let other: Vec<&str> = shelf.aliases.iter().chain(shelf.labels.values()).map(String::as_str).collect();
            let other = (!other.is_empty()).then(|| other.join("; ").into());
            named("Keyword", &shelf.label, passages([shelf.definition.as_deref().map(Cow::from), other]))
        }
        Found::Actor(id) => {
            let shelf = archive.actor(id);
            let other = (!shelf.aliases.is_empty()).then(|| shelf.aliases.join("; ").into());
            let kind = shelf.kind.map_or("", ActorKind::name);
            let texts = passages([shelf.description.as_deref().map(Cow::from), other]);
            Shown { label: kind.into(), ..named("Actor", &shelf.name, texts) }
        }
        Found::Person(id) => {
            let person = archive.person(id);
            let first =
                archive.person_works[id.0].first().map(|(work, _)| archive.entry(*work).citation.title.as_str());
            named("Person", &person.named.inverted, passages([first.map(Cow::from), None]))
        }
        Found::Text(id) => {
            let record = archive.text(id);
            let origin = Origin::Text(id);
            let mut texts: Vec<Passage<'a>> = record.summary.as_deref().map(unnamed).into_iter().collect();
            texts.extend(text_passages(world, origin, &record.outgoing.sections, &world.texts[id.0].body.lines));
            named("Page", &record.title, texts)
        }
        Found::Track(index) => {
            let track = &world.site.tracks[index];
            let texts = passages([track.summary.as_deref().map(Cow::from), None]);
            Shown { tracks: vec![index], ..named("Page", &track.title, texts) }
        }
        Found::Collection(index) => named("Page", &world.site.collections[index].title, Vec::new()),
    };
    if world.site.search.text == SearchText::Excerpt {
        shown.texts = excerpt(&shown.texts);
    }
    shown
}

fn entry_shown<'a>(world: &World<'a>, id: EntryId, address: &'a str) -> Shown<'a> {
    let record: &'a Record = world.archive.entry(id);
    let (citation, own) = (&record.citation, &record.own);
    let creators: Vec<String> = citation.creators().iter().map(Name::inverted).collect();
    let mut texts: Vec<Passage<'a>> = own.summary.as_deref().map(unnamed).into_iter().collect();
    texts.extend(own.title_in.values().map(String::as_str).map(unnamed));
    texts.extend(text_passages(world, Origin::Entry(id), &record.outgoing.sections, &world.entries[id.0].body.lines));
    texts.extend(citation.get(Variable::Abstract).map(unnamed));
    let details = [Variable::Number, Variable::ContainerTitle, Variable::Publisher];
    let details = details.iter().filter_map(|name| citation.get(*name)).chain(citation.doi());
    let others = citation.names.iter().filter(|(role, _)| **role != Role::Author).flat_map(|(_, names)| names);
    let details: Vec<Cow<'a, str>> = details.map(Cow::from).chain(others.map(|name| name.in_order().into())).collect();
    texts.extend(own.listed.as_ref().map(|listed| unnamed(listed.printed.as_str())));
    texts.extend((own.listed.is_none() && !details.is_empty()).then(|| unnamed(details.join(". "))));
    let issued = citation.issued();
    Shown {
        address,
        title: citation.title.as_str().into(),
        title_lang: own.title_lang.as_deref(),
        creators: creators.join("; "),
        date: issued.map_or_else(String::new, |date| date.in_words(&world.site.language)),
        year: issued.map(crate::entry::Date::year),
        kind: kind_label(record).into(),
        label: world.entry_label(id).into(),
        tracks: world.archive.track_indexes(id).collect(),
        texts,
    }
}

fn unnamed<'a>(text: impl Into<Cow<'a, str>>) -> Passage<'a> {
    Passage { text: text.into(), ..Passage::default() }
}

/// The text in its sections; notes, which belong to none, come last.
fn text_passages<'a>(
    world: &World<'a>,
    origin: Origin,
    sections: &'a [Section],
    lines: &'a [Line],
) -> Vec<Passage<'a>> {
    let mut passages: Vec<Passage<'a>> = Vec::with_capacity(sections.len() + 2);
    let mut next = 0;
    let head = |passages: &mut Vec<Passage<'a>>, index: usize| {
        let section = &sections[index];
        let title = world.heading(origin, section);
        passages.push(Passage { id: &section.id, title, text: Cow::default() });
    };
    let lines: Vec<(&Line, usize)> = within(lines).collect();
    for lines in lines.chunk_by(|(one, _), (other, _)| one.section == other.section) {
        match lines[0].0.section {
            // A heading above that has no text of its own can be found all the same.
            Some(index) => {
                for index in next..=index {
                    head(&mut passages, index);
                }
                next = index + 1;
            }
            None => passages.push(Passage::default()),
        }
        if let Some(passage) = passages.last_mut() {
            let text = joined(world, origin, lines);
            if passage.text.is_empty() {
                passage.text = text;
            } else {
                passage.text.to_mut().extend(["\n", &*text]);
            }
        }
    }
    for index in next..sections.len() {
        head(&mut passages, index);
    }
    passages
}

/// Lines, each with how far it goes, as one text.
fn joined<'a>(world: &World<'a>, origin: Origin, lines: &[(&'a Line, usize)]) -> Cow<'a, str> {
    let words = |(line, end): (&'a Line, usize)| {
        if end == line.text.len() { world.line(origin, line) } else { line.text[..end].into() }
    };
    let mut text = match words(lines[0]) {
        Cow::Borrowed(line) => Cow::Borrowed(line.trim()),
        Cow::Owned(line) => Cow::Owned(line.trim().to_string()),
    };
    for (at, line) in lines.iter().enumerate().skip(1) {
        let text = text.to_mut();
        if at == 1 {
            // Links are mostly longer than nothing.
            text.reserve(lines.iter().map(|(line, _)| line.text.len() * 9 / 8 + 1).sum());
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(words(*line).trim());
    }
    text
}

/// The beginning of the first text.
fn excerpt<'a>(texts: &[Passage<'a>]) -> Vec<Passage<'a>> {
    let Some(text) = texts.iter().map(|passage| &*passage.text).find(|text| !text.is_empty()) else {
        return Vec::new();
    };
    let end = text.floor_char_boundary(EXCERPT);
    let end = if end < text.len() { text[..end].rfind(char::is_whitespace).unwrap_or(end) } else { end };
    vec![unnamed(text[..end].to_string())]
}
