//! A new entry: its id, its number and its front matter.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use crate::{
    build::ParsedFiles,
    entry::{Citation, Date, DateVariable, Kind, Name, Parsed, Role, Variable},
    site::{Collection, Site, Slug},
};

/// What is known of a work before its entry is written.
#[derive(Debug)]
pub struct Work {
    pub citation: Citation,
    /// The id that it has elsewhere: its entry gets it where that is free.
    pub id: Option<Slug>,
    /// Ids that an entry may use.
    pub keywords: Vec<String>,
    /// What the front matter keeps as comments, each on one line.
    pub remarks: Vec<String>,
}

/// What other entries have.
#[derive(Debug, Default)]
pub struct Taken {
    /// Ids and aliases, of the whole archive.
    ids: HashSet<String>,
    /// The highest number at the beginning of the collection's file names.
    last: u32,
    /// So many digits the longest of these numbers has.
    width: usize,
    /// By an id that was taken: the number that the next work with that id tries first.
    tried: HashMap<String, usize>,
}

impl Taken {
    /// What files below `content/` have, whether they can be read or not.
    pub fn of(files: &ParsedFiles, collection: &Collection) -> Self {
        let mut taken = Taken::default();
        for (path, file) in files {
            match &file.value {
                Parsed::Entry(entry) => {
                    taken.ids.insert(entry.record.slug.to_string());
                    taken.ids.extend(entry.record.own.aliases.iter().cloned());
                }
                Parsed::Unreadable(slug) => {
                    taken.ids.insert(slug.to_string());
                }
                Parsed::Text(_) | Parsed::Nothing => {}
            }
            let inside = path.strip_prefix("content/").and_then(|path| path.split_once('/'));
            if let Some((_, path)) = inside.filter(|(folder, _)| *folder == collection.id.as_str()) {
                let name = path.rsplit('/').next().unwrap_or_default();
                let digits = name.split_once('-').map(|(digits, _)| digits);
                if let Some(digits) = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
                    taken.width = taken.width.max(digits.len());
                    taken.last = taken.last.max(digits.parse().unwrap_or(0));
                }
            }
        }
        taken
    }

    /// Lets numbers have as many digits as the last of `count` further ones.
    #[must_use]
    pub fn with_room_for(mut self, count: usize) -> Self {
        let last = usize::try_from(self.last).unwrap_or(usize::MAX).saturating_add(count);
        self.width = self.width.max(last.to_string().len());
        self
    }
}

/// So many words of a title make it known.
const WORDS: usize = 3;

/// So many more are tried before a number is.
const FURTHER_WORDS: usize = 12;

