//! What can be asked about interfaces without capturing from them: whether a filter is one, and what passes by.

use super::device::words;
use super::{LiveError, load};
use crate::base::printable;
use pcap::{Capture, Linktype};
use std::collections::HashMap;

/// Whether libpcap understands a filter for these interfaces.
///
/// # Errors
/// In the words of libpcap, when it does not.
pub fn check_filter(interfaces: &[String], filter: &str) -> Result<(), LiveError> {
    load()?;
    // What `any` gives has headers of its own; filters that look into those of Ethernet fail there.
    let link = if interfaces.iter().any(|name| name == "any") { Linktype::LINUX_SLL } else { Linktype::ETHERNET };
    let refused = |error| LiveError::Filter { filter: printable(filter), reason: printable(&words(error)) };
    Capture::dead(link).and_then(|capture| capture.compile(filter, true)).map(drop).map_err(refused)
}

/// How many bytes each interface has received and sent since it was made, where the system tells it in `/proc`.
#[must_use]
pub fn traffic() -> HashMap<String, u64> {
    std::fs::read_to_string("/proc/net/dev").map(|text| parse(&text)).unwrap_or_default()
}

fn parse(text: &str) -> HashMap<String, u64> {
    /// The columns behind the name: bytes received first, then seven others, then bytes sent.
    const SENT: usize = 8;
    let line = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let mut numbers = numbers.split_whitespace().map(str::parse::<u64>);
        let received = numbers.next()?.ok()?;
        let sent = numbers.nth(SENT - 1)?.ok()?;
        Some((name.trim().to_owned(), received.saturating_add(sent)))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_are_counted() {
        let text = "Inter-|   Receive                |  Transmit\n face |bytes packets errs drop fifo frame compressed \
                    multicast|bytes packets\n    lo: 100 1 0 0 0 0 0 0 7 1 0\neth0:5 1 0 0 0 0 0 0 6 1 0\nbad: x\n";
        let expected = HashMap::from([("lo".to_owned(), 107), ("eth0".to_owned(), 11)]);
        assert_eq!(parse(text), expected);
    }

    #[test]
    fn a_filter_is_refused_in_the_words_of_libpcap() {
        if load().is_err() {
            println!("skipped: no libpcap");
            return;
        }
        for interfaces in [vec![], vec!["lo".to_owned()], vec!["any".to_owned()]] {
            for filter in ["", "tcp port 443", "ip6 and not host ::1"] {
                assert_eq!(check_filter(&interfaces, filter), Ok(()), "{filter}");
            }
            let refusal = check_filter(&interfaces, "tcp prt 443\u{1b}").unwrap_err().to_string();
            assert!(refusal.contains("`tcp prt 443\\x1b`: "), "{refusal}");
        }
    }
}
