//! Where a work belongs in lists and indexes, found out with its entry.
//!
//! In: a [`Citation`], and the order of the site's language. Out: [`Filing`]. An archive
//! is linked anew whenever a record changes, and then only merges what is found here.
//! Absent on purpose: other entries.

use std::sync::Arc;

use jiff::civil::Date as Day;

use super::{
    Date,
    citation::{Citation, Name, Role},
};
use crate::{
    collate::{Collation, SortKey},
    fingerprint::Fingerprint,
    site::Slug,
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filing {
    pub moment: Moment,
    pub title: SortKey,
    /// Everyone whom the citation names, role by role.
    pub people: Vec<Named>,
}

/// By earliest possible day, then latest; the undated last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    undated: bool,
    days: Option<(Day, Day)>,
}

/// That a citation names someone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    pub role: Role,
    pub spelling: Fingerprint,
    pub person: Arc<NamedPerson>,
}

/// Someone as a citation names them, and as an index of people has them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedPerson {
    pub spelling: Spelling,
    /// `Krasner, S.`
    pub inverted: String,
    /// `S. Krasner`
    pub in_order: String,
    /// Of `inverted`.
    pub key: SortKey,
    /// Of `inverted`; other people may have the same.
    pub slug: Slug,
}

/// Family name with its particle, and given name. Two spellings of a person are two
/// people: initials alone do not tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spelling {
    family: String,
    given: Option<String>,
}

impl Filing {
    pub fn of(citation: &Citation, collation: &Collation) -> Self {
        let named = citation.names.iter().flat_map(|(&role, names)| names.iter().map(move |name| (role, name)));
        Filing {
            moment: Moment::of(citation.issued()),
            title: collation.key(&citation.title),
            people: named.filter_map(|(role, name)| Named::of(role, name, collation)).collect(),
        }
    }
}

impl Moment {
    fn of(date: Option<&Date>) -> Self {
        Moment { undated: date.is_none(), days: date.map(|date| (date.earliest, date.latest)) }
    }
}

impl Named {
    fn of(role: Role, name: &Name, collation: &Collation) -> Option<Self> {
        let spelling = Spelling::of(name)?;
        let inverted = name.inverted();
        let person = NamedPerson {
            in_order: name.in_order(),
            key: collation.key(&inverted),
            slug: Slug::from_words(&inverted).unwrap_or_else(|| Slug::new("person").expect("a sound slug")),
            inverted,
            spelling,
        };
        Some(Named { role, spelling: person.spelling.fingerprint(), person: Arc::new(person) })
    }
}

impl Spelling {
    /// `None` for an institution.
    pub fn of(name: &Name) -> Option<Self> {
        match name {
            Name::Person { given, .. } => Some(Spelling { family: name.short(), given: given.clone() }),
            Name::Literal(_) => None,
        }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }
}
