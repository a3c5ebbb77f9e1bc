//! The fields of a `BibTeX` or `BibLaTeX` record as those of CSL.

use std::{collections::HashMap, ops::Range};

use super::{
    Raw, RawField,
    names::{name, parted, split},
};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    entry::{DateVariable, Kind, Name, Role, Variable},
    import::{
        Draft, Script, date, draft,
        tex::{self, Reading},
        unknown_kind,
    },
};

/// Records that hand on to each other are followed so far.
const FARTHEST: usize = 8;

/// A record with what `xdata` and `crossref` hand on to it (*The biblatex Package*, sections
/// 2.4.1 and 3.13.6, and appendix B).
pub fn inherited<'s>(
    raw: &Raw<'s>,
    by_key: &HashMap<String, &Raw<'s>>,
    script: &Script,
    told: &mut Vec<Diagnostic>,
) -> Raw<'s> {
    let mut whole = raw.clone();
    let mut seen = vec![raw.key.to_lowercase()];
    take_over(&mut whole, raw, by_key, &mut seen, &mut |at, key| {
        let said = format!("no record in this file has the key `{key}`");
        let help = "export it along with this one, or give its fields here";
        told.push(Diagnostic::warning("unknown-crossref", script.place(at), said).help(help.to_string()));
    });
    whole.fields.retain(|field| !matches!(field.name.as_str(), "crossref" | "xdata" | "xref" | "ids"));
    whole
}

fn take_over<'s>(
    whole: &mut Raw<'s>,
    from: &Raw<'s>,
    by_key: &HashMap<String, &Raw<'s>>,
    seen: &mut Vec<String>,
    unknown: &mut dyn FnMut(Range<usize>, &str),
) {
    for link in from.fields.iter().filter(|field| matches!(field.name.as_str(), "crossref" | "xdata")) {
        let value = tex::text(&link.value, Reading::Verbatim);
        for key in value.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            let Some(parent) = by_key.get(&key.to_lowercase()) else {
                unknown(link.at.clone(), key);
                continue;
            };
            if seen.len() > FARTHEST || seen.contains(&key.to_lowercase()) {
                continue;
            }
            seen.push(key.to_lowercase());
            for field in &parent.fields {
                let name = if link.name == "xdata" {
                    Some(field.name.as_str())
                } else {
                    handed_on(&whole.kind, &parent.kind, &field.name)
                };
                if let Some(name) = name.filter(|name| !has(whole, name)) {
                    whole.fields.push(RawField { name: name.to_string(), ..field.clone() });
                }
            }
            take_over(whole, parent, by_key, seen, unknown);
        }
    }
}

fn has(raw: &Raw<'_>, name: &str) -> bool {
    let same = |other: &str| match name {
        "journaltitle" | "journal" => matches!(other, "journaltitle" | "journal"),
        "date" | "year" | "month" => matches!(other, "date" | "year") || other == name,
        _ => other == name,
    };
    raw.fields.iter().any(|field| same(&field.name))
}

/// What a field of a whole is called in a part of it; `None` where it is the whole's alone.
fn handed_on<'n>(part: &str, whole: &str, field: &'n str) -> Option<&'n str> {
    let is_article = matches!(part, "article" | "suppperiodical" | "review");
    let is_volume = matches!(part, "book" | "collection" | "proceedings" | "reference");
    let is_multivolume = whole.starts_with("mv");
    match field {
        "title" | "subtitle" | "titleaddon" => {
            let (title, subtitle, addon) = match () {
                () if is_article => ("journaltitle", "journalsubtitle", "journaltitleaddon"),
                () if is_multivolume || is_volume => ("maintitle", "mainsubtitle", "maintitleaddon"),
                () => ("booktitle", "booksubtitle", "booktitleaddon"),
            };
            Some(match field {
                "title" => title,
                "subtitle" => subtitle,
                _ => addon,
            })
        }
        "author" if matches!(part, "inbook" | "bookinbook" | "suppbook") => Some("bookauthor"),
        // Of the whole alone, or of its record.
        "author" if !is_volume => None,
        "abstract" | "annotation" | "annote" | "crossref" | "xref" | "xdata" | "ids" | "doi" | "entryset"
        | "entrysubtype" | "execute" | "file" | "groups" | "keywords" | "label" | "mendeley-groups"
        | "mendeley-tags" | "note" | "options" | "owner" | "pages" | "pagetotal" | "presort" | "related"
        | "relatedoptions" | "relatedstring" | "relatedtype" | "shortauthor" | "shorthand" | "shorttitle"
        | "sortkey" | "sortname" | "sorttitle" | "sortyear" | "timestamp" | "url" | "urldate" => None,
        field => Some(field),
    }
}

