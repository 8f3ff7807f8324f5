//! What the rules find, held against what is known to be true: for each rule a capture in which it fires and one close
//! to it in which it must not; what the peers of the lab say of themselves; and captures of others.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody sees it but the tests")]

mod causes;
mod logged;
mod made;
mod points;
mod sealed;
mod source;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod truth;

use source::{cases, of_run, shared};
use std::collections::HashSet;
use std::fmt::Write;
use tlslab::base::Severity;
use tlslab::capture::Input;
use tlslab::session::Session;
use tlslab::session::rule::{rule, rules};

fn hold(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_rule_fires_and_is_silent_where_it_must_be() {
    let mut faults = Vec::new();
    for row in table::TABLE {
        for (source, wanted) in [(&row.fires, true), (&row.silent, false)] {
            let found = source.found();
            if found.ids().contains(&row.rule) != wanted {
                let lines: Vec<String> = found.sessions.iter().map(Session::verdict_line).collect();
                let is = if wanted { "silent" } else { "found" };
                faults.push(format!("{} is {is}: {:?}, {lines:?}", row.rule, found.ids()));
            }
        }
    }
    let known: HashSet<&str> = table::TABLE.iter().map(|row| row.rule).collect();
    faults.extend(rules().filter(|rule| !known.contains(rule.id)).map(|rule| format!("{} has no row", rule.id)));
    faults.extend(known.iter().filter(|id| rule(id).is_none()).map(|id| format!("{id} is no rule")));
    hold(&faults);
}

/// One key opens from a verdict what shows the same failure.
#[test]
fn scenarios_and_fields_that_rules_name_are_there() {
    let scenarios: HashSet<&str> = tlslab::lab::scenario::catalogue::all().iter().map(|shipped| shipped.id).collect();
    let fields: HashSet<&str> = tlslab::fields().map(|field| field.name).collect();
    let mut faults = Vec::new();
    for rule in rules() {
        if rule.scenario.is_some_and(|scenario| !scenarios.contains(scenario)) {
            faults.push(format!("{} names a scenario that is not there", rule.id));
        }
    }
    for row in table::TABLE {
        let found = row.fires.found();
        for found in found.sessions.iter().flat_map(|session| &session.findings) {
            for evidence in found.evidence.iter().filter_map(|evidence| evidence.field) {
                if !fields.contains(evidence) {
                    faults.push(format!("{} names the field {evidence}, which is not there", found.rule.id));
                }
            }
        }
    }
    hold(&faults);
}

#[test]
fn a_verdict_is_a_line_for_a_ticket() {
    let mut faults = Vec::new();
    for case in cases() {
        let run = &case.played.run;
        for session in of_run(run, &run.key_log.0).sessions.iter().chain(&of_run(run, "").sessions) {
            let (line, text) = (session.verdict_line(), session.verdict_text());
            if line.chars().count() > 120 || line.contains('\n') || line.is_empty() {
                faults.push(format!("{}: {line}", case.name));
            }
            if !text.ends_with('.') || text.contains("  ") || text.contains("..") {
                faults.push(format!("{}: {text}", case.name));
            }
            for found in &session.findings {
                if !found.text.ends_with('.') || found.text.contains("  ") {
                    faults.push(format!("{}: {}", found.rule.id, found.text));
                }
                if found.evidence.is_empty() {
                    faults.push(format!("{}: {} has no evidence", case.name, found.rule.id));
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    hold(&faults);
}

/// The captures of others that show a failure, and what is said of them.
const FAILURES: &[&str] = &[
    "zeek/tls-expired-cert.pcap",
    "zeek/missing-intermediate.pcap",
    "zeek/https-to-http.pcap",
    "zeek/ssl-to-http-server.pcap",
    "zeek/tls-early-alert.pcap",
    "zeek/certificate-request-failed.pcap",
    "zeek/tls-1.2-handshake-failure.pcap",
    "zeek/tls-1.2-protocol-error.pcap",
    "zeek/heartbleed.pcap",
    "zeek/heartbleed-success.pcap",
    "zeek/tls13draft16-ff52.a01-aborted.pcap",
    "arkime/badcurveball.pcap",
];

fn table_of(files: &[&str]) -> Option<String> {
    let mut out = String::new();
    for file in files {
        let Some(path) = shared(file) else {
            println!("skipped: {file} is not there");
            return None;
        };
        let found = source::read(Input::Path(path));
        let _ = writeln!(out, "{file}");
        for session in &found.sessions {
            let _ = writeln!(out, "  #{} {}", session.number, session.verdict_line());
            for found in session.findings.iter().filter(|found| found.severity >= Severity::Note) {
                let confidence = found.confidence.word();
                let _ =
                    writeln!(out, "     {} {} ({confidence}): {}", found.severity.word(), found.rule.id, found.text);
            }
        }
        for found in &found.across {
            let _ = writeln!(out, "  all {}: {}", found.finding.rule.id, found.finding.text);
        }
    }
    Some(out)
}

#[test]
fn captures_of_failures_get_their_verdicts() {
    if let Some(table) = table_of(FAILURES) {
        insta::assert_snapshot!(table);
    }
}

/// Traffic that went well: what is said above a note has been read by hand, and is true.
#[test]
fn healthy_traffic_is_left_alone() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures/manifest.tsv");
    let Ok(manifest) = std::fs::read_to_string(manifest) else {
        println!("skipped: {manifest} is not there");
        return;
    };
    let mut out = String::new();
    for file in manifest.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let Some(path) = shared(file).filter(|_| !FAILURES.contains(&file)) else { continue };
        let found = source::read(Input::Path(path));
        for session in found.sessions.iter().filter(|session| session.outcome.word() == "ok") {
            for found in session.findings.iter().filter(|found| found.severity > Severity::Note) {
                let _ = writeln!(
                    out,
                    "{file} #{} {} {}: {}",
                    session.number,
                    found.severity.word(),
                    found.rule.id,
                    found.text
                );
            }
        }
    }
    insta::assert_snapshot!(out);
}

/// How long the rules take, for a release build: `cargo test --release --test rules -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, for release builds"]
fn a_session_is_judged_in_no_time() {
    let mut sessions: Vec<Session> = cases().iter().flat_map(|case| of_run(&case.played.run, "").sessions).collect();
    let start = std::time::Instant::now();
    const ROUNDS: u32 = 200;
    for _ in 0..ROUNDS {
        sessions.iter_mut().for_each(tlslab::session::rule::conclude);
    }
    let each = start.elapsed() / ROUNDS / u32::try_from(sessions.len()).unwrap();
    println!("{} sessions: {each:?} each", sessions.len());
}
