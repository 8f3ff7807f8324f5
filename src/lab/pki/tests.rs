//! What is made is what was asked for, the same each time, and readable for others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where they fail"
)]

use super::samples::*;
use super::*;
use crate::lab::scenario::*;

fn ordinary() -> Vec<Named<PkiItem>> {
    vec![
        authority("root", None, |_| {}),
        authority("issuing", Some("root"), |_| {}),
        leaf("web", Usage::Server, |_| {}),
        list("crl", "issuing", &["web"], |_| {}),
    ]
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    for kind in KeyKind::ALL {
        let mut pki = vec![
            authority("root", None, |plan| plan.key = *kind),
            authority("issuing", Some("root"), |plan| plan.key = *kind),
            list("crl", "issuing", &[], |_| {}),
        ];
        let first = build(&scenario(pki.clone())).unwrap();
        let again = build(&scenario(pki.clone())).unwrap();
        let mut other = scenario(pki.clone());
        other.seed = 8;
        let other = build(&other).unwrap();
        for (index, issued) in first.certificates.iter().enumerate() {
            assert_eq!(issued.der, again.certificates[index].der, "{kind}");
            assert_eq!(issued.key, again.certificates[index].key, "{kind}");
            assert_ne!(issued.der, other.certificates[index].der, "{kind}");
        }
        assert_ne!(first.certificates[0].key, first.certificates[1].key, "{kind}");
        assert_eq!(first.revocation_lists[0].der, again.revocation_lists[0].der);
        // The order of the file changes no bytes but those of RSA, whose keys are dealt out in order.
        if !kind.word().starts_with("rsa") {
            pki.swap(0, 1);
            assert_eq!(build(&scenario(pki)).unwrap().certificate("root").unwrap().der, first.certificates[0].der);
        }
    }
}

#[test]
fn a_chain_goes_up_to_the_root() {
    let pki = build(&scenario(ordinary())).unwrap();
    let names: Vec<&str> = pki.chain("web").iter().map(|issued| issued.name.as_str()).collect();
    assert_eq!(names, ["web", "issuing", "root"]);
}

fn read(der: &[u8]) -> crate::x509::Certificate {
    let facts = crate::x509::certificate(
        crate::base::Reader::new(der, crate::base::BufferId(0)),
        &mut crate::base::Tree::off(),
    );
    assert!(facts.readable, "{:?}", facts.problem);
    facts
}

/// The facts of the leaf `x` made with that change.
fn made(change: impl FnOnce(&mut CertificatePlan)) -> crate::x509::Certificate {
    let mut pki = ordinary();
    pki.push(leaf("x", Usage::Server, change));
    read(&build(&scenario(pki)).unwrap().certificate("x").unwrap().der)
}

#[test]
fn certificates_say_what_was_asked_for() {
    let facts = made(|_| {});
    assert_eq!((facts.subject.to_string(), facts.issuer.to_string()), ("CN=x".into(), "CN=issuing".into()));
    assert_eq!((facts.not_before, facts.not_after), (NOW - 30 * DAY, NOW + 60 * DAY));
    assert_eq!((facts.is_ca, &*facts.key_usage), (Some(false), &["digitalSignature"][..]));
    assert_eq!(facts.extended_key_usage, ["serverAuth"]);
    assert!(facts.subject_key_identifier.is_some() && facts.authority_key_identifier.is_some());
    assert_eq!(facts.serial.len(), 16);

    let facts = made(|plan| {
        plan.cn = None;
        plan.san = [
            AltName::Dns("*.lab.test".into()),
            AltName::Ip("192.0.2.1".into()),
            AltName::Ip("2001:db8::1".into()),
            AltName::Email("a@lab.test".into()),
            AltName::Uri("https://lab.test/".into()),
        ]
        .to_vec();
        plan.serial = Some(4660);
        plan.usage = Usage::None;
        plan.key_usage = Some(vec!["keyCertSign".into(), "decipherOnly".into()]);
        plan.valid = (-DAY, 4_102_444_800);
    });
    let names: Vec<String> = facts.subject_alt_names.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        ["DNS:*.lab.test", "IP:192.0.2.1", "IP:2001:db8::1", "email:a@lab.test", "URI:https://lab.test/"]
    );
    assert_eq!((&*facts.subject.attributes, &*facts.serial), (&[][..], &[0x12, 0x34][..]));
    assert_eq!(&*facts.key_usage, ["keyCertSign", "decipherOnly"]);
    assert!(facts.extended_key_usage.is_empty());
    assert_eq!((facts.not_before, facts.not_after), (-DAY, 4_102_444_800));

    let facts = made(|plan| {
        plan.organization = Some("Lab".into());
        plan.ca = Some(true);
        plan.path_length = Some(3);
        plan.extended_key_usage = Some(vec!["clientAuth".into(), "1.2.3.4".into()]);
        plan.extensions = vec![ExtraExtension { oid: vec![1, 2, 3], der: vec![5, 0], critical: true }];
    });
    assert_eq!(
        (facts.subject.to_string(), facts.is_ca, facts.path_length),
        ("O=Lab, CN=x".into(), Some(true), Some(3))
    );
    assert_eq!(facts.extended_key_usage, ["clientAuth", "1.2.3.4"]);
    assert!(facts.extensions.contains(&("1.2.3".into(), true)));
}

