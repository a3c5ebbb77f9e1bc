//! The cold pipeline, readable at a glance; and its stages as the preview runs them again.

mod files;
mod grounds;
mod stages;
mod weight;

use std::{
    collections::{BTreeMap, HashSet},
    mem,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use crate::{
    archive::{self, Archive, EntryId, Locus, Material, Origin, TextId},
    book::{self, BookFile},
    cite::{self, KeptStyles, Styles, Unused},
    diagnostic::{Checked, Diagnostic, Place, any_error, in_order},
    entry::{self, Entry, Parsed, Places, Record, Text},
    export::{Export, Exports},
    fingerprint::Fingerprint,
    page::{self, Cards, Margin, Page, PreviewFiles, Reads, Subject, View, World},
    parallel::{self, Progress},
    publish::Store,
    render::{self, Kept, Output},
    search,
    site::{self, Indexing, Site, Slug},
    source::{self, Asset, Source, Sources},
    theme::{self, Theme, ThemeFiles},
    vocabulary::{self, Actor, Keyword, Vocabulary},
};

pub use files::{ParsedFiles, parse_all};
pub use grounds::{Before, Grounds, Known, Made};
pub use stages::Pipeline;
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

/// The search index of the archive below `root`, for tests that read it as a browser
/// does. `None` where an error keeps the site from being made.
pub fn search_trial(root: &Path) -> Option<search::Trial> {
    ready(root).map(|ready| search::trial(&ready.world()))
}

/// The files of the search index alone, for its benchmark: `begins` is called where their
/// making does. `None` where an error keeps the site from being made.
pub fn search_index(root: &Path, begins: impl FnOnce()) -> Option<Vec<Output>> {
    let ready = ready(root)?;
    begins();
    let files = search::files(&ready.world(), &search::Spared::default()).files;
    Some(files.into_iter().filter_map(search::File::into_output).collect())
}

/// A site in memory, for tests that build thousands of small archives.
#[derive(Debug)]
pub struct Whole {
    /// By path; `None` where an error keeps the site from being made.
    pub outputs: Option<Vec<Output>>,
    /// In the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Whole {
    /// The site of the archive below `root`.
    pub fn of(root: &Path, request: &Request) -> Self {
        let outputs: Mutex<Vec<Output>> = Mutex::default();
        let take = |made| {
            if let Made::New(output) = made {
                outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output);
            }
        };
        let inputs = Inputs::read(root, request);
        let Built { sound, diagnostics, .. } =
            build(inputs, Known::default(), &take, &Progress::default(), &mut |_, _, _| {});
        let mut outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        outputs.sort_by(|one, other| one.path.cmp(&other.path));
        Whole { outputs: sound.then_some(outputs), diagnostics }
    }
}

/// The archive as a file for other programs. `None` where an error keeps it from being made.
pub fn export(inputs: Inputs, export: Export) -> Checked<Option<Arc<str>>> {
    let mut told = Vec::new();
    let ready = prepare(inputs, None, &mut Cost::default(), &mut |_, _, _| {}, &mut told);
    let diagnostics = in_order(told);
    let sound = ready.filter(|_| !any_error(&diagnostics));
    Checked { value: sound.map(|ready| Arc::clone(ready.world().export(export))), diagnostics }
}

/// The archive below `root` before pages are rendered; `None` where it has errors.
fn ready(root: &Path) -> Option<Ready> {
    let mut told = Vec::new();
    let inputs = Inputs::read(root, &Request::default());
    let ready = prepare(inputs, None, &mut Cost::default(), &mut |_, _, _| {}, &mut told);
    ready.filter(|_| !any_error(&told))
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
}

