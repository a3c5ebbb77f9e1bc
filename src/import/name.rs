//! Names as they stand in lists with a comma: `Nye, Joseph S., Jr.`.

use crate::entry::Name;

/// A comma parts a person's names, and a second one what is put behind them. A name without
/// one, or with nothing behind it, is an institution's. `None` where nothing is left.
pub fn inverted(text: &str) -> Option<Name> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    match parts.as_slice() {
        [family, given, rest @ ..] if !family.is_empty() && !given.is_empty() && !text.trim_end().ends_with(',') => {
            let suffix = rest.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ");
            Some(Name::Person {
                family: (*family).to_string(),
                given: Some((*given).to_string()),
                particle: None,
                suffix: (!suffix.is_empty()).then_some(suffix),
            })
        }
        _ => {
            let whole = text.trim().trim_matches(',').trim();
            (!whole.is_empty()).then(|| Name::Literal(whole.to_string()))
        }
    }
}
