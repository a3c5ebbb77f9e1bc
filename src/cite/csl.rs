//! hayagriva: what makes a citation of a style and an item.
//!
//! It is asked as little as it allows. A bibliography is only made of works that are
//! cited, and a citation is rendered several times on the way: the citation here has a
//! style of its own ([`Engine::mute`]) which renders nothing. One driver has one work,
//! since its cost grows with their number. A locale is read from the archive where it is
//! needed, of the 63 that there are.

mod html;
mod item;
mod mend;

use std::{
    collections::HashMap,
    fmt,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest,
    archive::{ArchivedStyle, LOCALES},
    citationberg::{self, IndependentStyle, Locale, LocaleCode, XmlDeError},
};
use pulldown_cmark_escape::escape_html;

use super::Reference;
use crate::{
    diagnostic::{self, Diagnostic, Place},
    entry::Citation,
    fingerprint::FingerprintMap,
    source::Source,
};
use mend::{Scope, Shape};

/// What formats. A test holds it to the version in `Cargo.lock`.
pub const NAME: &str = "hayagriva 0.10.1";

pub struct Style {
    origin: Origin,
    /// BCP 47; of the site.
    language: String,
    engine: OnceLock<Engine>,
}

enum Origin {
    Archived(ArchivedStyle),
    File(Box<IndependentStyle>),
}

impl fmt::Debug for Style {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Style").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Style {
    /// One of hayagriva's archive, and what readers call it.
    pub fn named(name: &str, language: &str) -> Option<(Self, String)> {
        let archived = ArchivedStyle::by_name(name)?;
        // The title of a style says more than a reader looks for, and costs its decoding.
        let title = TITLES.iter().find(|(known, _)| *known == name).map(|(_, title)| (*title).to_string());
        let title = title.unwrap_or_else(|| archived.get().info().title.value.trim().to_string());
        Some((Style { origin: Origin::Archived(archived), language: language.into(), engine: OnceLock::new() }, title))
    }

    /// One that the archive brings.
    ///
    /// # Errors
    /// `invalid-style`.
    pub fn parse(source: &Source, language: &str) -> Result<(Self, String), Box<Diagnostic>> {
        match citationberg::Style::from_xml(&source.text) {
            Ok(citationberg::Style::Independent(style)) => {
                let title = style.info.title.value.trim().to_string();
                let origin = Origin::File(style.into());
                Ok((Style { origin, language: language.into(), engine: OnceLock::new() }, title))
            }
            Ok(citationberg::Style::Dependent(style)) => {
                let parent = style.parent_link.href;
                let place = source.text.find(&parent).map_or(0..0, |at| at..at + parent.len());
                let fault = Diagnostic::error(
                    "invalid-style",
                    source.place(place),
                    format!("this style has no rules of its own but those of `{parent}`"),
                );
                let archived = ArchivedStyle::by_id(&parent).and_then(|style| style.names().first());
                Err(Box::new(fault.help(archived.map_or_else(
                    || "put that style's `.csl` file here".to_string(),
                    |name| format!("name the style `{name}` instead"),
                ))))
            }
            Err(fault) => Err(Box::new(invalid(source, &fault))),
        }
    }

    /// A work as the bibliography has it, as HTML. Where the style has no bibliography, as it
    /// cites it.
    pub fn bibliography(&self, reference: &Reference<'_>) -> String {
        self.engine().bibliography(reference)
    }

    fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let style = match &self.origin {
                Origin::Archived(archived) => match archived.get() {
                    citationberg::Style::Independent(style) => style,
                    citationberg::Style::Dependent(_) => {
                        unreachable!("hayagriva's archive has independent styles alone")
                    }
                },
                Origin::File(style) => (**style).clone(),
            };
            Engine::of(style, &self.language)
        })
    }
}

/// What readers call the styles that are asked for most.
const TITLES: &[(&str, &str)] = &[
    ("apa", "APA"),
    ("chicago-author-date", "Chicago, author-date"),
    ("chicago-notes", "Chicago, notes"),
    ("chicago-shortened-notes", "Chicago, shortened notes"),
    ("gost-r-705-2008-numeric", "GOST R 7.0.5"),
    ("harvard-cite-them-right", "Harvard"),
    ("ieee", "IEEE"),
    ("iso-690-author-date", "ISO 690"),
    ("iso-690-numeric", "ISO 690, numeric"),
    ("mla", "MLA"),
    ("vancouver", "Vancouver"),
];

pub fn nearest(name: &str) -> Option<String> {
    let names = ArchivedStyle::all().iter().flat_map(|style| style.names());
    diagnostic::did_you_mean(name, names.copied())
}

pub fn missing(_: &[String], _: impl Fn(usize) -> Place) -> Option<Diagnostic> {
    None
}

