//! What TeX prints for the value of a `BibTeX` field.
//!
//! In: the value as it stands between its braces. Out: its text in [`Piece`]s, of which those
//! in braces are kept apart: a name there is kept whole. Absent on purpose: what fields mean.
//! Commands are read as TeX reads them (*The `TeXbook`*, chapter 7): letters, or one other sign.
//! What is not known stays as it is written.

use icu_normalizer::ComposingNormalizerBorrowed;

/// A stretch of text, and whether braces keep it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub braced: bool,
}

/// How a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As a text: dashes and quotation marks are set.
    Text,
    /// As an address: signs mean themselves.
    Verbatim,
}

/// Commands in the arguments of commands are read up to this depth.
const DEEPEST: usize = 24;

/// The text of a field with single blanks and line ends between paragraphs alone.
pub fn text(raw: &str, reading: Reading) -> String {
    let whole: String = pieces(raw, reading).into_iter().map(|piece| piece.text).collect();
    tidy(&whole)
}

/// The text of a field by its braces. Blanks are as TeX leaves them.
pub fn pieces(raw: &str, reading: Reading) -> Vec<Piece> {
    let mut printer =
        Printer { raw, at: 0, reading, depth: 0, braces: 0, special: None, in_math: false, pieces: Vec::new() };
    printer.run();
    printer.pieces
}

fn tidy(text: &str) -> String {
    let paragraphs = text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
}

struct Printer<'r> {
    raw: &'r str,
    /// The byte that is next.
    at: usize,
    reading: Reading,
    /// Of commands in arguments.
    depth: usize,
    braces: usize,
    /// The depth of braces of a group that begins with a command: for `BibTeX` it is one
    /// letter, and keeps nothing whole (*`BibTeXing`*, section 4).
    special: Option<usize>,
    in_math: bool,
    pieces: Vec<Piece>,
}

