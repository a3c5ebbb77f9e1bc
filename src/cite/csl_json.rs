//! CSL-JSON: the schema `csl-data.json` of CSL 1.0.2.

use std::borrow::Cow;

use super::{
    Reference,
    code::{Pen, PlainText, Token},
};
use crate::entry::{Date, Name, Point};

/// A list of one item.
pub fn csl_json<P: Pen>(reference: &Reference<'_>, id: &str) -> P {
    let mut code = P::default();
    code.push(Token::Plain, "[\n  ");
    item(&mut code, reference, id);
    code.push(Token::Plain, "\n]\n");
    code
}

/// One item as it stands in a list, without a line end.
pub fn csl_json_item(reference: &Reference<'_>, id: &str) -> String {
    let mut text = PlainText::default();
    item(&mut text, reference, id);
    text.0
}

fn item(code: &mut impl Pen, reference: &Reference<'_>, id: &str) {
    code.push(Token::Plain, "{\n");
    for (index, (name, value)) in fields(reference, id).iter().enumerate() {
        code.push(Token::Plain, if index == 0 { "    " } else { ",\n    " });
        field(code, name, value);
    }
    code.push(Token::Plain, "\n  }");
}

/// One item of a list as YAML 1.2 has it, with a line end. Values are as in JSON, which is
/// YAML as well.
pub fn csl_yaml_item(reference: &Reference<'_>, id: &str) -> String {
    let mut text = YamlText::default();
    for (index, (name, value)) in fields(reference, id).iter().enumerate() {
        text.push(Token::Plain, if index == 0 { "  - " } else { "    " });
        text.push(Token::Field, name);
        text.push(Token::Plain, ": ");
        write(&mut text, value);
        text.push(Token::Plain, "\n");
    }
    text.0
}

/// Readers of YAML 1.1 take some characters for line ends, even in a quoted text.
#[derive(Default)]
struct YamlText(String);

impl Pen for YamlText {
    fn push(&mut self, _: Token, text: &str) {
        for character in text.chars() {
            match character {
                '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                    // Writing to a string cannot fail.
                    let _ = std::fmt::Write::write_fmt(&mut self.0, format_args!("\\u{:04x}", u32::from(character)));
                }
                _ => self.0.push(character),
            }
        }
    }
}

fn fields(reference: &Reference<'_>, id: &str) -> Vec<(Cow<'static, str>, Json)> {
    let citation = &reference.citation;
    let mut fields: Vec<(Cow<'static, str>, Json)> = vec![
        ("id".into(), Json::text(id)),
        ("type".into(), Json::Text(citation.kind.to_string())),
        ("title".into(), Json::text(&citation.title)),
    ];
    for (role, names) in &citation.names {
        fields.push((role.to_string().into(), Json::List(names.iter().map(name).collect())));
    }
    for (variable, date) in &citation.dates {
        fields.push((variable.to_string().into(), Json::Map(self::date(date))));
    }
    for (variable, text) in &citation.variables {
        fields.push((variable.to_string().into(), Json::text(text)));
    }
    fields
}

enum Json {
    Text(String),
    Number(i64),
    Truth,
    List(Vec<Json>),
    Map(Vec<(&'static str, Json)>),
}

impl Json {
    fn text(text: &str) -> Self {
        Json::Text(text.to_string())
    }
}

fn field(code: &mut impl Pen, name: &str, value: &Json) {
    code.push(Token::Field, &quoted(name));
    code.push(Token::Plain, ": ");
    write(code, value);
}

/// On one line.
fn write(code: &mut impl Pen, value: &Json) {
    match value {
        Json::Text(text) => code.push(Token::Text, &quoted(text)),
        Json::Number(number) => code.push(Token::Number, &number.to_string()),
        Json::Truth => code.push(Token::Keyword, "true"),
        Json::List(items) => {
            code.push(Token::Plain, "[");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    code.push(Token::Plain, ", ");
                }
                write(code, item);
            }
            code.push(Token::Plain, "]");
        }
        Json::Map(fields) => {
            code.push(Token::Plain, "{ ");
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    code.push(Token::Plain, ", ");
                }
                field(code, name, value);
            }
            code.push(Token::Plain, " }");
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn name(name: &Name) -> Json {
    match name {
        Name::Literal(literal) => Json::Map(vec![("literal", Json::text(literal))]),
        Name::Person { family, given, particle, suffix } => {
            let mut fields = vec![("family", Json::text(family))];
            fields.extend(given.iter().map(|given| ("given", Json::text(given))));
            fields.extend(particle.iter().map(|particle| ("non-dropping-particle", Json::text(particle))));
            fields.extend(suffix.iter().map(|suffix| ("suffix", Json::text(suffix))));
            Json::Map(fields)
        }
    }
}

/// What the numbers cannot say stands as text beside them.
fn date(date: &Date) -> Vec<(&'static str, Json)> {
    let literal = || ("literal", Json::Text(date.in_words("en")));
    let Some(parts) = date.parts() else { return vec![literal()] };
    let points = std::iter::once(parts.start).chain(parts.end).map(numbers).collect();
    let mut fields = vec![("date-parts", Json::List(points))];
    fields.extend(parts.start.season.map(|season| ("season", Json::Number(season.into()))));
    if parts.uncertain {
        fields.push(("circa", Json::Truth));
    }
    let year = parts.start.year.to_string();
    let told = date.year_in_words();
    // A decade, and a range that is open.
    if parts.end.is_none() && parts.start.year > 0 && told.trim_start_matches("c. ").trim_end_matches('?') != year {
        return vec![literal()];
    }
    fields
}

/// In CSL the year before 1 is −1.
fn numbers(point: Point) -> Json {
    let year = if point.year > 0 { point.year } else { point.year - 1 };
    let rest =
        [point.month, point.month.and(point.day)].into_iter().flatten().map(|number| Json::Number(number.into()));
    Json::List(std::iter::once(Json::Number(year.into())).chain(rest).collect())
}
