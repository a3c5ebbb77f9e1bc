//! What is written for other programs.

mod support;

use std::fs;

use support::{Archive, Run};

const ENDINGS: [&str; 3] = [".bib", ".ris", ".csl.json"];

/// Addresses of the files beside the pages of entries.
fn beside_entries(archive: &Archive) -> Vec<String> {
    archive
        .site()
        .into_keys()
        .filter(|path| ENDINGS.iter().any(|it| path.ends_with(it)) && !path.starts_with("data/"))
        .collect()
}

#[test]
fn each_work_has_files_beside_its_page_unless_they_are_switched_off() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let files = ["keohane-1984.bib", "keohane-1984.csl.json", "keohane-1984.ris"];
    let both = files.into_iter().chain(["krasner-1982.bib", "krasner-1982.csl.json", "krasner-1982.ris"]);
    assert_eq!(beside_entries(&archive), both.map(|file| format!("works/{file}")).collect::<Vec<_>>());
    let bibtex = archive.read("public/works/krasner-1982.bib");
    assert!(bibtex.starts_with("@article{krasner-1982,\n"), "{bibtex}");

    let settings = archive.read("site.toml");
    let archive = archive.with("site.toml", format!("{settings}\n[exports]\nentries = false\n"));
    archive.build(&[]).expect(0);
    assert_eq!(beside_entries(&archive), [""; 0], "what an earlier build wrote is gone");
    assert!(archive.site().contains_key("works/krasner-1982.html"));
}

#[test]
fn pages_that_cite_lead_to_the_files() {
    let archive = Archive::small();
    let settings = archive.read("site.toml");
    let settings = format!("{settings}\n[citations]\nstyles = [\"apa\"]\n");
    let archive = archive.with("site.toml", &settings);
    archive.build(&[]).expect(0);
    for ending in ENDINGS {
        let link = format!("<figcaption><a href=\"krasner-1982{ending}\"");
        assert_eq!(archive.read("public/works/krasner-1982.html").matches(&link).count(), 1, "{link}");
    }
    let archive = archive.with("site.toml", format!("{settings}\n[exports]\nentries = false\n"));
    archive.build(&[]).expect(0);
    assert!(!archive.read("public/works/krasner-1982.html").contains("krasner-1982.bib"));
}

/// Forms of the command, and the files that a build makes in them.
const FORMS: [(&str, &str); 11] = [
    ("csl-json", "archive.csl.json"),
    ("csl-yaml", "archive.csl.yaml"),
    ("bibtex", "archive.bib"),
    ("ris", "archive.ris"),
    ("csv", "archive.csv"),
    ("jsonld", "archive.jsonld"),
    ("skos", "keywords.skos.jsonld"),
    ("skos-ttl", "keywords.skos.ttl"),
    ("annotations", "annotations.jsonld"),
    ("timeline", "timeline.json"),
    ("links", "links.csv"),
];

fn export(archive: &Archive, arguments: &[&str]) -> Run {
    archive.regesta(&[&["export"], arguments].concat())
}

#[test]
fn the_command_writes_what_a_build_puts_below_data() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let site = archive.site();
    let mut names: Vec<&str> = FORMS.iter().map(|(_, file)| *file).collect();
    for (form, file) in FORMS {
        let run = export(&archive, &["--format", form]).expect(0);
        assert!(run.stdout().as_bytes() == site[&format!("data/{file}")], "{form}");
        assert!(run.stdout().ends_with('\n'), "{form}");
    }
    names.push("SHA256SUMS");
    names.sort_unstable();
    let found: Vec<&str> = site.keys().filter_map(|path| path.strip_prefix("data/")).collect();
    assert_eq!(found, names);

    let out = archive.path("library.json");
    let run = export(&archive, &["--format", "csl-json", "--out", out.to_str().unwrap()]).expect(0);
    assert!(run.stdout().starts_with("Exported "), "{}", run.stdout());
    assert!(fs::read(out).unwrap() == site["data/archive.csl.json"]);
}

