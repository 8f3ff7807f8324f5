//! Sessions made by hand, for the tests of rooms that show sessions.

use super::rule::Verdict;
use super::{
    Clues, Event, EventKind, FrameNumber, Judgement, Kind, Located, Outcome, Prelude, PreludeLine, Proof, ProofKind,
    ProofResult, RolesFrom, Session, StreamId, Timestamp, Transport, TransportFacts,
};
use crate::base::{Group, Note, Severity};
use crate::net::{Direction, Endpoint};
use crate::tls::code::{AlertDescription, AlertLevel, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion};
use crate::tls::code::{HandshakeType, SignatureScheme};
use crate::tls::handshake::{Alert, CertificateRequest, ClientFingerprints, ClientHello, ServerHello};
use crate::x509::{Certificate, GeneralName, Name, PublicKey};
use std::sync::Arc;

const START: Timestamp = 1_792_576_800_000_000_000;
const HELLO_RETRY: [u8; 32] = [0xcf; 32];

/// A finished TLS 1.3 session without keys.
pub(crate) fn tls13() -> Session {
    let mut session = empty();
    session.client_hellos.push(Located { frame: 4, item: Arc::new(client_hello()) });
    session.server_hellos.push(Located { frame: 6, item: Arc::new(server_hello(ProtocolVersion::TLS13, 0x1301)) });
    session.version = Some(ProtocolVersion::TLS13);
    session.cipher_suite = Some(CipherSuite(0x1301));
    session.group = Some(NamedGroup(0x1d));
    session.resumed = Some(false);
    session.change_cipher_specs = [1, 1];
    session.application_data_records = [3, 6];
    session.bytes = [900, 4100];
    session.timeline = vec![
        handshake(4, 0, Direction::ToServer, 1, 310, "bank.example"),
        handshake(6, 1_190_000, Direction::ToClient, 2, 118, "TLS 1.3, x25519"),
        event(6, 1_190_000, Direction::ToClient, EventKind::ChangeCipherSpec),
        data(7, 1_300_000, Direction::ToClient, 4, 1182, true),
        event(8, 3_270_000, Direction::ToServer, EventKind::ChangeCipherSpec),
        data(8, 3_270_000, Direction::ToServer, 1, 53, true),
        data(9, 3_527_000, Direction::ToServer, 2, 300, false),
        data(10, 5_000_000, Direction::ToClient, 2, 2500, false),
        event(11, 6_000_000, Direction::ToClient, EventKind::Fin),
    ];
    session.outcome = Outcome::Established;
    session
}

/// A TLS 1.3 session with a HelloRetryRequest that ends there.
pub(crate) fn retried() -> Session {
    let mut session = empty();
    session.number = 3;
    session.stream.index = 5;
    let mut first = client_hello();
    first.key_share_groups.clear();
    session.client_hellos.push(Located { frame: 4, item: Arc::new(first) });
    session.client_hellos.push(Located { frame: 7, item: Arc::new(client_hello()) });
    let mut retry = server_hello(ProtocolVersion::TLS13, 0x1301);
    retry.random = Some(HELLO_RETRY);
    retry.is_hello_retry_request = true;
    session.server_hellos.push(Located { frame: 6, item: Arc::new(retry) });
    session.server_hellos.push(Located { frame: 8, item: Arc::new(server_hello(ProtocolVersion::TLS13, 0x1301)) });
    session.version = Some(ProtocolVersion::TLS13);
    session.timeline = vec![
        handshake(4, 0, Direction::ToServer, 1, 310, "bank.example"),
        handshake(6, 1_000_000, Direction::ToClient, 2, 84, "x25519"),
        handshake(7, 2_000_000, Direction::ToServer, 1, 342, "bank.example"),
        handshake(8, 3_000_000, Direction::ToClient, 2, 118, ""),
    ];
    session
}

