//! The pictures that texts show, as files of the book.
//!
//! In: pages and the files of the content. Out: for each picture its file, under a name that every
//! reading system takes. Absent on purpose: pictures that not every reading system shows; where
//! one of them stands a reader gets its description.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use quick_xml::{Reader, events::Event};

use super::xhtml::Chapter;
use crate::{entry::links::join, source::Asset};

/// By address on the site.
pub struct Pictures {
    files: BTreeMap<String, (String, Vec<u8>)>,
}

impl Pictures {
    /// Numbered in the order in which pages show them.
    pub fn of<'a>(pages: impl Iterator<Item = (&'a str, &'a Chapter)>, assets: &[Arc<Asset>]) -> Self {
        let known: BTreeMap<&str, &Arc<Asset>> = assets.iter().map(|asset| (&*asset.path, asset)).collect();
        let mut files = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (page, chapter) in pages {
            for src in &chapter.pictures {
                let address = address(page, src);
                let Some(asset) = known.get(address.as_str()).filter(|_| seen.insert(address.clone())) else {
                    continue;
                };
                if let Some(ending) = kind(&asset.bytes) {
                    let name = format!("pictures/{}.{ending}", files.len() + 1);
                    files.insert(address, (name, asset.bytes.clone()));
                }
            }
        }
        Pictures { files }
    }

    /// Where the book has what a page shows as `src`.
    pub fn address(&self, page: &str, src: &str) -> Option<&str> {
        self.files.get(&address(page, src)).map(|(path, _)| path.as_str())
    }

    pub fn into_files(self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.files.into_values()
    }
}

/// On the site.
fn address(page: &str, src: &str) -> String {
    let path = src.split(['?', '#']).next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    join(page.rsplit_once('/').map_or("", |(folder, _)| folder), &path)
}

/// The ending of a core media type (EPUB 3.3, section 3.2), told from the bytes: a name may be wrong.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("jpg")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some("gif")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("webp")
    } else {
        is_plain_svg(bytes).then_some("svg")
    }
}

/// Whether it is well-formed, asks for nothing from elsewhere and does nothing by itself.
fn is_plain_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut begun = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if !is_plain_tag(&tag, begun) {
                    return false;
                }
                (begun, depth) = (true, depth + 1);
            }
            Ok(Event::Empty(tag)) => {
                if !is_plain_tag(&tag, begun) {
                    return false;
                }
                begun = true;
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return begun && depth == 0,
            Ok(Event::DocType(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

fn is_plain_tag(tag: &quick_xml::events::BytesStart<'_>, begun: bool) -> bool {
    let name = tag.local_name();
    let name: &str = name.as_ref();
    if (!begun && name != "svg") || ["script", "style", "foreignObject", "image"].contains(&name) {
        return false;
    }
    tag.attributes().all(|attribute| {
        attribute.is_ok_and(|attribute| {
            let key: &str = attribute.key.local_name().into_inner();
            let within = key != "href" || attribute.value.starts_with('#');
            within && !key.starts_with("on") && key != "style"
        })
    })
}
