//! `regesta build` from outside: what it writes, leaves, refuses and says.

mod support;

use std::{fs, path::Path, time::SystemTime};

use support::{Archive, Tree, put, tree};

/// The manifest is the publisher's own note, not part of the site.
const MANIFEST: &str = ".regesta-manifest";

#[test]
fn the_site_is_the_same_on_any_number_of_threads() {
    let archive = Archive::own();
    let site = |threads: &str| -> Tree {
        let out = format!("site-{threads}");
        archive
            .run(|command| {
                command.args(["--out", &out]).env("RAYON_NUM_THREADS", threads);
            })
            .expect(0);
        tree(&archive.path(&out))
    };
    let one = site("1");
    assert!(one.len() > 200, "{} files", one.len());
    for threads in ["2", "5"] {
        let other = site(threads);
        assert!(one.keys().eq(other.keys()), "other files with {threads} threads");
        for (path, bytes) in &one {
            assert!(other[path] == *bytes, "{path} differs with {threads} threads");
        }
    }
}

/// Two folders with the same files, made in another order, give the same site.
#[test]
fn the_order_of_the_disk_does_not_matter() {
    let entry =
        |title: &str| format!("---\ntype: book\ntitle: {title}\nkeywords: [norms]\n---\nSee [[krasner-1982]].\n");
    let names = ["b", "a", "d", "c"];
    let made = |names: &mut dyn Iterator<Item = &&str>| {
        let archive = names.fold(Archive::small(), |archive, name| {
            archive.with(&format!("content/works/{name}.md"), entry("One title"))
        });
        archive.build(&[]).expect(0);
        archive.site()
    };
    assert!(made(&mut names.iter()) == made(&mut names.iter().rev()));
}

#[test]
fn a_second_build_writes_nothing_and_says_so() {
    let archive = Archive::small();
    let first = archive.build(&[]).expect(0);
    assert!(first.stdout().contains("0 unchanged"), "{}", first.stdout());
    let before = stamps(&archive);

    let second = archive.build(&[]).expect(0);

    assert!(second.stdout().starts_with("Nothing changed: "), "{}", second.stdout());
    assert!(second.stdout().contains(", 0 written, "), "{}", second.stdout());
    assert_eq!(stamps(&archive), before);
}

#[test]
fn only_what_changed_is_written() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let (old, before) = (archive.site(), stamps(&archive));

    let archive = archive.edit("content/works/02-keohane-1984.md", "Institutions", "Regimes");
    let run = archive.build(&[]).expect(0);

    let new = archive.site();
    let changed: Vec<&String> = new.keys().filter(|path| old.get(*path) != new.get(*path)).collect();
    assert_eq!(changed, ["previews/0.js", "print.html", "search/index.js", "works/keohane-1984.html"]);
    assert!(run.stdout().contains(": 4 files written, "), "{}", run.stdout());
    let after = stamps(&archive);
    let touched: Vec<&String> = after.iter().filter(|stamp| !before.contains(stamp)).map(|(path, ..)| path).collect();
    // Its own page, its preview, its place in the print edition and its words in the index.
    assert_eq!(touched, changed);
}

#[test]
fn what_an_earlier_build_wrote_is_removed_and_nothing_else() {
    let archive = Archive::small()
        .with("content/works/gone.md", "---\ntype: book\ntitle: Gone\nauthor: [{ family: Only }]\n---\n")
        .with("content/pictures/deep/one.png", "picture");
    archive.build(&[]).expect(0);
    let archive = archive.with("public/works/mine.txt", "mine").with("public/pictures/mine.txt", "mine");

    let archive = archive.without("content/works/gone.md").without("content/pictures/deep/one.png");
    let run = archive.build(&[]).expect(0);

    assert!(run.stdout().contains(", 6 removed"), "{}", run.stdout());
    let site = archive.site();
    let beside = ["works/gone.bib", "works/gone.csl.json", "works/gone.ris"];
    for gone in ["works/gone.html", "people/only.html", "pictures/deep/one.png"].into_iter().chain(beside) {
        assert!(!site.contains_key(gone), "{gone} is still there");
    }
    assert!(!archive.path("public/pictures/deep").exists(), "an empty folder was left");
    assert_eq!(site["works/mine.txt"], b"mine");
    assert_eq!(site["pictures/mine.txt"], b"mine");
}

