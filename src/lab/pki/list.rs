//! Certificate revocation lists (RFC 5280 5).

use super::build::{Fault, Signatory};
use super::params::moment;
use crate::lab::scenario::RevocationListPlan;
use rcgen::{CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber};

/// The names of the reasons (RFC 5280 5.3.1).
const REASONS: &[(&str, RevocationReason)] = &[
    ("unspecified", RevocationReason::Unspecified),
    ("keyCompromise", RevocationReason::KeyCompromise),
    ("cACompromise", RevocationReason::CaCompromise),
    ("affiliationChanged", RevocationReason::AffiliationChanged),
    ("superseded", RevocationReason::Superseded),
    ("cessationOfOperation", RevocationReason::CessationOfOperation),
    ("certificateHold", RevocationReason::CertificateHold),
    ("removeFromCRL", RevocationReason::RemoveFromCrl),
    ("privilegeWithdrawn", RevocationReason::PrivilegeWithdrawn),
    ("aACompromise", RevocationReason::AaCompromise),
];

/// The list in the name of `issuer`, signed with the key of `signer`: an impostor claims the name and has another key.
pub(super) fn list(
    plan: &RevocationListPlan,
    issuer: &Signatory<'_>,
    signer: &Signatory<'_>,
    serial: impl Fn(&str) -> Option<SerialNumber>,
) -> Result<Vec<u8>, Fault> {
    let out_of_years = |key| Fault::at(key, "the date lies outside the years 0 to 9999: move it");
    if plan.next <= plan.updated {
        return Err(Fault::at(
            "next",
            "a list cannot end before it begins: put `next` after `updated`, in the past if need be",
        ));
    }
    let mut revoked_certs = Vec::new();
    for revoked in &plan.revoked {
        revoked_certs.push(RevokedCertParams {
            serial_number: serial(&revoked.certificate)
                .ok_or_else(|| Fault::at("revoked", format!("there is no certificate `{}`", revoked.certificate)))?,
            revocation_time: moment(revoked.at).ok_or_else(|| out_of_years("revoked"))?,
            reason_code: revoked.reason.as_deref().map(reason).transpose()?,
            invalidity_date: None,
        });
    }
    let params = CertificateRevocationListParams {
        this_update: moment(plan.updated).ok_or_else(|| out_of_years("updated"))?,
        next_update: moment(plan.next).ok_or_else(|| out_of_years("next"))?,
        // A list with one entry more is a newer one, and has a higher number.
        crl_number: SerialNumber::from(plan.revoked.len() as u64 + 1),
        issuing_distribution_point: None,
        revoked_certs,
        // The impostor's list points to the key of the real authority, as a forger would have it.
        key_identifier_method: KeyIdMethod::PreSpecified(issuer.params.key_identifier(&issuer.certified)),
    };
    let mut claimed = issuer.params.clone();
    // Whether the authority may sign lists is for those to find out who check it.
    claimed.key_usages.clear();
    let list = params.signed_by(&rcgen::Issuer::from_params(&claimed, &signer.held));
    list.map(|list| list.der().to_vec()).map_err(|error| Fault::whole(error.to_string()))
}

fn reason(name: &str) -> Result<RevocationReason, Fault> {
    let row = REASONS.iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
    row.map(|(_, reason)| *reason).ok_or_else(|| {
        let words: Vec<&str> = REASONS.iter().map(|(word, _)| *word).collect();
        Fault::at("revoked", format!("the reason `{name}` is none of {}", words.join(", ")))
    })
}
