//! What a build does after another: less, and never anything else.

mod support;

use std::{fs, path::PathBuf};

use proptest::{prelude::*, sample::Index};
use support::{Archive, Run, Tree, repository, tree};

/// One of the builds that follow on each other, and whether its site is that of a build from
/// nothing. Both may fail alike.
#[track_caller]
fn build(archive: &Archive, arguments: &[&str]) -> Run {
    let again = archive.build(arguments);
    let cold = archive.path("cold");
    let _ = fs::remove_dir_all(&cold);
    let kept = archive.path(".regesta");
    let aside = archive.path(".aside");
    if kept.exists() {
        fs::rename(&kept, &aside).expect("it can be moved");
    }
    let from_nothing = archive.build(&[arguments, &["--out", "cold"]].concat());
    let _ = fs::remove_dir_all(&kept);
    if aside.exists() {
        fs::rename(&aside, &kept).expect("it can be moved back");
    }
    assert_eq!(again.code(), from_nothing.code(), "{}{}", again.stderr(), from_nothing.stderr());
    if again.code() == 0 {
        agree(&archive.site(), &tree(&cold));
    }
    again
}

#[track_caller]
fn agree(again: &Tree, cold: &Tree) {
    assert!(again.keys().eq(cold.keys()), "other files: {:?}, {:?}", again.keys(), cold.keys());
    for (path, bytes) in again {
        assert!(cold[path] == *bytes, "{path} is not what a build from nothing makes");
    }
}

fn records(archive: &Archive) -> Vec<PathBuf> {
    let folder = fs::read_dir(archive.path(".regesta/builds"));
    folder.into_iter().flatten().flatten().map(|file| file.path()).collect()
}

fn did_nothing(run: &Run) -> bool {
    run.stdout().starts_with("Nothing changed: ") && !run.stderr().contains("render")
}

const FIRST: &str = "content/works/01-krasner-1982.md";
const SECOND: &str = "content/works/02-keohane-1984.md";

#[test]
fn nothing_is_done_where_nothing_changed() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    assert!(did_nothing(&build(&archive, &[])));
    let archive = archive.edit(FIRST, "Principles", "Norms").edit(FIRST, "Norms", "Principles");
    assert!(did_nothing(&build(&archive, &[])), "the text is what it was");
    let archive = archive.edit(FIRST, "Principles", "Norms");
    assert!(!did_nothing(&build(&archive, &[])));
    assert!(did_nothing(&build(&archive, &[])));
}