#[test]
fn foreign_files_are_never_touched() {
    let foreign =
        ["public/.git/HEAD", "public/.hidden", "public/notes.txt", "public/works/letters/a.pdf", "public/CNAME"];
    let archive = foreign.iter().fold(Archive::small(), |archive, path| archive.with(path, "mine"));
    archive.build(&[]).expect(0);
    let archive = archive.edit("site.toml", "works", "papers");
    fs::rename(archive.path("content/works"), archive.path("content/papers")).expect("the folder can be renamed");

    archive.build(&["--force"]).expect(0);

    let site = archive.site();
    assert!(site.contains_key("papers/krasner-1982.html") && !site.contains_key("works/krasner-1982.html"));
    for path in foreign {
        assert_eq!(archive.read(path), "mine", "{path}");
    }
}

#[test]
fn a_foreign_file_in_the_way_is_overwritten_only_by_force() {
    let archive = Archive::small().with("public/index.html", "mine").with("public/notes.txt", "mine");
    let refused = archive.build(&[]).expect(1);
    assert!(refused.stderr().contains("index.html") && refused.stderr().contains("--force"), "{}", refused.stderr());
    assert_eq!(archive.site().keys().collect::<Vec<_>>(), ["index.html", "notes.txt"]);

    archive.build(&["--force"]).expect(0);
    assert!(archive.read("public/index.html").starts_with("<!doctype html>"));
    assert_eq!(archive.read("public/notes.txt"), "mine");
    archive.build(&[]).expect(0);
}

#[test]
fn a_file_that_is_already_as_it_should_be_is_no_foreign_one() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let archive = archive.without(&format!("public/{MANIFEST}"));
    let run = archive.build(&[]).expect(0);
    assert!(run.stdout().starts_with("Nothing changed"), "{}", run.stdout());
}

#[test]
fn a_manifest_that_names_files_elsewhere_removes_nothing_there() {
    let archive = Archive::small().with("precious.txt", "mine");
    archive.build(&[]).expect(0);
    let manifest = archive.read(&format!("public/{MANIFEST}"));
    let archive = archive.with(
        &format!("public/{MANIFEST}"),
        format!("{manifest}../precious.txt\n/etc/hostname\nworks/../../precious.txt\n"),
    );
    archive.build(&[]).expect(0);
    assert_eq!(archive.read("precious.txt"), "mine");
}

#[test]
fn a_build_that_fails_leaves_the_site() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let (old, before) = (archive.site(), stamps(&archive));

    let archive = archive.with("content/works/faulty.md", "---\ntype: book\ntitle: Faulty\nissued: never\n---\n");
    let run = archive.build(&[]).expect(1);

    assert!(run.stdout().is_empty(), "{}", run.stdout());
    assert!(archive.site() == old);
    assert_eq!(stamps(&archive), before);
}

