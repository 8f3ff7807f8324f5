//! The cryptography that an endpoint hands to rustls: aws-lc-rs, with randomness and key exchange from the seed.

use super::super::{EndpointSetup, EngineError};
use super::{key_exchange, scope};
use crate::tls::code::{CipherSuite, NamedGroup};
use rustls::SupportedCipherSuite;
use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom, SupportedKxGroup, aws_lc_rs};

/// What is offered where the setup names no groups: rustls's own order without the post-quantum ones, whose keys are so
/// large that they would stand in the way of whoever reads a first hello.
const GROUPS: [NamedGroup; 3] = [NamedGroup(0x001d), NamedGroup(0x0017), NamedGroup(0x0018)];

/// Randomness of the connection that rustls works on.
#[derive(Debug)]
struct FromTheSeed;

impl SecureRandom for FromTheSeed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        if scope::fill(buffer) { Ok(()) } else { Err(GetRandomFailed) }
    }
}

/// The provider with the suites and groups that the setup names, in its order.
pub(super) fn provider(setup: &EndpointSetup) -> Result<CryptoProvider, EngineError> {
    let library = aws_lc_rs::default_provider();
    let cipher_suites = suites(&library.cipher_suites, &setup.suites)?;
    Ok(CryptoProvider {
        cipher_suites,
        kx_groups: groups(if setup.groups.is_empty() { &GROUPS } else { &setup.groups })?,
        secure_random: &FromTheSeed,
        ..library
    })
}

fn suites(library: &[SupportedCipherSuite], wanted: &[CipherSuite]) -> Result<Vec<SupportedCipherSuite>, EngineError> {
    if wanted.is_empty() {
        return Ok(library.to_vec());
    }
    let code = |suite: &SupportedCipherSuite| CipherSuite(u16::from(suite.suite()));
    let find = |wanted: &CipherSuite| {
        let names: Vec<String> = library.iter().map(|suite| code(suite).to_string()).collect();
        let missing = || EngineError(format!("rustls has no suite {wanted}; it has {}", names.join(", ")));
        library.iter().find(|suite| code(suite) == *wanted).copied().ok_or_else(missing)
    };
    wanted.iter().map(find).collect()
}

fn groups(wanted: &[NamedGroup]) -> Result<Vec<&'static dyn SupportedKxGroup>, EngineError> {
    let code = |group: &dyn SupportedKxGroup| NamedGroup(u16::from(group.name()));
    let find = |wanted: &NamedGroup| {
        let names: Vec<String> = key_exchange::ALL.iter().map(|group| code(*group).to_string()).collect();
        let missing = || EngineError(format!("the lab has no group {wanted}; it has {}", names.join(", ")));
        key_exchange::ALL.iter().find(|group| code(**group) == *wanted).copied().ok_or_else(missing)
    };
    wanted.iter().map(find).collect()
}
