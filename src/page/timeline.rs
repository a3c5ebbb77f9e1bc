//! Works in time: a picture, and the same as a list by decade and year.

use std::collections::BTreeMap;

use jiff::civil::Date as Day;
use serde::Serialize;

use super::{
    address::Permalink,
    html::Html,
    text_view::{WrittenView, introduction},
    view::Frame,
    world::World,
};
use crate::archive::EntryId;

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
    /// `1990s`
    pub label: String,
    /// The fragment that leads here: `y1990s`.
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

/// Works as marks in lanes. Lengths are in units of the picture's own width.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Picture {
    pub width: i32,
    pub height: i32,
    /// Where the axis is drawn.
    pub axis: i32,
    pub ticks: Vec<Tick>,
    pub lanes: Vec<Lane>,
    /// Whether marks are gathered into one bar a year.
    pub gathered: bool,
    /// The first and last year shown.
    pub first: i16,
    pub last: i16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Tick {
    pub x: i32,
    pub label: String,
}

/// The works of one track, or those of none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Lane {
    /// Id of the track; `common` for works of none.
    pub id: String,
    pub title: String,
    pub glyph: String,
    pub y: i32,
    pub height: i32,
    pub works: usize,
    pub marks: Vec<Mark>,
}

/// A work, or a year's works where marks are gathered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Mark {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    /// `day`, `span` or `gathered`.
    pub shape: &'static str,
    /// The date is no more than likely.
    pub doubtful: bool,
    pub title: String,
    pub href: String,
}

const WIDTH: i32 = 960;
const MARGIN: i32 = 16;
const MARK: i32 = 10;
const GAP: i32 = 3;
const LANE_LABEL: i32 = 22;
const LANE_GAP: i32 = 14;
const AXIS_HEIGHT: i32 = 26;
/// The height of the fullest year where marks are gathered.
const TALLEST: i32 = 90;

pub fn timeline_view(world: &World<'_>, at: &Permalink, track: Option<usize>) -> TimelineView {
    let archive = world.archive;
    let works = track.map_or(&archive.works, |index| &archive.tracks[index]);
    let track = track.map(|index| &world.site.tracks[index]);
    let (text, summary) = introduction(world, at);
    let title = track.map_or_else(|| "Timeline".to_string(), |track| format!("Timeline: {}", track.title));
    let mut page = world.frame(at, &title, None, summary.as_deref());
    page.feed = Some(track.map_or_else(|| Permalink::new("feed.xml"), |track| Permalink::track(track, "feed.xml")));
    let (decades, undated) = by_decade(world, works, at);
    TimelineView {
        page,
        track: track.map(|track| track.id.to_string()),
        text,
        picture: picture(world, works, at),
        decades,
        undated,
        works: works.len(),
    }
}

/// Works grouped by decade and year of their earliest possible day; then the undated.
pub fn by_decade(world: &World<'_>, works: &[EntryId], at: &Permalink) -> (Vec<Decade>, Vec<Html>) {
    let mut years: BTreeMap<i16, Vec<EntryId>> = BTreeMap::new();
    let mut undated = Vec::new();
    for &id in works {
        match world.archive.entry(id).citation.issued() {
            Some(date) => years.entry(date.year()).or_default().push(id),
            None => undated.push(id),
        }
    }
    let mut decades: Vec<Decade> = Vec::new();
    for (year, ids) in years {
        let label = format!("{}s", year.div_euclid(10) * 10);
        if decades.last().is_none_or(|decade| decade.label != label) {
            decades.push(Decade { id: format!("y{label}"), label, works: 0, years: Vec::new() });
        }
        if let Some(decade) = decades.last_mut() {
            decade.works += ids.len();
            decade.years.push(Year { label: year_label(year), id: format!("y{year}"), cards: world.cards(ids, at) });
        }
    }
    (decades, world.cards(undated, at))
}

fn year_label(year: i16) -> String {
    if year > 0 { year.to_string() } else { format!("{} BCE", 1 - i32::from(year)) }
}

/// `None` where no work is dated.
pub fn picture(world: &World<'_>, works: &[EntryId], at: &Permalink) -> Option<Picture> {
    let archive = world.archive;
    let dated: Vec<Dated> = works
        .iter()
        .filter_map(|&id| {
            let date = archive.entry(id).citation.issued()?;
            let doubtful = date.written().contains(['?', '~', '%', 'X']);
            // An open end reaches as far as the picture does.
            let from = if date.earliest == Day::MIN { date.latest } else { date.earliest };
            let to = if date.latest == Day::MAX { date.earliest } else { date.latest };
            Some(Dated { id, from, to, doubtful })
        })
        .collect();
    let first = dated.iter().map(|work| work.from.year()).min()?;
    let last = dated.iter().map(|work| work.to.year()).max()?;
    let scale = Scale::new(first, last);
    let gathered = dated.len() > world.site.timeline.most_marks;
    let mut lanes = Vec::new();
    let mut y = 0;
    for (index, works) in lanes_of(world, &dated) {
        let (id, title, glyph) = match index {
            Some(index) => {
                let track = &world.site.tracks[index];
                (track.id.to_string(), track.title.clone(), track.glyph.clone())
            }
            None if world.site.tracks.is_empty() => ("common".into(), "All works".into(), "○".into()),
            None => ("common".into(), "Common ground".into(), "○".into()),
        };
        let top = y + LANE_LABEL;
        let (marks, height) =
            if gathered { gathered_marks(&works, &scale, top, at) } else { marks(world, &works, &scale, top, at) };
        lanes.push(Lane { id, title, glyph, y, height: LANE_LABEL + height, works: works.len(), marks });
        y = top + height + LANE_GAP;
    }
    Some(Picture { width: WIDTH, height: y + AXIS_HEIGHT, axis: y, ticks: scale.ticks(), lanes, gathered, first, last })
}

