//! The index in files, each so small that a query needs little of what it does not use.
//!
//! In: [`Index`], and what results show. Out: scripts. Where one ends depends on the
//! keys near it alone, and its name on the keys that it has, so that a document that changes
//! changes few files, and none of another division is taken for one of this.
//!
//! | file | bytes, before they are packed |
//! |---|---|
//! | `t/…` | terms, each: bytes shared with the one before, further bytes, their number before them; documents; twice the length of the postings and these, or 1 where they are in a file `l`, and the best of them with their length |
//! | `l/…` | the postings of a term that has many |
//! | `p/…` | positions of the terms of some files `t`, for each of these with their length: of each term twice their length and these, or 1 where they are in a file `q` |
//! | `q/…` | the positions of a term that has many |
//! | `r/…` | words written backwards, as in `t` without the rest: where a misspelt word ends well |
//! | `d/…` | what results show of some documents: JSON |
//! | `f` | what they can be narrowed by: JSON |
//!
//! The names of `t`, `p` and `r` are made of the first keys of the files that they are, or are
//! for, and of the one behind ([`name_of`]); those of `l` and `q` of the key; that of `d` of the
//! number of its first document and how many it has.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
    ops::{Bound, Range},
};

use siphasher::sip::SipHasher13;

use super::{
    index::{Index, Term},
    pack::{number, size_of},
};
use crate::{fingerprint::Fingerprint, parallel};

/// How large files are to be, in bytes before they are packed.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A file of terms ends at the best place from here on,
    least: usize,
    /// before it is longer than this.
    most: usize,
    /// Longer lists have a file of their own.
    long: usize,
    /// Files `p`, `q` and `r` are needed for phrases and for misspelt words alone, so they
    /// may be so many times as large.
    seldom: usize,
    pub documents: usize,
}

/// For an archive whose index is one file.
pub const WHOLE: Sizes =
    Sizes { least: usize::MAX, most: usize::MAX, long: usize::MAX, seldom: 1, documents: usize::MAX };
pub const SHARDS: Sizes = Sizes { least: 6 << 10, most: 12 << 10, long: 2 << 10, seldom: 8, documents: 16 << 10 };

impl Sizes {
    /// Those of files that are needed seldom.
    fn seldom(self) -> Self {
        let larger = |size: usize| size.saturating_mul(self.seldom);
        Sizes { least: larger(self.least), most: larger(self.most), ..self }
    }
}

/// So small that a few entries fill many files, for tests.
pub const SMALL: Sizes = Sizes { least: 16, most: 64, long: 16, seldom: 4, documents: 256 };

/// So many of the best postings stand beside the number of a long list.
const BEST: usize = 300;

/// A file of the index, before it is packed.
pub struct Shard {
    pub name: String,
    pub content: Content,
}

pub enum Content {
    New(Vec<u8>),
    /// What the file of this name holds that stands: its fingerprint.
    Known(Fingerprint),
}

/// What is known of an index that has been patched.
pub struct Unchanged<'a> {
    /// The keys around which it differs from what files hold that stand;
    pub changed: &'a BTreeSet<Box<str>>,
    /// and what such a file holds.
    pub held: &'a (dyn Fn(&str) -> Option<Fingerprint> + Sync),
}

impl Unchanged<'_> {
    /// Whether a stretch of terms is what it was, and none has come or gone in it.
    fn has(&self, terms: &[Term]) -> bool {
        let (Some(first), Some(last)) = (terms.first(), terms.last()) else { return true };
        let stretch = (Bound::Included(&*first.key), Bound::Included(&*last.key));
        self.changed.range::<str, _>(stretch).next().is_none()
    }
}

/// Files, and the first key of each that holds keys, as far as it takes to tell it from
/// the last key of the one before.
#[derive(Default)]
pub struct Shards {
    pub files: Vec<Shard>,
    pub firsts: Vec<String>,
}

/// The name of a file with these keys, which the engine finds in the same way: their bytes,
/// with lines between them, are the digits of a number to the base of 257. It is divided by
/// the greatest prime below 2⁴⁴, so that it is exact in a browser. Two of the files of 100,000
/// entries share one in one of 100,000 archives.
pub fn name_of<'key>(folder: &str, keys: impl IntoIterator<Item = &'key str>) -> String {
    const PRIME: u64 = (1 << 44) - 17;
    let keys: Vec<&str> = keys.into_iter().collect();
    let number = keys.join("\n").bytes().fold(1, |number, byte| (number * 257 + u64::from(byte)) % PRIME);
    format!("{folder}/{number:x}")
}

/// The name of a file with all from one first key to another, and of the one behind.
fn name_of_span(folder: &str, firsts: &[String], span: Range<usize>) -> String {
    name_of(folder, firsts[span.start..firsts.len().min(span.end + 1)].iter().map(String::as_str))
}

