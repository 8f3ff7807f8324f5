//! What happened on a connection, in a few sentences: made from the facts of the run alone.

use super::{BeatKind, Connection, Mark, Testimony};
use crate::base::printable;
use crate::lab::app::Identity;
use crate::lab::scenario::{FailedCheck, Handshake};
use std::collections::BTreeSet;

/// The sentences about a connection. `refusals` is what the applications held against the other side: the client's,
/// the server's.
pub(super) fn explain(connection: &Connection, refusals: &[Option<String>; 2], marks: &[Mark]) -> String {
    let mut said = attacks(connection, marks);
    match connection.handshake {
        Handshake::Ok => said.extend(went_well(connection)),
        Handshake::Failed => said.extend(failed(connection)),
        Handshake::Stalled => said.push(stalled(connection)),
        Handshake::None => {
            let text = "No handshake was begun: nothing is protected, and all that was said could be read on the wire.";
            said.push(text.to_owned());
            if connection.found_by.is_some() {
                said.extend(faults(connection));
            }
        }
    }
    let names = [&connection.client, &connection.server];
    for (name, text) in names.into_iter().zip(refusals) {
        let Some(text) = text else { continue };
        let how = if connection.handshake == Handshake::Ok { "TLS had no objection; the application of " } else { "" };
        said.push(format!("{how}{name} refused to go on: {}.", printable(text)));
    }
    said.push(arrived(connection));
    said.extend(goodbye(connection));
    said.join(" ")
}

fn attacks(connection: &Connection, marks: &[Mark]) -> Vec<String> {
    let ours = marks.iter().filter(|mark| mark.connection == connection.number);
    let attack = |mark: &Mark| match &mark.kind {
        BeatKind::Attack { by, text } => Some(format!("On the wire, {by}: {text}.")),
        _ => None,
    };
    let mut seen = BTreeSet::new();
    ours.filter_map(attack).filter(|text| seen.insert(text.clone())).collect()
}

fn went_well(connection: &Connection) -> Vec<String> {
    let (client, server) = (&connection.client_says, &connection.server_says);
    let known = |value: Option<String>| value.unwrap_or_else(|| "an unknown value".to_owned());
    let version = known(client.version.map(|version| version.to_string()));
    let suite = known(client.suite.map(|suite| suite.to_string()));
    let mut said = vec![format!("Both sides finished the handshake of {version} with {suite}.")];
    if client.hello_retry_request {
        said.push("The server asked for another group first, which cost one more round trip.".to_owned());
    }
    if client.resumed == Some(true) {
        said.push("An earlier session was resumed: no certificate was sent, and none was checked.".to_owned());
    } else {
        said.push(identities(connection));
    }
    match server.early_data_accepted {
        Some(true) => {
            said.push("The server took early data: it can be played back by anybody who copied it.".to_owned());
        }
        Some(false) => said.push("The server refused the early data.".to_owned()),
        None => {}
    }
    said
}

/// Who knows whom.
fn identities(connection: &Connection) -> String {
    let name = |testimony: &Testimony| {
        let leaf = testimony.peer_certificates.first()?;
        Some(printable(Identity::of(leaf).name()))
    };
    let (client, server) = (&connection.client, &connection.server);
    match (name(&connection.client_says), name(&connection.server_says)) {
        (Some(seen), Some(shown)) => {
            format!(
                "{client} has checked the certificate of {seen}, and {server} that of {shown}: mutual authentication."
            )
        }
        (Some(seen), None) => {
            format!("{client} has checked the certificate of {seen}; {server} does not know who the client is.")
        }
        (None, _) => format!("{client} has seen no certificate."),
    }
}

fn failed(connection: &Connection) -> Vec<String> {
    let mut said = faults(connection);
    said.push(knowledge(connection));
    said
}

