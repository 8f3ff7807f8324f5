//! Object identifiers: their dotted form, and the names of those that certificates bear.

use std::fmt::Write;

/// The dotted form of an OID's content bytes (X.690 8.19). `None` when it has no bytes, ends inside a number, or holds a
/// number of more than 128 bits.
pub(crate) fn dotted(content: &[u8]) -> Option<String> {
    if content.last().is_none_or(|last| last & 0x80 != 0) {
        return None;
    }
    let mut text = String::with_capacity(content.len() * 3 + 2);
    let mut number = 0_u128;
    for &byte in content {
        number = number.checked_mul(128)? | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            // The first number holds two: the first arc is 0, 1 or 2, and only under 2 may the second exceed 39.
            if text.is_empty() {
                let first = (number / 40).min(2);
                push_number(&mut text, first);
                number -= first * 40;
            }
            text.push('.');
            push_number(&mut text, number);
            number = 0;
        }
    }
    Some(text)
}

/// Decimal digits, without the formatting machinery where the number is small: a certificate has some 300 of them.
fn push_number(text: &mut String, number: u128) {
    let Ok(small) = u32::try_from(number) else {
        let _ = write!(text, "{number}");
        return;
    };
    let mut unit = 1;
    while small / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        text.push(char::from_digit(small / unit % 10, 10).unwrap_or('0'));
        unit /= 10;
    }
}

/// The name that the standards give to a dotted OID: `subjectAltName` for `2.5.29.17`.
#[must_use]
pub fn name(dotted: &str) -> Option<&'static str> {
    let index = NAMES.binary_search_by(|(known, _)| (*known).cmp(dotted)).ok()?;
    NAMES.get(index).map(|(_, name)| *name)
}

/// The name, or the dotted form where there is none.
pub(crate) fn named(dotted: &str) -> String {
    name(dotted).unwrap_or(dotted).to_owned()
}

/// The name with the dotted form behind it, for the tree: `commonName (2.5.4.3)`.
pub(crate) fn described(dotted: &str) -> String {
    match name(dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => dotted.to_owned(),
    }
}

/// The short name by which an attribute of a distinguished name is usually written (RFC 4514 3 and custom), or the
/// dotted form.
pub(crate) fn attribute(dotted: &str) -> &str {
    match dotted {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.42" => "GN",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ if dotted.starts_with("2.5.4.") || is_other_attribute(dotted) => name(dotted).unwrap_or(dotted),
        _ => dotted,
    }
}

/// Attribute types outside the X.520 arc.
fn is_other_attribute(dotted: &str) -> bool {
    ["1.2.840.113549.1.9.", "0.9.2342.", "1.2.643.", "1.3.6.1.5.5.7.9."].iter().any(|arc| dotted.starts_with(arc))
}

