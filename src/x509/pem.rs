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
}
