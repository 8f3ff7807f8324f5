//! A run of the lab as text: what happened, the three testimonies, the ladder, the checks, and what was expected.

use super::fact::milliseconds;
use super::ladder::rungs;
use super::text::{Paint, Style, rung_line};
use crate::base::{counted, printable, printable_bytes};
use crate::lab::batch::Played;
use crate::lab::run::{Beat, BeatKind, Connection, Judgement, Run, Testimony};
use crate::lab::scenario::{AltName, Handshake, Named, PkiItem};
use crate::session::Session;
use crate::x509::verify::{Outcome, Rung, Verification, Which};
use std::fmt::Write;

/// Columns of a line of prose.
const PROSE: usize = 100;
/// Columns of the labels, and of each testimony.
const LABEL: usize = 14;
const TESTIMONY: usize = 34;

/// One line for a run: whether it is as expected, what was played, and what came of it.
#[must_use]
pub fn summary(played: &Played, style: Style) -> String {
    let Played { run, judgements } = played;
    let name = &run.scenario.id;
    let word = if played.holds() { style.paint(Paint::Good, "ok  ") } else { style.paint(Paint::Bad, "FAIL") };
    let code = printable(run.scenario.code.as_deref().unwrap_or_default());
    let called = run.variant.as_ref().map_or_else(|| name.clone(), |variant| format!("{name} {variant}"));
    let connections: Vec<String> = run.connections.iter().map(outcome).collect();
    let mut out = format!("{word} {code:<4} {called:<44} {}\n", connections.join("; "));
    for judgement in judgements {
        for difference in &judgement.differences {
            let line = format!("     line {}: {difference}", judgement.line);
            let _ = writeln!(out, "{}", style.paint(Paint::Bad, &line));
        }
    }
    for missed in run.missed.iter().filter(|missed| !missed.may_miss) {
        let line = format!("     step {}: {}", missed.step + 1, missed.reason);
        let _ = writeln!(out, "{}", style.paint(Paint::Warning, &line));
    }
    let sides = run.connections.iter().flat_map(|connection| [&connection.client_says, &connection.server_says]);
    for (side, text) in sides.filter_map(|side| Some((side, side.disagreement.as_ref()?))) {
        let line = format!("     {}: disagreement, which is a fault of this program: {text}", side.peer);
        let _ = writeln!(out, "{}", style.paint(Paint::Bad, &line));
    }
    out
}

/// `failed (client: validity, certificate_expired)`.
fn outcome(connection: &Connection) -> String {
    let mut why = Vec::new();
    if let Some(by) = connection.found_by {
        why.push(by.to_string());
    }
    if let Some(check) = connection.check {
        why.push(check.word().to_owned());
    }
    let alerts = [&connection.client_says, &connection.server_says].map(|side| side.alert_sent);
    why.extend(alerts.into_iter().flatten().map(|alert| alert.to_string()));
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    format!("{}{why}", connection.handshake)
}

/// The whole run; ends with a line break.
#[must_use]
pub fn text(played: &Played, style: Style) -> String {
    let Played { run, judgements } = played;
    let mut out = String::with_capacity(8192);
    // Writing to memory cannot fail.
    let _ = write_run(&mut out, run, judgements, style);
    out
}

fn write_run(out: &mut String, run: &Run, judgements: &[Judgement], style: Style) -> std::fmt::Result {
    let scenario = &run.scenario;
    let variant = run.variant.as_ref().map(|variant| format!(" ({variant})")).unwrap_or_default();
    let heading = format!("{}{variant}: {}", scenario.id, printable(&scenario.title));
    writeln!(out, "{}", style.paint(Paint::Title, &heading))?;
    requests(out, run)?;
    for connection in &run.connections {
        writeln!(out)?;
        write_connection(out, run, connection, style)?;
    }
    writeln!(out)?;
    expectations(out, judgements, style)
}

/// What owners asked their authorities for, and what was granted.
fn requests(out: &mut String, run: &Run) -> std::fmt::Result {
    for Named { name, item } in &run.scenario.pki {
        let PkiItem::Certificate(plan) = item else { continue };
        let Some(wanted) = &plan.request else { continue };
        let listed =
            |names: &[AltName]| names.iter().map(|name| printable(&name.to_string())).collect::<Vec<_>>().join(", ");
        let by = plan.issuer.as_deref().unwrap_or(name);
        let (wanted, granted) = (listed(wanted), listed(&plan.san));
        writeln!(out, "  {name} asked {by} for {wanted}; the certificate grants {granted}.")?;
    }
    Ok(())
}

