//! The archive's files as they are now, and the last sound state that they gave.
//!
//! In: names of files that may have changed. Out: a new [`Ready`], where there is one,
//! made by the stages that `build` runs. Each new value is compared with its
//! predecessor, and the first equal one ends the work. Absent on purpose: browsers,
//! pages, clocks.
//!
//! A file with a fault is told of and stands aside: the archive goes on with the last
//! version of it that was sound, so that one fault does not hold up all other files.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    build::{Files, ParsedFiles, Ready, Request, Settings, Vocabularies, parse_all},
    diagnostic::{Checked, Diagnostic, any_error, in_order},
    entry::{self, Parsed},
    site::Site,
    source::{File, Sources, is_markdown},
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
    vocabularies: Vocabularies,
    /// For files that changed since the last sound state, what they were in it.
    before: BTreeMap<Arc<str>, Option<Checked<Parsed>>>,
    ready: Option<Ready>,
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
    /// Files that are gone or empty: to be looked at again with [`Trust::All`].
    pub doubted: BTreeSet<String>,
    pub cost: Cost,
}

/// What was done, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Files parsed.
    pub parsed: usize,
    /// Times that the whole archive was linked.
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
    /// Records, vocabularies, or which files there are.
    archive: bool,
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
            vocabularies: Vocabularies::default(),
            before: BTreeMap::new(),
            ready: None,
            past: None,
            said: Said::default(),
        };
        let mut taken = Taken::default();
        manuscript.take_settings(&mut taken);
        let mut stale = Stale { site: true, theme: true, archive: true, bodies: false, assets: false };
        manuscript.take_vocabularies(&mut stale);
        manuscript.make(&stale, &mut taken.cost);
        manuscript
    }

    /// Looks again at the files and folders `names`, below the root.
    pub fn take(&mut self, names: &BTreeSet<String>, trust: Trust) -> Taken {
        let mut taken = Taken::default();
        let mut stale = Stale::default();
        for name in names {
            if name == "site.toml" {
                stale.site |= self.take_settings(&mut taken);
            } else if name == "themes" || name.starts_with("themes/") {
                stale.theme = true;
                taken.files.insert(name.as_str().into());
            } else {
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
        self.past = None;
    }

    fn site(&self) -> Option<&Arc<Site>> {
        self.settings.as_ref().map(|settings| &settings.site)
    }

    /// All that is wrong with the files as they are now, in their order.
    pub fn told(&self) -> Vec<Diagnostic> {
        let said = &self.said;
        let mut told: Vec<Diagnostic> = said.settings.clone();
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

    /// Whether the settings are others than before.
    fn take_settings(&mut self, taken: &mut Taken) -> bool {
        let read = Settings::read(&self.root, &self.request).keep_in(&mut self.said.settings);
        let Some(settings) = read else {
            taken.files.insert("site.toml".into());
            return false;
        };
        let old = self.settings.as_ref();
        if old.is_none_or(|old| old.source != settings.source) {
            taken.files.insert("site.toml".into());
        }
        let differs = old.is_none_or(|old| old.site != settings.site);
        self.settings = Some(settings);
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
            let doubted = difference.put.extract_if(.., |(_, file)| empty(file));
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
        } else {
            stale.archive = true;
        }
        let old = self.parsed.insert(Arc::clone(path), parsed);
        self.before.entry(Arc::clone(path)).or_insert(old);
    }

    fn take_vocabularies(&mut self, stale: &mut Stale) {
        let read = Vocabularies::parse(&self.sources);
        if !any_error(&read.diagnostics) || self.ready.is_none() {
            self.vocabularies = read.value;
            stale.archive = true;
        }
        self.said.vocabularies = read.diagnostics;
    }

    /// Makes what is stale, as far as it is sound.
    fn make(&mut self, stale: &Stale, cost: &mut Cost) {
        let Some(settings) = &self.settings else { return };
        if stale.theme || stale.site {
            let theme = settings.theme(&self.root).keep_in(&mut self.said.theme);
            self.theme = theme.or(self.theme.take());
        }
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
            Some(ready) if !(stale.site || stale.archive || faulty) => {
                let theme_changed = !Arc::ptr_eq(&ready.theme, &theme);
                if stale.bodies || stale.assets || theme_changed {
                    let mut ready = ready.with_texts(self.before.keys().filter_map(|path| self.parsed.get(path)));
                    if stale.assets {
                        ready = ready.with_assets(self.sources.assets().cloned().collect());
                    }
                    self.ready = Some(if theme_changed { ready.with_theme(&theme) } else { ready });
                }
                self.before.clear();
            }
            _ if stale.site || stale.archive || stale.bodies || stale.assets || faulty || stale.theme => {
                self.link(&theme, cost);
            }
            _ => {}
        }
    }

    fn link(&mut self, theme: &Arc<Theme>, cost: &mut Cost) {
        let Some(site) = self.site().cloned() else { return };
        let link = |parsed: &ParsedFiles| {
            let assets = self.sources.assets().cloned().collect();
            let files = Files { parsed, vocabularies: &self.vocabularies, assets };
            let before = self.ready.as_ref().map(|ready| &ready.linked.archive);
            Ready::link(&site, theme, files, self.request.drafts, before, &mut |_, _, _| {})
        };
        cost.linked += 1;
        let ready = link(&self.parsed);
        let faults = ready.faults();
        if !any_error(&faults) {
            self.said.refused.clear();
            self.before.clear();
            self.past = self.ready.replace(ready);
            return;
        }
        let blamed: BTreeSet<Arc<str>> = faults
            .iter()
            .flat_map(|fault| std::iter::once(&fault.place).chain(fault.also.iter().map(|(place, _)| place)))
            .map(|place| Arc::clone(&place.path))
            .filter(|path| self.before.contains_key(path))
            .collect();
        self.said.refused = faults;
        if blamed.is_empty() {
            return;
        }
        let mut parsed = self.parsed.clone();
        for path in blamed {
            match self.before.get(&path) {
                Some(Some(old)) => parsed.insert(path, old.clone()),
                _ => parsed.remove(&path),
            };
        }
        cost.linked += 1;
        let ready = link(&parsed);
        if !any_error(&ready.faults()) {
            self.past = self.ready.replace(ready);
        }
    }
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
