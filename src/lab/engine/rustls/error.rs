//! What rustls's errors mean: the check that failed, and the alert that goes with it.
//!
//! rustls tells its first finding and stops. Its words are kept as they are; the check is read from the error's kind,
//! and from what the verifier was looking at, because a bad signature in a chain and one in a handshake look alike.

use super::super::ConnectionError;
use super::scope::Stage;
use crate::lab::scenario::FailedCheck;
use crate::lab::scenario::HandshakeCheck as H;
use crate::tls::code::AlertDescription as Alert;
use crate::x509::verify::Check as C;
use rustls::AlertDescription as Sent;
use rustls::{CertificateError, Error, InvalidMessage, PeerIncompatible, PeerMisbehaved};

/// What can be seen of an alert in what was sent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastAlert {
    /// The last record is no alert.
    None,
    /// It is one, in plain text.
    Plain(Alert),
    /// It is one, and sealed.
    Sealed,
}

/// Looks whether the last record of `output` is an alert.
pub(super) fn last_alert(output: &[u8]) -> LastAlert {
    let mut rest = output;
    let mut last = LastAlert::None;
    while let [kind, _, _, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((body, next)) = behind.split_at_checked(length) else { break };
        last = match (kind, body) {
            (21, [_, description]) => LastAlert::Plain(Alert(*description)),
            (21, _) => LastAlert::Sealed,
            // In TLS 1.3 its two bytes, their type and the tag are under the type of application data.
            (23, body) if body.len() == 2 + 1 + 16 => LastAlert::Sealed,
            _ => LastAlert::None,
        };
        rest = next;
    }
    last
}

/// The error as the lab tells it.
pub(super) fn connection_error(error: &Error, stage: Option<Stage>, client: bool, sent: LastAlert) -> ConnectionError {
    let alert_sent = match sent {
        LastAlert::None => None,
        LastAlert::Plain(alert) => Some(alert),
        LastAlert::Sealed => alert(error).map(|alert| Alert(u8::from(alert))),
    };
    let alert_seen = match error {
        Error::AlertReceived(alert) => Some(Alert(u8::from(*alert))),
        _ => None,
    };
    // Finished that does not fit and a record that does not open are the same error, but not the same alert.
    let finished = *error == Error::DecryptError && alert_sent == Some(Alert(u8::from(Sent::DecryptError)));
    let check = if finished { Some(FailedCheck::Handshake(H::Finished)) } else { check(error, stage, client) };
    ConnectionError { text: error.to_string(), check, alert_seen, alert_sent }
}

fn check(error: &Error, stage: Option<Stage>, client: bool) -> Option<FailedCheck> {
    let handshake = |check| Some(FailedCheck::Handshake(check));
    match error {
        Error::InvalidCertificate(error) => Some(certificate(error, stage)),
        Error::InvalidCertRevocationList(_) => Some(FailedCheck::Certificate(C::Revocation)),
        Error::NoCertificatesPresented if !client => handshake(H::ClientCertificate),
        Error::NoApplicationProtocol => handshake(H::Alpn),
        Error::DecryptError | Error::PeerSentOversizedRecord => handshake(H::Record),
        Error::InvalidMessage(error) => handshake(match error {
            InvalidMessage::InvalidContentType
            | InvalidMessage::InvalidEmptyPayload
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::UnknownProtocolVersion => H::Record,
            _ => H::Message,
        }),
        Error::PeerIncompatible(error) => handshake(incompatible(error)),
        Error::PeerMisbehaved(error) => handshake(misbehaved(error)),
        Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::NoCertificatesPresented => handshake(H::Message),
        Error::General(text) if text == NO_CERTIFICATE => handshake(H::Sni),
        _ => None,
    }
}

/// What rustls says when the resolver has no certificate for the name.
const NO_CERTIFICATE: &str = "no server certificate chain resolved";

fn certificate(error: &CertificateError, stage: Option<Stage>) -> FailedCheck {
    use CertificateError as E;
    let check = match error {
        E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. } => C::Validity,
        E::Revoked
        | E::UnknownRevocationStatus
        | E::ExpiredRevocationList
        | E::ExpiredRevocationListContext { .. }
        | E::InvalidOcspResponse => C::Revocation,
        E::UnhandledCriticalExtension => C::CriticalExt,
        // Also where the path breaks off before any root: the check ladder, which has all certificates, tells the two apart.
        E::UnknownIssuer => C::Trust,
        E::NotValidForName | E::NotValidForNameContext { .. } => C::Name,
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => C::Purpose,
        E::Other(other) => webpki(&other.to_string()),
        E::BadEncoding => C::Parse,
        E::ApplicationVerificationFailure => return FailedCheck::Handshake(H::Authorization),
        // A signature that does not fit, or of an unknown kind.
        _ => {
            return match stage {
                Some(Stage::KeyExchange) => FailedCheck::Handshake(H::KeyExchangeSignature),
                Some(Stage::CertificateVerify) => FailedCheck::Handshake(H::CertificateVerify),
                Some(Stage::Chain) | None => FailedCheck::Certificate(C::Signature),
            };
        }
    };
    FailedCheck::Certificate(check)
}

