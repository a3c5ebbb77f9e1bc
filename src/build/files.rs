//! Every Markdown file as it was parsed: by this build, or by one before it that read the
//! same text.
//!
//! In: sources and settings, and what is kept. Out: [`ParsedFiles`]. A file is known by its
//! path and its text. What is kept is in segments of some hundred files, each sealed by
//! itself; where one ends depends on the paths near its end alone, so that a new file
//! leaves the others as they were.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Checked, Fingerprint, Parsed, Site, Source, Sources, entry, parallel};
use crate::{
    publish::{Store, program},
    sealed,
    source::File,
};

/// By path.
pub type ParsedFiles = BTreeMap<Arc<str>, Checked<Parsed>>;

/// What such files are called among what is kept.
const KIND: &str = "entries";

/// About so many files make a segment.
const SEGMENT: u128 = 128;

/// So many bytes an entry takes in one, more or less.
const LINE: usize = 2048;

/// A file of a segment, as it is written: its path, the fingerprint of its text, and what it
/// was found to be.
type Line = (Arc<str>, Fingerprint, entry::Known);

pub fn parse_all(sources: &Sources, site: &Site) -> ParsedFiles {
    let texts: Vec<&Arc<Source>> = sources.texts().collect();
    parallel::map(&texts, |source| (Arc::clone(&source.path), entry::parse(source, site)))
}

/// The same, and how many files were parsed for it. `settings` is the text that `site` is
/// made from.
pub fn parse_unknown(sources: &Sources, site: &Arc<Site>, settings: &Source, store: &Store) -> (ParsedFiles, usize) {
    let Some(program) = program() else {
        let parsed = parse_all(sources, site);
        let count = parsed.len();
        return (parsed, count);
    };
    let key = Fingerprint::of(&(program, settings.fingerprint));
    let kept = store.read(KIND, key).unwrap_or_default();
    let segments = sealed::open(key, &kept);
    let found: Vec<Found> = parallel::map(&segments, |segment| Found::of(*segment, sources, site));
    let (sound, written) =
        (segments.iter().all(Option::is_some), found.iter().map(|found| found.files.len()).sum::<usize>());
    let standing: HashMap<Bounds, &[u8]> = found.iter().filter_map(Found::whole).collect();
    let mut parsed: ParsedFiles = found.into_iter().flat_map(|found| found.files).collect();
    let texts: Vec<&Arc<Source>> = sources.texts().filter(|source| !parsed.contains_key(&source.path)).collect();
    let new: Vec<(Arc<str>, Checked<Parsed>)> =
        parallel::map(&texts, |source| (Arc::clone(&source.path), entry::parse(source, site)));
    let count = new.len();
    parsed.extend(new);
    if count > 0 || !sound || written != parsed.len() {
        keep(&parsed, &standing, sources, store, key);
    }
    (parsed, count)
}

/// The first and the last path of a segment, and how many files it has: two of which all
/// files are there are the same where these are.
type Bounds = (Arc<str>, Arc<str>, usize);

/// What was kept in a segment of the files that are what they were.
struct Found<'a> {
    files: Vec<(Arc<str>, Checked<Parsed>)>,
    /// The segment itself, where that is all that is in it.
    segment: Option<&'a [u8]>,
}

impl<'a> Found<'a> {
    fn of(segment: Option<&'a [u8]>, sources: &Sources, site: &Arc<Site>) -> Self {
        let lines: Vec<Line> = segment.and_then(|bytes| borsh::from_slice(bytes).ok()).unwrap_or_default();
        let count = lines.len();
        let files: Vec<(Arc<str>, Checked<Parsed>)> =
            lines.into_iter().filter_map(|line| again(line, sources, site)).collect();
        Found { segment: segment.filter(|_| files.len() == count), files }
    }

    fn whole(&self) -> Option<(Bounds, &'a [u8])> {
        let [first, last] = [self.files.first()?, self.files.last()?].map(|(path, _)| Arc::clone(path));
        Some(((first, last, self.files.len()), self.segment?))
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

/// `standing` has segments all of whose files are what they were.
fn keep(parsed: &ParsedFiles, standing: &HashMap<Bounds, &[u8]>, sources: &Sources, store: &Store, key: Fingerprint) {
    let files: Vec<(&Arc<str>, &Checked<Parsed>)> = parsed.iter().collect();
    let ends = |path: &str| Fingerprint::of_bytes(path.as_bytes()).is_multiple_of(SEGMENT);
    let segments: Vec<&[(&Arc<str>, &Checked<Parsed>)]> = files.chunk_by(|(path, _), _| !ends(path)).collect();
    let line = |(path, file): &(&Arc<str>, &Checked<Parsed>)| match sources.file(path)? {
        File::Text(source) => Some((Arc::clone(path), source.fingerprint, entry::Known::of(file)?)),
        File::Other(_) => None,
    };
    let bounds = |files: &[(&Arc<str>, &Checked<Parsed>)]| -> Option<Bounds> {
        let [first, last] = [files.first()?, files.last()?].map(|(path, _)| Arc::clone(path));
        Some((first, last, files.len()))
    };
    store.keep(KIND, key, &segments, |files| {
        if let Some(segment) = bounds(files).and_then(|bounds| standing.get(&bounds)) {
            return segment.to_vec();
        }
        let lines: Vec<Line> = files.iter().filter_map(line).collect();
        let mut bytes = Vec::with_capacity(lines.len() * LINE);
        // Writing to a vector cannot fail.
        let _ = borsh::to_writer(&mut bytes, &lines);
        bytes
    });
}
