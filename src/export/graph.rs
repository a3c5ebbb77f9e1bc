//! Works as linked data.

use super::{Material, json};

/// What schema.org says of the words that are used, so that no reader has to fetch it: `url`
/// and the like lead to something, and dates are dates.
const CONTEXT: &str = r#"{
    "@vocab": "http://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "additionalType": { "@type": "@id" },
    "sameAs": { "@type": "@id" },
    "url": { "@type": "@id" },
    "datePublished": { "@type": "http://schema.org/Date" },
    "dateCreated": { "@type": "http://schema.org/Date" }
  }"#;

/// A graph with a node for each work, each on a line.
pub fn json_ld(material: &Material<'_>) -> String {
    let nodes: Vec<String> = material.works().map(|id| material.pages.node(id)).collect();
    format!("{{\n  \"@context\": {CONTEXT},\n  \"@graph\": {}\n}}\n", json::lines(&nodes, "    "))
}
