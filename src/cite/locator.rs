//! Where in a work: `p. 5`, `ch. 2`, `§ 3`.
//!
//! In: what stands behind an id in a citation, and the words that a language has for the
//! parts of a work. Out: the part as CSL names it, and its number. Pandoc's manual,
//! "Citation syntax".

/// A part of a work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locator {
    /// As CSL names it: `page`, `chapter`.
    pub label: &'static str,
    /// `5`, `33–35, 38`, `IV`
    pub value: String,
}

/// The locators of CSL 1.0.2 (appendix IV).
#[cfg(any(test, feature = "citations"))]
pub const LABELS: &[&str] = &[
    "act",
    "appendix",
    "article-locator",
    "book",
    "canon",
    "chapter",
    "column",
    "elocation",
    "equation",
    "figure",
    "folio",
    "issue",
    "line",
    "note",
    "opus",
    "page",
    "paragraph",
    "part",
    "rule",
    "scene",
    "section",
    "sub-verbo",
    "supplement",
    "table",
    "timestamp",
    "title-locator",
    "verse",
    "volume",
];

/// Short forms that scholars write and CSL's English terms have not.
const FURTHER: &[(&str, &str)] = &[
    ("art.", "article-locator"),
    ("arts.", "article-locator"),
    ("article", "article-locator"),
    ("articles", "article-locator"),
    ("ch.", "chapter"),
    ("chs.", "chapter"),
    ("sect.", "section"),
    ("sects.", "section"),
];

/// A word of a language for a part of a work, in lower case, and the part as CSL names it.
pub type Term = (String, &'static str);

/// The locator at the beginning of what stands behind an id, and the rest. Numbers without a
/// word are pages.
pub fn locator<'a>(behind: &'a str, terms: &[Term]) -> (Option<Locator>, &'a str) {
    let text = behind.trim_start();
    let text = text.strip_prefix(',').unwrap_or(text).trim_start();
    let lower = text.to_lowercase();
    // A word whose lower case has another length is none of a locator.
    let comparable = lower.len() == text.len();
    let further = FURTHER.iter().copied();
    let known = terms.iter().map(|(word, label)| (word.as_str(), *label)).chain(further);
    let named = known
        .filter(|(word, _)| comparable && lower.starts_with(word) && ends_word(word, &text[word.len()..]))
        .max_by_key(|(word, _)| word.len());
    let (label, rest) = named.map_or(("page", text), |(word, label)| (label, text[word.len()..].trim_start()));
    let length = number_length(rest);
    if length == 0 || (named.is_none() && !rest.starts_with(|c: char| c.is_numeric())) {
        return (None, behind);
    }
    let value = rest[..length].trim_end();
    let value = value.trim_start_matches('{').trim_end_matches('}').to_string();
    (Some(Locator { label, value }), &rest[length..])
}

/// Whether a word ends where `rest` begins: a mark such as `§`, or one with its full stop, may
/// have the number right behind it.
fn ends_word(word: &str, rest: &str) -> bool {
    let last = word.chars().next_back().is_some_and(char::is_alphabetic);
    rest.starts_with(|c: char| c.is_whitespace() || (!last && !c.is_alphabetic()))
}

/// The bytes of numbers, ranges and lists of them at the beginning of a text: words with a
/// digit or of roman digits, and what joins them. Braces hold anything together.
fn number_length(text: &str) -> usize {
    if text.starts_with('{') {
        return text.find('}').map_or(0, |end| end + 1);
    }
    let mut length = 0;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let inner = bare.trim_end_matches([',', ';', ':', '.']);
        if is_number(inner) {
            length = at + inner.len();
            // A list goes on behind a comma alone.
            if inner.len() != bare.len() && !bare.ends_with(',') {
                break;
            }
        } else if !matches!(inner, "&" | "and" | "-" | "–" | "—") || length == 0 {
            break;
        }
        at += word.len();
    }
    length
}

fn is_number(word: &str) -> bool {
    let roman = |part: &str| !part.is_empty() && part.chars().all(|c| "ivxlcdmIVXLCDM".contains(c));
    word.chars().any(|c| c.is_ascii_digit()) || word.split(['-', '–', '—']).all(roman)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(behind: &str, label: &str, value: &str, rest: &str) {
        let terms = [("p.", "page"), ("pp.", "page"), ("chapter", "chapter"), ("§", "section"), ("part", "part")];
        let terms = terms.map(|(word, label)| (word.to_string(), label));
        let (found, left) = locator(behind, &terms);
        let found = found.map(|locator| (locator.label, locator.value));
        assert_eq!((found, left), ((!label.is_empty()).then(|| (LABELS[index(label)], value.to_string())), rest));
    }

    fn index(label: &str) -> usize {
        LABELS.iter().position(|known| *known == label).expect("it is one of CSL's")
    }

    #[test]
    fn a_locator_has_its_word_or_is_a_page() {
        check(", p. 5", "page", "5", "");
        check(", P. 5", "page", "5", "");
        check(", 5", "page", "5", "");
        check(" pp. 33-35, 38–39 and passim", "page", "33-35, 38–39", " and passim");
        check(", ch. 2", "chapter", "2", "");
        check(", chapter IV", "chapter", "IV", "");
        check(", §3(b)", "section", "3(b)", "");
        check(", § 3 & 4", "section", "3 & 4", "");
        check(", art. 2(4), where it says so", "article-locator", "2(4)", ", where it says so");
        check(", p. {A-12 bis}, there", "page", "A-12 bis", ", there");
        check(", p. xiv", "page", "xiv", "");
    }

    #[test]
    fn other_words_are_no_locator() {
        check("", "", "", "");
        check(", passim", "", "", ", passim");
        check(", partly", "", "", ", partly");
        check(", p. the fifth", "", "", ", p. the fifth");
        check(" and others", "", "", " and others");
        check(", İ 5", "", "", ", İ 5");
    }
}
