//! A page's HTML as XHTML that books may hold.
//!
//! In: HTML as a theme made it. Out: its `main` as a list of tags and texts, without what a book
//! has no use for and nested as XHTML has to be; and, once it is known where links lead, a file.
//! A parser of HTML builds the tree, so nothing is read from the text itself. Absent on purpose:
//! which page it is.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use icu_locale_core::LanguageIdentifier;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::contents::Kind;
use crate::xml::Xml;

/// What a page shows, in the order of its text.
pub struct Chapter {
    events: Vec<Event>,
    /// Fragments that lead into it.
    pub ids: BTreeSet<String>,
    /// Addresses of pictures as they are written, in order.
    pub pictures: Vec<String>,
    /// Whether it has drawings within the text.
    pub svg: bool,
}

enum Event {
    Start(Tag),
    End,
    Text(String),
}

struct Tag {
    name: &'static str,
    /// By name, each once.
    attributes: Vec<(Cow<'static, str>, String)>,
}

/// What a file of the book has around the text.
pub struct Head<'a> {
    pub title: &'a str,
    pub language: &'a str,
    /// What leads from the file's folder to that of the styles.
    pub root: &'a str,
    pub styles: &'a [&'a str],
    pub kind: Kind,
}

/// Reads what stands in `main`, or all where there is none.
pub fn read(html: &str) -> Chapter {
    let document = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut chapter = Chapter { events: Vec::new(), ids: BTreeSet::new(), pictures: Vec::new(), svg: false };
    let root = Element(document.document);
    if let Some(main) = root.find("main").or_else(|| root.find("body")) {
        chapter.read_children(&main, Within { parent: "section", phrasing: false, svg: false, terms: false, depth: 0 });
    }
    chapter
}

/// `link` says where a link leads, and `picture` where a picture lies, as seen from the file; `None`
/// where neither is to be had.
pub fn write(
    chapter: &Chapter,
    head: &Head<'_>,
    link: &dyn Fn(&str) -> Option<String>,
    picture: &dyn Fn(&str) -> Option<String>,
) -> Vec<u8> {
    let mut xml = begin(head.title, head.language, head.root, head.styles);
    xml.start("body", None);
    xml.words("\n");
    let role = head.kind.role();
    let semantics = [("epub:type", head.kind.semantics())];
    xml.start("section", semantics.into_iter().chain(role.map(|role| ("role", role))));
    let mut open: Vec<Option<&'static str>> = Vec::new();
    for event in &chapter.events {
        match event {
            Event::Text(text) => xml.words(text),
            Event::End => {
                if let Some(name) = open.pop().flatten() {
                    xml.end(name);
                }
            }
            Event::Start(tag) => {
                let attributes = tag.filled(chapter, link, picture);
                let has = |name: &str| attributes.iter().any(|(known, _)| known == name);
                let given = |name: &str| tag.attributes.iter().any(|(known, _)| known == name);
                if tag.name == "img" && !has("src") {
                    // What it shows, in words.
                    xml.words(tag.attributes.iter().find(|(name, _)| name == "alt").map_or("", |(_, alt)| alt));
                    open.push(None);
                    continue;
                }
                let pairs = attributes.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
                if VOID.contains(&tag.name) {
                    xml.empty(tag.name, pairs);
                    open.push(None);
                    continue;
                }
                // A link of a drawing that leads nowhere is a group of it.
                let name = if tag.name == SVG_LINK { if has("href") { "a" } else { "g" } } else { tag.name };
                // A name for what is no link any longer would be one of nothing.
                let unlinked = given("href") && !has("href");
                xml.start(name, pairs.filter(|(name, _)| !(unlinked && name.starts_with("aria-"))));
                open.push(Some(name));
            }
        }
    }
    xml.end("section");
    xml.words("\n");
    xml.end("body");
    xml.words("\n");
    xml.end("html");
    xml.finish()
}

/// A document as far as its `head`.
pub fn begin(title: &str, language: &str, root: &str, styles: &[&str]) -> Xml {
    let mut xml = Xml::of_text();
    xml.words("\n");
    xml.doctype("html");
    xml.words("\n");
    xml.start(
        "html",
        [
            ("xmlns", "http://www.w3.org/1999/xhtml"),
            ("xmlns:epub", "http://www.idpf.org/2007/ops"),
            ("lang", language),
            ("xml:lang", language),
        ],
    );
    xml.words("\n");
    xml.within("head", &[], |xml| {
        xml.text("title", if title.trim().is_empty() { "…" } else { title });
        for style in styles.iter().copied().chain(["tracks.css"]) {
            let href = format!("{root}{style}");
            xml.empty("link", [("rel", "stylesheet"), ("type", "text/css"), ("href", href.as_str())]);
        }
    });
    xml.words("\n");
    xml
}

