//! The search for a path: issuers by name, the anchors first, each candidate tried until one holds.
//!
//! The order of the steps and the limits are those of rustls-webpki, since they decide which failure is reported. Key
//! identifiers are hints and never decide: a wrong hint must not hide a path that holds.

use super::candidate::{Anchor, Below, Candidate, Situation};
use super::check::Check;
use super::constraint::{self, Held, MOST_COMPARISONS};
use super::facts::{PeerName, Profile, Request, Which};
use super::name;
use super::refusal::Refusal;
use super::revocation::{self, List, Status, Subject};
use super::signature;
use super::strict::{Read, Signed, View};
use crate::base::{BufferId, Reader, Tree};
use crate::x509::crl::{RevocationList, revocation_list};
use std::collections::HashMap;

/// How many signatures one verification may check.
pub(super) const MOST_SIGNATURES: usize = 100;
/// How many times a path may be made longer.
const MOST_STEPS: usize = 200_000;
/// How many intermediates a path may have.
pub(super) const MOST_INTERMEDIATES: usize = 6;

/// All that stands fixed while a path is looked for.
pub(super) struct Ground<'a> {
    pub(super) request: Request<'a>,
    pub(super) sent: Vec<Candidate<'a>>,
    pub(super) anchors: Vec<Anchor<'a>>,
    pub(super) lists: Vec<List<'a>>,
    pub(super) list_facts: Vec<RevocationList>,
    /// The first revocation list that cannot be read; rustls does not start with such a one.
    pub(super) broken_list: Option<(usize, Refusal)>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(request: &Request<'a>) -> Self {
        let situation = Situation { time: request.time, purpose: request.purpose };
        let sent = request.sent.iter().enumerate();
        let anchors = request.anchors.iter().enumerate();
        let read = request.crls.iter().map(|der| List::read(der));
        let lists: Vec<Read<List<'a>>> = read.collect();
        let broken_list =
            lists.iter().zip(0..).find_map(|(list, at)| list.as_ref().err().map(|refusal| (at, *refusal)));
        let facts = |der: &&[u8]| revocation_list(Reader::new(der, BufferId(0)), &mut Tree::off());
        Self {
            request: *request,
            sent: sent.map(|(index, der)| Candidate::read(der, index, situation)).collect(),
            anchors: anchors.map(|(index, der)| Anchor::read(der, index, situation)).collect(),
            list_facts: request.crls.iter().map(facts).collect(),
            lists: lists.into_iter().filter_map(Result::ok).collect(),
            broken_list,
        }
    }

    pub(super) fn view(&self, index: usize) -> Option<&View<'a>> {
        self.sent.get(index)?.view.as_ref()
    }

    /// How many intermediates lie between position `position` of a path and the peer's certificate.
    pub(super) fn below(&self, path: &[usize], position: usize) -> Below {
        let between = path.get(1..position).unwrap_or_default();
        let own = between.iter().filter(|index| self.sent.get(**index).is_some_and(|it| it.facts.is_self_issued()));
        Below { all: between.len(), not_self_issued: between.len() - own.count() }
    }

    /// Whether the certificate with this index would make a loop: the same name with the same key twice.
    pub(super) fn repeats(&self, path: &[usize], candidate: &View<'_>) -> bool {
        let earlier = path.iter().filter_map(|index| self.view(*index));
        earlier.into_iter().any(|view| view.spki == candidate.spki && view.subject == candidate.subject)
    }

    /// The keyUsage with which the certificate above a position allows to sign revocation lists. rustls does not know
    /// that of an anchor.
    pub(super) fn key_usage_above(&self, path: &[usize], position: usize) -> Option<&'a [u8]> {
        self.view(*path.get(position + 1)?)?.key_usage
    }

    pub(super) fn name_refusal(&self, view: &View<'_>) -> Read<()> {
        match self.request.name {
            None => Ok(()),
            Some(PeerName::Ip(address)) => name::covers_address(view.subject_alt_name, *address),
            Some(PeerName::Dns(host)) if !name::is_host(host) => Err(Refusal::UnsupportedNameType),
            Some(PeerName::Dns(host)) => name::covers_host(view.subject_alt_name, host),
        }
    }
}

/// The failure that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reported {
    pub(super) refusal: Refusal,
    pub(super) check: Check,
    pub(super) which: Which,
}

impl Reported {
    fn new(refusal: Refusal, check: Check, which: Which) -> Self {
        Self { refusal, check, which }
    }

    /// The more specific of two failures, of equals the first.
    fn or(self, later: Self) -> Self {
        if self.refusal.rank() >= later.refusal.rank() { self } else { later }
    }
}

/// A path that holds: indices of what was sent, the peer's own first, and the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: Vec<usize>,
    pub(super) anchor: usize,
}

/// Signatures that were checked already. Trying paths asks for the same ones again and again.
#[derive(Default)]
pub(super) struct Signatures {
    known: HashMap<(usize, usize), Read<()>>,
}

