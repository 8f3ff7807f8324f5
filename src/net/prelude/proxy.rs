//! Proxies in front of the conversation: the PROXY protocol, SOCKS, and HTTP CONNECT.

use super::talk::{Message, Talk, line};
use super::{Recognised, secret, text};
use crate::base::Reader;
use crate::net::{Direction, Endpoint};
use std::net::IpAddr;

/// How a PROXY protocol header of version 2 begins.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Takes one proxy's conversation away, if there is one.
pub(super) fn recognise(talk: &mut Talk, found: &mut Recognised) -> bool {
    let client = talk.rest(Direction::ToServer);
    match client {
        _ if client.starts_with(SIGNATURE) => proxy2(talk, found),
        _ if client.starts_with(b"PROXY ") && line(client).is_some() => proxy1(talk, found),
        [5, count, methods @ ..] if methods.len() >= usize::from(*count) && *count > 0 && *count < 16 => {
            socks5(talk, found)
        }
        [4, 1 | 2, _, _, _, _, _, _, ..] => socks4(talk, found),
        _ if client.starts_with(b"CONNECT ") => connect(talk, found),
        _ => false,
    }
}

/// One line from the client, in words of its own: `PROXY TCP4 source destination ports`.
fn proxy1(talk: &mut Talk, found: &mut Recognised) -> bool {
    let mut done = false;
    let messages = talk.messages(|direction, bytes| {
        let length = line(bytes)?;
        let first = direction == Direction::ToServer && !std::mem::replace(&mut done, true);
        first.then_some(length)
    });
    for message in &messages {
        found.say(message, text::text_of(message.bytes));
    }
    found.name("PROXY protocol v1", &messages)
}

/// One binary header from the client.
fn proxy2(talk: &mut Talk, found: &mut Recognised) -> bool {
    let mut done = false;
    let messages = talk.messages(|direction, bytes| {
        let length = usize::from(u16::from_be_bytes(*bytes.get(14..)?.first_chunk()?)) + 16;
        let first = direction == Direction::ToServer && bytes.len() >= length && !std::mem::replace(&mut done, true);
        first.then_some(length)
    });
    for message in &messages {
        found.say(message, proxy2_words(message.bytes).unwrap_or_else(|| "PROXY v2 header, malformed".to_owned()));
    }
    found.name("PROXY protocol v2", &messages)
}

fn proxy2_words(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader::new(bytes, crate::base::BufferId(0));
    reader.take(SIGNATURE.len())?;
    let (command, family) = (reader.u8()?, reader.u8()?);
    reader.u16()?;
    if command % 16 == 0 {
        return Some("PROXY v2 LOCAL: the proxy itself speaks".to_owned());
    }
    let (source, destination): (IpAddr, IpAddr) = match family >> 4 {
        1 => (reader.array::<4>()?.into(), reader.array::<4>()?.into()),
        2 => (reader.array::<16>()?.into(), reader.array::<16>()?.into()),
        3 => return Some("PROXY v2: a Unix socket".to_owned()),
        _ => return Some("PROXY v2: source and destination not given".to_owned()),
    };
    let source = Endpoint { address: source, port: reader.u16()? };
    let destination = Endpoint { address: destination, port: reader.u16()? };
    Some(format!("PROXY v2: from {source} to {destination}"))
}

/// Where a SOCKS5 conversation stands (RFC 1928): what comes next depends on what was said before.
#[derive(Default)]
struct Socks5 {
    method: Option<u8>,
    /// Messages so far, by direction.
    count: [u8; 2],
}

