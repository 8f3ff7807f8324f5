//! The interfaces of a machine as one object.

use super::SCHEMA;
use super::value::{List, Short, object};
use super::visible;
use crate::capture::Interface;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The interfaces as one object, in the order given.
#[must_use]
pub fn interfaces(interfaces: &[Interface]) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail, and no key is anything but text.
    let _ = visible::write(&mut out, &Interfaces(interfaces));
    String::from_utf8(out).unwrap_or_default()
}

struct Interfaces<'a>(&'a [Interface]);

impl Serialize for Interfaces<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "schema": SCHEMA, "interfaces": List(self.0.iter().map(InterfaceJson)) })
    }
}

struct InterfaceJson<'a>(&'a Interface);

impl Serialize for InterfaceJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Interface { name, description, addresses, up, running, loopback } = self.0;
        object!(serializer, {
            "name": name,
            "description": Some(description).filter(|text| !text.is_empty()),
            "addresses": List(addresses.iter().map(Short)),
            "up": up,
            "running": running,
            "loopback": loopback,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn an_interface_is_written_with_all_that_is_known() {
        let named = Interface { name: "eth\u{202e}0".to_owned(), ..Interface::default() };
        let loopback = Interface {
            name: "lo".to_owned(),
            description: "Loopback".to_owned(),
            addresses: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            up: true,
            running: true,
            loopback: true,
        };
        let expected = concat!(
            r#"{"schema":1,"interfaces":["#,
            r#"{"name":"eth\u202e0","description":null,"addresses":[],"up":false,"running":false,"loopback":false},"#,
            r#"{"name":"lo","description":"Loopback","addresses":["127.0.0.1"],"up":true,"running":true,"loopback":true}"#,
            "]}"
        );
        assert_eq!(interfaces(&[named, loopback]), expected);
    }
}
