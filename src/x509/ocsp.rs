//! OCSP responses (RFC 6960), as servers staple them: was the certificate revoked, and since when is that known?
//!
//! The signature is not checked here.

use super::certificate::{certificate, signature};
use super::crl::reason_name;
use super::ct::{SignedCertificateTimestamp, signed_certificate_timestamps};
use super::der::{
    BIT_STRING, Der, ENUMERATED, Element, GENERALIZED_TIME, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, bytes_leaf,
    malformed, number_leaf, oid_leaf,
};
use super::extension::{extension, unread};
use super::facts::Name;
use super::key::algorithm_branch;
use super::name::name_branch;
use super::outline::{outline, outline_element};
use super::time::time_leaf;
use crate::base::{Field, Reader, Severity, Tree, Value, fields};

/// The facts of an OCSP response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OcspResponse {
    /// Whether its answers could be read. A response whose status is not `successful` has none.
    pub readable: bool,
    /// Why it could not be read whole.
    pub problem: Option<String>,
    /// responseStatus: 0 is successful, 3 tryLater, 6 unauthorized.
    pub status: Option<u8>,
    /// Who answered.
    pub responder: Option<ResponderId>,
    /// Seconds since 1970 at which the response was signed.
    pub produced_at: Option<i64>,
    /// One answer for each certificate asked about.
    pub answers: Vec<OcspAnswer>,
    /// The signature algorithm by name.
    pub signature_algorithm: String,
    /// How many certificates came along for checking the signature.
    pub certificate_count: usize,
    /// The nonce that ties the response to a request. A stapled response rarely has one.
    pub nonce: Option<Vec<u8>>,
}

/// How a responder names itself (RFC 6960 4.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// By the subject of its certificate.
    Name(Name),
    /// By SHA-1 of its public key.
    KeyHash(Vec<u8>),
}

/// What is said about one certificate (RFC 6960 4.2.1, SingleResponse).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// The hash with which the issuer is named, by name: `SHA-1`.
    pub hash_algorithm: String,
    /// Hash of the issuer's name.
    pub issuer_name_hash: Vec<u8>,
    /// Hash of the issuer's public key.
    pub issuer_key_hash: Vec<u8>,
    /// The serial number's content bytes as sent.
    pub serial: Vec<u8>,
    /// Good, revoked or unknown.
    pub status: RevocationStatus,
    /// Seconds since 1970 at which this was known to be right.
    pub this_update: Option<i64>,
    /// Seconds since 1970 by which newer information will be there.
    pub next_update: Option<i64>,
    /// Signed certificate timestamps that came with the answer.
    pub timestamps: Vec<SignedCertificateTimestamp>,
}

/// The answer itself (RFC 6960 4.2.1, CertStatus).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// Revoked: since when (seconds since 1970), and why, where that is said (RFC 5280 5.3.1).
    Revoked(Option<i64>, Option<u8>),
    /// The responder does not know the certificate.
    Unknown,
    /// The answer could not be read.
    Unread,
}

impl RevocationStatus {
    /// The word of the standard: `good`, `revoked`, `unknown`; `unread` where there is none.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked(..) => "revoked",
            Self::Unknown => "unknown",
            Self::Unread => "unread",
        }
    }
}

/// Reads an OCSP response: its facts, its fields and notes on what is odd in its bytes.
pub fn ocsp_response(der: Reader<'_>, tree: &mut Tree) -> OcspResponse {
    let mut facts = OcspResponse::default();
    let first_note = tree.notes().len();
    tree.branch(&RESPONSE, der.span(), || Value::Text(summary_of(der)), |tree| response(der, &mut facts, tree));
    let notes = tree.notes().iter().skip(first_note);
    facts.problem = notes.filter(|note| note.severity == Severity::Error).map(|note| note.text.to_string()).next();
    if facts.status.is_none() && facts.problem.is_none() {
        facts.problem = Some("not an OCSP response in DER".to_owned());
    }
    facts
}

/// What it says of each certificate, or why it says nothing.
fn summary_of(der: Reader<'_>) -> String {
    let mut facts = OcspResponse::default();
    response(der, &mut facts, &mut Tree::off());
    let words: Vec<_> = facts.answers.iter().map(|answer| answer.status.word()).collect();
    match facts.status {
        _ if !words.is_empty() => words.join(", "),
        Some(status) => response_status_name(status.into()).to_owned(),
        None => "unreadable".to_owned(),
    }
}

