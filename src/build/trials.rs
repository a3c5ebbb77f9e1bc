//! What tests and benchmarks ask of an archive in memory.
//!
//! In: the folder of an archive. Out: one stage's result, `None` where the archive has errors.
//! Absent on purpose: anything that a command needs.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Built, Cost, Inputs, Known, Made, Ready, Request, build, prepare};
use crate::{
    archive::EntryId,
    cite::{self, Styles},
    diagnostic::{Diagnostic, Place, any_error},
    page::{self, View},
    parallel::Progress,
    render::Output,
    search,
};

/// The search index of the archive below `root`, for tests that read it as a browser
/// does. `None` where an error keeps the site from being made.
pub fn search_trial(root: &Path) -> Option<search::Trial> {
    ready(root).map(|ready| search::trial(&ready.world()))
}

/// The files of the search index alone, for its benchmark: `begins` is called where their
/// making does. `None` where an error keeps the site from being made.
pub fn search_index(root: &Path, begins: impl FnOnce()) -> Option<Vec<Output>> {
    let ready = ready(root)?;
    begins();
    let files = search::files(&ready.world(), &search::Spared::default()).files;
    Some(files.into_iter().filter_map(search::File::into_output).collect())
}

/// A site in memory, for tests that build thousands of small archives.
#[derive(Debug)]
pub struct Whole {
    /// By path; `None` where an error keeps the site from being made.
    pub outputs: Option<Vec<Output>>,
    /// In the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Whole {
    /// The site of the archive below `root`.
    pub fn of(root: &Path, request: &Request) -> Self {
        let outputs: Mutex<Vec<Output>> = Mutex::default();
        let take = |made| {
            if let Made::New(output) = made {
                outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output);
            }
        };
        let inputs = Inputs::read(root, request);
        let Built { sound, diagnostics, .. } =
            build(inputs, Known::default(), &take, &Progress::default(), &mut |_, _, _| {});
        let mut outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        outputs.sort_by(|one, other| one.path.cmp(&other.path));
        Whole { outputs: sound.then_some(outputs), diagnostics }
    }
}

/// The archive below `root` before pages are rendered; `None` where it has errors.
fn ready(root: &Path) -> Option<Ready> {
    let mut told = Vec::new();
    let inputs = Inputs::read(root, &Request::default());
    let ready = prepare(inputs, None, &mut Cost::default(), &mut |_, _, _| {}, &mut told);
    ready.filter(|_| !any_error(&told))
}

/// What a style makes of an archive's works, for the test that compares it with what another
/// processor makes of them: HTML.
#[doc(hidden)]
#[derive(Debug)]
pub struct StyleTrial {
    /// As the settings name it.
    pub style: String,
    /// Each work by itself, by the id of its entry.
    pub works: Vec<(String, String)>,
    /// A text that cites works, and its list of them.
    pub text: String,
    pub list: String,
}

/// The works of the archive below `root` as CSL-JSON, and what each of its styles makes of them
/// and of the text of the page at `path`. `None` where the archive has errors.
#[doc(hidden)]
pub fn citation_trial(root: &Path, path: &str) -> Option<(Vec<String>, Vec<StyleTrial>)> {
    let ready = ready(root)?;
    let archive = &ready.linked.archive;
    let work = |id: &EntryId| (archive.entry(*id).slug.to_string(), cite::Reference::of(archive.entry(*id)));
    let works: Vec<(String, cite::Reference<'_>)> = archive.works.iter().map(work).collect();
    let items = works.iter().map(|(id, reference)| {
        let cite::PlainText(text) = cite::Format::CslJson.write(reference, id);
        text
    });
    let trial = |style: &cite::Style| {
        let names = [style.name.clone()];
        let alone = Styles::of(&names, &BTreeMap::new(), |_| Place::file("site.toml"), &ready.site.language).value;
        let other = ready.clone().with_styles(&Arc::new(alone));
        let (text, list) = page::cited_text(&other.world(), path)?;
        let formatted = works.iter().map(|(id, reference)| (id.clone(), style.bibliography(reference).to_string()));
        Some(StyleTrial { style: style.name.clone(), works: formatted.collect(), text, list })
    };
    Some((items.collect(), ready.styles.iter().filter_map(trial).collect()))
}

/// For each template the fullest view that an archive gives it, as JSON: examples for
/// the documentation of themes. Empty where the archive has errors.
#[doc(hidden)]
pub fn example_views(root: &Path) -> BTreeMap<String, serde_json::Value> {
    let Some(ready) = ready(root) else {
        return BTreeMap::new();
    };
    let world = ready.world();
    let mut examples: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for page in world.pages.iter() {
        let view: View = page::view(&world, page);
        let Some(template) = view.template() else { continue };
        let value = serde_json::to_value(&view).unwrap_or_default();
        let fuller = examples.get(template).is_none_or(|known| known.to_string().len() < value.to_string().len());
        if fuller {
            examples.insert(template.to_string(), value);
        }
    }
    examples
}