impl Socks5 {
    fn length(&mut self, direction: Direction, bytes: &[u8]) -> Option<usize> {
        let count = *self.count.get(direction.index())?;
        let asks = self.method == Some(2);
        let byte = |at: usize| bytes.get(at).map(|&byte| usize::from(byte));
        let length = match (direction, count) {
            (Direction::ToServer, 0) => 2 + byte(1)?,
            (Direction::ToServer, 1) if asks => {
                let name = byte(1)?;
                3 + name + byte(2 + name)?
            }
            (Direction::ToServer, 1) => address_length(bytes)?,
            (Direction::ToServer, 2) if asks => address_length(bytes)?,
            (Direction::ToClient, 0) => {
                self.method = Some(*bytes.get(1)?);
                2
            }
            (Direction::ToClient, 1) if asks => 2,
            (Direction::ToClient, 1) => address_length(bytes)?,
            (Direction::ToClient, 2) if asks => address_length(bytes)?,
            _ => return None,
        };
        if length > bytes.len() {
            return None;
        }
        *self.count.get_mut(direction.index())? += 1;
        Some(length)
    }
}

/// Length of a SOCKS5 request or reply, which end with an address and a port.
fn address_length(bytes: &[u8]) -> Option<usize> {
    match bytes.get(3)? {
        1 => Some(10),
        3 => Some(7 + usize::from(*bytes.get(4)?)),
        4 => Some(22),
        _ => None,
    }
}

fn socks5(talk: &mut Talk, found: &mut Recognised) -> bool {
    let mut state = Socks5::default();
    let messages = talk.messages(|direction, bytes| state.length(direction, bytes));
    let asks = state.method == Some(2);
    let mut count = [0, 0];
    for message in &messages {
        let Some(seen) = count.get_mut(message.direction.index()) else { continue };
        let (words, accepted) = socks5_words(message, *seen, asks);
        *seen += 1;
        found.accepted = accepted.or(found.accepted);
        found.say(message, words);
    }
    found.name("SOCKS5", &messages)
}

fn socks5_words(message: &Message<'_>, seen: u8, asks: bool) -> (String, Option<bool>) {
    let bytes = message.bytes;
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    match (message.direction, seen) {
        (Direction::ToServer, 0) => {
            let methods: Vec<_> = bytes.iter().skip(2).map(|&method| method_name(method)).collect();
            (format!("SOCKS5 methods: {}", methods.join(", ")), None)
        }
        (Direction::ToClient, 0) => (format!("SOCKS5 method: {}", method_name(byte(1))), None),
        (Direction::ToServer, 1) if asks => {
            let name = bytes.get(2..2 + usize::from(byte(1))).unwrap_or_default();
            (format!("SOCKS5 user {}, password [hidden]", String::from_utf8_lossy(name)), None)
        }
        (Direction::ToClient, 1) if asks => {
            let good = byte(1) == 0;
            (format!("SOCKS5 authentication {}", if good { "accepted" } else { "refused" }), (!good).then_some(false))
        }
        (Direction::ToServer, _) => {
            let command = match byte(1) {
                1 => "CONNECT",
                2 => "BIND",
                3 => "UDP ASSOCIATE",
                _ => "unknown command",
            };
            (format!("SOCKS5 {command} {}", socks5_address(bytes)), None)
        }
        (Direction::ToClient, _) => (format!("SOCKS5 reply: {}", reply_name(byte(1))), Some(byte(1) == 0)),
    }
}

fn method_name(method: u8) -> String {
    match method {
        0 => "no authentication".to_owned(),
        1 => "GSSAPI".to_owned(),
        2 => "user name and password".to_owned(),
        0xff => "none acceptable".to_owned(),
        other => format!("0x{other:02x}"),
    }
}

/// RFC 1928 6.
fn reply_name(reply: u8) -> String {
    let name = match reply {
        0 => "succeeded",
        1 => "general failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        other => return format!("0x{other:02x}"),
    };
    name.to_owned()
}

