//! The preview's server: what it serves, and that nothing else gets in or out. Requests
//! are written to the socket as they are, since a client library would tidy them.
#![cfg(feature = "serve")]

mod support;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use support::{
    Archive,
    serve::{Connection, Reply, Server, command},
};

const PAGE: &str = "/works/krasner-1982.html";

fn small() -> (Archive, Server) {
    let archive = Archive::small();
    let server = Server::start(archive.root(), &[]);
    (archive, server)
}

#[test]
fn what_is_served_is_what_is_built_less_the_script() {
    let (archive, server) = small();
    archive.build(&[]).expect(0);
    let mut pages = 0;
    for (path, built) in archive.site() {
        if path.starts_with('.') {
            continue;
        }
        let mut reply = server.get(&format!("/{path}")).expect(200);
        if path.ends_with(".html") {
            pages += 1;
            assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert_eq!(reply.attribute("data-page"), path);
            let script = reply.script().to_string();
            let text = reply.text();
            assert_eq!(text.matches(&script).count(), 1, "{path}");
            assert!(text.contains(&format!("{script}</head>")), "{path}");
            reply.body = text.replace(&script, "").into_bytes();
        }
        assert!(reply.body == built, "{path} differs");
    }
    assert!(pages > 5, "{pages} pages");
}

#[test]
fn a_folder_is_its_index_and_an_address_without_slash_leads_to_it() {
    let (_archive, server) = small();
    assert_eq!(server.get("/").expect(200).attribute("data-page"), "index.html");
    assert_eq!(server.get("/works/").expect(200).attribute("data-page"), "works/index.html");
    assert_eq!(server.get("/works").expect(302).header("location"), Some("/works/"));
    assert_eq!(server.get("/works/?page=2#top").expect(200).attribute("data-page"), "works/index.html");
}

/// The page that is shown where there is none has links from the base address.
#[test]
fn the_site_is_also_served_below_its_base_path() {
    let (_archive, server) = small();
    let reply = server.get(&format!("/small{PAGE}")).expect(200);
    assert_eq!(reply.attribute("data-page"), &PAGE[1..]);
    server.get("/other/works/krasner-1982.html").expect(404);
}

#[test]
fn where_there_is_nothing_the_page_that_says_so_follows_the_pen_too() {
    let (_archive, server) = small();
    let reply = server.get("/works/nobody.html").expect(404);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.script().contains("data-fingerprint"));
}

#[test]
fn the_scripts_of_the_preview_are_served() {
    let (_archive, server) = small();
    for (path, media_type) in [
        ("/.regesta/preview.js", "text/javascript; charset=utf-8"),
        ("/.regesta/preview.css", "text/css; charset=utf-8"),
        ("/.regesta/idiomorph.js", "text/javascript; charset=utf-8"),
    ] {
        assert_eq!(server.get(path).expect(200).header("content-type"), Some(media_type), "{path}");
    }
}

#[test]
fn every_reply_says_that_it_is_for_this_site_alone() {
    let (_archive, server) = small();
    let origin = "Origin: http://evil.example\r\n";
    let replies = [
        server.get_with(PAGE, origin).expect(200),
        server.get_with("/static/css/page.css", origin),
        server.get_with("/none", origin).expect(404),
        server.get_with("/.git/config", origin).expect(404),
        server.get_with("/works", origin).expect(302),
        server.get_with("/.regesta/preview.js", origin).expect(200),
        server.get_with("/.regesta/events?page=index.html&shows=0", origin).expect(403),
        server.send(format!(
            "OPTIONS {PAGE} HTTP/1.1\r\nHost: HOST\r\n{origin}Access-Control-Request-Method: POST\r\n\r\n"
        )),
    ];
    for reply in replies {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "SAMEORIGIN"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{} {name}", reply.status);
        }
        assert!(!reply.headers.iter().any(|(name, _)| name.starts_with("access-control")), "{:?}", reply.headers);
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let archive = Archive::small();
    let server = Server::start(archive.root(), &[]);
    for path in [PAGE, "/sitemap.xml", "/.regesta/preview.js"] {
        let tag = server.get(path).expect(200).header("etag").expect("it has a tag").to_string();
        let again = server.get_with(path, &format!("If-None-Match: \"0\", W/{tag}\r\n")).expect(304);
        assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
        server.get_with(path, "If-None-Match: \"0\"\r\n").expect(200);
    }
    // The script has another token then, so the page is another one.
    let tag = server.get(PAGE).header("etag").map(String::from).expect("it has a tag");
    let other = Server::start(archive.root(), &[]);
    other.get_with(PAGE, &format!("If-None-Match: {tag}\r\n")).expect(200);
}

