//! The key schedule until TLS 1.2: premaster secret, master secret, key block and its parts (RFC 5246 6.3, 8.1).

use super::super::prf::prf;
use super::super::suite::Cipher;
use super::super::{Stage, Suite, master_secret};
use super::build::{Builder, node, public};
use super::transcript;
use super::{Handshake, HandshakeMessage, Input, InputValue, Node, NodeId, Operation, Output, record};
use crate::tls::code::{CipherSuite, HandshakeType, KeyExchange, ProtocolVersion};
use crate::tls::key_log::Label;
use crate::tls::secrets::Secret;

/// Bytes of a master secret.
const MASTER: usize = 48;
/// Bytes of verify_data, where a suite says nothing else (RFC 5246 7.4.9).
const VERIFY_DATA: usize = 12;

/// The parts of a key block in their order.
const PARTS: [&str; 6] = [
    "client_write_MAC_key",
    "server_write_MAC_key",
    "client_write_key",
    "server_write_key",
    "client_write_IV",
    "server_write_IV",
];

/// The randoms of both hellos.
#[derive(Clone, Copy)]
struct Randoms {
    client: NodeId,
    server: NodeId,
}

pub(super) fn build(builder: &mut Builder<'_>) {
    let first = first_handshake(builder.handshake);
    if first.len() < builder.handshake.messages.len() {
        builder.remarks.push("the session renegotiates: this is the schedule of its first handshake".to_owned());
    }
    let mut marks = transcript::add(builder, first);
    let until_exchange = (builder.handshake.extended_master_secret && !builder.handshake.resumed)
        .then(|| marks.after(builder, HandshakeType::CLIENT_KEY_EXCHANGE, true, "after ClientKeyExchange"));
    // Who finishes first is the client, and the server where both had their keys before.
    let client_first = !builder.handshake.resumed;
    let before = [true, false].map(|client| marks.before_finished(builder, client, client == client_first));
    builder.heading("secrets");
    let (client, server) = (builder.handshake.client_random, builder.handshake.server_random);
    let randoms =
        Randoms { client: random(builder, "client_random", client), server: random(builder, "server_random", server) };
    let master = master(builder, randoms, until_exchange);
    for (from_client, (before, wire)) in [true, false].into_iter().zip(before) {
        finished(builder, master, from_client, before, wire.as_deref());
    }
    key_block(builder, randoms, master);
}

/// The messages before a second ClientHello.
fn first_handshake(handshake: &Handshake) -> Vec<&HandshakeMessage> {
    let again = handshake.messages.iter().skip(1).position(|message| message.kind == HandshakeType::CLIENT_HELLO);
    handshake.messages.iter().take(again.map_or(usize::MAX, |at| at + 1)).collect()
}

fn random(builder: &mut Builder<'_>, name: &str, value: [u8; 32]) -> NodeId {
    let inputs = vec![Input { name: "from", value: InputValue::Text("the hello of that side, in clear".to_owned()) }];
    builder.push(node(1, name, Operation::Input, inputs, public(value.to_vec())))
}

fn master(builder: &mut Builder<'_>, randoms: Randoms, until_exchange: Option<NodeId>) -> NodeId {
    let premaster = if builder.handshake.resumed { None } else { Some(premaster(builder)) };
    let Some(premaster) = premaster else {
        let text = "the master secret of the connection that is resumed, taken over as it is".to_owned();
        let inputs = vec![Input { name: "from", value: InputValue::Text(text) }];
        let output = builder.output(None, Some(Label::MasterSecret), &inputs);
        return builder.push(Node { is_secret: true, ..node(1, "master_secret", Operation::Input, inputs, output) });
    };
    let label = if until_exchange.is_some() { "extended master secret" } else { "master secret" };
    let mut inputs = vec![
        Input { name: "secret", value: InputValue::Node(premaster) },
        Input { name: "label", value: InputValue::Text(format!("\"{label}\"")) },
    ];
    match until_exchange {
        Some(hash) => inputs.push(Input { name: "session_hash", value: InputValue::Node(hash) }),
        None => inputs.extend([
            Input { name: "seed", value: InputValue::Node(randoms.client) },
            Input { name: "and", value: InputValue::Node(randoms.server) },
        ]),
    }
    let computed = builder.suite.and_then(|suite| computed_master(builder, suite, premaster, until_exchange));
    let output = builder.output(computed, Some(Label::MasterSecret), &inputs);
    let remark = format!("\"{label}\"");
    builder.push(Node { remark, is_secret: true, ..node(1, "master_secret", Operation::Prf, inputs, output) })
}

fn computed_master(builder: &Builder<'_>, suite: Suite, premaster: NodeId, bound: Option<NodeId>) -> Option<Vec<u8>> {
    let premaster = builder.value(premaster)?;
    if let Some(bound) = bound {
        let hash = suite.schedule_hash(builder.version);
        return Some(prf(hash, premaster, b"extended master secret", builder.value(bound)?, MASTER));
    }
    let Handshake { client_random, server_random, .. } = builder.handshake;
    let randoms = [*client_random, *server_random].concat();
    let premaster = Secret::new(premaster.to_vec());
    Some(master_secret(builder.version, suite, &premaster, &randoms).bytes().to_vec())
}

