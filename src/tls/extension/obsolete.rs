//! What was tried and is hardly met any more; old captures and odd devices still have it.

use super::body::{Entries, code8, codes8, fixed, list, opaque, opaque_as, text};
use super::{Extensions, Place};
use crate::base::{Reader, Tree, Value, fields};
use crate::tls::code::{
    AuthzDataFormat, CachedInformationType, TokenBindingKeyParameters, TrustedAuthorityType, UserMappingType,
};

fields! {
    TRUSTED_AUTHORITIES = "tls.handshake.extension.trusted_ca_keys.list", "trusted_authorities_list", "RFC 6066 6",
        "The roots that the client holds. An empty list says only that it has some.";
    TRUSTED_AUTHORITY = "tls.handshake.extension.trusted_ca_keys.authority", "TrustedAuthority", "RFC 6066 6",
        "One root, named in one of four ways.";
    IDENTIFIER_TYPE = "tls.handshake.extension.trusted_ca_keys.identifier_type", "identifier_type", "RFC 6066 6",
        "How the root is named: agreed before, by the SHA-1 of its key, by its subject, or by the SHA-1 of its certificate.";
    SHA1_HASH = "tls.handshake.extension.trusted_ca_keys.sha1_hash", "SHA1Hash", "RFC 6066 6",
        "The SHA-1 of the key or of the certificate.";
    TRUSTED_NAME = "tls.handshake.extension.trusted_ca_keys.x509_name", "DistinguishedName", "RFC 6066 6",
        "The subject of the root in DER.";
    USER_MAPPING_TYPES = "tls.handshake.extension.user_mapping.types", "user_mapping_types", "RFC 4681 2",
        "The forms in which the client can name its account.";
    USER_MAPPING_TYPE = "tls.handshake.extension.user_mapping.type", "UserMappingType", "RFC 4681 2",
        "A form in which the account is named; 64 is the Windows user principal name.";
    AUTHZ_FORMATS = "tls.handshake.extension.authz.formats", "authz_format_list", "RFC 5878 2.1",
        "Forms of statements on what a peer may do, best first.";
    AUTHZ_FORMAT = "tls.handshake.extension.authz.format", "AuthzDataFormat", "RFC 5878 2.1",
        "A form, such as an attribute certificate or a SAML assertion.";
    SRP_I = "tls.handshake.extension.srp.user", "srp_I", "RFC 5054 2.8.1",
        "The user name, in the clear.";
    TOKEN_BINDING_MAJOR = "tls.handshake.extension.token_binding.version.major", "major", "RFC 8472 2",
        "The major version of Token Binding.";
    TOKEN_BINDING_MINOR = "tls.handshake.extension.token_binding.version.minor", "minor", "RFC 8472 2",
        "The minor version of Token Binding.";
    KEY_PARAMETERS_LIST = "tls.handshake.extension.token_binding.key_parameters", "key_parameters_list", "RFC 8472 2",
        "The kinds of key for Token Binding, best first; in an answer exactly one.";
    KEY_PARAMETER = "tls.handshake.extension.token_binding.key_parameter", "TokenBindingKeyParameters", "RFC 8472 2",
        "A kind of key.";
    CACHED_INFO = "tls.handshake.extension.cached_info.list", "cached_info", "RFC 7924 3",
        "What the client has in store, or in the answer what the server will leave out.";
    CACHED_OBJECT = "tls.handshake.extension.cached_info.object", "CachedObject", "RFC 7924 3",
        "One stored thing and its hash.";
    CACHED_TYPE = "tls.handshake.extension.cached_info.type", "type", "RFC 7924 3",
        "What is stored: the server's certificates or its CertificateRequest.";
    CACHED_HASH = "tls.handshake.extension.cached_info.hash_value", "hash_value", "RFC 7924 3",
        "The start of the SHA-256 of what is stored, four bytes or more.";
    PROTECTED_NAME = "tls.handshake.extension.pwd_protect.protected_name", "protected_name", "RFC 8492 4.2",
        "The user name, encrypted for the server.";
    PWD_NAME = "tls.handshake.extension.pwd_clear.name", "name", "RFC 8492 4.3",
        "The user name, in the clear.";
    PWD_SALT = "tls.handshake.extension.password_salt.salt", "salt", "RFC 8492 4.4",
        "The salt under which the server stores the password.";
}