impl Signatures {
    pub(super) fn check(&mut self, signed: &Signed<'_>, spki: &[u8]) -> Read<()> {
        // Both lie in the request, which outlives this, so their addresses tell them apart.
        let key = (signed.data.as_ptr().addr(), spki.as_ptr().addr());
        *self.known.entry(key).or_insert_with(|| signature::check(signed, spki))
    }
}

/// Looks for a path, and holds the name of its first certificate against the one wanted.
pub(super) fn search(ground: &Ground<'_>, signatures: &mut Signatures) -> Result<Found, Reported> {
    let leaf = Which::Sent(0);
    if let Some((_, refusal)) = ground.broken_list {
        return Err(Reported::new(refusal, Check::Revocation, leaf));
    }
    let Some(own) = ground.sent.first() else {
        return Err(Reported::new(Refusal::BadDer, Check::Parse, leaf));
    };
    own.readable(ground.request.profile)?;
    let budget = Budget { signatures: MOST_SIGNATURES, steps: MOST_STEPS, comparisons: MOST_COMPARISONS };
    let mut search = Search { ground, signatures, budget, path: vec![0] };
    let anchor = search.extend().map_err(|stop| match stop {
        Stop::All(reported) | Stop::This(reported) => reported,
    })?;
    let path = search.path;
    let named = own.view.as_ref().map_or(Ok(()), |view| ground.name_refusal(view));
    named.map_err(|refusal| Reported::new(refusal, Check::Name, leaf))?;
    Ok(Found { path, anchor })
}

impl Candidate<'_> {
    fn readable(&self, profile: Profile) -> Result<(), Reported> {
        match &self.unread {
            Some(finding) if finding.by.counts(profile) || self.view.is_none() => {
                Err(Reported::new(finding.refusal, finding.check, self.which))
            }
            _ => Ok(()),
        }
    }
}

struct Budget {
    signatures: usize,
    steps: usize,
    comparisons: usize,
}

fn spend(budget: &mut usize, refusal: Refusal) -> Read<()> {
    *budget = budget.checked_sub(1).ok_or(refusal)?;
    Ok(())
}

/// Why a way was left.
enum Stop {
    /// Another may still lead to an anchor.
    This(Reported),
    /// A limit was reached.
    All(Reported),
}

impl From<Reported> for Stop {
    fn from(reported: Reported) -> Self {
        if reported.refusal.is_fatal() { Self::All(reported) } else { Self::This(reported) }
    }
}

struct Search<'s, 'a> {
    ground: &'s Ground<'a>,
    signatures: &'s mut Signatures,
    budget: Budget,
    path: Vec<usize>,
}

