//! Small archives, one for each behaviour, and what is expected of them.
//!
//! `tests/archives/faults/NAME/` is an archive with faults; `expected` beside its files
//! is the whole report and the exit code. `tests/archives/pages/NAME/` is a sound one;
//! `show` says what to look at (see `shown`), and `expected` has what is found there. Either
//! is laid over `tests/archives/common/` unless it has a `site.toml` of its own;
//! `arguments` are further arguments of `regesta build`. A new archive needs no Rust.
//!
//! `REGESTA_EXPECT=rewrite cargo test --test archives` rewrites what is expected; read
//! the difference before you commit it.

mod support;

use std::{collections::BTreeSet, env, fmt::Write, fs, path::Path};

use scraper::{ElementRef, Html, Selector};
use support::{Archive, Run, archives, repository, tree};

/// Files of an archive that speak of it and are no part of it.
const BESIDE: [&str; 3] = ["expected", "show", "arguments"];

#[test]
fn faults_are_reported_as_expected() {
    check_all("faults", |_, run, _| report(run));
}

#[test]
fn pages_show_what_is_expected() {
    check_all("pages", |archive, run, show| {
        let told = if run.code() == 0 { run.stderr().to_string() } else { report(run) };
        show.lines().filter(|line| !line.is_empty()).fold(told, |text, line| text + &shown(archive, line))
    });
}

/// One build reports all faults of all archives together, and the site stays as it was.
#[test]
fn one_build_reports_every_fault_and_leaves_the_site() {
    if rewriting() {
        return;
    }
    let together = Archive::small();
    together.build(&[]).expect(0);
    let before = together.site();
    let mut expected = Vec::new();
    let mut together = together;
    for name in names("faults") {
        let folder = archives("faults").join(&name);
        let own = tree(&folder);
        if own.contains_key("site.toml") || own.keys().any(|path| path.starts_with("public/")) {
            continue;
        }
        let report = fs::read_to_string(folder.join("expected")).expect("every archive has what is expected of it");
        expected.extend(diagnostics(&report).map(str::to_string));
        for (path, bytes) in own.into_iter().filter(|(path, _)| !BESIDE.contains(&path.as_str())) {
            assert!(!together.path(&path).exists(), "{name}: another archive has a file {path}");
            together = together.with(&path, bytes);
        }
    }
    assert!(expected.len() > 60, "only {} faults came together", expected.len());

    let run = together.build(&["-q", "--color", "never"]).expect(1);

    let mut found: Vec<&str> = diagnostics(run.stderr()).collect();
    found.sort_unstable();
    expected.sort_unstable();
    for missing in expected.iter().filter(|fault| !found.contains(&fault.as_str())) {
        eprintln!("not reported:\n{missing}\n");
    }
    for more in found.iter().filter(|fault| !expected.iter().any(|known| known == *fault)) {
        eprintln!("reported as well:\n{more}\n");
    }
    assert!(found == expected, "see above");
    assert!(together.site() == before, "a build that failed changed the site");
}

/// Whoever adds a diagnostic adds an archive that has the fault.
#[test]
fn every_diagnostic_code_has_its_archive() {
    // What no file below `tests/archives/` can have is in `tests/build.rs`, `tests/citations.rs`, `tests/import.rs`,
    // `tests/pack.rs`, `tests/pictures.rs` and `tests/search.rs`; a site of 800 MiB is beside the code.
    let elsewhere = [
        "missing-settings",
        "front-matter-too-long",
        "outside-root",
        "unreadable-file",
        "no-citations",
        "no-pictures",
        "unfit-name",
        "refused-pack",
        "spoilt-file",
        "missing-file",
        "surplus-file",
        "large-file",
        "search-truncated",
        "large-site",
        "assumed-encoding",
        "broken-record",
        "closed-keywords",
        "homeless-field",
        "known-work",
        "new-keywords",
        "unknown-abbreviation",
        "unknown-crossref",
        "unknown-format",
        "unknown-kind",
        "unread-date",
        "untitled-record",
    ];
    let shown: String = names("faults")
        .iter()
        .filter_map(|name| fs::read_to_string(archives("faults").join(name).join("expected")).ok())
        .collect();
    let unproven: Vec<String> = codes()
        .into_iter()
        .filter(|code| !shown.contains(&format!("[{code}]")) && !elsewhere.contains(&code.as_str()))
        .collect();
    assert!(unproven.is_empty(), "no archive has these faults: {unproven:?}");
}

/// Every word in the program that stands where a diagnostic's code does.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (_, bytes) in tree(&repository().join("src")).into_iter().filter(|(path, _)| path.ends_with(".rs")) {
        let text = String::from_utf8(bytes).expect("sources are UTF-8");
        for before in [
            "Diagnostic::error(",
            "Diagnostic::warning(",
            "UNKNOWN: &'static str =",
            "syntax:",
            "unknown_field:",
            "wrong_value:",
        ] {
            for (at, _) in text.match_indices(before) {
                let rest = text[at + before.len()..].trim_start();
                if let Some((code, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                    codes.insert(code.to_string());
                }
            }
        }
    }
    codes
}

