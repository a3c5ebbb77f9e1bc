//! What stands for a page where it is shared: the site's picture, or an entry's own.

use serde::Serialize;

use super::{
    address::{Permalink, absolute},
    world::World,
};
use crate::{
    archive::EntryId,
    entry::{Citation, Name, Record},
    lettering::{self, Face},
    site::{Site, Track},
};

/// Pixels; what networks show without cutting it.
pub const WIDTH: u32 = 1200;
pub const HEIGHT: u32 = 630;

/// Pixels between the margins.
const MEASURE: u16 = 1008;

/// A picture as a page's head names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ShareLink {
    /// Absolute, as Open Graph wants it.
    pub address: String,
    /// The picture in words.
    pub alt: String,
    pub width: u32,
    pub height: u32,
}

/// What `share.svg` shows. All text is set in faces that have its characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ShareView {
    pub width: u32,
    pub height: u32,
    /// Upright.
    pub title: Block,
    /// Italic: the site's subtitle, an entry's creators.
    pub subtitle: Option<Block>,
    /// `Reference 24 · Book · 1979`; `None` on the site's own picture.
    pub label: Option<String>,
    /// The site's name on an entry's picture, upright.
    pub site_name: Option<String>,
    /// The tracks of the site, or those of the entry.
    pub tracks: Vec<TrackInPicture>,
    /// The site's works in the order of time.
    pub marks: Vec<WorkInPicture>,
}

/// Lines of one size.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Block {
    /// Pixels.
    pub size: u16,
    pub lines: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TrackInPicture {
    pub title: String,
    pub glyph: Glyph,
    /// Pixels from the left margin to its glyph.
    pub x: u16,
}

/// A track's glyph. Faces may lack it, so the template draws it as a shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Glyph {
    pub glyph: String,
    /// `#rrggbb`
    pub color: String,
}

/// A work: the glyph of each track that claims it, three at the most.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct WorkInPicture {
    pub glyphs: Vec<Glyph>,
    /// Pixels from the left margin to its middle.
    pub x: u16,
}

/// Whether the site has a picture: it may be unwanted, in a script that no face has, or
/// without an absolute address, so that no page could name it.
pub fn site_has_picture(site: &Site) -> bool {
    site.pictures.site && site.base_url.is_some() && drawn(&site.title, Face::Upright).is_some()
}

/// Whether the entry has a picture of its own; as [`site_has_picture`].
pub fn entry_has_picture(site: &Site, record: &Record) -> bool {
    site.pictures.entries && site.base_url.is_some() && drawn(&record.citation.title, Face::Upright).is_some()
}

/// The site's picture, where it has one. To find out takes a look at the face.
pub fn site_picture(site: &Site) -> Option<ShareLink> {
    let alt = site.subtitle.as_ref().map_or_else(|| site.title.clone(), |text| format!("{}. {text}", site.title));
    site_has_picture(site).then(|| share_link(site, &Permalink::site_picture(), alt))
}

fn share_link(site: &Site, at: &Permalink, alt: String) -> ShareLink {
    ShareLink { address: absolute(site, at), alt, width: WIDTH, height: HEIGHT }
}

impl World<'_> {
    /// The entry's own picture, or the site's.
    pub fn entry_picture(&self, id: EntryId) -> Option<ShareLink> {
        let record = self.archive.entry(id);
        if !entry_has_picture(self.site, record) {
            return self.site_picture.cloned();
        }
        let at = Permalink::entry_picture(&record.collection, record.slug.as_str());
        let citation = &record.citation;
        let parts = [Some(citation.title.clone()), Some(citation.creators_short()), citation.year()];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let alt = format!("{}. {}", parts.join(", "), self.site.title);
        Some(share_link(self.site, &at, alt))
    }
}

pub fn site_share_view(world: &World<'_>) -> ShareView {
    let site = world.site;
    ShareView {
        width: WIDTH,
        height: HEIGHT,
        title: block(&site.title, Face::Upright, &[(96, 2), (80, 3), (64, 3), (52, 4)], MEASURE),
        subtitle: site
            .subtitle
            .as_deref()
            .and_then(|text| drawn(text, Face::Italic))
            .map(|text| block(&text, Face::Italic, &[(44, 1), (36, 2)], MEASURE)),
        label: None,
        site_name: None,
        tracks: legend(world, 0..site.tracks.len(), f32::from(MEASURE)),
        marks: marks(world),
    }
}

