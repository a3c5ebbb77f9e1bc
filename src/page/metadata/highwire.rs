//! An entry as Highwire tags (`citation_*`) have it, which Zotero, Google Scholar and other
//! reference managers read. What those have no tag for stands in `z:` tags, which Zotero
//! alone reads.
//!
//! Source of the rules: Zotero's translator *Embedded Metadata*, and its RDF import, which
//! reads the `z:` tags first; *Inclusion Guidelines for Webmasters* of Google Scholar.

use super::zotero::{self, Item};
use crate::{
    archive::EntryId,
    entry::{Citation, Date, Kind, Name, Role, Variable},
    page::{World, html::push},
};

/// The tags of an entry's own record, one on each line.
pub fn tags(world: &World<'_>, id: EntryId, html: &mut String) {
    let record = world.archive.entry(id);
    let citation = &record.citation;
    let item = zotero::item(citation.kind);
    let mut tags = Tags { html, citation };
    tags.tag("citation_title", &citation.title);
    tags.names("citation_author", citation.names(Role::Author));
    tags.names("citation_editor", citation.names(Role::Editor));
    if let Some(date) = citation.issued() {
        tags.tag("citation_publication_date", &day(date));
    }
    tags.kind(&item);
    for (name, variable) in [
        ("citation_journal_abbrev", Variable::ContainerTitleShort),
        ("citation_series_title", Variable::CollectionTitle),
        ("citation_volume", Variable::Volume),
        ("citation_issue", Variable::Issue),
        ("citation_issn", Variable::Issn),
        ("citation_isbn", Variable::Isbn),
        ("citation_abstract", Variable::Abstract),
        ("z:seriesNumber", Variable::CollectionNumber),
        ("z:edition", Variable::Edition),
        ("z:numPages", Variable::NumberOfPages),
        ("z:numberOfVolumes", Variable::NumberOfVolumes),
        ("z:shortTitle", Variable::TitleShort),
        ("z:archive", Variable::Archive),
        ("z:archiveLocation", Variable::ArchiveLocation),
        ("z:callNumber", Variable::CallNumber),
        ("z:rights", Variable::License),
    ] {
        tags.variable(name, variable);
    }
    tags.pages();
    tags.place();
    let extra = zotero::extra(citation, &item);
    if !extra.is_empty() {
        tags.tag("z:extra", &extra);
    }
    let language = citation.get(Variable::Language).or(record.own.title_lang.as_deref());
    if let Some(language) = language {
        tags.tag("citation_language", language);
    }
    tags.addresses();
    let keywords = world.archive.entry_keywords[id.0].iter().map(|&id| world.archive.keyword(id).label.as_str());
    let keywords = keywords.collect::<Vec<_>>().join("; ");
    if !keywords.is_empty() {
        tags.tag("citation_keywords", &keywords);
    }
}

/// Whether Zotero would take the site's name, as Open Graph has it, for that of the work that
/// contains this one.
pub fn would_be_contained(citation: &Citation) -> bool {
    zotero::item(citation.kind).contained && citation.get(Variable::ContainerTitle).is_none()
}

struct Tags<'a> {
    html: &'a mut String,
    citation: &'a Citation,
}

impl Tags<'_> {
    fn tag(&mut self, name: &str, content: &str) {
        self.html.push_str("<meta name=\"");
        self.html.push_str(name);
        self.html.push_str("\" content=\"");
        push(self.html, content);
        self.html.push_str("\">\n");
    }

    fn variable(&mut self, name: &str, variable: Variable) {
        if let Some(value) = self.citation.get(variable) {
            self.tag(name, value);
        }
    }

    /// What the work is: by the tag that only such works have, or else in Zotero's word. (A
    /// tag of a kind beats the word, and the last one beats those before.)
    fn kind(&mut self, item: &Item) {
        let get = |variable| self.citation.get(variable);
        let container = get(Variable::ContainerTitle);
        let publisher = get(Variable::Publisher);
        let mut named = true;
        match (self.citation.kind, container, publisher) {
            (Kind::ArticleJournal | Kind::Review | Kind::ReviewBook, Some(title), _) => {
                self.tag("citation_journal_title", title);
            }
            (Kind::Chapter, Some(title), _) => self.tag("citation_inbook_title", title),
            (Kind::PaperConference, ..) if container.or(get(Variable::EventTitle)).is_some() => {
                self.variable("citation_inbook_title", Variable::ContainerTitle);
                let conference = get(Variable::EventTitle).or(container).unwrap_or_default();
                self.tag("citation_conference_title", conference);
            }
            (Kind::Report, _, Some(body)) => self.tag("citation_technical_report_institution", body),
            (Kind::Thesis, _, Some(body)) => self.tag("citation_dissertation_institution", body),
            _ => {
                named = false;
                self.tag("z:itemType", item.name);
                if item.contained {
                    self.variable("z:publicationTitle", Variable::ContainerTitle);
                }
            }
        }
        if !named || !matches!(self.citation.kind, Kind::Report | Kind::Thesis) {
            self.variable("citation_publisher", Variable::Publisher);
        }
        if self.citation.kind == Kind::Report {
            self.variable("citation_technical_report_number", Variable::Number);
        } else if let Some(field) = item.number {
            self.variable(&format!("z:{field}"), Variable::Number);
        }
        for (field, variable) in [(item.genre, Variable::Genre), (item.authority, Variable::Authority)] {
            if let Some(field) = field {
                self.variable(&format!("z:{field}"), variable);
            }
        }
    }

    fn names(&mut self, tag: &str, names: &[Name]) {
        let alone = names.len() == 1;
        for name in names {
            match name {
                Name::Literal(text) => bodies(text).iter().for_each(|body| self.tag(tag, &format!("{body},"))),
                Name::Person { .. } => self.tag(tag, &person(name, alone)),
            }
        }
    }

    fn pages(&mut self) {
        let Some(pages) = self.citation.get(Variable::Page).or(self.citation.get(Variable::PageFirst)) else { return };
        let dash = ['-', '–'];
        match pages.split_once(dash) {
            // Zotero takes a tag of its own apart at hyphens, and a first page as well.
            Some((_, rest)) if rest.contains(dash) => self.tag("z:pages", &pages.replace('-', "–")),
            Some((first, last)) => {
                self.tag("citation_firstpage", first.trim());
                self.tag("citation_lastpage", last.trim());
            }
            None => self.tag("citation_firstpage", pages),
        }
    }

    /// Where it was published; of what is said at an event and has no such place, where it was
    /// said.
    fn place(&mut self) {
        let said = matches!(self.citation.kind, Kind::Hearing | Kind::PaperConference | Kind::Speech);
        let event = || self.citation.get(Variable::EventPlace).filter(|_| said);
        if let Some(place) = self.citation.get(Variable::PublisherPlace).or_else(event) {
            self.tag("z:place", place);
        }
    }

    /// The work's own addresses: without one, Zotero would take that of the page.
    fn addresses(&mut self) {
        let doi = self.citation.doi();
        if let Some(doi) = doi {
            self.tag("citation_doi", doi);
        }
        match (self.citation.web_address(), doi) {
            (Some(url), _) => self.tag("citation_public_url", url),
            (None, Some(doi)) => self.tag("citation_public_url", &format!("https://doi.org/{doi}")),
            (None, None) => {}
        }
    }
}

