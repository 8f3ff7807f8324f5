//! Checks what a handshake proves: signatures, Finished, and the binders of pre-shared keys.
//!
//! A message that proves something is checked when it is read, or as soon as the messages of the other side that go into
//! it are there; once, whatever comes. Nothing is called failed for want of a message or a secret.

use super::super::proof::{Misfit, Proof, ProofKind, ProofResult, Unchecked};
use super::known::Known;
use super::learn::MAX_HELLOS;
use super::transcript::{Added, Lack, Mark, Shown, Transcript};
use super::{Means, Moment, Tracker};
use crate::base::{Group, Severity};
use crate::net::Direction;
use crate::tls::code::{HandshakeType, ProtocolVersion};
use crate::tls::decrypt::{Draft, Suite, is_binder, tls13_verify_data, verify_data};
use crate::tls::extension::{DelegatedCredential, PskOffer};
use crate::tls::handshake::{CertificateVerify, Message, Role, ServerKeyExchange};
use crate::tls::secrets::Secret;
use crate::tls::signature;
use crate::x509::Certificate;
use crate::x509::verify::{SignatureFault, public_key_of};
use std::sync::Arc;

/// How many proofs of a session are kept; one that begins anew for ever would have as many as it likes.
const MAX_PROOFS: usize = 128;
/// Before it, drafts of TLS 1.3 sign and seal in ways of their own.
const FIRST_DRAFT: u8 = 18;

/// What a message claims to prove.
#[derive(Debug)]
pub(super) enum What {
    /// Pre-shared keys, and the length of the list of binders.
    Binders(Vec<PskOffer>, usize),
    /// A ServerKeyExchange with the parameters that it signs.
    KeyExchange(ServerKeyExchange, Vec<u8>),
    Verify(CertificateVerify),
    /// A delegated credential with the certificate that it is for.
    Credential(Box<DelegatedCredential>, Arc<Certificate>),
    Finished(Vec<u8>),
}

/// A proof that waits to be checked.
#[derive(Debug)]
pub(super) struct Claim {
    what: What,
    mark: Mark,
    /// The first of its proofs in the list of the session.
    proof: usize,
    /// The traffic secret of the record that it came in, in TLS 1.3.
    sealed_with: Option<Secret>,
}

impl What {
    pub(super) fn of(message: &Message, body: &[u8]) -> Option<Self> {
        Some(match message {
            Message::ClientHello(hello) if !hello.psk_offers.is_empty() => {
                Self::Binders(hello.psk_offers.clone(), hello.binders_length.into())
            }
            Message::ServerKeyExchange(exchange) if exchange.signature.is_some() => {
                Self::KeyExchange(exchange.clone(), body.get(..exchange.signed_length as usize)?.to_vec())
            }
            Message::CertificateVerify(verify) => Self::Verify(verify.clone()),
            Message::Finished(data) => Self::Finished(data.clone()),
            Message::Certificate(message) => {
                let leaf = message.certificates.first()?;
                Self::Credential(Box::new(message.credential.clone()?), Arc::clone(leaf))
            }
            _ => return None,
        })
    }

    fn kinds(&self) -> Vec<ProofKind> {
        match self {
            Self::Binders(offers, _) => {
                (0..).zip(offers).map(|(identity, _)| ProofKind::PskBinder { identity }).collect()
            }
            Self::KeyExchange(..) => vec![ProofKind::ServerKeyExchange],
            Self::Verify(_) => vec![ProofKind::CertificateVerify],
            Self::Credential(..) => vec![ProofKind::Credential],
            Self::Finished(_) => vec![ProofKind::Finished],
        }
    }
}

impl Claim {
    /// Turns the direction round.
    pub(super) fn reverse(&mut self) {
        self.mark.direction = self.mark.direction.reverse();
    }
}

impl<'a> Added<'a> {
    /// A message as the transcript takes it.
    pub(super) fn of(
        direction: Direction,
        kind: HandshakeType,
        body: &'a [u8],
        message: &'a Message,
        after_loss: bool,
    ) -> Self {
        let context = match message {
            Message::Certificate(message) => message.request_context.as_slice(),
            Message::CertificateRequest(request) => request.request_context.as_slice(),
            _ => &[],
        };
        let is_retry = matches!(message, Message::ServerHello(hello) if hello.is_hello_retry_request);
        Self { direction, kind: kind.0, body, is_retry, context, after_loss, bare: false }
    }
}

