//! Lists that are too long for one page, and the pages that they are cut into.
//!
//! In: the rows of a list, each with about how many bytes it adds to a page. Out: a
//! [`Split`], which says which page has which rows; nothing where one page has room for
//! all. A list in time is cut by decade, a decade that is too long by year, a year by
//! count; an index by letter, a letter by count. So the address of a page follows from
//! what stands on it, and stays what it is when entries are added. The list's own address
//! keeps what belongs to the list as a whole, and leads to all parts. Absent on purpose:
//! what a row shows.

use std::{ops::Range, sync::Arc};

use serde::Serialize;

use super::{
    address::Permalink,
    timeline::{decade_label, decade_of, year_label},
    view::{LinkView, link},
};

/// About how many bytes of rows a page holds: what stands around them is within the rest
/// of 300 kB.
pub const BYTES: usize = 245_000;

/// What the page of a list can hold.
#[derive(Clone, Copy)]
pub struct Limits {
    pub bytes: usize,
    pub rows: usize,
}

impl Limits {
    /// Whether one page has room for rows of these lengths.
    pub fn hold(self, rows: impl Iterator<Item = usize>) -> bool {
        let mut left = self;
        for bytes in rows {
            if left.rows == 0 || left.bytes < bytes {
                return false;
            }
            left = Limits { bytes: left.bytes - bytes, rows: left.rows - 1 };
        }
        true
    }

    /// The same, whatever their number.
    pub fn hold_bytes(self, rows: impl Iterator<Item = usize>) -> bool {
        Limits { rows: usize::MAX, ..self }.hold(rows)
    }
}

/// A row by its index in the list; and which kind of row it is, or which of several with
/// that index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row(pub usize, pub usize);

/// The pages of a list that is too long for one.
#[derive(Debug, PartialEq, Eq)]
pub struct Split {
    /// The list's own address: the first page.
    pub home: Permalink,
    /// Decades, letters or lists: what readers know the parts by.
    pub groups: Vec<Group>,
    /// The pages behind the first, in the order of reading.
    pub parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// `1990s`, `A`
    pub label: String,
    /// The fragment that leads to it on the first page: `y1990s`, `letter-a`.
    pub id: String,
    pub rows: usize,
    /// Indexes of its parts; never empty.
    pub parts: Range<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    pub permalink: Permalink,
    /// `1990s`, `1994`, `1994 (2)`
    pub label: String,
    /// Index of its group.
    pub group: usize,
    /// Empty for a decade whose years have pages of their own.
    pub rows: Vec<Row>,
    /// How many works it leads to, or has.
    pub count: usize,
    /// The first and last year, in a list by time.
    years: Option<(i16, i16)>,
}

/// Which page of a split list one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub split: Arc<Split>,
    /// Index of the part; `None` for the first page.
    pub part: Option<usize>,
}

impl Piece {
    pub fn part(&self) -> Option<&Part> {
        self.part.map(|index| &self.split.parts[index])
    }

    /// Those rows of a list that stand on this page.
    pub fn pick<T: Clone>(&self, list: &[T]) -> Vec<T> {
        self.rows(0).filter_map(|index| list.get(index).cloned()).collect()
    }

    /// The indexes of this page's rows of one kind.
    pub fn rows(&self, kind: usize) -> impl Iterator<Item = usize> + Clone + '_ {
        let rows = self.part().map_or(&[][..], |part| &part.rows);
        rows.iter().filter(move |row| row.1 == kind).map(|row| row.0)
    }

    /// Whether the list has rows of a kind on any page.
    pub fn has(&self, kind: usize) -> bool {
        self.split.parts.iter().flat_map(|part| &part.rows).any(|row| row.1 == kind)
    }
}

impl Split {
    /// The page where a year of a list in time begins.
    pub fn of_year(&self, year: i16) -> Option<&Permalink> {
        let holds = |part: &&Part| {
            !part.rows.is_empty() && part.years.is_some_and(|(first, last)| (first..=last).contains(&year))
        };
        self.parts.iter().find(holds).map(|part| &part.permalink)
    }

    /// All pages behind the first.
    pub fn pieces(self: &Arc<Self>) -> impl Iterator<Item = (Permalink, Piece)> + '_ {
        let piece = |index: usize| Piece { split: Arc::clone(self), part: Some(index) };
        self.parts.iter().enumerate().map(move |(index, part)| (part.permalink.clone(), piece(index)))
    }
}

