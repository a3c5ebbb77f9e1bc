//! Reads YAML and TOML into types and says everything that does not fit, each at
//! its own line and column.
//!
//! In: the text of a mapping and the type that is wanted. Out: the value where all
//! of it fits, and one diagnostic for each field that does not. serde stops at the
//! first fault, so a faulty field is blanked, which moves nothing else, and the
//! text is read again; a sound file is read once. Absent on purpose: what fields
//! mean.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError, Span};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::{
    diagnostic::{Checked, Diagnostic, did_you_mean},
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
}

/// Reads the YAML mapping that stands at `range` of `source`.
///
/// Also returns the top-level keys whose values were faulty: what they stand for
/// exists, although it could not be read.
///
/// # Errors
/// The codes of `wording`, `tab-in-yaml` and `front-matter-too-long`.
pub fn yaml<T: DeserializeOwned>(
    source: &Source,
    range: Range<usize>,
    wording: Wording,
) -> Checked<(Option<T>, Vec<String>)> {
    let block = &source.text[range.clone()];
    if block.len() > LARGEST_BLOCK && wording.syntax == FRONT_MATTER.syntax {
        let fault = Diagnostic::error(
            "front-matter-too-long",
            source.place(range.start..range.start),
            format!("this front matter has {} bytes; {LARGEST_BLOCK} are allowed", block.len()),
        )
        .help("move text below the closing `---`".to_string());
        return Checked { value: (None, Vec::new()), diagnostics: vec![fault] };
    }
    if let Some(at) = tab_of_indentation(block) {
        let at = range.start + at;
        let fault = Diagnostic::error("tab-in-yaml", source.place(at..at + 1), "YAML does not allow a tab here")
            .help("indent with spaces".to_string());
        return Checked { value: (None, Vec::new()), diagnostics: vec![fault] };
    }
    let mut text = block.to_string();
    let mut faulty = Vec::new();
    let mut diagnostics = Vec::new();
    loop {
        match read_yaml::<T>(&text) {
            Ok(value) if diagnostics.is_empty() => return Checked { value: (Some(value), faulty), diagnostics },
            // What is left once the faulty fields are out of the way fits, but is not the whole.
            Ok(_) => return Checked { value: (None, faulty), diagnostics },
            Err(fault) => {
                let keys = Outline::of(&text);
                let whole = fault.path.is_empty();
                let missing = fault.message.strip_prefix("missing field ");
                let at = match (&keys, whole) {
                    (Some(keys), false) => keys.locate(&fault.path),
                    _ => None,
                };
                let start = range.start;
                let place = match (&at, fault.line_column) {
                    (Some(at), _) => source.place(start + at.start..start + at.end),
                    (None, Some((line, column))) if missing.is_none() => {
                        let at = Source::new("", text.clone().into_bytes()).offset(line, column);
                        source.place(start + at..start + at + 1)
                    }
                    _ => source.place(start..start),
                };
                diagnostics.push(worded(&fault, wording, place));
                let Some(Step::Key(key)) = fault.path.first().cloned() else {
                    return Checked { value: (None, faulty), diagnostics };
                };
                let Some(field) = keys.and_then(|keys| keys.field(&key)) else {
                    return Checked { value: (None, faulty), diagnostics };
                };
                blank(&mut text, field);
                faulty.push(key);
            }
        }
    }
}

/// What is said of an entry's or a page's front matter.
pub const FRONT_MATTER: Wording =
    Wording { syntax: "invalid-yaml", unknown_field: "unknown-field", wrong_value: "wrong-value" };

/// What is said of `site.toml`.
pub const SETTINGS: Wording =
    Wording { syntax: "invalid-toml", unknown_field: "unknown-setting", wrong_value: "wrong-setting" };

/// Reads a TOML document.
///
/// # Errors
/// `invalid-toml`, `unknown-setting`, `wrong-setting`.
pub fn toml<T: DeserializeOwned>(source: &Source) -> Checked<Option<T>> {
    let mut text = source.text.clone();
    let mut diagnostics = Vec::new();
    loop {
        let fault = match read_toml::<T>(&text) {
            Ok(value) => {
                return Checked { value: diagnostics.is_empty().then_some(value), diagnostics };
            }
            Err(fault) => fault,
        };
        let span = fault.span.clone().unwrap_or(0..0);
        let syntax = fault.path.is_empty() && toml::de::DeTable::parse(&text).is_err();
        let wording = Wording { wrong_value: if syntax { SETTINGS.syntax } else { SETTINGS.wrong_value }, ..SETTINGS };
        diagnostics.push(worded(&fault, wording, source.place(span.clone())));
        let line = line_of(&text, span.start);
        let goes_on = !syntax && fault.span.is_some() && text[line.clone()].contains('=');
        if !goes_on {
            return Checked { value: None, diagnostics };
        }
        blank(&mut text, line);
    }
}

