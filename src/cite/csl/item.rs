//! A reference as the item that hayagriva takes.
//!
//! Kept from it are values that it would end the program at, or give wrongly: the end of a
//! range of dates, years beyond its numbers, and addresses that are none of the web.

use std::collections::BTreeMap;

use hayagriva::citationberg::json::{DateValue, Item, LiteralName, NameItem, NameValue, Value, VecDate, VecDateRange};

use super::super::Reference;
use crate::entry::{Date, DateVariable, Name, Point, Variable};

/// Years as they are shown, where that is otherwise than hayagriva writes them: `2006`,
/// `2006–2020`.
pub type ShownYears = Vec<(String, String)>;

/// `id` tells apart the works that one driver has.
pub fn item(reference: &Reference<'_>, id: &str) -> (Item, ShownYears) {
    let citation = &reference.citation;
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    let mut text = |name: &str, value: &str| {
        if !value.trim().is_empty() {
            fields.insert(name.to_string(), Value::String(value.to_string()));
        }
    };
    text("id", id);
    text("type", &citation.kind.to_string());
    text("title", &citation.title);
    for (variable, value) in &citation.variables {
        match variable {
            // They say something about the work, and are no part of its citation.
            Variable::Abstract | Variable::Annote | Variable::Keyword | Variable::Note => {}
            Variable::Doi => text("DOI", citation.doi().unwrap_or_default()),
            Variable::Url if !is_web(value) => {}
            // CSL 1.0.1 called it so.
            Variable::Event => text("event-title", value),
            _ => text(&variable.to_string(), value),
        }
    }
    if let Some(language) = reference.language {
        text("language", language);
    }
    for (role, names) in &citation.names {
        fields.insert(role.to_string(), Value::Names(names.iter().map(name).collect()));
    }
    let mut shown = ShownYears::new();
    for (variable, date) in &citation.dates {
        let Some(parts) = date.parts() else { continue };
        let value = DateValue::DateParts {
            date_parts: VecDateRange(vec![VecDate(numbers(parts.start))]),
            literal: None,
            season: parts.start.season.map(|season| season.to_string()),
            circa: parts.uncertain,
        };
        fields.insert(variable.to_string(), Value::Date(value));
        if *variable == DateVariable::Issued {
            shown.extend(shown_year(date, parts.start));
        }
    }
    (Item(fields), shown)
}

pub fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn numbers(point: Point) -> Vec<i16> {
    let month = point.month.map(i16::from);
    let day = month.and(point.day.map(i16::from));
    std::iter::once(point.year).chain(month).chain(day).collect()
}

/// A decade, or a range of years.
fn shown_year(date: &Date, start: Point) -> Option<(String, String)> {
    let year = start.year.to_string();
    let words = date.year_in_words();
    let bare = words.trim_start_matches("c. ").trim_end_matches('?').replace("–c. ", "–");
    (start.year > 0 && bare != year && bare.starts_with(&year)).then_some((year, bare))
}

fn name(name: &Name) -> NameValue {
    match name {
        Name::Literal(literal) => NameValue::Literal(LiteralName { literal: literal.clone() }),
        Name::Person { family, given, particle, suffix } => NameValue::Item(NameItem {
            family: family.clone(),
            given: given.clone(),
            non_dropping_particle: particle.clone(),
            dropping_particle: None,
            suffix: suffix.clone(),
            comma_suffix: None,
        }),
    }
}