#[test]
fn a_head_is_a_reply_without_its_body() {
    let (_archive, server) = small();
    let whole = server.get(PAGE).expect(200);
    let mut connection = server.connect();
    let host = server.host();
    connection.write(format!("HEAD {PAGE} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
    let head = connection.head().expect(200);
    assert_eq!(head.header("content-length"), Some(whole.body.len().to_string().as_str()));
    assert_eq!(connection.line(), None, "a body was sent");
}

#[test]
fn only_the_name_that_is_listened_on_is_answered_to() {
    let (_archive, server) = small();
    let port = server.port();
    let to = |hosts: &str| server.send(format!("GET {PAGE} HTTP/1.1\r\n{hosts}\r\n"));
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LocalHost:{port}")] {
        to(&format!("Host: {host}\r\n")).expect(200);
    }
    for host in [
        format!("evil.example:{port}"),
        "evil.example".to_string(),
        "localhost".to_string(),
        "127.0.0.1".to_string(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.evil.example:{port}"),
        format!("192.168.1.5:{port}"),
        format!("[::1]:{port}"),
        format!("user@localhost:{port}"),
        String::new(),
    ] {
        let reply = to(&format!("Host: {host}\r\n"));
        assert!([400, 421].contains(&reply.status), "{host}: {}", reply.status);
        assert!(!reply.text().contains("Krasner"), "{host}");
    }
    to("").expect(400);
    to(&format!("Host: 127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}\r\n")).expect(400);
    to(&format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n")).expect(400);
    server.send(format!("GET {PAGE} HTTP/1.0\r\n\r\n")).expect(400);
}

#[test]
fn all_doors_ask_for_the_name() {
    let (_archive, server) = small();
    for path in [PAGE, "/.regesta/events?page=index.html", "/.regesta/preview.js"] {
        server.send(format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n")).expect(421);
    }
    server.send("POST /.regesta/open HTTP/1.1\r\nHost: evil.example\r\n\r\n").expect(421);
}

#[test]
fn only_get_and_head_elsewhere() {
    let (_archive, server) = small();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get"] {
        for (path, allowed) in [
            (PAGE, "GET, HEAD"),
            ("/.regesta/preview.js", "GET, HEAD"),
            ("/.regesta/events", "GET"),
            ("/none", "GET, HEAD"),
        ] {
            let reply = server.send(format!("{method} {path} HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"));
            assert_eq!(reply.expect(405).header("allow"), Some(allowed), "{method} {path}");
        }
    }
    assert_eq!(server.get("/.regesta/open").expect(405).header("allow"), Some("POST"));
}

#[test]
fn requests_that_are_for_a_proxy_are_refused() {
    let (_archive, server) = small();
    for line in [
        "GET http://HOST/ HTTP/1.1",
        "GET http://evil.example/ HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "CONNECT evil.example:443 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET works/krasner-1982.html HTTP/1.1",
        "GET  HTTP/1.1",
        "GET / HTTP/9.9",
        "nonsense",
    ] {
        let reply = server.send(format!("{line}\r\nHost: HOST\r\n\r\n"));
        assert!([400, 405].contains(&reply.status), "{line}: {}", reply.status);
    }
    server.get(PAGE).expect(200);
}

#[test]
fn nothing_outside_the_site_is_served() {
    let archive = Archive::small()
        .with(".git/config", "keep this to yourself")
        .with("secret.txt", "keep this to yourself")
        .with("content/.hidden", "keep this to yourself")
        .with("content/works/.hidden.md", "keep this to yourself");
    let server = Server::start(archive.root(), &[]);
    for path in [
        "/secret.txt",
        "/site.toml",
        "/content/works/01-krasner-1982.md",
        "/content/.hidden",
        "/.hidden",
        "/works/.hidden.md",
        "/.git/config",
        "/%2egit/config",
        "/%2Egit%2fconfig",
        "/.regesta/other",
        "/.regesta/",
        "/.regesta",
        "/.regesta/page/preview.js",
        "/.regesta/../site.toml",
        "/.regesta/%70review.js",
        "/..",
        "/../secret.txt",
        "/../../../../../../etc/passwd",
        "/works/../../secret.txt",
        "/works/../index.html",
        "/works/./krasner-1982.html",
        "//etc/passwd",
        "/works//krasner-1982.html",
        "/%2e%2e/secret.txt",
        "/%2E%2E/%2e%2e/etc/passwd",
        "/.%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%2Fsecret.txt",
        "/%2fetc%2fpasswd",
        "/works%2fkrasner-1982.html",
        "/..%5csecret.txt",
        "/works%5Ckrasner-1982.html",
        "/..\\secret.txt",
        "/works\\krasner-1982.html",
        "/%252e%252e/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%00",
        "/works/krasner-1982.html%00",
        "/works/krasner-1982.html%0d%0aX:%20y",
        "/%",
        "/%zz",
        "/works/krasner-1982.html/",
        "/c:/windows/win.ini",
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 404, "{path}");
        let told = String::from_utf8_lossy(&reply.body);
        assert!(!told.contains("keep this") && !told.contains("root:") && !told.contains("[[collections]]"), "{path}");
    }
    for raw in [
        &b"GET /\0 HTTP/1.1\r\nHost: HOST\r\n\r\n"[..],
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let status = server.send(raw).status;
        assert!([400, 404, 421].contains(&status), "{status}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_root() {
    let elsewhere =
        Archive::empty().with("secret.txt", "keep this to yourself").with("secret.md", "keep this to yourself");
    let archive = Archive::small();
    std::os::unix::fs::symlink(elsewhere.root(), archive.path("content/out")).expect("a link can be made");
    std::os::unix::fs::symlink(elsewhere.path("secret.txt"), archive.path("content/out.txt"))
        .expect("a link can be made");
    let server = Server::start_with(archive.root(), &[], &[("REGESTA_EDITOR", "true")]);
    for path in ["/out/secret.txt", "/out.txt", "/out/secret.html", "/content/out/secret.txt"] {
        let reply = server.get(path).expect(404);
        assert!(!reply.text().contains("secret<"), "{path}");
    }
    for path in ["content/out/secret.txt", "content/out.txt"] {
        open(&server, &format!("path={path}"), &Asking::own(&server)).expect(404);
    }
}

/// What a request to open the editor says of itself.
struct Asking {
    token: String,
    headers: String,
}

impl Asking {
    /// As the page's own script asks.
    fn own(server: &Server) -> Self {
        let token = server.get("/none").expect(404).attribute("data-token");
        Asking { token, headers: format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", server.host()) }
    }
}

#[track_caller]
fn open(server: &Server, query: &str, Asking { token, headers }: &Asking) -> Reply {
    server.send(format!(
        "POST /.regesta/open?{query} HTTP/1.1\r\nHost: HOST\r\nX-Regesta-Token: {token}\r\n{headers}Content-Length: 0\r\n\r\n"
    ))
}

#[track_caller]
fn open_with(server: &Server, body: &str, Asking { token, headers }: &Asking) -> Reply {
    server.send(format!(
        "POST /.regesta/open HTTP/1.1\r\nHost: HOST\r\nX-Regesta-Token: {token}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// An editor that tells the test its arguments: it writes them to a named pipe, so the
/// test waits for exactly as long as it takes.
#[cfg(unix)]
fn opened(request: impl FnOnce(&Server)) -> Vec<String> {
    let archive = Archive::small().with("editor.sh", "printf '%s\\n' \"$@\" > \"$PIPE\"\n");
    let pipe = archive.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let editor = format!("sh {} {{line}} {{column}} {{file}}", archive.path("editor.sh").display());
    let pipe = pipe.to_str().expect("a temporary folder has a plain name");
    let server = Server::start_with(archive.root(), &[], &[("REGESTA_EDITOR", &editor), ("PIPE", pipe)]);
    request(&server);
    let told = fs::read_to_string(pipe).expect("the editor writes");
    let root = archive.root().canonicalize().expect("it exists");
    told.lines().map(|line| line.replace(root.to_str().expect("it is UTF-8"), "ROOT")).collect()
}

#[cfg(unix)]
#[test]
fn a_page_of_this_server_opens_the_editor() {
    let expected = ["3", "5", "ROOT/content/works/01-krasner-1982.md"];
    let place = "path=content%2Fworks%2F01-krasner-1982.md&line=3&column=5";
    assert_eq!(opened(|server| drop(open(server, place, &Asking::own(server)).expect(204))), expected);
    let place = r#"{"path":"content/works/01-krasner-1982.md","line":3,"column":5}"#;
    assert_eq!(opened(|server| drop(open_with(server, place, &Asking::own(server)).expect(204))), expected);
    // A program of the editor's own has no origin, but it has the token.
    let asking = |server: &Server| Asking { headers: String::new(), ..Asking::own(server) };
    assert_eq!(opened(|server| drop(open_with(server, place, &asking(server)).expect(204))), expected);
}

#[cfg(unix)]
#[test]
fn a_page_opens_what_it_is_written_in() {
    let told = opened(|server| drop(open(server, "page=works/krasner-1982.html", &Asking::own(server)).expect(204)));
    assert_eq!(told[2], "ROOT/content/works/01-krasner-1982.md");
}

#[test]
fn no_other_page_opens_the_editor() {
    let archive = Archive::small();
    let server = Server::start_with(archive.root(), &[], &[("REGESTA_EDITOR", "false-editor-that-is-not-there")]);
    let own = Asking::own(&server);
    let query = "path=site.toml";
    // With the token and from here it would be tried, and told that it did not work.
    open(&server, query, &own).expect(409);

    let asked = |token: &str, headers: &str| {
        open(&server, query, &Asking { token: token.to_string(), headers: headers.to_string() }).expect(403);
    };
    asked("", "");
    asked("0", &own.headers);
    asked(&own.token.to_uppercase().replace(|c: char| c.is_ascii_digit(), "G"), &own.headers);
    for headers in [
        "Origin: http://evil.example\r\n".to_string(),
        "Origin: null\r\n".to_string(),
        format!("Origin: https://{}\r\n", server.host()),
        format!("Origin: http://localhost:{}\r\n", server.port()),
        "Sec-Fetch-Site: cross-site\r\n".to_string(),
        "Sec-Fetch-Site: same-site\r\n".to_string(),
        format!("Origin: http://{}\r\nSec-Fetch-Site: none\r\n", server.host()),
    ] {
        asked(&own.token, &headers);
    }
    let headers = own.headers;
    server
        .send(format!("POST /.regesta/open?{query} HTTP/1.1\r\nHost: HOST\r\n{headers}Content-Length: 0\r\n\r\n"))
        .expect(403);
}

#[test]
fn the_editor_opens_nothing_but_files_of_the_archive() {
    let archive = Archive::small().with(".env", "secret").with("content/.hidden.md", "secret");
    let server = Server::start_with(archive.root(), &[], &[("REGESTA_EDITOR", "false-editor-that-is-not-there")]);
    let own = Asking::own(&server);
    for path in [
        "",
        ".",
        "..",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "content/../site.toml",
        "content/works/../../site.toml",
        "content",
        "content/none.md",
        ".env",
        "content/.hidden.md",
        "content\\\\works",
        "site.toml\\u0000",
        "-o",
        "--help",
    ] {
        open_with(&server, &format!(r#"{{"path":"{path}"}}"#), &own).expect(404);
    }
    open_with(&server, r#"{"page":"works/nobody.html"}"#, &own).expect(404);
    for (body, status) in [("", 400), ("{}", 400), ("[1", 400), (r#"{"path":3}"#, 400)] {
        open_with(&server, body, &own).expect(status);
    }
    open_with(&server, &format!(r#"{{"path":"{}"}}"#, "a".repeat(70_000)), &own).expect(413);
}

#[test]
fn where_no_editor_can_be_opened_the_page_and_the_terminal_say_why() {
    let archive = Archive::small();
    let told = |variables: &[(&str, &str)]| {
        let server = Server::start_with(archive.root(), &[], variables);
        let reply = open(&server, "path=site.toml", &Asking::own(&server)).expect(409);
        let trouble = server.wait("trouble");
        assert_eq!(Some(reply.text().trim_end()), trouble["message"].as_str());
        reply.text().to_string()
    };
    let unset = told(&[("EDITOR", "  ")]);
    assert!(["REGESTA_EDITOR", "VISUAL", "EDITOR"].iter().all(|name| unset.contains(name)), "{unset}");
    let terminal = told(&[("EDITOR", "code"), ("VISUAL", "vim -n")]);
    assert!(terminal.starts_with("`vim` needs a terminal"), "{terminal}");
    let missing = told(&[("EDITOR", "vim"), ("REGESTA_EDITOR", "editor-that-is-not-there --wait")]);
    assert!(missing.starts_with("`editor-that-is-not-there` does not start"), "{missing}");
}

#[test]
fn a_stream_begins_with_the_name_of_the_run() {
    let (archive, server) = small();
    let hello = server.stream("index.html", "0f").message();
    assert_eq!(hello["kind"], "hello");
    assert_eq!(hello, server.stream("works%2Fkrasner-1982.html", "0f").message());
    let other = Server::start(archive.root(), &[]);
    assert_ne!(hello, other.stream("index.html", "0f").message());
}

#[test]
fn two_hundred_open_streams_are_fine() {
    let (_archive, server) = small();
    let mut streams: Vec<Connection> = (0..220).map(|_| server.stream("works/krasner-1982.html", "0f")).collect();
    for stream in &mut streams {
        assert_eq!(stream.message()["kind"], "hello");
        server.get(PAGE).expect(200);
    }
    // Half of them go without a word.
    streams.truncate(110);
    for _ in 0..110 {
        server.get("/").expect(200);
    }
    streams.push(server.stream("index.html", "0f"));
    assert_eq!(streams.last_mut().expect("one was just opened").message()["kind"], "hello");
}

#[test]
fn slow_and_half_open_clients_stop_nobody() {
    let (_archive, server) = small();
    let mut watching = server.stream("index.html", "0f");
    let host = server.host();
    let begun = [
        String::new(),
        "G".to_string(),
        format!("GET {PAGE} HTTP/1.1\r\nHost: {host}\r\nX-Slow: "),
        format!("POST /.regesta/open HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n\r\n{{"),
        // Many replies that nobody reads.
        format!("GET /print.html HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(200),
    ];
    // More than there is room for.
    let _clients: Vec<Connection> = (0..900)
        .map(|number| {
            let mut connection = server.connect();
            connection.write(begun[number % 4].as_bytes());
            connection
        })
        .collect();
    let _readers: Vec<Connection> = (0..20)
        .map(|_| {
            let mut connection = server.connect();
            connection.write(begun[4].as_bytes());
            connection
        })
        .collect();
    let started = Instant::now();
    for _ in 0..20 {
        server.get(PAGE).expect(200);
    }
    assert!(started.elapsed() < Duration::from_secs(8), "others waited for {:?}", started.elapsed());
    assert_eq!(watching.message()["kind"], "hello");
    assert_eq!(server.stream("index.html", "0f").message()["kind"], "hello");
}

/// Those that do not finish what they began are let go after ten seconds.
#[test]
fn who_says_nothing_is_let_go() {
    let (_archive, server) = small();
    server.get(PAGE).expect(200);
    let host = server.host().to_string();
    let token = Asking::own(&server).token;
    let begun = [
        String::new(),
        format!("GET {PAGE} HTTP/1.1\r\nHost: {host}\r\nX-Slow: "),
        format!(
            "POST /.regesta/open HTTP/1.1\r\nHost: {host}\r\nX-Regesta-Token: {token}\r\nContent-Length: 10\r\n\r\n{{"
        ),
    ];
    let started = Instant::now();
    thread::scope(|scope| {
        for text in &begun {
            let mut connection = server.connect();
            scope.spawn(move || {
                connection.write(text.as_bytes());
                while connection.line().is_some() {}
            });
        }
    });
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
}

#[test]
fn a_request_has_bounds() {
    let (_archive, server) = small();
    let long = "a".repeat(20_000);
    server.send(format!("GET {PAGE} HTTP/1.1\r\nHost: HOST\r\nX-Long: {long}\r\n\r\n")).expect(431);
    let status = server.send(format!("GET /{long} HTTP/1.1\r\nHost: HOST\r\n\r\n")).status;
    assert!([414, 431].contains(&status), "{status}");
    let many = "X-Many: a\r\n".repeat(200);
    server.send(format!("GET {PAGE} HTTP/1.1\r\nHost: HOST\r\n{many}\r\n")).expect(431);
    server.get(PAGE).expect(200);
}

#[test]
fn one_connection_takes_many_requests() {
    let (_archive, server) = small();
    let mut connection = server.connect();
    for path in [PAGE, "/", "/none", "/.git/config", PAGE] {
        connection.write(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.host()).as_bytes());
        let expected = if path == PAGE || path == "/" { 200 } else { 404 };
        connection.reply(false).expect(expected);
    }
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let archive = Archive::small();
    let run = command(archive.root()).args(["serve", "--port", &port]).output().expect("the program runs");
    assert_eq!(run.status.code(), Some(1));
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(
        told.starts_with(&format!("error: port {port} of `127.0.0.1` is taken\n  = help: leave --port out")),
        "{told}"
    );
}

#[test]
fn without_a_port_the_next_free_one_is_taken() {
    // Where somebody else has it, so much the better.
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 4000));
    let archive = Archive::small();
    let server = Server::run(command(archive.root()).args(["serve", "--message-format", "json"]));
    assert!(server.port() > 4000, "{}", server.address);
    server.get(PAGE).expect(200);
}

#[test]
fn an_address_that_is_not_ours_is_an_error() {
    let archive = Archive::small();
    for host in ["192.0.2.1", "nobody.invalid"] {
        let run = command(archive.root()).args(["serve", "--port", "0", "--host", host]).output();
        let run = run.expect("the program runs");
        assert_eq!(run.status.code(), Some(1), "{host}");
        assert!(String::from_utf8_lossy(&run.stderr).contains("= help: leave --host out"), "{host}");
    }
}

#[test]
fn serving_others_is_warned_of() {
    let archive = Archive::small();
    let server = Server::start(archive.root(), &["--host", "0.0.0.0"]);
    let warning = server.error();
    assert!(warning.starts_with("warning: everyone on this network can read the site at http://"), "{warning}");
    let port = server.port();
    let to = |host: &str| server.send(format!("GET {PAGE} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    for host in [format!("127.0.0.1:{port}"), format!("192.168.1.5:{port}"), format!("localhost:{port}")] {
        to(&host).expect(200);
    }
    to(&format!("evil.example:{port}")).expect(421);
}

#[test]
fn the_token_is_long_the_same_for_a_run_and_no_part_of_an_address_or_a_tag() {
    let (archive, server) = small();
    let reply = server.get(PAGE).expect(200);
    let token = reply.attribute("data-token");
    assert_eq!(token.len(), 32);
    assert_eq!(server.get("/").attribute("data-token"), token);
    assert!(!reply.headers.iter().any(|(_, value)| value.contains(&token)));
    assert_ne!(server.stream("index.html", "0f").message()["run"], token.as_str());
    assert_ne!(Server::start(archive.root(), &[]).get(PAGE).attribute("data-token"), token);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_at_once() {
    let archive = Archive::small();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let server = Server::start(archive.root(), &[]);
        server.wait("ready");
        let _open = server.stream("index.html", "0f");
        let before = support::tree(archive.root());
        let killed = Command::new("kill").args([signal, &server.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        assert_eq!(server.end(), Some(code));
        assert!(support::tree(archive.root()) == before, "something was left behind");
    }
}

#[test]
fn faults_at_the_start_are_told_and_shown() {
    let archive = Archive::empty().with("site.toml", "title = \"A\"\ntittle = 3\n");
    let server = Server::start(archive.root(), &[]);
    let mut told = Vec::new();
    let count = loop {
        let line = server.line();
        match line["event"].as_str() {
            Some("faults") => break line["count"].as_u64(),
            Some(_) => {}
            None => told.push(line),
        }
    };
    assert_eq!(count, Some(told.len() as u64));
    let run = archive.build(&["--message-format", "json"]).expect(1);
    let built: Vec<serde_json::Value> =
        run.stdout().lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    assert_eq!(told, built, "as build tells them");

    let reply = server.get("/").expect(404);
    assert!(reply.script().contains("data-token"), "{}", reply.text());
    assert!(reply.text().contains("default-src 'none'"), "{}", reply.text());
    let mut stream = server.stream("", "0f");
    stream.message();
    let notice = stream.message();
    assert_eq!(notice["kind"], "faults");
    assert_eq!(notice["faults"].as_array().map(Vec::len), Some(told.len()));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let archive = Archive::empty();
    let run = command(archive.root()).args(["serve", "--root", "none"]).stdin(Stdio::null()).output();
    let run = run.expect("the program runs");
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("there is no folder `none`"));
}
