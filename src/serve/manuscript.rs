//! The archive's files as they are now, and the last sound state that they gave.
//!
//! In: names of files that may have changed. Out: a new [`Ready`], where there is one,
//! made by the stages that `build` runs. Each new value is compared with its
//! predecessor, and the first equal one ends the work. Absent on purpose: browsers,
//! pages, clocks.
//!
//! A file with a fault is told of and stands aside: the archive goes on with the last
//! version of it that was sound, so that one fault does not hold up all other files.
//! Where the fault is in none of the files that changed (an entry that others cite is
//! gone), what is gone is kept; and where that does not help, prose alone goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    build::{Files, ParsedFiles, Ready, Request, Settings, Vocabularies, parse_all},
    cite,
    diagnostic::{Checked, Diagnostic, any_error, in_order},
    entry::{self, Entry, Parsed},
    parallel,
    site::Site,
    source::{self, Asset, File, Sources, is_markdown},
    theme::Theme,
};

pub struct Manuscript {
    root: PathBuf,
    request: Request,
    settings: Option<Settings>,
    theme: Option<Arc<Theme>>,
    sources: Sources,
    /// What pages are made of: for a file with a fault its last sound version.
    parsed: ParsedFiles,
    vocabularies: Arc<Vocabularies>,
    ready: Option<Ready>,
    /// For files that are otherwise in the last sound state, what they are in it.
    before: BTreeMap<Arc<str>, Option<Checked<Parsed>>>,
    /// Those of the last sound state.
    vocabularies_before: Arc<Vocabularies>,
    /// The state before that, which is given back when nobody waits: with its ten thousands
    /// of small parts that takes a while.
    past: Option<Ready>,
    said: Said,
}

/// What was said last of each part.
#[derive(Default)]
struct Said {
    settings: Vec<Diagnostic>,
    theme: Vec<Diagnostic>,
    vocabularies: Vec<Diagnostic>,
    /// By file; files of which there is something to say.
    texts: BTreeMap<Arc<str>, Vec<Diagnostic>>,
    /// Of an archive that could not be shown.
    refused: Vec<Diagnostic>,
}

/// Whether a file that is gone or empty is taken to be so. An editor that truncates a
/// file and then writes it, or moves it away to put another in its place, has not
/// emptied or deleted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    All,
    WhatIsThere,
}

/// What a change came to.
#[derive(Debug, Default)]
pub struct Taken {
    /// Files that differ from before, below the root.
    pub files: BTreeSet<Arc<str>>,
    /// Those of them that were not there before.
    pub came: BTreeSet<Arc<str>>,
    /// Files that are gone or empty: to be looked at again with [`Trust::All`].
    pub doubted: BTreeSet<String>,
    pub cost: Cost,
}

/// What was done, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Files parsed.
    pub parsed: usize,
    /// Times that the archive was linked anew, as a whole or in part.
    pub linked: usize,
    /// Pages rendered for those who look at them.
    pub rendered: usize,
}

/// What has to be made anew.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each may be stale without the others")]
struct Stale {
    site: bool,
    theme: bool,
    /// Vocabularies, or which files there are.
    archive: bool,
    /// Records of entries that there were before.
    records: bool,
    /// Texts whose records are as they were.
    bodies: bool,
    /// Files that are copied.
    assets: bool,
}

impl Manuscript {
    /// Reads everything below `root`.
    pub fn read(root: &Path, request: &Request) -> Self {
        let mut manuscript = Manuscript {
            root: root.to_path_buf(),
            request: request.clone(),
            settings: None,
            theme: None,
            sources: Sources::read(root),
            parsed: ParsedFiles::new(),
            vocabularies: Arc::default(),
            ready: None,
            before: BTreeMap::new(),
            vocabularies_before: Arc::default(),
            past: None,
            said: Said::default(),
        };
        let mut taken = Taken::default();
        manuscript.take_settings(&mut taken);
        manuscript.take_theme(&[], &mut taken);
        let mut stale = Stale { site: true, theme: true, archive: true, ..Stale::default() };
        manuscript.take_vocabularies(&mut stale);
        manuscript.make(&stale, &mut taken.cost);
        manuscript
    }

