//! What a TLS library must be able to do to be a peer of the lab.
//!
//! An engine makes endpoints; an endpoint is one peer with its configuration and its memory of sessions; it opens
//! connections, which are pumped with bytes and never touch a socket. The engine must not know scenarios' scripts,
//! the wire, nor applications.

mod rustls;

pub(crate) use self::rustls::Rustls;

use super::scenario::{FailedCheck, RevocationRule};
use crate::tls::code::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion};
use std::fmt;
use std::sync::Arc;

/// A TLS library.
pub(crate) trait Engine {
    /// A peer that opens connections.
    ///
    /// # Errors
    /// When the library refuses the configuration: the reason, in its words.
    fn client(&self, setup: &EndpointSetup) -> Result<Box<dyn Endpoint>, EngineError>;

    /// A peer that takes connections.
    ///
    /// # Errors
    /// When the library refuses the configuration: the reason, in its words.
    fn server(&self, setup: &EndpointSetup) -> Result<Box<dyn Endpoint>, EngineError>;
}

/// A peer with its configuration and what it remembers of earlier sessions.
pub(crate) trait Endpoint {
    /// Begins a connection. A client needs the name of the server; a server ignores it.
    ///
    /// # Errors
    /// When the name cannot be one, or the library refuses.
    fn open(&mut self, server_name: Option<&str>) -> Result<Box<dyn Connection>, EngineError>;

    /// Sets the clock, in seconds since 1970.
    fn set_clock(&mut self, seconds: i64);

    /// Forgets all sessions and the keys of tickets, as after a restart.
    fn restart(&mut self);

    /// Takes another configuration and keeps what it remembers of sessions.
    ///
    /// # Errors
    /// When the library refuses the configuration.
    fn configure(&mut self, setup: &EndpointSetup) -> Result<(), EngineError>;
}

/// One TLS connection of a peer.
pub(crate) trait Connection {
    /// Takes the bytes that it wants to send; one call gives one flight. Empty where there are none.
    fn take_output(&mut self) -> Vec<u8>;

    /// Gives it bytes from the wire. After an error it may still have an alert to send.
    ///
    /// # Errors
    /// What the library found; the first error of a connection is the one that counts.
    fn receive(&mut self, bytes: &[u8]) -> Result<(), ConnectionError>;

    /// Says that the other side has closed its direction.
    ///
    /// # Errors
    /// When the end came without close_notify.
    fn end_of_input(&mut self) -> Result<(), ConnectionError>;

    /// Gives it application bytes to send, before its own handshake is done as well: they wait.
    fn write(&mut self, plaintext: &[u8]);

    /// Gives a client application bytes to send as early data; gives back how many it can send so.
    fn write_early(&mut self, plaintext: &[u8]) -> usize;

    /// Takes the application bytes that have arrived, early data among them.
    fn read(&mut self) -> Vec<u8>;

    /// Sends close_notify.
    fn close(&mut self);

    /// What the library says of the connection now.
    fn report(&self) -> ConnectionReport;
}

/// What a library says of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConnectionReport {
    /// Whether the handshake is still going on.
    pub(crate) handshaking: bool,
    /// What was negotiated.
    pub(crate) version: Option<ProtocolVersion>,
    /// See [`version`](Self::version).
    pub(crate) suite: Option<CipherSuite>,
    /// See [`version`](Self::version).
    pub(crate) group: Option<NamedGroup>,
    /// See [`version`](Self::version).
    pub(crate) alpn: Option<Vec<u8>>,
    /// The name that the client wanted or the server was told.
    pub(crate) server_name: Option<String>,
    /// Whether an earlier session was resumed.
    pub(crate) resumed: Option<bool>,
    /// Whether a HelloRetryRequest was part of it.
    pub(crate) hello_retry_request: bool,
    /// Whether early data was accepted; `None` where none was offered, and at a server that refused it, whose library
    /// does not tell.
    pub(crate) early_data_accepted: Option<bool>,
    /// The DER of the certificates that it received, the leaf first; also when it refused them. In a resumed session,
    /// those that it remembers.
    pub(crate) peer_certificates: Vec<Vec<u8>>,
    /// Whether it has seen close_notify.
    pub(crate) close_notify_seen: bool,
}

