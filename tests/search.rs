//! The search index from outside: how words are folded, and archives for the reader.
//!
//! `tests/search/folding.json` has texts with what becomes of them: for each word its
//! key, its position, its parts, and the key of the Cyrillic word that it may stand for.
//! To add some, add lines with a text and an empty list, then
//! `REGESTA_EXPECT=rewrite cargo test --test search`, and read the difference.
//!
//! A browser's side of both is in `tests/search/*.test.mjs`, which Node runs: the same
//! table, and the indexes that are written here into `search-cases/`, below Cargo's folder for tests.

mod support;

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use regesta::{Trial, search_trial, words_searched};
use serde_json::{Value, json};
use support::{Archive, put, repository};

type Word = (String, usize, usize, Option<String>);

#[test]
fn words_are_folded_as_the_table_says() {
    let file = repository().join("tests/search/folding.json");
    let table = fs::read_to_string(&file).expect("there is a table");
    let table: Vec<(String, Vec<Word>)> = serde_json::from_str(&table).expect("it is a list of cases");
    assert!(table.len() >= 3000, "it has only {} cases", table.len());
    if env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite") {
        let line = |(text, _): &(String, Vec<Word>)| visible(&json!([text, words_searched(text)]).to_string());
        let lines: Vec<String> = table.iter().map(line).collect();
        return fs::write(file, format!("[\n{}\n]\n", lines.join(",\n"))).expect("the table can be written");
    }
    let mut different = String::new();
    for (text, expected) in table {
        let found = words_searched(&text);
        if found != expected {
            let _ = writeln!(different, "{text:?}\n- {expected:?}\n+ {found:?}");
        }
    }
    assert!(different.is_empty(), "{different}");
}

