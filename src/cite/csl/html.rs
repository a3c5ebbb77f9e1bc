//! What hayagriva rendered, as HTML.
//!
//! Its own HTML has the text as it is and styles that no strict policy allows. Here text is
//! escaped, addresses are links only where they are of the web, and looks are elements or
//! classes. Punctuation that meets is joined, as citeproc-js does it and hayagriva does not:
//! `Ed..` and `p. 5,.`.

use hayagriva::{
    Elem, ElemChild, ElemChildren, ElemMeta, Formatting,
    citationberg::{FontStyle, FontVariant, FontWeight, TextDecoration, VerticalAlign},
};
use pulldown_cmark_escape::{escape_href, escape_html};

use super::{
    super::in_text::NUMBER,
    item::{ShownYears, is_web},
    mend::{BEGINS, ENDS},
};

/// A stretch of text in one look.
struct Run {
    text: String,
    look: Look,
    address: Option<String>,
    /// Whether it is the number of the work.
    number: bool,
}

/// As hayagriva tells it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look(Formatting);

impl Look {
    /// Start and end tags, the outermost first.
    fn tags(self) -> Vec<(&'static str, &'static str)> {
        let Look(Formatting { font_style, font_variant, font_weight, text_decoration, vertical_align }) = self;
        let tags = [
            (font_style == FontStyle::Italic, "<em>", "</em>"),
            (font_weight == FontWeight::Bold, "<strong>", "</strong>"),
            (font_variant == FontVariant::SmallCaps, "<span class=\"small-caps\">", "</span>"),
            (text_decoration == TextDecoration::Underline, "<u>", "</u>"),
            (vertical_align == VerticalAlign::Sup, "<sup>", "</sup>"),
            (vertical_align == VerticalAlign::Sub, "<sub>", "</sub>"),
        ];
        tags.into_iter().filter(|(has, _, _)| *has).map(|(_, start, end)| (start, end)).collect()
    }
}

/// One line of HTML. The number that a numbered bibliography begins with is left out: a list
/// has it.
pub fn html(children: &ElemChildren, years: &ShownYears) -> String {
    let mut runs = Vec::new();
    flatten(children, years, false, &mut runs);
    runs.retain(|run| !run.number);
    written(&runs)
}

/// What stands before the marks around a citation, and what between them. [`NUMBER`] stands in
/// the place of the work's number.
pub fn in_text(children: &ElemChildren, years: &ShownYears) -> (String, String) {
    let mut runs = Vec::new();
    flatten(children, years, false, &mut runs);
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    let mut part = 0;
    for run in runs {
        let text = if run.number { NUMBER.to_string() } else { run.text };
        let mut rest = text.as_str();
        while let Some(at) = rest.find([BEGINS, ENDS]) {
            parts[part].push(Run { text: rest[..at].to_string(), address: run.address.clone(), ..run });
            part = if rest[at..].starts_with(BEGINS) { 1 } else { 2 };
            rest = &rest[at + BEGINS.len_utf8()..];
        }
        parts[part].push(Run { text: rest.to_string(), address: run.address, ..run });
    }
    let [before, between, _] = parts;
    (written(&before), written(&between))
}

fn written(runs: &[Run]) -> String {
    let mut html = String::new();
    for run in join_punctuation(runs) {
        let tags = run.look.tags();
        let starts: String = tags.iter().map(|(start, _)| *start).collect();
        let ends: String = tags.iter().rev().map(|(_, end)| *end).collect();
        html.push_str(&starts);
        // Writing to a string cannot fail.
        match &run.address {
            Some(address) => {
                html.push_str("<a href=\"");
                let _ = escape_href(&mut html, address);
                html.push_str("\">");
                let _ = escape_html(&mut html, &run.text);
                html.push_str("</a>");
            }
            None => {
                let _ = escape_html(&mut html, &run.text);
            }
        }
        html.push_str(&ends);
    }
    html
}

