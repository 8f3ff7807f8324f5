//! Certificate revocation lists (RFC 5280 5): which certificates an authority has taken back before their time.
//!
//! The signature is not checked here; the verifier does that.

use super::certificate::signature;
use super::der::{
    self, BIT_STRING, Der, ENUMERATED, Element, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME, bytes_leaf, malformed,
    number_leaf,
};
use super::extension::{extension, identity, location, unread};
use super::facts::{Certificate, GeneralName, Name};
use super::key::algorithm_branch;
use super::name::{general_names, name_branch, relative_branch};
use super::outline::{outline, outline_element};
use super::time::time_leaf;
use crate::base::{Field, Reader, Severity, Tree, Value, fields, hex};

/// The facts of a certificate revocation list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationList {
    /// Whether it could be read up to its dates.
    pub readable: bool,
    /// Why it could not be read whole.
    pub problem: Option<String>,
    /// 1 or 2.
    pub version: u8,
    /// Who signed it, and whose certificates it speaks of.
    pub issuer: Name,
    /// The signature algorithm by name.
    pub signature_algorithm: String,
    /// Seconds since 1970 at which it was made.
    pub this_update: Option<i64>,
    /// Seconds since 1970 by which the next one will be there.
    pub next_update: Option<i64>,
    /// What it takes back.
    pub revoked: Vec<RevokedCertificate>,
    /// cRLNumber: the content bytes of a number that grows with each list.
    pub number: Option<Vec<u8>>,
    /// baseCRLNumber of deltaCRLIndicator: the list only adds to that one.
    pub base_number: Option<Vec<u8>>,
    /// keyIdentifier of authorityKeyIdentifier.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// What it speaks of, where that is not all that the issuer has signed.
    pub scope: Option<CrlScope>,
    /// The OIDs of its extensions in order, each with its critical flag.
    pub extensions: Vec<(String, bool)>,
}

/// One certificate that was taken back (RFC 5280 5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// The serial number's content bytes as sent.
    pub serial: Vec<u8>,
    /// Seconds since 1970 from which on it counts as taken back.
    pub revoked_at: Option<i64>,
    /// The code of the reason (RFC 5280 5.3.1).
    pub reason: Option<u8>,
    /// Seconds since 1970 from which on the key may have been in wrong hands.
    pub invalid_since: Option<i64>,
}

impl RevokedCertificate {
    /// The name of the reason: `keyCompromise`.
    #[must_use]
    pub fn reason_name(&self) -> Option<&'static str> {
        self.reason.map(|reason| reason_name(reason.into()))
    }
}

/// What a list speaks of (RFC 5280 5.2.5, issuingDistributionPoint).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrlScope {
    /// Where the list is to be had.
    pub urls: Vec<String>,
    /// Only certificates that are no authorities.
    pub only_users: bool,
    /// Only certificates of authorities.
    pub only_authorities: bool,
    /// Only certain reasons.
    pub only_some_reasons: bool,
    /// Also certificates of other issuers.
    pub indirect: bool,
    /// Only attribute certificates.
    pub only_attributes: bool,
}

/// Reads a certificate revocation list: its facts, its fields and notes on what is odd in its bytes.
pub fn revocation_list(der: Reader<'_>, tree: &mut Tree) -> RevocationList {
    let mut facts = RevocationList { version: 1, ..RevocationList::default() };
    let first_note = tree.notes().len();
    tree.branch(&LIST, der.span(), || Value::None, |tree| outer(der, &mut facts, tree));
    let notes = tree.notes().iter().skip(first_note);
    facts.problem = notes.filter(|note| note.severity == Severity::Error).map(|note| note.text.to_string()).next();
    if !facts.readable && facts.problem.is_none() {
        facts.problem = Some("not a revocation list in DER".to_owned());
    }
    facts
}

