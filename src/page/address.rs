//! Every address is made here.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    cite::Format,
    export::{self, Export},
    site::{Collection, Site, Slug, Track},
};

/// A page's address below the site's root: flat `.html` files, `/` between folders,
/// no leading slash. Its characters need no encoding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Permalink(Arc<str>);

/// An address below the site's root as its parts, one behind the other. Pages name others by the
/// hundred: what is written once and read nowhere else need not be put together first.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a>([&'a str; 4]);

impl<'a> Address<'a> {
    pub fn entry(collection: &'a Slug, slug: &'a str) -> Self {
        Address([collection.as_str(), "/", slug, ENDING])
    }

    pub fn keyword(id: &'a Slug) -> Self {
        Address(["keywords/", id.as_str(), ENDING, ""])
    }

    pub fn actor(id: &'a Slug) -> Self {
        Address(["actors/", id.as_str(), ENDING, ""])
    }

    pub fn person(id: &'a Slug) -> Self {
        Address(["people/", id.as_str(), ENDING, ""])
    }

    /// As [`Permalink::text`].
    pub fn text(path: &'a str) -> Self {
        Address([path, ENDING, "", ""])
    }

    pub fn parts(self) -> [&'a str; 4] {
        self.0
    }

    /// As a page sees it.
    pub fn seen_from(self, page: &Permalink) -> String {
        let [one, two, three, four] = self.0;
        [page.root(), one, two, three, four].concat()
    }
}

impl<'a> From<&'a Permalink> for Address<'a> {
    fn from(permalink: &'a Permalink) -> Self {
        Address([permalink.as_str(), "", "", ""])
    }
}

impl From<Address<'_>> for Permalink {
    fn from(address: Address<'_>) -> Self {
        Permalink::new(address.0.concat())
    }
}

const ENDING: &str = ".html";

impl Permalink {
    pub fn new(address: impl Into<Arc<str>>) -> Self {
        Permalink(address.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What leads from this page's folder to the site's root: `""`, `"../"`, `"../../"`.
    pub fn root(&self) -> &'static str {
        ROOTS[self.depth()]
    }

    /// All that it can be, by depth.
    pub fn roots() -> &'static [&'static str] {
        &ROOTS
    }

    /// How many folders deep the page lies.
    pub fn depth(&self) -> usize {
        self.0.bytes().filter(|byte| *byte == b'/').count().min(ROOTS.len() - 1)
    }

    pub fn entry(collection: &Slug, slug: &str) -> Self {
        Address::entry(collection, slug).into()
    }

    pub fn collection(collection: &Collection) -> Self {
        Permalink::new(format!("{}/index.html", collection.id))
    }

    pub fn keyword(id: &Slug) -> Self {
        Address::keyword(id).into()
    }

    pub fn actor(id: &Slug) -> Self {
        Address::actor(id).into()
    }

    pub fn person(id: &Slug) -> Self {
        Address::person(id).into()
    }

    /// A file of a track: `index.html`, `timeline.html`, `keywords.html`, `feed.xml`.
    pub fn track(track: &Track, file: &str) -> Self {
        Permalink::new(format!("tracks/{}/{file}", track.id))
    }

    pub fn site_picture() -> Self {
        Permalink::new("share.png")
    }

    /// Beside the entry's page.
    pub fn entry_picture(collection: &Slug, slug: &str) -> Self {
        Permalink::new(format!("{collection}/{slug}.png"))
    }

    /// Beside the entry's page.
    pub fn citation(collection: &Slug, slug: &str, format: Format) -> Self {
        Permalink::new([collection.as_str(), "/", slug, ".", format.ending()].concat())
    }

    pub fn export(export: Export) -> Self {
        Permalink::new([export::FOLDER, "/", export.file()].concat())
    }

    pub fn checksums() -> Self {
        Permalink::new([export::FOLDER, "/", export::CHECKSUMS].concat())
    }

    /// The page that a Markdown file below `content/` is: it has the address of its path.
    pub fn text(path: &str) -> Self {
        Address::text(path).into()
    }
}

const ROOTS: [&str; 8] = [
    "",
    "../",
    "../../",
    "../../../",
    "../../../../",
    "../../../../../",
    "../../../../../../",
    "../../../../../../../",
];

/// The absolute address of a page, for what cannot do with a relative one.
pub fn absolute(site: &Site, permalink: &Permalink) -> String {
    site.absolute(permalink.as_str())
}
