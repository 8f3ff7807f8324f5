//! Plays the steps of a script: opens connections, and lets the sides talk until nobody has anything to say.

use super::cast::Cast;
use super::link::Link;
use super::side::Side;
use super::{BeatKind, PlayError};
use crate::lab::app;
use crate::lab::attack::{Attacker, Missed};
use crate::lab::scenario::{Action, Attack, Edit, Role, Scenario, Step};
use crate::lab::wire::{Channel, Random, Wire};
use crate::net::Direction;
use crate::session::FrameNumber;
use crate::session::judgement::Verifier;
use std::sync::Arc;

/// Gives the scenario with further edits.
pub(super) type Edited<'a> = dyn Fn(&[Edit]) -> Result<Scenario, String> + 'a;

/// Everything that moves while a script is played.
pub(super) struct Conductor<'a> {
    pub(super) cast: Cast<'a>,
    pub(super) wire: Wire,
    pub(super) attacker: Attacker,
    pub(super) links: Vec<Link>,
    pub(super) marks: Vec<Mark>,
    pub(super) missed: Vec<Missed>,
    random: Random,
    next_port: u16,
    edited: &'a Edited<'a>,
    edits: Vec<Edit>,
    /// Steps that were played before their turn.
    done: Vec<usize>,
    /// The step that is being played.
    pub(super) current: usize,
}

/// Something that happened beside the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The last frame before it.
    pub(super) frame: FrameNumber,
    /// The connection, from 1 on; 0 for none.
    pub(super) connection: u32,
    pub(super) kind: BeatKind,
    pub(super) say: Option<String>,
}

impl<'a> Conductor<'a> {
    pub(super) fn new(cast: Cast<'a>, attacker: Attacker, edited: &'a Edited<'a>) -> Self {
        let mut random = Random::new(cast.scenario.seed);
        let next_port = random.port();
        Self {
            wire: Wire::new(cast.scenario.clock),
            cast,
            attacker,
            links: Vec::new(),
            marks: Vec::new(),
            missed: Vec::new(),
            random,
            next_port,
            edited,
            edits: Vec::new(),
            done: Vec::new(),
            current: 0,
        }
    }

    /// Plays all steps, and lets those part who are still on good terms.
    pub(super) fn play(&mut self) -> Result<(), PlayError> {
        let steps = self.cast.scenario.steps.clone();
        for (index, step) in steps.iter().enumerate() {
            if !self.done.contains(&index) {
                self.current = index;
                self.step(index, step, &steps)?;
            }
        }
        for index in 0..self.links.len() {
            if let Some(link) = self.links.get_mut(index).filter(|link| link.is_alive() && !link.is_onward) {
                link.client.bye();
                self.pump()?;
            }
        }
        for link in &mut self.links {
            link.client.conclude();
            link.server.conclude();
        }
        let mut missed = self.attacker.missed();
        self.missed.append(&mut missed);
        Ok(())
    }

    fn step(&mut self, index: usize, step: &Step, steps: &[Step]) -> Result<(), PlayError> {
        match &step.action {
            Action::Connect { early } => self.connect(index, step, early.as_deref(), steps),
            Action::Send { text } => self.send(index, step, text),
            Action::Close { cut } => self.close(index, step, *cut),
            // Those with a place stand where it is, which is known when all is over.
            Action::Pause | Action::Note if step.at.is_some() => Ok(()),
            Action::Pause => {
                self.remark(BeatKind::Pause, step);
                Ok(())
            }
            Action::Note => {
                self.script(index, step, String::new());
                Ok(())
            }
            Action::Set { set } => self.set(index, step, set),
            Action::Wait { seconds } => {
                self.wire.wait_seconds(*seconds);
                self.cast.set_clock(self.wire.seconds());
                self.script(index, step, format!("{seconds} s go by"));
                Ok(())
            }
            Action::Revoke { certificate, list } => {
                self.cast.revoke(certificate, list)?;
                self.script(index, step, format!("{certificate} is revoked: {list} is issued again"));
                Ok(())
            }
            Action::Restart => self.restart(index, step),
            Action::Attack(Attack::Replay) => self.replay(index, step, steps),
            // Whoever sits on the wire is told in advance.
            Action::Attack(_) => Ok(()),
        }
    }

