//! RIS: *RIS Format Specifications* (Reference Manager, 2011), with the dialects of `EndNote`,
//! Mendeley and Zotero.

use std::ops::Range;

use super::{Draft, Record, Script, date, name, unknown_kind};
use crate::{
    diagnostic::{Checked, Diagnostic, did_you_mean},
    entry::{DateVariable, Kind, Role, Variable},
};

/// A field: its tag, its value with what further lines add, and where that stands.
struct Field<'s> {
    tag: &'s str,
    values: Vec<&'s str>,
    at: Range<usize>,
}

pub fn read(script: &Script) -> Vec<Record> {
    let mut records = Vec::new();
    let mut open: Option<Vec<Field<'_>>> = None;
    let mut strays = false;
    let mut start = 0;
    for line in script.text().split_inclusive('\n') {
        let at = start..start + line.trim_end().len();
        start += line.len();
        match (tag(line), &mut open) {
            (Some(("TY", kind)), _) => {
                records.extend(open.take().map(|fields| work(&fields, script)));
                open = Some(vec![Field { tag: "TY", values: vec![kind], at }]);
                strays = false;
            }
            (Some(("ER", _)), _) => {
                records.extend(open.take().map(|fields| work(&fields, script)));
                strays = false;
            }
            (Some((tag, value)), Some(fields)) => fields.push(Field { tag, values: vec![value], at }),
            (None, Some(fields)) => {
                if let Some(last) = fields.last_mut().filter(|_| !line.trim().is_empty()) {
                    last.values.push(line.trim());
                }
            }
            (Some(_), None) if !strays => {
                // The lines behind it have the same cause.
                strays = true;
                records.push(broken(
                    Diagnostic::error("broken-record", script.place(at), "this line belongs to no record")
                        .help("begin the record with a line `TY  - ` and its type, as in `TY  - JOUR`".to_string()),
                ));
            }
            (_, None) => {}
        }
    }
    records.extend(open.take().map(|fields| work(&fields, script)));
    records
}

fn broken(fault: Diagnostic) -> Record {
    Checked { value: None, diagnostics: vec![fault] }
}

/// `TY  - JOUR`; some programs write one blank, and none behind the hyphen of `ER`.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.split_at_checked(2)?;
    let mut signs = tag.bytes();
    let sound = signs.next().is_some_and(|sign| sign.is_ascii_uppercase())
        && signs.next().is_some_and(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit());
    let value = rest.strip_prefix("  -").or_else(|| rest.strip_prefix(" -"))?;
    let parted = value.is_empty() || value.starts_with([' ', '\r', '\n']);
    (sound && parted).then_some((tag, value.trim()))
}

