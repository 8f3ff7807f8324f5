//! Protocols of packets: PostgreSQL, MySQL, MS-SQL, RDP, LDAP, Telnet. Their packets are told in words.

use super::talk::{Message, Talk};
use super::{Recognised, bytes};
use crate::base::{BufferId, Reader, hex};
use crate::net::Direction;

/// Object identifier of the StartTLS operation (RFC 4511 4.14).
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// Explains everything that is left, if it is one of these protocols.
pub(super) fn recognise(talk: &mut Talk, found: &mut Recognised) -> bool {
    let (client, server) = (talk.rest(Direction::ToServer), talk.rest(Direction::ToClient));
    let server_first = talk.server_first();
    let done = match (client, server) {
        ([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f | 0x30, ..], _) => postgres(talk, found),
        _ if is_mysql(client, server, server_first) => mysql(talk, found),
        ([0x12, 0 | 1, ..], _) | ([], [0x04, 1, ..]) => tds(talk, found),
        ([3, 0, _, _, _, 0xe0, ..], _) | ([], [3, 0, _, _, _, 0xd0, ..]) => rdp(talk, found),
        ([0x30, ..], _) | ([], [0x30, ..])
            if ldap_length(if client.is_empty() { server } else { client }).is_some() =>
        {
            ldap(talk, found)
        }
        _ if has_telnet_start_tls(client) || has_telnet_start_tls(server) => telnet(talk, found),
        _ => false,
    };
    if done {
        for message in talk.remains() {
            found.say(&message, bytes(message.bytes.len()));
        }
    }
    done
}

/// PostgreSQL: the client asks with eight bytes, the server answers with one (PostgreSQL documentation, 54.2.11).
fn postgres(talk: &mut Talk, found: &mut Recognised) -> bool {
    let messages = talk.messages(|direction, bytes| match direction {
        Direction::ToServer => Some(u32::from_be_bytes(*bytes.first_chunk()?) as usize),
        Direction::ToClient if bytes.first() == Some(&b'E') => {
            Some((u32::from_be_bytes(*bytes.get(1..)?.first_chunk()?) as usize).saturating_add(1))
        }
        Direction::ToClient => Some(1),
    });
    for message in &messages {
        match (message.direction, message.bytes) {
            (Direction::ToServer, [_, _, _, _, 0x04, 0xd2, 0x16, 0x2f]) => {
                found.say(message, "SSLRequest (code 80877103)");
            }
            (Direction::ToServer, [_, _, _, _, 0x04, 0xd2, 0x16, 0x30]) => {
                found.say(message, "GSSENCRequest (code 80877104)");
            }
            (Direction::ToServer, other) => found.say(message, format!("message of {}", bytes(other.len()))),
            (Direction::ToClient, [b'S']) => answer(message, "S: server is willing", true, found),
            (Direction::ToClient, [b'N']) => answer(message, "N: server is unwilling", false, found),
            (Direction::ToClient, [b'G']) => answer(message, "G: server is willing to use GSSAPI", false, found),
            (Direction::ToClient, [b'E', ..]) => answer(message, "E: server reports an error", false, found),
            (Direction::ToClient, other) => found.say(message, bytes(other.len())),
        }
    }
    found.protocol = "PostgreSQL SSLRequest";
    true
}

fn answer(message: &Message<'_>, text: &str, accepted: bool, found: &mut Recognised) {
    found.accepted = Some(accepted);
    found.say(message, text);
}

/// CLIENT_SSL among the capability flags.
const MYSQL_SSL: u16 = 0x0800;

/// The server's greeting has protocol version 10; the client's SSLRequest is its answer cut short (MySQL internals,
/// Protocol::HandshakeV10 and Protocol::SSLRequest).
fn is_mysql(client: &[u8], server: &[u8], server_first: bool) -> bool {
    match (server, client) {
        ([low, high, 0, 0, 10, version, ..], _) if server_first => {
            server.len() == usize::from(u16::from_le_bytes([*low, *high])) + 4 && version.is_ascii_digit()
        }
        ([], [32, 0, 0, 1, low, high, ..]) => client.len() == 36 && u16::from_le_bytes([*low, *high]) & MYSQL_SSL != 0,
        _ => false,
    }
}

