//! The state of one text while it is read: its sections, notes and links so far.

use std::{cell::RefCell, collections::HashSet, ops::Range, rc::Rc};

use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd, html};

use super::{
    Annotation, BodyPlaces, CITE, Cluster, Fill, Line, Link, Note, Outgoing, RESERVED, Rich, Section, Shows,
    WORKS_CITED,
    context::{Block, pieces, sentence_around, sentences},
    stream::{Shared, Stream, Written},
};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    entry::{attributes::Attributes, links::Target, sanitize},
    site::{Markdown, Slug},
    source::Source,
};

pub type Spanned<'a> = (Event<'a>, Range<usize>);

/// Footnotes are written once, behind the text, wherever they are defined.
pub fn set_notes_apart(events: Vec<Spanned<'_>>) -> (Vec<Spanned<'_>>, Vec<Definition<'_>>) {
    let mut main = events;
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    let mut inside = false;
    let is_note = |(event, _): &Spanned<'_>| matches!(event, Event::Start(Tag::FootnoteDefinition(_)));
    // They stand behind most of the text as a rule.
    let first = main.iter().position(is_note).unwrap_or(main.len());
    for (event, at) in main.split_off(first) {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                inside = true;
                definitions.push(Definition { label: label.to_string(), at, events: Vec::new() });
            }
            Event::End(TagEnd::FootnoteDefinition) => inside = false,
            event => match definitions.last_mut().filter(|_| inside) {
                Some(definition) => definition.events.push((event, at)),
                None => main.push((event, at)),
            },
        }
    }
    (main, definitions)
}

/// One paragraph, of words and links only.
fn is_plain(events: &[Spanned<'_>]) -> bool {
    let within = |(event, _): &Spanned<'_>| match event {
        Event::Start(tag) => matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }),
        Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule => false,
        _ => true,
    };
    matches!(events, [(Event::Start(Tag::Paragraph), _), inner @ .., (Event::End(TagEnd::Paragraph), _)]
        if inner.iter().all(within))
}

/// A block quotation as words, without its notes.
fn quoted_words<'e, 'a: 'e>(events: impl Iterator<Item = &'e Event<'a>>) -> String {
    let mut words = String::new();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => words.push(' '),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub struct Definition<'a> {
    label: String,
    at: Range<usize>,
    events: Vec<Spanned<'a>>,
}

pub struct Reading<'s> {
    pub source: &'s Source,
    pub folder: &'s str,
    pub settings: &'s Markdown,
    pub outgoing: Outgoing,
    pub places: BodyPlaces,
    pub diagnostics: Vec<Diagnostic>,
    /// Labels in the order of their first reference, and how often each is referred to.
    pub notes: Vec<(String, usize)>,
    pub section: Option<usize>,
    /// How many sentences with links there were.
    sentences: usize,
    pub block: Block,
    /// The first paragraph, once it is written.
    pub lead: Rich,
    pub lines: Vec<Line>,
    pub clusters: Vec<Cluster>,
    /// What is being written: the text, and behind it each note. It grows but once, and what is
    /// kept of it has no room to spare.
    page: Rc<RefCell<String>>,
}

impl<'s> Reading<'s> {
    pub fn new(source: &'s Source, folder: &'s str, settings: &'s Markdown) -> Self {
        Reading {
            source,
            folder,
            settings,
            outgoing: Outgoing::default(),
            places: BodyPlaces::default(),
            diagnostics: Vec::new(),
            notes: Vec::new(),
            section: None,
            sentences: 0,
            block: Block::default(),
            lead: Rich::default(),
            lines: Vec::new(),
            clusters: Vec::new(),
            page: Rc::default(),
        }
    }

