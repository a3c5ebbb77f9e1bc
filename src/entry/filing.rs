//! Where a work belongs in lists and indexes, found out with its entry.
//!
//! In: the parts of a record, and the order of the site's language. Out: [`Filing`]. An
//! archive is linked anew whenever a record changes, and then only merges what is found
//! here. Absent on purpose: other entries.

use std::{cell::RefCell, sync::Arc};

use ahash::AHashMap;
use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil::Date as Day;

use super::{
    Date, Link, Piece, Target,
    body::Outgoing,
    citation::{Citation, Name, Role, Variable},
    date,
    front_matter::{ActorRole, Own},
};
use crate::{
    collate::{Collation, SortKey},
    fingerprint::Fingerprint,
    site::Slug,
};

/// Ids are fingerprints here: they are looked up, and seldom read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Filing {
    pub id: Fingerprint,
    pub moment: Moment,
    /// Whether the date is no more than likely, or not wholly known.
    pub doubtful: bool,
    pub title: SortKey,
    /// About how many bytes of HTML the words of the entry's card have: its title, its
    /// creators, its kind and its address.
    pub length: u32,
    /// About how many bytes a list has beside the card, for programs.
    pub listed: u32,
    /// Everyone whom the citation names, role by role.
    pub people: Vec<Named>,
    /// The following three as they are written.
    pub keywords: Vec<Fingerprint>,
    pub actors: Vec<(Fingerprint, Option<ActorRole>)>,
    pub tracks: Vec<Fingerprint>,
    /// Keywords of sections, each with the index of its section.
    pub sections: Vec<(usize, Fingerprint)>,
    /// For each link the entry that it leads to, where it leads to an entry as a whole.
    pub links: Vec<Option<Fingerprint>>,
    /// About how many bytes the sentence of each link has, with what is put into it.
    pub passages: Vec<u32>,
    /// Whether the entry is held back.
    pub draft: bool,
    /// Whether the entry has none of the fields that few have and that lead to other
    /// entries, or are checked against others: aliases, `same-as`, relations, `listed`,
    /// corrections.
    pub plain: bool,
}

/// By earliest possible day, then latest; the undated last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Moment {
    undated: bool,
    #[borsh(serialize_with = "date::write_days", deserialize_with = "date::read_days")]
    days: Option<(Day, Day)>,
}

/// That a citation names someone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Named {
    pub role: Role,
    pub spelling: Fingerprint,
    pub person: Arc<NamedPerson>,
}

/// Someone as a citation names them, and as an index of people has them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Spelling {
    family: String,
    given: Option<String>,
}

/// What a thread has found out for entries of one language: many works name the same people.
struct Register {
    language: String,
    collation: Collation,
    people: AHashMap<Name, (Fingerprint, Arc<NamedPerson>)>,
}

thread_local! {
    static REGISTER: RefCell<Option<Register>> = const { RefCell::new(None) };
}

impl Register {
    /// More people than these are forgotten, all of them.
    const MOST: usize = 4096;

    fn of(language: &str) -> Self {
        let people = AHashMap::default();
        Register { language: language.to_string(), collation: Collation::new(language), people }
    }

    /// `None` for an institution.
    fn named(&mut self, role: Role, name: &Name) -> Option<Named> {
        if let Some((spelling, person)) = self.people.get(name) {
            return Some(Named { role, spelling: *spelling, person: Arc::clone(person) });
        }
        let person = Arc::new(NamedPerson::of(name, &self.collation)?);
        let spelling = person.spelling.fingerprint();
        if self.people.len() >= Register::MOST {
            self.people.clear();
        }
        self.people.insert(name.clone(), (spelling, Arc::clone(&person)));
        Some(Named { role, spelling, person })
    }
}

impl Filing {
    /// In the order of a language (BCP 47).
    pub fn of(slug: &Slug, citation: &Citation, own: &Own, outgoing: &Outgoing, language: &str) -> Self {
        REGISTER.with_borrow_mut(|register| {
            let register = match register {
                Some(known) if known.language == language => known,
                other => other.insert(Register::of(language)),
            };
            Filing::by(register, slug, citation, own, outgoing)
        })
    }

