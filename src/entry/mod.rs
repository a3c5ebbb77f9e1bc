//! One Markdown file as an [`Entry`] or a [`Text`], on its own.
//!
//! In: one [`Source`]. Out: its record (what others may know), its body (what only
//! its own page shows) and the places of both. Absent on purpose: other files,
//! whether an id exists, addresses, templates.

mod attributes;
pub mod body;
pub mod citation;
mod date;
mod filing;
pub mod front_matter;
mod highlight;
mod known;
mod late;
pub mod links;
mod sanitize;

use std::{
    hash::{Hash, Hasher},
    ops::Range,
    sync::{Arc, OnceLock},
};

pub use body::{
    Annotation, Body, CiteForm, Cluster, Fill, Line, Link, Outgoing, Piece, Rich, SEARCHED, Section, Shows,
};
pub use citation::{Citation, DateVariable, Kind, Name, Role, Variable, bare_doi};
pub use date::{Date, Point};
pub use filing::{Filing, Moment, NamedPerson, Spelling, passage_length};
pub use front_matter::{ActorRole, Basis, Confidence, FrontMatter, Own};
pub use known::Known;
pub use late::{Late, LateBody};
pub use links::Target;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    fingerprint::Fingerprint,
    site::{Collection, Markdown, Site, Slug},
    source::Source,
    strict::{self, Outline, Step},
};
use front_matter::PageMatter;

/// An annotated reference or document.
#[derive(Debug)]
pub struct Entry {
    /// Front matter and outgoing links.
    pub record: Arc<Record>,
    pub body: LateBody,
    /// Moves with every edit, so it is part of neither.
    pub places: Places,
    /// Of the record, once somebody has asked.
    fingerprint: OnceLock<Fingerprint>,
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Record {
    pub slug: Slug,
    /// Path below `content/` without `.md`.
    pub path: String,
    /// A collection's id.
    pub collection: Slug,
    /// Its number in the list, from the file's name.
    pub number: Option<u32>,
    pub filing: Filing,
    pub citation: Late<Citation>,
    pub own: Late<Own>,
    pub outgoing: Late<Outgoing>,
}

/// Without what is found out of the rest, which is half of it.
impl Hash for Record {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Record { slug, path, collection, number, filing: _, citation, own, outgoing } = self;
        (slug, path, collection, number, citation, own, outgoing).hash(hasher);
    }
}

/// A page that is not an entry: it has the address that its path has.
#[derive(Debug)]
pub struct Text {
    pub record: Arc<TextRecord>,
    pub body: LateBody,
    pub places: Places,
    /// As [`Entry`] has it.
    fingerprint: OnceLock<Fingerprint>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct TextRecord {
    /// Path below `content/` without `.md`: `about`, `tracks/sovereignty/index`.
    pub path: String,
    pub title: String,
    pub summary: Option<String>,
    pub draft: bool,
    pub outgoing: Outgoing,
}

/// What a file turned out to be.
#[derive(Clone, Debug)]
pub enum Parsed {
    Entry(Arc<Entry>),
    Text(Arc<Text>),
    /// An entry that could not be read: it still owns its id.
    Unreadable(Slug),
    /// Nothing that anything could refer to.
    Nothing,
}

/// Where the parts of a file stand.
#[derive(Debug)]
pub struct Places {
    source: Arc<Source>,
    matter: Range<usize>,
    text: Range<usize>,
    /// The front matter as it was read, where faults were taken out of it.
    read: Option<String>,
    body: body::BodyPlaces,
    /// Of the text, once somebody has asked.
    fingerprint: OnceLock<Fingerprint>,
}

/// A part of a file, as one can speak of it without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A value of the front matter.
    Field(Vec<Step>),
    /// The `n`-th link.
    Link(usize),
    /// A word of the `n`-th heading's attributes.
    InSection(usize, String),
}

impl Spot {
    pub fn field(name: &str) -> Self {
        Spot::Field(vec![Step::Key(name.into())])
    }

    /// The `index`-th item of a list, or a field of it.
    pub fn item(name: &str, index: usize, field: Option<&str>) -> Self {
        let mut steps = vec![Step::Key(name.into()), Step::Index(index)];
        steps.extend(field.map(|field| Step::Key(field.into())));
        Spot::Field(steps)
    }
}

impl Entry {
    pub fn record_fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| Fingerprint::of(&*self.record))
    }
}

impl Text {
    pub fn record_fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| Fingerprint::of(&*self.record))
    }
}

impl Places {
    /// Of the file, under the site's root.
    pub fn path(&self) -> &str {
        &self.source.path
    }

