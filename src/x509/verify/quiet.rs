//! What the ladder says where a check found no fault: why it passed, or why it was not made.

use super::candidate::Candidate;
use super::check::Check;
use super::facts::{Outcome, Profile, Purpose};
use super::ladder::{Ladder, shown_names};
use super::revocation::Status;
use crate::base::{Field, hex, printable};
use crate::x509::extension::{constraint as fields_of_constraint, usage};
use crate::x509::facts::Certificate;
use crate::x509::time::text as moment;
use crate::x509::{HostMatch, certificate as fields, matches_host, name as name_fields};
use std::net::IpAddr;

const ANCHOR_IS_A_KEY: &str = "rustls takes from an anchor its name, its key and its name constraints only";

/// A rung without a fault.
pub(super) struct Quiet {
    pub(super) outcome: Outcome,
    pub(super) evidence: String,
    pub(super) field: Option<&'static Field>,
    pub(super) policy: Option<String>,
}

impl Quiet {
    fn passed(evidence: String, field: &'static Field) -> Self {
        Self { outcome: Outcome::Passed, evidence, field: Some(field), policy: None }
    }

    fn not_checked(why: &'static str, evidence: String) -> Self {
        let evidence = if evidence.is_empty() { why.to_owned() } else { evidence };
        Self { outcome: Outcome::NotChecked { why }, evidence, field: None, policy: None }
    }

    fn not_applicable(why: &str) -> Self {
        Self { outcome: Outcome::NotApplicable, evidence: why.to_owned(), field: None, policy: None }
    }
}

