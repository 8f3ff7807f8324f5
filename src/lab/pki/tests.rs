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
