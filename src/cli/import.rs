//! `regesta import`: works of other programs' bibliographies, as entries.

use std::{
    io::{self, Read},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use clap::Args;

use super::{Common, FAILED, MessageFormat, collection_named, complain, counted, duration, say, tell};
use crate::{
    build::{self, Request, Settings},
    diagnostic::{Diagnostic, Place, any_error, in_order},
    import::{self, Duplicates, Format, NewKeywords, Plan, Reading, Shelf},
    publish,
    source::{self, KEYWORDS, Sources},
};

#[derive(Args)]
pub struct ImportArguments {
    /// Files of BibTeX, BibLaTeX, RIS, CSL-JSON or CSL-YAML; `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The id of the collection that the entries go into.
    #[arg(long, value_name = "COLLECTION")]
    into: String,
    /// What the files are written in; by default as their names and their texts tell.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Add keywords that keywords.yaml does not have at its end.
    #[arg(long)]
    add_keywords: bool,
    /// Import works that are there already as well.
    #[arg(long)]
    keep_duplicates: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
}

pub fn run(arguments: &ImportArguments, common: &Common) -> ExitCode {
    let started = Instant::now();
    let mut told = Vec::new();
    let settings = Settings::read(&arguments.root, &Request::default()).keep(&mut told);
    let Some(settings) = settings.filter(|_| !any_error(&told)) else {
        tell(&told, common);
        return ExitCode::from(FAILED);
    };
    let site = &settings.site;
    let collection = match collection_named(site, &arguments.into) {
        Ok(collection) => collection,
        Err(wrong) => return wrong,
    };
    let readings = read(arguments, &mut told);
    // Faults of other entries are no reason not to begin these.
    let sources = Sources::read(&arguments.root);
    let files = build::parse_all(&sources, site);
    let shelf = Shelf { site, collection, files: &files, keywords: sources.keywords() };
    let duplicates = if arguments.keep_duplicates { Duplicates::Keep } else { Duplicates::Skip };
    let new = if arguments.add_keywords { NewKeywords::Add } else { NewKeywords::Propose };
    let plan = import::plan(&readings, &shelf, duplicates, new).keep(&mut told);
    let human = common.message_format == MessageFormat::Human;
    let mut told = in_order(told);
    if !human {
        for fault in told.iter_mut().filter(|fault| fault.code == "new-keywords") {
            fault.help = fault.help.take().map(|help| format!("{help}:\n{}", plan.proposed));
        }
    }
    tell(&told, common);
    if arguments.dry_run {
        show(&plan);
    } else if let Err(fault) = write(&plan, arguments) {
        complain(&format!("nothing was imported: {fault}"), None);
        return ExitCode::from(FAILED);
    }
    if human && !common.quiet && plan.addition.is_none() && !plan.proposed.is_empty() {
        anstream::println!("For content/keywords.yaml:\n\n{}", plan.proposed);
    }
    say(common, &summary(&plan, arguments, started));
    if plan.failed > 0 || any_error(&told) { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }
}

/// The works of all files; of those that can be read.
fn read(arguments: &ImportArguments, told: &mut Vec<Diagnostic>) -> Vec<Reading> {
    let mut readings = Vec::new();
    for file in &arguments.files {
        let is_input = file.as_os_str() == "-";
        let name = if is_input { "standard input".to_string() } else { file.display().to_string() };
        let mut bytes = Vec::new();
        let read =
            if is_input { io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes) } else { std::fs::read(file) };
        match read {
            Ok(bytes) => readings.extend(import::read(&name, &bytes, arguments.format).keep(told)),
            Err(fault) => {
                let said = format!("this file cannot be read: {fault}");
                told.push(Diagnostic::error("unreadable-file", Place::file(name), said));
            }
        }
    }
    readings
}

fn write(plan: &Plan, arguments: &ImportArguments) -> Result<(), String> {
    let mut replaced: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    if let Some(addition) = &plan.addition {
        let path = arguments.root.join(KEYWORDS);
        let mut bytes = source::read_bytes(&path).map_err(|fault| format!("`{}`: {fault}", path.display()))?;
        bytes.extend_from_slice(addition.as_bytes());
        replaced.push((path, bytes));
    }
    let new: Vec<(PathBuf, &[u8])> =
        plan.entries.iter().map(|file| (arguments.root.join(&*file.path), file.bytes.as_slice())).collect();
    publish::put_together(&new, &replaced).map_err(|fault| fault.to_string())
}

/// As a comparison of the archive before and after would show it.
fn show(plan: &Plan) {
    let added = |path: &str, text: &str| {
        anstream::println!("+++ {path}");
        for line in text.lines() {
            anstream::println!("+{line}");
        }
    };
    if let Some(addition) = &plan.addition {
        added(KEYWORDS, addition.trim_start());
    }
    for file in &plan.entries {
        added(&file.path, &String::from_utf8_lossy(&file.bytes));
    }
}

fn summary(plan: &Plan, arguments: &ImportArguments, started: Instant) -> String {
    let entries = counted(plan.entries.len(), "entry", "entries");
    let verb = if arguments.dry_run { "Would import" } else { "Imported" };
    let mut text = format!("{verb} {entries} into content/{} in {}", arguments.into, duration(started.elapsed()));
    let further = [
        (plan.known > 0).then(|| counted(plan.known, "work was there already", "works were there already")),
        (plan.failed > 0)
            .then(|| counted(plan.failed, "record could not be imported", "records could not be imported")),
        plan.addition.is_some().then(|| {
            counted(plan.proposed_count, "keyword to content/keywords.yaml", "keywords to content/keywords.yaml")
        }),
    ];
    for part in further.into_iter().flatten() {
        text.push_str("; ");
        text.push_str(&part);
    }
    text
}
