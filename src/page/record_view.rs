//! The bibliographic record at the head of an entry's page: who made the work, what a
//! reader of a citation looks for, and where the work is.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    address::{Address, Permalink},
    html::Html,
    metadata::robust,
    world::World,
};
use crate::entry::{Citation, DateVariable, Name, Record, Role, Variable};

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TitleView {
    /// BCP 47.
    pub lang: String,
    pub text: String,
}

/// All who have one part in a work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreatorsView {
    /// `Author`, `Editors`
    pub role: String,
    pub names: Vec<NameView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NameView {
    pub text: String,
    /// The page of the person or body, where there is one.
    pub href: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FactView {
    pub label: &'static str,
    pub value: Html,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct IdentifierView {
    /// `DOI`, `Address`
    pub label: &'static str,
    pub text: String,
    pub href: String,
    /// Attributes for the link, each with a blank before it: where it led on that day
    /// (*Robust Links*). Empty where no day is known.
    pub robust: Html,
    /// When the source looked at it: a `time` element.
    pub accessed: Option<Html>,
    /// The address of an archived copy, of that day where there is one.
    pub archived: Option<String>,
}

/// The title in other languages and scripts, by tag.
pub fn titles(record: &Record) -> Vec<TitleView> {
    record.own.title_in.iter().map(|(lang, text)| TitleView { lang: lang.clone(), text: text.clone() }).collect()
}

pub fn creators(world: &World<'_>, citation: &Citation, at: &Permalink) -> Vec<CreatorsView> {
    citation
        .names
        .iter()
        .map(|(role, names)| {
            let mut word = role_label(*role);
            if names.len() > 1 {
                word.push('s');
            }
            CreatorsView { role: word, names: names.iter().map(|name| name_view(world, name, at)).collect() }
        })
        .collect()
}

fn name_view(world: &World<'_>, name: &Name, at: &Permalink) -> NameView {
    let archive = world.archive;
    let to = match name {
        Name::Literal(text) => archive.actor_named(text).map(|id| Address::actor(&archive.actor(id).id)),
        Name::Person { .. } => archive.person_named(name).map(|id| Address::person(&archive.person(id).id)),
    };
    NameView { text: name.in_order(), href: to.map(|to| to.seen_from(at)) }
}

/// The variables that a reader of a citation looks for, in the usual order.
const FACTS: &[(Variable, &str)] = &[
    (Variable::ContainerTitle, "In"),
    (Variable::CollectionTitle, "Series"),
    (Variable::CollectionNumber, "Number in series"),
    (Variable::Volume, "Volume"),
    (Variable::Issue, "Issue"),
    (Variable::Page, "Pages"),
    (Variable::Edition, "Edition"),
    (Variable::Number, "Number"),
    (Variable::Genre, "Genre"),
    (Variable::Authority, "Authority"),
    (Variable::Publisher, "Publisher"),
    (Variable::PublisherPlace, "Place"),
    (Variable::EventTitle, "Event"),
    (Variable::EventPlace, "Place of the event"),
    (Variable::Medium, "Medium"),
    (Variable::Isbn, "ISBN"),
    (Variable::Issn, "ISSN"),
    (Variable::Archive, "Archive"),
    (Variable::ArchiveLocation, "Shelf mark"),
    (Variable::Language, "Language"),
    (Variable::Note, "Note"),
];

pub fn facts(world: &World<'_>, record: &Record) -> Vec<FactView> {
    let citation = &record.citation;
    let date = |variable| citation.date(variable).map(|date| world.time(date));
    let mut facts: Vec<FactView> = Vec::new();
    if let Some(value) = date(DateVariable::OriginalDate) {
        facts.push(FactView { label: "First published", value });
    }
    for (variable, label) in FACTS {
        if let Some(text) = citation.get(*variable) {
            let text = match variable {
                Variable::Page => Cow::Owned(text.replace('-', "–")),
                Variable::Language => Cow::Borrowed(language_name(text)),
                _ => Cow::Borrowed(text),
            };
            facts.push(FactView { label, value: Html::escaped(&text) });
        }
    }
    if let Some(value) = date(DateVariable::EventDate) {
        facts.push(FactView { label: "Date of the event", value });
    }
    facts
}

/// The English name of a language that archives often have; else its code.
fn language_name(code: &str) -> &str {
    match code.split('-').next().unwrap_or(code) {
        "ar" => "Arabic",
        "cs" => "Czech",
        "de" => "German",
        "en" => "English",
        "es" => "Spanish",
        "fr" => "French",
        "it" => "Italian",
        "ja" => "Japanese",
        "la" => "Latin",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ru" => "Russian",
        "uk" => "Ukrainian",
        "zh" => "Chinese",
        _ => code,
    }
}

pub fn identifiers(world: &World<'_>, citation: &Citation) -> Vec<IdentifierView> {
    let mut identifiers = Vec::new();
    if let Some(doi) = citation.doi() {
        identifiers.push(IdentifierView {
            label: "DOI",
            text: doi.to_string(),
            href: format!("https://doi.org/{doi}"),
            robust: Html::default(),
            accessed: None,
            archived: None,
        });
    }
    if let Some(url) = citation.web_address() {
        identifiers.push(IdentifierView {
            label: "Address",
            text: url.to_string(),
            href: url.to_string(),
            robust: Html(robust::attributes(citation).into()),
            accessed: citation.date(DateVariable::Accessed).map(|date| world.time(date)),
            archived: robust::archived(citation),
        });
    }
    identifiers
}

/// `Author`, `Collection editor`
pub fn role_label(role: Role) -> String {
    let mut word = role.to_string().replace('-', " ");
    word[..1].make_ascii_uppercase();
    word
}