fn outer(der: Reader<'_>, facts: &mut RevocationList, tree: &mut Tree) {
    let mut run = Der::new(der);
    let Some(whole) = run.expect(SEQUENCE, "CertificateList (SEQUENCE)", tree) else {
        tree.leaf(&UNREAD, run.span(), || Value::Bytes);
        return;
    };
    let mut parts = whole.inner();
    let Some(signed) = parts.expect(SEQUENCE, "tbsCertList (SEQUENCE)", tree) else {
        outline(parts, tree);
        return;
    };
    tree.branch(&TBS_LIST, signed.span, || Value::None, |tree| to_be_signed(signed.inner(), facts, tree));
    if let Some(element) = parts.expect(SEQUENCE, "signatureAlgorithm (SEQUENCE)", tree) {
        facts.signature_algorithm = algorithm_branch(&SIGNATURE_ALGORITHM, &element, tree);
    }
    if let Some(element) = parts.expect(BIT_STRING, "signatureValue (BIT STRING)", tree) {
        signature(&element, &facts.signature_algorithm, tree);
    }
    parts.end("the signature", tree);
    run.end("the list", tree);
}

fn to_be_signed(mut parts: Der<'_>, facts: &mut RevocationList, tree: &mut Tree) {
    if let Some(version) = parts.optional(INTEGER, tree) {
        let number = version.number().unwrap_or(u64::MAX);
        facts.version = u8::try_from(number).unwrap_or(u8::MAX).saturating_add(1);
        tree.leaf(&VERSION, version.leaf_span(), || Value::Named(number, 0, format!("v{}", facts.version).into()));
    }
    if let Some(algorithm) = parts.expect(SEQUENCE, "signature (SEQUENCE)", tree) {
        facts.signature_algorithm = algorithm_branch(&SIGNATURE, &algorithm, tree);
    }
    let Some(issuer) = parts.expect(SEQUENCE, "issuer (SEQUENCE)", tree) else { return outline(parts, tree) };
    facts.issuer = name_branch(&ISSUER, &issuer, tree);
    let Some(time) = parts.next(tree) else { return };
    facts.this_update = time_leaf(&THIS_UPDATE, &time, tree);
    facts.readable = facts.this_update.is_some();
    if let Some(tag @ (UTC_TIME | GENERALIZED_TIME)) = parts.peek()
        && let Some(time) = parts.optional(tag, tree)
    {
        facts.next_update = time_leaf(&NEXT_UPDATE, &time, tree);
    }
    if let Some(list) = parts.optional(SEQUENCE, tree) {
        let shown = || Value::None;
        tree.branch(&REVOKED_CERTIFICATES, list.span, shown, |tree| entries(list.inner(), facts, tree));
    }
    if let Some(explicit) = parts.optional(der::context_constructed(0), tree) {
        let list = explicit.inner().expect(SEQUENCE, "Extensions (SEQUENCE)", tree);
        if let Some(list) = list {
            tree.branch(&EXTENSIONS, explicit.span, || Value::None, |tree| extensions(list.inner(), facts, tree));
        }
    }
    parts.end("the signed part", tree);
}

fn entries(mut list: Der<'_>, facts: &mut RevocationList, tree: &mut Tree) {
    while !list.is_empty() {
        let Some(element) = list.expect(SEQUENCE, "revoked certificate (SEQUENCE)", tree) else { break };
        facts.revoked.push(entry(&element, tree));
    }
}

fn entry(element: &Element<'_>, tree: &mut Tree) -> RevokedCertificate {
    let mut facts = RevokedCertificate::default();
    let shown = || {
        let serial = element.inner().optional(INTEGER, &mut Tree::off());
        Value::Text(serial.map_or_else(String::new, |serial| hex(serial.bytes())))
    };
    tree.branch(&REVOKED_CERTIFICATE, element.span, shown, |tree| {
        let mut parts = element.inner();
        if let Some(serial) = parts.expect(INTEGER, "userCertificate (INTEGER)", tree) {
            facts.serial = serial.bytes().to_vec();
            bytes_leaf(&USER_CERTIFICATE, &serial, tree);
        }
        if let Some(time) = parts.next(tree) {
            facts.revoked_at = time_leaf(&REVOCATION_DATE, &time, tree);
        }
        if let Some(list) = parts.optional(SEQUENCE, tree) {
            entry_extensions(list.inner(), &mut facts, tree);
        }
        parts.end("the entry", tree);
    });
    facts
}

