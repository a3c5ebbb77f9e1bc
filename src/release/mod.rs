//! A site with its sources and their checksums as one file, to be kept, given away and
//! checked without a network.
//!
//! In: the files of a site as they are made, and those that they were made from. Out: a ZIP
//! of which every byte depends on them alone; and of such a file, what is wrong with it.
//! Absent on purpose: how a site is made, and the disk.

mod pack;
mod texts;
mod verify;

pub use pack::{Pack, file_name};
pub use verify::{Verified, verify};
