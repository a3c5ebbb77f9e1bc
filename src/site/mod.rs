//! `site.toml`: what an archive is called, and the words that it is ordered by.
//!
//! In: the text of `site.toml`. Out: [`Site`], complete and typed, defaults applied.
//! [`SiteFile`] is as close to the text as serde allows. Absent on purpose: entries.
//! Tracks, collections and relations are settings: nothing else in the program
//! knows the word *sovereignty*.

mod file;

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date as Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    source::Source,
    strict,
};

pub use file::SiteFile;

/// An identifier in links and addresses: lower-case ASCII letters, digits and
/// single inner hyphens; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(transparent)]
pub struct Slug(Arc<str>);

impl Slug {
    /// `None` where `text` breaks one of the rules above.
    pub fn new(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let sound = text.split('-').all(|part| !part.is_empty() && part.chars().all(plain));
        sound.then(|| Slug(text.into()))
    }

    /// The nearest sound slug: transliterated, lower-cased, everything else a
    /// hyphen. `None` where nothing is left.
    pub fn from_words(text: &str) -> Option<Self> {
        let latin = deunicode::deunicode(text).to_lowercase();
        let parts: Vec<&str> =
            latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
        Slug::new(&parts.join("-"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// All settings of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    pub title: String,
    pub subtitle: Option<String>,
    pub description: Option<String>,
    /// BCP 47.
    pub language: String,
    /// Ends in a slash.
    pub base_url: Option<String>,
    /// The domain that is the archive's own, for hosts that ask for it in `CNAME`.
    pub domain: Option<String>,
    /// Not in `site.toml`: it is asked for of one build.
    pub indexing: Indexing,
    pub theme: Slug,
    /// The day of this edition of the archive; where it is not set, the latest day
    /// that an entry names as its own `updated`, `added` or `accessed`.
    pub date: Option<Day>,
    /// Who answers for the archive, in feeds and citations.
    pub editor: Option<String>,
    pub license: Option<License>,
    pub collections: Vec<Collection>,
    pub tracks: Vec<Track>,
    pub relations: Vec<RelationKind>,
    pub navigation: Vec<NavigationItem>,
    pub markdown: Markdown,
    pub timeline: Timeline,
    pub lists: Lists,
    pub feed: Feed,
    pub pictures: Pictures,
    pub search: Search,
    /// Where the pack is published: a whole address, or one from the site's root.
    pub pack: Option<String>,
    pub citations: Citations,
    pub exports: Exports,
}

/// How works are cited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Citations {
    /// CSL styles: names, and paths of `.csl` files below the root. The first is the one that
    /// is shown unless a reader asks for another; where there is none, nothing is formatted.
    pub styles: Vec<String>,
}

/// Which files are made for other programs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exports {
    /// Those of the whole archive below `data/`, and the page that explains them.
    pub archive: bool,
    /// Those of each work, beside its page.
    pub entries: bool,
}

/// Whether search engines may list the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Indexing {
    #[default]
    Allowed,
    /// For what is not the archive itself: the preview of a branch.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct License {
    pub title: String,
    pub url: Option<String>,
}

/// A folder below `content/` whose files are entries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collection {
    pub id: Slug,
    pub title: String,
    pub singular: String,
    /// Whether a file's leading `NN-` is its number in the list.
    pub numbered: bool,
}

/// One of the views that entries are claimed for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Track {
    pub id: Slug,
    pub title: String,
    pub summary: Option<String>,
    /// One character that stands for the track where colour cannot.
    pub glyph: String,
    pub color: Color,
}

/// `#rrggbb`, for light and dark pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Color {
    pub light: String,
    pub dark: String,
}

/// A kind of relation between two works, read from the one that states it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RelationKind {
    pub id: Slug,
    /// As in "*revises* the letter of 2011".
    pub label: String,
    /// As the other work reads it: "*revised by* …".
    pub inverse: String,
    pub dcterms: Dcterms,
}

/// What a kind of relation is to programs: a property of *DCMI Metadata Terms*, spelt as there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Dcterms {
    References,
    Replaces,
    Requires,
    IsVersionOf,
    IsPartOf,
    IsFormatOf,
    /// Related in a way that the terms have no word for.
    #[default]
    Relation,
}

