//! Code points that one rare message or extension alone uses.

use super::code_points;

code_points! {
    /// What an `authz` extension lists (RFC 5878 5, IANA "TLS Authorization Data Formats").
    AuthzDataFormat(u8, 0) {
        0 = "x509_attr_cert", "RFC 5878";
        1 = "saml_assertion", "RFC 5878";
        2 = "x509_attr_cert_url", "RFC 5878";
        3 = "saml_assertion_url", "RFC 5878";
        64 = "keynote_assertion_list", "RFC 6042";
        65 = "keynote_assertion_list_url", "RFC 6042";
        66 = "dtcp_authorization", "RFC 7562";
    }
}

code_points! {
    /// How a CertificateURL message names certificates (RFC 6066 5).
    CertChainType(u8, 0) {
        0 = "individual_certs", "RFC 6066";
        1 = "pkipath", "RFC 6066";
    }
}

code_points! {
    /// Whether new connection ids of DTLS 1.3 are for now or for later (RFC 9147 9).
    ConnectionIdUsage(u8, 0) {
        0 = "cid_immediate", "RFC 9147";
        1 = "cid_spare", "RFC 9147";
    }
}

code_points! {
    /// Which hello an encrypted_client_hello extension stands in (RFC 9849 5).
    EchClientHelloType(u8, 0) {
        0 = "outer", "RFC 9849";
        1 = "inner", "RFC 9849";
    }
}

code_points! {
    /// How the keys of a media conference are wrapped (RFC 8870 7.3, IANA "TLS Extensions for EKT Ciphers").
    EktCipher(u8, 0) {
        0 = "AESKW128", "RFC 8870";
        1 = "AESKW256", "RFC 8870";
    }
}

code_points! {
    /// What a log of Certificate Transparency 2.0 states (RFC 9162 4.5).
    TransItemType(u16, 4) {
        0x0100 = "x509_entry_v2", "RFC 9162";
        0x0101 = "precert_entry_v2", "RFC 9162";
        0x0102 = "x509_sct_v2", "RFC 9162";
        0x0103 = "precert_sct_v2", "RFC 9162";
        0x0104 = "signed_tree_head_v2", "RFC 9162";
        0x0105 = "consistency_proof_v2", "RFC 9162";
        0x0106 = "inclusion_proof_v2", "RFC 9162";
    }
}

code_points! {
    /// What is said of the user in a user_mapping extension (RFC 4681 2, IANA "TLS UserMappingType Values").
    UserMappingType(u8, 0) {
        64 = "upn_domain_hint", "RFC 4681";
    }
}
