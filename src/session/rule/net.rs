//! Before TLS and around it: connections that were broken off, answers that are not TLS, and what is on the way.

use super::case::{Case, How, Stage, counted, milliseconds, quoted, span};
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Evidence, Found};
use super::{Rule, several};
use crate::base::{Severity, printable_bytes};
use crate::net::Direction::{ToClient, ToServer};
use crate::session::EventKind;
use crate::tls::code::NamedGroup;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "NET-01",
        severity: Severity::Error,
        title: "The server does not answer TCP",
        sees: "a SYN to a port for TLS, and no answer",
        disproof: "a SYN-ACK that took a way past the capture",
        fix: "check the route, the firewall, the name and whether somebody listens",
        reference: "RFC 9293 3.5",
        scenario: None,
        check: several,
    },
    Rule {
        id: "NET-02",
        severity: Severity::Error,
        title: "Nobody listens on the port",
        sees: "a SYN to a port for TLS, and a RST",
        disproof: "a SYN-ACK from the same port at that time",
        fix: "use the right port, start the service, or let the firewall pass it",
        reference: "RFC 9293 3.5.2",
        scenario: None,
        check: several,
    },
    Rule {
        id: "NET-03",
        severity: Severity::Warn,
        title: "A client that opens a connection and says nothing",
        sees: "a TCP connection to a port for TLS that ends without a byte",
        disproof: "bytes that were not captured",
        fix: "look for a check of health, a proxy that connects in advance, or a client that hangs",
        reference: "RFC 9293 3.6",
        scenario: None,
        check: several,
    },
    Rule {
        id: "NET-04",
        severity: Severity::Error,
        title: "Somebody on the way reset the connection",
        sees: "a RST in the server's name behind the ClientHello, and the SYN-ACK or data to compare it with",
        disproof: "a capture at the server that shows it send the same RST",
        fix: "look for a filter on the way that reads server names; try another name, another path, or Encrypted \
              Client Hello",
        reference: "RFC 9293 3.5.2",
        scenario: None,
        check: reset_on_the_way,
    },
    Rule {
        id: "NET-05",
        severity: Severity::Error,
        title: "The server hung up right after the ClientHello",
        sees: "the ClientHello, and behind it a RST or FIN of the server and no byte of TLS",
        disproof: "an alert of the server that was not captured",
        fix: "read the server's log at that moment: a crash behind a load balancer, an access list, a listener that \
              does not know this name",
        reference: "RFC 8446 6.2",
        scenario: None,
        check: hung_up,
    },
    Rule {
        id: "NET-06",
        severity: Severity::Warn,
        title: "A ClientHello in several packets got no answer",
        sees: "a ClientHello that is longer than a segment, and no ServerHello",
        disproof: "a hello as long as this one that the same server answers",
        fix: "try without post-quantum key shares: if that works, update the box on the way or the server that takes \
              a ClientHello for one packet",
        reference: "draft-ietf-tls-hybrid-design 4",
        scenario: None,
        check: split_hello,
    },
    Rule {
        id: "NET-07",
        severity: Severity::Warn,
        title: "Large packets of the server do not arrive",
        sees: "the server's part of the handshake sent again and again, and not acknowledged",
        disproof: "a long segment of the server that the client acknowledges",
        fix: "let ICMP \"fragmentation needed\" through, or lower the MSS on the tunnel",
        reference: "RFC 2923 2.1",
        scenario: None,
        check: black_hole,
    },
    Rule {
        id: "NET-08",
        severity: Severity::Error,
        title: "The server never answered the ClientHello",
        sees: "the ClientHello, an acknowledgment of it, and seconds of silence",
        disproof: "an answer that the capture lacks",
        fix: "check whether the port speaks TLS at once: a server may be overloaded, wait for a PROXY header, or wait \
              for another protocol to begin",
        reference: "RFC 8446 4.1.3",
        scenario: None,
        check: no_answer,
    },
    Rule {
        id: "NET-09",
        severity: Severity::Error,
        title: "TLS was spoken to a port that does not speak it",
        sees: "a ClientHello, and an answer in another protocol",
        disproof: "a record of TLS from this server on the same port",
        fix: "use the port for TLS, switch TLS on at the server, or begin it with STARTTLS",
        reference: "RFC 8446 5.1",
        scenario: Some("tls-to-a-plain-port"),
        check: tls_to_plain,
    },
    Rule {
        id: "NET-10",
        severity: Severity::Error,
        title: "Plain text was spoken to a port for TLS",
        sees: "a request in clear, and an alert of the server",
        disproof: "a ClientHello in front of the request",
        fix: "use https:// (or the secure form of the protocol) for this port",
        reference: "RFC 8446 5.1",
        scenario: Some("http-to-a-tls-port"),
        check: plain_to_tls,
    },
    Rule {
        id: "NET-11",
        severity: Severity::Error,
        title: "The proxy refused the tunnel",
        sees: "CONNECT and the proxy's answer",
        disproof: "nothing: the answer stands there",
        fix: "log in to the proxy, or have the host allowed there: TLS was never tried",
        reference: "RFC 9110 9.3.6",
        scenario: None,
        check: several,
    },
    Rule {
        id: "NET-12",
        severity: Severity::Warn,
        title: "A portal answered in the server's place",
        sees: "a redirection in plain HTTP as the answer to a ClientHello",
        disproof: "the same answer from another network",
        fix: "log in to the portal of the network, then try again",
        reference: "RFC 8952 2.1",
        scenario: None,
        check: portal,
    },
    Rule {
        id: "NET-13",
        severity: Severity::Error,
        title: "A PROXY header that the server does not take",
        sees: "a PROXY header in front of the ClientHello, and a server that refuses or answers without TLS",
        disproof: "another session with a PROXY header that this server takes",
        fix: "switch the PROXY protocol on, or off, at both the load balancer and the server",
        reference: "haproxy PROXY protocol 2.1",
        scenario: None,
        check: proxy_header,
    },
    Rule {
        id: "NET-14",
        severity: Severity::Warn,
        title: "TLS was offered and not begun",
        sees: "a server that offers STARTTLS, and a client that goes on in clear",
        disproof: "TLS on the same connection",
        fix: "let the client insist on TLS",
        reference: "RFC 3207 4",
        scenario: Some("before-tls"),
        check: several,
    },
    Rule {
        id: "NET-15",
        severity: Severity::Warn,
        title: "STARTTLS was not offered",
        sees: "the server's list of what it can",
        disproof: "the same server offering it elsewhere",
        fix: "compare from another network: somebody on the way may take the offer out; see MTA-STS and DANE",
        reference: "RFC 8314 3.1",
        scenario: Some("starttls-stripped"),
        check: several,
    },
    Rule {
        id: "NET-16",
        severity: Severity::Error,
        title: "Plain text between STARTTLS and TLS",
        sees: "the lines around STARTTLS",
        disproof: "nothing: the lines stand there",
        fix: "update the server or client: what stands between STARTTLS and TLS could have been put there by anybody",
        reference: "RFC 3207 4.2",
        scenario: None,
        check: injected,
    },
];

