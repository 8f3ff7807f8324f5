//! Frames read again many at a time: those of one session mostly lie close together in their file, and one read costs
//! less than a hundred.

use super::{FrameEntry, Store};
use crate::session::FrameNumber;
use std::io;

/// How many bytes are read at once.
const MOST: u64 = 1 << 20;
/// How far apart two frames may lie to be read together: what lies between them is read for nothing.
const GAP: u64 = 4 << 10;

/// Hands the bytes of frames to `take`, in their order.
pub(super) fn each_frame(
    store: &dyn Store,
    frames: impl Iterator<Item = (FrameNumber, FrameEntry)>,
    mut take: impl FnMut(FrameNumber, &FrameEntry, &[u8]),
) -> io::Result<()> {
    let mut batch: Vec<(FrameNumber, FrameEntry)> = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for (number, entry) in frames {
        let behind = batch.last().is_some_and(|(_, last)| {
            let near = entry.position >= end && entry.position - end <= GAP;
            last.file == entry.file && near && entry.position + u64::from(entry.length) - start <= MOST
        });
        if !behind {
            read(store, start, end, &batch, &mut take)?;
            batch.clear();
            start = entry.position;
        }
        end = entry.position + u64::from(entry.length);
        batch.push((number, entry));
    }
    read(store, start, end, &batch, &mut take)
}

fn read(
    store: &dyn Store,
    start: u64,
    end: u64,
    batch: &[(FrameNumber, FrameEntry)],
    take: &mut impl FnMut(FrameNumber, &FrameEntry, &[u8]),
) -> io::Result<()> {
    let Some((_, first)) = batch.first() else { return Ok(()) };
    let length = u32::try_from(end - start).map_err(io::Error::other)?;
    let bytes = store.read(first.file, start, length)?;
    for (number, entry) in batch {
        let from = usize::try_from(entry.position - start).map_err(io::Error::other)?;
        let own = bytes.get(from..from + entry.length as usize).ok_or(io::ErrorKind::UnexpectedEof)?;
        take(*number, entry, own);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Packet;
    use crate::net::LinkType;
    use std::sync::Mutex;

    /// Remembers what was read.
    struct Counting(Mutex<Vec<(u8, u64, u32)>>);

    impl Store for Counting {
        fn read(&self, file: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
            self.0.lock().unwrap().push((file, position, length));
            Ok((position..position + u64::from(length)).map(|at| at.to_le_bytes()[0]).collect())
        }
    }

    #[test]
    fn near_frames_are_read_together_and_far_ones_by_themselves() {
        let places = [(0, 100, 50), (0, 166, 50), (0, 9000, 10), (1, 9010, 10), (1, 5000, 10), (1, 5010, 0)];
        let entry = |(file, position, length): (u8, u64, usize)| {
            let (number, link, bytes) = (1, LinkType(1), &[0; 64][..length]);
            FrameEntry::new(
                &Packet { number, time: 0, link, original_length: 64, file, interface: 0, position, bytes },
                None,
            )
        };
        let store = Counting(Mutex::default());
        let mut seen = Vec::new();
        each_frame(&store, (1..).zip(places.into_iter().map(entry)), |number, entry, bytes| {
            assert_eq!(bytes.len(), entry.length as usize);
            assert!(bytes.first().is_none_or(|first| *first == entry.position.to_le_bytes()[0]));
            seen.push(number);
        })
        .unwrap();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
        assert_eq!(*store.0.lock().unwrap(), [(0, 100, 116), (0, 9000, 10), (1, 9010, 10), (1, 5000, 10)]);
    }
}
