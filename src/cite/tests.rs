use std::{collections::BTreeMap, fmt::Write, sync::LazyLock};

use super::*;
use crate::{
    diagnostic::Place,
    entry::{DateVariable, FrontMatter, Kind, Name, Role, Variable},
    source::{Asset, Source},
};

const STYLES: &[&str] = &[
    "apa",
    "chicago-author-date",
    "chicago-notes",
    "mla",
    "harvard-cite-them-right",
    "iso-690-author-date",
    "gost-r-705-2008-numeric",
    "vancouver",
];

fn styles(names: &[&str]) -> Styles {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let found = Styles::of(&names, &BTreeMap::new(), |_| Place::file("site.toml"), "en");
    assert_eq!(found.diagnostics, []);
    found.value
}

fn reference(citation: &Citation) -> Reference<'_> {
    Reference { citation: Cow::Borrowed(citation), language: None }
}

/// `tests/citations/works.yaml`, each with its name.
fn works() -> Vec<(String, Citation)> {
    let works: serde_yaml::Mapping = serde_yaml::from_str(include_str!("../../tests/citations/works.yaml")).unwrap();
    let work = |(name, fields): (serde_yaml::Value, serde_yaml::Value)| {
        // As text, since a number is a text in front matter.
        let text = serde_yaml::to_string(&fields).unwrap();
        let matter: FrontMatter = serde_yaml::from_str(&text).unwrap();
        (name.as_str().unwrap().to_string(), matter.citation)
    };
    works.into_iter().map(work).collect()
}

/// `REGESTA_EXPECT=rewrite cargo test --lib typical_works` writes the file that the test compares with.
#[test]
fn typical_works_are_cited_as_each_style_wants() {
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/citations/formatted.txt");
    let mut formatted = String::new();
    for (name, citation) in works() {
        writeln!(formatted, "{name}").unwrap();
        for style in styles(STYLES).iter() {
            writeln!(formatted, "  {:<24}{}", style.title, style.bibliography(&reference(&citation))).unwrap();
        }
    }
    if std::env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite") {
        std::fs::write(expected, &formatted).unwrap();
    }
    assert_eq!(formatted, std::fs::read_to_string(expected).unwrap());
}

/// As above.
#[test]
fn typical_works_are_exported_for_programs() {
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/citations/exported.txt");
    let mut exported = String::new();
    for (name, citation) in works() {
        let reference = reference(&citation);
        for format in Format::ALL {
            let PlainText(text) = format.write(&reference, &name);
            let Code(html) = format.write(&reference, &name);
            let shown: String = scraper::Html::parse_fragment(&html).root_element().text().collect();
            assert_eq!(shown, text, "what is shown is what is copied");
            if format == Format::CslJson {
                let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(parsed[0]["title"], citation.title.as_str());
            }
            exported.push_str(&text);
        }
    }
    if std::env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite") {
        std::fs::write(expected, &exported).unwrap();
    }
    assert_eq!(exported, std::fs::read_to_string(expected).unwrap());
}

#[test]
fn what_breaks_a_bibtex_entry_is_written_otherwise() {
    let matter: FrontMatter = serde_yaml::from_str(
        r"
type: book
title: 'A {brace, 50% of C:\ & eGov_'
author: [{ family: 'Smith, and Sons', given: A. }]
issued: 1999
URL: 'https://example.org/a_b{%7D#x'
",
    )
    .unwrap();
    let expected = r"@book{key,
  author = {{Smith, and Sons}, A.},
  title = {A \textbraceleft{}brace, 50\% of C:\textbackslash{} \& {eGov\_}},
  year = {1999},
  url = {https://example.org/a_b%7B%7D#x},
}
";
    assert_eq!(Format::Bibtex.write::<PlainText>(&reference(&matter.citation), "key").0, expected);
}

#[test]
fn what_is_wrong_with_a_style_is_told_at_its_place() {
    let names = ["apa", "chicgo-notes", "apa", "own.csl", "broken.csl", "odd.csl", "gone.csl"].map(String::from);
    let source = |path: &str, text: &str| (path.to_string(), Source::new(path, text.as_bytes().to_vec()));
    let own = r#"<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>Own</title><id>own</id><updated>2020-01-01T00:00:00Z</updated></info><citation><layout><text variable="title" font-style="italic"/></layout></citation></style>"#;
    let files = BTreeMap::from([
        source("own.csl", own),
        source("broken.csl", "<style>\n  <info></inf>\n</style>"),
        source("odd.csl", "<style class=\"in-text\" version=\"1.0\">\n</style>"),
    ]);
    let place = |index| Place { column: index, ..Place::file("site.toml") };
    let found = Styles::of(&names, &files, place, "en");
    let told: Vec<_> =
        found.diagnostics.iter().map(|it| (it.code, &*it.place.path, it.place.line, it.place.column)).collect();
    let expected = [
        ("unknown-style", "site.toml", 1, 1),
        ("wrong-setting", "site.toml", 1, 2),
        ("invalid-style", "broken.csl", 2, 9),
        ("invalid-style", "odd.csl", 1, 1),
    ];
    assert_eq!(told, expected);
    assert_eq!(found.diagnostics[0].help.as_deref(), Some("did you mean `chicago-notes`?"));
    let titles: Vec<_> = found.value.iter().map(|style| style.title.as_str()).collect();
    assert_eq!(titles, ["APA", "Own"]);
    // It has no bibliography, so a work is as it cites it.
    let (_, article) = works().swap_remove(1);
    let own = found.value.iter().last().unwrap().bibliography(&reference(&article));
    assert_eq!(&*own, "<em>Power and Interdependence</em>");
}

