//! What pages say to programs, read as programs read it.

#[path = "../support/mod.rs"]
mod support;
mod zotero;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use scraper::Html;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;
use support::{Archive, Tree, repository};
use zotero::{Creator, Item, select};

struct Site {
    files: Tree,
    /// The front matter of every entry, by collection and id.
    entries: BTreeMap<(String, String), Yaml>,
}

/// The repository's own archive, built once for all tests.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let archive = Archive::own();
        archive.build(&[]).expect(0);
        let files = archive.site();
        let entries = ["references", "documents"].into_iter().flat_map(|collection| {
            let folder = repository().join("content").join(collection);
            let files = fs::read_dir(folder).expect("the collection has a folder").flatten();
            files.map(|file| file.path()).filter(|file| file.file_stem() != Some("index".as_ref())).map(move |file| {
                let stem = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
                let (_, id) = stem.split_once('-').expect("both collections are numbered");
                ((collection.to_string(), id.to_string()), front_matter(&file))
            })
        });
        Site { files, entries: entries.collect() }
    })
}

fn front_matter(file: &Path) -> Yaml {
    let text = fs::read_to_string(file).expect("an entry can be read");
    let matter = text.split("---\n").nth(1).expect("an entry has front matter");
    serde_yaml::from_str(matter).expect("front matter is YAML")
}

impl Site {
    fn page(&self, path: &str) -> Html {
        Html::parse_document(std::str::from_utf8(&self.files[path]).expect("pages are UTF-8"))
    }

    fn pages(&self) -> impl Iterator<Item = (&str, Html)> {
        let pages = self.files.keys().filter(|path| path.ends_with(".html"));
        pages.map(|path| (path.as_str(), self.page(path)))
    }

    fn is_entry(&self, path: &str) -> bool {
        let path = path.trim_end_matches(".html").split_once('/');
        path.is_some_and(|(collection, id)| self.entries.contains_key(&(collection.to_string(), id.to_string())))
    }
}

/// A value of the front matter as text; numbers too.
fn text(entry: &Yaml, field: &str) -> Option<String> {
    match entry.get(field)? {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        other => panic!("`{field}` is {other:?}"),
    }
}

/// What Zotero calls each type that the archive has.
fn kind(entry: &Yaml) -> &'static str {
    match text(entry, "type").expect("an entry has a type").as_str() {
        "article-journal" => "journalArticle",
        "book" => "book",
        "chapter" => "bookSection",
        "document" | "treaty" => "document",
        "hearing" => "hearing",
        "paper-conference" => "conferencePaper",
        "report" => "report",
        "webpage" => "webpage",
        other => panic!("what does Zotero call a `{other}`?"),
    }
}

fn names(entry: &Yaml, role: &str, as_role: &str) -> Vec<Creator> {
    let names = entry.get(role).and_then(Yaml::as_sequence);
    let creator = |last: String, first: Option<String>| Creator { role: as_role.to_string(), last, first };
    let read = |name: &Yaml| match text(name, "literal") {
        Some(body) => creator(body, None),
        None => creator(text(name, "family").expect("a person has a family name"), text(name, "given")),
    };
    names.into_iter().flatten().map(read).collect()
}

/// The bodies that no tag keeps whole, and what is left of them.
fn as_tags_can(creator: Creator) -> Vec<Creator> {
    let parts: &[&str] = match creator.last.as_str() {
        "National Research Council, Computer Science and Telecommunications Board" => {
            &["National Research Council", "Computer Science and Telecommunications Board"]
        }
        "U.S. Department of Homeland Security" => &["US Department of Homeland Security"],
        _ => return vec![creator],
    };
    parts.iter().map(|part| Creator { last: (*part).to_string(), ..creator.clone() }).collect()
}

const SEASONS: &[(&str, &str)] = &[("-21", "Spring"), ("-22", "Summer"), ("-23", "Autumn"), ("-24", "Winter")];

