//! Whether a UDP payload is DTLS or QUIC. Both are only told apart from other traffic here, not decoded.

/// What a datagram looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Records of DTLS (RFC 6347 4.1).
    Dtls,
    /// A packet of QUIC with a long header (RFC 9000 17.2).
    Quic,
    /// Neither.
    No,
}

/// Looks at the payload of one datagram.
#[must_use]
pub fn sign(payload: &[u8]) -> Sign {
    if is_dtls(payload) {
        Sign::Dtls
    } else if is_quic(payload) {
        Sign::Quic
    } else {
        Sign::No
    }
}

/// Length of a DTLS record header: type, version, epoch, sequence number, length.
const DTLS_HEADER: usize = 13;

/// All records of the datagram must be whole: a datagram carries no part of one (RFC 6347 4.1.1).
fn is_dtls(payload: &[u8]) -> bool {
    let mut rest = payload;
    let mut records = 0;
    while let Some(([kind, major, minor, middle @ .., high, low], body)) = rest.split_first_chunk::<DTLS_HEADER>() {
        let version = u16::from_be_bytes([*major, *minor]);
        let [_, _, ..] = middle;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if !(20..=25).contains(kind) || !matches!(version, 0xfeff | 0xfefd | 0x0100) || length == 0 {
            break;
        }
        let Some(behind) = body.get(length..) else { break };
        records += 1;
        rest = behind;
    }
    records > 0 && (rest.is_empty() || records > 1)
}

fn is_quic(payload: &[u8]) -> bool {
    let [first, a, b, c, d, id_length, ..] = *payload else { return false };
    let long_header = first & 0x80 != 0;
    let version = u32::from_be_bytes([a, b, c, d]);
    let known = match version {
        1 | 0x6b33_43cf => first & 0x40 != 0,
        0xff00_0000..=0xff00_0022 => first & 0x40 != 0,
        0xface_b000..=0xface_b00e => true,
        // Google's own: Q050, T050, T051 have long headers.
        0x5130_3530 | 0x5430_3530 | 0x5430_3531 => true,
        _ => false,
    };
    // A connection id has at most 20 bytes, and a client's first packet fills 1200 (RFC 9000 14.1).
    long_header && known && id_length <= 20 && payload.len() > 6 + usize::from(id_length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse_hex;

    #[test]
    fn datagrams_are_told_apart() {
        for (hex, expected) in [
            ("16fefd0000000000000000000101", Sign::Dtls),
            ("17feff000100000000000200020102", Sign::Dtls),
            ("16fefd00000000000000000005 01", Sign::No),
            ("c300000001088394c8f03e51570800", Sign::Quic),
            ("4300000001088394c8f03e51570800", Sign::No),
            ("c300000002088394c8f03e51570800", Sign::No),
            ("000100002112a442", Sign::No),
            ("", Sign::No),
        ] {
            assert_eq!(sign(&parse_hex(hex).unwrap()), expected, "{hex}");
        }
    }
}
