//! Made-up captures, runs and key scripts for the tests of the screens.

pub(crate) mod lab;

use super::app::{App, Msg, open, update};
use super::effect::Effect;
use super::key::Key;
use super::settings::Settings;
use super::view;
use crate::capture::{
    Dissector, FrameEntry, FrameSummary, Frames, Input, LoadState, Packet, Progress, Sample, Snapshot, Store,
};
use crate::net::{Direction, Endpoint, LinkType};
use crate::session::rule::Verdict;
use crate::session::{
    Clues, Event, EventKind, Judgement, Kind, Located, Outcome, RolesFrom, Session, StreamId, Timestamp, Transport,
    TransportFacts,
};
use crate::tls::code::{AlertDescription, AlertLevel, CipherSuite, HandshakeType, NamedGroup, ProtocolVersion};
use crate::tls::handshake::{Alert, CertificateRequest, ClientHello, ServerHello};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

/// 2025-11-22 14:00:00 UTC.
pub(crate) const START: Timestamp = 1_763_820_000_000_000_000;
const MILLISECOND: i64 = 1_000_000;

/// A TLS 1.3 session that went well: the ground on which others are built with `Session { .., ..session(1) }`.
pub(crate) fn session(index: u32) -> Session {
    let started = START + i64::from(index) * 500 * MILLISECOND;
    let first_frame = 1 + index * 10;
    let client_hello = ClientHello {
        legacy_version: ProtocolVersion::TLS12,
        server_name: Some(format!("host{index}.example")),
        alpn: vec![b"h2".to_vec()],
        fingerprints: std::sync::Arc::new(crate::tls::handshake::ClientFingerprints {
            ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1".to_owned(),
            ..Default::default()
        }),
        ..ClientHello::default()
    };
    let server_hello = ServerHello {
        cipher_suite: Some(CipherSuite(0x1302)),
        supported_version: Some(ProtocolVersion::TLS13),
        key_share_group: Some(NamedGroup(0x001d)),
        ..ServerHello::default()
    };
    Session {
        number: index + 1,
        stream: StreamId { transport: Transport::Tcp, index },
        kind: Kind::Tls,
        client: endpoint("192.0.2.10", 43_240 + u16::try_from(index % 20_000).unwrap_or(0)),
        server: endpoint("198.51.100.7", 443),
        roles_from: RolesFrom::Hello,
        first_frame,
        last_frame: first_frame + 9,
        stream_first_frame: first_frame,
        frames: 10,
        bytes: [620, 4180],
        started,
        ended: started + 40 * MILLISECOND,
        handshake_started: Some(started),
        handshake_ended: Some(started + 3_500_000),
        prelude: None,
        client_hellos: vec![Located { frame: first_frame, item: Arc::new(client_hello) }],
        server_hellos: vec![Located { frame: first_frame + 2, item: Arc::new(server_hello) }],
        version: Some(ProtocolVersion::TLS13),
        cipher_suite: Some(CipherSuite(0x1302)),
        group: Some(NamedGroup(0x001d)),
        server_signature_scheme: None,
        alpn: None,
        server_certificates: Vec::new(),
        client_certificates: Vec::new(),
        certificate_request: None,
        client_certificate_sent: None,
        ocsp_response: None,
        resumed: Some(false),
        new_session_tickets: 0,
        change_cipher_specs: [1, 1],
        application_data_records: [3, 6],
        timeline: timeline(first_frame, started),
        timeline_cut: false,
        decryption: None,
        judgement: Judgement::default(),
        proofs: Vec::new(),
        outcome: Outcome::Established,
        transport: TransportFacts { syn: true, syn_round_trip: Some(800_000), ..TransportFacts::default() },
        clues: Clues::default(),
        findings: Vec::new(),
        open_questions: Vec::new(),
        verdict: Verdict::default(),
        notes: Vec::new(),
    }
}

/// The events of a TLS 1.3 handshake without keys.
fn timeline(frame: u32, time: Timestamp) -> Vec<Event> {
    use Direction::{ToClient, ToServer};
    let hello = |kind, length, summary: &str| EventKind::Handshake { kind, length, at: 0, summary: summary.to_owned() };
    let hidden = |records, bytes| EventKind::ApplicationData { records, bytes, maybe_handshake: true };
    let events = [
        (0, 0, ToServer, 0, hello(HandshakeType::CLIENT_HELLO, 306, "host.example")),
        (2, 1190, ToClient, 0, hello(HandshakeType::SERVER_HELLO, 118, "TLS 1.3, x25519")),
        (2, 1190, ToClient, 127, EventKind::ChangeCipherSpec),
        (2, 1190, ToClient, 133, hidden(4, 1182)),
        (4, 3270, ToServer, 315, EventKind::ChangeCipherSpec),
        (4, 3270, ToServer, 321, hidden(1, 74)),
        (6, 9000, ToServer, 400, EventKind::ApplicationData { records: 2, bytes: 180, maybe_handshake: false }),
        (7, 12_000, ToClient, 1400, EventKind::ApplicationData { records: 2, bytes: 2700, maybe_handshake: false }),
        (8, 40_000, ToClient, 4180, EventKind::Fin),
    ];
    let event = |(after, microseconds, direction, offset, kind): (u32, i64, Direction, u64, EventKind)| Event {
        frame: frame + after,
        time: time + microseconds * 1000,
        direction,
        offset,
        decrypted: false,
        kind,
    };
    events.into_iter().map(event).collect()
}

