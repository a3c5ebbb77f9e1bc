//! What the reference pages of the manual list is taken from the code: the keys of settings and the
//! names of fields from the JSON Schemas, options from the command line's own help, codes from the
//! diagnostics of `tests/archives/faults/`. It stands between two marks, and nothing else does:
//!
//! ```text
//! <!-- keys: FeedFile -->
//! …
//! <!-- end -->
//! ```
//!
//! `REGESTA_EXPECT=rewrite cargo test --test reference` writes it anew.

mod support;

use std::{collections::BTreeMap, env, fmt::Write, fs};

use clap::{Arg, Command};
use serde_json::Value;
use support::{Archive, archives, repository, tree};

const END: &str = "<!-- end -->";

#[test]
fn what_the_reference_lists_is_what_the_code_has() {
    let code = Code::read();
    for page in ["commands.md", "diagnostics.md", "front-matter.md", "settings.md"] {
        let file = repository().join("docs/content/reference").join(page);
        let written = fs::read_to_string(&file).expect("the page is there");
        let made = code.fill(&written, page);
        if env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite") {
            fs::write(&file, made).expect("the page can be written");
        } else {
            let first = made.lines().zip(written.lines()).find(|(made, written)| made != written);
            assert!(
                made == written,
                "{page} is not what the code says: REGESTA_EXPECT=rewrite cargo test --test reference\n{first:#?}"
            );
        }
    }
}

/// Each key, name, command and code has its place in the reference.
#[test]
fn nothing_is_left_out_of_the_reference() {
    let code = Code::read();
    let page = |name: &str| {
        fs::read_to_string(repository().join("docs/content/reference").join(name)).expect("the page is there")
    };
    let settings = page("settings.md");
    for name in code.site["$defs"].as_object().expect("there are tables").keys().filter(|name| name.ends_with("File")) {
        let is_choice = code.site["$defs"][name].get("properties").is_none();
        assert!(
            is_choice || settings.contains(&format!("<!-- keys: {name} -->")),
            "settings.md lists no keys of {name}"
        );
    }
    let commands = page("commands.md");
    for command in code.command.get_subcommands() {
        let mark = format!("<!-- options: {} -->", command.get_name());
        let named = commands.contains(&mark) || command.get_name() == "serve";
        assert!(named, "commands.md lists no options of {}", command.get_name());
    }
}

struct Code {
    site: Value,
    front_matter: Value,
    command: Command,
    /// By code: how bad it is, and what it says of an archive that has it.
    codes: BTreeMap<String, (String, String)>,
}

impl Code {
    fn read() -> Self {
        let schema = |kind: &str| -> Value {
            let run = Archive::empty().regesta(&["schema", kind]).expect(0);
            serde_json::from_str(run.stdout()).expect("a schema is JSON")
        };
        let mut codes = BTreeMap::new();
        for (path, text) in tree(&archives("faults")) {
            let Some(name) = path.strip_suffix("/expected") else { continue };
            for line in String::from_utf8(text).expect("it is UTF-8").lines() {
                let Some((severity, rest)) = line.split_once('[') else { continue };
                let Some((code, said)) = rest.split_once("]: ") else { continue };
                if severity == "error" || severity == "warning" {
                    let known = codes.entry(code.to_string());
                    let found = (severity.to_string(), said.to_string());
                    // The archive that is called so shows it best.
                    if name == code {
                        *known.or_default() = found;
                    } else {
                        known.or_insert(found);
                    }
                }
            }
        }
        let mut command = regesta::cli::command().disable_help_subcommand(true);
        command.build();
        Code { site: schema("site"), front_matter: schema("front-matter"), command, codes }
    }

    /// The page with what stands between marks made anew.
    fn fill(&self, page: &str, name: &str) -> String {
        let mut made = String::new();
        let mut rest = page;
        while let Some((before, after)) = rest.split_once("<!-- ") {
            let (mark, body) = after.split_once(" -->\n").expect("a mark ends");
            let (_, behind) = body.split_once(END).unwrap_or_else(|| panic!("{name}: {mark} has no end"));
            let (kind, of) = mark.split_once(": ").unwrap_or((mark, ""));
            let text = match kind {
                "keys" => self.keys(of),
                "names" => self.names(of),
                "options" => options(self.command_called(of)),
                "codes" => self.codes(page),
                kind => panic!("{name}: nothing makes {kind}"),
            };
            let _ = write!(made, "{before}<!-- {mark} -->\n\n{text}\n{END}");
            rest = behind;
        }
        made + rest
    }

    /// Keys of a table of `site.toml`, those that are required first.
    fn keys(&self, table: &str) -> String {
        let schema = if table == "SiteFile" { &self.site } else { &self.site["$defs"][table] };
        let properties = schema["properties"].as_object().unwrap_or_else(|| panic!("there is no table {table}"));
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut keys: Vec<(&String, &Value)> = properties.iter().collect();
        keys.sort_by_key(|(name, _)| (!required.contains(&name.as_str()), (*name).clone()));
        let mut text = "| key | value | meaning |\n|---|---|---|\n".to_string();
        for (name, property) in keys {
            let about = property["description"].as_str().unwrap_or_else(|| panic!("nothing is said of {table}.{name}"));
            let about = about.replace('\n', " ").replace('|', "\\|");
            let needed = if required.contains(&name.as_str()) { "required: " } else { "" };
            let _ = writeln!(text, "| `{name}` | {needed}{} | {about} |", self.value(property));
        }
        text
    }

