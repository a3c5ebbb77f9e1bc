//! Reads YAML and TOML into types and says everything that does not fit, each at
//! its own line and column.
//!
//! In: the text of a mapping and the type that is wanted. Out: the value where all
//! of it fits, and one diagnostic for each field that does not. serde stops at the
//! first fault, so a faulty field is blanked, which moves nothing else, and the
//! text is read again; a sound file is read once. Absent on purpose: what fields
//! mean.

use std::{collections::BTreeMap, marker::PhantomData, ops::Range};

use saphyr_parser::{Event, Parser, ScanError, Span};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor},
};
use serde_path_to_error::{Path, Segment};

use crate::{
    diagnostic::{Checked, Diagnostic, Place, did_you_mean},
    source::Source,
};

/// Beyond this a front matter is refused unread: deep flow collections cost
/// quadratic time in the YAML parser.
const LARGEST_BLOCK: usize = 64 * 1024;

/// What is said of one kind of file.
#[derive(Clone, Copy)]
pub struct Wording {
    /// The diagnostic code for text that is not YAML or TOML at all.
    pub syntax: &'static str,
    /// The codes for a field that the type does not have, and for a value of the wrong type.
    pub unknown_field: &'static str,
    pub wrong_value: &'static str,
    /// Fields without which the whole cannot be read, and how each may be written: in
    /// YAML this line stands in for the field while the others are looked at.
    pub required: &'static [(&'static str, &'static str)],
}

/// Reads the YAML mapping that stands at `range` of `source`.
///
/// Where diagnostics say that something is wrong, the value is what is left without
/// the faulty fields, so that later stages can look at the rest; it is not the whole
/// and must not be published. Also returns the top-level keys whose values were faulty.
///
/// # Errors
/// The codes of `wording`, `tab-in-yaml` and `front-matter-too-long`.
pub fn yaml<T: DeserializeOwned>(
    source: &Source,
    range: Range<usize>,
    wording: Wording,
) -> Checked<(Option<T>, Vec<String>)> {
    let block = &source.text[range.clone()];
    let refused = |fault: Diagnostic| Checked { value: (None, Vec::new()), diagnostics: vec![fault] };
    if block.len() > LARGEST_BLOCK && wording.syntax == ENTRY.syntax && range.start > 0 {
        let place = source.place(opening(source, range.start));
        let said = format!("this front matter has {} bytes; {LARGEST_BLOCK} are allowed", block.len());
        return refused(
            Diagnostic::error("front-matter-too-long", place, said)
                .help("move text below the closing `---`".to_string()),
        );
    }
    if let Some(at) = tab_of_indentation(block) {
        let at = range.start + at;
        return refused(
            Diagnostic::error("tab-in-yaml", source.place(at..at + 1), "YAML does not allow a tab here")
                .help("indent with spaces".to_string()),
        );
    }
    let mut blanked = Blanked {
        source,
        start: range.start,
        wording,
        text: block.to_string(),
        faulty: Vec::new(),
        diagnostics: Vec::new(),
    };
    let value = loop {
        match read_yaml::<T>(&blanked.text) {
            Ok(value) => break Some(value),
            Err(fault) if blanked.take_out(&fault) => {}
            Err(_) => break None,
        }
    };
    Checked { value: (value, blanked.faulty), diagnostics: blanked.diagnostics }
}

