//! The messages that carry certificates: showing them, compressing them, and vouching that they are not revoked.

use super::certificates::CertificateCache;
use super::compression::{self, Outcome};
use super::facts::{CertificateMessage, CertificateStatus, Context};
use super::fields::{
    CERTIFICATE_LENGTH, CERTIFICATES, CERTIFICATES_LENGTH, COMPRESSED_LENGTH, COMPRESSED_MESSAGE,
    COMPRESSION_ALGORITHM, DECOMPRESSED_MESSAGE, OCSP_LIST_LENGTH, OCSP_RESPONSE_LENGTH, RAW_PUBLIC_KEY,
    REQUEST_CONTEXT, REQUEST_CONTEXT_LENGTH, STATUS_TYPE, UNCOMPRESSED_LENGTH, UNKNOWN_STATUS,
};
use super::take::{self, Width};
use crate::base::{Group, Reader, Severity, Tree, Value};
use crate::tls::code::{CertificateCompressionAlgorithm, CertificateStatusType, ProtocolVersion};
use crate::tls::extension::Place;
use crate::x509;
use std::borrow::Cow;

pub(super) fn certificate(
    reader: &mut Reader<'_>,
    context: &Context,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) -> CertificateMessage {
    let mut facts = CertificateMessage::default();
    let complete = if is_tls13(context) {
        fill_tls13(&mut facts, reader, cache, tree)
    } else {
        fill_tls12(&mut facts, reader, cache, tree)
    };
    if complete.is_some() {
        take::end(reader, tree);
    }
    facts
}

fn is_tls13(context: &Context) -> bool {
    context.version.is_some_and(ProtocolVersion::is_tls13)
}

/// The form of RFC 5246 7.4.2, or one raw public key in its place (RFC 7250 3).
fn fill_tls12(
    facts: &mut CertificateMessage,
    reader: &mut Reader<'_>,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) -> Option<()> {
    let mut list = take::vector(Width::Three, reader, &CERTIFICATES_LENGTH, tree)?;
    if x509::is_public_key_info(list) {
        raw_public_key(facts, list, tree);
        return Some(());
    }
    let span = list.span();
    tree.branch(
        &CERTIFICATES,
        span,
        || Value::None,
        |tree| {
            while !list.is_empty() {
                let der = take::vector(Width::Three, &mut list, &CERTIFICATE_LENGTH, tree)?;
                certificate_data(facts, der, cache, tree);
            }
            Some(())
        },
    )
}

/// The form of RFC 8446 4.4.2.
fn fill_tls13(
    facts: &mut CertificateMessage,
    reader: &mut Reader<'_>,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) -> Option<()> {
    let request = take::opaque(Width::One, reader, &REQUEST_CONTEXT_LENGTH, &REQUEST_CONTEXT, tree)?;
    facts.request_context = request.to_vec();
    let mut list = take::vector(Width::Three, reader, &CERTIFICATES_LENGTH, tree)?;
    let span = list.span();
    tree.branch(
        &CERTIFICATES,
        span,
        || Value::None,
        |tree| {
            let mut is_first = true;
            while !list.is_empty() {
                let der = take::vector(Width::Three, &mut list, &CERTIFICATE_LENGTH, tree)?;
                if x509::is_public_key_info(der) {
                    raw_public_key(facts, der, tree);
                } else {
                    certificate_data(facts, der, cache, tree);
                }
                let extensions = super::required_extensions(&mut list, Place::Certificate, tree);
                if is_first {
                    facts.ocsp_response = extensions.ocsp_response;
                    facts.timestamps = extensions.timestamps;
                    facts.credential = extensions.credential;
                }
                is_first = false;
            }
            Some(())
        },
    )
}

fn certificate_data(facts: &mut CertificateMessage, der: Reader<'_>, cache: &mut CertificateCache, tree: &mut Tree) {
    if !tree.is_on() {
        facts.certificates.push(cache.read(der, tree));
        return;
    }
    let certificate = cache.read(der, &mut Tree::off());
    x509::certificate(der, tree);
    facts.certificates.push(certificate);
}

fn raw_public_key(facts: &mut CertificateMessage, key: Reader<'_>, tree: &mut Tree) {
    let shown = || Value::Text(x509::public_key_info(key, &mut Tree::off()).to_string());
    tree.branch(&RAW_PUBLIC_KEY, key.span(), shown, |tree| x509::public_key_info(key, tree));
    facts.raw_public_key.get_or_insert_with(|| key.peek().to_vec());
}

