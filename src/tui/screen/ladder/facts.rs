//! What the message under the cursor says, in plain words.

use crate::base::printable;
use crate::net::Direction;
use crate::session::{Event, EventKind, ProofResult, Session};
use crate::tls::code::{CipherSuite, CompressionMethod, KeyExchange};
use crate::tls::handshake::{
    CertificateMessage, CertificateRequest, ClientHello, EncryptedExtensions, Message, NewSessionTicket, ServerHello,
};
use crate::tui::clock;
use crate::tui::event;
use crate::tui::model::Model;
use crate::tui::overlay::page::Block;
use crate::tui::settings::Settings;
use crate::x509::Certificate;
use std::fmt::Display;

/// How many entries of a list are named before the rest is counted.
const NAMED: usize = 4;

/// The facts of an event. `message` is what its handshake message holds, where it can be read.
pub(super) fn facts(session: &Session, index: usize, message: Option<&Message>, settings: &Settings) -> Vec<Block> {
    let Some(event) = session.timeline.get(index) else { return Vec::new() };
    let mut facts = Facts { blocks: vec![Block::Heading(heading(session, event))] };
    facts.entry("frame", format!("{}, {}", event.frame, clock::full(event.time, settings)));
    if event.decrypted {
        facts.entry("protection", "encrypted on the wire, opened with the keys that were given");
    }
    for proof in session.proofs_in(event) {
        facts.entry(if matches!(proof.result, ProofResult::Failed(_)) { "FAILED" } else { "proof" }, proof.text());
    }
    match message {
        Some(message) => facts.message(message, session, event, settings),
        None => facts.event(session, index, event),
    }
    for note in session.notes.iter().filter(|note| note.frame == event.frame) {
        facts.entry(note.item.severity.word(), printable(&note.item.text));
    }
    facts.blocks
}

/// What is inside a record that is shown as it was sent.
pub(super) fn inside(session: &Session, index: usize, model: &Model) -> Option<Block> {
    let inside = &model.shown_as_sent().and(model.inside())?.session;
    let at = session.timeline.get(index)?;
    let of_side = session.timeline.iter().filter(|event| event.direction == at.direction);
    let end = of_side.map(|event| event.offset).filter(|offset| *offset > at.offset).min().unwrap_or(u64::MAX);
    // Only what lies in the record can stand in its place; to ask all of them takes as long as there are events, for
    // each.
    let is_there = |event: &Event| event.direction == at.direction && (at.offset..end).contains(&event.offset);
    let events = inside.timeline.iter().enumerate().filter(|(_, event)| event.decrypted && is_there(event));
    let names: Vec<String> = events
        .filter(|(other, _)| inside.counterpart(*other, session) == Some(index))
        .map(|(_, event)| event::title(inside, event))
        .collect();
    (!names.is_empty()).then(|| Block::Entry("inside".to_owned(), list(names.into_iter(), 6)))
}

fn heading(session: &Session, event: &Event) -> String {
    let sender = if event.direction == Direction::ToServer { "client" } else { "server" };
    format!("{}, from the {sender}", event::title(session, event))
}

struct Facts {
    blocks: Vec<Block>,
}