/// Where XML is at fault the reader says so; where its meaning is, the fault has a path of
/// elements but no place, and the file is named.
fn invalid(source: &Source, fault: &XmlDeError) -> Diagnostic {
    let mut reader = quick_xml::Reader::from_str(&source.text);
    let syntax = loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break None,
            Ok(_) => {}
            Err(fault) => break Some(fault),
        }
    };
    let (range, what) = if let Some(fault) = syntax {
        let at = usize::try_from(reader.error_position()).unwrap_or(0);
        (at..at + 1, fault.to_string())
    } else {
        let at = source.text.find("<style").unwrap_or(0);
        (at..at + "<style".len(), fault.source.to_string())
    };
    let message = format!("this is no CSL style: {}", what.trim_end_matches('.'));
    let help = "check it at https://validator.citationstyles.org, or fetch the style again".to_string();
    Diagnostic::error("invalid-style", source.place(range), message).help(help)
}

/// A style that is ready to format.
struct Engine {
    style: IndependentStyle,
    /// Renders nothing.
    mute: IndependentStyle,
    /// `None` where the style has a language of its own.
    locale: Option<LocaleCode>,
    locales: Arc<Vec<Locale>>,
    /// The style as it is for works of a shape.
    variants: Mutex<FingerprintMap<Arc<IndependentStyle>>>,
}

impl Engine {
    fn of(style: IndependentStyle, language: &str) -> Self {
        let mut mute = style.clone();
        mute.bibliography = None;
        mute.macros = Vec::new();
        mute.citation.layout.elements = Vec::new();
        mute.citation.sort = None;
        let locale = style.default_locale.is_none().then(|| LocaleCode(language.to_string()));
        let spoken = style.default_locale.as_ref().or(locale.as_ref()).map_or(language, |code| &code.0);
        let locales = locales(spoken);
        Engine { style, mute, locale, locales, variants: Mutex::default() }
    }

    fn bibliography(&self, reference: &Reference<'_>) -> String {
        let (item, dates) = item::item(reference);
        let scope = if self.style.bibliography.is_some() { Scope::Bibliography } else { Scope::Citation };
        let style = self.variant(&Shape::of(&item, scope));
        let cited = if scope == Scope::Bibliography { &self.mute } else { &*style };
        // Of some texts, such as one of punctuation alone, hayagriva panics.
        let rendered = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut driver = BibliographyDriver::new();
            let items = vec![CitationItem::with_entry(&item)];
            driver.citation(CitationRequest::new(items, cited, self.locale.clone(), &self.locales, None));
            driver.finish(BibliographyRequest::new(&style, self.locale.clone(), &self.locales))
        }));
        let Ok(rendered) = rendered else {
            return plain(&reference.citation);
        };
        match rendered.bibliography.and_then(|bibliography| bibliography.items.into_iter().next()) {
            Some(item) => html::html(&item.content, &dates),
            None => rendered.citations.first().map_or_else(String::new, |cited| html::html(&cited.citation, &dates)),
        }
    }

    fn variant(&self, shape: &Shape<'_>) -> Arc<IndependentStyle> {
        let fingerprint = shape.fingerprint();
        let known = || self.variants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(variant) = known().get(&fingerprint) {
            return Arc::clone(variant);
        }
        let variant = Arc::new(shape.apply(&self.style));
        let mut variants = known();
        if variants.len() >= MOST_VARIANTS {
            variants.clear();
        }
        variants.insert(fingerprint, Arc::clone(&variant));
        variant
    }
}

/// Names, year and title, where no style can be had.
fn plain(citation: &Citation) -> String {
    let mut html = String::new();
    // Writing to a string cannot fail.
    let _ = escape_html(&mut html, &format!("{}. {}.", citation.author_year(), citation.title));
    html
}

/// One takes some ten thousand bytes, and most archives have fewer shapes.
const MOST_VARIANTS: usize = 256;

/// A language's terms, and what CSL falls back on: the language's main dialect, and
/// American English. (CSL 1.0.2, "Locale Fallback".)
fn locales(language: &str) -> Arc<Vec<Locale>> {
    type Known = Mutex<HashMap<String, Arc<Vec<Locale>>>>;
    static KNOWN: LazyLock<Known> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let read = || {
        let code = LocaleCode(language.to_string());
        let mut codes = vec![code.clone()];
        codes.extend(code.fallback());
        codes.push(LocaleCode::en_us());
        codes.dedup();
        Arc::new(codes.iter().filter_map(locale).collect())
    };
    Arc::clone(known.entry(language.to_string()).or_insert_with(read))
}

/// Decoding one takes a millisecond, all of them a tenth of a second: only those are decoded
/// that hold the code's letters.
fn locale(code: &LocaleCode) -> Option<Locale> {
    let letters = code.0.as_bytes();
    let holds = |file: &&&[u8]| file.windows(letters.len()).any(|part| part == letters);
    let decoded = |file: &&[u8]| ciborium::from_reader::<Locale, _>(*file).ok();
    LOCALES.iter().filter(holds).filter_map(decoded).find(|locale| locale.lang.as_ref() == Some(code))
}
