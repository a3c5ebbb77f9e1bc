//! The preview follows the pen: whatever is done to the files, what is served afterwards
//! is, byte for byte, what a cold build makes. The real program sees real files change;
//! each test waits for what the program says, never for a time.
#![cfg(all(feature = "serve", unix))]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
    time::SystemTime,
};

use proptest::prelude::*;
use regesta::{Drafts, Request, Whole};
use serde_json::Value;
use support::{Archive, Tree, copy, put, serve::Server};

const KRASNER: &str = "content/works/01-krasner-1982.md";
const KEOHANE: &str = "content/works/02-keohane-1984.md";
const PAGE: &str = "works/krasner-1982.html";
const OTHER: &str = "works/keohane-1984.html";

/// An archive, and the preview that runs on it.
struct Preview {
    archive: Archive,
    server: Server,
    drafts: Drafts,
}

/// As most tests have it, without a picture: drawing one takes long.
fn small() -> Archive {
    without_picture(Archive::small()).with("content/about.md", "---\ntitle: About\n---\nOf [[krasner-1982]].\n")
}

fn without_picture(archive: Archive) -> Archive {
    let settings = archive.read("site.toml");
    archive.with("site.toml", settings + "\n[pictures]\nsite = false\n")
}

/// What a cold build makes of the archive below `root`.
#[track_caller]
fn cold(root: &Path, drafts: Drafts) -> Tree {
    let request = Request { drafts, ..Request::default() };
    let Whole { outputs, diagnostics } = Whole::of(root, &request);
    let outputs = outputs.unwrap_or_else(|| panic!("the archive is not sound: {diagnostics:?}"));
    // Hidden files are for the host, and not served.
    let outputs = outputs.into_iter().filter(|output| !output.path.starts_with('.'));
    outputs.map(|output| (output.path, output.bytes)).collect()
}

impl Preview {
    fn of(archive: Archive) -> Self {
        Preview::with(archive, &[])
    }

    fn with(archive: Archive, arguments: &[&str]) -> Self {
        let server = Server::start(archive.root(), arguments);
        server.wait("ready");
        let drafts = if arguments.contains(&"--drafts") { Drafts::Include } else { Drafts::HoldBack };
        Preview { archive, server, drafts }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.archive.path(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        put(&self.path(path), bytes);
    }

    /// Puts a whole file in the place of another, as most editors save. A file that is written
    /// in place is empty for a moment, and on a busy machine for longer than that is doubted.
    fn replace(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let (whole, file) = (self.path("whole"), self.path(path));
        put(&whole, bytes);
        fs::create_dir_all(file.parent().expect("it has a folder")).expect("it can be made");
        fs::rename(whole, file).expect("it can be moved");
    }

    /// Replaces text that must stand in the file.
    #[track_caller]
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.archive.read(path);
        assert!(text.contains(old), "`{old}` does not stand in {path}");
        self.write(path, text.replace(old, new));
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file was there");
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("the file was there");
    }

    fn cold(&self) -> Tree {
        cold(self.archive.root(), self.drafts)
    }

    /// A file as it is served now.
    #[track_caller]
    fn served(&self, path: &str) -> Option<Vec<u8>> {
        self.server.files([path]).remove(0)
    }

    #[track_caller]
    fn text(&self, path: &str) -> String {
        String::from_utf8(self.served(path).expect("it is served")).expect("it is UTF-8")
    }

    /// Waits until a page is as a cold build makes it.
    #[track_caller]
    fn expect_page(&self, path: &str) {
        let built = self.cold();
        self.server.until(|| self.differing(&built, [path]));
    }

    /// Waits until every page is as a cold build makes it. `gone` are addresses that had
    /// something at them.
    #[track_caller]
    fn expect_all(&self, gone: &[&str]) {
        let built = self.cold();
        self.expect_tree(&built, gone);
    }

    #[track_caller]
    fn expect_tree(&self, built: &Tree, gone: &[&str]) {
        for path in gone {
            assert!(!built.contains_key(*path), "{path} is built");
        }
        let paths = || built.keys().map(String::as_str).chain(gone.iter().copied());
        self.server.until(|| self.differing(built, paths()));
    }

    fn differing<'a>(&self, built: &Tree, paths: impl IntoIterator<Item = &'a str> + Clone) -> Result<(), String> {
        let served = self.server.files(paths.clone());
        for (path, served) in paths.into_iter().zip(served) {
            if built.get(path) != served.as_ref() {
                let text = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let (built, served) = (text(built.get(path)), text(served.as_ref()));
                return Err(first_difference(path, built.as_deref(), served.as_deref()));
            }
        }
        Ok(())
    }

    /// Waits until pages are told of errors where a build would find some, and of none
    /// where it would not.
    #[track_caller]
    fn expect_faults_of_a_build(&self) {
        let built = Whole::of(self.archive.root(), &Request::default());
        self.server.until(|| {
            let told = self.server.stream("index.html", "0f").notice("faults");
            let sound =
                told["faults"].as_array().is_some_and(|faults| faults.iter().all(|it| it["severity"] != "error"));
            let agree = sound == built.outputs.is_some();
            if agree { Ok(()) } else { Err(format!("told: {told}\nbuilt: {:?}", built.diagnostics)) }
        });
    }

    /// What changed until `last` did, one after the other.
    #[track_caller]
    fn changes(&self, last: &str) -> Vec<Value> {
        let mut changes = Vec::new();
        loop {
            let change = self.server.wait("changed");
            let ends = names(&change).contains(&last);
            changes.push(change);
            if ends {
                return changes;
            }
        }
    }

    /// The codes of the faults that are told next.
    #[track_caller]
    fn faults(&self) -> Vec<String> {
        let mut codes = Vec::new();
        loop {
            let line = self.server.line();
            match line["event"].as_str() {
                Some("faults") => {
                    assert_eq!(line["count"], codes.len());
                    return codes;
                }
                Some(_) => {}
                None => codes.push(line["code"].as_str().expect("a diagnostic has a code").to_string()),
            }
        }
    }
}

