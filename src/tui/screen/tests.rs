//! Ladder and Detail as a user meets them, on the sample captures and through the real dissector.

use crate::base::BufferId;
use crate::capture::{
    Detail, Dissection, Dissector, FrameSummary, InMemory, Input, LoadState, SAMPLES, Sample, Settings, Snapshot,
    Store, open,
};
use crate::lab::play;
use crate::lab::scenario::catalogue;
use crate::tui::app::{App, Msg, update};
use crate::tui::effect::{Effect, Hidden};
use crate::tui::fixture::{deliver, draw, keys, press, screen, tell};
use crate::tui::keys::KeySource;
use crate::tui::model::Subject;
use crate::tui::screen::Mouse;
use crate::tui::theme::Theme;
use crate::tui::{explain, settings, view};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use std::sync::Arc;

/// A program that has a sample open, and what carries out its effects at once.
pub(super) struct Opened {
    pub(super) app: App,
    store: Arc<dyn Store>,
}

impl Opened {
    /// Opens a sample; `NAME with keys` together with its key log, `NAME with other keys` with that of another one.
    pub(super) fn new(name: &str, width: u16, height: u16) -> Self {
        let other = name.strip_suffix(" with other keys");
        let with_keys = name.strip_suffix(" with keys").or(other);
        let sample = Sample::named(with_keys.unwrap_or(name)).unwrap();
        let keys = if other.is_some() { Sample::named("one-way-tls13").unwrap() } else { sample };
        let mut opened = open(&[Input::Sample(sample)], true).unwrap();
        let store = opened.store.unwrap();
        let mut dissector = Dissector::new(Settings::SCREEN);
        if with_keys.is_some() {
            assert_eq!(dissector.read_key_log(keys.keys.as_bytes()), []);
        }
        while let Some(packet) = opened.source.next_packet() {
            dissector.push(&packet);
        }
        dissector.finish();
        let (frames, sessions) = (dissector.frames().clone(), dissector.sessions());
        let secrets = dissector.secrets();
        let snapshot = Snapshot { state: LoadState::Complete, frames, sessions, secrets, ..Snapshot::default() };
        Self::of(snapshot, store, Input::Sample(sample), width, height)
    }

    /// Opens what was read.
    /// Opens a run of the lab: `lab ID`, `lab ID VARIANT`; or else a sample by its name.
    pub(super) fn named(name: &str, width: u16, height: u16) -> Self {
        let Some(scenario) = name.strip_prefix("lab ") else { return Self::new(name, width, height) };
        let (id, variant) = scenario.split_once(' ').map_or((scenario, None), |(id, variant)| (id, Some(variant)));
        let run = play(&catalogue::find(id).unwrap().file().unwrap(), variant).unwrap();
        let input =
            InMemory { name: id.to_owned(), bytes: Vec::new(), keys: String::new(), verifiers: run.verifiers(0) };
        Self::of(run.snapshot(), run.store(), Input::Memory(Arc::new(input)), width, height)
    }

    pub(super) fn of(snapshot: Snapshot, store: Arc<dyn Store>, input: Input, width: u16, height: u16) -> Self {
        let mut app = App::new(settings::Settings::default(), Size { width, height });
        crate::tui::app::open(&mut app, vec![input]);
        deliver(&mut app, snapshot);
        Self { app, store }
    }

    /// Presses the keys of a script one after another, each when the one before has had all its effects.
    pub(super) fn press(&mut self, script: &str) -> &mut Self {
        for key in keys(script) {
            let effects = tell(&mut self.app, Msg::Key(key));
            self.serve(effects);
        }
        self
    }

    fn serve(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let msg = match effect {
                Effect::OpenDetail { job, stream, snapshot } => {
                    let session = snapshot.sessions.iter().find(|session| session.stream == stream).unwrap();
                    let detail = Detail::open(&*self.store, &snapshot.frames, session, &snapshot.secrets);
                    Msg::Detail { job, stream, result: Ok(Arc::new(detail.unwrap())) }
                }
                Effect::OpenAsSent { job, stream, snapshot } => {
                    let session = snapshot.sessions.iter().find(|session| session.stream == stream).unwrap();
                    let detail = Detail::open(&*self.store, &snapshot.frames, session, &Arc::default());
                    Msg::AsSent { job, stream, result: Ok(Arc::new(detail.unwrap())) }
                }
                Effect::ReadFrames { job, numbers, snapshot } => {
                    let summary = |number| FrameSummary::read(&*self.store, snapshot.frames.frame(number).unwrap());
                    let lines = numbers.into_iter().map(|number| (number, Ok(summary(number).unwrap()))).collect();
                    Msg::Frames(job, lines)
                }
                Effect::OpenFrame { job, number, snapshot } => {
                    let frame = Dissection::of_frame(&*self.store, &snapshot.frames, number);
                    Msg::Frame { job, number, result: Ok(Arc::new(frame.unwrap())) }
                }
                _ => continue,
            };
            let more = update(&mut self.app, msg);
            self.serve(more);
        }
    }

    pub(super) fn screen(&self) -> String {
        screen(&self.app)
    }
}

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (60, 16)];