/// The errors of webpki for which rustls has no name of its own come as text: the name in webpki.
fn webpki(name: &str) -> C {
    match name {
        "CaUsedAsEndEntity" | "EndEntityUsedAsCa" => C::CaFlag,
        "PathLenConstraintViolated" => C::Pathlen,
        "NameConstraintViolation" | "MaximumNameConstraintComparisonsExceeded" => C::Constraints,
        "UnsupportedCriticalExtension" => C::CriticalExt,
        "EmptyEkuExtension" => C::Purpose,
        "MaximumPathBuildCallsExceeded" | "MaximumPathDepthExceeded" | "MaximumSignatureChecksExceeded" => {
            C::ChainBuilt
        }
        name if name.contains("Crl") || name.contains("Revocation") => C::Revocation,
        _ => C::Parse,
    }
}

fn incompatible(error: &PeerIncompatible) -> H {
    use PeerIncompatible as E;
    match error {
        E::Tls12NotOffered
        | E::Tls12NotOfferedOrEnabled
        | E::ServerTlsVersionIsDisabledByOurConfig
        | E::ServerDoesNotSupportTls12Or13
        | E::SupportedVersionsExtensionRequired => H::Version,
        E::NoCipherSuitesInCommon => H::Suite,
        E::NoKxGroupsInCommon | E::NamedGroupsExtensionRequired | E::KeyShareExtensionRequired => H::Group,
        E::NoSignatureSchemesInCommon
        | E::NoCertificateRequestSignatureSchemesInCommon
        | E::SignatureAlgorithmsExtensionRequired => H::SignatureScheme,
        _ => H::Message,
    }
}

fn misbehaved(error: &PeerMisbehaved) -> H {
    use PeerMisbehaved as E;
    match error {
        E::AttemptedDowngradeToTls12WhenTls13IsSupported
        | E::SelectedTls12UsingTls13VersionExtension
        | E::IllegalHelloRetryRequestWithUnsupportedVersion => H::Version,
        E::SelectedUnofferedCipherSuite
        | E::SelectedUnusableCipherSuiteForVersion
        | E::SelectedDifferentCipherSuiteAfterRetry
        | E::CipherSuiteDifferedOnRetry
        | E::IllegalHelloRetryRequestWithUnofferedCipherSuite => H::Suite,
        E::SelectedUnofferedKxGroup
        | E::WrongGroupForKeyShare
        | E::InvalidKeyShare
        | E::IllegalHelloRetryRequestWithOfferedGroup
        | E::IllegalHelloRetryRequestWithUnofferedNamedGroup => H::Group,
        E::SignedKxWithWrongAlgorithm | E::SignedHandshakeWithUnadvertisedSigScheme => H::SignatureScheme,
        E::SelectedUnofferedApplicationProtocol | E::OfferedEmptyApplicationProtocol => H::Alpn,
        E::TooManyEmptyFragments | E::IllegalTlsInnerPlaintext => H::Record,
        _ => H::Message,
    }
}

/// The alert that rustls sends with an error, where the wire does not show it.
fn alert(error: &Error) -> Option<Sent> {
    Some(match error {
        Error::InvalidCertificate(error) => Sent::from(error.clone()),
        Error::InvalidCertRevocationList(_) => Sent::HandshakeFailure,
        Error::NoCertificatesPresented => Sent::CertificateRequired,
        Error::NoApplicationProtocol => Sent::NoApplicationProtocol,
        Error::DecryptError => Sent::BadRecordMac,
        Error::PeerSentOversizedRecord => Sent::RecordOverflow,
        Error::InvalidMessage(error) => Sent::from(*error),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => Sent::UnexpectedMessage,
        Error::PeerIncompatible(_) => Sent::HandshakeFailure,
        Error::PeerMisbehaved(_) => Sent::IllegalParameter,
        Error::General(text) if text == NO_CERTIFICATE => Sent::AccessDenied,
        // TLS 1.3 has no warnings; one is answered so.
        Error::AlertReceived(_) => Sent::DecodeError,
        _ => return None,
    })
}
