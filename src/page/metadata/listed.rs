//! Which works a page lists.

use std::collections::HashSet;

use crate::{
    archive::{EntryId, Origin},
    page::{
        World,
        cutting::{BACKLINKS, TIES, contested},
        plan::{Page, Subject},
    },
};

/// The entries of a list page, each once, in the page's order; of a list that is cut, those of
/// this part. `None` for a page that is no list of works.
pub fn works(world: &World<'_>, page: &Page) -> Option<Vec<EntryId>> {
    let archive = world.archive;
    Some(match page.subject {
        Subject::Collection(index) => {
            let mut entries = page.pick(&archive.lists[index]).into_owned();
            entries.sort_by_key(|id| archive.time_rank[id.0]);
            entries
        }
        Subject::Timeline => page.pick(&archive.works).into_owned(),
        Subject::Track(index) | Subject::TrackTimeline(index) => page.pick(&archive.tracks[index]).into_owned(),
        Subject::Tracks => page.pick(&contested(archive)).into_owned(),
        Subject::Keyword(id) => page.pick(&archive.keyword(id).works).into_owned(),
        Subject::Actor(id) => once(page.pick(&archive.actor(id).works).iter().map(|row| row.0)),
        Subject::Person(id) => once(page.pick(&archive.person_works[id.0]).iter().map(|row| row.0)),
        Subject::Concordance => match &page.piece {
            None => archive.listed().collect(),
            Some(piece) => piece.rows(0).map(EntryId).collect(),
        },
        Subject::Cited(id) => {
            let rows = |kind| page.piece.iter().flat_map(move |piece| piece.rows(kind));
            let ties = rows(TIES).map(|at| archive.ties[id.0][at].other);
            let citing = rows(BACKLINKS).filter_map(|at| match archive.backlinks[id.0][at].from {
                Origin::Entry(id) => Some(id),
                Origin::Text(_) => None,
            });
            once(ties.chain(citing))
        }
        _ => return None,
    })
}

fn once(works: impl Iterator<Item = EntryId>) -> Vec<EntryId> {
    let mut seen = HashSet::new();
    works.filter(|work| seen.insert(*work)).collect()
}
