//! YAML, read on behind each fault.
//!
//! In: a front matter, or a file as a whole. Out: what fits, the top-level keys that do
//! not, and diagnostics. [`Blanked`] is the text from which faults are taken out one by one.

use std::ops::Range;

use serde::de::DeserializeOwned;

use super::{
    ENTRY, Outline, Step, Wording, blank, line_of,
    words::{Fault, missing, steps, was_meant, worded},
};
use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    source::{self, Source},
};

/// Beyond this a front matter is refused unread: deep flow collections cost
/// quadratic time in the YAML parser.
pub const LARGEST_BLOCK: usize = 64 * 1024;

/// What could be read of a mapping.
pub struct Read<T> {
    /// Where diagnostics say that something is wrong, this is what is left without the
    /// faulty fields, so that later stages can look at the rest; it is not the whole and
    /// must not be published.
    pub value: Option<T>,
    /// Top-level keys whose values were faulty.
    pub faulty: Vec<String>,
    /// The text that the value was read from, where it is not the source's: blanks stand
    /// where faults were, so every other part stands where it stood, but the items of a
    /// list have other numbers.
    pub text: Option<String>,
}

/// Reads the YAML mapping that stands at `range` of `source`.
///
/// # Errors
/// The codes of `wording`, `tab-in-yaml` and `front-matter-too-long`.
pub fn yaml<T: DeserializeOwned>(source: &Source, range: Range<usize>, wording: Wording) -> Checked<Read<T>> {
    let block = &source.text[range.clone()];
    let refused = |fault: Diagnostic| Checked {
        value: Read { value: None, faulty: Vec::new(), text: None },
        diagnostics: vec![fault],
    };
    if block.len() > LARGEST_BLOCK && wording.syntax == ENTRY.syntax && range.start > 0 {
        let place = source.place(opening(source, range.start));
        let said = format!("this front matter has {} bytes; {LARGEST_BLOCK} are allowed", block.len());
        return refused(
            Diagnostic::error("front-matter-too-long", place, said)
                .help("move text below the closing `---`".to_string()),
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
    let text = (!blanked.diagnostics.is_empty()).then_some(blanked.text);
    Checked { value: Read { value, faulty: blanked.faulty, text }, diagnostics: blanked.diagnostics }
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
        if let Some(tab) = tab_of_indentation(fault, &self.text) {
            return self.take_out_tab(tab);
        }
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
                let at = source::offset(&self.text, line, column);
                self.place(&(at..at + 1))
            }
            (None, None) => self.source.place(opening(self.source, self.start)),
        };
        self.diagnostics.push(worded(fault, self.wording, at));
        let Some(Step::Key(key)) = fault.path.first() else { return false };
        self.faulty.push(key.clone());
        let item = outline.item(&fault.path, &self.text);
        self.blank_all(item) || self.blank_all(outline.fields(key))
    }

    /// A line of blanks may hold tabs, which the parser does not know; whether it was one.
    fn take_out_tab(&mut self, tab: usize) -> bool {
        let line = line_of(&self.text, tab);
        if self.text[line.clone()].trim().is_empty() {
            blank(&mut self.text, line);
            return true;
        }
        self.diagnostics.push(
            Diagnostic::error("tab-in-yaml", self.place(&(tab..tab + 1)), "YAML does not allow a tab here")
                .help("indent with spaces".to_string()),
        );
        false
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

/// What is said of text that is not YAML.
fn syntax(fault: &Fault, text: &str, source: &Source, start: usize, wording: Wording) -> Diagnostic {
    let place = |line: usize, column: usize, width: usize| {
        let at = start + source::offset(text, line, column);
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

fn read_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    // The path to each value is followed where there is something to say of one.
    if let Ok(value) = serde_yaml::from_str(text) {
        return Ok(value);
    }
    let deserializer = serde_yaml::Deserializer::from_str(text);
    serde_path_to_error::deserialize(deserializer).map_err(|fault| {
        let path = steps(fault.path());
        let inner = fault.into_inner();
        let line_column = inner.location().map(|at| (at.line(), at.column()));
        let whole = inner.to_string();
        Box::new(Fault { path, message: plain_yaml_message(&whole), whole, line_column, span: None })
    })
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

/// The tab in a line's indentation that keeps the text from being read. YAML 1.2.2,
/// section 6.1: indentation is made of spaces alone. Behind it a tab may stand, as in a
/// text behind `|`, so only the parser can say which is which.
fn tab_of_indentation(fault: &Fault, text: &str) -> Option<usize> {
    let told = fault.whole.contains("tab character") || fault.whole.contains("cannot start any token");
    let (line, column) = fault.line_column.filter(|_| told)?;
    let at = source::offset(text, line, column);
    let line = line_of(text, at);
    let indentation = text[line.clone()].len() - text[line.clone()].trim_start_matches([' ', '\t']).len();
    text[line.start..line.start + indentation].find('\t').map(|tab| line.start + tab)
}
