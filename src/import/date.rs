//! Dates as programs and people write them, as EDTF.
//!
//! In: text. Out: a [`Date`] that is as precise as the text, or `None` where it is not clear:
//! `5/6/2011` may be of May or of June.

use std::fmt::Write;

use crate::entry::Date;

/// Reads EDTF, numbers in the order that RIS or a language has them in, and English words.
pub fn read(text: &str) -> Option<Date> {
    let text = text.trim().trim_matches(['[', ']', '(', ')']).trim();
    let plain = text.split_once('T').map_or(text, |(day, time)| if time.contains(':') { day } else { text });
    edtf(plain).or_else(|| one(text).and_then(|point| parse(&point.edtf()?))).or_else(|| range(text))
}

fn parse(text: &str) -> Option<Date> {
    Date::parse(text).ok()
}

/// EDTF, of which `BibLaTeX` leaves an open end empty.
fn edtf(text: &str) -> Option<Date> {
    let ends = text.split_once('/').filter(|(_, end)| !end.contains('/'));
    match ends {
        Some(("" | "open", end)) => parse(&format!("../{end}")),
        Some((start, "" | "open")) => parse(&format!("{start}/..")),
        _ if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) => parse(&format!("0{text}")),
        _ => parse(text),
    }
}

/// What is told of a day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Point {
    /// 0 is 1 BCE.
    pub year: Option<i32>,
    /// From 1; a season is 21 to 24.
    pub month: Option<u32>,
    pub day: Option<u32>,
    pub approximate: bool,
    pub uncertain: bool,
}

impl Point {
    /// `None` where there is no year.
    pub fn edtf(&self) -> Option<String> {
        let year = self.year?;
        let mut text = if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") };
        if let Some(month) = self.month {
            let _ = write!(text, "-{month:02}");
            if let Some(day) = self.day {
                let _ = write!(text, "-{day:02}");
            }
        }
        text += match (self.approximate, self.uncertain) {
            (true, true) => "%",
            (true, false) => "~",
            (false, true) => "?",
            (false, false) => "",
        };
        Some(text)
    }
}

fn one(text: &str) -> Option<Point> {
    numbers(text).or_else(|| words(text))
}

/// `1982/04/12/`, `12.4.1982`, `4/23/1982`.
fn numbers(text: &str) -> Option<Point> {
    let parts: Vec<&str> = text.split(['/', '.']).map(str::trim).collect();
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let year = |part: &str| part.parse::<i32>().ok().filter(|_| part.len() == 4);
    match parts.as_slice() {
        [first, rest @ ..] if year(first).is_some() && !rest.is_empty() => {
            let mut point = Point { year: year(first), ..Point::default() };
            let mut rest = rest.iter().filter(|part| !part.is_empty());
            for part in rest.by_ref().take(2) {
                match number(part) {
                    Some(month) if point.month.is_none() => point.month = Some(month),
                    Some(day) if point.day.is_none() => point.day = Some(day),
                    _ => point = joined(point, words(part)?)?,
                }
            }
            match rest.next() {
                // The time of day.
                Some(further) if further.contains(':') => Some(point),
                Some(further) => joined(point, words(further)?),
                None => Some(point),
            }
        }
        [first, second, third] => {
            let (first, second, year) = (number(first)?, number(second)?, year(third)?);
            let is_german = text.contains('.');
            let (day, month) = match (first, second) {
                (day, month) if is_german || day > 12 => (day, month),
                (month, day) if day > 12 || day == month => (day, month),
                _ => return None,
            };
            Some(Point { year: Some(year), month: Some(month), day: Some(day), ..Point::default() })
        }
        _ => None,
    }
}

/// Two tellings of one day that do not differ.
fn joined(one: Point, other: Point) -> Option<Point> {
    let differ = one.year.is_some() && other.year.is_some() || one.month.is_some() && other.month.is_some();
    (!differ).then(|| Point {
        year: one.year.or(other.year),
        month: one.month.or(other.month),
        day: one.day.or(other.day),
        ..one
    })
}

/// `12 May 1999`, `May 12th, 1999`, `c. 1920`, `Spring 2010`, `44 BCE`.
fn words(text: &str) -> Option<Point> {
    let mut point = Point::default();
    let mut before_christ = false;
    let separate = |sign: char| sign.is_whitespace() || matches!(sign, ',' | '.' | '~' | '\u{a0}');
    for word in text.split(separate).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        let certain = word.trim_end_matches('?');
        point.uncertain |= certain.len() < word.len();
        let digits = certain.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let ending = &certain[digits.len()..];
        match (digits, ending) {
            ("", "c" | "ca" | "circa" | "approx" | "about") => point.approximate = true,
            ("", "bc" | "bce") => before_christ = true,
            ("", "" | "of" | "the" | "ad" | "ce") => {}
            ("", name) => point.month = Some(month(name).filter(|_| point.month.is_none())?),
            (_, "" | "st" | "nd" | "rd" | "th") if digits.len() <= 2 && point.day.is_none() => {
                point.day = Some(digits.parse().ok()?);
            }
            (_, "") if point.year.is_none() && digits.len() <= 4 => point.year = Some(digits.parse().ok()?),
            _ => return None,
        }
    }
    if before_christ {
        let year = point.year.take().or(point.day.take().and_then(|day| i32::try_from(day).ok()))?;
        point.year = Some(1 - year);
    }
    let told = point.year.is_some() || point.month.is_some() || point.day.is_some();
    (told && (point.day.is_none() || point.month.is_some() || point.year.is_none())).then_some(point)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month by its English name or the beginning of it, or a season as EDTF counts them.
