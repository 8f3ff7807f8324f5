//! What is asked of the verifier, and what it answers.

use super::check::Check;
use super::refusal::Refusal;
use crate::base::Field;
use std::fmt;
use std::net::IpAddr;

/// One question: are these certificates good for this peer at this moment?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What the peer sent, in DER, its own certificate first.
    pub sent: &'a [&'a [u8]],
    /// The certificates in DER that the verifier trusts without asking.
    pub anchors: &'a [&'a [u8]],
    /// How many others it trusts that have the name of no issuer at hand. They are counted and not looked at.
    pub more_anchors: usize,
    /// Revocation lists in DER. With none, nobody asks about revocation.
    pub crls: &'a [&'a [u8]],
    /// How the lists count.
    pub crl_rule: CrlRule,
    /// The moment, in seconds since 1970.
    pub time: i64,
    /// What the peer's certificate is to prove.
    pub purpose: Purpose,
    /// The peer that was wanted. `None` for clients, whose name is for the application to judge.
    pub name: Option<&'a PeerName>,
    /// The OCSP response in DER that the peer stapled. It is reported and does not decide.
    pub staple: Option<&'a [u8]>,
    /// By whose rules it is decided.
    pub profile: Profile,
}

/// What a certificate is to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// That a server is who it claims to be.
    Server,
    /// That a client is.
    Client,
}

impl Purpose {
    /// The name of the key purpose that it takes: `serverAuth`.
    #[must_use]
    pub fn key_purpose(self) -> &'static str {
        match self {
            Self::Server => "serverAuth",
            Self::Client => "clientAuth",
        }
    }
}

/// Whom a client wanted to reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PeerName {
    /// A host name.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

impl PeerName {
    /// The name that a person typed: an address where it is one, and else a host name.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.parse().map_or_else(|_| Self::Dns(text.to_owned()), Self::Ip)
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

/// By whose rules it is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// What rustls does (rustls-webpki 0.103), its gaps included.
    #[default]
    Rustls,
    /// What RFC 5280, RFC 9525 and the rules for public authorities demand.
    Strict,
}

/// How revocation lists count; the defaults are those of rustls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CrlRule {
    /// Which certificates are looked up.
    pub depth: CrlDepth,
    /// What a certificate means that no list speaks of.
    pub unknown: UnknownStatus,
    /// What a list means whose nextUpdate has passed.
    pub expired: ExpiredCrl,
    /// What an entry means that dates from after the moment.
    pub later: LaterRevocation,
}

/// What it means that a certificate was taken back after the moment for which it is judged: a list may be younger than
/// what it is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LaterRevocation {
    /// It is refused: a verifier that has a list looks at no dates.
    #[default]
    Counts,
    /// It was good then.
    DoesNotCount,
}

/// Which certificates are looked up in revocation lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CrlDepth {
    /// The peer's own only.
    Leaf,
    /// All but the trust anchor.
    #[default]
    Chain,
}

/// What a certificate means that no list speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownStatus {
    /// It is refused.
    #[default]
    Deny,
    /// It passes.
    Allow,
}

/// What a list means whose nextUpdate has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExpiredCrl {
    /// It counts all the same.
    #[default]
    Ignore,
    /// The certificate is refused.
    Enforce,
}

/// The verdict and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// By whose rules.
    pub profile: Profile,
    /// Whether the peer is believed.
    pub accepted: bool,
    /// Why not, in the words of rustls-webpki, where it is refused.
    pub refusal: Option<Refusal>,
    /// The path from the peer's certificate to the trust anchor; where it is refused, the path that came closest.
    pub path: Vec<PathLink>,
    /// All checks: certificate by certificate along the path, and behind these what must be said of certificates that
    /// were sent and do not lie on it.
    pub rungs: Vec<Rung>,
    /// The rung that decided, where it is refused: the failure that rustls would report.
    pub first_failure: Option<usize>,
    /// The indices of the certificates that were sent and do not lie on the path.
    pub superfluous: Vec<usize>,
}

impl Verification {
    /// The rung that decided against the peer.
    #[must_use]
    pub fn failure(&self) -> Option<&Rung> {
        self.rungs.get(self.first_failure?)
    }

    /// The rungs that failed and count in this profile.
    pub fn failures(&self) -> impl Iterator<Item = &Rung> {
        self.rungs.iter().filter(|rung| rung.outcome == Outcome::Failed && rung.enforced)
    }

    /// The rungs that failed by some rule that this profile does not apply.
    pub fn overlooked(&self) -> impl Iterator<Item = &Rung> {
        self.rungs.iter().filter(|rung| rung.outcome == Outcome::Failed && !rung.enforced)
    }
}

/// Which certificate is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Which {
    /// The one with this index among those that were sent.
    Sent(usize),
    /// The trust anchor with this index.
    Anchor(usize),
}

/// One certificate of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLink {
    /// Which one.
    pub certificate: Which,
    /// Its subject, as sent.
    pub subject: String,
}

/// One check of one certificate. A check that finds several faults has a rung for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// What was checked.
    pub check: Check,
    /// Of which certificate.
    pub certificate: Which,
    /// What came of it.
    pub outcome: Outcome,
    /// One sentence with the values that decided. Text from certificates in it was made printable.
    pub evidence: String,
    /// The field in which the evidence stands: in the tree of that certificate, or in that of the revocation list where
    /// its name begins with `crl.`.
    pub field: Option<&'static Field>,
    /// Whether a failure counts in this profile.
    pub enforced: bool,
    /// Who sees it differently, where the standard and rustls do not agree.
    pub policy: Option<String>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing speaks against it.
    Passed,
    /// It does not hold.
    Failed,
    /// It was not looked at.
    NotChecked {
        /// The reason, as the end of a sentence that begins with "not checked:".
        why: &'static str,
    },
    /// It has no meaning for this certificate.
    NotApplicable,
}

impl Outcome {
    /// The word that JSON and screens use: `passed`, `failed`, `not-checked`, `not-applicable`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotChecked { .. } => "not-checked",
            Self::NotApplicable => "not-applicable",
        }
    }
}
