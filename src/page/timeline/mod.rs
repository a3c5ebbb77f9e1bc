//! Works in time: a picture, and the same as a list by decade and year.
//!
//! In: works of the archive, in the order of time. Out: what `timeline.html` and pages
//! with a list by decade show. The drawing is in `picture`. Absent on purpose: HTML but
//! that of cards and drawings.

mod picture;
mod svg;

use serde::Serialize;

use super::{
    address::Permalink,
    html::Html,
    plan::Page,
    text_view::{WrittenView, introduction},
    view::Frame,
    world::World,
};
use crate::archive::EntryId;

pub use picture::{Picture, gathered_picture, picture};

/// What `timeline.html` shows, for the archive or for one track.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TimelineView {
    pub page: Frame,
    /// Id of the track, where it is one's own timeline.
    pub track: Option<String>,
    pub text: Option<WrittenView>,
    pub picture: Option<Picture>,
    pub decades: Vec<Decade>,
    pub undated: Vec<Html>,
    pub works: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Decade {
    /// `1990s`, `50s BCE`
    pub label: String,
    /// The fragment that leads here: `y1990s`, `y50s-bce`.
    pub id: String,
    pub works: usize,
    pub years: Vec<Year>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Year {
    /// `1998`
    pub label: String,
    /// The fragment that leads here: `y1998`.
    pub id: String,
    pub cards: Vec<Html>,
}

pub fn timeline_view(world: &World<'_>, page: &Page, track: Option<usize>) -> TimelineView {
    let archive = world.archive;
    let at = &page.permalink;
    let works = track.map_or(&archive.works, |index| &archive.tracks[index]);
    let track = track.map(|index| &world.site.tracks[index]);
    let (text, summary) = introduction(world, at);
    let title = track.map_or_else(|| "Timeline".to_string(), |track| format!("Timeline: {}", track.title));
    let mut frame = world.list_frame(page, &title, None, summary.as_deref());
    frame.feed = Some(track.map_or_else(|| Permalink::new("feed.xml"), |track| Permalink::track(track, "feed.xml")));
    let (decades, undated) = by_decade(world, &page.pick(works), at);
    TimelineView {
        page: frame,
        track: track.map(|track| track.id.to_string()),
        text,
        picture: picture(world, works, page),
        decades,
        undated,
        works: page.count(works.len()),
    }
}

/// Works grouped by decade and year of their earliest possible day; then the undated.
pub fn by_decade(world: &World<'_>, works: &[EntryId], at: &Permalink) -> (Vec<Decade>, Vec<Html>) {
    let mut dated: Vec<(i16, EntryId)> = Vec::with_capacity(works.len());
    let mut undated = Vec::new();
    for &id in works {
        match world.archive.year(id) {
            Some(year) => dated.push((year, id)),
            None => undated.push(id),
        }
    }
    // They come in time, but for dates that have no beginning.
    dated.sort_by_key(|(year, _)| *year);
    let mut decades: Vec<Decade> = Vec::new();
    for works in dated.chunk_by(|one, next| one.0 == next.0) {
        let year = works[0].0;
        let cards = world.cards(works.iter().map(|(_, id)| *id), at);
        let label = decade_label(decade_of(year));
        if decades.last().is_none_or(|decade| decade.label != label) {
            let id = format!("y{}", label.replace(' ', "-").to_lowercase());
            decades.push(Decade { id, label, works: 0, years: Vec::new() });
        }
        if let Some(decade) = decades.last_mut() {
            decade.works += cards.len();
            decade.years.push(Year { label: year_label(year), id: format!("y{year}"), cards });
        }
    }
    (decades, world.cards(undated, at))
}

/// `1998`, `44 BCE`
pub fn year_label(year: i16) -> String {
    if year > 0 { year.to_string() } else { format!("{} BCE", 1 - i32::from(year)) }
}

/// Decades in the order of time, counted as people count them: 0 has the years 1 to 9,
/// and -1 the years 9 BCE to 1 BCE.
pub fn decade_of(year: i16) -> i16 {
    if year > 0 { year / 10 } else { -1 - (1 - year) / 10 }
}

/// `1990s`, `50s BCE`
pub fn decade_label(decade: i16) -> String {
    if decade >= 0 { format!("{}s", i32::from(decade) * 10) } else { format!("{}s BCE", -10 * (i32::from(decade) + 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_are_counted_as_people_count_them() {
        // In years as astronomers count them, 0 is 1 BCE.
        let decades = [(-50, "50s BCE"), (-49, "50s BCE"), (-48, "40s BCE"), (-8, "0s BCE"), (0, "0s BCE"), (1, "0s")];
        for (year, label) in decades.into_iter().chain([(9, "0s"), (10, "10s"), (1989, "1980s"), (1990, "1990s")]) {
            assert_eq!(decade_label(decade_of(year)), label, "{year}");
        }
        let order: Vec<i16> = (-60..60).map(decade_of).collect();
        assert!(order.iter().zip(&order[1..]).all(|(one, next)| (0..=1).contains(&(next - one))));
    }
}