fn response(der: Reader<'_>, facts: &mut OcspResponse, tree: &mut Tree) {
    let mut run = Der::new(der);
    let Some(whole) = run.expect(SEQUENCE, "OCSPResponse (SEQUENCE)", tree) else {
        tree.leaf(&UNREAD, run.span(), || Value::Bytes);
        return;
    };
    let mut parts = whole.inner();
    if let Some(status) = parts.expect(ENUMERATED, "responseStatus (ENUMERATED)", tree) {
        let number = status.number();
        facts.status = number.and_then(|number| u8::try_from(number).ok());
        tree.leaf(&RESPONSE_STATUS, status.leaf_span(), || named(number, response_status_name));
    }
    if let Some(bytes) = parts.optional(0xa0, tree).and_then(|explicit| explicit.inner().next(tree)) {
        tree.branch(&RESPONSE_BYTES, bytes.span, || Value::None, |tree| response_bytes(bytes.inner(), facts, tree));
    }
    parts.end("the response", tree);
    run.end("the response", tree);
}

fn named(number: Option<u64>, name: fn(u64) -> &'static str) -> Value {
    number.map_or(Value::Bytes, |number| Value::Named(number, 0, name(number).into()))
}

fn response_bytes(mut parts: Der<'_>, facts: &mut OcspResponse, tree: &mut Tree) {
    let Some(kind) = parts.expect(OID, "responseType (OBJECT IDENTIFIER)", tree) else { return };
    let dotted = oid_leaf(&RESPONSE_TYPE, &kind, tree);
    let Some(body) = parts.expect(OCTET_STRING, "response (OCTET STRING)", tree) else { return };
    if dotted != "1.3.6.1.5.5.7.48.1.1" {
        return unread(body.inner(), tree);
    }
    let Some(basic) = body.inner().expect(SEQUENCE, "BasicOCSPResponse (SEQUENCE)", tree) else { return };
    tree.branch(&BASIC_RESPONSE, basic.span, || Value::None, |tree| basic_response(basic.inner(), facts, tree));
}

fn basic_response(mut parts: Der<'_>, facts: &mut OcspResponse, tree: &mut Tree) {
    let Some(data) = parts.expect(SEQUENCE, "tbsResponseData (SEQUENCE)", tree) else { return };
    tree.branch(&RESPONSE_DATA, data.span, || Value::None, |tree| response_data(data.inner(), facts, tree));
    if let Some(algorithm) = parts.expect(SEQUENCE, "signatureAlgorithm (SEQUENCE)", tree) {
        facts.signature_algorithm = algorithm_branch(&SIGNATURE_ALGORITHM, &algorithm, tree);
    }
    if let Some(value) = parts.expect(BIT_STRING, "signature (BIT STRING)", tree) {
        signature(&value, &facts.signature_algorithm, tree);
    }
    let list = parts.optional(0xa0, tree).and_then(|explicit| explicit.inner().next(tree));
    if let Some(list) = list {
        tree.branch(&CERTIFICATES, list.span, || Value::None, |tree| certificates(&list, facts, tree));
    }
    parts.end("the signed response", tree);
}

fn certificates(list: &Element<'_>, facts: &mut OcspResponse, tree: &mut Tree) {
    let mut run = list.inner();
    while let Some(element) = run.next(tree) {
        facts.certificate_count += 1;
        certificate(element.whole(list), tree);
    }
}

fn response_data(mut parts: Der<'_>, facts: &mut OcspResponse, tree: &mut Tree) {
    if let Some(version) = parts.optional(0xa0, tree).and_then(|explicit| explicit.inner().next(tree)) {
        number_leaf(&VERSION, &version, tree);
    }
    facts.responder = parts.next(tree).and_then(|id| responder(&id, tree));
    if let Some(time) = parts.expect(GENERALIZED_TIME, "producedAt (GeneralizedTime)", tree) {
        facts.produced_at = time_leaf(&PRODUCED_AT, &time, tree);
    }
    if let Some(list) = parts.expect(SEQUENCE, "responses (SEQUENCE)", tree) {
        facts.readable = true;
        let mut answers = list.inner();
        while !answers.is_empty() {
            let Some(single) = answers.expect(SEQUENCE, "SingleResponse (SEQUENCE)", tree) else { break };
            let answer = tree.branch(&SINGLE_RESPONSE, single.span, || Value::None, |tree| answer(&single, tree));
            facts.answers.push(answer);
        }
    }
    if let Some(list) = parts.optional(0xa1, tree).and_then(|explicit| explicit.inner().next(tree)) {
        extensions(list.inner(), tree, &mut |dotted, value, tree| match dotted {
            "1.3.6.1.5.5.7.48.1.2" => facts.nonce = nonce(value, tree),
            _ => unread(value, tree),
        });
    }
    parts.end("the response data", tree);
}

