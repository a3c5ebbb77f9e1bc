//! What linking reads of all records, in a few flat lists.
//!
//! In: records. Out: [`Ledger`]. Records lie all over the memory, and most of the time of
//! linking would be spent on fetching them. Absent on purpose: what only few records have;
//! for those the record itself is read.

use std::{ops::Range, sync::Arc};

use super::{Records, lists::Lists};
use crate::{
    entry::{ActorRole, Filing, Moment, Record, Role},
    fingerprint::Fingerprint,
    leaves::Leaves,
    parallel,
};

/// All lists are by entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    pub heads: Leaves<Head>,
    pub people: Lists<Mention>,
    // As in `Filing`.
    pub keywords: Lists<Fingerprint>,
    pub actors: Lists<(Fingerprint, Option<ActorRole>)>,
    pub tracks: Lists<Fingerprint>,
    pub sections: Lists<(usize, Fingerprint)>,
    pub links: Lists<Option<Fingerprint>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    pub id: Fingerprint,
    pub collection: Fingerprint,
    pub number: Option<u32>,
    pub moment: Moment,
    pub doubtful: bool,
    /// The start of the key of the title.
    pub title: u128,
    /// The following two as in `Filing`.
    pub length: u32,
    pub listed: u32,
    pub plain: bool,
}

/// That someone is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mention {
    pub spelling: Fingerprint,
    pub role: Role,
}

impl Ledger {
    /// `before` are the records and the ledger of an earlier archive. What it says of
    /// records that are the same, at the beginning and at the end, is taken over. The ledger is
    /// what it would be without it.
    pub fn of(records: &Records, before: Option<(&Records, &Ledger)>) -> Self {
        let empty = (Records::default(), Ledger::default());
        let (old, ledger) = before.unwrap_or((&empty.0, &empty.1));
        let same = |(one, other): &(&Arc<Record>, &Arc<Record>)| Arc::ptr_eq(one, other);
        let first = records.iter().zip(old.iter()).take_while(same).count();
        let rest = records.len().min(old.len()) - first;
        let last = records.iter().rev().zip(old.iter().rev()).take(rest).take_while(same).count();
        let mut new = Ledger::default();
        new.extend_from(ledger, 0..first);
        let rest: Vec<&Arc<Record>> = records.iter().take(records.len() - last).skip(first).collect();
        let parts = parallel::map_parts(&rest, |_, records| {
            let mut part = Ledger::default();
            for record in records {
                part.push(record);
            }
            part
        });
        for part in parts {
            new.append(part);
        }
        new.extend_from(ledger, old.len() - last..old.len());
        new
    }

    /// Puts what it says of a record in the place of what it says of another.
    pub fn set(&mut self, index: usize, record: &Record) {
        let mut one = Ledger::default();
        one.push(record);
        self.heads.set(index, one.heads[0]);
        self.people.set(index, one.people[0].iter().copied());
        self.keywords.set(index, one.keywords[0].iter().copied());
        self.actors.set(index, one.actors[0].iter().copied());
        self.tracks.set(index, one.tracks[0].iter().copied());
        self.sections.set(index, one.sections[0].iter().copied());
        self.links.set(index, one.links[0].iter().copied());
    }

    fn push(&mut self, record: &Record) {
        let Filing {
            id,
            moment,
            doubtful,
            title,
            people,
            keywords,
            actors,
            tracks,
            sections,
            links,
            plain,
            length,
            listed,
            passages: _,
            draft: _,
        } = &record.filing;
        self.heads.push(Head {
            id: *id,
            collection: Fingerprint::of_bytes(record.collection.as_str().as_bytes()),
            number: record.number,
            moment: *moment,
            doubtful: *doubtful,
            title: title.start,
            length: *length,
            listed: *listed,
            plain: *plain,
        });
        self.people.push(people.iter().map(|named| Mention { spelling: named.spelling, role: named.role }));
        self.keywords.push(keywords.iter().copied());
        self.actors.push(actors.iter().copied());
        self.tracks.push(tracks.iter().copied());
        self.sections.push(sections.iter().copied());
        self.links.push(links.iter().copied());
    }

    fn append(&mut self, other: Self) {
        let Ledger { heads, people, keywords, actors, tracks, sections, links } = other;
        self.heads.extend_from(&heads, 0..heads.len());
        self.people.append(people);
        self.keywords.append(keywords);
        self.actors.append(actors);
        self.tracks.append(tracks);
        self.sections.append(sections);
        self.links.append(links);
    }

    fn extend_from(&mut self, other: &Self, entries: Range<usize>) {
        let Ledger { heads, people, keywords, actors, tracks, sections, links } = other;
        self.heads.extend_from(heads, entries.clone());
        self.people.extend_from(people, entries.clone());
        self.keywords.extend_from(keywords, entries.clone());
        self.actors.extend_from(actors, entries.clone());
        self.tracks.extend_from(tracks, entries.clone());
        self.sections.extend_from(sections, entries.clone());
        self.links.extend_from(links, entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        entry::{self, Parsed},
        site::Site,
        source::Source,
    };

    fn record(site: &Site, number: usize, title: &str) -> Arc<Record> {
        let text = format!(
            "---\ntype: book\ntitle: {title}\nauthor: [{{ family: A, given: B{number} }}]\nkeywords: [a, b{number}]\n\
             actors: [c]\ntracks: []\n---\n\n## D {{keywords=\"e\"}}\n\nAs [[work-{}]] has it.\n",
            number + 1
        );
        let source = Arc::new(Source::new(format!("content/works/{number}-work-{number}.md"), text.into_bytes()));
        match entry::parse(&source, site).value {
            Parsed::Entry(entry) => Arc::clone(&entry.record),
            other => panic!("no entry: {other:?}"),
        }
    }

    #[test]
    fn a_ledger_that_is_copied_in_part_is_the_same() {
        let settings = "title = \"T\"\ncollections = [{ id = \"works\", title = \"Works\", numbered = true }]\n";
        let site = Site::parse(&Source::new("site.toml", settings.into())).value.expect("sound settings");
        let records: Vec<Arc<Record>> = (0..6).map(|number| record(&site, number, "Old")).collect();
        let list: Records = records.clone().into();
        let before = Ledger::of(&list, None);
        let changed = |at: usize| {
            let mut records = records.clone();
            records[at] = record(&site, at, "New");
            records
        };
        let twice = [&records[..2], &records[1..]].concat();
        let less = [&records[..3], &records[4..]].concat();
        let none = Vec::new();
        for after in [changed(0), changed(3), changed(5), less, twice, none, records.clone()] {
            let after: Records = after.into();
            let copied = Ledger::of(&after, Some((&list, &before)));
            assert_eq!(copied, Ledger::of(&after, None));
            assert_eq!(copied.heads.len(), after.len());
        }
        let mut set = before.clone();
        set.set(3, &changed(3)[3]);
        assert_eq!(set, Ledger::of(&changed(3).into(), None));
    }
}
