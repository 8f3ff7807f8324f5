//! The small forms inside of values: moments, lengths of time, names, OIDs, seeds, alerts.

use super::model::AltName;
use crate::tls::code::{AlertDescription, AlertLevel};
use std::net::IpAddr;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

/// The seconds that the clock of the lab can show: packets count their nanoseconds from 1970 in 63 bits, and a script
/// may let some years go by.
pub(super) const CLOCK: std::ops::Range<i64> = 0..7_258_118_400;

/// Seconds since 1970 of a date: `2026-03-01T12:00:00Z`, or `2026-03-01` for its first second.
pub(super) fn date(text: &str) -> Option<i64> {
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(moment.unix_timestamp());
    }
    let day = Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).ok()?;
    Some(day.midnight().assume_utc().unix_timestamp())
}

/// Seconds since 1970 of a date, or of a distance from the clock: `-30d`, `+1h`.
pub(super) fn moment(text: &str, clock: i64) -> Option<i64> {
    if let Some(before) = text.strip_prefix('-') {
        return clock.checked_sub(milliseconds(before)? / 1000);
    }
    if let Some(after) = text.strip_prefix('+') {
        return clock.checked_add(milliseconds(after)? / 1000);
    }
    date(text)
}

/// The milliseconds of a length of time: `200ms`, `90s`, `5m`, `1h`, `3d`, `2w`, `1y` (365 days).
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let factor: i64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000,
        "y" => 365 * 86_400_000,
        _ => return None,
    };
    // More than six digits would reach behind the dates that a certificate can hold.
    let number: i64 = number.parse().ok().filter(|_| number.len() <= 6)?;
    number.checked_mul(factor)
}

/// A name of subjectAltName, or what is wrong with it.
pub(super) fn alt_name(text: &str, networks: bool) -> Result<AltName, String> {
    let (kind, rest) = match text.split_once(':') {
        Some((kind @ ("dns" | "ip" | "email" | "uri"), rest)) => (kind, rest),
        _ => ("", text),
    };
    if rest.is_empty() || rest.chars().any(|c| c.is_whitespace() || c.is_control()) || !rest.is_ascii() {
        return Err(format!("`{text}` is no name: a name has no spaces and only letters of ASCII"));
    }
    match kind {
        "ip" if networks && network(rest) => Ok(AltName::Ip(rest.to_owned())),
        "ip" if networks => Err(format!("`{rest}` is no network")),
        "ip" if rest.parse::<IpAddr>().is_ok() => Ok(AltName::Ip(rest.to_owned())),
        "ip" => Err(format!("`{rest}` is no address")),
        "email" => Ok(AltName::Email(rest.to_owned())),
        "uri" => Ok(AltName::Uri(rest.to_owned())),
        "" if rest.parse::<IpAddr>().is_ok() || (networks && network(rest)) => {
            Err(format!("`{rest}` would be a host name; an address is written \"ip:{rest}\""))
        }
        "" if rest.contains(':') || rest.contains('/') => Err(format!("`{rest}` is no host name")),
        _ => Ok(AltName::Dns(rest.to_owned())),
    }
}

/// Whether the text is an address with the length of its prefix.
fn network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}

/// The numbers of a dotted OID.
pub(in crate::lab) fn oid(text: &str) -> Option<Vec<u64>> {
    let arcs: Vec<u64> = text.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    is_oid(&arcs).then_some(arcs)
}

/// Whether these numbers are an OID that DER can hold (X.660: the first is 0 to 2, the second below 40 under 0 and 1).
pub(in crate::lab) fn is_oid(arcs: &[u64]) -> bool {
    matches!(arcs, [0 | 1, 0..40, ..] | [2, 0..0x1_0000_0000, ..])
}

/// The alert of a name.
pub(super) fn alert(name: &str) -> Option<AlertDescription> {
    AlertDescription::TABLE.iter().find(|row| row.name == name).map(|row| AlertDescription(row.value))
}

/// The names of all alerts.
pub(super) fn alert_names() -> Vec<&'static str> {
    AlertDescription::TABLE.iter().map(|row| row.name).collect()
}

/// A record in plain text with an alert: `warning close_notify`; fatal where no level stands in front.
pub(super) fn alert_record(text: &str) -> Option<Vec<u8>> {
    let (level, name) = text.split_once(' ').unwrap_or(("fatal", text));
    let level = if level == "warning" { AlertLevel::WARNING } else { AlertLevel::FATAL };
    Some(vec![21, 3, 3, 0, 2, level.0, alert(name)?.0])
}

/// The seed of a scenario for one student: the number that everybody with the same two names gets.
pub(super) fn student_seed(id: &str, student: &str) -> u64 {
    let text = format!("tlslab seed\0{id}\0{student}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_or_distances() {
        let clock = date("2026-03-01T12:00:00Z").unwrap();
        assert_eq!(clock, 1_772_366_400);
        for (text, expected) in [
            ("2026-03-01", Some(-43_200)),
            ("2026-03-01T13:00:00+01:00", Some(0)),
            ("-30d", Some(-30 * 86_400)),
            ("+1h", Some(3600)),
            ("-90m", Some(-5400)),
            ("+2w", Some(14 * 86_400)),
            ("+10y", Some(3650 * 86_400)),
            ("+0s", Some(0)),
            ("30d", None),
            ("+d", None),
            ("+1", None),
            ("+1 d", None),
            ("+9999999y", None),
            ("2026-02-30", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(moment(text, clock).map(|moment| moment - clock), expected, "{text}");
        }
        assert_eq!(milliseconds("200ms"), Some(200));
    }

    #[test]
    fn names_have_kinds() {
        for (text, networks, expected) in [
            ("shop.lab.test", false, Some(AltName::Dns("shop.lab.test".into()))),
            ("*.apps.lab.test", false, Some(AltName::Dns("*.apps.lab.test".into()))),
            ("ip:127.0.0.1", false, Some(AltName::Ip("127.0.0.1".into()))),
            ("ip:::1", false, Some(AltName::Ip("::1".into()))),
            ("ip:10.0.0.0/8", true, Some(AltName::Ip("10.0.0.0/8".into()))),
            ("dns:127.0.0.1", false, Some(AltName::Dns("127.0.0.1".into()))),
            ("email:a@lab.test", false, Some(AltName::Email("a@lab.test".into()))),
            ("uri:spiffe://lab.test/a", false, Some(AltName::Uri("spiffe://lab.test/a".into()))),
            (".lab.test", true, Some(AltName::Dns(".lab.test".into()))),
            ("127.0.0.1", false, None),
            ("ip:10.0.0.0/8", false, None),
            ("ip:10.0.0.1", true, None),
            ("ip:lab", false, None),
            ("https://lab.test", false, None),
            ("a b", false, None),
            ("", false, None),
        ] {
            assert_eq!(alt_name(text, networks).ok(), expected, "{text}");
        }
    }

    #[test]
    fn oids_are_dotted() {
        assert_eq!(oid("1.2.840"), Some(vec![1, 2, 840]));
        assert_eq!(oid("2.999.1"), Some(vec![2, 999, 1]));
        for wrong in ["", "1", "3.1", "1.40", "1..2", "a.b", "2.4294967296"] {
            assert_eq!(oid(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn students_have_seeds_of_their_own() {
        assert_eq!(student_seed("a", "1"), student_seed("a", "1"));
        assert_ne!(student_seed("a", "1"), student_seed("a", "2"));
        assert_ne!(student_seed("a", "1"), student_seed("b", "1"));
    }
}
