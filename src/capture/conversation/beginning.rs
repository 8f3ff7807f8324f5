//! Where TLS begins in the streams of a conversation, and what was said before.

use super::{Conversation, Reading, SaidBytes, Surroundings, pick, pick_mut, toward};
use crate::net::flow::Side;
use crate::net::stream::{Arrival, Chunk};
use crate::net::{Said, TdsUnwrap, recognise};
use crate::session::{Kind, Moment, Prelude, PreludeLine, TimelineLimit, Tracker};
use crate::tls::detect::{self, Form, Sign, Strength};
use crate::tls::stream::RecordStream;

/// How many bytes before TLS are kept to tell what was said.
const PRELUDE_BYTES: usize = 16 << 10;
/// How many bytes of a direction are searched for a hello that does not stand at the start of a segment.
const SEARCHED_BYTES: u64 = 64 << 10;

/// Where TLS begins in the bytes of one direction.
struct Beginning<'a> {
    /// Offset of `bytes` in the stream.
    offset: u64,
    bytes: &'a [u8],
    /// Where in `bytes` the first record begins.
    skip: usize,
    form: Form,
    /// When the first of `bytes` came.
    first: Moment,
    arrival: Arrival,
}

impl Conversation {
    /// Looks for the start of TLS in bytes that are none so far.
    pub(super) fn look(&mut self, side: Side, chunk: Chunk<'_>, at: Moment, around: &mut Surroundings<'_>) {
        let Reading::Looking { undecided, offset, since, after_gap } = pick_mut(&mut self.readers, side) else {
            return;
        };
        let joined;
        let first = since.take().unwrap_or(at);
        let (start, bytes) = if undecided.is_empty() {
            (chunk.offset, chunk.bytes)
        } else {
            undecided.extend_from_slice(chunk.bytes);
            joined = std::mem::take(undecided);
            (*offset, joined.as_slice())
        };
        let trusting = self.tracker.is_some() || self.syn.is_none() || *after_gap;
        let sign = sign(bytes, trusting, start < SEARCHED_BYTES);
        match sign {
            Sign::More { offset: from } => {
                let (before, rest) = bytes.split_at_checked(from).unwrap_or((bytes, &[]));
                *undecided = rest.to_vec();
                *offset = start + from as u64;
                *since = Some(if from == 0 { first } else { at });
                if !before.is_empty() {
                    self.not_tls(side, start, before, at);
                }
            }
            Sign::No => self.not_tls(side, start, bytes, at),
            Sign::Start { offset: skip, form, .. } => {
                let begin = Beginning { offset: start, bytes, skip, form, first, arrival: chunk.arrival };
                self.begin(side, &begin, at, around);
            }
        }
    }

    fn not_tls(&mut self, side: Side, offset: u64, bytes: &[u8], at: Moment) {
        self.keep_said(side, bytes, at.frame);
        // Behind a hello these bytes are the answer to it, and no record.
        let direction = toward(self.client, side);
        if let Some(tracker) = self.tracker.as_mut().filter(|tracker| !tracker.session().timeline.is_empty()) {
            tracker.not_tls(direction, offset, bytes, at);
        }
    }

    /// Bytes that could still have become a record were the last words before TLS.
    fn say_undecided(&mut self, side: Side) {
        if let Reading::Looking { undecided, since: Some(since), .. } = pick(&self.readers, side) {
            let (bytes, frame) = (undecided.clone(), since.frame);
            self.keep_said(side, &bytes, frame);
        }
    }

    fn keep_said(&mut self, side: Side, bytes: &[u8], frame: u32) {
        let room = PRELUDE_BYTES.saturating_sub(self.said_bytes).min(bytes.len());
        if room > 0 && self.tracker.is_none() {
            self.said_bytes += room;
            let bytes = bytes.get(..room).unwrap_or_default().to_vec();
            self.said.push(SaidBytes { side, frame, bytes });
        }
    }

