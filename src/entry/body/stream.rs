//! The events of a text as the HTML writer gets them.

use std::{cell::RefCell, fmt, ops::Range, rc::Rc};

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};
use pulldown_cmark_escape::escape_html;

use super::{
    CITE, Fill, Gap, Shows,
    reading::{Reading, Spanned},
};
use crate::{
    diagnostic::Diagnostic,
    entry::{
        highlight::highlight,
        links::{self, Target},
    },
    site::RawHtml,
};

pub struct Shared(pub Rc<RefCell<String>>);

impl fmt::Write for Shared {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }
}

/// The events as the HTML writer gets them. The writer asks for the next event only
/// once the one before is on the page, so a gap's position is the page's length.
pub struct Stream<'r, 's, 'e> {
    reading: &'r mut Reading<'s>,
    events: std::vec::IntoIter<Spanned<'e>>,
    page: Rc<RefCell<String>>,
    /// What is to come before the next event, last first.
    waiting: Vec<Step<'e>>,
    gaps: Vec<Gap>,
    /// Where raw HTML stands on the page.
    raw: Vec<Range<usize>>,
    raw_from: Option<usize>,
    /// How each open link closes.
    closing: Vec<Closing>,
    /// The heading that is open.
    heading: Option<usize>,
    /// How many elements are open.
    depth: usize,
    /// Where the first paragraph outside any other element begins and ends.
    lead_from: Option<usize>,
    lead: Option<Range<usize>>,
    /// How many tables are open: they clip what stands in them, so no note goes there.
    tables: usize,
    table: Table,
}

/// What was noted of a text while it was written.
pub struct Written {
    pub gaps: Vec<Gap>,
    /// Where raw HTML stands.
    pub raw: Vec<Range<usize>>,
    /// Where the first paragraph stands.
    pub lead: Option<Range<usize>>,
}

/// The table that is open, and where in it the text is.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    head: bool,
    column: usize,
}

impl Table {
    fn row(&mut self, head: bool) {
        self.head = head;
        self.column = 0;
    }

    /// A class says how a cell is aligned: a `style` would break the pages' Content-Security-Policy.
    fn cell(&mut self) -> String {
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

enum Step<'e> {
    Write(Event<'e>),
    Gap(Fill),
}

/// A piece of HTML that is finished.
fn html<'e>(text: String) -> Step<'e> {
    Step::Write(Event::InlineHtml(text.into()))
}

/// A link that is open.
struct Closing {
    /// `None` where the text's own HTML has the address.
    link: Option<usize>,
    /// The byte of the block's text at which its words begin.
    words_from: usize,
}

impl<'e> Iterator for Stream<'_, '_, 'e> {
    type Item = Event<'e>;

    fn next(&mut self) -> Option<Event<'e>> {
        self.finish_raw();
        loop {
            match self.waiting.pop() {
                Some(Step::Write(event)) => return Some(event),
                Some(Step::Gap(fill)) => self.gaps.push(Gap { at: self.page.borrow().len(), fill }),
                None => {
                    let (event, at) = self.events.next()?;
                    self.follow_lead(&event);
                    if let Some(event) = self.turn(event, at) {
                        return Some(event);
                    }
                }
            }
        }
    }
}

impl<'r, 's, 'e> Stream<'r, 's, 'e> {
    /// `page` is what the writer writes to.
    pub fn new(reading: &'r mut Reading<'s>, events: Vec<Spanned<'e>>, page: Rc<RefCell<String>>) -> Self {
        Stream {
            reading,
            events: events.into_iter(),
            page,
            waiting: Vec::new(),
            gaps: Vec::new(),
            raw: Vec::new(),
            raw_from: None,
            closing: Vec::new(),
            heading: None,
            depth: 0,
            lead_from: None,
            lead: None,
            tables: 0,
            table: Table::default(),
        }
    }

    pub fn finish(mut self) -> Written {
        self.finish_raw();
        if let Some(start) = self.lead_from.filter(|_| self.lead.is_none()) {
            self.lead = Some(start..self.page.borrow().len());
        }
        Written { gaps: self.gaps, raw: self.raw, lead: self.lead }
    }