impl<'a> Search<'_, 'a> {
    /// Looks for a way from the last certificate of the path to an anchor, and gives that.
    fn extend(&mut self) -> Result<usize, Stop> {
        let ground = self.ground;
        let Some(head) = self.path.last().and_then(|index| ground.sent.get(*index)) else {
            return Err(Reported::new(Refusal::UnknownIssuer, Check::ChainBuilt, Which::Sent(0)).into());
        };
        let below = ground.below(&self.path, self.path.len() - 1);
        if let Some((check, refusal)) = head.first_fault(ground.request.profile, below) {
            return Err(Reported::new(refusal, check, head.which).into());
        }
        let Some(issuer) = head.view.as_ref().map(|view| view.issuer) else {
            return Err(Reported::new(Refusal::BadDer, Check::Parse, head.which).into());
        };
        let mut reason = Reported::new(Refusal::UnknownIssuer, Check::ChainBuilt, head.which);
        for (index, anchor) in ground.anchors.iter().enumerate() {
            match self.try_anchor(anchor, issuer) {
                Ok(true) => return Ok(index),
                Ok(false) => {}
                Err(Stop::This(later)) => reason = reason.or(later),
                Err(all) => return Err(all),
            }
        }
        for (index, candidate) in ground.sent.iter().enumerate().skip(1) {
            match self.try_issuer(index, candidate, issuer) {
                Ok(Some(anchor)) => return Ok(anchor),
                Ok(None) => {}
                Err(Stop::This(later)) => reason = reason.or(later),
                Err(all) => return Err(all),
            }
        }
        Err(Stop::This(reason))
    }

    /// Whether the path holds with this anchor; false where the anchor has another name.
    fn try_anchor(&mut self, anchor: &Anchor<'a>, issuer: &[u8]) -> Result<bool, Stop> {
        let Some(view) = anchor.view.filter(|view| view.subject == issuer) else { return Ok(false) };
        let below = self.ground.below(&self.path, self.path.len());
        if let Some((check, refusal)) = anchor.first_fault(self.ground.request.profile, below) {
            return Err(Reported::new(refusal, check, anchor.which).into());
        }
        self.signed_chain(anchor, view.spki)?;
        match self.ground.request.profile {
            Profile::Rustls => self.constraints_of_rustls(view.name_constraints)?,
            Profile::Strict => self.constraints_of_standard(view.name_constraints)?,
        }
        Ok(true)
    }

    /// Makes the path longer by a certificate that was sent, where it has the name.
    fn try_issuer(&mut self, index: usize, candidate: &Candidate<'a>, issuer: &[u8]) -> Result<Option<usize>, Stop> {
        candidate.readable(self.ground.request.profile)?;
        let Some(view) = candidate.view.as_ref().filter(|view| view.subject == issuer) else { return Ok(None) };
        if self.ground.repeats(&self.path, view) {
            return Ok(None);
        }
        let limit = |refusal| Reported::new(refusal, Check::ChainBuilt, Which::Sent(0));
        spend(&mut self.budget.steps, Refusal::MaximumPathBuildCallsExceeded).map_err(limit)?;
        if self.path.len() > MOST_INTERMEDIATES {
            return Err(limit(Refusal::MaximumPathDepthExceeded).into());
        }
        self.path.push(index);
        let result = self.extend();
        if result.is_err() {
            self.path.pop();
        }
        result.map(Some)
    }

    /// Checks signatures and revocation from the anchor down.
    fn signed_chain(&mut self, anchor: &Anchor<'a>, mut spki: &'a [u8]) -> Result<(), Reported> {
        let ground = self.ground;
        for (position, index) in self.path.iter().copied().enumerate().rev() {
            let Some(view) = ground.view(index) else { continue };
            let which = Which::Sent(index);
            let mut verify = |signed: &Signed<'a>, spki: &'a [u8]| {
                spend(&mut self.budget.signatures, Refusal::MaximumSignatureChecksExceeded)?;
                self.signatures.check(signed, spki)
            };
            verify(&view.signed, spki).map_err(|refusal| {
                let check = if refusal.is_fatal() { Check::ChainBuilt } else { Check::Signature };
                Reported::new(refusal, check, if refusal.is_fatal() { Which::Sent(0) } else { which })
            })?;
            if !ground.lists.is_empty() {
                let subject = Subject {
                    view,
                    is_leaf: position == 0,
                    issuer_spki: spki,
                    issuer_key_usage: ground.key_usage_above(&self.path, position),
                };
                let request = &ground.request;
                let status = revocation::status(&ground.lists, request.crl_rule, request.time, &subject, &mut verify);
                let refusal = match status {
                    Status::Refused(refusal, _) => Some(refusal),
                    Status::Good(at) if request.profile == Profile::Strict => {
                        let is_last = position + 1 == self.path.len();
                        let has_fault = ground
                            .lists
                            .get(at)
                            .is_some_and(|list| !list.is_by_standard(request.crl_rule, request.time))
                            || (is_last && revocation::cannot_sign_lists(&anchor.facts));
                        has_fault.then_some(Refusal::AgainstStandard)
                    }
                    _ => None,
                };
                if let Some(refusal) = refusal {
                    return Err(Reported::new(refusal, Check::Revocation, which));
                }
            }
            spki = view.spki;
        }
        Ok(())
    }

    fn constraints_of_rustls(&mut self, of_anchor: Option<&'a [u8]>) -> Result<(), Reported> {
        let ground = self.ground;
        let mut constraints = of_anchor;
        for (position, index) in self.path.iter().enumerate().rev() {
            if let Some(content) = constraints {
                let below: Vec<usize> = self.path.iter().take(position + 1).rev().copied().collect();
                let views = below.iter().filter_map(|index| ground.view(*index));
                let budget = &mut self.budget.comparisons;
                let mut spend = || spend(budget, Refusal::MaximumNameConstraintComparisonsExceeded);
                constraint::hold(content, views, &mut spend).map_err(|(number, refusal)| {
                    let which = Which::Sent(below.get(number).copied().unwrap_or(*index));
                    Reported::new(refusal, Check::Constraints, which)
                })?;
            }
            constraints = ground.view(*index).and_then(|view| view.name_constraints);
        }
        Ok(())
    }

    fn constraints_of_standard(&mut self, of_anchor: Option<&'a [u8]>) -> Result<(), Reported> {
        let ground = self.ground;
        let mut constraints = of_anchor;
        for (position, index) in self.path.iter().enumerate().rev() {
            for below in self.path.iter().take(position + 1).copied().filter(|_| constraints.is_some()) {
                let Some((candidate, view)) = ground.sent.get(below).zip(ground.view(below)) else { continue };
                let held = Held { view, facts: &candidate.facts, is_leaf: below == 0 };
                let mut spent = MOST_COMPARISONS - self.budget.comparisons;
                let violation = constraint::by_standard(constraints.unwrap_or_default(), &held, &mut spent);
                if spent > MOST_COMPARISONS {
                    let refusal = Refusal::MaximumNameConstraintComparisonsExceeded;
                    return Err(Reported::new(refusal, Check::Constraints, candidate.which));
                }
                self.budget.comparisons = MOST_COMPARISONS - spent;
                if violation.is_some() {
                    return Err(Reported::new(Refusal::AgainstStandard, Check::Constraints, candidate.which));
                }
            }
            constraints = ground.view(*index).and_then(|view| view.name_constraints);
        }
        Ok(())
    }
}