#[derive(Clone, Copy)]
struct Dated {
    id: EntryId,
    from: Day,
    to: Day,
    doubtful: bool,
}

/// The works of each track that has any; those of none come last. A work of two
/// tracks stands in both lanes.
fn lanes_of(world: &World<'_>, dated: &[Dated]) -> Vec<(Option<usize>, Vec<Dated>)> {
    let mut lanes: Vec<(Option<usize>, Vec<Dated>)> =
        (0..world.site.tracks.len()).map(Some).chain([None]).map(|index| (index, Vec::new())).collect();
    let common = lanes.len() - 1;
    for &work in dated {
        let mut any = false;
        for index in world.archive.track_indexes(work.id, world.site) {
            lanes[index].1.push(work);
            any = true;
        }
        if !any {
            lanes[common].1.push(work);
        }
    }
    lanes.retain(|(_, works)| !works.is_empty());
    lanes
}

/// From days to the picture's units.
struct Scale {
    first: i16,
    last: i16,
}

impl Scale {
    fn new(first: i16, last: i16) -> Self {
        Scale { first, last }
    }

    fn x(&self, day: Day) -> i32 {
        let start = i64::from(self.first);
        let years = i64::from(self.last) - start + 1;
        let thousandths = (i64::from(day.year()) - start) * 1000
            + i64::from(day.day_of_year() - 1) * 1000 / i64::from(day.days_in_year());
        let room = i64::from(WIDTH - 2 * MARGIN);
        MARGIN + i32::try_from(thousandths * room / (years * 1000)).unwrap_or(WIDTH)
    }

    /// At most a dozen labelled years, at round numbers.
    fn ticks(&self) -> Vec<Tick> {
        let span = i32::from(self.last) - i32::from(self.first) + 1;
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| span / step <= 12).unwrap_or(1000);
        let first = i32::from(self.first);
        (0..=span)
            .map(|offset| first + offset)
            .filter(|year| year.rem_euclid(step) == 0)
            .filter_map(|year| {
                let year = i16::try_from(year).ok()?;
                let x = self.x(Day::new(year, 1, 1).ok()?);
                (x <= WIDTH - MARGIN).then(|| Tick { x, label: year_label(year) })
            })
            .collect()
    }
}

/// Marks in rows, each in the first row where it meets no other.
fn marks(world: &World<'_>, works: &[Dated], scale: &Scale, top: i32, at: &Permalink) -> (Vec<Mark>, i32) {
    let mut rows: Vec<i32> = Vec::new();
    let mut marks = Vec::with_capacity(works.len());
    for work in works {
        let record = world.archive.entry(work.id);
        let single = work.from == work.to;
        let start = scale.x(work.from);
        let (x, width) = if single { (start - MARK / 2, MARK) } else { (start, (scale.x(work.to) - start).max(MARK)) };
        let row = rows.iter().position(|&end| end + GAP <= x).unwrap_or_else(|| {
            rows.push(i32::MIN / 2);
            rows.len() - 1
        });
        rows[row] = x + width;
        let date = record.citation.issued().map_or_else(String::new, |date| date.in_words(&world.site.language));
        let creators = record.citation.creators_short();
        let who = if creators.is_empty() { String::new() } else { format!("{creators}, ") };
        let permalink = world.entry_permalink(work.id);
        marks.push(Mark {
            x,
            y: top + i32::try_from(row).unwrap_or(0) * (MARK + GAP),
            width,
            height: MARK,
            shape: if single { "day" } else { "span" },
            doubtful: work.doubtful,
            title: format!("{date}: {who}{}", record.citation.title),
            href: format!("{}{}", at.root(), permalink.as_str()),
        });
    }
    let height = i32::try_from(rows.len()).unwrap_or(1).max(1) * (MARK + GAP);
    (marks, height)
}

/// One bar a year, as high as the year is full; it leads to the year in the list.
fn gathered_marks(works: &[Dated], scale: &Scale, top: i32, at: &Permalink) -> (Vec<Mark>, i32) {
    let mut years: BTreeMap<i16, i32> = BTreeMap::new();
    for work in works {
        *years.entry(work.from.year()).or_default() += 1;
    }
    let fullest = years.values().copied().max().unwrap_or(1);
    let marks = years
        .into_iter()
        .filter_map(|(year, count)| {
            let x = scale.x(Day::new(year, 1, 1).ok()?);
            let end = scale.x(Day::new(year, 12, 31).ok()?);
            let height = (count * TALLEST / fullest).max(2);
            let list = if at.as_str().ends_with("timeline.html") {
                String::new()
            } else {
                format!("{}timeline.html", at.root())
            };
            Some(Mark {
                x,
                y: top + TALLEST - height,
                width: (end - x - 1).max(2),
                height,
                shape: "gathered",
                doubtful: false,
                title: format!("{}: {count} works", year_label(year)),
                href: format!("{list}#y{year}"),
            })
        })
        .collect();
    (marks, TALLEST)
}