    /// Looks again at the files and folders `names`, below the root.
    pub fn take(&mut self, names: &BTreeSet<String>, trust: Trust) -> Taken {
        let mut taken = Taken::default();
        let mut stale = Stale::default();
        let (doubted, names): (Vec<&str>, Vec<&str>) =
            names.iter().map(String::as_str).partition(|name| trust == Trust::WhatIsThere && self.is_doubtful(name));
        taken.doubted.extend(doubted.iter().map(ToString::to_string));
        let styles: BTreeSet<&str> = names.iter().copied().filter(|name| self.is_style(name)).collect();
        if names.contains(&SETTINGS) || !styles.is_empty() {
            stale.site = self.take_settings(&mut taken);
            if stale.site {
                taken.files.extend(styles.into_iter().map(Arc::from));
            }
        }
        let of_theme: Vec<&str> = names.iter().copied().filter(|name| is_of_theme(name)).collect();
        // They are read together: a template that is half saved holds up the others.
        if doubted.iter().any(|name| is_of_theme(name)) {
            taken.doubted.extend(of_theme.iter().map(ToString::to_string));
        } else if stale.site || !of_theme.is_empty() {
            stale.theme = self.take_theme(&of_theme, &mut taken);
        }
        for name in names {
            if name != SETTINGS && !is_of_theme(name) {
                self.take_content(name, trust, &mut taken, &mut stale);
            }
        }
        self.make(&stale, &mut taken.cost);
        taken
    }

