//! Share pictures, from outside: what is drawn, what pages say of it, what is kept.

use std::{collections::BTreeMap, fs, path::Path};

use assert_cmd::Command;
use assert_fs::{TempDir, prelude::*};

const SITE: &str = r#"title = "Letters & Папки <of a> Mill Owner"
subtitle = "An archive"
base-url = "https://example.org/mill/"

[[collections]]
id = "letters"
title = "Letters"
singular = "Letter"
numbered = true

[[tracks]]
id = "trade"
title = "Trade"
glyph = "★"
"#;

/// An archive of three letters, `settings` added to its `site.toml`.
fn archive(settings: &str) -> TempDir {
    let root = TempDir::new().unwrap();
    root.child("site.toml").write_str(&format!("{SITE}\n{settings}\n")).unwrap();
    let letter = |file: &str, title: &str| {
        let text = format!("---\ntype: personal_communication\ntitle: \"{title}\"\nissued: \"1832\"\n---\n\nText.\n");
        root.child(format!("content/letters/{file}.md")).write_str(&text).unwrap();
    };
    letter("01-cyrillic", "Письмо о «мельнице» & её хозяине");
    letter("02-long", &"A Letter Concerning the Price of Flour, with Remarks on Everything Else. ".repeat(9));
    letter("03-han", "磨坊主的信");
    root
}

/// Every file of the site by its address.
fn build(root: &Path) -> BTreeMap<String, Vec<u8>> {
    Command::new(env!("CARGO_BIN_EXE_regesta")).arg("build").arg("-q").arg("--root").arg(root).assert().success();
    let mut files = BTreeMap::new();
    let mut folders = vec![root.join("public")];
    while let Some(folder) = folders.pop() {
        for found in fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root.join("public")).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn pictures(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    files.keys().map(String::as_str).filter(|name| name.ends_with(".png")).collect()
}

fn page<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).unwrap()
}

#[cfg(not(feature = "pictures"))]
#[test]
fn without_the_feature_there_is_no_picture_and_a_warning_where_one_is_asked_for() {
    let root = archive("[pictures]\nentries = true");
    let files = build(root.path());
    assert_eq!(pictures(&files), [""; 0]);
    assert!(!page(&files, "index.html").contains("og:image"));
    assert!(!root.path().join(".regesta/pictures").exists());
    let warning =
        "warning[no-pictures]: this program was built without pictures, so it draws none\n  --> site.toml:17:11\n";
    assert!(told(root.path()).contains(warning), "{}", told(root.path()));
    assert_eq!(told(archive("[pictures]\nsite = true").path()), "");
}

#[cfg(not(feature = "pictures"))]
fn told(root: &Path) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_regesta")).args(["build", "-q", "--root"]).arg(root).output().unwrap();
    String::from_utf8(run.stderr).unwrap()
}

#[cfg(feature = "pictures")]
mod drawn {
    use std::path::PathBuf;

    use super::*;

