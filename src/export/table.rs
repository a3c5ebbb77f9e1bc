//! Tables: RFC 4180, in UTF-8, with a first line of names.

use std::borrow::Cow;

use super::Material;
use crate::{
    archive::{EntryId, Goal},
    entry::{Name, Role, Variable},
};

/// The columns of [`works`].
const COLUMNS: [&str; 28] = [
    "id",
    "collection",
    "number",
    "also_listed_as",
    "type",
    "genre",
    "title",
    "title_language",
    "authors",
    "editors",
    "issued",
    "year",
    "container_title",
    "volume",
    "issue",
    "pages",
    "edition",
    "publisher",
    "publisher_place",
    "isbn",
    "issn",
    "doi",
    "url",
    "tracks",
    "keywords",
    "actors",
    "summary",
    "page",
];

/// A row a work. Several values of one cell stand with `; ` between them.
pub fn works(material: &Material<'_>) -> String {
    let Material { archive, site, pages } = material;
    let mut table = Table::default();
    table.row(&COLUMNS.map(Cow::Borrowed));
    for id in material.works() {
        let record = archive.entry(id);
        let citation = &record.citation;
        let get = |variable| Cow::Borrowed(citation.get(variable).unwrap_or_default());
        let names = |role| joined(citation.names(role).iter().map(Name::inverted));
        let double = |other: &EntryId| {
            let record = archive.entry(*other);
            let number = record.number.map_or_else(String::new, |number| format!(" {number}"));
            format!("{}{number}", record.collection)
        };
        let issued = citation.issued();
        let tracks = archive.track_indexes(id).map(|index| site.tracks[index].title.clone());
        let keywords = archive.entry_keywords[id.0].iter().map(|keyword| archive.keyword(*keyword).label.clone());
        let mut actors: Vec<String> = Vec::new();
        for (actor, _) in &archive.entry_actors[id.0] {
            let name = &archive.actor(*actor).name;
            if !actors.contains(name) {
                actors.push(name.clone());
            }
        }
        table.row(&[
            record.slug.as_str().into(),
            record.collection.as_str().into(),
            record.number.map_or_else(String::new, |number| number.to_string()).into(),
            joined(archive.doubles[id.0].iter().map(double)),
            citation.kind.to_string().into(),
            get(Variable::Genre),
            citation.title.as_str().into(),
            record.own.title_lang.as_deref().unwrap_or_default().into(),
            names(Role::Author),
            names(Role::Editor),
            issued.map_or("", |date| date.written()).into(),
            issued.map_or_else(String::new, |date| date.year().to_string()).into(),
            get(Variable::ContainerTitle),
            get(Variable::Volume),
            get(Variable::Issue),
            get(Variable::Page),
            get(Variable::Edition),
            get(Variable::Publisher),
            get(Variable::PublisherPlace),
            get(Variable::Isbn),
            get(Variable::Issn),
            citation.doi().unwrap_or_default().into(),
            get(Variable::Url),
            joined(tracks),
            joined(keywords),
            joined(actors.into_iter()),
            record.own.summary.as_deref().unwrap_or_default().into(),
            pages.entry(id).into(),
        ]);
    }
    table.0
}

/// A row for each relation between two works, and one for each link of one work's text to
/// another, however often it links there.
pub fn links(material: &Material<'_>) -> String {
    let Material { archive, site, .. } = material;
    let slug = |id: EntryId| Cow::Borrowed(archive.entry(id).slug.as_str());
    let mut table = Table::default();
    table.row(&["source", "target", "relation", "because"].map(Cow::Borrowed));
    for id in material.works() {
        for tie in archive.ties[id.0].iter().filter(|tie| !tie.inverse) {
            let because = tie.because.as_deref().unwrap_or_default();
            table.row(&[
                slug(id),
                slug(archive.principal(tie.other)),
                site.relations[tie.kind].id.as_str().into(),
                because.into(),
            ]);
        }
        let texts = std::iter::once(id).chain(archive.doubles[id.0].iter().copied());
        let goals = texts.flat_map(|text| archive.entry_links[text.0].iter());
        let mut others: Vec<EntryId> = goals
            .filter_map(|goal| match goal {
                Some(Goal::Entry { id, .. }) => Some(archive.principal(*id)),
                _ => None,
            })
            .filter(|other| *other != id)
            .collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            table.row(&[slug(id), slug(other), "links-to".into(), "".into()]);
        }
    }
    table.0
}

fn joined(values: impl Iterator<Item = String>) -> Cow<'static, str> {
    values.collect::<Vec<_>>().join("; ").into()
}

/// Rows that end as RFC 4180 wants it.
#[derive(Default)]
struct Table(String);

impl Table {
    fn row<const N: usize>(&mut self, cells: &[Cow<'_, str>; N]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
    }

    /// A spreadsheet takes what begins with one of these characters for a formula, even
    /// within quotation marks, and for text behind an apostrophe (OWASP, "CSV Injection").
    fn cell(&mut self, text: &str) {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
        let quoted = text.contains([',', '"', '\r', '\n']);
        if quoted {
            self.0.push('"');
        }
        if formula {
            self.0.push('\'');
        }
        if quoted {
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_as_they_must_be_and_none_is_a_formula() {
        let mut table = Table::default();
        table.row(&["plain", "a, b", "say \"so\"", "two\nlines", ""].map(Cow::Borrowed));
        table.row(&["=1+1", "+1 a", "-44", "-a, b", "@x"].map(Cow::Borrowed));
        assert_eq!(table.0, "plain,\"a, b\",\"say \"\"so\"\"\",\"two\nlines\",\r\n'=1+1,'+1 a,-44,\"'-a, b\",'@x\r\n");
    }
}
