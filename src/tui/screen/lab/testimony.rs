//! What each side says at this moment: the client's library, the wire, the server's library. None of them is taken
//! for the truth; they stand side by side.

use super::listing::Look;
use crate::base::printable;
use crate::lab::run::{Connection, Testimony};
use crate::session::FrameNumber;
use crate::tui::event;
use crate::tui::lab::playback::Playback;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::view::{put, rule};
use crate::tui::words;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What one side says: its name, and its words.
struct Says {
    who: String,
    style: Style,
    lines: Vec<Said>,
}

impl Says {
    /// `shop says`; of a long name the end is left out.
    fn title(&self, cells: usize, glyphs: &Glyphs) -> String {
        let verb = " says";
        format!("{}{verb}", text::shorten_end(&self.who, cells.saturating_sub(verb.len()), glyphs))
    }
}

/// One thing that is said.
struct Said {
    sign: &'static str,
    words: String,
    /// More of it, where there is room.
    more: String,
    style: Style,
}

impl Said {
    fn new(sign: &'static str, words: impl Into<String>, style: Style) -> Self {
        Self { sign, words: words.into(), more: String::new(), style }
    }

    fn with(self, more: String) -> Self {
        Self { more, ..self }
    }

    fn whole(&self) -> String {
        let gap = if self.more.is_empty() { "" } else { ": " };
        format!("{}{gap}{}", self.words, self.more)
    }
}

/// Draws all three.
pub(super) fn draw(playback: &Playback, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    rule(area, look.theme, buf);
    let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let Some(connection) = playback.connection() else {
        return put(below, 0, Line::styled(" nobody has said anything yet", look.theme.muted), buf);
    };
    let three =
        [client(connection, playback, look), wire(connection, playback, look), server(connection, playback, look)];
    if area.width >= 84 && below.height >= 4 {
        beside(three, look.theme, below, buf);
    } else {
        stacked(three, look.theme, below, buf);
    }
}

fn beside(three: [Says; 3], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let width = area.width / 3;
    for (place, says) in (0..).zip(three) {
        let x = area.x + width * place;
        let cell = Rect { x, width: width.saturating_sub(1), ..area };
        let title = says.title(usize::from(cell.width).saturating_sub(1), &theme.glyphs);
        put(cell, 0, Line::styled(format!(" {title}"), says.style), buf);
        let lines = says.lines.iter().flat_map(|said| {
            super::listing::signed(said.sign, said.style, &said.whole(), usize::from(cell.width), said.style)
        });
        for (row, line) in lines.enumerate().take(usize::from(area.height.saturating_sub(1))) {
            put(cell, row + 1, line, buf);
        }
        if place > 0 {
            for row in 0..usize::from(area.height) {
                put(
                    Rect { x: x.saturating_sub(1), width: 1, ..area },
                    row,
                    Line::styled(theme.glyphs.vertical, theme.rule),
                    buf,
                );
            }
        }
    }
}

/// One under the other; each gets its share of the lines.
fn stacked(three: [Says; 3], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let cells = usize::from(area.width).saturating_sub(15).max(8);
    let needs = three.each_ref().map(|says| wrapped(&wholes(&says.lines), cells).len());
    let mut row = 0;
    for (says, share) in three.into_iter().zip(shares(needs, area.height.into())) {
        let name = text::left(&says.title(12, &theme.glyphs), 12);
        let mut lines = shortened(&says.lines, share, cells);
        if lines.len() > share {
            lines.truncate(share);
            if let Some(last) = lines.last_mut() {
                let cut = format!("{} {}", last.content, theme.glyphs.ellipsis);
                last.content = text::shorten_end(&cut, cells, &theme.glyphs).into();
            }
        }
        for (part, line) in lines.into_iter().enumerate() {
            let name = if part == 0 { format!(" {name} ") } else { " ".repeat(14) };
            put(area, row, Line::from(vec![Span::styled(name, says.style), line]), buf);
            row += 1;
        }
    }
}

