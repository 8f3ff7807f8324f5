//! The key schedule of TLS 1.3, from the pre-shared key down to keys and tickets (RFC 8446 7.1 to 7.3).

use super::build::{Builder, Context, Expansion, node};
use super::transcript;
use super::{
    Handshake, HandshakeMessage, Input, InputValue, Node, NodeId, Operation, Origin, Output, Psk, Stage, record,
};
use crate::tls::code::HandshakeType;
use crate::tls::decrypt::suite::Cipher;
use crate::tls::key_log::Label;

/// How many generations of traffic secrets are shown; each KeyUpdate makes one.
const MAX_GENERATIONS: u32 = 256;
/// The length of an IV (RFC 8446 5.3: `iv_length`).
const IV: usize = 12;

/// The hashes that secrets are bound to.
struct Places {
    hello: NodeId,
    server_hello: NodeId,
    server_finished: NodeId,
    client_finished: NodeId,
    /// The hash before the Finished of server and client, and what that Finished says.
    before: [(NodeId, Option<Vec<u8>>); 2],
}

pub(super) fn build(builder: &mut Builder<'_>) {
    let places = places(builder);
    builder.heading("secrets");
    let early = early(builder, &places);
    let handshake = handshake(builder, &places, early);
    application(builder, &places, handshake);
}

fn places(builder: &mut Builder<'_>) -> Places {
    let mut marks = transcript::add(builder, hashed(builder.handshake));
    Places {
        hello: marks.after(builder, HandshakeType::CLIENT_HELLO, true, "after ClientHello"),
        server_hello: marks.after(builder, HandshakeType::SERVER_HELLO, false, "after ServerHello"),
        before: [marks.before_finished(builder, false, false), marks.before_finished(builder, true, false)],
        server_finished: marks.after(builder, HandshakeType::FINISHED, false, "after the server's Finished"),
        client_finished: marks.after(builder, HandshakeType::FINISHED, true, "after the client's Finished"),
    }
}

/// The messages of the main handshake: the hellos, the server's up to its Finished, the client's up to its own. On the
/// wire the two flights may overlap; and what follows is bound to no secret.
fn hashed(handshake: &Handshake) -> Vec<&HandshakeMessage> {
    let is_hello = |message: &&HandshakeMessage| message.kind == HandshakeType::SERVER_HELLO && !message.is_retry;
    let hellos = handshake.messages.iter().position(|message| is_hello(&message)).map_or(usize::MAX, |at| at + 1);
    let mut all: Vec<_> = handshake.messages.iter().take(hellos).collect();
    for from_client in [false, true] {
        let of_side = handshake.messages.iter().skip(hellos).filter(|message| message.from_client == from_client);
        for message in of_side
            .filter(|message| !matches!(message.kind, HandshakeType::NEW_SESSION_TICKET | HandshakeType::KEY_UPDATE))
        {
            all.push(message);
            if message.kind == HandshakeType::FINISHED {
                break;
            }
        }
    }
    all
}

/// What goes into HKDF-Extract.
#[derive(Clone, Copy)]
enum Material {
    /// As many zeros as the hash has bytes.
    Zeros,
    Node(NodeId),
}

fn extract(builder: &mut Builder<'_>, name: &str, salt: Material, keying: Material) -> NodeId {
    let hash = builder.hash();
    let zeros = vec![0; hash.map_or(0, super::super::suite::Hash::length)];
    let bytes = |material| match material {
        Material::Zeros => Some(zeros.as_slice()),
        Material::Node(id) => builder.value(id),
    };
    let computed = hash
        .filter(|_| has_schedule(builder))
        .zip(bytes(salt))
        .zip(bytes(keying))
        .map(|((hash, salt), keying)| hash.hmac(salt, &[keying]));
    let input = |name, material| Input {
        name,
        value: match material {
            Material::Zeros => InputValue::Text(format!("zeros, {} bytes", zeros.len())),
            Material::Node(id) => InputValue::Node(id),
        },
    };
    let inputs = vec![input("salt", salt), input("IKM", keying)];
    let output = builder.output(computed, None, &inputs);
    let is_secret = [salt, keying].iter().any(|material| match material {
        Material::Zeros => false,
        Material::Node(id) => builder.is_secret(*id),
    });
    builder.push(Node { is_secret, ..node(1, name, Operation::Extract, inputs, output) })
}

/// Before draft 20 the labels of the upper part were others.
fn has_schedule(builder: &Builder<'_>) -> bool {
    builder.version.draft().is_none_or(|draft| draft >= 20)
}

