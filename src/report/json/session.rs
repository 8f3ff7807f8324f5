//! One session in JSON.

use super::certificate::{Chain, Written};
use super::decrypted::DecryptedJson;
use super::event::{AlertsJson, MessagesJson, TimelineJson};
use super::finding::{FindingJson, OpenQuestionJson, VerdictJson};
use super::hello::{CertificateRequestJson, ClientHelloJson, Makes, ServerHelloJson};
use super::proof::ProofJson;
use super::validation::JudgedJson;
use super::value::{
    AlertWords, Alpn, Both, Code, Date, Filled, List, Plain, Remark, Seconds, Time, endpoint, object, sender, stream,
    way,
};
use crate::session::library::Likeness;
use crate::session::{Outcome, Prelude, PreludeLine, RolesFrom, Session, TransportFacts};
use crate::tls::code::SignatureScheme;
use serde::ser::{Serialize, SerializeMap, Serializer};

pub(super) struct SessionJson<'a> {
    pub(super) session: &'a Session,
    pub(super) written: &'a Written,
    /// Whether it has not ended: more of it will be written.
    pub(super) open: bool,
}

impl Serialize for SessionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.open {
            map.serialize_entry("open", &true)?;
        }
        map.serialize_entry("number", &self.session.number)?;
        place(&mut map, self.session)?;
        hellos(&mut map, self.session, &self.written.makes)?;
        choices(&mut map, self.session)?;
        self.authentication(&mut map)?;
        map.serialize_entry("verdict", &VerdictJson(self.session))?;
        map.serialize_entry("findings", &List(self.session.findings.iter().map(FindingJson)))?;
        map.serialize_entry("open_questions", &List(self.session.open_questions.iter().map(OpenQuestionJson)))?;
        events(&mut map, self.session)?;
        map.end()
    }
}

fn place<M: SerializeMap>(map: &mut M, session: &Session) -> Result<(), M::Error> {
    map.serialize_entry("stream", &stream(session.stream))?;
    map.serialize_entry("kind", &Plain(session.kind.word()))?;
    map.serialize_entry("client", &endpoint(session.client))?;
    map.serialize_entry("server", &endpoint(session.server))?;
    map.serialize_entry("roles_from", &Plain(roles_from(session.roles_from)))?;
    map.serialize_entry("outcome", &OutcomeJson(session.outcome))?;
    map.serialize_entry("first_frame", &session.first_frame)?;
    map.serialize_entry("last_frame", &session.last_frame)?;
    map.serialize_entry("stream_first_frame", &session.stream_first_frame)?;
    map.serialize_entry("frames", &session.frames)?;
    map.serialize_entry("bytes", &Both(session.bytes))?;
    map.serialize_entry("started", &Time(session.started))?;
    map.serialize_entry("ended", &Time(session.ended))?;
    map.serialize_entry("duration", &Seconds(session.ended.saturating_sub(session.started)))?;
    map.serialize_entry("handshake_started", &session.handshake_started.map(Time))?;
    map.serialize_entry("handshake_ended", &session.handshake_ended.map(Time))?;
    let handshake = session.handshake_started.zip(session.handshake_ended);
    map.serialize_entry("handshake_duration", &handshake.map(|(from, to)| Seconds(to.saturating_sub(from))))?;
    map.serialize_entry("transport", &TransportJson(&session.transport))?;
    map.serialize_entry("prelude", &session.prelude.as_deref().map(PreludeJson))
}

fn roles_from(roles: RolesFrom) -> &'static str {
    match roles {
        RolesFrom::Hello => "hello",
        RolesFrom::Syn => "syn",
        RolesFrom::Keys => "keys",
        RolesFrom::Ports => "ports",
    }
}

fn hellos<M: SerializeMap>(map: &mut M, session: &Session, makes: &Makes) -> Result<(), M::Error> {
    let client = session.client_hellos.first().map(|hello| &*hello.item);
    map.serialize_entry(
        "client_hellos",
        &List(session.client_hellos.iter().map(|hello| ClientHelloJson(hello, makes))),
    )?;
    map.serialize_entry("server_hellos", &List(session.server_hellos.iter().map(ServerHelloJson)))?;
    map.serialize_entry("hello_retry_request", &session.hello_retry_request())?;
    map.serialize_entry("sni", &session.server_name())?;
    map.serialize_entry("ja3", &client.map(|hello| Filled(&hello.fingerprints.ja3)))?;
    map.serialize_entry("ja4", &client.map(|hello| Filled(&hello.fingerprints.ja4)))?;
    map.serialize_entry("client_library", &session.client_library().map(LibraryJson))?;
    map.serialize_entry("ja3s", &session.server_hello().map(|hello| Filled(&hello.ja3s)))?;
    let alpn = client.map(|hello| hello.alpn.as_slice()).unwrap_or_default();
    map.serialize_entry("alpn_offered", &List(alpn.iter().map(|name| Alpn(name))))
}

struct LibraryJson(Likeness);

impl Serialize for LibraryJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Likeness { library, confidence } = self.0;
        object!(serializer, { "name": Plain(library.name()), "confidence": Plain(confidence.word()) })
    }
}

