//! The words of scenario files as a page for people.

use crate::lab::exercise::FACTS;
use crate::lab::scenario::keyword::{Keyword, Need, SECTIONS, Section};
use std::fmt::Write;

/// The page, in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# The words of scenario files\n\n\
         A scenario is one file in TOML, called `ID.lab.toml`. Everything that it can say stands here; anything else is a\n\
         problem that `tlslab check` tells. A key in **bold** has to be there. Dates such as `-30d` count from `clock` as\n\
         the file has it; a year has 365 days.\n",
    );
    for section in SECTIONS {
        // Writing to memory cannot fail.
        let _ = write_section(&mut out, section);
    }
    let _ = write_facts(&mut out);
    out
}

/// What a run knows of both sides stands once.
fn write_facts(out: &mut String) -> std::fmt::Result {
    out.push_str(
        "\n## Facts of a run\n\n\
         `why`, and the `answer` of a question for a value, can quote the run: `${suite}` is the cipher suite of its last\n\
         connection, `${c1:suite}` that of its first one. What a run does not have is `none`.\n\n\
         | fact | meaning |\n|---|---|\n",
    );
    for fact in FACTS.iter().filter(|fact| !fact.name.starts_with("server.")) {
        match fact.name.strip_prefix("client.") {
            Some(name) => {
                let text = fact.text.strip_prefix("of the client: ").unwrap_or(fact.text);
                writeln!(out, "| `client.{name}`, `server.{name}` | of that side: {} |", escaped(text))?;
            }
            None => writeln!(out, "| `{}` | {} |", fact.name, escaped(fact.text))?,
        }
    }
    Ok(())
}

fn write_section(out: &mut String, section: &Section) -> std::fmt::Result {
    let title = if section.name.is_empty() { "The top of the file".to_owned() } else { format!("`{}`", section.name) };
    writeln!(out, "\n## {title}\n\n{}\n", section.text)?;
    match section.chooser {
        Some(chooser) => writeln!(out, "| key | with `{chooser}` | value | meaning |\n|---|---|---|---|")?,
        None => writeln!(out, "| key | value | meaning |\n|---|---|---|")?,
    }
    for row in section.keys {
        let name = if row.need == Need::Must { format!("**`{}`**", row.name) } else { format!("`{}`", row.name) };
        let only = match (section.chooser, row.only) {
            (None, _) => String::new(),
            (Some(_), []) => "| ".to_owned(),
            (Some(_), words) => format!("| {} ", words.join(", ")),
        };
        writeln!(out, "| {name} {only}| {} | {} |", value(row), escaped(row.text))?;
    }
    Ok(())
}

/// What is allowed, and what it is when it is not there.
fn value(row: &Keyword) -> String {
    let allowed = escaped(&row.kind.allowed());
    match row.need {
        Need::Must | Need::May | Need::Default("[]" | "{}") => allowed,
        Need::Default(default) => format!("{allowed}; otherwise `{default}`"),
        Need::Else(sentence) => format!("{allowed}; otherwise {}", escaped(sentence)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*").replace('<', "\\<").replace('>', "\\>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/KEYWORDS.md");
        if std::env::var_os("UPDATE_KEYWORDS").is_some_and(|value| value == "1") {
            std::fs::write(path, markdown()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        for fact in FACTS {
            assert!(page.contains(&format!("`{}`", fact.name)), "{}", fact.name);
        }
        assert!(page == markdown(), "UPDATE_KEYWORDS=1 writes scenarios/KEYWORDS.md anew");
    }
}
