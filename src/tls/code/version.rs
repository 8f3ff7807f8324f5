//! Protocol versions.

use super::code_points;

code_points! {
    /// A protocol version as it stands in records and hellos (RFC 8446 4.1.2).
    ProtocolVersion(u16, 4) {
        0x0002 = "SSL 2.0", "draft-hickman-netscape-ssl-00";
        0x0101 = "TLCP", "GB/T 38636-2020";
        0x0300 = "SSL 3.0", "RFC 6101";
        0x0301 = "TLS 1.0", "RFC 2246";
        0x0302 = "TLS 1.1", "RFC 4346";
        0x0303 = "TLS 1.2", "RFC 5246";
        0x0304 = "TLS 1.3", "RFC 8446";
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

    /// The number of a TLS 1.3 draft (`0x7f12` is draft 18), `None` for anything else.
    #[must_use]
    pub fn draft(self) -> Option<u8> {
        let [high, low] = self.0.to_be_bytes();
        (high == 0x7f).then_some(low)
    }

    /// Whether the handshake is that of TLS 1.3, a draft of it included.
    #[must_use]
    pub fn is_tls13(self) -> bool {
        self == Self::TLS13 || self.draft().is_some()
    }
}
