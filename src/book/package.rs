//! What holds the files of a book together: the package document and the table of contents.
//!
//! In: the book's files in the order of reading, and the settings. Out: `package.opf` and `nav.xhtml`
//! (EPUB 3.3, sections 5 and 7), and where a reading system finds the former. Absent on purpose: a
//! list of printed pages, since the archive has none.

use std::fmt::Write;

use jiff::civil::Date as Day;
use sha2::{Digest, Sha256};

use super::{contents::Kind, xhtml};
use crate::{site::Site, xml::Xml};

/// A file that is read in its turn.
pub struct Chapter {
    pub path: String,
    pub title: String,
    /// BCP 47, where the title is not in the site's language.
    pub lang: Option<String>,
    /// In the table of contents, counted from 0.
    pub depth: usize,
    pub kind: Kind,
    /// Whether it has drawings.
    pub svg: bool,
}

/// A file that others show.
pub struct Resource {
    pub path: String,
    pub media_type: &'static str,
    pub cover: bool,
}

impl Resource {
    /// `None` where it is of no core media type.
    pub fn of(path: &str) -> Option<Self> {
        let media_type = match path.rsplit_once('.')?.1 {
            "css" => "text/css",
            "gif" => "image/gif",
            "jpg" => "image/jpeg",
            "otf" => "font/otf",
            "png" => "image/png",
            "svg" => "image/svg+xml",
            "ttf" => "font/ttf",
            "webp" => "image/webp",
            "woff" => "font/woff",
            "woff2" => "font/woff2",
            _ => return None,
        };
        Some(Resource { path: path.to_string(), media_type, cover: false })
    }
}

pub struct Package<'a> {
    pub site: &'a Site,
    /// The day of the edition: never that on which the book is made.
    pub modified: Day,
    /// In the order of reading.
    pub chapters: &'a [Chapter],
    pub resources: &'a [Resource],
}

const NAVIGATION: &str = "nav.xhtml";

/// Where the package document lies (EPUB 3.3, section 4.2.6.3.1).
pub fn container() -> Vec<u8> {
    let mut xml = Xml::new();
    let root = [("version", "1.0"), ("xmlns", "urn:oasis:names:tc:opendocument:xmlns:container")];
    xml.within("container", &root, |xml| {
        xml.within("rootfiles", &[], |xml| {
            xml.empty("rootfile", [("full-path", "EPUB/package.opf"), ("media-type", "application/oebps-package+xml")]);
        });
    });
    xml.finish()
}