#[test]
fn prose_makes_the_pages_that_show_it() {
    let archive = Archive::small().edit(SECOND, "Institutions", "[[krasner-1982#definition]]: institutions");
    build(&archive, &[]).expect(0);
    let run = build(&archive.edit(FIRST, "Principles", "Edited principles"), &[]).expect(0);
    // Its page, the preview of it, the print edition, the feeds, the index of the search.
    let written: usize =
        run.stdout().split_once(": ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok()).unwrap();
    assert!((3..12).contains(&written), "{}", run.stdout());
}

#[cfg(feature = "citations")]
#[test]
fn a_work_is_cited_as_its_record_is_now() {
    let settings = Archive::small().read("site.toml") + "\n[citations]\nstyles = [\"apa\", \"mla\"]\n";
    let citing =
        "---\ntype: book\ntitle: Citing\n---\nAs [@krasner-1982, p. 5; @keohane-1984] and @krasner-1982 say.\n";
    let mut archive = Archive::small().with("site.toml", settings).with("content/works/03-citing.md", citing);
    build(&archive, &[]).expect(0);
    let edits = [
        ("family: Krasner", "family: Kasner", "Kasner (1982)"),
        ("issued: 1982", "issued: 1983", "Kasner (1983)"),
        // The same name and year as another: both are told apart from here on.
        ("{ family: Kasner, given: S. }", "{ family: Keohane, given: R. }", "Keohane (1983)"),
        ("issued: 1983", "issued: 1984", "Keohane (1984b)"),
        ("title: Structural Causes", "title: A Cause", "Keohane (1984a)"),
    ];
    for (old, new, shown) in edits {
        archive = archive.edit(FIRST, old, new);
        build(&archive, &[]).expect(0);
        let page = archive.read("public/works/citing.html");
        assert!(page.contains(shown), "{new}: {page}");
    }
}

#[test]
fn each_folder_and_each_request_is_a_site_of_its_own() {
    let archive = Archive::small().edit(FIRST, "keywords:", "draft: true\nkeywords:");
    build(&archive, &[]).expect(0);
    archive.build(&["--out", "other"]).expect(0);
    assert_eq!(records(&archive).len(), 2);
    assert!(did_nothing(&build(&archive, &[])));
    assert!(!did_nothing(&build(&archive, &["--drafts"])));
    assert!(!did_nothing(&build(&archive, &["--base-url", "https://example.net/"])));
    assert!(!did_nothing(&build(&archive, &[])));
    assert!(did_nothing(&build(&archive, &[])));
    for number in 0..12 {
        archive.build(&["--out", &format!("site-{number}")]).expect(0);
    }
    assert_eq!(records(&archive).len(), 8, "the newest are kept");
}

#[test]
fn warnings_are_told_each_time() {
    let archive = Archive::small().edit(FIRST, "[regimes]", "[regimes, regimes]");
    let told = |arguments: &[&str]| archive.build(arguments).stdout().to_string();
    for format in ["json", "github"] {
        let _ = fs::remove_dir_all(archive.path(".regesta"));
        let first = told(&["--message-format", format]);
        assert!(first.contains("warning"), "{first}");
        assert_eq!(told(&["--message-format", format]), first);
    }
}

#[test]
fn a_site_that_was_touched_is_mended() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    let cold = archive.site();
    let spoils: [&dyn Fn(PathBuf); 4] = [
        &|path| fs::remove_file(path).unwrap(),
        &|path| fs::write(path, "other").unwrap(),
        &|path| {
            let bytes = fs::read(&path).unwrap().into_iter().rev().collect::<Vec<u8>>();
            fs::write(path, bytes).unwrap();
        },
        &|path| {
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            fs::write(path, [bytes, b"more".to_vec()].concat()).unwrap();
        },
    ];
    for path in ["index.html", "works/krasner-1982.html", "search/index.js", "static/tracks.css"] {
        for spoil in spoils {
            spoil(archive.path("public").join(path));
            archive.build(&[]).expect(0);
            assert!(archive.site() == cold, "{path} is not mended");
        }
    }
    fs::remove_dir_all(archive.path("public")).unwrap();
    archive.build(&[]).expect(0);
    assert!(archive.site() == cold);
}

#[test]
fn what_is_kept_may_be_spoilt_or_gone() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    let record = records(&archive).remove(0);
    let sound = fs::read(&record).unwrap();
    let cut = sound[..sound.len() / 2].to_vec();
    let flipped = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        bytes
    };
    let spoilt = [Vec::new(), cut, flipped(3), flipped(40), flipped(sound.len() / 2), flipped(sound.len() - 9)];
    for bytes in spoilt {
        fs::write(&record, bytes).unwrap();
        assert!(!did_nothing(&build(&archive, &[])));
        assert!(fs::read(&record).unwrap() != b"", "it is written anew");
        assert!(did_nothing(&build(&archive, &[])));
    }
}

/// What a build with `-v` says that it made anew: files parsed, pages rendered, entries
/// indexed, files of the index packed.
#[track_caller]
fn anew(run: &Run) -> [usize; 4] {
    let line = run.stderr().lines().find_map(|line| line.trim_start().strip_prefix("anew:"));
    let line = line.unwrap_or_else(|| panic!("nothing is said of it: {}", run.stderr()));
    let counts: Vec<usize> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    counts.try_into().expect("there are four of them")
}

/// How many files a build says that it wrote.
#[track_caller]
fn written(run: &Run) -> usize {
    let count = run.stdout().split(" files written").next().and_then(|text| text.rsplit(' ').next()?.parse().ok());
    count.unwrap_or_else(|| panic!("nothing is said of it: {}", run.stdout()))
}