fn derive(builder: &mut Builder<'_>, name: &str, secret: NodeId, label: &str, at: NodeId, given: Label) -> NodeId {
    builder.expand(Expansion {
        depth: 2,
        name: name.to_owned(),
        secret,
        label,
        context: Context::Transcript(at),
        length: None,
        given: Some(given),
    })
}

/// What makes the next secret of the chain independent of this one.
fn derived(builder: &mut Builder<'_>, secret: NodeId) -> NodeId {
    builder.expand(Expansion {
        depth: 2,
        name: "derived".to_owned(),
        secret,
        label: "derived",
        context: Context::NoMessage,
        length: None,
        given: None,
    })
}

fn early(builder: &mut Builder<'_>, places: &Places) -> NodeId {
    let psk = builder.handshake.psk;
    if psk == Psk::Refused {
        // What was sent early was protected with a key that the rest of the handshake knows nothing of.
        if builder.handshake.early_data {
            let offered = pre_shared_key(builder);
            let secret =
                extract(builder, "early_secret (of the refused PSK)", Material::Zeros, Material::Node(offered));
            early_traffic(builder, places, secret);
        }
        let text = "a pre-shared key was offered and not taken: the schedule begins with zeros";
        builder.remarks.push(text.to_owned());
    }
    let keying = if psk.is_taken() { Material::Node(pre_shared_key(builder)) } else { Material::Zeros };
    let secret = extract(builder, "early_secret", Material::Zeros, keying);
    if psk.is_taken() {
        binder(builder, secret);
        if builder.handshake.early_data {
            early_traffic(builder, places, secret);
        }
    }
    secret
}

fn pre_shared_key(builder: &mut Builder<'_>) -> NodeId {
    let known = builder.given(Label::LabPreSharedKey);
    let text = match known.map(|known| known.origin) {
        Some(Origin::PreSharedKey) => "a key that both sides were given before",
        Some(_) => "the PSK of a ticket of an earlier connection",
        None => "a ticket of an earlier connection, or a key that both sides were given before",
    };
    let inputs = vec![Input { name: "from", value: InputValue::Text(text.to_owned()) }];
    let output = match known {
        Some(known) => builder.output(None, Some(known.label), &inputs),
        None => Output::Unknown("no key log holds it: it begins at the traffic secrets".to_owned()),
    };
    builder.push(Node { is_secret: true, ..node(1, "PSK", Operation::Input, inputs, output) })
}

fn binder(builder: &mut Builder<'_>, secret: NodeId) {
    let label = match builder.given(Label::LabPreSharedKey).map(|known| known.origin) {
        Some(Origin::PreSharedKey) => "ext binder",
        Some(_) => "res binder",
        // Which of the two it is cannot be told from outside.
        None => "res binder\" or \"ext binder",
    };
    builder.expand(Expansion {
        depth: 2,
        name: "binder_key".to_owned(),
        secret,
        label,
        context: Context::NoMessage,
        length: None,
        given: None,
    });
}

fn early_traffic(builder: &mut Builder<'_>, places: &Places, secret: NodeId) {
    let name = "client_early_traffic_secret";
    let traffic = derive(builder, name, secret, "c e traffic", places.hello, Label::ClientEarlyTraffic);
    keys(builder, traffic, true, Stage::Early);
    let name = "early_exporter_master_secret";
    derive(builder, name, secret, "e exp master", places.hello, Label::EarlyExporter);
}

fn handshake(builder: &mut Builder<'_>, places: &Places, early: NodeId) -> NodeId {
    let salt = derived(builder, early);
    let keying = match builder.handshake.psk {
        Psk::Alone => Material::Zeros,
        _ => Material::Node(shared_secret(builder)),
    };
    let secret = extract(builder, "handshake_secret", Material::Node(salt), keying);
    for (from_client, label, given) in
        [(true, "c hs traffic", Label::ClientHandshakeTraffic), (false, "s hs traffic", Label::ServerHandshakeTraffic)]
    {
        let side = side(from_client);
        let name = format!("{side}_handshake_traffic_secret");
        let traffic = derive(builder, &name, secret, label, places.server_hello, given);
        keys(builder, traffic, from_client, Stage::Handshake);
        finished(builder, places, traffic, from_client);
    }
    derived(builder, secret)
}

fn finished(builder: &mut Builder<'_>, places: &Places, traffic: NodeId, from_client: bool) {
    let key = expand(builder, 3, "finished_key".to_owned(), traffic, "finished", None);
    let [server, client] = &places.before;
    let (before, wire) = if from_client { client } else { server };
    let name = format!("verify_data of the {}'s Finished", side(from_client));
    builder.verify_data(4, &name, key, *before, wire.as_deref());
}