pub fn entry_share_view(world: &World<'_>, id: EntryId) -> ShareView {
    let record = world.archive.entry(id);
    let label = [Some(world.entry_label(id)), record.citation.year()];
    let label: Vec<String> = label.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let label = drawn(&label.join(" · "), Face::Upright);
    let label = label.map(|label| lettering::cut(&label, Face::Upright, f32::from(MEASURE) / 40.0));
    // Tracks stand on the same line, at its other end.
    let taken = label.as_ref().map_or(0.0, |label| {
        let capitals = label.to_uppercase();
        lettering::width(&capitals, Face::Upright) * 25.0
            + f32::from(u16::try_from(capitals.chars().count()).unwrap_or(0)) * 3.5
            + 44.0
    });
    let mut tracks = legend(world, world.archive.track_indexes(id), f32::from(MEASURE) - taken);
    let end = tracks.last().map_or(0.0, TrackInPicture::end);
    for track in &mut tracks {
        track.x += pixels(f32::from(MEASURE) - end);
    }
    ShareView {
        width: WIDTH,
        height: HEIGHT,
        title: block(&record.citation.title, Face::Upright, &[(80, 2), (68, 3), (56, 4), (46, 5)], MEASURE),
        subtitle: drawn(&creators(&record.citation), Face::Italic)
            .map(|text| block(&text, Face::Italic, &[(44, 1), (36, 1)], MEASURE)),
        label,
        site_name: drawn(&world.site.title, Face::Upright)
            .map(|title| lettering::cut(&title, Face::Upright, f32::from(MEASURE) / 30.0)),
        tracks,
        marks: Vec::new(),
    }
}

/// `text` as it is drawn: blanks made even, and characters left out that have no
/// shape. `None` where the face lacks another, or nothing is left.
pub fn drawn(text: &str, face: Face) -> Option<String> {
    let shapeless = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let words: Vec<&str> = text.split_whitespace().collect();
    let text: String = words.join(" ").chars().filter(|c| !shapeless(*c)).collect();
    (!text.is_empty() && lettering::can_draw(&text, face)).then_some(text)
}

/// In the first of the sizes that needs no more lines than are given with it; cut in
/// the last where it does not fit that either.
pub fn block(text: &str, face: Face, sizes: &[(u16, usize)], measure: u16) -> Block {
    let text = drawn(text, face).unwrap_or_default();
    let mut block = Block { size: 0, lines: Vec::new() };
    for &(size, most_lines) in sizes {
        let measure = f32::from(measure) / f32::from(size);
        block = Block { size, lines: lettering::balanced(&text, face, measure) };
        if block.lines.len() <= most_lines {
            return block;
        }
        // Filled to the brim, so that as much is shown as has room.
        let mut rest = block.lines.split_off(most_lines - 1).join(" ");
        rest = lettering::cut(&rest, face, measure);
        block.lines.push(rest);
    }
    block
}

/// Up to three by name.
fn creators(citation: &Citation) -> String {
    let names: Vec<String> = citation.creators().iter().map(Name::in_order).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, ..] => format!("{one} and others"),
    }
}

/// As many tracks as have room between the left margin and `most` pixels from it.
fn legend(world: &World<'_>, tracks: impl IntoIterator<Item = usize>, most: f32) -> Vec<TrackInPicture> {
    const GAP: f32 = 44.0;
    let mut legend: Vec<TrackInPicture> = Vec::new();
    for index in tracks {
        let track = &world.site.tracks[index];
        let x = legend.last().map_or(0.0, |last| last.end() + GAP);
        let Some(title) = drawn(&track.title, Face::Upright) else { continue };
        let next = TrackInPicture { title, glyph: glyph(track), x: pixels(x) };
        if next.end() > most {
            break;
        }
        legend.push(next);
    }
    legend
}

impl TrackInPicture {
    /// Pixels from the left margin to the end of its title.
    fn end(&self) -> f32 {
        f32::from(self.x) + 30.0 + lettering::width(&self.title, Face::Upright) * 28.0
    }
}

/// A mark for each work, or for some of them, evenly taken, where there are many.
fn marks(world: &World<'_>) -> Vec<WorkInPicture> {
    const MOST: usize = 56;
    let works = &world.archive.works;
    let shown = works.len().min(MOST);
    (0..shown)
        .map(|place| {
            let work = works[place * works.len() / shown];
            let tracks = world.archive.track_indexes(work).take(3);
            WorkInPicture {
                glyphs: tracks.map(|index| glyph(&world.site.tracks[index])).collect(),
                x: u16::try_from(place * usize::from(MEASURE) / MOST + 9).unwrap_or(MEASURE),
            }
        })
        .collect()
}

pub fn glyph(track: &Track) -> Glyph {
    Glyph { glyph: track.glyph.clone(), color: track.color.light.clone() }
}

/// Whole, so that a view can be hashed.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the margins of a picture")]
fn pixels(x: f32) -> u16 {
    x.round() as u16
}
