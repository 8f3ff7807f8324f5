//! One question about one value, ready to be asked of many sessions.

use super::pattern::{contains, fits};
use super::value::Value;
use crate::base::Severity;
use crate::net::Endpoint;
use crate::session::{StreamId, Transport};
use crate::tls::code::ProtocolVersion;
use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};

/// How two values have to stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds<T: Ord>(self, value: &T, wanted: &T) -> bool {
        let ordering = value.cmp(wanted);
        match self {
            Self::Equal => ordering == Ordering::Equal,
            Self::Less => ordering == Ordering::Less,
            Self::LessOrEqual => ordering != Ordering::Greater,
            Self::Greater => ordering == Ordering::Greater,
            Self::GreaterOrEqual => ordering != Ordering::Less,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Number(Order, i64),
    /// From the first to the last, both included.
    Between(i64, i64),
    Text(String),
    /// The part in lower case.
    Contains(String),
    Fits(String),
    Bytes(Vec<u8>),
    Network(IpAddr, u8),
    Endpoint(Endpoint),
    Stream(Option<Transport>, u32),
    Flag(bool),
    Severity(Order, Severity),
    Version(Order, ProtocolVersion),
    Code(Order, u32),
    OneOf(Vec<Test>),
}

impl Test {
    /// Whether every value that passes this passes `other` too, as far as that can be told.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Contains(part), Self::Contains(other)) => part.contains(other.as_str()),
            _ => self == other,
        }
    }

    pub(super) fn passes(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::OneOf(tests), _) => tests.iter().any(|test| test.passes(value)),
            (Self::Number(order, wanted), Value::Number(number)) => order.holds(number, wanted),
            (Self::Between(first, last), Value::Number(number)) => (first..=last).contains(&number),
            (Self::Code(order, wanted), Value::Code(number, _)) => order.holds(number, wanted),
            (Self::Version(order, wanted), Value::Code(number, _)) => version(*order, *number, *wanted),
            (Self::Severity(order, wanted), Value::Severity(severity)) => order.holds(severity, wanted),
            (Self::Flag(wanted), Value::Flag(flag)) => flag == wanted,
            (Self::Bytes(wanted), Value::Bytes(bytes)) => stripped(bytes) == stripped(wanted),
            (Self::Stream(transport, index), Value::Stream(stream)) => same_stream(*transport, *index, *stream),
            (Self::Network(network, prefix), Value::Address(address)) => is_in(*address, *network, *prefix),
            (Self::Network(network, prefix), Value::Endpoint(end)) => is_in(end.address, *network, *prefix),
            (Self::Endpoint(wanted), Value::Endpoint(endpoint)) => endpoint == wanted,
            (Self::Text(wanted), _) => value.as_text(|text| text.eq_ignore_ascii_case(wanted)),
            (Self::Contains(part), _) => value.as_text(|text| contains(text, part)),
            (Self::Fits(pattern), _) => value.as_text(|text| fits(text, pattern)),
            _ => false,
        }
    }
}

/// Serial numbers are compared as numbers: a zero in front, which DER sometimes needs, does not count.
fn stripped(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn same_stream(transport: Option<Transport>, index: u32, stream: StreamId) -> bool {
    stream.index == index && transport.is_none_or(|transport| transport == stream.transport)
}

fn is_in(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    // A prefix of 0 has nothing to compare, and shifting by the full width is not defined.
    let shift = |width: u8| u32::from(width.saturating_sub(prefix));
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (a.to_bits() ^ n.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0,
        (IpAddr::V6(a), IpAddr::V6(n)) => apart(a, n).checked_shr(shift(128)).unwrap_or(0) == 0,
        _ => false,
    }
}

fn apart(one: Ipv6Addr, other: Ipv6Addr) -> u128 {
    one.to_bits() ^ other.to_bits()
}

/// A draft of TLS 1.3 counts as TLS 1.3 unless that very draft is asked for.
fn version(order: Order, number: u32, wanted: ProtocolVersion) -> bool {
    let version = ProtocolVersion(u16::try_from(number).unwrap_or(0));
    if wanted.draft().is_some() || order == Order::Equal && is_dtls(version) != is_dtls(wanted) {
        return order == Order::Equal && version == wanted;
    }
    order.holds(&rank(version), &rank(wanted))
}

fn is_dtls(version: ProtocolVersion) -> bool {
    version.0 >> 8 == 0xfe
}

/// A number that grows with the version. DTLS counts down from 0xffff, and its 1.0 was made from TLS 1.1.
fn rank(version: ProtocolVersion) -> u16 {
    match version.0 {
        0xfeff => 0x0302,
        0xfefd => 0x0303,
        0xfefc => 0x0304,
        _ if version.draft().is_some() => 0x0304,
        number => number,
    }
}
