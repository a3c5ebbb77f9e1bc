//! `BibTeX` and `BibLaTeX`.
//!
//! The crate `biblatex` reads the fields of a record and the parts of a name. Here a file is
//! cut into records first, so that a broken one keeps no other from being read; names of
//! `@string` are put in with a bound on their length, and what `crossref` and `xdata` hand on
//! is looked up without following a circle.

mod fields;
mod names;

use std::{borrow::Cow, collections::HashMap, ops::Range};

use biblatex::{ParseError, ParseErrorKind, RawBibliography, RawChunk};

use super::{Record, Script};
use crate::diagnostic::{Checked, Diagnostic};

/// A record with its fields as they are written.
#[derive(Clone, Debug)]
pub struct Raw<'s> {
    /// Lower case: `article`.
    kind: String,
    key: &'s str,
    /// From its `@` to its key.
    at: Range<usize>,
    fields: Vec<RawField<'s>>,
}

#[derive(Clone, Debug)]
pub struct RawField<'s> {
    /// Lower case.
    name: String,
    /// Between its braces.
    value: Cow<'s, str>,
    at: Range<usize>,
}

/// A stretch of the file that begins with `@`.
struct Block<'s> {
    /// Lower case.
    kind: String,
    at: usize,
    /// Between its braces.
    body: Range<usize>,
    key: &'s str,
    /// What is wrong with it, and where.
    fault: Option<Fault>,
}

struct Fault {
    at: Range<usize>,
    said: String,
    help: &'static str,
}

/// A value made of the names of `@string` may be so long.
const LONGEST: usize = 1 << 16;

/// `told` gets what belongs to no record.
pub fn read(script: &Script, told: &mut Vec<Diagnostic>) -> Vec<Record> {
    let blocks = blocks(script.text());
    let mut strings: HashMap<String, String> = HashMap::new();
    let mut faults: Vec<Record> = Vec::new();
    for block in blocks.iter().filter(|block| block.kind == "string") {
        // A name is known from there on.
        match raw(block, script, &strings, told) {
            Ok(raw) => strings.extend(raw.fields.into_iter().map(|field| (field.name, field.value.into_owned()))),
            Err(fault) => faults.push(failed(vec![fault.told(script)])),
        }
    }
    let is_record = |block: &&Block<'_>| !matches!(block.kind.as_str(), "string" | "comment" | "preamble" | "set");
    let mut raws = Vec::new();
    for block in blocks.iter().filter(is_record) {
        let mut told = Vec::new();
        match raw(block, script, &strings, &mut told) {
            Ok(raw) => raws.push((raw, told)),
            Err(fault) => faults.push(failed(vec![fault.told(script)])),
        }
    }
    let by_key: HashMap<String, &Raw<'_>> = raws
        .iter()
        .rev()
        .filter(|(raw, _)| !raw.key.is_empty())
        .map(|(raw, _)| (raw.key.to_lowercase(), raw))
        .collect();
    let works = raws.iter().filter(|(raw, _)| raw.kind != "xdata").map(|(raw, told)| {
        let mut told = told.clone();
        let whole = fields::inherited(raw, &by_key, script, &mut told);
        let draft = fields::work(&whole, script, &mut told);
        Checked { value: Some(draft), diagnostics: told }
    });
    let works: Vec<Record> = works.collect();
    faults.extend(works);
    faults
}

fn failed(diagnostics: Vec<Diagnostic>) -> Record {
    Checked { value: None, diagnostics }
}

impl Fault {
    fn told(&self, script: &Script) -> Diagnostic {
        Diagnostic::error("broken-record", script.place(self.at.clone()), self.said.clone()).help(self.help.to_string())
    }
}