/// An endpoint from text.
pub(crate) fn endpoint(address: &str, port: u16) -> Endpoint {
    Endpoint { address: address.parse().unwrap(), port }
}

/// An alert by its number.
pub(crate) fn alert(description: u8) -> Alert {
    Alert { level: AlertLevel(2), description: AlertDescription(description) }
}

/// One session for each outcome, and what else makes rows look different.
pub(crate) fn sessions() -> Vec<Session> {
    let mutual = Session {
        client_certificate_sent: Some(true),
        certificate_request: Some(Arc::new(CertificateRequest::default())),
        version: Some(ProtocolVersion::TLS12),
        cipher_suite: Some(CipherSuite(0xc02c)),
        alpn: Some(b"h2".to_vec()),
        ..session(1)
    };
    let mut refused = Session {
        outcome: Outcome::Refused { by: Direction::ToClient, alert: alert(40) },
        version: Some(ProtocolVersion::TLS12),
        client_certificate_sent: Some(false),
        handshake_ended: None,
        ..session(2)
    };
    let frame = refused.first_frame + 6;
    let kind = EventKind::Alert(alert(40));
    let time = refused.started + 5_000_000;
    refused.timeline.truncate(6);
    refused.timeline.push(Event { frame, time, direction: Direction::ToClient, offset: 1400, decrypted: false, kind });
    let hostile = "evil\u{1b}[31m\u{202e}moc.example.with-a-rather-long-name.and-many.labels.test";
    vec![
        session(0),
        mutual,
        refused,
        Session {
            outcome: Outcome::LikelyRefused { by: Direction::ToClient },
            client: endpoint("2001:db8::10", 50_000),
            server: endpoint("2001:db8:0:1::443", 8443),
            ..named(session(3), hostile)
        },
        Session {
            outcome: Outcome::Aborted { by: Direction::ToClient, reset: true },
            version: None,
            cipher_suite: None,
            group: None,
            handshake_ended: None,
            server_hellos: Vec::new(),
            ..named(session(4), "reset.example")
        },
        Session { outcome: Outcome::Incomplete, ..named(session(5), "cut.example") },
        Session {
            outcome: Outcome::MidStream,
            version: None,
            cipher_suite: None,
            group: None,
            client_hellos: Vec::new(),
            server_hellos: Vec::new(),
            ..session(6)
        },
        listed(7, Kind::Quic),
        listed(8, Kind::Dtls),
    ]
}

/// The same session with another host name.
pub(crate) fn named(mut session: Session, name: &str) -> Session {
    let hello = ClientHello { server_name: Some(name.to_owned()), ..ClientHello::default() };
    session.client_hellos = vec![Located { frame: session.first_frame, item: Arc::new(hello) }];
    session
}

fn listed(index: u32, kind: Kind) -> Session {
    Session {
        number: index + 1,
        stream: StreamId { transport: Transport::Udp, index },
        kind,
        outcome: Outcome::NotDecoded,
        version: None,
        cipher_suite: None,
        group: None,
        client_hellos: Vec::new(),
        server_hellos: Vec::new(),
        timeline: Vec::new(),
        handshake_started: None,
        handshake_ended: None,
        ..session(index)
    }
}

/// A capture that was read to the end and holds these sessions.
pub(crate) fn snapshot(sessions: Vec<Session>) -> Snapshot {
    let mut frames = Frames::default();
    for session in &sessions {
        for number in session.stream_first_frame..=session.last_frame {
            let time = session.started + i64::from(number - session.stream_first_frame) * MILLISECOND;
            let bytes = &[0; 60];
            let (link, position) = (LinkType(1), u64::from(number) * 76);
            let packet = Packet { number, time, link, original_length: 60, file: 0, interface: 0, position, bytes };
            frames.push(FrameEntry::new(&packet, Some(session.stream)));
        }
    }
    Snapshot {
        generation: 1,
        state: LoadState::Complete,
        progress: Progress { bytes: 84_123, total: Some(84_123) },
        frames,
        sessions: sessions.into_iter().map(Arc::new).collect(),
        left: 0,
        notes: Vec::new(),
        basis: Arc::default(),
        findings: Arc::default(),
        secrets: Arc::default(),
    }
}

