//! What the files of documents held that the last build left.
//!
//! In: the files. Out: of some documents what results show, as it is written. It is the same as
//! long as the text is, and to make it takes the text's body. Absent on purpose: which texts have
//! changed.

use serde_json::value::RawValue;

use super::{
    Before,
    pack::Packer,
    spared::DocumentsFile,
    written::{documents_name, packed_in, path_of},
};
use crate::fingerprint::Fingerprint;

/// For each run of documents its files, where all of them stand.
#[derive(Default)]
pub struct StandingDocuments<'a> {
    files: Option<(&'a Before<'a>, Packer<'a>)>,
    /// With the number of the first document.
    runs: Vec<(usize, Option<&'a [DocumentsFile]>)>,
}

impl<'a> StandingDocuments<'a> {
    /// `behind` is what they were packed by.
    pub fn of(before: &'a Before<'a>, behind: Packer<'a>) -> Self {
        StandingDocuments { files: Some((before, behind)), runs: before.standing_runs() }
    }

    /// The files of a run; none where one of them does not stand.
    pub fn run(&self, number: usize) -> &'a [DocumentsFile] {
        self.runs.get(number).and_then(|(_, run)| *run).unwrap_or_default()
    }

    /// What results show of those documents of a run that have not moved.
    pub fn shown(&self, number: usize, moved: &[bool]) -> Option<Vec<Option<Vec<u8>>>> {
        let (before, behind) = self.files?;
        let mut first = self.runs.get(number)?.0;
        let mut shown = Vec::with_capacity(moved.len());
        for (count, held) in self.run(number) {
            let name = documents_name(first, *count);
            let file = (before.file)(&path_of(&name))?;
            let bytes = behind.unpack(packed_in(&file, before.layout.marks.of_file(&name), &name)?)?;
            if Fingerprint::of_bytes(&bytes) != *held {
                return None;
            }
            let items: Vec<&RawValue> = serde_json::from_slice(&bytes).ok()?;
            shown.extend(items.into_iter().map(|item| Some(item.get().as_bytes().to_vec())));
            first += count;
        }
        if shown.len() != moved.len() {
            return None;
        }
        for (one, _) in shown.iter_mut().zip(moved).filter(|(_, moved)| **moved) {
            *one = None;
        }
        Some(shown)
    }
}
