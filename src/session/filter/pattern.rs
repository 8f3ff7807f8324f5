//! Text compared without regard to the case of ASCII letters, and patterns with `*` and `?`.

/// Whether `text` has `part` in it; `part` is in lower case.
pub(super) fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some(first) = part.first() else { return true };
    // Most places are ruled out by one letter, which costs a fraction of a comparison.
    let begins = |window: &&[u8]| window.first().is_some_and(|letter| letter.eq_ignore_ascii_case(first));
    text.windows(part.len()).filter(begins).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether the whole text fits the pattern: `*` stands for any text, `?` for one character.
pub(super) fn fits(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    // Where to go on when what follows the last star does not fit: one character further.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let text_before = text.clone();
        match (pattern.next(), text.next()) {
            (Some('*'), _) => {
                text = text_before.clone();
                retry = Some((text_before, pattern.clone()));
            }
            (None, None) => return true,
            (Some('?'), Some(_)) => {}
            (Some(p), Some(t)) if p.eq_ignore_ascii_case(&t) => {}
            (_, _) => {
                let Some((from, behind)) = &mut retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                text = from.clone();
                pattern = behind.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_the_whole_text() {
        for (text, pattern, expected) in [
            ("www.bank.example", "*.bank.*", true),
            ("www.BANK.example", "www.bank.*", true),
            ("bank.example", "*.bank.*", false),
            ("abc", "a?c", true),
            ("abc", "a?", false),
            ("", "*", true),
            ("", "", true),
            ("aaab", "*a*b", true),
            ("aaaa", "*a*b", false),
            ("mississippi", "m*iss*pi", true),
        ] {
            assert_eq!(fits(text, pattern), expected, "{text} {pattern}");
        }
        assert!(contains("Bank.Example", "k.ex") && contains("x", "") && !contains("a", "ab"));
    }
}