    /// The last sound state.
    pub fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.sources.file(path)
    }

    /// Forgets what no page shows any more.
    pub fn rest(&mut self) {
        parallel::drop_aside(self.past.take());
    }

    fn site(&self) -> Option<&Arc<Site>> {
        self.settings.as_ref().map(|settings| &settings.site)
    }

    /// The files of styles that the settings name, below the root.
    pub fn style_files(&self) -> BTreeSet<String> {
        let names = self.site().into_iter().flat_map(|site| &site.citations.styles);
        names.filter(|name| cite::is_file(name)).cloned().collect()
    }

    /// Whether it is a style's file, or a folder on the way to one.
    fn is_style(&self, name: &str) -> bool {
        let names = self.site().into_iter().flat_map(|site| &site.citations.styles);
        names.filter(|style| cite::is_file(style)).any(|style| Path::new(style).starts_with(name))
    }

    /// All that is wrong with the files as they are now, in their order.
    pub fn told(&self) -> Vec<Diagnostic> {
        let said = &self.said;
        let mut told: Vec<Diagnostic> = said.settings.clone();
        if self.settings.is_none() {
            // As in a build: without settings nothing else is read.
            return in_order(told);
        }
        told.extend_from_slice(self.sources.faults());
        told.extend(said.theme.iter().chain(&said.vocabularies).chain(&said.refused).cloned());
        told.extend(said.texts.values().flatten().cloned());
        if said.refused.is_empty()
            && let Some(ready) = &self.ready
        {
            told.extend(ready.faults());
        }
        in_order(told)
    }

    /// Whether the settings, or a file of the theme, may be in the middle of a save. Of the
    /// content this is known when it has been read.
    fn is_doubtful(&self, name: &str) -> bool {
        let style = self.is_style(name);
        let known = name == SETTINGS || style || self.theme.as_ref().is_some_and(|theme| theme.has(name));
        match source::has_text(&self.root, name) {
            Some(has_text) => !has_text && (name == SETTINGS || style || is_of_theme(name)),
            None => known,
        }
    }

    /// Whether the settings are others than before.
    fn take_settings(&mut self, taken: &mut Taken) -> bool {
        let said = std::mem::take(&mut self.said.settings);
        let read = Settings::read(&self.root, &self.request).keep_in(&mut self.said.settings);
        let old = self.settings.as_ref();
        let saved = |new: &Settings| old.is_none_or(|old| old.source != new.source);
        if self.said.settings != said || read.as_ref().is_some_and(saved) {
            taken.files.insert(SETTINGS.into());
        }
        let Some(settings) = read else { return false };
        let same_styles = |old: &&Settings| old.styles.fingerprint() == settings.styles.fingerprint();
        let differs = old.filter(same_styles).is_none_or(|old| old.site != settings.site);
        // What they have formatted stays known.
        let styles = old.filter(same_styles).map_or_else(
            || {
                settings.styles.remember(&settings.read_citations(&self.root));
                Arc::clone(&settings.styles)
            },
            |old| Arc::clone(&old.styles),
        );
        self.settings = Some(Settings { styles, ..settings });
        differs
    }

    /// Whether the theme is another than before. `names` are its files that may have changed.
    fn take_theme(&mut self, names: &[&str], taken: &mut Taken) -> bool {
        let Some(settings) = &self.settings else { return false };
        let said = std::mem::take(&mut self.said.theme);
        let read = settings.theme(&self.root).keep_in(&mut self.said.theme);
        let faulty = any_error(&self.said.theme);
        let old = self.theme.as_ref();
        let theme = read.filter(|new| old.is_none_or(|old| !faulty && !old.is_same(new)));
        if theme.is_some() || self.said.theme != said {
            taken.files.extend(names.iter().copied().map(Arc::from));
        }
        let differs = theme.is_some();
        self.theme = theme.or(self.theme.take());
        differs
    }

    fn take_content(&mut self, name: &str, trust: Trust, taken: &mut Taken, stale: &mut Stale) {
        let mut difference = self.sources.differing(&self.root, name);
        if trust == Trust::WhatIsThere {
            taken.doubted.extend(difference.gone.drain(..).map(|path| path.to_string()));
            let empty = |file: &File| {
                matches!(file, File::Text(source) if source.text.is_empty())
                    || matches!(file, File::Other(asset) if asset.bytes.is_empty())
            };
            // A new file that no page is made of may be a draft that is about to be renamed.
            let draft = |path: &str, file: &File| matches!(file, File::Other(_)) && self.file(path).is_none();
            let doubted = difference.put.extract_if(.., |(path, file)| empty(file) || draft(path, file));
            taken.doubted.extend(doubted.map(|(path, _)| path.to_string()));
        }
        let (put, gone) = (difference.put.clone(), difference.gone.clone());
        let known: Vec<bool> = put.iter().map(|(path, _)| self.sources.file(path).is_some()).collect();
        let vocabularies = |sources: &Sources| (sources.keywords().cloned(), sources.actors().cloned());
        let old = vocabularies(&self.sources);
        self.sources.apply(difference);
        if vocabularies(&self.sources) != old {
            self.take_vocabularies(stale);
        }
        for ((path, file), known) in put.into_iter().zip(known) {
            if !known {
                taken.came.insert(Arc::clone(&path));
            }
            match file {
                File::Text(source) if is_markdown(&path) => {
                    let Some(site) = self.site().cloned() else { continue };
                    self.put(entry::parse(&source, &site), &path, stale);
                    taken.cost.parsed += 1;
                }
                // Links to it are checked against the files that there are.
                File::Other(_) if !known => stale.archive = true,
                File::Other(_) => stale.assets = true,
                File::Text(_) => {}
            }
            taken.files.insert(path);
        }
        for path in gone {
            self.said.texts.remove(&path);
            if let Some(old) = self.parsed.remove(&path) {
                self.before.entry(Arc::clone(&path)).or_insert(Some(old));
            }
            stale.archive = true;
            taken.files.insert(path);
        }
    }

    /// Takes what a file has been parsed to.
    fn put(&mut self, parsed: Checked<Parsed>, path: &Arc<str>, stale: &mut Stale) {
        if parsed.diagnostics.is_empty() {
            self.said.texts.remove(path);
        } else {
            self.said.texts.insert(Arc::clone(path), parsed.diagnostics.clone());
        }
        let old = self.parsed.get(path);
        if any_error(&parsed.diagnostics) && old.is_some() {
            return;
        }
        if old.is_some_and(|old| same_record(&old.value, &parsed.value)) {
            stale.bodies = true;
        } else if old.is_some_and(|old| is_entry(&old.value)) && is_entry(&parsed.value) {
            stale.records = true;
        } else {
            stale.archive = true;
        }
        let old = self.parsed.insert(Arc::clone(path), parsed);
        self.before.entry(Arc::clone(path)).or_insert(old);
    }

    fn take_vocabularies(&mut self, stale: &mut Stale) {
        let read = Vocabularies::parse(&self.sources);
        if !any_error(&read.diagnostics) || self.ready.is_none() {
            self.vocabularies = Arc::new(read.value);
            stale.archive = true;
        }
        self.said.vocabularies = read.diagnostics;
    }

    /// Makes what is stale, as far as it is sound.
    fn make(&mut self, stale: &Stale, cost: &mut Cost) {
        let Some(settings) = &self.settings else { return };
        if stale.site {
            let parsed = parse_all(&self.sources, &settings.site);
            cost.parsed += parsed.len();
            let mut all = Stale::default();
            for (path, parsed) in parsed {
                self.put(parsed, &path, &mut all);
            }
        }
        let Some(theme) = self.theme.clone() else { return };
        let faulty = !self.said.refused.is_empty();
        match &self.ready {
            Some(ready) if !(stale.site || stale.archive || stale.records || faulty) => {
                let theme_changed = !Arc::ptr_eq(&ready.theme, &theme);
                if stale.bodies || stale.assets || theme_changed {
                    let mut ready = ready.with_texts(self.before.keys().filter_map(|path| self.parsed.get(path)));
                    if stale.assets {
                        ready = ready.with_assets(self.sources.assets().cloned().collect());
                    }
                    let ready = if theme_changed { ready.with_theme(&theme) } else { ready };
                    self.past = self.ready.replace(ready);
                }
                self.before.clear();
            }
            _ if stale.any() || faulty => self.link(stale, &theme, cost),
            _ => {}
        }
    }

    /// Links what is stale, or everything where that is not enough.
    fn link(&mut self, stale: &Stale, theme: &Arc<Theme>, cost: &mut Cost) {
        let records_alone = !(stale.site || stale.archive || stale.theme) && self.said.refused.is_empty();
        if !(records_alone && self.relink(stale, cost)) {
            self.link_all(theme, cost);
        }
    }

    /// Whether it was enough to link entries again whose records are others.
    fn relink(&mut self, stale: &Stale, cost: &mut Cost) -> bool {
        let Some(ready) = &self.ready else { return false };
        let parsed = || self.before.keys().filter_map(|path| Some(&self.parsed.get(path)?.value));
        let entries = parsed().filter_map(|parsed| match parsed {
            Parsed::Entry(entry) => Some(entry),
            _ => None,
        });
        let entries: Vec<&Arc<Entry>> = entries.collect();
        if entries.len() != self.before.len() || entries.len() > MOST_RELINKED {
            return false;
        }
        let Some(mut ready) = ready.with_entries(entries, &self.vocabularies) else { return false };
        if stale.assets {
            ready = ready.with_assets(self.sources.assets().cloned().collect());
        }
        if ready.has_errors() {
            return false;
        }
        cost.linked += 1;
        self.before.clear();
        self.past = self.ready.replace(ready);
        true
    }

    fn link_all(&mut self, theme: &Arc<Theme>, cost: &mut Cost) {
        let Some(site) = self.site().cloned() else { return };
        let mut link = |parsed: &ParsedFiles, vocabularies: &Vocabularies| {
            cost.linked += 1;
            let assets = self.sources.assets().cloned().collect();
            let files = Files { parsed, vocabularies, assets };
            let before = self.ready.as_ref().map(|ready| &ready.linked.archive);
            let ready = Ready::link(&site, theme, files, self.request.drafts, before, &mut |_, _, _| {});
            let ready = self.settings.iter().fold(ready, |ready, settings| ready.with_styles(&settings.styles));
            let faults = ready.faults();
            if any_error(&faults) { Err(faults) } else { Ok(ready) }
        };
        let faults = match link(&self.parsed, &self.vocabularies) {
            Ok(ready) => {
                self.said.refused.clear();
                self.before.clear();
                self.vocabularies_before = Arc::clone(&self.vocabularies);
                self.past = self.ready.replace(ready);
                return;
            }
            Err(faults) => faults,
        };
        let blamed = self.blamed(&faults);
        let gone = self.before.keys().filter(|path| !self.parsed.contains_key(*path)).cloned();
        let held: BTreeSet<Arc<str>> = blamed.iter().cloned().chain(gone).collect();
        if !blamed.is_empty()
            && let Ok(ready) = link(&self.with_old(&blamed), &self.vocabularies)
        {
            self.before.retain(|path, _| blamed.contains(path));
            self.vocabularies_before = Arc::clone(&self.vocabularies);
            self.past = self.ready.replace(ready);
        } else if self.ready.is_none() {
            // Nothing is known that could be kept.
        } else if let Ok(ready) = link(&self.with_old(&held), &self.vocabularies_before) {
            self.before.retain(|path, _| held.contains(path));
            self.past = self.ready.replace(ready);
        } else {
            self.take_prose(theme);
        }
        self.said.refused = faults;
    }

    /// Files that faults are in or about, and whose records are others than in the last
    /// sound state.
    fn blamed(&self, faults: &[Diagnostic]) -> BTreeSet<Arc<str>> {
        let places = faults
            .iter()
            .flat_map(|fault| std::iter::once(&fault.place).chain(fault.also.iter().map(|(place, _)| place)));
        let differs = |path: &&Arc<str>| self.before.contains_key(*path) && !self.is_as_before(path);
        places.map(|place| &place.path).filter(differs).cloned().collect()
    }

    fn is_as_before(&self, path: &str) -> bool {
        let (Some(Some(old)), Some(new)) = (self.before.get(path), self.parsed.get(path)) else { return false };
        same_record(&old.value, &new.value)
    }

    /// All files, those that are `held` as they are in the last sound state.
    fn with_old(&self, held: &BTreeSet<Arc<str>>) -> ParsedFiles {
        let mut parsed = self.parsed.clone();
        for path in held {
            match self.before.get(path) {
                Some(Some(old)) => parsed.insert(Arc::clone(path), old.clone()),
                _ => parsed.remove(path),
            };
        }
        parsed
    }

    /// Takes what needs no linking into the last sound state.
    fn take_prose(&mut self, theme: &Arc<Theme>) {
        let Some(ready) = &self.ready else { return };
        let as_before: BTreeSet<Arc<str>> =
            self.before.keys().filter(|path| self.is_as_before(path)).cloned().collect();
        let now: BTreeMap<&str, &Arc<Asset>> = self.sources.assets().map(|asset| (&*asset.path, asset)).collect();
        let assets = ready.assets.iter().map(|old| Arc::clone(now.get(&*old.path).unwrap_or(&old))).collect();
        let mut ready = ready.with_texts(as_before.iter().filter_map(|path| self.parsed.get(path))).with_assets(assets);
        // A look that is made for other settings waits for them.
        if self.site() == Some(&ready.site) && !Arc::ptr_eq(theme, &ready.theme) {
            ready = ready.with_theme(theme);
        }
        self.ready = Some(ready);
        self.before.retain(|path, _| !as_before.contains(path));
    }
}

