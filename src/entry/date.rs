//! Dates as EDTF writes them, no more precise than they are written.

use std::{borrow::Cow, cmp::Ordering};

use borsh::{BorshDeserialize, BorshSerialize, io};
use edtf_core::{Bound, BoundDate, Edtf, IntervalEndpoint, Precision};
use jiff::civil::Date as Day;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use crate::strict;

/// A date of EDTF level 0 or 1 (ISO 8601-2:2019, Annex A), kept as it is written.
///
/// Dates compare by earliest possible day, then latest, then spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Date {
    written: Box<str>,
    /// The first day that the date may mean; `Day::MIN` where it has no beginning.
    #[borsh(serialize_with = "write_day", deserialize_with = "read_day")]
    pub earliest: Day,
    /// The last day that the date may mean; `Day::MAX` where it has no end.
    #[borsh(serialize_with = "write_day", deserialize_with = "read_day")]
    pub latest: Day,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "borsh gives a reference")]
fn write_day<W: io::Write>(day: &Day, writer: &mut W) -> io::Result<()> {
    (day.year(), day.month(), day.day()).serialize(writer)
}

fn read_day<R: io::Read>(reader: &mut R) -> io::Result<Day> {
    let (year, month, day) = <(i16, i8, i8)>::deserialize_reader(reader)?;
    Day::new(year, month, day).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// A first and a last day, as they are kept.
#[expect(clippy::ref_option, reason = "borsh gives a reference")]
pub fn write_days<W: io::Write>(days: &Option<(Day, Day)>, writer: &mut W) -> io::Result<()> {
    days.is_some().serialize(writer)?;
    days.iter().try_for_each(|(first, last)| write_day(first, writer).and_then(|()| write_day(last, writer)))
}

/// # Errors
/// Where they are not what [`write_days`] writes.
pub fn read_days<R: io::Read>(reader: &mut R) -> io::Result<Option<(Day, Day)>> {
    bool::deserialize_reader(reader)?.then(|| Ok((read_day(reader)?, read_day(reader)?))).transpose()
}

impl Date {
    /// # Errors
    /// What is wrong with `text`, and how a date is written.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        let how = || "write it as EDTF does: 1982, 1982-04, 2011-09-12, 1982~, 1982?, 198X, 2006/2020".to_string();
        let edtf = Edtf::parse(text.trim()).map_err(|fault| {
            let reason = fault.to_string();
            let reason = reason.split_once(": ").map_or(reason.as_str(), |(_, reason)| reason);
            (format!("`{text}` is not a date: {reason}"), how())
        })?;
        if edtf.level() > 1 {
            return Err((format!("`{text}` is a date of EDTF level 2; levels 0 and 1 are read here"), how()));
        }
        let bounds = edtf.bounds();
        let latest = day(bounds.latest, Day::MAX);
        let earliest = match bounds.earliest {
            Bound::Unknown => latest,
            bound => day(bound, Day::MIN),
        };
        let latest = if bounds.latest == Bound::Unknown { earliest } else { latest };
        Ok(Date { written: text.trim().into(), earliest, latest })
    }

    /// As it stands in the front matter.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The year by which lists are grouped: the earliest possible one, or the
    /// latest where there is no beginning.
    pub fn year(&self) -> i16 {
        if self.earliest == Day::MIN { self.latest.year() } else { self.earliest.year() }
    }

    /// In words, at the date's own precision. Months have English names where the
    /// language is English; elsewhere the date stays as ISO 8601 writes it.
    pub fn in_words(&self, language: &str) -> String {
        let english = language == "en" || language.starts_with("en-");
        if !english {
            return self.written.to_string();
        }
        match self.plain() {
            Some(point) => point.in_words(),
            None => Edtf::parse(&self.written).map_or_else(|_| self.written.to_string(), |edtf| words(&edtf)),
        }
    }

    /// The year alone, as a citation gives it: `1982`, `c. 1982`, `1980s`, `2006–2020`,
    /// `1950–`, `44 BCE`.
    pub fn year_in_words(&self) -> String {
        match self.plain() {
            Some(point) => point.year.to_string(),
            None => Edtf::parse(&self.written)
                .ok()
                .and_then(|edtf| year_alone(&edtf))
                .unwrap_or_else(|| self.written.to_string()),
        }
    }

    /// The numbers of a year, month or day of the common era that is written as ISO 8601 has it.
    /// Most dates are, and each is shown many times: to read EDTF takes twenty times as long, and
    /// the first day that was found then has the numbers.
    fn plain(&self) -> Option<Point> {
        let text = self.written.as_bytes();
        let (has_month, has_day) = (text.len() > 4, text.len() > 7);
        let plain = matches!(text.len(), 4 | 7 | 10)
            && text.iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
            // A season has several.
            && (!has_month || self.earliest.month() == self.latest.month())
            && self.earliest.year() > 0;
        let number = |number: i8, has: bool| u8::try_from(number).ok().filter(|_| has);
        plain.then(|| Point {
            year: self.earliest.year(),
            month: number(self.earliest.month(), has_month),
            day: number(self.earliest.day(), has_day),
            season: None,
        })
    }

    /// The year in four digits, where it is certain and the date is no range.
    pub fn plain_year(&self) -> Option<String> {
        let year = self.year_in_words();
        (year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())).then_some(year)
    }

    /// The numbers that citations are made of; `None` where no year is known.
    pub fn parts(&self) -> Option<DateParts> {
        if let Some(start) = self.plain() {
            return Some(DateParts { start, end: None, uncertain: false });
        }
        let edtf = Edtf::parse(&self.written).ok()?;
        let end = |endpoint: &IntervalEndpoint| match endpoint {
            IntervalEndpoint::Date(date) => Point::of(date),
            _ => None,
        };
        let (start, end) = match &edtf {
            Edtf::Date(date) => (Point::of(date).or_else(|| self.first_year()), None),
            Edtf::DateTime(moment) => (Point::of(&moment.date), None),
            Edtf::Interval(interval) => (end(&interval.start), end(&interval.end)),
            Edtf::Set(_) => (None, None),
        };
        let (start, end) = if start.is_some() { (start, end) } else { (end, None) };
        Some(DateParts { start: start?, end, uncertain: edtf.is_uncertain() || edtf.is_approximate() })
    }

    fn first_year(&self) -> Option<Point> {
        let known = self.earliest != Day::MIN || self.latest != Day::MAX;
        known.then(|| Point { year: self.year(), month: None, day: None, season: None })
    }

    /// The value of an HTML `time` element's `datetime`, where HTML has one for it
    /// (HTML, "The time element": a year, a month or a day of the common era).
    pub fn machine(&self) -> Option<&str> {
        if self.plain().is_some() {
            return Some(&self.written);
        }
        let edtf = Edtf::parse(&self.written).ok()?;
        let Edtf::Date(date) = edtf else { return None };
        let plain = edtf.level() == 0 && date.year.value().is_some_and(|year| year > 0);
        plain.then_some(&*self.written)
    }
}

