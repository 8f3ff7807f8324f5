//! One connection as it was seen at each of several capture points: two interfaces of one file, or two files.
//!
//! What one point saw of a side's end and another did not, although that side went on there, came from between them. The
//! clocks of two points need not agree, so that only sequence numbers are compared.

use super::FrameNumber;
use crate::net::Direction;

/// Where packets were captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Point {
    /// Which of the files that were opened together, from 0 on.
    pub file: u8,
    /// Which interface of the file, from 0 on as in Wireshark.
    pub interface: u16,
}

/// What was seen of a connection at one point. Pairs are by direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// Where.
    pub point: Point,
    /// The sequence number of the SYN of each side.
    pub begins: [Option<u32>; 2],
    /// The sequence number behind the last byte of each side.
    pub reach: [Option<u32>; 2],
    /// The first FIN and the first RST of each side, in the order in which they came.
    pub closings: [Option<Closing>; 4],
}

/// A FIN or a RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// In whose name.
    pub by: Direction,
    /// Whether it is a RST.
    pub reset: bool,
    /// The sequence number at which nothing more is to come: its own, or what that side had reached by then.
    pub place: u32,
    /// The frame.
    pub frame: FrameNumber,
}

/// What one point saw and another contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The end that one of them saw.
    pub closing: Closing,
    /// Where it was seen.
    pub seen: Point,
    /// Where it was not.
    pub missed: Point,
    /// What speaks against its having been sent.
    pub sign: Sign,
}

/// What speaks against an end having been sent by the side in whose name it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The side went on by so many bytes at the other point.
    WentOn(u32),
    /// The other point saw a RST in the name of the other side, and that one was not seen here: both were cut off.
    Both(FrameNumber),
}

impl Point {
    /// Its name beside that of another point.
    #[must_use]
    pub fn name(self, beside: Self) -> String {
        if self.file == beside.file {
            format!("interface {}", self.interface)
        } else {
            format!("file {}", u32::from(self.file) + 1)
        }
    }
}

impl Sighting {
    /// Whether both are of one connection: each saw both SYNs, with the same numbers.
    #[must_use]
    pub fn is_same_connection(&self, other: &Self) -> bool {
        self.begins.iter().all(Option::is_some) && self.begins == other.begins
    }

    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.begins.reverse();
        self.reach.reverse();
        for closing in self.closings.iter_mut().flatten() {
            closing.by = closing.by.reverse();
        }
    }

    fn has(&self, by: Direction, reset: bool) -> Option<&Closing> {
        self.closings.iter().flatten().find(|closing| closing.by == by && closing.reset == reset)
    }
}

/// What was seen at some point and is contradicted by another; a RST before a FIN.
#[must_use]
pub fn contradiction(sightings: &[&Sighting]) -> Option<Contradiction> {
    let pairs = || {
        let others = |seen| sightings.iter().map(move |missed| (seen, *missed));
        sightings.iter().flat_map(move |seen| others(*seen))
    };
    let between = |reset| {
        let pairs = pairs().filter(|(seen, missed)| seen.point != missed.point && seen.is_same_connection(missed));
        pairs.into_iter().find_map(|(seen, missed)| one_sided(seen, missed, reset))
    };
    between(true).or_else(|| between(false))
}

fn one_sided(seen: &Sighting, missed: &Sighting, reset: bool) -> Option<Contradiction> {
    let mut closings = seen.closings.iter().flatten().filter(|closing| closing.reset == reset);
    let found = closings.find_map(|closing| Some((*closing, sign(closing, seen, missed)?)));
    found.map(|(closing, sign)| Contradiction { closing, seen: seen.point, missed: missed.point, sign })
}

fn sign(closing: &Closing, seen: &Sighting, missed: &Sighting) -> Option<Sign> {
    let same_fin = !closing.reset && missed.has(closing.by, false).is_some_and(|fin| fin.place == closing.place);
    if missed.has(closing.by, true).is_some() || same_fin {
        return None;
    }
    let reach = missed.reach.get(closing.by.index()).copied().flatten()?;
    let beyond = reach.wrapping_sub(closing.place).cast_signed();
    let other = closing.by.reverse();
    let opposite = missed.has(other, true).filter(|_| closing.reset && seen.has(other, true).is_none());
    match (u32::try_from(beyond).ok().filter(|bytes| *bytes > 0), opposite) {
        (Some(bytes), _) => Some(Sign::WentOn(bytes)),
        (None, Some(reset)) => Some(Sign::Both(reset.frame)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{ToClient, ToServer};

    fn at(interface: u16, reach: u32, closings: &[(Direction, bool, u32)]) -> Sighting {
        let mut all = [None; 4];
        for (place, (by, reset, at)) in all.iter_mut().zip(closings) {
            *place = Some(Closing { by: *by, reset: *reset, place: *at, frame: 9 });
        }
        let point = Point { file: 0, interface };
        Sighting { point, begins: [Some(7), Some(9)], reach: [Some(500), Some(reach)], closings: all }
    }

    #[test]
    fn an_end_is_contradicted_by_who_went_on() {
        let (rst, fin) = ((ToClient, true, 1000), (ToClient, false, 1000));
        let near_end = u32::MAX - 10;
        for (first, second, expected) in [
            (at(0, 1000, &[rst]), at(1, 1000, &[rst]), None),
            // The other point may have lost it.
            (at(0, 1000, &[rst]), at(1, 1000, &[]), None),
            (at(0, 1000, &[rst]), at(1, 1300, &[]), Some(Sign::WentOn(300))),
            (at(1, 1300, &[]), at(0, 1000, &[rst]), Some(Sign::WentOn(300))),
            (at(0, 1000, &[rst]), at(1, 1300, &[(ToClient, true, 1300)]), None),
            (at(0, 1000, &[rst]), at(0, 1300, &[]), None),
            (at(0, 1000, &[rst]), at(1, 1000, &[(ToServer, true, 500)]), Some(Sign::Both(9))),
            (at(0, 1000, &[rst, (ToServer, true, 500)]), at(1, 1000, &[(ToServer, true, 500)]), None),
            (at(0, 1000, &[fin]), at(1, 1300, &[]), Some(Sign::WentOn(300))),
            (at(0, 1000, &[fin]), at(1, 1000, &[fin]), None),
            (at(0, 1000, &[fin]), at(1, 1300, &[(ToClient, false, 1300)]), Some(Sign::WentOn(300))),
            (at(0, near_end, &[(ToClient, true, near_end)]), at(1, 20, &[]), Some(Sign::WentOn(31))),
        ] {
            assert_eq!(contradiction(&[&first, &second]).map(|found| found.sign), expected, "{first:?} {second:?}");
        }
    }

    #[test]
    fn other_connections_say_nothing() {
        let (seen, missed) = (at(0, 1000, &[(ToClient, true, 1000)]), at(1, 1300, &[]));
        for begins in [[None, Some(9)], [Some(8), Some(9)], [None, None]] {
            let other = Sighting { begins, ..missed };
            assert_eq!(contradiction(&[&seen, &other]), None);
            assert_eq!(contradiction(&[&Sighting { begins, ..seen }, &other]).is_some(), begins[0] == Some(8));
        }
    }
}