impl Dcterms {
    /// As the work that states it has it, or the other (`inverse`).
    pub const fn property(self, inverse: bool) -> &'static str {
        match (self, inverse) {
            (Dcterms::References, false) => "dcterms:references",
            (Dcterms::References, true) => "dcterms:isReferencedBy",
            (Dcterms::Replaces, false) => "dcterms:replaces",
            (Dcterms::Replaces, true) => "dcterms:isReplacedBy",
            (Dcterms::Requires, false) => "dcterms:requires",
            (Dcterms::Requires, true) => "dcterms:isRequiredBy",
            (Dcterms::IsVersionOf, false) => "dcterms:isVersionOf",
            (Dcterms::IsVersionOf, true) => "dcterms:hasVersion",
            (Dcterms::IsPartOf, false) => "dcterms:isPartOf",
            (Dcterms::IsPartOf, true) => "dcterms:hasPart",
            (Dcterms::IsFormatOf, false) => "dcterms:isFormatOf",
            (Dcterms::IsFormatOf, true) => "dcterms:hasFormat",
            (Dcterms::Relation, _) => "dcterms:relation",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NavigationItem {
    pub title: String,
    /// An address below the site's root, as in DESIGN, "Addresses".
    pub address: String,
}

/// How Markdown is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Markdown {
    pub raw_html: RawHtml,
    /// Curly quotation marks and dashes for straight ones, by English rules.
    pub smart_punctuation: bool,
    /// Whether a style cites: `@id` in a sentence is a citation then, and pages list works.
    pub citations: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawHtml {
    /// Shown as the characters it is written in.
    Escape,
    /// Passed through an allow-list of elements and attributes.
    Sanitize,
    /// Copied as it stands: only for archives whose every author is trusted.
    Allow,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timeline {
    /// Above so many works in one picture, marks are gathered into one bar a year.
    pub most_marks: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lists {
    /// How many rows of a list a page holds at the most: fewer where they are long.
    pub most_rows: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Feed {
    /// How many entries a feed holds at the most.
    pub entries: usize,
}

/// Which share pictures are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pictures {
    /// One for the site.
    pub site: bool,
    /// One for each entry.
    pub entries: bool,
}

/// What readers can look for, and narrow results by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    pub enabled: bool,
    /// Whose entries are found; `None` for all.
    pub collections: Option<Vec<Slug>>,
    pub text: SearchText,
    pub facets: Vec<Facet>,
}

impl Search {
    /// Whether entries of a collection are found.
    pub fn covers(&self, collection: &Slug) -> bool {
        self.enabled && self.collections.as_ref().is_none_or(|collections| collections.contains(collection))
    }
}

/// What results are quoted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SearchText {
    /// All that is searched: a result shows where it was found.
    Full,
    /// The beginning: a third of the bytes.
    Excerpt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    Track,
    Kind,
    Decade,
    Actor,
    Keyword,
}

impl Facet {
    pub const ALL: [Facet; 5] = [Facet::Track, Facet::Kind, Facet::Decade, Facet::Actor, Facet::Keyword];
}

impl Site {
    /// Reads the text of `site.toml`; `None` where it cannot be understood.
    ///
    /// # Errors
    /// `invalid-toml`, `unknown-setting`, `wrong-setting`, `double-id`, `invalid-id`; the
    /// warning `no-pictures`.
    pub fn parse(source: &Source) -> Checked<Option<Site>> {
        let mut told = Vec::new();
        let Some(file) = strict::toml::<SiteFile>(source).keep(&mut told) else {
            return Checked { value: None, diagnostics: told };
        };
        let site = file.resolve(source).keep(&mut told);
        if cfg!(not(feature = "pictures")) && site.as_ref().is_some_and(|site| site.pictures.entries) {
            let place = place_at(source, &["pictures", "entries"]);
            told.push(
                Diagnostic::warning("no-pictures", place, "this program was built without pictures, so it draws none")
                    .help("build it with its feature `pictures`, which it has by default".to_string()),
            );
        }
        Checked { value: site, diagnostics: told }
    }

    pub fn collection(&self, id: &str) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.id.as_str() == id)
    }

    /// The address with which every absolute link begins: `base-url`, or nothing.
    pub fn absolute(&self, address: &str) -> String {
        [self.base_url.as_deref().unwrap_or("/"), address].concat()
    }

    /// The address of the pack that is good from anywhere, if the site has one; from the root
    /// where it has not.
    pub fn pack_address(&self) -> Option<String> {
        let address = self.pack.as_deref()?;
        let whole = self.base_url.as_ref().filter(|_| !address.contains("://"));
        Some(whole.map_or_else(|| address.to_string(), |url| format!("{url}{address}")))
    }

    /// The path of `base-url` without its first slash: empty, or with a slash at its end.
    pub fn base_path(&self) -> &str {
        self.base_url.as_deref().and_then(|url| url.splitn(4, '/').nth(3)).unwrap_or_default()
    }

    /// The domain of `CNAME`: the archive's own, where the site is built for it.
    pub fn domain_to_claim(&self) -> Option<&str> {
        let domain = self.domain.as_deref()?;
        self.base_url.as_deref().is_some_and(|url| file::host(url) == domain).then_some(domain)
    }

    /// Sets the address that `--base-url` gives.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn with_base_url(mut self, url: &str) -> Result<Self, String> {
        self.base_url = Some(file::base_url(url)?);
        Ok(self)
    }
}

/// Whether `url` can be the address of a site.
///
/// # Errors
/// What is wrong with it.
pub fn check_base_url(url: &str) -> Result<(), String> {
    file::base_url(url).map(|_| ())
}

/// Where the value of a setting stands that belongs to no table.
pub fn place_of(settings: &Source, name: &str) -> Place {
    place_at(settings, &[name])
}

/// Where an item of a list stands that is reached through tables.
pub fn place_of_item(settings: &Source, path: &[&str], index: usize) -> Place {
    let span = toml::de::DeTable::parse(&settings.text).ok().and_then(|table| {
        let (first, inner) = path.split_first()?;
        let list = inner.iter().try_fold(table.get_ref().get(*first)?, |value, name| value.get_ref().get(*name))?;
        list.get_ref().get(index).map(toml::Spanned::span)
    });
    span.map_or_else(|| place_at(settings, path), |span| settings.place(span))
}

/// Where the value of a setting stands that is reached through tables.
fn place_at(settings: &Source, path: &[&str]) -> Place {
    let span = toml::de::DeTable::parse(&settings.text).ok().and_then(|table| {
        let (first, inner) = path.split_first()?;
        let value = table.get_ref().get(*first)?;
        inner.iter().try_fold(value, |value, name| value.get_ref().get(*name)).map(toml::Spanned::span)
    });
    span.map_or_else(|| Place::file(&*settings.path), |span| settings.place(span))
}

/// What is said where there are no settings.
pub fn missing_settings() -> Diagnostic {
    Diagnostic::error("missing-settings", Place::file("site.toml"), "there is no `site.toml` here")
        .help("run this in the archive's folder, or name it with `--root`".to_string())
}
