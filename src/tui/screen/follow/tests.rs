//! The Follow screen as a user meets it, on samples and captures and through the real dissector.

use crate::capture::follow::Follow;
use crate::capture::{Dissector, Input, LoadState, Sample, Settings, Snapshot, Store, open};
use crate::tui::app::{App, Msg, update};
use crate::tui::effect::{Content, Effect};
use crate::tui::fixture::{deliver, press, screen};
use crate::tui::following::{FollowNews, FollowWork, Followed};
use crate::tui::model::Subject;
use crate::tui::screen::ScreenId;
use crate::tui::worker::follow::{body, find, records};
use crate::tui::{settings, view};
use ratatui::layout::{Rect, Size};
use std::path::Path;
use std::sync::Arc;

/// A program that has a capture open, and what carries out its effects at once.
struct Opened {
    app: App,
    store: Arc<dyn Store>,
}

impl Opened {
    fn new(input: Input, with_keys: bool, width: u16, height: u16) -> Self {
        let mut opened = open(std::slice::from_ref(&input), true).unwrap();
        let mut dissector = Dissector::new(Settings::SCREEN);
        loop {
            for log in opened.source.take_key_logs().into_iter().filter(|_| with_keys) {
                dissector.read_key_log(&log);
            }
            let Some(packet) = opened.source.next_packet() else { break };
            dissector.push(&packet);
        }
        dissector.finish();
        let (frames, sessions) = (dissector.frames().clone(), dissector.sessions());
        let secrets = dissector.secrets();
        let snapshot = Snapshot { state: LoadState::Complete, frames, sessions, secrets, ..Snapshot::default() };
        let mut app = App::new(settings::Settings::default(), Size { width, height });
        crate::tui::app::open(&mut app, vec![input]);
        deliver(&mut app, snapshot);
        Self { app, store: opened.store.unwrap() }
    }

    fn sample(name: &str, with_keys: bool, width: u16, height: u16) -> Self {
        Self::new(Input::Sample(Sample::named(name).unwrap()), with_keys, width, height)
    }

    /// Presses the keys of a script one after another, each when the one before has had all its effects.
    fn press(&mut self, script: &str) -> Vec<Effect> {
        let mut others = Vec::new();
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let end =
                if c == '<' { rest.find('>').filter(|end| *end > 1).map_or(1, |end| end + 1) } else { c.len_utf8() };
            let effects = press(&mut self.app, &rest[..end]);
            others.extend(self.serve(effects));
            rest = &rest[end..];
        }
        others
    }

    fn serve(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in effects {
            let Effect::Follow(work) = effect else {
                others.push(effect);
                continue;
            };
            let news = match work {
                FollowWork::Open { job, stream, snapshot } => {
                    let session = snapshot.sessions.iter().find(|session| session.stream == stream).unwrap();
                    let follow =
                        Follow::open(Arc::clone(&self.store), &snapshot.frames, session, &snapshot.secrets).unwrap();
                    let exchanges = follow.exchanges();
                    FollowNews::Opened { job, stream, result: Ok(Arc::new(Followed { follow, exchanges })) }
                }
                FollowWork::Read(followed, numbers) => records(followed, numbers),
                FollowWork::Body(followed, at) => body(followed, at),
                FollowWork::Find(followed, search) => {
                    let found = find(&followed.follow, &search);
                    FollowNews::Found(followed, found)
                }
            };
            let more = update(&mut self.app, Msg::Follow(news));
            others.extend(self.serve(more));
        }
        others
    }

    fn screen(&self) -> String {
        screen(&self.app)
    }
}

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 34), (200, 50)];

fn pictures(name: &str, keys: &str, open: &dyn Fn(u16, u16) -> Opened) {
    let picture = |(width, height)| {
        let mut opened = open(width, height);
        opened.press(keys);
        format!("{width}x{height}\n{}\n", opened.screen())
    };
    let pictures: Vec<String> = SIZES.into_iter().map(picture).collect();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, pictures.join("\n"));
    });
}

/// A capture of Wireshark's tests, where they are.
fn brotli() -> Option<Input> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures/wireshark-suite/http2-brotli.pcapng");
    if path.exists() {
        return Some(Input::Path(path));
    }
    println!("skipped: {} is missing", path.display());
    None
}

#[test]
fn samples_are_followed() {
    for (name, keys) in [
        ("sample_list", "F"),
        ("sample_text", "Fvd"),
        ("sample_hex", "FvvG"),
        ("sample_save", "Fe"),
        ("sample_copy", "Fvy"),
    ] {
        pictures(name, keys, &|width, height| Opened::sample("mutual-tls13", true, width, height));
    }
}

#[test]
fn http_is_followed() {
    let Some(input) = brotli() else { return };
    for (name, keys) in [("list", "F"), ("open", "F<enter>"), ("text", "Fv"), ("find", "Fvv/hex:53 4d<enter>")] {
        pictures(name, keys, &|width, height| Opened::new(input.clone(), true, width, height));
    }
}

#[test]
fn why_there_is_nothing_is_said() {
    let mut opened = Opened::sample("one-way-tls13", false, 80, 24);
    opened.press("F");
    assert!(opened.screen().contains("nothing to follow: no keys were given"), "{}", opened.screen());
    opened.press("jGv/x<enter>nyq");
}

#[test]
fn an_exchange_leads_to_its_record_and_back() {
    let Some(input) = brotli() else { return };
    let mut opened = Opened::new(input, true, 100, 34);
    opened.press("F<enter>");
    assert!(opened.screen().contains("This is a test file for testing brotli"), "{}", opened.screen());
    opened.press("r");
    assert_eq!(opened.app.base_id(), ScreenId::Detail);
    assert!(matches!(opened.app.model.subject, Some(Subject::Event(_) | Subject::Frame(_))));
    opened.press("<esc><esc>");
    assert_eq!(opened.app.base_id(), ScreenId::Follow);
    opened.press("<esc>");
    assert_eq!(opened.app.base_id(), ScreenId::Sessions);
}

#[test]
fn a_body_is_saved_by_the_worker() {
    let Some(input) = brotli() else { return };
    let mut opened = Opened::new(input, true, 100, 34);
    let effects = opened.press("Fen<enter>");
    let [Effect::Export { path, content: Content::Body(followed, id) }] = &effects[..] else { panic!("{effects:?}") };
    assert!(path.to_string_lossy().ends_with("-body-1.bin"), "{path:?}");
    let mut body = Vec::new();
    let message = followed.message(*id).unwrap();
    assert_eq!(followed.follow.write_body(message, &mut body).unwrap(), (66, None));
    assert!(body.starts_with(b"This is a test file"));
}

#[test]
fn everything_is_drawn_at_any_size() {
    let Some(input) = brotli() else { return };
    let mut opened = Opened::new(input, true, 100, 34);
    for keys in ["F", "<enter>", "jj<tab>", "v", "v", "d", "d", "d", "G", "g", "<pagedown>", "<C-u>", "}", "{", "k"] {
        opened.press(keys);
        for (width, height) in [(1, 1), (2, 300), (300, 2), (19, 7), (60, 16), (300, 100), (80, 24)] {
            let more = update(&mut opened.app, Msg::Resize(Size { width, height }));
            opened.serve(more);
            let area = Rect::new(0, 0, width, height);
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            let content = view::content_area(area.as_size());
            opened.app.base().view(&opened.app.model, &opened.app.theme, content, &mut buffer);
        }
    }
}
