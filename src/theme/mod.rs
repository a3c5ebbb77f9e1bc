//! The look of a site: templates, and files that are copied as they are.
//!
//! In: the default theme, which is part of the program, the folder
//! `themes/default/` where there is one, and that of the theme that `site.toml`
//! names. Out: [`Theme`], every template compiled. A theme overrides single files of
//! the default one. Absent on purpose: any entry's data.

mod faults;
mod frame;
mod variables;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use include_dir::{Dir, include_dir};
use serde::{Serialize, Serializer};
use tera::{Context, Tera, Value};

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    fingerprint::Fingerprint,
    page::{CardMaker, CardView, Html, Markup, PreviewView, SiteView, View},
    site::Slug,
    source::{self, Asset, Source},
};
use frame::Frames;
use variables::variables;

static DEFAULT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// Templates and files, ready for use.
pub struct Theme {
    tera: Tera,
    /// Each template's text, for faults.
    sources: BTreeMap<String, Source>,
    frames: Frames,
    /// For each template the bytes of what it made last: the next is about as long.
    lengths: HashMap<String, AtomicUsize>,
    fingerprint: Fingerprint,
    /// What is copied, by its address below `static/`.
    pub assets: Vec<Arc<Asset>>,
    /// The styles of a book and what they need, by their paths below `book/`.
    pub book: Vec<Asset>,
}

/// The files of a theme as they are read.
#[derive(Debug, Default)]
pub struct ThemeFiles {
    /// By name: `entry.html`.
    templates: BTreeMap<String, Source>,
    assets: BTreeMap<String, Bytes>,
    /// By path below `book/`. The site does not depend on them.
    book: BTreeMap<String, Bytes>,
}

/// Those of the default theme stay where they are in the program.
type Bytes = Cow<'static, [u8]>;

/// Reads the theme `name` over the default one. `named_at` is where it is named.
///
/// # Errors
/// `unknown-theme`, `unknown-template`, `unreadable-file`.
pub fn read(root: &Path, name: &Slug, named_at: &Place) -> Checked<ThemeFiles> {
    let mut told = Vec::new();
    let mut files = ThemeFiles::default();
    for (path, bytes) in source::embedded(&DEFAULT) {
        files.add("themes/default", &path, bytes.into());
    }
    let known: Vec<String> = files.templates.keys().cloned().collect();
    let own = format!("themes/{name}");
    if name.as_str() != "default" && !root.join(&own).is_dir() {
        told.push(
            Diagnostic::error("unknown-theme", named_at.clone(), format!("there is no theme `{name}`"))
                .help(format!("make the folder `{own}`, or take `theme` out of site.toml")),
        );
    }
    let folders = if name.as_str() == "default" { vec![own] } else { vec!["themes/default".to_string(), own] };
    for folder in folders {
        for asset in source::read_folder(root, &folder).keep(&mut told) {
            if let Some(template) = asset.path.strip_prefix("templates/")
                && !known.iter().any(|known| known == template)
                && folder != "themes/default"
                && !["parts/", frame::FOLDER].iter().any(|folder| template.starts_with(folder))
            {
                let known = faults::known(template, &known, "a theme has");
                let help = format!("{known}; further parts belong into `templates/parts/`");
                told.push(
                    Diagnostic::error(
                        "unknown-template",
                        Place::file(format!("{folder}/{}", asset.path)),
                        format!("no page is made with a template `{template}`"),
                    )
                    .help(help),
                );
            }
            files.add(&folder, &asset.path, asset.bytes.into());
        }
    }
    Checked { value: files, diagnostics: told }
}

impl ThemeFiles {
    /// Addresses of the files that are published.
    pub fn assets(&self) -> impl Iterator<Item = &str> {
        self.assets.keys().map(String::as_str)
    }

    /// Of all files that the site is made with, by name.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&(texts_of(&self.templates), &self.assets))
    }

    fn add(&mut self, folder: &str, path: &str, bytes: Bytes) {
        if let Some(name) = path.strip_prefix("templates/") {
            let source = Source::new(format!("{folder}/{path}"), bytes.into_owned());
            self.templates.insert(name.to_string(), source);
        } else if path.starts_with("static/") {
            self.assets.insert(path.to_string(), bytes);
        } else if let Some(path) = path.strip_prefix("book/") {
            self.book.insert(path.to_string(), bytes);
        }
    }
}

/// The files that are published. Those of a folder whose name ends in `.js` or `.css` are one
/// file of that name, in the order of their own: a browser waits for one answer instead of many.
fn joined(files: BTreeMap<String, Bytes>) -> Vec<Arc<Asset>> {
    let mut whole: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (path, bytes) in files {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let folder = folders.into_iter().find(|folder| folder.ends_with(".js") || folder.ends_with(".css"));
        whole.entry(folder.unwrap_or(&path).to_string()).or_default().extend_from_slice(&bytes);
    }
    whole.into_iter().map(|(path, bytes)| Arc::new(Asset { path: path.into(), bytes })).collect()
}

