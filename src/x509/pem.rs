//! PEM (RFC 7468): DER as text that every tool reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const COLUMNS: usize = 64;

/// `der` as base64 in lines of 64 characters between the two marker lines that name `label`, such as `CERTIFICATE`.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (index, c) in STANDARD.encode(der).chars().enumerate() {
        if index > 0 && index % COLUMNS == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    if !der.is_empty() {
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// The label and the DER of each PEM block of a text; what stands around them is passed over, and so is a block whose
/// base64 cannot be read.
#[must_use]
pub fn unpem(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(text);
    let mut blocks = Vec::new();
    let mut rest = text.as_ref();
    while let Some((_, behind)) = rest.split_once("-----BEGIN ") {
        rest = behind;
        let Some((label, behind)) = behind.split_once("-----") else { break };
        let Some((body, behind)) = behind.split_once(&format!("-----END {label}-----")) else { continue };
        rest = behind;
        let digits: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if let Ok(der) = STANDARD.decode(digits) {
            blocks.push((label.to_owned(), der));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssl_writes_the_same() {
        for text in [include_str!("samples/everything.pem"), include_str!("samples/ed25519.pem")] {
            assert_eq!(pem("CERTIFICATE", &crate::x509::tests::unpem(text)), text);
        }
        assert_eq!(pem("X", &[]), "-----BEGIN X-----\n-----END X-----\n");
        assert_eq!(pem("X", &[0; 48]).lines().nth(1).map(str::len), Some(64));
        assert_eq!(pem("X", &[0; 49]).lines().nth(2), Some("AA=="));
    }

    #[test]
    fn blocks_are_found_among_other_text() {
        let text = format!("Bag Attributes\n{}x\r\n{}-----BEGIN Z-----\n", pem("A B", &[1, 2, 3]), pem("C", &[0; 100]));
        assert_eq!(unpem(text.as_bytes()), [("A B".to_owned(), vec![1, 2, 3]), ("C".to_owned(), vec![0; 100])]);
        for text in ["", "-----BEGIN ", "-----BEGIN A-----", "-----BEGIN A-----\n*\n-----END A-----"] {
            assert_eq!(unpem(text.as_bytes()), []);
        }
    }
}
