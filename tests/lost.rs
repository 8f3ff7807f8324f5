//! Captures with holes: what follows a lost packet is opened all the same, and what begins behind the hellos is opened
//! as far as that can be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use support::Capture;
use support::captures::keyed;
use tlslab::base::Tree;
use tlslab::net::{Direction, Layers, TransportHeader};
use tlslab::session::{Closed, Decryption, EventKind, Kind, RolesFrom, Session};
use tlslab::tls::code::{CipherSuite, ProtocolVersion};
use tlslab::tls::secrets::Secrets;

/// How many packets of a session are taken out, one at a time.
const MOST_LOSSES: usize = 12;

/// One session by itself: its packets, and the lines of a key log that open it.
struct Alone {
    name: String,
    capture: Capture,
    secrets: Arc<Secrets>,
    session: Session,
}

static SESSIONS: LazyLock<Vec<Alone>> = LazyLock::new(sessions);

/// The sessions of all captures that somebody has keys for.
fn sessions() -> Vec<Alone> {
    let mut all = Vec::new();
    for (path, mut secrets) in keyed() {
        let (capture, embedded) = Capture::read(&path);
        for log in embedded {
            secrets.read_key_log(&log, 1);
        }
        let mut whole = capture.dissect_with(&Arc::new(secrets));
        let (frames, secrets) = (whole.frames().clone(), whole.secrets());
        for session in whole.sessions() {
            let opened = session.decryption.as_ref().map_or([0; 2], |decryption| decryption.opened);
            if session.kind != Kind::Tls || opened == [0; 2] {
                continue;
            }
            let stream = session.stream;
            let of_stream = frames.from(1).filter(|(_, entry)| entry.stream() == Some(session.stream));
            let packets = of_stream.map(|(number, _)| capture.packets[number as usize - 1].clone()).collect();
            let capture = Capture { packets };
            let mut own = Secrets::default();
            own.read_key_log(session.key_log(&secrets).as_bytes(), 1);
            let secrets = Arc::new(own);
            let session = only(&capture, &secrets).expect("the session by itself");
            let suite = session.cipher_suite.and_then(CipherSuite::name).unwrap_or_default();
            let name = format!("{} {stream} {suite}", path.file_name().unwrap().to_string_lossy());
            all.push(Alone { name, capture, secrets, session });
        }
    }
    all
}

fn only(capture: &Capture, secrets: &Arc<Secrets>) -> Option<Session> {
    capture.dissect_with(secrets).sessions().first().map(|session| Session::clone(session))
}

/// The packets with payload: their place in the capture, whether they come from the client, and their sequence numbers.
fn segments(alone: &Alone) -> Vec<(usize, Direction, u32, Vec<u8>)> {
    let mut layers = Layers::new();
    let mut tree = Tree::off();
    let mut found = Vec::new();
    for (index, (link, bytes)) in alone.capture.packets.iter().enumerate() {
        let length = u32::try_from(bytes.len()).unwrap();
        let Some(datagram) = layers.read(*link, bytes, length, &mut tree) else { continue };
        let TransportHeader::Tcp(header) = datagram.transport else { continue };
        if datagram.payload.is_empty() {
            continue;
        }
        let from_client = datagram.source == alone.session.client;
        let direction = if from_client { Direction::ToServer } else { Direction::ToClient };
        found.push((index, direction, header.sequence, datagram.payload.to_vec()));
    }
    found
}

/// Where the records of each direction lie, in sequence numbers from the first on.
fn records(alone: &Alone, segments: &[(usize, Direction, u32, Vec<u8>)], direction: Direction) -> Vec<(u64, u64)> {
    let mine: Vec<_> = segments.iter().filter(|(_, of, ..)| *of == direction).collect();
    let Some(base) = mine.first().map(|(.., sequence, _)| *sequence) else { return Vec::new() };
    let mut bytes = BTreeMap::new();
    for (.., sequence, payload) in &mine {
        for (index, byte) in (0..).zip(payload) {
            bytes.entry(u64::from(sequence.wrapping_sub(base)) + index).or_insert(*byte);
        }
    }
    let of_direction = alone.session.timeline.iter().filter(|event| event.direction == direction);
    let is_tls = |kind: &EventKind| !matches!(kind, EventKind::NotTls { .. } | EventKind::Ssl2 { .. } | EventKind::Fin);
    let of_tls = of_direction.filter(|event| is_tls(&event.kind));
    let mut at = of_tls.map(|event| event.offset).min().unwrap_or_default();
    let mut records = Vec::new();
    while let (Some(high), Some(low)) = (bytes.get(&(at + 3)), bytes.get(&(at + 4))) {
        let end = at + 5 + u64::from(u16::from_be_bytes([*high, *low]));
        records.push((at, end));
        at = end;
    }
    records
}

