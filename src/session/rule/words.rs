//! The words in which rules speak: names, numbers, spans of time, and text from the wire made fit for a sentence.

pub(super) use crate::base::counted;
use crate::base::printable;
use crate::net::Direction::{self, ToServer};
use crate::session::Timestamp;
use crate::tls::code::AlertDescription;
use crate::tls::handshake::Alert;

/// The text with a capital letter in front.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    first + characters.as_str()
}

/// `the client`.
pub(super) fn side(sender: Direction) -> &'static str {
    if sender == ToServer { "the client" } else { "the server" }
}

/// `unknown_ca (48)`.
pub(super) fn named(alert: Alert) -> String {
    described(alert.description)
}

/// `unknown_ca (48)`.
pub(super) fn described(description: AlertDescription) -> String {
    format!("{} ({})", description.name().unwrap_or("unknown"), description.0)
}

/// Nanoseconds as seconds.
pub(super) fn seconds(time: Timestamp) -> i64 {
    time.div_euclid(1_000_000_000)
}

/// Text from the wire for a sentence: printable, and not longer than names of people's machines are.
pub(super) fn quoted(text: &str) -> String {
    shortened(&printable(text), 48)
}

/// The first characters of a text, with dots where it goes on.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// The first few of a list, and how many more there are.
pub(super) fn few<T: ToString>(all: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut all = all.into_iter();
    let shown: Vec<String> = all.by_ref().take(most).map(|one| one.to_string()).collect();
    let shown = shown.join(", ");
    match all.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `1 day`, `42 days`; hours below two days.
pub(super) fn span(seconds: i64) -> String {
    let seconds = seconds.abs();
    match seconds {
        0..120 => counted(seconds, "second"),
        120..7200 => counted(seconds / 60, "minute"),
        7200..172_800 => counted(seconds / 3600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

/// The day of a moment: `2024-01-01`.
pub(super) fn day(seconds: i64) -> String {
    crate::x509::moment(seconds).chars().take(10).collect()
}

/// Nanoseconds as milliseconds.
pub(super) fn milliseconds(nanoseconds: i64) -> String {
    let tenths = nanoseconds / 100_000;
    format!("{}.{} ms", tenths / 10, (tenths % 10).abs())
}

/// Whether a text contains a word in small letters, whatever its own letters are.
pub(super) fn contains(text: &str, word: &str) -> bool {
    let Some(first) = word.as_bytes().first() else { return true };
    let mut parts = text.as_bytes().windows(word.len());
    parts.any(|part| {
        part.first().is_some_and(|letter| letter.eq_ignore_ascii_case(first))
            && part.eq_ignore_ascii_case(word.as_bytes())
    })
}
