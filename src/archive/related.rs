//! Works that have much in common, though neither links to the other.

use std::{cmp::Reverse, sync::Arc};

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
#[derive(Clone, Debug, PartialEq)]
pub struct Holders {
    /// For each keyword the works that have it, in time. (Half as long as ids are elsewhere: the
    /// page of each entry reads hundreds.)
    of_keyword: Vec<Arc<Vec<u32>>>,
    /// For each principal how many works link to it; which ones its backlinks say.
    of_link: Arc<Vec<usize>>,
}

impl Holders {
    pub fn of(
        works: &[EntryId],
        principals: &[EntryId],
        entry_keywords: &Lists<KeywordId>,
        backlinks: &Lists<Backlink>,
        keywords: usize,
    ) -> Self {
        let mut of_keyword: Vec<Vec<u32>> = vec![Vec::new(); keywords];
        let mut of_link = vec![0; principals.len()];
        for &work in works {
            for keyword in &entry_keywords[work.0] {
                of_keyword[keyword.0].extend(u32::try_from(work.0));
            }
            of_link[work.0] = citing(&backlinks[work.0], principals).count();
        }
        Holders { of_keyword: of_keyword.into_iter().map(Arc::new).collect(), of_link: Arc::new(of_link) }
    }
}

impl Holders {
    /// Gives keywords other numbers: for each of now the one that it had, `None` for a new one.
    pub fn renumber(&mut self, before: impl Iterator<Item = Option<KeywordId>>) {
        let of = |before: Option<KeywordId>| before.map_or_else(Arc::default, |id| Arc::clone(&self.of_keyword[id.0]));
        self.of_keyword = before.map(of).collect();
    }

    /// Has a work among those of a keyword as often as it names it.
    pub fn file(&mut self, keyword: KeywordId, work: EntryId, times: usize, comes_before: impl Fn(usize) -> bool) {
        let works = Arc::make_mut(&mut self.of_keyword[keyword.0]);
        works.retain(|other| *other as usize != work.0);
        let at = works.partition_point(|other| comes_before(*other as usize));
        let own = u32::try_from(work.0).into_iter().flat_map(|work| std::iter::repeat_n(work, times));
        works.splice(at..at, own);
    }

    /// Counts anew how many works link to one.
    pub fn count(&mut self, work: EntryId, backlinks: &[Backlink], principals: &[EntryId]) {
        let count = if principals[work.0] == work { citing(backlinks, principals).count() } else { 0 };
        if self.of_link[work.0] != count {
            Arc::make_mut(&mut self.of_link)[work.0] = count;
        }
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
        let room = traits.iter().filter(|own| own.says_something).map(|own| own.count).sum();
        let mut scores = Scores::with_room(room);
        for (own, mark) in traits.iter().zip(marks()).filter(|(own, _)| own.says_something) {
            let weight = weight(self.works.len(), own.count);
            let add = |other: u32| {
                if other as usize != work.0 {
                    scores.add(other, weight, mark);
                }
            };
            match own.what {
                Trait::Keyword(id) => self.holders.of_keyword[id.0].iter().copied().for_each(add),
                Trait::Link(id) => {
                    citing(&self.backlinks[id.0], &self.principals)
                        .filter_map(|id| u32::try_from(id.0).ok())
                        .for_each(add);
                }
            }
        }
        let nearest = scores.highest(MOST, |other| self.time_rank[other.0]);
        nearest.into_iter().map(|(other, marks)| self.reasons(other, marks, &traits)).collect()
    }

    /// The rarest first; keywords before links.
    fn traits(&self, work: EntryId) -> Vec<Own> {
        let own = |what: Trait, count: usize| Own {
            what,
            count,
            says_something: count <= TOO_COMMON && count < self.works.len(),
        };
        let keyword = |&id: &KeywordId| own(Trait::Keyword(id), self.holders.of_keyword[id.0].len());
        let goals = &self.entry_links[work.0];
        let mut traits = Vec::with_capacity(self.entry_keywords[work.0].len() + goals.len());
        traits.extend(self.entry_keywords[work.0].iter().map(keyword));
        for goal in goals.iter().flatten() {
            if let Goal::Entry { id, .. } = goal {
                let linked = self.principal(*id);
                if linked != work && !traits.iter().any(|own: &Own| own.what == Trait::Link(linked)) {
                    traits.push(own(Trait::Link(linked), self.holders.of_link[linked.0]));
                }
            }
        }
        traits.sort_by_key(|own| own.count);
        traits
    }

