//! What can come next while a filter is being typed.

use super::field::{FIELDS, FilterField, find};
use super::parser::{Sign, colon, is_keyword, sign};
use super::pattern::contains;
use super::token::{Kind, Token, tokens};
use super::value;
use std::ops::Range;

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The bytes of the text that a candidate takes the place of.
    pub replace: Range<usize>,
    /// The candidates, the likeliest first.
    pub candidates: Vec<Candidate>,
}

/// One thing that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is put into the text.
    pub text: String,
    /// What it means.
    pub description: String,
}

/// How many candidates are given at most.
const MOST: usize = 64;

/// What could stand where the cursor is; `cursor` is a byte offset.
#[must_use]
pub fn complete(text: &str, cursor: usize) -> Completions {
    let cursor = (0..=cursor.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0);
    let (tokens, error) = tokens(text.get(..cursor).unwrap_or_default());
    if error.is_some() {
        // An open quote: what is typed there is the user's own.
        return Completions { replace: cursor..cursor, candidates: Vec::new() };
    }
    let (before, typed) = match tokens.split_last() {
        Some((Token { kind: Kind::Word(word), at }, before)) if at.end == cursor => (before, Some((word.as_str(), at))),
        _ => (tokens.as_slice(), None),
    };
    let (word, start) = typed.map_or(("", cursor), |(word, at)| (word, at.start));
    let rest = text.get(cursor..).unwrap_or_default();
    let end = cursor + rest.find(|c: char| !is_part_of_word(c)).unwrap_or(rest.len());
    match place(before) {
        Place::Term => match colon(word) {
            Some((field, value)) => {
                Completions { replace: cursor - value.len()..end, candidates: values(field, value) }
            }
            None => Completions { replace: start..end, candidates: fields(word) },
        },
        Place::Sign(field) => Completions { replace: start..end, candidates: signs(field, word) },
        Place::Value(field) => Completions { replace: start..end, candidates: values(field, word) },
        Place::Joint => Completions { replace: start..end, candidates: joints(word) },
    }
}

fn is_part_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// What is expected at the cursor.
enum Place {
    /// A field or a word.
    Term,
    /// A comparison, behind the name of a field.
    Sign(&'static FilterField),
    /// A value of the field.
    Value(&'static FilterField),
    /// `and` or `or`.
    Joint,
}

fn place(before: &[Token]) -> Place {
    let mut place = Place::Term;
    let mut list = false;
    for token in before {
        place = match (place, &token.kind) {
            (Place::Value(field), Kind::OpenBrace | Kind::Comma) => {
                list = true;
                Place::Value(field)
            }
            (Place::Value(field), Kind::Word(_) | Kind::Quoted(_)) if list => Place::Value(field),
            (Place::Value(_), _) => {
                list = false;
                Place::Joint
            }
            (Place::Sign(field), kind) if sign(kind).is_some() => Place::Value(field),
            (Place::Sign(field), kind) if is_keyword(kind, "not", &Kind::Not) => Place::Sign(field),
            (_, kind) if joins(kind) => Place::Term,
            (_, Kind::Word(word)) => match (find(word), colon(word)) {
                (Some(field), _) => Place::Sign(field),
                (None, Some((field, ""))) => Place::Value(field),
                (None, _) => Place::Joint,
            },
            (_, _) => Place::Joint,
        };
    }
    place
}

/// Whether a term follows the token.
fn joins(kind: &Kind) -> bool {
    *kind == Kind::Open
        || is_keyword(kind, "and", &Kind::And)
        || is_keyword(kind, "or", &Kind::Or)
        || is_keyword(kind, "not", &Kind::Not)
}

fn fields(word: &str) -> Vec<Candidate> {
    let fields = FIELDS.iter().map(|field| (field.name, field.text));
    let mut found = chosen(fields.chain([("not", "the opposite of what follows")]), word);
    let by_alias = FIELDS.iter().filter(|field| {
        !word.is_empty()
            && !contains(field.name, &word.to_ascii_lowercase())
            && field.aliases.iter().any(|alias| alias.starts_with(&word.to_ascii_lowercase()))
    });
    found.extend(by_alias.map(|field| candidate(field.name, field.text)));
    found
}

fn signs(field: &FilterField, word: &str) -> Vec<Candidate> {
    let mut signs = vec![("==", "is"), ("!=", "is not")];
    if field.kind.is_ordered() {
        signs.extend([(">", "is more than"), (">=", "is at least"), ("<", "is less than"), ("<=", "is at most")]);
    }
    if field.kind.is_textual() {
        signs.extend([("contains", "has this in it"), ("matches", "fits a pattern with * and ?")]);
    }
    signs.extend([("in", "is one of a list in braces"), ("and", "both have to match"), ("or", "one has to match")]);
    debug_assert!(signs.iter().all(|(text, _)| is_known(text)));
    chosen(signs.into_iter(), word)
}

fn is_known(text: &str) -> bool {
    let found = tokens(text).0.first().and_then(|token| sign(&token.kind));
    matches!(text, "and" | "or")
        || matches!(found, Some(Sign::Order(_) | Sign::NotEqual | Sign::Contains | Sign::Matches | Sign::In))
}

fn joints(word: &str) -> Vec<Candidate> {
    chosen([("and", "both have to match"), ("or", "one has to match")].into_iter(), word)
}

fn values(field: &FilterField, word: &str) -> Vec<Candidate> {
    let choices = value::Kind::choices(field.kind);
    chosen(choices.iter().map(|(text, description)| (text.as_str(), description.as_str())), word)
}

/// Those that begin with the word, and then those that have it in them.
fn chosen<'a>(all: impl Iterator<Item = (&'a str, &'a str)>, word: &str) -> Vec<Candidate> {
    let word = word.to_ascii_lowercase();
    let (mut found, behind): (Vec<_>, Vec<_>) = all
        .filter(|(text, _)| contains(text, &word))
        .partition(|(text, _)| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(&word)));
    found.extend(behind);
    found.into_iter().take(MOST).map(|(text, description)| candidate(text, description)).collect()
}

fn candidate(text: &str, description: &str) -> Candidate {
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !"\"'(){},|&~".contains(c));
    let text = if plain { text.to_owned() } else { format!("\"{text}\"") };
    Candidate { text, description: description.to_owned() }
}
