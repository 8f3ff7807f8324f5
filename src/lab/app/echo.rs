//! Echo (RFC 862): what arrives goes back.

use super::{Act, Application, Facing, Waiting};

#[derive(Debug, Default)]
pub(super) struct Server;

impl Application for Server {
    fn opened(&mut self, _facing: &Facing, _acts: &mut Vec<Act>) {}

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Served);
        acts.push(Act::Send(bytes.to_vec()));
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(bytes.to_vec()));
    }
}

#[derive(Debug, Default)]
pub(super) struct Client(Waiting);

impl Application for Client {
    fn opened(&mut self, _facing: &Facing, acts: &mut Vec<Act>) {
        self.0.release(acts);
    }

    fn receive(&mut self, _bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Served);
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.0.say(bytes, acts);
    }
}
