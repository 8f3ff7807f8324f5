//! The rules of diagnosis as a page for people.

use crate::base::Severity;
use crate::session::rule::{Rule, rules};
use std::fmt::Write;

/// The families in the order of the page, each with what it is about.
const FAMILIES: &[(&str, &str)] = &[
    ("NET", "Before TLS and around it"),
    ("NEG", "Negotiation"),
    ("CERT", "The server's certificate"),
    ("MTLS", "Client certificates"),
    ("RES", "Resumption and early data"),
    ("ECH", "Encrypted Client Hello"),
    ("KEX", "Keys and records"),
    ("CLOSE", "Who hung up"),
    ("CAP", "What the capture does not show"),
    ("DEC", "What the keys do not open"),
    ("POST", "What went well and should be better"),
];

/// The page of all rules, in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# The rules\n\n\
         Each rule looks at one session, or at what several have in common, and tells what it found, by what, and how sure\n\
         that is: *certain* follows from bytes that were read, *likely* is what nothing else is known to look like, *possible*\n\
         is one of several readings. `tlslab rules ID` shows one of them, `finding == ID` chooses sessions by it.\n",
    );
    for (family, title) in FAMILIES {
        let mut of_family: Vec<&Rule> = rules().filter(|rule| rule.id.starts_with(&format!("{family}-"))).collect();
        of_family.sort_by_key(|rule| rule.id);
        if of_family.is_empty() {
            continue;
        }
        // Writing to memory cannot fail.
        let _ = writeln!(out, "\n## {title}");
        for rule in of_family {
            let _ = write_rule(&mut out, rule);
        }
    }
    out
}

/// One rule, in Markdown.
fn write_rule(out: &mut String, rule: &Rule) -> std::fmt::Result {
    let Rule { id, severity, title, sees, disproof, fix, reference, scenario, .. } = rule;
    writeln!(out, "\n### {id}: {title}\n")?;
    writeln!(out, "* severity: {}", severity.word())?;
    writeln!(out, "* needs to see: {sees}")?;
    writeln!(out, "* would be disproved by: {disproof}")?;
    writeln!(out, "* what to do: {fix}")?;
    writeln!(out, "* reference: {reference}")?;
    match scenario {
        Some(scenario) => writeln!(out, "* shown by `tlslab lab {scenario}`"),
        None => Ok(()),
    }
}

/// One rule by itself, in Markdown.
#[must_use]
pub fn page_of(rule: &Rule) -> String {
    let mut out = String::new();
    // Writing to memory cannot fail.
    let _ = write_rule(&mut out, rule);
    out.trim_start().to_owned()
}

/// One rule for the terminal.
#[must_use]
pub fn text(rule: &Rule) -> String {
    let Rule { id, severity, title, sees, disproof, fix, reference, scenario, .. } = rule;
    let mut out = format!("{id}  {title}\n");
    let rows = [
        ("severity", Severity::word(*severity)),
        ("needs to see", sees),
        ("disproved by", disproof),
        ("what to do", fix),
        ("reference", reference),
        ("scenario", scenario.unwrap_or("none")),
    ];
    for (label, text) in rows {
        let _ = writeln!(out, "  {label:<14}{text}");
    }
    out
}

/// All rules, a line each.
#[must_use]
pub fn list() -> String {
    let mut out = String::new();
    for Rule { id, severity, title, .. } in rules() {
        let _ = writeln!(out, "{id:<10}{:<7}{title}", severity.word());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/session/rule/RULES.md");
        if std::env::var_os("UPDATE_RULES").is_some_and(|value| value == "1") {
            std::fs::write(path, markdown()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(page == markdown(), "UPDATE_RULES=1 writes src/session/rule/RULES.md anew");
        for rule in rules() {
            assert!(page.contains(&format!("### {}: ", rule.id)), "{}", rule.id);
            assert!(text(rule).lines().count() == 7, "{}", rule.id);
        }
    }
}
