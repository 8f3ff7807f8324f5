//! A certificate that may become part of a path: what it says, and the faults that it has by itself, whoever issued it.

use super::check::Check;
use super::facts::{Profile, Purpose, Which};
use super::finding::{By, Finding};
use super::refusal::Refusal;
use super::standard;
use super::strict::{AnchorView, CERTIFICATE_LIMIT, Read, Strict, Unknown, View};
use crate::base::{BufferId, Reader, Tree, printable};
use crate::x509::der::OID;
use crate::x509::extension::{constraint, usage};
use crate::x509::facts::Certificate;
use crate::x509::time::text as moment;
use crate::x509::{certificate as fields, extension, oid};
use aws_lc_rs::digest;

/// A certificate that was sent.
pub(super) struct Candidate<'a> {
    pub(super) which: Which,
    pub(super) facts: Certificate,
    /// What a verifier sees, also where a critical extension forbids to go on.
    pub(super) view: Option<View<'a>>,
    /// The fault at which rustls stops to read it.
    pub(super) unread: Option<Finding>,
    /// Faults of its own, up to the length of the path.
    before: Vec<Finding>,
    path_length: Option<u8>,
    /// Faults of its own that are looked for behind the length of the path.
    after: Vec<Finding>,
}

/// What the moment and the purpose are, for faults of a certificate's own.
#[derive(Clone, Copy)]
pub(super) struct Situation {
    pub(super) time: i64,
    pub(super) purpose: Purpose,
}

impl<'a> Candidate<'a> {
    /// Reads the certificate with index `index`; the first one is the peer's own.
    pub(super) fn read(der: &'a [u8], index: usize, situation: Situation) -> Self {
        let mut tree = Tree::off();
        let facts = crate::x509::certificate(Reader::new(der, BufferId(0)), &mut tree);
        let (view, unread) = match View::read(der, Unknown::Refuse) {
            Ok(view) => (Some(view), None),
            Err(refusal) => (View::read(der, Unknown::PassOver).ok(), Some(unread(refusal, &facts))),
        };
        let mut candidate = Self {
            which: Which::Sent(index),
            facts,
            view,
            unread,
            before: Vec::new(),
            path_length: None,
            after: Vec::new(),
        };
        if candidate.view.is_some() {
            candidate.find_faults(situation, &tree);
        }
        candidate
    }

    pub(super) fn is_leaf(&self) -> bool {
        self.which == Which::Sent(0)
    }

    /// The subject, safe to show.
    pub(super) fn subject(&self) -> String {
        subject(&self.facts)
    }

    /// All faults of its own; `below` counts the intermediates between it and the peer's certificate, all of them and
    /// those that did not issue themselves.
    pub(super) fn faults(&self, below: Below) -> impl Iterator<Item = Finding> + '_ {
        self.before.iter().cloned().chain(self.path_too_long(below)).chain(self.after.iter().cloned())
    }

    /// The first fault of its own that counts.
    pub(super) fn first_fault(&self, profile: Profile, below: Below) -> Option<(Check, Refusal)> {
        let counts = |finding: &&Finding| finding.by.counts(profile);
        let short = |finding: &Finding| (finding.check, finding.refusal);
        self.before.iter().find(counts).map(short).or_else(|| {
            let too_long = self.path_too_long(below).filter(|finding| finding.by.counts(profile));
            too_long.as_ref().map(short).or_else(|| self.after.iter().find(counts).map(short))
        })
    }

    fn path_too_long(&self, below: Below) -> Option<Finding> {
        let limit = usize::from(self.path_length?);
        if self.is_leaf() || below.all <= limit {
            return None;
        }
        let evidence = format!(
            "pathLenConstraint {limit} allows {limit} intermediates below {}, and {} follow",
            self.subject(),
            below.all
        );
        let finding = Finding::both(Check::Pathlen, Refusal::PathLenConstraintViolated, evidence);
        let by = if below.not_self_issued > limit {
            By::Both
        } else {
            By::Rustls("RFC 5280 6.1.4 (l) does not count certificates that issued themselves")
        };
        Some(finding.at(&constraint::PATH_LENGTH).by(by))
    }

    fn find_faults(&mut self, situation: Situation, tree: &Tree) {
        let Some(view) = self.view.clone() else { return };
        self.before.extend(distrusted(view.spki, &self.facts));
        self.before.extend(validity(&view, situation.time));
        match basic_constraints(&view, self.is_leaf(), &self.facts) {
            Ok(basic) => {
                self.path_length = basic.path_length;
                self.after.extend(basic.excess);
            }
            Err(finding) => self.before.push(*finding),
        }
        self.after.extend(purpose(&view, &self.facts, situation.purpose, self.is_leaf()));
        let role = if self.is_leaf() { standard::Role::Leaf } else { standard::Role::Intermediate };
        self.after.extend(standard::faults(&self.facts, tree, role, situation));
    }
}

