//! Lists that are too long for one page: the repository's own archive in pages of a few
//! rows, and generated ones whose rows are long.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use scraper::{Html, Selector};
use support::{Archive, Tree};

/// No page is longer, apart from volumes of the print edition.
const LONGEST: usize = 300_000;

struct Page {
    ids: BTreeSet<String>,
    /// `a` and `area`.
    links: Vec<String>,
    title: String,
    canonical: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    /// The entries whose cards or citations it lists.
    rows: Vec<String>,
}

fn all(document: &Html, selector: &str, attribute: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("the test's selectors are sound");
    document.select(&selector).filter_map(|element| element.attr(attribute).map(str::to_string)).collect()
}

/// The file and the fragment that a relative address leads to.
fn resolve(page: &str, address: &str) -> (String, Option<String>) {
    let (path, fragment) = address.split_once('#').map_or((address, None), |(path, id)| (path, Some(id.to_string())));
    if path.is_empty() {
        return (page.to_string(), fragment);
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        if part == ".." {
            parts.pop().expect("no link leads out of the site");
        } else {
            parts.push(part);
        }
    }
    (parts.join("/"), fragment)
}

fn pages(files: &Tree) -> BTreeMap<String, Page> {
    let read = |(path, bytes): (&String, &Vec<u8>)| {
        let document = Html::parse_document(std::str::from_utf8(bytes).expect("pages are UTF-8"));
        let one = |selector: &str| all(&document, selector, "href").pop();
        let to = |address: String| resolve(path, &address).0;
        let page = Page {
            ids: all(&document, "[id]", "id").into_iter().collect(),
            links: all(&document, "a[href]", "href"),
            title: document
                .select(&Selector::parse("title").expect("a sound selector"))
                .flat_map(|title| title.text())
                .collect(),
            canonical: one("link[rel=canonical]"),
            previous: one("link[rel=prev]").map(to),
            next: one("link[rel=next]").map(to),
            rows: all(&document, ".cards .card-title, .concordance .number, .people .terms a, .index .term", "href")
                .into_iter()
                .map(to)
                .collect(),
        };
        (path.clone(), page)
    };
    files.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html").map(read).collect()
}

/// The list of a page and all its parts, as links of `rel=next` lead through them.
fn chain<'a>(pages: &'a BTreeMap<String, Page>, first: &'a str) -> Vec<&'a Page> {
    let mut chain = vec![&pages[first]];
    while let Some(next) = &chain[chain.len() - 1].next {
        assert!(chain.len() <= pages.len(), "{first} leads in a circle");
        chain.push(&pages[next]);
    }
    chain
}

fn check(files: &Tree, pages: &BTreeMap<String, Page>) {
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, page) in pages {
        for address in page.links.iter().filter(|address| !address.contains(':')) {
            let (file, fragment) = resolve(path, address);
            assert!(files.contains_key(&file), "{path}: `{address}` leads nowhere");
            if let (Some(fragment), Some(there)) = (fragment, pages.get(&file)) {
                assert!(there.ids.contains(&fragment), "{path}: `{address}` leads to no anchor");
            }
        }
        for (one, other) in [(&page.next, true), (&page.previous, false)] {
            let Some(one) = one else { continue };
            let back = if other { &pages[one].previous } else { &pages[one].next };
            assert_eq!(back.as_ref(), Some(path), "{path} and {one} do not lead to each other");
        }
        assert!(page.canonical.as_ref().is_none_or(|address| address.ends_with(path.as_str())), "{path} is canonical");
        let other = titles.insert(&page.title, path);
        assert!(other.is_none(), "{path} and {other:?} have one title: {}", page.title);
        let length = files[path].len();
        assert!(length <= LONGEST || path.starts_with("print"), "{path} has {length} bytes");
    }
    let mut reached: BTreeSet<&str> = BTreeSet::from(["index.html"]);
    let mut open = vec!["index.html"];
    while let Some(path) = open.pop() {
        for address in pages[path].links.iter().filter(|address| !address.contains(':')) {
            if let Some((file, _)) = pages.get_key_value(&resolve(path, address).0)
                && reached.insert(file)
            {
                open.push(file);
            }
        }
    }
    let orphans: Vec<_> = pages.keys().filter(|path| !reached.contains(path.as_str())).collect();
    assert!(orphans.is_empty(), "nothing leads to {orphans:?}");
}

