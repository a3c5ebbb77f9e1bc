//! What an archive begins with: the files of `regesta init`, and the text of a new entry.
//!
//! In: nothing, or what is known of a work and of the ids that are taken. Out: files as
//! paths and bytes. Absent on purpose: the disk. The files of the first archive lie in
//! `assets/init/` as they will lie in its folder, and are part of the program.

mod entry;

use include_dir::{Dir, include_dir};

use crate::{
    schema,
    source::{self, Asset},
};

pub use entry::{LONGEST_ID, Taken, Work, quoted};

static INIT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/init");

/// A small archive that builds at once, with schemas for its editor, by path.
pub fn archive() -> Vec<Asset> {
    let asset = |(path, bytes): (String, &[u8])| Asset { path: path.into(), bytes: bytes.to_vec() };
    let mut files: Vec<Asset> = source::embedded(&INIT).into_iter().map(asset).collect();
    let schemas = schema::files().into_iter();
    files.extend(schemas.map(|(name, bytes)| Asset { path: format!(".vscode/schemas/{name}").into(), bytes }));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}
