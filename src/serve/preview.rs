//! The archive in memory, the pages that are open, and what they are told.
//!
//! In: [`Event`]s, one at a time. Out: pages to those who ask, [`Notice`]s to open ones,
//! [`Told`]s to the terminal. It is the one place of the program that keeps state.
//! Staleness is pushed and rendering is pulled: after a change the open pages alone are
//! looked at, by their fingerprints; any other page is made when it is asked for, and a
//! [`survey`] finds out about the rest while nobody waits.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError},
    },
    time::{Duration, Instant},
};

use super::{
    Answer, Cost, Event, Fault, Notice, Options, Served, Tab, Told, WAITING,
    desk::{self, Desk, Place},
    manuscript::{Manuscript, Taken, Trust},
    survey::{self, Marks, Survey},
    watch::{Means, Watch},
};
use crate::{
    build::{Ready, Request},
    diagnostic::{Diagnostic, any_error, in_order},
    page::{Page, Pages, Subject},
    source::{self, File},
    theme::Theme,
};

/// How long a file that is gone or empty, or a fault that has just come, is given to be
/// the middle of a save. Everything else is shown at once.
const GRACE: Duration = Duration::from_millis(60);

/// Within which one file comes and another goes where the first is the second's new name.
const MOMENT: Duration = Duration::from_secs(1);

/// How long nothing is to happen before all pages are looked at.
const REST: Duration = Duration::from_millis(150);

/// How many pages a list of what changed names.
const LISTED: usize = 50;

pub struct Preview<'a> {
    manuscript: Manuscript,
    watch: Option<Watch>,
    follow: bool,
    desk: Desk,
    tabs: Vec<Tab>,
    /// Names of files that are gone or empty, and when that is believed.
    doubted: BTreeSet<String>,
    believed_at: Option<Instant>,
    /// Files that came a moment ago, and when.
    came: BTreeMap<Arc<str>, Instant>,
    told_faults: Vec<Diagnostic>,
    faults_told_at: Option<Instant>,
    marks: Option<Arc<Marks>>,
    survey_at: Option<Instant>,
    /// Whether the first survey is under way. It is never dropped: without its marks no
    /// later one could tell what changed.
    first_survey: bool,
    /// Drops the survey that is under way.
    dropped: Arc<AtomicBool>,
    surveying: bool,
    /// Files that changed since the last survey that was finished.
    surveyed_files: BTreeSet<Arc<str>>,
    events: Sender<Event>,
    told: &'a mut dyn FnMut(Told),
}

/// Runs until it is told to stop.
pub fn run(
    root: &Path,
    request: &Request,
    options: &Options,
    watch: Result<Watch, String>,
    (sender, events): (Sender<Event>, Receiver<Event>),
    told: &mut dyn FnMut(Told),
) {
    let started = Instant::now();
    let watch = match watch {
        Ok(watch) => {
            told(Told::Watching { paths: watch.watched(), polling: options.means == Means::Poll });
            Some(watch)
        }
        Err(why) => {
            told(Told::Trouble(why));
            None
        }
    };
    let mut preview = Preview::of(root, request, options, watch, sender, told);
    preview.follow_styles();
    let (entries, pages) =
        preview.manuscript.ready().map_or((0, 0), |ready| (ready.entries.len(), ready.linked.pages.len()));
    preview.tell_faults();
    (preview.told)(Told::Ready { entries, pages, took: started.elapsed() });
    let mut next = None;
    while let Some(event) = next.take().or_else(|| preview.wait(&events)) {
        match event {
            Event::Changed { paths, at } => next = preview.changed(paths, at, &events),
            Event::Rescan => preview.rescan(),
            Event::Blind(why) | Event::Trouble(why) => (preview.told)(Told::Trouble(why)),
            // Whoever asked may have gone away.
            Event::Asked { address, reply } => match preview.searched(&address) {
                // An index of 10,000 entries takes seconds, which no page is to wait for.
                Some(ready) => drop(std::thread::spawn(move || reply.send(desk::search_answer(&ready, &address)))),
                None => drop(reply.send(preview.answer(&address))),
            },
            Event::Opened(tab) => preview.open(tab),
            Event::Closed(id) => preview.tabs.retain(|tab| tab.id != id),
            Event::Edited { permalink, section, reply } => {
                drop(reply.send(desk::spot(&preview.manuscript, &permalink, section.as_deref())));
            }
            Event::Due => preview.due(),
            Event::Surveyed(survey) => preview.surveyed(*survey),
            Event::Stop => break,
        }
    }
    preview.dropped.store(true, Ordering::Relaxed);
}