/// A long word, so that few of them are a long text.
fn word(rank: u32) -> String {
    let mut state = rank;
    let letter = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"abcdefghijklmnop"[(state >> 28) as usize])
    };
    (0..20).map(letter).collect()
}

/// An archive whose index has many files.
fn large() -> Archive {
    let mut archive = Archive::small();
    let settings = archive.read("site.toml") + "\n[pictures]\nsite = false\n";
    archive = archive.with("site.toml", settings);
    let mut state = 1_u32;
    for number in 0..60 {
        let mut text = format!("---\ntype: book\ntitle: Work {number}\nissued: {}\n---\n", 1900 + number);
        for at in 0..1300 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few words are common, and most are rare.
            text.push_str(&word((state >> 16) % (1 << (1 + (state >> 8) % 14))));
            text.push_str(if at % 80 == 79 { ".\n\n" } else { " " });
        }
        archive = archive.with(&format!("content/works/work-{number}.md"), text);
    }
    archive
}

const LARGE: &str = "content/works/work-40.md";

#[test]
fn prose_is_all_that_is_made_anew() {
    let archive = large();
    let [parsed, rendered, indexed, all] = anew(&build(&archive, &["-v"]).expect(0));
    assert!(parsed > 60 && rendered > parsed && indexed > 60 && all > 50, "{parsed} {rendered} {indexed} {all}");
    for number in 0..2 {
        let prose = archive.read(LARGE).replacen(&word(number), &word(90_000 + number), 3) + "\nMore of it.\n";
        fs::write(archive.path(LARGE), prose).unwrap();
        let run = build(&archive, &["-v"]).expect(0);
        let [parsed, rendered, indexed, packed] = anew(&run);
        assert_eq!((parsed, indexed), (1, 1));
        assert!((1..9).contains(&rendered), "{rendered} pages");
        assert!(packed < all * 3 / 4, "{packed} of {all} files");
        // Whatever ends elsewhere now, no file is written that has not been made anew, but for
        // the first of the index.
        let written = written(&run);
        assert!(written <= rendered + packed + 1, "{written} files written");
    }
    // Of another title all pages may tell, but no other file is read again, and few words are
    // other words.
    fs::write(archive.path(LARGE), archive.read(LARGE).replace("title: Work 40", "title: Another work")).unwrap();
    let [parsed, _, _, packed] = anew(&build(&archive, &["-v"]).expect(0));
    assert!(parsed == 1 && packed < all / 4, "{parsed} {packed}");
    // A site elsewhere has no files to keep, but the same entries and the same words.
    let run = archive.build(&["-v", "--out", "elsewhere"]).expect(0);
    let [parsed, _, indexed, packed] = anew(&run);
    assert_eq!((parsed, indexed, packed), (0, 0, all));
    agree(&tree(&archive.path("elsewhere")), &archive.site());
}

/// Notes and citations in a volume of the print edition, of which one text changes; and a template
/// that shows them otherwise.
#[test]
fn texts_of_a_volume_are_taken_from_it_and_no_others() {
    let noted = |title: &str, text: &str| {
        format!(
            "---\ntype: book\ntitle: {title}\n---\n{text} alone.\n\nText [@krasner-1982] and [[keohane-1984]].[^1] Again.[^2]\n\n## A part\n\nA [link](https://example.org/).\n\n\
             [^1]: The same note, on [@krasner-1982].\n[^2]: Another <b>note</b>.\n"
        )
    };
    let settings = Archive::small().read("site.toml") + "\n[citations]\nstyles = [\"apa\"]\n";
    let archive = (0..6).fold(Archive::small().with("site.toml", settings), |archive, number| {
        archive.with(&format!("content/works/w{number}.md"), noted("One", &format!("Text {number}")))
    });
    let template = fs::read_to_string(repository().join("themes/default/templates/print.html")).unwrap();
    assert!(template.contains("{{ entry.body }}"));
    let other = template.replace("{{ entry.body }}", "{{ entry.body | upper }}");
    build(&archive, &[]).expect(0);
    for (number, template) in [None, None, Some(other), None].into_iter().enumerate() {
        if let Some(template) = template {
            fs::create_dir_all(archive.path("themes/default/templates")).unwrap();
            fs::write(archive.path("themes/default/templates/print.html"), template).unwrap();
            build(&archive, &[]).expect(0);
        }
        fs::write(archive.path("content/works/w3.md"), noted("One", &format!("Edited {number}"))).unwrap();
        let [_, rendered, ..] = anew(&build(&archive, &["-v"]).expect(0));
        assert!((2..9).contains(&rendered), "{rendered} pages");
        assert!(archive.read("public/print.html").to_lowercase().contains(&format!("edited {number}")));
    }
}

