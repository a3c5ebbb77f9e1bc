//! `regesta serve`: what is printed while the preview runs.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::mpsc,
    time::Duration,
};

use clap::Args;
use qrcode::{QrCode, render::unicode::Dense1x2};
use serde::Serialize;

use super::{Common, FAILED, MessageFormat, complain, duration, keys, keys::Key, say, tell};
use crate::{
    build::{Drafts, Request},
    diagnostic::{Diagnostic, Severity},
    serve::{self, Cost, Door, Event, Means, Options, Port, Rippled, Told},
};

const HOST: &str = "127.0.0.1";
const PORT: u16 = 4000;

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ServeArguments {
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// The address to listen on; with another than this machine's own, everyone on the
    /// network can read the site, drafts too.
    #[arg(long, default_value = HOST, value_name = "ADDRESS")]
    host: String,
    /// The port to listen on, 0 for any; 4000 by default, or the next that is free.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Open the site in the browser.
    #[arg(long)]
    open: bool,
    /// Show entries with `draft: true` as well.
    #[arg(long)]
    drafts: bool,
    /// Have the browser go to the page of the file that was saved.
    #[arg(long)]
    follow: bool,
    /// Look at all files again and again: for network and container file systems, which
    /// do not say what changed.
    #[arg(long)]
    poll: bool,
}

pub fn run(arguments: &ServeArguments, common: &Common) -> ExitCode {
    if !arguments.root.is_dir() {
        let help = "give the folder that site.toml is in with --root";
        complain(&format!("there is no folder `{}`", arguments.root.display()), Some(help.to_string()));
        return ExitCode::from(FAILED);
    }
    let door = match Door::open(&arguments.host, arguments.port.map_or(Port::From(PORT), Port::Exactly)) {
        Ok(door) => door,
        Err(closed) => {
            complain(&closed.to_string(), Some(closed.help().to_string()));
            return ExitCode::from(FAILED);
        }
    };
    let drafts = if arguments.drafts { Drafts::Include } else { Drafts::HoldBack };
    let request = Request { drafts, ..Request::default() };
    let means = if arguments.poll { Means::Poll } else { Means::System };
    let options = Options { follow: arguments.follow, means, editor: serve::editor_setting() };
    let address = door.address();
    let mut screen = Screen { common, faulty: false };
    screen.welcome(&door, arguments);
    let served = keys::end_on_signals().and_then(|()| {
        let (events, happening) = mpsc::channel();
        let _listened = screen.listen(&address, &events);
        if arguments.open {
            open_browser(&address, &events);
        }
        serve::serve(&arguments.root, &request, &options, door, (events, happening), |told| screen.show(told))
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            complain(&format!("the preview cannot start: {fault}"), None);
            ExitCode::from(FAILED)
        }
    }
}

fn open_browser(address: &str, events: &mpsc::Sender<Event>) {
    if let Err(fault) = open::that_detached(address) {
        let _ = events.send(Event::Trouble(format!("no browser opens ({fault}): type {address} into one")));
    }
}

