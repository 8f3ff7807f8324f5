//! Signed certificate timestamps (RFC 6962): the promise of a public log to list a certificate.

use super::der::malformed;
use crate::base::{Field, Reader, Tree, Value, fields};

/// One signed certificate timestamp (RFC 6962 3.2). Whether its signature holds is for
/// [`check_timestamps`](super::verify::check_timestamps) to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificateTimestamp {
    /// 0 for version 1, the only one in use.
    pub version: u8,
    /// SHA-256 of the log's public key, which names the log.
    pub log_id: [u8; 32],
    /// When the log took the certificate: milliseconds since 1970.
    pub timestamp: u64,
    /// Room for additions, which is signed too.
    pub extensions: Vec<u8>,
    /// Hash and signature algorithm as TLS 1.2 numbers them; 0x0403 is ECDSA with SHA-256.
    pub signature_algorithm: u16,
    /// The log's signature.
    pub signature: Vec<u8>,
}

/// Reads a SignedCertificateTimestampList (RFC 6962 3.3), which stands alike in a certificate extension, an OCSP response
/// and a TLS extension. A timestamp of a version that is not known is shown and left out of the facts.
pub fn signed_certificate_timestamps(list: Reader<'_>, tree: &mut Tree) -> Vec<SignedCertificateTimestamp> {
    let mut facts = Vec::new();
    let mut reader = list;
    tree.branch(
        &SCT_LIST,
        list.span(),
        || Value::Number(count(list)),
        |tree| {
            let Some(mut items) = vector(&mut reader, &SCT_LIST_LENGTH, tree) else {
                return unread(&mut reader, "list of signed certificate timestamps without its length", tree);
            };
            while !items.is_empty() {
                facts.extend(serialized(&mut items, tree));
            }
            if !reader.is_empty() {
                unread(&mut reader, "bytes behind the list of signed certificate timestamps", tree);
            }
        },
    );
    facts
}

fn count(mut list: Reader<'_>) -> u64 {
    let mut count = 0;
    list.take(2);
    while list.vector16().is_some() {
        count += 1;
    }
    count
}

/// Takes a length of two bytes and what it counts, as far as it goes.
fn vector<'a>(reader: &mut Reader<'a>, field: &'static Field, tree: &mut Tree) -> Option<Reader<'a>> {
    let start = reader.offset();
    let length = usize::from(reader.u16()?);
    tree.leaf(field, reader.since(start), || Value::Number(length as u64));
    let there = reader.remaining();
    if length > there {
        malformed(tree, reader.since(start), || format!("{} says {length} bytes, {there} are there", field.label));
    }
    reader.sub(length.min(there))
}

/// One entry of the list, whose length lets a reader pass over what it does not know.
fn serialized(items: &mut Reader<'_>, tree: &mut Tree) -> Option<SignedCertificateTimestamp> {
    let mut ahead = *items;
    let span = if ahead.vector16().is_some() { ahead.since(items.offset()) } else { items.span() };
    tree.branch(
        &SCT,
        span,
        || Value::None,
        |tree| {
            let Some(mut item) = vector(items, &SCT_LENGTH, tree) else {
                unread(items, "signed certificate timestamp without its length", tree);
                return None;
            };
            let start = item.offset();
            let version = item.u8();
            if let Some(version) = version {
                let name = if version == 0 { "v1" } else { "unknown" };
                tree.leaf(&SCT_VERSION, item.since(start), || Value::Named(u64::from(version), 0, name.into()));
            }
            if version.is_some_and(|version| version != 0) {
                tree.leaf(&SCT_OTHER, item.span(), || Value::Bytes);
                return None;
            }
            let facts = version.and_then(|_| version1(&mut item, tree));
            if facts.is_none() {
                unread(&mut item, "signed certificate timestamp that is cut short", tree);
            } else if !item.is_empty() {
                unread(&mut item, "bytes behind a signed certificate timestamp", tree);
            }
            facts
        },
    )
}

/// Notes what is wrong and shows what is left.
fn unread(reader: &mut Reader<'_>, problem: &str, tree: &mut Tree) {
    malformed(tree, reader.span(), || problem.to_owned());
    if !reader.is_empty() {
        tree.leaf(&SCT_UNREAD, reader.span(), || Value::Bytes);
    }
    reader.rest();
}

/// What follows the version (RFC 6962 3.2).
fn version1(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<SignedCertificateTimestamp> {
    let start = reader.offset();
    let log_id = reader.array()?;
    tree.leaf(&SCT_LOG_ID, reader.since(start), || Value::Bytes);
    let start = reader.offset();
    let timestamp = reader.u64()?;
    tree.leaf(&SCT_TIMESTAMP, reader.since(start), || Value::Time(i128::from(timestamp) * 1_000_000));
    let mut extensions = vector(reader, &SCT_EXTENSIONS_LENGTH, tree)?;
    if !extensions.is_empty() {
        tree.leaf(&SCT_EXTENSIONS, extensions.span(), || Value::Bytes);
    }
    let extensions = extensions.rest().to_vec();
    let start = reader.offset();
    let signature_algorithm = reader.u16()?;
    tree.leaf(&SCT_SIGNATURE_ALGORITHM, reader.since(start), || {
        Value::Named(u64::from(signature_algorithm), 4, algorithm_name(signature_algorithm).into())
    });
    let mut signature = vector(reader, &SCT_SIGNATURE_LENGTH, tree)?;
    tree.leaf(&SCT_SIGNATURE, signature.span(), || Value::Bytes);
    let signature = signature.rest().to_vec();
    Some(SignedCertificateTimestamp { version: 0, log_id, timestamp, extensions, signature_algorithm, signature })
}

fn algorithm_name(algorithm: u16) -> &'static str {
    match algorithm {
        0x0403 => "ECDSA with SHA-256",
        0x0401 => "RSA with SHA-256",
        _ => "unknown",
    }
}

