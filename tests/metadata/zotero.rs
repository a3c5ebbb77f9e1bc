//! A page as Zotero reads it, as far as pages of an archive can have what it looks for: our own
//! reading of the rules of its translators *Embedded Metadata* (2024-06-13), *RDF* and *`COinS`*,
//! and of `cleanAuthor` and `parseContextObject` among its utilities.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    pub kind: String,
    /// By Zotero's name of the field; `publicationTitle` for every kind of container.
    pub fields: BTreeMap<String, String>,
    pub creators: Vec<Creator>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Creator {
    pub role: String,
    pub last: String,
    /// `None` for a name of one field, which Zotero keeps whole.
    pub first: Option<String>,
}

impl Item {
    pub fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    fn set(&mut self, field: &str, value: &str) {
        self.fields.insert(field.to_string(), value.to_string());
    }
}

/// Zotero's item types, of which a `z:itemType` must be one.
const KINDS: &[&str] = &[
    "artwork",
    "audioRecording",
    "bill",
    "blogPost",
    "book",
    "bookSection",
    "case",
    "computerProgram",
    "conferencePaper",
    "dataset",
    "dictionaryEntry",
    "document",
    "email",
    "encyclopediaArticle",
    "film",
    "forumPost",
    "hearing",
    "instantMessage",
    "interview",
    "journalArticle",
    "letter",
    "magazineArticle",
    "manuscript",
    "map",
    "newspaperArticle",
    "patent",
    "podcast",
    "preprint",
    "presentation",
    "radioBroadcast",
    "report",
    "standard",
    "statute",
    "thesis",
    "tvBroadcast",
    "videoRecording",
    "webpage",
];

/// Kinds that have a field for what contains the work, under whatever name.
const CONTAINED: &[&str] = &[
    "blogPost",
    "bookSection",
    "conferencePaper",
    "dictionaryEntry",
    "encyclopediaArticle",
    "forumPost",
    "journalArticle",
    "magazineArticle",
    "newspaperArticle",
    "radioBroadcast",
    "tvBroadcast",
    "webpage",
];

/// Namespaces that the translator knows without a declaration; statements in them go through
/// the RDF import.
const PREFIXES: &[&str] = &[
    "bib", "bibo", "dc", "dcterms", "prism", "foaf", "vcard", "link", "z", "eprint", "eprints", "og", "article",
    "book", "music", "video", "so", "codemeta", "rdf",
];

/// `HIGHWIRE_MAPPINGS`, in its order: a later one beats an earlier one.
const HIGHWIRE: &[(&str, &str)] = &[
    ("citation_title", "title"),
    ("citation_publication_date", "date"),
    ("citation_cover_date", "date"),
    ("citation_date", "date"),
    ("citation_journal_title", "publicationTitle"),
    ("citation_journal_abbrev", "journalAbbreviation"),
    ("citation_inbook_title", "publicationTitle"),
    ("citation_book_title", "bookTitle"),
    ("citation_volume", "volume"),
    ("citation_issue", "issue"),
    ("citation_series_title", "series"),
    ("citation_conference_title", "conferenceName"),
    ("citation_conference", "conferenceName"),
    ("citation_dissertation_institution", "university"),
    ("citation_technical_report_institution", "institution"),
    ("citation_technical_report_number", "reportNumber"),
    ("citation_publisher", "publisher"),
    ("citation_isbn", "ISBN"),
    ("citation_abstract", "abstractNote"),
    ("citation_doi", "DOI"),
    ("citation_public_url", "url"),
    ("citation_language", "language"),
];

pub fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the test's selectors are sound");
    page.select(&selector).collect()
}

/// `name` or `property`, and `content`, of every tag that has both.
fn metas(page: &Html) -> Vec<(&str, &str)> {
    let tags = select(page, "meta").into_iter().map(|tag| tag.value());
    let tags = tags.filter_map(|tag| Some((tag.attr("name").or(tag.attr("property"))?, tag.attr("content")?)));
    tags.filter(|(_, content)| !content.is_empty()).collect()
}

