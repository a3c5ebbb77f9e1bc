//! An archive that is linked again after an edit is what it is when everything is linked.

use std::{fmt::Debug, sync::LazyLock};

use proptest::prelude::*;

use super::*;
use crate::{
    build::{Request, Settings},
    entry,
    source::Source,
    vocabulary,
};

/// What an entry says; what it is by its number stays.
#[derive(Clone, Debug)]
struct Work {
    title: usize,
    year: Option<u16>,
    keywords: Vec<usize>,
    section_keyword: Option<usize>,
    authors: Vec<usize>,
    tracks: usize,
    actor: Option<usize>,
    links: Vec<(usize, usize)>,
    sections: bool,
}

const WORKS: usize = 9;

fn work() -> impl Strategy<Value = Work> {
    let dated = (0_usize..5, prop::option::weighted(0.8, 1985_u16..1990));
    let filed = (prop::collection::vec(0_usize..5, 0..4), prop::option::weighted(0.2, 0_usize..5), 0_usize..4);
    let named = (prop::collection::vec(0_usize..3, 0..3), prop::option::weighted(0.3, 0_usize..2));
    let cites = (prop::collection::vec((0_usize..WORKS, 0_usize..5), 0..4), prop::bool::weighted(0.9));
    (dated, filed, named, cites).prop_map(|((title, year), (keywords, section_keyword, tracks), named, cites)| Work {
        title,
        year,
        keywords,
        section_keyword,
        authors: named.0,
        tracks,
        actor: named.1,
        links: cites.0,
        sections: cites.1,
    })
}

impl Work {
    fn text(&self, number: usize) -> String {
        let keyword = |keyword: &usize| format!("k{}", (keyword * 3) % 5);
        let list = |items: Vec<String>| items.join(", ");
        let author = |author: &usize| format!("{{ family: F{}, given: G }}", (author * 2) % 3);
        let track = |track: usize| (self.tracks >> track & 1 == 1).then(|| format!("t{track}"));
        let year = self.year.map_or(String::new(), |year| format!("issued: {year}\n"));
        let few = match number {
            3 => "same-as: w1\n",
            4 => "relations: [{ type: builds-on, to: w2 }]\n",
            5 => "listed: { list: works, number: 5, printed: As printed }\n",
            6 => "aliases: [former]\n",
            _ => "",
        };
        let links = self.links.iter().map(|(to, kind)| match kind {
            0 | 1 => format!("One sentence has [[w{to}]]. "),
            2 => format!("The same has [[w{to}|it]] and [[w{to}]]. "),
            // The first work always has its section.
            3 => "Of a part [[w0#part]]. ".to_string(),
            _ => "[[keyword:k0]] or [it](index.html). ".to_string(),
        });
        let heading = self
            .section_keyword
            .as_ref()
            .map_or("## Part".to_string(), |id| format!("## Part {{#part .annotation keywords=\"{}\"}}", keyword(id)));
        let heading = if self.sections || number == 0 { heading } else { String::new() };
        format!(
            "---\ntype: book\ntitle: {} title{}\n{year}author: [{}]\nkeywords: [{}]\ntracks: [{}]\nactors: [{}]\n{few}---\n{}\n\n{heading}\n",
            ["A", "Ä", "b", "C", "The"][self.title],
            " long".repeat(self.title * 3),
            list(self.authors.iter().map(author).collect()),
            list(self.keywords.iter().map(keyword).collect()),
            list((0..2).filter_map(track).collect()),
            self.actor.map_or(String::new(), |actor| format!("a{actor}")),
            links.collect::<String>(),
        )
    }

    fn parse(&self, number: usize, site: &Site) -> Checked<Parsed> {
        let path = format!("content/works/0{number}-w{number}.md");
        entry::parse(&Arc::new(Source::new(path, self.text(number).into_bytes())), site)
    }
}

const SETTINGS: &str = "title = \"T\"\ncollections = [{ id = \"works\", title = \"Works\", numbered = true }]\n\
    tracks = [{ id = \"t0\", title = \"One\" }, { id = \"t1\", title = \"Two\" }]\n\
    relations = [{ id = \"builds-on\", label = \"Builds on\", inverse = \"Carried on by\" }]\n\
    pictures = { site = false }\n[lists]\nmost-rows = 2\n";

