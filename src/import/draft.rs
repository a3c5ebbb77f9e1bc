//! A work while its record is read.

use std::{collections::BTreeMap, ops::Range};

use super::{Found, Script, date};
use crate::{
    diagnostic::{Checked, Diagnostic},
    entry::{Citation, Date, DateVariable, Kind, Name, Role, Variable, bare_doi},
    site::Slug,
};

/// What has been read of a work so far.
#[derive(Debug)]
pub struct Draft {
    pub at: Range<usize>,
    pub id: Option<Slug>,
    pub kind: Kind,
    title: String,
    names: BTreeMap<Role, Vec<Name>>,
    dates: BTreeMap<DateVariable, Date>,
    variables: BTreeMap<Variable, String>,
    keywords: Vec<String>,
    homeless: Vec<(Homeless, String)>,
    unread: Vec<(Range<usize>, String)>,
}

/// A field that CSL has no place for.
#[derive(Debug)]
pub struct Homeless {
    pub name: String,
    at: Range<usize>,
    /// Whether it says how a program keeps the record rather than anything of the work.
    private: bool,
}

impl Homeless {
    /// `count` works have it.
    pub fn told(&self, count: usize, script: &Script) -> Diagnostic {
        let name = &self.name;
        let where_else = if self.private { "as a comment" } else { "under `note`" };
        let times = if count == 1 { String::new() } else { format!(" in {count} records") };
        let said = format!("CSL has no place for `{name}`; it is kept {where_else}{times}");
        let help = if self.private {
            "it says how another program keeps the record; delete the comment unless you need it"
        } else {
            "move what it says to where it belongs, or delete it"
        };
        Diagnostic::warning("homeless-field", script.place(self.at.clone()), said).help(help.to_string())
    }
}

/// Fields by which programs keep their records, lower case: no reader wants them, and where a
/// file lies on a disk is nobody's business.
const PRIVATE: &[&str] = &[
    "__markedentry",
    "added-at",
    "creationdate",
    "date-added",
    "date-modified",
    "file",
    "groups",
    "l1",
    "l2",
    "l4",
    "local-url",
    "mendeley-groups",
    "modificationdate",
    "options",
    "owner",
    "printed",
    "priority",
    "qualityassured",
    "ranking",
    "readstatus",
    "relevance",
    "timestamp",
    "username",
];

pub fn is_private(field: &str) -> bool {
    let small = field.to_ascii_lowercase();
    PRIVATE.contains(&small.as_str()) || small.starts_with("bdsk-")
}

impl Draft {
    pub fn new(at: Range<usize>) -> Self {
        Draft {
            at,
            id: None,
            kind: Kind::Document,
            title: String::new(),
            names: BTreeMap::new(),
            dates: BTreeMap::new(),
            variables: BTreeMap::new(),
            keywords: Vec::new(),
            homeless: Vec::new(),
            unread: Vec::new(),
        }
    }

    pub fn has_title(&self) -> bool {
        !self.title.is_empty()
    }

    pub fn set_title(&mut self, title: &str) {
        self.title = cleaned(title);
    }

    pub fn has(&self, variable: Variable) -> bool {
        self.variables.contains_key(&variable)
    }

    pub fn has_date(&self, variable: DateVariable) -> bool {
        self.dates.contains_key(&variable)
    }

    /// Sets a variable. What it has already stays, and another value has no place.
    pub fn put(&mut self, variable: Variable, text: &str, field: &str, at: &Range<usize>) {
        let text = cleaned(if variable == Variable::Doi { bare_doi(text) } else { text });
        if text.trim().is_empty() {
            return;
        }
        match self.variables.get(&variable) {
            None => {
                self.variables.insert(variable, text);
            }
            Some(known) if *known == text => {}
            Some(_) => self.homeless(field, &text, at),
        }
    }

    /// Adds to a variable that may say several things.
    pub fn add(&mut self, variable: Variable, text: &str, between: &str) {
        let text = cleaned(text);
        if text.trim().is_empty() {
            return;
        }
        match self.variables.get_mut(&variable) {
            None => {
                self.variables.insert(variable, text);
            }
            Some(known) if *known == text => {}
            Some(known) => {
                known.push_str(between);
                known.push_str(&text);
            }
        }
    }

