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