    /// Makes room for what will be read of a text.
    pub fn expect(&mut self, text: &str, events: &[Spanned<'_>]) {
        let count = |of: fn(&Event<'_>) -> bool| events.iter().filter(|(event, _)| of(event)).count();
        self.page.borrow_mut().reserve(text.len() * 3 / 2);
        self.lines.reserve_exact(count(|event| {
            matches!(event, Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock))
        }));
        let links = count(|event| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })));
        self.outgoing.links.reserve_exact(links);
        self.places.links.reserve_exact(links);
        let sections = count(|event| matches!(event, Event::Start(Tag::Heading { .. })));
        self.outgoing.sections.reserve_exact(sections);
        self.places.sections.reserve_exact(sections);
    }

    /// Whether an id is that of a part of every page.
    fn reserves(&self, id: &str) -> bool {
        RESERVED.contains(&id)
            || ["note-", "endnote-"].iter().any(|start| id.starts_with(start))
            || (self.settings.citations && id == WORKS_CITED)
    }

    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Gives every heading its id before anything is written.
    pub fn name_sections(&mut self, events: &[Spanned<'_>]) {
        let mut taken: HashSet<String> = HashSet::new();
        let mut at = 0;
        while at < events.len() {
            if let (Event::Start(Tag::Heading { level, id, classes, attrs }), place) = &events[at] {
                let marked = id.is_some() || !classes.is_empty() || !attrs.is_empty();
                let source = self.source;
                let attributes =
                    if marked { Attributes::of_heading(&source.text[place.clone()]) } else { Attributes::default() };
                let words = Slug::from_words(&plain_text(&events[at..], Links::WithOwnWords));
                let words = words.or_else(|| Slug::from_words(&plain_text(&events[at..], Links::All)));
                let place = place.clone();
                let id = self.section_id(attributes.id, words, &place, &mut taken);
                let annotation =
                    attributes.classes.contains(&"annotation").then(|| self.annotation(&attributes.values, &place));
                if annotation.is_none()
                    && let Some((name, _)) = attributes.values.first()
                {
                    self.tell(
                        Diagnostic::error(
                            "unknown-attribute",
                            self.source.place(self.attribute_place(name, &place)),
                            format!("the attribute `{name}` belongs to annotations"),
                        )
                        .help("add the class: `{.annotation …}`".to_string()),
                    );
                }
                if *level == HeadingLevel::H1 {
                    self.tell(
                        Diagnostic::warning(
                            "top-heading",
                            self.source.place(place.clone()),
                            "a page has one heading of the first level, and that is its title",
                        )
                        .help("write `##`; it is shown as such".to_string()),
                    );
                }
                self.outgoing.sections.push(Section {
                    id,
                    level: (*level as u8).max(2),
                    title: Vec::new(),
                    annotation,
                });
                self.places.sections.push(place);
            } else if let Some(quoted) = self.outgoing.sections.last_mut().and_then(|it| it.annotation.as_mut())
                && quoted.quote.is_none()
                && let (Event::Start(Tag::BlockQuote(None)), place) = &events[at]
            {
                let inside = |(_, at): &&Spanned<'_>| at.start < place.end;
                let words = quoted_words(events[at..].iter().take_while(inside).map(|(event, _)| event));
                quoted.quote = Some(words).filter(|words| !words.is_empty());
            }
            at += 1;
        }
    }

    /// A reference to a note that is not there is plain text to the parser.
    pub fn find_unknown_notes(&mut self, events: &[Spanned<'_>]) {
        let known: Vec<&str> = events
            .iter()
            .filter_map(|(event, _)| match event {
                Event::Start(Tag::FootnoteDefinition(label)) => Some(&**label),
                _ => None,
            })
            .collect();
        let source = self.source;
        let mut code = false;
        for (event, at) in events {
            match event {
                Event::Start(Tag::CodeBlock(_)) => code = true,
                Event::End(TagEnd::CodeBlock) => code = false,
                Event::Text(_) if !code && source.text[at.start..].starts_with("[^") => {
                    let rest = &source.text[at.start + 2..];
                    let end = rest.find([']', ' ', '\n']).filter(|&end| end > 0 && rest[end..].starts_with(']'));
                    let escaped = source.text[..at.start].ends_with('\\');
                    let Some(label) = end.map(|end| &rest[..end]).filter(|_| !escaped) else { continue };
                    self.tell(
                        Diagnostic::error(
                            "unknown-note",
                            source.place(at.start..at.start + label.len() + 3),
                            format!("there is no note `{label}`"),
                        )
                        .help(
                            did_you_mean(label, known.iter().copied())
                                .unwrap_or_else(|| format!("write it on a line of its own: `[^{label}]: …`")),
                        ),
                    );
                }
                _ => {}
            }
        }
    }

    fn section_id(
        &mut self,
        written: Option<&str>,
        words: Option<Slug>,
        place: &Range<usize>,
        taken: &mut HashSet<String>,
    ) -> String {
        if let Some(id) = written {
            let id = id.to_string();
            if self.reserves(&id) {
                self.tell(
                    Diagnostic::error(
                        "reserved-section",
                        self.source.place(place.clone()),
                        format!("the id `{id}` belongs to a part of every page"),
                    )
                    .help(format!("write `#the-{id}`, or another word")),
                );
            } else if !taken.insert(id.clone()) {
                self.tell(
                    Diagnostic::error(
                        "double-section",
                        self.source.place(place.clone()),
                        format!("a heading above has the id `{id}`"),
                    )
                    .help("give one of the two another id".to_string()),
                );
            }
            return id;
        }
        let base = words.map_or_else(|| "section".to_string(), |slug| slug.to_string());
        let free = |id: &String, taken: &HashSet<String>| !taken.contains(id) && !self.reserves(id);
        let mut id = base.clone();
        let mut count = 2;
        while !free(&id, taken) {
            id = format!("{base}-{count}");
            count += 1;
        }
        taken.insert(id.clone());
        id
    }

    fn annotation(&mut self, attributes: &[(&str, &str)], place: &Range<usize>) -> Annotation {
        let mut annotation = Annotation::default();
        for (name, value) in attributes {
            match *name {
                "at" => annotation.at = Some(value.to_string()),
                "keywords" => {
                    annotation.keywords =
                        value.split([' ', ',']).filter(|word| !word.is_empty()).map(Into::into).collect();
                }
                name => {
                    self.tell(
                        Diagnostic::error(
                            "unknown-attribute",
                            self.source.place(self.attribute_place(name, place)),
                            format!("an annotation has no attribute `{name}`"),
                        )
                        .help("it has `at=\"p. 186\"` and `keywords=\"norms regimes\"`".to_string()),
                    );
                }
            }
        }
        annotation
    }

    /// Where an attribute's name stands in the heading at `place`.
    fn attribute_place(&self, name: &str, place: &Range<usize>) -> Range<usize> {
        let heading = &self.source.text[place.clone()];
        let braces = heading.rfind('{').unwrap_or_default();
        heading[braces..].find(name).map_or_else(
            || place.clone(),
            |at| {
                let start = place.start + braces + at;
                start..start + name.len()
            },
        )
    }

    pub fn write(&mut self, events: Vec<Spanned<'_>>) -> Rich {
        let page = Rc::clone(&self.page);
        let mut stream = Stream::new(self, events, Rc::clone(&page));
        // Writing to a string cannot fail.
        let _ = html::write_html_fmt(Shared(Rc::clone(&page)), stream.by_ref());
        let Written { gaps, raw, lead } = stream.finish();
        self.end_block();
        let html = page.borrow().as_str().to_string();
        page.borrow_mut().clear();
        let rich = Rich { html, gaps };
        if let Some(lead) = lead.filter(|lead| self.lead.html.is_empty() && raw.iter().all(|raw| raw.start >= lead.end))
        {
            self.lead = rich.part(lead);
        }
        if raw.is_empty() {
            return rich;
        }
        let links = &self.outgoing.links;
        sanitize::sanitize(&rich, &raw, |fill| matches!(fill, Fill::Link(link) if links[link].shows == Shows::Words))
    }

    /// Notes may refer to further notes, so the list grows while it is written.
    pub fn write_notes(&mut self, definitions: Vec<Definition<'_>>) -> Vec<Note> {
        let mut definitions: Vec<Option<Definition<'_>>> = definitions.into_iter().map(Some).collect();
        let mut notes = Vec::new();
        self.section = None;
        loop {
            let next = self.notes.get(notes.len()).map(|(label, _)| label.clone());
            let found = match &next {
                Some(label) => definitions
                    .iter_mut()
                    .find(|definition| definition.as_ref().is_some_and(|definition| definition.label == *label))
                    .and_then(Option::take),
                None => definitions.iter_mut().find_map(Option::take),
            };
            let number = notes.len() + 1;
            match (next, found) {
                (None, None) => break,
                (next, Some(definition)) => {
                    if next.is_none() {
                        self.notes.push((definition.label.clone(), 0));
                        self.tell(
                            Diagnostic::warning(
                                "unused-note",
                                self.source.place(definition.at.clone()),
                                format!("nothing refers to the note `{}`", definition.label),
                            )
                            .help(format!("put `[^{}]` where it belongs, or take the note out", definition.label)),
                        );
                    }
                    let plain = is_plain(&definition.events);
                    let mut text = self.write(definition.events);
                    // A note within a note stands at the end of the page alone.
                    text.gaps.retain(|gap| !matches!(gap.fill, Fill::Note(_)));
                    notes.push(Note { number, references: 0, text, plain });
                }
                (Some(_), None) => notes.push(Note { number, references: 0, text: Rich::default(), plain: false }),
            }
        }
        for (note, (_, references)) in notes.iter_mut().zip(&self.notes) {
            note.references = *references;
        }
        notes
    }

    /// Adds a link and returns its number.
    pub fn link(&mut self, target: Target, shows: Shows, at: Range<usize>) -> usize {
        self.outgoing.links.push(Link { target, shows, context: Vec::new(), sentence: None, section: self.section });
        self.places.links.push(at);
        self.outgoing.links.len() - 1
    }

    /// Ends a paragraph or cell.
    pub fn end_block(&mut self) {
        let shown = self.block.links.iter().filter(|(_, words)| words.is_empty());
        let shown = shown.map(|(link, words)| (words.start, *link)).collect();
        let block = std::mem::take(&mut self.block);
        self.keep_line(&block.text, shown);
        self.block = block;
        self.end_heading();
    }

    /// Text that stands by itself, such as code.
    pub fn keep_line(&mut self, text: &str, shown: Vec<(usize, usize)>) {
        if !text.trim().is_empty() || !shown.is_empty() {
            self.lines.push(Line { section: self.section, text: text.to_string(), shown });
        }
    }

    /// Each link of the paragraph, cell or heading gets the sentence it stands in.
    pub fn end_heading(&mut self) {
        if self.block.links.is_empty() {
            self.block.text.clear();
            return;
        }
        let block = std::mem::take(&mut self.block);
        let sentences = sentences(&block);
        let mut last = None;
        for (link, words) in &block.links {
            let sentence = sentence_around(&block.text, &sentences, words);
            if last.as_ref() != Some(&sentence) {
                self.sentences += 1;
            }
            let linked = &mut self.outgoing.links[*link];
            linked.context = pieces(&block, &sentence, Some(*link));
            linked.sentence = Some(self.sentences);
            last = Some(sentence);
        }
        self.block = block.emptied();
    }
}

/// Which links count as text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    All,
    /// Not those that show what their target is called: an id that is made of that would
    /// change with another file.
    WithOwnWords,
}

/// The text between a start tag and its end.
fn plain_text(events: &[Spanned<'_>], links: Links) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut passed_over = false;
    for (event, _) in events {
        match event {
            Event::Start(tag) => {
                depth += 1;
                passed_over |= links == Links::WithOwnWords && shows_its_target(tag);
            }
            Event::End(tag) => {
                depth -= 1;
                passed_over &= *tag != TagEnd::Link;
            }
            Event::Text(part) | Event::Code(part) if !passed_over => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    text
}

fn shows_its_target(tag: &Tag<'_>) -> bool {
    match tag {
        Tag::Link { link_type: LinkType::WikiLink { has_pothole }, .. } => !has_pothole,
        Tag::Link { link_type: LinkType::ShortcutUnknown, dest_url, .. } => dest_url.starts_with(CITE),
        _ => false,
    }
}
