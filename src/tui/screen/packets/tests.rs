//! The Packets screen with real captures, and with more frames than anybody would read.

use crate::capture::{FrameEntry, Frames, Packet, Snapshot};
use crate::net::LinkType;
use crate::tui::app::{Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::{app, app_of_sample, deliver, draw, press, press_and_read, screen, sessions};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;
use ratatui::layout::Size;

#[test]
fn pictures() {
    for (name, sample, keys, width, height) in [
        ("packets_wide", "mutual-tls12", "P", 120, 40),
        ("packets", "resumption-tls12", "P", 80, 24),
        ("packets_all_least", "resumption-tls12", "PaG", 60, 16),
        ("packets_number", "resumption-tls12", "Pn1", 80, 24),
    ] {
        let (mut app, store) = app_of_sample(sample, width, height);
        press_and_read(&mut app, &*store, keys);
        insta::assert_snapshot!(name, screen(&app));
    }
}

#[test]
fn frames_are_read_when_they_come_into_sight() {
    let (mut app, store) = app_of_sample("mutual-tls12", 80, 24);
    let effects = press(&mut app, "P");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ReadFrames { .. })));
    assert!(!screen(&app).contains("ClientHello"));
    press_and_read(&mut app, &*store, "<esc>P");
    assert!(!screen(&app).contains("ClientHello"), "a request that is under way is not made again");
    let (mut app, store) = app_of_sample("mutual-tls12", 80, 24);
    press_and_read(&mut app, &*store, "P");
    assert!(screen(&app).contains("ClientHello"));
    assert!(press(&mut app, "jjkG").is_empty());
}

#[test]
fn enter_opens_the_frame_and_a_number_goes_there() {
    let (mut app, store) = app_of_sample("resumption-tls12", 80, 24);
    press_and_read(&mut app, &*store, "Pn12<enter>");
    assert_eq!(app.model.subject, Some(Subject::Frame(12)));
    let effects = press_and_read(&mut app, &*store, "<enter>");
    assert_eq!(app.base_id(), ScreenId::Detail);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::OpenFrame { number: 12, .. })), "{effects:?}");
    press_and_read(&mut app, &*store, "Pn99999<enter>");
    assert!(screen(&app).contains("there is no packet 99999"));
}

#[test]
fn packets_can_be_seen_where_there_is_no_session() {
    let mut app = app(Vec::new(), 80, 24);
    press(&mut app, "P");
    assert!(screen(&app).contains("there is no packet to show"));
    deliver(&mut app, many(100));
    press(&mut app, "P");
    assert_eq!(app.base_id(), ScreenId::Packets);
    assert!(screen(&app).contains("all 100 packets"));
}

#[test]
fn three_million_frames_scroll_at_once() {
    let mut app = app(Vec::new(), 80, 24);
    deliver(&mut app, many(3_000_000));
    let asked = |effects: Vec<Effect>| {
        effects
            .iter()
            .map(|effect| if let Effect::ReadFrames { numbers, .. } = effect { numbers.len() } else { 0 })
            .sum()
    };
    let in_sight: usize = asked(press(&mut app, "PG"));
    assert!(in_sight <= 44, "{in_sight}");
    assert!(screen(&app).contains("3000000"));
    press(&mut app, "g<pagedown>n1500000<enter>");
    assert!(screen(&app).contains("1500000"));
}

fn many(count: u32) -> Snapshot {
    let mut frames = Frames::default();
    for number in 1..=count {
        let (link, position) = (LinkType(1), u64::from(number));
        let packet = Packet { number, time: 0, link, original_length: 60, file: 0, interface: 0, position, bytes: &[] };
        frames.push(FrameEntry::new(&packet, None));
    }
    Snapshot { frames, ..Snapshot::default() }
}

#[test]
fn any_size_can_be_drawn() {
    let mut app = app(sessions(), 80, 24);
    press(&mut app, "P");
    for (width, height) in [(1, 1), (60, 16), (79, 16), (99, 17), (100, 16), (160, 16), (300, 100)] {
        update(&mut app, Msg::Resize(Size { width, height }));
        for keys in ["", "j", "G", "a", "g", "<C-d>", "]", "a"] {
            press(&mut app, keys);
            draw(&app);
        }
    }
}
