//! The secrets that the dissector opens records with: given before, between packets, or when all was read.

use super::{Dissector, Settings, Slot, judge};
use crate::base::{Group, Note, Severity};
use crate::capture::{Store, detail};
use crate::session::{Closed, Kind, Session, rule};
use crate::tls::code::ProtocolVersion;
use crate::tls::given::Given;
use crate::tls::handshake::ClientHello;
use crate::tls::secrets::{Remembered, Secrets};
use std::sync::Arc;

impl Dissector {
    /// Gives the secrets to open protected records with, in place of those that were given before. What was read before
    /// them is not opened: sessions that need it are read again ([`Detail`](crate::capture::Detail)).
    pub fn open_with(&mut self, secrets: Arc<Secrets>) {
        self.secrets = Some(secrets).filter(|secrets| !secrets.is_empty());
    }

    /// Adds the secrets of a key log to those that were given, and gives a note for each line that cannot be read.
    pub fn read_key_log(&mut self, text: &[u8]) -> Vec<Note> {
        let (given, notes) = Given::of_key_log(text, 1);
        self.add_keys(&given);
        notes
    }

    /// Adds keys to those that were given. What was read before them is not opened: see [`read_again`](Self::read_again).
    pub fn add_keys(&mut self, given: &Given) {
        let mut secrets = self.secrets.take().unwrap_or_default();
        given.add_to(Arc::make_mut(&mut secrets));
        self.open_with(secrets);
    }

    /// The secrets that were given so far, with those that sessions taught for others that resume them.
    #[must_use]
    pub fn secrets(&self) -> Arc<Secrets> {
        let mut secrets = self.secrets.clone().unwrap_or_default();
        if !self.remembered.is_empty() {
            Arc::make_mut(&mut secrets).remember(&self.remembered);
        }
        secrets
    }

    /// What is to be said of the key log when sessions stayed closed because it has no secrets of them: how many of the
    /// connections in it were seen at all. To be asked for after [`finish`](Self::finish).
    #[must_use]
    pub fn about_key_log(&self) -> Option<Note> {
        let secrets = self.secrets.as_ref().filter(|secrets| secrets.connections() > 0)?;
        let without = Some(self.without_entry).filter(|count| *count > 0)?;
        let unmatched = self.remembered.unmatched(secrets).count();
        let seen = match secrets.connections() - unmatched {
            0 => "none of them is in this capture: was it written by another program, or before or after?".to_owned(),
            1 => "one of them is in this capture".to_owned(),
            seen => format!("{seen} of them are in this capture"),
        };
        let text = format!(
            "the key log has the secrets of {} connections, and {seen}; it has none of {without} of the sessions here",
            secrets.connections()
        );
        let (severity, group) = (Severity::Note, Group::Decryption);
        Some(Note { severity, group, code: "keys.range", text: text.into(), span: None })
    }

    /// Reads those sessions again whose secrets came after their packets; to be called after
    /// [`finish`](Self::finish). A session that cannot be read again stays as it is.
    pub fn read_again(&mut self, store: &dyn Store) {
        if let Some(secrets) = self.secrets.clone() {
            self.read_again_for(&secrets, store);
        }
    }

    /// The same where only these secrets are new: what they cannot make a difference for is not read again.
    pub fn read_again_for(&mut self, news: &Secrets, store: &dyn Store) {
        let Some(secrets) = &self.secrets else { return };
        for slot in &mut self.order {
            let Slot::Over(session) = slot else { continue };
            let resumes = session.resumed == Some(true) && !self.remembered.is_empty();
            let strays = self.remembered.unmatched(secrets).next().is_some() && may_have_strays(session);
            if !came_late(session, news, resumes || strays) {
                continue;
            }
            let is_signed = session.number <= self.settings.signed_sessions;
            let signed_sessions = if is_signed { u32::MAX } else { 0 };
            let mut dissector = Self::new(Settings { keep_frames: false, signed_sessions, ..self.settings });
            dissector.open_with(Arc::clone(secrets));
            dissector.remembered = std::mem::take(&mut self.remembered);
            let again = detail::read_stream(store, &self.frames, session, &mut dissector);
            self.remembered = dissector.remembered;
            if let Ok(Some(mut again)) = again {
                judge(&mut self.court, &mut again);
                rule::conclude(&mut again);
                *session = Arc::new(again);
            }
        }
    }
}

/// Whether it makes a difference for a session that there are these secrets now: its records were never tried, or
/// stayed closed and may have a secret now. What a client random is found by may also be a hello that ECH hides.
fn came_late(session: &Session, news: &Secrets, in_another_way: bool) -> bool {
    let mut hellos = session.client_hellos.iter().map(|hello| &hello.item);
    let has =
        |hello: &Arc<ClientHello>| hello.encrypted_client_hello || hello.random.is_some_and(|random| news.has(&random));
    let closed = session.decryption.as_ref().is_none_or(|decryption| {
        let missing = decryption.closed != [0; 2] || decryption.skipped != [0; 2];
        missing && (in_another_way || news.has_others() || hellos.any(has))
    });
    session.kind == Kind::Tls && closed
}

/// Notes which secrets are those of a session that is over, and says where they came behind the records that they open.
/// Whether it stayed closed because there are none.
pub(super) fn lacks_secrets(session: &mut Session, secrets: &Secrets, remembered: &mut Remembered) -> bool {
    let randoms: Vec<_> = session.client_hellos.iter().filter_map(|hello| hello.item.random).collect();
    let own = randoms.iter().filter(|random| secrets.has(random));
    let count = own.map(|random| remembered.matched(random)).count();
    let all = count > 0 && count == randoms.len();
    let reasons = session.decryption.iter_mut().flat_map(|decryption| decryption.reason.iter_mut().flatten());
    let missing: Vec<_> = reasons.filter(|reason| **reason == Closed::NoEntry).collect();
    let lacks = !missing.is_empty() && !all;
    missing.into_iter().filter(|_| all).for_each(|reason| *reason = Closed::CameLate);
    lacks
}

/// Whether secrets under a random that is not on the wire may be those of the session.
fn may_have_strays(session: &Session) -> bool {
    let nothing = session.decryption.as_ref().is_none_or(|decryption| decryption.opened == [0; 2]);
    nothing && session.version.is_none_or(ProtocolVersion::is_tls13)
}