/// Words that no id begins or ends with. English alone: elsewhere an id ends as it may.
const SMALL: &[&str] =
    &["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "under", "with"];

impl Work {
    /// The file's name, which is taken then: `24-krasner-1982-structural-causes.md`. `None`
    /// where neither title nor author has a letter or digit.
    pub fn file_name(&self, collection: &Collection, taken: &mut Taken) -> Option<String> {
        let id = self.free_id(taken)?;
        if !collection.numbered {
            taken.ids.insert(id.to_string());
            return Some(format!("{id}.md"));
        }
        taken.last = taken.last.checked_add(1)?;
        taken.ids.insert(id.to_string());
        let width = taken.width.max(2);
        Some(format!("{:0width$}-{id}.md", taken.last))
    }

    /// Author, year and the first words of the title; more of its words where that id is
    /// taken, and at last a number.
    fn free_id(&self, taken: &mut Taken) -> Option<Slug> {
        let Taken { ids: others, tried, .. } = taken;
        let free = |id: &Slug| !others.contains(id.as_str());
        if let Some(id) = self.id.as_ref().filter(|id| free(id)) {
            return Some(id.clone());
        }
        let title = &self.citation.title;
        let words = Slug::from_words(title);
        let words: Vec<&str> = words.as_ref().map(|slug| slug.as_str().split('-').collect()).unwrap_or_default();
        let main = Slug::from_words(title.split([':', '—', '–']).next().unwrap_or_default());
        let main = main.map_or(0, |slug| slug.as_str().split('-').count());
        let id = |count: usize| Slug::new(shortened(&self.parts(&words[..count.min(words.len())]).join("-")));
        let first = main.clamp(1, WORDS + leading(&words));
        let most = words.len().min(first + FURTHER_WORDS);
        let mut ids = (first..=most.max(first)).filter_map(id);
        let longest = id(most)?;
        if let Some(id) = ids.find(free) {
            return Some(id);
        }
        let next = tried.entry(longest.to_string()).or_insert(2);
        let number = (*next..=usize::MAX).find(|number| !others.contains(&format!("{longest}-{number}")))?;
        *next = number + 1;
        Slug::new(&format!("{longest}-{number}"))
    }

    fn parts(&self, words: &[&str]) -> Vec<String> {
        let author = self.citation.creators().first().and_then(|author| Slug::from_words(&author.short()));
        let year = self.citation.issued().map(Date::year).filter(|year| *year > 0).map(|year| year.to_string());
        let words = &words[leading(words)..];
        let end = words.iter().rposition(|word| !SMALL.contains(word)).map_or(words.len(), |last| last + 1);
        let words = words[..end].iter().map(ToString::to_string);
        author.map(|author| author.to_string()).into_iter().chain(year).chain(words).collect()
    }

    /// The file: what is known, an empty line for each field that a work of this type should
    /// have, and the archive's own fields, of which the less common ones are comments.
    pub fn text(&self, collection: &Collection, number: Option<&str>, site: &Site) -> String {
        let Citation { kind, title, names, dates, variables } = &self.citation;
        let mut lines = vec!["---".to_string(), format!("type: {kind}"), format!("title: {}", quoted(title))];
        let mut written = vec!["author", "issued"];
        self.write("author", &mut lines);
        if names.is_empty() {
            lines.push("#  - { family: Krasner, given: S. }".to_string());
            lines.push("#  - { literal: The White House }".to_string());
        }
        self.write("issued", &mut lines);
        let rest = names.keys().map(|role| role.name());
        let rest = rest.chain(variables.keys().map(|variable| variable.name()));
        let rest = rest.chain(dates.keys().map(|variable| variable.name()));
        // Long texts stand last.
        let long = [Variable::Abstract.name(), Variable::Note.name()];
        let (last, rest): (Vec<&str>, Vec<&str>) = rest.partition(|field| long.contains(field));
        for field in advisable(*kind).iter().copied().chain(rest).chain(last) {
            if !written.contains(&field) {
                written.push(field);
                self.write(field, &mut lines);
            }
        }
        lines.push("summary:".to_string());
        if let Some(track) = site.tracks.first() {
            let ids: Vec<&str> = site.tracks.iter().map(|track| track.id.as_str()).collect();
            lines.push(format!("tracks:  # {}", ids.join(", ")));
            lines.push(format!("#  - {{ track: {}, because: \"\", confidence: medium }}", track.id));
        }
        let keywords: Vec<String> = self.keywords.iter().map(|id| plain_id(id)).collect();
        lines.push(if keywords.is_empty() {
            "keywords:".to_string()
        } else {
            format!("keywords: [{}]", keywords.join(", "))
        });
        lines.push("actors:".to_string());
        lines.push("#  - { actor: , role: issuer }".to_string());
        let number = number.map_or("1", |digits| digits.trim_start_matches('0'));
        let relation = site.relations.first().map_or("compare", |relation| relation.id.as_str());
        lines.extend([
            "# listed:".to_string(),
            format!("#   list: {}", collection.id),
            format!("#   number: {number}"),
            "#   printed: \"\"".to_string(),
            "# corrections:".to_string(),
            "#   - { field: title, printed: \"\", shown: \"\", why: \"\", confidence: high }".to_string(),
            "# relations:".to_string(),
            format!("#   - {{ type: {relation}, to: , because: \"\" }}"),
            "basis:  # citation, general-knowledge or document".to_string(),
            "# draft: true".to_string(),
        ]);
        lines.extend(self.remarks.iter().map(|remark| format!("# {}", commented(remark))));
        lines.push("---".to_string());
        lines.join("\n") + "\n"
    }

    /// A field of the citation with its value, or without one.
    fn write(&self, field: &str, lines: &mut Vec<String>) {
        let citation = &self.citation;
        let names = Role::from_name(field).map_or(&[][..], |role| citation.names(role));
        let date = DateVariable::from_name(field).and_then(|variable| citation.date(variable)).map(Date::written);
        let text = Variable::from_name(field).and_then(|variable| citation.get(variable));
        lines.push(match date.or(text) {
            Some(text) if is_block(text) => {
                let (lines, mark) = text.strip_suffix('\n').map_or((text, "|-"), |lines| (lines, "|"));
                let indented = |line: &str| if line.is_empty() { "\n".to_string() } else { format!("\n  {line}") };
                format!("{field}: {mark}{}", lines.split('\n').map(indented).collect::<String>())
            }
            value => with_value(field, value),
        });
        lines.extend(names.iter().map(|name| format!("  - {}", self::name(name))));
    }
}

/// An id of at most so many bytes, since it is a file's name.
pub const LONGEST_ID: usize = 120;

/// Cut between two words where that is possible. An id is ASCII.
fn shortened(id: &str) -> &str {
    let Some(cut) = id.get(..LONGEST_ID).filter(|cut| cut.len() < id.len()) else { return id };
    if id.as_bytes()[LONGEST_ID] == b'-' {
        return cut;
    }
    cut.rsplit_once('-').map_or(cut, |(words, _)| words)
}

/// How many small words stand first; none where nothing would be left.
fn leading(words: &[&str]) -> usize {
    words.iter().position(|word| !SMALL.contains(word)).unwrap_or(0)
}

/// The variables that a citation of this type is looked for in, in the order in which an
/// entry's page shows them.
fn advisable(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::ArticleJournal | Kind::Review | Kind::ReviewBook => {
            &["container-title", "volume", "issue", "page", "DOI", "URL", "accessed"]
        }
        Kind::Article | Kind::ArticleMagazine | Kind::ArticleNewspaper | Kind::Periodical => {
            &["container-title", "issue", "page", "publisher", "DOI", "URL", "accessed"]
        }
        Kind::Book | Kind::Classic | Kind::Collection => {
            &["editor", "edition", "publisher", "publisher-place", "ISBN", "DOI"]
        }
        Kind::Chapter | Kind::Entry | Kind::EntryDictionary | Kind::EntryEncyclopedia => {
            &["container-title", "editor", "page", "edition", "publisher", "publisher-place", "ISBN", "DOI", "URL"]
        }
        Kind::PaperConference | Kind::Speech | Kind::Event | Kind::Performance => {
            &["container-title", "page", "publisher", "event-title", "event-place", "DOI", "URL", "accessed"]
        }
        Kind::Bill | Kind::Hearing | Kind::LegalCase | Kind::Legislation | Kind::Regulation => {
            &["container-title", "volume", "page", "number", "authority", "URL", "accessed"]
        }
        Kind::Treaty => {
            &["container-title", "volume", "page", "number", "event-title", "event-place", "URL", "accessed"]
        }
        Kind::Document | Kind::Manuscript | Kind::Pamphlet | Kind::PersonalCommunication => {
            &["number", "genre", "publisher", "publisher-place", "archive", "archive_location", "URL", "accessed"]
        }
        Kind::Report | Kind::Standard | Kind::Patent => {
            &["number", "genre", "authority", "publisher", "publisher-place", "DOI", "URL", "accessed"]
        }
        Kind::Thesis => &["genre", "publisher", "publisher-place", "DOI", "URL", "accessed"],
        Kind::Webpage | Kind::Post | Kind::PostWeblog => &["container-title", "publisher", "URL", "accessed"],
        Kind::Dataset | Kind::Software => &["version", "publisher", "DOI", "URL", "accessed"],
        Kind::Broadcast
        | Kind::Figure
        | Kind::Graphic
        | Kind::Interview
        | Kind::Map
        | Kind::MotionPicture
        | Kind::MusicalScore
        | Kind::Song => {
            &["container-title", "genre", "publisher", "publisher-place", "medium", "archive", "URL", "accessed"]
        }
    }
}

