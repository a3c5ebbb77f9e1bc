//! The repository's own archive, built and crawled.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::OnceLock,
};

use scraper::{ElementRef, Html, Selector};
use support::{Archive, Tree, repository, tree};

/// What the tests ask of a page.
#[derive(Default)]
struct Page {
    titles: Vec<String>,
    lang: Option<String>,
    headings: Vec<u32>,
    ids: Vec<String>,
    /// Everything that leads to another file or place: element, `rel`, address.
    links: Vec<Link>,
    /// Attributes that a strict Content-Security-Policy forbids.
    forbidden: Vec<String>,
    landmarks: BTreeMap<&'static str, usize>,
    skip_link: bool,
    redirect: bool,
    /// Its words, every run of white space one blank.
    text: String,
}

struct Link {
    element: String,
    rel: String,
    address: String,
}

struct Site {
    files: Tree,
    pages: BTreeMap<String, Page>,
}

/// Built once for all tests.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let archive = Archive::own();
        archive.build(&[]).expect(0);
        let files = archive.site();
        let pages = files
            .iter()
            .filter(|(path, _)| path.ends_with(".html"))
            .map(|(path, bytes)| (path.clone(), read(std::str::from_utf8(bytes).expect("pages are UTF-8"))))
            .collect();
        Site { files, pages }
    })
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the test's selectors are sound");
    page.select(&selector).collect()
}

fn words(text: impl Iterator<Item = impl AsRef<str>>) -> String {
    let text: String = text.map(|part| part.as_ref().to_string()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(html: &str) -> Page {
    let document = Html::parse_document(html);
    let mut page = Page {
        titles: select(&document, "head > title").iter().map(|title| words(title.text())).collect(),
        lang: document.root_element().attr("lang").map(str::to_string),
        redirect: !select(&document, "meta[http-equiv=refresh]").is_empty(),
        skip_link: select(&document, "body > a[href='#main']:first-child").len() == 1,
        text: words(document.root_element().text()),
        ..Page::default()
    };
    for (name, selector) in
        [("header", "body > header"), ("main", "body > main#main"), ("footer", "body > footer"), ("nav", "nav")]
    {
        page.landmarks.insert(name, select(&document, selector).len());
    }
    for element in select(&document, "*") {
        let name = element.value().name();
        if let [b'h', level @ b'1'..=b'6'] = name.as_bytes() {
            page.headings.push(u32::from(level - b'0'));
        }
        for (attribute, value) in element.value().attrs() {
            match attribute {
                "id" => page.ids.push(value.to_string()),
                "href" | "src" | "srcset" | "action" | "poster" | "data" => page.links.push(Link {
                    element: name.to_string(),
                    rel: element.attr("rel").unwrap_or_default().to_string(),
                    address: value.to_string(),
                }),
                "style" => page.forbidden.push(format!("style=\"{value}\"")),
                _ if attribute.starts_with("on") => page.forbidden.push(format!("{attribute}=\"{value}\"")),
                _ => {}
            }
        }
    }
    page
}

/// Fails with everything that `faults` finds, page by page.
#[track_caller]
fn check_pages(faults: impl Fn(&str, &Page) -> Vec<String>) {
    let found: Vec<String> = site()
        .pages
        .iter()
        .flat_map(|(path, page)| faults(path, page).into_iter().map(move |fault| format!("{path}: {fault}")))
        .collect();
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

fn has_scheme(address: &str) -> bool {
    ["http:", "https:", "mailto:", "data:"].iter().any(|scheme| address.starts_with(scheme))
        || address.starts_with("//")
}

/// The file and the fragment that a relative address leads to from a page.
fn resolve(page: &str, address: &str) -> (String, Option<String>) {
    let (path, fragment) = address.split_once('#').map_or((address, None), |(path, id)| (path, Some(id.to_string())));
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() {
        return (page.to_string(), fragment);
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                assert!(parts.pop().is_some(), "{page}: {address} leads out of the site");
            }
            part => parts.push(part),
        }
    }
    (parts.join("/"), fragment)
}

/// The path of site.toml's `base-url`, with which addresses on `404.html` begin.
fn base_path() -> &'static str {
    static BASE: OnceLock<String> = OnceLock::new();
    BASE.get_or_init(|| {
        let settings = Archive::own().read("site.toml");
        let url = settings.split("base-url = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("it is set");
        let host = url.find("://").expect("it is absolute") + 3;
        url[host..].find('/').map_or("/", |slash| &url[host + slash..]).to_string()
    })
}

/// Addresses within the site, as they would read on a page in its root.
fn inner_links<'a>(path: &'a str, page: &'a Page) -> impl Iterator<Item = (&'a Link, (String, Option<String>))> {
    page.links.iter().filter(|link| !has_scheme(&link.address)).map(move |link| {
        let address = if path == "404.html" {
            link.address.strip_prefix(base_path()).unwrap_or(&link.address)
        } else {
            &link.address
        };
        (link, resolve(path, address))
    })
}

