//! The lab as a user meets it: key scripts, and pictures at the sizes that make a difference.

use crate::capture::{Dissector, Input, LoadState, Settings, Snapshot, open};
use crate::lab::run::Run;
use crate::tui::app::{App, Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::lab::{catalogue, run};
use crate::tui::fixture::{deliver, press, screen};
use crate::tui::lab::Catalogue;
use crate::tui::lab::progress::{Mark, Progress};
use crate::tui::screen::{Mouse, ScreenId};
use crate::tui::settings;
use ratatui::layout::{Position, Size};
use std::sync::Arc;

/// The run of each play, by the variant that was set.
fn played(variant: Option<&str>) -> Arc<Run> {
    let sample =
        if variant == Some("tls13") { "client-certificate-missing-tls13" } else { "client-certificate-missing-tls12" };
    Arc::new(run(sample))
}

/// A program in the lab, and what carries out its effects at once.
struct Lab {
    app: App,
}

impl Lab {
    fn new(width: u16, height: u16) -> Self {
        let mut lab = Self { app: App::new(settings::Settings::default(), Size { width, height }) };
        lab.press("5");
        lab
    }

    fn press(&mut self, script: &str) -> &mut Self {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let end =
                if c == '<' { rest.find('>').filter(|end| *end > 1).map_or(1, |end| end + 1) } else { c.len_utf8() };
            let effects = press(&mut self.app, &rest[..end]);
            self.serve(effects);
            rest = &rest[end..];
        }
        self
    }

    fn serve(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let msg = match effect {
                Effect::ReadCatalogue { .. } => {
                    let mut progress = Progress::default();
                    progress.mark("five-steps", Mark::Played);
                    let catalogue = Catalogue { scenarios: catalogue() };
                    Msg::Catalogue { catalogue, own: None, progress, problems: Vec::new() }
                }
                Effect::Play { job, setup, .. } => Msg::Played { job, result: Ok(played(setup.variant.as_deref())) },
                Effect::Open { inputs, .. } => {
                    deliver(&mut self.app, read(&inputs));
                    continue;
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

fn read(inputs: &[Input]) -> Snapshot {
    let mut opened = open(inputs, true).unwrap();
    let mut dissector = Dissector::new(Settings::SCREEN);
    while let Some(packet) = opened.source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    let (frames, sessions) = (dissector.frames().clone(), dissector.sessions());
    Snapshot { state: LoadState::Complete, frames, sessions, ..Snapshot::default() }
}

const SIZES: [(u16, u16); 5] = [(200, 50), (160, 45), (100, 34), (80, 24), (60, 16)];

/// Name of a picture and the keys that lead to it from the list of scenarios.
const PICTURES: &[(&str, &str)] = &[
    ("lab_scenarios", "jj"),
    ("lab_scenario", "jj<enter>"),
    ("lab_knobs", "jj<enter>v<down><down><right>"),
    ("lab_value", "jj<enter>v<down><down><enter>"),
    ("lab_start", "jj<enter>r"),
    ("lab_pause", "jj<enter>rp"),
    ("lab_script", "jj<enter>rp<backtab>"),
    ("lab_end", "jj<enter>R"),
    ("lab_script_end", "jj<enter>R<backtab>"),
    ("lab_checks", "jj<enter>R<tab>"),
    ("lab_other_knobs", "jj<enter>Rv<down>"),
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
        lab.press("jj<enter>").press(keys);
        let playback = lab.app.model.lab.playback.as_ref().unwrap();
        let at = at.min(playback.run.beats.len());
        assert_eq!(playback.at, at, "{keys}\n{}", lab.screen());
    }
}

#[test]
fn levels_are_left_one_by_one() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>r");
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
    lab.press("jj<enter>rp");
    let before = lab.screen();
    lab.press("<enter>");
    assert_eq!(lab.app.base_id(), ScreenId::Ladder, "{}", lab.screen());
    assert!(lab.screen().contains("client-certificate") || lab.screen().contains("empty"), "{}", lab.screen());
    lab.press("<esc>");
    assert_eq!((lab.app.base_id(), lab.screen()), (ScreenId::Lab, before));
    lab.press("1");
    assert!(lab.screen().contains("mtls-late-no (tls12)"), "{}", lab.screen());
}

#[test]
fn a_turned_knob_is_played_and_compared_with_the_run_before() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>R=");
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
fn the_same_run_twice_is_two_sessions() {
    let mut lab = Lab::new(100, 34);
    lab.press("jj<enter>RR=");
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
    assert_eq!(lab.app.model.lab.progress.of("five-steps").mark, Mark::Played);
}

#[test]
fn a_play_that_comes_to_nothing_says_why() {
    let mut lab = Lab::new(80, 24);
    lab.press("jj<enter>");
    press(&mut lab.app, "r");
    update(&mut lab.app, Msg::Played { job: 1, result: Err(vec!["line 3: no such suite".to_owned()]) });
    assert!(lab.screen().contains("no such suite"), "{}", lab.screen());
}
