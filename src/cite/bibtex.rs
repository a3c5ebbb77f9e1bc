//! `BibTeX`: Patashnik, *`BibTeXing`* (1988); and `BibLaTeX`: Kime, Wemheuer and Lehman, *The
//! biblatex Package* (3.20), section 2. Texts stay in Unicode, as biber and current BibTeX
//! styles read them.

use super::{
    Reference,
    code::{Pen, PlainText, Token, one_line},
};
use crate::entry::{Citation, DateVariable, Kind, Name, Role, Variable};

/// One entry with this key: letters, digits and hyphens.
pub fn bibtex<P: Pen>(reference: &Reference<'_>, key: &str) -> P {
    let citation = &reference.citation;
    let kind = kind(citation.kind);
    entry(kind, key, fields(citation, kind))
}

/// One entry of `BibLaTeX`, whose types are more and whose dates are EDTF.
pub fn biblatex(reference: &Reference<'_>, key: &str) -> String {
    let citation = &reference.citation;
    let kind = biblatex_kind(citation.kind);
    let PlainText(text) = entry(kind, key, biblatex_fields(reference, kind));
    text
}

fn entry<P: Pen>(kind: &str, key: &str, fields: Vec<(&'static str, Value)>) -> P {
    let mut code = P::default();
    code.push(Token::Keyword, &format!("@{kind}"));
    code.push(Token::Plain, "{");
    code.push(Token::Name, key);
    code.push(Token::Plain, ",\n");
    for (field, value) in fields {
        code.push(Token::Plain, "  ");
        code.push(Token::Field, field);
        code.push(Token::Plain, " = ");
        match value {
            Value::Braced(value) => {
                code.push(Token::Plain, "{");
                code.push(Token::Text, &value);
                code.push(Token::Plain, "}");
            }
            Value::Month(month) => code.push(Token::Name, month),
        }
        code.push(Token::Plain, ",\n");
    }
    code.push(Token::Plain, "}\n");
    code
}

enum Value {
    Braced(String),
    /// One of the abbreviations that every style defines.
    Month(&'static str),
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ArticleJournal | Kind::ArticleMagazine | Kind::ArticleNewspaper | Kind::Review | Kind::ReviewBook => {
            "article"
        }
        Kind::Book | Kind::Classic => "book",
        Kind::Chapter | Kind::Entry | Kind::EntryDictionary | Kind::EntryEncyclopedia => "incollection",
        Kind::PaperConference => "inproceedings",
        Kind::Report => "techreport",
        Kind::Thesis => "phdthesis",
        _ => "misc",
    }
}

fn fields(citation: &Citation, kind: &str) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    for (role, field) in [(Role::Author, "author"), (Role::Editor, "editor")] {
        let names: Vec<String> = citation.names(role).iter().map(name).collect();
        if !names.is_empty() {
            fields.push((field, Value::Braced(names.join(" and "))));
        }
    }
    fields.push(("title", Value::Braced(title(&citation.title))));
    let container = match kind {
        "article" => "journal",
        "incollection" | "inproceedings" => "booktitle",
        _ => "howpublished",
    };
    let publisher = match kind {
        "techreport" => "institution",
        "phdthesis" => "school",
        _ => "publisher",
    };
    let number = if kind == "article" { Variable::Issue } else { Variable::Number };
    let series = citation.get(Variable::CollectionTitle).map(|_| Variable::CollectionNumber);
    let texts = [
        (Variable::ContainerTitle, container),
        (Variable::CollectionTitle, "series"),
        (Variable::Volume, "volume"),
        (if citation.get(number).is_some() { number } else { series.unwrap_or(number) }, "number"),
        (Variable::Edition, "edition"),
        (Variable::Genre, "type"),
        (Variable::Publisher, publisher),
        (Variable::PublisherPlace, "address"),
    ];
    let mut push = |field: &'static str, value: String| {
        if !value.is_empty() {
            fields.push((field, Value::Braced(value)));
        }
    };
    for (variable, field) in texts {
        push(field, escaped(citation.get(variable).unwrap_or_default()));
    }
    push("pages", escaped(citation.get(Variable::Page).unwrap_or_default()).replace(['-', '–'], "--"));
    if let Some(date) = citation.issued() {
        push("year", escaped(&date.year_in_words()).replace('–', "--"));
    }
    push("isbn", escaped(citation.get(Variable::Isbn).unwrap_or_default()));
    push("issn", escaped(citation.get(Variable::Issn).unwrap_or_default()));
    push("doi", address(citation.doi().unwrap_or_default()));
    push("url", address(citation.get(Variable::Url).unwrap_or_default()));
    if let Some(date) = citation.date(DateVariable::Accessed) {
        push("urldate", escaped(date.written()));
    }
    let point = citation.issued().and_then(crate::entry::Date::parts).filter(|parts| parts.end.is_none());
    let month = point.and_then(|parts| MONTHS.get(usize::from(parts.start.month?).checked_sub(1)?).copied());
    fields.extend(month.map(|month| ("month", Value::Month(month))));
    let day = month.and(point).and_then(|parts| parts.start.day);
    fields.extend(day.map(|day| ("day", Value::Braced(day.to_string()))));
    fields
}

