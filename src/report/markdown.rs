//! A session as Markdown: for issues, wikis and mails. The facts are a table, the ladder is a code block.

use super::fact::{facts, title};
use super::ladder::rungs;
use crate::session::Session;
use std::fmt::Write;

/// The session with its facts, its ladder and its remarks; ends with a line break.
#[must_use]
pub fn session(session: &Session) -> String {
    let mut out = String::with_capacity(4096);
    // Writing to memory cannot fail.
    let _ = write_session(&mut out, session);
    out
}

fn write_session(out: &mut String, session: &Session) -> std::fmt::Result {
    writeln!(out, "### Session {}: {}\n", session.number, escaped(&title(session)))?;
    writeln!(out, "| | |\n|---|---|")?;
    for fact in facts(session) {
        let lines: Vec<String> = fact.lines.iter().map(|line| escaped(line.trim_start())).collect();
        writeln!(out, "| {} | {} |", fact.label, lines.join("<br>"))?;
    }
    if !session.timeline.is_empty() {
        // Four backticks: what is printable may hold three.
        writeln!(out, "\n````text\n{:>7} {:>11}  {:<56}{:>6}", "frame", "ms", "client", "server")?;
        for rung in rungs(session) {
            let arrow = rung.arrow().replace('`', "'");
            writeln!(out, "{:>7} {:>11}  {arrow}", rung.frame, rung.milliseconds)?;
        }
        writeln!(out, "````")?;
    }
    for (index, note) in session.notes.iter().enumerate() {
        let first = if index == 0 { "\n" } else { "" };
        writeln!(out, "{first}- {}, frame {}: {}", note.item.severity.word(), note.frame, escaped(&note.item.text))?;
    }
    Ok(())
}

/// The text with everything escaped that Markdown or HTML would take for its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '>' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sample;

    #[test]
    fn a_session_reads_well() {
        insta::assert_snapshot!(super::session(&sample::refused()));
    }

    #[test]
    fn markup_from_the_wire_is_shown_as_it_is() {
        assert_eq!(escaped("<b>|*x*&"), "&lt;b\\>\\|\\*x\\*&amp;");
    }
}
