//! The verifiers of rustls, with an ear at the door: what the other side sent is kept also when it is refused.

use super::super::{EndpointSetup, EngineError};
use super::scope::{self, Stage};
use crate::lab::scenario::ClientAuth;
use crate::tls::code::SignatureScheme as Code;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What a client checks servers with. Its contents can be exchanged: rustls resumes sessions only while the verifier is
/// the same one, and a program that takes in a new list of revocations goes on with the same one too.
pub(super) struct ServerCheck {
    inner: Mutex<Option<Arc<WebPkiServerVerifier>>>,
    signatures: Mutex<Signatures>,
}

/// What a server checks clients with.
pub(super) struct ClientCheck {
    inner: Arc<dyn ClientCertVerifier>,
    signatures: Signatures,
}

/// Which signatures of handshakes are accepted.
#[derive(Clone)]
struct Signatures {
    algorithms: WebPkiSupportedAlgorithms,
    schemes: Vec<SignatureScheme>,
}

impl Signatures {
    fn new(setup: &EndpointSetup, provider: &CryptoProvider) -> Result<Self, EngineError> {
        let algorithms = provider.signature_verification_algorithms;
        let library = algorithms.supported_schemes();
        let code = |scheme: &SignatureScheme| Code(u16::from(*scheme));
        let find = |wanted: &Code| {
            let names: Vec<String> = library.iter().map(|scheme| code(scheme).to_string()).collect();
            let missing = || EngineError(format!("rustls has no scheme {wanted}; it has {}", names.join(", ")));
            library.iter().find(|scheme| code(scheme) == *wanted).copied().ok_or_else(missing)
        };
        let schemes = setup.signature_schemes.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { algorithms, schemes: if schemes.is_empty() { library } else { schemes } })
    }
}

impl ServerCheck {
    pub(super) fn new(setup: &EndpointSetup, provider: &Arc<CryptoProvider>) -> Result<Self, EngineError> {
        let check = Self { inner: Mutex::default(), signatures: Mutex::new(Signatures::new(setup, provider)?) };
        check.take_in(setup, provider)?;
        Ok(check)
    }

    /// Checks by another setup from now on.
    pub(super) fn take_in(&self, setup: &EndpointSetup, provider: &Arc<CryptoProvider>) -> Result<(), EngineError> {
        let signatures = Signatures::new(setup, provider)?;
        let inner = server_verifier(setup, provider)?;
        *self.signatures.lock().unwrap_or_else(PoisonError::into_inner) = signatures;
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = inner;
        Ok(())
    }

    fn signatures(&self) -> Signatures {
        self.signatures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Gives a builder the lists and what is made of them: those of servers and of clients have no type in common.
macro_rules! with_revocation {
    ($builder:expr, $setup:expr) => {{
        let mut builder = $builder.with_crls(lists($setup));
        if $setup.revocation_rule.leaf_only {
            builder = builder.only_check_end_entity_revocation();
        }
        if $setup.revocation_rule.allow_unknown {
            builder = builder.allow_unknown_revocation_status();
        }
        if $setup.revocation_rule.enforce_expiry {
            builder = builder.enforce_revocation_expiration();
        }
        builder
    }};
}

/// webpki's verifier; `None` where nobody is trusted, for which webpki has none.
fn server_verifier(
    setup: &EndpointSetup,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, EngineError> {
    let roots = roots(setup)?;
    if roots.is_empty() {
        return Ok(None);
    }
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone());
    let builder = with_revocation!(builder, setup);
    builder.build().map(Some).map_err(|error| EngineError(error.to_string()))
}

impl ClientCheck {
    pub(super) fn new(setup: &EndpointSetup, provider: &Arc<CryptoProvider>) -> Result<Self, EngineError> {
        let roots = roots(setup)?;
        let builder = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let mut builder = with_revocation!(builder, setup);
        if setup.client_auth == ClientAuth::Optional {
            builder = builder.allow_unauthenticated();
        }
        let inner = builder.build().map_err(|error| EngineError(error.to_string()))?;
        Ok(Self { inner, signatures: Signatures::new(setup, provider)? })
    }
}

fn roots(setup: &EndpointSetup) -> Result<RootCertStore, EngineError> {
    let mut roots = RootCertStore::empty();
    for (index, der) in setup.trust.iter().enumerate() {
        let refused = |error| EngineError(format!("anchor {} cannot be one: {error}", index + 1));
        roots.add(CertificateDer::from(der.as_slice()).into_owned()).map_err(refused)?;
    }
    Ok(roots)
}

fn lists(setup: &EndpointSetup) -> impl Iterator<Item = CertificateRevocationListDer<'static>> + '_ {
    setup.revocation_lists.iter().map(|der| CertificateRevocationListDer::from(der.clone()))
}

/// Remembers the chain, which rustls hands over as leaf and rest.
fn keep(leaf: &CertificateDer<'_>, rest: &[CertificateDer<'_>]) {
    scope::looking_at(Stage::Chain);
    scope::received(std::iter::once(leaf).chain(rest).map(|der| der.to_vec()).collect());
}

impl ServerCertVerifier for ServerCheck {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        keep(leaf, rest);
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // What rustls says with an empty store.
        let nobody = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        inner.ok_or(nobody)?.verify_server_cert(leaf, rest, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        scope::looking_at(Stage::KeyExchange);
        verify_tls12_signature(message, leaf, signature, &self.signatures().algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        scope::looking_at(Stage::CertificateVerify);
        verify_tls13_signature(message, leaf, signature, &self.signatures().algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signatures().schemes
    }
}

impl ClientCertVerifier for ClientCheck {
    fn offer_client_auth(&self) -> bool {
        self.inner.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.inner.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        keep(leaf, rest);
        self.inner.verify_client_cert(leaf, rest, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        scope::looking_at(Stage::CertificateVerify);
        verify_tls12_signature(message, leaf, signature, &self.signatures.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        scope::looking_at(Stage::CertificateVerify);
        verify_tls13_signature(message, leaf, signature, &self.signatures.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signatures.schemes.clone()
    }
}

impl fmt::Debug for ServerCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerCheck")
    }
}

impl fmt::Debug for ClientCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCheck")
    }
}