/// What all pages of a list show, in order.
fn rows(pages: &BTreeMap<String, Page>, first: &str) -> Vec<String> {
    chain(pages, first).into_iter().flat_map(|page| page.rows.clone()).collect()
}

#[test]
fn a_split_list_has_what_the_whole_one_has_and_every_link_leads_somewhere() {
    let whole = Archive::own();
    whole.build(&[]).expect(0);
    let whole = pages(&whole.site());
    let archive = Archive::own();
    let settings = archive.read("site.toml") + "\n[lists]\nmost-rows = 5\n";
    let archive = archive.with("site.toml", settings);
    archive.build(&[]).expect(0);
    let files = archive.site();
    let split = pages(&files);
    check(&files, &split);
    let gone: Vec<_> = whole.keys().filter(|path| !split.contains_key(*path)).collect();
    assert!(gone.is_empty(), "{gone:?} have no address of their own");
    let mut lists = 0;
    for (path, page) in
        whole.iter().filter(|(path, page)| !page.rows.is_empty() && !path.ends_with("sovereignty/index.html"))
    {
        let parts = chain(&split, path).len();
        lists += usize::from(parts > 1);
        let (mut before, mut after) = (page.rows.clone(), rows(&split, path));
        before.sort();
        after.sort();
        // A track's own page leads to its timeline.
        if !(path.starts_with("tracks/") && path.ends_with("/index.html") && parts == 1) {
            assert_eq!(before, after, "{path}, in {parts} pages");
        }
    }
    assert!(lists > 20, "only {lists} lists were split");
}

fn work(number: usize, year: usize, title: &str) -> String {
    format!(
        "---\ntype: book\ntitle: \"{title} {number}\"\nauthor: [{{ family: Author{}, given: A. }}]\nissued: {year}\nkeywords: [norms]\n\
         tracks: [sovereignty, multistakeholder]\n---\n\nSee [[w0]], which says that {title}.\n",
        number % 300
    )
}

/// A work that all others cite, and a keyword that all have, with titles as long as they get.
#[test]
fn no_page_grows_with_the_archive() {
    let title = "On \\\"the\\\" law & customs of <very> long titles, ".repeat(8);
    let archive = (0..600).fold(Archive::small(), |archive, number| {
        archive.with(&format!("content/works/w{number}.md"), work(number, 1985 + number % 12, &title))
    });
    archive.build(&[]).expect(0);
    let files = archive.site();
    let pages = pages(&files);
    check(&files, &pages);
    for list in ["timeline.html", "works/index.html", "keywords/norms.html", "tracks/sovereignty/timeline.html"] {
        let parts = chain(&pages, list).len();
        assert!(parts > 3, "{list} has {parts} pages");
        let rows = rows(&pages, list);
        let once: BTreeSet<&String> = rows.iter().collect();
        assert!(once.len() >= 600, "{list} has {} works", once.len());
    }
    let cited = pages.keys().filter(|path| path.starts_with("works/w0/")).count();
    assert!(cited > 3, "there are {cited} pages of what cites the first work");
}

#[test]
fn an_address_stays_when_entries_are_added() {
    let addresses = |works: usize| {
        let archive = (0..works).fold(Archive::small(), |archive, number| {
            archive.with(&format!("content/works/w{number}.md"), work(number, 1960 + number % 40, "Title"))
        });
        let settings = archive.read("site.toml") + "\n[lists]\nmost-rows = 10\n";
        let archive = archive.with("site.toml", settings);
        archive.build(&[]).expect(0);
        archive.site().into_keys().filter(|path| path.ends_with(".html")).collect::<BTreeSet<String>>()
    };
    let (before, after) = (addresses(25), addresses(80));
    assert!(before.contains("timeline/1960s.html") && !before.contains("timeline/1965.html"), "{before:?}");
    assert!(after.contains("timeline/1965.html"), "{after:?}");
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
