//! The scenarios that come with the program.

use super::file::ScenarioFile;
use super::problem::Problem;
use std::cmp::Ordering;
use std::sync::OnceLock;

/// What the scenarios of one folder have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// The folder, and `group` in the files.
    pub id: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What it is about, in one sentence.
    pub text: &'static str,
}

/// The groups in the order in which they are best gone through.
pub const GROUPS: &[Group] = &[
    Group {
        id: "foundations",
        title: "Foundations",
        text: "A handshake message by message, in both versions, and where the keys come from.",
    },
    Group {
        id: "one-way",
        title: "One-way authentication",
        text: "The server shows a certificate, and the client decides whom it trusts.",
    },
    Group {
        id: "mutual",
        title: "Mutual authentication",
        text: "The client shows papers too: who checks what, and when the other side hears of it.",
    },
    Group {
        id: "certificate-faults",
        title: "Certificate faults",
        text: "One fault at a time: which check finds it, and which alert says so.",
    },
    Group { id: "revocation", title: "Revocation", text: "Certificates that were taken back, and who asks." },
    Group {
        id: "negotiation",
        title: "Negotiation",
        text: "Versions, suites, groups and protocols that both must have.",
    },
    Group {
        id: "resumption",
        title: "Resumption and early data",
        text: "The second visit: what is skipped, and what can be played twice.",
    },
    Group {
        id: "wire-attacks",
        title: "Attacks on the wire",
        text: "What somebody on the way can do, and what gives it away.",
    },
    Group { id: "starttls", title: "STARTTLS", text: "TLS that begins in the middle of a conversation in plain text." },
    Group {
        id: "post-quantum",
        title: "Post-quantum key exchange",
        text: "Two secrets in one, against those who record today.",
    },
    Group { id: "applications", title: "Applications", text: "HTTP and MQTT inside of TLS." },
    Group {
        id: "proxies",
        title: "Proxies",
        text: "Load balancers that end TLS, and what those behind them can know.",
    },
    Group { id: "pki", title: "Running a PKI", text: "Keys, requests, signing, renewal." },
    Group {
        id: "exercises",
        title: "Exercises",
        text: "Faults to be found and servers to be mended, without a word of what is wrong.",
    },
];

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// The group, by its id.
    pub group: &'static str,
    /// Its id.
    pub id: &'static str,
    /// The text of its file.
    pub text: &'static str,
}

/// A scenario that has its place in the catalogue and does not come with the program yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its code in the catalogue: `L1`.
    pub code: &'static str,
    /// One line for lists.
    pub title: &'static str,
    /// What the lab lacks for it.
    pub needs: &'static str,
}

const fn planned(code: &'static str, title: &'static str, needs: &'static str) -> Planned {
    Planned { code, title, needs }
}

/// Peers with other libraries, for what rustls does not do or does in its own way.
const ANOTHER_STACK: &str = "a peer with another TLS library, such as OpenSSL";
/// A peer that speaks what no library should speak any more.
const OWN_PEER: &str = "a peer of its own for RSA key transport, which rustls does not speak";

/// The scenarios of the catalogue that are still to come, by their codes.
pub const PLANNED: &[Planned] = &[
    planned("F5", "Who can read what", "a view of one run by readers with different keys"),
    planned("F6", "Turn over any bit", "a knob for the place of a step"),
    planned("M12", "The server that only asks", "a server that takes every client certificate, as other libraries can"),
    planned("M13", "A hint for the client", "clients with two certificates"),
    planned("M15", "A signature from somewhere else", "an attacker that moves a message between connections"),
    planned("C12", "A key for another use", ANOTHER_STACK),
    planned("C22", "Too weak to count", "certificates with RSA-1024 and SHA-1, which the lab does not make"),
    planned("R7", "The answer that was stapled", "an OCSP responder, and a library that checks staples"),
    planned("R8", "Must-staple, and nothing stapled", "an OCSP responder, and a library that checks staples"),
    planned("N8", "A name that nobody serves", ANOTHER_STACK),
    planned("N9", "A server from another time", ANOTHER_STACK),
    planned("T12", "Keys without names", "raw public keys (RFC 7250) in the lab's peers"),
    planned("U3", "A command in front of the keys", "an SMTP server that keeps what came before TLS"),
    planned("U5", "The first visit over http", "redirects and HSTS in the HTTP of the lab"),
    planned("Q3", "Recorded today, read later", "a reader who can undo one of the two key exchanges"),
    planned("L1", "The secret under the server's key", OWN_PEER),
    planned("L2", "What rustls refuses to speak", ANOTHER_STACK),
    planned("L3", "Yesterday's capture, today's key", OWN_PEER),
    planned("L4", "The server that answered too well", OWN_PEER),
    planned("L5", "Once more from the beginning", ANOTHER_STACK),
    planned("L6", "Nine steps that never were", OWN_PEER),
    planned("X2", "Encrypt again, or pass through", "a relay that passes TLS on unopened"),
    planned("X5", "Round and round", "redirects in the HTTP of the lab"),
    planned("K3", "One chain in three containers", "PKCS #12 and Java key stores"),
];

