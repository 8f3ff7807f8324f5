//! One verdict for a session: who decided how it ended, at which message, and why, as far as the findings tell.

use super::case::{Case, End, How, Stage};
use super::finding::{Confidence, Finding};
use super::leave::leaver;
use super::words::capital;
use crate::base::Severity;
use crate::net::Direction;
use crate::session::{EventKind, Flight, Kind, Outcome, Session};
use crate::tls::code::ProtocolVersion;

/// How many columns a line may have that is pasted into a ticket.
const COLUMNS: usize = 120;

/// Rules that find that neither side ended the session.
const ON_THE_WAY: [&str; 2] = ["NET-04", "CLOSE-06"];

/// Who decided how a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decider {
    /// The client.
    Client,
    /// The server.
    Server,
    /// Somebody between them.
    Middlebox,
}

impl Decider {
    /// The word of JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Middlebox => "middlebox",
        }
    }
}

/// Why a session went the way it did. Its words are [`Session::verdict_line`] and [`Session::verdict_text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The finding that explains the end, by its place in [`Session::findings`].
    pub finding: Option<usize>,
    /// Who decided, where somebody did.
    pub decided_by: Option<Decider>,
    /// How far the session had come by then.
    pub stage: Option<Stage>,
    /// The event by which it was decided, by its place in the timeline.
    pub event: Option<usize>,
    /// How sure the reason is; `None` where there is none.
    pub confidence: Option<Confidence>,
}

/// Chooses the verdict: the surest of the findings that explain the end, and of equals the first of the table.
pub(super) fn of(case: &Case<'_>, findings: &[Finding]) -> Verdict {
    let causes = findings.iter().enumerate().filter_map(|(index, found)| Some((index, found.cause.as_ref()?)));
    // The first of equals: max_by_key would take the last.
    let best = causes.rev().max_by_key(|(_, cause)| cause.confidence);
    let end = case.end.or_else(|| left(case, best.is_some()));
    let by = end.map(|end| if end.by == Direction::ToServer { Decider::Client } else { Decider::Server });
    let on_the_way =
        best.and_then(|(index, _)| findings.get(index)).is_some_and(|found| ON_THE_WAY.contains(&found.rule.id));
    Verdict {
        finding: best.map(|(index, _)| index),
        decided_by: if on_the_way { Some(Decider::Middlebox) } else { by },
        stage: end.map(|end| end.stage),
        event: end.map(|end| end.event),
        confidence: best.map(|(_, cause)| cause.confidence),
    }
}

/// Who leaves at once over something has decided, too; over something that is encrypted, only a client that had no time
/// to want anything else.
fn left(case: &Case<'_>, explained: bool) -> Option<End> {
    let hidden = || case.left_for_what_is_hidden().map(|event| (Direction::ToServer, event));
    let (by, event) = if explained { leaver(case) } else { hidden() }?;
    Some(End { by, how: How::Closed, event, stage: Stage::Established })
}

impl Session {
    /// The finding that the verdict rests on.
    #[must_use]
    pub fn verdict_finding(&self) -> Option<&Finding> {
        self.findings.get(self.verdict.finding?)
    }

    /// The verdict in one line of at most 120 columns: who, at which message, why. It can be pasted into a ticket.
    #[must_use]
    pub fn verdict_line(&self) -> String {
        super::words::shortened(&self.whole_verdict(), COLUMNS)
    }

    /// The verdict in full, for whoever has room for it.
    #[must_use]
    pub fn whole_verdict(&self) -> String {
        let clause = self.verdict_finding().and_then(|found| found.cause.as_ref()).map(|cause| cause.clause.as_str());
        match (self.decision(), clause) {
            (Some(decision), clause) => format!("{}: {}", capital(&decision), clause.unwrap_or(self.supposition())),
            (None, Some(clause)) => capital(clause),
            (None, None) => self.uneventful(),
        }
    }

