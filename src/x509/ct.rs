//! Signed certificate timestamps (RFC 6962): the promise of a public log to list a certificate.

use super::der::malformed;
use crate::base::{Reader, Tree, Value, fields};

/// One signed certificate timestamp (RFC 6962 3.2). Its signature is not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificateTimestamp {
    /// 0 for version 1, the only one in use.
    pub version: u8,
    /// SHA-256 of the log's public key, which names the log.
    pub log_id: [u8; 32],
    /// When the log took the certificate: milliseconds since 1970.
    pub timestamp: u64,
    /// Hash and signature algorithm as TLS 1.2 numbers them; 0x0403 is ECDSA with SHA-256.
    pub signature_algorithm: u16,
    /// The log's signature.
    pub signature: Vec<u8>,
}

/// Reads a SignedCertificateTimestampList (RFC 6962 3.3), which stands alike in a certificate extension, an OCSP response
/// and a TLS extension.
pub fn signed_certificate_timestamps(mut list: Reader<'_>, tree: &mut Tree) -> Vec<SignedCertificateTimestamp> {
    let mut facts = Vec::new();
    let whole = list.span();
    let Some(mut items) = list.vector16() else {
        malformed(tree, whole, || {
            "list of signed certificate timestamps that is shorter than its length says".to_owned()
        });
        tree.leaf(&SCT_UNREAD, whole, || Value::Bytes);
        return facts;
    };
    let span = items.span();
    tree.branch(
        &SCT_LIST,
        whole,
        || Value::None,
        |tree| {
            tree.leaf(&SCT_LIST_LENGTH, crate::base::Span::new(whole.buffer, whole.start, span.start), || {
                Value::Number(u64::from(span.len()))
            });
            while !items.is_empty() {
                let left = items.span();
                let Some(item) = items.vector16() else {
                    malformed(tree, left, || "signed certificate timestamp that is cut short".to_owned());
                    tree.leaf(&SCT_UNREAD, left, || Value::Bytes);
                    break;
                };
                facts.extend(timestamp(item, tree));
            }
        },
    );
    if !list.is_empty() {
        malformed(tree, list.span(), || format!("{} bytes too many behind the list of timestamps", list.remaining()));
    }
    facts
}

fn timestamp(item: Reader<'_>, tree: &mut Tree) -> Option<SignedCertificateTimestamp> {
    tree.branch(
        &SCT,
        item.span(),
        || Value::None,
        |tree| {
            let mut reader = item;
            let facts = fields_of(&mut reader, tree);
            if facts.is_none() {
                malformed(tree, item.span(), || "signed certificate timestamp that cannot be read".to_owned());
            }
            if !reader.is_empty() {
                tree.leaf(&SCT_UNREAD, reader.span(), || Value::Bytes);
            }
            facts
        },
    )
}

fn fields_of(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<SignedCertificateTimestamp> {
    let start = reader.offset();
    let version = reader.u8()?;
    let name = if version == 0 { "v1" } else { "unknown" };
    tree.leaf(&SCT_VERSION, reader.since(start), || Value::Named(u64::from(version), 0, name.into()));
    if version != 0 {
        return None;
    }
    let start = reader.offset();
    let log_id = reader.array()?;
    tree.leaf(&SCT_LOG_ID, reader.since(start), || Value::Bytes);
    let start = reader.offset();
    let timestamp = reader.u64()?;
    tree.leaf(&SCT_TIMESTAMP, reader.since(start), || Value::Time(i128::from(timestamp) * 1_000_000));
    let start = reader.offset();
    let extensions = reader.vector16()?;
    let span = if extensions.is_empty() { reader.since(start) } else { extensions.span() };
    tree.leaf(&SCT_EXTENSIONS, span, || Value::Bytes);
    let start = reader.offset();
    let signature_algorithm = reader.u16()?;
    tree.leaf(&SCT_SIGNATURE_ALGORITHM, reader.since(start), || {
        Value::Named(u64::from(signature_algorithm), 4, algorithm_name(signature_algorithm).into())
    });
    let mut signature = reader.vector16()?;
    tree.leaf(&SCT_SIGNATURE, signature.span(), || Value::Bytes);
    Some(SignedCertificateTimestamp {
        version,
        log_id,
        timestamp,
        signature_algorithm,
        signature: signature.rest().to_vec(),
    })
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
         come inside the certificate, in a stapled OCSP response or in a TLS extension; one of the three is enough.";
    SCT_LIST_LENGTH = "x509.sct_list.length", "length", "RFC 6962 3.3",
        "Length of the list in bytes. It has the form of TLS, not of DER, wherever it stands.";
    SCT = "x509.sct", "SignedCertificateTimestamp", "RFC 6962 3.2",
        "One promise of one log, signed by the log.";
    SCT_VERSION = "x509.sct.version", "sct_version", "RFC 6962 3.2",
        "Version of the format; 0 is version 1, the only one in use.";
    SCT_LOG_ID = "x509.sct.log_id", "LogID", "RFC 6962 3.2",
        "Which log it is: SHA-256 of its public key. Logs are run by Google, Cloudflare, DigiCert, Let's Encrypt, Sectigo \
         and others; a client counts only those on its own list, and logs are retired every year.";
    SCT_TIMESTAMP = "x509.sct.timestamp", "timestamp", "RFC 6962 3.2",
        "When the log took the certificate. It is close to the moment of issue and tells it more exactly than notBefore, \
         which is often set back.";
    SCT_EXTENSIONS = "x509.sct.extensions", "extensions", "RFC 6962 3.2",
        "Room for additions. Newer logs put the number of the entry here so that it can be found.";
    SCT_SIGNATURE_ALGORITHM = "x509.sct.signature_algorithm", "algorithm", "RFC 6962 2.1.4",
        "How the log signed: a log must use ECDSA on P-256 or RSA, both with SHA-256.";
    SCT_SIGNATURE = "x509.sct.signature", "signature", "RFC 6962 3.2",
        "The log's signature over the time and the certificate. Inside a certificate it covers the precertificate, since \
         the final one could not contain a signature over itself.";
    SCT_UNREAD = "x509.sct.unread", "unread bytes", "",
        "Bytes that do not fit the format.";
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
