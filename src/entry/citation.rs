//! The bibliographic part of an entry: a CSL item.
//!
//! Names of types and variables are those of CSL 1.0.2 (appendices III and IV of
//! the specification), spelt as there.

use std::{borrow::Cow, collections::BTreeMap};

use borsh::{BorshDeserialize, BorshSerialize};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use super::Date;
use crate::strict;

/// A list of names that are also an enum, so that no other spelling can occur.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// As CSL spells it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        /// As CSL spells it.
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

vocabulary! {
    /// CSL 1.0.2, appendix III, "Types".
    Kind {
        Article = "article", ArticleJournal = "article-journal", ArticleMagazine = "article-magazine",
        ArticleNewspaper = "article-newspaper", Bill = "bill", Book = "book", Broadcast = "broadcast",
        Chapter = "chapter", Classic = "classic", Collection = "collection", Dataset = "dataset",
        Document = "document", Entry = "entry", EntryDictionary = "entry-dictionary",
        EntryEncyclopedia = "entry-encyclopedia", Event = "event", Figure = "figure", Graphic = "graphic",
        Hearing = "hearing", Interview = "interview", LegalCase = "legal_case", Legislation = "legislation",
        Manuscript = "manuscript", Map = "map", MotionPicture = "motion_picture", MusicalScore = "musical_score",
        Pamphlet = "pamphlet", PaperConference = "paper-conference", Patent = "patent", Performance = "performance",
        Periodical = "periodical", PersonalCommunication = "personal_communication", Post = "post",
        PostWeblog = "post-weblog", Regulation = "regulation", Report = "report", Review = "review",
        ReviewBook = "review-book", Software = "software", Song = "song", Speech = "speech", Standard = "standard",
        Thesis = "thesis", Treaty = "treaty", Webpage = "webpage",
    }
}

impl Kind {
    /// In English words, as a page shows it.
    pub fn label(self) -> String {
        match self {
            Kind::ArticleJournal => "Journal article".into(),
            Kind::ArticleMagazine => "Magazine article".into(),
            Kind::ArticleNewspaper => "Newspaper article".into(),
            Kind::PaperConference => "Conference paper".into(),
            Kind::PostWeblog => "Blog post".into(),
            Kind::ReviewBook => "Book review".into(),
            Kind::EntryDictionary => "Dictionary entry".into(),
            Kind::EntryEncyclopedia => "Encyclopedia entry".into(),
            Kind::Webpage => "Web page".into(),
            kind => {
                let mut words = kind.to_string().replace(['_', '-'], " ");
                words[..1].make_ascii_uppercase();
                words
            }
        }
    }
}

vocabulary! {
    /// CSL 1.0.2, appendix IV, "Standard variables" and "Number variables"; their
    /// values are text, numbers included.
    Variable {
        Abstract = "abstract", Annote = "annote", Archive = "archive", ArchiveCollection = "archive_collection",
        ArchiveLocation = "archive_location", ArchivePlace = "archive-place", Authority = "authority",
        CallNumber = "call-number", ChapterNumber = "chapter-number", CitationKey = "citation-key",
        CitationLabel = "citation-label", CollectionNumber = "collection-number",
        CollectionTitle = "collection-title", ContainerTitle = "container-title",
        ContainerTitleShort = "container-title-short", Dimensions = "dimensions", Division = "division",
        Doi = "DOI", Edition = "edition", Event = "event", EventPlace = "event-place", EventTitle = "event-title",
        Genre = "genre", Isbn = "ISBN", Issn = "ISSN", Issue = "issue", Jurisdiction = "jurisdiction",
        Keyword = "keyword", Language = "language", License = "license", Locator = "locator", Medium = "medium",
        Note = "note", Number = "number", NumberOfPages = "number-of-pages", NumberOfVolumes = "number-of-volumes",
        OriginalPublisher = "original-publisher", OriginalPublisherPlace = "original-publisher-place",
        OriginalTitle = "original-title", Page = "page", PageFirst = "page-first", PartNumber = "part-number",
        PartTitle = "part-title", Pmcid = "PMCID", Pmid = "PMID", PrintingNumber = "printing-number",
        Publisher = "publisher", PublisherPlace = "publisher-place", References = "references",
        ReviewedGenre = "reviewed-genre", ReviewedTitle = "reviewed-title", Scale = "scale", Section = "section",
        Source = "source", Status = "status", SupplementNumber = "supplement-number", TitleShort = "title-short",
        Url = "URL", Version = "version", Volume = "volume", VolumeTitle = "volume-title",
        VolumeTitleShort = "volume-title-short", YearSuffix = "year-suffix",
    }
}

