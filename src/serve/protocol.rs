//! What the parts of the preview say to one another.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::{manuscript::Cost, survey::Survey};
use crate::diagnostic::Diagnostic;

/// Everything that can happen.
pub enum Event {
    /// Files and folders that may have changed, and when that was told.
    Changed {
        paths: Vec<PathBuf>,
        at: Instant,
    },
    /// Changes were lost: everything may have changed.
    Rescan,
    /// The watcher has a fault: what, and what to do.
    Blind(String),
    /// A browser asks for an address below the root: `references/x.html`, `static/css/page.css`;
    /// empty, or with `/` at its end, for a folder.
    Asked {
        address: String,
        reply: oneshot::Sender<Answer>,
    },
    /// A page is open in a browser.
    Opened(Tab),
    Closed(u64),
    /// Where the text of a page, or of one of its sections, is written.
    Edited {
        permalink: String,
        section: Option<String>,
        reply: oneshot::Sender<Option<Spot>>,
    },
    /// The time has come for something that was put off.
    Due,
    /// All pages of a state have been looked at.
    Surveyed(Box<Survey>),
    /// Something that is no fault of the archive, for the terminal: what, and what to do.
    Trouble(String),
    Stop,
}

/// A place in a file, for an editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// Below the site's root, with `/` between its parts.
    pub path: Arc<str>,
    /// Both count from 1; the column in characters.
    pub line: usize,
    pub column: usize,
}

/// What stands at an address.
#[derive(Debug)]
pub enum Answer {
    Found(Served),
    /// The address, below the root, that the page has now.
    Moved(String),
    /// What is shown where there is nothing.
    Missing(Served),
}

/// A file of the site, byte for byte as `build` writes it.
#[derive(Clone, Debug)]
pub struct Served {
    pub permalink: Arc<str>,
    pub bytes: Arc<[u8]>,
    /// Tells this content from any other at the address: hexadecimal digits.
    pub fingerprint: String,
}

/// A page that a browser shows, and the way to reach it. A tab that does not read what it
/// is sent is forgotten; it asks anew when it comes back.
pub struct Tab {
    /// No two tabs of a run have the same.
    pub id: u64,
    pub permalink: String,
    /// The fingerprint of what it shows.
    pub shows: String,
    pub notices: mpsc::Sender<Arc<Notice>>,
}

/// What open pages are told, as JSON over server-sent events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// The page that you show has changed: ask for it again.
    Stale { fingerprint: String },
    /// Files that pages load have changed, by address below the root.
    Assets { addresses: Vec<String> },
    /// The page that you show is gone; `to` is where it went, or the nearest page above it.
    Gone { to: String },
    /// All that is wrong with the archive; empty when it is mended. Pages show the last
    /// good state meanwhile.
    Faults { faults: Vec<Fault> },
    /// What the last change did to other pages: at most 50 of `total`.
    Ripple { files: Vec<String>, pages: Vec<Rippled>, total: usize },
    /// With `--follow`: the page of the file that was saved.
    Follow { to: String },
}

/// A diagnostic, as the overlay shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub severity: crate::diagnostic::Severity,
    pub code: &'static str,
    pub message: String,
    #[serde(flatten)]
    pub place: crate::diagnostic::Place,
    pub help: Option<String>,
    /// Further places, each with what stands there.
    pub also: Vec<(crate::diagnostic::Place, String)>,
}

impl From<&Diagnostic> for Fault {
    fn from(diagnostic: &Diagnostic) -> Self {
        Fault {
            severity: diagnostic.severity,
            code: diagnostic.code,
            message: diagnostic.message.clone(),
            place: diagnostic.place.clone(),
            help: diagnostic.help.clone(),
            also: diagnostic.also.clone(),
        }
    }
}

/// A page that changed because of another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rippled {
    pub permalink: String,
    pub title: String,
    /// `new`, `gone`, or what changed on it: `backlinks`, `works`…; empty where it has no name.
    pub why: Vec<&'static str>,
}

/// What the terminal is told.
#[derive(Debug)]
pub enum Told {
    /// The first state stands, or its faults have been told.
    Ready { entries: usize, pages: usize, took: Duration },
    /// Folders and files that are watched, below the root.
    Watching { paths: Vec<String>, polling: bool },
    /// Files changed, and how long it took until pages could be served that show it.
    Changed { files: Vec<String>, took: Duration, cost: Cost },
    /// What that did to pages that nobody may be looking at.
    Ripple { pages: Vec<Rippled>, total: usize },
    /// All that is wrong; empty when all is mended.
    Faults(Vec<Diagnostic>),
    /// Something that is no fault of the archive: what, and what to do.
    Trouble(String),
}
