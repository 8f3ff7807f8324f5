//! Extensions: what hellos, certificates, requests and tickets carry beyond their fixed fields.
//!
//! Nearly everything that two peers agree on stands here: the name of the host, versions, groups, key shares,
//! tickets. One walk serves every message; what differs is the [`Place`], because the same type has another body in
//! a ClientHello than in the answer to it. A body that cannot be read is noted and shown as bytes, and the walk goes
//! on with the next extension.
//!
//! ```text
//!   read ─► kind     one row a type: its field, the messages it may stand in, the reader of its body
//!        ─► names, groups, signatures, tls13, psk, certificate, sct, session, ech, quic     bodies by theme
//!        │    └─ body      lengths, lists and opaque bytes that note what is cut short
//!        ─► check    rules that hold between the extensions of one block
//! ```

mod body;
mod certificate;
mod check;
mod ech;
mod groups;
mod kind;
mod names;
mod obsolete;
mod psk;
mod quic;
mod sct;
mod session;
mod signatures;
mod summary;
#[cfg(test)]
mod tests;
mod tls13;

use crate::base::{Field, Group, Reader, Severity, Tree, Value};
use crate::tls::code::{ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme};
use kind::Kind;
pub use signatures::DelegatedCredential;

/// The message an extension block stands in; it decides the form of the bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// ClientHello, where the client offers.
    ClientHello,
    /// ServerHello of any version, where the server answers in the clear.
    ServerHello,
    /// HelloRetryRequest, which asks for another ClientHello.
    HelloRetryRequest,
    /// EncryptedExtensions, where a TLS 1.3 server answers what need not be in the clear.
    EncryptedExtensions,
    /// One entry of a TLS 1.3 Certificate message.
    Certificate,
    /// TLS 1.3 CertificateRequest.
    CertificateRequest,
    /// TLS 1.3 NewSessionTicket.
    NewSessionTicket,
}

impl Place {
    /// The name that RFC 8446 gives the message.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientHello => "ClientHello",
            Self::ServerHello => "ServerHello",
            Self::HelloRetryRequest => "HelloRetryRequest",
            Self::EncryptedExtensions => "EncryptedExtensions",
            Self::Certificate => "Certificate",
            Self::CertificateRequest => "CertificateRequest",
            Self::NewSessionTicket => "NewSessionTicket",
        }
    }
}

/// A key that a ClientHello offers (RFC 8446 4.2.11).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PskOffer {
    /// A ticket, or the name of a key that both sides had before.
    pub identity: Vec<u8>,
    /// The proof that the client holds the key.
    pub binder: Vec<u8>,
}

/// What readers of messages keep of an extension block. Where a type stands twice, the first one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// All types in the order on the wire, repeated and GREASE ones included.
    pub types: Vec<ExtensionType>,
    /// The first host name of server_name, read as UTF-8 (lossy).
    pub server_name: Option<String>,
    /// The protocols of application_layer_protocol_negotiation: the offer of a client, or the one choice of a server.
    pub alpn: Vec<Vec<u8>>,
    /// The client's list of supported_versions.
    pub supported_versions: Vec<ProtocolVersion>,
    /// The version that a ServerHello or HelloRetryRequest selects.
    pub selected_version: Option<ProtocolVersion>,
    /// The list of supported_groups.
    pub supported_groups: Vec<NamedGroup>,
    /// The list of ec_point_formats.
    pub ec_point_formats: Vec<u8>,
    /// The list of signature_algorithms (type 13 and no other).
    pub signature_algorithms: Vec<SignatureScheme>,
    /// The groups of key_share: the client's list, the server's one, or the one that a HelloRetryRequest asks for.
    pub key_share_groups: Vec<NamedGroup>,
    /// Length of the session ticket; `None` without the extension.
    pub session_ticket_length: Option<u16>,
    /// The session ticket.
    pub session_ticket: Vec<u8>,
    /// Number of identities in a client's pre_shared_key.
    pub psk_identities: u16,
    /// The identities and their binders.
    pub psk_offers: Vec<PskOffer>,
    /// Length of the list of binders with its own length.
    pub binders_length: u16,
    /// The index that a server's pre_shared_key selects.
    pub selected_psk: Option<u16>,
    /// Whether early_data is there.
    pub early_data: bool,
    /// The most early data in bytes that a ticket allows.
    pub max_early_data: Option<u32>,
    /// Whether encrypted_client_hello is there; a GREASE one cannot be told from a real one.
    pub encrypted_client_hello: bool,
    /// Whether extended_master_secret is there.
    pub extended_master_secret: bool,
    /// Whether encrypt_then_mac is there.
    pub encrypt_then_mac: bool,
    /// Whether post_handshake_auth is there.
    pub post_handshake_auth: bool,
    /// Whether renegotiation_info is there.
    pub renegotiation_info: bool,
    /// The names in certificate_authorities as text.
    pub authorities: Vec<String>,
    /// The DER of the OCSP response in a TLS 1.3 Certificate entry.
    pub ocsp_response: Option<Vec<u8>>,
    /// The list of signed certificate timestamps that a server brings (RFC 6962 3.3.1).
    pub timestamps: Option<Vec<u8>>,
    /// The list of delegated_credential: what its sender takes from the key of a credential.
    pub credential_algorithms: Vec<SignatureScheme>,
    /// The delegated credential of a TLS 1.3 Certificate entry.
    pub credential: Option<DelegatedCredential>,
    /// The limit of record_size_limit.
    pub record_size_limit: Option<u16>,
    /// Length of the cookie of a HelloRetryRequest, or of the one that the client gives back.
    pub cookie_length: Option<u16>,
}

