//! The room against its own samples: what openssl said of them, every cut, flipped bytes, and a second parser.

use super::*;
use crate::base::{BufferId, Reader, Span, Tree, Value, hex};
use base64::Engine;
use std::collections::HashSet;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Certificates made for these tests: everything.pem holds every extension that openssl could be talked into.
const SAMPLES: [(&str, &str); 7] = [
    ("authority", include_str!("samples/authority.pem")),
    ("everything", include_str!("samples/everything.pem")),
    ("version1", include_str!("samples/version1.pem")),
    ("ed25519", include_str!("samples/ed25519.pem")),
    ("explicit-curve", include_str!("samples/explicit-curve.pem")),
    ("rsa-pss", include_str!("samples/rsa-pss.pem")),
    ("dsa", include_str!("samples/dsa.pem")),
];

/// Where the bytes stand in their buffer in these tests: not at its beginning, so that a forgotten offset shows.
const ORIGIN: u32 = 1000;

pub(crate) fn unpem(text: &str) -> Vec<u8> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

/// The DER of one of the samples, for tests in other rooms too.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    unpem(SAMPLES.iter().find(|(sample, _)| *sample == name).unwrap().1)
}

fn read(der: &[u8]) -> (Certificate, Tree) {
    let mut tree = Tree::on();
    let facts = certificate(Reader::at(der, BufferId(3), ORIGIN), &mut tree);
    (facts, tree)
}

fn read_ocsp(der: &[u8]) -> (OcspResponse, Tree) {
    let mut tree = Tree::on();
    let facts = ocsp_response(Reader::at(der, BufferId(3), ORIGIN), &mut tree);
    (facts, tree)
}

fn check(der: &[u8]) {
    check_reader(der, certificate);
}

