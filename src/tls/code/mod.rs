//! Code points of TLS: open numbers with the names that IANA's registries give them.
//!
//! A code point is a newtype around its number, never a closed enum: an unknown one keeps its number and is shown as
//! unknown, and a GREASE one (RFC 8701) is shown as GREASE. The tables below know names and documents, not logic.

mod alert;
mod cipher_suite;
mod extension_type;
mod group;
mod handshake_type;
mod misc;
mod parameters;
mod rare;
mod signature_scheme;
mod ssl2;
mod suite_parts;
mod version;

pub use alert::{AlertDescription, AlertLevel};
pub use cipher_suite::CipherSuite;
pub use extension_type::ExtensionType;
pub use group::NamedGroup;
pub use handshake_type::HandshakeType;
pub use misc::*;
pub use parameters::*;
pub use rare::*;
pub use signature_scheme::{HashAlgorithm, SignatureAlgorithm, SignatureScheme};
pub use ssl2::*;
pub use suite_parts::{Authentication, KeyExchange};
pub use version::ProtocolVersion;

/// One row of a code point table.
#[derive(Debug)]
pub struct CodePoint<T> {
    /// The number on the wire.
    pub value: T,
    /// The registry's name.
    pub name: &'static str,
    /// The document that defines it, such as `RFC 8446`; empty where there is none.
    pub reference: &'static str,
}

/// Whether a 16-bit code point is one of the sixteen of RFC 8701: both bytes alike, both ending in `a`.
#[must_use]
pub fn is_grease(value: u16) -> bool {
    let [high, low] = value.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

/// Makes a code point type from its table. Rows stand in ascending order of their value; a test holds that.
///
/// The type gets `TABLE`, `name()`, `reference()`, `value()`, a `Display` that gives the name, or the number where
/// it has none, and a [`Value`](crate::base::Value) for field trees.
macro_rules! code_points {
    ($(#[$doc:meta])* $type:ident($repr:ty, $digits:literal) { $($value:literal = $name:literal, $reference:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(pub $repr);

        impl $type {
            /// All named code points in ascending order.
            #[allow(clippy::large_stack_arrays, reason = "a constant behind a reference is not on the stack")]
            pub const TABLE: &'static [crate::tls::code::CodePoint<$repr>] = &[
                $(crate::tls::code::CodePoint { value: $value, name: $name, reference: $reference },)*
            ];

            fn row(self) -> Option<&'static crate::tls::code::CodePoint<$repr>> {
                let index = Self::TABLE.binary_search_by_key(&self.0, |row| row.value).ok()?;
                Self::TABLE.get(index)
            }

            /// The registry's name, `GREASE` for a value of RFC 8701, `None` for a number that has no name.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                self.row().map(|row| row.name).or_else(|| self.is_grease().then_some("GREASE"))
            }

            /// The document that defines it, where the table knows one.
            #[must_use]
            pub fn reference(self) -> Option<&'static str> {
                let grease = self.is_grease().then_some("RFC 8701");
                self.row().map(|row| row.reference).filter(|text| !text.is_empty()).or(grease)
            }

            /// Whether it is a reserved value that is sent to keep peers tolerant (RFC 8701).
            #[must_use]
            #[allow(clippy::checked_conversions, reason = "8-bit registries have no GREASE of this form")]
            pub fn is_grease(self) -> bool {
                let two_bytes = std::mem::size_of::<$repr>() == 2;
                let by_form = two_bytes && crate::tls::code::is_grease(u16::try_from(self.0).unwrap_or(0));
                by_form || self.row().is_some_and(|row| row.name == "GREASE")
            }

            /// What a field tree shows for it.
            #[must_use]
            pub fn value(self) -> crate::base::Value {
                let name = std::borrow::Cow::Borrowed(self.name().unwrap_or("unknown"));
                crate::base::Value::Named(u64::from(self.0), $digits, name)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some("GREASE") => write!(f, "GREASE (0x{:0width$x})", self.0, width = std::mem::size_of::<$repr>() * 2),
                    Some(name) => f.write_str(name),
                    None => write!(f, "unknown (0x{:0width$x})", self.0, width = std::mem::size_of::<$repr>() * 2),
                }
            }
        }
    };
}
pub(crate) use code_points;

#[cfg(test)]
mod tests {
    use super::*;

    fn ascending<T: Ord + std::fmt::Debug>(table: &[CodePoint<T>]) {
        for pair in table.windows(2) {
            assert!(pair[0].value < pair[1].value, "{:?} stands before {:?}", pair[0], pair[1]);
        }
        for row in table {
            assert!(!row.name.is_empty() && row.name.trim() == row.name, "{row:?}");
        }
    }

    #[test]
    fn tables_are_in_order_so_that_the_search_finds_every_row() {
        ascending(AlertDescription::TABLE);
        ascending(AlertLevel::TABLE);
        ascending(AuthzDataFormat::TABLE);
        ascending(CachedInformationType::TABLE);
        ascending(CertChainType::TABLE);
        ascending(CertificateCompressionAlgorithm::TABLE);
        ascending(CertificateStatusType::TABLE);
        ascending(CertificateType::TABLE);
        ascending(CipherSuite::TABLE);
        ascending(ClientCertificateType::TABLE);
        ascending(CompressionMethod::TABLE);
        ascending(ConnectionIdUsage::TABLE);
        ascending(ContentType::TABLE);
        ascending(EcCurveType::TABLE);
        ascending(EcPointFormat::TABLE);
        ascending(EchClientHelloType::TABLE);
        ascending(EktCipher::TABLE);
        ascending(ExtensionType::TABLE);
        ascending(HandshakeType::TABLE);
        ascending(HashAlgorithm::TABLE);
        ascending(HeartbeatMessageType::TABLE);
        ascending(HeartbeatMode::TABLE);
        ascending(HpkeAead::TABLE);
        ascending(HpkeKdf::TABLE);
        ascending(HpkeKem::TABLE);
        ascending(KeyUpdateRequest::TABLE);
        ascending(MaxFragmentLength::TABLE);
        ascending(NamedGroup::TABLE);
        ascending(ProtocolVersion::TABLE);
        ascending(PskKeyExchangeMode::TABLE);
        ascending(QuicTransportParameter::TABLE);
        ascending(ServerNameType::TABLE);
        ascending(SignatureAlgorithm::TABLE);
        ascending(SignatureScheme::TABLE);
        ascending(SrtpProtectionProfile::TABLE);
        ascending(Ssl2AuthenticationType::TABLE);
        ascending(Ssl2CertificateType::TABLE);
        ascending(Ssl2CipherSpec::TABLE);
        ascending(Ssl2Error::TABLE);
        ascending(Ssl2MessageType::TABLE);
        ascending(SupplementalDataType::TABLE);
        ascending(TokenBindingKeyParameters::TABLE);
        ascending(TransItemType::TABLE);
        ascending(TrustedAuthorityType::TABLE);
        ascending(UserMappingType::TABLE);
    }

    #[test]
    fn grease_is_only_what_rfc_8701_lists() {
        assert!(is_grease(0x0a0a) && is_grease(0xfafa) && is_grease(0x1a1a));
        assert!(PskKeyExchangeMode(0x2a).is_grease() && !PskKeyExchangeMode(1).is_grease());
        assert_eq!(PskKeyExchangeMode(0x0b).to_string(), "GREASE (0x0b)");
        assert!(!is_grease(0x1a2a) && !is_grease(0x0a1a) && !is_grease(0x0b0b));
    }
}
