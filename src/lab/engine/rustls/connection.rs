//! One connection, pumped with bytes. Nothing here waits and nothing here has a socket.

use super::super::{Connection, ConnectionError, ConnectionReport};
use super::error;
use super::scope::Scope;
use crate::lab::scenario::{FailedCheck, HandshakeCheck};
use crate::tls::code::{CipherSuite, NamedGroup, ProtocolVersion};
use rustls::HandshakeKind;
use std::io::{self, Read, Write};

/// A connection of a client or a server.
pub(super) struct RustlsConnection {
    inner: rustls::Connection,
    scope: Scope,
    /// The name that a client asked for.
    wanted: Option<String>,
    /// What rustls has given and nobody has taken.
    output: Vec<u8>,
    /// Application bytes that nobody has taken.
    plaintext: Vec<u8>,
    early_data: EarlyData,
    close_notify_seen: bool,
    error: Option<ConnectionError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EarlyData {
    None,
    /// A client offers it; the library knows the answer.
    Offered,
    /// A server took it.
    Taken,
}

impl RustlsConnection {
    pub(super) fn new(mut inner: rustls::Connection, scope: Scope, wanted: Option<String>) -> Self {
        // What is written before the handshake is done waits, however much it is.
        inner.set_buffer_limit(None);
        let offers = match &mut inner {
            rustls::Connection::Client(client) => client.early_data().is_some(),
            rustls::Connection::Server(_) => false,
        };
        Self {
            inner,
            scope,
            wanted,
            output: Vec::new(),
            plaintext: Vec::new(),
            early_data: if offers { EarlyData::Offered } else { EarlyData::None },
            close_notify_seen: false,
            error: None,
        }
    }

    /// Moves what rustls wants to send into `output`.
    fn collect_output(&mut self) {
        let Self { inner, scope, output, .. } = self;
        scope.during(|| {
            while inner.wants_write() {
                // Writing to memory does not fail.
                if inner.write_tls(output).is_err() {
                    break;
                }
            }
        });
    }

    /// Moves application bytes out of rustls.
    fn collect_plaintext(&mut self) {
        if let rustls::Connection::Server(server) = &mut self.inner
            && let Some(mut early) = server.early_data()
        {
            self.early_data = EarlyData::Taken;
            let mut bytes = Vec::new();
            // Like `reader`, it ends with an error where no more is there yet.
            let _ = early.read_to_end(&mut bytes);
            self.plaintext.append(&mut bytes);
        }
        let _ = self.inner.reader().read_to_end(&mut self.plaintext);
    }

    /// Gives rustls as many of the bytes as it takes at once, and lets it look at them. Behind close_notify it takes
    /// none.
    fn process(&mut self, bytes: &mut &[u8]) -> Result<(), ConnectionError> {
        let Self { inner, scope, .. } = self;
        scope.during(|| inner.read_tls(bytes)).map_err(|error| unprocessed(&error))?;
        let processed = scope.during(|| inner.process_new_packets());
        let closed = processed.as_ref().is_ok_and(rustls::IoState::peer_has_closed);
        self.close_notify_seen |= closed;
        self.collect_plaintext();
        processed.map(drop).map_err(|error| {
            let before = self.output.len();
            self.collect_output();
            let sent = error::last_alert(self.output.get(before..).unwrap_or_default());
            error::connection_error(&error, self.scope.stage, self.is_client(), sent)
        })
    }

    fn is_client(&self) -> bool {
        matches!(self.inner, rustls::Connection::Client(_))
    }
}

/// What could not even be given to rustls.
fn unprocessed(error: &io::Error) -> ConnectionError {
    ConnectionError {
        text: error.to_string(),
        check: Some(FailedCheck::Handshake(HandshakeCheck::Record)),
        alert_seen: None,
        alert_sent: None,
    }
}

impl Connection for RustlsConnection {
    fn take_output(&mut self) -> Vec<u8> {
        self.collect_output();
        std::mem::take(&mut self.output)
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), ConnectionError> {
        let mut rest = bytes;
        while !rest.is_empty() && self.error.is_none() {
            let before = rest.len();
            self.error = self.process(&mut rest).err();
            if rest.len() == before {
                break;
            }
        }
        self.error.clone().map_or(Ok(()), Err)
    }

    fn end_of_input(&mut self) -> Result<(), ConnectionError> {
        if self.error.is_some() || self.close_notify_seen {
            return Ok(());
        }
        let Self { inner, scope, .. } = self;
        let ended = scope.during(|| {
            inner.read_tls(&mut io::empty())?;
            inner.reader().read(&mut [0])
        });
        let Err(error) = ended else { return Ok(()) };
        let error = ConnectionError {
            text: error.to_string(),
            check: Some(FailedCheck::Handshake(HandshakeCheck::Closure)),
            alert_seen: None,
            alert_sent: None,
        };
        self.error = Some(error.clone());
        Err(error)
    }

    fn write(&mut self, plaintext: &[u8]) {
        if self.error.is_some() {
            return;
        }
        let Self { inner, scope, .. } = self;
        // Without a limit, the buffer takes everything.
        let _ = scope.during(|| inner.writer().write_all(plaintext));
    }

    fn write_early(&mut self, plaintext: &[u8]) -> usize {
        let Self { inner, scope, .. } = self;
        scope.during(|| match inner {
            rustls::Connection::Client(client) => {
                client.early_data().and_then(|mut early| early.write(plaintext).ok()).unwrap_or(0)
            }
            rustls::Connection::Server(_) => 0,
        })
    }

    fn read(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.plaintext)
    }

    fn close(&mut self) {
        let Self { inner, scope, .. } = self;
        scope.during(|| inner.send_close_notify());
    }

    fn report(&self) -> ConnectionReport {
        let kind = self.inner.handshake_kind();
        let server_name = match &self.inner {
            rustls::Connection::Client(_) => self.wanted.clone(),
            rustls::Connection::Server(server) => server.server_name().map(str::to_owned),
        };
        let early_data_accepted = match (&self.inner, self.early_data) {
            (rustls::Connection::Client(client), EarlyData::Offered) => Some(client.is_early_data_accepted()),
            (_, EarlyData::Taken) => Some(true),
            _ => None,
        };
        ConnectionReport {
            handshaking: self.inner.is_handshaking(),
            version: self.inner.protocol_version().map(|version| ProtocolVersion(u16::from(version))),
            suite: self.inner.negotiated_cipher_suite().map(|suite| CipherSuite(u16::from(suite.suite()))),
            group: self.inner.negotiated_key_exchange_group().map(|group| NamedGroup(u16::from(group.name()))),
            alpn: self.inner.alpn_protocol().map(<[u8]>::to_vec),
            server_name,
            resumed: kind.map(|kind| kind == HandshakeKind::Resumed),
            hello_retry_request: kind == Some(HandshakeKind::FullWithHelloRetryRequest),
            early_data_accepted,
            peer_certificates: self.peer_certificates(),
            close_notify_seen: self.close_notify_seen,
        }
    }
}

impl RustlsConnection {
    /// What came on the wire; in a resumed session, what rustls remembers from the first one.
    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        if !self.scope.received.is_empty() {
            return self.scope.received.clone();
        }
        self.inner.peer_certificates().unwrap_or_default().iter().map(|der| der.to_vec()).collect()
    }
}
