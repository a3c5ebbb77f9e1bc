//! Regesta turns a folder of annotated references and documents into a
//! cross-linked static site.
//!
//! ```text
//! site.toml ─┐   read      parse      link       plan      render      publish
//! content/  ─┼─────────▶ ────────▶ ────────▶ ────────▶ ──────────▶ ──────────▶ public/
//! themes/   ─┘   Sources   Entries   Archive    Pages     Outputs
//!                per file  per file  the whole  the whole per page     per file
//! ```
//!
//! A stage is a function from one plain value to the next. `source` and `publish`
//! alone touch the disk, `cli` alone prints. `docs/content/explanation/architecture.md` tells more.

mod archive;
mod book;
mod build;
mod cite;
pub mod cli;
mod collate;
pub mod diagnostic;
mod entry;
mod export;
mod fingerprint;
mod import;
mod leaves;
mod lettering;
mod page;
mod parallel;
mod portable;
mod publish;
mod release;
mod render;
mod schema;
mod sealed;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod site;
mod source;
mod starter;
mod strict;
mod theme;
mod vocabulary;
mod xml;

// For tests that build thousands of archives without starting a process for each and
// that document what templates get, and for benches that run one stage.
#[doc(hidden)]
pub use build::{
    Drafts, Pipeline, Request, StyleTrial, Whole, citation_trial, example_views, search_index, search_trial,
};
#[doc(hidden)]
pub use parallel::Progress;
#[doc(hidden)]
pub use search::{Trial, words_of as words_searched};
#[cfg(feature = "serve")]
#[doc(hidden)]
pub use serve::rehearse;
