//! Text for programs, with a class for each kind of token.
//!
//! The classes are those that highlighted code has (`entry/highlight.rs`). What writes a
//! format knows its tokens, so that no grammar has to find them again: it would take as
//! long as all that styles format.

use pulldown_cmark_escape::escape_html;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    pub text: String,
    pub html: String,
}

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

impl Code {
    pub fn push(&mut self, token: Token, text: &str) {
        self.text.push_str(text);
        let class = match token {
            Token::Plain => None,
            Token::Keyword => Some("k"),
            Token::Name => Some("t"),
            Token::Field => Some("a"),
            Token::Text => Some("s"),
            Token::Number => Some("n"),
        };
        if let Some(class) = class {
            self.html.push_str("<span class=\"");
            self.html.push_str(class);
            self.html.push_str("\">");
        }
        // Writing to a string cannot fail.
        let _ = escape_html(&mut self.html, text);
        if class.is_some() {
            self.html.push_str("</span>");
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
