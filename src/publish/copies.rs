//! Copies of files as a server can send them: `.gz` and `.br` beside what compresses well.
//!
//! The same bytes give the same copies: a gzip header holds no name and no time. A copy is
//! not made again where both it and its file are as the last build left them.

use std::{collections::HashSet, fs, io::Write, path::Path};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};

use super::{Publication, Record};
use crate::render::Output;

/// Endings of files that are text.
const COMPRESSIBLE: [&str; 15] =
    ["bib", "css", "csv", "html", "js", "json", "jsonld", "map", "md", "ris", "svg", "ttl", "txt", "xml", "yaml"];

/// Below this a copy saves a server no packet (Ethernet's frames hold 1,500 bytes).
const SMALLEST: usize = 1_400;

/// A way to compress: what a copy's name ends in.
type Method = (&'static str, fn(&[u8]) -> Vec<u8>);

const METHODS: [Method; 2] = [(".br", brotli), (".gz", gzip)];

/// Makes copies.
pub struct Copies<'a> {
    out: &'a Path,
    /// The last build, if it is known.
    last: Option<&'a Record>,
    /// Addresses that files of the archive's own have: a copy of the author's own stands.
    own: HashSet<String>,
}

impl<'a> Copies<'a> {
    pub fn new<'f>(out: &'a Path, last: Option<&'a Record>, own: impl Iterator<Item = &'f str>) -> Self {
        let own = own.filter(|path| METHODS.iter().any(|(ending, _)| path.ends_with(ending)));
        Copies { out, last, own: own.map(Into::into).collect() }
    }

    /// Offers the copies of an output.
    pub fn offer(&self, output: &Output, publication: &Publication<'_>) {
        let unchanged = || {
            let stands = |last: &Record| last.standing(&output.path) == Some(output.bytes.len() as u64);
            self.last.is_some_and(stands) && fs::read(self.out.join(&output.path)).is_ok_and(|old| old == output.bytes)
        };
        self.offer_each(&output.path, output.bytes.len(), unchanged, || Some(output.bytes.clone()), publication);
    }

    /// Offers the copies of a file that is as it would be made.
    pub fn keep(&self, path: &str, bytes: u64, publication: &Publication<'_>) {
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.offer_each(path, length, || true, || fs::read(self.out.join(path)).ok(), publication);
    }

    fn offer_each(
        &self,
        path: &str,
        length: usize,
        unchanged: impl FnOnce() -> bool,
        bytes: impl FnOnce() -> Option<Vec<u8>>,
        publication: &Publication<'_>,
    ) {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        if length < SMALLEST || !ending.is_some_and(|ending| COMPRESSIBLE.contains(&ending)) {
            return;
        }
        let missing = |(ending, _): &&Method| !self.own.contains(&format!("{path}{ending}"));
        let stands = |ending: &str| self.last.is_some_and(|last| last.standing(&format!("{path}{ending}")).is_some());
        let unchanged = unchanged();
        let (old, new): (Vec<&Method>, Vec<&Method>) =
            METHODS.iter().filter(missing).partition(|(ending, _)| unchanged && stands(ending));
        for (ending, _) in old {
            publication.keep(format!("{path}{ending}"));
        }
        let Some(bytes) = (if new.is_empty() { None } else { bytes() }) else { return };
        for (ending, compress) in new {
            let copy = Output { path: format!("{path}{ending}"), bytes: compress(&bytes), kept_as: None };
            publication.offer(&copy);
        }
    }
}

/// RFC 1952, with neither name nor time.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all that is written")
}

/// RFC 7932, as small as it gets.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).expect("memory takes all that is written");
    compressed
}
