//! The lab as a user meets it: key scripts, and pictures at the sizes that make a difference.

use crate::capture::{Detail, Dissector, Input, LoadState, Sample, Settings, Snapshot, Store, open, with_verifiers};
use crate::lab::exercise::Progress;
use crate::lab::play;
use crate::lab::run::Run;
use crate::lab::scenario::Edit;
use crate::lab::scenario::catalogue::{self, Shipped};
use crate::session::Judged;
use crate::session::judgement::Basis;
use crate::tui::app::{App, Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::lab::{catalogue as made_up, run};
use crate::tui::fixture::{keys, press, screen, tell};
use crate::tui::lab::{Beside, Catalogue, LabChange};
use crate::tui::screen::{Mouse, ScreenId};
use crate::tui::settings;
use crate::x509::verify::Purpose;
use ratatui::layout::{Position, Size};
use std::sync::Arc;
use std::time::Duration;

/// The run of each play, by the variant that was set.
fn played(variant: Option<&str>) -> Arc<Run> {
    let sample =
        if variant == Some("tls13") { "client-certificate-missing-tls13" } else { "client-certificate-missing-tls12" };
    Arc::new(run(sample))
}

/// A program in the lab, and what carries out its effects at once.
struct Lab {
    app: App,
    store: Option<Arc<dyn Store>>,
    /// Whether plays are those of the scenarios that come with the program, and not made by hand.
    plays: bool,
}

impl Lab {
    fn new(width: u16, height: u16) -> Self {
        let mut lab =
            Self { app: App::new(settings::Settings::default(), Size { width, height }), store: None, plays: false };
        lab.press("5");
        lab
    }

    /// A program in the lab, on a scenario that comes with it.
    fn on(id: &str, width: u16, height: u16) -> Self {
        let app = App::new(settings::Settings::default(), Size { width, height });
        let mut lab = Self { app, store: None, plays: true };
        let effects = crate::tui::app::rehearse(&mut lab.app, Some(id.to_owned()));
        lab.serve(effects);
        lab
    }

    fn press(&mut self, script: &str) -> &mut Self {
        for key in keys(script) {
            let effects = tell(&mut self.app, Msg::Key(key));
            self.serve(effects);
        }
        self
    }

    fn serve(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let msg = match effect {
                Effect::ReadCatalogue { .. } if self.plays => {
                    let scenario = |shipped: &Shipped| Arc::clone(shipped.file().unwrap().scenario());
                    let catalogue = Catalogue { scenarios: catalogue::all().iter().map(scenario).collect() };
                    Msg::Catalogue { catalogue, own: None, progress: Progress::default(), problems: Vec::new() }
                }
                Effect::Play { job, scenario, setup } if self.plays => {
                    let file = catalogue::find(&scenario.id).unwrap().file().unwrap();
                    let file = setup.variant.map_or_else(|| file.clone(), |id| file.variant(&id).unwrap());
                    let run = play(&file.with(&setup.edits).unwrap(), None).unwrap();
                    Msg::Played { job, result: Ok(Arc::new(run)) }
                }
                Effect::ReadCatalogue { .. } => {
                    let mut progress = Progress::default();
                    progress.play("five-steps", Some("tls12"));
                    let catalogue = Catalogue { scenarios: made_up() };
                    Msg::Catalogue { catalogue, own: None, progress, problems: Vec::new() }
                }
                Effect::Play { job, setup, .. } => Msg::Played { job, result: Ok(played(setup.variant.as_deref())) },
                Effect::Open { inputs, .. } => {
                    let (snapshot, store) = read(&inputs);
                    self.store = Some(store);
                    let job = self.app.model.loading.job;
                    let (snapshot, elapsed) = (Arc::new(snapshot), Duration::ZERO);
                    let more = tell(&mut self.app, Msg::Snapshot { job, snapshot, elapsed });
                    self.serve(more);
                    continue;
                }
                Effect::OpenDetail { job, stream, snapshot } => {
                    let session = snapshot.sessions.iter().find(|session| session.stream == stream).unwrap();
                    let store = self.store.as_deref().unwrap();
                    let detail = Detail::open(store, &snapshot.frames, session, &snapshot.secrets);
                    Msg::Detail { job, stream, result: Ok(Arc::new(detail.unwrap())) }
                }
                _ => continue,
            };
            let more = update(&mut self.app, msg);
            self.serve(more);
        }
    }

    fn screen(&self) -> String {
        screen(&self.app)
    }
}

