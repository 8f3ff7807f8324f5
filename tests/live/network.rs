//! Interfaces of our own: a pair of virtual Ethernet cards, one of them in a network namespace.

use super::capture::run;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A pair of cards. The near one is here, the far one in the namespace.
pub struct Pair {
    pub near: String,
    pub far: String,
    pub namespace: String,
    /// The addresses of the two cards.
    pub near_address: String,
    pub far_address: String,
}

impl Pair {
    /// Makes a pair; nothing where that is not permitted.
    pub fn new() -> Option<Self> {
        // Names are of the whole machine, and so are networks.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let tag = format!("{}x{number}", std::process::id() % 100_000);
        let (near, far, namespace) = (format!("tl{tag}a"), format!("tl{tag}b"), format!("tl{tag}"));
        let network = (std::process::id() % 250, number);
        let [near_address, far_address] = [1, 2].map(|host| format!("10.{}.{}.{host}", network.0, network.1));
        let pair = Self { near, far, namespace, near_address, far_address };
        let made = Command::new("ip").args(["netns", "add", &pair.namespace]).stderr(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: no permission to make a network namespace");
            return None;
        }
        pair.connect();
        Some(pair)
    }

    fn connect(&self) {
        let Self { near, far, namespace, near_address, far_address } = self;
        run("ip", &["link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace]);
        run("ip", &["addr", "add", &format!("{near_address}/24"), "dev", near]);
        run("ip", &["link", "set", near, "up"]);
        run("ip", &["-n", namespace, "addr", "add", &format!("{far_address}/24"), "dev", far]);
        run("ip", &["-n", namespace, "link", "set", far, "up"]);
    }

    /// A command that runs at the far side.
    pub fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, program]);
        command
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for arguments in [["link", "del", &self.near], ["netns", "del", &self.namespace]] {
            let _ = Command::new("ip").args(arguments).stderr(Stdio::null()).status();
        }
    }
}
