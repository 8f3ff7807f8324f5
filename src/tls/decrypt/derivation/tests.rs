//! The traces that the standards publish, value by value.

use super::*;
use crate::base::{hex, parse_hex};
use crate::tls::code::{ContentType, HandshakeType};
use crate::tls::decrypt::{Opened, Place};
use crate::tls::record::Header;

/// The messages of RFC 8448 3.
const CLIENT_HELLO: &str = "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113031302010000910000000b\
     0009000006736572766572ff01000100000a00140012001d00170018001901000101010201030104002300000033002600\
     24001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e0403\
     05030603020308040805080604010501060102010402050206020202002d00020101001c00024001";
const SERVER_HELLO: &str = "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c982\
     8876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";
const ENCRYPTED_EXTENSIONS: &str = "080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000";
const CERTIFICATE: &str = "0b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01010b0500300e310c300a0603550403130372\
     7361301e170d3136303733303031323335395a170d3236303733303031323335395a300e310c300a0603550403130372\
     736130819f300d06092a864886f70d010101050003818d0030818902818100b4bb498f8279303d980836399b36c6988c\
     0c68de55e1bdb826d3901a2461eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced43120998e187a80ee0cc\
     b0524b1b018c3e0b63264d449a6d38e22a5fda430846748030530ef0461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a\
     8002c47428a6d35a8d88d79f7f1e3f0203010001a31a301830090603551d1304023000300b0603551d0f0404030205a0\
     300d06092a864886f70d01010b05000381810085aad2a0e5b9276b908c65f73a7267170618a54c5f8a7b337d2df7a594\
     365417f2eae8f8a58c8f8172f9319cf36b7fd6c55b80f21a03015156726096fd335e5e67f2dbf102702e608ccae6bec1\
     fc63a42a99be5c3eb7107c3c54e9b9eb2bd5203b1c3b84e0a8b2f759409ba3eac9d91d402dcc0cc8f8961229ac9187b4\
     2b4de10000";
const CERTIFICATE_VERIFY: &str = "0f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b0b7abc\
     90db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee511f602957b15411ac027671\
     459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be152a3da5043e063dda65cdf5aea20d53dfacd42f74f3";
const SERVER_FINISHED: &str = "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";
const CLIENT_FINISHED: &str = "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61";
const NEW_SESSION_TICKET: &str = "040000c90000001efad6aac502000000b22c035d829359ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf\
     1b0070ad3c498883c9367c09a2be785abc55cd226097a3a982117283f82a03a143efd3ff5dd36d64e861be7fd61d2827\
     db279cce145077d454a3664d4e6da4d29ee03725a6a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f228\
     bda40dda721470f9fbf297b5aea617646fac5c03272e970727c621a79141ef5f7de6505e5bfbc388e93343694093934a\
     e4d3570008002a000400000400";

fn message(event: usize, from_client: bool, digits: &str) -> HandshakeMessage {
    let bytes = parse_hex(digits).unwrap();
    let kind = HandshakeType(bytes[0]);
    let ticket_nonce = (kind == HandshakeType::NEW_SESSION_TICKET).then(|| vec![0, 0]);
    let name = kind.title().unwrap().to_owned();
    HandshakeMessage { kind, name, is_retry: false, from_client, frame: 1, event, bytes, ticket_nonce }
}

/// The handshake of RFC 8448 3.
fn traced() -> Handshake {
    let messages = [
        (true, CLIENT_HELLO),
        (false, SERVER_HELLO),
        (false, ENCRYPTED_EXTENSIONS),
        (false, CERTIFICATE),
        (false, CERTIFICATE_VERIFY),
        (false, SERVER_FINISHED),
        // A ticket may be on its way before the client's Finished; it is no part of the transcript.
        (false, NEW_SESSION_TICKET),
        (true, CLIENT_FINISHED),
    ];
    let secret = parse_hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d").unwrap();
    let given = KnownSecret { label: Label::LabSharedSecret, secret: Secret::new(secret), origin: Origin::Lab };
    Handshake {
        version: Some(ProtocolVersion::TLS13),
        cipher_suite: Some(CipherSuite(0x1301)),
        messages: (0..).zip(messages).map(|(event, (client, digits))| message(event, client, digits)).collect(),
        given: vec![given],
        ..Handshake::default()
    }
}

