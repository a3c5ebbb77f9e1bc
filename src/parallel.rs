//! The one place that knows of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

/// How far a run has come: written by the stages, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    pub fn expect(&self, more: usize) {
        self.total.fetch_add(more, Ordering::Relaxed);
    }

    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Steps done, and steps expected as far as is known by now.
    pub fn now(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// How many items are a part: so few that threads share a list evenly.
const PART: usize = 256;

/// `function` of each item, in the order of the items whatever the number of threads.
pub fn map<'a, T: Sync, R: Send, C: FromIterator<R>>(items: &'a [T], function: impl Fn(&'a T) -> R + Sync + Send) -> C {
    let results: Vec<R> = items.par_iter().map(function).collect();
    results.into_iter().collect()
}

/// `function` of each part of a list, in their order. It gets the index of the part's first
/// item, and makes of many items one value.
pub fn map_parts<T: Sync, R: Send>(items: &[T], function: impl Fn(usize, &[T]) -> R + Sync + Send) -> Vec<R> {
    items.par_chunks(PART).enumerate().map(|(part, items)| function(part * PART, items)).collect()
}

/// Both results; at the same time where there is a thread to spare.
pub fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(one, other)
}
