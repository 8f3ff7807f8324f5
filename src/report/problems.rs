//! What is wrong with a scenario file, as a compiler would say it: the place, the line, a mark under it, and help.

use crate::base::printable;
use crate::lab::scenario::Problem;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// All problems of a file; each ends with an empty line. The name is how the file is called, the source its text.
#[must_use]
pub fn text(name: &str, source: &str, problems: &[Problem]) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::new();
    for problem in problems {
        // Writing to memory cannot fail.
        let _ = write_problem(&mut out, name, &lines, problem);
    }
    out
}

fn write_problem(out: &mut String, name: &str, lines: &[&str], problem: &Problem) -> std::fmt::Result {
    let (name, text) = (printable(name), printable(&problem.text));
    let line =
        usize::try_from(problem.line).ok().and_then(|line| line.checked_sub(1)).and_then(|index| lines.get(index));
    match line {
        None if problem.line == 0 => writeln!(out, "{name}: {text}")?,
        _ => writeln!(out, "{name}:{}:{}: {text}", problem.line, problem.column)?,
    }
    let number = problem.line.to_string();
    let margin = " ".repeat(number.len());
    if let Some(line) = line {
        let (before, marked, behind) = parts(line, problem);
        let blank = " ".repeat(before.width());
        let mark = "^".repeat(marked.width().max(1));
        writeln!(out, " {number} | {before}{marked}{behind}\n {margin} | {blank}{mark}")?;
    }
    if let Some(help) = &problem.help {
        writeln!(out, " {margin} = {}", printable(help))?;
    }
    writeln!(out)
}

/// What stands in front of the place, the place, and what stands behind it, each safe to show.
fn parts(line: &str, problem: &Problem) -> (String, String, String) {
    let start = problem.column.saturating_sub(1) as usize;
    let shown = |from: usize, count: usize| -> String {
        let text: String = line.chars().skip(from).take(count).map(|c| if c == '\t' { ' ' } else { c }).collect();
        printable(&text)
    };
    let length = problem.length as usize;
    (shown(0, start), shown(start, length), shown(start + length, usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: u32, column: u32, length: u32) -> Problem {
        Problem { line, column, length, text: "`x\u{1b}` is no key".to_owned(), help: Some("allowed: a".to_owned()) }
    }

    #[test]
    fn the_mark_stands_under_the_place() {
        let source = "one = 1\n\tb\u{1b} = 界x\n";
        let shown =
            text("a\u{1b}.toml", source, &[problem(1, 1, 3), problem(2, 6, 2), problem(3, 1, 1), problem(0, 0, 0)]);
        let expected = "a\\x1b.toml:1:1: `x\\x1b` is no key\n 1 | one = 1\n   | ^^^\n   = allowed: a\n\n\
                        a\\x1b.toml:2:6: `x\\x1b` is no key\n 2 |  b\\x1b = 界x\n   |         ^^^\n   = allowed: a\n\n\
                        a\\x1b.toml:3:1: `x\\x1b` is no key\n   = allowed: a\n\n\
                        a\\x1b.toml: `x\\x1b` is no key\n   = allowed: a\n\n";
        assert_eq!(shown, expected);
    }
}