/// The program with a capture of these sessions open, on the Sessions screen.
pub(crate) fn app(sessions: Vec<Session>, width: u16, height: u16) -> App {
    let mut app = App::new(Settings::default(), Size { width, height });
    open(&mut app, vec![Input::Path("lab.pcap".into())]);
    deliver(&mut app, snapshot(sessions));
    app
}

/// The program with a sample capture open, read by the real dissector, and the store that frames are read from.
pub(crate) fn app_of_sample(name: &str, width: u16, height: u16) -> (App, Arc<dyn Store>) {
    let sample = Sample::named(name).unwrap_or_else(|| panic!("no sample {name}"));
    let mut opened = crate::capture::open(&[Input::Sample(sample)], true).unwrap();
    let mut dissector = Dissector::new(crate::capture::Settings::SCREEN);
    while let Some(packet) = opened.source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    let mut app = App::new(Settings::default(), Size { width, height });
    open(&mut app, vec![Input::Sample(sample)]);
    let (state, progress) = (LoadState::Complete, opened.source.progress());
    let (frames, sessions) = (dissector.frames().clone(), dissector.sessions());
    deliver(&mut app, Snapshot { generation: 1, state, progress, frames, sessions, ..Snapshot::default() });
    (app, opened.store.unwrap())
}

/// Presses keys and reads the frames that are asked for, as the worker does, until nothing more is asked.
pub(crate) fn press_and_read(app: &mut App, store: &dyn Store, script: &str) -> Vec<Effect> {
    let mut left = press(app, script);
    let mut others = Vec::new();
    while !left.is_empty() {
        let mut more = Vec::new();
        for effect in left {
            let Effect::ReadFrames { job, numbers, snapshot } = effect else {
                others.push(effect);
                continue;
            };
            let summary = |number| FrameSummary::read(store, snapshot.frames.frame(number).unwrap());
            let lines = numbers.into_iter().map(|n| (n, summary(n).map_err(|error| error.to_string()))).collect();
            more.extend(update(app, Msg::Frames(job, lines)));
        }
        left = more;
    }
    others
}

/// Gives the program another state of its capture.
pub(crate) fn deliver(app: &mut App, snapshot: Snapshot) {
    let job = app.model.loading.job;
    tell(app, Msg::Snapshot { job, snapshot: Arc::new(snapshot), elapsed: Duration::from_millis(500) });
}

/// Gives the program a piece of news, and time for all that it leads to.
pub(crate) fn tell(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = update(app, msg);
    while app.model.is_under_way() {
        effects.extend(update(app, Msg::GoOn));
    }
    effects
}

/// Presses the keys of a script, `jj<enter>C`, and gives the effects that came of it.
pub(crate) fn press(app: &mut App, script: &str) -> Vec<Effect> {
    keys(script).into_iter().flat_map(|key| tell(app, Msg::Key(key))).collect()
}

/// The keys of a script: each character is one, and so is each name between angle brackets.
pub(crate) fn keys(script: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|name| name.split_once('>')).filter(|(name, _)| !name.is_empty());
        let (key, left) = match named {
            Some((name, left)) => (Key::parse(name).unwrap_or_else(|| panic!("no key {name}")), left),
            None => (Key::parse(&c.to_string()).unwrap(), &rest[c.len_utf8()..]),
        };
        keys.push(if key.character() == Some(' ') { Key::parse("space").unwrap() } else { key });
        rest = left;
    }
    keys
}

/// What is on the screen, one line a row.
pub(crate) fn screen(app: &App) -> String {
    let buffer = draw(app);
    let width = usize::from(buffer.area.width.max(1));
    let row = |cells: &[ratatui::buffer::Cell]| {
        let line: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
        line.trim_end().to_owned()
    };
    buffer.content.chunks(width).map(row).collect::<Vec<_>>().join("\n")
}

/// What is on the screen and, below, how it looks: `2: 0..80 REVERSED`.
pub(crate) fn styled(app: &App) -> String {
    let buffer = draw(app);
    let mut out = screen(app);
    out.push_str("\n\n");
    for y in 0..buffer.area.height {
        let look = |x: u16| buffer.cell((x, y)).map(|cell| (cell.fg, cell.bg, cell.modifier));
        let mut start = 0;
        for x in 1..=buffer.area.width {
            if look(x) != look(start) || x == buffer.area.width {
                if let Some((fg, bg, modifier)) = look(start).filter(|look| *look != Default::default()) {
                    let _ = writeln!(out, "{y}: {start}..{x} {fg} {bg} {modifier:?}");
                }
                start = x;
            }
        }
    }
    out
}

/// The screen as cells.
pub(crate) fn draw(app: &App) -> Buffer {
    let area = Rect::new(0, 0, app.model.size.width, app.model.size.height);
    let mut buffer = Buffer::empty(area);
    view::draw(app, area, &mut buffer);
    buffer
}