/// Whether an address names what it is an address of: `https:`.
pub fn has_scheme(href: &str) -> bool {
    href.split(['/', '?', '#']).next().unwrap_or_default().contains(':') || href.starts_with("//")
}

/// An address on the web as books may have it (RFC 3986): characters that it may not have are encoded.
/// `None` where it is not one.
pub fn outside(href: &str) -> Option<String> {
    let (scheme, rest) = href.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let rest = encoded(rest);
    if scheme == "mailto" {
        return rest.contains('@').then(|| format!("mailto:{rest}"));
    }
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let sound =
        |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
    let known = scheme == "http" || scheme == "https";
    let whole =
        name.strip_suffix('.').unwrap_or(name).split('.').all(sound) && port.bytes().all(|c| c.is_ascii_digit());
    (known && whole).then(|| format!("{scheme}:{rest}"))
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut fragment = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let escape = || bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let plain = match byte {
            b'%' => escape(),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if plain {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

impl Tag {
    fn filled(
        &self,
        chapter: &Chapter,
        link: &dyn Fn(&str) -> Option<String>,
        picture: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let of = |(name, value): &'_ (Cow<'static, str>, String)| -> Option<Cow<'_, str>> {
            match name.as_ref() {
                "href" => link(value).map(Cow::Owned),
                "src" => picture(value).map(Cow::Owned),
                "aria-labelledby" | "aria-describedby" | "headers" => {
                    let ids = value.split_ascii_whitespace();
                    let known: Vec<&str> = ids.filter(|id| chapter.ids.contains(*id)).collect();
                    (!known.is_empty()).then(|| Cow::Owned(known.join(" ")))
                }
                _ => Some(Cow::Owned(value.clone())),
            }
        };
        self.attributes.iter().filter_map(|pair| Some((Cow::Borrowed(pair.0.as_ref()), of(pair)?))).collect()
    }
}

const VOID: [&str; 6] = ["br", "col", "hr", "img", "rect", "wbr"];
/// Stands for `a` within a drawing.
const SVG_LINK: &str = "svg:a";
/// Of elements within one another: what is deeper is read as its text.
const DEEPEST: usize = 100;

/// Where something stands.
#[derive(Clone, Copy)]
struct Within {
    parent: &'static str,
    /// Whether nothing but what stands in a line may stand here.
    phrasing: bool,
    svg: bool,
    /// Whether it is a group of terms in a list of them.
    terms: bool,
    depth: usize,
}

/// An element of the tree that the parser built.
struct Element(Handle);

impl Element {
    /// `None` where it is no element.
    fn name(&self) -> Option<&str> {
        match &self.0.data {
            NodeData::Element { name, .. } => Some(&name.local),
            _ => None,
        }
    }

    fn is_drawing(&self) -> bool {
        matches!(&self.0.data, NodeData::Element { name, .. } if &*name.ns == "http://www.w3.org/2000/svg")
    }

    /// In the order of their names.
    fn attributes(&self) -> Vec<(String, String)> {
        let NodeData::Element { attrs, .. } = &self.0.data else { return Vec::new() };
        let pairs = attrs.borrow();
        pairs.iter().map(|pair| (pair.name.local.to_string(), pair.value.to_string())).collect()
    }

    fn children(&self) -> Vec<Element> {
        self.0.children.borrow().iter().map(|child| Element(Handle::clone(child))).collect()
    }

    /// Names of the elements in it.
    fn names(&self) -> Vec<String> {
        self.children().iter().filter_map(|child| child.name().map(str::to_string)).collect()
    }

    fn own_text(&self) -> Option<String> {
        match &self.0.data {
            NodeData::Text { contents } => Some(contents.borrow().to_string()),
            _ => None,
        }
    }

    /// All that it holds, without recursion: it may be deep.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = vec![Element(Handle::clone(&self.0))];
        while let Some(node) = rest.pop() {
            text.extend(node.own_text());
            rest.extend(node.children().into_iter().rev());
        }
        text
    }

    /// The first in the order of the document.
    fn find(&self, name: &str) -> Option<Element> {
        let mut rest = vec![Element(Handle::clone(&self.0))];
        while let Some(node) = rest.pop() {
            if node.name() == Some(name) {
                return Some(node);
            }
            rest.extend(node.children().into_iter().rev());
        }
        None
    }
}

