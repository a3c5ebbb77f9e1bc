//! What a file turned out to be, for a process that reads the same file with the same
//! settings.
//!
//! In: a file as it was parsed. Out: [`Known`], which can be written down, and of it the
//! file as it was parsed. Absent on purpose: bodies, which are made again where they are
//! shown ([`LateBody`]); files that are no entry and no page; and where all of this is kept.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Entry, LateBody, Parsed, Places, Record, Text, TextRecord, body::BodyPlaces};
use crate::{
    diagnostic::{Checked, Told},
    fingerprint::Fingerprint,
    site::Site,
    source::Source,
};

#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Known {
    record: Recorded,
    /// Of the record.
    fingerprint: Fingerprint,
    matter: (usize, usize),
    text: (usize, usize),
    /// Of the text.
    body: Fingerprint,
    read: Option<String>,
    links: Vec<(usize, usize)>,
    sections: Vec<(usize, usize)>,
    told: Vec<Told>,
}

#[derive(Debug, BorshSerialize, BorshDeserialize)]
enum Recorded {
    Entry(Arc<Record>),
    Text(Arc<TextRecord>),
}

impl Known {
    /// `None` of a file that could not be read.
    pub fn of(parsed: &Checked<Parsed>) -> Option<Self> {
        let (record, fingerprint, places) = match &parsed.value {
            Parsed::Entry(entry) => {
                (Recorded::Entry(Arc::clone(&entry.record)), entry.record_fingerprint(), &entry.places)
            }
            Parsed::Text(text) => (Recorded::Text(Arc::clone(&text.record)), text.record_fingerprint(), &text.places),
            Parsed::Unreadable(_) | Parsed::Nothing => return None,
        };
        let pair = |range: &Range<usize>| (range.start, range.end);
        Some(Known {
            record,
            fingerprint,
            matter: pair(&places.matter),
            text: pair(&places.text),
            body: places.body_fingerprint(),
            read: places.read.clone(),
            links: places.body.links.iter().map(pair).collect(),
            sections: places.body.sections.iter().map(pair).collect(),
            told: parsed.diagnostics.iter().cloned().map(Told::of).collect(),
        })
    }

    /// `source` is the file that this was known of.
    pub fn parsed(self, source: &Arc<Source>, site: &Arc<Site>) -> Checked<Parsed> {
        let range = |(start, end): (usize, usize)| start..end;
        let text = range(self.text);
        let body = LateBody::later(source, text.clone(), site);
        let places = Places {
            source: Arc::clone(source),
            matter: range(self.matter),
            text,
            read: self.read,
            body: BodyPlaces {
                links: self.links.into_iter().map(range).collect(),
                sections: self.sections.into_iter().map(range).collect(),
            },
            fingerprint: OnceLock::from(self.body),
        };
        let fingerprint = OnceLock::from(self.fingerprint);
        let value = match self.record {
            Recorded::Entry(record) => Parsed::Entry(Arc::new(Entry { record, body, places, fingerprint })),
            Recorded::Text(record) => Parsed::Text(Arc::new(Text { record, body, places, fingerprint })),
        };
        Checked { value, diagnostics: self.told.into_iter().map(Told::again).collect() }
    }
}