fn mysql(talk: &mut Talk, found: &mut Recognised) -> bool {
    let messages = talk.messages(|_, bytes| {
        let [low, middle, high, _] = *bytes.first_chunk()?;
        Some(u32::from_le_bytes([low, middle, high, 0]) as usize + 4)
    });
    for message in &messages {
        let text = match message.direction {
            Direction::ToClient => mysql_greeting(message.bytes),
            Direction::ToServer => mysql_request(message.bytes),
        };
        found.say(message, text.unwrap_or_else(|| format!("packet of {}", bytes(message.bytes.len()))));
    }
    found.protocol = "MySQL SSLRequest";
    true
}

fn mysql_greeting(bytes: &[u8]) -> Option<String> {
    let body = bytes.get(5..)?;
    let end = body.iter().position(|&byte| byte == 0)?;
    let flags = u16::from_le_bytes(*body.get(end + 1 + 4 + 8 + 1..)?.first_chunk()?);
    let version = String::from_utf8_lossy(body.get(..end)?);
    let offer = if flags & MYSQL_SSL == 0 { "without TLS" } else { "offers TLS" };
    Some(format!("greeting of server version {version}, {offer}"))
}

fn mysql_request(bytes: &[u8]) -> Option<String> {
    let flags = u16::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    // A request that goes on with a user name is the whole answer, with the password's hash in it.
    let short = bytes.len() <= 36 && flags & MYSQL_SSL != 0;
    Some(if short { "SSLRequest (CLIENT_SSL)".to_owned() } else { "login without TLS".to_owned() })
}

/// MS-SQL's prelogin messages (MS-TDS 2.2.6.5); whatever comes behind one is TLS in packets already.
fn tds(talk: &mut Talk, found: &mut Recognised) -> bool {
    let mut seen = [false; 2];
    let messages = talk.messages(|direction, bytes| {
        let length = usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?));
        let seen = seen.get_mut(direction.index()).filter(|seen| !**seen && length <= bytes.len())?;
        *seen = true;
        Some(length)
    });
    for message in &messages {
        let encryption = prelogin_encryption(message.bytes);
        let words = match encryption {
            Some(0) => "encryption off (the login only)".to_owned(),
            Some(1) => "encryption on".to_owned(),
            Some(2) => "encryption not supported".to_owned(),
            Some(3) => "encryption required".to_owned(),
            Some(other) => format!("encryption 0x{other:02x}"),
            None => "no encryption option".to_owned(),
        };
        if message.direction == Direction::ToServer {
            found.say(message, format!("PRELOGIN: {words}"));
        } else {
            found.accepted = encryption.map(|encryption| encryption != 2);
            found.say(message, format!("PRELOGIN response: {words}"));
        }
    }
    found.name("TDS prelogin", &messages)
}

fn prelogin_encryption(packet: &[u8]) -> Option<u8> {
    let body = packet.get(8..)?;
    let mut reader = Reader::new(body, BufferId(0));
    loop {
        let (token, offset, _length) = (reader.u8()?, reader.u16()?, reader.u16()?);
        match token {
            1 => return body.get(usize::from(offset)).copied(),
            0xff => return None,
            _ => {}
        }
    }
}

/// RDP's connection request and confirm (MS-RDPBCGR 2.2.1.1 and 2.2.1.2) in TPKT and X.224.
fn rdp(talk: &mut Talk, found: &mut Recognised) -> bool {
    let messages = talk.messages(|_, bytes| {
        let [3, 0, high, low] = *bytes.first_chunk()? else { return None };
        Some(usize::from(u16::from_be_bytes([high, low])))
    });
    for message in &messages {
        let (words, accepted) = rdp_words(message.bytes);
        found.accepted = accepted.or(found.accepted);
        found.say(message, words);
    }
    found.name("RDP", &messages)
}

