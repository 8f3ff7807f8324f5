//! What keys that were given late did for the sessions of a capture.

use crate::session::{Closed, Kind, Session};
use crate::tls::given::Given;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What keys did for the sessions of a capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// For how many connections there were secrets that are found by the client random.
    pub connections: usize,
    /// How many of those connections the capture has.
    pub here: usize,
    /// How many of the sessions that the keys are for are open now; where they are for none by name, how many were
    /// opened that were closed before.
    pub opened: usize,
    /// The most frequent reason for which sessions stayed closed: those that the keys are for, or else all.
    pub closed: Option<Closed>,
}

/// Which sessions are open, to be compared with later.
pub(super) fn open_sessions(sessions: &[Arc<Session>]) -> HashSet<u32> {
    sessions.iter().filter(|session| session.is_open()).map(|session| session.number).collect()
}

/// What the keys did since `before`; where that is not known, sessions that are open are theirs if the keys are for
/// none by name.
pub(super) fn of(given: &Given, before: Option<&HashSet<u32>>, sessions: &[Arc<Session>]) -> Reach {
    let randoms = given.randoms();
    let is_meant = |session: &&Arc<Session>| self::randoms(session).any(|random| randoms.contains(&random));
    let found: HashSet<[u8; 32]> =
        sessions.iter().flat_map(|session| self::randoms(session)).filter(|random| randoms.contains(random)).collect();
    let gained = |session: &Session| match before {
        Some(before) => !before.contains(&session.number),
        None => randoms.is_empty(),
    };
    let theirs = |session: &&Arc<Session>| session.is_open() && (is_meant(session) || gained(session));
    let opened = sessions.iter().filter(theirs).count();
    let closed = if found.is_empty() {
        reason(sessions.iter().filter(|session| session.kind == Kind::Tls))
    } else {
        reason(sessions.iter().filter(is_meant))
    };
    Reach { connections: randoms.len(), here: found.len(), opened, closed }
}

fn randoms(session: &Session) -> impl Iterator<Item = [u8; 32]> {
    session.client_hellos.iter().filter_map(|hello| hello.item.random)
}

fn reason<'a>(sessions: impl Iterator<Item = &'a Arc<Session>>) -> Option<Closed> {
    let mut counts: HashMap<Closed, (usize, u32)> = HashMap::new();
    for session in sessions.filter(|session| !session.is_open()) {
        if let Some(reason) = session.why_closed() {
            counts.entry(reason).or_insert((0, u32::MAX - session.number)).0 += 1;
        }
    }
    // Of two that are as frequent, the one of the earlier session.
    counts.into_iter().max_by_key(|(_, rank)| *rank).map(|(reason, _)| reason)
}
