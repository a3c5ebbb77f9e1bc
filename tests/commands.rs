//! The commands around a build, from outside.

mod support;

use std::fs;

use support::{Archive, Run, Tree, tree};

/// A command in a folder with nothing but the program: no variable of the environment, no
/// other file.
fn alone(folder: &Archive, below: &str, arguments: &[&str]) -> Run {
    folder.command(|command| {
        command.env_clear().current_dir(folder.path(below)).args(arguments);
    })
}

mod init {
    use super::*;

    #[test]
    fn gives_an_archive_that_builds_with_the_program_alone() {
        let folder = Archive::empty();
        let run = alone(&folder, "", &["init", "letters"]).expect(0);
        assert!(run.stdout().contains("cd letters && regesta serve"), "{}", run.stdout());

        let build = alone(&folder, "letters", &["build", "--color", "never"]).expect(0);

        let told = ["error", "warning"].iter().filter(|word| build.stderr().contains(*word)).count();
        assert_eq!(told, 0, "{}", build.stderr());
        let site = tree(&folder.path("letters/public"));
        for page in ["index.html", "works/goldsmith-1998-territorial-sovereignty.html", "tracks/territory/index.html"] {
            assert!(site.contains_key(page), "{page} is missing");
        }
        alone(&folder, "letters", &["check", "--strict"]).expect(0);
    }

    #[test]
    fn shows_what_an_archive_can_hold() {
        let folder = Archive::empty();
        alone(&folder, "", &["init", "."]).expect(0);
        alone(&folder, "", &["build"]).expect(0);
        let text = |path: &str| folder.read(&format!("public/{path}"));
        let goldsmith = text("works/goldsmith-1998-territorial-sovereignty.html");
        assert!(goldsmith.contains("id=\"corrections\""), "no corrections");
        assert!(goldsmith.contains("johnson-1996-law-and-borders.html"), "no links");
        let johnson = text("works/johnson-1996-law-and-borders.html");
        assert!(johnson.contains("id=\"backlinks\""), "no backlinks");
        let keyword = text("keywords/legitimacy.html");
        assert!(
            keyword.contains("barlow-1996-declaration-of-independence.html#independence"),
            "no annotation sections"
        );
        let workflow = folder.read(".github/workflows/pages.yml");
        assert!(workflow.lines().count() < 15 && workflow.contains("uses: "), "{workflow}");
        assert!(folder.read(".gitignore").contains("/public/"));
    }

    #[test]
    fn leaves_a_folder_that_is_not_empty() {
        let folder = Archive::empty().with("mine/notes.txt", "mine").with("file", "mine");
        let before = tree(folder.root());
        for taken in ["mine", "file", "."] {
            let run = alone(&folder, "", &["init", taken]).expect(2);
            assert!(run.stderr().contains("help: name a folder"), "{taken}: {}", run.stderr());
        }
        assert!(tree(folder.root()) == before);
    }

    #[test]
    fn goes_into_a_folder_that_is_under_version_control_and_empty_otherwise() {
        let folder = Archive::empty().with("mine/.git/HEAD", "ref: refs/heads/main");
        fs::create_dir(folder.path("empty")).expect("a folder can be made");
        for free in ["mine", "empty", "deep/in/one"] {
            alone(&folder, "", &["init", free]).expect(0);
            alone(&folder, free, &["build"]).expect(0);
        }
    }

    #[cfg(unix)]
    #[test]
    fn leaves_nothing_half_written() {
        let folder = Archive::empty().with("file", "mine");
        let run = alone(&folder, "", &["init", "file/below"]).expect(1);
        assert!(run.stderr().contains("file"), "{}", run.stderr());
        assert_eq!(tree(folder.root()), Tree::from([("file".to_string(), b"mine".to_vec())]));
    }
}

mod new {
    use super::*;

