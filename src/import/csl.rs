//! CSL-JSON and CSL-YAML: the schema `csl-data.json` of CSL 1.0.2, as Zotero, Pandoc and
//! Mendeley write it.
//!
//! Items are cut out of their list first, so that a broken one keeps no other from being read.

use std::ops::Range;

use super::{
    Draft, Record, Script,
    date::{self, Point},
    node::{Fault, Node, Value},
    unknown_kind,
};
use crate::{
    diagnostic::{Checked, Diagnostic, did_you_mean},
    entry::{Date, DateVariable, Kind, Name, Role, Variable},
    site::Slug,
    starter::LONGEST_ID,
};

pub fn read_json(script: &Script) -> Vec<Record> {
    let text = script.text();
    let items = objects(text).into_iter().map(|item| match item {
        Ok(at) => item_of(Node::of_json(&text[at.clone()], at.start), at, script),
        Err(at) => {
            failed(&Fault { at: at.start, said: "the item that begins here does not end".to_string() }, script, JSON)
        }
    });
    let items: Vec<Record> = items.collect();
    if items.is_empty() && text.trim() != "[]" {
        let start = text.len() - text.trim_start().len();
        return vec![failed(&Fault { at: start, said: "there is no list of items here".to_string() }, script, JSON)];
    }
    items
}

pub fn read_yaml(script: &Script) -> Vec<Record> {
    let text = script.text();
    match listed(text) {
        Some(items) => {
            items.into_iter().map(|at| item_of(Node::of_yaml(&text[at.clone()], at.start), at, script)).collect()
        }
        // In brackets, or not to be read at all.
        None => match Node::of_yaml(text, 0) {
            Ok(whole) => {
                let list = whole.get("references").unwrap_or(&whole);
                match &list.value {
                    Value::List(items) => items.iter().map(|item| work(item, script)).collect(),
                    Value::Map(_) => vec![work(list, script)],
                    _ => vec![failed(
                        &Fault { at: list.at.start, said: "there is no list of items here".to_string() },
                        script,
                        YAML,
                    )],
                }
            }
            Err(fault) => vec![failed(&fault, script, YAML)],
        },
    }
}

const JSON: &str = "items stand between `[` and `]`, each between `{` and `}`, with a comma between two";
const YAML: &str = "items stand below `references:`, each begun with `- `, and their fields are aligned";

fn failed(fault: &Fault, script: &Script, help: &str) -> Record {
    let said = format!("this item cannot be read: {}", fault.said);
    let told = Diagnostic::error("broken-record", script.place(fault.at..fault.at + 1), said).help(help.to_string());
    Checked { value: None, diagnostics: vec![told] }
}

fn item_of(node: Result<Node, Fault>, at: Range<usize>, script: &Script) -> Record {
    let help = if script.text()[at].starts_with('{') { JSON } else { YAML };
    match node {
        Ok(Node { value: Value::List(items), .. }) if items.len() == 1 => work(&items[0], script),
        Ok(node) => work(&node, script),
        Err(fault) => failed(&fault, script, help),
    }
}

/// The objects of the outermost list; of one that does not end, its beginning.
fn objects(text: &str) -> Vec<Result<Range<usize>, Range<usize>>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    // Where the last line ended.
    let mut line = None;
    while let Some(open) = text[at..].find('{').map(|found| at + found) {
        // Zotero's interface puts the list into an object.
        let inner = text[open + 1..].trim_start();
        let wraps = ["\"items\"", "\"references\""].iter().find_map(|name| inner.strip_prefix(name));
        if found.is_empty()
            && wraps.is_some_and(|rest| {
                rest.trim_start().strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with('['))
            })
        {
            at = open + 1;
            continue;
        }
        line = text[at..open].rfind('\n').map(|found| at + found).or(line);
        let indentation = line.map_or("", |line| &text[line..open]);
        let begins_next = |end: usize| {
            !indentation.is_empty()
                && indentation.trim().is_empty()
                && text[end..].starts_with(indentation)
                && bytes.get(end + indentation.len()) == Some(&b'{')
        };
        let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
        let mut end = open;
        let closed = loop {
            match bytes.get(end) {
                None => break false,
                Some(b'\n') if end > open && begins_next(end) => break false,
                Some(b'\n') => line = Some(end),
                Some(_) if escaped => escaped = false,
                Some(b'\\') if in_text => escaped = true,
                Some(b'"') => in_text = !in_text,
                Some(b'{') if !in_text => depth += 1,
                Some(b'}') if !in_text => {
                    depth -= 1;
                    if depth == 0 {
                        break true;
                    }
                }
                Some(_) => {}
            }
            end += 1;
        };
        at = if closed { end + 1 } else { end };
        found.push(if closed { Ok(open..at) } else { Err(open..at) });
    }
    found
}

