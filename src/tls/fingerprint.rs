//! Fingerprints: short texts that are alike for hellos of the same software, so that programs can be told apart
//! without decrypting anything.
//!
//! JA3 and JA3S (John Althouse, Jeff Atkinson, Josh Atkins; Salesforce, BSD-3-Clause) list the numbers of a hello in
//! their order. JA4 (John Althouse; FoxIO, BSD-3-Clause) sorts them first, because browsers began to shuffle their
//! extensions. A fingerprint names a kind of software at best: many programs share one, and any program can copy
//! another's.

use super::code::{ExtensionType, ProtocolVersion, is_grease};
use super::handshake::{ClientHello, ServerHello};
use crate::base::hex;
use aws_lc_rs::digest;
use md5::{Digest, Md5};

/// JA3 of a ClientHello: its full text and the MD5 of it. Both are empty for a hello in the form of SSL 2.
#[must_use]
pub fn ja3(hello: &ClientHello) -> (String, String) {
    if hello.ssl2 {
        return (String::new(), String::new());
    }
    let mut full = String::with_capacity(256);
    push_number(&mut full, hello.legacy_version.0);
    full.push(',');
    push_numbers(&mut full, hello.cipher_suites.iter().map(|suite| suite.0).filter(real));
    full.push(',');
    push_numbers(&mut full, hello.extensions.iter().map(|extension| extension.0).filter(real));
    full.push(',');
    push_numbers(&mut full, hello.supported_groups.iter().map(|group| group.0).filter(real));
    full.push(',');
    push_numbers(&mut full, hello.ec_point_formats.iter().copied().map(u16::from));
    let hash = md5(&full);
    (full, hash)
}

/// JA3S of a ServerHello: its full text and the MD5 of it. Both are empty for a hello in the form of SSL 2.
#[must_use]
pub fn ja3s(hello: &ServerHello) -> (String, String) {
    let Some(suite) = hello.cipher_suite else { return (String::new(), String::new()) };
    let mut full = String::with_capacity(48);
    push_number(&mut full, hello.legacy_version.0);
    full.push(',');
    push_number(&mut full, suite.0);
    full.push(',');
    push_numbers(&mut full, hello.extensions.iter().map(|extension| extension.0));
    let hash = md5(&full);
    (full, hash)
}

/// JA4 of a ClientHello over TCP: the fingerprint, and its raw form with the lists in place of the hashes (`JA4_r`).
/// Both are empty for a hello in the form of SSL 2.
#[must_use]
pub fn ja4(hello: &ClientHello) -> (String, String) {
    if hello.ssl2 {
        return (String::new(), String::new());
    }
    let suites = sorted(hello.cipher_suites.iter().map(|suite| suite.0).filter(real));
    let count = hello.extensions.iter().filter(|extension| !extension.is_grease()).count();
    let has_name = hello.extensions.contains(&ExtensionType::SERVER_NAME);

    // Both texts are made in place: this is done for each hello of a capture.
    let listed = suites.len() + hello.extensions.len() + hello.signature_algorithms.len();
    let mut raw = String::with_capacity(16 + 5 * listed);
    raw.push('t');
    raw.push_str(ja4_version(hello));
    raw.push(if has_name { 'd' } else { 'i' });
    push_count(&mut raw, suites.len());
    push_count(&mut raw, count);
    raw.extend(ja4_alpn(hello.alpn.first().map_or(&[], Vec::as_slice)));
    let mut hash = String::with_capacity(40);
    hash.push_str(&raw);
    raw.push('_');
    let from = raw.len();
    push_hex_list(&mut raw, &suites);
    hash.push('_');
    push_truncated_sha256(&mut hash, raw.get(from..).unwrap_or_default());
    raw.push('_');
    let from = raw.len();
    push_ja4_extensions(&mut raw, hello);
    hash.push('_');
    push_truncated_sha256(&mut hash, raw.get(from..).unwrap_or_default());
    (hash, raw)
}

