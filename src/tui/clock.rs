//! Times as text: since the start, of day, or since the row before.

use super::settings::{Settings, TimeFormat};
use crate::session::Timestamp;
use time::{OffsetDateTime, UtcOffset};

/// A span of time in seconds with three decimals: `3.020`, `-0.001`.
#[must_use]
pub fn seconds(nanoseconds: i64) -> String {
    let thousandths = (i128::from(nanoseconds) + 500_000).div_euclid(1_000_000);
    let sign = if thousandths < 0 { "-" } else { "" };
    let thousandths = thousandths.unsigned_abs();
    format!("{sign}{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// A span of time in milliseconds: `3.5`, `1204`.
#[must_use]
pub fn milliseconds(nanoseconds: i64) -> String {
    let tenths = (i128::from(nanoseconds) + 50_000).div_euclid(100_000);
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    if tenths < 10_000 { format!("{sign}{}.{}", tenths / 10, tenths % 10) } else { format!("{sign}{}", tenths / 10) }
}

/// Time of day with three decimals, without the date: `15:04:05.123`.
#[must_use]
pub fn of_day(at: Timestamp, settings: &Settings) -> String {
    let moment = moment(at, settings);
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    format!("{hour:02}:{minute:02}:{second:02}.{:03}", moment.millisecond())
}

/// Date and time of day with three decimals: `2026-11-22 15:04:05.123`.
#[must_use]
pub fn full(at: Timestamp, settings: &Settings) -> String {
    let date = moment(at, settings).date();
    format!("{:04}-{:02}-{:02} {}", date.year(), u8::from(date.month()), date.day(), of_day(at, settings))
}

/// Date and time of day without seconds, of a moment in seconds since 1970: `2026-11-22 15:04`. Certificates name moments
/// that no nanosecond count reaches.
#[must_use]
pub fn minute(seconds: i64, settings: &Settings) -> String {
    let Ok(moment) = OffsetDateTime::from_unix_timestamp(seconds) else { return format!("second {seconds}") };
    let offset = if settings.utc { UtcOffset::UTC } else { settings.zone.at(seconds) };
    let moment = moment.checked_to_offset(offset).unwrap_or(moment);
    let (date, hour, minute) = (moment.date(), moment.hour(), moment.minute());
    format!("{:04}-{:02}-{:02} {hour:02}:{minute:02}", date.year(), u8::from(date.month()), date.day())
}

/// A time as the settings have it, for a row whose row before was at `before`, in a capture that began at `start`.
#[must_use]
pub fn shown(at: Timestamp, before: Option<Timestamp>, start: Timestamp, settings: &Settings) -> String {
    match settings.time_format {
        TimeFormat::SinceStart => seconds(at.saturating_sub(start)),
        TimeFormat::Absolute => of_day(at, settings),
        TimeFormat::Delta => seconds(at.saturating_sub(before.unwrap_or(at))),
    }
}

fn moment(at: Timestamp, settings: &Settings) -> OffsetDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let offset = if settings.utc { UtcOffset::UTC } else { settings.zone.at(moment.unix_timestamp()) };
    moment.checked_to_offset(offset).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_rounded_and_keep_their_sign() {
        for (nanoseconds, second, millisecond) in [
            (0, "0.000", "0.0"),
            (3_020_400_000, "3.020", "3020"),
            (-1_000_000, "-0.001", "-1.0"),
            (3_540_000, "0.004", "3.5"),
            (i64::MAX, "9223372036.855", "9223372036854"),
        ] {
            assert_eq!(seconds(nanoseconds), second);
            assert_eq!(milliseconds(nanoseconds), millisecond);
        }
    }

    #[test]
    fn local_time_is_utc_moved_by_the_offset() {
        let mut settings = Settings { zone: crate::tui::zone::tests::summer_of_2025(), ..Settings::default() };
        assert_eq!(full(1_763_820_245_123_000_000, &settings), "2025-11-22 14:04:05.123");
        settings.utc = false;
        assert_eq!(full(1_763_820_245_123_000_000, &settings), "2025-11-22 15:04:05.123");
        for (seconds, text) in
            [(0, "1970-01-01 01:00"), (253_402_300_799, "9999-12-31 23:59"), (i64::MAX, "second 9223372036854775807")]
        {
            assert_eq!(minute(seconds, &settings), text);
        }
    }
}