/// Types of RIS, with those of CSL.
const KINDS: &[(&str, Kind)] = &[
    ("ABST", Kind::ArticleJournal),
    ("ADVS", Kind::MotionPicture),
    ("AGGR", Kind::Dataset),
    ("ANCIENT", Kind::Classic),
    ("ART", Kind::Graphic),
    ("BILL", Kind::Bill),
    ("BLOG", Kind::PostWeblog),
    ("BOOK", Kind::Book),
    ("CASE", Kind::LegalCase),
    ("CHAP", Kind::Chapter),
    ("CHART", Kind::Figure),
    ("CLSWK", Kind::Classic),
    ("COMP", Kind::Software),
    ("CONF", Kind::PaperConference),
    ("CPAPER", Kind::PaperConference),
    ("CTLG", Kind::Book),
    ("DATA", Kind::Dataset),
    ("DBASE", Kind::Dataset),
    ("DICT", Kind::EntryDictionary),
    ("EBOOK", Kind::Book),
    ("ECHAP", Kind::Chapter),
    ("EDBOOK", Kind::Book),
    ("EJOUR", Kind::ArticleJournal),
    ("ELEC", Kind::Webpage),
    ("ENCYC", Kind::EntryEncyclopedia),
    ("EQUA", Kind::Figure),
    ("FIGURE", Kind::Figure),
    ("GEN", Kind::Document),
    ("GOVDOC", Kind::Report),
    ("GRANT", Kind::Document),
    ("GRNT", Kind::Document),
    ("HEAR", Kind::Hearing),
    ("ICOMM", Kind::PersonalCommunication),
    ("INPR", Kind::ArticleJournal),
    ("INTV", Kind::Interview),
    ("JFULL", Kind::Periodical),
    ("JOUR", Kind::ArticleJournal),
    ("LEGAL", Kind::Legislation),
    ("MANSCPT", Kind::Manuscript),
    ("MAP", Kind::Map),
    ("MGZN", Kind::ArticleMagazine),
    ("MPCT", Kind::MotionPicture),
    ("MULTI", Kind::Document),
    ("MUSIC", Kind::MusicalScore),
    ("NEWS", Kind::ArticleNewspaper),
    ("PAMP", Kind::Pamphlet),
    ("PAT", Kind::Patent),
    ("PCOMM", Kind::PersonalCommunication),
    ("PODCST", Kind::Broadcast),
    ("PRESS", Kind::ArticleNewspaper),
    ("RPRT", Kind::Report),
    ("SER", Kind::Book),
    ("SLIDE", Kind::Speech),
    ("SOUND", Kind::Song),
    ("STAND", Kind::Standard),
    ("STAT", Kind::Legislation),
    ("STD", Kind::Standard),
    ("THES", Kind::Thesis),
    ("UNBILL", Kind::Bill),
    ("UNPB", Kind::Manuscript),
    ("UNPD", Kind::Manuscript),
    ("VIDEO", Kind::MotionPicture),
    ("WEB", Kind::Webpage),
];

fn work(fields: &[Field<'_>], script: &Script) -> Record {
    let mut draft = Draft::new(fields.first().map_or(0..0, |field| field.at.clone()));
    let mut diagnostics = Vec::new();
    let mut dates = Dates::default();
    let mut pages = (None, None);
    for field in fields {
        let at = &field.at;
        let text = field.values.join(" ");
        if text.is_empty() {
            continue;
        }
        match field.tag {
            "TY" => {
                if let Some((_, kind)) = KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
                    draft.kind = *kind;
                } else {
                    let known = did_you_mean(&text, KINDS.iter().map(|(name, _)| *name));
                    diagnostics.push(unknown_kind("RIS", &text, known, script.place(at.clone())));
                    draft.note("TY", &text);
                }
            }
            "SP" => pages.0 = Some((text, at)),
            "EP" => pages.1 = Some((text, at)),
            "PY" | "Y1" => dates.year = dates.year.or(Some((text, at, field.tag))),
            "DA" => dates.day = Some((text, at, field.tag)),
            _ => put(&mut draft, field, &text),
        }
    }
    put_pages(&mut draft, pages);
    dates.put(&mut draft);
    if !draft.has_title() {
        // The title of a whole book or of an issue.
        let other = fields.iter().find(|field| ["BT", "T2", "T3"].contains(&field.tag));
        if let Some(field) = other {
            draft.set_title(&field.values.join(" "));
        }
    }
    Checked { value: Some(draft), diagnostics }
}