/// Types of `BibTeX` and `BibLaTeX`, with those of CSL.
const KINDS: &[(&str, Kind)] = &[
    ("article", Kind::ArticleJournal),
    ("artwork", Kind::Graphic),
    ("audio", Kind::Song),
    ("bibnote", Kind::Document),
    ("book", Kind::Book),
    ("bookinbook", Kind::Chapter),
    ("booklet", Kind::Pamphlet),
    ("collection", Kind::Book),
    ("commentary", Kind::Document),
    ("conference", Kind::PaperConference),
    ("dataset", Kind::Dataset),
    ("electronic", Kind::Webpage),
    ("image", Kind::Graphic),
    ("inbook", Kind::Chapter),
    ("incollection", Kind::Chapter),
    ("inproceedings", Kind::PaperConference),
    ("inreference", Kind::EntryEncyclopedia),
    ("jurisdiction", Kind::LegalCase),
    ("legal", Kind::Treaty),
    ("legislation", Kind::Legislation),
    ("letter", Kind::PersonalCommunication),
    ("manual", Kind::Book),
    ("mastersthesis", Kind::Thesis),
    ("misc", Kind::Document),
    ("movie", Kind::MotionPicture),
    ("music", Kind::Song),
    ("mvbook", Kind::Book),
    ("mvcollection", Kind::Book),
    ("mvproceedings", Kind::Book),
    ("mvreference", Kind::Book),
    ("online", Kind::Webpage),
    ("patent", Kind::Patent),
    ("performance", Kind::Performance),
    ("periodical", Kind::Periodical),
    ("phdthesis", Kind::Thesis),
    ("proceedings", Kind::Book),
    ("reference", Kind::Book),
    ("report", Kind::Report),
    ("review", Kind::Review),
    ("software", Kind::Software),
    ("standard", Kind::Standard),
    ("suppbook", Kind::Chapter),
    ("suppcollection", Kind::Chapter),
    ("suppperiodical", Kind::ArticleJournal),
    ("techreport", Kind::Report),
    ("thesis", Kind::Thesis),
    ("unpublished", Kind::Manuscript),
    ("video", Kind::MotionPicture),
    ("www", Kind::Webpage),
];

/// Fields that are one variable of CSL in every record.
const VARIABLES: &[(&str, Variable)] = &[
    ("abstract", Variable::Abstract),
    ("annotation", Variable::Annote),
    ("annote", Variable::Annote),
    ("call-number", Variable::CallNumber),
    ("callnumber", Variable::CallNumber),
    ("chapter", Variable::ChapterNumber),
    ("copyright", Variable::License),
    ("doi", Variable::Doi),
    ("edition", Variable::Edition),
    ("eventtitle", Variable::EventTitle),
    ("isbn", Variable::Isbn),
    ("issn", Variable::Issn),
    ("lccn", Variable::CallNumber),
    ("library", Variable::Source),
    ("numpages", Variable::NumberOfPages),
    ("origlocation", Variable::OriginalPublisherPlace),
    ("origpublisher", Variable::OriginalPublisher),
    ("origtitle", Variable::OriginalTitle),
    ("pagetotal", Variable::NumberOfPages),
    ("part", Variable::PartNumber),
    ("pmcid", Variable::Pmcid),
    ("pmid", Variable::Pmid),
    ("rights", Variable::License),
    ("scale", Variable::Scale),
    ("series", Variable::CollectionTitle),
    ("shortjournal", Variable::ContainerTitleShort),
    ("shorttitle", Variable::TitleShort),
    ("url", Variable::Url),
    ("venue", Variable::EventPlace),
    ("version", Variable::Version),
    ("volume", Variable::Volume),
    ("volumes", Variable::NumberOfVolumes),
];

