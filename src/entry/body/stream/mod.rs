//! The events of a text as the HTML writer gets them.
//!
//! In: the parser's events, and the state of the text that is read. Out: events for
//! what is written as it stands, and beside them the gaps ([`Written`]). `blocks` and
//! `links` have what is more than a tag. Absent on purpose: where links lead.

mod blocks;
mod links;

use std::{cell::RefCell, fmt, ops::Range, rc::Rc};

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::{
    Fill, Gap,
    context::pieces,
    reading::{Reading, Spanned},
};
use crate::{entry::sanitize::words, site::RawHtml};
use blocks::{Table, alert};
use links::Closing;

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
    /// The block of raw HTML that is open.
    block: String,
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

enum Step<'e> {
    Write(Event<'e>),
    Gap(Fill),
}

/// A piece of HTML that is finished.
fn html<'e>(text: String) -> Step<'e> {
    Step::Write(Event::InlineHtml(text.into()))
}

impl<'e> Iterator for Stream<'_, '_, 'e> {
    type Item = Event<'e>;

    fn next(&mut self) -> Option<Event<'e>> {
        self.finish_raw();
        loop {
            match self.waiting.pop() {
                Some(Step::Write(event)) => return Some(event),
                Some(Step::Gap(fill)) => self.gap(fill),
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
            block: String::new(),
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

    /// Writes HTML at once: whoever does so has nothing waiting, and lets the writer have what
    /// comes last, so that it knows whether a line has ended.
    fn put(&self, html: &str) {
        self.page.borrow_mut().push_str(html);
    }

    fn gap(&mut self, fill: Fill) {
        self.gaps.push(Gap { at: self.page.borrow().len(), fill });
    }

    /// Puts steps before the next event; the first of them comes first.
    fn then(&mut self, steps: impl IntoIterator<Item = Step<'e>, IntoIter: DoubleEndedIterator>) {
        self.waiting.extend(steps.into_iter().rev());
    }

    /// What is written for an event; `None` where that is nothing, or waits.
    fn turn(&mut self, event: Event<'e>, at: Range<usize>) -> Option<Event<'e>> {
        match event {
            Event::Text(text) => {
                if self.may_cite(&text) {
                    self.citing(&text, &at);
                    return None;
                }
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
        if !inline {
            self.block.push_str(&html);
        }
        match self.reading.settings.raw_html {
            RawHtml::Escape => Event::Text(html),
            RawHtml::Allow => Event::InlineHtml(html),
            RawHtml::Sanitize => {
                self.raw_from = Some(self.page.borrow().len());
                if inline { Event::InlineHtml(html) } else { Event::Html(html) }
            }
        }
    }

    fn start(&mut self, tag: Tag<'e>, at: Range<usize>) -> Option<Event<'e>> {
        match tag {
            Tag::Paragraph
            | Tag::Item
            | Tag::List(_)
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::HtmlBlock => {
                self.reading.end_block();
                Some(Event::Start(tag))
            }
            Tag::Heading { .. } => {
                self.reading.end_block();
                let index = self.heading_index(&at);
                self.heading = Some(index);
                self.reading.section = Some(index);
                self.put(match self.reading.outgoing.sections[index].level {
                    2 => "<h2 id=\"",
                    3 => "<h3 id=\"",
                    4 => "<h4 id=\"",
                    5 => "<h5 id=\"",
                    _ => "<h6 id=\"",
                });
                self.gap(Fill::Prefix);
                let section = &self.reading.outgoing.sections[index];
                self.put(&section.id);
                let class = if section.annotation.is_some() { "\" class=\"annotation\">" } else { "\">" };
                Some(Event::InlineHtml(class.into()))
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

    fn end(&mut self, tag: TagEnd) -> Option<Event<'e>> {
        match tag {
            TagEnd::Heading(_) => {
                let block = &self.reading.block;
                let title = pieces(block, &(0..block.text.len()), None);
                self.reading.end_heading();
                let index = self.heading.take()?;
                self.reading.outgoing.sections[index].title = title;
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
            TagEnd::HtmlBlock => {
                let block = std::mem::take(&mut self.block);
                let shown = self.reading.settings.raw_html == RawHtml::Escape;
                let text = if shown { block } else { words(&block) };
                self.reading.keep_line(&text, Vec::new());
                Some(Event::End(tag))
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
}
