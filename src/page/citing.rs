//! The works that a text cites, as the site's first style has them.
//!
//! In: a text's citations and where they lead. Out: what fills their gaps, and the list of
//! works that stands behind the text. Numbers and letters behind years (1982a) are those of
//! this list: each text has its own. Absent on purpose: texts that are shown elsewhere than on
//! their own page, or in the print edition; there works are cited plainly.

use std::collections::HashMap;

use super::{address::Permalink, html::Html, world::World};
use crate::{
    archive::{EntryId, Goal, Origin},
    cite::{self, Among, CitedWork, Class, List, Locator, Reference, Said},
    entry::{Body, CiteForm, Cluster, Fill, Shows},
};

/// The works of one text.
pub struct Citing<'w> {
    style: &'w cite::Style,
    /// In the order of the list.
    works: Vec<Listed<'w>>,
    /// Where in the list an entry's work is.
    places: HashMap<EntryId, usize>,
}

struct Listed<'w> {
    id: EntryId,
    reference: Reference<'w>,
    /// The places of the works that the style does not tell apart unless it is told of them, its
    /// own among them.
    alike: Vec<usize>,
}

impl<'w> World<'w> {
    /// `None` where the text cites no work, or the site has no style.
    pub fn citing(&self, origin: Origin) -> Option<Citing<'w>> {
        let style = self.styles.iter().next()?;
        let body = self.body(origin);
        if body.clusters.is_empty() {
            return None;
        }
        let goals = self.goals(origin);
        let mut cited: Vec<EntryId> = Vec::new();
        let mut places: HashMap<EntryId, usize> = HashMap::new();
        for cite in in_reading_order(body).flat_map(|cluster| &cluster.cites) {
            if let Some(Goal::Entry { id, .. }) = &goals[cite.link] {
                let work = self.archive.principal(*id);
                places.entry(work).or_insert_with(|| {
                    cited.push(work);
                    cited.len() - 1
                });
            }
        }
        if cited.is_empty() {
            return None;
        }
        let archive: &'w _ = self.archive;
        let references: Vec<Reference<'w>> = cited.iter().map(|id| Reference::of(archive.entry(*id))).collect();
        let order = style.order(List::Bibliography, &references.iter().collect::<Vec<_>>());
        let works = order.iter().map(|&index| Listed {
            id: cited[index],
            reference: references[index].clone(),
            alike: Vec::new(),
        });
        let mut works: Vec<Listed<'w>> = works.collect();
        for (place, work) in works.iter().enumerate() {
            places.insert(work.id, place);
        }
        tell_apart(style, &mut works);
        Some(Citing { style, works, places })
    }
}

/// The text of the page at a path, and the list of the works that it cites.
pub fn cited_text(world: &World<'_>, path: &str) -> Option<(String, String)> {
    let origin = world.text_at(path)?;
    let citing = world.citing(origin)?;
    let at = Permalink::text(path);
    let text = world.fill(&world.body(origin).text, origin, &at, Some(&citing));
    Some((text.0.to_string(), citing.list(world, &at).0.to_string()))
}

/// The citations of a text as a reader comes upon them: those of a note where it stands.
fn in_reading_order(body: &Body) -> impl Iterator<Item = &Cluster> {
    let mut order: Vec<usize> = Vec::with_capacity(body.clusters.len());
    let mut seen = vec![false; body.clusters.len()];
    let mut meet = |fill: Fill| {
        if let Fill::Cluster(cluster) = fill
            && !std::mem::replace(&mut seen[cluster], true)
        {
            order.push(cluster);
        }
    };
    for gap in &body.text.gaps {
        match gap.fill {
            Fill::Note(note) => {
                let note = note.checked_sub(1).and_then(|index| body.notes.get(index));
                note.into_iter().flat_map(|note| &note.text.gaps).for_each(|gap| meet(gap.fill));
            }
            fill => meet(fill),
        }
    }
    body.notes.iter().flat_map(|note| &note.text.gaps).for_each(|gap| meet(gap.fill));
    order.into_iter().map(|cluster| &body.clusters[cluster])
}

