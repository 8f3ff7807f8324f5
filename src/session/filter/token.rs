//! The text of a filter as tokens.

use super::FilterError;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, value, keyword or plain word.
    Word(String),
    /// Text in quotes, which is never a name or keyword.
    Quoted(String),
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    And,
    Or,
    Not,
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    Comma,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
}

/// Signs, the longer ones before those that begin like them.
const SIGNS: &[(&str, Kind)] = &[
    ("==", Kind::Equal),
    ("!=", Kind::NotEqual),
    ("<=", Kind::LessOrEqual),
    (">=", Kind::GreaterOrEqual),
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("=", Kind::Equal),
    ("<", Kind::Less),
    (">", Kind::Greater),
    ("~", Kind::Like),
    ("!", Kind::Not),
    ("(", Kind::Open),
    (")", Kind::Close),
    ("{", Kind::OpenBrace),
    ("}", Kind::CloseBrace),
    (",", Kind::Comma),
];

/// The tokens of the text up to what cannot be one.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Option<FilterError>) {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (kind, length) = match next(rest) {
            Ok(found) => found,
            Err((length, message)) => return (tokens, Some(FilterError::new(at..at + length, message))),
        };
        tokens.push(Token { kind, at: at..at + length });
        at += length;
    }
    (tokens, None)
}

fn next(rest: &str) -> Result<(Kind, usize), (usize, &'static str)> {
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        return quoted(rest, quote).ok_or((rest.len(), "The quote is not closed."));
    }
    if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Ok((kind.clone(), sign.len()));
    }
    match rest.find(ends_word).unwrap_or(rest.len()) {
        0 => Err((1, "This sign stands alone: it is written twice (&&, ||).")),
        length => Ok((Kind::Word(rest.get(..length).unwrap_or_default().to_owned()), length)),
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "\"'=!<>&|~(){},".contains(c)
}

/// Text between quotes, in which a backslash takes the next character as it is.
fn quoted(rest: &str, quote: char) -> Option<(Kind, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((index, c)) = characters.next() {
        match c {
            _ if c == quote => return Some((Kind::Quoted(text), index + quote.len_utf8())),
            '\\' => text.push(characters.next()?.1),
            _ => text.push(c),
        }
    }
    None
}
