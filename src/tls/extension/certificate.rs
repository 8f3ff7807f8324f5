//! Certificates: their kinds, their compression, the statements that travel with them, the roots that are trusted.

use super::body::{Entries, code8, code16, codes8, codes16, list, opaque, opaque_as, open, rest};
use super::{Extensions, Place, tls13};
use crate::base::{Reader, Tree, Value, fields};
use crate::tls::code::{CertificateCompressionAlgorithm, CertificateStatusType, CertificateType};
use crate::x509;

fields! {
    STATUS_TYPE = "tls.handshake.extension.status_request.status_type", "status_type", "RFC 6066 8",
        "The kind of statement: 1 is an OCSP response for one certificate, 2 one for each of the chain.";
    RESPONDER_ID_LIST = "tls.handshake.extension.status_request.responder_id_list", "responder_id_list", "RFC 6066 8",
        "The OCSP responders that the client trusts. Empty leaves the choice to the server, and nearly all are empty.";
    RESPONDER_ID = "tls.handshake.extension.status_request.responder_id", "ResponderID", "RFC 6066 8",
        "One responder by name or key hash, in DER.";
    REQUEST_EXTENSIONS = "tls.handshake.extension.status_request.request_extensions", "request_extensions", "RFC 6066 8",
        "Extensions of the OCSP request in DER, such as a nonce. Usually empty.";
    STATUS_REQUEST_BODY = "tls.handshake.extension.status_request.request", "request", "RFC 6066 8",
        "A request of a kind that no document known here defines.";
    STATUS_RESPONSE = "tls.handshake.extension.status_request.response", "response", "RFC 8446 4.4.2.1",
        "The statement about the certificate before it. Beside a certificate only an OCSP response is defined; another kind is shown as bytes.";
    CERTIFICATE_STATUS_REQ_LIST = "tls.handshake.extension.status_request_v2.list", "certificate_status_req_list", "RFC 6961 2.2",
        "The kinds of statement that the client takes, best first.";
    CERTIFICATE_STATUS_REQ = "tls.handshake.extension.status_request_v2.item", "CertificateStatusRequestItemV2", "RFC 6961 2.2",
        "One kind of statement and what is asked of the responder.";
    REQUEST_LENGTH = "tls.handshake.extension.status_request_v2.request_length", "request_length", "RFC 6961 2.2",
        "The number of bytes of the request, so that unknown kinds can be passed over.";
    CERTIFICATE_TYPES = "tls.handshake.extension.certificate_types", "certificate_types", "RFC 7250 3",
        "The kinds of certificate that the client can show or take, best first.";
    CERTIFICATE_TYPE = "tls.handshake.extension.certificate_type", "CertificateType", "RFC 7250 3",
        "A kind of certificate. X509 is the usual one; Raw Public Key is a bare key without name, issuer and dates.";
    ALGORITHMS = "tls.handshake.extension.compress_certificate.algorithms", "algorithms", "RFC 8879 3",
        "Methods by which the sender can unpack, best first.";
    ALGORITHM = "tls.handshake.extension.compress_certificate.algorithm", "CertificateCompressionAlgorithm", "RFC 8879 3",
        "A method of compression. Chrome sends brotli, Safari zlib, Firefox all three.";
    PORT_NUMBER = "tls.handshake.extension.dnssec_chain.port_number", "PortNumber", "RFC 9102 2.2",
        "The port for which the client wants the DANE record, as the client sees it.";
    EXT_SUPPORT_LIFETIME = "tls.handshake.extension.dnssec_chain.ext_support_lifetime", "ExtSupportLifetime", "RFC 9102 2.3",
        "For how many hours the server promises to keep sending this extension. 0 promises nothing.";
    AUTHENTICATION_CHAIN = "tls.handshake.extension.dnssec_chain.authentication_chain", "AuthenticationChain", "RFC 9102 2.3",
        "DNS records in wire form, with their signatures, from the server's TLSA record up to the root.";
    TRUST_ANCHORS = "tls.handshake.extension.trust_anchors.list", "trust_anchor_identifiers", "draft-ietf-tls-trust-anchor-ids",
        "Roots that the sender trusts, or in EncryptedExtensions those for which the server has a chain.";
    TRUST_ANCHOR = "tls.handshake.extension.trust_anchors.identifier", "TrustAnchorIdentifier", "draft-ietf-tls-trust-anchor-ids",
        "A root, by an object identifier under 1.3.6.1.4.1, of which only what comes after is written.";
}