impl Inputs {
    /// Reads the archive below `root`. Without settings nothing else is read.
    pub fn read(root: &Path, request: &Request) -> Self {
        let mut told = Vec::new();
        let Some(settings) = Settings::read(root, request).keep(&mut told) else {
            let (sources, kept, cited) = (Sources::default(), Kept::default(), Vec::new());
            return Inputs { settings: None, sources, theme: None, kept, cited, drafts: request.drafts, told };
        };
        let (sources, theme) = parallel::both(|| Sources::read(root), || settings.theme_files(root));
        told.extend_from_slice(sources.faults());
        let theme = theme.keep(&mut told);
        // What cannot be read is drawn again: nothing is said of it.
        let kept = Kept::of(source::read_folder(root, render::PICTURES).value);
        let cited = settings.read_citations(root);
        Inputs { settings: Some(settings), sources, theme: Some(theme), kept, cited, drafts: request.drafts, told }
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
        whole.then_some(Fingerprint::of(&(self.shared()?, self.sources.fingerprint(|_| true))))
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
        let (settings, theme) = (self.settings.as_ref()?, self.theme.as_ref()?);
        // What was asked for of this build is not in the text of the settings.
        let asked = (&settings.site.base_url, settings.site.indexing, self.drafts == Drafts::Include);
        let parts = (&settings.source.text, asked);
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
    let theme = settings.compile(theme?).keep(told);
    observe("read", sources.texts().count() + sources.assets().count(), "files");
    let parsed = match store {
        Some(store) => {
            let (parsed, count) = files::parse_unknown(&sources, &settings.site, &settings.source, store);
            cost.parsed = count;
            parsed
        }
        None => parse_all(&sources, &settings.site),
    };
    told.extend(parsed.values().flat_map(|file| file.diagnostics.iter().cloned()));
    let vocabularies = Vocabularies::parse(&sources).keep(told);
    observe("parse", parsed.values().filter(|file| matches!(file.value, Parsed::Entry(_))).count(), "entries");
    let files = Files { parsed: &parsed, vocabularies: &vocabularies, assets: sources.assets().cloned().collect() };
    let ready = Ready::link(&settings.site, &theme?, files, drafts, None, observe).with_styles(&settings.styles);
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
    ready: Ready,
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
    let shown = render_pages(&ready, &rendering, progress, &take_page).keep(told);
    cost.rendered = rendered.into_inner();
    told.extend(ready.card_faults());
    observe("render", ready.linked.pages.len(), "pages");
    // No result shows a card, and with the index the cards would be at the memory's peak.
    let theme = Arc::clone(&ready.theme);
    let ready = ready.with_theme(&theme);
    let Rendering { grounds, known, .. } = rendering;
    let index = search::files(&ready.world(), &spared(&grounds, known));
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
    parallel::drop_aside(ready);
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
                moved: grounds.moved(before.grounds),
                stands: before.stands,
                file: before.file,
            })
        }),
    }
}

/// The bodies that a page shows, by its path.
type Shown = (String, Vec<u32>);

