//! Reads YAML and TOML into types and says everything that does not fit, each at
//! its own line and column.
//!
//! In: the text of a mapping and the type that is wanted. Out: the value where all
//! of it fits, and one diagnostic for each field that does not. serde stops at the
//! first fault, so a faulty field is blanked, which moves nothing else, and the
//! text is read again; a sound file is read once. Absent on purpose: what fields
//! mean.

mod outline;
mod settings;
mod words;
mod yaml;

use std::{collections::BTreeMap, marker::PhantomData, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};

pub use outline::{Outline, Step};
pub use settings::toml;
pub use words::{fault, unknown_field};
pub use yaml::{LARGEST_BLOCK, yaml};

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
