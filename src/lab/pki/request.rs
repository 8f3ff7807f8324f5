//! Certificate signing requests (RFC 2986): how an owner asks an authority for a certificate, and proves that the key
//! is in hand.

use super::build::{Fault, PkiError, Signatory, signatory};
use super::der::{body, element};
use super::params;
use crate::lab::scenario::{AltName, Scenario};
use rcgen::{CertificateParams, CertificateSigningRequestParams, DnType, DnValue, IsCa, SanType};
use std::fmt;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The common name that it asks for.
    pub cn: Option<String>,
    /// The names of subjectAltName that it asks for.
    pub san: Vec<AltName>,
    /// Whether it asks to be an authority.
    pub ca: bool,
}

/// Why a request is not to be granted, before anybody looks at the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestProblem {
    /// It cannot be read.
    Unreadable(String),
    /// Its signature is not by the key that it names: who asks may not have that key.
    NoPossession,
}

impl fmt::Display for RequestProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "the request cannot be read: {why}"),
            Self::NoPossession => f.write_str("the request is not signed by the key that it names"),
        }
    }
}

impl std::error::Error for RequestProblem {}

/// The request with which the owner of that entry asks for its certificate, as DER. An owner whose key is damaged signs
/// with the key in hand, which does not fit.
///
/// # Errors
/// When there is no such entry, or it cannot be made.
pub fn make_request(scenario: &Scenario, name: &str) -> Result<Vec<u8>, PkiError> {
    let owner = signatory(scenario, name)?;
    make(&owner, owner.params.clone()).map_err(|fault| fault.of(name))
}

/// The request with which an owner asks for these names, as DER. The authority has looked at it: who cannot prove
/// possession of the key gets no certificate.
pub(super) fn asked(owner: &Signatory<'_>, names: &[AltName]) -> Result<Vec<u8>, Fault> {
    let mut params = owner.params.clone();
    params.subject_alt_names = params::alt_names(names, "request")?;
    let request = make(owner, params)?;
    read_request(&request).map_err(|problem| Fault::at("request", problem.to_string()))?;
    Ok(request)
}

fn make(owner: &Signatory<'_>, mut params: CertificateParams) -> Result<Vec<u8>, Fault> {
    params.serial_number = None;
    params.name_constraints = None;
    params.use_authority_key_identifier_extension = false;
    let failed = |error: rcgen::Error| Fault::whole(error.to_string());
    let request = params.serialize_request(&owner.certified).map_err(failed)?.der().to_vec();
    if owner.certified.private == owner.held.private {
        return Ok(request);
    }
    // The right words under the signature of another key: what somebody sends who has only seen the certificate.
    let other = params.serialize_request(&owner.held).map_err(failed)?.der().to_vec();
    Ok(with_signature_of(&request, &other).unwrap_or(other))
}

/// Reads a request and checks the proof of possession.
///
/// # Errors
/// When it cannot be read, or its signature does not fit.
pub fn read_request(der: &[u8]) -> Result<Request, RequestProblem> {
    let request = CertificateSigningRequestParams::from_der(&der.into()).map_err(|error| match error {
        rcgen::Error::InvalidCertificationRequestSignature => RequestProblem::NoPossession,
        other => RequestProblem::Unreadable(other.to_string()),
    })?;
    let params = request.params;
    let cn = params.distinguished_name.get(&DnType::CommonName).and_then(|value| match value {
        DnValue::Utf8String(text) => Some(text.clone()),
        DnValue::PrintableString(text) => Some(text.as_str().to_owned()),
        DnValue::Ia5String(text) => Some(text.as_str().to_owned()),
        _ => None,
    });
    let san = params.subject_alt_names.iter().filter_map(|name| match name {
        SanType::DnsName(text) => Some(AltName::Dns(text.as_str().to_owned())),
        SanType::Rfc822Name(text) => Some(AltName::Email(text.as_str().to_owned())),
        SanType::URI(text) => Some(AltName::Uri(text.as_str().to_owned())),
        SanType::IpAddress(address) => Some(AltName::Ip(address.to_string())),
        _ => None,
    });
    Ok(Request { cn, san: san.collect(), ca: matches!(params.is_ca, IsCa::Ca(_)) })
}

/// `request` with the signature of `other`: both are a SEQUENCE of what is signed, the algorithm, and the signature.
fn with_signature_of(request: &[u8], other: &[u8]) -> Option<Vec<u8>> {
    let signed = element(body(request)?)?.0;
    let rest = element(body(other)?)?.1;
    let length = u16::try_from(signed.len() + rest.len()).ok()?.to_be_bytes();
    Some([&[0x30, 0x82], &length[..], signed, rest].concat())
}