fn entry_extensions(mut list: Der<'_>, facts: &mut RevokedCertificate, tree: &mut Tree) {
    while !list.is_empty() {
        let Some(element) = list.expect(SEQUENCE, "Extension (SEQUENCE)", tree) else { break };
        extension(&element, tree, entry_table, |_, _, kind, mut value, tree| match kind {
            EntryExtension::Reason => {
                let Some(reason) = value.expect(ENUMERATED, "CRLReason (ENUMERATED)", tree) else { return };
                let number = reason.number();
                facts.reason = number.and_then(|number| u8::try_from(number).ok());
                tree.leaf(&REASON_CODE, reason.leaf_span(), || {
                    number.map_or(Value::Bytes, |number| Value::Named(number, 0, reason_name(number).into()))
                });
            }
            EntryExtension::InvalidityDate => {
                if let Some(time) = value.next(tree) {
                    facts.invalid_since = time_leaf(&INVALID_SINCE, &time, tree);
                }
            }
            EntryExtension::Issuer => match value.expect(SEQUENCE, "GeneralNames (SEQUENCE)", tree) {
                Some(names) => {
                    general_names(names.inner(), tree);
                }
                None => unread(value, tree),
            },
            EntryExtension::Other => unread(value, tree),
        });
    }
}

#[derive(Clone, Copy)]
enum EntryExtension {
    Reason,
    InvalidityDate,
    Issuer,
    Other,
}

fn entry_table(dotted: &str) -> (&'static Field, EntryExtension) {
    match dotted {
        "2.5.29.21" => (&REASON, EntryExtension::Reason),
        "2.5.29.24" => (&INVALIDITY_DATE, EntryExtension::InvalidityDate),
        "2.5.29.29" => (&CERTIFICATE_ISSUER, EntryExtension::Issuer),
        _ => (&OTHER_EXTENSION, EntryExtension::Other),
    }
}

fn extensions(mut list: Der<'_>, facts: &mut RevocationList, tree: &mut Tree) {
    while !list.is_empty() {
        let Some(element) = list.expect(SEQUENCE, "Extension (SEQUENCE)", tree) else { break };
        extension(
            &element,
            tree,
            |dotted| (list_field(dotted), ()),
            |dotted, critical, (), value, tree| {
                facts.extensions.push((dotted.to_owned(), critical));
                list_extension(dotted, value, facts, tree);
            },
        );
    }
}

fn list_field(dotted: &str) -> &'static Field {
    match dotted {
        "2.5.29.20" => &NUMBER,
        "2.5.29.27" => &DELTA_INDICATOR,
        "2.5.29.28" => &ISSUING_POINT,
        "2.5.29.35" => &identity::AUTHORITY_KEY_IDENTIFIER,
        "2.5.29.46" => &location::FRESHEST_CRL,
        _ => &OTHER_EXTENSION,
    }
}

fn list_extension(dotted: &str, mut value: Der<'_>, facts: &mut RevocationList, tree: &mut Tree) {
    match dotted {
        "2.5.29.20" | "2.5.29.27" => {
            let Some(number) = value.expect(INTEGER, "CRLNumber (INTEGER)", tree) else { return };
            number_leaf(&NUMBER_VALUE, &number, tree);
            let place = if dotted == "2.5.29.20" { &mut facts.number } else { &mut facts.base_number };
            *place = Some(number.bytes().to_vec());
        }
        "2.5.29.28" => match value.expect(SEQUENCE, "IssuingDistributionPoint (SEQUENCE)", tree) {
            Some(point) => facts.scope = Some(scope(point.inner(), tree)),
            None => unread(value, tree),
        },
        "2.5.29.35" => {
            // The same structure as in a certificate, hence the same reader.
            let mut certificate = empty_certificate();
            identity::authority_key_identifier(value, &mut certificate, tree);
            facts.authority_key_identifier = certificate.authority_key_identifier;
        }
        _ => unread(value, tree),
    }
}

