//! Pages that explain what is under the cursor: what a field is, and why it has this value here where facts of the
//! session can tell. What they cannot tell is left out.

mod rules;

use super::event as words;
use super::model::{Model, Subject};
use super::overlay::page::{Block, Page};
use super::screen::detail::dump;
use super::subject::Opened;
use super::value;
use crate::base::printable;
use crate::net::Direction;
use crate::session::{Event, EventKind, Proof, Session};
use crate::tls::code::ProtocolVersion;
use rules::Around;

/// How many bytes of a field a page shows.
const BYTES: usize = 64;

/// The page about a field of what the Detail screen shows.
#[must_use]
pub fn field(opened: &Opened, index: usize, model: &Model) -> Page {
    let Some(node) = opened.dissection.tree.nodes().get(index) else { return Page::default() };
    let blocks = field_blocks(opened, index, model);
    Page::new(node.field.label, blocks)
}

/// The page about an event of the ladder: about its message where there is one, and about what happened otherwise.
#[must_use]
pub fn event(session: &Session, index: usize, model: &Model) -> Page {
    let Some(at) = session.timeline.get(index) else { return Page::default() };
    let opened = model.opened.as_ref().filter(|opened| opened.subject == Subject::Event(index));
    let hidden = words::is_encrypted(at);
    let mut blocks = vec![Block::Text(event_text(session, at))];
    if let Some(possible) = words::possible(session, index) {
        blocks.push(Block::Entry("can be".to_owned(), possible.to_owned()));
    }
    if let Some(size) = words::size_of(session, at) {
        blocks.push(Block::Entry("by length".to_owned(), size.to_owned()));
    }
    let proofs: Vec<String> = session.proofs_in(at).map(Proof::text).collect();
    match opened.filter(|opened| !opened.dissection.tree.nodes().is_empty()) {
        Some(opened) if hidden => {
            blocks.push(Block::Heading("the record around it".to_owned()));
            blocks.extend(field_blocks(opened, opened.root(), model));
        }
        Some(opened) => {
            blocks = field_blocks(opened, opened.root(), model);
            if let EventKind::Alert(alert) = at.kind {
                blocks.insert(0, Block::Text(alert.description.text().to_owned()));
            }
        }
        None => {}
    }
    blocks.splice(0..0, proofs.into_iter().map(|text| Block::Entry("proof".to_owned(), text)));
    Page::new(words::title(session, at), blocks)
}

/// The page about what was said before TLS.
#[must_use]
pub fn prelude(session: &Session) -> Page {
    Page::new("before TLS", prelude_blocks(session))
}

/// What was said before TLS, in words.
#[must_use]
pub fn prelude_blocks(session: &Session) -> Vec<Block> {
    let Some(prelude) = &session.prelude else { return Vec::new() };
    let mut blocks = vec![
        Block::Heading(format!("before TLS: {}", prelude.protocol)),
        Block::Text(
            "This connection began in clear and went over to TLS later. Whoever sits on the way could read these \
             lines and change them: an attacker can take the offer of TLS out of them, so a careful client insists \
             on TLS and asks again for everything after it has begun."
                .to_owned(),
        ),
    ];
    let accepted = prelude.accepted.map(|accepted| if accepted { "agreed to" } else { "refused" });
    if let Some(accepted) = accepted {
        blocks.push(Block::Entry("TLS was".to_owned(), accepted.to_owned()));
    }
    for line in &prelude.lines {
        let sender = if line.direction == Direction::ToServer { "client" } else { "server" };
        blocks.push(Block::Entry(sender.to_owned(), printable(&line.text)));
    }
    blocks
}

