//! What holds of any input. The pipeline runs in this process: a panic fails the test.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
};

use proptest::prelude::*;
use regesta::{Request, Whole, diagnostic::Severity};
use scraper::{Html, Selector};
use support::Archive;

fn built(archive: &Archive) -> Whole {
    Whole::of(archive.root(), &Request::default())
}

/// The built pages by address; nothing where the archive has errors.
fn pages(archive: &Archive) -> Option<BTreeMap<String, String>> {
    let outputs = built(archive).outputs?;
    let pages = outputs.into_iter().filter(|output| output.path.ends_with(".html"));
    Some(pages.map(|page| (page.path, String::from_utf8(page.bytes).expect("pages are UTF-8"))).collect())
}

/// So many cases of each property; `REGESTA_TIMES=100` tries a hundred times as many.
fn cases(cases: u32) -> ProptestConfig {
    let times = env::var("REGESTA_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig { cases: cases * times, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_bytes_below_content_are_published_or_refused_with_reasons(
        files in prop::collection::vec(file(), 1..12),
        vocabulary in prop::option::of(yaml()),
    ) {
        let mut archive = Archive::small();
        for (index, bytes) in files.iter().enumerate() {
            let folder = if index % 4 == 0 { "content" } else { "content/works" };
            archive = archive.with(&format!("{folder}/file-{index}.md"), bytes);
        }
        if let Some(text) = vocabulary {
            archive = archive.with("content/keywords.yaml", &text).with("content/actors.yaml", text);
        }
        let Whole { outputs, diagnostics } = built(&archive);
        let errors = diagnostics.iter().any(|told| told.severity == Severity::Error);
        prop_assert_eq!(outputs.is_none(), errors);
        for told in &diagnostics {
            prop_assert!(!told.message.is_empty() && told.place.line > 0 && told.place.column > 0);
            prop_assert!(told.place.column + told.place.width <= told.place.text.chars().count() + 2, "{:?}", told);
        }
    }

    #[test]
    fn any_settings_are_used_or_refused_with_reasons(text in settings()) {
        let Whole { outputs, diagnostics } = built(&Archive::small().with("site.toml", text));
        let errors = diagnostics.iter().any(|told| told.severity == Severity::Error);
        prop_assert_eq!(outputs.is_none(), errors);
    }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_markdown_becomes_well_nested_html_without_active_content(
        body in markdown(),
        style in prop::option::weighted(0.3, prop::sample::select(vec!["mla", "vancouver", "chicago-notes"])),
    ) {
        let text = format!("---\ntype: book\ntitle: Any\n---\n{body}");
        let archive = Archive::small().with("content/works/any.md", text);
        let cited = style.map(|style| format!("{}\n[citations]\nstyles = [\"{style}\"]\n", archive.read("site.toml")));
        let archive = cited.into_iter().fold(archive, |archive, settings| archive.with("site.toml", settings));
        if let Some(pages) = pages(&archive) {
            let page = &pages["works/any.html"];
            if let Err(fault) = well_nested(page) {
                prop_assert!(false, "{fault}\n{}", annotation(page));
            }
            let found = active(page);
            prop_assert!(found.is_empty(), "{found:?}\n{}", annotation(page));
        }
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn a_backlink_exists_exactly_where_a_link_does(links in links()) {
        let mut archive = Archive::empty();
        archive = archive.with("site.toml", "title = \"Any\"\ncollections = [{ id = \"works\", title = \"Works\" }]\n");
        for (from, links) in links.iter().enumerate() {
            let mut text = format!("---\ntype: book\ntitle: Work {from}\n---\n");
            for (to, form) in links {
                let _ = writeln!(text, "{}\n", LINKS[*form].replace('#', &format!("w{to}")));
            }
            archive = archive.with(&format!("content/works/w{from}.md"), text);
        }
        let pages = pages(&archive).expect("every link has a target");
        for to in 0..links.len() {
            let expected = links.iter().enumerate().filter(|(from, _)| *from != to).flat_map(|(from, links)| {
                links.iter().filter(move |(target, _)| *target == to).map(move |_| format!("../works/w{from}.html"))
            });
            let mut expected: Vec<String> = expected.collect();
            let mut found = backlinks(&pages[&format!("works/w{to}.html")]);
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected, "backlinks of w{}", to);
        }
        for (from, links) in links.iter().enumerate() {
            let page = &pages[&format!("works/w{from}.html")];
            let expected: BTreeSet<String> = links.iter().map(|(to, _)| format!("../works/w{to}.html")).collect();
            prop_assert_eq!(outgoing(page), expected, "links of w{}", from);
        }
    }
}

/// Ways to link; `#` stands for the target's id.
const LINKS: [&str; 12] = [
    "See [[#]].",
    "See [[#|the work]] there.",
    "See [@#, p. 5].",
    "As he says [-@#].",
    "- In a list [[#]]",
    "> In a quotation [@#]",
    "| a | b |\n|---|---|\n| [[#]] | c |",
    "<details><summary>Raw</summary>\n\n[[#|inside]]\n\n</details>",
    "A <b>bold [[#]]<i> sentence</b>.",
    "A <a href=\"https://example.org/\">link with [[#]] inside</a>.",
    "Plain [words](#.md) too.",
    "Term\n: [[#|defined]]",
];