/// The date as tags have it: EDTF writes a season where a month would stand.
fn issued(entry: &Yaml) -> String {
    let date = text(entry, "issued").expect("every entry of the archive is dated");
    let season = SEASONS.iter().find_map(|(number, name)| Some((date.strip_suffix(number)?, name)));
    match season.filter(|(year, _)| year.len() == 4) {
        Some((year, name)) => format!("{name} {year}"),
        None => date,
    }
}

fn bare_doi(entry: &Yaml) -> Option<String> {
    text(entry, "DOI")
}

#[test]
fn zotero_saves_from_every_entry_s_page_what_the_entry_says() {
    let mut bodies = 0;
    for ((collection, id), entry) in &site().entries {
        let page = site().page(&format!("{collection}/{id}.html"));
        assert!(zotero::coins(&page).is_empty(), "{id}: Zotero would take the page for a list");
        let item = zotero::embedded(&page);
        let wanted = |field: &str| text(entry, field);
        assert_eq!(item.kind, kind(entry), "{id}");
        let field = |name: &str| item.get(name).map(str::to_string);
        assert_eq!(field("title"), wanted("title"), "{id}");
        let creators: Vec<Creator> = [names(entry, "author", "author"), names(entry, "editor", "editor")].concat();
        bodies += creators.iter().filter(|creator| creator.first.is_none()).count();
        let creators: Vec<Creator> = creators.into_iter().flat_map(as_tags_can).collect();
        assert_eq!(item.creators, creators, "{id}");
        assert_eq!(field("date"), Some(issued(entry).replace('-', "/")), "{id}");
        assert_eq!(field("publicationTitle"), wanted("container-title"), "{id}");
        for (name, variable) in [
            ("volume", "volume"),
            ("issue", "issue"),
            ("pages", "page"),
            ("publisher", "publisher"),
            ("series", "collection-title"),
            ("edition", "edition"),
            ("ISBN", "ISBN"),
            ("ISSN", "ISSN"),
        ] {
            assert_eq!(field(name), wanted(variable), "{id}: {variable}");
        }
        assert_eq!(field("DOI"), bare_doi(entry), "{id}");
        let said = ["hearing", "conferencePaper"].contains(&item.kind.as_str());
        let place = wanted("publisher-place").or(wanted("event-place").filter(|_| said));
        assert_eq!(field("place"), place, "{id}");
        if item.kind == "report" {
            assert_eq!(field("reportNumber"), wanted("number"), "{id}");
            assert_eq!(field("reportType"), wanted("genre"), "{id}");
        }
        let extra = field("extra").unwrap_or_default();
        if text(entry, "type").as_deref() == Some("treaty") {
            assert!(extra.starts_with("type: treaty"), "{id}: {extra}");
        }
        for (kind, line) in [("document", "number"), ("document", "genre"), ("hearing", "genre")] {
            if let Some(value) = wanted(line).filter(|_| item.kind == kind) {
                assert!(extra.lines().any(|one| one == format!("{line}: {value}")), "{id}: {extra}");
            }
        }
        // No tag keeps Zotero from taking the page's address where the work has none.
        let doi = bare_doi(entry).map(|doi| format!("https://doi.org/{doi}"));
        let own = format!("https://regesta.github.io/regesta/{collection}/{id}.html");
        assert_eq!(field("url"), Some(wanted("URL").or(doi).unwrap_or(own)), "{id}");
    }
    assert!(bodies > 25, "the archive has institutions among its authors: {bodies}");
}

/// How a list names an entry: who wrote it, and of what it says more than that.
fn as_coins_can(entry: &Yaml) -> (Item, Vec<Creator>) {
    let mut item = Item { kind: kind(entry).to_string(), ..Item::default() };
    for (field, variable) in [
        ("title", "title"),
        ("publicationTitle", "container-title"),
        ("volume", "volume"),
        ("issue", "issue"),
        ("pages", "page"),
        ("publisher", "publisher"),
        ("place", "publisher-place"),
        ("edition", "edition"),
        ("series", "collection-title"),
        ("ISBN", "ISBN"),
        ("ISSN", "ISSN"),
        ("DOI", "DOI"),
        ("url", "URL"),
    ] {
        item.fields.extend(text(entry, variable).map(|value| (field.to_string(), value)));
    }
    item.fields.insert("date".into(), issued(entry));
    (item, [names(entry, "author", "author"), names(entry, "editor", "contributor")].concat())
}