#[test]
fn every_link_leads_to_a_file_and_every_anchor_to_an_element() {
    check_pages(|path, page| {
        inner_links(path, page)
            .filter_map(|(link, (file, fragment))| {
                if !site().files.contains_key(&file) {
                    return Some(format!("`{}` leads nowhere", link.address));
                }
                let id = fragment?;
                let there = site().pages.get(&file)?.ids.contains(&id);
                (!there).then(|| format!("`{}`: there is no such anchor", link.address))
            })
            .collect()
    });
}

#[test]
fn no_link_is_absolute_or_leads_to_a_folder() {
    check_pages(|path, page| {
        let inner = page.links.iter().map(|link| link.address.as_str()).filter(|address| !has_scheme(address));
        inner
            .filter_map(|address| {
                let file = address.split(['#', '?']).next().unwrap_or_default();
                let absolute = address.starts_with('/') && !(path == "404.html" && address.starts_with(base_path()));
                let named = file.rsplit('/').next().unwrap_or_default();
                // The one file without a dot in its name, which is called so everywhere.
                let folder = !file.is_empty() && !named.contains('.') && named != "SHA256SUMS";
                (absolute || folder || address.is_empty()).then(|| format!("`{address}`"))
            })
            .collect()
    });
}

#[test]
fn no_id_stands_twice() {
    check_pages(|_, page| {
        let mut seen = BTreeSet::new();
        page.ids.iter().filter(|id| !seen.insert(id.as_str())).map(|id| format!("`{id}` stands twice")).collect()
    });
}

