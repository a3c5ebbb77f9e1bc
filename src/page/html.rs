//! Small pieces of HTML that are made before templates see them.

use std::{
    borrow::Cow,
    fmt::Write,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

use super::{
    address::{Address, Permalink},
    citing::Citing,
    metadata::robust,
    view::LinkView,
    world::{Margin, World},
};
use crate::{
    archive::{Goal, Origin},
    entry::{Citation, CiteForm, Cluster, Fill, Line, Link, Piece, Rich, Section, Shows, Variable},
    theme::SharedHtml,
};

/// Finished HTML: a template writes it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Html(pub Markup);

/// The text of finished HTML. What one page alone shows stays as it was written, without being
/// copied once more; what many pages show is shared.
#[derive(Clone, Debug)]
pub enum Markup {
    Own(String),
    Shared(SharedHtml),
}

impl Deref for Markup {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Markup::Own(html) => html,
            Markup::Shared(html) => html.as_str(),
        }
    }
}

impl Default for Markup {
    fn default() -> Self {
        Markup::Own(String::new())
    }
}

impl PartialEq for Markup {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Markup {}

impl Hash for Markup {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl From<String> for Markup {
    fn from(html: String) -> Self {
        Markup::Own(html)
    }
}

impl From<&str> for Markup {
    fn from(html: &str) -> Self {
        Markup::Own(html.to_string())
    }
}

impl From<Arc<str>> for Markup {
    fn from(html: Arc<str>) -> Self {
        Markup::Shared(SharedHtml::new(&html))
    }
}

impl Html {
    /// The same, to be shown on many pages.
    #[must_use]
    pub fn shared(self) -> Self {
        match self.0 {
            Markup::Own(html) => Html(Markup::Shared(SharedHtml::new(&html))),
            Markup::Shared(_) => self,
        }
    }

    pub fn escaped(text: &str) -> Self {
        if !text.contains(['&', '<', '>', '"', '\'']) {
            return Html(text.into());
        }
        let mut html = String::with_capacity(text.len() + 16);
        push(&mut html, text);
        Html(html.into())
    }

    /// The same for a page that `root` leads out of: what stands in `href` and `src` gets it
    /// before it where it is relative. (In finished HTML a quotation mark stands in tags
    /// alone: in text it is escaped.)
    pub fn rebased(&self, root: &str) -> Self {
        let html = &*self.0;
        let mut rebased = String::with_capacity(html.len() + 2 * root.len());
        let mut done = 0;
        for (at, equals) in html.match_indices("=\"") {
            let value = at + equals.len();
            if [" href", " src"].iter().any(|name| html[..at].ends_with(name)) && is_relative(&html[value..]) {
                rebased.push_str(&html[done..value]);
                rebased.push_str(root);
                done = value;
            }
        }
        rebased.push_str(&html[done..]);
        Html(rebased.into())
    }
}

/// Whether the address at the beginning of `text` is a path that begins nowhere in particular
/// (RFC 3986, section 4.2): it has no scheme and no host, and is more than a fragment.
fn is_relative(text: &str) -> bool {
    let path = text.split(['/', '?', '#', '"']).next().unwrap_or_default();
    !text.starts_with(['/', '#', '"']) && !path.contains(':')
}

/// Appends `text`, escaped for text and attribute values.
pub fn push(html: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = escape_html(html, text);
}

/// Links with commas between them.
pub fn links(links: impl Iterator<Item = LinkView>) -> Html {
    let mut html = String::with_capacity(256);
    for (count, LinkView { title, lang, href }) in links.enumerate() {
        html.push_str(if count > 0 { ", <a href=\"" } else { "<a href=\"" });
        push(&mut html, &href);
        if let Some(lang) = lang {
            html.push_str("\" lang=\"");
            push(&mut html, &lang);
        }
        html.push_str("\">");
        push(&mut html, &title);
        html.push_str("</a>");
    }
    Html(html.into())
}

/// The words of a heading that another text names.
type Heading<'a> = &'a dyn Fn(Origin, &Section) -> String;

impl World<'_> {
    /// A text's HTML with its links put in, as it stands on the page `from`. Without `citing`
    /// works are cited plainly.
    pub fn fill(&self, rich: &Rich, origin: Origin, from: &Permalink, citing: Option<&Citing<'_>>) -> Html {
        Html(self.filled(rich, origin, from, citing).into())
    }

