//! What is wrong with templates, in the words of this program.
//!
//! In: an error of Tera's and the texts of all templates. Out: diagnostics, each at its
//! line and column, with the names that are known. Of names that do not exist Tera tells
//! in one string of finished reports, whose first lines are read here; which blocks and
//! components there are it does not tell, so their tags are looked for. Absent on
//! purpose: the syntax of what stands in tags.

use std::{collections::BTreeMap, ops::Range};

use tera::ErrorKind;

use crate::{
    diagnostic::{Diagnostic, Place, did_you_mean},
    source::{self, Source},
};

/// Each template's text, by its name.
type Templates = BTreeMap<String, Source>;

/// Everything that an error tells of templates that are not compiled yet; never empty.
pub fn of_all(fault: &tera::Error, templates: &Templates) -> Vec<Diagnostic> {
    let told = match fault.kind() {
        ErrorKind::Msg(text) => match reports(text) {
            Some(reports) => unknown_names(&reports, templates),
            None => double_component(text, templates).into_iter().collect(),
        },
        ErrorKind::MissingParent { .. } => unknown_parents(templates),
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let chain = [std::slice::from_ref(tpl), inheritance_chain].concat();
            circle("extends", &chain, templates).into_iter().collect()
        }
        ErrorKind::CircularInclude { include_chain, .. } => {
            circle("include", include_chain, templates).into_iter().collect()
        }
        _ => Vec::new(),
    };
    if told.is_empty() { vec![of_one(fault, templates, None)] } else { told }
}

/// One fault in Tera's words. `permalink` is the page that was made.
pub fn of_one(fault: &tera::Error, templates: &Templates, permalink: Option<&str>) -> Diagnostic {
    let found_at = permalink.map(|permalink| format!("this was found while `{permalink}` was made"));
    let tell = |place: Place, message: &str| {
        // Tera puts the names that it knows behind the fault, as a sentence of its own.
        let (said, more) = message.trim().trim_end_matches('.').split_once(". ").unwrap_or((message.trim(), ""));
        let help = [more, found_at.as_deref().unwrap_or_default()].into_iter().filter(|part| !part.is_empty());
        let help = lowercase_first(&help.collect::<Vec<_>>().join("; "));
        Diagnostic::error("template-fault", place, lowercase_first(said.trim_end_matches('.')))
            .help((!help.is_empty()).then_some(help))
    };
    match fault.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let place = templates
                .get(report.filename())
                .map_or_else(|| Place::file(report.filename()), |source| source.place(report.span().range.clone()));
            tell(place, report.message())
        }
        kind => {
            let text = kind.to_string();
            let name = templates.keys().filter(|name| text.contains(name.as_str())).max_by_key(|name| name.len());
            let place = name.map_or_else(|| Place::file("themes"), |name| templates[name].place(0..0));
            tell(place, &text)
        }
    }
}

/// The nearest of the names that are known, and all of them behind `there_are`.
pub fn known(name: &str, known: &[impl AsRef<str>], there_are: &str) -> String {
    let names: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let nearest = did_you_mean(name, names.iter().copied()).map(|question| question + " ").unwrap_or_default();
    format!("{nearest}{there_are} {}", names.join(", "))
}

/// Messages begin in lower case, wherever they come from.
pub fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A report as Tera writes it:
///
/// ```text
/// error: Unknown template `parts/lst.html`
///  --> entry.html:1:12
///   |
/// 1 | {% include "parts/lst.html" %}
///   |            ^^^^^^^^^^^^^^^^
/// ```
struct Report<'t> {
    /// What there is none of: `filter`, `template`, `block`.
    kind: String,
    name: &'t str,
    template: &'t str,
    /// Line and column from 1, and the width in characters.
    at: (usize, usize, usize),
}

