//! The Compare screen with real captures.

use crate::tui::app::{Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::{app, app_of_sample, draw, press, screen, sessions};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;
use ratatui::layout::Size;

#[test]
fn pictures() {
    for (name, sample, keys, width, height) in [
        ("compare_wide", "resumption-tls12", "  =", 120, 40),
        ("compare", "resumption-tls12", "  =", 80, 24),
        ("compare_differences_least", "resumption-tls12", "  =f", 60, 16),
    ] {
        let (mut app, _) = app_of_sample(sample, width, height);
        press(&mut app, keys);
        insta::assert_snapshot!(name, screen(&app));
    }
}

#[test]
fn enter_opens_the_message_of_the_session_with_the_focus() {
    let (mut app, _) = app_of_sample("resumption-tls12", 120, 40);
    press(&mut app, "  =");
    assert_eq!(app.base_id(), ScreenId::Compare);
    press(&mut app, "<tab>");
    while !screen(&app).lines().any(|line| line.starts_with("▶") && line.contains("ClientHello")) {
        press(&mut app, "j");
    }
    press(&mut app, "<enter>");
    assert_eq!(app.base_id(), ScreenId::Detail);
    assert_eq!(app.model.subject, Some(Subject::Event(0)));
    assert_eq!(app.model.selected, Some(app.model.marks[1]));
}

#[test]
fn the_comparison_can_be_copied_as_text() {
    let (mut app, _) = app_of_sample("resumption-tls12", 120, 40);
    let effects = press(&mut app, "  =yc");
    let text = effects.into_iter().find_map(|effect| match effect {
        Effect::Copy { text, .. } => Some(text),
        _ => None,
    });
    let text = text.unwrap();
    assert!(text.starts_with("A: session 1") && text.contains("not in B"), "{text}");
}

#[test]
fn any_size_and_any_pair_can_be_drawn() {
    let count = sessions().len();
    for second in 1..count {
        let mut app = app(sessions(), 80, 24);
        press(&mut app, " ");
        for _ in 1..second {
            press(&mut app, "j");
        }
        press(&mut app, " =");
        assert_eq!(app.base_id(), ScreenId::Compare);
        for (width, height) in [(1, 1), (60, 16), (99, 17), (100, 16), (300, 100)] {
            update(&mut app, Msg::Resize(Size { width, height }));
            for keys in ["", "j", "G", "f", "g", "<tab>", "f", "<pagedown>"] {
                press(&mut app, keys);
                draw(&app);
            }
        }
    }
}