    /// As [`fill`](Self::fill), for what is to be changed.
    pub fn filled(&self, rich: &Rich, origin: Origin, from: &Permalink, citing: Option<&Citing<'_>>) -> String {
        let (links, goals) = self.links(origin);
        let prefix = self.id_prefix(origin);
        let mut html = String::with_capacity(rich.html.len() + rich.gaps.len() * 96);
        let mut done = 0;
        for gap in &rich.gaps {
            html.push_str(&rich.html[done..gap.at]);
            done = gap.at;
            let index = match gap.fill {
                Fill::Link(index) => index,
                Fill::Prefix => {
                    html.push_str(&prefix);
                    continue;
                }
                Fill::Address(index) => {
                    if let Some(Goal::Address(address)) = &goals[index] {
                        push_address(&mut html, &self.rebased(address, origin, from));
                    }
                    continue;
                }
                Fill::Note(number) => {
                    if self.margin == Margin::There {
                        self.side_note(&mut html, number, origin, from, citing);
                    }
                    continue;
                }
                Fill::Cluster(number) => {
                    let cluster = &self.body(origin).clusters[number];
                    match citing.and_then(|citing| citing.cluster(self, cluster, origin, from)) {
                        Some(citation) => html.push_str(&citation),
                        None => self.plain_citation(&mut html, cluster, origin, from),
                    }
                    continue;
                }
            };
            let link = &links[index];
            self.open_link(&mut html, link.shows, goals[index].as_ref(), origin, from);
            if link.shows != Shows::Words {
                push(&mut html, &self.shown(link, goals[index].as_ref(), origin));
                html.push_str("</a>");
            }
        }
        html.push_str(&rich.html[done..]);
        if let Origin::Entry(id) = origin
            && let Some(html) = robust_links(&html, &self.archive.entry(id).citation)
        {
            return html;
        }
        html
    }

    /// `(see Krasner 1982, p. 5; 1983)`: what a text says where no style is asked.
    fn plain_citation(&self, html: &mut String, cluster: &Cluster, origin: Origin, from: &Permalink) {
        let (links, goals) = self.links(origin);
        let in_brackets = cluster.cites.iter().all(|cite| cite.form != CiteForm::InSentence);
        html.push_str(if in_brackets { "(" } else { "" });
        for (count, cite) in cluster.cites.iter().enumerate() {
            html.push_str(if count > 0 { "; " } else { "" });
            let (link, goal) = (&links[cite.link], goals[cite.link].as_ref());
            push_text(html, &cite.before);
            self.open_link(html, link.shows, goal, origin, from);
            push(html, &self.shown(link, goal, origin));
            html.push_str("</a>");
            push_text(html, &cite.behind);
        }
        html.push_str(if in_brackets { ")" } else { "" });
    }

    /// A note behind the reference to it, for the margin. In print, where notes stand at
    /// the end, another reference leads there.
    fn side_note(
        &self,
        html: &mut String,
        number: usize,
        origin: Origin,
        from: &Permalink,
        citing: Option<&Citing<'_>>,
    ) {
        let Some(note) = self.body(origin).notes.get(number - 1).filter(|note| note.plain) else {
            return;
        };
        let text = self.filled(&note.text, origin, from, citing);
        let text = text.trim().trim_start_matches("<p>").trim_end_matches("</p>");
        // Writing to a string cannot fail.
        let _ = write!(
            html,
            "<a class=\"in-print\" href=\"#endnote-{number}\" aria-hidden=\"true\" tabindex=\"-1\">{number}</a>\
             <span class=\"sidenote\" id=\"note-{number}\" role=\"note\" aria-label=\"Note {number}\">\
             <span class=\"sidenote-number\" aria-hidden=\"true\">{number}</span> {text} \
             <a class=\"back\" href=\"#note-{number}-from-1\" aria-label=\"Back to the text, note {number}\">↩</a></span>"
        );
    }