/// Cuts a text into its blocks. Text between them is none of theirs (*`BibTeXing`*, section 2).
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['@', '%']) {
        let start = at + found;
        if text.as_bytes()[start] == b'%' {
            at = start + text[start..].find('\n').unwrap_or(text.len() - start);
            continue;
        }
        let Some((kind, open)) = opening(text, start) else {
            at = start + 1;
            continue;
        };
        let block = block(text, start, kind, open);
        if let Some(last) = blocks.last_mut() {
            find_strays(text, last, start);
        }
        at = block.body.end.max(start + 1);
        blocks.push(block);
    }
    if let Some(last) = blocks.last_mut() {
        find_strays(text, last, text.len());
    }
    blocks
}

/// `@article{`: the type, and where the body begins.
fn opening(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = text[at..].strip_prefix('@')?;
    let name = rest.trim_start_matches([' ', '\t']);
    let ident =
        name.len() - name.trim_start_matches(|sign: char| sign.is_ascii_alphanumeric() || "_-".contains(sign)).len();
    let behind = name[ident..].trim_start();
    let opens = ident > 0 && behind.starts_with(['{', '(']);
    opens.then(|| (name[..ident].to_ascii_lowercase(), text.len() - behind.len() + 1))
}

fn block(text: &str, at: usize, kind: String, open: usize) -> Block<'_> {
    let closing = if text.as_bytes()[open - 1] == b'(' { b')' } else { b'}' };
    let mut depth = 0usize;
    let mut end = None;
    let mut next = None;
    let bytes = text.as_bytes();
    let mut index = open;
    while index < bytes.len() {
        match bytes[index] {
            // The sign behind a backslash opens and closes nothing.
            b'\\' => index += 1,
            byte if byte == closing && depth == 0 => {
                end = Some(index);
                break;
            }
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'\n' => {
                let blanks = bytes[index + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                if bytes.get(index + 1 + blanks) == Some(&b'@') && begins_record(text, index + 1 + blanks) {
                    next = Some(index);
                    break;
                }
            }
            _ => {}
        }
        index += 1;
    }
    let stop = end.or(next).unwrap_or(text.len());
    let first = &text[open..stop];
    let cut = first.find([',', '=']).unwrap_or(first.len());
    let has_key = !matches!(kind.as_str(), "string" | "comment" | "preamble") && !first[cut..].starts_with('=');
    let key = if has_key { first[..cut].trim() } else { "" };
    let body = if has_key { (open + cut + 1).min(stop)..stop } else { open..stop };
    let fault = (end.is_none() && kind != "comment").then(|| Fault {
        at: at..open + cut,
        said: "the record that begins here does not end".to_string(),
        help: "put `}` behind its last field, and look for a `{` that nothing closes",
    });
    Block { kind, at, body, key, fault }
}

/// Whether a line begins another record, however many braces are open: `@article{key,`.
fn begins_record(text: &str, at: usize) -> bool {
    let Some((kind, open)) = opening(text, at) else { return false };
    let line = text[open..].lines().next().unwrap_or_default();
    let key = line.split(',').next().unwrap_or_default();
    matches!(kind.as_str(), "string" | "comment" | "preamble") || (line.contains(',') && !key.contains([' ', '=']))
}

/// Fields between two records belong to the one that ended too early.
fn find_strays(text: &str, block: &mut Block<'_>, next: usize) {
    if block.fault.is_some() || matches!(block.kind.as_str(), "comment" | "preamble") {
        return;
    }
    let start = (block.body.end + 1).min(next);
    let between = &text[start..next];
    let rest = between.trim_start_matches(|sign: char| sign.is_whitespace() || matches!(sign, ',' | '}'));
    let name =
        rest.len() - rest.trim_start_matches(|sign: char| sign.is_ascii_alphanumeric() || "_-".contains(sign)).len();
    let value = rest[name..].trim_start().strip_prefix('=').map(str::trim_start);
    if name > 0
        && value
            .is_some_and(|value| value.starts_with(['{', '"']) || value.starts_with(|sign: char| sign.is_ascii_digit()))
    {
        let at = start + (between.len() - rest.len());
        block.fault = Some(Fault {
            at: at..at + name,
            said: format!("the record `{}` ends before this field", block.key),
            help: "take out the `}` before it that closes the record too early",
        });
    }
}

/// The crate has braces around a record, and a key in it.
const BEFORE: &str = "@a{a,";