#[test]
fn drafts_of_files_do_not_stay() {
    let archive = Archive::small();
    archive.build(&[]).expect(0);
    let hidden: Vec<String> = archive.site().into_keys().filter(|path| path.contains("draft")).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn the_site_does_not_go_where_the_archive_is() {
    let archive = Archive::small();
    let files = tree(archive.root());
    for out in ["content", "content/works", "content/new", "themes", ".", "./content/../content/x"] {
        let run = archive.build(&["--out", out]).expect(2);
        assert!(run.stderr().contains("choose another folder with --out"), "{out}: {}", run.stderr());
    }
    let above = archive.root().parent().expect("it lies in a folder").to_string_lossy().into_owned();
    archive.build(&["--out", &above]).expect(2);
    assert!(tree(archive.root()) == files);
}

#[test]
fn the_site_goes_where_it_is_told() {
    let archive = Archive::small();
    archive.build(&["--out", "deep/in/a folder"]).expect(0);
    assert!(archive.path("deep/in/a folder/index.html").exists());
    assert!(!archive.path("public").exists());

    let elsewhere = Archive::empty();
    let root = archive.root().to_string_lossy().into_owned();
    elsewhere.build(&["--root", &root]).expect(0);
    assert!(archive.path("public/index.html").exists());
}

#[test]
fn exit_codes_tell_success_faults_and_wrong_usage() {
    Archive::small().build(&[]).expect(0);
    let nothing = Archive::empty().build(&["--color", "never"]).expect(1);
    assert!(nothing.stderr().contains("error[missing-settings]"), "{}", nothing.stderr());
    for wrong in [&["--no-such-flag"][..], &["--color", "sometimes"], &["-q", "-v"], &["--base-url", "example.org"]] {
        Archive::small().build(wrong).expect(2);
    }
}

#[test]
fn the_last_line_says_what_was_done_and_where() {
    let run = Archive::small().build(&[]).expect(0);
    let last = run.stdout().lines().last().unwrap_or_default();
    assert!(last.starts_with("Built in ") && last.contains(" files written"), "{last}");
    assert!(Path::new(last.rsplit(' ').next().unwrap_or_default()).ends_with("public/index.html"), "{last}");
    for stage in ["read", "parse", "link", "plan", "render", "index", "publish"] {
        assert!(run.stderr().lines().any(|line| line.trim_start().starts_with(stage)), "{stage}: {}", run.stderr());
    }
    let quiet = Archive::small().build(&["--quiet"]).expect(0);
    assert_eq!((quiet.stdout(), quiet.stderr()), ("", ""));
}

#[test]
fn the_table_of_timings_adds_up() {
    let run = Archive::small().build(&["--timings"]).expect(0);
    let mut lines = run.stderr().lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(head, ["stage", "made", "time", "share", "per", "entry"]);
    let rows: Vec<(&str, f64, f64)> = lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let figure = |unit: &str| -> f64 {
                let at = words.iter().position(|word| *word == unit).expect("a figure has its unit");
                words[at - 1].parse().expect("a figure stands before its unit")
            };
            (words[0], figure("ms"), figure("%"))
        })
        .collect();
    let names: Vec<&str> = rows.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, ["read", "parse", "link", "plan", "render", "index", "publish", "total"]);
    let (stages, total) = rows.split_at(rows.len() - 1);
    let (time, share) = stages.iter().fold((0.0, 0.0), |(time, share), stage| (time + stage.1, share + stage.2));
    // Each figure is rounded to its last digit.
    assert!((time - total[0].1).abs() < 0.01, "{}", run.stderr());
    assert!((share - 100.0).abs() < 1.0, "{}", run.stderr());
    assert!(run.stdout().starts_with("Built in "), "{}", run.stdout());
    Archive::small().build(&["--timings", "--quiet"]).expect(2);
}

#[test]
fn json_is_one_object_a_line() {
    let archive = faulty();
    let run = archive.build(&["--message-format", "json"]).expect(1);
    let told: Vec<serde_json::Value> =
        run.stdout().lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    assert_eq!(told.len(), 3);
    assert_eq!(run.stderr(), "");
    let first = &told[0];
    assert_eq!(first["severity"], "error");
    assert_eq!(first["code"], "unknown-field");
    assert_eq!(first["path"], "content/works/faulty.md");
    assert_eq!((&first["line"], &first["column"], &first["width"]), (&4.into(), &1.into(), &8.into()));
    assert_eq!(first["text"], "publsher: Ö");
    assert_eq!(first["help"], "did you mean `publisher`?");
    assert_eq!((&told[1]["severity"], &told[1]["code"]), (&"warning".into(), &"double-keyword".into()));

    let sound = Archive::small().build(&["--message-format", "json"]).expect(0);
    assert_eq!(sound.stdout(), "");
}

#[test]
fn github_gets_workflow_commands() {
    let run = faulty().build(&["--message-format", "github"]).expect(1);
    let first = run.stdout().lines().next().unwrap_or_default();
    assert_eq!(
        first,
        "::error file=content/works/faulty.md,line=4,col=1,endColumn=9,title=unknown-field::there is no field `publsher` in an entry%0Ahelp: did you mean `publisher`?"
    );
    assert_eq!(run.stdout().lines().filter(|line| line.starts_with("::")).count(), 3);
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let coloured = |arguments: &[&str], variable: Option<&str>| {
        let run = faulty().run(|command| {
            command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
            if let Some(name) = variable {
                command.env(name, "1");
            }
        });
        run.stderr().contains('\u{1b}')
    };
    assert!(!coloured(&[], None));
    assert!(!coloured(&[], Some("NO_COLOR")));
    assert!(!coloured(&["--color", "never"], Some("CLICOLOR_FORCE")));
    assert!(coloured(&["--color", "always"], None));
}

