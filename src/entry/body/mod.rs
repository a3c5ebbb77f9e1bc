//! The Markdown below the front matter: HTML with gaps, headings, notes and links.
//!
//! In: `CommonMark` with tables, footnotes, strikethrough, definition lists, heading
//! attributes, GitHub's alerts, wikilinks and citations. Out: [`Body`] and what
//! others may know of it ([`Outgoing`]). A link to another page is a numbered gap in
//! the HTML, which is filled when the page is rendered, so that a title that changes
//! elsewhere costs no second parse. Absent on purpose: whether a link's target exists.

mod context;
mod reading;
mod stream;

use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use pulldown_cmark::{BrokenLink, CowStr, Options, Parser};

use super::links::{self, Target};
use crate::{diagnostic::Diagnostic, site::Markdown, source::Source};
use reading::{Reading, Spanned, set_notes_apart};

/// What only the entry's own page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Body {
    pub text: Rich,
    /// The first paragraph, for previews; empty where it holds raw HTML.
    pub lead: Rich,
    /// In the order in which they are first referred to.
    pub notes: Vec<Note>,
    /// The text without markup, for the search index: notes come last.
    pub lines: Vec<Line>,
    /// Those of the notes come last.
    pub clusters: Vec<Cluster>,
}

impl Body {
    /// In no more memory than it needs: what a text was written into has room left, of all
    /// entries together more than anything else that is held.
    fn fitted(mut self) -> Self {
        let notes = self.notes.iter_mut().map(|note| &mut note.text);
        for rich in [&mut self.text, &mut self.lead].into_iter().chain(notes) {
            rich.html.shrink_to_fit();
            rich.gaps.shrink_to_fit();
        }
        self.lines.iter_mut().for_each(|line| line.text.shrink_to_fit());
        self.lines.shrink_to_fit();
        self.clusters.shrink_to_fit();
        self
    }
}

/// So many bytes of an entry's lines are searched.
pub const SEARCHED: usize = 1_000_000;

/// A paragraph, cell or block of code as words. Headings are none: their words are
/// with the sections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The heading it stands under, as an index of the sections; `None` for notes as well.
    pub section: Option<usize>,
    pub text: String,
    /// Where a link stands that shows what its target is called: byte, and number of the
    /// link. By position.
    pub shown: Vec<(usize, usize)>,
}

/// HTML with gaps that a page fills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rich {
    pub html: String,
    /// By position.
    pub gaps: Vec<Gap>,
}

impl Rich {
    /// What stands at a byte range, with its gaps.
    pub fn part(&self, range: Range<usize>) -> Rich {
        // A note stands beside the text as a whole, not beside a part.
        let gaps = self.gaps.iter().filter(|gap| range.contains(&gap.at) && !matches!(gap.fill, Fill::Note(_)));
        Rich {
            html: self.html[range.clone()].to_string(),
            gaps: gaps.map(|gap| Gap { at: gap.at - range.start, fill: gap.fill }).collect(),
        }
    }
}

/// Something is put in at byte `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gap {
    pub at: usize,
    pub fill: Fill,
}

/// What the page that shows a text decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// The `n`-th link of the text.
    Link(usize),
    /// The relative address of the `n`-th link, which depends on where the text is shown.
    Address(usize),
    /// What keeps ids apart where a page shows several texts; nothing elsewhere.
    Prefix,
    /// The note of this number, counted from 1, behind the first reference to it.
    Note(usize),
    /// The `n`-th citation of the text.
    Cluster(usize),
}

/// A citation in a text, of one work or several. (CSL 1.0.2, "Terminology", has cites.)
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cluster {
    /// Never empty.
    pub cites: Vec<Cite>,
}

/// A work that a text cites.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cite {
    /// The number of the link.
    pub link: usize,
    /// `see `, as it is written.
    pub before: String,
    /// `, p. 5`, as it is written.
    pub behind: String,
    pub form: CiteForm,
}

/// How a text names the author of a work that it cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CiteForm {
    /// Not at all: `[@id]`.
    Whole,
    /// In its own words: `[-@id]`.
    WithoutAuthor,
    /// By the citation, which is part of the sentence: `@id`.
    InSentence,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// Counted from 1.
    pub number: usize,
    /// How often the text refers to it; 0 where it does not.
    pub references: usize,
    pub text: Rich,
    /// Whether it is one paragraph without raw HTML or references to other notes, so
    /// that it can stand twice on a page and within a sentence.
    pub plain: bool,
}

/// What others may know of a text: where it leads, and its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Outgoing {
    pub links: Vec<Link>,
    pub sections: Vec<Section>,
}

