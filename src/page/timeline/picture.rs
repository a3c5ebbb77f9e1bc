//! The picture of works in time: what is drawn, and where.
//!
//! In: works, and a [`Plan`] for each of the two directions. Out: [`Picture`], whose
//! lengths are whole numbers, so that every machine draws the same. Marks are sketched
//! along time and across their lane, and turned into the drawing's direction at the end.
//! Absent on purpose: colours and letters' sizes, which are the theme's.

use std::collections::HashMap;

use jiff::civil::Date as Day;
use serde::Serialize;

use super::{svg, year_label};
use crate::{
    archive::EntryId,
    page::{
        address::Permalink,
        cutting::has_room_for_marks,
        html::Html,
        parts::Split,
        plan::{Page, Subject},
        world::World,
    },
};

/// Works in time, drawn twice: a style sheet shows the one that fits the screen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Picture {
    /// Time runs from left to right, lanes lie above each other.
    pub across: Drawing,
    /// Time runs downwards, lanes stand side by side.
    pub down: Drawing,
    pub legend: Vec<LegendItem>,
    /// The first and last year shown.
    pub first: String,
    pub last: String,
    /// How many works are dated and so shown.
    pub works: usize,
    /// Whether a date among them is no more than likely.
    pub doubtful: bool,
}

/// What stands for one lane, and how full it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct LegendItem {
    /// Id of the track; `common` for works of none.
    pub id: String,
    pub title: String,
    pub glyph: String,
    pub works: usize,
}

/// One of the two: all lengths are in its own units, which are pixels at full size.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Drawing {
    pub width: i32,
    pub height: i32,
    /// What stands in the `svg` element: lines with the class `tick` and, for each track, a `g`
    /// with the class `lane` that holds a link around each `mark`.
    pub content: Html,
    /// The number of years in a bar, where marks are gathered into bars; else 0.
    pub gathered: i32,
}

/// A labelled line across all lanes, at the beginning of a year.
pub(super) struct Tick {
    pub line: Line,
    pub label: Words,
}

pub(super) struct Line {
    pub x1: i32,
    pub y1: i32,
    pub x2: i32,
    pub y2: i32,
}

/// Words at the start of their base line.
#[derive(Clone)]
pub(super) struct Words {
    pub x: i32,
    pub y: i32,
    pub text: String,
}

/// The works of one track, or those of none.
pub(super) struct Lane {
    /// Id of the track; `common` for works of none.
    pub id: String,
    pub title: String,
    /// Its glyph with its title, or with its number of works where room is short.
    pub label: Words,
    /// What sets it apart from the lane before; the first has none.
    pub rule: Option<Line>,
    pub marks: Vec<Mark>,
}

/// A work, or some years' works where marks are gathered.
#[derive(Clone, Default)]
pub(super) struct Mark {
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
    /// Who wrote it, where there is room for that; how many, where marks are gathered.
    pub label: Option<Words>,
    /// The part of the lane that leads there as well, where marks are gathered.
    pub target: Option<Area>,
}

#[derive(Clone, Copy)]
pub(super) struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// A drawing's direction and sizes.
#[derive(Clone, Copy)]
struct Plan {
    direction: Direction,
    /// The length that does not depend on what is drawn: the width of both.
    width: i32,
    /// Room before the first year: for labels, or none.
    before: i32,
    /// From the drawing's edge to the first lane.
    head: i32,
    /// The thickness of a mark and the room between two rows.
    mark: i32,
    gap: i32,
    /// The greatest number of bars where marks are gathered, and the longest bar.
    bars: i32,
    longest: i32,
    /// How far apart the labels of years stand at least.
    labels: i32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Across,
    Down,
}

const ACROSS: Plan = Plan {
    direction: Direction::Across,
    width: 1120,
    before: 6,
    head: 0,
    mark: 10,
    gap: 3,
    bars: 60,
    longest: 84,
    labels: 76,
};
const DOWN: Plan = Plan {
    direction: Direction::Down,
    width: 340,
    before: 34,
    head: 26,
    mark: 8,
    gap: 2,
    bars: 40,
    longest: 0,
    labels: 30,
};
/// Home has a smaller picture.
const ACROSS_SMALL: Plan = Plan { longest: 52, ..ACROSS };
const DOWN_SMALL: Plan = Plan { bars: 16, ..DOWN };

