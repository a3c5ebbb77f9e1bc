//! A work as linked data: one node of schema.org, with the relations of DCMI Metadata Terms.

use super::{
    json::{Object, object},
    node::{self, Node},
};
use crate::{
    archive::{EntryId, Tie},
    entry::{ActorRole, Citation, Date, DateVariable, Kind, Name, Record, Role, Variable},
    page::World,
    vocabulary::ActorKind,
};

/// Above so many ties a work names its own alone: a work to which thousands refer has a page
/// of its own for them.
const TIES: usize = 20;

/// An object of JSON-LD, to be read with [`super::CONTEXT`]: every node in it has a type, and
/// no identifier is relative. It describes the work of an entry, which for a double is its
/// principal's.
pub fn work(world: &World<'_>, id: EntryId) -> String {
    let mut json = String::with_capacity(2048);
    object(&mut json, |node| describe(world, id, node));
    json
}

/// The type of a work, as others name it.
pub fn type_of(citation: &Citation) -> &'static str {
    match citation.kind {
        Kind::ArticleJournal | Kind::PaperConference | Kind::Review | Kind::ReviewBook => "ScholarlyArticle",
        Kind::Article | Kind::ArticleMagazine | Kind::Entry | Kind::EntryDictionary | Kind::EntryEncyclopedia => {
            "Article"
        }
        Kind::ArticleNewspaper => "NewsArticle",
        Kind::Bill | Kind::Legislation | Kind::Regulation | Kind::Treaty => "Legislation",
        Kind::Book | Kind::Classic => "Book",
        Kind::Chapter => "Chapter",
        Kind::Collection => "Collection",
        Kind::Dataset => "Dataset",
        Kind::Figure => "ImageObject",
        Kind::Graphic => "VisualArtwork",
        Kind::Manuscript => "Manuscript",
        Kind::Map => "Map",
        Kind::MotionPicture => "Movie",
        Kind::MusicalScore => "SheetMusic",
        Kind::Periodical => "Periodical",
        Kind::Post => "SocialMediaPosting",
        Kind::PostWeblog => "BlogPosting",
        Kind::Report => "Report",
        Kind::Software => "SoftwareApplication",
        Kind::Song => "MusicRecording",
        Kind::Thesis => "Thesis",
        _ => "CreativeWork",
    }
}

/// What schema.org has no type for, as the Bibliographic Ontology (BIBO 1.3) names it.
fn further_type(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Broadcast => "http://purl.org/ontology/bibo/AudioVisualDocument",
        Kind::Hearing => "http://purl.org/ontology/bibo/Hearing",
        Kind::Interview => "http://purl.org/ontology/bibo/Interview",
        Kind::LegalCase => "http://purl.org/ontology/bibo/LegalCaseDocument",
        Kind::Patent => "http://purl.org/ontology/bibo/Patent",
        Kind::Performance => "http://purl.org/ontology/bibo/Performance",
        Kind::PersonalCommunication => "http://purl.org/ontology/bibo/PersonalCommunicationDocument",
        Kind::Standard => "http://purl.org/ontology/bibo/Standard",
        Kind::Webpage => "http://purl.org/ontology/bibo/Webpage",
        _ => return None,
    })
}

/// As [`work`], within other JSON.
pub fn describe(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let id = world.archive.principal(id);
    let record = world.archive.entry(id);
    let citation = &record.citation;
    let get = |variable| citation.get(variable);
    node.text("@type", type_of(citation));
    node.parts("@id", &node::id_parts(world, Node::Work(id)));
    node.some("additionalType", further_type(citation.kind));
    titles(record, node);
    creators(world, citation, node);
    published(world, citation, node);
    identifiers(citation, node);
    contained(world, citation, node);
    node.some("inLanguage", get(Variable::Language).or(record.own.title_lang.as_deref()));
    node.some("genre", get(Variable::Genre));
    node.some("abstract", get(Variable::Abstract));
    node.some("description", record.own.summary.as_deref());
    node.objects("keywords", world.archive.entry_keywords[id.0].iter().copied(), |keyword, node| {
        node::term(world, keyword, node);
    });
    actors(world, id, node);
    relations(world, id, node);
}

fn titles(record: &Record, node: &mut Object<'_>) {
    match &record.own.title_lang {
        Some(language) => node.object("name", |name| {
            name.text("@value", &record.citation.title);
            name.text("@language", language);
        }),
        None => node.text("name", &record.citation.title),
    }
    node.objects("alternateName", &record.own.title_in, |(language, title), name| {
        name.text("@value", title);
        name.text("@language", language);
    });
}

