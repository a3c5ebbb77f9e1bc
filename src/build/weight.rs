//! How much a site weighs, against what GitHub Pages takes.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use crate::diagnostic::{Diagnostic, Place};

const MEBIBYTE: u64 = 1024 * 1024;

/// GitHub refuses larger files in a repository (GitHub's documentation, "About large files
/// on GitHub").
const LARGEST_FILE: u64 = 100 * MEBIBYTE;

/// A published site may have 1 GB (GitHub's documentation, "GitHub Pages limits"). This is
/// said while there is still time to do something.
const LARGEST_SITE: u64 = 800 * MEBIBYTE;

/// Bytes, as they are added from any thread.
#[derive(Debug, Default)]
pub struct Weight {
    whole: AtomicU64,
    /// Addresses and bytes of files that are too large.
    large: Mutex<Vec<(String, u64)>>,
}

impl Weight {
    pub fn add(&self, path: &str, bytes: u64) {
        self.whole.fetch_add(bytes, Ordering::Relaxed);
        if bytes > LARGEST_FILE {
            self.large.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_string(), bytes));
        }
    }

    /// What is said of it; `is_copied` tells files of the content from what was made.
    ///
    /// # Errors
    /// The warnings `large-file`, `large-site`.
    pub fn faults(self, is_copied: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let files = self.large.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().map(|(path, bytes)| {
            let said = format!("this file has {} MiB", bytes / MEBIBYTE);
            let place = Place::file(if is_copied(&path) { format!("content/{path}") } else { path });
            Diagnostic::warning("large-file", place, said).help(
                "GitHub refuses files of more than 100 MiB: make it smaller, or keep it elsewhere and link to it"
                    .to_string(),
            )
        });
        let mut told: Vec<Diagnostic> = files.collect();
        let whole = self.whole.into_inner();
        if whole > LARGEST_SITE {
            let said = format!("the site has {} MiB", whole / MEBIBYTE);
            told.push(Diagnostic::warning("large-site", Place::file("site.toml"), said).help(
                "GitHub Pages publishes 1 GB at the most: keep large files elsewhere and link to them".to_string(),
            ));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(files: &[(&str, u64)]) -> Vec<(&'static str, String)> {
        let weight = Weight::default();
        for (path, bytes) in files {
            weight.add(path, *bytes);
        }
        let faults = weight.faults(|path| path.ends_with(".pdf"));
        faults.into_iter().map(|fault| (fault.code, fault.place.path.to_string())).collect()
    }

    #[test]
    fn what_github_does_not_take_is_told_of() {
        assert!(codes(&[("a.pdf", LARGEST_FILE), ("b.pdf", 7 * LARGEST_FILE / 10)]).is_empty());
        let large = codes(&[("maps/a.pdf", LARGEST_FILE + 1), ("print.html", LARGEST_FILE + 1)]);
        assert_eq!(large, [("large-file", "content/maps/a.pdf".into()), ("large-file", "print.html".into())]);
        let many: Vec<(&str, u64)> = std::iter::repeat_n(("a.pdf", LARGEST_FILE), 8).collect();
        assert!(codes(&many).is_empty());
        let more = [&many[..], &[("b.pdf", 1)]].concat();
        assert_eq!(codes(&more), [("large-site", "site.toml".into())]);
    }
}