/// A date as CSL has it: no more precise than it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateParts {
    /// The beginning, where the date is a range; its end, where it has no beginning.
    pub start: Point,
    /// `None` where the date is no range, and where a range has no end.
    pub end: Option<Point>,
    /// Whether it is uncertain or approximate.
    pub uncertain: bool,
}

/// A year, or a month, season or day of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// 0 is 1 BCE.
    pub year: i16,
    /// From 1.
    pub month: Option<u8>,
    /// From 1; only where there is a month.
    pub day: Option<u8>,
    /// 1 is spring, 4 winter; only where there is no month.
    pub season: Option<u8>,
}

impl Point {
    /// `None` where the year is not known to its last digit.
    fn of(date: &edtf_core::Date) -> Option<Self> {
        let field = date.month.and_then(edtf_core::DateField::value);
        let month = field.filter(|month| (1..=12).contains(month));
        let season = field.filter(|season| (21..=24).contains(season)).map(|season| season - 20);
        let day = month.and(date.day).and_then(edtf_core::DateField::value);
        Some(Point { year: i16::try_from(date.year.value()?).ok()?, month, day, season })
    }

    /// `3 April 2005`
    fn in_words(self) -> String {
        let Point { year, month, day, .. } = self;
        let month = month.map(|month| MONTHS[usize::from(month) - 1]);
        match (day, month) {
            (Some(day), Some(month)) => format!("{day} {month} {year}"),
            (None, Some(month)) => format!("{month} {year}"),
            (_, None) => year.to_string(),
        }
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.earliest, self.latest, &self.written).cmp(&(other.earliest, other.latest, &other.written))
    }
}