fn creators(world: &World<'_>, citation: &Citation, node: &mut Object<'_>) {
    let mut named = |key: &str, names: &[&Name]| {
        node.objects(key, names.iter().copied(), |name, node| node::agent(world, name, node));
    };
    let of = |roles: &[Role]| -> Vec<&Name> { roles.iter().flat_map(|role| citation.names(*role)).collect() };
    named("author", &of(&[Role::Author]));
    // Those of a chapter edited the book that it stands in.
    if !in_book(citation) {
        named("editor", &of(&[Role::Editor, Role::EditorialDirector, Role::EditorTranslator]));
    }
    named("translator", &of(&[Role::Translator]));
    let others = [
        Role::Chair,
        Role::Compiler,
        Role::Composer,
        Role::Contributor,
        Role::Curator,
        Role::Director,
        Role::ExecutiveProducer,
        Role::Guest,
        Role::Host,
        Role::Illustrator,
        Role::Interviewer,
        Role::Narrator,
        Role::Organizer,
        Role::Performer,
        Role::Producer,
        Role::ScriptWriter,
        Role::SeriesCreator,
    ];
    named("contributor", &of(&others));
}

/// A season, a date that is uncertain and a range are given as EDTF: schema.org has no words
/// for them but the year, where that is known.
fn published(world: &World<'_>, citation: &Citation, node: &mut Object<'_>) {
    if let Some(date) = citation.issued() {
        if let Some(day) = date.machine() {
            node.text("datePublished", day);
        } else {
            node.some("datePublished", date.plain_year().as_deref());
            node.object("dcterms:issued", |value| {
                value.text("@type", "http://id.loc.gov/datatypes/edtf/EDTF");
                value.text("@value", date.written());
            });
        }
    }
    if let Some(date) = citation.date(DateVariable::OriginalDate).and_then(Date::machine) {
        node.text("dateCreated", date);
    }
    if !in_book(citation) {
        publisher(world, citation, node);
    }
}

fn publisher(world: &World<'_>, citation: &Citation, node: &mut Object<'_>) {
    let Some(publisher) = citation.get(Variable::Publisher) else { return };
    node.object("publisher", |node| {
        node::body(world, publisher, node);
        if let Some(place) = citation.get(Variable::PublisherPlace) {
            node.object("location", |node| {
                node.text("@type", "Place");
                node.text("name", place);
            });
        }
    });
}

fn identifiers(citation: &Citation, node: &mut Object<'_>) {
    if let Some(doi) = citation.doi() {
        node.objects("identifier", [doi], |doi, node| {
            node.text("@type", "PropertyValue");
            node.text("propertyID", "DOI");
            node.text("value", doi);
        });
        node.parts("sameAs", &["https://doi.org/", doi]);
    }
    if let Some(number) = citation.get(Variable::Number) {
        let key = match type_of(citation) {
            "Report" => "reportNumber",
            "Legislation" => "legislationIdentifier",
            _ => "dcterms:identifier",
        };
        node.text(key, number);
    }
    if citation.kind == Kind::Treaty {
        node.text("legislationType", "Treaty");
    }
    if !in_book(citation) {
        node.some("isbn", citation.get(Variable::Isbn));
    }
    node.some("bookEdition", citation.get(Variable::Edition));
    node.some("url", citation.web_address());
}

/// Whether it is a part of a book, whose editors and publisher its record names.
fn in_book(citation: &Citation) -> bool {
    let part = matches!(
        citation.kind,
        Kind::Chapter | Kind::PaperConference | Kind::Entry | Kind::EntryDictionary | Kind::EntryEncyclopedia
    );
    part && citation.get(Variable::ContainerTitle).is_some()
}

fn contained(world: &World<'_>, citation: &Citation, node: &mut Object<'_>) {
    let get = |variable| citation.get(variable);
    if let Some(pages) = get(Variable::Page) {
        node.text("pagination", pages);
        if let Some((first, last)) = pages.split_once(['-', '–']) {
            node.text("pageStart", first);
            node.text("pageEnd", last);
        }
    }
    let container = get(Variable::ContainerTitle);
    match (type_of(citation), container) {
        _ if in_book(citation) => node.object("isPartOf", |node| book(world, citation, node)),
        ("ScholarlyArticle" | "NewsArticle" | "Article" | "BlogPosting", Some(title)) => {
            node.object("isPartOf", |node| issue(citation, title, node));
        }
        (_, Some(title)) => node.object("isPartOf", |node| {
            node.text("@type", if citation.kind == Kind::Webpage { "WebSite" } else { "CreativeWork" });
            node.text("name", title);
        }),
        (_, None) => series(citation, node),
    }
}