/// Fields whose signs mean themselves.
const VERBATIM: &[&str] =
    &["doi", "eprint", "file", "howpublished", "pdf", "url", "urlraw", "uri", "url_raw", "bdsk-url-1"];

const ROLES: &[(&str, Role)] = &[
    ("author", Role::Author),
    ("bookauthor", Role::ContainerAuthor),
    ("editor", Role::Editor),
    ("translator", Role::Translator),
];

/// The fields that have not been used yet.
struct Fields<'r, 's>(Vec<&'r RawField<'s>>);

impl<'r, 's> Fields<'r, 's> {
    /// The first field of that name that says anything.
    fn take(&mut self, name: &str) -> Option<&'r RawField<'s>> {
        let index = self.0.iter().position(|field| field.name == name)?;
        let field = self.0.remove(index);
        if field.value.trim().is_empty() { self.take(name) } else { Some(field) }
    }

    fn take_text(&mut self, name: &str) -> Option<(String, &'r RawField<'s>)> {
        self.take(name).map(|field| (text(field), field)).filter(|(text, _)| !text.is_empty())
    }

    fn take_any(&mut self, names: &[&str]) -> Option<(String, &'r RawField<'s>)> {
        names.iter().find_map(|name| self.take_text(name))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name && !field.value.trim().is_empty())
    }
}

fn text(field: &RawField<'_>) -> String {
    let reading = if VERBATIM.contains(&field.name.as_str()) { Reading::Verbatim } else { Reading::Text };
    let text = tex::text(&field.value, reading);
    // Only these have paragraphs.
    let long = matches!(field.name.as_str(), "abstract" | "annote" | "annotation" | "note" | "comment");
    if long { text } else { text.replace("\n\n", " ") }
}

pub fn work(raw: &Raw<'_>, script: &Script, told: &mut Vec<Diagnostic>) -> Draft {
    let mut draft = Draft::new(raw.at.clone());
    let mut fields = Fields(raw.fields.iter().collect());
    draft.kind = kind(raw, &mut fields, &mut draft, script, told);
    if !raw.key.is_empty() {
        draft.put(Variable::CitationKey, raw.key, "key", &raw.at);
    }
    if let Some(title) = titled(&mut fields, "title", "subtitle") {
        draft.set_title(&title.0);
    }
    people(&mut draft, &mut fields);
    containers(&mut draft, &mut fields, &raw.kind);
    dates(&mut draft, &mut fields);
    numbers(&mut draft, &mut fields);
    publishers(&mut draft, &mut fields);
    eprint(&mut draft, &mut fields);
    for (name, variable) in VARIABLES {
        while let Some((text, field)) = fields.take_text(name) {
            draft.put(*variable, &text, name, &field.at);
        }
    }
    if let Some((text, field)) = fields.take_text("pages") {
        draft.put(Variable::Page, &text.replace(['–', '—'], "-"), "pages", &field.at);
    }
    if let Some((text, field)) = fields.take_any(&["langid", "language"]) {
        draft.put(Variable::Language, language(&text), &field.name, &field.at);
    }
    let is_endnote = raw.key.strip_prefix("RN").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    // EndNote says the type of the record again.
    if let Some((text, field)) = fields.take_any(&["type", "thesistype"]).filter(|_| !is_endnote) {
        draft.put(Variable::Genre, genre(&text), "type", &field.at);
    }
    if let Some((text, field)) = fields.take_text("pubstate") {
        draft.put(Variable::Status, &text, "pubstate", &field.at);
    }
    for name in ["note", "addendum"] {
        while let Some((text, _)) = fields.take_text(name) {
            draft.add(Variable::Note, &text, "\n");
        }
    }
    for name in ["keywords", "keyword", "mendeley-tags"] {
        while let Some(field) = fields.take(name) {
            for word in keywords(field) {
                draft.keyword(&word);
            }
        }
    }
    for field in fields.0 {
        // A path has signs that are no TeX.
        let text = if draft::is_private(&field.name) { field.value.to_string() } else { text(field) };
        draft.homeless(&field.name, &text, &field.at);
    }
    draft
}

