//! A live capture on the screens: states in pictures, standing still and following, and what is asked at the end.

use super::super::app::{App, Msg, watch};
use super::super::effect::{Content, Effect};
use super::super::fixture::{deliver, press, screen, session, snapshot, tell};
use super::super::settings::Settings;
use super::*;
use crate::capture::{Input, LoadState};
use crate::session::Session;
use ratatui::layout::Size;

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 50)];

fn about(is_temporary: bool) -> About {
    About {
        interfaces: vec!["lo".to_owned(), "eth0".to_owned()],
        filter: "tcp port 443".to_owned(),
        becomes: Some("nobody".to_owned()),
        path: "/tmp/tlslab-x/capture-1.pcapng".into(),
        is_temporary,
        in_turn: is_temporary,
    }
}

fn live(width: u16, height: u16) -> App {
    let mut app = App::new(Settings::default(), Size { width, height });
    let effects = watch(&mut app, about(true), "");
    assert!(matches!(effects.as_slice(), [Effect::Live(LiveWork::Read(1))]));
    app
}

/// So many sessions, while more may come.
fn state(sessions: u32) -> Snapshot {
    Snapshot { state: LoadState::Loading, ..snapshot((0..sessions).map(session).collect::<Vec<Session>>()) }
}

/// The sessions of that many, from one on; those before it have left, with the packets of some more.
fn thinned(sessions: std::ops::Range<u32>, frames: u64) -> Snapshot {
    let all = state(sessions.end);
    let mut of_all = all.frames.clone();
    of_all.let_go(frames * 76, usize::MAX);
    let left = sessions.start as usize;
    Snapshot { sessions: all.sessions.into_iter().skip(left).collect(), left: left as u64, frames: of_all, ..all }
}

fn tick(app: &mut App, captured: u64, seconds: u64) {
    let counts = Counts { captured, ..Counts::default() };
    tell(app, Msg::Live(LiveNews::Tick { job: 1, counts, elapsed: Duration::from_secs(seconds) }));
}

#[test]
fn pictures_of_a_live_capture() {
    type Prepare = fn(&mut App);
    let states: [(&str, Prepare); 5] = [
        ("live_waiting", |app| tick(app, 0, 2)),
        ("live_doubts", |app| tick(app, 12, 10)),
        ("live_running", |app| {
            deliver(app, state(4));
            tick(app, 1234, 62);
        }),
        ("live_left", |app| {
            deliver(app, state(4));
            press(app, "kk ");
            deliver(app, thinned(2..8, 45));
            tick(app, 80, 3);
        }),
        ("live_paused", |app| {
            deliver(app, state(2));
            press(app, "p");
            deliver(app, state(5));
            let counts = Counts { captured: 90_000, dropped_by_kernel: 12, dropped_by_interface: 3, not_decoded: 4567 };
            tell(app, Msg::Live(LiveNews::Tick { job: 1, counts, elapsed: Duration::from_secs(3700) }));
        }),
    ];
    for (name, prepare) in states {
        let pictures = SIZES.map(|(width, height)| {
            let mut app = live(width, height);
            prepare(&mut app);
            format!("{width}x{height}\n{}", screen(&app))
        });
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, pictures.join("\n"));
        });
    }
}

#[test]
fn the_cursor_goes_with_the_newest_only_where_it_stands_there() {
    for (keys, expected) in [("", 5), ("k", 1), ("kj", 5), ("<enter>", 2), ("S", 5), ("?", 2), ("sss", 2)] {
        let mut app = live(100, 24);
        deliver(&mut app, state(3));
        press(&mut app, keys);
        deliver(&mut app, state(6));
        assert_eq!(app.model.selected.map(|stream| stream.index), Some(expected), "{keys}");
    }
}

#[test]
fn the_list_stands_still_until_it_is_let_go() {
    let mut app = live(100, 24);
    press(&mut app, "/host<enter>");
    deliver(&mut app, state(3));
    press(&mut app, "p");
    deliver(&mut app, state(6));
    assert_eq!(app.model.rows.order.len(), 3);
    assert!(screen(&app).contains("3 new"), "{}", screen(&app));
    press(&mut app, "p");
    assert_eq!((app.model.rows.order.len(), app.model.filter().text()), (6, "host"));
}

