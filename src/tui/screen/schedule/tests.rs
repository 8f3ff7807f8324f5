//! The key schedule as a user meets it: runs of the lab, whose keys everybody can compute from their seeds, and samples
//! with a key log and without.

use crate::tui::app::{Msg, update};
use crate::tui::effect::Effect;
use crate::tui::fixture::{draw, keys, press, tell};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;
use crate::tui::screen::tests::Opened;
use ratatui::layout::Size;

const SIZES: [(u16, u16); 3] = [(200, 50), (100, 34), (80, 24)];

/// Name of a picture, what is opened, and the keys that lead to it from the list of sessions.
const PICTURES: &[(&str, &str, &str)] = &[
    ("schedule_tls13", "lab tls13-every-message", "<enter>H"),
    ("schedule_tls13_hidden", "lab tls13-every-message", "<enter>HGkkkkkkkkkkkkk"),
    ("schedule_tls13_value", "lab tls13-every-message", "<enter>Hjjjjjjjjjjjjjjjjjjjjvl"),
    ("schedule_record", "lab tls13-every-message", "<enter>jjjjHl"),
    ("schedule_retry", "lab hello-retry-request wrong-guess", "<enter>jH"),
    ("schedule_early", "lab early-data", "j<enter>Hjjjjjjjjjjl"),
    ("schedule_resumed_tls12", "lab second-visit tls12-ticket", "j<enter>HGkkkkkk"),
    ("schedule_tls12", "lab tls12-ecdhe", "<enter>HGkkkkkkkkk"),
    ("schedule_tls12_record", "lab tls12-ecdhe", "<enter>GkkkHlj"),
    ("schedule_keylog", "mutual-tls13 with keys", "<enter>jjjjH"),
    ("schedule_nothing", "mutual-tls13", "<enter>jjjjH"),
    ("schedule_nothing_tls12", "one-way-tls12", "<enter>HG"),
];

#[test]
fn pictures() {
    for (name, what, keys) in PICTURES {
        let pictures: Vec<String> = SIZES
            .into_iter()
            .map(|(width, height)| {
                let mut opened = Opened::named(what, width, height);
                opened.press(keys);
                assert_eq!(opened.app.base_id(), ScreenId::Schedule);
                format!("{width}x{height}\n{}\n", opened.screen())
            })
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, pictures.join("\n"));
        });
    }
}

#[test]
fn everything_is_drawn_at_any_size() {
    for (_, what, keys) in PICTURES {
        let mut opened = Opened::named(what, 100, 30);
        opened.press(keys);
        for (width, height) in [(1, 1), (2, 300), (300, 2), (60, 16), (99, 20), (100, 16), (300, 100)] {
            update(&mut opened.app, Msg::Resize(Size { width, height }));
            for keys in ["", "<tab>", "G", "<enter>", "v", "n", "g", "<pagedown>", "N", "<esc>"] {
                press(&mut opened.app, keys);
                draw(&opened.app);
            }
        }
    }
}

/// No value of a secret is on the screen before it was asked for, nor after the screen was left.
#[test]
fn secrets_are_hidden_until_they_are_asked_for() {
    let mut opened = Opened::named("lab tls13-every-message", 200, 50);
    opened.press("<enter>H");
    let shown = opened.app.model.schedule.shown.clone().unwrap();
    let secret = |name: &str| {
        let node = &shown.derivation.nodes[shown.derivation.find(name).unwrap()];
        assert!(node.is_secret);
        crate::base::hex(node.value().unwrap().bytes())[..16].to_owned()
    };
    let values = ["handshake_secret", "client_handshake_traffic_secret", "client_write_key"].map(secret);
    let seen = |opened: &Opened| values.iter().filter(|value| opened.screen().contains(*value)).count();
    let count = shown.derivation.nodes.len();
    for _ in 0..count {
        assert_eq!(seen(&opened), 0);
        opened.press("j");
    }
    opened.press("v");
    assert!(seen(&opened) > 0 && opened.screen().contains("SECRETS IN SIGHT"));
    opened.press("<esc>H");
    assert_eq!(seen(&opened), 0, "{}", opened.screen());
}

#[test]
fn a_value_is_copied_only_when_it_is_in_sight() {
    let mut opened = Opened::named("lab tls13-every-message", 100, 34);
    opened.press("<enter>H");
    let shown = opened.app.model.schedule.shown.clone().unwrap();
    let node = shown.derivation.find("handshake_secret").unwrap();
    opened.press("g");
    for _ in 0..node {
        opened.press("j");
    }
    let copied = |opened: &mut Opened| {
        let effects = keys("y").into_iter().flat_map(|key| tell(&mut opened.app, Msg::Key(key))).collect::<Vec<_>>();
        effects.into_iter().find_map(|effect| match effect {
            Effect::Copy { text, .. } => Some(text),
            _ => None,
        })
    };
    assert_eq!(copied(&mut opened), None);
    assert!(opened.screen().contains("v shows it"), "{}", opened.screen());
    opened.press("v");
    let value = shown.derivation.nodes[node].value().unwrap();
    assert_eq!(copied(&mut opened), Some(crate::base::hex(value.bytes())));
}

#[test]
fn links_lead_to_inputs_and_to_messages_and_back() {
    let mut opened = Opened::named("lab tls13-every-message", 100, 34);
    opened.press("<enter>H");
    let shown = opened.app.model.schedule.shown.clone().unwrap();
    let node = shown.derivation.find("client_handshake_traffic_secret").unwrap();
    opened.press("g");
    for _ in 0..node {
        opened.press("j");
    }
    // To the handshake secret, and back.
    opened.press("<enter><enter>");
    assert!(opened.screen().contains("HKDF-Extract of"), "{}", opened.screen());
    opened.press("<esc>");
    assert!(opened.screen().contains("Derive-Secret of"), "{}", opened.screen());
    // To the hash after the ServerHello, and from there to the message.
    opened.press("j<enter>");
    assert!(opened.screen().contains("Transcript-Hash of"), "{}", opened.screen());
    opened.press("j<enter>");
    assert_eq!((opened.app.base_id(), opened.app.model.subject), (ScreenId::Detail, Some(Subject::Event(1))));
}

#[test]
fn records_are_gone_through_with_a_key() {
    let mut opened = Opened::named("lab tls13-every-message", 100, 34);
    opened.press("<enter>H");
    let mut records = Vec::new();
    for _ in 0..30 {
        opened.press("n");
        let shown = opened.app.model.schedule.shown.clone().unwrap();
        let node = shown.derivation.find("record").map(|id| shown.derivation.nodes[id].remark.clone());
        records.push((shown.record, node.unwrap()));
    }
    records.dedup();
    assert_eq!((records.len(), &*records[0].1), (7, "number 0, frame 8"), "{records:?}");
    assert!(opened.screen().contains("that was the last record"), "{}", opened.screen());
    opened.press("NNNNNNN");
    assert!(opened.screen().contains("that was the first record"), "{}", opened.screen());
}
