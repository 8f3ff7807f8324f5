//! The ladder of a run as far as the playback has come: the rows of the Ladder screen, and between them what peers
//! said and what was done on the wire.

use super::listing::{Act, Item, Look};
use crate::base::printable;
use crate::lab::run::{BeatKind, Connection};
use crate::net::Direction;
use crate::session::{FrameNumber, Session};
use crate::tui::lab::playback::Playback;
use crate::tui::screen::ladder::draw::Columns;
use crate::tui::screen::ladder::rows::{Row, rows};
use crate::tui::text;
use ratatui::text::Line;

/// The rows.
pub(super) fn items(playback: &Playback, look: &Look<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let run = &playback.run;
    for connection in &run.connections {
        let begun = playback.is_over() || playback.past().iter().any(|beat| beat.connection == connection.number);
        if !begun {
            break;
        }
        if run.connections.len() > 1 {
            let words = format!("connection {}: {} > {}", connection.number, connection.client, connection.server);
            items.push(Item::heading(&printable(&words), items.is_empty(), look.theme));
        }
        match connection.session.as_deref() {
            Some(session) => items.extend(of_session(connection, session, playback, look)),
            None => items.extend(in_clear(connection, playback, look)),
        }
    }
    if items.is_empty() {
        items.push(Item::still(vec![Line::styled(" nothing has crossed the wire yet", look.theme.muted)]));
    }
    items
}

fn of_session(connection: &Connection, session: &Session, playback: &Playback, look: &Look<'_>) -> Vec<Item> {
    let inside = session;
    let sent = playback.as_sent(inside).filter(|_| look.model.as_sent);
    let session = sent.unwrap_or(inside);
    let events = happened(playback.events(connection.number), inside, session);
    let columns = Columns::new(session, &look.model.settings, look.cells);
    let mut items = Vec::new();
    if sent.is_some() {
        items.push(Item::still(vec![Line::styled(
            " as sent: this is what anybody on the way sees",
            look.theme.encrypted,
        )]));
    }
    items.push(Item::still(vec![columns.heading(session, &look.model.settings, look.theme)]));
    let mut asides = asides(connection, playback, look.model.lab.is_secret());
    asides.reverse();
    let mut before = None;
    // What stands behind an event belongs to it: a rule between epochs is not drawn before its event.
    let mut shown = false;
    for row in rows(session, false, false) {
        let frame = match &row {
            Row::Events(range) => {
                let at = session.timeline.get(range.start).filter(|_| range.start < events);
                shown = at.is_some();
                at.map(|at| at.frame)
            }
            Row::Said(index) => said_frame(session, *index).filter(|frame| *frame <= playback.frame() || events > 0),
            Row::Prelude { .. } => Some(0),
            Row::Epoch(_) => shown.then_some(0),
            Row::Reason(_) | Row::Cut => None,
        };
        let Some(frame) = frame else { continue };
        while asides.last().is_some_and(|(at, _, _)| *at < frame) {
            items.extend(asides.pop().map(|aside| aside_item(&aside, &columns, look)));
        }
        let line = columns.line(&row, session, before, &look.model.settings, look.theme);
        match row.event() {
            Some(event) => {
                before = session.timeline.get(event).map(|at| at.time);
                let event = session.counterpart(event, inside).unwrap_or(event);
                items.push(Item::of(vec![line], Act::Event { connection: connection.number, event }));
            }
            None => items.push(Item::still(vec![line])),
        }
    }
    asides.reverse();
    items.extend(asides.iter().map(|aside| aside_item(aside, &columns, look)));
    items
}

/// How many events of a session have happened, as it is shown; `events` counts those that are inside.
fn happened(events: usize, inside: &Session, shown: &Session) -> usize {
    if std::ptr::eq(inside, shown) {
        return events;
    }
    if events >= inside.timeline.len() {
        return shown.timeline.len();
    }
    let last = events.checked_sub(1).and_then(|last| inside.counterpart(last, shown));
    last.map_or(0, |last| last + 1)
}

fn said_frame(session: &Session, index: usize) -> Option<FrameNumber> {
    Some(session.prelude.as_ref()?.lines.get(index)?.frame)
}

/// A connection on which no TLS was spoken: its lines as they crossed the wire.
fn in_clear(connection: &Connection, playback: &Playback, look: &Look<'_>) -> Vec<Item> {
    let columns = Columns::in_clear(look.cells);
    let mut items = Vec::new();
    for beat in playback.past().iter().filter(|beat| beat.connection == connection.number) {
        match &beat.kind {
            BeatKind::Plain { to_server, text } => {
                let direction = if *to_server { Direction::ToServer } else { Direction::ToClient };
                let label = printable(text.trim_end());
                items.push(Item::still(vec![columns.plain(&label, direction, beat.frame, look.theme)]));
            }
            BeatKind::Attack { by, text } => {
                items.push(aside_item(&(beat.frame, Aside::Wire, format!("{by}: {text}")), &columns, look));
            }
            _ => {}
        }
    }
    items
}

/// What stands before something that was done on the wire.
const ATTACK: &str = "!";

/// On whose side something is written between the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aside {
    Client { fatal: bool },
    Server { fatal: bool },
    Wire,
}

/// What peers said and what was done on the wire, by the frame after which it was, as far as the playback has come.
fn asides(connection: &Connection, playback: &Playback, secret: bool) -> Vec<(FrameNumber, Aside, String)> {
    let now = playback.frame();
    let mut out = Vec::new();
    for (client, testimony) in [(true, &connection.client_says), (false, &connection.server_says)] {
        for statement in testimony.statements.iter().filter(|statement| statement.frame <= now) {
            let fatal = statement.fatal;
            let aside = if client { Aside::Client { fatal } } else { Aside::Server { fatal } };
            let hidden = secret && fatal && testimony.check.is_some();
            let words = if hidden { super::SECRET_ERROR } else { &statement.text };
            out.push((statement.frame, aside, words.to_owned()));
        }
    }
    for beat in playback.past() {
        if let BeatKind::Attack { by, text } = &beat.kind
            && (beat.connection == connection.number || beat.connection == 0)
        {
            out.push((beat.frame, Aside::Wire, format!("{by}: {text}")));
        }
    }
    out.sort_by_key(|(frame, _, _)| *frame);
    out
}

fn aside_item((_, aside, words): &(FrameNumber, Aside, String), columns: &Columns, look: &Look<'_>) -> Item {
    let theme = look.theme;
    let (left, width) = columns.lifelines();
    let words = printable(words);
    let (sign, style) = match aside {
        Aside::Client { fatal: true } | Aside::Server { fatal: true } => (theme.glyphs.failed, theme.failed),
        Aside::Client { .. } | Aside::Server { .. } => (theme.glyphs.unfolded, theme.note),
        Aside::Wire => (ATTACK, theme.warn),
    };
    let words = text::shorten_end(&format!("{sign} {words}"), width, &theme.glyphs);
    let gap = match aside {
        Aside::Client { .. } => 0,
        Aside::Server { .. } => width.saturating_sub(text::width(&words)),
        Aside::Wire => width.saturating_sub(text::width(&words)) / 2,
    };
    Item::still(vec![Line::styled(format!("{}{words}", " ".repeat(left + gap)), style)])
}