fn render_pages(
    ready: &Ready,
    Rendering { kept, grounds, known }: &Rendering<'_>,
    progress: &Progress,
    take: Take<'_>,
) -> Checked<Vec<Shown>> {
    progress.expect(ready.linked.pages.len());
    let rendered: Checked<Vec<Option<Shown>>> = parallel::map(&ready.linked.pages, |page| {
        progress.step();
        let path = page.permalink.as_str();
        if let Some((shown, bytes)) = known.before.as_ref().and_then(|before| grounds.unmoved(path, before)) {
            take(Made::Same(path.to_string(), bytes));
            return Checked::sound(Some((path.to_string(), shown.to_vec())));
        }
        let reads = Reads::default();
        let world = World { reads: Some(&reads), ..ready.world() };
        let Checked { value: output, diagnostics } = render::render(page, &world, &ready.theme, kept);
        // A picture that is not drawn is not kept for the build after this one.
        let plain = output.as_ref().is_some_and(|output| output.kept_as.is_none());
        output.map(Made::New).into_iter().for_each(take);
        let shown = || reads.into_origins().into_iter().map(|origin| grounds::index(origin, ready)).collect();
        Checked { value: plain.then(|| (path.to_string(), shown())), diagnostics }
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

/// What is linked, as far as it comes from files of the content.
pub struct Files<'a> {
    pub parsed: &'a ParsedFiles,
    pub vocabularies: &'a Vocabularies,
    /// Files that are copied as they are.
    pub assets: Vec<Arc<Asset>>,
}

/// An archive that is linked and planned: all that pages are made from.
#[derive(Clone)]
pub struct Ready {
    pub site: Arc<Site>,
    pub theme: Arc<Theme>,
    pub styles: Arc<Styles>,
    pub linked: Arc<Linked>,
    /// As [`Archive::entries`]: in the order of paths.
    pub entries: Vec<Arc<Entry>>,
    /// As [`Archive::texts`].
    pub texts: Vec<Arc<Text>>,
    cards: Arc<Cards>,
    search: search::Kept,
    pub assets: Vec<Arc<Asset>>,
    /// Those of [`Linked`], where they stand.
    faults: Arc<Vec<Diagnostic>>,
}

/// What is made of records alone.
pub struct Linked {
    pub archive: Archive,
    /// By address.
    pub pages: Vec<Page>,
    previews: PreviewFiles,
    exports: Exports,
    faults: Vec<Diagnostic<Locus>>,
    clashes: Vec<Diagnostic>,
}

impl Ready {
    /// Links and plans the whole archive; `before` is as in [`archive::link`]. There may be faults: a page that one of them
    /// concerns shows less, and nothing is to be published.
    pub fn link(
        site: &Arc<Site>,
        theme: &Arc<Theme>,
        Files { parsed, vocabularies, assets }: Files<'_>,
        drafts: Drafts,
        before: Option<&Archive>,
        observe: Observe<'_>,
    ) -> Self {
        let mut parts = Parts::sort(parsed, drafts);
        let mut faults = Vec::new();
        let archive = archive::link(parts.material(vocabularies), site, before).keep(&mut faults);
        observe("link", archive.works.len(), "works");
        let paths = |assets: &[Arc<Asset>]| -> Vec<Arc<str>> { assets.iter().map(|it| Arc::clone(&it.path)).collect() };
        let (own, of_theme) = (paths(&assets), paths(&theme.assets));
        let pages = page::plan(&archive, site, &[own.as_slice(), &of_theme].concat()).keep(&mut faults);
        let clashes = page::clashes(&pages, &own, &of_theme);
        observe("plan", pages.len(), "pages");
        let mut ready = Ready {
            cards: Arc::new(Cards::new(archive.entries.len(), Arc::clone(theme) as _)),
            linked: Arc::new(Linked {
                archive,
                pages,
                previews: PreviewFiles::default(),
                exports: Exports::default(),
                faults,
                clashes,
            }),
            site: Arc::clone(site),
            theme: Arc::clone(theme),
            styles: Arc::default(),
            search: search::Kept::default(),
            entries: parts.entries,
            texts: parts.texts,
            assets,
            faults: Arc::default(),
        };
        ready.faults = Arc::new(ready.linked.faults.iter().map(|fault| ready.locate(fault)).collect());
        ready
    }

    /// The same archive with other texts, whose records are as they were.
    #[must_use]
    pub fn with_texts<'a>(&self, parsed: impl IntoIterator<Item = &'a Checked<Parsed>>) -> Self {
        let mut ready = self.clone();
        let mut moved = Vec::new();
        for file in parsed {
            let origin = match &file.value {
                Parsed::Entry(entry) => {
                    put(&mut ready.entries, entry, |entry| entry.places.path()).map(|at| Origin::Entry(EntryId(at)))
                }
                Parsed::Text(text) => {
                    put(&mut ready.texts, text, |text| text.places.path()).map(|at| Origin::Text(TextId(at)))
                }
                Parsed::Unreadable(_) | Parsed::Nothing => None,
            };
            moved.extend(origin);
        }
        let linked = Arc::clone(&ready.linked);
        for (index, fault) in linked.faults.iter().enumerate() {
            let mut loci = std::iter::once(&fault.place).chain(fault.also.iter().map(|(locus, _)| locus));
            if loci.any(|locus| moved.contains(&locus.origin)) {
                let located = ready.locate(fault);
                Arc::make_mut(&mut ready.faults)[index] = located;
            }
        }
        ready.remembering(self)
    }

    /// The same, with what an earlier state had found out for the search index.
    #[must_use]
    pub fn remembering(self, old: &Ready) -> Self {
        Ready { search: old.search.next(), ..self }
    }

    /// Whether what stands at an address, if anything, is a file of the search index.
    pub fn is_search_file(&self, address: &str) -> bool {
        let copied = || self.assets.iter().chain(&self.theme.assets).any(|asset| *asset.path == *address);
        self.site.search.enabled && address.starts_with("search/") && address.ends_with(".js") && !copied()
    }

    /// A file of the search index.
    pub fn search_file(&self, address: &str) -> Option<&[u8]> {
        self.search.file(address, &self.world())
    }

    /// The same archive with other bytes in the files that are copied.
    #[must_use]
    pub fn with_assets(self, assets: Vec<Arc<Asset>>) -> Self {
        Ready { assets, ..self }
    }

    /// The same archive, cited in these styles.
    #[must_use]
    pub fn with_styles(self, styles: &Arc<Styles>) -> Self {
        Ready { styles: Arc::clone(styles), ..self }
    }

    /// The same archive in another look.
    #[must_use]
    pub fn with_theme(self, theme: &Arc<Theme>) -> Self {
        let cards = Cards::new(self.entries.len(), Arc::clone(theme) as _);
        Ready { theme: Arc::clone(theme), cards: Arc::new(cards), ..self }
    }

    /// The file that a page is written in: an entry's own page, or a text's.
    pub fn source_of(&self, page: &Page) -> Option<&Places> {
        match self.origin_of(page)? {
            Origin::Entry(id) => Some(&self.entries[id.0].places),
            Origin::Text(id) => Some(&self.texts[id.0].places),
        }
    }

    /// Which section of the text has an id on its page.
    pub fn section_of(&self, page: &Page, id: &str) -> Option<usize> {
        let sections = match self.origin_of(page)? {
            Origin::Entry(entry) => &self.entries[entry.0].record.outgoing.sections,
            Origin::Text(text) => &self.texts[text.0].record.outgoing.sections,
        };
        sections.iter().position(|section| section.id == id)
    }

    fn origin_of(&self, page: &Page) -> Option<Origin> {
        match page.subject {
            Subject::Entry(id) => Some(Origin::Entry(id)),
            Subject::Text(id) => Some(Origin::Text(id)),
            _ => self.world().text_at(page.permalink.as_str().strip_suffix(".html")?),
        }
    }

    /// All that was said of the archive as a whole.
    pub fn faults(&self) -> Vec<Diagnostic> {
        self.faults.iter().chain(&self.linked.clashes).cloned().collect()
    }

    /// Finding a place reads the file's front matter again, so each is looked for once.
    fn locate(&self, fault: &Diagnostic<Locus>) -> Diagnostic {
        fault.clone().located(|locus| self.place(&locus))
    }

    fn place(&self, locus: &Locus) -> Place {
        match locus.origin {
            Origin::Entry(id) => self.entries[id.0].places.find(&locus.spot),
            Origin::Text(id) => self.texts[id.0].places.find(&locus.spot),
        }
    }

    /// What was wrong with the cards that pages have shown so far.
    pub fn card_faults(&self) -> Vec<Diagnostic> {
        let mut faults = self.cards.faults();
        // They were made in no order, and one fault is told of once.
        faults.sort_by(|one, other| {
            (&one.place, &one.message, &one.help).cmp(&(&other.place, &other.message, &other.help))
        });
        faults
    }

    pub fn world(&self) -> World<'_> {
        World {
            site: &self.site,
            styles: &self.styles,
            archive: &self.linked.archive,
            entries: &self.entries,
            texts: &self.texts,
            cards: &self.cards,
            pages: &self.linked.pages,
            previews: &self.linked.previews,
            exports: &self.linked.exports,
            print: None,
            margin: Margin::There,
            reads: None,
        }
    }
}

