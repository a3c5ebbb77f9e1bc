//! After any edits the preview has the pages that a build from nothing makes.
#![cfg(feature = "serve")]

mod support;

use std::{collections::BTreeMap, fs};

use proptest::prelude::*;
use regesta::{Request, Whole};
use support::{Archive, put};

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

impl Edit {
    /// Changes the file, and gives its name.
    fn make(self, archive: &Archive) -> &'static str {
        match self {
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
        }
    }
}

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
            let name = edit.make(&archive);
            preview.save(name);
            let built = Whole::of(archive.root(), &Request::default());
            for output in built.outputs.unwrap_or_else(|| panic!("{:?}", built.diagnostics)) {
                // Drawing takes long, and is the same for both.
                if !output.path.ends_with(".png") {
                    assert!(*preview.at(&output.path) == *output.bytes, "{} differs after {name}", output.path);
                }
            }
        }
    });
}

#[cfg(feature = "citations")]
#[test]
fn works_that_texts_cite_are_those_of_a_build_after_each_edit() {
    const CITING: &str = "content/works/03-citing.md";
    const KRASNER: &str = "content/works/01-krasner-1982.md";
    const OWN: &str = "styles/deep/own.csl";
    let style = |words: &str| {
        format!(
            "<style xmlns=\"http://purl.org/net/xbiblio/csl\" class=\"in-text\" version=\"1.0\"><info><title>Own</title>\
             <id>own</id><updated>2020-01-01T00:00:00Z</updated></info><citation><layout prefix=\"{words} \">\
             <text variable=\"title\"/></layout></citation></style>"
        )
    };
    let settings = Archive::small().read("site.toml");
    let styles = |names: &str| format!("{settings}\n[citations]\nstyles = [{names}]\n[pictures]\nsite = false\n");
    let [apa, vancouver, own] = ["\"apa\"", "\"vancouver\", \"apa\"", "\"styles/deep/own.csl\""].map(styles);
    let [first, second] = ["First", "Second"].map(style);
    let archive = Archive::small()
        .with("site.toml", &apa)
        .with(OWN, &first)
        .with(CITING, "---\ntype: book\ntitle: Citing\n---\nOne [@krasner-1982, p. 5; @keohane-1984].\n");
    let edits: Vec<(&str, String)> = vec![
        (KRASNER, archive.read(KRASNER).replace("family: Krasner", "family: Kasner")),
        (KRASNER, archive.read(KRASNER).replace("issued: 1982", "issued: 1984").replace("Krasner", "Keohane")),
        (CITING, archive.read(CITING).replace("One", "As @keohane-1984 says, one")),
        ("site.toml", vancouver),
        ("site.toml", settings.clone()),
        ("site.toml", own),
        (OWN, second.clone()),
        ("styles", second),
    ];
    regesta::rehearse(archive.root(), |preview| {
        for (name, text) in edits {
            if name != "styles" {
                fs::write(archive.path(name), &text).expect("the file can be written");
            }
            preview.save(name);
            let built = Whole::of(archive.root(), &Request::default());
            for output in built.outputs.unwrap_or_else(|| panic!("{:?}", built.diagnostics)) {
                assert!(*preview.at(&output.path) == *output.bytes, "{} differs after {name}: {text}", output.path);
            }
        }
        assert!(String::from_utf8_lossy(&preview.at("works/citing.html")).contains("Second <a"));
    });
}

/// More than is tried in one file: the index has many, of which an edit changes some.
#[test]
fn the_search_index_is_that_of_a_build_after_each_edit() {
    const FIRST: &str = "content/works/w0.md";
    const SETTINGS: &str = "site.toml";
    let work = |number: usize| {
        let words: Vec<String> = (0..900).map(|word| format!("w{}", (number * 31 + word * word * 7) % 5000)).collect();
        let words = words.join(" ");
        format!(
            "---\ntype: book\ntitle: Title {number}\nauthor: [{{ family: Author{} }}]\nissued: {}\nkeywords: [norms]\n---\n\n{words}\n\n## Part\n\n{words}\n",
            number % 7,
            1900 + number
        )
    };
    let works = (0..160).map(|number| (format!("content/works/w{number}.md"), work(number)));
    let settings = Archive::small().read(SETTINGS) + "\n[pictures]\nsite = false\n";
    let archive =
        works.fold(Archive::small().with(SETTINGS, settings), |archive, (path, text)| archive.with(&path, text));
    let edits = [
        Change(FIRST, "## Part", "Zyzzyva, a new word.\n\n## Part"),
        Change(FIRST, "title: Title 0", "title: Another title"),
        Change(FIRST, "## Part", "## Heading {#part}"),
        Write("content/works/w999.md", "---\ntype: book\ntitle: The last\nkeywords: [regimes]\n---\nText.\n"),
        Change("content/keywords.yaml", "label: Norms", "label: Standards\n  aliases: [Rules]"),
        Remove("content/works/w150.md"),
        Change(
            SETTINGS,
            "language = \"en\"",
            "language = \"en\"\nsearch = { text = \"excerpt\", facets = [\"kind\"] }",
        ),
        Change(FIRST, "title: Another title", "title: Another title\ndraft: true"),
        Change(SETTINGS, "\nsearch = { text = \"excerpt\", facets = [\"kind\"] }", "\nsearch = { enabled = false }"),
        Change(SETTINGS, "\nsearch = { enabled = false }", ""),
        Change(FIRST, "\ndraft: true", ""),
    ];
    let built = || {
        let built = Whole::of(archive.root(), &Request::default());
        let outputs = built.outputs.unwrap_or_else(|| panic!("{:?}", built.diagnostics)).into_iter();
        outputs.filter(|output| output.path.starts_with("search/")).collect::<Vec<_>>()
    };
    regesta::rehearse(archive.root(), |preview| {
        let before = built();
        assert!(before.len() > 50, "there are only {} files", before.len());
        for (number, edit) in edits.into_iter().enumerate() {
            let name = edit.make(&archive);
            preview.save(name);
            // Some states are passed over without a question.
            if number % 3 == 0 {
                continue;
            }
            let after = built();
            for output in &after {
                assert!(*preview.at(&output.path) == *output.bytes, "{} differs after {name}", output.path);
            }
            let gone = before.iter().filter(|old| after.iter().all(|output| output.path != old.path));
            for old in gone {
                assert!(*preview.at(&old.path) != *old.bytes, "{} is there after {name}", old.path);
            }
        }
    });
}

