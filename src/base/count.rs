//! Numbers with what they count.

use std::fmt::Display;

/// `1 byte`, `2 bytes`; the number as it writes itself.
#[must_use]
pub fn counted(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (number, expected) in [("0", "0 bytes"), ("1", "1 byte"), ("2", "2 bytes"), ("1 000", "1 000 bytes")] {
            assert_eq!(counted(number, "byte"), expected);
        }
    }
}
