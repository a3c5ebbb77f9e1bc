//! A new entry: its id, its number and its front matter.

use std::collections::BTreeSet;

use crate::{
    build::ParsedFiles,
    entry::{Date, Kind, Name, Parsed},
    site::{Collection, Site, Slug},
};

/// What is known of a work before its entry is written.
#[derive(Debug)]
pub struct Work {
    pub kind: Kind,
    pub title: String,
    pub authors: Vec<Name>,
    pub issued: Option<Date>,
    /// Bare: `10.1017/S0020818300018920`.
    pub doi: Option<String>,
}

/// What other entries have.
#[derive(Debug, Default)]
pub struct Taken {
    /// Ids and aliases, of the whole archive.
    pub ids: BTreeSet<String>,
    /// The digits at the beginning of the collection's file names.
    pub numbers: Vec<String>,
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
                let digits = name.split_once('-').map(|(digits, _)| digits.to_string());
                taken.numbers.extend(digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())));
            }
        }
        taken
    }
}

/// So many words of a title make it known.
const WORDS: usize = 3;

/// Words that no id begins or ends with. English alone: elsewhere an id ends as it may.
const SMALL: &[&str] =
    &["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "under", "with"];

impl Work {
    /// The file's name: `24-krasner-1982-structural-causes.md`. `None` where neither title
    /// nor author has a letter or digit.
    pub fn file_name(&self, collection: &Collection, taken: &Taken) -> Option<String> {
        let id = self.free_id(taken)?;
        if !collection.numbered {
            return Some(format!("{id}.md"));
        }
        let last = taken.numbers.iter().filter_map(|digits| digits.parse::<u32>().ok()).max().unwrap_or(0);
        let width = taken.numbers.iter().map(String::len).max().unwrap_or(0).max(2);
        Some(format!("{:0width$}-{id}.md", last.checked_add(1)?))
    }

    /// Author, year and the first words of the title; more of its words where that id is
    /// taken, and at last a number.
    fn free_id(&self, taken: &Taken) -> Option<Slug> {
        let words = Slug::from_words(&self.title);
        let words: Vec<&str> = words.as_ref().map(|slug| slug.as_str().split('-').collect()).unwrap_or_default();
        let main = Slug::from_words(self.title.split([':', '—', '–']).next().unwrap_or_default());
        let main = main.map_or(0, |slug| slug.as_str().split('-').count());
        let id = |count: usize| Slug::new(&self.parts(&words[..count.min(words.len())]).join("-"));
        let first = main.clamp(1, WORDS + leading(&words));
        let mut ids = (first..=words.len().max(first)).filter_map(id);
        let free = |id: &Slug| !taken.ids.contains(id.as_str());
        let longest = id(words.len())?;
        let numbered = || (2..).find_map(|number| Slug::new(&format!("{longest}-{number}")).filter(free));
        ids.find(free).or_else(numbered)
    }

    fn parts(&self, words: &[&str]) -> Vec<String> {
        let author = self.authors.first().and_then(|author| Slug::from_words(&author.short()));
        let year = self.issued.as_ref().map(Date::year).filter(|year| *year > 0).map(|year| year.to_string());
        let words = &words[leading(words)..];
        let end = words.iter().rposition(|word| !SMALL.contains(word)).map_or(words.len(), |last| last + 1);
        let words = words[..end].iter().map(ToString::to_string);
        author.map(|author| author.to_string()).into_iter().chain(year).chain(words).collect()
    }

    /// The file: what is known, an empty line for each field that a work of this type should
    /// have, and the archive's own fields, of which the less common ones are comments.
    pub fn text(&self, collection: &Collection, number: Option<&str>, site: &Site) -> String {
        let mut lines =
            vec!["---".to_string(), format!("type: {}", self.kind), format!("title: {}", quoted(&self.title))];
        lines.push("author:".to_string());
        lines.extend(self.authors.iter().map(|author| format!("  - {}", name(author))));
        if self.authors.is_empty() {
            lines.push("#  - { family: Krasner, given: S. }".to_string());
            lines.push("#  - { literal: The White House }".to_string());
        }
        lines.push(with_value("issued", self.issued.as_ref().map(Date::written)));
        for field in advisable(self.kind) {
            let value = self.doi.as_deref().filter(|_| *field == "DOI");
            lines.push(with_value(field, value));
        }
        if let Some(doi) = self.doi.as_deref().filter(|_| !advisable(self.kind).contains(&"DOI")) {
            lines.push(with_value("DOI", Some(doi)));
        }
        lines.push("summary:".to_string());
        if let Some(track) = site.tracks.first() {
            let ids: Vec<&str> = site.tracks.iter().map(|track| track.id.as_str()).collect();
            lines.push(format!("tracks:  # {}", ids.join(", ")));
            lines.push(format!("#  - {{ track: {}, because: \"\", confidence: medium }}", track.id));
        }
        lines.extend(["keywords:", "actors:"].map(str::to_string));
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
            "---".to_string(),
        ]);
        lines.join("\n") + "\n"
    }
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
    if first && value.chars().all(sound) { value.to_string() } else { quoted(value) }
}

/// A JSON string is one of YAML (YAML 1.2.2, section 1.3).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn name(name: &Name) -> String {
    match name {
        Name::Literal(name) => format!("{{ literal: {} }}", quoted(name)),
        Name::Person { family, given, .. } => {
            let given = given.as_ref().map_or_else(String::new, |given| format!(", given: {}", quoted(given)));
            format!("{{ family: {}{given} }}", quoted(family))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(title: &str) -> Work {
        let krasner = Name::Person { family: "Krasner".into(), given: Some("S.".into()), particle: None, suffix: None };
        let issued = Date::parse("1982").ok();
        Work { kind: Kind::ArticleJournal, title: title.into(), authors: vec![krasner], issued, doi: None }
    }

    fn check(title: &str, taken: &[&str], expected: &str) {
        let taken = Taken { ids: taken.iter().map(ToString::to_string).collect(), numbers: Vec::new() };
        assert_eq!(work(title).free_id(&taken).map(|id| id.to_string()).as_deref(), Some(expected), "{title}");
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
        let nothing = Work { authors: Vec::new(), issued: None, ..work("…") };
        assert!(nothing.free_id(&Taken::default()).is_none());
        let titled = Work { authors: Vec::new(), issued: None, ..work("Power") };
        assert_eq!(titled.free_id(&Taken::default()).map(|id| id.to_string()).as_deref(), Some("power"));
    }
}
