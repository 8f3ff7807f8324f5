//! Alerts: how one peer tells the other that something is over, or wrong.

use super::code_points;

code_points! {
    /// How serious an alert is; TLS 1.3 keeps the byte and ignores it (RFC 8446 6).
    AlertLevel(u8, 0) {
        1 = "warning", "RFC 8446";
        2 = "fatal", "RFC 8446";
    }
}

code_points! {
    /// What an alert says (RFC 8446 6, IANA "TLS Alerts").
    AlertDescription(u8, 0) {
        0 = "close_notify", "RFC 8446";
        10 = "unexpected_message", "RFC 8446";
        20 = "bad_record_mac", "RFC 8446";
        40 = "handshake_failure", "RFC 8446";
    }
}