/// Name of a picture, the sample, and the keys that lead to it from the list of sessions.
const PICTURES: &[(&str, &str, &str)] = &[
    ("ladder_tls12", "one-way-tls12", "<enter>"),
    ("ladder_tls13", "mutual-tls13", "<enter>jjjj"),
    ("ladder_refused", "client-certificate-missing-tls12", "<enter>G"),
    ("ladder_retry", "hello-retry-request", "<enter>j"),
    ("ladder_flights", "mutual-tls12", "<enter>f"),
    ("ladder_prelude", "smtp-starttls", "<enter>"),
    ("ladder_hex", "one-way-tls12", "<enter>jx"),
    ("ladder_find", "one-way-tls12", "<enter>/"),
    ("ladder_explain", "one-way-tls13", "<enter>jjji"),
    ("detail_hello", "one-way-tls13", "<enter><enter>jjjjj"),
    ("detail_certificate", "one-way-tls12", "<enter>jj<enter>/notAfter<enter>"),
    ("detail_frame", "post-quantum", "<enter><enter>/key_exchange<enter>nnb"),
    ("detail_bytes", "one-way-tls13", "<enter><enter><tab>/hex:6c6f63<enter>"),
    ("detail_alert", "client-certificate-missing-tls12", "<enter>/alert<enter><enter>G"),
    ("detail_zoom", "one-way-tls12", "<enter><enter>\\*"),
    ("detail_nothing", "one-way-tls12", "<enter>G<enter>"),
    ("ladder_decrypted", "mutual-tls13 with keys", "<enter>jjjj"),
    ("ladder_decrypted_refusal", "client-certificate-missing-tls13 with keys", "<enter>G"),
    ("detail_decrypted", "one-way-tls13 with keys", "<enter>jjjj<enter>"),
    ("detail_explain", "one-way-tls12", "<enter>j<enter>/ciphersuite<enter>i"),
];

/// What has to do with keys: name of a picture, the sample, and the keys that lead to it from the list of sessions.
const KEYS: &[(&str, &str, &str)] = &[
    ("keys_sessions", "mutual-tls13 with keys", ""),
    ("keys_closed", "mutual-tls13 with other keys", ""),
    ("keys_prompt", "mutual-tls13", "KHEX:"),
    ("keys_page", "mutual-tls13 with other keys", "K<enter>"),
    ("ladder_as_sent", "mutual-tls13 with keys", "<enter>jjjjd"),
    ("ladder_inside", "mutual-tls13 with keys", "<enter>jjjjdd"),
    ("detail_as_sent", "one-way-tls13 with keys", "<enter>jjjj<enter>d"),
    ("detail_frame_of_decrypted", "one-way-tls13 with keys", "<enter>jjjj<enter>b"),
    ("packets_as_sent", "mutual-tls13 with keys", "Pd"),
];

#[test]
fn pictures_of_keys() {
    for (name, sample, keys) in KEYS {
        let picture = |(width, height)| {
            let mut opened = Opened::new(sample, width, height);
            let source = KeySource {
                name: "/home/me/keys.log".to_owned(),
                what: "key log, followed; 5 secrets of 1 session".to_owned(),
                did: "1 is not of this capture".to_owned(),
                notes: vec!["line 3 of the key log ends before the secret; it is passed over".to_owned()],
            };
            tell(&mut opened.app, Msg::Keys { source, said: None });
            opened.press(keys);
            format!("{width}x{height}\n{}\n", opened.screen())
        };
        let pictures: Vec<String> = [(80, 24), (100, 34), (200, 50)].into_iter().map(picture).collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, pictures.join("\n"));
        });
    }
}

/// A password is asked for without being shown, and goes nowhere but to whoever takes keys.
#[test]
fn a_password_is_never_shown() {
    let mut opened = Opened::new("mutual-tls13", 80, 24);
    let typed = Hidden::new("server.key");
    tell(&mut opened.app, Msg::KeyPassword { typed: typed.clone(), name: "server.key".to_owned(), wrong: false });
    let effects = press(&mut opened.app, "open sesame");
    assert!(effects.is_empty() && opened.screen().contains("***********"), "{}", opened.screen());
    assert!(!opened.screen().contains("sesame") && !format!("{:?}", opened.app).contains("sesame"));
    let effects = press(&mut opened.app, "<enter>");
    assert!(!format!("{effects:?}").contains("sesame"));
    let given = effects.into_iter().find_map(|effect| match effect {
        Effect::GiveKeys { typed, password } => Some((typed, password)),
        _ => None,
    });
    assert_eq!(given, Some((typed, Some(Hidden::new("open sesame")))));
}

