//! Where programs find more of a page: FAIR Signposting, level 1, as links of HTML. (Hosts of
//! static files let nobody set headers.)

use crate::{
    archive::EntryId,
    cite::Format,
    page::{World, html::push, view::Frame},
};

/// The links of an entry's page. Those that must be absolute are left out where the site has
/// no address of its own.
pub fn of_entry(world: &World<'_>, id: EntryId, kind: &str, frame: &Frame, html: &mut String) {
    let record = world.archive.entry(id);
    if let Some(address) = &frame.canonical {
        link(html, "cite-as", address, None);
    }
    if world.site.exports.entries {
        for format in Format::ALL {
            let file = [record.slug.as_str(), ".", format.ending()].concat();
            link(html, "describedby", &file, Some(media_type(format)));
        }
    }
    link(html, "type", "https://schema.org/AboutPage", None);
    link(html, "type", &["https://schema.org/", kind].concat(), None);
    if let Some(url) = world.site.license.as_ref().and_then(|license| license.url.as_deref()) {
        link(html, "license", url, None);
    }
    link(html, "collection", "index.html", Some("text/html"));
    // A copy of the work that the archive itself has.
    let hosted = |url: &&str| world.site.base_url.as_deref().is_some_and(|base| url.starts_with(base));
    if let Some(copy) = record.citation.web_address().filter(hosted) {
        link(html, "item", copy, None);
    }
}

/// As IANA registers it, or as those who read it know it.
const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Bibtex => "application/x-bibtex",
        Format::Ris => "application/x-research-info-systems",
        Format::CslJson => "application/vnd.citationstyles.csl+json",
    }
}

fn link(html: &mut String, relation: &str, to: &str, media_type: Option<&str>) {
    html.push_str("<link rel=\"");
    html.push_str(relation);
    html.push_str("\" href=\"");
    push(html, to);
    if let Some(media_type) = media_type {
        html.push_str("\" type=\"");
        html.push_str(media_type);
    }
    html.push_str("\">\n");
}
