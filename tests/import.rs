//! `regesta import`: what becomes of the bibliographies of other programs.
//!
//! `tests/import/NAME/` has files in the dialect of a program; `expected` beside them is what
//! is said and the entries that come of them, without what every new entry has. They are
//! imported into `tests/archives/common/`, and the archive must be sound then.
//! `REGESTA_EXPECT=rewrite cargo test --test import` writes what is expected anew; read the
//! difference before you commit it.

mod support;

use std::{env, fmt::Write, fs, path::PathBuf};

use proptest::prelude::*;
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

/// An archive with one collection of numbered references, and nothing in it.
fn empty() -> Archive {
    let settings =
        "title = \"Empty\"\ncollections = [{ id = \"references\", title = \"References\", numbered = true }]\n";
    let archive = Archive::empty().with("site.toml", settings);
    fs::create_dir_all(archive.path("content/references")).expect("a folder can be made");
    archive
}

fn exported(archive: &Archive, format: &str) -> String {
    archive.regesta(&["export", "--format", format]).expect(0).stdout().to_string()
}

/// Ids, order and all, wherever the works of an archive are in one collection.
#[test]
fn what_is_exported_and_imported_is_exported_again_byte_for_byte() {
    let own = Archive::own();
    let items = exported(&own, "csl-json");
    assert!(items.matches("\"id\": ").count() > 60, "{items}");
    for (format, name) in [("csl-json", "own.json"), ("csl-yaml", "own.yaml")] {
        let archive = empty().with(name, exported(&own, format));
        let run = archive.regesta(&["import", name, "--into", "references", "--color", "never"]).expect(0);
        assert_eq!(run.stderr(), "", "{name}");
        assert!(exported(&archive, "csl-json") == items, "{name}: {}", exported(&archive, "csl-json"));
    }
}

#[test]
fn a_date_is_exported_as_it_was_before_it_was_imported() {
    let dates = [
        "1982",
        "1982-04",
        "1982-04-12",
        "1982-21",
        "1982~",
        "1982?",
        "1982-04~",
        "198X",
        "19XX",
        "2006/2020",
        "1950/..",
        "../1950",
        "1950/",
        "/1950",
        "1982-04/1982-05-03",
        "1982~/1985",
        "-0043",
        "-0043-03-15",
        "0000",
        "0476",
        "1950-05-12/..",
    ];
    let mut own = empty();
    for (index, date) in dates.iter().enumerate() {
        let text =
            format!("---\ntype: book\ntitle: Date {index}\nissued: \"{date}\"\noriginal-date: \"{date}\"\n---\n");
        own = own.with(&format!("content/references/{:02}-d-{index}.md", index + 1), text);
    }
    let items = exported(&own, "csl-json");
    let archive = empty().with("own.json", &items);
    let run = archive.regesta(&["import", "own.json", "--into", "references", "--color", "never"]).expect(0);
    assert_eq!(run.stderr(), "");
    let again = exported(&archive, "csl-json");
    for (one, other) in items.lines().zip(again.lines()) {
        assert_eq!(one, other);
    }
    assert!(items == again);
}

/// BibTeX and RIS have fewer fields, but each work is there, under its title.
#[test]
fn what_is_exported_as_bibtex_or_ris_is_read_again() {
    let own = Archive::own();
    let titles = |items: &str| -> Vec<String> {
        items.lines().filter(|line| line.trim_start().starts_with("\"title\": ")).map(str::to_string).collect()
    };
    let expected = titles(&exported(&own, "csl-json"));
    for (format, name) in [("bibtex", "own.bib"), ("ris", "own.ris")] {
        let archive = empty().with(name, exported(&own, format));
        archive.regesta(&["import", name, "--into", "references"]).expect(0);
        assert_eq!(titles(&exported(&archive, "csl-json")), expected, "{name}");
    }
}

const WALTZ: &str = "@book{waltz, author = {Waltz, K.}, title = {Theory of international politics}, year = {1979}, \
                     keywords = {Norms, Regime theory, Realism, Structural realism}}\n";

