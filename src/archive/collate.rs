//! Order as readers of a language expect it (Unicode collation, CLDR).

use std::cmp::Ordering;

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
}