/// Every file that builds keep.
fn kept(archive: &Archive) -> Vec<PathBuf> {
    let folders = fs::read_dir(archive.path(".regesta")).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    files.sort();
    files
}

type Spoil = fn(&mut Vec<u8>);

#[test]
fn whatever_is_kept_may_be_spoilt() {
    let archive = large();
    build(&archive, &[]).expect(0);
    let names = |archive: &Archive| {
        kept(archive).iter().filter_map(|path| Some(path.parent()?.file_name()?.to_owned())).collect::<Vec<_>>()
    };
    let all = ["builds", "entries", "words"];
    // Of sources that have been written a moment ago nothing is known.
    let names = |archive: &Archive| names(archive).into_iter().filter(|name| name != "sources").collect::<Vec<_>>();
    assert_eq!(names(&archive), all);
    let spoils: [Spoil; 3] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| {
            let middle = bytes.len() / 3;
            bytes[middle] ^= 128;
        },
        |bytes| bytes.extend_from_slice(b"more"),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        for path in kept(&archive) {
            let mut bytes = fs::read(&path).unwrap();
            spoil(&mut bytes);
            fs::write(&path, bytes).unwrap();
        }
        fs::write(archive.path(LARGE), archive.read(LARGE) + &format!("\nProse {number}.\n")).unwrap();
        build(&archive, &[]).expect(0);
        assert!(did_nothing(&archive.build(&[])), "all of it is written anew");
        assert_eq!(names(&archive), all);
    }
}

#[test]
fn what_is_kept_of_other_settings_is_not_taken() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    let before = archive.read("site.toml");
    for number in 0..4 {
        let settings = format!("{before}\n[markdown]\nsmart-punctuation = {}\n# {number}\n", number % 2 == 0);
        fs::write(archive.path("site.toml"), settings).unwrap();
        let [parsed, ..] = anew(&build(&archive, &["-v"]).expect(0));
        assert!(parsed > 0);
    }
    assert_eq!(fs::read_dir(archive.path(".regesta/entries")).unwrap().count(), 2, "the newest are kept");
}

