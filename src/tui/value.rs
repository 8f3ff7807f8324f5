//! Values of fields as people read them, and the filter that asks for the same value.

use super::clock;
use super::filter::Filter;
use super::settings::Settings;
use crate::base::{Node, Value, hex, printable};
use crate::session::Timestamp;

/// The value in one line. `bytes` are those of the node's span, of which at most `most` are shown.
#[must_use]
pub fn shown(node: &Node, bytes: &[u8], most: usize, settings: &Settings) -> String {
    match &node.value {
        Value::None => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Hex(number, digits) => format!("0x{number:0width$x}", width = usize::from(*digits)),
        Value::Named(number, 0, name) => format!("{} ({number})", printable(name)),
        Value::Named(number, digits, name) => {
            format!("{} (0x{number:0width$x})", printable(name), width = usize::from(*digits))
        }
        Value::Text(text) => printable(text),
        Value::Bytes => shown_bytes(bytes, most),
        Value::Time(nanoseconds) => time(*nanoseconds, settings),
        Value::Address(address) => address.to_string(),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
    }
}

/// Bytes in hexadecimal, with their number where not all are shown.
#[must_use]
pub fn shown_bytes(bytes: &[u8], most: usize) -> String {
    if bytes.is_empty() {
        return "empty".to_owned();
    }
    match bytes.get(..most).filter(|head| head.len() < bytes.len()) {
        Some(head) => format!("{}.. ({} bytes)", hex(head), bytes.len()),
        None => hex(bytes),
    }
}

fn time(nanoseconds: i128, settings: &Settings) -> String {
    let Ok(at) = Timestamp::try_from(nanoseconds) else { return format!("{nanoseconds} ns since 1970") };
    format!("{} {}", clock::full(at, settings), if settings.utc { "UTC" } else { "local time" })
}

/// The names of fields in filters, where they differ from the field's own name. A ServerHello has what was chosen,
/// a ClientHello what was offered.
const NAMES: &[(&str, &str, &str)] = &[
    ("tls.handshake.extension.server_name.host_name", "sni", "sni"),
    ("tls.handshake.extension.server_name", "sni", "sni"),
    ("tls.handshake.ciphersuite", "cipher_offered", "cipher"),
    ("tls.handshake.extension.supported_version", "version_offered", "version"),
    ("tls.handshake.extension.supported_versions.selected_version", "version", "version"),
    ("tls.handshake.extension.supported_group", "group_offered", "group_offered"),
    ("tls.handshake.extension.key_share.group", "key_share_offered", "group"),
    ("tls.handshake.extension.signature_algorithm", "signature_offered", "signature_offered"),
    ("tls.handshake.extension.alpn.protocol_name", "alpn_offered", "alpn"),
    ("tls.handshake.extension.type", "extension_offered", ""),
    ("tls.alert_message.desc", "alert", "alert"),
    ("tls.alert_message.level", "alert_level", "alert_level"),
    ("tls.handshake.type", "message", "message"),
    ("x509.serial_number", "serial", "serial"),
    ("x509.general_name.dns", "san", "san"),
    ("x509.general_name.ip", "san", "san"),
    ("ip.src", "address", "address"),
    ("ip.dst", "address", "address"),
    ("ipv6.src", "address", "address"),
    ("ipv6.dst", "address", "address"),
    ("tcp.srcport", "port", "port"),
    ("tcp.dstport", "port", "port"),
];

/// The filter that lets pass the sessions with this value; `None` where there is no such filter. `chosen` says that
/// the message is the server's.
#[must_use]
pub fn filter(node: &Node, bytes: &[u8], chosen: bool) -> Option<String> {
    let (_, offered, picked) = NAMES.iter().find(|(field, ..)| *field == node.field.name)?;
    let name = if chosen { picked } else { offered };
    if name.is_empty() {
        return None;
    }
    let values = match &node.value {
        Value::Named(number, _, known) => vec![known.to_string(), format!("0x{number:x}"), number.to_string()],
        Value::Number(number) | Value::Hex(number, _) => vec![number.to_string()],
        Value::Text(text) if text.contains(['"', '\\']) => return None,
        Value::Text(text) => vec![format!("\"{}\"", printable(text))],
        Value::Address(address) => vec![address.to_string()],
        Value::Bytes if (1..=32).contains(&bytes.len()) => vec![hex(bytes)],
        _ => return None,
    };
    values.into_iter().map(|value| format!("{name} == {value}")).find(|text| Filter::parse(text).is_ok())
}
