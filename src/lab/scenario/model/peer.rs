//! What `[peer]` says: who takes part, and how each is set up.

use std::fmt;

/// One entry of `[peer]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// What it does.
    pub role: Role,
    /// A client's (or relay's) server, by name.
    pub to: Option<String>,
    /// The host name or address that a client asks for and checks.
    pub name: Option<String>,
    /// What it takes for now, in seconds since 1970, where its clock is not that of the lab.
    pub clock: Option<i64>,
    /// Whether the client sends server_name.
    pub sni: bool,
    /// The port that a server listens on; `None` is the usual one of its application.
    pub port: Option<u16>,
    /// The anchors with which a client checks servers, by name.
    pub trust: Vec<String>,
    /// Revocation lists that it was given, by name: a client's about servers, a server's about clients.
    pub crl: Vec<String>,
    /// What it makes of them.
    pub crl_rule: RevocationRule,
    /// Its certificate, by name.
    pub cert: Option<String>,
    /// What it sends behind the certificate, by name.
    pub chain: Vec<String>,
    /// Further certificates of a server, chosen by server_name: each with its own chain.
    pub also: Vec<Identity>,
    /// Protocol versions; empty is both.
    pub versions: Vec<Version>,
    /// Cipher suites by their IANA names, best first; empty is the library's list.
    pub suites: Vec<String>,
    /// Groups by their IANA names, best first.
    pub groups: Vec<String>,
    /// Signature schemes that it accepts, by their IANA names; empty is the library's list.
    pub signature_schemes: Vec<String>,
    /// Protocols of ALPN, best first.
    pub alpn: Vec<String>,
    /// Whether a server asks for client certificates.
    pub client_auth: ClientAuth,
    /// The anchors with which a server checks clients, by name.
    pub client_trust: Vec<String>,
    /// How a client resumes, and a server lets it.
    pub resume: Resume,
    /// How many tickets a server gives in TLS 1.3; `None` is the library's number.
    pub tickets: Option<u32>,
    /// Whether a client sends early data, and a server takes it.
    pub early_data: bool,
    /// Whether a server's store forgets what it has given out, as single use of tickets needs.
    pub store: Store,
    /// Largest TLS record that it sends, in bytes of plaintext.
    pub fragment: Option<u32>,
    /// What it speaks inside TLS.
    pub app: App,
    /// How TLS begins.
    pub starttls: StartTls,
    /// The certificates that are allowed in, by the names in them; `None` takes all that pass TLS.
    pub allow: Option<Vec<String>>,
    /// For a relay: how it speaks to `to`.
    pub onward: Onward,
    /// Whether a relay tells its backend who the client was, and takes such words from clients away (RFC 9440).
    pub client_cert_header: ClientCertHeader,
    /// For a network: the two between whom it sits.
    pub between: Vec<String>,
    /// Whether its secrets go to the key log. A peer whose secrets do not stays closed in the capture.
    pub key_log: bool,
}

/// A certificate with its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, by name.
    pub cert: String,
    /// What is sent behind it, by name.
    pub chain: Vec<String>,
}

/// What a peer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Opens connections.
    Client,
    /// Takes connections.
    Server,
    /// Takes connections, ends TLS, and opens its own to another server.
    Relay,
    /// Sits on the wire: touches what crosses it and holds no keys.
    Network,
}

words!(Role { Client = "client", Server = "server", Relay = "relay", Network = "network" });

/// A version that the peers can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

words!(Version { Tls12 = "1.2", Tls13 = "1.3" });

/// What a peer makes of its revocation lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationRule {
    /// Whether only the leaf is looked up, not the whole chain.
    pub leaf_only: bool,
    /// Whether a certificate of which no list speaks is accepted.
    pub allow_unknown: bool,
    /// Whether a list behind its nextUpdate counts as none.
    pub enforce_expiry: bool,
}

/// Whether a server asks for client certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// It does not ask.
    #[default]
    None,
    /// It asks, and goes on without.
    Optional,
    /// It asks, and refuses who has none.
    Required,
}

words!(ClientAuth { None = "none", Optional = "optional", Required = "required" });

/// How sessions are resumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resume {
    /// Not at all.
    #[default]
    Never,
    /// By session id in TLS 1.2, by a stored key in TLS 1.3: the server remembers.
    Stateful,
    /// By tickets: the server remembers nothing.
    Ticket,
}

words!(Resume { Never = "never", Stateful = "stateful", Ticket = "ticket" });

/// What a server's session store does with a key that was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// It forgets it: single use.
    #[default]
    SingleUse,
    /// It keeps it, as careless stores do: early data can be played twice.
    Careless,
}

words!(Store { SingleUse = "single-use", Careless = "careless" });

/// What a peer speaks inside TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum App {
    /// Gives back what it gets.
    #[default]
    Echo,
    /// HTTP/1.1.
    Http,
    /// SMTP.
    Smtp,
    /// MQTT 3.1.1: CONNECT and CONNACK.
    Mqtt,
}

words!(App { Echo = "echo", Http = "http", Smtp = "smtp", Mqtt = "mqtt" });

/// How TLS begins on a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartTls {
    /// With the first byte, and no word about STARTTLS.
    #[default]
    Implicit,
    /// Never: plain text to the end.
    Off,
    /// When the other side offers it; in plain text otherwise.
    Opportunistic,
    /// When the other side offers it; not at all otherwise.
    Required,
}

words!(StartTls { Implicit = "implicit", Off = "off", Opportunistic = "opportunistic", Required = "required" });

/// How a relay speaks to its backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Onward {
    /// In plain text.
    #[default]
    Plain,
    /// With TLS of its own.
    Tls,
}

words!(Onward { Plain = "plain", Tls = "tls" });

/// What a relay does with the header that names the client's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientCertHeader {
    /// Nothing: what a client writes there reaches the backend.
    #[default]
    Ignore,
    /// Takes away what clients wrote, and writes its own from the certificate that it saw (RFC 9440).
    Set,
    /// Writes its own, and forgets to take away what clients wrote.
    Append,
}

words!(ClientCertHeader { Ignore = "ignore", Set = "set", Append = "append" });