/// Runs every archive of a kind and compares what came of it with its `expected`.
fn check_all(kind: &str, outcome: impl Fn(&Archive, &Run, &str) -> String) {
    let mut different = String::new();
    for name in names(kind) {
        let folder = archives(kind).join(&name);
        let arguments = fs::read_to_string(folder.join("arguments")).unwrap_or_default();
        let show = fs::read_to_string(folder.join("show")).unwrap_or_default();
        let archive = laid_out(&folder);
        let run = archive.run(|command| {
            command.args(["-q", "--color", "never"]).args(arguments.split_whitespace());
        });
        let found = outcome(&archive, &run, &show);
        let file = folder.join("expected");
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if rewriting() {
            fs::write(&file, &found).expect("what is expected can be written");
        } else if found != expected {
            let _ = writeln!(different, "== {kind}/{name}\n{}", difference(&expected, &found));
        }
    }
    assert!(different.is_empty(), "{different}");
}

fn rewriting() -> bool {
    env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite")
}

/// Every archive of a kind; anything else there is a mistake.
fn names(kind: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(archives(kind))
        .expect("there are archives")
        .map(|entry| {
            let entry = entry.expect("the folder can be read");
            assert!(entry.path().is_dir(), "{} is not an archive", entry.path().display());
            entry.file_name().into_string().expect("names are UTF-8")
        })
        .collect();
    names.sort();
    names
}

fn laid_out(folder: &Path) -> Archive {
    let base = if folder.join("site.toml").exists() { Archive::empty() } else { Archive::small() };
    let mut archive = base.with_all(folder);
    for beside in BESIDE.iter().filter(|name| folder.join(name).exists()) {
        archive = archive.without(beside);
    }
    archive
}

fn report(run: &Run) -> String {
    format!("{}{}exit {}\n", run.stdout(), run.stderr(), run.code())
}

/// The single diagnostics of a report, without its last lines.
fn diagnostics(report: &str) -> impl Iterator<Item = &str> {
    report.split("\n\n").filter(|part| part.starts_with("error[") || part.starts_with("warning["))
}

/// What a line of `show` asks for: a whole file; `text` and a selector: the words and
/// links of what it selects, whatever the theme puts around them; or `html` and a selector.
fn shown(archive: &Archive, line: &str) -> String {
    let mut parts = line.splitn(3, ' ');
    let (path, form, selector) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let mut text = format!("== {line}\n");
    if !archive.path("public").join(path).exists() {
        text.push_str("(no such file)\n");
        return text;
    }
    let file = archive.read(&format!("public/{path}"));
    let (Some(form), Some(selector)) = (form, selector) else {
        return text + &file;
    };
    let page = Html::parse_document(&file);
    let selector = Selector::parse(selector).unwrap_or_else(|fault| panic!("{line}: {fault}"));
    for element in page.select(&selector) {
        let found = match form {
            "text" => words(element),
            "html" => element.html().trim().to_string(),
            other => panic!("{line}: there is no form `{other}`"),
        };
        let _ = writeln!(text, "{found}");
    }
    text
}

/// An element's words, with `[words](address)` for a link and `{lang}` before what is in another language.
fn words(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    write_words(element, &mut text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn write_words(element: ElementRef<'_>, text: &mut String) {
    const BLOCKS: [&str; 13] =
        ["article", "blockquote", "dd", "div", "dt", "figcaption", "h2", "h3", "li", "ol", "p", "section", "ul"];
    if let Some(lang) = element.attr("lang") {
        let _ = write!(text, "{{{lang}}}");
    }
    let address = element.attr("href").filter(|_| element.value().name() == "a");
    if address.is_some() {
        text.push('[');
    }
    for child in element.children() {
        if let Some(words) = child.value().as_text() {
            text.push_str(&words.replace('\n', " "));
        } else if let Some(child) = ElementRef::wrap(child) {
            write_words(child, text);
        }
    }
    if let Some(address) = address {
        let _ = write!(text, "]({address})");
    }
    if BLOCKS.contains(&element.value().name()) {
        text.push('\n');
    }
}

/// The lines that differ, with the first line number at which they do.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let start = expected.iter().zip(&found).take_while(|(one, other)| one == other).count();
    let tail = |lines: &[&str]| lines.len() - start;
    let same_end = expected.iter().rev().zip(found.iter().rev()).take_while(|(one, other)| one == other).count();
    let same_end = same_end.min(tail(&expected)).min(tail(&found));
    let mut text = format!("from line {}:\n", start + 1);
    for line in &expected[start..expected.len() - same_end] {
        let _ = writeln!(text, "- {line}");
    }
    for line in &found[start..found.len() - same_end] {
        let _ = writeln!(text, "+ {line}");
    }
    text
}
