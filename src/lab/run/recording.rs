//! A run as a capture: written as pcapng with its keys inside, and read by the ordinary dissector.

use super::{KeyLogText, Run, RunPacket};
use crate::capture::{
    Dissector, FileNote, LoadState, Packet, PacketToWrite, PcapngWriter, Progress, Settings, Snapshot, Source, Store,
    learn_resumption,
};
use crate::session::judgement::{Basis, Verifier, Verifiers};
use crate::session::{FrameNumber, Session};
use crate::tls::key_log::{Entry, Label};
use crate::x509::pem;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

impl Run {
    /// The run as a pcapng file: first the secrets, so that whoever opens it needs no settings, then the packets with
    /// what the script says of them.
    ///
    /// # Errors
    /// When a packet is longer than the format can say.
    pub fn pcapng(&self) -> io::Result<Vec<u8>> {
        let mut writer = PcapngWriter::new(Vec::new())?;
        if !self.key_log.0.is_empty() {
            writer.key_log(self.key_log.0.as_bytes())?;
        }
        for packet in &self.packets {
            let original_length = u32::try_from(packet.bytes.len()).map_err(io::Error::other)?;
            writer.packet(&PacketToWrite {
                time: packet.time,
                link: packet.link,
                original_length,
                bytes: &packet.bytes,
                comment: packet.comment.as_deref(),
            })?;
        }
        writer.finish()
    }

    /// What a reader of the recording may know beyond its key log, in the form of one: what the key exchanges gave, and
    /// the pre-shared keys of those who resume.
    #[must_use]
    pub fn inner_secrets(&self) -> String {
        let mut text = self.shared_secrets.0.clone();
        let mut dissector = dissector(&self.packets, &self.key_log);
        dissector.read_key_log(text.as_bytes());
        let sessions = dissector.sessions();
        let offers = |session: &Arc<Session>| session.client_hellos.iter().any(|hello| hello.item.psk_identities > 0);
        if !sessions.iter().any(offers) {
            return text;
        }
        let mut secrets = dissector.secrets();
        // The packets are in memory: reading them again does not fail. If it did, the tree would begin further down.
        let _ = learn_resumption(&*self.store(), dissector.frames(), &sessions, &mut secrets);
        let label = Label::LabPreSharedKey;
        for random in secrets.randoms() {
            if let Some(secret) = secrets.find(random, label) {
                let entry = Entry::Random { label, random: *random, secret: secret.clone() };
                text = text + &entry.line() + "\n";
            }
        }
        text
    }

    /// The packets as a source, for whoever reads captures.
    #[must_use]
    pub fn source(&self) -> Box<dyn Source> {
        Box::new(Packets::new(self.packets.clone().into(), &self.key_log))
    }

    /// Access to each packet again.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::new(Memory(self.packets.iter().flat_map(|packet| packet.bytes.iter().copied()).collect()))
    }

    /// By what the peers judge each other's certificates, for a capture in which so many frames come before those of the
    /// run.
    #[must_use]
    pub fn verifiers(&self, before: FrameNumber) -> Verifiers {
        let mut verifiers = Verifiers::default();
        for connection in &self.connections {
            let Some(session) = &connection.session else { continue };
            let sides = [&connection.client_says, &connection.server_says].into_iter().zip(&connection.verifiers);
            for (says, verifier) in sides.filter_map(|(says, verifier)| Some((says, verifier.as_deref()?))) {
                let has_judged = says.verification.is_some();
                let verifier = Verifier { has_judged, ..verifier.clone() };
                verifiers.add(session.first_frame.saturating_add(before), Arc::new(verifier));
            }
        }
        verifiers
    }

    /// Whom the peers trust, as files in PEM by the peer's name: what `--anchors` takes to judge the saved run as that peer
    /// did.
    #[must_use]
    pub fn trust(&self) -> BTreeMap<&str, String> {
        let verifiers = self.connections.iter().flat_map(|connection| connection.verifiers.iter().flatten());
        let mut files = BTreeMap::new();
        for verifier in verifiers.filter(|verifier| !verifier.anchors.is_empty()) {
            let all = verifier.anchors.iter().map(|anchor| pem("CERTIFICATE", anchor.der()));
            files.insert(verifier.name.as_str(), all.collect());
        }
        files
    }

    /// The run as the screens of captures take it, complete.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut dissector = Dissector::new(Settings::SCREEN);
        dissector.judge_by(&Arc::new(Basis { verifiers: self.verifiers(0), ..Basis::default() }));
        read(&mut dissector, &self.packets, &self.key_log);
        dissector.read_key_log(self.inner_secrets().as_bytes());
        Snapshot {
            findings: Arc::default(),
            generation: 1,
            state: LoadState::Complete,
            progress: Progress::default(),
            frames: dissector.frames().clone(),
            sessions: dissector.sessions(),
            left: 0,
            notes: Vec::new(),
            secrets: dissector.secrets(),
            basis: dissector.basis(),
        }
    }
}

