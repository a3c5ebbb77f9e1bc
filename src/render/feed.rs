//! Files in XML: Atom feeds (RFC 4287) and the sitemap (sitemaps protocol 0.9).

use crate::{
    page::{FeedItem, FeedView, SitemapIndexView, SitemapView},
    xml::Xml,
};

pub fn atom(feed: &FeedView) -> Vec<u8> {
    let mut xml = Xml::new();
    let root = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", feed.language.as_str())];
    xml.within("feed", &root, |xml| {
        xml.text("title", &feed.title);
        if let Some(subtitle) = &feed.subtitle {
            xml.text("subtitle", subtitle);
        }
        xml.text("id", &feed.own);
        xml.empty("link", [("rel", "self"), ("href", &feed.own), ("type", "application/atom+xml")]);
        xml.empty("link", [("rel", "alternate"), ("href", &feed.home), ("type", "text/html")]);
        xml.text("updated", &feed.updated);
        xml.within("author", &[], |xml| xml.text("name", &feed.author));
        if let Some(rights) = &feed.rights {
            xml.text("rights", rights);
        }
        for item in &feed.items {
            entry(xml, item);
        }
    });
    xml.finish()
}

fn entry(xml: &mut Xml, item: &FeedItem) {
    xml.within("entry", &[], |xml| {
        xml.text("title", &item.title);
        xml.text("id", &item.address);
        xml.empty("link", [("rel", "alternate"), ("href", &item.address), ("type", "text/html")]);
        xml.text("updated", &item.updated);
        if let Some(published) = &item.published {
            xml.text("published", published);
        }
        for author in &item.authors {
            xml.within("author", &[], |xml| xml.text("name", author));
        }
        for (term, label) in &item.terms {
            xml.empty("category", [("term", term.as_str()), ("label", label.as_str())]);
        }
        if let Some(summary) = &item.summary {
            xml.text("summary", summary);
        }
    });
}

const SITEMAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

pub fn sitemap(sitemap: &SitemapView) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("urlset", &[("xmlns", SITEMAPS)], |xml| {
        for (address, changed) in &sitemap.pages {
            xml.within("url", &[], |xml| {
                xml.text("loc", address);
                if let Some(changed) = changed {
                    xml.text("lastmod", changed);
                }
            });
        }
    });
    xml.finish()
}

pub fn sitemap_index(index: &SitemapIndexView) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("sitemapindex", &[("xmlns", SITEMAPS)], |xml| {
        for address in &index.sitemaps {
            xml.within("sitemap", &[], |xml| xml.text("loc", address));
        }
    });
    xml.finish()
}
