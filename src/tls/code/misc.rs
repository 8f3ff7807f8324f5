//! The small registries.

use super::code_points;

code_points! {
    /// What a record carries (RFC 8446 5.1, IANA "TLS ContentType").
    ContentType(u8, 0) {
        20 = "change_cipher_spec", "RFC 8446";
        21 = "alert", "RFC 8446";
        22 = "handshake", "RFC 8446";
        23 = "application_data", "RFC 8446";
        24 = "heartbeat", "RFC 6520";
        25 = "tls12_cid", "RFC 9146";
        26 = "ACK", "RFC 9147";
    }
}

impl ContentType {
    /// `change_cipher_spec`.
    pub const CHANGE_CIPHER_SPEC: Self = Self(20);
    /// `alert`.
    pub const ALERT: Self = Self(21);
    /// `handshake`.
    pub const HANDSHAKE: Self = Self(22);
    /// `application_data`, which in TLS 1.3 is the outside of everything encrypted.
    pub const APPLICATION_DATA: Self = Self(23);
    /// `heartbeat`.
    pub const HEARTBEAT: Self = Self(24);
}