impl Package<'_> {
    pub fn document(&self) -> Vec<u8> {
        let language = self.site.language.as_str();
        let mut xml = Xml::new();
        let root = [
            ("xmlns", "http://www.idpf.org/2007/opf"),
            ("version", "3.0"),
            ("unique-identifier", "identifier"),
            ("xml:lang", language),
        ];
        xml.within("package", &root, |xml| {
            self.metadata(xml);
            self.manifest(xml);
            let spine =
                if is_right_to_left(language) { vec![("page-progression-direction", "rtl")] } else { Vec::new() };
            xml.within("spine", &spine, |xml| {
                for number in 0..self.chapters.len() {
                    xml.empty("itemref", [("idref", format!("c{number}").as_str())]);
                    // The contents come behind the title.
                    if number == 0 {
                        xml.empty("itemref", [("idref", "nav")]);
                    }
                }
            });
        });
        xml.finish()
    }

    fn metadata(&self, xml: &mut Xml) {
        let site = self.site;
        xml.within("metadata", &[("xmlns:dc", "http://purl.org/dc/elements/1.1/")], |xml| {
            let meta =
                |xml: &mut Xml, property: &str, text: &str| xml.text_with("meta", &[("property", property)], text);
            xml.text_with("dc:identifier", &[("id", "identifier")], &identifier(site));
            xml.text_with("dc:title", &[("id", "title")], words(&site.title));
            if let Some(subtitle) = &site.subtitle {
                xml.text_with("meta", &[("refines", "#title"), ("property", "title-type")], "main");
                xml.text_with("dc:title", &[("id", "subtitle")], words(subtitle));
                xml.text_with("meta", &[("refines", "#subtitle"), ("property", "title-type")], "subtitle");
            }
            xml.text("dc:language", &site.language);
            if let Some(editor) = &site.editor {
                xml.text_with("dc:creator", &[("id", "editor")], words(editor));
                let role = [("refines", "#editor"), ("property", "role"), ("scheme", "marc:relators")];
                xml.text_with("meta", &role, "edt");
            }
            if let Some(description) = &site.description {
                xml.text("dc:description", words(description));
            }
            if let Some(license) = &site.license {
                let address = license.url.as_ref().map_or_else(String::new, |url| format!(" ({url})"));
                xml.text("dc:rights", &format!("{}{address}", license.title));
            }
            if let Some(address) = &site.base_url {
                xml.text("dc:source", address);
            }
            if let Some(day) = site.date {
                xml.text("dc:date", &day.to_string());
            }
            meta(xml, "dcterms:modified", &format!("{}T00:00:00Z", self.modified));
            meta(xml, "schema:accessMode", "textual");
            if self.has_pictures() {
                meta(xml, "schema:accessMode", "visual");
            }
            meta(xml, "schema:accessModeSufficient", "textual");
            for feature in FEATURES {
                meta(xml, "schema:accessibilityFeature", feature);
            }
            meta(xml, "schema:accessibilityHazard", "none");
            meta(xml, "schema:accessibilitySummary", SUMMARY);
        });
    }

    fn has_pictures(&self) -> bool {
        let of_texts = self.resources.iter().any(|file| file.media_type.starts_with("image/") && !file.cover);
        of_texts || self.chapters.iter().any(|chapter| chapter.svg)
    }

    fn manifest(&self, xml: &mut Xml) {
        xml.within("manifest", &[], |xml| {
            let item = [("id", "nav"), ("href", NAVIGATION), ("media-type", XHTML), ("properties", "nav")];
            xml.empty("item", item);
            for (number, chapter) in self.chapters.iter().enumerate() {
                let id = format!("c{number}");
                let item = [("id", id.as_str()), ("href", chapter.path.as_str()), ("media-type", XHTML)];
                let properties = chapter.svg.then_some(("properties", "svg"));
                xml.empty("item", item.into_iter().chain(properties));
            }
            for (number, file) in self.resources.iter().enumerate() {
                let id = format!("r{number}");
                let item = [("id", id.as_str()), ("href", file.path.as_str()), ("media-type", file.media_type)];
                let properties = file.cover.then_some(("properties", "cover-image"));
                xml.empty("item", item.into_iter().chain(properties));
            }
        });
    }

    /// Contents, and the landmarks by which a reading system leads to parts of the book.
    pub fn navigation(&self, styles: &[&str]) -> Vec<u8> {
        let mut xml = xhtml::begin(&self.site.title, &self.site.language, "", styles);
        xml.start("body", [("class", "contents")]);
        xml.within(
            "nav",
            &[("epub:type", "toc"), ("role", "doc-toc"), ("id", "toc"), ("aria-labelledby", "contents")],
            |xml| {
                xml.text_with("h1", &[("id", "contents")], "Contents");
                self.list(xml);
            },
        );
        let landmarks =
            [("epub:type", "landmarks"), ("id", "landmarks"), ("hidden", "hidden"), ("aria-labelledby", "ways")];
        xml.within("nav", &landmarks, |xml| {
            xml.text_with("h2", &[("id", "ways")], "Ways in");
            xml.within("ol", &[], |xml| {
                let first = |kind: Kind| self.chapters.iter().find(|chapter| chapter.kind == kind);
                let text = self.chapters.iter().find(|chapter| chapter.kind != Kind::Title);
                let ways = [
                    ("titlepage", "Title page", first(Kind::Title).map(|chapter| chapter.path.as_str())),
                    ("toc", "Contents", Some("#toc")),
                    ("bodymatter", "Beginning of the text", text.map(|chapter| chapter.path.as_str())),
                    ("index", "Index", first(Kind::Index).map(|chapter| chapter.path.as_str())),
                ];
                for (name, title, href) in ways {
                    if let Some(href) = href {
                        xml.within("li", &[], |xml| xml.text_with("a", &[("epub:type", name), ("href", href)], title));
                    }
                }
            });
        });
        xml.end("body");
        xml.end("html");
        xml.finish()
    }

    fn list(&self, xml: &mut Xml) {
        xml.start("ol", None);
        // `None` where no item of the list is open.
        let mut depth: Option<usize> = None;
        for chapter in self.chapters {
            match depth {
                None => {}
                Some(depth) if chapter.depth > depth => xml.start("ol", None),
                Some(depth) => {
                    xml.end("li");
                    for _ in chapter.depth..depth {
                        xml.end("ol");
                        xml.end("li");
                    }
                }
            }
            depth = Some(chapter.depth);
            xml.start("li", None);
            let lang = chapter.lang.as_deref().into_iter().flat_map(|lang| [("lang", lang), ("xml:lang", lang)]);
            xml.start("a", [("href", chapter.path.as_str())].into_iter().chain(lang));
            xml.words(words(&chapter.title));
            xml.end("a");
        }
        for _ in 0..depth.unwrap_or(0) {
            xml.end("li");
            xml.end("ol");
        }
        xml.end("li");
        xml.end("ol");
    }
}

const XHTML: &str = "application/xhtml+xml";

/// EPUB Accessibility 1.1, section 2.2, in the words of the Schema.org Accessibility Properties.
const FEATURES: [&str; 7] = [
    "alternativeText",
    "ARIA",
    "displayTransformability",
    "index",
    "readingOrder",
    "structuralNavigation",
    "tableOfContents",
];

const SUMMARY: &str = "Every picture of works in time stands beside or above a list of the same works. Tracks are told \
                       apart by a sign and a word as well as by colour. Titles in other languages are marked as such.";

/// What is never empty.
fn words(text: &str) -> &str {
    let empty = text.chars().all(|c| c.is_whitespace() || c.is_control());
    if empty { "…" } else { text }
}

/// The same for every edition of an archive: a UUID of version 8 (RFC 9562) of its address, or of its
/// title where it has none.
fn identifier(site: &Site) -> String {
    let name = site.base_url.as_deref().unwrap_or(&site.title);
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(format!("regesta book\n{name}"))[..16]);
    digest[6] = digest[6] & 0x0f | 0x80;
    digest[8] = digest[8] & 0x3f | 0x80;
    let mut urn = "urn:uuid:".to_string();
    for (at, byte) in digest.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(urn, "{}{byte:02x}", if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" });
    }
    urn
}

fn is_right_to_left(language: &str) -> bool {
    matches!(language.split('-').next(), Some("ar" | "fa" | "he" | "ur" | "yi" | "ps" | "dv"))
}