fn choices<M: SerializeMap>(map: &mut M, session: &Session) -> Result<(), M::Error> {
    map.serialize_entry("alpn_selected", &session.alpn.as_deref().map(Alpn))?;
    map.serialize_entry("version_chosen", &session.version.map(|version| Code(version.0)))?;
    map.serialize_entry("version_name", &session.version.and_then(crate::tls::code::ProtocolVersion::name).map(Plain))?;
    map.serialize_entry("cipher_suite", &session.cipher_suite.map(|suite| Code(suite.0)))?;
    map.serialize_entry(
        "cipher_suite_name",
        &session.cipher_suite.and_then(crate::tls::code::CipherSuite::name).map(Plain),
    )?;
    map.serialize_entry("group", &session.group.map(|group| Code(group.0)))?;
    map.serialize_entry("group_name", &session.group.and_then(crate::tls::code::NamedGroup::name).map(Plain))?;
    map.serialize_entry("resumed", &session.resumed)?;
    map.serialize_entry("new_session_tickets", &session.new_session_tickets)
}

impl SessionJson<'_> {
    fn authentication<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let session = self.session;
        let chain = |certificates| Chain { certificates, written: self.written };
        let request = session.certificate_request.as_deref();
        let scheme = session.server_signature_scheme;
        let authentication = session.authentication().map(|way| Plain(way.word()));
        map.serialize_entry("authentication", &authentication)?;
        map.serialize_entry("server_certificates", &chain(&session.server_certificates))?;
        map.serialize_entry("server_signature_scheme", &scheme.map(|scheme| Code(scheme.0)))?;
        map.serialize_entry(
            "server_signature_scheme_name",
            &scheme.and_then(crate::tls::code::SignatureScheme::name).map(Plain),
        )?;
        map.serialize_entry(
            "delegated_credential",
            &session.clues.credential.as_ref().map(|_| CredentialJson(session)),
        )?;
        map.serialize_entry("ocsp_response_len", &session.ocsp_response.as_ref().map(|response| response.len()))?;
        map.serialize_entry("client_certificate_requested", &request.is_some())?;
        map.serialize_entry("certificate_request", &request.map(CertificateRequestJson))?;
        map.serialize_entry("client_certificate_sent", &session.client_certificate_sent)?;
        map.serialize_entry("client_certificates", &chain(&session.client_certificates))?;
        let judged = |judged| JudgedJson(judged, &self.written.rulings);
        map.serialize_entry("server_validation", &session.judgement.server.as_ref().map(judged))?;
        map.serialize_entry("client_validation", &session.judgement.client.as_ref().map(judged))
    }
}

/// The key that stands in for that of the server's certificate.
struct CredentialJson<'a>(&'a Session);

impl Serialize for CredentialJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let credential = self.0.clues.credential.as_deref();
        let scheme = |scheme: SignatureScheme| scheme.to_string();
        object!(serializer, {
            "valid_time": credential.map(|credential| credential.valid_time),
            "end": self.0.credential_end().map(Date),
            "expected": credential.map(|credential| scheme(credential.expected)),
            "algorithm": credential.map(|credential| scheme(credential.algorithm)),
        })
    }
}

fn events<M: SerializeMap>(map: &mut M, session: &Session) -> Result<(), M::Error> {
    map.serialize_entry("alerts", &AlertsJson(session))?;
    map.serialize_entry("ccs", &Both(session.change_cipher_specs))?;
    map.serialize_entry("application_data_records", &Both(session.application_data_records))?;
    map.serialize_entry("decrypted", &session.decryption.as_deref().map(DecryptedJson))?;
    map.serialize_entry("proofs", &List(session.proofs.iter().map(ProofJson)))?;
    map.serialize_entry("messages", &MessagesJson(session))?;
    map.serialize_entry("timeline", &TimelineJson(session))?;
    map.serialize_entry("timeline_cut", &session.timeline_cut)?;
    map.serialize_entry("notes", &List(session.notes.iter().map(Remark::from)))
}

struct OutcomeJson(Outcome);

impl Serialize for OutcomeJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let word = Plain(self.0.word());
        match self.0 {
            Outcome::Refused { by, alert } => object!(serializer, {
                "word": word, "how": "alert", "by": sender(by), "alert": AlertWords(alert),
            }),
            Outcome::NotTls { by } => object!(serializer, { "word": word, "how": "not TLS", "by": sender(by) }),
            Outcome::Aborted { by, reset } => object!(serializer, {
                "word": word, "how": if reset { "reset" } else { "closed" }, "by": sender(by),
            }),
            Outcome::LikelyRefused { by } => object!(serializer, {
                "word": word, "how": "encrypted record, then closed", "by": sender(by),
            }),
            Outcome::Established | Outcome::Incomplete | Outcome::MidStream | Outcome::NotDecoded => {
                object!(serializer, { "word": word })
            }
        }
    }
}

struct TransportJson<'a>(&'a TransportFacts);

impl Serialize for TransportJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facts = self.0;
        object!(serializer, {
            "syn": facts.syn,
            "syn_round_trip": facts.syn_round_trip.map(Seconds),
            "retransmissions": facts.retransmissions,
            "out_of_order": facts.out_of_order,
            "missing": Both(facts.missing),
            "points": facts.sightings().count(),
            "fin": facts.fin.map(sender),
            "reset": facts.reset.map(sender),
        })
    }
}

struct PreludeJson<'a>(&'a Prelude);

impl Serialize for PreludeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "protocol": self.0.protocol,
            "accepted": self.0.accepted,
            "bytes": Both(self.0.bytes),
            "lines": List(self.0.lines.iter().map(PreludeLineJson)),
        })
    }
}

struct PreludeLineJson<'a>(&'a PreludeLine);

impl Serialize for PreludeLineJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PreludeLine { frame, direction, text } = self.0;
        object!(serializer, { "frame": frame, "dir": way(*direction), "text": text })
    }
}
