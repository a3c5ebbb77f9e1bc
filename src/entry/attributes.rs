//! A heading's attributes: `{#definition .annotation at="p. 186"}`.
//!
//! pulldown-cmark 0.13 finds where they stand, but parts them at every blank, also
//! inside quotation marks; so their text is read again here.

/// What stands between the braces.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Attributes<'a> {
    pub id: Option<&'a str>,
    pub classes: Vec<&'a str>,
    /// In the order in which they are written.
    pub values: Vec<(&'a str, &'a str)>,
}

impl<'a> Attributes<'a> {
    /// Reads the last braces of a heading's source; nothing where there are none.
    pub fn of_heading(heading: &'a str) -> Self {
        let line = heading.lines().next().unwrap_or_default().trim_end();
        let inside = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')).map_or("", |(_, inside)| inside);
        Self::parse(inside)
    }

    fn parse(mut rest: &'a str) -> Self {
        let mut attributes = Attributes::default();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return attributes;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            rest = tail;
            if let Some(id) = word.strip_prefix('#') {
                attributes.id = Some(id);
            } else if let Some(class) = word.strip_prefix('.') {
                attributes.classes.push(class);
            } else if let Some(tail) = rest.strip_prefix('=') {
                let (value, tail) = value(tail);
                attributes.values.push((word, value));
                rest = tail;
            } else {
                attributes.values.push((word, ""));
            }
        }
    }
}

/// A value in quotation marks, or up to the next blank; and what follows it.
fn value(text: &str) -> (&str, &str) {
    match text.strip_prefix('"').and_then(|inside| inside.split_once('"')) {
        Some((value, rest)) => (value, rest),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_keeps_its_blanks() {
        let attributes = Attributes::of_heading(
            "## The {x} {#definition .annotation at=\"p. 186\" keywords=\"norms regimes\" a=b}\n",
        );
        assert_eq!(attributes.id, Some("definition"));
        assert_eq!(attributes.classes, ["annotation"]);
        assert_eq!(attributes.values, [("at", "p. 186"), ("keywords", "norms regimes"), ("a", "b")]);
    }

    #[test]
    fn a_heading_without_braces_has_none() {
        assert_eq!(Attributes::of_heading("## Plain\n"), Attributes::default());
    }
}