fn links() -> impl Strategy<Value = Vec<Vec<(usize, usize)>>> {
    (2usize..6)
        .prop_flat_map(|works| prop::collection::vec(prop::collection::vec((0..works, 0..LINKS.len()), 0..5), works))
}

/// The bytes of a Markdown file: none at all that make sense, or nearly right ones.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let nearly = (yaml(), markdown()).prop_map(|(yaml, body)| format!("---\n{yaml}---\n{body}").into_bytes()).boxed();
    let cut =
        (nearly.clone(), any::<prop::sample::Index>()).prop_map(|(bytes, at)| bytes[..at.index(bytes.len())].to_vec());
    let spoilt = (nearly.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..200), 3 => nearly, 2 => cut, 2 => spoilt]
}

fn yaml() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "type: book",
        "type: [book]",
        "title: A title",
        "title: \"Ünïcödé — 中文\"",
        "title:",
        "issued: 1982",
        "issued: 198X",
        "issued: [2015, 7]",
        "issued: { date-parts: [[2015, 7, 99]] }",
        "issued:\n  - year: 2013",
        "author:\n  - { family: Krasner, given: S. }\n  - Keohane",
        "author: [{ literal: UN }, { given: X }]",
        "keywords: [norms, nowhere, norms]",
        "keywords:\n  - norms\n  -",
        "tracks: [sovereignty, { track: anarchy, confidence: high }]",
        "listed: { list: works, number: 1, printed: \"A. http://example.org/ B.\" }",
        "corrections:\n  - { field: title, printed: A, why: because }",
        "relations: [{ type: builds-on, to: krasner-1982 }]",
        "same-as: file-2",
        "same-as: krasner-1982",
        "aliases: [old, file-3, Ö]",
        "draft: true",
        "title-lang: ru-Latn",
        "title-in: { ru: Ж }",
        "note: |\n  Two\n\tlines",
        "norms:\n  label: Norms\n  broader: norms",
        "&a [*a]",
        "? complex\n: key",
        "\t",
        "# a comment",
        "{",
        "- one",
        "%YAML 1.2",
        "\u{feff}",
        "DOI: https://doi.org/10.1000/1",
        "URL: javascript:alert(1)",
    ]);
    prop::collection::vec(prop_oneof![6 => line.prop_map(str::to_string), 1 => "\\PC{0,30}"], 0..9)
        .prop_map(|lines| lines.into_iter().fold(String::new(), |text, line| text + &line + "\n"))
}

fn settings() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "title = \"A title\"",
        "title = 5",
        "language = \"de\"",
        "language = \"xx-YY-zz\"",
        "base-url = \"https://example.org\"",
        "base-url = \"//\"",
        "theme = \"default\"",
        "date = 2026-11-22",
        "collections = [{ id = \"works\", title = \"Works\" }]",
        "[[collections]]\nid = \"works\"\ntitle = \"Works\"\nnumbered = true",
        "[[collections]]\nid = \"tracks\"",
        "[[tracks]]\nid = \"sovereignty\"\ntitle = \"Sovereignty\"\ncolor = { light = \"#8a1c1c\", dark = \"#fff\" }",
        "[[tracks]]\nid = \"multistakeholder\"\ntitle = \"</style>\"",
        "[[relations]]\nid = \"a\"\nlabel = \"b\"\ninverse = \"c\"",
        "[markdown]\nraw-html = \"allow\"",
        "[timeline]\nmost-marks = 0",
        "[feed]\nentries = -1",
        "[serch]\non = true",
        "[[navigation]]\ntitle = \"x\"",
        "title = \"",
    ]);
    prop::collection::vec(prop_oneof![8 => line.prop_map(str::to_string), 1 => "\\PC{0,30}"], 0..9)
        .prop_map(|lines| lines.join("\n"))
}

/// Markdown and raw HTML in any order, with links that have targets.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(MARKDOWN).prop_map(str::to_string);
    let piece = prop_oneof![12 => piece, 1 => "\\PC{0,12}"];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[rustfmt::skip]
