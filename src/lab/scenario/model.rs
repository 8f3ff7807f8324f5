//! What a scenario says, once it has been read. Each section of the file is one type here, with the names of the file.

use crate::x509::verify::Check;
use std::fmt;

/// A scenario with one variant or set of edits applied: everything that a run needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name on the command line and its file name: `cert-expired`.
    pub id: String,
    /// Its code in the catalogue: `C1`.
    pub code: Option<String>,
    /// One line for lists.
    pub title: String,
    /// The folder that it stands in: `certificate-faults`.
    pub group: String,
    /// 1 for a first lesson, 2 for those who know the handshake, 3 for the rest.
    pub level: u8,
    /// The lab's own now, in seconds since 1970. The wall clock is never read.
    pub clock: i64,
    /// Where all randomness comes from: the same seed gives the same bytes.
    pub seed: u64,
    /// What it is about, as paragraphs.
    pub about: String,
    /// How long it takes somebody who has not seen it, in minutes.
    pub minutes: Option<u32>,
    /// The sections of standards that it plays out.
    pub rfc: Vec<String>,
    /// How many rungs of the check ladder fail at the same time; more than one is declared.
    pub faults: Option<u32>,
    /// Certificates, keys and revocation lists, in the order of the file.
    pub pki: Vec<Named<PkiItem>>,
    /// Clients, servers and whoever sits on the wire, in the order of the file.
    pub peers: Vec<Named<Peer>>,
    /// The same story with changed knobs.
    pub variants: Vec<Variant>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The steps of a document that the run is held against.
    pub captions: Vec<Caption>,
    /// What must come of it.
    pub expects: Vec<Expect>,
    /// Questions to whoever plays it.
    pub asks: Vec<Ask>,
    /// What is to be found or mended.
    pub task: Option<Task>,
}

/// Something with the name that the rest of the file uses for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    /// The key in its section.
    pub name: String,
    /// What it names.
    pub item: T,
}

/// One entry of `[pki]`.
#[derive(Clone, Debug, PartialEq)]
pub enum PkiItem {
    /// A certificate with its key: `kind = "ca"` or `kind = "leaf"`.
    Certificate(Box<CertificatePlan>),
    /// A certificate revocation list: `kind = "crl"`.
    RevocationList(RevocationListPlan),
}

/// How a certificate is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificatePlan {
    /// Whether it is an authority by its `kind`; `ca` may say something else in the certificate.
    pub is_authority: bool,
    /// The common name of the subject; without it the subject is empty for a leaf.
    pub cn: Option<String>,
    /// The organization of the subject.
    pub organization: Option<String>,
    /// Who signs it, by name; nobody else means that it signs itself.
    pub issuer: Option<String>,
    /// Whose key it certifies, by name, where it is not its own: a cross-sign.
    pub key_of: Option<String>,
    /// What it is for, which sets the extended key usage unless `eku` does.
    pub usage: Usage,
    /// The names of subjectAltName.
    pub san: Vec<AltName>,
    /// From when to when it is valid, in seconds since 1970.
    pub valid: (i64, i64),
    /// The kind of its key.
    pub key: KeyKind,
    /// The CA flag of basicConstraints; `None` follows `kind`.
    pub ca: Option<bool>,
    /// pathLenConstraint.
    pub path_length: Option<u8>,
    /// Names that are permitted below it.
    pub permit: Vec<AltName>,
    /// Names that are excluded below it.
    pub exclude: Vec<AltName>,
    /// Key usage by the standard's names; `None` is what the kind of certificate usually has.
    pub key_usage: Option<Vec<String>>,
    /// Extended key usage by the standard's names or as OIDs; `None` follows `usage`.
    pub extended_key_usage: Option<Vec<String>>,
    /// Further extensions.
    pub extensions: Vec<ExtraExtension>,
    /// The serial number; `None` is made from the seed.
    pub serial: Option<u64>,
    /// What is broken after it was signed.
    pub damage: Option<Damage>,
    /// The names that its owner asks for in a certificate signing request (RFC 2986); `san` is what was granted.
    pub request: Option<Vec<AltName>>,
}

