//! What linked data calls each thing of the archive.

use super::{json::Object, work::type_of};
use crate::{
    archive::{ActorId, EntryId, KeywordId, PersonId},
    entry::Name,
    page::{Permalink, World},
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
    let archive = world.archive;
    let (page, fragment, slug) = match node {
        Node::Archive => (None, "archive", ""),
        Node::Keywords => (Some(Permalink::new("keywords/index.html")), "terms", ""),
        Node::Work(id) => (Some(world.entry_permalink(id)), "work", archive.entry(id).slug.as_str()),
        Node::Keyword(id) => {
            let slug = &archive.keyword(id).id;
            (Some(Permalink::keyword(slug)), "term", slug.as_str())
        }
        Node::Actor(id) => {
            let slug = &archive.actor(id).id;
            (Some(Permalink::actor(slug)), "actor", slug.as_str())
        }
        Node::Person(id) => {
            let slug = &archive.person(id).id;
            (Some(Permalink::person(slug)), "person", slug.as_str())
        }
    };
    match &world.site.base_url {
        Some(base) => [base.as_str(), page.as_ref().map_or("", Permalink::as_str), "#", fragment].concat(),
        None if slug.is_empty() => ["_:", fragment].concat(),
        None => ["_:", fragment, "-", slug].concat(),
    }
}

/// A work, as another names it.
pub fn work_named(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let citation = &world.archive.entry(id).citation;
    node.text("@type", type_of(citation));
    node.text("@id", &self::id(world, Node::Work(id)));
    node.text("name", &citation.title);
}

/// A keyword.
pub fn term(world: &World<'_>, id: KeywordId, node: &mut Object<'_>) {
    node.text("@type", "DefinedTerm");
    node.text("@id", &self::id(world, Node::Keyword(id)));
    node.text("name", &world.archive.keyword(id).label);
}

pub fn actor(world: &World<'_>, id: ActorId, node: &mut Object<'_>) {
    node.text("@type", actor_type(world, id));
    node.text("@id", &self::id(world, Node::Actor(id)));
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
                node.text("@id", &self::id(world, Node::Person(id)));
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