    pub fn person(&mut self, role: Role, name: Name) {
        let part = |text: Option<String>| text.map(|text| cleaned(&text));
        let name = match name {
            Name::Literal(name) => Name::Literal(cleaned(&name)),
            Name::Person { family, given, particle, suffix } => Name::Person {
                family: cleaned(&family),
                given: part(given),
                particle: part(particle),
                suffix: part(suffix),
            },
        };
        let names = self.names.entry(role).or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }

    /// Reads a date in words or numbers. One that cannot be read has no place.
    pub fn date(&mut self, variable: DateVariable, text: &str, field: &str, at: &Range<usize>) {
        match date::read(text) {
            _ if text.trim().is_empty() => {}
            Some(date) => self.put_date(variable, date, field, at),
            None => self.unread(text, field, at),
        }
    }

    pub fn put_date(&mut self, variable: DateVariable, date: Date, field: &str, at: &Range<usize>) {
        match self.dates.get(&variable) {
            None => {
                self.dates.insert(variable, date);
            }
            Some(known) if *known == date => {}
            Some(_) => self.homeless(field, date.written(), at),
        }
    }

    /// A date that means nothing here.
    pub fn unread(&mut self, text: &str, field: &str, at: &Range<usize>) {
        let text = cleaned(text);
        self.unread.push((at.clone(), text.clone()));
        self.note(field, &text);
    }

    pub fn keyword(&mut self, word: &str) {
        let word = one_line(word);
        if !word.is_empty() && !self.keywords.contains(&word) {
            self.keywords.push(word);
        }
    }

    /// Keeps what CSL has no place for.
    pub fn homeless(&mut self, field: &str, text: &str, at: &Range<usize>) {
        let text = cleaned(text);
        if text.trim().is_empty() {
            return;
        }
        let private = is_private(field);
        self.homeless.push((Homeless { name: field.to_string(), at: at.clone(), private }, text));
    }

    /// Adds a line to the note, as Zotero reads it in Extra.
    pub fn note(&mut self, field: &str, text: &str) {
        let line = format!("{field}: {}", one_line(text));
        self.add(Variable::Note, &line, "\n");
    }

    /// The work, and the fields that CSL has no place for. `None` where it has no title.
    ///
    /// # Errors
    /// `untitled-record`; the warning `unread-date`.
    pub fn finish(mut self, script: &Script) -> Checked<Option<(Found, Vec<Homeless>)>> {
        if self.title.trim().is_empty() {
            let said = "this record has no title";
            let fault = Diagnostic::error("untitled-record", script.place(self.at), said)
                .help("give it one where it comes from, and import it again".to_string());
            return Checked { value: None, diagnostics: vec![fault] };
        }
        let diagnostics = std::mem::take(&mut self.unread).into_iter().map(|(at, text)| {
            Diagnostic::warning("unread-date", script.place(at), format!("`{text}` is not read as a date")).help(
                "it is kept under `note`; write the date as EDTF does: 1982, 1982-04, 1982~, 2006/2020".to_string(),
            )
        });
        let diagnostics = diagnostics.collect();
        let mut fields = Vec::new();
        let mut private = Vec::new();
        for (field, text) in std::mem::take(&mut self.homeless) {
            if field.private {
                private.push(format!("{}: {}", field.name, one_line(&text)));
            } else {
                self.note(&field.name, &text);
            }
            fields.push(field);
        }
        let Draft { at, id, kind, title, names, dates, variables, keywords, .. } = self;
        let citation = Citation { kind, title, names, dates, variables };
        Checked { value: Some((Found { at, id, citation, keywords, private }, fields)), diagnostics }
    }
}

/// Without characters that no text has.
fn cleaned(text: &str) -> String {
    let stray = |sign: char| sign.is_control() && !matches!(sign, '\t' | '\n');
    if text.contains(stray) { text.replace("\r\n", "\n").replace(stray, " ") } else { text.to_string() }
}

/// With single blanks alone.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
