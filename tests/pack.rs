//! `regesta pack` and `regesta verify`, from outside.

mod support;

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Read, Write},
};

use support::{Archive, Run, Tree, put, tree};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Two works, an edition and an editor.
fn archive() -> Archive {
    let archive =
        Archive::small().with("themes/default/static/own.css", "p {}\n").with("content/works/map.txt", "a map\n");
    let settings = archive.read("site.toml");
    let own = "date = \"2026-11-22\"\neditor = \"The editors\"\nlicense = { title = \"CC BY 4.0\", url = \"https://creativecommons.org/licenses/by/4.0/\" }\n";
    archive.with("site.toml", settings.replacen("\n\n", &format!("\n{own}\n"), 1))
}

fn pack(archive: &Archive, arguments: &[&str]) -> Run {
    archive.regesta(&[&["pack", "--color", "never"], arguments].concat())
}

fn verify(archive: &Archive, file: &str) -> Run {
    archive.regesta(&["verify", file, "--color", "never"])
}

fn bytes(archive: &Archive, file: &str) -> Vec<u8> {
    fs::read(archive.path(file)).expect("the pack is there")
}

/// What is in a pack, by path.
fn unpacked(bytes: &[u8]) -> Tree {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a pack is a ZIP");
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).expect("its files can be read");
            let name = file.name().expect("names are UTF-8").into_owned();
            let mut held = Vec::new();
            file.read_to_end(&mut held).expect("its files can be unpacked");
            (name, held)
        })
        .collect()
}

#[test]
fn the_same_archive_gives_the_same_bytes() {
    let archive = archive();
    pack(&archive, &["--out", "one.zip"]).expect(0);
    let again = archive.command(|command| {
        command.args(["pack", "--out", "deep/two.zip"]).env("RAYON_NUM_THREADS", "1").env("TZ", "Asia/Tokyo");
    });
    again.expect(0);
    assert!(bytes(&archive, "one.zip") == bytes(&archive, "deep/two.zip"));
    let elsewhere = Archive::empty().with_all(archive.root()).without("one.zip");
    pack(&elsewhere, &[]).expect(0);
    assert!(bytes(&elsewhere, "a-small-archive.zip") == bytes(&archive, "one.zip"));
}

#[test]
fn unpacked_elsewhere_its_site_is_that_of_a_build_and_its_sources_build_it_again() {
    let archive = archive();
    pack(&archive, &["--out", "pack.zip"]).expect(0);
    archive.build(&[]).expect(0);
    let files = unpacked(&bytes(&archive, "pack.zip"));
    let below = |folder: &str| -> Tree {
        let inside =
            files.iter().filter_map(|(name, held)| Some((name.strip_prefix(folder)?.to_string(), held.clone())));
        inside.collect()
    };
    let mut site = archive.site();
    site.remove(".regesta-manifest");
    assert!(below("a-small-archive/site/") == site);

    let elsewhere = below("a-small-archive/source/")
        .into_iter()
        .fold(Archive::empty(), |archive, (path, held)| archive.with(&path, held));
    elsewhere.build(&[]).expect(0);
    assert!(elsewhere.site().into_iter().filter(|(path, _)| path != ".regesta-manifest").collect::<Tree>() == site);

    let beside: BTreeSet<&str> = files
        .keys()
        .filter_map(|name| name.strip_prefix("a-small-archive/"))
        .filter(|path| !path.contains('/'))
        .collect();
    assert_eq!(beside, BTreeSet::from(["CITATION.cff", "README.txt", "SHA256SUMS"]));
    let text = |name: &str| String::from_utf8_lossy(&files[&format!("a-small-archive/{name}")]).into_owned();
    assert!(
        text("README.txt")
            .contains("The editors: A small archive. Edition of 2026-11-22. https://example.org/small/\n")
    );
    assert!(text("README.txt").contains("The folder `site/data` has the works for other programs"));
    assert!(files.contains_key("a-small-archive/site/data/archive.csl.json"));
    assert!(text("CITATION.cff").contains("date-released: \"2026-11-22\"\n"));
    let listed = text("SHA256SUMS").lines().count();
    assert_eq!(listed, files.len() - 1);
}

#[test]
fn the_repositorys_own_archive_is_packed() {
    let archive = Archive::own();
    pack(&archive, &[]).expect(0);
    verify(&archive, "an-international-cybersecurity-regime.zip").expect(0);
}

#[test]
fn a_pack_is_verified() {
    let archive = archive();
    let run = pack(&archive, &["--out", "pack.zip"]).expect(0);
    assert!(run.stdout().contains(" bytes in pack.zip"), "{}", run.stdout());
    let run = verify(&archive, "pack.zip").expect(0);
    assert!(run.stdout().contains("are as they were packed"), "{}", run.stdout());
    verify(&archive, "nothing.zip").expect(1);
    archive.regesta(&["verify"]).expect(2);
}

