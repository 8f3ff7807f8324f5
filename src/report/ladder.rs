//! The ladder of a session: what was seen on the wire, one arrow for each thing. Nothing is drawn that was not seen.

use super::fact::{described, milliseconds};
use crate::base::{counted, printable};
use crate::net::Direction;
use crate::session::{Event, EventKind, PreludeLine, Session};
use crate::tls::code::{AlertLevel, HandshakeType};
use crate::tls::handshake::Alert;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a rung is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// In the clear.
    Plain,
    /// Encrypted: what it carries cannot be read.
    Encrypted,
    /// Ends the session, or says that it must end.
    Failure,
    /// Not a record: bytes that are missing or are something else.
    Break,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) frame: u32,
    /// Since the first frame of the stream; empty where only the frame is known.
    pub(super) milliseconds: String,
    pub(super) direction: Direction,
    pub(super) line: Line,
    pub(super) label: String,
    /// Length in bytes where it is one message or record.
    pub(super) length: Option<u64>,
    /// Whether it was encrypted on the wire and opened.
    pub(super) decrypted: bool,
}

/// Columns between the two lines of life.
const WIDTH: usize = 60;

/// What was seen, in the order of the capture.
pub(super) fn rungs(session: &Session) -> Vec<Rung> {
    let mut server_hellos = session.server_hellos.iter();
    let mut rungs: Vec<Rung> = session.prelude.iter().flat_map(|prelude| &prelude.lines).map(before).collect();
    for event in &session.timeline {
        let retry = matches!(event.kind, EventKind::Handshake { kind: HandshakeType::SERVER_HELLO, .. })
            && server_hellos.next().is_some_and(|hello| hello.item.is_hello_retry_request);
        let (line, label, length) = drawn(event, retry);
        rungs.push(Rung {
            frame: event.frame,
            milliseconds: milliseconds(event.time.saturating_sub(session.started)),
            direction: event.direction,
            line,
            label,
            length,
            decrypted: event.decrypted,
        });
    }
    rungs
}

/// What was said before TLS began, as it was said.
fn before(line: &PreludeLine) -> Rung {
    Rung {
        frame: line.frame,
        milliseconds: String::new(),
        direction: line.direction,
        line: Line::Plain,
        label: format!("\"{}\"", printable(line.text.trim_end())),
        length: None,
        decrypted: false,
    }
}

fn drawn(event: &Event, retry: bool) -> (Line, String, Option<u64>) {
    let some = |length: &u32| Some(u64::from(*length));
    match &event.kind {
        EventKind::Handshake { kind, length, summary, .. } => {
            (Line::Plain, message(*kind, retry, summary), some(length))
        }
        EventKind::Ssl2 { kind, length } => (Line::Plain, ssl2(*kind), some(length)),
        EventKind::EncryptedHandshake { length } => {
            (Line::Encrypted, "handshake message, encrypted".to_owned(), some(length))
        }
        EventKind::ChangeCipherSpec => (Line::Plain, "ChangeCipherSpec".to_owned(), None),
        EventKind::Alert(alert) => (alert_line(*alert), format!("Alert {} {}", alert.level, described(*alert)), None),
        EventKind::EncryptedAlert { length } => (Line::Encrypted, "alert, encrypted".to_owned(), some(length)),
        EventKind::ApplicationData { records, bytes, maybe_handshake } => {
            let what = if *maybe_handshake { "encrypted" } else { "application data" };
            let label = format!("{what}, {}, {bytes} B", counted(records, "record"));
            (if event.decrypted { Line::Plain } else { Line::Encrypted }, label, None)
        }
        EventKind::Heartbeat { length, encrypted: false } => (Line::Plain, "heartbeat".to_owned(), some(length)),
        EventKind::Heartbeat { length, .. } => (Line::Encrypted, "heartbeat, encrypted".to_owned(), some(length)),
        EventKind::UnknownRecord { content_type, length } => {
            (Line::Plain, format!("record of type {content_type}"), some(length))
        }
        EventKind::Gap { bytes } => (Line::Break, format!("{} not captured", counted(bytes, "byte")), None),
        EventKind::NotTls { bytes } => (Line::Break, format!("{} not TLS", counted(bytes, "byte")), None),
        EventKind::Fin => (Line::Plain, "FIN".to_owned(), None),
        EventKind::Reset => (Line::Failure, "RST".to_owned(), None),
    }
}

fn message(kind: HandshakeType, retry: bool, summary: &str) -> String {
    let title = match kind.title() {
        _ if retry => "HelloRetryRequest".to_owned(),
        Some(title) => title.to_owned(),
        None => format!("handshake message of type {kind}"),
    };
    if summary.is_empty() { title } else { format!("{title} ({})", printable(summary)) }
}

fn ssl2(kind: u8) -> String {
    let name = match kind {
        0 => "ERROR",
        1 => "CLIENT-HELLO",
        2 => "CLIENT-MASTER-KEY",
        3 => "CLIENT-FINISHED",
        4 => "SERVER-HELLO",
        5 => "SERVER-VERIFY",
        6 => "SERVER-FINISHED",
        7 => "REQUEST-CERTIFICATE",
        8 => "CLIENT-CERTIFICATE",
        _ => return format!("SSL 2 message of type {kind}"),
    };
    format!("SSL 2 {name}")
}

/// A warning does not end a session, nor is an orderly close (RFC 8446 6.1) a failure whatever its level byte says.
fn alert_line(alert: Alert) -> Line {
    if alert.level == AlertLevel(1) || alert.description.0 == 0 { Line::Plain } else { Line::Failure }
}

impl Rung {
    /// The arrow from one line of life to the other: `|---- ClientHello ----…--->|`, `|<=== Finished =…= decrypted =|`.
    pub(super) fn arrow(&self) -> String {
        let (fill, mark) = match self.line {
            Line::Plain if self.decrypted => ('=', '='),
            Line::Failure if self.decrypted => ('=', 'X'),
            Line::Plain => ('-', '-'),
            Line::Encrypted => ('=', '='),
            Line::Failure => ('-', 'X'),
            Line::Break => ('.', '.'),
        };
        let (start, end) = match (self.line, self.direction) {
            (Line::Break, _) => (fill, fill),
            (_, Direction::ToServer) => (fill, '>'),
            (_, Direction::ToClient) => ('<', fill),
        };
        let sign = if self.decrypted { " decrypted " } else { "" };
        let label = cut(&self.label, WIDTH - 8 - sign.len());
        let rest = WIDTH.saturating_sub(label.width() + 7 + sign.len());
        let rest: String = std::iter::repeat_n(fill, rest).collect();
        let (rest, last) = rest.split_at_checked(rest.len().saturating_sub(1)).unwrap_or((&rest, ""));
        format!("|{start}{fill}{mark}{fill} {label} {rest}{sign}{last}{end}|")
    }
}

/// The text, or as much of it as fits into that many columns.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < columns - 2
    };
    format!("{}...", text.chars().take_while(fits).collect::<String>())
}
