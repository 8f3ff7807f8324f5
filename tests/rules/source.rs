//! Where sessions come from: the lab, the captures of the project, captures of others, and packets written by hand.

use crate::made::Wire;
use crate::points::{self, Lie, Seen};
use crate::support::ETHERNET;
use crate::support::plays::cases;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use tlslab::capture::{Dissector, Input, Keys, Packet, Settings, open, read_sessions};
use tlslab::lab::run::{Run, play};
use tlslab::lab::scenario::{Edit, ScenarioFile, catalogue};
use tlslab::session::Session;
use tlslab::session::rule::{Across, CaptureFinding};

/// A capture by the way it is made.
pub enum Source {
    /// A play of the lab with its keys: scenario and variant; `-` where there are none.
    Lab(&'static str, &'static str),
    /// The same without keys.
    Closed(&'static str, &'static str),
    /// A sample capture of the project with its keys.
    Sample(&'static str),
    /// Packets: written by hand, or recorded and changed on their way.
    Made(fn() -> Wire),
    /// A connection that two capture points saw so.
    Points([Seen; 2], Lie),
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

    /// The texts of what a rule found.
    pub fn texts(&self, rule: &str) -> Vec<&str> {
        let of_sessions = self.sessions.iter().flat_map(|session| &session.findings);
        let all = of_sessions.chain(self.across.iter().map(|found| &found.finding));
        all.filter(|found| found.rule.id == rule).map(|found| found.text.as_str()).collect()
    }

    /// What was found of single sessions, by its ids.
    pub fn of_sessions(&self) -> Vec<&'static str> {
        self.sessions.iter().flat_map(|session| &session.findings).map(|found| found.rule.id).collect()
    }

    /// What was found of several connections, or of one without TLS.
    pub fn of_capture(&self) -> Vec<&'static str> {
        self.across.iter().map(|found| found.finding.rule.id).collect()
    }
}

fn run(id: &str, variant: &str) -> &'static Run {
    static NAMES: OnceLock<HashMap<&'static str, &'static Run>> = OnceLock::new();
    let names = NAMES.get_or_init(|| cases().iter().map(|case| (case.name.as_str(), &case.played.run)).collect());
    names.get(format!("{id} {variant}").as_str()).unwrap_or_else(|| panic!("there is no {id} {variant}"))
}

/// What crosses the wire of the lab, to be changed.
pub fn recorded(id: &str, variant: &str) -> Wire {
    Wire::of_run(run(id, variant))
}

/// What crosses the wire of the lab with some knobs turned, each a path and a value of TOML.
pub fn turned(id: &str, variant: &str, knobs: &[(&str, &str)]) -> Wire {
    let file = catalogue::find(id).unwrap().file().unwrap();
    let file = if variant == "-" { file } else { file.variant(variant).unwrap() };
    let edit = |(path, value): &(&str, &str)| {
        let value = format!("value = {value}").parse::<toml::Table>().unwrap().remove("value").unwrap();
        Edit { path: (*path).to_owned(), value }
    };
    let edits: Vec<Edit> = knobs.iter().map(edit).collect();
    Wire::of_run(&play(&file.with(&edits).unwrap(), None).unwrap())
}

/// What crosses the wire of the lab by a scenario of the tests: the client offers `h2` and says this.
pub fn said_by_h2(text: &str) -> Wire {
    let scenario = include_str!("h2.lab.toml").replace("TEXT", text);
    Wire::of_run(&play(&ScenarioFile::read("h2.lab.toml", &scenario).unwrap(), None).unwrap())
}

pub fn of_run(run: &Run, key_log: &str) -> Found {
    of_wire(Wire::of_run(run).with_keys(key_log))
}

/// Reads packets with their keys; one that is shorter than it says was cut.
pub fn of_wire(wire: Wire) -> Found {
    let mut dissector = Dissector::new(Settings::SCREEN);
    let mut secrets = wire.secrets;
    secrets.read_key_log(wire.key_log.as_bytes(), 1);
    dissector.open_with(Arc::new(secrets));
    if let Some(basis) = wire.basis {
        dissector.judge_by(&Arc::new(basis));
    }
    for ((time, bytes), number) in wire.frames.iter().zip(1..) {
        let (original_length, link) = (length(bytes), ETHERNET);
        dissector.push(&Packet {
            number,
            time: *time,
            link,
            original_length,
            file: 0,
            interface: 0,
            position: 0,
            bytes,
        });
    }
    dissector.finish();
    let sessions = dissector.sessions().iter().map(|session| Session::clone(session)).collect();
    Found::of(sessions, dissector.attempts().to_vec())
}

/// How long a packet was on the wire.
pub fn length(bytes: &[u8]) -> u32 {
    let whole = 14 + u32::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    u32::try_from(bytes.len()).unwrap().max(whole)
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
            Self::Lab(id, variant) => of_wire(recorded(id, variant)),
            Self::Closed(id, variant) => of_run(run(id, variant), ""),
            Self::Sample(name) => {
                let sample = tlslab::capture::SAMPLES.iter().find(|sample| sample.name == *name).unwrap();
                read(Input::Sample(sample))
            }
            Self::Made(make) => of_wire(make()),
            Self::Points(seen, lie) => points::found(*seen, *lie),
        }
    }
}
