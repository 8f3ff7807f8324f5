//! The key schedule of the selected session, made ready while its screen is on top.
//!
//! It is made again when the session, its keys or the record that is looked at have changed, and not for every key.

use super::model::{Model, Subject};
use crate::capture::{Detail, RecordId};
use crate::tls::decrypt::derivation::Derivation;
use crate::tls::secrets::Secrets;
use std::sync::Arc;

/// The key schedule with what it was made of.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The key schedule itself.
    pub shown: Option<Shown>,
    wanted: Option<RecordId>,
}

/// A key schedule that is ready.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The session.
    pub detail: Arc<Detail>,
    /// The tree.
    pub derivation: Arc<Derivation>,
    /// The record whose protection is in it.
    pub record: Option<RecordId>,
    /// What of the session was looked at when it was made.
    pub subject: Option<Subject>,
    secrets: Arc<Secrets>,
}

impl State {
    /// Asks for the protection of another record.
    pub(crate) fn go_to(&mut self, record: RecordId) {
        self.wanted = Some(record);
    }
}

/// Makes the key schedule ready.
pub(crate) fn settle(model: &mut Model) {
    let wanted = model.schedule.wanted.take();
    let Some(detail) = model.inside().cloned() else {
        model.schedule.shown = None;
        return;
    };
    let subject = model.subject.and_then(|subject| subject.map_event(|event| model.event_inside(event)));
    let secrets = Arc::clone(&model.snapshot.secrets);
    let before = model.schedule.shown.as_ref();
    let same_session = before.is_some_and(|before| Arc::ptr_eq(&before.detail, &detail));
    let same_subject = same_session && before.is_some_and(|before| before.subject == subject);
    let of_subject = || match subject {
        Some(Subject::Event(event)) => detail.record_of(event),
        _ => None,
    };
    let kept = before.filter(|_| same_subject).and_then(|before| before.record);
    let record = wanted.or_else(|| if same_subject { kept } else { of_subject() });
    let is_made =
        before.is_some_and(|before| same_subject && before.record == record && Arc::ptr_eq(&before.secrets, &secrets));
    if !is_made {
        let derivation = Arc::new(detail.derivation(&secrets, record));
        model.schedule.shown = Some(Shown { detail, derivation, record, subject, secrets });
    }
}
