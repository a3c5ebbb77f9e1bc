//! Order as readers of a language expect it (Unicode collation, CLDR).

use std::cmp::Ordering;

use borsh::{BorshDeserialize, BorshSerialize};
use icu_collator::{
    CollatorBorrowed, CollatorPreferences,
    options::{AlternateHandling, CollatorOptions},
};
use icu_locale_core::Locale;

/// Compares text by the rules of one language; quotation marks and other
/// punctuation do not count unless all else is equal.
pub struct Collation(CollatorBorrowed<'static>);

impl Collation {
    /// `language` is a BCP 47 tag; the root order stands in for an unknown one.
    pub fn new(language: &str) -> Self {
        let locale: Locale = language.parse().unwrap_or(Locale::UNKNOWN);
        let mut options = CollatorOptions::default();
        options.alternate_handling = Some(AlternateHandling::Shifted);
        let collator = CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options)
            .or_else(|_| CollatorBorrowed::try_new(CollatorPreferences::from(&Locale::UNKNOWN), options))
            .expect("the root collation is compiled in");
        Collation(collator)
    }

    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        self.0.compare(one, other).then_with(|| one.cmp(other))
    }

    /// What stands for a text in a long list: it is made once, where each comparison of two
    /// texts looks up the weights of their letters again.
    pub fn key(&self, text: &str) -> SortKey {
        let mut bytes = Vec::with_capacity(3 * text.len() + 8);
        let Ok(()) = self.0.write_sort_key_to(text, &mut bytes);
        // Weights are never 0, so a shorter key comes before a longer one that begins with
        // it; and texts that the language holds for equal are told apart as they are.
        bytes.push(0);
        bytes.extend_from_slice(text.as_bytes());
        SortKey::new(bytes)
    }
}

/// A text's place in an order: two keys of one [`Collation`] compare as it compares their
/// texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct SortKey {
    /// [`start`] of the whole, which tells most texts apart and needs no look at the rest:
    /// that lies elsewhere.
    pub start: u128,
    whole: Box<[u8]>,
}

impl SortKey {
    fn new(bytes: Vec<u8>) -> Self {
        SortKey { start: start(&bytes), whole: bytes.into() }
    }
}

/// The first 16 bytes as a number: where two differ, they compare as the bytes do.
pub fn start(bytes: &[u8]) -> u128 {
    let mut start = [0; 16];
    let length = bytes.len().min(start.len());
    start[..length].copy_from_slice(&bytes[..length]);
    u128::from_be_bytes(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn keys_are_ordered_as_their_texts(
            language in "en|de|sv|lt|fr-CA|zh|ja|th|und",
            one in "\\PC{0,12}|[a-cA-CäåßÉ'’“„ ,.-]{0,12}",
            other in "\\PC{0,12}|[a-cA-CäåßÉ'’“„ ,.-]{0,12}",
            more in "[ a\u{301}’]{0,3}",
        ) {
            let collation = Collation::new(&language);
            for other in [other, format!("{one}{more}"), one.to_uppercase(), one.replace([' ', '-'], "")] {
                let by_key = collation.key(&one).cmp(&collation.key(&other));
                prop_assert_eq!(by_key, collation.compare(&one, &other), "{:?} {:?}", one, other);
            }
        }
    }
}
