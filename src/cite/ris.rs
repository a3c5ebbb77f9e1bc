//! RIS: *RIS Format Specifications* (Reference Manager, 2011).

use super::{
    Reference,
    code::{Pen, Token, one_line},
};
use crate::entry::{Date, DateVariable, Kind, Point, Role, Variable};

/// One record; its lines end as those of Unix do.
pub fn ris<P: Pen>(reference: &Reference<'_>, id: &str) -> P {
    let citation = &reference.citation;
    let mut code = P::default();
    let mut line = |tag: &str, value: &str| {
        let value = one_line(value);
        if !value.is_empty() || tag == "ER" {
            code.push(Token::Keyword, tag);
            code.push(Token::Plain, "  - ");
            code.push(Token::Text, &value);
            code.push(Token::Plain, "\n");
        }
    };
    line("TY", kind(citation.kind));
    line("ID", id);
    for (role, tag) in [(Role::Author, "AU"), (Role::Editor, "ED"), (Role::Translator, "TA")] {
        for name in citation.names(role) {
            line(tag, &name.inverted());
        }
    }
    line("TI", &citation.title);
    let mut variable = |tag: &str, variable: Variable| line(tag, citation.get(variable).unwrap_or_default());
    variable("T2", Variable::ContainerTitle);
    variable("T3", Variable::CollectionTitle);
    variable("VL", Variable::Volume);
    variable("IS", Variable::Issue);
    variable("M1", Variable::Number);
    variable("M3", Variable::Genre);
    variable("ET", Variable::Edition);
    variable("PB", Variable::Publisher);
    variable("CY", Variable::PublisherPlace);
    let pages = citation.get(Variable::Page).unwrap_or_default();
    let (first, last) = pages.split_once(['-', '–']).unwrap_or((pages, ""));
    line("SP", first);
    line("EP", last);
    if let Some(date) = citation.issued() {
        if let Some(parts) = date.parts() {
            line("PY", &format!("{:04}", parts.start.year));
            if parts.start.month.is_some() && parts.end.is_none() {
                line("DA", &slashed(parts.start));
            }
        }
        // The tags for dates know of nothing else.
        if date.year_in_words().parse::<i16>().is_err() {
            line("N1", &format!("Date: {}", date.in_words("en")));
        }
    }
    line("DO", citation.doi().unwrap_or_default());
    let mut variable = |tag: &str, variable: Variable| line(tag, citation.get(variable).unwrap_or_default());
    variable("SN", if citation.get(Variable::Isbn).is_some() { Variable::Isbn } else { Variable::Issn });
    variable("UR", Variable::Url);
    variable("LA", Variable::Language);
    if let Some(parts) = citation.date(DateVariable::Accessed).and_then(Date::parts) {
        line("Y2", &slashed(parts.start));
    }
    line("ER", "");
    code
}

/// `2011/09/12/`: what is not known is empty.
fn slashed(point: Point) -> String {
    let two = |number: Option<u8>| number.map_or_else(String::new, |number| format!("{number:02}"));
    format!("{:04}/{}/{}/", point.year, two(point.month), two(point.day))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ArticleJournal | Kind::Review | Kind::ReviewBook => "JOUR",
        Kind::ArticleMagazine => "MGZN",
        Kind::ArticleNewspaper => "NEWS",
        Kind::Bill => "BILL",
        Kind::Book | Kind::Collection => "BOOK",
        Kind::Chapter => "CHAP",
        Kind::Classic => "CLSWK",
        Kind::Dataset => "DATA",
        Kind::EntryDictionary => "DICT",
        Kind::Entry | Kind::EntryEncyclopedia => "ENCYC",
        Kind::Figure | Kind::Graphic => "FIGURE",
        Kind::Hearing => "HEAR",
        Kind::LegalCase => "CASE",
        Kind::Legislation | Kind::Regulation => "STAT",
        Kind::Manuscript => "UNPB",
        Kind::Map => "MAP",
        Kind::MotionPicture => "MPCT",
        Kind::MusicalScore => "MUSIC",
        Kind::Pamphlet => "PAMP",
        Kind::PaperConference => "CPAPER",
        Kind::Patent => "PAT",
        Kind::PersonalCommunication => "PCOMM",
        Kind::PostWeblog => "BLOG",
        Kind::Report => "RPRT",
        Kind::Software => "COMP",
        Kind::Song => "SOUND",
        Kind::Standard => "STAND",
        Kind::Thesis => "THES",
        Kind::Post | Kind::Webpage => "ELEC",
        _ => "GEN",
    }
}