    fn by(register: &mut Register, slug: &Slug, citation: &Citation, own: &Own, outgoing: &Outgoing) -> Self {
        let id = |text: &str| Fingerprint::of_bytes(text.as_bytes());
        let named = citation.names.iter().flat_map(|(&role, names)| names.iter().map(move |name| (role, name)));
        let annotated =
            outgoing.sections.iter().zip(0..).filter_map(|(section, at)| Some((at, section.annotation.as_ref()?)));
        Filing {
            id: id(slug.as_str()),
            moment: Moment::of(citation.issued()),
            doubtful: citation.issued().is_some_and(|date| date.written().contains(['?', '~', '%', 'X'])),
            title: register.collation.key(&citation.title),
            length: card_length(slug, citation),
            listed: listed_length(slug, citation),
            people: named.filter_map(|(role, name)| register.named(role, name)).collect(),
            keywords: own.keywords.iter().map(|keyword| id(keyword)).collect(),
            actors: own.actors.iter().map(|part| (id(&part.actor), part.role)).collect(),
            tracks: own.tracks.iter().map(|claim| id(&claim.track)).collect(),
            sections: annotated
                .flat_map(|(at, annotation)| annotation.keywords.iter().map(move |keyword| (at, id(keyword))))
                .collect(),
            links: outgoing
                .links
                .iter()
                .map(|link| match &link.target {
                    Target::Entry { slug, section: None } => Some(id(slug)),
                    _ => None,
                })
                .collect(),
            passages: outgoing.links.iter().map(passage_length).collect(),
            draft: own.draft,
            plain: own.aliases.is_empty()
                && own.same_as.is_none()
                && own.relations.is_empty()
                && own.listed.is_none()
                && own.corrections.is_empty(),
        }
    }
}

/// As [`Filing::passages`].
pub fn passage_length(link: &Link) -> u32 {
    let length = |piece: &Piece| match piece {
        Piece::Text(text) | Piece::Words(text) => text.len() + 8,
        Piece::Shown(_) => 60,
    };
    u32::try_from(link.context.iter().map(length).sum::<usize>()).unwrap_or(u32::MAX)
}

fn card_length(slug: &Slug, citation: &Citation) -> u32 {
    let name = |name: &Name| match name {
        Name::Person { family, given, particle, suffix } => {
            let rest = [given, particle, suffix].into_iter().flatten();
            2 + html_length(family) + rest.map(|part| 2 + html_length(part)).sum::<usize>()
        }
        Name::Literal(text) => 2 + html_length(text),
    };
    let creators: usize = citation.creators().iter().map(name).sum();
    // The kind stands in the card twice.
    let kind = citation.get(Variable::Genre).map_or(16, |genre| 2 * html_length(genre));
    u32::try_from(html_length(&citation.title) + creators + kind + slug.as_str().len()).unwrap_or(u32::MAX)
}

/// What a list says of it to programs: its citation as a query of `OpenURL`, and once more its
/// title and address.
fn listed_length(slug: &Slug, citation: &Citation) -> u32 {
    const BESIDE: usize = 230;
    let encoded = |text: &str| -> usize {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.' | b'~');
        text.bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum()
    };
    let pair = |text: &str| 17 + encoded(text);
    let names: usize = [Role::Author, Role::Editor]
        .into_iter()
        .flat_map(|role| citation.names(role))
        .map(|name| pair(&name.inverted()) + 4)
        .sum();
    let told = [
        Variable::ContainerTitle,
        Variable::Volume,
        Variable::Issue,
        Variable::Page,
        Variable::Publisher,
        Variable::PublisherPlace,
        Variable::Edition,
        Variable::CollectionTitle,
        Variable::Isbn,
        Variable::Issn,
        Variable::Doi,
        Variable::Url,
    ];
    let told: usize = told.into_iter().filter_map(|variable| citation.get(variable)).map(pair).sum();
    let title = encoded(&citation.title) + citation.title.len();
    u32::try_from(BESIDE + title + names + told + slug.as_str().len()).unwrap_or(u32::MAX)
}

/// How many bytes a text has where its special characters are written out.
fn html_length(text: &str) -> usize {
    text.bytes().map(|byte| if matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'/') { 6 } else { 1 }).sum()
}

impl Moment {
    fn of(date: Option<&Date>) -> Self {
        Moment { undated: date.is_none(), days: date.map(|date| (date.earliest, date.latest)) }
    }

    /// The first and the last day that the date may mean: as [`Date`] has them.
    pub fn days(&self) -> Option<(Day, Day)> {
        self.days
    }

    /// As [`Date::year`].
    pub fn year(&self) -> Option<i16> {
        let (earliest, latest) = self.days?;
        Some(if earliest == Day::MIN { latest.year() } else { earliest.year() })
    }
}

impl NamedPerson {
    /// `None` for an institution.
    pub fn of(name: &Name, collation: &Collation) -> Option<Self> {
        let inverted = name.inverted();
        Some(NamedPerson {
            spelling: Spelling::of(name)?,
            in_order: name.in_order(),
            key: collation.key(&inverted),
            slug: Slug::from_words(&inverted).unwrap_or_else(|| Slug::new("person").expect("a sound slug")),
            inverted,
        })
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
        Self::fingerprint_as(&self.family, self.given.as_deref())
    }

    /// That of [`of`](Self::of), without the spelling itself.
    pub fn fingerprint_of(name: &Name) -> Option<Fingerprint> {
        match name {
            Name::Person { family, given, particle: None, .. } => Some(Self::fingerprint_as(family, given.as_deref())),
            _ => Some(Self::of(name)?.fingerprint()),
        }
    }

    fn fingerprint_as(family: &str, given: Option<&str>) -> Fingerprint {
        Fingerprint::of(&(family, given))
    }
}
