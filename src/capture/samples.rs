//! The sample captures that the program carries with it, so that there is always something to open.

/// A capture inside the program.
#[derive(Debug)]
pub struct Sample {
    /// A short name for the command line: `one-way-tls13`.
    pub name: &'static str,
    /// The name of its file in `captures/` of the sources.
    pub file: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// What to look at in it, in one or two sentences.
    pub teaches: &'static str,
    /// The file itself.
    pub bytes: &'static [u8],
    /// The TLS key log of its sessions.
    pub keys: &'static str,
}

/// Puts the files of a sample into the program.
macro_rules! sample {
    ($name:literal, $title:literal, $teaches:literal) => {
        Sample {
            name: $name,
            file: concat!($name, ".pcapng"),
            title: $title,
            teaches: $teaches,
            bytes: include_bytes!(concat!("../../captures/", $name, ".pcapng")),
            keys: include_str!(concat!("../../captures/", $name, ".keys")),
        }
    };
}

/// All samples, in the order in which to look at them.
pub static SAMPLES: &[Sample] = &[
    sample!(
        "one-way-tls12",
        "TLS 1.2, server certificate only",
        "Two round trips before the first application data. Certificates of TLS 1.2 can be read without keys."
    ),
    sample!(
        "one-way-tls13",
        "TLS 1.3, server certificate only",
        "One round trip. Everything behind the ServerHello is encrypted; the key log opens it."
    ),
    sample!(
        "mutual-tls12",
        "TLS 1.2, both sides show a certificate",
        "CertificateRequest names the authorities that the server takes; the client answers with Certificate and CertificateVerify, and all can read its name."
    ),
    sample!(
        "mutual-tls13",
        "TLS 1.3, both sides show a certificate",
        "The same behind encryption. The server's Finished is cut by the end of a segment: three bytes of it come alone."
    ),
    sample!(
        "client-certificate-missing-tls12",
        "TLS 1.2, the client has no certificate",
        "The Certificate message of the client is empty, and the server answers with handshake_failure."
    ),
    sample!(
        "client-certificate-missing-tls13",
        "TLS 1.3, the client has no certificate",
        "The client has finished before the server refuses it with certificate_required: done is not accepted."
    ),
    sample!(
        "certificate-expired",
        "The server's certificate has expired",
        "The client ends with certificate_expired. Hold notAfter against the time of the capture."
    ),
    sample!(
        "wrong-host",
        "The certificate is for another host",
        "The alert says only bad_certificate; the reason shows when server_name is held against subjectAltName."
    ),
    sample!(
        "unknown-ca",
        "The certificate is from an unknown authority",
        "The client ends with unknown_ca: it does not know who signed the certificate."
    ),
    sample!(
        "hello-retry-request",
        "The server asks for another group",
        "The client guessed x25519, the server wants secp384r1: HelloRetryRequest, a second ClientHello, and one round trip more."
    ),
    sample!(
        "resumption-tls12",
        "TLS 1.2, resumption with a ticket",
        "The second connection shows the ticket of the first: no Certificate, and the server finishes first."
    ),
    sample!(
        "resumption-tls13",
        "TLS 1.3, resumption with a pre-shared key",
        "pre_shared_key is the last extension of the second ClientHello; the answer brings no Certificate."
    ),
    sample!(
        "alpn",
        "An application protocol is agreed on",
        "h2 and http/1.1 are offered for all to see; the choice stands in EncryptedExtensions and needs the keys."
    ),
    sample!(
        "no-common-version",
        "No version that both can",
        "A client that ends at TLS 1.2 meets a server that begins at TLS 1.3: protocol_version."
    ),
    sample!(
        "smtp-starttls",
        "TLS inside a mail conversation",
        "SMTP begins in clear and goes over to TLS after STARTTLS; what was said before TLS must not be trusted."
    ),
    sample!(
        "post-quantum",
        "A post-quantum key exchange",
        "The key share of X25519MLKEM768 makes the ClientHello longer than one segment."
    ),
];

impl Sample {
    /// The sample with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Input, open};

    #[test]
    fn every_sample_can_be_read_to_its_end() {
        for sample in SAMPLES {
            assert!(std::ptr::eq(Sample::named(sample.name).unwrap(), sample));
            let mut opened = open(&[Input::Sample(sample)], true).unwrap();
            assert_eq!(opened.description, sample.file);
            let store = opened.store.unwrap();
            let mut count = 0;
            while let Some(packet) = opened.source.next_packet() {
                count += 1;
                let again = store.read(packet.file, packet.position, packet.original_length).unwrap();
                assert_eq!(again, packet.bytes, "{}", sample.name);
            }
            assert!(count >= 9, "{} has {count} packets", sample.name);
            assert_eq!(opened.source.take_notes(), []);
            let keys = opened.source.take_key_logs().concat();
            assert_eq!(keys, sample.keys.as_bytes());
        }
    }
}
