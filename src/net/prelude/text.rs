//! Protocols of lines: which one it is, whether TLS was asked for, and what the answer was.

use super::secret::{self, Hider};
use super::talk::{Message, Talk, line};
use super::{MAX_LINE, Recognised, bytes, cut};
use crate::net::Direction;

/// One protocol that goes from text to TLS.
struct Protocol {
    /// What it is called when TLS was asked for.
    with_tls: &'static str,
    /// What it is called when it was not.
    without: &'static str,
    /// Whether a line, in capitals, belongs to this protocol and no other.
    belongs: fn(Direction, &str) -> bool,
    /// Whether a line of the client, in capitals, asks for TLS.
    asks: fn(&str) -> bool,
    /// What a line of the server, in capitals, answers to that; `None` when it is no answer.
    answers: fn(&str) -> Option<bool>,
}

/// The protocols, those with the clearer marks first.
static PROTOCOLS: [Protocol; 11] = [
    // RFC 6120 5
    Protocol {
        with_tls: "XMPP STARTTLS",
        without: "XMPP",
        belongs: |_, line| line.contains("<STREAM:STREAM") || line.contains("JABBER:"),
        asks: |line| line.contains("<STARTTLS"),
        answers: |line| yes_or_no(line.contains("<PROCEED"), line.contains("<FAILURE")),
    },
    // RFC 2817
    Protocol {
        with_tls: "HTTP Upgrade",
        without: "HTTP",
        belongs: |_, line| line.contains(" HTTP/1.") || line.starts_with("HTTP/1."),
        asks: |line| line.starts_with("UPGRADE:") && line.contains("TLS/"),
        answers: |line| line.starts_with("HTTP/1.").then(|| word(line, 1) == "101"),
    },
    // RFC 4217
    Protocol {
        with_tls: "FTP AUTH TLS",
        without: "FTP",
        belongs: |way, line| way == Direction::ToServer && is_ftp(line),
        asks: |line| line.starts_with("AUTH TLS") || line.starts_with("AUTH SSL"),
        answers: |line| code(line).map(|code| code == "234" || code == "334"),
    },
    // RFC 2033, RFC 3207
    Protocol {
        with_tls: "LMTP STARTTLS",
        without: "LMTP",
        belongs: |way, line| way == Direction::ToServer && word(line, 0) == "LHLO",
        asks: |line| line == "STARTTLS",
        answers: |line| code(line).map(|code| code == "220"),
    },
    // RFC 3207
    Protocol {
        with_tls: "SMTP STARTTLS",
        without: "SMTP",
        belongs: |way, line| match way {
            Direction::ToServer => matches!(word(line, 0), "EHLO" | "HELO"),
            Direction::ToClient => line.starts_with("220") && line.contains("SMTP"),
        },
        asks: |line| line == "STARTTLS",
        answers: |line| code(line).map(|code| code == "220"),
    },
    // RFC 2595 4
    Protocol {
        with_tls: "POP3 STLS",
        without: "POP3",
        belongs: |way, line| line == "STLS" || (way == Direction::ToClient && line.starts_with("+OK")),
        asks: |line| line == "STLS",
        answers: |line| yes_or_no(line.starts_with("+OK"), line.starts_with("-ERR")),
    },
    // RFC 9051 6.2.1
    Protocol {
        with_tls: "IMAP STARTTLS",
        without: "IMAP",
        belongs: |way, line| match way {
            Direction::ToClient => ["* OK", "* PREAUTH", "* BYE", "* CAPABILITY"].iter().any(|x| line.starts_with(x)),
            Direction::ToServer => matches!(word(line, 1), "STARTTLS" | "CAPABILITY"),
        },
        asks: |line| word(line, 1) == "STARTTLS",
        answers: |line| match (word(line, 0), word(line, 1)) {
            ("*" | "+", _) => None,
            (_, answer) => yes_or_no(answer == "OK", matches!(answer, "NO" | "BAD")),
        },
    },
    // RFC 5804 2.2
    Protocol {
        with_tls: "ManageSieve STARTTLS",
        without: "ManageSieve",
        belongs: |way, line| {
            way == Direction::ToClient && (line.starts_with("\"IMPLEMENTATION\"") || line.starts_with("\"SIEVE\""))
        },
        asks: |line| line == "STARTTLS",
        answers: |line| {
            let answer = line.split([' ', '(']).next().unwrap_or_default();
            yes_or_no(answer == "OK", matches!(answer, "NO" | "BYE"))
        },
    },
    // The draft "IRCv3 tls" with its numerics 670 and 691
    Protocol {
        with_tls: "IRC STARTTLS",
        without: "IRC",
        belongs: |way, line| match way {
            Direction::ToServer => matches!(word(line, 0), "NICK" | "CAP"),
            Direction::ToClient => line.starts_with(':') && matches!(word(line, 1), "NOTICE" | "CAP" | "670" | "691"),
        },
        asks: |line| line == "STARTTLS",
        answers: |line| yes_or_no(word(line, 1) == "670", matches!(word(line, 1), "691" | "421" | "451")),
    },
    // RFC 4642
    Protocol {
        with_tls: "NNTP STARTTLS",
        without: "NNTP",
        belongs: |way, line| match way {
            Direction::ToServer => matches!(line, "MODE READER" | "CAPABILITIES"),
            Direction::ToClient => matches!(code(line), Some("200" | "201" | "382")),
        },
        asks: |line| line == "STARTTLS",
        answers: |line| code(line).map(|code| code == "382"),
    },
    // SMTP again: a client that says STARTTLS without a greeting of its own that was captured.
    Protocol {
        with_tls: "SMTP STARTTLS",
        without: "SMTP",
        belongs: |way, line| way == Direction::ToClient && line.starts_with("250-") && line.contains("STARTTLS"),
        asks: |line| line == "STARTTLS",
        answers: |line| code(line).map(|code| code == "220"),
    },
];

