//! The files of the whole archive for other programs, and the page that explains them.

use std::sync::Arc;

use serde::Serialize;

use super::{
    address::{Permalink, absolute},
    metadata::{self, Node},
    text_view::{WrittenView, introduction},
    view::Frame,
    world::World,
};
use crate::{
    archive::{EntryId, KeywordId, Origin},
    export::{self, Export, Pages},
};

/// What `data.html` shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DataView {
    pub page: Frame,
    /// What an author wrote for the page, in `content/data.md`.
    pub text: Option<WrittenView>,
    /// Works, each counted once.
    pub works: usize,
    pub keywords: usize,
    /// In the order in which they are explained; the list of checksums is the last.
    pub files: Vec<DataFileView>,
}

/// A file for other programs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DataFileView {
    /// `csl-json`, as `regesta export` has it; `checksums`
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Relative to the page.
    pub href: String,
    /// `text/csv`
    pub media_type: &'static str,
    /// `38 kB`, in thousands of bytes.
    pub size: String,
}

pub fn data_view(world: &World<'_>, at: &Permalink) -> DataView {
    let (text, summary) = introduction(world, at);
    let file = |id, name, href: &Permalink, media_type, bytes| DataFileView {
        id,
        name,
        href: href.as_str().to_string(),
        media_type,
        size: size(bytes),
    };
    let exports = Export::ALL.into_iter().map(|export| {
        let bytes = world.export(export).len();
        file(export.name(), export.file(), &Permalink::export(export), export.media_type(), bytes)
    });
    let bytes = world.checksums().len();
    let checksums = file("checksums", export::CHECKSUMS, &Permalink::checksums(), "text/plain", bytes);
    DataView {
        page: world.frame(at, "Data", None, summary.as_deref()),
        text,
        works: world.archive.works.len(),
        keywords: world.archive.keywords.len(),
        files: exports.chain([checksums]).collect(),
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{} kB", (bytes + 500) / 1000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

impl World<'_> {
    pub fn export(&self, export: Export) -> &Arc<str> {
        self.exports.get(export, self.archive, self.site, self)
    }

    /// What the list of checksums says.
    pub fn checksums(&self) -> String {
        self.exports.checksums(self.archive, self.site, self)
    }

    /// As a file in the folder of exports names a page.
    fn seen_from_data(&self, permalink: &Permalink) -> String {
        match self.site.base_url {
            Some(_) => absolute(self.site, permalink),
            None => format!("../{}", permalink.as_str()),
        }
    }
}

impl Pages for World<'_> {
    fn entry(&self, id: EntryId) -> String {
        self.seen_from_data(&self.entry_permalink(id))
    }

    fn work(&self, id: EntryId) -> String {
        match self.site.base_url {
            Some(_) => metadata::id(self, Node::Work(id)),
            // A page's own graph has a blank node there, which nothing outside can name.
            None => self.entry(id) + "#work",
        }
    }

    fn node(&self, id: EntryId) -> String {
        metadata::work(self, id)
    }

    fn keyword(&self, id: KeywordId) -> String {
        match self.site.base_url {
            Some(_) => metadata::id(self, Node::Keyword(id)),
            None => self.seen_from_data(&Permalink::keyword(&self.archive.keyword(id).id)) + "#term",
        }
    }

    fn keywords(&self) -> String {
        self.seen_from_data(&Permalink::new("keywords/index.html"))
    }

    fn track(&self, index: usize) -> String {
        self.seen_from_data(&Permalink::track(&self.site.tracks[index], "index.html"))
    }

    fn file(&self, export: Export) -> String {
        self.seen_from_data(&Permalink::export(export))
    }

    fn heading(&self, id: EntryId, section: usize) -> String {
        self.heading(Origin::Entry(id), &self.archive.entry(id).outgoing.sections[section])
    }
}