/// What a library found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionError {
    /// In the library's own words.
    pub(crate) text: String,
    /// Which check it stands for; `None` when it is only the other side's alert.
    pub(crate) check: Option<FailedCheck>,
    /// The alert of the other side, where that is what it is about.
    pub(crate) alert_seen: Option<AlertDescription>,
    /// The alert that the library sends because of it, as far as it can be told; the wire has the last word.
    pub(crate) alert_sent: Option<AlertDescription>,
}

/// A configuration or a name that the library does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EngineError(pub String);

/// Everything that can be set on a peer, already resolved: no names of the scenario are left.
#[derive(Clone)]
pub(crate) struct EndpointSetup {
    /// Whose randomness it is: seed of the run and name of the peer.
    pub(crate) seed: [u8; 32],
    /// Now, in seconds since 1970.
    pub(crate) clock: i64,
    /// Whether TLS 1.2 and TLS 1.3 are offered.
    pub(crate) versions: Vec<ProtocolVersion>,
    /// Suites, best first; empty is the library's list.
    pub(crate) suites: Vec<CipherSuite>,
    /// Groups, best first; empty is X25519, secp256r1, secp384r1.
    pub(crate) groups: Vec<NamedGroup>,
    /// Signature schemes that it accepts; empty is the library's list.
    pub(crate) signature_schemes: Vec<crate::tls::code::SignatureScheme>,
    /// Protocols of ALPN, best first.
    pub(crate) alpn: Vec<Vec<u8>>,
    /// Whether a client sends server_name.
    pub(crate) sni: bool,
    /// Its certificates with their keys: a server's default one first, the others by server_name.
    pub(crate) identities: Vec<EndpointIdentity>,
    /// Anchors for the other side's certificates, as DER; a server asks for certificates when `client_auth` says so.
    pub(crate) trust: Vec<Vec<u8>>,
    /// Revocation lists about the other side's certificates, as DER.
    pub(crate) revocation_lists: Vec<Vec<u8>>,
    /// What is made of them.
    pub(crate) revocation_rule: RevocationRule,
    /// Whether a server asks for client certificates.
    pub(crate) client_auth: super::scenario::ClientAuth,
    /// How sessions are resumed.
    pub(crate) resume: super::scenario::Resume,
    /// How many tickets a server gives in TLS 1.3; `None` is the library's number, or none where it does not resume.
    /// A server that does not resume and gives some honours none of them.
    pub(crate) tickets: Option<u32>,
    /// Whether early data is sent or taken.
    pub(crate) early_data: bool,
    /// What a server's store does with a key that was used.
    pub(crate) store: super::scenario::Store,
    /// Largest record in bytes of plaintext.
    pub(crate) fragment: Option<u32>,
    /// Where secrets go; `None` keeps them.
    pub(crate) key_log: Option<Arc<dyn SecretSink>>,
}

/// A certificate with its chain and the private key that the peer holds, which need not fit.
#[derive(Clone)]
pub(crate) struct EndpointIdentity {
    /// The names for which a server shows it; empty for the default.
    pub(crate) names: Vec<String>,
    /// DER, the leaf first.
    pub(crate) chain: Vec<Vec<u8>>,
    /// The key.
    pub(crate) key: Arc<super::pki::PrivateKey>,
}

/// Takes the secrets of connections.
pub(crate) trait SecretSink: Send + Sync {
    /// One secret, by its label of RFC 9850.
    fn secret(&self, label: &str, client_random: &[u8], secret: &[u8]);

    /// What the key exchange gave, which no library logs.
    fn shared_secret(&self, _client_random: &[u8], _secret: &[u8]) {}
}

impl fmt::Debug for EndpointSetup {
    /// Neither seed nor keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointSetup")
            .field("versions", &self.versions)
            .field("alpn", &self.alpn)
            .finish_non_exhaustive()
    }
}
