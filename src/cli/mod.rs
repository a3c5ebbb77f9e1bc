//! Commands, their help, and what is printed. No rule about archives.

mod check;
mod export;
mod import;
#[cfg(feature = "serve")]
mod keys;
mod manual;
mod pack;
#[cfg(feature = "serve")]
mod serve;
mod starter;

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anstream::ColorChoice;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, builder::FalseyValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    build::{self, Before, Cost, Drafts, Inputs, Known, Made, Request, Trust},
    diagnostic::{Diagnostic, Format, Severity, did_you_mean, report},
    fingerprint::Fingerprint,
    parallel::{self, Progress},
    publish::{self, Copies, Foreign, Pictures, Publication, Published, Record, Refused, Store},
    site::{Collection, Indexing, Site},
};

/// Turns a folder of annotated references and documents into a cross-linked static site.
#[derive(Parser)]
#[command(name = "regesta", version = env!("REGESTA_VERSION"), about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Common {
    /// How diagnostics are written.
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    message_format: MessageFormat,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
    /// Print nothing but diagnostics.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Print more; at present the stages' times to the microsecond.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// With the line and a caret, for people.
    Human,
    /// One JSON object a line, on standard output.
    Json,
    /// Workflow commands for GitHub Actions, on standard output.
    Github,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site.
    Build(BuildArguments),
    /// Show the site in a browser as it is written.
    #[cfg(feature = "serve")]
    Serve(serve::ServeArguments),
    /// Say what a build would say of the archive, and write nothing.
    Check(check::CheckArguments),
    /// Make a small archive to begin with.
    Init(starter::InitArguments),
    /// Begin an entry: a file with the next number, an id, and the fields of its type.
    New(starter::NewArguments),
    /// Write the archive for other programs: for reference managers, spreadsheets, RDF.
    Export(export::ExportArguments),
    /// Make entries of the works in a bibliography of another program.
    Import(import::ImportArguments),
    /// Pack the site, its sources and their checksums into one file.
    Pack(pack::PackArguments),
    /// Say whether a packed file is as it was packed.
    Verify(pack::VerifyArguments),
    /// Print the JSON Schema of a kind of file, for editors.
    Schema(manual::SchemaArguments),
    /// Print a script that completes commands and options in a shell.
    Completions(manual::CompletionsArguments),
    /// Print the manual page.
    Man(manual::ManArguments),
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct BuildArguments {
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// Where the site goes; `public` below the archive's folder by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The address that the site will have, instead of site.toml's.
    #[arg(long, env = "REGESTA_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Publish entries with `draft: true` as well.
    #[arg(long)]
    drafts: bool,
    /// Ask search engines not to list the site: for the preview of a branch.
    #[arg(long, env = "REGESTA_NOINDEX", value_parser = FalseyValueParser::new())]
    noindex: bool,
    /// Write compressed copies beside the files that compress well, for servers that send them.
    #[arg(long)]
    precompress: bool,
    /// Overwrite files in the output folder that no earlier build wrote.
    #[arg(long)]
    force: bool,
    /// Print a table of the stages: how long each took, its share, and what that is for an entry.
    #[arg(long, conflicts_with = "quiet")]
    timings: bool,
}

/// The archive has errors, or the disk refused.
const FAILED: u8 = 1;
/// The command line makes no sense.
const WRONG_USAGE: u8 = 2;

/// All commands with their options and help, for the reference of the manual.
#[doc(hidden)]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let choice = match arguments.common.color {
        When::Auto => ColorChoice::Auto,
        When::Always => ColorChoice::Always,
        When::Never => ColorChoice::Never,
    };
    choice.write_global();
    match &arguments.command {
        Command::Build(build) => run_build(build, &arguments.common),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve::run(serve, &arguments.common),
        Command::Check(check) => check::run(check, &arguments.common),
        Command::Init(init) => starter::init(init, &arguments.common),
        Command::Export(export) => export::run(export, &arguments.common),
        Command::Import(import) => import::run(import, &arguments.common),
        Command::Pack(pack) => pack::pack(pack, &arguments.common),
        Command::Schema(schema) => manual::schema(schema, &arguments.common),
        Command::Completions(completions) => manual::completions(completions),
        Command::Man(man) => manual::man(man, &arguments.common),
        Command::Verify(verify) => pack::verify(verify, &arguments.common),
        Command::New(new) => starter::new(new, &arguments.common),
    }
}

