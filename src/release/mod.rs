//! A site with its sources and their checksums as one file, to be kept, given away and
//! checked without a network.
//!
//! In: the files of a site as they are made, and those that they were made from; or the files of
//! a book. Out: a ZIP of which every byte depends on them alone; and of such a file, what is wrong
//! with it. Absent on purpose: how a site or a book is made, and the disk.

mod pack;
mod texts;
mod verify;

pub use pack::{Pack, Sealed, file_name, seal_book};
pub use verify::{Verified, verify};

/// The list of checksums in a book, whose paths are below the book's root. A reading system passes it
/// over (EPUB 3.3, section 4.2.6.2).
const BOOK_CHECKSUMS: &str = "META-INF/SHA256SUMS";

/// The first file of a book.
const MIMETYPE: &str = "mimetype";
