//! The fields of an entry's front matter, as they are written.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, Error as _, IgnoredAny, MapAccess, Visitor},
};

use super::{
    Date,
    citation::{Citation, DateVariable, Kind, Name, Role, Variable},
};
use crate::{diagnostic::nearest, site::Slug, strict};

/// An entry's front matter: a CSL item and the archive's own fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrontMatter {
    pub citation: Citation,
    pub own: Own,
}

/// The archive's own fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub struct Own {
    /// BCP 47; the language and script of `title`.
    pub title_lang: Option<String>,
    /// The title in other languages and scripts, by BCP 47 tag.
    pub title_in: BTreeMap<String, String>,
    /// A sentence, in lists and for search engines.
    pub summary: Option<String>,
    /// The tracks that the work belongs to; none means common ground.
    #[schemars(with = "Many<Claim>")]
    pub tracks: Vec<Claim>,
    /// Ids of `keywords.yaml`.
    #[schemars(with = "Many<String>")]
    pub keywords: Vec<String>,
    /// Ids of `actors.yaml`.
    #[schemars(with = "Many<Part>")]
    pub actors: Vec<Part>,
    pub listed: Option<Listed>,
    /// What the archive shows otherwise than the source prints it.
    #[schemars(with = "Many<Correction>")]
    pub corrections: Vec<Correction>,
    /// Ties to other works.
    #[schemars(with = "Many<Relation>")]
    pub relations: Vec<Relation>,
    pub basis: Option<Basis>,
    /// The id of the entry that stands for the same work.
    pub same_as: Option<String>,
    /// Ids that the entry had before.
    #[schemars(with = "Many<String>")]
    pub aliases: Vec<String>,
    /// Whether the entry is held back.
    pub draft: bool,
    /// When the entry was made.
    pub added: Option<Date>,
    /// When the entry was last changed.
    pub updated: Option<Date>,
}

/// That an entry belongs to a track, and why.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub track: String,
    pub because: Option<String>,
    pub confidence: Option<Confidence>,
}

/// How sure the editor is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    High,
    Medium,
    Low,
}

impl Confidence {
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

/// What an actor has to do with a work.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub actor: String,
    pub role: Option<ActorRole>,
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ActorRole {
    Issuer,
    Publisher,
    Party,
    Sponsor,
    Addressee,
    Subject,
    Host,
}

impl ActorRole {
    pub const fn name(self) -> &'static str {
        match self {
            ActorRole::Issuer => "issuer",
            ActorRole::Publisher => "publisher",
            ActorRole::Party => "party",
            ActorRole::Sponsor => "sponsor",
            ActorRole::Addressee => "addressee",
            ActorRole::Subject => "subject",
            ActorRole::Host => "host",
        }
    }
}

/// Where the source lists a work, and its exact words.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// A collection's id.
    pub list: String,
    pub number: u32,
    /// Letter for letter; line wraps are one space.
    pub printed: String,
}

/// What the archive shows otherwise than the source prints it, or leaves as
/// printed although it is doubtful (`shown` is absent then).
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// A CSL variable, or `citation` for what touches none.
    #[schemars(schema_with = "correction_field")]
    pub field: String,
    pub printed: String,
    pub shown: Option<String>,
    pub why: String,
    pub confidence: Option<Confidence>,
}

/// A directed tie between two works.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    #[serde(rename = "type")]
    pub kind: String,
    pub to: String,
    pub because: Option<String>,
}

/// What an annotation rests on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The citation alone.
    Citation,
    /// What is commonly known of the work.
    GeneralKnowledge,
    /// The document itself.
    Document,
}

impl Basis {
    pub const fn name(self) -> &'static str {
        match self {
            Basis::Citation => "citation",
            Basis::GeneralKnowledge => "general-knowledge",
            Basis::Document => "document",
        }
    }
}

/// The names of the archive's own fields, for `docs/` and for suggestions.
pub const OWN_FIELDS: &[&str] = &[
    "title-lang",
    "title-in",
    "summary",
    "tracks",
    "keywords",
    "actors",
    "listed",
    "corrections",
    "relations",
    "basis",
    "same-as",
    "aliases",
    "draft",
    "added",
    "updated",
];

