//! A page's own graph: what it is, of what it treats, and which archive it belongs to.

use super::{
    CONTEXT,
    json::{Object, object},
    node::{self, Node},
    work,
};
use crate::{
    archive::{EntryId, KeywordId},
    entry::Date,
    page::{
        Permalink, World,
        address::{Address, absolute},
        plan::{Page, Subject},
        view::Frame,
    },
};

/// A data block: browsers do not run it, and the page's policy on scripts does not touch it
/// (HTML, "The script element"). `works` are those that the page lists.
pub fn graph(world: &World<'_>, page: &Page, frame: &Frame, works: Option<&[EntryId]>, html: &mut String) {
    html.push_str("<script type=\"application/ld+json\">");
    object(html, |node| {
        node.raw("@context", CONTEXT);
        node.text("@type", kind(page, works));
        about_page(world, page, frame, node);
        subject(world, page, node);
        match page.subject {
            Subject::Entry(id) => node.object("mainEntity", |node| work::describe(world, id, node)),
            Subject::Home => node.object("mainEntity", |node| whole_archive(world, node)),
            Subject::Keywords => node.object("mainEntity", |node| terms(world, page, node)),
            Subject::Actors => {
                let actors = page.pick(&world.archive.actors);
                let named = actors.iter().map(|shelf| (Address::actor(&shelf.id), shelf.name.as_str()));
                list(world, named, node);
            }
            Subject::People => {
                let people = page.pick(&world.archive.people);
                let named = people.iter().map(|one| (Address::person(&one.id), one.named.in_order.as_str()));
                list(world, named, node);
            }
            _ => {
                let named = |&id: &EntryId| (world.entry_address(id), world.archive.entry(id).citation.title.as_str());
                list(world, works.unwrap_or_default().iter().map(named), node);
            }
        }
    });
    html.push_str("</script>\n");
}

fn kind(page: &Page, works: Option<&[EntryId]>) -> &'static str {
    match page.subject {
        Subject::Keywords | Subject::TrackKeywords(_) | Subject::Actors | Subject::People => "CollectionPage",
        Subject::Search => "SearchResultsPage",
        _ if works.is_some() => "CollectionPage",
        _ => "WebPage",
    }
}

fn about_page(world: &World<'_>, page: &Page, frame: &Frame, node: &mut Object<'_>) {
    let site = world.site;
    if let Some(address) = &frame.canonical {
        node.text("@id", address);
        node.text("url", address);
    }
    node.text("name", &frame.title);
    // What describes a work stands with it.
    if !matches!(page.subject, Subject::Entry(_)) {
        node.text("description", &frame.description);
    }
    node.text("inLanguage", &site.language);
    if let Subject::Entry(id) = page.subject {
        let own = &world.archive.entry(id).own;
        node.some("dateModified", own.updated.as_ref().or(own.added.as_ref()).and_then(Date::machine));
    }
    responsible(world, node);
    node.object("isPartOf", |node| archive(world, node));
}

fn responsible(world: &World<'_>, node: &mut Object<'_>) {
    if let Some(editor) = &world.site.editor {
        node.object("editor", |node| {
            node.text("@type", "Organization");
            node.text("name", editor);
        });
    }
    node.some("license", world.site.license.as_ref().and_then(|license| license.url.as_deref()));
}

/// The archive as every page names it.
fn archive(world: &World<'_>, node: &mut Object<'_>) {
    node.raw("@type", r#"["WebSite","Collection"]"#);
    node.parts("@id", &node::id_parts(world, Node::Archive));
    node.text("name", &world.site.title);
    node.some("url", world.site.base_url.as_deref());
}

fn whole_archive(world: &World<'_>, node: &mut Object<'_>) {
    let site = world.site;
    archive(world, node);
    node.some("alternativeHeadline", site.subtitle.as_deref());
    node.some("description", site.description.as_deref());
    node.text("inLanguage", &site.language);
    responsible(world, node);
    if let Some(day) = site.date {
        node.text("datePublished", &day.to_string());
    }
    node.number("collectionSize", world.archive.works.len());
    node.objects("hasPart", &site.collections, |collection, node| {
        node.text("@type", "Collection");
        node.text("name", &collection.title);
        if site.base_url.is_some() {
            node.text("url", &absolute(site, &Permalink::collection(collection)));
        }
    });
}

/// What a list is of: a term, a body, a person.
fn subject(world: &World<'_>, page: &Page, node: &mut Object<'_>) {
    let archive = world.archive;
    match page.subject {
        Subject::Keyword(id) => node.object("about", |node| {
            let shelf = archive.keyword(id);
            node::term(world, id, node);
            node.some("description", shelf.definition.as_deref());
            alternate_names(&shelf.aliases, node);
            node.object("inDefinedTermSet", |node| term_set(world, node));
        }),
        Subject::Actor(id) => node.object("about", |node| {
            let shelf = archive.actor(id);
            node::actor(world, id, node);
            node.some("description", shelf.description.as_deref());
            alternate_names(&shelf.aliases, node);
            if let Some(whole) = shelf.part_of {
                let key = if node::actor_type(world, id) == "Person" { "affiliation" } else { "parentOrganization" };
                node.object(key, |node| node::actor(world, whole, node));
            }
        }),
        Subject::Person(id) => node.object("about", |node| {
            node.text("@type", "Person");
            node.parts("@id", &node::id_parts(world, Node::Person(id)));
            node.text("name", &archive.person(id).named.in_order);
        }),
        Subject::Track(index) | Subject::TrackTimeline(index) | Subject::TrackKeywords(index) => {
            let track = &world.site.tracks[index];
            node.object("about", |node| {
                node.text("@type", "DefinedTerm");
                node.text("name", &track.title);
                node.some("description", track.summary.as_deref());
            });
        }
        Subject::Cited(id) => node.object("about", |node| node::work_named(world, archive.principal(id), node)),
        _ => {}
    }
}

fn alternate_names(aliases: &[String], node: &mut Object<'_>) {
    node.texts("alternateName", aliases.iter().map(String::as_str));
}

fn term_set(world: &World<'_>, node: &mut Object<'_>) {
    node.text("@type", "DefinedTermSet");
    node.parts("@id", &node::id_parts(world, Node::Keywords));
    node.parts("name", &["Keywords of ", &world.site.title]);
}

/// The terms that a page of the index lists.
fn terms(world: &World<'_>, page: &Page, node: &mut Object<'_>) {
    term_set(world, node);
    let all = world.archive.keywords.len();
    let rows: Vec<usize> = page.piece.as_ref().map_or_else(|| (0..all).collect(), |piece| piece.rows(0).collect());
    node.objects("hasDefinedTerm", rows, |index, node| node::term(world, KeywordId(index), node));
}

/// A list in its order; nothing where it is empty. Its items are pages, which say more.
fn list<'a>(world: &World<'_>, named: impl ExactSizeIterator<Item = (Address<'a>, &'a str)>, node: &mut Object<'_>) {
    if named.len() == 0 {
        return;
    }
    node.object("mainEntity", |node| {
        node.text("@type", "ItemList");
        node.number("numberOfItems", named.len());
        node.objects("itemListElement", (1..).zip(named), |(position, (page, name)): (usize, _), node| {
            node.text("@type", "ListItem");
            node.number("position", position);
            if let Some(base) = &world.site.base_url {
                let [one, two, three, four] = page.parts();
                node.parts("url", &[base, one, two, three, four]);
            }
            node.text("name", name);
        });
    });
}
