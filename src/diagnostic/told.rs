//! Diagnostics as they are kept from one build to the next.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Diagnostic, Place, Severity};

/// A diagnostic that can be written down and read again.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Told {
    severity: Severity,
    code: Arc<str>,
    message: String,
    place: Place,
    also: Vec<(Place, String)>,
    help: Option<String>,
}

impl Told {
    pub fn of(diagnostic: Diagnostic) -> Self {
        let Diagnostic { severity, code, message, place, also, help } = diagnostic;
        Told { severity, code: code.into(), message, place, also, help }
    }

    pub fn again(self) -> Diagnostic {
        let Told { severity, code, message, place, also, help } = self;
        // There are few codes, and each lives as long as the program anyway.
        Diagnostic { severity, code: code.to_string().leak(), message, place, also, help }
    }
}
