//! The messages that agree on a secret up to TLS 1.2, and the signatures that bind them to a certificate.
//!
//! Their form is not written in them: it follows from the cipher suite and the version. Where those are not known, a
//! form is only used if it fits to the last byte.

use super::facts::{CertificateVerify, Context, ServerKeyExchange};
use super::fields::{
    CLIENT_PARAMETERS, DH_G, DH_G_LENGTH, DH_P, DH_P_LENGTH, DH_YC, DH_YC_LENGTH, DH_YS, DH_YS_LENGTH, EC_A,
    EC_A_LENGTH, EC_B, EC_B_LENGTH, EC_BASE, EC_BASE_LENGTH, EC_BASIS, EC_CLIENT_POINT, EC_CLIENT_POINT_LENGTH,
    EC_COFACTOR, EC_COFACTOR_LENGTH, EC_CURVE_TYPE, EC_K, EC_K_LENGTH, EC_M, EC_NAMED_CURVE, EC_ORDER, EC_ORDER_LENGTH,
    EC_POINT, EC_POINT_LENGTH, EC_PRIME, EC_PRIME_LENGTH, ECJPAKE_R, ECJPAKE_R_LENGTH, ECJPAKE_V, ECJPAKE_V_LENGTH,
    ECJPAKE_X, ECJPAKE_X_LENGTH, ENCRYPTED_SECRET, GOST_KEY_TRANSPORT, KRB5_TICKET, PSK_HINT, PSK_HINT_LENGTH,
    PSK_IDENTITY, PSK_IDENTITY_LENGTH, RSA_EXPONENT, RSA_EXPONENT_LENGTH, RSA_MODULUS, RSA_MODULUS_LENGTH,
    SECRET_LENGTH, SERVER_PARAMETERS, SIGNATURE, SIGNATURE_LENGTH, SIGNATURE_SCHEME, SRP_A, SRP_A_LENGTH, SRP_B,
    SRP_B_LENGTH, SRP_G, SRP_G_LENGTH, SRP_N, SRP_N_LENGTH, SRP_S, SRP_S_LENGTH, UNREAD,
};
use super::suite::{self, Exchange};
use super::take::{self, Width};
use crate::base::{Group, Reader, Severity, Tree};
use crate::tls::code::{NamedGroup, ProtocolVersion, SignatureScheme};

pub(super) fn server_key_exchange(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> ServerKeyExchange {
    server_key_exchange_of(Exchange::of(context), reader, context, tree)
}

pub(super) fn server_key_exchange_of(
    exchange: Exchange,
    reader: &mut Reader<'_>,
    context: &Context,
    tree: &mut Tree,
) -> ServerKeyExchange {
    let mut facts = ServerKeyExchange::default();
    let known = match exchange {
        Exchange::Unknown => {
            let as_ecdhe = |reader: &mut Reader<'_>, tree: &mut Tree| {
                fill_server(&mut ServerKeyExchange::default(), Exchange::Ecdhe, reader, context, tree)
            };
            if take::fits(*reader, as_ecdhe) { Exchange::Ecdhe } else { Exchange::Unknown }
        }
        known => known,
    };
    let _ = fill_server(&mut facts, known, reader, context, tree);
    facts
}

