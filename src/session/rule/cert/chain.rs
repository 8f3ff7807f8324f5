//! The chain that the server sent: what is missing in it, what is too much, and what breaks it.

use super::super::case::Case;
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::{counted, day, quoted, span};
use super::blame::{Reaction, blamed, hardly_blamed, reaction, whose};
use super::leaf::tolerated;
use crate::base::{Severity, printable};
use crate::net::Direction::ToClient;
use crate::session::EventKind;
use crate::x509::verify::{Check, Rung};
use crate::x509::{Certificate, chain, oid_name};
use std::sync::Arc;

/// What a server can send at once before it has to wait for the client (RFC 6928).
const INITIAL_WINDOW: u32 = 10 * 1460;
/// From here on the length of the chain is worth a word.
const LONG: u32 = 10_000;

/// The certificates from the second one on that lie on the path.
fn authorities<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Arc<Certificate>> {
    let all = &case.session.server_certificates;
    chain(all).into_iter().filter(|link| link.on_path && link.index > 0).filter_map(|link| all.get(link.index))
}

pub(super) fn expired_authority(case: &Case<'_>) -> Answer {
    let now = case.now;
    // The list is made only where something in it has expired.
    let any = case.session.server_certificates.iter().skip(1).any(|each| each.readable && !each.is_valid_at(now));
    if !any || !case.has_clock() || case.leaf().is_none_or(|leaf| !leaf.is_valid_at(now)) {
        return Silent;
    }
    let Some(bad) = authorities(case).find(|each| each.readable && !each.is_valid_at(now)) else { return Silent };
    let (name, date) = (whose(bad), day(bad.not_after));
    let text = format!("The server's own certificate is valid; that of \"{name}\" above it expired on {date}.");
    // NSS finds no way to a root then, and says that.
    let plain = || case.session.client_library().is_some_and(|it| it.library.tells_apart());
    let sure = || if plain() { Confidence::Possible } else { Confidence::Likely };
    let lost = (reaction(case) == Some(Reaction::Alert(48))).then(sure);
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed(case, &[45]).or(lost), || {
            format!("the authority \"{name}\" in the chain expired {} before, on {date}", span(now - bad.not_after))
        })
        .by(case.at_message(ToClient, 11, format!("\"{name}\" ends on {date}"), "x509.not_after"))
        .by(case.at_end())
        .into()
}

pub(super) fn missing_intermediate(case: &Case<'_>) -> Answer {
    let all = &case.session.server_certificates;
    let Some(leaf) = case.leaf().filter(|leaf| !leaf.is_self_issued()) else { return Silent };
    let ruling = case.session.judgement.of_server();
    let decided = ruling.and_then(|ruling| ruling.verification.failure()).map(|rung| rung.check);
    let sent = all.iter().skip(1).any(|other| other.subject == leaf.issuer);
    // Anchors that the leaf leads to at once need nothing between.
    if sent || ruling.is_some_and(|ruling| ruling.verification.path.len() > all.len()) {
        return Silent;
    }
    // Authorities with intermediates say where these can be fetched. Without that the issuer may well be one that signs
    // by itself, and that the client does not trust.
    let public = !leaf.ca_issuers_urls.is_empty();
    let judged = decided == Some(Check::ChainBuilt);
    let says = reaction(case) == Some(Reaction::Alert(48));
    if !public && !says && !judged {
        return Silent;
    }
    // Even so it may be a root of somebody's own, which nobody has to send.
    let sure = if public { Confidence::Likely } else { Confidence::Possible };
    // Who leaves over a stranger's certificate without naming a reason, most likely does not trust the stranger.
    let minds = if public || says { blamed(case, &[48]).map(|minds| minds.min(sure)) } else { None };
    let issuer = quoted(&leaf.issuer.short());
    let count = counted(all.len() as u64, "certificate");
    let at = match leaf.ca_issuers_urls.first() {
        Some(url) => {
            format!(" It can be had from {}; if it is a root, the client does not trust it.", quoted(url))
        }
        None => " It may as well be an authority of its own that the client does not trust.".to_owned(),
    };
    let text = format!("The server sent {count}, and not that of the issuer \"{issuer}\".{at}");
    let found = Found::new(sure, text);
    let found = if reaction(case).is_some() { found } else { found.milder(Severity::Note) };
    found
        .because(minds, || format!("the server did not send the intermediate \"{issuer}\""))
        .by(case.at_message(ToClient, 11, format!("{count}, none of them \"{issuer}\""), "x509.issuer"))
        .by(case.at_end())
        .into()
}

pub(super) fn disorder(case: &Case<'_>) -> Answer {
    let all = &case.session.server_certificates;
    // In order: each is the issuer of the one before. That is looked at before a list is made.
    let in_order = all
        .windows(2)
        .all(|pair| matches!(pair, [child, parent] if child.issuer == parent.subject && child.sha256 != parent.sha256));
    if all.len() < 2 || in_order || all.iter().any(|each| !each.readable) {
        return Silent;
    }
    let links = chain(all);
    let twice = links.iter().any(|link| link.duplicate_of.is_some());
    let what = if twice {
        "a certificate stands in it twice"
    } else if links.iter().enumerate().any(|(place, link)| link.on_path && link.index != place) {
        "the certificates do not stand in the order of their issuers"
    } else {
        "a certificate in it belongs to another chain"
    };
    let text = format!("The server sent {} and {what}.", counted(all.len() as u64, "certificate"));
    Found::new(Confidence::Certain, text)
        // Nobody is known to mind a copy.
        .because(hardly_blamed(case).filter(|_| !twice), || format!("the chain is out of order: {what}"))
        .by(case.at_message(ToClient, 11, what, "tls.handshake.certificates"))
        .into()
}