/// How many intermediates lie between a certificate and the peer's own.
#[derive(Clone, Copy, Default)]
pub(super) struct Below {
    pub(super) all: usize,
    pub(super) not_self_issued: usize,
}

/// A trust anchor.
pub(super) struct Anchor<'a> {
    pub(super) which: Which,
    pub(super) facts: Certificate,
    /// What rustls takes from it; `None` where it cannot be read and is left out.
    pub(super) view: Option<AnchorView<'a>>,
    pub(super) unread: Option<Finding>,
    faults: Vec<Finding>,
}

impl<'a> Anchor<'a> {
    pub(super) fn read(der: &'a [u8], index: usize, situation: Situation) -> Self {
        let mut tree = Tree::on();
        let facts = crate::x509::certificate(Reader::new(der, BufferId(0)), &mut tree);
        let (view, unread) = match AnchorView::read(der) {
            Ok(view) => (Some(view), None),
            Err(refusal) => (None, Some(unread(refusal, &facts))),
        };
        let mut faults: Vec<_> = view.and_then(|view| distrusted(view.spki, &facts)).into_iter().collect();
        faults.extend(standard::faults(&facts, &tree, standard::Role::Anchor, situation));
        Self { which: Which::Anchor(index), facts, view, unread, faults }
    }

    pub(super) fn subject(&self) -> String {
        subject(&self.facts)
    }

    pub(super) fn faults(&self, below: Below) -> impl Iterator<Item = Finding> + '_ {
        self.faults.iter().cloned().chain(self.path_too_long(below))
    }

    pub(super) fn first_fault(&self, profile: Profile, below: Below) -> Option<(Check, Refusal)> {
        let found = self.faults.iter().find(|finding| finding.by.counts(profile));
        let short = |finding: &Finding| (finding.check, finding.refusal);
        found.map(short).or_else(|| {
            let too_long = self.path_too_long(below).filter(|finding| finding.by.counts(profile));
            too_long.as_ref().map(short)
        })
    }

    fn path_too_long(&self, below: Below) -> Option<Finding> {
        let limit = self.facts.path_length?;
        if usize::try_from(limit).is_ok_and(|limit| below.not_self_issued <= limit) {
            return None;
        }
        let evidence = format!(
            "pathLenConstraint {limit} allows {limit} intermediates below {}, and {} follow",
            self.subject(),
            below.not_self_issued
        );
        let finding = Finding::standard(Check::Pathlen, "RFC 5280 4.2.1.9", evidence);
        Some(finding.at(&constraint::PATH_LENGTH))
    }
}

fn subject(facts: &Certificate) -> String {
    let text = printable(&facts.subject.to_string());
    if text.is_empty() { "a certificate without a subject".to_owned() } else { text }
}

