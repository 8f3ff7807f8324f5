//! SSL 2.0: its records and messages (draft-hickman-netscape-ssl-00).
//!
//! Nobody should speak SSL 2.0 any more (RFC 6176). Its ClientHello lived on: old clients used it to offer SSL 3.0
//! and TLS as well, so captures of real TLS sessions begin with it. One record holds one message; there is no
//! handshake header, no extension, and no protection of the handshake against changes.

use super::code::{
    ProtocolVersion, Ssl2AuthenticationType, Ssl2CertificateType, Ssl2CipherSpec, Ssl2Error, Ssl2MessageType,
};
use super::handshake::{ClientHello, Message, ServerHello};
use crate::base::{Field, Group, Reader, Severity, Span, Tree, Value, fields};
use crate::x509;

fields! {
    RECORD = "tls.ssl2.record", "SSL 2 record", "draft-hickman-netscape-ssl-00 1.1", "The frame around one SSL 2.0 message. It looks quite unlike a TLS record: no type and no version, only a length and sometimes padding.";
    RECORD_LENGTH = "tls.ssl2.record.length", "RECORD-LENGTH", "draft-hickman-netscape-ssl-00 1.1", "How many bytes follow the header. With the highest bit set the header has two bytes and 15 bits of length; otherwise it has three bytes and 14 bits.";
    IS_ESCAPE = "tls.ssl2.record.is_escape", "IS-ESCAPE", "draft-hickman-netscape-ssl-00 1.1", "Marks a record for out-of-band use. It was reserved and never used, so a set bit means damaged or foreign bytes.";
    PADDING = "tls.ssl2.record.padding_length", "PADDING", "draft-hickman-netscape-ssl-00 1.1", "How many bytes at the end of the record only fill up the block of the cipher. Such records are encrypted.";
    ENCRYPTED = "tls.ssl2.record.encrypted", "encrypted data", "draft-hickman-netscape-ssl-00 1.2", "A MAC, a message and padding under the keys of the connection. After CLIENT-MASTER-KEY everything looks like this, so the type of the message cannot be seen.";
    MESSAGE_TYPE = "tls.ssl2.handshake.type", "message type", "draft-hickman-netscape-ssl-00 1.2", "Which message of SSL 2.0 this is. The numbers differ from those of TLS: 4 is SERVER-HELLO here.";
    CLIENT_VERSION = "tls.ssl2.client_hello.version", "CLIENT-VERSION", "RFC 5246 E.2", "The highest version that the client offers. 0x0002 is SSL 2.0; a client that offers SSL 3.0 or TLS in this old form writes 0x0300 or more, and the server then answers in the form of TLS.";
    CIPHER_SPECS_LENGTH = "tls.ssl2.cipher_specs_length", "CIPHER-SPECS-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the list of ciphers in bytes. Each entry has three bytes, so anything that three does not divide is malformed.";
    SESSION_ID_LENGTH = "tls.ssl2.session_id_length", "SESSION-ID-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the session id in bytes: 0 for a new session, 16 to resume one. An SSL 2 hello that offers TLS must write 0.";
    CHALLENGE_LENGTH = "tls.ssl2.challenge_length", "CHALLENGE-LENGTH", "RFC 5246 E.2", "Length of the challenge in bytes, from 16 to 32. A short challenge makes the keys depend on less randomness.";
    CIPHER_SPECS = "tls.ssl2.cipher_specs", "CIPHER-SPECS-DATA", "draft-hickman-netscape-ssl-00 1.2", "The ciphers that the sender knows. In SSL 2.0 the client picks from those that both know, and nothing protects the list from being shortened on the way.";
    CIPHER_SPEC = "tls.ssl2.cipher_spec", "cipher spec", "draft-hickman-netscape-ssl-00 C.4", "One cipher in three bytes. If the first byte is 0, the other two are a cipher suite of SSL 3.0 or TLS. The real SSL 2 ciphers all use MD5 and are broken or export-weakened.";
    SESSION_ID = "tls.ssl2.session_id", "SESSION-ID-DATA", "draft-hickman-netscape-ssl-00 1.2", "The name of an earlier session that shall be used again. If the server still knows it, both skip certificate and key exchange.";
    CHALLENGE = "tls.ssl2.challenge", "CHALLENGE-DATA", "RFC 5246 E.2", "Random bytes of the client that the server must send back encrypted, which proves that it has the key. When TLS is chosen they become the client random, filled up to 32 bytes with zeros in front.";
    SESSION_ID_HIT = "tls.ssl2.server_hello.session_id_hit", "SESSION-ID-HIT", "draft-hickman-netscape-ssl-00 1.2", "Whether the server found the session that the client named. If so, no certificate and no cipher list follow.";
    CERTIFICATE_TYPE = "tls.ssl2.certificate_type", "CERTIFICATE-TYPE", "draft-hickman-netscape-ssl-00 1.2", "The form of the certificate. Only X.509 was ever defined.";
    SERVER_VERSION = "tls.ssl2.server_hello.version", "SERVER-VERSION", "draft-hickman-netscape-ssl-00 1.2", "The version that the server speaks: 0x0002. A server that answers in this form has chosen SSL 2.0, which is broken in several ways.";
    CERTIFICATE_LENGTH = "tls.ssl2.certificate_length", "CERTIFICATE-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the certificate in bytes. SSL 2.0 has room for one certificate only, without intermediates; it is 0 when a session is resumed.";
    CONNECTION_ID_LENGTH = "tls.ssl2.connection_id_length", "CONNECTION-ID-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the connection id in bytes, normally 16.";
    CERTIFICATE = "tls.ssl2.certificate", "CERTIFICATE-DATA", "draft-hickman-netscape-ssl-00 1.2", "The certificate in DER. Its RSA key encrypts the master key, so whoever gets the private key later can read the recording.";
    CONNECTION_ID = "tls.ssl2.connection_id", "CONNECTION-ID", "draft-hickman-netscape-ssl-00 1.2", "Random bytes of the server for this connection. The client sends them back encrypted to prove that it has the key.";
    CIPHER_KIND = "tls.ssl2.client_master_key.cipher_kind", "CIPHER-KIND", "draft-hickman-netscape-ssl-00 1.2", "The cipher that the client chose. In SSL 2.0 the client has the last word, not the server.";
    CLEAR_KEY_LENGTH = "tls.ssl2.clear_key_length", "CLEAR-KEY-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "How many bytes of the master key are sent in the clear. More than 0 is an export cipher: only 40 bits stay secret, which a computer tries out at once.";
    ENCRYPTED_KEY_LENGTH = "tls.ssl2.encrypted_key_length", "ENCRYPTED-KEY-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the encrypted part of the master key in bytes, which is the size of the server's RSA key.";
    KEY_ARG_LENGTH = "tls.ssl2.key_arg_length", "KEY-ARG-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the initialisation vector in bytes: 8 for block ciphers, 0 for RC4. A longer one once overflowed a buffer in OpenSSL.";
    CLEAR_KEY = "tls.ssl2.clear_key", "CLEAR-KEY-DATA", "draft-hickman-netscape-ssl-00 1.2", "The part of the master key that everyone may read. Only export ciphers have one.";
    ENCRYPTED_KEY = "tls.ssl2.encrypted_key", "ENCRYPTED-KEY-DATA", "draft-hickman-netscape-ssl-00 1.2", "The secret part of the master key, encrypted with the server's RSA key. A server that still reads it can be made to decrypt TLS sessions with the same key (DROWN).";
    KEY_ARG = "tls.ssl2.key_arg", "KEY-ARG-DATA", "draft-hickman-netscape-ssl-00 1.2", "The initialisation vector of a block cipher.";
    ERROR_CODE = "tls.ssl2.error", "ERROR-CODE", "draft-hickman-netscape-ssl-00 1.2", "Why the sender gives up. There are only four reasons; a wrong MAC is answered by closing the connection without a word.";
    AUTHENTICATION_TYPE = "tls.ssl2.authentication_type", "AUTHENTICATION-TYPE", "draft-hickman-netscape-ssl-00 1.2", "How the client shall prove its key. Only MD5 with RSA was defined.";
    RESPONSE_LENGTH = "tls.ssl2.response_length", "RESPONSE-LENGTH", "draft-hickman-netscape-ssl-00 1.2", "Length of the client's signature in bytes.";
    RESPONSE = "tls.ssl2.response", "RESPONSE-DATA", "draft-hickman-netscape-ssl-00 1.2", "The client's signature over keys, challenge and the server's certificate.";
    DATA = "tls.ssl2.data", "data", "draft-hickman-netscape-ssl-00 1.2", "The rest of the message: a random value sent back as proof, or bytes that have no meaning here.";
}