fn fill_server(
    facts: &mut ServerKeyExchange,
    exchange: Exchange,
    reader: &mut Reader<'_>,
    context: &Context,
    tree: &mut Tree,
) -> Option<()> {
    let start = reader.offset();
    match exchange {
        Exchange::Dhe | Exchange::DhAnonymous => dh_parameters(facts, reader, tree)?,
        Exchange::Ecdhe | Exchange::EcdhAnonymous => ec_parameters(facts, reader, tree)?,
        Exchange::RsaExport => rsa_parameters(reader, tree)?,
        Exchange::Psk | Exchange::RsaPsk => psk_hint(reader, tree)?,
        Exchange::DhePsk => {
            psk_hint(reader, tree)?;
            dh_parameters(facts, reader, tree)?;
        }
        Exchange::EcdhePsk => {
            psk_hint(reader, tree)?;
            ec_parameters(facts, reader, tree)?;
        }
        Exchange::Ecjpake => ecjpake_server(facts, reader, tree)?,
        Exchange::Srp | Exchange::SrpSigned => srp_parameters(reader, tree)?,
        Exchange::Sm2 => {}
        Exchange::Rsa | Exchange::DhFixed | Exchange::EcdhFixed | Exchange::Kerberos => {
            illegal(reader, tree);
            return None;
        }
        Exchange::Gost | Exchange::Unknown => {
            undecoded(reader, tree);
            take::rest(reader, &SERVER_PARAMETERS, tree);
            return None;
        }
    }
    let is_signed =
        matches!(exchange, Exchange::Dhe | Exchange::Ecdhe | Exchange::RsaExport | Exchange::SrpSigned | Exchange::Sm2);
    if is_signed {
        facts.signed_length = reader.offset() - start;
        let (scheme, signature) = signature(reader, context, tree)?;
        (facts.signature_scheme, facts.signature) = (scheme, Some(signature.to_vec()));
    }
    take::end(reader, tree);
    Some(())
}

fn illegal(reader: &mut Reader<'_>, tree: &mut Tree) {
    tree.note(
        Severity::Error,
        Group::Protocol,
        "tls.server_key_exchange.illegal",
        reader.span(),
        "the chosen cipher suite takes the server's key from its certificate and has no ServerKeyExchange",
    );
    take::rest(reader, &SERVER_PARAMETERS, tree);
}

fn undecoded(reader: &Reader<'_>, tree: &mut Tree) {
    let text = "the form of this message follows from the cipher suite; none is known for this one";
    tree.note(Severity::Note, Group::Undecoded, "tls.key_exchange.undecoded", reader.span(), text);
}

/// ServerDHParams (RFC 5246 7.4.3).
fn dh_parameters(facts: &mut ServerKeyExchange, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let prime = take::opaque(Width::Two, reader, &DH_P_LENGTH, &DH_P, tree)?;
    facts.dh_bits = Some(bits(prime));
    take::opaque(Width::Two, reader, &DH_G_LENGTH, &DH_G, tree)?;
    take::opaque(Width::Two, reader, &DH_YS_LENGTH, &DH_YS, tree)?;
    Some(())
}

/// How many bits a big-endian number has without its leading zeros.
fn bits(number: &[u8]) -> u32 {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let Some(first) = number.get(zeros) else { return 0 };
    u32::try_from((number.len() - zeros) * 8).unwrap_or(u32::MAX) - first.leading_zeros()
}

/// ServerECDHParams (RFC 8422 5.4).
fn ec_parameters(facts: &mut ServerKeyExchange, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    curve(facts, reader, tree)?;
    take::opaque(Width::One, reader, &EC_POINT_LENGTH, &EC_POINT, tree)?;
    Some(())
}

/// ECParameters (RFC 4492 5.4): a named curve today, one that is spelled out in the past.
fn curve(facts: &mut ServerKeyExchange, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let kind = take::u8(reader, &EC_CURVE_TYPE, tree, |kind| {
        let name = match kind {
            1 => "explicit_prime",
            2 => "explicit_char2",
            3 => "named_curve",
            _ => "unknown",
        };
        take::named(kind, name)
    })?;
    match kind {
        3 => {
            let group = take::u16(reader, &EC_NAMED_CURVE, tree, |group| NamedGroup(group).value())?;
            facts.group = Some(NamedGroup(group));
            return Some(());
        }
        1 => take::opaque(Width::One, reader, &EC_PRIME_LENGTH, &EC_PRIME, tree).map(drop)?,
        2 => characteristic_two(reader, tree)?,
        _ => {
            tree.malformed(reader.span(), "an elliptic curve is given in one of three forms, 1 to 3");
            take::rest(reader, &UNREAD, tree);
            return None;
        }
    }
    for (length, field) in [
        (&EC_A_LENGTH, &EC_A),
        (&EC_B_LENGTH, &EC_B),
        (&EC_BASE_LENGTH, &EC_BASE),
        (&EC_ORDER_LENGTH, &EC_ORDER),
        (&EC_COFACTOR_LENGTH, &EC_COFACTOR),
    ] {
        take::opaque(Width::One, reader, length, field, tree)?;
    }
    Some(())
}

