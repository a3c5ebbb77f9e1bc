//! What a volume of the print edition shows of its entries' texts, found again in the page that
//! the last build left.
//!
//! In: a volume with its page. Out: [`Printed`], which can be written down; and from it and the
//! page the finished HTML of each text. So an edit of one entry makes one text anew, of hundreds
//! that the volume has. Absent on purpose: whether a text is what it was, which the build knows.

use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};

use super::{
    entry_view::NoteView,
    html::Html,
    print_view::{PrintText, PrintView},
};
use crate::archive::EntryId;

/// Where the page of a volume has the texts of its entries, in their order.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Printed(Vec<Stretches>);

#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct Stretches {
    body: Stretch,
    /// With each note's number, and how many references it has.
    notes: Vec<(usize, usize, Stretch)>,
    works_cited: Option<Stretch>,
}

/// The first byte, and the one behind the last.
type Stretch = (u32, u32);

/// A volume that the last build left.
pub struct StandingVolume<'a> {
    pub page: &'a str,
    pub printed: &'a Printed,
    /// Whether an entry's text is another now.
    pub has_moved: &'a (dyn Fn(EntryId) -> bool + Sync),
}

impl Printed {
    /// `None` where a template does not write some text as it is.
    pub fn of(volume: &PrintView, page: &[u8]) -> Option<Self> {
        let page = str::from_utf8(page).ok()?;
        let mut end = 0;
        let mut place = |html: &Html| -> Option<Stretch> {
            let start = end + find(&page[end..], &html.0)?;
            end = start + html.0.len();
            Some((u32::try_from(start).ok()?, u32::try_from(end).ok()?))
        };
        let mut entries = Vec::with_capacity(volume.entries.len());
        for entry in &volume.entries {
            let body = place(&entry.body)?;
            let notes = entry.notes.iter().map(|note| Some((note.number, note.references.len(), place(&note.text)?)));
            let notes = notes.collect::<Option<_>>()?;
            let works_cited = match &entry.works_cited {
                Some(works_cited) => Some(place(works_cited)?),
                None => None,
            };
            entries.push(Stretches { body, notes, works_cited });
        }
        Some(Printed(entries))
    }
}

impl StandingVolume<'_> {
    /// The text of the entry at an index of the volume, where it is what it was.
    pub fn text_of(&self, index: usize, id: EntryId) -> Option<PrintText> {
        if (self.has_moved)(id) {
            return None;
        }
        let Stretches { body, notes, works_cited } = self.printed.0.get(index)?;
        let html = |(start, end): Stretch| {
            let range: Range<usize> = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
            Some(Html(self.page.get(range)?.into()))
        };
        let note = |(number, references, text): &(usize, usize, Stretch)| {
            Some(NoteView {
                number: *number,
                references: (1..=*references).collect(),
                text: html(*text)?,
                beside: false,
            })
        };
        Some(PrintText {
            body: html(*body)?,
            notes: notes.iter().map(note).collect::<Option<_>>()?,
            works_cited: match works_cited {
                Some(works_cited) => Some(html(*works_cited)?),
                None => None,
            },
        })
    }
}

/// Where `text` begins in `page`. It is long, and mostly stands near the beginning.
fn find(page: &str, text: &str) -> Option<usize> {
    // To look for the whole of it would take longer than to make it.
    const SOME: usize = 48;
    let some = &text[..text.floor_char_boundary(SOME)];
    page.match_indices(some).map(|(at, _)| at).find(|at| page[*at..].starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_text_is_found_where_it_stands_as_a_whole() {
        let text = "<p>a</p>".repeat(9) + "b";
        let page = format!("{}|{text}|{text}", "<p>a</p>".repeat(9));
        assert_eq!(find(&page, &text), Some(73));
        assert_eq!(find(&page, "<p>c"), None);
        assert_eq!(find(&page, ""), Some(0));
    }
}
