//! Files in XML: Atom feeds (RFC 4287) and the sitemap (sitemaps protocol 0.9).

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::page::{FeedItem, FeedView, SitemapIndexView, SitemapView};

/// A tree of elements that is written as it grows.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn new() -> Self {
        let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 1));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    fn write(&mut self, event: Event<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.0.write_event(event);
    }

    fn within(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        let mut start = BytesStart::new(name);
        for attribute in attributes {
            start.push_attribute(*attribute);
        }
        self.write(Event::Start(start));
        content(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let mut start = BytesStart::new(name);
        for attribute in attributes {
            start.push_attribute(*attribute);
        }
        self.write(Event::Empty(start));
    }

    fn text(&mut self, name: &str, text: &str) {
        // XML 1.0, section 2.2: most control characters have no place in a document.
        let allowed: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect();
        self.within(name, &[], |xml| xml.write(Event::Text(BytesText::new(&allowed))));
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }
}

pub fn atom(feed: &FeedView) -> Vec<u8> {
    let mut xml = Xml::new();
    let root = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", feed.language.as_str())];
    xml.within("feed", &root, |xml| {
        xml.text("title", &feed.title);
        if let Some(subtitle) = &feed.subtitle {
            xml.text("subtitle", subtitle);
        }
        xml.text("id", &feed.own);
        xml.empty("link", &[("rel", "self"), ("href", &feed.own), ("type", "application/atom+xml")]);
        xml.empty("link", &[("rel", "alternate"), ("href", &feed.home), ("type", "text/html")]);
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
        xml.empty("link", &[("rel", "alternate"), ("href", &item.address), ("type", "text/html")]);
        xml.text("updated", &item.updated);
        if let Some(published) = &item.published {
            xml.text("published", published);
        }
        for author in &item.authors {
            xml.within("author", &[], |xml| xml.text("name", author));
        }
        for (term, label) in &item.terms {
            xml.empty("category", &[("term", term), ("label", label)]);
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
