//! Facts of a run, for answers that are computed and explanations that quote: `${server.handshake_bytes}`.
//!
//! A fact is about the last connection of the run; `${c1:suite}` is about the first one. What a run does not have (no
//! suite was chosen) is `none`, so that the same sentence fits every variant.

use crate::lab::run::{Connection, Run, Testimony};
use crate::net::Direction;
use crate::session::{Event, EventKind, Session};
use crate::tls::code::{HandshakeType, ProtocolVersion};
use crate::x509::Certificate;
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One row of the table of facts.
pub struct Fact {
    /// Its name between the braces.
    pub name: &'static str,
    /// What it says.
    pub text: &'static str,
    /// How it is taken from a run and one of its connections.
    take: fn(&Run, &Connection) -> Option<String>,
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}}}", self.name)
    }
}

/// What stands for a fact that a run does not have.
const NONE: &str = "none";

/// Makes a row for each side: `client.…` and `server.…`.
macro_rules! facts {
    ($($name:literal, $text:literal, $take:expr;)* both { $($both:literal, $both_text:literal, $side:expr;)* }) => {
        /// All facts of a run.
        pub static FACTS: &[Fact] = &[
            $(Fact { name: $name, text: $text, take: $take },)*
            $(
                Fact {
                    name: concat!("client.", $both),
                    text: concat!("of the client: ", $both_text),
                    take: |_, connection| $side(&Side { connection, is_client: true }),
                },
                Fact {
                    name: concat!("server.", $both),
                    text: concat!("of the server: ", $both_text),
                    take: |_, connection| $side(&Side { connection, is_client: false }),
                },
            )*
        ];
    };
}

facts! {
    "packets", "how many packets crossed the wire", |run, _| Some(run.packets.len().to_string());
    "connections", "how many connections were opened", |run, _| Some(run.connections.len().to_string());
    "variant", "the variant that was played", |run, _| run.variant.clone();
    "clock", "the lab's own now at the beginning", |run, _| moment(run.scenario.clock);
    "milliseconds", "how long the run took by the lab's clock", |run, _| milliseconds(run);
    "handshake", "how the handshake went: ok, failed, stalled, none", |_, c| Some(c.handshake.word().to_owned());
    "found_by", "who found the fault", |_, c| Some(c.found_by?.word().to_owned());
    "check", "which check found it", |_, c| Some(c.check?.word().to_owned());
    "version", "the version that was negotiated", |_, c| Some(either(c, |says| says.version)?.to_string());
    "suite", "the cipher suite that was negotiated", |_, c| Some(either(c, |says| says.suite)?.to_string());
    "group", "the group of the key exchange", |_, c| Some(either(c, |says| says.group)?.to_string());
    "alpn", "the protocol of ALPN", |_, c| Some(text(&either(c, |says| says.alpn.clone())?));
    "sni", "the name that the client sent", |_, c| Some(c.session.as_ref()?.server_name()?.to_owned());
    "resumed", "whether an earlier session was resumed: yes or no", |_, c| Some(yes(c.client_says.resumed?));
    "hello_retry_request", "whether there was one: yes or no", |_, c| Some(yes(c.session.as_ref()?.hello_retry_request()));
    "early_data", "whether early data was taken: yes or no", |_, c| Some(yes(c.client_says.early_data_accepted?));
    "tickets", "how many tickets the server gave", |_, c| Some(c.session.as_ref()?.new_session_tickets.to_string());
    both {
        "name", "its name in the scenario", |side: &Side<'_>| Some(side.says().peer.clone());
        "outcome", "how it went for it: ok, failed, stalled, none", |side: &Side<'_>| Some(side.says().outcome?.word().to_owned());
        "done", "whether its handshake was complete: yes or no", |side: &Side<'_>| Some(yes(side.says().handshake_done));
        "error", "what its library said", |side: &Side<'_>| side.says().error.clone();
        "check", "which of its checks failed", |side: &Side<'_>| Some(side.says().check?.word().to_owned());
        "alert_sent", "the alert that it sent", |side: &Side<'_>| Some(side.says().alert_sent?.to_string());
        "alert_seen", "the alert that it received and could read", |side: &Side<'_>| Some(side.says().alert_seen?.to_string());
        "sent_bytes", "how many bytes its application sent", |side: &Side<'_>| Some(side.says().sent.len().to_string());
        "app_bytes", "how many bytes its application received", |side: &Side<'_>| Some(side.says().received.len().to_string());
        "requests", "how many whole requests or answers it got", |side: &Side<'_>| Some(side.says().requests.to_string());
        "messages", "how many handshake messages it sent", |side: &Side<'_>| side.messages(|_| 1);
        "handshake_bytes", "the bytes of the handshake messages that it sent", |side: &Side<'_>| side.messages(u64::from);
        "hello_bytes", "the length of its first hello in bytes", Side::hello;
        "certificates", "how many certificates it sent", |side: &Side<'_>| Some(side.chain().len().to_string());
        "subject", "the subject of its certificate", |side: &Side<'_>| Some(side.leaf()?.subject.to_string());
        "issuer", "the issuer of its certificate", |side: &Side<'_>| Some(side.leaf()?.issuer.to_string());
        "names", "the names in its certificate", |side: &Side<'_>| side.names();
        "not_before", "from when its certificate is valid", |side: &Side<'_>| moment(side.leaf()?.not_before);
        "not_after", "until when its certificate is valid", |side: &Side<'_>| moment(side.leaf()?.not_after);
    }
}

