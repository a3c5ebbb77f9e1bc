//! What linked data calls each thing of the archive.

use super::{json::Object, work::type_of};
use crate::{
    archive::{ActorId, EntryId, KeywordId, PersonId},
    entry::Name,
    page::{World, address::Address},
    vocabulary::ActorKind,
};

/// A thing that is described somewhere in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    Archive,
    /// All keywords, as one list.
    Keywords,
    Work(EntryId),
    Keyword(KeywordId),
    Actor(ActorId),
    Person(PersonId),
}

/// The identifier of a node: a fragment of the page about it, since the page is another thing.
/// Where the site has no address of its own it is a blank node's label (RDF 1.1 Turtle,
/// `BLANK_NODE_LABEL`), which is good within one document.
pub fn id(world: &World<'_>, node: Node) -> String {
    id_parts(world, node).concat()
}

/// The same as its parts, one behind the other.
pub fn id_parts<'a>(world: &World<'a>, node: Node) -> [&'a str; 7] {
    let archive = world.archive;
    let (page, fragment, slug) = match node {
        Node::Archive => ([""; 4], "archive", ""),
        Node::Keywords => (["keywords/index.html", "", "", ""], "terms", ""),
        Node::Work(id) => {
            let record = archive.entry(id);
            (Address::entry(&record.collection, record.slug.as_str()).parts(), "work", record.slug.as_str())
        }
        Node::Keyword(id) => {
            let slug = &archive.keyword(id).id;
            (Address::keyword(slug).parts(), "term", slug.as_str())
        }
        Node::Actor(id) => {
            let slug = &archive.actor(id).id;
            (Address::actor(slug).parts(), "actor", slug.as_str())
        }
        Node::Person(id) => {
            let slug = &archive.person(id).id;
            (Address::person(slug).parts(), "person", slug.as_str())
        }
    };
    match &world.site.base_url {
        Some(base) => {
            let [one, two, three, four] = page;
            [base, one, two, three, four, "#", fragment]
        }
        None if slug.is_empty() => ["_:", fragment, "", "", "", "", ""],
        None => ["_:", fragment, "-", slug, "", "", ""],
    }
}

/// A work, as another names it.
pub fn work_named(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let citation = &world.archive.entry(id).citation;
    node.text("@type", type_of(citation));
    node.parts("@id", &id_parts(world, Node::Work(id)));
    node.text("name", &citation.title);
}

/// A keyword.
pub fn term(world: &World<'_>, id: KeywordId, node: &mut Object<'_>) {
    node.text("@type", "DefinedTerm");
    node.parts("@id", &id_parts(world, Node::Keyword(id)));
    node.text("name", &world.archive.keyword(id).label);
}

pub fn actor(world: &World<'_>, id: ActorId, node: &mut Object<'_>) {
    node.text("@type", actor_type(world, id));
    node.parts("@id", &id_parts(world, Node::Actor(id)));
    node.text("name", &world.archive.actor(id).name);
}

pub fn actor_type(world: &World<'_>, id: ActorId) -> &'static str {
    // An organ of a state is one of its government, however far below it stands.
    let mut whole = Some(id);
    for _ in 0..world.archive.actors.len() {
        let Some(shelf) = whole.map(|id| world.archive.actor(id)) else { break };
        match shelf.kind {
            Some(ActorKind::State) => return "GovernmentOrganization",
            Some(ActorKind::Person) => return "Person",
            _ => whole = shelf.part_of,
        }
    }
    "Organization"
}

/// Someone whom a citation names.
pub fn agent(world: &World<'_>, name: &Name, node: &mut Object<'_>) {
    match name {
        Name::Literal(text) => body(world, text, node),
        Name::Person { family, given, .. } => {
            node.text("@type", "Person");
            if let Some(id) = world.archive.person_named(name) {
                node.parts("@id", &id_parts(world, Node::Person(id)));
            }
            node.text("name", &name.in_order());
            node.text("familyName", family);
            node.some("givenName", given.as_deref());
        }
    }
}

/// An institution: the actor of that name, where there is one. Whoever joins what several
/// works say of it finds one name.
pub fn body(world: &World<'_>, name: &str, node: &mut Object<'_>) {
    let Some(id) = world.archive.actor_named(name) else {
        node.text("@type", "Organization");
        node.text("name", name);
        return;
    };
    actor(world, id, node);
    node.some("alternateName", Some(name).filter(|name| *name != world.archive.actor(id).name));
}