/// A block of YAML from which what is faulty is taken out piece by piece.
struct Blanked<'s> {
    source: &'s Source,
    /// Where the block stands in the source.
    start: usize,
    wording: Wording,
    /// The block with blanks for what was faulty, and lines for required fields at its end.
    text: String,
    /// Top-level keys.
    faulty: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Blanked<'_> {
    /// Says what is wrong and takes it out of the text; whether that can be read again.
    fn take_out(&mut self, fault: &Fault) -> bool {
        let Some(outline) = Outline::of(&self.text) else {
            let told = syntax(fault, &self.text, self.source, self.start, self.wording);
            self.diagnostics.push(told);
            return false;
        };
        if let Some(name) = fault.missing().filter(|_| fault.path.is_empty()) {
            return self.stand_in(&name);
        }
        if let Some(name) = fault.double()
            && let Some(again) = self.take_out_double(fault, &name, &outline)
        {
            return again;
        }
        let at = if fault.is_unknown() { outline.key(&fault.path) } else { outline.locate(&fault.path) };
        let at = match (at, fault.line_column) {
            (Some(at), _) => self.place(&at),
            (None, Some((line, column))) => {
                let at = Source::new("", self.text.clone().into_bytes()).offset(line, column);
                self.place(&(at..at + 1))
            }
            (None, None) => self.source.place(opening(self.source, self.start)),
        };
        self.diagnostics.push(worded(fault, self.wording, at));
        let Some(Step::Key(key)) = fault.path.first() else { return false };
        self.faulty.push(key.clone());
        let item = outline.line_item(&fault.path, &self.text);
        self.blank_all(item) || self.blank_all(outline.fields(key))
    }

    /// Says that a required field is missing, unless it was faulty, and writes a line in its stead.
    fn stand_in(&mut self, name: &str) -> bool {
        let Blanked { source, start, wording, .. } = *self;
        if !self.faulty.iter().any(|faulty| faulty == name) && !was_meant(name, &self.diagnostics, wording) {
            let place = source.place(opening(source, start));
            self.diagnostics.push(missing(name, place, &format!("{name}: …"), wording));
        }
        let Some((_, line)) = wording.required.iter().find(|(known, _)| *known == name) else { return false };
        if self.text.lines().any(|known| known == *line) {
            // It stands there already, where YAML reads it as something else.
            return false;
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(line);
        self.text.push('\n');
        // In brackets there is no room for another line.
        Outline::of(&self.text).is_some()
    }

    /// Says that a field stands there twice, and takes out all but the first; where it is
    /// a field of a field, that one as a whole. `None` where it cannot be found.
    fn take_out_double(&mut self, fault: &Fault, name: &str, outline: &Outline) -> Option<bool> {
        let mut path = fault.path.clone();
        if path.last() != Some(&Step::Key(name.into())) {
            path.push(Step::Key(name.into()));
        }
        let keys = outline.keys(&path);
        let (Some(Step::Key(top)), [first, second, ..]) = (path.first(), keys.as_slice()) else {
            return None;
        };
        let said = format!("the field `{name}` stands here twice");
        self.diagnostics.push(
            Diagnostic::error(self.wording.wrong_value, self.place(second), said)
                .also(self.place(first), "it stands here first")
                .help("keep one of the two".to_string()),
        );
        let nested = path.len() > 1;
        if nested {
            self.faulty.push(top.clone());
        }
        let fields = outline.fields(top).into_iter().skip(usize::from(!nested));
        Some(self.blank_all(fields))
    }

    /// Blanks stretches of the text; whether anything was there. Reading again what has
    /// not changed would find the same fault for ever.
    fn blank_all(&mut self, regions: impl IntoIterator<Item = Range<usize>>) -> bool {
        let mut any = false;
        for region in regions {
            any |= !self.text[region.clone()].trim().is_empty();
            blank(&mut self.text, region);
        }
        any
    }

    fn place(&self, at: &Range<usize>) -> Place {
        self.source.place(self.start + at.start..self.start + at.end)
    }
}

/// The line `---` above a front matter; the start of a file that is YAML as a whole.
fn opening(source: &Source, start: usize) -> Range<usize> {
    let end = source.text[..start].trim_end().len();
    end.saturating_sub(3)..end
}

/// Whether a name that does not exist was taken for a slip of `name`: one cause, one diagnostic.
fn was_meant(name: &str, diagnostics: &[Diagnostic], wording: Wording) -> bool {
    let meant = format!("did you mean `{name}`?");
    diagnostics.iter().any(|told| told.code == wording.unknown_field && told.help.as_deref() == Some(&meant))
}

fn missing(name: &str, place: Place, example: &str, wording: Wording) -> Diagnostic {
    Diagnostic::error(wording.wrong_value, place, format!("the field `{name}` is missing"))
        .help(format!("add it: `{example}`"))
}