/// *Embedded Metadata*, `doWeb`.
pub fn embedded(page: &Html) -> Item {
    let metas = metas(page);
    let mut kind = None;
    let mut guess = None;
    let mut statements: Vec<(&str, String, &str)> = Vec::new();
    for (name, content) in &metas {
        let parts: Vec<&str> = name.split(['.', ':', '_']).collect();
        // `citation_book_title` is a statement about books, whatever it was meant for.
        let second = parts.get(1).filter(|second| parts.len() > 2 && PREFIXES.contains(second));
        let prefix = *second.unwrap_or(&parts[0]);
        if PREFIXES.contains(&prefix) {
            let length = if second.is_some() { parts[0].len() + prefix.len() + 1 } else { prefix.len() };
            statements.push((prefix, name[length + 1..].to_string(), content));
            continue;
        }
        match *name {
            "citation_journal_title" => kind = Some("journalArticle"),
            "citation_technical_report_institution" => kind = Some("report"),
            "citation_conference_title" | "citation_conference" => kind = Some("conferencePaper"),
            "citation_inbook_title" => kind = Some("bookSection"),
            "citation_dissertation_institution" => kind = Some("thesis"),
            "citation_title" | "citation_series_title" => guess = guess.or(Some("journalArticle")),
            "citation_isbn" => guess = Some("book"),
            _ => {}
        }
    }
    let mut item = rdf(&statements, guess);
    highwire(&metas, &mut item);
    if let Some(kind) = kind {
        item.kind = kind.to_string();
    }
    fall_back(page, &metas, &mut item);
    saved(item)
}

/// *RDF*, `detectType` and `importItem`: the first statement of a property counts, and at the
/// end every one of Zotero's own becomes the field of its name.
fn rdf(statements: &[(&str, String, &str)], guess: Option<&str>) -> Item {
    let first = |prefix: &str, property: &str| {
        statements.iter().find(|(one, other, _)| *one == prefix && other == property).map(|(.., value)| *value)
    };
    let own = first("z", "itemType").filter(|kind| KINDS.contains(kind));
    let og = first("og", "type").and_then(|kind| match kind {
        "website" => Some("webpage"),
        "book" => Some("book"),
        _ => None,
    });
    let kind = own.or(og).or(guess).unwrap_or("webpage");
    let mut item = Item { kind: kind.to_string(), ..Item::default() };
    for (property, field) in
        [("title", "title"), ("site_name", "publicationTitle"), ("description", "abstractNote"), ("url", "url")]
    {
        if let Some(value) = first("og", property) {
            item.set(field, value);
        }
    }
    for (_, property, _) in statements.iter().filter(|(prefix, ..)| *prefix == "z") {
        item.set(property, first("z", property).expect("it is among them"));
    }
    item
}