fn socks5_address(bytes: &[u8]) -> String {
    fn read(bytes: &[u8]) -> Option<String> {
        let mut reader = Reader::new(bytes, crate::base::BufferId(0));
        reader.take(3)?;
        let address: IpAddr = match reader.u8()? {
            1 => reader.array::<4>()?.into(),
            3 => {
                let name = reader.vector8()?.rest();
                return Some(format!("{}:{}", String::from_utf8_lossy(name), reader.u16()?));
            }
            _ => reader.array::<16>()?.into(),
        };
        Some(Endpoint { address, port: reader.u16()? }.to_string())
    }
    read(bytes).unwrap_or_default()
}

/// SOCKS4, and 4a with a name in place of the address.
fn socks4(talk: &mut Talk, found: &mut Recognised) -> bool {
    let mut count = [0, 0];
    let messages = talk.messages(|direction, bytes| {
        let seen = count.get_mut(direction.index()).filter(|seen| **seen == 0)?;
        let length = match direction {
            Direction::ToServer => socks4_length(bytes)?,
            Direction::ToClient => 8,
        };
        *seen += usize::from(length <= bytes.len());
        Some(length)
    });
    for message in &messages {
        let bytes = message.bytes;
        if message.direction == Direction::ToServer {
            found.say(message, socks4_words(bytes).unwrap_or_default());
        } else {
            let granted = bytes.get(1) == Some(&0x5a);
            found.accepted = Some(granted);
            found.say(message, if granted { "SOCKS4 reply: granted" } else { "SOCKS4 reply: rejected" });
        }
    }
    found.name("SOCKS4", &messages)
}

fn names_host(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, 0, 0, 0, last, ..] if *last != 0)
}

fn socks4_length(bytes: &[u8]) -> Option<usize> {
    let end = |from: usize| Some(from + bytes.get(from..)?.iter().position(|&byte| byte == 0)? + 1);
    let user = end(8)?;
    if names_host(bytes) { end(user) } else { Some(user) }
}

fn socks4_words(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader::new(bytes, crate::base::BufferId(0));
    reader.u8()?;
    let command = if reader.u8()? == 1 { "CONNECT" } else { "BIND" };
    let port = reader.u16()?;
    let address: IpAddr = reader.array::<4>()?.into();
    let mut strings = reader.rest().split(|&byte| byte == 0);
    let user = String::from_utf8_lossy(strings.next()?);
    let to = match strings.next().filter(|_| names_host(bytes)) {
        Some(name) => format!("{}:{port}", String::from_utf8_lossy(name)),
        None => Endpoint { address, port }.to_string(),
    };
    Some(if user.is_empty() { format!("SOCKS4 {command} {to}") } else { format!("SOCKS4 {command} {to}, user {user}") })
}

/// HTTP CONNECT (RFC 9110 9.3.6): request and answer, each up to an empty line; the client may try again after 407.
fn connect(talk: &mut Talk, found: &mut Recognised) -> bool {
    let (mut inside, mut granted, mut over) = (false, false, false);
    let messages = talk.messages(|direction, bytes| {
        let length = line(bytes)?;
        let text = bytes.get(..length).unwrap_or_default();
        let empty = matches!(text, b"\r\n" | b"\n");
        if direction == Direction::ToServer {
            let goes_on = inside || bytes.starts_with(b"CONNECT ");
            inside = goes_on && !empty;
            return goes_on.then_some(length);
        }
        if over {
            return None;
        }
        if text.starts_with(b"HTTP/") {
            granted = status(text) == Some(b'2');
        }
        over = empty && granted;
        Some(length)
    });
    let mut hider = secret::Hider::default();
    for message in &messages {
        if message.direction == Direction::ToClient && message.bytes.starts_with(b"HTTP/") {
            found.accepted = Some(status(message.bytes) == Some(b'2'));
        }
        text::say_line(message, &mut hider, found);
    }
    found.name("HTTP CONNECT", &messages)
}

/// The first digit of an HTTP status.
fn status(line: &[u8]) -> Option<u8> {
    line.split(|&byte| byte == b' ').nth(1)?.first().copied()
}