#[test]
fn a_list_gives_zotero_each_of_its_works_once() {
    let mut lists = 0;
    for (path, page) in site().pages().filter(|(path, _)| !site().is_entry(path)) {
        let cards: BTreeSet<String> = select(&page, "article.card a[href]")
            .into_iter()
            .filter_map(|link| entry_of(path, link.value().attr("href")?))
            .collect();
        let listed: BTreeSet<String> =
            if path == "concordance.html" { site().entries.keys().map(|(_, id)| id.clone()).collect() } else { cards };
        let mut items = zotero::coins(&page);
        assert_eq!(items.len(), listed.len(), "{path}");
        for id in &listed {
            let (_, entry) = site().entries.iter().find(|((_, known), _)| known == id).expect("it is an entry");
            let (wanted, mut creators) = as_coins_can(entry);
            let at = items.iter().position(|item| (&item.kind, &item.fields) == (&wanted.kind, &wanted.fields));
            let mut item = items.remove(at.unwrap_or_else(|| panic!("{path}: {wanted:?} among {items:?}")));
            // Zotero puts bodies before people, and the last of them first.
            creators.sort();
            item.creators.sort();
            assert_eq!(item.creators, creators, "{path}: {id}");
        }
        assert!(select(&page, "meta[name^=citation_], meta[name^='z:']").is_empty(), "{path} is about no work");
        lists += usize::from(!listed.is_empty());
    }
    assert!(lists > 100, "{lists} pages list works");
}

/// The id of the entry that a link leads to.
fn entry_of(path: &str, href: &str) -> Option<String> {
    let up = path.matches('/').count();
    let to = href.strip_prefix(&"../".repeat(up))?;
    site().is_entry(to).then(|| to.trim_end_matches(".html").rsplit('/').next().unwrap_or_default().to_string())
}

/// Types of schema.org that pages use.
const TYPES: &[&str] = &[
    "Article",
    "Book",
    "BookSeries",
    "Chapter",
    "Collection",
    "CollectionPage",
    "CreativeWork",
    "CreativeWorkSeries",
    "DefinedTerm",
    "DefinedTermSet",
    "GovernmentOrganization",
    "ItemList",
    "Legislation",
    "ListItem",
    "Organization",
    "Periodical",
    "Person",
    "Place",
    "PropertyValue",
    "PublicationIssue",
    "PublicationVolume",
    "Report",
    "ScholarlyArticle",
    "SearchResultsPage",
    "Thesis",
    "WebPage",
    "WebSite",
];

/// The one graph of a page.
fn graph(path: &str, page: &Html) -> Json {
    let blocks = select(page, "script[type='application/ld+json']");
    assert_eq!(blocks.len(), 1, "{path}");
    let text: String = blocks[0].text().collect();
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// Every object below `value` that is a node: a value with a language or a type is none.
fn each_node(value: &Json, seen: &mut dyn FnMut(&serde_json::Map<String, Json>)) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| each_node(item, seen)),
        Json::Object(node) => {
            if !node.contains_key("@value") {
                seen(node);
            }
            node.iter().filter(|(key, _)| *key != "@context").for_each(|(_, value)| each_node(value, seen));
        }
        _ => {}
    }
}

fn check_nodes(path: &str, graph: &Json, address: Option<&str>) {
    each_node(graph, &mut |node| {
        let types: Vec<&str> = match &node.get("@type") {
            Some(Json::String(one)) => vec![one],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => panic!("{path}: a node without a type: {node:?}"),
        };
        assert!(types.iter().all(|name| TYPES.contains(name)), "{path}: {types:?}");
        for key in ["@id", "url", "sameAs", "license", "additionalType"] {
            let Some(id) = node.get(key).and_then(Json::as_str) else { continue };
            let own = id.starts_with("_:") && key == "@id" && address.is_none();
            assert!(own || id.starts_with("https://") || id.starts_with("http://"), "{path}: {key} {id}");
        }
        for key in node.keys().filter(|key| !key.starts_with('@')) {
            let (prefix, name) = key.split_once(':').unwrap_or(("", key));
            assert!(["", "dcterms"].contains(&prefix), "{path}: {key}");
            assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic()), "{path}: {key}");
        }
    });
}

