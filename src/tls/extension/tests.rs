//! Tests of all extensions through the one door, [`read`].

use super::{Extensions, Place, fields, read};
use crate::base::{BufferId, Reader, Tree, Value, hex, parse_hex, printable};
use std::collections::HashSet;

use Place::{
    Certificate as CT, CertificateRequest as CR, ClientHello as CH, EncryptedExtensions as EE,
    HelloRetryRequest as HRR, NewSessionTicket as NST, ServerHello as SH,
};

/// Place, type, body, lines that the tree must have, codes of the notes in their order.
type Row = (Place, u16, &'static str, &'static [&'static str], &'static [&'static str]);

const WELL_FORMED: &[Row] = &[
    (CH, 0, "000e 00 000b 6578616d706c652e636f6d", &["server_name: example.com", "host_name: example.com"], &[]),
    (SH, 0, "", &["extension_length: 0"], &[]),
    (EE, 0, "", &[], &[]),
    (CH, 1, "02", &["MaxFragmentLength: 1024 (2)"], &[]),
    (CH, 2, "", &["client_certificate_url"], &[]),
    (
        CH,
        3,
        "0030 00 01 00112233445566778899aabbccddeeff00112233 02 0002 3000 03 00112233445566778899aabbccddeeff00112233",
        &["identifier_type: x509_name (2)", "DistinguishedName: 3000"],
        &[],
    ),
    (SH, 3, "", &[], &[]),
    (CH, 4, "", &["truncated_hmac"], &[]),
    (CH, 5, "01 0000 0000", &["status_type: ocsp (1)", "responder_id_list: 0"], &[]),
    (CH, 5, "01 0004 0002 aabb 0001 cc", &["responder_id_list: 1", "ResponderID: aabb", "request_extensions: cc"], &[]),
    (CH, 5, "09 0102", &["request: 0102"], &[]),
    (SH, 5, "", &[], &[]),
    (CR, 5, "", &[], &[]),
    (CT, 5, "01 000005 30030a0106", &["OCSPResponse: unauthorized", "status_request: ocsp, unauthorized"], &[]),
    (CH, 6, "01 40", &["UserMappingType: upn_domain_hint (64)"], &[]),
    (CH, 7, "01 01", &["AuthzDataFormat: saml_assertion (1)"], &[]),
    (SH, 8, "01 00", &["AuthzDataFormat: x509_attr_cert (0)"], &[]),
    (CH, 9, "02 01 00", &["certificate_types: 2", "CertificateType: X509 (0)"], &[]),
    (
        CH,
        10,
        "0006 1a1a 001d 0017",
        &["named_group_list: 3", "NamedGroup: GREASE (0x1a1a)", "NamedGroup: x25519 (0x001d)"],
        &[],
    ),
    (EE, 10, "0002 001d", &["supported_groups: x25519"], &[]),
    (CH, 11, "03 00 01 02", &["ECPointFormat: uncompressed (0)"], &[]),
    (CH, 12, "04 75736572", &["srp_I: user"], &[]),
    (CH, 13, "0004 0403 0401", &["SignatureScheme: ecdsa_secp256r1_sha256 (0x0403)"], &[]),
    (CR, 13, "0002 0403", &["supported_signature_algorithms: 1"], &[]),
    (CH, 14, "0004 0001 0007 00", &["SRTPProtectionProfile: SRTP_AEAD_AES_128_GCM (0x0007)"], &[]),
    (SH, 14, "0002 0001 02 abcd", &["srtp_mki: abcd"], &[]),
    (CH, 15, "01", &["HeartbeatMode: peer_allowed_to_send (1)"], &[]),
    (
        CH,
        16,
        "000c 02 6832 08 687474702f312e31",
        &["protocol_name_list: 2", "ProtocolName: h2", "ProtocolName: http/1.1"],
        &[],
    ),
    (EE, 16, "0003 02 6832", &["application_layer_protocol_negotiation: h2"], &[]),
    (
        CH,
        17,
        "000e 01 0004 0000 0000 02 0004 0000 0000",
        &["certificate_status_req_list: 2", "status_type: ocsp_multi (2)"],
        &[],
    ),
    (SH, 17, "", &[], &[]),
    (CH, 18, "", &[], &[]),
    (
        CT,
        18,
        "0035 0033 00 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0000018bcfe56800 0000 04 03 0004 30020102",
        &[
            "SerializedSCT",
            "sct_version: v1 (0)",
            "timestamp: 1700000000000000000 ns",
            "SignatureAndHashAlgorithm: ECDSA with SHA-256 (0x0403)",
            "signature: 30020102",
        ],
        &[],
    ),
    (SH, 18, "0005 0003 07 aabb", &["sct_version: unknown (7)", "SCT of an unknown version: aabb"], &[]),
    (CH, 19, "02 02 00", &["CertificateType: Raw Public Key (2)"], &[]),
    (EE, 20, "02", &["CertificateType: Raw Public Key (2)"], &[]),
    (CH, 21, "00000000", &["padding: 00000000"], &[]),
    (CH, 22, "", &[], &[]),
    (SH, 23, "", &[], &[]),
    (CH, 24, "01 00 02 02 01", &["major: 1", "key_parameters_list: 2"], &[]),
    (CH, 25, "0006 01 04 aabbccdd", &["CachedObject", "hash_value: aabbccdd"], &[]),
    (SH, 25, "0001 01", &["type: cert (1)"], &[]),
    (CH, 26, "", &[], &[]),
    (CH, 27, "04 0002 0001", &["CertificateCompressionAlgorithm: brotli (2)"], &[]),
    (CH, 28, "4001", &["RecordSizeLimit: 16385"], &[]),
    (CH, 29, "02 aabb", &["protected_name: aabb"], &[]),
    (CH, 30, "02 6162", &["name: ab"], &[]),
    (HRR, 31, "0002 aabb", &["salt: aabb"], &[]),
    (CH, 32, "aabb", &["extension_data: aabb"], &[]),
    (CH, 33, "", &[], &[]),
    (CH, 34, "0004 0403 0401", &["SignatureScheme: ecdsa_secp256r1_sha256 (0x0403)"], &[]),
    (
        CT,
        34,
        "00093a80 0403 000003 300100 0401 0002 aabb",
        &["valid_time: 604800", "ASN1_subjectPublicKeyInfo: 300100", "algorithm: rsa_pkcs1_sha256 (0x0401)"],
        &[],
    ),
    (CH, 35, "", &["session_ticket: empty"], &[]),
    (CH, 35, "0102", &["session_ticket: 2 bytes", "ticket: 0102"], &[]),
    (CH, 39, "02 00 01", &["EKTCipherType: AESKW128 (0)"], &[]),
    (EE, 39, "01", &["EKTCipherType: AESKW256 (1)"], &[]),
    (CH, 40, "0009 2a2a 0001 00 ffff 0000", &["key_share (draft): GREASE (0x2a2a), unknown (0xffff)"], &[]),
    (
        CH,
        41,
        "000b 0005 7469636b65 00000001 0021 20 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        &["pre_shared_key: 1 identity", "identity: 7469636b65", "obfuscated_ticket_age: 1"],
        &["tls.extension.psk_key_exchange_modes"],
    ),
    (EE, 42, "", &[], &[]),
    (NST, 42, "00004000", &["early_data: 16384 bytes", "max_early_data_size: 16384"], &[]),
    (CH, 43, "06 3a3a 0304 0303", &["versions: 3", "ProtocolVersion: TLS 1.3 (0x0304)"], &[]),
    (SH, 43, "0304", &["selected_version: TLS 1.3 (0x0304)"], &[]),
    (HRR, 44, "0002 aabb", &["cookie: aabb"], &[]),
    (CH, 45, "01 01", &["psk_key_exchange_modes: psk_dhe_ke", "PskKeyExchangeMode: psk_dhe_ke (1)"], &[]),
    (NST, 46, "00000010", &["max_early_data_size: 16"], &[]),
    (
        CR,
        47,
        "0010 000e 300c310a300806035504030c0161",
        &["authorities: 1", "certificate_authorities: CN=a", "DistinguishedName: CN=a"],
        &[],
    ),
    (CR, 47, "0004 0002 aabb", &["DistinguishedName: aabb"], &[]),
    (CR, 48, "000a 05 0603551d25 0002 3000", &["filters: 1", "certificate_extension_oid: 2.5.29.37"], &[]),
    (CH, 49, "", &["post_handshake_auth"], &[]),
    (CH, 50, "0002 0403", &["signature_algorithms_cert: ecdsa_secp256r1_sha256"], &[]),
    (
        CH,
        51,
        "0024 001d 0020 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        &["KeyShareEntry: x25519 (0x001d)", "key_exchange length: 32"],
        &[],
    ),
    (HRR, 51, "0017", &["selected_group: secp256r1 (0x0017)"], &[]),
    (CT, 52, "0006 0004 0102 aabb", &["versioned_type: x509_sct_v2 (0x0102)", "data: aabb"], &[]),
    (CH, 53, "00", &[], &[]),
    (SH, 54, "02 aabb", &["cid: aabb"], &[]),
    (CH, 55, "02 aabb", &["binding_hash: aabb"], &[]),
    (CH, 56, "02 aabb", &["session_id: aabb"], &[]),
    (
        CH,
        57,
        "01 04 80007530 0c 00 0f 02 aabb 11 08 00000001 6b3343cf c000000000003129 02 4142 1b 01 00",
        &[
            "quic_transport_parameters: max_idle_timeout, disable_active_migration, initial_source_connection_id, \
             version_information, QUIC v1, QUIC v2, and 2 more",
            "Transport Parameter ID: max_idle_timeout (0x01)",
            "value: 30000",
            "TransportParameter: disable_active_migration (0x0c)",
            "Chosen Version: QUIC v1 (0x00000001)",
            "Available Version: QUIC v2 (0x6b3343cf)",
            "value: AB",
            "TransportParameter: GREASE (0x1b)",
        ],
        &[],
    ),
    (
        EE,
        0xffa5,
        "0d 2d 7f000001 1151 00000000000000000000000000000001 0050 04 aabbccdd 000102030405060708090a0b0c0d0e0f",
        &["IPv4 Address: 127.0.0.1", "IPv4 Port: 4433", "IPv6 Address: ::1", "Connection ID: aabbccdd"],
        &[],
    ),
    (CH, 58, "02 01", &["new_session_count: 2", "resumption_count: 1"], &[]),
    (EE, 58, "02", &["expected_count: 2"], &[]),
    (CH, 59, "01bb", &["PortNumber: 443"], &[]),
    (CT, 59, "0018 0002 aabb", &["ExtSupportLifetime: 24", "AuthenticationChain: aabb"], &[]),
    (CH, 60, "aabb", &["extension_data: aabb"], &[]),
    (CH, 61, "", &["rrc"], &[]),
    (CH, 62, "02 0501", &["flags: 0, 2, 8"], &[]),
    (CH, 0x5a5a, "00", &["GREASE: GREASE (23130)", "extension_data: 00"], &[]),
    (CH, 0x4321, "aa", &["unknown extension: unknown (17185)", "extension_data: aa"], &[]),
    (CH, 13172, "", &["next_protocol_negotiation"], &[]),
    (SH, 13172, "02 6832 08 687474702f312e31", &["protocol_name: h2", "protocol_name: http/1.1"], &[]),
    (CH, 17513, "0003 02 6832", &["ProtocolName: h2"], &[]),
    (EE, 17613, "aabb", &["settings: aabb"], &[]),
    (CH, 30031, "", &[], &[]),
    (CH, 30032, "", &[], &[]),
    (CH, 0xca34, "0005 04 81fd5901", &["TrustAnchorIdentifier: 32473.1"], &[]),
    (CT, 0xca34, "", &[], &[]),
    (CH, 0xfd00, "04 000a 0033", &["OuterExtensions: 2"], &[]),
    (
        CH,
        0xfe0d,
        "00 0001 0001 07 0002 aabb 0003 ccddee",
        &["type: outer (0)", "kdf_id: HKDF-SHA256 (0x0001)", "config_id: 7", "enc: aabb", "payload: ccddee"],
        &[],
    ),
    (CH, 0xfe0d, "01", &["type: inner (1)"], &["tls.extension.ech.inner"]),
    (HRR, 0xfe0d, "0001020304050607", &["confirmation: 0001020304050607"], &[]),
    (
        EE,
        0xfe0d,
        "002d fe0d 0022 07 0020 0003 aabbcc 0004 0001 0003 00 0b 6578616d706c652e636f6d 0005 ff01 0001 aa fe0a 0003 010203",
        &[
            "retry_configs: 2",
            "kem_id: DHKEM(X25519, HKDF-SHA256) (0x0020)",
            "cipher_suites: 1",
            "aead_id: ChaCha20Poly1305 (0x0003)",
            "public_name: example.com",
            "ECHConfigExtension",
            "contents: 010203",
        ],
        &[],
    ),
    (CH, 0xff01, "00", &["renegotiated_connection: "], &[]),
    (CH, 0xffce, "1301 001d 0001 aa 0001 bb 0002 ccdd", &["encrypted_sni: ccdd"], &["tls.extension.key_share.length"]),
    (EE, 0xffce, "000102", &["answer: 000102"], &[]),
];

const ODD: &[Row] = &[
    (CH, 0, "", &[], &["malformed"]),
    (CH, 0, "0000", &[], &["tls.extension.server_name"]),
    (CH, 0, "0003 00 0000", &["host_name: "], &["tls.extension.server_name"]),
    (CH, 0, "0007 00 0004 612e622e", &["host_name: a.b."], &["tls.extension.server_name"]),
    (CH, 0, "000a 00 0007 312e322e332e34", &["host_name: 1.2.3.4"], &["tls.extension.server_name"]),
    (CH, 0, "0006 00 0003 3a3a31", &["host_name: ::1"], &["tls.extension.server_name"]),
    (CH, 0, "0006 00 0003 611b62", &["host_name: a\\x1bb"], &["tls.extension.server_name"]),
    (CH, 0, "0006 00 0003 612062", &["host_name: a b"], &["tls.extension.server_name"]),
    (CH, 0, "0007 00 0004 c3bc2e64", &[], &["tls.extension.server_name"]),
    (CH, 0, "0008 00 0001 61 00 0001 62", &["server_name: a"], &["tls.extension.server_name"]),
    (CH, 0, "0004 01 0001 61", &["name: 61"], &[]),
    (CH, 0, "00ff 00 0001 61", &["host_name: a"], &["malformed"]),
    (CH, 0, "0004 00 0001 61 ffff", &["bytes behind the end: ffff"], &["malformed"]),
    (CH, 2, "00", &["bytes behind the end: 00"], &["malformed"]),
    (CH, 10, "0003 001d 00", &["NamedGroup: x25519 (0x001d)", "bytes that could not be read: 00"], &["malformed"]),
    (CH, 11, "01 01", &[], &["tls.extension.ec_point_formats"]),
    (SH, 14, "0004 0001 0002 00", &[], &["tls.extension.use_srtp"]),
    (CH, 16, "0000", &[], &["tls.extension.alpn"]),
    (CH, 16, "0001 00", &[], &["tls.extension.alpn"]),
    (SH, 16, "0006 02 6832 02 6833", &[], &["tls.extension.alpn"]),
    (CH, 21, "0001", &[], &["tls.extension.padding"]),
    (CH, 28, "0000", &[], &["tls.extension.record_size_limit"]),
    (CH, 48, "0000", &[], &["tls.extension.place"]),
    (SH, 10, "0002 001d", &[], &[]),
    (SH, 43, "0303", &[], &["tls.extension.supported_versions"]),
    (HRR, 43, "7f17", &["selected_version: TLS 1.3 (draft 23) (0x7f17)"], &[]),
    (EE, 51, "001d 0001 aa", &[], &["tls.extension.key_share.length", "tls.extension.place"]),
    (CH, 51, "0002 001d", &["bytes that could not be read: 001d"], &["malformed"]),
    (HRR, 51, "00", &["extension_data: 00"], &["malformed"]),
    (CH, 57, "01 08 00", &[], &["malformed"]),
    (CH, 0xfe0d, "09", &["extension_data: 09"], &["malformed"]),
    (CH, 44, "0000", &[], &["tls.extension.cookie"]),
];

fn block(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let length16 = |bytes: usize| u16::try_from(bytes).unwrap().to_be_bytes();
    let mut inside = Vec::new();
    for (kind, body) in extensions {
        inside.extend(kind.to_be_bytes());
        inside.extend(length16(body.len()));
        inside.extend(body);
    }
    let mut block = length16(inside.len()).to_vec();
    block.extend(inside);
    block
}

fn bytes(text: &str) -> Vec<u8> {
    parse_hex(text).expect(text)
}

/// Reads with and without fields, and holds what is promised of any bytes at all.
fn dissect(bytes: &[u8], place: Place) -> (Extensions, Tree) {
    const ORIGIN: u32 = 1000;
    let mut tree = Tree::on();
    let facts = read(&mut Reader::at(bytes, BufferId(3), ORIGIN), place, &mut tree);
    let mut off = Tree::off();
    assert_eq!(read(&mut Reader::at(bytes, BufferId(3), ORIGIN), place, &mut off), facts);
    assert_eq!(off.notes(), tree.notes());
    let end = ORIGIN + u32::try_from(bytes.len()).unwrap();
    let spans = tree.nodes().iter().map(|node| node.span).chain(tree.notes().iter().filter_map(|note| note.span));
    for span in spans {
        assert!(span.buffer == BufferId(3) && ORIGIN <= span.start && span.start <= span.end && span.end <= end);
    }
    let mut parents = Vec::new();
    for node in tree.nodes() {
        parents.truncate(node.depth.into());
        if let Some(parent) = parents.last().copied() {
            let parent: crate::base::Span = parent;
            assert!(parent.start <= node.span.start && node.span.end <= parent.end, "{}", node.field.name);
        }
        parents.push(node.span);
    }
    (facts, tree)
}

/// Every byte of the block lies in a field that has no fields below it. An OCSP response is another reader's matter.
fn covered(tree: &Tree, length: usize) -> bool {
    let last = |index: &usize| tree.end_of(*index) == index + 1 || tree.nodes()[*index].field.label == "OCSPResponse";
    let leaves = (0..tree.nodes().len()).filter(last);
    let leaves: Vec<_> = leaves.map(|index| tree.nodes()[index].span).collect();
    (1000..1000 + u32::try_from(length).unwrap()).all(|at| leaves.iter().any(|span| span.contains(at)))
}

fn lines(tree: &Tree, bytes: &[u8]) -> Vec<String> {
    let shown = |node: &crate::base::Node| match &node.value {
        Value::None => String::new(),
        Value::Number(number) => format!(": {number}"),
        Value::Hex(number, digits) => format!(": 0x{number:0width$x}", width = usize::from(*digits)),
        Value::Named(number, 0, name) => format!(": {name} ({number})"),
        Value::Named(number, digits, name) => format!(": {name} (0x{number:0width$x})", width = usize::from(*digits)),
        Value::Text(text) => format!(": {}", printable(text)),
        Value::Bytes => {
            let at = |offset: u32| (offset - 1000) as usize;
            format!(": {}", hex(&bytes[at(node.span.start)..at(node.span.end)]))
        }
        Value::Time(time) => format!(": {time} ns"),
        Value::Address(address) => format!(": {address}"),
        Value::Flag(flag) => format!(": {flag}"),
    };
    tree.nodes().iter().map(|node| format!("{}{}", node.field.label, shown(node))).collect()
}

#[test]
fn every_extension_shows_its_fields_and_notes() {
    let mut faults = Vec::new();
    for (place, kind, body, expected, notes) in WELL_FORMED.iter().chain(ODD) {
        let block = block(&[(*kind, bytes(body))]);
        let (facts, tree) = dissect(&block, *place);
        assert_eq!(facts.types.len(), 1);
        let lines = lines(&tree, &block);
        for line in expected.iter().filter(|line| !lines.iter().any(|there| there == *line)) {
            faults.push(format!("{kind} {body}: no \"{line}\" in {lines:#?}"));
        }
        let codes: Vec<_> = tree.notes().iter().map(|note| note.code).collect();
        if codes != *notes {
            faults.push(format!("{kind} {body}: {:?}", tree.notes()));
        }
        if !covered(&tree, block.len()) {
            faults.push(format!("{kind} {body}: a byte without a field in {lines:#?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_body_cut_anywhere_is_noted_and_the_next_extension_is_read() {
    for (place, kind, body, ..) in WELL_FORMED.iter().chain(ODD) {
        let body = bytes(body);
        for length in 0..body.len() {
            let block = block(&[(*kind, body[..length].to_vec()), (0x7777, vec![])]);
            let (facts, tree) = dissect(&block, *place);
            assert_eq!(facts.types.len(), 2, "{kind} cut to {length}");
            assert!(covered(&tree, block.len()), "{kind} cut to {length}: {:#?}", lines(&tree, &block));
        }
    }
}

#[test]
fn a_block_cut_anywhere_or_read_in_another_message_keeps_its_promises() {
    for (_, kind, body, ..) in WELL_FORMED.iter().chain(ODD) {
        let whole = block(&[(*kind, bytes(body))]);
        for place in [CH, SH, HRR, EE, CT, CR, NST] {
            for length in 0..=whole.len() {
                dissect(&whole[..length], place);
            }
        }
    }
}

#[test]
fn any_changed_byte_keeps_the_promises() {
    for (place, kind, body, ..) in WELL_FORMED {
        let whole = block(&[(*kind, bytes(body))]);
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff, whole[at] ^ 1] {
                let mut changed = whole.clone();
                changed[at] = value;
                dissect(&changed, *place);
            }
        }
    }
}

#[test]
fn hybrid_shares_show_both_halves() {
    for (place, group, first, second) in [
        (CH, 0x11ec_u16, ("ML-KEM encapsulation key", 1184), ("elliptic curve share", 32)),
        (SH, 0x11ec, ("ML-KEM ciphertext", 1088), ("elliptic curve share", 32)),
        (CH, 0x11eb, ("elliptic curve share", 65), ("ML-KEM encapsulation key", 1184)),
        (SH, 0x11eb, ("elliptic curve share", 65), ("ML-KEM ciphertext", 1088)),
    ] {
        let key = vec![7u8; first.1 + second.1];
        let mut entry = group.to_be_bytes().to_vec();
        entry.extend(u16::try_from(key.len()).unwrap().to_be_bytes());
        entry.extend(key);
        if place == CH {
            entry.splice(0..0, u16::try_from(entry.len()).unwrap().to_be_bytes());
        }
        let (_, tree) = dissect(&block(&[(51, entry), (43, bytes("0304"))]), place);
        for (label, length) in [first, second] {
            let node = tree.nodes().iter().find(|node| node.field.label == label).expect(label);
            assert_eq!(node.span.len() as usize, length);
        }
    }
}

#[test]
fn facts_come_from_the_first_of_each_type() {
    let name =
        |name: &str| bytes(&format!("00{:02x} 00 00{:02x} {}", name.len() + 3, name.len(), hex(name.as_bytes())));
    let (facts, tree) = dissect(
        &block(&[
            (0x0a0a, vec![]),
            (0, name("one.example")),
            (0, name("two.example")),
            (0, name("three.example")),
            (13, bytes("0002 0403")),
            (50, bytes("0002 0401")),
            (34, bytes("0002 0401")),
            (16, bytes("0003 02 6832")),
            (17513, bytes("0003 02 6833")),
            (11, bytes("01 00")),
            (28, bytes("4000")),
            (23, vec![]),
            (22, vec![]),
            (49, vec![]),
            (0xff01, bytes("00")),
        ]),
        CH,
    );
    assert_eq!(facts.server_name.as_deref(), Some("one.example"));
    assert_eq!(facts.signature_algorithms.len(), 1);
    assert_eq!(facts.signature_algorithms[0].0, 0x0403);
    assert_eq!(facts.alpn, [b"h2".to_vec()]);
    assert_eq!((facts.ec_point_formats.as_slice(), facts.record_size_limit), (&[0][..], Some(0x4000)));
    assert!(facts.extended_master_secret && facts.encrypt_then_mac && facts.post_handshake_auth);
    assert!(facts.renegotiation_info && !facts.early_data && !facts.encrypted_client_hello);
    assert_eq!(facts.types.len(), 15);
    let codes: Vec<_> = tree.notes().iter().map(|note| note.code).collect();
    assert_eq!(codes, ["tls.extension.duplicate"]);
}

#[test]
fn rules_between_extensions_are_noted() {
    type Case = (Place, &'static [(u16, &'static str)], &'static [&'static str]);
    const PSK: &str = "0007 0001 aa 00000000 0003 02 aabb";
    let cases: &[Case] = &[
        (CH, &[(45, "01 01"), (41, PSK)], &[]),
        (CH, &[(41, PSK), (45, "01 01")], &["tls.extension.pre_shared_key.position"]),
        (CH, &[(45, "01 01"), (41, "0007 0001 aa 00000000 0000")], &["tls.extension.pre_shared_key"]),
        (CH, &[(43, "02 0304"), (42, "")], &["tls.extension.early_data"]),
        (CH, &[(10, "0002 0017"), (51, "0009 0a0a 0001 00 0300 0000")], &["tls.extension.key_share.group"]),
        (SH, &[(43, "0304"), (16, "0003 02 6832")], &["tls.extension.place"]),
        (SH, &[(16, "0003 02 6832")], &[]),
    ];
    for (place, extensions, notes) in cases {
        let extensions: Vec<_> = extensions.iter().map(|(kind, body)| (*kind, bytes(body))).collect();
        let (_, tree) = dissect(&block(&extensions), *place);
        let codes: Vec<_> = tree.notes().iter().map(|note| note.code).collect();
        assert_eq!(codes, *notes, "{extensions:?}");
    }
}

#[test]
fn many_extensions_are_read_in_good_time() {
    let extensions: Vec<_> = (0..16000).map(|kind| (kind, vec![])).collect();
    let (facts, _) = dissect(&block(&extensions), CH);
    assert_eq!(facts.types.len(), 16000);
}

#[test]
fn field_rows_are_complete_and_unique() {
    let mut names = HashSet::new();
    for field in fields() {
        assert!(names.insert(field.name), "{} stands twice", field.name);
        assert!(field.name.starts_with("tls."), "{}", field.name);
        assert!(!field.label.is_empty(), "{}", field.name);
        assert!(field.text.ends_with('.'), "{}: the text ends without a full stop", field.name);
        assert!(!field.text.contains("  ") && field.text.trim() == field.text, "{}", field.name);
    }
}