fn is_ftp(line: &str) -> bool {
    line.starts_with("AUTH TLS") || line.starts_with("AUTH SSL") || matches!(word(line, 0), "PBSZ" | "PROT")
}

fn yes_or_no(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}

fn word(line: &str, index: usize) -> &str {
    line.split(' ').nth(index).unwrap_or_default()
}

/// The three digits with which the last line of an answer begins; lines before the last have a `-` behind them.
fn code(line: &str) -> Option<&str> {
    let (code, rest) = line.split_at_checked(3)?;
    let good = code.bytes().all(|byte| byte.is_ascii_digit()) && !rest.starts_with('-');
    good.then_some(code)
}

/// Explains everything that is left, as a known protocol where it is one, as lines or byte counts otherwise.
pub(super) fn recognise(talk: &mut Talk, found: &mut Recognised) {
    let before = found.lines.len();
    let mut lines: Vec<(Direction, String)> = Vec::new();
    let mut hider = Hider::default();
    for message in talk.messages(|_, bytes| line(bytes)) {
        lines.push((message.direction, text_of(message.bytes).to_ascii_uppercase()));
        say_line(&message, &mut hider, found);
    }
    // What did not end with a line feed: the end of a cut line, or XML, or no text at all.
    for message in talk.remains() {
        lines.push((message.direction, text_of(message.bytes).to_ascii_uppercase()));
        say_line(&message, &mut hider, found);
    }
    let protocol =
        PROTOCOLS.iter().find(|protocol| lines.iter().any(|(direction, line)| (protocol.belongs)(*direction, line)));
    match protocol {
        Some(protocol) => judge(protocol, &lines, found),
        // Telnet and its like: nobody knows which of the client's lines is the password.
        None if lines.iter().any(|(_, line)| secret::asks_for_password(line)) => {
            for (_, direction, text) in found.lines.iter_mut().skip(before) {
                if *direction == Direction::ToServer {
                    secret::HIDDEN.clone_into(text);
                }
            }
        }
        None => {}
    }
}

/// The first answer of the server behind the last line in which the client asks for TLS.
fn judge(protocol: &Protocol, lines: &[(Direction, String)], found: &mut Recognised) {
    let asks = |(direction, line): &(Direction, String)| *direction == Direction::ToServer && (protocol.asks)(line);
    let Some(asked) = lines.iter().rposition(asks) else {
        found.protocol = protocol.without;
        return;
    };
    found.protocol = protocol.with_tls;
    let mut behind = lines.iter().skip(asked + 1).filter(|(direction, _)| *direction == Direction::ToClient);
    found.accepted = behind.find_map(|(_, line)| (protocol.answers)(line));
}

/// Adds a line with its secrets hidden, or a count of bytes where it is no text.
pub(super) fn say_line(message: &Message<'_>, hider: &mut Hider, found: &mut Recognised) {
    let text = if is_text(message.bytes) {
        hider.hide(message.direction, &text_of(message.bytes))
    } else {
        bytes(message.bytes.len())
    };
    found.lines.push((message.frame, message.direction, cut(text)));
}

/// The line without its end and no longer than a line may be.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    cut(String::from_utf8_lossy(bytes.get(..MAX_LINE).unwrap_or(bytes)).into_owned())
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte >= 0x20 && byte != 0x7f || matches!(byte, b'\t' | b'\r' | b'\n'))
}