fields! {
    SCT_LIST = "x509.sct_list", "SignedCertificateTimestampList", "RFC 6962 3.3",
        "Promises of public logs that they list this certificate. Chrome, Safari and Firefox demand them from two logs or \
         more for certificates of public authorities, so that a certificate issued in secret cannot be used. They may \
         come inside the certificate, in a stapled OCSP response or in a TLS extension; one of the three is enough. \
         Certificates of a private authority have none, and nobody asks for them there.";
    SCT_LIST_LENGTH = "x509.sct_list.length", "list length", "RFC 6962 3.3",
        "Length of the list in bytes. The list has the form of TLS, not of DER, wherever it stands.";
    SCT = "x509.sct", "SerializedSCT", "RFC 6962 3.3",
        "One signed certificate timestamp: the log saw this certificate at this time and promises to publish it within a \
         day. It proves only that promise; whether the log kept it can be seen in the log alone.";
    SCT_LENGTH = "x509.sct.length", "SerializedSCT length", "RFC 6962 3.3",
        "Length of this timestamp in bytes. It lets a reader pass over versions that it does not know.";
    SCT_VERSION = "x509.sct.version", "sct_version", "RFC 6962 3.2",
        "Version of the format; 0 is version 1, the only one in use.";
    SCT_LOG_ID = "x509.sct.log_id", "LogID", "RFC 6962 3.2",
        "Which log it is: SHA-256 of its public key. Logs are run by Google, Cloudflare, DigiCert, Let's Encrypt, Sectigo \
         and others; a client counts only those on its own list, and logs are retired every year.";
    SCT_TIMESTAMP = "x509.sct.timestamp", "timestamp", "RFC 6962 3.2",
        "When the log took the certificate, in milliseconds since 1970 on the wire. It is close to the moment of issue and \
         tells it more exactly than notBefore, which is often set back by an hour.";
    SCT_EXTENSIONS_LENGTH = "x509.sct.extensions_length", "extensions length", "RFC 6962 3.2",
        "Length of the extensions in bytes, mostly 0.";
    SCT_EXTENSIONS = "x509.sct.extensions", "extensions", "RFC 6962 3.2",
        "Room for additions. Newer logs (static CT) put the number of the entry here so that it can be found.";
    SCT_SIGNATURE_ALGORITHM = "x509.sct.signature_algorithm", "SignatureAndHashAlgorithm", "RFC 6962 2.1.4",
        "How the log signed, as TLS 1.2 numbers it: a log must use ECDSA on P-256 or RSA, both with SHA-256.";
    SCT_SIGNATURE_LENGTH = "x509.sct.signature_length", "signature length", "RFC 6962 3.2",
        "Length of the signature in bytes, about 71 for ECDSA.";
    SCT_SIGNATURE = "x509.sct.signature", "signature", "RFC 6962 3.2",
        "The log's signature over the time and the certificate. For a timestamp inside a certificate it covers the \
         precertificate, since the final one could not contain a signature over itself. To check it takes the public key \
         of the log, which a list of logs has (--ct-logs).";
    SCT_OTHER = "x509.sct.other", "SCT of an unknown version", "RFC 6962 3.3",
        "The bytes of a timestamp whose version has no form that is known here. It is neither good nor bad; a client \
         passes over it.";
    SCT_UNREAD = "x509.sct.unread", "unread bytes", "",
        "Bytes that do not fit the format, because there are too many or too few of them.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::BufferId;

    fn list() -> Vec<u8> {
        let mut item = vec![0];
        item.extend([7; 32]);
        item.extend(1_700_000_000_000_u64.to_be_bytes());
        item.extend([0, 0, 4, 3, 0, 2, 0xaa, 0xbb]);
        let mut list = vec![0, u8::try_from(item.len() + 2).unwrap(), 0, u8::try_from(item.len()).unwrap()];
        list.extend(item);
        list
    }

    #[test]
    fn an_unknown_version_is_shown_and_no_fault() {
        let mut tree = Tree::on();
        let facts = signed_certificate_timestamps(Reader::new(&[0, 4, 0, 2, 7, 0xaa], BufferId(0)), &mut tree);
        let labels: Vec<_> = tree.nodes().iter().map(|node| node.field.label).collect();
        assert_eq!(labels.last_chunk(), Some(&["sct_version", "SCT of an unknown version"]));
        assert!(facts.is_empty() && tree.notes().is_empty());
    }

    #[test]
    fn a_list_is_read_and_any_cut_of_it_survives() {
        let list = list();
        let mut tree = Tree::on();
        let facts = signed_certificate_timestamps(Reader::new(&list, BufferId(0)), &mut tree);
        assert_eq!(facts.len(), 1);
        assert_eq!((facts[0].timestamp, &facts[0].signature[..]), (1_700_000_000_000, &[0xaa, 0xbb][..]));
        assert!(tree.notes().is_empty());
        for cut in 0..list.len() {
            let mut tree = Tree::on();
            signed_certificate_timestamps(Reader::new(&list[..cut], BufferId(0)), &mut tree);
            assert!(!tree.notes().is_empty(), "{cut}");
        }
    }
}