/// The preview without a watcher and browsers, for tests and benches.
pub struct Rehearsal<'p, 'a>(&'p mut Preview<'a>);

/// Opens the archive below `root` and has it played with.
pub fn rehearse(root: &Path, play: impl FnOnce(&mut Rehearsal<'_, '_>)) {
    let (sender, _events) = std::sync::mpsc::channel();
    let mut told = |_| {};
    let mut preview = Preview::of(root, &Request::default(), &Options::default(), None, sender, &mut told);
    play(&mut Rehearsal(&mut preview));
}

impl Rehearsal<'_, '_> {
    /// Takes a file that has been saved, by its name below the root.
    pub fn save(&mut self, name: &str) {
        self.0.take(&BTreeSet::from([name.to_string()]), Trust::All, Instant::now());
    }

    /// What stands at an address.
    pub fn at(&mut self, address: &str) -> Arc<[u8]> {
        match self.0.answer(address) {
            Answer::Found(served) | Answer::Missing(served) => served.bytes,
            Answer::Moved(_) => WAITING.into(),
        }
    }

    /// What the preview does when nothing happens, without the survey.
    pub fn rest(&mut self) {
        self.0.manuscript.rest();
    }
}

impl<'a> Preview<'a> {
    fn of(
        root: &Path,
        request: &Request,
        options: &Options,
        watch: Option<Watch>,
        events: Sender<Event>,
        told: &'a mut dyn FnMut(Told),
    ) -> Self {
        Preview {
            manuscript: Manuscript::read(root, request),
            watch,
            follow: options.follow,
            desk: Desk::of(root),
            tabs: Vec::new(),
            doubted: BTreeSet::new(),
            believed_at: None,
            came: BTreeMap::new(),
            told_faults: Vec::new(),
            faults_told_at: None,
            marks: None,
            survey_at: Some(Instant::now()),
            first_survey: false,
            dropped: Arc::default(),
            surveying: false,
            surveyed_files: BTreeSet::new(),
            events,
            told,
        }
    }

