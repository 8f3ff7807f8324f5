//! Frames of HTTP/2 (RFC 9113 4, 6): from the bytes of one direction, however they are cut.
//!
//! DATA is stepped over, because only its place matters; the other frames are put together.

use super::super::protocol::Place;
use crate::net::Direction;

/// What a client begins with (RFC 9113 3.4).
pub(in crate::capture::follow) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The header of a frame.
const HEADER: usize = 9;
/// The longest frame other than DATA that is put together.
const MAX_FRAME: usize = 256 << 10;
/// What a frame holds at the most unless the receiver allows more (RFC 9113 6.5.2).
const USUAL_FRAME: u32 = 16_384;

/// The types of frames.
pub(super) mod kind {
    pub(in super::super) const DATA: u8 = 0;
    pub(in super::super) const HEADERS: u8 = 1;
    pub(in super::super) const PRIORITY: u8 = 2;
    pub(in super::super) const RST_STREAM: u8 = 3;
    pub(in super::super) const SETTINGS: u8 = 4;
    pub(in super::super) const PUSH_PROMISE: u8 = 5;
    pub(in super::super) const PING: u8 = 6;
    pub(in super::super) const GOAWAY: u8 = 7;
    pub(in super::super) const WINDOW_UPDATE: u8 = 8;
    pub(in super::super) const CONTINUATION: u8 = 9;
}

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// A frame that is no DATA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: &'a [u8],
    /// Where its header begins.
    pub(super) place: Place,
}

/// What comes out of the bytes of a direction.
pub(super) enum Piece<'a> {
    /// The first frame begins here.
    Began {
        place: Place,
        with_preface: bool,
    },
    Frame(Frame<'a>),
    /// Content of a DATA frame.
    Data {
        stream: u32,
        place: Place,
        length: usize,
    },
    /// The last DATA frame of a stream has ended.
    EndOfData {
        stream: u32,
    },
    Problem {
        place: Place,
        text: String,
    },
}

/// The frames of one direction.
#[derive(Debug, Default)]
pub(super) struct Frames {
    state: State,
    buffer: Vec<u8>,
    /// Where `buffer` begins.
    begins: Place,
    /// How much of the preface has come.
    preface: usize,
    /// Whether the next frame is the first of a server.
    is_first: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// Nothing came yet.
    #[default]
    Fresh,
    Header,
    Payload(Header),
    Data(Data),
    /// Behind a hole: the next chunk that begins like a frame is one.
    Seeking,
    Lost,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    length: u32,
    kind: u8,
    flags: u8,
    stream: u32,
}

/// What is left of a DATA frame.
#[derive(Clone, Copy, Debug)]
struct Data {
    stream: u32,
    ends_stream: bool,
    /// Whether the length of the padding is still to come.
    padded: bool,
    content: u32,
    padding: u32,
}

impl Frame<'_> {
    pub(super) fn ends_stream(&self) -> bool {
        self.flags & END_STREAM != 0
    }

    pub(super) fn ends_headers(&self) -> bool {
        self.flags & END_HEADERS != 0
    }

    /// The stream that is promised, and the part of the header block; `None` where the padding is too long.
    pub(super) fn header_block(&self) -> Option<(Option<u32>, &[u8])> {
        let mut block = self.payload;
        if self.flags & PADDED != 0 {
            let (padding, rest) = block.split_first()?;
            block = rest.get(..rest.len().checked_sub(usize::from(*padding))?)?;
        }
        if self.kind == kind::PUSH_PROMISE {
            let (promised, rest) = block.split_first_chunk()?;
            return Some((Some(u32::from_be_bytes(*promised) & 0x7fff_ffff), rest));
        }
        if self.flags & PRIORITY != 0 {
            block = block.get(5..)?;
        }
        Some((None, block))
    }
}

