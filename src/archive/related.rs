//! Works that have much in common, though neither links to the other.

use std::{collections::HashMap, sync::Arc};

use super::{EntryId, Goal, KeywordId, index::Shelves};
use crate::{entry::Record, parallel};

/// A keyword or source that more works share says nothing of any two of them, and
/// looking at each pair would cost the square of their number.
const TOO_COMMON: usize = 200;
const MOST: usize = 5;

/// A work in the neighbourhood of another, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Related {
    pub entry: EntryId,
    /// The keywords that both have, the rarest first.
    pub keywords: Vec<KeywordId>,
    /// The works that both link to, the least cited first.
    pub links: Vec<EntryId>,
}

/// What two works can share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Trait {
    Keyword(KeywordId),
    Link(EntryId),
}

/// For each entry at most five works, by the sum of the weights of what they share.
/// A trait weighs as the logarithm of its rarity (inverse document frequency:
/// Spärck Jones 1972).
pub fn related(
    entries: &[Arc<Record>],
    works: &[EntryId],
    principals: &[EntryId],
    shelves: &Shelves,
    goals: &[Vec<Option<Goal>>],
) -> Vec<Vec<Related>> {
    let mut traits: Vec<Vec<Trait>> = vec![Vec::new(); entries.len()];
    for &work in works {
        traits[work.0] = shelves.entry_keywords[work.0].iter().copied().map(Trait::Keyword).collect();
        for goal in goals[work.0].iter().flatten() {
            if let Goal::Entry { id, .. } = goal {
                let shared = Trait::Link(principals[id.0]);
                if principals[id.0] != work && !traits[work.0].contains(&shared) {
                    traits[work.0].push(shared);
                }
            }
        }
    }
    let mut holders: HashMap<Trait, Vec<EntryId>> = HashMap::new();
    for &work in works {
        for &shared in &traits[work.0] {
            holders.entry(shared).or_default().push(work);
        }
    }
    let mut rank = vec![0; entries.len()];
    for (position, work) in works.iter().enumerate() {
        rank[work.0] = position;
    }
    let nearest: Vec<Vec<Related>> = parallel::map(works, |&work| {
        let mut scores: HashMap<EntryId, u64> = HashMap::new();
        for shared in &traits[work.0] {
            let holders = &holders[shared];
            if holders.len() > TOO_COMMON {
                continue;
            }
            let weight = weight(works.len(), holders.len());
            for other in holders.iter().filter(|other| **other != work) {
                *scores.entry(*other).or_default() += weight;
            }
        }
        let mut scores: Vec<(EntryId, u64)> = scores.into_iter().filter(|(_, score)| *score > 0).collect();
        scores.sort_unstable_by_key(|(other, score)| (std::cmp::Reverse(*score), rank[other.0]));
        scores.truncate(MOST);
        scores.into_iter().map(|(other, _)| reasons(other, &traits[work.0], &traits[other.0], &holders)).collect()
    });
    let mut all = vec![Vec::new(); entries.len()];
    for (work, related) in works.iter().zip(nearest) {
        all[work.0] = related;
    }
    for (index, principal) in principals.iter().enumerate() {
        if principal.0 != index {
            let shared = all[principal.0].clone();
            all[index] = shared;
        }
    }
    all
}

/// Thousandths of the natural logarithm of how rare it is: whole numbers add up to
/// the same sum in any order.
fn weight(works: usize, holders: usize) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of works, and a small number that is not negative: no more works hold a trait than there are"
    )]
    let weight = ((works as f64 / holders as f64).ln() * 1000.0).round() as u64;
    weight
}

fn reasons(other: EntryId, own: &[Trait], others: &[Trait], holders: &HashMap<Trait, Vec<EntryId>>) -> Related {
    let mut shared: Vec<Trait> = own.iter().copied().filter(|one| others.contains(one)).collect();
    shared.sort_by_key(|one| holders[one].len());
    Related {
        entry: other,
        keywords: shared.iter().filter_map(|one| if let Trait::Keyword(id) = one { Some(*id) } else { None }).collect(),
        links: shared.iter().filter_map(|one| if let Trait::Link(id) = one { Some(*id) } else { None }).collect(),
    }
}
