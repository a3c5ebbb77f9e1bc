//! All that a page may be made from.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    address::{Address, Permalink},
    html::{Html, push},
    metadata,
    pages::Pages,
    previews::PreviewFiles,
    print_view::Volume,
    printed::StandingVolume,
    share::ShareLink,
    view::{CardView, card_view},
};
use crate::{
    archive::{Archive, EntryId, Origin},
    cite::Styles,
    diagnostic::Diagnostic,
    entry::{Body, Date, Entry, Text},
    export::Exports,
    leaves::{LEAF, Leaves},
    site::Site,
};

/// The archive with the bodies of its texts. Cards are made from the rest, each when a
/// page first shows it, and once.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub site: &'a Site,
    pub styles: &'a Styles,
    pub archive: &'a Archive,
    /// As [`Archive::entries`].
    pub entries: &'a Leaves<Arc<Entry>>,
    /// As [`Archive::texts`].
    pub texts: &'a [Arc<Text>],
    pub cards: &'a Cards,
    /// Every page, by address.
    pub pages: &'a Pages,
    pub previews: &'a PreviewFiles,
    /// As [`site_picture`](super::share::site_picture) has it.
    pub site_picture: Option<&'a ShareLink>,
    pub exports: &'a Exports,
    /// The volume of the print edition that is made, where one is.
    pub print: Option<&'a Volume>,
    /// The same as the last build has made it, where that is known.
    pub standing: Option<&'a StandingVolume<'a>>,
    /// Whether notes may stand beside the text.
    pub margin: Margin,
    /// Where it is noted which bodies are read, if anybody wants to know.
    pub reads: Option<&'a Reads>,
}

/// Whether what is made has a margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Margin {
    /// A plain note stands beside its reference as well as at the end.
    There,
    /// All notes stand at the end: on paper, and in a book.
    Absent,
}

/// The texts whose bodies a page shows.
#[derive(Debug, Default)]
pub struct Reads(Mutex<BTreeSet<Origin>>);

impl Reads {
    pub fn into_origins(self) -> BTreeSet<Origin> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns a card into HTML: what a theme does.
pub trait CardMaker: Send + Sync {
    /// # Errors
    /// `template-fault`.
    fn card(&self, card: &CardView) -> Result<Html, Box<Diagnostic>>;
}

/// For each entry its card as HTML, kept for pages in the root and one or two folders deep;
/// and what lists say of it to reference managers.
pub struct Cards {
    /// So many at once: most are never asked for after an edit.
    leaves: Vec<OnceLock<Vec<Card>>>,
    maker: Arc<dyn CardMaker>,
    faults: Mutex<Vec<Diagnostic>>,
}

#[derive(Default)]
struct Card {
    by_depth: [OnceLock<Html>; Cards::DEPTHS],
    coins: OnceLock<Html>,
}

impl Cards {
    pub const DEPTHS: usize = 3;

    pub fn new(entries: usize, maker: Arc<dyn CardMaker>) -> Self {
        let leaves = (0..entries.div_ceil(LEAF)).map(|_| OnceLock::new()).collect();
        Cards { leaves, maker, faults: Mutex::default() }
    }

    fn of(&self, id: EntryId) -> &Card {
        let leaf = self.leaves[id.0 / LEAF].get_or_init(|| (0..LEAF).map(|_| Card::default()).collect());
        &leaf[id.0 % LEAF]
    }

    /// `from` leads out of as many folders as the page is deep.
    fn get(&self, world: &World<'_>, id: EntryId, from: &Permalink) -> Html {
        let depths = &self.of(id).by_depth;
        let of_root = depths[0].get_or_init(|| {
            let made = self.maker.card(&card_view(world, id));
            let faulty = |fault: Box<Diagnostic>| {
                self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(*fault);
                Html::default()
            };
            made.map_or_else(faulty, Html::shared)
        });
        match from.depth() {
            0 => of_root.clone(),
            depth => match depths.get(depth) {
                Some(card) => card.get_or_init(|| of_root.rebased(from.root()).shared()).clone(),
                None => of_root.rebased(from.root()),
            },
        }
    }

