//! Raw HTML in Markdown, passed through an allow-list.
//!
//! Only what the author wrote as HTML is sanitised, not what Markdown became: each
//! stretch between two raw tags is a placeholder while the sanitiser sees the text,
//! so that `<details>` around Markdown keeps its end tag and highlighted code its
//! classes.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::LazyLock,
};

use ammonia::Builder;

use super::body::{Gap, Rich};

static ALLOWED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let mut tags = Builder::default().clone_tags();
    tags.extend([
        "details",
        "summary",
        "figure",
        "figcaption",
        "section",
        "small",
        "mark",
        "ins",
        "del",
        "dl",
        "dt",
        "dd",
    ]);
    // Headings and links would escape the table of contents and the link check.
    for tag in ["h1", "img", "map", "area"] {
        tags.remove(tag);
    }
    tags
});

/// `rich` with the HTML at `raw` sanitised. Ranges are ascending and do not overlap.
pub fn sanitize(rich: &Rich, raw: &[Range<usize>]) -> Rich {
    let key = placeholder_key(&rich.html);
    let mut skeleton = String::new();
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    for stretch in raw.iter().cloned().chain(std::iter::once(rich.html.len()..rich.html.len())) {
        if stretch.start > done {
            skeleton.push_str(&placeholder(&key, kept.len()));
            kept.push(done..stretch.start);
        }
        skeleton.push_str(&rich.html[stretch.clone()]);
        done = stretch.end;
    }
    let own = format!("{key}-");
    let clean = Builder::default()
        .tags(ALLOWED.clone())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("details", HashSet::from(["open"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
            ("q", HashSet::from(["cite"])),
            ("span", HashSet::from(["data-kept"])),
        ]))
        .generic_attributes(HashSet::from(["lang", "dir", "title"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("external noopener"))
        .attribute_filter(move |_, attribute, value| {
            (attribute != "data-kept" || value.starts_with(&own)).then(|| value.into())
        })
        .clean(&skeleton)
        .to_string();
    refill(rich, &clean, &key, &kept)
}

fn placeholder(key: &str, index: usize) -> String {
    format!("<span data-kept=\"{key}-{index}\"></span>")
}

/// Nothing that the text itself can contain: it is made of the text's hash.
fn placeholder_key(html: &str) -> String {
    let mut key = 0u64;
    loop {
        let mut hasher = DefaultHasher::new();
        (html, key).hash(&mut hasher);
        let candidate = format!("{:016x}", hasher.finish());
        if !html.contains(&candidate) {
            return candidate;
        }
        key += 1;
    }
}

fn refill(rich: &Rich, clean: &str, key: &str, kept: &[Range<usize>]) -> Rich {
    let mut filled = Rich::default();
    let mut rest = clean;
    for (index, range) in kept.iter().enumerate() {
        let mark = placeholder(key, index);
        // A placeholder inside what was cut out (a script's text, say) went with it.
        let Some(at) = rest.find(&mark) else { continue };
        filled.html.push_str(&rest[..at]);
        let start = filled.html.len();
        filled.html.push_str(&rich.html[range.clone()]);
        let here = rich
            .gaps
            .iter()
            .filter(|gap| range.contains(&gap.at) || (gap.at == range.end && range.end == rich.html.len()));
        filled.gaps.extend(here.map(|gap| Gap { at: start + gap.at - range.start, ..*gap }));
        rest = &rest[at + mark.len()..];
    }
    filled.html.push_str(rest);
    filled
}