/// JSON with escapes for characters that show nothing, or turn the line that they are in.
fn visible(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        let unseen = match u32::from(c) {
            0x7f..=0xa0
            | 0xad
            | 0x61c
            | 0x2000..=0x200f
            | 0x2028..=0x202f
            | 0x205f..=0x206f
            | 0xe000..=0xf8ff
            | 0xfeff => true,
            code => code & 0xfffe == 0xfffe,
        };
        if unseen {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// The keys of a text, the parts of each whole behind it.
#[track_caller]
fn check(text: &str, expected: &str) {
    let keys: Vec<String> = words_searched(text).into_iter().map(|(key, ..)| key).collect();
    assert_eq!(keys.join(" "), expected, "{text}");
}

#[test]
fn marks_case_and_ligatures_do_not_count() {
    check("Kleinwächter", "kleinwachter");
    check("Kleinwa\u{308}chter", "kleinwachter");
    check("ŁÓDŹ Ærøskøbing Œuvre Straße ẞ", "lodz aeroskobing oeuvre strasse ss");
    check("Þórðarson Đorđe Azərbaycan ŋ Ħal", "thordarson dorde azerbaycan n hal");
    check("İstanbul Diyarbakır", "istanbul diyarbakir");
    check("ﬁnal ﬄ Ǆ ½ ² Ⅷ", "final ffl dz 12 2 viii");
    check("Ｆｕｌｌ 𝐁𝐨𝐥𝐝", "full bold");
    check("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ");
    check("\u{301}\u{200d}", "");
}

#[test]
fn wholes_stand_before_their_parts() {
    check("A/66/359", "a/66/359 a 66 359");
    check("cyber-security", "cybersecurity cyber security");
    check("China's China’s", "chinas china s chinas china s");
    check("U.S. 1985-2005 Co:llaboratory", "us u s 1985-2005 1985 2005 co:llaboratory co llaboratory");
    check("10.1017/S17", "10.1017/s17 10 1017 s17");
    check("state , of/ -the", "state of the");
}

#[test]
fn cyrillic_and_its_transliterations_meet() {
    let stands_for =
        |latin: &str| words_searched(latin)[0].3.clone().unwrap_or_else(|| words_searched(latin)[0].0.clone());
    let systems = [
        ("безопасности", vec!["bezopasnosti"]),
        (
            "информационной",
            vec!["informacionnoj", "informatsionnoy", "informatsionnoi", "informatzionnoi", "informacionnoi"],
        ),
        ("соглашение", vec!["soglashenie", "soglašenie", "soglasheniye"]),
        ("взгляды", vec!["vzglyady", "vzglâdy", "vzglyady", "vzgljady", "vzgliady"]),
        ("общество", vec!["obshchestvo", "obščestvo", "obschestvo", "obshhestvo", "obŝestvo"]),
        ("Шанхайской", vec!["Shankhayskoy", "Šanhajskoj", "Shankhaiskoi", "SHanhajskoj"]),
        ("жизнь", vec!["zhiznʹ", "žizn", "zhizn’"]),
    ];
    for (cyrillic, all) in systems {
        let key = &words_searched(cyrillic)[0].0;
        for latin in all {
            assert_eq!(&stands_for(latin), key, "{latin} for {cyrillic}");
        }
    }
}

#[test]
fn other_scripts_are_cut_as_they_are_written() {
    check("网络安全", "网络 络安 安全 全");
    check("中国的 C4I 战略", "中国 国的 的 c4i 战略 略");
    check("カタカナ ｶﾀ", "カタ タカ カナ ナ カタ タ");
    check("한국어", "한국어");
    check("अंतर्राष्ट्रीय सुरक्षा।", "अंतर्राष्ट्रीय सुरक्षा");
    check("مُحَمَّد שָׁלוֹם", "محمد שלום");
    check("ความมั่นคง", "ความมั่นคง");
    check("𠀀𠀁", "𠀀𠀁 𠀁");
}

/// Letters, and what could end a string, a script, a line or an encoding.
fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,8} ",
        2 => any::<char>().prop_map(String::from),
        1 => "\\PC{1,6}",
        1 => prop::sample::select(vec![
            "</script>", "<!--", "<script>", "]]>", "\u{2028}", "\u{2029}", "\u{202e}", "\u{2066}", "\u{200f}", "\u{feff}",
            "\u{0}", "\u{7f}", "\u{85}", "\u{fffd}", "\"", "'", "\\", "\\u003c", "`", "${", "\r", "\t", "A/66/359 ", "cyber-war ",
            "безопасности ", "安全", "e\u{301}", "한국", "\u{1f600}", "\u{10ffff}", "@", "--", "[[x]]", "&amp;", "Straße ",
        ]).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

#[derive(Debug)]
struct Work {
    title: String,
    creator: String,
    summary: String,
    keyword: String,
    body: String,
}

fn work() -> impl Strategy<Value = Work> {
    let body = prop::collection::vec((text(4), text(24)), 0..4).prop_map(|sections| {
        let section =
            |(heading, words): (String, String)| format!("## {}\n\n{words}\n\n", heading.replace(['\n', '\r'], " "));
        sections.into_iter().map(section).collect::<String>()
    });
    (text(6), text(3), text(8), text(3), body).prop_map(|(title, creator, summary, keyword, body)| Work {
        title,
        creator,
        summary,
        keyword,
        body,
    })
}

impl Work {
    fn file(&self) -> String {
        let Work { title, creator, summary, body, .. } = self;
        let (title, creator, summary) = (quoted(title), quoted(creator), quoted(summary));
        format!(
            "---\ntype: book\ntitle: {title}\nauthor: [{{ literal: {creator} }}]\nsummary: {summary}\nkeywords: [norms]\n---\n\n{body}"
        )
    }
}

/// As JSON, which is YAML but for a few characters that it wants as escapes.
fn quoted(text: &str) -> String {
    let escaped =
        |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    // A title of blanks alone is refused.
    let quoted = json!(format!("T{text}").replace('\0', "")).to_string();
    quoted.chars().map(|c| if escaped(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

/// What a browser reads of an index is what went into it: `tests/search/reader.test.mjs`
/// goes on from the files that are written here.
#[test]
fn indexes_of_any_text_are_written_for_the_reader() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("search-cases");
    let _ = fs::remove_dir_all(&folder);
    let times: u32 = env::var("REGESTA_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() });
    let (mut written, mut tried) = (0, 0);
    while written < 100 * times {
        tried += 1;
        assert!(tried < 300 * times, "most archives are refused");
        let works = prop::collection::vec(work(), 1..6).new_tree(&mut runner).expect("there is one").current();
        let keywords =
            format!("norms:\n  label: {}\n  aliases: [{}]\n", quoted(&works[0].keyword), quoted(&works[0].title));
        let archive = Archive::small()
            .without("content/works/01-krasner-1982.md")
            .without("content/works/02-keohane-1984.md")
            .with("content/keywords.yaml", keywords);
        let works = works.iter().enumerate();
        let archive = works
            .fold(archive, |archive, (index, work)| archive.with(&format!("content/works/w{index}.md"), work.file()));
        let Some(trial) = search_trial(archive.root()) else { continue };
        write_trial(&folder.join(written.to_string()), trial);
        written += 1;
    }
}

/// The repository's own archive too, whose known items Node looks for in either layout.
#[test]
fn the_index_of_the_own_archive_is_written_for_the_reader() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("search-own");
    let _ = fs::remove_dir_all(&folder);
    write_trial(&folder, search_trial(repository()).expect("it is sound"));
}

/// A folder for each layout, and `held.json`.
fn write_trial(folder: &Path, trial: Trial) {
    for (layout, outputs) in [("one", trial.one), ("usual", trial.usual), ("many", trial.many)] {
        for output in outputs {
            let text = std::str::from_utf8(&output.bytes).expect("a script is UTF-8");
            assert!(!text.contains(['<', '\0', '\u{1a}', '\r']), "{}", output.path);
            assert_eq!(text.lines().count(), 1, "{}", output.path);
            put(&folder.join(layout).join(output.path), text);
        }
    }
    put(&folder.join("held.json"), trial.held);
}

/// What the index of an archive holds.
struct Held(Value);

impl Held {
    #[track_caller]
    fn of(archive: &Archive) -> Self {
        let trial = search_trial(archive.root()).expect("the archive is sound");
        Held(serde_json::from_str(&trial.held).expect("it is JSON"))
    }

    /// The addresses of the documents that have a word.
    fn with(&self, key: &str) -> Vec<&str> {
        let documents = self.0["terms"][key].as_array().into_iter().flatten();
        documents
            .filter_map(|posting| {
                let document = usize::try_from(posting[0].as_u64()?).ok()?;
                self.0["shown"][document]["address"].as_str()
            })
            .collect()
    }

    /// The heading and text of what results quote of a document.
    fn texts(&self, address: &str) -> Vec<(&str, &str)> {
        let shown = self.0["shown"].as_array().into_iter().flatten().find(|shown| shown["address"] == address);
        let texts = shown.and_then(|shown| shown["texts"].as_array()).into_iter().flatten();
        texts.filter_map(|text| Some((text["id"].as_str()?, text["text"].as_str()?))).collect()
    }
}

const KRASNER: &str = "content/works/01-krasner-1982.md";
const PAGE: &str = "works/krasner-1982.html";

fn with_settings(settings: &str) -> Archive {
    let archive = Archive::small();
    let own = archive.read("site.toml");
    archive.with("site.toml", own + settings)
}

#[test]
fn all_that_is_read_of_a_text_is_found_and_nothing_else() {
    let body = "Opening.[^n]\n\n> Quotation\n\n<!-- remarked\n\nagain -->\n\n<style>\nstyled\n</style>\n\n<p title=\"attributed\">Rawly <b>nested</b></p>\n\n\
        See [[keohane-1984]] and [[keohane-1984|chosenwords]].\n\n\
        ## Chosen *heading* {#chosen}\n\n| Columnhead | B |\n|---|---|\n| cellword | x |\n\n```rust\nlet codeword = 1;\n```\n\n\
        ![picturetext](fig.svg)\n\nTerm\n: Definitionword with `inlinecode`, cut\u{ad}word and re**form**ed.\n\n\
        ### Deeper {#deeper}\n\nDepth.\n\n[^n]: Noteword.\n";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>";
    let archive = Archive::small().with("content/works/fig.svg", svg);
    let text = archive.read(KRASNER);
    let archive =
        archive.with(KRASNER, format!("{}---\n{body}", &text[..text.rfind("---").expect("there is a matter")]));
    let held = Held::of(&archive);
    for word in [
        "opening",
        "noteword",
        "quotation",
        "rawly",
        "nested",
        "chosenwords",
        "heading",
        "columnhead",
        "cellword",
        "codeword",
        "picturetext",
        "definitionword",
        "inlinecode",
        "cutword",
        "reformed",
        "deeper",
        "depth",
    ] {
        assert_eq!(held.with(word), [PAGE], "{word}");
    }
    for word in ["remarked", "again", "styled", "attributed", "form", "rust"] {
        assert!(held.with(word).is_empty(), "{word}: {:?}", held.with(word));
    }
    // A link that shows its target's title is found at the target alone.
    assert_eq!(held.with("hegemony"), ["works/keohane-1984.html"]);
    let texts = held.texts(PAGE);
    let under = |word: &str| texts.iter().find(|(_, text)| text.contains(word)).map(|(id, _)| *id);
    assert_eq!(under("Opening"), Some(""));
    assert_eq!(under("cellword"), Some("chosen"));
    assert_eq!(under("picturetext"), Some("chosen"));
    assert_eq!(under("Depth"), Some("deeper"));
    assert_eq!(under("Noteword"), Some(""));
    assert_eq!(under("After Hegemony"), Some(""), "it is quoted as the page shows it");
}

#[test]
fn drafts_are_not_found() {
    let draft =
        "---\ntype: book\ntitle: Secretive\nauthor: [{ family: Hidden, given: H. }]\ndraft: true\n---\nUnsaid.\n";
    let archive = Archive::small()
        .with("content/works/03-draft.md", draft)
        .with("content/later.md", "---\ntitle: Unready\ndraft: true\n---\nUnsaid as well.\n");
    let held = Held::of(&archive);
    for word in ["secretive", "hidden", "unsaid", "unready"] {
        assert!(held.with(word).is_empty(), "{word}");
    }
    archive.build(&[]).expect(0);
    archive.build(&["--drafts", "--out", "drafts"]).expect(0);
    assert!(archive.read("drafts/search/index.js") != archive.read("public/search/index.js"));
}

#[test]
fn settings_choose_what_is_found_and_shown() {
    let other = "\n[[collections]]\nid = \"papers\"\ntitle = \"Papers\"\n";
    let paper = "---\ntype: book\ntitle: Onlyhere\nauthor: [{ family: Krasner, given: S. }]\n---\n\nText.\n";
    let both = with_settings(other).with("content/papers/one.md", paper);
    assert_eq!(Held::of(&both).with("onlyhere"), ["papers/one.html"]);
    let one =
        with_settings(&format!("{other}\n[search]\ncollections = [\"works\"]\n")).with("content/papers/one.md", paper);
    let held = Held::of(&one);
    assert!(held.with("onlyhere").is_empty());
    assert_eq!(held.with("papers"), ["papers/index.html"]);
    assert!(held.with("krasner").contains(&"people/krasner-s.html"));

    let long = format!("{}\n\nLastword.\n", "Many words of one kind. ".repeat(40));
    let text = Archive::small().read(KRASNER) + &long;
    let full = Held::of(&Archive::small().with(KRASNER, &text));
    let excerpt = Held::of(&with_settings("\n[search]\ntext = \"excerpt\"\n").with(KRASNER, &text));
    assert_eq!(excerpt.0["terms"], full.0["terms"], "as much is found");
    let texts = excerpt.texts(PAGE);
    assert!(texts.len() == 1 && texts[0].1.len() <= 300, "{texts:?}");
    assert!(full.texts(PAGE).iter().any(|(_, text)| text.contains("Lastword")));

    let first = |archive: &Archive| {
        archive.build(&[]).expect(0);
        archive.read("public/search/index.js")
    };
    assert!(first(&Archive::small()).contains(r#""facets":["track","kind","decade","actor","keyword"]"#));
    assert!(first(&with_settings("\n[search]\nfacets = [\"kind\"]\n")).contains(r#""facets":["kind"]"#));
    assert!(first(&with_settings("\n[search]\nfacets = []\n")).contains(r#""facets":[]"#));

    let off = with_settings("\n[search]\nenabled = false\n");
    off.build(&[]).expect(0);
    let search: Vec<String> = off.site().into_keys().filter(|path| path.starts_with("search")).collect();
    assert!(search.is_empty(), "{search:?}");
}

#[test]
fn an_entry_of_ten_megabytes_is_searched_in_part_and_says_so() {
    let paragraph = "Firstwords of a text that goes on and on.\n\n";
    let body = format!("{}Lastword.\n", paragraph.repeat(10_000_000 / paragraph.len()));
    let archive = Archive::small();
    let text = archive.read(KRASNER) + "\n" + &body;
    let archive = archive.with(KRASNER, text);
    let run = archive.build(&["--color", "never"]).expect(0);
    assert!(
        run.stderr().contains("warning[search-truncated]: the search finds 1000000 bytes of this text, which has ")
    );
    assert!(run.stderr().contains(&format!("--> {KRASNER}:")));
    let held = Held::of(&archive);
    assert_eq!(held.with("firstwords"), [PAGE]);
    assert!(held.with("lastword").is_empty());
    let quoted: usize = held.texts(PAGE).iter().map(|(_, text)| text.len()).sum();
    assert!(quoted < 1_100_000, "{quoted} bytes");
}
