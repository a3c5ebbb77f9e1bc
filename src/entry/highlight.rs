//! Fenced code with a class for each kind of token.
//!
//! Twelve classes stand for `TextMate`'s thousands of scopes, so that a theme colours
//! them in a dozen lines and a page carries a tenth of the markup.

use std::sync::LazyLock;

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

/// `code` as HTML, without the `pre` around it; escaped but plain where the
/// language is unknown or the code longer than `LONGEST` bytes.
pub fn highlight(language: &str, code: &str) -> String {
    let syntax =
        (code.len() <= LONGEST && !language.is_empty()).then(|| SYNTAXES.find_syntax_by_token(language)).flatten();
    syntax.and_then(|syntax| spans(ParseState::new(syntax), code)).unwrap_or_else(|| {
        let mut html = String::with_capacity(code.len() + code.len() / 8);
        push(&mut html, code);
        html
    })
}

/// `None` where the grammar itself is at fault.
fn spans(mut state: ParseState, code: &str) -> Option<String> {
    let mut html = String::with_capacity(code.len() * 2);
    let mut stack = ScopeStack::new();
    let mut open: Option<&'static str> = None;
    for line in code.split_inclusive('\n') {
        let operations = state.parse_line(line, &SYNTAXES).ok()?;
        let mut done = 0;
        for (at, operation) in operations {
            write(&mut html, &mut open, &stack, &line[done..at]);
            done = at;
            stack.apply(&operation).ok()?;
        }
        write(&mut html, &mut open, &stack, &line[done..]);
    }
    if open.is_some() {
        html.push_str("</span>");
    }
    Some(html)
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
