//! The styles that an archive offers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Reference,
    kept::{self, KeptStyles, Memory, Unused},
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
        let fingerprint = reference.fingerprint();
        let known = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(fingerprint);
        known.unwrap_or_else(|| {
            // Others format at the same time: the same work twice at the worst.
            let html: Arc<str> = self.engine.bibliography(reference).into();
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).put(fingerprint, &html);
            html
        })
    }
}

/// Rules of this module change what is formatted; so does another engine.
const PROGRAM: (&str, u32) = (env!("CARGO_PKG_VERSION"), 1);

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
    use super::{Diagnostic, Place, Reference, Source};

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

        pub fn bibliography(&self, _: &Reference<'_>) -> String {
            String::new()
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