/// The height of a lane's label where lanes lie above each other.
const LANE_LABEL: i32 = 24;
const LANE_GAP: i32 = 12;
/// Below the lanes, for the labels of years.
const AXIS: i32 = 24;
/// More rows than these are gathered.
const MOST_ROWS: usize = 36;
/// A bar is no thinner than a finger's target where the picture has the room.
const BAR: i32 = 24;

/// Every work of a list a mark, where so many can be told apart and the page has room for
/// them; `None` where no work is dated, and on pages behind the list's first.
pub fn picture(world: &World<'_>, works: &[EntryId], page: &Page) -> Option<Picture> {
    if page.is_part() {
        return None;
    }
    let most_marks = world.site.timeline.most_marks;
    let room = || has_room_for_marks(world.archive, world.site, works, page.piece.is_none());
    let most_marks = if room() { most_marks } else { 0 };
    draw(world, works, page, [ACROSS, DOWN], most_marks)
}

/// Bars in any case.
pub fn gathered_picture(world: &World<'_>, works: &[EntryId], page: &Page) -> Option<Picture> {
    draw(world, works, page, [ACROSS_SMALL, DOWN_SMALL], 0)
}

/// The list by year that bars lead to.
struct YearList<'a> {
    /// The page that has it as a whole; empty where that is the picture's own.
    whole: String,
    split: Option<&'a Split>,
    at: &'a Permalink,
}

impl<'a> YearList<'a> {
    /// A timeline has its own; pages of other kinds lead to that of the archive.
    fn of(world: &'a World<'_>, page: &'a Page) -> Self {
        let at = &page.permalink;
        if matches!(page.subject, Subject::Timeline | Subject::TrackTimeline(_)) {
            let split = page.piece.as_ref().map(|piece| &*piece.split);
            return YearList { whole: String::new(), split, at };
        }
        let split = world.split_at("timeline.html").map(|split| &**split);
        YearList { whole: format!("{}timeline.html", at.root()), split, at }
    }

    fn href(&self, year: i16) -> String {
        match self.split.and_then(|split| split.of_year(year)) {
            Some(part) => format!("{}{}#y{year}", self.at.root(), part.as_str()),
            None => format!("{}#y{year}", self.whole),
        }
    }
}

fn draw(
    world: &World<'_>,
    works: &[EntryId],
    page: &Page,
    [across, down]: [Plan; 2],
    most_marks: usize,
) -> Option<Picture> {
    let (at, list) = (&page.permalink, YearList::of(world, page));
    let dated: Vec<Dated> = works.iter().filter_map(|&id| Dated::new(world, id)).collect();
    let first = dated.iter().map(|work| work.from.year()).min()?;
    let last = dated.iter().map(|work| work.to.year()).max()?;
    let lanes: Vec<Works> = lanes_of(world, &dated);
    let legend = lanes.iter().map(|lane| lane.legend.clone()).collect();
    let marks = if dated.len() <= most_marks { marks_of(world, &lanes, at) } else { Vec::new() };
    let draw = |plan: Plan| {
        let marked = (dated.len() <= most_marks).then(|| Sketch::marked(world, &lanes, &marks, plan, (first, last)));
        marked.flatten().unwrap_or_else(|| Sketch::gathered(&lanes, plan, (first, last), &list)).draw(&lanes)
    };
    Some(Picture {
        across: draw(across),
        down: draw(down),
        legend,
        first: year_label(first),
        last: year_label(last),
        works: dated.len(),
        doubtful: dated.iter().any(|work| work.doubtful),
    })
}

#[derive(Clone, Copy)]
struct Dated {
    id: EntryId,
    from: Day,
    to: Day,
    doubtful: bool,
}

impl Dated {
    fn new(world: &World<'_>, id: EntryId) -> Option<Self> {
        let (earliest, latest) = world.archive.days(id)?;
        // An open end reaches as far as the picture does.
        let from = if earliest == Day::MIN { latest } else { earliest };
        let to = if latest == Day::MAX { earliest } else { latest };
        Some(Dated { id, from, to, doubtful: world.archive.is_doubtful(id) })
    }
}

/// What one lane holds, in time.
struct Works {
    legend: LegendItem,
    works: Vec<Dated>,
}