fn read(inputs: &[Input]) -> (Snapshot, Arc<dyn Store>) {
    let mut opened = open(inputs, true).unwrap();
    let mut dissector = Dissector::new(Settings::SCREEN);
    let basis = with_verifiers(&Arc::new(Basis::default()), inputs);
    dissector.judge_by(&basis);
    for log in opened.source.take_key_logs() {
        dissector.read_key_log(&log);
    }
    while let Some(packet) = opened.source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    let (frames, sessions, secrets) = (dissector.frames().clone(), dissector.sessions(), dissector.secrets());
    (
        Snapshot { state: LoadState::Complete, frames, sessions, secrets, basis, ..Snapshot::default() },
        opened.store.unwrap(),
    )
}

const SIZES: [(u16, u16); 5] = [(200, 50), (160, 45), (100, 34), (80, 24), (60, 16)];

/// Name of a picture and the keys that lead to it from the list of scenarios.
const PICTURES: &[(&str, &str)] = &[
    ("lab_scenarios", "jj"),
    ("lab_scenario", "jj<enter>"),
    ("lab_knobs", "jj<enter>v<down><down><right>"),
    ("lab_value", "jj<enter>v<down><down><enter>"),
    ("lab_question", "jj<enter>r<tab>"),
    ("lab_answered", "jj<enter>a3"),
    ("lab_start", "jj<enter>r3"),
    ("lab_pause", "jj<enter>r3p"),
    ("lab_script", "jj<enter>r3p<backtab>"),
    ("lab_end", "jj<enter>R3"),
    ("lab_as_sent", "jj<enter>R3d"),
    ("lab_script_end", "jj<enter>R3<backtab>"),
    ("lab_checks", "jj<enter>R3<tab>"),
    ("lab_other_knobs", "jj<enter>R3v<down>"),
];

#[test]
fn pictures() {
    for (name, keys) in PICTURES {
        let pictures: Vec<String> = SIZES
            .into_iter()
            .map(|(width, height)| {
                let mut lab = Lab::new(width, height);
                lab.press(keys);
                format!("{width}x{height}\n{}\n", lab.screen())
            })
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, pictures.join("\n"));
        });
    }
}

#[test]
fn everything_is_drawn_at_any_size() {
    for (width, height) in [(1, 1), (59, 15), (60, 16), (61, 17), (99, 28), (100, 28), (150, 38), (300, 100)] {
        for (_, keys) in PICTURES {
            let mut lab = Lab::new(width, height);
            lab.press(keys);
            for at in [(0, 0), (5, 2), (70, 7), (40, 20), (width, height)] {
                let at = Position { x: at.0, y: at.1 };
                for mouse in [Mouse::Wheel(at, 3), Mouse::Click(at), Mouse::Wheel(at, -3)] {
                    update(&mut lab.app, Msg::Mouse(mouse));
                }
                lab.screen();
            }
        }
    }
}

#[test]
fn steps_go_on_and_back() {
    for (keys, at) in [
        ("r", 1),
        ("rrr", 3),
        ("rrb", 1),
        ("rb", 0),
        ("rrr<backspace>", 2),
        ("rf", 2),
        ("rff", 7),
        ("rffF", 2),
        ("rrB", 0),
        ("rpp", usize::MAX),
    ] {
        let mut lab = Lab::new(80, 24);
        lab.press("jj<enter>a3").press(keys);
        let playback = lab.app.model.lab.playback.as_ref().unwrap();
        let at = at.min(playback.run.beats.len());
        assert_eq!(playback.at, at, "{keys}\n{}", lab.screen());
    }
}

#[test]
fn levels_are_left_one_by_one() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>r3");
    assert!(lab.screen().contains("[Ladder]"), "{}", lab.screen());
    for part in ["Who takes part", "The same in six", "FILE"] {
        assert!(!lab.screen().contains(part));
        lab.press("<esc>");
        assert!(lab.screen().contains(part) || lab.app.base_id() == ScreenId::Home, "{}", lab.screen());
    }
    assert_eq!(lab.app.base_id(), ScreenId::Home);
    lab.press("5");
    assert!(lab.app.model.lab.playback.is_some(), "the run is still there");
}

#[test]
fn a_run_is_opened_like_a_capture_and_coming_back_keeps_the_place() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>r3p");
    let before = lab.screen();
    lab.press("<enter>");
    assert_eq!(lab.app.base_id(), ScreenId::Ladder, "{}", lab.screen());
    assert!(lab.screen().contains("client-certificate") || lab.screen().contains("empty"), "{}", lab.screen());
    lab.press("<esc>");
    assert_eq!((lab.app.base_id(), lab.screen()), (ScreenId::Lab, before));
    lab.press("1");
    assert!(lab.screen().contains("mtls-late-no (tls12)"), "{}", lab.screen());
}