    /// The entry as `COinS`, which is the same on every page.
    pub fn coins(&self, world: &World<'_>, id: EntryId) -> &Html {
        self.of(id).coins.get_or_init(|| metadata::coins(&world.archive.entry(id).citation).shared())
    }

    /// What was wrong with the cards that have been made, in no order.
    pub fn faults(&self) -> Vec<Diagnostic> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl World<'_> {
    /// The address of an entry, or of one of its sections, as seen from a page. In the
    /// print edition an entry is where that edition has it.
    pub fn entry_href(&self, id: EntryId, section: Option<&str>, from: &Permalink) -> String {
        self.entry_href_parts(id, section, from).concat()
    }

    /// The same as its parts, one behind the other. All but the last, the section's id, are of
    /// characters that need no escape.
    pub fn entry_href_parts<'a>(&'a self, id: EntryId, section: Option<&'a str>, from: &Permalink) -> [&'a str; 7] {
        let mark = |mark| if section.is_some() { mark } else { "" };
        let (root, behind) = (from.root(), section.unwrap_or_default());
        if let Some(volume) = self.print {
            let slug = self.archive.entry(id).slug.as_str();
            let (root, page) =
                volume.holding(id).filter(|other| *other != from).map_or(("", ""), |other| (root, other.as_str()));
            return [root, page, "#", slug, mark("."), "", behind];
        }
        let [one, two, three, four] = self.entry_address(id).parts();
        [root, one, two, three, four, mark("#"), behind]
    }

    /// What stands before the ids of a text: nothing on its own page.
    pub fn id_prefix(&self, origin: Origin) -> String {
        match (self.print, origin) {
            (Some(_), Origin::Entry(id)) => [self.archive.entry(id).slug.as_str(), "."].concat(),
            _ => String::new(),
        }
    }

    pub fn entry_permalink(&self, id: EntryId) -> Permalink {
        self.entry_address(id).into()
    }

    pub fn entry_address(&self, id: EntryId) -> Address<'_> {
        let record = self.archive.entry(id);
        Address::entry(&record.collection, record.slug.as_str())
    }

    /// `Reference 24`; the collection's word alone where it has no numbers.
    pub fn entry_label(&self, id: EntryId) -> String {
        let record = self.archive.entry(id);
        let singular = self.site.collection(record.collection.as_str()).map_or("", |collection| &collection.singular);
        match record.number {
            Some(number) => [singular, " ", &number.to_string()].concat(),
            None => singular.to_string(),
        }
    }

    pub fn card(&self, id: EntryId, from: &Permalink) -> Html {
        self.cards.get(self, id, from)
    }

    pub fn cards(&self, ids: impl IntoIterator<Item = EntryId>, from: &Permalink) -> Vec<Html> {
        ids.into_iter().map(|id| self.card(id, from)).collect()
    }

    /// A `time` element, or plain words where HTML has no value for the date.
    pub fn time(&self, date: &Date) -> Html {
        let words = date.in_words(&self.site.language);
        let mut html = String::with_capacity(64);
        if let Some(machine) = date.machine() {
            html.push_str("<time datetime=\"");
            push(&mut html, machine);
            html.push_str("\">");
            push(&mut html, &words);
            html.push_str("</time>");
        } else {
            push(&mut html, &words);
        }
        Html(html.into())
    }

    /// The only way to a body for a page: what it shows is noted. (Cards show none: each is
    /// made for several pages.)
    pub fn body(&self, origin: Origin) -> &Body {
        self.note(origin);
        match origin {
            Origin::Entry(id) => &self.entries[id.0].body,
            Origin::Text(id) => &self.texts[id.0].body,
        }
    }

    /// Notes that the page shows a body.
    pub fn note(&self, origin: Origin) {
        if let Some(Reads(origins)) = self.reads {
            origins.lock().unwrap_or_else(PoisonError::into_inner).insert(origin);
        }
    }

    /// The text that an author wrote for the page at an address.
    pub fn text_at(&self, path: &str) -> Option<Origin> {
        let index = self.archive.texts.iter().position(|text| text.path == path)?;
        Some(Origin::Text(crate::archive::TextId(index)))
    }
}
