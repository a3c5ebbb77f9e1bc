//! Zotero's words for kinds of work, and for the variables of CSL that only some kinds have
//! (Zotero's schema, version 32, "itemTypes" and "csl").

use crate::entry::{Citation, Kind, Variable};

/// How Zotero files a kind of work.
pub struct Item {
    pub name: &'static str,
    /// The type of CSL, where Zotero has none of its own: it keeps it as a line of *Extra*.
    pub csl: Option<&'static str>,
    /// Fields for what a work is called, its number, and who decided it.
    pub genre: Option<&'static str>,
    pub number: Option<&'static str>,
    pub authority: Option<&'static str>,
    /// Whether it has a field for the work that it is part of.
    pub contained: bool,
}

const PLAIN: Item = Item { name: "", csl: None, genre: None, number: None, authority: None, contained: false };

pub fn item(kind: Kind) -> Item {
    let name = name(kind);
    let csl = match kind {
        Kind::Classic => Some("classic"),
        Kind::Collection => Some("collection"),
        Kind::Event => Some("event"),
        Kind::MusicalScore => Some("musical_score"),
        Kind::Pamphlet => Some("pamphlet"),
        Kind::Performance => Some("performance"),
        Kind::Periodical => Some("periodical"),
        Kind::Regulation => Some("regulation"),
        Kind::Review => Some("review"),
        Kind::ReviewBook => Some("review-book"),
        Kind::Treaty => Some("treaty"),
        _ => None,
    };
    let item = Item { name, csl, ..PLAIN };
    match name {
        "bill" => Item { number: Some("billNumber"), authority: Some("legislativeBody"), ..item },
        "case" => Item { number: Some("docketNumber"), authority: Some("court"), ..item },
        "dataset" => Item { number: Some("identifier"), genre: Some("type"), ..item },
        "hearing" => Item { number: Some("documentNumber"), authority: Some("legislativeBody"), ..item },
        "letter" => Item { genre: Some("letterType"), ..item },
        "manuscript" => Item { genre: Some("manuscriptType"), number: Some("number"), ..item },
        "map" => Item { genre: Some("mapType"), ..item },
        "patent" => Item { number: Some("patentNumber"), authority: Some("issuingAuthority"), ..item },
        "preprint" => Item { genre: Some("genre"), number: Some("archiveID"), ..item },
        "presentation" => Item { genre: Some("presentationType"), ..item },
        "report" => Item { genre: Some("reportType"), number: Some("reportNumber"), ..item },
        "standard" => Item { genre: Some("type"), number: Some("number"), authority: Some("organization"), ..item },
        "statute" => Item { number: Some("publicLawNumber"), ..item },
        "thesis" => Item { genre: Some("thesisType"), ..item },
        "forumPost" => Item { genre: Some("postType"), contained: true, ..item },
        "webpage" | "blogPost" => Item { genre: Some("websiteType"), contained: true, ..item },
        "bookSection"
        | "conferencePaper"
        | "dictionaryEntry"
        | "encyclopediaArticle"
        | "journalArticle"
        | "magazineArticle"
        | "newspaperArticle"
        | "tvBroadcast" => Item { contained: true, ..item },
        _ => item,
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Article => "preprint",
        Kind::ArticleJournal | Kind::Review | Kind::ReviewBook => "journalArticle",
        Kind::ArticleMagazine => "magazineArticle",
        Kind::ArticleNewspaper => "newspaperArticle",
        Kind::Bill => "bill",
        Kind::Book | Kind::Classic => "book",
        Kind::Broadcast => "tvBroadcast",
        Kind::Chapter => "bookSection",
        Kind::Dataset => "dataset",
        Kind::Entry | Kind::EntryEncyclopedia => "encyclopediaArticle",
        Kind::EntryDictionary => "dictionaryEntry",
        Kind::Figure | Kind::Graphic => "artwork",
        Kind::Hearing => "hearing",
        Kind::Interview => "interview",
        Kind::LegalCase => "case",
        Kind::Legislation | Kind::Regulation => "statute",
        Kind::Manuscript => "manuscript",
        Kind::Map => "map",
        Kind::MotionPicture => "film",
        Kind::PaperConference => "conferencePaper",
        Kind::Patent => "patent",
        Kind::PersonalCommunication => "letter",
        Kind::Post => "forumPost",
        Kind::PostWeblog => "blogPost",
        Kind::Report => "report",
        Kind::Software => "computerProgram",
        Kind::Song => "audioRecording",
        Kind::Speech => "presentation",
        Kind::Standard => "standard",
        Kind::Thesis => "thesis",
        Kind::Webpage => "webpage",
        Kind::Collection
        | Kind::Document
        | Kind::Event
        | Kind::MusicalScore
        | Kind::Pamphlet
        | Kind::Performance
        | Kind::Periodical
        | Kind::Treaty => "document",
    }
}

/// What the kind's fields have no room for, as lines that Zotero reads as variables of CSL.
pub fn extra(citation: &Citation, item: &Item) -> String {
    let line = |field: Option<&str>, variable: Variable| match field {
        Some(_) => None,
        None => citation.get(variable).map(|value| (variable.to_string(), value)),
    };
    let kind = item.csl.map(|csl| ("type".to_string(), csl));
    let lines = [
        kind,
        line(item.genre, Variable::Genre),
        line(item.number, Variable::Number),
        line(item.authority, Variable::Authority),
    ];
    let lines = lines.into_iter().flatten().map(|(name, value)| format!("{name}: {value}"));
    lines.collect::<Vec<_>>().join("\n")
}