    #[test]
    fn gives_an_entry_with_the_next_number_and_an_id() {
        let archive = Archive::small();
        let arguments =
            ["new", "works", "Weapons of Mass Instruction: Web Activism", "--author", "Dartnell, M.", "--year", "2003"];
        let run = archive
            .regesta(&[&arguments[..], &["--type", "article-journal", "--doi", "https://doi.org/10.1/x_(1)"]].concat());
        let run = run.expect(0);
        let path = "content/works/03-dartnell-2003-weapons-of-mass.md";
        assert_eq!(run.stdout().trim_end().replace('\\', "/"), path);
        let text = archive.read(path);
        let fields: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with([' ', '#', '-']))
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(
            fields,
            [
                "type",
                "title",
                "author",
                "issued",
                "container-title",
                "volume",
                "issue",
                "page",
                "DOI",
                "URL",
                "accessed",
                "summary",
                "tracks",
                "keywords",
                "actors",
                "basis"
            ]
        );
        assert!(text.contains("\nDOI: 10.1/x_(1)\n"), "{text}");
        assert!(text.contains("#   number: 3\n"), "{text}");

        archive.build(&[]).expect(0);

        let page = archive.read("public/works/dartnell-2003-weapons-of-mass.html");
        assert!(page.contains("M. Dartnell") && page.contains("2003"), "{page}");
    }

    #[test]
    fn builds_for_every_type() {
        let archive = Archive::own();
        let docs = fs::read_to_string(support::repository().join("docs/content/reference/front-matter.md"))
            .expect("it is there");
        let types =
            docs.split_once("### `type`\n\n").and_then(|(_, rest)| rest.lines().find(|line| line.starts_with('`')));
        let types = types.expect("types are listed");
        let types: Vec<&str> = types.trim_end_matches('.').split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(types.len(), 45);
        for (index, kind) in types.iter().enumerate() {
            let collection = ["references", "documents"][index % 2];
            archive
                .regesta(&["new", collection, "Untitled: “#1” {x}", "--type", kind, "--author", "The Editors"])
                .expect(0);
        }
        let told = archive.regesta(&["check", "--color", "never"]).expect(0);
        assert_eq!(told.stderr(), "");
        assert!(told.stdout().contains(": 112 entries, no errors"), "{}", told.stdout());
    }

    #[test]
    fn never_takes_an_id_twice() {
        let archive = Archive::small()
            .with("content/works/power.md", "---\ntype: book\ntitle: Power\naliases: [power-2]\n---\n")
            .with("content/works/power-3.md", "unreadable");
        let new = || archive.regesta(&["new", "works", "Power"]).expect(0).stdout().trim_end().replace('\\', "/");
        assert_eq!(new(), "content/works/03-power-4.md");
        assert_eq!(new(), "content/works/04-power-5.md");
    }

    #[test]
    fn refuses_what_makes_no_entry() {
        let archive = Archive::small();
        let before = tree(archive.root());
        let wrong = |arguments: &[&str], said: &str| {
            let run = archive.regesta(&[&["new"], arguments].concat()).expect(2);
            assert!(run.stderr().contains(said), "{arguments:?}: {}", run.stderr());
        };
        wrong(&["work", "Power"], "did you mean `works`?");
        wrong(&["works", "…"], "no id can be made");
        wrong(&["works", "Power", "--type", "buch"], "invalid value 'buch'");
        wrong(&["works", "Power", "--year", "never"], "`never` is not a date");
        assert!(tree(archive.root()) == before);
        let nowhere = Archive::empty().regesta(&["new", "works", "Power", "--color", "never"]).expect(1);
        assert!(nowhere.stderr().contains("error[missing-settings]"), "{}", nowhere.stderr());
    }
}

mod check {
    use super::*;

    const WARNED: &str = "---\ntype: book\ntitle: Warned\nkeywords: [norms, norms]\n---\n";

    #[test]
    fn says_what_a_build_says_and_writes_nothing() {
        let archive = Archive::small()
            .with("content/works/warned.md", WARNED)
            .with("content/works/faulty.md", "---\ntype: book\ntitle: Faulty\nissued: never\n---\n[[nobody]]\n");
        for format in ["human", "json", "github"] {
            let options = ["--color", "never", "--message-format", format];
            let before = tree(archive.root());
            let check = archive.regesta(&[&["check"], &options[..]].concat()).expect(1);
            assert!(tree(archive.root()) == before, "check wrote something");
            let build = archive.build(&[&["-q"], &options[..]].concat()).expect(1);
            let faults = |run: &Run| {
                run.stderr().split("\n\n").filter(|part| part.contains(" --> ")).map(str::to_string).collect::<Vec<_>>()
            };
            assert_eq!(check.stdout(), build.stdout(), "{format}");
            assert_eq!(faults(&check), faults(&build), "{format}");
            let last = check.stderr().lines().last().unwrap_or_default();
            assert_eq!(last, if format == "human" { "error: the archive has 2 errors and 1 warning" } else { "" });
            fs::remove_dir_all(archive.path("public")).expect("a build that fails makes the folder");
        }
    }

