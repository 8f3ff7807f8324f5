//! CertificateRequest: how a server asks for the client's certificate, in the four forms that this had.

use super::facts::{CertificateRequest, Context};
use super::fields::{
    AUTHORITIES, AUTHORITIES_LENGTH, AUTHORITY, AUTHORITY_LENGTH, CERTIFICATE_TYPE, CERTIFICATE_TYPES,
    CERTIFICATE_TYPES_LENGTH, REQUEST_CONTEXT, REQUEST_CONTEXT_LENGTH, REQUEST_EXTENSIONS, REQUEST_EXTENSIONS_LENGTH,
    REQUEST_SCHEME, REQUEST_SCHEMES, REQUEST_SCHEMES_LENGTH,
};
use super::suite;
use super::take::{self, Width};
use crate::base::{Reader, Tree, Value};
use crate::tls::code::SignatureScheme;
use crate::tls::extension::Place;
use crate::x509;

pub(super) fn certificate_request(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> CertificateRequest {
    let mut facts = CertificateRequest::default();
    let form = RequestForm::of(*reader, context);
    if fill_request(&mut facts, form, reader, tree).is_some() {
        take::end(reader, tree);
    }
    facts
}

/// RFC 9261 4: the form of a TLS 1.3 CertificateRequest, sent by a client.
pub(super) fn client_certificate_request(reader: &mut Reader<'_>, tree: &mut Tree) -> CertificateRequest {
    let mut facts = CertificateRequest::default();
    if fill_request(&mut facts, RequestForm::Tls13, reader, tree).is_some() {
        take::end(reader, tree);
    }
    facts
}

/// The forms that a CertificateRequest had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestForm {
    /// Types and authorities (RFC 2246 7.4.4).
    Tls11,
    /// Types, signature schemes and authorities (RFC 5246 7.4.4).
    Tls12,
    /// A context, signature schemes, authorities and extensions: drafts of TLS 1.3 up to 18.
    Draft18,
    /// A context and extensions (RFC 8446 4.3.2).
    Tls13,
}

impl RequestForm {
    fn of(reader: Reader<'_>, context: &Context) -> Self {
        let Some(version) = context.version else {
            let as_tls11 = |reader: &mut Reader<'_>, tree: &mut Tree| {
                fill_request(&mut CertificateRequest::default(), Self::Tls11, reader, tree)
            };
            return if take::fits(reader, as_tls11) { Self::Tls11 } else { Self::Tls12 };
        };
        match version.draft() {
            Some(0..=18) => Self::Draft18,
            Some(_) => Self::Tls13,
            None if version.is_tls13() => Self::Tls13,
            None if suite::has_signature_schemes(version) => Self::Tls12,
            None => Self::Tls11,
        }
    }
}

fn fill_request(
    facts: &mut CertificateRequest,
    form: RequestForm,
    reader: &mut Reader<'_>,
    tree: &mut Tree,
) -> Option<()> {
    match form {
        RequestForm::Tls11 => {
            certificate_types(facts, reader, tree)?;
            authorities(facts, reader, tree)?;
        }
        RequestForm::Tls12 => {
            certificate_types(facts, reader, tree)?;
            signature_schemes(facts, reader, tree)?;
            authorities(facts, reader, tree)?;
        }
        RequestForm::Draft18 => {
            take::opaque(Width::One, reader, &REQUEST_CONTEXT_LENGTH, &REQUEST_CONTEXT, tree)?;
            signature_schemes(facts, reader, tree)?;
            authorities(facts, reader, tree)?;
            take::opaque(Width::Two, reader, &REQUEST_EXTENSIONS_LENGTH, &REQUEST_EXTENSIONS, tree)?;
        }
        RequestForm::Tls13 => {
            let request = take::opaque(Width::One, reader, &REQUEST_CONTEXT_LENGTH, &REQUEST_CONTEXT, tree)?;
            facts.request_context = request.to_vec();
            let extensions = super::required_extensions(reader, Place::CertificateRequest, tree);
            facts.signature_algorithms = extensions.signature_algorithms;
            facts.authorities = extensions.authorities;
        }
    }
    Some(())
}

fn certificate_types(facts: &mut CertificateRequest, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut list = take::vector(Width::One, reader, &CERTIFICATE_TYPES_LENGTH, tree)?;
    let span = list.span();
    tree.branch(
        &CERTIFICATE_TYPES,
        span,
        || take::number(span.len()),
        |tree| {
            while !list.is_empty() {
                let kind =
                    take::u8(&mut list, &CERTIFICATE_TYPE, tree, |kind| take::named(kind, certificate_type(kind)))?;
                facts.certificate_types.push(kind);
            }
            Some(())
        },
    )
}

/// IANA "TLS ClientCertificateType Identifiers".
fn certificate_type(kind: u8) -> &'static str {
    match kind {
        1 => "rsa_sign",
        2 => "dss_sign",
        3 => "rsa_fixed_dh",
        4 => "dss_fixed_dh",
        5 => "rsa_ephemeral_dh",
        6 => "dss_ephemeral_dh",
        20 => "fortezza_dms",
        64 => "ecdsa_sign",
        65 => "rsa_fixed_ecdh",
        66 => "ecdsa_fixed_ecdh",
        67 => "gost_sign256",
        68 => "gost_sign512",
        _ => "unknown",
    }
}

fn signature_schemes(facts: &mut CertificateRequest, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut list = take::vector(Width::Two, reader, &REQUEST_SCHEMES_LENGTH, tree)?;
    let span = list.span();
    facts.signature_algorithms.reserve(list.remaining() / 2);
    tree.branch(
        &REQUEST_SCHEMES,
        span,
        || take::number(span.len() / 2),
        |tree| {
            while !list.is_empty() {
                let scheme = take::u16(&mut list, &REQUEST_SCHEME, tree, |scheme| SignatureScheme(scheme).value())
                    .map(SignatureScheme)?;
                facts.signature_algorithms.push(scheme);
            }
            Some(())
        },
    )
}

fn authorities(facts: &mut CertificateRequest, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut list = take::vector(Width::Two, reader, &AUTHORITIES_LENGTH, tree)?;
    let span = list.span();
    tree.branch(
        &AUTHORITIES,
        span,
        || Value::None,
        |tree| {
            while !list.is_empty() {
                let name = take::vector(Width::Two, &mut list, &AUTHORITY_LENGTH, tree)?;
                let text = x509::name_text(name.peek());
                tree.leaf(&AUTHORITY, name.span(), || Value::Text(text.clone()));
                facts.authorities.push(text);
            }
            Some(())
        },
    )
}
