//! A few lines of DER, for extensions of certificates and names of authorities.

/// A value with its tag, of less than 64 kB.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    let header = match length.to_be_bytes() {
        [0, low] if low < 128 => vec![tag, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header, value.to_vec()].concat()
}

/// A Name of one commonName (RFC 5280 4.1.2.4).
pub fn name(common: &str) -> Vec<u8> {
    let attribute = [tlv(6, &[0x55, 4, 3]), tlv(12, common.as_bytes())].concat();
    tlv(0x30, &tlv(0x31, &tlv(0x30, &attribute)))
}

/// An extension that says where the issuer's certificate and its OCSP responder are (RFC 5280 4.2.2.1), as a scenario
/// writes it.
pub fn authority_information_access() -> String {
    let access = |method: u8, url: &str| {
        let oid = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, method]);
        tlv(0x30, &[oid, tlv(0x86, url.as_bytes())].concat())
    };
    let both = [access(2, "http://ca.example/"), access(1, "http://ocsp.example/")].concat();
    let der = tlslab::base::hex(&tlv(0x30, &both));
    format!(r#"[{{ oid = "1.3.6.1.5.5.7.1.1", der = "{der}" }}]"#)
}

/// An extension that demands a stapled OCSP response (RFC 7633), as a scenario writes it.
pub const MUST_STAPLE: &str = r#"[{ oid = "1.3.6.1.5.5.7.1.24", der = "3003020105" }]"#;
