//! A live capture as the screens tell of it: what is captured, what became of it, what is waited for, and what would be
//! lost. Capturing itself is with the worker.

pub mod picker;

use super::effect::{Content, Job};
use super::model::{Model, Status, Tone};
use super::text;
use crate::base::printable;
use crate::capture::{Counts, Lender, Live, LiveOptions, Most, News, Snapshot};
use crate::session::{FrameNumber, StreamId};
use picker::PickerNews;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long nothing may come before the screen says what may be wrong.
const PATIENCE: Duration = Duration::from_secs(10);

/// A capture that was begun before the screens were.
#[derive(Debug)]
pub struct LiveStart {
    /// The capture.
    pub live: Live,
    /// What it has to say.
    pub news: Receiver<News>,
    /// The filter of libpcap that packets have passed.
    pub filter: String,
    /// How much of it the screens keep.
    pub most: Most,
    /// What lends interfaces for the captures that follow it.
    pub lender: Option<Lender>,
}

impl LiveStart {
    /// What the screens are to say of it.
    #[must_use]
    pub fn about(&self) -> About {
        About {
            interfaces: self.live.interfaces().to_vec(),
            filter: self.filter.clone(),
            becomes: self.live.becomes().map(str::to_owned),
            path: self.live.paths().next().map(Path::to_owned).unwrap_or_default(),
            is_temporary: self.live.is_temporary(),
            in_turn: self.live.paths().nth(1).is_some(),
        }
    }
}

/// What is captured, and where it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The names of the interfaces.
    pub interfaces: Vec<String>,
    /// The filter of libpcap; empty for all.
    pub filter: String,
    /// The user whose rights the program has now, where it had others.
    pub becomes: Option<String>,
    /// The capture file, or the first of a ring.
    pub path: PathBuf,
    /// Whether the file goes at the end.
    pub is_temporary: bool,
    /// Whether there are several files, and the oldest gives way to the newest.
    pub in_turn: bool,
}

impl About {
    /// Rights and file, to be put behind other words of a line.
    #[must_use]
    pub fn text(&self) -> String {
        let rights = self
            .becomes
            .as_ref()
            .map_or_else(|| "   all rights given up".to_owned(), |name| format!("   as {}", printable(name)));
        let fate = if self.is_temporary { " (temporary)" } else { "" };
        format!("{rights}   {}{fate}", printable(&self.path.to_string_lossy()))
    }
}

/// What is to be done about capturing.
#[derive(Clone, Debug)]
pub enum LiveWork {
    /// Read the capture that was begun.
    Read(Job),
    /// List the interfaces, but not more often than they change.
    List,
    /// Ask libpcap what it thinks of a filter.
    Check {
        /// From where is to be captured.
        interfaces: Vec<String>,
        /// The filter.
        filter: String,
    },
    /// Begin to capture.
    Start(Box<LiveOptions>),
}

/// News of a live capture.
#[derive(Clone, Debug)]
pub enum LiveNews {
    /// About the choice of interfaces.
    Picker(PickerNews),
    /// A capture was begun.
    Started(Box<About>),
    /// Where it stands. This is the clock of the screens.
    Tick {
        /// The capture that is meant.
        job: Job,
        /// What became of the packets.
        counts: Counts,
        /// Time since the beginning.
        elapsed: Duration,
    },
    /// It has ended although nobody asked for that.
    Ended(Job, String),
    /// The packets of these sessions were saved, up to these frames.
    Saved(HashMap<StreamId, FrameNumber>),
}

impl LiveNews {
    /// What is saved when this content is written.
    pub(super) fn of_export(content: &Content) -> Option<Self> {
        let Content::Packets { streams, snapshot } = content else { return None };
        let sessions = snapshot.sessions.iter().filter(|session| streams.contains(&session.stream));
        Some(Self::Saved(sessions.map(|session| (session.stream, session.last_frame)).collect()))
    }
}

/// A live capture on the screens.
#[derive(Debug, Default)]
pub struct LiveView {
    /// What is captured.
    pub about: About,
    /// What became of the packets so far.
    pub counts: Counts,
    /// Time since the beginning.
    pub elapsed: Duration,
    /// Packets in a second, lately.
    pub rate: u64,
    /// Whether the list stands still.
    pub paused: bool,
    /// What is to be shown when it goes on.
    pub held: Option<Arc<Snapshot>>,
    /// The sessions whose packets were saved, with their last frames then.
    saved: HashMap<StreamId, FrameNumber>,
}

/// Takes news.
pub(super) fn take(model: &mut Model, news: LiveNews) {
    let job = model.loading.job;
    if let LiveNews::Picker(news) = news {
        return model.picker.take(news);
    }
    let Some(live) = &mut model.live else { return };
    match news {
        LiveNews::Tick { job: of, counts, elapsed } if of == job => live.tick(counts, elapsed),
        LiveNews::Ended(of, text) if of == job => model.status = Some(Status { tone: Tone::Problem, text }),
        LiveNews::Saved(saved) => live.saved.extend(saved),
        LiveNews::Tick { .. } | LiveNews::Ended(..) | LiveNews::Started(_) | LiveNews::Picker(_) => {}
    }
}

