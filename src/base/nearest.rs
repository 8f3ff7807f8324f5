//! Guessing what was meant when a name was misspelt.

/// How many letters have to be changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
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
pub fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |candidate: &&str| distance(written, candidate) <= (written.len() / 3).clamp(1, 3);
    candidates.filter(near).min_by_key(|candidate| distance(written, candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_what_was_meant() {
        assert_eq!(nearest("resutl", ["result", "resumed"].into_iter()), Some("result"));
        assert_eq!(nearest("sin", ["sni", "san"].into_iter()), Some("san"));
        assert_eq!(nearest("bank", ["sni", "san"].into_iter()), None);
    }
}
