//! The table itself: sections and keys with what they mean.

use super::{Kind, Of, Registry, Section, may, must, otherwise, with};
use crate::lab::scenario::model::{
    App, ClientAuth, ClientCertHeader, Damage, FoundBy, Handshake, KeyKind, Onward, Resume, Role, StartTls, Store,
    TaskKind, Usage, Version,
};

/// All sections, in the order in which they stand in a file.
pub static SECTIONS: &[&Section] = &[
    &TOP,
    &PKI,
    &EXTENSION,
    &REVOKED,
    &PEER,
    &REVOCATION_RULE,
    &IDENTITY,
    &VARIANT,
    &STEP,
    &CAPTION,
    &EXPECT,
    &ASK,
    &TASK,
    &CHEAT,
];

/// Names of code points, for editors.
pub static CODES: &[&Registry] = &[&Registry::SUITES, &Registry::GROUPS, &Registry::SIGNATURE_SCHEMES];

const COUNT: Kind = Kind::Number { least: 0, most: u32::MAX as i64 };
const POINTS: Kind = Kind::Number { least: 0, most: 1000 };
const MOST: i64 = i64::MAX;

/// The file itself.
pub static TOP: Section = Section {
    name: "",
    what: "a scenario",
    text: "What stands in front of the first table.",
    chooser: None,
    keys: &[
        must("format", Kind::Number { least: 1, most: 1 }, "The version of this format."),
        must("id", Kind::Id, "Its name on the command line; the file is called ID.lab.toml."),
        may("code", Kind::Text, "Its code in the catalogue, such as C1."),
        must("title", Kind::Text, "One line for lists."),
        must("group", Kind::Id, "What it is about in general; shipped files stand in a folder of that name."),
        must(
            "level",
            Kind::Number { least: 1, most: 3 },
            "1 for a first lesson, 2 for those who know the handshake, 3 for the rest.",
        ),
        must(
            "clock",
            Kind::Date,
            "The lab's own now; the wall clock is never read. Dates such as -30d count from what stands here, also where a variant sets another clock: a moved clock makes certificates old.",
        ),
        must(
            "seed",
            Kind::Seed,
            "Where all randomness comes from: the same seed gives the same bytes. \"student\" makes it from the student's number, so that everybody gets keys and serial numbers of their own.",
        ),
        must("about", Kind::Text, "What it is about, as paragraphs."),
        may("minutes", Kind::Number { least: 1, most: 600 }, "How long it takes somebody who has not seen it."),
        with("rfc", Kind::Texts, "[]", "The sections of standards that it plays out, such as \"RFC 5280 4.1.2.5\"."),
        otherwise(
            "faults",
            Kind::Number { least: 0, most: 12 },
            "one at most",
            "How many checks of certificates fail at the same time, where it is more than one.",
        ),
        may("pki", Kind::NamedTables(&PKI), "Certificates with their keys, and revocation lists."),
        must("peer", Kind::NamedTables(&PEER), "Clients, servers, and whoever sits on the wire between them."),
        with("variant", Kind::Tables(&VARIANT), "[]", "The same story with changed knobs."),
        must("step", Kind::Tables(&STEP), "What happens, in order."),
        with("caption", Kind::Tables(&CAPTION), "[]", "The steps of a document that the run is held against."),
        with("expect", Kind::Tables(&EXPECT), "[]", "What must come of it."),
        with("ask", Kind::Tables(&ASK), "[]", "Questions to whoever plays it."),
        may("task", Kind::Table(&TASK), "What is to be found or mended."),
    ],
};

