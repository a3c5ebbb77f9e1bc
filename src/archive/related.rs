//! Works that have much in common, though neither links to the other.

use std::cmp::Reverse;

use ahash::AHashMap;

use super::{Archive, Backlink, EntryId, Goal, KeywordId, Origin, lists::Lists};

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trait {
    Keyword(KeywordId),
    Link(EntryId),
}

/// Who has what works can share: enough to find the neighbourhood of any one of them,
/// which is done when its page is made.
#[derive(Debug)]
pub struct Holders {
    /// For each keyword the works that have it, in time.
    of_keyword: Vec<Vec<EntryId>>,
    /// For each principal how many works link to it; which ones its backlinks say.
    of_link: Vec<usize>,
}

impl Holders {
    pub fn of(
        works: &[EntryId],
        principals: &[EntryId],
        entry_keywords: &Lists<KeywordId>,
        backlinks: &Lists<Backlink>,
        keywords: usize,
    ) -> Self {
        let mut of_keyword = vec![Vec::new(); keywords];
        let mut of_link = vec![0; principals.len()];
        for &work in works {
            for keyword in &entry_keywords[work.0] {
                of_keyword[keyword.0].push(work);
            }
            of_link[work.0] = citing(&backlinks[work.0], principals).count();
        }
        Holders { of_keyword, of_link }
    }
}

/// The works that link to one, in time.
fn citing<'a>(backlinks: &'a [Backlink], principals: &'a [EntryId]) -> impl Iterator<Item = EntryId> + 'a {
    // All links from one text stand together.
    backlinks.chunk_by(|one, other| one.from == other.from).filter_map(|links| match links[0].from {
        Origin::Entry(id) => (principals[id.0] == id).then_some(id),
        Origin::Text(_) => None,
    })
}

impl Archive {
    /// At most five works, the nearest first, by the sum of the weights of what they share
    /// with the entry's. A trait weighs as the logarithm of its rarity (inverse document
    /// frequency: Spärck Jones 1972).
    pub fn related(&self, id: EntryId) -> Vec<Related> {
        let work = self.principal(id);
        let traits = self.traits(work);
        let mut scores: AHashMap<EntryId, u64> = AHashMap::with_capacity(TOO_COMMON);
        for &shared in &traits {
            let count = self.count(shared);
            if count > TOO_COMMON {
                continue;
            }
            let weight = weight(self.works.len(), count);
            let mut add = |other: EntryId| {
                if other != work {
                    *scores.entry(other).or_default() += weight;
                }
            };
            match shared {
                Trait::Keyword(id) => self.holders.of_keyword[id.0].iter().copied().for_each(&mut add),
                Trait::Link(id) => citing(&self.backlinks[id.0], &self.principals).for_each(&mut add),
            }
        }
        let mut scores: Vec<(EntryId, u64)> = scores.into_iter().filter(|(_, score)| *score > 0).collect();
        let place = |(other, score): &(EntryId, u64)| (Reverse(*score), self.time_rank[other.0]);
        if scores.len() > MOST {
            scores.select_nth_unstable_by_key(MOST, place);
            scores.truncate(MOST);
        }
        scores.sort_unstable_by_key(place);
        scores.into_iter().map(|(other, _)| self.reasons(other, &traits)).collect()
    }

    fn traits(&self, work: EntryId) -> Vec<Trait> {
        let mut traits: Vec<Trait> = self.entry_keywords[work.0].iter().copied().map(Trait::Keyword).collect();
        for goal in self.entry_links[work.0].iter().flatten() {
            if let Goal::Entry { id, .. } = goal {
                let shared = Trait::Link(self.principal(*id));
                if self.principal(*id) != work && !traits.contains(&shared) {
                    traits.push(shared);
                }
            }
        }
        traits
    }

    /// How many works have it.
    fn count(&self, shared: Trait) -> usize {
        match shared {
            Trait::Keyword(id) => self.holders.of_keyword[id.0].len(),
            Trait::Link(id) => self.holders.of_link[id.0],
        }
    }

    fn reasons(&self, other: EntryId, own: &[Trait]) -> Related {
        let others = self.traits(other);
        let mut shared: Vec<Trait> = own.iter().copied().filter(|one| others.contains(one)).collect();
        shared.sort_by_key(|one| self.count(*one));
        let keyword = |one: &Trait| if let Trait::Keyword(id) = one { Some(*id) } else { None };
        let link = |one: &Trait| if let Trait::Link(id) = one { Some(*id) } else { None };
        Related {
            entry: other,
            keywords: shared.iter().filter_map(keyword).collect(),
            links: shared.iter().filter_map(link).collect(),
        }
    }
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
