//! What every test needs: an archive in a folder of its own, the program, and its tree.
#![allow(dead_code, reason = "each test file takes what it needs")]

#[cfg(feature = "serve")]
pub mod serve;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use assert_cmd::Command;
use assert_fs::TempDir;
use walkdir::WalkDir;

/// Files by path, with `/` between its parts.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// The repository's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Below `tests/archives/`.
pub fn archives(path: &str) -> PathBuf {
    repository().join("tests/archives").join(path)
}

/// All files below `folder`, hidden ones too; nothing where it does not exist.
pub fn tree(folder: &Path) -> Tree {
    WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|step| step.file_type().is_file())
        .map(|step| {
            let path = step.path().strip_prefix(folder).expect("it lies below the folder");
            let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            (parts.join("/"), fs::read(step.path()).expect("a file of the test can be read"))
        })
        .collect()
}

/// Lays the files of `from` over those of `to`.
pub fn copy(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        put(&to.join(path), bytes);
    }
}

/// Writes a file and the folders that it lies in.
pub fn put(file: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("the folder can be made");
    fs::write(file, bytes).expect("the file can be written");
}

/// An archive that a test may change.
pub struct Archive {
    folder: TempDir,
}

impl Archive {
    pub fn empty() -> Self {
        Archive { folder: TempDir::new().expect("a temporary folder can be made") }
    }

    /// The archive that most tests begin with: two works and two vocabularies.
    pub fn small() -> Self {
        Archive::empty().with_all(&archives("common"))
    }

    /// The repository's own archive, without what was built of it.
    pub fn own() -> Self {
        let archive = Archive::empty().with_all_below("content", &repository().join("content"));
        archive.with("site.toml", fs::read(repository().join("site.toml")).expect("the repository has settings"))
    }

    pub fn with(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        put(&self.path(path), bytes);
        self
    }

    pub fn with_all(self, from: &Path) -> Self {
        copy(from, self.root());
        self
    }

    pub fn with_all_below(self, folder: &str, from: &Path) -> Self {
        copy(from, &self.path(folder));
        self
    }

    pub fn without(self, path: &str) -> Self {
        fs::remove_file(self.path(path)).expect("the file was there");
        self
    }

    /// Replaces text that must stand in the file.
    pub fn edit(self, path: &str, old: &str, new: &str) -> Self {
        let text = self.read(path);
        assert!(text.contains(old), "`{old}` does not stand in {path}");
        self.with(path, text.replace(old, new))
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
    }

    /// What was built into `public/`.
    pub fn site(&self) -> Tree {
        tree(&self.path("public"))
    }

    /// `regesta build`, run in the archive's folder.
    pub fn build(&self, arguments: &[&str]) -> Run {
        self.run(|command| {
            command.args(arguments);
        })
    }

    /// As `build`, with a say in the rest of the command.
    pub fn run(&self, prepare: impl FnOnce(&mut Command)) -> Run {
        self.command(|command| {
            command.arg("build");
            prepare(command);
        })
    }

    /// Any command, run in the archive's folder.
    pub fn regesta(&self, arguments: &[&str]) -> Run {
        self.command(|command| {
            command.args(arguments);
        })
    }

    /// As `regesta`, with a say in all of the command.
    pub fn command(&self, prepare: impl FnOnce(&mut Command)) -> Run {
        let mut command = Command::cargo_bin("regesta").expect("the program was built");
        command.current_dir(self.root()).env_remove("REGESTA_BASE_URL").env_remove("REGESTA_NOINDEX");
        prepare(&mut command);
        Run(command.output().expect("the program starts"))
    }
}

/// What a run left behind.
pub struct Run(Output);

impl Run {
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("the program ends by itself")
    }

    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("what is printed is UTF-8")
    }

    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("what is printed is UTF-8")
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}{}", self.stdout(), self.stderr());
        self
    }
}