fn names(change: &Value) -> Vec<&str> {
    change["files"].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

fn first_difference(path: &str, built: Option<&str>, served: Option<&str>) -> String {
    let (Some(built), Some(served)) = (built, served) else {
        let is = |there: Option<&str>| if there.is_some() { "there" } else { "missing" };
        return format!("{path}: built it is {}, served it is {}", is(built), is(served));
    };
    let mut lines = built.lines().zip(served.lines());
    match lines.find(|(built, served)| built != served) {
        Some((built, served)) => format!("{path}: built\n{built}\nserved\n{served}"),
        None => format!("{path}: {} bytes are built, {} are served", built.len(), served.len()),
    }
}

/// Brings a file to hold a text.
type Save = fn(&Path, &str);

/// As programs do it.
const SAVES: [(&str, Save); 11] = [
    ("truncated and written", |file, text| fs::write(file, text).expect("it can be written")),
    ("written in pieces", |file, text| {
        let mut file = fs::File::create(file).expect("it can be written");
        for piece in text.as_bytes().chunks(20) {
            file.write_all(piece).expect("it can be written");
            file.flush().expect("it can be written");
        }
    }),
    ("overwritten, then cut", |file, text| {
        let mut file = fs::OpenOptions::new().write(true).open(file).expect("it can be opened");
        file.write_all(text.as_bytes()).expect("it can be written");
        file.set_len(text.len() as u64).expect("it can be cut");
    }),
    ("vim, with a backup", |file, text| {
        let folder = file.parent().expect("it lies in a folder");
        let (probe, swap, backup) = (folder.join("4913"), beside(file, ".", ".swp"), beside(file, "", "~"));
        put(&swap, "b0VIM");
        put(&probe, "");
        fs::remove_file(probe).expect("it was made");
        fs::rename(file, &backup).expect("it can be moved");
        put(file, text);
        fs::remove_file(backup).expect("it was made");
        fs::remove_file(swap).expect("it was made");
    }),
    ("vim, with a copy for a backup", |file, text| {
        let backup = beside(file, "", "~");
        fs::copy(file, &backup).expect("it can be copied");
        put(file, text);
        fs::remove_file(backup).expect("it was made");
    }),
    ("emacs", |file, text| {
        let (lock, auto) = (beside(file, ".#", ""), beside(file, "#", "#"));
        symlink("writer@desk.1234:5678", &lock).expect("a link can be made");
        put(&auto, text);
        let _ = fs::remove_file(beside(file, "", "~"));
        fs::rename(file, beside(file, "", "~")).expect("it can be moved");
        put(file, text);
        fs::remove_file(auto).expect("it was made");
        fs::remove_file(lock).expect("it was made");
    }),
    ("a hidden file, renamed", |file, text| {
        let draft = beside(file, ".", ".X7f2aQ");
        put(&draft, text);
        fs::rename(draft, file).expect("it can be moved");
    }),
    ("Visual Studio Code, atomically", |file, text| {
        let draft = beside(file, ".~", "");
        put(&draft, text);
        fs::rename(draft, file).expect("it can be moved");
    }),
    ("JetBrains", |file, text| {
        let (draft, old) = (beside(file, "", "___jb_tmp___"), beside(file, "", "___jb_old___"));
        put(&draft, text);
        fs::rename(file, &old).expect("it can be moved");
        fs::rename(draft, file).expect("it can be moved");
        fs::remove_file(old).expect("it was made");
    }),
    ("from another folder", |file, text| {
        let draft = env::temp_dir().join(format!("regesta-{}-{}", std::process::id(), text.len()));
        put(&draft, text);
        if fs::rename(&draft, file).is_err() {
            // The two folders are not on one disk.
            fs::copy(&draft, file).expect("it can be copied");
            fs::remove_file(draft).expect("it was made");
        }
    }),
    ("deleted and made", |file, text| {
        fs::remove_file(file).expect("it was there");
        put(file, text);
    }),
];

fn beside(file: &Path, before: &str, after: &str) -> std::path::PathBuf {
    let name = file.file_name().expect("it has a name").to_string_lossy();
    file.with_file_name(format!("{before}{name}{after}"))
}

#[test]
fn every_way_to_save_is_seen() {
    let preview = Preview::of(small());
    let text = preview.archive.read(KRASNER);
    for (number, (way, save)) in SAVES.into_iter().enumerate() {
        // Shorter and longer than before.
        let text = text.replace("The definition", &format!("Saved: {way}. {}", "More. ".repeat(number % 3)));
        save(&preview.path(KRASNER), &text);
        for change in preview.changes(KRASNER) {
            assert_eq!(names(&change), [KRASNER], "{way}");
        }
        preview.expect_page(PAGE);
        assert!(preview.text(PAGE).contains(way));
    }
    preview.expect_all(&[]);
}

/// Front matter, so that the archive is linked again.
#[test]
fn every_way_to_save_a_title_is_seen() {
    let preview = Preview::of(small());
    let text = preview.archive.read(KRASNER);
    for (way, save) in SAVES {
        save(&preview.path(KRASNER), &text.replace("Structural Causes", way));
        preview.expect_page("works/index.html");
        assert!(preview.text("works/index.html").contains(way), "{way}");
    }
    preview.expect_all(&[]);
}

/// A stream editor writes beside the file and renames, under a name like any other.
#[test]
fn an_edit_in_place_by_sed_is_seen() {
    let preview = Preview::of(small());
    let files = [KRASNER, KEOHANE, "content/about.md", "site.toml"];
    let run = Command::new("sed")
        .args(["-i", "s/efinition/xplanation/; s/Institutions/Habits/; s/A small/One small/"])
        .args(files)
        .current_dir(preview.archive.root())
        .status();
    assert!(run.expect("sed runs").success());
    preview.expect_all(&[]);
}

const TEMPLATE: &str = "themes/default/templates/text.html";
const STYLE: &str = "themes/default/static/css/own.css";
const PICTURE: &str = "content/map.svg";

#[test]
fn saving_what_is_there_changes_nothing() {
    let template = fs::read_to_string(support::repository().join(TEMPLATE)).expect("the theme has it");
    let archive = small().with(TEMPLATE, template).with(STYLE, "p { color: red }").with(PICTURE, "<svg/>");
    let preview = Preview::of(archive);
    let _open = preview.server.open(PAGE);
    let files = [KRASNER, "content/about.md", "content/keywords.yaml", "content/actors.yaml"];
    for file in files.into_iter().chain(["site.toml", TEMPLATE, STYLE, PICTURE]) {
        let path = preview.path(file);
        let bytes = fs::read(&path).expect("it is there");
        // Not truncated: a file that is empty for longer than that is doubted has changed.
        let mut file = fs::File::options().write(true).open(&path).expect("it can be opened");
        file.write_all(&bytes).expect("it can be written");
        put(&beside(&path, ".", ".new"), &bytes);
        fs::rename(beside(&path, ".", ".new"), &path).expect("it can be moved");
        let touched = fs::File::options().append(true).open(&path).expect("it can be opened");
        touched.set_modified(SystemTime::now()).expect("it can be touched");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
    preview.edit(KEOHANE, "Institutions", "Institutions, that is, habits");
    let changes = preview.changes(KEOHANE);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(names(&changes[0]), [KEOHANE]);
    assert_eq!(changes[0]["cost"]["rendered"], 0);
}

#[test]
fn every_part_of_an_entry_is_followed() {
    let preview = Preview::of(small());
    for (file, old, new) in [
        (KRASNER, "The definition of a regime.", "See [[keohane-1984]] on **regimes**."),
        (KRASNER, "## The definition", "## The old definition"),
        (KRASNER, "title: Structural", "title: The Structural"),
        (KRASNER, "keywords: [regimes]", "keywords: [regimes, norms]"),
        (KRASNER, "issued: 1982", "issued: 1991"),
        (KRASNER, "family: Krasner", "family: Krassner"),
        (KRASNER, "keywords:", "tracks: [sovereignty]\nactors: [itu]\nkeywords:"),
        (KRASNER, "keywords:", "aliases: [krasner]\nkeywords:"),
        (KEOHANE, "Institutions", "Of [[krasner-1982#definition]]: institutions"),
        ("content/about.md", "title: About", "title: About this"),
        ("content/about.md", "Of [[krasner-1982]].", "Of [[krasner-1982]] and [[keyword:norms]]."),
        ("content/keywords.yaml", "label: Norms", "label: Norms and rules"),
        ("content/keywords.yaml", "  related: [regimes]\n", ""),
        ("content/actors.yaml", "name: United Nations", "name: The United Nations"),
        (KRASNER, "aliases: [krasner]\n", ""),
        (KRASNER, "tracks: [sovereignty]\nactors: [itu]\n", ""),
    ] {
        preview.edit(file, old, new);
        preview.expect_all(&[]);
    }
}

#[test]
fn settings_are_followed() {
    let preview = Preview::of(small());
    for (old, new) in [
        ("A small archive", "A very small archive"),
        ("title = \"Sovereignty\"", "title = \"Sovereigns\"\ncolor = { light = \"#8a1c1c\", dark = \"#ffaaaa\" }"),
        ("[[tracks]]\nid = \"multistakeholder\"\ntitle = \"Multistakeholderism\"\n", ""),
        ("singular = \"Work\"", "singular = \"Piece\""),
        ("language = \"en\"", "language = \"de\""),
        ("https://example.org/small/", "https://example.org/other/"),
        ("[[tracks]]", "[[collections]]\nid = \"papers\"\ntitle = \"Papers\"\n\n[[tracks]]"),
    ] {
        preview.edit("site.toml", old, new);
        preview.expect_all(&[]);
    }
    preview.write("content/papers/first.md", "---\ntype: article\ntitle: The first paper\n---\n[[krasner-1982]]\n");
    preview.expect_all(&[]);
    preview.edit(KRASNER, "keywords:", "tracks: [sovereignty]\nkeywords:");
    preview.expect_all(&[]);
}

#[test]
fn the_theme_is_followed() {
    let preview = Preview::of(small());
    let template = fs::read_to_string(support::repository().join(TEMPLATE)).expect("the theme has it");
    // There is no folder for themes yet.
    preview.write(TEMPLATE, template.replace("</header>", "</header><p>One</p>"));
    preview.expect_all(&[]);
    assert!(preview.text("about.html").contains("<p>One</p>"));
    for (way, save) in SAVES {
        save(&preview.path(TEMPLATE), &template.replace("</header>", &format!("</header><p>{way}</p>")));
        preview.expect_page("about.html");
        assert!(preview.text("about.html").contains(way), "{way}");
    }
    preview.remove(TEMPLATE);
    preview.expect_all(&[]);

    for (file, asset) in
        [("css/page.css", "css/page.css"), ("css/own.css", ""), ("js/copy.js", "js/copy.js"), ("fonts/own.woff2", "")]
    {
        let (file, address) = (format!("themes/default/static/{file}"), format!("static/{file}"));
        for bytes in ["one", "two"] {
            preview.write(&file, bytes);
            preview.expect_page(&address);
            assert_eq!(preview.text(&address), bytes);
        }
        preview.remove(&file);
        let gone = [address.as_str()];
        preview.expect_all(if asset.is_empty() { &gone } else { &[] });
    }

    // Another theme, which had lain there unused.
    preview.write("themes/own/templates/parts/sign.html", "<p>Signed</p>");
    preview.write("themes/own/templates/text.html", template.replace("</header>", "</header><p>Own</p>"));
    preview.edit("site.toml", "language", "theme = \"own\"\nlanguage");
    preview.expect_all(&[]);
    assert!(preview.text("about.html").contains("<p>Own</p>"));
    preview.write("themes/own/templates/text.html", &template);
    preview.expect_all(&[]);
}

#[test]
fn pictures_and_other_files_are_followed() {
    let preview = Preview::of(small());
    preview.write(PICTURE, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    preview.edit("content/about.md", "Of ", "![A map](map.svg) of ");
    preview.expect_all(&[]);
    preview.write(PICTURE, "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>");
    preview.expect_page("map.svg");
    preview.rename(PICTURE, "content/plan.svg");
    preview.edit("content/about.md", "map.svg", "plan.svg");
    preview.expect_all(&["map.svg"]);
    preview.edit("content/about.md", "![A map](plan.svg) ", "");
    preview.remove("content/plan.svg");
    preview.expect_all(&["map.svg", "plan.svg"]);
}

fn entry(title: &str) -> String {
    format!("---\ntype: book\ntitle: {title}\nkeywords: [norms]\n---\nOf [[krasner-1982]], in *{title}*.\n")
}

#[test]
fn folders_are_followed() {
    let preview = Preview::of(small());
    // With all that is in it, at once and deep down.
    for name in ["one", "two", "three"] {
        preview.write(&format!("content/works/new/deep/deeper/{name}.md"), entry(name));
    }
    preview.write("content/notes/a/b/note.md", "---\ntitle: A note\n---\n[[one]]\n");
    preview.write("content/notes/a/b/list.txt", "one\n");
    preview.expect_all(&[]);
    // As it was made elsewhere.
    put(&preview.path("elsewhere/inner/four.md"), entry("four"));
    preview.rename("elsewhere", "content/works/moved");
    preview.expect_all(&[]);
    preview.edit("content/works/moved/inner/four.md", "Of", "On");
    preview.expect_page("works/four.html");

    preview.rename("content/works/new", "content/works/old");
    preview.rename("content/notes", "content/remarks");
    let gone = ["notes/a/b/note.html", "notes/a/b/list.txt"];
    preview.expect_all(&gone);
    preview.edit("content/works/old/deep/deeper/two.md", "Of", "About");
    preview.edit("content/remarks/a/b/note.md", "A note", "A remark");
    preview.expect_all(&gone);
    preview.write("content/works/old/deep/five/five.md", entry("five"));
    preview.expect_all(&gone);

    fs::remove_dir_all(preview.path("content/remarks")).expect("it was there");
    fs::remove_dir_all(preview.path("content/works/old")).expect("it was there");
    preview.write("content/works/old/deep/deeper/six.md", entry("six"));
    let gone = ["works/one.html", "works/five.html", "remarks/a/b/note.html", "remarks/a/b/list.txt"];
    preview.expect_all(&gone);
    preview.edit("content/works/old/deep/deeper/six.md", "title: six", "title: The sixth");
    preview.expect_all(&gone);
}

#[test]
fn the_whole_content_may_go_and_come_back() {
    let preview = Preview::of(small());
    let before = preview.served(PAGE);
    preview.rename("content", "away");
    assert_eq!(preview.faults(), ["missing-content"]);
    assert!(preview.served(PAGE) == before, "the last good page stays");
    preview.rename("away", "content");
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);
    preview.edit(KRASNER, "definition", "meaning");
    preview.expect_all(&[]);
    preview.write("content/works/new/late.md", entry("late"));
    preview.expect_all(&[]);
    // At once.
    preview.rename("content", "away");
    preview.rename("away", "content");
    preview.edit(KRASNER, "meaning", "sense");
    preview.expect_all(&[]);
    preview.edit("content/works/new/late.md", "Of", "On");
    preview.expect_all(&[]);
}

#[test]
fn links_inside_the_root_are_followed() {
    let archive = small()
        .with("shared/notes/first.md", "---\ntitle: First\n---\nOne.\n")
        .with("shared/notes/inner/second.md", "---\ntitle: Second\n---\nTwo.\n")
        .with("drafts/third.md", entry("third"));
    symlink("../shared/notes", archive.path("content/notes")).expect("a link can be made");
    symlink("../../drafts/third.md", archive.path("content/works/third.md")).expect("a link can be made");
    let preview = Preview::of(archive);
    preview.expect_all(&[]);
    for (file, page) in [
        ("shared/notes/first.md", "notes/first.html"),
        ("content/notes/first.md", "notes/first.html"),
        ("shared/notes/inner/second.md", "notes/inner/second.html"),
        ("content/notes/inner/second.md", "notes/inner/second.html"),
        ("drafts/third.md", "works/third.html"),
    ] {
        for (way, save) in SAVES {
            let text = preview.archive.read(file);
            let text = text.lines().take_while(|line| !line.contains("Saved")).collect::<Vec<_>>().join("\n");
            save(&preview.path(file), &format!("{text}\n\nSaved: {file}, {way}.\n"));
            preview.expect_page(page);
            assert!(preview.text(page).contains(way), "{file}, {way}");
        }
    }
    preview.edit("content/works/third.md", "title: third", "title: The third");
    preview.expect_all(&[]);
    preview.write("shared/notes/later/fourth.md", "---\ntitle: Fourth\n---\nFour.\n");
    preview.expect_all(&[]);
    preview.edit("shared/notes/later/fourth.md", "Four", "Fourth");
    preview.expect_all(&[]);

    // Links that come and go.
    preview.remove("content/works/third.md");
    preview.remove("content/notes");
    let gone = ["works/third.html", "notes/first.html", "notes/later/fourth.html"];
    preview.expect_all(&gone);
    symlink("../shared/notes", preview.path("content/remarks")).expect("a link can be made");
    symlink("../../drafts/third.md", preview.path("content/works/third.md")).expect("a link can be made");
    preview.expect_all(&gone[1..]);
    preview.edit("shared/notes/first.md", "One", "The one");
    preview.edit("drafts/third.md", "krasner", "keohane");
    preview.edit("drafts/third.md", "keohane-1982", "keohane-1984");
    preview.expect_all(&gone[1..]);
}

/// What a link leads to may go away for a while.
#[test]
fn what_links_lead_to_may_go_and_come_back() {
    let archive =
        small().with("shared/notes/first.md", "---\ntitle: First\n---\nOne.\n").with("drafts/third.md", entry("third"));
    symlink("../shared/notes", archive.path("content/notes")).expect("a link can be made");
    symlink("../shared/notes", archive.path("content/remarks")).expect("a link can be made");
    symlink("../../drafts/third.md", archive.path("content/works/third.md")).expect("a link can be made");
    let preview = Preview::of(archive);
    preview.rename("shared/notes", "shared/away");
    preview.rename("drafts/third.md", "drafts/away.md");
    while preview.faults().len() < 3 {}
    // Links are looked for again.
    preview.write("content/works/new/new.md", entry("new"));
    preview.server.until(|| preview.served("works/new.html").map(drop).ok_or_else(|| "no new page".to_string()));
    assert!(preview.text("notes/first.html").contains("One") && preview.text("works/third.html").contains("third"));
    preview.rename("shared/away", "shared/notes");
    preview.rename("drafts/away.md", "drafts/third.md");
    preview.expect_all(&[]);
    preview.edit("shared/notes/first.md", "One", "The one");
    preview.edit("drafts/third.md", "Of", "On");
    preview.expect_all(&[]);
    preview.remove("content/remarks");
    preview.expect_all(&["remarks/first.html"]);
    preview.edit("shared/notes/first.md", "The one", "One");
    preview.write("shared/notes/new/second.md", "---\ntitle: Second\n---\nTwo.\n");
    preview.expect_all(&[]);
}

#[test]
fn the_content_may_be_a_link() {
    for folder in ["real", "../elsewhere"] {
        let outer = Archive::empty().with("site/site.toml", small().read("site.toml"));
        copy(&small().path("content"), &outer.path("site").join(folder).join("content"));
        symlink(format!("{folder}/content"), outer.path("site/content")).expect("a link can be made");
        let server = Server::start(&outer.path("site"), &[]);
        server.wait("ready");
        let edited = |path: &str, old: &str, new: &str| {
            let (path, page) = (outer.path("site").join(path), "/works/krasner-1982.html");
            put(&path, fs::read_to_string(&path).expect("it is there").replace(old, new));
            let shows = || server.get(page).text().contains(new);
            server.until(|| if shows() { Ok(()) } else { Err(format!("{folder}: no word of {new}")) });
        };
        edited(KRASNER, "definition", "meaning");
        edited(&format!("{folder}/{KRASNER}"), "meaning", "sense");
        fs::rename(outer.path("site/content/works"), outer.path("site/content/away")).expect("it is there");
        server.wait("changed");
        fs::rename(outer.path("site/content/away"), outer.path("site/content/works")).expect("it is there");
        edited(KRASNER, "sense", "purport");
    }
}

#[test]
fn a_theme_may_be_a_link() {
    let archive = small().with("look/templates/404.html", "<p>Nothing</p></head>").with("look/static/own.css", "one");
    fs::create_dir(archive.path("themes")).expect("it can be made");
    symlink("../look", archive.path("themes/default")).expect("a link can be made");
    let preview = Preview::of(archive);
    preview.write("look/static/own.css", "two");
    preview.expect_page("static/own.css");
    preview.write("themes/default/templates/404.html", "<p>None</p></head>");
    preview.expect_all(&[]);
}

#[test]
fn a_link_out_of_the_root_is_a_fault_while_it_is_there() {
    let elsewhere = Archive::empty().with("secret.md", "---\ntitle: Secret\n---\n").with("secret.txt", "secret");
    let preview = Preview::of(small());
    symlink(elsewhere.root(), preview.path("content/out")).expect("a link can be made");
    assert_eq!(preview.faults(), ["outside-root"]);
    preview.edit(KRASNER, "definition", "meaning");
    preview.server.until(|| if preview.text(PAGE).contains("meaning") { Ok(()) } else { Err("no edit".into()) });
    assert!(preview.served("out/secret.txt").is_none() && preview.served("out/secret.html").is_none());
    preview.remove("content/out");
    assert!(preview.faults().is_empty());
    symlink(elsewhere.path("secret.txt"), preview.path("content/out.txt")).expect("a link can be made");
    assert_eq!(preview.faults(), ["outside-root"]);
    preview.remove("content/out.txt");
    assert!(preview.faults().is_empty());
    preview.expect_all(&["out.txt", "out/secret.txt", "out/secret.html"]);
}

/// Emacs marks a file that is edited with a link that leads nowhere.
#[test]
fn what_editors_leave_is_no_part_of_the_archive() {
    let archive = small();
    symlink("writer@desk.1234:5678", archive.path("content/works/.#01-krasner-1982.md")).expect("a link can be made");
    let archive = archive.with("content/works/01-krasner-1982.md~", "old").with("content/#about.md#", "new");
    let preview = Preview::of(archive);
    preview.expect_all(&["%23about.md%23"]);
    symlink("writer@desk.1234:5678", preview.path("content/works/.#02-keohane-1984.md")).expect("a link can be made");
    preview.edit(KEOHANE, "Institutions", "Some institutions");
    for change in preview.changes(KEOHANE) {
        assert_eq!(names(&change), [KEOHANE]);
    }
    preview.expect_all(&[]);
}

#[test]
fn a_burst_of_five_hundred_files_is_followed() {
    let mut archive = small();
    for number in 0..500 {
        archive =
            archive.with(&format!("content/notes/note-{number}.md"), format!("---\ntitle: Note {number}\n---\nOld.\n"));
    }
    let preview = Preview::of(archive);
    let files = (0..500).map(|number| format!("content/notes/note-{number}.md"));
    let run = Command::new("sed")
        .args(["-i", "s/Old/New/; s/Note/Remark/"])
        .args(files)
        .current_dir(preview.archive.root())
        .status();
    assert!(run.expect("sed runs").success());
    preview.expect_all(&[]);
}

/// `git checkout`, or what it does to the files where there is no `git`.
fn check_out(root: &Path, branch: &str) {
    let git = Command::new("git").args(["checkout", "--quiet", branch]).current_dir(root).status();
    if git.is_ok_and(|status| status.success()) {
        return;
    }
    let branch = root.join(".branches").join(branch);
    for path in ["content", "themes", "site.toml"].map(|path| root.join(path)) {
        if path.is_dir() {
            fs::remove_dir_all(path).expect("it is ours");
        } else {
            let _ = fs::remove_file(path);
        }
    }
    copy(&branch, root);
}

/// Makes a branch of the files as they are now.
fn commit(root: &Path, branch: &str) {
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=Writer", "-c", "user.email=writer@example.org", "-c", "commit.gpgsign=false"];
        let run = Command::new("git").args(name).args(arguments).current_dir(root).output();
        run.is_ok_and(|run| run.status.success())
    };
    let there = root.join(".git").is_dir() || git(&["init", "--quiet"]);
    if there && git(&["checkout", "--quiet", "-b", branch]) && git(&["add", "content", "themes", "site.toml"]) {
        assert!(git(&["commit", "--quiet", "--message", branch]), "git commits");
    }
    for path in ["content", "themes"] {
        copy(&root.join(path), &root.join(".branches").join(branch).join(path));
    }
    put(&root.join(".branches").join(branch).join("site.toml"), fs::read(root.join("site.toml")).expect("it is there"));
}

#[test]
fn a_switch_of_branches_is_followed() {
    let mut archive = small().with(STYLE, "p { color: red }").with(PICTURE, "<svg/>");
    for name in ["a", "b", "c", "d"] {
        archive = archive.with(&format!("content/works/{name}.md"), entry(name));
    }
    commit(archive.root(), "first");
    let mut archive = archive
        .edit("site.toml", "A small archive", "The other archive")
        .edit("site.toml", "numbered = true", "numbered = true\n\n[[collections]]\nid = \"papers\"\ntitle = \"Papers\"")
        .edit("content/keywords.yaml", "label: Norms", "label: Rules")
        .edit(KRASNER, "title: ", "title: Other ")
        .with("content/papers/a.md", entry("A paper"))
        .with("content/notes/inner/note.md", "---\ntitle: Note\n---\n[[e]]\n")
        .with("content/works/e.md", entry("e"))
        .with(TEMPLATE, "{% extends \"base.html\" %}{% block main %}Other{% endblock main %}\n")
        .with(STYLE, "p { color: blue }")
        .without(PICTURE)
        .without("content/works/a.md")
        .without("content/works/b.md");
    for number in 0..30 {
        archive = archive.with(&format!("content/works/more/m{number}.md"), entry(&format!("More {number}")));
    }
    commit(archive.root(), "second");
    let preview = Preview::of(archive);
    for _ in 0..2 {
        check_out(preview.archive.root(), "first");
        preview.expect_all(&[
            "works/e.html",
            "papers/a.html",
            "papers/index.html",
            "works/m7.html",
            "notes/inner/note.html",
        ]);
        check_out(preview.archive.root(), "second");
        preview.expect_all(&["works/b.html", "map.svg"]);
    }
}

#[test]
fn files_are_looked_at_again_and_again_where_the_system_tells_nothing() {
    let preview = Preview::with(small(), &["--poll"]);
    preview.edit(KRASNER, "definition", "meaning");
    preview.expect_page(PAGE);
    preview.edit(KRASNER, "title: Structural", "title: The Structural");
    preview.write("content/works/new/deep/late.md", entry("late"));
    preview.expect_all(&[]);
    preview.edit("content/works/new/deep/late.md", "Of", "On");
    preview.write(TEMPLATE, "{% extends \"base.html\" %}{% block main %}Polled{% endblock main %}\n");
    preview.expect_all(&[]);
    preview.remove(TEMPLATE);
    preview.edit("site.toml", "A small archive", "A polled archive");
    fs::remove_dir_all(preview.path("content/works/new")).expect("it was there");
    preview.expect_all(&["works/late.html"]);
    preview.edit(KRASNER, "regimes]", "regimes, nowhere]");
    assert!(!preview.faults().is_empty());
    preview.edit(KRASNER, "regimes, nowhere]", "regimes]");
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);
}

