//! The tree under construction: adds nodes, and computes what follows from what is known.

use super::super::suite::Hash;
use super::super::{Draft, KeyBlock, Suite};
use super::{
    Derivation, Handshake, Input, InputValue, KnownSecret, Node, NodeId, Operation, Origin, Output, RecordAt, Stage,
    record,
};
use crate::tls::code::ProtocolVersion;
use crate::tls::key_log::Label;
use crate::tls::secrets::Secret;

/// A tree under construction.
pub(super) struct Builder<'a> {
    pub(super) handshake: &'a Handshake,
    pub(super) version: ProtocolVersion,
    pub(super) suite: Option<Suite>,
    pub(super) draft: Draft,
    record: Option<&'a RecordAt>,
    nodes: Vec<Node>,
    pub(super) remarks: Vec<String>,
}

/// What HKDF-Expand-Label takes beside the secret.
pub(super) enum Context {
    /// Nothing.
    Empty,
    /// The hash of no message at all.
    NoMessage,
    /// A hash of messages.
    Transcript(NodeId),
    /// Bytes from the wire.
    Bytes(&'static str, Vec<u8>),
}

/// A node that HKDF-Expand-Label makes.
pub(super) struct Expansion<'a> {
    pub(super) depth: u8,
    pub(super) name: String,
    pub(super) secret: NodeId,
    pub(super) label: &'a str,
    pub(super) context: Context,
    /// In bytes; that of the hash where it is left out.
    pub(super) length: Option<usize>,
    /// The label under which a key log may have it.
    pub(super) given: Option<Label>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        handshake: &'a Handshake,
        version: ProtocolVersion,
        suite: Option<Suite>,
        record: Option<&'a RecordAt>,
    ) -> Self {
        let draft = Draft::of(version);
        Self { handshake, version, suite, draft, record, nodes: Vec::new(), remarks: Vec::new() }
    }

    pub(super) fn finish(self) -> Derivation {
        Derivation { nodes: self.nodes, remarks: self.remarks }
    }

    pub(super) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The number that the next node will have.
    pub(super) fn next(&self) -> NodeId {
        self.nodes.len()
    }

    /// Says what a node protects.
    pub(super) fn protects(&mut self, id: NodeId, from_client: bool, stage: Stage) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.protects = Some((from_client, stage));
        }
    }

    pub(super) fn heading(&mut self, name: &str) {
        self.push(node(0, name, Operation::Heading, Vec::new(), Output::Nothing));
    }

    /// The value of a node, where it is known.
    pub(super) fn value(&self, id: NodeId) -> Option<&[u8]> {
        self.nodes.get(id).and_then(Node::value).map(Secret::bytes)
    }

    pub(super) fn name(&self, id: NodeId) -> &str {
        self.nodes.get(id).map_or("", |node| &node.name)
    }

    /// The hash of the suite.
    pub(super) fn hash(&self) -> Option<Hash> {
        self.suite.map(|suite| suite.hash)
    }

    pub(super) fn given(&self, label: Label) -> Option<&'a KnownSecret> {
        self.handshake.given.iter().find(|given| given.label == label)
    }

    /// What comes of an operation: the computed value, else the one that was given, else why there is none.
    pub(super) fn output(&self, computed: Option<Vec<u8>>, given: Option<Label>, inputs: &[Input]) -> Output {
        let known = given.and_then(|label| self.given(label));
        match (computed, known) {
            (Some(value), known) => {
                let confirmed = known.map(|known| known.secret.bytes() == value);
                Output::Known { value: Secret::new(value), origin: Origin::Computed, confirmed }
            }
            (None, Some(known)) => Output::Known { value: known.secret.clone(), origin: known.origin, confirmed: None },
            (None, None) => Output::Unknown(self.why(given, inputs)),
        }
    }

    /// Why a value cannot be had: an input is missing, and nobody gave the value itself.
    fn why(&self, given: Option<Label>, inputs: &[Input]) -> String {
        if self.suite.is_none() {
            return "the suite is not supported, or was not captured".to_owned();
        }
        let missing = inputs.iter().find_map(|input| match input.value {
            InputValue::Node(id) if self.value(id).is_none() => Some(self.name(id)),
            _ => None,
        });
        let missing = missing.map_or_else(
            || "it cannot be computed here".to_owned(),
            |name| format!("it follows from \"{name}\", which is not known"),
        );
        match given {
            Some(label) => format!("{missing}; no key log has a line {} for this session", label.word()),
            None => missing,
        }
    }

    /// HKDF-Expand-Label, or Derive-Secret where that is what it amounts to (RFC 8446 7.1).
    pub(super) fn expand(&mut self, expansion: Expansion<'_>) -> NodeId {
        let Expansion { depth, name, secret, label, context, length, given } = expansion;
        let hash = self.hash();
        let length = length.or(hash.map(Hash::length)).unwrap_or_default();
        let mut inputs = vec![
            Input { name: "Secret", value: InputValue::Node(secret) },
            Input { name: "Label", value: InputValue::Text(format!("\"{}{label}\"", self.draft.prefix())) },
        ];
        let (derives, of_context) = match context {
            Context::Empty => (false, Some(Vec::new())),
            Context::NoMessage => (true, hash.map(|hash| hash.digest(&[]))),
            Context::Transcript(id) => (true, self.value(id).map(<[u8]>::to_vec)),
            Context::Bytes(_, ref bytes) => (false, Some(bytes.clone())),
        };
        inputs.push(match context {
            Context::Empty => Input { name: "Context", value: InputValue::Text("empty".to_owned()) },
            Context::NoMessage => {
                Input { name: "Messages", value: InputValue::Text("none: the hash of nothing".to_owned()) }
            }
            Context::Transcript(id) => Input { name: "Messages", value: InputValue::Node(id) },
            Context::Bytes(name, bytes) => Input { name, value: InputValue::Bytes(bytes) },
        });
        inputs.push(Input { name: "Length", value: InputValue::Text(format!("{length} bytes")) });
        if let Some(context) = &of_context {
            let info = self.draft.info(label.as_bytes(), context, length);
            inputs.push(Input { name: "HkdfLabel", value: InputValue::Bytes(info) });
        }
        let computed = hash
            .zip(self.value(secret))
            .zip(of_context)
            .map(|((hash, secret), context)| self.draft.expand_with(hash, secret, label.as_bytes(), &context, length));
        let output = self.output(computed, given, &inputs);
        let operation = if derives { Operation::DeriveSecret } else { Operation::ExpandLabel };
        let remark = format!("\"{label}\"");
        let is_secret = self.is_secret(secret);
        self.push(Node { remark, is_secret, ..node(depth, &name, operation, inputs, output) })
    }

    /// Whether a value is a secret. What is made of zeros alone is none.
    pub(super) fn is_secret(&self, id: NodeId) -> bool {
        self.nodes.get(id).is_some_and(|node| node.is_secret)
    }

    /// HMAC of the transcript: what a Finished says. `wire` is what the message has.
    pub(super) fn verify_data(&mut self, depth: u8, name: &str, key: NodeId, transcript: NodeId, wire: Option<&[u8]>) {
        let computed = self
            .hash()
            .zip(self.value(key))
            .zip(self.value(transcript))
            .map(|((hash, key), transcript)| hash.hmac(key, &[transcript]));
        let inputs = vec![
            Input { name: "finished_key", value: InputValue::Node(key) },
            Input { name: "Messages", value: InputValue::Node(transcript) },
        ];
        self.push_verify_data(depth, name, Operation::Hmac, inputs, computed, wire);
    }

    /// What a Finished says, computed and on the wire.
    pub(super) fn push_verify_data(
        &mut self,
        depth: u8,
        name: &str,
        operation: Operation,
        inputs: Vec<Input>,
        computed: Option<Vec<u8>>,
        wire: Option<&[u8]>,
    ) {
        let output = match (computed, wire) {
            (Some(value), wire) => {
                let confirmed = wire.map(|wire| wire == value);
                Output::Known { value: Secret::new(value), origin: Origin::Computed, confirmed }
            }
            (None, Some(wire)) => {
                Output::Known { value: Secret::new(wire.to_vec()), origin: Origin::Public, confirmed: None }
            }
            (None, None) => self.output(None, None, &inputs),
        };
        self.push(node(depth, name, operation, inputs, output));
    }

    /// The record that was asked for, below the keys that protect it.
    pub(super) fn record(&mut self, depth: u8, from_client: bool, stage: Stage, keys: record::Keys) {
        let wanted = self.record.filter(|record| record.from_client == from_client && record.stage == stage);
        if let Some(wanted) = wanted {
            record::add(self, depth, wanted, keys);
        }
    }

    /// Which generations of traffic secrets the record needs.
    pub(super) fn generation_of_record(&self, from_client: bool) -> u32 {
        match self.record {
            Some(RecordAt { stage: Stage::Application(number), from_client: of, .. }) if *of == from_client => *number,
            _ => 0,
        }
    }

    /// What the key block of this handshake is made from.
    pub(super) fn key_block<'s>(&self, suite: Suite, master: &'s Secret) -> KeyBlock<'s> {
        KeyBlock {
            version: self.version,
            suite,
            master,
            client_random: self.handshake.client_random,
            server_random: self.handshake.server_random,
            encrypt_then_mac: self.handshake.encrypt_then_mac,
        }
    }
}

/// A node without the rare parts.
pub(super) fn node(depth: u8, name: &str, operation: Operation, inputs: Vec<Input>, output: Output) -> Node {
    Node {
        depth,
        name: name.to_owned(),
        remark: String::new(),
        operation,
        inputs,
        output,
        is_secret: false,
        protects: None,
    }
}

/// A value that everybody can know.
pub(super) fn public(value: Vec<u8>) -> Output {
    Output::Known { value: Secret::new(value), origin: Origin::Public, confirmed: None }
}