    /// The next event; `None` where there will be none.
    fn wait(&self, events: &Receiver<Event>) -> Option<Event> {
        let due = [self.believed_at, self.faults_told_at, self.survey_at].into_iter().flatten().min();
        let Some(due) = due else {
            return events.recv().ok();
        };
        match events.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => Some(Event::Due),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Takes all changes that have been told by now. Gives back the event after them.
    fn changed(&mut self, mut paths: Vec<std::path::PathBuf>, at: Instant, events: &Receiver<Event>) -> Option<Event> {
        let mut after = None;
        loop {
            match events.try_recv() {
                Ok(Event::Changed { paths: more, .. }) => paths.extend(more),
                Ok(other) => {
                    after = Some(other);
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        let names = self.watch.as_mut().map(|watch| watch.names(&paths));
        match names {
            Some(Ok(names)) if !names.is_empty() => self.take(&names, Trust::WhatIsThere, at),
            Some(Err(why)) => (self.told)(Told::Trouble(why)),
            Some(Ok(_)) | None => {}
        }
        after
    }

    fn rescan(&mut self) {
        match self.watch.as_mut().map(Watch::all) {
            Some(Ok(names)) => self.take(&names, Trust::All, Instant::now()),
            Some(Err(why)) => (self.told)(Told::Trouble(why)),
            None => {}
        }
    }

    /// A style may lie anywhere below the root.
    fn follow_styles(&mut self) {
        let styles = self.manuscript.style_files();
        if let Some(Err(why)) = self.watch.as_mut().map(|watch| watch.follow_named(styles)) {
            (self.told)(Told::Trouble(why));
        }
    }

    fn due(&mut self) {
        let now = Instant::now();
        let due = |at: &mut Option<Instant>| at.take_if(|at| *at <= now).is_some();
        if due(&mut self.believed_at) {
            let names = std::mem::take(&mut self.doubted);
            self.take(&names, Trust::All, now);
            // Each is the new name of one file at most.
            self.came.clear();
        }
        if due(&mut self.faults_told_at) {
            self.tell_faults();
        }
        if due(&mut self.survey_at) {
            self.manuscript.rest();
            self.survey();
        }
    }

    fn take(&mut self, names: &BTreeSet<String>, trust: Trust, at: Instant) {
        // A survey that goes on would take a processor from what is waited for.
        if !self.first_survey && std::mem::take(&mut self.surveying) {
            self.dropped.store(true, Ordering::Relaxed);
            self.survey_at = Some(Instant::now() + REST);
        }
        let ready = self.manuscript.ready();
        let (theme, linked) = (ready.map(|it| Arc::clone(&it.theme)), ready.map(|it| Arc::clone(&it.linked)));
        let Taken { files, came, doubted, cost } = self.manuscript.take(names, trust);
        self.follow_styles();
        let now = Instant::now();
        self.came.retain(|_, at| now.duration_since(*at) < MOMENT);
        self.came.extend(came.into_iter().map(|path| (path, now)));
        if !doubted.is_empty() {
            self.doubted.extend(doubted);
            self.believed_at = Some(Instant::now() + GRACE);
        }
        if files.is_empty() {
            self.tell_faults_soon();
            return;
        }
        self.desk.begin_state();
        self.survey_at = Some(Instant::now() + REST);
        self.surveyed_files.extend(files.iter().cloned());
        self.forget_faults(&files);
        self.tell_assets(&files, theme.as_deref());
        self.tell_tabs(linked.as_ref().map_or(&Pages::default(), |linked| &linked.pages));
        self.tell_follow(&files);
        let rendered = self.desk.take_rendered();
        let files = files.iter().map(ToString::to_string).collect();
        (self.told)(Told::Changed { files, took: at.elapsed(), cost: Cost { rendered, ..cost } });
        self.tell_faults_soon();
    }

    /// Faults of templates that have been saved are taken for mended. One that is not shows
    /// again on the first page that it was found on.
    fn forget_faults(&mut self, files: &BTreeSet<Arc<str>>) {
        let mended = self.desk.forget_faults(files);
        if let Some(Place::Page(page)) = mended.and_then(|permalink| self.find(permalink.as_str())) {
            self.page(&page);
        }
    }

    /// Styles, scripts, fonts and pictures that have other bytes now.
    fn tell_assets(&mut self, files: &BTreeSet<Arc<str>>, old: Option<&Theme>) {
        let Some(ready) = self.manuscript.ready() else { return };
        let mut addresses: Vec<String> = files
            .iter()
            .filter(|path| matches!(self.manuscript.file(path), Some(File::Other(_))))
            .filter_map(|path| path.strip_prefix("content/").map(str::to_string))
            .collect();
        if let Some(old) = old.filter(|old| !std::ptr::eq(*old, Arc::as_ptr(&ready.theme))) {
            let known: BTreeMap<&str, &[u8]> = old.assets.iter().map(|it| (&*it.path, &*it.bytes)).collect();
            let differs = |asset: &&Arc<source::Asset>| known.get(&*asset.path) != Some(&&*asset.bytes);
            addresses.extend(ready.theme.assets.iter().filter(differs).map(|asset| asset.path.to_string()));
        }
        if !addresses.is_empty() {
            self.tell(|_| true, &Arc::new(Notice::Assets { addresses }));
        }
    }

    /// Open pages that show something else now, or are gone.
    fn tell_tabs(&mut self, old_pages: &Pages) {
        let shown: BTreeSet<String> = self.tabs.iter().map(|tab| tab.permalink.clone()).collect();
        for permalink in shown {
            let notice = match self.find(&permalink) {
                Some(Place::Page(page)) if !leads_elsewhere(&page) => {
                    let Some(served) = self.page(&page) else { continue };
                    Notice::Stale { fingerprint: served.fingerprint }
                }
                _ => {
                    let Some(old) = old_pages.find(&permalink) else { continue };
                    Notice::Gone { to: self.successor(old) }
                }
            };
            let shows = |tab: &Tab| {
                tab.permalink == permalink
                    && !matches!(&notice, Notice::Stale { fingerprint } if *fingerprint == tab.shows)
            };
            let concerned: BTreeSet<u64> = self.tabs.iter().filter(|tab| shows(tab)).map(|tab| tab.id).collect();
            if let Notice::Stale { fingerprint } = &notice {
                for tab in self.tabs.iter_mut().filter(|tab| concerned.contains(&tab.id)) {
                    tab.shows.clone_from(fingerprint);
                }
            }
            self.tell(|tab| concerned.contains(&tab.id), &Arc::new(notice));
        }
    }

    /// Where a page went: to the entry that has its address as an alias, to the one file
    /// that came when it went, or else up.
    fn successor(&self, old: &Page) -> String {
        let up = match old.permalink.as_str().rsplit_once('/') {
            Some((folder, name)) if name != "index.html" => format!("{folder}/index.html"),
            _ => "index.html".to_string(),
        };
        let Some(ready) = self.manuscript.ready() else { return up };
        let world = ready.world();
        if let Some(Place::Page(Page { subject: Subject::Redirect(id), .. })) = self.find(old.permalink.as_str()) {
            return world.entry_permalink(id).as_str().to_string();
        }
        let came = |page: &&Page| ready.source_of(page).is_some_and(|places| self.came.contains_key(places.path()));
        let mut new = world.pages.iter().filter(|page| !leads_elsewhere(page)).filter(came);
        match (new.next(), new.next()) {
            (Some(page), None) => page.permalink.as_str().to_string(),
            _ if self.find(&up).is_some() => up,
            _ => "index.html".to_string(),
        }
    }

    fn tell_follow(&mut self, files: &BTreeSet<Arc<str>>) {
        let Some(ready) = self.manuscript.ready().filter(|_| self.follow) else { return };
        let saved = |page: &&Page| ready.source_of(page).is_some_and(|places| files.contains(places.path()));
        let Some(page) = ready.linked.pages.iter().filter(|page| !leads_elsewhere(page)).find(saved) else { return };
        let to = page.permalink.as_str().to_string();
        if self.tabs.iter().any(|tab| tab.permalink == to) {
            return;
        }
        // The one that was opened last is the one that is looked at.
        if let Some(last) = self.tabs.iter().map(|tab| tab.id).max() {
            self.tell(|tab| tab.id == last, &Arc::new(Notice::Follow { to }));
        }
    }

    fn open(&mut self, mut tab: Tab) {
        let faults = Arc::new(fault_notice(&self.told_faults));
        let current = match self.find(&tab.permalink) {
            Some(Place::Page(page)) => self.page(&page).map(|served| served.fingerprint),
            _ => None,
        };
        let mut sent = tab.notices.try_send(faults).is_ok();
        if let Some(fingerprint) = current.filter(|current| *current != tab.shows) {
            tab.shows.clone_from(&fingerprint);
            sent &= tab.notices.try_send(Arc::new(Notice::Stale { fingerprint })).is_ok();
        }
        if sent {
            self.tabs.push(tab);
        }
    }

    /// Tells those tabs for which `concerned` holds. One that does not listen is forgotten.
    fn tell(&mut self, concerned: impl Fn(&Tab) -> bool, notice: &Arc<Notice>) {
        self.tabs.retain(|tab| !concerned(tab) || tab.notices.try_send(Arc::clone(notice)).is_ok());
    }

    fn faults(&self) -> Vec<Diagnostic> {
        let mut faults = self.manuscript.told();
        faults.extend(self.desk.faults().cloned());
        in_order(faults)
    }

    /// A fault that has just come may be the middle of a save.
    fn tell_faults_soon(&mut self) {
        if any_error(&self.faults()) && !any_error(&self.told_faults) {
            self.faults_told_at.get_or_insert_with(|| Instant::now() + GRACE);
        } else {
            self.tell_faults();
        }
    }

    fn tell_faults(&mut self) {
        self.faults_told_at = None;
        let faults = self.faults();
        if faults == self.told_faults {
            return;
        }
        self.told_faults.clone_from(&faults);
        self.tell(|_| true, &Arc::new(fault_notice(&faults)));
        (self.told)(Told::Faults(faults));
    }

    fn survey(&mut self) {
        // After the first one the next begins by itself.
        let Some(ready) = self.manuscript.ready().filter(|_| !self.first_survey).cloned() else { return };
        self.first_survey = self.marks.is_none();
        self.dropped = Arc::new(AtomicBool::new(false));
        self.surveying = true;
        let (dropped, before, events) = (Arc::clone(&self.dropped), self.marks.clone(), self.events.clone());
        let state = self.desk.state();
        let survey = move || {
            if let Some(survey) = survey::survey(&ready, state, before.as_deref(), &dropped) {
                // When the preview has ended nobody listens.
                let _ = events.send(Event::Surveyed(Box::new(survey)));
            }
        };
        // Without it nothing is wrong but the list of what changed.
        if let Err(fault) = std::thread::Builder::new().name("survey".into()).spawn(survey) {
            self.first_survey = false;
            (self.told)(Told::Trouble(format!("other pages are not looked at: {fault}")));
        }
    }

    fn surveyed(&mut self, survey: Survey) {
        let Survey { state, theme, marks, changed, rendered, faults, card_faults } = survey;
        let first = std::mem::take(&mut self.first_survey);
        self.surveying = false;
        if state != self.desk.state() {
            if first {
                self.marks = Some(Arc::new(marks));
                self.survey_at.get_or_insert_with(Instant::now);
            }
            return;
        }
        self.marks = Some(Arc::new(marks));
        self.desk.take_survey(theme, rendered, faults, card_faults);
        self.tell_faults();
        let files = std::mem::take(&mut self.surveyed_files);
        let own: BTreeSet<&str> = self.manuscript.ready().map_or_else(BTreeSet::new, |ready| {
            let of = |page: &&Page| ready.source_of(page).is_some_and(|places| files.contains(places.path()));
            ready.linked.pages.iter().filter(of).map(|page| page.permalink.as_str()).collect()
        });
        let mut pages: Vec<_> = changed.into_iter().filter(|page| !own.contains(page.permalink.as_str())).collect();
        let total = pages.len();
        pages.truncate(LISTED);
        let files = files.iter().map(ToString::to_string).collect();
        // Where no page changed for readers, previews of them may have.
        self.tell(|_| true, &Arc::new(Notice::Ripple { files, pages: pages.clone(), total }));
        if total > 0 {
            (self.told)(Told::Ripple { pages, total });
        }
    }

    fn answer(&mut self, address: &str) -> Answer {
        let answer = self.desk.answer(self.manuscript.ready(), address);
        self.hear_faults();
        answer
    }

    /// What stands at an address of the last sound state.
    fn find(&self, address: &str) -> Option<Place> {
        desk::find(self.manuscript.ready()?, address)
    }

    /// The last sound state, where a file of its search index stands at an address.
    fn searched(&self, address: &str) -> Option<Ready> {
        let ready = self.manuscript.ready().filter(|ready| ready.is_search_file(address))?;
        Some(ready.clone())
    }

    /// A page of the last sound state. Where its template has a fault, as it was before.
    fn page(&mut self, page: &Page) -> Option<Served> {
        let served = self.desk.page(self.manuscript.ready(), page);
        self.hear_faults();
        served
    }

    /// Has faults told that have come while pages were made.
    fn hear_faults(&mut self) {
        if self.desk.take_news() {
            self.faults_told_at = Some(Instant::now());
        }
    }
}

/// Whether a page is one of those that nobody reads.
fn leads_elsewhere(page: &Page) -> bool {
    matches!(page.subject, Subject::Redirect(_)) || page.is_picture()
}

fn fault_notice(faults: &[Diagnostic]) -> Notice {
    Notice::Faults { faults: faults.iter().map(Fault::from).collect() }
}
