//! Files with certificates or revocation lists, as people keep them: PEM among other text, or DER, told apart by what
//! is in them and not by their names.

use super::crl::revocation_list;
use super::der::{Der, SEQUENCE};
use super::{certificate, unpem};
use crate::base::{BufferId, Reader, Tree, printable};

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Certificates.
    Certificates,
    /// Certificate revocation lists.
    RevocationLists,
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The DER of what was wanted, in the order of the file.
    pub found: Vec<Vec<u8>>,
    /// What was left out: its number among those wanted, from 1 on, and why it cannot be read.
    pub unread: Vec<(usize, String)>,
}

/// Why a file is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is neither PEM nor DER.
    #[error("there is neither PEM nor DER in it")]
    Unknown,
    /// A private key.
    #[error("there is a private key in it, and no {0}")]
    PrivateKey(&'static str),
    /// The other of the two.
    #[error("there are {0} in it, and no {1}")]
    Other(&'static str, &'static str),
    /// PEM or DER of something else.
    #[error("there is no {0} in it")]
    Nothing(&'static str),
}

impl Wanted {
    fn labels(self) -> &'static [&'static str] {
        match self {
            // The second is what old programs wrote; the third is that of openssl, with remarks behind the certificate.
            Self::Certificates => &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"],
            Self::RevocationLists => &["X509 CRL", "CRL"],
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Certificates => Self::RevocationLists,
            Self::RevocationLists => Self::Certificates,
        }
    }

    fn one(self) -> &'static str {
        match self {
            Self::Certificates => "certificate",
            Self::RevocationLists => "revocation list",
        }
    }

    fn several(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::RevocationLists => "revocation lists",
        }
    }

    /// What is wrong with the DER, where it is not what is wanted.
    fn problem(self, der: &[u8]) -> Option<String> {
        let reader = Reader::new(der, BufferId(0));
        match self {
            Self::Certificates => {
                let facts = certificate(reader, &mut Tree::off());
                (!facts.readable).then(|| facts.problem.unwrap_or_default())
            }
            Self::RevocationLists => {
                let facts = revocation_list(reader, &mut Tree::off());
                (!facts.readable).then(|| facts.problem.unwrap_or_default())
            }
        }
        .map(|problem| printable(&problem))
    }
}

/// Takes out of the bytes of a file what is wanted.
pub fn bundle(file: &[u8], wanted: Wanted) -> Result<Bundle, BundleFault> {
    if file.is_empty() {
        return Err(BundleFault::Empty);
    }
    let blocks = unpem(file);
    let of = |wanted: Wanted| blocks.iter().filter(move |(label, _)| wanted.labels().contains(&label.as_str()));
    let found: Vec<&[u8]> = if blocks.is_empty() {
        elements(file)
    } else {
        of(wanted).filter_map(|(_, der)| elements(der).first().copied()).collect()
    };
    let mut bundle = Bundle::default();
    for (index, der) in found.iter().enumerate() {
        match wanted.problem(der) {
            None => bundle.found.push(der.to_vec()),
            Some(problem) => bundle.unread.push((index + 1, problem)),
        }
    }
    if !bundle.found.is_empty() {
        return Ok(bundle);
    }
    let is_other = |der: &&[u8]| wanted.other().problem(der).is_none();
    Err(if blocks.is_empty() && found.is_empty() {
        BundleFault::Unknown
    } else if of(wanted.other()).next().is_some() || (blocks.is_empty() && found.iter().any(is_other)) {
        BundleFault::Other(wanted.other().several(), wanted.one())
    } else if blocks.iter().any(|(label, _)| label.ends_with("PRIVATE KEY")) {
        BundleFault::PrivateKey(wanted.one())
    } else {
        BundleFault::Nothing(wanted.one())
    })
}

/// The SEQUENCEs that stand one behind the other, as far as they are whole.
fn elements(der: &[u8]) -> Vec<&[u8]> {
    let reader = Reader::new(der, BufferId(0));
    let mut run = Der::new(reader);
    let mut out = Vec::new();
    let mut tree = Tree::off();
    while run.peek() == Some(SEQUENCE) {
        let Some(element) = run.next(&mut tree).filter(|_| tree.notes().is_empty()) else { break };
        out.push(element.span.of(der));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::pem;

    const CERTIFICATE: &str = include_str!("samples/everything.pem");

    #[test]
    fn certificates_are_found_in_any_form() {
        let der = crate::x509::tests::unpem(CERTIFICATE);
        let one = || Bundle { found: vec![der.clone()], unread: Vec::new() };
        let two = || Bundle { found: vec![der.clone(), der.clone()], unread: Vec::new() };
        let trusted = pem("TRUSTED CERTIFICATE", &[&der[..], &[0x30, 2, 5, 0]].concat());
        let broken = pem("CERTIFICATE", &[0x30, 2, 5, 0]);
        for (file, expected) in [
            (CERTIFICATE.as_bytes().to_vec(), one()),
            (format!("# a root\n{CERTIFICATE}\n{CERTIFICATE}").into_bytes(), two()),
            (der.clone(), one()),
            ([&der[..], &der[..]].concat(), two()),
            ([&der[..], b"\n"].concat(), one()),
            (trusted.into_bytes(), one()),
            (format!("{}{CERTIFICATE}", pem("PRIVATE KEY", &[0x30, 0])).into_bytes(), one()),
        ] {
            assert_eq!(bundle(&file, Wanted::Certificates), Ok(expected));
        }
        let some = bundle(format!("{broken}{CERTIFICATE}").as_bytes(), Wanted::Certificates).unwrap();
        assert_eq!((some.found.len(), some.unread.len(), some.unread[0].0), (1, 1, 1));
    }

    #[test]
    fn a_wrong_file_is_told_what_it_is() {
        let der = crate::x509::tests::unpem(CERTIFICATE);
        for (file, wanted, expected) in [
            (Vec::new(), Wanted::Certificates, "the file is empty"),
            (b"not PEM".to_vec(), Wanted::Certificates, "there is neither PEM nor DER in it"),
            (vec![0xd4, 0xc3, 0xb2, 0xa1], Wanted::RevocationLists, "there is neither PEM nor DER in it"),
            (CERTIFICATE.into(), Wanted::RevocationLists, "there are certificates in it, and no revocation list"),
            (der, Wanted::RevocationLists, "there are certificates in it, and no revocation list"),
            (
                pem("EC PRIVATE KEY", &[0x30, 0]).into(),
                Wanted::Certificates,
                "there is a private key in it, and no certificate",
            ),
            (pem("CERTIFICATE", &[1, 2]).into(), Wanted::Certificates, "there is no certificate in it"),
            (vec![0x30, 2, 5, 0], Wanted::Certificates, "there is no certificate in it"),
            (vec![0x30, 200, 5, 0], Wanted::Certificates, "there is neither PEM nor DER in it"),
        ] {
            assert_eq!(bundle(&file, wanted).unwrap_err().to_string(), expected);
        }
    }
}