impl Tracker {
    /// Adds a message to the handshake that it belongs to.
    pub(super) fn follow(&mut self, added: &Added<'_>, message: &Message) -> Option<Mark> {
        let begins = matches!(message, Message::ClientHello(_) | Message::ServerHello(_));
        if begins && self.transcript.as_ref().is_none_or(|transcript| transcript.begins_anew(added)) {
            self.transcript = Some(Box::default());
            self.claims.clear();
        }
        let transcript = self.transcript.as_mut()?;
        match message {
            Message::ServerHello(hello) => transcript.is_tls13 = hello.version().is_tls13(),
            Message::Certificate(message) => {
                let shown = match (&message.raw_public_key, message.certificates.first()) {
                    _ if message.credential.is_some() => {
                        Shown::Credential(message.credential.iter().flat_map(|it| it.public_key.clone()).collect())
                    }
                    (Some(key), _) => Shown::RawKey(key.clone()),
                    (None, Some(certificate)) => Shown::Certificate(certificate.clone()),
                    (None, None) => Shown::Nothing,
                };
                transcript.show(added.direction, shown);
            }
            _ => {}
        }
        transcript.add(added)
    }

    /// Checks what a message claims to prove, and what has waited for it.
    pub(super) fn prove(
        &mut self,
        direction: Direction,
        what: Option<What>,
        mark: Option<Mark>,
        at: Moment,
        means: &Means<'_>,
    ) {
        for claim in std::mem::take(&mut self.claims) {
            self.check(claim, at, means);
        }
        if let Some(what) = what {
            self.claim(direction, what, mark, at, means);
        }
        if self.transcript.is_some() && self.claims.is_empty() && self.is_settled(means) {
            self.transcript = None;
        }
    }

    /// Whether nothing more of this handshake can be checked, and no secret made from it.
    fn is_settled(&self, means: &Means<'_>) -> bool {
        let Some(transcript) = &self.transcript else { return true };
        if means.secrets.is_none() {
            return transcript.is_tls13 || transcript.is_signed();
        }
        let later = self.session.client_hellos.last().is_some_and(|hello| hello.item.post_handshake_auth);
        transcript.is_over() && !(transcript.is_tls13 && later)
    }

    fn claim(&mut self, direction: Direction, what: What, mark: Option<Mark>, at: Moment, means: &Means<'_>) {
        let mut kinds = what.kinds();
        if matches!(self.transcript.as_ref().map(|it| it.shown(direction)), Some(Shown::Credential(_))) {
            let verify = kinds.iter_mut().filter(|kind| **kind == ProofKind::CertificateVerify);
            verify.for_each(|kind| *kind = ProofKind::CredentialVerify);
        }
        if self.session.proofs.len() + kinds.len() > MAX_PROOFS {
            let text = format!("more than {MAX_PROOFS} signatures and seals; the later ones are not checked");
            if !self.session.notes.iter().any(|note| note.item.code == "session.proofs") {
                self.note(at, Severity::Note, Group::Reassemble, "session.proofs", text);
            }
            return;
        }
        let first = self.session.proofs.len();
        let result = match what {
            What::Finished(_) if means.secrets.is_none() => not(Unchecked::NoSecrets),
            _ => not(Unchecked::MessageMissing),
        };
        let proof = |kind| Proof { kind, direction, frame: at.frame, result };
        self.session.proofs.extend(kinds.into_iter().map(proof));
        // A message without its place in a handshake has nothing to wait for.
        if let Some(mark) = mark {
            let sealed_with = self.sealed_with.clone();
            self.check(Claim { what, mark, proof: first, sealed_with }, at, means);
        }
    }

    /// Checks a claim, or lets it wait.
    fn check(&mut self, claim: Claim, at: Moment, means: &Means<'_>) {
        let Some(transcript) = &self.transcript else { return };
        let ground = Ground { tracker: self, transcript, means, claim: &claim };
        match ground.results() {
            Err(Lack::Missing) => self.claims.push(claim),
            Err(lack) => {
                let reason = if lack == Lack::Lost { Unchecked::BytesLost } else { Unchecked::TooLong };
                let all = claim.what.kinds().len();
                self.settle(claim.proof, &vec![ProofResult::NotChecked(reason); all], at);
            }
            Ok(results) => self.settle(claim.proof, &results, at),
        }
    }

    fn settle(&mut self, first: usize, results: &[ProofResult], at: Moment) {
        for (index, result) in results.iter().enumerate() {
            let Some(proof) = self.session.proofs.get_mut(first + index) else { continue };
            proof.result = *result;
            if matches!(result, ProofResult::Failed(_)) {
                let (text, frame) = (proof.text(), proof.frame);
                self.note(Moment { frame, ..at }, Severity::Error, Group::Security, "tls.proof", text);
            }
        }
    }
}

