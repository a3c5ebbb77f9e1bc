//! Headings, tables, fenced code and alerts.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, TagEnd};
use pulldown_cmark_escape::escape_html;

use super::{Step, Stream};
use crate::entry::{
    body::{Fill, Shows},
    highlight::highlight,
    links::Target,
};

/// The table that is open, and where in it the text is.
#[derive(Default)]
pub struct Table {
    pub alignments: Vec<Alignment>,
    pub head: bool,
    pub column: usize,
}

impl Table {
    pub fn row(&mut self, head: bool) {
        self.head = head;
        self.column = 0;
    }

    /// A class says how a cell is aligned: a `style` would break the pages' Content-Security-Policy.
    pub fn cell(&mut self) -> String {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        if self.head { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") }
    }
}

impl<'e> Stream<'_, '_, 'e> {
    pub fn heading_index(&self, at: &Range<usize>) -> usize {
        self.reading.places.sections.iter().position(|place| place.start == at.start).unwrap_or_default()
    }

    /// Below an annotation's heading: its passage and its keywords.
    pub fn annotation_line(&mut self, index: usize) {
        let Some(annotation) = self.reading.outgoing.sections[index].annotation.clone() else {
            return;
        };
        if annotation.at.is_none() && annotation.keywords.is_empty() {
            return;
        }
        let mut html = String::from("<p class=\"annotation-line\">");
        if let Some(at) = &annotation.at {
            html.push_str("<span class=\"passage\">");
            let _ = escape_html(&mut html, at);
            html.push_str("</span> ");
        }
        let mut steps = vec![Step::Write(Event::Html(html.into()))];
        let at = self.reading.places.sections[index].clone();
        for (count, keyword) in annotation.keywords.iter().enumerate() {
            if count > 0 {
                steps.push(Step::Write(Event::InlineHtml(" ".into())));
            }
            let link = self.reading.link(Target::Keyword(keyword.clone()), Shows::Title, at.clone());
            steps.push(Step::Gap(Fill::Link(link)));
        }
        steps.push(Step::Write(Event::Html("</p>\n".into())));
        self.then(steps);
    }

    pub fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> Event<'e> {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(text) => code.push_str(&text),
                _ => {}
            }
        }
        self.depth = self.depth.saturating_sub(1);
        self.reading.keep_line(&code, Vec::new());
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let mut page = self.page.borrow_mut();
        page.push_str("<pre class=\"code\" tabindex=\"0\"");
        if !language.is_empty() {
            page.push_str(" data-language=\"");
            let _ = escape_html(&mut *page, language);
            page.push('"');
        }
        page.push_str("><code>");
        highlight(&mut page, language, &code);
        page.push_str("</code></pre>");
        Event::Html("\n".into())
    }
}

pub fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("alert-note", "Note"),
        BlockQuoteKind::Tip => ("alert-tip", "Tip"),
        BlockQuoteKind::Important => ("alert-important", "Important"),
        BlockQuoteKind::Warning => ("alert-warning", "Warning"),
        BlockQuoteKind::Caution => ("alert-caution", "Caution"),
    }
}
