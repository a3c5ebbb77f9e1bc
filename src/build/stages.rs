//! The stages one at a time, each from what those before it gave, for
//! `benches/stages.rs`. Absent on purpose: any stage of its own.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    Arc, Checked, Drafts, Files, Grounds, Kept, Known, Made, Output, ParsedFiles, Progress, Ready, Rendering, Request,
    Settings, Sources, Theme, Vocabularies, any_error, archive, page, parallel, parse_all, ready::Parts, render_pages,
    search,
};
use crate::publish::{Foreign, Publication, Published, Refused};

/// An archive as it is before each stage.
pub struct Pipeline {
    root: PathBuf,
    settings: Settings,
    theme: Arc<Theme>,
    sources: Sources,
    parsed: ParsedFiles,
    vocabularies: Vocabularies,
}

impl Pipeline {
    /// The archive below `root`. `None` where it has errors.
    pub fn of(root: &Path) -> Option<Self> {
        let mut told = Vec::new();
        let settings = Settings::read(root, &Request::default()).keep(&mut told)?;
        let sources = Sources::read(root);
        let theme = settings.theme(root).keep(&mut told)?;
        let parsed = parse_all(&sources, &settings.site);
        told.extend(parsed.values().flat_map(|file| file.diagnostics.iter().cloned()));
        let vocabularies = Vocabularies::parse(&sources).keep(&mut told);
        let pipeline = Pipeline { root: root.to_path_buf(), settings, theme, sources, parsed, vocabularies };
        told.extend(pipeline.linked().faults());
        (!any_error(&told)).then_some(pipeline)
    }

    pub fn read(&self) -> Sources {
        Sources::read(&self.root)
    }

    pub fn parse(&self) -> ParsedFiles {
        parse_all(&self.sources, &self.settings.site)
    }

    pub fn link(&self) -> archive::Archive {
        let mut parts = Parts::sort(&self.parsed, Drafts::HoldBack);
        archive::link(parts.material(&self.vocabularies), &self.settings.site, None).value
    }

    pub fn plan(&self, archive: &archive::Archive) -> page::Pages {
        let assets: Vec<Arc<str>> = self.sources.assets().map(|asset| Arc::clone(&asset.path)).collect();
        page::plan(archive, &self.settings.site, &assets).value
    }

    /// An archive without anything that rendering keeps: what `render` and `search` take.
    pub fn linked(&self) -> Ready {
        let assets = self.sources.assets().cloned().collect();
        let files = Files { parsed: &self.parsed, vocabularies: &self.vocabularies, assets };
        Ready::link(&self.settings.site, &self.theme, files, Drafts::HoldBack, None, &mut |_, _, _| {})
    }

    /// In no order.
    pub fn render(&self, ready: &Ready) -> Checked<Vec<Output>> {
        let outputs: Mutex<Vec<Output>> = Mutex::default();
        let take = |made| {
            if let Made::New(output) = made {
                outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output);
            }
        };
        let rendering = Rendering { kept: &Kept::default(), grounds: Grounds::default(), known: Known::default() };
        let Checked { diagnostics, .. } = render_pages(ready, &rendering, &Progress::default(), &take);
        Checked { value: outputs.into_inner().unwrap_or_else(PoisonError::into_inner), diagnostics }
    }

    pub fn search(&self, ready: &Ready) -> Vec<Output> {
        let files = search::files(&ready.world(), &search::Spared::default()).files;
        files.into_iter().filter_map(search::File::into_output).collect()
    }

    /// # Errors
    /// Where something is in the way, or the disk refuses.
    pub fn publish(&self, out: &Path, outputs: &[Output]) -> Result<Published, Refused> {
        let publication = Publication::begin(out, Foreign::Keep)?;
        parallel::map::<_, _, ()>(outputs, |output| publication.offer(output));
        publication.finish().map(|(published, _)| published)
    }
}
