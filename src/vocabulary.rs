//! `keywords.yaml` and `actors.yaml`: the words that entries are indexed by.
//!
//! In: the text of either file. Out: [`Vocabulary`], in the order of its ids.
//! Keywords are a thesaurus in the terms of SKOS (W3C, "SKOS Reference", sections
//! 5, 6 and 8). Absent on purpose: who uses a term.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    diagnostic::{Checked, Diagnostic, Place, did_you_mean},
    site::Slug,
    source::Source,
    strict::{self, Once, Outline, Step},
};

/// The terms of one file. Where the file is absent, every id is a term of its own.
#[derive(Clone, Debug)]
pub struct Vocabulary<T> {
    /// `None` where the file is absent.
    pub terms: Option<BTreeMap<Slug, T>>,
    /// Ids whose terms could not be read: they exist all the same.
    pub faulty: Vec<String>,
    source: Option<Arc<Source>>,
}

impl<T> Default for Vocabulary<T> {
    fn default() -> Self {
        Vocabulary { terms: None, faulty: Vec::new(), source: None }
    }
}

/// A concept of the thesaurus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Keyword {
    /// SKOS `prefLabel`.
    pub label: String,
    pub definition: Option<String>,
    /// Ids of wider terms.
    #[serde(default)]
    pub broader: OneOrMany,
    #[serde(default)]
    pub related: OneOrMany,
    /// SKOS `altLabel`: they become *see* references.
    #[serde(default)]
    pub aliases: OneOrMany,
    /// The term in other languages, by BCP 47 tag.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// Someone who issues, signs or is addressed by a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Actor {
    pub name: String,
    pub kind: Option<ActorKind>,
    /// The id of the actor that it is an organ of.
    pub part_of: Option<String>,
    #[serde(default)]
    pub aliases: OneOrMany,
    pub description: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    State,
    Organisation,
    Body,
    Person,
}

impl ActorKind {
    pub const fn name(self) -> &'static str {
        match self {
            ActorKind::State => "state",
            ActorKind::Organisation => "organisation",
            ActorKind::Body => "body",
            ActorKind::Person => "person",
        }
    }
}

/// A list, or the one item that it would hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OneOrMany(pub Vec<String>);

impl JsonSchema for OneOrMany {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }, { "type": "null" }],
        })
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a word or a list of words")]
        enum Written {
            One(String),
            Many(Vec<String>),
            Nothing(()),
        }
        Ok(OneOrMany(match Written::deserialize(deserializer)? {
            Written::One(one) => vec![one],
            Written::Many(many) => many,
            Written::Nothing(()) => Vec::new(),
        }))
    }
}

/// What links one term to others of its file.
pub trait Term: DeserializeOwned + Clone {
    /// What an unknown id is called in a diagnostic, and its code.
    const KIND: &'static str;
    const UNKNOWN: &'static str;
    const LABEL_FIELD: &'static str;

    fn label(&self) -> &str;
    fn aliases(&self) -> &[String];
    /// The fields that name other terms, with the ids in each.
    fn references(&self) -> Vec<(&'static str, &[String])>;
    /// The wider terms: following them must come to an end.
    fn wider(&self) -> Vec<&str>;
}

impl Term for Keyword {
    const KIND: &'static str = "keyword";
    const UNKNOWN: &'static str = "unknown-keyword";
    const LABEL_FIELD: &'static str = "label";

    fn label(&self) -> &str {
        &self.label
    }

    fn aliases(&self) -> &[String] {
        &self.aliases.0
    }

    fn references(&self) -> Vec<(&'static str, &[String])> {
        vec![("broader", &self.broader.0), ("related", &self.related.0)]
    }

    fn wider(&self) -> Vec<&str> {
        self.broader.0.iter().map(String::as_str).collect()
    }
}

impl Term for Actor {
    const KIND: &'static str = "actor";
    const UNKNOWN: &'static str = "unknown-actor";
    const LABEL_FIELD: &'static str = "name";

    fn label(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases.0
    }

    fn references(&self) -> Vec<(&'static str, &[String])> {
        vec![("part-of", self.part_of.as_slice())]
    }

    fn wider(&self) -> Vec<&str> {
        self.part_of.as_deref().into_iter().collect()
    }
}

/// Reads one of the two files.
///
/// # Errors
/// `invalid-utf8`, `invalid-id`, `unknown-keyword` or `unknown-actor`, `double-label`,
/// `term-cycle`, and those of [`strict::yaml`].
pub fn parse<T: Term>(source: Option<&Arc<Source>>) -> Checked<Vocabulary<T>> {
    let Some(source) = source.map(Arc::clone) else {
        return Checked::sound(Vocabulary::default());
    };
    let mut told = Vec::new();
    if let Some(at) = source.spoilt_at {
        told.push(
            Diagnostic::error("invalid-utf8", source.place(at..at + 3), "this is not UTF-8")
                .help("save the file with the encoding UTF-8".to_string()),
        );
        return Checked { value: Vocabulary { source: Some(source), ..Vocabulary::default() }, diagnostics: told };
    }
    let whole = 0..source.text.len();
    let (map, mut faulty) = if source.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
        (Some(BTreeMap::new()), Vec::new())
    } else {
        let read = strict::yaml::<Once<T>>(&source, whole, strict::TERMS).keep(&mut told);
        (read.value.map(|Once(map)| map), read.faulty)
    };
    let mut terms = BTreeMap::new();
    let places = Finder(&source);
    if map.is_none() {
        // What cannot be read still names its ids.
        faulty = Outline::of(&source.text).map(|outline| outline.top_level_keys()).unwrap_or_default();
    }
    for (id, term) in map.into_iter().flatten() {
        match Slug::new(&id) {
            Some(slug) => {
                terms.insert(slug, term);
            }
            None => told.push(
                Diagnostic::error("invalid-id", places.key(&[Step::Key(id.clone())]), format!("`{id}` is not an id"))
                    .help(Slug::from_words(&id).map(|slug| format!("write `{slug}`"))),
            ),
        }
    }
    check(&terms, &faulty, &places, &mut told);
    Checked { value: Vocabulary { terms: Some(terms), faulty, source: Some(source) }, diagnostics: told }
}