fn biblatex_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ArticleJournal | Kind::ArticleMagazine | Kind::ArticleNewspaper | Kind::Review | Kind::ReviewBook => {
            "article"
        }
        Kind::Book | Kind::Classic => "book",
        Kind::Collection => "collection",
        Kind::Chapter => "incollection",
        Kind::Entry | Kind::EntryDictionary | Kind::EntryEncyclopedia => "inreference",
        Kind::PaperConference => "inproceedings",
        Kind::Report => "report",
        Kind::Thesis => "thesis",
        Kind::Webpage | Kind::Post | Kind::PostWeblog => "online",
        Kind::Dataset => "dataset",
        Kind::Software => "software",
        Kind::Patent => "patent",
        Kind::Manuscript => "unpublished",
        Kind::Pamphlet => "booklet",
        _ => "misc",
    }
}

fn biblatex_fields(reference: &Reference<'_>, kind: &str) -> Vec<(&'static str, Value)> {
    let citation = &reference.citation;
    let mut fields = Vec::new();
    let mut push = |field: &'static str, value: String| {
        if !value.is_empty() {
            fields.push((field, Value::Braced(value)));
        }
    };
    for (role, field) in [(Role::Author, "author"), (Role::Editor, "editor"), (Role::Translator, "translator")] {
        push(field, citation.names(role).iter().map(name).collect::<Vec<_>>().join(" and "));
    }
    push("title", title(&citation.title));
    let container = match kind {
        "article" => "journaltitle",
        "incollection" | "inproceedings" | "inreference" => "booktitle",
        "online" => "organization",
        _ => "howpublished",
    };
    let publisher = match kind {
        "report" | "thesis" => "institution",
        _ => "publisher",
    };
    let texts = [
        (Variable::ContainerTitle, container),
        (Variable::CollectionTitle, "series"),
        (Variable::Volume, "volume"),
        (Variable::Number, "number"),
        (Variable::Edition, "edition"),
        (Variable::Genre, "type"),
        (Variable::EventTitle, "eventtitle"),
        (Variable::Publisher, publisher),
        (Variable::PublisherPlace, "location"),
        (Variable::Version, "version"),
        (Variable::NumberOfPages, "pagetotal"),
    ];
    for (variable, field) in texts {
        let issue = || citation.get(Variable::Issue).filter(|_| variable == Variable::Number);
        let series = || citation.get(Variable::CollectionNumber).filter(|_| variable == Variable::Number);
        push(field, escaped(issue().or_else(|| citation.get(variable)).or_else(series).unwrap_or_default()));
    }
    push("pages", escaped(citation.get(Variable::Page).unwrap_or_default()).replace(['-', '–'], "--"));
    // An interval without a beginning or an end has two points there, and biblatex nothing.
    push("date", citation.issued().map_or_else(String::new, |date| date.written().replace("..", "")));
    push("isbn", escaped(citation.get(Variable::Isbn).unwrap_or_default()));
    push("issn", escaped(citation.get(Variable::Issn).unwrap_or_default()));
    push("doi", address(citation.doi().unwrap_or_default()));
    push("url", address(citation.get(Variable::Url).unwrap_or_default()));
    push("urldate", citation.date(DateVariable::Accessed).map_or_else(String::new, |date| date.written().to_string()));
    fields
}

/// `van den Hoven, Jeroen`, `Nye, Jr., Joseph S.`, `{The White House}`.
fn name(name: &Name) -> String {
    match name {
        Name::Literal(literal) => format!("{{{}}}", escaped(literal)),
        Name::Person { family, given, particle, suffix } => {
            let first: Vec<String> = particle.iter().chain([family]).map(|part| name_part(part)).collect();
            let rest = suffix.iter().chain(given).map(|part| name_part(part));
            std::iter::once(first.join(" ")).chain(rest).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A comma or an *and* of its own would end the part.
fn name_part(text: &str) -> String {
    let escaped = escaped(text);
    let ends = escaped.contains(',') || escaped.split(' ').any(|word| word.eq_ignore_ascii_case("and"));
    if ends { format!("{{{escaped}}}") } else { escaped }
}

/// Words whose capitals mean something are kept from styles that write titles small.
fn title(text: &str) -> String {
    let word = |word: &str| {
        let kept = word.chars().skip(1).any(char::is_uppercase);
        if kept { format!("{{{}}}", escaped(word)) } else { escaped(word) }
    };
    one_line(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// As TeX reads it. Braces are written as commands, since BibTeX counts even those behind a
/// backslash.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in one_line(text).chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' => escaped.push_str("\\textbraceleft{}"),
            '}' => escaped.push_str("\\textbraceright{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '$' | '&' | '#' | '_' | '%' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Styles set addresses letter for letter; what would end the field is encoded.
fn address(text: &str) -> String {
    let mut address = String::new();
    for character in one_line(text).chars() {
        match character {
            '{' => address.push_str("%7B"),
            '}' => address.push_str("%7D"),
            '\\' => address.push_str("%5C"),
            ' ' => address.push_str("%20"),
            _ => address.push(character),
        }
    }
    address
}
