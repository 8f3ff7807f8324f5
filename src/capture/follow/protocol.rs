//! What is spoken inside of a session: told by its first bytes, with ALPN as a witness and never alone.

use super::exchange::{Exchanges, Spoken};
use super::http1::Http1;
use super::http2::{self, Http2};
use super::{Chunk, Follow};
use crate::net::Direction;
use crate::session::FrameNumber;

/// How many bytes of a direction are looked at.
const LOOKED_AT: usize = 64;

/// Where bytes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The chunk.
    pub(super) chunk: usize,
    /// Where in the chunk.
    pub(super) start: usize,
    /// The frame of the chunk.
    pub(super) frame: FrameNumber,
}

/// What may be said to a reader.
pub(super) enum Part<'a> {
    Data(&'a [u8]),
    /// Why it is not there.
    Hole(&'a str),
}

impl Follow {
    /// The requests and responses of the session; none where nothing is spoken that is known.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges {
        let heads = self.heads();
        let alpn = self.session.alpn.as_deref();
        match spoken(&heads, alpn) {
            Spoken::Http1 => {
                let mut reader = Http1::default();
                self.walk(|direction, place, part| match part {
                    Part::Data(bytes) => reader.data(direction, place, bytes),
                    Part::Hole(why) => reader.hole(direction, place, why),
                });
                reader.finish()
            }
            Spoken::Http2 => {
                let mut reader = Http2::default();
                self.walk(|direction, place, part| match part {
                    Part::Data(bytes) => reader.data(direction, place, bytes),
                    Part::Hole(why) => reader.hole(direction, place, why),
                });
                reader.finish()
            }
            Spoken::Other => Exchanges { spoken: Spoken::Other, list: Vec::new(), remarks: Vec::new() },
        }
    }

    /// Goes through all chunks in their order.
    fn walk(&self, mut take: impl FnMut(Direction, Place, Part<'_>)) {
        let mut bytes = Vec::new();
        for (number, chunk) in self.chunks().enumerate() {
            let place = Place { chunk: number, start: 0, frame: chunk.frame };
            match chunk.missing {
                Some((why, _)) => take(chunk.direction, place, Part::Hole(&why.text())),
                None if self.read(number, &mut bytes) => take(chunk.direction, place, Part::Data(&bytes)),
                None => take(chunk.direction, place, Part::Hole("the record cannot be read again")),
            }
        }
    }

    /// The first bytes of each direction.
    fn heads(&self) -> [Vec<u8>; 2] {
        let mut heads = [Vec::new(), Vec::new()];
        let mut bytes = Vec::new();
        for (number, Chunk { direction, .. }) in self.chunks().enumerate().take(256) {
            let Some(head) = heads.get_mut(direction.index()).filter(|head| head.len() < LOOKED_AT) else { continue };
            if self.read(number, &mut bytes) {
                head.extend_from_slice(bytes.get(..LOOKED_AT).unwrap_or(&bytes));
            }
        }
        heads
    }
}

/// What the first bytes of both directions are.
pub(super) fn spoken([client, server]: &[Vec<u8>; 2], alpn: Option<&[u8]>) -> Spoken {
    let preface = http2::PREFACE.starts_with(client.get(..http2::PREFACE.len()).unwrap_or(client));
    if (preface && client.len() >= 3) || http2::starts_with_settings(server) {
        return Spoken::Http2;
    }
    if starts_http1(client) || starts_http1(server) {
        return Spoken::Http1;
    }
    // The beginning may be missing; then what is there has at least to look like it.
    match alpn {
        Some(b"h2") if http2::is_plausible(client) || http2::is_plausible(server) => Spoken::Http2,
        Some(b"http/1.1" | b"http/1.0") => Spoken::Http1,
        _ => Spoken::Other,
    }
}

/// Whether bytes begin like a request or a response of HTTP/1.
pub(super) fn starts_http1(bytes: &[u8]) -> bool {
    const METHODS: [&[u8]; 16] = [
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"PUT ",
        b"DELETE ",
        b"OPTIONS ",
        b"PATCH ",
        b"CONNECT ",
        b"TRACE ",
        b"PROPFIND ",
        b"PROPPATCH ",
        b"MKCOL ",
        b"COPY ",
        b"MOVE ",
        b"LOCK ",
        b"REPORT ",
    ];
    bytes.starts_with(b"HTTP/1.") || METHODS.iter().any(|method| bytes.starts_with(method))
}
