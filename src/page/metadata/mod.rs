//! What a page says to programs: to reference managers, search engines and harvesters.
//!
//! In: a page and the [`World`]. Out: [`Metadata`], finished HTML for the page's head and for
//! the end of its text; a node of JSON-LD for each work ([`work()`]); and each work as `COinS`
//! ([`coins()`]). Strings are written once and not handed to templates part by part, since a
//! value costs there by the number of its parts. Absent on purpose: what readers see.

mod coins;
mod highwire;
mod json;
mod links;
mod listed;
mod node;
mod page;
pub mod robust;
mod work;
mod zotero;

pub use coins::span as coins;
pub use json::quoted;
pub use node::{Node, id};
pub use work::work;

use super::{
    World,
    html::{Html, push},
    plan::{Page, Subject},
    view::Frame,
};
use crate::archive::EntryId;

/// What names in a graph of ours mean: those of schema.org, and relations by DCMI Metadata
/// Terms.
pub const CONTEXT: &str = r#"["https://schema.org",{"dcterms":"http://purl.org/dc/terms/"}]"#;

/// What a page has for programs.
pub struct Metadata {
    pub head: Html,
    /// Empty but on a list of works.
    pub coins: Html,
}

pub fn of(world: &World<'_>, page: &Page, frame: &Frame) -> Metadata {
    let works = listed::works(world, page);
    // An item of a list has its title and its address.
    let items = works.as_ref().map_or(0, Vec::len);
    let mut head = String::with_capacity(6144 + items * 192);
    site_name(world, page, &mut head);
    if let Subject::Entry(id) = page.subject {
        highwire::tags(world, id, &mut head);
        let work = world.archive.entry(world.archive.principal(id));
        links::of_entry(world, id, work::type_of(&work.citation), frame, &mut head);
    }
    page::graph(world, page, frame, works.as_deref(), &mut head);
    Metadata { head: Html(head.into()), coins: spans(world, works.as_deref().unwrap_or_default()) }
}

/// Open Graph's name of the site, but where Zotero would read it as the book or journal that
/// the work is part of.
fn site_name(world: &World<'_>, page: &Page, head: &mut String) {
    if let Subject::Entry(id) = page.subject
        && highwire::would_be_contained(&world.archive.entry(id).citation)
    {
        return;
    }
    head.push_str("<meta property=\"og:site_name\" content=\"");
    push(head, &world.site.title);
    head.push_str("\">\n");
}

/// Hidden from all but programs that read the page's elements.
fn spans(world: &World<'_>, works: &[EntryId]) -> Html {
    if works.is_empty() {
        return Html::default();
    }
    let mut html = String::with_capacity(works.len() * 512);
    html.push_str("<div hidden>\n");
    for &work in works {
        html.push_str(&world.cards.coins(world, work).0);
        html.push('\n');
    }
    html.push_str("</div>\n");
    Html(html.into())
}