    /// Notes the first paragraph that stands in no other element.
    fn follow_lead(&mut self, event: &Event<'_>) {
        let here = self.page.borrow().len();
        if self.lead.is_none()
            && self.depth == 0
            && let Some(start) = self.lead_from.take()
        {
            self.lead = Some(start..here);
        }
        match event {
            Event::Start(tag) => {
                if self.depth == 0 && self.lead.is_none() && matches!(tag, Tag::Paragraph) {
                    self.lead_from = Some(here);
                }
                self.depth += 1;
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn finish_raw(&mut self) {
        if let Some(start) = self.raw_from.take() {
            self.raw.push(start..self.page.borrow().len());
        }
    }

    /// Puts steps before the next event; the first of them comes first.
    fn then(&mut self, steps: impl IntoIterator<Item = Step<'e>, IntoIter: DoubleEndedIterator>) {
        self.waiting.extend(steps.into_iter().rev());
    }

    /// What is written for an event; `None` where that is nothing, or waits.
    fn turn(&mut self, event: Event<'e>, at: Range<usize>) -> Option<Event<'e>> {
        match event {
            Event::Text(text) => {
                self.reading.block.text.push_str(&text);
                Some(Event::Text(text))
            }
            Event::Code(text) => {
                self.reading.block.text.push_str(&text);
                Some(Event::Code(text))
            }
            Event::SoftBreak | Event::HardBreak => {
                self.reading.block.text.push(' ');
                Some(event)
            }
            Event::Html(html) => Some(self.raw_html(html, false)),
            Event::InlineHtml(html) => Some(self.raw_html(html, true)),
            Event::FootnoteReference(label) => {
                self.note_reference(&label);
                None
            }
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            event => Some(event),
        }
    }

    fn raw_html(&mut self, html: CowStr<'e>, inline: bool) -> Event<'e> {
        match self.reading.settings.raw_html {
            RawHtml::Escape => Event::Text(html),
            RawHtml::Allow => Event::InlineHtml(html),
            RawHtml::Sanitize => {
                self.raw_from = Some(self.page.borrow().len());
                if inline { Event::InlineHtml(html) } else { Event::Html(html) }
            }
        }
    }

    fn note_reference(&mut self, label: &str) {
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

    fn start(&mut self, tag: Tag<'e>, at: Range<usize>) -> Option<Event<'e>> {
        match tag {
            Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                self.reading.end_block();
                Some(Event::Start(tag))
            }
            Tag::Heading { .. } => {
                self.reading.end_block();
                let index = self.heading_index(&at);
                self.heading = Some(index);
                self.reading.section = Some(index);
                let section = &self.reading.outgoing.sections[index];
                let class = if section.annotation.is_some() { "\" class=\"annotation\">" } else { "\">" };
                let steps = [
                    Step::Write(Event::Html(format!("<h{} id=\"", section.level).into())),
                    Step::Gap(Fill::Prefix),
                    html(format!("{}{class}", section.id)),
                ];
                self.then(steps);
                None
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.row(matches!(tag, Tag::TableHead));
                Some(Event::Start(tag))
            }
            Tag::TableCell => {
                self.reading.end_block();
                Some(Event::InlineHtml(self.table.cell().into()))
            }
            Tag::Table(alignments) => {
                self.tables += 1;
                self.table.alignments.clone_from(&alignments);
                self.then([Step::Write(Event::Start(Tag::Table(alignments)))]);
                Some(Event::Html("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">".into()))
            }
            Tag::BlockQuote(Some(kind)) => {
                let (class, label) = alert(kind);
                Some(Event::Html(
                    format!(
                        "<div class=\"alert {class}\" role=\"note\" aria-label=\"{label}\">\n<p class=\"alert-label\">{label}</p>\n"
                    )
                    .into(),
                ))
            }
            Tag::CodeBlock(kind) => Some(self.code_block(&kind)),
            Tag::Image { dest_url, title, .. } => {
                self.image(&dest_url, &title, at);
                None
            }
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, at),
            tag => Some(Event::Start(tag)),
        }
    }

    fn heading_index(&self, at: &Range<usize>) -> usize {
        self.reading.places.sections.iter().position(|place| place.start == at.start).unwrap_or_default()
    }

    fn end(&mut self, tag: TagEnd) -> Option<Event<'e>> {
        match tag {
            TagEnd::Heading(_) => {
                self.reading.end_block();
                let index = self.heading.take()?;
                let level = self.reading.outgoing.sections[index].level;
                self.annotation_line(index);
                self.then([Step::Write(Event::Html(format!("</h{level}>\n").into()))]);
                None
            }
            TagEnd::Table => {
                self.tables = self.tables.saturating_sub(1);
                self.then([Step::Write(Event::Html("</div>\n".into()))]);
                Some(Event::End(tag))
            }
            TagEnd::BlockQuote(Some(_)) => Some(Event::Html("</div>\n".into())),
            TagEnd::Link => {
                let Closing { link, words_from } = self.closing.pop()?;
                if let Some(link) = link {
                    let words = words_from..self.reading.block.text.len();
                    self.reading.block.links.push((link, words));
                }
                Some(Event::InlineHtml("</a>".into()))
            }
            TagEnd::TableCell => {
                self.reading.end_block();
                Some(Event::InlineHtml(if self.table.head { "</th>" } else { "</td>" }.into()))
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => {
                self.reading.end_block();
                Some(Event::End(tag))
            }
            tag => Some(Event::End(tag)),
        }
    }

    /// Below an annotation's heading: its passage and its keywords.
    fn annotation_line(&mut self, index: usize) {
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

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> Event<'e> {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(text) => code.push_str(&text),
                _ => {}
            }
        }
        self.depth = self.depth.saturating_sub(1);
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let mut html = String::from("<pre class=\"code\" tabindex=\"0\"");
        if !language.is_empty() {
            html.push_str(" data-language=\"");
            let _ = escape_html(&mut html, language);
            html.push('"');
        }
        html.push_str("><code>");
        html.push_str(&highlight(language, &code));
        html.push_str("</code></pre>\n");
        Event::Html(html.into())
    }

    fn image(&mut self, address: &str, title: &str, at: Range<usize>) {
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

    fn unsafe_address(&mut self, scheme: &str, at: Range<usize>) {
        let fault = Diagnostic::error(
            "unsafe-address",
            self.reading.source.place(at),
            format!("an address of the kind `{scheme}:` is not linked to"),
        )
        .help("use http, https or mailto".to_string());
        self.reading.tell(fault);
    }

    fn start_link(&mut self, kind: LinkType, address: &str, title: &str, at: Range<usize>) -> Option<Event<'e>> {
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
            self.then([Step::Gap(Fill::Link(link))]);
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
    fn open(&mut self, target: Target, at: Range<usize>) -> Option<Event<'e>> {
        let link = self.reading.link(target, Shows::Words, at);
        self.closing.push(Closing { link: Some(link), words_from: self.reading.block.text.len() });
        self.then([Step::Gap(Fill::Link(link))]);
        None
    }

    fn open_address(&mut self, address: &str, title: &str, outside: bool) -> Event<'e> {
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
    fn citation(&mut self, text: &str, at: &Range<usize>) {
        let items = links::citation(text).unwrap_or_default();
        let mut steps = Vec::new();
        let write = |stream: &mut Self, text: &str, steps: &mut Vec<Step<'e>>| {
            stream.reading.block.text.push_str(text);
            steps.push(Step::Write(Event::Text(text.to_string().into())));
        };
        write(self, "(", &mut steps);
        for (count, item) in items.iter().enumerate() {
            if count > 0 {
                write(self, "; ", &mut steps);
            }
            if !item.prefix.is_empty() {
                write(self, item.prefix, &mut steps);
            }
            let target = Target::Entry { slug: item.slug.into(), section: None };
            let shows = if item.year_only { Shows::Year } else { Shows::AuthorYear };
            let place = self.reading.source.text[at.clone()]
                .find(&format!("@{}", item.slug))
                .map_or_else(|| at.clone(), |found| at.start + found..at.start + found + item.slug.len() + 1);
            let link = self.reading.link(target, shows, place);
            self.mark(link);
            steps.push(Step::Gap(Fill::Link(link)));
            if !item.suffix.is_empty() {
                write(self, item.suffix, &mut steps);
            }
        }
        write(self, ")", &mut steps);
        self.then(steps);
    }

    /// Notes that the target's own words stand here in the sentence.
    fn mark(&mut self, link: usize) {
        let at = self.reading.block.text.len();
        self.reading.block.links.push((link, at..at));
    }

    /// Drops the events up to the end of the link that has just begun.
    fn skip_link(&mut self) {
        for (event, _) in self.events.by_ref() {
            if matches!(event, Event::End(TagEnd::Link)) {
                break;
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("alert-note", "Note"),
        BlockQuoteKind::Tip => ("alert-tip", "Tip"),
        BlockQuoteKind::Important => ("alert-important", "Important"),
        BlockQuoteKind::Warning => ("alert-warning", "Warning"),
        BlockQuoteKind::Caution => ("alert-caution", "Caution"),
    }
}
