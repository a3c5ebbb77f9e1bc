//! What a pack says of itself.

use std::fmt::Write;

use crate::site::Site;

const GENERATOR: &str = concat!("Regesta ", env!("CARGO_PKG_VERSION"));

/// How to read, check and cite the pack, in plain text. `release` is the digest of all
/// checksums of site and sources.
pub fn readme(site: &Site, release: &str) -> String {
    let mut text = format!("{}\n{}\n", site.title, "=".repeat(site.title.chars().count()));
    // Writing to a string cannot fail.
    if let Some(subtitle) = &site.subtitle {
        let _ = writeln!(text, "{subtitle}");
    }
    let data = if site.exports.archive {
        "The folder `site/data` has the works for other programs: for reference managers,\n\
         spreadsheets and RDF. The page data.html in `site` says what each file is for.\n\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        "\nTo read it, open the file index.html in the folder `site` with a web browser.\n\
         Nothing has to be installed, and no network is needed.\n\
         \n{data}\
         The folder `source` has the texts that the site is made from. With {GENERATOR}\n\
         the command `regesta build` in that folder makes the site again.\n\
         \n\
         Whether every file is as it was packed, `regesta verify` says of the packed file,\n\
         and in this folder the command `sha256sum --check SHA256SUMS`.\n\
         \n\
         To cite this release:\n\
         \n    {}\n\
         \n\
         Digest of its files: sha256:{release}\n",
        sentence(site)
    );
    if let Some(license) = &site.license {
        let address = license.url.as_ref().map_or_else(String::new, |url| format!(", {url}"));
        let _ = writeln!(text, "Licence of its texts: {}{address}", license.title);
    }
    text
}

/// As a list of references gives it.
fn sentence(site: &Site) -> String {
    let mut parts =
        vec![site.editor.as_ref().map_or_else(|| site.title.clone(), |editor| format!("{editor}: {}", site.title))];
    parts.extend(site.date.map(|day| format!("Edition of {day}")));
    parts.extend(site.base_url.clone());
    parts.join(". ")
}

/// Citation File Format 1.2.0. Strings are those of JSON, which YAML reads.
pub fn citation(site: &Site) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let author = site.editor.as_ref().unwrap_or(&site.title);
    let mut lines = vec![
        "cff-version: 1.2.0".to_string(),
        "message: \"To cite this archive, use these fields.\"".to_string(),
        "type: dataset".to_string(),
        format!("title: {}", quoted(&site.title)),
        "authors:".to_string(),
        format!("  - name: {}", quoted(author)),
    ];
    if let Some(description) = &site.description {
        lines.push(format!("abstract: {}", quoted(description)));
    }
    if let Some(day) = site.date {
        lines.push(format!("version: \"{day}\""));
        lines.push(format!("date-released: \"{day}\""));
    }
    if let Some(url) = &site.base_url {
        lines.push(format!("url: {}", quoted(url)));
    }
    if let Some(url) = site.license.as_ref().and_then(|license| license.url.as_ref()) {
        lines.push(format!("license-url: {}", quoted(url)));
    }
    lines.join("\n") + "\n"
}
