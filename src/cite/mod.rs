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
mod kept;
mod ris;
mod styles;

pub use bibtex::bibtex;
pub use code::Code;
pub use csl_json::csl_json;
pub use kept::{FOLDER, KeptStyles, Unused, is_kept};
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

#[cfg(all(test, feature = "citations"))]
mod tests;