/// `1982/04/12`, as much of it as is known; in words where the date is no plain one.
fn day(date: &Date) -> String {
    date.machine().map_or_else(|| date.in_words("en"), |day| day.replace('-', "/"))
}

/// `Krasner, Stephen D.` A comma behind the family name alone keeps it whole.
fn person(name: &Name, alone: bool) -> String {
    let Name::Person { given, suffix, .. } = name else { return String::new() };
    let family = name.short();
    let rest = given.iter().chain(suffix).map(String::as_str).collect::<Vec<_>>().join(" ");
    // Zotero reads one tag with blanks on both sides of a comma as two people.
    let rest = if alone && family.contains(' ') { rest.replace(' ', "\u{a0}") } else { rest };
    if rest.is_empty() { format!("{family},") } else { format!("{family}, {rest}") }
}

/// Words behind a comma that are part of a company's name (as CSL processors know them).
const FORMS: &[&str] = &["Inc", "Inc.", "Ltd", "Ltd.", "LLC", "LLP", "PLC", "Corp", "Corp.", "Co.", "GmbH", "S.A."];

/// An institution as Zotero leaves it whole: names that a comma or a semicolon parts are of
/// several, one within the other, and `U.S.` would be torn apart.
fn bodies(name: &str) -> Vec<String> {
    let mut bodies: Vec<String> = Vec::new();
    for part in name.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let part: Vec<_> = part.split_whitespace().map(undotted).collect();
        let part = part.join(" ");
        match bodies.last_mut().filter(|_| FORMS.contains(&part.as_str())) {
            Some(company) => *company = format!("{company} {part}"),
            None => bodies.push(part),
        }
    }
    bodies
}

/// `US` of `U.S.`
fn undotted(word: &str) -> String {
    let mut letters = word.split_terminator('.');
    let initials = word.matches('.').count() > 1 && letters.all(|letter| letter.chars().count() == 1);
    if initials { word.replace('.', "") } else { word.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{bodies, person};
    use crate::entry::Name;

    #[test]
    fn an_institution_is_written_so_that_it_stays_whole() {
        let of = |name: &str| bodies(name).join(" | ");
        assert_eq!(of("The White House"), "The White House");
        assert_eq!(of("U.S. Department of Homeland Security"), "US Department of Homeland Security");
        assert_eq!(
            of("National Research Council, Computer Science and Telecommunications Board"),
            "National Research Council | Computer Science and Telecommunications Board"
        );
        assert_eq!(of("Booz Allen Hamilton, Inc."), "Booz Allen Hamilton Inc.");
        assert_eq!(of("One; Two"), "One | Two");
        assert_eq!(of("Amazon.com"), "Amazon.com");
        assert_eq!(of(", "), "");
    }

    #[test]
    fn a_person_alone_is_not_read_as_two() {
        let name = |family: &str, given: Option<&str>, particle: Option<&str>, suffix: Option<&str>| Name::Person {
            family: family.into(),
            given: given.map(Into::into),
            particle: particle.map(Into::into),
            suffix: suffix.map(Into::into),
        };
        assert_eq!(person(&name("Krasner", Some("Stephen D."), None, None), true), "Krasner, Stephen D.");
        let hoven = name("Hoven", Some("Jeroen M."), Some("van den"), None);
        assert_eq!(person(&hoven, true), "van den Hoven, Jeroen\u{a0}M.");
        assert_eq!(person(&hoven, false), "van den Hoven, Jeroen M.");
        assert_eq!(person(&name("Nye", Some("Joseph S."), None, Some("Jr.")), true), "Nye, Joseph S. Jr.");
        assert_eq!(person(&name("Plato", None, None, None), true), "Plato,");
    }
}
