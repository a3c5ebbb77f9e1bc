//! The one place that knows of threads.

use std::{
    cmp::Ordering,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use rayon::prelude::*;

/// How far a run has come: written by the stages, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    pub fn expect(&self, more: usize) {
        self.total.fetch_add(more, Relaxed);
    }

    pub fn step(&self) {
        self.done.fetch_add(1, Relaxed);
    }

    /// Steps done, and steps expected as far as is known by now.
    pub fn now(&self) -> (usize, usize) {
        (self.done.load(Relaxed), self.total.load(Relaxed))
    }
}

/// How many items are a part: so few that threads share a list evenly.
const PART: usize = 256;

/// `function` of each item, in the order of the items whatever the number of threads.
pub fn map<'a, T: Sync, R: Send, C: FromIterator<R>>(items: &'a [T], function: impl Fn(&'a T) -> R + Sync + Send) -> C {
    let results: Vec<R> = items.par_iter().map(function).collect();
    results.into_iter().collect()
}

/// The same, of items that are used up: none is held longer than until its result is there.
pub fn turn<T: Send, R: Send>(items: Vec<T>, function: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    items.into_par_iter().map(function).collect()
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

/// The result of `one`, which stays on this thread, and that of `other`, which another one makes
/// meanwhile.
pub fn beside<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, Option<B>) {
    let mut made = None;
    let one = rayon::in_place_scope(|scope| {
        scope.spawn(|_| made = Some(other()));
        one()
    });
    (one, made)
}

/// Uses up every item, in no order.
pub fn each<T: Send>(items: Vec<T>, function: impl Fn(T) + Sync + Send) {
    items.into_par_iter().for_each(function);
}

/// Changes every item, and gives what came of it, in their order.
pub fn change<T: Send, R: Send>(items: &mut [T], function: impl Fn(&mut T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter_mut().map(function).collect()
}

/// Sorts items of which no two are equal.
pub fn sort<T: Send>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering + Sync) {
    items.par_sort_unstable_by(compare);
}

/// Gives back what a value holds while the run goes on.
#[cfg(feature = "serve")]
pub fn drop_aside<T: Send + 'static>(value: T) {
    rayon::spawn(move || drop(value));
}

/// Leaves what a value holds to the end of the process, which is near: an archive has millions
/// of pieces, and to give them back one by one takes as long as to link it.
pub fn leave<T>(value: T) {
    std::mem::forget(value);
}
