//! Reads a pipe on a thread of its own, so that who decodes what came never waits for who writes.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How much is read at once: as much as the pipes of Linux hold.
const BLOCK: usize = 64 << 10;
/// How many blocks may wait to be decoded; then the writer of the pipe has to.
const BLOCKS: usize = 64;
/// How long nothing has to come before it is said.
const PATIENCE: Duration = Duration::from_millis(100);

/// What comes through a pipe. Reading fails with [`WouldBlock`](io::ErrorKind::WouldBlock) when nothing came for a
/// moment; who reads again waits again.
pub(super) struct Pipe {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: io::Cursor<Vec<u8>>,
}

impl Pipe {
    pub(super) fn new(mut pipe: impl Read + Send + 'static) -> io::Result<Self> {
        let (sender, blocks) = sync_channel(BLOCKS);
        let reading = move || {
            loop {
                let mut block = vec![0; BLOCK];
                let read = match pipe.read(&mut block) {
                    Ok(0) => return,
                    Ok(count) => {
                        block.truncate(count);
                        Ok(block)
                    }
                    Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
                    Err(cause) => Err(cause),
                };
                let failed = read.is_err();
                if sender.send(read).is_err() || failed {
                    return;
                }
            }
        };
        thread::Builder::new().name("pipe".to_owned()).spawn(reading)?;
        Ok(Self { blocks, block: io::Cursor::default() })
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.block.read(buffer)?;
        if count > 0 {
            return Ok(count);
        }
        self.block = match self.blocks.recv_timeout(PATIENCE) {
            Ok(read) => io::Cursor::new(read?),
            Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(RecvTimeoutError::Disconnected) => return Ok(0),
        };
        self.block.read(buffer)
    }
}

/// A reader that waits where the one inside says that nothing is there yet; for decoders that know of no such thing.
pub(super) struct Patient<R>(pub(super) R);

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_came_can_be_read_while_the_writer_does_nothing() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut pipe = Pipe::new(reader).unwrap();
        let mut buffer = [0; 4];
        let nothing = pipe.read(&mut buffer).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        writer.write_all(b"abcdef").unwrap();
        let mut pipe = Patient(pipe);
        pipe.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"abcd");
        drop(writer);
        let mut rest = String::new();
        pipe.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "ef");
    }
}