/// What is said of text that is not YAML.
fn syntax(fault: &Fault, text: &str, source: &Source, start: usize, wording: Wording) -> Diagnostic {
    let place = |line: usize, column: usize, width: usize| {
        let at = start + Source::new("", text.as_bytes().to_vec()).offset(line, column);
        source.place(at..at + width)
    };
    for (kind, what, end) in [("sequence", "list", "]"), ("mapping", "map", "}")] {
        let opened = fault.whole.split_once(&format!("while parsing a flow {kind} at line ")).and_then(|(_, at)| {
            let (line, column) = at.split_once(" column ")?;
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        if let Some((line, column)) = opened {
            return Diagnostic::error(wording.syntax, place(line, column, 1), format!("this {what} does not end"))
                .help(format!("put `{end}` behind its last item, and a comma between two"));
        }
    }
    let (line, column) = fault.line_column.unwrap_or((1, 1));
    let help = if fault.message.starts_with("mapping values") {
        "put the value into quotation marks: a colon with a blank behind it ends a field's name"
    } else {
        "put a value with signs such as `:`, `#`, `@` or `[` into quotation marks, and align the fields of one level"
    };
    Diagnostic::error(wording.syntax, place(line, column, 1), fault.message.clone()).help(help.to_string())
}

/// What is said of an entry's front matter.
pub const ENTRY: Wording = Wording {
    syntax: "invalid-yaml",
    unknown_field: "unknown-field",
    wrong_value: "wrong-value",
    required: &[("type", "type: document"), ("title", "title: untitled")],
};

/// What is said of a page's front matter.
pub const PAGE: Wording = Wording { required: &[("title", "title: untitled")], ..ENTRY };

/// What is said of `keywords.yaml` and `actors.yaml`.
pub const TERMS: Wording = Wording { required: &[], ..ENTRY };

/// What is said of `site.toml`.
pub const SETTINGS: Wording = Wording {
    syntax: "invalid-toml",
    unknown_field: "unknown-setting",
    wrong_value: "wrong-setting",
    required: &[("title", "title = \"…\""), ("collections", "[[collections]]")],
};

/// Reads a TOML document.
///
/// # Errors
/// `invalid-toml`, `unknown-setting`, `wrong-setting`.
pub fn toml<T: DeserializeOwned>(source: &Source) -> Checked<Option<T>> {
    let mut text = source.text.clone();
    let mut diagnostics = Vec::new();
    let mut faulty: Vec<Vec<Step>> = Vec::new();
    loop {
        let fault = match read_toml::<T>(&text) {
            Ok(value) => {
                return Checked { value: diagnostics.is_empty().then_some(value), diagnostics };
            }
            Err(fault) => fault,
        };
        let span = fault.span.clone().unwrap_or(0..0);
        if fault.path.is_empty() && toml::de::DeTable::parse(&text).is_err() {
            let wording = Wording { wrong_value: SETTINGS.syntax, ..SETTINGS };
            diagnostics.push(worded(&fault, wording, source.place(span)));
            return Checked { value: None, diagnostics };
        }
        if fault.missing().is_some() && fault.path.is_empty() {
            let written = toml::de::DeTable::parse(&source.text);
            for (name, example) in SETTINGS.required {
                let there = written.as_ref().is_ok_and(|table| table.get_ref().contains_key(*name));
                if !there && !was_meant(name, &diagnostics, SETTINGS) {
                    diagnostics.push(missing(name, Place::file(&*source.path), example, SETTINGS));
                }
            }
            return Checked { value: None, diagnostics };
        }
        if let Some(name) = fault.missing() {
            let path: Vec<Step> = fault.path.iter().cloned().chain([Step::Key(name.clone())]).collect();
            if !faulty.contains(&path) && !was_meant(&name, &diagnostics, SETTINGS) {
                diagnostics.push(missing(&name, source.place(span.clone()), &format!("{name} = …"), SETTINGS));
            }
        } else {
            diagnostics.push(worded(&fault, SETTINGS, source.place(span.clone())));
            faulty.push(fault.path.clone());
        }
        let region = setting(&text, span.start);
        let goes_on = fault.span.is_some() && text[region.clone()].contains(['=', '[']);
        if !goes_on {
            return Checked { value: None, diagnostics };
        }
        blank(&mut text, region);
    }
}

/// The line at `at`; where it is a table's header, the lines below it as well.
fn setting(text: &str, at: usize) -> Range<usize> {
    let line = line_of(text, at);
    if !text[line.clone()].starts_with('[') {
        return line;
    }
    let next = text[line.end..].find("\n[").map_or(text.len(), |next| line.end + next);
    line.start..next
}

struct Fault {
    path: Vec<Step>,
    message: String,
    /// The message as serde's format puts it, with all its places.
    whole: String,
    /// Within the block, from 1.
    line_column: Option<(usize, usize)>,
    /// Within the text.
    span: Option<Range<usize>>,
}

impl Fault {
    /// The name of the field that is not there.
    fn missing(&self) -> Option<String> {
        let name = self.message.strip_prefix("missing field ")?;
        Some(name.trim_matches('`').to_string())
    }

    /// The name of the field that is there twice.
    fn double(&self) -> Option<String> {
        let name = self.message.strip_prefix("duplicate field ")?;
        Some(name.trim_matches('`').to_string())
    }

    /// Whether a field's name is none.
    fn is_unknown(&self) -> bool {
        self.message.contains(UNKNOWN_FIELD) || self.message.starts_with("unknown field")
    }
}

fn read_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    let deserializer = serde_yaml::Deserializer::from_str(text);
    serde_path_to_error::deserialize(deserializer).map_err(|fault| {
        let path = steps(fault.path());
        let inner = fault.into_inner();
        let line_column = inner.location().map(|at| (at.line(), at.column()));
        let whole = inner.to_string();
        Box::new(Fault { path, message: plain_yaml_message(&whole), whole, line_column, span: None })
    })
}

fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    let fail = |path: Vec<Step>, inner: &toml::de::Error| {
        let (message, whole) = (inner.message().to_string(), inner.to_string());
        Box::new(Fault { path, message, whole, line_column: None, span: inner.span() })
    };
    let deserializer = toml::Deserializer::parse(text).map_err(|fault| fail(Vec::new(), &fault))?;
    serde_path_to_error::deserialize(deserializer).map_err(|fault| fail(steps(fault.path()), fault.inner()))
}