/// Rows with their years, `None` where undated. `folder` ends in a slash; a page that has
/// all rows has so many bytes `beside` them.
pub fn in_time(
    home: &Permalink,
    folder: &str,
    limits: Limits,
    beside: usize,
    rows: impl Iterator<Item = (Row, Option<i16>, usize)> + Clone,
) -> Option<Arc<Split>> {
    let whole = Limits { bytes: limits.bytes.saturating_sub(beside), ..limits };
    if whole.hold(rows.clone().map(|(.., bytes)| bytes)) {
        return None;
    }
    let mut cut = Cut::new(home, folder, limits);
    cut.in_time(rows);
    Some(cut.finish())
}

/// A list whose rows have numbers.
pub struct NumberedList<'a> {
    /// A collection's.
    pub id: &'a str,
    pub title: &'a str,
    /// With their numbers and lengths, by number.
    pub rows: Vec<(Row, u32, usize)>,
}

/// Rows by hundreds of numbers.
pub fn by_number(home: &Permalink, folder: &str, limits: Limits, lists: &[NumberedList<'_>]) -> Arc<Split> {
    let mut cut = Cut::new(home, folder, limits);
    for NumberedList { id, title, rows } in lists.iter().filter(|list| !list.rows.is_empty()) {
        cut.group(title, format!("list-{id}"));
        let block = |number: u32| number.saturating_sub(1) / NUMBERS;
        for rows in rows.chunk_by(|one, next| block(one.1) == block(next.1)) {
            let (first, last) = (block(rows[0].1) * NUMBERS + 1, (block(rows[0].1) + 1).saturating_mul(NUMBERS));
            let rows: Vec<(Row, usize)> = rows.iter().map(|&(row, _, bytes)| (row, bytes)).collect();
            cut.counted(&format!("{id}/{first}-{last}"), &format!("{title} {first}–{last}"), &rows, None);
        }
    }
    cut.finish()
}

/// How many numbers of a list stand on one page.
const NUMBERS: u32 = 200;

/// A letter as pages are named by it.
#[derive(PartialEq, Eq)]
struct LetterName {
    label: String,
    key: String,
}

impl LetterName {
    fn of(word: &str) -> Self {
        let label = initial(word);
        let letter = label.chars().next().unwrap_or('#');
        // From the radicals on every word would have a letter of its own.
        if letter >= '\u{2e80}' {
            return LetterName { label: "CJK".to_string(), key: "cjk".to_string() };
        }
        let key = match letter {
            'A'..='Z' => letter.to_ascii_lowercase().to_string(),
            '#' => "other".to_string(),
            _ => format!("u{:04x}", u32::from(letter)),
        };
        LetterName { label, key }
    }
}

/// The base letter that a word stands under: `É` under `E`; `#` for what begins with none.
pub fn initial(word: &str) -> String {
    let first = first_letter(word);
    let latin = first.and_then(deunicode::deunicode_char).and_then(|text| text.chars().next());
    match (first, latin) {
        (Some(first), _) if first.is_alphabetic() && !is_latin(first) => first.to_uppercase().collect(),
        (_, Some(letter)) if letter.is_ascii_alphabetic() => letter.to_ascii_uppercase().to_string(),
        _ => "#".to_string(),
    }
}

/// What decides which letter a word stands under.
fn first_letter(word: &str) -> Option<char> {
    word.chars().find(|c| c.is_alphanumeric())
}

/// Basic Latin, Latin-1, Latin Extended-A and -B, and Latin Extended Additional.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{41}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// A split list as it is cut.
pub struct Cut<'a> {
    folder: &'a str,
    limits: Limits,
    split: Split,
}

impl<'a> Cut<'a> {
    /// `folder` ends in a slash.
    pub fn new(home: &Permalink, folder: &'a str, limits: Limits) -> Self {
        Cut { folder, limits, split: Split { home: home.clone(), groups: Vec::new(), parts: Vec::new() } }
    }

    /// Rows with their years, `None` where undated.
    pub fn in_time(&mut self, rows: impl Iterator<Item = (Row, Option<i16>, usize)>) {
        let mut dated: Vec<(i16, (Row, usize))> = Vec::new();
        let mut undated = Vec::new();
        for (row, year, bytes) in rows {
            match year {
                Some(year) => dated.push((year, (row, bytes))),
                None => undated.push((row, bytes)),
            }
        }
        // They are in time, so that there is nothing to be moved but where dates are vague.
        dated.sort_by_key(|(year, _)| *year);
        for decade in dated.chunk_by(|one, next| decade_of(one.0) == decade_of(next.0)) {
            let label = decade_label(decade_of(decade[0].0));
            let key = label.replace(' ', "-").to_lowercase();
            let span = (decade[0].0, decade[decade.len() - 1].0);
            let rows =
                |years: &[(i16, (Row, usize))]| -> Vec<(Row, usize)> { years.iter().map(|(_, row)| *row).collect() };
            let all = rows(decade);
            self.group(&label, format!("y{key}"));
            if self.limits.hold(all.iter().map(|(_, bytes)| *bytes)) {
                self.part(&key, &label, &all, Some(span));
                continue;
            }
            self.part(&key, &label, &[], Some(span));
            for of_year in decade.chunk_by(|one, next| one.0 == next.0) {
                let year = of_year[0].0;
                let label = year_label(year);
                self.counted(&label.replace(' ', "-").to_lowercase(), &label, &rows(of_year), Some((year, year)));
            }
            self.sum_up();
        }
        if !undated.is_empty() {
            self.group("Undated", "undated".to_string());
            self.counted("undated", "Undated", &undated, None);
        }
    }

