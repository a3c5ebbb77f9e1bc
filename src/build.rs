//! The cold pipeline, readable at a glance; and its stages as the preview runs them again.

mod files;
mod grounds;
mod ready;
mod seen;
mod stages;
mod trials;
mod weight;

use std::{
    collections::{BTreeMap, HashSet},
    mem,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use crate::{
    archive,
    book::{self, BookFile},
    cite::{self, KeptStyles, Styles, Unused},
    diagnostic::{Checked, Diagnostic, any_error, in_order},
    entry::{self, Parsed},
    export::Export,
    fingerprint::Fingerprint,
    page::{self, Page, Reads, World},
    parallel::{self, Progress},
    publish::Store,
    render::{self, Kept, Output},
    search,
    site::{self, Indexing, Site},
    source::{self, Asset, Source, Sources},
    theme::{self, Theme, ThemeFiles},
    vocabulary::{self, Actor, Keyword, Vocabulary},
};

use files::KeptFiles;
pub use files::{ParsedFiles, parse_all};
pub use grounds::{Before, Grounds, Known, Made};
use grounds::{Shown, Unmoved};
pub use ready::{Files, Ready};
pub use seen::Trust;
pub use stages::Pipeline;
pub use trials::{StyleTrial, Whole, citation_trial, example_views, search_index, search_trial};
use weight::Weight;

/// What a run is asked for beside the files.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub base_url: Option<String>,
    /// Whether entries with `draft: true` are published.
    pub drafts: Drafts,
    pub indexing: Indexing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    #[default]
    HoldBack,
    Include,
}

/// What became of an archive, beside the outputs that were given away.
#[derive(Debug)]
pub struct Built {
    /// `false` where an error keeps the site from being published: what was given away by
    /// then is no site.
    pub sound: bool,
    /// In the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// What the next build compares with.
    pub grounds: Grounds,
    /// What was formatted for it.
    pub citations: KeptStyles,
    pub cost: Cost,
}

/// What was done rather than known, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Files parsed.
    pub parsed: usize,
    /// Pages rendered.
    pub rendered: usize,
    /// Entries whose words were looked for.
    pub indexed: usize,
    /// Files of the search index packed.
    pub packed: usize,
}

/// Takes each file of the site as it is made: in no order, from any thread. A site is much
/// larger than its archive, so that it is not held as a whole.
pub type Take<'a> = &'a (dyn Fn(Made) + Sync);

/// Told after each stage: its name, how much it made, and of what.
pub type Observe<'a> = &'a mut dyn FnMut(&'static str, usize, &'static str);

/// The archive as a file for other programs. `None` where an error keeps it from being made.
pub fn export(inputs: Inputs, export: Export) -> Checked<Option<Arc<str>>> {
    let mut told = Vec::new();
    let ready = prepare(inputs, None, &mut Cost::default(), &mut |_, _, _| {}, &mut told);
    let diagnostics = in_order(told);
    let sound = ready.filter(|_| !any_error(&diagnostics));
    Checked { value: sound.map(|ready| Arc::clone(ready.world().export(export))), diagnostics }
}

/// All that a site is made from, as it was read.
pub struct Inputs {
    settings: Option<Settings>,
    sources: Sources,
    theme: Option<ThemeFiles>,
    /// Pictures of earlier builds.
    kept: Kept,
    /// Citations of earlier builds.
    cited: Vec<Asset>,
    drafts: Drafts,
    told: Vec<Diagnostic>,
    /// As [`shared`](Self::shared), once somebody has asked.
    shared: OnceLock<Option<Fingerprint>>,
}

impl Inputs {
    /// Reads the archive below `root`. Without settings nothing else is read.
    pub fn read(root: &Path, request: &Request) -> Self {
        Self::read_by(root, request, Sources::read)
    }

    /// The same, but for files that earlier builds have read and that are as they were: each is
    /// read when it is asked for. Should one [have moved](Self::moved) by then, the build is
    /// void, and there has to be another with `trust` in nothing.
    pub fn read_again(root: &Path, request: &Request, store: &Store, trust: Trust) -> Self {
        Self::read_by(root, request, |root| seen::read(root, store, trust))
    }

