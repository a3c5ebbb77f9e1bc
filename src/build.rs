//! The cold pipeline, readable at a glance.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    archive::{self, Archive, Locus, Material, Origin},
    diagnostic::{Checked, Diagnostic, any_error},
    entry::{self, Body, Entry, Parsed, Places, Text},
    page::{self, Cards, Page, PreviewFiles, World},
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
    let ready = input.and_then(|input| prepare(input, request, observe, &mut told));
    let outputs = ready.map(|ready| make(ready, progress, observe, &mut told));
    told.sort_by(|one, other| (&one.place, one.severity, one.code).cmp(&(&other.place, other.severity, other.code)));
    // A template's fault shows on every page that is made with it.
    told.dedup_by(|one, other| (&one.place, one.code, &one.message) == (&other.place, other.code, &other.message));
    let sound = !any_error(&told);
    Built { outputs: outputs.filter(|_| sound), diagnostics: told }
}

/// An archive that is linked and planned: all that pages are made from.
struct Ready {
    site: Site,
    theme: Theme,
    archive: Archive,
    entry_bodies: Vec<Arc<Body>>,
    text_bodies: Vec<Arc<Body>>,
    previews: PreviewFiles,
    pages: Vec<Page>,
    /// Files of the content that are copied as they are.
    assets: Vec<Asset>,
    /// Pictures that an earlier build drew.
    kept: Kept,
}

impl Ready {
    fn world<'a>(&'a self, cards: &'a Cards) -> World<'a> {
        World {
            site: &self.site,
            archive: &self.archive,
            entry_bodies: &self.entry_bodies,
            text_bodies: &self.text_bodies,
            cards,
            previews: &self.previews,
            print: None,
        }
    }
}

/// `None` where an error has been told.
fn prepare(
    Input { site, sources, theme, kept }: Input,
    request: &Request,
    observe: Observe<'_>,
    told: &mut Vec<Diagnostic>,
) -> Option<Ready> {
    let Sources { texts, keywords, actors, assets } = sources;
    observe("read", texts.len() + assets.len(), "files");
    let parsed: Checked<Vec<Parsed>> = parallel::map(&texts, |source| entry::parse(source, &site));
    let parsed = parsed.keep(told);
    let keywords = vocabulary::parse(keywords).keep(told);
    let actors = vocabulary::parse(actors).keep(told);
    let parts = Parts::sort(parsed, request.drafts);
    observe("parse", parts.entries.len(), "entries");
    let material = Material {
        entries: parts.entries.iter().map(|entry| Arc::clone(&entry.record)).collect(),
        texts: parts.texts.iter().map(|text| Arc::clone(&text.record)).collect(),
        unreadable: parts.unreadable.clone(),
        drafts: parts.drafts.clone(),
        draft_texts: parts.draft_texts.clone(),
        keywords: &keywords,
        actors: &actors,
    };
    let linked = archive::link(material, &site);
    told.extend(linked.diagnostics.into_iter().map(|fault| fault.located(|locus| parts.find(&locus))));
    let archive = linked.value;
    observe("link", archive.works.len(), "works");
    let copied = |assets: &[Asset]| -> Vec<Arc<str>> { assets.iter().map(|asset| Arc::clone(&asset.path)).collect() };
    let (own, of_theme) = (copied(&assets), copied(&theme.assets));
    let planned = page::plan(&archive, &site, &[own.as_slice(), &of_theme].concat());
    told.extend(planned.diagnostics.into_iter().map(|fault| fault.located(|locus| parts.find(&locus))));
    let pages = planned.value;
    told.extend(page::clashes(&pages, &own, &of_theme));
    observe("plan", pages.len(), "pages");
    if any_error(told) {
        return None;
    }
    Some(Ready {
        entry_bodies: parts.entries.iter().map(|entry| Arc::clone(&entry.body)).collect(),
        text_bodies: parts.texts.iter().map(|text| Arc::clone(&text.body)).collect(),
        previews: PreviewFiles::of(&archive),
        site,
        theme,
        archive,
        pages,
        assets,
        kept,
    })
}

fn make(ready: Ready, progress: &Progress, observe: Observe<'_>, told: &mut Vec<Diagnostic>) -> Vec<Output> {
    progress.expect(ready.pages.len());
    let none = Cards::default();
    let cards = render::cards(&ready.world(&none), &ready.theme).keep(told);
    let world = ready.world(&cards);
    let rendered: Checked<Vec<Option<Output>>> = parallel::map(&ready.pages, |page| {
        let output = render::render(page, &ready.pages, &world, &ready.theme, &ready.kept);
        progress.step();
        output
    });
    let mut outputs: Vec<Output> = rendered.keep(told).into_iter().flatten().collect();
    let copied = ready.assets.into_iter().chain(ready.theme.assets);
    outputs.extend(copied.map(|Asset { path, bytes }| Output { path: path.to_string(), bytes, kept_as: None }));
    outputs.sort_by(|one, other| one.path.cmp(&other.path));
    observe("render", outputs.len(), "files");
    outputs
}

/// For each template the fullest view that an archive gives it, as JSON: examples for
/// the documentation of themes. Empty where the archive has errors.
#[doc(hidden)]
pub fn example_views(root: &Path) -> BTreeMap<String, serde_json::Value> {
    let mut told = Vec::new();
    let request = Request::default();
    let ready =
        read(root, &request, &mut told).and_then(|input| prepare(input, &request, &mut |_, _, _| {}, &mut told));
    let Some(ready) = ready else {
        return BTreeMap::new();
    };
    let none = Cards::default();
    let cards = render::cards(&ready.world(&none), &ready.theme).keep(&mut told);
    let world = ready.world(&cards);
    let mut examples: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for page in &ready.pages {
        let view = page::view(&world, page, &ready.pages);
        let Some(template) = view.template() else { continue };
        let value = serde_json::to_value(&view).unwrap_or_default();
        let fuller = examples.get(template).is_none_or(|known| known.to_string().len() < value.to_string().len());
        if fuller {
            examples.insert(template.to_string(), value);
        }
    }
    examples
}

fn read(root: &Path, request: &Request, told: &mut Vec<Diagnostic>) -> Option<Input> {
    let settings = match source::read_text(root, "site.toml") {
        Ok(Some(source)) => source,
        Ok(None) => {
            told.push(site::missing_settings());
            return None;
        }
        Err(fault) => {
            told.push(*fault);
            return None;
        }
    };
    let site = Site::parse(&settings).keep(told)?;
    let site = match &request.base_url {
        // The address was checked where it was given.
        Some(url) => site.clone().with_base_url(url).unwrap_or(site),
        None => site,
    };
    let sources = source::read_content(root).keep(told);
    let files = theme::read(root, &site.theme, &site::place_of(&settings, "theme")).keep(told);
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
    /// Paths of pages.
    draft_texts: Vec<String>,
}

impl Parts {
    fn sort(parsed: Vec<Parsed>, drafts: Drafts) -> Self {
        let mut parts = Parts {
            entries: Vec::new(),
            texts: Vec::new(),
            unreadable: Vec::new(),
            drafts: Vec::new(),
            draft_texts: Vec::new(),
        };
        for parsed in parsed {
            match parsed {
                Parsed::Entry(entry) if entry.record.own.draft && drafts == Drafts::HoldBack => {
                    parts.drafts.push(entry.record.slug.clone());
                }
                Parsed::Entry(entry) => parts.entries.push(entry),
                Parsed::Text(text) if text.record.draft && drafts == Drafts::HoldBack => {
                    parts.draft_texts.push(text.record.path.clone());
                }
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
