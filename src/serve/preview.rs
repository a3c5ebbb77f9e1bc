//! Stands in for the preview: the site as it was when the server started.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
    time::{Duration, Instant},
};

use super::{Answer, Event, Fault, Notice, Options, Served, Spot, Tab, Told, WAITING};
use crate::{
    build::{Request, build},
    parallel::Progress,
};

pub fn run(
    root: &Path,
    request: &Request,
    _options: &Options,
    _events: Sender<Event>,
    happening: &Receiver<Event>,
    mut told: impl FnMut(Told),
) {
    let started = Instant::now();
    let built = build(root, request, &Progress::default(), &mut |_, _, _| {});
    let faults: Vec<Fault> = built.diagnostics.iter().map(Fault::from).collect();
    told(Told::Watching { paths: vec!["content".into(), "site.toml".into()], polling: false });
    told(Told::Faults(built.diagnostics));
    let outputs = built.outputs.unwrap_or_default();
    let site: BTreeMap<String, Arc<[u8]>> =
        outputs.into_iter().map(|output| (output.path, output.bytes.into())).collect();
    told(Told::Ready { entries: 0, pages: site.len(), took: started.elapsed() });
    let mut tabs: Vec<Tab> = Vec::new();
    let tell = |tab: &Tab, notice: Notice| tab.notices.try_send(Arc::new(notice)).is_ok();
    for event in happening {
        match event {
            Event::Asked { address, reply } => {
                let _ = reply.send(answer(&site, &address));
            }
            Event::Opened(tab) => {
                tell(&tab, Notice::Faults { faults: faults.clone() });
                tabs.push(tab);
                tabs.retain(|tab| tell(tab, Notice::Assets { addresses: Vec::new() }));
            }
            Event::Closed(id) => tabs.retain(|tab| tab.id != id),
            Event::Edited { permalink, section, reply } => {
                let line = if section.is_some() { 2 } else { 1 };
                let path = if permalink.contains("krasner") { "content/works/01-krasner-1982.md" } else { "content" };
                let _ = reply.send(site.contains_key(&permalink).then(|| Spot { path: path.into(), line, column: 1 }));
            }
            Event::Changed(files) => {
                let files = files.iter().map(|file| file.display().to_string()).collect();
                told(Told::Changed { files, took: Duration::ZERO });
                told(Told::Ripple { pages: Vec::new(), total: 0 });
            }
            Event::Rescan => {}
            Event::Blind(text) | Event::Trouble(text) => told(Told::Trouble(text)),
            Event::Stop => return,
        }
    }
}

fn answer(site: &BTreeMap<String, Arc<[u8]>>, address: &str) -> Answer {
    let address = address.strip_prefix("small/").unwrap_or(address);
    let page =
        if address.is_empty() || address.ends_with('/') { format!("{address}index.html") } else { address.to_string() };
    let served = |permalink: &str, bytes: &Arc<[u8]>| Served {
        permalink: permalink.into(),
        bytes: Arc::clone(bytes),
        fingerprint: format!("{:x}", bytes.len()),
    };
    if let Some(bytes) = site.get(&page) {
        return Answer::Found(served(&page, bytes));
    }
    if site.contains_key(&format!("{address}/index.html")) {
        return Answer::Moved(format!("{address}/"));
    }
    let missing = site.get("404.html").cloned().unwrap_or_else(|| WAITING.into());
    Answer::Missing(served("404.html", &missing))
}
