//! Points in time as RFC 3339 has them, made without an allocation because every session carries several.

use crate::session::Timestamp;
use time::OffsetDateTime;

/// A point in time as text: `2026-11-21T10:00:00.123456789Z`.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    text: [u8; 30],
    length: usize,
}

impl Moment {
    /// With all nine digits of the fraction. `None` for a year that RFC 3339 cannot write.
    pub(crate) fn from_nanoseconds(time: Timestamp) -> Option<Self> {
        Self::new(OffsetDateTime::from_unix_timestamp_nanos(i128::from(time)).ok()?, true)
    }

    /// Without a fraction. `None` for a year that RFC 3339 cannot write.
    pub(crate) fn from_seconds(time: i64) -> Option<Self> {
        Self::new(OffsetDateTime::from_unix_timestamp(time).ok()?, false)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.text.get(..self.length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    fn new(time: OffsetDateTime, fraction: bool) -> Option<Self> {
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second, nanosecond) = time.to_hms_nano();
        let mut moment = Self { text: [0; 30], length: 0 };
        moment.digits(u32::try_from(year).ok()?, 4);
        for (before, number) in [(b'-', u8::from(month)), (b'-', day), (b'T', hour), (b':', minute), (b':', second)] {
            moment.push(before);
            moment.digits(u32::from(number), 2);
        }
        if fraction {
            moment.push(b'.');
            moment.digits(nanosecond, 9);
        }
        moment.push(b'Z');
        Some(moment)
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn digits(&mut self, number: u32, count: u32) {
        for power in (0..count).rev() {
            let digit = number / 10_u32.pow(power) % 10;
            self.push(b'0' + u8::try_from(digit).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rfc_3339() {
        for (time, text) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_792_576_800_123_456_789, "2026-10-21T10:00:00.123456789Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(Moment::from_nanoseconds(time).unwrap().as_str(), text);
        }
        assert_eq!(Moment::from_seconds(253_402_300_799).unwrap().as_str(), "9999-12-31T23:59:59Z");
        assert!(Moment::from_seconds(i64::MAX).is_none());
    }
}
