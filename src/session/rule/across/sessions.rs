//! Sessions that explain each other.

use super::super::close::points;
use super::super::finding::{Confidence, Evidence, Found};
use super::super::words::{counted, few, span};
use super::Across;
use super::digest::Digest;
use crate::net::Endpoint;
use crate::session::{Ticket, contradiction};
use hashbrown::{HashMap, HashSet};

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

/// All sessions of each server that has one of these: few have, and a capture has many servers.
fn of_servers_with(across: &Across, wanted: impl Fn(&Digest) -> bool) -> HashMap<Endpoint, Vec<&Digest>> {
    let with = across.digests.iter().filter(|digest| wanted(digest));
    let mut groups: HashMap<Endpoint, Vec<&Digest>> = with.map(|digest| (digest.server, Vec::new())).collect();
    if !groups.is_empty() {
        for digest in &across.digests {
            if let Some(group) = groups.get_mut(&digest.server) {
                group.push(digest);
            }
        }
    }
    groups
}

/// Groups in the order of their first session, so that the same capture gives the same list.
fn in_order<'a, K>(groups: impl IntoIterator<Item = (K, Vec<&'a Digest>)>) -> Vec<(K, Vec<&'a Digest>)> {
    let mut all: Vec<_> = groups.into_iter().collect();
    all.sort_by_key(|(_, digests)| digests.first().map(|digest| digest.number));
    all
}

pub(super) fn smaller_hello(across: &Across, tell: Tell<'_>) {
    let fails = |digest: &Digest| digest.cause == Some("NET-06");
    for (server, digests) in in_order(of_servers_with(across, fails)) {
        let failed: Vec<&Digest> = digests.iter().copied().filter(|it| fails(it)).collect();
        let least = failed.iter().map(|digest| digest.hello).min().unwrap_or(0);
        let good = digests.iter().find(|digest| digest.established && digest.hello > 0 && digest.hello < least);
        let Some(good) = good else { continue };
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
    let is_old = |digest: &Digest| digest.turned_down && !digest.offers_tls13;
    for (server, digests) in in_order(of_servers_with(across, is_old)) {
        let old: Vec<&Digest> = digests.iter().copied().filter(|it| is_old(it)).collect();
        let new = digests.iter().find(|digest| digest.established && digest.is_tls13);
        let takes_old = digests.iter().any(|digest| digest.established && !digest.is_tls13);
        let (Some(new), false) = (new, takes_old) else { continue };
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

/// The session that gave each ticket that was shown, and the moment and life of the ticket.
fn givers(across: &Across) -> HashMap<u64, (&Digest, Ticket)> {
    let shown: HashSet<u64> = across.digests.iter().filter_map(|digest| digest.shown).collect();
    let mut givers = HashMap::new();
    if !shown.is_empty() {
        let given = across.digests.iter().flat_map(|digest| digest.tickets.iter().map(move |ticket| (digest, *ticket)));
        for (digest, ticket) in given.filter(|(_, ticket)| shown.contains(&ticket.mark)) {
            givers.entry(ticket.mark).or_insert((digest, ticket));
        }
    }
    givers
}

pub(super) fn ticket_refused(across: &Across, tell: Tell<'_>) {
    let givers = givers(across);
    for digest in &across.digests {
        let Some((giver, ticket)) = digest.shown.and_then(|mark| givers.get(&mark)) else { continue };
        // A second handshake of the same session shows the ticket of the first.
        if giver.number == digest.number {
            continue;
        }
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
    let resumed = across.digests.iter().filter(|digest| digest.resumed == Some(true));
    let resumed: HashSet<u64> = resumed.filter_map(|digest| digest.session_id).collect();
    let mut first: HashMap<u64, &Digest> = HashMap::new();
    for digest in &across.digests {
        let Some(id) = digest.session_id.filter(|id| resumed.contains(id)) else { continue };
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
    let mut known: Vec<(u64, &Digest)> =
        across.digests.iter().filter_map(|digest| Some((digest.random?, digest))).collect();
    known.sort_by_key(|(random, _)| *random);
    let same = known.chunk_by(|(one, _), (next, _)| one == next).filter(|group| group.len() > 1);
    let groups = same.filter_map(|group| {
        let mut digests: Vec<&Digest> = group.iter().map(|(_, digest)| *digest).collect();
        digests.dedup_by(|one, other| one.is_same_connection(other));
        (digests.len() > 1).then_some(((), digests))
    });
    for ((), digests) in in_order(groups) {
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
    let Some(first) = across.digests.first() else { return };
    // Hardly any capture has several points.
    if across.digests.iter().all(|digest| digest.sighting.point == first.sighting.point) {
        return;
    }
    let mut groups: HashMap<_, Vec<&Digest>> = HashMap::new();
    for digest in &across.digests {
        groups.entry((digest.client, digest.server, digest.sighting.begins)).or_default().push(digest);
    }
    groups.retain(|_, digests| digests.len() > 1);
    for (_, digests) in in_order(groups) {
        let Some((first, others)) = digests.split_first() else { continue };
        let Some(other) = others.iter().find(|other| first.is_same_connection(other)) else { continue };
        if let Some(found) = contradiction(&[&first.sighting, &other.sighting]) {
            tell(points::told(&found), vec![first.number, other.number]);
        }
    }
}

pub(super) fn periodic(across: &Across, tell: Tell<'_>) {
    let mut groups: HashMap<(Endpoint, i64), Vec<&Digest>> = HashMap::new();
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
