//! Works in time.

use super::{
    Material,
    json::{self, Object},
};
use crate::entry::Date;

/// A list of works, the earliest first and the undated last.
pub fn json(material: &Material<'_>) -> String {
    let Material { archive, site, pages } = material;
    let work = |id| {
        let record = archive.entry(id);
        let citation = &record.citation;
        let tracks: Vec<String> =
            archive.track_indexes(id).map(|index| json::text(site.tracks[index].id.as_str())).collect();
        let object = Object::default()
            .text("id", record.slug.as_str())
            .text("title", &citation.title)
            .text("type", &citation.kind.to_string());
        dated(object, citation.issued())
            .put("tracks", &format!("[{}]", tracks.join(", ")))
            .text("page", &pages.entry(id))
            .end()
    };
    let works: Vec<String> = archive.works.iter().map(|&id| work(id)).collect();
    json::lines(&works, "  ") + "\n"
}

/// The date as it is written (EDTF), and the first and the last day that it may be; `null`
/// where it is not known.
fn dated(object: Object, date: Option<&Date>) -> Object {
    let day = |day: Option<jiff::civil::Date>, open: jiff::civil::Date| {
        day.filter(|day| *day != open).map_or_else(|| "null".to_string(), |day| json::text(&day.to_string()))
    };
    object
        .put("date", &date.map_or_else(|| "null".to_string(), |date| json::text(date.written())))
        .put("earliest", &day(date.map(|date| date.earliest), jiff::civil::Date::MIN))
        .put("latest", &day(date.map(|date| date.latest), jiff::civil::Date::MAX))
}