fn kind(
    raw: &Raw<'_>,
    fields: &mut Fields<'_, '_>,
    draft: &mut Draft,
    script: &Script,
    told: &mut Vec<Diagnostic>,
) -> Kind {
    let Some((name, kind)) = KINDS.iter().find(|(name, _)| *name == raw.kind) else {
        let known = did_you_mean(&raw.kind, KINDS.iter().map(|(name, _)| *name));
        told.push(unknown_kind("BibLaTeX", &raw.kind, known, script.place(raw.at.clone())));
        draft.note("type", &raw.kind);
        return Kind::Document;
    };
    let genre = match *name {
        "phdthesis" => "PhD thesis",
        "mastersthesis" => "Master's thesis",
        _ => "",
    };
    if !fields.has("type") {
        draft.put(Variable::Genre, genre, "type", &raw.at);
    }
    match *name {
        "article" => match fields.take_text("entrysubtype").map(|(text, _)| text).as_deref() {
            Some("magazine") => Kind::ArticleMagazine,
            Some("newspaper") => Kind::ArticleNewspaper,
            _ => *kind,
        },
        // There is no other type of BibTeX for what is on the web.
        "misc"
            if has_address(fields)
                && !["publisher", "institution", "organization", "number", "eprint", "doi"]
                    .iter()
                    .any(|name| fields.has(name)) =>
        {
            Kind::Webpage
        }
        _ => *kind,
    }
}

fn has_address(fields: &Fields<'_, '_>) -> bool {
    fields.has("url") || fields.0.iter().any(|field| field.name == "howpublished" && field.value.contains("://"))
}

/// A title and its subtitle, where there is one.
fn titled<'r, 's>(fields: &mut Fields<'r, 's>, title: &str, subtitle: &str) -> Option<(String, &'r RawField<'s>)> {
    let (title, field) = fields.take_text(title)?;
    let Some((subtitle, _)) = fields.take_text(subtitle) else { return Some((title, field)) };
    let between = if title.ends_with([':', '?', '!', '.', '…']) { " " } else { ": " };
    Some((format!("{title}{between}{subtitle}"), field))
}

fn people(draft: &mut Draft, fields: &mut Fields<'_, '_>) {
    for (name, role) in ROLES {
        while let Some(field) = fields.take(name) {
            let role = if *name == "editor" { edits(fields, "editortype", draft) } else { *role };
            names(draft, role, field);
        }
    }
    for (name, kind) in [("editora", "editoratype"), ("editorb", "editorbtype"), ("editorc", "editorctype")] {
        if let Some(field) = fields.take(name) {
            let role = edits(fields, kind, draft);
            names(draft, role, field);
        }
    }
}

/// What an editor does, as `editortype` says.
fn edits(fields: &mut Fields<'_, '_>, name: &str, draft: &mut Draft) -> Role {
    let Some((text, field)) = fields.take_text(name) else { return Role::Editor };
    match text.as_str() {
        "editor" => Role::Editor,
        "compiler" => Role::Compiler,
        "organizer" => Role::Organizer,
        "collaborator" => Role::Contributor,
        "director" => Role::Director,
        "producer" => Role::Producer,
        "translator" => Role::Translator,
        "interviewer" => Role::Interviewer,
        _ => {
            draft.homeless(name, &text, &field.at);
            Role::Editor
        }
    }
}

fn names(draft: &mut Draft, role: Role, field: &RawField<'_>) {
    for pieces in parted(tex::pieces(&field.value, Reading::Text)) {
        match name(&pieces) {
            Some(Name::Person { family, given: None, particle: None, suffix: None }) if family == "others" => {
                draft.homeless("and others", &field.name, &field.at);
            }
            Some(name) => draft.person(role, name),
            None => {}
        }
    }
}

