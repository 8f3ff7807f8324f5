//! What each side says at this moment: the client's library, the wire, the server's library. None of them is taken
//! for the truth; they stand side by side.

use super::listing::Look;
use crate::base::printable;
use crate::lab::run::{Connection, Testimony};
use crate::session::FrameNumber;
use crate::tui::event;
use crate::tui::lab::playback::Playback;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{put, rule};
use crate::tui::words;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What one side says: its name, and its words with what they mean.
struct Says {
    who: String,
    style: Style,
    lines: Vec<(&'static str, String, Style)>,
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
        put(cell, 0, Line::styled(format!(" {}", says.who), says.style), buf);
        let lines = says.lines.iter().flat_map(|(sign, words, style)| {
            super::listing::signed(sign, *style, words, usize::from(cell.width), *style)
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

/// One under the other; each gets its share of the lines, and what it does not need goes to the next.
fn stacked(three: [Says; 3], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let cells = usize::from(area.width);
    let mut row = 0;
    for (index, says) in three.into_iter().enumerate() {
        let left = usize::from(area.height).saturating_sub(row);
        let share = left / (3 - index);
        let name = text::left(&text::shorten_end(&says.who, 12, &theme.glyphs), 12);
        let joined: Vec<String> = says.lines.iter().map(|(sign, words, _)| format!("{sign} {words}")).collect();
        let style = says.lines.iter().map(|(_, _, style)| *style).next_back().unwrap_or(theme.text);
        let mut lines = text::wrap(&joined.join("  "), cells.saturating_sub(15).max(8));
        if lines.len() > share.max(1) {
            // The latest words count: what was said before is in the ladder.
            let latest = joined.last().cloned().unwrap_or_default();
            lines = text::wrap(&latest, cells.saturating_sub(15).max(8));
        }
        for (part, line) in lines.into_iter().take(share.max(1)).enumerate() {
            let name = if part == 0 { format!(" {name} ") } else { " ".repeat(14) };
            put(area, row, Line::from(vec![Span::styled(name, says.style), Span::styled(line, style)]), buf);
            row += 1;
        }
    }
}

fn client(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Says {
    let lines = of(&connection.client_says, playback, look.theme);
    Says { who: format!("{} says", printable(&connection.client)), style: look.theme.client, lines }
}

fn server(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Says {
    let lines = of(&connection.server_says, playback, look.theme);
    Says { who: format!("{} says", printable(&connection.server)), style: look.theme.server, lines }
}

/// What a peer's library has said so far.
fn of(testimony: &Testimony, playback: &Playback, theme: &Theme) -> Vec<(&'static str, String, Style)> {
    let now = playback.frame();
    let happened = |at: Option<FrameNumber>| at.is_some_and(|at| at <= now);
    let glyphs = &theme.glyphs;
    let mut lines = Vec::new();
    if happened(testimony.done_at) {
        let at = frame(testimony.done_at);
        lines.push((glyphs.ok, format!("handshake complete{at}: {}", negotiated(testimony)), theme.ok));
    }
    if let Some(error) = testimony.error.as_ref().filter(|_| happened(testimony.error_at)) {
        lines.push((glyphs.failed, format!("{}{}", printable(error), frame(testimony.error_at)), theme.failed));
        if let Some(alert) = testimony.alert_sent {
            lines.push((" ", format!("sends alert {alert}"), theme.text));
        }
    }
    if playback.is_over() {
        lines.extend(in_the_end(testimony, theme));
    } else if lines.is_empty() {
        let waits = testimony.statements.iter().rfind(|statement| statement.frame <= now);
        let words = waits.map_or("nothing yet: the handshake goes on", |statement| statement.text.as_str());
        lines.push((glyphs.incomplete, printable(words), theme.muted));
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

fn in_the_end(testimony: &Testimony, theme: &Theme) -> Vec<(&'static str, String, Style)> {
    let mut lines = Vec::new();
    if let Some(alert) = testimony.alert_seen {
        lines.push((" ", format!("got alert {alert}"), theme.warn));
    }
    let (sent, received) = (testimony.sent.len(), testimony.received.len());
    lines.push((" ", format!("application: {sent} B sent, {received} B received"), theme.text));
    if testimony.closed_cleanly == Some(false) {
        lines.push((" ", "the end came without close_notify".to_owned(), theme.warn));
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
            lines.push((sign, words::verdict(session), words::outcome_style(session.outcome, theme)));
            lines.extend(words::circumstances(session).into_iter().map(|more| (" ", more, theme.text)));
        }
        Some(session) if events > 0 => {
            let latest = session.timeline.get(events - 1);
            let words = latest.map_or(String::new(), |at| format!("frame {}: {}", at.frame, event::line(session, at)));
            lines.push((" ", words, theme.text));
            let passed = session.timeline.get(..events).unwrap_or_default();
            let hidden = passed.iter().any(|at| event::epoch(session, at).is_some());
            let readable =
                if hidden { "encrypted from here on" } else { "everything so far is readable for everybody" };
            lines.push((" ", format!("{events} of {} messages; {readable}", session.timeline.len()), theme.muted));
        }
        Some(_) => lines.push((theme.glyphs.incomplete, "nothing yet".to_owned(), theme.muted)),
        None if playback.is_over() => {
            lines.push((theme.glyphs.suspect, "no TLS: all of it can be read".to_owned(), theme.warn));
        }
        None => lines.push((theme.glyphs.incomplete, "no TLS so far".to_owned(), theme.muted)),
    }
    Says { who: "wire says".to_owned(), style: theme.strong, lines }
}