fn empty_certificate() -> Certificate {
    super::certificate(Reader::new(&[], crate::base::BufferId(0)), &mut Tree::off())
}

fn scope(mut parts: Der<'_>, tree: &mut Tree) -> CrlScope {
    let mut scope = CrlScope::default();
    while let Some(part) = parts.next(tree) {
        let field = match part.tag {
            0xa0 => {
                tree.branch(&POINT_NAME, part.span, || Value::None, |tree| scope.urls = point_name(&part, tree));
                continue;
            }
            0x83 => {
                scope.only_some_reasons = true;
                tree.leaf(&ONLY_SOME_REASONS, part.leaf_span(), || Value::Bytes);
                continue;
            }
            0x81 => (&ONLY_USERS, &mut scope.only_users),
            0x82 => (&ONLY_AUTHORITIES, &mut scope.only_authorities),
            0x84 => (&INDIRECT, &mut scope.indirect),
            0x85 => (&ONLY_ATTRIBUTES, &mut scope.only_attributes),
            _ => {
                malformed(tree, part.span, || "unknown part of IssuingDistributionPoint".to_owned());
                outline_element(&part, tree);
                continue;
            }
        };
        let value = part.flag(tree);
        *field.1 = value;
        tree.leaf(field.0, part.leaf_span(), || Value::Flag(value));
    }
    scope
}

fn point_name(part: &Element<'_>, tree: &mut Tree) -> Vec<String> {
    let Some(name) = part.inner().next(tree) else { return Vec::new() };
    if name.tag == 0xa1 {
        relative_branch(&location::RELATIVE_NAME, name, tree);
        return Vec::new();
    }
    let names = general_names(name.inner(), tree).into_iter();
    names.filter_map(|name| if let GeneralName::Uri(url) = name { Some(url) } else { None }).collect()
}

/// The name of a reason for revocation (RFC 5280 5.3.1).
pub(crate) fn reason_name(reason: u64) -> &'static str {
    match reason {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unknown",
    }
}