/// The header of an SSL 2.0 record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Length of the header itself: 2 or 3 bytes.
    pub size: u8,
    /// How many bytes follow it.
    pub length: u16,
    /// How many of them, at the end, are padding.
    pub padding: u8,
    /// The unused security escape.
    pub is_escape: bool,
}

/// One SSL 2.0 record and what could be read of its message.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its header.
    pub header: Header,
    /// The type of the message; `None` when it is encrypted or empty.
    pub kind: Option<Ssl2MessageType>,
    /// The facts of a CLIENT-HELLO or SERVER-HELLO.
    pub message: Option<Message>,
    /// The bytes of the certificate in a SERVER-HELLO or CLIENT-CERTIFICATE.
    pub certificate: Option<Span>,
}

/// Reads the header of a record; `None` when there are too few bytes.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<Header> {
    match *bytes {
        [high, low, ..] if high & 0x80 != 0 => {
            Some(Header { size: 2, length: u16::from_be_bytes([high & 0x7f, low]), padding: 0, is_escape: false })
        }
        [high, low, padding, ..] => {
            let length = u16::from_be_bytes([high & 0x3f, low]);
            Some(Header { size: 3, length, padding, is_escape: high & 0x40 != 0 })
        }
        _ => None,
    }
}

/// Reads one record and takes its bytes; `None`, and nothing taken, when it is not there as a whole.
///
/// Whether records are encrypted, the caller knows: it is so for both sides once CLIENT-MASTER-KEY has gone by (the
/// message itself is still readable), and after a SERVER-HELLO with a session id hit.
pub fn read(reader: &mut Reader<'_>, encrypted: bool, tree: &mut Tree) -> Option<Record> {
    let header = header(reader.peek())?;
    let mut ahead = *reader;
    let mut head = ahead.sub(usize::from(header.size))?;
    let mut body = ahead.sub(usize::from(header.length))?;
    let span = Span::new(reader.buffer(), reader.offset(), ahead.offset());
    *reader = ahead;
    Some(tree.branch(
        &RECORD,
        span,
        || Value::None,
        |tree| {
            header_fields(&mut head, header, tree);
            if encrypted || header.size == 3 {
                tree.leaf(&ENCRYPTED, body.span(), || Value::Bytes);
                return Record { header, kind: None, message: None, certificate: None };
            }
            message(&mut body, header, tree)
        },
    ))
}