    /// Of the text that the body was made from.
    pub fn body_fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| Fingerprint::of_bytes(self.stretch(&self.text).as_bytes()))
    }

    /// A stretch of the file; nothing of one that has changed since it was parsed.
    fn stretch(&self, range: &Range<usize>) -> &str {
        self.source.text.get(range.clone()).unwrap_or_default()
    }

    /// Where the text begins, or one of its sections.
    pub fn section(&self, index: Option<usize>) -> Place {
        let range = index.and_then(|index| self.body.sections.get(index).cloned());
        let blank = || {
            let text = self.stretch(&self.text);
            let start = self.text.start + (text.len() - text.trim_start().len());
            start..start
        };
        self.source.place(range.unwrap_or_else(blank))
    }

    pub fn find(&self, spot: &Spot) -> Place {
        match spot {
            Spot::Field(path) => {
                let outline = Outline::of(self.read.as_deref().unwrap_or_else(|| self.stretch(&self.matter)));
                // A list's short form has no field of that name: the item itself is meant.
                let found = outline
                    .and_then(|outline| (1..=path.len()).rev().find_map(|length| outline.value(&path[..length])));
                let start = self.matter.start;
                found.map_or_else(
                    || self.source.place(0..0),
                    |range| self.source.place(start + range.start..start + range.end),
                )
            }
            Spot::Link(index) => self.source.place(self.body.links[*index].clone()),
            Spot::InSection(index, word) => {
                let section = self.body.sections[*index].clone();
                let at = self.stretch(&section).rfind(word.as_str());
                self.source.place(at.map_or(section.clone(), |at| section.start + at..section.start + at + word.len()))
            }
        }
    }
}

/// The folder of a file, below `content/`.
fn folder_of(source: &Source) -> &str {
    let path = source.path.strip_prefix("content/").unwrap_or(&source.path);
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Reads one Markdown file below `content/`.
///
/// # Errors
/// `invalid-utf8`, `empty-file`, `missing-front-matter`, `unclosed-front-matter`,
/// `invalid-id`, and those of [`strict::yaml`] and [`body::parse_body`]; the warning
/// `search-truncated`.
pub fn parse(source: &Arc<Source>, site: &Site) -> Checked<Parsed> {
    let mut told = Vec::new();
    let path = source.path.strip_prefix("content/").unwrap_or(&source.path);
    let (folder, name) = (folder_of(source), path.rsplit('/').next().unwrap_or(path));
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let collection = site.collection(folder.split('/').next().unwrap_or_default()).filter(|_| stem != "index");
    let identity = match collection
        .map(|collection| identity(source, collection).map(|(slug, number)| (collection, slug, number)))
    {
        None => None,
        Some(Ok(identity)) => Some(identity),
        Some(Err(fault)) => {
            return Checked { value: Parsed::Nothing, diagnostics: vec![*fault] };
        }
    };
    let unreadable = || identity.as_ref().map_or(Parsed::Nothing, |(_, slug, _)| Parsed::Unreadable(slug.clone()));
    if identity.is_none()
        && let Err(fault) = page_name(source, path.strip_suffix(".md").unwrap_or(path))
    {
        return Checked { value: Parsed::Nothing, diagnostics: vec![*fault] };
    }
    let parts = match split(source) {
        Ok(parts) => parts,
        Err(fault) => return Checked { value: unreadable(), diagnostics: vec![*fault] },
    };
    let markdown = &site.markdown;
    let parsed = if let Some((collection, slug, number)) = &identity {
        let matter = strict::yaml::<FrontMatter>(source, parts.matter.clone(), strict::ENTRY).keep(&mut told);
        let (body, outgoing, places) = read_body(source, &parts, folder, markdown, &mut told);
        told.extend(search_fault(source, &parts, &body).filter(|_| site.search.covers(&collection.id)));
        matter.value.map(|FrontMatter { citation, mut own }| {
            if matter.faulty.iter().any(|field| field == "listed") {
                // They correct a citation that could not be read: that is one fault, not one for each.
                own.corrections.clear();
            }
            Parsed::Entry(Arc::new(Entry {
                record: Arc::new(Record {
                    slug: slug.clone(),
                    path: path.strip_suffix(".md").unwrap_or(path).to_string(),
                    collection: collection.id.clone(),
                    number: *number,
                    filing: Filing::of(slug, &citation, &own, &outgoing, &site.language),
                    citation: Late::of(citation),
                    own: Late::of(own),
                    outgoing: Late::of(outgoing),
                }),
                body: LateBody::of(body),
                places: Places {
                    source: Arc::clone(source),
                    matter: parts.matter.clone(),
                    read: matter.text,
                    text: parts.body.clone(),
                    body: places,
                    fingerprint: OnceLock::new(),
                },
                fingerprint: OnceLock::new(),
            }))
        })
    } else {
        let matter = strict::yaml::<PageMatter>(source, parts.matter.clone(), strict::PAGE).keep(&mut told);
        let (body, outgoing, places) = read_body(source, &parts, folder, markdown, &mut told);
        matter.value.map(|PageMatter { title, summary, draft }| {
            let path = path.strip_suffix(".md").unwrap_or(path).to_string();
            Parsed::Text(Arc::new(Text {
                record: Arc::new(TextRecord { path, title, summary, draft, outgoing }),
                body: LateBody::of(body),
                places: Places {
                    source: Arc::clone(source),
                    matter: parts.matter.clone(),
                    read: matter.text,
                    text: parts.body.clone(),
                    body: places,
                    fingerprint: OnceLock::new(),
                },
                fingerprint: OnceLock::new(),
            }))
        })
    };
    Checked { value: parsed.unwrap_or_else(unreadable), diagnostics: told }
}

fn read_body(
    source: &Source,
    parts: &Parts,
    folder: &str,
    settings: &Markdown,
    told: &mut Vec<Diagnostic>,
) -> (Body, Outgoing, body::BodyPlaces) {
    let (body, outgoing, places, faults) = body::parse_body(source, parts.body.clone(), folder, settings);
    told.extend(faults);
    (body, outgoing, places)
}

/// What is said of a text that is searched in part.
fn search_fault(source: &Source, parts: &Parts, body: &Body) -> Option<Diagnostic> {
    let bytes: usize = body.lines.iter().map(|line| line.text.len()).sum();
    let start = parts.body.start;
    (bytes > SEARCHED).then(|| {
        let said = format!("the search finds {SEARCHED} bytes of this text, which has {bytes}");
        Diagnostic::warning("search-truncated", source.place(start..start), said)
            .help("divide it into entries of their own".to_string())
    })
}

/// An entry's id and number, from its file's name.
fn identity(source: &Source, collection: &Collection) -> Result<(Slug, Option<u32>), Box<Diagnostic>> {
    let stem = source.stem();
    let (number, name) = match stem.split_once('-') {
        Some((digits, name))
            if collection.numbered && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (digits.parse().ok(), name)
        }
        _ => (None, stem),
    };
    let slug = front_matter::id(name).map_err(|help| {
        let fault =
            Diagnostic::error("invalid-id", Place::file(Arc::clone(&source.path)), format!("`{name}` is not an id"));
        Box::new(fault.help(format!("{help}: rename the file")))
    })?;
    Ok((slug, number))
}

