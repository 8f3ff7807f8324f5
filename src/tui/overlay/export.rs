//! The menu of what can be saved: what the screen has under its cursor, then what the chosen sessions have.

use super::menu::{Choice, Menu};
use super::save_as::SaveAs;
use crate::session::Session;
use crate::tui::effect::{Content, ReportFormat};
use crate::tui::keymap::Context;
use crate::tui::model::Model;
use crate::tui::screen::{Navigate, Outcome, Screen, ScreenId};
use crate::x509::{Certificate, pem};
use std::sync::Arc;

/// The longest part of a file name that comes from the wire.
const NAME: usize = 60;

/// Something that can be saved.
#[derive(Clone, Debug)]
pub struct Exportable {
    /// The letter that chooses it. A letter that moves the cursor everywhere cannot be taken.
    pub key: char,
    /// What it is, in a few words.
    pub what: String,
    /// The file name that is proposed; [`file_name`] makes one that is safe.
    pub name: String,
    /// What is written.
    pub content: Content,
}

/// Opens the menu.
pub(crate) fn menu(screen: &dyn Screen, model: &Model) -> Outcome {
    let mut choices = screen.exportable(model);
    // A run that is not opened as a capture has nothing to do with the sessions of the one that is.
    let others = if screen.context() == Context::Screen(ScreenId::Lab) { Vec::new() } else { of_sessions(model) };
    for more in others {
        if choices.iter().all(|choice| choice.key != more.key) {
            choices.push(more);
        }
    }
    if choices.is_empty() {
        return Outcome::problem("there is nothing to save here");
    }
    let choice = |Exportable { key, what, name, content }: Exportable| {
        let prompt = SaveAs::new(&what, &name, content);
        Choice::new(key, what, Outcome::go(Navigate::Push(Box::new(prompt))))
    };
    Outcome::go(Navigate::Push(Box::new(Menu::new("save", choices.into_iter().map(choice).collect()))))
}

/// What can be saved of the marked sessions or, without marks, of the selected one; and of the whole list.
fn of_sessions(model: &Model) -> Vec<Exportable> {
    let mut out = Vec::new();
    let streams = model.chosen();
    let report = |streams, format| Content::Report { streams, format, snapshot: Arc::clone(&model.snapshot) };
    if let Some(first) = streams.first().and_then(|stream| model.session(*stream)) {
        let (whose, stem) = match streams.len() {
            1 => ("this session".to_owned(), stem(first)),
            count => (format!("{count} marked sessions"), format!("{count}-sessions")),
        };
        let mut add = |key, what: String, name: String, content| out.push(Exportable { key, what, name, content });
        let snapshot = Arc::clone(&model.snapshot);
        let packets = Content::Packets { streams: streams.clone(), snapshot };
        add('p', format!("packets of {whose} (pcapng)"), format!("{stem}.pcapng"), packets);
        add('s', format!("{whose} as JSON"), format!("{stem}.json"), report(streams.clone(), ReportFormat::Json));
        let markdown = report(streams.clone(), ReportFormat::Markdown);
        add('m', format!("ladder of {whose} as Markdown"), format!("{stem}.md"), markdown);
        add('x', format!("{whose} as text"), format!("{stem}.txt"), report(streams.clone(), ReportFormat::Text));
        if let [_] = streams.as_slice() {
            out.extend(chains(first));
        }
    }
    // Rows that have not passed the filter in force are not what is meant.
    if !model.rows.order.is_empty() && model.awaited().is_none() {
        let rows = model.rows.order.iter().filter_map(|place| model.snapshot.sessions.get(*place));
        let listed: Vec<_> = rows.map(|session| session.stream).collect();
        let what = match (model.filter().is_empty(), listed.len()) {
            (true, count) => format!("all {count} sessions as NDJSON"),
            (false, count) => format!("the {count} filtered sessions as NDJSON"),
        };
        let packets = Content::Packets { streams: listed.clone(), snapshot: Arc::clone(&model.snapshot) };
        let of = what.trim_end_matches(" as NDJSON");
        out.push(Exportable {
            key: 'w',
            what: format!("packets of {of} with their keys (pcapng)"),
            name: "sessions.pcapng".to_owned(),
            content: packets,
        });
        let content = report(listed, ReportFormat::Json);
        out.push(Exportable { key: 'a', what, name: "sessions.ndjson".to_owned(), content });
    }
    out
}

