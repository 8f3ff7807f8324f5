//! UTCTime and GeneralizedTime as seconds since 1970.

use super::der::{Element, GENERALIZED_TIME, UTC_TIME, malformed, oddity};
use crate::base::{Field, Group, Tree, Value};

/// Adds a time as a field and gives it in seconds since 1970. What cannot be read is noted and gives `None`.
pub(crate) fn time_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> Option<i64> {
    let Some((seconds, strict)) = seconds(element.tag, element.bytes()) else {
        malformed(tree, element.span, || "time that is no UTCTime or GeneralizedTime".to_owned());
        tree.leaf(field, element.leaf_span(), || Value::Bytes);
        return None;
    };
    tree.leaf(field, element.leaf_span(), || Value::Time(i128::from(seconds) * 1_000_000_000));
    if !strict {
        let text = || "time in a form that RFC 5280 4.1.2.5 forbids: it demands seconds and Z".into();
        oddity(tree, Group::Malformed, "x509.time", element.span, text);
    }
    Some(seconds)
}

/// A moment as people write it: `2026-03-01 12:00:00Z`.
#[must_use]
pub fn text(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Seconds since 1970, and whether it is written as RFC 5280 4.1.2.5 demands (seconds given, Z at the end, nothing
/// more).
pub(crate) fn seconds(tag: u8, bytes: &[u8]) -> Option<(i64, bool)> {
    let (year, rest) = match tag {
        UTC_TIME => {
            let (digits, rest) = digits::<2>(bytes)?;
            // RFC 5280 4.1.2.5.1: two digits mean 1950 to 2049.
            (if digits < 50 { 2000 + digits } else { 1900 + digits }, rest)
        }
        GENERALIZED_TIME => digits::<4>(bytes)?,
        _ => return None,
    };
    let (month, rest) = digits::<2>(rest)?;
    let (day, rest) = digits::<2>(rest)?;
    let (hour, rest) = digits::<2>(rest)?;
    let (minute, rest) = digits::<2>(rest)?;
    let (second, rest, has_seconds) = match digits::<2>(rest) {
        Some((second, rest)) => (second, rest, true),
        None => (0, rest, false),
    };
    let in_range = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 60;
    if !in_range {
        return None;
    }
    let local = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let (offset, strict_end) = zone(rest)?;
    Some((local - offset, has_seconds && strict_end))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn digits<const N: usize>(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (head, rest) = bytes.split_at_checked(N)?;
    let number = head.iter().try_fold(0, |sum, &byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')));
    Some((number?, rest))
}

/// What stands behind the seconds: a fraction and the zone. Gives the zone's seconds east of UTC.
fn zone(rest: &[u8]) -> Option<(i64, bool)> {
    let (fraction, rest) = match rest {
        [b'.' | b',', tail @ ..] => {
            let count = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (true, tail.get(count..)?)
        }
        _ => (false, rest),
    };
    match rest {
        [b'Z'] => Some((0, !fraction)),
        [] => Some((0, false)),
        [sign @ (b'+' | b'-'), tail @ ..] => {
            let (hours, tail) = digits::<2>(tail)?;
            let (minutes, tail) = digits::<2>(tail)?;
            let seconds = hours * 3600 + minutes * 60;
            tail.is_empty().then_some((if *sign == b'+' { seconds } else { -seconds }, false))
        }
        _ => None,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin with March so that the leap
/// day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The day of that number, the other way round. Years begin with March here, too.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_they_were_read() {
        for (text_form, seconds) in [
            ("1970-01-01 00:00:00Z", 0),
            ("2024-02-29 12:00:00Z", 1_709_208_000),
            ("2024-03-01 00:00:00Z", 1_709_251_200),
            ("2049-12-31 23:59:59Z", 2_524_607_999),
            ("1949-12-31 23:59:59Z", -631_152_001),
            ("9999-12-31 23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(text(seconds), text_form);
        }
        for day in (-800_000..3_000_000).step_by(997) {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
    }

    #[test]
    fn times_are_read() {
        for (tag, text, expected) in [
            (UTC_TIME, "700101000000Z", Some((0, true))),
            (UTC_TIME, "491231235959Z", Some((2_524_607_999, true))),
            (UTC_TIME, "500101000000Z", Some((-631_152_000, true))),
            (UTC_TIME, "240229120000Z", Some((1_709_208_000, true))),
            (UTC_TIME, "230229120000Z", None),
            (UTC_TIME, "2402291200Z", Some((1_709_208_000, false))),
            (UTC_TIME, "240229120000+0100", Some((1_709_204_400, false))),
            (GENERALIZED_TIME, "20500101000000Z", Some((2_524_608_000, true))),
            (GENERALIZED_TIME, "99991231235959Z", Some((253_402_300_799, true))),
            (GENERALIZED_TIME, "20240229120000.25Z", Some((1_709_208_000, false))),
            (GENERALIZED_TIME, "00000101000000Z", Some((-62_167_219_200, true))),
            (GENERALIZED_TIME, "2024", None),
            (UTC_TIME, "241301000000Z", None),
            (UTC_TIME, "", None),
            (0x04, "700101000000Z", None),
        ] {
            assert_eq!(seconds(tag, text.as_bytes()), expected, "{text}");
        }
    }
}