#[test]
fn builds_may_run_at_the_same_time() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    for number in 0..2 {
        fs::write(archive.path(FIRST), archive.read(FIRST) + &format!("\nProse {number}.\n")).unwrap();
        std::thread::scope(|scope| {
            for out in ["public", "one", "two"] {
                let archive = &archive;
                scope.spawn(move || archive.build(&["--out", out]).expect(0));
            }
        });
        build(&archive, &[]).expect(0);
        for out in ["one", "two"] {
            agree(&tree(&archive.path(out)), &archive.site());
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_costs_time_alone() {
    let archive = Archive::small().with(".regesta", "somebody's file");
    for _ in 0..2 {
        archive.build(&[]).expect(0);
    }
    assert_eq!(archive.read(".regesta"), "somebody's file");
}

#[test]
fn a_build_that_fails_keeps_no_record_of_itself() {
    let archive = Archive::small();
    build(&archive, &[]).expect(0);
    let archive = archive.edit(FIRST, "The definition", "[[nowhere]]");
    for _ in 0..2 {
        assert!(build(&archive, &[]).expect(1).stderr().contains("nowhere"));
    }
    let archive = archive.edit(FIRST, "[[nowhere]]", "The definition");
    assert!(did_nothing(&build(&archive, &[])));
}

#[test]
fn drafts_of_a_run_that_was_ended_are_removed_and_those_of_another_stay() {
    let archive = Archive::small().with("public/.regesta-drafts.1/lock", "").with("public/.regesta-drafts.1/0", "half");
    let held = archive.path("public/.regesta-drafts.2");
    fs::create_dir_all(&held).unwrap();
    let lock = fs::File::create(held.join("lock")).unwrap();
    lock.lock().unwrap();
    archive.build(&[]).expect(0);
    assert!(!archive.path("public/.regesta-drafts.1").exists());
    assert!(held.exists(), "somebody works there");
}

/// An edit of an archive, by what it puts where.
#[derive(Clone, Debug)]
enum Edit {
    Put(&'static str, &'static str),
    /// A paragraph at the end.
    Prose(&'static str),
    Remove(&'static str),
}

fn edits() -> impl Strategy<Value = Edit> {
    const ENTRIES: [&str; 4] = [FIRST, SECOND, "content/works/03-third.md", "content/works/04-fourth.md"];
    const TEXTS: [&str; 9] = [
        "---\ntype: book\ntitle: One\nkeywords: [regimes]\n---\nProse.\n",
        "---\ntype: book\ntitle: One\nkeywords: [regimes]\n---\nOther prose, with a note.[^1]\n\n[^1]: A note.\n",
        "---\ntype: book\ntitle: Two\nkeywords: [regimes, norms]\n---\nProse.\n",
        "---\ntype: book\ntitle: Two\nissued: 1901\n---\nProse.\n\n## A part\n\nMore of it.\n",
        "---\ntype: book\ntitle: Two\nissued: 1901\ndraft: true\n---\nProse.\n",
        "---\ntype: book\ntitle: Three\nauthor: [{ family: Keohane, given: R. }]\n---\nSee [[krasner-1982]] for it.\n",
        "---\ntype: book\ntitle: Three\nauthor: [{ family: Keohane, given: R. }]\n---\nRead [[krasner-1982]] on it.\n",
        "---\ntype: book\ntitle: Four\nsame-as: krasner-1982\n---\nA double.\n",
        "no front matter",
    ];
    const OTHERS: [(&str, &str); 6] = [
        ("content/index.md", "---\ntitle: Home\n---\nAn introduction to [[keohane-1984]].\n"),
        ("content/index.md", "---\ntitle: Home\n---\nA longer introduction.\n"),
        ("content/about.md", "---\ntitle: About\n---\nOf the archive.\n"),
        ("content/keywords.yaml", "regimes: { label: Regimes }\nnorms: { label: Norms of states }\n"),
        ("themes/default/templates/card.html", "<b>{{ card.title }}</b>"),
        ("content/picture.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ];
    prop_oneof![
        4 => any::<Index>().prop_map(|one| Edit::Prose(ENTRIES[one.index(ENTRIES.len())])),
        4 => (any::<Index>(), any::<Index>()).prop_map(|(path, text)| Edit::Put(ENTRIES[path.index(ENTRIES.len())], TEXTS[text.index(TEXTS.len())])),
        2 => any::<Index>().prop_map(|one| { let (path, text) = *one.get(&OTHERS); Edit::Put(path, text) }),
        1 => any::<Index>().prop_map(|one| Edit::Remove(one.get(&OTHERS).0)),
        1 => any::<Index>().prop_map(|one| Edit::Remove(ENTRIES[one.index(ENTRIES.len())])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_edits_give_what_a_build_from_nothing_makes(edits in prop::collection::vec(edits(), 1..8)) {
        let archive = Archive::small();
        let settings = archive.read("site.toml") + "\n[pictures]\nsite = false\n";
        let mut archive = archive.with("site.toml", settings);
        build(&archive, &[]).expect(0);
        for edit in edits {
            archive = match edit {
                Edit::Put(path, text) => archive.with(path, text),
                Edit::Prose(path) if archive.path(path).exists() => {
                    let text = archive.read(path);
                    archive.with(path, text + "\nMore prose.\n")
                }
                Edit::Remove(path) if archive.path(path).exists() => archive.without(path),
                Edit::Prose(_) | Edit::Remove(_) => archive,
            };
            build(&archive, &[]);
        }
    }
}