/// Puts what a file has become in the place of what it was, and says which: if it has one.
fn put<T>(files: &mut [Arc<T>], file: &Arc<T>, path: impl Fn(&T) -> &str) -> Option<usize> {
    let index = files.binary_search_by(|known| path(known).cmp(path(file))).ok()?;
    files[index] = Arc::clone(file);
    Some(index)
}

/// What was parsed, by its kind.
#[derive(Default)]
struct Parts {
    entries: Vec<Arc<Entry>>,
    /// Those of `entries`.
    records: Vec<Arc<Record>>,
    texts: Vec<Arc<Text>>,
    unreadable: Vec<Slug>,
    drafts: Vec<Slug>,
    /// Paths of pages.
    draft_texts: Vec<String>,
}

impl Parts {
    fn sort(parsed: &ParsedFiles, drafts: Drafts) -> Self {
        let files: Vec<&Parsed> = parsed.values().map(|file| &file.value).collect();
        // Each file is fetched from a place of its own, which two threads do in half the time.
        let runs = parallel::map_parts(&files, |_, files| {
            let mut parts = Parts::default();
            for file in files {
                parts.add(file, drafts);
            }
            parts
        });
        let mut all = Parts::default();
        all.entries.reserve(files.len());
        all.records.reserve(files.len());
        for Parts { entries, records, texts, unreadable, drafts, draft_texts } in runs {
            all.entries.extend(entries);
            all.records.extend(records);
            all.texts.extend(texts);
            all.unreadable.extend(unreadable);
            all.drafts.extend(drafts);
            all.draft_texts.extend(draft_texts);
        }
        all
    }