/// `None` where the text is something else.
fn reports(text: &str) -> Option<Vec<Report<'_>>> {
    let report = |text| {
        let mut lines = str::lines(text);
        let message = lines.next()?.strip_prefix("error: ")?;
        let mut place = lines.next()?.trim_start().strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, line, template) = (place.next()?.parse().ok()?, place.next()?.parse().ok()?, place.next()?);
        let (kind, rest) = message.split_once(" `")?;
        let name = rest.split('`').next()?;
        let kind = kind.strip_prefix("Unknown ").unwrap_or(kind).to_lowercase();
        let width = lines.last()?.matches('^').count();
        Some(Report { kind, name, template, at: (line, column, width) })
    };
    text.split("\n\n").map(report).collect()
}

fn unknown_names(reports: &[Report<'_>], templates: &Templates) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    // A theme's frame without a block is one fault, however many templates fill that block.
    let mut lacking: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for report in reports {
        let Some(source) = templates.get(report.template) else { continue };
        let (line, column, width) = report.at;
        let start = source::offset(&source.text, line, column);
        let end = source.text[start..].char_indices().nth(width).map_or(source.text.len(), |(at, _)| start + at);
        let place = source.place(start..end);
        let name = report.name;
        match report.kind.as_str() {
            "block" => {
                let parents = parents(report.template, templates);
                match parents.last() {
                    Some(frame) if is_default(source) && !is_default(&templates[*frame]) => {
                        lacking.entry((frame, name)).or_default().push(report.template);
                    }
                    _ => told.push(unknown_block(name, place, &parents, templates)),
                }
            }
            "template" => told.push(unknown_template(name, place, templates)),
            "component" => {
                let names: Vec<&str> =
                    templates.values().flat_map(|source| tags(&source.text, "component")).map(|tag| tag.name).collect();
                told.push(
                    Diagnostic::error("template-fault", place, format!("there is no component `{name}`")).help(known(
                        name,
                        &names,
                        "there are",
                    )),
                );
            }
            kind => told.push(Diagnostic::error("template-fault", place, format!("there is no {kind} `{name}`"))),
        }
    }
    told.extend(lacking.into_iter().map(|((frame, name), fill)| {
        let said = format!("this template has no block `{name}`, which {} fill", fill.join(", "));
        Diagnostic::error("unknown-block", templates[frame].place(0..0), said)
            .help(format!("add `{{% block {name} %}}{{% endblock %}}`, or override these templates as well"))
    }));
    told
}

fn unknown_block(name: &str, place: Place, parents: &[&str], templates: &Templates) -> Diagnostic {
    let mut names: Vec<&str> = Vec::new();
    for tag in parents.iter().rev().flat_map(|parent| tags(&templates[*parent].text, "block")) {
        if !names.contains(&tag.name) {
            names.push(tag.name);
        }
    }
    let of = parents.iter().map(|parent| format!("`{parent}`")).collect::<Vec<_>>().join(" and ");
    let help = if names.is_empty() {
        format!("{of} has no blocks")
    } else {
        known(name, &names, &format!("the blocks of {of} are"))
    };
    Diagnostic::error("unknown-block", place, format!("there is no block `{name}` to fill")).help(help)
}

fn unknown_template(name: &str, place: Place, templates: &Templates) -> Diagnostic {
    let names: Vec<&String> = templates.keys().collect();
    Diagnostic::error("unknown-template", place, format!("there is no template `{name}`")).help(known(
        name,
        &names,
        "there are",
    ))
}

/// Tera tells of the first alone.
fn unknown_parents(templates: &Templates) -> Vec<Diagnostic> {
    templates
        .values()
        .filter_map(|source| {
            let parent = tags(&source.text, "extends").into_iter().next()?;
            let unknown = !templates.contains_key(parent.name);
            unknown.then(|| unknown_template(parent.name, source.place(parent.range), templates))
        })
        .collect()
}

/// `chain` ends with the template that leads back to itself.
fn circle(word: &str, chain: &[String], templates: &Templates) -> Option<Diagnostic> {
    let name = chain.last()?;
    let circle = &chain[chain.iter().position(|known| known == name)?..];
    let source = templates.get(name)?;
    let tag = tags(&source.text, word).into_iter().find(|tag| Some(tag.name) == circle.get(1).map(String::as_str))?;
    let said = if word == "extends" { "extends" } else { "includes" };
    let way = circle.iter().map(|step| format!("`{step}`")).collect::<Vec<_>>().join(", ");
    Some(
        Diagnostic::error("template-fault", source.place(tag.range), format!("`{name}` {said} itself"))
            .help(format!("the way is {way}; take one of the steps out")),
    )
}

/// Components are global, so each name stands for one.
fn double_component(text: &str, templates: &Templates) -> Option<Diagnostic> {
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let [name, first, second] = quoted.as_slice() else { return None };
    let place = |template: &str| {
        let source = templates.get(template)?;
        let tag = tags(&source.text, "component").into_iter().find(|tag| tag.name == *name)?;
        Some(source.place(tag.range))
    };
    // What a theme adds is at fault, not what it adds to.
    let (at, also) = if is_default(templates.get(*second)?) { (first, second) } else { (second, first) };
    Some(
        Diagnostic::error("template-fault", place(at)?, format!("there are two components `{name}`"))
            .also(place(also)?, "the other one")
            .help("give one of the two another name".to_string()),
    )
}

/// What a template extends, and what that one extends, as far as there are such templates.
fn parents<'t>(template: &'t str, templates: &'t Templates) -> Vec<&'t str> {
    let mut found: Vec<&str> = Vec::new();
    let mut next = Some(template);
    while let Some(source) = next.and_then(|name| templates.get(name)) {
        next = tags(&source.text, "extends").first().map(|tag| tag.name);
        let Some(name) = next.filter(|name| templates.contains_key(*name) && !found.contains(name)) else { break };
        found.push(name);
    }
    found
}

fn is_default(source: &Source) -> bool {
    source.path.starts_with("themes/default/")
}

/// A tag `{% word name … %}`.
struct Tag<'t> {
    /// Without quotation marks.
    name: &'t str,
    /// With them.
    range: Range<usize>,
}