const KEY_USAGES: &[&str] = &[
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

const PURPOSES: &[&str] = &[
    "serverAuth",
    "clientAuth",
    "codeSigning",
    "emailProtection",
    "timeStamping",
    "OCSPSigning",
    "anyExtendedKeyUsage",
];

static PKI: Section = Section {
    name: "[pki.NAME]",
    what: "an entry of [pki]",
    text: "A certificate with its key, or a revocation list. The rest of the file uses NAME for it.",
    chooser: Some("kind"),
    keys: &[
        must("kind", Kind::Word(&["ca", "leaf", "crl"]), "An authority, an end entity, or a revocation list."),
        otherwise("cn", Kind::Text, "NAME for an authority, none for a leaf", "The common name of the subject.")
            .only(&["ca", "leaf"]),
        may("organization", Kind::Text, "The organization of the subject.").only(&["ca", "leaf"]),
        otherwise(
            "issuer",
            Kind::Name(Of::Certificate),
            "it signs itself",
            "Who signs it. A leaf may sign too, as attackers try.",
        )
        .only(&["ca", "leaf"]),
        otherwise(
            "key_of",
            Kind::Name(Of::Certificate),
            "it has a key of its own",
            "Whose key it certifies: a cross-sign or a renewal.",
        )
        .only(&["ca", "leaf"]),
        with("use", Kind::Word(Usage::WORDS), "\"server\"", "What it is for, which becomes the extended key usage.")
            .only(&["leaf"]),
        with("san", Kind::AltNames, "[]", "The names of subjectAltName.").only(&["ca", "leaf"]),
        with("valid", Kind::Period, "[\"-1y\", \"+10y\"]", "From when to when it is valid.").only(&["ca"]),
        with("valid", Kind::Period, "[\"-30d\", \"+365d\"]", "From when to when it is valid.").only(&["leaf"]),
        with("key", Kind::Word(KeyKind::WORDS), "\"p256\"", "The kind of its key.").only(&["ca", "leaf"]),
        otherwise("ca", Kind::Switch, "what kind says", "The CA flag of basicConstraints, where it lies.")
            .only(&["ca", "leaf"]),
        may(
            "pathlen",
            Kind::Number { least: 0, most: 255 },
            "pathLenConstraint: how many authorities may lie below it.",
        )
        .only(&["ca", "leaf"]),
        with("permit", Kind::Subtrees, "[]", "Names that are permitted below it (nameConstraints).")
            .only(&["ca", "leaf"]),
        with("exclude", Kind::Subtrees, "[]", "Names that are excluded below it (nameConstraints).")
            .only(&["ca", "leaf"]),
        otherwise("ku", Kind::Words(KEY_USAGES), "what its kind usually has", "Key usage.").only(&["ca", "leaf"]),
        otherwise("eku", Kind::Purposes(PURPOSES), "what use says", "Extended key usage.").only(&["ca", "leaf"]),
        with("ext", Kind::Tables(&EXTENSION), "[]", "Further extensions, as they stand.").only(&["ca", "leaf"]),
        otherwise("serial", Kind::Number { least: 1, most: MOST }, "made from the seed", "The serial number.")
            .only(&["ca", "leaf"]),
        may(
            "damage",
            Kind::Word(Damage::WORDS),
            "What is broken after it was signed; wrong-key gives its owner the key of somebody else.",
        )
        .only(&["ca", "leaf"]),
        may(
            "request",
            Kind::AltNames,
            "The names that its owner asks for in a signing request; san is what the authority grants.",
        )
        .only(&["leaf"]),
        must("of", Kind::Name(Of::Certificate), "The authority whose certificates the list is about.").only(&["crl"]),
        with("revoked", Kind::Tables(&REVOKED), "[]", "What it lists.").only(&["crl"]),
        with("updated", Kind::Moment, "\"-1h\"", "thisUpdate.").only(&["crl"]),
        with("next", Kind::Moment, "\"+7d\"", "nextUpdate, which must be behind updated.").only(&["crl"]),
        otherwise("signed_by", Kind::Name(Of::Certificate), "of", "Who signs the list.").only(&["crl"]),
    ],
};

static EXTENSION: Section = Section {
    name: "[[pki.NAME.ext]]",
    what: "an extension",
    text: "An extension of a certificate that is written as it stands.",
    chooser: None,
    keys: &[
        must("oid", Kind::Oid, "Its OID."),
        must("der", Kind::Hex, "The DER of its value."),
        with("critical", Kind::Switch, "false", "Whether who does not know it must refuse the certificate."),
    ],
};

const REASONS: &[&str] = &[
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "removeFromCRL",
    "privilegeWithdrawn",
    "aACompromise",
];

static REVOKED: Section = Section {
    name: "[[pki.NAME.revoked]]",
    what: "an entry of a revocation list",
    text: "A certificate that a revocation list lists.",
    chooser: None,
    keys: &[
        must("cert", Kind::Name(Of::Certificate), "The certificate."),
        may("reason", Kind::Word(REASONS), "Why (RFC 5280 5.3.1)."),
        with("at", Kind::Moment, "\"-1d\"", "When it was revoked."),
    ],
};

const ENDS: &[&str] = &["client", "server", "relay"];
const ACCEPTING: &[&str] = &["server", "relay"];
const OPENING: &[&str] = &["client", "relay"];

static PEER: Section = Section {
    name: "[peer.NAME]",
    what: "an entry of [peer]",
    text: "Somebody who takes part. The rest of the file uses NAME.",
    chooser: Some("role"),
    keys: &[
        must("role", Kind::Word(Role::WORDS), "A client opens connections, a server takes them, a relay ends TLS and opens its own to another server, a network sits on the wire and holds no keys."),
        must("to", Kind::Name(Of::Acceptor), "Whom it connects to.").only(OPENING),
        must("name", Kind::Host, "The host name or address that it asks for and checks.").only(&["client"]),
        may("name", Kind::Host, "The host name or address that it asks its backend for and checks, with onward = \"tls\".").only(&["relay"]),
        otherwise("clock", Kind::Moment, "the clock of the lab", "What it takes for now, where its clock is wrong.").only(ENDS),
        with("sni", Kind::Switch, "true", "Whether it sends server_name.").only(OPENING),
        otherwise("port", Kind::Number { least: 1, most: 65535 }, "the usual one of its application", "The port that it listens on.").only(ACCEPTING),
        with("trust", Kind::Names(Of::Certificate), "[]", "The anchors with which it checks servers.").only(OPENING),
        with("crl", Kind::Names(Of::List), "[]", "The revocation lists that it was given: a client's about servers, a server's about clients.").only(ENDS),
        with("crl_rule", Kind::Table(&REVOCATION_RULE), "{}", "What it makes of its revocation lists.").only(ENDS),
        may("cert", Kind::Name(Of::Certificate), "Its certificate; an empty text is none, so that a variant can take it away.").only(ENDS),
        with("chain", Kind::Names(Of::Certificate), "[]", "What it sends behind its certificate, in this order.").only(ENDS),
        with("also", Kind::Tables(&IDENTITY), "[]", "Further certificates, which are chosen by server_name.").only(ACCEPTING),
        with("versions", Kind::Words(Version::WORDS), "[\"1.2\", \"1.3\"]", "The versions that it speaks.").only(ENDS),
        otherwise("suites", Kind::Codes(&Registry::SUITES), "all of them", "The cipher suites that it speaks, best first.").only(ENDS),
        otherwise("groups", Kind::Codes(&Registry::GROUPS), "x25519, secp256r1, secp384r1", "The groups that it speaks, best first; a client guesses the first.").only(ENDS),
        otherwise("sigs", Kind::Codes(&Registry::SIGNATURE_SCHEMES), "all of them", "The signature schemes that it accepts.").only(ENDS),
        with("alpn", Kind::Texts, "[]", "The application protocols that it offers or knows, best first.").only(ENDS),
        with("client_auth", Kind::Word(ClientAuth::WORDS), "\"none\"", "Whether it asks clients for a certificate, and insists.").only(ACCEPTING),
        with("client_trust", Kind::Names(Of::Certificate), "[]", "The anchors with which it checks clients.").only(ACCEPTING),
        with("resume", Kind::Word(Resume::WORDS), "\"never\"", "How it resumes sessions: stateful is the session id of TLS 1.2 and a stored key in TLS 1.3; with ticket the server remembers nothing.").only(ENDS),
        otherwise("tickets", Kind::Number { least: 0, most: 16 }, "the number of the library", "How many tickets it gives in TLS 1.3.").only(ACCEPTING),
        with("early_data", Kind::Switch, "false", "Whether it sends or takes data in the first flight of a resumed session.").only(ENDS),
        with("store", Kind::Word(Store::WORDS), "\"single-use\"", "What its store does with a session that was used; a careless one lets early data be played twice.").only(ACCEPTING),
        otherwise("fragment", Kind::Number { least: 32, most: 16384 }, "as large as can be", "The largest record that it sends, in bytes of content.").only(ENDS),
        otherwise("app", Kind::Word(App::WORDS), "\"echo\"; a client or relay speaks what its server speaks", "What it speaks inside TLS.").only(ENDS),
        with("starttls", Kind::Word(StartTls::WORDS), "\"implicit\"", "How TLS begins: implicit is with the first byte, off is never.").only(ENDS),
        otherwise("allow", Kind::Texts, "everybody who passes TLS", "Who is let in, by a name in the client's certificate: authorization, which TLS does not do.").only(ACCEPTING),
        with("onward", Kind::Word(Onward::WORDS), "\"plain\"", "How it speaks to its backend.").only(&["relay"]),
        with("client_cert_header", Kind::Word(ClientCertHeader::WORDS), "\"ignore\"", "Whether it tells its backend the client's certificate in Client-Cert (RFC 9440), and takes away what clients wrote there.").only(&["relay"]),
        with("key_log", Kind::Switch, "true", "Whether its secrets go to the key log; a connection of two who keep theirs stays closed in the capture.").only(ENDS),
        must("between", Kind::Names(Of::End), "The two between whom it sits.").only(&["network"]),
    ],
};

static REVOCATION_RULE: Section = Section {
    name: "[peer.NAME.crl_rule]",
    what: "a rule for revocation lists",
    text: "What a peer makes of its revocation lists.",
    chooser: None,
    keys: &[
        with(
            "depth",
            Kind::Word(&["chain", "leaf"]),
            "\"chain\"",
            "Whether all certificates of the chain are looked up or only the first.",
        ),
        with(
            "unknown",
            Kind::Word(&["refuse", "accept"]),
            "\"refuse\"",
            "What becomes of a certificate of which no list speaks.",
        ),
        with(
            "expired",
            Kind::Word(&["accept", "refuse"]),
            "\"accept\"",
            "Whether a list is still good behind its nextUpdate.",
        ),
    ],
};

static IDENTITY: Section = Section {
    name: "[[peer.NAME.also]]",
    what: "a further certificate of a server",
    text: "A certificate that a server shows to those who ask for one of its names.",
    chooser: None,
    keys: &[
        must("cert", Kind::Name(Of::Certificate), "The certificate."),
        with("chain", Kind::Names(Of::Certificate), "[]", "What is sent behind it."),
    ],
};

static VARIANT: Section = Section {
    name: "[[variant]]",
    what: "a variant",
    text: "The same story with changed knobs.",
    chooser: None,
    keys: &[
        must("id", Kind::Id, "Its name on the command line."),
        otherwise("title", Kind::Text, "its id", "One line for lists."),
        with("set", Kind::Edits, "{}", "What is changed: paths such as peer.client.versions with their values."),
    ],
};

/// What a network can do, and nobody else.
pub(in super::super) const ON_THE_WIRE: &[&str] =
    &["drop", "delay", "repeat", "swap", "split", "join", "tamper", "replace", "inject", "copy", "replay", "relay-to"];

const STEPS: &[&str] = &[
    "connect", "send", "close", "pause", "note", "set", "wait", "revoke", "restart", "drop", "delay", "repeat", "swap",
    "split", "join", "tamper", "replace", "inject", "copy", "replay", "relay-to",
];

const PLACED: &[&str] = &["drop", "delay", "repeat", "swap", "split", "join", "tamper", "replace", "inject", "copy"];

static STEP: Section = Section {
    name: "[[step]]",
    what: "a step",
    text: "Something that happens. What is done on the wire is done by a network when the place comes by.",
    chooser: Some("do"),
    keys: &[
        must(
            "do",
            Kind::Word(STEPS),
            "What happens. connect: a client opens a connection and plays the handshake. send: a peer sends application bytes. close: a peer ends its connection. pause, note: the playback waits, or goes on. set: configuration changes. wait: the clock goes on. revoke: a list gets an entry. restart: a server forgets its sessions. On the wire: drop, delay, repeat, swap (with what comes next), split and join records, tamper with bytes, replace a line of plain text, inject bytes in front, copy a flight, replay it on a connection of the attacker's own, relay-to another server.",
        ),
        otherwise("by", Kind::Name(Of::Client), "the only client", "Who connects.").only(&["connect"]),
        otherwise("by", Kind::Name(Of::End), "the only client", "Who sends or closes, on its latest connection.")
            .only(&["send", "close"]),
        otherwise("by", Kind::Name(Of::Acceptor), "the only server or relay", "Who restarts.").only(&["restart"]),
        otherwise("by", Kind::Name(Of::Network), "the only network", "Who does it.").only(ON_THE_WIRE),
        must("at", Kind::Place, "Where on the wire.").only(PLACED),
        may("at", Kind::Place, "Where on the wire; without it, here in the script.")
            .only(&["pause", "note", "replay", "relay-to"]),
        may("early", Kind::Text, "What is sent as early data.").only(&["connect"]),
        must("text", Kind::Text, "The bytes, as text.").only(&["send"]),
        with(
            "how",
            Kind::Word(&["clean", "cut"]),
            "\"clean\"",
            "With close_notify, or with a bare end of the connection.",
        )
        .only(&["close"]),
        must("set", Kind::Edits, "What changes: paths below peer, or clock, with their values.").only(&["set"]),
        must("for", Kind::Duration { least: 1000 }, "How long.").only(&["wait"]),
        must("for", Kind::Duration { least: 1 }, "How long.").only(&["delay"]),
        must("cert", Kind::Name(Of::Certificate), "What is revoked.").only(&["revoke"]),
        otherwise(
            "crl",
            Kind::Name(Of::List),
            "the only one",
            "The list that gets the entry; all that hold it get the new one.",
        )
        .only(&["revoke"]),
        must(
            "sizes",
            Kind::Sizes,
            "The sizes of the records, in bytes of their bodies; the rest goes into a last one.",
        )
        .only(&["split"]),
        otherwise(
            "field",
            Kind::Text,
            "the first byte",
            "The field, by its path in the message, such as random[0]; it may also stand behind the place.",
        )
        .only(&["tamper"]),
        may("xor", Kind::Mask, "Every byte of the field is combined with this one.").only(&["tamper"]),
        may("set", Kind::Hex, "These bytes stand there afterwards.").only(&["tamper"]),
        may("truncate", Kind::Number { least: 1, most: 16384 }, "So many bytes are cut off the end of the record.")
            .only(&["tamper"]),
        may("grow", Kind::Number { least: 1, most: 16384 }, "So many zero bytes are added to the record.")
            .only(&["tamper"]),
        must("with", Kind::Text, "The line that stands there afterwards.").only(&["replace"]),
        may("alert", Kind::PlainAlert, "A record with this alert, in plain text.").only(&["inject"]),
        may("bytes", Kind::Hex, "These bytes.").only(&["inject"]),
        may("text", Kind::Text, "This text.").only(&["inject"]),
        must("to", Kind::Name(Of::Acceptor), "Where the connection ends in truth.").only(&["relay-to"]),
        must("say", Kind::Text, "What is said to whoever watches.").only(&["note"]),
        may("say", Kind::Text, "What is said to whoever watches.").only(&[
            "connect", "send", "close", "pause", "set", "wait", "revoke", "restart", "drop", "delay", "repeat", "swap",
            "split", "join", "tamper", "replace", "inject", "copy", "replay", "relay-to",
        ]),
        otherwise("variant", Kind::Name(Of::Variant), "it happens in all of them", "The variant in which it happens."),
        with("may_miss", Kind::Switch, "false", "Whether it is no problem that a variant has no such place."),
    ],
};

static CAPTION: Section = Section {
    name: "[[caption]]",
    what: "a caption",
    text: "A step of a document, beside the message that does it in truth.",
    chooser: None,
    keys: &[
        must("step", Kind::Number { least: 1, most: 99 }, "Its number in the document."),
        must("says", Kind::Text, "What the document says."),
        otherwise("at", Kind::Place, "nothing on the wire does it", "The message that does it."),
        with("may_miss", Kind::Switch, "false", "Whether it is no problem that a variant has no such place."),
        may("remark", Kind::Text, "Where the document and the wire differ."),
    ],
};

/// What `check` of an expectation can say: the ladder of certificates, and the rest of the handshake.
const CHECKS: &[&str] = &[
    "parse",
    "chain-built",
    "signature",
    "validity",
    "ca-flag",
    "pathlen",
    "purpose",
    "constraints",
    "critical-ext",
    "revocation",
    "trust",
    "name",
    "client-certificate",
    "key-exchange-signature",
    "certificate-verify",
    "finished",
    "record",
    "message",
    "version",
    "suite",
    "group",
    "signature-scheme",
    "alpn",
    "sni",
    "starttls-required",
    "closure",
    "authorization",
];

/// The TLS libraries of `seen`.
pub(in super::super) const STACKS: &[&str] = &[
    "rustls",
    "openssl",
    "boringssl",
    "gnutls",
    "nss",
    "java",
    "go",
    "schannel",
    "securetransport",
    "mbedtls",
    "wolfssl",
    "node",
    "python",
    "curl",
    "wget",
];

static EXPECT: Section = Section {
    name: "[[expect]]",
    what: "an expectation",
    text: "What must come of a run. Several of them can speak of different variants or connections.",
    chooser: None,
    keys: &[
        otherwise("variant", Kind::Name(Of::Variant), "all of them", "The variant that it is about."),
        with("set", Kind::Edits, "{}", "Changes under which it must hold, beside those of the variant."),
        otherwise(
            "connection",
            Kind::Number { least: 1, most: 99 },
            "the last one",
            "The connection that it is about, in the order of opening.",
        ),
        may(
            "handshake",
            Kind::Word(Handshake::WORDS),
            "How the handshake went: ok is that both finished and nobody refused the other afterwards.",
        ),
        may("found_by", Kind::Word(FoundBy::WORDS), "Who found the fault."),
        may("check", Kind::Word(CHECKS), "Which check found it."),
        may("alert", Kind::Alert(&["client", "server"]), "Who sends which alert, as the standard has it."),
        with(
            "seen",
            Kind::Seen,
            "{}",
            "What TLS libraries were seen to send where it differs; the run is held against rustls.",
        ),
        may("client_done", Kind::Switch, "Whether the client's handshake was complete before it was refused."),
        may("resumed", Kind::Switch, "Whether an earlier session was resumed."),
        may("early_data", Kind::Switch, "Whether the server took early data."),
        may(
            "app_bytes",
            COUNT,
            "How many bytes arrived at the server's application: the only proof of having been accepted.",
        ),
        may("requests", COUNT, "How many whole requests the server's application got."),
        may(
            "leaked",
            Kind::Texts,
            "Texts that could be read on the wire; an empty list says that nothing of what was sent could.",
        ),
        may("hidden", Kind::Texts, "Texts that were sent and could not be read on the wire."),
        may("received", Kind::Texts, "Texts that arrived at an application."),
        may("version", Kind::Word(Version::WORDS), "The version that was chosen."),
        may("suite", Kind::Code(&Registry::SUITES), "The cipher suite that was chosen."),
        may("group", Kind::Code(&Registry::GROUPS), "The group of the key exchange."),
        may("alpn", Kind::Text, "The application protocol that was chosen; an empty text is none."),
        may("hello_retry_request", Kind::Switch, "Whether the server asked for a second ClientHello."),
        may("server_certificates", COUNT, "How many certificates the server sent."),
        may("client_certificates", COUNT, "How many certificates the client sent."),
        with("says", Kind::Texts, "[]", "Texts that the explanation of the run must hold."),
    ],
};

/// The kinds of questions with options.
pub(in super::super) const CHOICE_KINDS: &[&str] = &["choice", "multi"];

static ASK: Section = Section {
    name: "[[ask]]",
    what: "a question",
    text: "A question to whoever plays the scenario.",
    chooser: Some("kind"),
    keys: &[
        must("id", Kind::Id, "Its name."),
        must("when", Kind::When, "When it is asked; what is asked before is locked before the first byte moves."),
        must(
            "kind",
            Kind::Word(&["choice", "multi", "value", "order", "point-at", "text"]),
            "One of the options, some of them, a short answer, items in order, a field of the run, or free text that a person grades.",
        ),
        must("text", Kind::Text, "The question."),
        must("options", Kind::Texts, "What can be chosen.").only(CHOICE_KINDS),
        must("items", Kind::Texts, "What is to be put in order.").only(&["order"]),
        must("answer", Kind::Number { least: 1, most: 99 }, "The number of the right option.").only(&["choice"]),
        must("answer", Kind::Numbers, "The numbers of the right options.").only(&["multi"]),
        must("answer", Kind::Numbers, "The numbers of the items in their right order.").only(&["order"]),
        must("answer", Kind::Scalar, "The right answer; ${…} is a fact of the run.").only(&["value"]),
        must("answer", Kind::Place, "The field.").only(&["point-at"]),
        with("points", POINTS, "1", "How many points it gives."),
        with("hint", Kind::Texts, "[]", "Hints, each of which costs a part of the points."),
        may("why", Kind::Text, "Why the right answer is right; ${…} is a fact of the run."),
        otherwise("variant", Kind::Name(Of::Variant), "the first one", "The variant whose run answers it."),
    ],
};

static TASK: Section = Section {
    name: "[task]",
    what: "the task",
    text: "What is to be mended or found.",
    chooser: Some("kind"),
    keys: &[
        must(
            "kind",
            Kind::Word(TaskKind::WORDS),
            "Mend the configuration, or find the fault; with find the title and the check are hidden until then.",
        ),
        must("editable", Kind::Paths, "The paths that may be changed.").only(&["fix"]),
        with("points", POINTS, "1", "How many points the whole gives."),
        must(
            "goal",
            Kind::Tables(&EXPECT),
            "What must hold when it is mended; set pins what must not have been changed for it.",
        )
        .only(&["fix"]),
        with("cheat", Kind::Tables(&CHEAT), "[]", "Repairs that must not pass.").only(&["fix"]),
        with("solution", Kind::Edits, "{}", "A repair that passes.").only(&["fix"]),
        may("field", Kind::Place, "The field that shows the fault.").only(&["find"]),
        with("hint", Kind::Texts, "[]", "Hints, each of which costs a part of the points."),
        may("why", Kind::Text, "What was wrong, told when it is done."),
    ],
};

static CHEAT: Section = Section {
    name: "[[task.cheat]]",
    what: "a cheat",
    text: "A repair that makes the fault go away and must not pass.",
    chooser: None,
    keys: &[must("edit", Kind::Edits, "What is changed: editable paths with their values.")],
};
