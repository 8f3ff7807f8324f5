//! The Findings screen, the page about a verdict, and the reasons on the ladder, with a made-up capture and samples.

use crate::base::Severity;
use crate::session::Session;
use crate::session::rule::{CaptureFinding, Cause, Confidence, Evidence, Finding, Verdict, rule};
use crate::tui::app::App;
use crate::tui::fixture::{app, deliver, press, screen, sessions, snapshot};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 34), (200, 50)];

fn finding(id: &str, confidence: Confidence, text: &str, event: usize, frame: u32) -> Finding {
    let rule = rule(id).unwrap();
    let evidence = Evidence { frame, what: "the certificates that were sent".into(), event: Some(event), field: None };
    let (text, evidence) = (text.to_owned(), vec![evidence]);
    Finding { rule, severity: rule.severity, confidence, text, evidence, cause: None }
}

/// A capture in which a certificate is missing twice, one is about to expire, and nobody answers at another address.
fn capture() -> (Vec<Session>, Vec<CaptureFinding>) {
    let mut all = sessions();
    for index in [2, 3] {
        let at = &mut all[index];
        let mut missing = finding(
            "CERT-05",
            Confidence::Likely,
            "The server sends its own certificate and not the one that issued it, which the client needs to get to a root.",
            3,
            at.first_frame + 2,
        );
        let clause = "the certificate of the issuer is missing from the chain".to_owned();
        missing.cause = Some(Cause { confidence: Confidence::Likely, clause });
        at.findings.push(missing);
        let event = at.timeline.len() - 1;
        at.verdict =
            Verdict { finding: Some(0), event: Some(event), confidence: Some(Confidence::Likely), ..at.verdict };
    }
    let frame = all[1].first_frame;
    let mut soon = finding("POST-05", Confidence::Certain, "The server does not know the extension.", 1, frame);
    soon.severity = Severity::Warn;
    all[1].findings.push(soon);
    let mut silent = finding("NET-01", Confidence::Certain, "192.0.2.9:443 does not answer: 3 connections.", 0, 1);
    silent.evidence[0].event = None;
    (all, vec![CaptureFinding { finding: silent, sessions: Vec::new() }])
}

fn open(width: u16, height: u16) -> App {
    let (all, findings) = capture();
    let mut app = app(Vec::new(), width, height);
    deliver(&mut app, crate::capture::Snapshot { findings: findings.into(), generation: 2, ..snapshot(all) });
    app
}

#[test]
fn pictures() {
    for (name, keys) in [
        ("findings", "6"),
        ("findings_unfolded", "6*j"),
        ("findings_rule", "6i"),
        ("findings_verdict", "jji"),
        ("findings_strip", "jj"),
        ("findings_offers", "O"),
    ] {
        let pictures: Vec<String> = SIZES
            .into_iter()
            .map(|(width, height)| {
                let mut app = open(width, height);
                press(&mut app, keys);
                format!("{width}x{height}\n{}", screen(&app))
            })
            .collect();
        insta::assert_snapshot!(name, pictures.join("\n"));
    }
}

/// What is pressed from the list of sessions, and where that leads.
#[test]
fn keys_lead_to_the_evidence() {
    for (keys, base, subject) in [
        ("6", ScreenId::Findings, None),
        ("6<enter>", ScreenId::Sessions, None),
        ("6l<enter>", ScreenId::Sessions, None),
        ("6lj<enter>", ScreenId::Ladder, Some(Subject::Event(6))),
        ("jji<enter>", ScreenId::Ladder, Some(Subject::Event(3))),
        ("6L", ScreenId::Lab, None),
        ("jjL", ScreenId::Lab, None),
        ("jj2vL", ScreenId::Lab, None),
    ] {
        let mut app = open(80, 24);
        press(&mut app, keys);
        assert_eq!((app.base_id(), app.model.subject), (base, subject), "{keys}");
    }
}

#[test]
fn a_rule_filters_the_list_and_a_session_that_the_filter_hides_is_shown_all_the_same() {
    let mut app = open(80, 24);
    press(&mut app, "6<enter>");
    let filter = app.model.filter().text().to_owned();
    assert!(filter.starts_with("finding == "), "{filter}");
    press(&mut app, "X/finding == POST-05<enter>6g");
    press(&mut app, "lj<enter>");
    assert_eq!(app.base_id(), ScreenId::Ladder);
    assert_eq!(app.model.selected().map(|session| session.number), Some(3), "{}", screen(&app));
    assert!(app.model.filter().is_empty());
}

#[test]
fn groups_are_put_in_order() {
    let ids = |app: &App| -> Vec<String> {
        let ids = ["CERT-05", "POST-05", "NET-01"];
        let of_line =
            |line: &str| ids.into_iter().find(|id| line.contains(id) && line.contains("  ")).map(str::to_owned);
        screen(app).lines().take(6).filter_map(of_line).collect()
    };
    let mut app = open(100, 34);
    press(&mut app, "6");
    assert_eq!(ids(&app), ["CERT-05", "NET-01", "POST-05"]);
    press(&mut app, "ss");
    assert_eq!(ids(&app), ["NET-01", "CERT-05", "POST-05"]);
    press(&mut app, "S");
    assert_eq!(ids(&app), ["POST-05", "CERT-05", "NET-01"]);
}
