//! The screens as a user meets them: key scripts, and pictures at three sizes.
//!
//! A screen that is added gets a line in `PICTURES`.

use super::app::{App, Msg, update};
use super::effect::Effect;
use super::fixture::{alert, app, deliver, endpoint, named, press, screen, session, sessions, snapshot, styled, tell};
use super::key::Key;
use super::keymap::{self, Command, Context};
use super::screen::{Mouse, ScreenId};
use super::settings::Settings;
use super::theme::ThemeName;
use crate::base::{Group, Note, Severity};
use crate::capture::{FileNote, LoadState, Progress, Snapshot};
use crate::net::Direction;
use crate::session::{Outcome, Session};
use ratatui::layout::{Position, Size};
use std::path::PathBuf;
use std::time::Duration;

/// Name of a picture and the keys that lead to it from the list of sessions.
const PICTURES: &[(&str, &str)] = &[
    ("sessions", "jj"),
    ("sessions_filtered", "/result == failed<enter>"),
    ("sessions_sorted", "sssS"),
    ("sessions_marked", " jj "),
    ("sessions_absolute_time", "t"),
    ("filter_bar", "/ver"),
    ("filter_bar_problem", "/version == "),
    ("help", "?"),
    ("palette", ":ti"),
    ("explain", "jji"),
    ("open_file", "o"),
    ("home", "0"),
];

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (60, 16)];

#[test]
fn pictures() {
    for (name, keys) in PICTURES {
        let pictures: Vec<String> = SIZES
            .into_iter()
            .map(|(width, height)| {
                let mut app = app(sessions(), width, height);
                app.model.settings.recent = vec!["/captures/a.pcap".into(), "/captures/\u{1b}[31mred.pcapng".into()];
                press(&mut app, keys);
                format!("{width}x{height}\n{}", framed(&screen(&app), width))
            })
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, pictures.join("\n"));
        });
    }
}

/// The picture with its right edge, so that blanks at the end of a line can be seen.
fn framed(picture: &str, width: u16) -> String {
    let line = |line: &str| format!("{}|\n", super::text::left(line, usize::from(width)));
    picture.lines().map(line).collect()
}

#[test]
fn looks() {
    for theme in ThemeName::ALL {
        let mut app = app(sessions(), 80, 24);
        while app.model.settings.theme != theme {
            press(&mut app, "T");
        }
        press(&mut app, "jj");
        let name = format!("look_{}", theme.word().replace('-', "_"));
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, styled(&app));
        });
    }
}

#[test]
fn every_screen_and_overlay_is_drawn_at_any_size() {
    let mut scripts: Vec<String> = PICTURES.iter().map(|(_, keys)| (*keys).to_owned()).collect();
    scripts.extend((0..=6).map(|digit| digit.to_string()));
    scripts.extend(
        ["  =", " j =", "yj", "ej", "x", "\\", "*", "v", "/x<up><up><down>", "o/<tab><down>"].map(str::to_owned),
    );
    for (width, height) in [(1, 1), (2, 2), (10, 3), (59, 15), (60, 16), (61, 17), (300, 100)] {
        for sessions in [Vec::new(), sessions()] {
            for keys in &scripts {
                let mut app = app(sessions.clone(), width, height);
                press(&mut app, keys);
                screen(&app);
                for at in [(0, 0), (5, 2), (70, 7), (width, height)] {
                    let at = Position { x: at.0, y: at.1 };
                    for mouse in [Mouse::Wheel(at, 3), Mouse::Click(at), Mouse::DoubleClick(at), Mouse::Wheel(at, -3)] {
                        update(&mut app, Msg::Mouse(mouse));
                    }
                }
                screen(&app);
            }
        }
    }
}

#[test]
fn every_command_can_be_given_on_every_screen_and_overlay() {
    for id in ScreenId::ALL {
        for over in ["", "?", ":", "o", "/"] {
            for row in keymap::BINDINGS {
                let mut app = app(sessions(), 80, 24);
                let digit = ScreenId::TABS.iter().find(|(_, tab)| *tab == id).map(|(digit, _)| digit.to_string());
                let other = match id {
                    ScreenId::Home => "0",
                    ScreenId::Packets => "P",
                    ScreenId::Schedule => "H",
                    ScreenId::Follow => "F",
                    ScreenId::Findings => "6",
                    _ => " j =",
                };
                press(&mut app, digit.as_deref().unwrap_or(other));
                assert_eq!(app.base_id(), id);
                press(&mut app, over);
                for key in row.keys {
                    update(&mut app, Msg::Key(Key::parse(key).unwrap()));
                }
                screen(&app);
            }
        }
    }
}

