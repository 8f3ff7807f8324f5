//! The kinds of values that keys can have, and how they are put in words.

use super::Section;
use crate::lab::scenario::problem::listed;
use crate::tls::code::{CipherSuite, CodePoint, NamedGroup, SignatureScheme};

/// What a value can be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// A name in small letters: `cert-expired`.
    Id,
    /// A host name or address.
    Host,
    /// A whole number within bounds.
    Number {
        /// The smallest one.
        least: i64,
        /// The largest one.
        most: i64,
    },
    /// A list of whole numbers from 1 on.
    Numbers,
    /// A list of numbers of bytes.
    Sizes,
    /// A text, a number, or true or false.
    Scalar,
    /// True or false.
    Switch,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words.
    Words(&'static [&'static str]),
    /// One name of a registry.
    Code(&'static Registry),
    /// A list of names of a registry.
    Codes(&'static Registry),
    /// A list of purposes, by these words or as dotted OIDs.
    Purposes(&'static [&'static str]),
    /// The name of something else in the file.
    Name(Of),
    /// A list of such names.
    Names(Of),
    /// A list of names of subjectAltName.
    AltNames,
    /// A list of such names for name constraints, in which addresses are networks.
    Subtrees,
    /// A moment of the calendar.
    Date,
    /// A moment of the calendar, or so long before or after the clock.
    Moment,
    /// Two moments: from, to.
    Period,
    /// How long, of at least so many milliseconds.
    Duration {
        /// In milliseconds.
        least: i64,
    },
    /// A number, or `"student"`.
    Seed,
    /// `"before"`, `"after"`, or `"at:2"` for the second pause.
    When,
    /// A place on the wire.
    Place,
    /// One of these words and the name of an alert.
    Alert(&'static [&'static str]),
    /// The name of an alert, with or without its level.
    PlainAlert,
    /// Names of TLS libraries with the names of alerts.
    Seen,
    /// Bytes as hexadecimal digits.
    Hex,
    /// A byte other than zero.
    Mask,
    /// A dotted OID.
    Oid,
    /// Paths with the values that are put there.
    Edits,
    /// A list of paths.
    Paths,
    /// A table with keys of its own.
    Table(&'static Section),
    /// A list of such tables.
    Tables(&'static Section),
    /// Such tables, each under a name of its own.
    NamedTables(&'static Section),
}

/// What a name can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A certificate of `[pki]`.
    Certificate,
    /// A revocation list of `[pki]`.
    List,
    /// A peer that opens connections of its own accord.
    Client,
    /// A peer that takes connections.
    Acceptor,
    /// A peer at an end of a connection.
    End,
    /// A peer on the wire.
    Network,
    /// A variant.
    Variant,
}

/// Names that IANA gives to code points, and those of them that the peers can speak.
#[derive(Debug)]
pub struct Registry {
    /// What one of them is called.
    pub what: &'static str,
    /// Those that the peers can speak.
    pub words: &'static [&'static str],
    /// Whether IANA knows the name, and the document that defines it.
    pub(super) known: fn(&str) -> Option<&'static str>,
}

impl Registry {
    /// Cipher suites.
    pub(in super::super) const SUITES: Self = Self {
        what: "cipher suite",
        words: &[
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        ],
        known: |name| reference(CipherSuite::TABLE, name),
    };
    /// Groups of the key exchange.
    pub(in super::super) const GROUPS: Self = Self {
        what: "group",
        words: &["x25519", "secp256r1", "secp384r1", "X25519MLKEM768"],
        known: |name| reference(NamedGroup::TABLE, name),
    };
    /// Signature schemes.
    pub(in super::super) const SIGNATURE_SCHEMES: Self = Self {
        what: "signature scheme",
        words: &[
            "ecdsa_secp256r1_sha256",
            "ecdsa_secp384r1_sha384",
            "ed25519",
            "rsa_pss_rsae_sha256",
            "rsa_pss_rsae_sha384",
            "rsa_pss_rsae_sha512",
            "rsa_pkcs1_sha256",
            "rsa_pkcs1_sha384",
            "rsa_pkcs1_sha512",
        ],
        known: |name| reference(SignatureScheme::TABLE, name),
    };

    /// The document that defines a name which the peers cannot speak.
    pub(in super::super) fn known(&self, name: &str) -> Option<&'static str> {
        (self.known)(name)
    }
}

