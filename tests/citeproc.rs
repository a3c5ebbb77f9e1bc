//! What `tests/citeproc/` compares with citeproc-js: the works of this repository's archive, the
//! styles and the languages that both processors get, and what ours makes of them. It is left
//! in `target/citeproc/`.
#![cfg(feature = "citations")]

mod support;

use std::fs;

use hayagriva::{
    archive::{ArchivedStyle, LOCALES},
    citationberg::{Locale, LocaleFile},
};
use regesta::{StyleTrial, citation_trial};
use serde_json::{Value, json};
use support::{Archive, repository};

/// The languages that the styles speak, with the site's.
const LANGUAGES: [&str; 2] = ["en-US", "ru-RU"];

#[test]
fn citations_are_left_for_another_processor_to_compare() {
    let folder = repository().join("target/citeproc");
    fs::create_dir_all(&folder).expect("the folder can be made");
    let citations = fs::read_to_string(repository().join("tests/citeproc/citations.json")).expect("they are there");
    let citations: Vec<Vec<Value>> = serde_json::from_str(&citations).expect("they are sound");
    let paragraphs: Vec<String> = citations.iter().map(|cites| written(cites)).collect();
    let page = format!("---\ntitle: Citations\n---\n\n{}\n", paragraphs.join("\n\n"));

    let archive = Archive::own().with("content/citations.md", page);
    let (items, trials) = citation_trial(archive.root(), "citations").expect("the archive is sound");

    let items: Vec<Value> = items.iter().flat_map(|item| serde_json::from_str::<Vec<Value>>(item).unwrap()).collect();
    let trials: Vec<Value> = trials.iter().map(trial).collect();
    let locales = LANGUAGES.map(|language| (language.to_string(), Value::String(locale(language))));
    let all = json!({ "items": items, "styles": trials, "locales": serde_json::Map::from_iter(locales) });
    fs::write(folder.join("ours.json"), all.to_string()).expect("it can be written");
}

/// A citation as Pandoc's Markdown has it.
fn written(cites: &[Value]) -> String {
    let text = |cite: &Value, name: &str| cite[name].as_str().unwrap_or_default().to_string();
    let locator = |cite: &Value| match text(cite, "written") {
        locator if locator.is_empty() => String::new(),
        locator => format!(", {locator}"),
    };
    if let [cite] = cites
        && cite["form"] == "in-sentence"
    {
        let locator = locator(cite);
        let locator = locator.strip_prefix(", ").map_or_else(String::new, |locator| format!(" [{locator}]"));
        return format!("@{}{locator}", text(cite, "id"));
    }
    let cite = |cite: &Value| {
        let sign = if cite["form"] == "without-author" { "-@" } else { "@" };
        format!("{}{sign}{}{}{}", text(cite, "prefix"), text(cite, "id"), locator(cite), text(cite, "suffix"))
    };
    format!("[{}]", cites.iter().map(cite).collect::<Vec<_>>().join("; "))
}

fn trial(StyleTrial { style, works, text, list }: &StyleTrial) -> Value {
    let paragraphs = |html: &str, selector: &str| -> Vec<String> {
        let html = scraper::Html::parse_fragment(html);
        let selector = scraper::Selector::parse(selector).unwrap();
        html.select(&selector).map(|element| element.text().collect::<String>().trim().to_string()).collect()
    };
    let listed = scraper::Html::parse_fragment(list);
    let entry = scraper::Selector::parse("li a.entry").unwrap();
    let id = |link: scraper::ElementRef<'_>| {
        let file = link.attr("href").and_then(|address| address.rsplit('/').next()).unwrap_or_default();
        file.trim_end_matches(".html").to_string()
    };
    let ids: Vec<String> = listed.select(&entry).map(id).collect();
    let list: Vec<Value> = ids.iter().zip(paragraphs(list, "li")).map(|(id, text)| json!([id, text])).collect();
    let works: Vec<Value> = works.iter().map(|(id, html)| json!([id, paragraphs(html, "html").concat()])).collect();
    let xml = ArchivedStyle::by_name(style).expect("it is hayagriva's").get().to_xml().expect("it has a form in XML");
    // citationberg gives the term a name that CSL has not.
    let xml = xml.replace("<et-al term=\"et al\"", "<et-al term=\"et-al\"");
    json!({
        "style": style, "xml": xml, "works": works, "citations": paragraphs(text, "p"), "list": list,
    })
}

fn locale(language: &str) -> String {
    let decoded = LOCALES.iter().filter_map(|file| ciborium::from_reader::<Locale, _>(*file).ok());
    let mut found = decoded.filter(|locale| locale.lang.as_ref().is_some_and(|lang| lang.0 == language));
    let Locale { lang, info, terms, date, style_options } = found.next().expect("it is hayagriva's");
    let lang = lang.expect("it was found by it");
    let xml = LocaleFile { version: "1.0".into(), lang, info, terms, date, style_options }.to_xml();
    // citationberg gives the element the name of a style.
    let xml = xml.expect("it has a form in XML");
    xml.replacen("<style ", "<locale ", 1).replace("</style>", "</locale>")
}