/// The path of a page is its address: its parts are ids.
fn page_name(source: &Source, path: &str) -> Result<(), Box<Diagnostic>> {
    let Some(part) = path.split('/').find(|part| Slug::new(part).is_none()) else {
        return Ok(());
    };
    let fault =
        Diagnostic::error("invalid-id", Place::file(Arc::clone(&source.path)), format!("`{part}` is not an id"));
    Err(Box::new(fault.help(Slug::from_words(part).map_or_else(
        || "a page's path is its address: use lower-case letters, digits and single hyphens".to_string(),
        |slug| format!("a page's path is its address: write `{slug}`"),
    ))))
}

struct Parts {
    matter: Range<usize>,
    body: Range<usize>,
}

/// Finds the lines `---` around the front matter.
fn split(source: &Source) -> Result<Parts, Box<Diagnostic>> {
    let text = &source.text;
    if let Some(at) = source.spoilt_at {
        let end = at + '\u{fffd}'.len_utf8();
        let fault = Diagnostic::error("invalid-utf8", source.place(at..end), "this is not UTF-8");
        return Err(Box::new(fault.help("save the file with the encoding UTF-8".to_string())));
    }
    if text.trim().is_empty() {
        let fault = Diagnostic::error("empty-file", source.place(0..0), "this file is empty");
        return Err(Box::new(fault.help("write its front matter between two lines `---`, or delete it".to_string())));
    }
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        let fault = Diagnostic::error(
            "missing-front-matter",
            source.place(0..first.trim_end().len()),
            "the front matter is missing",
        );
        return Err(Box::new(
            fault.help("begin the file with a line `---`, the fields, and another line `---`".to_string()),
        ));
    }
    let start = first.len();
    let mut end = start;
    for line in lines {
        if line.trim_end() == "---" {
            return Ok(Parts { matter: start..end, body: end + line.len()..text.len() });
        }
        end += line.len();
    }
    let fault = Diagnostic::error(
        "unclosed-front-matter",
        source.place(0..3),
        "the front matter that begins here does not end",
    );
    Err(Box::new(fault.help("put a line `---` behind its last field".to_string())))
}