    #[test]
    fn finds_faults_that_only_rendering_shows() {
        let archive = Archive::small().with("themes/default/templates/text.html", "{{ page.nothing.at_all }}");
        let archive = archive.with("content/about.md", "---\ntitle: About\n---\n");
        let run = archive.regesta(&["check", "--color", "never"]).expect(1);
        assert!(run.stderr().contains("error[template-fault]"), "{}", run.stderr());
    }

    #[test]
    fn takes_warnings_for_errors_where_it_is_strict() {
        let archive = Archive::small().with("content/works/warned.md", WARNED);
        let lenient = archive.regesta(&["check", "--color", "never"]).expect(0);
        assert!(lenient.stdout().contains(": 3 entries, no errors and 1 warning"), "{}", lenient.stdout());
        assert!(lenient.stderr().contains("warning[double-keyword]"), "{}", lenient.stderr());
        let strict = archive.regesta(&["check", "--strict", "--color", "never"]).expect(1);
        assert!(strict.stderr().contains("error[double-keyword]"), "{}", strict.stderr());
        Archive::small().regesta(&["check", "--strict"]).expect(0);
    }

    #[test]
    fn looks_at_drafts_where_it_is_told_to() {
        let archive = Archive::small()
            .with("content/works/draft.md", "---\ntype: book\ntitle: D\ndraft: true\nkeywords: [none]\n---\n");
        archive.regesta(&["check"]).expect(0);
        archive.regesta(&["check", "--drafts"]).expect(1);
    }
}

mod manual {
    use super::*;

    #[test]
    fn completes_in_every_shell() {
        let folder = Archive::empty();
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let script = folder.regesta(&["completions", shell]).expect(0);
            for word in ["build", "precompress", "verify"] {
                assert!(script.stdout().contains(word), "{shell}: {word}");
            }
        }
        folder.regesta(&["completions", "sh"]).expect(2);
    }

    #[test]
    fn has_a_page_for_every_command() {
        let folder = Archive::empty();
        let first = folder.regesta(&["man"]).expect(0);
        assert!(first.stdout().contains(".TH regesta 1"), "{}", first.stdout());
        folder.regesta(&["man", "--out", "man/man1"]).expect(0);
        let pages = tree(&folder.path("man/man1"));
        for command in ["build", "check", "init", "new", "pack", "verify", "schema", "completions", "man"] {
            let page = pages.get(&format!("regesta-{command}.1")).unwrap_or_else(|| panic!("no page of {command}"));
            assert!(String::from_utf8_lossy(page).contains(".SH SYNOPSIS"), "{command}");
        }
        assert_eq!(String::from_utf8_lossy(&pages["regesta.1"]), first.stdout());
    }

    #[test]
    fn names_its_version() {
        let run = Archive::empty().regesta(&["--version"]).expect(0);
        let said =
            run.stdout().trim_end().strip_prefix(concat!("regesta ", env!("CARGO_PKG_VERSION"))).map(str::to_string);
        let origin = said.unwrap_or_else(|| panic!("{}", run.stdout()));
        // Only of a release is the commit named.
        assert!(origin.is_empty() || (origin.starts_with(" (") && origin.ends_with(')')), "{origin}");
    }

    /// Every command that there is has its part in the documentation.
    #[test]
    fn is_told_of_in_the_documentation() {
        let help = Archive::empty().regesta(&["--help"]).expect(0);
        let docs =
            fs::read_to_string(support::repository().join("docs/content/reference/commands.md")).expect("it is there");
        let (_, list) = help.stdout().split_once("Commands:\n").expect("the help lists commands");
        let commands =
            list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
        for command in commands.filter(|name| *name != "help") {
            assert!(
                docs.contains(&format!("| [`regesta {command}`](")),
                "{command} is not in docs/content/reference/commands.md"
            );
        }
    }
}