pub(super) fn compressed_certificate(
    reader: &mut Reader<'_>,
    context: &Context,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) -> CertificateMessage {
    let mut facts = CertificateMessage::default();
    let _ = fill_compressed(&mut facts, reader, context, cache, tree);
    facts
}

/// RFC 8879 4.
fn fill_compressed(
    facts: &mut CertificateMessage,
    reader: &mut Reader<'_>,
    context: &Context,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) -> Option<()> {
    let algorithm =
        take::u16(reader, &COMPRESSION_ALGORITHM, tree, |code| CertificateCompressionAlgorithm(code).value())?;
    facts.compression = Some(algorithm);
    let declared = take::u24(reader, &UNCOMPRESSED_LENGTH, tree)? as usize;
    let content = take::vector(Width::Three, reader, &COMPRESSED_LENGTH, tree)?;
    tree.leaf(&COMPRESSED_MESSAGE, content.span(), || Value::Bytes);
    take::end(reader, tree);

    // A code of its own: what refuses the certificate for this is told from what refuses it for what is inside.
    let mut note = |severity, group, text: Cow<'static, str>| {
        tree.note(severity, group, "tls.certificate.compression", content.span(), text);
    };
    let bytes = match compression::decompress(algorithm, content.peek(), declared.min(compression::MAX_LENGTH)) {
        Outcome::Whole(bytes) if bytes.len() == declared => bytes,
        Outcome::Whole(bytes) => {
            let text = format!("the decompressed message has {} bytes where {declared} were declared", bytes.len());
            note(Severity::Error, Group::Malformed, text.into());
            bytes
        }
        Outcome::Part(bytes, problem) => {
            note(Severity::Error, Group::Malformed, problem.into());
            if bytes.is_empty() {
                return None;
            }
            bytes
        }
        Outcome::Unknown => {
            let text = format!("certificate compression algorithm {algorithm} is not known");
            note(Severity::Note, Group::Undecoded, text.into());
            return None;
        }
    };
    decompressed(facts, &bytes, context, cache, tree);
    Some(())
}

/// Reads the message that came out. Only TLS 1.3 has compressed certificates, whatever the context knows.
fn decompressed(
    facts: &mut CertificateMessage,
    bytes: &[u8],
    context: &Context,
    cache: &mut CertificateCache,
    tree: &mut Tree,
) {
    let kept = if tree.is_on() { bytes.to_vec() } else { Vec::new() };
    let buffer = tree.derive("decompressed certificate", kept);
    let mut reader = Reader::new(bytes, buffer);
    let version = context.version.filter(|version| version.is_tls13()).or(Some(ProtocolVersion::TLS13));
    let context = Context { version, ..*context };
    let span = reader.span();
    let message = tree.branch(
        &DECOMPRESSED_MESSAGE,
        span,
        || take::number(bytes.len() as u64),
        |tree| certificate(&mut reader, &context, cache, tree),
    );
    *facts = CertificateMessage { compression: facts.compression, ..message };
}

pub(super) fn certificate_status(reader: &mut Reader<'_>, tree: &mut Tree) -> CertificateStatus {
    let mut facts = CertificateStatus::default();
    if fill_status(&mut facts, reader, tree).is_some() {
        take::end(reader, tree);
    }
    facts
}

/// RFC 6066 8, and the list of RFC 6961 2.2.
fn fill_status(facts: &mut CertificateStatus, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let kind = take::u8(reader, &STATUS_TYPE, tree, |kind| CertificateStatusType(kind).value())?;
    match kind {
        1 => facts.ocsp_response = ocsp_response(reader, tree)?.to_vec(),
        2 => {
            let mut list = take::vector(Width::Three, reader, &OCSP_LIST_LENGTH, tree)?;
            while !list.is_empty() {
                let response = ocsp_response(&mut list, tree)?;
                if facts.ocsp_response.is_empty() {
                    facts.ocsp_response = response.to_vec();
                }
            }
        }
        _ => {
            let text = format!("certificate status type {kind} is not known");
            tree.note(Severity::Note, Group::Undecoded, "tls.certificate_status.type", reader.span(), text);
            take::rest(reader, &UNKNOWN_STATUS, tree);
        }
    }
    Some(())
}

/// One response with its length. In a list an empty one says that there is none for that certificate.
fn ocsp_response<'a>(reader: &mut Reader<'a>, tree: &mut Tree) -> Option<&'a [u8]> {
    let response = take::vector(Width::Three, reader, &OCSP_RESPONSE_LENGTH, tree)?;
    if !response.is_empty() {
        x509::ocsp_response(response, tree);
    }
    Some(response.peek())
}
