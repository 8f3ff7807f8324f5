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

/// How many letters have to be changed to make one word of the other; used to guess what was meant.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.chars().enumerate() {
        let mut left = index + 1;
        let mut diagonal = index;
        let mut next = vec![left];
        for (b, above) in other.iter().zip(row.iter().skip(1)) {
            left = (above + 1).min(left + 1).min(diagonal + usize::from(!a.eq_ignore_ascii_case(b)));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// The candidate nearest to what was written, when it is near enough to be meant.
pub(super) fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |candidate: &&str| distance(written, candidate) <= (written.len() / 3).clamp(1, 3);
    candidates.filter(near).min_by_key(|candidate| distance(written, candidate))
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

    #[test]
    fn a_slip_finds_what_was_meant() {
        assert_eq!(nearest("resutl", ["result", "resumed"].into_iter()), Some("result"));
        assert_eq!(nearest("sin", ["sni", "san"].into_iter()), Some("san"));
        assert_eq!(nearest("bank", ["sni", "san"].into_iter()), None);
    }
}
