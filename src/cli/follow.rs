//! `tlslab follow`: what the application said in one session.

use super::arguments::{As, Follow as Arguments, Side};
use super::keys::keys;
use super::output::output;
use super::reading::keep;
use super::{Failure, Status, complain, tell};
use crate::capture::follow::{Follow, Spoken};
use crate::capture::{Frames, Keys};
use crate::net::Direction;
use crate::report::follow::{self, Wanted};
use crate::session::Session;
use crate::tls::secrets::Secrets;
use std::sync::Arc;

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let (keys, notes) = keys(&arguments.keys, None)?;
    tell(&notes);
    let follow = open(arguments, &keys)?;
    if let Some(why) = follow.nothing() {
        let number = follow.session.number;
        return Err(Failure::Usage(format!("session {number} has nothing to follow: {why}")));
    }
    if follow.is_cut() {
        complain("the session has more records than are kept: the last ones are left out");
    }
    let wanted = match arguments.direction {
        Side::Client => Wanted::Only(Direction::ToServer),
        Side::Server => Wanted::Only(Direction::ToClient),
        Side::Both => Wanted::Both,
    };
    write(arguments, &follow, wanted)
}

/// Finds the session and reads it again with the keys. The others are not opened, but where it resumes one of them.
fn open(arguments: &Arguments, keys: &Keys) -> Result<Follow, Failure> {
    let mut secrets = Arc::clone(&keys.secrets);
    let (mut dissector, store) = keep(
        &arguments.files,
        |_| {},
        |_, log| if keys.embedded { Arc::make_mut(&mut secrets).read_key_log(&log, 1) } else { Vec::new() },
    )?;
    let session = chosen(&dissector.sessions(), arguments.session)?;
    let read = |session: &Session, secrets: &Arc<Secrets>, frames: &Frames| {
        Follow::open(Arc::clone(&store), frames, session, secrets)
            .map_err(|error| Failure::Usage(format!("session {} cannot be read again: {error}", session.number)))
    };
    let follow = read(&session, &secrets, dissector.frames())?;
    if follow.nothing().is_none() || session.resumed != Some(true) || secrets.is_empty() {
        return Ok(follow);
    }
    dissector.open_with(secrets);
    dissector.read_again(&*store);
    read(&session, &dissector.secrets(), dissector.frames())
}

fn write(arguments: &Arguments, follow: &Follow, wanted: Wanted) -> Result<Status, Failure> {
    let path = arguments.output.as_deref();
    let exchanges = match arguments.form {
        None | Some(As::Http) => Some(follow.exchanges()),
        Some(_) => None,
    };
    match (arguments.form, exchanges) {
        (None | Some(As::Http), Some(found)) if found.spoken != Spoken::Other => {
            output(path, None, |out| follow::exchanges(follow, &found, wanted, out))
        }
        (Some(As::Http), _) => {
            let text = "no HTTP is spoken in this session, as far as its first bytes tell; --as text shows it";
            Err(Failure::Usage(text.to_owned()))
        }
        (Some(As::Raw), _) => output(path, Some("raw data is"), |out| follow::raw(follow, wanted, out).map(|_| ())),
        (Some(As::Hex), _) => output(path, None, |out| follow::hex(follow, wanted, out)),
        (None | Some(As::Text), _) => output(path, None, |out| follow::text(follow, wanted, out)),
    }
}

/// The session with that number; without one, the only session.
fn chosen(sessions: &[Arc<Session>], number: Option<u32>) -> Result<Arc<Session>, Failure> {
    let found = match (number, sessions) {
        (Some(number), _) => sessions.iter().find(|session| session.number == number),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.cloned().ok_or_else(|| {
        let count = match sessions.len() {
            0 => return Failure::Usage("there is no session in there".to_owned()),
            1 => "there is one session".to_owned(),
            count => format!("there are {count} sessions"),
        };
        let wish = number.map_or("--session N chooses one".to_owned(), |number| format!("none has number {number}"));
        Failure::Usage(format!("{count}; {wish}"))
    })
}