/// A TLS 1.2 session in which the server asks for a certificate, gets none and refuses.
pub(crate) fn refused() -> Session {
    let mut session = empty();
    session.number = 2;
    session.stream.index = 9;
    session.client_hellos.push(Located { frame: 4, item: Arc::new(client_hello()) });
    session.server_hellos.push(Located { frame: 6, item: Arc::new(server_hello(ProtocolVersion::TLS12, 0xfffe)) });
    session.version = Some(ProtocolVersion::TLS12);
    session.cipher_suite = Some(CipherSuite(0xfffe));
    session.group = Some(NamedGroup(0x17));
    session.server_signature_scheme = Some(SignatureScheme(0x0403));
    session.alpn = Some(b"h2".to_vec());
    session.server_certificates = vec![Arc::new(leaf()), Arc::new(authority())];
    session.certificate_request = Some(Arc::new(CertificateRequest {
        certificate_types: vec![1, 64],
        signature_algorithms: vec![SignatureScheme(0x0403)],
        authorities: vec!["CN=Lab Root CA".to_owned()],
        ..CertificateRequest::default()
    }));
    session.client_certificate_sent = Some(false);
    session.resumed = Some(false);
    session.change_cipher_specs = [1, 0];
    session.prelude = Some(Arc::new(Prelude {
        protocol: "SMTP STARTTLS",
        accepted: Some(true),
        lines: vec![
            PreludeLine { frame: 2, direction: Direction::ToServer, text: "STARTTLS".to_owned() },
            PreludeLine { frame: 3, direction: Direction::ToClient, text: "220 go\u{1b}[31m ahead".to_owned() },
        ],
        bytes: [10, 14],
    }));
    let alert = Alert { level: AlertLevel(2), description: AlertDescription(40) };
    session.timeline = vec![
        handshake(4, 0, Direction::ToServer, 1, 310, "bank.example"),
        handshake(6, 1_000_000, Direction::ToClient, 2, 80, "TLS 1.2"),
        handshake(6, 1_000_000, Direction::ToClient, 11, 900, "localhost"),
        handshake(6, 1_000_000, Direction::ToClient, 13, 58, ""),
        handshake(6, 1_000_000, Direction::ToClient, 14, 0, ""),
        handshake(7, 2_000_000, Direction::ToServer, 11, 3, "empty"),
        event(7, 2_000_000, Direction::ToServer, EventKind::ChangeCipherSpec),
        event(7, 2_000_000, Direction::ToServer, EventKind::EncryptedHandshake { length: 40 }),
        event(8, 2_400_000, Direction::ToClient, EventKind::Alert(alert)),
        event(9, 2_500_000, Direction::ToClient, EventKind::Reset),
    ];
    let result = ProofResult::Verified;
    session.proofs =
        vec![Proof { kind: ProofKind::ServerKeyExchange, direction: Direction::ToClient, frame: 6, result }];
    session.outcome = Outcome::Refused { by: Direction::ToClient, alert };
    session.transport.retransmissions = 2;
    session.transport.missing = [0, 1448];
    session.notes.push(Located {
        frame: 8,
        item: Note {
            severity: Severity::Warn,
            group: Group::Sequence,
            code: "tcp.gap",
            text: "1448 bytes were not captured".into(),
            span: None,
        },
    });
    session
}

/// A DTLS flow that is only listed.
pub(crate) fn dtls() -> Session {
    let mut session = empty();
    session.number = 4;
    session.stream = StreamId { transport: Transport::Udp, index: 3 };
    session.kind = Kind::Dtls;
    session.client = endpoint("[2001:db8::1]:50000");
    session.server = endpoint("[2001:db8::2]:4433");
    session.roles_from = RolesFrom::Ports;
    session.outcome = Outcome::NotDecoded;
    session
}

/// The end that `text` names.
pub(crate) fn endpoint(text: &str) -> Endpoint {
    let address: std::net::SocketAddr = text.parse().unwrap();
    Endpoint { address: address.ip(), port: address.port() }
}

fn empty() -> Session {
    Session {
        number: 1,
        stream: StreamId { transport: Transport::Tcp, index: 0 },
        kind: Kind::Tls,
        client: endpoint("192.0.2.10:43240"),
        server: endpoint("198.51.100.7:443"),
        roles_from: RolesFrom::Hello,
        first_frame: 4,
        last_frame: 11,
        stream_first_frame: 1,
        frames: 11,
        bytes: [400, 1200],
        started: START,
        ended: START + 6_500_000,
        handshake_started: Some(START + 500_000),
        handshake_ended: Some(START + 3_770_000),
        prelude: None,
        client_hellos: Vec::new(),
        server_hellos: Vec::new(),
        version: None,
        cipher_suite: None,
        group: None,
        server_signature_scheme: None,
        alpn: None,
        server_certificates: Vec::new(),
        client_certificates: Vec::new(),
        certificate_request: None,
        client_certificate_sent: None,
        ocsp_response: None,
        resumed: None,
        new_session_tickets: 0,
        change_cipher_specs: [0; 2],
        application_data_records: [0; 2],
        timeline: Vec::new(),
        timeline_cut: false,
        decryption: None,
        judgement: Judgement::default(),
        proofs: Vec::new(),
        outcome: Outcome::Incomplete,
        transport: TransportFacts { syn: true, syn_round_trip: Some(400_000), ..TransportFacts::default() },
        clues: Clues::default(),
        findings: Vec::new(),
        open_questions: Vec::new(),
        verdict: Verdict::default(),
        notes: Vec::new(),
    }
}

