//! The headers of the frames that lists show: asked for when they come into sight, kept for a while.

use crate::capture::FrameSummary;
use crate::session::FrameNumber;
use std::collections::{HashMap, HashSet};

/// How many are kept before those out of sight are forgotten.
const KEPT: usize = 4096;

/// The headers that were read, and those that were asked for.
#[derive(Debug, Default)]
pub struct FrameLines {
    known: HashMap<FrameNumber, Result<FrameSummary, String>>,
    /// The latest request. The worker answers no other: it lets go of one that a newer one came after.
    asked: HashSet<FrameNumber>,
}

impl FrameLines {
    /// The headers of a frame, or why they could not be read; `None` while they are not there.
    #[must_use]
    pub fn of(&self, number: FrameNumber) -> Option<Result<&FrameSummary, &str>> {
        self.known.get(&number).map(|line| line.as_ref().map_err(String::as_str))
    }

    /// Which of the wanted ones are to be asked for now.
    pub(crate) fn ask(&mut self, wanted: Vec<FrameNumber>) -> Vec<FrameNumber> {
        if wanted.iter().all(|number| self.known.contains_key(number) || self.asked.contains(number)) {
            return Vec::new();
        }
        if self.known.len() > KEPT {
            self.known.retain(|number, _| wanted.contains(number));
        }
        let missing: Vec<_> = wanted.into_iter().filter(|number| !self.known.contains_key(number)).collect();
        self.asked = missing.iter().copied().collect();
        missing
    }

    /// Takes an answer.
    pub(crate) fn take(&mut self, lines: Vec<(FrameNumber, Result<FrameSummary, String>)>) {
        for (number, line) in lines {
            self.asked.remove(&number);
            self.known.insert(number, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_asked_for_once_and_again_after_a_newer_request() {
        let mut lines = FrameLines::default();
        assert_eq!(lines.ask(vec![1, 2]), [1, 2]);
        assert!(lines.ask(vec![1, 2]).is_empty());
        assert_eq!(lines.ask(vec![2, 3]), [2, 3]);
        assert_eq!(lines.ask(vec![1, 2]), [1, 2]);
        lines.take(vec![(1, Err("gone".to_owned()))]);
        assert_eq!(lines.of(1), Some(Err("gone")));
        assert!(lines.ask(vec![1, 2]).is_empty());
    }
}
