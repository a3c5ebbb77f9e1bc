//! The archive as a book: an EPUB 3 publication (W3C, "EPUB 3.3").
//!
//! In: the pages of the site as a theme shows them, each as one file of the book with what a book
//! has no use for left out. Out: the files of the book by their paths. Absent on purpose: what a
//! page shows, ZIP (`release` makes one of them) and the disk.

mod contents;
mod package;
mod pictures;
mod xhtml;

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Checked, Diagnostic},
    entry::links::join,
    page::{self, Margin, Subject, View, World},
    parallel,
    render::{self, Kept},
    source::Asset,
    theme::Theme,
};
use contents::{Contents, Kind, Node};
use package::{Chapter, Package, Resource};
use pictures::Pictures;
use std::sync::Arc;

/// A file of the book.
pub struct BookFile {
    /// Below the book's root, with `/` between its parts.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// The folder of the publication, and of its pages: those of the site lie below the latter where
/// they lie on the site, so that no page of an author's can take the place of another file.
const FOLDER: &str = "EPUB";
const PAGES: &str = "pages";

/// A page as it was read, before it is known where its links lead.
struct Drafted<'a> {
    node: &'a Node<'a>,
    chapter: xhtml::Chapter,
    title: String,
    head_title: String,
    lang: Option<String>,
}

/// `assets` are the files of the content that are no texts, `kept` pictures of earlier builds.
///
/// # Errors
/// `template-fault`.
pub fn bind(world: &World<'_>, theme: &Theme, assets: &[Arc<Asset>], kept: &Kept) -> Checked<Option<Vec<BookFile>>> {
    let styles = world.styles.default_alone();
    let world = &World { margin: Margin::Absent, styles: &styles, ..*world };
    let mut told = Vec::new();
    let contents = Contents::of(world);
    let nodes: Vec<&Node<'_>> = contents.in_order();
    let drafted: Vec<Result<Drafted<'_>, Box<Diagnostic>>> = parallel::map(&nodes, |node| draft(world, theme, node));
    let drafted: Vec<Drafted<'_>> =
        drafted.into_iter().filter_map(|page| page.map_err(|fault| told.push(*fault)).ok()).collect();
    let title_page = title_page(world, theme).map_err(|fault| told.push(*fault)).ok();
    let cover = cover(world, theme, kept).map_err(|fault| told.push(*fault)).ok().flatten();
    let Some(title_page) = title_page.filter(|_| told.is_empty()) else {
        return Checked { value: None, diagnostics: told };
    };
    let pictures = Pictures::of(drafted.iter().map(|page| (page.node.address(), &page.chapter)), assets);
    let links = Links { world, contents: &contents, pages: by_address(&drafted) };
    let sheets: Vec<&str> = theme.book.iter().map(|file| &*file.path).filter(|path| path.ends_with(".css")).collect();
    let language = world.site.language.as_str();
    let mut files = vec![
        BookFile { path: "mimetype".into(), bytes: b"application/epub+zip".to_vec() },
        BookFile { path: "META-INF/container.xml".into(), bytes: package::container() },
    ];
    let mut chapters = vec![Chapter {
        path: "title.xhtml".to_string(),
        title: world.site.title.clone(),
        lang: None,
        depth: 0,
        kind: Kind::Title,
        svg: false,
    }];
    let head = xhtml::Head { title: &world.site.title, language, root: "", styles: &sheets, kind: Kind::Title };
    files.push(within(&chapters[0].path, xhtml::write(&title_page, &head, &|href| links.outside(href), &|_| None)));
    let written: Vec<Vec<u8>> = parallel::map(&drafted, |page| {
        let root = format!("../{}", page.node.page.permalink.root());
        let head =
            xhtml::Head { title: &page.head_title, language, root: &root, styles: &sheets, kind: page.node.kind };
        let link = |href: &str| links.lead(page, href);
        let picture = |src: &str| pictures.address(page.node.address(), src).map(|path| format!("{root}{path}"));
        xhtml::write(&page.chapter, &head, &link, &picture)
    });
    for (page, bytes) in drafted.iter().zip(written) {
        let path = in_book(page.node.address());
        files.push(within(&path, bytes));
        chapters.push(Chapter {
            path,
            title: page.title.clone(),
            lang: page.lang.clone(),
            depth: page.node.depth,
            kind: page.node.kind,
            svg: page.chapter.svg,
        });
    }
    let mut resources = Vec::new();
    let of_theme = theme.book.iter().map(|file| (file.path.to_string(), file.bytes.clone()));
    let colors = ("tracks.css".to_string(), track_colors(world));
    for (path, bytes) in of_theme.chain([colors]).chain(pictures.into_files()) {
        if let Some(resource) = Resource::of(&path) {
            resources.push(resource);
            files.push(within(&path, bytes));
        }
    }
    if let Some(png) = cover {
        resources.push(Resource { path: COVER.to_string(), media_type: "image/png", cover: true });
        files.push(within(COVER, png));
    }
    let package =
        Package { site: world.site, modified: page::edition(world), chapters: &chapters, resources: &resources };
    files.push(within("nav.xhtml", package.navigation(&sheets)));
    files.push(within("package.opf", package.document()));
    Checked { value: Some(files), diagnostics: told }
}

