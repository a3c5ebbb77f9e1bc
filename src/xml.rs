//! XML as it is written: elements and text in, a well-formed document out.
//!
//! Absent on purpose: what the elements mean, and reading.

use std::borrow::Cow;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

/// A tree of elements that is written as it grows.
pub struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A document whose elements stand on lines of their own: blanks mean nothing in it.
    pub fn new() -> Self {
        Xml(Writer::new_with_indent(Vec::new(), b' ', 1)).declared()
    }

    /// A document that has the blanks of its texts and no others.
    pub fn of_text() -> Self {
        Xml(Writer::new(Vec::new())).declared()
    }

    fn declared(mut self) -> Self {
        self.write(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        self
    }

    fn write(&mut self, event: Event<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.0.write_event(event);
    }

    /// A document type declaration: `html`.
    pub fn doctype(&mut self, name: &str) {
        self.write(Event::DocType(BytesText::from_escaped(name)));
    }

    pub fn start<'a>(&mut self, name: &str, attributes: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.write(Event::Start(element(name, attributes)));
    }

    pub fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    pub fn empty<'a>(&mut self, name: &str, attributes: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.write(Event::Empty(element(name, attributes)));
    }

    /// Text between tags.
    pub fn words(&mut self, text: &str) {
        self.write(Event::Text(BytesText::new(&allowed(text))));
    }

    pub fn within(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.start(name, attributes.iter().copied());
        content(self);
        self.end(name);
    }

    /// An element that holds nothing but text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.text_with(name, &[], text);
    }

    pub fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.within(name, attributes, |xml| xml.words(text));
    }

    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }
}

fn element<'n, 'a>(name: &'n str, attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((name, &*allowed(value)));
    }
    start
}

/// XML 1.0, section 2.2: most control characters and two others have no place in a document.
fn allowed(text: &str) -> Cow<'_, str> {
    let refused =
        |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(refused) { Cow::Owned(text.replace(refused, "")) } else { Cow::Borrowed(text) }
}