/// What is told, as one line of JSON.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Listening { address: &'a str },
    Watching { paths: &'a [String], polling: bool },
    Ready { entries: usize, pages: usize, milliseconds: f64 },
    Changed { files: &'a [String], milliseconds: f64, cost: Cost },
    Ripple { pages: &'a [Rippled], total: usize },
    Faults { count: usize },
    Trouble { message: &'a str },
}

/// Where everything is shown.
struct Screen<'a> {
    common: &'a Common,
    /// Whether faults are on the screen that have not been mended.
    faulty: bool,
}

impl Screen<'_> {
    fn is_json(&self) -> bool {
        self.common.message_format == MessageFormat::Json
    }

    fn welcome(&self, door: &Door, arguments: &ServeArguments) {
        let address = door.address();
        if self.is_json() {
            print(&Line::Listening { address: &address });
        } else {
            let instead = arguments.port.is_none() && door.port() != PORT;
            let taken = if instead { format!(" (port {PORT} is taken)") } else { String::new() };
            say(self.common, &format!("Serving {address}{taken}"));
        }
        if !door.is_private() {
            warn(
                &format!("everyone on this network can read the site at {address}, drafts too"),
                "leave --host out to serve this machine alone",
            );
            if self.is_for_people() && io::stdout().is_terminal() {
                self.picture(&address);
            }
        }
    }

    fn is_for_people(&self) -> bool {
        self.common.message_format == MessageFormat::Human && !self.common.quiet
    }

    /// The address for a telephone's camera. Light and dark change places, since most
    /// terminals are dark and a camera wants dark on light.
    fn picture(&self, address: &str) {
        if let Ok(code) = QrCode::new(address) {
            let picture = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
            say(self.common, &picture);
        }
    }

    /// Keys, where there is a terminal to press them at.
    fn listen(&self, address: &str, events: &mpsc::Sender<Event>) -> Option<keys::Listened> {
        if !self.is_for_people() || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        let (address, events) = (address.to_string(), events.clone());
        let listened = keys::listen(move |key| match key {
            Key::OpenBrowser => open_browser(&address, &events),
            Key::Clear => {
                keys::clear();
                let _ = writeln!(anstream::stdout(), "Serving {address}");
            }
            Key::Quit => {
                let _ = events.send(Event::Stop);
            }
        });
        if listened.is_some() {
            say(self.common, "o opens the browser, c clears, q quits");
        }
        listened
    }

    fn show(&mut self, told: Told) {
        if let Told::Faults(faults) = &told {
            tell(faults, self.common);
        }
        if self.is_json() { report(&told) } else { self.show_people(told) }
    }

    fn show_people(&mut self, told: Told) {
        match told {
            Told::Ready { entries, pages, took } => {
                let (entries, pages) = (counted(entries, "entry", "entries"), counted(pages, "page", "pages"));
                say(self.common, &format!("{entries} and {pages} are ready after {}", duration(took)));
            }
            Told::Watching { paths, polling } => {
                let how = if polling { "Looking again and again at" } else { "Watching" };
                say(self.common, &format!("{how} {}", paths.join(", ")));
            }
            Told::Changed { files, took, .. } => {
                let took = format!("{:.1} ms", milliseconds(took));
                say(self.common, &format!("Changed in {took}: {}", some(&files, 3)));
            }
            Told::Ripple { pages, total } => {
                for line in ripple(&pages, total) {
                    say(self.common, &line);
                }
            }
            Told::Faults(faults) => self.sum_up(&faults),
            Told::Trouble(message) => warn(&message, ""),
        }
    }

    fn sum_up(&mut self, faults: &[Diagnostic]) {
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
        if errors > 0 {
            say(self.common, &format!("{}: pages stay as they were last without", counted(errors, "error", "errors")));
        } else if faults.is_empty() && self.faulty {
            say(self.common, "All faults are mended");
        }
        self.faulty = !faults.is_empty();
    }
}

/// For programs.
fn report(told: &Told) {
    print(&match told {
        Told::Ready { entries, pages, took } => {
            Line::Ready { entries: *entries, pages: *pages, milliseconds: milliseconds(*took) }
        }
        Told::Watching { paths, polling } => Line::Watching { paths, polling: *polling },
        Told::Changed { files, took, cost } => Line::Changed { files, milliseconds: milliseconds(*took), cost: *cost },
        Told::Ripple { pages, total } => Line::Ripple { pages, total: *total },
        Told::Faults(faults) => Line::Faults { count: faults.len() },
        Told::Trouble(message) => Line::Trouble { message },
    });
}

fn print(line: &Line<'_>) {
    let json = serde_json::to_string(line).expect("texts and numbers have a form in JSON");
    // One write, so that a line is never seen in part.
    let _ = io::stdout().lock().write_all(format!("{json}\n").as_bytes());
}

fn warn(text: &str, help: &str) {
    let (bold, reset) = ("\u{1b}[1m\u{1b}[93m", "\u{1b}[0m");
    let mut stream = anstream::stderr().lock();
    let _ = writeln!(stream, "{bold}warning{reset}: {text}");
    if !help.is_empty() {
        let _ = writeln!(stream, "  = help: {help}");
    }
}

/// At most ten pages, one a line, and how many more there are.
fn ripple(pages: &[Rippled], total: usize) -> Vec<String> {
    const SHOWN: usize = 10;
    if total == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!("  {} changed with it:", counted(total, "other page", "other pages"))];
    let shown = pages.iter().take(SHOWN);
    lines.extend(shown.map(|Rippled { permalink, why, .. }| {
        if why.is_empty() { format!("    {permalink}") } else { format!("    {permalink}  ({})", why.join(", ")) }
    }));
    let more = total.saturating_sub(lines.len() - 1);
    if more > 0 {
        lines.push(format!("    and {more} more"));
    }
    lines
}

/// The first `shown` names, and how many more there are.
fn some(names: &[String], shown: usize) -> String {
    let more = names.len().saturating_sub(shown);
    let first = names[..names.len() - more].join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rippled(permalink: &str, why: &[&'static str]) -> Rippled {
        Rippled { permalink: permalink.to_string(), title: String::new(), why: why.to_vec() }
    }

    #[test]
    fn a_ripple_names_pages_and_what_changed_on_them() {
        assert!(ripple(&[], 0).is_empty());
        let one = ripple(&[rippled("works/a.html", &["backlinks", "related"])], 1);
        assert_eq!(one, ["  1 other page changed with it:", "    works/a.html  (backlinks, related)"]);
        let pages: Vec<Rippled> = (0..50).map(|number| rippled(&format!("{number}.html"), &[])).collect();
        let many = ripple(&pages, 120);
        assert_eq!((many.len(), many[0].as_str()), (12, "  120 other pages changed with it:"));
        assert_eq!(many[11], "    and 110 more");
    }

    #[test]
    fn many_files_are_counted() {
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(String::from).to_vec();
        assert_eq!(some(&names[..3], 3), "a, b, c");
        assert_eq!(some(&names, 3), "a, b, c and 2 more");
    }
}
