//! Where pages are asked for: what stands at an address of the last sound state.
//!
//! In: that state, and addresses. Out: [`Answer`]s, and what templates said while pages
//! were made. Pages that have been made are kept, as long as there is room. Absent on
//! purpose: files, browsers, and when anybody is told of anything.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use super::{
    Answer, Served, Spot, WAITING,
    manuscript::Manuscript,
    survey::{self, Rendered},
};
use crate::{
    build::Ready,
    diagnostic::Diagnostic,
    fingerprint::Fingerprint,
    page::{self, Page, Permalink, Subject},
    render::{self, Kept},
    source::{self, File},
    theme::Theme,
};

/// How many bytes of pages are kept.
const STORE: usize = 64 << 20;

/// Pages as they are asked for.
pub struct Desk {
    /// Pictures that earlier builds drew.
    kept: Kept,
    store: Store,
    /// By page: what its template said when it was made last.
    page_faults: BTreeMap<Permalink, Vec<Diagnostic>>,
    /// What the template of cards said.
    card_faults: Vec<Diagnostic>,
    /// The last one that every page could be made with.
    sound_theme: Option<Arc<Theme>>,
    /// Whether faults have come or gone since it was last asked.
    news: bool,
}

/// Pages that have been rendered, as long as there is room.
#[derive(Default)]
struct Store {
    pages: HashMap<Permalink, Stored>,
    bytes: usize,
    /// Counts states of the archive.
    state: u64,
    /// Pages rendered since it was last asked.
    rendered: usize,
}

struct Stored {
    /// The state in which it was last found to be right.
    state: u64,
    view: Fingerprint,
    bytes: Arc<[u8]>,
    content: Fingerprint,
}

/// What stands at an address.
pub enum Place {
    Page(Page),
    File(Vec<u8>),
}

impl Desk {
    /// Without a page so far; pictures of earlier builds of the archive below `root` are known.
    pub fn of(root: &Path) -> Self {
        Desk {
            kept: Kept::of(source::read_folder(root, render::PICTURES).value),
            store: Store::default(),
            page_faults: BTreeMap::new(),
            card_faults: Vec::new(),
            sound_theme: None,
            news: false,
        }
    }

    /// Which state of the archive pages are of, counted.
    pub fn state(&self) -> u64 {
        self.store.state
    }

    /// Begins another state: no page is known to be right in it.
    pub fn begin_state(&mut self) {
        self.store.state += 1;
        self.store.rendered = 0;
    }

    /// How many pages have been rendered since it was last asked.
    pub fn take_rendered(&mut self) -> usize {
        std::mem::take(&mut self.store.rendered)
    }

    /// Whether faults have come or gone since it was last asked.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// What templates said of pages and of cards.
    pub fn faults(&self) -> impl Iterator<Item = &Diagnostic> {
        self.page_faults.values().flatten().chain(&self.card_faults)
    }

    /// Faults in files that have been saved are taken for mended. Gives a page that one of them
    /// was found on.
    pub fn forget_faults(&mut self, files: &BTreeSet<Arc<str>>) -> Option<Permalink> {
        let stands = |fault: &Diagnostic| !files.contains(&fault.place.path);
        let mended = self.page_faults.iter().find(|(_, faults)| !faults.iter().all(stands));
        let mended = mended.map(|(permalink, _)| permalink.clone());
        self.card_faults.retain(stands);
        for faults in self.page_faults.values_mut() {
            faults.retain(stands);
        }
        mended
    }

    /// Takes what a survey of this state found out about all pages.
    pub fn take_survey(
        &mut self,
        theme: Arc<Theme>,
        rendered: Vec<Rendered>,
        page_faults: BTreeMap<Permalink, Vec<Diagnostic>>,
        card_faults: Vec<Diagnostic>,
    ) {
        // A card that could not be made is missing on the pages that show it.
        if card_faults.is_empty() {
            for Rendered { permalink, view, bytes } in rendered {
                self.store.put(&permalink, view, bytes);
            }
        }
        if page_faults.is_empty() && card_faults.is_empty() {
            self.sound_theme = Some(theme);
        }
        self.page_faults = page_faults;
        self.card_faults = card_faults;
    }

    pub fn answer(&mut self, ready: Option<&Ready>, address: &str) -> Answer {
        let address = if address.is_empty() || address.ends_with('/') {
            format!("{address}index.html")
        } else {
            address.to_string()
        };
        let find = |address: &str| ready.and_then(|ready| find(ready, address));
        match find(&address) {
            Some(Place::Page(page)) => {
                if let Some(served) = self.page(ready, &page) {
                    return Answer::Found(served);
                }
            }
            Some(Place::File(bytes)) => {
                let fingerprint = Fingerprint::of_bytes(&bytes).to_string();
                return Answer::Found(Served { permalink: address.into(), bytes: bytes.into(), fingerprint });
            }
            None if find(&format!("{address}/index.html")).is_some() => {
                return Answer::Moved(format!("{address}/"));
            }
            None => {
                // Some links begin with the path that the site has where it is published.
                let base = ready.map_or("", |ready| ready.site.base_path());
                if let Some(below) = address.strip_prefix(base).filter(|_| !base.is_empty()) {
                    return self.answer(ready, below);
                }
            }
        }
        let bytes = match find("404.html") {
            Some(Place::Page(page)) => self.page(ready, &page).map(|served| served.bytes),
            _ => None,
        };
        // Its fingerprint is none of a page's: when there is one, the tab is told.
        let fingerprint = "missing".to_string();
        Answer::Missing(Served {
            permalink: address.into(),
            bytes: bytes.unwrap_or_else(|| WAITING.into()),
            fingerprint,
        })
    }