/// `GROUP`, `ID`, text of every file in the folder of scenarios, in alphabetical order.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// All of them: group by group, in a group by the codes of the catalogue.
#[must_use]
pub fn all() -> &'static [Shipped] {
    static ALL: OnceLock<Vec<Shipped>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<Shipped> = FILES.iter().map(|&(group, id, text)| Shipped { group, id, text }).collect();
        let place =
            |shipped: &Shipped| GROUPS.iter().position(|group| group.id == shipped.group).unwrap_or(GROUPS.len());
        all.sort_by(|one, other| place(one).cmp(&place(other)).then_with(|| by_code(one.code(), other.code())));
        all
    })
}

/// The scenario with that id or code.
#[must_use]
pub fn find(name: &str) -> Option<Shipped> {
    let by_id = all().iter().find(|shipped| shipped.id == name);
    by_id
        .or_else(|| all().iter().find(|shipped| !name.is_empty() && shipped.code().eq_ignore_ascii_case(name)))
        .copied()
}

impl Shipped {
    /// Its place in the folder of scenarios.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}.lab.toml", self.group, self.id)
    }

    /// Its code in the catalogue; empty where it has none. Read off the text, so that a list is made in no time.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.line("code")
    }

    /// Its title, read off the text.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.line("title")
    }

    /// Reads it.
    ///
    /// # Errors
    /// Never for what was tested; what is wrong with it otherwise.
    pub fn file(&self) -> Result<ScenarioFile, Vec<Problem>> {
        ScenarioFile::read(&self.path(), self.text)
    }

    /// The text of a key in front of the first table, as it is written between its quotes.
    fn line(&self, key: &str) -> &'static str {
        let top = self.text.split("\n[").next().unwrap_or_default();
        let value = top.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
        let quoted = value.map(str::trim).and_then(|value| value.strip_prefix('"')?.strip_suffix('"'));
        quoted.unwrap_or_default()
    }
}

/// `O1`, `O1b`, `O2`, `O10`; what has no code comes last.
fn by_code(one: &str, other: &str) -> Ordering {
    let parts = |code: &str| -> (bool, String, u32, String) {
        let digits_at = code.find(|c: char| c.is_ascii_digit()).unwrap_or(code.len());
        let (letters, rest) = code.split_at_checked(digits_at).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, behind) = rest.split_at_checked(end).unwrap_or_default();
        (code.is_empty(), letters.to_owned(), digits.parse().unwrap_or_default(), behind.to_owned())
    };
    parts(one).cmp(&parts(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_shipped_scenario_reads_and_stands_where_it_says() {
        assert!(all().len() >= 4);
        let mut codes = BTreeSet::new();
        for shipped in all() {
            let file = shipped.file().unwrap_or_else(|problems| panic!("{}: {problems:#?}", shipped.path()));
            let scenario = file.scenario();
            assert_eq!((scenario.id.as_str(), scenario.group.as_str()), (shipped.id, shipped.group));
            assert_eq!(scenario.title, shipped.title(), "{}: the title has no escapes", shipped.id);
            assert_eq!(scenario.code.as_deref(), Some(shipped.code()), "{}", shipped.id);
            assert!(codes.insert(shipped.code()), "{}: two have the code {}", shipped.id, shipped.code());
            assert!(GROUPS.iter().any(|group| group.id == shipped.group), "{}: no such group", shipped.group);
            assert!(!scenario.expects.is_empty(), "{}: it expects nothing", shipped.id);
            for variant in file.variants() {
                assert_eq!(file.variant(&variant.id).unwrap().chosen(), Some(variant.id.as_str()));
            }
            assert_eq!(find(shipped.id), Some(*shipped));
            assert_eq!(find(&shipped.code().to_ascii_lowercase()), Some(*shipped));
        }
        let ids: BTreeSet<&str> = all().iter().map(|shipped| shipped.id).collect();
        assert_eq!(ids.len(), all().len(), "two have the same id");
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut found = BTreeSet::new();
        for group in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
        {
            for file in std::fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path()) {
                let path = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                assert!(path.ends_with(".lab.toml"), "{path}: what is it?");
                found.insert(path);
            }
        }
        assert_eq!(found, all().iter().map(Shipped::path).collect::<BTreeSet<_>>());
    }

    #[test]
    fn what_is_planned_is_not_there_yet() {
        let mut codes = BTreeSet::new();
        for planned in PLANNED {
            let Planned { code, title, needs } = planned;
            assert!(codes.insert(code), "{code} stands twice");
            assert_eq!(find(code), None, "{code} comes with the program: take it off the list");
            assert!(!title.is_empty() && !title.ends_with('.') && !needs.is_empty(), "{code}");
        }
    }

    #[test]
    fn codes_are_counted() {
        let mut codes = ["O10", "", "O2", "O1b", "C1", "O1"];
        codes.sort_by(|one, other| by_code(one, other));
        assert_eq!(codes, ["C1", "O1", "O1b", "O2", "O10", ""]);
    }
}
