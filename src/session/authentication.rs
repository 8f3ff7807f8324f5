//! Who proved to whom who it is.

use super::Session;

/// How the two sides of a session were authenticated, as far as it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// The server showed a certificate and asked for none.
    OneWay,
    /// Both sides showed a certificate.
    Mutual,
    /// The server asked for a certificate, and none of the client was seen.
    Asked,
    /// The cipher suite has no authentication (RFC 5246 A.5, `DH_anon`).
    Anonymous,
    /// A key that both had before: an earlier session of TLS 1.3, or a pre-shared key.
    Psk,
}

impl Authentication {
    /// All of them, for lists of words to choose from.
    pub const ALL: [Self; 5] = [Self::OneWay, Self::Mutual, Self::Asked, Self::Anonymous, Self::Psk];

    /// The word of lists, filters and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OneWay => "one-way",
            Self::Mutual => "mutual",
            Self::Asked => "asked",
            Self::Anonymous => "anonymous",
            Self::Psk => "psk",
        }
    }
}

impl Session {
    /// How the sides were authenticated; `None` where it cannot be read, as in TLS 1.3 without keys.
    #[must_use]
    pub fn authentication(&self) -> Option<Authentication> {
        let suite = self.cipher_suite.and_then(crate::tls::code::CipherSuite::name).unwrap_or_default();
        let psk = self.server_hello().is_some_and(|hello| hello.selected_psk.is_some());
        if self.client_certificate_sent == Some(true) {
            Some(Authentication::Mutual)
        } else if self.certificate_request.is_some() || self.client_certificate_sent == Some(false) {
            Some(Authentication::Asked)
        } else if suite.contains("_anon_") {
            Some(Authentication::Anonymous)
        } else if !self.server_certificates.is_empty() {
            Some(Authentication::OneWay)
        } else {
            (psk || suite.contains("_PSK_")).then_some(Authentication::Psk)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_cannot_be_read_is_not_claimed() {
        let mut one_way = sample::refused();
        one_way.certificate_request = None;
        one_way.client_certificate_sent = None;
        let mut mutual = sample::refused();
        mutual.client_certificate_sent = Some(true);
        for (session, expected) in [
            (sample::tls13(), None),
            (sample::refused(), Some(Authentication::Asked)),
            (one_way, Some(Authentication::OneWay)),
            (mutual, Some(Authentication::Mutual)),
        ] {
            assert_eq!(session.authentication(), expected);
        }
    }
}