/// The server's RST or FIN while it had not said anything of TLS.
fn server_hung_up(case: &Case<'_>) -> Option<super::case::End> {
    let end = case.end?;
    (end.by == ToClient && end.how.is_silent() && end.stage == Stage::ClientHello).then_some(end)
}

/// What speaks for a RST that the server did not send.
fn signs_of_a_middlebox(case: &Case<'_>) -> Vec<String> {
    let transport = &case.session.transport;
    let origins = &transport.origins;
    let mut signs = Vec::new();
    if let (Some(reset), Some(honest)) = (origins.reset, origins.syn_ack) {
        if reset.hops != honest.hops {
            signs.push(format!("its TTL is {}, that of the SYN-ACK {}", reset.hops, honest.hops));
        }
    }
    let after = case.end.zip(case.message(ToServer, 1)).and_then(|(end, hello)| case.between(hello, end.event));
    if let (Some(after), Some(round_trip)) = (after, transport.syn_round_trip) {
        // Both are measured at the same place: nobody answers in half of the time that the SYN took.
        if after < round_trip / 2 && round_trip > 1_000_000 {
            let (after, round_trip) = (milliseconds(after), milliseconds(round_trip));
            signs.push(format!("it came {after} after the ClientHello, the SYN-ACK took {round_trip}"));
        }
    }
    if transport.behind_reset > 0 {
        signs.push("the server went on sending behind it".to_owned());
    }
    signs
}