impl Frames {
    /// Takes the next bytes.
    pub(super) fn push(&mut self, direction: Direction, place: Place, bytes: &[u8], mut take: impl FnMut(Piece<'_>)) {
        if matches!(self.state, State::Seeking) && is_plausible(bytes) {
            self.state = State::Header;
        }
        let (mut rest, mut at) = (bytes, place);
        while !rest.is_empty() {
            let taken = self.step(direction, at, rest, &mut take).min(rest.len());
            rest = rest.get(taken..).unwrap_or_default();
            at.start += taken;
        }
    }

    /// Bytes are missing. Gives the stream whose DATA was cut.
    pub(super) fn lose(&mut self) -> Option<u32> {
        let open = if let State::Data(data) = self.state { Some(data.stream) } else { None };
        self.buffer.clear();
        self.state = State::Seeking;
        open
    }

    fn step(&mut self, direction: Direction, at: Place, bytes: &[u8], take: &mut impl FnMut(Piece<'_>)) -> usize {
        match self.state {
            State::Fresh => self.fresh(direction, at, bytes, take),
            State::Header => {
                let (taken, whole) = self.collect(at, bytes, HEADER);
                if whole {
                    self.header(take);
                }
                taken
            }
            State::Payload(header) => {
                let (taken, whole) = self.collect(at, bytes, HEADER + header.length as usize);
                if whole {
                    self.payload(header, take);
                }
                taken
            }
            State::Data(data) => self.data(data, at, bytes, take),
            State::Seeking | State::Lost => bytes.len(),
        }
    }

    /// A client begins with the preface, and a server with its settings; without them the beginning is missing.
    fn fresh(&mut self, direction: Direction, at: Place, bytes: &[u8], take: &mut impl FnMut(Piece<'_>)) -> usize {
        if direction == Direction::ToClient {
            (self.state, self.is_first) = (State::Header, true);
            return 0;
        }
        let wanted = PREFACE.get(self.preface..).unwrap_or_default();
        let same = wanted.iter().zip(bytes).take_while(|(own, other)| own == other).count();
        if same == wanted.len().min(bytes.len()) {
            self.preface += same;
            if self.preface == PREFACE.len() {
                self.state = State::Header;
                take(Piece::Began { place: at, with_preface: true });
            }
            return same;
        }
        take(Piece::Began { place: at, with_preface: false });
        if self.preface + same > 0 {
            take(Piece::Problem { place: at, text: "the preface of HTTP/2 is damaged".to_owned() });
        }
        self.state = if self.preface == 0 && is_plausible(bytes) { State::Header } else { State::Seeking };
        if matches!(self.state, State::Header) { 0 } else { bytes.len() }
    }

    /// Adds to the buffer until it has `wanted` bytes: how many were used, and whether it is complete.
    fn collect(&mut self, at: Place, bytes: &[u8], wanted: usize) -> (usize, bool) {
        if self.buffer.is_empty() {
            self.begins = at;
        }
        let taken = wanted.saturating_sub(self.buffer.len()).min(bytes.len());
        self.buffer.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        (taken, self.buffer.len() >= wanted)
    }

    fn header(&mut self, take: &mut impl FnMut(Piece<'_>)) {
        let Some(header) = Header::read(&self.buffer) else { return };
        if std::mem::take(&mut self.is_first) {
            take(Piece::Began { place: self.begins, with_preface: starts_with_settings(&self.buffer) });
        }
        if header.kind == kind::DATA {
            self.buffer.clear();
            let padded = header.flags & PADDED != 0 && header.length > 0;
            let ends_stream = header.flags & END_STREAM != 0;
            let data = Data { stream: header.stream, ends_stream, padded, content: header.length, padding: 0 };
            return self.rest_of_data(data, take);
        }
        if header.length as usize > MAX_FRAME {
            let text = format!("no HTTP/2 from here on: a frame of {} bytes", header.length);
            take(Piece::Problem { place: self.begins, text });
            self.buffer.clear();
            self.state = State::Lost;
        } else if header.length == 0 {
            self.payload(header, take);
        } else {
            self.state = State::Payload(header);
        }
    }

    fn payload(&mut self, header: Header, take: &mut impl FnMut(Piece<'_>)) {
        let Header { kind, flags, stream, .. } = header;
        let payload = self.buffer.get(HEADER..).unwrap_or_default();
        take(Piece::Frame(Frame { kind, flags, stream, payload, place: self.begins }));
        self.buffer.clear();
        self.state = State::Header;
    }

    fn data(&mut self, mut data: Data, at: Place, bytes: &[u8], take: &mut impl FnMut(Piece<'_>)) -> usize {
        let mut taken = 1;
        if data.padded {
            let padding = u32::from(bytes.first().copied().unwrap_or_default());
            data.padded = false;
            data.padding = padding.min(data.content - 1);
            data.content -= 1 + data.padding;
            if padding > data.padding {
                let text = format!("the padding of stream {} is longer than its frame", data.stream);
                take(Piece::Problem { place: at, text });
            }
        } else {
            let left = if data.content > 0 { &mut data.content } else { &mut data.padding };
            let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX).min(*left);
            let is_content = data.content > 0;
            taken = count as usize;
            if is_content {
                data.content -= count;
                take(Piece::Data { stream: data.stream, place: at, length: taken });
            } else {
                data.padding -= count;
            }
        }
        self.rest_of_data(data, take);
        taken
    }

    fn rest_of_data(&mut self, data: Data, take: &mut impl FnMut(Piece<'_>)) {
        if data.content > 0 || data.padding > 0 || data.padded {
            self.state = State::Data(data);
            return;
        }
        self.state = State::Header;
        if data.ends_stream {
            take(Piece::EndOfData { stream: data.stream });
        }
    }
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, stream @ ..] = *bytes.first_chunk::<HEADER>()?;
        let length = u32::from_be_bytes([0, a, b, c]);
        Some(Self { length, kind, flags, stream: u32::from_be_bytes(stream) & 0x7fff_ffff })
    }
}

/// Whether bytes begin with what may well be the header of a frame.
pub(in crate::capture::follow) fn is_plausible(bytes: &[u8]) -> bool {
    let Some(Header { length, kind, stream, .. }) = Header::read(bytes) else { return false };
    let reserved = bytes.get(5).is_some_and(|byte| byte & 0x80 != 0);
    let fits = match kind {
        kind::SETTINGS => stream == 0 && length % 6 == 0,
        kind::PING => stream == 0 && length == 8,
        kind::GOAWAY => stream == 0 && length >= 8,
        kind::WINDOW_UPDATE => length == 4,
        kind::PRIORITY => stream != 0 && length == 5,
        kind::RST_STREAM => stream != 0 && length == 4,
        kind::DATA | kind::HEADERS | kind::PUSH_PROMISE | kind::CONTINUATION => stream != 0,
        _ => false,
    };
    fits && !reserved && length <= USUAL_FRAME
}

/// Whether bytes begin as a server does.
pub(in crate::capture::follow) fn starts_with_settings(bytes: &[u8]) -> bool {
    let header = Header::read(bytes);
    is_plausible(bytes) && header.is_some_and(|header| header.kind == kind::SETTINGS && header.flags & 1 == 0)
}

/// An error code with its name (RFC 9113 7).
pub(super) fn error_name(code: u32) -> String {
    const NAMES: [&str; 14] = [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    named(&NAMES, code)
}

/// A setting with its name (RFC 9113 6.5.2, RFC 8441 3).
pub(super) fn setting_name(code: u16) -> String {
    const NAMES: [&str; 9] = [
        "reserved",
        "HEADER_TABLE_SIZE",
        "ENABLE_PUSH",
        "MAX_CONCURRENT_STREAMS",
        "INITIAL_WINDOW_SIZE",
        "MAX_FRAME_SIZE",
        "MAX_HEADER_LIST_SIZE",
        "unassigned",
        "ENABLE_CONNECT_PROTOCOL",
    ];
    named(&NAMES, u32::from(code))
}

fn named(names: &[&str], code: u32) -> String {
    let name = usize::try_from(code).ok().and_then(|index| names.get(index));
    name.map_or_else(|| format!("unknown ({code})"), |name| format!("{name} ({code})"))
}