impl Chapter {
    fn read_children(&mut self, of: &Element, within: Within) {
        for child in of.children() {
            if let Some(text) = child.own_text() {
                self.read_text(&text, within);
            } else if let Some(name) = child.name() {
                self.read_element(&child, name, within);
            }
        }
    }

    fn read_text(&mut self, text: &str, within: Within) {
        // Drawings have text in some of their elements alone.
        let drawn = within.svg && !matches!(within.parent, "text" | "tspan" | "title" | "desc");
        if !drawn {
            self.events.push(Event::Text(text.to_string()));
        }
    }

    fn read_element(&mut self, element: &Element, own_name: &str, within: Within) {
        let drawing = within.svg || element.is_drawing();
        let given = element.attributes();
        if DROPPED.contains(&own_name) || given.iter().any(|(key, _)| key == "hidden") {
            return;
        }
        if within.depth > DEEPEST {
            self.read_text(&element.text(), within);
            return;
        }
        let name = if drawing { drawing_name(own_name) } else { fitting_name(element, own_name, within) };
        let Some(name) = name else {
            self.read_children(element, Within { depth: within.depth + 1, ..within });
            return;
        };
        let mut attributes = self.kept(&given, name, drawing);
        if drawing && name == "svg" {
            self.svg = true;
            attributes.insert("xmlns".into(), "http://www.w3.org/2000/svg".to_string());
        }
        if name == "img"
            && let Some(src) = attributes.get("src")
        {
            self.pictures.push(src.clone());
        }
        self.events.push(Event::Start(Tag { name, attributes: attributes.into_iter().collect() }));
        if !VOID.contains(&name) {
            let phrasing = within.phrasing || LINES.contains(&name);
            let terms = name == "div" && within.parent == "dl" && is_terms(&element.names());
            let inner = Within { parent: name, phrasing, svg: drawing, terms, depth: within.depth + 1 };
            self.read_children(element, inner);
        }
        self.events.push(Event::End);
    }

    fn kept(&mut self, given: &[(String, String)], name: &str, drawing: bool) -> BTreeMap<Cow<'static, str>, String> {
        let mut kept: BTreeMap<Cow<'static, str>, String> = BTreeMap::new();
        for (key, value) in given {
            let key = key.as_str();
            let known = if drawing { of_drawings(key) } else { of_elements(name, key, value) };
            if !known {
                continue;
            }
            if key == "id" {
                // The first has it.
                if value.is_empty() || value.contains(char::is_whitespace) || !self.ids.insert(value.clone()) {
                    continue;
                }
            }
            if key == "lang" {
                if LanguageIdentifier::try_from_str(value).is_err() {
                    continue;
                }
                kept.insert("xml:lang".into(), value.clone());
            }
            if key == "role"
                && let Some(kind) = semantics_of(value)
            {
                kept.insert("epub:type".into(), kind.to_string());
            }
            kept.insert(key.to_string().into(), value.clone());
        }
        if name == "img" {
            kept.entry("alt".into()).or_default();
        }
        kept
    }
}

/// What reading systems know a role of notes by.
fn semantics_of(role: &str) -> Option<&'static str> {
    match role {
        "doc-noteref" => Some("noteref"),
        "doc-endnotes" => Some("endnotes"),
        _ => None,
    }
}

/// With all that they hold: what only does something, or shows what comes from elsewhere.
const DROPPED: [&str; 24] = [
    "applet",
    "area",
    "audio",
    "button",
    "canvas",
    "datalist",
    "dialog",
    "embed",
    "foreignObject",
    "form",
    "frame",
    "iframe",
    "input",
    "link",
    "map",
    "meta",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "template",
    "textarea",
    "video",
];

/// Elements that stand in a line.
const PHRASING: [&str; 38] = [
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark",
    "math", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "svg", "time", "u", "var",
    "wbr", "meter", "progress", "output", "label",
];

/// Elements that hold nothing but what stands in a line.
const LINES: [&str; 31] = [
    "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "kbd",
    "mark", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "time", "u",
];

