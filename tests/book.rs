//! `regesta pack --format epub`, from outside: the file is a ZIP of XHTML in which everything leads
//! somewhere. Whether it is a sound EPUB as well is asked of `EPUBCheck` in `tests/publishing/`.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use support::{Archive, Run, archives, put, repository};
use zip::{CompressionMethod, ZipArchive};

fn pack(archive: &Archive, arguments: &[&str]) -> Run {
    archive.regesta(&[&["pack", "--format", "epub", "--color", "never"], arguments].concat())
}

fn hostile() -> Archive {
    Archive::empty().with_all(&archives("book"))
}

/// A book's files by path, each document with what it links to, shows and can be led to.
struct Book {
    files: BTreeMap<String, Vec<u8>>,
    documents: BTreeMap<String, Document>,
}

#[derive(Default)]
struct Document {
    /// Of each element its name and its attributes.
    elements: Vec<(String, BTreeMap<String, String>)>,
    text: String,
    ids: BTreeSet<String>,
}

impl Document {
    /// Every element closed, every entity known: what is not so is no XML.
    fn read(path: &str, bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|fault| panic!("{path}: {fault}"));
        let mut reader = Reader::from_str(text);
        let mut document = Document::default();
        let mut open = 0_usize;
        loop {
            match reader.read_event().unwrap_or_else(|fault| panic!("{path}: {fault}")) {
                Event::Start(tag) => {
                    document.add(path, &tag);
                    open += 1;
                }
                Event::Empty(tag) => document.add(path, &tag),
                Event::End(_) => open -= 1,
                Event::Text(text) => document.text.push_str(&text),
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open, 0, "{path}: an element is not closed");
        document
    }

    fn add(&mut self, path: &str, tag: &BytesStart<'_>) {
        let mut attributes = BTreeMap::new();
        for attribute in tag.attributes() {
            let attribute = attribute.unwrap_or_else(|fault| panic!("{path}: {fault}"));
            let key: &str = attribute.key.as_ref();
            let value = quick_xml::escape::unescape(&attribute.value).expect("its entities are known").into_owned();
            if key == "id" {
                assert!(self.ids.insert(value.clone()), "{path}: two elements have the id {value}");
            }
            attributes.insert(key.to_string(), value);
        }
        self.elements.push((tag.name().as_ref().to_string(), attributes));
    }

    fn values<'a>(&'a self, of: &'a str) -> impl Iterator<Item = &'a str> {
        self.elements.iter().filter_map(move |(_, attributes)| attributes.get(of)).map(String::as_str)
    }
}

impl Book {
    fn of(archive: &Archive) -> Self {
        pack(archive, &["--out", "book.epub"]).expect(0);
        let bytes = fs::read(archive.path("book.epub")).expect("the book is there");
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a book is a ZIP");
        let mut files = BTreeMap::new();
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).expect("its files can be read");
            let name = file.name().expect("names are UTF-8").into_owned();
            assert_eq!(index == 0, name == "mimetype", "the type comes first");
            if index == 0 {
                assert_eq!(file.compression(), CompressionMethod::Stored);
                assert_eq!(file.data_start(), Some(38), "programs look for the type behind its name");
            }
            let mut held = Vec::new();
            file.read_to_end(&mut held).expect("its files can be unpacked");
            files.insert(name, held);
        }
        assert_eq!(files["mimetype"], b"application/epub+zip");
        let read = |(path, bytes): (&String, &Vec<u8>)| {
            let is_xml = [".xhtml", ".opf", ".xml", ".svg"].iter().any(|ending| path.ends_with(ending));
            is_xml.then(|| (path.clone(), Document::read(path, bytes)))
        };
        let documents = files.iter().filter_map(read).collect();
        Book { files, documents }
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8(self.files[path].clone()).expect("it is text")
    }

    /// Everything within leads somewhere within, and nothing is shown that comes from elsewhere.
    fn check(&self) {
        let package = &self.documents["EPUB/package.opf"];
        let items = package.elements.iter().filter(|(name, _)| name == "item");
        let listed: BTreeSet<String> = items.map(|(_, item)| format!("EPUB/{}", item["href"])).collect();
        let there: BTreeSet<String> =
            self.files.keys().filter(|path| path.starts_with("EPUB/") && !path.ends_with(".opf")).cloned().collect();
        assert_eq!(listed, there, "the package lists the files that are there");
        for (path, document) in self.documents.iter().filter(|(path, _)| path.ends_with(".xhtml")) {
            for (name, attributes) in &document.elements {
                assert!(
                    !["script", "style", "iframe", "form", "input", "button"].contains(&name.as_str()),
                    "{path}: {name}"
                );
                let active = attributes.keys().find(|key| key.starts_with("on") || *key == "style");
                assert_eq!(active, None, "{path}");
                for key in ["src", "href"] {
                    let Some(address) = attributes.get(key) else { continue };
                    if name == "a" && (address.starts_with("http") || address.starts_with("mailto:")) {
                        continue;
                    }
                    let (file, fragment) = address.split_once('#').unwrap_or((address, ""));
                    let to = if file.is_empty() { path.clone() } else { join(path, file) };
                    assert!(self.files.contains_key(&to), "{path} leads to {address}, which is not there");
                    let held = fragment.is_empty() || self.documents[&to].ids.contains(fragment);
                    assert!(held, "{path}: {to} has no {fragment}");
                }
            }
            let named = document.values("aria-labelledby").flat_map(str::split_whitespace);
            named.for_each(|id| assert!(document.ids.contains(id), "{path}: nothing is called {id}"));
        }
    }

    /// Hrefs of the table of contents, in order.
    fn contents(&self) -> Vec<&str> {
        let navigation = &self.documents["EPUB/nav.xhtml"].elements;
        let end = navigation.iter().position(|(_, attributes)| attributes.contains_key("hidden"));
        let links = navigation[..end.expect("there are landmarks")].iter().filter(|(name, _)| name == "a");
        links.map(|(_, attributes)| attributes["href"].as_str()).collect()
    }
}

