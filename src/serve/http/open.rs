//! `POST /.regesta/open`: a page asks for its source in the editor.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::{
    super::{Event, Spot, editor},
    Gone, Server,
    guard::{self, Refusal},
};

const BODY: usize = 64 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);

/// What is to be opened: a place in a file, or what a page or one of its sections is
/// written in.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Wish {
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    page: Option<String>,
    section: Option<String>,
}

pub async fn open(server: &Server, token: Option<&str>, head: &Parts, body: Body) -> Result<Response, Response> {
    guard::same_origin(&head.headers).map_err(IntoResponse::into_response)?;
    let given = head.headers.get("x-regesta-token");
    if token.is_none() || given.map(HeaderValue::as_bytes) != token.map(str::as_bytes) {
        return Err(Refusal(
            StatusCode::FORBIDDEN,
            "the editor opens for pages of this server alone; load the page again",
        )
        .into_response());
    }
    let wish = wish(head, body).await.map_err(IntoResponse::into_response)?;
    let spot = spot(server, wish).await?;
    let missing = || Refusal(StatusCode::NOT_FOUND, "there is no such file below the site's root").into_response();
    let file = editor::inside(&server.settings.root, &spot.path).ok_or_else(missing)?;
    match editor::open(server.settings.editor.as_deref(), &file, spot.line, spot.column) {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(fault) => {
            let _ = server.events.send(Event::Trouble(fault.to_string()));
            Err((StatusCode::CONFLICT, format!("{fault}\n")).into_response())
        }
    }
}

/// From the query if there is one, else from a body of JSON.
async fn wish(head: &Parts, body: Body) -> Result<Wish, Refusal> {
    if let Some(query) = head.uri.query() {
        return Ok(Wish::of(query));
    }
    let body = tokio::time::timeout(BODY_TIME, to_bytes(body, BODY)).await;
    let body = body.map_err(|_| Refusal(StatusCode::REQUEST_TIMEOUT, "the request did not come to an end"))?;
    let body = body.map_err(|_| Refusal(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long"))?;
    serde_json::from_slice(&body).map_err(|_| Refusal(StatusCode::BAD_REQUEST, "the request is no JSON object"))
}

impl Wish {
    fn of(query: &str) -> Self {
        Wish {
            path: parameter(query, "path"),
            line: parameter(query, "line").and_then(|line| line.parse().ok()),
            column: parameter(query, "column").and_then(|column| column.parse().ok()),
            page: parameter(query, "page"),
            section: parameter(query, "section"),
        }
    }
}

async fn spot(server: &Server, wish: Wish) -> Result<Spot, Response> {
    let Wish { path, line, column, page, section } = wish;
    if let Some(path) = path {
        let from_one = |number: Option<usize>| number.unwrap_or(1).max(1);
        return Ok(Spot { path: path.into(), line: from_one(line), column: from_one(column) });
    }
    let Some(permalink) = page else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "a path or a page is to be named").into_response());
    };
    let (reply, found) = oneshot::channel();
    server.events.send(Event::Edited { permalink, section, reply }).map_err(|_| Gone.into_response())?;
    let found = found.await.map_err(|_| Gone.into_response())?;
    found.ok_or_else(|| Refusal(StatusCode::NOT_FOUND, "this page is not written in one file").into_response())
}

/// The value that a query has for `name`, in the form that browsers give it (WHATWG URL,
/// "application/x-www-form-urlencoded parsing").
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    Some(percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_browsers_write_it() {
        let wish = Wish::of("path=content%2Fa+b%2Bc.md&line=3&column=x&pages=1");
        let expected = Wish { path: Some("content/a b+c.md".into()), line: Some(3), ..Wish::default() };
        assert_eq!(wish, expected);
    }
}