#[test]
fn a_cross_sign_has_another_issuer_and_the_same_key() {
    let pki = build(&scenario(vec![
        authority("root", None, |_| {}),
        authority("other", None, |_| {}),
        authority("cross", Some("other"), |plan| (plan.cn, plan.key_of) = (Some("root".into()), Some("root".into()))),
    ]))
    .unwrap();
    let [root, _, cross] = &*pki.certificates else { panic!("three") };
    assert_eq!(root.key, cross.key);
    let (root, cross) = (read(&root.der), read(&cross.der));
    assert_eq!((root.subject, &root.key), (cross.subject, &cross.key));
    assert_eq!(root.subject_key_identifier, cross.subject_key_identifier);
    assert_eq!(cross.issuer.to_string(), "CN=other");
}

#[test]
fn damage_changes_one_thing() {
    let with = |damage| {
        let pki =
            vec![authority("root", None, |_| {}), authority("issuing", Some("root"), |plan| plan.damage = damage)];
        build(&scenario(pki)).unwrap().certificates.swap_remove(1)
    };
    let whole = with(None);
    for damage in [Damage::FlipSignature, Damage::EditSubject] {
        let broken = with(Some(damage));
        let different = whole.der.iter().zip(&broken.der).filter(|(a, b)| a != b).count();
        assert_eq!((different, &broken.key), (1, &whole.key), "{damage}");
    }
    assert_eq!(read(&with(Some(Damage::EditSubject)).der).subject.to_string(), "CN=issuinh");
    let stolen = with(Some(Damage::WrongKey));
    assert_eq!(stolen.der, whole.der);
    assert_ne!(stolen.key, whole.key);
}

