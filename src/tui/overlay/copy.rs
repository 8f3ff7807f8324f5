//! The menu of what can be copied: what the screen has under its cursor, then what the selected session has.

use super::menu::{Choice, Menu};
use crate::base::printable;
use crate::report::{json, markdown};
use crate::session::Session;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::{Navigate, Outcome, Screen};
use std::fmt::Write;

/// Something that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copyable {
    /// The letter that chooses it: `v` value, `n` name and value, `x` hex, `p` PEM, `f` filter, `J` JSON. A letter
    /// that moves the cursor everywhere cannot be taken.
    pub key: char,
    /// What it is, in a few words.
    pub what: String,
    /// The text. Text from the wire must have been made printable: whoever pastes it into a shell would run it.
    pub text: String,
}

impl Copyable {
    /// Something with its letter and a few words.
    pub fn new(key: char, what: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key, what: what.into(), text: text.into() }
    }
}

/// Opens the menu.
pub(crate) fn menu(screen: &dyn Screen, model: &Model) -> Outcome {
    let mut choices = screen.copyable(model);
    for more in model.selected().map(|session| of_session(session)).unwrap_or_default() {
        // The letter of what is under the cursor means that and nothing else.
        if choices.iter().all(|choice| choice.key != more.key) {
            choices.push(more);
        }
    }
    if choices.is_empty() {
        return Outcome::problem("there is nothing to copy here");
    }
    let choice = |Copyable { key, what, text }: Copyable| {
        Choice::new(key, what.clone(), Outcome::effect(Effect::Copy { what, text }))
    };
    Outcome::go(Navigate::Push(Box::new(Menu::new("copy", choices.into_iter().map(choice).collect()))))
}

/// What can be copied of a session, wherever the cursor is.
pub(crate) fn of_session(session: &Session) -> Vec<Copyable> {
    let mut out = Vec::new();
    if let Some(name) = session.server_name() {
        out.push(Copyable::new('v', "server name (SNI)", printable(name)));
    }
    out.push(Copyable::new('f', "filter for this session's server", filter(session)));
    out.push(Copyable::new('a', "addresses and ports", format!("{} > {}", session.client, session.server)));
    if let Some(hello) = session.client_hellos.first().filter(|hello| !hello.item.fingerprints.ja4.is_empty()) {
        out.push(Copyable::new('d', "JA4, the client's fingerprint", hello.item.fingerprints.ja4.clone()));
    }
    out.push(Copyable::new('J', "session as JSON, one line", json::session(session)));
    out.push(Copyable::new('m', "session as Markdown", markdown::session(session)));
    out
}

/// The filter that finds the sessions with the same host name; without one, those with the same server address.
fn filter(session: &Session) -> String {
    match session.server_name() {
        Some(name) => equals("sni", name),
        None => format!("server == {}", session.server),
    }
}

/// `field == "text"`, with what would end the text escaped.
#[must_use]
pub fn equals(field: &str, text: &str) -> String {
    let mut out = format!("{field} == \"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        if crate::base::is_printable(c) {
            out.push(c);
        } else {
            // The filter has no sign for it, and it must not reach a terminal.
            let _ = write!(out, "?");
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::filter::Filter;
    use crate::tui::fixture::{app, named, press, screen, session};

    #[test]
    fn the_filter_finds_the_session_that_it_was_made_from() {
        for name in ["bank.example", "with \"quotes\"", "back\\slash", "'", "a b"] {
            let session = named(session(0), name);
            let filter = Filter::parse(&filter(&session)).unwrap();
            assert!(filter.matches(&session), "{name}");
        }
        let nameless = crate::session::Session { client_hellos: Vec::new(), ..session(1) };
        assert!(Filter::parse(&filter(&nameless)).unwrap().matches(&nameless));
    }

    #[test]
    fn what_is_chosen_goes_to_the_clipboard_without_escapes() {
        let mut app = app(vec![named(session(0), "evil\u{1b}]52;c;x\u{7}.test")], 80, 24);
        press(&mut app, "y");
        assert!(screen(&app).contains("session as JSON"), "{}", screen(&app));
        let effects = press(&mut app, "v");
        let [Effect::Copy { what, text }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((what.as_str(), text.as_str()), ("server name (SNI)", "evil\\x1b]52;c;x\\x07.test"));
        assert_eq!(app.overlays().count(), 0);
        for key in ["f", "a", "J", "m"] {
            press(&mut app, "y");
            let effects = press(&mut app, key);
            let [Effect::Copy { text, .. }] = &effects[..] else { panic!("{key}: {effects:?}") };
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
    }

    #[test]
    fn without_anything_there_is_no_menu() {
        let mut app = app(Vec::new(), 80, 24);
        assert!(press(&mut app, "y").is_empty());
        assert!(screen(&app).contains("nothing to copy"));
    }
}
