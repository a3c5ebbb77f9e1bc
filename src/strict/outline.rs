//! Where each value of a YAML mapping stands.
//!
//! In: the text, read as events. Out: for each path the byte ranges of key and value,
//! for whoever has something to say of them. Absent on purpose: types, and what is said.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::line_of;

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
        // This parser does not know each tab that YAML allows; blanks stand in the same places.
        Self::read(text).or_else(|| Self::read(&text.replace('\t', " ")))
    }

    fn read(text: &str) -> Option<Self> {
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
    pub fn keys(&self, path: &[Step]) -> Vec<Range<usize>> {
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
    pub fn locate(&self, path: &[Step]) -> Option<Range<usize>> {
        (1..=path.len()).rev().find_map(|length| self.value(&path[..length]))
    }

    /// The lines of a top-level field, from its key to the next one; for each time that it stands there.
    pub fn fields(&self, name: &str) -> Vec<Range<usize>> {
        let tops: Vec<_> = self.0.iter().filter(|(path, ..)| path.len() == 1).collect();
        let end = self.0.iter().map(|(_, key, value)| key.end.max(value.end)).max().unwrap_or_default();
        tops.iter()
            .enumerate()
            .filter(|(_, (path, ..))| path[0] == Step::Key(name.to_string()))
            .map(|(at, (_, key, _))| key.start..tops.get(at + 1).map_or(end, |(_, next, _)| next.start))
            .collect()
    }

    /// The item of a top-level list that holds the value at `path`, with the comma behind
    /// it: the rest of the list can be looked at without it. `None` where items share lines
    /// without brackets around them.
    pub fn item(&self, path: &[Step], text: &str) -> Option<Range<usize>> {
        let [Step::Key(name), Step::Index(index), ..] = path else { return None };
        let field = self.fields(name).into_iter().next()?;
        let list = self.range(&path[..1])?;
        let at = |index: usize| self.range(&[Step::Key(name.clone()), Step::Index(index)]);
        if text[list.clone()].starts_with('[') {
            // The comma before the last item may stand, but none behind nothing.
            let own = at(*index)?.start;
            return Some(own..at(index + 1).map_or(list.end - 1, |next| next.start).max(own));
        }
        let line_at = |index: usize| {
            let line = line_of(text, at(index)?.start);
            text[line.clone()].trim_start().starts_with("- ").then_some(line.start)
        };
        Some(line_at(*index)?..line_at(index + 1).unwrap_or(field.end))
    }

    /// The byte range of the value at `path`; of a collection in lines, a point in it.
    fn range(&self, path: &[Step]) -> Option<Range<usize>> {
        self.0.iter().find(|(own, ..)| own == path).map(|(.., value)| value.clone())
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
