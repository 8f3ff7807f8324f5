//! Whole handshakes until TLS 1.2 whose protected records nobody can open.

use super::hello::RANDOMS;
use super::{client, codes, extension, hello_of_server, message, record_of, server, vector16};
use crate::support::Turn;

/// What the two agree on.
pub struct Old {
    pub version: u16,
    pub suite: u16,
    pub compression: u8,
    /// Whether both have extended_master_secret.
    pub extended_master_secret: bool,
}

impl Old {
    pub const TLS12: Self = Self { version: 0x0303, suite: 0xc02b, compression: 0, extended_master_secret: true };

    /// The handshake, and a word of each side.
    pub fn turns(&self) -> Vec<Turn> {
        let say = |content_type: u8, payload: &[u8]| record_of(self.version, content_type, payload);
        // ChangeCipherSpec, and a Finished of which nobody knows what is inside.
        let finished = [say(20, &[1]), say(22, &[0xa5; 64])].concat();
        let extensions = if self.extended_master_secret { vec![(23, Vec::new())] } else { Vec::new() };
        let answer = hello_of_server(RANDOMS[1], self.version, self.suite, self.compression, &extensions);
        let point = [&[32][..], &[9; 32]].concat();
        vec![
            client(say(22, &self.hello())),
            server([say(22, &answer), say(22, &message(14, &[]))].concat()),
            client([say(22, &message(16, &point)), finished.clone()].concat()),
            server(finished),
            client(say(23, &[0xa5; 200])),
            server(say(23, &[0xa5; 500])),
        ]
    }

    fn hello(&self) -> Vec<u8> {
        let parts = [&self.version.to_be_bytes()[..], &RANDOMS[0], &[0], &codes(&[self.suite]), &[2, 1, 0]];
        message(1, &[parts.concat(), vector16(&extension(23, &[]))].concat())
    }
}
