//! What the preview serves, as responses.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pulldown_cmark_escape::escape_html;

use super::super::{Answer, Served};

/// Who looks at a page.
pub struct Reader<'a> {
    /// Of this run of the server.
    pub run: &'a str,
    /// What opens the editor, for those who may.
    pub token: Option<&'a str>,
}

/// What is asked for, or word that the browser has it already.
pub fn response(answer: Answer, reader: &Reader<'_>, headers: &HeaderMap) -> Response {
    match answer {
        Answer::Found(served) => found(&served, reader, headers),
        Answer::Missing(served) => (StatusCode::NOT_FOUND, page(&served, reader)).into_response(),
        Answer::Moved(to) => {
            let to = format!("/{}", utf8_percent_encode(&to, UNSAFE));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    }
}

/// All that an address of ours may not hold as it is.
const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A file that comes with the program, and so stays the same for a run.
pub fn own(path: &str, bytes: &'static [u8], run: &str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{run}\"");
    unless_known(tag, headers, || ([(header::CONTENT_TYPE, media_type(path))], bytes).into_response())
}

fn found(served: &Served, reader: &Reader<'_>, headers: &HeaderMap) -> Response {
    let Served { permalink, fingerprint, .. } = served;
    // The script that is put in has the run's token.
    let tag =
        if is_html(permalink) { format!("\"{fingerprint}-{}\"", reader.run) } else { format!("\"{fingerprint}\"") };
    unless_known(tag, headers, || body(served, reader).into_response())
}

/// 304 where the browser says that it has what `tag` stands for (RFC 9110, section 13.1.2).
fn unless_known(tag: String, headers: &HeaderMap, make: impl FnOnce() -> Response) -> Response {
    let mut known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut response = if known.any(|list| list.split(',').any(|known| is_tag(known.trim(), &tag))) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        make()
    };
    // A fingerprint is hexadecimal, and so is the name of a run.
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn is_tag(known: &str, tag: &str) -> bool {
    known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
}

fn body(served: &Served, reader: &Reader<'_>) -> ([(header::HeaderName, &'static str); 1], Body) {
    let Served { permalink, bytes, .. } = served;
    if is_html(permalink) {
        return page(served, reader);
    }
    ([(header::CONTENT_TYPE, media_type(permalink))], Body::from(Bytes::from_owner(std::sync::Arc::clone(bytes))))
}

/// A page, whatever its address ends in.
fn page(served: &Served, reader: &Reader<'_>) -> ([(header::HeaderName, &'static str); 1], Body) {
    let html = with_script(&served.bytes, &script(served, reader));
    ([(header::CONTENT_TYPE, media_type("page.html"))], Body::from(html))
}

/// The element that makes a page follow the pen, and the one difference between what is
/// served and what is built.
fn script(served: &Served, reader: &Reader<'_>) -> String {
    let mut script = String::from(r#"<script defer src="/.regesta/preview.js""#);
    let named = [
        ("data-page", Some(&*served.permalink)),
        ("data-fingerprint", Some(served.fingerprint.as_str())),
        ("data-token", reader.token),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            script.extend([" ", name, "=\""]);
            escape_html(&mut script, value).expect("a string takes any text");
            script.push('"');
        }
    }
    script + "></script>"
}

/// Before the end of the head; behind everything where a theme writes no head.
fn with_script(html: &[u8], script: &str) -> Vec<u8> {
    let end = b"</head>";
    let at = html.windows(end.len()).position(|part| part.eq_ignore_ascii_case(end)).unwrap_or(html.len());
    [&html[..at], script.as_bytes(), &html[at..]].concat()
}

fn is_html(path: &str) -> bool {
    media_type(path).starts_with("text/html")
}

/// By what a file's name ends in. Browsers are told not to guess (`nosniff`), so what is
/// not listed is saved rather than shown.
fn media_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "bib" => "application/x-bibtex; charset=utf-8",
        "ris" => "application/x-research-info-systems; charset=utf-8",
        "jsonld" => "application/ld+json",
        "ttl" => "text/turtle; charset=utf-8",
        "yaml" | "yml" => "application/yaml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" | "xsl" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(permalink: &str, html: &str) -> Served {
        Served { permalink: permalink.into(), bytes: html.as_bytes().into(), fingerprint: "0f".into() }
    }

    #[test]
    fn a_page_gets_one_script_and_nothing_else() {
        let reader = Reader { run: "1", token: Some("2") };
        let script = script(&served("works/a.html", ""), &reader);
        assert_eq!(
            script,
            r#"<script defer src="/.regesta/preview.js" data-page="works/a.html" data-fingerprint="0f" data-token="2"></script>"#
        );
        for (html, expected) in [
            ("<head><title>A</title></head><body></head>", "<head><title>A</title>*</head><body></head>"),
            ("<HEAD></HEAD>", "<HEAD>*</HEAD>"),
            ("<p>none", "<p>none*"),
            ("", "*"),
        ] {
            let expected = expected.replace('*', &script);
            assert_eq!(String::from_utf8(with_script(html.as_bytes(), &script)).as_deref(), Ok(expected.as_str()));
        }
    }

    #[test]
    fn an_address_with_mark_up_stays_in_its_attribute() {
        let reader = Reader { run: "1", token: None };
        let script = script(&served(r#"a"><b>&.html"#, ""), &reader);
        assert!(script.contains(r#" data-page="a&quot;&gt;&lt;b&gt;&amp;.html" "#), "{script}");
        assert!(!script.contains("data-token"), "{script}");
    }

    #[test]
    fn a_tag_is_known_in_any_of_its_forms() {
        for (known, expected) in [("\"a\"", true), ("W/\"a\"", true), ("*", true), ("\"b\"", false), ("a", false)] {
            assert_eq!(is_tag(known, "\"a\""), expected, "{known}");
        }
    }
}
