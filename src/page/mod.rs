//! Which pages there are, where, and what each may show.
//!
//! In: the archive and the site. Out: [`Page`]s, one for each address, and on
//! request the [`View`] of one, the small value that its template gets and nothing
//! else. Absent on purpose: Tera, other pages' HTML, the disk.

mod address;
mod book_view;
mod cite_view;
mod citing;
mod cutting;
mod data_view;
mod entry_view;
mod feed;
mod html;
mod list_views;
pub mod metadata;
mod pages;
mod parts;
mod plan;
mod previews;
mod print_view;
mod printed;
mod record_view;
mod replan;
pub mod share;
mod text_view;
mod timeline;
mod track_views;
mod view;
mod world;

pub use address::Permalink;
pub use book_view::{book_view, cover_view};
pub use citing::cited_text;
pub use feed::{FeedItem, FeedView, edition};
pub use html::{Html, Markup};
pub use pages::Pages;
pub use parts::Piece;
pub use plan::{Page, Subject, clashes, plan};
pub use previews::{PreviewFiles, PreviewView, PreviewsView};
pub use printed::{Printed, StandingVolume};
pub use replan::replan;
pub use view::{CardView, RobotsView, SiteView, SitemapIndexView, SitemapView, View, kind_label, site_view, view};
pub use world::{CardMaker, Cards, Margin, Reads, World};