/// Every field lies inside the buffer and inside its parent, and facts and notes are the same without a tree.
fn check_reader<T: PartialEq>(der: &[u8], read: fn(Reader<'_>, &mut Tree) -> T) {
    let mut tree = Tree::on();
    let reader = Reader::at(der, BufferId(3), ORIGIN);
    let facts = read(reader, &mut tree);
    let whole = Span::new(BufferId(3), ORIGIN, ORIGIN + u32::try_from(der.len()).unwrap());
    let inside =
        |inner: Span, outer: Span| inner.buffer == outer.buffer && inner.start >= outer.start && inner.end <= outer.end;
    let mut parents: Vec<Span> = Vec::new();
    for node in tree.nodes() {
        parents.truncate(usize::from(node.depth));
        assert!(
            inside(node.span, *parents.last().unwrap_or(&whole)),
            "{} lies outside: {:?}",
            node.field.name,
            node.span
        );
        parents.push(node.span);
    }
    for note in tree.notes() {
        assert!(inside(note.span.unwrap(), whole), "{note:?}");
    }
    let mut off = Tree::off();
    assert!(read(reader, &mut off) == facts, "facts differ between a tree that is on and one that is off");
    assert_eq!(off.notes(), tree.notes());
}

#[test]
fn samples_are_read_whole() {
    for (name, pem) in SAMPLES {
        let der = unpem(pem);
        check(&der);
        let (facts, tree) = read(&der);
        assert!(facts.readable, "{name}");
        assert_eq!(facts.problem, None, "{name}");
        let codes: Vec<_> = tree.notes().iter().map(|note| note.code).collect();
        let expected: &[&str] = if name == "explicit-curve" { &["x509.explicit_curve"] } else { &[] };
        assert_eq!(codes, expected, "{name}");
    }
}

/// Each byte that is not the header of an element belongs to a field without children.
#[test]
fn no_content_is_left_without_a_field() {
    for (name, pem) in SAMPLES {
        let der = unpem(pem);
        let (_, tree) = read(&der);
        let mut covered = vec![false; der.len()];
        let nodes = tree.nodes();
        for (index, node) in nodes.iter().enumerate() {
            if tree.end_of(index) == index + 1 {
                for offset in node.span.range() {
                    covered[offset - ORIGIN as usize] = true;
                }
            }
        }
        // Headers are 2 to 4 bytes; nested ones add up, but never to this many.
        let longest = covered.split(|covered| *covered).map(<[bool]>::len).max().unwrap_or(0);
        assert!(longest < 32, "{name}: {longest} bytes in a row without a field");
    }
}

#[test]
fn facts_are_what_openssl_says() {
    let (facts, tree) = read(&sample("everything"));
    assert_eq!(hex(&facts.serial), "00912b08aa");
    assert_eq!(facts.version, 3);
    assert_eq!(facts.issuer.to_string(), "C=DE, O=Sample Authority, OU=Rehearsal, CN=Sample Root");
    assert_eq!(
        facts.subject.to_string(),
        "C=DE, ST=Berlin, L=Köln, O=Beispiel GmbH, OU=One, OU=Two, CN=first.example.test, CN=www.example.test, \
         emailAddress=post@example.test, serialNumber=HRB 1, DC=example, businessCategory=Private Organization"
    );
    assert_eq!(facts.subject.common_name(), Some("www.example.test"));
    assert_eq!(facts.not_after - facts.not_before, 365 * 86_400);
    assert_eq!(facts.key.to_string(), "RSA 2048");
    assert_eq!(facts.signature_algorithm, "ecdsa-with-SHA256");
    let names: Vec<_> = facts.subject_alt_names.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        [
            "DNS:www.example.test",
            "DNS:*.example.test",
            "IP:192.0.2.7",
            "IP:2001:db8::7",
            "email:post@example.test",
            "URI:spiffe://example.test/web",
            "Registered ID:1.2.3.4",
            "DirName:C=DE, CN=Directory",
            "otherName:userPrincipalName:someone@example.test",
            "otherName:dnsSRV:_xmpp.example.test",
        ]
    );
    assert_eq!((facts.is_ca, facts.path_length), (Some(false), None));
    assert_eq!(facts.key_usage, ["digitalSignature", "keyEncipherment"]);
    assert_eq!(
        facts.extended_key_usage,
        ["serverAuth", "clientAuth", "OCSPSigning", "msSmartcardLogon", "ipsecIKE", "anyExtendedKeyUsage", "1.2.3.4"]
    );
    assert_eq!(facts.ocsp_urls, ["http://ocsp.example.test"]);
    assert_eq!(facts.ca_issuers_urls, ["http://ca.example.test/root.der"]);
    assert_eq!(facts.crl_urls, ["http://ca.example.test/root.crl"]);
    assert_eq!((facts.sct_count, facts.must_staple, facts.extensions.len()), (2, true, 24));
    let (authority, _) = read(&sample("authority"));
    assert_eq!(facts.authority_key_identifier, authority.subject_key_identifier);
    assert_eq!((authority.is_ca, authority.path_length), (Some(true), Some(1)));
    assert_eq!(authority.key_usage, ["keyCertSign", "cRLSign"]);
    assert!(authority.is_self_issued());
    let texts: Vec<_> = tree.nodes().iter().filter_map(|node| text_of(&node.value)).collect();
    for wanted in [
        "subjectAltName (2.5.29.17)",
        "domain validated (DV) (2.23.140.1.2.1)",
        "http://ca.example.test/cps",
        "Read this",
        "keyCompromise, cACompromise",
        "SSL client, SSL server",
        "made for a test",
        "WebServer",
        "qct-web",
        "1.3.6.1.5.5.7.1.31, critical",
    ] {
        assert!(texts.iter().any(|text| text.contains(wanted)), "{wanted} is not in the tree");
    }
}