const MARKDOWN: &[&str] = &[
    "words ", "words. ", "*", "**", "_", "`", "~~", "\n", "\n\n", "\n\n> ", "\n- ", "\n  - ", "\n1. ", "\n\n## ",
    "\n\n### A heading {#own .annotation keywords=\"norms\" at=\"p. 5\"}\n\n", "\n```rust\nfn x() {}\n```\n",
    "\n\n| a | b |\n|:--|--:|\n| c | d |\n\n", "\nTerm\n: Definition\n", "[^n]",
    "\n\n[^n]: A note with *words*.\n\n", "[[krasner-1982]]", "[[krasner-1982|words]]", "[@keohane-1984, p. 5]",
    "@krasner-1982", "@krasner-1982 [p. 5]", "[see @krasner-1982, ch. 2; -@keohane-1984]", "@", " [p. 5]",
    "[[keyword:norms]]", "[x](https://example.org/)", "![x](../index.html)", "<https://example.org/>", "---\n",
    "\n\n---\n\n", "\\", "&amp;", "&#0;", "<", ">", "\"", "'", "\u{0}", "\n> [!NOTE]\n> ", "<b>", "</b>", "<i>",
    "</i>", "<p>", "</p>", "<div>", "</div>", "\n\n<div>\n\n", "\n\n</div>\n\n", "<a href=\"javascript:alert(1)\">",
    "<a href=\"https://example.org/\" onclick=\"x()\">", "</a>", "<table>", "<tr>", "<td>", "</table>",
    "<span id=\"main\">", "</span>", "<script>", "</script>", "<script>alert(1)</script>",
    "\n\n<script>\nalert(1)\n", "<style>", "</style>", "<svg onload=\"x()\">", "</svg>", "<math>", "<mi>",
    "<iframe src=\"//example.org\">", "</iframe>", "<img src=x onerror=x()>", "<textarea>", "</textarea>", "<title>",
    "<plaintext>", "<select>", "<option>", "<template>", "<details>", "\n\n<details>\n<summary>x</summary>\n\n",
    "\n\n</details>\n\n", "<!--", "-->", "<![CDATA[", "]]>", "<?php", "?>", "<br>", "<hr/>", "<h1>", "</h1>", "<h2>",
    "<li>", "<ul>", "</ul>", "<blockquote>", "<pre>", "</pre>", "<code>", "<sup>", "<form action=\"x\">",
    "<input autofocus onfocus=x()>", "<base href=\"//example.org\">", "<meta http-equiv=refresh>", "<object data=x>",
    "<embed src=x>", "<body onload=x()>", "<html>", "</body>", "</main>", "<q cite=\"javascript:x\">",
    "<span data-kept=\"x-t0\">", "<p style=\"color:red\">", "<noscript>", "<xmp>", "<frameset>",
    "<math><mtext><table><mglyph><style>",
];

/// The part of an entry's page that its author wrote.
fn annotation(page: &str) -> &str {
    let start = page.find("id=\"annotation\"").unwrap_or_default();
    &page[start..page.find("<section id=\"record\"").unwrap_or(page.len())]
}

/// Every start tag has its end tag, in order. More than HTML asks, since what is
/// written here is written by programs.
fn well_nested(html: &str) -> Result<(), String> {
    const VOID: [&str; 9] = ["!doctype", "meta", "link", "br", "hr", "img", "input", "col", "wbr"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = tag.find('>').ok_or_else(|| format!("a tag does not end: {}", shortened(tag)))?;
        let name = tag[..end].split([' ', '\n', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
            return Err(format!("no tag: <{}", shortened(tag)));
        }
        if tag.starts_with('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> ends {last:?}: {}", shortened(tag)));
            }
        } else if !VOID.contains(&name) && !tag[..end].ends_with('/') {
            open.push(name);
        }
        rest = &tag[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Elements and attributes that do something in a browser, as a browser reads the page.
fn active(page: &str) -> Vec<String> {
    const INERT: [&str; 4] = ["http:", "https:", "mailto:", "tel:"];
    let document = Html::parse_document(page);
    let all = Selector::parse("body *").expect("a sound selector");
    let mut found = Vec::new();
    for element in document.select(&all) {
        let name = element.value().name();
        if ["script", "style", "iframe", "object", "embed", "form", "input", "base", "meta", "link", "template"]
            .contains(&name)
        {
            found.push(format!("<{name}>"));
        }
        for (attribute, value) in element.value().attrs() {
            let address = ["href", "src", "cite", "action", "data", "xlink:href"].contains(&attribute);
            let scheme = value.split(['/', '#', '?']).next().unwrap_or_default().contains(':');
            let inert = INERT.iter().any(|scheme| value.starts_with(scheme));
            if attribute.starts_with("on") || attribute == "style" || (address && scheme && !inert) {
                found.push(format!("<{name} {attribute}=\"{value}\">"));
            }
        }
    }
    found
}

/// The addresses of the texts that are named as citing the page's work.
fn backlinks(page: &str) -> Vec<String> {
    let document = Html::parse_document(page);
    let from = Selector::parse("#backlinks .from > a").expect("a sound selector");
    let address = |href: &str| href.split('#').next().unwrap_or_default().to_string();
    document.select(&from).filter_map(|link| link.attr("href").map(address)).collect()
}

/// Where the links in a page's own text lead, other hosts aside.
fn outgoing(page: &str) -> BTreeSet<String> {
    let document = Html::parse_document(page);
    let own = Selector::parse("#annotation a[href]").expect("a sound selector");
    let inner = document.select(&own).filter_map(|link| link.attr("href")).filter(|href| !href.starts_with("http"));
    inner.map(str::to_string).collect()
}
