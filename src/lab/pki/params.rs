//! From the words of a scenario to the parameters of a certificate.
//!
//! The library that writes the DER stops the program at some values (text that is not ASCII, OIDs that cannot be), so
//! everything is looked at here first.

use super::build::Fault;
use crate::lab::random::Stream;
use crate::lab::scenario::{AltName, CertificatePlan, ExtraExtension, KeyKind, Usage, is_oid, oid};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyUsagePurpose, NameConstraints, SanType, SerialNumber,
};
use std::net::IpAddr;
use time::OffsetDateTime;

/// The names of keyUsage (RFC 5280 4.2.1.3).
const KEY_USAGES: &[(&str, KeyUsagePurpose)] = &[
    ("digitalSignature", KeyUsagePurpose::DigitalSignature),
    ("nonRepudiation", KeyUsagePurpose::ContentCommitment),
    ("contentCommitment", KeyUsagePurpose::ContentCommitment),
    ("keyEncipherment", KeyUsagePurpose::KeyEncipherment),
    ("dataEncipherment", KeyUsagePurpose::DataEncipherment),
    ("keyAgreement", KeyUsagePurpose::KeyAgreement),
    ("keyCertSign", KeyUsagePurpose::KeyCertSign),
    ("cRLSign", KeyUsagePurpose::CrlSign),
    ("encipherOnly", KeyUsagePurpose::EncipherOnly),
    ("decipherOnly", KeyUsagePurpose::DecipherOnly),
];

/// The names of extendedKeyUsage (RFC 5280 4.2.1.12).
const EXTENDED_KEY_USAGES: &[(&str, ExtendedKeyUsagePurpose)] = &[
    ("anyExtendedKeyUsage", ExtendedKeyUsagePurpose::Any),
    ("serverAuth", ExtendedKeyUsagePurpose::ServerAuth),
    ("clientAuth", ExtendedKeyUsagePurpose::ClientAuth),
    ("codeSigning", ExtendedKeyUsagePurpose::CodeSigning),
    ("emailProtection", ExtendedKeyUsagePurpose::EmailProtection),
    ("timeStamping", ExtendedKeyUsagePurpose::TimeStamping),
    ("OCSPSigning", ExtendedKeyUsagePurpose::OcspSigning),
];

/// The first and the last second of the years that a certificate can name (0 to 9999).
const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

/// The parameters of a certificate; `name` is its entry, `key` the kind of key that it certifies.
pub(super) fn params(plan: &CertificatePlan, name: &str, key: KeyKind, seed: u64) -> Result<CertificateParams, Fault> {
    let mut params = CertificateParams::default();
    let (not_before, not_after) = plan.valid;
    params.not_before = moment(not_before).ok_or_else(|| Fault::at("valid", OUT_OF_YEARS))?;
    params.not_after = moment(not_after).ok_or_else(|| Fault::at("valid", OUT_OF_YEARS))?;
    params.serial_number = Some(serial(plan, name, seed));
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(organization) = &plan.organization {
        params.distinguished_name.push(DnType::OrganizationName, organization.as_str());
    }
    // The common name comes last: damage to the subject counts on it.
    if let Some(cn) = common_name(plan, name) {
        params.distinguished_name.push(DnType::CommonName, cn);
    }
    params.subject_alt_names = alt_names(&plan.san, "san")?;
    params.is_ca = is_ca(plan)?;
    params.key_usages = key_usages(plan, key)?;
    params.extended_key_usages = extended_key_usages(plan)?;
    params.name_constraints = name_constraints(plan)?;
    params.custom_extensions = plan.extensions.iter().map(extension).collect::<Result<_, _>>()?;
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

const OUT_OF_YEARS: &str = "a date lies outside the years 0 to 9999: move it";

/// A moment as a certificate or list can name it.
pub(super) fn moment(seconds: i64) -> Option<OffsetDateTime> {
    YEARS.contains(&seconds).then(|| OffsetDateTime::from_unix_timestamp(seconds).ok()).flatten()
}

/// The serial number, which revocation lists name as well.
pub(super) fn serial(plan: &CertificatePlan, name: &str, seed: u64) -> SerialNumber {
    if let Some(serial) = plan.serial {
        return SerialNumber::from(serial);
    }
    let mut bytes = Stream::new(&seed.to_be_bytes(), &[b"serial", name.as_bytes()]).array::<16>();
    // Positive and of one length, as serial numbers of authorities are.
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    SerialNumber::from_slice(&bytes)
}

/// An authority without a name of its own bears that of its entry: an empty issuer is not allowed.
fn common_name<'a>(plan: &'a CertificatePlan, name: &'a str) -> Option<&'a str> {
    let fallback = (plan.is_authority && plan.organization.is_none()).then_some(name);
    plan.cn.as_deref().or(fallback)
}

fn is_ca(plan: &CertificatePlan) -> Result<IsCa, Fault> {
    match (plan.ca.unwrap_or(plan.is_authority), plan.path_length) {
        (true, Some(length)) => Ok(IsCa::Ca(BasicConstraints::Constrained(length))),
        (true, None) => Ok(IsCa::Ca(BasicConstraints::Unconstrained)),
        (false, None) => Ok(IsCa::ExplicitNoCa),
        (false, Some(_)) => {
            Err(Fault::at("pathlen", "a path length stands only beside the CA flag: take it out, or say `ca = true`"))
        }
    }
}

fn key_usages(plan: &CertificatePlan, key: KeyKind) -> Result<Vec<KeyUsagePurpose>, Fault> {
    let Some(names) = &plan.key_usage else {
        let rsa = matches!(key, KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096);
        return Ok(match (plan.is_authority, rsa) {
            (true, _) => vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
            (false, true) => vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
            (false, false) => vec![KeyUsagePurpose::DigitalSignature],
        });
    };
    let find = |name: &String| {
        let row = KEY_USAGES.iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
        row.map(|(_, usage)| *usage).ok_or_else(|| unknown("ku", name, KEY_USAGES.iter().map(|(word, _)| *word), ""))
    };
    names.iter().map(find).collect()
}

fn extended_key_usages(plan: &CertificatePlan) -> Result<Vec<ExtendedKeyUsagePurpose>, Fault> {
    let Some(names) = &plan.extended_key_usage else {
        return Ok(match plan.usage {
            _ if plan.is_authority => vec![],
            Usage::Server => vec![ExtendedKeyUsagePurpose::ServerAuth],
            Usage::Client => vec![ExtendedKeyUsagePurpose::ClientAuth],
            Usage::Both => vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth],
            Usage::None => vec![],
        });
    };
    let find = |name: &String| {
        let row = EXTENDED_KEY_USAGES.iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
        let other = || oid(name).map(ExtendedKeyUsagePurpose::Other);
        let words = EXTENDED_KEY_USAGES.iter().map(|(word, _)| *word);
        row.map(|(_, usage)| usage.clone())
            .or_else(other)
            .ok_or_else(|| unknown("eku", name, words, ", or a dotted OID"))
    };
    names.iter().map(find).collect()
}