fn write_connection(out: &mut String, run: &Run, connection: &Connection, style: Style) -> std::fmt::Result {
    let [from, to] = connection.ends;
    let heading = format!(
        "connection {}: {} > {}  {from} > {to}  {}",
        connection.number,
        connection.client,
        connection.server,
        outcome(connection)
    );
    let paint = match connection.handshake {
        Handshake::Ok => Paint::Good,
        Handshake::Failed => Paint::Bad,
        Handshake::Stalled | Handshake::None => Paint::Warning,
    };
    writeln!(out, "{}", style.paint(paint, &heading))?;
    for line in wrapped(&connection.explanation, PROSE) {
        writeln!(out, "  {line}")?;
    }
    testimonies(out, connection, style)?;
    ladder(out, run, connection, style)?;
    for (name, testimony) in
        [(&connection.client, &connection.client_says), (&connection.server, &connection.server_says)]
    {
        if let Some(verification) = &testimony.verification {
            checks(out, name, verification, testimony.disagreement.as_deref(), style)?;
        }
    }
    Ok(())
}

/// What the client says, what the wire shows, and what the server says, side by side.
fn testimonies(out: &mut String, connection: &Connection, style: Style) -> std::fmt::Result {
    let (client, server) = (&connection.client_says, &connection.server_says);
    let session = connection.session.as_deref();
    let heading = row(&[connection.client.clone(), "the wire".to_owned(), connection.server.clone()]);
    writeln!(out, "\n{}", style.paint(Paint::Label, &format!("  {:LABEL$}{heading}", "")))?;
    let mut wire = wire(session).into_iter();
    for ((label, client), (_, server)) in says(client).into_iter().zip(says(server)) {
        let cells = row(&[client, wire.next().unwrap_or_default(), server]);
        writeln!(out, "{}{cells}", style.paint(Paint::Label, &format!("  {label:<LABEL$}")))?;
    }
    Ok(())
}

fn row(cells: &[String]) -> String {
    let columns = cells.iter().fold(String::new(), |mut line, cell| {
        let _ = write!(line, "{:<TESTIMONY$}", cut(cell, TESTIMONY - 1));
        line
    });
    columns.trim_end().to_owned()
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).collect::<String>() + "~" }
}

/// What one peer says, label by label.
fn says(testimony: &Testimony) -> Vec<(&'static str, String)> {
    let outcome = testimony.outcome.map_or("none", Handshake::word).to_owned();
    let done = match testimony.done_at {
        Some(frame) => format!("finished after frame {frame}"),
        None => "not finished".to_owned(),
    };
    let alpn = testimony.alpn.as_ref().map(|name| printable_bytes(name));
    vec![
        ("outcome", format!("{outcome}, {done}")),
        ("version", known(testimony.version)),
        ("cipher suite", known(testimony.suite)),
        ("group", known(testimony.group)),
        ("ALPN", known(alpn)),
        ("name", known(testimony.server_name.as_deref().map(printable))),
        ("resumed", testimony.resumed.map_or("-", |resumed| if resumed { "yes" } else { "no" }).to_owned()),
        ("certificates", counted(testimony.peer_certificates.len(), "certificate")),
        ("error", testimony.error.as_deref().map_or_else(|| "-".to_owned(), printable)),
        ("alert sent", known(testimony.alert_sent)),
        ("alert seen", known(testimony.alert_seen)),
        ("application", format!("{} B sent, {} B received", testimony.sent.len(), testimony.received.len())),
    ]
}

/// What the wire shows, in the order of [`says`].
fn wire(session: Option<&Session>) -> Vec<String> {
    let Some(session) = session else { return vec!["no TLS".to_owned()] };
    let alpn = session.alpn.as_ref().map(|name| printable_bytes(name));
    let alerts: Vec<String> = session.alerts().map(|(_, alert)| alert.description.to_string()).collect();
    let certificates = session.server_certificates.len() + session.client_certificates.len();
    vec![
        session.outcome.word().to_owned(),
        known(session.version),
        known(session.cipher_suite),
        known(session.group),
        known(alpn),
        known(session.server_name().map(printable)),
        session.resumed.map_or("-", |resumed| if resumed { "yes" } else { "no" }).to_owned(),
        counted(certificates, "certificate"),
        String::new(),
        if alerts.is_empty() { "-".to_owned() } else { alerts.join(", ") },
        String::new(),
        format!("{} B and {} B of TCP", session.bytes[0], session.bytes[1]),
    ]
}

