//! Connections without TLS: nobody answered, nobody spoke, or it went on in clear.

use super::super::finding::{Confidence, Evidence, Found};
use super::super::words::{counted, few, quoted, span};
use super::Across;
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::net::Endpoint;
use crate::session::{Attempt, is_tls_port};
use std::collections::{BTreeMap, BTreeSet};

/// How many frames are named as evidence.
const MOST_FRAMES: usize = 4;

type Tell<'a> = &'a mut dyn FnMut(Found, Vec<u32>);

/// The attempts that pass, by the server that they went to.
fn by_server(across: &Across, passes: impl Fn(&Attempt) -> bool) -> BTreeMap<Endpoint, Vec<&Attempt>> {
    // A port is one for TLS where that is customary, or where the capture shows it.
    let shown: BTreeSet<Endpoint> = across.digests.iter().map(|digest| digest.server).collect();
    let mut groups: BTreeMap<Endpoint, Vec<&Attempt>> = BTreeMap::new();
    for attempt in &across.attempts {
        let about_tls = is_tls_port(attempt.server.port) || shown.contains(&attempt.server);
        if about_tls && passes(attempt) {
            groups.entry(attempt.server).or_default().push(attempt);
        }
    }
    groups
}

fn frames<'a>(attempts: &'a [&Attempt], what: &'static str) -> impl Iterator<Item = Evidence> + 'a {
    attempts.iter().take(MOST_FRAMES).map(move |attempt| Evidence::frame(attempt.first_frame, what))
}

fn clients(attempts: &[&Attempt]) -> String {
    let all: BTreeSet<_> = attempts.iter().map(|attempt| attempt.client.address).collect();
    few(all, 2)
}

pub(super) fn unanswered(across: &Across, tell: Tell<'_>) {
    let groups = by_server(across, |attempt| attempt.packets[1] == 0 && !attempt.answered);
    for (server, attempts) in groups {
        let syns: u32 = attempts.iter().map(|attempt| attempt.packets[0]).sum();
        let (count, who) = (counted(attempts.len() as u64, "connection"), clients(&attempts));
        let text = format!("{server} does not answer: {count} of {who}, {} without an answer.", counted(syns, "SYN"));
        let sure = if syns as usize > attempts.len() { Confidence::Certain } else { Confidence::Likely };
        tell(Found::new(sure, text).by(frames(&attempts, "the first SYN")), Vec::new());
    }
}

pub(super) fn rejected(across: &Across, tell: Tell<'_>) {
    let groups = by_server(across, |attempt| !attempt.answered && attempt.closed == Some((ToClient, true)));
    for (server, attempts) in groups {
        let (count, who) = (counted(attempts.len() as u64, "connection"), clients(&attempts));
        let text = format!("Nobody listens on {server}, or a firewall rejects: {count} of {who} answered with RST.");
        tell(Found::new(Confidence::Certain, text).by(frames(&attempts, "the SYN")), Vec::new());
    }
}

pub(super) fn mute(across: &Across, tell: Tell<'_>) {
    let groups = by_server(across, |attempt| attempt.answered && attempt.bytes == [0; 2] && attempt.closed.is_some());
    for (server, attempts) in groups {
        let longest = attempts.iter().map(|attempt| attempt.ended.saturating_sub(attempt.started)).max().unwrap_or(0);
        let given_up = attempts.iter().filter(|attempt| attempt.closed.is_some_and(|(by, _)| by == ToClient)).count();
        let (count, who) = (counted(attempts.len() as u64, "connection"), clients(&attempts));
        let by = if given_up > 0 { "; the server gave up" } else { "" };
        let longest = span(longest / 1_000_000_000);
        let text = format!("{who} opened {count} to {server} and said nothing, for up to {longest}{by}.");
        let found = Found::new(Confidence::Certain, text);
        // Who closes what it opened is a check of health.
        let found = if given_up > 0 { found } else { found.milder(Severity::Note) };
        tell(found.by(frames(&attempts, "the connection begins")), Vec::new());
    }
}