fn put(draft: &mut Draft, field: &Field<'_>, text: &str) {
    let (tag, at) = (field.tag, &field.at);
    let kind = draft.kind;
    let is_part =
        matches!(kind, Kind::Chapter | Kind::PaperConference | Kind::EntryDictionary | Kind::EntryEncyclopedia);
    let is_book = matches!(kind, Kind::Book | Kind::Classic);
    let is_article =
        matches!(kind, Kind::ArticleJournal | Kind::ArticleMagazine | Kind::ArticleNewspaper | Kind::Periodical);
    match tag {
        "BT" if is_part => draft.put(Variable::ContainerTitle, text, tag, at),
        "TI" | "T1" | "BT" if !draft.has_title() => draft.set_title(text),
        "AU" | "A1" => people(draft, Role::Author, field),
        "ED" => people(draft, Role::Editor, field),
        "A2" => people(draft, if is_book { Role::CollectionEditor } else { Role::Editor }, field),
        "A3" => people(draft, if is_part { Role::CollectionEditor } else { Role::Editor }, field),
        "A4" | "TA" => people(draft, Role::Translator, field),
        "T2" if is_book => draft.put(Variable::CollectionTitle, text, tag, at),
        "C3" if kind == Kind::PaperConference => draft.put(Variable::EventTitle, text, tag, at),
        "T2" | "JF" | "JO" => container(draft, text, tag, at),
        "T3" => draft.put(Variable::CollectionTitle, text, tag, at),
        "JA" | "J2" | "J1" => draft.put(Variable::ContainerTitleShort, text, tag, at),
        "VL" => draft.put(Variable::Volume, text, tag, at),
        "IS" | "M1" => {
            let variable = if is_article { Variable::Issue } else { Variable::Number };
            draft.put(variable, text, tag, at);
        }
        "M3" | "L3" if is_doi(text) => draft.put(Variable::Doi, text, tag, at),
        "M3" => draft.put(Variable::Genre, text, tag, at),
        // EndNote has the day when an article went online there.
        "ET" if is_article && date::read(text).is_some() => draft.date(DateVariable::AvailableDate, text, tag, at),
        "ET" => draft.put(Variable::Edition, text, tag, at),
        "NV" => draft.put(Variable::NumberOfVolumes, text, tag, at),
        "SV" => draft.put(Variable::CollectionNumber, text, tag, at),
        "PB" => draft.put(Variable::Publisher, text, tag, at),
        "CY" | "PP" => draft.put(Variable::PublisherPlace, text, tag, at),
        "SN" => number(draft, text, tag, at),
        "DO" => draft.put(Variable::Doi, text, tag, at),
        "UR" => urls(draft, field),
        "AB" | "N2" => draft.put(Variable::Abstract, text, tag, at),
        "N1" | "RN" => draft.add(Variable::Note, &without_marks(&field.values.join("\n")), "\n"),
        "KW" => {
            // EndNote puts the tag before the first keyword alone, others all on one line.
            let words = field.values.iter().flat_map(|line| line.split(';'));
            words.for_each(|word| draft.keyword(word));
        }
        "LA" => draft.put(Variable::Language, text, tag, at),
        "ST" => draft.put(Variable::TitleShort, text, tag, at),
        "OP" => draft.put(Variable::OriginalTitle, text, tag, at),
        "RI" => draft.put(Variable::ReviewedTitle, text, tag, at),
        "SE" => draft.put(Variable::Section, text, tag, at),
        "CN" => draft.put(Variable::CallNumber, text, tag, at),
        "DB" => draft.put(Variable::Archive, text, tag, at),
        "AV" => draft.put(Variable::ArchiveLocation, text, tag, at),
        "DP" => draft.put(Variable::Source, text, tag, at),
        "Y2" => draft.date(DateVariable::Accessed, text, tag, at),
        // A number of the program's own; a name is a citation key.
        "ID" if text.bytes().all(|byte| byte.is_ascii_digit()) => {}
        "ID" => draft.put(Variable::CitationKey, text, tag, at),
        _ => draft.homeless(tag, text, at),
    }
}

fn people(draft: &mut Draft, role: Role, field: &Field<'_>) {
    for name in field.values.iter().filter_map(|name| name::inverted(name)) {
        draft.person(role, name);
    }
}

/// Journals stand under several tags, and an abbreviation under any of them.
fn container(draft: &mut Draft, text: &str, tag: &str, at: &Range<usize>) {
    if draft.has(Variable::ContainerTitle) && tag != "T2" {
        draft.put(Variable::ContainerTitleShort, text, tag, at);
    } else {
        draft.put(Variable::ContainerTitle, text, tag, at);
    }
}

fn is_doi(text: &str) -> bool {
    crate::entry::bare_doi(text).starts_with("10.")
}

/// `SN` has the ISSN, the ISBN, and in `EndNote` the number of a report.
fn number(draft: &mut Draft, text: &str, tag: &str, at: &Range<usize>) {
    let parts = text.split([',', ';', ' ', '(', ')']).map(|part| part.replace(['-', '–'], ""));
    let lengths = parts.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X')));
    let lengths: Vec<usize> = lengths.map(|part| part.len()).collect();
    let variable = if lengths.iter().any(|length| matches!(length, 10 | 13)) {
        Variable::Isbn
    } else if lengths.contains(&8) {
        Variable::Issn
    } else {
        Variable::Number
    };
    draft.put(variable, text, tag, at);
}