struct Finder<'a>(&'a Source);

impl Finder<'_> {
    fn key(&self, path: &[Step]) -> Place {
        let outline = Outline::of(&self.0.text);
        let range = outline.and_then(|outline| outline.key(path)).unwrap_or(0..0);
        self.0.place(range)
    }

    fn value(&self, path: &[Step]) -> Place {
        let outline = Outline::of(&self.0.text);
        let range =
            outline.and_then(|outline| (1..=path.len()).rev().find_map(|length| outline.value(&path[..length])));
        self.0.place(range.unwrap_or(0..0))
    }
}

fn check<T: Term>(terms: &BTreeMap<Slug, T>, faulty: &[String], places: &Finder<'_>, told: &mut Vec<Diagnostic>) {
    let mut labels: HashMap<String, &Slug> = HashMap::new();
    for (id, term) in terms {
        let path =
            |field: &str, index: usize| vec![Step::Key(id.to_string()), Step::Key(field.into()), Step::Index(index)];
        let names = std::iter::once((term.label(), vec![Step::Key(id.to_string()), Step::Key(T::LABEL_FIELD.into())]))
            .chain(term.aliases().iter().enumerate().map(|(index, alias)| (alias.as_str(), path("aliases", index))));
        for (name, path) in names {
            if let Some(other) = labels.insert(name.to_lowercase(), id) {
                told.push(
                    Diagnostic::error(
                        "double-label",
                        places.value(&path),
                        format!("`{name}` already stands for `{other}`"),
                    )
                    .help("take it out of one of the two: a reader is led to one place".to_string()),
                );
            }
        }
        for (field, ids) in term.references() {
            for (index, other) in ids.iter().enumerate() {
                if !terms.contains_key(other.as_str()) && !faulty.contains(other) {
                    told.push(
                        Diagnostic::error(
                            T::UNKNOWN,
                            places.value(&path(field, index)),
                            format!("there is no {} `{other}`", T::KIND),
                        )
                        .help(
                            did_you_mean(other, terms.keys().map(Slug::as_str))
                                .unwrap_or_else(|| "add it to this file".to_string()),
                        ),
                    );
                }
            }
        }
    }
    if let Some(cycle) = cycle(terms) {
        let names: Vec<&str> = cycle.iter().map(Slug::as_str).collect();
        told.push(
            Diagnostic::error(
                "term-cycle",
                places.key(&[Step::Key(names[0].to_string())]),
                format!("this {} is wider than itself: `{}`", T::KIND, names.join("` → `")),
            )
            .help("take one of these steps out".to_string()),
        );
    }
}

/// The first cycle of wider terms, its first id repeated at the end.
fn cycle<T: Term>(terms: &BTreeMap<Slug, T>) -> Option<Vec<Slug>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        Open,
        Done,
    }
    fn visit<T: Term>(
        id: &Slug,
        terms: &BTreeMap<Slug, T>,
        marks: &mut HashMap<Slug, Mark>,
        trail: &mut Vec<Slug>,
    ) -> bool {
        match marks.get(id) {
            Some(Mark::Done) => return false,
            Some(Mark::Open) => {
                let start = trail.iter().position(|step| step == id).unwrap_or(0);
                trail.drain(..start);
                trail.push(id.clone());
                return true;
            }
            None => {}
        }
        marks.insert(id.clone(), Mark::Open);
        trail.push(id.clone());
        for wider in terms[id].wider() {
            if let Some((wider, _)) = terms.get_key_value(wider)
                && visit(wider, terms, marks, trail)
            {
                return true;
            }
        }
        trail.pop();
        marks.insert(id.clone(), Mark::Done);
        false
    }
    let mut marks = HashMap::new();
    let mut trail = Vec::new();
    terms.keys().any(|id| visit(id, terms, &mut marks, &mut trail)).then_some(trail)
}

impl<T: Term> Vocabulary<T> {
    /// Whether an entry may use `id`.
    pub fn allows(&self, id: &str) -> bool {
        match &self.terms {
            None => Slug::new(id).is_some() && self.source.is_none(),
            Some(terms) => terms.contains_key(id) || self.faulty.iter().any(|faulty| faulty == id),
        }
    }

    /// Whether the file could be read, or there is none.
    pub fn is_readable(&self) -> bool {
        self.terms.is_some() || self.source.is_none()
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        self.terms.as_ref()?.get(id)
    }

    /// What is said of an id that nothing stands for.
    pub fn unknown<P>(&self, id: &str, place: P) -> Diagnostic<P> {
        let known = self.terms.iter().flat_map(|terms| terms.keys().map(Slug::as_str));
        let help = if self.source.is_none() {
            Slug::from_words(id).map(|slug| format!("ids are lower-case letters, digits and hyphens: write `{slug}`"))
        } else {
            did_you_mean(id, known).or_else(|| Some(format!("add it to content/{}s.yaml", T::KIND)))
        };
        Diagnostic::error(T::UNKNOWN, place, format!("there is no {} `{id}`", T::KIND)).help(help)
    }
}
