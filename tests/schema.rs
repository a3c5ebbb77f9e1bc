//! The schemas that `regesta schema` prints agree with what the program reads: sound files are
//! sound by both, and what a schema can see of a fault it refuses.

mod support;

use std::{fs, path::Path};

use jsonschema::Validator;
use serde_json::Value;
use support::{Archive, archives, repository, tree};

fn schema(kind: &str) -> Validator {
    let run = Archive::empty().regesta(&["schema", kind]).expect(0);
    let schema: Value = serde_json::from_str(run.stdout()).expect("a schema is JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{kind}");
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
    jsonschema::draft202012::new(&schema).unwrap_or_else(|fault| panic!("{kind}: {fault}"))
}

/// What a schema says against a file, one line each.
fn faults(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// Markdown files below a folder, with their front matter.
fn front_matters(folder: &Path) -> Vec<(String, Value)> {
    let files = tree(folder).into_iter().filter(|(path, _)| path.ends_with(".md"));
    files
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes).expect("it is UTF-8");
            let matter: Vec<&str> = text.lines().skip(1).take_while(|line| line.trim_end() != "---").collect();
            (path, yaml(&matter.join("\n")))
        })
        .collect()
}

#[test]
fn what_the_program_reads_is_sound_by_the_schemas() {
    let (entry, page) = (schema("front-matter"), schema("page"));
    let folders =
        [repository().join("content"), archives("common"), archives("pages"), repository().join("assets/init")];
    let mut seen = 0;
    for (path, matter) in folders.iter().flat_map(|folder| front_matters(folder)) {
        let kind = if matter.get("type").is_some() { &entry } else { &page };
        let told = faults(kind, &matter);
        assert!(told.is_empty(), "{path}: {told:?}");
        seen += 1;
    }
    assert!(seen > 120, "{seen} files");
}

#[test]
fn settings_and_vocabularies_are_sound_by_the_schemas() {
    let site = schema("site");
    let sites =
        [repository().join("site.toml"), archives("common/site.toml"), repository().join("assets/init/site.toml")];
    let more = tree(&archives("pages")).into_keys().filter(|path| path.ends_with("site.toml"));
    for file in sites.into_iter().chain(more.map(|path| archives("pages").join(path))) {
        let text = fs::read_to_string(&file).expect("there are settings");
        let value: toml::Value = toml::from_str(&text).expect("they are TOML");
        let told = faults(&site, &serde_json::to_value(value).expect("TOML can be JSON"));
        assert!(told.is_empty(), "{}: {told:?}", file.display());
    }
    for (kind, folder) in ["keywords", "actors"]
        .into_iter()
        .flat_map(|kind| ["content", "assets/init/content"].map(|folder| (kind, folder)))
    {
        let text = fs::read_to_string(repository().join(folder).join(format!("{kind}.yaml"))).expect("there is one");
        assert_eq!(faults(&schema(kind), &yaml(&text)), Vec::<String>::new(), "{folder}/{kind}.yaml");
    }
}

#[test]
fn known_faults_are_refused() {
    let entry = schema("front-matter");
    for name in
        ["unknown-field", "missing-field", "wrong-value", "wrong-item", "impossible-date", "unknown-correction-field"]
    {
        for (path, matter) in
            front_matters(&archives("faults").join(name)).into_iter().filter(|(_, matter)| !matter.is_null())
        {
            assert!(!faults(&entry, &matter).is_empty(), "{name}/{path} is sound by the schema");
        }
    }
    let sound = "type: book\ntitle: Power\n";
    assert!(faults(&entry, &yaml(sound)).is_empty());
    for fault in [
        "publsher: x",
        "volume: [36]",
        "author: Krasner",
        "author: [{ given: Ann }]",
        "author: [{ family: Krasner, literal: Krasner }]",
        "issued: never",
        "keywords: norms",
        "tracks: [{ because: x }]",
        "basis: hearsay",
        "draft: perhaps",
        "listed: { list: works, number: many, printed: x }",
        "corrections: [title]",
        "relations: [{ type: revises }]",
    ] {
        assert!(!faults(&entry, &yaml(&format!("{sound}{fault}\n"))).is_empty(), "{fault}");
        let archive = Archive::small().with("content/works/faulty.md", format!("---\n{sound}{fault}\n---\n"));
        archive.regesta(&["check", "-q"]).expect(1);
    }
    let keywords = schema("keywords");
    for fault in [
        "Norms: { label: Norms }",
        "norms: {}",
        "norms: { label: Norms, narrower: x }",
        "norms: { label: [x] }",
        "- norms",
    ] {
        assert!(!faults(&keywords, &yaml(fault)).is_empty(), "{fault}");
    }
    let actors = schema("actors");
    for fault in ["un: { name: UN, kind: empire }", "un: { label: UN }"] {
        assert!(!faults(&actors, &yaml(fault)).is_empty(), "{fault}");
    }
    let site = schema("site");
    for name in ["wrong-setting", "unknown-setting", "missing-setting"] {
        let text = fs::read_to_string(archives("faults").join(name).join("site.toml")).expect("it has settings");
        let value: toml::Value = toml::from_str(&text).expect("they are TOML");
        let value = serde_json::to_value(value).expect("TOML can be JSON");
        assert!(!faults(&site, &value).is_empty(), "{name}");
    }
}