#[test]
fn a_dry_run_shows_the_files_and_writes_nothing() {
    let archive = Archive::small().with("Library.bib", WALTZ);
    let before = tree(archive.root());
    let shown = archive.regesta(&["import", "Library.bib", "--into", "works", "--dry-run", "--add-keywords"]).expect(0);
    assert!(tree(archive.root()) == before, "a dry run wrote something");
    archive.regesta(&["import", "Library.bib", "--into", "works", "--add-keywords"]).expect(0);
    let path = "content/works/03-waltz-1979-theory-of-international.md";
    let entry = archive.read(path).lines().fold(String::new(), |text, line| text + "+" + line + "\n");
    assert!(shown.stdout().contains(&format!("+++ {path}\n{entry}")), "{}", shown.stdout());
    let keywords = "+++ content/keywords.yaml\n+realism:\n+  label: Realism\n+structural-realism:\n";
    assert!(shown.stdout().starts_with(keywords), "{}", shown.stdout());
}

#[test]
fn keywords_are_added_behind_those_that_there_are() {
    let whole = Archive::small().read("content/keywords.yaml");
    let added = "realism:\n  label: Realism\nstructural-realism:\n  label: Structural realism\n";
    for (old, end) in [
        (whole.clone(), "\n"),
        (whole.trim_end().to_string(), "\n"),
        (whole.replace('\n', "\r\n"), "\r\n"),
        (format!("\u{feff}{whole}"), "\n"),
        (format!("{whole}# A remark at the end\n\n"), "\n"),
    ] {
        let archive = Archive::small().with("content/keywords.yaml", &old).with("Library.bib", WALTZ);
        let run = archive.regesta(&["import", "Library.bib", "--into", "works", "--add-keywords"]).expect(0);
        assert!(run.stdout().contains("2 keywords to content/keywords.yaml"), "{}", run.stdout());
        let break_before = if old.ends_with('\n') { "" } else { end };
        let expected = format!("{old}{break_before}{}", added.replace('\n', end));
        assert_eq!(archive.read("content/keywords.yaml"), expected);
        let entry = archive.read("content/works/03-waltz-1979-theory-of-international.md");
        assert!(entry.contains("\nkeywords: [norms, regimes, realism, structural-realism]\n"), "{entry}");
        archive.regesta(&["check"]).expect(0);
    }
}

#[test]
fn keywords_that_cannot_be_added_stay_comments() {
    let flow =
        "{ norms: { label: Norms }, regimes: { label: International regimes }, security-regimes: { label: S } }\n";
    let archive = Archive::small().with("content/keywords.yaml", flow).with("Library.bib", WALTZ);
    let run = archive.regesta(&["import", "Library.bib", "--into", "works", "--add-keywords", "--color", "never"]);
    let run = run.expect(1);
    assert!(run.stderr().contains("error[closed-keywords]"), "{}", run.stderr());
    assert_eq!(archive.read("content/keywords.yaml"), flow);
    let entry = archive.read("content/works/03-waltz-1979-theory-of-international.md");
    assert!(
        entry.contains("# keywords that keywords.yaml lacks: [regime-theory, realism, structural-realism]"),
        "{entry}"
    );
    archive.regesta(&["check"]).expect(0);
}

#[test]
fn every_keyword_may_be_used_where_there_is_no_list() {
    let archive = Archive::small().without("content/keywords.yaml").with("Library.bib", WALTZ);
    let run = archive.regesta(&["import", "Library.bib", "--into", "works", "--add-keywords"]).expect(0);
    assert_eq!(run.stderr(), "");
    let entry = archive.read("content/works/03-waltz-1979-theory-of-international.md");
    assert!(entry.contains("\nkeywords: [norms, regime-theory, realism, structural-realism]\n"), "{entry}");
    assert!(!archive.path("content/keywords.yaml").exists());
    archive.regesta(&["check"]).expect(0);
}

/// A folder of that name is no file of the archive, and so nothing tells of it beforehand.
#[test]
fn either_all_is_written_or_nothing() {
    let archive = Archive::small()
        .with("Library.bib", format!("{WALTZ}@book{{war, title = {{On War}}, year = {{1989}}}}\n"))
        .with("content/works/04-1989-war.md/notes.txt", "mine");
    let before = tree(archive.root());
    let run = archive.regesta(&["import", "Library.bib", "--into", "works", "--add-keywords"]).expect(1);
    assert!(run.stderr().contains("nothing was imported"), "{}", run.stderr());
    assert!(tree(archive.root()) == before, "some of it was written");
}

