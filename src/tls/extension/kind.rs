//! One row for each known extension type: its field, the messages it may stand in, the reader of its body.

use super::{
    Extensions, Place, body, certificate, ech, groups, names, obsolete, psk, quic, sct, session, signatures, tls13,
};
use crate::base::{Field, Reader, Tree, fields};
use crate::tls::code::ExtensionType;

/// Reads a body. `None` when it breaks the form: then the walk notes that and shows the bytes.
pub(super) type Read = fn(&mut Reader<'_>, Place, &mut Extensions, &mut Tree) -> Option<()>;

/// What is known of an extension type.
pub(super) struct Kind {
    value: u16,
    field: &'static Field,
    /// The messages it may stand in, as bits.
    places: u8,
    /// Takes the body.
    pub(super) read: Read,
}

const CH: u8 = 1;
/// ServerHello up to TLS 1.2.
const SH: u8 = 2;
/// ServerHello of TLS 1.3.
const SH3: u8 = 4;
const HRR: u8 = 8;
const EE: u8 = 16;
const CT: u8 = 32;
const CR: u8 = 64;
const NST: u8 = 128;

impl Kind {
    /// Whether the documents let it stand in `place`; `tls13` says of which version a ServerHello is.
    pub(super) fn may_stand_in(&self, place: Place, tls13: bool) -> bool {
        let bit = match place {
            Place::ClientHello => CH,
            Place::ServerHello if tls13 => SH3,
            Place::ServerHello => SH,
            Place::HelloRetryRequest => HRR,
            Place::EncryptedExtensions => EE,
            Place::Certificate => CT,
            Place::CertificateRequest => CR,
            Place::NewSessionTicket => NST,
        };
        self.places & bit != 0
    }
}

/// The row of a type, `None` for one that is unknown or GREASE.
pub(super) fn of(kind: ExtensionType) -> Option<&'static Kind> {
    let index = KINDS.binary_search_by_key(&kind.0, |row| row.value).ok()?;
    KINDS.get(index)
}

/// The field that stands for an extension of this type.
pub(super) fn row(kind: ExtensionType) -> &'static Field {
    match of(kind) {
        Some(known) => known.field,
        None if kind.is_grease() => &EXTENSION_GREASE,
        None => &EXTENSION_UNKNOWN,
    }
}

const fn kind(value: u16, field: &'static Field, places: u8, read: Read) -> Kind {
    Kind { value, field, places, read }
}