impl Theme {
    /// Compiles every template. `site` is what they all see under that name.
    ///
    /// # Errors
    /// `template-fault`, `unknown-block`, `unknown-template`.
    pub fn compile(files: ThemeFiles, site: &SiteView) -> Checked<Option<Theme>> {
        let mut tera = Tera::default();
        tera.autoescape_on([".html", ".svg"]);
        tera.global_context().insert("site", site);
        if let Err(fault) = tera.add_raw_templates(texts_of(&files.templates)) {
            return Checked { value: None, diagnostics: faults::of_all(&fault, &files.templates) };
        }
        let frames = match Frames::render(&tera, site) {
            Ok(frames) => frames,
            Err(fault) => {
                return Checked { value: None, diagnostics: vec![faults::of_one(&fault, &files.templates, None)] };
            }
        };
        let lengths = files.templates.keys().map(|name| (name.clone(), AtomicUsize::new(0))).collect();
        let assets = joined(files.assets);
        let fingerprint = Fingerprint::of(&(site, texts_of(&files.templates)));
        let book = files
            .book
            .into_iter()
            .map(|(path, bytes)| Asset { path: path.into(), bytes: bytes.into_owned() })
            .collect();
        Checked::sound(Some(Theme { tera, sources: files.templates, frames, lengths, fingerprint, assets, book }))
    }

    /// Of all templates, and of what they all see.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether one of its files has a path, below the site's root.
    pub fn has(&self, path: &str) -> bool {
        let of_theme = path.strip_prefix("themes/").and_then(|path| path.split_once('/'));
        of_theme.is_some_and(|(_, path)| match path.strip_prefix("templates/") {
            Some(template) => self.sources.contains_key(template),
            // A part of a joined file stands below that file's name.
            None => self.assets.iter().any(|asset| Path::new(path).starts_with(&*asset.path)),
        })
    }

    /// Whether everything looks the same in both.
    pub fn is_same(&self, other: &Theme) -> bool {
        self.fingerprint == other.fingerprint && self.assets == other.assets
    }

    /// # Errors
    /// `template-fault`.
    pub fn preview(&self, preview: &PreviewView) -> Result<String, Box<Diagnostic>> {
        let mut context = Context::new();
        context.insert("preview", preview);
        self.render("preview.html", &context, &preview.target.href)
    }

    /// `permalink` is the page that is made, for what is said of a fault.
    ///
    /// # Errors
    /// `template-fault`.
    pub fn page(&self, template: &str, view: &View, permalink: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        let length = self.lengths.get(template);
        // An eighth more is room for most of those that follow.
        let mut html = Vec::with_capacity(length.map_or(0, |length| length.load(Relaxed) * 9 / 8));
        let context = self.variables(view, permalink)?;
        self.tera.render_to(template, &context, &mut html).map_err(|fault| self.told(&fault, permalink))?;
        length.inspect(|length| length.store(html.len(), Relaxed));
        Ok(html)
    }

    /// The same as text.
    ///
    /// # Errors
    /// `template-fault`.
    pub fn text(&self, template: &str, view: &View, permalink: &str) -> Result<String, Box<Diagnostic>> {
        self.render(template, &self.variables(view, permalink)?, permalink)
    }

    /// The same where a book is made, which templates know by the variable `book`.
    ///
    /// # Errors
    /// `template-fault`.
    pub fn page_of_book(&self, template: &str, view: &View, permalink: &str) -> Result<String, Box<Diagnostic>> {
        let mut context = self.variables(view, permalink)?;
        context.insert("book", &true);
        self.render(template, &context, permalink)
    }

    /// A fault of what a template made: it is sound as a template.
    pub fn fault(&self, template: &str, message: &str, permalink: &str) -> Box<Diagnostic> {
        let place = self.sources.get(template).map_or_else(|| Place::file("themes"), |source| source.place(0..0));
        let help = format!("this was found while `{permalink}` was made");
        Box::new(Diagnostic::error("template-fault", place, faults::lowercase_first(message)).help(help))
    }

    /// What a template sees of a view.
    fn variables(&self, view: &View, permalink: &str) -> Result<Context, Box<Diagnostic>> {
        let mut context = variables(view).map_err(|fault| self.told(&fault, permalink))?;
        if let Some(frame) = view.frame() {
            context.insert_value("frame", self.frames.of(&frame.permalink));
        }
        Ok(context)
    }

    fn render(&self, template: &str, context: &Context, permalink: &str) -> Result<String, Box<Diagnostic>> {
        self.tera.render(template, context).map_err(|fault| self.told(&fault, permalink))
    }

    fn told(&self, fault: &tera::Error, permalink: &str) -> Box<Diagnostic> {
        Box::new(faults::of_one(fault, &self.sources, Some(permalink)))
    }
}

/// Each template's name and text.
fn texts_of(templates: &BTreeMap<String, Source>) -> Vec<(&str, &str)> {
    templates.iter().map(|(name, source)| (name.as_str(), &*source.text)).collect()
}

/// Finished HTML as templates take it. A page that shows it does not copy it first: cards
/// stand on twenty pages each.
#[derive(Clone, Debug)]
pub struct SharedHtml(Value);

impl SharedHtml {
    pub fn new(html: &str) -> Self {
        SharedHtml(Value::safe_string(html))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str().unwrap_or_default()
    }
}

/// Templates write it as it is: there is nothing to escape.
impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Markup::Own(html) => Value::safe_string(html).serialize(serializer),
            Markup::Shared(SharedHtml(html)) => html.serialize(serializer),
        }
    }
}

impl CardMaker for Theme {
    fn card(&self, card: &CardView) -> Result<Html, Box<Diagnostic>> {
        let mut context = Context::new();
        context.insert("card", card);
        self.render("card.html", &context, &card.href).map(|html| Html(Markup::Shared(SharedHtml::new(html.trim()))))
    }
}
