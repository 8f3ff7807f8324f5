//! Protocol versions.

use super::code_points;
use std::borrow::Cow;

code_points! {
    /// A protocol version as it stands in records and hellos (RFC 8446 4.1.2).
    ProtocolVersion(u16, 4) {
        0x0002 = "SSL 2.0", "draft-hickman-netscape-ssl-00";
        0x0100 = "DTLS 1.0 (OpenSSL pre 0.9.8f)", "";
        0x0101 = "TLCP", "GB/T 38636-2020";
        0x0300 = "SSL 3.0", "RFC 6101";
        0x0301 = "TLS 1.0", "RFC 2246";
        0x0302 = "TLS 1.1", "RFC 4346";
        0x0303 = "TLS 1.2", "RFC 5246";
        0x0304 = "TLS 1.3", "RFC 8446";
        0x7f01 = "TLS 1.3 (draft 1)", "draft-ietf-tls-tls13-01";
        0x7f02 = "TLS 1.3 (draft 2)", "draft-ietf-tls-tls13-02";
        0x7f03 = "TLS 1.3 (draft 3)", "draft-ietf-tls-tls13-03";
        0x7f04 = "TLS 1.3 (draft 4)", "draft-ietf-tls-tls13-04";
        0x7f05 = "TLS 1.3 (draft 5)", "draft-ietf-tls-tls13-05";
        0x7f06 = "TLS 1.3 (draft 6)", "draft-ietf-tls-tls13-06";
        0x7f07 = "TLS 1.3 (draft 7)", "draft-ietf-tls-tls13-07";
        0x7f08 = "TLS 1.3 (draft 8)", "draft-ietf-tls-tls13-08";
        0x7f09 = "TLS 1.3 (draft 9)", "draft-ietf-tls-tls13-09";
        0x7f0a = "TLS 1.3 (draft 10)", "draft-ietf-tls-tls13-10";
        0x7f0b = "TLS 1.3 (draft 11)", "draft-ietf-tls-tls13-11";
        0x7f0c = "TLS 1.3 (draft 12)", "draft-ietf-tls-tls13-12";
        0x7f0d = "TLS 1.3 (draft 13)", "draft-ietf-tls-tls13-13";
        0x7f0e = "TLS 1.3 (draft 14)", "draft-ietf-tls-tls13-14";
        0x7f0f = "TLS 1.3 (draft 15)", "draft-ietf-tls-tls13-15";
        0x7f10 = "TLS 1.3 (draft 16)", "draft-ietf-tls-tls13-16";
        0x7f11 = "TLS 1.3 (draft 17)", "draft-ietf-tls-tls13-17";
        0x7f12 = "TLS 1.3 (draft 18)", "draft-ietf-tls-tls13-18";
        0x7f13 = "TLS 1.3 (draft 19)", "draft-ietf-tls-tls13-19";
        0x7f14 = "TLS 1.3 (draft 20)", "draft-ietf-tls-tls13-20";
        0x7f15 = "TLS 1.3 (draft 21)", "draft-ietf-tls-tls13-21";
        0x7f16 = "TLS 1.3 (draft 22)", "draft-ietf-tls-tls13-22";
        0x7f17 = "TLS 1.3 (draft 23)", "draft-ietf-tls-tls13-23";
        0x7f18 = "TLS 1.3 (draft 24)", "draft-ietf-tls-tls13-24";
        0x7f19 = "TLS 1.3 (draft 25)", "draft-ietf-tls-tls13-25";
        0x7f1a = "TLS 1.3 (draft 26)", "draft-ietf-tls-tls13-26";
        0x7f1b = "TLS 1.3 (draft 27)", "draft-ietf-tls-tls13-27";
        0x7f1c = "TLS 1.3 (draft 28)", "draft-ietf-tls-tls13-28";
        0xfb17 = "TLS 1.3 (Facebook draft 23)", "";
        0xfb1a = "TLS 1.3 (Facebook draft 26)", "";
        0xfefc = "DTLS 1.3", "RFC 9147";
        0xfefd = "DTLS 1.2", "RFC 6347";
        0xfeff = "DTLS 1.0", "RFC 4347";
    }
}

impl ProtocolVersion {
    /// SSL 2.0.
    pub const SSL2: Self = Self(0x0002);
    /// SSL 3.0.
    pub const SSL3: Self = Self(0x0300);
    /// TLS 1.0.
    pub const TLS10: Self = Self(0x0301);
    /// TLS 1.1.
    pub const TLS11: Self = Self(0x0302);
    /// TLS 1.2.
    pub const TLS12: Self = Self(0x0303);
    /// TLS 1.3.
    pub const TLS13: Self = Self(0x0304);
    /// TLCP, the Chinese protocol in the form of TLS 1.1 (GB/T 38636).
    pub const TLCP: Self = Self(0x0101);

    /// The number of a TLS 1.3 draft (`0x7f12` is draft 18), `None` for anything else.
    #[must_use]
    pub fn draft(self) -> Option<u8> {
        match self.0.to_be_bytes() {
            [0x7f, number] | [0xfb, number @ (0x17 | 0x1a)] => Some(number),
            _ => None,
        }
    }

    /// Whether the handshake is that of TLS 1.3, a draft of it included.
    #[must_use]
    pub fn is_tls13(self) -> bool {
        self == Self::TLS13 || self.draft().is_some()
    }

    /// A label for narrow columns: `1.3`, `1.2`, `SSL 3.0`, `1.3d18` for a draft, the number of what has no name.
    #[must_use]
    pub fn short(self) -> Cow<'static, str> {
        if let Some(number) = self.draft() {
            return Cow::Owned(format!("1.3d{number}"));
        }
        match self.name() {
            Some(name) => Cow::Borrowed(name.strip_prefix("TLS ").unwrap_or(name)),
            None => Cow::Owned(format!("0x{:04x}", self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_a_long_and_a_short_label() {
        for (version, long, short) in [
            (0x0002, "SSL 2.0", "SSL 2.0"),
            (0x0300, "SSL 3.0", "SSL 3.0"),
            (0x0303, "TLS 1.2", "1.2"),
            (0x0304, "TLS 1.3", "1.3"),
            (0x7f12, "TLS 1.3 (draft 18)", "1.3d18"),
            (0x7f1c, "TLS 1.3 (draft 28)", "1.3d28"),
            (0xfb1a, "TLS 1.3 (Facebook draft 26)", "1.3d26"),
            (0x0101, "TLCP", "TLCP"),
            (0xfefd, "DTLS 1.2", "DTLS 1.2"),
            (0x3a3a, "GREASE (0x3a3a)", "GREASE"),
            (0x0399, "unknown (0x0399)", "0x0399"),
        ] {
            assert_eq!(ProtocolVersion(version).to_string(), long);
            assert_eq!(ProtocolVersion(version).short(), short);
        }
        assert!(ProtocolVersion(0x7f17).is_tls13() && !ProtocolVersion::TLS12.is_tls13());
    }
}