#[test]
fn keys_move_the_selection() {
    for (keys, row) in [
        ("", 0),
        ("jj", 2),
        ("jjk", 1),
        ("G", 8),
        ("Gg", 0),
        ("<down><down><up>", 1),
        ("<pagedown>", 8),
        ("k", 0),
        ("G<pageup>", 0),
        ("G<C-u>", 1),
        ("]]", 2),
        ("]][", 1),
    ] {
        let mut app = app(sessions(), 100, 24);
        press(&mut app, keys);
        assert_eq!(app.model.rows.cursor, row, "{keys}");
        assert_eq!(app.model.selected, app.model.row(row).map(|session| session.stream), "{keys}");
    }
}

#[test]
fn screens_are_left_the_way_they_were_entered() {
    for (keys, id) in [
        ("<enter>", ScreenId::Ladder),
        ("<enter><esc>", ScreenId::Sessions),
        ("<enter>3<esc>", ScreenId::Ladder),
        ("<enter>3q", ScreenId::Ladder),
        ("2341", ScreenId::Sessions),
        ("2341<esc>", ScreenId::Sessions),
        ("23<esc><esc><esc><esc>", ScreenId::Sessions),
        ("2?<esc>", ScreenId::Ladder),
        ("2?q", ScreenId::Ladder),
        ("2:<esc>", ScreenId::Ladder),
        (":go-cert<enter>", ScreenId::Certificates),
        ("0", ScreenId::Home),
    ] {
        let mut app = app(sessions(), 80, 24);
        press(&mut app, keys);
        assert_eq!(app.base_id(), id, "{keys}");
        assert_eq!(app.overlays().count(), 0, "{keys}");
    }
}

#[test]
fn q_quits_at_the_top_and_control_c_everywhere() {
    for (keys, quits) in [
        ("q", true),
        ("<enter>q", false),
        ("<enter>qq", true),
        ("<esc><esc>", false),
        ("?q", false),
        ("/q", false),
        ("/<C-c>", true),
        (":<C-c>", true),
        ("3<C-c>", true),
    ] {
        let mut app = app(sessions(), 80, 24);
        let effects = press(&mut app, keys);
        assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Quit)), quits, "{keys}");
    }
}

#[test]
fn a_screen_that_needs_the_bytes_asks_for_them_once() {
    let mut app = app(sessions(), 80, 24);
    let asked =
        |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::OpenDetail { .. })).count();
    assert_eq!(asked(&press(&mut app, "jj")), 0);
    assert_eq!(asked(&press(&mut app, "<enter>jjj3jjj2")), 1);
    assert_eq!(asked(&press(&mut app, "]")), 1);
}

#[test]
fn a_filter_is_taken_when_it_is_valid_and_remembered() {
    let mut app = app(sessions(), 80, 24);
    press(&mut app, "/result == failed<enter>");
    assert_eq!(app.model.rows.order.len(), 2);
    press(&mut app, "/<C-u>version == <enter>");
    assert_eq!((app.model.rows.order.len(), app.overlays().count()), (2, 1), "the old one stays");
    press(&mut app, "<esc><esc>");
    assert_eq!(app.model.rows.order.len(), 9, "Esc drops the filter");
    press(&mut app, "/<up><enter>");
    assert_eq!(app.model.filter().text(), "result == failed");
    press(&mut app, "X");
    assert!(app.model.filter().is_empty());
}

/// More sessions than one update deals with.
fn many() -> Vec<Session> {
    (0..5000).map(|index| named(session(index), &format!("host{}.example", index * 7 % 5000))).collect()
}

/// One update for each key, and none to go on with what they begin.
fn press_in_haste(app: &mut App, keys: &[&str]) {
    for key in keys {
        update(app, Msg::Key(Key::parse(key).unwrap()));
    }
}

#[test]
fn what_takes_long_goes_on_while_the_rows_before_stay_in_sight() {
    let mut app = app(many(), 100, 24);
    press_in_haste(&mut app, &["/", "9", "9"]);
    assert!(screen(&app).contains("% were asked"), "{}", screen(&app));
    press_in_haste(&mut app, &["enter"]);
    let shown = screen(&app);
    assert!(shown.contains("filter: 99") && shown.contains("filtering 20%"), "{shown}");
    assert_eq!(app.model.rows.order.len(), 5000);
    press_in_haste(&mut app, &["j"]);
    assert_eq!(app.model.rows.cursor, 1, "keys mean the rows that are in sight");
    press_in_haste(&mut app, &["e"]);
    assert!(!screen(&app).contains("filtered sessions"), "they are not known yet: {}", screen(&app));
    press_in_haste(&mut app, &["esc"]);
    tell(&mut app, Msg::GoOn);
    let passing = app.model.rows.order.len();
    assert!((100..500).contains(&passing), "{passing}");
    assert!(screen(&app).contains(&format!("{passing} of 5000 shown")), "{}", screen(&app));
}

