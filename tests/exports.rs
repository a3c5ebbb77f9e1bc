//! What is written for other programs.

mod support;

use support::Archive;

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
        let link = format!("href=\"krasner-1982{ending}\"");
        assert_eq!(archive.read("public/works/krasner-1982.html").matches(&link).count(), 1, "{link}");
    }
    let archive = archive.with("site.toml", format!("{settings}\n[exports]\nentries = false\n"));
    archive.build(&[]).expect(0);
    assert!(!archive.read("public/works/krasner-1982.html").contains("href=\"krasner-1982."));
}