fn flatten(children: &ElemChildren, years: &ShownYears, in_date: bool, runs: &mut Vec<Run>) {
    for child in &children.0 {
        match child {
            ElemChild::Text(text) => {
                let shown = years.iter().filter(|_| in_date).find(|(year, _)| text.text.contains(year));
                let shown = shown.map(|(year, shown)| text.text.replacen(year, shown, 1));
                let shown = shown.unwrap_or_else(|| text.text.clone());
                runs.push(Run { text: shown, look: Look(text.formatting), address: None, number: false });
            }
            ElemChild::Transparent { .. } => {}
            ElemChild::Elem(Elem { meta: Some(ElemMeta::CitationNumber), children, .. }) => {
                let from = runs.len();
                flatten(children, years, in_date, runs);
                let look = runs.get(from).map_or_else(Look::default, |run| run.look);
                runs.truncate(from);
                runs.push(Run { text: String::new(), look, address: None, number: true });
            }
            ElemChild::Elem(elem) => {
                // Blocks follow each other on lines of their own: here on one.
                let look = Look::default();
                let gap = || Run { text: " ".to_string(), look, address: None, number: false };
                if elem.display.is_some() {
                    runs.push(gap());
                }
                flatten(&elem.children, years, in_date || elem.meta == Some(ElemMeta::Date), runs);
                if elem.display.is_some() {
                    runs.push(gap());
                }
            }
            ElemChild::Markup(text) => {
                runs.push(Run { text: text.clone(), look: Look::default(), address: None, number: false });
            }
            ElemChild::Link { text, url } => {
                let address = is_web(url).then(|| url.clone());
                runs.push(Run { text: text.text.clone(), look: Look(text.formatting), address, number: false });
            }
        }
    }
}

/// The runs with one space between words and one mark where two would meet.
fn join_punctuation(runs: &[Run]) -> Vec<Run> {
    // Each character, and the index of its run.
    let mut joined: Vec<(char, usize)> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let linked = run.address.is_some();
        let mut characters = run.text.chars().peekable();
        while let Some(mut character) = characters.next() {
            // As in `.NET`.
            let starts_word = characters.peek().is_some_and(|next| next.is_alphanumeric());
            if character.is_control() || character.is_ascii_whitespace() {
                character = ' ';
            }
            let last = |back: usize| joined.len().checked_sub(back).map_or(' ', |at| joined[at].0);
            match (last(2), last(1), character) {
                _ if linked => joined.push((character, index)),
                (_, ' ', ' ') | (_, '?' | '!' | '…', '.') | (_, ',', ',') | (_, ';', ';') | (_, ':', ':') => {}
                (_, ',' | ';' | ':' | ' ', '.') | (_, ',' | ' ', ';') if !starts_word => {
                    while matches!(joined.last(), Some((',' | ';' | ':' | ' ', _))) {
                        joined.pop();
                    }
                    let ended = matches!(joined.last(), Some(('.' | '?' | '!' | '…', _)));
                    if character != '.' || !ended {
                        joined.push((character, index));
                    }
                }
                (_, ',' | ' ', ')' | ']') => {
                    while matches!(joined.last(), Some((',' | ' ', _))) {
                        joined.pop();
                    }
                    joined.push((character, index));
                }
                _ => joined.push((character, index)),
            }
        }
    }
    single_stops(&mut joined);
    while joined.last().is_some_and(|(character, _)| *character == ' ') {
        joined.pop();
    }
    let mut tidied: Vec<Run> = Vec::new();
    let mut from = None;
    for (character, index) in joined {
        let run = &runs[index];
        let continues = from == Some(index)
            || tidied
                .last()
                .is_some_and(|last| last.look == run.look && last.address.is_none() && run.address.is_none());
        match tidied.last_mut().filter(|_| continues) {
            Some(last) => last.text.push(character),
            None => {
                tidied.push(Run {
                    text: character.to_string(),
                    look: run.look,
                    address: run.address.clone(),
                    number: false,
                });
            }
        }
        from = Some(index);
    }
    tidied
}

/// Two full stops become one; three are an ellipsis.
fn single_stops(joined: &mut Vec<(char, usize)>) {
    let stop = |at: usize, joined: &[(char, usize)]| joined.get(at).is_some_and(|(character, _)| *character == '.');
    let mut at = 0;
    while at < joined.len() {
        let length = (at..joined.len()).take_while(|&at| stop(at, joined)).count();
        if length == 2 {
            joined.remove(at);
        }
        at += length.max(1);
    }
}