/// The works of each track that has any; those of none come last. A work of two
/// tracks stands in both lanes.
fn lanes_of(world: &World<'_>, dated: &[Dated]) -> Vec<Works> {
    let lane = |id: &str, title: &str, glyph: &str| Works {
        legend: LegendItem { id: id.into(), title: title.into(), glyph: glyph.into(), works: 0 },
        works: Vec::new(),
    };
    let tracks = &world.site.tracks;
    let mut lanes: Vec<Works> =
        tracks.iter().map(|track| lane(track.id.as_str(), &track.title, &track.glyph)).collect();
    lanes.push(lane("common", if tracks.is_empty() { "All works" } else { "Common ground" }, "○"));
    let common = lanes.len() - 1;
    for &work in dated {
        let mut any = false;
        for index in world.archive.track_indexes(work.id) {
            lanes[index].works.push(work);
            any = true;
        }
        if !any {
            lanes[common].works.push(work);
        }
    }
    for lane in &mut lanes {
        lane.legend.works = lane.works.len();
    }
    lanes.retain(|lane| !lane.works.is_empty());
    lanes
}

/// From days to places along the axis of time.
#[derive(Clone, Copy)]
struct Scale {
    first: i16,
    years: i32,
    from: i32,
    room: i32,
}

impl Scale {
    fn at(&self, day: Day) -> i32 {
        let years = i64::from(day.year()) - i64::from(self.first);
        let thousandths = years * 1000 + i64::from(day.day_of_year() - 1) * 1000 / i64::from(day.days_in_year());
        let along = thousandths * i64::from(self.room) / (i64::from(self.years) * 1000);
        self.from + i32::try_from(along).unwrap_or(self.room)
    }

    fn year(&self, year: i32) -> i32 {
        self.from + (year - i32::from(self.first)) * self.room / self.years
    }

    /// Labelled years at round numbers, no nearer to each other than `apart`.
    fn ticks(&self, apart: i32) -> Vec<(i32, String)> {
        let most = (self.room / apart).max(2);
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| self.years / step <= most);
        let step = step.unwrap_or(1000);
        let first = i32::from(self.first);
        (first..=first + self.years)
            .filter(|year| year.rem_euclid(step) == 0)
            .filter(|year| self.year(*year) <= self.from + self.room - apart / 3)
            .filter_map(|year| Some((self.year(year), year_label(i16::try_from(year).ok()?))))
            .collect()
    }
}

/// Marks before they are turned into the drawing's direction: for each lane its
/// thickness, and marks by their place along time and across the lane.
struct Sketch {
    plan: Plan,
    scale: Scale,
    gathered: i32,
    lanes: Vec<(i32, Vec<Draft>)>,
}

struct Draft {
    start: i32,
    end: i32,
    /// From the lane's beginning.
    across: i32,
    thickness: i32,
    mark: Mark,
    label: Option<String>,
}

impl Plan {
    fn scale(&self, (first, last): (i16, i16), years_length: i32) -> Scale {
        let years = i32::from(last) - i32::from(first) + 1;
        match self.direction {
            Direction::Across => Scale { first, years, from: self.before, room: self.width - 2 * self.before },
            Direction::Down => Scale { first, years, from: self.head, room: years * years_length },
        }
    }

    /// How thick a lane can be, where lanes share the width.
    fn lane(&self, lanes: usize) -> i32 {
        (self.width - self.before) / i32::try_from(lanes).unwrap_or(1).max(1) - LANE_GAP
    }
}

impl Sketch {
    /// Marks in rows, each in the first row where it meets no other. `None` where there
    /// are more rows than the drawing has room for.
    fn marked(
        world: &World<'_>,
        lanes: &[Works],
        marks: &[Vec<Mark>],
        plan: Plan,
        range: (i16, i16),
    ) -> Option<Sketch> {
        let years = i32::from(range.1) - i32::from(range.0) + 1;
        let scale = plan.scale(range, (600 / years).clamp(4, 40));
        let room = match plan.direction {
            Direction::Across => MOST_ROWS,
            Direction::Down => usize::try_from(plan.lane(lanes.len()) / (plan.mark + plan.gap)).unwrap_or(1),
        };
        let mut drafts = Vec::with_capacity(lanes.len());
        for (lane, said) in lanes.iter().zip(marks) {
            let mut rows: Vec<i32> = Vec::new();
            let mut marks: Vec<Draft> = Vec::with_capacity(lane.works.len());
            for (work, mark) in lane.works.iter().zip(said) {
                let single = work.from == work.to;
                let start = scale.at(work.from);
                let (start, end) = if single {
                    (start - plan.mark / 2, start - plan.mark / 2 + plan.mark)
                } else {
                    (start, scale.at(work.to).max(start + plan.mark))
                };
                let row = rows.iter().position(|&free| free + plan.gap <= start).unwrap_or_else(|| {
                    rows.push(i32::MIN / 2);
                    rows.len() - 1
                });
                rows[row] = end;
                marks.push(Draft {
                    start,
                    end,
                    across: i32::try_from(row).unwrap_or(0) * (plan.mark + plan.gap),
                    thickness: plan.mark,
                    mark: mark.clone(),
                    label: (plan.direction == Direction::Across)
                        .then(|| world.archive.entry(work.id).citation.creators_short()),
                });
            }
            if rows.len() > room {
                return None;
            }
            only_where_there_is_room(&mut marks, plan);
            let thickness = i32::try_from(rows.len()).unwrap_or(1).max(1) * (plan.mark + plan.gap);
            drafts.push((thickness, marks));
        }
        Some(Sketch { plan, scale, gathered: 0, lanes: drafts })
    }