/// The tags of a template that begin with `word`, without those in comments and in `{% raw %}`.
fn tags<'t>(text: &'t str, word: &str) -> Vec<Tag<'t>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        rest = &rest[at + 1..];
        let behind = |mark: &str| rest.find(mark).map_or("", |at| &rest[at + mark.len()..]);
        if rest.starts_with('#') {
            rest = behind("#}");
        } else if let Some(tag) = rest.strip_prefix('%') {
            let tag = tag.trim_start_matches('-').trim_start();
            let (first, argument) = tag.split_at(tag.find(|c: char| !is_of_name(c)).unwrap_or(tag.len()));
            if first == "raw" {
                rest = behind("endraw");
            } else if first == word {
                let argument = argument.trim_start();
                let quote = argument.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
                let inner = &argument[usize::from(quote.is_some())..];
                let ends = |c: char| quote.map_or_else(|| !is_of_name(c), |quote| c == quote);
                let name = &inner[..inner.find(ends).unwrap_or(inner.len())];
                let start = text.len() - argument.len();
                let end = start + name.len() + 2 * usize::from(quote.is_some());
                found.push(Tag { name, range: start..end });
            }
        }
    }
    found
}

/// Components may have dots in their names.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_comments_and_raw_text_are_none() {
        let text = "{# {% block a %} #}{% raw %}{% block b %}{% endraw %}{%- block c -%}{% endblock c %}{{ '{' }}\n\
                    {%block d%}{% endblock %}{% extends \"x/y.html\" %}{%";
        let names = |word| tags(text, word).into_iter().map(|tag| (tag.name, &text[tag.range])).collect::<Vec<_>>();
        assert_eq!(names("block"), [("c", "c"), ("d", "d")]);
        assert_eq!(names("extends"), [("x/y.html", "\"x/y.html\"")]);
    }
}
