//! What a build wrote, for the next one to know.

use std::{
    fs, io,
    path::{Component, Path},
};

/// Its name in the output folder.
pub const FILE: &str = ".regesta-manifest";
const HEAD: &str = "# Files that regesta wrote here, one a line. Others are never touched.";

/// Paths below the output folder, in their order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(Vec<String>);

impl Manifest {
    pub fn of(paths: impl Iterator<Item = String>) -> Self {
        let mut paths: Vec<String> = paths.collect();
        // They mostly come in order.
        paths.sort();
        paths.dedup();
        Manifest(paths)
    }

    /// What is in the file below `out`; nothing where there is none.
    pub fn read(out: &Path) -> String {
        fs::read_to_string(out.join(FILE)).unwrap_or_default()
    }

    /// An absent or spoilt manifest is an empty one; lines that lead out of the folder
    /// are passed over, since what they name would be removed.
    pub fn parse(text: &str) -> Self {
        let inside = |line: &&str| Path::new(line).components().all(|part| matches!(part, Component::Normal(_)));
        let lines = text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty());
        Manifest::of(lines.filter(inside).map(Into::into))
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
    }

    pub fn and(&self, other: &Self) -> Self {
        Manifest::of(self.0.iter().chain(&other.0).cloned())
    }

    pub fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a String> {
        self.0.iter().filter(|path| !other.has(path))
    }

    /// The file as it is written.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(HEAD.len() + self.0.iter().map(|path| path.len() + 1).sum::<usize>() + 1);
        text.push_str(HEAD);
        for path in &self.0 {
            text.push('\n');
            text.push_str(path);
        }
        text.push('\n');
        text
    }

    pub fn write(&self, out: &Path) -> io::Result<()> {
        let text = self.text();
        let draft = out.join(format!("{FILE}.{}.draft", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(draft, out.join(FILE))
    }
}
