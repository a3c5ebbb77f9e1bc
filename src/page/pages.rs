//! Every page of a site, in the order of addresses.
//!
//! In: pages in that order. Out: [`Pages`], which another plan that differs in a few pages
//! shares the rest with. Absent on purpose: which pages there are.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    address::Permalink,
    plan::{Page, Subject, is_in_sitemap},
};
use crate::leaves::LEAF;

/// Pages in the order of their addresses; where there is a fault two may have the same.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// None is empty.
    leaves: Vec<Arc<Vec<Page>>>,
    /// How many of them sitemaps name.
    in_sitemap: usize,
    /// Whether two have one address.
    doubled: bool,
}

impl Pages {
    /// Of pages in the order of addresses.
    pub fn of(pages: Vec<Page>) -> Self {
        let doubled = pages.windows(2).any(|pair| pair[0].permalink == pair[1].permalink);
        let in_sitemap = pages.iter().filter(|page| is_in_sitemap(page)).count();
        let mut leaves = Vec::with_capacity(pages.len().div_ceil(LEAF));
        let mut pages = pages.into_iter();
        loop {
            let leaf: Vec<Page> = pages.by_ref().take(LEAF).collect();
            if leaf.is_empty() {
                return Pages { leaves, in_sitemap, doubled };
            }
            leaves.push(Arc::new(leaf));
        }
    }

    pub fn len(&self) -> usize {
        self.leaves.iter().map(|leaf| leaf.len()).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Page> + Clone {
        self.leaves.iter().flat_map(|leaf| leaf.iter())
    }

    /// How many of them sitemaps name.
    pub fn in_sitemap(&self) -> usize {
        self.in_sitemap
    }

    /// Whether two of them have one address.
    pub fn doubled(&self) -> bool {
        self.doubled
    }

    /// The page of an address.
    pub fn find(&self, address: &str) -> Option<&Page> {
        let leaf = self.leaves.get(self.leaf_of(address))?;
        leaf.binary_search_by(|page| page.permalink.as_str().cmp(address)).ok().map(|at| &leaf[at])
    }

    /// The leaf that an address is in if it is in any.
    fn leaf_of(&self, address: &str) -> usize {
        let before = |leaf: &Arc<Vec<Page>>| leaf.last().is_some_and(|last| last.permalink.as_str() < address);
        self.leaves.partition_point(before)
    }

    /// The same pages, of which no two have one address, but for those of some: for each the page that it has from now on,
    /// if any.
    pub fn changed(&self, mut changes: BTreeMap<Permalink, Option<Page>>) -> Self {
        let mut new = self.clone();
        // From the end on, so that a leaf that is divided moves none that is still to be changed.
        while let Some((last, _)) = changes.last_key_value() {
            let at = self.leaf_of(last.as_str()).min(self.leaves.len().saturating_sub(1));
            let start = at.checked_sub(1).and_then(|before| self.leaves[before].last());
            let own = match start {
                Some(start) => {
                    // What stands between two leaves is in the second.
                    let mut own = changes.split_off(&start.permalink);
                    if let Some(page) = own.remove(&start.permalink) {
                        changes.insert(start.permalink.clone(), page);
                    }
                    own
                }
                None => std::mem::take(&mut changes),
            };
            let old: &[Page] = self.leaves.get(at).map_or(&[], |leaf| leaf);
            let stays = old.iter().filter(|page| !own.contains_key(&page.permalink)).cloned();
            let mut pages: Vec<Page> = stays.chain(own.values().flatten().cloned()).collect();
            pages.sort_by(|one, other| one.permalink.cmp(&other.permalink));
            let count = |pages: &[Page]| pages.iter().filter(|page| is_in_sitemap(page)).count();
            new.in_sitemap = new.in_sitemap + count(&pages) - count(old);
            let leaves = pages.chunks(2 * LEAF).map(|pages| Arc::new(pages.to_vec()));
            new.leaves.splice(at..self.leaves.len().min(at + 1), leaves);
        }
        new
    }

    /// The same pages about other subjects, among those whose address begins with `start`.
    pub fn about(&mut self, start: &str, change: impl Fn(&mut Subject)) {
        let first = self.leaf_of(start);
        let begins = |page: Option<&Page>| page.is_some_and(|page| page.permalink.as_str().starts_with(start));
        for leaf in &mut self.leaves[first..] {
            if !begins(leaf.first()) && !begins(leaf.last()) && !leaf.iter().any(|page| begins(Some(page))) {
                return;
            }
            for page in Arc::make_mut(leaf) {
                change(&mut page.subject);
            }
        }
    }
}

impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        self.in_sitemap == other.in_sitemap && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(number: usize, subject: Subject) -> Page {
        let ending = if number.is_multiple_of(3) { "html" } else { "json" };
        Page { permalink: Permalink::new(format!("{}/{number:05}.{ending}", number % 2)), subject, piece: None }
    }

    fn pages(all: &BTreeMap<Permalink, Page>) -> Pages {
        Pages::of(all.values().cloned().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn changed_pages_are_those_of_a_list_that_is_changed(
            first in prop::collection::btree_set(0_usize..3000, 0..1200),
            changes in prop::collection::btree_map(0_usize..3000, any::<bool>(), 0..600),
        ) {
            let mut all: BTreeMap<Permalink, Page> =
                first.iter().map(|number| page(*number, Subject::Home)).map(|page| (page.permalink.clone(), page)).collect();
            let before = pages(&all);
            let mut changed = BTreeMap::new();
            for (number, stays) in changes {
                let page = page(number, Subject::Timeline);
                all.remove(&page.permalink);
                if stays {
                    all.insert(page.permalink.clone(), page.clone());
                }
                changed.insert(page.permalink.clone(), stays.then_some(page));
            }
            let mut after = before.changed(changed);
            prop_assert_eq!(&after, &pages(&all));
            prop_assert_eq!(after.len(), all.len());
            for number in 0..3000 {
                let address = page(number, Subject::Home).permalink;
                prop_assert_eq!(after.find(address.as_str()), all.get(&address));
            }
            after.about("1/", |subject| *subject = Subject::People);
            for (permalink, page) in &mut all {
                if permalink.as_str().starts_with("1/") {
                    page.subject = Subject::People;
                }
            }
            let in_one = after.iter().filter(|page| page.permalink.as_str().starts_with("1/"));
            prop_assert!(in_one.eq(all.values().filter(|page| page.permalink.as_str().starts_with("1/"))));
        }
    }
}
