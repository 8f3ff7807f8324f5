//! Keeps secrets out of what is shown.
//!
//! The rules look at words, not at the protocol: a password must stay hidden also where the protocol was not
//! recognised. Where it is not clear how long a secret goes on, too much is hidden rather than too little.

use crate::net::Direction;

/// What stands in place of a secret.
pub(super) const HIDDEN: &str = "[hidden]";

/// SASL mechanisms that may stand in the place of an answer (RFC 4422); anything else there is hidden.
const MECHANISMS: [&str; 14] = [
    "PLAIN",
    "LOGIN",
    "EXTERNAL",
    "ANONYMOUS",
    "CRAM-MD5",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "GSSAPI",
    "NTLM",
    "XOAUTH2",
    "OAUTHBEARER",
];

/// Headers of HTTP whose value lets somebody else in.
const HEADERS: [&str; 4] = ["authorization:", "proxy-authorization:", "cookie:", "set-cookie:"];

/// Parameters whose value is a secret.
const PARAMETERS: [&str; 6] = ["password=", "passwd=", "pass=", "pwd=", "token=", "secret="];

/// Elements of XMPP whose text is a secret.
const ELEMENTS: [&str; 5] = ["<auth", "<response", "<password", "<digest", "<handshake"];

/// Hides secrets in lines that come one after another.
#[derive(Debug, Default)]
pub(super) struct Hider {
    /// Which direction is in the middle of an authentication, so that its next lines are answers.
    answering: Option<Direction>,
}

impl Hider {
    /// The line with its secrets hidden.
    pub(super) fn hide(&mut self, direction: Direction, line: &str) -> String {
        match self.answering {
            Some(answering) if answering == direction => return HIDDEN.to_owned(),
            // A challenge is no secret, and the answer is still to come.
            Some(_) if is_prompt(line) => return line.to_owned(),
            _ => self.answering = None,
        }
        let (shown, goes_on) = hide(line);
        if goes_on {
            self.answering = Some(direction);
        }
        shown
    }
}

/// Whether the server asks for more of an authentication: SMTP and POP3, NNTP, IRC, ManageSieve.
fn is_prompt(line: &str) -> bool {
    ["334", "+", "383", "AUTHENTICATE +", "\"", "{"]
        .iter()
        .any(|prompt| line.starts_with(prompt) && !line.starts_with("+OK"))
}

/// The line with its secret hidden, and whether the next lines are answers to the same question.
fn hide(line: &str) -> (String, bool) {
    if let Some(shown) = hide_header(line).or_else(|| hide_element(line)).or_else(|| hide_parameter(line)) {
        return (shown, false);
    }
    let upper = line.to_ascii_uppercase();
    let words: Vec<&str> = upper.split(' ').collect();
    let at = |index: usize| words.get(index).copied().unwrap_or_default();
    match (at(0), at(1)) {
        ("PASS" | "ACCT" | "ADAT" | "LOGIN", _) => (keep(line, 1), literal(line)),
        ("APOP" | "OPER", _) => (keep(line, 2), false),
        ("AUTHINFO", "PASS") => (keep(line, 2), false),
        ("AUTHINFO", "SASL") => (sasl(line, 2), true),
        ("AUTH", "TLS" | "SSL" | "TLS-C" | "TLS-P") => (line.to_owned(), false),
        ("AUTH" | "AUTHENTICATE", _) => (sasl(line, 1), true),
        ("HELLO", _) if at(2) == "AUTH" => (keep(line, 3), false),
        // IMAP puts a tag in front of each command.
        (_, "LOGIN") => (keep(line, 2), literal(line)),
        (_, "AUTHENTICATE") => (sasl(line, 2), true),
        _ => match words.iter().position(|word| word.trim_start_matches(':') == "IDENTIFY") {
            Some(index) => (keep(line, index + 1), false),
            None => (line.to_owned(), false),
        },
    }
}

/// Whether the argument follows in lines of its own (an IMAP literal, RFC 9051 4.3).
fn literal(line: &str) -> bool {
    line.ends_with('}')
}

/// Whether the server asks for a password in words, so that what the client says next may be one.
pub(super) fn asks_for_password(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["password:", "passphrase:", "passcode:"].iter().any(|prompt| line.contains(prompt))
}

/// The first `count` words; the rest hidden.
fn keep(line: &str, count: usize) -> String {
    match line.match_indices(' ').nth(count - 1) {
        Some((at, _)) => format!("{} {HIDDEN}", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// The first `count` words and the name of the mechanism; the rest hidden, and the mechanism as well when it is not
/// one that is known.
fn sasl(line: &str, count: usize) -> String {
    let mechanism = line.split(' ').nth(count).unwrap_or_default().trim_matches('"').to_ascii_uppercase();
    keep(line, if MECHANISMS.contains(&mechanism.as_str()) { count + 1 } else { count })
}

fn hide_header(line: &str) -> Option<String> {
    let name = line.split_inclusive(':').next()?;
    HEADERS.contains(&name.to_ascii_lowercase().as_str()).then(|| format!("{name} {HIDDEN}"))
}

/// Hides everything behind `password=` and its like, as forms and query strings have it.
fn hide_parameter(line: &str) -> Option<String> {
    let lower = line.to_ascii_lowercase();
    let end = PARAMETERS.iter().filter_map(|name| lower.find(name).map(|at| at + name.len())).min()?;
    Some(format!("{}{HIDDEN}", line.get(..end)?))
}

/// Hides the text of elements that carry answers and passwords.
fn hide_element(line: &str) -> Option<String> {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(at) = ELEMENTS.iter().filter_map(|element| rest.find(element)).min() {
        let close = at + rest.get(at..)?.find('>')? + 1;
        shown.push_str(rest.get(..close)?);
        rest = rest.get(close..)?;
        let end = rest.find('<').unwrap_or(rest.len());
        if end > 0 {
            shown.push_str(HIDDEN);
        }
        rest = rest.get(end..)?;
    }
    (rest.len() < line.len()).then(|| shown + rest)
}