#[test]
fn every_value_of_the_traced_handshake() {
    let derivation = Derivation::of(&traced(), None);
    for (name, value) in [
        ("after ServerHello", "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"),
        ("after Finished", "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13"),
        ("early_secret", "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a"),
        ("derived", "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba"),
        ("handshake_secret", "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac"),
        ("client_handshake_traffic_secret", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"),
        ("server_handshake_traffic_secret", "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
        ("client_write_key", "dbfaa693d1762c5b666af5d950258d01"),
        ("client_write_iv", "5bd3c71b836e0b76bb73265f"),
        ("server_write_key", "3fce516009c21727d0f2e4e86ee403bc"),
        ("server_write_iv", "5d313eb2671276ee13000b30"),
        ("master_secret", "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919"),
        ("client_application_traffic_secret_0", "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"),
        ("server_application_traffic_secret_0", "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"),
        ("exporter_master_secret", "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"),
        ("resumption_master_secret", "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c"),
        ("PSK of ticket 1", "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"),
    ] {
        let node = &derivation.nodes[derivation.find(name).unwrap_or_else(|| panic!("no {name}"))];
        assert_eq!(node.value().map(|value| hex(value.bytes())).as_deref(), Some(value), "{name}");
    }
    let seals = derivation.nodes.iter().filter(|node| node.name.starts_with("verify_data"));
    let confirmed = |node: &Node| matches!(node.output, Output::Known { confirmed: Some(true), .. });
    assert_eq!(seals.map(confirmed).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn inputs_point_at_what_they_are() {
    let derivation = Derivation::of(&traced(), None);
    for (at, node) in derivation.nodes.iter().enumerate() {
        for input in &node.inputs {
            if let InputValue::Node(id) = input.value {
                assert!(id < derivation.nodes.len() && id != at, "{} of {}", input.name, node.name);
            }
        }
        assert!(!node.text().is_empty() && !node.reference().is_empty(), "{}", node.name);
    }
}

/// With the lines of a key log, what stands above them keeps its place and says why it is not known.
#[test]
fn a_key_log_begins_in_the_middle() {
    let mut handshake = traced();
    let secret = |label, digits| KnownSecret {
        label,
        secret: Secret::new(parse_hex(digits).unwrap()),
        origin: Origin::KeyLog(label),
    };
    handshake.given =
        vec![secret(Label::ServerHandshakeTraffic, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")];
    let derivation = Derivation::of(&handshake, None);
    let output = |name: &str| &derivation.nodes[derivation.find(name).unwrap()].output;
    assert!(matches!(output("early_secret"), Output::Known { origin: Origin::Computed, .. }), "it is known to all");
    assert!(matches!(output("handshake_secret"), Output::Unknown(why) if why.contains("(EC)DHE shared secret")));
    assert!(matches!(output("server_handshake_traffic_secret"), Output::Known { origin: Origin::KeyLog(_), .. }));
    assert!(matches!(output("server_write_key"), Output::Known { origin: Origin::Computed, .. }));
    let missing = output("client_handshake_traffic_secret");
    assert!(matches!(missing, Output::Unknown(why) if why.contains("CLIENT_HANDSHAKE_TRAFFIC_SECRET")), "{missing:?}");
}

/// The record in which RFC 8448 3 sends the server's flight.
#[test]
fn a_record_shows_its_nonce_and_what_is_authenticated() {
    let header = Header { content_type: ContentType::APPLICATION_DATA, version: ProtocolVersion::TLS12, length: 674 };
    let record = RecordAt {
        from_client: false,
        stage: Stage::Handshake,
        place: Place { sequence: 258, ..Place::default() },
        header,
        opened: Opened { content_type: ContentType::HANDSHAKE, padding: 0 },
        frame: 7,
        payload: vec![0xab; 674],
        length: 657,
    };
    let derivation = Derivation::of(&traced(), Some(&record));
    let value = |name| hex(derivation.nodes[derivation.find(name).unwrap()].value().unwrap().bytes());
    assert_eq!(value("nonce"), "5d313eb2671276ee13000a32");
    assert_eq!(value("additional_data"), "17030302a2");
    let at = derivation.find("record").unwrap();
    let record = &derivation.nodes[at];
    assert_eq!(
        record.output,
        Output::Words("657 bytes of content, inner content type handshake, no padding".to_owned())
    );
    let links = record.inputs.iter().filter_map(|input| match input.value {
        InputValue::Node(id) => Some((input.name, derivation.nodes[id].name.as_str())),
        _ => None,
    });
    assert_eq!(
        links.collect::<Vec<_>>(),
        [("key", "server_write_key"), ("nonce", "nonce"), ("additional data", "additional_data")]
    );
}