#[test]
fn every_page_can_be_reached_from_the_first() {
    let mut reached: BTreeSet<&str> = BTreeSet::from(["index.html"]);
    let mut open = vec!["index.html"];
    while let Some(path) = open.pop() {
        for (link, (file, _)) in inner_links(path, &site().pages[path]) {
            if let Some((file, _)) = site().pages.get_key_value(&file).filter(|_| link.element == "a")
                && reached.insert(file)
            {
                open.push(file);
            }
        }
    }
    let orphans: Vec<&String> = site()
        .pages
        .iter()
        .filter(|(path, page)| !reached.contains(path.as_str()) && !page.redirect && *path != "404.html")
        .map(|(path, _)| path)
        .collect();
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn every_page_has_one_heading_one_title_and_a_language() {
    check_pages(|_, page| {
        let first = page.headings.iter().filter(|level| **level == 1).count();
        let mut faults = Vec::new();
        if first != 1 {
            faults.push(format!("{first} headings of the first level"));
        }
        if page.titles.len() != 1 || page.titles[0].is_empty() {
            faults.push(format!("titles: {:?}", page.titles));
        }
        if page.lang.as_deref() != Some("en") {
            faults.push(format!("lang: {:?}", page.lang));
        }
        faults
    });
    let mut by_title: HashMap<&String, &String> = HashMap::new();
    for (path, page) in &site().pages {
        if let Some(other) = by_title.insert(&page.titles[0], path) {
            panic!("{path} and {other} have one title: {}", page.titles[0]);
        }
    }
}

#[test]
fn headings_skip_no_level() {
    check_pages(|_, page| {
        let steps = page.headings.iter().zip(page.headings.iter().skip(1));
        steps.filter(|(one, next)| **next > **one + 1).map(|(one, next)| format!("h{next} behind h{one}")).collect()
    });
}

#[test]
fn every_page_has_its_landmarks_and_a_skip_link() {
    check_pages(|path, page| {
        // A page that stands in for another, or for none, has no more than its text.
        if page.redirect || path == "404.html" {
            return Vec::new();
        }
        let mut faults: Vec<String> = ["header", "main", "footer"]
            .iter()
            .filter(|name| page.landmarks[*name] != 1)
            .map(|name| format!("{} times {name}", page.landmarks[name]))
            .collect();
        if page.landmarks["nav"] == 0 {
            faults.push("no nav".to_string());
        }
        if !page.skip_link {
            faults.push("no skip link".to_string());
        }
        faults
    });
}

#[test]
fn no_page_asks_another_host_or_runs_anything_of_its_own() {
    // Links that a browser does not follow by itself.
    let harmless = [
        "canonical",
        "alternate",
        "license",
        "author",
        "next",
        "prev",
        "cite-as",
        "describedby",
        "type",
        "collection",
        "item",
    ];
    check_pages(|_, page| {
        let requests = page
            .links
            .iter()
            .filter(|link| has_scheme(&link.address) && link.element != "a" && !harmless.contains(&link.rel.as_str()));
        let requests = requests.map(|link| format!("<{}> asks for {}", link.element, link.address));
        requests.chain(page.forbidden.iter().cloned()).collect()
    });
    for (path, bytes) in site().files.iter().filter(|(path, _)| path.ends_with(".css")) {
        let css = String::from_utf8_lossy(bytes);
        for part in css.split("url(").skip(1) {
            let address = part.split(')').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
            assert!(!has_scheme(address) || address.starts_with("data:"), "{path}: url({address})");
            let (file, _) = resolve(path, address);
            assert!(address.starts_with("data:") || site().files.contains_key(&file), "{path}: url({address})");
        }
        assert!(!css.contains("@import"), "{path} imports");
    }
}

#[test]
fn feeds_and_the_sitemap_are_well_formed() {
    let mut feeds = 0;
    for (path, bytes) in site().files.iter().filter(|(path, _)| path.ends_with(".xml")) {
        let text = std::str::from_utf8(bytes).expect("XML files are UTF-8");
        let mut reader = quick_xml::Reader::from_str(text);
        let mut depth = 0;
        loop {
            match reader.read_event().unwrap_or_else(|fault| panic!("{path}: {fault}")) {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{path}");
        feeds += usize::from(text.contains("<feed "));
    }
    assert_eq!(feeds, 3, "one of the archive and one of each track");
    let sitemap = String::from_utf8_lossy(&site().files["sitemap.xml"]).into_owned();
    let listed: BTreeSet<&str> = sitemap
        .split("<loc>")
        .skip(1)
        .filter_map(|rest| rest.split("</loc>").next()?.split(base_path()).nth(1))
        .collect();
    let apart = ["404.html", "search.html"];
    let pages = site().pages.iter().filter(|(path, page)| !apart.contains(&path.as_str()) && !page.redirect);
    assert!(listed.iter().copied().eq(pages.map(|(path, _)| path.as_str())), "the sitemap lists other pages");
}

// What the seed demands.

struct Cited {
    list: &'static str,
    number: usize,
    /// Line wraps are one blank.
    printed: String,
}

/// The seed's citations, read from its text alone.
fn seed() -> Vec<Cited> {
    let text = include_str!("seed.txt");
    let (_, lists) = text.split_once("\nReferences\n").expect("the seed has references");
    let (references, documents) = lists.split_once("\nLIST OF DOCUMENTS").expect("the seed has documents");
    let (documents, _) = documents.split_once("\nMetrics\n").expect("the documents end");
    let mut cited = Vec::new();
    for (list, text) in [("references", references), ("documents", documents)] {
        let before = cited.len();
        for line in text.lines() {
            let number = cited.len() - before + 1;
            if let Some(rest) = line.strip_prefix(&format!("[{number}] ")) {
                cited.push(Cited { list, number, printed: rest.trim().to_string() });
            } else if let Some(last) = cited[before..].last_mut().filter(|_| !line.trim().is_empty()) {
                last.printed = format!("{} {}", last.printed, line.trim());
            }
        }
    }
    cited
}

/// The addresses that a citation prints; one that is broken behind a hyphen is joined.
fn addresses(printed: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut broken = false;
    for word in printed.split(' ') {
        if broken {
            found.last_mut().expect("there is one that is broken").push_str(word);
        } else if let Some(at) = ["http://", "https://", "www."].iter().filter_map(|start| word.find(start)).min() {
            found.push(word[at..].to_string());
        } else {
            continue;
        }
        broken = word.ends_with('-');
    }
    found.iter().map(|address| address.trim_end_matches(['.', ',']).to_string()).collect()
}

/// The page of a numbered entry: its file's name begins with the number.
fn page_of(cited: &Cited) -> (String, &'static Page) {
    let start = format!("{:02}-", cited.number);
    let files = tree(&repository().join("content").join(cited.list));
    let mut names = files.keys().filter_map(|name| name.strip_prefix(&start)?.strip_suffix(".md"));
    let name = names.next().unwrap_or_else(|| panic!("{} {start} has no entry", cited.list));
    assert_eq!(names.next(), None, "{} {start} has two entries", cited.list);
    let path = format!("{}/{name}.html", cited.list);
    let page = site().pages.get(&path).unwrap_or_else(|| panic!("there is no page {path}"));
    (path, page)
}

#[test]
fn the_seed_has_67_citations_and_each_has_its_page() {
    let cited = seed();
    let count = |list: &str| cited.iter().filter(|cited| cited.list == list).count();
    assert_eq!((count("references"), count("documents")), (45, 22));
    let own = |path: &String| {
        ["references/", "documents/"].iter().any(|list| path.starts_with(list)) && !path.ends_with("/index.html")
    };
    assert_eq!(site().pages.iter().filter(|(path, page)| own(path) && !page.redirect).count(), 67);
    for cited in &cited {
        page_of(cited);
    }
}

#[test]
fn every_citation_is_shown_as_it_is_printed() {
    let concordance = &site().pages["concordance.html"];
    for cited in seed() {
        let (path, page) = page_of(&cited);
        assert!(page.text.contains(&cited.printed), "{path} does not show: {}", cited.printed);
        assert!(concordance.text.contains(&cited.printed), "the concordance does not show: {}", cited.printed);
    }
}

#[test]
fn every_entry_repeats_its_citation_letter_for_letter() {
    for cited in seed() {
        let (path, _) = page_of(&cited);
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".html")).expect("a page's name");
        let file = format!("content/{}/{:02}-{stem}.md", cited.list, cited.number);
        let matter = front_matter(&file);
        let listed = &matter["listed"];
        assert_eq!(listed["printed"].as_str(), Some(cited.printed.as_str()), "{file}");
        assert_eq!(listed["list"].as_str(), Some(cited.list), "{file}");
        assert_eq!(listed["number"].as_u64(), Some(cited.number as u64), "{file}");
    }
}

#[test]
fn every_doi_and_address_of_the_seed_is_a_link() {
    let mut dois = 0;
    for cited in seed() {
        let (path, page) = page_of(&cited);
        for address in addresses(&cited.printed) {
            dois += usize::from(address.contains("doi.org/"));
            let with_scheme = |scheme: &str| format!("{scheme}{address}");
            let meant = if address.starts_with("www.") {
                vec![with_scheme("http://"), with_scheme("https://")]
            } else {
                vec![address.clone()]
            };
            let linked = page.links.iter().any(|link| link.element == "a" && meant.contains(&link.address));
            assert!(linked, "{path} has no link to {address}");
        }
    }
    assert_eq!(dois, 13);
}

#[test]
fn the_articles_keywords_head_index_entries() {
    let index = String::from_utf8_lossy(&site().files["keywords/index.html"]).into_owned();
    let index = Html::parse_document(&index);
    let heads: BTreeSet<String> =
        select(&index, "main li > a:first-child").iter().map(|term| words(term.text())).collect();
    let (_, list) = include_str!("seed.txt").split_once("\nKeywords:\n").expect("the seed has keywords");
    let keywords: Vec<&str> = list.lines().next().unwrap_or_default().split("; ").collect();
    assert_eq!(keywords.len(), 7);
    for keyword in keywords {
        assert!(heads.contains(keyword), "{keyword} heads no entry of {heads:?}");
    }
}

#[test]
fn every_dated_work_is_in_the_timeline_once_as_a_mark_and_once_in_the_list() {
    let timeline = &site().pages["timeline.html"];
    let mut works = 0;
    for cited in seed() {
        let (path, _) = page_of(&cited);
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".html")).expect("a page's name");
        let matter = front_matter(&format!("content/{}/{:02}-{stem}.md", cited.list, cited.number));
        let links = timeline.links.iter().filter(|link| resolve("timeline.html", &link.address).0 == path).count();
        if matter.get("same-as").is_some() {
            assert_eq!(links, 0, "{path} is counted with the work that it is the same as");
            continue;
        }
        works += 1;
        let tracks = matter.get("tracks").and_then(|tracks| tracks.as_sequence()).map_or(0, Vec::len);
        let marks = if matter.get("issued").is_some() { tracks.max(1) } else { 0 };
        assert_eq!(links, marks + 1, "{path}: a mark in each lane, and a line of the list");
    }
    assert_eq!(works, 64);
}

#[test]
fn works_that_are_listed_twice_show_both_citations() {
    let cited = seed();
    let find = |list: &str, number: usize| {
        cited.iter().find(|cited| cited.list == list && cited.number == number).expect("the seed lists it")
    };
    for (reference, document) in [(36, 9), (37, 17), (43, 10)] {
        let (one, other) = (find("references", reference), find("documents", document));
        for (path, page) in [page_of(one), page_of(other)] {
            assert!(page.text.contains(&one.printed) && page.text.contains(&other.printed), "{path}");
        }
    }
    let (sixth, eighth) = (page_of(find("documents", 6)), page_of(find("documents", 8)));
    assert!(!sixth.1.text.contains(&find("documents", 8).printed), "{} is another work than {}", sixth.0, eighth.0);
}

fn front_matter(file: &str) -> serde_yaml::Value {
    let text = std::fs::read_to_string(repository().join(file)).unwrap_or_else(|fault| panic!("{file}: {fault}"));
    let matter = text.split("---\n").nth(1).unwrap_or_else(|| panic!("{file} has no front matter"));
    serde_yaml::from_str(matter).unwrap_or_else(|fault| panic!("{file}: {fault}"))
}