/// The fault at which reading stopped.
fn unread(refusal: Refusal, facts: &Certificate) -> Finding {
    let problem = facts.problem.as_deref();
    match refusal {
        Refusal::UnsupportedCriticalExtension => {
            let unknown = facts.extensions.iter().find(|(id, critical)| *critical && !KNOWN.contains(&id.as_str()));
            let name = unknown.map_or_else(String::new, |(id, _)| format!(" {}", oid::described(id)));
            let evidence = format!("the extension{name} is critical, and the verifier does not know it");
            let understood = unknown.is_some_and(|(id, _)| STANDARD.contains(&id.as_str()));
            let by = if understood { By::Rustls("RFC 5280 4.2 asks other verifiers to know it") } else { By::Both };
            Finding::both(Check::CriticalExt, refusal, evidence).at(&extension::CRITICAL).by(by)
        }
        Refusal::UnsupportedCertVersion => {
            let evidence = format!("version {} where 3 is needed", facts.version);
            Finding::both(Check::Parse, refusal, evidence).at(&fields::VERSION)
        }
        Refusal::SignatureAlgorithmMismatch => {
            let evidence = "the signature algorithm inside the signed part is not the one outside";
            Finding::both(Check::Parse, refusal, evidence).at(&fields::SIGNATURE_ALGORITHM)
        }
        Refusal::ExtensionValueInvalid => {
            Finding::both(Check::Parse, refusal, "an extension stands there twice").at(&fields::EXTENSIONS)
        }
        _ => {
            let length = facts.der.len();
            let evidence = match problem {
                Some(problem) => format!("not a certificate in DER: {}", printable(problem)),
                None if length > CERTIFICATE_LIMIT => {
                    format!("{length} bytes, and more than {CERTIFICATE_LIMIT} are not read")
                }
                None => "not in the one form that DER allows, or with parts that are no longer used".to_owned(),
            };
            Finding::both(Check::Parse, refusal, evidence).at(&fields::CERTIFICATE)
        }
    }
}

/// The extensions that rustls-webpki opens.
const KNOWN: [&str; 6] = ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.37"];

/// Extensions that RFC 5280 lets be critical and rustls-webpki does not know; none of them limits a TLS server or client
/// that asks for no policy.
const STANDARD: [&str; 4] = ["2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54"];

/// Hashes of the content of subjectPublicKeyInfo of eight authorities of eMudhra, which rustls-webpki 0.103.16 refuses
/// wherever they come up.
const DISTRUSTED: [&str; 8] = [
    "2d5f988ee3ceaf696845a34299ca3e05816429cdb5de92427889533175f97b95",
    "616e9a92539c40f454813f7fb8ae4a6db719498495215774f02d8b8b5a615d36",
    "bdf5ab18303069ebc3e3ddbb0fc0613693acef01b2fb7be1a0624aab60fbff0d",
    "b941c7577b918f7b9a9374aff3b02d8eda92545c86adb5b5268d1e121fe58ce2",
    "e8263cea915a92109a29fb497105dceeeb58fa099c2552c4082aff1e1a9a33b2",
    "09f75d128061fcdc6d31d8317ce3fe0aea4dab2c66777ce548858dd23f763ce7",
    "7f09de2d155cc9fbc2dc4585f2c134ea3fc04ea9d9b3e31fa2d6bf9fdc0a02a2",
    "6fc13706463e00b2cd2ae357f86de2441e59d501e322c7a02a531a9871e450f6",
];

fn distrusted(spki: &[u8], facts: &Certificate) -> Option<Finding> {
    let hash = crate::base::hex(digest::digest(&digest::SHA256, spki).as_ref());
    let evidence = || format!("the key of {} is on rustls's list of distrusted keys", subject(facts));
    let by = By::Rustls("it is a decision about an authority, not a rule");
    let is_listed = DISTRUSTED.contains(&hash.as_str());
    is_listed.then(|| Finding::both(Check::Trust, Refusal::CertDistrusted, evidence()).by(by))
}

fn validity(view: &View<'_>, now: i64) -> Option<Finding> {
    let read = || -> Read<(i64, i64, Strict<'_>)> {
        let mut times = Strict::new(view.validity);
        Ok((times.time()?, times.time()?, times))
    };
    let fault = |refusal, evidence: String| Some(Finding::both(Check::Validity, refusal, evidence));
    let clock = moment(now);
    match read() {
        Err(refusal) => {
            let evidence = "a time in a form that RFC 5280 4.1.2.5 does not have, or before 1970";
            fault(refusal, evidence.to_owned()).map(|finding| finding.at(&fields::VALIDITY))
        }
        Ok((before, after, _)) if before > after => {
            let evidence = format!("notBefore {} is behind notAfter {}", moment(before), moment(after));
            fault(Refusal::InvalidCertValidity, evidence).map(|finding| finding.at(&fields::VALIDITY))
        }
        Ok((before, ..)) if now < before => {
            let evidence = format!("notBefore {} is after the clock {clock}", moment(before));
            fault(Refusal::CertNotValidYet, evidence).map(|finding| finding.at(&fields::NOT_BEFORE))
        }
        Ok((_, after, _)) if now > after => {
            let evidence = format!("notAfter {} is before the clock {clock}", moment(after));
            fault(Refusal::CertExpired, evidence).map(|finding| finding.at(&fields::NOT_AFTER))
        }
        Ok((.., rest)) => rest.end(Refusal::BadDer).err().and_then(|refusal| {
            fault(refusal, "bytes too many behind notAfter".to_owned()).map(|finding| finding.at(&fields::VALIDITY))
        }),
    }
}