fn run_build(arguments: &BuildArguments, common: &Common) -> ExitCode {
    let base_url = arguments.base_url.as_deref().filter(|url| !url.is_empty());
    if let Some(Err(fault)) = base_url.map(crate::site::check_base_url) {
        return wrong_usage(&format!("{fault}, as --base-url or REGESTA_BASE_URL gives it"), BUILD_HELP);
    }
    let out = arguments.out.clone().unwrap_or_else(|| arguments.root.join("public"));
    if let Err(fault) = separate(&arguments.root, &out) {
        return wrong_usage(&fault, BUILD_HELP);
    }
    let request = Request {
        base_url: base_url.map(Into::into),
        drafts: if arguments.drafts { Drafts::Include } else { Drafts::HoldBack },
        indexing: if arguments.noindex { Indexing::Refused } else { Indexing::Allowed },
    };
    let build = |trust| build_trusting(arguments, common, &request, &out, trust);
    // A file that changed while the site was made of what it had been: now all are read.
    build(Trust::Marks).or_else(|| build(Trust::Nothing)).unwrap_or(ExitCode::from(FAILED))
}

/// `None` where a file was not what it was trusted to be: nothing has been said of the archive, and
/// nothing published.
fn build_trusting(
    arguments: &BuildArguments,
    common: &Common,
    request: &Request,
    out: &Path,
    trust: Trust,
) -> Option<ExitCode> {
    let started = Instant::now();
    let store = Store::of(&arguments.root);
    let (inputs, last) = parallel::both(
        || Inputs::read_again(&arguments.root, request, &store, trust),
        || Record::read(&arguments.root, out).inspect(Record::look),
    );
    let moved = inputs.moved();
    let store = store.unless(Arc::clone(&moved));
    // Copies depend on nothing but whether they are wanted.
    let fingerprint = inputs.fingerprint().map(|inputs| Fingerprint::of(&(inputs, arguments.precompress)));
    let mut stages = Stages::new(common, arguments.timings, started);
    if last.as_ref().zip(fingerprint).is_some_and(|(last, inputs)| !arguments.timings && last.stands(inputs)) {
        let published = Published { unchanged: last.as_ref().map_or(0, Record::files), ..Published::default() };
        stages.done("read", inputs.files(), "files");
        tell(&last.map_or_else(Vec::new, Record::into_diagnostics), common);
        say(common, &summary(out, published, started.elapsed()));
        return Some(ExitCode::SUCCESS);
    }
    let foreign = if arguments.force { Foreign::Overwrite } else { Foreign::Keep };
    let refused = |refused: &Refused| {
        complain(&refused.to_string(), help_for(refused, out));
        ExitCode::from(FAILED)
    };
    let publication = match Publication::begin(out, foreign) {
        Ok(publication) => publication,
        Err(fault) => return Some(refused(&fault)),
    };
    let pictures = Pictures::of(&arguments.root);
    let copies = arguments.precompress.then(|| Copies::new(out, last.as_ref(), inputs.copied()));
    let take = |made| match made {
        Made::New(output) => {
            publication.offer(&output);
            pictures.keep(&output);
            if let Some(copies) = &copies {
                copies.offer(&output, &publication);
            }
        }
        Made::Same(path, bytes) => {
            if let Some(copies) = &copies {
                copies.keep(&path, bytes, &publication);
            }
            publication.keep(path);
        }
    };
    let progress = Progress::default();
    let done = AtomicBool::new(false);
    let stands = |path: &str| last.as_ref().and_then(|last| last.standing(path));
    let file = |path: &str| last.as_ref().and_then(|last| last.file(path));
    let before = last.as_ref().map(|last| Before { grounds: last.grounds(), stands: &stands, file: &file });
    let known = Known { before, store: Some(&store) };
    let built = std::thread::scope(|scope| {
        let bar = scope.spawn(|| show_progress(&progress, &done, common));
        let observe: build::Observe<'_> = &mut |name, count, what| stages.done(name, count, what);
        let built = build::build(inputs, known, &take, &progress, observe);
        done.store(true, Ordering::Relaxed);
        bar.thread().unpark();
        built
    });
    if moved.load(Ordering::Relaxed) {
        return None;
    }
    tell(&built.diagnostics, common);
    if !built.sound {
        return Some(failed(&built.diagnostics, common));
    }
    if common.verbose {
        let Cost { parsed, rendered, indexed, packed } = built.cost;
        anstream::eprintln!(
            "   anew:  {parsed} files parsed, {rendered} pages rendered, {indexed} entries indexed, {packed} files packed"
        );
    }
    Some(match publication.finish() {
        Ok((published, paths)) => {
            pictures.sweep();
            publish::keep_citations(&arguments.root, &built.citations);
            if let Some(record) = fingerprint.and_then(|inputs| Record::of(out, inputs, built, paths, last.as_ref())) {
                record.keep(&arguments.root);
                parallel::leave((record, last));
            }
            stages.done("publish", published.written, "files written");
            stages.tabulate();
            say(common, &summary(out, published, started.elapsed()));
            ExitCode::SUCCESS
        }
        Err(fault) => refused(&fault),
    })
}

