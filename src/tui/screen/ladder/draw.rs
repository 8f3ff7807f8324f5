//! How a row of the ladder is drawn: time, arrow between two lifelines, frame, bytes.

use super::rows::{Reason, Row};
use crate::base::printable;
use crate::net::Direction;
use crate::session::{Event, EventKind, FrameNumber, Proof, ProofKind, ProofResult, Session, Timestamp};
use crate::tui::clock;
use crate::tui::event;
use crate::tui::settings::{Settings, TimeFormat};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::verdict;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The widths of the columns, from the widest of their cells.
#[derive(Clone, Copy, Debug)]
pub(in crate::tui::screen) struct Columns {
    time: usize,
    arrow: usize,
    frame: usize,
    bytes: usize,
}

/// The fewest cells that leave room for the number of bytes.
const WITH_BYTES: usize = 56;

impl Columns {
    pub(in crate::tui::screen) fn new(session: &Session, settings: &Settings, cells: usize) -> Self {
        let ends = [session.timeline.first(), session.timeline.last()];
        let times = ends.into_iter().flatten().map(|event| text::width(&time(event.time, None, session, settings)));
        let time = times.max().unwrap_or(0).max(if settings.time_format == TimeFormat::Delta { 8 } else { 5 });
        let frame = session.last_frame.to_string().len().max(5);
        let bytes = if cells < WITH_BYTES { 0 } else { 7 };
        // Cursor, three gaps, and two lifelines.
        let arrow = cells.saturating_sub(1 + time + 1 + 2 + 1 + frame + bytes + usize::from(bytes > 0));
        Self { time, arrow, frame, bytes }
    }

    /// For a connection without a session: lines of text, and nothing that has a length or a time.
    pub(in crate::tui::screen) fn in_clear(cells: usize) -> Self {
        let (time, frame) = (5, 5);
        Self { time, arrow: cells.saturating_sub(1 + time + 1 + 2 + 1 + frame), frame, bytes: 0 }
    }

    /// The first cell between the lifelines, and how many there are.
    pub(in crate::tui::screen) fn lifelines(self) -> (usize, usize) {
        (self.time + 3, self.arrow)
    }