fields! {
    LIST = "crl.list", "CertificateList", "RFC 5280 5.1",
        "A signed list of the certificates that an authority has taken back before their time. Whoever checks \
         certificates must have a fresh one; without it a revoked certificate looks as good as any other.";
    UNREAD = "crl.unread", "unread bytes", "",
        "Bytes that stand where a revocation list should, but are none in DER.";
    TBS_LIST = "crl.tbs_cert_list", "tbsCertList", "RFC 5280 5.1.1.1",
        "The part of the list that is signed.";
    VERSION = "crl.version", "version", "RFC 5280 5.1.2.1",
        "The format of the list; 1 means version 2, the only one that can have extensions.";
    SIGNATURE = "crl.signature", "signature", "RFC 5280 5.1.2.2",
        "The algorithm that the issuer signs with, inside the signed part. It must equal the one outside.";
    ISSUER = "crl.issuer", "issuer", "RFC 5280 5.1.2.3",
        "Who signed the list. It must be the issuer of the certificate that is looked up: a list speaks of its own \
         issuer's certificates only, and whoever checks a chain needs one list for each authority in it.";
    THIS_UPDATE = "crl.this_update", "thisUpdate", "RFC 5280 5.1.2.4",
        "When the list was made. What was revoked later is not on it.";
    NEXT_UPDATE = "crl.next_update", "nextUpdate", "RFC 5280 5.1.2.5",
        "By when the next list will be there. Past this moment the list is stale: an attacker who holds back the new one \
         can hide a revocation, and an authority that forgets to sign makes every strict client refuse its certificates.";
    REVOKED_CERTIFICATES = "crl.revoked_certificates", "revokedCertificates", "RFC 5280 5.1.2.6",
        "The certificates that were taken back. When there are none, the field is left out.";
    REVOKED_CERTIFICATE = "crl.revoked_certificate", "revokedCertificate", "RFC 5280 5.1.2.6",
        "One certificate that was taken back, by its serial number.";
    USER_CERTIFICATE = "crl.user_certificate", "userCertificate", "RFC 5280 5.1.2.6",
        "The serial number of the certificate that was taken back. It counts together with the issuer of the list: other \
         authorities may have used the same number.";
    REVOCATION_DATE = "crl.revocation_date", "revocationDate", "RFC 5280 5.1.2.6",
        "Since when the certificate counts as taken back.";
    EXTENSIONS = "crl.extensions", "crlExtensions", "RFC 5280 5.1.2.7",
        "Additions to the list, such as its number and what it speaks of. One marked critical must be understood or the \
         list not used.";
    SIGNATURE_ALGORITHM = "crl.signature_algorithm", "signatureAlgorithm", "RFC 5280 5.1.1.2",
        "How the issuer signed the list: the kind of its key, with a hash.";
    NUMBER = "crl.extension.number", "cRLNumber", "RFC 5280 5.2.3",
        "A number that grows with each list of this issuer, so that of two lists the newer can be told.";
    NUMBER_VALUE = "crl.number", "CRLNumber", "RFC 5280 5.2.3",
        "The number itself, of up to 20 bytes; in a delta list also that of the list that it adds to.";
    DELTA_INDICATOR = "crl.extension.delta_indicator", "deltaCRLIndicator", "RFC 5280 5.2.4",
        "The list holds only what has changed since the list with this number. Read alone, it says nothing of what was \
         revoked before; many programs, rustls among them, do not accept such lists.";
    ISSUING_POINT = "crl.extension.issuing_distribution_point", "issuingDistributionPoint", "RFC 5280 5.2.5",
        "What the list speaks of, where that is not everything: large authorities cut their list into pieces. Without \
         looking at it, somebody could show the wrong piece, on which the certificate cannot be.";
    POINT_NAME = "crl.scope.distribution_point", "distributionPoint", "RFC 5280 5.2.5",
        "Where this piece of the list is to be had. It must be one of the places that the certificate names.";
    ONLY_USERS = "crl.scope.only_user_certs", "onlyContainsUserCerts", "RFC 5280 5.2.5",
        "The list speaks of certificates that are no authorities only.";
    ONLY_AUTHORITIES = "crl.scope.only_ca_certs", "onlyContainsCACerts", "RFC 5280 5.2.5",
        "The list speaks of certificates of authorities only.";
    ONLY_SOME_REASONS = "crl.scope.only_some_reasons", "onlySomeReasons", "RFC 5280 5.2.5",
        "The list speaks of these reasons of revocation only; for the others there are further lists.";
    INDIRECT = "crl.scope.indirect", "indirectCRL", "RFC 5280 5.2.5",
        "The list speaks also of certificates that others than its signer have issued. Few programs support that.";
    ONLY_ATTRIBUTES = "crl.scope.only_attribute_certs", "onlyContainsAttributeCerts", "RFC 5280 5.2.5",
        "The list speaks of attribute certificates only, which have no key and are not used in TLS.";
    REASON = "crl.entry.reason", "cRLReason", "RFC 5280 5.3.1",
        "Why the certificate was taken back.";
    REASON_CODE = "crl.reason_code", "CRLReason", "RFC 5280 5.3.1",
        "The reason. After keyCompromise everything that the key protected must be looked at again; superseded means \
         that a new certificate was taken; certificateHold may be lifted again.";
    INVALIDITY_DATE = "crl.entry.invalidity_date", "invalidityDate", "RFC 5280 5.3.2",
        "Since when the key may have been in wrong hands, which can be long before it was noticed.";
    INVALID_SINCE = "crl.invalid_since", "InvalidityDate", "RFC 5280 5.3.2",
        "The moment from which on nothing signed with the key should be believed.";
    CERTIFICATE_ISSUER = "crl.entry.certificate_issuer", "certificateIssuer", "RFC 5280 5.3.3",
        "Who issued the certificate, in a list that speaks of several issuers.";
    OTHER_EXTENSION = "crl.extension.other", "extension", "RFC 5280 5.2",
        "An addition to the list or to one entry for which there is no decoder.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::BufferId;

    fn read(der: &[u8]) -> (RevocationList, Tree) {
        let mut tree = Tree::on();
        let facts = revocation_list(Reader::new(der, BufferId(0)), &mut tree);
        (facts, tree)
    }

    /// A list made by rcgen, with what it can put in.
    fn sample() -> Vec<u8> {
        use rcgen::{
            BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
            CrlIssuingDistributionPoint, CrlScope, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
            RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
        };
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(rcgen::DnType::CommonName, "List Maker");
        let issuer = Issuer::new(params, KeyPair::generate().unwrap());
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 3, 1),
            next_update: date_time_ymd(2026, 3, 8),
            crl_number: SerialNumber::from(7_u64),
            issuing_distribution_point: Some(CrlIssuingDistributionPoint {
                distribution_point: CrlDistributionPoint { uris: vec!["http://crl.test/1".to_owned()] },
                scope: Some(CrlScope::UserCertsOnly),
            }),
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(0x4d_u64),
                revocation_time: date_time_ymd(2026, 2, 1),
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: Some(date_time_ymd(2026, 1, 1)),
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&issuer).unwrap().der().to_vec()
    }

    #[test]
    fn a_list_is_read_whole() {
        let der = sample();
        let (facts, tree) = read(&der);
        assert_eq!((facts.problem.as_deref(), facts.readable, facts.version), (None, true, 2));
        assert!(tree.notes().is_empty(), "{:?}", tree.notes());
        assert_eq!(facts.issuer.common_name(), Some("List Maker"));
        assert_eq!((facts.this_update, facts.next_update), (Some(1_772_323_200), Some(1_772_928_000)));
        let scope = facts.scope.unwrap();
        assert_eq!((scope.urls.as_slice(), scope.only_users), (&["http://crl.test/1".to_owned()][..], true));
        assert_eq!(facts.number.as_deref(), Some(&[7][..]));
        assert!(facts.authority_key_identifier.is_some());
        let entry = facts.revoked.first().unwrap();
        assert_eq!((entry.serial.as_slice(), entry.reason_name()), (&[0x4d][..], Some("keyCompromise")));
        assert_eq!((entry.revoked_at, entry.invalid_since), (Some(1_769_904_000), Some(1_767_225_600)));
        assert_eq!(facts.extensions.len(), 3);
    }

    #[test]
    fn broken_lists_are_survived_and_noticed() {
        let der = sample();
        for length in 0..der.len() {
            assert!(read(der.get(..length).unwrap()).0.problem.is_some(), "cut to {length}");
        }
        for index in 0..der.len() {
            for mask in [0xff, 0x01] {
                let mut broken = der.clone();
                broken[index] ^= mask;
                let (facts, tree) = read(&broken);
                let mut off = Tree::off();
                assert!(revocation_list(Reader::new(&broken, BufferId(0)), &mut off) == facts);
                assert_eq!(off.notes(), tree.notes());
                let end = u32::try_from(der.len()).unwrap();
                assert!(tree.nodes().iter().all(|node| node.span.end <= end));
            }
        }
        for bytes in [&b""[..], b"hello", &[0x30, 0]] {
            let (facts, _) = read(bytes);
            assert!(!facts.readable && facts.problem.is_some());
        }
    }
}
