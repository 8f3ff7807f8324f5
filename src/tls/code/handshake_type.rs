//! Handshake message types.

use super::code_points;

code_points! {
    /// The type of a handshake message (RFC 8446 4, IANA "TLS HandshakeType").
    HandshakeType(u8, 0) {
        0 = "hello_request", "RFC 5246";
        1 = "client_hello", "RFC 8446";
        2 = "server_hello", "RFC 8446";
        3 = "hello_verify_request", "RFC 6347";
        4 = "new_session_ticket", "RFC 8446";
        5 = "end_of_early_data", "RFC 8446";
        6 = "hello_retry_request", "draft-ietf-tls-tls13-22";
        8 = "encrypted_extensions", "RFC 8446";
        9 = "request_connection_id", "RFC 9147";
        10 = "new_connection_id", "RFC 9147";
        11 = "certificate", "RFC 8446";
        12 = "server_key_exchange", "RFC 5246";
        13 = "certificate_request", "RFC 8446";
        14 = "server_hello_done", "RFC 5246";
        15 = "certificate_verify", "RFC 8446";
        16 = "client_key_exchange", "RFC 5246";
        17 = "client_certificate_request", "RFC 9261";
        20 = "finished", "RFC 8446";
        21 = "certificate_url", "RFC 6066";
        22 = "certificate_status", "RFC 6066";
        23 = "supplemental_data", "RFC 4680";
        24 = "key_update", "RFC 8446";
        25 = "compressed_certificate", "RFC 8879";
        26 = "ekt_key", "RFC 8870";
        67 = "next_protocol", "draft-agl-tls-nextprotoneg";
        254 = "message_hash", "RFC 8446";
    }
}

impl HandshakeType {
    /// `client_hello`, the first message of every handshake.
    pub const CLIENT_HELLO: Self = Self(1);
    /// `server_hello`, which is also the form of a HelloRetryRequest.
    pub const SERVER_HELLO: Self = Self(2);
    /// `new_session_ticket`.
    pub const NEW_SESSION_TICKET: Self = Self(4);
    /// `certificate`.
    pub const CERTIFICATE: Self = Self(11);
    /// `client_key_exchange`, until TLS 1.2.
    pub const CLIENT_KEY_EXCHANGE: Self = Self(16);
    /// `finished`, which seals the handshake of its side.
    pub const FINISHED: Self = Self(20);
    /// `key_update` of TLS 1.3.
    pub const KEY_UPDATE: Self = Self(24);

    /// The name as it stands in headings: `ClientHello`, `NewSessionTicket`; `None` for an unknown type.
    #[must_use]
    pub fn title(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "HelloRequest",
            1 => "ClientHello",
            2 => "ServerHello",
            3 => "HelloVerifyRequest",
            4 => "NewSessionTicket",
            5 => "EndOfEarlyData",
            6 => "HelloRetryRequest",
            8 => "EncryptedExtensions",
            9 => "RequestConnectionId",
            10 => "NewConnectionId",
            11 => "Certificate",
            12 => "ServerKeyExchange",
            13 => "CertificateRequest",
            14 => "ServerHelloDone",
            15 => "CertificateVerify",
            16 => "ClientKeyExchange",
            17 => "ClientCertificateRequest",
            20 => "Finished",
            21 => "CertificateURL",
            22 => "CertificateStatus",
            23 => "SupplementalData",
            24 => "KeyUpdate",
            25 => "CompressedCertificate",
            26 => "EKTKey",
            67 => "NextProtocol",
            254 => "MessageHash",
            _ => return None,
        })
    }
}
