//! Why a field has this value here. Each rule is small, knows some fields, and says nothing where facts do not tell.

use crate::base::{Node, Value, printable};
use crate::net::Direction;
use crate::session::{Event, Session};
use crate::tls::code::AlertDescription;
use crate::tls::code::{CipherSuite, KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::handshake::{ClientHello, Message};
use crate::tui::clock;
use crate::tui::event;
use crate::tui::settings::Settings;
use crate::tui::subject::Opened;
use crate::tui::words;

/// A field with all that can be known around it.
pub(super) struct Around<'a> {
    pub(super) opened: &'a Opened,
    pub(super) index: usize,
    pub(super) node: &'a Node,
    pub(super) session: Option<&'a Session>,
    pub(super) event: Option<&'a Event>,
    pub(super) settings: &'a Settings,
}

impl Around<'_> {
    fn number(&self) -> Option<u64> {
        match self.node.value {
            Value::Named(number, ..) | Value::Number(number) | Value::Hex(number, _) => Some(number),
            _ => None,
        }
    }

    fn code(&self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }

    fn bytes(&self) -> &[u8] {
        self.opened.dissection.bytes(self.node.span)
    }

    fn client_hello(&self) -> Option<&ClientHello> {
        match self.opened.message.as_deref() {
            Some(Message::ClientHello(hello)) => Some(hello),
            _ => None,
        }
    }

    fn is_tls13(&self) -> bool {
        self.session.and_then(|session| session.version).is_some_and(ProtocolVersion::is_tls13)
    }

    fn is_from_server(&self) -> bool {
        self.event.is_some_and(|event| event.direction == Direction::ToClient)
    }

    /// The field that this one is a part of.
    fn parent(&self) -> Option<&Node> {
        let before = self.opened.dissection.tree.nodes().get(..self.index)?;
        before.iter().rfind(|node| node.depth < self.node.depth)
    }
}