fn reference<T>(table: &'static [CodePoint<T>], name: &str) -> Option<&'static str> {
    table.iter().find(|row| row.name == name).map(|row| row.reference)
}

impl Of {
    /// What is meant, for a sentence.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Certificate => "certificate of [pki]",
            Self::List => "revocation list of [pki]",
            Self::Client => "client of [peer]",
            Self::Acceptor => "server or relay of [peer]",
            Self::End => "client, server or relay of [peer]",
            Self::Network => "network of [peer]",
            Self::Variant => "variant",
        }
    }

    /// Whether it is a `kind` or a `role` at all.
    pub(in super::super) fn is_word(word: &str) -> bool {
        [Self::Certificate, Self::List, Self::End, Self::Network].iter().any(|of| of.fits(word))
    }

    /// Whether something with that `kind` or `role` is meant.
    pub(in super::super) fn fits(self, word: &str) -> bool {
        match self {
            Self::Certificate => matches!(word, "ca" | "leaf"),
            Self::List => word == "crl",
            Self::Client => word == "client",
            Self::Acceptor => matches!(word, "server" | "relay"),
            Self::End => matches!(word, "client" | "server" | "relay"),
            Self::Network => word == "network",
            Self::Variant => true,
        }
    }
}

impl Kind {
    /// What is allowed, for a sentence: `a number from 1 to 3`.
    #[must_use]
    pub fn allowed(self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::Id => "a name of small letters, digits and hyphens".to_owned(),
            Self::Host => "a host name or an address".to_owned(),
            Self::Number { least, most: i64::MAX } => format!("a number from {least} on"),
            Self::Number { least, most } if least == most => format!("the number {least}"),
            Self::Number { least, most } => format!("a number from {least} to {most}"),
            Self::Numbers => "a list of numbers from 1 on".to_owned(),
            Self::Sizes => "a list of numbers of bytes from 1 to 16384".to_owned(),
            Self::Scalar => "a text, a number, true or false".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Word([only]) => format!("the word {only}"),
            Self::Word(words) => format!("one of {}", listed(words.iter().copied())),
            Self::Words(words) => format!("a list of {}", listed(words.iter().copied())),
            Self::Code(registry) => format!("one of {}", listed(registry.words.iter().copied())),
            Self::Codes(registry) => format!("a list of {}", listed(registry.words.iter().copied())),
            Self::Purposes(words) => {
                format!("a list of {}, or of dotted OIDs", listed(words.iter().copied()))
            }
            Self::Name(of) => format!("the name of a {}", of.what()),
            Self::Names(of) => format!("a list of names, each of a {}", of.what()),
            Self::AltNames => "a list of host names, or of texts that begin with ip:, email:, uri: or dns:".to_owned(),
            Self::Subtrees => {
                "a list of domains, or of texts such as ip:10.0.0.0/8, email:lab.test or uri:lab.test".to_owned()
            }
            Self::Date => "a date such as \"2026-03-01T12:00:00Z\"".to_owned(),
            Self::Moment => "a distance from the clock such as -30d, +1h, -90m, +2w or +10y, or a date".to_owned(),
            Self::Period => "two moments such as [\"-30d\", \"+1y\"]".to_owned(),
            Self::Duration { .. } => "a length of time such as 200ms, 90s, 5m, 2h, 3d or 1w".to_owned(),
            Self::Seed => "a number from 0 on, or \"student\"".to_owned(),
            Self::When => "\"before\", \"after\", or \"at:1\" for the first pause".to_owned(),
            Self::Place => {
                "a place such as 'client>server ClientHello', 'server>client Certificate#2', 'server>client record#3', \
                 or with appdata, alert, ccs or line 'TEXT'; c2: in front is the second connection, /FIELD behind is \
                 a field of it"
                    .to_owned()
            }
            Self::Alert(words) => {
                format!(
                    "one of {} and the name of an alert, such as certificate_expired",
                    listed(words.iter().copied())
                )
            }
            Self::PlainAlert => {
                "the name of an alert such as handshake_failure, or warning or fatal and the name".to_owned()
            }
            Self::Seen => "a table of TLS libraries with the names of alerts, such as { openssl = \"unknown_ca\" }; \
                           none where a library closes without a word, accepts where it finds no fault"
                .to_owned(),
            Self::Hex => "bytes as hexadecimal digits, such as \"30 03 01 01 ff\"".to_owned(),
            Self::Mask => "a number from 1 to 255".to_owned(),
            Self::Oid => "a dotted OID such as \"1.2.3.4\"".to_owned(),
            Self::Edits => "a table of paths with values, such as { \"peer.client.versions\" = [\"1.2\"] }".to_owned(),
            Self::Paths => "a list of paths such as \"pki.web.san\"".to_owned(),
            Self::Table(section) => format!("a table with the keys of {}", section.name),
            Self::Tables(section) => format!("a list of tables with the keys of {}", section.name),
            Self::NamedTables(section) => format!("tables {}, each with a name of its own", section.name),
        }
    }
}
