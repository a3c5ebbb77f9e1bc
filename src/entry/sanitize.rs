//! Raw HTML in Markdown, passed through an allow-list.
//!
//! The sanitiser parses the whole text, as a browser would, so that what it gives is
//! well nested wherever raw tags stand. What Markdown became is not the author's HTML
//! and keeps its attributes: each of its tags is marked with a number while the
//! sanitiser sees the text, and each gap is a marked link.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::body::{Fill, Gap, Rich};

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

/// Elements whose content a browser reads otherwise than as HTML: their tags are taken
/// out before anything is parsed, or else they would swallow the text behind them.
const OPAQUE: [&str; 11] = [
    "frameset",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "select",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// `rich` with the HTML at `raw` sanitised. Ranges are ascending and do not overlap.
/// `opens` says of a gap whether it is filled by a start tag alone.
pub fn sanitize(rich: &Rich, raw: &[Range<usize>], opens: impl Fn(Fill) -> bool) -> Rich {
    let key = placeholder_key(&rich.html);
    let marked = Marked::of(rich, raw, &key, opens);
    let own = format!("{key}-");
    let clean = Builder::default()
        .tags(ALLOWED.clone())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("details", HashSet::from(["open"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
        ]))
        .generic_attributes(HashSet::from(["lang", "dir", "title", KEPT]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // A relative address in HTML is not checked as one in Markdown is.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("external noopener"))
        .attribute_filter(move |_, attribute, value| {
            (attribute != KEPT || value.starts_with(&own)).then(|| value.into())
        })
        .clean(&marked.html)
        .to_string();
    refill(rich, &clean, &key, &marked.kept)
}

/// What is read of HTML: neither tags nor comments, scripts or styles.
pub fn words(html: &str) -> String {
    const WITHIN_WORDS: [&str; 14] =
        ["a", "abbr", "b", "code", "del", "em", "i", "ins", "mark", "s", "span", "strong", "sub", "sup"];
    let mut spaced = String::with_capacity(html.len() + 16);
    for (index, piece) in html.split('<').enumerate() {
        if index > 0 {
            let name = piece.strip_prefix('/').unwrap_or(piece);
            let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            spaced.push_str(if WITHIN_WORDS.contains(&name) { "<" } else { " <" });
        }
        spaced.push_str(piece);
    }
    let mut builder = Builder::empty();
    let text = builder.clean_content_tags(HashSet::from(["script", "style"])).clean(&spaced).to_string();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const KEPT: &str = "data-kept";

/// The text as the sanitiser sees it.
struct Marked {
    html: String,
    /// Where the tags that Markdown became stand in the text.
    kept: Vec<Range<usize>>,
}

impl Marked {
    fn of(rich: &Rich, raw: &[Range<usize>], key: &str, opens: impl Fn(Fill) -> bool) -> Self {
        let mut marked = Marked { html: String::with_capacity(rich.html.len() * 2), kept: Vec::new() };
        let mut gaps = rich.gaps.iter().enumerate().peekable();
        let mut raw = raw.iter().peekable();
        let mut at = 0;
        loop {
            while let Some((index, gap)) = gaps.next_if(|(_, gap)| gap.at <= at) {
                let mark = if opens(gap.fill) {
                    format!("<a {KEPT}=\"{key}-o{index}\">")
                } else {
                    format!("<a {KEPT}=\"{key}-c{index}\"></a>")
                };
                marked.html.push_str(&mark);
            }
            if at >= rich.html.len() {
                return marked;
            }
            if let Some(range) = raw.next_if(|range| range.start <= at) {
                let written = &rich.html[range.clone()];
                if !is_opaque(written) {
                    marked.html.push_str(written);
                }
                at = range.end.max(at);
                continue;
            }
            if rich.html[at..].starts_with('<') {
                // What Markdown became: every `<` begins a tag, and every tag ends.
                let end = rich.html[at..].find('>').map_or(rich.html.len(), |end| at + end + 1);
                marked.tag(&rich.html, at..end, key);
                // Gaps within a tag go where it goes.
                while gaps.next_if(|(_, gap)| gap.at < end).is_some() {}
                at = end;
                continue;
            }
            let tag = rich.html[at..].find('<').map(|tag| at + tag);
            let end = [raw.peek().map(|range| range.start), gaps.peek().map(|(_, gap)| gap.at), tag];
            let end = end.into_iter().flatten().fold(rich.html.len(), usize::min);
            marked.html.push_str(&rich.html[at..end]);
            at = end;
        }
    }

    /// Adds a tag that Markdown became; one with attributes is put back as it was.
    fn tag(&mut self, html: &str, range: Range<usize>, key: &str) {
        let tag = &html[range.clone()];
        let name = tag[1..].split([' ', '>']).next().unwrap_or_default();
        // Writing to a string cannot fail.
        if name == "img" {
            let _ = write!(self.html, "<span {KEPT}=\"{key}-v{}\"></span>", self.kept.len());
            self.kept.push(range);
        } else if tag.contains(' ') {
            let _ = write!(self.html, "<{name} {KEPT}=\"{key}-t{}\">", self.kept.len());
            self.kept.push(range);
        } else {
            self.html.push_str(tag);
        }
    }
}

/// Whether raw HTML has a tag that would swallow what follows it. A script's lines are
/// one block, which the sanitiser takes out as a whole; a script's tag in the middle of
/// a sentence is not.
fn is_opaque(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let has = |name: &str| lower.contains(&format!("<{name}")) || lower.contains(&format!("</{name}"));
    let within_a_line = !written.ends_with('\n') && !lower.contains("</");
    OPAQUE.iter().any(|name| has(name)) || (within_a_line && (has("script") || has("style")))
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

/// Puts what was marked back in its place. What stood inside something that was cut
/// out (a script's text, say) went with it.
fn refill(rich: &Rich, clean: &str, key: &str, kept: &[Range<usize>]) -> Rich {
    let mark = format!("{KEPT}=\"{key}-");
    let mut filled = Rich::default();
    let mut rest = clean;
    while let Some(at) = rest.find(&mark) {
        let start = rest[..at].rfind('<').unwrap_or(at);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let inside = &rest[at + mark.len()..end];
        filled.html.push_str(&rest[..start]);
        rest = &rest[end..];
        let kind = inside.chars().next();
        let number = inside.get(1..).and_then(|inside| inside.split('"').next()?.parse::<usize>().ok());
        match (kind, number) {
            (Some('o' | 'c'), Some(index)) => {
                filled.gaps.extend(rich.gaps.get(index).map(|gap| Gap { at: filled.html.len(), fill: gap.fill }));
            }
            (_, Some(index)) => {
                let Some(range) = kept.get(index) else { continue };
                let start = filled.html.len();
                let within = rich.gaps.iter().filter(|gap| range.start < gap.at && gap.at < range.end);
                filled.gaps.extend(within.map(|gap| Gap { at: start + gap.at - range.start, fill: gap.fill }));
                filled.html.push_str(&rich.html[range.clone()]);
            }
            _ => {}
        }
        let closing = match kind {
            Some('c') => "</a>",
            Some('v') => "</span>",
            _ => "",
        };
        rest = rest.strip_prefix(closing).unwrap_or(rest);
    }
    filled.html.push_str(rest);
    filled
}