const COVER: &str = "cover.png";

fn within(path: &str, bytes: Vec<u8>) -> BookFile {
    BookFile { path: format!("{FOLDER}/{path}"), bytes }
}

/// Where the book has a page of the site: `pages/references/krasner.xhtml`.
fn in_book(address: &str) -> String {
    format!("{PAGES}/{}", named(address))
}

/// Below the folder of pages.
fn named(address: &str) -> String {
    format!("{}.xhtml", address.strip_suffix(".html").unwrap_or(address))
}

fn draft<'a>(world: &World<'_>, theme: &Theme, node: &'a Node<'a>) -> Result<Drafted<'a>, Box<Diagnostic>> {
    let view = page::view(world, node.page);
    let address = node.address();
    let html = match view.template() {
        Some(template) => theme.page_of_book(template, &view, address)?,
        None => String::new(),
    };
    let frame = view.frame();
    let mut title = frame.map_or_else(String::new, |frame| frame.title.clone());
    match (&view, node.page.subject) {
        (View::Entry(entry), _) => title = format!("{}. {title}", entry.label),
        (_, Subject::Home) => title = "Introduction".to_string(),
        _ => {}
    }
    if let Some(part) = node.page.piece.as_ref().and_then(page::Piece::part) {
        title = format!("{title}, {}", part.label);
    }
    Ok(Drafted {
        node,
        chapter: xhtml::read(&html),
        title,
        head_title: frame.map_or_else(|| world.site.title.clone(), |frame| frame.head_title.clone()),
        lang: frame.and_then(|frame| frame.title_lang.clone()),
    })
}

fn title_page(world: &World<'_>, theme: &Theme) -> Result<xhtml::Chapter, Box<Diagnostic>> {
    let view = View::Book(Box::new(page::book_view(world)));
    let html = theme.page_of_book(view.template().unwrap_or_default(), &view, "title.xhtml")?;
    Ok(xhtml::read(&html))
}

/// PNG; `None` where no face has the title's characters, as in a program without pictures.
fn cover(world: &World<'_>, theme: &Theme, kept: &Kept) -> Result<Option<Vec<u8>>, Box<Diagnostic>> {
    let Some(cover) = page::cover_view(world) else { return Ok(None) };
    let size = (cover.width, cover.height);
    let view = View::Cover(Box::new(cover));
    let template = view.template().unwrap_or_default();
    Ok(Some(render::draw(template, &view, size, COVER, theme, kept)?.png))
}

/// The tracks' colours, for glyphs: they stand beside the words.
fn track_colors(world: &World<'_>) -> Vec<u8> {
    let rules = |color: &dyn Fn(&crate::site::Track) -> String| -> String {
        let rule = |track: &crate::site::Track| {
            let id = &track.id;
            format!(".track-{id} .glyph, .badge.track-{id} > span {{ color: {} }}\n", color(track))
        };
        world.site.tracks.iter().map(rule).collect()
    };
    let light = rules(&|track| track.color.light.clone());
    let dark = rules(&|track| track.color.dark.clone());
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n").into_bytes()
}

fn by_address<'a>(drafted: &'a [Drafted<'a>]) -> BTreeMap<&'a str, &'a Drafted<'a>> {
    drafted.iter().map(|page| (page.node.address(), page)).collect()
}

/// Where links of pages lead in the book.
struct Links<'a> {
    world: &'a World<'a>,
    contents: &'a Contents<'a>,
    pages: BTreeMap<&'a str, &'a Drafted<'a>>,
}

impl Links<'_> {
    /// A link of a page as the book has it; `None` where it leads nowhere.
    fn lead(&self, from: &Drafted<'_>, href: &str) -> Option<String> {
        if let Some(id) = href.strip_prefix('#') {
            return from.chapter.ids.contains(id).then(|| href.to_string());
        }
        if xhtml::has_scheme(href) {
            return xhtml::outside(href);
        }
        let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let folder = from.node.address().rsplit_once('/').map_or("", |(folder, _)| folder);
        let address = join(folder, path);
        let goal = self.contents.instead.get(&address).map_or(address.as_str(), |page| page.as_str());
        if let Some(page) = self.pages.get(goal).filter(|_| query.is_empty()) {
            let path = format!("{}{}", from.node.page.permalink.root(), named(goal));
            let fragment = if page.chapter.ids.contains(fragment) { format!("#{fragment}") } else { String::new() };
            return Some(path + &fragment);
        }
        // What is not in the book is on the site.
        let site = self.world.site.base_url.as_deref()?;
        let rest = &href[path.len()..];
        xhtml::outside(&format!("{site}{address}{rest}"))
    }

    /// A link of the title page.
    fn outside(&self, href: &str) -> Option<String> {
        if xhtml::has_scheme(href) {
            return xhtml::outside(href);
        }
        let site = self.world.site.base_url.as_deref()?;
        xhtml::outside(&format!("{site}{href}"))
    }
}