fn known<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The ladder with what the script and others did in its place.
fn ladder(out: &mut String, run: &Run, connection: &Connection, style: Style) -> std::fmt::Result {
    let heading =
        format!("{:>9} {:>11}  {:<56}{:>6} {:>7}", "frame", "ms", connection.client, connection.server, "bytes");
    writeln!(out, "\n{}", style.paint(Paint::Label, &heading))?;
    let drawn = connection.session.as_deref().map(|session| {
        let rungs = rungs(session);
        let before = rungs.len() - session.timeline.len();
        rungs.into_iter().skip(before).collect::<Vec<_>>()
    });
    for beat in run.beats.iter().filter(|beat| beat.connection == connection.number) {
        let rung =
            if let BeatKind::Event(index) = beat.kind { drawn.as_ref().and_then(|all| all.get(index)) } else { None };
        match rung {
            Some(rung) => writeln!(out, "{}", rung_line(rung, style))?,
            None => remark(out, run, beat, style)?,
        }
    }
    Ok(())
}

fn remark(out: &mut String, run: &Run, beat: &Beat, style: Style) -> std::fmt::Result {
    let time = run.packets.get((beat.frame as usize).saturating_sub(1)).map(|packet| packet.time);
    let first = run.packets.first().map_or(0, |packet| packet.time);
    let time = time.map(|time| milliseconds(time.saturating_sub(first))).unwrap_or_default();
    let (paint, text) = match &beat.kind {
        BeatKind::Script { text, .. } => (Paint::Title, format!("* {}", printable(text))),
        BeatKind::Attack { by, text } => (Paint::Warning, format!("! {}: {}", printable(by), printable(text))),
        BeatKind::Pause => (Paint::Label, "|| pause".to_owned()),
        BeatKind::Plain { to_server, text } => {
            let arrow = if *to_server { '>' } else { '<' };
            (Paint::Plain, format!("{arrow} \"{}\"", printable(text)))
        }
        BeatKind::Event(_) => return Ok(()),
    };
    writeln!(out, "{:>9} {time:>11}  {}", beat.frame, style.paint(paint, &text))?;
    for line in beat.say.iter().flat_map(|say| wrapped(say, PROSE - 23)) {
        writeln!(out, "{:23}{}", "", style.paint(Paint::Label, &line))?;
    }
    Ok(())
}

/// The check ladder of what one peer received.
fn checks(
    out: &mut String,
    name: &str,
    verification: &Verification,
    disagreement: Option<&str>,
    style: Style,
) -> std::fmt::Result {
    let verdict = if verification.accepted { "accepted" } else { "refused" };
    let heading = format!("what {name} checked: {verdict}");
    writeln!(out, "\n  {}", style.paint(Paint::Label, &heading))?;
    for rung in verification.rungs.iter().filter(|rung| rung.outcome != Outcome::NotApplicable) {
        let (mark, paint) = mark(rung);
        let of = match rung.certificate {
            Which::Sent(0) => "leaf".to_owned(),
            Which::Sent(index) => format!("sent #{}", index + 1),
            Which::Anchor(_) => "anchor".to_owned(),
        };
        let line = format!("{mark} {:<13}{of:<8}{}", rung.check.word(), rung.evidence);
        writeln!(out, "  {}", style.paint(paint, &line))?;
    }
    if let Some(text) = disagreement {
        writeln!(
            out,
            "  {}",
            style.paint(Paint::Bad, &format!("disagreement, which is a fault of this program: {text}"))
        )?;
    }
    Ok(())
}

fn mark(rung: &Rung) -> (&'static str, Paint) {
    match rung.outcome {
        Outcome::Passed => ("ok  ", Paint::Good),
        Outcome::Failed if rung.enforced => ("FAIL", Paint::Bad),
        // It fails by the standard, and rustls does not look.
        Outcome::Failed => ("odd ", Paint::Warning),
        Outcome::NotChecked { .. } => ("?   ", Paint::Plain),
        Outcome::NotApplicable => ("-   ", Paint::Plain),
    }
}

fn expectations(out: &mut String, judgements: &[Judgement], style: Style) -> std::fmt::Result {
    for judgement in judgements {
        let line = format!("the expectation in line {}", judgement.line);
        if judgement.holds() {
            let lines = wrapped(&format!("{line} holds: {}", judgement.expected), PROSE);
            for (index, line) in lines.iter().enumerate() {
                let mark = if index == 0 { style.paint(Paint::Good, "ok  ") } else { " ".repeat(4) };
                writeln!(out, "  {mark} {line}")?;
            }
        }
        for difference in &judgement.differences {
            writeln!(out, "  {} {line}: {difference}", style.paint(Paint::Bad, "FAIL"))?;
        }
    }
    Ok(())
}

/// The text in lines of at most that many characters; a longer word stands alone.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let word = printable(word);
        let fits = lines
            .last()
            .is_some_and(|line| line.is_empty() || line.chars().count() + 1 + word.chars().count() <= columns);
        if !fits {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
    }
    lines
}