fn header_fields(reader: &mut Reader<'_>, header: Header, tree: &mut Tree) {
    let start = reader.offset();
    reader.take(2);
    tree.leaf(&RECORD_LENGTH, reader.since(start), || Value::Number(u64::from(header.length)));
    if header.size == 3 {
        tree.leaf(&IS_ESCAPE, reader.since(start), || Value::Flag(header.is_escape));
        tree.leaf(&PADDING, reader.span(), || Value::Number(u64::from(header.padding)));
    }
}

fn message(reader: &mut Reader<'_>, header: Header, tree: &mut Tree) -> Record {
    let mut record = Record { header, kind: None, message: None, certificate: None };
    let start = reader.offset();
    let Some(kind) = reader.u8().map(Ssl2MessageType) else {
        tree.malformed(reader.span(), "An SSL 2 record is empty where a message should be.");
        return record;
    };
    tree.leaf(&MESSAGE_TYPE, reader.since(start), || kind.value());
    record.kind = Some(kind);
    let read = match kind.0 {
        0 => error(reader, tree),
        1 => client_hello(reader, tree).map(|hello| record.message = Some(Message::ClientHello(Box::new(hello)))),
        2 => client_master_key(reader, tree),
        4 => server_hello(reader, &mut record.certificate, tree)
            .map(|hello| record.message = Some(Message::ServerHello(Box::new(hello)))),
        7 => request_certificate(reader, tree),
        8 => client_certificate(reader, &mut record.certificate, tree),
        _ => Some(()),
    };
    match read {
        None => tree.malformed(reader.span(), format!("SSL 2 {kind} ends before its fields are complete.")),
        Some(()) if !reader.is_empty() && matches!(kind.0, 0..=2 | 4 | 8) => {
            tree.malformed(reader.span(), format!("SSL 2 {kind} has bytes behind its last field."));
        }
        Some(()) => {}
    }
    if !reader.is_empty() {
        tree.leaf(&DATA, reader.span(), || Value::Bytes);
    }
    record
}

