//! JSON as it is appended to a string: a page has many values, and each is written once.

use std::fmt::Write;

/// An object that is being written: [`object`] ends it.
pub struct Object<'a> {
    json: &'a mut String,
    begun: bool,
}

/// Appends an object whose members `write` adds.
pub fn object(json: &mut String, write: impl FnOnce(&mut Object<'_>)) {
    json.push('{');
    write(&mut Object { json, begun: false });
    json.push('}');
}

impl Object<'_> {
    fn key(&mut self, key: &str) -> &mut String {
        if self.begun {
            self.json.push(',');
        }
        self.begun = true;
        self.json.push('"');
        self.json.push_str(key);
        self.json.push_str("\":");
        self.json
    }

    pub fn text(&mut self, key: &str, value: &str) {
        quoted(self.key(key), value);
    }

    /// A text whose parts stand one behind the other.
    pub fn parts(&mut self, key: &str, parts: &[&str]) {
        let json = self.key(key);
        json.push('"');
        let start = json.len();
        json.extend(parts.iter().copied());
        // Addresses need no escape: it is cheaper to look once, behind them.
        if is_special(&json[start..]) {
            let text = json.split_off(start);
            escaped(json, &text);
        }
        json.push('"');
    }

    /// A number.
    pub fn number(&mut self, key: &str, number: usize) {
        // Writing to a string cannot fail.
        let _ = write!(self.key(key), "{number}");
    }

    pub fn some(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// JSON that is finished.
    pub fn raw(&mut self, key: &str, json: &str) {
        self.key(key).push_str(json);
    }

    pub fn object(&mut self, key: &str, write: impl FnOnce(&mut Object<'_>)) {
        object(self.key(key), write);
    }

    /// A list of objects; nothing where there are none.
    pub fn objects<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut Object<'_>),
    ) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return;
        }
        let json = self.key(key);
        for (index, item) in items.enumerate() {
            json.push(if index == 0 { '[' } else { ',' });
            object(json, |object| write(item, object));
        }
        json.push(']');
    }

    /// A list of texts; nothing where there are none.
    pub fn texts<'t>(&mut self, key: &str, items: impl IntoIterator<Item = &'t str>) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return;
        }
        let json = self.key(key);
        for (index, item) in items.enumerate() {
            json.push(if index == 0 { '[' } else { ',' });
            quoted(json, item);
        }
        json.push(']');
    }
}

/// A string of JSON (RFC 8259, section 7). `<` is written as its number: so neither `</script`
/// nor `<!--` can stand in a data block of HTML.
pub fn quoted(json: &mut String, text: &str) {
    json.push('"');
    escaped(json, text);
    json.push('"');
}

/// Whether anything of a text is written as an escape.
fn is_special(text: &str) -> bool {
    // Without a branch for each byte: few texts have any of these.
    let special = |byte: u8| byte < 32 || byte == b'"' || byte == b'\\' || byte == b'<';
    text.bytes().fold(false, |any, byte| any | special(byte))
}

/// What stands between the marks of a string.
fn escaped(json: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    if !is_special(text) {
        json.push_str(text);
        return;
    }
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let plain = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'<' => "\\u003c",
            0..=31 => "",
            _ => continue,
        };
        json.push_str(&text[done..at]);
        done = at + 1;
        if plain.is_empty() {
            json.push_str("\\u00");
            json.push(char::from(HEX[usize::from(byte >> 4)]));
            json.push(char::from(HEX[usize::from(byte & 15)]));
        } else {
            json.push_str(plain);
        }
    }
    json.push_str(&text[done..]);
}

#[cfg(test)]
mod tests {
    use super::{object, quoted};

    #[test]
    fn what_is_written_is_read_as_it_was_and_cannot_end_a_script() {
        for text in ["", "plain", "\"\\\n\t\u{0}\u{1f}</script><!-- é \u{2028}", "<", "a<b"] {
            let mut json = String::new();
            quoted(&mut json, text);
            assert_eq!(serde_json::from_str::<String>(&json).ok().as_deref(), Some(text));
            assert!(!json.contains('<'));
        }
    }

    #[test]
    fn objects_and_lists_have_commas_between_their_members() {
        let mut json = String::new();
        object(&mut json, |node| {
            node.text("a", "b");
            node.some("none", None);
            node.objects("empty", [0; 0], |_, _| ());
            node.objects("list", ["1", "2"], |number, node| node.raw("n", number));
            node.object("o", |_| ());
            node.parts("p", &["a<", "", "\"b"]);
            node.number("q", 12);
        });
        assert_eq!(json, r#"{"a":"b","list":[{"n":1},{"n":2}],"o":{},"p":"a\u003c\"b","q":12}"#);
    }
}