/// The field of a curve over GF(2^m): its degree, and the exponents of a trinomial or a pentanomial (RFC 4492 5.4).
fn characteristic_two(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::u16(reader, &EC_M, tree, take::number)?;
    let basis = take::u8(reader, &EC_BASIS, tree, |basis| {
        take::named(basis, if basis == 1 { "ec_basis_trinomial" } else { "ec_basis_pentanomial" })
    })?;
    for _ in 0..if basis == 1 { 1 } else { 3 } {
        take::opaque(Width::One, reader, &EC_K_LENGTH, &EC_K, tree)?;
    }
    Some(())
}

/// ServerRSAParams of export suites (RFC 2246 7.4.3).
fn rsa_parameters(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::opaque(Width::Two, reader, &RSA_MODULUS_LENGTH, &RSA_MODULUS, tree)?;
    take::opaque(Width::Two, reader, &RSA_EXPONENT_LENGTH, &RSA_EXPONENT, tree)?;
    Some(())
}

/// ServerSRPParams (RFC 5054 2.8.2).
fn srp_parameters(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::opaque(Width::Two, reader, &SRP_N_LENGTH, &SRP_N, tree)?;
    take::opaque(Width::Two, reader, &SRP_G_LENGTH, &SRP_G, tree)?;
    take::opaque(Width::One, reader, &SRP_S_LENGTH, &SRP_S, tree)?;
    take::opaque(Width::Two, reader, &SRP_B_LENGTH, &SRP_B, tree)?;
    Some(())
}

fn psk_hint(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut hint = take::vector(Width::Two, reader, &PSK_HINT_LENGTH, tree)?;
    text(&mut hint, &PSK_HINT, tree);
    Some(())
}

fn psk_identity(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut identity = take::vector(Width::Two, reader, &PSK_IDENTITY_LENGTH, tree)?;
    text(&mut identity, &PSK_IDENTITY, tree);
    Some(())
}

/// Bytes that are meant to be read by people; what is not UTF-8 in them is shown as bytes.
fn text(reader: &mut Reader<'_>, field: &'static crate::base::Field, tree: &mut Tree) {
    let Ok(words) = std::str::from_utf8(reader.peek()) else {
        take::rest(reader, field, tree);
        return;
    };
    tree.leaf(field, reader.span(), || crate::base::Value::Text(words.to_owned()));
    reader.rest();
}

/// ECJPAKEKeyKP with the curve before it (draft-cragie-tls-ecjpake 7).
fn ecjpake_server(facts: &mut ServerKeyExchange, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    curve(facts, reader, tree)?;
    ecjpake_key(reader, tree)
}

fn ecjpake_key(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::opaque(Width::One, reader, &ECJPAKE_X_LENGTH, &ECJPAKE_X, tree)?;
    take::opaque(Width::One, reader, &ECJPAKE_V_LENGTH, &ECJPAKE_V, tree)?;
    take::opaque(Width::One, reader, &ECJPAKE_R_LENGTH, &ECJPAKE_R, tree)?;
    Some(())
}

/// A signature, with its scheme from TLS 1.2 on (RFC 5246 4.7).
fn signature<'a>(
    reader: &mut Reader<'a>,
    context: &Context,
    tree: &mut Tree,
) -> Option<(Option<SignatureScheme>, &'a [u8])> {
    let scheme = if signature_has_scheme(*reader, context) {
        let scheme = take::u16(reader, &SIGNATURE_SCHEME, tree, |scheme| SignatureScheme(scheme).value())?;
        Some(SignatureScheme(scheme))
    } else {
        None
    };
    let signature = take::opaque(Width::Two, reader, &SIGNATURE_LENGTH, &SIGNATURE, tree)?;
    Some((scheme, signature))
}