/// Whoever looks at a message as it was sent is back at it afterwards, in TLS 1.2 and 1.3.
#[test]
fn switching_the_view_stays_at_the_same_place() {
    for sample in ["mutual-tls13 with keys", "mutual-tls12 with keys", "resumption-tls13 with keys"] {
        let mut opened = Opened::new(sample, 100, 30);
        opened.press("<enter>");
        let inside = opened.app.model.detail().unwrap().session.clone();
        for index in 0..inside.timeline.len() {
            let Some(Subject::Event(before)) = opened.app.model.subject else { panic!("{sample} {index}") };
            opened.press("d");
            let sent = opened.app.model.detail().unwrap().session.clone();
            let Some(Subject::Event(outside)) = opened.app.model.subject else { panic!("{sample} {index}") };
            let (one, other) = (&inside.timeline[before], &sent.timeline[outside]);
            assert_eq!(one.direction, other.direction, "{sample} {before}");
            assert!(other.offset <= one.offset && !other.decrypted, "{sample} {before}");
            opened.press("d");
            assert_eq!(opened.app.model.subject, Some(Subject::Event(before)), "{sample} by {outside}");
            opened.press("j");
        }
        assert!(opened.screen().contains("decrypted"));
    }
}

/// Keys that come late open the session under the cursor, which stays where it is.
#[test]
fn keys_that_come_late_keep_the_place() {
    let mut opened = Opened::new("mutual-tls13", 100, 30);
    opened.press("<enter>jjj<enter>");
    let before = opened.app.model.detail().unwrap().session.clone();
    let Some(Subject::Event(closed)) = opened.app.model.subject else { panic!() };
    let later = Opened::new("mutual-tls13 with keys", 100, 30);
    let (job, elapsed) = (opened.app.model.loading.job, std::time::Duration::ZERO);
    let snapshot = Arc::clone(&later.app.model.snapshot);
    let effects = tell(&mut opened.app, Msg::Snapshot { job, snapshot, elapsed });
    opened.serve(effects);
    let after = &opened.app.model.detail().unwrap().session;
    let Some(Subject::Event(open)) = opened.app.model.subject else { panic!() };
    assert!(after.timeline[open].decrypted && !before.timeline[closed].decrypted);
    assert_eq!(after.timeline[open].offset, before.timeline[closed].offset);
}