#[test]
fn drafts_are_shown_where_they_are_asked_for() {
    let draft = entry("Draft").replace("title:", "draft: true\ntitle:");
    let preview = Preview::with(small().with("content/works/draft.md", &draft), &["--drafts"]);
    assert!(preview.text("works/draft.html").contains("Draft"));
    preview.edit("content/works/draft.md", "*Draft*", "a draft");
    preview.expect_all(&[]);

    let preview = Preview::of(small().with("content/works/draft.md", draft));
    preview.expect_all(&["works/draft.html"]);
    preview.edit("content/works/draft.md", "draft: true\n", "");
    preview.expect_all(&[]);
    preview.edit("content/works/draft.md", "title:", "draft: true\ntitle:");
    preview.expect_all(&["works/draft.html"]);
}

/// The archive as it would be with another text in one file.
fn with(archive: &Archive, path: &str, text: impl AsRef<[u8]>) -> Archive {
    Archive::empty().with_all(archive.root()).with(path, text)
}

#[test]
fn a_fault_leaves_the_last_good_page_and_all_others_follow() {
    for (old, new, code) in [
        ("type: article-journal", "type: [", "invalid-yaml"),
        ("issued: 1982", "issued: 1982-02-31", "wrong-value"),
        ("The definition", "[[nobody]] on the definition", "unknown-entry"),
        ("keywords: [regimes]", "keywords: [nothing]", "unknown-keyword"),
        ("---\nThe", "The", "unclosed-front-matter"),
    ] {
        let preview = Preview::of(small());
        let mut open = preview.server.open(PAGE);
        let (good, page) = (preview.archive.read(KRASNER), preview.served(PAGE));
        preview.edit(KRASNER, old, new);
        assert!(preview.faults().contains(&code.to_string()), "{code}");
        let told = open.notice("faults");
        let fault = &told["faults"][0];
        assert!(fault["path"] == KRASNER && fault["line"].is_u64() && fault["text"].is_string(), "{told}");
        assert!(preview.served(PAGE) == page, "{code}: the page changed");

        preview.edit(KEOHANE, "Institutions", "Institutions and habits");
        preview.edit("content/about.md", "title: About", "title: About us");
        preview.edit("content/keywords.yaml", "label: Norms", "label: Rules");
        preview.write("content/works/new.md", entry("new"));
        let sound = with(&preview.archive, KRASNER, &good);
        preview.expect_tree(&cold(sound.root(), Drafts::HoldBack), &[]);

        preview.write(KRASNER, good.replace("definition", "meaning"));
        assert!(preview.faults().is_empty(), "{code}");
        assert!(open.notice("faults")["faults"].as_array().is_some_and(Vec::is_empty));
        preview.expect_all(&[]);
    }
}