/// The picture of the README is what the program shows, but for rows that are empty.
#[test]
fn the_picture_of_the_readme_is_what_is_shown() {
    let mut lab = Lab::on("five-steps", 80, 24);
    lab.press("p1p1p");
    let screen = lab.screen();
    let mut rows: Vec<&str> = screen.lines().map(str::trim_end).collect();
    rows.pop();
    rows.dedup_by(|row, before| row.is_empty() && before.is_empty());
    let picture = rows.join("\n");
    let picture = picture.trim_end();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("## The lab\n\n```text\n").unwrap();
    let (shown, behind) = rest.split_once("\n```\n").unwrap();
    if std::env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        return std::fs::write(path, format!("{before}## The lab\n\n```text\n{picture}\n```\n{behind}")).unwrap();
    }
    assert!(shown == picture, "UPDATE_README=1 draws the picture of the lab in README.md anew:\n\n{picture}");
}

/// By whom the server's certificates of each session were judged, and what came of it.
fn judgements(lab: &Lab) -> Vec<(String, &'static str)> {
    let model = &lab.app.model;
    let of = |session: &Arc<crate::session::Session>| {
        let verifier = model.snapshot.basis.verifiers.of(session, Purpose::Server);
        let word = session.judgement.server.as_ref().map_or("-", Judged::word);
        (verifier.map_or_else(|| "nobody".to_owned(), |verifier| verifier.name.clone()), word)
    };
    model.snapshot.sessions.iter().map(of).collect()
}

#[test]
fn certificates_of_runs_are_judged_as_the_peers_judged_them_and_told_apart() {
    let mut lab = Lab::on("wrong-clock", 100, 34);
    lab.press("R4");
    assert!(lab.screen().contains("[X] refused: validity"), "{}", lab.screen());
    let client = |word| ("client".to_owned(), word);
    assert_eq!(judgements(&lab), [client("failed")]);
    // The other variant beside it: the same frames behind those of the first run.
    lab.press("5v<down><enter>R=");
    assert_eq!(lab.app.base_id(), ScreenId::Compare, "{}", lab.screen());
    assert_eq!(judgements(&lab), [client("failed"), client("passed")]);
}

/// The second run has the ends and sequence numbers of the first, and comes two months later.
#[test]
fn a_run_with_a_later_clock_is_compared_with_the_one_before() {
    let mut lab = Lab::on("mqtt-over-tls", 100, 34);
    lab.press("R");
    for (clock, expected) in [("2026-05-01T12:00:00Z", 2), ("2025-01-01T12:00:00Z", 2)] {
        let edit = Edit { path: "clock".to_owned(), value: toml::Value::String(clock.to_owned()) };
        lab.app.model.lab.apply(LabChange::Turn(edit));
        lab.press("R=");
        assert_eq!(lab.app.base_id(), ScreenId::Compare, "{}", lab.screen());
        assert_eq!(lab.app.model.snapshot.sessions.len(), expected, "{clock}");
        lab.press("5");
    }
}

#[test]
fn a_fault_that_is_to_be_found_is_not_given_away_by_a_judgement() {
    let mut lab = Lab::on("since-monday", 100, 34);
    lab.press("R");
    assert!(lab.app.model.lab.is_secret(), "{}", lab.screen());
    lab.press("4");
    let judged = judgements(&lab);
    assert!(!judged.is_empty() && judged.iter().all(|(by, _)| by == "nobody"), "{judged:?}");
}

#[test]
fn the_digits_lead_into_the_run() {
    for (digit, id) in [
        ("1", ScreenId::Sessions),
        ("2", ScreenId::Ladder),
        ("3", ScreenId::Detail),
        ("4", ScreenId::Certificates),
        ("P", ScreenId::Packets),
        ("H", ScreenId::Schedule),
    ] {
        let mut lab = Lab::new(80, 24);
        lab.press("jj<enter>r3p").press(digit);
        assert_eq!((lab.app.base_id(), lab.app.model.snapshot.sessions.len()), (id, 1), "{}", lab.screen());
        lab.press("5");
        assert!(lab.screen().contains("step 9/15"), "{}", lab.screen());
    }
}

#[test]
fn a_turned_knob_is_played_and_compared_with_the_run_before() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>R3=");
    assert!(lab.screen().contains("two are needed"), "{}", lab.screen());
    lab.press("v<down><enter>");
    assert!(lab.screen().contains("not played yet"), "{}", lab.screen());
    lab.press("R=");
    assert_eq!(lab.app.base_id(), ScreenId::Compare, "{}", lab.screen());
    assert_eq!(lab.app.model.marks.len(), 2);
    assert!(lab.screen().contains("rows differ"), "{}", lab.screen());
    lab.press("<esc>");
    assert_eq!(lab.app.base_id(), ScreenId::Lab);
}

