//! The names in a field, and other lists in it: what is in braces is never parted.

use std::collections::HashMap;

use biblatex::{Chunk, Person, Spanned};

use crate::{entry::Name, import::tex::Piece};

/// A list of names, parted at each *and* that stands in no braces.
pub fn parted(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut names = vec![Vec::new()];
    for Piece { text, braced } in pieces {
        if braced {
            names
                .last_mut()
                .into_iter()
                .for_each(|name: &mut Vec<Piece>| name.push(Piece { text: text.clone(), braced }));
            continue;
        }
        let mut rest = text.as_str();
        while let Some((start, end)) = conjunction(rest) {
            names.last_mut().into_iter().for_each(|name| name.push(Piece { text: rest[..start].to_string(), braced }));
            names.push(Vec::new());
            rest = &rest[end..];
        }
        names.last_mut().into_iter().for_each(|name| name.push(Piece { text: rest.to_string(), braced }));
    }
    names
}

/// Where the first *and* between blanks begins and ends.
fn conjunction(text: &str) -> Option<(usize, usize)> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let bytes = text.as_bytes();
    (1..bytes.len().saturating_sub(3)).find_map(|at| {
        let word = bytes[at..at + 3].eq_ignore_ascii_case(b"and");
        (word && is_blank(&bytes[at - 1]) && is_blank(&bytes[at + 3])).then_some((at, at + 3))
    })
}

/// `None` where nothing is left.
pub fn name(pieces: &[Piece]) -> Option<Name> {
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = tidy(&pieces.iter().map(|piece| piece.text.as_str()).collect::<String>());
    let mut told = pieces.iter().filter(|piece| !piece.text.trim().is_empty());
    let is_body = told.all(|piece| piece.braced) || whole.ends_with(',');
    let whole_name = || Some(Name::Literal(whole.trim_end_matches(',').trim().to_string()));
    if whole.trim_matches(',').trim().is_empty() {
        return None;
    }
    if is_body {
        return whole_name();
    }
    if whole.contains('=') {
        return extended(pieces).or_else(whole_name);
    }
    let chunk = |piece: &Piece| {
        let text = piece.text.split('\n').collect::<Vec<_>>().join(" ");
        Spanned::detached(if piece.braced { Chunk::Verbatim(text) } else { Chunk::Normal(text) })
    };
    let mut chunks: Vec<Spanned<Chunk>> = pieces.iter().map(chunk).collect();
    if let Some(Chunk::Normal(text)) = chunks.first_mut().map(|chunk| &mut chunk.v) {
        *text = text.trim_start().to_string();
    }
    if let Some(Chunk::Normal(text)) = chunks.last_mut().map(|chunk| &mut chunk.v) {
        *text = text.trim_end().to_string();
    }
    let mut person = Person::parse(&chunks);
    // EndNote has it last, as in a list of references.
    if matches!(person.given_name.as_str(), "Jr." | "Jr" | "Sr." | "Sr" | "II" | "III" | "IV") {
        std::mem::swap(&mut person.given_name, &mut person.suffix);
    }
    let part = |text: &str| Some(tidy(text)).filter(|text| !text.is_empty());
    match part(&person.name) {
        Some(family) => Some(Name::Person {
            family,
            given: part(&person.given_name),
            particle: part(&person.prefix),
            suffix: part(&person.suffix),
        }),
        None => whole_name(),
    }
}

/// `family=Hoven, given=Jeroen, prefix=van den` (*The biblatex Package*, section 3.4).
fn extended(pieces: &[Piece]) -> Option<Name> {
    let mut parts: HashMap<String, String> = HashMap::new();
    for part in split(pieces, &[',']) {
        let (name, value) = part.split_once('=')?;
        parts.insert(name.trim().to_lowercase(), value.trim().to_string());
    }
    let mut part = |name: &str| parts.remove(name).filter(|text| !text.is_empty());
    Some(Name::Person {
        family: part("family")?,
        given: part("given"),
        particle: part("prefix"),
        suffix: part("suffix"),
    })
}

/// The texts between signs that stand in no braces.
pub fn split(pieces: &[Piece], signs: &[char]) -> Vec<String> {
    let mut texts = vec![String::new()];
    for piece in pieces {
        let mut parts =
            if piece.braced { vec![piece.text.as_str()] } else { piece.text.split(signs).collect() }.into_iter();
        if let (Some(first), Some(text)) = (parts.next(), texts.last_mut()) {
            text.push_str(first);
        }
        texts.extend(parts.map(str::to_string));
    }
    texts
}
