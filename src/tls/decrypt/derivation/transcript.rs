//! The hash of the handshake after each of its messages (RFC 8446 4.4.1, RFC 5246 7.4.9, RFC 7627 3).

use super::super::suite::Hash;
use super::build::{Builder, node, public};
use super::{HandshakeMessage, Input, InputValue, NodeId, Operation, Output};
use crate::tls::code::HandshakeType;

/// Where in the transcript the secrets look.
pub(super) struct Marks<'a> {
    /// The messages that are hashed, with the node of the hash behind each.
    all: Vec<(&'a HandshakeMessage, NodeId)>,
    /// Stands for every place that was not read.
    missing: Vec<(&'static str, NodeId)>,
    depth: u8,
}

/// Adds a node for the hash after each message of the handshake.
pub(super) fn add<'a>(builder: &mut Builder<'a>, messages: Vec<&'a HandshakeMessage>) -> Marks<'a> {
    builder.heading("transcript");
    let mut all = Vec::with_capacity(messages.len());
    let mut bytes: Vec<u8> = Vec::new();
    let mut before = None;
    for message in messages {
        let mut inputs = Vec::new();
        if message.is_retry {
            // The first ClientHello stands in it as its hash from here on, so that a server needs to keep no state.
            bytes = message_hash(builder, &bytes);
            let text = "the first ClientHello, as its hash in a message of type message_hash (254)".to_owned();
            inputs.push(Input { name: "Messages", value: InputValue::Text(text) });
            inputs.push(Input { name: "message_hash", value: InputValue::Bytes(bytes.clone()) });
        } else if let Some(before) = before {
            inputs.push(Input { name: "the same as for", value: InputValue::Node(before) });
        }
        let text = format!("{}, frame {}, {} bytes", message.name, message.frame, message.bytes.len());
        inputs.push(Input { name: "Message", value: InputValue::Message { text, event: message.event } });
        bytes.extend_from_slice(&message.bytes);
        let output = match digest(builder, &bytes) {
            Some(value) => public(value),
            None => Output::Unknown("the suite, which says the hash, is not supported or was not captured".to_owned()),
        };
        let mut node = node(1, &format!("after {}", message.name), Operation::TranscriptHash, inputs, output);
        let side = if message.from_client { "client" } else { "server" };
        node.remark = format!("{side}, frame {}", message.frame);
        let id = builder.push(node);
        before = Some(id);
        all.push((message, id));
    }
    Marks { all, missing: Vec::new(), depth: 1 }
}

fn message_hash(builder: &Builder<'_>, first: &[u8]) -> Vec<u8> {
    let hash = digest(builder, first).unwrap_or_default();
    [&[254, 0, 0, u8::try_from(hash.len()).unwrap_or(u8::MAX)], hash.as_slice()].concat()
}

/// The hash of the handshake: that of the suite, and until TLS 1.1 MD5 with SHA-1 behind it.
fn digest(builder: &Builder<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let suite = builder.suite?;
    if builder.version.is_tls13() {
        return Some(suite.hash.digest(&[bytes]));
    }
    Some(match suite.schedule_hash(builder.version) {
        Some(hash) => hash.digest(&[bytes]),
        None => [Hash::Md5.digest(&[bytes]), Hash::Sha1.digest(&[bytes])].concat(),
    })
}

impl Marks<'_> {
    /// The hash after a message; where it was not read, a node that says so.
    pub(super) fn after(
        &mut self,
        builder: &mut Builder<'_>,
        kind: HandshakeType,
        from_client: bool,
        name: &'static str,
    ) -> NodeId {
        let is_it = |message: &HandshakeMessage| {
            message.kind == kind && message.from_client == from_client && !message.is_retry
        };
        let found = self.all.iter().rfind(|(message, _)| is_it(message)).map(|(_, id)| *id);
        found.unwrap_or_else(|| self.unread(builder, name))
    }

    /// The hash before the Finished of a side, and what that Finished says. `first`: whether that Finished is the first
    /// message that can be encrypted, so that the hash is known without it.
    pub(super) fn before_finished(
        &mut self,
        builder: &mut Builder<'_>,
        from_client: bool,
        first: bool,
    ) -> (NodeId, Option<Vec<u8>>) {
        let is_finished = |message: &HandshakeMessage| message.kind == HandshakeType::FINISHED;
        let at = self.all.iter().position(|(message, _)| is_finished(message) && message.from_client == from_client);
        let wire = at.and_then(|at| self.all.get(at)).and_then(|(message, _)| message.bytes.get(4..));
        let wire = wire.map(<[u8]>::to_vec);
        let hidden = first && !self.all.iter().any(|(message, _)| is_finished(message));
        let behind = at.or(hidden.then_some(self.all.len()));
        let before = behind.and_then(|at| at.checked_sub(1)).and_then(|at| self.all.get(at)).map(|(_, id)| *id);
        let name = if from_client { "before the client's Finished" } else { "before the server's Finished" };
        (before.unwrap_or_else(|| self.unread(builder, name)), wire)
    }

    fn unread(&mut self, builder: &mut Builder<'_>, name: &'static str) -> NodeId {
        if let Some((_, id)) = self.missing.iter().find(|(missing, _)| *missing == name) {
            return *id;
        }
        let why = "a message up to here is encrypted and was not opened, or was not captured".to_owned();
        let id = builder.push(node(self.depth, name, Operation::TranscriptHash, Vec::new(), Output::Unknown(why)));
        self.missing.push((name, id));
        id
    }
}
