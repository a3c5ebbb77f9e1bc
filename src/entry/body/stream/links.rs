//! Links, citations, pictures and references to notes.
//!
//! What depends on the page that shows the text, or on the link's target, is a gap. A
//! link of which the target gives the words is one gap; one with words of its own has
//! its start tag in the gap, and is open until its end.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, TagEnd};
use pulldown_cmark_escape::escape_html;

use super::{Step, Stream, html};
use crate::{
    diagnostic::Diagnostic,
    entry::{
        body::{CITE, Cite, CiteForm, Cluster, Fill, Shows},
        links::{self, Target},
    },
};

/// A link that is open.
pub struct Closing {
    /// `None` where the text's own HTML has the address.
    pub link: Option<usize>,
    /// The byte of the block's text at which its words begin.
    pub words_from: usize,
}

impl<'e> Stream<'_, '_, 'e> {
    pub fn note_reference(&mut self, label: &str) {
        let notes = &mut self.reading.notes;
        let index = notes.iter().position(|(known, _)| known == label).unwrap_or_else(|| {
            notes.push((label.to_string(), 0));
            notes.len() - 1
        });
        notes[index].1 += 1;
        let (number, count) = (index + 1, notes[index].1);
        let note = Fill::Note(number);
        let placed = self.gaps.iter().any(|gap| gap.fill == note);
        let room = self.heading.is_none() && self.tables == 0 && self.closing.is_empty();
        let mut steps = vec![
            html("<sup class=\"note-reference\"><a href=\"#".into()),
            Step::Gap(Fill::Prefix),
            html(format!("note-{number}\" id=\"")),
            Step::Gap(Fill::Prefix),
            html(format!(
                "note-{number}-from-{count}\" role=\"doc-noteref\" aria-label=\"Note {number}\">{number}</a></sup>"
            )),
        ];
        if room && !placed {
            steps.push(Step::Gap(note));
        }
        self.then(steps);
    }

    pub fn image(&mut self, address: &str, title: &str, at: Range<usize>) {
        let mut alternative = String::new();
        let mut depth = 1;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(text) | Event::Code(text) => alternative.push_str(&text),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.depth = self.depth.saturating_sub(1);
        self.reading.keep_line(&alternative, Vec::new());
        let link = match Target::of_address(address, self.reading.folder) {
            Ok(Some(target)) => Some(self.reading.link(target, Shows::Nothing, at)),
            Ok(None) => {
                let fault = Diagnostic::error(
                    "outside-picture",
                    self.reading.source.place(at),
                    "a page makes no request to another host, not even for a picture",
                )
                .help("put the file below `content/` and name it by its relative path".to_string());
                self.reading.tell(fault);
                None
            }
            Err(scheme) => {
                self.unsafe_address(&scheme, at);
                None
            }
        };
        let mut tail = String::from("\" alt=\"");
        let _ = escape_html(&mut tail, &alternative);
        if !title.is_empty() {
            tail.push_str("\" title=\"");
            let _ = escape_html(&mut tail, title);
        }
        tail.push_str("\" loading=\"lazy\">");
        let address = link.map(|link| Step::Gap(Fill::Address(link)));
        self.then(
            [Some(html("<img src=\"".into())), address, Some(html(tail))].into_iter().flatten().collect::<Vec<_>>(),
        );
    }

    pub fn unsafe_address(&mut self, scheme: &str, at: Range<usize>) {
        let fault = Diagnostic::error(
            "unsafe-address",
            self.reading.source.place(at),
            format!("an address of the kind `{scheme}:` is not linked to"),
        )
        .help("use http, https or mailto".to_string());
        self.reading.tell(fault);
    }

