//! Packets on their way to a byte stream: link layers, tunnels, IP, TCP and UDP of one packet; flows; reassembly;
//! and what protocols say before TLS begins.
//!
//! The room must not know TLS: it hands on addresses, byte streams and the conversations in front of them.

mod address;
pub mod flow;
mod link_type;
mod packet;
mod prelude;
pub mod stream;

pub use address::{Direction, Endpoint};
pub use link_type::LinkType;
pub use packet::{Datagram, Layers, Origin, TcpFlags, TcpHeader, TransportHeader, header_fields};
pub use prelude::{Recognised, Said, TdsUnwrap, recognise};