fn client_hello(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<ClientHello> {
    let legacy_version = version(reader, &CLIENT_VERSION, tree)?;
    let specs = number(reader, &CIPHER_SPECS_LENGTH, tree)?;
    let session_id = number(reader, &SESSION_ID_LENGTH, tree)?;
    let challenge = number(reader, &CHALLENGE_LENGTH, tree)?;
    if !(16..=32).contains(&challenge) {
        let text = "The challenge of an SSL 2 ClientHello must have 16 to 32 bytes.";
        tree.note(Severity::Warn, Group::Protocol, "tls.ssl2.challenge_length", reader.span(), text);
    }
    Some(ClientHello {
        ssl2: true,
        legacy_version,
        ssl2_cipher_specs: cipher_specs(reader, specs, tree)?,
        session_id: bytes(reader, session_id, &SESSION_ID, tree)?.to_vec(),
        ssl2_challenge: bytes(reader, challenge, &CHALLENGE, tree)?.to_vec(),
        ..ClientHello::default()
    })
}

fn server_hello(reader: &mut Reader<'_>, certificate_span: &mut Option<Span>, tree: &mut Tree) -> Option<ServerHello> {
    let start = reader.offset();
    let hit = reader.u8()?;
    tree.leaf(&SESSION_ID_HIT, reader.since(start), || Value::Flag(hit != 0));
    certificate_type(reader, tree)?;
    let legacy_version = version(reader, &SERVER_VERSION, tree)?;
    let certificate = number(reader, &CERTIFICATE_LENGTH, tree)?;
    let specs = number(reader, &CIPHER_SPECS_LENGTH, tree)?;
    let connection_id = number(reader, &CONNECTION_ID_LENGTH, tree)?;
    certificate_data(reader, certificate, certificate_span, tree)?;
    let ssl2_cipher_specs = cipher_specs(reader, specs, tree)?;
    bytes(reader, connection_id, &CONNECTION_ID, tree)?;
    Some(ServerHello { ssl2: true, legacy_version, ssl2_cipher_specs, ..ServerHello::default() })
}

fn client_master_key(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    cipher_spec(reader, &CIPHER_KIND, tree)?;
    let clear = number(reader, &CLEAR_KEY_LENGTH, tree)?;
    let encrypted = number(reader, &ENCRYPTED_KEY_LENGTH, tree)?;
    let argument = number(reader, &KEY_ARG_LENGTH, tree)?;
    bytes(reader, clear, &CLEAR_KEY, tree)?;
    bytes(reader, encrypted, &ENCRYPTED_KEY, tree)?;
    bytes(reader, argument, &KEY_ARG, tree)?;
    Some(())
}

fn error(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let code = Ssl2Error(reader.u16()?);
    tree.leaf(&ERROR_CODE, reader.since(start), || code.value());
    Some(())
}

fn request_certificate(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let kind = Ssl2AuthenticationType(reader.u8()?);
    tree.leaf(&AUTHENTICATION_TYPE, reader.since(start), || kind.value());
    Some(())
}

fn client_certificate(reader: &mut Reader<'_>, span: &mut Option<Span>, tree: &mut Tree) -> Option<()> {
    certificate_type(reader, tree)?;
    let certificate = number(reader, &CERTIFICATE_LENGTH, tree)?;
    let response = number(reader, &RESPONSE_LENGTH, tree)?;
    certificate_data(reader, certificate, span, tree)?;
    bytes(reader, response, &RESPONSE, tree)?;
    Some(())
}

fn certificate_type(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let kind = Ssl2CertificateType(reader.u8()?);
    tree.leaf(&CERTIFICATE_TYPE, reader.since(start), || kind.value());
    Some(())
}

fn certificate_data(reader: &mut Reader<'_>, length: u16, span: &mut Option<Span>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let found = bytes(reader, length, &CERTIFICATE, tree)?;
    *span = (!found.is_empty()).then(|| reader.since(start));
    if tree.is_on() && !found.is_empty() {
        x509::certificate(Reader::at(found, reader.buffer(), start), tree);
    }
    Some(())
}

fn cipher_specs(reader: &mut Reader<'_>, length: u16, tree: &mut Tree) -> Option<Vec<[u8; 3]>> {
    let mut list = reader.sub(usize::from(length))?;
    let mut specs = Vec::with_capacity(usize::from(length) / 3);
    tree.branch(
        &CIPHER_SPECS,
        list.span(),
        || Value::Number(u64::from(length / 3)),
        |tree| {
            while let Some(spec) = cipher_spec(&mut list, &CIPHER_SPEC, tree) {
                specs.push(spec);
            }
        },
    );
    if !list.is_empty() {
        tree.malformed(list.span(), "The length of a list of SSL 2 cipher specs is not a multiple of three.");
    }
    Some(specs)
}

fn cipher_spec(reader: &mut Reader<'_>, field: &'static Field, tree: &mut Tree) -> Option<[u8; 3]> {
    let start = reader.offset();
    let spec: [u8; 3] = reader.array()?;
    tree.leaf(field, reader.since(start), || {
        let spec = Ssl2CipherSpec::from(spec);
        Value::Named(u64::from(spec.0), 6, spec.label())
    });
    Some(spec)
}

fn version(reader: &mut Reader<'_>, field: &'static Field, tree: &mut Tree) -> Option<ProtocolVersion> {
    let start = reader.offset();
    let version = ProtocolVersion(reader.u16()?);
    tree.leaf(field, reader.since(start), || version.value());
    Some(version)
}

fn number(reader: &mut Reader<'_>, field: &'static Field, tree: &mut Tree) -> Option<u16> {
    let start = reader.offset();
    let number = reader.u16()?;
    tree.leaf(field, reader.since(start), || Value::Number(u64::from(number)));
    Some(number)
}

fn bytes<'a>(reader: &mut Reader<'a>, length: u16, field: &'static Field, tree: &mut Tree) -> Option<&'a [u8]> {
    let start = reader.offset();
    let bytes = reader.take(usize::from(length))?;
    if !bytes.is_empty() {
        tree.leaf(field, reader.since(start), || Value::Bytes);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::BufferId;

    fn record(parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let length = u16::try_from(body.len()).unwrap() | 0x8000;
        [&length.to_be_bytes()[..], &body].concat()
    }

    fn read_all(bytes: &[u8], encrypted: bool) -> (Option<Record>, Tree, usize) {
        let mut reader = Reader::new(bytes, BufferId(0));
        let mut tree = Tree::on();
        let record = read(&mut reader, encrypted, &mut tree);
        (record, tree, reader.remaining())
    }

    fn server_hello(certificate: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(certificate.len()).unwrap().to_be_bytes();
        record(&[&[4, 0, 1, 0, 2, high, low, 0, 3, 0, 16], certificate, &[1, 0, 0x80], &[0xbb; 16]])
    }

    fn labels(tree: &Tree) -> Vec<&'static str> {
        tree.nodes().iter().map(|node| node.field.label).collect()
    }

    #[test]
    fn a_client_hello_that_offers_tls() {
        let specs = [0x07, 0x00, 0xc0, 0x00, 0x00, 0x2f];
        let bytes = record(&[&[1, 3, 1, 0, 6, 0, 0, 0, 16], &specs, &[0xaa; 16]]);
        let (found, tree, left) = read_all(&bytes, false);
        let Some(Record { message: Some(Message::ClientHello(hello)), kind, .. }) = found else { panic!() };
        assert_eq!((kind, left), (Some(Ssl2MessageType::CLIENT_HELLO), 0));
        assert!(hello.ssl2 && hello.random.is_none() && hello.session_id.is_empty());
        assert_eq!(hello.legacy_version, ProtocolVersion::TLS10);
        assert_eq!(hello.ssl2_cipher_specs, [[7, 0, 0xc0], [0, 0, 0x2f]]);
        assert_eq!(hello.ssl2_challenge, [0xaa; 16]);
        let named: Vec<_> = tree.nodes().iter().filter(|node| node.field == &CIPHER_SPEC).map(|n| &n.value).collect();
        assert_eq!(named[0], &Value::Named(0x0700c0, 6, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5".into()));
        assert_eq!(named[1], &Value::Named(0x2f, 6, "TLS_RSA_WITH_AES_128_CBC_SHA".into()));
        assert!(tree.notes().is_empty());
    }

    #[test]
    fn a_server_hello_keeps_where_its_certificate_lies() {
        let certificate = crate::x509::tests::sample("ed25519");
        let bytes = server_hello(&certificate);
        let (found, tree, _) = read_all(&bytes, false);
        let found = found.unwrap();
        let Some(Message::ServerHello(hello)) = &found.message else { panic!() };
        assert!(hello.ssl2 && hello.cipher_suite.is_none());
        assert_eq!(hello.version(), ProtocolVersion::SSL2);
        assert_eq!(hello.ssl2_cipher_specs, [[1, 0, 0x80]]);
        assert_eq!(found.certificate.unwrap().of(&bytes), certificate);
        assert!(tree.notes().is_empty());
    }

    #[test]
    fn other_messages_are_shown_field_by_field() {
        let certificate = crate::x509::tests::sample("ed25519");
        let [high, low] = u16::try_from(certificate.len()).unwrap().to_be_bytes();
        let key = record(&[&[2, 2, 0, 0x80, 0, 11, 0, 2, 0, 0], &[7; 11], &[8; 2]]);
        for (bytes, last) in [
            (key, "ENCRYPTED-KEY-DATA"),
            (record(&[&[0, 0, 1]]), "ERROR-CODE"),
            (record(&[&[3, 1, 2, 3]]), "data"),
            (record(&[&[7, 1, 9, 9]]), "data"),
            (record(&[&[8, 1, high, low, 0, 1], &certificate, &[7]]), "RESPONSE-DATA"),
            (record(&[&[99, 1]]), "data"),
        ] {
            let (found, tree, left) = read_all(&bytes, false);
            assert_eq!((found.unwrap().message, left), (None, 0));
            assert_eq!(labels(&tree).last(), Some(&last));
            assert!(tree.notes().is_empty(), "{:?}", tree.notes());
        }
    }

    #[test]
    fn bad_bytes_give_what_could_be_read_and_a_note() {
        for (bytes, label) in [
            (record(&[]), "RECORD-LENGTH"),
            (record(&[&[1, 0]]), "data"),
            (record(&[&[1, 0, 2, 0, 9, 0, 0, 0, 16, 1, 2, 3]]), "data"),
            (record(&[&[1, 0, 2, 0, 4, 0, 0, 0, 16], &[1; 4], &[2; 16]]), "CHALLENGE-DATA"),
            (record(&[&[0, 0, 1, 5]]), "data"),
        ] {
            let (found, tree, left) = read_all(&bytes, false);
            assert!(found.is_some() && left == 0);
            assert_eq!(labels(&tree).last(), Some(&label));
            assert_eq!(tree.notes().len(), 1, "{:?}", tree.notes());
        }
    }

    #[test]
    fn headers_have_two_or_three_bytes() {
        for (bytes, expected) in [
            (&[0x80, 46][..], Some((2, 46, 0, false))),
            (&[0x00, 24, 7], Some((3, 24, 7, false))),
            (&[0x40, 24, 0], Some((3, 24, 0, true))),
            (&[0x00, 24], None),
            (&[0x80], None),
        ] {
            let found = header(bytes).map(|header| (header.size, header.length, header.padding, header.is_escape));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn encrypted_and_incomplete_records() {
        let (found, tree, _) = read_all(&record(&[&[1, 2, 3]]), true);
        assert_eq!(found.unwrap().kind, None);
        assert_eq!(labels(&tree).last(), Some(&"encrypted data"));
        assert_eq!(read_all(&[0x80, 9, 1], false).0, None);
    }

    #[test]
    fn any_byte_may_be_wrong() {
        let hello = server_hello(&crate::x509::tests::sample("ed25519"));
        for index in 0..hello.len() {
            for value in [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff] {
                let mut bytes = hello.clone();
                bytes[index] = value;
                let (found, tree, left) = read_all(&bytes, false);
                assert!(found.is_some() || left == bytes.len());
                assert!(tree.nodes().iter().all(|node| node.span.end as usize <= bytes.len()));
            }
        }
    }

    #[test]
    fn every_field_is_explained() {
        for field in FIELDS {
            assert!(field.text.ends_with('.') && field.name.starts_with("tls.ssl2."), "{}", field.name);
        }
    }
}