/// The output folder must hold neither the archive nor its sources, nor lie among them.
fn separate(root: &Path, out: &Path) -> Result<(), String> {
    let real = |path: &Path| {
        let existing = path.ancestors().find(|path| path.exists() || path.as_os_str().is_empty());
        let existing = existing.unwrap_or(path);
        let rest = path.strip_prefix(existing).unwrap_or(path);
        let base = if existing.as_os_str().is_empty() { Path::new(".") } else { existing };
        base.canonicalize().map(|base| base.join(rest))
    };
    let (Ok(root), Ok(out)) = (real(root), real(out)) else {
        return Ok(());
    };
    let sources = ["content", "themes", "src"].iter().any(|folder| out.starts_with(root.join(folder)));
    if root.starts_with(&out) || sources {
        return Err(format!("`{}` holds the archive's own files; choose another folder with --out", out.display()));
    }
    Ok(())
}

fn summary(out: &Path, published: Published, took: Duration) -> String {
    let Published { written, unchanged, removed } = published;
    let home = out.join("index.html");
    if written == 0 && removed == 0 {
        return format!(
            "Nothing changed: {unchanged} files are as they were, 0 written, in {}. The site is at {}",
            duration(took),
            home.display()
        );
    }
    let removed = if removed > 0 { format!(", {removed} removed") } else { String::new() };
    format!(
        "Built in {}: {written} files written, {unchanged} unchanged{removed}. The site is at {}",
        duration(took),
        home.display()
    )
}

fn failed(diagnostics: &[Diagnostic], common: &Common) -> ExitCode {
    if common.message_format == MessageFormat::Human {
        complain(
            &format!("nothing was published: {}", counts(diagnostics)),
            Some("the site is as it was before".to_string()),
        );
    }
    ExitCode::from(FAILED)
}

/// `2 errors and 1 warning`; `no errors`.
fn counts(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let errors = if errors == 0 { "no errors".to_string() } else { counted(errors, "error", "errors") };
    if warnings == 0 { errors } else { format!("{errors} and {}", counted(warnings, "warning", "warnings")) }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Diagnostics: to people on standard error, to programs on standard output.
fn tell(diagnostics: &[Diagnostic], common: &Common) {
    match common.message_format {
        MessageFormat::Human => {
            let mut stream = anstream::stderr().lock();
            for diagnostic in diagnostics {
                // The stream takes colours out where they are not wanted.
                let _ = stream.write_all(report(diagnostic, Format::Human { styled: true }).as_bytes());
            }
        }
        MessageFormat::Json => tell_programs(diagnostics, Format::Json, std::io::stdout().lock()),
        MessageFormat::Github => tell_programs(diagnostics, Format::Github, std::io::stdout().lock()),
    }
}

/// Diagnostics, where standard output is for something else.
fn tell_aside(diagnostics: &[Diagnostic], common: &Common) {
    match common.message_format {
        MessageFormat::Human => tell(diagnostics, common),
        MessageFormat::Json => tell_programs(diagnostics, Format::Json, std::io::stderr().lock()),
        MessageFormat::Github => tell_programs(diagnostics, Format::Github, std::io::stderr().lock()),
    }
}

fn tell_programs(diagnostics: &[Diagnostic], format: Format, mut stream: impl Write) {
    for diagnostic in diagnostics {
        let _ = stream.write_all(report(diagnostic, format).as_bytes());
    }
}

/// What went well: the last line of a run, and the news of one that goes on.
fn say(common: &Common, text: &str) {
    if common.quiet {
        return;
    }
    // Nobody may be reading any longer, which is no reason to stop.
    let _ = if common.message_format == MessageFormat::Human {
        writeln!(anstream::stdout(), "{text}")
    } else {
        writeln!(anstream::stderr(), "{text}")
    };
}

fn complain(text: &str, help: Option<String>) {
    let (bold, reset) = ("\u{1b}[1m\u{1b}[91m", "\u{1b}[0m");
    anstream::eprintln!("{bold}error{reset}: {text}");
    if let Some(help) = help {
        anstream::eprintln!("  = help: {help}");
    }
}

const BUILD_HELP: &str = "regesta build --help";

/// The collection of the archive that an argument names; what is wrong with it has been told.
fn collection_named<'a>(site: &'a Site, id: &str) -> Result<&'a Collection, ExitCode> {
    site.collection(id).ok_or_else(|| {
        let known: Vec<&str> = site.collections.iter().map(|collection| collection.id.as_str()).collect();
        let help =
            did_you_mean(id, known.iter().copied()).unwrap_or_else(|| format!("this archive has {}", known.join(", ")));
        wrong_usage(&format!("there is no collection `{id}`"), &help)
    })
}

