//! Finding in exchanges, in an open one, and in records, which are searched on another thread.

use super::{FollowScreen, View, exchange};
use crate::base::{parse_hex, printable};
use crate::tui::effect::Effect;
use crate::tui::following::{FollowWork, Followed, Search};
use crate::tui::model::Model;
use crate::tui::screen::Outcome;
use std::sync::Arc;

impl FollowScreen {
    pub(super) fn find(&mut self, model: &Model, forward: bool) -> Outcome {
        let wanted = model.wanted.trim();
        let Some(followed) = model.follow.ready().filter(|_| !wanted.is_empty()) else {
            return Outcome::problem("nothing was searched for");
        };
        if self.view_of(model) != View::Exchanges {
            return self.search(followed, wanted, forward);
        }
        let missing = || Outcome::problem(format!("{} is not in there", printable(wanted)));
        if self.open.is_none() {
            let list = &followed.exchanges.list;
            let found = around(self.cursor, list.len(), forward)
                .find(|index| list.get(*index).is_some_and(|found| exchange::holds(found, wanted)));
            return found.map_or_else(missing, |index| {
                self.cursor = index;
                Outcome::none()
            });
        }
        let lower = wanted.to_lowercase();
        let holds =
            |index: &usize| self.lines.get(*index).is_some_and(|line| line.text.to_lowercase().contains(&lower));
        match around(self.line, self.lines.len(), forward).find(holds) {
            Some(line) => {
                self.line = line;
                Outcome::none()
            }
            None => missing(),
        }
    }

    /// Has records searched on the other thread.
    fn search(&mut self, followed: &Arc<Followed>, wanted: &str, forward: bool) -> Outcome {
        let bytes = match wanted.strip_prefix("hex:") {
            Some(digits) => parse_hex(digits).unwrap_or_default(),
            None => wanted.as_bytes().to_vec(),
        };
        if bytes.is_empty() {
            return Outcome::problem("these are no bytes in hexadecimal digits");
        }
        // From the latest find on, as long as it is at the top of the screen; else from the top.
        let latest = self.found.filter(|(chunk, _)| *chunk == self.place.0).map(|(_, at)| at);
        let from = (self.place.0, latest.or((!forward).then_some(0)));
        let search = Search { bytes, from, forward, wanted: self.wanted };
        Outcome::effect(Effect::Follow(FollowWork::Find(Arc::clone(followed), search)))
    }

    /// Goes to what a search has found, as soon as its record is open.
    pub(super) fn take_found(&mut self, model: &Model) {
        let (answers, found) = model.follow.found;
        if answers != self.answers {
            self.answers = answers;
            self.not_found = found.is_none() && answers > 0;
            self.found = found.or(self.found);
            self.to_show = found.is_some();
        }
        let Some((chunk, at)) = self.found.filter(|_| self.to_show) else { return };
        if let Some((_, bytes)) = model.follow.chunk(chunk) {
            let rows = self.layout(model).rows(bytes);
            let row = rows.iter().position(|row| row.contains(&at)).map_or(0, |row| row + 1);
            (self.place, self.to_show, self.at_end) = ((chunk, row), false, false);
        }
    }
}

/// All places behind one, round at the end; or before it, round at the start.
fn around(from: usize, count: usize, forward: bool) -> impl Iterator<Item = usize> {
    (1..=count).map(move |step| (from + if forward { step } else { count - step }) % count.max(1))
}
