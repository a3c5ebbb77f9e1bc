//! JSON and YAML as one tree, of which every value knows where it stands.
//!
//! In: the text of one item of a list. Out: [`Node`]. Numbers are kept as they are written,
//! since `1.10` is a volume and not a quantity.

use std::{collections::BTreeMap, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::value::RawValue;

/// A value and where it stands in the file.
#[derive(Clone, Debug)]
pub struct Node {
    pub at: Range<usize>,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Nothing,
    /// Numbers and truths as well, as they are written.
    Text(String),
    List(Vec<Node>),
    /// With the place of each key. In the order of the file for YAML, of the keys for JSON.
    Map(Vec<(String, Range<usize>, Node)>),
}

/// What cannot be read, and where.
#[derive(Debug)]
pub struct Fault {
    pub at: usize,
    pub said: String,
}

/// Values in values are read up to this depth.
const DEEPEST: usize = 16;

impl Node {
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(fields) => fields.iter().find(|(key, ..)| key == name).map(|(.., node)| node),
            _ => None,
        }
    }

    /// On one line, for a reader: the texts of a list with commas, of a map with its keys.
    pub fn told(&self) -> String {
        match &self.value {
            Value::Nothing => String::new(),
            Value::Text(text) => text.clone(),
            Value::List(items) => items.iter().map(Node::told).collect::<Vec<_>>().join(", "),
            Value::Map(fields) => {
                let field = |(key, _, node): &(String, Range<usize>, Node)| format!("{key}: {}", node.told());
                fields.iter().map(field).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// Reads a JSON value that stands at `start` of a file.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn of_json(text: &str, start: usize) -> Result<Node, Fault> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|fault| at_fault(text, start, &fault))?;
        json(raw, text, start, 0)
    }

    /// Reads the first document of YAML that stands at `start` of a file.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn of_yaml(text: &str, start: usize) -> Result<Node, Fault> {
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let byte = |index: usize| start + bytes.get(index).copied().unwrap_or(text.len());
        let range = |span: Span| byte(span.start.index())..byte(span.end.index());
        let mut open: Vec<Open> = vec![Open::default()];
        for step in Parser::new_from_str(text) {
            let (event, span) =
                step.map_err(|fault| Fault { at: byte(fault.marker().index()), said: fault.info().to_string() })?;
            let node = match event {
                Event::SequenceStart(..) | Event::MappingStart(..) if open.len() > DEEPEST => {
                    return Err(Fault { at: range(span).start, said: "this is nested too deep".to_string() });
                }
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    open.push(Open {
                        at: range(span).start,
                        is_map: matches!(event, Event::MappingStart(..)),
                        ..Open::default()
                    });
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let end = range(span).end;
                    match open.pop() {
                        Some(closed) => closed.node(end),
                        None => continue,
                    }
                }
                Event::Scalar(text, style, ..) => {
                    let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                    let value = if nothing { Value::Nothing } else { Value::Text(text.into_owned()) };
                    Node { at: range(span), value }
                }
                Event::Alias(..) => {
                    return Err(Fault { at: range(span).start, said: "aliases are not read here".to_string() });
                }
                Event::DocumentEnd => break,
                _ => continue,
            };
            if let Some(innermost) = open.last_mut() {
                innermost.items.push(node);
            }
        }
        let whole = open.into_iter().next().and_then(|whole| whole.items.into_iter().next());
        Ok(whole.unwrap_or(Node { at: start..start, value: Value::Nothing }))
    }
}

/// A collection whose end has not come.
#[derive(Default)]
struct Open {
    at: usize,
    is_map: bool,
    /// Of a map, each key and then its value.
    items: Vec<Node>,
}

impl Open {
    fn node(self, end: usize) -> Node {
        let value = if self.is_map {
            let mut fields = Vec::with_capacity(self.items.len() / 2);
            let mut items = self.items.into_iter();
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                fields.push((key.told(), key.at, value));
            }
            Value::Map(fields)
        } else {
            Value::List(self.items)
        };
        Node { at: self.at..end, value }
    }
}

/// `raw` is a part of `text`, which stands at `start` of the file.
fn json(raw: &RawValue, text: &str, start: usize, depth: usize) -> Result<Node, Fault> {
    let written = raw.get();
    let offset = start + (written.as_ptr().addr() - text.as_ptr().addr());
    let at = offset..offset + written.len();
    if depth > DEEPEST {
        return Err(Fault { at: offset, said: "this is nested too deep".to_string() });
    }
    let fault = |fault: serde_json::Error| at_fault(written, offset, &fault);
    let value = match written.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(written).map_err(fault)?),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(written).map_err(fault)?;
            Value::List(items.into_iter().map(|item| json(item, text, start, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(written).map_err(fault)?;
            let field = |(key, value): (String, &RawValue)| {
                let node = json(value, text, start, depth + 1)?;
                Ok((key, node.at.clone(), node))
            };
            Value::Map(fields.into_iter().map(field).collect::<Result<_, Fault>>()?)
        }
        Some(b'n') => Value::Nothing,
        _ => Value::Text(written.to_string()),
    };
    Ok(Node { at, value })
}

fn at_fault(text: &str, start: usize, fault: &serde_json::Error) -> Fault {
    // Columns count bytes.
    let line: usize = text.split_inclusive('\n').take(fault.line().saturating_sub(1)).map(str::len).sum();
    let said = fault.to_string();
    let said = said.split(" at line ").next().unwrap_or_default().to_string();
    Fault { at: start + (line + fault.column().saturating_sub(1)).min(text.len()), said }
}