#[test]
fn what_leaves_the_list_takes_nothing_else_along() {
    let shown = |app: &App| -> Vec<u32> {
        (0..app.model.rows.order.len()).map(|row| app.model.row(row).unwrap().stream.index).collect()
    };
    for (keys, left, all, selected, cursor) in [
        // The newest is followed on.
        ("", 4, vec![4, 5, 6, 7, 8, 9, 10, 11], 11, 7),
        ("k", 4, vec![4, 5, 6, 7, 8, 9, 10, 11], 6, 2),
        ("S", 4, vec![11, 10, 9, 8, 7, 6, 5, 4], 11, 0),
        ("/host1<enter>", 4, vec![10, 11], 11, 1),
        ("/host6<enter>", 4, vec![6], 6, 0),
        // The selected one would have stayed, had there been time to say so.
        ("kkkkkk", 4, vec![4, 5, 6, 7, 8, 9, 10, 11], 5, 1),
        ("kkkkkk", 8, vec![8, 9, 10, 11], 11, 3),
    ] {
        let mut app = live(100, 24);
        deliver(&mut app, state(8));
        press(&mut app, keys);
        deliver(&mut app, thinned(left..12, 0));
        assert_eq!(shown(&app), all, "{keys} {left}");
        let at = (app.model.selected.map(|stream| stream.index), app.model.rows.cursor);
        assert_eq!(at, (Some(selected), cursor), "{keys} {left}");
        assert_eq!(app.model.passing().0, all.len(), "{keys}");
    }
}

#[test]
fn what_is_looked_at_is_said_to_stay() {
    let mut app = live(100, 24);
    let held = |effects: Vec<Effect>| -> Option<Vec<u32>> {
        let mut held: Vec<u32> = effects.into_iter().rev().find_map(|effect| match effect {
            Effect::Hold(1, streams) => Some(streams.iter().map(|stream| stream.index).collect()),
            _ => None,
        })?;
        held.sort_unstable();
        Some(held)
    };
    deliver(&mut app, state(4));
    for (keys, expected) in [
        ("k", Some(vec![2])),
        (" ", Some(vec![2, 3])),
        ("k", Some(vec![2])),
        ("?", None),
        ("<esc>kk", Some(vec![0, 2])),
    ] {
        assert_eq!(held(press(&mut app, keys)), expected, "{keys}");
    }
}

/// Whether the keys end it at once.
fn ends(app: &mut App, keys: &str) -> bool {
    press(app, keys).iter().any(|effect| matches!(effect, Effect::Quit))
}

#[test]
fn the_end_is_asked_about_only_where_something_would_be_lost() {
    for (is_temporary, sessions, captured, saved, at_once) in [
        (true, 2, 9, 0, false),
        (true, 2, 9, 1, false),
        (true, 2, 9, 2, true),
        // Sessions may be on the screen before their packets were counted.
        (true, 2, 0, 0, false),
        (true, 0, 9, 0, false),
        (true, 0, 0, 0, true),
        (false, 2, 9, 0, true),
    ] {
        let mut app = App::new(Settings::default(), Size { width: 80, height: 24 });
        watch(&mut app, about(is_temporary), "");
        deliver(&mut app, state(sessions));
        tick(&mut app, captured, 1);
        let shown = Arc::clone(&app.model.snapshot);
        let streams = shown.sessions.iter().take(saved).map(|session| session.stream).collect();
        let content = Content::Packets { streams, snapshot: shown };
        tell(&mut app, Msg::Live(LiveNews::of_export(&content).unwrap()));
        let said = format!("{is_temporary} {sessions} {captured} {saved}");
        assert_eq!(ends(&mut app, "q"), at_once, "{said}");
        assert!(at_once || (!ends(&mut app, "n") && ends(&mut app, "qy")), "{said}");
    }
}

#[test]
fn another_capture_is_opened_after_a_question() {
    let mut app = live(80, 24);
    deliver(&mut app, state(2));
    tick(&mut app, 9, 1);
    assert!(press(&mut app, "ox.pcap<enter>").iter().all(|effect| !matches!(effect, Effect::Open { .. })));
    assert!(screen(&app).contains("Open the other all the same?"), "{}", screen(&app));
    let effects = press(&mut app, "y");
    let is_open = |effect: &Effect| matches!(effect, Effect::Open { job: 2, inputs } if matches!(inputs.as_slice(), [Input::Path(_)]));
    assert!(effects.iter().any(is_open) && app.model.live.is_none(), "{effects:?}");
}