fn with_value(field: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("{field}:"), |value| format!("{field}: {}", plain(value)))
}

/// As it is where YAML reads it as that text, or in quotation marks.
fn plain(value: &str) -> String {
    let sound = |c: char| c.is_ascii_alphanumeric() || "./()_-~".contains(c);
    let first = value.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_text = !matches!(value, "null" | "Null" | "NULL");
    if first && is_text && value.chars().all(sound) { value.to_string() } else { quoted(value) }
}

/// An item of a list, which YAML must not take for a number.
fn plain_id(id: &str) -> String {
    let is_word = id.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(id, "true" | "false");
    if is_word { plain(id) } else { quoted(id) }
}

/// A JSON string is one of YAML (YAML 1.2.2, section 1.3), but for characters that YAML wants
/// escaped (section 5.1) or folds (section 5.4).
pub fn quoted(text: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    if text.chars().all(is_plain_sign) {
        return text;
    }
    let mut quoted = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        if is_plain_sign(sign) {
            quoted.push(sign);
        } else {
            // All of them are below U+10000, and writing to a string cannot fail.
            let _ = write!(quoted, "\\u{:04x}", u32::from(sign));
        }
    }
    quoted
}

fn is_plain_sign(sign: char) -> bool {
    !matches!(sign, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether it is read as it is behind `|-`, or `|` where a line end is the last of it.
fn is_block(text: &str) -> bool {
    let sound = |line: &str| line.chars().all(is_plain_sign) && !line.ends_with(' ');
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n') && !lines.starts_with([' ', '\n']) && !lines.ends_with('\n') && lines.split('\n').all(sound)
}

/// On one line, in which no sign ends a comment.
fn commented(text: &str) -> String {
    text.chars().map(|sign| if is_plain_sign(sign) { sign } else { ' ' }).collect()
}

fn name(name: &Name) -> String {
    match name {
        Name::Literal(name) => format!("{{ literal: {} }}", quoted(name)),
        Name::Person { family, given, particle, suffix } => {
            let parts = [("given", given), ("non-dropping-particle", particle), ("suffix", suffix)];
            let parts = parts.into_iter().filter_map(|(part, text)| Some((part, text.as_deref()?)));
            let parts = std::iter::once(("family", family.as_str())).chain(parts);
            let parts: Vec<String> = parts.map(|(part, text)| format!("{part}: {}", quoted(text))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn work(title: &str) -> Work {
        let krasner = Name::Person { family: "Krasner".into(), given: Some("S.".into()), particle: None, suffix: None };
        let citation = Citation {
            kind: Kind::ArticleJournal,
            title: title.into(),
            names: BTreeMap::from([(Role::Author, vec![krasner])]),
            dates: Date::parse("1982").map(|date| (DateVariable::Issued, date)).into_iter().collect(),
            variables: BTreeMap::new(),
        };
        Work { citation, id: None, keywords: Vec::new(), remarks: Vec::new() }
    }

    fn check(title: &str, taken: &[&str], expected: &str) {
        let mut taken = Taken { ids: taken.iter().map(ToString::to_string).collect(), ..Taken::default() };
        assert_eq!(work(title).free_id(&mut taken).map(|id| id.to_string()).as_deref(), Some(expected), "{title}");
    }

    #[test]
    fn an_id_is_made_of_author_year_and_the_titles_first_words() {
        check(
            "Structural Causes and Regime Consequences: Regimes as Intervening Variables",
            &[],
            "krasner-1982-structural-causes",
        );
        check("The Regime", &[], "krasner-1982-regime");
        check("Power: A Radical View", &[], "krasner-1982-power");
        check("On the Politics of the", &[], "krasner-1982-politics");
        check("Über Größe", &[], "krasner-1982-uber-grosse");
        check("Власть", &[], "krasner-1982-vlast");
        check("!", &[], "krasner-1982");
        check("Of the", &[], "krasner-1982-of-the");
    }

    #[test]
    fn a_taken_id_gets_more_words_and_then_a_number() {
        check("Power: A Radical View", &["krasner-1982-power"], "krasner-1982-power-a-radical");
        check("Power", &["krasner-1982-power"], "krasner-1982-power-2");
        check("Power", &["krasner-1982-power", "krasner-1982-power-2"], "krasner-1982-power-3");
    }

    #[test]
    fn a_work_of_which_nothing_is_known_has_no_id() {
        let bare = |title: &str| {
            let mut work = work(title);
            work.citation.names.clear();
            work.citation.dates.clear();
            work
        };
        assert!(bare("…").free_id(&mut Taken::default()).is_none());
        let id = bare("Power").free_id(&mut Taken::default());
        assert_eq!(id.map(|id| id.to_string()).as_deref(), Some("power"));
    }
}
