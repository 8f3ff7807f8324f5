//! What a peer itself went by when it judged the other. Of a capture nobody knows it; a run of the lab tells it, and
//! then its certificates are judged as the peers judged them, and not as the user would.

use super::Ruling;
use crate::session::{FrameNumber, Session};
use crate::x509::verify::{
    CrlRule, CtLogs, PeerName, Profile, Purpose, Request, TimestampRequest, TrustAnchor, Verification,
    check_timestamps, verify,
};
use std::collections::HashMap;
use std::sync::Arc;

/// A peer that judges the certificates that it is shown on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    /// Who it is, by name.
    pub name: String,
    /// Whom it trusts.
    pub anchors: Vec<Arc<TrustAnchor>>,
    /// The revocation lists that it has, in DER.
    pub lists: Vec<Vec<u8>>,
    /// How these count for it.
    pub rule: CrlRule,
    /// What it takes for now, in seconds since 1970.
    pub time: i64,
    /// Whose certificates it is shown.
    pub purpose: Purpose,
    /// The host that it means to reach, whatever it says on the wire.
    pub wanted: Option<PeerName>,
    /// By whose rules it decides.
    pub profile: Profile,
    /// Whether it came so far as to judge; else this is what it would have gone by.
    pub has_judged: bool,
}

impl Verifier {
    /// Judges certificates, the leaf first, with the OCSP response that came with them, as if this were the moment.
    #[must_use]
    pub fn verify(&self, sent: &[&[u8]], staple: Option<&[u8]>, time: i64) -> Verification {
        let anchors: Vec<&[u8]> = self.anchors.iter().map(|anchor| anchor.der()).collect();
        let lists: Vec<&[u8]> = self.lists.iter().map(Vec::as_slice).collect();
        verify(&Request {
            sent,
            anchors: &anchors,
            more_anchors: 0,
            crls: &lists,
            crl_rule: self.rule,
            time,
            purpose: self.purpose,
            name: self.wanted.as_ref(),
            staple,
            profile: self.profile,
        })
    }

    /// What it finds of the certificates that it was shown in a session, as if this were the moment. The logs are those of
    /// the user: a peer of the lab knows none.
    pub(super) fn rule(&self, session: &Session, time: i64, logs: &CtLogs) -> Ruling {
        let certificates = session.certificates(self.purpose);
        let sent: Vec<&[u8]> = certificates.iter().map(|certificate| &*certificate.der).collect();
        let is_server = self.purpose == Purpose::Server;
        let staple = session.ocsp_response.as_deref().filter(|_| is_server);
        let anchors = self.anchors.iter().map(|anchor| anchor.der());
        let issuers: Vec<&[u8]> = sent.iter().skip(1).copied().chain(anchors).collect();
        let timestamps = check_timestamps(&TimestampRequest {
            leaf: sent.first().copied().unwrap_or_default(),
            issuers: &issuers,
            extension: session.clues.timestamps.as_deref().filter(|_| is_server),
            staple,
            logs,
            time,
        });
        Ruling {
            verification: self.verify(&sent, staple, time),
            anchors: self.anchors.clone(),
            purpose: self.purpose,
            name: self.wanted.clone(),
            timestamps,
        }
    }
}

/// The peers of a capture that are known to judge, by the first frame of their session and by whose certificates they
/// are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verifiers(HashMap<(FrameNumber, Purpose), Arc<Verifier>>);

impl Verifiers {
    /// Adds the one that judges in the session that begins with this frame.
    pub fn add(&mut self, first_frame: FrameNumber, verifier: Arc<Verifier>) {
        self.0.insert((first_frame, verifier.purpose), verifier);
    }

    /// Adds all of another capture.
    pub fn add_all(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(place, verifier)| (*place, Arc::clone(verifier))));
    }

    /// The one that was shown these certificates of the session.
    #[must_use]
    pub fn of(&self, session: &Session, purpose: Purpose) -> Option<&Arc<Verifier>> {
        self.0.get(&(session.first_frame, purpose))
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
