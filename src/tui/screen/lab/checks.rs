//! The check ladder: every check of every certificate that a peer received, with its evidence, by the explaining
//! verifier. A library stops at the first fault; here all are shown, and what the library does not look at is said.

use super::listing::{Act, Item, Look, paragraph, signed};
use crate::base::printable;
use crate::lab::run::{Connection, Testimony};
use crate::tui::checks::{evidence, is_shown, name, remark, sign};
use crate::tui::lab::playback::Playback;
use crate::x509::verify::{Verification, Which};
use ratatui::text::Line;

/// The rows, and which choice decided.
pub(super) fn items(playback: &Playback, look: &Look<'_>) -> (Vec<Item>, usize) {
    let mut items = Vec::new();
    let mut decided = 0;
    let Some(connection) = playback.connection() else { return (items, 0) };
    if look.model.lab.is_secret() {
        let words = "The check that fails is what you are to find. The checks are shown when you have handed in (a).";
        return (vec![Item::still(paragraph(words, 1, look.cells, look.theme.muted))], 0);
    }
    for (client, testimony) in [(false, &connection.client_says), (true, &connection.server_says)] {
        let Some(verification) = &testimony.verification else { continue };
        if !arrived(connection, client, playback) {
            continue;
        }
        let before = items.iter().filter(|item: &&Item| item.act.is_some()).count();
        items.push(heading(testimony, client, verification, items.is_empty(), look));
        items.extend(rungs(connection, client, verification, look));
        decided = verification.first_failure.map_or(decided, |failure| before + place(verification, failure));
    }
    if items.is_empty() {
        let words = if playback.is_over() {
            "No certificate was checked on this connection."
        } else {
            "No certificate has arrived yet. Its checks will stand here, one by one."
        };
        items.push(Item::still(paragraph(words, 1, look.cells, look.theme.muted)));
    }
    (items, decided)
}

/// Whether the certificates of a side have come as far as the playback.
fn arrived(connection: &Connection, client: bool, playback: &Playback) -> bool {
    let testimony = if client { &connection.server_says } else { &connection.client_says };
    let now = playback.frame();
    if [testimony.done_at, testimony.error_at].into_iter().flatten().any(|at| at <= now) {
        return true;
    }
    let events = playback.events(connection.number);
    let Some(session) = connection.session.as_deref() else { return playback.is_over() };
    let from = if client { crate::net::Direction::ToServer } else { crate::net::Direction::ToClient };
    let is = |at: &crate::session::Event| {
        at.direction == from && matches!(at.kind, crate::session::EventKind::Handshake { kind, .. } if kind.0 == 11)
    };
    session.timeline.iter().take(events).any(is)
}

fn heading(testimony: &Testimony, client: bool, verification: &Verification, first: bool, look: &Look<'_>) -> Item {
    let whose = if client { "client's" } else { "server's" };
    let verdict = if verification.accepted { "accepted" } else { "refused" };
    let words = format!("{} checks the {whose} certificate: {verdict}", testimony.peer);
    Item::heading(&printable(&words), first, look.theme)
}

/// The order in which rungs are shown, certificate by certificate; the place of one among them.
fn place(verification: &Verification, rung: usize) -> usize {
    verification.rungs.iter().take(rung).filter(|rung| is_shown(rung)).count()
}

fn rungs(connection: &Connection, client: bool, verification: &Verification, look: &Look<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut certificate = None;
    for (index, rung) in verification.rungs.iter().enumerate().filter(|(_, rung)| is_shown(rung)) {
        if certificate != Some(rung.certificate) {
            certificate = Some(rung.certificate);
            let words = format!("  {}", name(rung.certificate, verification));
            items.push(Item::still(vec![Line::styled(words, look.theme.muted)]));
        }
        let (sign, style) = sign(rung, look.theme);
        let decided = verification.first_failure == Some(index);
        let words = format!("{}{}", rung.check.word(), remark(rung, decided));
        let sent = match rung.certificate {
            Which::Sent(sent) => Some(sent),
            Which::Anchor(_) => None,
        };
        let act = Act::Certificates { connection: connection.number, sent, client, evidence: evidence(rung) };
        items.push(Item::of(signed(sign, style, &words, look.cells, style), act));
    }
    items
}