fn steps(path: &Path) -> Vec<Step> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            _ => None,
        })
        .collect()
}

/// `serde_yaml` puts the path before a message and the place behind it; both are
/// shown otherwise here.
fn plain_yaml_message(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    match message.split_once(": ") {
        Some((path, rest)) if !path.contains(' ') => rest.to_string(),
        _ => message.to_string(),
    }
}

/// serde's words for a fault in ours, with the remedy where the known names are told.
fn worded(fault: &Fault, wording: Wording, place: Place) -> Diagnostic {
    let message = fault.message.as_str();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (name, known) = quoted.split_first().map_or(("", [].as_slice()), |(name, known)| (*name, known));
    let one_of_these =
        || did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("known here: {}", known.join(", ")));
    if message.starts_with("unknown field") {
        return Diagnostic::error(wording.unknown_field, place, format!("there is no field `{name}` here"))
            .help(one_of_these());
    }
    if message.starts_with("unknown variant") {
        return Diagnostic::error(wording.wrong_value, place, format!("`{name}` is not a value of this field"))
            .help(one_of_these());
    }
    if let Some(name) = fault.missing() {
        return missing(&name, place, &format!("{name}: …"), wording);
    }
    if let Some((said, help)) = message.split_once(UNKNOWN_FIELD) {
        return Diagnostic::error(wording.unknown_field, place, said).help(help.to_string());
    }
    if let Some((said, help)) = message.split_once(HELP) {
        return Diagnostic::error(wording.wrong_value, place, said).help(help.to_string());
    }
    let (said, help) = misfit(message).unwrap_or_else(|| (message.replace(", expected", "; expected"), None));
    Diagnostic::error(wording.wrong_value, place, said).help(help)
}

