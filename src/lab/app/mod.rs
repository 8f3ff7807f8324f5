//! What the peers speak inside TLS, or without it: small engines that take what arrived and say what to do next.
//!
//! ```text
//!   opened, received, say, bye ─► Application ─► Acts: send, begin TLS, refuse, forward, close
//! ```
//!
//! They know no sockets and no TLS library: whether they are protected, and who the other side is, is told them.
//! They are written to be read in a capture, not to be complete: a request is answered, a name is checked.

mod echo;
mod http;
mod identity;
mod mqtt;
mod relay;
mod smtp;
#[cfg(test)]
mod tests;

pub(crate) use identity::{Identity, allowed, read as read_certificate};

use super::scenario::{App, ClientCertHeader, HandshakeCheck, StartTls};

/// Something that an application wants done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// These bytes are to be sent.
    Send(Vec<u8>),
    /// TLS begins behind what was sent before.
    StartTls,
    /// A whole request was served, or an answer taken.
    Served,
    /// The other side is not let in, or does not offer what is insisted on.
    Refuse {
        /// What was checked.
        check: HandshakeCheck,
        /// What was wrong, in a few words.
        text: String,
    },
    /// These bytes go on to the other connection of a relay.
    Onward(Vec<u8>),
    /// The conversation is over.
    Close,
}

/// The other side, as far as this one knows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facing {
    /// Whether TLS protects what is said.
    pub(crate) secured: bool,
    /// The certificate that it showed and that was accepted.
    pub(crate) identity: Option<Identity>,
}

/// One side's application.
pub(crate) trait Application {
    /// The way to the other side is open: first in plain text where TLS comes later, and again behind the handshake.
    fn opened(&mut self, facing: &Facing, acts: &mut Vec<Act>);

    /// Bytes have arrived.
    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>);

    /// Whoever uses it wants this sent; it waits where it cannot be sent yet.
    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>);

    /// Whoever uses it wants an orderly end.
    fn bye(&mut self, acts: &mut Vec<Act>) {
        acts.push(Act::Close);
    }
}

/// What an application must know of its peer.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    /// Its name in the scenario.
    pub(crate) name: String,
    /// What it speaks.
    pub(crate) app: App,
    /// How TLS begins for it.
    pub(crate) starttls: StartTls,
    /// Who is let in.
    pub(crate) allow: Option<Vec<String>>,
}

/// The application of a client.
pub(crate) fn client(role: Role) -> Box<dyn Application> {
    match role.app {
        App::Echo => Box::new(echo::Client::default()),
        App::Http => Box::new(http::Client::default()),
        App::Smtp => Box::new(smtp::Client::new(role)),
        App::Mqtt => Box::new(mqtt::Client::new(role)),
    }
}

/// The application of a server.
pub(crate) fn server(role: Role) -> Box<dyn Application> {
    match role.app {
        App::Echo => Box::new(echo::Server),
        App::Http => Box::new(http::Server::new(role)),
        App::Smtp => Box::new(smtp::Server::new(role)),
        App::Mqtt => Box::new(mqtt::Server::new(role)),
    }
}

/// The side of a relay that takes connections.
pub(crate) fn relay_front(app: App, header: ClientCertHeader) -> Box<dyn Application> {
    Box::new(relay::Front::new(app == App::Http, header))
}

/// The side of a relay that opens its own connection.
pub(crate) fn relay_back() -> Box<dyn Application> {
    Box::new(relay::Back::default())
}

/// Somebody who only listens: an attacker who plays back what was copied.
pub(crate) fn silent() -> Box<dyn Application> {
    Box::new(relay::Silent)
}

/// Whether TLS begins with the first byte.
pub(crate) fn begins_secured(app: App, starttls: StartTls) -> bool {
    match starttls {
        StartTls::Implicit => true,
        StartTls::Off => false,
        // Only SMTP has words for it here.
        StartTls::Opportunistic | StartTls::Required => app != App::Smtp,
    }
}

/// The usual port of an application (the registry of service names, RFC 8314 3.3 for submission).
pub(crate) fn usual_port(app: App, starttls: StartTls) -> u16 {
    match (app, starttls) {
        (App::Http, StartTls::Off) => 80,
        (App::Http, _) => 443,
        (App::Smtp, StartTls::Implicit) => 465,
        (App::Smtp, _) => 587,
        (App::Mqtt, StartTls::Off) => 1883,
        (App::Mqtt, _) => 8883,
        (App::Echo, StartTls::Off) => 7,
        // Nothing is registered for echo over TLS; readers of captures look for TLS on any port but 7.
        (App::Echo, _) => 4433,
    }
}

/// What somebody is told who is not on the list.
fn not_let_in(identity: Option<&Identity>) -> Act {
    let name = identity.map_or("nobody", Identity::name);
    let text = format!("{name} is not on the list of those who are let in");
    Act::Refuse { check: HandshakeCheck::Authorization, text }
}

/// Adds what arrived to what is kept, up to the longest that is.
fn take_in(kept: &mut Vec<u8>, bytes: &[u8], longest: usize) {
    let room = longest.saturating_sub(kept.len());
    kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

/// What waits until it can be sent.
#[derive(Debug, Default)]
struct Waiting {
    ready: bool,
    queue: Vec<Vec<u8>>,
}

impl Waiting {
    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        if self.ready {
            acts.push(Act::Send(bytes.to_vec()));
        } else {
            self.queue.push(bytes.to_vec());
        }
    }

    fn release(&mut self, acts: &mut Vec<Act>) {
        self.ready = true;
        acts.extend(self.queue.drain(..).map(Act::Send));
    }
}

/// Lines that arrive in pieces: each whole line without its end.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// No line is kept longer than this.
    const LONGEST: usize = 64 << 10;

    fn push(&mut self, bytes: &[u8]) {
        take_in(&mut self.0, bytes, Self::LONGEST);
    }

    fn next(&mut self) -> Option<String> {
        let end = self.0.iter().position(|&byte| byte == b'\n')?;
        let line: Vec<u8> = self.0.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}
