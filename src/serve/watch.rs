//! Which files may have changed.
//!
//! In: the site's root. Out: [`Event`]s with the paths that the system names, at once
//! and unsorted; [`Watch::names`] makes names below the root of them. Absent on purpose:
//! what has changed, which is found by comparing bytes, and any waiting.
//!
//! Folders are watched, never files: editors write a new file and rename it over the
//! old one (notify-rs/notify#247).

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

use notify::{
    Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use walkdir::{DirEntry, WalkDir};

use super::Event;
use crate::source;

/// Between two looks at all files, where the system does not tell of changes.
const POLL: Duration = Duration::from_millis(400);

/// How changes are learnt of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Means {
    #[default]
    System,
    /// For network and container file systems, which tell of nothing.
    Poll,
}

pub struct Watch {
    watcher: Box<dyn Watcher + Send>,
    /// Canonical, as paths in events begin with it.
    root: PathBuf,
    links: Vec<Link>,
    /// Files below the root that the settings name, by their names.
    named: BTreeSet<String>,
}

/// A symbolic link below a watched folder, and what it leads to. The system names a file
/// by one of its two paths only.
struct Link {
    at: PathBuf,
    to: PathBuf,
}

/// What is watched with all below it.
const FOLDERS: [&str; 2] = ["content", "themes"];
const SETTINGS: &str = "site.toml";