#[test]
fn keys_in_haste_lead_where_keys_in_leisure_do() {
    for keys in [
        &["s", "s", "s", "s"][..],
        &["s", "s", "s", "S"],
        &["s", "s", "s", "S", "S"],
        &["s", "s", "s", "/", "4", "2", "enter", "S"],
        &["/", "4", "2", "backspace", "enter", "s", "s", "s"],
        &["/", "4", "2", "esc", "s", "s", "s", "S", "X"],
        &["/", "4", "enter", "/", "2", "enter", "/", "backspace", "enter"],
        &["/", "4", "2", "enter", "/", "C-u", "n", "o", "t", "space", "4", "enter", "S"],
    ] {
        let [mut hasty, mut leisurely] = [app(many(), 100, 24), app(many(), 100, 24)];
        press_in_haste(&mut hasty, keys);
        tell(&mut hasty, Msg::GoOn);
        for key in keys {
            tell(&mut leisurely, Msg::Key(Key::parse(key).unwrap()));
        }
        assert_eq!(hasty.model.sort, leisurely.model.sort, "{keys:?}");
        assert!(hasty.model.rows.order == leisurely.model.rows.order, "{keys:?}");
    }
}

#[test]
fn news_do_not_keep_rows_from_being_sorted() {
    let sessions = || many().into_iter().take(1500);
    let mut app = app(sessions().collect(), 100, 24);
    let job = app.model.loading.job;
    press_in_haste(&mut app, &["s", "s", "s"]);
    let mut sorted = 0;
    for count in 1500..1530 {
        let mut more: Vec<_> = sessions().collect();
        more.extend((1500..count).map(|index| named(session(index), "a.first")));
        let snapshot = Snapshot { state: LoadState::Loading, ..snapshot(more) };
        update(&mut app, Msg::Snapshot { job, snapshot: snapshot.into(), elapsed: Duration::ZERO });
        sorted += usize::from(app.model.rows.order.len() > 1500);
    }
    assert!(sorted > 10, "{sorted}");
    tell(&mut app, Msg::GoOn);
    assert_eq!(app.model.row(0).and_then(|row| row.server_name()), Some("a.first"));
    assert_eq!(app.model.rows.order.len(), 1529);
}

#[test]
fn a_proposal_is_put_in_place_of_what_was_typed() {
    let mut app = app(sessions(), 80, 24);
    press(&mut app, "/resu<tab>");
    assert!(screen(&app).contains(" filter: result"), "{}", screen(&app));
    press(&mut app, " == <down><enter>");
    assert_eq!(app.overlays().count(), 1, "Enter takes the proposal first");
}

#[test]
fn the_selection_follows_its_session_through_filter_order_and_news() {
    let mut app = app(sessions(), 80, 24);
    press(&mut app, "jj");
    let stream = app.model.selected;
    press(&mut app, "/result == failed<enter>");
    assert_eq!((app.model.selected, app.model.rows.cursor), (stream, 0));
    press(&mut app, "XS");
    assert_eq!((app.model.selected, app.model.rows.cursor), (stream, 6));
    let mut more = sessions();
    more.push(session(20));
    deliver(&mut app, snapshot(more));
    assert_eq!((app.model.selected, app.model.rows.cursor), (stream, 7));
}

#[test]
fn marks_are_kept_and_two_can_be_compared() {
    let mut app = app(sessions(), 80, 24);
    press(&mut app, "=");
    assert_eq!(app.base_id(), ScreenId::Sessions);
    assert!(screen(&app).contains("mark two sessions"));
    press(&mut app, " j =");
    assert_eq!((app.model.marks.len(), app.base_id()), (2, ScreenId::Compare));
    press(&mut app, "<esc>gG ");
    assert_eq!(app.model.marks.len(), 3);
}