impl<'a> Ladder<'_, 'a> {
    /// What is said where a check found no fault.
    pub(super) fn quiet(&mut self, position: usize, check: Check) -> Quiet {
        match self.candidate(position) {
            Some(candidate) if candidate.view.is_none() && check != Check::Parse => {
                Quiet::not_checked("the certificate cannot be read", String::new())
            }
            Some(candidate) => self.quiet_sent(position, candidate, check),
            None => self.quiet_anchor(check),
        }
    }

    fn quiet_sent(&mut self, position: usize, candidate: &Candidate<'a>, check: Check) -> Quiet {
        let facts = &candidate.facts;
        let is_leaf = position == 0;
        let issuer_text = printable(&facts.issuer.to_string());
        let below = self.ground.below(&self.way.path, position).all;
        match check {
            Check::Parse => {
                let evidence = format!("version {}, {} bytes of DER", facts.version, facts.der.len());
                Quiet::passed(evidence, &fields::CERTIFICATE)
            }
            Check::ChainBuilt => Quiet::passed(self.where_issuer_is(position, &issuer_text), &fields::ISSUER),
            Check::Signature => match self.signature(position) {
                Ok(Some(evidence)) => Quiet::passed(evidence, &fields::SIGNATURE_VALUE),
                _ => Quiet::not_checked("the key of the issuer is not at hand", String::new()),
            },
            Check::Validity => Quiet::passed(period(facts), &fields::VALIDITY),
            Check::CaFlag if is_leaf => {
                Quiet::passed("it does not call itself an authority".to_owned(), &fields::EXTENSIONS)
            }
            Check::CaFlag => Quiet::passed("cA is true".to_owned(), &fields_of_constraint::IS_CA),
            Check::Pathlen if is_leaf => Quiet::not_applicable("nothing is below the peer's own certificate"),
            Check::Pathlen => match facts.path_length {
                Some(limit) => {
                    let evidence = format!("pathLenConstraint {limit}, and {below} intermediates follow");
                    Quiet::passed(evidence, &fields_of_constraint::PATH_LENGTH)
                }
                None => Quiet::passed("no pathLenConstraint".to_owned(), &fields::EXTENSIONS),
            },
            Check::Purpose => self.quiet_purpose(facts),
            Check::Constraints => match self.constraining(position).as_slice() {
                [] => Quiet::not_applicable("no authority above has name constraints"),
                [(_, name), ..] => {
                    let evidence = format!("all names lie inside the constraints of {name}");
                    Quiet::passed(evidence, &fields_of_constraint::NAME_CONSTRAINTS)
                }
            },
            Check::CriticalExt => Quiet::passed(critical(facts), &fields::EXTENSIONS),
            Check::Revocation => self.quiet_revocation(position, candidate),
            Check::Trust if self.way.anchor.is_none() && position + 1 == self.way.path.len() => {
                Quiet::not_checked("the path ends before a trust anchor", String::new())
            }
            Check::Trust => Quiet::not_applicable("it is not the end of the path"),
            Check::Name if is_leaf => self.quiet_name(facts),
            Check::Name => Quiet::not_applicable("only the peer's own certificate names the peer"),
        }
    }

    fn where_issuer_is(&self, position: usize, issuer: &str) -> String {
        match (self.way.path.get(position + 1), self.way.anchor) {
            (Some(index), _) => format!("issued by {issuer}, sent as number {}", index + 1),
            (None, Some(_)) => format!("issued by {issuer}, a trust anchor"),
            (None, None) => format!("issued by {issuer}"),
        }
    }

    fn quiet_purpose(&self, facts: &Certificate) -> Quiet {
        let purpose = self.ground.request.purpose.key_purpose();
        let has_any = !facts.extended_key_usage.is_empty();
        let extended =
            if has_any { format!("extKeyUsage has {purpose}") } else { "no extKeyUsage, hence any".to_owned() };
        let has_usage = !facts.key_usage.is_empty();
        let evidence =
            if has_usage { format!("{extended}; keyUsage {}", facts.key_usage.join(", ")) } else { extended };
        let field = if has_any { &usage::EXTENDED_KEY_USAGE } else { &fields::EXTENSIONS };
        let mut quiet = Quiet::passed(evidence, field);
        if has_usage && self.ground.request.profile == Profile::Rustls {
            quiet.policy = Some("rustls does not check keyUsage; RFC 5280 4.2.1.3 demands it".to_owned());
        }
        quiet
    }

    fn quiet_revocation(&mut self, position: usize, candidate: &Candidate<'_>) -> Quiet {
        match self.revocation(position).0 {
            Some(Status::Good(index)) => {
                let list = self.ground.list_facts.get(index);
                let made = list.and_then(|list| list.this_update).map_or_else(String::new, moment);
                let issuer = printable(&candidate.facts.issuer.to_string());
                let serial = hex(&candidate.facts.serial);
                let later = self.ground.lists.get(index).and_then(|list| list.since(&candidate.facts.serial));
                let evidence = match later {
                    Some(since) => format!("{issuer} took serial number {serial} back later, {}", moment(since)),
                    None => format!("serial number {serial} is not on the list of {issuer} of {made}"),
                };
                Quiet::passed(evidence, &fields::SERIAL_NUMBER)
            }
            Some(Status::Unknown) => Quiet::not_checked("no list speaks of it, which the rule allows", String::new()),
            Some(Status::BeyondDepth) => {
                Quiet::not_checked("the rule looks up the peer's own certificate only", String::new())
            }
            Some(Status::Refused(..)) => Quiet::not_checked("the list cannot be used", String::new()),
            None if self.ground.request.crls.is_empty() => {
                let places = candidate.facts.crl_urls.iter().chain(&candidate.facts.ocsp_urls);
                let places: Vec<_> = places.map(|url| printable(url)).collect();
                let evidence = match places.as_slice() {
                    [] => "the certificate does not say where to ask".to_owned(),
                    places => format!("the certificate says to ask at {}", places.join(", ")),
                };
                Quiet::not_checked("no revocation list is at hand", evidence)
            }
            None => Quiet::not_checked("the path does not lead to the issuer of a list", String::new()),
        }
    }

    fn quiet_name(&self, facts: &Certificate) -> Quiet {
        match self.ground.request.name {
            Some(wanted) => {
                let wanted = wanted.to_string();
                let field =
                    if wanted.parse::<IpAddr>().is_ok() { &name_fields::IP_ADDRESS } else { &name_fields::DNS_NAME };
                let evidence = match matches_host(facts, &wanted) {
                    HostMatch::Matches(name) => {
                        format!("{} {} is for {}", field.label, printable(&name), printable(&wanted))
                    }
                    _ => format!("{} is among {}", printable(&wanted), shown_names(facts)),
                };
                Quiet::passed(evidence, field)
            }
            None if self.ground.request.purpose == Purpose::Client => {
                Quiet::not_applicable("whether this client may come in is for the application to judge")
            }
            None => Quiet::not_checked("no name was wanted", String::new()),
        }
    }

    fn quiet_anchor(&mut self, check: Check) -> Quiet {
        let Some(anchor) = self.way.anchor.and_then(|index| self.ground.anchors.get(index)) else {
            return Quiet::not_applicable("there is no anchor");
        };
        let facts = &anchor.facts;
        let below = self.way.path.len().saturating_sub(1);
        let (evidence, field): (String, &'static Field) = match check {
            Check::Parse => {
                let evidence = format!("version {}, {} bytes of DER", facts.version, facts.der.len());
                return Quiet::passed(evidence, &fields::CERTIFICATE);
            }
            Check::Trust => {
                let evidence = format!("{} is a trust anchor", anchor.subject());
                return Quiet::passed(evidence, &fields::SUBJECT);
            }
            Check::ChainBuilt => return Quiet::not_applicable("the path ends here"),
            Check::Signature => return Quiet::not_applicable("an anchor is trusted, whoever signed it"),
            Check::Revocation => return Quiet::not_applicable("an anchor is taken back by removing it from the store"),
            Check::Name => return Quiet::not_applicable("only the peer's own certificate names the peer"),
            Check::Constraints => return Quiet::not_applicable("no authority is above it"),
            Check::Validity => (period(facts), &fields::VALIDITY),
            Check::CaFlag => ("cA is true".to_owned(), &fields_of_constraint::IS_CA),
            Check::Pathlen => match facts.path_length {
                Some(limit) => {
                    let evidence = format!("pathLenConstraint {limit}, and {below} intermediates follow");
                    (evidence, &fields_of_constraint::PATH_LENGTH)
                }
                None => ("no pathLenConstraint".to_owned(), &fields::EXTENSIONS),
            },
            Check::Purpose => match facts.key_usage.as_slice() {
                [] => ("no keyUsage".to_owned(), &fields::EXTENSIONS),
                usages => (format!("keyUsage {}", usages.join(", ")), &usage::KEY_USAGE),
            },
            Check::CriticalExt => (critical(facts), &fields::EXTENSIONS),
        };
        match self.ground.request.profile {
            Profile::Strict => Quiet::passed(evidence, field),
            Profile::Rustls => Quiet { field: Some(field), ..Quiet::not_checked(ANCHOR_IS_A_KEY, evidence) },
        }
    }
}

/// The clock is not told: it lies inside, and the same is then true for all moments of the period.
fn period(facts: &Certificate) -> String {
    format!("from {} to {}", moment(facts.not_before), moment(facts.not_after))
}

fn critical(facts: &Certificate) -> String {
    let critical = facts.extensions.iter().filter(|(_, critical)| *critical);
    let names: Vec<_> = critical.map(|(id, _)| crate::x509::oid::named(id)).collect();
    if names.is_empty() {
        "no critical extension".to_owned()
    } else {
        format!("critical and known: {}", names.join(", "))
    }
}