fn event(frame: FrameNumber, after: i64, direction: Direction, kind: EventKind) -> Event {
    Event { frame, time: START + 500_000 + after, direction, offset: 0, decrypted: false, kind }
}

fn handshake(frame: FrameNumber, after: i64, direction: Direction, kind: u8, length: u32, summary: &str) -> Event {
    let kind = EventKind::Handshake { kind: HandshakeType(kind), length, at: 0, summary: summary.to_owned() };
    event(frame, after, direction, kind)
}

fn data(frame: FrameNumber, after: i64, direction: Direction, records: u32, bytes: u64, maybe: bool) -> Event {
    event(frame, after, direction, EventKind::ApplicationData { records, bytes, maybe_handshake: maybe })
}

fn client_hello() -> ClientHello {
    ClientHello {
        legacy_version: ProtocolVersion::TLS12,
        random: Some([0x11; 32]),
        session_id: vec![0x22; 32],
        cipher_suites: [0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a]
            .map(CipherSuite)
            .to_vec(),
        compression_methods: vec![0],
        extensions: [0, 23, 65281, 10, 11, 35, 16, 5, 51, 43, 13, 45, 28, 21].map(ExtensionType).to_vec(),
        server_name: Some("bank.example".to_owned()),
        alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec(), vec![0xff, 1]],
        supported_versions: vec![ProtocolVersion::TLS13, ProtocolVersion::TLS12],
        supported_groups: [0x11ec, 0x1d, 0x17, 0x18].map(NamedGroup).to_vec(),
        ec_point_formats: vec![0],
        signature_algorithms: [0x0403, 0x0503, 0x0804, 0x0401].map(SignatureScheme).to_vec(),
        key_share_groups: vec![NamedGroup(0x1d)],
        session_ticket_length: Some(0),
        extended_master_secret: true,
        fingerprints: Arc::new(ClientFingerprints {
            ja3: "579ccef312d18482fc42e2b822ca2430".to_owned(),
            ja3_full: "771,4865-4866,0-23-65281-10-11-35-16-5,29-23-24,0".to_owned(),
            ja4: "t13d1014h2_5b57614c22b0_3d5424432f57".to_owned(),
            ..ClientFingerprints::default()
        }),
        ..ClientHello::default()
    }
}

fn server_hello(version: ProtocolVersion, suite: u16) -> ServerHello {
    ServerHello {
        legacy_version: ProtocolVersion::TLS12,
        random: Some([0x33; 32]),
        session_id: vec![0x22; 32],
        cipher_suite: Some(CipherSuite(suite)),
        compression_method: Some(0),
        extensions: vec![ExtensionType(51), ExtensionType(43)],
        supported_version: (version == ProtocolVersion::TLS13).then_some(version),
        key_share_group: (version == ProtocolVersion::TLS13).then_some(NamedGroup(0x1d)),
        ja3s: "eb1d94daa7e0344597e756a1fb6e7054".to_owned(),
        ..ServerHello::default()
    }
}

fn name(common_name: &str) -> Name {
    Name { attributes: vec![("C".into(), "AT".into()), ("CN".into(), common_name.into())] }
}

fn leaf() -> Certificate {
    Certificate {
        der: vec![0x30; 700].into(),
        sha256: [0xea; 32],
        sha1: [0x5a; 20],
        readable: true,
        problem: None,
        version: 3,
        serial: vec![0, 0x9c, 0xeb],
        subject: name("local\u{1b}host"),
        issuer: name("Lab Root CA"),
        not_before: START / 1_000_000_000 - 86_400,
        not_after: START / 1_000_000_000 + 86_400,
        key: PublicKey { algorithm: "ECDSA".into(), parameters: "P-256".into(), bits: 256 },
        signature_algorithm: "ecdsa-with-SHA256".into(),
        subject_alt_names: vec![
            GeneralName::Dns("localhost".into()),
            GeneralName::Ip("127.0.0.1".parse().unwrap()),
            GeneralName::Ip("::1".parse().unwrap()),
        ],
        is_ca: Some(false),
        path_length: None,
        key_usage: vec!["digitalSignature"],
        extended_key_usage: vec!["serverAuth".into()],
        subject_key_identifier: Some(vec![1, 2]),
        authority_key_identifier: None,
        ocsp_urls: Vec::new(),
        ca_issuers_urls: Vec::new(),
        crl_urls: Vec::new(),
        sct_count: 0,
        must_staple: false,
        extensions: vec![("2.5.29.17".into(), false)],
    }
}

fn authority() -> Certificate {
    Certificate {
        sha256: [0xca; 32],
        subject: name("Lab Root CA"),
        serial: vec![1],
        not_after: START / 1_000_000_000 - 1,
        subject_alt_names: Vec::new(),
        is_ca: Some(true),
        ..leaf()
    }
}