    fn begin(&mut self, side: Side, begin: &Beginning<'_>, at: Moment, around: &mut Surroundings<'_>) {
        let Beginning { offset, bytes, skip, form, first, arrival } = *begin;
        let wrapper = tds_header(bytes, skip);
        let (before, records) = bytes.split_at_checked(skip - wrapper).unwrap_or((bytes, &[]));
        if !before.is_empty() {
            self.keep_said(side, before, at.frame);
        }
        if self.tracker.is_none() {
            self.say_undecided(side.other());
            self.tracker = Some(Box::new(self.new_tracker(first, around.timeline)));
        }
        let start = offset + before.len() as u64;
        let stream = if form == Form::Ssl2 { RecordStream::with_ssl2() } else { RecordStream::default() };
        let stream = stream.keeping(self.tracker().is_some_and(|tracker| tracker.wants_content(around.means.secrets)));
        if wrapper > 0 {
            let unwrap = TdsUnwrap::new();
            *pick_mut(&mut self.readers, side) = Reading::Wrapped { unwrap, offset: start, stream };
            if let Some(recording) = &mut self.recording {
                recording.truncate(side, start);
            }
            let skipped = u32::try_from(before.len()).unwrap_or(0);
            let arrival = Arrival { payload_at: arrival.payload_at.map(|at| at + skipped), ..arrival };
            self.wrapped(side, Chunk { offset: start, bytes: records, arrival }, at, around);
        } else {
            *pick_mut(&mut self.readers, side) = Reading::Records(stream);
            let direction = toward(self.client, side);
            if let (Reading::Records(stream), Some(tracker)) = (pick_mut(&mut self.readers, side), &mut self.tracker) {
                stream.push(start, records, |record| tracker.record(direction, record, at, &mut around.means));
            }
        }
    }

    fn new_tracker(&mut self, at: Moment, timeline: TimelineLimit) -> Tracker {
        let [low, high] = self.ends;
        let (client, server) = if self.client == Side::Low { (low, high) } else { (high, low) };
        let mut tracker = Tracker::new(self.id, Kind::Tls, client, server, at, timeline);
        tracker.roles_from(self.roles_from);
        tracker.stream_began(self.began, 0);
        if let Some(prelude) = self.prelude() {
            tracker.prelude(prelude);
        }
        if self.recording.is_some() {
            tracker.keep_keys();
        }
        self.tell_closings(&mut tracker);
        tracker
    }

    /// What was said so far; it is forgotten with this.
    pub(super) fn prelude(&mut self) -> Option<Prelude> {
        let said = std::mem::take(&mut self.said);
        if said.is_empty() {
            return None;
        }
        let client = self.client;
        let views: Vec<Said<'_>> = said
            .iter()
            .map(|said| Said { direction: toward(client, said.side), frame: said.frame, bytes: &said.bytes })
            .collect();
        let recognised = recognise(&views);
        let lines = recognised.lines.into_iter();
        let lines = lines.map(|(frame, direction, text)| PreludeLine { frame, direction, text }).collect();
        let mut bytes = [0; 2];
        for said in &views {
            if let Some(count) = bytes.get_mut(said.direction.index()) {
                *count += said.bytes.len() as u64;
            }
        }
        Some(Prelude { protocol: recognised.protocol, accepted: recognised.accepted, lines, bytes })
    }
}

/// Whether TLS begins in `bytes`. A weak sign (a record that is no hello) is believed only in a stream whose beginning
/// was not captured, or whose other direction is TLS already: that is what `trusting` says.
fn sign(bytes: &[u8], trusting: bool, search: bool) -> Sign {
    let sign = if search { detect::look(bytes) } else { detect::look_at_start(bytes) };
    match sign {
        Sign::Start { strength: Strength::Weak, .. } if !trusting => Sign::No,
        sign => sign,
    }
}

/// The length of the TDS header right before the first record, 0 where there is none: SQL Server's clients carry the
/// handshake in packets of type 0x12 (MS-TDS 2.2.3.1).
fn tds_header(bytes: &[u8], skip: usize) -> usize {
    const LENGTH: usize = 8;
    let header = skip.checked_sub(LENGTH).and_then(|start| bytes.get(start..skip));
    match header {
        Some([0x12, 0 | 1, high, low, ..]) if usize::from(u16::from_be_bytes([*high, *low])) > LENGTH => LENGTH,
        _ => 0,
    }
}