    /// One bar for so many years that the bars can be told apart, as long as these years
    /// are full; it leads to its first year in the list. All lanes have one measure.
    fn gathered(lanes: &[Works], plan: Plan, range: (i16, i16), list: &YearList<'_>) -> Sketch {
        let years = i32::from(range.1) - i32::from(range.0) + 1;
        let step = [1, 2, 5, 10, 20, 25, 50, 100].into_iter().find(|step| years / step < plan.bars).unwrap_or(500);
        // Bars begin at round years, and so does the scale.
        let first = i32::from(range.0).div_euclid(step) * step;
        let last = i32::from(range.1).div_euclid(step) * step + step - 1;
        let range = (i16::try_from(first).unwrap_or(range.0), i16::try_from(last).unwrap_or(range.1));
        let mut scale = plan.scale(range, 1);
        if plan.direction == Direction::Down {
            scale.room = scale.years / step * BAR;
        }
        let longest = if plan.direction == Direction::Down { plan.lane(lanes.len()) - 22 } else { plan.longest };
        let counted: Vec<Vec<Bar>> = lanes.iter().map(|lane| lane.count(step, first, last)).collect();
        let fullest = counted.iter().flatten().map(|bar| bar.count).max().unwrap_or(1);
        let drafts = counted.iter().map(|bars| {
            let drafts = bars.iter().map(|&Bar { year, first, count }| {
                let length = (count * longest / fullest).max(2);
                let words = if step == 1 {
                    year_label(first)
                } else {
                    let end = i16::try_from(year + step - 1).unwrap_or(first);
                    format!("{}–{}", year_label(i16::try_from(year).unwrap_or(first)), year_label(end))
                };
                let works = if count == 1 { "work" } else { "works" };
                Draft {
                    start: scale.year(year) + 1,
                    end: scale.year(year + step),
                    across: if plan.direction == Direction::Down { 0 } else { longest + 14 - length },
                    thickness: length,
                    mark: Mark {
                        shape: "gathered",
                        title: format!("{words}: {count} {works}"),
                        href: list.href(first),
                        ..Mark::default()
                    },
                    label: Some(count.to_string()),
                }
            });
            (longest + 14, drafts.collect())
        });
        Sketch { plan, scale, gathered: step, lanes: drafts.collect() }
    }

    fn draw(self, lanes: &[Works]) -> Drawing {
        let Sketch { plan, scale, gathered, lanes: drafts } = self;
        let mut drawn = Vec::with_capacity(lanes.len());
        let mut edge = if plan.direction == Direction::Across { 0 } else { plan.before };
        for (lane, (thickness, drafts)) in lanes.iter().zip(drafts) {
            let LegendItem { id, title, glyph, works } = &lane.legend;
            let (label, top, next) = match plan.direction {
                Direction::Across => {
                    let label = Words { x: plan.before, y: edge + 16, text: format!("{glyph} {title} ({works})") };
                    (label, edge + LANE_LABEL, edge + LANE_LABEL + thickness + LANE_GAP)
                }
                Direction::Down => {
                    let label = Words { x: edge + 2, y: 14, text: format!("{glyph} {works}") };
                    (label, edge + 2, edge + plan.lane(lanes.len()) + LANE_GAP)
                }
            };
            let rule = (!drawn.is_empty()).then(|| match plan.direction {
                Direction::Across => Line { x1: 0, y1: edge, x2: plan.width, y2: edge },
                Direction::Down => {
                    Line { x1: edge - LANE_GAP / 2, y1: 4, x2: edge - LANE_GAP / 2, y2: scale.from + scale.room }
                }
            });
            let marks = drafts.into_iter().map(|draft| draft.turned(plan, top, thickness)).collect();
            drawn.push(Lane { id: id.clone(), title: title.clone(), label, rule, marks });
            edge = next;
        }
        let height = match plan.direction {
            Direction::Across => edge + AXIS,
            Direction::Down => scale.from + scale.room + 4,
        };
        let tick = |(along, text): (i32, String)| match plan.direction {
            Direction::Across => Tick {
                line: Line { x1: along, y1: 0, x2: along, y2: edge + 6 },
                label: Words { x: along + 4, y: edge + 16, text },
            },
            Direction::Down => Tick {
                line: Line { x1: 0, y1: along, x2: plan.width, y2: along },
                label: Words { x: 0, y: along + 12, text },
            },
        };
        let ticks: Vec<Tick> = scale.ticks(plan.labels).into_iter().map(tick).collect();
        Drawing { width: plan.width, height, content: svg::content(&ticks, &drawn), gathered }
    }
}