#[test]
fn works_are_imported_once() {
    let archive = Archive::small().with("Library.bib", WALTZ);
    let import = |options: &[&str]| {
        archive
            .regesta(&[&["import", "Library.bib", "--into", "works"], options].concat())
            .expect(0)
            .stdout()
            .to_string()
    };
    assert!(import(&[]).contains("Imported 1 entry"));
    let before = tree(archive.root());
    let again = import(&[]);
    assert!(again.contains("Imported 0 entries") && again.contains("1 work was there already"), "{again}");
    assert!(tree(archive.root()) == before);
    assert!(import(&["--keep-duplicates"]).contains("Imported 1 entry"));
    assert!(archive.path("content/works/04-waltz-1979-theory-of-international-politics.md").exists());
    archive.regesta(&["check"]).expect(0);
}

#[test]
fn a_file_is_told_by_its_name_or_its_beginning() {
    let ris = "TY  - BOOK\nTI  - On War\nPY  - 1989\nER  - \n";
    let json = "\n [{ \"type\": \"book\", \"title\": \"On War\", \"issued\": 1989 }]";
    let yaml = "---\nreferences:\n- type: book\n  title: On War\n  issued: 1989\n...\n";
    for (name, text) in
        [("a.BIB", WALTZ), ("a", WALTZ), ("a.ris", ris), ("a.txt", ris), ("a", json), ("a.md", yaml), ("a.yml", yaml)]
    {
        let archive = Archive::small().with(name, text);
        archive.regesta(&["import", name, "--into", "works"]).expect(0);
        assert_eq!(tree(&archive.path("content/works")).len(), 3, "{name}: {text}");
    }
    let archive = Archive::small();
    let run = archive.command(|command| {
        command.args(["import", "-", "--into", "works", "--format", "ris"]).write_stdin(ris);
    });
    run.expect(0);
    assert!(archive.read("content/works/03-1989-war.md").contains("title: \"On War\""));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let archive = Archive::small().with("Library.bib", WALTZ);
    let before = tree(archive.root());
    let wrong = |arguments: &[&str], code: i32, said: &str| {
        let run = archive.regesta(&[&["import"], arguments, &["--color", "never"]].concat()).expect(code);
        assert!(run.stderr().contains(said), "{arguments:?}: {}", run.stderr());
    };
    wrong(&["Library.bib", "--into", "work"], 2, "did you mean `works`?");
    wrong(&["Library.bib"], 2, "--into");
    wrong(&["--into", "works"], 2, "FILE");
    wrong(&["None.bib", "--into", "works"], 1, "error[unreadable-file]");
    assert!(tree(archive.root()) == before);
    // The others are imported.
    wrong(&["None.bib", "Library.bib", "--into", "works"], 1, "error[unreadable-file]");
    assert!(archive.path("content/works/03-waltz-1979-theory-of-international.md").exists());
}

/// Texts of any signs, of which some mean something to YAML, TeX or a reader of lines.
fn any_text() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => prop::sample::select(vec![
            "---", "\n", "\r\n", "\t", " ", ": ", " #", "'", "\"", "\\", "{", "}", "[", "]", ",", "|", ">", "&", "*", "!", "%",
            "@", "`", "~", "null", "true", "12", "1.10", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{7f}", "\u{0}", "é", "字",
            "😀", "$", "--", "and", "- ", "? ", "<b>", "</script>",
        ]).prop_map(str::to_string),
        2 => any::<char>().prop_map(String::from),
        2 => "[a-zA-Z ]{1,8}",
    ];
    prop::collection::vec(sign, 0..10).prop_map(|signs| signs.concat())
}

