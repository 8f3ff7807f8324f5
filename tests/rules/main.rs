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
mod credential;
mod libraries;
mod logged;
mod made;
mod points;
mod source;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod truth;

use source::{Found, of_run};
use std::collections::HashSet;
use std::fmt::Write;
use support::captures::{listed, shared};
use support::hold;
use support::plays::cases;
use table::Row;
use tlslab::base::Severity;
use tlslab::capture::Input;
use tlslab::session::Session;
use tlslab::session::rule::{Across, rule, rules};

/// Whether a rule is found, and of what.
fn compare(rows: impl Iterator<Item = &'static Row>, ids: impl Fn(&Found) -> Vec<&'static str>) -> Vec<String> {
    let mut faults = Vec::new();
    for row in rows {
        for (source, wanted) in [(&row.fires, true), (&row.silent, false)] {
            let found = source.found();
            let ids = ids(&found);
            if ids.contains(&row.rule) != wanted {
                let lines: Vec<String> = found.sessions.iter().map(Session::verdict_line).collect();
                let is = if wanted { "silent" } else { "found" };
                faults.push(format!("{} is {is}: {ids:?}, {lines:?}", row.rule));
            }
        }
    }
    faults
}

#[test]
fn every_rule_fires_and_is_silent_where_it_must_be() {
    hold(&compare(table::sessions(), Found::of_sessions));
}

#[test]
fn every_rule_over_several_connections_does_too() {
    hold(&compare(table::SEVERAL.iter(), Found::of_capture));
}

/// A rule without a capture that it fires on may be one that never fires.
#[test]
fn no_rule_lacks_its_captures() {
    let of_sessions: HashSet<&str> = table::sessions().map(|row| row.rule).collect();
    let several: HashSet<&str> = table::SEVERAL.iter().map(|row| row.rule).collect();
    let rows = || table::sessions().chain(table::SEVERAL);
    let mut faults: Vec<String> = Vec::new();
    let unknown = rows().filter(|row| rule(row.rule).is_none());
    faults.extend(unknown.map(|row| format!("{} is no rule", row.rule)));
    let bare = rules().filter(|rule| !of_sessions.contains(rule.id) && !several.contains(rule.id));
    faults.extend(bare.map(|rule| format!("{} has no captures", rule.id)));
    let bare = Across::ids().filter(|id| !several.contains(id));
    faults.extend(bare.map(|id| format!("{id} has no captures of several connections")));
    // Some rules look at several connections alone; what is found of one shows that a rule is none of those.
    let seen: HashSet<&str> = rows().flat_map(|row| row.fires.found().of_sessions()).collect();
    let bare = seen.difference(&of_sessions);
    faults.extend(bare.map(|id| format!("{id} has no captures of one session")));
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
    for row in table::sessions().chain(table::SEVERAL) {
        let found = row.fires.found();
        let across = found.across.iter().map(|found| &found.finding);
        for found in found.sessions.iter().flat_map(|session| &session.findings).chain(across) {
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
        let path = shared()?.join(file);
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
    let mut out = String::new();
    let captures = listed();
    for capture in captures.iter().filter(|capture| !FAILURES.contains(&capture.name.as_str())) {
        let file = &capture.name;
        let found = source::read(Input::Path(capture.path.clone()));
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
    if !captures.is_empty() {
        insta::assert_snapshot!(out);
    }
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
