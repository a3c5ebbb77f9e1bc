//! What the files of documents held that the last build left.
//!
//! In: the files. Out: of some documents what results show, as it is written. It is the same as
//! long as the text is, and to make it takes the text's body. Absent on purpose: which texts have
//! changed.

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
            shown.extend(items(&bytes).into_iter().map(|item| Some(item.to_vec())));
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

/// The objects in a list of JSON, as they are written.
fn items(list: &[u8]) -> Vec<&[u8]> {
    let mut items = Vec::new();
    let (mut depth, mut start, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for (at, byte) in list.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    items.push(&list[start..=at]);
                }
            }
            _ => {}
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn a_list_is_cut_between_its_objects() {
        let objects = [r#"{"a":"}{\\","b":[{"c":"\""}]}"#, "{}", r#"{"d":","}"#];
        let list = format!("[{}]", objects.join(","));
        assert_eq!(items(list.as_bytes()), objects.map(str::as_bytes));
        assert!(items(b"[]").is_empty());
    }
}