struct Basic {
    path_length: Option<u8>,
    excess: Option<Finding>,
}

fn basic_constraints(view: &View<'_>, is_leaf: bool, facts: &Certificate) -> Result<Basic, Box<Finding>> {
    let broken = |refusal| {
        let evidence = "basicConstraints is not in the form of RFC 5280 4.2.1.9, or its pathLenConstraint exceeds 255";
        Finding::both(Check::CaFlag, refusal, evidence).at(&constraint::BASIC_CONSTRAINTS)
    };
    let mut der = Strict::new(view.basic_constraints.unwrap_or_default());
    let mut read = || -> Read<(bool, Option<u8>)> {
        let is_ca = der.flag()?;
        let has_length = view.basic_constraints.is_some() && !der.is_empty();
        Ok((is_ca, if has_length { Some(der.small_number()?) } else { None }))
    };
    let (is_ca, path_length) = read().map_err(|refusal| Box::new(broken(refusal)))?;
    if is_leaf && is_ca {
        let evidence = format!("cA is true: {} is an authority, not a peer", subject(facts));
        let finding = Finding::both(Check::CaFlag, Refusal::CaUsedAsEndEntity, evidence);
        return Err(Box::new(finding.at(&constraint::IS_CA)));
    }
    if !is_leaf && !is_ca {
        let how = if facts.is_ca.is_none() { "has no basicConstraints" } else { "has cA false" };
        let evidence = format!("{} {how}, and signed a certificate all the same", subject(facts));
        let field = if facts.is_ca.is_none() { &fields::EXTENSIONS } else { &constraint::IS_CA };
        return Err(Box::new(Finding::both(Check::CaFlag, Refusal::EndEntityUsedAsCa, evidence).at(field)));
    }
    let excess = if der.is_empty() { None } else { Some(broken(Refusal::BadDer)) };
    Ok(Basic { path_length, excess })
}

fn purpose(view: &View<'_>, facts: &Certificate, purpose: Purpose, is_leaf: bool) -> Option<Finding> {
    let fault = |refusal, evidence: String| {
        Some(Finding::both(Check::Purpose, refusal, evidence).at(&usage::EXTENDED_KEY_USAGE))
    };
    let content = view.extended_key_usage?;
    if content.is_empty() {
        return fault(Refusal::EmptyEkuExtension, "extKeyUsage is there and names no purpose".to_owned());
    }
    // 1.3.6.1.5.5.7.3.1 and .2
    let wanted = [0x2b, 6, 1, 5, 5, 7, 3, if purpose == Purpose::Server { 1 } else { 2 }];
    let mut ids = Strict::new(content);
    while !ids.is_empty() {
        match ids.expect(OID) {
            Ok(id) if id == wanted => return None,
            Ok(_) => {}
            Err(refusal) => return fault(refusal, "extKeyUsage holds something else than OIDs".to_owned()),
        }
    }
    let given = printable(&facts.extended_key_usage.join(", "));
    let evidence = format!("extKeyUsage is {given}, without {}", purpose.key_purpose());
    let has_any = facts.extended_key_usage.iter().any(|purpose| purpose == "anyExtendedKeyUsage");
    let by = if has_any && !is_leaf {
        By::Rustls("RFC 5280 4.2.1.12 lets anyExtendedKeyUsage stand for each purpose")
    } else {
        By::Both
    };
    fault(Refusal::RequiredEkuNotFound, evidence).map(|finding| finding.by(by))
}
