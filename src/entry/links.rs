//! What a text points at: wikilinks, citations and addresses.

use borsh::{BorshDeserialize, BorshSerialize};

/// What a link names, as it is written; whether it exists is found in `archive`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Target {
    Entry {
        slug: String,
        section: Option<String>,
    },
    Keyword(String),
    Actor(String),
    /// A heading of the same page.
    Section(String),
    /// A Markdown file below `content/`, by its path there.
    File {
        path: String,
        section: Option<String>,
    },
    /// A relative address in the site, as written.
    Address(String),
}

impl Target {
    /// Reads what stands between `[[` and `]]`, words aside.
    pub fn of_wikilink(text: &str) -> Self {
        // In a table's cell the bar before the words is written `\|`.
        let text = text.trim().trim_end_matches('\\').trim_end();
        if let Some(keyword) = text.strip_prefix("keyword:") {
            return Target::Keyword(keyword.trim().into());
        }
        if let Some(actor) = text.strip_prefix("actor:") {
            return Target::Actor(actor.trim().into());
        }
        let (slug, section) = split_fragment(text);
        match section {
            Some(section) if slug.is_empty() => Target::Section(section),
            section => Target::Entry { slug, section },
        }
    }

    /// Reads the address of a Markdown link in a file of the folder `folder`, which
    /// is a path below `content/`. `Ok(None)` where it leads out of the site.
    ///
    /// # Errors
    /// The scheme, where it is none that a page may link to.
    pub fn of_address(address: &str, folder: &str) -> Result<Option<Self>, String> {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
            !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        if let Some(scheme) = scheme {
            let known = ["http", "https", "mailto", "tel"];
            return if known.contains(&scheme.to_ascii_lowercase().as_str()) {
                Ok(None)
            } else {
                Err(scheme.to_string())
            };
        }
        if address.starts_with("//") {
            return Ok(None);
        }
        let (path, section) = split_fragment(address);
        Ok(Some(match section {
            Some(section) if path.is_empty() => Target::Section(section),
            section if path.ends_with(".md") => Target::File { path: join(folder, &path), section },
            _ => Target::Address(address.into()),
        }))
    }
}

fn split_fragment(text: &str) -> (String, Option<String>) {
    match text.split_once('#') {
        Some((path, section)) => (path.trim().into(), Some(section.trim().into())),
        None => (text.into(), None),
    }
}

/// `relative` as seen from `folder`, without `.` and `..`. A path that leads out of
/// the site keeps its `..`, and so names nothing.
pub fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = if relative.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// One work of a citation in brackets. Pandoc's manual, "Citation syntax".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitationItem<'a> {
    /// What stands before the `@`: `see `.
    pub prefix: &'a str,
    /// `-@id`: the year alone, since the text names the author.
    pub year_only: bool,
    pub slug: &'a str,
    /// What follows the id, the comma included: `, p. 5`.
    pub suffix: &'a str,
}

/// The works that the inside of a pair of brackets cites, or `None` where it is no
/// citation: every part between semicolons must have an `@` with an id behind it.
pub fn citation(text: &str) -> Option<Vec<CitationItem<'_>>> {
    text.split(';').map(citation_item).collect()
}

fn citation_item(text: &str) -> Option<CitationItem<'_>> {
    let text = text.trim();
    let starts = |at: usize| text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '-');
    let at = text.match_indices('@').map(|(at, _)| at).find(|&at| starts(at))?;
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    let slug = rest[..end].trim_end_matches('-');
    let before = &text[..at];
    let prefix = before.strip_suffix('-').unwrap_or(before);
    (!slug.is_empty()).then_some(CitationItem {
        prefix,
        year_only: before.len() != prefix.len(),
        slug,
        suffix: rest[slug.len()..].trim_end(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_in_brackets_is_read_as_pandoc_reads_it() {
        let items = citation("see @a-1, ch. 2; -@b").expect("a citation");
        assert_eq!(items[0], CitationItem { prefix: "see ", year_only: false, slug: "a-1", suffix: ", ch. 2" });
        assert_eq!(items[1], CitationItem { prefix: "", year_only: true, slug: "b", suffix: "" });
        assert_eq!(citation("someone@example.org"), None);
        assert_eq!(citation("plain words"), None);
    }

    #[test]
    fn a_path_is_taken_from_the_folder_that_names_it() {
        assert_eq!(join("references", "../documents/01-a.md"), "documents/01-a.md");
        assert_eq!(join("", "./a.md"), "a.md");
        assert_eq!(join("references", "../../a.md"), "../a.md");
    }

    #[test]
    fn an_address_with_a_foreign_scheme_is_refused() {
        assert_eq!(Target::of_address("javascript:alert(1)", ""), Err("javascript".into()));
        assert_eq!(Target::of_address("https://example.org", ""), Ok(None));
    }
}
