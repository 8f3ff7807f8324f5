#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use super::*;

/// The examples of the format, as they were designed.
fn designed() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference/lab.md");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return Vec::new();
    };
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_designed_examples_read() {
    for text in designed() {
        let file = ScenarioFile::read("example", &text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        for variant in file.variants() {
            file.variant(&variant.id).unwrap();
        }
    }
}
