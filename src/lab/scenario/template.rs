//! The file that `tlslab lab --new` begins with.

/// A commented scenario that reads without problems and can be played at once. The id has to be one.
#[must_use]
pub fn template(id: &str) -> String {
    TEXT.replace("NAME", id)
}

/// Whether a text can be the id of a scenario: small letters, digits and hyphens.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(letter) && !text.starts_with('-') && !text.ends_with('-')
}

const TEXT: &str = r#"# A scenario of tlslab.
#   tlslab check NAME.lab.toml        tells what is wrong with it
#   tlslab check --keywords           lists everything that can stand here
#   tlslab check --schema > s.json    gives editors something to complete from

format = 1
id     = "NAME"
title  = "One line for lists"
group  = "own"
level  = 1                          # 1, 2 or 3
clock  = "2026-03-01T12:00:00Z"     # the lab's own now
seed   = 1                          # another number gives other keys, serial numbers and random bytes
about  = """What is it about? What should somebody look for?"""

# Certificates with their keys. Without issuer one signs itself; dates count from the clock.
[pki]
root   = { kind = "ca", cn = "My Root CA" }
web    = { kind = "leaf", issuer = "root", use = "server", san = ["www.lab.test"], valid = ["-30d", "+60d"] }
person = { kind = "leaf", issuer = "root", use = "client", cn = "Somebody" }
# list = { kind = "crl", of = "root", revoked = [{ cert = "web", reason = "keyCompromise" }] }

# Who takes part. A client that has a certificate shows it only when the server asks: client_auth.
[peer]
client = { role = "client", to = "server", name = "www.lab.test", trust = ["root"], cert = "person" }
server = { role = "server", cert = "web", client_auth = "optional", client_trust = ["root"], app = "http" }
# mallory = { role = "network", between = ["client", "server"] }

# The same story with changed knobs.
[[variant]]
id  = "tls13"
set = { "peer.client.versions" = ["1.3"] }
[[variant]]
id  = "tls12"
set = { "peer.client.versions" = ["1.2"] }

# What happens, in order. The playback waits at a pause.
[[step]]
do = "connect"
by = "client"
[[step]]
do  = "pause"
at  = "server>client Certificate"
say = "The server has shown its certificate."
[[step]]
do   = "send"
by   = "client"
text = "GET / HTTP/1.1\r\nHost: www.lab.test\r\n\r\n"
# Somebody on the wire, for when mallory is there:
# [[step]]
# do  = "tamper"
# at  = "client>server ClientHello/random[0]"
# xor = 1

# What must come of it; without variant it holds for all of them.
[[expect]]
handshake           = "ok"
app_bytes           = 38
client_certificates = 1

# Questions. What is asked before is locked before the first byte moves.
[[ask]]
id      = "q1"
when    = "before"
kind    = "choice"
text    = "Who shows a certificate first?"
options = ["the client", "the server"]
answer  = 2
why     = "The client checks the server before it shows its own."
"#;

#[cfg(test)]
mod tests {
    use super::super::ScenarioFile;
    use super::*;

    #[test]
    fn the_template_has_no_problems() {
        let file = ScenarioFile::read("mine.lab.toml", &template("mine")).unwrap();
        assert_eq!((file.scenario().id.as_str(), file.variants().len()), ("mine", 2));
        // What stands in it as a comment is right as well.
        let text = template("mine").replace("# list =", "list =").replace("# mallory", "mallory");
        let text = text.replace("# [[step]]", "[[step]]").replace("# do ", "do ").replace("# at ", "at ");
        ScenarioFile::read("mine.lab.toml", &text.replace("# xor", "xor")).unwrap();
        for (id, expected) in [("a-b1", true), ("", false), ("A", false), ("-a", false), ("a/b", false), ("a.b", false)]
        {
            assert_eq!(is_id(id), expected, "{id}");
        }
    }
}