#[test]
fn an_archive_with_errors_is_not_exported() {
    let archive = Archive::small().edit("content/works/01-krasner-1982.md", "[regimes]", "[regimez]");
    let out = archive.path("library.json");
    let run = export(&archive, &["--format", "csl-json", "--out", out.to_str().unwrap()]).expect(1);
    assert!(run.stderr().contains("unknown-keyword") && run.stderr().contains("nothing was exported: 1 error"));
    assert!(!out.exists());
    export(&archive, &["--format", "docx"]).expect(2);
    let content = archive.path("content/library.json");
    export(&archive, &["--format", "csl-json", "--out", content.to_str().unwrap()]).expect(2);
}

/// Standard output is the file's, whatever is said of the archive.
#[test]
fn warnings_do_not_stand_in_the_file() {
    let archive = Archive::small().edit("content/works/01-krasner-1982.md", "[regimes]", "[regimes, regimes]");
    for format in ["human", "json", "github"] {
        let run = export(&archive, &["--format", "csl-json", "--message-format", format]).expect(0);
        let works: serde_json::Value = serde_json::from_str(run.stdout()).unwrap();
        assert_eq!(works.as_array().map(Vec::len), Some(2));
        assert!(run.stderr().contains("double-keyword"), "{}", run.stderr());
    }
}

#[test]
fn data_files_may_be_switched_off() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    assert!(archive.read("public/index.html").contains("href=\"data.html\""));
    let settings = archive.read("site.toml");
    let archive = archive.with("site.toml", format!("{settings}\n[exports]\narchive = false\n"));
    archive.build(&[]).expect(0);
    assert!(!archive.read("public/index.html").contains("data.html"));
    assert!(!archive.site().keys().any(|path| path.starts_with("data")));
    assert!(archive.site().contains_key("works/krasner-1982.bib"));
    export(&archive, &["--format", "ris"]).expect(0);
}

/// The list of checksums has capitals in its address, which Windows does not tell apart.
#[test]
fn a_file_at_the_address_of_a_data_file_is_refused() {
    for name in ["SHA256SUMS", "sha256sums", "archive.csv"] {
        let archive = Archive::small().with(&format!("content/data/{name}"), "mine");
        let run = archive.build(&[]).expect(1);
        assert!(run.stderr().contains("double-address"), "{name}: {}", run.stderr());
    }
    let archive = Archive::small().with("content/data/map.csv", "mine");
    archive.build(&[]).expect(0);
    assert!(archive.site().contains_key("data/map.csv"), "another file may lie beside them");
}

#[test]
fn annotations_have_their_passages() {
    let file = "content/works/10-annotated.md";
    let text = "---\ntype: book\ntitle: Annotated\n---\nText.\n\n\
        ## One *thing* {#one .annotation at=\"p. 186\" keywords=\"regimes\"}\n\n\
        > [!NOTE]\n> No quotation.\n\n> Implicit or *explicit*\n> principles.\n\n> Another.\n\n\
        ## Two {.annotation}\n\nProse.\n\n## Three\n\n> Of no annotation.\n";
    let archive = Archive::small().with(file, text);
    let run = export(&archive, &["--format", "annotations"]).expect(0);
    let annotations: serde_json::Value = serde_json::from_str(run.stdout()).unwrap();
    let items = annotations["first"]["items"].as_array().unwrap();
    assert_eq!(annotations["total"], items.len());
    let found = |id: &str| items.iter().find(|item| item["id"].as_str().is_some_and(|it| it.ends_with(id))).unwrap();
    let one = found("#annotated.section.one");
    assert_eq!(one["label"], "One thing");
    assert_eq!(one["target"]["locator"], "p. 186");
    assert_eq!(one["target"]["selector"]["exact"], "Implicit or explicit principles.");
    assert_eq!(one["body"][1]["source"], "https://example.org/small/keywords/regimes.html#term");
    assert_eq!(found("#annotated.section.two")["target"], "https://example.org/small/works/annotated.html#work");
    assert!(!run.stdout().contains("Of no annotation"));
}
