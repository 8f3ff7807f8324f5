//! Requests and responses as they were found, without their bodies: of a body only the places are kept.

use crate::session::FrameNumber;

/// How many bytes of header fields are kept for a session.
const MAX_FIELDS: usize = 32 << 20;
/// How many pieces of bodies are kept for a session: 64 MB of places.
const MAX_PIECES: usize = 1 << 23;
/// How many exchanges are kept for a session.
const MAX_EXCHANGES: usize = 1 << 18;

/// How many remarks a connection has, and how many a message or an exchange.
const MAX_REMARKS: usize = 256;
const FEW_REMARKS: usize = 16;

/// What is spoken inside of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// HTTP/1.0 or HTTP/1.1 (RFC 9112).
    Http1,
    /// HTTP/2 (RFC 9113).
    Http2,
    /// Something that is shown as text or bytes.
    Other,
}

impl Spoken {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1",
            Self::Http2 => "HTTP/2",
            Self::Other => "not recognised",
        }
    }
}

/// All exchanges of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchanges {
    /// What is spoken.
    pub spoken: Spoken,
    /// In the order in which they began.
    pub list: Vec<Exchange>,
    /// What concerns the connection as a whole.
    pub remarks: Vec<Remark>,
}

/// A remark, and the chunk that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The chunk.
    pub chunk: usize,
    /// A sentence.
    pub text: String,
}

/// A request with what was answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The stream in HTTP/2.
    pub stream: Option<u32>,
    /// The request; `None` when it was not seen.
    pub request: Option<Message>,
    /// Responses before the final one (RFC 9110 15.2).
    pub interim: Vec<Message>,
    /// The final response; `None` when it was not seen.
    pub response: Option<Message>,
    /// What is odd about it.
    pub remarks: Vec<String>,
}

/// A request or a response.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its first line.
    pub line: Line,
    /// The header fields in their order.
    pub fields: Vec<HeaderField>,
    /// The fields behind the body.
    pub trailers: Vec<HeaderField>,
    /// Where the body lies.
    pub body: Body,
    /// The chunk in which it begins.
    pub chunk: usize,
    /// The frame of that chunk.
    pub frame: FrameNumber,
    /// Whether its end was seen.
    pub complete: bool,
    /// What is odd about it.
    pub remarks: Vec<String>,
}

/// The first line of a message, or what stands for it in HTTP/2. Not yet made printable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Of a request.
    Request {
        /// The method.
        method: String,
        /// The target.
        target: String,
        /// `HTTP/1.1`.
        version: &'static str,
    },
    /// Of a response.
    Response {
        /// The status; 0 when it could not be read.
        status: u16,
        /// The reason phrase, which HTTP/2 does not have.
        reason: String,
        /// `HTTP/1.1`.
        version: &'static str,
    },
}

/// A header field as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// The name; `None` when the header table that it stands in is not known.
    pub name: Option<Vec<u8>>,
    /// The value; `None` when the header table that it stands in is not known.
    pub value: Option<Vec<u8>>,
}

/// Bytes of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The chunk.
    pub chunk: u32,
    /// Where in it they begin.
    pub start: u16,
    /// How many.
    pub length: u16,
}

/// Where the bytes of a body lie, after framing and before unpacking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Its pieces in their order.
    pub pieces: Vec<Piece>,
    /// How many bytes it has.
    pub length: u64,
    /// Whether some of them are not kept in `pieces`.
    pub cut: bool,
}

impl Message {
    /// A message with nothing but its first line.
    pub(super) fn new(line: Line, fields: Vec<HeaderField>, chunk: usize, frame: FrameNumber) -> Self {
        let (trailers, remarks) = (Vec::new(), Vec::new());
        Self { line, fields, trailers, body: Body::default(), chunk, frame, complete: false, remarks }
    }

    /// The values of a header field, in their order, as text.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let wanted = move |field: &&HeaderField| {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name.as_bytes()))
        };
        let text = |field: &'a HeaderField| std::str::from_utf8(field.value.as_deref()?).ok();
        self.fields.iter().filter(wanted).filter_map(text)
    }

    /// The comma-separated members of a header field, in lower case.
    pub fn members(&self, name: &str) -> Vec<String> {
        let members = self.values(name).flat_map(|value| value.split(','));
        members.map(|member| member.trim().to_ascii_lowercase()).filter(|member| !member.is_empty()).collect()
    }

    /// The status of a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.line {
            Line::Response { status, .. } => Some(status),
            Line::Request { .. } => None,
        }
    }

    /// The method of a request.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        match &self.line {
            Line::Request { method, .. } => Some(method),
            Line::Response { .. } => None,
        }
    }
}

/// Adds a remark about a message or an exchange, as long as there are few.
pub(super) fn note(remarks: &mut Vec<String>, text: String) {
    if remarks.len() < FEW_REMARKS {
        remarks.push(text);
    }
}

/// Adds a remark about the connection; the last that is kept says that there were more.
pub(super) fn remark(remarks: &mut Vec<Remark>, chunk: usize, text: String) {
    match remarks.len() {
        kept if kept < MAX_REMARKS => remarks.push(Remark { chunk, text }),
        MAX_REMARKS => remarks.push(Remark { chunk, text: "there are more remarks; they are left out".to_owned() }),
        _ => {}
    }
}

/// What may still be kept of a session.
#[derive(Debug)]
pub(super) struct Budget {
    fields: usize,
    pieces: usize,
    exchanges: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { fields: MAX_FIELDS, pieces: MAX_PIECES, exchanges: MAX_EXCHANGES }
    }
}

impl Budget {
    /// Leaves out what goes beyond, and says so.
    pub(super) fn fields(&mut self, fields: &mut Vec<HeaderField>, remarks: &mut Vec<String>) {
        let kept = fields.iter().take_while(|field| {
            let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
            let size = length(&field.name) + length(&field.value) + size_of::<HeaderField>();
            let left = self.fields.checked_sub(size);
            self.fields = left.unwrap_or(self.fields);
            left.is_some()
        });
        let kept = kept.count();
        if kept < fields.len() {
            remarks.push(format!("{} more header fields are left out: the session has too many", fields.len() - kept));
            fields.truncate(kept);
        }
    }

    /// Adds a piece to a body, joined to the one before where it goes on in the same chunk.
    pub(super) fn piece(&mut self, body: &mut Body, chunk: usize, start: usize, length: usize) {
        body.length += length as u64;
        let (Ok(chunk), Ok(start), Ok(length)) = (u32::try_from(chunk), u16::try_from(start), u16::try_from(length))
        else {
            body.cut = true;
            return;
        };
        if let Some(last) = body.pieces.last_mut().filter(|last| last.chunk == chunk)
            && u32::from(last.start) + u32::from(last.length) == u32::from(start)
        {
            last.length += length;
        } else if let Some(left) = self.pieces.checked_sub(1).filter(|_| !body.cut) {
            self.pieces = left;
            body.pieces.push(Piece { chunk, start, length });
        } else {
            body.cut = true;
        }
    }

    /// Whether another exchange, or another interim response, may be kept.
    pub(super) fn exchange(&mut self) -> bool {
        let left = self.exchanges.checked_sub(1);
        self.exchanges = left.unwrap_or(0);
        left.is_some()
    }
}