impl Printer<'_> {
    fn run(&mut self) {
        while let Some(sign) = self.peek() {
            self.at += sign.len_utf8();
            match sign {
                '\\' => self.command(),
                '{' => {
                    if self.braces == 0 && self.special.is_none() && self.peek() == Some('\\') {
                        self.special = Some(self.braces);
                    }
                    self.braces += 1;
                }
                '}' => {
                    self.braces = self.braces.saturating_sub(1);
                    if self.special == Some(self.braces) {
                        self.special = None;
                    }
                }
                '$' if self.in_math || self.rest().contains('$') => self.in_math = !self.in_math,
                '^' | '_' if self.in_math => self.raised(sign),
                '~' if self.reading == Reading::Text => self.print(" "),
                '-' if self.reading == Reading::Text && !self.in_math => self.dash(),
                '`' | '\'' if self.reading == Reading::Text && !self.in_math => self.quotation(sign),
                '!' | '?' if self.reading == Reading::Text && self.eat('`') => {
                    self.print(if sign == '!' { "¡" } else { "¿" });
                }
                sign if sign.is_whitespace() => self.blank(sign),
                sign => self.print(sign.encode_utf8(&mut [0; 4])),
            }
        }
    }

    fn rest(&self) -> &str {
        &self.raw[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(sign);
        if found {
            self.at += sign.len_utf8();
        }
        found
    }

    fn eat_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn print(&mut self, text: &str) {
        let braced = self.braces > 0 && self.special.is_none();
        match self.pieces.last_mut() {
            Some(last) if last.braced == braced => last.text.push_str(text),
            _ => self.pieces.push(Piece { text: text.to_string(), braced }),
        }
    }

    /// A blank, or the end of a paragraph where a line is empty.
    fn blank(&mut self, first: char) {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start().len();
        let ends = usize::from(first == '\n') + rest[..length].matches('\n').count();
        self.at += length;
        self.print(if ends > 1 { "\n" } else { " " });
    }

    fn dash(&mut self) {
        if !self.eat('-') {
            self.print("-");
        } else if self.eat('-') {
            self.print("—");
        } else {
            self.print("–");
        }
    }

    fn quotation(&mut self, sign: char) {
        let double = self.eat(sign);
        self.print(match (sign, double) {
            ('`', true) => "“",
            ('`', false) => "‘",
            (_, true) => "”",
            (_, false) => "'",
        });
    }

    /// An exponent or index, as far as Unicode has its signs.
    fn raised(&mut self, sign: char) {
        let text = self.argument();
        let raised = |letter: char| {
            let (from, to) = if sign == '^' {
                ("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
            } else {
                ("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
            };
            from.chars().zip(to.chars()).find(|(from, _)| *from == letter).map(|(_, to)| to)
        };
        let text = text.chars().map(raised).collect::<Option<String>>().unwrap_or(text);
        self.print(&text);
    }

    fn command(&mut self) {
        let rest = self.rest();
        let letters = rest.len() - rest.trim_start_matches(|sign: char| sign.is_ascii_alphabetic()).len();
        if letters == 0 {
            return self.sign();
        }
        let name = rest[..letters].to_string();
        self.at += letters;
        if let Some(mark) = accent(&name) {
            return self.accented(mark);
        }
        if let Some(text) = symbol(&name) {
            self.end_of_name();
            return self.print(text);
        }
        match name.as_str() {
            "enquote" | "mkbibquote" => {
                let text = self.argument();
                self.print(&format!("“{text}”"));
            }
            // Arguments that are not printed.
            "href" | "noopsort" | "sortkey" | "SortNoop" | "textcolor" | "color" | "vspace" | "hspace" | "label" => {
                self.argument();
            }
            // What they do to their argument no plain text shows.
            "emph" | "textit" | "textbf" | "textsc" | "textrm" | "textsf" | "texttt" | "textsl" | "textup"
            | "textmd" | "textnormal" | "text" | "mbox" | "hbox" | "url" | "path" | "nolinkurl" | "mkbibemph"
            | "mkbibbold" | "mkbibitalic" | "textsuperscript" | "textsubscript" | "mkbibsuperscript" | "ensuremath"
            | "mathrm" | "mathit" | "mathbf" | "mathcal" | "mathbb" | "uppercase" | "lowercase" | "MakeUppercase"
            | "MakeLowercase" | "NoCaseChange" | "protect" | "relax" | "it" | "itshape" | "em" | "bf" | "bfseries"
            | "sc" | "scshape" | "rm" | "rmfamily" | "sf" | "sffamily" | "tt" | "ttfamily" | "sl" | "slshape"
            | "up" | "upshape" | "normalfont" | "tiny" | "small" | "large" | "null" | "nobreak" | "allowbreak"
            | "newblock" | "left" | "right" | "displaystyle" | "cite" | "underline" | "uline" | "foreignlanguage"
            | "texorpdfstring" => {
                self.eat_blanks();
            }
            "par" | "newline" | "linebreak" => self.print("\n"),
            "quad" | "qquad" | "space" | "enspace" | "thinspace" | "nobreakspace" => {
                self.end_of_name();
                self.print(" ");
            }
            name => self.print(&format!("\\{name}")),
        }
    }

    /// A blank ends a command's name, and so does an empty group.
    fn end_of_name(&mut self) {
        if self.rest().starts_with("{}") {
            self.at += 2;
        } else {
            self.eat_blanks();
        }
    }

    /// A command whose name is one sign.
    fn sign(&mut self) {
        let Some(sign) = self.peek() else { return self.print("\\") };
        let verbatim = self.reading == Reading::Verbatim;
        self.at += sign.len_utf8();
        match sign {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => self.print(sign.encode_utf8(&mut [0; 4])),
            '~' | '^' if verbatim || self.rest().starts_with("{}") => {
                if self.rest().starts_with("{}") {
                    self.at += 2;
                }
                self.print(sign.encode_utf8(&mut [0; 4]));
            }
            '\\' | ' ' | '\n' | '\t' | '\r' | ',' | ';' | ':' | '>' => self.print(" "),
            '-' | '/' | '!' | '@' | '(' | ')' | '[' | ']' => {}
            sign => match accent(sign.encode_utf8(&mut [0; 4])) {
                Some(mark) => self.accented(mark),
                None => self.print(&format!("\\{sign}")),
            },
        }
    }

    fn accented(&mut self, mark: char) {
        let argument = self.argument();
        let mut letters = argument.chars();
        let text = match letters.next() {
            None => mark.to_string(),
            Some(letter) => {
                let letter = match letter {
                    'ı' => 'i',
                    'ȷ' => 'j',
                    letter => letter,
                };
                let decomposed: String = [letter, mark].iter().collect();
                ComposingNormalizerBorrowed::new_nfc().normalize(&decomposed).into_owned() + letters.as_str()
            }
        };
        self.print(&text);
    }

    /// The text of a command's argument: a group, a command, or one letter.
    fn argument(&mut self) -> String {
        self.eat_blanks();
        let rest = self.rest();
        let length = match rest.chars().next() {
            Some('{') => group(rest),
            Some('\\') => {
                let letters =
                    rest[1..].len() - rest[1..].trim_start_matches(|sign: char| sign.is_ascii_alphabetic()).len();
                let name = if letters > 0 { letters } else { rest[1..].chars().next().map_or(0, char::len_utf8) };
                1 + name
            }
            Some('}') | None => 0,
            Some(letter) => letter.len_utf8(),
        };
        let argument = &self.raw[self.at..self.at + length];
        self.at += length;
        if self.depth >= DEEPEST {
            return argument.to_string();
        }
        let mut printer = Printer {
            raw: argument,
            at: 0,
            reading: self.reading,
            depth: self.depth + 1,
            braces: 0,
            special: None,
            in_math: self.in_math,
            pieces: Vec::new(),
        };
        printer.run();
        printer.pieces.into_iter().map(|piece| piece.text).collect()
    }
}

/// The length of the group at the beginning of a text, its braces included.
fn group(text: &str) -> usize {
    let mut depth = 0usize;
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The combining character of an accent (*The `TeXbook`*, chapter 9; `LaTeX`'s T1 and TS1).
fn accent(name: &str) -> Option<char> {
    Some(match name {
        "`" => '\u{300}',
        "'" => '\u{301}',
        "^" => '\u{302}',
        "~" => '\u{303}',
        "=" => '\u{304}',
        "u" => '\u{306}',
        "." => '\u{307}',
        "\"" => '\u{308}',
        "h" => '\u{309}',
        "r" => '\u{30a}',
        "H" => '\u{30b}',
        "v" => '\u{30c}',
        "G" => '\u{30f}',
        "U" => '\u{30e}',
        "d" => '\u{323}',
        "c" => '\u{327}',
        "k" => '\u{328}',
        "b" => '\u{331}',
        "t" => '\u{361}',
        _ => return None,
    })
}

/// Signs that have a command of their own.
fn symbol(name: &str) -> Option<&'static str> {
    SYMBOLS.iter().find(|(command, _)| *command == name).map(|(_, sign)| *sign)
}

const SYMBOLS: &[(&str, &str)] = &[
    ("aa", "å"),
    ("AA", "Å"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("dh", "ð"),
    ("DH", "Ð"),
    ("dj", "đ"),
    ("DJ", "Đ"),
    ("i", "ı"),
    ("j", "ȷ"),
    ("ij", "ĳ"),
    ("l", "ł"),
    ("L", "Ł"),
    ("ng", "ŋ"),
    ("NG", "Ŋ"),
    ("o", "ø"),
    ("O", "Ø"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("ss", "ß"),
    ("SS", "ẞ"),
    ("th", "þ"),
    ("TH", "Þ"),
    ("S", "§"),
    ("textsection", "§"),
    ("P", "¶"),
    ("textparagraph", "¶"),
    ("copyright", "©"),
    ("textcopyright", "©"),
    ("pounds", "£"),
    ("textsterling", "£"),
    ("euro", "€"),
    ("texteuro", "€"),
    ("EUR", "€"),
    ("textyen", "¥"),
    ("textcent", "¢"),
    ("dag", "†"),
    ("textdagger", "†"),
    ("ddag", "‡"),
    ("textdaggerdbl", "‡"),
    ("dots", "…"),
    ("ldots", "…"),
    ("textellipsis", "…"),
    ("cdots", "…"),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotedblleft", "“"),
    ("grqq", "“"),
    ("textquotedblright", "”"),
    ("textquotesingle", "'"),
    ("textquotedbl", "\""),
    ("quotedblbase", "„"),
    ("textquotestraightdblbase", "„"),
    ("glqq", "„"),
    ("quotesinglbase", "‚"),
    ("textquotestraightbase", "‚"),
    ("guillemotleft", "«"),
    ("guillemetleft", "«"),
    ("flqq", "«"),
    ("guillemotright", "»"),
    ("guillemetright", "»"),
    ("frqq", "»"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("textexclamdown", "¡"),
    ("textquestiondown", "¿"),
    ("textbackslash", "\\"),
    ("backslash", "\\"),
    ("textasciitilde", "~"),
    ("sim", "~"),
    ("tilde", "~"),
    ("textasciicircum", "^"),
    ("textasciigrave", "`"),
    ("textbar", "|"),
    ("vert", "|"),
    ("textless", "<"),
    ("lt", "<"),
    ("textgreater", ">"),
    ("gt", ">"),
    ("textbraceleft", "{"),
    ("lbrace", "{"),
    ("textbraceright", "}"),
    ("rbrace", "}"),
    ("textunderscore", "_"),
    ("textdollar", "$"),
    ("textbullet", "•"),
    ("bullet", "•"),
    ("textperiodcentered", "·"),
    ("cdot", "·"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("textordfeminine", "ª"),
    ("textordmasculine", "º"),
    ("textdegree", "°"),
    ("degree", "°"),
    ("textmu", "μ"),
    ("mu", "μ"),
    ("textonehalf", "½"),
    ("textpm", "±"),
    ("pm", "±"),
    ("texttimes", "×"),
    ("times", "×"),
    ("textdiv", "÷"),
    ("div", "÷"),
    ("textnumero", "№"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("ne", "≠"),
    ("approx", "≈"),
    ("infty", "∞"),
    ("rightarrow", "→"),
    ("to", "→"),
    ("textrightarrow", "→"),
    ("leftarrow", "←"),
    ("textleftarrow", "←"),
    ("prime", "′"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("Gamma", "Γ"),
    ("delta", "δ"),
    ("Delta", "Δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("Theta", "Θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("Lambda", "Λ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("Xi", "Ξ"),
    ("pi", "π"),
    ("Pi", "Π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("Sigma", "Σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("varphi", "φ"),
    ("Phi", "Φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("Psi", "Ψ"),
    ("omega", "ω"),
    ("Omega", "Ω"),
    ("TeX", "TeX"),
    ("LaTeX", "LaTeX"),
    ("BibTeX", "BibTeX"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_tex_prints_it() {
        let check = |raw: &str, expected: &str| assert_eq!(text(raw, Reading::Text), expected, "{raw}");
        for (raw, expected) in [
            (r#"G{\"o}del"#, "Gödel"),
            (r#"G\"odel, G\"{o}del, G{\" o}del"#, "Gödel, Gödel, Gödel"),
            (r"Mart{\'\i}nez, Mart\'{\i}nez, Mart{\'{\i}}nez, Mart{\'i}nez", "Martínez, Martínez, Martínez, Martínez"),
            (r"\v{C}apek, {\v C}apek", "Čapek, Čapek"),
            (r"Fran{\c c}ois, Fran\c{c}ois", "François, François"),
            (r"S{\o}ren, Stra{\ss}e, {\AE}, \L{}\'od\'z", "Søren, Straße, Æ, Łódź"),
            (r"\ae.\ss;", "æ.ß;"),
            (r"\r{a}, {\aa}, Erd{\H o}s, \d{s}, \k{a}", "å, å, Erdős, ṣ, ą"),
            (r"L\^{e} D\~{u}ng Tr\'{a}ng", "Lê Dũng Tráng"),
            (r"{\relax Ch}arles", "Charles"),
            (r"AT\&T, 50\%, \$5, \#1, a\_b", "AT&T, 50%, $5, #1, a_b"),
            (r"The {NATO} {\emph{Review}}, \textit{now}", "The NATO Review, now"),
            (r"``So'' it `goes' -- on --- and on", "“So” it ‘goes' – on — and on"),
            (r"\enquote{Cyber} \textquotedblleft so\textquotedblright", "“Cyber” “so”"),
            (r"Vol.~3, \ldots{} end", "Vol. 3, … end"),
            (r"The 11$^{th}$, x$^{2}$, CO$_2$, $\alpha$", "The 11th, x², CO₂, α"),
            (r"It costs $5", "It costs $5"),
            (r"\unknown{this} stays", r"\unknownthis stays"),
            ("one\n   two\n\n three", "one two\n\nthree"),
            (r"Win\-dows \& {\textless}i{\textgreater}", "Windows & <i>"),
            (r"unclosed {brace", "unclosed brace"),
            (r"end\", r"end\"),
            (r"?`Qu\'e? !`No!", "¿Qué? ¡No!"),
        ] {
            check(raw, expected);
        }
    }

    #[test]
    fn an_address_is_read_letter_for_letter() {
        let check = |raw: &str, expected: &str| assert_eq!(text(raw, Reading::Verbatim), expected, "{raw}");
        check("https://example.org/a--b_c~d?e=%20f#g", "https://example.org/a--b_c~d?e=%20f#g");
        check(r"https://example.org/a\_b\%20{\_}c\~{}d", "https://example.org/a_b%20_c~d");
        check(r"https://example.org/{\textasciitilde}user$\sim$x", "https://example.org/~user~x");
        check(r"\url{https://example.org/}", "https://example.org/");
    }

    #[test]
    fn nothing_is_too_deep() {
        let deep = format!("{}x", r"\'{".repeat(10_000));
        assert!(text(&deep, Reading::Text).contains('x'));
    }
}
