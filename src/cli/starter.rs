//! `regesta init` and `regesta new`: where an archive and an entry begin.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{Common, FAILED, collection_named, complain, counted, say, tell, wrong_usage};
use crate::{
    build::{self, Request, Settings},
    diagnostic::any_error,
    entry::{Citation, Date, DateVariable, Kind, Name, Role, Variable, bare_doi},
    publish::{self, Unmade},
    source::Sources,
    starter::{self, Taken, Work},
};

#[derive(Args)]
pub struct InitArguments {
    /// The folder to make: a new one, or one that is empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Args)]
pub struct NewArguments {
    /// The id of the collection that the entry goes into.
    collection: String,
    /// The work's title.
    title: String,
    /// Who wrote it: `Krasner, S.` for a person, a name without a comma for an institution.
    /// May be given several times.
    #[arg(long, value_name = "NAME")]
    author: Vec<String>,
    /// When it was published, as EDTF: 1982, 2011-09-12, 1982~.
    #[arg(long, value_name = "DATE", value_parser = date, allow_hyphen_values = true)]
    year: Option<Date>,
    /// The type that CSL has for it.
    #[arg(
        long = "type",
        default_value = "book",
        value_name = "TYPE",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Kind::NAMES).map(|name| Kind::from_name(&name).unwrap_or(Kind::Book))
    )]
    kind: Kind,
    /// Its DOI.
    #[arg(long, value_name = "DOI")]
    doi: Option<String>,
    /// The archive's folder: where site.toml is.
    #[arg(long, default_value = ".", value_name = "DIR")]
    root: PathBuf,
}

pub fn init(arguments: &InitArguments, common: &Common) -> ExitCode {
    let files = starter::archive();
    let folder = &arguments.folder;
    match publish::lay_out(folder, &files) {
        Ok(()) => {
            let files = counted(files.len(), "file", "files");
            let go =
                if folder.as_path() == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
            say(
                common,
                &format!("Made an archive of {files} in {}. Look at it: {go}regesta serve --open", folder.display()),
            );
            ExitCode::SUCCESS
        }
        Err(fault @ Unmade::Occupied(_)) => {
            wrong_usage(&fault.to_string(), "name a folder that is not there yet, or an empty one")
        }
        Err(fault @ Unmade::Disk { .. }) => {
            complain(&fault.to_string(), None);
            ExitCode::from(FAILED)
        }
    }
}

pub fn new(arguments: &NewArguments, common: &Common) -> ExitCode {
    let mut told = Vec::new();
    let settings = Settings::read(&arguments.root, &Request::default()).keep(&mut told);
    let Some(settings) = settings.filter(|_| !any_error(&told)) else {
        tell(&told, common);
        return ExitCode::from(FAILED);
    };
    let site = &settings.site;
    let collection = match collection_named(site, &arguments.collection) {
        Ok(collection) => collection,
        Err(wrong) => return wrong,
    };
    // Faults of other entries are no reason not to begin this one.
    let files = build::parse_all(&Sources::read(&arguments.root), site);
    let authors: Vec<Name> = arguments.author.iter().map(|name| author(name)).collect();
    let doi = arguments.doi.as_deref().map(|doi| (Variable::Doi, bare_doi(doi).to_string()));
    let citation = Citation {
        kind: arguments.kind,
        title: arguments.title.trim().to_string(),
        names: (!authors.is_empty()).then_some((Role::Author, authors)).into_iter().collect(),
        dates: arguments.year.clone().map(|date| (DateVariable::Issued, date)).into_iter().collect(),
        variables: doi.into_iter().collect(),
    };
    let work = Work { citation, id: None, keywords: Vec::new(), remarks: Vec::new() };
    let Some(name) = work.file_name(collection, &mut Taken::of(&files, collection)) else {
        return wrong_usage("no id can be made of this title", "give a title or an author with a letter in it");
    };
    let number = name.split_once('-').map(|(digits, _)| digits).filter(|_| collection.numbered);
    let path = arguments.root.join("content").join(collection.id.as_str()).join(&name);
    match publish::put_new(&path, work.text(collection, number, site).as_bytes()) {
        Ok(()) => {
            anstream::println!("{}", path.strip_prefix(".").unwrap_or(&path).display());
            ExitCode::SUCCESS
        }
        Err(fault) => {
            complain(&fault.to_string(), None);
            ExitCode::from(FAILED)
        }
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|(said, help)| format!("{said}; {help}"))
}

/// A comma parts a person's names; without one the name is kept whole.
fn author(text: &str) -> Name {
    match text.split_once(',').map(|(family, given)| (family.trim(), given.trim())) {
        Some((family, given)) if !family.is_empty() => Name::Person {
            family: family.to_string(),
            given: (!given.is_empty()).then(|| given.to_string()),
            particle: None,
            suffix: None,
        },
        _ => Name::Literal(text.trim().to_string()),
    }
}