/// The fields of a block.
fn raw<'s>(
    block: &Block<'s>,
    script: &'s Script,
    strings: &HashMap<String, String>,
    told: &mut Vec<Diagnostic>,
) -> Result<Raw<'s>, Fault> {
    if let Some(Fault { at, said, help }) = &block.fault {
        return Err(Fault { at: at.clone(), said: said.clone(), help });
    }
    let text = script.text();
    let body = &text[block.body.clone()];
    let whole = format!("{BEFORE}{body}}}");
    let shift = |span: Range<usize>| {
        let at = |offset: usize| (offset.saturating_sub(BEFORE.len()) + block.body.start).min(block.body.end);
        at(span.start)..at(span.end)
    };
    let parsed =
        RawBibliography::parse(&whole).map_err(|fault| broken(&fault, shift(fault.span.clone()), block.at, text))?;
    let Some(entry) = parsed.entries.into_iter().next() else {
        let at = block.at..block.body.start;
        return Err(Fault { at, said: "this record cannot be read".to_string(), help: "compare it with the others" });
    };
    let mut fields = Vec::with_capacity(entry.v.fields.len());
    for pair in entry.v.fields {
        let name = pair.key.v.to_lowercase();
        let at = shift(pair.key.span);
        let mut value: Cow<'s, str> = Cow::Borrowed("");
        for chunk in pair.value.v {
            let span = shift(chunk.span);
            let part: Cow<'_, str> = match chunk.v {
                // As it stands in the file, so that it need not be copied.
                RawChunk::Normal(part) => match text.get(span.clone()) {
                    Some(same) if same == part => Cow::Borrowed(same),
                    _ => Cow::Owned(part.to_string()),
                },
                RawChunk::Abbreviation(name) => match (strings.get(&name.to_lowercase()), month(name)) {
                    (Some(string), _) => Cow::Owned(string.clone()),
                    (None, Some(month)) => Cow::Borrowed(month),
                    (None, None) => {
                        told.push(
                            Diagnostic::warning(
                                "unknown-abbreviation",
                                script.place(span),
                                format!("no `@string` defines `{name}`; it was read as a text"),
                            )
                            .help(format!("define it before, or write `{{{name}}}`")),
                        );
                        Cow::Owned(name.to_string())
                    }
                },
            };
            if value.is_empty() {
                value = part;
            } else {
                value.to_mut().push_str(&part);
            }
            if value.len() > LONGEST {
                let said = format!("the field `{name}` has more than {LONGEST} bytes");
                return Err(Fault { at, said, help: "shorten it" });
            }
        }
        fields.push(RawField { name, value, at });
    }
    let head = block.at..block.body.start;
    Ok(Raw { kind: block.kind.clone(), key: block.key, at: head, fields })
}

/// The abbreviations that every style defines.
fn month(name: &str) -> Option<&'static str> {
    const MONTHS: [(&str, &str); 12] = [
        ("jan", "January"),
        ("feb", "February"),
        ("mar", "March"),
        ("apr", "April"),
        ("may", "May"),
        ("jun", "June"),
        ("jul", "July"),
        ("aug", "August"),
        ("sep", "September"),
        ("oct", "October"),
        ("nov", "November"),
        ("dec", "December"),
    ];
    let found = MONTHS.iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
    found.map(|(_, month)| *month)
}

fn broken(fault: &ParseError, at: Range<usize>, record: usize, text: &str) -> Fault {
    let help = match fault.kind {
        ParseErrorKind::Expected(biblatex::Token::Comma) => "put a comma between two fields",
        ParseErrorKind::Expected(biblatex::Token::Equals) => "write a field as `name = {value}`",
        ParseErrorKind::UnexpectedEof => "put the value between `{` and `}`, and look for a sign that nothing closes",
        _ => "write each field as `name = {value},`",
    };
    let key = text[record..].lines().next().unwrap_or_default().trim();
    Fault { at, said: format!("the record `{key}` cannot be read: {}", fault.kind), help }
}