    pub fn start_link(&mut self, kind: LinkType, address: &str, title: &str, at: Range<usize>) -> Option<Event<'e>> {
        if let LinkType::WikiLink { has_pothole } = kind {
            // In a table the bar is escaped, and the parser leaves the backslash.
            let address = if has_pothole { address.trim_end_matches('\\') } else { address };
            let target = Target::of_wikilink(address);
            if has_pothole {
                return self.open(target, at);
            }
            self.skip_link();
            let link = self.reading.link(target, Shows::Title, at);
            self.mark(link);
            self.gap(Fill::Link(link));
            return None;
        }
        if let Some(text) = address.strip_prefix(CITE).filter(|_| kind == LinkType::ShortcutUnknown) {
            self.skip_link();
            self.citation(text, &at);
            return None;
        }
        if kind == LinkType::Email && !address.starts_with("mailto:") {
            return Some(self.open_address(&format!("mailto:{address}"), title, false));
        }
        match Target::of_address(address, self.reading.folder) {
            Ok(Some(Target::Address(_))) => {
                let link = self.reading.link(Target::Address(address.into()), Shows::Nothing, at);
                let mut tail = String::new();
                if !title.is_empty() {
                    tail.push_str("\" title=\"");
                    let _ = escape_html(&mut tail, title);
                }
                tail.push_str("\">");
                self.closing.push(Closing { link: None, words_from: 0 });
                self.then([html("<a href=\"".into()), Step::Gap(Fill::Address(link)), html(tail)]);
                None
            }
            Ok(Some(Target::Section(section))) => self.open(Target::Section(section), at),
            Ok(Some(target)) => self.open(target, at),
            Ok(None) => Some(self.open_address(address, title, !address.starts_with("mailto:"))),
            Err(scheme) => {
                self.unsafe_address(&scheme, at);
                Some(self.open_address("#", title, false))
            }
        }
    }

    /// A link with words of its own: the gap is filled with its start tag.
    pub fn open(&mut self, target: Target, at: Range<usize>) -> Option<Event<'e>> {
        let link = self.reading.link(target, Shows::Words, at);
        self.closing.push(Closing { link: Some(link), words_from: self.reading.block.text.len() });
        self.gap(Fill::Link(link));
        None
    }

    pub fn open_address(&mut self, address: &str, title: &str, outside: bool) -> Event<'e> {
        let mut html = String::from("<a href=\"");
        let _ = pulldown_cmark_escape::escape_href(&mut html, address);
        if !title.is_empty() {
            html.push_str("\" title=\"");
            let _ = escape_html(&mut html, title);
        }
        html.push_str(if outside { "\" rel=\"external\">" } else { "\">" });
        self.closing.push(Closing { link: None, words_from: 0 });
        Event::InlineHtml(html.into())
    }

    /// A citation in brackets: `(see Krasner 1982, p. 5; 1983)`.
    pub fn citation(&mut self, text: &str, at: &Range<usize>) {
        let mut from = at.start;
        let mut cites = Vec::new();
        for (count, item) in links::citation(text).unwrap_or_default().iter().enumerate() {
            self.reading.block.text.push_str(if count == 0 { "(" } else { "; " });
            self.reading.block.text.push_str(item.prefix);
            let place = self.id_place(item.slug, from..at.end).unwrap_or_else(|| at.clone());
            from = if place.start == at.start { from } else { place.end };
            let (form, shows) = if item.year_only {
                (CiteForm::WithoutAuthor, Shows::Year)
            } else {
                (CiteForm::Whole, Shows::AuthorYear)
            };
            let link = self.reading.link(Target::Entry { slug: item.slug.into(), section: None }, shows, place);
            self.mark(link);
            self.reading.block.text.push_str(item.suffix);
            cites.push(Cite { link, before: item.prefix.into(), behind: item.suffix.into(), form });
        }
        self.reading.block.text.push(')');
        let cluster = self.cluster(cites);
        self.then([cluster]);
    }

    /// Where a cited id stands in the file, with its `@`: not where it begins a longer one.
    fn id_place(&self, slug: &str, within: Range<usize>) -> Option<Range<usize>> {
        let text = &self.reading.source.text[within.clone()];
        let cited = format!("@{slug}");
        let whole = |at: &usize| !text[at + cited.len()..].starts_with(is_of_id);
        let at = text.match_indices(&cited).map(|(at, _)| at).find(whole)?;
        Some(within.start + at..within.start + at + cited.len())
    }

    fn cluster(&mut self, cites: Vec<Cite>) -> Step<'e> {
        self.reading.clusters.push(Cluster { cites });
        Step::Gap(Fill::Cluster(self.reading.clusters.len() - 1))
    }

    /// Whether a text may cite works within its sentences. Headings and links have their words.
    pub fn may_cite(&self, text: &str) -> bool {
        self.reading.settings.citations && text.contains('@') && self.heading.is_none() && self.closing.is_empty()
    }

    /// A text that may have works in its sentences: `@id` and `@id [p. 5]`. (Pandoc's manual,
    /// "Citation syntax", author-in-text citations.)
    pub fn citing(&mut self, text: &str, at: &Range<usize>) {
        let source: &str = &self.reading.source.text;
        let mut steps = Vec::new();
        let mut done = 0;
        // Where the file has other characters than the text, nothing can be said of places.
        let found = text.match_indices('@').filter(|_| source[at.clone()] == *text);
        for (start, sign) in found {
            let before = source[..at.start + start].chars().next_back();
            let begins = before.is_none_or(|c| !c.is_alphanumeric() && !"\\@/._-+".contains(c));
            let rest = &text[start + sign.len()..];
            let id = &rest[..rest.find(|c| !is_of_id(c)).unwrap_or(rest.len())];
            let id = id.trim_end_matches(['-', '_']);
            if !begins || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            let end = start + sign.len() + id.len();
            let locator = if text[end..].trim_end_matches(' ').is_empty() { self.locator_behind(at.end) } else { None };
            self.reading.block.text.push_str(&text[done..start]);
            steps.push(Step::Write(Event::Text(text[done..start].to_string().into())));
            let place = at.start + start..at.start + end;
            let link = self.reading.link(Target::Entry { slug: id.into(), section: None }, Shows::InSentence, place);
            self.mark(link);
            let behind = locator.as_ref().map_or_else(String::new, |locator| format!(", {locator}"));
            self.reading.block.text.push_str(&behind);
            done = if locator.is_some() { text.len() } else { end };
            let cite = Cite { link, before: String::new(), behind, form: CiteForm::InSentence };
            steps.push(self.cluster(vec![cite]));
        }
        self.reading.block.text.push_str(&text[done..]);
        steps.push(Step::Write(Event::Text(text[done..].to_string().into())));
        self.then(steps);
    }

    /// What stands in brackets at byte `from` of the file, where that is plain words; its events
    /// are dropped then.
    fn locator_behind(&mut self, from: usize) -> Option<String> {
        let inside = self.reading.source.text[from..].strip_prefix('[')?;
        let length = inside.find(']').filter(|&length| length > 0 && !inside[..length].contains(['[', '@', '\n']))?;
        if inside[length + 1..].starts_with(['(', '[', '{']) {
            return None;
        }
        let end = from + length + 2;
        let within = |(event, at): &&(Event<'_>, Range<usize>)| matches!(event, Event::Text(_)) && at.start < end;
        let events: Vec<_> = self.events.as_slice().iter().take_while(within).collect();
        if events.last().is_none_or(|(_, at)| at.end != end) {
            return None;
        }
        let count = events.len();
        self.events.by_ref().take(count).for_each(drop);
        Some(inside[..length].trim().to_string())
    }

    /// Notes that the target's own words stand here in the sentence.
    pub fn mark(&mut self, link: usize) {
        let at = self.reading.block.text.len();
        self.reading.block.links.push((link, at..at));
    }

    /// Drops the events up to the end of the link that has just begun.
    pub fn skip_link(&mut self) {
        for (event, _) in self.events.by_ref() {
            if matches!(event, Event::End(TagEnd::Link)) {
                break;
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

/// Whether an id may have a character. (An underscore is none of ours, but part of a word.)
fn is_of_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}