/// What a leaf is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    /// serverAuth.
    #[default]
    Server,
    /// clientAuth.
    Client,
    /// Both.
    Both,
    /// No extended key usage at all.
    None,
}

/// A name of subjectAltName or of a name constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AltName {
    /// A host name, or a domain in a constraint.
    Dns(String),
    /// `ip:`: an address, or a network such as `10.0.0.0/8` in a constraint.
    Ip(String),
    /// `email:`.
    Email(String),
    /// `uri:`.
    Uri(String),
}

impl fmt::Display for AltName {
    /// As the file has it: a host name bare, the others behind their kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(text) => f.write_str(text),
            Self::Ip(text) => write!(f, "ip:{text}"),
            Self::Email(text) => write!(f, "email:{text}"),
            Self::Uri(text) => write!(f, "uri:{text}"),
        }
    }
}

/// The kinds of keys that certificates can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// ECDSA with secp256r1.
    #[default]
    P256,
    /// ECDSA with secp384r1.
    P384,
    /// Ed25519.
    Ed25519,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
}

/// An extension that is written as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraExtension {
    /// Its dotted OID.
    pub oid: Vec<u64>,
    /// The DER of its value.
    pub der: Vec<u8>,
    /// Whether it is critical.
    pub critical: bool,
}

/// What can be done to a certificate after it was signed, or to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The last bit of the signature is turned over.
    FlipSignature,
    /// One letter of the subject is another one.
    EditSubject,
    /// The peer holds the private key of somebody else.
    WrongKey,
}

/// How a certificate revocation list is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct RevocationListPlan {
    /// The authority whose certificates it is about.
    pub of: String,
    /// What it lists.
    pub revoked: Vec<RevokedPlan>,
    /// thisUpdate, in seconds since 1970.
    pub updated: i64,
    /// nextUpdate, in seconds since 1970.
    pub next: i64,
    /// Who signs it, by name, where it is not `of`.
    pub signed_by: Option<String>,
}

/// One entry of a revocation list.
#[derive(Clone, Debug, PartialEq)]
pub struct RevokedPlan {
    /// The certificate, by name.
    pub certificate: String,
    /// The reason by the standard's name (`keyCompromise`).
    pub reason: Option<String>,
    /// When it was revoked, in seconds since 1970.
    pub at: i64,
}

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

/// A version that the peers can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

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

/// What a server's session store does with a key that was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// It forgets it: single use.
    #[default]
    SingleUse,
    /// It keeps it, as careless stores do: early data can be played twice.
    Careless,
}

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

/// How a relay speaks to its backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Onward {
    /// In plain text.
    #[default]
    Plain,
    /// With TLS of its own.
    Tls,
}

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

/// The same story with changed knobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name on the command line.
    pub id: String,
    /// One line for lists; the id where the file has none.
    pub title: String,
    /// What is changed.
    pub set: Vec<Edit>,
}

/// A value put in the place of another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Where: `peer.client.versions`.
    pub path: String,
    /// What: a TOML value as it would stand in the file.
    pub value: toml::Value,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Who does it, by name; the only client or network where the file does not say.
    pub by: Option<String>,
    /// Where on the wire.
    pub at: Option<Place>,
    /// What is said about it to whoever watches.
    pub say: Option<String>,
    /// Whether it is no problem that a variant has no such place.
    pub may_miss: bool,
}

/// The things that can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A client opens a connection and plays the handshake.
    Connect {
        /// Text that goes as early data.
        early: Option<String>,
    },
    /// A peer sends application bytes on its latest connection.
    Send {
        /// The bytes, as text.
        text: String,
    },
    /// A peer ends its latest connection.
    Close {
        /// Whether without close_notify: a bare FIN.
        cut: bool,
    },
    /// The playback waits here.
    Pause,
    /// Something is said here, and the playback goes on.
    Note,
    /// Configuration changes between connections.
    Set {
        /// What.
        set: Vec<Edit>,
    },
    /// The lab's clock goes on.
    Wait {
        /// By how many seconds.
        seconds: i64,
    },
    /// A revocation list gets an entry, and all that hold the list get the new one.
    Revoke {
        /// The certificate, by name.
        certificate: String,
        /// The list, by name.
        list: String,
    },
    /// A server loses what it remembers of sessions, and its ticket keys.
    Restart,
    /// Somebody on the wire does something to what crosses it.
    Attack(Attack),
}