/// The items of a list in lines: that of `references:`, or the only one. `None` where there is
/// no such list.
fn listed(text: &str) -> Option<Vec<Range<usize>>> {
    let mut start = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        let at = start;
        start += line.len();
        (at, line)
    });
    let mut within = false;
    let mut indentation = 0;
    let mut items: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for (at, line) in lines.by_ref() {
        let content = line.trim_start_matches(' ');
        let begins_item = content == "-\n" || content.trim_end() == "-" || content.starts_with("- ");
        let depth = line.len() - content.len();
        if line.trim_end() == "references:" {
            (within, is_open) = (true, false);
            items.clear();
        } else if begins_item
            && (items.is_empty() || depth == indentation)
            && (within || depth == 0 || !items.is_empty())
        {
            indentation = depth;
            if let Some(last) = items.last_mut().filter(|_| is_open) {
                last.end = at;
            }
            items.push(at..text.len());
            is_open = true;
        } else if is_open && depth == 0 && !content.trim().is_empty() && !content.starts_with('#') {
            // Another field, or the end of the document.
            if let Some(last) = items.last_mut() {
                last.end = at;
            }
            is_open = false;
            if within {
                break;
            }
        }
    }
    (!items.is_empty()).then_some(items)
}

fn work(item: &Node, script: &Script) -> Record {
    let Value::Map(fields) = &item.value else {
        let fault = Fault { at: item.at.start, said: "it has no fields".to_string() };
        return failed(
            &fault,
            script,
            if script.text()[item.at.start..].starts_with(['[', '{', '"']) { JSON } else { YAML },
        );
    };
    let mut draft = Draft::new(item.at.start..item.at.start + 1);
    let mut diagnostics = Vec::new();
    for (name, key, node) in fields {
        let at = &node.at;
        match name.as_str() {
            "id" => {
                draft.at = at.clone();
                let id = node.text().and_then(Slug::new);
                // One of digits alone is a number of the program's.
                let is_name = |id: &Slug| {
                    id.as_str().len() <= LONGEST_ID && id.as_str().bytes().any(|byte| byte.is_ascii_lowercase())
                };
                draft.id = id.filter(is_name);
            }
            "type" => {
                let kind = node.text().unwrap_or_default();
                if let Some(kind) = Kind::from_name(kind) {
                    draft.kind = kind;
                } else if !kind.is_empty() {
                    let known = did_you_mean(kind, Kind::NAMES.iter().copied());
                    diagnostics.push(unknown_kind("CSL", kind, known, script.place(at.clone())));
                    draft.note("type", kind);
                }
            }
            "title" => draft.set_title(&node.told()),
            "keyword" => {
                let text = node.told();
                draft.put(Variable::Keyword, &text, name, at);
                let between = if text.contains(';') { ';' } else { ',' };
                text.split(between).for_each(|word| draft.keyword(word));
            }
            "categories" => node.told().split(',').for_each(|word| draft.keyword(word)),
            name => {
                let known = match name {
                    "shortTitle" => "title-short",
                    "journalAbbreviation" => "container-title-short",
                    name => name,
                };
                if let Some(variable) = Variable::from_name(known) {
                    draft.put(variable, &node.told(), name, at);
                } else if let Some(role) = Role::from_name(known) {
                    names(&mut draft, role, node);
                } else if let Some(variable) = DateVariable::from_name(known) {
                    put_date(&mut draft, variable, node, name);
                } else {
                    draft.homeless(name, &node.told(), key);
                }
            }
        }
    }
    Checked { value: Some(draft), diagnostics }
}

fn names(draft: &mut Draft, role: Role, node: &Node) {
    let one = std::slice::from_ref(node);
    let list = if let Value::List(items) = &node.value { items.as_slice() } else { one };
    for name in list.iter().filter_map(name) {
        draft.person(role, name);
    }
}

/// `None` where nobody is named.
fn name(node: &Node) -> Option<Name> {
    let part =
        |name: &str| node.get(name).and_then(Node::text).map(str::to_string).filter(|text| !text.trim().is_empty());
    if let Some(text) = node.text() {
        return Some(Name::Literal(text.to_string())).filter(|_| !text.trim().is_empty());
    }
    let particles: Vec<String> = ["dropping-particle", "non-dropping-particle"].into_iter().filter_map(part).collect();
    match part("family") {
        Some(family) => Some(Name::Person {
            family,
            given: part("given"),
            particle: (!particles.is_empty()).then(|| particles.join(" ")),
            suffix: part("suffix"),
        }),
        None => part("literal").or_else(|| part("name")).or_else(|| part("given")).map(Name::Literal),
    }
}