/// What is wrong then stands in files that nobody has touched.
#[test]
fn prose_follows_where_a_fault_is_in_files_that_did_not_change() {
    type Break = fn(&Preview);
    let breaks: [(&str, Break, Break); 4] = [
        ("unknown-entry", |preview| preview.rename(KRASNER, "away.md"), |preview| preview.rename("away.md", KRASNER)),
        (
            "unknown-keyword",
            |preview| preview.edit("content/keywords.yaml", "regimes:\n  label", "regimen:\n  label"),
            |preview| preview.edit("content/keywords.yaml", "regimen:\n  label", "regimes:\n  label"),
        ),
        (
            "unknown-track",
            |preview| preview.edit("site.toml", "id = \"sovereignty\"", "id = \"sovereigns\""),
            |preview| preview.edit("site.toml", "id = \"sovereigns\"", "id = \"sovereignty\""),
        ),
        ("unknown-address", |preview| preview.rename(PICTURE, "map.svg"), |preview| preview.rename("map.svg", PICTURE)),
    ];
    for (code, spoil, mend) in breaks {
        let archive = small()
            .with(PICTURE, "<svg/>")
            .with("content/list.txt", "one")
            .edit("content/about.md", "Of ", "![A map](map.svg) of ")
            .edit(KRASNER, "keywords", "tracks: [sovereignty]\nkeywords");
        let preview = Preview::of(archive);
        let page = preview.served(PAGE);
        spoil(&preview);
        let told = preview.faults();
        assert!(told.iter().any(|told| told == code), "{told:?}");
        assert!(preview.served(PAGE) == page, "{code}: the page changed");
        preview.edit(KEOHANE, "Institutions", "Institutions and habits");
        preview.write("content/list.txt", "two");
        let has = |path, text: &str| {
            if preview.text(path).contains(text) { Ok(()) } else { Err(format!("{code}: {path} lacks {text}")) }
        };
        preview.server.until(|| has(OTHER, "and habits").and_then(|()| has("list.txt", "two")));
        preview.edit(KEOHANE, "title: After", "title: Long after");
        preview.edit(KEOHANE, "and habits", "and customs");
        mend(&preview);
        assert!(preview.faults().is_empty(), "{code}");
        preview.expect_all(&[]);
    }
}

