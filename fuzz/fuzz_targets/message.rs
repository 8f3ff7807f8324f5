//! Any bytes as a handshake message, a record, a record of SSL 2. The first three bytes say in which context.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlslab::base::{BufferId, Reader, Tree};
use tlslab::tls::code::{CipherSuite, ProtocolVersion};
use tlslab::tls::handshake::{Cache, Context, Role, read_with_header};
use tlslab::tls::{detect, record, ssl2};

const SUITES: [u16; 8] = [0x1301, 0xc02f, 0x009c, 0x0033, 0x0001, 0xc0b0, 0x0100, 0xe011];
const VERSIONS: [u16; 8] = [0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x0002, 0x7f12, 0x0101];

fn inside(tree: &Tree, length: usize) {
    for span in tree.nodes().iter().map(|node| node.span).chain(tree.notes().iter().filter_map(|note| note.span)) {
        let length = match span.buffer.0.checked_sub(Tree::FIRST_DERIVED.0) {
            None => length,
            Some(index) => tree.derived()[usize::from(index)].1.len(),
        };
        assert!(span.range().end <= length, "{span:?} of {length}");
    }
}

fuzz_target!(|data: &[u8]| {
    let [what, version, suite, bytes @ ..] = data else { return };
    let context = Context {
        version: VERSIONS.get(usize::from(*version)).map(|version| ProtocolVersion(*version)),
        cipher_suite: SUITES.get(usize::from(*suite)).map(|suite| CipherSuite(*suite)),
        sender: [None, Some(Role::Client), Some(Role::Server)][usize::from(what / 4 % 3)],
    };
    let read = |tree: &mut Tree| {
        let mut reader = Reader::new(bytes, BufferId(0));
        match what % 4 {
            0 => drop(read_with_header(reader, &context, &mut Cache::new(), tree)),
            1 => drop(record::read_tree(&mut reader, record::Protection::Plain, &context, tree)),
            2 => drop(record::read_tree(&mut reader, record::Protection::Encrypted, &context, tree)),
            _ => drop(ssl2::read(&mut reader, false, tree)),
        }
    };
    let _ = detect::look(bytes);
    let (mut off, mut on) = (Tree::off(), Tree::on());
    read(&mut off);
    read(&mut on);
    inside(&on, bytes.len());
    // Remarks about certificates are limited for each tree, and the cache reads each certificate with one of its own.
    let has_certificate = match what % 4 {
        0 => matches!(bytes.first(), Some(11 | 25)),
        3 => ssl2::read(&mut Reader::new(bytes, BufferId(0)), false, &mut Tree::off())
            .is_some_and(|read| read.certificate.is_some()),
        _ => false,
    };
    if !has_certificate {
        assert_eq!(off.notes(), on.notes());
    }
});