/// What a correction may be of: any part of the citation, or the citation as a whole.
pub fn correction_fields() -> impl Iterator<Item = &'static str> {
    let variables = Variable::NAMES.iter().chain(Role::NAMES).chain(DateVariable::NAMES);
    ["title", "type", "citation"].into_iter().chain(variables.copied())
}

fn correction_field(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": correction_fields().collect::<Vec<_>>() })
}

/// From the tables that the fields are read by.
impl JsonSchema for FrontMatter {
    fn schema_name() -> Cow<'static, str> {
        "FrontMatter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut fields = Own::json_schema(generator).get("properties").cloned().unwrap_or_default();
        let mut put = |name: &str, schema: Schema| fields[name] = schema.to_value();
        put("type", json_schema!({ "description": "A type of CSL 1.0.2.", "enum": Kind::NAMES }));
        put("title", json_schema!({ "description": "As it is printed.", "type": "string" }));
        // What Zotero and Pandoc write beside the variables is passed over.
        put("id", json_schema!(true));
        for name in Variable::NAMES {
            put(name, generator.subschema_for::<Option<String>>());
        }
        for name in Role::NAMES {
            put(name, generator.subschema_for::<Many<Name>>());
        }
        for name in DateVariable::NAMES {
            put(name, generator.subschema_for::<Option<Date>>());
        }
        json_schema!({
            "title": "The fields of an entry",
            "type": "object",
            "properties": fields,
            "required": ["type", "title"],
            "additionalProperties": false,
        })
    }
}

/// Read field by field rather than derived: CSL has over a hundred variables, and
/// an entry has ten.
impl<'de> Deserialize<'de> for FrontMatter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FrontMatterVisitor)
    }
}

struct FrontMatterVisitor;

impl<'de> Visitor<'de> for FrontMatterVisitor {
    type Value = FrontMatter;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the fields of an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FrontMatter, A::Error> {
        let mut seen: Vec<String> = Vec::with_capacity(24);
        let mut kind = None;
        let mut title = None;
        let mut names = BTreeMap::new();
        let mut dates = BTreeMap::new();
        let mut variables = BTreeMap::new();
        let mut own = Own::default();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(format!("duplicate field `{key}`")));
            }
            match key.as_str() {
                "type" => kind = Some(map.next_value::<KindText>()?.0),
                "title" => title = Some(map.next_value::<String>()?),
                // What Zotero and Pandoc write beside the variables; the file's name is the id.
                "id" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "title-lang" => own.title_lang = map.next_value()?,
                "title-in" => own.title_in = map.next_value()?,
                "summary" => own.summary = map.next_value()?,
                "tracks" => own.tracks = map.next_value::<Many<Claim>>()?.0,
                "keywords" => own.keywords = map.next_value::<Many<String>>()?.0,
                "actors" => own.actors = map.next_value::<Many<Part>>()?.0,
                "listed" => own.listed = map.next_value()?,
                "corrections" => own.corrections = map.next_value::<Many<Correction>>()?.0,
                "relations" => own.relations = map.next_value::<Many<Relation>>()?.0,
                "basis" => own.basis = map.next_value()?,
                "same-as" => own.same_as = map.next_value()?,
                "aliases" => own.aliases = map.next_value::<Many<String>>()?.0,
                "draft" => own.draft = map.next_value()?,
                "added" => own.added = map.next_value()?,
                "updated" => own.updated = map.next_value()?,
                name => {
                    if let Some(variable) = Variable::from_name(name) {
                        if let Some(text) = map.next_value::<Option<String>>()? {
                            variables.insert(variable, text);
                        }
                    } else if let Some(role) = Role::from_name(name) {
                        let list = map.next_value::<Many<Name>>()?.0;
                        if !list.is_empty() {
                            names.insert(role, list);
                        }
                    } else if let Some(date) = DateVariable::from_name(name) {
                        if let Some(value) = map.next_value::<Option<Date>>()? {
                            dates.insert(date, value);
                        }
                    } else {
                        // The value is consumed so that the fault's path ends at this key.
                        return Err(map.next_value_seed(Unknown(name)).err().unwrap_or_else(|| unknown_field(name)));
                    }
                }
            }
            seen.push(key);
        }
        let citation = Citation {
            kind: kind.ok_or_else(|| A::Error::missing_field("type"))?,
            title: title.ok_or_else(|| A::Error::missing_field("title"))?,
            names,
            dates,
            variables,
        };
        Ok(FrontMatter { citation, own })
    }
}

