//! The archive as files for other programs.
//!
//! In: the archive, the settings, and where things are on the site ([`Pages`]). Out: texts
//! ([`Export`]). A work that is listed twice is in each of them once. Absent on purpose:
//! bodies, so that prose makes none of them anew; HTML, and the disk.

mod annotations;
mod citations;
mod graph;
mod json;
mod table;
mod thesaurus;
mod timeline;

use std::{
    fmt::Write,
    sync::{Arc, OnceLock},
};

use sha2::{Digest, Sha256};

use crate::{
    archive::{Archive, EntryId, KeywordId},
    site::Site,
};

/// A form that the archive as a whole is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Export {
    CslJson,
    CslYaml,
    Bibtex,
    Ris,
    Csv,
    JsonLd,
    Skos,
    SkosTurtle,
    Annotations,
    Timeline,
    Links,
}

impl Export {
    pub const ALL: [Export; 11] = [
        Export::CslJson,
        Export::CslYaml,
        Export::Bibtex,
        Export::Ris,
        Export::Csv,
        Export::JsonLd,
        Export::Skos,
        Export::SkosTurtle,
        Export::Annotations,
        Export::Timeline,
        Export::Links,
    ];

    /// As the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Export::CslJson => "csl-json",
            Export::CslYaml => "csl-yaml",
            Export::Bibtex => "bibtex",
            Export::Ris => "ris",
            Export::Csv => "csv",
            Export::JsonLd => "jsonld",
            Export::Skos => "skos",
            Export::SkosTurtle => "skos-ttl",
            Export::Annotations => "annotations",
            Export::Timeline => "timeline",
            Export::Links => "links",
        }
    }

    /// Its file in [`FOLDER`].
    pub const fn file(self) -> &'static str {
        match self {
            Export::CslJson => "archive.csl.json",
            Export::CslYaml => "archive.csl.yaml",
            Export::Bibtex => "archive.bib",
            Export::Ris => "archive.ris",
            Export::Csv => "archive.csv",
            Export::JsonLd => "archive.jsonld",
            Export::Skos => "keywords.skos.jsonld",
            Export::SkosTurtle => "keywords.skos.ttl",
            Export::Annotations => "annotations.jsonld",
            Export::Timeline => "timeline.json",
            Export::Links => "links.csv",
        }
    }

    /// As IANA lists it, or else as programs name it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Export::CslJson => "application/vnd.citationstyles.csl+json",
            Export::CslYaml => "application/yaml",
            Export::Bibtex => "application/x-bibtex",
            Export::Ris => "application/x-research-info-systems",
            Export::Csv | Export::Links => "text/csv",
            Export::JsonLd | Export::Skos | Export::Annotations => "application/ld+json",
            Export::SkosTurtle => "text/turtle",
            Export::Timeline => "application/json",
        }
    }

    /// The whole file, which ends in a line end. Records stand in the order of the site's
    /// lists, each in lines of its own.
    pub fn write(self, archive: &Archive, site: &Site, pages: &dyn Pages) -> String {
        let material = &Material { archive, site, pages };
        match self {
            Export::CslJson => citations::csl_json(material),
            Export::CslYaml => citations::csl_yaml(material),
            Export::Bibtex => citations::biblatex(material),
            Export::Ris => citations::ris(material),
            Export::Csv => table::works(material),
            Export::JsonLd => graph::json_ld(material),
            Export::Skos => thesaurus::json_ld(material),
            Export::SkosTurtle => thesaurus::turtle(material),
            Export::Annotations => annotations::json_ld(material),
            Export::Timeline => timeline::json(material),
            Export::Links => table::links(material),
        }
    }
}

/// The folder of the files, below the site's root.
pub const FOLDER: &str = "data";

/// The list of checksums in it, in the form of `sha256sum`: a digest, two blanks and a name.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// What is known here of the site's pages, and of the identifiers that linked data has for
/// what they are about. Both are absolute where the site has an address of its own, and as
/// seen from [`FOLDER`] where it has not.
pub trait Pages {
    /// The page of an entry.
    fn entry(&self, id: EntryId) -> String;
    /// The identifier of its work.
    fn work(&self, id: EntryId) -> String;
    /// The work as one node of JSON-LD on one line, in the words of schema.org and of DCMI
    /// Metadata Terms.
    fn node(&self, id: EntryId) -> String;
    /// The identifier of a keyword.
    fn keyword(&self, id: KeywordId) -> String;
    /// The page of all keywords.
    fn keywords(&self) -> String;
    /// The page of a track, by the index of the site's tracks.
    fn track(&self, index: usize) -> String;
    fn file(&self, export: Export) -> String;
    /// The heading of a section of an entry, by its index, in words.
    fn heading(&self, id: EntryId, section: usize) -> String;
}

/// What an export is made from.
struct Material<'a> {
    archive: &'a Archive,
    site: &'a Site,
    pages: &'a dyn Pages,
}

impl Material<'_> {
    /// Each work once, in the order of the site's lists.
    fn works(&self) -> impl Iterator<Item = EntryId> + '_ {
        let archive = self.archive;
        archive.lists.iter().flatten().copied().filter(|id| archive.principal(*id) == *id)
    }
}

/// The files of one archive, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Exports {
    made: [OnceLock<Arc<str>>; Export::ALL.len()],
}

impl Exports {
    pub fn get(&self, export: Export, archive: &Archive, site: &Site, pages: &dyn Pages) -> &Arc<str> {
        self.made[export as usize].get_or_init(|| export.write(archive, site, pages).into())
    }

    /// What [`CHECKSUMS`] says: a line for each file, by name.
    pub fn checksums(&self, archive: &Archive, site: &Site, pages: &dyn Pages) -> String {
        let line = |export: Export| {
            let text = self.get(export, archive, site, pages);
            format!("{}  {}\n", hexadecimal(&Sha256::digest(text.as_bytes())), export.file())
        };
        let mut all = Export::ALL;
        all.sort_unstable_by_key(|export| export.file());
        all.map(line).concat()
    }
}

/// A digest in hexadecimal digits.
pub fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
