//! What is wrong with an archive, where, and how to mend it.
//!
//! In: nothing. Out: [`Diagnostic`]s, which travel beside the value that they are
//! about ([`Checked`]). Absent on purpose: the rules of any stage, and printing
//! (`report` draws to a string; `cli` prints it).

mod report;
mod told;

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

pub use report::{Format, report};
pub use told::Told;

/// How bad it is: an archive with an error is not published.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// A stretch of one line of a file, for people and editors.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
pub struct Place {
    /// Path under the site's root, with `/` between its parts.
    pub path: Arc<str>,
    /// Counted from 1.
    pub line: usize,
    /// Counted in characters from 1.
    pub column: usize,
    /// In characters; 0 where the place is a point.
    pub width: usize,
    /// The line itself, without its end.
    pub text: Arc<str>,
}

impl Place {
    /// The very start of a file of which there is no text to show.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Place { path: path.into(), line: 1, column: 1, width: 0, text: "".into() }
    }
}

/// One fault, its place and its remedy. `P` is [`Place`] once the text is known;
/// a stage that has no text speaks of fields and links instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic<P = Place> {
    pub severity: Severity,
    /// Stable and documented in `docs/content/reference/diagnostics.md`.
    pub code: &'static str,
    /// One clause in lower case without a full stop; the offending text in backticks.
    pub message: String,
    pub place: P,
    /// Further places that the fault is about, each with what stands there.
    pub also: Vec<(P, String)>,
    /// What to do, where that is known.
    pub help: Option<String>,
}

impl<P> Diagnostic<P> {
    pub fn error(code: &'static str, place: P, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, message)
    }

    pub fn warning(code: &'static str, place: P, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, message)
    }

    fn new(severity: Severity, code: &'static str, place: P, message: impl Into<String>) -> Self {
        Diagnostic { severity, code, message: message.into(), place, also: Vec::new(), help: None }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    #[must_use]
    pub fn also(mut self, place: P, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// The same fault with its places found in the text.
    pub fn located<Q>(self, mut find: impl FnMut(P) -> Q) -> Diagnostic<Q> {
        Diagnostic {
            severity: self.severity,
            code: self.code,
            message: self.message,
            place: find(self.place),
            also: self.also.into_iter().map(|(place, label)| (find(place), label)).collect(),
            help: self.help,
        }
    }
}

/// A value and all that was said about it.
#[derive(Clone, Debug)]
pub struct Checked<T, P = Place> {
    pub value: T,
    pub diagnostics: Vec<Diagnostic<P>>,
}

impl<T, P> Checked<T, P> {
    pub fn sound(value: T) -> Self {
        Checked { value, diagnostics: Vec::new() }
    }

    /// Hands out the value and adds what was said to `told`.
    pub fn keep(self, told: &mut Vec<Diagnostic<P>>) -> T {
        told.extend(self.diagnostics);
        self.value
    }
}

impl<T, P> FromIterator<Checked<T, P>> for Checked<Vec<T>, P> {
    fn from_iter<I: IntoIterator<Item = Checked<T, P>>>(items: I) -> Self {
        let mut diagnostics = Vec::new();
        let value = items.into_iter().map(|item| item.keep(&mut diagnostics)).collect();
        Checked { value, diagnostics }
    }
}

/// Whether any of them keeps the archive from being published.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Diagnostics in the order of files and lines, each once.
pub fn in_order(mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    told.sort_by(|one, other| (&one.place, one.severity, one.code).cmp(&(&other.place, other.severity, other.code)));
    // A template's fault shows on every page that is made with it.
    told.dedup_by(|one, other| (&one.place, one.code, &one.message) == (&other.place, other.code, &other.message));
    told
}

/// The known name that `word` most likely stands for, if one is near: a third of
/// its letters may differ (Damerau-Levenshtein), or one be the other's beginning.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let allowed = (length / 3).clamp(1, 5);
    known
        .into_iter()
        .filter_map(|name| {
            let begins = word.len() >= 4 && (name.starts_with(word) || word.starts_with(name));
            // Most names are too long or too short, which is quicker to see than the distance.
            if !begins && name.chars().count().abs_diff(length) > allowed {
                return None;
            }
            let distance = strsim::damerau_levenshtein(word, name);
            Some((if begins { distance.min(allowed) } else { distance }, name))
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// ``did you mean `x`?``, where something known is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|name| format!("did you mean `{name}`?"))
}
