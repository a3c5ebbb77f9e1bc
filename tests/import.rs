//! `regesta import`: what becomes of the bibliographies of other programs.
//!
//! `tests/import/NAME/` has files in the dialect of a program; `expected` beside them is what
//! is said and the entries that come of them, without what every new entry has. They are
//! imported into `tests/archives/common/`, and the archive must be sound then.
//! `REGESTA_EXPECT=rewrite cargo test --test import` writes what is expected anew; read the
//! difference before you commit it.

mod support;

use std::{env, fmt::Write, fs, path::PathBuf};

use support::{Archive, Run, Tree, repository, tree};

const EXPECTED: &str = "expected";

#[test]
fn what_each_program_exports_becomes_entries() {
    let folder = repository().join("tests/import");
    let mut names: Vec<PathBuf> =
        fs::read_dir(&folder).expect("there are files to import").flatten().map(|entry| entry.path()).collect();
    names.sort();
    assert!(names.len() > 15, "{} folders", names.len());
    let rewriting = env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite");
    let mut different = String::new();
    for folder in names {
        let mut files = tree(&folder);
        files.remove(EXPECTED);
        let mut archive = Archive::small();
        for (path, bytes) in &files {
            archive = archive.with(path, bytes);
        }
        let before = tree(archive.root());
        let mut arguments = vec!["import", "--into", "works", "--color", "never"];
        arguments.extend(files.keys().map(String::as_str));
        let run = archive.regesta(&arguments);
        let found = outcome(&archive, &run, &before);
        archive.regesta(&["check", "-q", "--color", "never"]).expect(0);
        let file = folder.join(EXPECTED);
        if rewriting {
            fs::write(&file, &found).expect("what is expected can be written");
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            let _ = writeln!(different, "== {}\n{found}", folder.display());
        }
    }
    assert!(different.is_empty(), "{different}");
}

/// What was said, and each new file.
fn outcome(archive: &Archive, run: &Run, before: &Tree) -> String {
    let mut text = format!("{}{}exit {}\n", untimed(run.stdout()), run.stderr(), run.code());
    for (path, bytes) in new_files(archive, before) {
        let _ = write!(text, "== {path}\n{}", own_lines(&String::from_utf8(bytes).expect("entries are UTF-8")));
    }
    text
}

fn new_files(archive: &Archive, before: &Tree) -> Tree {
    let mut now = tree(archive.root());
    now.retain(|path, bytes| before.get(path) != Some(bytes));
    now
}

/// Without how long it took.
fn untimed(text: &str) -> String {
    let untimed = |line: &str| match line.split_once(" in ").filter(|_| line.contains("mport")) {
        Some((start, rest)) => {
            let further = rest.split_once("; ").map(|(_, further)| format!("; {further}"));
            format!("{start}{}\n", further.unwrap_or_default())
        }
        None => format!("{line}\n"),
    };
    text.lines().map(untimed).collect()
}

/// The lines that not every new entry has.
fn own_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_empty = |index: usize| {
        let next = lines.get(index + 1).copied().unwrap_or_default();
        lines[index].ends_with(':') && !next.starts_with("  ")
    };
    let is_common = |line: &str| {
        let begins =
            ["---", "#  ", "# listed:", "#   ", "# corrections:", "# relations:", "# draft: true", "basis:", "tracks:"];
        begins.iter().any(|start| line.starts_with(start))
    };
    let own = lines.iter().enumerate().filter(|(index, line)| !is_empty(*index) && !is_common(line));
    own.fold(String::new(), |text, (_, line)| text + line + "\n")
}
