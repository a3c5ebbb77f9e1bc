//! Text for programs, with a class for each kind of token.
//!
//! The classes are those that highlighted code has (`entry/highlight.rs`). What writes a
//! format knows its tokens, so that no grammar has to find them again: it would take as
//! long as all that styles format.

use pulldown_cmark_escape::escape_html;

/// What takes the tokens of a text, one after another.
pub trait Pen: Default {
    fn push(&mut self, token: Token, text: &str);
}

/// As a file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainText(pub String);

/// As a page shows it: HTML with the classes of highlighted code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code(pub String);

/// What a theme colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Plain,
    Keyword,
    Name,
    Field,
    Text,
    Number,
}

impl Pen for PlainText {
    fn push(&mut self, _: Token, text: &str) {
        self.0.push_str(text);
    }
}

impl Pen for Code {
    fn push(&mut self, token: Token, text: &str) {
        let class = match token {
            Token::Plain => None,
            Token::Keyword => Some("k"),
            Token::Name => Some("t"),
            Token::Field => Some("a"),
            Token::Text => Some("s"),
            Token::Number => Some("n"),
        };
        if let Some(class) = class {
            self.0.push_str("<span class=\"");
            self.0.push_str(class);
            self.0.push_str("\">");
        }
        // Writing to a string cannot fail.
        let _ = escape_html(&mut self.0, text);
        if class.is_some() {
            self.0.push_str("</span>");
        }
    }
}

/// On one line, without control characters.
pub fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