fn responder(id: &Element<'_>, tree: &mut Tree) -> Option<ResponderId> {
    let inside = id.inner().next(tree);
    match (id.tag, inside) {
        (0xa1, Some(name)) => Some(ResponderId::Name(name_branch(&RESPONDER_NAME, &name, tree))),
        (0xa2, Some(hash)) => {
            bytes_leaf(&RESPONDER_KEY_HASH, &hash, tree);
            Some(ResponderId::KeyHash(hash.bytes().to_vec()))
        }
        _ => {
            malformed(tree, id.span, || "ResponderID that is neither a name nor a hash".to_owned());
            outline_element(id, tree);
            None
        }
    }
}

fn answer(single: &Element<'_>, tree: &mut Tree) -> OcspAnswer {
    let mut facts = OcspAnswer {
        hash_algorithm: String::new(),
        issuer_name_hash: Vec::new(),
        issuer_key_hash: Vec::new(),
        serial: Vec::new(),
        status: RevocationStatus::Unread,
        this_update: None,
        next_update: None,
        timestamps: Vec::new(),
    };
    let mut parts = single.inner();
    if let Some(id) = parts.expect(SEQUENCE, "certID (SEQUENCE)", tree) {
        tree.branch(&CERT_ID, id.span, || Value::None, |tree| certificate_id(id.inner(), &mut facts, tree));
    }
    if let Some(status) = parts.next(tree) {
        facts.status = certificate_status(&status, tree);
    }
    if let Some(time) = parts.expect(GENERALIZED_TIME, "thisUpdate (GeneralizedTime)", tree) {
        facts.this_update = time_leaf(&THIS_UPDATE, &time, tree);
    }
    if let Some(time) = parts.optional(0xa0, tree).and_then(|explicit| explicit.inner().next(tree)) {
        facts.next_update = time_leaf(&NEXT_UPDATE, &time, tree);
    }
    if let Some(list) = parts.optional(0xa1, tree).and_then(|explicit| explicit.inner().next(tree)) {
        extensions(list.inner(), tree, &mut |dotted, mut value, tree| {
            let list = if dotted == SCT_OID { value.optional(OCTET_STRING, tree) } else { None };
            match list {
                Some(list) => facts.timestamps = signed_certificate_timestamps(list.content, tree),
                None => unread(value, tree),
            }
        });
    }
    parts.end("the answer", tree);
    facts
}

const SCT_OID: &str = "1.3.6.1.4.1.11129.2.4.5";

fn certificate_id(mut parts: Der<'_>, facts: &mut OcspAnswer, tree: &mut Tree) {
    if let Some(algorithm) = parts.expect(SEQUENCE, "hashAlgorithm (SEQUENCE)", tree) {
        facts.hash_algorithm = algorithm_branch(&HASH_ALGORITHM, &algorithm, tree);
    }
    if let Some(hash) = parts.expect(OCTET_STRING, "issuerNameHash (OCTET STRING)", tree) {
        facts.issuer_name_hash = hash.bytes().to_vec();
        bytes_leaf(&ISSUER_NAME_HASH, &hash, tree);
    }
    if let Some(hash) = parts.expect(OCTET_STRING, "issuerKeyHash (OCTET STRING)", tree) {
        facts.issuer_key_hash = hash.bytes().to_vec();
        bytes_leaf(&ISSUER_KEY_HASH, &hash, tree);
    }
    if let Some(serial) = parts.expect(INTEGER, "serialNumber (INTEGER)", tree) {
        facts.serial = serial.bytes().to_vec();
        bytes_leaf(&SERIAL_NUMBER, &serial, tree);
    }
    parts.end("the certificate's name", tree);
}

