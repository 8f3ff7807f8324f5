//! The Certificates screen with real captures.

use crate::capture::{Anchors, Snapshot, with_anchors};
use crate::session::Session;
use crate::session::judgement::Basis;
use crate::tui::app::{Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::{app, app_of_sample, deliver, draw, press, screen, sessions};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;
use crate::tui::screen::tests::Opened;
use crate::x509::Certificate;
use ratatui::layout::Size;
use std::sync::Arc;

#[test]
fn pictures() {
    for (name, sample, keys, width, height) in [
        ("certificates_server", "mutual-tls12", "4", 120, 40),
        ("certificates_server_narrow", "mutual-tls12", "4", 80, 24),
        ("certificates_client_least", "mutual-tls12", "4x", 60, 16),
        ("certificates_wrong_host", "wrong-host", "4", 80, 24),
        ("certificates_hidden", "mutual-tls13", "4", 80, 24),
        ("certificates_empty_list", "client-certificate-missing-tls12", "4x", 80, 24),
        ("certificates_resumed", "resumption-tls12", "j4", 60, 16),
        ("certificates_explained", "wrong-host", "4i", 80, 24),
        ("certificates_wide", "smtp-starttls", "4", 200, 30),
    ] {
        let (mut app, _) = app_of_sample(sample, width, height);
        press(&mut app, keys);
        insta::assert_snapshot!(name, screen(&app));
    }
}

#[test]
fn what_is_said_is_what_the_sample_shows() {
    for (sample, keys, expected) in [
        ("certificate-expired", "4", &["encrypted"][..]),
        ("wrong-host", "4", &["[X] name: none of its names matches SNI localhost", "not among those sent"]),
        ("mutual-tls12", "4", &["server: 2 sent", "client: 1 sent", "[--] signatures not checked"]),
        ("client-certificate-missing-tls12", "4x", &["EMPTY list sent", "tlslab Sample Root CA"]),
        ("one-way-tls12", "4x", &["the server did not ask"]),
        ("one-way-tls13", "4x", &["cannot be seen without keys"]),
        ("resumption-tls12", "j4", &["resumed an earlier one"]),
    ] {
        let (mut app, _) = app_of_sample(sample, 100, 30);
        press(&mut app, keys);
        let picture = screen(&app);
        for words in expected {
            assert!(picture.contains(words), "{sample}: {words}\n{picture}");
        }
    }
}

#[test]
fn the_moment_can_be_now() {
    let (mut app, _) = app_of_sample("mutual-tls12", 100, 30);
    let effects = press(&mut app, "4a");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ReadClock)), "{effects:?}");
    assert!(screen(&app).contains("at this capture"));
    update(&mut app, Msg::Clock(4_000_000_000_000_000_000));
    let picture = screen(&app);
    assert!(
        picture.contains("judged now, 2096-10-02") && picture.contains("[X] dates: expired 51 years ago"),
        "{picture}"
    );
    press(&mut app, "a");
    assert!(screen(&app).contains("judged at capture time"));
}

/// The anchors of somebody who trusts the top of the chain that the server sent.
fn trusting(app: &crate::tui::App) -> Arc<Basis> {
    let top = app.model.selected().and_then(|session| session.server_certificates.last()).unwrap();
    let mut basis = Basis::default();
    basis.anchors.add("/etc/ca/root.pem", [top.der.to_vec().into()]);
    Arc::new(basis)
}

#[test]
fn a_chain_is_judged_by_the_anchors_that_are_chosen() {
    for (name, sample, keys, width, height) in [
        ("judged_server", "mutual-tls12", "4", 120, 40),
        ("judged_narrow", "wrong-host", "4", 80, 24),
        ("judged_client", "mutual-tls12", "4x", 80, 24),
        ("judged_explained", "wrong-host", "4i", 100, 50),
    ] {
        let (mut app, _) = app_of_sample(sample, width, height);
        let basis = trusting(&app);
        update(&mut app, Msg::Anchors(basis));
        press(&mut app, keys);
        insta::assert_snapshot!(name, screen(&app));
    }
}

/// What peers of the lab decided is known, and so the screen says the same: by whom, by which clock, and what rustls does
/// not look at.
#[test]
fn a_run_of_the_lab_is_judged_as_its_peers_judged() {
    for (name, keys, expected) in [
        ("lab both-show-papers tls13", "4", &["time, 2026-03-01 12:00, by client", "[ok] accepted: leads to"][..]),
        ("lab both-show-papers tls13", "4x", &["by server", "[ok] accepted: leads to", "a trust anchor of server"]),
        ("lab cert-expired tls13", "4", &["[X] refused: validity", "[X] validity:"]),
        ("lab untrusted-root", "4", &["by client", "[X] refused: trust"]),
        ("lab wrong-clock slow-clock", "4", &["judged by its own clock, 2024-03-01", "[X] refused: validity"]),
        ("lab wrong-clock right-clock", "4", &["judged at capture time, 2026-03-01", "[ok] accepted"]),
        ("lab on-the-list", "4", &["[X] refused: revocation"]),
        ("lab nobody-asked", "4", &["[ok] accepted", "revocation: not checked"]),
        ("lab expired-root", "4", &["[ok] accepted"]),
        ("lab swap-the-suite", "4", &["[--] client itself left before it judged them"]),
    ] {
        let mut opened = Opened::named(name, 120, 40);
        opened.press(keys);
        let picture = opened.screen();
        for words in expected {
            assert!(picture.contains(words), "{name}: {words}\n{picture}");
        }
        assert!(!picture.contains("trust not checked"), "{name}\n{picture}");
    }
}