#[test]
fn settings_with_a_fault_leave_all_as_it_was() {
    let preview = Preview::of(small());
    let (good, page) = (preview.archive.read("site.toml"), preview.served(PAGE));
    for broken in [good.replace("title =", "tittle ="), "title = \"".to_string(), "title = 3".to_string()] {
        preview.write("site.toml", &broken);
        assert!(!preview.faults().is_empty());
        assert!(preview.served(PAGE) == page);
        // As it was, and otherwise.
        preview.write("site.toml", &good);
        assert!(preview.faults().is_empty());
        preview.expect_all(&[]);
    }
    preview.write("site.toml", good.replace("title =", "tittle ="));
    assert!(!preview.faults().is_empty());
    preview.edit(KRASNER, "definition", "meaning");
    let sound = with(&preview.archive, "site.toml", &good);
    preview.expect_tree(&cold(sound.root(), Drafts::HoldBack), &[]);
    preview.write("site.toml", good.replace("small", "mended"));
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);
    preview.remove("site.toml");
    assert_eq!(preview.faults(), ["missing-settings"]);
    preview.write("site.toml", &good);
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);
}

#[test]
fn a_template_with_a_fault_leaves_its_pages_as_they_were() {
    let good = fs::read_to_string(support::repository().join(TEMPLATE)).expect("the theme has it");
    let preview = Preview::of(small());
    let page = preview.text("about.html");
    for broken in
        [good.replace("endblock", "endblok"), good.replace("{page}", "{pages}"), good.replace("<written", "<writen")]
    {
        preview.replace(TEMPLATE, &broken);
        assert_eq!(preview.faults(), ["template-fault"]);
        let served = preview.text("about.html");
        assert!(served == page, "{}", first_difference("about.html", Some(&page), Some(&served)));
        preview.write(STYLE, &broken);
        preview.edit(KRASNER, "efinition", "eefinition");
        preview.server.until(|| {
            if preview.text(PAGE).contains("Deefinition") || preview.text(PAGE).contains("deefinition") {
                Ok(())
            } else {
                Err("no edit".into())
            }
        });
        preview.edit(KRASNER, "eefinition", "efinition");
        preview.replace(TEMPLATE, &good);
        assert!(preview.faults().is_empty());
        preview.expect_all(&[]);
    }
}

