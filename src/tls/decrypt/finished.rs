//! What only somebody with the keys can write into a handshake: the verify_data of Finished (RFC 8446 4.4.4,
//! RFC 5246 7.4.9, RFC 6101 5.6.9) and the binders of pre-shared keys (RFC 8446 4.2.11.2).

use super::prf::prf;
use super::schedule::{Draft, PskSchedule};
use super::suite::{Hash, Suite};
use crate::tls::code::ProtocolVersion;
use crate::tls::handshake::Role;
use crate::tls::secrets::Secret;

/// What SSL 3.0 adds to the messages before it hashes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ssl3Ends {
    /// Nothing, for CertificateVerify.
    Nothing,
    /// The word for the sender of a Finished.
    Sender(Role),
}

/// The verify_data of a Finished until TLS 1.2, over all messages before it.
#[must_use]
pub fn verify_data(version: ProtocolVersion, suite: Suite, master: &Secret, sender: Role, messages: &[u8]) -> Vec<u8> {
    if version == ProtocolVersion::SSL3 {
        return ssl3_hashes(master, messages, Ssl3Ends::Sender(sender));
    }
    let label: &[u8] = match sender {
        Role::Client => b"client finished",
        Role::Server => b"server finished",
    };
    let hash = suite.schedule_hash(version);
    prf(hash, master.bytes(), label, &handshake_hash(hash, messages), 12)
}

/// The hash of a handshake until TLS 1.2: without a hash of its own it is MD5 and SHA-1 one after the other.
pub(super) fn handshake_hash(hash: Option<Hash>, messages: &[u8]) -> Vec<u8> {
    match hash {
        Some(hash) => hash.digest(&[messages]),
        None => [Hash::Md5.digest(&[messages]), Hash::Sha1.digest(&[messages])].concat(),
    }
}

/// MD5 and SHA-1 over messages and master secret, each with its two pads (RFC 6101 5.6.8, 5.6.9).
#[must_use]
pub fn ssl3_hashes(master: &Secret, messages: &[u8], ends: Ssl3Ends) -> Vec<u8> {
    let sender: &[u8] = match ends {
        Ssl3Ends::Nothing => b"",
        Ssl3Ends::Sender(Role::Client) => b"CLNT",
        Ssl3Ends::Sender(Role::Server) => b"SRVR",
    };
    let master = master.bytes();
    let of = |hash: Hash, pad: usize| {
        let inner = hash.digest(&[messages, sender, master, &vec![0x36; pad]]);
        hash.digest(&[master, &vec![0x5c; pad], &inner])
    };
    [of(Hash::Md5, 48), of(Hash::Sha1, 40)].concat()
}

/// The verify_data of a Finished in TLS 1.3: `base` is the traffic secret of its sender, `transcript` the hash of all
/// messages before it.
#[must_use]
pub fn tls13_verify_data(suite: Suite, draft: Draft, base: &Secret, transcript: &[u8]) -> Vec<u8> {
    let key = draft.finished_key(suite.hash, base.bytes());
    suite.hash.hmac(&key, &[transcript])
}

/// Whether `binder` is that of a pre-shared key, one that was agreed on elsewhere or one of an earlier session.
/// `transcript` gives the hash of all messages up to the list of binders.
#[must_use]
pub fn is_binder(draft: Draft, key: &Secret, binder: &[u8], transcript: impl Fn(Hash) -> Vec<u8>) -> bool {
    // The length tells the hash of the key, which may be of another suite than the one that is chosen.
    let Some(hash) = [Hash::Sha256, Hash::Sha384].into_iter().find(|hash| hash.length() == binder.len()) else {
        return false;
    };
    let transcript = transcript(hash);
    let schedule = PskSchedule::of_hash(hash, draft, key);
    schedule
        .binder_keys()
        .iter()
        .any(|base| hash.hmac(&draft.finished_key(hash, base.bytes()), &[&transcript]) == binder)
}