fn reset_on_the_way(case: &Case<'_>) -> Answer {
    let Some(end) = server_hung_up(case).filter(|end| end.how == How::Reset) else { return Silent };
    let signs = signs_of_a_middlebox(case);
    if signs.is_empty() {
        return Silent;
    }
    let name = case.session.server_name().map(|name| format!(" Likely it minds the name {}.", quoted(name)));
    let text = format!(
        "The RST in the server's name did not come from the server: {}.{}",
        signs.join("; "),
        name.unwrap_or_default()
    );
    let clause = || format!("the RST is not the server's: {}", signs.first().map_or("", String::as_str));
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), clause)
        .by(case.at(end.event, "the RST"))
        .by(case.in_client_hello("the ClientHello", "tls.handshake.extension.server_name.host_name"))
        .into()
}

fn hung_up(case: &Case<'_>) -> Answer {
    let Some(end) = server_hung_up(case).filter(|_| signs_of_a_middlebox(case).is_empty()) else { return Silent };
    if case.is_missing(ToClient) {
        return NotEnough("bytes of the server are missing: it may have said why");
    }
    let act = if end.how == How::Reset { "reset" } else { "closed" };
    let after = case.message(ToServer, 1).and_then(|hello| case.between(hello, end.event)).map(milliseconds);
    let after = after.unwrap_or_else(|| "some time".to_owned());
    let text = format!("The server {act} the connection {after} after the ClientHello, without an alert.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Possible), || "it gave no alert; its log may tell".to_owned())
        .by(case.at_end())
        .into()
}

fn split_hello(case: &Case<'_>) -> Answer {
    let session = case.session;
    if !session.server_hellos.is_empty() || session.bytes[1] > 0 {
        return Silent;
    }
    let Some((index, length)) = hello_length(case) else { return Silent };
    let most = session.transport.maximum_segments[1].unwrap_or(1460);
    let pieces = u64::from(length).div_ceil(u64::from(most.max(1)));
    let failed = session.transport.repeated[0] > 0 || case.end.is_some();
    if pieces < 2 || !failed {
        return Silent;
    }
    let hello = case.client_hello();
    let groups = hello.map(|hello| hello.key_share_groups.as_slice()).unwrap_or_default();
    let cause = if groups.iter().copied().any(NamedGroup::is_post_quantum) { " (post-quantum key share)" } else { "" };
    let text = format!(
        "The ClientHello has {length} bytes{cause} and takes {pieces} packets of at most {most} bytes; no answer came."
    );
    let clause = || format!("the ClientHello takes {pieces} packets{cause}; something on the way may not pass it on");
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), clause)
        .by(case.at(index, "the ClientHello"))
        .into()
}

/// The event of the first ClientHello, and its length with its headers.
fn hello_length(case: &Case<'_>) -> Option<(usize, u32)> {
    let index = case.message(ToServer, 1)?;
    match case.event(index)?.kind {
        EventKind::Handshake { length, .. } => Some((index, length.saturating_add(9))),
        _ => None,
    }
}

fn black_hole(case: &Case<'_>) -> Answer {
    let transport = &case.session.transport;
    let sent = case.session.bytes[1];
    let unheard = sent > transport.acknowledged[1] && transport.repeated[1] > 1;
    if case.client_hello().is_none() || !unheard || sent < 1000 || case.session.client_hellos.len() > 1 {
        return Silent;
    }
    let over = case.session.change_cipher_specs[0] > 0 && case.session.application_data_records[0] > 0;
    if over {
        return Silent;
    }
    let (heard, times) = (transport.acknowledged[1], counted(transport.repeated[1], "segment"));
    let text = format!(
        "The server sent {sent} bytes and repeated {times}; the client acknowledged {heard} bytes: its long packets \
         do not arrive."
    );
    let clause = || format!("long packets of the server are lost ({times} repeated): a path MTU problem");
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), clause)
        .by(case.in_server_hello("the server's part begins", "tls.handshake.type"))
        .into()
}

