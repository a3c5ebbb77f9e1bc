//! The cold pipeline, readable at a glance.

use std::{path::Path, sync::Arc};

use crate::{
    archive::{self, Archive, Locus, Material, Origin},
    diagnostic::{Diagnostic, any_error},
    entry::{self, Body, Entry, Parsed, Places, Text},
    page::{self, Cards, PreviewFiles, World},
    parallel::{self, Progress},
    render::{self, Kept, Output},
    site::{self, Site},
    source::{self, Asset, Sources},
    theme::{self, Theme},
    vocabulary,
};

/// What a run is asked for beside the files.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub base_url: Option<String>,
    /// Whether entries with `draft: true` are published.
    pub drafts: Drafts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    #[default]
    HoldBack,
    Include,
}

/// A site as it would stand on the disk, and all that was said of it.
#[derive(Debug)]
pub struct Built {
    /// By path; `None` where an error keeps the site from being made.
    pub outputs: Option<Vec<Output>>,
    /// In the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

/// Told after each stage: its name, how much it made, and of what.
pub type Observe<'a> = &'a mut dyn FnMut(&'static str, usize, &'static str);

/// Everything that is read from the disk.
struct Input {
    site: Site,
    sources: Sources,
    theme: Theme,
    kept: Kept,
}

/// Makes the site below `root`.
pub fn build(root: &Path, request: &Request, progress: &Progress, observe: Observe<'_>) -> Built {
    let mut told = Vec::new();
    let input = read(root, request, &mut told);
    let outputs = input.and_then(|input| make(input, request, progress, observe, &mut told));
    told.sort_by(|one, other| (&one.place, one.severity, one.code).cmp(&(&other.place, other.severity, other.code)));
    let sound = !any_error(&told);
    Built { outputs: outputs.filter(|_| sound), diagnostics: told }
}

fn make(
    Input { site, sources, theme, kept }: Input,
    request: &Request,
    progress: &Progress,
    observe: Observe<'_>,
    told: &mut Vec<Diagnostic>,
) -> Option<Vec<Output>> {
    let Sources { texts, keywords, actors, assets } = sources;
    observe("read", texts.len() + assets.len(), "files");
    let parsed =
        parallel::map::<_, _, crate::diagnostic::Checked<Vec<Parsed>>>(&texts, |source| entry::parse(source, &site))
            .keep(told);
    let keywords = vocabulary::parse(keywords).keep(told);
    let actors = vocabulary::parse(actors).keep(told);
    let parts = Parts::sort(parsed, request.drafts);
    observe("parse", parts.entries.len(), "entries");
    let material = Material {
        entries: parts.entries.iter().map(|entry| Arc::clone(&entry.record)).collect(),
        texts: parts.texts.iter().map(|text| Arc::clone(&text.record)).collect(),
        unreadable: parts.unreadable.clone(),
        drafts: parts.drafts.clone(),
        keywords: &keywords,
        actors: &actors,
    };
    let linked = archive::link(material, &site);
    told.extend(linked.diagnostics.into_iter().map(|fault| fault.located(|locus| parts.find(&locus))));
    let archive: Archive = linked.value;
    observe("link", archive.works.len(), "works");
    let files: Vec<Arc<str>> = assets.iter().chain(&theme.assets).map(|asset| Arc::clone(&asset.path)).collect();
    let planned = page::plan(&archive, &site, &files);
    told.extend(planned.diagnostics.into_iter().map(|fault| fault.located(|locus| parts.find(&locus))));
    let pages = planned.value;
    observe("plan", pages.len(), "pages");
    if any_error(told) {
        return None;
    }
    progress.expect(pages.len());
    let entry_bodies: Vec<Arc<Body>> = parts.entries.iter().map(|entry| Arc::clone(&entry.body)).collect();
    let text_bodies: Vec<Arc<Body>> = parts.texts.iter().map(|text| Arc::clone(&text.body)).collect();
    let none = Cards::default();
    let previews = PreviewFiles::of(&archive);
    let world = World {
        site: &site,
        archive: &archive,
        entry_bodies: &entry_bodies,
        text_bodies: &text_bodies,
        cards: &none,
        previews: &previews,
    };
    let cards = render::cards(&world, &theme).keep(told);
    let world = World { cards: &cards, ..world };
    let rendered: crate::diagnostic::Checked<Vec<Option<Output>>> = parallel::map(&pages, |page| {
        let output = render::render(page, &pages, &world, &theme, &kept);
        progress.step();
        output
    });
    let mut outputs: Vec<Output> = rendered.keep(told).into_iter().flatten().collect();
    outputs.extend(assets.into_iter().chain(theme.assets).map(|Asset { path, bytes }| Output {
        path: path.to_string(),
        bytes,
        kept_as: None,
    }));
    outputs.sort_by(|one, other| one.path.cmp(&other.path));
    observe("render", outputs.len(), "files");
    Some(outputs)
}

fn read(root: &Path, request: &Request, told: &mut Vec<Diagnostic>) -> Option<Input> {
    let site = match source::read_text(root, "site.toml") {
        Ok(Some(source)) => Site::parse(&source).keep(told),
        Ok(None) => {
            told.push(site::missing_settings());
            None
        }
        Err(fault) => {
            told.push(*fault);
            None
        }
    };
    let site = site?;
    let site = match &request.base_url {
        // The address was checked where it was given.
        Some(url) => site.clone().with_base_url(url).unwrap_or(site),
        None => site,
    };
    let sources = source::read_content(root).keep(told);
    let files = theme::read(root, &site.theme).keep(told);
    let theme = Theme::compile(files, &page::site_view(&site)).keep(told)?;
    // What cannot be read is drawn again: nothing is said of it.
    let kept = Kept::of(source::read_folder(root, render::PICTURES).value);
    Some(Input { site, sources, theme, kept })
}

/// What was parsed, by its kind.
struct Parts {
    entries: Vec<Entry>,
    texts: Vec<Text>,
    unreadable: Vec<crate::site::Slug>,
    drafts: Vec<crate::site::Slug>,
}

impl Parts {
    fn sort(parsed: Vec<Parsed>, drafts: Drafts) -> Self {
        let mut parts = Parts { entries: Vec::new(), texts: Vec::new(), unreadable: Vec::new(), drafts: Vec::new() };
        for parsed in parsed {
            match parsed {
                Parsed::Entry(entry) if entry.record.own.draft && drafts == Drafts::HoldBack => {
                    parts.drafts.push(entry.record.slug.clone());
                }
                Parsed::Entry(entry) => parts.entries.push(entry),
                Parsed::Text(text) if text.record.draft && drafts == Drafts::HoldBack => {}
                Parsed::Text(text) => parts.texts.push(text),
                Parsed::Unreadable(slug) => parts.unreadable.push(slug),
                Parsed::Nothing => {}
            }
        }
        parts
    }

    fn find(&self, locus: &Locus) -> crate::diagnostic::Place {
        let places: &Places = match locus.origin {
            Origin::Entry(id) => &self.entries[id.0].places,
            Origin::Text(id) => &self.texts[id.0].places,
        };
        places.find(&locus.spot)
    }
}