    fn read_by(root: &Path, request: &Request, sources: impl FnOnce(&Path) -> Sources + Send) -> Self {
        let mut told = Vec::new();
        let Some(settings) = Settings::read(root, request).keep(&mut told) else {
            let (sources, kept, cited) = (Sources::default(), Kept::default(), Vec::new());
            let (drafts, shared) = (request.drafts, OnceLock::new());
            return Inputs { settings: None, sources, theme: None, kept, cited, drafts, told, shared };
        };
        let (sources, theme) = parallel::both(|| sources(root), || settings.theme_files(root));
        told.extend_from_slice(sources.faults());
        let theme = theme.keep(&mut told);
        // What cannot be read is drawn again: nothing is said of it.
        let kept = Kept::of(source::read_folder(root, render::PICTURES).value);
        let cited = settings.read_citations(root);
        let (drafts, shared) = (request.drafts, OnceLock::new());
        Inputs { settings: Some(settings), sources, theme: Some(theme), kept, cited, drafts, told, shared }
    }

    /// As [`Sources::moved`].
    pub fn moved(&self) -> Arc<AtomicBool> {
        self.sources.moved()
    }

    pub fn site(&self) -> Option<Arc<Site>> {
        self.settings.as_ref().map(|settings| Arc::clone(&settings.site))
    }

    /// Paths, under the site's root, of the files that are drafts and get no page.
    pub fn held_back(&self) -> HashSet<Arc<str>> {
        let Some(settings) = self.settings.as_ref().filter(|_| self.drafts == Drafts::HoldBack) else {
            return HashSet::new();
        };
        let is_draft = |source: &Arc<Source>| match entry::parse(source, &settings.site).value {
            Parsed::Entry(entry) => entry.record.own.draft,
            Parsed::Text(text) => text.record.draft,
            Parsed::Unreadable(_) | Parsed::Nothing => false,
        };
        let may_be = self.sources.texts().filter(|source| source.text.contains("draft"));
        may_be.filter(|source| is_draft(source)).map(|source| Arc::clone(&source.path)).collect()
    }

    /// Of all that the site depends on, beside the program. `None` where something could not
    /// be read.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        let whole = !any_error(&self.told);
        let (shared, sources) =
            whole.then(|| parallel::both(|| self.shared(), || self.sources.fingerprint(|_| true)))?;
        Some(Fingerprint::of(&(shared?, sources)))
    }

    /// Addresses of the files that are copied as they are.
    pub fn copied(&self) -> impl Iterator<Item = &str> {
        let of_theme = self.theme.iter().flat_map(ThemeFiles::assets);
        self.sources.assets().map(|asset| &*asset.path).chain(of_theme)
    }

    /// How many files of the content were read.
    pub fn files(&self) -> usize {
        self.sources.texts().count() + self.sources.assets().count()
    }

    /// Of what is neither an entry nor a page.
    fn shared(&self) -> Option<Fingerprint> {
        *self.shared.get_or_init(|| self.find_shared())
    }

    fn find_shared(&self) -> Option<Fingerprint> {
        let (settings, theme) = (self.settings.as_ref()?, self.theme.as_ref()?);
        // What was asked for of this build is not in the text of the settings.
        let asked = (&settings.site.base_url, settings.site.indexing, self.drafts == Drafts::Include);
        let parts = (&*settings.source.text, asked);
        let others = self.sources.fingerprint(|path| !source::is_markdown(path));
        // A draft is no record, and yet links to it are not at fault.
        let texts: Vec<&str> = self.sources.texts().map(|source| &*source.path).collect();
        let styles = settings.styles.fingerprint();
        Some(Fingerprint::of(&(parts, theme.fingerprint(), others, texts, styles)))
    }
}

/// Makes the site, and hands out its files as they come; those of the build before that
/// would be the same by their paths. Where an error stops it, files that were handed out by
/// then are no site.
pub fn build(inputs: Inputs, known: Known<'_>, take: Take<'_>, progress: &Progress, observe: Observe<'_>) -> Built {
    let mut told = Vec::new();
    let mut inputs = inputs;
    let (kept, shared) = (mem::take(&mut inputs.kept), inputs.shared().unwrap_or_default());
    let (mut grounds, mut cost) = (Grounds::default(), Cost::default());
    let mut citations = KeptStyles::default();
    if let Some(ready) = prepare(inputs, known.store, &mut cost, observe, &mut told).filter(|_| !any_error(&told)) {
        let rendering = Rendering { kept: &kept, grounds: Grounds::of(&ready, shared), known };
        let styles = Arc::clone(&ready.styles);
        // Pages that stand as they are ask for none of their citations.
        let unused = if rendering.may_spare_pages() { Unused::Keep } else { Unused::Drop };
        let weight = Weight::default();
        let weigh = |made: Made| {
            weight.add(made.path(), made.bytes());
            take(made);
        };
        let own: HashSet<Arc<str>> = ready.assets.iter().map(|asset| Arc::clone(&asset.path)).collect();
        grounds = make(ready, rendering, &weigh, progress, &mut cost, observe, &mut told);
        citations = styles.kept(unused);
        told.extend(weight.faults(|path| own.contains(path)));
    }
    let diagnostics = in_order(told);
    Built { sound: !any_error(&diagnostics), diagnostics, grounds, citations, cost }
}

