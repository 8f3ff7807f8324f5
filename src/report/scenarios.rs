//! The scenarios of the program as a list: group by group, and behind them those that are still to come.

use super::text::{Paint, Style};
use crate::lab::scenario::ScenarioFile;
use crate::lab::scenario::catalogue::{GROUPS, PLANNED, Shipped, all};
use std::fmt::Write;

/// Columns of the codes, and of the ids.
const CODE: usize = 5;
const ID: usize = 36;

/// The list; ends with a line break.
#[must_use]
pub fn text(style: Style) -> String {
    let mut out = String::new();
    // Writing to memory cannot fail.
    let _ = write_list(&mut out, style);
    out
}

fn write_list(out: &mut String, style: Style) -> std::fmt::Result {
    for group in GROUPS {
        writeln!(out, "{}  {}", style.paint(Paint::Title, group.title), style.paint(Paint::Label, group.text))?;
        for shipped in all().iter().filter(|shipped| shipped.group == group.id) {
            writeln!(out, "  {:<CODE$}{:<ID$}{}", shipped.code(), shipped.id, shipped.title())?;
            let variants = variants(shipped);
            if !variants.is_empty() {
                let line = format!("  {:<CODE$}  {}", "", variants.join(", "));
                writeln!(out, "{}", style.paint(Paint::Label, &line))?;
            }
        }
        writeln!(out)?;
    }
    let text = "They have a place in the catalogue, and the lab lacks something for them.";
    writeln!(out, "{}  {}", style.paint(Paint::Title, "Planned"), style.paint(Paint::Label, text))?;
    for planned in PLANNED {
        let needs = format!("(planned; needs {})", planned.needs);
        writeln!(out, "  {:<CODE$}{:<ID$}{}", planned.code, planned.title, style.paint(Paint::Label, &needs))?;
    }
    Ok(())
}

/// The ids of the variants of a scenario.
pub(super) fn variants(shipped: &Shipped) -> Vec<String> {
    // What comes with the program reads; a test holds it to that.
    let file = shipped.file().ok();
    file.iter().flat_map(ScenarioFile::variants).map(|variant| variant.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_in_the_list() {
        let list = text(Style::default());
        for shipped in all() {
            let line = format!("  {:<CODE$}{:<ID$}{}\n", shipped.code(), shipped.id, shipped.title());
            assert!(list.contains(&line), "{line}");
        }
        let planned = list.split("\nPlanned").nth(1).unwrap();
        for row in PLANNED {
            assert!(planned.contains(&format!("  {:<CODE$}{}", row.code, row.title)), "{}", row.code);
        }
        assert!(list.contains("\n         tls12, tls13\n"), "{list}");
        assert!(list.lines().all(|line| line.trim_end() == line && !line.contains('\u{1b}')));
    }
}
