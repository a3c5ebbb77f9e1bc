//! Works in a sentence: `(see Krasner, 1982, p. 5; Keohane, 1984)`.
//!
//! In: what a style says of each work, and what the author of the text wrote around it. Out:
//! one citation as HTML. Absent on purpose: formatting, which is the style's, and addresses
//! but those that are given.

use pulldown_cmark_escape::escape_html;

use super::Locator;
use crate::entry::CiteForm;

/// Stands in a formatted citation for the number that the work has on its page. It is no
/// character (The Unicode Standard, "Noncharacters"), so that no text has it.
pub const NUMBER: char = '\u{fdd2}';

/// How a style puts citations into a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    pub class: Class,
    pub prefix: String,
    pub suffix: String,
    /// Between two works.
    pub delimiter: String,
    /// Between two works of one author, whose name then stands once; `None` where it stands
    /// with each.
    pub group_delimiter: Option<String>,
    /// Whether citations stand above the line.
    pub raised: bool,
    /// Whether it says where in a work; where not, what the author wrote is put behind.
    pub locators: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// `(Krasner, 1982)`, `(Krasner)`
    #[default]
    Names,
    /// `[1]`
    Numbers,
    /// A style of notes, whose shortened form stands in brackets.
    Notes,
}

/// What a style says of a work in a text: HTML, without what stands around a citation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// `Krasner, 1982, p. 5`
    pub whole: String,
    /// `Krasner`
    pub author: String,
    /// `1982, p. 5`
    pub rest: String,
}

/// A work of a citation.
pub struct CitedWork<'a> {
    pub said: Said,
    pub form: CiteForm,
    /// The start tag of the link to it.
    pub link: String,
    /// Its place in the page's list of works.
    pub number: usize,
    /// `see `
    pub before: &'a str,
    pub locator: Option<&'a Locator>,
    /// The locator as it is written; and what stands behind it.
    pub locator_as_written: &'a str,
    pub behind: &'a str,
    /// Where the style names nobody: `Krasner`, or the title.
    pub name: String,
    /// Where the style gives nothing beside the author: `1982`.
    pub year: String,
}

/// A citation of one or more works.
pub fn citation(manner: &Manner, works: &[CitedWork<'_>]) -> String {
    let mut html = String::new();
    if let [work] = works
        && work.form == CiteForm::InSentence
    {
        html.push_str(&in_sentence(manner, work));
        push(&mut html, work.behind);
        return html;
    }
    if manner.raised {
        html.push_str("<sup>");
    }
    push(&mut html, &manner.prefix);
    for (index, work) in works.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &works[before]);
        let joined = before.is_some_and(|before| is_joined(manner, before, work));
        if let Some(before) = before {
            let delimiter = manner.group_delimiter.as_ref().filter(|_| joined).unwrap_or(&manner.delimiter);
            // A mark between numbers alone does not part what more is said: `[1, p. 5,2]`.
            let words = before.locator.is_some() || !before.behind.is_empty() || !work.before.is_empty();
            push(&mut html, if words && !delimiter.ends_with(char::is_whitespace) { "; " } else { delimiter });
        }
        push(&mut html, work.before);
        let said = if joined || work.form == CiteForm::WithoutAuthor {
            or(&work.said.rest, &work.year)
        } else {
            or(&work.said.whole, &work.name)
        };
        html.push_str(&linked(&work.link, &numbered(manner, &said, work.number)));
        if loses_locator(manner, work) {
            html.push_str(", ");
            push(&mut html, work.locator_as_written);
        }
        push(&mut html, work.behind);
    }
    push(&mut html, &manner.suffix);
    if manner.raised {
        html.push_str("</sup>");
    }
    html
}

/// `Krasner (1982, p. 5)`
fn in_sentence(manner: &Manner, work: &CitedWork<'_>) -> String {
    // Numbers and notes say nothing of how a name stands in a sentence.
    let author = if manner.class == Class::Names { &work.said.author } else { "" };
    let mut html = or(author, &work.name);
    let mut rest = numbered(manner, &work.said.rest, work.number);
    if loses_locator(manner, work) {
        if !rest.is_empty() {
            rest.push_str(", ");
        }
        push(&mut rest, work.locator_as_written);
    }
    if !rest.is_empty() {
        html.push_str(if manner.raised { "<sup>" } else { " " });
        push(&mut html, &manner.prefix);
        html.push_str(&rest);
        push(&mut html, &manner.suffix);
        html.push_str(if manner.raised { "</sup>" } else { "" });
    }
    linked(&work.link, &html)
}

/// Whether two works of a citation have one author, who need not be named again. Where the
/// one before ends in a page the reader would not know what the year behind it belongs to.
fn is_joined(manner: &Manner, before: &CitedWork<'_>, work: &CitedWork<'_>) -> bool {
    let plain = |work: &CitedWork<'_>| work.form == CiteForm::Whole && !work.said.rest.is_empty();
    manner.group_delimiter.is_some()
        && plain(before)
        && plain(work)
        && before.said.author == work.said.author
        && !work.said.author.is_empty()
        && before.locator.is_none()
        && before.behind.is_empty()
        && work.before.is_empty()
}

fn loses_locator(manner: &Manner, work: &CitedWork<'_>) -> bool {
    work.locator.is_some() && !manner.locators
}

fn numbered(manner: &Manner, html: &str, number: usize) -> String {
    let html = html.replace(NUMBER, &number.to_string());
    if manner.raised { html.replace("<sup>", "").replace("</sup>", "") } else { html }
}

/// `html`, or `text` where there is none.
fn or(html: &str, text: &str) -> String {
    if !html.is_empty() {
        return html.to_string();
    }
    let mut escaped = String::new();
    push(&mut escaped, text);
    escaped
}

fn push(html: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = escape_html(html, text);
}

/// What was formatted as a link, `start` being its start tag. It ends before the first address,
/// which is a link already.
pub fn linked(start: &str, html: &str) -> String {
    let mut end = html.find("<a ").unwrap_or(html.len());
    // Elements around the address begin behind the link.
    while end < html.len() && html[..end].ends_with('>') {
        match html[..end].rfind('<') {
            Some(tag) if !html[tag..].starts_with("</") => end = tag,
            _ => break,
        }
    }
    let words = html[..end].trim_end();
    if words.is_empty() {
        return html.to_string();
    }
    format!("{start}{words}</a>{}", &html[words.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_before_an_address() {
        assert_eq!(linked("<a>", "A <em>b</em>."), "<a>A <em>b</em>.</a>");
        assert_eq!(linked("<a>", "A. <a href=\"x\">x</a>."), "<a>A.</a> <a href=\"x\">x</a>.");
        assert_eq!(linked("<a>", "A. <em><a href=\"x\">x</a></em>"), "<a>A.</a> <em><a href=\"x\">x</a></em>");
        assert_eq!(linked("<a>", "<em>A</em> <a href=\"x\">x</a>"), "<a><em>A</em></a> <a href=\"x\">x</a>");
        assert_eq!(linked("<a>", "<a href=\"x\">x</a>"), "<a href=\"x\">x</a>");
    }
}