pub(super) fn plain_to_tls(across: &Across, tell: Tell<'_>) {
    for attempt in across.attempts.iter().filter(|attempt| is_tls_port(attempt.server.port)) {
        let Some(said) = attempt.said.as_deref() else { continue };
        let line = said.lines.iter().find(|line| line.direction == ToServer);
        let Some(line) = line.filter(|line| is_request(&line.text)) else { continue };
        let answer = said.lines.iter().find(|line| line.direction == ToClient).map(|line| quoted(&line.text));
        let answer = answer.map(|answer| format!(" The answer: \"{answer}\".")).unwrap_or_default();
        let (what, server) = (quoted(&line.text), attempt.server);
        let text = format!("The client spoke plain text to {server}: \"{what}\".{answer}");
        let evidence = Evidence::frame(line.frame, format!("\"{what}\""));
        tell(Found::new(Confidence::Certain, text).by([evidence]), Vec::new());
    }
}

fn is_request(text: &str) -> bool {
    ["GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "DELETE ", "EHLO ", "HELO "]
        .iter()
        .any(|verb| text.starts_with(verb))
}

pub(super) fn proxy_refused(across: &Across, tell: Tell<'_>) {
    for attempt in &across.attempts {
        let Some(said) = attempt.said.as_deref().filter(|said| said.accepted == Some(false)) else { continue };
        let Some(asked) = said.lines.iter().find(|line| line.text.starts_with("CONNECT ")) else { continue };
        let answer = said.lines.iter().find(|line| line.direction == ToClient);
        let code = answer.map(|line| quoted(&line.text)).unwrap_or_default();
        let text = format!("The proxy {} refused the tunnel ({code}): \"{}\".", attempt.server, quoted(&asked.text));
        let found = Found::new(Confidence::Certain, text)
            .by([Evidence::frame(asked.frame, "the request")])
            .by(answer.map(|line| Evidence::frame(line.frame, code.clone())));
        tell(found, Vec::new());
    }
}

fn offers_tls(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["STARTTLS", "STLS", "AUTH TLS"].iter().any(|word| upper.contains(word))
}

pub(super) fn not_begun(across: &Across, tell: Tell<'_>) {
    for attempt in &across.attempts {
        let Some(said) = attempt.said.as_deref() else { continue };
        let Some(offer) = said.lines.iter().find(|line| line.direction == ToClient && offers_tls(&line.text)) else {
            continue;
        };
        if said.lines.iter().any(|line| line.direction == ToServer && offers_tls(&line.text)) {
            continue;
        }
        let text =
            format!("{} offered TLS (\"{}\"), and the client went on in clear.", attempt.server, quoted(&offer.text));
        let evidence = Evidence::frame(offer.frame, format!("\"{}\"", quoted(&offer.text)));
        tell(Found::new(Confidence::Certain, text).by([evidence]), Vec::new());
    }
}

pub(super) fn not_offered(across: &Across, tell: Tell<'_>) {
    for attempt in &across.attempts {
        let Some(said) = attempt.said.as_deref() else { continue };
        let asks = |text: &str| text.starts_with("EHLO ") || text.to_ascii_uppercase().contains("CAPABILITY");
        let Some(asked) = said.lines.iter().find(|line| line.direction == ToServer && asks(&line.text)) else {
            continue;
        };
        let answers = || said.lines.iter().filter(|line| line.direction == ToClient && line.frame > asked.frame);
        if answers().next().is_none() || answers().any(|line| offers_tls(&line.text)) {
            continue;
        }
        // Boxes that take the offer out put a word of the same length in its place.
        let stripped = answers().find(|line| line.text.contains("XXXXXXX"));
        let (sure, why) = match stripped {
            Some(_) => (Confidence::Likely, "; somebody on the way took the offer out"),
            None => (Confidence::Certain, ""),
        };
        let text = format!("{} did not offer STARTTLS to the client{why}.", attempt.server);
        let found = Found::new(sure, text).by([Evidence::frame(asked.frame, quoted(&asked.text))]);
        let found = if stripped.is_some() { found } else { found.milder(Severity::Note) };
        tell(found.by(stripped.map(|line| Evidence::frame(line.frame, quoted(&line.text)))), Vec::new());
    }
}

pub(super) fn password_in_clear(across: &Across, tell: Tell<'_>) {
    for attempt in &across.attempts {
        let Some(said) = attempt.said.as_deref() else { continue };
        let Some(line) = said.lines.iter().find(|line| line.direction == ToServer && line.text.contains("[hidden]"))
        else {
            continue;
        };
        let text = format!("The client sent a password to {} in clear ({}).", attempt.server, said.protocol);
        let evidence = Evidence::frame(line.frame, quoted(&line.text));
        tell(Found::new(Confidence::Certain, text).by([evidence]), Vec::new());
    }
}
