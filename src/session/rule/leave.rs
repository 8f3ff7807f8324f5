//! Who left right behind a handshake that had been completed, without a word of its own: what programs do that look at
//! a certificate only then. A connection that was made in advance and never used looks the same, so that this is never
//! more than a possible reason.

use super::case::Case;
use crate::net::Direction::{self, ToClient, ToServer};
use crate::session::{Event, EventKind, Outcome, flight};
use crate::tls::code::AlertDescription;
use crate::tls::handshake::Alert;

/// Nanoseconds of silence within which a program leaves that has found something to dislike. People take longer.
const AT_ONCE: i64 = 250_000_000;
/// No ticket is shorter: it holds at least the secret of the session.
const SHORTEST_TICKET: u64 = 80;

impl Case<'_> {
    /// The event with which that side left before the other, without having said anything else.
    pub(super) fn left_at_once(&self, by: Direction) -> Option<usize> {
        let [client, server] = &self.left;
        *(if by == ToServer { client } else { server }).get_or_init(|| {
            let goodbye = self.goodbye(by)?;
            // The end of TCP is plainer than what may have been a close_notify.
            let fin = self.first(|event| event.direction == by && event.kind == EventKind::Fin);
            Some(fin.unwrap_or(goodbye))
        })
    }

    /// The same of a client whose certificates are encrypted, where it left too soon for a connection made in advance.
    pub(super) fn left_for_what_is_hidden(&self) -> Option<usize> {
        self.flight?.finished?;
        self.left_in_haste(ToServer).filter(|_| !self.session.resumed_by_hello())
    }

    /// The same, where it left too soon for a connection that was made in advance.
    pub(super) fn left_in_haste(&self, by: Direction) -> Option<usize> {
        let goodbye = self.goodbye(by)?;
        let waited = self.between(goodbye.checked_sub(1)?, goodbye)?;
        self.left_at_once(by).filter(|_| waited < AT_ONCE)
    }

    fn goodbye(&self, by: Direction) -> Option<usize> {
        if self.session.outcome != Outcome::Established {
            return None;
        }
        let finished = self.flight.and_then(|flight| flight.finished).unwrap_or_default();
        let events = || self.events().iter().enumerate();
        let (index, goodbye) = events().find(|(index, event)| self.is_goodbye(event, *index > finished))?;
        let mut said =
            events().filter(|(index, event)| event.direction == by && self.is_record(event, *index, finished));
        let silent = if by == ToServer { said.next().is_none() } else { self.are_tickets(said) };
        (goodbye.direction == by && silent).then_some(index)
    }

    fn is_goodbye(&self, event: &Event, finished: bool) -> bool {
        match event.kind {
            EventKind::Fin | EventKind::Reset | EventKind::EncryptedAlert { .. } => true,
            EventKind::Alert(Alert { description: AlertDescription::CLOSE_NOTIFY, .. }) => true,
            EventKind::ApplicationData { .. } => finished && self.is_short(event),
            _ => false,
        }
    }

    /// Whether an event is data, or may be: in TLS 1.3 what stands behind the client's Finished and is no alert.
    fn is_record(&self, event: &Event, index: usize, finished: usize) -> bool {
        let data = matches!(event.kind, EventKind::ApplicationData { .. });
        data && (event.decrypted || !self.is_tls13 || (index > finished && !self.is_short(event)))
    }

    /// Whether it is one record that is an alert by its length.
    fn is_short(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::ApplicationData { bytes, records: 1, .. } => {
                self.is_tls13 && !event.decrypted && flight::is_alert(self.session, bytes)
            }
            _ => false,
        }
    }

    /// Whether records of a server can be tickets: where several come, they have one length.
    fn are_tickets<'e>(&self, said: impl Iterator<Item = (usize, &'e Event)>) -> bool {
        let mut length = None;
        for (_, event) in said {
            let EventKind::ApplicationData { bytes, records, .. } = event.kind else { return false };
            let each = bytes / u64::from(records.max(1));
            let same = length.is_none_or(|length| length == each) && each * u64::from(records) == bytes;
            if event.decrypted || !self.is_tls13 || !same || each < SHORTEST_TICKET {
                return false;
            }
            length = Some(each);
        }
        true
    }
}

/// The side that left, and where.
pub(super) fn leaver(case: &Case<'_>) -> Option<(Direction, usize)> {
    [ToServer, ToClient].into_iter().find_map(|by| Some((by, case.left_at_once(by)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::rule::{Decider, conclude};
    use crate::session::sample;

    const FLIGHT: &[(Direction, u64)] = &[(ToClient, 23), (ToClient, 900), (ToClient, 96), (ToClient, 53)];
    const ASKING: &[(Direction, u64)] =
        &[(ToClient, 23), (ToClient, 62), (ToClient, 900), (ToClient, 96), (ToClient, 53)];

    /// A session of TLS 1.3 without keys, with these records behind the server's flight, that this side closes so many
    /// milliseconds later.
    fn session(records: &[(Direction, u64)], closes: Direction, after: i64) -> crate::session::Session {
        let mut session = sample::tls13();
        let Some(first) = session.timeline.first().cloned() else { return session };
        session.timeline.truncate(2);
        let flight = if records.first() == Some(&(ToServer, 800)) { ASKING } else { FLIGHT };
        let all = flight.iter().chain(records);
        session.timeline.extend(all.map(|(direction, bytes)| Event {
            direction: *direction,
            kind: EventKind::ApplicationData { records: 1, bytes: *bytes, maybe_handshake: true },
            ..first.clone()
        }));
        let time = first.time + after * 1_000_000;
        session.timeline.push(Event { direction: closes, kind: EventKind::Fin, time, ..first });
        session.transport.fin = Some(closes);
        session.outcome = crate::session::outcome::of(&session);
        conclude(&mut session);
        session
    }

    #[test]
    fn who_leaves_without_a_word_has_decided() {
        let mutual = [(ToServer, 800), (ToServer, 96), (ToServer, 53)];
        let (client, server) = (Some(Decider::Client), Some(Decider::Server));
        let hidden = "for the certificate";
        for (records, closes, after, decided, words) in [
            (&[(ToServer, 53)][..], ToServer, 5, client, hidden),
            (&[(ToServer, 53), (ToClient, 250), (ToClient, 250), (ToServer, 19)], ToClient, 5, client, hidden),
            // Java pads.
            (&[(ToServer, 69), (ToServer, 35)], ToServer, 5, client, hidden),
            // Made in advance and never used.
            (&[(ToServer, 53)], ToServer, 600, None, "completed"),
            (&[(ToServer, 53), (ToServer, 120), (ToClient, 600)], ToServer, 5, None, "completed"),
            (&[(ToServer, 53), (ToClient, 250)], ToClient, 5, None, "completed"),
            (&[&mutual[..], &[(ToClient, 900), (ToClient, 900)]].concat(), ToClient, 5, server, "client's certificate"),
            (&[&mutual[..], &[(ToServer, 90)]].concat(), ToClient, 5, server, "client's certificate"),
            (
                &[(ToServer, 800), (ToClient, 19), (ToServer, 96), (ToServer, 53)],
                ToClient,
                5,
                server,
                "client's certificate",
            ),
            (&[&mutual[..], &[(ToClient, 900), (ToClient, 40)]].concat(), ToClient, 5, None, "completed"),
        ] {
            let session = session(records, closes, after);
            assert_eq!(session.verdict.decided_by, decided, "{records:?} {}", session.verdict_line());
            assert!(session.verdict_line().contains(words), "{records:?} {}", session.verdict_line());
        }
    }
}
