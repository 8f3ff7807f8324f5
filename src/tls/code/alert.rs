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
    /// What an alert says (RFC 8446 6, IANA "TLS Alerts"). Those that newer versions took away are here too.
    AlertDescription(u8, 0) {
        0 = "close_notify", "RFC 8446";
        10 = "unexpected_message", "RFC 8446";
        20 = "bad_record_mac", "RFC 8446";
        21 = "decryption_failed", "RFC 2246";
        22 = "record_overflow", "RFC 8446";
        30 = "decompression_failure", "RFC 5246";
        40 = "handshake_failure", "RFC 8446";
        41 = "no_certificate", "RFC 6101";
        42 = "bad_certificate", "RFC 8446";
        43 = "unsupported_certificate", "RFC 8446";
        44 = "certificate_revoked", "RFC 8446";
        45 = "certificate_expired", "RFC 8446";
        46 = "certificate_unknown", "RFC 8446";
        47 = "illegal_parameter", "RFC 8446";
        48 = "unknown_ca", "RFC 8446";
        49 = "access_denied", "RFC 8446";
        50 = "decode_error", "RFC 8446";
        51 = "decrypt_error", "RFC 8446";
        52 = "too_many_cids_requested", "RFC 9147";
        60 = "export_restriction", "RFC 2246";
        70 = "protocol_version", "RFC 8446";
        71 = "insufficient_security", "RFC 8446";
        80 = "internal_error", "RFC 8446";
        86 = "inappropriate_fallback", "RFC 7507";
        90 = "user_canceled", "RFC 8446";
        100 = "no_renegotiation", "RFC 5246";
        109 = "missing_extension", "RFC 8446";
        110 = "unsupported_extension", "RFC 8446";
        111 = "certificate_unobtainable", "RFC 6066";
        112 = "unrecognized_name", "RFC 6066";
        113 = "bad_certificate_status_response", "RFC 6066";
        114 = "bad_certificate_hash_value", "RFC 6066";
        115 = "unknown_psk_identity", "RFC 4279";
        116 = "certificate_required", "RFC 8446";
        117 = "general_error", "RFC 9846";
        120 = "no_application_protocol", "RFC 7301";
        121 = "ech_required", "RFC 9849";
    }
}

impl AlertLevel {
    /// `fatal`: the connection is over. TLS 1.3 peers write it for every error.
    pub const FATAL: Self = Self(2);
    /// `warning`.
    pub const WARNING: Self = Self(1);
}

impl AlertDescription {
    /// `close_notify`, the orderly end.
    pub const CLOSE_NOTIFY: Self = Self(0);
    /// `user_canceled`.
    pub const USER_CANCELED: Self = Self(90);

    /// Whether it says that the sender is done, not that something is wrong (RFC 8446 6.1).
    #[must_use]
    pub fn is_closure(self) -> bool {
        self == Self::CLOSE_NOTIFY || self == Self::USER_CANCELED
    }