    /// Width and height (PNG specification, "IHDR").
    fn size(png: &[u8]) -> (u32, u32) {
        assert_eq!(&png[..16], b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }

    fn kept(root: &Path) -> Vec<PathBuf> {
        let folder = fs::read_dir(root.join(".regesta/pictures"));
        let mut kept: Vec<PathBuf> = folder.into_iter().flatten().map(|file| file.unwrap().path()).collect();
        kept.sort();
        kept
    }

    #[test]
    fn the_site_has_one_and_every_page_names_it() {
        let root = archive("");
        let files = build(root.path());
        assert_eq!(pictures(&files), ["share.png"]);
        assert_eq!(size(&files["share.png"]), (1200, 630));
        for name in ["index.html", "letters/cyrillic.html", "timeline.html"] {
            let html = page(&files, name);
            for line in [
                r#"<meta property="og:image" content="https://example.org/mill/share.png">"#,
                r#"<meta property="og:image:width" content="1200">"#,
                r#"<meta property="og:image:height" content="630">"#,
                r#"<meta property="og:image:alt" content="Letters &amp; Папки &lt;of a&gt; Mill Owner. An archive">"#,
            ] {
                assert!(html.contains(line), "{line} in {name}: {html}");
            }
        }
        assert!(!page(&files, "404.html").contains("og:image"));
    }

    #[test]
    fn entries_have_their_own_on_demand() {
        let root = archive("[pictures]\nentries = true");
        let files = build(root.path());
        // No face has Han characters: that page is shared with the site's picture.
        assert_eq!(pictures(&files), ["letters/cyrillic.png", "letters/long.png", "share.png"]);
        for name in pictures(&files) {
            assert_eq!(size(&files[name]), (1200, 630), "{name}");
        }
        assert_ne!(files["letters/cyrillic.png"], files["letters/long.png"]);
        let names = |name: &str, picture: &str| {
            page(&files, name).contains(&format!(r#"og:image" content="https://example.org/mill/{picture}""#))
        };
        assert!(names("letters/cyrillic.html", "letters/cyrillic.png"));
        assert!(names("letters/long.html", "letters/long.png"));
        assert!(names("letters/han.html", "share.png"));
        assert!(page(&files, "letters/cyrillic.html").contains("Письмо о «мельнице» &amp; её хозяине, 1832. Letters"));
        assert!(names("timeline.html", "share.png"));
        assert_eq!(kept(root.path()).len(), 3);
    }

    #[test]
    fn none_is_made_where_none_is_wanted() {
        let root = archive("[pictures]\nsite = false");
        let files = build(root.path());
        assert_eq!(pictures(&files), [""; 0]);
        assert!(!page(&files, "index.html").contains("og:image"));
        assert_eq!(kept(root.path()).len(), 0);
    }

    #[test]
    fn without_an_address_none_is_made_since_no_page_could_name_it() {
        let root = archive("");
        let settings = SITE.replace("base-url", "# base-url");
        root.child("site.toml").write_str(&settings).unwrap();
        let files = build(root.path());
        assert_eq!(pictures(&files), [""; 0]);
        assert!(!page(&files, "index.html").contains("og:image"));
    }

    #[test]
    fn a_picture_of_the_authors_own_takes_its_place() {
        let root = archive("");
        root.child("content/share.png").write_str("my own").unwrap();
        let files = build(root.path());
        assert_eq!(files["share.png"], b"my own");
        assert!(page(&files, "index.html").contains("https://example.org/mill/share.png"));
        assert_eq!(kept(root.path()).len(), 0);
    }

    #[test]
    fn two_archives_of_one_text_are_drawn_alike() {
        let settings = "[pictures]\nentries = true";
        assert_eq!(build(archive(settings).path()), build(archive(settings).path()));
    }

    #[test]
    fn kept_pictures_change_nothing() {
        let root = archive("[pictures]\nentries = true");
        // Else nothing would be done where nothing changed.
        let build = |root: &Path| {
            let _ = fs::remove_dir_all(root.join(".regesta/builds"));
            build(root)
        };
        let cold = build(root.path());
        let files = kept(root.path());
        let sound: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert_eq!(build(root.path()), cold, "all kept");
        // Spoilt in three ways: cut, altered within, another's bytes.
        fs::write(&files[0], &sound[0][..100]).unwrap();
        let mut altered = sound[1].clone();
        altered[200] ^= 1;
        fs::write(&files[1], altered).unwrap();
        fs::write(&files[2], &sound[0]).unwrap();
        assert_eq!(build(root.path()), cold, "all spoilt");
        let mended: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert_eq!(mended, sound);
        fs::remove_dir_all(root.path().join(".regesta")).unwrap();
        assert_eq!(build(root.path()), cold, "none kept");
        assert_eq!(kept(root.path()), files);
    }

    #[test]
    fn only_what_a_build_used_is_kept() {
        let root = archive("[pictures]\nentries = true");
        build(root.path());
        let before = kept(root.path());
        let old = format!(".regesta/pictures/{}.png", "0".repeat(64));
        root.child(old).write_str("left over").unwrap();
        root.child(".regesta/pictures/mine.txt").write_str("not the program's").unwrap();
        let letter = root.child("content/letters/01-cyrillic.md");
        let text = fs::read_to_string(letter.path()).unwrap();
        letter.write_str(&text.replace("Письмо", "Записка")).unwrap();
        build(root.path());
        let after = kept(root.path());
        assert_eq!(after.len(), 4);
        assert!(after.last().unwrap().ends_with("mine.txt"));
        assert_eq!(after.iter().filter(|file| before.contains(file)).count(), 2);
        // Prose is on no picture.
        letter.write_str(&text.replace("Письмо", "Записка").replace("Text.", "Other text.")).unwrap();
        build(root.path());
        assert_eq!(kept(root.path()), after);
    }

    #[test]
    fn a_theme_draws_its_own_and_hears_of_its_faults() {
        let root = archive("");
        let of_default = build(root.path()).remove("share.png").unwrap();
        let template = root.child("themes/default/templates/share.svg");
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><title>{{ site.title }}</title></svg>"#;
        template.write_str(svg).unwrap();
        let own = build(root.path()).remove("share.png").unwrap();
        assert_eq!(size(&own), (1200, 630));
        assert_ne!(own, of_default);
        template.write_str(&svg.replace("</svg>", "")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_regesta"));
        let failed = command.arg("build").arg("--root").arg(root.path()).assert().failure();
        let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(told.contains("template-fault") && told.contains("share.svg"), "{told}");
    }
}