struct Unknown<'a>(&'a str);

impl<'de> de::DeserializeSeed<'de> for Unknown<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(unknown_field(self.0))
    }
}

fn unknown_field<E: de::Error>(name: &str) -> E {
    let known = ["type", "title"]
        .iter()
        .chain(OWN_FIELDS)
        .chain(Variable::NAMES)
        .chain(Role::NAMES)
        .chain(DateVariable::NAMES)
        .copied();
    let known: Vec<&str> = known.collect();
    let exact = known.iter().find(|field| field.eq_ignore_ascii_case(name)).copied();
    let help = exact.or_else(|| nearest(name, known)).map_or_else(
        || "take it out, or put what it says under `note`; the fields are listed in docs/content/reference/front-matter.md".to_string(),
        |field| format!("did you mean `{field}`?"),
    );
    strict::unknown_field(format!("there is no field `{name}` in an entry"), help)
}

struct KindText(Kind);

impl<'de> Deserialize<'de> for KindText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Kind::from_name(&text).map(KindText).ok_or_else(|| {
            let help = nearest(&text, Kind::NAMES.iter().copied()).map_or_else(
                || format!("CSL knows {}", Kind::NAMES.join(", ")),
                |kind| format!("did you mean `{kind}`?"),
            );
            strict::fault(format!("`{text}` is not a type of CSL 1.0.2"), help)
        })
    }
}

/// A list, of which an absent value (`keywords:`) is the empty one.
struct Many<T>(Vec<T>);

impl<T: Short + JsonSchema> JsonSchema for Many<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<T>();
        let items = if T::short("").is_some() {
            json_schema!({ "anyOf": [{ "type": ["string", "integer"] }, whole] })
        } else {
            whole
        };
        json_schema!({ "type": ["array", "null"], "items": items })
    }
}

impl<'de, T: Short + Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Short + Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
            type Value = Many<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list, as `[one, two]` or a line `- one` for each")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(Item(item)) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Many(items))
            }
        }

        deserializer.deserialize_any(ManyVisitor(std::marker::PhantomData))
    }
}

/// What may be written as a single word instead of a map.
trait Short: Sized {
    /// `None` where only the map will do.
    fn short(word: &str) -> Option<Self>;
}

impl Short for Claim {
    fn short(word: &str) -> Option<Self> {
        Some(Claim { track: word.into(), because: None, confidence: None })
    }
}

impl Short for Part {
    fn short(word: &str) -> Option<Self> {
        Some(Part { actor: word.into(), role: None })
    }
}

impl Short for String {
    fn short(word: &str) -> Option<Self> {
        Some(word.into())
    }
}

impl Short for Correction {
    fn short(_: &str) -> Option<Self> {
        None
    }
}

impl Short for Relation {
    fn short(_: &str) -> Option<Self> {
        None
    }
}

impl Short for Name {
    fn short(_: &str) -> Option<Self> {
        None
    }
}

struct Item<T>(T);

impl<'de, T: Short + Deserialize<'de>> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Short + Deserialize<'de>> Visitor<'de> for ItemVisitor<T> {
            type Value = Item<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an item of this list")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Item<T>, E> {
                T::short(word).map(Item).ok_or_else(|| E::invalid_type(de::Unexpected::Str(word), &"a map of fields"))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Item<T>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Item)
            }
        }

        deserializer.deserialize_any(ItemVisitor(std::marker::PhantomData))
    }
}

/// The front matter of a page that is not an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageMatter {
    pub title: String,
    pub summary: Option<String>,
    #[serde(default)]
    pub draft: bool,
}

/// One id of a front matter's list as a [`Slug`], or why it is none.
pub(super) fn id(text: &str) -> Result<Slug, String> {
    Slug::new(text).ok_or_else(|| {
        Slug::from_words(text).map_or_else(
            || "use lower-case letters, digits and single hyphens".to_string(),
            |slug| format!("write `{slug}`"),
        )
    })
}