impl Facts {
    fn entry(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Entry(name.to_owned(), text));
        }
    }

    fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    fn message(&mut self, message: &Message, session: &Session, event: &Event, settings: &Settings) {
        match message {
            Message::ClientHello(hello) => self.client_hello(hello),
            Message::ServerHello(hello) => self.server_hello(hello, session, event),
            Message::EncryptedExtensions(extensions) => self.encrypted_extensions(extensions),
            Message::Certificate(message) => self.certificates(message, event, settings),
            Message::CertificateRequest(request) => self.certificate_request(request),
            Message::ServerKeyExchange(exchange) => {
                self.entry("group", exchange.group.map(|group| group.to_string()).unwrap_or_default());
                self.entry("DH prime", exchange.dh_bits.map(|bits| format!("{bits} bits")).unwrap_or_default());
                self.entry("signed with", shown(exchange.signature_scheme));
                self.text("The server's key for this connection; its signature ties it to the certificate.");
            }
            Message::CertificateVerify(verify) => {
                self.entry("signed with", shown(verify.signature_scheme));
                self.entry("signature", format!("{} bytes", verify.signature.as_ref().map_or(0, Vec::len)));
                self.text("Proves that the sender holds the key of its certificate.");
            }
            Message::NewSessionTicket(ticket) => self.ticket(ticket),
            Message::CertificateStatus(status) => {
                self.entry("OCSP", format!("{} bytes of response", status.ocsp_response.len()));
            }
            Message::Finished(data) => self.entry("verify_data", format!("{} bytes", data.len())),
            Message::Other(_) => self.entry("length", length(event)),
        }
    }

    fn client_hello(&mut self, hello: &ClientHello) {
        self.entry("SNI", hello.server_name.as_deref().map_or("not sent".to_owned(), printable));
        let versions =
            if hello.supported_versions.is_empty() { &[hello.legacy_version][..] } else { &hello.supported_versions };
        self.entry("versions", list(versions.iter().filter(|version| !version.is_grease()), 6));
        let real = || hello.cipher_suites.iter().filter(|suite| !suite.is_grease() && !suite.is_signal());
        self.entry("suites", format!("{} offered: {}", real().count(), list(real().map(|suite| suite.short()), 3)));
        self.entry("groups", list(hello.supported_groups.iter().filter(|group| !group.is_grease()), NAMED + 2));
        self.entry("key shares", list(hello.key_share_groups.iter().filter(|group| !group.is_grease()), NAMED));
        self.entry("signatures", list(hello.signature_algorithms.iter().filter(|scheme| !scheme.is_grease()), NAMED));
        self.entry("ALPN", list(hello.alpn.iter().map(|name| crate::base::printable_bytes(name)), NAMED));
        self.entry("resumption", resumption(hello));
        let flags = [
            (hello.early_data, "early data"),
            (hello.encrypted_client_hello, "ECH (real or GREASE)"),
            (hello.extended_master_secret, "extended master secret"),
            (hello.post_handshake_auth, "post-handshake authentication"),
        ];
        self.entry("also", list(flags.into_iter().filter(|(there, _)| *there).map(|(_, name)| name), NAMED));
        let grease = hello.cipher_suites.iter().any(|suite| suite.is_grease());
        self.entry("GREASE", if grease { "sends made-up values to keep servers tolerant" } else { "" });
        self.entry("JA4", hello.fingerprints.ja4.clone());
    }

    fn server_hello(&mut self, hello: &ServerHello, session: &Session, event: &Event) {
        let offered = session.client_hellos.iter().rfind(|hello| hello.frame <= event.frame).map(|hello| &hello.item);
        let out_of = |count: usize| if count > 1 { format!(", out of {count} offered") } else { String::new() };
        let versions = offered.map_or(0, |offered| offered.supported_versions.len());
        self.entry("version", format!("{}{}", hello.version(), out_of(versions)));
        if hello.supported_version.is_some() {
            self.entry("", format!("legacy_version says {}, as TLS 1.3 must", hello.legacy_version));
        }
        if let Some(suite) = hello.cipher_suite {
            let rank = offered.and_then(|offered| offered.cipher_suites.iter().position(|other| *other == suite));
            let count = offered.map_or(0, |offered| offered.cipher_suites.len());
            let rank = rank.map(|rank| format!(", number {} of {count} offered", rank + 1)).unwrap_or_default();
            self.entry("suite", format!("{suite}{rank}"));
            self.entry("exchange", exchange(suite));
        }
        if let Some(group) = hello.key_share_group {
            let groups = offered.map_or(0, |offered| offered.supported_groups.len());
            let word = if hello.is_hello_retry_request { "wants group" } else { "group" };
            self.entry(word, format!("{group}{}", out_of(groups)));
        }
        self.entry("ALPN", hello.alpn.as_deref().map(crate::base::printable_bytes).unwrap_or_default());
        let resumes = hello.selected_psk.map(|index| format!("pre-shared key number {} was accepted", index + 1));
        self.entry("resumption", resumes.unwrap_or_default());
        let compression = hello.compression_method.filter(|method| *method != 0).map(CompressionMethod);
        self.entry("compression", compression.map(|method| method.to_string()).unwrap_or_default());
        let extended = hello.extended_master_secret.then_some("extended master secret");
        self.entry("also", extended.unwrap_or_default());
        if hello.is_hello_retry_request {
            self.text("No choice yet: the client is asked to send another ClientHello with this group.");
        } else if hello.version().is_tls13() && session.timeline.iter().any(|event| event.decrypted) {
            self.text("All that follows is encrypted. The keys that were given open it.");
        } else if hello.version().is_tls13() {
            self.text("All that follows is encrypted. Certificate and client authentication need the keys to be seen.");
        }
    }

    fn encrypted_extensions(&mut self, extensions: &EncryptedExtensions) {
        self.entry("extensions", list(extensions.extensions.iter(), 8));
        self.entry("ALPN", extensions.alpn.as_deref().map(crate::base::printable_bytes).unwrap_or_default());
    }

    fn certificates(&mut self, message: &CertificateMessage, event: &Event, settings: &Settings) {
        if message.certificates.is_empty() && message.raw_public_key.is_none() {
            self.entry("list", "EMPTY: the sender has no certificate that fits");
            self.text("That is allowed. Whether it is enough, the other side decides: some go on, some end it here.");
            return;
        }
        for (index, certificate) in message.certificates.iter().enumerate() {
            let name = match index {
                0 => "the sender's own".to_owned(),
                _ => format!("certificate {}", index + 1),
            };
            self.blocks.push(Block::Heading(name));
            self.certificate(certificate, event.time, index == 0, settings);
        }
        if message.ocsp_response.is_some() {
            self.entry("stapled", "an OCSP response");
        }
    }

    fn certificate(&mut self, certificate: &Certificate, seen: i64, leaf: bool, settings: &Settings) {
        if !certificate.readable {
            self.entry("unreadable", certificate.problem.as_deref().map(printable).unwrap_or_default());
            return;
        }
        self.entry("subject", printable(&certificate.subject.to_string()));
        self.entry("issuer", printable(&certificate.issuer.to_string()));
        if leaf {
            let names = certificate.subject_alt_names.iter().map(|name| printable(&name.to_string()));
            self.entry("names", list(names, 6));
        }
        self.entry("key", printable(&certificate.key.to_string()));
        self.entry("valid", validity(certificate, seen, settings));
        self.entry("", if certificate.is_self_issued() { "issuer and subject are the same name" } else { "" });
    }

    fn certificate_request(&mut self, request: &CertificateRequest) {
        self.text("The server wants to know who the client is.");
        let authorities = request.authorities.iter().map(|name| printable(name));
        let none = "none named: any certificate may be tried".to_owned();
        let shown = if request.authorities.is_empty() { none } else { list(authorities, 6) };
        self.entry("authorities", shown);
        self.entry("signatures", list(request.signature_algorithms.iter(), NAMED + 2));
    }

    fn ticket(&mut self, ticket: &NewSessionTicket) {
        self.entry("life time", format!("{} seconds", ticket.lifetime));
        self.entry("ticket", format!("{} bytes, which only the server can read", ticket.ticket_length));
        let early = ticket.max_early_data.map(|bytes| format!("up to {bytes} bytes"));
        self.entry("early data", early.unwrap_or_default());
    }

    fn event(&mut self, session: &Session, index: usize, event: &Event) {
        self.entry("length", length(event));
        if let EventKind::Alert(alert) = event.kind {
            self.entry("alert", format!("{} ({})", alert.description, alert.description.0));
            self.text(alert.description.text());
            return;
        }
        self.entry("can be", event::possible(session, index).unwrap_or_default());
        self.entry("by length", event::size_of(session, event).unwrap_or_default());
        self.text(crate::tui::explain::event_text(session, event));
    }
}

