//! Fenced code with a class for each kind of token.
//!
//! Twelve classes stand for `TextMate`'s thousands of scopes, so that a theme colours
//! them in a dozen lines and a page carries a tenth of the markup.

use std::{cell::RefCell, sync::LazyLock};

use ahash::AHashMap;
use pulldown_cmark_escape::escape_html;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

/// Longer code is shown plain: highlighting takes some two milliseconds a kilobyte.
const LONGEST: usize = 100_000;

/// Grammars and regexes are compiled when a language is first used.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scope prefixes and their class, the more particular first.
static CLASSES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    [
        ("comment", "c"),
        ("constant.character.escape", "e"),
        ("string.unquoted.key", "a"),
        ("string", "s"),
        ("constant.numeric", "n"),
        ("constant", "l"),
        ("keyword.operator", "o"),
        ("keyword", "k"),
        ("storage.modifier", "k"),
        ("storage.type", "k"),
        ("storage", "k"),
        ("entity.name.function", "f"),
        ("support.function", "f"),
        ("variable.function", "f"),
        ("entity.name.tag", "g"),
        ("entity.other.attribute-name", "a"),
        ("entity.name", "t"),
        ("entity.other.inherited-class", "t"),
        ("support.type.property-name", "a"),
        ("support", "t"),
        ("variable.parameter", "v"),
        ("variable.language", "l"),
        ("punctuation.definition.string", "s"),
        ("punctuation.definition.comment", "c"),
        ("punctuation", "p"),
    ]
    .into_iter()
    .filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class)))
    .collect()
});

/// Where a string is the key of a mapping, it is shown as one.
static MAPPING_KEY: LazyLock<Option<Scope>> = LazyLock::new(|| Scope::new("meta.mapping.key").ok());

/// Writes `code` as HTML, without the `pre` around it; escaped but plain where the
/// language is unknown or the code longer than `LONGEST` bytes.
pub fn highlight(html: &mut String, language: &str, code: &str) {
    let start = html.len();
    let known = code.len() <= LONGEST && !language.is_empty();
    if !known || KNOWN.with_borrow_mut(|known| known.write(html, language, code)).is_none() {
        html.truncate(start);
        push(html, code);
    }
}

thread_local! {
    /// What was highlighted so far. Of the lines of an archive's code half were there before.
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// More lines than these are forgotten, all of them.
const MOST_LINES: usize = 4096;

/// Lines that are highlighted, by where they begin: to highlight one takes a hundred times as
/// long as to find it here.
#[derive(Default)]
struct Known {
    /// Of each language, by the name that code has for it: an index of `places`; `None` where
    /// there is no such language.
    beginnings: AHashMap<String, Option<usize>>,
    places: Vec<Place>,
    lines: usize,
}

/// Between two lines of code.
struct Place {
    /// All that decides how the next line is highlighted.
    state: State,
    lines: AHashMap<Box<str>, Line>,
}

#[derive(Clone, PartialEq)]
struct State {
    parsing: ParseState,
    scopes: ScopeStack,
    /// The class of the `span` that is open.
    open: Option<&'static str>,
}

/// A line as HTML, and the place behind it.
struct Line {
    html: Box<str>,
    end: usize,
}

impl Known {
    /// `None` where the language is unknown, or its grammar itself at fault.
    fn write(&mut self, html: &mut String, language: &str, code: &str) -> Option<()> {
        if self.lines > MOST_LINES {
            *self = Known::default();
        }
        let mut at = self.beginning(language)?;
        for line in code.split_inclusive('\n') {
            at = match self.places[at].lines.get(line) {
                Some(known) => {
                    html.push_str(&known.html);
                    known.end
                }
                None => self.add(at, line, html)?,
            };
        }
        if self.places[at].state.open.is_some() {
            html.push_str("</span>");
        }
        Some(())
    }

    fn beginning(&mut self, language: &str) -> Option<usize> {
        if let Some(known) = self.beginnings.get(language) {
            return *known;
        }
        let parsing = SYNTAXES.find_syntax_by_token(language).map(ParseState::new);
        let place = parsing.map(|parsing| self.place(State { parsing, scopes: ScopeStack::new(), open: None }));
        self.beginnings.insert(language.to_string(), place);
        // Names that nobody knows are no reason to hold ever more of them.
        self.lines += 1;
        place
    }

    fn place(&mut self, state: State) -> usize {
        self.places.iter().position(|place| place.state == state).unwrap_or_else(|| {
            self.places.push(Place { state, lines: AHashMap::default() });
            self.places.len() - 1
        })
    }

    /// Highlights a line, and gives the place behind it.
    fn add(&mut self, at: usize, line: &str, html: &mut String) -> Option<usize> {
        let State { mut parsing, mut scopes, mut open } = self.places[at].state.clone();
        let start = html.len();
        let mut done = 0;
        for (at, operation) in parsing.parse_line(line, &SYNTAXES).ok()? {
            write(html, &mut open, &scopes, &line[done..at]);
            done = at;
            scopes.apply(&operation).ok()?;
        }
        write(html, &mut open, &scopes, &line[done..]);
        let end = self.place(State { parsing, scopes, open });
        self.places[at].lines.insert(line.into(), Line { html: html[start..].into(), end });
        self.lines += 1;
        Some(end)
    }
}

fn write(html: &mut String, open: &mut Option<&'static str>, stack: &ScopeStack, text: &str) {
    if text.is_empty() {
        return;
    }
    let class = if text.trim().is_empty() { *open } else { class(stack) };
    if class != *open {
        if open.is_some() {
            html.push_str("</span>");
        }
        if let Some(class) = class {
            html.push_str("<span class=\"");
            html.push_str(class);
            html.push_str("\">");
        }
        *open = class;
    }
    push(html, text);
}

/// The class of the innermost scope that has one.
fn class(stack: &ScopeStack) -> Option<&'static str> {
    let scopes = stack.as_slice();
    let found = scopes
        .iter()
        .rev()
        .find_map(|scope| CLASSES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, class)| *class))?;
    let key = found == "s" && MAPPING_KEY.is_some_and(|key| scopes.iter().any(|scope| key.is_prefix_of(*scope)));
    Some(if key { "a" } else { found })
}

fn push(html: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = escape_html(html, text);
}