impl Outgoing {
    /// As [`Body::fitted`].
    fn fitted(mut self) -> Self {
        let contexts = self.links.iter_mut().map(|link| &mut link.context);
        let titles = self.sections.iter_mut().map(|section| &mut section.title);
        for pieces in contexts.chain(titles) {
            for piece in pieces.iter_mut() {
                if let Piece::Text(text) | Piece::Words(text) = piece {
                    text.shrink_to_fit();
                }
            }
            pieces.shrink_to_fit();
        }
        self.links.shrink_to_fit();
        self.sections.shrink_to_fit();
        self
    }
}

/// A link that stands in the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Link {
    pub target: Target,
    pub shows: Shows,
    /// The sentence it stands in; empty for the keywords of a heading.
    pub context: Vec<Piece>,
    /// Which sentence that is, counted over the sentences of the text that have links.
    pub sentence: Option<usize>,
    /// The heading it stands under, as an index of the sections.
    pub section: Option<usize>,
}

/// What a reader sees of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Shows {
    /// The words in the text.
    Words,
    /// What the target is called.
    Title,
    /// `Krasner 1982`
    AuthorYear,
    /// `1982`
    Year,
    /// Nothing: the text's own HTML has the address (pictures, relative links).
    Nothing,
    /// `Krasner (1982)`
    InSentence,
}

/// Part of a heading, or of a sentence around a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Piece {
    Text(String),
    /// The words of the link that the sentence is quoted for.
    Words(String),
    /// What the `n`-th link of the text shows.
    Shown(usize),
}

/// A heading and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Section {
    pub id: String,
    /// 2 to 6.
    pub level: u8,
    pub title: Vec<Piece>,
    pub annotation: Option<Annotation>,
}

/// A section that annotates a passage of the work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Annotation {
    /// The passage: `p. 186`.
    pub at: Option<String>,
    /// Ids, as they are written.
    pub keywords: Vec<String>,
    /// The passage itself, where the section quotes it: its first block quotation, as words.
    pub quote: Option<String>,
}

/// Where links and sections stand in the file, as byte ranges; indexed as in [`Outgoing`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyPlaces {
    pub links: Vec<Range<usize>>,
    pub sections: Vec<Range<usize>>,
}

impl BodyPlaces {
    /// As [`Body::fitted`].
    fn fitted(mut self) -> Self {
        self.links.shrink_to_fit();
        self.sections.shrink_to_fit();
        self
    }
}

/// The id of the list of works that a page cites.
pub const WORKS_CITED: &str = "works-cited";

/// Ids that pages use for their own parts, beside [`WORKS_CITED`] where works are cited in a
/// style. A heading's derived id steps aside.
const RESERVED: &[&str] = &[
    "main",
    "navigation",
    "citation",
    "corrections",
    "how-to-cite",
    "identifiers",
    "keywords",
    "actors",
    "tracks",
    "relations",
    "annotation",
    "contents",
    "notes",
    "backlinks",
    "related",
    "neighbours",
    "record",
    "top",
    "search",
];

/// Reads the Markdown at `range` of `source`, a file in `folder` below `content/`.
///
/// # Errors
/// `unsafe-address`, `double-section`, `reserved-section`, `unknown-attribute`,
/// `unknown-note`; warnings `top-heading`, `unused-note`.
pub fn parse_body(
    source: &Source,
    range: Range<usize>,
    folder: &str,
    settings: &Markdown,
) -> (Body, Outgoing, BodyPlaces, Vec<Diagnostic>) {
    let text = &source.text[range.clone()];
    let cite = |broken: BrokenLink<'_>| {
        links::citation(&broken.reference)?;
        Some((CowStr::from(format!("{CITE}{}", broken.reference)), CowStr::from("")))
    };
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS;
    options.set(Options::ENABLE_SMART_PUNCTUATION, settings.smart_punctuation);
    let parser = Parser::new_with_broken_link_callback(text, options, Some(cite)).into_offset_iter();
    let mut events: Vec<Spanned<'_>> = Vec::with_capacity(text.len() / 24);
    events.extend(parser.map(|(event, at)| (event, range.start + at.start..range.start + at.end)));
    let mut reading = Reading::new(source, folder, settings);
    reading.expect(text, &events);
    reading.name_sections(&events);
    reading.find_unknown_notes(&events);
    let (main, definitions) = set_notes_apart(events);
    let text = reading.write(main);
    let lead = std::mem::take(&mut reading.lead);
    let notes = reading.write_notes(definitions);
    let lines = std::mem::take(&mut reading.lines);
    let clusters = std::mem::take(&mut reading.clusters);
    let body = Body { text, lead, notes, lines, clusters }.fitted();
    (body, reading.outgoing.fitted(), reading.places.fitted(), reading.diagnostics)
}

/// Marks the address of a link that our own callback made of a citation.
const CITE: &str = "cite:";
