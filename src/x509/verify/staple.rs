//! The OCSP response that a server stapled: is it about this certificate, who signed it, and was it fresh (RFC 6960)?

use super::facts::Outcome;
use super::refusal::Refusal;
use super::signature;
use super::strict::{Read, Signed, Strict, Unknown, View};
use crate::base::{BufferId, Field, Reader, Tree};
use crate::x509::certificate as fields;
use crate::x509::der::{ENUMERATED, OCTET_STRING, OID, SEQUENCE, context_constructed, encoded};
use crate::x509::ocsp::{self, OcspAnswer, RevocationStatus, ocsp_response};
use crate::x509::time::text as moment;
use aws_lc_rs::digest;

/// id-kp-OCSPSigning, 1.3.6.1.5.5.7.3.9.
const OCSP_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 9];
/// How many certificates of a response are tried; a responder sends one or two.
const MOST_RESPONDERS: usize = 4;

/// What came of looking at it.
pub(super) struct Look {
    pub(super) outcome: Outcome,
    pub(super) evidence: String,
    pub(super) field: &'static Field,
}

/// The certificate that a response is to be about.
pub(super) struct About<'v, 'a> {
    pub(super) view: &'v View<'a>,
    /// The content of the issuer's subjectPublicKeyInfo, where the issuer is at hand.
    pub(super) issuer_spki: Option<&'a [u8]>,
    pub(super) time: i64,
}

/// Checks a signature.
type Verify<'f, 'a> = dyn FnMut(&Signed<'a>, &'a [u8]) -> Read<()> + 'f;

/// Looks at a response in DER.
pub(super) fn look<'a>(der: &'a [u8], about: &About<'_, 'a>, verify: &mut Verify<'_, 'a>) -> Look {
    let response = ocsp_response(Reader::new(der, BufferId(0)), &mut Tree::off());
    let not_checked =
        |why, evidence: String| Look { outcome: Outcome::NotChecked { why }, evidence, field: &fields::SERIAL_NUMBER };
    let serial = |answer: &&OcspAnswer| answer.serial == about.view.serial;
    let Some(answer) = response.answers.iter().find(serial) else {
        let evidence = if response.readable { "is about another certificate" } else { "has no answer" };
        return not_checked("it does not speak of this certificate", format!("the stapled OCSP response {evidence}"));
    };
    let said = said(answer);
    let Some(spki) = about.issuer_spki else {
        return not_checked("the key of the issuer is not at hand, so its signature could not be checked", said);
    };
    if !names_issuer(answer, about.view, spki) {
        return failed(format!("{said}, of a certificate of another issuer"), &ocsp::CERT_ID);
    }
    match signer(der, about, spki, verify) {
        Err(problem) => failed(format!("{said}; {problem}"), &ocsp::SIGNATURE_ALGORITHM),
        Ok(signer) => weigh(answer, format!("{said}, signed by {signer}"), about.time),
    }
}

/// What an answer that is genuine means at the moment.
fn weigh(answer: &OcspAnswer, said: String, time: i64) -> Look {
    if let Some(until) = answer.next_update.filter(|until| *until <= time) {
        return failed(format!("{said}; stale since {}", moment(until)), &ocsp::NEXT_UPDATE);
    }
    if let Some(from) = answer.this_update.filter(|from| *from > time) {
        return failed(format!("{said}; made after this, at {}", moment(from)), &ocsp::THIS_UPDATE);
    }
    match answer.status {
        RevocationStatus::Good => Look { outcome: Outcome::Passed, evidence: said, field: &ocsp::CERT_STATUS },
        _ => failed(said, &ocsp::CERT_STATUS),
    }
}

fn failed(evidence: String, field: &'static Field) -> Look {
    Look { outcome: Outcome::Failed, evidence, field }
}

fn said(answer: &OcspAnswer) -> String {
    let since = match answer.status {
        RevocationStatus::Revoked(Some(since), _) => format!(" since {}", moment(since)),
        _ => String::new(),
    };
    let from = answer.this_update.map_or_else(String::new, |at| format!(" on {}", moment(at)));
    format!("the stapled OCSP response says {}{since}{from}", answer.status.word())
}

/// Whether the two hashes of the answer are those of the issuer (RFC 6960 4.1.1).
fn names_issuer(answer: &OcspAnswer, view: &View<'_>, spki: &[u8]) -> bool {
    let algorithm = match answer.issuer_key_hash.len() {
        20 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        32 => &digest::SHA256,
        48 => &digest::SHA384,
        64 => &digest::SHA512,
        _ => return false,
    };
    let Ok((_, key)) = signature::key(spki) else { return false };
    digest::digest(algorithm, &encoded(SEQUENCE, view.issuer)).as_ref() == answer.issuer_name_hash
        && digest::digest(algorithm, key).as_ref() == answer.issuer_key_hash
}

/// Who signed: the issuer, or a responder whom the issuer made one (RFC 6960 4.2.2.2).
fn signer<'a>(
    der: &'a [u8],
    about: &About<'_, 'a>,
    spki: &'a [u8],
    verify: &mut Verify<'_, 'a>,
) -> Result<&'static str, &'static str> {
    let (signed, responders) = parts(der).map_err(|_| "its signed part cannot be read")?;
    let mut problem = match verify(&signed, spki) {
        Ok(()) => return Ok("the issuer"),
        Err(Refusal::UnsupportedSignatureAlgorithm) => "its signature algorithm is unknown or too weak to count",
        Err(_) => "the issuer's key did not sign it",
    };
    for responder in responders {
        let Ok(view) = View::read(responder, Unknown::PassOver) else { continue };
        if verify(&signed, view.spki).is_err() {
            continue;
        }
        problem = if view.issuer != about.view.issuer || verify(&view.signed, spki).is_err() {
            "the issuer did not make the certificate of who signed it"
        } else if !may_respond(&view) {
            "the certificate of who signed it is without OCSPSigning"
        } else if !view.holds_at(about.time) {
            "the certificate of who signed it was not valid"
        } else {
            return Ok("a responder of the issuer");
        };
    }
    Err(problem)
}

/// What is signed, and the certificates that came along.
fn parts(der: &[u8]) -> Read<(Signed<'_>, Vec<&[u8]>)> {
    let mut response = Strict::new(Strict::new(der).expect(SEQUENCE)?);
    response.expect(ENUMERATED)?;
    let mut bytes = Strict::new(Strict::new(response.expect(context_constructed(0))?).expect(SEQUENCE)?);
    bytes.expect(OID)?;
    let mut basic = Strict::new(Strict::new(bytes.expect(OCTET_STRING)?).expect(SEQUENCE)?);
    let (_, signed) = Signed::read(&mut basic)?;
    let mut responders = Vec::new();
    if basic.next_is(context_constructed(0)) {
        let mut list = Strict::new(Strict::new(basic.expect(context_constructed(0))?).expect(SEQUENCE)?);
        while !list.is_empty() && responders.len() < MOST_RESPONDERS {
            responders.push(list.whole_element(SEQUENCE)?);
        }
    }
    Ok((signed, responders))
}

fn may_respond(view: &View<'_>) -> bool {
    let mut purposes = Strict::new(view.extended_key_usage.unwrap_or_default());
    std::iter::from_fn(|| purposes.expect(OID).ok()).any(|purpose| purpose == OCSP_SIGNING)
}

#[cfg(test)]
mod tests;
