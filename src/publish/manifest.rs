//! What a build wrote, for the next one to know.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path},
};

/// Its name in the output folder.
pub const FILE: &str = ".regesta-manifest";
const HEAD: &str = "# Files that regesta wrote here, one a line. Others are never touched.";

/// Paths below the output folder, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(BTreeSet<String>);

impl Manifest {
    pub fn of(paths: impl Iterator<Item = String>) -> Self {
        Manifest(paths.collect())
    }

    /// An absent or spoilt manifest is an empty one; lines that lead out of the folder
    /// are passed over, since what they name would be removed.
    pub fn read(out: &Path) -> Self {
        let text = fs::read_to_string(out.join(FILE)).unwrap_or_default();
        let inside = |line: &&str| Path::new(line).components().all(|part| matches!(part, Component::Normal(_)));
        Manifest(
            text.lines()
                .filter(|line| !line.starts_with("# ") && !line.is_empty())
                .filter(inside)
                .map(Into::into)
                .collect(),
        )
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    pub fn and(&self, other: &Self) -> Self {
        Manifest(self.0.union(&other.0).cloned().collect())
    }

    pub fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a String> {
        self.0.difference(&other.0)
    }

    pub fn write(&self, out: &Path) -> io::Result<()> {
        let mut text = String::from(HEAD);
        for path in &self.0 {
            text.push('\n');
            text.push_str(path);
        }
        text.push('\n');
        let draft = out.join(format!("{FILE}.{}.draft", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(draft, out.join(FILE))
    }
}