#[test]
fn the_base_url_can_be_given_on_the_command_line() {
    let archive = Archive::small();
    let absolute = ["feed.xml", "sitemap.xml", "robots.txt", "404.html", "index.html"];
    let check = |given: &str| {
        for path in absolute {
            let text = archive.read(&format!("public/{path}"));
            let wanted = if path == "404.html" { "/there/static/" } else { "https://example.net/there/" };
            assert!(text.contains(wanted), "{given}: {path}: {text}");
            assert!(!text.contains("example.org"), "{given}: {path} has the address of site.toml");
        }
    };
    archive.build(&["--base-url", "https://example.net/there"]).expect(0);
    check("--base-url");
    archive.build(&[]).expect(0);
    archive
        .run(|command| {
            command.env("REGESTA_BASE_URL", "https://example.net/there/");
        })
        .expect(0);
    check("REGESTA_BASE_URL");
}

#[test]
fn the_address_of_the_command_line_goes_before_the_environments_and_the_files() {
    let archive = Archive::small();
    let address = |option: Option<&str>, variable: Option<&str>| {
        let run = archive.run(|command| {
            command.args(option.iter().flat_map(|url| ["--base-url", url]));
            command.envs(variable.iter().map(|url| ("REGESTA_BASE_URL", url)));
        });
        run.expect(0);
        let robots = archive.read("public/robots.txt");
        robots.lines().find_map(|line| line.strip_prefix("Sitemap: ")).expect("it names the sitemap").to_string()
    };
    assert_eq!(address(Some("https://a.example/x"), Some("https://b.example")), "https://a.example/x/sitemap.xml");
    assert_eq!(address(None, Some("https://b.example")), "https://b.example/sitemap.xml");
    assert_eq!(address(None, Some("")), "https://example.org/small/sitemap.xml");
    let before = archive.site();
    for wrong in ["example.org", "ftp://example.org/", "https://", "https://example.org/?page", "https://exa mple.org"]
    {
        let run = archive.run(|command| {
            command.env("REGESTA_BASE_URL", wrong);
        });
        let run = run.expect(2);
        assert!(run.stderr().contains("is not an absolute web address"), "{wrong}: {}", run.stderr());
        archive.build(&["--base-url", wrong]).expect(2);
    }
    assert!(archive.site() == before);
}

#[test]
fn the_preview_of_a_branch_is_closed_to_search_engines() {
    let archive = Archive::small();
    let site = |prepare: &dyn Fn(&mut assert_cmd::Command)| {
        archive
            .run(|command| {
                prepare(command);
            })
            .expect(0);
        archive.site()
    };
    let open = site(&|_| {});
    let closed = site(&|command| {
        command.arg("--noindex");
    });
    assert_eq!(closed["robots.txt"], b"User-agent: *\nDisallow: /\n");
    for (path, bytes) in closed.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("<meta name=\"robots\" content=\"noindex\">"), "{path}");
    }
    for on in ["1", "true", "yes"] {
        assert!(
            site(&|command| {
                command.env("REGESTA_NOINDEX", on);
            }) == closed,
            "{on}"
        );
    }
    for off in ["0", "false", ""] {
        assert!(
            site(&|command| {
                command.env("REGESTA_NOINDEX", off);
            }) == open,
            "{off}"
        );
    }
}

