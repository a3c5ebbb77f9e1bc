//! What pages were made from, so that the next build knows which would be the same.
//!
//! A page depends on what all pages depend on (settings, theme, records, vocabularies,
//! copied files) and on the bodies that its view reads. Which those are nobody declares:
//! [`World::body`](crate::page::World::body) notes each that is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Ready;
use crate::{archive::Origin, fingerprint::Fingerprint, parallel, render::Output};

/// What the pages of one build were made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// Of what all pages depend on.
    shared: String,
    /// Of the bodies: entries, then texts.
    bodies: Vec<String>,
    /// For each page by path the indexes of the bodies that it shows.
    shown: BTreeMap<String, Vec<usize>>,
}

/// The build before this one: what it was made from, and whether a file that it left
/// stands.
pub struct Before<'a> {
    pub grounds: &'a Grounds,
    pub stands: &'a (dyn Fn(&str) -> bool + Sync),
}

/// The index of a body in [`Grounds`].
pub fn index(origin: Origin, ready: &Ready) -> usize {
    match origin {
        Origin::Entry(id) => id.0,
        Origin::Text(id) => ready.entries.len() + id.0,
    }
}

/// A file of the site.
#[derive(Debug)]
pub enum Made {
    New(Output),
    /// The one at this path is as it would be.
    Same(String),
}

impl Grounds {
    /// `inputs` is of all that is neither an entry nor a page.
    pub fn of(ready: &Ready, inputs: Fingerprint) -> Self {
        let records: Vec<Fingerprint> = parallel::map(&ready.entries, |entry| Fingerprint::of(&*entry.record));
        let texts: Vec<Fingerprint> = parallel::map(&ready.texts, |text| Fingerprint::of(&*text.record));
        let entries = ready.entries.iter().map(|entry| &entry.places);
        let places: Vec<_> = entries.chain(ready.texts.iter().map(|text| &text.places)).collect();
        Grounds {
            shared: Fingerprint::of(&(inputs, records, texts)).to_string(),
            bodies: parallel::map(&places, |places| places.body_fingerprint().to_string()),
            shown: BTreeMap::new(),
        }
    }

    /// The same, with the bodies that each page shows.
    #[must_use]
    pub fn with_shown(self, shown: impl IntoIterator<Item = (String, Vec<usize>)>) -> Self {
        Grounds { shown: shown.into_iter().collect(), ..self }
    }

    /// Whether all that pages share is as it was.
    pub fn shares(&self, before: &Before<'_>) -> bool {
        self.shared == before.grounds.shared
    }

    /// The bodies that a page shows, where it would be as it is.
    pub fn unmoved<'a>(&self, path: &str, before: &Before<'a>) -> Option<&'a [usize]> {
        let shown = before.grounds.shown.get(path).filter(|_| self.shared == before.grounds.shared)?;
        let same = shown.iter().all(|&body| self.bodies.get(body) == before.grounds.bodies.get(body));
        (same && (before.stands)(path)).then_some(shown)
    }
}
