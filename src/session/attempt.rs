//! Connections on which no TLS came: nobody answered, nobody spoke, or both went on in clear. They are no sessions and
//! in no list; what can be said of them is said of the capture.

use super::facts::{FrameNumber, Prelude, StreamId, Timestamp};
use crate::net::{Direction, Endpoint};
use std::sync::Arc;

/// A TCP connection without TLS, from its SYN on.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The stream, numbered as Wireshark does.
    pub stream: StreamId,
    /// Who sent the SYN.
    pub client: Endpoint,
    /// Who was to answer it.
    pub server: Endpoint,
    /// The first frame.
    pub first_frame: FrameNumber,
    /// The last frame.
    pub last_frame: FrameNumber,
    /// Time of the first frame.
    pub started: Timestamp,
    /// Time of the last frame.
    pub ended: Timestamp,
    /// Packets by direction.
    pub packets: [u32; 2],
    /// Payload bytes by direction.
    pub bytes: [u64; 2],
    /// Whether the SYN was answered with a SYN.
    pub answered: bool,
    /// Who closed or reset first, and whether by RST.
    pub closed: Option<(Direction, bool)>,
    /// What was said, where that is recognised.
    pub said: Option<Arc<Prelude>>,
}

/// Ports on which TLS is customary from the first byte on.
const PORTS: [u16; 17] = [443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5671, 6697, 8443, 8883];

/// Whether TLS is customary on a port from the first byte on.
#[must_use]
pub fn is_tls_port(port: u16) -> bool {
    PORTS.contains(&port)
}