/// Dotted OID and name, in the order of the dotted text.
#[rustfmt::skip]
static NAMES: &[(&str, &str)] = &[
    ("0.4.0.1862.1.1", "qcCompliance"),
    ("0.4.0.1862.1.2", "qcLimitValue"),
    ("0.4.0.1862.1.3", "qcRetentionPeriod"),
    ("0.4.0.1862.1.4", "qcSSCD"),
    ("0.4.0.1862.1.5", "qcPDS"),
    ("0.4.0.1862.1.6", "qcType"),
    ("0.4.0.1862.1.6.1", "qct-esign"),
    ("0.4.0.1862.1.6.2", "qct-eseal"),
    ("0.4.0.1862.1.6.3", "qct-web"),
    ("0.4.0.1862.1.7", "qcCClegislation"),
    ("0.4.0.194112.1.0", "qualified certificate, natural person (QCP-n)"),
    ("0.4.0.194112.1.1", "qualified certificate, legal person (QCP-l)"),
    ("0.4.0.194112.1.2", "qualified certificate, natural person, key in a device (QCP-n-qscd)"),
    ("0.4.0.194112.1.3", "qualified certificate, legal person, key in a device (QCP-l-qscd)"),
    ("0.4.0.194112.1.4", "qualified website certificate (QEVCP-w)"),
    ("0.4.0.194112.1.5", "qualified website certificate (QNCP-w)"),
    ("0.4.0.19495.2", "psd2QcStatement"),
    ("0.4.0.2042.1.1", "normalised certificate policy (NCP)"),
    ("0.4.0.2042.1.4", "ETSI extended validation (EVCP)"),
    ("0.4.0.2042.1.6", "ETSI domain validated (DVCP)"),
    ("0.4.0.2042.1.7", "ETSI organisation validated (OVCP)"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("0.9.2342.19200300.100.1.3", "mail"),
    ("1.2.156.10197.1.301", "sm2p256v1"),
    ("1.2.156.10197.1.401", "SM3"),
    ("1.2.156.10197.1.501", "SM2-with-SM3"),
    ("1.2.643.100.1", "OGRN"),
    ("1.2.643.100.111", "subjectSignTool"),
    ("1.2.643.100.112", "issuerSignTool"),
    ("1.2.643.100.3", "SNILS"),
    ("1.2.643.100.4", "INNLE"),
    ("1.2.643.2.2.19", "GOST R 34.10-2001"),
    ("1.2.643.2.2.20", "GOST R 34.10-94"),
    ("1.2.643.2.2.3", "GOST R 34.11-94 with GOST R 34.10-2001"),
    ("1.2.643.2.2.30.1", "GOST R 34.11-94 CryptoPro parameters"),
    ("1.2.643.2.2.35.0", "GOST R 34.10-2001 test parameters"),
    ("1.2.643.2.2.35.1", "GOST R 34.10-2001 CryptoPro-A"),
    ("1.2.643.2.2.35.2", "GOST R 34.10-2001 CryptoPro-B"),
    ("1.2.643.2.2.35.3", "GOST R 34.10-2001 CryptoPro-C"),
    ("1.2.643.2.2.36.0", "GOST R 34.10-2001 CryptoPro-XchA"),
    ("1.2.643.2.2.36.1", "GOST R 34.10-2001 CryptoPro-XchB"),
    ("1.2.643.2.2.9", "GOST R 34.11-94"),
    ("1.2.643.3.131.1.1", "INN"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 (256 bit)"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 (512 bit)"),
    ("1.2.643.7.1.1.2.2", "GOST R 34.11-2012 (256 bit)"),
    ("1.2.643.7.1.1.2.3", "GOST R 34.11-2012 (512 bit)"),
    ("1.2.643.7.1.1.3.2", "GOST R 34.10-2012 with GOST R 34.11-2012 (256 bit)"),
    ("1.2.643.7.1.1.3.3", "GOST R 34.10-2012 with GOST R 34.11-2012 (512 bit)"),
    ("1.2.643.7.1.2.1.1.1", "GOST 256-bit curve tc26-A"),
    ("1.2.643.7.1.2.1.1.2", "GOST 256-bit curve tc26-B"),
    ("1.2.643.7.1.2.1.2.1", "GOST 512-bit curve tc26-A"),
    ("1.2.643.7.1.2.1.2.2", "GOST 512-bit curve tc26-B"),
    ("1.2.643.7.1.2.1.2.3", "GOST 512-bit curve tc26-C"),
    ("1.2.840.10040.4.1", "dsa"),
    ("1.2.840.10040.4.3", "dsa-with-SHA1"),
    ("1.2.840.10045.1.1", "prime-field"),
    ("1.2.840.10045.1.2", "characteristic-two-field"),
    ("1.2.840.10045.2.1", "ecPublicKey"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.10046.2.1", "dhPublicNumber"),
    ("1.2.840.113533.7.65.0", "entrustVersInfo"),
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.3", "md4WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.7", "rsaesOaep"),
    ("1.2.840.113549.1.1.8", "mgf1"),
    ("1.2.840.113549.1.3.1", "dhKeyAgreement"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.14", "extensionRequest"),
    ("1.2.840.113549.1.9.15", "sMIMECapabilities"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.840.113549.1.9.8", "unstructuredAddress"),
    ("1.2.840.113549.2.2", "MD2"),
    ("1.2.840.113549.2.5", "MD5"),
    ("1.2.840.113583.1.1.5", "adobeAuthenticDocumentsTrust"),
    ("1.2.840.113635.100.6.1.2", "appleDeveloper"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.3.132.0.1", "sect163k1"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.15", "sect163r2"),
    ("1.3.132.0.16", "sect283k1"),
    ("1.3.132.0.17", "sect283r1"),
    ("1.3.132.0.26", "sect233k1"),
    ("1.3.132.0.27", "sect233r1"),
    ("1.3.132.0.31", "secp192k1"),
    ("1.3.132.0.32", "secp224k1"),
    ("1.3.132.0.33", "P-224"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.36", "sect409k1"),
    ("1.3.132.0.37", "sect409r1"),
    ("1.3.132.0.38", "sect571k1"),
    ("1.3.132.0.39", "sect571r1"),
    ("1.3.132.1.12", "ecDH"),
    ("1.3.14.3.2.26", "SHA-1"),
    ("1.3.14.3.2.27", "dsaWithSHA1-old"),
    ("1.3.14.3.2.29", "sha1WithRSASignature"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1"),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1"),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1"),
    ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"),
    ("1.3.6.1.4.1.11129.2.4.3", "ctPoison"),
    ("1.3.6.1.4.1.11129.2.4.4", "ctPrecertificateSigning"),
    ("1.3.6.1.4.1.11129.2.4.5", "signedCertificateTimestampList (OCSP)"),
    ("1.3.6.1.4.1.311.10.3.1", "msCTLSigning"),
    ("1.3.6.1.4.1.311.10.3.12", "msDocumentSigning"),
    ("1.3.6.1.4.1.311.10.3.3", "msServerGatedCrypto"),
    ("1.3.6.1.4.1.311.10.3.4", "msEncryptingFileSystem"),
    ("1.3.6.1.4.1.311.10.3.4.1", "msEFSRecovery"),
    ("1.3.6.1.4.1.311.2.1.21", "msIndividualCodeSigning"),
    ("1.3.6.1.4.1.311.2.1.22", "msCommercialCodeSigning"),
    ("1.3.6.1.4.1.311.20.2", "msCertificateTemplateName"),
    ("1.3.6.1.4.1.311.20.2.1", "msEnrollmentAgent"),
    ("1.3.6.1.4.1.311.20.2.2", "msSmartcardLogon"),
    ("1.3.6.1.4.1.311.20.2.3", "userPrincipalName"),
    ("1.3.6.1.4.1.311.21.1", "msCAVersion"),
    ("1.3.6.1.4.1.311.21.10", "msApplicationPolicies"),
    ("1.3.6.1.4.1.311.21.2", "msPreviousCACertificateHash"),
    ("1.3.6.1.4.1.311.21.5", "msPrivateKeyArchival"),
    ("1.3.6.1.4.1.311.21.6", "msKeyRecoveryAgent"),
    ("1.3.6.1.4.1.311.21.7", "msCertificateTemplate"),
    ("1.3.6.1.4.1.311.25.1", "msNTDSReplication"),
    ("1.3.6.1.4.1.311.25.2", "msNTDSCASecurityExtension"),
    ("1.3.6.1.4.1.311.25.2.1", "msNTDSObjectSid"),
    ("1.3.6.1.4.1.311.54.1.2", "msRemoteDesktopAuthentication"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionCountryName"),
    ("1.3.6.1.4.1.44363.44", "delegationUsage"),
    ("1.3.6.1.4.1.44947.1.1.1", "Let's Encrypt domain validated"),
    ("1.3.6.1.5.2.2", "id-pkinit-san"),
    ("1.3.6.1.5.2.3.4", "pkinitClientAuth"),
    ("1.3.6.1.5.2.3.5", "pkinitKDC"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.1.12", "logotype"),
    ("1.3.6.1.5.5.7.1.13", "wlanSSID"),
    ("1.3.6.1.5.5.7.1.14", "proxyCertInfo"),
    ("1.3.6.1.5.5.7.1.2", "biometricInfo"),
    ("1.3.6.1.5.5.7.1.24", "tlsFeature"),
    ("1.3.6.1.5.5.7.1.26", "tnAuthList"),
    ("1.3.6.1.5.5.7.1.28", "ipAddrBlocks-v2"),
    ("1.3.6.1.5.5.7.1.29", "autonomousSysIds-v2"),
    ("1.3.6.1.5.5.7.1.3", "qcStatements"),
    ("1.3.6.1.5.5.7.1.31", "acmeIdentifier"),
    ("1.3.6.1.5.5.7.1.7", "ipAddrBlocks"),
    ("1.3.6.1.5.5.7.1.8", "autonomousSysIds"),
    ("1.3.6.1.5.5.7.11.1", "qcSyntaxV1"),
    ("1.3.6.1.5.5.7.11.2", "qcSyntaxV2"),
    ("1.3.6.1.5.5.7.2.1", "cps"),
    ("1.3.6.1.5.5.7.2.2", "userNotice"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.13", "eapOverPPP"),
    ("1.3.6.1.5.5.7.3.14", "eapOverLAN"),
    ("1.3.6.1.5.5.7.3.17", "ipsecIKE"),
    ("1.3.6.1.5.5.7.3.18", "capwapAC"),
    ("1.3.6.1.5.5.7.3.19", "capwapWTP"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.20", "sipDomain"),
    ("1.3.6.1.5.5.7.3.21", "secureShellClient"),
    ("1.3.6.1.5.5.7.3.22", "secureShellServer"),
    ("1.3.6.1.5.5.7.3.27", "cmcCA"),
    ("1.3.6.1.5.5.7.3.28", "cmcRA"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.31", "brandIndicatorforMessageIdentification"),
    ("1.3.6.1.5.5.7.3.36", "documentSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.5", "ipsecEndSystem"),
    ("1.3.6.1.5.5.7.3.6", "ipsecTunnel"),
    ("1.3.6.1.5.5.7.3.7", "ipsecUser"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("1.3.6.1.5.5.7.48.1", "ocsp"),
    ("1.3.6.1.5.5.7.48.1.1", "ocspBasic"),
    ("1.3.6.1.5.5.7.48.1.2", "ocspNonce"),
    ("1.3.6.1.5.5.7.48.1.3", "ocspCrlReference"),
    ("1.3.6.1.5.5.7.48.1.4", "ocspResponse"),
    ("1.3.6.1.5.5.7.48.1.5", "ocspNoCheck"),
    ("1.3.6.1.5.5.7.48.1.6", "ocspArchiveCutoff"),
    ("1.3.6.1.5.5.7.48.1.7", "ocspServiceLocator"),
    ("1.3.6.1.5.5.7.48.1.8", "ocspPrefSigAlgs"),
    ("1.3.6.1.5.5.7.48.1.9", "ocspExtendedRevoke"),
    ("1.3.6.1.5.5.7.48.10", "rpkiManifest"),
    ("1.3.6.1.5.5.7.48.11", "signedObject"),
    ("1.3.6.1.5.5.7.48.13", "rpkiNotify"),
    ("1.3.6.1.5.5.7.48.2", "caIssuers"),
    ("1.3.6.1.5.5.7.48.3", "adTimeStamping"),
    ("1.3.6.1.5.5.7.48.5", "caRepository"),
    ("1.3.6.1.5.5.7.8.3", "permanentIdentifier"),
    ("1.3.6.1.5.5.7.8.4", "hardwareModuleName"),
    ("1.3.6.1.5.5.7.8.5", "xmppAddr"),
    ("1.3.6.1.5.5.7.8.7", "dnsSRV"),
    ("1.3.6.1.5.5.7.8.8", "naiRealm"),
    ("1.3.6.1.5.5.7.8.9", "smtpUTF8Mailbox"),
    ("1.3.6.1.5.5.7.9.1", "dateOfBirth"),
    ("1.3.6.1.5.5.7.9.2", "placeOfBirth"),
    ("1.3.6.1.5.5.7.9.3", "gender"),
    ("1.3.6.1.5.5.7.9.4", "countryOfCitizenship"),
    ("1.3.6.1.5.5.7.9.5", "countryOfResidence"),
    ("1.3.6.1.5.5.8.2.2", "ikeIntermediate"),
    ("2.16.840.1.101.3.4.2.1", "SHA-256"),
    ("2.16.840.1.101.3.4.2.10", "SHA3-512"),
    ("2.16.840.1.101.3.4.2.2", "SHA-384"),
    ("2.16.840.1.101.3.4.2.3", "SHA-512"),
    ("2.16.840.1.101.3.4.2.4", "SHA-224"),
    ("2.16.840.1.101.3.4.2.5", "SHA-512/224"),
    ("2.16.840.1.101.3.4.2.6", "SHA-512/256"),
    ("2.16.840.1.101.3.4.2.8", "SHA3-256"),
    ("2.16.840.1.101.3.4.2.9", "SHA3-384"),
    ("2.16.840.1.101.3.4.3.1", "dsa-with-SHA224"),
    ("2.16.840.1.101.3.4.3.10", "ecdsa-with-SHA3-256"),
    ("2.16.840.1.101.3.4.3.11", "ecdsa-with-SHA3-384"),
    ("2.16.840.1.101.3.4.3.12", "ecdsa-with-SHA3-512"),
    ("2.16.840.1.101.3.4.3.13", "rsassa-pkcs1-v1_5-with-sha3-224"),
    ("2.16.840.1.101.3.4.3.14", "rsassa-pkcs1-v1_5-with-sha3-256"),
    ("2.16.840.1.101.3.4.3.15", "rsassa-pkcs1-v1_5-with-sha3-384"),
    ("2.16.840.1.101.3.4.3.16", "rsassa-pkcs1-v1_5-with-sha3-512"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
    ("2.16.840.1.101.3.4.3.2", "dsa-with-SHA256"),
    ("2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s"),
    ("2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f"),
    ("2.16.840.1.101.3.4.3.22", "SLH-DSA-SHA2-192s"),
    ("2.16.840.1.101.3.4.3.23", "SLH-DSA-SHA2-192f"),
    ("2.16.840.1.101.3.4.3.24", "SLH-DSA-SHA2-256s"),
    ("2.16.840.1.101.3.4.3.25", "SLH-DSA-SHA2-256f"),
    ("2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s"),
    ("2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f"),
    ("2.16.840.1.101.3.4.3.28", "SLH-DSA-SHAKE-192s"),
    ("2.16.840.1.101.3.4.3.29", "SLH-DSA-SHAKE-192f"),
    ("2.16.840.1.101.3.4.3.3", "dsa-with-SHA384"),
    ("2.16.840.1.101.3.4.3.30", "SLH-DSA-SHAKE-256s"),
    ("2.16.840.1.101.3.4.3.31", "SLH-DSA-SHAKE-256f"),
    ("2.16.840.1.101.3.4.3.4", "dsa-with-SHA512"),
    ("2.16.840.1.101.3.4.3.9", "ecdsa-with-SHA3-224"),
    ("2.16.840.1.101.3.4.4.1", "ML-KEM-512"),
    ("2.16.840.1.101.3.4.4.2", "ML-KEM-768"),
    ("2.16.840.1.101.3.4.4.3", "ML-KEM-1024"),
    ("2.16.840.1.113730.1.1", "netscapeCertType"),
    ("2.16.840.1.113730.1.12", "netscapeSslServerName"),
    ("2.16.840.1.113730.1.13", "netscapeComment"),
    ("2.16.840.1.113730.1.2", "netscapeBaseUrl"),
    ("2.16.840.1.113730.1.3", "netscapeRevocationUrl"),
    ("2.16.840.1.113730.1.4", "netscapeCaRevocationUrl"),
    ("2.16.840.1.113730.1.7", "netscapeRenewalUrl"),
    ("2.16.840.1.113730.1.8", "netscapeCaPolicyUrl"),
    ("2.16.840.1.113730.4.1", "nsServerGatedCrypto"),
    ("2.23.140.1.1", "extended validation (EV)"),
    ("2.23.140.1.2.1", "domain validated (DV)"),
    ("2.23.140.1.2.2", "organization validated (OV)"),
    ("2.23.140.1.2.3", "individual validated (IV)"),
    ("2.23.140.1.3", "extended validation code signing"),
    ("2.23.140.1.31", "onion service descriptor binding hash"),
    ("2.23.140.1.4.1", "code signing (non-EV)"),
    ("2.23.140.3.1", "cabfOrganizationIdentifier"),
    ("2.5.29.1", "authorityKeyIdentifier (old)"),
    ("2.5.29.10", "basicConstraints (old)"),
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.16", "privateKeyUsagePeriod"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.18", "issuerAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.20", "cRLNumber"),
    ("2.5.29.21", "reasonCode"),
    ("2.5.29.23", "holdInstructionCode"),
    ("2.5.29.24", "invalidityDate"),
    ("2.5.29.27", "deltaCRLIndicator"),
    ("2.5.29.28", "issuingDistributionPoint"),
    ("2.5.29.29", "certificateIssuer"),
    ("2.5.29.30", "nameConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.32.0", "anyPolicy"),
    ("2.5.29.33", "policyMappings"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.5.29.36", "policyConstraints"),
    ("2.5.29.37", "extKeyUsage"),
    ("2.5.29.37.0", "anyExtendedKeyUsage"),
    ("2.5.29.46", "freshestCRL"),
    ("2.5.29.54", "inhibitAnyPolicy"),
    ("2.5.29.56", "noRevAvail"),
    ("2.5.29.9", "subjectDirectoryAttributes"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.16", "postalAddress"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.18", "postOfficeBox"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "surname"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.45", "uniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.9", "streetAddress"),
    ("2.5.4.97", "organizationIdentifier"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for pair in NAMES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn content_becomes_dotted() {
        for (content, expected) in [
            (&[0x55, 4, 3][..], Some("2.5.4.3")),
            (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], Some("1.2.840.113549.1.1.11")),
            (&[0x88, 0x37, 3], Some("2.999.3")),
            (&[0x2b, 0x65, 0x70], Some("1.3.101.112")),
            (&[0x09, 0x92, 0x26], Some("0.9.2342")),
            (&[0x55, 0x84], None),
            (&[], None),
            (&[0xff; 30], None),
        ] {
            assert_eq!(dotted(content).as_deref(), expected);
        }
        assert_eq!(named("2.5.29.17"), "subjectAltName");
        assert_eq!(named("1.2.3"), "1.2.3");
        assert_eq!(attribute("2.5.4.3"), "CN");
        assert_eq!(attribute("1.2.840.113549.1.9.1"), "emailAddress");
    }
}
