//! What a page says to programs: to reference managers, search engines and harvesters.
//!
//! In: a page and the [`World`]. Out: finished HTML for its head, and one JSON-LD node for
//! each work ([`work`]). Strings are written once and not handed to templates part by part,
//! since a value costs there by the number of its parts. Absent on purpose: what readers see.

mod json;
mod node;
mod page;
mod work;

pub use node::{Node, id};
pub use page::of_page;
pub use work::work;

/// What names in a graph of ours mean: those of schema.org, and relations by DCMI Metadata
/// Terms.
pub const CONTEXT: &str = r#"["https://schema.org",{"dcterms":"http://purl.org/dc/terms/"}]"#;