/// A large capture leaves signatures unchecked; the session that is opened has them checked, however it is shown.
#[test]
fn whether_the_key_was_proved_is_told_by_the_session_that_is_opened() {
    let mut opened = Opened::named("lab both-show-papers tls13", 120, 40);
    let mut snapshot = Snapshot::clone(&opened.app.model.snapshot);
    for session in &mut snapshot.sessions {
        let mut unchecked = Session::clone(session);
        unchecked.proofs.clear();
        *session = Arc::new(unchecked);
    }
    deliver(&mut opened.app, snapshot);
    for keys in ["4", "d", "x"] {
        opened.press(keys);
        assert!(opened.screen().contains("[ok] key: proved in frame"), "{keys}\n{}", opened.screen());
    }
}

#[test]
fn other_anchors_can_be_tried_on_a_run_of_the_lab_and_its_own_taken_again() {
    let mut opened = Opened::named("lab both-show-papers tls13", 120, 40);
    opened.press("4");
    for expected in [["by mozilla", "[X] refused: trust"], ["by system", "[X] refused"], ["by client", "[ok] accepted"]]
    {
        let effects = press(&mut opened.app, "v");
        let Some(Effect::ReadAnchors { basis, anchors }) = effects.into_iter().next() else { panic!("no effect") };
        let mut basis = with_anchors(&basis, anchors.as_ref().map(|_| &Anchors::Mozilla)).unwrap();
        if anchors == Some(Anchors::System) {
            // The store of the machine is left alone.
            basis = with_anchors(&basis, None).unwrap();
            basis.anchors.add("system", [Vec::new().into()]);
        }
        update(&mut opened.app, Msg::Anchors(Arc::new(basis)));
        for words in expected {
            assert!(opened.screen().contains(words), "{words}\n{}", opened.screen());
        }
    }
}

#[test]
fn the_moment_of_judgement_can_be_now() {
    let (mut app, _) = app_of_sample("mutual-tls12", 120, 40);
    let basis = trusting(&app);
    update(&mut app, Msg::Anchors(basis));
    press(&mut app, "4");
    assert!(screen(&app).contains("[ok] accepted: leads to"), "{}", screen(&app));
    press(&mut app, "a");
    update(&mut app, Msg::Clock(4_000_000_000_000_000_000));
    let picture = screen(&app);
    assert!(
        picture.contains("[X] refused: validity") && picture.contains("is before the clock 2096-10-02"),
        "{picture}"
    );
}

#[test]
fn anchors_are_chosen_in_turn() {
    let (mut app, _) = app_of_sample("mutual-tls12", 100, 30);
    press(&mut app, "4");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let effects = press(&mut app, "v");
        let Some(Effect::ReadAnchors { mut basis, anchors }) = effects.into_iter().next() else { panic!("no effect") };
        let word = match &anchors {
            Some(Anchors::Mozilla) => "mozilla",
            Some(Anchors::System) => "system",
            Some(Anchors::Path(_)) | None => "files",
        };
        seen.push(word);
        // The files of the machine are left alone.
        Arc::make_mut(&mut basis).anchors = crate::x509::verify::TrustAnchors::default();
        if anchors.is_some() {
            Arc::make_mut(&mut basis).anchors.add(word, [Vec::new().into()]);
        }
        update(&mut app, Msg::Anchors(basis));
    }
    assert_eq!(seen, ["mozilla", "system", "files"]);
}

#[test]
fn enter_opens_the_fields_of_the_certificate_under_the_cursor() {
    let (mut app, _) = app_of_sample("mutual-tls12", 80, 24);
    press(&mut app, "4k<enter>");
    assert_eq!(app.base_id(), ScreenId::Detail);
    assert_eq!(app.model.subject, Some(Subject::Certificate { client: false, index: 1 }));
}

#[test]
fn certificates_are_copied_and_saved_as_pem() {
    let (mut app, _) = app_of_sample("mutual-tls12", 80, 30);
    let effects = press(&mut app, "4yp");
    let text = effects.into_iter().find_map(|effect| match effect {
        Effect::Copy { text, .. } => Some(text),
        _ => None,
    });
    assert!(text.unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
    press(&mut app, "en");
    assert!(screen(&app).contains("session-1-localhost-certificate-localhost.pem"), "{}", screen(&app));
    press(&mut app, "<esc>ec");
    assert!(screen(&app).contains("session-1-localhost-server.pem"), "{}", screen(&app));
}

#[test]
fn any_size_and_any_session_can_be_drawn() {
    let strange = Session {
        server_certificates: vec![certificate(b""), certificate(b"junk"), certificate(b"junk")],
        ocsp_response: Some(Arc::from(&b"\x30\x03\x0a\x01\x00"[..])),
        ..crate::tui::fixture::session(20)
    };
    let mut all = sessions();
    all.push(strange);
    let mut app = app(all, 80, 24);
    press(&mut app, "4");
    for _ in 0..10 {
        for (width, height) in [(1, 1), (60, 16), (61, 17), (80, 24), (99, 20), (100, 16), (160, 16), (300, 100)] {
            update(&mut app, Msg::Resize(Size { width, height }));
            for keys in ["", "j", "<pagedown>", "k", "x", "g", "G", "x"] {
                press(&mut app, keys);
                draw(&app);
            }
        }
        press(&mut app, "]");
    }
}

fn certificate(der: &[u8]) -> Arc<Certificate> {
    use crate::base::{BufferId, Reader, Tree};
    Arc::new(crate::x509::certificate(Reader::new(der, BufferId(0)), &mut Tree::off()))
}