/// serde's words for a value of the wrong type in ours; an example behind ", as" is the remedy.
fn misfit(message: &str) -> Option<(String, Option<String>)> {
    if message.starts_with("data did not match any variant") {
        return Some(("this value does not fit here".to_string(), None));
    }
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.split_once(", expected ")?;
    let within = |kind: &str, mark: char| found.strip_prefix(kind)?.strip_prefix(mark)?.strip_suffix(mark);
    let found = if let Some(text) = within("string ", '"') {
        format!("`{}` is text", shortened(text))
    } else if let Some(number) = within("integer ", '`').or_else(|| within("floating point ", '`')) {
        format!("`{number}` is a number")
    } else if let Some(truth) = within("boolean ", '`') {
        format!("`{truth}` is a truth value")
    } else {
        match found {
            "sequence" => "this is a list".to_string(),
            "map" => "this is a map of fields".to_string(),
            "unit value" | "Option value" => "there is no value here".to_string(),
            other => other.to_string(),
        }
    };
    let (expected, example) = expected.split_once(", as ").map_or((expected, None), |(what, how)| (what, Some(how)));
    let expected = match expected {
        "a string" => "text",
        "a boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i16" | "i32" | "i64" => "a whole number",
        "a map" => "a map of fields",
        "a sequence" => "a list",
        name if name.starts_with("struct ") => "a map of fields",
        other => other,
    };
    Some((format!("{found}; what belongs here is {expected}"), example.map(|how| format!("write it as {how}"))))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// Between what is wrong and its remedy in an error that one of our types raises.
const HELP: &str = "\u{1f}";

/// The same for a field that does not exist.
const UNKNOWN_FIELD: &str = "\u{1e}";

/// An error for serde that names its remedy.
pub fn fault<E: serde::de::Error>(said: impl std::fmt::Display, help: impl std::fmt::Display) -> E {
    E::custom(format!("{said}{HELP}{help}"))
}

/// As `fault`, of a field that does not exist.
pub fn unknown_field<E: serde::de::Error>(said: impl std::fmt::Display, help: impl std::fmt::Display) -> E {
    E::custom(format!("{said}{UNKNOWN_FIELD}{help}"))
}

/// A map of which each key stands once; YAML itself lets the last one win.
pub struct Once<T>(pub BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Once<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnceVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OnceVisitor<T> {
            type Value = Once<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map of ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Once<T>, A::Error> {
                let mut found = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    if found.contains_key(&key) {
                        return Err(A::Error::custom(format!("duplicate field `{key}`")));
                    }
                    let value = map.next_value()?;
                    found.insert(key, value);
                }
                Ok(Once(found))
            }
        }

        deserializer.deserialize_map(OnceVisitor(PhantomData))
    }
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    start..end
}

fn blank(text: &mut String, range: Range<usize>) {
    let spaces: String = text[range.clone()]
        .chars()
        .flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8()))
        .collect();
    text.replace_range(range, &spaces);
}

/// The first tab in a line's indentation. YAML 1.2.2, section 6.1: indentation is
/// made of spaces alone.
fn tab_of_indentation(block: &str) -> Option<usize> {
    let mut start = 0;
    for line in block.split_inclusive('\n') {
        let indented = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(at) = line[..indented].find('\t').filter(|_| !line.trim().is_empty()) {
            return Some(start + at);
        }
        start += line.len();
    }
    None
}