/// The archive as a book, by the paths of its files; `None` where it has errors.
///
/// # Errors
/// Those of a build.
pub fn book(inputs: Inputs) -> Checked<Option<Vec<BookFile>>> {
    let mut told = Vec::new();
    let mut inputs = inputs;
    let kept = mem::take(&mut inputs.kept);
    let ready = prepare(inputs, None, &mut Cost::default(), &mut |_, _, _| {}, &mut told);
    let files = ready.filter(|_| !any_error(&told)).and_then(|ready| {
        let files = book::bind(&ready.world(), &ready.theme, &ready.assets, &kept).keep(&mut told);
        told.extend(ready.card_faults());
        files
    });
    let diagnostics = in_order(told);
    Checked { value: files.filter(|_| !any_error(&diagnostics)), diagnostics }
}

/// Everything before pages are rendered. `None` where there are no settings or no theme.
fn prepare(
    inputs: Inputs,
    store: Option<&Store>,
    cost: &mut Cost,
    observe: Observe<'_>,
    told: &mut Vec<Diagnostic>,
) -> Option<Ready> {
    let Inputs { settings, sources, theme, drafts, cited, told: faults, .. } = inputs;
    told.extend(faults);
    let settings = settings?;
    settings.styles.remember(&cited);
    drop(cited);
    observe("read", sources.texts().count() + sources.assets().count(), "files");
    let theme_files = theme?;
    let ((parsed, count, standing), theme) = parallel::both(
        || {
            if let Some(kept) = store.and_then(|store| KeptFiles::of(&settings.source, store)) {
                return kept.parse(&sources, &settings.site);
            }
            let parsed = parse_all(&sources, &settings.site);
            let count = parsed.len();
            (parsed, count, None)
        },
        || settings.compile(theme_files),
    );
    let theme = theme.keep(told);
    cost.parsed = count;
    told.extend(parsed.values().flat_map(|file| file.diagnostics.iter().cloned()));
    let vocabularies = Vocabularies::parse(&sources).keep(told);
    observe("parse", parsed.values().filter(|file| matches!(file.value, Parsed::Entry(_))).count(), "entries");
    let theme = theme?;
    let files = Files { parsed: &parsed, vocabularies: &vocabularies, assets: sources.assets().cloned().collect() };
    let link = || Ready::link(&settings.site, &theme, files, drafts, None, observe).with_styles(&settings.styles);
    let keep = || standing.iter().for_each(|standing| standing.keep(&parsed, &sources));
    let (ready, _) = parallel::beside(link, keep);
    told.extend(ready.faults());
    Some(ready)
}

/// What rendering may spare itself.
struct Rendering<'a> {
    kept: &'a Kept,
    grounds: Grounds,
    known: Known<'a>,
}

impl Rendering<'_> {
    fn may_spare_pages(&self) -> bool {
        self.known.before.as_ref().is_some_and(|before| self.grounds.shares(before))
    }
}

