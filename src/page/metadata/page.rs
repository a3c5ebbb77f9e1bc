//! A page's own graph: what it is, of what it treats, and which archive it belongs to.

use super::{
    CONTEXT,
    json::{Object, object},
    node::{self, Node},
    work,
};
use crate::{
    archive::EntryId,
    page::{
        Html, World,
        plan::{Page, Subject},
        view::Frame,
    },
};

/// What stands in the head of a page.
pub fn of_page(world: &World<'_>, page: &Page, frame: &Frame) -> Html {
    let mut html = String::with_capacity(4096);
    graph(world, page, frame, &mut html);
    Html(html.into())
}

/// A data block: browsers do not run it, and the page's policy on scripts does not touch it
/// (HTML, "The script element").
fn graph(world: &World<'_>, page: &Page, frame: &Frame, html: &mut String) {
    html.push_str("<script type=\"application/ld+json\">");
    object(html, |node| {
        node.raw("@context", CONTEXT);
        node.text("@type", "WebPage");
        about_page(world, page, frame, node);
        if let Subject::Entry(id) = page.subject {
            node.raw("mainEntity", &work(world, id));
        }
    });
    html.push_str("</script>\n");
}

fn about_page(world: &World<'_>, page: &Page, frame: &Frame, node: &mut Object<'_>) {
    let site = world.site;
    if let Some(address) = &frame.canonical {
        node.text("@id", address);
        node.text("url", address);
    }
    node.text("name", &frame.title);
    node.text("description", &frame.description);
    node.text("inLanguage", &site.language);
    if let Subject::Entry(id) = page.subject {
        changed(world, id, node);
    }
    if let Some(editor) = &site.editor {
        node.object("editor", |node| {
            node.text("@type", "Organization");
            node.text("name", editor);
        });
    }
    node.some("license", site.license.as_ref().and_then(|license| license.url.as_deref()));
    node.object("isPartOf", |node| archive(world, node));
}

fn changed(world: &World<'_>, id: EntryId, node: &mut Object<'_>) {
    let own = &world.archive.entry(id).own;
    let day = own.updated.as_ref().or(own.added.as_ref()).and_then(crate::entry::Date::machine);
    node.some("dateModified", day);
}

fn archive(world: &World<'_>, node: &mut Object<'_>) {
    node.raw("@type", r#"["WebSite","Collection"]"#);
    node.text("@id", &node::id(world, Node::Archive));
    node.text("name", &world.site.title);
    node.some("url", world.site.base_url.as_deref());
}