/// Any bit: of the content of a file, or of what the ZIP says of it.
#[test]
fn a_flipped_bit_is_found_and_its_file_is_named() {
    let archive = archive();
    pack(&archive, &["--out", "pack.zip"]).expect(0);
    let sound = bytes(&archive, "pack.zip");
    let mut zip = ZipArchive::new(Cursor::new(&sound)).expect("a pack is a ZIP");
    let mut ranges = Vec::new();
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).expect("its files can be read");
        let start = usize::try_from(file.data_start().expect("it lies somewhere")).expect("it is not far");
        let length = usize::try_from(file.compressed_size()).expect("it is small");
        let name = file.name().expect("names are UTF-8").trim_start_matches("a-small-archive/").to_string();
        ranges.push((start, length, name));
    }
    assert!(ranges.len() > 50);
    for (number, (start, length, name)) in
        ranges.iter().enumerate().filter(|(_, (_, length, _))| *length > 2).step_by(7)
    {
        let mut spoilt = sound.clone();
        spoilt[start + length / 2] ^= 1 << (number % 8);
        put(&archive.path("spoilt.zip"), &spoilt);
        let run = verify(&archive, "spoilt.zip").expect(1);
        assert!(run.stderr().contains(&format!("--> {name}:")), "{name}: {}", run.stderr());
        assert!(run.stderr().contains("error[spoilt-file]"), "{name}: {}", run.stderr());
    }
    // Anywhere else: in a name, a length, or in what is no file's, as the time.
    for at in (0..sound.len()).step_by(sound.len() / 16) {
        let mut spoilt = sound.clone();
        spoilt[at] ^= 0x10;
        put(&archive.path("spoilt.zip"), &spoilt);
        let code = verify(&archive, "spoilt.zip").code();
        assert!(code == 1 || code == 0, "{at}: {code}");
    }
    for length in [0, 1, 100, sound.len() / 2, sound.len() - 1] {
        put(&archive.path("cut.zip"), &sound[..length]);
        let run = verify(&archive, "cut.zip").expect(1);
        assert!(run.stderr().contains("error[refused-pack]"), "{length}: {}", run.stderr());
    }
}

/// A ZIP of these files, as any program may make it.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, held) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file can be begun");
        zip.write_all(held).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

#[test]
fn missing_surplus_and_exchanged_files_are_named() {
    let archive = archive();
    pack(&archive, &["--out", "pack.zip"]).expect(0);
    let mut files = unpacked(&bytes(&archive, "pack.zip"));
    files.remove("a-small-archive/site/feed.xml");
    files.insert("a-small-archive/site/more.html".to_string(), b"more".to_vec());
    files.insert("a-small-archive/site/index.html".to_string(), b"other".to_vec());
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, held)| (name.as_str(), held.as_slice())).collect();
    put(&archive.path("other.zip"), zipped(&files));
    let run = archive.regesta(&["verify", "other.zip", "--message-format", "json"]).expect(1);
    let told: Vec<(String, String)> = run
        .stdout()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON"))
        .map(|fault| {
            (fault["code"].as_str().unwrap_or_default().into(), fault["path"].as_str().unwrap_or_default().into())
        })
        .collect();
    let expected =
        [("missing-file", "site/feed.xml"), ("spoilt-file", "site/index.html"), ("surplus-file", "site/more.html")];
    assert_eq!(told, expected.map(|(code, path)| (code.to_string(), path.to_string())));
}