/// A fact that there is not, or a text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFact {
    /// There is no such fact.
    #[error("there is no fact `{0}`")]
    Name(String),
    /// There is no such connection.
    #[error("the run has no connection {0}")]
    Connection(String),
    /// The brace is not closed.
    #[error("`}}` is missing behind `${{`")]
    Open,
}

/// Puts the facts of a run into a text.
///
/// # Errors
/// The first fact that there is not.
pub fn fill(text: &str, run: &Run) -> Result<String, UnknownFact> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}').ok_or(UnknownFact::Open)?;
        filled.push_str(before);
        filled.push_str(&fact(name.trim(), run)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn fact(name: &str, run: &Run) -> Result<String, UnknownFact> {
    let (connection, name) = match name.split_once(':') {
        Some((prefix, name)) => {
            let missing = || UnknownFact::Connection(prefix.to_owned());
            let number: usize = prefix.strip_prefix('c').and_then(|n| n.parse().ok()).ok_or_else(missing)?;
            let index = number.checked_sub(1).ok_or_else(missing)?;
            (run.connections.get(index).ok_or_else(missing)?, name)
        }
        None => (run.connections.last().ok_or_else(|| UnknownFact::Connection("1".to_owned()))?, name),
    };
    let row = FACTS.iter().find(|fact| fact.name == name).ok_or_else(|| UnknownFact::Name(name.to_owned()))?;
    Ok((row.take)(run, connection).unwrap_or_else(|| NONE.to_owned()))
}

/// One side of a connection.
struct Side<'a> {
    connection: &'a Connection,
    is_client: bool,
}