#[test]
fn every_page_is_one_graph_in_which_every_node_has_a_type() {
    let base = "https://regesta.github.io/regesta/";
    for (path, page) in site().pages() {
        if path == "404.html" || select(&page, "meta[http-equiv=refresh]").len() == 1 {
            continue;
        }
        let graph = graph(path, &page);
        check_nodes(path, &graph, Some(base));
        assert_eq!(
            graph["@context"],
            serde_json::json!(["https://schema.org", { "dcterms": "http://purl.org/dc/terms/" }])
        );
        assert_eq!(graph["isPartOf"]["@id"], format!("{base}#archive"), "{path}");
        assert_eq!(graph["@id"], format!("{base}{path}"), "{path}");
        let works = zotero::coins(&page).len();
        let listed = graph["mainEntity"]["itemListElement"].as_array().map_or(0, Vec::len);
        if works > 0 {
            assert_eq!((listed, &graph["@type"]), (works, &Json::from("CollectionPage")), "{path}");
            assert_eq!(graph["mainEntity"]["numberOfItems"], works, "{path}");
        }
    }
    let of = |path: &str| graph(path, &site().page(path));
    assert_eq!(of("index.html")["mainEntity"]["@type"], serde_json::json!(["WebSite", "Collection"]));
    assert_eq!(of("keywords/norms.html")["about"]["@type"], "DefinedTerm");
    assert_eq!(of("keywords/index.html")["mainEntity"]["@type"], "DefinedTermSet");
    assert_eq!(of("people/krasner-s.html")["about"]["@type"], "Person");
    let house = of("actors/white-house.html");
    assert_eq!(house["about"]["@type"], "GovernmentOrganization", "an organ of a state is one of its government");
}

#[test]
fn the_work_of_an_entry_is_what_its_page_is_about() {
    for ((collection, id), entry) in &site().entries {
        let path = format!("{collection}/{id}.html");
        let graph = graph(&path, &site().page(&path));
        let work = &graph["mainEntity"];
        let double = text(entry, "same-as");
        let owner = double.as_ref().unwrap_or(id);
        let ((home, _), principal) =
            site().entries.iter().find(|((_, known), _)| known == owner).expect("the work has an entry");
        assert_eq!(work["@id"], format!("https://regesta.github.io/regesta/{home}/{owner}.html#work"), "{path}");
        let entry = principal;
        let wanted = match text(entry, "type").as_deref() {
            Some("article-journal" | "paper-conference") => "ScholarlyArticle",
            Some("book") => "Book",
            Some("chapter") => "Chapter",
            Some("report") => "Report",
            Some("treaty") => "Legislation",
            _ => "CreativeWork",
        };
        assert_eq!(work["@type"], wanted, "{path}");
        let name = work["name"].as_str().or(work["name"]["@value"].as_str());
        assert_eq!(name.map(str::to_string), text(entry, "title"), "{path}");
        let authors = work["author"].as_array().map_or(0, Vec::len);
        assert_eq!(authors, names(entry, "author", "author").len(), "{path}");
        let keywords = entry.get("keywords").and_then(Yaml::as_sequence).map_or(0, Vec::len);
        assert_eq!(work["keywords"].as_array().map_or(0, Vec::len), keywords, "{path}");
        if let Some(date) = text(entry, "issued").filter(|date| date.bytes().all(|b| b.is_ascii_digit() || b == b'-')) {
            let season = SEASONS.iter().any(|(number, _)| date.ends_with(number) && date.len() == 7);
            let plain = if season { &date[..4] } else { &date };
            assert_eq!(work["datePublished"], plain, "{path}");
        }
        let journal = &work["isPartOf"]["isPartOf"]["isPartOf"];
        if text(entry, "type").as_deref() == Some("article-journal") && text(entry, "issue").is_some() {
            assert_eq!(journal["@type"], "Periodical", "{path}");
            assert_eq!(journal["name"].as_str().map(str::to_string), text(entry, "container-title"), "{path}");
        }
        assert!(work.get("supersededBy").is_none(), "{path}: that is for terms of schema.org");
    }
    // A relation is read from both ends.
    let ends = |path: &str, term: &str| {
        let graph = graph(path, &site().page(path));
        let others = graph["mainEntity"][term].as_array().cloned().unwrap_or_default();
        others.iter().filter_map(|other| other["@id"].as_str()).map(str::to_string).collect::<Vec<_>>()
    };
    let (krasner, waltz) = (
        "references/krasner-1982-structural-causes.html",
        "references/waltz-1979-theory-of-international-politics.html",
    );
    let node = |path: &str| format!("https://regesta.github.io/regesta/{path}#work");
    assert!(ends(krasner, "dcterms:references").contains(&node(waltz)));
    assert!(ends(waltz, "dcterms:isReferencedBy").contains(&node(krasner)));
}