fn containers(draft: &mut Draft, fields: &mut Fields<'_, '_>, kind: &str) {
    let main = titled(fields, "maintitle", "mainsubtitle");
    let book = titled(fields, "booktitle", "booksubtitle");
    match (main, book) {
        (Some((main, at)), Some((book, _))) => {
            draft.put(Variable::ContainerTitle, &main, "maintitle", &at.at);
            draft.put(Variable::VolumeTitle, &book, "booktitle", &at.at);
        }
        // BibTeX wants it in the whole as well, for its parts.
        (None, Some((book, _))) if matches!(kind, "book" | "proceedings" | "collection") => {
            if !draft.has_title() {
                draft.set_title(&book);
            }
        }
        (Some((title, at)), None) | (None, Some((title, at))) => {
            draft.put(Variable::ContainerTitle, &title, "booktitle", &at.at);
        }
        (None, None) => {}
    }
    // Zotero has the site of a page there.
    if draft.kind == Kind::Webpage
        && let Some((site, field)) = fields.take_text("titleaddon")
    {
        draft.put(Variable::ContainerTitle, &site, "titleaddon", &field.at);
    }
    let journal = titled(fields, "journaltitle", "journalsubtitle").or_else(|| fields.take_text("journal"));
    if let Some((journal, field)) = journal {
        draft.put(Variable::ContainerTitle, &journal, &field.name, &field.at);
    }
}

fn dates(draft: &mut Draft, fields: &mut Fields<'_, '_>) {
    let issued = DateVariable::Issued;
    if let Some((text, field)) = fields.take_text("date") {
        draft.date(issued, &text, "date", &field.at);
    }
    let (year, month, day) = (fields.take_text("year"), fields.take_text("month"), fields.take_text("day"));
    if draft.has_date(issued) {
        // They say the same less exactly.
    } else if let Some((text, field)) = year {
        let months = month.as_ref().map(|(month, _)| in_words(month)).unwrap_or_default();
        let days = day.as_ref().map(|(day, _)| day.as_str()).unwrap_or_default();
        let whole = format!("{days} {months} {text}");
        if is_state(&text) {
            draft.put(Variable::Status, &text, "year", &field.at);
        } else if let Some(date) = date::read(&whole) {
            draft.put_date(issued, date, "year", &field.at);
        } else {
            draft.date(issued, &text, "year", &field.at);
            for (text, field) in month.into_iter().chain(day) {
                draft.unread(&text, &field.name, &field.at);
            }
        }
    } else {
        for (text, field) in month.into_iter().chain(day) {
            draft.unread(&text, &field.name, &field.at);
        }
    }
    for (names, variable) in [
        (&["urldate", "lastchecked", "lastaccessed", "accessed"][..], DateVariable::Accessed),
        (&["origdate", "origyear"][..], DateVariable::OriginalDate),
        (&["eventdate"][..], DateVariable::EventDate),
    ] {
        if let Some((text, field)) = fields.take_any(names) {
            draft.date(variable, &text, &field.name, &field.at);
        }
    }
}

/// A month that is a number, as its name, which stands before or behind a year alike.
fn in_words(month: &str) -> String {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let index = month.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| NAMES.get(index)).map_or_else(|| month.to_string(), ToString::to_string)
}

/// What stands in place of a year while a work is not out.
fn is_state(text: &str) -> bool {
    let state = text.to_lowercase();
    ["forthcoming", "in press", "inpress", "submitted", "in preparation", "to appear"].contains(&state.as_str())
}

fn numbers(draft: &mut Draft, fields: &mut Fields<'_, '_>) {
    let in_issues = matches!(
        draft.kind,
        Kind::ArticleJournal | Kind::ArticleMagazine | Kind::ArticleNewspaper | Kind::Periodical | Kind::Review
    );
    let in_series = matches!(draft.kind, Kind::Book | Kind::Chapter | Kind::PaperConference) && fields.has("series");
    let number = if in_issues {
        Variable::Issue
    } else if in_series {
        Variable::CollectionNumber
    } else {
        Variable::Number
    };
    for (name, variable) in [("number", number), ("issue", Variable::Issue), ("eid", Variable::Number)] {
        if let Some((text, field)) = fields.take_text(name) {
            draft.put(variable, &text.replace('–', "-"), name, &field.at);
        }
    }
}