#[test]
fn pictures() {
    for (name, sample, keys) in PICTURES {
        let pictures: Vec<String> = SIZES
            .into_iter()
            .map(|(width, height)| {
                let mut opened = Opened::new(sample, width, height);
                opened.press(keys);
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
    for (_, sample, keys) in PICTURES {
        let mut opened = Opened::new(sample, 100, 30);
        opened.press(keys);
        for (width, height) in [(1, 1), (2, 300), (300, 2), (19, 7), (60, 16), (99, 20), (100, 16), (300, 100)] {
            update(&mut opened.app, Msg::Resize(Size { width, height }));
            draw(&opened.app);
            // Below the floor nothing of a screen is drawn; it must bear it all the same.
            let area = Rect::new(0, 0, width, height);
            let mut buffer = Buffer::empty(area);
            opened.app.base().view(
                &opened.app.model,
                &Theme::default(),
                view::content_area(area.as_size()),
                &mut buffer,
            );
            for keys in ["G", "g", "<tab>", "<pagedown>", "<C-u>"] {
                opened.press(keys);
                opened.app.base().view(&opened.app.model, &Theme::default(), area, &mut buffer);
            }
        }
    }
}

#[test]
fn a_field_and_its_bytes_are_in_step() {
    for sample in SAMPLES {
        let mut opened = Opened::new(sample.name, 120, 40);
        opened.press("<enter><enter>");
        loop {
            let shown = opened.app.model.opened.clone().unwrap();
            let tree = &shown.dissection.tree;
            for (index, node) in tree.nodes().iter().enumerate() {
                for offset in [node.span.start, node.span.end.saturating_sub(1)] {
                    if node.span.contains(offset) {
                        let at = tree.at(node.span.buffer, offset).unwrap();
                        let found = &tree.nodes()[at].span;
                        let inside = found.start >= node.span.start && found.end <= node.span.end;
                        assert!(inside, "{}: {} at {offset}", sample.name, node.field.name);
                    }
                }
                assert!(node.span.range().end <= shown.dissection.buffer(node.span.buffer).unwrap().len());
                let _ = explain::field(&shown, index, &opened.app.model);
            }
            let before = opened.app.model.subject;
            opened.press("}");
            if opened.app.model.subject == before {
                break;
            }
            if opened.app.model.opened.is_none() {
                break;
            }
        }
    }
}

/// The cells that look like the bytes of the field under the cursor, as text.
fn lit(app: &App) -> String {
    let style = app.theme.lit;
    let buffer = draw(app);
    let is_lit = |cell: &&ratatui::buffer::Cell| Some(cell.bg) == style.bg && Some(cell.fg) == style.fg;
    buffer.content.iter().filter(is_lit).map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn the_bytes_of_the_field_are_lit_and_nothing_else() {
    let mut opened = Opened::new("one-way-tls12", 120, 40);
    opened.press("<enter><enter>/legacy_version<enter>");
    assert_eq!(lit(&opened.app), "03 03..");
    opened.press("/gmt_unix_time<enter>");
    let shown = lit(&opened.app);
    assert_eq!(shown, "72 34 dc 3dr4.=");
    // The same bytes in their frame, where they lie in two rows.
    opened.press("b");
    assert!(opened.screen().contains("[frame 4]"));
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        letters.sort_unstable();
        letters
    };
    assert_eq!(sorted(&lit(&opened.app)), sorted(&shown));
}

#[test]
fn the_byte_under_the_cursor_selects_its_field() {
    let mut opened = Opened::new("one-way-tls12", 120, 40);
    opened.press("<enter><enter><tab>gllll");
    assert!(opened.screen().contains("tls.record.length"), "{}", opened.screen());
    opened.press("llllll");
    assert!(opened.screen().contains("tls.handshake.version"), "{}", opened.screen());
    opened.press("G");
    assert!(opened.screen().contains("padding.bytes"), "{}", opened.screen());
}

#[test]
fn a_click_on_a_byte_selects_its_field_and_one_on_a_field_its_bytes() {
    let mut opened = Opened::new("one-way-tls12", 120, 40);
    opened.press("<enter><enter>");
    let find = |app: &App, text: &str| {
        let picture = screen(app);
        let (y, line) = picture.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap();
        let x = line.split(text).next().unwrap().chars().count();
        Position { x: u16::try_from(x).unwrap(), y: u16::try_from(y).unwrap() }
    };
    // The third byte of the first row: the version of the record.
    let row = find(&opened.app, "0000  16 03");
    update(&mut opened.app, Msg::Mouse(Mouse::Click(Position { x: row.x + 12, ..row })));
    assert!(opened.screen().contains("tls.record.version"), "{}", opened.screen());
    let field = find(&opened.app, "legacy_version  TLS 1.2");
    update(&mut opened.app, Msg::Mouse(Mouse::Click(field)));
    assert!(opened.screen().contains("tls.handshake.version"), "{}", opened.screen());
    assert_eq!(lit(&opened.app), "03 03..");
}

#[test]
fn the_field_is_kept_from_session_to_session_and_event_to_event() {
    let mut opened = Opened::new("resumption-tls12", 100, 30);
    opened.press("<enter><enter>/cipher_suites length<enter>");
    let first = opened.app.model.selected;
    opened.press("]");
    assert_ne!(opened.app.model.selected, first);
    assert_eq!(opened.app.model.subject, Some(Subject::Event(0)));
    assert!(opened.screen().contains("tls.handshake.cipher_suites_length"), "{}", opened.screen());
    opened.press("}");
    assert_eq!(opened.app.model.subject, Some(Subject::Event(1)));
    assert!(opened.screen().contains("ServerHello"));
    opened.press("{{");
    assert!(opened.screen().contains("that was the first one"));
}

#[test]
fn bytes_of_several_frames_say_so() {
    let mut opened = Opened::new("post-quantum", 120, 40);
    opened.press("<enter><enter>");
    let shown = opened.app.model.opened.clone().unwrap();
    let whole = shown.dissection.tree.nodes()[0].span;
    let (first, last) = shown.frames_of(whole).unwrap();
    assert!(last > first);
    assert!(opened.screen().contains(&format!("frames {first} to {last}")), "{}", opened.screen());
    assert_eq!(whole.buffer, BufferId(0));
}

#[test]
fn a_frame_is_shown_from_the_link_layer_up() {
    let mut opened = Opened::new("one-way-tls12", 120, 40);
    opened.press("<enter><enter>");
    opened.app.model.subject = Some(Subject::Frame(4));
    opened.press("<C-u>");
    assert!(opened.screen().contains("TCP"), "{}", opened.screen());
    opened.press("}");
    assert_eq!(opened.app.model.subject, Some(Subject::Frame(5)));
}

#[test]
fn what_is_not_there_is_said() {
    let mut opened = Opened::new("one-way-tls12", 80, 24);
    opened.press("<enter><enter>n");
    assert!(opened.screen().contains("nothing was searched for"));
    opened.press("/hex:ffffffffffffff<enter>");
    assert!(opened.screen().contains("is not in these fields and bytes"));
}
