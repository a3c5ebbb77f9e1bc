//! The live preview: the archive in memory, pages made when they are asked for.
//!
//! In: a site's root. Out: pages over http on this machine, and word of what changed.
//! [`watch`] says which files may have changed, [`preview`] is the one place that keeps
//! state, [`http`] is all that faces the browser, [`editor`] opens a file at a line.
//! Absent on purpose: a second way to make a page. What is served is what `build` would
//! write, less one `script` element.
//!
//! One thread owns the [`preview`] and takes one [`Event`] at a time; the others talk to
//! it through a channel, so that there is no lock and no order of calls to get wrong.

mod editor;
mod http;
mod manuscript;
mod preview;
mod protocol;
mod survey;
mod watch;

pub use manuscript::Cost;
pub use protocol::{Answer, Event, Fault, Notice, Rippled, Served, Spot, Tab, Told};
pub use watch::Means;

/// How the preview behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether the browser goes to the page of the file that was saved.
    pub follow: bool,
    pub means: Means,
}
