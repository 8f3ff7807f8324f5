//! What was said on a TCP stream before TLS began.
//!
//! Many protocols begin in clear and then agree to go on with TLS; proxies add a conversation of their own in front.
//! Whoever wants to know why a handshake never began finds the reason here. This is recognition after the fact, not
//! a parser for these protocols: it names what it knows and shows the rest as it was.
//!
//! Secrets are never shown. What follows `PASS`, `LOGIN`, `AUTH PLAIN` and their like, passwords of SOCKS and LDAP,
//! SASL answers, cookies and `Authorization` headers are replaced by `[hidden]`, in protocols that are not recognised
//! as well; where such a server asks for a password in words, nothing that the client said is shown. User names stay
//! where they stand apart from the password.
//!
//! ```text
//!   said ─► Talk ─► proxies (PROXY, SOCKS, CONNECT), one in another ─► binary protocol ─┬─► Recognised
//!                                                                  └─► text protocol ───┘
//! ```

mod binary;
mod proxy;
mod secret;
mod talk;
mod tds;
#[cfg(test)]
mod tests;
mod text;

pub use tds::TdsUnwrap;

use super::Direction;
use talk::{Message, Talk};

/// More than this of a line is not shown.
const MAX_LINE: usize = 512;
/// More lines than this are not kept: what matters stands at the beginning and just before TLS.
const MAX_LINES: usize = 64;
const LAST_LINES: usize = 16;

/// Bytes that one side said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// Which way they went.
    pub direction: Direction,
    /// The frame that carried them.
    pub frame: u32,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What a conversation before TLS was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The protocol and what it did: `SMTP STARTTLS`, `HTTP CONNECT`; `unrecognised` otherwise.
    pub protocol: &'static str,
    /// Whether the other side agreed to go on with TLS (or to connect, for a proxy); `None` where the protocol has no
    /// answer, or none was seen.
    pub accepted: Option<bool>,
    /// The lines as they were sent but for hidden secrets, and binary packets in words: the frame that completed
    /// each, its direction, its text. Text from the wire, not made printable; no more than 64, of 512 bytes at most.
    pub lines: Vec<(u32, Direction, String)>,
}

/// Recognises the protocol in what both sides said before TLS, given in the order of arrival. The bytes are copied once,
/// so a caller that cannot tell whether TLS will ever begin should give only the first and the last of them.
#[must_use]
pub fn recognise(said: &[Said<'_>]) -> Recognised {
    let mut talk = Talk::new(said);
    let mut found = Recognised { protocol: "unrecognised", accepted: None, lines: Vec::new() };
    // A proxy may lead to a proxy; each round takes bytes away, so this ends.
    while proxy::recognise(&mut talk, &mut found) {}
    if !talk.is_empty() && !binary::recognise(&mut talk, &mut found) {
        text::recognise(&mut talk, &mut found);
    }
    found.shorten();
    found
}

impl Recognised {
    /// Adds a packet in words.
    fn say(&mut self, message: &Message<'_>, text: impl Into<String>) {
        self.lines.push((message.frame, message.direction, cut(text.into())));
    }

    /// Names the protocol if there were messages of it; whether there were.
    fn name(&mut self, protocol: &'static str, messages: &[Message<'_>]) -> bool {
        if !messages.is_empty() {
            self.protocol = protocol;
        }
        !messages.is_empty()
    }

    fn shorten(&mut self) {
        let Some(surplus) = self.lines.len().checked_sub(MAX_LINES).filter(|&surplus| surplus > 0) else { return };
        let first = MAX_LINES - LAST_LINES - 1;
        let left_out = surplus + 1;
        let note = format!("[{left_out} lines left out]");
        let at = self.lines.get(first).map(|(frame, direction, _)| (*frame, *direction, note));
        self.lines.splice(first..first + left_out, at);
    }
}

/// The text, no longer than a line may be, without a torn character at the end.
fn cut(mut text: String) -> String {
    let end = (0..=MAX_LINE.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or_default());
    text
}

/// How many bytes, in words.
fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}
