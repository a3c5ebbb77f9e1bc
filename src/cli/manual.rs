//! `regesta schema`, `completions` and `man`: what editors, shells and readers are told of
//! the program.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Command, CommandFactory, ValueEnum, builder::PossibleValue};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Arguments, Common, FAILED, complain, counted, say};
use crate::{publish, schema};

#[derive(Args)]
pub struct SchemaArguments {
    /// The kind of file.
    #[arg(value_enum, default_value_t = schema::File::FrontMatter)]
    file: schema::File,
    /// Write the schemas of all kinds into this folder, instead of printing one.
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub struct CompletionsArguments {
    shell: Shell,
}

#[derive(Args)]
pub struct ManArguments {
    /// Write the pages of all commands into this folder, instead of printing the first.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl ValueEnum for schema::File {
    fn value_variants<'a>() -> &'a [Self] {
        &schema::File::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

pub fn schema(arguments: &SchemaArguments, common: &Common) -> ExitCode {
    match &arguments.out {
        Some(folder) => write_all(folder, schema::files(), common),
        None => print(schema::text(arguments.file).as_bytes()),
    }
}

pub fn completions(arguments: &CompletionsArguments) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "regesta", &mut script);
    print(&script)
}

pub fn man(arguments: &ManArguments, common: &Common) -> ExitCode {
    let pages = match pages() {
        Ok(pages) => pages,
        Err(fault) => return refused(&fault.to_string()),
    };
    match &arguments.out {
        Some(folder) => write_all(folder, pages, common),
        None => print(&pages.into_iter().next().map(|(_, page)| page).unwrap_or_default()),
    }
}

/// A page for the program and one for each command, in the order of their help.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let page = |command: Command| {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_string();
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        Ok((format!("{name}.1"), page))
    };
    let commands: Vec<Command> = program.get_subcommands().cloned().collect();
    std::iter::once(program).chain(commands).map(page).collect()
}

fn write_all(folder: &Path, files: Vec<(String, Vec<u8>)>, common: &Common) -> ExitCode {
    let count = counted(files.len(), "file", "files");
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Err(fault) = publish::put_whole(&path, |file| file.write_all(&bytes)) {
            return refused(&format!("`{}`: {fault}", path.display()));
        }
    }
    say(common, &format!("Wrote {count} into {}", folder.display()));
    ExitCode::SUCCESS
}

/// To standard output.
pub fn print(bytes: &[u8]) -> ExitCode {
    match io::stdout().lock().write_all(bytes) {
        // Whoever reads it may have read enough.
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => refused(&fault.to_string()),
        _ => ExitCode::SUCCESS,
    }
}

fn refused(fault: &str) -> ExitCode {
    complain(fault, None);
    ExitCode::from(FAILED)
}
