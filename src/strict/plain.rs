//! The YAML that most front matters are, read without a parser of all of YAML.
//!
//! In: the text of a mapping. Out: the value, or `None` where anything stands in the text
//! that this does not know for certain: then `serde_yaml` reads it, and says what is wrong.
//! Known are fields of one line each, of words, quoted words, lists in brackets and maps in
//! braces, and lists of such lines, indented by two blanks. What is read here is read as
//! `serde_yaml` reads it (a test holds the two together), in an eighth of the time. Absent on
//! purpose: diagnostics, and whatever YAML has for the rest: nesting by lines, texts over
//! several lines, escapes, anchors, tags, comments.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{BorrowedStrDeserializer, Error},
    },
    forward_to_deserialize_any,
};

/// What begins an item of a list of lines.
const LINE: &str = "\n  - ";

/// So many bytes a name has at the most: YAML has a limit.
const LONGEST_NAME: usize = 100;

/// Deeper brackets are left to the parser, which has a limit of its own.
const DEEPEST: usize = 8;

/// The value of a mapping, where all of it is plain.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(&mut Plain { rest: text, depth: 0 }).ok()
}

/// What is left of the text. Between two fields that is a line's beginning.
struct Plain<'de> {
    rest: &'de str,
    depth: usize,
}

/// Anything else than what is known; the parser of all of YAML finds out what it is.
fn otherwise() -> Error {
    Error::custom("not plain")
}

impl<'de> Plain<'de> {
    fn take(&mut self, length: usize) -> &'de str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Result<(), Error> {
        if self.skip(text) { Ok(()) } else { Err(otherwise()) }
    }

    /// A name and its colon.
    fn key(&mut self) -> Result<&'de str, Error> {
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = self.rest.bytes().take_while(|byte| of_name(*byte)).count();
        if length > LONGEST_NAME || !self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(otherwise());
        }
        let key = self.take(length);
        self.expect(":")?;
        Ok(key)
    }

    /// Words without quotation marks: to the end of the line, or in brackets to the next sign.
    /// Those that YAML has a meaning for where a text may stand are left to it.
    fn words(&mut self, place: Stands) -> Result<&'de str, Error> {
        let own: fn(char) -> bool = match place {
            Stands::OnItsLine => is_printable,
            Stands::InBrackets => |c: char| {
                c.is_ascii_alphanumeric()
                    || matches!(c, ' ' | '-' | '_' | '.' | '\'')
                    || (!c.is_ascii() && is_printable(c))
            },
        };
        let length = self.rest.find(|c| !own(c)).unwrap_or(self.rest.len());
        let words = self.take(length);
        let ends = match place {
            Stands::OnItsLine => !words.ends_with([' ', ':']),
            Stands::InBrackets => true,
        };
        let words = words.trim_end_matches(' ');
        let plain = words.starts_with(|c: char| c.is_ascii_alphanumeric() || c.is_alphabetic())
            && !words.contains(": ")
            && !words.contains(" #")
            && !matches!(words, "null" | "Null" | "NULL");
        if plain && ends { Ok(words) } else { Err(otherwise()) }
    }

    fn quoted(&mut self, mark: char) -> Result<&'de str, Error> {
        self.take(mark.len_utf8());
        let length = self.rest.find(|c| c == mark || c == '\\' || !is_printable(c)).ok_or_else(otherwise)?;
        let words = self.take(length);
        self.expect(mark.encode_utf8(&mut [0; 4]))?;
        // Twice is once within.
        if self.rest.starts_with(mark) { Err(otherwise()) } else { Ok(words) }
    }
}

/// Whether a character may stand in a text and is neither a break of lines nor a tab.
/// (YAML 1.2.2, sections 5.1 and 5.4; YAML 1.1 has further breaks.)
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~') || (matches!(c, '\u{a0}'..='\u{d7ff}') && !matches!(c, '\u{2028}' | '\u{2029}'))
}

/// The whole text: a mapping of a field each line.
impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.rest.is_empty() {
            return Err(otherwise());
        }
        let value = visitor.visit_map(Fields(self))?;
        if self.rest.is_empty() { Ok(value) } else { Err(otherwise()) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    OnItsLine,
    InBrackets,
}

struct Value<'a, 'de>(&'a mut Plain<'de>, Stands);

