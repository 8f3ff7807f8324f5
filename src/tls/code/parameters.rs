//! Registries of neighbours that travel inside TLS extensions: HPKE for Encrypted Client Hello, and QUIC.

use super::code_points;

code_points! {
    /// How HPKE makes a shared key (RFC 9180 7.1, IANA "HPKE KEM Identifiers").
    HpkeKem(u16, 4) {
        0x0000 = "Reserved", "RFC 9180";
        0x0010 = "DHKEM(P-256, HKDF-SHA256)", "RFC 9180";
        0x0011 = "DHKEM(P-384, HKDF-SHA384)", "RFC 9180";
        0x0012 = "DHKEM(P-521, HKDF-SHA512)", "RFC 9180";
        0x0013 = "DHKEM(CP-256, HKDF-SHA256)", "RFC 6090";
        0x0014 = "DHKEM(CP-384, HKDF-SHA384)", "RFC 6090";
        0x0015 = "DHKEM(CP-521, HKDF-SHA512)", "RFC 6090";
        0x0016 = "DHKEM(secp256k1, HKDF-SHA256)", "draft-wahby-cfrg-hpke-kem-secp256k1";
        0x0020 = "DHKEM(X25519, HKDF-SHA256)", "RFC 9180";
        0x0021 = "DHKEM(X448, HKDF-SHA512)", "RFC 9180";
        0x0030 = "X25519Kyber768Draft00", "draft-westerbaan-cfrg-hpke-xyber768d00";
        0x0040 = "ML-KEM-512", "draft-connolly-cfrg-hpke-mlkem";
        0x0041 = "ML-KEM-768", "draft-connolly-cfrg-hpke-mlkem";
        0x0042 = "ML-KEM-1024", "draft-connolly-cfrg-hpke-mlkem";
        0x647a = "X-Wing", "draft-connolly-cfrg-xwing-kem";
    }
}

code_points! {
    /// How HPKE derives keys (RFC 9180 7.2, IANA "HPKE KDF Identifiers").
    HpkeKdf(u16, 4) {
        0x0000 = "Reserved", "RFC 9180";
        0x0001 = "HKDF-SHA256", "RFC 9180";
        0x0002 = "HKDF-SHA384", "RFC 9180";
        0x0003 = "HKDF-SHA512", "RFC 9180";
    }
}

code_points! {
    /// How HPKE encrypts (RFC 9180 7.3, IANA "HPKE AEAD Identifiers").
    HpkeAead(u16, 4) {
        0x0000 = "Reserved", "RFC 9180";
        0x0001 = "AES-128-GCM", "RFC 9180";
        0x0002 = "AES-256-GCM", "RFC 9180";
        0x0003 = "ChaCha20Poly1305", "RFC 9180";
        0xffff = "Export-only", "RFC 9180";
    }
}

code_points! {
    /// A setting of QUIC in quic_transport_parameters (RFC 9000 18.2, IANA "QUIC Transport Parameters").
    QuicTransportParameter(u64, 0) {
        0x00 = "original_destination_connection_id", "RFC 9000";
        0x01 = "max_idle_timeout", "RFC 9000";
        0x02 = "stateless_reset_token", "RFC 9000";
        0x03 = "max_udp_payload_size", "RFC 9000";
        0x04 = "initial_max_data", "RFC 9000";
        0x05 = "initial_max_stream_data_bidi_local", "RFC 9000";
        0x06 = "initial_max_stream_data_bidi_remote", "RFC 9000";
        0x07 = "initial_max_stream_data_uni", "RFC 9000";
        0x08 = "initial_max_streams_bidi", "RFC 9000";
        0x09 = "initial_max_streams_uni", "RFC 9000";
        0x0a = "ack_delay_exponent", "RFC 9000";
        0x0b = "max_ack_delay", "RFC 9000";
        0x0c = "disable_active_migration", "RFC 9000";
        0x0d = "preferred_address", "RFC 9000";
        0x0e = "active_connection_id_limit", "RFC 9000";
        0x0f = "initial_source_connection_id", "RFC 9000";
        0x10 = "retry_source_connection_id", "RFC 9000";
        0x11 = "version_information", "RFC 9368";
        0x20 = "max_datagram_frame_size", "RFC 9221";
        0x173e = "discard", "";
        0x26ab = "google_handshake_message", "";
        0x2ab2 = "grease_quic_bit", "RFC 9287";
        0x3127 = "initial_rtt", "";
        0x3128 = "google_connection_options", "";
        0x3129 = "user_agent", "";
        0x4752 = "google_version", "";
        0x7158 = "timestamp", "draft-huitema-quic-ts";
        0xde1a = "min_ack_delay (draft)", "draft-iyengar-quic-delayed-ack";
        0xff73db = "version_information (draft)", "draft-ietf-quic-version-negotiation";
        0xff02de1a = "min_ack_delay (draft)", "draft-iyengar-quic-delayed-ack";
        0xff03de1a = "min_ack_delay (draft)", "draft-ietf-quic-ack-frequency";
        0xff04de1b = "min_ack_delay", "draft-ietf-quic-ack-frequency";
    }
}

impl QuicTransportParameter {
    /// Whether it is one of the numbers, 27 and every 31st from there on, that are sent to keep peers tolerant
    /// (RFC 9000 18.1). Such a number says nothing.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self.0 % 31 == 27
    }
}
