//! A run for the tests of this room: a first visit that goes well, and a second one after the certificate has ended.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that stumbles has failed")]

use crate::lab::run::{Run, play};
use crate::lab::scenario::ScenarioFile;
use std::sync::LazyLock;

/// The scenario of the run.
pub(crate) const TEXT: &str = r#"
format = 1
id     = "sample"
title  = "A sample"
group  = "foundations"
level  = 1
clock  = "2026-03-01T12:00:00Z"
seed   = 7
about  = "Two visits."

[pki]
root = { kind = "ca", cn = "Lab Root CA" }
web  = { kind = "leaf", issuer = "root", use = "server", san = ["shop.lab.test"], valid = ["-1d", "+1d"] }

[peer]
client = { role = "client", to = "server", name = "shop.lab.test", trust = ["root"], versions = ["1.2"] }
server = { role = "server", cert = "web" }

[[step]]
do = "connect"
by = "client"
[[step]]
do   = "send"
by   = "client"
text = "hello"
[[step]]
do = "pause"
at = "client>server ClientHello"
[[step]]
do  = "wait"
for = "2d"
[[step]]
do = "connect"
by = "client"

[[expect]]
handshake = "failed"
check     = "validity"

[[ask]]
id      = "first"
when    = "before"
kind    = "choice"
text    = "?"
options = ["one", "two"]
answer  = 2
points  = 2
[[ask]]
id     = "paused"
when   = "at:1"
kind   = "value"
text   = "?"
answer = "${packets}"
points = 1
[[ask]]
id     = "last"
when   = "after"
kind   = "value"
text   = "?"
answer = "${check}"
points = 2
hint   = ["look closer"]
"#;

/// The run.
pub(crate) fn run() -> Run {
    static RUN: LazyLock<Run> = LazyLock::new(|| {
        let file = ScenarioFile::read("sample", TEXT).unwrap_or_else(|problems| panic!("{problems:#?}"));
        play(&file, None).unwrap()
    });
    RUN.clone()
}
