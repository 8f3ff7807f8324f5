//! Extension types.

use super::code_points;

code_points! {
    /// The type of an extension of a hello or certificate message (RFC 8446 4.2, IANA "TLS ExtensionType Values").
    ExtensionType(u16, 0) {
        0 = "server_name", "RFC 6066";
        16 = "application_layer_protocol_negotiation", "RFC 7301";
        43 = "supported_versions", "RFC 8446";
    }
}