/// Where each value of a YAML mapping stands. Made only when something is wrong.
pub struct Outline(Vec<(Vec<Step>, Range<usize>, Range<usize>)>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl Outline {
    /// `None` where the text is not YAML.
    pub fn of(text: &str) -> Option<Self> {
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let byte = |index: usize| bytes.get(index).copied().unwrap_or(text.len());
        // Each open collection: its path, and for a mapping the key that waits for its value.
        let mut open: Vec<Open> = Vec::new();
        let mut found: Vec<(Vec<Step>, Range<usize>, Range<usize>)> = Vec::new();
        for step in Parser::new_from_str(text) {
            let (event, span): (Event<'_>, Span) = match step {
                Ok(step) => step,
                Err(ScanError { .. }) => return None,
            };
            let range = byte(span.start.index())..byte(span.end.index());
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    let (path, key) = next_path(&mut open);
                    let flow = text[range.clone()].starts_with(['[', '{']).then_some(found.len());
                    found.push((path.clone(), key.unwrap_or_else(|| range.clone()), range));
                    open.push(Open {
                        path,
                        flow,
                        kind: if matches!(event, Event::MappingStart(..)) {
                            Kind::Mapping(None)
                        } else {
                            Kind::Sequence(0)
                        },
                    });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    // In brackets a collection is one stretch of text; in lines its key stands for it.
                    if let Some(index) = open.pop().and_then(|closed| closed.flow) {
                        found[index].2.end = text[..range.end].trim_end().len();
                    }
                }
                Event::Alias(..) => {
                    let (path, key) = next_path(&mut open);
                    found.push((path, key.unwrap_or_else(|| range.clone()), range));
                }
                Event::Scalar(text, ..) => {
                    if let Some(Open { kind: Kind::Mapping(key @ None), .. }) = open.last_mut() {
                        *key = Some((text.into_owned(), range));
                    } else {
                        let (path, key) = next_path(&mut open);
                        found.push((path, key.unwrap_or_else(|| range.clone()), range));
                    }
                }
                _ => {}
            }
        }
        Some(Outline(found))
    }

    /// The byte range of the value at `path`, or of its key where the value is a collection.
    pub fn value(&self, path: &[Step]) -> Option<Range<usize>> {
        let (_, key, value) = self.0.iter().find(|(own, ..)| own == path)?;
        Some(if value.is_empty() { key.clone() } else { value.clone() })
    }

    /// The byte range of the key of the value at `path`; of the value where it has none.
    pub fn key(&self, path: &[Step]) -> Option<Range<usize>> {
        self.0.iter().find(|(own, ..)| own == path).map(|(_, key, _)| key.clone())
    }

    /// As `key`, for each time that the key stands there.
    fn keys(&self, path: &[Step]) -> Vec<Range<usize>> {
        self.0.iter().filter(|(own, ..)| own == path).map(|(_, key, _)| key.clone()).collect()
    }

    pub fn top_level_keys(&self) -> Vec<String> {
        self.0
            .iter()
            .filter_map(|(path, ..)| match path.as_slice() {
                [Step::Key(key)] => Some(key.clone()),
                _ => None,
            })
            .collect()
    }

    /// As `value`, or of the nearest collection around it that stands in the text.
    fn locate(&self, path: &[Step]) -> Option<Range<usize>> {
        (1..=path.len()).rev().find_map(|length| self.value(&path[..length]))
    }

    /// The lines of a top-level field, from its key to the next one; for each time that it stands there.
    fn fields(&self, name: &str) -> Vec<Range<usize>> {
        let tops: Vec<_> = self.0.iter().filter(|(path, ..)| path.len() == 1).collect();
        let end = self.0.iter().map(|(_, key, value)| key.end.max(value.end)).max().unwrap_or_default();
        tops.iter()
            .enumerate()
            .filter(|(_, (path, ..))| path[0] == Step::Key(name.to_string()))
            .map(|(at, (_, key, _))| key.start..tops.get(at + 1).map_or(end, |(_, next, _)| next.start))
            .collect()
    }
}

impl Outline {
    /// The item of a top-level list that holds the value at `path`, where the list has a
    /// line `- …` for each: the rest of the list can be looked at without it.
    fn line_item(&self, path: &[Step], text: &str) -> Option<Range<usize>> {
        let [Step::Key(name), Step::Index(index), ..] = path else { return None };
        let start_of = |index: usize| {
            let (_, _, value) =
                self.0.iter().find(|(own, ..)| *own == [Step::Key(name.clone()), Step::Index(index)])?;
            let line = line_of(text, value.start);
            text[line.clone()].trim_start().starts_with("- ").then_some(line.start)
        };
        let start = start_of(*index)?;
        let field = self.fields(name).into_iter().find(|field| field.contains(&start))?;
        Some(start..start_of(index + 1).unwrap_or(field.end))
    }
}

struct Open {
    path: Vec<Step>,
    /// Where it stands in what was found, if it is written in brackets.
    flow: Option<usize>,
    kind: Kind,
}

enum Kind {
    Mapping(Option<(String, Range<usize>)>),
    Sequence(usize),
}

/// The path of the value that comes next in the innermost open collection, and
/// where its key stands.
fn next_path(open: &mut [Open]) -> (Vec<Step>, Option<Range<usize>>) {
    let Some(innermost) = open.last_mut() else {
        return (Vec::new(), None);
    };
    let mut path = innermost.path.clone();
    match &mut innermost.kind {
        Kind::Mapping(key) => {
            let (name, range) = key.take().unwrap_or_default();
            path.push(Step::Key(name));
            (path, Some(range))
        }
        Kind::Sequence(index) => {
            path.push(Step::Index(*index));
            *index += 1;
            (path, None)
        }
    }
}
