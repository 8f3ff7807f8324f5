//! Extensions of hellos and certificate messages: a first form that keeps their types.

use crate::base::{Reader, Tree};
use crate::tls::code::{ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme};

/// The message in which a list of extensions stands; some extensions have a different form in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a ClientHello.
    ClientHello,
    /// In a ServerHello.
    ServerHello,
    /// In a HelloRetryRequest.
    HelloRetryRequest,
    /// In EncryptedExtensions.
    EncryptedExtensions,
    /// At one certificate of a TLS 1.3 Certificate message.
    Certificate,
    /// In a TLS 1.3 CertificateRequest.
    CertificateRequest,
    /// In a TLS 1.3 NewSessionTicket.
    NewSessionTicket,
}

/// What is kept of a list of extensions (RFC 8446 4.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// The types in the order on the wire.
    pub types: Vec<ExtensionType>,
    /// The host name of server_name.
    pub server_name: Option<String>,
    /// Protocol names of ALPN.
    pub alpn: Vec<Vec<u8>>,
    /// The list of supported_versions.
    pub supported_versions: Vec<ProtocolVersion>,
    /// The one version of supported_versions in a ServerHello.
    pub selected_version: Option<ProtocolVersion>,
    /// The list of supported_groups.
    pub supported_groups: Vec<NamedGroup>,
    /// The list of ec_point_formats.
    pub ec_point_formats: Vec<u8>,
    /// The list of signature_algorithms.
    pub signature_algorithms: Vec<SignatureScheme>,
    /// The groups of key_share.
    pub key_share_groups: Vec<NamedGroup>,
    /// Length of the session ticket.
    pub session_ticket_length: Option<u16>,
    /// Number of identities in pre_shared_key.
    pub psk_identities: u16,
    /// The index in pre_shared_key.
    pub selected_psk: Option<u16>,
    /// Whether early_data is there.
    pub early_data: bool,
    /// max_early_data_size of early_data in a NewSessionTicket.
    pub max_early_data: Option<u32>,
    /// Whether encrypted_client_hello is there.
    pub encrypted_client_hello: bool,
    /// Whether extended_master_secret is there.
    pub extended_master_secret: bool,
    /// Whether encrypt_then_mac is there.
    pub encrypt_then_mac: bool,
    /// Whether post_handshake_auth is there.
    pub post_handshake_auth: bool,
    /// Names of certificate_authorities.
    pub authorities: Vec<String>,
    /// The OCSP response of status_request.
    pub ocsp_response: Option<Vec<u8>>,
}

/// Reads a list of extensions with the length before it.
pub fn read(reader: &mut Reader<'_>, _place: Place, tree: &mut Tree) -> Extensions {
    let mut extensions = Extensions::default();
    let Some(mut list) = reader.vector16() else {
        tree.malformed(reader.span(), "the list of extensions is cut short");
        reader.rest();
        return extensions;
    };
    while let Some(kind) = list.u16() {
        extensions.types.push(ExtensionType(kind));
        if list.vector16().is_none() {
            tree.malformed(list.span(), "the extension is cut short");
            break;
        }
    }
    extensions
}