fn make(
    mut ready: Ready,
    rendering: Rendering<'_>,
    take: Take<'_>,
    progress: &Progress,
    cost: &mut Cost,
    observe: Observe<'_>,
    told: &mut Vec<Diagnostic>,
) -> Grounds {
    let rendered = AtomicUsize::new(0);
    let take_page = |made: Made| {
        rendered.fetch_add(usize::from(matches!(made, Made::New(_))), Relaxed);
        take(made);
    };
    let render = |ready: &Ready| render_pages(ready, &rendering, progress, &take_page);
    let search = |ready: &Ready| search::files(&ready.world(), &spared(&rendering.grounds, rendering.known));
    let count = ready.linked.pages.len();
    let (shown, index) = if rendering.may_spare_pages() {
        // Either leaves a thread without work now and then.
        let (shown, index) = parallel::both(|| render(&ready), || search(&ready));
        told.extend(ready.card_faults());
        observe("render", count, "pages");
        (shown, index)
    } else {
        let shown = render(&ready);
        told.extend(ready.card_faults());
        observe("render", count, "pages");
        // No result shows a card, and with the index the cards would be at the memory's peak.
        let theme = Arc::clone(&ready.theme);
        ready = ready.with_theme(&theme);
        (shown, search(&ready))
    };
    let shown = shown.keep(told);
    cost.rendered = rendered.into_inner();
    let Rendering { grounds, .. } = rendering;
    (cost.indexed, cost.packed) = (index.indexed, index.packed);
    observe("index", index.files.len(), "files");
    parallel::each(index.files, |file| {
        take(match file {
            search::File::New(output) => Made::New(output),
            search::File::Same(path, bytes) => Made::Same(path, bytes),
        });
    });
    let copied: Vec<Arc<Asset>> = ready.assets.iter().chain(&ready.theme.assets).cloned().collect();
    parallel::each(copied, |asset| {
        take(Made::New(Output { path: asset.path.to_string(), bytes: asset.bytes.clone(), kept_as: None }));
    });
    parallel::leave(ready);
    Grounds { search: index.layout, ..grounds.with_shown(shown) }
}

/// What making the search index may spare itself.
fn spared<'a>(grounds: &'a Grounds, Known { before, store }: Known<'a>) -> search::Spared<'a> {
    search::Spared {
        shared: grounds.shared,
        bodies: &grounds.bodies,
        store,
        before: before.and_then(|before| {
            Some(search::Before {
                layout: before.grounds.search.as_ref()?,
                bodies: &before.grounds.bodies,
                moved: grounds.moved(before.grounds),
                stands: before.stands,
                file: before.file,
            })
        }),
    }
}

