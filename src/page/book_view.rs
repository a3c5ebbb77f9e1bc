//! What a book has that the site has not: its title page and its cover.

use serde::Serialize;

use super::{
    share::{Block, Glyph, block, drawn, glyph},
    world::World,
};
use crate::lettering::Face;

/// What `book.html` shows: the title page of the archive as a book.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BookView {
    /// The site that the book is made from, where it has an address.
    pub address: Option<String>,
    /// How many works it has.
    pub works: usize,
}

/// What `cover.svg` shows. All text is set in faces that have its characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CoverView {
    /// Pixels, as is the height.
    pub width: u32,
    pub height: u32,
    /// Upright.
    pub title: Block,
    /// Italic.
    pub subtitle: Option<Block>,
    pub editor: Option<Block>,
    /// The day of the edition.
    pub date: Option<String>,
    /// The archive's works in the order of time: the glyph of the first track that claims each, and
    /// nothing where none does.
    pub marks: Vec<Option<Glyph>>,
}

/// Pixels.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 1920;
/// Pixels between the margins.
const MEASURE: u16 = 944;
/// More marks than this have no room.
const MARKS: usize = 240;

pub fn book_view(world: &World<'_>) -> BookView {
    BookView { address: world.site.base_url.clone(), works: world.archive.works.len() }
}

/// `None` where no face has the characters of the title.
pub fn cover_view(world: &World<'_>) -> Option<CoverView> {
    let site = world.site;
    let set = |text: &Option<String>, face: Face, sizes: &[(u16, usize)]| {
        let text = drawn(text.as_deref()?, face)?;
        Some(block(&text, face, sizes, MEASURE))
    };
    let works = &world.archive.works;
    let shown = works.len().min(MARKS);
    let mark = |place: usize| {
        let first = world.archive.track_indexes(works[place * works.len() / shown]).next();
        first.map(|index| glyph(&site.tracks[index]))
    };
    Some(CoverView {
        width: WIDTH,
        height: HEIGHT,
        title: set(&Some(site.title.clone()), Face::Upright, &[(132, 4), (108, 6), (84, 8), (64, 10)])?,
        subtitle: set(&site.subtitle, Face::Italic, &[(60, 3), (46, 5)]),
        editor: set(&site.editor, Face::Upright, &[(44, 2), (36, 3)]),
        date: site.date.map(|day| day.to_string()),
        marks: (0..shown).map(mark).collect(),
    })
}