    /// Whether a work has a trait. None has a link to itself.
    fn has(&self, work: EntryId, shared: Trait) -> bool {
        match shared {
            Trait::Keyword(id) => self.entry_keywords[work.0].contains(&id),
            Trait::Link(linked) => {
                let mut goals = self.entry_links[work.0].iter().flatten();
                work != linked
                    && goals.any(|goal| matches!(goal, Goal::Entry { id, .. } if self.principal(*id) == linked))
            }
        }
    }

    /// `marked` says which of the traits that say something the other work has; those without a
    /// mark are looked for.
    fn reasons(&self, other: EntryId, marked: u32, traits: &[Own]) -> Related {
        let shared = |&(own, mark): &(&Own, u32)| {
            if own.says_something && mark != 0 { marked & mark != 0 } else { self.has(other, own.what) }
        };
        let mut related = Related { entry: other, keywords: Vec::new(), links: Vec::new() };
        for (own, _) in traits.iter().zip(marks()).filter(shared) {
            match own.what {
                Trait::Keyword(id) => related.keywords.push(id),
                Trait::Link(id) => related.links.push(id),
            }
        }
        related
    }
}

/// A trait of the work whose neighbourhood is looked for.
struct Own {
    what: Trait,
    /// How many works have it.
    count: usize,
    /// Whether it is so rare that two works that share it are near to one another.
    says_something: bool,
}

/// One for each of the first traits; 0 for the others.
fn marks() -> impl Iterator<Item = u32> {
    (0..u32::BITS).map(|bit| 1 << bit).chain(std::iter::repeat(0))
}

/// What works have scored, each in a place that follows from its id or in the next that is free.
/// It never grows, and says as well why a work is there: to look at five works again would take
/// a third of the time.
struct Scores {
    /// Half as many again as works can come, or more; a power of two.
    places: Vec<Score>,
}

#[derive(Clone, Copy, Default)]
struct Score {
    work: u32,
    /// 0 in a place that is free.
    sum: u32,
    marks: u32,
}

impl Scores {
    fn with_room(works: usize) -> Self {
        Scores { places: vec![Score::default(); (works + works / 2 + 1).next_power_of_two()] }
    }

    fn add(&mut self, work: u32, score: u32, mark: u32) {
        let last = self.places.len() - 1;
        // Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, section 6.4):
        // neighbours in a list lie apart.
        let mut at = work.wrapping_mul(0x9e37_79b9).rotate_left(15) as usize & last;
        loop {
            let place = &mut self.places[at];
            if place.sum == 0 {
                *place = Score { work, sum: score, marks: mark };
                return;
            }
            if place.work == work {
                place.sum = place.sum.saturating_add(score);
                place.marks |= mark;
                return;
            }
            at = (at + 1) & last;
        }
    }

    /// Those with the highest scores, at most so many, with their marks; of two with one score the
    /// one whose rank is lower comes first.
    fn highest(&self, most: usize, rank: impl Fn(EntryId) -> usize) -> Vec<(EntryId, u32)> {
        let mut highest: Vec<(Reverse<u32>, usize, (EntryId, u32))> = Vec::with_capacity(most + 1);
        let mut least = 1;
        for &Score { work, sum, marks } in &self.places {
            // A free place has less than the least.
            if sum < least {
                continue;
            }
            let id = EntryId(work as usize);
            let next = (Reverse(sum), rank(id), (id, marks));
            let at = highest.partition_point(|other| *other < next);
            highest.insert(at, next);
            highest.truncate(most);
            if let [.., last] = highest.as_slice()
                && highest.len() == most
            {
                least = last.0.0;
            }
        }
        highest.into_iter().map(|(.., score)| score).collect()
    }
}

/// Thousandths of the natural logarithm of how rare it is: whole numbers add up to
/// the same sum in any order.
fn weight(works: usize, holders: usize) -> u32 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of works, and a small number that is not negative: no more works hold a trait than there are"
    )]
    let weight = ((works as f64 / holders as f64).ln() * 1000.0).round() as u32;
    weight
}