/// Reads an extension block: its length in two bytes, then the extensions. `reader` stands at the length.
///
/// A block that is absent gives empty facts and no field: until TLS 1.3 a message may end before it.
pub fn read(reader: &mut Reader<'_>, place: Place, tree: &mut Tree) -> Extensions {
    let mut facts = Extensions::default();
    if reader.is_empty() {
        return facts;
    }
    let Some(block) = body::open(reader, 2) else {
        tree.malformed(reader.span(), "one byte where the two of the length of the extensions should be");
        reader.rest();
        return facts;
    };
    tree.branch(
        &kind::EXTENSIONS,
        block.whole,
        || Value::Number(count(block.body)),
        |tree| {
            block.show_length(&kind::EXTENSIONS, tree);
            walk(block.body, place, &mut facts, tree);
        },
    );
    check::block(block.body, place, &facts, tree);
    facts
}

/// The field rows of all extensions, for help and for the list of filter names.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    let tables = [
        kind::FIELDS,
        body::FIELDS,
        names::FIELDS,
        groups::FIELDS,
        signatures::FIELDS,
        tls13::FIELDS,
        psk::FIELDS,
        certificate::FIELDS,
        sct::FIELDS,
        session::FIELDS,
        obsolete::FIELDS,
        ech::FIELDS,
        quic::FIELDS,
    ];
    tables.into_iter().flatten().copied()
}

/// One extension as the walk meets it.
struct Extension<'a> {
    kind: ExtensionType,
    body: body::Vector<'a>,
    /// Offset of the type.
    start: u32,
}

/// Takes type, length and body; a body that is cut short is taken as far as it goes.
fn take<'a>(reader: &mut Reader<'a>) -> Option<Extension<'a>> {
    let mut ahead = *reader;
    let start = ahead.offset();
    let kind = ExtensionType(ahead.u16()?);
    let body = body::open(&mut ahead, 2)?;
    *reader = ahead;
    Some(Extension { kind, body, start })
}

fn count(mut reader: Reader<'_>) -> u64 {
    let mut count = 0;
    while take(&mut reader).is_some() {
        count += 1;
    }
    count
}

fn walk(mut reader: Reader<'_>, place: Place, facts: &mut Extensions, tree: &mut Tree) {
    // Each type has four bytes before its body: room for an ordinary hello at once, and no more than there can be.
    facts.types.reserve((reader.remaining() / 4).min(24));
    let mut seen = check::Seen::new();
    while !reader.is_empty() {
        let Some(extension) = take(&mut reader) else {
            body::broken(&mut reader, "extensions", tree);
            return;
        };
        facts.types.push(extension.kind);
        let met = seen.add(extension.kind);
        if met == check::Met::First {
            one(&extension, place, facts, tree);
        } else {
            if met == check::Met::Second {
                let text = format!("{} stands more than once in the {}", extension.kind, place.name());
                let span = reader.since(extension.start);
                tree.note(Severity::Warn, Group::Protocol, "tls.extension.duplicate", span, text);
            }
            one(&extension, place, &mut Extensions::default(), tree);
        }
    }
}

fn one(extension: &Extension<'_>, place: Place, facts: &mut Extensions, tree: &mut Tree) {
    let known = kind::of(extension.kind);
    let whole = crate::base::Span::new(extension.body.whole.buffer, extension.start, extension.body.whole.end);
    let row = kind::row(extension.kind);
    tree.branch(
        row,
        whole,
        || summary::of(known, extension.kind, extension.body.body, place),
        |tree| {
            let typed = crate::base::Span::new(whole.buffer, whole.start, whole.start + 2);
            tree.leaf(&kind::TYPE, typed, || extension.kind.value());
            extension.body.show_length_as(&kind::LENGTH, row, tree);
            content(extension.body.body, known, row, place, facts, tree);
        },
    );
}

fn content(
    body: Reader<'_>,
    known: Option<&Kind>,
    row: &'static Field,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) {
    let mut reader = body;
    let read = known.map_or(body::raw as kind::Read, |kind| kind.read);
    if read(&mut reader, place, facts, tree).is_none() {
        let text = format!("the body of {} has not the form that it should have in the {}", row.label, place.name());
        tree.malformed(body.span(), text);
        if !body.is_empty() {
            tree.leaf(&kind::DATA, body.span(), || Value::Bytes);
        }
    } else if !reader.is_empty() {
        let left = reader.remaining();
        let bytes = if left == 1 { "byte" } else { "bytes" };
        tree.malformed(reader.span(), format!("{left} {bytes} behind the end of {}", row.label));
        tree.leaf(&kind::TRAILING, reader.span(), || Value::Bytes);
    }
}