fn text_of(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

#[test]
fn keys_and_signatures_of_all_kinds_are_named() {
    for (name, key, bits, signature) in [
        ("authority", "ECDSA P-256", 256, "ecdsa-with-SHA256"),
        ("ed25519", "Ed25519", 256, "Ed25519"),
        ("explicit-curve", "ECDSA explicit", 384, "ecdsa-with-SHA256"),
        ("rsa-pss", "RSASSA-PSS", 1024, "rsassaPss (SHA-384)"),
        ("dsa", "DSA", 1024, "dsa-with-SHA1"),
    ] {
        let (facts, _) = read(&sample(name));
        assert_eq!((facts.key.to_string().as_str(), facts.key.bits), (key, bits), "{name}");
        assert_eq!(facts.signature_algorithm, signature, "{name}");
    }
    let (old, _) = read(&sample("version1"));
    assert_eq!((old.version, old.extensions.len(), old.subject.short().as_str()), (1, 0, "Only organisation"));
}

#[test]
fn a_second_parser_sees_the_same() {
    for (name, pem) in SAMPLES {
        let der = unpem(pem);
        let (facts, _) = read(&der);
        let (_, other) = X509Certificate::from_der(&der).unwrap();
        assert_eq!(facts.serial, other.raw_serial(), "{name}");
        assert_eq!(facts.not_before, other.validity().not_before.timestamp(), "{name}");
        assert_eq!(facts.not_after, other.validity().not_after.timestamp(), "{name}");
        let extensions: Vec<_> = other.extensions().iter().map(|e| (e.oid.to_id_string(), e.critical)).collect();
        assert_eq!(facts.extensions, extensions, "{name}");
        assert_eq!(facts.subject.attributes.len(), other.subject().iter_attributes().count(), "{name}");
    }
}

#[test]
fn every_cut_is_survived_and_noticed() {
    for (name, pem) in SAMPLES {
        let der = unpem(pem);
        for length in 0..der.len() {
            let cut = &der[..length];
            check(cut);
            let (facts, _) = read(cut);
            assert!(facts.problem.is_some(), "{name} cut to {length}");
        }
    }
}

#[test]
fn every_flipped_byte_is_survived() {
    for (_, pem) in SAMPLES {
        let der = unpem(pem);
        for index in 0..der.len() {
            for mask in [0xff, 0x01] {
                let mut broken = der.clone();
                broken[index] ^= mask;
                check(&broken);
            }
        }
    }
}

const OCSP: &str = include_str!("samples/ocsp-response.pem");

#[test]
fn an_ocsp_response_says_what_openssl_says() {
    let der = unpem(OCSP);
    check_reader(&der, ocsp_response);
    let (facts, tree) = read_ocsp(&der);
    assert_eq!((facts.problem.as_deref(), facts.readable, facts.status), (None, true, Some(0)));
    assert!(tree.notes().is_empty(), "{:?}", tree.notes());
    let (authority, _) = read(&sample("authority"));
    assert_eq!(facts.responder, Some(ResponderId::Name(authority.subject.clone())));
    assert_eq!((facts.signature_algorithm.as_str(), facts.certificate_count), ("ecdsa-with-SHA256", 1));
    assert_eq!(facts.nonce.as_deref().map(hex).as_deref(), Some("630ca413d6a866232776e9cc7e21b41b"));
    let answers: Vec<_> = facts.answers.iter().map(|answer| (hex(&answer.serial), answer.status.clone())).collect();
    assert_eq!(
        answers,
        [
            ("00912b08aa".to_owned(), RevocationStatus::Good),
            ("01".to_owned(), RevocationStatus::Revoked(Some(1_795_313_880), Some(1))),
            ("4d".to_owned(), RevocationStatus::Unknown),
        ]
    );
    for answer in &facts.answers {
        assert_eq!(answer.hash_algorithm, "SHA-1");
        assert_eq!(Some(&answer.issuer_key_hash), authority.subject_key_identifier.as_ref());
        assert_eq!(answer.next_update.unwrap() - answer.this_update.unwrap(), 7 * 86_400);
        assert_eq!(answer.this_update, facts.produced_at);
    }
}

#[test]
fn an_ocsp_response_may_be_an_error_or_nothing() {
    for (bytes, status, has_problem) in [
        (&[0x30, 3, 0x0a, 1, 3][..], Some(3), false),
        (&[0x30, 3, 0x0a, 1, 6], Some(6), false),
        (&[], None, true),
        (b"hello", None, true),
        (&[0x30, 0], None, true),
    ] {
        let (facts, _) = read_ocsp(bytes);
        assert_eq!((facts.status, facts.problem.is_some(), facts.readable), (status, has_problem, false));
    }
}

#[test]
fn broken_ocsp_responses_are_survived() {
    let der = unpem(OCSP);
    for index in 0..der.len() {
        check_reader(&der[..index], ocsp_response);
        assert!(read_ocsp(&der[..index]).0.problem.is_some());
        for mask in [0xff, 0x01] {
            let mut broken = der.clone();
            broken[index] ^= mask;
            check_reader(&broken, ocsp_response);
        }
    }
}

#[test]
fn oddities_are_noted() {
    let version1 = sample("version1");
    let everything = sample("everything");
    let place = |der: &[u8], needle: &[u8]| der.windows(needle.len()).position(|window| window == needle).unwrap();
    for (der, needle, replacement, code) in [
        (&everything, &[0x02, 5, 0x00, 0x91][..], &[0x02, 5, 0x91, 0x91][..], "x509.serial_number"),
        (&everything, &[0x02, 5, 0x00, 0x91], &[0x02, 5, 0x00, 0x11], "x509.serial_number"),
        (&version1, &[0x02, 1, 1], &[0x02, 1, 0], "x509.serial_number"),
        (&everything, &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 1], "x509.version"),
        (&everything, &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 9], "x509.version"),
        (&everything, &[0x55, 0x1d, 0x0e], &[0x55, 0x1d, 0x0f], "x509.extension.twice"),
        (&everything, b"K\xc3\xb6ln", b"K\xc3ooo", "x509.string"),
        (&version1, &[0x04, 3, 2, 0x30], &[0x04, 3, 3, 0x30], "x509.signature_algorithm"),
    ] {
        let mut der = der.clone();
        let at = place(&der, needle);
        der[at..at + replacement.len()].copy_from_slice(replacement);
        let (facts, tree) = read(&der);
        assert!(facts.readable);
        assert!(tree.notes().iter().any(|note| note.code == code), "{code}: {:?}", tree.notes());
    }
}