fn book(world: &World<'_>, citation: &Citation, node: &mut Object<'_>) {
    node.text("@type", "Book");
    node.some("name", citation.get(Variable::ContainerTitle));
    let editors = [Role::Editor, Role::EditorialDirector, Role::EditorTranslator];
    let editors = editors.into_iter().flat_map(|role| citation.names(role));
    node.objects("editor", editors, |name, node| node::agent(world, name, node));
    publisher(world, citation, node);
    node.some("isbn", citation.get(Variable::Isbn));
    series(citation, node);
}

/// An issue of a volume of a periodical, as far as each is known.
fn issue(citation: &Citation, title: &str, node: &mut Object<'_>) {
    let periodical = |node: &mut Object<'_>| {
        node.text("@type", if citation.kind == Kind::PostWeblog { "Blog" } else { "Periodical" });
        node.text("name", title);
        node.some("issn", citation.get(Variable::Issn));
    };
    let volume = |node: &mut Object<'_>| match citation.get(Variable::Volume) {
        Some(number) => {
            node.text("@type", "PublicationVolume");
            node.text("volumeNumber", number);
            node.object("isPartOf", periodical);
        }
        None => periodical(node),
    };
    match citation.get(Variable::Issue) {
        Some(number) => {
            node.text("@type", "PublicationIssue");
            node.text("issueNumber", number);
            node.object("isPartOf", volume);
        }
        None => volume(node),
    }
}

fn series(citation: &Citation, node: &mut Object<'_>) {
    let Some(title) = citation.get(Variable::CollectionTitle) else { return };
    let of_books = matches!(citation.kind, Kind::Book | Kind::Classic) || in_book(citation);
    node.object("isPartOf", |node| {
        node.text("@type", if of_books { "BookSeries" } else { "CreativeWorkSeries" });
        node.text("name", title);
    });
    node.some("position", citation.get(Variable::CollectionNumber));
}

/// Those whom the archive names beside the citation.
fn actors(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let actors = &world.archive.entry_actors[id.0];
    let person = |id| world.archive.actor(id).kind == Some(ActorKind::Person);
    let citation = &world.archive.entry(id).citation;
    let publisher = citation.get(Variable::Publisher);
    let law = type_of(citation) == "Legislation";
    let key = |&(actor, role): &(_, Option<ActorRole>)| match role {
        Some(ActorRole::Issuer) if person(actor) => "accountablePerson",
        Some(ActorRole::Issuer) => "sourceOrganization",
        Some(ActorRole::Party) if law => "legislationPassedBy",
        Some(ActorRole::Publisher) if publisher.is_none() => "publisher",
        Some(ActorRole::Sponsor) => "sponsor",
        Some(ActorRole::Subject) => "about",
        _ => "mentions",
    };
    let keys = ["sourceOrganization", "accountablePerson", "legislationPassedBy", "publisher", "sponsor", "about"];
    let cited = publisher.and_then(|name| world.archive.actor_named(name));
    for wanted in keys.into_iter().chain(["mentions"]) {
        let those = actors.iter().filter(|actor| key(actor) == wanted && Some(actor.0) != cited);
        node.objects(wanted, those, |&(actor, _), node| node::actor(world, actor, node));
    }
}

fn relations(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let ties = &world.archive.ties[id.0];
    let many = ties.len() > TIES;
    let term = |tie: &Tie| world.site.relations[tie.kind].dcterms.property(tie.inverse);
    let mut told: Vec<(&str, EntryId)> =
        ties.iter().filter(|tie| !many || !tie.inverse).map(|tie| (term(tie), tie.other)).collect();
    told.sort_by_key(|(term, other)| (*term, world.archive.time_rank[other.0]));
    told.dedup();
    for of_term in told.chunk_by(|one, next| one.0 == next.0) {
        node.objects(of_term[0].0, of_term, |&(_, other), node| node::work_named(world, other, node));
    }
}
