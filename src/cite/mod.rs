//! A work as styles cite it.
//!
//! In: [`Reference`]s, and the names or files of CSL styles. Out: HTML in which every text
//! is escaped ([`Styles`]), and what programs read: BibTeX, RIS, CSL-JSON. Absent on purpose: addresses but those that a reference has,
//! pages, the disk. What was formatted once is remembered: that is here a plain value
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

pub use bibtex::bibtex;
pub use code::Code;
pub use csl_json::csl_json;
pub use in_text::{CitedWork, Class, Manner, NUMBER, Said, citation, linked};
pub use kept::{FOLDER, KeptStyles, Unused, is_kept};
pub use locator::{Locator, locator};
pub use ris::ris;
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
