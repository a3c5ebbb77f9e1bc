//! Links that outlive what they lead to: the attributes of *Robust Links* (Van de Sompel,
//! Klein and Nelson, 2015) and an archived copy. Nothing is fetched: what is not known of a
//! work's address is left out.

use crate::{
    entry::{Citation, Date, DateVariable, Variable},
    page::html::push,
};

/// Attributes of a link to the work's address, each with a blank before it; empty where it is
/// not known when somebody looked at it.
pub fn attributes(citation: &Citation) -> String {
    let mut html = String::new();
    let (Some(url), Some(day)) = (citation.web_address(), seen(citation)) else { return html };
    let mut attribute = |name: &str, value: &str| {
        html.push_str(" data-");
        html.push_str(name);
        html.push_str("=\"");
        push(&mut html, value);
        html.push('"');
    };
    attribute("originalurl", url);
    attribute("versiondate", day);
    if let Some(copy) = known_copy(citation) {
        attribute("versionurl", copy);
    }
    html
}

/// Where an archived copy of the work's address is: the one that the record names, or the
/// one nearest to the day on which somebody looked at it. (The Internet Archive leads from
/// any date, however precise, to the nearest copy that it has: RFC 7089, "Memento".)
pub fn archived(citation: &Citation) -> Option<String> {
    let url = citation.web_address()?;
    if let Some(copy) = known_copy(citation) {
        return Some(copy.to_string());
    }
    let day = seen(citation)?;
    Some(format!("https://web.archive.org/web/{}/{url}", day.replace('-', "")))
}

fn seen(citation: &Citation) -> Option<&str> {
    citation.date(DateVariable::Accessed).and_then(Date::machine)
}

/// A place in an archive that is itself an address.
fn known_copy(citation: &Citation) -> Option<&str> {
    let place = citation.get(Variable::ArchiveLocation)?;
    (place.starts_with("https://") || place.starts_with("http://")).then_some(place)
}