type Rule = fn(&Around<'_>) -> Option<String>;

/// The rules by the names of their fields; an empty name holds for all.
const RULES: &[(&str, Rule)] = &[
    ("", grease),
    ("tls.record.version", record_version),
    ("tls.handshake.version", legacy_version),
    ("tls.handshake.session_id", session_id),
    ("tls.handshake.session_id_length", session_id),
    ("tls.handshake.random", random),
    ("tls.handshake.random_time", random_time),
    ("tls.handshake.random_downgrade", downgrade),
    ("tls.handshake.ciphersuite", cipher_suite),
    ("tls.handshake.comp_method", compression),
    ("tls.handshake.extension.supported_versions.selected_version", selected_version),
    ("tls.handshake.extension.supported_group", group),
    ("tls.handshake.extension.key_share.group", group),
    ("tls.handshake.extension.key_share.entry", group),
    ("tls.handshake.extension.signature_algorithm", signature_scheme),
    ("tls.handshake.extension.padding", padding),
    ("tls.handshake.extension.padding.bytes", padding),
    ("tls.alert_message.desc", alert),
    ("tls.alert_message.level", alert_level),
    ("tls.change_cipher_spec", change_cipher_spec),
    ("tls.app_data.encrypted", encrypted),
    ("tls.record.encrypted_handshake", encrypted),
    ("tls.alert_message.encrypted", encrypted),
    ("x509.not_before", not_before),
    ("x509.not_after", not_after),
    ("x509.validity", validity),
    ("x509.general_name.dns", host_name),
    ("tls.handshake.certificates", certificates),
    ("tls.handshake.sig", proof),
    ("tls.handshake.verify_data", proof),
    ("tls.handshake.md5_hash", proof),
    ("tls.handshake.sha_hash", proof),
    ("tls.handshake.extension.pre_shared_key.binders", proof),
];

/// What can be said of this field here.
pub(super) fn here(around: &Around<'_>) -> Vec<String> {
    let name = around.node.field.name;
    RULES.iter().filter(|(of, _)| of.is_empty() || *of == name).filter_map(|(_, rule)| rule(around)).collect()
}

fn grease(around: &Around<'_>) -> Option<String> {
    let Value::Named(_, _, name) = &around.node.value else { return None };
    (name == "GREASE").then(|| {
        "This value means nothing. It is one of those that RFC 8701 keeps free so that clients can send them at \
         random: a server that does not ignore what it does not know is found out early."
            .to_owned()
    })
}

fn record_version(around: &Around<'_>) -> Option<String> {
    if around.client_hello().is_some() && around.number() == Some(0x0301) {
        return Some(
            "A first ClientHello says TLS 1.0 here whatever the client can do, because old servers give up when they \
             see a newer number (RFC 8446 5.1)."
                .to_owned(),
        );
    }
    around.is_tls13().then(|| {
        "This session speaks TLS 1.3; its records go on saying TLS 1.2 so that boxes on the way let them pass."
            .to_owned()
    })
}

fn legacy_version(around: &Around<'_>) -> Option<String> {
    match around.opened.message.as_deref()? {
        Message::ClientHello(hello) if !hello.supported_versions.is_empty() => {
            let versions = hello.supported_versions.iter().filter(|version| !version.is_grease());
            let versions: Vec<String> = versions.map(ProtocolVersion::to_string).collect();
            Some(format!(
                "Frozen at TLS 1.2 since TLS 1.3. What the client really offers stands in the extension \
                 supported_versions: {}.",
                versions.join(", ")
            ))
        }
        Message::ClientHello(hello) => Some(format!(
            "There is no extension supported_versions, so this is what it looks like: the client ends at {}.",
            hello.legacy_version
        )),
        Message::ServerHello(hello) => match hello.supported_version {
            Some(version) => Some(format!(
                "Not the version of this session: the server chose {version}, which stands in the extension \
                 supported_versions."
            )),
            None => Some(format!("The version of this session: {}.", hello.legacy_version)),
        },
        _ => None,
    }
}

fn session_id(around: &Around<'_>) -> Option<String> {
    let session = around.session?;
    match around.opened.message.as_deref()? {
        Message::ClientHello(hello) if hello.session_id.is_empty() => {
            Some("Empty: the client does not ask to resume a session by its id.".to_owned())
        }
        Message::ClientHello(hello) if hello.supported_versions.iter().any(|version| version.is_tls13()) => {
            let ticket = hello.session_ticket_length.unwrap_or(0) > 0;
            let more = if ticket { " With TLS 1.2 it would go with the session ticket." } else { "" };
            Some(format!(
                "The client offers TLS 1.3, which does not use it. It is filled all the same so that the hello looks \
                 like one that resumes, and boxes on the way let it pass (RFC 8446 D.4).{more}"
            ))
        }
        Message::ServerHello(hello) => {
            let sent = session.client_hellos.last().map(|hello| hello.item.session_id.clone())?;
            let same = !hello.session_id.is_empty() && sent == hello.session_id;
            Some(
                match (hello.version().is_tls13(), same, hello.session_id.is_empty()) {
                    (true, true, _) => {
                        "The bytes of the ClientHello sent back, as TLS 1.3 wants it. It resumes nothing."
                    }
                    (true, false, _) => "Not the bytes of the ClientHello, which TLS 1.3 demands (RFC 8446 4.1.3).",
                    (false, true, _) => "The id that the client sent: the server resumes that session.",
                    (false, false, true) => "Empty: the server does not keep this session under an id.",
                    (false, false, false) => "A new id under which the server may keep this session.",
                }
                .to_owned(),
            )
        }
        _ => None,
    }
}

fn random(around: &Around<'_>) -> Option<String> {
    match around.opened.message.as_deref()? {
        Message::ServerHello(hello) if hello.is_hello_retry_request => Some(
            "Not random at all: this value is the SHA-256 of \"HelloRetryRequest\". It is how a client of TLS 1.3 \
             tells this message from a ServerHello, whose form it has."
                .to_owned(),
        ),
        _ => None,
    }
}

fn random_time(around: &Around<'_>) -> Option<String> {
    let Value::Time(at) = around.node.value else { return None };
    let seen = i128::from(around.event?.time);
    let apart = (at - seen).abs() / 1_000_000_000;
    Some(match apart {
        0..=86_400 => format!("{apart} seconds from the time of the capture: this sender puts its clock here."),
        _ => {
            "Read as a time it is far from the time of the capture: random bytes, as in most programs today.".to_owned()
        }
    })
}

fn downgrade(around: &Around<'_>) -> Option<String> {
    let (able, asked) = match around.bytes().last()? {
        1 => ("TLS 1.3", "TLS 1.2"),
        _ => ("TLS 1.2", "TLS 1.1 or older"),
    };
    Some(format!(
        "The server says: I can do {able}, but this hello led to {asked}. A client that did offer {able} must end the \
         connection, because somebody changed its hello on the way."
    ))
}

fn cipher_suite(around: &Around<'_>) -> Option<String> {
    let suite = CipherSuite(around.code()?);
    if suite.is_grease() {
        return None;
    }
    if suite.is_signal() {
        return Some(
            "Not a suite but a signal in the place of one, from times before extensions were everywhere.".to_owned(),
        );
    }
    let name = suite.name()?;
    let what = if around.is_from_server() { "The server chose this suite. " } else { "" };
    let text = if suite.key_exchange() == KeyExchange::Tls13 {
        let parts = name.strip_prefix("TLS_").unwrap_or(name);
        let (cipher, hash) = parts.rsplit_once('_')?;
        format!(
            "{what}A suite of TLS 1.3: the cipher {cipher} and the hash {hash}. Key exchange and authentication are \
             chosen apart from it, by supported_groups and signature_algorithms."
        )
    } else {
        let cipher = name.split_once("_WITH_").map_or(name, |(_, cipher)| cipher);
        format!(
            "{what}Key exchange: {}. The server proves itself by: {}. Cipher and hash: {cipher}. {}",
            suite.key_exchange().label(),
            suite.authentication().label(),
            secrecy(suite)
        )
    };
    Some(text + weakness(name))
}

fn secrecy(suite: CipherSuite) -> &'static str {
    match suite.has_forward_secrecy() {
        Some(true) => "Forward secrecy: recorded traffic stays closed when the server's key is stolen later.",
        Some(false) => "No forward secrecy: who gets the server's key later can read what was recorded.",
        None => "",
    }
}

