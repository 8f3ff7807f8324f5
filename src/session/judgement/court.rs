//! Judges sessions one after the other, and knows again what it has judged.

use super::basis::{Basis, Docket};
use super::{Judged, Judgement, NotJudged, Ruling};
use crate::base::{BufferId, Reader, Tree};
use crate::net::Direction;
use crate::session::{EventKind, Kind, Session};
use crate::tls::code::HandshakeType;
use crate::x509::verify::{
    Check, Outcome, PeerName, Purpose, Request, Rung, TimestampRequest, check_timestamps, timestamp_turns, verify,
};
use crate::x509::{Certificate, moment, ocsp_response};
use hashbrown::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// How many different chains of sessions that did not fail are judged unasked.
const MOST_CHAINS: usize = 512;
/// How many rulings are remembered before all are let go.
const MOST_RULINGS: usize = 4096;
/// How many rulings of one chain are remembered; each holds for a span of time.
const MOST_SPANS: usize = 16;

const NANOSECONDS: i64 = 1_000_000_000;

/// Judges sessions by one basis.
#[derive(Clone, Debug)]
pub struct Court {
    basis: Arc<Basis>,
    known: HashMap<Question, Vec<Known>>,
    /// How many chains of sessions that did not fail may still be judged.
    left: usize,
}

/// A ruling, and for which moments it is the same.
#[derive(Clone, Debug)]
struct Known {
    span: RangeInclusive<i64>,
    ruling: Arc<Ruling>,
    /// The moment that it was made for, where some evidence tells it.
    told: Option<i64>,
}

impl Known {
    /// The ruling for a moment of the span.
    fn at(&self, at: i64) -> Arc<Ruling> {
        let Some(told) = self.told.filter(|told| *told != at) else { return Arc::clone(&self.ruling) };
        let (before, now) = (moment(told), moment(at));
        let mut ruling = Ruling::clone(&self.ruling);
        for rung in ruling.verification.rungs.iter_mut().filter(|rung| tells_clock(rung)) {
            rung.evidence = rung.evidence.replace(&before, &now);
        }
        Arc::new(ruling)
    }
}

/// All that a ruling depends on but the basis and the moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    /// SHA-256 of each certificate.
    chain: Vec<[u8; 32]>,
    purpose: Purpose,
    name: Option<PeerName>,
    staple: Option<Arc<[u8]>>,
    /// The list of timestamps in a TLS extension.
    timestamps: Option<Arc<[u8]>>,
}

impl Court {
    /// A court that has judged nothing.
    #[must_use]
    pub fn new(basis: Arc<Basis>) -> Self {
        Self { basis, known: HashMap::new(), left: MOST_CHAINS }
    }

    /// By what it judges.
    #[must_use]
    pub fn basis(&self) -> &Arc<Basis> {
        &self.basis
    }

    /// Judges the certificates of a session whose outcome is known.
    pub fn judge(&mut self, session: &mut Session) {
        if session.kind == Kind::Tls && self.basis.docket != Docket::None {
            let [server, client] = [Purpose::Server, Purpose::Client].map(|purpose| self.side(session, purpose));
            session.judgement = Judgement { server, client };
        }
    }

    fn side(&mut self, session: &Session, purpose: Purpose) -> Option<Judged> {
        let certificates = session.certificates(purpose);
        if certificates.is_empty() {
            return None;
        }
        if let Some(verifier) = self.basis.verifiers.of(session, purpose) {
            let ruling = verifier.rule(session, verifier.time, &self.basis.logs);
            return Some(Judged { at: verifier.time, result: Ok(Arc::new(ruling)) });
        }
        let at = arrival(session, purpose);
        let failed = matches!(session.outcome.word(), "failed" | "suspect");
        let result = self.result(question(session, purpose), certificates, at, failed);
        Some(Judged { at, result })
    }

    fn result(
        &mut self,
        question: Question,
        certificates: &[Arc<Certificate>],
        at: i64,
        failed: bool,
    ) -> Result<Arc<Ruling>, NotJudged> {
        if self.basis.anchors.is_empty() {
            return Err(NotJudged::NoAnchors);
        }
        let known = self.known.get(&question).into_iter().flatten();
        if let Some(known) = known.into_iter().find(|known| known.span.contains(&at)) {
            return Ok(known.at(at));
        }
        if !failed && self.basis.docket == Docket::Bounded {
            self.left = self.left.checked_sub(1).ok_or(NotJudged::TooManyChains)?;
        }
        let ruling = Arc::new(rule(&self.basis, &question, certificates, at));
        let span = self.span(&question, certificates, &ruling, at);
        let told = ruling.verification.rungs.iter().any(tells_clock).then_some(at);
        self.remember(question, Known { span, ruling: Arc::clone(&ruling), told });
        Ok(ruling)
    }

    fn remember(&mut self, question: Question, known: Known) {
        if self.known.len() >= MOST_RULINGS {
            self.known.clear();
        }
        let rulings = self.known.entry(question).or_default();
        if rulings.len() >= MOST_SPANS {
            rulings.clear();
        }
        rulings.push(known);
    }

