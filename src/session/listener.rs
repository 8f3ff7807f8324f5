//! Who wants to hear what the application said, record by record, while a session is read.

use super::decryption::Closed;
use super::tracker::Moment;
use crate::net::Direction;
use crate::tls::decrypt::Found;
use crate::tls::record::Header;

/// A record that is protected, and what became of it.
#[derive(Debug)]
pub struct Heard<'a> {
    /// Which way it went.
    pub direction: Direction,
    /// When its last byte arrived.
    pub at: Moment,
    /// Offset of its header in the stream.
    pub offset: u64,
    /// Its header.
    pub header: Header,
    /// How it was opened and what it holds, or why it stayed closed.
    pub outcome: Result<(&'a Found, &'a [u8]), Closed>,
}

/// Takes each protected record of a session, in the order in which they are read.
pub trait Listener: std::fmt::Debug + Send {
    /// The next one.
    fn hear(&mut self, heard: Heard<'_>);
}
