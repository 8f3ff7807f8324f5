//! Places on the wire: how they are written and read.

use super::model::{Place, PlaceKind};
use super::problem::help;
use crate::tls::code::HandshakeType;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Why a text is no place: the part that is wrong, what is wrong with it, and what is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoPlace {
    pub(super) part: Range<usize>,
    pub(super) text: String,
    pub(super) help: String,
}

/// Words of places beside the names of handshake messages.
const WORDS: &[&str] = &["record", "appdata", "alert", "ccs", "line"];

/// Reads a place; whether its peers exist is for others to say.
pub(super) fn read(text: &str) -> Result<Place, NoPlace> {
    let mut rest = Rest { text, at: 0 };
    let connection = connection(&mut rest)?;
    let (from, to) = peers(&mut rest)?;
    let what = what(&mut rest)?;
    let nth = nth(&mut rest)?;
    let field = field(&mut rest, &what)?;
    Ok(Place { connection, from: from.to_owned(), to: to.to_owned(), what, nth, field })
}

/// What has not been read yet.
struct Rest<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Rest<'t> {
    fn left(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes everything in front of the first of these characters.
    fn until(&mut self, stop: &[char]) -> &'t str {
        let left = self.left();
        let end = left.find(stop).unwrap_or(left.len());
        self.at += end;
        left.get(..end).unwrap_or_default()
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.left().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    fn fault<T>(&self, part: Range<usize>, text: impl Into<String>, help: impl Into<String>) -> Result<T, NoPlace> {
        let part = if part.is_empty() { 0..self.text.len() } else { part };
        Err(NoPlace { part, text: text.into(), help: help.into() })
    }
}

const PEERS: &str = "a place begins with who sends and who is to receive, such as client>server";

fn connection(rest: &mut Rest<'_>) -> Result<u32, NoPlace> {
    let head = rest.left().split([' ', '>']).next().unwrap_or_default();
    let Some((prefix, _)) = head.split_once(':') else { return Ok(1) };
    let number = prefix.strip_prefix('c').and_then(|digits| digits.parse::<u32>().ok()).filter(|number| *number > 0);
    let Some(number) = number else {
        let text = format!("`{prefix}` is no connection");
        return rest.fault(0..prefix.len(), text, "c1: is the first connection, c2: the second");
    };
    rest.at = prefix.len() + 1;
    Ok(number)
}

fn peers<'t>(rest: &mut Rest<'t>) -> Result<(&'t str, &'t str), NoPlace> {
    let start = rest.at;
    let both = rest.until(&[' ']);
    let Some((from, to)) = both.split_once('>').filter(|(from, to)| !from.is_empty() && !to.is_empty()) else {
        return rest.fault(start..rest.at, format!("`{both}` does not say who sends to whom"), PEERS);
    };
    while rest.take(' ') {}
    Ok((from, to))
}

fn what(rest: &mut Rest<'_>) -> Result<PlaceKind, NoPlace> {
    let start = rest.at;
    let word = rest.until(&['#', '/', ' ']);
    Ok(match word {
        "record" => PlaceKind::Record,
        "appdata" => PlaceKind::ApplicationData,
        "alert" => PlaceKind::Alert,
        "ccs" => PlaceKind::ChangeCipherSpec,
        "line" => return line(rest, start),
        _ if message_names().any(|name| name == word) => PlaceKind::Message(word.to_owned()),
        _ => {
            let mut allowed: Vec<&str> = message_names().collect();
            allowed.extend(WORDS);
            let help = help(word, "behind the peers stands one of", &allowed);
            return rest.fault(start..rest.at, format!("`{word}` is no message and no other thing on the wire"), help);
        }
    })
}

fn line(rest: &mut Rest<'_>, start: usize) -> Result<PlaceKind, NoPlace> {
    const HELP: &str = "a line is written line '250-STARTTLS', with the beginning of the line between the quotes";
    let quoted = rest.take(' ') && rest.take('\'');
    let text = rest.until(&['\'']);
    if !quoted || text.is_empty() || !rest.take('\'') {
        return rest.fault(start..rest.text.len(), "the text of the line is missing", HELP);
    }
    Ok(PlaceKind::Line(text.to_owned()))
}