fn rdp_words(packet: &[u8]) -> (String, Option<bool>) {
    let negotiation = packet.last_chunk::<8>().filter(|_| packet.len() >= 19);
    let number = |bytes: &[u8; 8]| u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    match (packet.get(5), negotiation) {
        (Some(0xe0), Some(asked @ [1, _, 8, 0, ..])) => {
            let cookie = packet.get(11..packet.len() - 8).unwrap_or_default();
            let cookie = String::from_utf8_lossy(cookie.strip_suffix(b"\r\n").unwrap_or(cookie)).into_owned();
            let cookie = if cookie.is_empty() { cookie } else { format!(", {cookie}") };
            (format!("connection request: {}{cookie}", rdp_protocols(number(asked))), None)
        }
        (Some(0xe0), _) => ("connection request without a choice of protocols".to_owned(), None),
        (Some(0xd0), Some(chosen @ [2, _, 8, 0, ..])) => {
            let chosen = number(chosen);
            (format!("connection confirm: {}", rdp_protocols(chosen)), Some(chosen != 0))
        }
        (Some(0xd0), Some(failure @ [3, _, 8, 0, ..])) => {
            (format!("negotiation failure: {}", rdp_failure(number(failure))), Some(false))
        }
        (Some(0xd0), _) => ("connection confirm without a protocol: standard RDP security".to_owned(), Some(false)),
        _ => (format!("packet of {}", bytes(packet.len())), None),
    }
}

fn rdp_protocols(bits: u32) -> String {
    let names = [(1, "TLS"), (2, "CredSSP"), (4, "RDSTLS"), (8, "CredSSP with early user authorization"), (16, "AAD")];
    let names: Vec<_> = names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "standard RDP security".to_owned() } else { names.join(", ") }
}

/// MS-RDPBCGR 2.2.1.2.2.
fn rdp_failure(code: u32) -> String {
    let name = match code {
        1 => "SSL_REQUIRED_BY_SERVER",
        2 => "SSL_NOT_ALLOWED_BY_SERVER",
        3 => "SSL_CERT_NOT_ON_SERVER",
        4 => "INCONSISTENT_FLAGS",
        5 => "HYBRID_REQUIRED_BY_SERVER",
        6 => "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
        _ => return format!("code {code}"),
    };
    name.to_owned()
}

/// Length of an LDAP message: a SEQUENCE whose first element is the message number (RFC 4511 4.1.1).
fn ldap_length(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(bytes, BufferId(0));
    let body = element_length(&mut reader, 0x30)?;
    let header = bytes.len() - reader.remaining();
    let starts_with_number = reader.peek().first().is_none_or(|&tag| tag == 2);
    starts_with_number.then_some(header.saturating_add(body))
}

/// The length that a BER element with this tag says it has.
fn element_length(reader: &mut Reader<'_>, tag: u8) -> Option<usize> {
    if reader.u8()? != tag {
        return None;
    }
    match reader.u8()? {
        short @ 0..=0x7f => Some(usize::from(short)),
        0x81 => reader.u8().map(usize::from),
        0x82 => reader.u16().map(usize::from),
        0x83 => reader.u24().map(|length| length as usize),
        0x84 => reader.u32().map(|length| length as usize),
        _ => None,
    }
}

/// A BER element with this tag, its contents as a reader.
fn element<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<Reader<'a>> {
    let length = element_length(reader, tag)?;
    reader.sub(length)
}

fn ldap(talk: &mut Talk, found: &mut Recognised) -> bool {
    let messages = talk.messages(|_, bytes| ldap_length(bytes));
    found.protocol = "LDAP";
    for message in &messages {
        let words = ldap_words(message.bytes);
        if let Some((_, true)) = words {
            found.protocol = "LDAP StartTLS";
        }
        let text = words.map_or_else(|| format!("message of {}", bytes(message.bytes.len())), |(text, _)| text);
        if let Some(code) = text.strip_prefix("ExtendedResponse: ") {
            found.accepted = Some(code.starts_with("success"));
        }
        found.say(message, text);
    }
    !messages.is_empty()
}