fn put_date(draft: &mut Draft, variable: DateVariable, node: &Node, field: &str) {
    let at = &node.at;
    match dated(node) {
        Some(date) => {
            draft.put_date(variable, date, field, at);
            let numbers = ["date-parts", "year"].iter().any(|name| node.get(name).is_some());
            if let Some(text) = node.get("literal").and_then(Node::text).filter(|_| numbers) {
                draft.homeless(field, text, at);
            }
        }
        None if matches!(node.value, Value::Nothing) => {}
        None => {
            let told = node.get("literal").or_else(|| node.get("raw")).unwrap_or(node).told();
            if !told.trim().is_empty() {
                draft.unread(&told, field, at);
            }
        }
    }
}

fn dated(node: &Node) -> Option<Date> {
    match &node.value {
        Value::Nothing => None,
        Value::Text(text) => date::read(text),
        Value::List(items) => {
            let points: Vec<String> = items.iter().filter_map(|item| point_of_fields(item)?.edtf()).collect();
            Date::parse(&points.join("/")).ok()
        }
        Value::Map(_) => numbered(node).or_else(|| {
            let text = node.get("raw").or_else(|| node.get("literal")).and_then(Node::text)?;
            century(text).or_else(|| date::read(text))
        }),
    }
}

/// `1900–1999` in words is a century, not a span: spans have numbers.
fn century(text: &str) -> Option<Date> {
    let (start, end) = text.split_once('–')?;
    let (first, last) = (start.strip_suffix("00")?, end.strip_suffix("99")?);
    (first == last && first.len() == 2).then(|| Date::parse(&format!("{first}XX")).ok())?
}

/// `date-parts`, or `year`, `month` and `day`.
fn numbered(node: &Node) -> Option<Date> {
    let season = node.get("season").and_then(Node::text).and_then(season);
    let circa = node.get("circa").and_then(Node::text).is_some_and(|text| !matches!(text, "" | "0" | "false"));
    let points: Vec<Option<Point>> = match node.get("date-parts").map(|node| &node.value) {
        Some(Value::List(ends)) => ends
            .iter()
            .map(|end| match &end.value {
                Value::List(parts) => {
                    point(&parts.iter().map(|part| part.text().unwrap_or_default()).collect::<Vec<_>>())
                }
                _ => None,
            })
            .collect(),
        _ => vec![point_of_fields(node)],
    };
    let mut texts = Vec::new();
    for (index, point) in points.into_iter().enumerate() {
        texts.push(match point {
            Some(mut point) => {
                if index == 0 {
                    point.month = point.month.or(season);
                    point.approximate = circa;
                }
                point.edtf()?
            }
            // An end that is not known is written as 0.
            None if index > 0 => "..".to_string(),
            None => return None,
        });
    }
    Date::parse(&texts.join("/")).ok()
}

fn point_of_fields(node: &Node) -> Option<Point> {
    let part = |name: &str| node.get(name).and_then(Node::text).unwrap_or_default();
    if node.text().is_some() {
        return None;
    }
    let mut found = point(&[part("year"), part("month"), part("day")])?;
    found.month = found.month.or_else(|| season(part("season")));
    found.approximate = matches!(part("circa"), "1" | "true");
    Some(found)
}

/// In CSL the year before 1 is −1. A month above 12 is a season.
fn point(parts: &[&str]) -> Option<Point> {
    let number =
        |index: usize| parts.get(index).and_then(|text| text.trim().parse::<i32>().ok()).filter(|number| *number != 0);
    let year = number(0)?;
    let month = number(1)
        .and_then(|month| u32::try_from(month).ok())
        .map(|month| if (13..=16).contains(&month) { month + 8 } else { month });
    let day = number(2).and_then(|day| u32::try_from(day).ok());
    Some(Point { year: Some(if year < 0 { year + 1 } else { year }), month, day: month.and(day), ..Point::default() })
}

fn season(text: &str) -> Option<u32> {
    match text.parse::<u32>() {
        Ok(number @ 1..=4) => Some(number + 20),
        Ok(number @ 21..=24) => Some(number),
        _ => date::month(text).filter(|month| *month > 20),
    }
}
