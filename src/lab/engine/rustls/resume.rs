//! What is remembered of sessions: a server's store, its ticket keys, and the clock by which they grow old.

use super::scope;
use crate::lab::random::derive;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rustls::pki_types::UnixTime;
use rustls::server::{ProducesTickets, StoresServerSessions};
use rustls::time_provider::TimeProvider;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A ticket key seals for so long, and opens for as long again: the periods of rustls's own rotation.
const KEY_PERIOD: i64 = 6 * 60 * 60;
/// How long a client may hope for its ticket, in seconds.
const LIFETIME: u32 = 12 * 60 * 60;

/// The lab's clock, which an endpoint and all its connections share.
#[derive(Debug)]
pub(super) struct Clock(AtomicI64);

impl Clock {
    pub(super) fn new(seconds: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(seconds)))
    }

    pub(super) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn seconds(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl TimeProvider for Clock {
    /// Before 1970 rustls knows no time; there it stands still.
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.seconds()).unwrap_or(0);
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A server's memory of sessions.
#[derive(Default)]
pub(super) struct Store {
    sessions: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
    /// Whether it forgets to forget: a key that was used can be used again.
    careless: AtomicBool,
}

impl Store {
    pub(super) fn set_careless(&self, careless: bool) {
        self.careless.store(careless, Ordering::Relaxed);
    }

    pub(super) fn forget(&self) {
        self.sessions().clear();
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Vec<u8>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StoresServerSessions for Store {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.sessions().insert(key, value);
        true
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.sessions().get(key).cloned()
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        if self.careless.load(Ordering::Relaxed) { self.get(key) } else { self.sessions().remove(key) }
    }

    fn can_cache(&self) -> bool {
        true
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// A memory that keeps nothing, but hands out keys as if it did.
#[derive(Debug)]
pub(super) struct Forgetful {
    /// Whether it says that it keeps what it is given, so that tickets are sent.
    pub(super) pretends: bool,
}

impl StoresServerSessions for Forgetful {
    fn put(&self, _key: Vec<u8>, _value: Vec<u8>) -> bool {
        self.pretends
    }

    fn get(&self, _key: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn take(&self, _key: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn can_cache(&self) -> bool {
        false
    }
}

/// Seals sessions into tickets (RFC 5077 4) with keys from the seed.
pub(super) struct Tickets {
    seed: [u8; 32],
    clock: Arc<Clock>,
    /// Changes with a restart.
    life: u64,
}

impl Tickets {
    /// The tickets of the server's life with that number.
    pub(super) fn new(seed: [u8; 32], clock: Arc<Clock>, life: u64) -> Self {
        Self { seed, clock, life }
    }

    fn period(&self) -> i64 {
        self.clock.seconds().div_euclid(KEY_PERIOD)
    }

    fn key(&self, period: i64) -> Option<LessSafeKey> {
        let key = derive(&self.seed, &[b"ticket key", &self.life.to_be_bytes(), &period.to_be_bytes()]);
        UnboundKey::new(&AES_256_GCM, &key).ok().map(LessSafeKey::new)
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let nonce = scope::array::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        let key = self.key(self.period())?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = ticket.split_at_checked(NONCE_LEN)?;
        [self.period(), self.period() - 1].into_iter().find_map(|period| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut opened = sealed.to_vec();
            let plain = self.key(period)?.open_in_place(nonce, Aad::empty(), &mut opened).ok()?;
            Some(plain.to_vec())
        })
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tickets")
    }
}
