//! `site.toml` as it is written, and how it becomes a [`Site`].

use std::{borrow::Cow, collections::HashSet, num::NonZeroUsize};

use jiff::civil::Date as Day;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::{
    Citations, Collection, Color, Dcterms, Exports, Facet, Feed, Indexing, License, Lists, Markdown, NavigationItem,
    Pictures, RawHtml, RelationKind, Search, SearchText, Site, Slug, Timeline, Track,
};
use crate::{
    diagnostic::{Checked, Diagnostic, did_you_mean},
    source::Source,
    strict,
};

/// The text of `site.toml`, field by field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SiteFile {
    /// The archive's name: the heading of the home page, and the end of every page's title.
    title: String,
    /// Below the title on the home page, in the footer, and in the feed.
    subtitle: Option<String>,
    /// The home page's description where `content/index.md` has no `summary`.
    description: Option<String>,
    /// The pages' `lang`; `en` by default. Lists are sorted by its rules (Unicode collation). Dates are in
    /// words where it is English, and as written elsewhere.
    language: Option<Language>,
    /// Where the site will be. A slash is added at its end.
    base_url: Option<BaseUrl>,
    /// A domain of the archive's own, `archive.example.org`.
    domain: Option<Domain>,
    /// A folder below `themes/`; `default` by default.
    theme: Option<SlugText>,
    /// The day of this edition of the archive.
    date: Option<DayText>,
    /// Who answers for the archive: in the footer, and as the feed's author, for which `title` stands in.
    editor: Option<String>,
    /// The licence of the archive's texts, in the footer and the feed.
    license: Option<LicenseFile>,
    /// Folders below `content/` whose files are entries.
    collections: Vec<CollectionFile>,
    /// The views that entries are claimed for, in the order in which they are shown.
    #[serde(default)]
    tracks: Vec<TrackFile>,
    /// The kinds of relation that entries may state.
    #[serde(default)]
    relations: Vec<RelationFile>,
    /// The links in the head of every page.
    navigation: Option<Vec<NavigationFile>>,
    /// How Markdown is read.
    #[serde(default)]
    markdown: MarkdownFile,
    /// Pictures of works in time.
    #[serde(default)]
    timeline: TimelineFile,
    /// How long a page of a list may be.
    #[serde(default)]
    lists: ListsFile,
    /// What feeds hold.
    #[serde(default)]
    feed: FeedFile,
    /// Pictures for sharing.
    #[serde(default)]
    pictures: PicturesFile,
    /// What can be found.
    #[serde(default)]
    search: SearchFile,
    /// Where the archive is published as one file.
    #[serde(default)]
    pack: PackFile,
    /// How works are cited.
    #[serde(default)]
    citations: CitationsFile,
    /// Files for other programs.
    #[serde(default)]
    exports: ExportsFile,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct LicenseFile {
    /// What the licence is called.
    title: String,
    /// Where it can be read.
    url: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CollectionFile {
    /// The folder's name, and the addresses'.
    id: SlugText,
    /// What the list is called: `References`.
    title: String,
    /// What one entry is called: `Reference`, as in *Reference 24*; `title` by default.
    singular: Option<String>,
    /// Whether a file's leading digits and hyphen are its number in the list; `false` by default.
    #[serde(default)]
    numbered: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TrackFile {
    /// As entries name it.
    id: SlugText,
    /// What readers see.
    title: String,
    /// A sentence, on the home page and the track's pages.
    summary: Option<String>,
    /// Stands for the track where colour cannot. By position `■` `●` `▲` `◆` `★` `✚` by default.
    glyph: Option<Glyph>,
    /// By position, six pairs, by default. Where it is set, both are.
    color: Option<ColorFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ColorFile {
    /// On a light ground.
    light: Hex,
    /// On a dark ground.
    dark: Hex,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RelationFile {
    /// As entries name it.
    id: SlugText,
    /// As the work reads that states it.
    label: String,
    /// As the other work reads it.
    inverse: String,
    /// What it is in DCMI Metadata Terms; `relation` where nothing is said.
    dcterms: Option<Dcterms>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NavigationFile {
    /// What readers see.
    title: String,
    /// From the site's root, ending in a file's name: `keywords/index.html`.
    address: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct MarkdownFile {
    /// HTML in Markdown is passed through an allow-list, which is the default, shown as the characters it
    /// is written in, or copied as it stands. `allow` is for archives whose every author is trusted.
    raw_html: Option<RawHtmlFile>,
    /// Curly quotation marks, dashes and ellipses for `"`, `--` and `...`; `true` by default where the
    /// language is English.
    smart_punctuation: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum RawHtmlFile {
    Escape,
    Sanitize,
    Allow,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TimelineFile {
    /// In a picture of more dated works than this, or where a page of 300 kB has no room for their marks,
    /// these are gathered into one bar a year; 400 by default.
    most_marks: Option<usize>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ListsFile {
    /// How many rows of a list a page holds at the most; 3000 by default.
    most_rows: Option<NonZeroUsize>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FeedFile {
    /// How many entries a feed holds at the most; 50 by default.
    entries: Option<usize>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PicturesFile {
    /// Draw `share.png`, which every page names as its `og:image`; `true` by default.
    site: Option<bool>,
    /// Draw one for each entry, beside its page, `references/ID.png`; `false` by default.
    entries: Option<bool>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SearchFile {
    /// Make `search.html` and the index below `search/`, and let every page open a dialog for search;
    /// `true` by default.
    enabled: Option<bool>,
    /// The collections whose entries are found; all by default. Pages of keywords, actors, people and
    /// tracks, and texts of your own, are found in any case.
    collections: Option<Vec<SlugText>>,
    /// What results quote: `full`, the default, is the passage that was found; `excerpt` the first 300
    /// bytes of an entry, which takes away most of the index's size. As much is found with either.
    text: Option<SearchText>,
    /// What results can be narrowed by, and what `track:` and the like may ask for; all by default.
    facets: Option<Vec<Facet>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CitationsFile {
    /// The styles that entries are cited in, in the order in which they are offered; the first is the one
    /// that is shown. Without them nothing is formatted.
    #[serde(default)]
    styles: Vec<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExportsFile {
    /// Write the whole archive for other programs, below `data/`; `true` by default.
    archive: Option<bool>,
    /// Write each work for programs that manage references, beside its page: `references/ID.bib`,
    /// `references/ID.ris`, `references/ID.csl.json`; `true` by default.
    entries: Option<bool>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PackFile {
    /// From the site's root, `archive.zip`, or a whole address, `https://example.org/archive.zip`.
    address: Option<PackAddress>,
}

/// Text that a rule holds for: read as a string, and refused with the rule's words.
macro_rules! ruled_text {
    ($name:ident, $title:literal, $kind:ty, $pattern:literal, $rule:expr) => {
        #[derive(Debug)]
        struct $name($kind);

        /// No narrower than the rule, which says more than a pattern can.
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "title": $title, "type": "string", "pattern": $pattern })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let rule: fn(&str) -> Result<$kind, (String, String)> = $rule;
                rule(&text).map($name).map_err(|(said, help)| strict::fault::<D::Error>(said, help))
            }
        }
    };
}

ruled_text!(SlugText, "id", Slug, "^[a-z0-9]+(-[a-z0-9]+)*$", |text| {
    Slug::new(text).ok_or_else(|| {
        let help = Slug::from_words(text).map_or_else(
            || "use lower-case letters, digits and single hyphens".to_string(),
            |slug| format!("write `{slug}`"),
        );
        (format!("`{text}` is not an id"), help)
    })
});

ruled_text!(Hex, "colour, #rrggbb", String, "^#[0-9A-Fa-f]{6}$", |text| {
    let sound = text
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    sound
        .then(|| text.to_ascii_lowercase())
        .ok_or_else(|| (format!("`{text}` is not a colour"), "write it as `#rrggbb`".to_string()))
});

ruled_text!(BaseUrl, "http or https address without query or fragment", String, "^https?://[^/]", |text| {
    base_url(text).map_err(|said| (said, "write it as `https://example.org/archive/`".to_string()))
});

ruled_text!(PackAddress, "address of a file", String, "^[^/]", |text| {
    let whole = base_url(text).is_ok() && !text.ends_with('/');
    let below = text.split('/').all(|part| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(plain)
    });
    (whole || below).then(|| text.to_string()).ok_or_else(|| {
        let help = "write it as `archive.zip`, from the site's root, or as a whole address that begins with `https://`";
        (format!("`{text}` is not the address of a file"), help.to_string())
    })
});

ruled_text!(Domain, "name of a host", String, "^[a-z0-9-]+([.][a-z0-9-]+)+$", |text| {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let sound = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    sound.then(|| text.to_string()).ok_or_else(|| {
        (
            format!("`{text}` is not the name of a domain"),
            "write it as `archive.example.org`, in lower case".to_string(),
        )
    })
});

ruled_text!(Language, "BCP 47 tag", String, "^[A-Za-z0-9_-]+$", |text| {
    text.parse::<icu_locale_core::Locale>()
        .map(|_| text.to_string())
        .map_err(|_| (format!("`{text}` is not a language tag"), "write it as BCP 47 does: `en`, `de-CH`".to_string()))
});

ruled_text!(Glyph, "one character, or two", String, "^.{1,2}$", |text| {
    (!text.is_empty() && text.chars().count() <= 2)
        .then(|| text.to_string())
        .ok_or_else(|| (format!("`{text}` is not a glyph"), "use a single character, such as `■`".to_string()))
});

/// A day as a string, or as TOML's own local date.
#[derive(Debug)]
struct DayText(Day);

/// As text: a TOML date has the same form.
impl JsonSchema for DayText {
    fn schema_name() -> Cow<'static, str> {
        "DayText".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "title": "day, 2026-11-22", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" })
    }
}

impl<'de> Deserialize<'de> for DayText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Day(toml::value::Datetime),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::Day(day) => day.to_string(),
        };
        text.parse()
            .map(DayText)
            .map_err(|_| strict::fault::<D::Error>(format!("`{text}` is not a day"), "write it as `2026-11-22`"))
    }
}

/// An absolute http address that ends in a slash.
///
/// # Errors
/// What is wrong with it.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let sound = rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && rest.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"\"'<>\\`{}|^?#".contains(c))
    });
    if !sound {
        return Err(format!("`{text}` is not an absolute web address"));
    }
    Ok(if text.ends_with('/') { text.to_string() } else { format!("{text}/") })
}

/// The host of an address that [`base_url`] lets pass, in lower case and without a port.
pub(super) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

impl SiteFile {
    /// Applies the defaults, and the rules that hold between fields.
    ///
    /// # Errors
    /// `double-id`: two collections, tracks or relations with one id; `wrong-setting`.
    pub(super) fn resolve(self, source: &Source) -> Checked<Option<Site>> {
        let mut told = Vec::new();
        let mut once = |what: &str, ids: Vec<&Slug>| {
            let mut seen = HashSet::new();
            for id in ids {
                if !seen.insert(id.clone()) {
                    let written = format!("id = \"{id}\"");
                    let at = source.text.rfind(&written).unwrap_or(0);
                    told.push(
                        Diagnostic::error(
                            "double-id",
                            source.place(at..at + written.len()),
                            format!("two {what} have the id `{id}`"),
                        )
                        .help("rename one of the two".to_string()),
                    );
                }
            }
        };
        once("collections", self.collections.iter().map(|collection| &collection.id.0).collect());
        once("tracks", self.tracks.iter().map(|track| &track.id.0).collect());
        once("relations", self.relations.iter().map(|relation| &relation.id.0).collect());
        let reserved = [
            "tracks", "keywords", "actors", "people", "timeline", "compare", "static", "data", "previews", "print",
            "search",
        ];
        for collection in &self.collections {
            let id = collection.id.0.as_str();
            if reserved.contains(&id) {
                let at = source.text.find(&format!("\"{id}\"")).unwrap_or(0);
                told.push(
                    Diagnostic::error(
                        "double-id",
                        source.place(at..at + id.len() + 2),
                        format!("the folder `{id}` belongs to pages that the archive makes"),
                    )
                    .help("give the collection another id".to_string()),
                );
            }
        }
        if let (Some(domain), Some(url)) = (&self.domain, &self.base_url)
            && host(&url.0) != domain.0
        {
            let place = super::place_at(source, &["domain"]);
            let said = format!("`base-url` has another domain, `{}`", host(&url.0));
            told.push(
                Diagnostic::error("wrong-setting", place, said)
                    .help("give both the same, or take `domain` out".to_string()),
            );
        }
        for searched in self.search.collections.iter().flatten().map(|id| id.0.as_str()) {
            let known = || self.collections.iter().map(|collection| collection.id.0.as_str());
            if !known().any(|id| id == searched) {
                let place = super::place_at(source, &["search", "collections"]);
                let fault = Diagnostic::error("wrong-setting", place, format!("there is no collection `{searched}`"));
                told.push(fault.help(did_you_mean(searched, known())));
            }
        }
        let site = told.is_empty().then(|| self.complete());
        Checked { value: site, diagnostics: told }
    }

    fn complete(self) -> Site {
        let language = self.language.map_or_else(|| "en".to_string(), |language| language.0);
        let english = language == "en" || language.starts_with("en-");
        let collections: Vec<Collection> = self
            .collections
            .into_iter()
            .map(|collection| Collection {
                id: collection.id.0,
                singular: collection.singular.unwrap_or_else(|| collection.title.clone()),
                title: collection.title,
                numbered: collection.numbered,
            })
            .collect();
        let navigation = match self.navigation {
            Some(items) => {
                items.into_iter().map(|item| NavigationItem { title: item.title, address: item.address }).collect()
            }
            None => default_navigation(&collections, !self.tracks.is_empty()),
        };
        let relations = if self.relations.is_empty() {
            default_relations()
        } else {
            self.relations
                .into_iter()
                .map(|relation| RelationKind {
                    id: relation.id.0,
                    label: relation.label,
                    inverse: relation.inverse,
                    dcterms: relation.dcterms.unwrap_or_default(),
                })
                .collect()
        };
        Site {
            title: self.title,
            subtitle: self.subtitle,
            description: self.description,
            base_url: self.base_url.map(|url| url.0),
            domain: self.domain.map(|domain| domain.0),
            indexing: Indexing::default(),
            theme: self.theme.map_or_else(default_theme, |theme| theme.0),
            date: self.date.map(|date| date.0),
            editor: self.editor,
            license: self.license.map(|license| License { title: license.title, url: license.url }),
            collections,
            tracks: self.tracks.into_iter().enumerate().map(|(index, track)| track.complete(index)).collect(),
            relations,
            navigation,
            markdown: Markdown {
                raw_html: match self.markdown.raw_html {
                    Some(RawHtmlFile::Escape) => RawHtml::Escape,
                    Some(RawHtmlFile::Allow) => RawHtml::Allow,
                    Some(RawHtmlFile::Sanitize) | None => RawHtml::Sanitize,
                },
                smart_punctuation: self.markdown.smart_punctuation.unwrap_or(english),
                citations: !self.citations.styles.is_empty(),
            },
            timeline: Timeline { most_marks: self.timeline.most_marks.unwrap_or(400) },
            lists: Lists { most_rows: self.lists.most_rows.map_or(3000, NonZeroUsize::get) },
            feed: Feed { entries: self.feed.entries.unwrap_or(50) },
            pictures: Pictures {
                site: self.pictures.site.unwrap_or(true),
                entries: self.pictures.entries.unwrap_or(false),
            },
            search: Search {
                enabled: self.search.enabled.unwrap_or(true),
                collections: self.search.collections.map(|ids| ids.into_iter().map(|id| id.0).collect()),
                text: self.search.text.unwrap_or(SearchText::Full),
                facets: self.search.facets.unwrap_or_else(|| Facet::ALL.to_vec()),
            },
            pack: self.pack.address.map(|address| address.0),
            citations: Citations { styles: self.citations.styles },
            exports: Exports {
                archive: self.exports.archive.unwrap_or(true),
                entries: self.exports.entries.unwrap_or(true),
            },
            language,
        }
    }
}

fn default_theme() -> Slug {
    Slug::new("default").expect("`default` is a sound slug")
}

impl TrackFile {
    /// Glyphs and colours that differ in shape and lightness, for tracks that set none.
    fn complete(self, index: usize) -> Track {
        const LOOKS: [(&str, &str, &str); 6] = [
            ("■", "#8a1c1c", "#ff9b8a"),
            ("●", "#0b5394", "#8ec5ff"),
            ("▲", "#2d6a2d", "#8fd68f"),
            ("◆", "#6a3d8a", "#d0aaf0"),
            ("★", "#7a5200", "#f0c060"),
            ("✚", "#00605c", "#7fd8d2"),
        ];
        let (glyph, light, dark) = LOOKS[index % LOOKS.len()];
        let color = self.color.map_or_else(
            || Color { light: light.to_string(), dark: dark.to_string() },
            |color| Color { light: color.light.0, dark: color.dark.0 },
        );
        Track {
            id: self.id.0,
            title: self.title,
            summary: self.summary,
            glyph: self.glyph.map_or_else(|| glyph.to_string(), |glyph| glyph.0),
            color,
        }
    }
}

fn default_navigation(collections: &[Collection], tracks: bool) -> Vec<NavigationItem> {
    let item = |title: &str, address: &str| NavigationItem { title: title.into(), address: address.into() };
    let mut items: Vec<NavigationItem> = collections
        .iter()
        .map(|collection| item(&collection.title, &format!("{}/index.html", collection.id)))
        .collect();
    if tracks {
        items.push(item("Tracks", "tracks/index.html"));
    }
    items.push(item("Timeline", "timeline.html"));
    items.push(item("Keywords", "keywords/index.html"));
    items.push(item("Actors", "actors/index.html"));
    items.push(item("People", "people/index.html"));
    items
}

fn default_relations() -> Vec<RelationKind> {
    [
        ("revises", "revises", "revised by", Dcterms::IsVersionOf),
        ("supersedes", "supersedes", "superseded by", Dcterms::Replaces),
        ("implements", "implements", "implemented by", Dcterms::References),
        ("responds-to", "responds to", "answered by", Dcterms::References),
        ("builds-on", "builds on", "built on by", Dcterms::References),
        ("part-of", "part of", "has part", Dcterms::IsPartOf),
        ("compare", "compare", "compare", Dcterms::Relation),
    ]
    .into_iter()
    .filter_map(|(id, label, inverse, dcterms)| {
        Some(RelationKind { id: Slug::new(id)?, label: label.into(), inverse: inverse.into(), dcterms })
    })
    .collect()
}
