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

/// `function` of each item, in the order of the items whatever the number of threads.
pub fn map<'a, T: Sync, R: Send, C: FromIterator<R>>(items: &'a [T], function: impl Fn(&'a T) -> R + Sync + Send) -> C {
    let results: Vec<R> = items.par_iter().map(function).collect();
    results.into_iter().collect()
}

/// As [`map`], with the index of each item.
pub fn map_numbered<'a, T: Sync, R: Send>(
    items: &'a [T],
    function: impl Fn(usize, &'a T) -> R + Sync + Send,
) -> Vec<R> {
    items.par_iter().enumerate().map(|(index, item)| function(index, item)).collect()
}

/// Both results; at the same time where there is a thread to spare.
pub fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(one, other)
}
