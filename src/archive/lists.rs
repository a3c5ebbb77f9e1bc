//! Many short lists in one piece of memory.

use std::ops::{Index, Range};

/// Lists one behind the other, each by its index: what `Vec<Vec<T>>` is, but made, read
/// and dropped at once. With ten thousand small pieces of memory all three are slow.
#[derive(Clone, Debug)]
pub struct Lists<T> {
    items: Vec<T>,
    /// Where in `items` each list ends.
    ends: Vec<usize>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists { items: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// With room for so many lists, which have so many items in all.
    pub fn with_capacity(lists: usize, items: usize) -> Self {
        Lists { items: Vec::with_capacity(items), ends: Vec::with_capacity(lists) }
    }

    /// Empty, with room for as many lists and items and a few more.
    pub fn room(&self) -> Self {
        const MORE: usize = 64;
        Lists::with_capacity(self.ends.len() + MORE, self.items.len() + MORE)
    }

    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.ends.push(self.items.len());
    }

    /// Empty where there is none.
    pub fn last(&self) -> &[T] {
        self.len().checked_sub(1).map_or(&[], |last| &self[last])
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many items some lists have.
    pub fn items_in(&self, lists: Range<usize>) -> usize {
        self.span(lists).len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len()).map(|index| &self[index])
    }

    /// Adds the lists of `other` behind its own.
    pub fn append(&mut self, mut other: Self) {
        let start = self.items.len();
        self.items.append(&mut other.items);
        self.ends.extend(other.ends.iter().map(|end| start + end));
    }

    fn span(&self, lists: Range<usize>) -> Range<usize> {
        let end = |count: usize| count.checked_sub(1).map_or(0, |last| self.ends[last]);
        end(lists.start)..end(lists.end)
    }
}

impl<T: Clone> Lists<T> {
    /// Adds some of the lists of `other` behind its own.
    pub fn extend_from(&mut self, other: &Self, lists: Range<usize>) {
        let (start, span) = (self.items.len(), other.span(lists.clone()));
        self.ends.extend(other.ends[lists].iter().map(|end| start + end - span.start));
        self.items.extend_from_slice(&other.items[span]);
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
        Lists { items: order.into_iter().map(|index| items[index].1.clone()).collect(), ends: next }
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, index: usize) -> &[T] {
        &self.items[self.span(index..index + 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_what_was_put_in() {
        let mut lists = Lists::default();
        lists.push([1, 2]);
        lists.push([]);
        lists.push([3]);
        let mut more = Lists::default();
        more.extend_from(&lists, 1..3);
        more.append(lists.clone());
        let all: Vec<&[i32]> = more.iter().collect();
        assert_eq!(all, [&[][..], &[3], &[1, 2], &[], &[3]]);
        let dealt = Lists::deal(4, &[(2, 'a'), (0, 'b'), (2, 'c')]);
        assert_eq!(dealt.iter().collect::<Vec<_>>(), [&['b'][..], &[], &['a', 'c'], &[]]);
    }
}