fn field_blocks(opened: &Opened, index: usize, model: &Model) -> Vec<Block> {
    let Some(node) = opened.dissection.tree.nodes().get(index) else { return Vec::new() };
    let bytes = opened.dissection.bytes(node.span);
    let session = model.detail().map(|detail| &detail.session);
    let at = match opened.subject {
        Subject::Event(event) => session.and_then(|session| session.timeline.get(event)),
        _ => None,
    };
    let around = Around { opened, index, node, session, event: at, settings: &model.settings };
    let mut blocks = vec![Block::Text(node.field.text.to_owned())];
    let here = rules::here(&around);
    if !here.is_empty() {
        blocks.push(Block::Heading("here".to_owned()));
        blocks.extend(here.into_iter().map(Block::Text));
    }
    blocks.push(Block::Heading("this field".to_owned()));
    let mut entry = |name: &str, text: String| {
        if !text.is_empty() {
            blocks.push(Block::Entry(name.to_owned(), text));
        }
    };
    entry("value", value::shown(node, bytes, 32, &model.settings));
    entry("name", node.field.name.to_owned());
    entry("defined in", node.field.reference.to_owned());
    let chosen = at.is_some_and(|at| at.direction == Direction::ToClient);
    entry("filter", value::filter(node, bytes, chosen).unwrap_or_default());
    let frames = opened.frames_of(node.span).map(|frames| match frames {
        (first, last) if first == last => format!(", frame {first}"),
        (first, last) => format!(", frames {first} to {last}"),
    });
    let place = format!("{} bytes at offset {}{}", node.span.len(), node.span.start, frames.unwrap_or_default());
    entry("bytes", place);
    for (row, chunk) in bytes.chunks(16).take(BYTES / 16).enumerate() {
        blocks.push(Block::Line(dump(node.span.start as usize + row * 16, chunk)));
    }
    if bytes.len() > BYTES {
        blocks.push(Block::Line(format!("and {} bytes more", bytes.len() - BYTES)));
    }
    blocks
}

/// What an event without readable fields is, for somebody who meets it for the first time.
#[must_use]
pub fn event_text(session: &Session, event: &Event) -> String {
    let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
    let text = match event.kind {
        EventKind::EncryptedHandshake { .. } => {
            "A handshake message behind ChangeCipherSpec. It is encrypted; without keys only its length is known."
        }
        EventKind::EncryptedAlert { .. } => {
            "An alert in an encrypted record. Which one it is cannot be read. Right before the connection is closed \
             it is usually close_notify, the orderly end, but that cannot be seen."
        }
        EventKind::ApplicationData { maybe_handshake: true, .. } => {
            "TLS 1.3 gives every encrypted record the outer type application_data. The true type stands inside the \
             encryption: handshake messages, alerts and data look alike from outside."
        }
        EventKind::ApplicationData { .. } if event.decrypted => {
            "The application's data. It was encrypted on the wire and could be opened with the keys that were given."
        }
        EventKind::ApplicationData { .. } if tls13 => {
            "Encrypted records, far enough behind the handshake that they mostly are the application's data. Tickets, \
             key updates and alerts look the same."
        }
        EventKind::ApplicationData { .. } => {
            "The application's data, encrypted. Records in a row are counted together; their lengths and times are \
             all that can be seen."
        }
        EventKind::ChangeCipherSpec if tls13 => {
            "A dummy: TLS 1.3 does not need it. It is sent so that boxes on the way that know TLS 1.2 only see what \
             they expect (RFC 8446 D.4). It changes nothing."
        }
        EventKind::ChangeCipherSpec => {
            "From the next record on the sender uses the keys that were agreed on. It is no handshake message and \
             can be forged, which is why Finished comes right behind it."
        }
        EventKind::Heartbeat { .. } => {
            "A sign of life (RFC 6520). A request whose length field is larger than its payload was Heartbleed."
        }
        EventKind::Gap { .. } => {
            "The capture does not have these bytes: they were lost while capturing, or the capture was cut. Messages \
             that lie in them cannot be shown, and the record that begins in them cannot be found by its header."
        }
        EventKind::NotTls { .. } => {
            "A TLS record should begin here, and these bytes are none. Often the server is not a TLS server: it \
             answers in its own protocol, such as an HTTP error in clear."
        }
        EventKind::Fin => {
            "The sender closes its direction of the TCP connection. Data can still come the other way. Without a \
             close_notify before it the receiver cannot know that nothing was cut off."
        }
        EventKind::Reset => {
            "The sender throws the TCP connection away: nothing more is sent or read. A program that crashed or does \
             not listen does it, a firewall too, and some programs instead of an orderly close."
        }
        EventKind::UnknownRecord { .. } => "A record whose content type tlslab has no reader for.",
        EventKind::Alert(alert) => alert.description.text(),
        EventKind::Handshake { .. } if event.decrypted => {
            "A handshake message. It was encrypted on the wire and could be opened with the keys that were given."
        }
        EventKind::Handshake { .. } => "A handshake message in clear.",
        EventKind::Ssl2 { .. } => "A message in the format of SSL 2, which nobody should use any more (RFC 6176).",
    };
    text.to_owned()
}