/// The words for what is broken in a suite.
fn weakness(name: &str) -> &'static str {
    const WEAK: &[(&str, &str)] = &[
        ("_NULL_", " NULL: nothing is encrypted."),
        ("EXPORT", " An export suite: weak on purpose."),
        ("RC4", " RC4 is broken and forbidden (RFC 7465)."),
        ("3DES", " 3DES has blocks of 64 bits, which is too small for long connections (Sweet32)."),
        ("DES", " DES can be searched through."),
        ("anon", " Nobody proves who he is."),
        ("CBC", " CBC needs care with padding: attacks such as Lucky 13 were about that."),
    ];
    WEAK.iter().find(|(part, _)| name.contains(part)).map_or("", |(_, text)| text)
}

fn compression(around: &Around<'_>) -> Option<String> {
    Some(match around.number()? {
        0 => "null: no compression, the only safe value. TLS 1.3 allows no other.".to_owned(),
        _ => "Compression inside TLS leaks secrets by the length of what is sent (CRIME).".to_owned(),
    })
}

fn selected_version(around: &Around<'_>) -> Option<String> {
    Some(format!("This is the version of the session: {}.", ProtocolVersion(around.code()?)))
}

fn group(around: &Around<'_>) -> Option<String> {
    let group = NamedGroup(around.code()?);
    if group.is_grease() {
        return None;
    }
    let name = group.name()?;
    let kind = match () {
        () if group.is_post_quantum() => {
            "Joined with or made of a post-quantum mechanism: what is recorded today stays closed to a quantum computer \
             of later days. Its key shares are long, so a ClientHello with one takes two segments."
        }
        () if name.starts_with("ffdhe") => "Diffie-Hellman over a prime of RFC 7919. Slow, and rarely chosen.",
        () if name.starts_with("x25519") || name.starts_with("x448") => "A Montgomery curve of RFC 7748.",
        () if name.starts_with("secp") => "A curve of NIST and SEC.",
        () => "",
    };
    let chosen = around.session.and_then(|session| session.group) == Some(group);
    let chosen = if chosen { " It is the group of this session." } else { "" };
    Some(format!("{kind}{chosen}")).filter(|text| !text.is_empty())
}

