//! What `[[expect]]` says: what must come of a run.

use super::{Edit, Version};
use crate::x509::verify::Check;
use std::fmt;

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

impl fmt::Display for Expect {
    /// What is expected, in the words of the file: `handshake failed, found by client, check validity`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn part<T: fmt::Display>(what: &str, value: Option<T>) -> Option<String> {
            value.map(|value| format!("{what} {value}"))
        }
        let yes = |is: bool| if is { "yes" } else { "no" };
        let texts =
            |what: &str, texts: &[String]| (!texts.is_empty()).then(|| format!("{what} '{}'", texts.join("', '")));
        let parts = [
            part("handshake", self.handshake.map(Handshake::word)),
            part("found by", self.found_by.map(FoundBy::word)),
            part("check", self.check.map(FailedCheck::word)),
            self.alert.as_ref().map(|(who, name)| format!("alert {name} of the {who}")),
            part("client done", self.client_done.map(yes)),
            part("version", self.version.map(Version::word)),
            part("suite", self.suite.as_ref()),
            part("group", self.group.as_ref()),
            self.alpn.as_ref().map(|name| format!("ALPN '{name}'")),
            part("HelloRetryRequest", self.hello_retry_request.map(yes)),
            part("resumed", self.resumed.map(yes)),
            part("early data", self.early_data.map(yes)),
            part("certificates of the server", self.server_certificates),
            part("certificates of the client", self.client_certificates),
            part("bytes at the server's application", self.app_bytes),
            part("requests served", self.requests),
            texts("readable on the wire", self.leaked.as_deref().unwrap_or_default()),
            texts("not readable on the wire", self.hidden.as_deref().unwrap_or_default()),
            texts("received", self.received.as_deref().unwrap_or_default()),
            texts("the explanation says", &self.says),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
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

words!(Handshake { Ok = "ok", Failed = "failed", Stalled = "stalled", None = "none" });

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

words!(FoundBy { Client = "client", Server = "server", Both = "both" });

/// Which check failed, by the words of `check`: a rung of the certificate ladder, or something before or behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailedCheck {
    /// A rung of the ladder for certificates.
    Certificate(Check),
    /// Another check of the handshake.
    Handshake(HandshakeCheck),
}

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