fn faults(connection: &Connection) -> Vec<String> {
    let mut said = Vec::new();
    let pairs = [
        (&connection.client, &connection.client_says, &connection.server, &connection.server_says),
        (&connection.server, &connection.server_says, &connection.client, &connection.client_says),
    ];
    let mut faults: Vec<_> = pairs.into_iter().filter(|(_, mine, ..)| mine.found_fault()).collect();
    faults.sort_by_key(|(_, mine, ..)| mine.error_at);
    if faults.is_empty() {
        for (name, mine, ..) in pairs {
            if let Some(alert) = mine.alert_seen {
                said.push(format!("{name} received the alert {alert}, which the other side says it did not send."));
            }
        }
    }
    for (name, mine, other_name, others) in faults {
        said.push(fault(name, mine, other_name));
        said.push(alert(name, mine, other_name, others));
    }
    said
}

fn fault(name: &str, mine: &Testimony, other: &str) -> String {
    let words = printable(mine.error.as_deref().unwrap_or_default());
    let frame = mine.error_at.unwrap_or(0);
    let evidence = mine.verification.as_ref().and_then(|verification| {
        let rung = verification.failure()?;
        let evidence = rung.evidence.trim_end_matches('.');
        Some(format!(" The evidence: {evidence}."))
    });
    let evidence = evidence.unwrap_or_default();
    match mine.check {
        Some(FailedCheck::Certificate(check)) => format!(
            "After frame {frame} {name} refused the certificate of {other}; the check that failed is {}: {words}.{evidence}",
            check.word()
        ),
        Some(FailedCheck::Handshake(check)) => {
            format!("After frame {frame} {name} ended the connection with {other}; what failed is {check}: {words}.")
        }
        None => format!("After frame {frame} {name} ended the connection with {other}: {words}."),
    }
}

/// What was said to the other side, and what of it was understood.
fn alert(name: &str, mine: &Testimony, other: &str, others: &Testimony) -> String {
    let Some(sent) = mine.alert_sent else {
        return format!("It sent no alert: {other} only sees the connection end.");
    };
    match others.alert_seen {
        Some(seen) if seen == sent => format!("It sent the alert {sent}, and {other} received it."),
        Some(seen) => format!("It sent the alert {sent}, but {other} received {seen}."),
        None if others.found_fault() => {
            format!("Its alert {sent} could not be read by {other}, which does not share the keys of {name}.")
        }
        None => format!("It sent the alert {sent}, of which {other} has seen nothing."),
    }
}

fn knowledge(connection: &Connection) -> String {
    let done = (connection.client_says.handshake_done, connection.server_says.handshake_done);
    let client_finished_first = connection.client_says.outcome == Some(Handshake::Failed);
    let found_by_server = connection.server_says.found_fault();
    let text = match done {
        (true, false) if client_finished_first && found_by_server => {
            "The client had already finished its handshake and believed that it was connected: finished is not \
             accepted."
        }
        (true, false) => "The client had finished its handshake, the server had not.",
        (false, true) => "The server had finished its handshake, the client had not.",
        (false, false) => "Neither side had finished the handshake.",
        (true, true) => "Both sides had finished the handshake before.",
    };
    text.to_owned()
}

fn stalled(connection: &Connection) -> String {
    let (client, server) = (&connection.client, &connection.server);
    format!(
        "The handshake stands still: neither {client} nor {server} has found a fault, and one waits for what does not \
         come. Only a timeout would end it."
    )
}

fn arrived(connection: &Connection) -> String {
    let server = &connection.server;
    match connection.server_says.received.len() {
        0 => format!("No byte reached the application of {server}."),
        1 => format!("One byte reached the application of {server}."),
        count => format!("{count} bytes reached the application of {server}."),
    }
}

fn goodbye(connection: &Connection) -> Option<String> {
    let cut =
        |testimony: &&Testimony| testimony.closed_cleanly == Some(false) && testimony.outcome == Some(Handshake::Ok);
    let side = [&connection.client_says, &connection.server_says].into_iter().find(cut)?;
    Some(format!(
        "The end came without close_notify: {} cannot know whether it has read everything or whether somebody cut the line.",
        side.peer
    ))
}
