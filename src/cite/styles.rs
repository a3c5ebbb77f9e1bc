//! The styles that an archive offers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Among, List, Locator, Manner, Reference, Said,
    kept::{self, KeptStyles, Memory, Unused},
    locator,
};
use crate::{
    diagnostic::{Checked, Diagnostic, Place},
    fingerprint::Fingerprint,
    source::{Asset, Source},
};

#[cfg(feature = "citations")]
use super::csl as engine;
#[cfg(not(feature = "citations"))]
use without as engine;

/// In the order in which they are offered; the first is the default.
#[derive(Debug, Default)]
pub struct Styles(Vec<Arc<Style>>);

/// One style.
#[derive(Debug)]
pub struct Style {
    /// As `site.toml` names it.
    pub name: String,
    /// What readers call it.
    pub title: String,
    engine: engine::Style,
    /// Of all that what it formats depends on beside the reference.
    fingerprint: Fingerprint,
    memory: Mutex<Memory>,
}

impl Styles {
    /// The styles of the settings. `files` are those of them that are files below the root, by
    /// path; `place` tells where the settings name the style of an index; `language` is the
    /// site's.
    ///
    /// # Errors
    /// `unknown-style`, `invalid-style`; the warning `no-citations`.
    pub fn of(
        names: &[String],
        files: &BTreeMap<String, Source>,
        place: impl Fn(usize) -> Place,
        language: &str,
    ) -> Checked<Self> {
        let mut told = Vec::new();
        let mut styles: Vec<Arc<Style>> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if is_file(name) && !files.contains_key(name) {
                // It could not be read, which has been told.
                continue;
            }
            if styles.iter().any(|style| style.name == *name) {
                let fault =
                    Diagnostic::error("wrong-setting", place(index), format!("the style `{name}` stands twice"));
                told.push(fault.help("name it once".to_string()));
                continue;
            }
            let found = match files.get(name) {
                Some(source) => engine::Style::parse(source, language),
                None => engine::Style::named(name, language).ok_or_else(|| Box::new(unknown(name, place(index)))),
            };
            match found {
                Ok((engine, title)) => {
                    let text = files.get(name).map_or("", |source| &source.text);
                    let fingerprint = Fingerprint::of(&(PROGRAM, engine::NAME, name, text, language));
                    styles.push(Arc::new(Style {
                        name: name.clone(),
                        title,
                        engine,
                        fingerprint,
                        memory: Mutex::default(),
                    }));
                }
                Err(fault) => told.push(*fault),
            }
        }
        if let Some(fault) = engine::missing(names, place) {
            return Checked { value: Styles::default(), diagnostics: vec![fault] };
        }
        Checked { value: Styles(styles), diagnostics: told }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Style> {
        self.0.iter().map(|style| &**style)
    }

    /// The default alone, for what shows no other.
    #[must_use]
    pub fn default_alone(&self) -> Self {
        Styles(self.0.iter().take(1).cloned().collect())
    }

    /// Of all that what they format depends on beside the references.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0.iter().map(|style| style.fingerprint).collect::<Vec<_>>())
    }

    /// Takes what earlier builds formatted: the files of [`kept::FOLDER`].
    pub fn remember(&self, files: &[Asset]) {
        for style in &self.0 {
            let name = kept::file_name(style.fingerprint);
            if let Some(file) = files.iter().find(|file| *file.path == name) {
                *style.memory.lock().unwrap_or_else(PoisonError::into_inner) =
                    Memory::read(style.fingerprint, &file.bytes);
            }
        }
    }

    /// What the next build can spare itself.
    pub fn kept(&self, unused: Unused) -> KeptStyles {
        let file = |style: &Arc<Style>| {
            let memory = style.memory.lock().unwrap_or_else(PoisonError::into_inner);
            (kept::file_name(style.fingerprint), memory.write(style.fingerprint, unused))
        };
        self.0.iter().map(file).collect()
    }
}

impl Style {
    /// A work as the bibliography has it, in one line of HTML.
    pub fn bibliography(&self, reference: &Reference<'_>) -> Arc<str> {
        self.bibliography_among(&Among { works: &[reference], own: 0 })
    }

    /// The same among works that it has to be told apart from.
    pub fn bibliography_among(&self, among: &Among<'_>) -> Arc<str> {
        self.remembered(among.fingerprint(), || self.engine.bibliography(among))
    }

