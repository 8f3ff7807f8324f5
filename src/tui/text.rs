//! Fitting text into cells: display width, shortening, rows that scroll.

use super::theme::Glyphs;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The cells that a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, its end left out where it does not fit.
#[must_use]
pub fn shorten_end(text: &str, cells: usize, glyphs: &Glyphs) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let sign = glyphs.ellipsis;
    if cells <= width(sign) {
        return take(text.chars(), cells);
    }
    take(text.chars(), cells - width(sign)) + sign
}

/// As many whole words as fit, and a sign where some are left out.
#[must_use]
pub fn whole_words(words: &str, cells: usize, glyphs: &Glyphs) -> String {
    if width(words) <= cells {
        return words.to_owned();
    }
    let room = cells.saturating_sub(width(glyphs.ellipsis) + 1);
    let first = wrap(words, room).into_iter().next().unwrap_or_default();
    format!("{first} {}", glyphs.ellipsis)
}

/// The text, its middle left out where it does not fit: names differ at both ends.
#[must_use]
pub fn shorten_middle(text: &str, cells: usize, glyphs: &Glyphs) -> String {
    let sign = glyphs.ellipsis;
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells < width(sign) + 4 {
        return shorten_end(text, cells, glyphs);
    }
    let kept = cells - width(sign);
    let end: String = take(text.chars().rev(), kept / 2).chars().rev().collect();
    take(text.chars(), kept - kept / 2) + sign + &end
}

/// The text with spaces behind it, `cells` wide.
#[must_use]
pub fn left(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// The text with spaces before it, `cells` wide.
#[must_use]
pub fn right(text: &str, cells: usize) -> String {
    format!("{}{text}", " ".repeat(cells.saturating_sub(width(text))))
}

/// The text in one line, without the breaks and indents of the file that it comes from.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text broken into lines at its spaces; a word longer than a line is broken too.
#[must_use]
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word.to_owned();
        if let Some(line) = lines.last_mut().filter(|line| !line.is_empty()) {
            if width(line) + 1 + width(&word) <= cells {
                line.push(' ');
                line.push_str(&word);
                continue;
            }
            lines.push(String::new());
        }
        while width(&word) > cells {
            let head = take(word.chars(), cells);
            if head.is_empty() {
                break;
            }
            word = word.split_off(head.len());
            if let Some(line) = lines.last_mut() {
                *line = head;
            }
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            *line = word;
        }
    }
    lines
}

/// The first row to show so that the row under the cursor is in sight, moving as little as possible.
#[must_use]
pub fn top_row(before: usize, cursor: usize, height: usize, rows: usize) -> usize {
    let height = height.max(1);
    let lowest = rows.saturating_sub(height);
    before.clamp((cursor + 1).saturating_sub(height).min(cursor), cursor).min(lowest)
}

/// A count with a space between thousands: `366 592`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `1 session`, `1 234 sessions`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    crate::base::counted(count(number), noun)
}

/// A count of bytes for title lines: `84 kB`, `1.2 GB`.
#[must_use]
pub fn bytes(number: u64) -> String {
    if number < 1000 {
        return format!("{number} B");
    }
    let mut value = number;
    let mut rest = 0;
    let mut unit = "";
    for name in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 1000 {
            break;
        }
        rest = value % 1000;
        value /= 1000;
        unit = name;
    }
    if value < 10 { format!("{value}.{} {unit}", rest / 100) } else { format!("{value} {unit}") }
}

fn take(characters: impl Iterator<Item = char>, cells: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= cells
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Theme, ThemeName};

    #[test]
    fn what_is_shortened_fits_and_says_so() {
        let glyphs = Theme::new(ThemeName::Plain, false).glyphs;
        for (text, cells, end, middle) in [
            ("short", 5, "short", "short"),
            ("www.example.com", 9, "www.exam…", "www.….com"),
            ("www.example.com", 1, "w", "w"),
            ("証明書検証", 5, "証明…", "証明…"),
            ("x", 0, "", ""),
        ] {
            assert_eq!(shorten_end(text, cells, &glyphs), end);
            let shortened = shorten_middle(text, cells, &glyphs);
            assert!(width(&shortened) <= cells, "{shortened}");
            if !middle.starts_with('証') {
                assert_eq!(shorten_middle(text, cells, &glyphs).chars().count(), middle.chars().count());
            }
        }
    }

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        for (before, cursor, height, rows, top) in [
            (0, 0, 10, 5, 0),
            (0, 9, 10, 20, 0),
            (0, 10, 10, 20, 1),
            (5, 2, 10, 20, 2),
            (15, 19, 10, 20, 10),
            (3, 0, 0, 0, 0),
        ] {
            assert_eq!(top_row(before, cursor, height, rows), top, "{before} {cursor} {height} {rows}");
        }
    }

    #[test]
    fn counts_are_readable() {
        for (number, counted, sized) in
            [(0, "0", "0 B"), (999, "999", "999 B"), (1_204, "1 204", "1.2 kB"), (366_592, "366 592", "366 kB")]
        {
            assert_eq!(count(number), counted);
            assert_eq!(bytes(number), sized);
        }
    }
}