    /// The moments around this one at which nothing begins to be valid or ends, so that the ruling is the same.
    fn span(
        &self,
        question: &Question,
        certificates: &[Arc<Certificate>],
        ruling: &Ruling,
        at: i64,
    ) -> RangeInclusive<i64> {
        let staple = question.staple.as_deref();
        let serials: Vec<&[u8]> = certificates.iter().map(|certificate| &*certificate.serial).collect();
        let anchors = ruling.anchors.iter().map(|anchor| anchor.certificate());
        let periods = certificates.iter().map(|certificate| (certificate.not_before, certificate.not_after));
        let periods = periods.chain(anchors.map(|anchor| (anchor.not_before, anchor.not_after)));
        let turns = periods.flat_map(|(from, to)| [from, to]).chain(self.basis.lists.turns(&serials));
        let turns = turns.chain(staple.map(staple_turns).unwrap_or_default());
        let turns = turns.chain(timestamp_turns(&ruling.timestamps));
        let (mut from, mut to) = (i64::MIN, i64::MAX);
        // Whether the moment itself is before or after differs from rule to rule, so it stands alone.
        for turn in turns {
            match turn.cmp(&at) {
                std::cmp::Ordering::Less => from = from.max(turn.saturating_add(1)),
                std::cmp::Ordering::Equal => return at..=at,
                std::cmp::Ordering::Greater => to = to.min(turn.saturating_sub(1)),
            }
        }
        from..=to
    }
}

/// Judges one chain at a moment, without asking whether it was judged before. `None` where there is nothing to judge.
#[must_use]
pub fn judge_at(basis: &Basis, session: &Session, purpose: Purpose, at: i64) -> Option<Ruling> {
    let certificates = session.certificates(purpose);
    if certificates.is_empty() {
        return None;
    }
    match basis.verifiers.of(session, purpose) {
        Some(verifier) => Some(verifier.rule(session, at, &basis.logs)),
        None if basis.anchors.is_empty() => None,
        None => Some(rule(basis, &question(session, purpose), certificates, at)),
    }
}

/// The moment for which the certificates of a side are judged, in seconds since 1970: when they arrived, or what the
/// peer that was shown them took for now.
#[must_use]
pub fn moment_of(basis: &Basis, session: &Session, purpose: Purpose) -> i64 {
    let own = basis.verifiers.of(session, purpose).map(|verifier| verifier.time);
    own.unwrap_or_else(|| arrival(session, purpose))
}

fn question(session: &Session, purpose: Purpose) -> Question {
    let is_server = purpose == Purpose::Server;
    Question {
        chain: session.certificates(purpose).iter().map(|certificate| certificate.sha256).collect(),
        purpose,
        name: session.server_name().filter(|_| is_server).map(PeerName::new),
        staple: session.ocsp_response.clone().filter(|_| is_server),
        timestamps: session.clues.timestamps.clone().filter(|_| is_server),
    }
}

fn rule(basis: &Basis, question: &Question, certificates: &[Arc<Certificate>], at: i64) -> Ruling {
    let sent: Vec<&[u8]> = certificates.iter().map(|certificate| &*certificate.der).collect();
    let anchors = basis.anchors.issuers_of(&sent);
    let near: Vec<&[u8]> = anchors.iter().map(|anchor| anchor.der()).collect();
    let verification = verify(&Request {
        sent: &sent,
        anchors: &near,
        more_anchors: basis.anchors.count() - near.len(),
        crls: &basis.lists.of_issuers(&sent),
        crl_rule: Basis::CRL_RULE,
        time: at,
        purpose: question.purpose,
        name: question.name.as_ref(),
        staple: question.staple.as_deref(),
        profile: basis.profile,
    });
    let issuers: Vec<&[u8]> = sent.iter().skip(1).chain(&near).copied().collect();
    let timestamps = check_timestamps(&TimestampRequest {
        leaf: sent.first().copied().unwrap_or_default(),
        issuers: &issuers,
        extension: question.timestamps.as_deref(),
        staple: question.staple.as_deref(),
        logs: &basis.logs,
        time: at,
    });
    Ruling { verification, anchors, purpose: question.purpose, name: question.name.clone(), timestamps }
}

/// The moments at which what a stapled response says begins to count or becomes too old.
fn staple_turns(der: &[u8]) -> Vec<i64> {
    let response = ocsp_response(Reader::new(der, BufferId(0)), &mut Tree::off());
    let times = response.answers.iter().flat_map(|answer| [answer.this_update, answer.next_update]);
    times.flatten().collect()
}

/// Whether the evidence tells the moment.
fn tells_clock(rung: &Rung) -> bool {
    rung.outcome == Outcome::Failed && matches!(rung.check, Check::Validity | Check::Revocation)
}

/// When the certificates of a side were complete, in seconds since 1970.
fn arrival(session: &Session, purpose: Purpose) -> i64 {
    let direction = match purpose {
        Purpose::Server => Direction::ToClient,
        Purpose::Client => Direction::ToServer,
    };
    let message = session.timeline.iter().find(|event| {
        event.direction == direction && matches!(event.kind, EventKind::Handshake { kind, .. } if is_certificate(kind))
    });
    let time = message.map_or(session.handshake_started.unwrap_or(session.started), |event| event.time);
    time.div_euclid(NANOSECONDS)
}

/// Certificate, or CompressedCertificate (RFC 8879 4).
fn is_certificate(kind: HandshakeType) -> bool {
    kind == HandshakeType::CERTIFICATE || kind == HandshakeType(25)
}

#[cfg(test)]
mod tests;