/// A relative address as seen from a file.
fn join(from: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[test]
fn the_repositorys_own_archive_is_a_book() {
    let archive = Archive::own();
    let book = Book::of(&archive);
    book.check();
    let mut entries = 0;
    for folder in ["references", "documents"] {
        for file in fs::read_dir(repository().join("content").join(folder)).expect("the entries are there") {
            let name = file.expect("it can be read").file_name().into_string().expect("names are UTF-8");
            let Some((_, id)) = name.strip_suffix(".md").and_then(|name| name.split_once('-')) else { continue };
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                let page = &book.documents[&format!("EPUB/pages/{folder}/{id}.xhtml")];
                assert!(page.text.contains("As printed"), "{id}");
                entries += 1;
            }
        }
    }
    assert_eq!(entries, 67);
    // The order of the contents is that of reading, and nothing is read that they do not name.
    let package = &book.documents["EPUB/package.opf"].elements;
    let paths: BTreeMap<&str, &str> = package
        .iter()
        .filter(|(name, _)| name == "item")
        .map(|(_, item)| (item["id"].as_str(), item["href"].as_str()))
        .collect();
    let spine = package.iter().filter(|(name, _)| name == "itemref").map(|(_, item)| paths[item["idref"].as_str()]);
    let spine: Vec<&str> = spine.filter(|path| *path != "nav.xhtml").collect();
    assert!(book.contents() == spine, "{:?}", book.contents());

    let krasner = book.text("EPUB/pages/references/krasner-1982-structural-causes.xhtml");
    for part in
        ["<del>2, Issue 36</del>", "id=\"definition\"", "id=\"backlinks\"", "id=\"relations\"", "class=\"formatted\""]
    {
        assert!(krasner.contains(part), "{part}");
    }
    for part in ["id=\"contents\"", "<details", "rel=\"prev\""] {
        assert!(!krasner.contains(part), "{part}");
    }
    let index = book.text("EPUB/pages/keywords/index.xhtml");
    assert!(index.contains("../references/krasner-1982-structural-causes.xhtml#definition"));
    assert!(book.text("EPUB/pages/timeline.xhtml").contains("<svg aria-label=\"Timeline\""));
    let package = book.text("EPUB/package.opf");
    for part in ["2026-11-22T00:00:00Z", "schema:accessMode", "<dc:language>en<", "properties=\"svg\""] {
        assert!(package.contains(part), "{part}");
    }
    assert_eq!(package.contains("properties=\"cover-image\""), cfg!(feature = "pictures"));
}

