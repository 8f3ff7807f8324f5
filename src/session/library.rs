//! Which TLS library a ClientHello looks like. Libraries leave marks in it that stay through versions and settings: the
//! order of their signature algorithms, which hardly anybody sets, and the extensions that they always send.
//!
//! A hello can be made to look like any other, and several programs share a library, so that this is likely at best. The
//! rows were read off hellos of the programs themselves: those that `tests/peers` lets fail, and browsers.

use super::rule::Confidence;
use super::{Outcome, Session};
use crate::net::Direction::ToServer;
use crate::tls::handshake::ClientHello;

/// A family of TLS libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Library {
    /// OpenSSL from 1.1.1 on: curl, Python, Node.js, Ruby, PHP, Perl, nginx.
    OpenSsl,
    /// OpenSSL up to 1.0.2.
    OldOpenSsl,
    /// LibreSSL.
    LibreSsl,
    /// BoringSSL as Chromium uses it.
    Chromium,
    /// BoringSSL elsewhere.
    BoringSsl,
    /// NSS: Firefox.
    Nss,
    /// Go's crypto/tls.
    Go,
    /// Java's JSSE.
    Java,
    /// `GnuTLS`.
    GnuTls,
    /// rustls.
    Rustls,
    /// mbedTLS.
    MbedTls,
    /// wolfSSL.
    WolfSsl,
    /// Botan.
    Botan,
    /// Erlang's ssl.
    Erlang,
    /// Schannel of Windows.
    Schannel,
    /// Apple's own.
    Apple,
}

/// What a ClientHello looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// The family.
    pub library: Library,
    /// Never certain.
    pub confidence: Confidence,
}

impl Library {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::OpenSsl,
        Self::OldOpenSsl,
        Self::LibreSsl,
        Self::Chromium,
        Self::BoringSsl,
        Self::Nss,
        Self::Go,
        Self::Java,
        Self::GnuTls,
        Self::Rustls,
        Self::MbedTls,
        Self::WolfSsl,
        Self::Botan,
        Self::Erlang,
        Self::Schannel,
        Self::Apple,
    ];

    /// Its name for people, JSON and filters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::OldOpenSsl => "OpenSSL 1.0",
            Self::LibreSsl => "LibreSSL",
            Self::Chromium => "Chromium",
            Self::BoringSsl => "BoringSSL",
            Self::Nss => "NSS",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::GnuTls => "GnuTLS",
            Self::Rustls => "rustls",
            Self::MbedTls => "mbedTLS",
            Self::WolfSsl => "wolfSSL",
            Self::Botan => "Botan",
            Self::Erlang => "Erlang",
            Self::Schannel => "Schannel",
            Self::Apple => "Apple",
        }
    }

    /// The one alert with which it reports every fault of a certificate, so that the alert says nothing of the cause.
    #[must_use]
    pub fn only_alert(self) -> Option<u8> {
        match self {
            Self::Go | Self::GnuTls => Some(42),
            Self::Java => Some(46),
            _ => None,
        }
    }

    /// Whether it has an alert of its own for what has expired (45), is not trusted (48) or is for another use (43), so
    /// that another alert means another fault.
    pub(super) fn tells_apart(self) -> bool {
        matches!(self, Self::OpenSsl | Self::Rustls)
    }
}

/// The marks of a library.
struct Row {
    library: Library,
    /// How the list of signature algorithms begins.
    signatures: &'static [u16],
    /// Extensions that it sends always.
    sends: &'static [u16],
    /// Extensions that stand in this order where they are sent. Some libraries shuffle theirs.
    order: &'static [u16],
    /// Whether values of GREASE are among the suites (RFC 8701).
    grease: bool,
}

const fn row(library: Library, signatures: &'static [u16], sends: &'static [u16], order: &'static [u16]) -> Row {
    Row { library, signatures, sends, order, grease: false }
}