/// Files `t`, `l`, `p` and `q`; and of how many files `t` each file `p` has the positions.
pub fn terms(index: &Index, sizes: Sizes, unchanged: Option<&Unchanged<'_>>) -> (Shards, Vec<usize>) {
    let mut files: Vec<&[Term]> = Vec::new();
    let mut firsts = Vec::new();
    let (mut rest, mut last) = (&index.terms[..], "");
    while let Some(first) = rest.first() {
        let (file, behind) = rest.split_at(end_of_file(rest, sizes));
        firsts.push(distinct(last, &first.key).to_string());
        last = file.last().map_or("", |term| &term.key);
        rest = behind;
        files.push(file);
    }
    let groups = groups(&files, sizes);
    let mut end = 0;
    let span = |count: &usize| {
        end += count;
        end - count..end
    };
    let spans: Vec<Range<usize>> = groups.iter().map(span).collect();
    let grouping = Grouping { files: &files, firsts: &firsts, sizes, unchanged };
    let made: Vec<Vec<Shard>> = parallel::map(&spans, |span| grouping.group(span.clone()));
    (Shards { files: made.into_iter().flatten().collect(), firsts }, groups)
}

/// How many files of terms have their positions in one file.
fn groups(files: &[&[Term]], sizes: Sizes) -> Vec<usize> {
    let mut groups = Vec::new();
    let (mut bytes, mut count) = (0, 0);
    for (at, file) in files.iter().enumerate() {
        let positions = file.iter().map(|term| {
            if has_long_positions(term, sizes) {
                1
            } else {
                size_of(length(&term.positions) << 1) + term.positions.len()
            }
        });
        let positions = positions.sum::<usize>();
        bytes += size_of(positions as u64) + positions;
        count += 1;
        let last = file.last().map_or("", |term| &term.key);
        if at + 1 == files.len() || ends(bytes, last, sizes.seldom(), 4) {
            groups.push(std::mem::take(&mut count));
            bytes = 0;
        }
    }
    groups
}

fn has_long_positions(term: &Term, sizes: Sizes) -> bool {
    term.positions.len() > sizes.long.saturating_mul(sizes.seldom)
}

/// Terms as they are put into files.
struct Grouping<'a> {
    /// The terms of each file.
    files: &'a [&'a [Term]],
    firsts: &'a [String],
    sizes: Sizes,
    unchanged: Option<&'a Unchanged<'a>>,
}

impl Grouping<'_> {
    /// The files of terms of one span, what is too long for them, and the file of their positions.
    fn group(&self, span: Range<usize>) -> Vec<Shard> {
        let mut shards = Vec::new();
        let name = |at: usize| name_of_span("t", self.firsts, at..at + 1);
        for at in span.clone() {
            let known = self.known(self.files[at], name(at));
            shards.extend(known.unwrap_or_else(|| self.terms(self.files[at], name(at))));
        }
        let place = name_of_span("p", self.firsts, span.clone());
        let same = self.unchanged.filter(|unchanged| span.clone().all(|at| unchanged.has(self.files[at])));
        let content = same.and_then(|same| (same.held)(&place)).map(Content::Known);
        let content = content.unwrap_or_else(|| Content::New(self.positions(&self.files[span])));
        shards.push(Shard { name: place, content });
        shards
    }

    fn has_long_postings(&self, term: &Term) -> bool {
        term.postings.len() > self.sizes.long
    }

    /// A file of terms, and what is too long for it, where all of it stands as it is.
    fn known(&self, terms: &[Term], name: String) -> Option<Vec<Shard>> {
        let unchanged = self.unchanged.filter(|unchanged| unchanged.has(terms))?;
        let long = terms.iter().flat_map(|term| {
            let postings = self.has_long_postings(term).then(|| name_of("l", [&*term.key]));
            postings.into_iter().chain(has_long_positions(term, self.sizes).then(|| name_of("q", [&*term.key])))
        });
        let known = |name: String| Some(Shard { content: Content::Known((unchanged.held)(&name)?), name });
        long.chain([name]).map(known).collect()
    }

    fn terms(&self, file: &[Term], name: String) -> Vec<Shard> {
        let mut shards = Vec::new();
        let mut add = |name, bytes| shards.push(Shard { name, content: Content::New(bytes) });
        let mut terms = Vec::new();
        let mut before = "";
        for term in file {
            front_coded(&mut terms, before, &term.key);
            number(&mut terms, term.documents);
            if self.has_long_postings(term) {
                number(&mut terms, 1_u32);
                let best = best(&term.postings);
                number(&mut terms, length(&best));
                terms.extend(best);
                add(name_of("l", [&*term.key]), term.postings.clone());
            } else {
                number(&mut terms, length(&term.postings) << 1);
                terms.extend_from_slice(&term.postings);
            }
            if has_long_positions(term, self.sizes) {
                add(name_of("q", [&*term.key]), term.positions.clone());
            }
            before = &term.key;
        }
        add(name, terms);
        shards
    }

    /// The positions of the terms of some files.
    fn positions(&self, files: &[&[Term]]) -> Vec<u8> {
        let mut group = Vec::new();
        for file in files {
            let mut positions = Vec::new();
            for term in *file {
                if has_long_positions(term, self.sizes) {
                    number(&mut positions, 1_u32);
                } else {
                    number(&mut positions, length(&term.positions) << 1);
                    positions.extend_from_slice(&term.positions);
                }
            }
            number(&mut group, length(&positions));
            group.extend(positions);
        }
        group
    }
}