vocabulary! {
    /// CSL 1.0.2, appendix IV, "Name variables".
    Role {
        Author = "author", Chair = "chair", CollectionEditor = "collection-editor", Compiler = "compiler",
        Composer = "composer", ContainerAuthor = "container-author", Contributor = "contributor",
        Curator = "curator", Director = "director", Editor = "editor", EditorialDirector = "editorial-director",
        EditorTranslator = "editor-translator", ExecutiveProducer = "executive-producer", Guest = "guest",
        Host = "host", Illustrator = "illustrator", Interviewer = "interviewer", Narrator = "narrator",
        Organizer = "organizer", OriginalAuthor = "original-author", Performer = "performer", Producer = "producer",
        Recipient = "recipient", ReviewedAuthor = "reviewed-author", ScriptWriter = "script-writer",
        SeriesCreator = "series-creator", Translator = "translator",
    }
}

vocabulary! {
    /// CSL 1.0.2, appendix IV, "Date variables".
    DateVariable {
        Accessed = "accessed", AvailableDate = "available-date", EventDate = "event-date", Issued = "issued",
        OriginalDate = "original-date", Submitted = "submitted",
    }
}

/// A person or a body. CSL-JSON schema, "name-variable".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Name {
    Person {
        family: String,
        given: Option<String>,
        particle: Option<String>,
        suffix: Option<String>,
    },
    /// An institution, kept whole.
    Literal(String),
}

impl Name {
    /// `S. Krasner`
    pub fn in_order(&self) -> String {
        match self {
            Name::Literal(name) => name.clone(),
            Name::Person { family, given, particle, suffix } => {
                let length = |part: &Option<String>| part.as_ref().map_or(0, |part| part.len() + 1);
                let mut name = String::with_capacity(length(given) + length(particle) + family.len() + length(suffix));
                for part in given.iter().chain(particle) {
                    name.push_str(part);
                    name.push(' ');
                }
                name.push_str(family);
                if let Some(suffix) = suffix {
                    name.push(' ');
                    name.push_str(suffix);
                }
                name
            }
        }
    }

    /// `Krasner, S.`
    pub fn inverted(&self) -> String {
        match self {
            Name::Literal(name) => name.clone(),
            Name::Person { family, given, particle, suffix } => {
                let length = |part: &Option<String>| part.as_ref().map_or(0, |part| part.len() + 2);
                let mut name = String::with_capacity(length(particle) + family.len() + length(given) + length(suffix));
                self.push_short(&mut name);
                for part in given.iter().chain(suffix) {
                    name.push_str(", ");
                    name.push_str(part);
                }
                name
            }
        }
    }

    /// `Krasner`
    pub fn short(&self) -> String {
        match self {
            Name::Literal(name) => name.clone(),
            Name::Person { family, particle: None, .. } => family.clone(),
            Name::Person { family, particle: Some(particle), .. } => [particle, " ", family].concat(),
        }
    }

    /// Appends [`short`](Self::short).
    fn push_short(&self, words: &mut String) {
        match self {
            Name::Literal(name) => words.push_str(name),
            Name::Person { family, particle, .. } => {
                if let Some(particle) = particle {
                    words.push_str(particle);
                    words.push(' ');
                }
                words.push_str(family);
            }
        }
    }
}