/// trusted_ca_keys (RFC 6066 6).
pub(super) fn trusted_ca_keys(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if reader.is_empty() && place != Place::ClientHello {
        return Some(());
    }
    let vector = super::body::open(reader, 2)?;
    tree.branch(
        &TRUSTED_AUTHORITIES,
        vector.whole,
        || Value::None,
        |tree| {
            vector.show_length(&TRUSTED_AUTHORITIES, tree);
            super::body::each_of(vector.body, &TRUSTED_AUTHORITIES, tree, authority);
        },
    );
    Some(())
}

fn authority(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut ahead = *reader;
    match ahead.u8()? {
        0 => {}
        1 | 3 => drop(ahead.take(20)?),
        2 => drop(super::body::open(&mut ahead, 2)?),
        _ => return None,
    }
    tree.branch(
        &TRUSTED_AUTHORITY,
        ahead.since(reader.offset()),
        || Value::None,
        |tree| match code8(reader, &IDENTIFIER_TYPE, tree, |code| TrustedAuthorityType(code).value())? {
            1 | 3 => fixed(reader, 20, &SHA1_HASH, tree).map(drop),
            2 => opaque(reader, 2, &TRUSTED_NAME, tree).map(drop),
            _ => Some(()),
        },
    )
}

/// user_mapping (RFC 4681 2).
pub(super) fn user_mapping(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    codes8(reader, 1, &USER_MAPPING_TYPES, &USER_MAPPING_TYPE, tree, |code| UserMappingType(code).value(), |_| {})
}

/// client_authz and server_authz (RFC 5878 2.1).
pub(super) fn authz(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    codes8(reader, 1, &AUTHZ_FORMATS, &AUTHZ_FORMAT, tree, |code| AuthzDataFormat(code).value(), |_| {})
}

/// srp (RFC 5054 2.8.1).
pub(super) fn srp(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque_as(reader, 1, &SRP_I, tree, text).map(drop)
}

/// token_binding (RFC 8472 2).
pub(super) fn token_binding(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    code8(reader, &TOKEN_BINDING_MAJOR, tree, |major| Value::Number(major.into()))?;
    code8(reader, &TOKEN_BINDING_MINOR, tree, |minor| Value::Number(minor.into()))?;
    codes8(
        reader,
        1,
        &KEY_PARAMETERS_LIST,
        &KEY_PARAMETER,
        tree,
        |code| TokenBindingKeyParameters(code).value(),
        |_| {},
    )
}

/// cached_info: things with hashes from the client, kinds of things from the server (RFC 7924 3).
pub(super) fn cached_info(reader: &mut Reader<'_>, place: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    if place != Place::ClientHello {
        return codes8(reader, 2, &CACHED_INFO, &CACHED_TYPE, tree, |code| CachedInformationType(code).value(), |_| {});
    }
    let entries = Entries::Vectors(1, 1, 0);
    list(reader, 2, &CACHED_INFO, entries, tree, |reader, tree| {
        tree.branch(
            &CACHED_OBJECT,
            entries.span(reader),
            || Value::None,
            |tree| {
                code8(reader, &CACHED_TYPE, tree, |code| CachedInformationType(code).value())?;
                opaque(reader, 1, &CACHED_HASH, tree).map(drop)
            },
        )
    })
}

/// pwd_protect (RFC 8492 4.2).
pub(super) fn pwd_protect(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque(reader, 1, &PROTECTED_NAME, tree).map(drop)
}

/// pwd_clear (RFC 8492 4.3).
pub(super) fn pwd_clear(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque_as(reader, 1, &PWD_NAME, tree, text).map(drop)
}

/// password_salt (RFC 8492 4.4).
pub(super) fn password_salt(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque(reader, 2, &PWD_SALT, tree).map(drop)
}