    /// The heading, which says who is left and who is right.
    pub(in crate::tui::screen) fn heading(
        self,
        session: &Session,
        settings: &Settings,
        theme: &Theme,
    ) -> Line<'static> {
        let time = match settings.time_format {
            TimeFormat::SinceStart => "ms",
            TimeFormat::Absolute => "time",
            TimeFormat::Delta => "+ms",
        };
        let cells = self.arrow + 2;
        let (client, server) = (format!("client {}", session.client), format!("{} server", session.server));
        let fits = text::width(&client) + text::width(&server) + 2 <= cells;
        let (client, server) = if fits { (client, server) } else { ("client".to_owned(), "server".to_owned()) };
        let gap = cells.saturating_sub(text::width(&client) + text::width(&server));
        let ends = format!("{} {client}{}{server}", text::right(time, self.time + 1), " ".repeat(gap));
        let bytes = if self.bytes > 0 { text::right("bytes", self.bytes + 1) } else { String::new() };
        Line::styled(format!("{ends} {}{bytes}", text::right("frame", self.frame)), theme.strong)
    }

    /// A row, `cells` wide.
    pub(in crate::tui::screen) fn line(
        self,
        row: &Row,
        session: &Session,
        before: Option<Timestamp>,
        settings: &Settings,
        theme: &Theme,
    ) -> Line<'static> {
        match row {
            Row::Prelude { folded } => self.prelude(session, *folded, theme),
            Row::Said(index) => self.said(session, *index, theme),
            Row::Epoch(words) => self.rule(words, theme),
            Row::Reason(reason) => self.reason(reason, theme),
            Row::Cut => Line::styled("  the timeline goes on; no more events are kept".to_owned(), theme.muted),
            Row::Events(events) => self.events(events.clone(), session, before, settings, theme),
        }
    }

    fn prelude(self, session: &Session, folded: bool, theme: &Theme) -> Line<'static> {
        let Some(prelude) = &session.prelude else { return Line::default() };
        let accepted = match prelude.accepted {
            Some(true) => ", accepted",
            Some(false) => ", refused",
            None => "",
        };
        let bytes: u64 = prelude.bytes.iter().sum();
        let sign = if folded { theme.glyphs.folded } else { theme.glyphs.unfolded };
        let words = format!("{sign} before TLS: {}{accepted}, {bytes} bytes in clear", prelude.protocol);
        let cells = self.time + self.arrow + self.frame + self.bytes;
        Line::styled(format!(" {}", text::shorten_end(&words, cells, &theme.glyphs)), theme.note)
    }

    fn said(self, session: &Session, index: usize, theme: &Theme) -> Line<'static> {
        let line = session.prelude.as_ref().and_then(|prelude| prelude.lines.get(index));
        let Some(line) = line else { return Line::default() };
        self.plain(&printable(&line.text), line.direction, line.frame, theme)
    }

    /// A line of text in clear.
    pub(in crate::tui::screen) fn plain(
        self,
        label: &str,
        direction: Direction,
        frame: FrameNumber,
        theme: &Theme,
    ) -> Line<'static> {
        let style = sender_style(direction, theme);
        let mut spans = vec![Span::raw(" ".repeat(self.time + 2))];
        spans.extend(self.arrow(label, "", direction, '-', false, style, theme));
        spans.push(Span::styled(format!(" {}", text::right(&frame.to_string(), self.frame)), theme.muted));
        Line::from(spans)
    }

    /// `✗ CERT-05 (likely): …` below its event, between the lifelines; cut between words.
    fn reason(self, reason: &Reason, theme: &Theme) -> Line<'static> {
        let sign = verdict::sign(reason.severity, &theme.glyphs);
        let room = (self.arrow + 1 + self.frame + self.bytes).saturating_sub(text::width(sign) + 2);
        let words = text::whole_words(&reason.words, room, &theme.glyphs);
        let look = verdict::style(reason.severity, theme);
        Line::styled(format!("{}{sign} {words}", " ".repeat(self.time + 4)), look)
    }

    fn rule(self, words: &str, theme: &Theme) -> Line<'static> {
        let cells = self.arrow + 2;
        let words = format!(" {} ", text::shorten_end(words, cells.saturating_sub(2), &theme.glyphs));
        let left = cells.saturating_sub(text::width(&words)) / 2;
        let right = cells.saturating_sub(text::width(&words) + left);
        let line = format!("{}{}{words}{}", " ".repeat(self.time + 2), ".".repeat(left), ".".repeat(right));
        Line::styled(line, theme.encrypted)
    }

    fn events(
        self,
        range: std::ops::Range<usize>,
        session: &Session,
        before: Option<Timestamp>,
        settings: &Settings,
        theme: &Theme,
    ) -> Line<'static> {
        let events = session.timeline.get(range.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Line::default() };
        let ends = events.iter().any(|at| event::ends(session, at));
        let encrypted = events.iter().all(event::is_encrypted);
        let (label, remark) = words(events, range.start, session);
        let style = if ends || has_failed(session, events) { theme.failed } else { style(first, encrypted, theme) };
        let at = text::right(&time(first.time, before, session, settings), self.time);
        let mut spans = vec![Span::styled(format!(" {at} "), theme.muted)];
        if let EventKind::Gap { .. } = first.kind
            && events.len() == 1
        {
            spans.push(self.gap(&label, style, theme));
        } else {
            let fill = if events.iter().all(event::was_encrypted) { '=' } else { '-' };
            spans.extend(self.arrow(&label, remark, first.direction, fill, ends, style, theme));
        }
        spans.push(Span::styled(format!(" {}", text::right(&last.frame.to_string(), self.frame)), theme.muted));
        if self.bytes > 0 {
            let bytes: u64 = events.iter().filter_map(event::length).sum();
            let bytes = if bytes == 0 { String::new() } else { bytes.to_string() };
            spans.push(Span::styled(format!(" {}", text::right(&bytes, self.bytes)), theme.muted));
        }
        Line::from(spans)
    }

    /// `|--- label  (remark) ------>|`, as wide as there is room.
    #[allow(clippy::too_many_arguments, reason = "what an arrow shows")]
    fn arrow(
        self,
        label: &str,
        remark: &str,
        direction: Direction,
        fill: char,
        ends: bool,
        style: Style,
        theme: &Theme,
    ) -> Vec<Span<'static>> {
        let (tail, head) = match (direction, ends) {
            (Direction::ToServer, false) => (format!("{fill}{fill}{fill} "), format!("{fill}>")),
            (Direction::ToServer, true) => (format!("{fill}X{fill} "), format!("{fill}>")),
            (Direction::ToClient, false) => (format!("<{fill}{fill} "), format!("{fill}{fill}")),
            (Direction::ToClient, true) => (format!("<X{fill} "), format!("{fill}{fill}")),
        };
        let room = self.arrow.saturating_sub(text::width(&tail) + text::width(&head) + 1);
        // That it was opened is the last thing to go: without it the row says that this was sent in clear.
        let kept = if remark == OPENED { OPENED.len() + 3 } else { 0 };
        let label = text::shorten_end(label, room.saturating_sub(kept), &theme.glyphs);
        let left = room.saturating_sub(text::width(&label));
        let remark = if remark.is_empty() || left < 12 {
            String::new()
        } else {
            text::shorten_end(&format!(" ({remark})"), left, &theme.glyphs)
        };
        let rest = left.saturating_sub(text::width(&remark));
        let lifeline = Span::styled(theme.glyphs.vertical, theme.rule);
        vec![
            lifeline.clone(),
            Span::styled(tail, style),
            Span::styled(label, style),
            Span::styled(remark, theme.muted),
            Span::styled(format!(" {}{head}", fill.to_string().repeat(rest)), style),
            lifeline,
        ]
    }

    /// Bytes that are missing have no arrow: nobody saw them travel.
    fn gap(self, label: &str, style: Style, theme: &Theme) -> Span<'static> {
        let label = text::shorten_end(&format!("~ ~ {label} ~ ~"), self.arrow, &theme.glyphs);
        let left = self.arrow.saturating_sub(text::width(&label)) / 2;
        let line = text::left(&format!("{}{label}", " ".repeat(left)), self.arrow);
        Span::styled(format!("{0}{line}{0}", theme.glyphs.vertical), style)
    }
}