    /// A work as a text cites it.
    pub fn in_text(&self, among: &Among<'_>, locator: Option<&Locator>) -> Said {
        let formatted = self.remembered(Fingerprint::of(&("in text", among.fingerprint(), locator)), || {
            let Said { whole, author, rest } = self.engine.in_text(among, locator);
            [whole, author, rest].join(BETWEEN)
        });
        let mut parts = formatted.split(BETWEEN).map(str::to_string);
        let mut part = || parts.next().unwrap_or_default();
        Said { whole: part(), author: part(), rest: part() }
    }

    /// How citations stand in a text.
    pub fn manner(&self) -> &Manner {
        self.engine.manner()
    }

    /// What stands behind an id in a citation: the locator, and the rest.
    pub fn locator<'a>(&self, behind: &'a str) -> (Option<Locator>, &'a str) {
        if behind.is_empty() { (None, behind) } else { locator::locator(behind, self.engine.terms()) }
    }

    /// The order of works, as their indexes; as it is given where the style does not sort.
    pub fn order(&self, list: List, works: &[&Reference<'_>]) -> Vec<usize> {
        let given: Vec<usize> = (0..works.len()).collect();
        let Some(sort) = self.engine.order(list).filter(|_| works.len() > 1) else { return given };
        // Texts that cite the same works share the order, whichever they cite first; and what
        // is nearly in order is sorted sooner.
        let mut known = given;
        known.sort_by_cached_key(|&index| {
            let citation = &works[index].citation;
            (citation.author_year(), citation.title.clone(), works[index].fingerprint().to_string())
        });
        let works: Vec<&Reference<'_>> = known.iter().map(|&index| works[index]).collect();
        let fingerprints: Vec<Fingerprint> = works.iter().map(|work| work.fingerprint()).collect();
        let written = self.remembered(Fingerprint::of(&("order", list, fingerprints)), || {
            sort(&works).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        });
        written.split(' ').filter_map(|index| known.get(index.parse::<usize>().ok()?).copied()).collect()
    }

    fn remembered(&self, fingerprint: Fingerprint, format: impl FnOnce() -> String) -> Arc<str> {
        let known = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(fingerprint);
        known.unwrap_or_else(|| {
            // Others format at the same time: the same work twice at the worst.
            let html: Arc<str> = format().into();
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).put(fingerprint, &html);
            html
        })
    }
}

/// What is kept of a work in a text has three parts. No formatted text has a control character.
const BETWEEN: &str = "\u{1f}";

/// Rules of this module change what is formatted; so does another engine.
const PROGRAM: (&str, u32) = (env!("CARGO_PKG_VERSION"), 2);

/// Whether the settings mean a file below the root.
pub fn is_file(name: &str) -> bool {
    name.ends_with(".csl")
}

fn unknown(name: &str, place: Place) -> Diagnostic {
    let fault = Diagnostic::error("unknown-style", place, format!("there is no style `{name}`"));
    fault.help(engine::nearest(name).unwrap_or_else(|| {
        "the manual lists the styles under `citations`; another one is named by the path of its `.csl` file".to_string()
    }))
}

/// What stands in for the engine where the program was built without it.
#[cfg(not(feature = "citations"))]
#[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "it has the engine's signatures")]
mod without {
    use std::sync::LazyLock;

    use super::{Among, Diagnostic, List, Locator, Manner, Place, Reference, Said, Source, locator::Term};

    pub const NAME: &str = "none";

    #[derive(Debug)]
    pub struct Style;

    impl Style {
        pub fn named(_: &str, _: &str) -> Option<(Self, String)> {
            None
        }

        pub fn parse(source: &Source, _: &str) -> Result<(Self, String), Box<Diagnostic>> {
            Ok((Style, source.stem().to_string()))
        }

        pub fn bibliography(&self, _: &Among<'_>) -> String {
            String::new()
        }

        pub fn in_text(&self, _: &Among<'_>, _: Option<&Locator>) -> Said {
            Said::default()
        }

        pub fn manner(&self) -> &Manner {
            static NONE: LazyLock<Manner> = LazyLock::new(Manner::default);
            &NONE
        }

        pub fn terms(&self) -> &[Term] {
            &[]
        }

        pub fn order(&self, _: List) -> Option<fn(&[&Reference<'_>]) -> Vec<usize>> {
            None
        }
    }

    pub fn nearest(_: &str) -> Option<String> {
        None
    }

    pub fn missing(names: &[String], place: impl Fn(usize) -> Place) -> Option<Diagnostic> {
        let fault = || {
            Diagnostic::warning(
                "no-citations",
                place(0),
                "this program was built without citation styles, so it formats no citations",
            )
            .help("build it with its feature `citations`, which it has by default".to_string())
        };
        (!names.is_empty()).then(fault)
    }
}