impl<'a> Side<'a> {
    fn says(&self) -> &'a Testimony {
        if self.is_client { &self.connection.client_says } else { &self.connection.server_says }
    }

    fn session(&self) -> Option<&'a Session> {
        self.connection.session.as_deref()
    }

    /// The events of this side up to the end of its handshake: what comes behind Finished is none of it.
    fn handshake(&self) -> Option<impl Iterator<Item = &'a Event> + use<'a>> {
        let own = if self.is_client { Direction::ToServer } else { Direction::ToClient };
        let session = self.session()?;
        let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
        let events = session.timeline.iter().filter(move |event| event.direction == own);
        Some(events.filter(move |event| match &event.kind {
            EventKind::Handshake { kind, .. } => !(tls13 && is_later(*kind)),
            EventKind::EncryptedHandshake { .. } => true,
            _ => false,
        }))
    }

    fn messages(&self, count: impl Fn(u32) -> u64) -> Option<String> {
        let length = |event: &Event| match &event.kind {
            EventKind::Handshake { length, .. } => count(length.saturating_add(4)),
            EventKind::EncryptedHandshake { length } => count(*length),
            _ => 0,
        };
        Some(self.handshake()?.map(length).sum::<u64>().to_string())
    }

    fn hello(side: &Self) -> Option<String> {
        side.handshake()?.find_map(|event| match &event.kind {
            EventKind::Handshake { length, .. } => Some(length.saturating_add(4).to_string()),
            _ => None,
        })
    }

    /// The certificates that it sent, as the other side received them.
    fn chain(&self) -> &'a [Arc<Certificate>] {
        let other = if self.is_client { &self.connection.server_says } else { &self.connection.client_says };
        &other.peer_certificates
    }

    fn leaf(&self) -> Option<&'a Certificate> {
        self.chain().first().map(Arc::as_ref)
    }

    fn names(&self) -> Option<String> {
        let names: Vec<String> = self.leaf()?.subject_alt_names.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// Messages that belong to no handshake in TLS 1.3: tickets and changes of keys.
fn is_later(kind: HandshakeType) -> bool {
    matches!(kind.0, 4 | 24)
}

fn either<T>(connection: &Connection, what: impl Fn(&Testimony) -> Option<T>) -> Option<T> {
    what(&connection.client_says).or_else(|| what(&connection.server_says))
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn text(bytes: &[u8]) -> String {
    crate::base::printable_bytes(bytes)
}

fn moment(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

fn milliseconds(run: &Run) -> Option<String> {
    let (first, last) = (run.packets.first()?, run.packets.last()?);
    Some((last.time.saturating_sub(first.time) / 1_000_000).to_string())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn facts_are_put_in() {
        let run = sample::run();
        let packets = run.packets.len();
        assert_eq!(fill("${ packets }", &run), Ok(packets.to_string()));
        assert_eq!(fill("${packets} packets", &run), Ok(format!("{packets} packets")));
        let cases = [
            ("nothing to fill", "nothing to fill"),
            ("${connections}", "2"),
            ("${handshake}: ${check} by the ${found_by}", "failed: validity by the client"),
            ("${client.alert_sent}, ${client.alert_seen}", "certificate_expired, none"),
            ("${server.alert_seen}", "certificate_expired"),
            ("${c1:handshake} and ${c2:handshake}", "ok and failed"),
            ("${c1:version}", "TLS 1.2"),
            ("${c1:server.app_bytes} of ${c1:client.sent_bytes}", "5 of 5"),
            ("$5 and {braces}", "$5 and {braces}"),
            ("${clock}", "2026-03-01T12:00:00Z"),
            ("${c1:alpn}", "none"),
            ("${c1:server.not_after}", "2026-03-02T12:00:00Z"),
            ("${server.names}", "DNS:shop.lab.test"),
            ("${c1:client.messages}", "3"),
        ];
        for (template, expected) in cases {
            assert_eq!(fill(template, &run).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_no_fact_is_said() {
        let run = sample::run();
        let cases = [
            ("${colour}", "there is no fact `colour`"),
            ("${c9:suite}", "the run has no connection c9"),
            ("${c0:suite}", "the run has no connection c0"),
            ("${x:suite}", "the run has no connection x"),
            ("${suite", "`}` is missing behind `${`"),
        ];
        for (template, error) in cases {
            assert_eq!(fill(template, &run).unwrap_err().to_string(), error, "{template}");
        }
    }

    #[test]
    fn every_fact_has_a_name_of_its_own_and_can_be_asked_of_any_run() {
        let run = sample::run();
        let mut seen = std::collections::BTreeSet::new();
        for fact in FACTS {
            assert!(seen.insert(fact.name), "{}", fact.name);
            assert!(!fact.text.is_empty());
            fill(&format!("${{{}}}", fact.name), &run).unwrap();
        }
    }
}
