//! The grammar of filters.
//!
//! ```text
//!   any    = all { ("or" | "||") all }
//!   all    = one { ["and" | "&&"] one }
//!   one    = ("not" | "!") one | "(" any ")" | field [["not"] sign value] | word
//!   value  = word | quoted | "{" value { "," value } "}"        (braces after "in")
//! ```

use super::field::{FIELDS, FilterField, find};
use super::reading;
use super::test::{Order, Test};
use super::token::{Kind, Token, tokens};
use super::word::Word;
use super::{Filter, FilterError, Node};
use crate::base::nearest;
use std::ops::Range;

/// How deep parentheses and `not` may be nested.
const DEPTH: usize = 64;

/// Reads the text of a filter. An empty text matches every session.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    let (tokens, error) = tokens(text);
    if let Some(error) = error {
        return Err(error);
    }
    if tokens.is_empty() {
        return Ok(Filter::default());
    }
    let mut parser = Parser { tokens: &tokens, end: text.len(), depth: 0 };
    let root = parser.any()?;
    match parser.tokens.first() {
        None => Ok(Filter { root }),
        Some(token) => Err(FilterError::new(token.at.clone(), "Nothing was opened that this could close.")),
    }
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Order(Order),
    NotEqual,
    Contains,
    Matches,
    In,
}

/// The comparison that a token stands for, behind the name of a field.
pub(super) fn sign(kind: &Kind) -> Option<Sign> {
    Some(match kind {
        Kind::Equal => Sign::Order(Order::Equal),
        Kind::NotEqual => Sign::NotEqual,
        Kind::Less => Sign::Order(Order::Less),
        Kind::LessOrEqual => Sign::Order(Order::LessOrEqual),
        Kind::Greater => Sign::Order(Order::Greater),
        Kind::GreaterOrEqual => Sign::Order(Order::GreaterOrEqual),
        Kind::Like => Sign::Matches,
        Kind::Word(word) => match word.to_ascii_lowercase().as_str() {
            "contains" => Sign::Contains,
            "matches" => Sign::Matches,
            "in" => Sign::In,
            "eq" => Sign::Order(Order::Equal),
            "ne" => Sign::NotEqual,
            "lt" => Sign::Order(Order::Less),
            "le" => Sign::Order(Order::LessOrEqual),
            "gt" => Sign::Order(Order::Greater),
            "ge" => Sign::Order(Order::GreaterOrEqual),
            _ => return None,
        },
        _ => return None,
    })
}

/// Whether the token is the keyword or its sign.
pub(super) fn is_keyword(kind: &Kind, keyword: &str, sign: &Kind) -> bool {
    kind == sign || matches!(kind, Kind::Word(word) if word.eq_ignore_ascii_case(keyword))
}

/// The field that stands in front of a colon, and what stands behind it.
pub(super) fn colon(word: &str) -> Option<(&'static FilterField, &str)> {
    let (name, value) = word.split_once(':')?;
    Some((find(name)?, value))
}

