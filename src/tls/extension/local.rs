//! Code points that no registry of TLS lists, or that one rare extension alone uses.

use crate::base::Value;
use std::borrow::Cow;

fn named(table: &[(u16, &'static str)], value: u16, digits: u8) -> Value {
    let name = table.iter().find(|row| row.0 == value).map_or("unknown", |row| row.1);
    Value::Named(u64::from(value), digits, Cow::Borrowed(name))
}

/// What `authz` lists (RFC 5878 5).
pub(super) fn authz_format(value: u8) -> Value {
    let table = [
        (0, "x509_attr_cert"),
        (1, "saml_assertion"),
        (2, "x509_attr_cert_url"),
        (3, "saml_assertion_url"),
        (64, "keynote_assertion_list"),
        (65, "keynote_assertion_list_url"),
        (66, "dtcp_authorization"),
    ];
    named(&table, value.into(), 0)
}

/// The kinds of user mapping data (RFC 4681 2).
pub(super) fn user_mapping_type(value: u8) -> Value {
    named(&[(64, "upn_domain_hint")], value.into(), 0)
}

/// EKT ciphers (RFC 8870 7.3).
pub(super) fn ekt_cipher(value: u8) -> Value {
    named(&[(0, "AESKW128"), (1, "AESKW256")], value.into(), 0)
}

/// The kinds of transparency items (RFC 9162 4.5).
pub(super) fn trans_item_type(value: u16) -> Value {
    let table = [
        (0x0100, "x509_entry_v2"),
        (0x0101, "precert_entry_v2"),
        (0x0102, "x509_sct_v2"),
        (0x0103, "precert_sct_v2"),
        (0x0104, "signed_tree_head_v2"),
        (0x0105, "consistency_proof_v2"),
        (0x0106, "inclusion_proof_v2"),
    ];
    named(&table, value, 4)
}

/// Which hello an encrypted_client_hello stands in (RFC 9849 5).
pub(super) fn client_hello_type(value: u8) -> Value {
    named(&[(0, "outer"), (1, "inner")], value.into(), 0)
}

/// Whether a transparency receipt is of version 1 (RFC 6962 3.2).
pub(super) fn sct_version(value: u8) -> Value {
    named(&[(0, "v1")], value.into(), 0)
}