#[test]
fn whatever_titles_and_texts_hold_becomes_xhtml() {
    let book = Book::of(&hostile());
    book.check();
    let page = book.text("EPUB/pages/works/hostile.xhtml");
    for part in [
        "<h1>]]&gt; &lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot; &amp;amp;  bell</h1>",
        // What stands in a line holds no block, and a list no text.
        "<span><span>block <span>para</span></span></span>",
        "<div><div>loose</div></div><div>item</div>",
        "http://example.org/a%20b%7Cc%5Ed?x=%5B1%5D&amp;y=%7B2%7D%25zz#a%23b",
        // Neither a picture that does something nor one that is none.
        "/> svg <img alt=\"ok\" src=\"../../pictures/2.svg\"/>",
        "<p>dir</p><a>js</a><a>nohost</a>",
        // A former id leads to what the entry is called now.
        "<a class=\"entry\" href=\"../works/hostile.xhtml\">",
        "epub:type=\"noteref\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("sidenote"));
    // A page of the author's own by the name of a file of every book.
    assert!(book.files.contains_key("EPUB/pages/nav.xhtml") && book.files.contains_key("EPUB/pages/title.xhtml"));
}

#[test]
fn the_same_archive_gives_the_same_book() {
    let archive = hostile();
    pack(&archive, &["--out", "one.epub"]).expect(0);
    let again = archive.command(|command| {
        let environment = [("RAYON_NUM_THREADS", "1"), ("TZ", "Asia/Tokyo"), ("SOURCE_DATE_EPOCH", "1")];
        command.args(["pack", "--format", "epub", "--out", "deep/two.epub"]).envs(environment);
    });
    again.expect(0);
    let bytes = |file: &str| fs::read(archive.path(file)).expect("the book is there");
    assert!(bytes("one.epub") == bytes("deep/two.epub"));
}

#[test]
fn what_is_not_in_the_book_is_on_the_site_and_has_no_link_without_one() {
    let about = "---\ntitle: About\n---\n[feed](feed.xml), [track](timeline.html), [map](works/map.txt)\n";
    let archive = Archive::small().with("content/about.md", about).with("content/works/map.txt", "a map\n");
    let page = Book::of(&archive).text("EPUB/pages/about.xhtml");
    assert!(page.contains("href=\"https://example.org/small/feed.xml\""), "{page}");
    assert!(page.contains("href=\"https://example.org/small/works/map.txt\""), "{page}");
    assert!(page.contains("href=\"timeline.xhtml\""), "{page}");
    let settings = archive.read("site.toml");
    let without: Vec<&str> = settings.lines().filter(|line| !line.starts_with("base-url")).collect();
    let page = Book::of(&archive.with("site.toml", without.join("\n"))).text("EPUB/pages/about.xhtml");
    assert!(page.contains("<a>feed</a>, <a href=\"timeline.xhtml\">"), "{page}");
}

#[test]
fn a_theme_has_a_say_in_the_look_of_a_book() {
    let archive = Archive::small()
        .with("themes/default/book/own.css", "p {}\n")
        .with("themes/default/templates/book.html", "<h1>Mine: {{ site.title }}</h1>");
    let book = Book::of(&archive);
    book.check();
    assert_eq!(book.files["EPUB/own.css"], b"p {}\n");
    assert!(book.text("EPUB/title.xhtml").contains("Mine: A small archive"));
    assert!(book.text("EPUB/title.xhtml").contains("href=\"own.css\""));
    let faulty = archive.with("themes/default/templates/book.html", "{{ nothing }}");
    let run = pack(&faulty, &["--out", "other.epub"]).expect(1);
    assert!(run.stderr().contains("error[template-fault]"), "{}", run.stderr());
    assert!(!faulty.path("other.epub").exists());
}

#[test]
fn a_book_is_verified_and_a_flipped_bit_names_its_file() {
    let archive = hostile();
    let run = pack(&archive, &[]).expect(0);
    assert!(run.stdout().contains(".epub"), "{}", run.stdout());
    pack(&archive, &["--out", "book.epub"]).expect(0);
    let verify = |file: &str| archive.regesta(&["verify", file, "--color", "never"]);
    verify("book.epub").expect(0);
    let sound = fs::read(archive.path("book.epub")).expect("the book is there");
    let mut zip = ZipArchive::new(Cursor::new(&sound)).expect("a book is a ZIP");
    for index in (0..zip.len()).step_by(5) {
        let file = zip.by_index_raw(index).expect("its files can be read");
        let start = usize::try_from(file.data_start().expect("it lies somewhere")).expect("it is not far");
        let length = usize::try_from(file.compressed_size()).expect("it is small");
        let name = file.name().expect("names are UTF-8").into_owned();
        let mut spoilt = sound.clone();
        spoilt[start + length / 2] ^= 4;
        put(&archive.path("spoilt.epub"), &spoilt);
        let run = verify("spoilt.epub").expect(1);
        assert!(run.stderr().contains(&format!("--> {name}:")), "{name}: {}", run.stderr());
    }
}