/// The chains of a session as PEM, as far as they were seen.
pub(crate) fn chains(session: &Session) -> Vec<Exportable> {
    let stem = stem(session);
    let sides = [('c', "server", &session.server_certificates), ('C', "client", &session.client_certificates)];
    let seen = sides.into_iter().filter(|(_, _, certificates)| !certificates.is_empty());
    let chain = |(key, side, certificates): (char, &str, &Vec<Arc<Certificate>>)| Exportable {
        key,
        what: format!("the {side}'s {} certificates (PEM)", certificates.len()),
        name: format!("{stem}-{side}.pem"),
        content: Content::Text(certificates.iter().map(|one| pem("CERTIFICATE", &one.der)).collect()),
    };
    seen.map(chain).collect()
}

/// What the files of a session are called: its number and its host name.
pub(crate) fn stem(session: &Session) -> String {
    file_name(&format!("session-{}", session.number), session.server_name().unwrap_or_default())
}

/// A file name without its ending, from words of our own and a name from outside. Of the latter only letters, digits,
/// dots and hyphens stay, so that it can be no path, no option and no hidden file.
#[must_use]
pub fn file_name(own: &str, outside: &str) -> String {
    let mut safe = String::new();
    for c in outside.chars().map(|c| c.to_ascii_lowercase()) {
        let c = if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let repeated = matches!(c, '.' | '-') && (safe.is_empty() || safe.ends_with(['.', '-']));
        if !repeated && safe.len() < NAME {
            safe.push(c);
        }
    }
    let safe = safe.trim_end_matches(['.', '-']);
    if safe.is_empty() { own.to_owned() } else { format!("{own}-{safe}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::{Msg, update};
    use crate::tui::effect::Effect;
    use crate::tui::fixture::{app, named, press, screen, session, sessions};

    #[test]
    fn names_from_the_wire_become_safe_names_of_files() {
        for (outside, expected) in [
            ("www.example.com", "s-www.example.com"),
            ("", "s"),
            ("../../etc/passwd", "s-etc-passwd"),
            ("..", "s"),
            ("/", "s"),
            ("-rf", "s-rf"),
            ("a\u{0}b\u{1b}[31m\u{202e}c", "s-a-b-31m-c"),
            ("GROß.Example", "s-gro-example"),
            ("a....b----c", "s-a.b-c"),
            ("nul\nline", "s-nul-line"),
        ] {
            assert_eq!(file_name("s", outside), expected, "{outside}");
        }
        assert!(file_name("s", &"x".repeat(10_000)).len() <= NAME + 2);
    }

    #[test]
    fn the_prompt_proposes_a_name_and_the_worker_gets_it() {
        let mut app = app(vec![named(session(0), "../../evil/\u{1b}.test")], 80, 24);
        press(&mut app, "es");
        assert!(screen(&app).contains("session-1-evil-test.json"), "{}", screen(&app));
        let effects = press(&mut app, "<enter>");
        let [Effect::Export { path, content: Content::Report { format: ReportFormat::Json, .. } }] = &effects[..]
        else {
            panic!("{effects:?}")
        };
        assert_eq!(path.to_str(), Some("session-1-evil-test.json"));
        assert_eq!(app.overlays().count(), 0);
    }

    #[test]
    fn a_file_that_is_there_is_not_touched_and_another_name_proposed() {
        let mut app = app(sessions(), 80, 24);
        let mut name = "session-1-a.pem".to_owned();
        for expected in ["session-1-a-2.pem", "session-1-a-3.pem"] {
            let content = Box::new(Content::Text(String::new()));
            update(&mut app, Msg::Exists(name.into(), content));
            assert!(screen(&app).contains("stays as it is"));
            let effects = press(&mut app, "<enter>");
            let [Effect::Export { path, .. }] = &effects[..] else { panic!("{effects:?}") };
            name = path.to_str().unwrap().to_owned();
            assert_eq!(name, expected);
        }
        update(&mut app, Msg::Exists("session-7.pem".into(), Box::new(Content::Text(String::new()))));
        assert!(screen(&app).contains("session-7-2.pem"));
    }

    #[test]
    fn marked_sessions_are_saved_together_and_the_list_as_it_is_filtered() {
        let mut app = app(sessions(), 80, 24);
        press(&mut app, "  e");
        assert!(screen(&app).contains("packets of 2 marked sessions"), "{}", screen(&app));
        assert!(screen(&app).contains("all 9 sessions as NDJSON"));
    }

    #[test]
    fn every_letter_of_the_menus_can_be_reached() {
        use crate::tui::key::Key;
        use crate::tui::keymap::Context;
        let app = app(sessions(), 80, 24);
        let exports = of_sessions(&app.model).into_iter().map(|choice| choice.key);
        let copies = super::super::copy::of_session(app.model.selected().unwrap());
        for key in exports.chain(copies.into_iter().map(|choice| choice.key)).chain("vnxpfJcCbi".chars()) {
            let bound = app.model.settings.keymap.command(Context::Menu, Key::parse(&key.to_string()).unwrap());
            assert_eq!(bound, None, "{key}");
        }
    }
}