fn premaster(builder: &mut Builder<'_>) -> NodeId {
    let exchange = builder.handshake.cipher_suite.map_or(KeyExchange::Unknown, CipherSuite::key_exchange);
    let (from, why) = sources(exchange);
    let inputs = vec![Input { name: "from", value: InputValue::Text(from.to_owned()) }];
    let known = builder.given(Label::Premaster).or_else(|| builder.given(Label::LabSharedSecret));
    let output = match known {
        Some(known) => builder.output(None, Some(known.label), &inputs),
        None => Output::Unknown(why.to_owned()),
    };
    builder.push(Node { is_secret: true, ..node(1, "pre_master_secret", Operation::Input, inputs, output) })
}

/// What a premaster secret comes from, and why it is not known.
fn sources(exchange: KeyExchange) -> (&'static str, &'static str) {
    match exchange {
        KeyExchange::Rsa | KeyExchange::RsaExport => (
            "48 bytes that the client made up and encrypted with the server's RSA key",
            "it takes the server's private key, or a key log with the premaster secret",
        ),
        KeyExchange::Psk => (
            "the pre-shared key, with as many zeros before it",
            "it takes the pre-shared key, under the identity that the client named",
        ),
        KeyExchange::DhePsk | KeyExchange::EcdhePsk => (
            "the Diffie-Hellman secret, and the pre-shared key behind it",
            "it takes the pre-shared key and the private key of one exchange, which nobody keeps",
        ),
        KeyExchange::RsaPsk => (
            "48 bytes encrypted with the server's RSA key, and the pre-shared key behind them",
            "it takes the server's private key and the pre-shared key",
        ),
        _ => (
            "Diffie-Hellman: the private key of one side and the public key of the other",
            "only the two sides can compute it, each with a private key that it throws away. A key log begins one step \
             further down, at the master secret",
        ),
    }
}

fn finished(builder: &mut Builder<'_>, master: NodeId, from_client: bool, before: NodeId, wire: Option<&[u8]>) {
    let (name, label) = if from_client {
        ("verify_data of the client's Finished", "client finished")
    } else {
        ("verify_data of the server's Finished", "server finished")
    };
    let inputs = vec![
        Input { name: "secret", value: InputValue::Node(master) },
        Input { name: "label", value: InputValue::Text(format!("\"{label}\"")) },
        Input { name: "Messages", value: InputValue::Node(before) },
    ];
    // SSL 3.0 has a construction of its own.
    let suite = builder.suite.filter(|_| builder.version != ProtocolVersion::SSL3);
    let computed = suite.zip(builder.value(master)).zip(builder.value(before)).map(|((suite, master), before)| {
        prf(suite.schedule_hash(builder.version), master, label.as_bytes(), before, VERIFY_DATA)
    });
    builder.push_verify_data(2, name, Operation::Prf, inputs, computed, wire);
}

fn key_block(builder: &mut Builder<'_>, randoms: Randoms, master: NodeId) {
    let inputs = vec![
        Input { name: "secret", value: InputValue::Node(master) },
        Input { name: "label", value: InputValue::Text("\"key expansion\"".to_owned()) },
        Input { name: "seed", value: InputValue::Node(randoms.server) },
        Input { name: "and", value: InputValue::Node(randoms.client) },
    ];
    let lengths = lengths(builder);
    let secret = builder.value(master).map(|master| Secret::new(master.to_vec()));
    let whole = lengths.iter().sum();
    let computed = secret.zip(builder.suite).map(|(master, suite)| builder.key_block(suite, &master).expand(whole));
    let output = builder.output(computed.clone(), None, &inputs);
    let remark = format!("{whole} bytes");
    let block = builder.push(Node { remark, is_secret: true, ..node(1, "key_block", Operation::Prf, inputs, output) });
    let parts = parts(builder, block, lengths, computed.as_deref());
    let [client_mac, server_mac, client_key, server_key, client_iv, server_iv] = parts;
    let of_client = record::Keys { key: client_key, iv: client_iv, mac: client_mac };
    let of_server = record::Keys { key: server_key, iv: server_iv, mac: server_mac };
    for (from_client, keys) in [(true, of_client), (false, of_server)] {
        if let Some(key) = keys.key.or(keys.mac) {
            builder.protects(key, from_client, Stage::Cipher);
        }
        builder.record(2, from_client, Stage::Cipher, keys);
    }
}

/// The lengths of the parts. From TLS 1.1 on records of block ciphers bring their own IVs.
fn lengths(builder: &Builder<'_>) -> [usize; 6] {
    let Some(suite) = builder.suite else { return [0; 6] };
    let nothing = Secret::new(Vec::new());
    let Some([mac, _, key, _, iv, _]) = builder.key_block(suite, &nothing).lengths() else { return [0; 6] };
    let own = matches!(suite.cipher, Cipher::Block(_)) && builder.version >= ProtocolVersion::TLS11;
    let iv = if own { 0 } else { iv };
    [mac, mac, key, key, iv, iv]
}

fn parts(builder: &mut Builder<'_>, block: NodeId, lengths: [usize; 6], value: Option<&[u8]>) -> [Option<NodeId>; 6] {
    let mut parts = [None; 6];
    let mut start = 0;
    for ((part, name), length) in parts.iter_mut().zip(PARTS).zip(lengths).filter(|(_, length)| *length > 0) {
        let range = start..start + length;
        start = range.end;
        let inputs = vec![
            Input { name: "key_block", value: InputValue::Node(block) },
            Input { name: "bytes", value: InputValue::Text(format!("{} to {}", range.start, range.end - 1)) },
        ];
        let piece = value.and_then(|value| value.get(range)).map(<[u8]>::to_vec);
        let output = builder.output(piece, None, &inputs);
        let remark = format!("{length} bytes");
        *part = Some(builder.push(Node { remark, is_secret: true, ..node(2, name, Operation::Cut, inputs, output) }));
    }
    parts
}
