//! Key exchange with keys from the seed (RFC 8446 4.2.8; X25519MLKEM768 by draft-ietf-tls-ecdhe-mlkem).
//!
//! The numbers are from the seed, all else is as in rustls: a client that offers the hybrid group offers its X25519
//! half by itself as well, so that a server without ML-KEM need not ask again.

use super::scope;
use aws_lc_rs::agreement;
use ml_kem::{Ciphertext, Decapsulate, DecapsulationKey, EncapsulationKey, MlKem768};
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};

static X25519: Classical = Classical { name: NamedGroup::X25519, algorithm: &agreement::X25519, length: 32 };
static SECP256R1: Classical = Classical { name: NamedGroup::secp256r1, algorithm: &agreement::ECDH_P256, length: 32 };
static SECP384R1: Classical = Classical { name: NamedGroup::secp384r1, algorithm: &agreement::ECDH_P384, length: 48 };

/// Every group that the lab can do.
pub(super) static ALL: &[&dyn SupportedKxGroup] = &[&X25519, &SECP256R1, &SECP384R1, &X25519MlKem768];

/// Bytes of an ML-KEM-768 encapsulation key and ciphertext (FIPS 203, table 3).
const ENCAPSULATION_KEY: usize = 1184;
const CIPHERTEXT: usize = 1088;

const INVALID_KEY_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

/// Diffie-Hellman on a curve.
#[derive(Debug)]
struct Classical {
    name: NamedGroup,
    algorithm: &'static agreement::Algorithm,
    /// Bytes of a private key.
    length: usize,
}

impl Classical {
    fn begin(&self) -> Result<ActiveClassical, Error> {
        // Nearly every number is a private key; the loop ends with the first draw.
        for _ in 0..8 {
            let mut secret = vec![0; self.length];
            if !scope::fill(&mut secret) {
                return Err(Error::FailedToGetRandomBytes);
            }
            let Ok(key) = agreement::PrivateKey::from_private_key(self.algorithm, &secret) else { continue };
            let Ok(public) = key.compute_public_key() else { continue };
            return Ok(ActiveClassical {
                name: self.name,
                algorithm: self.algorithm,
                key,
                public: public.as_ref().into(),
            });
        }
        Err(Error::FailedToGetRandomBytes)
    }
}

impl SupportedKxGroup for Classical {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(self.begin()?))
    }

    fn name(&self) -> NamedGroup {
        self.name
    }
}

/// The result for rustls; a copy goes to the scope, for those who want to see the whole key schedule.
fn shared(secret: Vec<u8>) -> SharedSecret {
    scope::agreed(&secret);
    SharedSecret::from(secret)
}

struct ActiveClassical {
    name: NamedGroup,
    algorithm: &'static agreement::Algorithm,
    key: agreement::PrivateKey,
    public: Vec<u8>,
}

impl ActiveClassical {
    fn agree(&self, peer: &[u8]) -> Result<Vec<u8>, Error> {
        let peer = agreement::UnparsedPublicKey::new(self.algorithm, peer);
        agreement::agree(&self.key, peer, INVALID_KEY_SHARE, |secret| Ok(secret.to_vec()))
    }
}

impl ActiveKeyExchange for ActiveClassical {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        self.agree(peer).map(shared)
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        self.name
    }
}

/// The hybrid: ML-KEM-768 first, X25519 behind it, in shares and in the secret.
#[derive(Debug)]
struct X25519MlKem768;

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let classical = X25519.begin()?;
        let seed = scope::array::<64>().ok_or(Error::FailedToGetRandomBytes)?;
        let key = DecapsulationKey::<MlKem768>::from_seed(seed.into());
        let mut share = encapsulation_key_bytes(&key);
        share.extend(&classical.public);
        Ok(Box::new(ActiveHybrid { classical, key: Box::new(key), share }))
    }

    fn start_and_complete(&self, peer: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (key, classical_share) = peer.split_at_checked(ENCAPSULATION_KEY).ok_or(INVALID_KEY_SHARE)?;
        let key = key.try_into().ok().and_then(|key| EncapsulationKey::<MlKem768>::new(key).ok());
        let message = scope::array::<32>().ok_or(Error::FailedToGetRandomBytes)?;
        let (ciphertext, secret) = key.ok_or(INVALID_KEY_SHARE)?.encapsulate_deterministic(&message.into());
        let classical = X25519.begin()?;
        let classical_secret = classical.agree(classical_share)?;
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [ciphertext.as_slice(), &classical.public].concat(),
            secret: shared([secret.as_slice(), &classical_secret].concat()),
        })
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

fn encapsulation_key_bytes(key: &DecapsulationKey<MlKem768>) -> Vec<u8> {
    use ml_kem::KeyExport;
    key.encapsulation_key().to_bytes().to_vec()
}

struct ActiveHybrid {
    classical: ActiveClassical,
    key: Box<DecapsulationKey<MlKem768>>,
    share: Vec<u8>,
}

impl ActiveKeyExchange for ActiveHybrid {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, classical_share) = peer.split_at_checked(CIPHERTEXT).ok_or(INVALID_KEY_SHARE)?;
        let ciphertext: &Ciphertext<MlKem768> = ciphertext.try_into().map_err(|_| INVALID_KEY_SHARE)?;
        let secret = self.key.decapsulate(ciphertext);
        let classical_secret = self.classical.agree(classical_share)?;
        Ok(shared([secret.as_slice(), &classical_secret].concat()))
    }

    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.classical.name, &self.classical.public))
    }

    fn complete_hybrid_component(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        self.classical.agree(peer).map(shared)
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}