    /// Rows in the order of an alphabet, with the words whose letters they stand under. What
    /// sets these parts apart from others of the list comes before their letter: `narrower-`
    /// in addresses, `Narrower terms, ` in words.
    pub fn by_letter<'b>(
        &mut self,
        (key_start, start): (&str, &str),
        rows: impl Iterator<Item = (Row, &'b str, usize)>,
    ) {
        let mut letters: Vec<(LetterName, Vec<(Row, usize)>)> = Vec::new();
        // Words come in order, so most begin as the one before: where it stands they stand.
        let mut before = None;
        for (row, label, bytes) in rows {
            let first = first_letter(label);
            let at = before.filter(|(known, _)| *known == first).map_or_else(
                || {
                    let letter = LetterName::of(label);
                    // A letter stands in one place, but for words that fold into it from elsewhere.
                    letters.iter().rposition(|(known, _)| *known == letter).unwrap_or_else(|| {
                        letters.push((letter, Vec::new()));
                        letters.len() - 1
                    })
                },
                |(_, at)| at,
            );
            before = Some((first, at));
            letters[at].1.push((row, bytes));
        }
        for (LetterName { label, key }, rows) in letters {
            let label = format!("{start}{label}");
            self.group(&label, format!("{key_start}letter-{key}"));
            self.counted(&format!("{key_start}{key}"), &label, &rows, None);
        }
    }

    fn group(&mut self, label: &str, id: String) {
        let start = self.split.parts.len();
        self.split.groups.push(Group { label: label.to_string(), id, rows: 0, parts: start..start });
    }

    fn part(&mut self, key: &str, label: &str, rows: &[(Row, usize)], years: Option<(i16, i16)>) {
        let group = self.split.groups.len() - 1;
        self.split.parts.push(Part {
            permalink: Permalink::new(format!("{}{key}.html", self.folder)),
            label: label.to_string(),
            group,
            rows: rows.iter().map(|(row, _)| *row).collect(),
            count: rows.len(),
            years,
        });
        self.split.groups[group].rows += rows.len();
        self.split.groups[group].parts.end += 1;
    }

    /// As many parts as the rows need.
    fn counted(&mut self, key: &str, label: &str, rows: &[(Row, usize)], years: Option<(i16, i16)>) {
        let mut rest = rows;
        let mut number = 1;
        while !rest.is_empty() {
            let mut left = self.limits;
            let fits = |(_, bytes): &&(Row, usize)| {
                let fits = left.rows > 0 && left.bytes >= *bytes;
                left = Limits { bytes: left.bytes.saturating_sub(*bytes), rows: left.rows.saturating_sub(1) };
                fits
            };
            let (here, later) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            if number == 1 {
                self.part(key, label, here, years);
            } else {
                self.part(&format!("{key}-{number}"), &format!("{label} ({number})"), here, years);
            }
            number += 1;
            rest = later;
        }
    }

    /// The first part of the last group leads to the others.
    fn sum_up(&mut self) {
        if let Some(group) = self.split.groups.last() {
            self.split.parts[group.parts.start].count = group.rows;
        }
    }

    pub fn finish(self) -> Arc<Split> {
        Arc::new(self.split)
    }
}