    /// What it means, who usually sends it, and what it does not prove, for somebody who meets it for the first time.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self.0 {
            0 => {
                "The sender has no more data and closes its side in order. It is the good end of a connection, not an \
                 error. Right after a handshake it can still mean that the sender did not like what it saw."
            }
            10 => {
                "A message came that has no place at this point of the handshake. Either side sends it, mostly because \
                 of a bug, a peer that speaks something else than TLS, or an offloading box that mixed two \
                 connections. It does not say which message was wrong."
            }
            20 => {
                "A record could not be verified with the keys in use. Its bytes were changed on the way, or both sides \
                 have different keys: a wrong pre-shared key, a broken resumption or a bug. Newer versions send it for \
                 every failed decryption, so it does not tell padding from MAC errors. It does not prove an attack."
            }
            21 => {
                "A record could not be decrypted. Only SSL 3.0 and TLS 1.0 sent it: telling a padding error from a MAC \
                 error helped attackers, so later versions send bad_record_mac instead."
            }
            22 => {
                "A record was longer than allowed: over 2^14 bytes of content, or over the limit that was agreed. \
                 Typical for a peer that does not speak TLS at all, whose text was read as a record length, or for one \
                 that ignores max_fragment_length or record_size_limit."
            }
            30 => {
                "Compressed data could not be expanded. TLS compression is gone since TLS 1.3 and should be off \
                 everywhere, because it leaks secrets (CRIME)."
            }
            40 => {
                "The two sides found no common set of parameters. A server sends it when no cipher suite, group or \
                 signature algorithm fits, and often also when it wants a client certificate or does not know the host \
                 name. The name says nothing about the cause: compare what was offered with what the other side can \
                 do."
            }
            41 => {
                "A client of SSL 3.0 answers so that it has no certificate to show. It is a warning: the server \
                 decides whether to go on. TLS sends an empty Certificate message instead."
            }
            42 => {
                "The certificate is broken or was refused: unreadable, a bad signature, a wrong name. Some programs \
                 send it for every certificate problem, expired or untrusted ones too, so it does not prove that the \
                 certificate is damaged. Whoever sends it is the one who did not accept the other's certificate."
            }
            43 => {
                "The certificate is of a kind that the sender cannot use: a key type or a key usage that does not fit, \
                 such as a server certificate shown by a client. The certificate itself may be perfectly valid."
            }
            44 => {
                "The certificate was revoked by its issuer, as the sender learned from a CRL or by OCSP. The capture \
                 seldom shows where it learned that."
            }
            45 => {
                "The certificate is outside its period of validity at the sender's clock. Compare the dates with the \
                 time of the capture: if they fit, the sender's clock is wrong, or an intermediate certificate is the \
                 one that expired."
            }
            46 => {
                "The certificate was refused for some other reason. Many programs, Java above all, send it for any \
                 failed check, and a browser user who does not click through causes it as well. It does not mean that \
                 the certificate is unknown, and it does not name the check that failed."
            }
            47 => {
                "A field has a value that is wrong or does not fit with others: a group that was not offered, a second \
                 ClientHello that differs, a version that cannot be. It points to a bug on one side or to a box \
                 between them, not to configuration."
            }
            48 => {
                "The chain does not lead to an authority that the sender trusts. Typical causes: the server left out \
                 an intermediate certificate, the certificate is self-signed or from a private authority, or a proxy \
                 opens the connection. It says nothing about expiry or names, and it does not prove that the \
                 certificate is bad."
            }
            49 => {
                "The certificate is valid, and its owner still may not come in: access control decided so. Servers \
                 send it after they have checked a client certificate, some also when there was none."
            }
            50 => {
                "A message could not be read: a length or a field was out of its range. It points to damaged or cut \
                 data, a bug, or a peer that chokes on a large or unusual ClientHello. It is not about certificates or \
                 trust."
            }
            51 => {
                "A signature, a Finished value or a PSK binder was not correct. Typical: a certificate with a key that \
                 does not belong to it, a wrong pre-shared key, or handshake messages that were changed on the way. It \
                 is not about decrypting data."
            }
            52 => "A DTLS 1.3 peer asked for more connection ids than the sender wants to give. Not seen over TCP.",
            60 => {
                "The negotiation broke the old export rules for cryptography, such as a key that was too long for an \
                 export suite. Nothing sends it today."
            }
            70 => {
                "The sender does not support the protocol version that the other side asked for or chose. A server \
                 sends it when all offered versions are too old, or too new for it. Look at supported_versions of the \
                 ClientHello, not at the version of the record: that one is fixed."
            }
            71 => {
                "The sender wants stronger parameters than the other side offers: its policy refuses the suites or a \
                 key or group that is too small. It means handshake_failure with a reason: weak, not merely \
                 different."
            }
            80 => {
                "Something went wrong inside the sender that has nothing to do with the peer: no memory, a failed key \
                 operation, a backend that is down. Some servers send it for anything that they did not foresee, a \
                 missing certificate for this name included. Only the sender's log knows."
            }
            86 => {
                "The client marked its hello as a second try with a lower version (TLS_FALLBACK_SCSV), and the server \
                 knows a higher one. The server stops a possible downgrade. The true problem lies in the earlier \
                 connection that failed, which seldom is an attack."
            }
            90 => {
                "The sender ends the handshake for a reason outside the protocol: a user or a program gave up. A \
                 close_notify should follow. It says nothing about the peer."
            }
            100 => {
                "The sender refuses to negotiate again on a running connection (up to TLS 1.2). It is a warning: the \
                 connection may go on with what it has, but whoever asked often gives up, for example because it \
                 wanted a client certificate."
            }
            109 => {
                "An extension is missing that the sender must have, such as supported_groups or key_share together \
                 with TLS 1.3, or server_name. It points to a bug or to an unusually bare client."
            }
            110 => {
                "A server answered with an extension that the client had not asked for, or one that may not stand in \
                 this message. It is a bug of the one who sent the extension, or of a box between."
            }
            111 => {
                "The server could not fetch the client's certificate from the address that the client gave \
                 (client_certificate_url). Hardly anything uses this extension."
            }
            112 => {
                "The server knows no host of the name that the client asked for. As a warning it is harmless: the \
                 server goes on with its default certificate. As a fatal alert look for a misspelt or missing server \
                 name, or a virtual host that is not set up."
            }
            113 => {
                "The client could not accept the OCSP response that the server attached: it is too old, for another \
                 certificate, wrongly signed, or it is missing though the certificate demands one. The certificate \
                 itself may be good."
            }
            114 => {
                "A certificate that was fetched from an address did not have the hash that was promised \
                 (client_certificate_url). TLS 1.3 dropped it."
            }
            115 => {
                "The server does not know the identity of the pre-shared key. Check that both sides have the same \
                 identity, letter by letter. Servers may send decrypt_error instead so as not to tell which identities \
                 exist."
            }
            116 => {
                "The server demands a client certificate, and the client sent none (TLS 1.3). The client has already \
                 finished its handshake by then and may have reported success before the alert arrives. It does not \
                 say whether the client had no certificate or found that none fits the request."
            }
            117 => "An error for which no better alert fits, and which the sender does not want to describe.",
            120 => {
                "The server supports none of the application protocols that the client offered in ALPN. The \
                 certificate and the keys were not the problem."
            }
            121 => {
                "The client needs Encrypted Client Hello, and the server could not decrypt it. Typical: the client \
                 used an old ECH key from DNS. The server may have sent fresh keys in the same handshake, and a second \
                 try then works."
            }
            _ => {
                "This number has no meaning in the registry. If the record is encrypted, these bytes are not an alert \
                 that can be read."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_alert_is_explained() {
        let unknown = AlertDescription(255).text();
        for row in AlertDescription::TABLE {
            let text = AlertDescription(row.value).text();
            assert!(text != unknown && text.ends_with('.') && !text.contains("  "), "{}", row.name);
        }
        assert_eq!(AlertDescription::TABLE.len(), 37);
    }
}