    /// What is to be said of the reason where no finding explains the end.
    fn supposition(&self) -> &'static str {
        let encrypted = self.version.is_some_and(ProtocolVersion::is_tls13) && self.server_certificates.is_empty();
        match (self.verdict.decided_by, self.verdict.stage) {
            (Some(Decider::Client), Some(Stage::ServerFlight)) if encrypted => {
                "most likely for the certificate, which is encrypted here"
            }
            (Some(Decider::Client), Some(Stage::Established)) if encrypted => {
                "without a word; possibly for the certificate, which is encrypted here"
            }
            (Some(Decider::Server), Some(Stage::ClientFlight)) if encrypted => {
                "most likely for the client's certificate, which is encrypted here"
            }
            (Some(Decider::Server), Some(Stage::ServerHello)) if encrypted => {
                "most likely for ALPN, signatures or another extension"
            }
            _ => "the capture does not show why",
        }
    }

    /// What there is to say where nobody ended anything before its time.
    fn uneventful(&self) -> String {
        let line = match self.outcome {
            Outcome::Established => match self.version {
                Some(version) => format!("The handshake was completed with {version}"),
                None => "The handshake was completed".to_owned(),
            },
            Outcome::MidStream => "The capture begins after the handshake".to_owned(),
            Outcome::NotDecoded => {
                let name = if self.kind == Kind::Dtls { "DTLS" } else { "QUIC" };
                return format!("{name} is listed and not decoded");
            }
            _ => "The capture ends, or lacks too much, before it can be told".to_owned(),
        };
        let worst = self.findings.iter().rev().max_by_key(|found| (found.severity, found.rule.severity));
        match worst.filter(|found| found.severity >= Severity::Warn) {
            Some(found) => format!("{line}; {}: {}", found.severity.word(), found.rule.title),
            None => line,
        }
    }

    /// Who ended the session, how, and at which message.
    fn decision(&self) -> Option<String> {
        let (event, stage) = (self.timeline.get(self.verdict.event?)?, self.verdict.stage?);
        let who = match self.verdict.decided_by? {
            Decider::Middlebox => "somebody on the way",
            Decider::Client => "client",
            Decider::Server => "server",
        };
        let by_client = event.direction == Direction::ToServer;
        let place = match stage {
            Stage::BeforeTls => "before TLS began",
            Stage::ClientHello => "after the ClientHello",
            Stage::ServerHello => "after the ServerHello",
            Stage::ServerFlight if self.server_certificates.is_empty() => "after the server's flight",
            Stage::ServerFlight => "after the server's certificate",
            Stage::ClientFlight => "after the client's flight",
            Stage::Established => "after the handshake",
        };
        // What was refused is the last that the other side had sent.
        let object = match stage {
            Stage::ClientHello | Stage::ServerHello if !by_client => "the ClientHello",
            Stage::ServerHello if by_client => "the ServerHello",
            Stage::ServerFlight if by_client => place.trim_start_matches("after "),
            Stage::ClientFlight if !by_client => "the client's flight",
            _ => "",
        };
        let with = match event.kind {
            EventKind::Alert(alert) => alert.description.to_string(),
            EventKind::Reset => return Some(format!("{who} reset the connection {place}")),
            EventKind::Fin => return Some(format!("{who} closed the connection {place}")),
            EventKind::NotTls { .. } => match self.clues.odd_alert() {
                Some(alert) => alert.description.to_string(),
                None => return Some(format!("{who} answered the ClientHello without TLS")),
            },
            EventKind::ApplicationData { .. } if self.clues.minds_badge == Some(true) && !by_client => {
                return Some(format!("{who} turned the request down {place}, over the client's certificate"));
            }
            _ => "an encrypted alert".to_owned(),
        };
        Some(match object {
            "" => format!("{who} gave up {place} with {with}"),
            object => format!("{who} refused {object} with {with}"),
        })
    }

    /// The verdict in a few sentences: what was found, how sure that is, what would speak against it, what to do.
    #[must_use]
    pub fn verdict_text(&self) -> String {
        let mut sentences = vec![match self.decision() {
            Some(decision) => format!("The {decision}.").replace("The somebody", "Somebody"),
            None => format!("{}.", self.uneventful()),
        }];
        match self.verdict_finding() {
            Some(found) => {
                let Finding { rule, text, .. } = found;
                let confidence = self.verdict.confidence.map_or("possible", Confidence::word);
                sentences.push(text.clone());
                sentences.push(format!("That this is the reason is {confidence} ({}).", rule.id));
                if self.verdict.confidence < Some(Confidence::Certain) {
                    sentences.push(format!("Against it would speak: {}.", rule.disproof));
                }
                sentences.push(format!("What to do: {}.", rule.fix));
            }
            None if self.verdict.event.is_some() => {
                sentences.push(format!("The reason: {}. The log of that side may tell.", self.supposition()));
                let refusal = Flight::read(self).and_then(|flight| flight.refusal);
                if let Some(refusal) = refusal.filter(|_| self.client_library().is_none()) {
                    sentences.push(format!("Programs that do it in this way use {}.", refusal.how.family()));
                }
            }
            None => {}
        }
        if self.verdict.decided_by == Some(Decider::Client) && self.verdict.event.is_some() {
            sentences.extend(self.about_client_library());
        }
        sentences.join(" ")
    }
}

impl How {
    /// Whether nothing was said with it.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }
}
