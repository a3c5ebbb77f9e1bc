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

mod desk;
mod editor;
mod http;
mod manuscript;
mod preview;
mod protocol;
mod survey;
mod watch;

use std::{
    io,
    path::Path,
    sync::mpsc::{Receiver, Sender},
};

use crate::build::Request;
pub use editor::setting as editor_setting;
pub use http::{Door, Port};
pub use manuscript::Cost;
pub use preview::rehearse;
pub use protocol::{Answer, Event, Fault, Notice, Rippled, Served, Spot, Tab, Told};
pub use watch::Means;
use watch::Watch;

/// What the preview is asked for beside what a build is.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Browsers go to the page of the file that was saved.
    pub follow: bool,
    pub means: Means,
    /// As `$EDITOR` has it.
    pub editor: Option<String>,
}

/// What is shown in place of every page while there is no site to show: before the first
/// state without faults. Its script shows what is wrong.
pub const WAITING: &[u8] = include_bytes!("page/waiting.html");

/// Serves the site below `root` until [`Event::Stop`]; `told` gets what the terminal shows.
///
/// # Errors
/// Where the system has no thread or socket to give.
pub fn serve(
    root: &Path,
    request: &Request,
    options: &Options,
    door: Door,
    (events, happening): (Sender<Event>, Receiver<Event>),
    mut told: impl FnMut(Told),
) -> io::Result<()> {
    let settings = http::Settings { root: root.to_path_buf(), hosts: door.hosts, editor: options.editor.clone() };
    let _listening = http::listen(door.listener, settings, events.clone())?;
    // From here on no change is missed, whenever files are read.
    let watch = Watch::start(root, options.means, events.clone());
    preview::run(root, request, options, watch, (events, happening), &mut told);
    Ok(())
}