/// Pages come and go with the rows of their lists.
#[test]
fn the_parts_of_lists_are_those_of_a_build_after_each_edit() {
    const FIRST: &str = "content/works/w0.md";
    let work = |number: usize| {
        let year = 1980 + number * 2;
        format!(
            "---\ntype: book\ntitle: Title {number}\nauthor: [{{ family: Author{number} }}]\nissued: {year}\n\
             keywords: [norms]\ntracks: [sovereignty]\n---\n\nSee [[w0]].\n"
        )
    };
    let works = (0..9).map(|number| (format!("content/works/w{number}.md"), work(number)));
    let settings = Archive::small().read("site.toml") + "\n[lists]\nmost-rows = 3\n\n[pictures]\nsite = false\n";
    let archive =
        works.fold(Archive::small().with("site.toml", settings), |archive, (path, text)| archive.with(&path, text));
    let edits = [
        Change(FIRST, "issued: 1980", "issued: 1995"),
        Write(
            "content/works/w99.md",
            "---\ntype: book\ntitle: Zebra\nissued: 1984\nkeywords: [norms]\n---\nSee [[w0]].\n",
        ),
        Change(FIRST, "title: Title 0", "title: Another"),
        Change(FIRST, "issued: 1995\n", ""),
        Remove("content/works/w99.md"),
        Change("site.toml", "most-rows = 3", "most-rows = 300"),
        Change("site.toml", "most-rows = 300", "most-rows = 2"),
    ];
    let built = || {
        let built = Whole::of(archive.root(), &Request::default());
        built.outputs.unwrap_or_else(|| panic!("{:?}", built.diagnostics))
    };
    regesta::rehearse(archive.root(), |preview| {
        assert!(built().iter().any(|output| output.path == "timeline/1980s.html"));
        for edit in edits {
            let before = built();
            let name = edit.make(&archive);
            preview.save(name);
            let after = built();
            for output in &after {
                assert!(*preview.at(&output.path) == *output.bytes, "{} differs after {name}", output.path);
            }
            for old in before.iter().filter(|old| after.iter().all(|output| output.path != old.path)) {
                assert!(*preview.at(&old.path) != *old.bytes, "{} is there after {name}", old.path);
            }
        }
    });
}

/// What a work says that may be edited; what else it says depends on its number.
#[derive(Clone, Debug)]
struct Work {
    title: usize,
    year: Option<u16>,
    keywords: Vec<usize>,
    of_section: Option<usize>,
    authors: Vec<usize>,
    tracks: Vec<usize>,
    cites: Vec<usize>,
    related: Option<usize>,
    words: usize,
}

const WORKS: usize = 8;

fn work() -> impl Strategy<Value = Work> {
    let dated = (0_usize..5, prop::option::weighted(0.8, 1985_u16..1992));
    let filed = (prop::collection::vec(0_usize..5, 0..4), prop::option::of(0_usize..5));
    let named = (prop::collection::vec(0_usize..4, 0..3), prop::sample::subsequence(vec![0, 1], 0..=2));
    let cites = (prop::collection::vec(0_usize..WORKS, 0..3), prop::option::weighted(0.2, 0_usize..WORKS), 0_usize..3);
    (dated, filed, named, cites).prop_map(|((title, year), filed, named, (cites, related, words))| Work {
        title,
        year,
        keywords: filed.0,
        of_section: filed.1,
        authors: named.0,
        tracks: named.1,
        cites,
        related,
        words,
    })
}