/// All known types in ascending order. Drafts of TLS 1.3 up to 21 have no supported_versions in the ServerHello, so its
/// key_share and pre_shared_key pass for either version.
pub(super) static KINDS: &[Kind] = &[
    kind(0, &EXTENSION_SERVER_NAME, CH | SH | EE, names::server_name),
    kind(1, &EXTENSION_MAX_FRAGMENT_LENGTH, CH | SH | EE, names::max_fragment_length),
    kind(2, &EXTENSION_CLIENT_CERTIFICATE_URL, CH | SH, body::empty),
    kind(3, &EXTENSION_TRUSTED_CA_KEYS, CH | SH, obsolete::trusted_ca_keys),
    kind(4, &EXTENSION_TRUNCATED_HMAC, CH | SH, body::empty),
    kind(5, &EXTENSION_STATUS_REQUEST, CH | SH | CR | CT, certificate::status_request),
    kind(6, &EXTENSION_USER_MAPPING, CH | SH, obsolete::user_mapping),
    kind(7, &EXTENSION_CLIENT_AUTHZ, CH | SH, obsolete::authz),
    kind(8, &EXTENSION_SERVER_AUTHZ, CH | SH, obsolete::authz),
    kind(9, &EXTENSION_CERT_TYPE, CH | SH, certificate::certificate_type),
    kind(10, &EXTENSION_SUPPORTED_GROUPS, CH | SH | EE, groups::supported_groups),
    kind(11, &EXTENSION_EC_POINT_FORMATS, CH | SH, groups::ec_point_formats),
    kind(12, &EXTENSION_SRP, CH, obsolete::srp),
    kind(13, &EXTENSION_SIGNATURE_ALGORITHMS, CH | CR, signatures::signature_algorithms),
    kind(14, &EXTENSION_USE_SRTP, CH | SH | EE, session::use_srtp),
    kind(15, &EXTENSION_HEARTBEAT, CH | SH | EE, session::heartbeat),
    kind(16, &EXTENSION_ALPN, CH | SH | EE, names::alpn),
    kind(17, &EXTENSION_STATUS_REQUEST_V2, CH | SH, certificate::status_request_v2),
    kind(18, &EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP, CH | SH | CR | CT, sct::signed_certificate_timestamp),
    kind(19, &EXTENSION_CLIENT_CERTIFICATE_TYPE, CH | SH | EE, certificate::certificate_type),
    kind(20, &EXTENSION_SERVER_CERTIFICATE_TYPE, CH | SH | EE, certificate::certificate_type),
    kind(21, &EXTENSION_PADDING, CH, names::padding),
    kind(22, &EXTENSION_ENCRYPT_THEN_MAC, CH | SH, session::encrypt_then_mac),
    kind(23, &EXTENSION_EXTENDED_MASTER_SECRET, CH | SH, session::extended_master_secret),
    kind(24, &EXTENSION_TOKEN_BINDING, CH | SH, obsolete::token_binding),
    kind(25, &EXTENSION_CACHED_INFO, CH | SH, obsolete::cached_info),
    kind(26, &EXTENSION_TLS_LTS, CH | SH, body::empty),
    kind(27, &EXTENSION_COMPRESS_CERTIFICATE, CH | CR, certificate::compress_certificate),
    kind(28, &EXTENSION_RECORD_SIZE_LIMIT, CH | SH | EE, names::record_size_limit),
    kind(29, &EXTENSION_PWD_PROTECT, CH, obsolete::pwd_protect),
    kind(30, &EXTENSION_PWD_CLEAR, CH, obsolete::pwd_clear),
    kind(31, &EXTENSION_PASSWORD_SALT, CH | SH3 | HRR, obsolete::password_salt),
    kind(32, &EXTENSION_TICKET_PINNING, CH | EE, body::raw),
    kind(33, &EXTENSION_TLS_CERT_WITH_EXTERN_PSK, CH | SH3, body::empty),
    kind(34, &EXTENSION_DELEGATED_CREDENTIAL, CH | CR | CT, signatures::delegated_credential),
    kind(35, &EXTENSION_SESSION_TICKET, CH | SH, session::session_ticket),
    kind(36, &EXTENSION_TLMSP, CH | SH, body::raw),
    kind(37, &EXTENSION_TLMSP_PROXYING, CH | SH, body::raw),
    kind(38, &EXTENSION_TLMSP_DELEGATE, CH | SH, body::raw),
    kind(39, &EXTENSION_SUPPORTED_EKT_CIPHERS, CH | SH | EE, session::supported_ekt_ciphers),
    kind(40, &EXTENSION_KEY_SHARE_OLD, CH | SH3 | SH | HRR, groups::key_share),
    kind(41, &EXTENSION_PRE_SHARED_KEY, CH | SH | SH3, psk::pre_shared_key),
    kind(42, &EXTENSION_EARLY_DATA, CH | EE | NST, psk::early_data),
    kind(43, &EXTENSION_SUPPORTED_VERSIONS, CH | SH | SH3 | HRR, tls13::supported_versions),
    kind(44, &EXTENSION_COOKIE, CH | HRR, tls13::cookie),
    kind(45, &EXTENSION_PSK_KEY_EXCHANGE_MODES, CH, psk::psk_key_exchange_modes),
    kind(46, &EXTENSION_TICKET_EARLY_DATA_INFO, NST, psk::ticket_early_data_info),
    kind(47, &EXTENSION_CERTIFICATE_AUTHORITIES, CH | CR, tls13::certificate_authorities),
    kind(48, &EXTENSION_OID_FILTERS, CR, tls13::oid_filters),
    kind(49, &EXTENSION_POST_HANDSHAKE_AUTH, CH, tls13::post_handshake_auth),
    kind(50, &EXTENSION_SIGNATURE_ALGORITHMS_CERT, CH | CR, signatures::signature_algorithms_cert),
    kind(51, &EXTENSION_KEY_SHARE, CH | SH | SH3 | HRR, groups::key_share),
    kind(52, &EXTENSION_TRANSPARENCY_INFO, CH | SH | CR | CT, sct::transparency_info),
    kind(53, &EXTENSION_CONNECTION_ID_OLD, CH | SH, session::connection_id),
    kind(54, &EXTENSION_CONNECTION_ID, CH | SH | SH3, session::connection_id),
    kind(55, &EXTENSION_EXTERNAL_ID_HASH, CH | SH | EE, session::external_id_hash),
    kind(56, &EXTENSION_EXTERNAL_SESSION_ID, CH | SH | EE, session::external_session_id),
    kind(57, &EXTENSION_QUIC_TRANSPORT_PARAMETERS, CH | EE, quic::transport_parameters),
    kind(58, &EXTENSION_TICKET_REQUEST, CH | EE, tls13::ticket_request),
    kind(59, &EXTENSION_DNSSEC_CHAIN, CH | SH | CT, certificate::dnssec_chain),
    kind(60, &EXTENSION_SEQUENCE_NUMBER_ENCRYPTION, CH | SH3 | HRR, body::raw),
    kind(61, &EXTENSION_RRC, CH | SH | SH3, body::empty),
    kind(62, &EXTENSION_TLS_FLAGS, CH | SH3 | HRR | EE | CT | CR | NST, tls13::tls_flags),
    kind(13172, &EXTENSION_NEXT_PROTOCOL_NEGOTIATION, CH | SH, names::next_protocol_negotiation),
    kind(17513, &EXTENSION_APPLICATION_SETTINGS_OLD, CH | EE, names::application_settings),
    kind(17613, &EXTENSION_APPLICATION_SETTINGS, CH | EE, names::application_settings),
    kind(30031, &EXTENSION_CHANNEL_ID_OLD, CH | SH, body::empty),
    kind(30032, &EXTENSION_CHANNEL_ID, CH | SH | EE, body::empty),
    kind(0xca34, &EXTENSION_TRUST_ANCHORS, CH | EE | CR | CT, certificate::trust_anchors),
    kind(0xfd00, &EXTENSION_ECH_OUTER_EXTENSIONS, CH, ech::outer_extensions),
    kind(0xfe08, &EXTENSION_ENCRYPTED_CLIENT_HELLO_DRAFT, CH | HRR | EE, body::raw),
    kind(0xfe09, &EXTENSION_ENCRYPTED_CLIENT_HELLO_DRAFT, CH | HRR | EE, body::raw),
    kind(0xfe0a, &EXTENSION_ENCRYPTED_CLIENT_HELLO_DRAFT, CH | HRR | EE, body::raw),
    kind(0xfe0d, &EXTENSION_ENCRYPTED_CLIENT_HELLO, CH | HRR | EE, ech::encrypted_client_hello),
    kind(0xff01, &EXTENSION_RENEGOTIATION_INFO, CH | SH, session::renegotiation_info),
    kind(0xffa5, &EXTENSION_QUIC_TRANSPORT_PARAMETERS_DRAFT, CH | EE, quic::transport_parameters),
    kind(0xffce, &EXTENSION_ENCRYPTED_SERVER_NAME, CH | EE, ech::encrypted_server_name),
];

