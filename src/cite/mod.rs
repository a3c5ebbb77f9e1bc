//! A work as styles cite it.
//!
//! In: [`Reference`]s, and the names or files of CSL styles. Out: HTML in which every text
//! is escaped ([`Styles`]), and what programs read ([`Format`]). Absent on purpose: addresses
//! but those that a reference has, pages, the disk. What was formatted once is remembered: that is here a plain value
//! ([`KeptStyles`]), which the two ends of the pipeline read and write.

mod bibtex;
mod code;
#[cfg(feature = "citations")]
mod csl;
mod csl_json;
mod in_text;
mod kept;
mod locator;
mod ris;
mod styles;

pub use bibtex::biblatex;
pub use code::{Code, Pen, PlainText};
pub use csl_json::{csl_json_item, csl_yaml_item};
pub use in_text::{CitedWork, Class, Manner, Said, citation, linked};
pub use kept::{FOLDER, KeptStyles, Unused, is_kept};
pub use locator::{Locator, locator};
pub use styles::{Style, Styles, is_file};

use std::borrow::Cow;

use crate::{
    entry::{Citation, Record},
    fingerprint::Fingerprint,
};

/// What is to be cited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference<'a> {
    pub citation: Cow<'a, Citation>,
    /// BCP 47; of the title, where it is told.
    pub language: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// The work that an entry is about.
    pub fn of(record: &'a Record) -> Self {
        let own = record.own.title_lang.as_deref();
        let language = own.or_else(|| record.citation.get(crate::entry::Variable::Language));
        Reference { citation: Cow::Borrowed(&record.citation), language }
    }

    /// References with the same fingerprint are formatted alike.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }
}

/// What programs read of one work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Bibtex,
    Ris,
    CslJson,
}

impl Format {
    pub const ALL: [Format; 3] = [Format::Bibtex, Format::Ris, Format::CslJson];

    pub const fn id(self) -> &'static str {
        match self {
            Format::Bibtex => "bibtex",
            Format::Ris => "ris",
            Format::CslJson => "csl-json",
        }
    }

    /// What readers call it.
    pub const fn title(self) -> &'static str {
        match self {
            Format::Bibtex => "BibTeX",
            Format::Ris => "RIS",
            Format::CslJson => "CSL-JSON",
        }
    }

    /// What a file's name ends in.
    pub const fn ending(self) -> &'static str {
        match self {
            Format::Bibtex => "bib",
            Format::Ris => "ris",
            Format::CslJson => "csl.json",
        }
    }

    /// One work as a file of its own; `key` is its id there: letters, digits and hyphens.
    pub fn write<P: Pen>(self, reference: &Reference<'_>, key: &str) -> P {
        match self {
            Format::Bibtex => bibtex::bibtex(reference, key),
            Format::Ris => ris::ris(reference, key),
            Format::CslJson => csl_json::csl_json(reference, key),
        }
    }
}

/// What is sorted by rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// The works of a page.
    Bibliography,
    /// The works of one citation.
    Citation,
}

/// A work among those that a style could not tell apart without it being told of them.
#[derive(Clone, Copy, Debug)]
pub struct Among<'a> {
    /// In the order of the bibliography; the work alone where it is like no other.
    pub works: &'a [&'a Reference<'a>],
    /// The index of the work.
    pub own: usize,
}

impl<'a> Among<'a> {
    pub fn work(&self) -> &'a Reference<'a> {
        self.works[self.own]
    }

    /// The same fingerprint as [`Reference::fingerprint`] where it is alone.
    fn fingerprint(&self) -> Fingerprint {
        match self.works {
            [work] => work.fingerprint(),
            works => Fingerprint::of(&(works, self.own)),
        }
    }
}

#[cfg(all(test, feature = "citations"))]
mod tests;