struct Parser<'a> {
    tokens: &'a [Token],
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.all()?];
        while self.keyword("or", &Kind::Or) {
            nodes.push(self.all()?);
        }
        Ok(joined(nodes, Node::Any))
    }

    fn all(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.one()?];
        while let Some(token) = self.tokens.first() {
            if token.kind == Kind::Close || is_keyword(&token.kind, "or", &Kind::Or) {
                break;
            }
            self.keyword("and", &Kind::And);
            nodes.push(self.one()?);
        }
        Ok(joined(nodes, Node::All))
    }

    fn one(&mut self) -> Result<Node, FilterError> {
        let Some(token) = self.next() else { return Err(self.missing("Something to look for is missing here.")) };
        match &token.kind {
            Kind::Not => self.inside(&token.at, Self::one).map(|node| Node::Not(Box::new(node))),
            Kind::Open => self.group(&token.at),
            Kind::Quoted(text) => Ok(Node::Word(Word::new(text))),
            Kind::Word(word) => match word.to_ascii_lowercase().as_str() {
                "not" => self.inside(&token.at, Self::one).map(|node| Node::Not(Box::new(node))),
                "and" | "or" => {
                    Err(FilterError::new(token.at.clone(), format!("\"{word}\" stands between two terms.")))
                }
                _ => self.term(word, &token.at),
            },
            _ => Err(FilterError::new(token.at.clone(), "A field or a word belongs here.")),
        }
    }

    fn group(&mut self, at: &Range<usize>) -> Result<Node, FilterError> {
        let node = self.inside(at, Self::any)?;
        match self.next() {
            Some(Token { kind: Kind::Close, .. }) => Ok(node),
            _ => Err(FilterError::new(at.clone(), "The parenthesis is not closed.")),
        }
    }

    fn inside(
        &mut self,
        at: &Range<usize>,
        part: fn(&mut Self) -> Result<Node, FilterError>,
    ) -> Result<Node, FilterError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(FilterError::new(at.clone(), "The filter is nested too deeply."));
        }
        let node = part(self);
        self.depth -= 1;
        node
    }

    /// What a word begins: a field with or without a comparison, or just a word to look for.
    fn term(&mut self, word: &str, at: &Range<usize>) -> Result<Node, FilterError> {
        if let Some((field, value)) = colon(word) {
            let test = if value.is_empty() {
                self.value(field, Sign::Order(Order::Equal))?
            } else {
                let behind = at.end - value.len()..at.end;
                test(field, Sign::Order(Order::Equal), value, &behind)?
            };
            return Ok(Node::Test(field, test));
        }
        let field = find(word);
        let negated = field.is_some() && self.negated_sign();
        let Some((sign, sign_at)) = self.sign() else {
            return match field {
                Some(field) => Ok(Node::Present(field)),
                None if looks_like_field(word) => Err(unknown(word.split(':').next().unwrap_or(word), at)),
                None => Ok(Node::Word(Word::new(word))),
            };
        };
        let field = field.ok_or_else(|| unknown(word, at))?;
        fitting(field, sign, &sign_at)?;
        let node = Node::Test(field, self.value(field, sign)?);
        Ok(if negated || sign == Sign::NotEqual { Node::Not(Box::new(node)) } else { node })
    }

    /// Takes the `not` of `not in`, `not contains` and `not matches`.
    fn negated_sign(&mut self) -> bool {
        let [first, second, ..] = self.tokens else { return false };
        let word_sign = matches!(sign(&second.kind), Some(Sign::In | Sign::Contains | Sign::Matches));
        let found = word_sign && is_keyword(&first.kind, "not", &Kind::Not);
        if found {
            self.next();
        }
        found
    }

    fn sign(&mut self) -> Option<(Sign, Range<usize>)> {
        let token = self.tokens.first()?;
        let sign = sign(&token.kind)?;
        self.next();
        Some((sign, token.at.clone()))
    }

    fn value(&mut self, field: &'static FilterField, sign: Sign) -> Result<Test, FilterError> {
        let Some(token) = self.next() else { return Err(self.missing("A value is missing here.")) };
        match &token.kind {
            Kind::OpenBrace if sign == Sign::In => self.values(field, &token.at),
            Kind::Word(text) | Kind::Quoted(text) if sign != Sign::In => test(field, sign, text, &token.at),
            _ if sign == Sign::In => Err(FilterError::new(token.at.clone(), "A list in braces belongs here.")
                .help(format!("as in {} in {{a, b}}", field.name))),
            _ => Err(FilterError::new(token.at.clone(), "A value belongs here.")),
        }
    }

    /// The values up to the closing brace. A comma between two of them may be left out.
    fn values(&mut self, field: &'static FilterField, at: &Range<usize>) -> Result<Test, FilterError> {
        let mut tests = Vec::new();
        while let Some(token) = self.next() {
            match &token.kind {
                Kind::CloseBrace => return Ok(Test::OneOf(tests)),
                Kind::Comma => {}
                Kind::Word(text) | Kind::Quoted(text) => {
                    tests.push(test(field, Sign::Order(Order::Equal), text, &token.at)?);
                }
                _ => return Err(FilterError::new(token.at.clone(), "A value belongs here.")),
            }
        }
        Err(FilterError::new(at.clone(), "The brace is not closed."))
    }

    fn keyword(&mut self, keyword: &str, sign: &Kind) -> bool {
        let found = self.tokens.first().is_some_and(|token| is_keyword(&token.kind, keyword, sign));
        if found {
            self.next();
        }
        found
    }

    fn next(&mut self) -> Option<&'a Token> {
        let (token, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(token)
    }

    fn missing(&self, message: &str) -> FilterError {
        FilterError::new(self.end..self.end, message)
    }
}

fn joined(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            join(nodes)
        }
        None => Node::Everything,
    }
}

fn test(field: &FilterField, sign: Sign, text: &str, at: &Range<usize>) -> Result<Test, FilterError> {
    match sign {
        Sign::Contains => Ok(Test::Contains(text.to_ascii_lowercase())),
        Sign::Matches => Ok(Test::Fits(text.to_owned())),
        Sign::Order(order) => reading::read(field.kind, order, text, at),
        Sign::NotEqual | Sign::In => reading::read(field.kind, Order::Equal, text, at),
    }
}

/// Whether values of the field can be compared like that.
fn fitting(field: &FilterField, sign: Sign, at: &Range<usize>) -> Result<(), FilterError> {
    let fits = match sign {
        Sign::Order(Order::Equal) | Sign::NotEqual | Sign::In => true,
        Sign::Order(_) => field.kind.is_ordered(),
        Sign::Contains | Sign::Matches => field.kind.is_textual(),
    };
    if fits {
        return Ok(());
    }
    let message = format!("The values of {} ({}) cannot be compared like this.", field.name, field.kind.word());
    Err(FilterError::new(at.clone(), message).help("== and != work with every field"))
}

/// Whether a word is written like a field with its value, but no field has that name. Hexadecimal digits in front of
/// a colon may be an address or a fingerprint.
fn looks_like_field(word: &str) -> bool {
    let Some((name, _)) = word.split_once(':') else { return false };
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    named && !matches!(name, "tcp" | "udp") && !name.chars().all(|c| c.is_ascii_hexdigit())
}

fn unknown(name: &str, at: &Range<usize>) -> FilterError {
    let names = FIELDS.iter().flat_map(|field| std::iter::once(field.name).chain(field.aliases.iter().copied()));
    let help = nearest(name, names)
        .map_or_else(|| "quotes make it a word to look for".to_owned(), |near| format!("did you mean {near}?"));
    FilterError::new(at.start..at.start + name.len(), format!("There is no field \"{name}\".")).help(help)
}