/// How many lines each gets: one at least, and the others go round among those who need more.
fn shares(needs: [usize; 3], height: usize) -> [usize; 3] {
    let mut shares = [1; 3];
    let mut left = height.saturating_sub(3);
    while left > 0 && shares != needs.map(|need| need.max(1)) {
        for (share, need) in shares.iter_mut().zip(needs) {
            if *share < need && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

fn wholes(lines: &[Said]) -> Vec<(String, Style)> {
    lines.iter().map(|said| (format!("{} {}", said.sign, said.whole()), said.style)).collect()
}

fn wrapped(lines: &[(String, Style)], cells: usize) -> Vec<Span<'static>> {
    let each =
        lines.iter().map(|(words, style)| text::wrap(words, cells).into_iter().map(|line| Span::styled(line, *style)));
    each.flatten().collect()
}

/// What is said in at most so many lines: all of it, or without the details, or the first thing alone.
fn shortened(lines: &[Said], share: usize, cells: usize) -> Vec<Span<'static>> {
    let short: Vec<(String, Style)> =
        lines.iter().map(|said| (format!("{} {}", said.sign, said.words), said.style)).collect();
    let joined = |lines: &[(String, Style)]| {
        let words: Vec<&str> = lines.iter().map(|(words, _)| words.trim().trim_end_matches('.')).collect();
        vec![(words.join(";  "), lines.first().map(|(_, style)| *style).unwrap_or_default())]
    };
    let forms = [wrapped(&wholes(lines), cells), wrapped(&short, cells), wrapped(&joined(&short), cells)];
    let alone = wrapped(short.get(..1).unwrap_or_default(), cells);
    forms.into_iter().find(|form| form.len() <= share).unwrap_or(alone)
}

fn client(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Says {
    let lines = of(&connection.client_says, playback, look);
    Says { who: printable(&connection.client), style: look.theme.client, lines }
}

fn server(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Says {
    let lines = of(&connection.server_says, playback, look);
    Says { who: printable(&connection.server), style: look.theme.server, lines }
}

/// What a peer's library has said so far.
fn of(testimony: &Testimony, playback: &Playback, look: &Look<'_>) -> Vec<Said> {
    let theme = look.theme;
    let now = playback.frame();
    let happened = |at: Option<FrameNumber>| at.is_some_and(|at| at <= now);
    let glyphs = &theme.glyphs;
    let mut lines = Vec::new();
    if happened(testimony.done_at) {
        let at = frame(testimony.done_at);
        lines.push(Said::new(glyphs.ok, format!("handshake complete{at}"), theme.ok).with(negotiated(testimony)));
    }
    if let Some(error) = testimony.error.as_ref().filter(|_| happened(testimony.error_at)) {
        // What its own check found would give away a fault that is to be found.
        let secret = testimony.check.is_some() && look.model.lab.is_secret();
        let error = if secret { super::SECRET_ERROR.to_owned() } else { printable(error) };
        let words = format!("{error}{}", frame(testimony.error_at));
        // What ended it comes first: where there is little room, it is what is shown.
        lines.insert(0, Said::new(glyphs.failed, words, theme.failed));
        if let Some(alert) = testimony.alert_sent {
            lines.push(Said::new(" ", format!("sends alert {alert}"), theme.text));
        }
    }
    if playback.is_over() {
        lines.extend(in_the_end(testimony, theme));
    } else if lines.is_empty() {
        let waits = testimony.statements.iter().rfind(|statement| statement.frame <= now);
        let words = waits.map_or("nothing yet: the handshake goes on", |statement| statement.text.as_str());
        lines.push(Said::new(glyphs.incomplete, printable(words), theme.muted));
    }
    lines
}

fn frame(at: Option<FrameNumber>) -> String {
    at.filter(|at| *at > 0).map(|at| format!(" (after frame {at})")).unwrap_or_default()
}

fn negotiated(testimony: &Testimony) -> String {
    let mut parts = Vec::new();
    parts.extend(testimony.version.map(|version| version.to_string()));
    parts.extend(testimony.suite.map(|suite| suite.to_string()));
    parts.extend(testimony.group.map(|group| group.to_string()));
    parts.extend(testimony.alpn.as_ref().map(|alpn| format!("ALPN {}", String::from_utf8_lossy(alpn))));
    parts.extend(testimony.resumed.filter(|resumed| *resumed).map(|_| "resumed".to_owned()));
    printable(&parts.join(", "))
}

fn in_the_end(testimony: &Testimony, theme: &Theme) -> Vec<Said> {
    let mut lines = Vec::new();
    if let Some(alert) = testimony.alert_seen {
        lines.push(Said::new(" ", format!("got alert {alert}"), theme.warn));
    }
    let (sent, received) = (testimony.sent.len(), testimony.received.len());
    lines.push(Said::new(" ", format!("application: {sent} B sent, {received} B received"), theme.text));
    if testimony.closed_cleanly == Some(false) {
        lines.push(Said::new(" ", "the end came without close_notify".to_owned(), theme.warn));
    }
    lines
}

/// What can be read off the wire so far, and nothing else.
fn wire(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Says {
    let theme = look.theme;
    let mut lines = Vec::new();
    let events = playback.events(connection.number);
    match connection.session.as_deref() {
        Some(session) if playback.is_over() => {
            let sign = words::outcome_glyph(session.outcome, &theme.glyphs);
            lines.push(Said::new(sign, words::verdict(session), words::outcome_style(session.outcome, theme)));
            lines.extend(words::circumstances(session).into_iter().map(|more| Said::new(" ", more, theme.text)));
        }
        Some(session) if events > 0 => {
            let latest = session.timeline.get(events - 1);
            let words = latest.map_or(String::new(), |at| format!("frame {}: {}", at.frame, event::line(session, at)));
            lines.push(Said::new(" ", words, theme.text));
            let passed = session.timeline.get(..events).unwrap_or_default();
            let hidden = passed.iter().any(|at| event::epoch(session, at).is_some());
            let readable =
                if hidden { "encrypted from here on" } else { "everything so far is readable for everybody" };
            lines.push(Said::new(
                " ",
                format!("{events} of {} messages; {readable}", session.timeline.len()),
                theme.muted,
            ));
        }
        Some(_) => lines.push(Said::new(theme.glyphs.incomplete, "nothing yet".to_owned(), theme.muted)),
        None if playback.is_over() => {
            lines.push(Said::new(theme.glyphs.suspect, "no TLS: all of it can be read".to_owned(), theme.warn));
        }
        None => lines.push(Said::new(theme.glyphs.incomplete, "no TLS so far".to_owned(), theme.muted)),
    }
    Says { who: "wire".to_owned(), style: theme.strong, lines }
}
