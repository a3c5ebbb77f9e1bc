//! An archive that is linked and planned: what pages are made from.
//!
//! In: parsed files, vocabularies, settings and theme. Out: [`Ready`]. Absent on purpose: the
//! disk, and any page.

use std::{collections::BTreeSet, mem, sync::Arc};

use super::{Drafts, Observe, ParsedFiles, Vocabularies};
use crate::{
    archive::{self, Archive, EntryId, Locus, Material, Origin, TextId, Words},
    cite::Styles,
    diagnostic::{Checked, Diagnostic, Place, any_error},
    entry::{Entry, LateBody, Parsed, Places, Record, Text},
    export::Exports,
    leaves::Leaves,
    page::{
        self, Cards, Margin, Page, Pages, PreviewFiles, Subject, World,
        share::{self, ShareLink},
    },
    parallel, search,
    site::{Site, Slug},
    source::Asset,
    theme::Theme,
};

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
    pub entries: Leaves<Arc<Entry>>,
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
    pub pages: Pages,
    previews: PreviewFiles,
    site_picture: Option<ShareLink>,
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
                site_picture: share::site_picture(site),
                exports: Exports::default(),
                faults,
                clashes,
            }),
            site: Arc::clone(site),
            theme: Arc::clone(theme),
            styles: Arc::default(),
            search: search::Kept::default(),
            entries: parts.entries.into(),
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
                    let id = ready.entry_of(entry.places.path());
                    id.inspect(|id| ready.entries.set(id.0, Arc::clone(entry))).map(Origin::Entry)
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
            if names_any(fault, &moved) {
                let located = ready.locate(fault);
                Arc::make_mut(&mut ready.faults)[index] = located;
            }
        }
        ready.search = search::Kept::default();
        ready
    }

    /// The same archive, linked and planned, with other entries in the place of its own. There
    /// must be no fault in it; `None` where the whole has to be linked again.
    #[must_use]
    pub fn with_entries<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a Arc<Entry>>,
        vocabularies: &Vocabularies,
    ) -> Option<Self> {
        let Linked { archive: before, pages, .. } = &*self.linked;
        let mut ready = self.clone();
        let (mut records, mut moved, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let id = self.entry_of(entry.places.path())?;
            ready.entries.set(id.0, Arc::clone(entry));
            moved.push(Origin::Entry(id));
            if before.entries[id.0] != entry.record {
                records.push((id, Arc::clone(&entry.record)));
                changed.push(id);
            }
        }
        let Vocabularies { keywords, actors, .. } = vocabularies;
        let words = Words { keywords, actors };
        let mut faults = Vec::new();
        let archive = archive::relink(before, &self.linked.faults, &records, words, &self.site)?.keep(&mut faults);
        let (own, of_theme) = (paths(&self.assets), paths(&self.theme.assets));
        let files = [own.as_slice(), &of_theme].concat();
        let pages = page::replan((before, pages), &archive, &changed, &self.site, &files)?;
        let clashes = page::clashes(&pages, &own, &of_theme);
        // To find a place takes a look at the file, and most are where they were.
        let known = self.linked.faults.iter().zip(&*self.faults).filter(|(fault, _)| !names_any(fault, &moved));
        let mut known = known.peekable();
        // They have kept their order.
        let locate = |fault: &Diagnostic<Locus>| match known.next_if(|(other, _)| *other == fault) {
            Some((_, located)) => located.clone(),
            None => ready.locate(fault),
        };
        let located = faults.iter().map(locate).collect();
        ready.faults = Arc::new(located);
        ready.cards = Arc::new(Cards::new(archive.entries.len(), Arc::clone(&self.theme) as _));
        ready.search = search::Kept::default();
        ready.linked = Arc::new(Linked {
            archive,
            pages,
            previews: PreviewFiles::default(),
            site_picture: self.linked.site_picture.clone(),
            exports: Exports::default(),
            faults,
            clashes,
        });
        Some(ready)
    }

    fn entry_of(&self, path: &str) -> Option<EntryId> {
        self.entries.find_by(|known| known.places.path().cmp(path)).map(EntryId)
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

    /// Makes bodies before pages ask for them, each once; by their indexes in
    /// [`Grounds`](super::Grounds).
    pub fn make_bodies<'a>(&self, indexes: impl Iterator<Item = &'a u32>) {
        let indexes: BTreeSet<usize> = indexes.filter_map(|index| usize::try_from(*index).ok()).collect();
        let bodies = indexes.into_iter().filter_map(|index| match self.entries.get(index) {
            Some(entry) => Some(&entry.body),
            None => self.texts.get(index - self.entries.len()).map(|text| &text.body),
        });
        parallel::each(bodies.collect(), LateBody::make);
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

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        any_error(&self.faults) || any_error(&self.linked.clashes)
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
            site_picture: self.linked.site_picture.as_ref(),
            exports: &self.linked.exports,
            print: None,
            standing: None,
            margin: Margin::There,
            reads: None,
        }
    }
}

fn paths(assets: &[Arc<Asset>]) -> Vec<Arc<str>> {
    assets.iter().map(|asset| Arc::clone(&asset.path)).collect()
}

/// Whether a fault stands in one of some texts, or tells of one.
fn names_any(fault: &Diagnostic<Locus>, texts: &[Origin]) -> bool {
    let mut loci = std::iter::once(&fault.place).chain(fault.also.iter().map(|(locus, _)| locus));
    loci.any(|locus| texts.contains(&locus.origin))
}

/// Puts what a file has become in the place of what it was, and says which: if it has one.
fn put<T>(files: &mut [Arc<T>], file: &Arc<T>, path: impl Fn(&T) -> &str) -> Option<usize> {
    let index = files.binary_search_by(|known| path(known).cmp(path(file))).ok()?;
    files[index] = Arc::clone(file);
    Some(index)
}

/// What was parsed, by its kind.
#[derive(Default)]
pub(super) struct Parts {
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
    pub(super) fn sort(parsed: &ParsedFiles, drafts: Drafts) -> Self {
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
            Parsed::Entry(entry) if entry.record.filing.draft && drafts == Drafts::HoldBack => {
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
    pub(super) fn material<'a>(&mut self, vocabularies: &'a Vocabularies) -> Material<'a> {
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

#[cfg(test)]
mod tests;