    /// The sentence around a link, with the words of that link marked.
    pub fn context(&self, origin: Origin, link: usize) -> Html {
        let (links, goals) = self.links(origin);
        let context = &links[link].context;
        let mut html = String::with_capacity(context.iter().map(piece_length).sum::<usize>() + "<mark></mark>".len());
        for piece in context {
            match piece {
                Piece::Text(text) => push(&mut html, text),
                Piece::Words(words) => marked(&mut html, words),
                Piece::Shown(other) => {
                    let shown = self.shown(&links[*other], goals[*other].as_ref(), origin);
                    if *other == link { marked(&mut html, &shown) } else { push(&mut html, &shown) }
                }
            }
        }
        Html(html.into())
    }

    /// A line of a text, with what its links show.
    pub fn line<'a>(&self, origin: Origin, line: &'a Line) -> Cow<'a, str> {
        let (links, goals) = self.links(origin);
        let mut words = String::new();
        let mut done = 0;
        for &(at, link) in line.shown.iter().filter(|(_, link)| links[*link].shows != Shows::Words) {
            if done == 0 {
                words.reserve(line.text.len() * 5 / 4);
            }
            words.push_str(&line.text[done..at]);
            words.push_str(&self.shown(&links[link], goals[link].as_ref(), origin));
            done = at;
        }
        if words.is_empty() {
            return Cow::Borrowed(&line.text);
        }
        words.push_str(&line.text[done..]);
        Cow::Owned(words)
    }

    /// A heading in words.
    pub fn heading(&self, origin: Origin, section: &Section) -> String {
        // Headings may name each other in a circle: one that stands in another has its own words alone.
        self.title_of(origin, section, &|_, other| {
            let own = other.title.iter().filter_map(|piece| match piece {
                Piece::Text(text) | Piece::Words(text) => Some(text.as_str()),
                Piece::Shown(_) => None,
            });
            own.collect::<String>().trim().to_string()
        })
    }

    fn title_of(&self, origin: Origin, section: &Section, inner: Heading<'_>) -> String {
        let (links, goals) = self.links(origin);
        if let [Piece::Text(text)] = section.title.as_slice() {
            return text.clone();
        }
        let words = section.title.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Words(text) => Cow::Borrowed(text.as_str()),
            Piece::Shown(link) => self.shown_with(&links[*link], goals[*link].as_ref(), origin, inner),
        });
        words.collect()
    }

    /// Where the links of a text lead.
    pub fn goals(&self, origin: Origin) -> &[Option<Goal>] {
        self.links(origin).1
    }

    fn links(&self, origin: Origin) -> (&[Link], &[Option<Goal>]) {
        match origin {
            Origin::Entry(id) => (&self.archive.entry(id).outgoing.links, &self.archive.entry_links[id.0]),
            Origin::Text(id) => (&self.archive.text(id).outgoing.links, &self.archive.text_links[id.0]),
        }
    }

    pub fn open_link(&self, html: &mut String, shows: Shows, goal: Option<&Goal>, origin: Origin, from: &Permalink) {
        let Some(goal) = goal.filter(|goal| **goal != Goal::Withheld) else {
            html.push_str("<a class=\"withheld\">");
            return;
        };
        let (class, language) = match goal {
            Goal::Entry { id, .. } => ("entry", self.archive.entry(*id).own.title_lang.as_deref()),
            Goal::Keyword(_) => ("keyword", None),
            Goal::Actor(_) => ("actor", None),
            _ => ("page", None),
        };
        html.push_str("<a class=\"");
        html.push_str(class);
        html.push_str("\" href=\"");
        self.push_href(html, goal, origin, from);
        // Words of one's own are in the page's language; a title is in its own.
        if let Some(language) = language.filter(|_| shows == Shows::Title) {
            html.push_str("\" lang=\"");
            push(html, language);
        }
        html.push_str("\">");
    }

    /// The relative address of a link's goal, escaped.
    fn push_href(&self, html: &mut String, goal: &Goal, origin: Origin, from: &Permalink) {
        let mut to = |address: Address<'_>| {
            html.push_str(from.root());
            html.extend(address.parts());
        };
        match goal {
            Goal::Entry { id, section } => {
                let [parts @ .., section] = self.entry_href_parts(*id, section.as_deref(), from);
                html.extend(parts);
                push(html, section);
            }
            Goal::Text { id, section } => {
                html.push_str(from.root());
                for part in Address::text(&self.archive.text(*id).path).parts() {
                    push(html, part);
                }
                if let Some(section) = section {
                    html.push('#');
                    push(html, section);
                }
            }
            Goal::Keyword(id) => to(Address::keyword(&self.archive.keyword(*id).id)),
            Goal::Actor(id) => to(Address::actor(&self.archive.actor(*id).id)),
            Goal::Here(section) => {
                html.push('#');
                html.push_str(&self.id_prefix(origin));
                push(html, section);
            }
            Goal::Address(address) => push(html, address),
            Goal::Withheld => {}
        }
    }

    /// A relative address as it is written on its own page, as seen from another one.
    fn rebased(&self, address: &str, origin: Origin, from: &Permalink) -> String {
        let own = match origin {
            Origin::Entry(id) => self.entry_permalink(id),
            Origin::Text(id) => Permalink::text(&self.archive.text(id).path),
        };
        if own == *from {
            return address.to_string();
        }
        let folder = own.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let end = address.find(['?', '#']).unwrap_or(address.len());
        format!("{}{}{}", from.root(), crate::entry::links::join(folder, &address[..end]), &address[end..])
    }

    fn shown<'a>(&'a self, link: &'a Link, goal: Option<&'a Goal>, origin: Origin) -> Cow<'a, str> {
        self.shown_with(link, goal, origin, &|origin, section| self.heading(origin, section))
    }

    fn shown_with<'a>(
        &'a self,
        link: &'a Link,
        goal: Option<&'a Goal>,
        origin: Origin,
        heading: Heading<'_>,
    ) -> Cow<'a, str> {
        let cited = |id| -> &Citation { &self.archive.entry(id).citation };
        Cow::Borrowed(match (goal, link.shows) {
            (Some(Goal::Entry { id, .. }), Shows::AuthorYear) => return cited(*id).author_year().into(),
            (Some(Goal::Entry { id, .. }), Shows::InSentence) => return in_sentence(cited(*id)).into(),
            (Some(Goal::Entry { id, .. }), Shows::Year) => {
                return cited(*id).year().map_or(Cow::Borrowed("n.d."), Cow::Owned);
            }
            (Some(Goal::Entry { id, section: Some(section) }), Shows::Title) => {
                let record = self.archive.entry(*id);
                let known = record.outgoing.sections.iter().find(|known| known.id == *section);
                let words = known.map_or_else(|| section.clone(), |known| heading(Origin::Entry(*id), known));
                return format!("{}, “{words}”", record.citation.title).into();
            }
            (Some(Goal::Entry { id, .. }), _) => &cited(*id).title,
            (Some(Goal::Text { id, .. }), _) => &self.archive.text(*id).title,
            (Some(Goal::Keyword(id)), _) => &self.archive.keyword(*id).label,
            (Some(Goal::Actor(id)), _) => &self.archive.actor(*id).name,
            (Some(Goal::Here(section)), _) => {
                let sections = match origin {
                    Origin::Entry(id) => &self.archive.entry(id).outgoing.sections,
                    Origin::Text(id) => &self.archive.text(id).outgoing.sections,
                };
                let known = sections.iter().find(|known| known.id == *section);
                return known.map_or(Cow::Borrowed(section), |known| heading(origin, known).into());
            }
            (Some(Goal::Address(address)), _) => address,
            (Some(Goal::Withheld) | None, _) => match &link.target {
                crate::entry::Target::Entry { slug, .. } => slug,
                _ => "",
            },
        })
    }
}