/// The rungs that break a chain beside dates, names and trust.
fn breaks(rung: &Rung) -> bool {
    matches!(rung.check, Check::Constraints | Check::Pathlen | Check::CriticalExt | Check::CaFlag | Check::Signature)
}

pub(super) fn constraint(case: &Case<'_>) -> Answer {
    let ruling = case.session.judgement.of_server();
    let rung = ruling.and_then(|ruling| ruling.problems().find(|rung| breaks(rung)));
    let decides = ruling.is_some_and(|ruling| ruling.verification.failure().is_some_and(breaks));
    let what = rung.map(|rung| rung.evidence.clone()).or_else(|| broken(case));
    let Some(what) = what else { return Silent };
    // Whether it is too weak to count is a rule of its own.
    if rung.is_some_and(|rung| rung.check == Check::Signature) && super::leaf::is_weak(case) {
        return Silent;
    }
    let minds = match blamed(case, &[]) {
        // A broken signature has an alert of its own.
        None if rung.is_some_and(|rung| rung.check == Check::Signature) => reaction(case).map(|_| Confidence::Likely),
        // OpenSSL says unknown_ca of an authority that is none, or that stands too high.
        None if matches!(reaction(case), Some(Reaction::Alert(43 | 48))) => Some(Confidence::Likely),
        minds => minds.map(|sure| if decides { sure.max(Confidence::Likely) } else { sure }),
    };
    let text = format!("A rule of the chain is broken: {what}.");
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(minds.map(|sure| sure.min(Confidence::Likely)), || format!("the chain is broken: {what}"))
        .by(case.at_message(ToClient, 11, what.clone(), ""))
        .by(case.at_end())
        .into()
}

/// Whether an extension has a name here; keyUsage and basicConstraints, which nearly all have, need no search.
fn is_known(id: &str) -> bool {
    matches!(id, "2.5.29.15" | "2.5.29.19") || oid_name(id).is_some()
}

/// What the facts of the certificates alone tell: whoever signs is an authority, not too many follow, and nothing is
/// demanded that nobody knows.
fn broken(case: &Case<'_>) -> Option<String> {
    let leaf = case.leaf()?;
    let unknown = |certificate: &Certificate| {
        let demand = certificate.extensions.iter().find(|(id, critical)| *critical && !is_known(id));
        demand.map(|(id, _)| format!("the critical extension {} of {} is unknown", printable(id), whose(certificate)))
    };
    if let Some(what) = unknown(leaf) {
        return Some(what);
    }
    // Before version 3 there was no way to say so.
    let suspicious =
        |each: &Arc<Certificate>| (each.version >= 3 && each.is_ca != Some(true)) || each.path_length.is_some();
    let above = case.session.server_certificates.iter().skip(1);
    if !above
        .clone()
        .any(|each| suspicious(each) || each.extensions.iter().any(|(id, critical)| *critical && !is_known(id)))
    {
        return None;
    }
    authorities(case).zip(0..).find_map(|(authority, below)| {
        if authority.version >= 3 && authority.is_ca != Some(true) {
            return Some(format!("{} signed and is no authority", whose(authority)));
        }
        match authority.path_length {
            Some(limit) if below > limit => Some(format!(
                "{} allows {} below it, and {below} follow",
                whose(authority),
                counted(limit, "authority").replace("authoritys", "authorities")
            )),
            _ => unknown(authority),
        }
    })
}

pub(super) fn long(case: &Case<'_>) -> Answer {
    let Some(index) = case.message(ToClient, 11).or_else(|| case.message(ToClient, 25)) else { return Silent };
    let Some(EventKind::Handshake { length, .. }) = case.event(index).map(|event| &event.kind) else { return Silent };
    let length = *length;
    if length <= LONG {
        return Silent;
    }
    let trips = length / INITIAL_WINDOW;
    let cost =
        if trips > 0 { format!(", {} more before it is through", counted(trips, "round trip")) } else { String::new() };
    let text = format!("The server's certificates take {length} bytes{cost}.");
    Found::new(Confidence::Certain, text).by(case.at(index, format!("{length} bytes"))).into()
}

pub(super) fn bad_compression(case: &Case<'_>) -> Answer {
    let note = case.session.notes.iter().find(|note| note.item.code == "tls.certificate.compression");
    let Some(note) = note else { return Silent };
    if note.item.severity < Severity::Error {
        return NotEnough("the algorithm of the compressed certificate is not known here");
    }
    let minds = blamed(case, &[42, 47, 50]);
    let text = format!("The compressed certificate is bad: {}.", note.item.text);
    Found::new(Confidence::Certain, text)
        .because(minds, || "the compressed certificate cannot be opened".to_owned())
        .by([Evidence::frame(note.frame, note.item.text.clone())])
        .by(case.at_end())
        .into()
}
