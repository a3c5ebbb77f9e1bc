//! serde's words for a fault in ours.
//!
//! In: a [`Fault`], which is an error of serde's with its path and place. Out: a
//! diagnostic with the remedy, where the error has it: the known names of its own, or
//! what one of our types put behind it with [`fault`] and [`unknown_field`].

use std::ops::Range;

use serde_path_to_error::{Path, Segment};

use super::{Step, Wording};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};

pub struct Fault {
    pub path: Vec<Step>,
    pub message: String,
    /// The message as serde's format puts it, with all its places.
    pub whole: String,
    /// Within the block, from 1.
    pub line_column: Option<(usize, usize)>,
    /// Within the text.
    pub span: Option<Range<usize>>,
}

impl Fault {
    /// The name of the field that is not there.
    pub fn missing(&self) -> Option<String> {
        let name = self.message.strip_prefix("missing field ")?;
        Some(name.trim_matches('`').to_string())
    }

    /// The name of the field that is there twice.
    pub fn double(&self) -> Option<String> {
        let name = self.message.strip_prefix("duplicate field ")?;
        Some(name.trim_matches('`').to_string())
    }

    /// Whether a field's name is none.
    pub fn is_unknown(&self) -> bool {
        self.message.contains(UNKNOWN_FIELD) || self.message.starts_with("unknown field")
    }
}

pub fn steps(path: &Path) -> Vec<Step> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            _ => None,
        })
        .collect()
}

/// Whether a name that does not exist was taken for a slip of `name`: one cause, one diagnostic.
pub fn was_meant(name: &str, diagnostics: &[Diagnostic], wording: Wording) -> bool {
    let meant = format!("did you mean `{name}`?");
    diagnostics.iter().any(|told| told.code == wording.unknown_field && told.help.as_deref() == Some(&meant))
}

pub fn missing(name: &str, place: Place, example: &str, wording: Wording) -> Diagnostic {
    Diagnostic::error(wording.wrong_value, place, format!("the field `{name}` is missing"))
        .help(format!("add it: `{example}`"))
}

/// serde's words for a fault in ours, with the remedy where the known names are told.
pub fn worded(fault: &Fault, wording: Wording, place: Place) -> Diagnostic {
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