/// The fields that `docs/content/reference/front-matter.md` lists are those of the schema.
#[test]
fn every_field_is_in_the_schema() {
    let run = Archive::empty().regesta(&["schema"]).expect(0);
    let schema: Value = serde_json::from_str(run.stdout()).expect("a schema is JSON");
    let fields = schema["properties"].as_object().expect("it has fields");
    let docs = fs::read_to_string(repository().join("docs/content/reference/front-matter.md")).expect("it is there");
    let heads: Vec<&str> = docs.lines().filter_map(|line| line.strip_prefix("### `")).collect();
    let named = heads.iter().flat_map(|head| head.split('`')).filter(|name| fields.contains_key(*name)).count();
    assert!(named > 12, "{named} fields have a section of their own");
    for name in ["type", "title", "id", "DOI", "container-title", "author", "issued", "same-as", "title-in", "updated"]
    {
        assert!(fields.contains_key(name), "{name}");
    }
}

#[test]
fn an_editor_gets_the_schemas_of_a_new_archive() {
    let folder = Archive::empty();
    folder.regesta(&["init", "letters"]).expect(0);
    folder.regesta(&["schema", "--out", "again"]).expect(0);
    let given = tree(&folder.path("letters/.vscode/schemas"));
    assert_eq!(given.len(), 5);
    assert!(given == tree(&folder.path("again")));
    // VS Code reads settings with comments.
    let settings = folder.read("letters/.vscode/settings.json");
    let plain: Vec<&str> = settings.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let settings: Value = serde_json::from_str(&plain.join("\n")).expect("the settings are JSON");
    let schemas = settings["yaml.schemas"].as_object().expect("YAML has schemas");
    assert_eq!(schemas.len(), 2);
    for (schema, file) in schemas {
        let schema: Value = serde_json::from_str(&folder.read(&format!("letters/{schema}"))).expect("it is there");
        let schema = jsonschema::draft202012::new(&schema).unwrap_or_else(|fault| panic!("{file}: {fault}"));
        let text = folder.read(&format!("letters/{}", file.as_str().expect("it names a file")));
        assert_eq!(faults(&schema, &yaml(&text)), Vec::<String>::new(), "{file}");
    }
    let associations = settings["evenBetterToml.schema.associations"].as_object().expect("TOML has schemas");
    let named: Vec<&str> = associations.values().filter_map(Value::as_str).collect();
    assert_eq!(named, ["./.vscode/schemas/site.json"]);
    // The comment says the same to other editors.
    assert!(folder.read("letters/site.toml").starts_with("#:schema ./.vscode/schemas/site.json\n"));
    let value: toml::Value = toml::from_str(&folder.read("letters/site.toml")).expect("it is TOML");
    let value = serde_json::to_value(value).expect("TOML can be JSON");
    assert_eq!(faults(&schema("site"), &value), Vec::<String>::new());
    for (path, matter) in front_matters(&folder.path("letters/content")) {
        let kind = if matter.get("type").is_some() { "front-matter" } else { "page" };
        assert_eq!(faults(&schema(kind), &matter), Vec::<String>::new(), "{path}");
    }
    folder.regesta(&["schema", "keyword"]).expect(2);
}
