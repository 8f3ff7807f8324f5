//! Points with their fractions, so that half of three is not lost in rounding.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// Points in hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(pub u32);

impl Points {
    /// Whole points.
    #[must_use]
    pub fn whole(points: u32) -> Self {
        Self(points.saturating_mul(100))
    }

    /// This share of them: `part` of `whole`. A share of nothing is nothing.
    #[must_use]
    pub fn share(self, part: u32, whole: u32) -> Self {
        let share = u64::from(self.0) * u64::from(part.min(whole)) / u64::from(whole.max(1));
        Self(u32::try_from(share).unwrap_or(u32::MAX))
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Points {
    /// `3`, `1.5`, `0.33`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", part / 10),
            _ => write!(f, "{whole}.{part:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_show_their_fractions_and_nothing_else() {
        for (points, text) in [(0, "0"), (300, "3"), (150, "1.5"), (33, "0.33"), (105, "1.05")] {
            assert_eq!(Points(points).to_string(), text);
        }
        assert_eq!(Points::whole(3).share(1, 2), Points(150));
        assert_eq!(Points::whole(1).share(1, 0), Points(0));
        assert_eq!([Points(50), Points(100)].into_iter().sum::<Points>(), Points(150));
    }
}