/// What stands behind the name of what was encrypted on the wire and could be opened.
const OPENED: &str = "decrypted";

/// What stands on the arrow, and the muted words behind it.
fn words(events: &[Event], start: usize, session: &Session) -> (String, &'static str) {
    if let [only] = events {
        let size = event::size_of(session, only);
        let tls13 = session.version.is_some_and(crate::tls::code::ProtocolVersion::is_tls13);
        let idle = matches!(only.kind, EventKind::ChangeCipherSpec) && tls13;
        let remark =
            if idle { Some("no meaning in TLS 1.3") } else { size.or_else(|| event::possible(session, start)) };
        let label = if has_failed(session, events) { title(session, only) } else { event::line(session, only) };
        return (label, remark.unwrap_or_else(|| state(session, events)));
    }
    let mut titles: Vec<(String, usize)> = Vec::new();
    for at in events {
        let title = title(session, at);
        match titles.last_mut() {
            Some((last, count)) if *last == title => *count += 1,
            _ => titles.push((title, 1)),
        }
    }
    let counted = |(title, count): (String, usize)| if count > 1 { format!("{title} x{count}") } else { title };
    (titles.into_iter().map(counted).collect::<Vec<_>>().join(", "), state(session, events))
}

/// What an event is called; what is in it and does not hold comes before all else that could be said.
fn title(session: &Session, at: &Event) -> String {
    let title = event::title(session, at);
    if has_failed(session, std::slice::from_ref(at)) { format!("{title} DOES NOT FIT") } else { title }
}

/// Whether messages were encrypted, and what came of the proofs in them. A binder that was not checked is left out: the
/// keys for one are hardly ever there.
fn state(session: &Session, events: &[Event]) -> &'static str {
    let opened = !events.is_empty() && events.iter().all(|at| at.decrypted);
    let (mut verified, mut unchecked) = (false, false);
    for proof in events.iter().flat_map(|at| session.proofs_in(at)) {
        verified |= proof.result == ProofResult::Verified;
        let is_binder = matches!(proof.kind, ProofKind::PskBinder { .. });
        unchecked |= matches!(proof.result, ProofResult::NotChecked(_)) && !is_binder;
    }
    match (opened, unchecked, verified) {
        (false, true, _) => "not checked",
        (true, true, _) => "not checked, decrypted",
        (false, _, true) => "verified",
        (true, _, true) => "verified, decrypted",
        (true, ..) => OPENED,
        (false, ..) => "",
    }
}

/// Whether a proof in one of the messages does not hold.
fn has_failed(session: &Session, events: &[Event]) -> bool {
    let failed = |proof: &Proof| matches!(proof.result, ProofResult::Failed(_));
    events.iter().flat_map(|at| session.proofs_in(at)).any(failed)
}

fn style(event: &Event, encrypted: bool, theme: &Theme) -> Style {
    match event.kind {
        EventKind::Gap { .. } | EventKind::NotTls { .. } => theme.warn,
        EventKind::Fin => theme.muted,
        EventKind::Reset => theme.failed,
        _ if encrypted => theme.encrypted,
        _ => sender_style(event.direction, theme),
    }
}

fn sender_style(direction: Direction, theme: &Theme) -> Style {
    if direction == Direction::ToServer { theme.client } else { theme.server }
}

/// The time of a row. Milliseconds, because a handshake takes few of them.
fn time(at: Timestamp, before: Option<Timestamp>, session: &Session, settings: &Settings) -> String {
    let hundredths = |nanoseconds: i64| {
        let hundredths = (i128::from(nanoseconds) + 5_000).div_euclid(10_000);
        let sign = if hundredths < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
    };
    match settings.time_format {
        TimeFormat::SinceStart => hundredths(at.saturating_sub(session.started)),
        TimeFormat::Delta => hundredths(at.saturating_sub(before.unwrap_or(at))),
        TimeFormat::Absolute => clock::of_day(at, settings),
    }
}
