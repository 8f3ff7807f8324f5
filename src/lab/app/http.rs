//! HTTP/1.1 (RFC 9112): a server that answers whole requests and knows who asks, and a client that counts answers.

use super::{Act, Application, Facing, Identity, Role, Waiting, allowed, not_let_in, take_in};
use std::fmt::Write;

/// The field in which a proxy tells a backend who the client was (RFC 9440 2.2), in small letters.
pub(super) const CLIENT_CERT: &str = "client-cert";
/// No message is kept longer than this.
const LONGEST: usize = 256 << 10;

/// A request or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The request line or the status line.
    pub(super) start: String,
    /// The fields in order, names as sent.
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Messages that arrive in pieces.
#[derive(Debug, Default)]
pub(super) struct Messages(Vec<u8>);

impl Messages {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        take_in(&mut self.0, bytes, LONGEST);
    }

    /// The next whole message.
    pub(super) fn next(&mut self) -> Option<Message> {
        let head = self.0.windows(4).position(|window| window == b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(self.0.get(..head)?).into_owned();
        let mut lines = text.split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        let fields: Vec<_> = lines.filter_map(field).collect();
        let length = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let end = head.checked_add(4)?.checked_add(length)?;
        let body = self.0.get(head + 4..end)?.to_vec();
        self.0.drain(..end);
        Some(Message { start, fields, body })
    }

    /// Whether what waits cannot become a request: it does not begin with the letters of a method.
    fn is_nonsense(&self) -> bool {
        self.0.iter().take(3).any(|byte| !byte.is_ascii_uppercase())
    }
}

impl Message {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in &self.fields {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text += "\r\n";
        [text.as_bytes(), &self.body].concat()
    }
}

pub(super) struct Server {
    role: Role,
    identity: Option<Identity>,
    messages: Messages,
    refused: bool,
}

impl Server {
    pub(super) fn new(role: Role) -> Self {
        Self { role, identity: None, messages: Messages::default(), refused: false }
    }

    /// Whoever showed a certificate; behind a proxy, whoever the proxy names. The first word counts, which is what
    /// makes a proxy dangerous that only adds its own.
    fn asker(&self, request: &Message) -> Option<Identity> {
        let told = request.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(CLIENT_CERT));
        self.identity.clone().or_else(|| told.map(|(_, value)| Identity::claimed(value)))
    }

    fn answer(&mut self, request: &Message, acts: &mut Vec<Act>) {
        let asker = self.asker(request);
        let name = asker.as_ref().map_or("nobody", Identity::name);
        acts.push(Act::Served);
        if !allowed(self.role.allow.as_deref(), asker.as_ref()) {
            acts.push(not_let_in(asker.as_ref()));
            return acts.push(respond("403 Forbidden", &format!("{name} is not let in\n")));
        }
        let path = request.start.split(' ').nth(1).unwrap_or("/");
        let body = if path == "/whoami" {
            format!("you are {name}\n")
        } else {
            let method = request.start.split(' ').next().unwrap_or_default();
            format!("{method} {path} done by {}\n", self.role.name)
        };
        acts.push(respond("200 OK", &body));
    }
}

fn respond(status: &str, body: &str) -> Act {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n", body.len());
    Act::Send((head + body).into_bytes())
}

impl Application for Server {
    fn opened(&mut self, facing: &Facing, _acts: &mut Vec<Act>) {
        self.identity.clone_from(&facing.identity);
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        if self.refused {
            return;
        }
        self.messages.push(bytes);
        while let Some(request) = self.messages.next() {
            self.answer(&request, acts);
        }
        if self.messages.is_nonsense() {
            self.refused = true;
            acts.push(respond("400 Bad Request", "this is no request of HTTP\n"));
            acts.push(Act::Close);
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(bytes.to_vec()));
    }
}

#[derive(Debug, Default)]
pub(super) struct Client {
    waiting: Waiting,
    messages: Messages,
}

impl Application for Client {
    fn opened(&mut self, _facing: &Facing, acts: &mut Vec<Act>) {
        self.waiting.release(acts);
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.messages.push(bytes);
        while self.messages.next().is_some() {
            acts.push(Act::Served);
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.waiting.say(bytes, acts);
    }
}
