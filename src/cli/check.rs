//! `regesta check`: what a build would say, and nothing written.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Args;

use super::{Common, FAILED, MessageFormat, complain, counted, counts, duration, say, tell};
use crate::{
    build::{self, Drafts, Inputs, Request},
    diagnostic::Severity,
    parallel::Progress,
};

#[derive(Args)]
pub struct CheckArguments {
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// Look at entries with `draft: true` as well.
    #[arg(long)]
    drafts: bool,
    /// Let warnings be errors.
    #[arg(long)]
    strict: bool,
}

pub fn run(arguments: &CheckArguments, common: &Common) -> ExitCode {
    let started = Instant::now();
    let drafts = if arguments.drafts { Drafts::Include } else { Drafts::HoldBack };
    let inputs = Inputs::read(&arguments.root, &Request { drafts, ..Request::default() });
    let mut entries = 0;
    let observe: build::Observe<'_> = &mut |stage, count, _| {
        if stage == "parse" {
            entries = count;
        }
    };
    // Every page is made, since some faults show in no other way, and none is kept.
    let built = build::build(inputs, None, &|_| {}, &Progress::default(), observe);
    let mut diagnostics = built.diagnostics;
    if arguments.strict {
        for diagnostic in &mut diagnostics {
            diagnostic.severity = Severity::Error;
        }
    }
    tell(&diagnostics, common);
    let found = counts(&diagnostics);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        if common.message_format == MessageFormat::Human {
            complain(&format!("the archive has {found}"), None);
        }
        return ExitCode::from(FAILED);
    }
    let entries = counted(entries, "entry", "entries");
    say(common, &format!("Checked in {}: {entries}, {found}", duration(started.elapsed())));
    ExitCode::SUCCESS
}
