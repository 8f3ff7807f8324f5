//! Cipher suites.

use super::code_points;

code_points! {
    /// A cipher suite (RFC 8446 B.4, RFC 5246 A.5, IANA "TLS Cipher Suites").
    CipherSuite(u16, 4) {
        0x0000 = "TLS_NULL_WITH_NULL_NULL", "RFC 5246";
        0x1301 = "TLS_AES_128_GCM_SHA256", "RFC 8446";
        0x1302 = "TLS_AES_256_GCM_SHA384", "RFC 8446";
    }
}