const BORING: &[u16] = &[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

#[rustfmt::skip]
static ROWS: &[Row] = &[
    row(Library::OpenSsl, &[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806],
        &[22, 23], &[11, 10, 35, 16, 22, 23, 13, 43, 45, 51]),
    row(Library::OldOpenSsl, &[0x0601, 0x0602, 0x0603, 0x0501, 0x0502, 0x0503, 0x0401, 0x0402, 0x0403, 0x0301],
        &[15], &[0, 11, 10, 35, 13, 15]),
    row(Library::LibreSsl, &[0x0601, 0x0603, 0xefef, 0x0501, 0x0503], &[13], &[11, 10, 35, 13]),
    Row { library: Library::Chromium, signatures: BORING, sends: &[10, 13], order: &[], grease: true },
    row(Library::BoringSsl, BORING, &[10, 13], &[]),
    row(Library::Nss, &[0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201],
        &[23, 65281], &[0, 23, 65281, 10, 11, 35, 16]),
    row(Library::Nss, &[0x0403, 0x0503, 0x0603, 0x0203, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201],
        &[23, 65281], &[0, 23, 65281, 10, 11, 35, 16]),
    row(Library::Go, &[0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603],
        &[65281, 18], &[5, 10, 11, 13, 65281, 18]),
    row(Library::Java, &[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401],
        &[50], &[0, 5, 10, 11]),
    row(Library::GnuTls, &[0x0401, 0x0809, 0x0804, 0x0403, 0x0807, 0x0501, 0x080a, 0x0805, 0x0503], &[22, 23, 28], &[]),
    row(Library::Rustls, &[0x0503, 0x0403, 0x0603, 0x0807, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401], &[5, 23], &[]),
    row(Library::MbedTls, &[0x0603, 0x0601, 0x0503, 0x0501, 0x0403, 0x0401, 0x0303, 0x0301], &[22, 23], &[13, 10, 11, 22, 23]),
    row(Library::WolfSsl, &[0x0603, 0x0503, 0x0403, 0x0203, 0x0807, 0x0808, 0x0806, 0x080b, 0x0805], &[22], &[13, 11, 10, 22, 0]),
    row(Library::Botan, &[0x0805, 0x0804, 0x0806, 0x0501, 0x0601, 0x0401, 0x0503, 0x0603, 0x0403],
        &[22, 23], &[0, 5, 10, 11, 13, 22, 23, 35]),
    row(Library::Erlang, &[0x0807, 0x0808, 0x0603, 0x0503, 0x0403, 0x080b, 0x080a, 0x0809], &[13], &[13, 10, 11]),
    row(Library::Erlang, &[0x0202, 0x0201, 0x0203, 0x0301, 0x0303, 0x0401, 0x0804, 0x0809], &[13], &[13, 10, 11]),
    row(Library::Schannel, &[0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203],
        &[23, 65281], &[0, 5, 10, 11, 13, 35, 23, 65281]),
    row(Library::Schannel, &[0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603],
        &[23, 65281], &[0, 5, 10, 11, 13, 35, 23, 65281]),
    row(Library::Apple, &[0x0403, 0x0804, 0x0401, 0x0503, 0x0203, 0x0805, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201],
        &[10, 13], &[]),
    row(Library::Apple, &[0x0401, 0x0201, 0x0501, 0x0601, 0x0403, 0x0203, 0x0503, 0x0603], &[10, 13], &[0, 10, 11, 13]),
];

/// What the hello looks like, if it looks like anything that is known.
#[must_use]
pub fn of(hello: &ClientHello) -> Option<Likeness> {
    let grease = hello.cipher_suites.iter().any(|suite| suite.is_grease());
    let row = ROWS.iter().find(|row| (row.grease == grease || !is_by_grease(row)) && begins(hello, row.signatures))?;
    let sends = row.sends.iter().all(|wanted| hello.extensions.iter().any(|extension| extension.0 == *wanted));
    let sure = sends && is_ordered(hello, row.order);
    let confidence = if sure { Confidence::Likely } else { Confidence::Possible };
    Some(Likeness { library: row.library, confidence })
}

/// Chromium and other programs with BoringSSL are told apart by nothing else.
fn is_by_grease(row: &Row) -> bool {
    matches!(row.library, Library::Chromium | Library::BoringSsl)
}

/// Whether the list begins so. What newer versions put in between is left out: ML-DSA, and ECDSA on Brainpool curves.
fn begins(hello: &ClientHello, with: &[u16]) -> bool {
    let newer = |scheme: u16| matches!(scheme, 0x0904..=0x0906 | 0x081a..=0x081c);
    let mut own = hello.signature_algorithms.iter().filter(|scheme| !scheme.is_grease() && !newer(scheme.0));
    with.iter().all(|wanted| own.next().is_some_and(|scheme| scheme.0 == *wanted))
}

/// Whether what is there of these extensions stands in this order.
fn is_ordered(hello: &ClientHello, order: &[u16]) -> bool {
    let places = hello.extensions.iter().filter_map(|extension| order.iter().position(|known| *known == extension.0));
    places.is_sorted()
}

impl Session {
    /// What the client's library looks like by its first ClientHello.
    #[must_use]
    pub fn client_library(&self) -> Option<Likeness> {
        of(&self.client_hellos.first()?.item)
    }

    /// A sentence on the client's library, where the client ended the session: the alert alone may say nothing.
    pub(super) fn about_client_library(&self) -> Option<String> {
        let likeness = self.client_library()?;
        let name = likeness.library.name();
        let sure = likeness.confidence.word();
        let only = match self.outcome {
            Outcome::Refused { by: ToServer, alert } => {
                likeness.library.only_alert().filter(|only| *only == alert.description.0).map(|_| alert.description)
            }
            _ => None,
        };
        Some(match only {
            Some(alert) => format!("The client looks like {name} ({sure}), which says {alert} of every fault."),
            None => format!("The client looks like {name} ({sure})."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::code::{CipherSuite, ExtensionType, SignatureScheme};

    fn hello(signatures: &[u16], extensions: &[u16], grease: bool) -> ClientHello {
        ClientHello {
            cipher_suites: if grease {
                vec![CipherSuite(0x0a0a), CipherSuite(0x1301)]
            } else {
                vec![CipherSuite(0x1301)]
            },
            signature_algorithms: signatures.iter().map(|code| SignatureScheme(*code)).collect(),
            extensions: extensions.iter().map(|code| ExtensionType(*code)).collect(),
            ..ClientHello::default()
        }
    }

    #[test]
    fn a_hello_is_known_by_its_marks() {
        const OPENSSL: &[u16] =
            &[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401];
        // OpenSSL 3.5 puts ML-DSA in front and Brainpool between.
        const NEW_OPENSSL: &[u16] = &[
            0x0905, 0x0906, 0x0904, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b, 0x081c, 0x0809, 0x080a,
            0x080b, 0x0804, 0x0805, 0x0806, 0x0401,
        ];
        const GO: &[u16] = &[0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603, 0x0201];
        let (likely, possible) = (Some(Confidence::Likely), Some(Confidence::Possible));
        for (signatures, extensions, grease, name, confidence) in [
            (OPENSSL, &[0, 11, 10, 35, 22, 23, 13, 43, 45, 51][..], false, "OpenSSL", likely),
            (OPENSSL, &[0, 11, 10, 16, 22, 23, 49, 13, 43, 45, 51], false, "OpenSSL", likely),
            (NEW_OPENSSL, &[65281, 10, 35, 22, 23, 13, 43, 45, 51, 27], false, "OpenSSL", likely),
            (OPENSSL, &[13, 10], false, "OpenSSL", possible),
            (GO, &[0, 5, 10, 11, 13, 65281, 18, 43, 51], false, "Go", likely),
            (GO, &[0, 18, 51, 5, 10], false, "Go", possible),
            (BORING, &[0, 23, 65281, 10, 11, 35, 16, 5, 13], true, "Chromium", likely),
            (BORING, &[0, 10, 16, 13, 51, 45, 43], false, "BoringSSL", likely),
            (&[0x0401, 0x0403], &[10, 13], false, "", None),
            (&[], &[10], false, "", None),
        ] {
            let found = of(&hello(signatures, extensions, grease));
            assert_eq!(found.map_or("", |found| found.library.name()), name, "{signatures:x?}");
            assert_eq!(found.map(|found| found.confidence), confidence, "{extensions:?}");
        }
    }

    #[test]
    fn every_library_has_a_row_and_no_row_hides_another() {
        for library in Library::ALL {
            assert!(ROWS.iter().any(|row| row.library == library), "{library:?}");
        }
        for row in ROWS {
            let found = of(&hello(row.signatures, row.sends, row.grease)).map(|found| found.library);
            assert_eq!(found, Some(row.library));
        }
    }
}
