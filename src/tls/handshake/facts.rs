//! What is kept of each handshake message.
//!
//! Facts are small and owned: the bytes they came from are gone when the session is shown. Whatever is wanted beyond
//! them is read again from the capture, with a field tree.

use crate::tls::code::{
    AlertDescription, AlertLevel, CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use crate::tls::extension::{DelegatedCredential, PskOffer};
use crate::x509::Certificate;
use std::sync::Arc;

/// Which side of the handshake sends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The side that sends the ClientHello.
    Client,
    /// The side that answers it.
    Server,
}

/// What a reader must know of the connection so far to read a message in its right form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The version that the ServerHello chose; `None` before it, or where it was not captured.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite that the ServerHello chose.
    pub cipher_suite: Option<CipherSuite>,
    /// Who sends the message.
    pub sender: Option<Role>,
}

/// The facts of one handshake message.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// ClientHello, in the form of SSL 2 too.
    ClientHello(Box<ClientHello>),
    /// ServerHello, HelloRetryRequest, and SSL 2 ServerHello.
    ServerHello(Box<ServerHello>),
    /// EncryptedExtensions.
    EncryptedExtensions(EncryptedExtensions),
    /// Certificate and CompressedCertificate.
    Certificate(CertificateMessage),
    /// CertificateRequest in any version.
    CertificateRequest(CertificateRequest),
    /// ServerKeyExchange.
    ServerKeyExchange(ServerKeyExchange),
    /// CertificateVerify.
    CertificateVerify(CertificateVerify),
    /// NewSessionTicket.
    NewSessionTicket(NewSessionTicket),
    /// CertificateStatus with an OCSP response.
    CertificateStatus(CertificateStatus),
    /// Finished with its verify_data.
    Finished(Vec<u8>),
    /// A message that leaves no facts but its type and length.
    Other(HandshakeType),
}

/// Facts of a ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientHello {
    /// Whether it came in the form of SSL 2 (then `ssl2_cipher_specs` holds the suites).
    pub ssl2: bool,
    /// The version field of the hello, which TLS 1.3 freezes at TLS 1.2.
    pub legacy_version: ProtocolVersion,
    /// 32 random bytes; `None` in an SSL 2 hello.
    pub random: Option<[u8; 32]>,
    /// The session id, 0 to 32 bytes.
    pub session_id: Vec<u8>,
    /// Cipher suites in the order of preference.
    pub cipher_suites: Vec<CipherSuite>,
    /// Three-byte cipher specs of an SSL 2 hello.
    pub ssl2_cipher_specs: Vec<[u8; 3]>,
    /// The challenge of an SSL 2 hello, which stands for the random: TLS fills it up with zeros in front.
    pub ssl2_challenge: Vec<u8>,
    /// Compression methods.
    pub compression_methods: Vec<u8>,
    /// Extension types in the order on the wire.
    pub extensions: Vec<ExtensionType>,
    /// The host name of server_name, as bytes from the wire read as UTF-8 (lossy).
    pub server_name: Option<String>,
    /// Protocol names of ALPN, as sent.
    pub alpn: Vec<Vec<u8>>,
    /// The list of supported_versions.
    pub supported_versions: Vec<ProtocolVersion>,
    /// The list of supported_groups.
    pub supported_groups: Vec<NamedGroup>,
    /// The list of ec_point_formats.
    pub ec_point_formats: Vec<u8>,
    /// The list of signature_algorithms.
    pub signature_algorithms: Vec<SignatureScheme>,
    /// The list of delegated_credential: the schemes that the client takes from the key of a credential.
    pub credential_algorithms: Vec<SignatureScheme>,
    /// The groups for which a key share is sent.
    pub key_share_groups: Vec<NamedGroup>,
    /// Length of the session ticket; `None` without the extension.
    pub session_ticket_length: Option<u16>,
    /// The session ticket; what it opens is found by it.
    pub session_ticket: Vec<u8>,
    /// Number of identities in pre_shared_key.
    pub psk_identities: u16,
    /// The identities of pre_shared_key, each with its binder.
    pub psk_offers: Vec<PskOffer>,
    /// Length of the list of binders, with which the message ends: the binders do not cover themselves.
    pub binders_length: u16,
    /// Whether early_data is announced.
    pub early_data: bool,
    /// Whether encrypted_client_hello is there (a real one or a GREASE one: that cannot be told from outside).
    pub encrypted_client_hello: bool,
    /// Whether extended_master_secret is there.
    pub extended_master_secret: bool,
    /// Whether encrypt_then_mac is there.
    pub encrypt_then_mac: bool,
    /// Whether post_handshake_auth is there.
    pub post_handshake_auth: bool,
    /// What the hello is recognised by; shared by all hellos of the same make.
    pub fingerprints: Arc<ClientFingerprints>,
}

/// Fingerprints of a ClientHello; all are empty for one in the form of SSL 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientFingerprints {
    /// JA3.
    pub ja3: String,
    /// The text that JA3 is the MD5 of.
    pub ja3_full: String,
    /// JA4.
    pub ja4: String,
    /// JA4 with its lists in place of the hashes (`JA4_r`).
    pub ja4_raw: String,
}

