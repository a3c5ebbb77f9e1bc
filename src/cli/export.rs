//! `regesta export`: the archive as one file for other programs.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum, builder::PossibleValue};

use super::{Common, FAILED, MessageFormat, complain, counts, manual, say, separate, tell, tell_aside, wrong_usage};
use crate::{
    build::{self, Drafts, Inputs, Request},
    export::Export,
    publish, site,
};

#[derive(Args)]
pub struct ExportArguments {
    /// The form that the archive is written in.
    #[arg(long, value_enum)]
    format: Export,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// The address that the site will have, instead of site.toml's.
    #[arg(long, env = "REGESTA_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Export entries with `draft: true` as well.
    #[arg(long)]
    drafts: bool,
}

impl ValueEnum for Export {
    fn value_variants<'a>() -> &'a [Self] {
        &Export::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

pub fn run(arguments: &ExportArguments, common: &Common) -> ExitCode {
    let base_url = arguments.base_url.as_deref().filter(|url| !url.is_empty());
    if let Some(Err(fault)) = base_url.map(site::check_base_url) {
        return wrong_usage(&format!("{fault}, as --base-url or REGESTA_BASE_URL gives it"), HELP);
    }
    if let Some(Err(fault)) = arguments.out.as_deref().map(|out| separate(&arguments.root, out)) {
        return wrong_usage(&fault, HELP);
    }
    let request = Request {
        base_url: base_url.map(Into::into),
        drafts: if arguments.drafts { Drafts::Include } else { Drafts::HoldBack },
        ..Request::default()
    };
    let exported = build::export(Inputs::read(&arguments.root, &request), arguments.format);
    let Some(text) = exported.value else {
        tell(&exported.diagnostics, common);
        if common.message_format == MessageFormat::Human {
            complain(&format!("nothing was exported: {}", counts(&exported.diagnostics)), None);
        }
        return ExitCode::from(FAILED);
    };
    let Some(out) = &arguments.out else {
        // Standard output is the file's.
        tell_aside(&exported.diagnostics, common);
        return manual::print(text.as_bytes());
    };
    tell(&exported.diagnostics, common);
    write(out, &text, common)
}

const HELP: &str = "regesta export --help";

fn write(out: &Path, text: &str, common: &Common) -> ExitCode {
    match publish::put_whole(out, |file| file.write_all(text.as_bytes())) {
        Ok(bytes) => {
            say(common, &format!("Exported {bytes} bytes to {}", out.display()));
            ExitCode::SUCCESS
        }
        Err(fault) => {
            complain(&format!("`{}`: {fault}", out.display()), None);
            ExitCode::from(FAILED)
        }
    }
}