#[test]
fn the_head_of_an_entry_leads_to_its_files_and_to_nothing_that_is_not_there() {
    for (collection, id) in site().entries.keys() {
        let path = format!("{collection}/{id}.html");
        let page = site().page(&path);
        let links = select(&page, "head > link").into_iter().map(|link| link.value());
        let links: Vec<(&str, &str, Option<&str>)> = links
            .filter_map(|link| Some((link.attr("rel")?, link.attr("href")?, link.attr("type"))))
            .filter(|(rel, ..)| ["cite-as", "describedby", "type", "license", "collection", "item"].contains(rel))
            .collect();
        let of = |rel: &str| links.iter().filter(|link| link.0 == rel).map(|link| link.1).collect::<Vec<_>>();
        assert_eq!(of("cite-as"), [format!("https://regesta.github.io/regesta/{path}")]);
        assert_eq!(of("collection"), ["index.html"]);
        assert_eq!(of("license"), ["https://creativecommons.org/licenses/by/4.0/"]);
        assert_eq!(of("type").len(), 2);
        assert_eq!(of("item").len(), 0, "the archive has no copy of a work");
        let described = links.iter().filter(|link| link.0 == "describedby");
        let described: Vec<(&str, Option<&str>)> = described.map(|link| (link.1, link.2)).collect();
        let file = |ending: &str| format!("{id}.{ending}");
        let (bib, ris, json) = (file("bib"), file("ris"), file("csl.json"));
        assert_eq!(
            described[..3],
            [
                (bib.as_str(), Some("application/x-bibtex")),
                (ris.as_str(), Some("application/x-research-info-systems")),
                (json.as_str(), Some("application/vnd.citationstyles.csl+json")),
            ]
        );
        for (href, _) in described {
            assert!(site().files.contains_key(&format!("{collection}/{href}")), "{path}: {href}");
        }
    }
    let archive = Archive::small().with("site.toml", small_settings("[exports]\nentries = false\n"));
    archive.build(&[]).expect(0);
    let html = String::from_utf8(archive.site()["works/krasner-1982.html"].clone()).expect("pages are UTF-8");
    assert!(!html.contains("describedby"), "without the files nothing leads to them");
}

fn small_settings(more: &str) -> String {
    let settings = fs::read_to_string(support::archives("common/site.toml")).expect("the archive has settings");
    settings + "\n" + more
}

/// An archive of entries as odd as they come, each with its front matter.
fn odd(settings: &str, entries: &[(&str, &str)]) -> Tree {
    let mut archive = Archive::small().with("site.toml", settings);
    for (id, matter) in entries {
        archive = archive.with(&format!("content/works/{id}.md"), format!("---\n{matter}\n---\n\nText.\n"));
    }
    archive.build(&[]).expect(0);
    archive.site()
}

fn read(site: &Tree, path: &str) -> Html {
    Html::parse_document(std::str::from_utf8(&site[path]).expect("pages are UTF-8"))
}