#[test]
fn what_cannot_be_made_is_told_with_its_entry_and_what_to_do() {
    let leaf_with = |change: fn(&mut CertificatePlan)| leaf("x", Usage::Server, change);
    let list_with = |change: fn(&mut RevocationListPlan)| list("x", "issuing", &["web"], change);
    for (entry, expected) in [
        (leaf_with(|plan| plan.issuer = Some("nobody".into())), "pki.x.issuer: there is no certificate `nobody`"),
        (leaf_with(|plan| plan.issuer = Some("crl".into())), "pki.x.issuer: there is no certificate `crl`"),
        (leaf_with(|plan| plan.key_of = Some("x".into())), "pki.x.key_of: `x` is no certificate with a key of its own"),
        (
            leaf_with(|plan| plan.san = vec![AltName::Dns("bücher.test".into())]),
            "pki.x.san: `bücher.test` is not ASCII",
        ),
        (
            leaf_with(|plan| plan.san = vec![AltName::Ip("10.0.0.0/8".into())]),
            "pki.x.san: `ip:10.0.0.0/8` is not one address",
        ),
        (
            leaf_with(|plan| plan.permit = vec![AltName::Ip("10.0.0.0/33".into())]),
            "pki.x.permit: `ip:10.0.0.0/33` is no network",
        ),
        (leaf_with(|plan| plan.exclude = vec![AltName::Uri("a:b".into())]), "pki.x.exclude: constraints on URIs"),
        (leaf_with(|plan| plan.valid.1 = i64::MAX), "pki.x.valid: a date lies outside"),
        (leaf_with(|plan| plan.path_length = Some(1)), "pki.x.pathlen: a path length stands only beside the CA flag"),
        (leaf_with(|plan| plan.key_usage = Some(vec!["sign".into()])), "pki.x.ku: `sign` is none of digitalSignature"),
        (leaf_with(|plan| plan.extended_key_usage = Some(vec!["1".into()])), "pki.x.eku: `1` is none of anyExtended"),
        (leaf_with(|plan| plan.extended_key_usage = Some(vec!["1.40".into()])), "pki.x.eku: `1.40` is none of"),
        (
            leaf_with(|plan| plan.extensions = vec![ExtraExtension { oid: vec![3, 1], der: vec![], critical: false }]),
            "pki.x.ext: `oid` is not one",
        ),
        (
            leaf_with(|plan| (plan.cn, plan.damage) = (None, Some(Damage::EditSubject))),
            "pki.x.damage: the subject has no",
        ),
        (list_with(|plan| plan.of = "nobody".into()), "pki.x.of: there is no certificate `nobody`"),
        (list_with(|plan| plan.signed_by = Some("nobody".into())), "pki.x.signed_by: there is no certificate `nobody`"),
        (list_with(|plan| plan.next = plan.updated), "pki.x.next: a list cannot end before it begins"),
        (
            list_with(|plan| plan.revoked[0].certificate = "nobody".into()),
            "pki.x.revoked: there is no certificate `nobody`",
        ),
        (
            list_with(|plan| plan.revoked[0].reason = Some("boredom".into())),
            "pki.x.revoked: the reason `boredom` is none",
        ),
    ] {
        let mut pki = ordinary();
        pki.push(entry);
        let error = build(&scenario(pki)).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}\nand not\n{expected}");
    }
    let many = (0..4).map(|index| authority(&format!("a{index}"), None, |plan| plan.key = KeyKind::Rsa3072)).collect();
    let error = build(&scenario(many)).unwrap_err().to_string();
    assert!(error.starts_with("pki.a3.key: the lab has only 3 different keys of rsa3072"), "{error}");
}

#[test]
fn a_list_can_be_made_again_with_an_entry_more() {
    let mut scenario = scenario(ordinary());
    let first = build(&scenario).unwrap().revocation_lists.swap_remove(0);
    assert_eq!(build_list(&scenario, "crl").unwrap().der, first.der);
    let PkiItem::RevocationList(plan) = &mut scenario.pki[3].item else { panic!("the list") };
    plan.revoked.push(RevokedPlan { certificate: "issuing".into(), reason: None, at: NOW });
    assert!(build_list(&scenario, "crl").unwrap().der.len() > first.der.len());
    assert_eq!(
        build_list(&scenario, "web").unwrap_err().to_string(),
        "pki.web: there is no revocation list of that name"
    );
}

#[test]
fn requests_prove_that_the_key_is_in_hand() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Rsa2048] {
        let mut entries = ordinary();
        entries.push(leaf("honest", Usage::Server, |plan| plan.key = kind));
        entries.push(leaf("thief", Usage::Server, |plan| (plan.key, plan.damage) = (kind, Some(Damage::WrongKey))));
        let scenario = scenario(entries);
        let request = make_request(&scenario, "honest").unwrap();
        let read = read_request(&request).unwrap();
        assert_eq!((read.cn.as_deref(), read.ca), (Some("honest"), false));
        assert_eq!(read.san, [AltName::Dns("honest.lab.test".into())]);
        assert_eq!(request, make_request(&scenario, "honest").unwrap());
        let stolen = make_request(&scenario, "thief").unwrap();
        assert_eq!(read_request(&stolen), Err(RequestProblem::NoPossession), "{kind}");
    }
    assert!(matches!(read_request(b"no"), Err(RequestProblem::Unreadable(_))));
    assert!(make_request(&scenario(ordinary()), "nobody").is_err());
}