fn shared_secret(builder: &mut Builder<'_>) -> NodeId {
    let group = builder.handshake.group.map(|group| group.to_string());
    let text = match group {
        Some(group) => format!("the key shares of both hellos, {group}"),
        None => "the key shares of both hellos".to_owned(),
    };
    let inputs = vec![Input { name: "from", value: InputValue::Text(text) }];
    let output = match builder.given(Label::LabSharedSecret) {
        Some(known) => builder.output(None, Some(known.label), &inputs),
        None => Output::Unknown(
            "only the two sides can compute it, each with a private key that it throws away. A key log does not hold \
             it either: it begins at the traffic secrets"
                .to_owned(),
        ),
    };
    builder.push(Node { is_secret: true, ..node(1, "(EC)DHE shared secret", Operation::Input, inputs, output) })
}

fn application(builder: &mut Builder<'_>, places: &Places, salt: NodeId) {
    let secret = extract(builder, "master_secret", Material::Node(salt), Material::Zeros);
    for from_client in [true, false] {
        let label = if from_client { "c ap traffic" } else { "s ap traffic" };
        let name = generation(from_client, 0);
        let mut traffic = derive(builder, &name, secret, label, places.server_finished, of_log(from_client, 0));
        keys(builder, traffic, from_client, Stage::Application(0));
        let update = std::str::from_utf8(builder.draft.update).unwrap_or_default();
        for number in 1..=generations(builder, from_client) {
            let (name, given) = (generation(from_client, number), of_log(from_client, number));
            traffic = expand(builder, 2, name, traffic, update, Some(given));
            keys(builder, traffic, from_client, Stage::Application(number));
        }
    }
    derive(builder, "exporter_master_secret", secret, "exp master", places.server_finished, Label::Exporter);
    let name = "resumption_master_secret".to_owned();
    let context = Context::Transcript(places.client_finished);
    let resumption =
        builder.expand(Expansion { depth: 2, name, secret, label: "res master", context, length: None, given: None });
    let nonces = builder.handshake.messages.iter().filter_map(|message| message.ticket_nonce.clone());
    for (number, nonce) in (1..).zip(nonces) {
        builder.expand(Expansion {
            depth: 3,
            name: format!("PSK of ticket {number}"),
            secret: resumption,
            label: "resumption",
            context: Context::Bytes("ticket_nonce", nonce),
            length: None,
            given: None,
        });
    }
}

/// How many times a side has changed its keys, as far as is known.
fn generations(builder: &Builder<'_>, from_client: bool) -> u32 {
    let updates = builder.handshake.messages.iter();
    let updates = updates
        .filter(|message| message.kind == HandshakeType::KEY_UPDATE && message.from_client == from_client)
        .count();
    let of_label = |label| match label {
        Label::ClientTraffic(number) if from_client => number,
        Label::ServerTraffic(number) if !from_client => number,
        _ => 0,
    };
    let logged = builder.handshake.given.iter().map(|given| of_label(given.label)).max().unwrap_or(0);
    let updates = u32::try_from(updates).unwrap_or(u32::MAX);
    updates.max(logged).max(builder.generation_of_record(from_client)).min(MAX_GENERATIONS)
}

fn side(from_client: bool) -> &'static str {
    if from_client { "client" } else { "server" }
}

fn generation(from_client: bool, number: u32) -> String {
    format!("{}_application_traffic_secret_{number}", side(from_client))
}

fn of_log(from_client: bool, number: u32) -> Label {
    if from_client { Label::ClientTraffic(number) } else { Label::ServerTraffic(number) }
}

/// HKDF-Expand-Label with nothing for its context.
fn expand(
    builder: &mut Builder<'_>,
    depth: u8,
    name: String,
    secret: NodeId,
    label: &str,
    given: Option<Label>,
) -> NodeId {
    builder.expand(Expansion { depth, name, secret, label, context: Context::Empty, length: None, given })
}

/// The key and the IV of a traffic secret (RFC 8446 7.3).
fn keys(builder: &mut Builder<'_>, traffic: NodeId, from_client: bool, stage: Stage) {
    builder.protects(traffic, from_client, stage);
    let length = match builder.suite.map(|suite| suite.cipher) {
        Some(Cipher::Aead(aead)) => aead.key_length(),
        _ => 0,
    };
    let mut part = |name: &str, label, length| {
        builder.expand(Expansion {
            depth: 3,
            name: format!("{}_{name}", side(from_client)),
            secret: traffic,
            label,
            context: Context::Empty,
            length: Some(length),
            given: None,
        })
    };
    let (key, iv) = (part("write_key", "key", length), part("write_iv", "iv", IV));
    builder.record(3, from_client, stage, record::Keys { key: Some(key), iv: Some(iv), mac: None });
}