#[test]
fn names_that_zotero_would_tear_apart_are_written_so_that_it_does_not() {
    let site = odd(
        &small_settings(""),
        &[
            (
                "10-alone",
                "type: book\ntitle: Alone\nauthor:\n  - { family: Hoven, given: Jeroen M., non-dropping-particle: van den }\nissued: 1990",
            ),
            (
                "11-bodies",
                "type: report\ntitle: Bodies\nauthor:\n  - { literal: U.S. Department of State }\n  - { literal: \"Booz Allen Hamilton, Inc.\" }\nissued: 1990",
            ),
            ("12-one", "type: book\ntitle: One\nauthor:\n  - { family: Plato }\nissued: \"-0380~\""),
        ],
    );
    let creators = |path: &str| zotero::embedded(&read(&site, path)).creators;
    let author = |last: &str, first: Option<&str>| Creator {
        role: "author".into(),
        last: last.into(),
        first: first.map(str::to_string),
    };
    assert_eq!(creators("works/alone.html"), [author("van den Hoven", Some("Jeroen M."))]);
    assert_eq!(
        creators("works/bodies.html"),
        [author("US Department of State", None), author("Booz Allen Hamilton Inc", None),]
    );
    assert_eq!(creators("works/one.html"), [author("Plato", None)]);
}

#[test]
fn what_contains_a_work_is_never_the_archive() {
    let site = odd(
        &small_settings(""),
        &[
            ("10-page", "type: webpage\ntitle: A page\nissued: 2001-05\nURL: https://example.org/"),
            ("11-blog", "type: post-weblog\ntitle: A post\ncontainer-title: A blog\nissued: 2001?"),
            (
                "12-article",
                "type: article-magazine\ntitle: An article\ncontainer-title: A magazine\npage: 1-5, 9-12\nissued: 1999/2001",
            ),
            ("13-thesis", "type: thesis\ntitle: A thesis\npublisher: A university\ngenre: PhD thesis"),
        ],
    );
    let item = |path: &str| zotero::embedded(&read(&site, path));
    let page = item("works/page.html");
    assert_eq!((page.kind.as_str(), page.get("publicationTitle")), ("webpage", None));
    assert_eq!((page.get("date"), page.get("url")), (Some("2001/05"), Some("https://example.org/")));
    let blog = item("works/blog.html");
    assert_eq!((blog.kind.as_str(), blog.get("publicationTitle")), ("blogPost", Some("A blog")));
    assert_eq!(blog.get("date"), Some("2001?"));
    let article = item("works/article.html");
    assert_eq!((article.kind.as_str(), article.get("publicationTitle")), ("magazineArticle", Some("A magazine")));
    assert_eq!((article.get("pages"), article.get("date")), (Some("1–5, 9–12"), Some("1999–2001")));
    let thesis = item("works/thesis.html");
    assert_eq!((thesis.kind.as_str(), thesis.get("publisher")), ("thesis", Some("A university")));
    assert_eq!(thesis.get("thesisType"), Some("PhD thesis"));
}

#[test]
fn text_cannot_end_the_block_that_it_stands_in() {
    let title = "</script><script>alert(1)</script><!-- & \\\" \u{2028}";
    let matter = format!("type: book\ntitle: \"{title}\"\nissued: 1990\nsummary: \"</script><!--\"");
    let site = odd(&small_settings(""), &[("10-hostile", &matter)]);
    for path in ["works/hostile.html", "works/index.html", "timeline.html"] {
        let page = read(&site, path);
        let graph = graph(path, &page);
        assert!(graph.to_string().contains("</script><script>alert(1)</script><!-- & "), "{path}");
        assert!(select(&page, "script").iter().all(|script| !script.text().any(|text| text.starts_with("alert"))));
        let item = if path.ends_with("hostile.html") {
            zotero::embedded(&page)
        } else {
            zotero::coins(&page)
                .into_iter()
                .find(|item| item.get("title").is_some_and(|title| title.contains("script")))
                .expect("the book is listed")
        };
        assert!(item.get("title").is_some_and(|read| read.starts_with("</script><script>alert(1)")), "{item:?}");
    }
}

