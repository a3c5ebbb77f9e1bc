//! The whole archive on one page, for paper; in volumes where it is large.

use serde::Serialize;

use super::{
    address::Permalink,
    entry_view::{CorrectionView, ListedView, NoteView, corrections, listings, notes},
    html::Html,
    record_view::{TitleView, titles},
    text_view::{WrittenView, written},
    view::{Frame, LinkView, kind_label, link},
    world::{Margin, World},
};
use crate::{
    archive::{Archive, EntryId, Origin},
    entry::Name,
};

/// How many entries a volume holds at the most.
const VOLUME: usize = 500;

/// What `print.html` shows: one volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PrintView {
    pub page: Frame,
    /// Counted from 1.
    pub volume: usize,
    /// All volumes, where there are several.
    pub volumes: Vec<LinkView>,
    /// The home page's text, in the first volume.
    pub text: Option<WrittenView>,
    /// In the order of the collections, then of each list.
    pub entries: Vec<PrintEntry>,
}

/// An entry on paper.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PrintEntry {
    /// The entry's id: the fragment that leads to it, and what its other ids begin with.
    pub id: String,
    /// `Reference 24`
    pub label: String,
    /// The collection's title where the entry is the first of it in this volume.
    pub opens: Option<String>,
    pub kind: String,
    pub title: String,
    pub title_lang: Option<String>,
    pub titles: Vec<TitleView>,
    pub creators: Vec<String>,
    /// A `time` element.
    pub date: Option<Html>,
    pub summary: Option<String>,
    /// `■ Sovereignty`, with the reason of the claim.
    pub tracks: Vec<PrintClaim>,
    pub listed: Vec<ListedView>,
    pub corrections: Vec<CorrectionView>,
    /// Its headings stand two levels lower than on the entry's own page: below the entry's
    /// title, which is below the collection's.
    pub body: Html,
    pub notes: Vec<NoteView>,
    /// As on the entry's own page; links lead to where this edition has the works.
    pub works_cited: Option<Html>,
}

/// What is made of the text of an entry, as [`PrintEntry`] has it.
pub struct PrintText {
    pub body: Html,
    pub notes: Vec<NoteView>,
    pub works_cited: Option<Html>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PrintClaim {
    pub track: String,
    pub because: Option<String>,
}

/// Which entries stand in which volume.
#[derive(Debug)]
pub struct Volume {
    /// For each entry the number of its volume, from 0.
    volumes: Vec<usize>,
    /// The page of each volume.
    pages: Vec<Permalink>,
}

impl Volume {
    fn of(archive: &Archive) -> Self {
        let mut volumes = vec![0; archive.entries.len()];
        for (rank, id) in archive.lists.iter().flatten().enumerate() {
            volumes[id.0] = rank / VOLUME;
        }
        Volume { volumes, pages: (0..volume_count(archive)).map(volume_permalink).collect() }
    }