#[test]
fn hostile_packs_are_refused() {
    let archive = Archive::empty();
    let refused = |what: &str, bytes: &[u8], said: &str| {
        put(&archive.path("hostile.zip"), bytes);
        let run = verify(&archive, "hostile.zip").expect(1);
        assert!(
            run.stderr().contains("error[refused-pack]") && run.stderr().contains(said),
            "{what}: {}",
            run.stderr()
        );
        assert_eq!(tree(archive.root()).len(), 1, "{what}: something was unpacked");
    };
    let replaced = |bytes: Vec<u8>, from: &str, to: &str| {
        let mut bytes = bytes;
        assert_eq!(from.len(), to.len());
        let places: Vec<usize> = bytes
            .windows(from.len())
            .enumerate()
            .filter(|(_, part)| *part == from.as_bytes())
            .map(|(at, _)| at)
            .collect();
        assert_eq!(places.len(), 2, "{from} stands in two headers");
        for at in places {
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
        bytes
    };
    let sums = "0".repeat(64) + "  b.txt\n";
    let two = || zipped(&[("p/SHA256SUMS", sums.as_bytes()), ("p/aa/b.txt", b"x"), ("p/aa/c.txt", b"y")]);
    refused("nothing", b"", "cannot be read as a ZIP");
    refused("no pack", &zipped(&[("p/b.txt", b"x")]), "was not made by `regesta pack`");
    refused("two folders", &zipped(&[("p/SHA256SUMS", b""), ("q/b.txt", b"x")]), "do not lie in one folder");
    refused("above", &replaced(two(), "p/aa/b.txt", "p/../b.txt"), "leads out of the folder");
    refused("absolute", &replaced(two(), "p/aa/b.txt", "/p/aa/b.tx"), "leads out of the folder");
    refused("backslash", &replaced(two(), "p/aa/b.txt", "p/..\\b.txt"), "has the character");
    refused("drive", &replaced(two(), "p/aa/b.txt", "C:/aa/b.tx"), "has the character");
    refused("twice", &replaced(two(), "p/aa/b.txt", "p/aa/c.txt"), "one name");
    refused("case", &replaced(two(), "p/aa/b.txt", "p/aa/C.txt"), "in the case of letters alone");
    let huge = {
        let mut bytes = two();
        // The uncompressed size in the central directory (APPNOTE, 4.3.12).
        let central = bytes.windows(4).rposition(|part| part == b"PK\x01\x02").expect("there is a directory");
        bytes[central + 24..central + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
        let first = bytes.windows(4).position(|part| part == b"PK\x01\x02").expect("there is a directory");
        bytes[first + 24..first + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
        bytes
    };
    refused("huge", &huge, "claim to have more than");
}

#[test]
fn names_that_a_pack_cannot_have_are_told_before_anything_is_written() {
    let long = format!("content/works/{}.txt", "long-".repeat(20));
    let archive = archive().with(&long, "x").with("content/works/con.md", "---\ntype: book\ntitle: Con\n---\n");
    archive.build(&[]).expect(0);
    let run = pack(&archive, &["--out", "pack.zip"]).expect(1);
    assert!(run.stderr().contains("has 131 characters"), "{}", run.stderr());
    assert!(run.stderr().contains("--> site/works/con.html"), "{}", run.stderr());
    assert!(run.stderr().contains("`con.md` is the name of a device"), "{}", run.stderr());
    assert!(run.stderr().contains("nothing was packed: 7 errors"), "{}", run.stderr());
    assert!(!archive.path("pack.zip").exists());
}

#[test]
fn an_archive_with_errors_is_not_packed() {
    let archive = archive();
    pack(&archive, &["--out", "pack.zip"]).expect(0);
    let before = bytes(&archive, "pack.zip");
    let archive = archive.with("content/works/faulty.md", "---\ntype: book\n---\n");
    let run = pack(&archive, &["--out", "pack.zip"]).expect(1);
    assert!(run.stderr().contains("the field `title` is missing"), "{}", run.stderr());
    assert!(run.stderr().ends_with("error: nothing was packed: 1 error\n"), "{}", run.stderr());
    assert!(bytes(&archive, "pack.zip") == before, "the old pack is gone");
    pack(&Archive::empty(), &[]).expect(1);
    pack(&archive, &["--out", "content/pack.zip"]).expect(2);
}

#[test]
fn drafts_stay_at_home_unless_they_are_asked_for() {
    let archive = archive()
        .with("content/works/secret.md", "---\ntype: book\ntitle: Secret\ndraft: true\n---\nNot yet.\n")
        .with("content/plan.md", "---\ntitle: Plan\ndraft: true\n---\n")
        .with("content/open.md", "---\ntitle: Open\n---\nNo draft.\n");
    pack(&archive, &["--out", "pack.zip"]).expect(0);
    let files = unpacked(&bytes(&archive, "pack.zip"));
    let has = |files: &Tree, path: &str| files.contains_key(&format!("a-small-archive/source/content/{path}"));
    assert!(has(&files, "open.md") && !has(&files, "works/secret.md") && !has(&files, "plan.md"));
    pack(&archive, &["--out", "pack.zip", "--drafts"]).expect(0);
    let files = unpacked(&bytes(&archive, "pack.zip"));
    assert!(has(&files, "works/secret.md") && has(&files, "plan.md"));
}

#[test]
fn the_home_page_links_the_pack_where_it_is_published() {
    let archive = archive();
    let home = |archive: &Archive, arguments: &[&str]| {
        archive.build(arguments).expect(0);
        archive.read("public/index.html")
    };
    assert!(!home(&archive, &[]).contains("as one file"));
    let settings = archive.read("site.toml");
    let archive = archive.with("site.toml", format!("{settings}\n[pack]\naddress = \"files/archive.zip\"\n"));
    assert!(home(&archive, &[]).contains("href=\"https://example.org/small/files/archive.zip\""));
    assert!(
        home(&archive, &["--base-url", "https://example.net"])
            .contains("href=\"https://example.net/files/archive.zip\"")
    );
    let archive = archive.with("site.toml", format!("{settings}\n[pack]\naddress = \"https://example.net/a.zip\"\n"));
    assert!(home(&archive, &[]).contains("href=\"https://example.net/a.zip\""));
    for wrong in ["/archive.zip", "../archive.zip", "javascript:alert(1)", "https://example.net/", ""] {
        let archive = Archive::empty().with_all(archive.root());
        let archive = archive.with("site.toml", format!("{settings}\n[pack]\naddress = \"{wrong}\"\n"));
        let run = archive.build(&["--color", "never"]).expect(1);
        assert!(run.stderr().contains("error[wrong-setting]"), "{wrong}: {}", run.stderr());
    }
}