/// What a claim is checked against.
struct Ground<'a, 'm> {
    tracker: &'a Tracker,
    transcript: &'a Transcript,
    means: &'a Means<'m>,
    claim: &'a Claim,
}

impl Ground<'_, '_> {
    fn results(&self) -> Result<Vec<ProofResult>, Lack> {
        let what = &self.claim.what;
        if let What::Binders(offers, length) = what {
            return self.binders(offers, *length);
        }
        // Hellos that were not kept are not those that were hashed.
        if self.tracker.session.client_hellos.len() >= MAX_HELLOS {
            return Err(Lack::TooLong);
        }
        let known = self.tracker.known();
        if known.version.is_none() || known.client_random.is_none() {
            return Err(Lack::Missing);
        }
        if let What::Credential(credential, certificate) = what {
            return Ok(vec![self.credential(credential, certificate)]);
        }
        let result = match what {
            What::KeyExchange(exchange, parameters) => self.key_exchange(exchange, parameters, &known)?,
            What::Verify(verify) => self.certificate_verify(verify, &known)?,
            What::Finished(data) => self.finished(data, &known)?,
            What::Binders(..) | What::Credential(..) => return Err(Lack::Missing),
        };
        Ok(vec![self.weighed(result, &known)])
    }

    /// A proof that does not fit is not called failed where another hello may be the one that counts.
    fn weighed(&self, result: ProofResult, known: &Known<'_>) -> ProofResult {
        let tls13 = known.version.is_some_and(ProtocolVersion::is_tls13);
        let hidden = self.tracker.session.client_hellos.last().is_some_and(|hello| hello.item.encrypted_client_hello);
        match result {
            ProofResult::Failed(_) if tls13 && hidden => ProofResult::NotChecked(Unchecked::HiddenHello),
            result => result,
        }
    }

    fn sender(&self) -> Role {
        if self.claim.mark.direction == Direction::ToServer { Role::Client } else { Role::Server }
    }

    /// The signature of a ServerKeyExchange is made over both randoms and the parameters before it (RFC 5246 7.4.3).
    fn key_exchange(
        &self,
        exchange: &ServerKeyExchange,
        parameters: &[u8],
        known: &Known<'_>,
    ) -> Result<ProofResult, Lack> {
        let randoms = known.client_random.zip(known.server_random);
        let (Some(version), Some((client_random, server_random))) = (known.version, randoms) else {
            return Err(Lack::Missing);
        };
        let Some(made) = exchange.signature.as_deref() else { return Ok(not(Unchecked::Malformed)) };
        self.signature(|key| {
            let content = [&client_random, &server_random, parameters].concat();
            signature::check(version, exchange.signature_scheme, &content, made, key)
        })
    }

    fn certificate_verify(&self, verify: &CertificateVerify, known: &Known<'_>) -> Result<ProofResult, Lack> {
        let Some(version) = known.version else { return Err(Lack::Missing) };
        let Some(made) = verify.signature.as_deref() else { return Ok(not(Unchecked::Malformed)) };
        let content = if version.is_tls13() {
            let (suite, draft) = match schedule(known) {
                Ok(parts) => parts,
                Err(reason) => return Ok(not(reason)),
            };
            let hash = self.transcript.hash_until(suite.hash(), draft, self.claim.mark)?;
            signature::certificate_verify_content(self.sender(), &hash)
        } else {
            self.transcript.until(self.claim.mark)?.concat()
        };
        if version == ProtocolVersion::SSL3 {
            let master = self.tracker.opening.as_ref().and_then(|opening| opening.master.as_ref());
            let Some(master) = master else { return Ok(not(Unchecked::NoSecrets)) };
            return self.signature(|key| signature::check_ssl3(&content, master, made, key));
        }
        self.signature(|key| signature::check(version, verify.signature_scheme, &content, made, key))
    }

    /// Checks a signature with the key that its sender showed.
    fn signature(&self, check: impl FnOnce(&[u8]) -> Result<(), SignatureFault>) -> Result<ProofResult, Lack> {
        let key = match self.transcript.shown(self.claim.mark.direction) {
            Shown::Nothing if self.transcript.has_hole_before(self.claim.mark) => return Err(Lack::Lost),
            Shown::Nothing => return Ok(not(Unchecked::NoCertificate)),
            Shown::Certificate(certificate) => public_key_of(&certificate.der),
            Shown::RawKey(key) | Shown::Credential(key) => Some(key.as_slice()),
        };
        let Some(key) = key else { return Ok(not(Unchecked::KeyUnreadable)) };
        if !self.means.signatures {
            return Ok(not(Unchecked::PutOff));
        }
        Ok(checked(check(key), Misfit::Signature))
    }

