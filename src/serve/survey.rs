//! What a change did to all pages: found out while nobody waits.
//!
//! In: a state of the archive, and the marks of the last one. Out: new marks, the pages
//! that differ and why, and the faults of their templates. Absent on purpose: files,
//! browsers. A survey is dropped when the state that it looks at has passed.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::Rippled;
use crate::{
    build::Ready,
    diagnostic::Diagnostic,
    fingerprint::Fingerprint,
    page::{self, Permalink, View},
    render::{self, Kept},
    theme::Theme,
};

/// A page as it was, told by fingerprints.
#[derive(Clone, Debug)]
pub struct Mark {
    whole: Fingerprint,
    /// Parts that have a name for readers.
    parts: Vec<(&'static str, Fingerprint)>,
    title: Option<Arc<str>>,
    /// What its template said.
    faults: Vec<Diagnostic>,
}

/// Every page's mark.
pub type Marks = HashMap<Permalink, Mark>;

/// A page that was rendered, and the fingerprint of the view that it shows.
pub struct Rendered {
    pub permalink: Permalink,
    pub view: Fingerprint,
    pub bytes: Vec<u8>,
}

pub struct Survey {
    /// The number of the state that was looked at, and its theme.
    pub state: u64,
    pub theme: Arc<Theme>,
    pub marks: Marks,
    /// Pages that differ from the last survey, by address; none in the first.
    pub changed: Vec<Rippled>,
    /// The beginning of them, as many as a moderate store holds.
    pub rendered: Vec<Rendered>,
    /// Of all pages, those that are as they were included.
    pub faults: BTreeMap<Permalink, Vec<Diagnostic>>,
    pub card_faults: Vec<Diagnostic>,
}

/// How many bytes of pages a survey hands on.
const STORE: usize = 32 << 20;

/// Looks at every page of a state. `None` where it was dropped.
pub fn survey(ready: &Ready, state: u64, before: Option<&Marks>, dropped: &AtomicBool) -> Option<Survey> {
    let world = ready.world();
    let mut survey = Survey {
        state,
        theme: Arc::clone(&ready.theme),
        marks: Marks::with_capacity(world.pages.len()),
        changed: Vec::new(),
        rendered: Vec::new(),
        faults: BTreeMap::new(),
        card_faults: Vec::new(),
    };
    let mut room = STORE;
    for page in world.pages.iter() {
        if dropped.load(Ordering::Relaxed) {
            return None;
        }
        let view = page::view(&world, page);
        let mut mark = mark(&view, ready);
        let old = before.and_then(|before| before.get(&page.permalink));
        if let Some(old) = old.filter(|old| old.whole == mark.whole) {
            mark.faults.clone_from(&old.faults);
        } else if !page.is_picture() {
            // Drawing is for pictures that are looked at; templates show their faults here.
            let output = render::render_view(&view, page, world.site, &ready.theme, &Kept::default());
            mark.faults = output.diagnostics;
            if let Some(output) = output.value.filter(|output| output.bytes.len() <= room) {
                room -= output.bytes.len();
                let permalink = page.permalink.clone();
                survey.rendered.push(Rendered { permalink, view: mark.whole, bytes: output.bytes });
            }
        }
        if before.is_some()
            && let Some(rippled) = rippled(&page.permalink, old, Some(&mark))
        {
            survey.changed.push(rippled);
        }
        if !mark.faults.is_empty() {
            survey.faults.insert(page.permalink.clone(), mark.faults.clone());
        }
        survey.marks.insert(page.permalink.clone(), mark);
    }
    survey.card_faults = ready.card_faults();
    let gone = before.into_iter().flatten().filter(|(permalink, _)| !survey.marks.contains_key(*permalink));
    survey.changed.extend(gone.filter_map(|(permalink, old)| rippled(permalink, Some(old), None)));
    survey.changed.sort_by(|one, other| one.permalink.cmp(&other.permalink));
    Some(survey)
}

/// The fingerprint of all that a page shows: its view, and every template. One that the
/// page does not use changes it too; its bytes then turn out to be the same.
pub fn fingerprint(view: &View, ready: &Ready) -> Fingerprint {
    Fingerprint::of(&(view, ready.theme.fingerprint()))
}

fn mark(view: &View, ready: &Ready) -> Mark {
    Mark {
        whole: fingerprint(view, ready),
        parts: parts(view),
        title: view.frame().map(|frame| frame.title.as_str().into()),
        faults: Vec::new(),
    }
}

/// Pages for readers alone: of feeds and the like nobody would read a list.
fn rippled(permalink: &Permalink, old: Option<&Mark>, new: Option<&Mark>) -> Option<Rippled> {
    let title = new.or(old)?.title.as_ref()?;
    let why = match (old, new) {
        (None, _) => vec!["new"],
        (_, None) => vec!["gone"],
        (Some(old), Some(new)) if old.whole == new.whole => return None,
        (Some(old), Some(new)) => {
            new.parts.iter().filter(|part| !old.parts.contains(part)).map(|(name, _)| *name).collect()
        }
    };
    Some(Rippled { permalink: permalink.as_str().to_string(), title: title.to_string(), why })
}

fn parts(view: &View) -> Vec<(&'static str, Fingerprint)> {
    fn of<T: Hash>(value: T) -> Fingerprint {
        Fingerprint::of(&value)
    }
    match view {
        View::Entry(view) => vec![
            ("title", of(&view.page.title)),
            ("text", of((&view.body, &view.notes))),
            ("works cited", of(&view.works_cited)),
            ("backlinks", of(&view.backlinks)),
            ("relations", of(&view.relations)),
            ("keywords", of(&view.keywords)),
            ("actors", of(&view.actors)),
            ("tracks", of(&view.tracks)),
            ("related works", of(&view.related)),
            (
                "neighbours",
                of(((&view.previous_in_list, &view.next_in_list), (&view.previous_in_time, &view.next_in_time))),
            ),
        ],
        View::Keyword(view) => vec![
            ("label", of(&view.page.title)),
            ("number of works", of(view.works)),
            ("works", of(&view.groups)),
            ("sections", of(&view.sections)),
            ("other terms", of((&view.broader, &view.narrower, &view.related))),
        ],
        View::Actor(view) => vec![("number of works", of(view.works)), ("works", of(&view.roles))],
        View::Person(view) => vec![("number of works", of(view.works)), ("works", of(&view.roles))],
        View::Collection(view) => vec![("number of entries", of(view.entries)), ("entries", of(&view.decades))],
        View::Keywords(view) => vec![("number of keywords", of(view.keywords)), ("terms", of(&view.letters))],
        View::TrackKeywords(view) => vec![("terms", of(&view.letters))],
        View::People(view) => vec![("number of people", of(view.people)), ("people", of(&view.letters))],
        View::Actors(view) => vec![("actors", of(&view.kinds))],
        View::Concordance(view) => vec![("numbers", of(&view.lists))],
        _ => Vec::new(),
    }
}