/// Where a page stands among those of its list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PartsView {
    /// `1990s`; absent on the first page, which has the list's address and none of its rows.
    pub label: Option<String>,
    /// The first page, by the list's title.
    pub list: LinkView,
    pub previous: Option<LinkView>,
    pub next: Option<LinkView>,
    /// Decades, letters or lists: all of them on the first page and the nearest ones
    /// elsewhere.
    pub groups: Vec<PartGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PartGroup {
    /// `1990s`, `A`
    pub label: String,
    /// The fragment that leads to it on the first page; an entry's page has none.
    pub id: Option<String>,
    pub href: String,
    pub rows: usize,
    /// Whether the page belongs to it.
    pub current: bool,
    /// Its pages, where there are several: on the first page, and on those of the group.
    pub parts: Vec<PartLink>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PartLink {
    /// `1994`, `1994 (2)`
    pub label: String,
    pub href: String,
    pub rows: usize,
    /// Whether it is this page.
    pub current: bool,
}

/// More than these are not named on each part.
const NEAR: usize = 40;

impl PartsView {
    pub fn of(piece: &Piece, title: &str, at: &Permalink) -> Self {
        let Piece { split, part: own } = piece;
        let to = |part: usize| link(&split.parts[part].label, &split.parts[part].permalink, at);
        let home = || link(title, &split.home, at);
        let group = piece.part().map(|part| part.group);
        let shown = |count: usize, current: Option<usize>| {
            let start = current.map_or(0, |current| current.saturating_sub(NEAR / 2).min(count.saturating_sub(NEAR)));
            start..if current.is_some() { count.min(start + NEAR) } else { count }
        };
        let parts_of = |of: &Group| {
            let first = of.parts.start;
            let near = shown(of.parts.len(), own.map(|own| own - first));
            let entry = |index: usize| PartLink {
                label: split.parts[index].label.clone(),
                href: to(index).href,
                rows: split.parts[index].count,
                current: *own == Some(index),
            };
            (first + near.start..first + near.end).map(entry).collect()
        };
        let groups = shown(split.groups.len(), group).map(|index| {
            let of = &split.groups[index];
            let current = group == Some(index);
            let open = of.parts.len() > 1 && (current || own.is_none());
            PartGroup {
                label: of.label.clone(),
                id: Some(of.id.clone()),
                href: to(of.parts.start).href,
                rows: of.rows,
                current,
                parts: if open { parts_of(of) } else { Vec::new() },
            }
        });
        PartsView {
            label: piece.part().map(|part| part.label.clone()),
            list: home(),
            previous: own.map(|own| own.checked_sub(1).map_or_else(home, to)),
            next: Some(own.map_or(0, |own| own + 1)).filter(|next| *next < split.parts.len()).map(to),
            groups: groups.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { bytes: 1000, rows: 12 };

    fn check(split: &Split, rows: &[usize]) {
        let mut seen: Vec<usize> = split.parts.iter().flat_map(|part| &part.rows).map(|row| row.0).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..rows.len()).collect::<Vec<_>>(), "each row stands on one page");
        for part in &split.parts {
            let fits = LIMITS.hold(part.rows.iter().map(|row| rows[row.0]));
            assert!(fits || part.rows.len() == 1, "{} is too long", part.label);
        }
        let addresses: BTreeSet<&Permalink> = split.parts.iter().map(|part| &part.permalink).collect();
        assert_eq!(addresses.len(), split.parts.len(), "no two pages have one address");
        assert_eq!(split.groups.iter().map(|group| group.rows).sum::<usize>(), rows.len());
        assert!(split.groups.windows(2).all(|pair| pair[0].parts.end == pair[1].parts.start));
    }

    proptest! {
        #[test]
        fn a_list_in_time_is_cut_into_pages_that_are_short_enough(
            rows in prop::collection::vec((prop::option::of(-60_i16..60), 1_usize..1200), 0..120),
        ) {
            let lengths: Vec<usize> = rows.iter().map(|row| row.1).collect();
            let given = rows.iter().zip(0..).map(|(&(year, bytes), at)| (Row(at, 0), year, bytes));
            match in_time(&Permalink::new("list.html"), "list/", LIMITS, 0, given) {
                None => prop_assert!(LIMITS.hold(lengths.into_iter())),
                Some(split) => {
                    check(&split, &lengths);
                    for (year, _) in rows.iter().filter_map(|(year, bytes)| Some((*year.as_ref()?, bytes))) {
                        let page = split.of_year(year).expect("each year has a page");
                        let part = split.parts.iter().find(|part| part.permalink == *page).expect("it is one of them");
                        prop_assert!(part.rows.iter().any(|row| rows[row.0].0 == Some(year)));
                    }
                }
            }
        }

        #[test]
        fn an_index_is_cut_into_pages_that_are_short_enough(
            rows in prop::collection::vec(("[a-cÀ-ÿЖ-м漢あ0-9 ]{0,3}", 1_usize..1200), 0..120),
        ) {
            let lengths: Vec<usize> = rows.iter().map(|row| row.1).collect();
            let mut cut = Cut::new(&Permalink::new("list.html"), "list/", LIMITS);
            cut.by_letter(("", ""), rows.iter().zip(0..).map(|((word, bytes), at)| (Row(at, 0), word.as_str(), *bytes)));
            let split = cut.finish();
            check(&split, &lengths);
            let plain = |path: &str| path.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/-.".contains(&byte));
            prop_assert!(split.parts.iter().all(|part| plain(part.permalink.as_str())));
        }
    }
}
