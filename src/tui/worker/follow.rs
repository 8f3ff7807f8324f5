//! Follows sessions on a thread of its own: the newest request of each kind counts.

use super::{Current, lock, read, send, session};
use crate::capture::follow::Follow;
use crate::tui::app::Msg;
use crate::tui::following::{BodyAt, FollowNews, FollowWork, Followed, PAGE, Search};
use crate::tui::run::Incoming;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// How many records further on the next one of a direction is looked for.
const NEXT: usize = 64;

/// What is to be done; a newer request takes the place of an older one of its kind.
#[derive(Debug, Default)]
pub(super) struct Requests {
    latest: Mutex<[Option<FollowWork>; 4]>,
    news: Condvar,
}

impl Requests {
    /// Starts the thread.
    pub(super) fn start(sender: SyncSender<Incoming>, current: Arc<Mutex<Current>>) -> io::Result<Arc<Self>> {
        let requests = Arc::new(Self::default());
        let theirs = Arc::clone(&requests);
        let run = move || {
            loop {
                if let Some(news) = perform(theirs.next(), &current) {
                    send(&sender, Msg::Follow(news));
                }
            }
        };
        thread::Builder::new().name("follow".to_owned()).spawn(run)?;
        Ok(requests)
    }

    /// Asks for something.
    pub(super) fn ask(&self, work: FollowWork) {
        let kind = match work {
            FollowWork::Open { .. } => 0,
            FollowWork::Read(..) => 1,
            FollowWork::Body(..) => 2,
            FollowWork::Find(..) => 3,
        };
        if let Some(place) = lock(&self.latest).get_mut(kind) {
            *place = Some(work);
        }
        self.news.notify_one();
    }

    fn next(&self) -> FollowWork {
        let mut latest = lock(&self.latest);
        loop {
            if let Some(work) = latest.iter_mut().find_map(Option::take) {
                return work;
            }
            latest = self.news.wait(latest).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn perform(work: FollowWork, current: &Mutex<Current>) -> Option<FollowNews> {
    // A fault here ends nothing but this piece of work.
    catch_unwind(AssertUnwindSafe(|| match work {
        FollowWork::Open { job, stream, snapshot } => {
            let store = lock(current).store.clone();
            let result = read(store.as_deref(), |_| {
                let store = store.clone().ok_or(io::ErrorKind::NotFound)?;
                let follow = Follow::open(store, &snapshot.frames, session(&snapshot, stream)?, &snapshot.secrets)?;
                let exchanges = follow.exchanges();
                Ok(Arc::new(Followed { follow, exchanges }))
            });
            FollowNews::Opened { job, stream, result }
        }
        FollowWork::Read(followed, numbers) => records(followed, numbers),
        FollowWork::Body(followed, at) => body(followed, at),
        FollowWork::Find(followed, search) => {
            let found = find(&followed.follow, &search);
            FollowNews::Found(followed, found)
        }
    }))
    .ok()
}

/// Opens records.
pub(in crate::tui) fn records(followed: Arc<Followed>, numbers: Vec<usize>) -> FollowNews {
    let open = |number| {
        let mut bytes = Vec::new();
        let opened = followed.follow.read(number, &mut bytes);
        (number, opened.then_some(bytes))
    };
    let chunks = numbers.into_iter().map(open).collect();
    FollowNews::Read(followed, chunks)
}

/// Reads a part of a body.
pub(in crate::tui) fn body(followed: Arc<Followed>, at: BodyAt) -> FollowNews {
    let page = followed.message(at.of).map(|message| followed.follow.body_page(message, at.from, PAGE));
    FollowNews::Body(followed, at, page.unwrap_or_default())
}

/// The next place where the bytes are, round at the ends. What two records share is found in the first of them.
pub(in crate::tui) fn find(follow: &Follow, search: &Search) -> Option<(usize, usize)> {
    let count = if search.bytes.is_empty() { 0 } else { follow.len() };
    let (start, place) = search.from;
    // The first record is looked at again at the end, for what stands on the other side of the place.
    for step in 0..=count {
        let number = (start + if search.forward { step } else { count - step }).checked_rem(count)?;
        let behind_place = |at: &usize| place.is_none_or(|place| *at > place);
        let before_place = |at: &usize| place.is_some_and(|place| *at < place);
        let found = places(follow, number, search);
        let mut found = found.into_iter().filter(|at| match (step, search.forward) {
            (0, true) => behind_place(at),
            (0, false) => before_place(at),
            (last, true) if last == count => !behind_place(at),
            (last, false) if last == count => !before_place(at),
            _ => true,
        });
        let at = if search.forward { found.next() } else { found.next_back() };
        if let Some(at) = at {
            return Some((number, at));
        }
    }
    None
}

/// Where in a record the bytes begin.
fn places(follow: &Follow, number: usize, search: &Search) -> Vec<usize> {
    let (mut bytes, mut behind) = (Vec::new(), Vec::new());
    let Some(chunk) = follow.chunk(number).filter(|chunk| search.wanted.takes(chunk.direction)) else {
        return Vec::new();
    };
    if !follow.read(number, &mut bytes) {
        return Vec::new();
    }
    let own = bytes.len();
    let mut others = number + 1..follow.len().min(number + NEXT);
    let next = others.find(|next| follow.chunk(*next).is_some_and(|next| next.direction == chunk.direction));
    if next.is_some_and(|next| follow.read(next, &mut behind)) {
        bytes.extend_from_slice(behind.get(..search.bytes.len() - 1).unwrap_or(&behind));
    }
    let windows = bytes.windows(search.bytes.len()).enumerate().take(own);
    windows.filter(|(_, window)| window.eq_ignore_ascii_case(&search.bytes)).map(|(at, _)| at).collect()
}