fn hellos(session: &Session) -> [usize; 2] {
    [session.client_hellos.len(), session.server_hellos.len()]
}

/// Whether records are chained to each other (CBC up to TLS 1.0).
fn is_chained(session: &Session) -> bool {
    let cbc = session.cipher_suite.and_then(CipherSuite::name).is_some_and(|name| name.contains("CBC"));
    cbc && session.version.is_some_and(|version| version < ProtocolVersion::TLS11)
}

#[test]
fn a_lost_packet_costs_the_records_in_it_and_no_other() {
    let (mut losses, mut faults) = (0, Vec::new());
    for alone in SESSIONS.iter() {
        let segments = segments(alone);
        let step = segments.len().div_ceil(MOST_LOSSES);
        for (index, direction, sequence, payload) in segments.iter().step_by(step) {
            let mut capture = alone.capture.clone();
            capture.packets.remove(*index);
            let Some(found) = only(&capture, &alone.secrets) else { continue };
            if hellos(&found) != hellos(&alone.session) || found.server_hellos.is_empty() {
                continue;
            }
            losses += 1;
            let first = segments.iter().find(|(_, of, ..)| of == direction).unwrap().2;
            let start = u64::from(sequence.wrapping_sub(first));
            let end = start + payload.len() as u64;
            let touched = records(alone, &segments, *direction);
            let touched = touched.iter().filter(|(from, to)| *from < end && start < *to).count();
            let whole = alone.session.decryption.as_ref().unwrap();
            let decryption = found.decryption.clone().unwrap_or_default();
            let way = direction.index();
            let opened = |facts: &Decryption, way: usize| i64::from(facts.opened[way]);
            let missing = opened(whole, way) - opened(&decryption, way);
            let chained = i64::from(is_chained(&alone.session));
            let allowed = i64::try_from(touched).unwrap() + chained;
            // A later handshake of the session for which there is no key; without its hello it seems to be damage.
            if whole.reason[way].is_some() {
                continue;
            }
            let reasons = [None, Some(Closed::Incomplete), Some(Closed::BlockMissing)];
            let holds = missing <= allowed
                && opened(whole, 1 - way) == opened(&decryption, 1 - way)
                && reasons.contains(&decryption.reason[way]);
            if !holds {
                faults.push(format!(
                    "{}: packet {} {direction:?} of {} bytes touches {touched} records: {decryption:?} of {whole:?}",
                    alone.name,
                    index + 1,
                    payload.len()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {losses}:\n{}", faults.len(), faults.join("\n"));
    println!("{losses} losses");
    assert!(losses > 100, "{losses} losses");
}

/// A capture that begins behind the hellos: secrets of TLS 1.3 open it, up to TLS 1.2 nothing can, and that is said.
#[test]
fn behind_the_hellos_secrets_of_tls13_are_tried() {
    let (mut opened, mut faults) = (0, Vec::new());
    for alone in SESSIONS.iter() {
        // Trying all that may be on a draft that cannot be opened takes long without optimization.
        if alone.session.version.is_some_and(|version| version.draft().is_some()) {
            continue;
        }
        let segments = segments(alone);
        let hello = |payload: &Vec<u8>| payload.first() == Some(&22) && matches!(payload.get(5), Some(1 | 2));
        let Some(behind) = segments.iter().rposition(|(.., payload)| hello(payload)) else { continue };
        for start in [1, 3].map(|more| behind + more).into_iter().filter(|start| *start < segments.len()) {
            let capture = Capture { packets: alone.capture.packets[segments[start].0..].to_vec() };
            let Some(found) = only(&capture, &alone.secrets) else { continue };
            if hellos(&found) != [0; 2] {
                continue;
            }
            let decryption = found.decryption.clone().unwrap_or_default();
            // Drafts counted and labelled in other ways, and without a hello nothing says which.
            let tls13 = alone.session.version == Some(ProtocolVersion::TLS13);
            let protected = decryption.opened != [0; 2] || decryption.closed != [0; 2];
            let holds = if tls13 {
                let torn = |reason: &Option<Closed>| reason.is_none_or(|reason| reason == Closed::Incomplete);
                decryption.reason.iter().all(torn)
            } else {
                let said = |reason: &Option<Closed>| reason.is_none_or(|reason| reason == Closed::BeganBefore);
                decryption.reason.iter().all(said) && decryption.opened == [0; 2]
            };
            opened += u32::from(tls13 && decryption.opened != [0; 2]);
            let roles = !tls13 || !protected || found.client == alone.session.client;
            let told = found.roles_from != RolesFrom::Ports || decryption.opened == [0; 2];
            if !(holds && roles && told) {
                faults.push(format!("{} from packet {}: {decryption:?} {:?}", alone.name, start + 1, found.roles_from));
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    println!("{opened} opened");
    assert!(opened > 10, "{opened} sessions");
}
