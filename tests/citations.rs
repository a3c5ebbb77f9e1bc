//! Formatted citations, from outside: what pages show, and what is kept between builds.

mod support;

use std::{collections::BTreeMap, fs, path::Path};

use support::Archive;

const STYLES: &str = "\n[citations]\nstyles = [\"mla\", \"styles/own.csl\"]\n";
const OWN: &str = r#"<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Our own</title><id>own</id><updated>2020-01-01T00:00:00Z</updated></info>
  <citation><layout><text variable="title"/></layout></citation>
  <bibliography><layout prefix="Own: "><text variable="title" font-style="italic"/></layout></bibliography>
</style>"#;
const ENTRY: &str = "works/krasner-1982.html";

fn archive() -> Archive {
    let archive = Archive::small();
    let settings = archive.read("site.toml");
    archive.with("site.toml", format!("{settings}{STYLES}")).with("styles/own.csl", OWN)
}

/// The files that formatted citations are kept in, by name.
fn kept(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = root.join(".regesta/citations");
    let files = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_string(), fs::read(path).unwrap())).collect()
}

#[cfg(not(feature = "citations"))]
#[test]
fn without_the_feature_nothing_is_formatted_and_a_warning_says_so() {
    let archive = archive();
    let run = archive.build(&["--color", "never"]).expect(0);
    assert!(run.stderr().contains("warning[no-citations]"), "{}", run.stderr());
    assert!(!archive.read(&format!("public/{ENTRY}")).contains("how-to-cite"));
}

#[cfg(feature = "citations")]
mod formatted {
    use super::*;

    #[test]
    fn an_entry_is_cited_in_each_style_apart_from_its_page() {
        let archive = archive();
        archive.build(&[]).expect(0);
        let page = archive.read(&format!("public/{ENTRY}"));
        let page = scraper::Html::parse_document(&page);
        let text = |selector: &str| -> Vec<String> {
            let selector = scraper::Selector::parse(selector).unwrap();
            page.select(&selector).map(|element| element.text().collect()).collect()
        };
        let [work, annotation] =
            ["#cite-work", "#cite-annotation"].map(|of| text(&format!("{of} .formatted")).concat());
        assert!(work.contains("Krasner, S.") && !work.contains("small archive"), "{work}");
        assert!(annotation.contains("A Small Archive"), "{annotation}");
        assert_ne!(work, annotation);
        let own = text("#cite-work [data-style='styles/own.csl'] dd").concat();
        assert!(own.starts_with("Own: "), "{own}");
        assert_eq!(text("#cite-work dt"), ["MLA", "Our own"]);
    }

    #[test]
    fn without_styles_pages_are_as_they_were() {
        let archive = Archive::small();
        archive.build(&[]).expect(0);
        assert!(!archive.read(&format!("public/{ENTRY}")).contains("cite-work"));
        assert!(!archive.path(".regesta/citations").exists());
    }

    #[test]
    fn what_is_kept_never_changes_an_answer_and_does_not_pile_up() {
        let archive = archive();
        archive.build(&[]).expect(0);
        let site = archive.site();
        let files = kept(archive.root());
        assert_eq!(files.len(), 2, "one for each style");
        // Cut, spoilt, another's, and gone: each build makes the same site and the same files.
        let spoil: [fn(&Path); 4] = [
            |file| fs::write(file, &fs::read(file).unwrap()[..40]).unwrap(),
            |file| {
                let mut bytes = fs::read(file).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(file, bytes).unwrap();
            },
            |file| fs::write(file, "not at all what is kept\n\u{0}").unwrap(),
            |file| fs::remove_file(file).unwrap(),
        ];
        for spoil in spoil {
            for name in files.keys() {
                spoil(&archive.path(".regesta/citations").join(name));
            }
            let _ = fs::remove_dir_all(archive.path(".regesta/builds"));
            archive.build(&[]).expect(0);
            assert!(archive.site() == site, "another site came of what was kept");
            assert!(kept(archive.root()) == files, "what is kept was not mended");
        }
        // One style less and one work changed: nothing stays that nobody asks for.
        let krasner = "content/works/01-krasner-1982.md";
        let archive =
            archive.edit("site.toml", ", \"styles/own.csl\"", "").edit(krasner, "issued: 1982", "issued: 1983");
        archive.build(&[]).expect(0);
        let fewer = kept(archive.root());
        assert_eq!(fewer.len(), 1);
        let lines = |files: &BTreeMap<String, Vec<u8>>, name: &str| files[name].split(|byte| *byte == b'\n').count();
        let (name, _) = fewer.first_key_value().unwrap();
        assert_eq!(lines(&fewer, name), lines(&files, name));
    }

