//! Certificates of the samples, made anew for other servers: each holds, and is as long as its sample.

use super::random::Random;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};

/// The name in the samples' certificates, as subjectAltName has it.
const SAMPLE_NAME: &[u8] = b"\x82\x09localhost";
/// What an authority says of itself in basicConstraints.
const CA: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04];
/// How a point of P-256 begins as a public key.
const POINT: &[u8] = &[0x03, 0x42, 0x00, 0x04];

/// Stands for the authority of the samples, whose key nobody has.
pub(super) struct Authority(SigningKey);

impl Authority {
    /// The same one each time.
    pub(super) fn new() -> Self {
        let mut secret = [0; 32];
        Random(0x6361).fill(&mut secret);
        Self(SigningKey::from_bytes(&secret.into()).unwrap())
    }

    /// The sample for another server: with a serial number of its own, this name, and a signature that holds.
    pub(super) fn issue(&self, sample: &[u8], server: u32, name: &str) -> Vec<u8> {
        let mut made = sample.to_vec();
        if let Some(at) = find(sample, SAMPLE_NAME) {
            made[at + 2..at + SAMPLE_NAME.len()].copy_from_slice(name.as_bytes());
        }
        if find(sample, CA).is_some() {
            let at = find(sample, POINT).unwrap() + POINT.len();
            made[at..at + 64].copy_from_slice(&self.0.verifying_key().to_sec1_point(false).as_bytes()[1..]);
        }
        // Certificate, TBSCertificate, its version, and then the serial number. The first byte keeps it positive.
        let signed = inside(sample, 0);
        let content = inside(sample, signed);
        let serial = content + 5;
        let numbers = serial + 3..serial + 2 + usize::from(sample[serial + 1]);
        let end = content + length(sample, signed);
        let algorithm = end + 2 + usize::from(sample[end + 1]);
        let signature = algorithm + 3;
        let mut random = Random(0x5e17 + u64::from(server) * 8191);
        // Signatures are of three lengths.
        loop {
            random.fill(&mut made[numbers.clone()]);
            let fresh: DerSignature = self.0.sign(&made[signed..end]);
            if fresh.as_bytes().len() == sample.len() - signature {
                made[signature..].copy_from_slice(fresh.as_bytes());
                return made;
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// Where the content of the DER element at `at` begins.
fn inside(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at + 1];
    at + 2 + if length < 0x80 { 0 } else { usize::from(length & 0x7f) }
}

/// How long the content of the DER element at `at` is.
fn length(bytes: &[u8], at: usize) -> usize {
    match bytes[at + 1] {
        short @ ..0x80 => usize::from(short),
        _ => bytes[at + 2..inside(bytes, at)].iter().fold(0, |number, byte| number << 8 | usize::from(*byte)),
    }
}