fn day(bound: Bound, open: Day) -> Day {
    match bound {
        Bound::Date(BoundDate { year, month, day }) => i16::try_from(year)
            .ok()
            .and_then(|year| Day::new(year, month.cast_signed(), day.cast_signed()).ok())
            .unwrap_or(open),
        _ => open,
    }
}

/// The year, or the years of a range; `None` for a set.
fn year_alone(edtf: &Edtf) -> Option<String> {
    let year = |date: &edtf_core::Date| date_words(&edtf_core::Date { month: None, day: None, ..*date });
    let end = |endpoint: &IntervalEndpoint| match endpoint {
        IntervalEndpoint::Date(date) => year(date),
        _ => String::new(),
    };
    match edtf {
        Edtf::Date(date) => Some(year(date)),
        Edtf::DateTime(moment) => Some(year(&moment.date)),
        Edtf::Interval(interval) => {
            let (start, end) = (end(&interval.start), end(&interval.end));
            Some(if start == end { start } else { format!("{start}–{end}") })
        }
        Edtf::Set(_) => None,
    }
}

fn words(edtf: &Edtf) -> String {
    match edtf {
        Edtf::Date(date) => date_words(date),
        Edtf::DateTime(moment) => date_words(&moment.date),
        Edtf::Interval(interval) => match (&interval.start, &interval.end) {
            (IntervalEndpoint::Date(start), IntervalEndpoint::Date(end)) => {
                let plain = |date: &edtf_core::Date| date.precision() == Precision::Year;
                let dash = if plain(start) && plain(end) { "–" } else { " – " };
                format!("{}{dash}{}", date_words(start), date_words(end))
            }
            (IntervalEndpoint::Date(start), IntervalEndpoint::Open) => format!("from {}", date_words(start)),
            (IntervalEndpoint::Date(start), _) => format!("{} – ?", date_words(start)),
            (IntervalEndpoint::Open, IntervalEndpoint::Date(end)) => format!("until {}", date_words(end)),
            (_, IntervalEndpoint::Date(end)) => format!("? – {}", date_words(end)),
            _ => edtf.to_string(),
        },
        Edtf::Set(_) => edtf.to_string(),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const SEASONS: [&str; 4] = ["Spring", "Summer", "Autumn", "Winter"];

fn date_words(date: &edtf_core::Date) -> String {
    let year = year_words(date);
    let month = date.month.and_then(edtf_core::DateField::value);
    let day = date.day.and_then(edtf_core::DateField::value);
    let text = match (month, day) {
        (Some(month @ 1..=12), Some(day)) => format!("{day} {} {year}", MONTHS[usize::from(month) - 1]),
        (Some(month @ 1..=12), None) => format!("{} {year}", MONTHS[usize::from(month) - 1]),
        (Some(season @ 21..=24), None) => format!("{} {year}", SEASONS[usize::from(season) - 21]),
        _ => year,
    };
    match (date.is_approximate(), date.is_uncertain()) {
        (true, true) => format!("c. {text}?"),
        (true, false) => format!("c. {text}"),
        (false, true) => format!("{text}?"),
        (false, false) => text,
    }
}

fn year_words(date: &edtf_core::Date) -> String {
    match date.year.kind {
        edtf_core::YearKind::Standard { negative: false, digits: [Some(m), Some(c), Some(d), None] } => {
            format!("{m}{c}{d}0s")
        }
        edtf_core::YearKind::Standard { negative: false, digits: [Some(m), Some(c), None, None] } => {
            format!("{m}{c}00–{m}{c}99")
        }
        _ => match date.year.value() {
            Some(year) if year <= 0 => format!("{} BCE", 1 - year),
            Some(year) => year.to_string(),
            None => "undated".to_string(),
        },
    }
}

/// Reads EDTF text, a bare year, and CSL-JSON's own forms, as Pandoc and Zotero
/// export them: `date-parts` with an optional `season` and `circa`, `raw`,
/// `literal`, and a list of maps with `year`, `month` and `day`.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

/// The characters that EDTF has, of which not every series is a date.
impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let exported = generator.subschema_for::<CslDate>();
        json_schema!({
            "description": "A date as EDTF writes it: 1982, 1982-04, 2011-09-12, 1982~, 1982?, 198X, 2006/2020",
            "anyOf": [
                { "type": "string", "pattern": "^\\s*[-+0-9XYSETZ:./~?%]+\\s*$" },
                { "type": "integer" },
                exported,
                { "type": "array", "items": exported },
            ],
        })
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a date")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
        Date::parse(text).map_err(|(said, help)| strict::fault(said, help))
    }

    fn visit_i64<E: de::Error>(self, year: i64) -> Result<Date, E> {
        let text = if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") };
        self.visit_str(&text)
    }

    fn visit_u64<E: de::Error>(self, year: u64) -> Result<Date, E> {
        self.visit_str(&format!("{year:04}"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
        let parts = CslDate::deserialize(de::value::MapAccessDeserializer::new(map))?;
        self.visit_str(&parts.edtf())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Date, A::Error> {
        let mut dates = Vec::new();
        while let Some(parts) = seq.next_element::<CslDate>()? {
            dates.push(parts.edtf());
        }
        self.visit_str(&dates.join("/"))
    }
}

/// CSL-JSON schema, "date-variable".
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CslDate {
    date_parts: Option<Vec<Vec<Part>>>,
    season: Option<Part>,
    circa: Option<Truth>,
    literal: Option<String>,
    raw: Option<String>,
    year: Option<Part>,
    month: Option<Part>,
    day: Option<Part>,
}

/// Numbers stand as numbers or as text in what programs export.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "DatePart")]
enum Part {
    Number(i64),
    Text(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Truth {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl Truth {
    fn holds(&self) -> bool {
        match self {
            Truth::Flag(flag) => *flag,
            Truth::Number(number) => *number != 0,
            Truth::Text(text) => !matches!(text.as_str(), "" | "0" | "false"),
        }
    }
}

impl Part {
    fn padded(&self, width: usize) -> String {
        match self {
            Part::Number(number) => format!("{number:0width$}"),
            Part::Text(text) => format!("{text:0>width$}"),
        }
    }
}

impl CslDate {
    fn edtf(&self) -> String {
        if let Some(text) = self.raw.as_ref().or(self.literal.as_ref()) {
            return text.clone();
        }
        let one = |parts: &[&Part]| {
            parts
                .iter()
                .enumerate()
                .map(|(index, part)| part.padded(if index == 0 { 4 } else { 2 }))
                .collect::<Vec<_>>()
                .join("-")
        };
        let mut text = match (&self.date_parts, &self.year) {
            (Some(dates), _) => {
                dates.iter().map(|parts| one(&parts.iter().collect::<Vec<_>>())).collect::<Vec<_>>().join("/")
            }
            (None, Some(year)) => {
                let parts: Vec<&Part> =
                    [Some(year), self.month.as_ref(), self.day.as_ref()].into_iter().flatten().collect();
                one(&parts)
            }
            (None, None) => String::new(),
        };
        if let Some(Part::Number(season @ 1..=4)) = self.season
            && text.len() == 4
        {
            text = format!("{text}-{}", season + 20);
        }
        if self.circa.as_ref().is_some_and(Truth::holds) {
            text.push('~');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_date_is_shown_as_any_other(text in "[0-2][0-9]{3}(-[0-3][0-9]){0,2}[~?]?") {
            if let Ok(date) = Date::parse(&text) {
                let edtf = Edtf::parse(&text).expect("it was read");
                let Edtf::Date(read) = edtf else { panic!("{text} is no range") };
                prop_assert_eq!(date.in_words("en"), words(&edtf));
                prop_assert_eq!(Some(date.year_in_words()), year_alone(&edtf));
                prop_assert_eq!(date.parts().map(|parts| parts.start), Point::of(&read));
                prop_assert_eq!(date.parts().map(|parts| parts.uncertain), Some(text.ends_with(['~', '?'])));
                let machine = edtf.level() == 0 && read.year.value().is_some_and(|year| year > 0);
                prop_assert_eq!(date.machine(), machine.then_some(text.as_str()));
            }
        }
    }
}
