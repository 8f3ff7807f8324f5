//! The text of a value made into a test, once, when the filter is read.

use super::FilterError;
use super::test::{Order, Test};
use super::value::Kind;
use crate::base::nearest;
use crate::base::{Severity, parse_hex};
use crate::net::Endpoint;
use crate::session::Transport;
use crate::session::rule::{rule, rules};
use crate::tls::code::ProtocolVersion;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// The test that a value of this kind stands in that order to what `text` says.
pub(super) fn read(kind: Kind, order: Order, text: &str, at: &Range<usize>) -> Result<Test, FilterError> {
    let wrong = |what: &str, help: &str| FilterError::new(at.clone(), format!("\"{text}\" is not {what}.")).help(help);
    match kind {
        Kind::Number => number_test(order, text)
            .ok_or_else(|| wrong("a number", "a number is written like 443, 0x1bb or 10kB, a range like 1..9")),
        Kind::Duration => {
            let time = duration(text).ok_or_else(|| wrong("a duration", "it needs a unit, as in 100ms or 1.5s"))?;
            Ok(Test::Number(order, time))
        }
        Kind::Time => time_test(order, text)
            .ok_or_else(|| wrong("a point in time", "it is written like 2026-11-21 or 2026-11-21T10:00:00Z, in UTC")),
        Kind::Text => Ok(Test::Text(text.to_owned())),
        Kind::Bytes => {
            let bytes = parse_hex(text.trim_start_matches("0x"));
            Ok(Test::Bytes(bytes.ok_or_else(|| wrong("hexadecimal", "two digits for each byte, as in 01ab or 01:ab"))?))
        }
        Kind::Address => address_test(text)
            .ok_or_else(|| wrong("an address", "it is written like 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443 or [::1]:443")),
        Kind::Stream => stream_test(text).ok_or_else(|| wrong("a stream", "it is written like 5, tcp:5 or udp:0")),
        Kind::Flag => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Test::Flag(true)),
            "false" | "no" | "0" => Ok(Test::Flag(false)),
            _ => Err(wrong("yes or no", "it is written true or false")),
        },
        Kind::Word(words) => word_test(words, text).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            wrong("one of the words that the field has", &format!("it has {}", known.join(", ")))
        }),
        Kind::Severity => {
            let severities = [Severity::Chat, Severity::Note, Severity::Warn, Severity::Error];
            let found = severities.into_iter().find(|severity| severity.word().eq_ignore_ascii_case(text));
            Ok(Test::Severity(order, found.ok_or_else(|| wrong("a severity", "it has chat, note, warn, error"))?))
        }
        Kind::Rule => rule(text).map(|rule| Test::Text(rule.id.to_owned())).ok_or_else(|| {
            let guess = nearest(&text.to_uppercase(), rules().map(|rule| rule.id));
            let guess = guess.map(|guess| format!("did you mean {guess}? ")).unwrap_or_default();
            wrong("a rule", &format!("{guess}`tlslab rules` lists them all; contains looks for a part"))
        }),
        Kind::Version => {
            let found = version(text).ok_or_else(|| wrong("a version", "it is written like 1.3, TLS 1.2 or 0x0303"))?;
            Ok(Test::Version(order, found))
        }
        Kind::Code { noun, table } => code_test(order, text, &table()).ok_or_else(|| {
            let known = table();
            let help = nearest(text, known.iter().map(|(_, name)| *name)).map_or_else(
                || "a part of a name is looked for with contains".to_owned(),
                |name| format!("did you mean {name}?"),
            );
            wrong(&format!("the name of a known {noun}, nor a number"), &help)
        }),
    }
}

fn number_test(order: Order, text: &str) -> Option<Test> {
    if let Some((first, last)) = text.split_once("..") {
        return (order == Order::Equal).then_some(Test::Between(number(first)?, number(last)?));
    }
    Some(Test::Number(order, number(text)?))
}

/// A whole number, decimal or hexadecimal, or one with a unit of size.
fn number(text: &str) -> Option<i64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok();
    }
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at_checked(digits)?;
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "ki" | "kib" => 1 << 10,
        "mi" | "mib" => 1 << 20,
        "gi" | "gib" => 1 << 30,
        _ => return None,
    };
    count.parse::<i64>().ok()?.checked_mul(unit)
}

/// A span of time in nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (count, unit) = text.split_at_checked(digits)?;
    let unit: i64 = match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = count.split_once('.').unwrap_or((count, ""));
    let mut time = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.chars() {
        place /= 10;
        time = time.checked_add(i64::from(digit.to_digit(10)?) * place)?;
    }
    Some(time)
}