fields! {
    EXTENSIONS = "tls.handshake.extensions", "extensions", "RFC 8446 4.2",
        "The list of extensions, each a type, a length and a body. A client offers; a server answers only what was offered. What a peer does not know it passes over, and that is how TLS grows. Their order carries no meaning, except that pre_shared_key is last; browsers shuffle it on purpose.";
    TYPE = "tls.handshake.extension.type", "extension_type", "RFC 8446 4.2",
        "Which extension this is: a number from IANA's registry. A server that answers with a type the client did not send breaks the handshake (unsupported_extension).";
    LENGTH = "tls.handshake.extension.len", "extension_length", "RFC 8446 4.2",
        "The number of bytes of the body. It lets a reader step over a type that it does not know. Zero is usual: many extensions say all they have to say by being there.";
    DATA = "tls.handshake.extension.data", "extension_data", "RFC 8446 4.2",
        "The body as bytes: either the type has no form that is known here, or these bytes break it.";
    TRAILING = "tls.handshake.extension.trailing", "bytes behind the end", "",
        "The body has its form, and then goes on. A strict peer answers decode_error; a lax one passes over it. Look for a sender that speaks a draft of the document.";
    EXTENSION_UNKNOWN = "tls.handshake.extension.unknown", "unknown extension", "",
        "A type that no document known here defines: a private one, a very new one, or bytes that are no extension at all. Peers must pass over what they do not know.";
    EXTENSION_GREASE = "tls.handshake.extension.grease", "GREASE", "RFC 8701",
        "A reserved type that means nothing. Chrome and others send one at random so that servers stay used to unknown types. A server that fails because of it is broken; the value changes from connection to connection, and fingerprints leave it out.";
    EXTENSION_SERVER_NAME = "tls.handshake.extension.server_name", "server_name", "RFC 6066 3",
        "The host that the client wants, known as SNI. One address serves many hosts, and the server must choose a certificate before any HTTP is spoken. It travels in the clear, so everybody on the way sees it. Missing or wrong, it is the usual cause of a certificate for some other host; the server answers it with an empty one.";
    EXTENSION_MAX_FRAGMENT_LENGTH = "tls.handshake.extension.max_fragment_length", "max_fragment_length", "RFC 6066 4",
        "A client with little memory asks for records of at most 512 to 4096 bytes. The server repeats the same code or leaves it out. record_size_limit has replaced it, since here a server can ask for nothing.";
    EXTENSION_CLIENT_CERTIFICATE_URL = "tls.handshake.extension.client_certificate_url", "client_certificate_url", "RFC 6066 5",
        "The client offers to send addresses of its certificates in place of the certificates. The server would have to fetch from where a stranger points it, so hardly anybody turns it on. The body is empty.";
    EXTENSION_TRUSTED_CA_KEYS = "tls.handshake.extension.trusted_ca_keys", "trusted_ca_keys", "RFC 6066 6",
        "The client lists the root keys it holds, so that the server can choose a chain that fits. Used by small devices up to TLS 1.2; in TLS 1.3 certificate_authorities does this.";
    EXTENSION_TRUNCATED_HMAC = "tls.handshake.extension.truncated_hmac", "truncated_hmac", "RFC 6066 7",
        "Asks for MACs of 10 bytes to save space. Attacks on short MACs were found, and nobody should agree to it. The body is empty.";
    EXTENSION_STATUS_REQUEST = "tls.handshake.extension.status_request", "status_request", "RFC 6066 8, RFC 8446 4.4.2.1",
        "OCSP stapling. The client asks the server to bring a fresh statement of the authority that its certificate is not revoked. Up to TLS 1.2 the answer is empty and the response follows in CertificateStatus; in TLS 1.3 the response stands here, beside its certificate. Clients that check it refuse a certificate with must-staple that comes without a response.";
    EXTENSION_USER_MAPPING = "tls.handshake.extension.user_mapping", "user_mapping", "RFC 4681",
        "The client offers to say, in SupplementalData, which account its certificate belongs to. It is seen in Windows domains of old.";
    EXTENSION_CLIENT_AUTHZ = "tls.handshake.extension.client_authz", "client_authz", "RFC 5878",
        "The forms in which the client can bring statements on what it may do. An experiment that hardly anybody runs.";
    EXTENSION_SERVER_AUTHZ = "tls.handshake.extension.server_authz", "server_authz", "RFC 5878",
        "The forms in which the client would take statements on what the server may do. An experiment that hardly anybody runs.";
    EXTENSION_CERT_TYPE = "tls.handshake.extension.cert_type", "cert_type", "RFC 6091",
        "The kinds of certificate for both sides at once, so that OpenPGP keys could stand in place of X.509. GnuTLS had it; types 19 and 20 have replaced it.";
    EXTENSION_SUPPORTED_GROUPS = "tls.handshake.extension.supported_groups", "supported_groups", "RFC 8446 4.2.7, RFC 8422 5.1.1",
        "The curves, finite fields and post-quantum mechanisms that the sender can use for key exchange, best first. Up to TLS 1.2 it was called elliptic_curves and bound the curves of ECDSA certificates too. No group in common ends the handshake with handshake_failure; one in common without a key share costs a HelloRetryRequest.";
    EXTENSION_EC_POINT_FORMATS = "tls.handshake.extension.ec_point_formats", "ec_point_formats", "RFC 8422 5.1.2",
        "How points of a curve may be written, up to TLS 1.2. Only the uncompressed form is left; the extension is still sent for old peers and has no meaning in TLS 1.3.";
    EXTENSION_SRP = "tls.handshake.extension.srp", "srp", "RFC 5054 2.8.1",
        "The user name for a login by password inside the handshake (Secure Remote Password). The name travels in the clear.";
    EXTENSION_SIGNATURE_ALGORITHMS = "tls.handshake.extension.signature_algorithms", "signature_algorithms", "RFC 8446 4.2.3",
        "The signatures that the sender can check, best first. They bind the proof of the other side (CertificateVerify, ServerKeyExchange), and its certificates too unless signature_algorithms_cert is there. A server whose only certificate has a key that fits none of them answers handshake_failure. TLS 1.3 does not work without it.";
    EXTENSION_USE_SRTP = "tls.handshake.extension.use_srtp", "use_srtp", "RFC 5764 4.1",
        "The handshake shall give keys for SRTP, the encryption of voice and video. Every WebRTC call does this over DTLS. The server chooses one of the profiles.";
    EXTENSION_HEARTBEAT = "tls.handshake.extension.heartbeat", "heartbeat", "RFC 6520 2",
        "The sender speaks the heartbeat protocol, a ping inside TLS. A bug in its handling was Heartbleed (2014): old OpenSSL gave out memory. Today it is rare, and on TCP it serves nothing.";
    EXTENSION_ALPN = "tls.handshake.extension.alpn", "application_layer_protocol_negotiation", "RFC 7301 3.1",
        "Which protocol is spoken inside: h2, http/1.1, and so on. The client lists, the server names exactly one, in the clear up to TLS 1.2 and encrypted from TLS 1.3 on. A server that knows none of them answers no_application_protocol; one that leaves the answer out falls back to its default, usually HTTP/1.1.";
    EXTENSION_STATUS_REQUEST_V2 = "tls.handshake.extension.status_request_v2", "status_request_v2", "RFC 6961",
        "Like status_request, with responses for the whole chain and not the first certificate only. TLS 1.3 made it superfluous.";
    EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP = "tls.handshake.extension.signed_certificate_timestamp", "signed_certificate_timestamp", "RFC 6962 3.3.1",
        "Certificate Transparency. Empty in a request; in the answer a list of receipts, each signed by a public log that has seen the certificate. Browsers want two or three of them; most servers have them inside the certificate and send none here.";
    EXTENSION_CLIENT_CERTIFICATE_TYPE = "tls.handshake.extension.client_certificate_type", "client_certificate_type", "RFC 7250 3",
        "The kinds of certificate that the client can show: X.509, or a bare public key. The server names the one it wants.";
    EXTENSION_SERVER_CERTIFICATE_TYPE = "tls.handshake.extension.server_certificate_type", "server_certificate_type", "RFC 7250 3",
        "The kinds of certificate that the client can take from the server: X.509, or a bare public key that it knows by other means, such as DANE. The server names the one it sends.";
    EXTENSION_PADDING = "tls.handshake.extension.padding", "padding", "RFC 7685",
        "Zero bytes that make the ClientHello longer. Some load balancers hung on hellos of 256 to 511 bytes, so browsers fill them up to 512. The bytes must be zero.";
    EXTENSION_ENCRYPT_THEN_MAC = "tls.handshake.extension.encrypt_then_mac", "encrypt_then_mac", "RFC 7366",
        "With CBC suites, encrypt first and then compute the MAC over the result. The other order, which TLS began with, made Lucky Thirteen and POODLE-like attacks possible. The server answers it only when it chose a CBC suite.";
    EXTENSION_EXTENDED_MASTER_SECRET = "tls.handshake.extension.extended_master_secret", "extended_master_secret", "RFC 7627",
        "Up to TLS 1.2: binds the keys to the whole handshake, so that nobody can make two connections with the same keys (triple handshake attack). Both sides must send it. A resumption without it, of a session that had it, must be refused. TLS 1.3 always does this.";
    EXTENSION_TOKEN_BINDING = "tls.handshake.extension.token_binding", "token_binding", "RFC 8472",
        "Offers to bind cookies and tokens to a key of the client, so that a stolen cookie is worth nothing elsewhere. Browsers have dropped it.";
    EXTENSION_CACHED_INFO = "tls.handshake.extension.cached_info", "cached_info", "RFC 7924",
        "The client has the server's certificate or list of authorities from an earlier visit and shows hashes of them; what matches is not sent again. For very narrow links.";
    EXTENSION_TLS_LTS = "tls.handshake.extension.tls_lts", "tls_lts", "draft-gutmann-tls-lts",
        "Asks for TLS 1.2 with one fixed, sound set of options, for devices that live for decades. The body is empty.";
    EXTENSION_COMPRESS_CERTIFICATE = "tls.handshake.extension.compress_certificate", "compress_certificate", "RFC 8879",
        "The methods by which the sender can unpack a certificate chain: zlib, brotli, zstd. The peer may then send CompressedCertificate in place of Certificate. There is no answer to it.";
    EXTENSION_RECORD_SIZE_LIMIT = "tls.handshake.extension.record_size_limit", "record_size_limit", "RFC 8449",
        "The longest record that the sender is willing to take. Each side states its own. Firefox has sent it since 2018; in TLS 1.3 the count includes the hidden content type and padding.";
    EXTENSION_PWD_PROTECT = "tls.handshake.extension.pwd_protect", "pwd_protect", "RFC 8492 4.2",
        "A login by password (TLS-PWD) whose user name is encrypted for the server. Very rare.";
    EXTENSION_PWD_CLEAR = "tls.handshake.extension.pwd_clear", "pwd_clear", "RFC 8492 4.3",
        "A login by password (TLS-PWD) whose user name travels in the clear. Very rare.";
    EXTENSION_PASSWORD_SALT = "tls.handshake.extension.password_salt", "password_salt", "RFC 8492 4.4",
        "The salt for a login by password (TLS-PWD), by which the password is stored at the server. Very rare.";
    EXTENSION_TICKET_PINNING = "tls.handshake.extension.ticket_pinning", "ticket_pinning", "RFC 8672",
        "The server proves that it is the one the client met before, by a secret that went with an earlier ticket. An experiment.";
    EXTENSION_TLS_CERT_WITH_EXTERN_PSK = "tls.handshake.extension.tls_cert_with_extern_psk", "tls_cert_with_extern_psk", "RFC 8773",
        "The handshake shall use a certificate and a key that both had beforehand, so that who breaks one still lacks the other. The body is empty.";
    EXTENSION_DELEGATED_CREDENTIAL = "tls.handshake.extension.delegated_credential", "delegated_credential", "RFC 9345 4",
        "A short-lived key signed with the key of the certificate, so that an edge server of a CDN need not hold the real one. The client lists the signatures that it takes from such keys; the server puts the credential beside its certificate. These lists are not signature_algorithms, and fingerprints must not mix them.";
    EXTENSION_SESSION_TICKET = "tls.handshake.extension.session_ticket", "session_ticket", "RFC 5077 3.2",
        "Resumption up to TLS 1.2. Empty: the client would like a ticket. With bytes: here is the ticket of an earlier session, only the server can read it. An empty answer announces a NewSessionTicket. In TLS 1.3 tickets stand in pre_shared_key.";
    EXTENSION_TLMSP = "tls.handshake.extension.tlmsp", "TLMSP", "ETSI TS 103 523-2",
        "Transport Layer Middlebox Security Protocol: lets named boxes on the way read or change parts of the traffic. The body is shown as bytes.";
    EXTENSION_TLMSP_PROXYING = "tls.handshake.extension.tlmsp_proxying", "TLMSP_proxying", "ETSI TS 103 523-2",
        "A part of TLMSP for boxes that speak for others. The body is shown as bytes.";
    EXTENSION_TLMSP_DELEGATE = "tls.handshake.extension.tlmsp_delegate", "TLMSP_delegate", "ETSI TS 103 523-2",
        "A part of TLMSP by which a peer hands its place to another. The body is shown as bytes.";
    EXTENSION_SUPPORTED_EKT_CIPHERS = "tls.handshake.extension.supported_ekt_ciphers", "supported_ekt_ciphers", "RFC 8870 5.1",
        "The ciphers for handing out the key of a conference call (Encrypted Key Transport). The client lists, the server names one.";
    EXTENSION_KEY_SHARE_OLD = "tls.handshake.extension.key_share_old", "key_share (draft)", "draft-ietf-tls-tls13-22",
        "key_share under the number it had up to draft 22 of TLS 1.3. The number clashed with a private use and was given up. Only captures from 2016 to 2018 have it.";
    EXTENSION_PRE_SHARED_KEY = "tls.handshake.extension.pre_shared_key", "pre_shared_key", "RFC 8446 4.2.11",
        "Resumption and external keys in TLS 1.3. The client shows tickets, each with a proof (binder) that it holds the key; the server names the one it takes, and then sends no certificate. It must be the last extension of the ClientHello, because the binders cover everything before them. No answer means: full handshake.";
    EXTENSION_EARLY_DATA = "tls.handshake.extension.early_data", "early_data", "RFC 8446 4.2.10",
        "0-RTT. In a ClientHello: application data follows at once, under the key of the first pre_shared_key. In EncryptedExtensions: the server took it; when it is missing there, the data was thrown away and must be sent again. In a ticket: how much is allowed. Early data can be replayed by an attacker.";
    EXTENSION_SUPPORTED_VERSIONS = "tls.handshake.extension.supported_versions", "supported_versions", "RFC 8446 4.2.1",
        "The real offer of versions, and the real choice. The version field of the hello is frozen at TLS 1.2, because too many servers and boxes failed on higher numbers. The answer in the ServerHello is what makes a connection TLS 1.3; without it the version field counts.";
    EXTENSION_COOKIE = "tls.handshake.extension.cookie", "cookie", "RFC 8446 4.2.2",
        "Bytes that a HelloRetryRequest hands to the client and the second ClientHello gives back unchanged. By this a server keeps no state between the two, or makes sure that the address of the client is real.";
    EXTENSION_PSK_KEY_EXCHANGE_MODES = "tls.handshake.extension.psk_key_exchange_modes", "psk_key_exchange_modes", "RFC 8446 4.2.9",
        "How a resumed session gets its keys: from the old key alone (psk_ke, no forward secrecy) or with a fresh key exchange too (psk_dhe_ke). Without this extension a server may neither resume nor send tickets.";
    EXTENSION_TICKET_EARLY_DATA_INFO = "tls.handshake.extension.ticket_early_data_info", "ticket_early_data_info (draft)", "draft-ietf-tls-tls13-19",
        "How much early data a ticket allows, in drafts of TLS 1.3 up to 19. early_data took its place.";
    EXTENSION_CERTIFICATE_AUTHORITIES = "tls.handshake.extension.certificate_authorities", "certificate_authorities", "RFC 8446 4.2.4",
        "The names of authorities whose certificates the sender takes. In a CertificateRequest it tells the client which of its certificates to show: when none fits, most clients send an empty list, and the server then says certificate_required.";
    EXTENSION_OID_FILTERS = "tls.handshake.extension.oid_filters", "oid_filters", "RFC 8446 4.2.5",
        "What a client certificate must contain, as pairs of certificate extension and value. The client passes over filters that it does not know.";
    EXTENSION_POST_HANDSHAKE_AUTH = "tls.handshake.extension.post_handshake_auth", "post_handshake_auth", "RFC 8446 4.2.6",
        "The client is willing to show a certificate later, when the server asks in the middle of the connection. It takes the place of renegotiation. HTTP/2 forbids it; a server that needs it and does not find it has to refuse the request. The body is empty.";
    EXTENSION_SIGNATURE_ALGORITHMS_CERT = "tls.handshake.extension.signature_algorithms_cert", "signature_algorithms_cert", "RFC 8446 4.2.3",
        "The signatures that the sender takes inside certificates, where these differ from what it takes in the handshake. Typical is an old scheme that is let live in chains only.";
    EXTENSION_KEY_SHARE = "tls.handshake.extension.key_share", "key_share", "RFC 8446 4.2.8",
        "The public keys of the key exchange. The client guesses which groups the server likes and sends a key for each; the server answers with one key. When no guess fits, a HelloRetryRequest names the group, at the price of a round trip. A post-quantum share has more than 1100 bytes and pushes the ClientHello into a second packet, on which some boxes fail.";
    EXTENSION_TRANSPARENCY_INFO = "tls.handshake.extension.transparency_info", "transparency_info", "RFC 9162 6.5",
        "Version 2 of Certificate Transparency: receipts, signed tree heads and proofs of inclusion. Nobody runs it at scale.";
    EXTENSION_CONNECTION_ID_OLD = "tls.handshake.extension.connection_id_old", "connection_id (deprecated)", "draft-ietf-tls-dtls-connection-id-07",
        "connection_id under the number of a draft, whose MAC differed. Some embedded stacks still send it.";
    EXTENSION_CONNECTION_ID = "tls.handshake.extension.connection_id", "connection_id", "RFC 9146 3",
        "A label for DTLS records, so that a device keeps its connection when its address changes. Each side states the label that it wants to find in what it receives; empty means that it needs none.";
    EXTENSION_EXTERNAL_ID_HASH = "tls.handshake.extension.external_id_hash", "external_id_hash", "RFC 8844 3",
        "Binds a WebRTC connection to the identity assertion of the call setup by its hash, so that no other call can be passed off for it.";
    EXTENSION_EXTERNAL_SESSION_ID = "tls.handshake.extension.external_session_id", "external_session_id", "RFC 8844 4",
        "Binds a DTLS connection to the call setup by its tls-id, so that no other session can be passed off for it.";
    EXTENSION_QUIC_TRANSPORT_PARAMETERS = "tls.handshake.extension.quic_transport_parameters", "quic_transport_parameters", "RFC 9001 8.2",
        "The limits and options of QUIC, which does its handshake by TLS: windows, streams, timeouts, connection ids. Over TCP it has no place, and the peer answers unsupported_extension.";
    EXTENSION_TICKET_REQUEST = "tls.handshake.extension.ticket_request", "ticket_request", "RFC 9149",
        "How many tickets the client wants: so many after a full handshake, so many after a resumption. Clients that open several connections at once want more than one, because a ticket should be used once.";
    EXTENSION_DNSSEC_CHAIN = "tls.handshake.extension.dnssec_chain", "dnssec_chain", "RFC 9102",
        "The DNSSEC records that prove the server's DANE entry, so that the client need not ask the DNS. An experiment.";
    EXTENSION_SEQUENCE_NUMBER_ENCRYPTION = "tls.handshake.extension.sequence_number_encryption_algorithms", "sequence_number_encryption_algorithms", "draft-pismenny-tls-dtls-plaintext-sequence-number",
        "Which ways of hiding the record number in DTLS 1.3 the sender takes, leaving it open among them. The body is shown as bytes.";
    EXTENSION_RRC = "tls.handshake.extension.rrc", "rrc", "RFC 9853",
        "The sender can answer a return routability check: before data goes to a new address of a DTLS peer, a token goes there and must come back. It needs connection_id. The body is empty.";
    EXTENSION_TLS_FLAGS = "tls.handshake.extension.tls_flags", "tls_flags", "draft-ietf-tls-tlsflags",
        "One bit for each feature that needs no more than yes or no, so that such features do not cost four bytes each.";
    EXTENSION_NEXT_PROTOCOL_NEGOTIATION = "tls.handshake.extension.next_protocol_negotiation", "next_protocol_negotiation", "draft-agl-tls-nextprotoneg-04",
        "NPN, from the days of SPDY. Here the server lists and the client chooses, in an encrypted message of its own. ALPN took its place in 2014.";
    EXTENSION_APPLICATION_SETTINGS_OLD = "tls.handshake.extension.application_settings_old", "application_settings_old", "draft-vvv-tls-alps",
        "ALPS under its first number, which Chrome sent up to 2024. See application_settings.";
    EXTENSION_APPLICATION_SETTINGS = "tls.handshake.extension.application_settings", "application_settings", "draft-vvv-tls-alps",
        "ALPS: settings of the inner protocol travel inside the handshake and are there before the first request. The client lists the protocols for which it does this; the server's settings stand in EncryptedExtensions. Only Chrome and what is built on it sends it.";
    EXTENSION_CHANNEL_ID_OLD = "tls.handshake.extension.channel_id_old", "channel_id_old", "draft-balfanz-tls-channelid-00",
        "channel_id under its first number, with a weaker proof. See channel_id.";
    EXTENSION_CHANNEL_ID = "tls.handshake.extension.channel_id", "channel_id", "draft-balfanz-tls-channelid-01",
        "The client offers to prove that it holds a key made for this site, to which cookies could be bound. Chrome had it until 2018. The body is empty; the key follows in a message of its own.";
    EXTENSION_TRUST_ANCHORS = "tls.handshake.extension.trust_anchors", "trust_anchors", "draft-ietf-tls-trust-anchor-ids",
        "Short numbers that stand for root certificates, by which the peers find a chain that both can use. In a Certificate an empty one says that the chain was chosen that way.";
    EXTENSION_ECH_OUTER_EXTENSIONS = "tls.handshake.extension.ech_outer_extensions", "ech_outer_extensions", "RFC 9849 5.1",
        "Stands only inside an encrypted ClientHello and lists the extensions to be copied from the outer one. In the clear it is an error.";
    EXTENSION_ENCRYPTED_CLIENT_HELLO = "tls.handshake.extension.encrypted_client_hello", "encrypted_client_hello", "RFC 9849 5",
        "ECH. The real ClientHello, with the real host name, stands encrypted inside this outer one, whose server_name is that of the provider only. Browsers send a random one (GREASE) where they have no key of the server, and from outside the two look alike. With the key out of date the server answers with new ones in EncryptedExtensions.";
    EXTENSION_ENCRYPTED_CLIENT_HELLO_DRAFT = "tls.handshake.extension.encrypted_client_hello_draft", "encrypted_client_hello (draft)", "draft-ietf-tls-esni-08 to 10",
        "encrypted_client_hello as drafts of 2020 and 2021 had it, in forms that no longer count. The body is shown as bytes.";
    EXTENSION_RENEGOTIATION_INFO = "tls.handshake.extension.renegotiation_info", "renegotiation_info", "RFC 5746 3.2",
        "Binds a second handshake to the one before it. Without that, an attacker could put his request in front of somebody else's (2009). In a first handshake it is empty and says: I know this. A server that leaves it out is open to the attack or speaks TLS 1.3.";
    EXTENSION_QUIC_TRANSPORT_PARAMETERS_DRAFT = "tls.handshake.extension.quic_transport_parameters_draft", "quic_transport_parameters (draft)", "draft-ietf-quic-tls-32",
        "quic_transport_parameters under the number that drafts of QUIC used up to 32.";
    EXTENSION_ENCRYPTED_SERVER_NAME = "tls.handshake.extension.encrypted_server_name", "encrypted_server_name", "draft-ietf-tls-esni-06",
        "ESNI, the forerunner of encrypted_client_hello: only the host name was encrypted. Firefox and Cloudflare tried it from 2018 to 2020; some networks block every hello that has it.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_so_that_the_search_finds_each() {
        for pair in KINDS.windows(2) {
            assert!(pair[0].value < pair[1].value, "{} stands before {}", pair[0].value, pair[1].value);
        }
    }

    #[test]
    fn every_named_type_has_a_row_under_its_name() {
        for named in ExtensionType::TABLE {
            let label = row(ExtensionType(named.value)).label;
            let draft_of_ech = (0xfe08..=0xfe0a).contains(&named.value);
            assert!(label == named.name || draft_of_ech, "{} is called {label} and {}", named.value, named.name);
        }
    }
}