#[test]
fn what_was_formatted_is_remembered_and_nothing_else_is() {
    let (_, article) = works().swap_remove(0);
    let first = styles(&["apa", "mla"]);
    let formatted: Vec<_> = first.iter().map(|style| style.bibliography(&reference(&article))).collect();
    let kept = first.kept(Unused::Drop);
    let files: Vec<Asset> = kept
        .into_iter()
        .map(|(path, bytes)| {
            assert!(is_kept(&path));
            Asset { path: path.into(), bytes: bytes.unwrap() }
        })
        .collect();
    let second = styles(&["apa", "mla"]);
    second.remember(&files);
    let again: Vec<_> = second.iter().map(|style| style.bibliography(&reference(&article))).collect();
    assert_eq!(formatted, again);
    assert!(second.kept(Unused::Drop).values().all(Option::is_none), "nothing was formatted anew");
    // A style's file is no other's, and none of another language.
    let other = Styles::of(&["apa".to_string()], &BTreeMap::new(), |_| Place::file("site.toml"), "de").value;
    other.remember(&files);
    other.iter().next().unwrap().bibliography(&reference(&article));
    assert!(other.kept(Unused::Drop).values().all(Option::is_some));
}

#[test]
fn the_engine_is_the_one_in_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    let at = lock.find("name = \"hayagriva\"\nversion = \"").unwrap();
    let version = lock[at..].split('"').nth(3).unwrap();
    assert_eq!(csl::NAME, format!("hayagriva {version}"));
}

/// Of some pages hayagriva (0.10.1) panics; what stands for their citations is plain.
#[test]
fn pages_of_punctuation_alone_are_cited_plainly() {
    let (_, mut article) = works().swap_remove(0);
    let plain = format!("{}. {}.", article.author_year(), article.title);
    let mut panicked: Vec<&str> = Vec::new();
    for pages in ODD_PAGES {
        article.variables.insert(Variable::Page, (*pages).to_string());
        for style in ALL.iter() {
            let html = style.bibliography(&reference(&article));
            let fault = format!("{}, {pages}: {html}", style.name);
            assert!(html.contains("Structural ") && html.contains("Intervening "), "{fault}");
            panicked.extend((*html == *plain).then_some(*pages));
            let (locator, _) = style.locator(&format!(", p. {{{pages}}}"));
            assert!(locator.is_some(), "{fault}");
            let said = style.in_text(&Among { works: &[&reference(&article)], own: 0 }, locator.as_ref());
            assert!(!said.whole.is_empty(), "{fault}: {said:?}");
        }
    }
    assert!(!panicked.is_empty(), "hayagriva formats all of them now");
}

const ODD_PAGES: &[&str] = &[",–", ".-", "&", "–", "- -", "'", "("];

/// Read once: in a debug build that takes a second.
static ALL: LazyLock<Styles> = LazyLock::new(|| styles(STYLES));

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Whatever an entry says, each style formats it, and no text of its own becomes markup.
    #[test]
    fn any_text_is_formatted_and_escaped(
        texts in proptest::collection::vec("\\PC{0,12}|[<>&\"'0-9.,;:–-]{0,8}", 12),
        kind in 0..Kind::NAMES.len(),
        date in 0..DATES.len(),
    ) {
        let text = |index: usize| texts[index].clone();
        let variables = [
            Variable::ContainerTitle, Variable::Page, Variable::Volume, Variable::Edition, Variable::Number,
            Variable::Publisher, Variable::Doi, Variable::Url,
        ];
        let person = Name::Person {
            family: text(8),
            given: Some(text(9)),
            particle: Some(text(10)).filter(|it| !it.is_empty()),
            suffix: Some(text(11)).filter(|it| !it.is_empty()),
        };
        let date = crate::entry::Date::parse(DATES[date]).unwrap();
        let citation = Citation {
            kind: Kind::from_name(Kind::NAMES[kind]).unwrap(),
            title: format!("{}<script>", text(0)),
            names: BTreeMap::from([
                (Role::Author, vec![person.clone(), Name::Literal(text(8))]),
                (Role::Editor, vec![person]),
            ]),
            dates: BTreeMap::from([(DateVariable::Issued, date.clone()), (DateVariable::Accessed, date)]),
            variables: variables.into_iter().enumerate().map(|(index, variable)| (variable, text(index))).collect(),
        };
        for style in ALL.iter() {
            let html = style.bibliography(&reference(&citation));
            let (locator, _) = style.locator(&format!(", p. {}", text(1)));
            let said = style.in_text(&Among { works: &[&reference(&citation)], own: 0 }, locator.as_ref());
            let html = [&*html, &said.whole, &said.author, &said.rest].join(" ");
            proptest::prop_assert!(!html.contains("<script") && !html.contains('\n'), "{}: {html}", style.name);
            let bare = scraper::Html::parse_fragment(&html);
            let elements = bare.tree.values().filter_map(|node| node.as_element());
            for element in elements {
                let known = ["html", "body", "em", "strong", "span", "u", "sup", "sub", "a"].contains(&element.name());
                proptest::prop_assert!(known, "{}: {html}", style.name);
                proptest::prop_assert!(element.attr("href").is_none_or(|to| to.starts_with("http")), "{html}");
            }
        }
    }
}

const DATES: &[&str] = &[
    "1982",
    "1982-04",
    "2011-09-12",
    "1982~",
    "1982?",
    "198X",
    "19XX",
    "2006/2020",
    "1950/..",
    "../1950",
    "-0043",
    "0000",
    "1998-23",
    "2015-XX",
    "Y-17000",
    "Y170000",
    "2004-06/2006-08",
    "1985-04-12T23:20:30Z",
    "0843",
];