const SETTINGS: &str = "site.toml";

/// So many entries are linked again one by one; to link more, everything is linked.
const MOST_RELINKED: usize = 8;

impl Stale {
    fn any(&self) -> bool {
        let Stale { site, theme, archive, records, bodies, assets } = *self;
        site || theme || archive || records || bodies || assets
    }
}

fn is_entry(parsed: &Parsed) -> bool {
    matches!(parsed, Parsed::Entry(_))
}

fn is_of_theme(name: &str) -> bool {
    name == "themes" || name.starts_with("themes/")
}

/// Whether an archive of the one is an archive of the other.
fn same_record(one: &Parsed, other: &Parsed) -> bool {
    match (one, other) {
        (Parsed::Entry(one), Parsed::Entry(other)) => one.record == other.record,
        (Parsed::Text(one), Parsed::Text(other)) => one.record == other.record,
        (Parsed::Unreadable(one), Parsed::Unreadable(other)) => one == other,
        (Parsed::Nothing, Parsed::Nothing) => true,
        _ => false,
    }
}

/// Keeping what was said in place of what was said before.
trait KeepIn<T> {
    fn keep_in(self, said: &mut Vec<Diagnostic>) -> T;
}

impl<T> KeepIn<T> for Checked<T> {
    fn keep_in(self, said: &mut Vec<Diagnostic>) -> T {
        *said = self.diagnostics;
        self.value
    }
}