/// Settings that cut all lists that can be cut, and the program's own theme.
static LOOK: LazyLock<(Arc<Site>, Arc<Theme>)> = LazyLock::new(|| {
    let folder = assert_fs::TempDir::new().expect("a folder can be made");
    std::fs::write(folder.path().join("site.toml"), SETTINGS).expect("the file can be written");
    let settings = Settings::read(folder.path(), &Request::default());
    let settings = settings.value.unwrap_or_else(|| panic!("{:?}", settings.diagnostics));
    let theme = settings.theme(folder.path()).value.expect("the program has a theme");
    (settings.site, theme)
});

/// Faults in an order of their own.
fn told<T>(faults: &[Diagnostic<T>]) -> Vec<String>
where
    Diagnostic<T>: Debug,
{
    let mut told: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_archive_that_is_linked_again_is_the_one_that_is_linked(
        works in prop::collection::vec(work(), WORKS),
        edits in prop::collection::vec((0_usize..WORKS, work(), 0_usize..6), 1..8),
        vocabulary in any::<bool>(),
    ) {
        let (site, theme) = &*LOOK;
        let terms = "k0: { label: Zero, broader: k3 }\nk1: { label: One }\nk2: { label: Two, related: k1 }\n\
            k3: { label: Three, aliases: [Drei] }\nk4: { label: Four }\n";
        let terms = Arc::new(Source::new("content/keywords.yaml", terms.into()));
        let vocabularies = Vocabularies {
            keywords: vocabulary::parse(vocabulary.then_some(&terms)).value,
            actors: vocabulary::parse(None).value,
        };
        let mut parsed = ParsedFiles::new();
        let path = |number: usize| -> Arc<str> { format!("content/works/0{number}-w{number}.md").into() };
        for (number, work) in works.iter().enumerate() {
            parsed.insert(path(number), work.parse(number, site));
        }
        let link = |parsed: &ParsedFiles| {
            let files = Files { parsed, vocabularies: &vocabularies, assets: Vec::new() };
            Ready::link(site, theme, files, Drafts::HoldBack, None, &mut |_, _, _| {})
        };
        let mut works = works;
        let mut ready = link(&parsed);
        prop_assume!(!ready.has_errors());
        for (number, edited, part) in edits {
            let work = &mut works[number];
            let one_part = match part {
                0 => Work { title: edited.title, ..work.clone() },
                1 => Work { year: edited.year, ..work.clone() },
                2 => Work { keywords: edited.keywords, section_keyword: edited.section_keyword, ..work.clone() },
                3 => Work { links: edited.links, sections: edited.sections, ..work.clone() },
                4 => Work { tracks: edited.tracks, actor: edited.actor, ..work.clone() },
                _ => edited,
            };
            *work = one_part;
            parsed.insert(path(number), work.parse(number, site));
            let whole = link(&parsed);
            let Parsed::Entry(entry) = &parsed[&path(number)].value else { panic!("it is an entry") };
            let Some(again) = ready.with_entries([entry], &vocabularies) else {
                // An edit of a title, a date, or of keywords that there are is always followed, where
                // nothing is said of fields that few have.
                let few = (3..7).contains(&number);
                let simple = part == 0 || part == 1 || (part == 2 && vocabulary);
                let sound = !whole.has_errors();
                prop_assert!(!simple || few || !sound, "{:?}", works[number]);
                if !sound {
                    return Ok(());
                }
                ready = whole;
                continue;
            };
            prop_assert_eq!(&again.linked.archive, &whole.linked.archive);
            let pages = |ready: &Ready| -> Vec<Page> { ready.linked.pages.iter().cloned().collect() };
            prop_assert_eq!(pages(&again), pages(&whole));
            prop_assert_eq!(again.linked.pages.in_sitemap(), whole.linked.pages.in_sitemap());
            prop_assert_eq!(told(&again.linked.faults), told(&whole.linked.faults));
            prop_assert_eq!(told(&again.faults()), told(&whole.faults()));
            ready = again;
        }
    }
}
