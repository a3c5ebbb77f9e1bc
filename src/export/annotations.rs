//! Annotations: W3C, *Web Annotation Data Model*.
//!
//! A section that annotates a passage comments on the work; what it says is on its page, so
//! its body is that section. A claim that a work belongs to a track, and its keywords,
//! classify it.

use std::collections::HashMap;

use super::{
    Export, Material,
    json::{self, Object},
};
use crate::{
    archive::{EntryId, KeywordId},
    entry::{Annotation, Section},
};

/// The second part has what the model has no word for: where in a printed work a passage
/// stands (Bibliographic Ontology, `locator`).
const CONTEXT: &str = r#"["http://www.w3.org/ns/anno.jsonld", { "locator": "http://purl.org/ontology/bibo/locator" }]"#;

pub fn json_ld(material: &Material<'_>) -> String {
    let ids = (0..).map(KeywordId);
    let keywords = material.archive.keywords.iter().zip(ids).map(|(shelf, id)| (shelf.id.as_str(), id)).collect();
    let all: Vec<String> = material.works().flat_map(|id| of_work(material, &keywords, id)).collect();
    let collection = material.pages.file(Export::Annotations);
    let page = [
        format!("\"id\": {}", json::text(&format!("{collection}#page"))),
        "\"type\": \"AnnotationPage\"".to_string(),
        format!("\"partOf\": {}", json::text(&collection)),
        "\"startIndex\": 0".to_string(),
        format!("\"items\": {}", json::lines(&all, "      ")),
    ];
    let mut fields = vec![
        format!("\"@context\": {CONTEXT}"),
        format!("\"id\": {}", json::text(&collection)),
        "\"type\": \"AnnotationCollection\"".to_string(),
        format!("\"label\": {}", json::text(&material.site.title)),
        format!("\"total\": {}", all.len()),
    ];
    let license = material.site.license.iter().filter_map(|license| license.url.as_ref());
    fields.extend(license.map(|url| format!("\"rights\": {}", json::text(url))));
    fields.extend(material.site.editor.as_deref().map(|editor| {
        let editor = Object::default().text("type", "Organization").text("name", editor).end();
        format!("\"creator\": {editor}")
    }));
    fields.push(format!("\"first\": {{\n    {}\n  }}", page.join(",\n    ")));
    format!("{{\n  {}\n}}\n", fields.join(",\n  "))
}

/// Its tracks, its keywords, then its sections in their order; those of its other listings
/// come last.
fn of_work(material: &Material<'_>, keywords: &Keywords<'_>, work: EntryId) -> Vec<String> {
    let Material { archive, site, pages } = material;
    let record = archive.entry(work);
    let target = pages.work(work);
    let annotation = |name: &str, motivation: &str| {
        let id = format!("{}#{}.{name}", pages.file(Export::Annotations), record.slug);
        Object::default().text("id", &id).text("type", "Annotation").text("motivation", motivation)
    };
    let mut all = Vec::new();
    for index in archive.track_indexes(work) {
        let track = &site.tracks[index];
        let mut bodies = vec![classified_as(&pages.track(index))];
        let claim = record.own.tracks.iter().find(|claim| claim.track == track.id.as_str());
        bodies.extend(claim.and_then(|claim| {
            let confidence = claim.confidence.map(|confidence| format!("Confidence: {}.", confidence.name()));
            let reason: Vec<String> = claim.because.iter().cloned().chain(confidence).collect();
            (!reason.is_empty()).then(|| described(&reason.join(" "), &site.language))
        }));
        let annotation = annotation(&format!("track.{}", track.id), "classifying");
        all.push(annotation.list("body", &bodies).text("target", &target).end());
    }
    let subjects: Vec<String> =
        archive.entry_keywords[work.0].iter().map(|keyword| classified_as(&pages.keyword(*keyword))).collect();
    if !subjects.is_empty() {
        all.push(annotation("keywords", "classifying").list("body", &subjects).text("target", &target).end());
    }
    for id in std::iter::once(work).chain(archive.doubles[work.0].iter().copied()) {
        let record = archive.entry(id);
        for (index, section) in record.outgoing.sections.iter().enumerate() {
            let Some(passage) = &section.annotation else { continue };
            let name = format!("section.{}", section.id);
            let name = if id == work { name } else { format!("{name}.{}", record.slug) };
            let annotation = annotation(&name, "commenting").text("label", &pages.heading(id, index));
            let bodies = comment(material, keywords, id, section, passage);
            all.push(annotation.list("body", &bodies).put("target", &passage_of(&target, passage)).end());
        }
    }
    all
}

/// By their ids.
type Keywords<'a> = HashMap<&'a str, KeywordId>;

/// The section on its page, and its own keywords.
fn comment(
    material: &Material<'_>,
    keywords: &Keywords<'_>,
    id: EntryId,
    section: &Section,
    passage: &Annotation,
) -> Vec<String> {
    let Material { site, pages, .. } = material;
    let text = Object::default()
        .text("id", &format!("{}#{}", pages.entry(id), section.id))
        .text("type", "Text")
        .text("format", "text/html")
        .text("language", &site.language)
        .end();
    let subjects = passage.keywords.iter().filter_map(|keyword| keywords.get(keyword.as_str()));
    std::iter::once(text).chain(subjects.map(|keyword| classified_as(&pages.keyword(*keyword)))).collect()
}

fn passage_of(work: &str, Annotation { at, quote, .. }: &Annotation) -> String {
    if at.is_none() && quote.is_none() {
        return json::text(work);
    }
    let mut target = Object::default().text("type", "SpecificResource").text("source", work);
    if let Some(at) = at {
        target = target.text("locator", at);
    }
    if let Some(quote) = quote {
        let selector = Object::default().text("type", "TextQuoteSelector").text("exact", quote).end();
        target = target.put("selector", &selector);
    }
    target.end()
}

fn classified_as(source: &str) -> String {
    Object::default().text("type", "SpecificResource").text("purpose", "classifying").text("source", source).end()
}

fn described(text: &str, language: &str) -> String {
    Object::default()
        .text("type", "TextualBody")
        .text("purpose", "describing")
        .text("value", text)
        .text("format", "text/plain")
        .text("language", language)
        .end()
}