fn signature_scheme(around: &Around<'_>) -> Option<String> {
    let scheme = SignatureScheme(around.code()?);
    let name = scheme.name()?;
    let text = match () {
        () if scheme.is_grease() => return None,
        () if scheme.has_weak_hash() => "Signs over a hash for which collisions can be made; only old peers need it.",
        () if name.starts_with("rsa_pkcs1") => {
            "The old padding of RSA. TLS 1.3 takes it in certificates only, not in CertificateVerify."
        }
        () if name.starts_with("rsa_pss_pss") => {
            "RSA-PSS with a key that may be used for PSS only; such certificates are rare."
        }
        () if name.starts_with("rsa_pss_rsae") => "RSA-PSS with an ordinary RSA key.",
        () => return None,
    };
    Some(text.to_owned())
}

fn padding(around: &Around<'_>) -> Option<String> {
    around.client_hello()?;
    Some("Fills the hello up, as a rule to 512 bytes: some servers of old hang on a hello of 256 to 511 bytes (RFC 7685).".to_owned())
}

fn alert(around: &Around<'_>) -> Option<String> {
    Some(AlertDescription(u8::try_from(around.number()?).ok()?).text().to_owned())
}

fn alert_level(around: &Around<'_>) -> Option<String> {
    around.is_tls13().then(|| {
        "In TLS 1.3 the level means nothing: every alert but close_notify and user_canceled ends the connection."
            .to_owned()
    })
}

fn change_cipher_spec(around: &Around<'_>) -> Option<String> {
    around.is_tls13().then(|| {
        "In this TLS 1.3 session it is a dummy for boxes on the way (RFC 8446 D.4). It changes nothing.".to_owned()
    })
}

fn encrypted(around: &Around<'_>) -> Option<String> {
    let session = around.session?;
    let at = around.event?;
    let index = session.timeline.iter().position(|other| std::ptr::eq(other, at))?;
    let possible = event::possible(session, index)?;
    let size = event::size_of(session, at).map(|size| format!(" Its length is {size}.")).unwrap_or_default();
    Some(format!("At this place it can be: {possible}.{size} Without the keys it cannot be told for sure."))
}

fn not_before(around: &Around<'_>) -> Option<String> {
    let (at, seen) = times(around)?;
    let shown = clock::full(around.event?.time, around.settings);
    Some(if seen < at {
        format!("The capture was made before that, at {shown}: the certificate was NOT YET valid.")
    } else {
        format!("The capture was made at {shown}, {} days later: in order.", (seen - at) / DAY)
    })
}

fn not_after(around: &Around<'_>) -> Option<String> {
    let (at, seen) = times(around)?;
    let shown = clock::full(around.event?.time, around.settings);
    Some(if seen > at {
        format!("The capture was made {} days after that, at {shown}: the certificate had EXPIRED.", (seen - at) / DAY)
    } else {
        format!("The capture was made at {shown}; {} days were left.", (at - seen) / DAY)
    })
}

const DAY: i128 = 86_400_000_000_000;

fn times(around: &Around<'_>) -> Option<(i128, i128)> {
    let Value::Time(at) = around.node.value else { return None };
    Some((at, i128::from(around.event?.time)))
}

fn validity(around: &Around<'_>) -> Option<String> {
    let nodes = around.opened.dissection.tree.nodes();
    let part = |offset: usize| {
        let index = around.index + offset;
        let node = nodes.get(index)?;
        let around = Around { index, node, ..*around };
        here(&around).into_iter().next()
    };
    Some([part(1), part(2)].into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
}

fn host_name(around: &Around<'_>) -> Option<String> {
    let Value::Text(name) = &around.node.value else { return None };
    let wanted = around.session?.server_name()?;
    if !around.is_from_server() || around.parent()?.depth == 0 {
        return None;
    }
    let wanted = printable(wanted);
    Some(if name.eq_ignore_ascii_case(&wanted) {
        format!("It is the name that the client asked for in server_name: {wanted}.")
    } else {
        format!("The client asked for {wanted}; only a name that fits that makes the certificate fit.")
    })
}

/// What came of checking the signature, the checksum or the binders.
fn proof(around: &Around<'_>) -> Option<String> {
    let event = around.event?;
    let all: Vec<String> = around.session?.proofs_in(event).map(|proof| words::sentence(&proof.text())).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn certificates(around: &Around<'_>) -> Option<String> {
    match around.opened.message.as_deref()? {
        Message::Certificate(message) if message.certificates.is_empty() && message.raw_public_key.is_none() => {
            Some("Empty: the sender was asked for a certificate and has none that fits. That is allowed; the other side decides whether it goes on.".to_owned())
        }
        _ => None,
    }
}