/// Some years of a lane.
#[derive(Clone, Copy)]
struct Bar {
    /// The first of them.
    year: i32,
    /// The first that has a work.
    first: i16,
    /// How many works they have.
    count: i32,
}

impl Works {
    /// In bars of so many years, from the year `from` to the year `to`; those that have works.
    fn count(&self, step: i32, from: i32, to: i32) -> Vec<Bar> {
        let bar = |year: i32| Bar { year, first: i16::MAX, count: 0 };
        let mut bars: Vec<Bar> = (from..=to).step_by(usize::try_from(step).unwrap_or(1)).map(bar).collect();
        for work in &self.works {
            let year = work.from.year();
            let at = usize::try_from((i32::from(year) - from) / step).unwrap_or(0);
            if let Some(bar) = bars.get_mut(at) {
                bar.first = bar.first.min(year);
                bar.count += 1;
            }
        }
        bars.retain(|bar| bar.count > 0);
        bars
    }
}

/// Takes from marks the labels that would run into the next mark of their row, or out
/// of the drawing. Letters are about six units wide.
fn only_where_there_is_room(marks: &mut [Draft], plan: Plan) {
    // In each row they come one behind the other.
    let mut next: HashMap<i32, i32> = HashMap::new();
    for draft in marks.iter_mut().rev() {
        let next = next.insert(draft.across, draft.start).unwrap_or(plan.width);
        let length = draft.label.as_ref().map_or(0, |label| i32::try_from(label.chars().count()).unwrap_or(99));
        let fits = length > 0 && draft.end + 12 + length * 6 <= next;
        if !fits {
            draft.label = None;
        }
    }
}

/// A mark for each work of each lane, which has no place yet.
fn marks_of(world: &World<'_>, lanes: &[Works], at: &Permalink) -> Vec<Vec<Mark>> {
    lanes.iter().map(|lane| lane.works.iter().map(|&work| mark(world, work, at)).collect()).collect()
}

fn mark(world: &World<'_>, work: Dated, at: &Permalink) -> Mark {
    let record = world.archive.entry(work.id);
    let mut title = record.citation.issued().map_or_else(String::new, |date| date.in_words(&world.site.language));
    title.push_str(": ");
    let length = title.len();
    record.citation.push_creators_short(&mut title);
    if title.len() > length {
        title.push_str(", ");
    }
    title.push_str(&record.citation.title);
    Mark {
        shape: if work.from == work.to { "day" } else { "span" },
        doubtful: work.doubtful,
        title,
        href: world.entry_address(work.id).seen_from(at),
        ..Mark::default()
    }
}

impl Draft {
    /// The mark in a lane that begins at `top` and is `lane` thick.
    fn turned(self, plan: Plan, top: i32, lane: i32) -> Mark {
        let Draft { start, end, across, thickness, mark, label } = self;
        let gathered = mark.shape == "gathered";
        let length = end - start;
        match plan.direction {
            Direction::Across => Mark {
                x: start,
                y: top + across,
                width: length,
                height: thickness,
                label: label.filter(|_| !gathered || length >= 14).map(|text| Words {
                    x: if gathered { start + length / 2 } else { end + 4 },
                    y: if gathered { top + across - 3 } else { top + across + thickness - 1 },
                    text,
                }),
                target: gathered.then_some(Area { x: start, y: top, width: length, height: lane }),
                ..mark
            },
            Direction::Down => Mark {
                x: top + across,
                y: start,
                width: thickness,
                height: length,
                label: label.map(|text| Words { x: top + across + thickness + 3, y: start + length / 2 + 4, text }),
                target: gathered.then_some(Area { x: top, y: start, width: lane, height: length }),
                ..mark
            },
        }
    }
}