fn nth(rest: &mut Rest<'_>) -> Result<u32, NoPlace> {
    let start = rest.at;
    if !rest.take('#') {
        return Ok(1);
    }
    let digits = rest.until(&['/', ' ']);
    match digits.parse::<u32>() {
        Ok(number) if number > 0 => Ok(number),
        _ => rest.fault(start..rest.at, format!("`#{digits}` does not count"), "#1 is the first, #2 the second"),
    }
}

fn field(rest: &mut Rest<'_>, what: &PlaceKind) -> Result<Option<String>, NoPlace> {
    const HELP: &str = "behind what is sent come #2 for the second one and /PATH for a field, and nothing else";
    let start = rest.at;
    if rest.left().is_empty() {
        return Ok(None);
    }
    let path = rest.left().strip_prefix('/').unwrap_or_default();
    let steps = path.split('/').all(|step| !step.is_empty() && !step.contains(char::is_whitespace));
    if !steps || matches!(what, PlaceKind::Line(_)) {
        return rest.fault(start..rest.text.len(), format!("`{}` has no place here", rest.left()), HELP);
    }
    Ok(Some(path.to_owned()))
}

/// The names of handshake messages, as they stand in headings.
fn message_names() -> impl Iterator<Item = &'static str> {
    HandshakeType::TABLE.iter().filter_map(|row| HandshakeType(row.value).title())
}

impl FromStr for Place {
    /// What is wrong with the text, and what is allowed.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).map_err(|fault| format!("{}: {}", fault.text, fault.help))
    }
}

impl fmt::Display for Place {
    /// As it is written in a scenario file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.connection != 1 {
            write!(f, "c{}:", self.connection)?;
        }
        write!(f, "{}>{} {}", self.from, self.to, self.what)?;
        if self.nth != 1 {
            write!(f, "#{}", self.nth)?;
        }
        self.field.as_ref().map_or(Ok(()), |field| write!(f, "/{field}"))
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(name) => f.write_str(name),
            Self::Record => f.write_str("record"),
            Self::ApplicationData => f.write_str("appdata"),
            Self::Alert => f.write_str("alert"),
            Self::ChangeCipherSpec => f.write_str("ccs"),
            Self::Line(text) => write!(f, "line '{text}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_go_there_and_back() {
        for (text, connection, nth, field) in [
            ("client>server ClientHello", 1, 1, None),
            ("server>client Certificate#2", 1, 2, None),
            ("server>client record#3", 1, 3, None),
            ("client>server appdata", 1, 1, None),
            ("server>client alert", 1, 1, None),
            ("server>client ccs", 1, 1, None),
            ("server>client line '250-STARTTLS'", 1, 1, None),
            ("server>client line '250 a/b#c'#2", 1, 2, None),
            ("c2:client>server ClientHello/random[0]", 2, 1, Some("random[0]")),
            ("server>client Certificate#2/cert[0]/tbs", 1, 2, Some("cert[0]/tbs")),
        ] {
            let place = read(text).unwrap();
            assert_eq!((place.connection, place.nth, place.field.as_deref()), (connection, nth, field), "{text}");
            assert_eq!(place.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_place_is_told_where() {
        for (text, wrong) in [
            ("client ClientHello", "client"),
            ("client>server ClientHelo", "ClientHelo"),
            ("client>server Certificate#0", "#0"),
            ("client>server Certificate#x/a", "#x"),
            ("x2:client>server record", "x2"),
            ("c0:client>server record", "c0"),
            ("client>server line STARTTLS", "line STARTTLS"),
            ("client>server line 'x", "line 'x"),
            ("client>server line 'x'/field", "/field"),
            ("client>server record here", " here"),
            ("client>server Certificate/", "/"),
            ("client>server", "client>server"),
            ("", ""),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(&text[fault.part.clone()], wrong, "{text}: {fault:?}");
        }
    }
}
