//! JSON, a record a line.

/// A text with its quotation marks.
pub fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object on one line, field by field in the order in which they are put.
#[derive(Default)]
pub struct Object(String);

impl Object {
    /// `value` is JSON.
    pub fn put(mut self, name: &str, value: &str) -> Self {
        self.0.push_str(if self.0.is_empty() { "{" } else { ", " });
        self.0.push_str(&text(name));
        self.0.push_str(": ");
        self.0.push_str(value);
        self
    }

    pub fn text(self, name: &str, value: &str) -> Self {
        self.put(name, &text(value))
    }

    /// Nothing where the list has nothing.
    pub fn list(self, name: &str, values: &[String]) -> Self {
        if values.is_empty() { self } else { self.put(name, &format!("[{}]", values.join(", "))) }
    }

    pub fn end(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }
}

/// A list, each item on a line of its own behind `indent`.
pub fn lines(items: &[String], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_string();
    }
    let end = indent.get(2..).unwrap_or_default();
    format!("[\n{indent}{}\n{end}]", items.join(&format!(",\n{indent}")))
}