/// Faults that a template shows for some page alone are found while nobody asks for it.
#[test]
fn a_fault_in_the_making_of_a_page_goes_with_its_cause() {
    let preview = Preview::of(small());
    let good = fs::read_to_string(support::repository().join("themes/default/templates/card.html")).expect("it has it");
    let pages = [PAGE, OTHER, "works/index.html", "timeline.html"];
    let before = preview.server.files(pages);
    preview.write(
        "themes/default/templates/card.html",
        format!("{{% if \"Worse\" in card.title %}}{{{{ card.nothing.at.all }}}}{{% endif %}}{good}"),
    );
    preview.expect_all(&[]);
    assert!(preview.server.files(pages) == before);
    preview.edit(KRASNER, "title: Structural", "title: Worse structural");
    assert_eq!(preview.faults(), ["template-fault"]);
    preview.edit(KRASNER, "title: Worse structural", "title: Better structural");
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);

    let template = fs::read_to_string(support::repository().join(TEMPLATE)).expect("the theme has it");
    preview.write(
        TEMPLATE,
        template.replace("</header>", "</header>{% if \"Worse\" in page.title %}{{ page.nothing.at.all }}{% endif %}"),
    );
    preview.write("content/worse.md", "---\ntitle: Worse\n---\n");
    assert_eq!(preview.faults(), ["template-fault"]);
    preview.remove("content/worse.md");
    assert!(preview.faults().is_empty());
    preview.expect_all(&["worse.html"]);

    // A page that is new is made as the pages were when all was well.
    preview.write(TEMPLATE, template.replace("</header>", "</header>{{ page.nothing.at.all }}"));
    assert_eq!(preview.faults(), ["template-fault"]);
    preview.write("content/late.md", "---\ntitle: Late\n---\nBut not too late.\n");
    let sound = with(&preview.archive, TEMPLATE, &template);
    let built = cold(sound.root(), Drafts::HoldBack);
    preview.server.until(|| preview.differing(&built, ["late.html", "about.html"]));
    preview.remove(TEMPLATE);
    assert!(preview.faults().is_empty());
    preview.expect_all(&[]);
}

#[test]
fn a_broken_archive_is_mended_while_the_preview_runs() {
    type Mend = fn(&Preview);
    let broken: [(Archive, Mend); 5] = [
        (small().edit(KRASNER, "type: article-journal", "type: ["), |preview| {
            preview.edit(KRASNER, "type: [", "type: book");
        }),
        (small().edit(KRASNER, "keywords: [", "keywords: [nothing, "), |preview| {
            preview.edit(KRASNER, "nothing, ", "");
        }),
        (small().edit("site.toml", "title =", "tittle ="), |preview| preview.edit("site.toml", "tittle =", "title =")),
        (small().with(TEMPLATE, "{% extends \"bases.html\" %}"), |preview| preview.remove(TEMPLATE)),
        (Archive::empty(), |preview| copy(small().root(), preview.archive.root())),
    ];
    for (archive, mend) in broken {
        let server = Server::start(archive.root(), &[]);
        let preview = Preview { archive, server, drafts: Drafts::HoldBack };
        assert!(!preview.faults().is_empty());
        preview.server.wait("ready");
        mend(&preview);
        preview.expect_all(&[]);
        // The last fault may have gone before the page was asked for.
        preview.edit(KEOHANE, "Institutions", "[[nobody]]");
        while !preview.faults().contains(&"unknown-entry".to_string()) {}
        preview.edit(KEOHANE, "[[nobody]]", "Institutions");
        assert!(preview.faults().is_empty());
        preview.expect_all(&[]);
    }
}

#[test]
fn a_page_that_was_renamed_or_deleted_leads_to_where_it_went() {
    let preview = Preview::of(small().with("content/works/a.md", entry("a")).with("content/works/d.md", entry("d")));
    let (mut renamed, mut deleted) = (preview.server.open("works/a.html"), preview.server.open("works/d.html"));
    preview.rename("content/works/a.md", "content/works/b.md");
    assert_eq!(renamed.notice("gone")["to"], "works/b.html");
    preview.remove("content/works/d.md");
    assert_eq!(deleted.notice("gone")["to"], "works/index.html");
    preview.expect_all(&["works/a.html", "works/d.html"]);

    // With another save on the way.
    let mut renamed = preview.server.open("works/b.html");
    preview.write("content/works/c.md", preview.archive.read("content/works/b.md").replace("Of", "On"));
    preview.remove("content/works/b.md");
    assert_eq!(renamed.notice("gone")["to"], "works/c.html");
    let mut about = preview.server.open("about.html");
    preview.rename("content/about.md", "content/us.md");
    assert_eq!(about.notice("gone")["to"], "us.html");
    let mut aliased = preview.server.open("works/c.html");
    preview.write("content/works/last.md", entry("last").replace("title:", "aliases: [c]\ntitle:"));
    preview.remove("content/works/c.md");
    assert_eq!(aliased.notice("gone")["to"], "works/last.html");
    // Its number alone: the page stays.
    let mut open = preview.server.open(PAGE);
    preview.rename(KRASNER, "content/works/07-krasner-1982.md");
    assert_eq!(open.notice("stale")["kind"], "stale");
    preview.expect_all(&["about.html"]);
}

