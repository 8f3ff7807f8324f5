//! `tlslab interfaces`: what can be captured from.

use super::arguments::{Interfaces, ListFormat};
use super::{Failure, Status, put};
use crate::base::printable;
use crate::capture::{Interface, interfaces};
use crate::report::json;
use std::fmt::Write;

pub(super) fn run(arguments: &Interfaces) -> Result<Status, Failure> {
    let interfaces = interfaces()?;
    let text = match arguments.format {
        ListFormat::Text => as_text(&interfaces),
        ListFormat::Json => json::interfaces(&interfaces) + "\n",
    };
    put(text.as_bytes())
}

/// One row an interface, and one more for each further address.
fn as_text(interfaces: &[Interface]) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for interface in interfaces {
        let mut addresses = interface.addresses.iter().map(ToString::to_string);
        let first = addresses.next().unwrap_or_else(|| "-".to_owned());
        rows.push([printable(&interface.name), state(interface), first, printable(&interface.description)]);
        rows.extend(addresses.map(|address| [String::new(), String::new(), address, String::new()]));
    }
    aligned(&rows)
}

/// In the words of libpcap. What is not up need not be down: the system's pseudo-devices have no state at all.
fn state(interface: &Interface) -> String {
    let words = [
        (interface.up, "up"),
        (!interface.up, "not up"),
        (interface.running, "running"),
        (interface.loopback, "loopback"),
    ];
    let said: Vec<&str> = words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
    said.join(", ")
}

fn aligned(rows: &[[String; 4]]) -> String {
    let mut widths = [0; 4];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let address = |text: &str| text.parse().unwrap();
        let loopback = Interface {
            name: "lo".to_owned(),
            addresses: vec![address("127.0.0.1"), address("::1")],
            up: true,
            running: true,
            loopback: true,
            ..Interface::default()
        };
        let monitor = Interface {
            name: "usbmon0\u{1b}".to_owned(),
            description: "All USB buses".to_owned(),
            ..Interface::default()
        };
        let expected = "lo           up, running, loopback  127.0.0.1\n                                    ::1\n\
                        usbmon0\\x1b  not up                 -          All USB buses\n";
        assert_eq!(as_text(&[loopback, monitor]), expected);
    }
}
