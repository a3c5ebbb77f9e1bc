//! The index in files, each so small that a query needs little of what it does not use.
//!
//! In: [`Index`], and what results show. Out: scripts. Where one ends depends on the
//! keys near it alone, so that a document that changes changes few files.
//!
//! | file | bytes, before they are packed |
//! |---|---|
//! | `t/N` | terms, each: bytes shared with the one before, further bytes, their number before them; documents; postings with their length, or the number of a file `l/N` and the best postings |
//! | `l/N` | the postings of a term that has many |
//! | `p/N` | positions of the terms of some files `t`, for each of these with their length: of each term with their length, or the number of a file `q/N` |
//! | `q/N` | the positions of a term that has many |
//! | `r/N` | words written backwards, as in `t/N` without the rest: where a misspelt word ends well |
//! | `d/N` | what results show of some documents: JSON |
//! | `f` | what they can be narrowed by: JSON |

use std::hash::{Hash, Hasher};

use siphasher::sip::SipHasher13;

use super::{
    index::{Index, Term},
    pack::number,
};

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
    pub bytes: Vec<u8>,
}

/// Files, and the first key of each that holds keys, as far as it takes to tell it from
/// the last key of the one before.
#[derive(Default)]
pub struct Shards {
    pub files: Vec<Shard>,
    pub firsts: Vec<String>,
    /// The keys whose lists or positions have a file of their own, in the order of its number.
    pub long: Vec<String>,
}

impl Shards {
    fn add(&mut self, folder: &str, number: usize, bytes: Vec<u8>) {
        self.files.push(Shard { name: format!("{folder}/{number}"), bytes });
    }
}

/// Files `t`, `l`, `p` and `q`; and of how many files `t` each file `p` has the positions.
pub fn terms(index: &Index, sizes: Sizes) -> (Shards, Vec<usize>) {
    let mut shards = Shards::default();
    let (mut lists, mut places) = (0_u32, 0_u32);
    let mut groups = Vec::new();
    let (mut group, mut grouped) = (Vec::new(), 0);
    let mut last = "";
    let mut rest = &index.terms[..];
    while !rest.is_empty() {
        let (file, behind) = rest.split_at(end_of_file(rest, sizes));
        rest = behind;
        let (mut terms, mut positions) = (Vec::new(), Vec::new());
        shards.firsts.push(distinct(last, &file[0].key));
        let mut before = "";
        for term in file {
            front_coded(&mut terms, before, &term.key);
            number(&mut terms, term.documents);
            if term.postings.len() > sizes.long {
                number(&mut terms, lists << 1 | 1);
                let best = best(&term.postings);
                number(&mut terms, length(&best));
                terms.extend(best);
                shards.add("l", lists as usize, term.postings.clone());
                shards.long.push(term.key.to_string());
                lists += 1;
            } else {
                number(&mut terms, length(&term.postings) << 1);
                terms.extend_from_slice(&term.postings);
            }
            if term.positions.len() > sizes.long.saturating_mul(sizes.seldom) {
                number(&mut positions, places << 1 | 1);
                shards.add("q", places as usize, term.positions.clone());
                shards.long.push(term.key.to_string());
                places += 1;
            } else {
                number(&mut positions, length(&term.positions) << 1);
                positions.extend_from_slice(&term.positions);
            }
            before = &term.key;
        }
        last = before;
        shards.add("t", shards.firsts.len() - 1, terms);
        number(&mut group, length(&positions));
        group.extend(positions);
        grouped += 1;
        if rest.is_empty() || ends(&group, before, sizes.seldom(), 4) {
            shards.add("p", groups.len(), std::mem::take(&mut group));
            groups.push(std::mem::take(&mut grouped));
        }
    }
    (shards, groups)
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
    let mut shards = Shards::default();
    let mut last = "";
    let mut bytes = Vec::new();
    let mut before = "";
    for word in &words {
        if bytes.is_empty() {
            shards.firsts.push(distinct(last, word));
            before = "";
        }
        front_coded(&mut bytes, before, word);
        before = word;
        if ends(&bytes, word, sizes, 32) {
            shards.add("r", shards.firsts.len() - 1, std::mem::take(&mut bytes));
            last = word;
        }
    }
    if !bytes.is_empty() {
        shards.add("r", shards.firsts.len() - 1, bytes);
    }
    shards
}

/// Whether a file that has come so far ends behind `key`: about every `often`th key may end one.
fn ends(bytes: &[u8], key: &str, sizes: Sizes, often: u64) -> bool {
    let fits = || {
        let mut hasher = SipHasher13::new();
        key.hash(&mut hasher);
        hasher.finish().is_multiple_of(often)
    };
    bytes.len() >= sizes.most || (bytes.len() >= sizes.least && fits())
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
fn distinct(last: &str, key: &str) -> String {
    let shared = last.chars().zip(key.chars()).take_while(|(one, other)| one == other).count();
    key.chars().take(shared + 1).collect()
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
