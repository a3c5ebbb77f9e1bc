//! Bibliographies of other programs, as entries of the archive.
//!
//! In: the bytes of a file ([`read`]), and what the archive has ([`plan()`]). Out: a [`Reading`]
//! of the works in the file, and a [`Plan`] of the files to write. Each format becomes the
//! same [`Found`], a CSL item with what CSL has no place for; what could not be read is a
//! diagnostic at its line, and the other records are read all the same. Absent on purpose:
//! the disk, and the text of an entry, which `starter` writes.

mod bibtex;
mod csl;
mod date;
mod draft;
mod name;
mod node;
mod plan;
mod ris;
mod script;
mod tex;

use std::{collections::BTreeMap, ops::Range};

use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    entry::Citation,
    site::Slug,
};

use draft::{Draft, Homeless};
pub use plan::{Duplicates, NewKeywords, Plan, Shelf, plan};
pub use script::Script;

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `BibTeX` or `BibLaTeX`.
    Bibtex,
    Ris,
    CslJson,
    CslYaml,
}

impl Format {
    /// By the ending of the file's name, or else by its text.
    pub fn of(name: &str, text: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("bib" | "bibtex" | "biblatex") => return Some(Format::Bibtex),
            Some("ris") => return Some(Format::Ris),
            Some("json" | "csljson") => return Some(Format::CslJson),
            Some("yaml" | "yml") => return Some(Format::CslYaml),
            _ => {}
        }
        if text.trim_start().starts_with(['[', '{']) {
            return Some(Format::CslJson);
        }
        let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        lines.find_map(|line| {
            let begins = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start));
            if line.starts_with('@') && line.contains(['{', '(']) {
                Some(Format::Bibtex)
            } else if begins(&["TY  -", "TY -"]) {
                Some(Format::Ris)
            } else if begins(&["references:", "- id:", "- type:", "- title:", "- author:"]) {
                Some(Format::CslYaml)
            } else {
                None
            }
        })
    }
}

/// A work as a file tells of it.
#[derive(Debug)]
pub struct Found {
    /// What names it in the file.
    pub at: Range<usize>,
    /// Its id in the file, where that can be one here.
    pub id: Option<Slug>,
    /// What CSL has no place for stands in its note.
    pub citation: Citation,
    /// As they are written, each once.
    pub keywords: Vec<String>,
    /// What another program keeps for itself, such as where a file lies on a disk: a field
    /// and its value on each line.
    pub private: Vec<String>,
}

/// What was found in a file.
#[derive(Debug)]
pub struct Reading {
    pub script: Script,
    /// In the order in which they stand there.
    pub works: Vec<Found>,
    /// How many records could not be read.
    pub failed: usize,
}

/// Reads the works of a file. `format` is told by the name and the text where it is not given.
///
/// # Errors
/// `unknown-format`, `broken-record`, `untitled-record`; the warnings `assumed-encoding`,
/// `homeless-field`, `unread-date`, `unknown-kind`, `unknown-abbreviation`, `unknown-crossref`.
pub fn read(name: &str, bytes: &[u8], format: Option<Format>) -> Checked<Option<Reading>> {
    let mut told = Vec::new();
    let script = Script::read(name, bytes).keep(&mut told);
    let Some(format) = format.or_else(|| Format::of(name, script.text())) else {
        let said = "this is neither BibTeX, RIS, CSL-JSON nor CSL-YAML, as far as its beginning tells";
        told.push(
            Diagnostic::error("unknown-format", script.place(0..1), said)
                .help("say what it is with `--format`".to_string()),
        );
        return Checked { value: None, diagnostics: told };
    };
    let records = match format {
        Format::Bibtex => bibtex::read(&script, &mut told),
        Format::Ris => ris::read(&script),
        Format::CslJson => csl::read_json(&script),
        Format::CslYaml => csl::read_yaml(&script),
    };
    let mut works = Vec::with_capacity(records.len());
    let mut failed = 0;
    let mut homeless: BTreeMap<String, (Homeless, usize)> = BTreeMap::new();
    for record in records {
        match record.keep(&mut told).map(|draft| draft.finish(&script)) {
            Some(Checked { value: Some((work, fields)), diagnostics }) => {
                told.extend(diagnostics);
                works.push(work);
                for field in fields {
                    homeless.entry(field.name.clone()).and_modify(|(_, count)| *count += 1).or_insert((field, 1));
                }
            }
            Some(Checked { value: None, diagnostics }) => {
                told.extend(diagnostics);
                failed += 1;
            }
            None => failed += 1,
        }
    }
    told.extend(homeless.into_values().map(|(field, count)| field.told(count, &script)));
    Checked { value: Some(Reading { script, works, failed }), diagnostics: told }
}

/// What became of a record: `None` where it is none.
type Record = Checked<Option<Draft>>;

/// What is said of a type that `format` does not have; `known` is the one that may be meant.
fn unknown_kind(format: &str, kind: &str, known: Option<String>, place: Place) -> Diagnostic {
    let said = format!("{format} has no type `{kind}`; the entry gets the type `document`");
    let help = known.unwrap_or_else(|| "give the entry the type of CSL that it has".to_string());
    Diagnostic::warning("unknown-kind", place, said).help(help)
}
