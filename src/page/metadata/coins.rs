//! An entry as an `OpenURL` `ContextObject` in a `span` (`COinS` 1.0; ANSI/NISO Z39.88-2004, the
//! KEV formats): what reference managers read of a page that lists many works. A page about
//! one work has none, since Zotero would take it for a list of one.

use super::zotero;
use crate::{
    entry::{Citation, Kind, Name, Role, Variable},
    page::html::Html,
};

/// An empty `span`: its title holds the work.
pub fn span(citation: &Citation) -> Html {
    let mut pairs = Pairs(String::with_capacity(640));
    pairs.0.push_str("<span class=\"Z3988\" title=\"ctx_ver=Z39.88-2004");
    let get = |variable| citation.get(variable);
    let title = citation.title.as_str();
    let container = get(Variable::ContainerTitle);
    let item = zotero::item(citation.kind);
    // Which format and genre, and what the two titles are called there.
    let (format, genre, own, whole) = match citation.kind {
        Kind::ArticleJournal | Kind::Review | Kind::ReviewBook => ("journal", "article", "rft.atitle", "rft.jtitle"),
        Kind::Book | Kind::Classic => ("book", "book", "rft.btitle", ""),
        Kind::Chapter => ("book", "bookitem", "rft.atitle", "rft.btitle"),
        Kind::PaperConference => ("book", "proceeding", "rft.atitle", "rft.btitle"),
        Kind::Report => ("book", "report", "rft.btitle", ""),
        Kind::Thesis => ("dissertation", "", "rft.title", ""),
        _ if item.name == "document" => ("book", "document", "rft.title", ""),
        _ => ("dc", "", "rft.title", "rft.source"),
    };
    pairs.pair("rft_val_fmt", "info:ofi/fmt:kev:mtx:");
    pairs.value(format);
    match (genre, format) {
        ("", "dc") => pairs.pair("rft.type", item.name),
        ("", _) => {}
        (genre, _) => pairs.pair("rft.genre", genre),
    }
    pairs.pair(own, title);
    if let Some(container) = container.filter(|_| !whole.is_empty()) {
        pairs.pair(whole, container);
    }
    for name in citation.names(Role::Author) {
        match name {
            Name::Literal(body) => pairs.pair("rft.aucorp", body),
            Name::Person { .. } => pairs.person("rft.au", name),
        }
    }
    for name in citation.names(Role::Editor) {
        pairs.person("rft.contributor", name);
    }
    if let Some(date) = citation.issued() {
        match date.machine() {
            Some(day) => pairs.pair("rft.date", day),
            None => pairs.pair("rft.date", &date.in_words("en")),
        }
    }
    let publisher = if citation.kind == Kind::Thesis { "rft.inst" } else { "rft.pub" };
    for (key, variable) in [
        ("rft.volume", Variable::Volume),
        ("rft.issue", Variable::Issue),
        ("rft.pages", Variable::Page),
        (publisher, Variable::Publisher),
        ("rft.place", Variable::PublisherPlace),
        ("rft.edition", Variable::Edition),
        ("rft.series", Variable::CollectionTitle),
        ("rft.isbn", Variable::Isbn),
        ("rft.issn", Variable::Issn),
    ] {
        if let Some(value) = get(variable) {
            pairs.pair(key, value);
        }
    }
    if let Some(doi) = citation.doi() {
        pairs.pair("rft_id", "info:doi/");
        pairs.value(doi);
    }
    if let Some(url) = citation.web_address() {
        pairs.pair("rft_id", url);
    }
    pairs.0.push_str("\"></span>");
    Html(pairs.0.into())
}

struct Pairs(String);

impl Pairs {
    fn pair(&mut self, key: &str, value: &str) {
        self.0.push_str("&amp;");
        self.0.push_str(key);
        self.0.push('=');
        self.value(value);
    }

    /// Percent-encoded, a blank as `+`.
    fn value(&mut self, value: &str) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => self.0.push(char::from(byte)),
                b' ' => self.0.push('+'),
                _ => {
                    self.0.push('%');
                    self.0.push(char::from(HEX[usize::from(byte >> 4)]));
                    self.0.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
    }

    fn person(&mut self, key: &str, name: &Name) {
        self.pair(key, &name.inverted());
    }
}
