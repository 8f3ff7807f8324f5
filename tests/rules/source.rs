//! Where sessions come from: the lab, the captures of the project, captures of others, and packets written by hand.

use crate::made::Wire;
use crate::points::{self, Lie, Seen};
use crate::support::ETHERNET;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tlslab::capture::{Dissector, Input, Keys, Packet, Settings, open, read_sessions};
use tlslab::lab::batch::{Job, Played, jobs, play_all};
use tlslab::lab::run::Run;
use tlslab::lab::scenario::catalogue;
use tlslab::session::Session;
use tlslab::session::judgement::Basis;
use tlslab::session::rule::{Across, CaptureFinding, conclude};

/// A capture by the way it is made.
pub enum Source {
    /// A play of the lab with its keys: scenario and variant; `-` where there are none.
    Lab(&'static str, &'static str),
    /// The same without keys.
    Closed(&'static str, &'static str),
    /// A sample capture of the project with its keys.
    Sample(&'static str),
    /// Packets.
    Made(fn() -> Wire),
    /// Packets with what is given beside them.
    Beside(fn() -> Given),
    /// What is found of a connection at two capture points.
    Points([Seen; 2], Lie),
    /// The sessions of a play of the lab with some of their facts changed, for what no peer does.
    Altered(&'static str, &'static str, fn(&mut Vec<Session>)),
}

/// Packets, and what a user gives beside them.
pub struct Given {
    pub wire: Wire,
    pub key_log: String,
    pub basis: Option<Arc<Basis>>,
}

impl Given {
    pub fn found(self) -> Found {
        dissect(packets(self.wire), &self.key_log, self.basis.as_ref())
    }
}

/// What was found of a capture.
pub struct Found {
    pub sessions: Vec<Session>,
    pub across: Vec<CaptureFinding>,
}

impl Found {
    fn of(sessions: Vec<Session>, attempts: Vec<tlslab::session::Attempt>) -> Self {
        let mut across = Across::default();
        for session in &sessions {
            across.add(session);
        }
        across.add_attempts(attempts);
        let across = across.findings();
        Self { sessions, across }
    }

    /// The ids and texts of all that was found.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let of_sessions = self.sessions.iter().flat_map(|session| &session.findings);
        let all = of_sessions.chain(self.across.iter().map(|found| &found.finding));
        all.map(|found| (found.rule.id, found.text.as_str()))
    }

    /// The ids of all that was found.
    pub fn ids(&self) -> Vec<&'static str> {
        self.texts().map(|(id, _)| id).collect()
    }
}

/// A play with its name.
pub struct Case {
    pub name: String,
    pub played: Played,
}

pub fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let all: Vec<Job> = catalogue::all().iter().flat_map(|shipped| jobs(&shipped.file().unwrap())).collect();
        let mut cases = Vec::new();
        play_all(&all, |job: &Job, result| {
            let name = format!("{} {}", job.file.scenario().id, job.variant.as_deref().unwrap_or("-"));
            cases.push(Case { name, played: result.unwrap() });
            Ok::<(), std::io::Error>(())
        })
        .unwrap();
        cases
    })
}

fn run(id: &str, variant: &str) -> &'static Run {
    static NAMES: OnceLock<HashMap<&'static str, &'static Run>> = OnceLock::new();
    let names = NAMES.get_or_init(|| cases().iter().map(|case| (case.name.as_str(), &case.played.run)).collect());
    names.get(format!("{id} {variant}").as_str()).unwrap_or_else(|| panic!("there is no {id} {variant}"))
}

/// Reads packets with their moments and what of them was captured.
pub fn dissect(packets: impl Iterator<Item = (i64, Vec<u8>, u32)>, keys: &str, basis: Option<&Arc<Basis>>) -> Found {
    let mut dissector = Dissector::new(Settings::SCREEN);
    if let Some(basis) = basis {
        dissector.judge_by(basis);
    }
    dissector.read_key_log(keys.as_bytes());
    for ((time, bytes, original_length), number) in packets.zip(1..) {
        let link = ETHERNET;
        dissector.push(&Packet {
            number,
            time,
            link,
            original_length,
            file: 0,
            interface: 0,
            position: 0,
            bytes: &bytes,
        });
    }
    dissector.finish();
    let sessions = dissector.sessions().iter().map(|session| Session::clone(session)).collect();
    Found::of(sessions, dissector.attempts().to_vec())
}

pub fn of_run(run: &Run, keys: &str) -> Found {
    let packets = run
        .packets
        .iter()
        .map(|packet| (packet.time, packet.bytes.clone(), u32::try_from(packet.bytes.len()).unwrap()));
    dissect(packets, keys, None)
}

/// Packets written by hand; one that is shorter than it says was cut.
pub fn packets(wire: Wire) -> impl Iterator<Item = (i64, Vec<u8>, u32)> {
    wire.frames.into_iter().map(|(time, frame)| {
        let whole = 14 + u32::from(u16::from_be_bytes([frame[16], frame[17]]));
        let length = u32::try_from(frame.len()).unwrap().max(whole);
        (time, frame, length)
    })
}

pub fn of_wire(wire: Wire) -> Found {
    dissect(packets(wire), "", None)
}

/// The captures of others; `None` where they are not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures")).join(name);
    path.is_file().then_some(path)
}

pub fn read(input: Input) -> Found {
    read_all(&[input])
}

pub fn read_all(inputs: &[Input]) -> Found {
    let opened = open(inputs, false).unwrap();
    let mut sessions = Vec::new();
    let take = |session| {
        sessions.push(session);
        Ok::<(), ()>(())
    };
    let totals = read_sessions(opened.source, &Keys::default(), Settings::REPORT, take).unwrap();
    sessions.sort_by_key(|session| session.number);
    Found::of(sessions, totals.attempts)
}

impl Source {
    /// What is found of it.
    pub fn found(&self) -> Found {
        match self {
            Self::Lab(id, variant) => {
                let run = run(id, variant);
                of_run(run, &run.key_log.0)
            }
            Self::Closed(id, variant) => of_run(run(id, variant), ""),
            Self::Sample(name) => {
                let sample = tlslab::capture::SAMPLES.iter().find(|sample| sample.name == *name).unwrap();
                read(Input::Sample(sample))
            }
            Self::Made(make) => of_wire(make()),
            Self::Points(seen, lie) => points::found(*seen, *lie),
            Self::Beside(make) => make().found(),
            Self::Altered(id, variant, change) => {
                let run = run(id, variant);
                let Found { mut sessions, .. } = of_run(run, &run.key_log.0);
                change(&mut sessions);
                sessions.iter_mut().for_each(conclude);
                Found::of(sessions, Vec::new())
            }
        }
    }
}
