//! Code points of SSL 2.0, which has its own records, messages and cipher specs.

use super::{CipherSuite, code_points};
use std::borrow::Cow;

code_points! {
    /// The type of an SSL 2.0 message (draft-hickman-netscape-ssl-00 1.2).
    Ssl2MessageType(u8, 0) {
        0 = "ERROR", "draft-hickman-netscape-ssl-00";
        1 = "CLIENT-HELLO", "draft-hickman-netscape-ssl-00";
        2 = "CLIENT-MASTER-KEY", "draft-hickman-netscape-ssl-00";
        3 = "CLIENT-FINISHED", "draft-hickman-netscape-ssl-00";
        4 = "SERVER-HELLO", "draft-hickman-netscape-ssl-00";
        5 = "SERVER-VERIFY", "draft-hickman-netscape-ssl-00";
        6 = "SERVER-FINISHED", "draft-hickman-netscape-ssl-00";
        7 = "REQUEST-CERTIFICATE", "draft-hickman-netscape-ssl-00";
        8 = "CLIENT-CERTIFICATE", "draft-hickman-netscape-ssl-00";
    }
}

impl Ssl2MessageType {
    /// `CLIENT-HELLO`.
    pub const CLIENT_HELLO: Self = Self(1);
    /// `CLIENT-MASTER-KEY`, after which messages are encrypted.
    pub const CLIENT_MASTER_KEY: Self = Self(2);
    /// `SERVER-HELLO`.
    pub const SERVER_HELLO: Self = Self(4);
}

code_points! {
    /// What an SSL 2.0 ERROR says (draft-hickman-netscape-ssl-00 1.2).
    Ssl2Error(u16, 4) {
        0x0001 = "NO-CIPHER-ERROR", "draft-hickman-netscape-ssl-00";
        0x0002 = "NO-CERTIFICATE-ERROR", "draft-hickman-netscape-ssl-00";
        0x0004 = "BAD-CERTIFICATE-ERROR", "draft-hickman-netscape-ssl-00";
        0x0006 = "UNSUPPORTED-CERTIFICATE-TYPE-ERROR", "draft-hickman-netscape-ssl-00";
    }
}

code_points! {
    /// The form of a certificate in SSL 2.0.
    Ssl2CertificateType(u8, 0) {
        1 = "X509-CERTIFICATE", "draft-hickman-netscape-ssl-00";
    }
}

code_points! {
    /// How an SSL 2.0 client shall prove itself.
    Ssl2AuthenticationType(u8, 0) {
        1 = "MD5-WITH-RSA-ENCRYPTION", "draft-hickman-netscape-ssl-00";
    }
}

code_points! {
    /// A cipher of SSL 2.0 in three bytes (draft-hickman-netscape-ssl-00 C.4, and those of its implementations). One
    /// whose first byte is 0 is a suite of SSL 3.0 or TLS.
    Ssl2CipherSpec(u32, 6) {
        0x010080 = "SSL_CK_RC4_128_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x020080 = "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x030080 = "SSL_CK_RC2_128_CBC_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x040080 = "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x050080 = "SSL_CK_IDEA_128_CBC_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x060040 = "SSL_CK_DES_64_CBC_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x060140 = "SSL_CK_DES_64_CBC_WITH_SHA", "";
        0x0700c0 = "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "draft-hickman-netscape-ssl-00";
        0x0701c0 = "SSL_CK_DES_192_EDE3_CBC_WITH_SHA", "";
        0x080080 = "SSL_CK_RC4_64_WITH_MD5", "";
        0xff0800 = "SSL_CK_DES_64_CFB64_WITH_MD5_1", "";
        0xff0810 = "SSL_CK_NULL", "";
    }
}

impl Ssl2CipherSpec {
    /// The suite of SSL 3.0 or TLS that it stands for, when its first byte is 0 (RFC 5246 E.2).
    #[must_use]
    pub fn cipher_suite(self) -> Option<CipherSuite> {
        u16::try_from(self.0).ok().map(CipherSuite)
    }

    /// The name, be it one of SSL 2.0 or of a later suite; `unknown` otherwise.
    #[must_use]
    pub fn label(self) -> Cow<'static, str> {
        let later = || self.cipher_suite().and_then(CipherSuite::name);
        Cow::Borrowed(self.name().or_else(later).unwrap_or("unknown"))
    }
}

impl From<[u8; 3]> for Ssl2CipherSpec {
    /// The three bytes as they stand on the wire.
    fn from([a, b, c]: [u8; 3]) -> Self {
        Self(u32::from_be_bytes([0, a, b, c]))
    }
}
