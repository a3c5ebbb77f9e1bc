//! After any edits the preview has the pages that a build from nothing makes.
#![cfg(feature = "serve")]

mod support;

use std::fs;

use regesta::{Progress, Request, build};
use support::Archive;

const ADLER: &str = "content/references/01-adler-2011-international-practices.md";
const NEW: &str = "content/references/99-new-2099-first.md";

/// What is done to a file.
enum Edit {
    /// Text for text that must stand there.
    Change(&'static str, &'static str, &'static str),
    Write(&'static str, &'static str),
    Remove(&'static str),
}

use Edit::{Change, Remove, Write};

#[test]
fn the_preview_is_the_build_after_each_edit() {
    let edits = [
        Change(ADLER, "title: \"International practices\"", "title: \"An edited title\""),
        Change(ADLER, "issued: 2011", "issued: 1911"),
        Change(ADLER, "keywords: [practice-theory, ", "keywords: ["),
        Change(ADLER, "family: Pouliot", "family: Adler"),
        Change(ADLER, "Emanuel Adler and Vincent Pouliot", "[[axelrod-1986-cooperation-under-anarchy|They]]"),
        Write(
            NEW,
            "---\ntype: book\ntitle: Another first\nauthor: [{ family: Ádler, given: E. }]\nkeywords: [norms]\n\
             aliases: [former]\n---\n\nSee [[adler-2011-international-practices]].\n",
        ),
        Change(ADLER, "\nbasis: ", "\nsame-as: new-2099-first\nbasis: "),
        Change("content/keywords.yaml", "label: Norms", "label: A norm"),
        Change("content/about.md", "\n---\n", "\n---\n\nSee [[new-2099-first]].\n"),
        Change("content/about.md", "See [[new-2099-first]].\n", ""),
        Change(ADLER, "\nsame-as: new-2099-first", ""),
        Remove(NEW),
    ];
    let archive = Archive::own();
    regesta::rehearse(archive.root(), |preview| {
        for edit in edits {
            let name = match edit {
                Change(name, old, new) => {
                    let text = archive.read(name);
                    assert!(text.contains(old), "`{old}` stands in {name}");
                    fs::write(archive.path(name), text.replacen(old, new, 1)).expect("the file can be written");
                    name
                }
                Write(name, text) => {
                    fs::write(archive.path(name), text).expect("the file can be written");
                    name
                }
                Remove(name) => {
                    fs::remove_file(archive.path(name)).expect("the file was there");
                    name
                }
            };
            preview.save(name);
            let built = build(archive.root(), &Request::default(), &Progress::default(), &mut |_, _, _| {});
            for output in built.outputs.unwrap_or_else(|| panic!("{:?}", built.diagnostics)) {
                // Drawing takes long, and is the same for both.
                if !output.path.ends_with(".png") {
                    assert!(*preview.at(&output.path) == *output.bytes, "{} differs after {name}", output.path);
                }
            }
        }
    });
}