    fn add(&mut self, file: &Parsed, drafts: Drafts) {
        match file {
            Parsed::Entry(entry) if entry.record.own.draft && drafts == Drafts::HoldBack => {
                self.drafts.push(entry.record.slug.clone());
            }
            Parsed::Entry(entry) => {
                self.entries.push(Arc::clone(entry));
                self.records.push(Arc::clone(&entry.record));
            }
            Parsed::Text(text) if text.record.draft && drafts == Drafts::HoldBack => {
                self.draft_texts.push(text.record.path.clone());
            }
            Parsed::Text(text) => self.texts.push(Arc::clone(text)),
            Parsed::Unreadable(slug) => self.unreadable.push(slug.clone()),
            Parsed::Nothing => {}
        }
    }

    /// What is linked. The records and the names of files without a page go into it.
    fn material<'a>(&mut self, vocabularies: &'a Vocabularies) -> Material<'a> {
        Material {
            entries: mem::take(&mut self.records),
            texts: self.texts.iter().map(|text| Arc::clone(&text.record)).collect(),
            unreadable: mem::take(&mut self.unreadable),
            drafts: mem::take(&mut self.drafts),
            draft_texts: mem::take(&mut self.draft_texts),
            keywords: &vocabularies.keywords,
            actors: &vocabularies.actors,
        }
    }
}

/// What a style makes of an archive's works, for the test that compares it with what another
/// processor makes of them: HTML.
#[doc(hidden)]
#[derive(Debug)]
pub struct StyleTrial {
    /// As the settings name it.
    pub style: String,
    /// Each work by itself, by the id of its entry.
    pub works: Vec<(String, String)>,
    /// A text that cites works, and its list of them.
    pub text: String,
    pub list: String,
}

/// The works of the archive below `root` as CSL-JSON, and what each of its styles makes of them
/// and of the text of the page at `path`. `None` where the archive has errors.
#[doc(hidden)]
pub fn citation_trial(root: &Path, path: &str) -> Option<(Vec<String>, Vec<StyleTrial>)> {
    let ready = ready(root)?;
    let archive = &ready.linked.archive;
    let work = |id: &EntryId| (archive.entry(*id).slug.to_string(), cite::Reference::of(archive.entry(*id)));
    let works: Vec<(String, cite::Reference<'_>)> = archive.works.iter().map(work).collect();
    let items = works.iter().map(|(id, reference)| {
        let cite::PlainText(text) = cite::Format::CslJson.write(reference, id);
        text
    });
    let trial = |style: &cite::Style| {
        let names = [style.name.clone()];
        let alone = Styles::of(&names, &BTreeMap::new(), |_| Place::file("site.toml"), &ready.site.language).value;
        let other = ready.clone().with_styles(&Arc::new(alone));
        let (text, list) = page::cited_text(&other.world(), path)?;
        let formatted = works.iter().map(|(id, reference)| (id.clone(), style.bibliography(reference).to_string()));
        Some(StyleTrial { style: style.name.clone(), works: formatted.collect(), text, list })
    };
    Some((items.collect(), ready.styles.iter().filter_map(trial).collect()))
}

/// For each template the fullest view that an archive gives it, as JSON: examples for
/// the documentation of themes. Empty where the archive has errors.
#[doc(hidden)]
pub fn example_views(root: &Path) -> BTreeMap<String, serde_json::Value> {
    let Some(ready) = ready(root) else {
        return BTreeMap::new();
    };
    let world = ready.world();
    let mut examples: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for page in world.pages {
        let view: View = page::view(&world, page);
        let Some(template) = view.template() else { continue };
        let value = serde_json::to_value(&view).unwrap_or_default();
        let fuller = examples.get(template).is_none_or(|known| known.to_string().len() < value.to_string().len());
        if fuller {
            examples.insert(template.to_string(), value);
        }
    }
    examples
}