impl<'de> Value<'_, 'de> {
    /// A text as it is written, and whether it is quoted.
    fn text(&mut self) -> Result<(&'de str, bool), Error> {
        match self.0.rest.chars().next() {
            Some(mark @ ('"' | '\'')) => Ok((self.0.quoted(mark)?, true)),
            _ => Ok((self.0.words(self.1)?, false)),
        }
    }

    fn unquoted(&mut self) -> Result<&'de str, Error> {
        self.text().and_then(|(text, quoted)| if quoted { Err(otherwise()) } else { Ok(text) })
    }
}

/// A whole number that nobody takes for anything else.
fn number(words: &str) -> Option<u64> {
    let digits = words.bytes().all(|byte| byte.is_ascii_digit());
    let sound = digits && words.len() < 19 && (words.len() == 1 || !words.starts_with('0'));
    sound.then(|| words.parse().ok())?
}

/// Whether words that are no number are no other kind of number either, and no truth value.
fn is_text(words: &str) -> bool {
    // `2005-04-03`, `1982~`, `198X`, `2006/2020`
    let date = words.contains('-') && words.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let of_no_number = words.contains(['~', '?', '/', 'X', ' ', ',']);
    let truth = matches!(words, "true" | "True" | "TRUE" | "false" | "False" | "FALSE");
    if words.starts_with(|c: char| c.is_ascii_digit()) { date || of_no_number } else { !truth }
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let Value(plain, place) = &mut self;
        let (open, close) = match plain.rest.bytes().next() {
            Some(b'\n') if *place == Stands::OnItsLine && plain.rest.starts_with(LINE) => {
                return visitor.visit_seq(Lines(plain));
            }
            Some(b'[') => ("[", "]"),
            Some(b'{') => ("{", "}"),
            _ => {
                let (text, quoted) = self.text()?;
                return match (text, number(text)) {
                    _ if quoted => visitor.visit_borrowed_str(text),
                    (_, Some(number)) => visitor.visit_u64(number),
                    ("true" | "false", _) => visitor.visit_bool(text == "true"),
                    _ if is_text(text) => visitor.visit_borrowed_str(text),
                    _ => Err(otherwise()),
                };
            }
        };
        plain.expect(open)?;
        plain.depth += 1;
        if plain.depth > DEEPEST {
            return Err(otherwise());
        }
        let items = Items { plain, close, first: true };
        let value = if open == "[" { visitor.visit_seq(items) } else { visitor.visit_map(items) }?;
        plain.skip(" ");
        plain.expect(close)?;
        plain.depth -= 1;
        Ok(value)
    }

    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?.0)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        match self.unquoted()? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(otherwise()),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (name, _) = self.text()?;
        visitor.visit_enum(name.into_deserializer())
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// Lines of a name, a colon and a value.
struct Fields<'a, 'de>(&'a mut Plain<'de>);

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if self.0.rest.is_empty() {
            return Ok(None);
        }
        let key = self.0.key()?;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        // Lines follow where the field's own is at its end.
        if !self.0.rest.starts_with('\n') {
            self.0.expect(" ")?;
            if self.0.rest.starts_with('\n') {
                return Err(otherwise());
            }
        }
        let value = seed.deserialize(Value(self.0, Stands::OnItsLine))?;
        self.0.expect("\n")?;
        Ok(value)
    }
}

/// Lines that begin with two blanks and a hyphen; at the end of the line above.
struct Lines<'a, 'de>(&'a mut Plain<'de>);

impl<'de> SeqAccess<'de> for Lines<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if !self.0.skip(LINE) {
            return Ok(None);
        }
        if self.0.rest.starts_with('\n') {
            return Err(otherwise());
        }
        seed.deserialize(Value(self.0, Stands::OnItsLine)).map(Some)
    }
}

/// What stands between brackets or braces, behind commas.
struct Items<'a, 'de> {
    plain: &'a mut Plain<'de>,
    close: &'static str,
    first: bool,
}

