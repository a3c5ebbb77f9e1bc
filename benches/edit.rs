//! What an edit costs the live preview, from the saved file to the page's bytes, without
//! a watcher and a browser.
//!
//!     cargo bench --bench edit                  an archive of 10,000 entries, made up
//!     cargo bench --bench edit -- 1000          of so many
//!     cargo bench --bench edit -- PATH          a copy of that archive
//!
//! Times are in milliseconds, of an edit of each kind: the median and the best by the
//! clock, and the median of the processor's time, all threads together.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use assert_fs::TempDir;

/// Edits of each kind.
const EDITS: usize = 60;

fn main() -> io::Result<()> {
    let folder = TempDir::new().map_err(io::Error::other)?;
    match std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        Some(path) if Path::new(&path).is_dir() => copy(Path::new(&path), folder.path())?,
        count => make_up(folder.path(), count.and_then(|count| count.parse().ok()).unwrap_or(10_000))?,
    }
    let collection = folder.path().join("content/references");
    let mut entries: Vec<PathBuf> =
        fs::read_dir(collection)?.map(|file| Ok(file?.path())).collect::<io::Result<_>>()?;
    entries.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    entries.sort();
    let file = &entries[entries.len() / 2];
    let name = file.strip_prefix(folder.path()).expect("it lies below").to_str().expect("it was made up");
    let slug = file.file_stem().and_then(|stem| stem.to_str()?.split_once('-')).expect("it has a number").1;
    let address = format!("references/{slug}.html");
    let text = fs::read_to_string(file)?;
    let mut faults = Ok(());
    println!("{} entries      median    best  processor", entries.len());
    regesta::rehearse(folder.path(), |preview| {
        for (kind, edit) in KINDS {
            let mut costs = Vec::with_capacity(EDITS);
            for count in 0..EDITS {
                if let Err(fault) = fs::write(file, edit(&text, count)) {
                    faults = Err(fault);
                }
                let (started, worked) = (Instant::now(), processor());
                preview.save(name);
                let page = preview.at(&address);
                costs.push((started.elapsed(), processor().saturating_sub(worked)));
                preview.rest();
                assert!(String::from_utf8_lossy(&page).contains(&format!("Edit{count}")), "the page is another");
            }
            println!("{kind:<12} {}", figures(costs));
        }
    });
    faults
}

/// An edit of each kind, by its number: each shows on the page.
type Edit = fn(&str, usize) -> String;

const KINDS: [(&str, Edit); 3] = [
    ("prose", |text, count| format!("{text}\nEdit{count}\n")),
    ("title", |text, count| text.replacen("title: \"", &format!("title: \"Edit{count} "), 1)),
    ("keyword", |text, count| {
        // Every other time there is one more.
        let keyword = if count % 2 == 0 { "keywords: [norms, " } else { "keywords: [" };
        format!("{}\nEdit{count}\n", text.replacen("keywords: [", keyword, 1))
    }),
];

fn figures(costs: Vec<(Duration, Duration)>) -> String {
    let (mut clock, mut worked): (Vec<Duration>, Vec<Duration>) = costs.into_iter().unzip();
    clock.sort();
    worked.sort();
    let [median, best, worked] =
        [clock[clock.len() / 2], clock[0], worked[worked.len() / 2]].map(|time| time.as_secs_f64() * 1e3);
    format!("{median:12.2} {best:7.2} {worked:10.2}")
}

/// The processor's time that this process has had.
#[cfg(unix)]
fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn processor() -> Duration {
    Duration::ZERO
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let (from, to) = (file.path(), to.join(file.file_name()));
        if file.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

const SETTINGS: &str = "\
title = \"Made up\"

[[collections]]
id = \"references\"
title = \"References\"
singular = \"Reference\"
numbered = true

[[tracks]]
id = \"sovereignty\"
title = \"Sovereignty\"
";

/// Entries with a title, two people, five keywords, three links and some text, always
/// the same.
fn make_up(root: &Path, count: usize) -> io::Result<()> {
    let references = root.join("content/references");
    fs::create_dir_all(&references)?;
    fs::write(root.join("site.toml"), SETTINGS)?;
    let mut dice = Dice(1);
    let slug = |number: usize| format!("work-{}-{number}", WORDS[number % WORDS.len()]);
    for number in 1..=count {
        let mut text = "---\ntype: book\n".to_string();
        let title: Vec<&str> = (0..7).map(|_| dice.word()).collect();
        writeln!(text, "title: \"{}\"\nauthor:", title.join(" ")).expect("a string takes all");
        for _ in 0..2 {
            let (family, given) = (dice.below(130), dice.below(90));
            let name = |number: usize| format!("{}{}", WORDS[number % WORDS.len()], ["", "son", "er"][number % 3]);
            writeln!(text, "  - family: \"{}\"\n    given: \"{} {given}\"", name(family), name(given))
                .expect("a string takes all");
        }
        let keywords: Vec<String> = (0..5).map(|_| format!("{}-{}", dice.word(), dice.below(8))).collect();
        let track = if dice.below(4) == 0 { "sovereignty" } else { "" };
        write!(
            text,
            "issued: {}\ntracks: [{track}]\nkeywords: [{}]\n---\n",
            1900 + dice.below(125),
            keywords.join(", ")
        )
        .expect("a string takes all");
        for _ in 0..3 {
            let sentence: Vec<&str> = (0..30).map(|_| dice.word()).collect();
            let target = slug(1 + dice.below(count));
            write!(text, "\n## {}\n\nThey {} [[{target}]].\n", sentence[0], sentence.join(" "))
                .expect("a string takes all");
        }
        fs::write(references.join(format!("{number}-{}.md", slug(number))), text)?;
    }
    Ok(())
}

/// Numbers that look random (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }
}

const WORDS: &[&str] = &[
    "access",
    "agency",
    "archive",
    "army",
    "body",
    "border",
    "cable",
    "capacity",
    "charter",
    "code",
    "committee",
    "conflict",
    "control",
    "council",
    "cyber",
    "data",
    "defence",
    "diplomacy",
    "domain",
    "energy",
    "escalation",
    "filter",
    "force",
    "forum",
    "governance",
    "harm",
    "immunity",
    "information",
    "internet",
    "judge",
    "law",
    "market",
    "measure",
    "media",
    "network",
    "norm",
    "order",
    "peace",
    "power",
    "principle",
    "privacy",
    "radio",
    "regime",
    "registry",
    "resilience",
    "risk",
    "rule",
    "security",
    "sovereignty",
    "state",
    "strategy",
    "summit",
    "threat",
    "treaty",
    "trust",
    "union",
    "verification",
    "war",
];