impl Run {
    /// The sessions as somebody without keys sees them.
    #[must_use]
    pub fn as_sent(&self) -> Vec<Arc<Session>> {
        sessions(&self.packets, &KeyLogText(String::new()))
    }
}

/// The sessions that the ordinary dissector finds in the packets.
pub(super) fn sessions(packets: &[RunPacket], key_log: &KeyLogText) -> Vec<Arc<Session>> {
    dissector(packets, key_log).sessions()
}

fn dissector(packets: &[RunPacket], key_log: &KeyLogText) -> Dissector {
    let mut dissector = Dissector::new(Settings::SCREEN);
    read(&mut dissector, packets, key_log);
    dissector
}

fn read(dissector: &mut Dissector, packets: &[RunPacket], key_log: &KeyLogText) {
    dissector.read_key_log(key_log.0.as_bytes());
    let mut source = Packets::new(packets.into(), key_log);
    while let Some(packet) = source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
}

/// Packets in memory, one behind the other.
struct Packets<'a> {
    all: Cow<'a, [RunPacket]>,
    at: usize,
    position: u64,
    keys: Vec<Vec<u8>>,
}

impl<'a> Packets<'a> {
    fn new(all: Cow<'a, [RunPacket]>, key_log: &KeyLogText) -> Self {
        let keys = Some(key_log.0.clone().into_bytes()).filter(|text| !text.is_empty());
        Self { all, at: 0, position: 0, keys: keys.into_iter().collect() }
    }
}

impl Source for Packets<'_> {
    fn next_packet(&mut self) -> Option<Packet<'_>> {
        let packet = self.all.get(self.at)?;
        self.at += 1;
        let position = self.position;
        self.position += packet.bytes.len() as u64;
        Some(Packet {
            number: u32::try_from(self.at).unwrap_or(u32::MAX),
            time: packet.time,
            link: packet.link,
            original_length: u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX),
            file: 0,
            interface: 0,
            position,
            bytes: &packet.bytes,
        })
    }

    fn progress(&self) -> Progress {
        Progress { bytes: self.position, total: None }
    }

    fn take_notes(&mut self) -> Vec<FileNote> {
        Vec::new()
    }

    fn take_key_logs(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.keys)
    }

    fn has_key_logs(&self) -> bool {
        !self.keys.is_empty()
    }

    fn position(&self) -> (PathBuf, FrameNumber) {
        (PathBuf::from("run"), FrameNumber::try_from(self.at).unwrap_or(FrameNumber::MAX))
    }
}

/// The bytes of all packets, one behind the other.
struct Memory(Vec<u8>);

impl Store for Memory {
    fn read(&self, _file: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
        let start = usize::try_from(position).map_err(io::Error::other)?;
        let bytes = start.checked_add(length as usize).and_then(|end| self.0.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
