//! The JSON Schema of scenario files, for editors: completion, explanations, and marks under what cannot be.
//!
//! It is made from the table of keywords. It says less than `tlslab check`, which also knows the names of the file.

use crate::lab::scenario::keyword::{Keyword, Kind, Need, SECTIONS, Section, TOP};
use serde_json::{Map, Value, json};

/// The schema (JSON Schema draft 2020-12), ending with a line break.
#[must_use]
pub fn scenario() -> String {
    let mut schema = section(&TOP);
    let definitions: Map<String, Value> =
        SECTIONS.iter().filter(|other| !other.name.is_empty()).map(|other| (name(other), section(other))).collect();
    if let Value::Object(top) = &mut schema {
        top.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        top.insert("title".to_owned(), json!("tlslab scenario"));
        top.insert("$defs".to_owned(), Value::Object(definitions));
    }
    // No key is anything but text, and writing to memory cannot fail.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What a section is called in the schema: `pki`, `task.goal`.
fn name(section: &Section) -> String {
    section.name.replace(['[', ']'], "").replace(".NAME", "")
}

fn section(section: &Section) -> Value {
    let mut properties: Map<String, Value> = Map::new();
    for row in section.keys {
        let value = described(section, row);
        match properties.get_mut(row.name) {
            // A key with several rows has several forms.
            Some(Value::Object(before)) => {
                if let Some(Value::Array(forms)) = before.get_mut("anyOf") {
                    forms.push(value);
                } else {
                    let first = Value::Object(std::mem::take(before));
                    before.insert("anyOf".to_owned(), json!([first, value]));
                }
            }
            _ => {
                properties.insert(row.name.to_owned(), value);
            }
        }
    }
    let always = section.keys.iter().filter(|row| row.need == Need::Must && row.only.is_empty());
    let always: Vec<&str> = always.map(|row| row.name).collect();
    let mut object = json!({
        "type": "object",
        "description": section.text,
        "properties": properties,
        "required": always,
        "additionalProperties": false,
    });
    let cases = cases(section);
    if !cases.is_empty()
        && let Value::Object(object) = &mut object
    {
        object.insert("allOf".to_owned(), Value::Array(cases));
    }
    object
}

/// For each word of the chooser: what has to be there, and what makes no sense.
fn cases(section: &Section) -> Vec<Value> {
    let Some(chooser) = section.chooser else { return Vec::new() };
    let words = section.keys.iter().find(|row| row.name == chooser).map(|row| row.kind);
    let Some(Kind::Word(words)) = words else { return Vec::new() };
    let case = |word: &&str| {
        let fitting = |row: &&Keyword| row.fits(word);
        let required: Vec<&str> =
            section.keys.iter().filter(fitting).filter(|row| row.need == Need::Must).map(|row| row.name).collect();
        let fits = |name: &str| section.keys.iter().any(|row| row.name == name && row.fits(word));
        let senseless: Map<String, Value> = section
            .keys
            .iter()
            .filter(|row| !fits(row.name))
            .map(|row| (row.name.to_owned(), Value::Bool(false)))
            .collect();
        json!({
            "if": { "properties": { chooser: { "const": word } }, "required": [chooser] },
            "then": { "required": required, "properties": senseless },
        })
    };
    words.iter().map(case).collect()
}

fn described(section: &Section, row: &Keyword) -> Value {
    let mut value = form(row.kind);
    let Value::Object(object) = &mut value else { return value };
    let mut text = row.text.to_owned();
    if !row.only.is_empty()
        && let Some(chooser) = section.chooser
    {
        text = format!("{text} Goes with {chooser} = {}.", row.only.join(", "));
    }
    match row.need {
        Need::Default(default) => {
            // The defaults are such that TOML and JSON write them alike.
            object.extend(serde_json::from_str(default).ok().map(|default: Value| ("default".to_owned(), default)));
        }
        Need::Else(sentence) => text = format!("{text} Without it: {sentence}."),
        Need::Must | Need::May => {}
    }
    object.insert("description".to_owned(), Value::String(text));
    value
}

/// What a value can be.
fn form(kind: Kind) -> Value {
    let text = json!({ "type": "string" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    match kind {
        Kind::Text
        | Kind::Host
        | Kind::Name(_)
        | Kind::Moment
        | Kind::Place
        | Kind::Alert(_)
        | Kind::PlainAlert
        | Kind::Date => text,
        Kind::Texts | Kind::Names(_) | Kind::AltNames | Kind::Subtrees | Kind::Paths => list(text),
        Kind::Id => json!({ "type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" }),
        Kind::Number { least, most: i64::MAX } => json!({ "type": "integer", "minimum": least }),
        Kind::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Mask => json!({ "type": "integer", "minimum": 1, "maximum": 255 }),
        Kind::Numbers => list(json!({ "type": "integer", "minimum": 1 })),
        Kind::Sizes => list(json!({ "type": "integer", "minimum": 1, "maximum": 16384 })),
        Kind::Scalar => json!({ "type": ["string", "integer", "boolean"] }),
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Words(words) => list(json!({ "enum": words })),
        Kind::Code(registry) => json!({ "enum": registry.words }),
        Kind::Codes(registry) => list(json!({ "enum": registry.words })),
        Kind::Purposes(words) => list(json!({ "anyOf": [{ "enum": words }, { "type": "string", "pattern": OID }] })),
        Kind::Period => json!({ "type": "array", "items": text, "minItems": 2, "maxItems": 2 }),
        Kind::Duration { .. } => json!({ "type": "string", "pattern": "^[+]?[0-9]{1,6}(ms|s|m|h|d|w|y)$" }),
        Kind::Seed => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "const": "student" }] }),
        Kind::When => json!({ "type": "string", "pattern": "^(before|after|at:[1-9][0-9]*)$" }),
        Kind::Seen => json!({ "type": "object", "additionalProperties": text }),
        Kind::Hex => json!({ "type": "string", "pattern": "^([0-9A-Fa-f]{2}[ :]*)+$" }),
        Kind::Oid => json!({ "type": "string", "pattern": OID }),
        Kind::Edits => json!({ "type": "object" }),
        Kind::Table(section) => reference(section),
        Kind::Tables(section) => list(reference(section)),
        Kind::NamedTables(section) => json!({ "type": "object", "additionalProperties": reference(section) }),
    }
}

const OID: &str = "^[0-2](\\.[0-9]+)+$";

fn reference(section: &Section) -> Value {
    json!({ "$ref": format!("#/$defs/{}", name(section)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_that_of_the_table() {
        let schema = scenario();
        insta::assert_snapshot!(schema);
        let schema: Value = serde_json::from_str(&schema).unwrap();
        // Every reference leads somewhere, and every default could be read.
        fn walk(value: &Value, top: &Value) {
            match value {
                Value::Object(object) => {
                    if let Some(Value::String(target)) = object.get("$ref") {
                        let name = target.strip_prefix("#/$defs/").unwrap();
                        assert!(top["$defs"].get(name).is_some(), "{target}");
                    }
                    object.values().for_each(|inner| walk(inner, top));
                }
                Value::Array(list) => list.iter().for_each(|inner| walk(inner, top)),
                _ => {}
            }
        }
        walk(&schema, &schema);
        for row in SECTIONS.iter().flat_map(|section| section.keys) {
            if let Need::Default(default) = row.need {
                assert!(serde_json::from_str::<Value>(default).is_ok(), "{}: {default}", row.name);
            }
        }
    }
}