/// What somebody on the wire can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Attack {
    /// It never arrives.
    Drop,
    /// It arrives this many milliseconds later.
    Delay(u32),
    /// It arrives twice.
    Repeat,
    /// It changes places with what comes next.
    Swap,
    /// It comes as several records of these sizes (bytes of the body), the rest in a last one.
    Split(Vec<u32>),
    /// The records of the flight become one.
    Join,
    /// Bytes are changed in their place.
    Tamper {
        /// The field, by its path inside the message: `random[0]`, `ext.supported_versions`; `None` is the first byte.
        field: Option<String>,
        /// How.
        how: Tamper,
    },
    /// Plain text takes the place of a line.
    Replace {
        /// The line that stands there afterwards.
        with: String,
    },
    /// Bytes are put in front.
    Inject(Vec<u8>),
    /// What crosses the wire from here is remembered as a flight to replay.
    Copy,
    /// What was copied is sent again on a connection of the attacker's own.
    Replay,
    /// The connection ends at another server: a man in the middle.
    RelayTo(String),
}

/// How bytes are changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// Every byte of the field is combined with this one; in a field without an index only the first.
    Xor(u8),
    /// These bytes stand there.
    Set(Vec<u8>),
    /// This many bytes are cut off the end of the record, whose length is mended.
    Truncate(u32),
    /// This many zero bytes are added to the record, whose length is mended.
    Grow(u32),
}

/// A place on the wire: `server>client Certificate#2`, `c2:client>server ClientHello`, `server>client line '250-STARTTLS'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which connection of the run, from 1 on.
    pub connection: u32,
    /// Who sends.
    pub from: String,
    /// Who is to receive.
    pub to: String,
    /// What.
    pub what: PlaceKind,
    /// Which of them, from 1 on.
    pub nth: u32,
    /// The field in it, by its path: `cert[0]/tbs/validity/notAfter`.
    pub field: Option<String>,
}

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A handshake message by its name.
    Message(String),
    /// A record.
    Record,
    /// A record of application data of which the application's bytes are inside.
    ApplicationData,
    /// An alert.
    Alert,
    /// ChangeCipherSpec.
    ChangeCipherSpec,
    /// A line of plain text that begins so.
    Line(String),
}

/// A step of a document, beside what does it in truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// Its number in the document.
    pub step: u32,
    /// What the document says, in our words.
    pub says: String,
    /// The message that does it; `None` where nothing on the wire does.
    pub at: Option<Place>,
    /// Whether it is no problem that a variant has no such place.
    pub may_miss: bool,
    /// Where the document and the wire differ.
    pub remark: Option<String>,
}

