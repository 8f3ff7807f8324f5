//! Groups for key exchange: curves, finite fields and post-quantum mechanisms.

use super::code_points;

code_points! {
    /// A group for key exchange (RFC 8446 4.2.7, IANA "TLS Supported Groups").
    NamedGroup(u16, 4) {
        0x0017 = "secp256r1", "RFC 8422";
        0x001d = "x25519", "RFC 8446";
        0x11ec = "X25519MLKEM768", "draft-ietf-tls-ecdhe-mlkem";
    }
}
