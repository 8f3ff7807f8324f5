//! Sessions that explain each other.

use super::super::close::points;
use super::super::finding::{Confidence, Evidence, Found};
use super::super::words::{counted, few, span};
use super::Across;
use super::digest::Digest;
use crate::session::contradiction;
use hashbrown::HashMap;

type Tell<'a> = &'a mut dyn FnMut(Found, Vec<u32>);

/// How many sessions are named in a sentence.
const MOST_NAMED: usize = 4;
/// How often an idle time has to come before it is taken for a rule.
const OFTEN: usize = 3;

fn evidence(digest: &Digest, what: &'static str) -> Evidence {
    Evidence::frame(digest.frame, format!("session #{}: {what}", digest.number))
}

fn numbered(digests: &[&Digest]) -> String {
    few(digests.iter().map(|digest| format!("#{}", digest.number)), MOST_NAMED)
}

/// The sessions of each server.
fn by_server(across: &Across) -> HashMap<crate::net::Endpoint, Vec<&Digest>> {
    let mut groups: HashMap<_, Vec<&Digest>> = HashMap::new();
    for digest in &across.digests {
        groups.entry(digest.server).or_default().push(digest);
    }
    groups
}

/// Groups in the order of their first session, so that the same capture gives the same list.
fn in_order<K>(groups: HashMap<K, Vec<&Digest>>) -> Vec<(K, Vec<&Digest>)> {
    let mut all: Vec<_> = groups.into_iter().collect();
    all.sort_by_key(|(_, digests)| digests.first().map(|digest| digest.number));
    all
}

pub(super) fn smaller_hello(across: &Across, tell: Tell<'_>) {
    for (server, digests) in in_order(by_server(across)) {
        let failed: Vec<&Digest> = digests.iter().copied().filter(|it| it.cause == Some("NET-06")).collect();
        let least = failed.iter().map(|digest| digest.hello).min().unwrap_or(0);
        let good = digests.iter().find(|digest| digest.established && digest.hello > 0 && digest.hello < least);
        let (Some(good), false) = (good, failed.is_empty()) else { continue };
        let text = format!(
            "{server} answers a ClientHello of {} bytes and none of {least} bytes or more: something on the way, or the \
             server, takes a ClientHello for one packet.",
            good.hello
        );
        let mut numbers: Vec<u32> = failed.iter().map(|digest| digest.number).collect();
        numbers.push(good.number);
        let found = Found::new(Confidence::Likely, text)
            .by(failed.iter().take(MOST_NAMED).map(|digest| evidence(digest, "a long ClientHello, no answer")))
            .by([evidence(good, "a shorter one is answered")]);
        tell(found, numbers);
    }
}

pub(super) fn newer_only(across: &Across, tell: Tell<'_>) {
    for (server, digests) in in_order(by_server(across)) {
        let old: Vec<&Digest> = digests.iter().copied().filter(|it| it.turned_down && !it.offers_tls13).collect();
        let new = digests.iter().find(|digest| digest.established && digest.is_tls13);
        let takes_old = digests.iter().any(|digest| digest.established && !digest.is_tls13);
        let (Some(new), false, false) = (new, old.is_empty(), takes_old) else { continue };
        let text = format!(
            "{server} speaks TLS 1.3 only: it takes #{} and turns down {}, which do not offer it.",
            new.number,
            numbered(&old)
        );
        let mut numbers: Vec<u32> = old.iter().map(|digest| digest.number).collect();
        numbers.push(new.number);
        let found = Found::new(Confidence::Likely, text)
            .by(old.iter().take(MOST_NAMED).map(|digest| evidence(digest, "TLS 1.2 at the most, turned down")))
            .by([evidence(new, "TLS 1.3, established")]);
        tell(found, numbers);
    }
}

pub(super) fn first_try(across: &Across, tell: Tell<'_>) {
    for retry in across.digests.iter().filter(|digest| digest.cause == Some("NEG-04")) {
        let before = across.digests.iter().rev().find(|other| {
            other.client == retry.client
                && other.server == retry.server
                && other.started < retry.started
                && !other.established
        });
        let Some(first) = before else { continue };
        let text = format!("The connection that made the client of #{} try again is #{}.", retry.number, first.number);
        let found = Found::new(Confidence::Likely, text)
            .by([evidence(first, "the first try"), evidence(retry, "the second, with a lower version")]);
        tell(found, vec![first.number, retry.number]);
    }
}

/// The session that gave each ticket, and the moment and life of the ticket.
fn givers(across: &Across) -> HashMap<u64, (&Digest, crate::session::Ticket)> {
    let mut givers = HashMap::new();
    for digest in &across.digests {
        for ticket in &digest.tickets {
            givers.entry(ticket.mark).or_insert((digest, *ticket));
        }
    }
    givers
}