    fn script(&mut self, step: usize, of: &Step, text: String) {
        self.remark(BeatKind::Script { step, text }, of);
    }

    fn remark(&mut self, kind: BeatKind, of: &Step) {
        let connection = self.links.last().map_or(0, |link| link.number);
        self.mark(connection, kind, of.say.clone());
    }

    /// Notes that something happens now.
    pub(super) fn mark(&mut self, connection: u32, kind: BeatKind, say: Option<String>) {
        self.marks.push(Mark { frame: self.wire.frame(), connection, kind, say });
    }

    /// The number of the connection that is opened next.
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.links.len() + 1).unwrap_or(u32::MAX)
    }

    /// Who acts in a step.
    fn actor(&self, step: &Step, role: Role) -> Result<String, PlayError> {
        let name = step.by.as_deref().or_else(|| self.cast.only(role));
        name.map(str::to_owned).ok_or(PlayError::NobodyActs)
    }

    fn connect(&mut self, index: usize, step: &Step, early: Option<&str>, steps: &[Step]) -> Result<(), PlayError> {
        let client = self.actor(step, Role::Client)?;
        let to = self.cast.peer(&client)?.to.clone().ok_or_else(|| PlayError::NoTarget { name: client.clone() })?;
        let queued = self.sent_at_once(index, &client, steps);
        let number = self.next_number();
        let kind = BeatKind::Script { step: index, text: format!("{client} connects to {to}") };
        self.mark(number, kind, step.say.clone());
        let link = self.open(&client, &to, steps, early)?;
        if let Some(opened) = self.links.get_mut(link) {
            for (_, text) in &queued {
                opened.client.say(text.as_bytes());
            }
            opened.queued = queued;
        }
        self.pump()?;
        self.mark_unsent(link);
        Ok(())
    }

    /// What the client sends right behind its handshake, as programs do: in TLS 1.3 it goes out before the server has
    /// looked at the client's certificate.
    fn sent_at_once(&mut self, connect: usize, client: &str, steps: &[Step]) -> Vec<(usize, String)> {
        let mut queued = Vec::new();
        for (index, step) in steps.iter().enumerate().skip(connect + 1) {
            match &step.action {
                Action::Send { text } if step.by.as_deref().is_none_or(|by| by == client) => {
                    self.done.push(index);
                    queued.push((index, text.clone()));
                }
                Action::Pause | Action::Note if step.at.is_some() => {}
                Action::Attack(attack) if *attack != Attack::Replay => {}
                _ => break,
            }
        }
        queued
    }

    /// Opens a connection and gives its place. Somebody on the wire may take it in the place of whom the client means.
    pub(super) fn open(
        &mut self,
        client: &str,
        to: &str,
        steps: &[Step],
        early: Option<&str>,
    ) -> Result<usize, PlayError> {
        let server = self.taken_by(self.next_number(), client, to, steps);
        let server_name = self.cast.peer(client)?.name.clone();
        let sides = [
            Side::new(client, self.cast.application(client, Direction::ToServer)?),
            Side::new(&server, self.cast.application(&server, Direction::ToClient)?),
        ];
        let verifiers = [
            self.cast.verifier(client, Direction::ToServer, server_name.as_deref()),
            self.cast.verifier(&server, Direction::ToClient, None),
        ];
        let index = self.add_link([client, &server], to, sides, verifiers)?;
        for (peer, direction) in [(client, Direction::ToServer), (server.as_str(), Direction::ToClient)] {
            let early = early.filter(|_| direction == Direction::ToServer);
            self.begin(index, peer, direction, early)?;
        }
        Ok(index)
    }

    /// Opens the TCP connection from a client to the one whom it means, with the two sides that speak over it.
    fn add_link(
        &mut self,
        names: [&str; 2],
        addressed: &str,
        sides: [Side; 2],
        verifiers: [Option<Arc<Verifier>>; 2],
    ) -> Result<usize, PlayError> {
        let [client_name, server_name] = names.map(str::to_owned);
        let [client, server] = sides;
        let number = self.next_number();
        self.cast.set_clock(self.wire.seconds());
        let first_frame = self.wire.frame() + 1;
        let hosts = [self.cast.host(&client_name), self.cast.host(addressed)];
        let ports = [self.next_port, self.cast.port(addressed)?];
        self.next_port += 1;
        let channel = Channel::open(&mut self.wire, hosts, ports, &mut self.random);
        self.links.push(Link {
            number,
            client_name,
            server_name,
            addressed: addressed.to_owned(),
            channel,
            first_frame,
            client,
            server,
            verifiers,
            partner: None,
            is_onward: false,
            queued: Vec::new(),
        });
        Ok(self.links.len() - 1)
    }

    /// Lets one side begin: with TLS, or in plain text.
    fn begin(&mut self, index: usize, peer: &str, way: Direction, early: Option<&str>) -> Result<(), PlayError> {
        if self.cast.begins_secured(peer, way)? {
            return self.begin_tls(index, way, early);
        }
        if let Some(link) = self.links.get_mut(index) {
            let side = link.sender(way);
            side.open_plain();
            if let Some(early) = early {
                side.say(early.as_bytes());
            }
        }
        Ok(())
    }

    pub(super) fn begin_tls(
        &mut self,
        index: usize,
        direction: Direction,
        early: Option<&str>,
    ) -> Result<(), PlayError> {
        let Some(link) = self.links.get_mut(index) else { return Ok(()) };
        let client = direction == Direction::ToServer;
        let peer = if client { link.client_name.clone() } else { link.server_name.clone() };
        let name = self.cast.peer(&peer)?.name.clone().filter(|_| client);
        let opened = self.cast.endpoint(&peer, direction)?.open(name.as_deref());
        let tls = opened.map_err(|error| PlayError::Setup { peer, reason: error.to_string() })?;
        link.sender(direction).begin_tls(tls, early.map(|text| text.as_bytes().to_vec()));
        Ok(())
    }

    /// Who takes a connection: whoever stands in the way of it, or whom the client means.
    fn taken_by(&mut self, number: u32, client: &str, to: &str, steps: &[Step]) -> String {
        for (index, step) in steps.iter().enumerate() {
            let Action::Attack(Attack::RelayTo(other)) = &step.action else { continue };
            let here = step.at.as_ref().is_none_or(|at| at.connection == number);
            let between = step
                .at
                .as_ref()
                .is_none_or(|at| [&at.from, &at.to].into_iter().all(|peer| peer == client || peer == to));
            // Its own connections are not taken from the one who stands there.
            if !here || !between || client == other {
                continue;
            }
            let by = step.by.clone().or_else(|| self.cast.only(Role::Network).map(str::to_owned)).unwrap_or_default();
            let text = format!("leads the connection to {other}");
            let kind = BeatKind::Attack { by, text };
            self.mark(number, kind, step.say.clone());
            self.done.push(index);
            return other.clone();
        }
        to.to_owned()
    }

    /// The latest connection of a peer, and which way it sends there.
    fn latest(&self, peer: &str) -> Option<(usize, Direction)> {
        let mut links = self.links.iter().enumerate().rev();
        links.find_map(|(index, link)| Some((index, link.direction_of(peer)?)))
    }

    fn send(&mut self, index: usize, step: &Step, text: &str) -> Result<(), PlayError> {
        let peer = self.actor(step, Role::Client)?;
        let Some((link, direction)) = self.latest(&peer) else { return Err(PlayError::NoConnection { name: peer }) };
        let Some(link) = self.links.get_mut(link) else { return Ok(()) };
        let number = link.number;
        let side = link.sender(direction);
        let said = if side.is_open() { "sends" } else { "cannot send any more:" };
        let text_of_beat = format!("{peer} {said} {}", shown(text));
        side.say(text.as_bytes());
        let kind = BeatKind::Script { step: index, text: text_of_beat };
        self.mark(number, kind, step.say.clone());
        self.pump()
    }

    fn close(&mut self, index: usize, step: &Step, cut: bool) -> Result<(), PlayError> {
        let peer = self.actor(step, Role::Client)?;
        let Some((link, direction)) = self.latest(&peer) else { return Err(PlayError::NoConnection { name: peer }) };
        let Some(link) = self.links.get_mut(link) else { return Ok(()) };
        let number = link.number;
        let side = link.sender(direction);
        if cut {
            side.cut();
        } else {
            side.bye();
        }
        let text = format!("{peer} {}", if cut { "ends the connection without a word" } else { "says goodbye" });
        let kind = BeatKind::Script { step: index, text };
        self.mark(number, kind, step.say.clone());
        self.pump()
    }

    fn set(&mut self, index: usize, step: &Step, set: &[Edit]) -> Result<(), PlayError> {
        self.edits.extend_from_slice(set);
        let scenario = (self.edited)(&self.edits).map_err(|reason| PlayError::Set { step: index, reason })?;
        if set.iter().any(|edit| edit.path == "clock") {
            self.wire.set_clock(scenario.clock);
        }
        let now = self.wire.seconds();
        self.cast.become_of(scenario, now)?;
        self.cast.set_clock(now);
        let words: Vec<String> = set.iter().map(|edit| format!("{} = {}", edit.path, edit.value)).collect();
        self.script(index, step, words.join(", "));
        Ok(())
    }

    fn restart(&mut self, index: usize, step: &Step) -> Result<(), PlayError> {
        let peer = self.actor(step, Role::Server)?;
        self.cast.restart(&peer);
        self.script(index, step, format!("{peer} starts again and has forgotten all sessions"));
        Ok(())
    }

    /// Somebody who has copied a flight plays it back on a connection of its own.
    fn replay(&mut self, index: usize, step: &Step, steps: &[Step]) -> Result<(), PlayError> {
        let by = self.actor(step, Role::Network)?;
        let copied = self.attacker.copied().to_vec();
        let copy = steps.iter().find(|step| step.action == Action::Attack(Attack::Copy));
        let victim = copy.and_then(|step| step.at.as_ref()).and_then(|at| self.links.get(at.connection as usize - 1));
        let Some(victim) = victim.filter(|_| !copied.is_empty()) else {
            let reason = "nothing was copied that could be played back".to_owned();
            self.missed.push(Missed { step: index, reason, may_miss: step.may_miss });
            return Ok(());
        };
        let to = victim.addressed.clone();
        let number = self.next_number();
        let text = format!("plays back {} copied bytes to {to} on a connection of its own", copied.len());
        let kind = BeatKind::Attack { by: by.clone(), text };
        self.mark(number, kind, step.say.clone());
        let mut client = Side::new(&by, app::silent());
        client.passive = true;
        client.say(&copied);
        let server = Side::new(&to, self.cast.application(&to, Direction::ToClient)?);
        let verifiers = [None, self.cast.verifier(&to, Direction::ToClient, None)];
        let index = self.add_link([&by, &to], &to, [client, server], verifiers)?;
        self.begin(index, &to, Direction::ToClient, None)?;
        self.pump()
    }
}

/// A text of the script, as short as a heading needs it.
pub(super) fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(40).collect();
    let more = if short.len() < text.trim_end().len() { " …" } else { "" };
    format!("'{}'{more}", crate::base::printable(&short))
}
