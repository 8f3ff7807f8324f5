//! What becomes of a message: the facts of the session, and who is the client.

use super::super::facts::{Located, RolesFrom};
use super::{Moment, Tracker};
use crate::base::{Group, Severity};
use crate::net::Direction;
use crate::tls::code::CipherSuite;
use crate::tls::handshake::{CertificateMessage, Message, Role};
use std::sync::Arc;

/// How many hellos of a side a session keeps. A session has one or two, and two more for each renegotiation.
pub(super) const MAX_HELLOS: usize = 64;

impl Tracker {
    /// The direction as the session counts it, for one as the caller counts it.
    pub(super) fn toward(&self, direction: Direction) -> Direction {
        if self.flipped { direction.reverse() } else { direction }
    }

    /// Learns from a hello who is the client, and turns everything round where it was taken for the server so far.
    pub(super) fn learn_roles(&mut self, direction: Direction, hello_from: Option<Role>) -> Direction {
        let Some(role) = hello_from.filter(|_| self.session.roles_from != RolesFrom::Hello) else { return direction };
        self.session.roles_from = RolesFrom::Hello;
        let meant = if role == Role::Client { Direction::ToServer } else { Direction::ToClient };
        if meant != direction {
            self.flip();
        }
        meant
    }

    pub(super) fn flip(&mut self) {
        self.flipped = !self.flipped;
        self.sides.reverse();
        self.opening.iter_mut().for_each(|opening| opening.reverse());
        self.transcript.iter_mut().for_each(|transcript| transcript.reverse());
        for claim in &mut self.claims {
            claim.reverse();
        }
        let session = &mut self.session;
        std::mem::swap(&mut session.client, &mut session.server);
        session.bytes.reverse();
        session.change_cipher_specs.reverse();
        session.application_data_records.reverse();
        session.transport.reverse();
        session.clues.reverse();
        for event in &mut session.timeline {
            event.direction = event.direction.reverse();
        }
        for proof in &mut session.proofs {
            proof.direction = proof.direction.reverse();
        }
        if let Some(prelude) = session.prelude.as_mut().map(Arc::make_mut) {
            prelude.bytes.reverse();
            for line in &mut prelude.lines {
                line.direction = line.direction.reverse();
            }
        }
    }

    pub(super) fn learn(&mut self, direction: Direction, message: Message, at: Moment) {
        let frame = at.frame;
        match message {
            Message::ClientHello(_) if self.session.client_hellos.len() >= MAX_HELLOS => self.too_many_hellos(at),
            Message::ServerHello(_) if self.session.server_hellos.len() >= MAX_HELLOS => self.too_many_hellos(at),
            Message::ClientHello(hello) => {
                self.session.client_hellos.push(Located { frame, item: Arc::from(hello) });
            }
            Message::ServerHello(hello) => {
                if !hello.is_hello_retry_request && self.session.server_hello().is_none() {
                    self.session.version = Some(hello.version());
                    self.session.cipher_suite = hello.cipher_suite;
                    let name = hello.cipher_suite.and_then(CipherSuite::name);
                    self.unencrypted = name.is_some_and(|name| name.contains("_WITH_NULL_"));
                    self.session.alpn.clone_from(&hello.alpn);
                    self.session.group = hello.key_share_group;
                    self.session.clues.timestamps = hello.timestamps.as_deref().map(Arc::from);
                }
                self.version = Some(hello.version());
                self.session.server_hellos.push(Located { frame, item: Arc::from(hello) });
            }
            Message::EncryptedExtensions(extensions) => {
                if self.session.alpn.is_none() {
                    self.session.alpn = extensions.alpn;
                }
                self.session.clues.encrypted_extensions = Some(extensions.extensions);
            }
            Message::Certificate(message) => self.learn_certificates(direction, message),
            Message::CertificateRequest(request) => self.session.certificate_request = Some(Arc::new(request)),
            Message::ServerKeyExchange(exchange) => {
                self.session.group = self.session.group.or(exchange.group);
                self.session.server_signature_scheme = exchange.signature_scheme;
                self.session.clues.dh_bits = exchange.dh_bits;
            }
            Message::CertificateVerify(verify) if direction == Direction::ToClient => {
                self.session.server_signature_scheme = verify.signature_scheme;
            }
            Message::NewSessionTicket(ticket) => {
                self.session.new_session_tickets += 1;
                self.session.clues.ticket(frame, at.time, &ticket);
                self.new_ticket = ticket.ticket;
            }
            Message::CertificateStatus(status) => self.session.ocsp_response = Some(status.ocsp_response.into()),
            Message::CertificateVerify(_) | Message::Finished(_) | Message::Other(_) => {}
        }
    }

    fn too_many_hellos(&mut self, at: Moment) {
        let text = format!("more than {MAX_HELLOS} hellos of one side; the later ones are not kept");
        self.note(at, Severity::Warn, Group::Reassemble, "session.hellos", text);
    }

    fn learn_certificates(&mut self, direction: Direction, message: CertificateMessage) {
        if let Some(place) = self.session.clues.compression.get_mut(direction.index()) {
            *place = message.compression;
        }
        if direction == Direction::ToServer {
            let sent = !message.certificates.is_empty() || message.raw_public_key.is_some();
            self.session.client_certificate_sent = Some(sent);
            if self.session.client_certificates.is_empty() {
                self.session.client_certificates = message.certificates;
            }
        } else {
            if self.session.server_certificates.is_empty() {
                self.session.server_certificates = message.certificates;
            }
            if let Some(response) = message.ocsp_response {
                self.session.ocsp_response = Some(response.into());
            }
            if let Some(list) = message.timestamps {
                self.session.clues.timestamps = Some(list.into());
            }
            if let Some(credential) = message.credential {
                self.session.clues.credential = Some(Box::new(credential));
            }
        }
    }
}
