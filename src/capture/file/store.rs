//! Reads packets again, from wherever their bytes lie.

use super::super::packet::Store;
use super::bytes::Memory;
use super::spool::Spool;
use super::step::LARGEST;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Where the bytes of one opened file can be read again.
pub(super) enum Place {
    File(File),
    Memory(Memory),
    Spool(Arc<Spool>),
}

/// The places of all files that were opened together, in their order.
pub(super) struct Places(pub(super) Vec<Place>);

impl Store for Places {
    fn read(&self, file: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
        let place = self.0.get(usize::from(file)).ok_or(io::ErrorKind::NotFound)?;
        let length = length as usize;
        if length > LARGEST {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if let Place::Memory(memory) = place {
            let start = usize::try_from(position).unwrap_or(usize::MAX);
            let found = start.checked_add(length).and_then(|end| memory.bytes().get(start..end));
            return found.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        let mut buffer = vec![0; length];
        match place {
            Place::File(file) => file.read_exact_at(&mut buffer, position)?,
            Place::Spool(spool) => spool.read_exact_at(&mut buffer, position)?,
            Place::Memory(_) => {}
        }
        Ok(buffer)
    }
}