    /// A page of the last sound state. Where its template has a fault, as it was before.
    pub fn page(&mut self, ready: Option<&Ready>, page: &Page) -> Option<Served> {
        let permalink = &page.permalink;
        if self.store.pages.get(permalink).is_none_or(|stored| stored.state != self.store.state) {
            let ready = ready?;
            let view = page::view(&ready.world(), page);
            let fingerprint = survey::fingerprint(&view, ready);
            if !self.store.confirm(permalink, fingerprint) {
                self.store.rendered += 1;
                let output = render::render_view(&view, page, &ready.site, &ready.theme, &self.kept);
                let card_faults = ready.card_faults();
                // A card that could not be made is missing on the pages that show it.
                if let Some(output) = output.value.filter(|_| card_faults.is_empty()) {
                    self.store.put(permalink, fingerprint, output.bytes);
                } else if let Some(theme) = &self.sound_theme {
                    // What is kept may be of an older state: nobody need have looked since.
                    let ready = ready.clone().with_theme(theme);
                    let view = page::view(&ready.world(), page);
                    let output = render::render_view(&view, page, &ready.site, theme, &self.kept);
                    if let Some(output) = output.value {
                        self.store.put(permalink, survey::fingerprint(&view, &ready), output.bytes);
                    }
                }
                self.note(permalink, output.diagnostics, card_faults);
            }
        }
        let stored = self.store.pages.get(permalink)?;
        Some(Served {
            permalink: permalink.as_str().into(),
            bytes: Arc::clone(&stored.bytes),
            fingerprint: stored.content.to_string(),
        })
    }

    /// Keeps what was said while a page was made.
    fn note(&mut self, permalink: &Permalink, faults: Vec<Diagnostic>, card_faults: Vec<Diagnostic>) {
        let changed = if faults.is_empty() {
            self.page_faults.remove(permalink).is_some()
        } else {
            self.page_faults.insert(permalink.clone(), faults.clone()) != Some(faults)
        };
        let new: Vec<Diagnostic> = card_faults.into_iter().filter(|fault| !self.card_faults.contains(fault)).collect();
        self.news |= changed || !new.is_empty();
        self.card_faults.extend(new);
    }
}

/// What stands at an address of a state.
pub fn find(ready: &Ready, address: &str) -> Option<Place> {
    if let Some(page) = ready.linked.pages.find(address) {
        return Some(Place::Page(page.clone()));
    }
    let mut files = ready.assets.iter().chain(&ready.theme.assets);
    let copied = files.find(|asset| *asset.path == *address).map(|asset| asset.bytes.clone());
    copied.or_else(|| ready.search_file(address).map(<[u8]>::to_vec)).map(Place::File)
}

/// A file of the search index, made with all others where none has been asked for so far.
pub fn search_answer(ready: &Ready, address: &str) -> Answer {
    let bytes = ready.search_file(address);
    let served = |bytes: &[u8]| Served {
        permalink: address.into(),
        bytes: bytes.into(),
        fingerprint: Fingerprint::of_bytes(bytes).to_string(),
    };
    bytes.map_or_else(|| Answer::Missing(served(&[])), |bytes| Answer::Found(served(bytes)))
}

/// The file that a page, or a section of it, is written in.
pub fn spot(manuscript: &Manuscript, permalink: &str, section: Option<&str>) -> Option<Spot> {
    let ready = manuscript.ready()?;
    let Some(Place::Page(page)) = find(ready, permalink) else { return None };
    let archive = &ready.linked.archive;
    let in_file = |path: &str, id: &str| {
        let Some(File::Text(source)) = manuscript.file(path) else { return None };
        let line = source
            .text
            .lines()
            .position(|line| line.strip_prefix(id).is_some_and(|rest| rest.trim_start().starts_with(':')))?;
        Some(Spot { path: path.into(), line: line + 1, column: 1 })
    };
    if let Some(places) = ready.source_of(&page) {
        let index = section.and_then(|section| ready.section_of(&page, section));
        let place = places.section(index);
        return Some(Spot { path: place.path, line: place.line, column: place.column });
    }
    match page.subject {
        Subject::Keyword(id) => in_file("content/keywords.yaml", archive.keyword(id).id.as_str()),
        Subject::Actor(id) => in_file("content/actors.yaml", archive.actor(id).id.as_str()),
        _ => None,
    }
}

impl Store {
    /// Whether the page is kept as a view has it; it is right in this state then.
    fn confirm(&mut self, permalink: &Permalink, view: Fingerprint) -> bool {
        let state = self.state;
        let stored = self.pages.get_mut(permalink).filter(|stored| stored.view == view);
        stored.map(|stored| stored.state = state).is_some()
    }

    fn put(&mut self, permalink: &Permalink, view: Fingerprint, bytes: Vec<u8>) {
        // Which of them will be asked for next nobody knows; making one takes a moment.
        if self.bytes + bytes.len() > STORE {
            self.pages.clear();
            self.bytes = 0;
        }
        self.bytes += bytes.len();
        let content = Fingerprint::of_bytes(&bytes);
        let stored = Stored { state: self.state, view, bytes: bytes.into(), content };
        if let Some(old) = self.pages.insert(permalink.clone(), stored) {
            self.bytes -= old.bytes.len();
        }
    }
}
