//! What the rules find, held against what is known to be true.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

use std::sync::{Arc, OnceLock};
use tlslab::capture::{Dissector, Packet, Settings};
use tlslab::lab::batch::{Job, Played, jobs, play_all};
use tlslab::lab::run::{Connection, Run};
use tlslab::lab::scenario::catalogue;
use tlslab::session::Session;
use tlslab::session::rule::Across;

struct Case {
    name: String,
    played: Played,
    /// The sessions as whoever has no keys sees them.
    closed: Vec<Arc<Session>>,
}

impl Case {
    fn without_keys(&self, connection: &Connection) -> Option<&Arc<Session>> {
        let wanted = connection.session.as_ref()?.stream;
        self.closed.iter().find(|session| session.stream == wanted)
    }
}

fn read_without_keys(run: &Run) -> Vec<Arc<Session>> {
    let mut dissector = Dissector::new(Settings::SCREEN);
    for (index, packet) in run.packets.iter().enumerate() {
        dissector.push(&Packet {
            number: u32::try_from(index + 1).unwrap(),
            time: packet.time,
            link: packet.link,
            original_length: u32::try_from(packet.bytes.len()).unwrap(),
            file: 0,
            position: 0,
            bytes: &packet.bytes,
        });
    }
    dissector.finish();
    dissector.sessions()
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let all: Vec<Job> = catalogue::all().iter().flat_map(|shipped| jobs(&shipped.file().unwrap())).collect();
        let mut cases = Vec::new();
        play_all(&all, |job: &Job, result| {
            let played: Played = result.unwrap();
            let name = format!("{} {}", job.file.scenario().id, job.variant.as_deref().unwrap_or("-"));
            let closed = read_without_keys(&played.run);
            cases.push(Case { name, played, closed });
            Ok::<(), std::io::Error>(())
        })
        .unwrap();
        cases
    })
}

fn across(run: &Run) -> Across {
    let mut across = Across::default();
    let mut dissector = Dissector::new(Settings::SCREEN);
    dissector.read_key_log(run.key_log.0.as_bytes());
    for (index, packet) in run.packets.iter().enumerate() {
        dissector.push(&Packet {
            number: u32::try_from(index + 1).unwrap(),
            time: packet.time,
            link: packet.link,
            original_length: u32::try_from(packet.bytes.len()).unwrap(),
            file: 0,
            position: 0,
            bytes: &packet.bytes,
        });
    }
    dissector.finish();
    dissector.sessions().iter().for_each(|session| across.add(session));
    across.add_attempts(dissector.attempts().to_vec());
    across
}

#[test]
fn explore() {
    for case in cases() {
        for found in across(&case.played.run).findings() {
            println!("!! {}: {} {}", case.name, found.finding.rule.id, found.finding.text);
        }
        for connection in &case.played.run.connections {
            let Some(session) = &connection.session else {
                println!("== {} #{}: no session; {:?}", case.name, connection.number, connection.check);
                continue;
            };
            println!(
                "== {} #{}: {:?} by {:?}: {:?}",
                case.name,
                connection.number,
                connection.handshake.word(),
                connection.found_by.map(|by| by.word()),
                connection.check.map(|check| check.word())
            );
            let show = |session: &Session| {
                let ids: Vec<String> = session
                    .findings
                    .iter()
                    .map(|found| {
                        format!(
                            "{}{}",
                            found.rule.id,
                            match &found.cause {
                                Some(cause) => format!("[{}]", cause.confidence.word()),
                                None => String::new(),
                            }
                        )
                    })
                    .collect();
                format!("{} | {}", session.verdict_line(), ids.join(" "))
            };
            println!("   keys: {}", show(session));
            if let Some(closed) = case.without_keys(connection) {
                println!("   none: {}", show(closed));
            }
        }
    }
}