/// About how many bytes it has as HTML.
fn piece_length(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) | Piece::Words(text) => text.len() + 8,
        Piece::Shown(_) => 64,
    }
}

/// `Krasner (1982)`
fn in_sentence(citation: &Citation) -> String {
    let creators = citation.creators_short();
    let who = if creators.is_empty() { &citation.title } else { &creators };
    citation.year().map_or_else(|| who.clone(), |year| format!("{who} ({year})"))
}

/// Appends text that stands in no attribute, as Markdown's own is written.
fn push_text(html: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = escape_html_body_text(html, text);
}

fn marked(html: &mut String, words: &str) {
    html.push_str("<mark>");
    push(html, words);
    html.push_str("</mark>");
}

fn push_address(html: &mut String, address: &str) {
    // Writing to a string cannot fail.
    let _ = escape_href(html, address);
}

/// A text whose links to the work's own address say when somebody looked at it; `None` where
/// it has none, or nobody knows.
fn robust_links(html: &str, citation: &Citation) -> Option<String> {
    if !html.contains("rel=\"external\"") {
        return None;
    }
    let attributes = robust::attributes(citation);
    let mut start = "<a href=\"".to_string();
    push_address(&mut start, citation.web_address()?);
    start.push('"');
    (!attributes.is_empty() && html.contains(&start)).then(|| html.replace(&start, &[&start, &*attributes].concat()))
}