#[test]
fn loading_shows_rows_and_progress_and_can_be_stopped() {
    let mut app = App::new(Settings::default(), Size { width: 100, height: 24 });
    let effects = super::open(&mut app, vec![crate::capture::Input::Path("big.pcap".into())]);
    assert!(matches!(effects.as_slice(), [Effect::Open { job: 1, .. }]));
    assert!(screen(&app).contains("reading..."));
    let part = Snapshot {
        state: LoadState::Loading,
        progress: Progress { bytes: 500_000, total: Some(2_000_000) },
        ..snapshot(vec![session(0)])
    };
    deliver(&mut app, part);
    let shown = screen(&app);
    for part in ["LOADING 25%", "1.0 MB/s", "host0.example"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(matches!(press(&mut app, "c").as_slice(), [Effect::Cancel(1)]));
    assert!(matches!(press(&mut app, "<esc>").as_slice(), [Effect::Cancel(1)]));
}

#[test]
fn news_of_an_earlier_capture_is_dropped() {
    let mut app = app(sessions(), 80, 24);
    super::open(&mut app, vec![crate::capture::Input::Path("next.pcap".into())]);
    let old = snapshot(sessions());
    update(&mut app, Msg::Snapshot { job: 1, snapshot: old.into(), elapsed: Duration::ZERO });
    update(&mut app, Msg::LoadFailed { job: 1, text: "old".to_owned() });
    assert!(app.model.snapshot.sessions.is_empty());
    assert_eq!(app.model.load_problem, None);
}

#[test]
fn a_capture_that_cannot_be_opened_says_why() {
    let mut app = App::new(Settings::default(), Size { width: 80, height: 24 });
    super::open(&mut app, vec![crate::capture::Input::Path("x.pcap".into())]);
    update(&mut app, Msg::LoadFailed { job: 1, text: "x.pcap is not a capture: \u{1b}[2J".to_owned() });
    press(&mut app, "j");
    let shown = screen(&app);
    assert!(shown.contains("FAILED") && shown.contains("x.pcap is not a capture: \\x1b[2J"), "{shown}");
}

#[test]
fn text_from_the_wire_never_reaches_the_terminal_as_it_is() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (300, 60)] {
        let mut app = app(vec![named(session(0), "a\u{1b}[31mb\u{202e}c\u{7}\u{9b}2J")], width, height);
        for keys in ["", "i", "<esc>2", "?"] {
            press(&mut app, keys);
            let shown = screen(&app);
            assert!(!shown.chars().any(|c| c != '\n' && !crate::base::is_printable(c)), "{shown:?}");
        }
    }
}

