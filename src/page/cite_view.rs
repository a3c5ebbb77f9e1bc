//! How the work of an entry is cited, and how its page: kept apart, since the one is the
//! author's and the other the editors'.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

use super::{address::absolute, html::Html, view::Frame, world::World};
use crate::{
    archive::EntryId,
    cite::{self, Code, Format, Reference},
    entry::{Citation, DateVariable, Kind, Name, Role, Variable},
};

/// What an entry's page says of citing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CiteView {
    pub work: CitationView,
    /// The page itself.
    pub annotation: CitationView,
}

/// One thing as it is cited.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CitationView {
    /// In the order of the settings; the first is the default. Never empty.
    pub styles: Vec<StyledView>,
    /// For programs: BibTeX, RIS, CSL-JSON.
    pub formats: Vec<FormatView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct StyledView {
    /// As `site.toml` names it.
    pub id: String,
    /// `APA`
    pub title: String,
    pub citation: Html,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FormatView {
    /// `bibtex`, `ris`, `csl-json`
    pub id: &'static str,
    /// `BibTeX`
    pub title: &'static str,
    /// A file with the same, beside the page; where the settings ask for one.
    pub href: Option<String>,
    /// With the classes of highlighted code.
    pub code: Html,
}

/// `None` where the archive offers no style.
pub fn cite_view(world: &World<'_>, id: EntryId, page: &Frame, what: &str) -> Option<CiteView> {
    if world.styles.is_empty() {
        return None;
    }
    let record = world.archive.entry(id);
    let annotation = Reference {
        citation: Cow::Owned(annotation(world, id, page, what)),
        language: record.own.title_lang.as_deref(),
    };
    let key = record.slug.as_str();
    let file = |format: Format| world.site.exports.entries.then(|| format!("{key}.{}", format.ending()));
    Some(CiteView {
        work: cited(world, &Reference::of(record), key, file),
        annotation: cited(world, &annotation, &format!("{key}-annotation"), |_| None),
    })
}

fn cited(
    world: &World<'_>,
    reference: &Reference<'_>,
    key: &str,
    file: impl Fn(Format) -> Option<String>,
) -> CitationView {
    let styled = |style: &cite::Style| StyledView {
        id: style.name.clone(),
        title: style.title.clone(),
        citation: Html(style.bibliography(reference).into()),
    };
    let formatted = |format: Format| {
        let Code(html) = format.write(reference, key);
        FormatView { id: format.id(), title: format.title(), href: file(format), code: Html(html.into()) }
    };
    CitationView {
        styles: world.styles.iter().map(styled).collect(),
        formats: Format::ALL.into_iter().map(formatted).collect(),
    }
}

/// The page as a work of its own: a page of the archive, by its editors.
fn annotation(world: &World<'_>, id: EntryId, page: &Frame, what: &str) -> Citation {
    let own = &world.archive.entry(id).own;
    let site = world.site;
    let mut names = BTreeMap::new();
    names.extend(site.editor.clone().map(|editor| (Role::Author, vec![Name::Literal(editor)])));
    let mut dates = BTreeMap::new();
    let edition = || site.date.and_then(|day| crate::entry::Date::parse(&day.to_string()).ok());
    let changed = own.updated.clone().or_else(|| own.added.clone()).or_else(edition);
    dates.extend(changed.map(|date| (DateVariable::Issued, date)));
    let mut variables = BTreeMap::from([(Variable::ContainerTitle, site.title.clone())]);
    if site.base_url.is_some() {
        variables.insert(Variable::Url, absolute(site, &page.permalink));
    }
    Citation { kind: Kind::Webpage, title: format!("{} ({what})", page.title), names, dates, variables }
}