#[test]
fn a_run_is_compared_with_the_session_that_it_was_played_for() {
    let mut lab = Lab::new(100, 34);
    let inputs = vec![Input::Sample(Sample::named("one-way-tls12").unwrap())];
    let (snapshot, _) = read(&inputs);
    let first = &snapshot.sessions[0];
    let (frames, first_frame) = (u32::try_from(snapshot.frames.len()).unwrap(), first.first_frame);
    let beside = Beside { inputs, frames, first_frame, number: first.number };
    lab.app.model.lab.apply(LabChange::Ask("five-steps".to_owned(), Some(beside)));
    lab.app.model.lab.said = None;
    lab.press("=");
    assert!(lab.screen().contains("play it first"), "{}", lab.screen());
    lab.press("R=");
    assert_eq!((lab.app.base_id(), lab.app.model.snapshot.sessions.len()), (ScreenId::Compare, 2), "{}", lab.screen());
    lab.press("<esc>R=");
    assert!(lab.screen().contains("session 1 of the capture"), "{}", lab.screen());
    lab.press("c");
    assert_eq!(lab.app.base_id(), ScreenId::Compare);
}

#[test]
fn the_same_run_twice_is_two_sessions() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>R3R=");
    assert_eq!((lab.app.base_id(), lab.app.model.snapshot.sessions.len()), (ScreenId::Compare, 2), "{}", lab.screen());
    assert!(lab.screen().contains("no differences"), "{}", lab.screen());
}

#[test]
fn what_was_played_is_remembered() {
    let mut lab = Lab::new(100, 34);
    lab.press("<enter>");
    let effects = press(&mut lab.app, "R");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Play { .. })));
    lab.serve(effects);
    lab.press("<esc><esc>jjj<enter>");
    assert!(!lab.app.model.lab.progress.of("five-steps").unwrap().played.is_empty());
}

#[test]
fn a_play_that_comes_to_nothing_says_why() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>a3");
    press(&mut lab.app, "r");
    update(&mut lab.app, Msg::Played { job: 1, result: Err(vec!["line 3: no such suite".to_owned()]) });
    assert!(lab.screen().contains("no such suite"), "{}", lab.screen());
}

#[test]
fn a_prediction_is_asked_before_the_first_byte_and_told_in_the_end() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>r");
    assert!(lab.screen().contains("locked when the first byte moves"), "{}", lab.screen());
    assert!(lab.app.model.lab.playback.is_none());
    lab.press("<tab>");
    assert!(lab.screen().contains("hint: Who checks what"), "{}", lab.screen());
    lab.press("3");
    assert_eq!(lab.app.model.lab.playback.as_ref().unwrap().at, 1, "{}", lab.screen());
    let quiz = |lab: &Lab| lab.app.model.lab.quiz.clone().unwrap();
    assert!(quiz(&lab).is_locked("q1") && quiz(&lab).score("q1").is_none());
    lab.press("R");
    assert_eq!(quiz(&lab).score("q1").unwrap().points.to_string(), "1.5", "a hint costs a quarter");
    lab.press("G");
    assert!(lab.screen().contains("The server sends its whole flight"), "{}", lab.screen());
    assert!(!lab.app.model.lab.progress.of("mtls-late-no").unwrap().done, "another question is open");
}

#[test]
fn a_question_that_was_put_off_is_not_in_the_way_twice() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>r<esc>r");
    assert!(lab.app.model.lab.playback.is_some(), "{}", lab.screen());
    lab.press("<esc>a");
    assert!(lab.screen().contains("no question is open now"), "{}", lab.screen());
}

#[test]
fn a_field_is_pointed_at_in_the_detail_screen() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>R3a");
    assert!(lab.screen().contains("now that it is over"), "{}", lab.screen());
    lab.press("<enter>");
    assert_eq!(lab.app.base_id(), ScreenId::Ladder, "{}", lab.screen());
    // To the client's empty certificate list, and its fields.
    lab.press("jjjjjj<enter>a");
    assert_eq!(lab.app.base_id(), ScreenId::Lab, "{}", lab.screen());
    assert!(lab.screen().contains("right: 2 of 2 points"), "{}", lab.screen());
    lab.press("<enter>");
    assert_eq!(lab.app.overlays().count(), 0);
    assert!(lab.app.model.lab.progress.of("mtls-late-no").unwrap().done);
    lab.press("3a");
    assert!(lab.screen().contains("no question of the lab waits"), "{}", lab.screen());
}