#[test]
fn the_browser_goes_where_the_pen_is() {
    let preview = Preview::with(small(), &["--follow"]);
    let mut open = preview.server.open("index.html");
    preview.edit(KRASNER, "definition", "meaning");
    assert_eq!(open.notice("follow")["to"], PAGE);
    preview.write("content/works/new.md", entry("new"));
    assert_eq!(open.notice("follow")["to"], "works/new.html");
    preview.edit("content/about.md", "Of", "On");
    assert_eq!(open.notice("follow")["to"], "about.html");
}

#[test]
fn an_open_page_is_told_of_each_change() {
    let preview = Preview::of(small().with(STYLE, "one"));
    let mut open = preview.server.open(PAGE);
    preview.edit(KRASNER, "definition", "meaning");
    let told = open.notice("stale");
    let shown = preview.server.get(&format!("/{PAGE}")).attribute("data-fingerprint");
    assert_eq!(told["fingerprint"], shown.as_str());
    preview.write(STYLE, "two");
    assert_eq!(open.notice("assets")["addresses"], serde_json::json!(["static/css/own.css"]));
}

#[test]
fn what_an_edit_does_to_other_pages_is_told() {
    let preview = Preview::of(small());
    let mut open = preview.server.open(PAGE);
    preview.edit(KEOHANE, "Institutions", "Of [[krasner-1982]]: institutions");
    open.notice("stale");
    assert_eq!(open.notice("ripple")["files"], serde_json::json!([KEOHANE]));
    let why = loop {
        let ripple = preview.server.wait("ripple");
        let pages = ripple["pages"].as_array().expect("a list");
        if let Some(page) = pages.iter().find(|page| page["permalink"] == PAGE) {
            break page["why"].clone();
        }
    };
    assert_eq!(why, serde_json::json!(["backlinks"]));
}

#[test]
fn the_work_of_an_edit_is_counted() {
    let preview = Preview::of(small());
    let edited = |file: &str, old: &str, new: &str| {
        preview.edit(file, old, new);
        let change = preview.changes(file).remove(0);
        let number = |name: &str| change["cost"][name].as_u64().expect("a number");
        (number("parsed"), number("linked"), number("rendered"))
    };
    // Nobody looks.
    assert_eq!(edited(KRASNER, "Principles", "The principles"), (1, 0, 0));
    assert_eq!(edited(KRASNER, "title: Structural", "title: The Structural"), (1, 1, 0));
    let _open = preview.server.open(PAGE);
    assert_eq!(edited(KRASNER, "The principles", "Principles"), (1, 0, 1));
    assert_eq!(edited(KRASNER, "title: The Structural", "title: Structural"), (1, 1, 1));
    assert_eq!(edited(KRASNER, "keywords: [regimes]", "keywords: [regimes, norms]"), (1, 1, 1));
    // Others are looked at.
    assert_eq!(edited("content/about.md", "title: About", "title: About it"), (1, 1, 1));
    assert_eq!(edited(KEOHANE, "Institutions", "Some institutions"), (1, 0, 0));
    assert_eq!(edited("content/keywords.yaml", "label: Norms", "label: Rules"), (0, 1, 1));
    let _same = preview.server.open(PAGE);
    let _other = preview.server.open(OTHER);
    assert_eq!(edited(KRASNER, "Principles", "The principles"), (1, 0, 1));
    // Its title stands on both pages, the one being newer than the other.
    assert_eq!(edited(KRASNER, "title: Structural", "title: The Structural"), (1, 1, 2));
}

/// What may be done to an archive.
#[derive(Clone, Debug)]
enum Edit {
    Text(usize, u8),
    Title(usize, u8),
    Keyword(usize, bool),
    Cites(usize, Option<usize>),
    Draft(usize, bool),
    /// Where there is none.
    Create(usize),
    Delete(usize),
    Rename(usize, usize),
    /// By the front matter, or by a link that leads nowhere.
    Break(usize, bool),
    Mend(usize),
    Template(Option<u8>),
    BreakTemplate,
    Keywords(u8),
    BreakKeywords,
    Settings(u8),
    BreakSettings,
    Asset(usize, Option<u8>),
    MoveFolder,
    /// Every page is asked for.
    Look,
    /// Until the preview has seen all that was done.
    Rest,
}

const ENTRIES: usize = 4;

fn edit() -> impl Strategy<Value = Edit> {
    let entry = || 0..ENTRIES;
    let number = || 0u8..4;
    prop_oneof![
        4 => (entry(), number()).prop_map(|(entry, text)| Edit::Text(entry, text)),
        2 => (entry(), number()).prop_map(|(entry, title)| Edit::Title(entry, title)),
        2 => (entry(), any::<bool>()).prop_map(|(entry, has)| Edit::Keyword(entry, has)),
        3 => (entry(), prop::option::of(entry())).prop_map(|(entry, other)| Edit::Cites(entry, other)),
        1 => (entry(), any::<bool>()).prop_map(|(entry, draft)| Edit::Draft(entry, draft)),
        2 => entry().prop_map(Edit::Create),
        2 => entry().prop_map(Edit::Delete),
        2 => (entry(), entry()).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => (entry(), any::<bool>()).prop_map(|(entry, matter)| Edit::Break(entry, matter)),
        2 => entry().prop_map(Edit::Mend),
        2 => prop::option::of(number()).prop_map(Edit::Template),
        1 => Just(Edit::BreakTemplate),
        1 => number().prop_map(Edit::Keywords),
        1 => Just(Edit::BreakKeywords),
        1 => number().prop_map(Edit::Settings),
        1 => Just(Edit::BreakSettings),
        2 => (0..2usize, prop::option::of(number())).prop_map(|(asset, bytes)| Edit::Asset(asset, bytes)),
        1 => Just(Edit::MoveFolder),
        3 => Just(Edit::Look),
        3 => Just(Edit::Rest),
    ]
}

/// An archive as it is meant to be, its faults included.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each part may be broken without the others")]
struct Model {
    entries: [Option<Work>; ENTRIES],
    template: Option<u8>,
    template_broken: bool,
    keywords: u8,
    keywords_broken: bool,
    settings: u8,
    settings_broken: bool,
    assets: [Option<u8>; 2],
    moved: bool,
    rests: usize,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each may be so without the others")]
struct Work {
    text: u8,
    title: u8,
    keyword: bool,
    cites: Option<usize>,
    draft: bool,
    matter_broken: bool,
    link_broken: bool,
}

impl Model {
    fn take(&mut self, edit: &Edit) {
        let mut change = |entry: usize, change: &dyn Fn(&mut Work)| self.entries[entry].iter_mut().for_each(change);
        match *edit {
            Edit::Text(entry, text) => change(entry, &|work| work.text = text),
            Edit::Title(entry, title) => change(entry, &|work| work.title = title),
            Edit::Keyword(entry, has) => change(entry, &|work| work.keyword = has),
            Edit::Cites(entry, other) => change(entry, &|work| work.cites = other),
            Edit::Draft(entry, draft) => change(entry, &|work| work.draft = draft),
            Edit::Break(entry, matter) => change(entry, &|work| {
                work.matter_broken |= matter;
                work.link_broken |= !matter;
            }),
            Edit::Mend(entry) => change(entry, &|work| {
                work.matter_broken = false;
                work.link_broken = false;
            }),
            Edit::Create(entry) => drop(self.entries[entry].get_or_insert_default()),
            Edit::Delete(entry) => self.entries[entry] = None,
            Edit::Rename(from, to) => {
                let work = self.entries[from].take();
                self.entries[to] = work.or(self.entries[to].take());
            }
            Edit::Template(template) => {
                self.template = template;
                self.template_broken = false;
            }
            Edit::BreakTemplate => self.template_broken = true,
            Edit::Keywords(keywords) => {
                self.keywords = keywords;
                self.keywords_broken = false;
            }
            Edit::BreakKeywords => self.keywords_broken = true,
            Edit::Settings(settings) => {
                self.settings = settings;
                self.settings_broken = false;
            }
            Edit::BreakSettings => self.settings_broken = true,
            Edit::Asset(asset, bytes) => self.assets[asset] = bytes,
            Edit::MoveFolder => self.moved ^= true,
            Edit::Look => {}
            Edit::Rest => self.rests += 1,
        }
    }