pub fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let season = match name.as_str() {
        "spring" => Some(21),
        "summer" => Some(22),
        "autumn" | "fall" => Some(23),
        "winter" => Some(24),
        _ => None,
    };
    let begins = |month: &&str| name.len() >= 3 && month.starts_with(&name);
    let found = || MONTHS.iter().zip(1..).find(|(month, _)| begins(month)).map(|(_, number)| number);
    season.or_else(found).or_else(|| name.starts_with("sept").then_some(9).filter(|_| name.len() <= 5))
}

/// `1999–2000`, `July–August 1999`, `12–14 May 1999`; also what words say of decades and of
/// dates that are open on one side.
fn range(text: &str) -> Option<Date> {
    if let Some(decade) = text.strip_suffix('s').filter(|decade| decade.len() == 4 && decade.ends_with('0')) {
        return parse(&format!("{}X", &decade[..3]));
    }
    let written = |text: &str| one(text)?.edtf();
    if let Some(start) = text.strip_prefix("from ") {
        return parse(&format!("{}/..", written(start)?));
    }
    if let Some(end) = text.strip_prefix("until ") {
        return parse(&format!("../{}", written(end)?));
    }
    let parted = ["–", "—", "--", "/", " to ", "-"].iter().find_map(|dash| text.split_once(dash));
    let (start, end) = parted.map(|(start, end)| (start.trim(), end.trim_start_matches('-').trim()))?;
    match (start, end) {
        ("?", end) => return parse(&format!("/{}", written(end)?)),
        (start, "?") => return parse(&format!("{}/", written(start)?)),
        (start, "") => return parse(&format!("{}/..", written(start)?)),
        _ => {}
    }
    let (mut start, mut end) = (one(start)?, one(end)?);
    if start.year.is_some() && end.year.is_none() && start.month.is_none() && end.month.is_none() {
        // `1982–83`
        let (year, last) = (start.year?, i32::try_from(end.day.take()?).ok()?);
        end.year = Some(year - year % 100 + last);
    }
    start.month = start.month.or(end.month.filter(|_| start.day.is_some()));
    start.year = start.year.or(end.year);
    end.year = end.year.or(start.year);
    parse(&format!("{}/{}", start.edtf()?, end.edtf()?)).filter(|date| date.earliest <= date.latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_precisely_as_it_is_written() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read(text).as_ref().map(Date::written).unwrap_or_default(), expected, "{text}");
        };
        for (text, expected) in [
            ("1982", "1982"),
            ("1982-04", "1982-04"),
            ("1982-04-12", "1982-04-12"),
            ("2015-07-12T10:00:00Z", "2015-07-12"),
            ("2006/2020", "2006/2020"),
            ("1997/", "1997/.."),
            ("/1997", "../1997"),
            ("1984~", "1984~"),
            ("199X", "199X"),
            ("1982///", "1982"),
            ("1982/04//", "1982-04"),
            ("1982/04/12/", "1982-04-12"),
            ("1982///Spring", "1982-21"),
            ("2017/02/10/10:12:13", "2017-02-10"),
            ("12.4.1982", "1982-04-12"),
            ("23/4/1982", "1982-04-23"),
            ("4/23/1982", "1982-04-23"),
            ("4/5/1982", ""),
            ("May 1999", "1999-05"),
            ("12 May 1999", "1999-05-12"),
            ("May 12th, 1999", "1999-05-12"),
            ("Sept. 1999", "1999-09"),
            ("Spring 2010", "2010-21"),
            ("c. 1920", "1920~"),
            ("[1920?]", "1920?"),
            ("44 BCE", "-0043"),
            ("1980s", "198X"),
            ("1999–2000", "1999/2000"),
            ("1999--2000", "1999/2000"),
            ("1982-83", "1982/1983"),
            ("July–August 1999", "1999-07/1999-08"),
            ("12–14 May 1999", "1999-05-12/1999-05-14"),
            ("from May 1950", "1950-05/.."),
            ("until 1950", "../1950"),
            ("1999-02-30", ""),
            ("forthcoming", ""),
            ("n.d.", ""),
            ("12", ""),
            ("", ""),
        ] {
            check(text, expected);
        }
    }
}