/// Finds works that the style cites alike. Numbers are never alike.
fn tell_apart(style: &cite::Style, works: &mut [Listed<'_>]) {
    if works.len() < 2 || style.manner().class == Class::Numbers {
        return;
    }
    let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, work) in works.iter().enumerate() {
        let Said { whole, .. } = style.in_text(&Among { works: &[&work.reference], own: 0 }, None);
        alike.entry(whole).or_default().push(place);
    }
    for places in alike.into_values().filter(|places| places.len() > 1) {
        for &place in &places {
            works[place].alike.clone_from(&places);
        }
    }
}

impl Citing<'_> {
    /// Does something with a work among those that are like it.
    fn among<T>(&self, place: usize, make: impl FnOnce(&Among<'_>) -> T) -> T {
        let work = &self.works[place];
        let alike: Vec<&Reference<'_>> = work.alike.iter().map(|&other| &self.works[other].reference).collect();
        match work.alike.iter().position(|&other| other == place) {
            Some(own) => make(&Among { works: &alike, own }),
            None => make(&Among { works: &[&work.reference], own: 0 }),
        }
    }

    /// A citation of the text, as HTML; `None` where it leads to a work that is not shown.
    pub fn cluster(&self, world: &World<'_>, cluster: &Cluster, origin: Origin, from: &Permalink) -> Option<String> {
        let goals = world.goals(origin);
        let place = |link: usize| match &goals[link] {
            Some(Goal::Entry { id, .. }) => self.places.get(&world.archive.principal(*id)).copied(),
            _ => None,
        };
        let places: Vec<usize> = cluster.cites.iter().map(|cite| place(cite.link)).collect::<Option<_>>()?;
        let read: Vec<(Option<Locator>, &str)> =
            cluster.cites.iter().map(|cite| self.style.locator(&cite.behind)).collect();
        let work = |index: usize| {
            let (cite, place, (locator, behind)) = (&cluster.cites[index], places[index], &read[index]);
            let citation = &self.works[place].reference.citation;
            let mut link = String::new();
            world.open_link(&mut link, Shows::AuthorYear, goals[cite.link].as_ref(), origin, from);
            let creators = citation.creators_short();
            let written = &cite.behind[..cite.behind.len() - behind.len()];
            CitedWork {
                said: self.among(place, |among| self.style.in_text(among, locator.as_ref())),
                form: cite.form,
                link,
                number: place + 1,
                before: &cite.before,
                locator: locator.as_ref(),
                locator_as_written: written.trim_start_matches([',', ' ']),
                behind,
                name: if creators.is_empty() { citation.title.clone() } else { creators },
                year: citation.year().unwrap_or_else(|| citation.title.clone()),
            }
        };
        let works: Vec<CitedWork<'_>> = self.order(cluster, &places).into_iter().map(work).collect();
        Some(cite::citation(self.style.manner(), &works))
    }

    /// The order of the works of a citation. Words before a work (*see*, *but see*) say what
    /// comes first.
    fn order(&self, cluster: &Cluster, places: &[usize]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..places.len()).collect();
        let plain = cluster.cites.iter().all(|cite| cite.before.is_empty() && cite.form == CiteForm::Whole);
        if places.len() < 2 || !plain {
            return order;
        }
        if self.style.manner().class == Class::Numbers {
            order.sort_by_key(|&index| places[index]);
            return order;
        }
        let works: Vec<&Reference<'_>> = places.iter().map(|&place| &self.works[place].reference).collect();
        self.style.order(List::Citation, &works)
    }

    /// The list of the works, each a link to its entry.
    pub fn list(&self, world: &World<'_>, from: &Permalink) -> Html {
        let list = if self.style.manner().class == Class::Numbers { "ol" } else { "ul" };
        let mut html = format!("<{list} class=\"works-cited\">\n");
        for (place, work) in self.works.iter().enumerate() {
            let goal = Goal::Entry { id: work.id, section: None };
            let mut link = String::new();
            world.open_link(&mut link, Shows::AuthorYear, Some(&goal), Origin::Entry(work.id), from);
            html.push_str("<li>");
            html.push_str(&cite::linked(&link, &self.among(place, |among| self.style.bibliography_among(among))));
            html.push_str("</li>\n");
        }
        html.push_str("</");
        html.push_str(list);
        html.push('>');
        Html(html.into())
    }
}
