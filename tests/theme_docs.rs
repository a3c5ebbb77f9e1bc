//! `docs/content/reference/themes.md` lists every view with the type of each field and an example, taken
//! from the code and from the repository's own archive, so that it cannot drift.
//!
//! `REGESTA_EXPECT=rewrite cargo test --test theme_docs` writes it anew.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::Path,
};

use serde_json::Value;
use support::tree;

const MARK: &str = "<!-- From here on the text is made from the code by tests/theme_docs.rs. -->\n";

#[test]
fn every_view_is_documented_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("docs/content/reference/themes.md");
    let written = fs::read_to_string(&file).expect("the documentation of themes is there");
    let (head, _) = written.split_once(MARK).expect("the mark stands before what is made");
    let made = format!("{head}{MARK}{}", Views::read(root).document());
    if env::var("REGESTA_EXPECT").is_ok_and(|word| word == "rewrite") {
        fs::write(&file, made).expect("the documentation can be written");
    } else {
        assert!(
            made == written,
            "docs/content/reference/themes.md is not what the code says: REGESTA_EXPECT=rewrite cargo test --test theme_docs"
        );
    }
}

struct Struct {
    about: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: syn::Type,
    about: String,
}

struct Views {
    structs: BTreeMap<String, Struct>,
    /// Templates and the struct that each one gets.
    templates: Vec<(String, String)>,
    examples: BTreeMap<String, Value>,
}

impl Views {
    fn read(root: &Path) -> Self {
        let mut structs = BTreeMap::new();
        let mut variants = BTreeMap::new();
        let pages = tree(&root.join("src/page")).into_values();
        for file in pages.chain([fs::read(root.join("src/site/mod.rs")).expect("the settings are there")]) {
            let text = String::from_utf8(file).expect("sources are UTF-8");
            for item in syn::parse_file(&text).expect("the sources compile").items {
                match item {
                    syn::Item::Struct(item) => {
                        let fields = item.fields.iter().filter_map(|field| {
                            let name = field.ident.as_ref()?.to_string();
                            Some(Field { name, kind: field.ty.clone(), about: about(&field.attrs) })
                        });
                        let name = item.ident.to_string();
                        let view = Struct { about: about(&item.attrs), fields: fields.collect() };
                        let other = structs.insert(name.clone(), view);
                        assert!(other.is_none(), "two types are called {name}: a reader cannot tell them apart");
                    }
                    syn::Item::Enum(item) if item.ident == "View" => {
                        for variant in &item.variants {
                            let inner = variant.fields.iter().next().map(|field| innermost(&field.ty));
                            variants.insert(variant.ident.to_string(), inner.unwrap_or_default());
                        }
                    }
                    _ => {}
                }
            }
        }
        let text = fs::read_to_string(root.join("src/page/view.rs")).expect("views are there");
        let templates = text.lines().filter_map(|line| {
            let (variant, template) = line.trim().strip_prefix("View::")?.split_once("(_) => \"")?;
            Some((template.strip_suffix("\",")?.to_string(), variants.get(variant)?.clone()))
        });
        Views { structs, templates: templates.collect(), examples: regesta::example_views(root) }
    }

    fn document(&self) -> String {
        let mut text = String::from("\n## Templates\n");
        let mut named: BTreeMap<String, Value> = BTreeMap::new();
        let mut templates = self.templates.clone();
        templates.sort();
        for (template, view) in &templates {
            let example = self.examples.get(template).cloned().unwrap_or_default();
            let _ = write!(text, "\n### `{template}`\n\n");
            text += &self.table(view, &example, &mut named);
        }
        for (template, view, value) in [("card.html", "CardView", "card"), ("preview.html", "PreviewView", "preview")] {
            let _ =
                write!(text, "\n### `{template}`\n\n{} It sees one value, `{value}`.\n\n", self.structs[view].about);
            text += &self.table(view, &Value::Null, &mut named);
        }
        text += "\n## Values\n\nWhat views are made of. Every template sees `site`, a `SiteView`.\n";
        named.entry("SiteView".into()).or_default();
        let mut done = BTreeSet::new();
        while let Some((name, example)) =
            named.iter().find(|(name, _)| !done.contains(*name)).map(|(name, value)| (name.clone(), value.clone()))
        {
            done.insert(name.clone());
            self.table(&name, &example, &mut named);
        }
        for (name, example) in &named {
            let about = &self.structs[name].about;
            let _ = write!(text, "\n### {name}\n\n");
            if !about.is_empty() {
                let _ = write!(text, "{about}\n\n");
            }
            text += &self.table(name, example, &mut BTreeMap::new());
        }
        text
    }

