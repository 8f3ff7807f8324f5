#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use super::*;
use crate::lab::scenario::HandshakeCheck;
use crate::lab::scenario::document::Value;
use crate::tls::code::{CipherSuite, NamedGroup, SignatureScheme};
use crate::x509::verify::Check;

#[test]
fn every_row_is_explained_and_no_two_speak_of_the_same() {
    for section in SECTIONS {
        assert!(section.text.ends_with('.') && !section.what.is_empty(), "{}", section.name);
        for (index, row) in section.keys.iter().enumerate() {
            assert!(row.text.ends_with('.') && !row.text.contains("  "), "{}: {}", row.name, row.text);
            for other in section.keys.iter().take(index).filter(|other| other.name == row.name) {
                let both = row.only.iter().any(|word| other.fits(word)) || row.only.is_empty();
                assert!(!both, "{} stands twice for the same word in {}", row.name, section.name);
            }
            if let Need::Default(default) = row.need {
                assert!(Value::literal(default, row.name).is_some(), "{}: {default}", row.name);
            }
        }
    }
}

#[test]
fn choosers_choose_among_words_that_exist() {
    for section in SECTIONS {
        let words = section.chooser.map(|key| match section.row(key, None).unwrap().kind {
            Kind::Word(words) => words,
            other => panic!("{other:?}"),
        });
        for row in section.keys {
            for word in row.only {
                assert!(words.unwrap().contains(word), "{} of {}: {word}", row.name, section.name);
            }
        }
    }
}

#[test]
fn every_section_that_a_key_leads_to_is_in_the_list() {
    for row in SECTIONS.iter().flat_map(|section| section.keys) {
        if let Kind::Table(inner) | Kind::Tables(inner) | Kind::NamedTables(inner) = row.kind {
            assert!(SECTIONS.iter().any(|section| section.name == inner.name), "{}", inner.name);
        }
    }
}

#[test]
fn checks_are_those_of_the_ladder_and_of_the_handshake() {
    let row = SECTIONS.iter().find(|section| section.name == "[[expect]]").unwrap().row("check", None).unwrap();
    let Kind::Word(words) = row.kind else { panic!() };
    let known: Vec<&str> =
        Check::ALL.iter().map(|check| check.word()).chain(HandshakeCheck::WORDS.iter().copied()).collect();
    assert_eq!(words, known);
}

#[test]
fn the_peers_can_speak_what_the_library_has() {
    let suites: Vec<u16> =
        rustls::crypto::aws_lc_rs::ALL_CIPHER_SUITES.iter().map(|suite| u16::from(suite.suite())).collect();
    let mut listed: Vec<u16> = Registry::SUITES.words.iter().map(|name| code(CipherSuite::TABLE, name)).collect();
    assert_eq!(listed.len(), suites.len());
    listed.retain(|suite| !suites.contains(suite));
    assert_eq!(listed, Vec::<u16>::new());
    let groups: Vec<u16> =
        rustls::crypto::aws_lc_rs::ALL_KX_GROUPS.iter().map(|group| u16::from(group.name())).collect();
    for name in Registry::GROUPS.words {
        assert!(groups.contains(&code(NamedGroup::TABLE, name)), "{name}");
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let schemes: Vec<u16> = schemes.into_iter().map(u16::from).collect();
    for name in Registry::SIGNATURE_SCHEMES.words {
        assert!(schemes.contains(&code(SignatureScheme::TABLE, name)), "{name}");
    }
}

fn code(table: &[crate::tls::code::CodePoint<u16>], name: &str) -> u16 {
    table.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name}")).value
}
