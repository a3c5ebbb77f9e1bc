//! Long lists that share what they have in common.
//!
//! In: a list. Out: [`Leaves`], which another list that differs in a few items shares all
//! but a few leaves with. Absent on purpose: what the items are.

use std::{
    ops::{Index, Range},
    sync::Arc,
};

/// How many items a leaf has; the last has as many or fewer. Threads share work by as many.
pub const LEAF: usize = 256;

/// A list in leaves. To clone it takes no longer than to count its leaves, and where an
/// item of a clone is replaced its leaf alone is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaves<T>(Vec<Arc<Vec<T>>>);

impl<T> Default for Leaves<T> {
    fn default() -> Self {
        Leaves(Vec::new())
    }
}

impl<T> Leaves<T> {
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * LEAF + last.len())
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        self.0.get(index / LEAF)?.get(index % LEAF)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.0.iter().flat_map(|leaf| leaf.iter())
    }

    /// Its leaves, one after the other: lists that are made from each of them have as many items.
    pub fn leaves(&self) -> &[Arc<Vec<T>>] {
        &self.0
    }

    /// The index of the item for which `compare` says that it is the one; items are in order.
    pub fn find_by(&self, compare: impl Fn(&T) -> std::cmp::Ordering) -> Option<usize> {
        let leaf = self.0.partition_point(|leaf| leaf.last().is_some_and(|last| compare(last).is_lt()));
        let within = self.0.get(leaf)?.binary_search_by(compare).ok()?;
        Some(leaf * LEAF + within)
    }

    pub fn push(&mut self, item: T)
    where
        T: Clone,
    {
        if let Some(last) = self.0.last_mut().filter(|last| last.len() < LEAF) {
            Arc::make_mut(last).push(item);
        } else {
            let mut leaf = Vec::with_capacity(LEAF);
            leaf.push(item);
            self.0.push(Arc::new(leaf));
        }
    }

    /// Adds some of the items of `other` behind its own; leaves as a whole where that can be.
    pub fn extend_from(&mut self, other: &Self, items: Range<usize>)
    where
        T: Clone,
    {
        let mut at = items.start;
        while at < items.end {
            if at.is_multiple_of(LEAF) && self.len().is_multiple_of(LEAF) && at + LEAF <= items.end {
                self.0.push(Arc::clone(&other.0[at / LEAF]));
                at += LEAF;
            } else {
                self.push(other[at].clone());
                at += 1;
            }
        }
    }

    /// Puts an item in the place of another. There must be one.
    pub fn set(&mut self, index: usize, item: T)
    where
        T: Clone,
    {
        Arc::make_mut(&mut self.0[index / LEAF])[index % LEAF] = item;
    }
}

impl<T: Clone> From<Vec<T>> for Leaves<T> {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Leaves<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let mut leaves = Vec::new();
        loop {
            let mut leaf = Vec::with_capacity(LEAF);
            leaf.extend(items.by_ref().take(LEAF));
            if leaf.is_empty() {
                return Leaves(leaves);
            }
            leaves.push(Arc::new(leaf));
        }
    }
}

impl<T> Index<usize> for Leaves<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.0[index / LEAF][index % LEAF]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn leaves_are_a_list(length in 0_usize..700, sets in prop::collection::vec((0_usize..700, 0_usize..700), 0..5)) {
            let mut list: Vec<usize> = (0..length).collect();
            let leaves: Leaves<usize> = list.iter().copied().collect();
            let mut pushed = Leaves::default();
            for item in &list {
                pushed.push(*item);
            }
            prop_assert_eq!(&leaves, &pushed);
            for item in 0..length + 3 {
                prop_assert_eq!(leaves.find_by(|other| other.cmp(&item)), (item < length).then_some(item));
            }
            let mut copied = Leaves::default();
            copied.extend_from(&leaves, 0..length / 2);
            copied.extend_from(&leaves, length / 2..length);
            prop_assert_eq!(&leaves, &copied);
            let mut changed = leaves.clone();
            for (at, item) in sets.into_iter().filter(|(at, _)| *at < length) {
                list[at] = item;
                changed.set(at, item);
            }
            prop_assert_eq!(changed.iter().copied().collect::<Vec<_>>(), list);
            prop_assert_eq!(leaves.iter().copied().collect::<Vec<_>>(), (0..length).collect::<Vec<_>>());
            prop_assert_eq!((leaves.len(), leaves.get(length)), (length, None));
        }
    }
}
