//! JSON Schemas (draft 2020-12) of the files that an archive is written in, for editors.
//!
//! In: the types that read those files. Out: schemas as JSON. What a schema refuses, the
//! program refuses; a schema lets pass more, since ids of other files and the rules between
//! fields are not in it. Absent on purpose: a second list of any field.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema, transform::transform_subschemas,
};
use serde_json::Value;

use crate::{
    entry::front_matter::{FrontMatter, PageMatter},
    site::SiteFile,
    vocabulary::{Actor, Keyword},
};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// An entry's front matter.
    FrontMatter,
    /// The front matter of a page that is no entry.
    Page,
    /// `site.toml`
    Site,
    /// `keywords.yaml`
    Keywords,
    /// `actors.yaml`
    Actors,
}

impl File {
    pub const ALL: [File; 5] = [File::FrontMatter, File::Page, File::Site, File::Keywords, File::Actors];

    pub const fn name(self) -> &'static str {
        match self {
            File::FrontMatter => "front-matter",
            File::Page => "page",
            File::Site => "site",
            File::Keywords => "keywords",
            File::Actors => "actors",
        }
    }
}

/// The schema of a kind of file, with a line end.
pub fn text(file: File) -> String {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    // Text in YAML needs no quotation marks, in TOML it does.
    let yaml = || settings.clone().with_transform(scalars).into_generator();
    let schema = match file {
        File::FrontMatter => yaml().into_root_schema_for::<FrontMatter>(),
        File::Page => yaml().into_root_schema_for::<PageMatter>(),
        File::Site => settings.into_generator().into_root_schema_for::<SiteFile>(),
        File::Keywords => yaml().into_root_schema_for::<Terms<Keyword>>(),
        File::Actors => yaml().into_root_schema_for::<Terms<Actor>>(),
    };
    // Numbers, strings and maps of them alone: there is nothing that JSON cannot hold.
    serde_json::to_string_pretty(&schema).map_or_else(|fault| format!("{fault}\n"), |text| text + "\n")
}

/// `volume: 36` is text as `volume: "36"` is.
fn scalars(schema: &mut Schema) {
    let choice = schema.get("enum").is_some() || schema.get("const").is_some();
    let types: Vec<Value> = match schema.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    if !choice && types.iter().any(|kind| kind == "string") {
        let more = ["number", "boolean"].map(Value::from);
        let more = more.into_iter().filter(|kind| !types.contains(kind));
        schema.insert("type".to_string(), types.iter().cloned().chain(more).collect());
    }
    transform_subschemas(&mut scalars, schema);
}

/// A map from ids to terms; a file of comments alone is an empty one.
struct Terms<T>(std::marker::PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Terms<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}s", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let map = BTreeMap::from([("^[a-z0-9]+(-[a-z0-9]+)*$", generator.subschema_for::<T>())]);
        json_schema!({ "type": ["object", "null"], "patternProperties": map, "additionalProperties": false })
    }
}

/// All schemas, with names for files.
pub fn files() -> Vec<(String, Vec<u8>)> {
    File::ALL.into_iter().map(|file| (format!("{}.json", file.name()), text(file).into_bytes())).collect()
}