fn certificate_status(status: &Element<'_>, tree: &mut Tree) -> RevocationStatus {
    let number = u64::from(status.tag & 0x1f);
    let value = || {
        Value::Named(
            number,
            0,
            ["good", "revoked", "unknown"].get(usize::from(status.tag & 0x1f)).copied().unwrap_or("not defined").into(),
        )
    };
    match status.tag {
        0x80 | 0xa0 => tree.leaf(&CERT_STATUS, status.span, value),
        0x82 | 0xa2 => tree.leaf(&CERT_STATUS, status.span, value),
        0xa1 => return tree.branch(&CERT_STATUS, status.span, value, |tree| revoked(status.inner(), tree)),
        _ => {
            malformed(tree, status.span, || "certStatus that is neither good, revoked nor unknown".to_owned());
            outline_element(status, tree);
            return RevocationStatus::Unread;
        }
    }
    if number == 0 { RevocationStatus::Good } else { RevocationStatus::Unknown }
}

fn revoked(mut parts: Der<'_>, tree: &mut Tree) -> RevocationStatus {
    let time = parts.expect(GENERALIZED_TIME, "revocationTime (GeneralizedTime)", tree);
    let time = time.and_then(|time| time_leaf(&REVOCATION_TIME, &time, tree));
    let reason = parts.optional(0xa0, tree).and_then(|explicit| explicit.inner().next(tree)).and_then(|reason| {
        let number = reason.number();
        tree.leaf(&REVOCATION_REASON, reason.leaf_span(), || named(number, reason_name));
        u8::try_from(number?).ok()
    });
    RevocationStatus::Revoked(time, reason)
}

fn extensions(mut list: Der<'_>, tree: &mut Tree, inside: &mut dyn FnMut(&str, Der<'_>, &mut Tree)) {
    while !list.is_empty() {
        let Some(element) = list.expect(SEQUENCE, "Extension (SEQUENCE)", tree) else {
            return outline(list, tree);
        };
        extension(
            &element,
            tree,
            |dotted| (extension_field(dotted), ()),
            |dotted, _, (), value, tree| {
                if value.peek() == Some(NULL) {
                    return outline(value, tree);
                }
                inside(dotted, value, tree);
            },
        );
    }
}

fn extension_field(dotted: &str) -> &'static Field {
    match dotted {
        "1.3.6.1.5.5.7.48.1.2" => &NONCE,
        SCT_OID => &SCT_EXTENSION,
        _ => &OTHER_EXTENSION,
    }
}

/// The nonce is an OCTET STRING inside the value; old responders put the bytes there bare.
fn nonce(mut value: Der<'_>, tree: &mut Tree) -> Option<Vec<u8>> {
    let Some(bytes) = value.optional(OCTET_STRING, tree) else {
        unread(value, tree);
        return None;
    };
    bytes_leaf(&NONCE_BYTES, &bytes, tree);
    Some(bytes.bytes().to_vec())
}

fn response_status_name(status: u64) -> &'static str {
    match status {
        0 => "successful",
        1 => "malformedRequest",
        2 => "internalError",
        3 => "tryLater",
        5 => "sigRequired",
        6 => "unauthorized",
        _ => "unknown",
    }
}