/// How many terms make a file: up to the key that is told from the one before it by
/// least, since the first file of all names the first keys of the others.
fn end_of_file(terms: &[Term], sizes: Sizes) -> usize {
    let (mut bytes, mut best) = (0, (usize::MAX, terms.len()));
    for (at, pair) in terms.windows(2).enumerate() {
        bytes += pair[0].key.len() + pair[0].postings.len().min(sizes.long) + 4;
        if bytes > sizes.most {
            break;
        }
        if bytes >= sizes.least {
            best = best.min((distinct(&pair[0].key, &pair[1].key).len(), at + 1));
        }
    }
    if bytes > sizes.most { best.1 } else { terms.len() }
}

/// Files `r`.
pub fn backwards(index: &Index, sizes: Sizes) -> Shards {
    let sizes = sizes.seldom();
    let word = |term: &&Term| {
        let length = term.key.chars().count();
        (4..=24).contains(&length) && term.key.chars().all(char::is_alphabetic)
    };
    let mut words: Vec<String> = index.terms.iter().filter(word).map(|term| term.key.chars().rev().collect()).collect();
    words.sort_unstable();
    let (mut firsts, mut files) = (Vec::new(), Vec::new());
    let mut last = "";
    let mut bytes = Vec::new();
    let mut before = "";
    for word in &words {
        if bytes.is_empty() {
            firsts.push(distinct(last, word).to_string());
            before = "";
        }
        front_coded(&mut bytes, before, word);
        before = word;
        if ends(bytes.len(), word, sizes, 32) {
            files.push(std::mem::take(&mut bytes));
            last = word;
        }
    }
    if !bytes.is_empty() {
        files.push(bytes);
    }
    let named = files.into_iter().enumerate();
    let named =
        named.map(|(at, bytes)| Shard { name: name_of_span("r", &firsts, at..at + 1), content: Content::New(bytes) });
    Shards { files: named.collect(), firsts }
}

/// Whether a file that has come so far ends behind `key`: about every `often`th key may end one.
fn ends(bytes: usize, key: &str, sizes: Sizes, often: u64) -> bool {
    let fits = || {
        let mut hasher = SipHasher13::new();
        key.hash(&mut hasher);
        hasher.finish().is_multiple_of(often)
    };
    bytes >= sizes.most || (bytes >= sizes.least && fits())
}

/// How many bytes are shared, how many follow, and these.
fn front_coded(bytes: &mut Vec<u8>, before: &str, key: &str) {
    let shared = before.bytes().zip(key.bytes()).take_while(|(one, other)| one == other).count();
    let short = |length: usize| u8::try_from(length).expect("a key has at most 40 characters");
    bytes.push(short(shared));
    bytes.push(short(key.len() - shared));
    bytes.extend_from_slice(&key.as_bytes()[shared..]);
}

/// The shortest beginning of `key` that is greater than `last`.
fn distinct<'key>(last: &str, key: &'key str) -> &'key str {
    let mut last = last.chars();
    let mut end = 0;
    for c in key.chars() {
        end += c.len_utf8();
        if last.next() != Some(c) {
            break;
        }
    }
    &key[..end]
}

fn length(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}

/// The postings of greatest impact, in the order of documents.
fn best(postings: &[u8]) -> Vec<u8> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    let (mut document, mut value, mut shift) = (0, 0, 0);
    for byte in postings {
        value |= u32::from(byte & 127) << shift;
        shift += 7;
        if byte & 128 == 0 {
            document += value >> 4;
            all.push((document, value & 15));
            (value, shift) = (0, 0);
        }
    }
    if all.len() > BEST {
        all.select_nth_unstable_by_key(BEST, |(document, impact)| (std::cmp::Reverse(*impact), *document));
        all.truncate(BEST);
    }
    all.sort_unstable();
    let mut bytes = Vec::new();
    let mut last = 0;
    for (document, impact) in all {
        number(&mut bytes, (document - last) << 4 | impact);
        last = document;
    }
    bytes
}