impl Work {
    fn text(&self, number: usize) -> String {
        let list = |name: &str, items: Vec<String>| format!("{name}: [{}]\n", items.join(", "));
        let each = |items: &[usize], text: fn(usize) -> String| items.iter().map(|item| text(*item)).collect();
        let year = self.year.map_or(String::new(), |year| format!("issued: {year}\n"));
        // Works 1 and 2 are one, which has no relation to itself.
        let related = self.related.filter(|other| *other != number && *other > 2);
        let related =
            related.map_or(String::new(), |other| format!("relations: [{{ type: builds-on, to: w{other} }}]\n"));
        let same = if number == 1 { "same-as: w2\n" } else { "" };
        let heading = self
            .of_section
            .map_or(String::new(), |keyword| format!("## Part {{.annotation keywords=\"k{keyword}\"}}\n"));
        let cites: Vec<String> = self.cites.iter().map(|other| format!("Of [[w{other}]]. ")).collect();
        [
            "---\ntype: book\n",
            &format!(
                "title: {}{}\n",
                ["Zebra", "The Änd", "end", "Other", "a"][self.title],
                " word".repeat(self.title)
            ),
            &year,
            &list("author", each(&self.authors, |author| format!("{{ family: F{author}, given: G }}"))),
            &list("keywords", each(&self.keywords, |keyword| format!("k{keyword}"))),
            &list("tracks", each(&self.tracks, |track| ["sovereignty", "multistakeholder"][track].to_string())),
            &related,
            same,
            "---\n",
            &cites.concat(),
            &" Words.".repeat(self.words),
            "\n\n",
            &heading,
        ]
        .concat()
    }
}

/// What is done to a work: it comes, goes, or says other things, of one kind or of all.
#[derive(Clone, Copy, Debug)]
enum Part {
    Title,
    Date,
    Keywords,
    Authors,
    Links,
    All,
    Presence,
}

fn part() -> impl Strategy<Value = Part> {
    use Part::{All, Authors, Date, Keywords, Links, Presence, Title};
    prop::sample::select(vec![Title, Title, Date, Keywords, Keywords, Authors, Links, Links, All, Presence])
}

fn edited(old: Work, new: Work, part: Part) -> Work {
    match part {
        Part::Title => Work { title: new.title, ..old },
        Part::Date => Work { year: new.year, ..old },
        Part::Keywords => Work { keywords: new.keywords, of_section: new.of_section, tracks: new.tracks, ..old },
        Part::Authors => Work { authors: new.authors, ..old },
        Part::Links => Work { cites: new.cites, related: new.related, ..old },
        Part::All | Part::Presence => new,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_pages_are_those_of_a_build_after_any_edits_of_records(
        works in prop::collection::vec(work(), WORKS),
        edits in prop::collection::vec((0..WORKS, work(), part(), any::<bool>()), 1..7),
        vocabulary in any::<bool>(),
    ) {
        let settings = Archive::small().read("site.toml") + "\n[lists]\nmost-rows = 2\n\n[pictures]\nsite = false\n\
            \n[[relations]]\nid = \"builds-on\"\nlabel = \"Builds on\"\ninverse = \"Carried on by\"\n";
        let term = |keyword: usize| format!("k{keyword}:\n  label: Term {}\n", (keyword * 2) % 5);
        let terms: Vec<String> = (0..5).map(term).collect();
        let name = |number: usize| format!("content/works/0{number}-w{number}.md");
        let mut archive = Archive::empty().with("site.toml", settings).with("content/about.md", "---\ntitle: About\n---\nOf [[w2]].\n");
        if vocabulary {
            archive = archive.with("content/keywords.yaml", terms.concat());
        }
        let mut works: Vec<Option<Work>> = works.into_iter().map(Some).collect();
        for (number, work) in works.iter().flatten().enumerate() {
            archive = archive.with(&name(number), work.text(number));
        }
        let built = || {
            let built = Whole::of(archive.root(), &Request::default());
            built.outputs.map(|outputs| outputs.into_iter().map(|output| (output.path, output.bytes)).collect::<BTreeMap<_, _>>())
        };
        regesta::rehearse(archive.root(), |preview| {
            let mut before = built().expect("it is sound");
            for (number, new, part, look) in edits {
                let old = works[number].take();
                works[number] = match (old, part) {
                    (Some(_), Part::Presence) => None,
                    (Some(old), part) => Some(edited(old, new, part)),
                    (None, _) => Some(new),
                };
                match &works[number] {
                    Some(work) => put(&archive.path(&name(number)), work.text(number)),
                    None => fs::remove_file(archive.path(&name(number))).expect("it was there"),
                }
                preview.save(&name(number));
                // An archive with a fault is shown as it last was, and some states nobody looks at.
                let Some(after) = built().filter(|_| look) else { continue };
                for (path, bytes) in &after {
                    assert!(*preview.at(path) == **bytes, "{path} differs after {part:?} of w{number}");
                }
                for (path, bytes) in before.iter().filter(|(path, _)| !after.contains_key(*path)) {
                    assert!(*preview.at(path) != **bytes, "{path} is there after {part:?} of w{number}");
                }
                before = after;
            }
        });
    }
}