/// status_request: what is asked for, or in a TLS 1.3 Certificate the response (RFC 6066 8, RFC 8446 4.4.2.1).
pub(super) fn status_request(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    // The answer up to TLS 1.2 and the request to a client are empty.
    if reader.is_empty() && matches!(place, Place::ServerHello | Place::CertificateRequest) {
        return Some(());
    }
    let status_type = code8(reader, &STATUS_TYPE, tree, |code| CertificateStatusType(code).value())?;
    if place == Place::Certificate {
        return ocsp_response(reader, status_type, facts, tree);
    }
    ocsp_request(reader, status_type, tree)
}

fn ocsp_response(reader: &mut Reader<'_>, status_type: u8, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let response = open(reader, 3)?;
    response.show_length(&STATUS_RESPONSE, tree);
    if status_type != 1 {
        tree.leaf(&STATUS_RESPONSE, response.body.span(), || Value::Bytes);
        return Some(());
    }
    x509::ocsp_response(response.body, tree);
    facts.ocsp_response = Some(response.body.peek().to_vec());
    Some(())
}

fn ocsp_request(reader: &mut Reader<'_>, status_type: u8, tree: &mut Tree) -> Option<()> {
    if !matches!(status_type, 1 | 2) {
        rest(reader, &STATUS_REQUEST_BODY, tree);
        return Some(());
    }
    list(reader, 2, &RESPONDER_ID_LIST, Entries::Vectors(0, 2, 0), tree, |reader, tree| {
        opaque(reader, 2, &RESPONDER_ID, tree).map(drop)
    })?;
    opaque(reader, 2, &REQUEST_EXTENSIONS, tree).map(drop)
}

/// status_request_v2 (RFC 6961 2.2).
pub(super) fn status_request_v2(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if reader.is_empty() && place != Place::ClientHello {
        return Some(());
    }
    let entries = Entries::Vectors(1, 2, 0);
    list(reader, 2, &CERTIFICATE_STATUS_REQ_LIST, entries, tree, |reader, tree| {
        tree.branch(
            &CERTIFICATE_STATUS_REQ,
            entries.span(reader),
            || Value::None,
            |tree| {
                let status_type = code8(reader, &STATUS_TYPE, tree, |code| CertificateStatusType(code).value())?;
                let mut request = open(reader, 2)?;
                request.show_length_as(&REQUEST_LENGTH, &CERTIFICATE_STATUS_REQ, tree);
                ocsp_request(&mut request.body, status_type, tree)
            },
        )
    })
}

/// cert_type, client_certificate_type and server_certificate_type: a list from the client, one from the server.
pub(super) fn certificate_type(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place == Place::ClientHello {
        return codes8(
            reader,
            1,
            &CERTIFICATE_TYPES,
            &CERTIFICATE_TYPE,
            tree,
            |code| CertificateType(code).value(),
            |_| {},
        );
    }
    code8(reader, &CERTIFICATE_TYPE, tree, |code| CertificateType(code).value()).map(drop)
}

/// compress_certificate (RFC 8879 3).
pub(super) fn compress_certificate(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    codes16(reader, 1, &ALGORITHMS, &ALGORITHM, tree, |code| CertificateCompressionAlgorithm(code).value(), |_| {})
}

/// dnssec_chain: a port from the client, the records from the server (RFC 9102 2).
pub(super) fn dnssec_chain(reader: &mut Reader<'_>, place: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let number = |number: u16| Value::Number(number.into());
    if place == Place::ClientHello {
        return code16(reader, &PORT_NUMBER, tree, number).map(drop);
    }
    code16(reader, &EXT_SUPPORT_LIFETIME, tree, number)?;
    opaque(reader, 2, &AUTHENTICATION_CHAIN, tree).map(drop)
}

/// trust_anchors: lists of roots; empty beside a certificate.
pub(super) fn trust_anchors(reader: &mut Reader<'_>, place: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    if place == Place::Certificate {
        return Some(());
    }
    list(reader, 2, &TRUST_ANCHORS, Entries::Vectors(0, 1, 0), tree, |reader, tree| {
        opaque_as(reader, 1, &TRUST_ANCHOR, tree, anchor).map(drop)
    })
}

fn anchor(content: &[u8]) -> Value {
    tls13::arcs(content).map_or(Value::Bytes, |arcs| Value::Text(tls13::joined(&arcs)))
}
