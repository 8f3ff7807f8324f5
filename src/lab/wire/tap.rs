//! The place of whoever sits on the wire: all bytes pass here before they become packets.

/// Somebody who may touch what crosses the wire.
pub(crate) trait Interceptor {
    /// Takes bytes on their way and gives back what reaches the other side.
    fn cross(&mut self, passage: &Passage<'_>) -> Crossing;

    /// What was held back on a connection and goes on now, with who sent it: nothing comes that it could wait for.
    fn let_go(&mut self, connection: u32) -> Vec<(String, Vec<u8>)>;

    /// The bytes that were copied to be played back.
    fn copied(&self) -> Vec<u8>;

    /// The steps that have found nothing to act on.
    fn missed(&self) -> Vec<Missed>;
}

/// Bytes on their way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage<'a> {
    /// The connection, from 1 on.
    pub(crate) connection: u32,
    /// Who sends, by name.
    pub(crate) from: &'a str,
    /// Whom the sender means to reach, by name.
    pub(crate) to: &'a str,
    /// What the bytes are for.
    pub(crate) carries: Carries,
    /// The bytes.
    pub(crate) bytes: &'a [u8],
}

/// What bytes are for: their sender knows it where the wire does not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    /// Text before TLS, or without it.
    Plain,
    /// What the TLS library says by itself.
    Handshake,
    /// Records with bytes of the application.
    ApplicationData,
    /// An alert, close_notify among them.
    Alert,
}

/// What becomes of bytes on their way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// What arrives, in order.
    pub(crate) deliver: Vec<Delivery>,
    /// What was done, for whoever watches.
    pub(crate) remarks: Vec<Remark>,
}

/// Bytes that arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// How much later than usual, in milliseconds.
    pub(crate) delay: u32,
}

/// Something that was done on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The step of the script, by its place in the file, from 0 on.
    pub(crate) step: usize,
    /// Who did it, by name.
    pub(crate) by: String,
    /// What was done, in a few words.
    pub(crate) text: String,
}

/// A step that has found nothing to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The step of the script, by its place in the file, from 0 on.
    pub step: usize,
    /// Why it has not.
    pub reason: String,
    /// Whether the script says that this is no problem.
    pub may_miss: bool,
}
