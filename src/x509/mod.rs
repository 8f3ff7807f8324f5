//! Certificates: their facts, their field trees, revocation lists, OCSP responses and SCTs, and whether a chain is good.
//!
//! The room must not know sockets, clocks or TLS: a certificate is the same wherever its bytes came from, and a
//! moment is always given by the caller.
//!
//! ```text
//!   der  outline  oid  text  time the encoding: elements with their spans, and the simple types
//!     ▲
//!   name  key  ct                 what several structures share
//!     ▲
//!   extension/  ◄─ certificate    the certificate
//!   crl            ocsp           the list of those taken back, the response about one
//!     ▲
//!   chain  host  pem  bundle      what can be said of certificates by their facts alone, and files with them
//!   verify/                       whether a chain is good for a peer at a moment, every check with its evidence
//! ```

mod bundle;
mod certificate;
mod chain;
mod crl;
mod ct;
mod der;
mod extension;
mod facts;
mod host;
mod key;
mod name;
mod ocsp;
mod oid;
mod outline;
mod pem;
mod text;
mod time;
pub mod verify;

pub use self::time::text as moment;
pub use bundle::{Bundle, BundleFault, Wanted, bundle};
pub use certificate::certificate;
pub use chain::{Link, chain};
pub use crl::{CrlScope, RevocationList, RevokedCertificate, revocation_list};
pub use ct::{SignedCertificateTimestamp, signed_certificate_timestamps};
pub use facts::*;
pub use host::{HostMatch, matches_host};
pub use key::{is_public_key_info, public_key_info};
pub use name::{name, name_text};
pub use ocsp::{OcspAnswer, OcspResponse, ResponderId, RevocationStatus, ocsp_response};
pub use oid::name as oid_name;
pub use pem::{pem, unpem};

use crate::base::Field;

/// All fields of this room, for a help screen, a filter, and whoever wants to know what can be decoded.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    let tables = [
        certificate::FIELDS,
        crl::FIELDS,
        ct::FIELDS,
        der::FIELDS,
        key::FIELDS,
        name::FIELDS,
        ocsp::FIELDS,
        outline::FIELDS,
    ];
    tables.into_iter().flatten().copied().chain(extension::fields())
}

#[cfg(test)]
pub(crate) mod tests;
