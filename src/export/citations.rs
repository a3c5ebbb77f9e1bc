//! What programs read that manage references.

use super::Material;
use crate::cite::{self, Format, PlainText, Reference};

pub fn csl_json(material: &Material<'_>) -> String {
    each(material, |text, reference, key| {
        text.push_str(if text.is_empty() { "[\n  " } else { ",\n  " });
        text.push_str(&cite::csl_json_item(reference, key));
    })
    .map_or_else(|| "[]\n".to_string(), |text| text + "\n]\n")
}

/// As Pandoc reads it: a map with the one key `references`.
pub fn csl_yaml(material: &Material<'_>) -> String {
    let text = each(material, |text, reference, key| text.push_str(&cite::csl_yaml_item(reference, key)));
    text.map_or_else(|| "references: []\n".to_string(), |text| format!("references:\n{text}"))
}

pub fn biblatex(material: &Material<'_>) -> String {
    let text = each(material, |text, reference, key| {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&cite::biblatex(reference, key));
    });
    text.unwrap_or_default()
}

pub fn ris(material: &Material<'_>) -> String {
    let text = each(material, |text, reference, key| {
        if !text.is_empty() {
            text.push('\n');
        }
        let PlainText(record) = Format::Ris.write(reference, key);
        text.push_str(&record);
    });
    text.unwrap_or_default()
}

/// `None` where there are no works.
fn each(material: &Material<'_>, mut write: impl FnMut(&mut String, &Reference<'_>, &str)) -> Option<String> {
    let mut text = String::new();
    for id in material.works() {
        let record = material.archive.entry(id);
        write(&mut text, &Reference::of(record), record.slug.as_str());
    }
    (!text.is_empty()).then_some(text)
}
