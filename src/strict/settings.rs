//! `site.toml`, read on behind each fault.

use std::ops::Range;

use serde::de::DeserializeOwned;

use super::{
    SETTINGS, Step, Wording, blank, line_of,
    words::{Fault, missing, steps, was_meant, worded},
};
use crate::{
    diagnostic::{Checked, Place},
    source::Source,
};

/// Reads a TOML document.
///
/// # Errors
/// `invalid-toml`, `unknown-setting`, `wrong-setting`.
pub fn toml<T: DeserializeOwned>(source: &Source) -> Checked<Option<T>> {
    let mut text = source.text.to_string();
    let mut diagnostics = Vec::new();
    let mut faulty: Vec<Vec<Step>> = Vec::new();
    loop {
        let fault = match read_toml::<T>(&text) {
            Ok(value) => {
                return Checked { value: diagnostics.is_empty().then_some(value), diagnostics };
            }
            Err(fault) => fault,
        };
        let span = fault.span.clone().unwrap_or(0..0);
        if fault.path.is_empty() && toml::de::DeTable::parse(&text).is_err() {
            let wording = Wording { wrong_value: SETTINGS.syntax, ..SETTINGS };
            diagnostics.push(worded(&fault, wording, source.place(span)));
            return Checked { value: None, diagnostics };
        }
        if fault.missing().is_some() && fault.path.is_empty() {
            let written = toml::de::DeTable::parse(&source.text);
            for (name, example) in SETTINGS.required {
                let there = written.as_ref().is_ok_and(|table| table.get_ref().contains_key(*name));
                if !there && !was_meant(name, &diagnostics, SETTINGS) {
                    diagnostics.push(missing(name, Place::file(&*source.path), example, SETTINGS));
                }
            }
            return Checked { value: None, diagnostics };
        }
        if let Some(name) = fault.missing() {
            let path: Vec<Step> = fault.path.iter().cloned().chain([Step::Key(name.clone())]).collect();
            if !faulty.contains(&path) && !was_meant(&name, &diagnostics, SETTINGS) {
                diagnostics.push(missing(&name, source.place(span.clone()), &format!("{name} = …"), SETTINGS));
            }
        } else {
            diagnostics.push(worded(&fault, SETTINGS, source.place(span.clone())));
            faulty.push(fault.path.clone());
        }
        let region = setting(&text, span.start);
        let goes_on = fault.span.is_some() && text[region.clone()].contains(['=', '[']);
        if !goes_on {
            return Checked { value: None, diagnostics };
        }
        blank(&mut text, region);
    }
}

/// The line at `at`; where it is a table's header, the lines below it as well.
fn setting(text: &str, at: usize) -> Range<usize> {
    let line = line_of(text, at);
    if !text[line.clone()].starts_with('[') {
        return line;
    }
    let next = text[line.end..].find("\n[").map_or(text.len(), |next| line.end + next);
    line.start..next
}

fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T, Box<Fault>> {
    let fail = |path: Vec<Step>, inner: &toml::de::Error| {
        let (message, whole) = (inner.message().to_string(), inner.to_string());
        Box::new(Fault { path, message, whole, line_column: None, span: inner.span() })
    };
    let deserializer = toml::Deserializer::parse(text).map_err(|fault| fail(Vec::new(), &fault))?;
    serde_path_to_error::deserialize(deserializer).map_err(|fault| fail(steps(fault.path()), fault.inner()))
}