/// What must come of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// The variant that it is about; all of them without.
    pub variant: Option<String>,
    /// Changes under which it must hold, beside those of the variant.
    pub set: Vec<Edit>,
    /// The connection that it is about, from 1 on; the last one without.
    pub connection: Option<u32>,
    /// How the handshake went.
    pub handshake: Option<Handshake>,
    /// Who found the fault.
    pub found_by: Option<FoundBy>,
    /// Which check failed.
    pub check: Option<FailedCheck>,
    /// The alert that the standard asks for: who sends it, and its name.
    pub alert: Option<(String, String)>,
    /// The alerts that stacks were seen to send where they differ: `rustls` is what a run is held against.
    pub seen: Vec<(String, String)>,
    /// Whether the client's handshake was complete.
    pub client_done: Option<bool>,
    /// Whether an earlier session was resumed.
    pub resumed: Option<bool>,
    /// Whether the server took early data.
    pub early_data: Option<bool>,
    /// Bytes that arrived at the server's application.
    pub app_bytes: Option<u64>,
    /// How often the server's application got a whole request.
    pub requests: Option<u32>,
    /// Texts that could be read on the wire.
    pub leaked: Option<Vec<String>>,
    /// Texts that could not be read on the wire, and were sent.
    pub hidden: Option<Vec<String>>,
    /// Texts that arrived at the server's (or the client's) application.
    pub received: Option<Vec<String>>,
    /// Negotiated values: `version`, `suite`, `group`, `alpn`, `sni`.
    pub version: Option<Version>,
    /// The suite by its IANA name.
    pub suite: Option<String>,
    /// The group by its IANA name.
    pub group: Option<String>,
    /// The protocol of ALPN; an empty text is none.
    pub alpn: Option<String>,
    /// Whether a HelloRetryRequest was sent.
    pub hello_retry_request: Option<bool>,
    /// How many certificates the server sent.
    pub server_certificates: Option<u32>,
    /// How many certificates the client sent.
    pub client_certificates: Option<u32>,
    /// Text that must appear in the explanation of the run.
    pub says: Vec<String>,
    /// The line of the file on which it begins, from 1 on, for messages.
    pub line: u32,
}

/// How a handshake went, for one peer or for both together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handshake {
    /// Both finished, and nobody refused the other afterwards.
    Ok,
    /// Somebody refused.
    Failed,
    /// Both wait for the other.
    Stalled,
    /// None was begun.
    None,
}

/// Who found a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FoundBy {
    /// The client.
    Client,
    /// The server.
    Server,
    /// Both, each for itself.
    Both,
}

/// Which check failed, by the words of `check`: a rung of the certificate ladder, or something before or behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailedCheck {
    /// A rung of the ladder for certificates.
    Certificate(Check),
    /// Another check of the handshake.
    Handshake(HandshakeCheck),
}

/// Gives an enum its words, so that files, screens and messages use the same ones.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The words of all of them, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of scenario files, screens and JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one with that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

/// Checks of a handshake beside those of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandshakeCheck {
    /// The server demands a client certificate, and there is none.
    ClientCertificate,
    /// The signature of ServerKeyExchange.
    KeyExchangeSignature,
    /// The signature of CertificateVerify.
    CertificateVerify,
    /// Finished.
    Finished,
    /// A record: its form, its length, its protection.
    Record,
    /// A message that has no place here, or a form that cannot be.
    Message,
    /// A version that both have.
    Version,
    /// A suite that both have, and that was offered.
    Suite,
    /// A group that both have.
    Group,
    /// A signature scheme that both have.
    SignatureScheme,
    /// A protocol of ALPN that both have.
    Alpn,
    /// A name that the server knows.
    Sni,
    /// STARTTLS where the client insists on it.
    StartTlsRequired,
    /// close_notify before the end.
    Closure,
    /// The application lets this client in.
    Authorization,
}