/// Facts of a ServerHello (RFC 8446 4.1.3) or a HelloRetryRequest (4.1.4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerHello {
    /// Whether it is an SSL 2 ServerHello (then it has `ssl2_cipher_specs`).
    pub ssl2: bool,
    /// The version field of the hello.
    pub legacy_version: ProtocolVersion,
    /// 32 random bytes; `None` in an SSL 2 hello.
    pub random: Option<[u8; 32]>,
    /// The session id.
    pub session_id: Vec<u8>,
    /// The chosen suite; `None` in an SSL 2 hello.
    pub cipher_suite: Option<CipherSuite>,
    /// The suites that both know, of an SSL 2 hello.
    pub ssl2_cipher_specs: Vec<[u8; 3]>,
    /// The chosen compression method.
    pub compression_method: Option<u8>,
    /// Extension types in the order on the wire.
    pub extensions: Vec<ExtensionType>,
    /// The chosen protocol of ALPN.
    pub alpn: Option<Vec<u8>>,
    /// The version in supported_versions.
    pub supported_version: Option<ProtocolVersion>,
    /// The group of the key share; in a HelloRetryRequest the group asked for.
    pub key_share_group: Option<NamedGroup>,
    /// The index in pre_shared_key.
    pub selected_psk: Option<u16>,
    /// Whether the random is the fixed one of a HelloRetryRequest.
    pub is_hello_retry_request: bool,
    /// Whether extended_master_secret is there.
    pub extended_master_secret: bool,
    /// Whether encrypt_then_mac is there.
    pub encrypt_then_mac: bool,
    /// The list of signed certificate timestamps, up to TLS 1.2.
    pub timestamps: Option<Vec<u8>>,
    /// JA3S.
    pub ja3s: String,
    /// The text that JA3S is the MD5 of.
    pub ja3s_full: String,
}

impl ServerHello {
    /// The version that was chosen: supported_versions where it is there, the version field otherwise.
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        self.supported_version.unwrap_or(self.legacy_version)
    }
}

/// Facts of EncryptedExtensions (RFC 8446 4.3.1).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EncryptedExtensions {
    /// Extension types in the order on the wire.
    pub extensions: Vec<ExtensionType>,
    /// The chosen protocol of ALPN.
    pub alpn: Option<Vec<u8>>,
}

/// Facts of a Certificate message (RFC 8446 4.4.2, RFC 5246 7.4.2), a compressed one (RFC 8879) undone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateMessage {
    /// The context of the request that it answers, in TLS 1.3; empty in the handshake itself.
    pub request_context: Vec<u8>,
    /// The certificates in the order sent; empty when the peer has none to show.
    pub certificates: Vec<Arc<Certificate>>,
    /// The stapled OCSP response of the first certificate (TLS 1.3 puts it here).
    pub ocsp_response: Option<Vec<u8>>,
    /// The list of signed certificate timestamps of the first certificate, in TLS 1.3.
    pub timestamps: Option<Vec<u8>>,
    /// The delegated credential of the first certificate.
    pub credential: Option<DelegatedCredential>,
    /// The compression algorithm of a CompressedCertificate.
    pub compression: Option<u16>,
    /// The raw public key (RFC 7250) that stands in place of a chain.
    pub raw_public_key: Option<Vec<u8>>,
}

/// Facts of a CertificateRequest (RFC 8446 4.3.2, RFC 5246 7.4.4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateRequest {
    /// The context that the answer repeats, in TLS 1.3; empty in the handshake itself.
    pub request_context: Vec<u8>,
    /// certificate_types, up to TLS 1.2.
    pub certificate_types: Vec<u8>,
    /// The signature schemes that the client's chain and proof may use.
    pub signature_algorithms: Vec<SignatureScheme>,
    /// Distinguished names of acceptable authorities, as text in the order of RFC 4514.
    pub authorities: Vec<String>,
}

/// Facts of a ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerKeyExchange {
    /// The named group of an ECDHE exchange.
    pub group: Option<NamedGroup>,
    /// Bits of the prime of a DHE exchange.
    pub dh_bits: Option<u32>,
    /// The signature scheme (from TLS 1.2 on).
    pub signature_scheme: Option<SignatureScheme>,
    /// The signature; `None` where the suite signs nothing, or it cannot be read.
    pub signature: Option<Vec<u8>>,
    /// How many bytes from the start of the message on are signed.
    pub signed_length: u32,
}

/// Facts of a CertificateVerify (RFC 8446 4.4.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateVerify {
    /// The signature scheme (from TLS 1.2 on).
    pub signature_scheme: Option<SignatureScheme>,
    /// The signature; `None` where it cannot be read.
    pub signature: Option<Vec<u8>>,
}

/// Facts of a NewSessionTicket (RFC 8446 4.6.1, RFC 5077 3.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewSessionTicket {
    /// Life time in seconds (up to TLS 1.2 a hint).
    pub lifetime: u32,
    /// What makes the key of this ticket another one than that of the next, in TLS 1.3.
    pub nonce: Vec<u8>,
    /// Length of the ticket in bytes.
    pub ticket_length: u16,
    /// The ticket.
    pub ticket: Vec<u8>,
    /// The most early data in bytes that the server takes, where it says so.
    pub max_early_data: Option<u32>,
}

/// Facts of a CertificateStatus (RFC 6066 8).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateStatus {
    /// The DER of the first OCSP response.
    pub ocsp_response: Vec<u8>,
}

/// A readable alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alert {
    /// Its level.
    pub level: AlertLevel,
    /// What it says.
    pub description: AlertDescription,
}