fn signature_has_scheme(mut reader: Reader<'_>, context: &Context) -> bool {
    if let Some(version) = context.version {
        return suite::has_signature_schemes(version);
    }
    // Without the version the lengths tell: the vector ends with the message.
    let is_vector = |mut reader: Reader<'_>| reader.vector16().is_some() && reader.is_empty();
    !is_vector(reader) && reader.u16().is_some() && is_vector(reader)
}

pub(super) fn certificate_verify(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> CertificateVerify {
    let Some((signature_scheme, signature)) = signature(reader, context, tree) else {
        return CertificateVerify::default();
    };
    take::end(reader, tree);
    CertificateVerify { signature_scheme, signature: Some(signature.to_vec()) }
}

pub(super) fn client_key_exchange(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> Option<()> {
    client_key_exchange_of(Exchange::of(context), reader, context, tree)
}

pub(super) fn client_key_exchange_of(
    exchange: Exchange,
    reader: &mut Reader<'_>,
    context: &Context,
    tree: &mut Tree,
) -> Option<()> {
    match exchange {
        Exchange::Rsa | Exchange::RsaExport => encrypted_secret(reader, context, tree)?,
        Exchange::Sm2 => take::opaque(Width::Two, reader, &SECRET_LENGTH, &ENCRYPTED_SECRET, tree).map(drop)?,
        Exchange::Dhe | Exchange::DhAnonymous | Exchange::DhFixed => dh_client(reader, tree)?,
        Exchange::Ecdhe | Exchange::EcdhAnonymous | Exchange::EcdhFixed => ec_client(reader, tree)?,
        Exchange::Psk => psk_identity(reader, tree)?,
        Exchange::DhePsk => {
            psk_identity(reader, tree)?;
            dh_client(reader, tree)?;
        }
        Exchange::EcdhePsk => {
            psk_identity(reader, tree)?;
            ec_client(reader, tree)?;
        }
        Exchange::RsaPsk => {
            psk_identity(reader, tree)?;
            encrypted_secret(reader, context, tree)?;
        }
        Exchange::Ecjpake => ecjpake_key(reader, tree)?,
        Exchange::Srp | Exchange::SrpSigned => {
            take::opaque(Width::Two, reader, &SRP_A_LENGTH, &SRP_A, tree)?;
        }
        Exchange::Gost => drop(take::rest(reader, &GOST_KEY_TRANSPORT, tree)),
        Exchange::Kerberos => drop(take::rest(reader, &KRB5_TICKET, tree)),
        Exchange::Unknown => {
            undecoded(reader, tree);
            take::rest(reader, &CLIENT_PARAMETERS, tree);
        }
    }
    Some(())
}

/// EncryptedPreMasterSecret: a vector since TLS 1.0, bare bytes in SSL 3.0 (RFC 5246 7.4.7.1).
fn encrypted_secret(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> Option<()> {
    let has_length = match context.version {
        Some(version) => version != ProtocolVersion::SSL3,
        None => take::fits(*reader, |reader, _| reader.vector16().is_some()),
    };
    if has_length {
        take::opaque(Width::Two, reader, &SECRET_LENGTH, &ENCRYPTED_SECRET, tree)?;
    } else {
        take::rest(reader, &ENCRYPTED_SECRET, tree);
    }
    Some(())
}

/// ClientDiffieHellmanPublic; nothing at all when the client's certificate holds the key (RFC 5246 7.4.7.2).
fn dh_client(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    if !reader.is_empty() {
        take::opaque(Width::Two, reader, &DH_YC_LENGTH, &DH_YC, tree)?;
    }
    Some(())
}

/// ClientECDiffieHellmanPublic; nothing at all when the client's certificate holds the key (RFC 8422 5.7).
fn ec_client(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    if !reader.is_empty() {
        take::opaque(Width::One, reader, &EC_CLIENT_POINT_LENGTH, &EC_CLIENT_POINT, tree)?;
    }
    Some(())
}
