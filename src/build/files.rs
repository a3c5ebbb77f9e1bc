//! Every Markdown file as it was parsed: by this build, or by one before it that read the
//! same text.
//!
//! In: sources and settings, and what is kept. Out: [`ParsedFiles`]. A file is known by its
//! path and its text. What is kept is in segments of some hundred files, each sealed by
//! itself; where one ends depends on the paths near its end alone, so that a new file
//! leaves the others as they were.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{Checked, Fingerprint, Parsed, Site, Source, Sources, entry, parallel};
use crate::{
    publish::{Store, program},
    sealed::{Part, Sealed},
    source::File,
};

/// By path.
pub type ParsedFiles = BTreeMap<Arc<str>, Checked<Parsed>>;

/// What such files are called among what is kept.
const KIND: &str = "entries";

/// About so many files make a segment.
const SEGMENT: u128 = 128;

/// So many files are parsed before it is known whether they have changed.
const FEW: usize = 16;

/// So many bytes an entry takes in one, more or less.
const LINE: usize = 2048;

/// A file of a segment, as it is written: its path, the fingerprint of its text, and what it
/// was found to be.
type Line = (Arc<str>, Fingerprint, entry::Known);

pub fn parse_all(sources: &Sources, site: &Site) -> ParsedFiles {
    let texts: Vec<&Arc<Source>> = sources.texts().collect();
    parallel::map(&texts, |source| (Arc::clone(&source.path), entry::parse(source, site)))
}

/// What earlier builds kept of files.
#[derive(Clone, Copy)]
pub struct KeptFiles<'a> {
    store: &'a Store,
    key: Fingerprint,
}

impl<'a> KeptFiles<'a> {
    /// `settings` is the text that the archive's are made from.
    pub fn of(settings: &Source, store: &'a Store) -> Option<Self> {
        Some(KeptFiles { store, key: Fingerprint::of(&(program()?, settings.fingerprint)) })
    }

    /// As [`parse_all`]; how many files were parsed for it; and what is to be kept of them, where
    /// it differs from what is.
    pub fn parse(self, sources: &Sources, site: &Arc<Site>) -> (ParsedFiles, usize, Option<Standing<'a>>) {
        // Where few texts have been read, it is these that have changed.
        let read: Vec<&Arc<Source>> = sources.texts().filter(|source| source.text.is_read()).take(FEW + 1).collect();
        let few = if read.len() > FEW { &[][..] } else { &read };
        let parse = |source: &&Arc<Source>| (Arc::clone(&source.path), entry::parse(source, site));
        let (found, mut likely): (Vec<Found>, ParsedFiles) = parallel::both(
            || self.store.parts(KIND, self.key, |segment| Found::of(segment, sources, site)),
            || parallel::map(few, parse),
        );
        let (sound, written) =
            (found.iter().all(|found| found.sound), found.iter().map(|found| found.files.len()).sum::<usize>());
        let mut segments = HashMap::new();
        let mut files: Vec<(Arc<str>, Checked<Parsed>)> = Vec::with_capacity(written);
        for found in found {
            segments.extend(bounds(&found.files, |(path, _)| path).zip(found.whole));
            files.extend(found.files);
        }
        let known: HashSet<&str> = files.iter().map(|(path, _)| &**path).collect();
        likely.retain(|path, _| !known.contains(&**path));
        let is_new = |source: &&Arc<Source>| !known.contains(&*source.path) && !likely.contains_key(&source.path);
        let texts: Vec<&Arc<Source>> = sources.texts().filter(is_new).collect();
        let new: Vec<(Arc<str>, Checked<Parsed>)> = parallel::map(&texts, parse);
        let count = new.len() + likely.len();
        files.extend(new);
        files.extend(likely);
        // They come in their order, but for the new.
        let parsed: ParsedFiles = files.into_iter().collect();
        let differs = count > 0 || !sound || written != parsed.len();
        (parsed, count, differs.then_some(Standing { kept: self, segments }))
    }
}

/// The first and the last path of a segment, and how many files it has: two of which all
/// files are there are the same where these are.
type Bounds = (Arc<str>, Arc<str>, usize);

fn bounds<T>(files: &[T], path: impl Fn(&T) -> &Arc<str>) -> Option<Bounds> {
    Some((Arc::clone(path(files.first()?)), Arc::clone(path(files.last()?)), files.len()))
}

/// What was kept in a segment of the files that are what they were.
struct Found {
    files: Vec<(Arc<str>, Checked<Parsed>)>,
    /// The segment itself, where that is all that is in it.
    whole: Option<Sealed>,
    /// Whether it was as it had been written.
    sound: bool,
}

impl Found {
    fn of(segment: Option<Sealed>, sources: &Sources, site: &Arc<Site>) -> Self {
        let lines = segment.as_ref().and_then(|part| borsh::from_slice(part.sound().bytes()).ok());
        let lines: Vec<Line> = lines.unwrap_or_default();
        let count = lines.len();
        let files: Vec<(Arc<str>, Checked<Parsed>)> =
            lines.into_iter().filter_map(|line| again(line, sources, site)).collect();
        Found { sound: segment.is_some(), whole: segment.filter(|_| files.len() == count), files }
    }
}

/// What a line says, where the file is what it was.
fn again((path, fingerprint, known): Line, sources: &Sources, site: &Arc<Site>) -> Option<(Arc<str>, Checked<Parsed>)> {
    match sources.file(&path)? {
        File::Text(source) if source.fingerprint == fingerprint => {
            Some((Arc::clone(&source.path), known.parsed(source, site)))
        }
        _ => None,
    }
}

/// Segments all of whose files are what they were.
pub struct Standing<'a> {
    kept: KeptFiles<'a>,
    segments: HashMap<Bounds, Sealed>,
}

impl Standing<'_> {
    /// Keeps all files for the next build.
    pub fn keep(&self, parsed: &ParsedFiles, sources: &Sources) {
        let files: Vec<(&Arc<str>, &Checked<Parsed>)> = parsed.iter().collect();
        let ends = |path: &str| Fingerprint::of_bytes(path.as_bytes()).is_multiple_of(SEGMENT);
        let segments: Vec<&[(&Arc<str>, &Checked<Parsed>)]> = files.chunk_by(|(path, _), _| !ends(path)).collect();
        let line = |(path, file): &(&Arc<str>, &Checked<Parsed>)| match sources.file(path)? {
            File::Text(source) => Some((Arc::clone(path), source.fingerprint, entry::Known::of(file)?)),
            File::Other(_) => None,
        };
        self.kept.store.keep(KIND, self.kept.key, &segments, |files| {
            if let Some(segment) = bounds(files, |(path, _)| path).and_then(|bounds| self.segments.get(&bounds)) {
                return Part::Again(segment.sound());
            }
            let lines: Vec<Line> = files.iter().filter_map(line).collect();
            let mut bytes = Vec::with_capacity(lines.len() * LINE);
            // Writing to a vector cannot fail.
            let _ = borsh::to_writer(&mut bytes, &lines);
            Part::New(bytes)
        });
    }
}