#[test]
fn an_address_or_version_is_never_cut() {
    let long = Session {
        client: endpoint("2001:db8:1111:2222:3333:4444:5555:6666", 65_535),
        server: endpoint("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 65_535),
        outcome: Outcome::Refused { by: Direction::ToClient, alert: alert(113) },
        ..session(0)
    };
    for width in 60..200 {
        let app = app(vec![long.clone()], width, 24);
        let shown = screen(&app);
        let row = shown.lines().nth(3).unwrap();
        if row.contains("2001") {
            assert!(row.contains("[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535"), "{width}: {row}");
        }
        assert!(row.contains(" 1.3 "), "{width}: {row}");
        assert!(row.contains("alert 113") || row.contains("(113)"), "{width}: {row}");
    }
}

#[test]
fn the_mouse_selects_opens_and_sorts() {
    let mut app = app(sessions(), 80, 24);
    let at = |x, y| Position { x, y };
    update(&mut app, Msg::Mouse(Mouse::Click(at(20, 5))));
    assert_eq!(app.model.rows.cursor, 2);
    update(&mut app, Msg::Mouse(Mouse::Wheel(at(20, 5), 3)));
    assert_eq!(app.model.rows.cursor, 5);
    update(&mut app, Msg::Mouse(Mouse::Click(at(9, 2))));
    assert!(screen(&app).contains("sorted by start"));
    update(&mut app, Msg::Mouse(Mouse::DoubleClick(at(20, 4))));
    assert_eq!((app.model.rows.cursor, app.base_id()), (1, ScreenId::Ladder));
    let effects = press(&mut app, "M");
    assert!(matches!(effects.first(), Some(Effect::Mouse(false))));
}

#[test]
fn paths_are_completed_and_opened() {
    let mut app = App::new(Settings::default(), Size { width: 80, height: 24 });
    let effects = press(&mut app, "<enter>");
    assert!(matches!(effects.as_slice(), [Effect::List(folder)] if folder.as_os_str().is_empty()));
    let names = ["captures/", "Cargo.toml", "capture.pcap"].map(str::to_owned).to_vec();
    update(&mut app, Msg::Listed(PathBuf::new(), names));
    press(&mut app, "cap<tab>");
    assert!(screen(&app).contains("capture "), "what both have in common");
    let effects = press(&mut app, "s<tab>");
    assert!(matches!(effects.as_slice(), [Effect::List(folder)] if folder == &PathBuf::from("captures/")));
    update(&mut app, Msg::Listed("captures/".into(), vec!["x.pcapng".to_owned()]));
    let effects = press(&mut app, "<down><enter>");
    let opened = |effect: &Effect| matches!(effect, Effect::Open { inputs, .. } if format!("{inputs:?}").contains("captures/x.pcapng"));
    assert!(effects.iter().any(opened), "{effects:?}");
    assert_eq!(app.base_id(), ScreenId::Sessions);
}

#[test]
fn a_file_that_is_there_stays_and_another_name_is_proposed() {
    let content = || super::effect::Content::Text(String::new());
    for (keys, expected) in [("<esc>", None), ("<enter>", Some("out-2.txt"))] {
        let mut app = app(sessions(), 80, 24);
        update(&mut app, Msg::Exists("out.txt".into(), Box::new(content())));
        let effects = press(&mut app, keys);
        let path = effects.iter().find_map(|effect| match effect {
            Effect::Export { path, .. } => Some(path.clone()),
            _ => None,
        });
        assert_eq!(path, expected.map(PathBuf::from), "{keys}");
    }
}

#[test]
fn an_opened_file_is_remembered_first() {
    let mut app = app(sessions(), 80, 24);
    app.model.settings.recent = vec!["/a".into(), "/b".into()];
    let effects = update(&mut app, Msg::Opened { job: 1, paths: vec!["/b".into()] });
    assert!(matches!(effects.as_slice(), [Effect::SaveSettings(_)]));
    assert_eq!(app.model.settings.recent, [PathBuf::from("/b"), "/a".into()]);
}

#[test]
fn below_the_floor_the_size_that_is_needed_is_told() {
    let app = app(sessions(), 40, 10);
    assert!(screen(&app).contains("needs 60x16, has 40x10"), "{}", screen(&app));
}

#[test]
fn what_is_wrong_with_the_file_is_in_sight() {
    let mut app = app(sessions(), 100, 24);
    let text = "the file ends in the middle of a packet".into();
    let note = Note { severity: Severity::Warn, group: Group::Malformed, code: "file.cut", text, span: None };
    let notes = vec![FileNote { path: "/x/lab.pcap".into(), after: 179, note }];
    deliver(&mut app, Snapshot { notes, ..snapshot(sessions()) });
    let shown = screen(&app);
    assert!(shown.contains("? lab.pcap after packet 179: the file ends in the middle of a packet"), "{shown}");
    press(&mut app, "i");
    assert!(screen(&app).contains("warn: the file ends"), "{}", screen(&app));
}

#[test]
fn ascii_means_ascii() {
    for (_, keys) in PICTURES {
        let mut app = app(sessions(), 120, 40);
        let mut settings = app.model.settings.clone();
        settings.ascii = true;
        app.theme = settings.look();
        app.model.settings = settings;
        press(&mut app, keys);
        let shown = screen(&app);
        let other: Vec<char> = shown.chars().filter(|c| !c.is_ascii()).collect();
        assert!(other.is_empty(), "{keys}: {other:?}");
    }
}

#[test]
fn the_last_line_always_names_the_way_to_the_help() {
    for id in ScreenId::ALL {
        let hints = Settings::default().keymap.hints(Context::Screen(id));
        assert!(hints.iter().any(|(key, word)| key == "?" && *word == "help"), "{id:?}");
    }
    for width in 60..130 {
        let app = app(sessions(), width, 24);
        let shown = screen(&app);
        let last = shown.lines().last().unwrap();
        assert!(last.contains("? help") && last.contains("q quit"), "{width}: {last}");
    }
}

#[test]
fn the_readme_has_the_keys_as_they_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let Ok(readme) = std::fs::read_to_string(path) else {
        println!("skipped: there is no README.md");
        return;
    };
    let block = readme.split_once("<!-- keys -->").and_then(|(_, rest)| rest.split_once("<!-- /keys -->"));
    let Some((block, _)) = block else {
        println!("skipped: README.md has no block between <!-- keys --> and <!-- /keys -->");
        return;
    };
    assert_eq!(block.trim(), keymap::markdown().trim(), "put the text of keymap::markdown() there");
}

#[test]
fn each_screen_has_rows_in_the_keymap_and_a_heading_in_the_help() {
    for id in ScreenId::ALL {
        let context = Context::Screen(id);
        assert!(keymap::BINDINGS.iter().any(|row| row.context == context), "{id:?}");
        assert_eq!(id.open().context(), context);
    }
    assert!(keymap::BINDINGS.iter().any(|row| row.command == Command::Help));
}
