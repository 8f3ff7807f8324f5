//! Extension types.

use super::code_points;

code_points! {
    /// The type of an extension of a hello or certificate message (RFC 8446 4.2, IANA "TLS ExtensionType Values"),
    /// with those that browsers and drafts used without registration.
    ExtensionType(u16, 0) {
        0 = "server_name", "RFC 6066";
        1 = "max_fragment_length", "RFC 6066";
        2 = "client_certificate_url", "RFC 6066";
        3 = "trusted_ca_keys", "RFC 6066";
        4 = "truncated_hmac", "RFC 6066";
        5 = "status_request", "RFC 6066";
        6 = "user_mapping", "RFC 4681";
        7 = "client_authz", "RFC 5878";
        8 = "server_authz", "RFC 5878";
        9 = "cert_type", "RFC 6091";
        10 = "supported_groups", "RFC 8446";
        11 = "ec_point_formats", "RFC 8422";
        12 = "srp", "RFC 5054";
        13 = "signature_algorithms", "RFC 8446";
        14 = "use_srtp", "RFC 5764";
        15 = "heartbeat", "RFC 6520";
        16 = "application_layer_protocol_negotiation", "RFC 7301";
        17 = "status_request_v2", "RFC 6961";
        18 = "signed_certificate_timestamp", "RFC 6962";
        19 = "client_certificate_type", "RFC 7250";
        20 = "server_certificate_type", "RFC 7250";
        21 = "padding", "RFC 7685";
        22 = "encrypt_then_mac", "RFC 7366";
        23 = "extended_master_secret", "RFC 7627";
        24 = "token_binding", "RFC 8472";
        25 = "cached_info", "RFC 7924";
        26 = "tls_lts", "draft-gutmann-tls-lts";
        27 = "compress_certificate", "RFC 8879";
        28 = "record_size_limit", "RFC 8449";
        29 = "pwd_protect", "RFC 8492";
        30 = "pwd_clear", "RFC 8492";
        31 = "password_salt", "RFC 8492";
        32 = "ticket_pinning", "RFC 8672";
        33 = "tls_cert_with_extern_psk", "RFC 8773";
        34 = "delegated_credential", "RFC 9345";
        35 = "session_ticket", "RFC 5077";
        36 = "TLMSP", "ETSI TS 103 523-2";
        37 = "TLMSP_proxying", "ETSI TS 103 523-2";
        38 = "TLMSP_delegate", "ETSI TS 103 523-2";
        39 = "supported_ekt_ciphers", "RFC 8870";
        40 = "key_share (draft)", "draft-ietf-tls-tls13-22";
        41 = "pre_shared_key", "RFC 8446";
        42 = "early_data", "RFC 8446";
        43 = "supported_versions", "RFC 8446";
        44 = "cookie", "RFC 8446";
        45 = "psk_key_exchange_modes", "RFC 8446";
        46 = "ticket_early_data_info (draft)", "draft-ietf-tls-tls13-18";
        47 = "certificate_authorities", "RFC 8446";
        48 = "oid_filters", "RFC 8446";
        49 = "post_handshake_auth", "RFC 8446";
        50 = "signature_algorithms_cert", "RFC 8446";
        51 = "key_share", "RFC 8446";
        52 = "transparency_info", "RFC 9162";
        53 = "connection_id (deprecated)", "draft-ietf-tls-dtls-connection-id";
        54 = "connection_id", "RFC 9146";
        55 = "external_id_hash", "RFC 8844";
        56 = "external_session_id", "RFC 8844";
        57 = "quic_transport_parameters", "RFC 9001";
        58 = "ticket_request", "RFC 9149";
        59 = "dnssec_chain", "RFC 9102";
        60 = "sequence_number_encryption_algorithms", "draft-pismenny-tls-dtls-plaintext-sequence-number";
        61 = "rrc", "RFC 9853";
        62 = "tls_flags", "draft-ietf-tls-tlsflags";
        13172 = "next_protocol_negotiation", "draft-agl-tls-nextprotoneg";
        17513 = "application_settings_old", "draft-vvv-tls-alps";
        17613 = "application_settings", "draft-vvv-tls-alps";
        30031 = "channel_id_old", "draft-balfanz-tls-channelid";
        30032 = "channel_id", "draft-balfanz-tls-channelid";
        51764 = "trust_anchors", "draft-ietf-tls-trust-anchor-ids";
        64768 = "ech_outer_extensions", "RFC 9849";
        65032 = "encrypted_client_hello (draft 8)", "draft-ietf-tls-esni-08";
        65033 = "encrypted_client_hello (draft 9)", "draft-ietf-tls-esni-09";
        65034 = "encrypted_client_hello (draft 10)", "draft-ietf-tls-esni-10";
        65037 = "encrypted_client_hello", "RFC 9849";
        65281 = "renegotiation_info", "RFC 5746";
        65445 = "quic_transport_parameters (draft)", "draft-ietf-quic-tls-32";
        65486 = "encrypted_server_name", "draft-ietf-tls-esni-06";
    }
}

impl ExtensionType {
    /// `server_name`.
    pub const SERVER_NAME: Self = Self(0);
    /// `status_request`.
    pub const STATUS_REQUEST: Self = Self(5);
    /// `supported_groups`.
    pub const SUPPORTED_GROUPS: Self = Self(10);
    /// `ec_point_formats`.
    pub const EC_POINT_FORMATS: Self = Self(11);
    /// `signature_algorithms`.
    pub const SIGNATURE_ALGORITHMS: Self = Self(13);
    /// `application_layer_protocol_negotiation`.
    pub const APPLICATION_LAYER_PROTOCOL_NEGOTIATION: Self = Self(16);
    /// `extended_master_secret`.
    pub const EXTENDED_MASTER_SECRET: Self = Self(23);
    /// `encrypt_then_mac`.
    pub const ENCRYPT_THEN_MAC: Self = Self(22);
    /// `session_ticket`.
    pub const SESSION_TICKET: Self = Self(35);
    /// `pre_shared_key`.
    pub const PRE_SHARED_KEY: Self = Self(41);
    /// `early_data`.
    pub const EARLY_DATA: Self = Self(42);
    /// `supported_versions`.
    pub const SUPPORTED_VERSIONS: Self = Self(43);
    /// `cookie`.
    pub const COOKIE: Self = Self(44);
    /// `psk_key_exchange_modes`.
    pub const PSK_KEY_EXCHANGE_MODES: Self = Self(45);
    /// `key_share`.
    pub const KEY_SHARE: Self = Self(51);
    /// `renegotiation_info`.
    pub const RENEGOTIATION_INFO: Self = Self(65281);
    /// `encrypted_client_hello`.
    pub const ENCRYPTED_CLIENT_HELLO: Self = Self(65037);
}