    /// Takes out all that a build would refuse.
    fn mend(&mut self) {
        let there: Vec<bool> = self.entries.iter().map(|work| work.as_ref().is_some_and(|work| !work.draft)).collect();
        for work in self.entries.iter_mut().flatten() {
            work.matter_broken = false;
            work.link_broken = false;
            work.cites = work.cites.filter(|other| there[*other]);
        }
        self.template_broken = false;
        self.keywords_broken = false;
        self.settings_broken = false;
    }

    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let base = without_picture(Archive::small());
        let broken = |broken: bool, text: &'static str| if broken { text } else { "" };
        let title = format!("title = \"Archive {}\"", self.settings);
        let settings = base.read("site.toml").replace("title = \"A small archive\"", &title);
        files.insert("site.toml".to_string(), settings + broken(self.settings_broken, "[["));
        let keywords =
            base.read("content/keywords.yaml").replace("label: Norms", &format!("label: Norms {}", self.keywords));
        files.insert("content/keywords.yaml".to_string(), keywords + broken(self.keywords_broken, "norms:\n"));
        files.insert("content/actors.yaml".to_string(), base.read("content/actors.yaml"));
        files.insert(KRASNER.to_string(), base.read(KRASNER));
        let folder = if self.moved { "content/works/moved" } else { "content/works/inner" };
        for (index, work) in self.entries.iter().enumerate() {
            if let Some(work) = work {
                files.insert(format!("{folder}/w{index}.md"), work.text());
            }
        }
        if self.template.is_some() || self.template_broken {
            let text = format!(
                "{{% extends \"base.html\" %}}{{% block main %}}{{{{ page.title }}}} {:?}{{% endblock main %}}\n",
                self.template
            );
            files.insert(
                "themes/default/templates/entry.html".to_string(),
                text + broken(self.template_broken, "{% if %}"),
            );
        }
        for (index, bytes) in self.assets.iter().enumerate() {
            if let Some(bytes) = bytes {
                files.insert(ASSETS[index].to_string(), bytes.to_string());
            }
        }
        if self.rests > 0 {
            files.insert(REST.to_string(), self.rests.to_string());
        }
        files
    }
}

const ASSETS: [&str; 2] = ["content/works/plan.txt", "themes/default/static/css/own.css"];
const REST: &str = "content/rest.txt";

impl Work {
    fn text(&self) -> String {
        let Work { text, title, keyword, cites, draft, matter_broken, link_broken } = self;
        let keywords = if *keyword { "[norms]" } else { "[]" };
        let cites = cites.map_or_else(String::new, |other| format!("It cites [[w{other}]]."));
        let (matter, link) =
            (if *matter_broken { "type: [" } else { "" }, if *link_broken { "[[nobody]]" } else { "" });
        format!(
            "---\ntype: book\ntitle: Title {title}\nkeywords: {keywords}\ndraft: {draft}\n{matter}\n---\nText. {cites}\n\n## More {{#more}}\n\nProse {text} {link}\n"
        )
    }
}

/// Brings the disk from one model to the next, as a writer would.
fn write(preview: &Preview, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, edit: &Edit) {
    if let Edit::MoveFolder = edit {
        let folders = ["content/works/inner", "content/works/moved"];
        let there = folders.iter().position(|folder| preview.path(folder).is_dir());
        if let Some(there) = there {
            preview.rename(folders[there], folders[1 - there]);
        }
        return;
    }
    if let Edit::Rename(from, to) = edit {
        let path = |entry: &usize| before.keys().find(|path| path.ends_with(&format!("w{entry}.md"))).cloned();
        if let Some(from) = path(from) {
            let to = Path::new(&from).with_file_name(format!("w{to}.md"));
            preview.rename(&from, to.to_str().expect("it is UTF-8"));
        }
        return;
    }
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        preview.remove(path);
    }
    for (number, (path, text)) in after.iter().filter(|(path, text)| before.get(*path) != Some(text)).enumerate() {
        let save = SAVES[(number + text.len()) % SAVES.len()].1;
        if before.contains_key(path) {
            save(&preview.path(path), text);
        } else {
            preview.write(path, text);
        }
    }
}

/// So many cases; `PROPTEST_CASES` says otherwise.
fn cases(cases: u32) -> ProptestConfig {
    let asked = env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn after_any_edits_what_is_served_is_what_is_built(
        start in prop::collection::vec(edit(), 0..6),
        edits in prop::collection::vec(edit(), 1..12),
    ) {
        let mut model = Model { entries: [Some(Work::default()), Some(Work::default()), None, None], ..Model::default() };
        for edit in &start {
            model.take(edit);
        }
        let mut files = model.files();
        let archive = files.iter().fold(Archive::empty(), |archive, (path, text)| archive.with(path, text));
        let preview = Preview::of(archive);
        let pages: Vec<String> = (0..ENTRIES).map(|entry| format!("works/w{entry}.html")).collect();
        let mut known: BTreeSet<&str> = pages.iter().map(String::as_str).collect();
        known.extend(["works/plan.txt", "static/css/own.css", "rest.txt", "index.html", "works/index.html"]);
        known.extend(["keywords/norms.html", "timeline.html", "previews/0.js", "sitemap.xml", "feed.xml", PAGE]);
        known.extend(["search/index.js", "search/t/0.js"]);
        for edit in edits {
            model.take(&edit);
            let after = model.files();
            write(&preview, &files, &after, &edit);
            files = after;
            match edit {
                Edit::Look => drop(preview.server.files(known.iter().copied())),
                Edit::Rest => {
                    preview.changes(REST);
                    preview.expect_faults_of_a_build();
                }
                _ => {}
            }
        }
        model.mend();
        let after = model.files();
        write(&preview, &files, &after, &Edit::Look);
        let built = preview.cold();
        let gone: Vec<&str> = known.into_iter().filter(|path| !built.contains_key(*path)).collect();
        preview.expect_tree(&built, &gone);
        preview.expect_faults_of_a_build();
    }
}

#[cfg(feature = "citations")]
#[test]
fn a_style_is_watched_wherever_it_lies() {
    const STYLE: &str = "styles/deep/own.csl";
    let style = |words: &str| {
        format!(
            "<style xmlns=\"http://purl.org/net/xbiblio/csl\" class=\"in-text\" version=\"1.0\"><info><title>{words}</title>\
             <id>own</id><updated>2020-01-01T00:00:00Z</updated></info><citation><layout prefix=\"{words} \">\
             <text variable=\"title\"/></layout></citation></style>"
        )
    };
    let settings = small().read("site.toml") + "\n[citations]\nstyles = [\"styles/deep/own.csl\"]\n";
    let archive = small().with("site.toml", settings).with(STYLE, style("First"));
    let server = Server::start(archive.root(), &[]);
    server.wait("ready");
    let shows = |words: &str| {
        let shows = || server.get("/works/krasner-1982.html").text().contains(words);
        server.until(|| if shows() { Ok(()) } else { Err(format!("no word of {words}")) });
    };
    shows("First");
    put(&archive.path(STYLE), style("Second"));
    shows("Second");
    // Moved away it is told of, and where it comes back it is read.
    fs::rename(archive.path("styles"), archive.path("away")).expect("it is there");
    put(&archive.path("away/deep/own.csl"), style("Third"));
    fs::rename(archive.path("away"), archive.path("styles")).expect("it is there");
    shows("Third");
    put(&archive.path(STYLE), style("Fourth"));
    shows("Fourth");
}