/// A day matches as a whole, a full moment to the nanosecond.
fn time_test(order: Order, text: &str) -> Option<Test> {
    const DAY: i64 = 86_400_000_000_000;
    let (date, clock) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    let begin = days(date)?.checked_mul(DAY)?;
    if clock.is_empty() && order == Order::Equal {
        return Some(Test::Between(begin, begin.checked_add(DAY - 1)?));
    }
    Some(Test::Number(order, begin.checked_add(if clock.is_empty() { 0 } else { time_of_day(clock)? })?))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let known = (1600..=2261).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !known || parts.next().is_some() {
        return None;
    }
    // The year is counted from March on, so that the odd day of a leap year is its last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    Some(before + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

fn time_of_day(clock: &str) -> Option<i64> {
    let clock = clock.trim_end_matches(['Z', 'z']);
    let mut parts = clock.splitn(3, ':');
    let hour: i64 = parts.next()?.parse().ok().filter(|hour| (0..24).contains(hour))?;
    let minute: i64 = parts.next()?.parse().ok().filter(|minute| (0..60).contains(minute))?;
    let seconds = duration(&format!("{}s", parts.next().unwrap_or("0")))?;
    Some((hour * 60 + minute) * 60_000_000_000 + seconds)
}

fn address_test(text: &str) -> Option<Test> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(Test::Endpoint(Endpoint { address: address.ip(), port: address.port() }));
    }
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(width), |prefix| prefix.parse().ok())?;
    (prefix <= width).then_some(Test::Network(address, prefix))
}

fn stream_test(text: &str) -> Option<Test> {
    let (transport, index) = match text.split_once(':') {
        Some(("tcp", index)) => (Some(Transport::Tcp), index),
        Some(("udp", index)) => (Some(Transport::Udp), index),
        Some(_) => return None,
        None => (None, text),
    };
    Some(Test::Stream(transport, index.parse().ok()?))
}

fn word_test(words: &[(&'static str, &str)], text: &str) -> Option<Test> {
    let same = |word: &str| plain(word) == plain(text);
    words.iter().find(|(word, _)| same(word)).map(|(word, _)| Test::Text((*word).to_owned()))
}

fn code_test(order: Order, text: &str, table: &[(u32, &'static str)]) -> Option<Test> {
    let named = table.iter().find(|(_, name)| plain(name) == plain(text)).map(|(number, _)| *number);
    let number = named.or_else(|| number(text).and_then(|number| u32::try_from(number).ok()))?;
    Some(Test::Code(order, number))
}

/// A name without the differences that people do not keep apart: case, and `-`, `_` or a blank between words.
fn plain(name: &str) -> String {
    let unified = |c: char| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() };
    name.chars().map(unified).collect()
}

fn version(text: &str) -> Option<ProtocolVersion> {
    if text.starts_with("0x") {
        return number(text).and_then(|number| u16::try_from(number).ok()).map(ProtocolVersion);
    }
    let text: String = plain(text).chars().filter(|c| *c != '_').collect();
    let (datagram, text) = text.strip_prefix('d').map_or((false, text.as_str()), |rest| (true, rest));
    let digits = text.strip_prefix("tls").or_else(|| text.strip_prefix("ssl")).unwrap_or(text).trim_start_matches('v');
    Some(match (datagram, text.starts_with("ssl"), digits) {
        (false, true, "2" | "2.0") => ProtocolVersion::SSL2,
        (false, true, "3" | "3.0") => ProtocolVersion::SSL3,
        (false, false, "1" | "1.0") => ProtocolVersion::TLS10,
        (false, false, "1.1") => ProtocolVersion::TLS11,
        (false, false, "1.2") => ProtocolVersion::TLS12,
        (false, false, "1.3") => ProtocolVersion::TLS13,
        (true, false, "1.0") => ProtocolVersion(0xfeff),
        (true, false, "1.2") => ProtocolVersion(0xfefd),
        (true, false, "1.3") => ProtocolVersion(0xfefc),
        (false, false, "tlcp") => ProtocolVersion(0x0101),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_people_write_them() {
        for (text, expected) in [
            ("443", Some(443)),
            ("0x1bb", Some(443)),
            ("10kB", Some(10_000)),
            ("1KiB", Some(1024)),
            ("9x", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        for (text, expected) in [
            ("100ms", Some(100_000_000)),
            ("1.5s", Some(1_500_000_000)),
            ("2m", Some(120_000_000_000)),
            ("7ns", Some(7)),
            ("100", None),
            ("1.2.3s", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
        for (text, expected) in
            [("1970-01-01", Some(0)), ("2000-03-01", Some(11_017)), ("2026-10-21", Some(20_747)), ("2026-13-01", None)]
        {
            assert_eq!(days(text), expected, "{text}");
        }
        for (text, expected) in [
            ("1.3", Some(0x0304)),
            ("tls1.3", Some(0x0304)),
            ("TLS 1.3", Some(0x0304)),
            ("TLSv1.2", Some(0x0303)),
            ("ssl3", Some(0x0300)),
            ("SSL 2.0", Some(0x0002)),
            ("0x7f12", Some(0x7f12)),
            ("dtls1.2", Some(0xfefd)),
            ("1.4", None),
        ] {
            assert_eq!(version(text).map(|version| version.0), expected, "{text}");
        }
    }
}