impl Watch {
    /// Begins to watch; every event from now on reaches `events`.
    ///
    /// # Errors
    /// What the system says, where it cannot watch.
    pub fn start(root: &Path, means: Means, events: Sender<Event>) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|fault| format!("`{}`: {fault}", root.display()))?;
        let tell = move |event: notify::Result<notify::Event>| {
            // When the preview has ended nobody listens, and nothing is to be done.
            let _ = match event {
                Ok(event) if event.need_rescan() => events.send(Event::Rescan),
                Ok(event) if is_change(event.kind) => {
                    events.send(Event::Changed { paths: event.paths, at: Instant::now() })
                }
                Ok(_) => Ok(()),
                Err(fault) => events.send(Event::Blind(in_words(&fault))),
            };
        };
        // Contents are compared, since two saves may lie within one tick of a file's time.
        // Links are looked for by `find_links`: one that leads out of the root would have
        // everything watched that lies there.
        let config = Config::default().with_poll_interval(POLL).with_compare_contents(true).with_follow_symlinks(false);
        let watcher: Box<dyn Watcher + Send> = match means {
            Means::System => Box::new(RecommendedWatcher::new(tell, config).map_err(|fault| in_words(&fault))?),
            Means::Poll => Box::new(PollWatcher::new(tell, config).map_err(|fault| in_words(&fault))?),
        };
        let mut watch = Watch { watcher, root, links: Vec::new(), named: BTreeSet::new() };
        let root = watch.root.clone();
        watch.watcher.watch(&root, RecursiveMode::NonRecursive).map_err(|fault| in_words(&fault))?;
        for folder in FOLDERS {
            watch.follow(&root.join(folder))?;
        }
        watch.find_links();
        Ok(watch)
    }

    /// What is watched, below the root.
    pub fn watched(&self) -> Vec<String> {
        let folders =
            FOLDERS.iter().filter(|folder| self.root.join(folder).is_dir()).map(|folder| format!("{folder}/"));
        folders.chain([SETTINGS.to_string()]).collect()
    }

    /// Watches the files that the settings name as well, wherever they lie below the root, and no
    /// others that they named before.
    ///
    /// # Errors
    /// What the system says, where it cannot watch a folder.
    pub fn follow_named(&mut self, named: BTreeSet<String>) -> Result<(), String> {
        if named == self.named {
            return Ok(());
        }
        self.named = named;
        self.follow_folders_of_named()
    }

    /// The folders on the way to them: a file may come where there is none.
    fn follow_folders_of_named(&mut self) -> Result<(), String> {
        let ways = self.named.iter().flat_map(|name| Path::new(name).ancestors().skip(1));
        let own =
            ways.filter(|folder| folder.iter().next().is_some_and(|first| !FOLDERS.iter().any(|it| first == *it)));
        let folders: BTreeSet<PathBuf> = own.map(|folder| self.root.join(folder)).collect();
        for folder in folders {
            self.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(())
    }

    /// The names below the root that the paths of events stand for, hidden ones and those
    /// of no concern left out. New folders are watched from here on: whoever looks at them
    /// afterwards misses nothing.
    ///
    /// # Errors
    /// What the system says, where it cannot watch a new folder.
    pub fn names(&mut self, paths: &[PathBuf]) -> Result<BTreeSet<String>, String> {
        let mut names = BTreeSet::new();
        let mut links_changed = false;
        for path in paths {
            let known = names.len();
            let own = self.aliases(path).into_iter().filter(|path| self.concerns(path));
            names.extend(own.map(|path| source::below(&self.root, &path).to_string()));
            if names.len() > known {
                let new_folder = path.is_dir() || path.is_symlink();
                links_changed |= new_folder || self.links.iter().any(|link| link.at == *path);
                if self.leads_to_named(path) {
                    self.follow_folders_of_named()?;
                } else {
                    self.follow(path)?;
                }
            }
        }
        if links_changed {
            self.find_links();
        }
        Ok(names)
    }

    /// The names of everything that is watched.
    pub fn all(&mut self) -> Result<BTreeSet<String>, String> {
        for folder in FOLDERS {
            self.follow(&self.root.join(folder))?;
        }
        self.follow_folders_of_named()?;
        self.find_links();
        let named = self.named.iter().cloned();
        Ok(FOLDERS.iter().chain([&SETTINGS]).map(ToString::to_string).chain(named).collect())
    }

    /// Watches a folder, if it is one, with all below it.
    fn follow(&mut self, folder: &Path) -> Result<(), String> {
        self.watch(folder, RecursiveMode::Recursive)
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), String> {
        if folder.is_symlink() || !folder.is_dir() {
            return Ok(());
        }
        match self.watcher.watch(folder, mode) {
            // It went away again meanwhile: its parent tells of that.
            Err(_) if !folder.is_dir() => Ok(()),
            Err(fault) => Err(in_words(&fault)),
            Ok(()) => Ok(()),
        }
    }

    fn concerns(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else {
            return false;
        };
        let mut names = below.iter().map(|name| name.to_string_lossy());
        let Some(first) = names.next() else {
            return false;
        };
        (first == SETTINGS && below.iter().count() == 1)
            || self.leads_to_named(path)
            || (FOLDERS.contains(&&*first) && !names.any(|name| source::passed_over(&name)))
    }

    /// Whether it is a file that the settings name outside the watched folders, or a folder on the
    /// way to one.
    fn leads_to_named(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let watched = below.iter().next().is_none_or(|first| FOLDERS.iter().any(|folder| first == *folder));
        !watched && self.named.iter().any(|name| Path::new(name).starts_with(below))
    }

    /// All links below the watched folders; what they lead to is watched as well, and the
    /// folder that it lies in, since it may go away and come back.
    fn find_links(&mut self) {
        let mut links = Vec::new();
        for start in FOLDERS.iter().chain([&SETTINGS]).map(|name| self.root.join(name)) {
            let is_own = |entry: &DirEntry| {
                let path = entry.path();
                entry.depth() == 0 || (!is_hidden(path) && (!entry.path_is_symlink() || self.leads_inside(path)))
            };
            for step in WalkDir::new(start).follow_links(true).into_iter().filter_entry(is_own) {
                let at = match &step {
                    Ok(entry) => entry.path_is_symlink().then(|| entry.path()),
                    // It leads nowhere for the time being.
                    Err(fault) => fault.path().filter(|path| path.is_symlink() && !is_hidden(path)),
                };
                links.extend(at.and_then(|at| Some(Link { at: at.to_path_buf(), to: goal(at)? })));
            }
        }
        let mut folders: BTreeMap<&Path, RecursiveMode> = BTreeMap::new();
        for Link { to, .. } in &links {
            let around = to.parent().filter(|folder| folder.starts_with(&self.root) || !to.is_dir());
            folders.extend(around.map(|folder| (folder, RecursiveMode::NonRecursive)));
        }
        let goals = links.iter().map(|link| link.to.as_path()).filter(|to| to.is_dir());
        folders.extend(goals.map(|folder| (folder, RecursiveMode::Recursive)));
        for (folder, mode) in folders {
            // A link's goal that cannot be watched is seen when the link itself is touched.
            if folder != self.root && !self.concerns(folder) {
                let _ = self.watcher.watch(folder, mode);
            }
        }
        self.links = links;
    }

    fn leads_inside(&self, link: &Path) -> bool {
        goal(link).is_some_and(|to| to.starts_with(&self.root))
    }

    /// A path, and the other paths that lead to the same file.
    fn aliases(&self, path: &Path) -> BTreeSet<PathBuf> {
        let mut aliases = BTreeSet::from([path.to_path_buf()]);
        for link in &self.links {
            if let Ok(rest) = path.strip_prefix(&link.at) {
                aliases.insert(joined(&link.to, rest));
            }
        }
        let real: Vec<PathBuf> = aliases.iter().cloned().collect();
        for link in &self.links {
            for path in &real {
                if let Ok(rest) = path.strip_prefix(&link.to) {
                    aliases.insert(joined(&link.at, rest));
                }
            }
        }
        aliases
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| source::passed_over(&name.to_string_lossy()))
}

/// What a link leads to, be it there or not; `None` where not even its folder is there.
fn goal(link: &Path) -> Option<PathBuf> {
    if let Ok(to) = link.canonicalize() {
        return Some(to);
    }
    let to = link.parent()?.join(link.read_link().ok()?);
    Some(to.parent()?.canonicalize().ok()?.join(to.file_name()?))
}

/// `Path::join` puts a slash behind a file's path where nothing is joined to it.
fn joined(path: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { path.to_path_buf() } else { path.join(rest) }
}

/// Whether a file may have other bytes afterwards, or another name. Reading one is an
/// event as well.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

fn in_words(fault: &notify::Error) -> String {
    let paths: Vec<String> = fault.paths.iter().map(|path| path.display().to_string()).collect();
    let place = if paths.is_empty() { String::new() } else { format!(" ({})", paths.join(", ")) };
    let remedy = "changes may go unseen: start again with `--poll`, which looks at the files itself";
    format!("{fault}{place}; {remedy}")
}