/// The sorted extensions without server_name and ALPN, which say more of the place than of the program, and behind
/// an underscore the signature algorithms in their order.
fn push_ja4_extensions(text: &mut String, hello: &ClientHello) {
    let place = [ExtensionType::SERVER_NAME.0, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION.0];
    let types = hello.extensions.iter().map(|extension| extension.0);
    push_hex_list(text, &sorted(types.filter(real).filter(|value| !place.contains(value))));
    let schemes: Vec<u16> = hello.signature_algorithms.iter().map(|scheme| scheme.0).filter(real).collect();
    if !schemes.is_empty() {
        text.push('_');
        push_hex_list(text, &schemes);
    }
}

fn ja4_version(hello: &ClientHello) -> &'static str {
    let offered = hello.supported_versions.iter().filter(|version| !version.is_grease()).max();
    match *offered.unwrap_or(&hello.legacy_version) {
        ProtocolVersion::TLS13 => "13",
        ProtocolVersion::TLS12 => "12",
        ProtocolVersion::TLS11 => "11",
        ProtocolVersion::TLS10 => "10",
        ProtocolVersion::SSL3 => "s3",
        ProtocolVersion::SSL2 => "s2",
        _ => "00",
    }
}

/// First and last character of a protocol name. Where one of them is no ASCII letter or digit, the first and the last
/// digit of the name in hexadecimal, as JA4's description has it; some implementations print `99` there.
fn ja4_alpn(name: &[u8]) -> [char; 2] {
    let (Some(&first), Some(&last)) = (name.first(), name.last()) else { return ['0', '0'] };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        [char::from(first), char::from(last)]
    } else {
        [hex_digit(first >> 4), hex_digit(last & 15)]
    }
}

/// The first twelve digits of the SHA-256, or zeros for nothing.
fn push_truncated_sha256(out: &mut String, text: &str) {
    if text.is_empty() {
        return out.push_str("000000000000");
    }
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    for byte in hash.as_ref().iter().take(6) {
        out.push(hex_digit(byte >> 4));
        out.push(hex_digit(byte & 15));
    }
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "filters hand out references")]
fn real(value: &u16) -> bool {
    !is_grease(*value)
}

fn sorted(values: impl Iterator<Item = u16>) -> Vec<u16> {
    let mut list: Vec<u16> = values.collect();
    list.sort_unstable();
    list
}

fn push_hex_list(text: &mut String, values: &[u16]) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        for byte in value.to_be_bytes() {
            text.push(hex_digit(byte >> 4));
            text.push(hex_digit(byte & 15));
        }
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble })
}

/// Two digits; more than 99 are 99.
fn push_count(text: &mut String, count: usize) {
    let count = u16::try_from(count.min(99)).unwrap_or(99);
    if count < 10 {
        text.push('0');
    }
    push_number(text, count);
}

fn push_numbers(text: &mut String, values: impl Iterator<Item = u16>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push('-');
        }
        push_number(text, value);
    }
}

