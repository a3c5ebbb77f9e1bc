//! The stages one at a time, each from what those before it gave, for
//! `benches/stages.rs`. Absent on purpose: any stage of its own.

use std::path::{Path, PathBuf};

use super::{
    Arc, Checked, Drafts, Files, Kept, Output, ParsedFiles, Parts, Progress, Ready, Request, Settings, Sources, Theme,
    Vocabularies, any_error, archive, page, parse_all, render_pages, search,
};
use crate::publish::{self, Foreign, Published, Refused};

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

    pub fn plan(&self, archive: &archive::Archive) -> Vec<page::Page> {
        let assets: Vec<Arc<str>> = self.sources.assets().map(|asset| Arc::clone(&asset.path)).collect();
        page::plan(archive, &self.settings.site, &assets).value
    }

    /// An archive without anything that rendering keeps: what `render` and `search` take.
    pub fn linked(&self) -> Ready {
        let assets = self.sources.assets().cloned().collect();
        let files = Files { parsed: &self.parsed, vocabularies: &self.vocabularies, assets };
        Ready::link(&self.settings.site, &self.theme, files, Drafts::HoldBack, None, &mut |_, _, _| {})
    }

    pub fn render(&self, ready: &Ready) -> Checked<Vec<Output>> {
        render_pages(ready, &Kept::of(Vec::new()), &Progress::default())
    }

    pub fn search(&self, ready: &Ready) -> Vec<Output> {
        search::files(&ready.world())
    }

    /// # Errors
    /// Where something is in the way, or the disk refuses.
    pub fn publish(&self, out: &Path, outputs: &[Output]) -> Result<Published, Refused> {
        publish::publish(out, outputs, Foreign::Keep)
    }
}