/// A certificate may be 16 MB of extensions of a few bytes each. Looking for doubles must not take the square of that.
#[test]
fn many_extensions_take_linear_time_and_few_notes() {
    let mut list = Vec::new();
    for _ in 0..30_000 {
        list.extend([0x30, 6, 0x06, 1, 0x2a, 0x04, 1, 0]);
    }
    let mut facts = read(&sample("everything")).0;
    facts.extensions.clear();
    let mut tree = Tree::off();
    let reader = Reader::new(&list, BufferId(0));
    extension::certificate_extensions(der::Der::new(reader), &mut facts, &mut tree);
    assert_eq!(facts.extensions.len(), 30_000);
    assert!(tree.notes().len() < 100);
}

#[test]
fn a_nul_in_the_subject_is_kept() {
    let mut der = sample("everything");
    let at = der.windows(16).position(|window| window == b"www.example.test").unwrap();
    der[at + 3] = 0;
    assert_eq!(read(&der).0.subject.common_name(), Some("www\0example.test"));
}

#[test]
fn a_broken_extension_does_not_hide_the_rest() {
    let mut der = sample("everything");
    let at = der.windows(3).position(|window| window == [0x55, 0x1d, 0x11]).unwrap();
    der[at + 6] = 0xff;
    let (facts, _) = read(&der);
    assert!(facts.readable && facts.problem.is_some());
    assert_eq!(facts.subject.common_name(), Some("www.example.test"));
    assert_eq!(facts.key.bits, 2048);
}

#[test]
fn what_is_no_certificate_is_said_not_to_be() {
    for bytes in [&b""[..], b"hello", &[0x30, 0], &[0x30, 2, 0x30, 0]] {
        let (facts, _) = read(bytes);
        assert!(!facts.readable && facts.problem.is_some(), "{bytes:02x?}");
    }
}

#[test]
fn fields_teach() {
    let mut names = HashSet::new();
    for field in fields() {
        assert!(names.insert(field.name), "{} is there twice", field.name);
        assert!(field.name.starts_with("x509.") || field.name.starts_with("ocsp."), "{}", field.name);
        assert!(!field.label.is_empty(), "{}", field.name);
        assert!(field.text.len() > 20 && field.text.ends_with('.'), "{}", field.name);
        assert!(!field.text.contains("  "), "{} has two spaces in a row", field.name);
    }
}