impl Items<'_, '_> {
    /// Whether another one comes.
    fn next(&mut self) -> Result<bool, Error> {
        self.plain.skip(" ");
        if self.plain.rest.starts_with(self.close) {
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            self.plain.expect(", ")?;
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if !self.next()? {
            return Ok(None);
        }
        seed.deserialize(Value(self.plain, Stands::InBrackets)).map(Some)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !self.next()? {
            return Ok(None);
        }
        let key = self.plain.key()?;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.plain.expect(" ")?;
        seed.deserialize(Value(self.plain, Stands::InBrackets))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_yaml::Value as Yaml;

    use super::*;
    use crate::entry::FrontMatter;

    fn check(text: &str) -> bool {
        let all: Option<Yaml> = read(text);
        let words: Option<BTreeMap<String, Option<String>>> = read(text);
        let entry: Option<FrontMatter> = read(text);
        if let Some(value) = &all {
            assert_eq!(Some(value), serde_yaml::from_str(text).ok().as_ref(), "{text}");
        }
        if let Some(value) = &words {
            assert_eq!(Some(value), serde_yaml::from_str(text).ok().as_ref(), "{text}");
        }
        if let Some(value) = &entry {
            assert_eq!(Some(value), serde_yaml::from_str(text).ok().as_ref(), "{text}");
        }
        all.is_some()
    }

    #[test]
    fn a_plain_front_matter_is_read_here() {
        let text = "type: book\ntitle: \"On a Network: Signs, and # More\"\nauthor:\n  - { family: Müller, given: A. B. }\n  \
                    - { literal: 'The House' }\nissued: 1982-04\nvolume: 36\nURL: https://a.example/1?b=c,d\n\
                    tracks: [one, two]\nkeywords: []\ndraft: true\n";
        assert!(check(text));
        assert!(read::<FrontMatter>(text).is_some());
    }

    #[test]
    fn what_yaml_reads_otherwise_is_left_to_it() {
        for text in [
            "",
            "a",
            "a:",
            "a:\n",
            "a: \n",
            "a: b: c\n",
            "a: b #c\n",
            "a: b\n c\n",
            "a: b\n\nc: d\n",
            "a: ~\n",
            "a: null\n",
            "a: true\n",
            "a: 1.5\n",
            "a: 0x1f\n",
            "a: 012\n",
            "a: 1e3\n",
            "a: \"b\\n\"\n",
            "a: 'b''c'\n",
            "a: \"b\"c\n",
            "a: [b, c\n]\n",
            "a: [b,, c]\n",
            "a: [b: c]\n",
            "a: [b, ]\n",
            "a: {b: c}\n",
            "a: {b c}\n",
            "a: b\n  - c\n",
            "a:\n  - b\n    c\n",
            "a:\n  - b: c\n",
            "a:\n- b\n",
            "a: b\r\n",
            "a: b\tc\n",
            "a: b \n",
            "a: &b c\n",
            "a: *b\n",
            "a: !b c\n",
            "a: |\n  b\n",
            "- a\n",
            "a: b",
            "a: [b c #d]\n",
            "a: b\u{2028}c\n",
            "a: b\u{85}c\n",
            "a: b\u{feff}c\n",
            "a: [\"b\" c]\n",
            "a: [b]c\n",
            "a: [-b]\n",
            "a: - b\n",
            "a: b:\n",
            "a: b\na: c\n",
            "a: [[[[[[[[[[b]]]]]]]]]]\n",
            "a: 99999999999999999999\n",
        ] {
            check(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_read_here_is_what_yaml_has(
            lines in prop::collection::vec(
                "[a-c]{1,2}: [a-c0-9é:# ,.'\"\\[\\]{}~-]{0,8}|  - [a-c0-9:# ,.'\"\\[\\]{}-]{0,8}|[a-c]:|title: [a-c\u{2028}\u{85}\t\\\\ ]{1,3}\
                 |[a-c]: \\[[a-c0-9:, '\"-]{0,8}\\]|[a-c]: \\{ [a-c]: [a-c0-9:, '\"-]{0,6} \\}|  - \\{ [a-c]: [a-c0-9. '-]{0,6} \\}\
                 |[a-c]: \"[a-c0-9:#, é']{0,6}\"|[a-c]: [0-9+xXeE.,~?/_ -]{1,8}|[a-c]: (true|null|No|nan|inf|NULL|False)",
                0..5,
            ),
            end in "\n|",
        ) {
            check(&format!("{}{end}", lines.join("\n")));
        }
    }
}