/// Nanoseconds of silence that are no mere slowness.
const SILENCE: i64 = 2_000_000_000;

fn no_answer(case: &Case<'_>) -> Answer {
    let session = case.session;
    let silent = session.bytes[1] == 0 && !session.client_hellos.is_empty();
    if !silent || case.end.is_some_and(|end| end.by == ToClient) {
        return Silent;
    }
    if session.transport.packets[1] == 0 {
        return NotEnough("no packet of the server was captured");
    }
    let Some(hello) = case.message(ToServer, 1) else { return Silent };
    let until = case.end.and_then(|end| case.event(end.event)).map_or(session.ended, |event| event.time);
    let waited = case.event(hello).map_or(0, |event| until.saturating_sub(event.time));
    if waited < SILENCE {
        return NotEnough("the capture does not show how long the server was silent");
    }
    let heard = session.transport.acknowledged[0] >= session.bytes[0];
    let waited = span(waited / 1_000_000_000);
    let (text, clause) = if heard {
        (
            format!("The server acknowledged the ClientHello and did not answer it for {waited}."),
            format!("the server took the ClientHello and was silent for {waited}"),
        )
    } else {
        (
            format!("The ClientHello was not acknowledged, and no answer came for {waited}."),
            format!("the ClientHello did not arrive; nothing came for {waited}"),
        )
    };
    Found::new(Confidence::Certain, text)
        .because(Some(if heard { Confidence::Likely } else { Confidence::Possible }), || clause)
        .by(case.at(hello, "the ClientHello"))
        .by(case.at_end())
        .into()
}

/// What servers say first, and what they are.
const GREETINGS: &[(&[u8], &str)] = &[
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

fn greeting(bytes: &[u8]) -> Option<&'static str> {
    let known = |(begin, _): &&(&[u8], &str)| bytes.get(..begin.len()).is_some_and(|b| b.eq_ignore_ascii_case(begin));
    GREETINGS.iter().find(known).map(|(_, name)| *name)
}

fn tls_to_plain(case: &Case<'_>) -> Answer {
    let Some(end) = case.end.filter(|end| end.how == How::NotTls && end.by == ToClient) else { return Silent };
    if case.session.client_hellos.is_empty() {
        return Silent;
    }
    let answer = case.session.clues.answer.as_slice();
    let line = answer.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let spoken = greeting(answer);
    let protocol = spoken.unwrap_or("something else");
    let port = case.session.server.port;
    let readable = spoken.is_some() || line.iter().all(|byte| (0x20..0x7f).contains(byte));
    let quote = if readable && !line.is_empty() {
        format!(": \"{}\"", super::case::shortened(&printable_bytes(line), 60))
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

fn plain_to_tls(case: &Case<'_>) -> Answer {
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

fn portal(case: &Case<'_>) -> Answer {
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

fn proxy_header(case: &Case<'_>) -> Answer {
    let Some(prelude) = case.session.prelude.as_deref().filter(|it| it.protocol.contains("PROXY")) else {
        return Silent;
    };
    let early = case.end.filter(|end| end.by == ToClient && end.stage <= Stage::ClientHello);
    let (Some(end), Some(line)) = (early, prelude.lines.first()) else { return Silent };
    let text = "A PROXY header stands in front of the ClientHello, and the server turned the connection down.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "it does not expect the PROXY header in front of TLS".to_owned())
        .by([Evidence::frame(line.frame, "the PROXY header")])
        .by(case.at(end.event, "the server's answer"))
        .into()
}

fn injected(case: &Case<'_>) -> Answer {
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