#[test]
fn files_are_written_once_and_keys_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let pki = build(&scenario(ordinary())).unwrap();
    let inside = folder.path().join("new/one");
    let names: Vec<String> = save(&pki, &inside)
        .unwrap()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "root.cert.pem",
            "root.key.pem",
            "issuing.cert.pem",
            "issuing.chain.pem",
            "issuing.key.pem",
            "web.cert.pem",
            "web.chain.pem",
            "web.key.pem",
            "crl.crl.pem"
        ]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(inside.join("web.key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = save(&pki, &inside).unwrap_err();
    assert!(matches!(&again, ExportError::Exists(path) if path.ends_with("root.cert.pem")), "{again}");
    for name in ["../up", "a/b", ".hidden", "", "a b", "ü"] {
        let mut pki = pki.clone();
        pki.certificates[2].name = name.to_owned();
        let outside = folder.path().join("other");
        let refused = save(&pki, &outside).unwrap_err();
        assert!(matches!(&refused, ExportError::Name(_)), "{refused}");
        assert!(!outside.exists(), "nothing is written before all names are known to be good");
    }
}

/// Asks openssl; its whole answer. `None` where it is not installed.
fn openssl(folder: &std::path::Path, arguments: &str) -> Option<String> {
    let output = std::process::Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn openssl_reads_and_verifies_what_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut entries = Vec::new();
    for kind in KeyKind::ALL {
        let (root, issuing, web, crl) =
            (format!("root-{kind}"), format!("issuing-{kind}"), format!("web-{kind}"), format!("crl-{kind}"));
        entries.push(authority(&root, None, |plan| plan.key = *kind));
        entries.push(authority(&issuing, Some(&root), |plan| (plan.key, plan.path_length) = (KeyKind::P256, Some(0))));
        entries.push(leaf(&web, Usage::Both, |plan| {
            plan.issuer = Some(issuing.clone());
            plan.key = if kind.word().starts_with("rsa") { KeyKind::Ed25519 } else { *kind };
        }));
        entries.push(list(&crl, &root, &[&issuing], |_| {}));
    }
    entries.push(authority("fence", None, |plan| {
        plan.permit = vec![
            AltName::Dns("corp.example".into()),
            AltName::Ip("10.0.0.0/8".into()),
            AltName::Email("lab.test".into()),
        ];
        plan.exclude = vec![AltName::Dns("bad.corp.example".into()), AltName::Ip("fd00::/8".into())];
    }));
    save(&build(&scenario(entries)).unwrap(), folder.path()).unwrap();
    let ask = |arguments: &str| openssl(folder.path(), arguments);
    if ask("version").is_none() {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    for kind in KeyKind::ALL {
        let answer = ask(&format!(
            "verify -attime {NOW} -x509_strict -CAfile root-{kind}.cert.pem -untrusted issuing-{kind}.cert.pem web-{kind}.cert.pem"
        ));
        assert_eq!(answer.unwrap(), format!("web-{kind}.cert.pem: OK\n"));
        let answer = ask(&format!("crl -in crl-{kind}.crl.pem -noout -text -CAfile root-{kind}.cert.pem")).unwrap();
        for expected in ["verify OK", "Key Compromise", "X509v3 CRL Number", "X509v3 Authority Key Identifier"] {
            assert!(answer.contains(expected), "{expected} is missing:\n{answer}");
        }
        let answer = ask(&format!(
            "verify -attime {NOW} -crl_check_all -CAfile root-{kind}.cert.pem -CRLfile crl-{kind}.crl.pem issuing-{kind}.cert.pem"
        ));
        assert!(answer.unwrap().contains("certificate revoked"));
        let public = ask(&format!("pkey -in root-{kind}.key.pem -pubout"));
        assert_eq!(public, ask(&format!("x509 -in root-{kind}.cert.pem -noout -pubkey")), "{kind}");
    }
    let answer = ask("x509 -in fence.cert.pem -noout -text").unwrap();
    for expected in ["DNS:corp.example", "IP:10.0.0.0/255.0.0.0", "email:lab.test", "DNS:bad.corp.example", "Excluded:"]
    {
        assert!(answer.contains(expected), "{expected} is missing:\n{answer}");
    }
}
