//! A relay between two connections: what one side says goes on to the other, and of HTTP requests the field that
//! names the client's certificate is minded (RFC 9440).

use super::http::{CLIENT_CERT, Messages};
use super::{Act, Application, Facing, Identity, Waiting};
use crate::lab::scenario::ClientCertHeader;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The side that takes connections.
pub(super) struct Front {
    header: ClientCertHeader,
    /// Whether requests are read and not only passed on.
    http: bool,
    messages: Messages,
    identity: Option<Identity>,
}

impl Front {
    pub(super) fn new(http: bool, header: ClientCertHeader) -> Self {
        let http = http && header != ClientCertHeader::Ignore;
        Self { header, http, messages: Messages::default(), identity: None }
    }
}

impl Application for Front {
    fn opened(&mut self, facing: &Facing, acts: &mut Vec<Act>) {
        self.identity.clone_from(&facing.identity);
        // A backend that greets first must be there to do so.
        acts.push(Act::Onward(Vec::new()));
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        if !self.http {
            return acts.push(Act::Onward(bytes.to_vec()));
        }
        self.messages.push(bytes);
        while let Some(mut request) = self.messages.next() {
            if self.header == ClientCertHeader::Set {
                request.fields.retain(|(name, _)| !name.eq_ignore_ascii_case(CLIENT_CERT));
            }
            if let Some(certificate) = self.identity.as_ref().and_then(|identity| identity.certificate.as_ref()) {
                let value = format!(":{}:", STANDARD.encode(&certificate.der));
                request.fields.push(("Client-Cert".to_owned(), value));
            }
            acts.push(Act::Onward(request.to_bytes()));
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(bytes.to_vec()));
    }
}

/// The side that opens a connection of its own.
#[derive(Debug, Default)]
pub(super) struct Back(Waiting);

impl Application for Back {
    fn opened(&mut self, _facing: &Facing, acts: &mut Vec<Act>) {
        self.0.release(acts);
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Served);
        acts.push(Act::Onward(bytes.to_vec()));
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.0.say(bytes, acts);
    }
}

/// Somebody who says what he was told to say and takes what comes.
#[derive(Debug)]
pub(super) struct Silent;

impl Application for Silent {
    fn opened(&mut self, _facing: &Facing, _acts: &mut Vec<Act>) {}

    fn receive(&mut self, _bytes: &[u8], _acts: &mut Vec<Act>) {}

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(bytes.to_vec()));
    }
}