fn length(event: &Event) -> String {
    event::length(event).map(|bytes| format!("{bytes} bytes")).unwrap_or_default()
}

fn shown<T: Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The first entries by name, the others by number.
fn list<T: Display>(entries: impl Iterator<Item = T>, named: usize) -> String {
    let entries: Vec<String> = entries.map(|entry| entry.to_string()).collect();
    let text = entries.iter().take(named).cloned().collect::<Vec<_>>().join(", ");
    let more = entries.len().saturating_sub(named);
    if more > 0 { format!("{text} +{more}") } else { text }
}

fn resumption(hello: &ClientHello) -> String {
    match (hello.psk_identities, hello.session_ticket_length) {
        (0, None | Some(0)) => String::new(),
        (0, Some(bytes)) => format!("a session ticket of {bytes} bytes"),
        (1, _) => "1 pre-shared key".to_owned(),
        (count, _) => format!("{count} pre-shared keys"),
    }
}

/// How a suite makes its keys, in words; nothing for TLS 1.3, where the group says it.
fn exchange(suite: CipherSuite) -> String {
    if suite.key_exchange() == KeyExchange::Tls13 {
        return String::new();
    }
    let secrecy = match suite.has_forward_secrecy() {
        Some(true) => ", forward secrecy",
        Some(false) => ", NO forward secrecy",
        None => "",
    };
    format!("{}{secrecy}", suite.key_exchange().label())
}

/// The period of a certificate, judged at the time of the frame.
fn validity(certificate: &Certificate, seen: i64, settings: &Settings) -> String {
    let day = |seconds: i64| {
        let full = clock::full(seconds.saturating_mul(1_000_000_000), settings);
        full.split(' ').next().unwrap_or_default().to_owned()
    };
    let seen = seen.div_euclid(1_000_000_000);
    let judged = match () {
        () if seen < certificate.not_before => "NOT YET VALID in this capture",
        () if seen > certificate.not_after => "EXPIRED in this capture",
        () => "valid in this capture",
    };
    format!("{} to {}: {judged}", day(certificate.not_before), day(certificate.not_after))
}
