//! Answers that are not TLS, and what stands in front of it.

use super::super::case::{Case, How, Stage};
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::quoted;

use crate::base::printable_bytes;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::{Prelude, PreludeLine};

/// What servers say first, and what they are.
pub(super) const GREETINGS: &[(&[u8], &str)] = &[
    (b"HTTP/", "HTTP"),
    (b"220 ", "SMTP or FTP"),
    (b"220-", "SMTP or FTP"),
    (b"SSH-", "SSH"),
    (b"* OK", "IMAP"),
    (b"* BYE", "IMAP"),
    (b"+OK", "POP3"),
    (b"-ERR", "POP3"),
    (b"RFB ", "VNC"),
    (b"<?xml", "XMPP"),
    (b"<html", "HTTP"),
    (b"<!DOCTYPE", "HTTP"),
    (b"421 ", "SMTP or FTP"),
    (b"500 ", "SMTP or FTP"),
    (b"501 ", "SMTP or FTP"),
    (b"502 ", "SMTP or FTP"),
    (b"554 ", "SMTP or FTP"),
    (b"-NOAUTH", "Redis"),
    (b"E\0\0\0", "PostgreSQL"),
];

pub(super) fn greeting(bytes: &[u8]) -> Option<&'static str> {
    let known = |(begin, _): &&(&[u8], &str)| bytes.get(..begin.len()).is_some_and(|b| b.eq_ignore_ascii_case(begin));
    GREETINGS.iter().find(known).map(|(_, name)| *name)
}

pub(super) fn tls_to_plain(case: &Case<'_>) -> Answer {
    let Some(end) = case.end.filter(|end| end.how == How::NotTls && end.by == ToClient) else {
        return greeted(case);
    };
    // Who answers a PROXY header has not come to the ClientHello.
    if case.session.client_hellos.is_empty() || has_proxy_header(case) {
        return Silent;
    }
    let answer = case.session.clues.answer.as_slice();
    let line = answer.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let spoken = greeting(answer);
    let protocol = spoken.unwrap_or("something else");
    let port = case.session.server.port;
    let readable = spoken.is_some() || line.iter().all(|byte| (0x20..0x7f).contains(byte));
    let quote = if readable && !line.is_empty() {
        format!(": \"{}\"", super::super::words::shortened(&printable_bytes(line), 60))
    } else {
        String::new()
    };
    let text = format!("The server on port {port} answered the ClientHello in {protocol}{quote}.");
    let sure = if spoken.is_some() { Confidence::Certain } else { Confidence::Likely };
    Found::new(Confidence::Certain, text)
        .because(Some(sure), || format!("port {port} speaks {protocol} and not TLS"))
        .by(case.at(end.event, format!("the answer{quote}")))
        .into()
}

/// A server that had greeted in another protocol before the ClientHello came, which nobody had agreed upon.
fn greeted(case: &Case<'_>) -> Answer {
    let unanswered = case.session.server_hellos.is_empty() && case.client_hello().is_some();
    let Some(prelude) = case.session.prelude.as_deref().filter(|_| unanswered && case.end.is_some()) else {
        return Silent;
    };
    let [line, ..] = prelude.lines.as_slice() else { return Silent };
    let mysql = prelude.protocol.starts_with("MySQL").then_some("MySQL");
    let spoken =
        greeting(line.text.as_bytes()).or(mysql).filter(|_| prelude.lines.iter().all(|it| it.direction == ToClient));
    let Some(protocol) = spoken else { return Silent };
    let port = case.session.server.port;
    let quote = super::super::words::shortened(&quoted(&line.text), 60);
    let text =
        format!("The server on port {port} greeted the client in {protocol}: \"{quote}\"; the client began TLS.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Likely), || format!("port {port} speaks {protocol} and not TLS at once"))
        .by([Evidence::frame(line.frame, format!("\"{quote}\""))])
        .by(case.at_end())
        .into()
}

pub(super) fn plain_to_tls(case: &Case<'_>) -> Answer {
    let Some(prelude) = case.session.prelude.as_deref() else { return Silent };
    let refused = case.end.filter(|end| end.by == ToClient && matches!(end.how, How::Alert(_)));
    let no_hello = case.session.client_hellos.is_empty() && case.session.server_hellos.is_empty();
    let Some(end) = refused.filter(|_| no_hello) else { return Silent };
    let Some(line) = prelude.lines.iter().find(|line| line.direction == ToServer) else { return Silent };
    let port = case.session.server.port;
    let what = quoted(&line.text);
    let text = format!("The client sent plain text to port {port}, which speaks TLS: \"{what}\".");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Certain), || format!("the client spoke plain text to port {port}: \"{what}\""))
        .by([Evidence::frame(line.frame, format!("\"{what}\""))])
        .by(case.at(end.event, "the alert"))
        .into()
}

