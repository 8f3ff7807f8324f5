//! What the Follow screen shows: one session's application data, as far as it was asked for.
//!
//! Records are opened on another thread when they come into sight. A few are kept; what is out of sight is let go.

use super::effect::Job;
use crate::capture::Snapshot;
use crate::capture::follow::{BodyPage, Chunk, Exchange, Exchanges, Follow, Message};
use crate::report::follow::Wanted;
use crate::session::{Session, StreamId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many opened records are kept before those out of sight are let go.
const KEPT: usize = 512;

/// How much of a body is read at once.
pub const PAGE: u64 = 64 << 10;

/// A session that can be followed.
#[derive(Debug)]
pub struct Followed {
    /// Its records.
    pub follow: Follow,
    /// Its requests and responses.
    pub exchanges: Exchanges,
}

/// A session to be followed, as far as it is there.
#[derive(Clone, Debug, Default)]
pub enum FollowState {
    /// Nobody asked.
    #[default]
    None,
    /// Being read.
    Loading,
    /// There.
    Ready(Arc<Followed>),
    /// Could not be read, and why.
    Failed(String),
}

/// Which message of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageId {
    /// The exchange.
    pub exchange: usize,
    /// The place among its messages: request, interim responses, response.
    pub message: usize,
}

/// A part of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyAt {
    /// Whose body.
    pub of: MessageId,
    /// The first byte, unpacked.
    pub from: u64,
}

/// What is to be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The bytes; letters of ASCII in any case.
    pub bytes: Vec<u8>,
    /// Where to begin: behind this place of a chunk, or at its start; backwards before it.
    pub from: (usize, Option<usize>),
    /// Which way.
    pub forward: bool,
    /// In which directions.
    pub wanted: Wanted,
}

/// Work for another thread.
#[derive(Clone, Debug)]
pub enum FollowWork {
    /// Read a session.
    Open {
        /// The opening of the capture; comes back with the result.
        job: Job,
        /// Which session.
        stream: StreamId,
        /// The state of the capture to take it from.
        snapshot: Arc<Snapshot>,
    },
    /// Open records.
    Read(Arc<Followed>, Vec<usize>),
    /// Read a part of a body.
    Body(Arc<Followed>, BodyAt),
    /// Look for bytes.
    Find(Arc<Followed>, Search),
}

/// What came of it.
#[derive(Debug)]
pub enum FollowNews {
    /// A session, or why not.
    Opened {
        /// The opening of the capture.
        job: Job,
        /// Which session.
        stream: StreamId,
        /// What came of it.
        result: Result<Arc<Followed>, String>,
    },
    /// Records; `None` for those that cannot be opened.
    Read(Arc<Followed>, Vec<(usize, Option<Vec<u8>>)>),
    /// A part of a body.
    Body(Arc<Followed>, BodyAt, BodyPage),
    /// Where something was found.
    Found(Arc<Followed>, Option<(usize, usize)>),
}

/// What a screen needs at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Records.
    pub chunks: BTreeSet<usize>,
    /// A part of a body.
    pub body: Option<BodyAt>,
}

/// The state of following.
#[derive(Debug, Default)]
pub struct Following {
    of: Option<(Job, StreamId)>,
    read: Option<Arc<Session>>,
    /// The session, as far as it is there.
    pub state: FollowState,
    chunks: BTreeMap<usize, Option<Vec<u8>>>,
    asked: BTreeSet<usize>,
    /// The part of a body that is there.
    pub body: Option<(BodyAt, BodyPage)>,
    asked_body: Option<BodyAt>,
    /// Counts the answers to searches, with the latest.
    pub found: (u64, Option<(usize, usize)>),
}

impl Followed {
    /// A message.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        let Exchange { request, interim, response, .. } = self.exchanges.list.get(id.exchange)?;
        request.iter().chain(interim).chain(response).nth(id.message)
    }
}

impl Following {
    /// The session, once it is there.
    #[must_use]
    pub fn ready(&self) -> Option<&Arc<Followed>> {
        match &self.state {
            FollowState::Ready(followed) => Some(followed),
            _ => None,
        }
    }

    /// A chunk with its data; `None` while that is not there. What cannot be opened has none.
    #[must_use]
    pub fn chunk(&self, number: usize) -> Option<(Chunk, &[u8])> {
        let chunk = self.ready()?.follow.chunk(number)?;
        if chunk.missing.is_some() {
            return Some((chunk, &[]));
        }
        Some((chunk, self.chunks.get(&number)?.as_deref().unwrap_or_default()))
    }

    /// The work that a screen's need makes, with the session to be followed.
    pub(crate) fn ask(
        &mut self,
        need: &Need,
        session: &Arc<Session>,
        job: Job,
        snapshot: &Arc<Snapshot>,
    ) -> Vec<FollowWork> {
        let stream = session.stream;
        let same = self.read.as_ref().is_some_and(|read| Arc::ptr_eq(read, session));
        if self.of != Some((job, stream)) || !same {
            *self = Self { of: Some((job, stream)), read: Some(Arc::clone(session)), ..Self::default() };
            self.state = FollowState::Loading;
            return vec![FollowWork::Open { job, stream, snapshot: Arc::clone(snapshot) }];
        }
        let Some(followed) = self.ready().cloned() else { return Vec::new() };
        let mut work = Vec::new();
        let is_missing = |number: &&usize| {
            let hole = followed.follow.chunk(**number).is_none_or(|chunk| chunk.missing.is_some());
            !hole && !self.chunks.contains_key(number)
        };
        let missing: BTreeSet<usize> = need.chunks.iter().filter(is_missing).copied().collect();
        if !missing.is_subset(&self.asked) {
            if self.chunks.len() > KEPT {
                self.chunks.retain(|number, _| need.chunks.contains(number));
            }
            work.push(FollowWork::Read(Arc::clone(&followed), missing.iter().copied().collect()));
            self.asked = missing;
        }
        if let Some(body) = need.body.filter(|body| self.asked_body != Some(*body)) {
            self.asked_body = Some(body);
            work.push(FollowWork::Body(followed, body));
        }
        work
    }

    /// Takes what came of it.
    pub(crate) fn take(&mut self, news: FollowNews) {
        match news {
            FollowNews::Opened { job, stream, result } if self.of == Some((job, stream)) => {
                self.state = result.map_or_else(FollowState::Failed, FollowState::Ready);
            }
            FollowNews::Read(of, chunks) if self.is(&of) => {
                for (number, bytes) in chunks {
                    self.asked.remove(&number);
                    self.chunks.insert(number, bytes);
                }
            }
            FollowNews::Body(of, at, page) if self.is(&of) && self.asked_body == Some(at) => {
                self.body = Some((at, page));
            }
            FollowNews::Found(of, found) if self.is(&of) => self.found = (self.found.0 + 1, found),
            _ => {}
        }
    }

    fn is(&self, followed: &Arc<Followed>) -> bool {
        self.ready().is_some_and(|own| Arc::ptr_eq(own, followed))
    }
}