fn publishers(draft: &mut Draft, fields: &mut Fields<'_, '_>) {
    for name in ["publisher", "institution", "school", "organization"] {
        if let Some((text, field)) = fields.take_text(name) {
            if name == "organization" && draft.kind == Kind::Webpage {
                draft.put(Variable::ContainerTitle, &text, name, &field.at);
            } else {
                draft.put(Variable::Publisher, &text, name, &field.at);
            }
        }
    }
    if let Some((text, field)) = fields.take_any(&["location", "address"]) {
        draft.put(Variable::PublisherPlace, &text, &field.name, &field.at);
    }
    if let Some((text, field)) = fields.take_text("howpublished") {
        let address = text.starts_with("http://") || text.starts_with("https://");
        match address {
            true => draft.put(Variable::Url, &text, "howpublished", &field.at),
            false if draft.has(Variable::Publisher) => draft.homeless("howpublished", &text, &field.at),
            false => draft.put(Variable::Publisher, &text, "howpublished", &field.at),
        }
    }
}

/// A number in an archive of papers.
fn eprint(draft: &mut Draft, fields: &mut Fields<'_, '_>) {
    let Some((text, field)) = fields.take_text("eprint") else { return };
    let kind = fields.take_any(&["eprinttype", "archiveprefix"]).map(|(text, _)| text).unwrap_or_default();
    let class = fields.take_any(&["eprintclass", "primaryclass"]).map(|(text, _)| format!(" [{text}]"));
    match kind.to_lowercase().as_str() {
        "pubmed" => draft.put(Variable::Pmid, &text, "eprint", &field.at),
        "" => draft.homeless("eprint", &text, &field.at),
        _ => {
            draft.put(Variable::Archive, &kind, "eprinttype", &field.at);
            draft.put(Variable::ArchiveLocation, &(text + &class.unwrap_or_default()), "eprint", &field.at);
        }
    }
}

/// What `BibLaTeX` calls kinds of theses and reports, in words.
fn genre(text: &str) -> &str {
    match text {
        "phdthesis" => "PhD thesis",
        "mathesis" => "Master's thesis",
        "bathesis" => "Bachelor's thesis",
        "candthesis" => "Candidate thesis",
        "techreport" => "Technical report",
        "resreport" => "Research report",
        text => text,
    }
}

/// BCP 47 for the names that babel has; other texts as they are.
fn language(text: &str) -> &str {
    match text.to_lowercase().as_str() {
        "english" => "en",
        "american" | "usenglish" => "en-US",
        "british" | "ukenglish" => "en-GB",
        "german" | "ngerman" => "de",
        "austrian" | "naustrian" => "de-AT",
        "french" | "francais" => "fr",
        "spanish" => "es",
        "italian" => "it",
        "portuguese" => "pt",
        "brazilian" | "brazil" => "pt-BR",
        "dutch" => "nl",
        "russian" => "ru",
        "ukrainian" => "uk",
        "polish" => "pl",
        "czech" => "cs",
        "slovak" => "sk",
        "swedish" => "sv",
        "danish" => "da",
        "norwegian" | "norsk" => "no",
        "finnish" => "fi",
        "estonian" => "et",
        "hungarian" => "hu",
        "turkish" => "tr",
        "greek" => "el",
        "chinese" => "zh",
        "japanese" => "ja",
        "korean" => "ko",
        "arabic" => "ar",
        "hebrew" => "he",
        "latin" => "la",
        _ => text,
    }
}

/// Parted at semicolons or commas that stand in no braces. `EndNote` has one on each line.
fn keywords(field: &RawField<'_>) -> Vec<String> {
    let pieces = tex::pieces(&field.value, Reading::Text);
    let has = |sign: char| pieces.iter().any(|piece| !piece.braced && piece.text.contains(sign));
    match () {
        () if has(';') => split(&pieces, &[';']),
        () if has(',') => split(&pieces, &[',']),
        () => field.value.lines().map(|line| tex::text(line, Reading::Text)).collect(),
    }
}