pub(super) fn portal(case: &Case<'_>) -> Answer {
    let answer = case.session.clues.answer.as_slice();
    let Some(end) = case.end.filter(|end| end.how == How::NotTls && end.by == ToClient) else { return Silent };
    let code = answer.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5)).unwrap_or_default();
    let kind = match code {
        b"302" | b"303" | b"307" => "a redirection",
        b"511" => "\"network authentication required\"",
        _ => return Silent,
    };
    let text = format!("The ClientHello was answered with {kind} in plain HTTP, as portals of networks do.");
    let sure = if code == b"511" { Confidence::Likely } else { Confidence::Possible };
    Found::new(sure, text)
        .because(Some(sure), || format!("a portal answered with {kind}"))
        .by(case.at(end.event, "the answer"))
        .into()
}

/// The PROXY header that the client's side sent first. Who answers it as a request takes it for one of HTTP.
fn proxy_line(prelude: &Prelude) -> Option<&PreludeLine> {
    let line = prelude.lines.first().filter(|line| line.direction == ToServer)?;
    (prelude.protocol.contains("PROXY") || line.text.starts_with("PROXY ")).then_some(line)
}

fn has_proxy_header(case: &Case<'_>) -> bool {
    case.session.prelude.as_deref().and_then(proxy_line).is_some()
}

pub(super) fn proxy_header(case: &Case<'_>) -> Answer {
    let Some(line) = case.session.prelude.as_deref().and_then(proxy_line) else { return Silent };
    // The client may be the first to end what the server answered, or left unanswered.
    let early = case.end.filter(|end| end.stage <= Stage::ClientHello && case.session.server_hellos.is_empty());
    let Some(end) = early else { return Silent };
    let text = "A PROXY header stands in front of the ClientHello, and the server turned the connection down.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "it does not expect the PROXY header in front of TLS".to_owned())
        .by([Evidence::frame(line.frame, "the PROXY header")])
        .by(case.at(end.event, "the server's answer"))
        .into()
}

pub(super) fn injected(case: &Case<'_>) -> Answer {
    let Some(prelude) = case.session.prelude.as_deref().filter(|prelude| prelude.accepted == Some(true)) else {
        return Silent;
    };
    let asks = |text: &str| ["STARTTLS", "STLS", "AUTH TLS"].iter().any(|word| text.to_uppercase().contains(word));
    let asked = prelude.lines.iter().position(|line| line.direction == ToServer && asks(&line.text));
    let Some(asked) = asked else { return Silent };
    let behind = prelude.lines.get(asked + 1..).unwrap_or_default();
    let Some(line) = behind.iter().find(|line| line.direction == ToServer) else { return Silent };
    let text = format!("Behind STARTTLS and before TLS the client's side said \"{}\" in clear.", quoted(&line.text));
    Found::new(Confidence::Certain, text)
        .by([Evidence::frame(line.frame, format!("\"{}\"", quoted(&line.text)))])
        .into()
}