#[test]
fn a_domain_of_its_own_is_claimed_where_the_site_is_built_for_it() {
    let archive = Archive::small().edit(
        "site.toml",
        "base-url = \"https://example.org/small/\"",
        "domain = \"archive.example.org\"",
    );
    archive.build(&["--base-url", "https://archive.example.org"]).expect(0);
    assert_eq!(archive.read("public/CNAME"), "archive.example.org\n");
    for elsewhere in [&[][..], &["--base-url", "https://someone.github.io/archive/"]] {
        archive.build(elsewhere).expect(0);
        assert!(!archive.path("public/CNAME").exists(), "{elsewhere:?}");
    }
    let archive = archive.with("content/cname", "mine");
    let run = archive.build(&["--base-url", "https://archive.example.org", "--color", "never"]).expect(1);
    assert!(run.stderr().contains("error[double-address]"), "{}", run.stderr());
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_not_every_system_takes_are_refused() {
    let names = ["a:b.png", "works/what?.pdf", "aux.txt", "end.", "Map.png", "map.png"];
    let archive = names.iter().fold(Archive::small(), |archive, name| archive.with(&format!("content/{name}"), "x"));
    let run = archive.build(&["--color", "never"]).expect(1);
    assert_eq!(run.stderr().matches("error[unfit-name]").count(), 4, "{}", run.stderr());
    assert_eq!(run.stderr().matches("error[double-address]").count(), 1, "{}", run.stderr());
    assert!(run.stderr().contains("the name `what?.pdf` has the character `?`"), "{}", run.stderr());
    assert!(run.stderr().contains("`map.png` differs from another in the case of letters alone"), "{}", run.stderr());
}

#[test]
fn a_file_that_is_too_large_for_github_is_told_of() {
    let archive = Archive::small().with("content/works/map.pdf", "");
    let file = fs::File::options().write(true).open(archive.path("content/works/map.pdf")).expect("it is there");
    file.set_len(101 * 1024 * 1024).expect("a file can be long");
    let run = archive.regesta(&["check", "--color", "never"]).expect(0);
    assert!(run.stderr().contains("warning[large-file]: this file has 101 MiB"), "{}", run.stderr());
    assert!(run.stderr().contains("content/works/map.pdf"), "{}", run.stderr());
}

mod copies {
    use super::*;
    use std::io::Read;

    fn compressed(archive: &Archive) -> Tree {
        archive.site().into_iter().filter(|(path, _)| path.ends_with(".gz") || path.ends_with(".br")).collect()
    }

    #[test]
    fn hold_what_their_files_do() {
        let archive =
            Archive::small().with("content/works/small.txt", "small").with("content/works/a.pdf", vec![b'x'; 5000]);
        archive.build(&["--precompress"]).expect(0);
        let site = archive.site();
        let copies = compressed(&archive);
        assert!(copies.len() > 40 && copies.len().is_multiple_of(2), "{} copies", copies.len());
        for (path, bytes) in &copies {
            let (file, ending) = path.rsplit_once('.').expect("it has an ending");
            let mut held = Vec::new();
            match ending {
                "gz" => flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut held).map(|_| ()),
                _ => brotli::BrotliDecompress(&mut &bytes[..], &mut held),
            }
            .expect("it can be unpacked");
            assert!(held == site[file], "{path}");
            assert!(bytes.len() < held.len(), "{path}");
        }
        for plain in ["works/small.txt", "works/a.pdf", "share.png"] {
            assert!(!copies.contains_key(&format!("{plain}.gz")), "{plain}");
        }
    }

    #[test]
    fn are_made_again_where_their_file_changed() {
        let archive = Archive::small();
        archive.build(&["--precompress"]).expect(0);
        let (old, before) = (archive.site(), stamps(&archive));
        let again = archive.build(&["--precompress"]).expect(0);
        assert!(again.stdout().starts_with("Nothing changed"), "{}", again.stdout());
        let archive = archive.edit("content/works/02-keohane-1984.md", "Institutions", "Regimes");
        archive.build(&["--precompress"]).expect(0);
        let (new, after) = (archive.site(), stamps(&archive));
        let changed: Vec<&String> = new.keys().filter(|path| old.get(*path) != new.get(*path)).collect();
        let touched: Vec<&String> =
            after.iter().filter(|stamp| !before.contains(stamp)).map(|(path, ..)| path).collect();
        assert_eq!(changed, touched);
        assert!(changed.iter().any(|path| *path == "print.html.br") && changed.len() < 20, "{changed:?}");
        fs::remove_dir_all(archive.path("public")).expect("the site can be removed");
        archive.build(&["--precompress"]).expect(0);
        assert!(archive.site() == new, "a build from nothing gives other copies");
    }

    /// The copy of someone who wrote it by hand is not taken for one of the last build's.
    #[test]
    fn that_were_spoilt_are_made_again() {
        let archive = Archive::small();
        archive.build(&["--precompress"]).expect(0);
        let before = archive.site();
        put(&archive.path("public/index.html.gz"), "spoilt");
        archive.build(&["--precompress"]).expect(0);
        assert!(archive.site() == before);
    }

    #[test]
    fn go_with_the_option() {
        let archive = Archive::small();
        archive.build(&[]).expect(0);
        let plain = archive.site();
        archive.build(&["--precompress"]).expect(0);
        assert!(!compressed(&archive).is_empty());
        archive.build(&[]).expect(0);
        assert!(archive.site() == plain);
    }

    #[test]
    fn of_the_authors_own_stand() {
        let archive = Archive::small().with("content/data.json", vec![b'1'; 2000]).with("content/data.json.gz", "mine");
        archive.build(&["--precompress"]).expect(0);
        assert_eq!(archive.read("public/data.json.gz"), "mine");
        assert!(archive.path("public/data.json.br").exists());
    }
}