    /// The key of the certificate signs a delegated credential, whatever was said before (RFC 9345 4).
    fn credential(&self, credential: &DelegatedCredential, certificate: &Certificate) -> ProofResult {
        let Some(key) = public_key_of(&certificate.der) else { return not(Unchecked::KeyUnreadable) };
        if !self.means.signatures {
            return not(Unchecked::PutOff);
        }
        let content = signature::delegated_credential_content(self.sender(), &certificate.der, &credential.signed);
        let DelegatedCredential { algorithm, signature: made, .. } = credential;
        checked(signature::check(ProtocolVersion::TLS13, Some(*algorithm), &content, made, key), Misfit::Credential)
    }

    fn finished(&self, data: &[u8], known: &Known<'_>) -> Result<ProofResult, Lack> {
        let Some(version) = known.version else { return Err(Lack::Missing) };
        let expected = if version.is_tls13() {
            let Some(secret) = &self.claim.sealed_with else { return Ok(not(Unchecked::NoSecrets)) };
            let (suite, draft) = match schedule(known) {
                Ok(parts) => parts,
                Err(reason) => return Ok(not(reason)),
            };
            let hash = self.transcript.hash_until(suite.hash(), draft, self.claim.mark)?;
            tls13_verify_data(suite, draft, secret, &hash)
        } else {
            let master = self.tracker.opening.as_ref().and_then(|opening| opening.master.as_ref());
            let Some(master) = master else { return Ok(not(Unchecked::NoSecrets)) };
            let Some(suite) = known.cipher_suite.and_then(Suite::of) else {
                return Ok(not(Unchecked::Unsupported));
            };
            verify_data(version, suite, master, self.sender(), &self.transcript.until(self.claim.mark)?.concat())
        };
        Ok(if expected == data { ProofResult::Verified } else { ProofResult::Failed(Misfit::VerifyData) })
    }

    fn binders(&self, offers: &[PskOffer], length: usize) -> Result<Vec<ProofResult>, Lack> {
        let Some(secrets) = self.means.secrets.filter(|secrets| secrets.has_pre_shared_keys()) else {
            return Ok(vec![not(Unchecked::NoPreSharedKey); offers.len()]);
        };
        self.transcript.until(self.claim.mark)?;
        let offered = self.tracker.known().offered;
        let draft = Draft::of(offered);
        let transcript =
            |hash| self.transcript.hash_until_binders(hash, draft, self.claim.mark, length).unwrap_or_default();
        let check = |offer: &PskOffer| {
            let mut keys = secrets.pre_shared_keys(&offer.identity).peekable();
            let named = keys.peek().is_some_and(|key| key.identity.is_some());
            match keys.any(|key| is_binder(draft, &key.key, &offer.binder, transcript)) {
                true => ProofResult::Verified,
                false if named => ProofResult::Failed(Misfit::Binder),
                false if secrets.pre_shared_keys(&offer.identity).next().is_some() => not(Unchecked::OtherPreSharedKey),
                false => not(Unchecked::NoPreSharedKey),
            }
        };
        Ok(offers.iter().map(check).collect())
    }
}

fn checked(result: Result<(), SignatureFault>, mismatch: Misfit) -> ProofResult {
    match result {
        Ok(()) => ProofResult::Verified,
        Err(SignatureFault::Mismatch) => ProofResult::Failed(mismatch),
        Err(SignatureFault::OtherKey) => ProofResult::Failed(Misfit::OtherKey),
        Err(SignatureFault::Unsupported) => not(Unchecked::Unsupported),
        Err(SignatureFault::Unreadable) => not(Unchecked::KeyUnreadable),
    }
}

fn not(reason: Unchecked) -> ProofResult {
    ProofResult::NotChecked(reason)
}

/// The parts of the key schedule of TLS 1.3.
fn schedule(known: &Known<'_>) -> Result<(Suite, Draft), Unchecked> {
    let version = known.version.unwrap_or(known.offered);
    if version.draft().is_some_and(|draft| draft < FIRST_DRAFT) {
        return Err(Unchecked::Draft);
    }
    let suite = known.cipher_suite.and_then(Suite::of).ok_or(Unchecked::Unsupported)?;
    Ok((suite, Draft::of(version)))
}