impl LiveView {
    /// A capture of which nothing is known yet.
    #[must_use]
    pub fn new(about: About) -> Self {
        Self { about, ..Self::default() }
    }

    fn tick(&mut self, counts: Counts, elapsed: Duration) {
        let milliseconds = elapsed.saturating_sub(self.elapsed).as_millis();
        let packets = u128::from(counts.captured.saturating_sub(self.counts.captured));
        let now = (packets * 1000).checked_div(milliseconds).and_then(|rate| u64::try_from(rate).ok());
        // Half of it is what it was before, so that the number can be read.
        self.rate = now.map_or(self.rate, |now| now.midpoint(self.rate));
        (self.counts, self.elapsed) = (counts, elapsed);
    }

    /// `1,234 pkts  12/s  5 sessions  0:42`.
    #[must_use]
    pub fn line(&self, sessions: u64, goes_on: bool) -> String {
        let packets = text::count(self.counts.captured);
        let rate = if goes_on { format!("  {}/s", text::count(self.rate)) } else { String::new() };
        let seconds = self.elapsed.as_secs();
        let time = match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
            (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
        };
        format!("{packets} pkts{rate}  {}  {time}", text::counted(sessions, "session"))
    }

    /// How many sessions have left the list, and where their packets are.
    #[must_use]
    pub fn left(&self, shown: &Snapshot) -> String {
        let packets = if self.about.in_turn { "give way to newer ones" } else { "stay in the file" };
        let (left, stay) = (text::counted(shown.left, "older session"), text::count(shown.sessions.len() as u64));
        format!(" {left} left the list, {stay} stay; their packets {packets}")
    }

    /// What should not be overlooked: what came while the list stands still, and each kind of loss.
    pub fn news(&self, shown: &Snapshot) -> impl Iterator<Item = String> {
        let held = self.held.as_ref().map_or(0, |held| held.begun().saturating_sub(shown.begun()));
        let still = self.paused.then(|| format!("{} new, p shows them", text::count(held)));
        let lost = [
            (self.counts.dropped_by_kernel, "kernel"),
            (self.counts.dropped_by_interface, "interface"),
            (self.counts.not_decoded, "not decoded"),
        ];
        let lost = lost.into_iter().filter(|(count, _)| *count > 0);
        let lost: Vec<_> = lost.map(|(count, by)| format!("{} {by}", text::count(count))).collect();
        let lost = (!lost.is_empty()).then(|| format!("dropped: {}", lost.join(", ")));
        still.into_iter().chain(lost)
    }

    /// What is waited for while there is no session; after a while, what may be wrong.
    #[must_use]
    pub fn waiting(&self, goes_on: bool) -> Vec<String> {
        let About { interfaces, filter, .. } = &self.about;
        let on = interfaces.join(", ");
        let packets = text::count(self.counts.captured);
        if !goes_on {
            return vec![format!("capturing has ended: no TLS, DTLS or QUIC in {packets} packets on {on}")];
        }
        let through = if filter.is_empty() { String::new() } else { format!(" that pass `{}`", printable(filter)) };
        let mut lines = vec![format!("waiting for TLS on {on}: {packets} packets{through} so far")];
        if self.elapsed < PATIENCE {
            return lines;
        }
        lines.extend([String::new(), "What may be wrong:".to_owned()]);
        let mut doubt = |text: String| lines.push(format!("- {text}"));
        if !filter.is_empty() {
            doubt("the capture filter keeps it out: I begins again without the filter".to_owned());
        }
        let has = |name: &str| interfaces.iter().any(|interface| interface == name || interface == "any");
        if !has("lo") {
            doubt("what this machine sends to itself goes over lo: -i lo".to_owned());
        }
        if !has("any") {
            doubt("another interface carries it: I lists them, -i any takes all".to_owned());
        }
        if self.counts.captured > 0 {
            doubt("there are packets, but none of TLS, or of connections that were there before".to_owned());
        }
        doubt("there is no traffic: try `curl -I https://example.com` in another window".to_owned());
        lines
    }

    /// What would be lost by an end now, as a sentence; nothing where the packets are in a file that stays, or saved.
    #[must_use]
    pub fn loss(&self, snapshot: &Snapshot) -> Option<String> {
        let newest = self.held.as_deref().unwrap_or(snapshot);
        let sessions = &newest.sessions;
        // Packets can be on the screen before it is told how many there are.
        let captured = self.counts.captured.max(newest.frames.len() as u64);
        let is_saved = |(stream, last): (StreamId, FrameNumber)| self.saved.get(&stream).is_some_and(|at| *at >= last);
        let unsaved = sessions.iter().filter(|one| !is_saved((one.stream, one.last_frame))).count();
        let all_saved = unsaved == 0 && !sessions.is_empty();
        if !self.about.is_temporary || captured == 0 || all_saved {
            return None;
        }
        let (packets, unsaved) = (text::counted(captured, "packet"), text::counted(unsaved as u64, "session"));
        Some(format!("{packets} and {unsaved} are in a temporary file only, and go; w saves them."))
    }
}

#[cfg(test)]
mod tests;