    /// What a key may hold, in words.
    fn value(&self, schema: &Value) -> String {
        if let Some(title) = schema["title"].as_str() {
            return title.to_string();
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
            return self.value(&Value::Object(self.site["$defs"][name].as_object().expect("it is there").clone()));
        }
        if let Some(first) = schema["anyOf"].as_array().and_then(|choices| choices.first()) {
            return self.value(first);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            return quoted(choices.iter().map(|choice| choice["const"].as_str().unwrap_or_default()));
        }
        if let Some(choices) = schema["enum"].as_array() {
            return quoted(choices.iter().filter_map(Value::as_str));
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
        match kind {
            "string" => "text".to_string(),
            "integer" | "number" if schema["minimum"] == 1 => "number, at least 1".to_string(),
            "integer" | "number" => "number".to_string(),
            "boolean" => "`true` or `false`".to_string(),
            "object" => "table".to_string(),
            "array" => match self.value(&schema["items"]).as_str() {
                "table" => "tables".to_string(),
                items => format!("list: {items}"),
            },
            kind => panic!("no word for {kind}: {schema}"),
        }
    }

    /// Names of CSL: of types, or of variables by what they hold.
    fn names(&self, of: &str) -> String {
        let properties = self.front_matter["properties"].as_object().expect("there are fields");
        let is = |property: &Value| match of {
            "names" => property["items"]["$ref"] == "#/$defs/Name",
            "dates" => property["anyOf"][0]["$ref"] == "#/$defs/Date",
            _ => property["type"][0] == "string",
        };
        // The archive's own fields say what they are; CSL says it of its variables.
        let mut names: Vec<&str> = match of {
            "types" => properties["type"]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
            _ => properties
                .iter()
                .filter(|(_, property)| is(property) && property.get("description").is_none())
                .map(|(name, _)| name.as_str())
                .collect(),
        };
        names.sort_by_key(|name| name.to_lowercase());
        assert!(names.len() > 4, "{of}: {names:?}");
        format!("{}.\n", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    }

    fn command_called(&self, name: &str) -> &Command {
        let named = self.command.find_subcommand(name);
        if name == "all" { &self.command } else { named.unwrap_or_else(|| panic!("there is no command {name}")) }
    }

    /// Every code that has a section, with what it says of an archive, where one has it.
    fn codes(&self, page: &str) -> String {
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let codes = sections.into_iter().filter(|section| !section.contains(' ') && *section == section.to_lowercase());
        let mut text = "| code | severity | as it is told |\n|---|---|---|\n".to_string();
        for code in codes {
            let in_section = || (String::new(), "see there".to_string());
            let (severity, said) = self.codes.get(code).cloned().unwrap_or_else(in_section);
            let _ = writeln!(text, "| [`{code}`](#{code}) | {severity} | {} |", said.replace('|', "\\|"));
        }
        text
    }
}

fn quoted<'a>(choices: impl Iterator<Item = &'a str>) -> String {
    let choices: Vec<String> = choices.map(|choice| format!("`{choice}`")).collect();
    match choices.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => choices.join(""),
    }
}

/// Arguments and options with their help, as a person would write it in a table.
fn options(command: &Command) -> String {
    let own = |argument: &&Arg| {
        let global = argument.is_global_set() && command.get_name() != "regesta";
        !global && !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
    };
    let mut text = "| argument or option | meaning |\n|---|---|\n".to_string();
    for argument in command.get_arguments().filter(own) {
        let value = argument.get_value_names().filter(|_| argument.get_action().takes_values());
        let value = value.into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let flags = [
            argument.get_short().map(|short| format!("-{short}")),
            argument.get_long().map(|long| format!("--{long}")),
        ];
        let flags: Vec<String> = flags.into_iter().flatten().collect();
        let name = match (flags.is_empty(), value.is_empty()) {
            (true, _) => format!("`{value}`"),
            (_, true) => flags.iter().map(|flag| format!("`{flag}`")).collect::<Vec<_>>().join(", "),
            _ => format!("`{} {value}`", flags.join(", ")),
        };
        let mut about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        about = about.trim_end_matches('.').to_string();
        if let Some(first) = about.get(..1) {
            about = first.to_lowercase() + &about[1..];
        }
        let choices = argument.get_possible_values();
        if argument.get_action().takes_values() && !argument.is_hide_possible_values_set() && !choices.is_empty() {
            let _ = write!(about, ": {}", quoted(choices.iter().map(clap::builder::PossibleValue::get_name)));
        }
        let defaults: Vec<String> =
            argument.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        if !defaults.is_empty() && argument.get_action().takes_values() && defaults != ["`.`"] {
            let _ = write!(about, "; {} by default", defaults.join(", "));
        }
        if defaults == ["`.`"] {
            about += "; the current folder by default";
        }
        if let Some(variable) = argument.get_env() {
            let _ = write!(about, "; or the variable `{}`", variable.to_string_lossy());
        }
        let _ = writeln!(text, "| {name} | {} |", about.replace('|', "\\|").trim_start_matches(": "));
    }
    text
}
