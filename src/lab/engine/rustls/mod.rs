//! The engine of the lab: rustls, made deterministic.
//!
//! ```text
//!   endpoint ─┬─► provider ─► key_exchange    what rustls would ask the system for, from the seed instead
//!             ├─► identity ─► sign ─► rsa     which certificate is shown, with which key
//!             ├─► verifier                    webpki's verdicts, and what they were about
//!             ├─► resume                      what is remembered of sessions
//!             └─► connection ─► error         one connection, pumped; what its errors mean
//!   scope                                     on whose behalf rustls is working now
//! ```
//!
//! rustls is never changed and never told what to find: configurations that a program can write, and nothing else.

mod connection;
mod endpoint;
mod error;
mod identity;
mod key_exchange;
mod provider;
mod resume;
mod rsa;
mod scope;
mod sign;
mod verifier;

#[cfg(test)]
mod tests;

use super::{Endpoint, EndpointSetup, Engine, EngineError};

/// rustls with aws-lc-rs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rustls;

impl Engine for Rustls {
    fn client(&self, setup: &EndpointSetup) -> Result<Box<dyn Endpoint>, EngineError> {
        Ok(Box::new(endpoint::RustlsEndpoint::client(setup)?))
    }

    fn server(&self, setup: &EndpointSetup) -> Result<Box<dyn Endpoint>, EngineError> {
        Ok(Box::new(endpoint::RustlsEndpoint::server(setup)?))
    }
}
