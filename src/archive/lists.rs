//! Many short lists in few pieces of memory.

use std::{
    ops::{Index, Range},
    sync::Arc,
};

use crate::leaves::LEAF;

/// Lists one behind the other, each by its index: what `Vec<Vec<T>>` is, but made, read
/// and dropped a few hundred at once. With ten thousand small pieces of memory all three are
/// slow. A clone shares all leaves but those in which a list is replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Lists<T> {
    /// Each but the last has [`LEAF`] lists.
    leaves: Vec<Arc<Leaf<T>>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Leaf<T> {
    items: Vec<T>,
    /// Where in `items` each list ends.
    ends: Vec<usize>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists { leaves: Vec::new() }
    }
}

impl<T> Leaf<T> {
    fn with_room(items: usize) -> Self {
        Leaf { items: Vec::with_capacity(items), ends: Vec::with_capacity(LEAF) }
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |last| self.ends[last])
    }

    fn list(&self, index: usize) -> &[T] {
        &self.items[self.start(index)..self.ends[index]]
    }
}

impl<T> Lists<T> {
    /// With room for a leaf whose lists have so many items in all.
    pub fn with_room(items: usize) -> Self {
        Lists { leaves: vec![Arc::new(Leaf::with_room(items))] }
    }

    /// Empty where there is none.
    pub fn last(&self) -> &[T] {
        self.len().checked_sub(1).map_or(&[], |last| &self[last])
    }

    pub fn len(&self) -> usize {
        self.leaves.last().map_or(0, |last| (self.leaves.len() - 1) * LEAF + last.ends.len())
    }

    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.leaves.iter().flat_map(|leaf| (0..leaf.ends.len()).map(|index| leaf.list(index)))
    }
}

impl<T: Clone> Lists<T> {
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        if self.leaves.last().is_none_or(|last| last.ends.len() == LEAF) {
            self.leaves.push(Arc::new(Leaf::with_room(0)));
        }
        if let Some(last) = self.leaves.last_mut() {
            let leaf = Arc::make_mut(last);
            leaf.items.extend(list);
            leaf.ends.push(leaf.items.len());
        }
    }

    /// Adds the lists of `other` behind its own.
    pub fn append(&mut self, other: Self) {
        if self.len().is_multiple_of(LEAF) {
            self.leaves.retain(|leaf| !leaf.ends.is_empty());
            self.leaves.extend(other.leaves);
        } else {
            other.iter().for_each(|list| self.push(list.iter().cloned()));
        }
    }

    /// Adds some of the lists of `other` behind its own; leaves as a whole where that can be.
    pub fn extend_from(&mut self, other: &Self, lists: Range<usize>) {
        let mut at = lists.start;
        while at < lists.end {
            if at.is_multiple_of(LEAF) && self.len().is_multiple_of(LEAF) && at + LEAF <= lists.end {
                self.leaves.push(Arc::clone(&other.leaves[at / LEAF]));
                at += LEAF;
            } else {
                self.push(other[at].iter().cloned());
                at += 1;
            }
        }
    }

    /// Puts a list in the place of another. There must be one.
    pub fn set(&mut self, index: usize, list: impl IntoIterator<Item = T>) {
        let leaf = Arc::make_mut(&mut self.leaves[index / LEAF]);
        let index = index % LEAF;
        let (start, end, length) = (leaf.start(index), leaf.ends[index], leaf.items.len());
        leaf.items.splice(start..end, list);
        let (now, before) = (leaf.items.len(), length);
        for end in &mut leaf.ends[index..] {
            *end = *end + now - before;
        }
    }

    /// The same lists with other items in the place of their own.
    pub fn map(&mut self, change: impl Fn(&mut T)) {
        for leaf in &mut self.leaves {
            Arc::make_mut(leaf).items.iter_mut().for_each(&change);
        }
    }

    /// The same, in those leaves alone that have an item that is `concerned`.
    pub fn map_some(&mut self, concerned: impl Fn(&T) -> bool, change: impl Fn(&mut T)) {
        for leaf in self.leaves.iter_mut().filter(|leaf| leaf.items.iter().any(&concerned)) {
            Arc::make_mut(leaf).items.iter_mut().for_each(&change);
        }
    }

    /// So many lists of `items`, each of which says in which list it belongs. Items of one
    /// list stay in their order.
    pub fn deal(count: usize, items: &[(usize, T)]) -> Self {
        let mut next = vec![0; count];
        for (list, _) in items {
            next[*list] += 1;
        }
        let mut start = 0;
        for next in &mut next {
            (*next, start) = (start, start + *next);
        }
        let mut order = vec![0; items.len()];
        for (index, (list, _)) in items.iter().enumerate() {
            order[next[*list]] = index;
            next[*list] += 1;
        }
        // Where the next item of each list would stand, the list ends.
        let mut start = 0;
        let leaf = |ends: &[usize]| {
            let end = ends.last().copied().unwrap_or(start);
            let own = order[start..end].iter().map(|&index| items[index].1.clone()).collect();
            let leaf = Leaf { items: own, ends: ends.iter().map(|end| end - start).collect() };
            start = end;
            Arc::new(leaf)
        };
        Lists { leaves: next.chunks(LEAF).map(leaf).collect() }
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, index: usize) -> &[T] {
        self.leaves[index / LEAF].list(index % LEAF)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lists() -> impl Strategy<Value = Vec<Vec<usize>>> {
        prop::collection::vec(prop::collection::vec(0_usize..9, 0..3), 0..600)
    }

    fn pushed(lists: &[Vec<usize>]) -> Lists<usize> {
        let mut pushed = Lists::default();
        for list in lists {
            pushed.push(list.iter().copied());
        }
        pushed
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn lists_are_what_was_put_in(first in lists(), second in lists(), (at, list) in (0_usize..600, prop::collection::vec(0_usize..9, 0..5))) {
            let mut all = pushed(&first);
            all.append(pushed(&second));
            let mut expected = [first, second].concat();
            prop_assert_eq!(&all, &pushed(&expected));
            prop_assert_eq!(all.len(), expected.len());
            prop_assert_eq!(all.last(), expected.last().map_or(&[][..], |last| last));
            let mut copied = Lists::default();
            copied.extend_from(&all, 0..at.min(expected.len()));
            copied.extend_from(&all, at.min(expected.len())..expected.len());
            prop_assert_eq!(&copied, &all);
            let items: Vec<(usize, usize)> =
                expected.iter().enumerate().flat_map(|(at, list)| list.iter().map(move |item| (at, *item))).collect();
            prop_assert_eq!(&Lists::deal(expected.len(), &items), &all);
            let before = all.clone();
            if at < expected.len() {
                all.set(at, list.iter().copied());
                let old = std::mem::replace(&mut expected[at], list);
                prop_assert_eq!(&before[at], &old[..]);
            }
            all.map_some(|item| *item == 8, |item| *item %= 8);
            all.map(|item| *item += usize::from(*item == 8));
            let expected: Vec<Vec<usize>> = expected.iter().map(|list| list.iter().map(|item| item % 8).collect()).collect();
            for (at, list) in expected.iter().enumerate() {
                prop_assert_eq!(all[at].iter().map(|item| item % 8).collect::<Vec<_>>(), list.clone());
            }
            prop_assert_eq!(all.iter().count(), expected.len());
        }
    }
}
