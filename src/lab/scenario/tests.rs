//! Whole files through the one door: good ones, ones with faults, ones with edits.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use super::fields::asked;
use super::keyword::SECTIONS;
use super::*;
use crate::x509::verify::Check;

/// Says everything that a scenario can say, without a problem.
const EVERYTHING: &str = include_str!("samples/everything.lab.toml");

fn everything() -> ScenarioFile {
    ScenarioFile::read("everything.lab.toml", EVERYTHING).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn edit(path: &str, value: impl Into<toml::Value>) -> Edit {
    Edit { path: path.to_owned(), value: value.into() }
}

#[test]
fn every_key_of_the_table_is_read_and_every_key_that_is_read_is_in_the_table() {
    everything();
    let read = asked::all();
    for section in SECTIONS {
        for row in section.keys.iter().filter(|row| Some(row.name) != section.chooser) {
            assert!(read.contains(&(section.name, row.name)), "nobody reads {} of {}", row.name, section.name);
        }
        // Every key stands in the sample, so that each is known to be read without a problem; a task has one kind only.
        for name in section.keys.iter().map(|row| row.name).filter(|name| *name != "field") {
            let forms = [format!("{name} "), format!("[{name}"), format!(".{name}]")];
            assert!(
                forms.iter().any(|form| EVERYTHING.contains(form)),
                "{name} of {} is not in the sample",
                section.name
            );
        }
    }
    for (section, key) in read {
        let section = SECTIONS.iter().find(|other| other.name == section).unwrap();
        assert!(section.rows(key).next().is_some(), "{key} of {}", section.name);
    }
}

#[test]
fn what_stands_in_the_file_stands_in_the_scenario() {
    insta::assert_debug_snapshot!(everything().scenario());
}

#[test]
fn defaults_are_those_of_the_table() {
    let file = catalogue::find("cert-expired").unwrap().file().unwrap();
    let scenario = file.scenario();
    let client = scenario.peer("client").unwrap();
    let server = scenario.peer("server").unwrap();
    assert_eq!((client.versions.as_slice(), client.sni, client.key_log), (Version::ALL, true, true));
    assert_eq!((client.app, server.app), (App::Http, App::Http), "a client speaks what its server speaks");
    assert_eq!(client.crl_rule, RevocationRule { leaf_only: false, allow_unknown: false, enforce_expiry: false });
    assert_eq!((client.starttls, client.resume, server.store), (StartTls::Implicit, Resume::Never, Store::SingleUse));
    let Some(PkiItem::Certificate(root)) = scenario.pki_item("root") else { panic!() };
    let days = |days: i64| scenario.clock + days * 86_400;
    assert_eq!((root.valid, root.usage, root.is_authority), ((days(-365), days(3650)), Usage::None, true));
    let Some(PkiItem::Certificate(web)) = scenario.pki_item("web") else { panic!() };
    assert_eq!((web.valid, web.usage, web.key), ((days(-365), days(-1)), Usage::Server, KeyKind::P256));
    assert_eq!((scenario.steps[0].by.as_deref(), scenario.asks[0].points), (Some("client"), 2));
    let check = scenario.expects[0].check;
    assert_eq!((check, scenario.expects[0].line), (Some(FailedCheck::Certificate(Check::Validity)), 45));
}

#[test]
fn edits_give_another_file_and_leave_the_first_alone() {
    let file = catalogue::find("starttls-stripped").unwrap().file().unwrap();
    let strict = file.variant("strict").unwrap();
    let starttls = |file: &ScenarioFile| file.scenario().peer("client").unwrap().starttls;
    assert_eq!((starttls(&file), starttls(&strict)), (StartTls::Opportunistic, StartTls::Required));
    assert_eq!((file.chosen(), strict.chosen()), (None, Some("strict")));
    let knob = strict.with(&[edit("peer.client.starttls", "off"), edit("pki.mail.san", vec!["a.lab.test"])]).unwrap();
    assert_eq!((starttls(&knob), knob.chosen()), (StartTls::Off, Some("strict")));
    // What is not there yet can be put there, and a table can be changed key by key.
    let rule = file.with(&[edit("peer.client.crl_rule.expired", "refuse")]).unwrap();
    assert!(rule.scenario().peer("client").unwrap().crl_rule.enforce_expiry);
    // An empty text takes a name away.
    let bare = catalogue::find("M1").unwrap().file().unwrap().with(&[edit("peer.client.cert", "")]).unwrap();
    assert_eq!(bare.scenario().peer("client").unwrap().cert, None);
}

#[test]
fn a_moved_clock_makes_certificates_old() {
    let file = catalogue::find("five-steps").unwrap().file().unwrap();
    let later = file.with(&[edit("clock", "2028-03-01T12:00:00Z")]).unwrap();
    assert_eq!(later.scenario().clock - file.scenario().clock, 731 * 86_400);
    assert_eq!(later.scenario().pki, file.scenario().pki);
}

#[test]
fn steps_of_a_variant_are_part_of_that_variant_alone() {
    let (file, cuts) = (everything(), |file: &ScenarioFile| {
        file.scenario().steps.iter().filter(|step| step.action == Action::Close { cut: true }).count()
    });
    assert_eq!((cuts(&file), cuts(&file.variant("plain").unwrap()), cuts(&file.variant("tls12").unwrap())), (0, 1, 0));
}

#[test]
fn edits_from_outside_are_told_by_their_paths() {
    let file = everything();
    for (edit, expected) in [
        (
            edit("peer.client.versions", vec!["1.1"]),
            "in the value for `peer.client.versions`: `1.1` is no word for this",
        ),
        (edit("peer.client.versoins", "x"), "`peer.client` has no key `versoins` that makes sense"),
        (edit("pki.web.issuer", "web"), "in the value for `pki.web.issuer`: `web` cannot name itself"),
        (edit("step", "x"), "`step` cannot be changed"),
        (edit("peer.client.role", "server"), "`peer.client.role` cannot be changed"),
        (edit("peer.client.name.x", "server"), "`peer.client.name` has no parts that a path can name"),
    ] {
        let problems = file.with(&[edit]).unwrap_err();
        assert_eq!((problems[0].text.as_str(), problems[0].line, problems.len()), (expected, 0, 1), "{problems:?}");
    }
    let problem = &file.variant("tls11").unwrap_err()[0];
    assert_eq!(problem.help.as_deref(), Some("did you mean `tls12`? there are: tls12, plain"));
}

#[test]
fn students_get_seeds_of_their_own() {
    let seed = |student| ScenarioFile::read_for("x", EVERYTHING, student).unwrap().scenario().seed;
    assert_eq!(seed(Some("17")), seed(Some("17")));
    assert!(seed(Some("17")) != seed(Some("18")) && seed(None) != seed(Some("17")));
}