/// Without characters that no text has.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace(|sign: char| sign.is_control() && !matches!(sign, '\t' | '\n'), " ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(16), failure_persistence: None, ..ProptestConfig::default() })]

    /// What is read is what was written, and the archive is sound.
    #[test]
    fn any_item_becomes_an_entry_with_the_same_fields(texts in prop::collection::vec(prop::collection::vec(any_text(), 9), 1..8)) {
        const FIELDS: [&str; 6] = ["title", "publisher", "abstract", "note", "volume", "URL"];
        let item = |(number, texts): (usize, &Vec<String>)| {
            let mut item = serde_json::json!({ "id": format!("item-{number}"), "type": "book" });
            for (field, text) in FIELDS.iter().zip(texts) {
                item[field] = text.as_str().into();
            }
            item["title"] = format!("T{number} {}", texts[0]).into();
            item["author"] = serde_json::json!([
                { "family": format!("F{}", texts[6]), "given": format!("G{}", texts[7]), "suffix": texts[8] },
                { "literal": format!("L{}", texts[8]) },
            ]);
            item
        };
        let items: Vec<serde_json::Value> = texts.iter().enumerate().map(item).collect();
        let text = serde_json::to_string(&items).expect("texts are JSON");
        let archive = empty().with("any.json", text);
        let run = archive.regesta(&["import", "any.json", "--into", "references", "--keep-duplicates", "--color", "never"]);
        prop_assert_eq!(run.code(), 0, "{}", run.stderr());
        let check = archive.regesta(&["check", "--color", "never"]);
        prop_assert_eq!(check.code(), 0, "{}", check.stderr());
        let found: Vec<serde_json::Value> = serde_json::from_str(&exported(&archive, "csl-json")).expect("it is JSON");
        prop_assert_eq!(found.len(), items.len());
        for (found, item) in found.iter().zip(&items) {
            prop_assert_eq!(&found["id"], &item["id"]);
            for field in FIELDS {
                let text = plain(item[field].as_str().unwrap_or_default());
                let text = if text.trim().is_empty() { String::new() } else { text };
                prop_assert_eq!(found[field].as_str().unwrap_or_default(), text, "{}", field);
            }
            for (found, name) in found["author"].as_array().expect("there are authors").iter().zip(item["author"].as_array().expect("two")) {
                for part in ["family", "given", "literal"] {
                    prop_assert_eq!(found[part].as_str().unwrap_or_default(), plain(name[part].as_str().unwrap_or_default()), "{}", part);
                }
            }
        }
    }

    /// Whatever a file holds, what is imported of it is sound.
    #[test]
    fn any_file_is_imported_or_told_of(parts in prop::collection::vec(prop_oneof![
        3 => any_text(),
        3 => prop::sample::select(vec![
            "@article{a, title = {T}, ", "author = {", "A, B and C and {D}", "}, ", "}\n", "@string{x = ", "x # \"y\"", "crossref = {a},",
            "keywords = {a, b; {c}},", "family=X, given=Y", "\\'{e}", "\\", "$x$", "year = {1999--2000},", "\n@book{b,\n",
            "TY  - BOOK\n", "TI  - T\n", "AU  - A, B\n", "ER  - \n", "KW  - k\n", "PY  - 1999/02//\n", "SP  - 1-2\n",
            "[{\"title\": \"T\", ", "\"issued\": {\"date-parts\": [[1999, 2]]}", "}]", "\"author\": [{", "\"id\": \"a\"",
            "references:\n", "- title: T\n", "  author:\n", "  - family: F\n", "  issued: 1999\n", "...\n",
        ]).prop_map(str::to_string),
    ], 0..30), format in prop::sample::select(vec!["bibtex", "ris", "csl-json", "csl-yaml"])) {
        let archive = Archive::small().with("any", parts.concat());
        let run = archive.regesta(&["import", "any", "--into", "works", "--format", format, "--color", "never", "--add-keywords"]);
        prop_assert!(matches!(run.code(), 0 | 1), "{}", run.stderr());
        prop_assert_eq!(run.code() == 1, run.stderr().contains("error["), "{}", run.stderr());
        let check = archive.regesta(&["check", "--color", "never"]);
        prop_assert_eq!(check.code(), 0, "{}{}", run.stderr(), check.stderr());
    }
}

/// `REGESTA_TIMES=100` tries a hundred times as many.
fn cases(cases: u32) -> u32 {
    let times = env::var("REGESTA_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    cases * times
}
