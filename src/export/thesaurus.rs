//! Keywords as a thesaurus: W3C, *SKOS Simple Knowledge Organization System Reference*.
//!
//! Both forms are of the same statements. `broader` is stated one way: `narrower` follows
//! from it (section 8.6.1). A label in the site's language is `prefLabel`, and so is one in
//! each other language; aliases, which have no language of their own, are in the site's.

use std::fmt::Write;

use super::{
    Material,
    json::{self, Object},
};
use crate::archive::KeywordShelf;

/// RDF 1.1 and JSON-LD 1.1: the context is part of the file, so that no reader has to fetch it.
const CONTEXT: &str = r#"{
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "id": "@id",
    "type": "@type",
    "ConceptScheme": "skos:ConceptScheme",
    "Concept": "skos:Concept",
    "title": { "@id": "dcterms:title", "@container": "@language" },
    "license": { "@id": "dcterms:license", "@type": "@id" },
    "inScheme": { "@id": "skos:inScheme", "@type": "@id" },
    "topConceptOf": { "@id": "skos:topConceptOf", "@type": "@id" },
    "prefLabel": { "@id": "skos:prefLabel", "@container": "@language" },
    "altLabel": { "@id": "skos:altLabel", "@container": "@language" },
    "definition": { "@id": "skos:definition", "@container": "@language" },
    "broader": { "@id": "skos:broader", "@type": "@id" },
    "related": { "@id": "skos:related", "@type": "@id" }
  }"#;

/// What is stated of the scheme, or of one concept.
struct Resource {
    iri: String,
    class: &'static str,
    literals: Vec<(&'static str, Vec<Literal>)>,
    links: Vec<(&'static str, Vec<String>)>,
}

struct Literal {
    text: String,
    /// BCP 47.
    language: String,
}

/// The scheme, and its concepts by their labels.
fn resources(material: &Material<'_>) -> Vec<Resource> {
    let Material { archive, site, pages } = material;
    let language = tag(&site.language);
    let scheme = pages.keywords();
    let own = |text: &str| Literal { text: text.to_string(), language: language.clone() };
    let first = Resource {
        iri: scheme.clone(),
        class: "ConceptScheme",
        literals: vec![("title", vec![own(&site.title)])],
        links: vec![("license", site.license.iter().filter_map(|license| license.url.clone()).collect())],
    };
    let concept = |shelf: &KeywordShelf, iri: String| {
        let others =
            shelf.labels.iter().map(|(language, text)| Literal { text: text.clone(), language: tag(language) });
        let others = others.filter(|label| label.language != language);
        let iris = |ids: &[crate::archive::KeywordId]| ids.iter().map(|id| pages.keyword(*id)).collect::<Vec<_>>();
        let top = if shelf.broader.is_empty() { vec![scheme.clone()] } else { Vec::new() };
        Resource {
            iri,
            class: "Concept",
            literals: vec![
                ("prefLabel", std::iter::once(own(&shelf.label)).chain(others).collect()),
                ("altLabel", shelf.aliases.iter().map(|alias| own(alias)).collect()),
                ("definition", shelf.definition.iter().map(|text| own(text)).collect()),
            ],
            links: vec![
                ("inScheme", vec![scheme.clone()]),
                ("topConceptOf", top),
                ("broader", iris(&shelf.broader)),
                ("related", iris(&shelf.related)),
            ],
        }
    };
    let ids = (0..).map(crate::archive::KeywordId);
    let concepts = archive.keywords.iter().zip(ids).map(|(shelf, id)| concept(shelf, pages.keyword(id)));
    std::iter::once(first).chain(concepts).collect()
}

pub fn json_ld(material: &Material<'_>) -> String {
    let nodes: Vec<String> = resources(material).iter().map(node).collect();
    format!("{{\n  \"@context\": {CONTEXT},\n  \"@graph\": {}\n}}\n", json::lines(&nodes, "    "))
}

fn node(resource: &Resource) -> String {
    let mut object = Object::default().text("id", &resource.iri).text("type", resource.class);
    for (name, literals) in resource.literals.iter().filter(|(_, literals)| !literals.is_empty()) {
        let mut by_language: Vec<(&str, Vec<String>)> = Vec::new();
        for literal in literals {
            match by_language.iter_mut().find(|(language, _)| *language == literal.language) {
                Some((_, texts)) => texts.push(json::text(&literal.text)),
                None => by_language.push((&literal.language, vec![json::text(&literal.text)])),
            }
        }
        let map = by_language.into_iter().fold(Object::default(), |map, (language, texts)| match texts.as_slice() {
            [one] => map.put(language, one),
            several => map.list(language, several),
        });
        object = object.put(name, &map.end());
    }
    for (name, iris) in &resource.links {
        let iris: Vec<String> = iris.iter().map(|iri| json::text(iri)).collect();
        object = match iris.as_slice() {
            [one] => object.put(name, one),
            several => object.list(name, several),
        };
    }
    object.end()
}

/// RDF 1.1 Turtle.
pub fn turtle(material: &Material<'_>) -> String {
    let mut text = String::from(
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n",
    );
    let prefixed = |name: &str| match name {
        "title" | "license" => format!("dcterms:{name}"),
        name => format!("skos:{name}"),
    };
    for Resource { iri: subject, class, literals, links } in resources(material) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}\n  a {}", iri(&subject), prefixed(class));
        let literals = literals
            .iter()
            .filter(|(_, literals)| !literals.is_empty())
            .map(|(name, literals)| (*name, literals.iter().map(literal).collect::<Vec<_>>()));
        let links = links.iter().filter(|(_, iris)| !iris.is_empty());
        let links = links.map(|(name, iris)| (*name, iris.iter().map(|it| iri(it)).collect()));
        for (name, objects) in literals.chain(links) {
            let _ = write!(text, " ;\n  {} {}", prefixed(name), objects.join(", "));
        }
        text.push_str(" .\n");
    }
    text
}

/// The production `IRIREF`: what may not stand in it is encoded.
fn iri(iri: &str) -> String {
    let mut text = String::with_capacity(iri.len() + 2);
    text.push('<');
    for character in iri.chars() {
        if character <= ' ' || "<>\"{}|^`\\".contains(character) {
            let _ = write!(text, "%{:02X}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    text.push('>');
    text
}

/// The productions `STRING_LITERAL_QUOTE` and `LANGTAG`.
fn literal(literal: &Literal) -> String {
    let mut text = String::with_capacity(literal.text.len() + 8);
    text.push('"');
    for character in literal.text.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(control));
            }
            _ => text.push(character),
        }
    }
    text.push_str("\"@");
    text.push_str(&literal.language);
    text
}

/// A language as RDF takes it: BCP 47 with hyphens; what is no tag is `und`, undetermined.
fn tag(language: &str) -> String {
    let language = language.replace('_', "-");
    let mut parts = language.split('-');
    let first = parts.next().unwrap_or_default();
    let sound = (1..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if sound { language } else { "und".to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turtle_does_not_take_is_escaped() {
        let text = "a \"b\" \\ c\n\u{7}é".to_string();
        let literal = super::literal(&Literal { text, language: tag("zh_Hans") });
        assert_eq!(literal, "\"a \\\"b\\\" \\\\ c\\n\\u0007é\"@zh-Hans");
        assert_eq!(iri("https://example.org/a b<c>\\é"), "<https://example.org/a%20b%3Cc%3E%5Cé>");
        assert_eq!([tag("12"), tag(""), tag("en-"), tag("ru-Latn")], ["und", "und", "und", "ru-Latn"]);
    }
}
