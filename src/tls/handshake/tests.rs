//! Handshake messages as data: hexadecimal in, facts, notes and tree lines out.

use super::*;

#[test]
fn a_placeholder_reads_an_empty_message() {
    let mut tree = Tree::on();
    let message = Reader::new(&[14, 0, 0, 0], crate::base::BufferId(0));
    let facts = read_with_header(message, &Context::default(), &mut CertificateCache::new(), &mut tree);
    assert_eq!(facts, Some(Message::Other(HandshakeType(14))));
}
