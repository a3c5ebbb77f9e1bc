//! What pages were made from, so that the next build knows which would be the same.
//!
//! A page depends on what all pages depend on (settings, theme, records, vocabularies,
//! copied files) and on the bodies that its view reads. Which those are nobody declares:
//! [`World::body`](crate::page::World::body) notes each that is read.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};

use super::Ready;
use crate::{
    archive::{EntryId, Origin},
    fingerprint::Fingerprint,
    page::{Printed, StandingVolume, View},
    parallel,
    publish::Store,
    render::Output,
    search::Layout,
};

/// What the pages of one build were made from.
#[derive(Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Grounds {
    /// Of what all pages depend on.
    pub(super) shared: Fingerprint,
    /// Of the bodies: entries, then texts.
    pub(super) bodies: Vec<Fingerprint>,
    /// For each page by path the indexes of the bodies that it shows.
    pub(super) shown: BTreeMap<String, Vec<u32>>,
    /// For each volume of the print edition by path its [`Printed`], which is seldom asked for.
    pub(super) printed: BTreeMap<String, Vec<u8>>,
    /// How the search index was divided into files.
    pub(super) search: Option<Layout>,
}

/// What a build need not find out again.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// The build before this one.
    pub before: Option<Before<'a>>,
    /// What any build has found out of the archive.
    pub store: Option<&'a Store>,
}

/// The build before this one: what it was made from, and what it left.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    pub grounds: &'a Grounds,
    /// The length of a file of the site that stands as it was left.
    pub stands: &'a (dyn Fn(&str) -> Option<u64> + Sync),
    /// What is in such a file.
    pub file: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
}

/// Of a page that would be as it is: the bodies that it shows, and its length.
pub type Unmoved<'a> = (&'a [u32], u64);

/// What a page shows of bodies.
pub struct Shown {
    pub path: String,
    /// By their indexes in [`Grounds`].
    pub bodies: Vec<u32>,
    /// Of a volume of the print edition its [`Printed`].
    pub printed: Option<Vec<u8>>,
}

/// A volume of the print edition that the last build left.
pub struct Standing<'a> {
    page: String,
    printed: Printed,
    has_moved: Box<dyn Fn(EntryId) -> bool + Sync + 'a>,
}

impl Standing<'_> {
    pub fn volume(&self) -> StandingVolume<'_> {
        StandingVolume { page: &self.page, printed: &self.printed, has_moved: &*self.has_moved }
    }
}

/// What the next build knows of a volume of the print edition.
pub fn printed(view: &View, output: &Output) -> Option<Vec<u8>> {
    let View::Print(volume) = view else { return None };
    borsh::to_vec(&Printed::of(volume, &output.bytes)?).ok()
}

/// The index of a body in [`Grounds`].
pub fn index(origin: Origin, ready: &Ready) -> u32 {
    let index = match origin {
        Origin::Entry(id) => id.0,
        Origin::Text(id) => ready.entries.len() + id.0,
    };
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A file of the site.
#[derive(Debug)]
pub enum Made {
    New(Output),
    /// The one at this path, of so many bytes, is as it would be.
    Same(String, u64),
}

impl Made {
    pub fn path(&self) -> &str {
        match self {
            Made::New(output) => &output.path,
            Made::Same(path, _) => path,
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Made::New(output) => output.bytes.len() as u64,
            Made::Same(_, bytes) => *bytes,
        }
    }
}

impl Grounds {
    /// `inputs` is of all that is neither an entry nor a page.
    pub fn of(ready: &Ready, inputs: Fingerprint) -> Self {
        let entries: Vec<_> = ready.entries.iter().collect();
        let records: Vec<Fingerprint> = parallel::map(&entries, |entry| entry.record_fingerprint());
        let texts: Vec<Fingerprint> = parallel::map(&ready.texts, |text| text.record_fingerprint());
        let entries = ready.entries.iter().map(|entry| &entry.places);
        let places: Vec<_> = entries.chain(ready.texts.iter().map(|text| &text.places)).collect();
        Grounds {
            shared: Fingerprint::of(&(inputs, records, texts)),
            bodies: parallel::map(&places, |places| places.body_fingerprint()),
            ..Grounds::default()
        }
    }

    /// The same, with the bodies that each page shows.
    #[must_use]
    pub fn with_shown(self, shown: Vec<Shown>) -> Self {
        let printed = shown.iter().filter_map(|one| Some((one.path.clone(), one.printed.clone()?))).collect();
        Grounds { shown: shown.into_iter().map(|one| (one.path, one.bodies)).collect(), printed, ..self }
    }

    /// Whether a body is another than it was.
    fn has_moved(&self, body: usize, before: &Grounds) -> bool {
        self.bodies.get(body) != before.bodies.get(body)
    }

    /// The bodies that have to be made for a page that is made again, as far as that is known: of
    /// those that a volume of the print edition showed, those that have changed.
    pub fn wanted_at<'a>(&self, path: &str, before: &Before<'a>) -> impl Iterator<Item = &'a u32> {
        let grounds = before.grounds;
        let stands = grounds.printed.contains_key(path);
        let bodies = grounds.shown.get(path).map_or(&[][..], Vec::as_slice);
        bodies.iter().filter(move |body| !stands || self.has_moved(**body as usize, grounds))
    }

    /// A volume of the print edition that was left at a path.
    pub fn standing_volume<'a>(&'a self, path: &str, before: &Before<'a>) -> Option<Standing<'a>> {
        let printed = borsh::from_slice(before.grounds.printed.get(path)?).ok()?;
        let page = String::from_utf8((before.file)(path)?).ok()?;
        let before = before.grounds;
        Some(Standing { page, printed, has_moved: Box::new(move |id: EntryId| self.has_moved(id.0, before)) })
    }

    /// Whether all that pages share is as it was.
    pub fn shares(&self, before: &Before<'_>) -> bool {
        self.shared == before.grounds.shared
    }

    /// Whether all bodies but those are what they were that are told of, by their index.
    /// `None` where something else is not.
    pub fn moved(&self, before: &Grounds) -> Option<Vec<bool>> {
        let alike = self.shared == before.shared && self.bodies.len() == before.bodies.len();
        alike.then(|| self.bodies.iter().zip(&before.bodies).map(|(one, other)| one != other).collect())
    }

    /// Whether a page would be as it is.
    pub fn unmoved<'a>(&self, path: &str, before: &Before<'a>) -> Option<Unmoved<'a>> {
        let shown = before.grounds.shown.get(path).filter(|_| self.shared == before.grounds.shared)?;
        let body = |grounds: &Grounds, index: u32| grounds.bodies.get(index as usize).copied();
        let same = shown.iter().all(|&index| body(self, index) == body(before.grounds, index));
        let bytes = if same { (before.stands)(path) } else { None };
        bytes.map(|bytes| (shown.as_slice(), bytes))
    }
}