fn unknown<'a>(key: &'static str, name: &str, words: impl Iterator<Item = &'a str>, more: &str) -> Fault {
    let words: Vec<&str> = words.collect();
    Fault::at(key, format!("`{name}` is none of {}{more}", words.join(", ")))
}

fn extension(extension: &ExtraExtension) -> Result<CustomExtension, Fault> {
    if !is_oid(&extension.oid) {
        return Err(Fault::at("ext", "`oid` is not one: it has two numbers or more, as 1.3.6.1.5.5.7.1.24 has"));
    }
    let mut custom = CustomExtension::from_oid_content(&extension.oid, extension.der.clone());
    custom.set_criticality(extension.critical);
    Ok(custom)
}

/// The names of subjectAltName; `key` is where they stand in the file.
pub(super) fn alt_names(names: &[AltName], key: &'static str) -> Result<Vec<SanType>, Fault> {
    names.iter().map(|name| alt_name(name, key)).collect()
}

fn alt_name(name: &AltName, key: &'static str) -> Result<SanType, Fault> {
    let ascii = |text: &str| {
        let what = format!("`{text}` is not ASCII: write an international name in its xn-- form");
        text.try_into().map_err(|_| Fault::at(key, what))
    };
    Ok(match name {
        AltName::Dns(text) => SanType::DnsName(ascii(text)?),
        AltName::Email(text) => SanType::Rfc822Name(ascii(text)?),
        AltName::Uri(text) => SanType::URI(ascii(text)?),
        AltName::Ip(text) => SanType::IpAddress(
            text.parse()
                .map_err(|_| Fault::at(key, format!("`ip:{text}` is not one address: write it as 127.0.0.1 or ::1")))?,
        ),
    })
}

fn name_constraints(plan: &CertificatePlan) -> Result<Option<NameConstraints>, Fault> {
    let trees = |key: &'static str, names: &[AltName]| -> Result<Vec<GeneralSubtree>, Fault> {
        names.iter().map(|name| subtree(key, name)).collect()
    };
    let constraints = NameConstraints {
        permitted_subtrees: trees("permit", &plan.permit)?,
        excluded_subtrees: trees("exclude", &plan.exclude)?,
    };
    let empty = plan.permit.is_empty() && plan.exclude.is_empty();
    Ok((!empty).then_some(constraints))
}

fn subtree(key: &'static str, name: &AltName) -> Result<GeneralSubtree, Fault> {
    let ascii = |text: &String| {
        let what = format!("`{text}` is not ASCII: write an international name in its xn-- form");
        if text.is_ascii() { Ok(text.clone()) } else { Err(Fault::at(key, what)) }
    };
    match name {
        AltName::Dns(text) => Ok(GeneralSubtree::DnsName(ascii(text)?)),
        AltName::Email(text) => Ok(GeneralSubtree::Rfc822Name(ascii(text)?)),
        AltName::Ip(text) => network(text)
            .map(GeneralSubtree::IpAddress)
            .ok_or_else(|| Fault::at(key, format!("`ip:{text}` is no network: write it as 10.0.0.0/8 or fd00::/8"))),
        AltName::Uri(_) => {
            Err(Fault::at(key, "constraints on URIs cannot be made: use a host name, `ip:` or `email:`"))
        }
    }
}

fn network(text: &str) -> Option<CidrSubnet> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(bits), |prefix| prefix.parse::<u8>().ok().filter(|prefix| *prefix <= bits))?;
    Some(CidrSubnet::from_addr_prefix(address, prefix))
}