/// A printed citation with its addresses as links; its text is unchanged. An address
/// that the source broke at a line's end leads where the record's own does.
pub fn printed(text: &str, citation: &Citation) -> Html {
    let url = citation.get(Variable::Url);
    let mut html = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = ["https://", "http://", "www."].iter().filter_map(|start| rest.find(start)).min() {
        push(&mut html, &rest[..at]);
        let tail = &rest[at..];
        let (length, target) = address_at(tail, url);
        html.push_str("<a rel=\"external\" href=\"");
        push(&mut html, &target);
        html.push('"');
        if url == Some(target.as_str()) {
            html.push_str(&robust::attributes(citation));
        }
        html.push('>');
        push(&mut html, &tail[..length]);
        html.push_str("</a>");
        rest = &tail[length..];
    }
    push(&mut html, rest);
    Html(html.into())
}

/// The length of the address at the beginning of `text`, and where it leads.
fn address_at(text: &str, url: Option<&str>) -> (usize, String) {
    if let Some(url) = url {
        // The record's address, letter for letter but for blanks within.
        let mut wanted = url.chars().peekable();
        for (at, c) in text.char_indices() {
            match wanted.peek() {
                None => return (at, url.to_string()),
                Some(&next) if next == c => {
                    wanted.next();
                }
                Some(_) if c == ' ' => {}
                Some(_) => break,
            }
        }
        if wanted.peek().is_none() {
            return (text.len(), url.to_string());
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(text.len());
    let address = text[..end].trim_end_matches(['.', ',', ';', ')', ']']);
    let target = if address.starts_with("www.") { format!("http://{address}") } else { address.to_string() };
    (address.len(), target)
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn addresses_of_finished_html_are_seen_from_another_folder() {
        let html = |text: &str| Html(text.into());
        let card = html(r#"<a class="x" href="works/a.html#b">href=&quot;c&quot;</a><img src="d.png">"#);
        let deep = r#"<a class="x" href="../../works/a.html#b">href=&quot;c&quot;</a><img src="../../d.png">"#;
        assert_eq!(card.rebased("../../"), html(deep));
        for other in ["#here", "/root", "//host/x", "https://host/x", "mailto:a@b", "data:,x", ""] {
            let link = html(&format!("<a data-href=\"y\" href=\"{other}\">z</a>"));
            assert_eq!(link.rebased("../"), link);
        }
        assert_eq!(html("<a href=\"?q=a:b\">").rebased("../"), html("<a href=\"../?q=a:b\">"));
    }
}