struct Fault {
    path: Vec<Step>,
    message: String,
    /// Within the block, from 1.
    line_column: Option<(usize, usize)>,
    /// Within the text.
    span: Option<Range<usize>>,
}

fn read_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    let deserializer = serde_yaml::Deserializer::from_str(text);
    serde_path_to_error::deserialize(deserializer).map_err(|fault| {
        let path = steps(fault.path());
        let inner = fault.into_inner();
        let line_column = inner.location().map(|at| (at.line(), at.column()));
        Box::new(Fault { path, message: plain_yaml_message(&inner.to_string()), line_column, span: None })
    })
}

fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    let fail = |path: Vec<Step>, inner: &toml::de::Error| {
        Box::new(Fault { path, message: inner.message().to_string(), line_column: None, span: inner.span() })
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
fn worded(fault: &Fault, wording: Wording, place: crate::diagnostic::Place) -> Diagnostic {
    let message = fault.message.as_str();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") {
        let (name, known) = quoted.split_first().map_or(("", [].as_slice()), |(name, known)| (*name, known));
        let help = did_you_mean(name, known.iter().copied())
            .or_else(|| (known.len() <= 12).then(|| format!("known here: {}", known.join(", "))));
        return Diagnostic::error(wording.unknown_field, place, format!("there is no field `{name}` here"))
            .help(help.or_else(|| Some("take it out; the fields are listed in docs/front-matter.md".to_string())));
    }
    if message.starts_with("unknown variant") {
        let (name, known) = quoted.split_first().map_or(("", [].as_slice()), |(name, known)| (*name, known));
        let help =
            did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("known here: {}", known.join(", ")));
        return Diagnostic::error(wording.wrong_value, place, format!("`{name}` is not a value of this field"))
            .help(help);
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return Diagnostic::error(wording.wrong_value, place, format!("the field {name} is missing"))
            .help(format!("add it: `{}: …`", name.trim_matches('`')));
    }
    if let Some((said, help)) = message.split_once(HELP) {
        return Diagnostic::error(wording.wrong_value, place, said).help(help.to_string());
    }
    if let Some(duplicate) = quoted.first().filter(|_| message.starts_with("duplicate field")) {
        return Diagnostic::error(wording.wrong_value, place, format!("the field `{duplicate}` stands here twice"))
            .help("keep one of the two".to_string());
    }
    let code = if fault.path.is_empty() && !message.starts_with("invalid type") {
        wording.syntax
    } else {
        wording.wrong_value
    };
    let said = message.strip_prefix("invalid type: ").unwrap_or(message);
    Diagnostic::error(code, place, said.replace(", expected", "; expected"))
}

/// Between what is wrong and its remedy in an error that one of our types raises.
pub const HELP: &str = "\u{1f}";

/// An error for serde that names its remedy.
pub fn fault<E: serde::de::Error>(said: impl std::fmt::Display, help: impl std::fmt::Display) -> E {
    E::custom(format!("{said}{HELP}{help}"))
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
        if let Some(at) = line[..indented].find('\t') {
            return (!line.trim().is_empty()).then_some(start + at);
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
        let mut found = Vec::new();
        // Each open collection: its path, and for a mapping the key that waits for its value.
        let mut open: Vec<Open> = Vec::new();
        for step in Parser::new_from_str(text) {
            let (event, span): (Event<'_>, Span) = match step {
                Ok(step) => step,
                Err(ScanError { .. }) => return None,
            };
            let range = byte(span.start.index())..byte(span.end.index());
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    let (path, key) = next_path(&mut open);
                    found.push((path.clone(), key.unwrap_or_else(|| range.clone()), range));
                    open.push(Open {
                        path,
                        kind: if matches!(event, Event::MappingStart(..)) {
                            Kind::Mapping(None)
                        } else {
                            Kind::Sequence(0)
                        },
                    });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
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

    /// The lines of a top-level field: from its key to the next top-level key.
    fn field(&self, name: &str) -> Option<Range<usize>> {
        let tops: Vec<_> = self.0.iter().filter(|(path, ..)| path.len() == 1).collect();
        let at = tops.iter().position(|(path, ..)| path[0] == Step::Key(name.to_string()))?;
        let start = tops[at].1.start;
        let end = tops
            .get(at + 1)
            .map_or_else(|| self.0.iter().map(|(.., value)| value.end).max().unwrap_or(start), |(_, key, _)| key.start);
        Some(start..end)
    }
}

struct Open {
    path: Vec<Step>,
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
