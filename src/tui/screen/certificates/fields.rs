//! The fields of a certificate that matter most.

use crate::base::{hex_colon, printable, printable_bytes};
use crate::tui::clock;
use crate::tui::settings::Settings;
use crate::tui::text;
use crate::x509::{Certificate, oid_name};

/// Columns of the labels.
pub(super) const LABEL: usize = 19;

/// The fields that matter most, wrapped.
pub(super) fn field_lines(certificate: &Certificate, settings: &Settings, cells: usize) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let room = cells.saturating_sub(LABEL + 1).max(8);
    for (label, value) in fields(certificate, settings) {
        for (row, line) in text::wrap(&value, room).into_iter().enumerate() {
            out.push((if row == 0 { label.to_owned() } else { String::new() }, line));
        }
    }
    out
}

fn fields(certificate: &Certificate, settings: &Settings) -> Vec<(&'static str, String)> {
    let bytes = ("bytes", format!("{} of DER", certificate.der.len()));
    let prints = [("SHA-256", hex_colon(&certificate.sha256)), ("SHA-1", hex_colon(&certificate.sha1))];
    if !certificate.readable {
        let problem = certificate.problem.as_deref().map_or_else(|| "no certificate".to_owned(), printable);
        let start = printable_bytes(certificate.der.get(..64).unwrap_or(&certificate.der));
        return [("problem", problem), ("begins with", start)].into_iter().chain([bytes]).chain(prints).collect();
    }
    let listed = |values: Vec<String>| printable(&values.join(", "));
    let time = |seconds| format!("{} {}", clock::minute(seconds, settings), if settings.utc { "UTC" } else { "local" });
    let mut out = vec![
        ("subject", printable(&certificate.subject.to_string())),
        ("issuer", printable(&certificate.issuer.to_string())),
        ("valid from", time(certificate.not_before)),
        ("valid to", time(certificate.not_after)),
        ("names (SAN)", listed(certificate.subject_alt_names.iter().map(ToString::to_string).collect())),
        ("public key", certificate.key.to_string()),
        ("signed with", certificate.signature_algorithm.clone()),
        (
            "CA",
            match (certificate.is_ca, certificate.path_length) {
                (Some(true), Some(length)) => format!("yes, at most {length} CA certificates below it"),
                (Some(true), None) => "yes".to_owned(),
                (Some(false), _) => "no".to_owned(),
                (None, _) => "no (no basicConstraints)".to_owned(),
            },
        ),
        ("key usage", certificate.key_usage.join(", ")),
        ("extended key usage", listed(certificate.extended_key_usage.clone())),
        ("serial", hex_colon(&certificate.serial)),
        ("version", certificate.version.to_string()),
        ("subject key id", certificate.subject_key_identifier.as_deref().map(hex_colon).unwrap_or_default()),
        ("issuer's key id", certificate.authority_key_identifier.as_deref().map(hex_colon).unwrap_or_default()),
        ("OCSP", listed(certificate.ocsp_urls.clone())),
        ("issuer's address", listed(certificate.ca_issuers_urls.clone())),
        ("CRL", listed(certificate.crl_urls.clone())),
        (
            "log promises (SCT)",
            if certificate.sct_count > 0 { certificate.sct_count.to_string() } else { String::new() },
        ),
        ("must-staple", if certificate.must_staple { "yes".to_owned() } else { String::new() }),
        (
            "extensions",
            listed(
                certificate
                    .extensions
                    .iter()
                    .map(|(oid, critical)| {
                        format!("{}{}", oid_name(oid).unwrap_or(oid), if *critical { " (critical)" } else { "" })
                    })
                    .collect(),
            ),
        ),
    ];
    out.extend([bytes].into_iter().chain(prints));
    out.retain(|(_, value)| !value.is_empty());
    out
}