fn render_pages(ready: &Ready, rendering: &Rendering<'_>, progress: &Progress, take: Take<'_>) -> Checked<Vec<Shown>> {
    let Rendering { kept, grounds, known } = rendering;
    let pages = &ready.linked.pages;
    progress.expect(pages.len());
    let unmoved = |page: &Page| grounds.unmoved(page.permalink.as_str(), known.before.as_ref()?);
    let pages: Vec<&Page> = pages.iter().collect();
    let unmoved: Vec<Option<Unmoved<'_>>> = parallel::map(&pages, |page| unmoved(page));
    let pages: Vec<(&Page, Option<Unmoved<'_>>)> = pages.into_iter().zip(unmoved).collect();
    let before = known.before.as_ref().filter(|_| rendering.may_spare_pages());
    if let Some(before) = before {
        // A volume of the print edition shows hundreds of bodies, which one thread would make.
        let moved = pages.iter().filter(|(_, unmoved)| unmoved.is_none());
        ready.make_bodies(moved.flat_map(|(page, _)| grounds.wanted_at(page.permalink.as_str(), before)));
    }
    let rendered: Checked<Vec<Option<Shown>>> = parallel::map(&pages, |(page, unmoved)| {
        progress.step();
        let path = page.permalink.as_str();
        if let Some((bodies, bytes)) = *unmoved {
            take(Made::Same(path.to_string(), bytes));
            let printed = before.and_then(|before| before.grounds.printed.get(path).cloned());
            return Checked::sound(Some(Shown { path: path.to_string(), bodies: bodies.to_vec(), printed }));
        }
        let reads = Reads::default();
        let volume = before.and_then(|before| grounds.standing_volume(path, before));
        let standing = volume.as_ref().map(grounds::Standing::volume);
        let world = World { reads: Some(&reads), standing: standing.as_ref(), ..ready.world() };
        let view = page::view(&world, page);
        let Checked { value: output, diagnostics } = render::render_view(&view, page, &ready.site, &ready.theme, kept);
        let printed = output.as_ref().and_then(|output| grounds::printed(&view, output));
        // A picture that is not drawn is not kept for the build after this one.
        let plain = output.as_ref().is_some_and(|output| output.kept_as.is_none());
        output.map(Made::New).into_iter().for_each(take);
        let shown = || Shown {
            path: path.to_string(),
            bodies: reads.into_origins().into_iter().map(|origin| grounds::index(origin, ready)).collect(),
            printed,
        };
        Checked { value: plain.then(shown), diagnostics }
    });
    Checked { value: rendered.value.into_iter().flatten().collect(), diagnostics: rendered.diagnostics }
}

/// `site.toml` as it was read.
pub struct Settings {
    pub site: Arc<Site>,
    pub source: Source,
    pub styles: Arc<Styles>,
}

impl Settings {
    /// # Errors
    /// `missing-settings`, `unreadable-file`, `outside-root`, and those of [`Site::parse`] and
    /// [`Styles::of`].
    pub fn read(root: &Path, request: &Request) -> Checked<Option<Settings>> {
        let mut told = Vec::new();
        let source = match source::read_text(root, "site.toml") {
            Ok(Some(source)) => source,
            Ok(None) => return Checked { value: None, diagnostics: vec![site::missing_settings()] },
            Err(fault) => return Checked { value: None, diagnostics: vec![*fault] },
        };
        let Some(site) = Site::parse(&source).keep(&mut told) else {
            return Checked { value: None, diagnostics: told };
        };
        let site = match &request.base_url {
            // The address was checked where it was given.
            Some(url) => site.clone().with_base_url(url).unwrap_or(site),
            None => site,
        };
        let site = Site { indexing: request.indexing, ..site };
        let styles = Arc::new(styles(root, &site, &source).keep(&mut told));
        Checked { value: Some(Settings { site: Arc::new(site), source, styles }), diagnostics: told }
    }

    /// What earlier builds kept of formatted citations.
    pub fn read_citations(&self, root: &Path) -> Vec<Asset> {
        // What cannot be read is formatted again: nothing is said of it.
        if self.styles.is_empty() { Vec::new() } else { source::read_folder(root, cite::FOLDER).value }
    }

    /// # Errors
    /// `unknown-theme`, `unknown-template`, `unreadable-file`, `template-fault`.
    pub fn theme(&self, root: &Path) -> Checked<Option<Arc<Theme>>> {
        let mut told = Vec::new();
        let files = self.theme_files(root).keep(&mut told);
        let theme = self.compile(files).keep(&mut told);
        Checked { value: theme, diagnostics: told }
    }

    fn theme_files(&self, root: &Path) -> Checked<ThemeFiles> {
        theme::read(root, &self.site.theme, &site::place_of(&self.source, "theme"))
    }

    fn compile(&self, files: ThemeFiles) -> Checked<Option<Arc<Theme>>> {
        let mut told = Vec::new();
        let theme = Theme::compile(files, &page::site_view(&self.site)).keep(&mut told);
        Checked { value: theme.map(Arc::new), diagnostics: told }
    }
}

fn styles(root: &Path, site: &Site, settings: &Source) -> Checked<Styles> {
    let mut told = Vec::new();
    let place = |index| site::place_of_item(settings, &["citations", "styles"], index);
    let mut files = BTreeMap::new();
    for (index, name) in site.citations.styles.iter().enumerate().filter(|(_, name)| cite::is_file(name)) {
        match source::read_named(root, name) {
            Ok(Some(source)) => {
                files.insert(name.clone(), source);
            }
            Ok(None) => told.push(
                Diagnostic::error("unknown-style", place(index), format!("there is no file `{name}`"))
                    .help("a style's file is named by its path below the folder of `site.toml`".to_string()),
            ),
            Err(fault) => told.push(Diagnostic { place: place(index), ..*fault }),
        }
    }
    let styles = Styles::of(&site.citations.styles, &files, place, &site.language).keep(&mut told);
    Checked { value: styles, diagnostics: told }
}

/// `keywords.yaml` and `actors.yaml`.
#[derive(Default)]
pub struct Vocabularies {
    keywords: Vocabulary<Keyword>,
    actors: Vocabulary<Actor>,
}

impl Vocabularies {
    /// # Errors
    /// Those of [`vocabulary::parse`].
    pub fn parse(sources: &Sources) -> Checked<Vocabularies> {
        let mut told = Vec::new();
        let keywords = vocabulary::parse(sources.keywords()).keep(&mut told);
        let actors = vocabulary::parse(sources.actors()).keep(&mut told);
        Checked { value: Vocabularies { keywords, actors }, diagnostics: told }
    }
}