#[test]
fn another_capture_begins_after_a_question_where_something_would_be_lost() {
    for (is_temporary, asks) in [(true, true), (false, false)] {
        let mut app = App::new(Settings::default(), Size { width: 80, height: 24 });
        watch(&mut app, about(is_temporary), "");
        deliver(&mut app, state(2));
        tick(&mut app, 9, 1);
        press(&mut app, "I");
        say(&mut app, PickerNews::Listed(Ok(interfaces())));
        let starts = |effects: &[Effect]| effects.iter().any(|one| matches!(one, Effect::Live(LiveWork::Start(_))));
        let at_once = starts(&press(&mut app, "j<enter>"));
        assert_eq!((at_once, screen(&app).contains("Begin another all the same?")), (!asks, asks));
        assert!(!asks || starts(&press(&mut app, "y")));
        // Until the other begins, if it does, this one stays in sight.
        assert_eq!(app.model.live.as_ref().map(|live| live.counts.captured), Some(9));
        say(&mut app, PickerNews::Refused("no such device".to_owned()));
        assert!(screen(&app).contains("no such device"));
        say(&mut app, PickerNews::Listed(Ok(interfaces())));
        assert!(screen(&app).contains("no such device"), "the list comes again and again");
        press(&mut app, " ");
        assert!(!screen(&app).contains("no such device"), "something else was chosen");
        press(&mut app, "1");
        assert!(screen(&app).contains("host1.example"), "{}", screen(&app));
        tell(&mut app, Msg::Live(LiveNews::Started(Box::new(about(true)))));
        assert!(app.model.loading.job == 2 && app.model.snapshot.sessions.is_empty());
    }
}

#[test]
fn escape_does_not_end_a_capture_and_its_key_does() {
    let mut app = live(80, 24);
    deliver(&mut app, state(2));
    let ended = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Cancel(1)));
    assert!(!ended(&press(&mut app, "<esc>")));
    assert!(ended(&press(&mut app, "c")));
    deliver(&mut app, snapshot((0..2).map(session).collect()));
    assert!(screen(&app).contains("ENDED"), "{}", screen(&app));
}

fn interfaces() -> Vec<picker::Listed> {
    let listed = |name: &str, address: &str, up, loopback, rate| picker::Listed {
        interface: crate::capture::Interface {
            name: name.to_owned(),
            description: "a description\u{1b}".to_owned(),
            addresses: address.parse().into_iter().collect(),
            up,
            running: up,
            loopback,
        },
        rate,
    };
    vec![
        listed("eth0", "192.0.2.10", true, false, Some(123_456)),
        listed("lo", "127.0.0.1", true, true, Some(0)),
        listed("wlan0", "", false, false, None),
    ]
}

fn say(app: &mut App, news: PickerNews) -> Vec<Effect> {
    tell(app, Msg::Live(LiveNews::Picker(news)))
}

#[test]
fn pictures_of_the_choice_of_interfaces() {
    type Prepare = fn(&mut App);
    let states: [(&str, Prepare); 3] = [
        ("live_picker", |app| drop(press(app, " j"))),
        ("live_picker_filter", |app| {
            press(app, "ftcp prt");
            say(app, PickerNews::Checked("tcp prt".to_owned(), Some("can't parse filter expression".to_owned())));
        }),
        ("live_picker_refused", |app| {
            press(app, "<enter>");
            let text = "cannot capture on eth0: no permission (socket)\nAs root:\n  setcap cap_net_raw=eip tlslab";
            say(app, PickerNews::Refused(text.to_owned()));
        }),
    ];
    for (name, prepare) in states {
        let pictures = SIZES.map(|(width, height)| {
            let mut app = App::new(Settings::default(), Size { width, height });
            press(&mut app, "I");
            say(&mut app, PickerNews::Listed(Ok(interfaces())));
            prepare(&mut app);
            format!("{width}x{height}\n{}", screen(&app))
        });
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, pictures.join("\n"));
        });
    }
}

#[test]
fn what_was_chosen_is_captured_and_else_what_is_under_the_cursor() {
    for (keys, names, filter) in [
        ("<enter>", &["eth0"][..], ""),
        ("j<enter>", &["lo"], ""),
        (" j j<enter>", &["eth0", "lo"], ""),
        ("  j<enter>", &["lo"], ""),
        ("fudp<enter><enter>", &["eth0"], "udp"),
        ("fudp<esc><enter>", &["eth0"], ""),
    ] {
        let mut app = App::new(Settings::default(), Size { width: 80, height: 24 });
        let asked = press(&mut app, "I");
        assert!(matches!(asked.as_slice(), [Effect::Live(LiveWork::List)]), "{asked:?}");
        let again = say(&mut app, PickerNews::Listed(Ok(interfaces())));
        assert!(matches!(again.as_slice(), [Effect::Live(LiveWork::List)]), "traffic changes: {again:?}");
        let effects = press(&mut app, keys);
        let Some(Effect::Live(LiveWork::Start(options))) = effects.last() else { panic!("{keys}: {effects:?}") };
        assert_eq!(
            (options.capture.interfaces.as_slice(), options.capture.filter.as_str()),
            (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().as_slice(), filter),
            "{keys}"
        );
    }
}