words!(HandshakeCheck {
    ClientCertificate = "client-certificate",
    KeyExchangeSignature = "key-exchange-signature",
    CertificateVerify = "certificate-verify",
    Finished = "finished",
    Record = "record",
    Message = "message",
    Version = "version",
    Suite = "suite",
    Group = "group",
    SignatureScheme = "signature-scheme",
    Alpn = "alpn",
    Sni = "sni",
    StartTlsRequired = "starttls-required",
    Closure = "closure",
    Authorization = "authorization",
});
words!(Usage { Server = "server", Client = "client", Both = "both", None = "none" });
words!(KeyKind {
    P256 = "p256",
    P384 = "p384",
    Ed25519 = "ed25519",
    Rsa2048 = "rsa2048",
    Rsa3072 = "rsa3072",
    Rsa4096 = "rsa4096",
});
words!(Damage { FlipSignature = "flip-signature", EditSubject = "edit-subject", WrongKey = "wrong-key" });
words!(Role { Client = "client", Server = "server", Relay = "relay", Network = "network" });
words!(Version { Tls12 = "1.2", Tls13 = "1.3" });
words!(ClientAuth { None = "none", Optional = "optional", Required = "required" });
words!(Resume { Never = "never", Stateful = "stateful", Ticket = "ticket" });
words!(Store { SingleUse = "single-use", Careless = "careless" });
words!(App { Echo = "echo", Http = "http", Smtp = "smtp", Mqtt = "mqtt" });
words!(StartTls { Implicit = "implicit", Off = "off", Opportunistic = "opportunistic", Required = "required" });
words!(Onward { Plain = "plain", Tls = "tls" });
words!(ClientCertHeader { Ignore = "ignore", Set = "set", Append = "append" });
words!(Handshake { Ok = "ok", Failed = "failed", Stalled = "stalled", None = "none" });
words!(FoundBy { Client = "client", Server = "server", Both = "both" });
words!(When { Before = "before", At = "at", After = "after" });
words!(TaskKind { Fix = "fix", Find = "find" });

impl FailedCheck {
    /// The word of scenario files, screens and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certificate(check) => check.word(),
            Self::Handshake(check) => check.word(),
        }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Its name in the file.
    pub id: String,
    /// When it is asked.
    pub when: When,
    /// For [`When::At`]: which pause of the run, from 1 on.
    pub pause: u32,
    /// The question.
    pub text: String,
    /// What can be answered, and what is right.
    pub question: Question,
    /// How many points it gives.
    pub points: u32,
    /// Hints, each costing a part of the points.
    pub hints: Vec<String>,
    /// Why the right answer is right; `${…}` stands for a fact of the run.
    pub why: Option<String>,
    /// The variant whose run answers it; the first one without.
    pub variant: Option<String>,
}

/// When a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Before the first byte moves; the answer is locked then.
    Before,
    /// At a pause.
    At,
    /// When all is over.
    After,
}

/// The kinds of questions.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// One of these is right, counted from 1.
    Choice {
        /// What can be chosen.
        options: Vec<String>,
        /// The right one, from 1 on.
        answer: u32,
    },
    /// Some of these are right, counted from 1.
    Multi {
        /// What can be chosen.
        options: Vec<String>,
        /// The right ones, from 1 on.
        answer: Vec<u32>,
    },
    /// A short text or number; `${…}` is computed from the run.
    Value {
        /// The right answer.
        answer: String,
    },
    /// These are to be put in order.
    Order {
        /// The items as they are shown.
        items: Vec<String>,
        /// Their right order, as numbers of items from 1 on.
        answer: Vec<u32>,
    },
    /// A field of the run is to be pointed at.
    PointAt {
        /// The field.
        answer: Place,
    },
    /// Free text, which a person grades.
    Text,
}

/// What is to be found or mended.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Which of the two.
    pub kind: TaskKind,
    /// Paths that may be changed.
    pub editable: Vec<String>,
    /// How many points the whole gives.
    pub points: u32,
    /// What must hold when it is mended.
    pub goals: Vec<Expect>,
    /// Repairs that must not pass.
    pub cheats: Vec<Vec<Edit>>,
    /// A repair that passes.
    pub solution: Vec<Edit>,
    /// For [`TaskKind::Find`]: the field that shows the fault.
    pub field: Option<Place>,
    /// Hints, each costing a part of the points.
    pub hints: Vec<String>,
    /// What was wrong, told when it is done.
    pub why: Option<String>,
}

/// The kinds of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// Mend the configuration.
    Fix,
    /// Find the fault: the title and the check are hidden until then.
    Find,
}

impl Scenario {
    /// The peer with that name.
    #[must_use]
    pub fn peer(&self, name: &str) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.name == name).map(|peer| &peer.item)
    }

    /// What that name stands for in `[pki]`.
    #[must_use]
    pub fn pki_item(&self, name: &str) -> Option<&PkiItem> {
        self.pki.iter().find(|item| item.name == name).map(|item| &item.item)
    }
}
