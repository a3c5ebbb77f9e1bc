//! hayagriva: what makes a citation of a style and an item.
//!
//! It is asked as little as it allows. A bibliography is only made of works that are
//! cited, and a citation is rendered several times on the way: the citation here has a
//! style of its own ([`Engine::mute`]) which renders nothing. One driver has one work,
//! since its cost grows with their number; only works that a text could not tell apart share
//! one. A locale is read from the archive where it is needed, of the 63 that there are.

mod html;
mod item;
mod mend;

use std::{
    cell::Cell,
    collections::HashMap,
    fmt,
    panic::{self, AssertUnwindSafe},
    str::FromStr,
    sync::{Arc, LazyLock, Mutex, Once, OnceLock, PoisonError},
};

use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, CitePurpose, LocatorPayload,
    SpecificLocator,
    archive::{ArchivedStyle, LOCALES},
    citationberg::{
        self, CitationFormat, IndependentStyle, Locale, LocaleCode, Sort, SortKey, StyleCategory, StyleClass, TermForm,
        VerticalAlign, XmlDeError,
        json::Item,
        taxonomy::{self, NumberVariable, Variable},
    },
};
use pulldown_cmark_escape::escape_html;

use super::{
    Among, Class, List, Locator, Manner, Reference, Said,
    locator::{LABELS, Term},
};
use crate::{
    diagnostic::{self, Diagnostic, Place},
    entry::Citation,
    fingerprint::FingerprintMap,
    source::Source,
};
use item::ShownYears;
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
    pub fn bibliography(&self, among: &Among<'_>) -> String {
        self.engine().bibliography(among)
    }

    /// A work as a text cites it.
    pub fn in_text(&self, among: &Among<'_>, locator: Option<&Locator>) -> Said {
        self.engine().in_text(among, locator)
    }

    /// How citations stand in a text.
    pub fn manner(&self) -> &Manner {
        &self.engine().manner
    }

    /// The words for parts of a work.
    pub fn terms(&self) -> &[Term] {
        &self.engine().terms
    }

    /// The order of works, as their indexes; `None` where the style does not sort them.
    pub fn order(&self, list: List) -> Option<impl Fn(&[&Reference<'_>]) -> Vec<usize>> {
        let engine = self.engine();
        let sorting = match list {
            List::Bibliography => &engine.in_bibliography,
            List::Citation => &engine.in_citation,
        };
        sorting.as_ref().map(|sorting| |works: &[&Reference<'_>]| engine.order(sorting, works))
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
    /// Sort as a bibliography and a citation of the style do, where they do.
    in_bibliography: Option<IndependentStyle>,
    in_citation: Option<IndependentStyle>,
    manner: Manner,
    terms: Vec<Term>,
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
        mute.citation.disambiguate_add_names = false;
        mute.citation.disambiguate_add_givenname = false;
        mute.citation.disambiguate_add_year_suffix = false;
        let locale = style.default_locale.is_none().then(|| LocaleCode(language.to_string()));
        let spoken = style.default_locale.as_ref().or(locale.as_ref()).map_or(language, |code| &code.0);
        let locales = locales(spoken);
        let of_bibliography = style.bibliography.as_ref().and_then(|bibliography| bibliography.sort.as_ref());
        // What is numbered by its place has that place.
        let by_number = |sort: &&Sort| {
            let number = Variable::Number(NumberVariable::CitationNumber);
            sort.keys.iter().any(|key| matches!(key, SortKey::Variable { variable, .. } if *variable == number))
        };
        let sorting = |keys: &Sort| mend::sorting(&style, keys);
        let in_bibliography = of_bibliography.filter(|sort| !by_number(sort)).map(sorting);
        let in_citation = style.citation.sort.as_ref().filter(|sort| !by_number(sort)).map(sorting);
        let manner = manner(&style);
        let terms = terms(&locales);
        let variants = Mutex::default();
        Engine { style, mute, in_bibliography, in_citation, manner, terms, locale, locales, variants }
    }

    fn bibliography(&self, among: &Among<'_>) -> String {
        let (items, years) = items(among);
        let own = among.own;
        let scope = if self.style.bibliography.is_some() { Scope::Bibliography } else { Scope::Citation };
        let style = self.variant(&Shape::of(&items[own], scope));
        // Nothing else of what tells works apart is for the bibliography.
        let alone = scope == Scope::Citation || items.len() == 1 || !self.style.citation.disambiguate_add_year_suffix;
        let cited: Vec<(&Item, Arc<IndependentStyle>)> = if alone {
            vec![(&items[own], if scope == Scope::Citation { Arc::clone(&style) } else { Arc::new(self.mute.clone()) })]
        } else {
            items.iter().map(|item| (item, self.variant(&Shape::of(item, Scope::InText)))).collect()
        };
        let id = items[own].id();
        let rendered = quietly(|| {
            let mut driver = BibliographyDriver::new();
            for (item, style) in &cited {
                driver.citation(self.request(item, style, None, None));
            }
            driver.finish(BibliographyRequest::new(&style, self.locale.clone(), &self.locales))
        });
        let Some(rendered) = rendered else {
            return plain(&among.work().citation);
        };
        let listed = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
        match listed.into_iter().find(|item| id.as_deref() == Some(&item.key)) {
            Some(item) => html::html(&item.content, &years[own]),
            None => {
                rendered.citations.first().map_or_else(String::new, |cited| html::html(&cited.citation, &years[own]))
            }
        }
    }

    fn in_text(&self, among: &Among<'_>, locator: Option<&Locator>) -> Said {
        let locator = locator.map(|locator| self.in_its_range_format(locator));
        let locator = locator.as_ref();
        let (_, whole) = self.rendered(among, locator, None).unwrap_or_default();
        let (author, rest) = self.rendered(among, locator, Some(CitePurpose::Prose)).unwrap_or_default();
        if whole.is_empty() {
            return Said { whole: named(&among.work().citation), author, rest };
        }
        Said { whole, author, rest }
    }

    /// Pages as the style writes ranges: `186–88`. hayagriva does so in a bibliography alone.
    /// (CSL 1.0.2, "Page Ranges".)
    fn in_its_range_format(&self, locator: &Locator) -> Locator {
        let Some(format) = self.style.settings.page_range_format.filter(|_| locator.label == "page") else {
            return locator.clone();
        };
        let number = |text: &str| !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        let part = |part: &str| {
            let ends = part.split_once(['-', '–']).filter(|(start, end)| number(start) && number(end));
            let mut range = String::new();
            let written = ends.map(|(start, end)| format.format(&mut range, start, end, None));
            if matches!(written, Some(Ok(()))) { range } else { part.to_string() }
        };
        let value = locator.value.split(", ").map(part).collect::<Vec<_>>().join(", ");
        Locator { label: locator.label, value }
    }

    /// What stands before the marks of a citation and between them; `None` where nothing can be
    /// had.
    fn rendered(
        &self,
        among: &Among<'_>,
        locator: Option<&Locator>,
        purpose: Option<CitePurpose>,
    ) -> Option<(String, String)> {
        let (mut items, years) = items(among);
        if self.manner.class == Class::Notes {
            items.iter_mut().for_each(shorten);
        }
        let own = &items[among.own];
        let variants: Vec<Arc<IndependentStyle>> =
            items.iter().map(|item| self.variant(&Shape::of(item, Scope::InText))).collect();
        let other = Item([("id", "other"), ("type", "book")].map(|(name, value)| (name.into(), text(value))).into());
        let mut requests = Vec::new();
        let before = |requests: &mut Vec<_>| {
            // A work is cited as one that was cited before, though not just before.
            requests.push(self.request(own, &self.mute, None, None));
            requests.push(self.request(&other, &self.mute, None, None));
        };
        if self.manner.class == Class::Notes {
            before(&mut requests);
        }
        let mut at = 0;
        if items.len() > 1 || purpose.is_none() {
            let mut order: Vec<usize> = (0..items.len()).collect();
            if !self.style.citation.disambiguate_add_year_suffix {
                // Letters follow the order; what else a style has hayagriva gives to all but the first.
                order.retain(|&index| index != among.own);
                order.push(among.own);
            }
            for index in order {
                let (item, style) = (&items[index], &variants[index]);
                let asked = index == among.own && purpose.is_none();
                if asked {
                    at = requests.len();
                }
                requests.push(self.request(item, style, locator.filter(|_| asked), None));
            }
        }
        if purpose.is_some() {
            if items.len() > 1 {
                requests.push(self.request(&other, &self.mute, None, None));
            }
            at = requests.len();
            requests.push(self.request(own, &variants[among.own], locator, purpose));
        }
        let rendered = quietly(|| {
            let mut driver = BibliographyDriver::new();
            for request in requests {
                driver.citation(request);
            }
            driver.finish(BibliographyRequest::new(&self.mute, self.locale.clone(), &self.locales))
        })?;
        let citation = &rendered.citations.get(at)?.citation;
        Some(html::in_text(citation, &years[among.own]))
    }

    fn request<'a>(
        &'a self,
        item: &'a Item,
        style: &'a IndependentStyle,
        locator: Option<&'a Locator>,
        purpose: Option<CitePurpose>,
    ) -> CitationRequest<'a, Item> {
        let locator = locator.and_then(|locator| {
            let label = taxonomy::Locator::from_str(locator.label).ok()?;
            Some(SpecificLocator(label, LocatorPayload::Str(&locator.value)))
        });
        let items = vec![CitationItem::new(item, locator, None, false, purpose)];
        CitationRequest::new(items, style, self.locale.clone(), &self.locales, None)
    }

    fn order(&self, sorting: &IndependentStyle, works: &[&Reference<'_>]) -> Vec<usize> {
        let (items, _) = items(&Among { works, own: 0 });
        let sorted = quietly(|| {
            let mut driver = BibliographyDriver::new();
            for item in &items {
                driver.citation(self.request(item, &self.mute, None, None));
            }
            driver.finish(BibliographyRequest::new(sorting, self.locale.clone(), &self.locales))
        });
        let listed = sorted.and_then(|sorted| sorted.bibliography).map(|bibliography| bibliography.items);
        let place = |key: &str| items.iter().position(|item| item.id().as_deref() == Some(key));
        let order: Vec<usize> = listed.into_iter().flatten().filter_map(|item| place(&item.key)).collect();
        if order.len() == works.len() { order } else { (0..works.len()).collect() }
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

/// Of the works, and how their years are shown.
fn items(among: &Among<'_>) -> (Vec<Item>, Vec<ShownYears>) {
    let alone = among.works.len() == 1;
    let item = |(index, work): (usize, &&Reference<'_>)| {
        item::item(work, &if alone { "work".to_string() } else { format!("work-{index}") })
    };
    among.works.iter().enumerate().map(item).unzip()
}

/// Gives a work its title without the subtitle as its short one, unless it has another: the
/// shortened notes of styles are made for that.
fn shorten(item: &mut Item) {
    let Some(citationberg::json::Value::String(title)) = item.0.get("title") else { return };
    if let Some((main, _)) = title.split_once(": ")
        && !main.trim().is_empty()
    {
        let main = text(main);
        item.0.entry("title-short".to_string()).or_insert(main);
    }
}

fn text(value: &str) -> citationberg::json::Value {
    citationberg::json::Value::String(value.to_string())
}

/// How a style puts citations into a text.
fn manner(style: &IndependentStyle) -> Manner {
    let numbers = |category: &StyleCategory| {
        let format = CitationFormat::Numeric;
        matches!(category, StyleCategory::CitationFormat { format: known } if *known == format)
    };
    let class = match style.settings.class {
        StyleClass::Note => Class::Notes,
        StyleClass::InText if style.info.category.iter().any(numbers) => Class::Numbers,
        StyleClass::InText => Class::Names,
    };
    let layout = &style.citation.layout;
    let given = |affix: &Option<String>| affix.clone().unwrap_or_default();
    // What stands around a note is of no use in a sentence.
    let (prefix, suffix) = match class {
        Class::Notes => ("(".to_string(), ")".to_string()),
        Class::Names | Class::Numbers => (given(&layout.prefix), given(&layout.suffix)),
    };
    let group_delimiter = style.citation.cite_group_delimiter.clone();
    let by_year = style.citation.collapse.is_some_and(|collapse| collapse != citationberg::Collapse::CitationNumber);
    Manner {
        class,
        prefix,
        suffix,
        delimiter: layout.delimiter.clone().unwrap_or_else(|| "; ".to_string()),
        // CSL 1.0.2, "Cite Grouping".
        group_delimiter: by_year.then(|| group_delimiter.unwrap_or_else(|| ", ".to_string())),
        raised: layout.vertical_align == Some(VerticalAlign::Sup),
        locators: mend::cites_locators(style),
    }
}

/// The words that languages have for parts of a work.
fn terms(locales: &[Locale]) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for locale in locales {
        for label in LABELS {
            let Ok(name) = taxonomy::Locator::from_str(label) else { continue };
            for form in [TermForm::Long, TermForm::Short, TermForm::Symbol] {
                let term = locale.term(taxonomy::Term::Locator(name), form);
                let words = term.into_iter().flat_map(|term| [term.single(), term.multiple()]).flatten();
                for word in words.map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()) {
                    // The site's own language comes first.
                    if !terms.iter().any(|(known, _)| *known == word) {
                        terms.push((word, label));
                    }
                }
            }
        }
    }
    terms
}

/// What hayagriva gives; `None` where it panics, as it does of some texts, such as one of
/// punctuation alone. Nothing is said of that on standard error.
fn quietly<T>(format: impl FnOnce() -> T) -> Option<T> {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                told(panic);
            }
        }));
    });
    let outer = QUIET.replace(true);
    let given = panic::catch_unwind(AssertUnwindSafe(format));
    QUIET.set(outer);
    given.ok()
}

thread_local! {
    /// Whether this thread is within [`quietly`].
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// As running text names it, where no style can be had.
fn named(citation: &Citation) -> String {
    let mut html = String::new();
    // Writing to a string cannot fail.
    let _ = escape_html(&mut html, &citation.author_year());
    html
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