fields! {
    RESPONSE = "ocsp.response", "OCSPResponse", "RFC 6960 4.2.1",
        "The signed statement of an authority about whether a certificate was revoked. A server that staples it saves the \
         client the question, and saves the authority from learning who visits whom.";
    UNREAD = "ocsp.unread", "unread bytes", "",
        "Bytes that stand where an OCSP response should, but are none in DER.";
    RESPONSE_STATUS = "ocsp.response_status", "responseStatus", "RFC 6960 4.2.1",
        "Whether the responder answered at all. It does not say that the certificate is good. A server that staples \
         tryLater or unauthorized has stored an error and gives it to everybody; clients then refuse or pass over it.";
    RESPONSE_BYTES = "ocsp.response_bytes", "responseBytes", "RFC 6960 4.2.1",
        "The answer, with the kind of it in front. Only a successful response has it.";
    RESPONSE_TYPE = "ocsp.response_type", "responseType", "RFC 6960 4.2.1",
        "Which form the answer has; ocspBasic is the only one in use.";
    BASIC_RESPONSE = "ocsp.basic_response", "BasicOCSPResponse", "RFC 6960 4.2.1",
        "The answer with its signature, and perhaps the certificate to check it with.";
    RESPONSE_DATA = "ocsp.response_data", "tbsResponseData", "RFC 6960 4.2.1",
        "The part of the answer that is signed: who answers, when, and what about which certificate.";
    VERSION = "ocsp.version", "version", "RFC 6960 4.2.1",
        "Version of the format; 0 is version 1, which is also meant when the field is left out.";
    RESPONDER_NAME = "ocsp.responder.name", "byName", "RFC 6960 4.2.1",
        "Who answered, by name: the issuer of the certificate, or a responder to whom the issuer gave a certificate with \
         the purpose OCSPSigning.";
    RESPONDER_KEY_HASH = "ocsp.responder.key_hash", "byKey", "RFC 6960 4.2.1",
        "Who answered, by SHA-1 of its public key. It often equals the authorityKeyIdentifier of the certificate asked about.";
    PRODUCED_AT = "ocsp.produced_at", "producedAt", "RFC 6960 4.2.1",
        "When the response was signed. Authorities sign in advance and hand the same response out for days.";
    SINGLE_RESPONSE = "ocsp.single_response", "SingleResponse", "RFC 6960 4.2.1",
        "What is said about one certificate. Check that it is the one of this server: its serial number must be the same.";
    CERT_ID = "ocsp.cert_id", "certID", "RFC 6960 4.1.1",
        "Which certificate it is about: its serial number, and its issuer by two hashes.";
    HASH_ALGORITHM = "ocsp.cert_id.hash_algorithm", "hashAlgorithm", "RFC 6960 4.1.1",
        "The hash by which the issuer is named. SHA-1 is usual and harmless here, since nothing is signed with it.";
    ISSUER_NAME_HASH = "ocsp.cert_id.issuer_name_hash", "issuerNameHash", "RFC 6960 4.1.1",
        "Hash of the issuer's name as it stands in the certificate.";
    ISSUER_KEY_HASH = "ocsp.cert_id.issuer_key_hash", "issuerKeyHash", "RFC 6960 4.1.1",
        "Hash of the issuer's public key, without its algorithm.";
    SERIAL_NUMBER = "ocsp.cert_id.serial_number", "serialNumber", "RFC 6960 4.1.1",
        "The serial number of the certificate asked about. If it is not that of the server's certificate, an old response \
         was left in place when the certificate was renewed.";
    CERT_STATUS = "ocsp.cert_status", "certStatus", "RFC 6960 4.2.1",
        "The answer: good, revoked or unknown. Good means only that this serial number is not known to be revoked; dates, \
         names and chain must be right all the same, and some responders say good of numbers that were never issued. \
         Unknown comes from a responder that has not yet heard of a fresh certificate, or was asked about another \
         issuer's.";
    REVOCATION_TIME = "ocsp.revocation_time", "revocationTime", "RFC 6960 4.2.1",
        "Since when the certificate is revoked.";
    REVOCATION_REASON = "ocsp.revocation_reason", "revocationReason", "RFC 5280 5.3.1",
        "Why it was revoked. After keyCompromise everything the key protected must be looked at again; superseded means \
         that a new certificate was taken.";
    THIS_UPDATE = "ocsp.this_update", "thisUpdate", "RFC 6960 4.2.1",
        "The moment for which the answer was right. Lying in the future, it betrays a clock that is wrong.";
    NEXT_UPDATE = "ocsp.next_update", "nextUpdate", "RFC 6960 4.2.1",
        "By when a newer answer will be there. Past this moment the response is stale: clients refuse it, and a server that \
         staples it has stopped fetching new ones.";
    SIGNATURE_ALGORITHM = "ocsp.signature_algorithm", "signatureAlgorithm", "RFC 6960 4.2.1",
        "How the responder signed: the kind of its key, with a hash.";
    CERTIFICATES = "ocsp.certificates", "certs", "RFC 6960 4.2.1",
        "Certificates for checking the signature: that of the responder, when the issuer does not sign by itself.";
    NONCE = "ocsp.nonce", "nonce", "RFC 9654 2.1",
        "A random value from the request, given back so that an old response cannot be replayed. Responses made in advance \
         cannot have it.";
    NONCE_BYTES = "ocsp.nonce.bytes", "Nonce", "RFC 9654 2.1",
        "The random value itself, 1 to 128 bytes.";
    SCT_EXTENSION = "ocsp.sct_list", "signedCertificateTimestampList", "RFC 6962 3.3",
        "Promises of public logs, delivered with the OCSP response instead of inside the certificate.";
    OTHER_EXTENSION = "ocsp.extension", "extension", "RFC 6960 4.4",
        "An addition to the response or to one answer, such as archiveCutoff or a reference to a revocation list.";
}