/// The first address is that of the work; some programs write several into one field.
fn urls(draft: &mut Draft, field: &Field<'_>) {
    let parts = field.values.iter().flat_map(|line| line.split(';')).map(str::trim);
    let (links, rest): (Vec<&str>, Vec<&str>) =
        parts.filter(|url| !url.is_empty()).partition(|url| url.contains("://") && !url.starts_with("file:"));
    let whole = links.iter().all(|url| url.starts_with("http") || url.starts_with("ftp"));
    if whole && rest.is_empty() {
        for url in links {
            draft.put(Variable::Url, url, field.tag, &field.at);
        }
    } else {
        // An address may have a semicolon of its own.
        draft.put(Variable::Url, &field.values.join(" "), field.tag, &field.at);
    }
}

/// Mendeley and Zotero put marks of HTML around notes.
fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, mark)) = rest.split_once('<') {
        plain.push_str(before);
        let end = mark
            .find('>')
            .filter(|end| mark[..*end].chars().all(|sign| sign.is_ascii_alphanumeric() || "/: =\"'-".contains(sign)));
        rest = mark;
        if let Some(end) = end {
            rest = &mark[end + 1..];
        } else {
            plain.push('<');
        }
    }
    plain + rest
}

type Part<'f> = Option<(String, &'f Range<usize>)>;

/// `SP` may have both pages, and of a whole book their number.
fn put_pages(draft: &mut Draft, (first, last): (Part<'_>, Part<'_>)) {
    let whole = matches!(draft.kind, Kind::Book | Kind::Classic | Kind::Thesis);
    match (first, last) {
        (Some((count, at)), None) if whole && count.bytes().all(|byte| byte.is_ascii_digit()) => {
            draft.put(Variable::NumberOfPages, &count, "SP", at);
        }
        (Some((first, at)), Some((last, _))) if first != last && !first.contains(['-', '–']) => {
            draft.put(Variable::Page, &format!("{first}-{last}"), "SP", at);
        }
        (Some((pages, at)), _) | (None, Some((pages, at))) => {
            draft.put(Variable::Page, &pages.replace('–', "-"), "SP", at);
        }
        (None, None) => {}
    }
}

type DateField<'f> = Option<(String, &'f Range<usize>, &'f str)>;

/// `PY` and `Y1` have the year at least; `DA` the day, with or without it.
#[derive(Default)]
struct Dates<'f> {
    year: DateField<'f>,
    day: DateField<'f>,
}

impl Dates<'_> {
    fn put(self, draft: &mut Draft) {
        let issued = DateVariable::Issued;
        let (year, day) = match (self.year, self.day) {
            (None, None) => return,
            (Some((text, at, tag)), None) | (None, Some((text, at, tag))) => return draft.date(issued, &text, tag, at),
            (Some(year), Some(day)) => (year, day),
        };
        let year_alone = date::read(&year.0).filter(|date| date.written().len() == 4);
        let with_year = || date::read(&format!("{} {}", day.0, year_alone.as_ref()?.written()));
        let told = date::read(&day.0).or_else(with_year);
        match (told, &year_alone) {
            // The day is more precise than the year that it is in.
            (Some(date), Some(year)) if date.year() == year.year() => draft.put_date(issued, date, day.2, day.1),
            (Some(date), _) if date::read(&year.0).is_none() => {
                draft.put_date(issued, date, day.2, day.1);
                draft.unread(&year.0, year.2, year.1);
            }
            (Some(_), _) => {
                draft.date(issued, &year.0, year.2, year.1);
                let same = date::read(&day.0) == date::read(&year.0);
                if !same {
                    draft.homeless(day.2, &day.0, day.1);
                }
            }
            (None, _) => {
                draft.date(issued, &year.0, year.2, year.1);
                draft.unread(&day.0, day.2, day.1);
            }
        }
    }
}