/// What a message says, and whether it asks for TLS (RFC 4511 4.2, 4.12).
fn ldap_words(message: &[u8]) -> Option<(String, bool)> {
    let mut body = element(&mut Reader::new(message, BufferId(0)), 0x30)?;
    element(&mut body, 2)?;
    let operation = *body.peek().first()?;
    let mut inside = element(&mut body, operation)?;
    let text = match operation {
        0x77 => {
            let name = element(&mut inside, 0x80)?.rest();
            let text = String::from_utf8_lossy(name).into_owned();
            let start_tls = name == START_TLS;
            let text = if start_tls {
                format!("ExtendedRequest {text} (StartTLS)")
            } else {
                format!("ExtendedRequest {text}")
            };
            return Some((text, start_tls));
        }
        0x60 => {
            element(&mut inside, 2)?;
            let name = String::from_utf8_lossy(element(&mut inside, 4)?.rest()).into_owned();
            match inside.peek().first()? {
                0x80 => format!("BindRequest {name}, password [hidden]"),
                _ => format!("BindRequest {name}, SASL [hidden]"),
            }
        }
        0x61 => format!("BindResponse: {}", ldap_result(&mut inside)?),
        0x78 => format!("ExtendedResponse: {}", ldap_result(&mut inside)?),
        0x63 => "SearchRequest".to_owned(),
        0x64 => "SearchResultEntry".to_owned(),
        0x65 => "SearchResultDone".to_owned(),
        0x42 => "UnbindRequest".to_owned(),
        _ => return None,
    };
    Some((text, false))
}

fn ldap_result(inside: &mut Reader<'_>) -> Option<String> {
    let code = element(inside, 10)?.rest();
    Some(match code {
        [0] => "success".to_owned(),
        [1] => "operationsError".to_owned(),
        [2] => "protocolError".to_owned(),
        [8] => "strongerAuthRequired".to_owned(),
        [13] => "confidentialityRequired".to_owned(),
        [49] => "invalidCredentials".to_owned(),
        [51] => "busy".to_owned(),
        [52] => "unavailable".to_owned(),
        [53] => "unwillingToPerform".to_owned(),
        other => format!("result 0x{}", hex(other)),
    })
}

/// Telnet's option 46, START_TLS, in a WILL, WONT, DO or DONT.
fn has_telnet_start_tls(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|window| matches!(window, [255, 251..=254, 46]))
}

fn telnet(talk: &mut Talk, found: &mut Recognised) -> bool {
    let messages = talk.messages(|_, bytes| match bytes {
        [255, 251..=254, ..] => Some(3),
        [255, 250, ..] => bytes.windows(2).position(|pair| pair == [255, 240]).map(|at| at + 2),
        [255, _, ..] => Some(2),
        [255] => None,
        _ => Some(bytes.iter().position(|&byte| byte == 255).unwrap_or(bytes.len())),
    });
    for message in &messages {
        let option = |option: u8| if option == 46 { "START_TLS".to_owned() } else { format!("option {option}") };
        let words = match *message.bytes {
            [255, verb @ 251..=254, code] => {
                if code == 46 && message.direction == Direction::ToServer {
                    found.accepted = Some(verb == 251 || verb == 253);
                }
                let verb = ["WILL", "WONT", "DO", "DONT"].get(usize::from(verb - 251)).copied().unwrap_or_default();
                format!("IAC {verb} {}", option(code))
            }
            [255, 250, 46, 1, 255, 240] => "IAC SB START_TLS FOLLOWS".to_owned(),
            [255, 250, code, ..] => format!("IAC SB {}", option(code)),
            _ => bytes(message.bytes.len()),
        };
        found.say(message, words);
    }
    found.protocol = "Telnet START_TLS";
    true
}