    /// The fields of a struct; the structs they are made of are added to `named` with the
    /// first example of each.
    fn table(&self, name: &str, example: &Value, named: &mut BTreeMap<String, Value>) -> String {
        let mut text = String::from("| field | type | | example |\n|---|---|---|---|\n");
        for field in &self.structs[name].fields {
            let value = example.get(&field.name).cloned().unwrap_or_default();
            let (words, inner) = self.words(&field.kind);
            if let Some(inner) = inner {
                let first = match &value {
                    Value::Array(items) => {
                        items.iter().max_by_key(|item| item.to_string().len()).cloned().unwrap_or_default()
                    }
                    value => value.clone(),
                };
                let known = named.entry(inner).or_default();
                if known.is_null() {
                    *known = first;
                }
            }
            let _ = writeln!(
                text,
                "| `{}` | {words} | {} | {} |",
                field.name,
                field.about.replace('|', "\\|"),
                shown(&value)
            );
        }
        text
    }

    /// A type in words, and the struct that it is or holds.
    fn words(&self, kind: &syn::Type) -> (String, Option<String>) {
        let syn::Type::Path(path) = kind else {
            return match kind {
                syn::Type::Tuple(_) => ("a pair".into(), None),
                _ => ("text".into(), None),
            };
        };
        let last = path.path.segments.last().expect("a path has a name");
        let inner = match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    syn::GenericArgument::Type(inner) => Some(inner),
                    _ => None,
                })
            }
            _ => None,
        };
        match (last.ident.to_string().as_str(), inner) {
            ("Option", Some(inner)) => {
                let (words, name) = self.words(inner);
                (format!("{words}, or absent"), name)
            }
            ("Vec", Some(inner)) => {
                let (words, name) = self.words(inner);
                (format!("list: {words}"), name)
            }
            ("Box", Some(inner)) => self.words(inner),
            ("String" | "str", _) => ("text".into(), None),
            ("bool", _) => ("true or false".into(), None),
            ("usize" | "u8" | "u16" | "u32" | "i16" | "i32", _) => ("number".into(), None),
            ("Html", _) => ("**HTML**".into(), None),
            ("Permalink", _) => ("address from the root".into(), None),
            (name, _) if self.structs.contains_key(name) => {
                (format!("[{name}](#{})", name.to_lowercase()), Some(name.to_string()))
            }
            (name, _) => (name.to_string(), None),
        }
    }
}

fn about(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value().trim().to_string()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_string()
}

fn innermost(kind: &syn::Type) -> String {
    let syn::Type::Path(path) = kind else { return String::new() };
    let last = path.path.segments.last().expect("a path has a name");
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(inner)) => innermost(inner),
            _ => String::new(),
        },
        _ => last.ident.to_string(),
    }
}

/// An example, cut to what a table holds.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Array(items) => match items.first() {
            Some(Value::String(first)) => first.clone(),
            Some(Value::Number(first)) => first.to_string(),
            _ => return String::new(),
        },
        _ => return String::new(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(60).collect();
    let dots = if short.len() < line.len() { "…" } else { "" };
    if short.is_empty() { short } else { format!("`{}{dots}`", short.replace('`', "'").replace('|', "\\|")) }
}