/// Decimal digits, without the formatting machinery: a ClientHello has about sixty of these numbers.
fn push_number(text: &mut String, value: u16) {
    let mut unit = 10_000;
    while unit > 1 && value < unit {
        unit /= 10;
    }
    while unit > 0 {
        text.push(char::from_digit(u32::from(value / unit % 10), 10).unwrap_or('0'));
        unit /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::code::{CipherSuite, NamedGroup, SignatureScheme};

    fn hello(version: u16, suites: &[u16], extensions: &[u16], groups: &[u16], formats: &[u8]) -> ClientHello {
        ClientHello {
            legacy_version: ProtocolVersion(version),
            cipher_suites: suites.iter().copied().map(CipherSuite).collect(),
            extensions: extensions.iter().copied().map(ExtensionType).collect(),
            supported_groups: groups.iter().copied().map(NamedGroup).collect(),
            ec_point_formats: formats.to_vec(),
            ..ClientHello::default()
        }
    }

    /// The hello of the browser that JA4's description takes as its example.
    fn browser() -> ClientHello {
        let suites = [
            0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
            0x009d, 0x002f, 0x0035,
        ];
        let extensions = [
            0x9a9a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
            0xff01, 0x000b, 0x000a, 0x0015, 0x5a5a,
        ];
        let schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        ClientHello {
            supported_versions: [0x4a4a, 0x0304, 0x0303].map(ProtocolVersion).to_vec(),
            signature_algorithms: schemes.map(SignatureScheme).to_vec(),
            alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            ..hello(0x0303, &suites, &extensions, &[], &[])
        }
    }

    #[test]
    fn ja3_of_its_own_examples() {
        let modern = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
        let old = [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99];
        let greased = [0x1a1a, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
        let full = "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0";
        for (hello, full, hash) in [
            (hello(769, &modern, &[0, 10, 11], &[23, 24, 25], &[0]), full, "ada70206e40642a3e4461f35503241d5"),
            (
                hello(769, &greased, &[0x3a3a, 0, 10, 11], &[0xaaaa, 23, 24, 25], &[0]),
                full,
                "ada70206e40642a3e4461f35503241d5",
            ),
            (
                hello(769, &old, &[], &[], &[]),
                "769,4-5-10-9-100-98-3-6-19-18-99,,,",
                "de350869b8c85de67a350c8d186f11e6",
            ),
        ] {
            assert_eq!(ja3(&hello), (full.to_owned(), hash.to_owned()));
        }
    }

    #[test]
    fn ja3s_lists_version_suite_and_extensions() {
        let hello = ServerHello {
            legacy_version: ProtocolVersion::TLS12,
            cipher_suite: Some(CipherSuite(0xc030)),
            extensions: [5, 23, 65281, 0].map(ExtensionType).to_vec(),
            ..ServerHello::default()
        };
        let (full, hash) = ja3s(&hello);
        assert_eq!(full, "771,49200,5-23-65281-0");
        assert_eq!(hash, md5("771,49200,5-23-65281-0"));
    }

    #[test]
    fn ja4_of_its_own_example() {
        let (hash, raw) = ja4(&browser());
        assert_eq!(hash, "t13d1516h2_8daaf6152771_e5627efa2ab1");
        assert_eq!(
            raw,
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_\
             0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_\
             0403,0804,0401,0503,0805,0501,0806,0601"
        );
    }

    #[test]
    fn ja4_without_signature_algorithms_has_no_underscore_behind_the_extensions() {
        let hello = ClientHello { signature_algorithms: Vec::new(), ..browser() };
        assert_eq!(ja4(&hello).0, "t13d1516h2_8daaf6152771_6d807ffa2a79");
    }

    #[test]
    fn ja4_of_a_bare_hello_has_zeros() {
        assert_eq!(ja4(&hello(0x0301, &[], &[], &[], &[])).0, "t10i000000_000000000000_000000000000");
        assert_eq!(ja4(&hello(0x0300, &[4], &[0], &[], &[])).0.split_once('_').unwrap().0, "ts3d010100");
        let many: Vec<u16> = (1..120).collect();
        assert!(ja4(&hello(0x0303, &many, &[], &[], &[])).0.starts_with("t12i990000_"));
        let ssl2 = ClientHello { ssl2: true, ..browser() };
        assert_eq!((ja3(&ssl2).0, ja4(&ssl2).0), (String::new(), String::new()));
    }

    #[test]
    fn ja4_shows_a_protocol_name_by_its_ends() {
        for (name, expected) in [
            (&b""[..], "00"),
            (b"h2", "h2"),
            (b"http/1.1", "h1"),
            (b"h", "hh"),
            (b"\xab", "ab"),
            (b" ", "20"),
            (b"\xab\xcd", "ad"),
            (b"\x20\x61", "21"),
            (b"\x30\xab", "3b"),
            (b"\x61\x20", "60"),
            (b"\x30\x31\xab\xcd", "3d"),
            (b"\x30\xab\xcd\x31", "01"),
        ] {
            assert_eq!(ja4_alpn(name).iter().collect::<String>(), expected, "{name:?}");
        }
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for value in [0, 7, 10, 99, 100, 9999, 10_000, 65_535] {
            let mut text = String::new();
            push_number(&mut text, value);
            assert_eq!(text, value.to_string());
        }
    }
}