fn wrong_usage(text: &str, help: &str) -> ExitCode {
    complain(text, Some(help.to_string()));
    ExitCode::from(WRONG_USAGE)
}

fn help_for(refused: &Refused, out: &Path) -> Option<String> {
    match refused {
        Refused::Foreign(_) => Some(format!("move them away from {}, or overwrite them with --force", out.display())),
        Refused::LeadsOut(_) => Some("replace the link by a folder, or choose another one with --out".to_string()),
        Refused::Disk { .. } => None,
    }
}

/// One line a stage, on standard error; as each ends, or all together in a table.
struct Stages {
    shown: bool,
    exact: bool,
    /// Where a table is wanted: what it will hold.
    table: Option<Vec<Stage>>,
    last: Instant,
}

struct Stage {
    name: &'static str,
    count: usize,
    what: &'static str,
    took: Duration,
}

impl Stages {
    fn new(common: &Common, timings: bool, started: Instant) -> Self {
        let shown = !common.quiet && common.message_format == MessageFormat::Human;
        Stages { shown, exact: common.verbose, table: timings.then(Vec::new), last: started }
    }

    fn done(&mut self, name: &'static str, count: usize, what: &'static str) {
        let stage = Stage { name, count, what, took: self.last.elapsed() };
        self.last = Instant::now();
        if let Some(table) = &mut self.table {
            table.push(stage);
        } else if self.shown {
            let took = if self.exact { milliseconds(stage.took) } else { duration(stage.took) };
            anstream::eprintln!("{} {took:>9}", stage.made());
        }
    }

    fn tabulate(&self) {
        let Some(stages) = &self.table else { return };
        let whole: Duration = stages.iter().map(|stage| stage.took).sum();
        let entries = stages.iter().find(|stage| stage.name == "parse").map_or(0, |stage| stage.count);
        let row = |made: &str, took: Duration| {
            let share = 100.0 * took.as_secs_f64() / whole.as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "an archive has fewer entries than a float has digits")]
            let each = took.as_secs_f64() * 1e6 / entries.max(1) as f64;
            anstream::eprintln!("{made:<32} {:>12} {share:>7.1} % {each:>9.1} µs", milliseconds(took));
        };
        anstream::eprintln!("{:>8} {:<22}  {:>12} {:>9} {:>12}", "stage", " made", "time", "share", "per entry");
        for stage in stages {
            row(&stage.made(), stage.took);
        }
        row("   total", whole);
    }
}

impl Stage {
    fn made(&self) -> String {
        let Stage { name, count, what, .. } = self;
        format!("{name:>8}  {count:>6} {what:<14}")
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

fn duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

/// A bar for a run that takes over a second, on a terminal.
fn show_progress(progress: &Progress, done: &AtomicBool, common: &Common) {
    if common.quiet || common.message_format != MessageFormat::Human || !std::io::stderr().is_terminal() {
        return;
    }
    let started = Instant::now();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} pages") {
        bar.set_style(style);
    }
    let mut visible = false;
    while !done.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(50));
        let (now, total) = progress.now();
        if total > 0 && started.elapsed() > Duration::from_secs(1) {
            if !visible {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                visible = true;
            }
            bar.set_length(total as u64);
            bar.set_position(now as u64);
        }
    }
    bar.finish_and_clear();
}
