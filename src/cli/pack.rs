//! `regesta pack` and `regesta verify`: an archive as one file, a ZIP or a book.

use std::{
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Args, ValueEnum};

use super::{Common, FAILED, MessageFormat, complain, counted, counts, duration, say, separate, tell, wrong_usage};
use crate::{
    build::{self, Drafts, Inputs, Known, Made, Request},
    diagnostic::{Checked, Diagnostic, any_error},
    parallel::Progress,
    publish::{self, Pictures},
    release::{self, Pack, Sealed, Verified},
    site::{self, Site},
    source,
};

#[derive(Args)]
pub struct PackArguments {
    /// What to make.
    #[arg(long, value_enum, default_value_t = PackFormat::Zip, value_name = "FORMAT")]
    format: PackFormat,
    /// The file to write; named after the archive by default.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    /// The address that the site will have, instead of site.toml's.
    #[arg(long, env = "REGESTA_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Pack entries with `draft: true` as well.
    #[arg(long)]
    drafts: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PackFormat {
    /// The site, its sources and their checksums.
    Zip,
    /// A book for reading systems, EPUB 3, with checksums.
    Epub,
}

impl PackFormat {
    fn ending(self) -> &'static str {
        match self {
            PackFormat::Zip => "zip",
            PackFormat::Epub => "epub",
        }
    }
}

#[derive(Args)]
pub struct VerifyArguments {
    /// A file that `regesta pack` made.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub fn pack(arguments: &PackArguments, common: &Common) -> ExitCode {
    let started = Instant::now();
    let base_url = arguments.base_url.as_deref().filter(|url| !url.is_empty());
    if let Some(Err(fault)) = base_url.map(site::check_base_url) {
        return wrong_usage(&format!("{fault}, as --base-url or REGESTA_BASE_URL gives it"), HELP);
    }
    let request = Request {
        base_url: base_url.map(Into::into),
        drafts: if arguments.drafts { Drafts::Include } else { Drafts::HoldBack },
        ..Request::default()
    };
    let inputs = Inputs::read(&arguments.root, &request);
    let Some(site) = inputs.site() else {
        let built = build::build(inputs, Known::default(), &|_| {}, &Progress::default(), &mut |_, _, _| {});
        return faulty(&built.diagnostics, common);
    };
    let out =
        arguments.out.clone().unwrap_or_else(|| PathBuf::from(release::file_name(&site, arguments.format.ending())));
    if let Err(fault) = separate(&arguments.root, &out) {
        return wrong_usage(&fault, HELP);
    }
    let sealed = match arguments.format {
        PackFormat::Zip => pack_site(inputs, &site, &arguments.root),
        PackFormat::Epub => {
            let Checked { value: files, diagnostics } = build::book(inputs);
            files.map_or_else(
                || Err(Unpacked::Faulty(diagnostics.clone())),
                |files| Ok((release::seal_book(&files)?, diagnostics.clone())),
            )
        }
    };
    let (sealed, diagnostics) = match sealed {
        Ok(sealed) => sealed,
        Err(Unpacked::Faulty(diagnostics)) => return faulty(&diagnostics, common),
        Err(Unpacked::Disk(fault)) => return refused(&out, &fault),
    };
    tell(&diagnostics, common);
    let files = counted(sealed.files(), "file", "files");
    match publish::put_whole(&out, |file| sealed.write(file)) {
        Ok(bytes) => {
            let took = duration(started.elapsed());
            say(common, &format!("Packed {files} in {took}: {bytes} bytes in {}", out.display()));
            ExitCode::SUCCESS
        }
        Err(fault) => refused(&out, &fault),
    }
}

/// Why nothing was packed.
enum Unpacked {
    Faulty(Vec<Diagnostic>),
    Disk(io::Error),
}

impl From<io::Error> for Unpacked {
    fn from(fault: io::Error) -> Self {
        Unpacked::Disk(fault)
    }
}

/// The site with its sources, and what was said of them.
fn pack_site(inputs: Inputs, site: &Site, root: &Path) -> Result<(Sealed, Vec<Diagnostic>), Unpacked> {
    let held_back = inputs.held_back();
    let pack = Pack::begin(site);
    let pictures = Pictures::of(root);
    let take = |made| {
        if let Made::New(output) = made {
            pack.add_page(&output.path, &output.bytes);
            pictures.keep(&output);
        }
    };
    let built = build::build(inputs, Known::default(), &take, &Progress::default(), &mut |_, _, _| {});
    let mut diagnostics = built.diagnostics;
    for file in source::read_all(root).keep(&mut diagnostics) {
        // A draft is nobody's business yet.
        if !held_back.contains(&file.path) {
            pack.add_source(&file.path, &file.bytes);
        }
    }
    if any_error(&diagnostics) {
        return Err(Unpacked::Faulty(diagnostics));
    }
    match pack.seal()? {
        Ok(sealed) => Ok((sealed, diagnostics)),
        Err(faults) => {
            diagnostics.extend(faults);
            Err(Unpacked::Faulty(diagnostics))
        }
    }
}

pub fn verify(arguments: &VerifyArguments, common: &Common) -> ExitCode {
    let file = match File::open(&arguments.file) {
        Ok(file) => file,
        Err(fault) => return refused(&arguments.file, &fault),
    };
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy();
    match release::verify(&name, BufReader::new(file)) {
        Ok(Verified { files, bytes }) => {
            let files = counted(files, "file", "files");
            say(common, &format!("{files} of {bytes} bytes in {} are as they were packed", arguments.file.display()));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            tell(&faults, common);
            ExitCode::from(FAILED)
        }
    }
}

const HELP: &str = "regesta pack --help";

fn faulty(diagnostics: &[Diagnostic], common: &Common) -> ExitCode {
    tell(diagnostics, common);
    if common.message_format == MessageFormat::Human {
        complain(&format!("nothing was packed: {}", counts(diagnostics)), None);
    }
    ExitCode::from(FAILED)
}

fn refused(path: &Path, fault: &std::io::Error) -> ExitCode {
    complain(&format!("`{}`: {fault}", path.display()), None);
    ExitCode::from(FAILED)
}