#[test]
fn a_front_matter_that_is_too_long_is_refused() {
    let long = format!("---\ntype: book\ntitle: Long\nnote: {}\n---\n", "x".repeat(70_000));
    let run = Archive::small().with("content/works/long.md", long).build(&["--color", "never"]).expect(1);
    assert!(run.stderr().contains("error[front-matter-too-long]"), "{}", run.stderr());
    assert!(run.stderr().contains("content/works/long.md:1:1"), "{}", run.stderr());
}

#[test]
fn traces_of_editors_are_no_content() {
    let archive = Archive::small()
        .with("content/works/.krasner.md.swp", "x")
        .with("content/works/krasner.md~", "x")
        .with("content/works/#krasner.md#", "x")
        .with("content/.DS_Store", "x");
    archive.build(&[]).expect(0);
    let site = archive.site();
    assert!(site.keys().all(|path| !path.contains("swp") && !path.contains('~') && !path.contains("DS_Store")));
}

#[cfg(unix)]
mod links_on_the_disk {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    const ENTRY: &str = "---\ntype: book\ntitle: By a link\n---\n";

    #[test]
    fn inside_the_root_are_followed() {
        let archive = Archive::small().with("elsewhere/one.md", ENTRY).with("shelf/two.md", ENTRY);
        symlink("../../elsewhere/one.md", archive.path("content/works/one.md")).expect("a link can be made");
        symlink("../../shelf", archive.path("content/works/shelf")).expect("a link can be made");
        archive.build(&[]).expect(0);
        assert!(archive.path("public/works/one.html").exists());
        assert!(archive.path("public/works/two.html").exists());
    }

    #[test]
    fn out_of_the_root_are_refused() {
        let secret = Archive::empty().with("secret.md", ENTRY).with("folder/secret.md", ENTRY);
        let archive = Archive::small();
        symlink(secret.path("secret.md"), archive.path("content/works/secret.md")).expect("a link can be made");
        symlink(secret.path("folder"), archive.path("content/folder")).expect("a link can be made");
        let run = archive.build(&["--color", "never"]).expect(1);
        assert_eq!(run.stderr().matches("error[outside-root]").count(), 2, "{}", run.stderr());
        assert!(run.stderr().contains("content/works/secret.md"), "{}", run.stderr());
    }

    #[test]
    fn in_circles_or_to_nothing_are_refused() {
        let archive = Archive::small();
        symlink("..", archive.path("content/works/circle")).expect("a link can be made");
        symlink("nowhere.md", archive.path("content/works/broken.md")).expect("a link can be made");
        let run = archive.build(&["--color", "never"]).expect(1);
        assert!(run.stderr().contains("error[unreadable-file]"), "{}", run.stderr());
        assert!(run.stderr().contains("content/works/broken.md"), "{}", run.stderr());
    }

    #[test]
    fn in_the_output_folder_are_not_written_through() {
        let elsewhere = Archive::empty();
        let archive = Archive::small();
        fs::create_dir(archive.path("public")).expect("a folder can be made");
        symlink(elsewhere.root(), archive.path("public/works")).expect("a link can be made");
        let run = archive.build(&[]).expect(1);
        assert!(run.stderr().contains("leads out of the output folder"), "{}", run.stderr());
        assert!(tree(elsewhere.root()).is_empty());
    }

    #[test]
    fn an_output_folder_that_cannot_be_written_is_told_of() {
        let archive = Archive::small();
        put(&archive.path("public"), "a file where the folder should be");
        let run = archive.build(&[]).expect(1);
        assert!(run.stderr().contains("public"), "{}", run.stderr());
        let mode = fs::metadata(archive.path("public")).expect("it is there").permissions().mode();
        assert_ne!(mode & 0o400, 0);
    }
}

/// Two errors and a warning in one file.
fn faulty() -> Archive {
    let text = "---\ntype: book\ntitle: Faulty\npublsher: Ö\nkeywords: [norms, norms]\n---\n[[krasner-1928]]\n";
    Archive::small().with("content/works/faulty.md", text)
}

/// Each file of the site with what the disk knows of it: what is written anew gets another of either.
fn stamps(archive: &Archive) -> Vec<(String, SystemTime, u64)> {
    archive
        .site()
        .into_keys()
        .map(|path| {
            let found = fs::metadata(archive.path("public").join(&path)).expect("the file is there");
            let time = found.modified().expect("files have times");
            (path, time, inode(&found))
        })
        .filter(|(path, ..)| path != MANIFEST)
        .collect()
}

#[cfg(unix)]
fn inode(found: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}