/// Elements that hold others.
const FLOW: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "hgroup",
];

/// The element of XHTML that stands for one of HTML where it stands; `None` where only what it holds
/// is kept.
fn fitting_name(element: &Element, own_name: &str, within: Within) -> Option<&'static str> {
    let name = match own_name {
        "acronym" => "abbr",
        "strike" => "s",
        "tt" | "output" | "label" | "meter" | "progress" | "big" | "font" | "rtc" | "nobr" | "math" | "svg" => "span",
        "center" | "main" | "hgroup" | "fieldset" | "legend" | "menu" | "dir" | "search" => "div",
        "var" => "var",
        name => {
            let known = FLOW.iter().chain(&PHRASING);
            known.copied().find(|known| *known == name)?
        }
    };
    let children = element.names();
    let loose = || element.children().iter().filter_map(Element::own_text).any(|text| !text.trim().is_empty());
    let parent = within.parent;
    Some(match name {
        name if within.phrasing && !PHRASING.contains(&name) => "span",
        "ul" | "ol" if loose() || children.iter().any(|child| child != "li" && !DROPPED.contains(&child.as_str())) => {
            "div"
        }
        "dl" if loose() || !is_list_of_terms(element) => "div",
        "li" if parent != "ul" && parent != "ol" => "div",
        "dt" | "dd" if parent != "dl" && !within.terms => "div",
        "div" if parent == "dl" => "div",
        "figcaption" if parent != "figure" => "div",
        "details" if children.first().is_none_or(|child| child != "summary") => "div",
        "summary" if parent != "details" => "p",
        "ruby" if !children.iter().any(|child| child == "rt") => "span",
        "rt" | "rp" if parent != "ruby" => "span",
        "caption" | "colgroup" | "thead" | "tbody" | "tfoot" if parent != "table" => "div",
        "col" if parent != "colgroup" => return None,
        "tr" if !matches!(parent, "thead" | "tbody" | "tfoot" | "table") => "div",
        "td" | "th" if parent != "tr" => "div",
        name => name,
    })
}

/// Terms with their descriptions, in groups or not.
fn is_list_of_terms(list: &Element) -> bool {
    let names = list.names();
    let is_group = |child: &Element| child.name().is_none_or(|name| name == "div" && is_terms(&child.names()));
    is_terms(&names) || list.children().iter().all(is_group)
}

fn is_terms(children: &[String]) -> bool {
    let name = |at: usize| children.get(at).map(String::as_str);
    let known = children.iter().all(|child| child == "dt" || child == "dd");
    let ends = name(0).is_none() || (name(0) == Some("dt") && children.last().is_some_and(|last| last == "dd"));
    known && ends
}

/// Elements of drawings that do nothing by themselves.
const DRAWN: [&str; 19] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "svg",
    "text",
    "tspan",
];

fn drawing_name(name: &str) -> Option<&'static str> {
    match name {
        "a" => Some(SVG_LINK),
        "title" => Some("title"),
        name => DRAWN.into_iter().find(|known| *known == name),
    }
}

fn of_drawings(key: &str) -> bool {
    let plain = key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        && key.starts_with(|c: char| c.is_ascii_alphabetic());
    plain && !key.starts_with("on") && !key.starts_with("data-") && !matches!(key, "style" | "tabindex" | "src")
}

fn of_elements(name: &str, key: &str, value: &str) -> bool {
    let number = |least: u32| value.parse::<u32>().is_ok_and(|number| (least..=1000).contains(&number));
    match key {
        "class" | "id" | "lang" | "role" | "title" => !value.trim().is_empty(),
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "href" => name == "a",
        "src" | "alt" => name == "img",
        "width" | "height" => name == "img" && value.parse::<u32>().is_ok_and(|number| number > 0),
        "datetime" => matches!(name, "time" | "ins" | "del"),
        "colspan" => matches!(name, "td" | "th") && number(1),
        "rowspan" => matches!(name, "td" | "th") && number(0),
        "span" => matches!(name, "col" | "colgroup") && number(1),
        "scope" => name == "th" && matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
        "headers" => matches!(name, "td" | "th"),
        "start" => name == "ol" && value.parse::<i32>().is_ok(),
        "value" => name == "li" && value.parse::<i32>().is_ok(),
        "reversed" => name == "ol",
        "open" => name == "details",
        key => key.starts_with("aria-") && key.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'),
    }
}