pub(super) fn ticket_refused(across: &Across, tell: Tell<'_>) {
    let givers = givers(across);
    for digest in &across.digests {
        let Some((giver, ticket)) = digest.shown.and_then(|mark| givers.get(&mark)) else { continue };
        let age = digest.started.saturating_sub(ticket.time) / 1_000_000_000;
        if digest.resumed != Some(false) || age > i64::from(ticket.lifetime) {
            continue;
        }
        let text = format!(
            "#{} showed the ticket of #{} after {}, and the server did not take it.",
            digest.number,
            giver.number,
            span(age)
        );
        let found = Found::new(Confidence::Certain, text)
            .by([Evidence::frame(ticket.frame, "the ticket"), evidence(digest, "a full handshake")]);
        tell(found, vec![giver.number, digest.number]);
    }
}

pub(super) fn ticket_too_old(across: &Across, tell: Tell<'_>) {
    let givers = givers(across);
    for digest in &across.digests {
        let Some((giver, ticket)) = digest.shown.and_then(|mark| givers.get(&mark)) else { continue };
        let age = digest.started.saturating_sub(ticket.time) / 1_000_000_000;
        if digest.resumed == Some(true) || age <= i64::from(ticket.lifetime) {
            continue;
        }
        let text = format!(
            "#{} showed the ticket of #{} after {}; it was good for {}.",
            digest.number,
            giver.number,
            span(age),
            span(i64::from(ticket.lifetime))
        );
        let found = Found::new(Confidence::Certain, text)
            .by([Evidence::frame(ticket.frame, "the ticket"), evidence(digest, "it is shown")]);
        tell(found, vec![giver.number, digest.number]);
    }
}

pub(super) fn resumed_otherwise(across: &Across, tell: Tell<'_>) {
    let mut first: HashMap<u64, &Digest> = HashMap::new();
    for digest in &across.digests {
        let Some(id) = digest.session_id else { continue };
        let Some(earlier) = first.get(&id) else {
            first.insert(id, digest);
            continue;
        };
        if digest.resumed == Some(true) && earlier.suite != digest.suite {
            let text = format!("#{} resumes #{} with another cipher suite.", digest.number, earlier.number);
            let found = Found::new(Confidence::Certain, text)
                .by([evidence(earlier, "the first handshake"), evidence(digest, "resumed with another suite")]);
            tell(found, vec![earlier.number, digest.number]);
        }
    }
}

pub(super) fn replayed(across: &Across, tell: Tell<'_>) {
    let mut groups: HashMap<u64, Vec<&Digest>> = HashMap::new();
    for digest in &across.digests {
        if let Some(random) = digest.random {
            groups.entry(random).or_default().push(digest);
        }
    }
    for digests in groups.values_mut() {
        digests.dedup_by(|one, other| one.is_same_connection(other));
    }
    groups.retain(|_, digests| digests.len() > 1);
    for (_, digests) in in_order(groups) {
        let what =
            if digests.iter().any(|digest| digest.early_data) { "ClientHello and early data" } else { "ClientHello" };
        let text =
            format!("The same {what} came in {}: one was replayed, or the capture has it twice.", numbered(&digests));
        let sure =
            if digests.iter().any(|digest| digest.early_data) { Confidence::Likely } else { Confidence::Possible };
        let found = Found::new(sure, text)
            .by(digests.iter().take(MOST_NAMED).map(|digest| evidence(digest, "the same random")));
        tell(found, digests.iter().map(|digest| digest.number).collect());
    }
}

/// One connection in two files, each of which is read as a session.
pub(super) fn between_points(across: &Across, tell: Tell<'_>) {
    let mut groups: HashMap<_, Vec<&Digest>> = HashMap::new();
    for digest in &across.digests {
        let begins = digest.sightings.first().map(|sighting| sighting.begins);
        groups.entry((digest.client, digest.server, begins)).or_default().push(digest);
    }
    groups.retain(|(_, _, begins), digests| begins.is_some() && digests.len() > 1);
    for (_, digests) in in_order(groups) {
        let Some((first, others)) = digests.split_first() else { continue };
        let Some(other) = others.iter().find(|other| first.is_same_connection(other)) else { continue };
        let sightings: Vec<_> = first.sightings.iter().chain(&other.sightings).collect();
        if let Some(found) = contradiction(&sightings) {
            tell(points::told(&found), vec![first.number, other.number]);
        }
    }
}

pub(super) fn periodic(across: &Across, tell: Tell<'_>) {
    let mut groups: HashMap<(crate::net::Endpoint, i64), Vec<&Digest>> = HashMap::new();
    for digest in across.digests.iter().filter(|digest| digest.established) {
        if let Some(idle) = digest.idle {
            groups.entry((digest.server, idle)).or_default().push(digest);
        }
    }
    groups.retain(|_, digests| digests.len() >= OFTEN);
    for ((server, idle), digests) in in_order(groups) {
        let count = counted(digests.len() as u64, "connection");
        let text = format!("{count} to {server} ended after {idle} seconds of silence: a timeout.");
        let found = Found::new(Confidence::Likely, text)
            .by(digests.iter().take(MOST_NAMED).map(|digest| evidence(digest, "closed after that silence")));
        tell(found, digests.iter().map(|digest| digest.number).collect());
    }
}