/// `addHighwireMetadata`
fn highwire(metas: &[(&str, &str)], item: &mut Item) {
    let all = |name: &str| -> Vec<&str> {
        metas.iter().filter(|(tag, _)| tag.ends_with(name)).map(|(_, content)| *content).collect()
    };
    let text = |name: &str| all(name).first().copied();
    for (tag, field) in HIGHWIRE {
        let value = if *field == "ISBN" {
            Some(all(tag).join(", ")).filter(|value| !value.is_empty())
        } else {
            text(tag).map(str::to_string)
        };
        if let Some(value) = value {
            item.set(field, &value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    let spanish = matches!(text("citation_language"), Some("es" | "spa" | "Spanish" | "español"));
    for role in ["author", "editor"] {
        let tags = all(&format!("citation_{role}"));
        item.creators.extend(creators(&tags, role, spanish));
    }
    pages(item, text("citation_firstpage"), text("citation_lastpage"));
    if let Some(issn) = text("citation_issn") {
        item.set("ISSN", issn);
    }
}

fn pages(item: &mut Item, first: Option<&str>, last: Option<&str>) {
    let known = item.get("pages").unwrap_or_default().to_string();
    let mut known = known.split('-').map(str::trim);
    let plain = |page: &str| page.replace('–', "-");
    let first = first.map(plain).map(|page| page.split('-').next().unwrap_or_default().trim().to_string());
    let last = last.map(plain).map(|page| page.split('-').next_back().unwrap_or_default().trim().to_string());
    let first = first.or(known.next().map(str::to_string)).filter(|page| !page.is_empty());
    let last = last.or(known.next().map(str::to_string)).filter(|page| !page.is_empty());
    if let Some(first) = first {
        item.set("pages", &last.map_or(first.clone(), |last| format!("{first}-{last}")));
    }
}

/// `processHighwireCreators`
fn creators(tags: &[&str], role: &str, spanish: bool) -> Vec<Creator> {
    let mut creators: Vec<Creator> = Vec::new();
    let mut before = "";
    for tag in tags {
        let mut names: Vec<&str> = tag.split(';').map(str::trim).collect();
        if names.len() == 1 && tags.len() == 1 {
            let parts: Vec<&str> = names[0].split(',').map(|part| part.trim_matches(' ')).collect();
            let surname = parts.len() == 2 && spanish && parts[0].split(' ').count() == 2;
            if parts.len() > 1 && parts[0].contains(' ') && parts[1].contains(' ') && !surname {
                names = parts;
            }
        }
        for name in names {
            // The class of the original, `[^\s,-.;]`, has a range from comma to full stop.
            let empty = |c: char| c.is_whitespace() || matches!(c, ',' | '-' | '.' | ';');
            if name.is_empty() || name.chars().all(empty) || name == before {
                continue;
            }
            before = name;
            creators.push(clean_author(name, role, name.contains(',')));
        }
    }
    creators
}

/// `cleanAuthor`
fn clean_author(name: &str, role: &str, comma: bool) -> Creator {
    let around = |c: char| c.is_whitespace() || ".,/[]:".contains(c);
    let name = name.trim_matches(around);
    // Of the next two, the original changes the first place alone.
    let name = first_blank(name);
    let (last, first) = if comma {
        let name = first_dot(&name);
        let mut parts = name.split(',').map(|part| part.strip_prefix(' ').unwrap_or(part).to_string());
        (parts.next().unwrap_or_default(), parts.next())
    } else {
        let (first, last) = name.rsplit_once(' ').unwrap_or(("", &name));
        (last.to_string(), Some(first.to_string()))
    };
    let initial = |part: &str| {
        let letter = part.strip_prefix('-').unwrap_or(part);
        letter.chars().count() == 1
            && letter.chars().all(|c| c.is_ascii_uppercase() || ('\u{400}'..='\u{42f}').contains(&c))
    };
    let first = first.filter(|first| !first.is_empty()).map(|first| {
        let parts = first.split(|c: char| c.is_whitespace() || c == '.').filter(|part| !part.is_empty());
        let parts = parts.map(|part| if initial(part) { format!("{part}.") } else { part.to_string() });
        parts.collect::<Vec<_>>().join(" ")
    });
    let re_cased = |name: String| {
        let shouted = name.to_uppercase() == name && name.chars().filter(|c| c.is_alphabetic()).count() > 1;
        // `fixCase`: what is all capitals or all small is not kept.
        if shouted || name.to_lowercase() == name { format!("({name} is cased anew)") } else { name }
    };
    match first {
        // Initials stay as they are.
        Some(first) => Creator { role: role.into(), last: re_cased(last), first: Some(first) },
        None => Creator { role: role.into(), last, first: None },
    }
}

fn first_blank(name: &str) -> String {
    let Some(start) = name.find(char::is_whitespace) else { return name.to_string() };
    format!("{} {}", &name[..start], name[start..].trim_start())
}

fn first_dot(name: &str) -> String {
    let at = name.char_indices().zip(name.chars().skip(1)).find(|((_, c), next)| *c == '.' && *next != ' ');
    at.map_or(name.to_string(), |((at, _), _)| format!("{}. {}", &name[..at], &name[at + 1..]))
}

/// `addLowQualityMetadata`: what Zotero takes from the page where the tags do not say it.
fn fall_back(page: &Html, metas: &[(&str, &str)], item: &mut Item) {
    if let (Some(title), Some(whole)) = (item.get("title"), item.get("publicationTitle")) {
        let ending = title.to_lowercase().ends_with(&whole.to_lowercase());
        assert!(!ending || title == whole, "Zotero would cut the container off the title `{title}`");
    }
    let described = metas.iter().find(|(name, _)| *name == "description").map(|(_, content)| *content);
    let attribute = |selector: &str, name: &str| select(page, selector).first().and_then(|e| e.value().attr(name));
    for (field, value) in [
        ("abstractNote", described),
        ("url", attribute("head > link[rel=canonical]", "href")),
        ("language", attribute("html", "lang")),
        ("date", attribute("time[datetime]", "datetime")),
    ] {
        if let Some(value) = value.filter(|_| item.get(field).is_none()) {
            item.set(field, value);
        }
    }
}

/// What is left of an item when it is saved: fields that its kind has.
fn saved(mut item: Item) -> Item {
    if !CONTAINED.contains(&item.kind.as_str()) {
        item.fields.remove("publicationTitle");
    }
    // They are the publisher under another name.
    for (kind, field) in [("report", "institution"), ("thesis", "university")] {
        if item.kind == kind
            && let Some(body) = item.fields.remove(field)
        {
            item.set("publisher", &body);
        }
    }
    item.fields.remove("itemType");
    item
}

/// *`COinS`*: the items of a page, in its order.
pub fn coins(page: &Html) -> Vec<Item> {
    let spans = select(page, "span[title]").into_iter().map(|span| span.value());
    let spans = spans.filter(|span| span.attr("class").is_some_and(|class| class.split(' ').any(|c| c == "Z3988")));
    spans.map(|span| context_object(span.attr("title").expect("it is asked for"))).collect()
}

/// `parseContextObject`
fn context_object(title: &str) -> Item {
    let parts: Vec<&str> = title.split('&').collect();
    let format = parts.iter().find_map(|part| part.strip_prefix("rft_val_fmt=")).map(decoded).unwrap_or_default();
    let genre = |name: &str| parts.contains(&format!("rft.genre={name}").as_str());
    let kind = match format.as_str() {
        "info:ofi/fmt:kev:mtx:journal" => "journalArticle",
        "info:ofi/fmt:kev:mtx:book" if genre("bookitem") => "bookSection",
        "info:ofi/fmt:kev:mtx:book" if genre("conference") || genre("proceeding") => "conferencePaper",
        "info:ofi/fmt:kev:mtx:book" if genre("report") => "report",
        "info:ofi/fmt:kev:mtx:book" if genre("document") => "document",
        "info:ofi/fmt:kev:mtx:book" => "book",
        "info:ofi/fmt:kev:mtx:dissertation" => "thesis",
        "info:ofi/fmt:kev:mtx:dc" => "webpage",
        other => panic!("Zotero knows no format `{other}`"),
    };
    let mut item = Item { kind: kind.to_string(), ..Item::default() };
    let mut bodies = Vec::new();
    for (key, value) in parts.iter().filter_map(|part| part.split_once('=')) {
        let value = decoded(value);
        let part = ["journalArticle", "bookSection", "conferencePaper"].contains(&item.kind.as_str());
        match key {
            "rft_id" if value.starts_with("info:doi") => item.set("DOI", &value[9..]),
            "rft_id" if value.starts_with("http") => item.set("url", &value),
            "rft.btitle" if ["book", "report"].contains(&item.kind.as_str()) => item.set("title", &value),
            "rft.btitle" | "rft.title" if part => item.set("publicationTitle", &value),
            "rft.atitle" if part => item.set("title", &value),
            "rft.jtitle" if item.kind == "journalArticle" => item.set("publicationTitle", &value),
            "rft.title" => item.set("title", &value),
            "rft.source" => item.set("publicationTitle", &value),
            "rft.date" => item.set("date", &value),
            "rft.volume" | "rft.issue" | "rft.pages" | "rft.place" | "rft.edition" | "rft.series" => {
                item.set(&key[4..], &value);
            }
            "rft.isbn" | "rft.issn" => item.set(&key[4..].to_uppercase(), &value),
            "rft.pub" | "rft.publisher" | "rft.inst" => item.set("publisher", &value),
            "rft.au" | "rft.creator" => item.creators.push(clean_author(&value, "author", value.contains(','))),
            "rft.contributor" => item.creators.push(clean_author(&value, "contributor", value.contains(','))),
            "rft.aucorp" => bodies.push(Creator { role: "author".into(), last: value, first: None }),
            "rft.type" if KINDS.contains(&value.as_str()) => item.kind = value,
            _ => {}
        }
    }
    // Each is put before all others: the last comes first.
    for body in bodies {
        item.creators.insert(0, body);
    }
    item
}

/// `decodeURIComponent`, with `+` for a blank.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || rest.next().and_then(|c| char::from(c).to_digit(16)).expect("two digits behind `%`");
                bytes.push(u8::try_from(digit() * 16 + digit()).expect("a byte"));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