#[test]
fn without_an_address_of_its_own_an_archive_has_no_identifiers_that_claim_one() {
    let settings = small_settings("").replace("base-url = \"https://example.org/small/\"\n", "");
    let site = odd(&settings, &[]);
    let mut pages = 0;
    for path in site.keys().filter(|path| path.ends_with(".html")) {
        let page = read(&site, path);
        if path != "404.html" && select(&page, "meta[http-equiv=refresh]").is_empty() {
            check_nodes(path, &graph(path, &page), None);
            pages += 1;
        }
        assert!(select(&page, "link[rel=cite-as]").is_empty(), "{path}");
    }
    assert!(pages > 10);
    let work = graph("works/krasner-1982.html", &read(&site, "works/krasner-1982.html"));
    assert_eq!(work["mainEntity"]["@id"], "_:work-krasner-1982");
}

#[test]
fn a_link_to_a_work_s_address_says_when_it_was_seen_and_where_it_is_kept() {
    let matter =
        |more: &str| format!("type: webpage\ntitle: A page\nissued: 2001\nURL: https://example.org/?a=1&b=2\n{more}");
    let listed = "listed: { list: works, number: 14, printed: \"See https://example.org/?a=1&b=2.\" }";
    let archive = Archive::small()
        .with(
            "content/works/10-day.md",
            format!(
                "---\n{}\n---\n\n[There](https://example.org/?a=1&b=2), not [here](https://example.org/).\n",
                matter("accessed: 2016-07-03")
            ),
        )
        .with("content/works/11-month.md", format!("---\n{}\n---\n", matter("accessed: 2016-07")))
        .with("content/works/12-never.md", format!("---\n{}\n---\n", matter("")))
        .with(
            "content/works/13-kept.md",
            format!("---\n{}\n---\n", matter("accessed: 2016\narchive_location: https://archive.example.org/x")),
        )
        .with(
            "content/works/14-listed.md",
            format!("---\n{}\n---\n", matter(&format!("accessed: 2016-07-03\n{listed}"))),
        );
    archive.build(&[]).expect(0);
    let site = archive.site();
    let robust = |path: &str, selector: &str| {
        let page = read(&site, path);
        let links = select(&page, selector).into_iter().map(|link| {
            let attribute = |name: &str| link.value().attr(name).unwrap_or_default().to_string();
            [attribute("data-originalurl"), attribute("data-versiondate"), attribute("data-versionurl")]
        });
        links.collect::<Vec<_>>()
    };
    let seen = |day: &str, copy: &str| ["https://example.org/?a=1&b=2".to_string(), day.to_string(), copy.to_string()];
    let none = [String::new(), String::new(), String::new()];
    let own = ".identifier a:not(.accessed)";
    assert_eq!(robust("works/day.html", own), [seen("2016-07-03", "")]);
    assert_eq!(robust("works/day.html", "#annotation a"), [seen("2016-07-03", ""), none.clone()]);
    assert_eq!(robust("works/never.html", own), [none]);
    assert_eq!(robust("works/kept.html", own), [seen("2016", "https://archive.example.org/x")]);
    assert_eq!(robust("works/listed.html", ".printed a[rel=external]"), [seen("2016-07-03", "")]);
    let kept = |path: &str| {
        let page = read(&site, path);
        let links = select(&page, "a.archived").into_iter();
        let links =
            links.map(|link| (link.value().attr("href").unwrap_or_default().to_string(), link.text().collect()));
        links.collect::<Vec<(String, String)>>()
    };
    let name = "archived copy of https://example.org/?a=1&b=2".to_string();
    let copy = |when: &str| (format!("https://web.archive.org/web/{when}/https://example.org/?a=1&b=2"), name.clone());
    assert_eq!(kept("works/day.html"), [copy("20160703")]);
    assert_eq!(kept("works/month.html"), [copy("201607")]);
    assert_eq!(kept("works/never.html"), []);
    assert_eq!(kept("works/kept.html"), [("https://archive.example.org/x".to_string(), name.clone())]);
}