    /// The page that an entry stands on.
    pub fn holding(&self, id: EntryId) -> Option<&Permalink> {
        self.volumes.get(id.0).and_then(|&number| self.pages.get(number))
    }
}

pub fn volume_count(archive: &Archive) -> usize {
    archive.entries.len().div_ceil(VOLUME)
}

/// `print.html`, `print/2.html`
pub fn volume_permalink(number: usize) -> Permalink {
    if number == 0 { Permalink::new("print.html") } else { Permalink::new(format!("print/{}.html", number + 1)) }
}

pub fn print_view(world: &World<'_>, at: &Permalink, number: usize) -> PrintView {
    let volume = Volume::of(world.archive);
    let world = World { print: Some(&volume), margin: Margin::Absent, ..*world };
    let count = volume_count(world.archive);
    let title = |number: usize| {
        if count > 1 { format!("Print edition, volume {}", number + 1) } else { "Print edition".to_string() }
    };
    let ids: Vec<EntryId> = world.archive.lists.iter().flatten().copied().skip(number * VOLUME).take(VOLUME).collect();
    let entries = ids.iter().enumerate().map(|(index, &id)| {
        let collection = &world.archive.entry(id).collection;
        let opens = index == 0 || world.archive.entry(ids[index - 1]).collection != *collection;
        let title =
            world.site.collection(collection.as_str()).filter(|_| opens).map(|collection| collection.title.clone());
        let text = world.standing.and_then(|standing| standing.text_of(index, id));
        print_entry(&world, id, title, text, at)
    });
    PrintView {
        page: world.frame(at, &title(number), None, None),
        volume: number + 1,
        volumes: if count > 1 {
            (0..count).map(|number| link(&title(number), &volume_permalink(number), at)).collect()
        } else {
            Vec::new()
        },
        text: world.text_at("index").filter(|_| number == 0).and_then(|origin| written(&world, origin, at)),
        entries: entries.collect(),
    }
}

fn print_text(world: &World<'_>, origin: Origin, at: &Permalink) -> PrintText {
    let citing = world.citing(origin);
    PrintText {
        body: Html(lowered(&world.filled(&world.body(origin).text, origin, at, citing.as_ref())).into()),
        notes: notes(world, origin, at, citing.as_ref()),
        works_cited: citing.map(|citing| citing.list(world, at)),
    }
}

/// `text` is known where the last build has made it.
fn print_entry(
    world: &World<'_>,
    id: EntryId,
    opens: Option<String>,
    text: Option<PrintText>,
    at: &Permalink,
) -> PrintEntry {
    let record = world.archive.entry(id);
    let origin = Origin::Entry(id);
    world.note(origin);
    let PrintText { body, notes, works_cited } = text.unwrap_or_else(|| print_text(world, origin, at));
    let claims = &world.archive.entry(world.archive.principal(id)).own.tracks;
    let tracks = world.site.tracks.iter().filter_map(|track| {
        let claim = claims.iter().find(|claim| claim.track == track.id.as_str())?;
        Some(PrintClaim { track: format!("{} {}", track.glyph, track.title), because: claim.because.clone() })
    });
    PrintEntry {
        id: record.slug.to_string(),
        label: world.entry_label(id),
        opens,
        kind: kind_label(record),
        title: record.citation.title.clone(),
        title_lang: record.own.title_lang.clone(),
        titles: titles(record),
        creators: record.citation.creators().iter().map(Name::in_order).collect(),
        date: record.citation.issued().map(|date| world.time(date)),
        summary: record.own.summary.clone(),
        tracks: tracks.collect(),
        listed: listings(world, id, at),
        corrections: corrections(record),
        body,
        notes,
        works_cited,
    }
}

/// Headings two levels lower. The HTML is finished, so that `<` stands before names of tags alone.
fn lowered(html: &str) -> String {
    // A level stays one digit.
    let mut lowered = String::with_capacity(html.len());
    let mut done = 0;
    for (at, _) in html.match_indices('<') {
        let piece = &html[at + 1..];
        let name = piece.strip_prefix('/').unwrap_or(piece);
        let level = name.strip_prefix('h').and_then(|rest| rest.chars().next()?.to_digit(7)).filter(|&level| level > 0);
        if let Some(level) = level {
            let digit = html.len() - name.len() + 1;
            lowered.push_str(&html[done..digit]);
            lowered.extend(char::from_digit((level + 2).min(6), 10));
            done = digit + 1;
        }
    }
    lowered.push_str(&html[done..]);
    lowered
}

#[cfg(test)]
mod tests {
    use super::lowered;

    #[test]
    fn headings_go_down_two_levels_and_nothing_else_changes() {
        let html = "<h2 id=\"a\">A &lt;h2&gt;</h2><hr><p>b</p><h3>C</h3><h6>D</h6>";
        assert_eq!(lowered(html), "<h4 id=\"a\">A &lt;h2&gt;</h4><hr><p>b</p><h5>C</h5><h6>D</h6>");
    }
}