    #[test]
    fn an_edit_of_prose_keeps_what_other_pages_were_cited_as() {
        let archive = archive();
        archive.build(&[]).expect(0);
        let files = kept(archive.root());
        let krasner = "content/works/01-krasner-1982.md";
        let text = archive.read(krasner);
        let archive = archive.with(krasner, format!("{text}\nMore prose.\n"));
        archive.build(&[]).expect(0);
        assert!(kept(archive.root()) == files);
    }

    const CITING: &str = "content/works/03-citing.md";

    fn citing(text: &str) -> Archive {
        archive().with(CITING, format!("---\ntype: book\ntitle: Citing\n---\n{text}\n"))
    }

    fn shown(archive: &Archive, page: &str, selector: &str) -> String {
        let page = scraper::Html::parse_document(&archive.read(&format!("public/{page}")));
        let selector = scraper::Selector::parse(selector).unwrap();
        page.select(&selector).flat_map(|element| element.text()).collect()
    }

    #[test]
    fn an_edit_of_a_work_reaches_the_texts_that_cite_it() {
        let archive = citing("As he says [@krasner-1982, p. 5], and @krasner-1982.");
        archive.build(&[]).expect(0);
        let text = shown(&archive, "works/citing.html", "#annotation");
        assert!(text.contains("(Krasner 5), and Krasner."), "{text}");
        let krasner = "content/works/01-krasner-1982.md";
        let archive = archive.edit(krasner, "family: Krasner", "family: Kasner").edit(krasner, "1982", "1983");
        archive.build(&[]).expect(0);
        let text = shown(&archive, "works/citing.html", "#annotation");
        assert!(text.contains("(Kasner 5), and Kasner."), "{text}");
        let list = shown(&archive, "works/citing.html", "#works-cited li");
        assert!(list.starts_with("Kasner, S.") && list.contains("1983"), "{list}");
    }

    #[test]
    fn texts_that_cite_alike_share_what_was_formatted() {
        let lines = |archive: &Archive| -> usize {
            let files = kept(archive.root());
            files.values().map(|bytes| bytes.split(|byte| *byte == b'\n').count()).sum()
        };
        let text = "One [@krasner-1982, p. 5] and [@keohane-1984].";
        let archive = citing(text);
        archive.build(&[]).expect(0);
        let before = lines(&archive);
        // The same works in another order; the page itself is cited in two styles, its work too.
        let other = "---\ntype: book\ntitle: Citing\n---\nOne [@keohane-1984] and [@krasner-1982, p. 5].\n";
        let archive = archive.with("content/works/04-other.md", other);
        archive.build(&[]).expect(0);
        assert_eq!(lines(&archive), before + 2, "only the new page is cited anew, in each style");
    }

    #[test]
    fn a_text_that_the_formatter_panics_at_is_cited_plainly_and_nothing_is_said_of_it() {
        for pages in [",–", ".-", "&"] {
            let matter = format!("---\ntype: article-journal\ntitle: A Title\nissued: 1999\npage: \"{pages}\"\n---\n");
            let archive = archive().edit("site.toml", "\"mla\"", "\"iso-690-author-date\"");
            let archive = archive.with("content/works/05-odd.md", format!("{matter}Cites itself [@odd, {pages}].\n"));
            let run = archive.build(&["--color", "never"]).expect(0);
            assert!(!run.stderr().contains("panicked"), "{pages}: {}", run.stderr());
            let shown = shown(&archive, "works/odd.html", "#cite-work .formatted");
            assert!(shown.contains("A Title"), "{pages}: {shown}");
        }
    }

    #[test]
    fn a_style_that_changed_changes_its_citations() {
        let archive = archive();
        archive.build(&[]).expect(0);
        let archive = archive.edit("styles/own.csl", "Own: ", "Ours: ");
        archive.build(&[]).expect(0);
        assert!(archive.read(&format!("public/{ENTRY}")).contains("Ours: <em>"));
    }
}
