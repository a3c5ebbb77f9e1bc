//! Which requests are refused, before anything else looks at them.

use axum::{
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

use super::door::Hosts;

/// Why a request is refused; the text is for people.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub StatusCode, pub &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, format!("{}\n", self.1)).into_response()
    }
}

/// Refuses what is not addressed to this server, by name and as a path.
///
/// # Errors
/// 400 where the request does not say to whom it goes, 421 (RFC 9110, section 15.5.20)
/// where it goes to another.
pub fn admit(head: &Parts, hosts: &Hosts) -> Result<(), Refusal> {
    let mut named = head.headers.get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "a request has one Host header"));
    };
    if !host.to_str().is_ok_and(|host| hosts.name(host)) {
        return Err(Refusal(StatusCode::MISDIRECTED_REQUEST, "this is not the server that the request names"));
    }
    let uri = &head.uri;
    // `GET http://elsewhere/` and `CONNECT elsewhere:443` are for proxies, `*` for no page.
    if uri.scheme().is_some() || uri.authority().is_some() || !uri.path().starts_with('/') {
        return Err(Refusal(StatusCode::BAD_REQUEST, "only a path can be asked for"));
    }
    Ok(())
}

/// Refuses what a page of another site may have asked for. Browsers say where a request
/// comes from; other programs say nothing, and are not what this is about.
pub fn same_origin(headers: &HeaderMap) -> Result<(), Refusal> {
    let said = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let own = format!("http://{}", said(header::HOST).unwrap_or_default());
    let origin = said(header::ORIGIN).is_none_or(|origin| origin.eq_ignore_ascii_case(&own));
    let site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    if origin && site { Ok(()) } else { Err(Refusal(StatusCode::FORBIDDEN, "this comes from another site")) }
}

/// Refuses other methods than those of `allowed`.
pub fn only(method: &Method, allowed: &'static [Method]) -> Result<(), Response> {
    if allowed.contains(method) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    let refusal = Refusal(StatusCode::METHOD_NOT_ALLOWED, "there is nothing to change here");
    Err(([(header::ALLOW, names.join(", "))], refusal).into_response())
}

/// The address below the site's root that a path stands for: percent-encoding is undone,
/// once. `None` where a part of it could mean anything but a plain name to a file system:
/// `..`, hidden files, slashes of either kind that were encoded, control characters.
pub fn address(path: &str) -> Option<String> {
    let (folders, last) =
        path.strip_prefix('/')?.rsplit_once('/').map_or((None, &path[1..]), |(folders, last)| (Some(folders), last));
    let mut address = String::with_capacity(path.len());
    for folder in folders.into_iter().flat_map(|folders| folders.split('/')) {
        address.push_str(&name(folder)?);
        address.push('/');
    }
    if !last.is_empty() {
        address.push_str(&name(last)?);
    }
    Some(address)
}

fn name(part: &str) -> Option<String> {
    let name = percent_decode_str(part).decode_utf8().ok()?;
    let plain = |c: char| !c.is_control() && c != '/' && c != '\\';
    (!name.is_empty() && !name.starts_with('.') && name.chars().all(plain)).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        for (path, expected) in [
            ("/", ""),
            ("/works/", "works/"),
            ("/works/krasner-1982.html", "works/krasner-1982.html"),
            ("/papers/a%20b%C3%A9.pdf", "papers/a b\u{e9}.pdf"),
            ("/100%2525.html", "100%25.html"),
            ("/a..b.html", "a..b.html"),
        ] {
            assert_eq!(address(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_path_that_could_lead_out_is_none() {
        for path in [
            "",
            "*",
            "//",
            "//evil.example/",
            "/works//a.html",
            "/../site.toml",
            "/works/../../site.toml",
            "/works/..",
            "/./a.html",
            "/%2e%2e/site.toml",
            "/%2E%2E%2fsite.toml",
            "/.%2e/site.toml",
            "/..%2fsite.toml",
            "/works%2f..%2f..%2fsite.toml",
            "/..%5csite.toml",
            "/..\\site.toml",
            "/works\\a.html",
            "/.git/config",
            "/%2egit/config",
            "/works/.hidden",
            "/.regesta/other",
            "/a%00.html",
            "/a%0a.html",
            "/%ff.html",
            "/%c0%ae%c0%ae/site.toml",
        ] {
            assert_eq!(address(path), None, "{path}");
        }
    }
}