/// A person has `family`, an institution `literal`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Name", extend("oneOf" = [{ "required": ["family"] }, { "required": ["literal"] }]))]
struct NameFile {
    family: Option<String>,
    given: Option<String>,
    dropping_particle: Option<String>,
    non_dropping_particle: Option<String>,
    suffix: Option<String>,
    literal: Option<String>,
    #[serde(rename = "comma-suffix")]
    _comma_suffix: Option<bool>,
    #[serde(rename = "static-ordering")]
    _static_ordering: Option<bool>,
    #[serde(rename = "parse-names")]
    _parse_names: Option<bool>,
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        NameFile::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        NameFile::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        NameFile::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a name, as `{ family: Krasner, given: S. }` or `{ literal: The White House }`")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Name, A::Error> {
                let file = NameFile::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let particles: Vec<String> =
                    [file.dropping_particle, file.non_dropping_particle].into_iter().flatten().collect();
                match (file.literal, file.family) {
                    (Some(literal), None) => Ok(Name::Literal(literal)),
                    (None, Some(family)) => Ok(Name::Person {
                        family,
                        given: file.given,
                        particle: (!particles.is_empty()).then(|| particles.join(" ")),
                        suffix: file.suffix,
                    }),
                    _ => Err(strict::fault(
                        "a name has either `family` or `literal`",
                        "write `{ family: Krasner, given: S. }` for a person, `{ literal: The White House }` for an institution",
                    )),
                }
            }
        }

        deserializer.deserialize_any(NameVisitor)
    }
}

/// What is cited, variable by variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Citation {
    pub kind: Kind,
    pub title: String,
    /// In the order in which they are written; never an empty list.
    pub names: BTreeMap<Role, Vec<Name>>,
    pub dates: BTreeMap<DateVariable, Date>,
    pub variables: BTreeMap<Variable, String>,
}

impl Default for Citation {
    fn default() -> Self {
        let (names, dates, variables) = Default::default();
        Citation { kind: Kind::Document, title: String::new(), names, dates, variables }
    }
}

impl Citation {
    pub fn get(&self, variable: Variable) -> Option<&str> {
        self.variables.get(&variable).map(String::as_str)
    }

    pub fn date(&self, variable: DateVariable) -> Option<&Date> {
        self.dates.get(&variable)
    }

    pub fn issued(&self) -> Option<&Date> {
        self.date(DateVariable::Issued)
    }

    pub fn names(&self, role: Role) -> &[Name] {
        self.names.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Who stands first in a list: the authors, or who else answers for the work.
    pub fn creators(&self) -> &[Name] {
        [
            Role::Author,
            Role::Editor,
            Role::EditorialDirector,
            Role::Director,
            Role::Composer,
            Role::Chair,
            Role::Translator,
        ]
        .into_iter()
        .map(|role| self.names(role))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
    }

    /// `Hansen and Nissenbaum`; `Buzan et al.` where there are more than two.
    pub fn creators_short(&self) -> String {
        let mut words = String::new();
        self.push_creators_short(&mut words);
        words
    }

    /// Appends [`creators_short`](Self::creators_short).
    pub fn push_creators_short(&self, words: &mut String) {
        match self.creators() {
            [] => {}
            [one] => one.push_short(words),
            [one, two] => {
                one.push_short(words);
                words.push_str(" and ");
                two.push_short(words);
            }
            [one, ..] => {
                one.push_short(words);
                words.push_str(" et al.");
            }
        }
    }

    /// `Hansen and Nissenbaum 2009`: how running text refers to the work.
    pub fn author_year(&self) -> String {
        let mut words = String::with_capacity(40);
        self.push_creators_short(&mut words);
        if words.is_empty() {
            words.push_str(&self.title);
        }
        if let Some(year) = self.year() {
            words.push(' ');
            words.push_str(&year);
        }
        words
    }

    /// The year as a citation gives it: `1982`, `2006–2020`; `None` where there is none.
    pub fn year(&self) -> Option<String> {
        self.issued().map(Date::year_in_words)
    }

    /// The work's address, where it leads to a page of the web.
    pub fn web_address(&self) -> Option<&str> {
        self.get(Variable::Url).filter(|url| url.starts_with("http://") || url.starts_with("https://"))
    }

    /// DOIs are written bare, with `doi:` or as an address; this is the bare form.
    pub fn doi(&self) -> Option<&str> {
        self.get(Variable::Doi).map(bare_doi)
    }
}

/// A DOI without `doi:` or what makes an address of it.
pub fn bare_doi(doi: &str) -> &str {
    let doi = doi.trim();
    let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:", "DOI:"]
        .iter()
        .find_map(|prefix| doi.strip_prefix(prefix))
        .unwrap_or(doi);
    bare.trim_start()
}
